"""The ladder of a score, 0 / 1 / 3 / 5, decided by integers alone.

Floats miss the edges: 499.9 / 2000 is 24.994999999999997 to them, and 24.995 % in truth.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import lcm

import numpy as np
import numpy.typing as npt

from kelurahan.rules.regulation import Reading
from kelurahan.rules.sums import INT64_MAX, Bools, Ints

Small = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Ladder:
    """A reading as integer tests: volume · scale ≥ penyebut · step + extra."""

    scale: int
    steps: tuple[tuple[int, int], ...]  # (step, extra), from the highest score down; extra 1 makes ≥ into >
    nilai: npt.NDArray[np.int8]  # by number of steps reached

    @property
    def safe(self) -> int:
        """Below this, volumes and denominators stay within 64 bits in every test."""
        return INT64_MAX // (self.scale + 1)


def _ladder(reading: Reading) -> Ladder:
    ratios = [band.batas / 100 for band in reading.bands]
    scale = lcm(*(ratio.denominator for ratio in ratios))
    steps = tuple((int(ratio * scale), int(band.strict)) for ratio, band in zip(ratios, reading.bands, strict=True))
    return Ladder(scale, steps, np.array([0, *sorted(band.nilai for band in reading.bands)], dtype=np.int8))


def bands_of(volume: Ints, penyebut: Ints, divisors: list[int], reading: Reading) -> Small:
    """Nilai (g, K) of volumes (g, K) over penyebut (g, 6)[:, divisors], exact at every edge.

    Volume 0 scores 0 whatever the denominator; a volume over 0 scores the most.
    """
    ladder = _ladder(reading)
    big = _rows_above(volume, ladder.safe) | _rows_above(penyebut, ladder.safe)
    if not big.any():
        return _climb(volume.astype(np.int64, copy=False), penyebut.astype(np.int64, copy=False), divisors, ladder)
    out = np.empty(volume.shape, dtype=np.int8)
    small = ~big
    out[small] = _climb(volume[small].astype(np.int64), penyebut[small].astype(np.int64), divisors, ladder)
    out[big] = _climb(volume[big].astype(object), penyebut[big].astype(object), divisors, ladder)
    return out


def _rows_above(array: Ints, limit: int) -> Bools:
    if not array.size or array.max() <= limit:
        return np.zeros(len(array), dtype=np.bool_)
    return np.asarray((array > limit).any(axis=1), dtype=np.bool_)


def _climb(volume: Ints, penyebut: Ints, divisors: list[int], ladder: Ladder) -> Small:
    scaled = volume * ladder.scale
    reached = np.zeros(volume.shape, dtype=np.int8)
    for step, extra in ladder.steps:
        reached += scaled >= (penyebut * step + extra)[:, divisors]
    reached *= volume > 0
    return ladder.nilai[reached]
