"""Everything the home page shows, put together from a city and a view."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from kelurahan.models import Indicator, IndicatorValue, Level
from kelurahan.reports import answer, cards, map_charts, sources, uncounted
from kelurahan.reports.city import City, Place, Score, rule_query
from kelurahan.reports.lens import IndicatorTable, Lens, Lihat, Value, View
from kelurahan.reports.lenses import (
    by_change,
    by_criterion,
    by_data,
    by_decree,
    by_indicator,
    decree_value,
    score_value,
)
from kelurahan.reports.map_charts import Marker, RampDrawing, Spark
from kelurahan.rules.regulation import ASPEK

N_SHOWN = 14  # lines of the ranking before "Lihat semua"
MAX_MISSING = 4  # criteria named one by one in the tip; beyond that only counted


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the ranking, and all that the map says about a place."""

    place: Place
    peringkat: int | None
    nilai: Value  # what the map shows
    data: Value  # class and total by data
    sk: Value  # status by decree
    spark: Spark | None
    kurang: str  # which criteria are missing
    score: Score | None

    @property
    def ucap(self) -> str:
        """The spoken name of the place on the map: "Oesapa, kumuh sedang, 44–49, belum lengkap"."""
        parts = [self.place.nama, spoken(self.nilai), self.nilai.teks, self.nilai.catatan]
        return ", ".join(part for part in parts if part and part != "–")


def spoken(value: Value) -> str:
    name = value.nama_kelas.lower()
    return _("kumuh %(tingkat)s") % {"tingkat": name} if value.kode_kelas in ("ringan", "sedang", "berat") else name


@dataclass(frozen=True, slots=True)
class Choice:
    """An option of a picker."""

    kode: str
    nama: str
    current: bool


@dataclass(frozen=True, slots=True)
class Home:
    city: City
    view: View
    lens: Lens
    answer: answer.Answer
    rows: list[Row]
    chosen: Row | None
    ramp: RampDrawing | None
    marker: Marker | None
    trend: cards.TrendCard | None
    kecamatan: cards.KecamatanCard | None
    moves: cards.MovesCard | None
    pickers: dict[str, list[Choice]]  # group name → options
    aturan: list[Choice]  # rule sets to choose from, empty where there is only one
    sumber: str  # where the figures come from, as a sentence
    tak_terhitung: str  # slum hectares that the slum area leaves out, as a sentence

    @property
    def n_shown(self) -> int:
        return min(len(self.rows), N_SHOWN)

    @property
    def last_year(self) -> int | None:
        return self.city.years[-1] if self.city.years else None

    @property
    def last_year_short(self) -> str:
        """ "25" for 2025: heads of narrow columns read 2020–25."""
        return f"{(self.last_year or 0) % 100:02d}"

    @property
    def decree_year(self) -> int | None:
        decree = self.city.official(self.view.tahun)
        return decree.tahun if decree else None

    @property
    def gambar(self) -> str:
        """What the map shows, for who cannot see it."""
        return f"{self.lens.judul}, {self.view.tahun}"

    @property
    def rule_query(self) -> str:
        return rule_query(self.view.aturan)

    @property
    def moves_url(self) -> str:
        return self.view.query(lihat=Lihat.PERUBAHAN, dari=self.moves.dari) if self.moves else ""

    @property
    def by_kode(self) -> dict[str, Row]:
        return {row.place.kode: row for row in self.rows}


# --- the view that is asked for ---------------------------------------------------------------------------------------


def read_view(asked: Mapping[str, str], city: City, indicators: list[Indicator]) -> View:
    """The view of an address. What does not exist is not an error: the nearest thing that does is shown."""
    years = city.years or [d.tahun for d in city.decrees] or [0]
    usual = city.usual_year or years[-1]
    wanted = _number(asked.get("tahun"))
    tahun = _year(wanted, years, usual)
    note = _other_year(wanted, tahun) if city.years and wanted not in (None, tahun) else ""
    earlier = [year for year in years if year < tahun]
    lihat = next((kind for kind in Lihat if kind == asked.get("lihat")), Lihat.DATA)
    if lihat is Lihat.PERUBAHAN and not earlier and len(years) > 1:
        first, tahun = tahun, usual if usual > years[0] else years[-1]
        earlier = [year for year in years if year < tahun]
        note = _other_year(wanted, tahun) if note else _nothing_before(first, tahun)
    known = {k.kode for k in city.rule_set.kriteria} | {f"i-{i.kode}" for i in indicators}
    ukur = asked.get("ukur", "")
    return View(
        lihat=lihat,
        tahun=tahun,
        dari=_year(_number(asked.get("dari")), earlier, earlier[0]) if earlier else tahun,
        ukur=ukur if lihat is Lihat.DATA and ukur in known else "tingkat",
        pilih=asked.get("pilih", "") if asked.get("pilih") in city.places else "",
        aturan=city.aturan,
        catatan=note,
    )


