"""The page of one place: every point of its score explained, what the decree says, how good the data are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from kelurahan.models import Area, Indicator, IndicatorValue, Level, SummarySource, Upload
from kelurahan.reports import sentences, uncounted
from kelurahan.reports.below import Below, ChildRow, filled_counts, load_below, penyebut_text
from kelurahan.reports.charts import AspectChart, TrendChart, aspect_chart, trend_chart
from kelurahan.reports.decrees import SWATCH, OfficialStatus, load_official
from kelurahan.reports.indicators import figure
from kelurahan.reports.lines import AspectView, aspect_views, other_reading_note, range_word
from kelurahan.reports.official import official_areas
from kelurahan.reports.origins import Source, load_sources
from kelurahan.reports.quality import Note, quality_notes
from kelurahan.reports.standing import Scope, Standing, load_scope, standing_of
from kelurahan.reports.words import count_word, span
from kelurahan.rules.numbers import format_number, from_micro
from kelurahan.rules.regulation import FIELDS, PENYEBUT, RuleSet

ORIGIN_LIMIT = 400  # records whose changes are looked through for the origins of a place
WIDE = (Level.KOTA, Level.KECAMATAN)


@dataclass(frozen=True, slots=True)
class Fact:
    nama: str
    nilai: str
    satuan: str = ""
    sumber: str = ""


@dataclass(frozen=True, slots=True)
class IndicatorFigure:
    indicator: Indicator
    tahun: int
    teks: str
    sumber: str
    contoh: bool


@dataclass(frozen=True, slots=True)
class Result:
    """The score of the chosen year; the page has none where nothing was assessed."""

    tingkat: tuple[int, int]
    kata: str  # "sedang", "ringan–sedang"
    ringkas: str  # "Kumuh sedang, 44–49 dari 80"
    total: str
    maksimum: int
    rentang_kelas: str  # "38–59"
    kurang: str  # "belum lengkap (2 dari 32 RT dinilai)", "" where nothing is missing
    keterangan: list[str]
    judul: str  # headline of the table
    penjelasan: str
    aspek: list[AspectView]
    kosong: str  # which criteria are open and how many places are missing, for the row of the total
    catatan: str
    penyebut: list[Fact]
    chart: AspectChart
    chart_judul: str
    chart_catatan: str

    @property
    def swatch(self) -> str:
        """The CSS name of the class, or of the range of classes."""
        lowest, highest = self.tingkat
        return SWATCH[lowest] if lowest == highest else f"r{lowest}{highest}"


@dataclass(frozen=True, slots=True)
class Profile:
    area: Area
    crumbs: list[Area]
    years: list[int]
    tahun: int | None
    rule_set: RuleSet
    rule_sets: tuple[RuleSet, ...]  # to choose from; none where only one has data
    judul: str
    lead: list[str]
    result: Result | None
    official: OfficialStatus | None
    trend: TrendChart | None
    trend_judul: str
    below: Below
    below_kata: str  # "RT", "kelurahan"
    below_judul: str
    below_kelas: str
    notes: list[Note]
    densities: list[Fact]
    indicators: list[IndicatorFigure]
    uploads: list[Upload] = field(default_factory=list)
    total_row: ChildRow | None = None
    total_kata: str = ""  # "32 RT", "2 dari 32 RT"
    has_origins: bool = False


def load_profile(
    area: Area, wanted_year: int | None, *, with_origins: bool, public: bool, rule_set: str = ""
) -> Profile:
    """About fifteen queries, whatever the size of the place. `rule_set`: code of the one asked for, "" the usual one.

    `with_origins` adds where each number came from; `public` hides small counts and single RT.
    """
    scope = load_scope(rule_set)
    standing = standing_of(area, scope)
    years = sorted({*scope.years, *standing.keys})
    tahun = wanted_year if wanted_year in years else max(standing.keys or years, default=None)
    i = None if tahun is None else standing.at(tahun)
    below = load_below(area, tahun, scope) if tahun is not None else Below()
    sources, uploads = _origins(below, tahun, scope) if with_origins and tahun is not None else ({}, [])
    filled = filled_counts(below.states, scope.rule_set)
    computed = None if i is None else (int(standing.scores.tingkat_min[i]), int(standing.scores.tingkat_max[i]))
    n_kelas = standing.n_kelas[i] if i is not None else [0] * 6
    return Profile(
        area=area,
        crumbs=_crumbs(area),
        years=years,
        tahun=tahun,
        rule_set=scope.rule_set,
        rule_sets=scope.others,
        judul=_headline(area, standing, i, tahun),
        lead=sentences.lead(standing, i, wide=area.level in WIDE),
        result=None if i is None else _result(area, standing, i, below, filled, sources, public),
        official=load_official(area, tahun, computed),
        trend=_trend(standing, tahun),
        trend_judul=sentences.trend_headline(standing),
        below=below,
        below_kata=_below_word(below),
        below_judul=sentences.children_headline(_counted(below), _below_word(below)),
        below_kelas=sentences.bucket_words(_counted(below) if below.rows else n_kelas),
        notes=quality_notes(area, standing, i, below, filled, public),
        densities=list(_densities(area, standing, i)),
        indicators=_indicators(area, tahun, public),
        uploads=uploads,
        total_row=None if i is None else _total_row(area, standing, i),
        total_kata=_total_word(area, standing, i, below),
        has_origins=with_origins and bool(below.area_ids),
    )


def _origins(below: Below, tahun: int, scope: Scope) -> tuple[dict[str, list[Source]], list[Upload]]:
    if not below.area_ids or len(below.area_ids) > ORIGIN_LIMIT:
        return {}, []
    return load_sources(below.area_ids, tahun, scope.rule_set)


def _headline(area: Area, standing: Standing, i: int | None, tahun: int | None) -> str:
    if i is None or area.level not in WIDE or not standing.scores.has_data[i]:
        name = _("Kawasan %(nama)s") % {"nama": area.nama} if area.level == Level.KAWASAN else area.nama
        return sentences.headline(name, standing, i, tahun)
    name = area.nama if area.level == Level.KOTA else _("Kecamatan %(nama)s") % {"nama": area.nama}
    return sentences.city_headline(name, standing.n_kelas[i])


def _crumbs(area: Area) -> list[Area]:
    """The places above, the city first. One query."""
    codes = [code for code in area.path.split("|") if code and code != area.kode]
    return list(Area.objects.filter(kode__in=codes).order_by("path"))


def _result(
    area: Area,
    standing: Standing,
    i: int,
    below: Below,
    filled: dict[str, tuple[int, int]],
    sources: dict[str, list[Source]],
    public: bool,
) -> Result | None:
    scores, rules = standing.scores, standing.rule_set
    if not scores.has_data[i]:
        return None
    lowest, highest = int(scores.tingkat_min[i]), int(scores.tingkat_max[i])
    total = span(int(scores.total_min[i]), int(scores.total_max[i]))
    views = aspect_views(standing, i, filled, sources, public)
    word = sentences.class_word(lowest, highest)
    open_codes = [
        line.kode for view in views for line in view.lines if line.kind in ("kosong", "sebagian", "tidak-sah")
    ]
    if covered := sentences.coverage(standing, i, wide=area.level in WIDE):
        open_codes.append(_("%(cakupan)s dinilai") % {"cakupan": covered})
    aspects = [(v.nama, mean) for v, mean in zip(views, standing.aspects(i), strict=True)]
    return Result(
        tingkat=(lowest, highest),
        kata=range_word(lowest, highest),
        ringkas=_("%(tingkat)s, %(total)s dari %(maksimum)d")
        % {"tingkat": word[:1].upper() + word[1:], "total": total, "maksimum": rules.maximum},
        total=total,
        maksimum=rules.maximum,
        rentang_kelas=span(*rules.class_ranges()[lowest]) if lowest == highest else "",
        kurang=sentences.incomplete(standing, i, wide=area.level in WIDE),
        keterangan=_facts(area, standing, i, below),
        judul=_("Mengapa %(total)s: %(n)s kriteria, tahun %(tahun)d")
        % {"total": total, "n": count_word(len(rules.kriteria)), "tahun": standing.keys[i]},
        penjelasan=_explanation(area, standing, i),
        aspek=views,
        kosong=", ".join(open_codes),
        catatan=other_reading_note(standing.lines(i), rules),
        penyebut=_penyebut(standing, i),
        chart=aspect_chart(
            [
                (v.nama, mean, f"{v.nilai}/{v.maksimum}", bool(v.dari))
                for v, (_n, mean) in zip(views, aspects, strict=True)
            ]
        ),
        chart_judul=sentences.worst_aspects(aspects),
        chart_catatan=_partial_note(views),
    )


def _facts(area: Area, standing: Standing, i: int, below: Below) -> list[str]:
    known, n_kelas = int(standing.scores.known[i].sum()), standing.n_kelas[i]
    told = {
        "ha": format_number(standing.luas_kumuh[i], 2),
        "n": sum(n_kelas[1:4]),
        "m": sum(n_kelas),
        "what": _("kelurahan") if area.level in WIDE else _below_word(below),
    }
    several = area.level != Level.RT and sum(n_kelas) > 1
    hectares = _("Luas kumuh %(ha)s ha; %(n)d dari %(m)d %(what)s kumuh") if several else _("Luas kumuh %(ha)s ha")
    parts = [hectares % told]
    if area.level in WIDE:
        parts.append(_("tingkat dihitung dari jumlah seluruh kelurahannya"))
    if area.level in (*WIDE, Level.KELURAHAN):
        left_out = uncounted.note_below(area.path, standing.keys[i], standing.rule_set.kode)
        parts += [left_out.rstrip(".")] if left_out else []
    return [*parts, _("%(n)d dari %(m)d kriteria dinilai") % {"n": known, "m": len(standing.rule_set.kriteria)}]


def _explanation(area: Area, standing: Standing, i: int) -> str:
    n = int(standing.sums.n_rows[i])
    edges = _("Ambang persen: 25 → 1, 51 → 3, 76 → 5.")
    if n <= 1:
        return _("Dari satu catatan langsung.") + " " + edges
    records = {SummarySource.RT: _("RT"), SummarySource.KAWASAN: _("kawasan")}
    inner = area.level in (Level.KELURAHAN, Level.KAWASAN)
    what = records.get(SummarySource(standing.sumber[i]), _("catatan")) if inner else _("catatan")
    told = {"n": format_number(n), "what": what}
    return _("Volume dan penyebut dijumlah dari %(n)s %(what)s, lalu dinilai.") % told + " " + edges


def _partial_note(views: list[AspectView]) -> str:
    partial = [_("%(aspek)s dari %(dari)s") % {"aspek": view.nama, "dari": view.dari} for view in views if view.dari]
    return f"* {'; '.join(partial)}." if partial else ""


def _penyebut(standing: Standing, i: int) -> list[Fact]:
    return [
        Fact(_(penyebut.nama), penyebut_text(standing.sums, i, kode), _(penyebut.satuan))
        for kode, penyebut in PENYEBUT.items()
    ]


def _trend(standing: Standing, tahun: int | None) -> TrendChart | None:
    scores = standing.scores
    short = [year for i, year in enumerate(standing.keys) if not standing.whole(i)]
    totals = [
        (year, int(scores.total_min[i]), int(scores.total_max[i]))
        for i, year in enumerate(standing.keys)
        if scores.has_data[i]
    ]
    return trend_chart(totals, standing.rule_set, tahun or 0, short) if totals else None


def _counted(below: Below) -> list[int]:
    """Places of the level below, by bucket."""
    buckets = Counter(
        5 if row.tingkat is None else row.tingkat[0] if row.tingkat[0] == row.tingkat[1] else 4 for row in below.rows
    )
    return [buckets[k] for k in range(6)]


def _below_word(below: Below) -> str:
    if not below.level:
        return ""
    return str(Level(below.level).label) if below.level == Level.RT else str(Level(below.level).label).lower()


def _total_row(area: Area, standing: Standing, i: int) -> ChildRow:
    sums, scores = standing.sums, standing.scores
    return ChildRow(
        kode=area.kode,
        nama=area.nama,
        tingkat=(int(scores.tingkat_min[i]), int(scores.tingkat_max[i])),
        total=span(int(scores.total_min[i]), int(scores.total_max[i])),
        luas=penyebut_text(sums, i, "luas", 2),
        bangunan=penyebut_text(sums, i, "bgn"),
        kk=penyebut_text(sums, i, "kk"),
        jiwa=penyebut_text(sums, i, "jiwa"),
        terburuk="",
        urut=(0, 0, ""),
        kurang=sentences.incomplete(standing, i, wide=area.level in WIDE),
    )


def _total_word(area: Area, standing: Standing, i: int | None, below: Below) -> str:
    covered = "" if i is None or area.level in WIDE else sentences.coverage(standing, i)
    return covered or f"{len(below.rows)} {_below_word(below)}"


def _densities(area: Area, standing: Standing, i: int | None) -> Iterator[Fact]:
    """People per hectare of the official area, one figure per source; never from a polygon, and never those of some
    RT over the hectares of all."""
    if area.level in (Level.RT, Level.KAWASAN):
        return
    column = FIELDS.index("jiwa")
    people = from_micro(standing.sums.penyebut[i, column]) if i is not None else Decimal(0)
    known = i is not None and bool(standing.sums.penyebut_known[i, column])
    short = "" if i is None or (known and standing.whole(i)) else _unknown_people(standing.whole(i))
    for official in official_areas(area=area):
        hectares = official.km2 * 100
        yield Fact(
            nama=_("Luas resmi %(km2)s km²") % {"km2": format_number(official.km2, 2)},
            nilai=short or (format_number(people / hectares, 1) if people else "–"),
            satuan="" if short else _("jiwa/ha"),
            sumber=f"{official.sumber}, {official.tahun}" if official.tahun else official.sumber,
        )


def _unknown_people(whole: bool) -> str:
    return _("jumlah jiwa belum lengkap") if whole else _("belum semua RT dinilai")


def _indicators(area: Area, tahun: int | None, public: bool) -> list[IndicatorFigure]:
    """The newest value of every supporting indicator, not younger than the chosen year where there is one."""
    rows = IndicatorValue.objects.filter(area=area).select_related("indicator").order_by("indicator__nama", "-tahun")
    newest: dict[int, IndicatorValue] = {}
    for row in rows:
        kept = newest.get(row.indicator_id)
        if kept is None or (tahun is not None and kept.tahun > tahun >= row.tahun):
            newest[row.indicator_id] = row
    return [
        IndicatorFigure(
            indicator=row.indicator,
            tahun=row.tahun,
            teks=figure(row.nilai, row.indicator.satuan, public=public),
            sumber=row.sumber,
            contoh=row.contoh,
        )
        for row in newest.values()
    ]
