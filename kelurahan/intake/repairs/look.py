"""A table and what was read from it, side by side: raw cells, numbers, and how to name both to people."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kelurahan.intake.columns import Column, Table
from kelurahan.intake.faults import Fault
from kelurahan.intake.parsed import INDICATOR, Parsed, Repair
from kelurahan.intake.places import clean
from kelurahan.rules.findings import Level
from kelurahan.rules.numbers import MICRO, NumberStyle, format_number, from_float, from_micro, read_number
from kelurahan.rules.regulation import FIELDS, RULE_SETS, RuleSet, State

Rows = NDArray[np.int64]  # indices of records
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

SHOWN = 4  # cells of a sample
_RUNS_SHOWN = 4
_LOST_ID = re.compile(r"id (\d+)")


@dataclass(frozen=True, slots=True)
class Beside:
    """What is known about the places of a file from elsewhere. Numbers are millionths.

    `official`: hectares of a kelurahan by its code. `luas` and `tahun`: area and year of the latest stored record of a
    place by its code ("53.71.06.1004/RT001-RW002"). `sums`: denominators of a kelurahan added up over its stored RT, by
    code and year ("53.71.06.1004|2024") and by field; those that some RT lacks are not there.
    """

    official: Mapping[str, int] = field(default_factory=dict)
    luas: Mapping[str, int] = field(default_factory=dict)
    tahun: Mapping[str, int] = field(default_factory=dict)
    sums: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


class Look:
    """n records of one table; `others` are the tables of the same file that were read before it."""

    def __init__(
        self, table: Table, parsed: Parsed, beside: Beside | None, others: Sequence[Parsed], rule_set: str
    ) -> None:
        self.table, self.parsed, self.sheet, self.fields = table, parsed, table.sheet, table.fields
        self.beside, self.others = beside or Beside(), others
        self.rules: RuleSet = RULE_SETS[rule_set]

    def __len__(self) -> int:
        return len(self.parsed)

    # --- numbers -------------------------------------------------------------------------------------------

    @cached_property
    def filled(self) -> Bools:
        """(n, 25) holds a number."""
        return np.asarray(self.parsed.states == State.FILLED, dtype=np.bool_)

    def values(self, name: str) -> NDArray[np.int64]:
        """(n,) millionths of a field or indicator; 0 where there is no number."""
        if name in FIELDS:
            column: NDArray[np.int64] = self.parsed.values[:, FIELDS.index(name)]
            return column
        return self.parsed.ind_values[:, self._indicator(name)]

    def has(self, name: str) -> Bools:
        """(n,) whether there is one."""
        if name in FIELDS:
            return np.asarray(self.filled[:, FIELDS.index(name)], dtype=np.bool_)
        return np.asarray(self.parsed.ind_states[:, self._indicator(name)] == State.FILLED, dtype=np.bool_)

    def invalid(self, name: str) -> Bools:
        """(n,) whether the cell could not be read."""
        states = (
            self.parsed.states[:, FIELDS.index(name)]
            if name in FIELDS
            else self.parsed.ind_states[:, self._indicator(name)]
        )
        return np.asarray(states == State.INVALID, dtype=np.bool_)

    def _indicator(self, name: str) -> int:
        return self.parsed.indicators.index(name.removeprefix(INDICATOR))

    @cached_property
    def numeric(self) -> list[str]:
        """The fields of this table that are read as numbers: those of an assessment, and indicators."""
        known = {INDICATOR + kode for kode in self.parsed.indicators}
        return [name for name in self.fields if name in FIELDS or name in known]

    def stored(self, name: str) -> Floats:
        """(n,) a percentage or nilai as the file has it; nan where it has none."""
        if name not in self.parsed.stored:
            return np.full(len(self), np.nan)
        values, known = self.parsed.stored[name]
        return np.where(known, values / MICRO, np.nan)

    # --- cells ---------------------------------------------------------------------------------------------

    @cached_property
    def records(self) -> NDArray[np.int64]:
        """(n,) the row of the table's sheet in which each record stands."""
        parsed, sheet = self.parsed, self.sheet
        if sheet.origin is None:
            return parsed.row_numbers.astype(np.int64) - 1
        below = range(self.table.header_row + 1, len(sheet.rows))
        if parsed.spots is None:
            found: dict[Any, int] = {sheet.spot(number, 0)[1] + 1: number for number in below}
            return np.array([found[row] for row in parsed.row_numbers.tolist()], np.int64)
        # Cells joined from another sheet stand there once for many records: the field that tells most of them apart
        name, spots = max(parsed.spots.items(), key=lambda one: len(set(one[1])))
        index = self.fields[name].index
        found = {(sheet.sheet_of(number, index), sheet.where(number, index)): number for number in below}
        return np.array([found[spot] for spot in spots], np.int64)

    def cells(self, name: str, rows: Rows | None = None) -> list[Any]:
        """Raw cells of a field, of these records or all."""
        column = self.sheet.columns[self.fields[name].index]
        numbers = self.records if rows is None else self.records[rows]
        return [column[number] for number in numbers.tolist()]

    @cached_property
    def style(self) -> NumberStyle:
        """How most columns of texts write their numbers."""
        styles = [column.style for column in self.parsed.columns if column.style]
        return NumberStyle(max(styles, key=styles.count)) if styles else NumberStyle.INDONESIAN

    def style_of(self, name: str) -> NumberStyle:
        style = next((column.style for column in self.parsed.columns if column.field == name), "")
        return NumberStyle(style) if style else self.style

    # --- naming --------------------------------------------------------------------------------------------

    def cell_name(self, row: int, index: int) -> str:
        """ "RT!H17": a record's cell in a column of the table's sheet."""
        number = int(self.records[row])
        return f"{self.sheet.sheet_of(number, index)}!{self.sheet.where(number, index)}"

    def where(self, rows: Rows, first: int, last: int | None = None) -> str:
        """ "RT!H112:W161", or the first few of several such ranges."""
        runs = runs_of(self.records[rows])
        last = first if last is None else last
        ranges = []
        for top, bottom in runs[:_RUNS_SHOWN]:
            one, other = self.sheet.where(top, first), self.sheet.where(bottom, last)
            ranges.append(one if one == other else f"{one}:{other}")
        sheet = self.sheet.sheet_of(int(runs[0][0]), first) if runs else self.sheet.name
        return f"{sheet}!" + ", ".join(ranges) + (", …" if len(runs) > _RUNS_SHOWN else "")

    def row_name(self, row: int) -> str:
        """ "88": the row (or the column, where places stand side by side) as people see it."""
        if self.table.upright:
            return str(int(self.parsed.row_numbers[row]))
        return self.cell_name(row, self.table.columns[0].index).rpartition("!")[2]

    def place(self, row: int) -> str:
        """ "Merdeka · RT003-RW001"."""
        name = next((self.cells(f, np.array([row]))[0] for f in ("kelurahan", "kode") if f in self.fields), "")
        parts = [show(name), self.parsed.kawasan[row], self.parsed.rt[row]]
        return " · ".join(part for part in parts if part)

    def key(self, row: int) -> str:
        """Code of the place of a record, as stored records have it."""
        below = self.parsed.rt[row] or self.parsed.kawasan[row]
        return f"{self.parsed.kode[row]}/{below}" if below else self.parsed.kode[row]

    def header(self, name: str) -> str:
        return clean(self.fields[name].header, 60)

    def column(self, name: str) -> Column:
        return self.fields[name]

    def sample(self, row: int, index: int, after: Any) -> dict[str, str]:
        """One cell before and after."""
        cells = self.sheet.columns[index]
        return {
            "cell": self.cell_name(row, index),
            "place": self.place(row),
            "before": show(cells[int(self.records[row])]),
            "after": show(after),
        }

    def samples(self, rows: Rows, index: int, after: Sequence[Any]) -> list[dict[str, str]]:
        return [self.sample(row, index, new) for row, new in zip(rows[:SHOWN].tolist(), after, strict=False)]

    def repair(
        self,
        code: str,
        rows: Rows,
        where: str,
        change: dict[str, Any],
        *,
        name: str,
        level: Level = Level.GALAT,
        holds: bool = True,
        certain: bool = False,
        answers: tuple[str, ...] = (),
        sample: Sequence[dict[str, str]] = (),
        params: Mapping[str, Any] | None = None,
    ) -> Repair:
        """A repair of these records; `name` tells it from the others of its kind in this table."""
        return Repair(
            id=f"{code}:{self.parsed.key}:{name}",
            code=code,
            table_key=self.parsed.key,
            rows=rows.tolist(),
            n=len(rows),
            where=where,
            level=str(level),
            params={"n": len(rows), **(params or {}), "change": change},
            sample=list(sample),
            holds=holds,
            certain=certain,
            answers=answers,
        )


