"""What the sender decided about a file: tables, columns, names, repairs, single cells. Kept with the upload as JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kelurahan.intake.columns import Column, Table
from kelurahan.intake.faults import column_index
from kelurahan.intake.origin import Spot
from kelurahan.intake.parsed import INDICATOR
from kelurahan.rules.numbers import NumberStyle, read_number
from kelurahan.rules.regulation import FIELDS

_CELL = re.compile(r"(?P<sheet>.+)!(?P<column>[A-Z]{1,3})(?P<row>[1-9][0-9]{0,6})", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Choices:
    """`tables` by key of the table, `names` by `places.name_key`, `repairs` by id, `cells` ("RT!H17" → text as typed),
    `drop_rows` ("RT!88"). See `actions.choosing` for who may set what."""

    tables: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    repairs: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()  # repairs that the sender does not want
    cells: Mapping[str, str] = field(default_factory=dict)
    drop_rows: frozenset[str] = frozenset()

    @classmethod
    def of(cls, document: Mapping[str, Any] | None) -> Choices:
        """From JSON; what is missing is not decided."""
        given = document or {}
        return cls(
            tables=given.get("tables", {}),
            names=given.get("names", {}),
            repairs=frozenset(given.get("repairs", ())),
            refused=frozenset(given.get("refused", ())),
            cells=given.get("cells", {}),
            drop_rows=frozenset(given.get("drop_rows", ())),
        )

    def of_table(self, key: str) -> Mapping[str, Any]:
        return self.tables.get(key, {})

    def of_column(self, table: Table, column: Column) -> Mapping[str, Any]:
        chosen: Mapping[str, Any] = self.of_table(table.key).get("columns", {}).get(table.letter(column), {})
        return chosen

    def style(self, table: Table, column: Column) -> NumberStyle | None:
        """The number style that the sender switched a column to."""
        word = self.of_column(table, column).get("style")
        return NumberStyle(word) if word in set(NumberStyle) else None

    def without_dropped(self, table: Table, records: Sequence[int]) -> list[int]:
        """Records that the sender did not leave out."""
        if not self.drop_rows:
            return list(records)
        return [number for number in records if row_name(table, number) not in self.drop_rows]

    def put_cells(self, table: Table) -> int:
        """Write the cells that the sender corrected into the table's sheet. How many of its cells that were."""
        wanted = dict(filter(None, (_spotted(name, text) for name, text in self.cells.items())))
        lines = {(sheet, row) for sheet, row, _ in wanted}
        if not wanted:
            return 0
        sheet, n = table.sheet, 0
        rows = list(sheet.rows)
        for r in range(table.header_row + 1, len(rows)):
            if table.upright and sheet.spot(r, 0)[:2] not in lines:
                continue
            left = dict(wanted)
            cells = list(rows[r]) + [""] * (len(table.columns) - len(rows[r]))
            for c in range(len(cells)):
                text = left.pop(sheet.spot(r, c), None)  # once: a column of our own may stand where another does
                if text is not None:
                    cells[c] = _typed(table, c, text)
                    n += 1
            rows[r] = cells
        if n:
            sheet.put_rows(rows)
        return n


def _spotted(name: str, text: str) -> tuple[Spot, str] | None:
    """The cell of "RT!H17"."""
    found = _CELL.fullmatch(name)
    return ((found["sheet"], int(found["row"]) - 1, column_index(found["column"])), text) if found else None


def _typed(table: Table, index: int, text: str) -> str | float:
    """Numbers are typed as in every form of the site, whatever style the column of the file has."""
    field = table.columns[index].field if index < len(table.columns) else None
    if not field or not (field in FIELDS or field.startswith(INDICATOR)):
        return text
    number = read_number(text, NumberStyle.INDONESIAN).value
    return text if number is None else float(number)


def row_name(table: Table, number: int) -> str:
    """ "RT!88": the row of a record for people and choices."""
    sheet, row, _ = table.sheet.spot(number, 0)
    return f"{sheet}!{row + 1}"
