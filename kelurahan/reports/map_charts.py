"""Small drawings as ready coordinates. Every number is text already: templates would print decimal commas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kelurahan.reports.city import City
from kelurahan.reports.lens import PATTERNED, Ramp, class_code
from kelurahan.reports.words import span

SPARK_WIDTH, SPARK_HEIGHT = 64, 28


def px(number: float) -> str:
    """A coordinate: at most one decimal, never a comma."""
    return f"{number:.1f}".rstrip("0").rstrip(".") or "0"


@dataclass(frozen=True, slots=True)
class Spark:
    """A trend of totals: `points` of a polyline, the last point, hairlines at the limits of ringan and sedang."""

    points: str
    x: str
    y: str
    hairlines: str
    label: str  # "49, 48, 46"


def sparks(city: City) -> dict[str, Spark]:
    """The trend of every kelurahan that has any score, all on one scale. A range shows its lowest total."""
    totals = {
        kode: {tahun: city.of(tahun)[kode] for tahun in city.years if kode in city.of(tahun)} for kode in city.places
    }
    top = max([s.total_min for series in totals.values() for s in series.values()] + [city.rule_set.limits[1] + 4])
    years = city.years

    def at(tahun: int, total: int) -> tuple[str, str]:
        share = (tahun - years[0]) / max(1, years[-1] - years[0])
        return px(2 + share * 56), px(_spark_y(total, top))

    limits = city.rule_set.limits[:2]
    hairlines = "".join(f"M0 {px(_spark_y(limit, top))}H{SPARK_WIDTH}" for limit in limits)
    drawn = {}
    for kode, series in totals.items():
        if series:
            points = [at(tahun, score.total_min) for tahun, score in series.items()]
            label = ", ".join(f"{tahun}: {span(s.total_min, s.total_max)}" for tahun, s in series.items())
            drawn[kode] = Spark(" ".join(f"{x},{y}" for x, y in points), *points[-1], hairlines, label)
    return drawn


def _spark_y(total: int, top: int) -> float:
    return SPARK_HEIGHT - 3 - total / top * (SPARK_HEIGHT - 6)


@dataclass(frozen=True, slots=True)
class Bar:
    kode: str  # class
    patterned: bool
    x: str
    y: str
    width: str
    height: str
    n: str  # written inside when it fits, else ""
    text_x: str
    text_y: str


@dataclass(frozen=True, slots=True)
class BarYear:
    tahun: int
    sebagian: bool  # fewer places were assessed than in the fullest year
    bars: tuple[Bar, ...]
    total: int
    x: str
    total_y: str
    current: bool


BARS_WIDTH, BARS_HEIGHT, BASE = 396, 256, 235
KUMUH_CODES = ("berat", "r23", "sedang", "r13", "r12", "ringan")  # from the ground up


def year_bars(city: City, tahun: int) -> tuple[BarYear, ...]:
    """Kumuh kelurahan per year, stacked by class with the worst at the ground."""
    counts = {year: _class_counts(city, year) for year in city.years}
    top = max([sum(c.values()) for c in counts.values()] + [1])
    step = BARS_WIDTH / max(1, len(counts))
    scale = 206 / top
    width = min(44.0, step * 0.7)
    fullest = max((len(city.of(year)) for year in city.years), default=0)
    return tuple(
        BarYear(
            tahun=year,
            sebagian=len(city.of(year)) < fullest,
            bars=_bars(counts[year], (i + 0.5) * step, width, scale),
            total=sum(counts[year].values()),
            x=px((i + 0.5) * step),
            total_y=px(BASE - sum(counts[year].values()) * scale - 6),
            current=year == tahun,
        )
        for i, year in enumerate(city.years)
    )


def _class_counts(city: City, tahun: int) -> dict[str, int]:
    codes = [class_code(score) for score in city.of(tahun).values()]
    return {code: codes.count(code) for code in KUMUH_CODES}


def _bars(counts: Mapping[str, int], middle: float, width: float, scale: float) -> tuple[Bar, ...]:
    bars, y = [], float(BASE)
    for code, n in counts.items():
        if n:
            height = n * scale
            y -= height
            text = str(n) if height >= 16 else ""
            bars.append(
                Bar(
                    kode=code,
                    patterned=code in PATTERNED,
                    x=px(middle - width / 2),
                    y=px(y),
                    width=px(width),
                    height=px(max(height - 1, 1)),
                    n=text,
                    text_x=px(middle),
                    text_y=px(y + height / 2 + 3.5),
                )
            )
    return tuple(bars)


@dataclass(frozen=True, slots=True)
class Segment:
    kode: str
    patterned: bool
    x: str
    width: str


@dataclass(frozen=True, slots=True)
class Tick:
    x: str
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class RampDrawing:
    """The scale of the legend in a box 258 wide, and the marker of one place (None when it has no figure)."""

    lo: float
    hi: float
    segments: tuple[Segment, ...]
    ticks: tuple[Tick, ...]


RAMP_WIDTH = 258


def ramp_drawing(ramp: Ramp) -> RampDrawing:
    def x(value: float) -> float:
        return (value - ramp.lo) / (ramp.hi - ramp.lo) * RAMP_WIDTH

    segments = tuple(
        Segment(code, code in PATTERNED, px(x(a) + (0.5 if i else 0)), px(x(b) - x(a) - 1))
        for i, (a, b, code) in enumerate(ramp.segments)
    )
    last = len(ramp.ticks) - 1
    ticks = tuple(
        Tick(px(x(value)), text, "start" if i == 0 else "end" if i == last else "middle")
        for i, (value, text) in enumerate(ramp.ticks)
    )
    return RampDrawing(ramp.lo, ramp.hi, segments, ticks)


@dataclass(frozen=True, slots=True)
class Marker:
    """Where a place stands on the ramp: a triangle at `x`, a line on to `x2` for a range, its words at `text_x`."""

    x: str
    x2: str
    text: str
    text_x: str
    anchor: str


def ramp_marker(ramp: Ramp, lo: float | None, hi: float | None, text: str) -> Marker | None:
    if lo is None or hi is None:
        return None
    a, b = ((value - ramp.lo) / (ramp.hi - ramp.lo) * RAMP_WIDTH for value in (lo, hi))
    half = 3.2 * len(text)  # about half the width of the words at 11 px
    anchor = "start" if a < half else "end" if a > RAMP_WIDTH - half else "middle"
    return Marker(px(a), px(b), text, px({"start": 0, "end": RAMP_WIDTH, "middle": a}[anchor]), anchor)


def square_codes(city: City, kodes: Sequence[str], tahun: int) -> list[str]:
    """One class per kelurahan, worst first, not assessed before not kumuh."""
    order = [*KUMUH_CODES, "r03", "r02", "r01", "belum", "tidak"]
    return sorted((class_code(city.of(tahun).get(kode)) for kode in kodes), key=order.index)
