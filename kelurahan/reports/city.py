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
    "ha_kelas",
)


@dataclass(frozen=True, slots=True)
class Place:
    """A kelurahan."""

    kode: str
    nama: str
    kecamatan: str  # name
    kode_kecamatan: str
    aturan: str = ""  # rule set that its links ask for, "" the usual one

    @property
    def url(self) -> str:
        return reverse("kelurahan:profile", args=[self.kode]) + rule_query(self.aturan)


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
    ha_kelas: list[Decimal]  # hectares of what it was summed from, by bucket

    @property
    def tingkat(self) -> int | None:
        return self.tingkat_min if self.tingkat_min == self.tingkat_max else None

    @property
    def kumuh(self) -> bool:
        """Surely kumuh: even the lowest possible total reaches the limit."""
        return self.tingkat_min > 0

    def sure_of(self, tingkat: int) -> bool:
        """Whether its range lies wholly at or above this class, or wholly below."""
        return self.tingkat_min >= tingkat or self.tingkat_max < tingkat

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
    rule_sets: tuple[RuleSet, ...] = ()  # those with data, the usual one first
    aturan: str = ""  # the rule set's code where it is not the usual one, for links

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

    def assessed(self, tahun: int) -> str:
        """Whether a year has "semua" places assessed, "sebagian", "sedikit" (fewer than half) or "tidak"."""
        n, total = len(self.of(tahun)), len(self.places)
        if n in (0, total):
            return "semua" if n else "tidak"
        return "sedikit" if 2 * n < total else "sebagian"

    def comparable(self, dari: int, tahun: int, tingkat: int = 1) -> list[tuple[Score, Score]]:
        """The scores of places of which both years surely say whether they reach a class (1 ringan … 3 berat)."""
        before, after = self.of(dari), self.of(tahun)
        pairs = [(before[kode], after[kode]) for kode in self.places if kode in before and kode in after]
        return [pair for pair in pairs if all(score.sure_of(tingkat) for score in pair)]

    def previous_year(self, tahun: int) -> int | None:
        return max((year for year in self.years if year < tahun), default=None)

    def official(self, tahun: int) -> Official | None:
        """The decree in force in a year: the latest that is not younger."""
        return max((d for d in self.decrees if d.tahun <= tahun), key=lambda d: d.tahun, default=None)


def rule_query(aturan: str) -> str:
    """What a link adds to keep a rule set; "" for the usual one."""
    return f"?aturan={aturan}" if aturan else ""


def usual_rule_set(counts: Counter[str]) -> str:
    """The rule set in force where it has data (rows per rule set), else the one with most."""
    return DEFAULT_RULE_SET if counts[DEFAULT_RULE_SET] or not counts else counts.most_common(1)[0][0]


def load_city(aturan: str = "") -> City | None:
    """The one city of this database, or None before any places are loaded.

    `aturan` asks for the scores under a rule set; one without data is ignored.
    """
    areas = list(
        Area.objects.filter(level__in=[Level.KOTA, Level.KECAMATAN, Level.KELURAHAN]).values_list(
            "id", "kode", "nama", "level", "parent_id"
        )
    )
    kota = next((area for area in areas if area[3] == Level.KOTA), None)
    if kota is None:
        return None
    kecamatan = {pk: (kode, nama) for pk, kode, nama, level, _parent in areas if level == Level.KECAMATAN}
    rule_set, rule_sets, scores = _scores(aturan)
    asked = rule_set.kode if rule_set.kode == aturan and rule_set != rule_sets[0] else ""
    places = {}
    for _pk, kode, nama, level, parent in sorted(areas, key=lambda area: area[2]):
        if level == Level.KELURAHAN:
            kode_kecamatan, nama_kecamatan = kecamatan.get(parent, ("", ""))
            places[kode] = Place(kode, nama, nama_kecamatan, kode_kecamatan, asked)
    return City(kota[1], kota[2], rule_set, places, scores, _decrees(places), rule_sets, asked)


def _scores(asked: str) -> tuple[RuleSet, tuple[RuleSet, ...], dict[int, dict[str, Score]]]:
    """The rule set that was asked for, else the usual one; all that have data, the usual one first; the scores."""
    rows = list(
        Summary.objects.filter(area__level=Level.KELURAHAN, n_dinilai__gt=0).values_list(
            "aturan", "tahun", "area__kode", *SCORE_FIELDS
        )
    )
    counts = Counter(row[0] for row in rows if row[0] in RULE_SETS)
    usual = usual_rule_set(counts)
    aturan = asked if counts[asked] else usual
    scores: dict[int, dict[str, Score]] = defaultdict(dict)
    for kode_aturan, tahun, kode, *fields in rows:
        if kode_aturan == aturan:
            scores[tahun][kode] = Score(*fields)
    known = sorted({usual, *counts}, key=lambda kode: (kode != usual, kode))
    return RULE_SETS[aturan], tuple(RULE_SETS[kode] for kode in known), dict(scores)


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
