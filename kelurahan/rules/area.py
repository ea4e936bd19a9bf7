"""Hectares that lost their decimal comma: 135 for 1,35. Numbers are integers in millionths."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kelurahan.rules.checks import HECTARES_PER_PERSON
from kelurahan.rules.numbers import MICRO

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

DIVISORS = (10, 100, 1000)
USUAL = (5.0, 3000.0)  # people per hectare where nothing better is known
_AROUND = 8.0  # times denser or emptier than the middle of its file
_EMPTIER = 30.0
_FEWEST = 3  # places that show a usual density
_DECIMALS = 0.6  # of them with decimals in their area


def suspicious(luas: Ints, jiwa: Ints, official: Ints) -> Bools:
    """Too large for its people, for its kelurahan, or a whole number far emptier than the others, which have decimals.

    0 is unknown, for each of the three.
    """
    roomy = (jiwa > 0) & (luas // HECTARES_PER_PERSON > jiwa)
    over = (official > 0) & (luas > official)
    found = np.asarray(roomy | over, np.bool_)
    rest = ~found & (luas > 0) & (jiwa > 0)
    whole = luas % MICRO == 0
    if rest.sum() < _FEWEST or (~whole[rest]).mean() < _DECIMALS:
        return found
    density = _density(luas, jiwa)
    return np.asarray(found | (rest & whole & (density * _EMPTIER < np.median(density[rest]))), np.bool_)


def usual_density(luas: Ints, jiwa: Ints, among: Bools) -> float:
    """The middle density of these places, 0 where there are too few."""
    rows = among & (luas > 0) & (jiwa > 0)
    return float(np.median(_density(luas[rows], jiwa[rows]))) if rows.sum() >= _FEWEST else 0.0


def fitting_divisors(luas: Ints, jiwa: Ints, official: Ints, usual: float) -> Bools:
    """(n, 3) which of DIVISORS give an area that fits. With a usual density only the nearest of them."""
    divided = luas[:, None] / np.array(DIVISORS)
    fits = (official[:, None] == 0) | (divided <= official[:, None])
    with np.errstate(divide="ignore", invalid="ignore"):
        density = jiwa[:, None] / divided
    known = (jiwa > 0)[:, None]
    low, high = (usual / _AROUND, usual * _AROUND) if usual else USUAL
    fits &= ~known | ((density >= low) & (density <= high))
    fits &= known | (official > 0)[:, None]
    if usual:
        with np.errstate(divide="ignore"):
            distance = np.where(fits & known, np.abs(np.log(np.where(density > 0, density, 1.0) / usual)), np.inf)
        nearest = distance == distance.min(axis=1, keepdims=True)
        fits &= ~known | nearest
    return np.asarray(fits, np.bool_)


def _density(luas: Ints, jiwa: Ints) -> Floats:
    return np.asarray(np.divide(jiwa, luas, out=np.full(len(luas), np.inf), where=luas > 0), np.float64)
