"""Where the name of a place fits inside its shape on the map. All lengths are pixels, y points down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

FONT_PX = 10.5
LINE_PX = 11.75
CAP_PX = 8.0  # the height of one line from its baseline up to the top of "M", with a little air
DESCENT_PX = 2.5
MAX_LINES = 3
SCALES = (1.0, 1.4, 2.0, 2.8, 4.0, 5.6, 8.0)  # at which magnification a name fits; beyond the last it is left out

# Advance widths in thousandths of the font size, of a common wide sans; all made a tenth wider by GENEROUS.
_WIDTHS = {
    letter: width
    for letters, width in {
        "il": 258, "I.'": 300, "j": 300, "ft": 355, " ": 260, "J-": 320, "r": 413, "s": 479, "ckvyzxL": 521,
        "FSTEae": 562, "AKPRXYZCV": 622, "bdghnopqu": 617, "BUDGHN": 735, "OQ": 781, "w": 786, "MWm": 930,
    }.items()
    for letter in letters
}  # fmt: skip
_OTHER_WIDTH = 620
GENEROUS = 1.1


@dataclass(frozen=True, slots=True)
class Label:
    """Lines of text centred on (x, y); `scale` is the magnification from which they fit, None if never."""

    x: float
    y: float
    lines: tuple[str, ...]
    scale: float | None

    @property
    def fits(self) -> bool:
        return self.scale == 1.0

    def baselines(self) -> list[float]:
        """The baseline of each line."""
        top = self.y - _height(len(self.lines)) / 2 + CAP_PX
        return [round(top + LINE_PX * number, 1) for number in range(len(self.lines))]


def text_width(text: str) -> float:
    """Pixels, about a tenth more than most fonts need."""
    return sum(_WIDTHS.get(letter, _OTHER_WIDTH) for letter in text) / 1000 * FONT_PX * GENEROUS


def arrangements(name: str) -> list[tuple[str, ...]]:
    """The name in one, two and three lines, each broken where the widest line is shortest."""
    words = name.split() or [name]
    best = []
    for lines in range(1, min(MAX_LINES, len(words)) + 1):
        ways = [_broken(words, cuts) for cuts in combinations(range(1, len(words)), lines - 1)]
        best.append(min(ways, key=lambda way: max(map(text_width, way))))
    return best


def label(shape: BaseGeometry, name: str, scales: Sequence[float] = SCALES) -> Label:
    """The fewest lines that fit, as near to the middle of the shape as they fit."""
    middle = _middle(shape)
    ways = arrangements(name)
    for scale in scales:
        for way in ways:
            width, height = max(map(text_width, way)) / scale, _height(len(way)) / scale
            spot = _spot(shape, middle, width, height)
            if spot is not None:
                return Label(round(spot[0], 1), round(spot[1], 1), way, scale)
    return Label(round(middle[0], 1), round(middle[1], 1), ways[-1], None)


def _broken(words: list[str], cuts: tuple[int, ...]) -> tuple[str, ...]:
    edges = [0, *cuts, len(words)]
    return tuple(" ".join(words[a:b]) for a, b in pairwise(edges))


def _height(lines: int) -> float:
    return CAP_PX + DESCENT_PX + LINE_PX * (lines - 1)


def _middle(shape: BaseGeometry) -> tuple[float, float]:
    """The centre of gravity where it lies well inside, else the centre of the largest circle inside."""
    centre = shape.centroid
    if shape.is_empty:
        return (0.0, 0.0)
    if not shape.contains(centre) or shape.exterior.distance(centre) < 0.15 * shape.area**0.5:
        centre = shapely.maximum_inscribed_circle(shape, tolerance=0.5).coords[0]
        return (float(centre[0]), float(centre[1]))
    return (centre.x, centre.y)


def _spot(shape: BaseGeometry, middle: tuple[float, float], width: float, height: float) -> tuple[float, float] | None:
    """The centre of a box of this size inside the shape, nearest to the middle, on a grid of about 16 × 16."""
    west, north, east, south = shape.bounds
    free_x, free_y = east - west - width, south - north - height
    if free_x < 0 or free_y < 0:
        return None
    xs = np.append(np.linspace(west + width / 2, east - width / 2, _steps(free_x)), middle[0])
    ys = np.append(np.linspace(north + height / 2, south - height / 2, _steps(free_y)), middle[1])
    grid = np.array(np.meshgrid(xs, ys)).reshape(2, -1).T
    grid = grid[np.argsort(((grid - middle) ** 2).sum(axis=1), kind="stable")]
    shapely.prepare(shape)
    grid = grid[shapely.contains_xy(shape, grid)]
    half = (width / 2, height / 2)
    inside = shapely.contains(shape, shapely.box(*(grid - half).T, *(grid + half).T))
    if not inside.any():
        return None
    best = grid[int(np.argmax(inside))]
    return float(best[0]), float(best[1])


def _steps(free: float) -> int:
    return int(min(24, max(4, free)))
