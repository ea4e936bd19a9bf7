"""Chance and fair shares in whole numbers: no float, so every machine throws the same."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


class Dice:
    """Whole numbers from PCG64's raw bits. NumPy promises those bits for ever, unlike what Generator makes of them."""

    def __init__(self, *seed: int) -> None:
        self._bits = np.random.PCG64(np.random.SeedSequence(seed))

    def throw(self, low: int, high: int, n: int) -> Ints:
        """n numbers from low to high, both included."""
        raw = np.asarray(self._bits.random_raw(n), dtype=np.uint64) >> np.uint64(16)
        return low + (raw % np.uint64(high - low + 1)).astype(np.int64)

    def one(self, low: int, high: int) -> int:
        return int(self.throw(low, high, 1)[0])


def share(total: int, weights: Ints, caps: Ints) -> Ints:
    """Split `total` by weight into whole parts, none above its cap; what is left over goes to the heaviest.

    Raises ValueError if the caps do not hold the total.
    """
    if total > int(caps.sum()):
        raise ValueError(f"{total} does not fit into {int(caps.sum())}")
    parts = np.zeros(len(weights), dtype=np.int64)
    left = total
    while left:
        room = caps - parts
        weight = np.where(room > 0, weights, 0)
        if not weight.any():
            weight = room
        step = np.minimum(left * weight // int(weight.sum()), room)
        if not step.any():
            heaviest = np.argsort(-weight, kind="stable")[:left]
            step[heaviest] = np.minimum(room[heaviest], 1)
        parts += step
        left = total - int(parts.sum())
    return parts


def apportion(total: int, weights: Ints, least: int) -> Ints:
    """Split `total` by weight, everybody at least `least`."""
    parts = share(total - least * len(weights), weights, np.full(len(weights), total, dtype=np.int64))
    return parts + least
