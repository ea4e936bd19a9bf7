"""Years side by side ("Jumlah Penduduk: 2021 | 2022 | 2023"): one row per place and year."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kelurahan.intake.columns import Table
from kelurahan.intake.tables.blocks import Block
from kelurahan.intake.tables.describe import Labels, value_columns
from kelurahan.intake.tables.longform import Unfolded
from kelurahan.intake.tables.pivot import Cell, Fact, pivoted
from kelurahan.intake.tables.rows import sort_rows
from kelurahan.intake.tables.titled import counted_in
from kelurahan.intake.tables.words import PLACE_FIELDS, Words, is_blank
from kelurahan.intake.tables.years import split_year
from kelurahan.rules.findings import Finding, Level

_NAMELESS = ("Nilai",)
_AWAL_AKHIR = re.compile(
    r"(?:kondisi|keadaan)?\s*(awal|akhir)\b\W*(?:tahun|thn|th)?\W*((?:19|20)\d\d)\W*", re.IGNORECASE
)

Label = tuple[int | None, tuple[str, ...]]


def unfold(block: Block, table: Table, labels: Labels, words: Words) -> Unfolded | None:
    """None for a table whose headers name at most one year."""
    counted = _counted(block, table, labels, words)
    years = {year for year, _ in counted.values() if year}
    if len(years) < 2 or "tahun" in table.fields:
        return None
    names = [name for name in PLACE_FIELDS if name in table.fields and name != "tahun"]
    sheet, parts = pivoted(table.sheet, names, _facts(table, names, counted, words))
    told = ", ".join(map(str, sorted(years)))
    cell = table.sheet.where(table.header_row, min(counted))
    notes = [Finding(Level.INFO, "years_across", table.sheet_name, cell, {"tahun": told})]
    if any(label == _NAMELESS for _, label in counted.values()):
        notes.append(Finding(Level.PERINGATAN, "years_label_unknown", table.sheet_name, cell, {"tahun": told}))
    return sheet, parts, "baris", notes


def own_years(table: Table, labels: Labels) -> dict[int, int | None]:
    """The year that the header of each column of numbers names. One that is not read ("Usulan 2025") says nothing
    about the others."""
    parts = dict(enumerate(labels.parts))
    return {column.index: split_year(parts.get(column.index, ()))[0] for column in value_columns(table)}


def _counted(block: Block, table: Table, labels: Labels, words: Words) -> dict[int, Label]:
    """Column → year and what is counted; what has no words of its own is called by the title."""
    counted: dict[int, Label] = {}
    apart = _are_apart(labels)
    for column, texts in zip(table.columns, labels.parts, strict=False):
        if column.field not in PLACE_FIELDS and texts:
            year, rest = split_year(texts)
            rest = rest[1:] if apart and _AWAL_AKHIR.fullmatch(texts[0]) and rest[1:] else rest
            counted[column.index] = (year, rest or ((counted_in(block.titles, words) or _NAMELESS) if year else ()))
    return counted


def _are_apart(labels: Labels) -> bool:
    """Whether the state before has one year and the state after has another: the year tells them apart."""
    heads = {found.groups() for texts in labels.parts if texts and (found := _AWAL_AKHIR.fullmatch(texts[0]))}
    states, years = {state.casefold() for state, _ in heads}, {year for _, year in heads}
    return len(states) == len(years) == len(heads) == len(("awal", "akhir"))


def _facts(table: Table, names: list[str], labels: dict[int, Label], words: Words) -> Iterator[Fact]:
    sheet, cells = table.sheet, table.sheet.columns
    rows = sort_rows(table, words).records
    known = {c.index for c in table.columns if c.field}
    for row in rows:
        place = tuple((cells[table.fields[n].index][row], sheet.spot(row, table.fields[n].index)) for n in names)
        for column, (year, label) in labels.items():
            if column >= len(cells) or not label or (not year and column not in known):
                continue
            if is_blank(cells[column][row]) and not year:
                continue
            spot = sheet.spot(table.header_row, column)
            when: Cell | None = (float(year), spot) if year else None
            yield Fact(place, when, label, spot, (cells[column][row], sheet.spot(row, column)))
