"""Sheets of a file in which no table names a place: each as a table whose columns somebody has yet to explain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kelurahan.intake.columns import HEAD_ROWS, Column, Table
from kelurahan.intake.places import Places
from kelurahan.intake.sheets import Sheet, Workbook
from kelurahan.intake.tables.describe import INDIKATOR, Labels, columns_of, key_of, range_of
from kelurahan.intake.tables.words import Words, is_blank, is_number, text_of
from kelurahan.intake.tables.years import Said, find_years
from kelurahan.intake.vocabulary import Vocabulary

PLACES = frozenset({"kelurahan", "kode"})
"""One of these a table needs: all else is about a place."""
_SEEN = 200  # rows below a header that are looked at


def unknown_tables(book: Workbook, vocabulary: Vocabulary, places: Places, params: Mapping[str, Any]) -> list[Table]:
    """A table for each sheet with texts and numbers side by side under something like a header. `params` as in
    `find_tables`."""
    words = Words(places, vocabulary)
    chosen: Mapping[str, Mapping[str, Any]] = (params.get("choices") or {}).get("tables", {})
    found = (_table(sheet, words, _chosen_row(sheet, chosen), params.get("year")) for sheet in book.sheets)
    tables = [table for table in found if table]
    for table in tables:
        choice = chosen.get(table.key, {})
        table.use = bool(choice.get("use", table.use))
        if isinstance(choice.get("year"), int):
            table.year, table.year_source = choice["year"], "pengguna"
    return tables


def lacks_places(table: Table) -> bool:
    """Whether nothing says which places the rows of a table are about."""
    return table.orientation == "baris" and not PLACES & table.fields.keys()


def _chosen_row(sheet: Sheet, chosen: Mapping[str, Mapping[str, Any]]) -> tuple[int, str] | None:
    """The header row that the sender chose, from 0, and the key of its table."""
    for key, choice in chosen.items():
        row = choice.get("header_row")
        if key.rpartition("!")[0] == sheet.name and isinstance(row, int) and 0 < row <= len(sheet.rows):
            return row - 1, key
    return None


def _table(sheet: Sheet, words: Words, wanted: tuple[int, str] | None, year: int | None) -> Table | None:
    if wanted:
        row = wanted[0] if _has_records(sheet.rows[wanted[0] + 1 :]) else None
    else:
        heads = (r for r in range(min(HEAD_ROWS, len(sheet.rows))) if _is_header(sheet.rows[r]))
        row = next((r for r in heads if _has_records(sheet.rows[r + 1 : r + 1 + _SEEN])), None)
    if row is None or not any(map(_name, sheet.rows[row])):
        return None
    parts = [(name,) if (name := _name(cell)) else () for cell in sheet.rows[row]]
    parts += [()] * (len(sheet.columns) - len(parts))
    first = next(i for i, part in enumerate(parts) if part)
    last = max(i for i, part in enumerate(parts) if part)
    _jenis, columns = columns_of(sheet, row, Labels(parts, {}), words)
    counted = [c if any(map(is_number, sheet.columns[c.index][row + 1 :])) else _unread(c) for c in columns]
    table = Table(sheet, row, counted, jenis=INDIKATOR, use=not sheet.hidden)
    table.key = wanted[1] if wanted else key_of(sheet, row, first)
    table.range = range_of(sheet, (row, len(sheet.rows) - 1), (first, last))
    table.header_rows = (row, row)
    find_years(sheet, [Said(table, list(_titles(sheet.rows[:row])))], year)
    return table


def _unread(column: Column) -> Column:
    """A column of words counts nothing, whatever its header says: "Puskesmas" may be what the places are called."""
    return Column(column.index, column.header, None)


def _name(cell: Any) -> str:
    """What a cell of a header calls its column; years stand there as numbers."""
    return format(cell, "g") if type(cell) is float else text_of(cell)


def _is_header(row: Sequence[Any]) -> bool:
    """At least two names of columns, and no numbers."""
    filled = [cell for cell in row if not is_blank(cell)]
    return len(filled) > 1 and not any(is_number(cell) for cell in filled)


def _has_records(rows: Sequence[Sequence[Any]]) -> bool:
    """Whether a row has words and a number: a place, perhaps, and what is said about it."""
    return any(any(is_number(c) for c in row) and any(not is_number(c) and text_of(c) for c in row) for row in rows)


def _titles(rows: Sequence[Sequence[Any]]) -> Iterator[str]:
    yield from (text for row in rows for cell in row if (text := text_of(cell)))
