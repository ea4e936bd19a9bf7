"""Which rows under a header are records, and what is told about those that are not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from kelurahan.intake.columns import Table
from kelurahan.intake.notes import Notes
from kelurahan.intake.places import Places, clean
from kelurahan.intake.tables.rows import may_have_namesakes, sort_rows
from kelurahan.intake.tables.words import Words, is_blank, is_date, is_number, is_signature, says_nothing, text_of
from kelurahan.intake.vocabulary import Vocabulary
from kelurahan.rules.findings import Level
from kelurahan.rules.regulation import FIELDS

__all__ = ["doubtful_rows", "is_blank", "looks_like_a_number", "record_rows", "sharing_rows", "without_titles"]

_NUMBER = re.compile(r"\d[\d.,]*\s?%?")


def record_rows(table: Table, places: Places, notes: Notes) -> list[int]:
    """Indices of the rows that are records; what is left out and is not blank is told."""
    sheet = table.sheet
    rows = sort_rows(table, Words(places, Vocabulary()))
    numbers = {row: _real(table, row) for row in (*rows.numbered, *rows.repeated, *rows.totals, *rows.kecamatan)}
    for row in rows.numbered:
        notes.add(Level.INFO, "numbered_row", cell=sheet.where(row, 0), baris=numbers[row])
    if rows.repeated:
        listed = _listed([numbers[row] for row in rows.repeated])
        notes.add(Level.INFO, "repeated_heads", n=len(rows.repeated), baris=listed)
    totals = sorted([*rows.totals, *rows.kecamatan])
    if totals:
        notes.add(Level.INFO, "total_rows", n=len(totals), baris=_listed([numbers[row] for row in totals]))
    if rows.footnotes:
        _tell_titles(table, rows.footnotes, notes)
    sections = sorted(rows.kelurahan)
    if sections:
        listed = _listed([_real(table, row) for row in sections])
        shown = clean(rows.kelurahan[sections[0]], 40)
        notes.add(Level.INFO, "section_rows", n=len(sections), baris=listed, contoh=shown)
    return sorted([*rows.records, *rows.notes])  # `without_titles` tells about the notes


def doubtful_rows(table: Table, places: Places) -> list[int]:
    """Rows that name a kelurahan or the kecamatan of that name, and nothing tells which."""
    if not may_have_namesakes(table):
        return []
    return sort_rows(table, Words(places, Vocabulary())).doubtful


def without_titles(table: Table, records: Sequence[int], known: Sequence[bool], notes: Notes) -> list[bool]:
    """Which records stay: one that names no known place and holds no number is a title, a note or a signature."""
    values = [c.index for c in table.fields.values() if c.field in FIELDS or str(c.field).startswith("i:")]
    others = [column.index for column in table.columns[1:] if column.field is None]
    rows = table.sheet.rows
    stays = [
        is_known
        or any(_is_given(_at(rows[number], index)) for index in values)
        or any(looks_like_a_number(_at(rows[number], index)) for index in others)
        for number, is_known in zip(records, known, strict=True)
    ]
    dropped = [number for number, stay in zip(records, stays, strict=True) if not stay]
    if dropped:
        _tell_titles(table, dropped, notes)
    return stays


def _is_given(cell: Any) -> bool:
    """A number, or something that stands for one; words without a place are a signature, a date belongs to it."""
    if type(cell) is str:
        digits = not says_nothing(cell) and any(c.isdigit() for c in cell) and not is_signature(cell)
        return is_number(cell) or digits
    return not is_blank(cell) and not is_date(cell)


def _tell_titles(table: Table, rows: Sequence[int], notes: Notes) -> None:
    shown = next((clean(text_of(cell), 40) for cell in table.sheet.rows[rows[0]] if text_of(cell)), "")
    listed = _listed([_real(table, row) for row in rows])
    notes.add(Level.INFO, "title_rows", n=len(rows), baris=listed, contoh=shown)


def _real(table: Table, row: int) -> int:
    return table.sheet.spot(row, 0)[1] + 1


def _at(row: Sequence[Any], index: int) -> Any:
    cell = row[index] if index < len(row) else ""
    return cell.strip() if type(cell) is str else cell


def sharing_rows(keys: Sequence[tuple[Any, ...]]) -> list[int]:
    """Rows whose place and year another row has too; a place that is not known is nobody's."""
    counts = Counter(keys)
    return [row for row, key in enumerate(keys) if counts[key] > 1 and key[0]]


def looks_like_a_number(cell: Any) -> bool:
    return type(cell) in (float, int) or (type(cell) is str and bool(_NUMBER.fullmatch(cell)))


def _listed(numbers: Sequence[int]) -> str:
    shown = ", ".join(map(str, numbers[:8]))
    return shown if len(numbers) <= 8 else f"{shown}, …"