def _number(text: str | None) -> int | None:
    """A year as an address writes it; None for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 4 else None


def _year(wanted: int | None, years: list[int], default: int) -> int:
    return default if wanted is None else min(years, key=lambda year: (abs(year - wanted), -year))


def _other_year(wanted: int | None, shown: int) -> str:
    return _("Tahun %(tahun)s belum punya data; yang ditampilkan %(ini)s.") % {"tahun": wanted, "ini": shown}


def _nothing_before(first: int, shown: int) -> str:
    words = {"tahun": first, "ini": shown}
    return _("Sebelum %(tahun)s belum ada data untuk dibandingkan; yang ditampilkan %(ini)s.") % words


def load_indicators() -> list[Indicator]:
    """Supporting indicators that have a value for at least one kelurahan."""
    with_values = IndicatorValue.objects.filter(area__level=Level.KELURAHAN).values("indicator_id")
    return list(Indicator.objects.filter(pk__in=with_values))


def _indicator_table(indicator: Indicator, tahun: int, public: bool) -> IndicatorTable:
    """Values of the latest year up to `tahun`, else of the first year there is."""
    rows = list(
        IndicatorValue.objects.filter(indicator=indicator, area__level=Level.KELURAHAN)
        .order_by("tahun")
        .values_list("tahun", "area__kode", "nilai", "sumber", "contoh")
    )
    years = sorted({row[0] for row in rows})
    year = max((y for y in years if y <= tahun), default=years[0])
    chosen = [row for row in rows if row[0] == year]
    return IndicatorTable(
        kode=indicator.kode,
        nama=indicator.nama,
        satuan=indicator.satuan,
        tahun=year,
        sumber="; ".join(dict.fromkeys(row[3] for row in chosen)),
        nilai={row[1]: row[2] for row in chosen},
        contoh=any(row[4] for row in chosen),
        public=public,
    )


def look(city: City, view: View, indicators: list[Indicator], public: bool) -> Lens:
    if view.lihat is Lihat.SK:
        return by_decree(city, view.tahun)
    if view.lihat is Lihat.PERUBAHAN:
        return by_change(city, view.dari, view.tahun)
    if view.ukur == "tingkat":
        return by_data(city, view.tahun)
    indicator = next((i for i in indicators if f"i-{i.kode}" == view.ukur), None)
    if indicator is not None:
        return by_indicator(city, _indicator_table(indicator, view.tahun, public))
    return by_criterion(city, view.tahun, view.ukur)


# --- the page ---------------------------------------------------------------------------------------------------------


def ranking(city: City, view: View, lens: Lens) -> list[Row]:
    """All places, highest figure first; equal figures share a rank, places without one come last."""
    drawn = map_charts.sparks(city)
    scores, decree = city.of(view.tahun), city.official(view.tahun)
    ordered = sorted(city.places.values(), key=lambda p: _order(lens.values[p.kode]))
    keys = [lens.values[p.kode].urut for p in ordered]
    return [
        Row(
            place=place,
            peringkat=keys.index(keys[i]) + 1 if lens.berperingkat and keys[i] is not None else None,
            nilai=lens.values[place.kode],
            data=score_value(scores.get(place.kode)),
            sk=decree_value(decree, place.kode),
            spark=drawn.get(place.kode),
            kurang=missing(city, scores.get(place.kode)),
            score=scores.get(place.kode),
        )
        for i, place in enumerate(ordered)
    ]


def _order(value: Value) -> tuple[bool, float, float]:
    first, second = value.urut or (0.0, 0.0)
    return value.urut is None, -first, -second


def missing(city: City, score: Score | None) -> str:
    """ "kriteria 3b belum diisi" """
    if score is None or score.lengkap:
        return ""
    triples = zip(city.rule_set.kriteria, score.volume_diketahui, score.tidak_berlaku, strict=True)
    kodes = [k.kode for k, known, not_applicable in triples if not known and not not_applicable]
    if len(kodes) > MAX_MISSING:
        return _("%(n)s kriteria belum diisi") % {"n": len(kodes)}
    return _("kriteria %(kode)s belum diisi") % {"kode": ", ".join(kodes)} if kodes else ""


def build(city: City, view: View, indicators: list[Indicator], this_year: int, *, public: bool = True) -> Home:
    """`public` hides small counts of people."""
    lens = look(city, view, indicators, public)
    rows = ranking(city, view, lens)
    chosen = next((row for row in rows if row.place.kode == view.pilih), rows[0] if rows else None)
    return Home(
        city=city,
        view=view,
        lens=lens,
        answer=answer.answer(city, view, lens, this_year),
        rows=rows,
        chosen=chosen,
        ramp=map_charts.ramp_drawing(lens.ramp) if lens.ramp else None,
        marker=_marker(lens, chosen),
        trend=cards.trend_card(city, view.tahun),
        kecamatan=cards.kecamatan_card(city, view.tahun),
        moves=cards.moves_card(city, view.tahun),
        pickers=_pickers(city, view, indicators),
        aturan=_rule_choices(city),
        sumber=sources.sentence(city, view.tahun),
        tak_terhitung=uncounted.note(city.of(view.tahun).values()) if view.lihat is Lihat.DATA else "",
    )


def _rule_choices(city: City) -> list[Choice]:
    if len(city.rule_sets) < 2:
        return []
    return [Choice(rules.kode, rules.nama, rules == city.rule_set) for rules in city.rule_sets]


def _marker(lens: Lens, row: Row | None) -> Marker | None:
    if lens.ramp is None or row is None:
        return None
    value = row.nilai
    return map_charts.ramp_marker(lens.ramp, value.lo, value.hi, f"{row.place.nama} {value.teks}")


def _pickers(city: City, view: View, indicators: list[Indicator]) -> dict[str, list[Choice]]:
    total = _("Tingkat kekumuhan (%(n)s kriteria)") % {"n": len(city.rule_set.kriteria)}
    groups = {"": [Choice("tingkat", total, view.ukur == "tingkat")]}
    for aspek in ASPEK:
        groups[_(aspek.nama)] = [
            Choice(k.kode, f"{k.kode} {_(k.nama)}", view.ukur == k.kode)
            for k in city.rule_set.kriteria
            if k.aspek == aspek.no
        ]
    if indicators:
        groups[_("Angka pendukung")] = [
            Choice(f"i-{i.kode}", _(i.nama), view.ukur == f"i-{i.kode}") for i in indicators
        ]
    return groups
