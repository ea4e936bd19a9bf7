"""Puts single numbers together into records: one row per place and year, one column per label."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from kelurahan.intake.origin import Origin, Spot
from kelurahan.intake.sheets import Sheet
from kelurahan.intake.tables.describe import Labels

Cell = tuple[Any, Spot]
"""What stands in a cell, and where."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One number: `place` are the cells of the place columns, `label` the parts of its header."""

    place: tuple[Cell, ...]
    year: Cell | None
    label: tuple[str, ...]
    label_spot: Spot
    value: Cell


def pivoted(sheet: Sheet, names: Sequence[str], facts: Iterable[Fact]) -> tuple[Sheet, Labels]:
    """`names` are the fields of the place columns. A number given twice gets a row of its own: nothing is lost."""
    labels: dict[tuple[str, ...], Spot] = {}
    records: dict[tuple[Any, ...], list[dict[tuple[str, ...], Cell]]] = {}
    heads: dict[tuple[Any, ...], tuple[tuple[Cell, ...], Cell | None]] = {}
    for fact in facts:
        key = (*(cell for cell, _ in fact.place), fact.year[0] if fact.year else None)
        labels.setdefault(fact.label, fact.label_spot)
        heads.setdefault(key, (fact.place, fact.year))
        rows = records.setdefault(key, [])
        free = next((row for row in rows if fact.label not in row), None)
        if free is None:
            free = {}
            rows.append(free)
        free[fact.label] = fact.value
    return _as_sheet(sheet, names, labels, records, heads)


def _as_sheet(
    sheet: Sheet,
    names: Sequence[str],
    labels: dict[tuple[str, ...], Spot],
    records: dict[tuple[Any, ...], list[dict[tuple[str, ...], Cell]]],
    heads: dict[tuple[Any, ...], tuple[tuple[Cell, ...], Cell | None]],
) -> tuple[Sheet, Labels]:
    with_year = any(year for _, year in heads.values())
    fields = [*names, *(["tahun"] if with_year else [])]
    cells: list[list[Any]] = [[*(field.capitalize() for field in fields), *(" – ".join(label) for label in labels)]]
    spots: list[list[Spot | None]] = [[None] * len(fields) + list(labels.values())]
    for key, rows in records.items():
        place, year = heads[key]
        head = [*place, *([year or ("", place[0][1])] if with_year else [])]
        for row in rows:
            line = [*head, *(row.get(label, ("", head[0][1])) for label in labels)]
            cells.append([cell for cell, _ in line])
            spots.append([spot for _, spot in line])
    first = next(iter(heads.values()), None)
    spots[0][: len(fields)] = [(first[0][0][1]) if first else None] * len(fields)
    made = Sheet(sheet.name, sheet.hidden, cells, unplaced_faults=sheet.unplaced_faults)
    made.origin = Origin(sheet.origin.sheet if sheet.origin else sheet.name, scattered=spots)
    parts = [*((field.capitalize(),) for field in fields), *labels]
    return made, Labels(parts, dict(enumerate(fields)))
