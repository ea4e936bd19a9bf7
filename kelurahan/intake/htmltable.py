"""Reads tables of HTML: many programs write them into a file that they call .xls."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from kelurahan.intake.refusal import Refused

MAX_CELL = 32_767  # characters, as in Excel
_NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,15})?")
_SPACES = re.compile(r"\s+")
_HIDDEN = {"script", "style", "title", "xml", "head"}


@dataclass(slots=True)
class HtmlTable:
    """`merged` are (top, left, bottom, right) from 0."""

    rows: list[list[Any]] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)


@dataclass(slots=True)
class Limits:
    rows: int
    columns: int
    filled: int


def read_tables(text: str, limits: Limits) -> list[HtmlTable]:
    """The outermost tables with at least two cells. Raises Refused over a limit."""
    parser = _Parser(limits)
    parser.feed(text)
    parser.close()
    parser.end_table()
    return [table for table in parser.tables if sum(map(len, table.rows)) > 1]


class _Parser(HTMLParser):
    """Puts cells where a browser would: a cell that spans rows pushes those below it to the right."""

    def __init__(self, limits: Limits) -> None:
        super().__init__(convert_charrefs=True)
        self.limits = limits
        self.tables: list[HtmlTable] = []
        self._depth = 0  # of tables
        self._hidden = 0
        self._taken: dict[tuple[int, int], bool] = {}
        self._cell: list[str] | None = None
        self._span = (1, 1)
        self._number: str | None = None
        self._filled = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _HIDDEN:
            self._hidden += 1
        elif tag == "table":
            self._depth += 1
            self._hidden = 0  # a head that nobody closed
            if self._depth == 1:
                self.tables.append(HtmlTable())
                self._taken = {}
        elif self._depth == 1:
            self._start(tag, dict(attrs))
        elif tag == "br" and self._cell is not None:
            self._cell.append(" ")

    def _start(self, tag: str, attributes: dict[str, str | None]) -> None:
        if tag == "tr":
            self._end_cell()
            self._new_row()
        elif tag in ("td", "th"):
            self._end_cell()
            if not self.tables[-1].rows:
                self._new_row()
            self._cell = []
            self._span = _span(attributes.get("rowspan")), _span(attributes.get("colspan"))
            self._number = attributes.get("x:num")
        elif tag in ("br", "p", "div") and self._cell is not None:
            self._cell.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN:
            self._hidden = max(0, self._hidden - 1)
        elif tag == "table" and self._depth:
            if self._depth == 1:
                self.end_table()
            self._depth -= 1
        elif self._depth == 1 and tag in ("td", "th", "tr"):
            self._end_cell()

    def handle_data(self, data: str) -> None:
        if self._cell is not None and not self._hidden:
            self._cell.append(data)

    def end_table(self) -> None:
        self._end_cell()

    def _new_row(self) -> None:
        rows = self.tables[-1].rows
        rows.append([])
        if len(rows) > self.limits.rows:
            raise Refused("too_many_rows", sheet="HTML", n=len(rows), limit=self.limits.rows)

    def _end_cell(self) -> None:
        if self._cell is None:
            return
        text = _SPACES.sub(" ", "".join(self._cell)).strip()[:MAX_CELL]
        value: Any = float(self._number) if self._number and _NUMBER.fullmatch(self._number) else text
        self._cell = None
        self._put(value)

    def _put(self, value: Any) -> None:
        table = self.tables[-1]
        top, row = len(table.rows) - 1, table.rows[-1]
        left = len(row)
        while (top, left) in self._taken:
            row.append("")
            left += 1
        down, across = self._span
        if left + across > self.limits.columns:
            raise Refused("too_many_columns", sheet="HTML", n=left + across, limit=self.limits.columns)
        self._filled += value != ""
        if self._filled > self.limits.filled:
            raise Refused("too_many_cells", n=self._filled, limit=self.limits.filled)
        row.extend([value, *[""] * (across - 1)])
        if (down, across) != (1, 1):
            table.merged.append((top, left, top + down - 1, left + across - 1))
            self._taken.update(((top + r, left + c), True) for r in range(1, down) for c in range(across))


def _span(text: str | None) -> int:
    """Rows or columns that a cell covers; no table of ours needs more than a hundred."""
    return min(max(int(text), 1), 100) if text and text.isascii() and text.isdecimal() and len(text) < 5 else 1
