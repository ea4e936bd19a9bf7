"""A city as its pages need it: places, scores of all years, decrees. Four queries; everything else is arithmetic."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from django.urls import reverse

from kelurahan.models import Area, Decree, DecreePlace, Level, Summary
from kelurahan.rules.regulation import DEFAULT_RULE_SET, RULE_SETS, RuleSet

SCORE_FIELDS = (
    "total_min",
    "total_max",
    "tingkat_min",
    "tingkat_max",
    "lengkap",
    "peka",
    "nilai_min",
    "nilai_max",
    "volume_diketahui",
    "tidak_berlaku",
    "luas_kumuh",
    "jiwa_kumuh",
)


@dataclass(frozen=True, slots=True)
class Place:
    """A kelurahan."""

    kode: str
    nama: str
    kecamatan: str  # name
    kode_kecamatan: str

    @property
    def url(self) -> str:
        return reverse("kelurahan:profile", args=[self.kode])


@dataclass(frozen=True, slots=True)
class Score:
    """The score of a kelurahan in a year, as stored in its Summary. Arrays follow the rule set's criteria."""

    total_min: int
    total_max: int
    tingkat_min: int
    tingkat_max: int
    lengkap: bool
    peka: bool
    nilai_min: list[int]
    nilai_max: list[int]
    volume_diketahui: list[bool]
    tidak_berlaku: list[bool]
    luas_kumuh: Decimal
    jiwa_kumuh: Decimal

    @property
    def tingkat(self) -> int | None:
        return self.tingkat_min if self.tingkat_min == self.tingkat_max else None

    @property
    def kumuh(self) -> bool:
        """Surely kumuh: even the lowest possible total reaches the limit."""
        return self.tingkat_min > 0

    @property
    def n_known(self) -> int:
        """Criteria that were assessed or do not apply."""
        pairs = zip(self.volume_diketahui, self.tidak_berlaku, strict=True)
        return sum(known or not_applicable for known, not_applicable in pairs)


@dataclass(frozen=True, slots=True)
class Listed:
    """What a decree says about a kelurahan; several locations are taken together."""

    tingkat: int | None  # highest published class, None where none is published
    luas_ha: Decimal | None  # None where any location's hectares are not published
    lokasi: tuple[str, ...]
    contoh: bool


@dataclass(frozen=True, slots=True)
class Official:
    """A decree and the kelurahan it lists, by code."""

    nomor: str
    tahun: int
    luas_ha: Decimal | None
    contoh: bool
    places: dict[str, Listed]

    @property
    def nama(self) -> str:
        """Its number, with the year where the number does not carry it."""
        return self.nomor if str(self.tahun) in self.nomor else f"{self.nomor} ({self.tahun})"

    @property
    def review_due(self) -> int:
        """A decree is reviewed at least once in five years."""
        return self.tahun + 5

    def differs(self, kode: str, score: Score | None) -> bool:
        """Whether the status by data surely is another one.

        Where the decree publishes no class, only kumuh or not is compared; a range that may agree does not differ.
        """
        listed = self.places.get(kode)
        if score is None:
            return False
        if listed is None:
            return score.kumuh
        if listed.tingkat is None:
            return score.tingkat_max == 0
        return not score.tingkat_min <= listed.tingkat <= score.tingkat_max


@dataclass(frozen=True)
class City:
    """All of a city. `scores[tahun][kode]` holds only places that have data in that year."""

    kode: str
    nama: str
    rule_set: RuleSet
    places: dict[str, Place]
    scores: dict[int, dict[str, Score]]
    decrees: list[Official] = field(default_factory=list)  # oldest first

    @cached_property
    def years(self) -> list[int]:
        return sorted(self.scores)

    @cached_property
    def usual_year(self) -> int | None:
        """The newest year with at least half as many places as the fullest one: the first kelurahan of a new survey
        does not turn the whole map into "belum dinilai"."""
        fullest = max((len(scores) for scores in self.scores.values()), default=0)
        return max((year for year, scores in self.scores.items() if 2 * len(scores) >= fullest), default=None)

    def of(self, tahun: int) -> dict[str, Score]:
        return self.scores.get(tahun, {})

    def n_kumuh(self, tahun: int) -> int:
        return sum(score.kumuh for score in self.of(tahun).values())

    def previous_year(self, tahun: int) -> int | None:
        return max((year for year in self.years if year < tahun), default=None)

    def official(self, tahun: int) -> Official | None:
        """The decree in force in a year: the latest that is not younger."""
        return max((d for d in self.decrees if d.tahun <= tahun), key=lambda d: d.tahun, default=None)


def load_city() -> City | None:
    """The one city of this database, or None before any places are loaded."""
    areas = list(
        Area.objects.filter(level__in=[Level.KOTA, Level.KECAMATAN, Level.KELURAHAN]).values_list(
            "id", "kode", "nama", "level", "parent_id"
        )
    )
    kota = next((area for area in areas if area[3] == Level.KOTA), None)
    if kota is None:
        return None
    kecamatan = {pk: (kode, nama) for pk, kode, nama, level, _parent in areas if level == Level.KECAMATAN}
    places = {}
    for _pk, kode, nama, level, parent in sorted(areas, key=lambda area: area[2]):
        if level == Level.KELURAHAN:
            kode_kecamatan, nama_kecamatan = kecamatan.get(parent, ("", ""))
            places[kode] = Place(kode, nama, nama_kecamatan, kode_kecamatan)
    rule_set, scores = _scores()
    return City(kota[1], kota[2], rule_set, places, scores, _decrees(places))


def _scores() -> tuple[RuleSet, dict[int, dict[str, Score]]]:
    """Scores under the rule set in force; under the one with most data where that has none."""
    rows = list(
        Summary.objects.filter(area__level=Level.KELURAHAN, n_dinilai__gt=0).values_list(
            "aturan", "tahun", "area__kode", *SCORE_FIELDS
        )
    )
    counts = Counter(row[0] for row in rows)
    aturan = DEFAULT_RULE_SET if counts[DEFAULT_RULE_SET] or not counts else counts.most_common(1)[0][0]
    scores: dict[int, dict[str, Score]] = defaultdict(dict)
    for kode_aturan, tahun, kode, *fields in rows:
        if kode_aturan == aturan:
            scores[tahun][kode] = Score(*fields)
    return RULE_SETS[aturan], dict(scores)


def _decrees(places: dict[str, Place]) -> list[Official]:
    listed: dict[int, dict[str, list[DecreePlace]]] = defaultdict(lambda: defaultdict(list))
    for row in DecreePlace.objects.select_related("area").order_by("decree_id", "lokasi"):
        kode = next((part for part in row.area.path.split("|") if part in places), None)
        if kode is not None:
            listed[row.decree_id][kode].append(row)
    return [
        Official(
            nomor=decree.nomor,
            tahun=decree.tahun,
            luas_ha=decree.luas_ha,
            contoh=decree.contoh,
            places={kode: _together(rows) for kode, rows in listed[decree.pk].items()},
        )
        for decree in Decree.objects.order_by("tahun", "nomor")
    ]


def _together(rows: list[DecreePlace]) -> Listed:
    hectares = [row.luas_ha for row in rows]
    return Listed(
        tingkat=max((row.tingkat for row in rows if row.tingkat is not None), default=None),
        luas_ha=None if None in hectares else sum(filter(None, hectares), Decimal(0)),
        lokasi=tuple(row.lokasi for row in rows),
        contoh=any(row.contoh for row in rows),
    )
