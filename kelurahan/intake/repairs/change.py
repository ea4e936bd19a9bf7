"""What a repair does to the cells of a table's sheet, as plain data in `Repair.params["change"]`.

Rows are those of the sheet, as runs [first, last]. Nothing is kept of how it was: reading without the repair undoes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kelurahan.intake.columns import Table
from kelurahan.intake.parsed import Repair
from kelurahan.intake.repairs.look import number_of, runs_of, times, unjoined
from kelurahan.rules.numbers import NumberStyle

Row = list[Any]
Change = dict[str, Any]


def rotate(rows: NDArray[np.int64], first: int, last: int, by: int) -> Change:
    """Move the cells `first` … `last` by one column: to the left for `by` 1, to the right for −1, the end cell around
    to the other end, so that nothing is lost."""
    return {"do": "rotate", "rows": runs_of(rows), "first": first, "last": last, "by": by}


def scale(rows: NDArray[np.int64], column: int, factor: Fraction, style: NumberStyle) -> Change:
    """Numbers times `factor`; a text is read by `style` and becomes a number."""
    return {"do": "scale", "rows": runs_of(rows), "column": column, "factor": str(factor), "style": str(style)}


def write(rows: NDArray[np.int64], column: int, cells: list[Any]) -> Change:
    """Other cells in a column."""
    return {"do": "write", "rows": runs_of(rows), "column": column, "cells": cells}


def clear(rows: NDArray[np.int64]) -> Change:
    """Empty rows: they are no records."""
    return {"do": "clear", "rows": runs_of(rows)}


def several(changes: list[Change]) -> Change:
    return {"do": "several", "changes": changes}


def apply(repair: Repair, table: Table) -> None:
    """Change the cells of the table's sheet in memory, so that the table can simply be read again."""
    rows = list(table.sheet.rows)
    _do(repair.params["change"], rows)
    table.sheet.put_rows(rows)


def _do(change: Change, rows: list[Row]) -> None:
    _DOING[change["do"]](change, rows)


def _fresh(change: Change, rows: list[Row], width: int) -> Iterator[Row]:
    """The rows meant, each a copy of at least that many cells: others may hold the same list."""
    for first, last in change["rows"]:
        for number in range(first, last + 1):
            row = list(rows[number])
            row += [""] * (width - len(row))
            rows[number] = row
            yield row


def _rotate(change: Change, rows: list[Row]) -> None:
    first, last, by = change["first"], change["last"] + 1, change["by"]
    for row in _fresh(change, rows, last):
        part = [unjoined(cell) for cell in row[first:last]]
        row[first:last] = part[by:] + part[:by]


def _scale(change: Change, rows: list[Row]) -> None:
    column, factor, style = change["column"], Fraction(change["factor"]), NumberStyle(change["style"])
    for row in _fresh(change, rows, column + 1):
        number = number_of(row[column], style)
        if number is not None:
            row[column] = times(number, factor)


def _write(change: Change, rows: list[Row]) -> None:
    column = change["column"]
    for row, cell in zip(_fresh(change, rows, column + 1), change["cells"], strict=True):
        row[column] = cell


def _clear(change: Change, rows: list[Row]) -> None:
    for row in _fresh(change, rows, 0):
        row[:] = [""] * len(row)


def _several(change: Change, rows: list[Row]) -> None:
    for one in change["changes"]:
        _do(one, rows)


_DOING: dict[str, Callable[[Change, list[Row]], None]] = {
    "rotate": _rotate,
    "scale": _scale,
    "write": _write,
    "clear": _clear,
    "several": _several,
}
