"""What the sender decided about a file: tables, columns, names, repairs, single cells. Kept with the upload as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kelurahan.intake.columns import Column, Table
from kelurahan.rules.numbers import NumberStyle


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
        wanted = {name: text for name, text in self.cells.items() if name.partition("!")[0]}
        if not wanted:
            return 0
        sheet, n = table.sheet, 0
        rows = [list(row) for row in sheet.rows]
        for r in range(table.header_row + 1, len(rows)):
            for c in range(len(rows[r])):
                name = f"{sheet.sheet_of(r, c)}!{sheet.where(r, c)}"
                if name in wanted:
                    rows[r][c] = wanted[name]
                    n += 1
        if n:
            sheet.put_rows(rows)
        return n


def row_name(table: Table, number: int) -> str:
    """ "RT!88": the row of a record for people and choices."""
    sheet, row, _ = table.sheet.spot(number, 0)
    return f"{sheet}!{row + 1}"
