"""Rows of a file as they stand in it, with the header of their table: for a sheet of those that were held back.

A job of the child. Where a table was turned, unfolded or joined, its rows are given in the shape that it was read in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from kelurahan.intake.columns import PLACE_HEADERS, Table
from kelurahan.intake.faults import Fault
from kelurahan.intake.reader import tables_here
from kelurahan.intake.sheets import Sheet, Workbook

_PARTS = " – "  # between the texts of a header that has several rows

Packed = str | float | int | bool | list[str] | None
"""A cell on its way to the parent: what JSON does not know as ["date", "2026-11-24"]."""


def rows_here(path: Path, params: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Of each table in `params["wanted"]` (key → {"rows": runs of row numbers, "cells": ["RT!H17"]}) its header and the
    rows named. `params` are else those of the job "sheet"."""
    book, tables = tables_here(path, params)
    wanted = params["wanted"]
    return [_Wanted(book, table, wanted[table.key]).told() for table in tables if table.key in wanted]


def pack(cell: Any) -> Packed:
    if cell is None or isinstance(cell, str | float | int | bool):
        return cell
    if isinstance(cell, Fault):
        return ["fault", cell.text]
    if isinstance(cell, datetime):
        return ["datetime", cell.isoformat()]
    if isinstance(cell, date):
        return ["date", cell.isoformat()]
    if isinstance(cell, time):
        return ["time", cell.isoformat()]
    if isinstance(cell, timedelta):
        return ["timedelta", str(cell.total_seconds())]
    return str(cell)


def unpack(cell: Packed) -> Any:
    """The inverse of `pack`."""
    if not isinstance(cell, list):
        return "" if cell is None else cell
    kind, text = cell
    return _UNPACK[kind](text)


_UNPACK = {
    "fault": Fault,
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "timedelta": lambda text: timedelta(seconds=float(text)),
}


@dataclass(frozen=True, slots=True)
class _Wanted:
    """One table and the rows of it that are asked for."""

    book: Workbook
    table: Table
    names: Mapping[str, Any]

    def told(self) -> dict[str, Any]:
        numbers = self._numbers()
        columns = self._columns(numbers)
        head, merged = self._head(columns)
        return {
            "key": self.table.key,
            "sheet": self.table.sheet_name,
            "head": head,
            "merged": merged,
            "year": None if "tahun" in self.table.fields else self.table.year,
            "rows": [[pack(_at(self.table.sheet.rows[number], c)) for c in columns] for number in numbers],
            "spots": [self._spots(number, columns) for number in numbers],
        }

    def _numbers(self) -> list[int]:
        """Rows of the table's sheet."""
        sheet, below = self.table.sheet, range(self.table.header_row + 1, len(self.table.sheet.rows))
        if self.table.upright:
            rows = {n for first, last in self.names["rows"] for n in range(first, last + 1)}
            return [number for number in below if sheet.spot(number, 0)[1] + 1 in rows]
        cells, columns = set(self.names["cells"]), [column.index for column in self.table.columns]
        return [number for number in below if not cells.isdisjoint(self._names(number, columns))]

    def _names(self, number: int, columns: Sequence[int]) -> list[str]:
        sheet = self.table.sheet
        return [f"{sheet.sheet_of(number, c)}!{sheet.where(number, c)}" for c in columns]

    def _spots(self, number: int, columns: Sequence[int]) -> list[str]:
        """How findings may name the row: by its number on the sheet, or by one of its cells."""
        if self.table.upright:
            return [f"{self.table.sheet_name}!{self.table.sheet.spot(number, 0)[1] + 1}"]
        return self._names(number, columns)

    def _columns(self, numbers: Sequence[int]) -> list[int]:
        """From the first to the last column with a header or something in these rows."""
        rows = [self.table.sheet.rows[number] for number in numbers]
        told = [
            c.index for c in self.table.columns if c.header or any(_at(row, c.index) not in ("", None) for row in rows)
        ]
        return list(range(min(told, default=0), max(told, default=-1) + 1))

    # --- the header -----------------------------------------------------------------------------------------

    def _head(self, columns: Sequence[int]) -> tuple[list[list[Packed]], list[list[int]]]:
        base = next((sheet for sheet in self.book.sheets if sheet.name == self.table.sheet_name), None)
        if base is None or not self.table.upright or self.table.header_rows[1] >= len(base.rows):
            return self._unfolded(columns), []
        return self._as_it_stands(base, columns)

    def _as_it_stands(self, base: Sheet, columns: Sequence[int]) -> tuple[list[list[Packed]], list[list[int]]]:
        """The rows of the header on the real sheet, and what is merged in them."""
        first, last = self.table.header_rows
        real = [self.table.sheet.spot(self.table.header_row, c)[2] for c in columns]
        head = [[pack(_at(base.rows[row], c)) for c in real] for row in range(first, last + 1)]
        for i in range(1, len(real)):
            if real[i] in real[:i]:  # a column of our own: the names of sections, say
                for row in head:
                    row[i] = ""
                head[-1][i] = self._header(columns[i])
        at = {c: i for i, c in reversed(list(enumerate(real)))}
        merged = [
            [top - first, at[left], bottom - first, at[right]]
            for top, left, bottom, right in base.merged
            if first <= top and bottom <= last and left in at and right in at
        ]
        return head, merged

    def _unfolded(self, columns: Sequence[int]) -> list[list[Packed]]:
        """The texts of each column one below the other; a short one is repeated, which says nothing new. Places have
        the headers of our template: where they stood side by side, theirs was a title."""
        places = {
            column.index: PLACE_HEADERS[str(column.field)]
            for column in self.table.columns
            if column.field in PLACE_HEADERS
        }
        parts = [[places[c]] if c in places else self._header(c).split(_PARTS) for c in columns]
        depth = max(map(len, parts), default=1)
        padded = [[*texts, *[texts[-1]] * (depth - len(texts))] for texts in parts]
        return [[texts[row] for texts in padded] for row in range(depth)]

    def _header(self, index: int) -> str:
        return next((column.header for column in self.table.columns if column.index == index), "")


def _at(row: Sequence[Any], index: int) -> Any:
    return row[index] if index < len(row) else ""
