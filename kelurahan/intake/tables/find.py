"""Every table of a workbook in reading order, each as a sheet with one header row and one record per row.

An ordinary table keeps its sheet as it is. A table that is turned, long, spread over years or filled from its section
rows becomes a sheet of its own, whose `origin` says where each cell really stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from kelurahan.intake.columns import Table
from kelurahan.intake.forms_r0 import r0_tables
from kelurahan.intake.origin import Origin
from kelurahan.intake.places import Places
from kelurahan.intake.sheets import Sheet, Workbook
from kelurahan.intake.tables import across, fill, longform, messages, orient  # noqa: F401 - the words
from kelurahan.intake.tables.blocks import MAX_BLOCKS, Block, find_blocks, profile
from kelurahan.intake.tables.describe import (
    PENILAIAN,
    WORKS,
    Labels,
    columns_of,
    doubled_notes,
    has_anything_to_read,
    key_of,
    range_of,
    unit_notes,
    with_common_unit,
    works_notes,
)
from kelurahan.intake.tables.months import without_months
from kelurahan.intake.tables.names import with_plain_names
from kelurahan.intake.tables.subject import with_subject
from kelurahan.intake.tables.titled import named_by_title
from kelurahan.intake.tables.words import Words, is_blank
from kelurahan.intake.tables.years import Said, find_years, without_other_years
from kelurahan.intake.vocabulary import Vocabulary
from kelurahan.rules.findings import Finding, Level


def find_tables(book: Workbook, vocabulary: Vocabulary, places: Places, params: Mapping[str, Any]) -> list[Table]:
    """All tables with places. Where none has anything to read, those that at least list places. Of `params` the
    "year" stands in where nothing else tells it, and "choices" are what the sender decided."""
    words = Words(places, vocabulary)
    words.percent = {sheet.name: sheet.percent for sheet in book.sheets if sheet.percent}
    chosen: Mapping[str, Mapping[str, Any]] = (params.get("choices") or {}).get("tables", {})
    finder = _Finder(words, chosen, params.get("year"))
    tables = [table for sheet in book.sheets if sheet.rows for table in finder.tables_of(fill.with_tall_years(sheet))]
    full = [table for table in tables if has_anything_to_read(table)]
    return full or tables


class _Finder:
    """Looks through one sheet after the other."""

    def __init__(self, words: Words, chosen: Mapping[str, Mapping[str, Any]], year: int | None) -> None:
        self.words, self.chosen, self.year = words, chosen, year

    def tables_of(self, sheet: Sheet) -> list[Table]:
        """Printed forms, or else whatever tables stand on the sheet."""
        forms = r0_tables(sheet, self.words.places, {"tables": self.chosen})
        if forms:
            find_years(sheet, [Said(table, []) for table in forms], self.year)
            return [self._with_choices(table, sheet) for table in forms]
        keys: dict[int, str] = {}
        told = [said for block in self._blocks(sheet, keys) for said in self._tables(block, keys.get(id(block), ""))]
        find_years(sheet, told, self.year)
        tables = [self._with_choices(said.table, sheet) for said in told]
        for said in told:
            without_other_years(said)
        return tables

    def _blocks(self, sheet: Sheet, keys: dict[int, str]) -> list[Block]:
        """Every block of a sheet in reading order; `keys` takes in the names of those whose header was chosen."""
        found = profile(sheet, self.words)
        turned = orient.turned_regions(sheet, self.words, found)
        forced = self._forced(sheet)
        blocks = [b for b in find_blocks(sheet, self.words, found, forced) if not orient.is_within(turned, b)]
        keys.update({id(block): forced[block.head.bottom] for block in blocks if block.head.bottom in forced})
        blocks = [*fill.joined(blocks, self.words), *(orient.turn(region, self.words) for region in turned)]
        return sorted(blocks, key=lambda b: b.sheet.spot(max(b.head.top, 0), b.head.left)[1:])

    def _forced(self, sheet: Sheet) -> dict[int, str]:
        """Header rows that the sender chose on this sheet, from 0, with the key of their table."""
        rows = {}
        for key, choice in self.chosen.items():
            row = choice.get("header_row")
            if key.rpartition("!")[0] == sheet.name and isinstance(row, int) and 0 < row <= len(sheet.rows):
                rows[row - 1] = key
        return rows

    def _with_choices(self, table: Table, sheet: Sheet) -> Table:
        choice = self.chosen.get(table.key, {})
        works = any(note.code == WORKS for note in table.notes)
        table.use = bool(choice.get("use", not sheet.hidden and not works))
        if isinstance(choice.get("year"), int):
            table.year, table.year_source = choice["year"], "pengguna"
            table.notes = [note for note in table.notes if note.code != "year_conflict"]
        return table

    def _tables(self, block: Block, key: str) -> Iterator[Said]:
        """The table of a block in the shape it has: long, spread over years, or with a record in each row."""
        words = self.words
        table, labels = _plain(block, words)
        if not ({"kelurahan", "kode", "rt"} & table.fields.keys()):
            return
        table = fill.filled_down(block, with_plain_names(table, words), words)
        if not ({"kelurahan", "kode"} & table.fields.keys()):
            return
        table = fill.with_years_of_sections(table)
        notes = [*table.notes, *_beside_notes(block), *works_notes(table)]
        if block.orientation == "kolom":
            notes.append(Finding(Level.INFO, "table_turned", table.sheet_name, table.sheet.where(table.header_row, 0)))
        own = across.own_years(table, labels)
        unfolded = longform.unfold(table, words) or across.unfold(block, table, labels, words)
        if unfolded is not None:
            sheet, labels, orientation, more = unfolded
            orientation = block.orientation if orientation == "baris" else orientation
            table, own = _describe(sheet, 0, labels, words, block, orientation), {}
            notes += more
        if table.jenis != PENILAIAN:
            notes = [note for note in notes if note.code != WORKS]
        table.key = key or table.key
        table.notes = [*notes, *doubled_notes(table), *unit_notes(table, words)]
        table = named_by_title(table, block.titles, words)
        table = with_subject(table, block.titles, block.sheet.name, words)
        table = without_months(table, block.titles, block.sheet.name, words)
        yield Said(table, block.titles, own)


def _plain(block: Block, words: Words) -> tuple[Table, Labels]:
    """The block as it stands; cut out of its sheet only where the sheet goes on."""
    if block.headless:
        return _headless(block, words)
    sheet, head = block.sheet, block.head
    left, right = head.left, head.right
    others = (*range(left), *range(right + 1, len(sheet.columns)))
    if any(not is_blank(cell) for c in others for cell in sheet.columns[c][head.top : block.end]):
        rows = [row[left : right + 1] for row in sheet.rows[: block.end]]
        sheet, parts, shift = _derived(sheet, rows, range(left, right + 1)), list(head.parts), left
    else:
        parts, shift = [*[()] * left, *head.parts], 0
        if block.end < len(sheet.rows):
            sheet = _derived(sheet, sheet.rows[: block.end], None)
    parts = with_common_unit(parts, block.titles, words)
    labels = Labels(parts, {block.place - shift: block.by_content} if block.by_content else {})
    return _describe(sheet, head.bottom, labels, words, block, block.orientation), labels


def _derived(sheet: Sheet, rows: list[list[Any]], columns: range | None) -> Sheet:
    """A part of a sheet that begins in its first row."""
    old = sheet.origin
    if old is None:
        origin = Origin(sheet.name, None, columns)
    else:
        kept = old.columns if columns is None else [c if old.columns is None else old.columns[c] for c in columns]
        cut = slice(None) if columns is None else slice(columns.start, columns.stop)
        scattered = old.scattered and [row[cut] for row in old.scattered]
        origin = replace(old, columns=kept, scattered=scattered)
    return Sheet(sheet.name, sheet.hidden, rows, unplaced_faults=sheet.unplaced_faults, origin=origin)


def _headless(block: Block, words: Words) -> tuple[Table, Labels]:
    """A table without header: its columns are called by their letters."""
    sheet, head = block.sheet, block.head
    first = head.bottom + 1
    width = head.right - head.left + 1
    names = [f"Kolom {sheet.where(first, c).rstrip('0123456789')}" for c in range(head.left, head.right + 1)]
    rows = [list(names), *([*row[head.left : head.right + 1]] for row in sheet.rows[first : block.end])]
    scattered = [[sheet.spot(first, c) for c in range(head.left, head.right + 1)]]
    scattered += [[sheet.spot(r, c) for c in range(head.left, head.right + 1)] for r in range(first, block.end)]
    own = Sheet(sheet.name, sheet.hidden, rows, unplaced_faults=sheet.unplaced_faults)
    own.origin = Origin(sheet.spot(first, head.left)[0], scattered=scattered)
    labels = Labels(
        [(name,) for name in names], dict.fromkeys(range(width), "") | {block.place - head.left: "kelurahan"}
    )
    table = _describe(own, 0, labels, words, block, block.orientation)
    table.notes.append(
        Finding(Level.PERINGATAN, "table_without_header", table.sheet_name, sheet.where(first, head.left))
    )
    return table, labels


def _describe(sheet: Sheet, header_row: int, labels: Labels, words: Words, block: Block, orientation: str) -> Table:
    head, base = block.head, block.sheet
    jenis, columns = columns_of(sheet, header_row, labels, words, block.titles)
    top, bottom = (max(head.top, 0), max(head.bottom, 0)) if not block.headless else (head.bottom + 1,) * 2
    real = sorted(base.spot(row, head.left)[1] for row in (top, bottom))
    if base.origin and base.origin.transposed:
        real = [base.spot(top, block.place)[1]] * 2
    first = _first_cell(block, top)
    table = Table(sheet, header_row, columns)
    table.key = key_of(base, top, first)
    table.jenis, table.orientation = jenis, orientation
    table.range = range_of(base, (top, _last_row(block)), (head.left, head.right))
    table.header_rows = (real[0], real[-1])
    return table


def _first_cell(block: Block, top: int) -> int:
    row = block.sheet.rows[top]
    return next((c for c in range(block.head.left, len(row)) if not is_blank(row[c])), block.head.left)


def _last_row(block: Block) -> int:
    """The last row that has something in it."""
    for row in range(block.end - 1, block.first - 1, -1):
        if any(not is_blank(cell) for cell in block.sheet.rows[row][block.head.left : block.head.right + 1]):
            return row
    return max(block.head.bottom, 0)


def _beside_notes(block: Block) -> list[Finding]:
    """What stands beside or below a block and is not read."""
    sheet = block.sheet
    beside = [
        Finding(
            Level.PERINGATAN,
            "columns_beside_left_out",
            sheet.spot(block.head.bottom, start)[0],
            sheet.where(block.head.bottom, start),
            {"rentang": range_of(sheet, (max(block.head.top, 0), _last_row(block)), (start, stop))},
        )
        for start, stop in block.left_out
    ]
    if not block.crowded:
        return beside
    cell = sheet.where(block.end, block.place) if block.end < len(sheet.rows) else ""
    return [*beside, Finding(Level.PERINGATAN, "tables_too_many", sheet.name, cell, {"n": MAX_BLOCKS})]
