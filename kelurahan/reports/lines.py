"""The criteria of a place as its page shows them: volume ÷ penyebut = persen, nilai, where it stands in the rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from django.utils.translation import gettext as _

from kelurahan.reports.charts import Bar, percent_bar
from kelurahan.reports.origins import Source
from kelurahan.reports.standing import Standing
from kelurahan.reports.words import span
from kelurahan.rules.numbers import format_number
from kelurahan.rules.regulation import ASPEK, OPEN_EDGES, TINGKAT, WORKBOOK, RuleSet, State
from kelurahan.rules.score import Line

SMALL = 5  # below it a count of people, households or buildings could point at somebody
_COUNTED = frozenset({"unit", "KK", "jiwa"})


@dataclass(frozen=True, slots=True)
class LineView:
    """One criterion, ready to print. `kind` is "", "sebagian", "kosong", "tidak-berlaku" or "tidak-sah"."""

    kode: str
    nama: str
    rujukan: str
    rujukan_lengkap: str
    lain: str  # what the other reading of the ladder would give, "" where the same
    volume: str
    penyebut: str
    satuan: str
    persen: str
    bar: Bar | None
    nilai: str
    nilai_class: str
    kind: str
    catatan: str
    sources: Sequence[Source] = ()


@dataclass(frozen=True, slots=True)
class AspectView:
    no: int
    nama: str
    rata: str  # percent, "" where no criterion is known
    dari: str  # "1 dari 2 kriteria", "" when all are known
    nilai: str
    maksimum: int
    lines: list[LineView] = field(default_factory=list)


def short_reference(pasal: str, rule_set: RuleSet) -> str:
    """ "Pasal 18; Lamp. I.A angka 3": the rule set itself stands above the table."""
    return pasal.removeprefix(f"{rule_set.nama} ").replace(" dan Lampiran I huruf A", "; Lamp. I.A")


def aspect_views(
    standing: Standing,
    i: int,
    filled: Mapping[str, tuple[int, int]],
    sources: Mapping[str, Sequence[Source]],
    public: bool,
) -> list[AspectView]:
    """`filled`: kode → (records with an answer, records) below this place; `public` hides small counts."""
    lines, means = standing.lines(i), standing.aspects(i)
    views = []
    for aspek, mean in zip(ASPEK, means, strict=True):
        own = [line for line in lines if line.aspek == aspek.no]
        known = sum(line.state in (State.FILLED, State.NOT_APPLICABLE) for line in own)
        views.append(
            AspectView(
                no=aspek.no,
                nama=_(aspek.nama),
                rata="" if mean is None else format_number(mean, 2),
                dari="" if known == len(own) else _("%(n)d dari %(m)d kriteria") % {"n": known, "m": len(own)},
                nilai=span(sum(line.nilai_min for line in own), sum(line.nilai_max for line in own)),
                maksimum=5 * len(own),
                lines=[
                    line_view(line, standing.rule_set, filled.get(line.kode), sources.get(line.kode, ()), public)
                    for line in own
                ],
            )
        )
    return views


def line_view(
    line: Line, rule_set: RuleSet, filled: tuple[int, int] | None, sources: Sequence[Source], public: bool
) -> LineView:
    kind = _kind(line, filled)
    hidden = public and line.satuan in _COUNTED and 0 < line.volume_min < SMALL
    return LineView(
        kode=line.kode,
        nama=_(line.nama),
        rujukan=short_reference(line.pasal, rule_set),
        rujukan_lengkap=line.pasal,
        lain=_other_reading(line),
        volume=f"< {SMALL}" if hidden else _amount(line.volume_min, line.volume_max),
        penyebut="–" if line.penyebut_jumlah is None else format_number(line.penyebut_jumlah),
        satuan=_(line.penyebut_satuan),
        persen="" if hidden else _percent(line.persen_min, line.persen_max),
        bar=None if hidden or line.persen_min is None else percent_bar(line.persen_min, line.persen_max),
        nilai="?" if kind == "kosong" and line.nilai_min < line.nilai_max else span(line.nilai_min, line.nilai_max),
        nilai_class=f"n{line.nilai_min}" if line.nilai_min == line.nilai_max else "",
        kind=kind,
        catatan=_note(kind, line, filled),
        sources=sources,
    )


def _kind(line: Line, filled: tuple[int, int] | None) -> str:
    if line.state == State.NOT_APPLICABLE:
        return "tidak-berlaku"
    if line.state == State.INVALID:
        return "tidak-sah"
    if line.state == State.FILLED:
        return ""
    has_figures = line.penyebut_jumlah is not None and (line.volume_min > 0 or (filled is not None and filled[0] > 0))
    return "sebagian" if has_figures else "kosong"


def _note(kind: str, line: Line, filled: tuple[int, int] | None) -> str:
    if kind == "tidak-berlaku":
        return _("Tidak ada %(penyebut)s di sini; nilainya 0.") % {"penyebut": _(line.penyebut_nama).lower()}
    if kind == "tidak-sah":
        return _("Ada volume padahal %(penyebut)s 0. Betulkan salah satunya.") % {
            "penyebut": _(line.penyebut_nama).lower()
        }
    if not kind:
        return ""
    if filled is not None and filled[1] > 1 and filled[0]:
        return _("Dinilai di %(n)s dari %(m)s RT.") % {"n": format_number(filled[0]), "m": format_number(filled[1])}
    if line.penyebut_jumlah is None:
        return _("Penyebut %(penyebut)s belum lengkap.") % {"penyebut": _(line.penyebut_nama).lower()}
    if line.nilai_min == line.nilai_max:
        return _("Bila diisi, nilainya tetap %(nilai)d.") % {"nilai": line.nilai_min}
    return _("Bila diisi, nilainya %(lowest)d sampai %(highest)d.") % {
        "lowest": line.nilai_min,
        "highest": line.nilai_max,
    }


def _other_reading(line: Line) -> str:
    if (line.nilai_lain_min, line.nilai_lain_max) == (line.nilai_min, line.nilai_max):
        return ""
    return _("bacaan lain memberi %(nilai)s") % {"nilai": span(line.nilai_lain_min, line.nilai_lain_max)}


def _amount(lowest: Decimal, highest: Decimal | None) -> str:
    if highest is None:
        return _("%(volume)s atau lebih") % {"volume": format_number(lowest)}
    return format_number(lowest) if lowest == highest else f"{format_number(lowest)}–{format_number(highest)}"


def _percent(lowest: float | None, highest: float | None) -> str:
    if lowest is None:
        return "–"
    if highest is None or highest == lowest:
        return _near(lowest)
    return f"{_near(lowest)}–{_near(highest)}"


_EDGES = frozenset(band.batas for reading in (WORKBOOK, OPEN_EDGES) for band in reading.bands)
_EXACT = 6  # decimals to which a percentage is told apart from the edge of a band


def _near(persen: float) -> str:
    """Two decimals; beside the edge of a band as many as it takes not to read as the edge itself."""
    exact = Decimal(format(persen, ".15g")).quantize(Decimal(1).scaleb(-_EXACT), rounding=ROUND_HALF_UP)
    for decimals in range(2, _EXACT):
        shown = exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
        if shown == exact or Fraction(shown) not in _EDGES:
            return format_number(exact, decimals)
    return format_number(exact, _EXACT)


def other_reading_note(lines: Sequence[Line], rule_set: RuleSet) -> str:
    """What the other reading of the ladder would change, in one sentence."""
    reading = ", ".join(band.teks for band in rule_set.other_reading.bands)
    moved = list(_moved(lines))
    if not moved:
        return _("Dengan bacaan ambang lain (%(reading)s) tidak ada nilai yang berubah.") % {"reading": reading}
    lowest, highest = sum(line.nilai_lain_min for line in lines), sum(line.nilai_lain_max for line in lines)
    here = tuple(rule_set.tingkat(sum(getattr(line, name) for line in lines)) for name in ("nilai_min", "nilai_max"))
    there = (rule_set.tingkat(lowest), rule_set.tingkat(highest))
    verdict = _("tingkatnya tetap") if here == there else _("tingkatnya berubah menjadi %(tingkat)s")
    return _("Dengan bacaan ambang lain (%(reading)s) %(kriteria)s dan totalnya %(total)s; %(verdict)s.") % {
        "reading": reading,
        "kriteria": ", ".join(moved),
        "total": span(lowest, highest),
        "verdict": verdict % {"tingkat": range_word(*there)} if here != there else verdict,
    }


def _moved(lines: Sequence[Line]) -> Iterator[str]:
    for line in lines:
        other = (line.nilai_lain_min, line.nilai_lain_max)
        if other != (line.nilai_min, line.nilai_max):
            yield _("%(kode)s menjadi %(nilai)s") % {"kode": line.kode, "nilai": span(*other)}


def range_word(lowest: int, highest: int) -> str:
    """ "sedang", or "ringan–sedang" for a range over classes."""
    return _(TINGKAT[lowest]) if lowest == highest else f"{_(TINGKAT[lowest])}–{_(TINGKAT[highest])}"
