"""Small charts as numbers for SVG templates. Coordinates are finished text: a template must not localise them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from kelurahan.reports.words import span
from kelurahan.rules.numbers import format_number
from kelurahan.rules.regulation import RuleSet

EDGES = (25, 51, 76)
_CLASS_FILL = ("f-tidak", "f-ringan", "", "")
_CLASS_PATTERN = ("", "", "url(#h-sedang)", "url(#h-berat)")


def xy(number: float) -> str:
    """A coordinate: one decimal, always with a point."""
    return f"{number:.1f}"


@dataclass(frozen=True, slots=True)
class Bar:
    """A percent bar on a scale of 0 to 100; `over` when it goes past."""

    width: str
    range_from: str
    range_width: str  # "" where there is one value
    over: bool


def percent_bar(lowest: float, highest: float | None, full: float = 100.0) -> Bar:
    scale = full / 100
    low, high = min(lowest, 100.0), min(lowest if highest is None else highest, 100.0)
    return Bar(xy(low * scale), xy(2 + low * scale), xy((high - low) * scale) if high > low else "", lowest > 100)


@dataclass(frozen=True, slots=True)
class AspectBar:
    nama: str
    keterangan: str  # "78,3 % · nilai 5/10"
    y_text: str
    y_bar: str
    width: str
    partial: bool


@dataclass(frozen=True, slots=True)
class AspectChart:
    bars: list[AspectBar]
    edges: list[tuple[str, str, str]]  # x, path, label
    height: int
    label_y: str
    words: str


def aspect_chart(aspects: Sequence[tuple[str, float | None, str, bool]]) -> AspectChart:
    """`aspects`: (name, mean percent, "5/10", partial), drawn from the worst down; those without a mean last."""
    width, step = 340.0, 33
    ordered = sorted(aspects, key=lambda a: -1.0 if a[1] is None else a[1], reverse=True)
    bars = []
    for row, (nama, mean, nilai, partial) in enumerate(ordered):
        told = _("belum dinilai") if mean is None else f"{format_number(mean, 1)} %"
        bars.append(
            AspectBar(
                nama=f"{nama} *" if partial else nama,
                keterangan=_("%(persen)s · nilai %(nilai)s") % {"persen": told, "nilai": nilai},
                y_text=str(11 + row * step),
                y_bar=str(16 + row * step),
                width=xy(min(mean or 0.0, 100.0) * width / 100),
                partial=partial,
            )
        )
    ticks = [
        (
            xy(edge * width / 100),
            " ".join(f"M{xy(edge * width / 100)} {14 + r * step}v11" for r in range(len(ordered))),
            str(edge),
        )
        for edge in EDGES
    ]
    height = 13 + step * len(ordered)
    words = "; ".join(f"{bar.nama}: {bar.keterangan}" for bar in bars)
    return AspectChart(bars, ticks, height, str(height - 4), words)


@dataclass(frozen=True, slots=True)
class TrendPoint:
    tahun: int
    x: str
    y: str
    label_y: str
    text: str
    whisker: str  # path of the range above, "" for one value
    current: bool


@dataclass(frozen=True, slots=True)
class ClassBand:
    css: str
    fill: str
    y: str
    height: str
    line_y: str
    label_y: str
    label: str


@dataclass(frozen=True, slots=True)
class TrendChart:
    points: list[TrendPoint]
    line: str
    bands: list[ClassBand]
    words: str
    catatan: str  # "" where every year is of all places


def trend_chart(
    totals: Sequence[tuple[int, int, int]], rule_set: RuleSet, current: int, short: Collection[int] = ()
) -> TrendChart:
    """`totals`: (year, lowest, highest), oldest first. The scale is the whole range of the rule set.

    Years in `short`, in which not every place was assessed, carry a star.
    """
    top, bottom = 6.0, 149.0

    def y(total: float) -> float:
        return bottom - (bottom - top) * total / rule_set.maximum

    # the names of the classes stand left of the first point
    gap = 204.0 / max(len(totals) - 1, 1)
    points = []
    for n, (tahun, lowest, highest) in enumerate(totals):
        x = 116 + gap * n if len(totals) > 1 else 218.0
        whisker = (
            f"M{xy(x)} {xy(y(highest))}V{xy(y(lowest))}M{xy(x - 4)} {xy(y(highest))}h8" if highest > lowest else ""
        )
        points.append(
            TrendPoint(
                tahun,
                xy(x),
                xy(y(lowest)),
                xy(max(y(highest) - 7, 11)),
                span(lowest, highest) + ("*" if tahun in short else ""),
                whisker,
                tahun == current,
            )
        )
    words = ", ".join(f"{point.tahun}: {point.text}" for point in points)
    note = _("* Belum semua tempat dinilai.") if short else ""
    return TrendChart(points, " ".join(f"{p.x},{p.y}" for p in points), list(_bands(rule_set, y)), words, note)


def _bands(rule_set: RuleSet, y):  # type: ignore[no-untyped-def]
    names = (_("tidak kumuh"), _("ringan"), _("sedang"), _("berat"))
    ends = (*rule_set.limits, rule_set.maximum)
    starts = (0, *rule_set.limits)
    for tingkat, (start, end) in enumerate(zip(starts, ends, strict=True)):
        label = _("%(tingkat)s mulai %(batas)d") % {"tingkat": names[tingkat], "batas": start} if tingkat else ""
        yield ClassBand(
            css=_CLASS_FILL[tingkat],
            fill=_CLASS_PATTERN[tingkat],
            y=xy(y(end)),
            height=xy(y(start) - y(end)),
            line_y=xy(y(start)),
            label_y=xy(y(start) + 12 if tingkat == 2 else y(start) - 4),
            label=label,
        )
