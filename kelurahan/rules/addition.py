"""Rows that are the sum of rows beside them: totals that somebody wrote into a table."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

_ROUNDS = 3  # subtotals, totals of subtotals, the grand total
_LEAST = 2  # rows that make a sum


def sums_above(values: Ints, numbers: Ints) -> list[tuple[int, int, int]]:
    """Rows (i, first, last) such that row i is the sum of rows first … last right above it, without sums among them.

    `values` (n, c) are integers, blank ones 0. `numbers` (c,) weigh the columns, any odd random ones: each row becomes
    one number, so that a sum is one look-up; every hit is then added up exactly.
    """
    found: dict[int, tuple[int, int]] = {}
    left = np.arange(len(values))
    for _ in range(_ROUNDS):
        hits = _round(values[left], numbers)
        if not hits:
            break
        for i, first, last in hits:
            found[int(left[i])] = (int(left[first]), int(left[last]))
        left = np.setdiff1d(left, np.array(list(found)))
    return [(i, first, last) for i, (first, last) in sorted(found.items())]


def _round(values: Ints, numbers: Ints) -> list[tuple[int, int, int]]:
    """Sums of rows directly above; rows of an earlier sum of this round are left to the next."""
    marks = _mixed(values, numbers)
    before = np.concatenate([[np.uint64(0)], np.cumsum(marks, dtype=np.uint64)])  # before[i]: all rows above row i
    wanted = before[:-1] - marks
    order = np.argsort(before[:-1], kind="stable")
    at = np.searchsorted(before[:-1][order], wanted, side="right") - 1  # the last such start: the shortest sum
    starts = order[np.maximum(at, 0)]
    likely = (at >= 0) & (before[:-1][starts] == wanted) & (marks != 0) & (np.arange(len(values)) - starts >= _LEAST)
    hits: list[tuple[int, int, int]] = []
    for i in np.flatnonzero(likely).tolist():
        first = int(starts[i])
        fresh = not hits or hits[-1][0] < first
        if fresh and _adds_up(values, i, first):
            hits.append((i, first, i - 1))
    return hits


def _adds_up(values: Ints, i: int, first: int) -> bool:
    return bool((values[first:i].astype(object).sum(axis=0) == values[i].astype(object)).all())


def _mixed(values: Ints, numbers: Ints) -> npt.NDArray[np.uint64]:
    """(n,) one number for each row; arithmetic wraps around, and sums stay sums."""
    with np.errstate(over="ignore"):
        return np.asarray((values.astype(np.uint64) * numbers.astype(np.uint64)).sum(axis=1), np.uint64)
