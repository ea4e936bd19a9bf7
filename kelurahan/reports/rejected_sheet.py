"""Held rows as a spreadsheet to be corrected and sent again: header and cells of the file, and the reasons beside them.

Texts are written as texts and numbers as numbers: "=1+1" never becomes a formula, −5 stays a number.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

import xlsxwriter

from kelurahan.reports.changes import TEXT_ONLY

REASON, YEAR = "Alasan", "Tahun"
"""Headers of the columns that we add. Not translated: the reader knows the year by its name."""
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_LONGEST_TEXT = 32_000


@dataclass(frozen=True, slots=True)
class RejectedRow:
    cells: list[Any]
    reason: str


@dataclass(frozen=True, slots=True)
class RejectedTable:
    """Rows of one table. `year` is that of a table without a column for it; `merged` are ranges within the header."""

    sheet: str
    head: list[list[Any]]
    merged: list[tuple[int, ...]]
    year: int | None
    rows: list[RejectedRow]


def rejected_sheet(tables: Sequence[RejectedTable]) -> bytes:
    """As .xlsx, one sheet for each table."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "nan_inf_to_errors": False, **TEXT_ONLY}) as book:
        names: set[str] = set()
        for table in tables:
            _Writer(book, book.add_worksheet(_sheet_name(table.sheet, names))).write(_without_old_reasons(table))
        if not tables:
            book.add_worksheet(REASON)
    return out.getvalue()


def _sheet_name(name: str, taken: set[str]) -> str:
    """A name that Excel takes and no other sheet has."""
    base = _FORBIDDEN.sub(" ", name).strip("' ")[:31] or "Lembar"
    chosen, n = base, 1
    while chosen.casefold() in taken:
        n += 1
        chosen = f"{base[: 31 - len(str(n)) - 3]} ({n})"
    taken.add(chosen.casefold())
    return chosen


def _without_old_reasons(table: RejectedTable) -> RejectedTable:
    """The sheet may itself be one of ours."""
    old = [i for i in range(len(table.head[0]) if table.head else 0) if any(row[i] == REASON for row in table.head)]
    if not old or old[-1] != len(table.head[0]) - 1:
        return table
    rows = [replace(row, cells=row.cells[: old[-1]]) for row in table.rows]
    merged = [merge for merge in table.merged if merge[3] < old[-1]]
    return replace(table, head=[row[: old[-1]] for row in table.head], merged=merged, rows=rows)


class _Writer:
    """Fills one sheet."""

    def __init__(self, book: xlsxwriter.Workbook, sheet: Any) -> None:
        self.sheet = sheet
        self.bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self.day = book.add_format({"num_format": "dd/mm/yyyy"})
        self.moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm:ss"})
        self.clock = book.add_format({"num_format": "hh:mm:ss"})
        self.span = book.add_format({"num_format": "[h]:mm:ss"})

    def write(self, table: RejectedTable) -> None:
        more = [YEAR] * (table.year is not None) + [REASON]
        width, depth = max(map(len, table.head), default=0), len(table.head)
        for number, cells in enumerate(table.head):
            self._row(number, cells, self.bold)
        self._merge(table)
        for i, text in enumerate(more):
            self.sheet.write_string(depth - 1, width + i, text, self.bold)
        for number, row in enumerate(table.rows, depth):
            self._row(number, row.cells, None)
            if table.year is not None:
                self.sheet.write_number(number, width, table.year)
            self.sheet.write_string(number, width + len(more) - 1, row.reason[:_LONGEST_TEXT], self.wrapped)
        self.sheet.set_column(width + len(more) - 1, width + len(more) - 1, 70)
        self.sheet.freeze_panes(depth, 0)

    def _merge(self, table: RejectedTable) -> None:
        for top, left, bottom, right in table.merged:
            self.sheet.merge_range(top, left, bottom, right, "", self.bold)
            self._cell(top, left, table.head[top][left], self.bold)

    def _row(self, number: int, cells: Sequence[Any], look: Any) -> None:
        for column, cell in enumerate(cells):
            self._cell(number, column, cell, look)

    def _cell(self, row: int, column: int, cell: Any, look: Any) -> None:
        sheet = self.sheet
        if isinstance(cell, bool):
            sheet.write_boolean(row, column, cell, look)
        elif isinstance(cell, int | float) and math.isfinite(cell):
            sheet.write_number(row, column, cell, look)
        elif isinstance(cell, datetime):
            sheet.write_datetime(row, column, cell.replace(tzinfo=None), self.moment if _has_time(cell) else self.day)
        elif isinstance(cell, date):
            sheet.write_datetime(row, column, cell, self.day)
        elif isinstance(cell, time):
            sheet.write_datetime(row, column, cell, self.clock)
        elif isinstance(cell, timedelta):
            sheet.write_datetime(row, column, cell, self.span)
        elif cell not in ("", None):
            sheet.write_string(row, column, str(cell)[:_LONGEST_TEXT], look)


def _has_time(moment: datetime) -> bool:
    return bool(moment.hour or moment.minute or moment.second)
