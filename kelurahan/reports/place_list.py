"""The list of all kelurahan in one year, by kecamatan or by total. Six queries."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, F
from django.utils.translation import gettext as _

from kelurahan.models import Area, Level, Summary, SummarySource
from kelurahan.reports.city import City, Listed, Place, Score, load_city
from kelurahan.reports.words import span
from kelurahan.rules.numbers import format_number
from kelurahan.rules.regulation import RuleSet


@dataclass(frozen=True, slots=True)
class Row:
    place: Place
    score: Score | None
    listed: Listed | None
    n_rt: int
    n_kriteria: int
    cakupan: str = ""  # "2/32 RT" where not every place was assessed

    @property
    def total(self) -> str:
        return span(self.score.total_min, self.score.total_max) if self.score else "–"

    @property
    def n_known(self) -> int:
        return self.score.n_known if self.score else 0


@dataclass(frozen=True, slots=True)
class Group:
    """The kelurahan of a kecamatan, or all of them when sorted by total (then without a name)."""

    nama: str
    kode: str
    rows: list[Row]

    @property
    def n_kumuh(self) -> int:
        return sum(row.score is not None and row.score.kumuh for row in self.rows)


@dataclass(frozen=True, slots=True)
class PlaceList:
    kota: str
    years: list[int]
    tahun: int | None
    groups: list[Group]
    kecamatan: list[tuple[str, str]]  # code, name
    n: int  # shown
    n_all: int
    n_kumuh: int  # of all
    n_dinilai: int  # of all
    sk: str  # number of the decree in force, "" without one
    sk_tahun: int | None
    n_kriteria: int
    rule_set: RuleSet
    rule_sets: tuple[RuleSet, ...]  # to choose from; none where only one has data


def load_list(
    *, year: int | None, kecamatan: str = "", search: str = "", by_total: bool = False, rule_set: str = ""
) -> PlaceList | None:
    """None before a city is loaded. `search` looks into names and codes, whatever their case; `rule_set`: code of the
    one asked for, "" the usual one."""
    city = load_city(rule_set)
    if city is None:
        return None
    tahun = year if year in city.years else city.usual_year
    rows = _rows(city, tahun)
    shown = [row for row in rows if _matches(row.place, kecamatan, search)]
    official = city.official(tahun) if tahun else None
    return PlaceList(
        kota=city.nama,
        years=city.years,
        tahun=tahun,
        groups=_by_total(shown) if by_total else _by_kecamatan(shown),
        kecamatan=sorted({(p.kode_kecamatan, p.kecamatan) for p in city.places.values()}, key=lambda k: k[1]),
        n=len(shown),
        n_all=len(rows),
        n_kumuh=city.n_kumuh(tahun) if tahun else 0,
        n_dinilai=sum(row.score is not None for row in rows),
        sk=official.nomor if official else "",
        sk_tahun=official.tahun if official else None,
        n_kriteria=len(city.rule_set.kriteria),
        rule_set=city.rule_set,
        rule_sets=city.rule_sets if len(city.rule_sets) > 1 else (),
    )


def _rows(city: City, tahun: int | None) -> list[Row]:
    scores = city.of(tahun) if tahun else {}
    official = city.official(tahun) if tahun else None
    listed = official.places if official else {}
    rt = dict(Area.objects.filter(level=Level.RT).order_by().values_list("parent__kode").annotate(Count("pk")))
    n, short = len(city.rule_set.kriteria), _short(city.rule_set, tahun) if tahun else {}
    return [
        Row(place, scores.get(kode), listed.get(kode), rt.get(kode, 0), n, short.get(kode, ""))
        for kode, place in city.places.items()
    ]


def _short(rules: RuleSet, tahun: int) -> dict[str, str]:
    """How many of its places were assessed, by kelurahan, where that is not all of them."""
    names = {SummarySource.RT: _("RT"), SummarySource.KAWASAN: _("kawasan")}
    rows = Summary.objects.filter(
        area__level=Level.KELURAHAN, tahun=tahun, aturan=rules.kode, n_dinilai__lt=F("n_harap")
    )
    return {
        kode: f"{format_number(n)}/{format_number(m)} {names.get(SummarySource(sumber), '')}".rstrip()
        for kode, n, m, sumber in rows.values_list("area__kode", "n_dinilai", "n_harap", "sumber")
    }


def _matches(place: Place, kecamatan: str, search: str) -> bool:
    wanted = " ".join(search.lower().split())
    inside = not kecamatan or place.kode_kecamatan == kecamatan
    return inside and (not wanted or wanted in place.nama.lower() or place.kode.startswith(wanted))


def _by_kecamatan(rows: list[Row]) -> list[Group]:
    groups: dict[str, Group] = {}
    for row in sorted(rows, key=lambda r: (r.place.kecamatan, r.place.nama)):
        place = row.place
        groups.setdefault(place.kode_kecamatan, Group(place.kecamatan, place.kode_kecamatan, [])).rows.append(row)
    return list(groups.values())


def _by_total(rows: list[Row]) -> list[Group]:
    def key(row: Row) -> tuple[int, int, str]:
        return (0, -row.score.total_min, row.place.nama) if row.score else (1, 0, row.place.nama)

    return [Group("", "", sorted(rows, key=key))] if rows else []
