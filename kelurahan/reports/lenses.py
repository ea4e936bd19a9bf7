"""The map under each view: which class every kelurahan gets, and the legend that says so in a sentence."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kelurahan.reports.city import City, Official, Score
from kelurahan.reports.indicators import figure
from kelurahan.reports.lens import (
    TINGKAT,
    IndicatorTable,
    Lens,
    MapClass,
    Ramp,
    Value,
    class_code,
    class_name,
)
from kelurahan.reports.words import signed, span
from kelurahan.rules.numbers import format_number
from kelurahan.rules.regulation import Reading


def _count(values: Mapping[str, Value], classes: list[MapClass]) -> tuple[MapClass, ...]:
    return tuple(replace(c, n=sum(v.kode_kelas == c.kode for v in values.values())) for c in classes)


# --- the class by data ------------------------------------------------------------------------------------------------


def score_value(score: Score | None) -> Value:
    code = class_code(score)
    if score is None:
        return Value(code, class_name(code))
    return Value(
        kode_kelas=code,
        nama_kelas=class_name(code),
        teks=span(score.total_min, score.total_max),
        lo=score.total_min,
        hi=score.total_max,
        catatan="" if score.lengkap else _("belum lengkap"),
        urut=(score.total_min, score.total_max),
    )


def by_data(city: City, tahun: int) -> Lens:
    scores = city.of(tahun)
    values = {kode: score_value(scores.get(kode)) for kode in city.places}
    codes = [*TINGKAT, *sorted({v.kode_kelas for v in values.values()} - {*TINGKAT, "belum"})]
    classes = [_data_class(code, [s for s in scores.values() if class_code(s) == code]) for code in codes]
    if len(scores) < len(city.places):
        classes.append(MapClass("belum", class_name("belum"), unknown=True))
    n = city.n_kumuh(tahun)
    ha = sum((s.luas_kumuh for s in scores.values()), Decimal(0))
    jiwa = sum((s.jiwa_kumuh for s in scores.values()), Decimal(0))
    strong = ngettext("%(n)s kelurahan kumuh", "%(n)s kelurahan kumuh", n) % {"n": format_number(n)}
    if n == 0:
        strong = _("Tidak ada kelurahan kumuh")
    if n:
        rest = _("pada %(tahun)s, %(ha)s\u00a0ha, dihuni %(jiwa)s\u00a0jiwa.") % {
            "tahun": tahun,
            "ha": format_number(ha, 2),
            "jiwa": format_number(jiwa, 0),
        }
    else:
        rest = _("pada %(tahun)s.") % {"tahun": tahun}
    title = _("Tingkat kekumuhan")
    counted = _count(values, classes)
    return Lens(title, strong, rest, counted, values, _total_ramp(city), _("Total"), _("Tingkat"))


def _data_class(code: str, members: list[Score]) -> MapClass:
    if code == "tidak" or not members:
        return MapClass(code, class_name(code))
    if code.startswith("r0"):
        return MapClass(code, class_name(code), unknown=True)
    ha = sum((s.luas_kumuh for s in members), Decimal(0))
    return MapClass(code, class_name(code), ha=ha, jiwa=sum((s.jiwa_kumuh for s in members), Decimal(0)))


def _total_ramp(city: City) -> Ramp:
    edges = (0, *city.rule_set.limits, city.rule_set.maximum)
    segments = tuple((float(a), float(b), code) for a, b, code in zip(edges, edges[1:], TINGKAT, strict=False))
    return Ramp(0, city.rule_set.maximum, segments, tuple((float(edge), str(edge)) for edge in edges))


# --- the class by decree ----------------------------------------------------------------------------------------------


def by_decree(city: City, tahun: int) -> Lens:
    decree = city.official(tahun)
    if decree is None:
        values = {kode: Value("belum", _("Belum ada SK")) for kode in city.places}
        classes = [MapClass("belum", _("Belum ada SK"))]
        sentence = _("sampai tahun %(tahun)s.") % {"tahun": tahun}
        return Lens(_("Status menurut SK"), _("Belum ada SK"), sentence, _count(values, classes), values, has_ha=False)
    scores = city.of(tahun)
    values = {kode: _compared(decree, kode, scores.get(kode)) for kode in city.places}
    n = len(decree.places)
    strong = ngettext("%(n)s kelurahan ditetapkan kumuh", "%(n)s kelurahan ditetapkan kumuh", n) % {
        "n": format_number(n)
    }
    return Lens(
        judul=_("Status menurut SK"),
        kalimat_kuat=strong,
        kalimat=_decree_sentence(decree),
        classes=_count(values, _decree_classes(decree)),
        values=values,
        kolom=_("ha"),
        kolom_kelas=_("Tingkat"),
        berperingkat=False,
    )


def _compared(decree: Official, kode: str, score: Score | None) -> Value:
    """The status by decree; where the data say something else it is told, and comes first."""
    value = decree_value(decree, kode)
    if not decree.differs(kode, score):
        return value
    data = _("data: %(tingkat)s") % {"tingkat": class_name(class_code(score)).lower()}
    note = f"{value.catatan}; {data}" if value.catatan else data
    return replace(value, catatan=note, urut=(10.0, value.urut[0] if value.urut else 0.0))


def decree_value(decree: Official | None, kode: str) -> Value:
    if decree is None:
        return Value("belum", _("Belum ada SK"))
    listed = decree.places.get(kode)
    if listed is None:
        return Value("tidak", _("Tidak ditetapkan"))
    code = "kumuh" if listed.tingkat is None else TINGKAT[listed.tingkat]
    return Value(
        kode_kelas=code,
        nama_kelas=_("Kumuh") if listed.tingkat is None else class_name(code),
        teks="–" if listed.luas_ha is None else format_number(listed.luas_ha, 2),
        catatan=_("contoh") if listed.contoh else "",
        urut=(listed.tingkat or 0.5, float(listed.luas_ha or 0)),
    )


def _decree_classes(decree: Official) -> list[MapClass]:
    codes = {
        "tidak": _("Tidak ditetapkan"),
        "ringan": class_name("ringan"),
        "sedang": class_name("sedang"),
        "berat": class_name("berat"),
    }
    classes = [_decree_class(decree, code, name) for code, name in codes.items()]
    if any(listed.tingkat is None for listed in decree.places.values()):
        classes.append(_decree_class(decree, "kumuh", _("Kumuh, tingkat tidak diumumkan")))
    if all(listed.tingkat is None for listed in decree.places.values()):
        classes = [c for c in classes if c.kode in ("tidak", "kumuh")]
    return classes


def _decree_class(decree: Official, code: str, name: str) -> MapClass:
    tingkat = None if code == "kumuh" else TINGKAT.index(code)
    areas = [p.luas_ha for p in decree.places.values() if p.tingkat == tingkat and code != "tidak"]
    if not areas:
        return MapClass(code, name)
    known = None not in areas
    return MapClass(code, name, ha=sum(filter(None, areas), Decimal(0)) if known else None, unknown=not known)


def _decree_sentence(decree: Official) -> str:
    words = {"sk": decree.nama, "ha": format_number(decree.luas_ha, 2)}
    text = (_("oleh %(sk)s.") if decree.luas_ha is None else _("oleh %(sk)s, %(ha)s\u00a0ha.")) % words
    example = sum(listed.contoh for listed in decree.places.values())
    if example:
        more = ngettext(
            "%(n)s di antaranya diisi sebagai contoh.", "%(n)s di antaranya diisi sebagai contoh.", example
        ) % {"n": example}
        text = f"{text} {more}"
    return text


# --- change between two years -----------------------------------------------------------------------------------------

STEP = 10  # points: from here a change is called large


def by_change(city: City, dari: int, tahun: int) -> Lens:
    before, after = city.of(dari), city.of(tahun)
    values = {kode: _change_value(before.get(kode), after.get(kode)) for kode in city.places}
    names = {
        "p2": _("Memburuk %(n)s atau lebih") % {"n": STEP},
        "p1": _("Memburuk 1–%(n)s") % {"n": STEP - 1},
        "d0": _("Tetap"),
        "m1": _("Membaik 1–%(n)s") % {"n": STEP - 1},
        "m2": _("Membaik %(n)s atau lebih") % {"n": STEP},
        "belum": _("Tidak dapat dibandingkan"),
    }
    classes = [MapClass(code, name) for code, name in names.items()]
    counted = _count(values, classes)
    better = sum(c.n for c in counted if c.kode in ("m1", "m2"))
    strong = ngettext("%(n)s kelurahan membaik", "%(n)s kelurahan membaik", better) % {"n": format_number(better)}
    worse = sum(c.n for c in counted if c.kode in ("p1", "p2"))
    rest = _("dan %(worse)s memburuk dari %(dari)s ke %(tahun)s; angka total 0–%(max)s.") % {
        "worse": format_number(worse),
        "dari": dari,
        "tahun": tahun,
        "max": city.rule_set.maximum,
    }
    return Lens(
        judul=_("Perubahan total"),
        kalimat_kuat=strong,
        kalimat=rest,
        classes=counted,
        values=values,
        ramp=_change_ramp(values),
        kolom=_("Selisih"),
        kolom_kelas=_("Arah"),
        has_ha=False,
    )


def _change_value(before: Score | None, after: Score | None) -> Value:
    if before is None or after is None:
        return Value("belum", _("Tidak dapat dibandingkan"))
    low, high = after.total_min - before.total_max, after.total_max - before.total_min
    code = _change_code(low)
    if code != _change_code(high):
        return Value("belum", _("Tidak pasti"), f"{signed(low)}…{signed(high)}", low, high, _("belum lengkap"))
    words = {"p": _("Memburuk"), "d": _("Tetap"), "m": _("Membaik")}
    text = signed(low) if low == high else f"{signed(low)}…{signed(high)}"
    return Value(code, words[code[0]], text, low, high, urut=(float(high), float(after.total_max)))


def _change_code(delta: int) -> str:
    if delta == 0:
        return "d0"
    return ("p" if delta > 0 else "m") + ("2" if abs(delta) >= STEP else "1")


def _change_ramp(values: Mapping[str, Value]) -> Ramp:
    ends = [abs(end) for v in values.values() for end in (v.lo, v.hi) if end is not None]
    top = float(max(2 * STEP, *ends)) if ends else 2.0 * STEP
    segments = ((-top, -STEP, "m2"), (-STEP, 0, "m1"), (0, STEP, "p1"), (STEP, top, "p2"))
    ticks = tuple((float(t), signed(int(t))) for t in (-top, -STEP, 0, STEP, top))
    return Ramp(-top, top, segments, ticks)


# --- one criterion ----------------------------------------------------------------------------------------------------

NILAI_CODES = {0: "s0", 1: "s1", 3: "s2", 5: "s4"}


def by_criterion(city: City, tahun: int, kode: str) -> Lens:
    index = [k.kode for k in city.rule_set.kriteria].index(kode)
    kriteria = city.rule_set.kriteria[index]
    scores = city.of(tahun)
    bands = city.rule_set.reading
    values = {place: _nilai_value(scores.get(place), index, bands) for place in city.places}
    classes = [
        MapClass(code, _("Nilai %(nilai)s (%(ambang)s %%)") % {"nilai": n, "ambang": bands.band_text(n)})
        for n, code in NILAI_CODES.items()
    ]
    classes.append(MapClass("belum", _("Belum dinilai atau belum pasti")))
    counted = _count(values, classes)
    n = counted[-2].n
    strong = ngettext("%(n)s kelurahan bernilai 5", "%(n)s kelurahan bernilai 5", n) % {"n": format_number(n)}
    if n == 0:
        strong = _("Tidak ada kelurahan bernilai 5")
    rest = _("pada %(tahun)s: %(kode)s %(nama)s.") % {"tahun": tahun, "kode": kode, "nama": _(kriteria.nama).lower()}
    return Lens(
        judul=_(kriteria.nama),
        kalimat_kuat=strong,
        kalimat=rest,
        classes=counted,
        values=values,
        kolom=_("Nilai"),
        kolom_kelas=_("Persen"),
        has_ha=False,
    )


def _nilai_value(score: Score | None, index: int, bands: Reading) -> Value:
    if score is None:
        return Value("belum", _("Belum dinilai"))
    low, high = score.nilai_min[index], score.nilai_max[index]
    if low != high:
        return Value("belum", _("Belum pasti"), span(low, high), catatan=_("belum lengkap"), urut=(low, high))
    return Value(NILAI_CODES[low], f"{bands.band_text(low)}\u00a0%", format_number(low), urut=(low, score.total_min))


# --- a supporting indicator -------------------------------------------------------------------------------------------

N_STEPS = 5


def by_indicator(city: City, table: IndicatorTable) -> Lens:
    numbers = {kode: table.nilai[kode] for kode in city.places if kode in table.nilai}
    steps = quantile_steps(numbers)
    names = {
        step: _range_name([numbers[kode] for kode in numbers if steps[kode] == step], table)
        for step in set(steps.values())
    }
    values = {kode: Value("belum", _("Tidak ada angka")) for kode in city.places}
    for kode, number in numbers.items():
        code = f"s{steps[kode]}"
        text = figure(number, table.satuan, public=table.public)
        values[kode] = Value(code, names[steps[kode]], text, urut=(float(number), 0))
    classes = [MapClass(f"s{step}", name) for step, name in sorted(names.items())]
    if len(numbers) < len(values):
        classes.append(MapClass("belum", _("Tidak ada angka")))
    strong = f"{_(table.nama)} {table.tahun}"
    rest = ngettext("di %(n)s kelurahan, dalam %(satuan)s.", "di %(n)s kelurahan, dalam %(satuan)s.", len(numbers)) % {
        "n": format_number(len(numbers)),
        "satuan": _("persen") if table.satuan == "%" else table.satuan,
    }
    source = _("Sumber: %(sumber)s.") % {"sumber": table.sumber}
    if table.contoh:
        source += " " + _("Sebagian angkanya data contoh.")
    return Lens(
        judul=_(table.nama),
        kalimat_kuat=strong,
        kalimat=rest,
        classes=_count(values, classes),
        values=values,
        kolom=table.satuan,
        kolom_kelas=_("Kelas"),
        has_ha=False,
        sumber=source,
    )


def quantile_steps(numbers: Mapping[str, Decimal]) -> dict[str, int]:
    """Step 0…4 of each place: five classes of about equal count; equal figures never fall apart."""
    ordered = sorted(numbers.values())
    return {kode: bisect_left(ordered, number) * N_STEPS // len(ordered) for kode, number in numbers.items()}


def _range_name(members: list[Decimal], table: IndicatorTable) -> str:
    low, high = (figure(number, table.satuan, public=table.public) for number in (min(members), max(members)))
    return low if low == high else f"{low}–{high}"
