"""Rows without RT among the RT of their kelurahan whose numbers are too small for the whole of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from kelurahan.intake.cells import ColumnCells
from kelurahan.rules.regulation import PENYEBUT, State

Key = tuple[str, str, str, int]  # kode, kawasan, RT, year

_FEWEST = 3  # denominators that are compared
_MOST = 2 / 3
_PART = 0.5  # a figure of the kelurahan may cover only some of its RT, but hardly less than this


def rows_that_lost_their_rt(keys: Sequence[Key], numbers: Mapping[str, ColumnCells]) -> NDArray[np.int64]:
    """The rows that are smaller than the largest RT beside them, or than half of all of them."""
    known = {name: cells for name, cells in numbers.items() if name in PENYEBUT}
    members: dict[tuple[str, int], list[int]] = defaultdict(list)
    wholes: dict[tuple[str, int], list[int]] = defaultdict(list)
    for row, (kode, kawasan, rt, year) in enumerate(keys):
        if kode and not kawasan:
            (members if rt else wholes)[kode, year].append(row)
    found = [
        row
        for key, rows in wholes.items()
        if (parts := members.get(key))
        for row in rows
        if _is_too_small(row, parts, list(known.values()))
    ]
    return np.array(sorted(found), np.int64)


def _is_too_small(row: int, parts: Sequence[int], columns: Sequence[ColumnCells]) -> bool:
    compared = small = 0
    for cells in columns:
        there = cells.states[parts] == State.FILLED
        if cells.states[row] != State.FILLED or not there.any():
            continue
        values = cells.values[parts][there]
        compared += 1
        small += bool(cells.values[row] < max(int(values.max()), _PART * float(values.sum())))
    return compared >= _FEWEST and small >= _MOST * compared
