"""Columns of places that hold more than a name: "1. Namosain", or RT between their kelurahan."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from kelurahan.intake.columns import Column, Table
from kelurahan.intake.origin import Origin
from kelurahan.intake.places import normalise_rt
from kelurahan.intake.sheets import Sheet
from kelurahan.intake.tables.words import Words, unnumbered

_FEW_RT = 2
_RT = re.compile(r"\s*(?:rt|rw)\b.*", re.IGNORECASE)


def with_plain_names(table: Table, words: Words) -> Table:
    """The table with bare names in its column of kelurahan, and the RT of that column in one of their own."""
    column = table.fields.get("kelurahan")
    if column is None or column.index >= len(table.sheet.columns):
        return table
    distinct = {cell for cell in set(table.sheet.columns[column.index][table.header_row + 1 :]) if type(cell) is str}
    bare = {cell: unnumbered(cell) for cell in distinct if words.is_numbered_name(cell)}
    if any(words.kecamatan(cell) for cell in bare):
        bare = {}  # the number tells the kecamatan from the kelurahan of its name
    rts = (
        {cell for cell in distinct if _RT.fullmatch(cell) and normalise_rt(cell)} if "rt" not in table.fields else set()
    )
    if len(rts) < _FEW_RT:
        rts = set()
    return _rewritten(table, column.index, bare, rts) if bare or rts else table


def _rewritten(table: Table, index: int, bare: dict[str, str], rts: set[str]) -> Table:
    old = table.sheet
    width = len(old.columns)
    rows = [list(row) for row in old.rows]
    for number in range(table.header_row + 1, len(rows)):
        row = rows[number]
        cell = row[index] if index < len(row) else ""
        if type(cell) is not str:
            continue
        if cell in bare:
            row[index] = bare[cell]
        elif cell in rts:
            row[index] = ""
            rows[number] = [*row, *[""] * (width - len(row)), cell]
    columns = list(table.columns)
    if rts:
        columns += [Column(i, "", None) for i in range(len(columns), width)]
        columns.append(Column(width, "RT", "rt", 0.9))
    sheet = Sheet(
        old.name, old.hidden, rows, unplaced_faults=old.unplaced_faults, origin=_origin(old, index, width, rts)
    )
    return replace(table, sheet=sheet, columns=columns)


def _origin(sheet: Sheet, index: int, width: int, rts: set[str]) -> Origin:
    """As before; the RT stand where they stood."""
    old = sheet.origin
    if not rts:
        return old or Origin(sheet.name)
    if old and (old.transposed or old.scattered):
        spots = [[sheet.spot(r, c) for c in (*range(width), index)] for r in range(len(sheet.rows))]
        return Origin(old.sheet, scattered=spots)
    columns: list[Any] = [sheet.spot(0, c)[2] for c in (*range(width), index)]
    return Origin(old.sheet if old else sheet.name, old.rows if old else None, columns)