def runs_of(numbers: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Sorted numbers as first and last of each unbroken run."""
    if not len(numbers):
        return []
    breaks = np.flatnonzero(np.diff(numbers) != 1)
    first, last = np.append(0, breaks + 1), np.append(breaks, len(numbers) - 1)
    return list(zip(numbers[first].tolist(), numbers[last].tolist(), strict=True))


def show(cell: Any) -> str:
    """A cell as people see it: numbers in Indonesian writing, texts as they stand."""
    if isinstance(cell, Fault):
        return cell.text or "?"
    if isinstance(cell, bool):
        return "BENAR" if cell else "SALAH"
    if isinstance(cell, float | int | Decimal):
        return format_number(cell if isinstance(cell, Decimal) else from_float(float(cell)))
    return clean(str(cell), 40) or "–"


def amount(micro: int) -> str:
    return format_number(from_micro(int(micro)))


def number_of(cell: Any, style: NumberStyle) -> Decimal | None:
    """The number of a raw cell, in the unit of the sheet; None for anything else."""
    if isinstance(cell, bool):
        return None
    if isinstance(cell, float | int):
        return from_float(float(cell)) if np.isfinite(cell) else None
    if not isinstance(cell, str):
        return None
    text = cell.strip().lstrip("'")
    read = read_number(text, style)
    if read.value is None and text[:1].isdigit():
        read = read_number(text.rstrip("% abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ²/"), style)
    return read.value


def unjoined(cell: Any) -> Any:
    """An id that points to no row of another sheet stands in the place of its name as "id 2019": the number it was."""
    lost = _LOST_ID.fullmatch(cell) if type(cell) is str else None
    return float(lost[1]) if lost else cell


def times(number: Decimal, factor: Fraction) -> float:
    """Exact where it matters: a float shows 15 digits, and so many are read back from it."""
    return float(Decimal(factor.numerator) * number / Decimal(factor.denominator))
