"""Whether the percentages and scores that somebody wrote down agree with the volumes beside them.

Written results are rounded, and come as 0–100 or as a fraction; so this is evidence about a sheet, in floats, and never
a score. What counts is always computed anew by `score`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kelurahan.rules.regulation import OPEN_EDGES, WORKBOOK, Reading

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

PERCENT_TOLERANCE = 0.06  # percentages travel with two decimals
_WHOLE_TOLERANCE = 0.56  # or with none


@dataclass(frozen=True, slots=True)
class Written:
    """n rows of K criteria as they stand in a sheet; nan where it says nothing that is a number."""

    volume: Floats
    penyebut: Floats
    persen: Floats
    nilai: Floats


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of each written result of (n, K) criteria: is there one, does it agree, and does that mean anything."""

    told: Bools
    right: Bools
    telling: Bools  # agrees, and not only because all of it is zero

    @property
    def wrong(self) -> npt.NDArray[np.int64]:
        """(n,) criteria whose written result disagrees."""
        return np.asarray((self.told & ~self.right).sum(axis=1), dtype=np.int64)


def agreement(written: Written) -> Agreement:
    """Percent = volume ÷ denominator and score = its band; without a denominator, score = band of the percent."""
    has_persen, has_nilai = ~np.isnan(written.persen), ~np.isnan(written.nilai)
    told = has_persen | has_nilai
    volume = np.where(np.isnan(written.volume) & _nothing(written), 0.0, written.volume)
    ours = percent(volume, written.penyebut)
    computable = ~np.isnan(ours)
    persen_right = percent_distance(written.persen, ours) <= _tolerances(written.persen)
    bands = _fits(written.nilai, ours) | (~computable & _fits_written(written))
    right = (~has_persen | persen_right | (~computable & has_nilai)) & (~has_nilai | bands)
    right &= ~np.isnan(volume) & told
    meaning = (np.abs(volume) > 0) & ((np.nan_to_num(written.nilai) > 0) | (np.abs(np.nan_to_num(written.persen)) > 0))
    return Agreement(told, right, right & meaning)


def percent(volume: Floats, penyebut: Floats) -> Floats:
    """100 · volume ÷ denominator; 0 for no volume, nan where the denominator is 0 or not known."""
    divisor = np.where(penyebut > 0, penyebut, np.nan)
    return np.where(volume == 0, 0.0, 100.0 * volume / divisor)


def percent_distance(written: Floats, ours: Floats) -> Floats:
    """Points between a written percentage, as 0–100 or as a fraction, and ours."""
    return np.minimum(np.abs(written - ours), np.abs(100.0 * written - ours))


def percent_tolerance(written: Floats) -> float:
    """What rounding may do to the percentages of a column: more where all of them are whole numbers over 1."""
    seen = written[~np.isnan(written)]
    whole = bool((seen > 1).any()) and bool((seen == np.rint(seen)).all())
    return _WHOLE_TOLERANCE if whole else PERCENT_TOLERANCE


def _tolerances(written: Floats) -> Floats:
    return np.array([percent_tolerance(column) for column in written.T])


def is_score(nilai: Floats) -> Bools:
    return np.asarray((nilai == 0) | (nilai == 1) | (nilai == 3) | (nilai == 5), dtype=np.bool_)


def _nothing(written: Written) -> Bools:
    """Neither percent nor score says that there is a volume."""
    return np.asarray((np.nan_to_num(written.persen) == 0) & (np.nan_to_num(written.nilai) == 0), dtype=np.bool_)


def _fits(nilai: Floats, ours: Floats) -> Bools:
    """The score of a percentage under either reading of the ladder."""
    return np.asarray((nilai == _band(ours, WORKBOOK)) | (nilai == _band(ours, OPEN_EDGES)), dtype=np.bool_)


def _fits_written(written: Written) -> Bools:
    return _fits(written.nilai, written.persen) | _fits(written.nilai, 100.0 * written.persen)


def _band(ours: Floats, reading: Reading) -> Floats:
    """nan stays nan. A hair above an edge counts as on it: these are floats."""
    edges = [float(band.batas) - (0.0 if band.strict else 1e-9) for band in reversed(reading.bands)]
    scores = np.array([0, *sorted(band.nilai for band in reading.bands)], dtype=np.float64)
    steps = np.searchsorted(np.array(edges), np.nan_to_num(ours), side="left")
    return np.where(np.isnan(ours), np.nan, scores[steps])
