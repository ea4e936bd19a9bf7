"""Names of places that stand only once above their rows: blank cells below a name, titles of sections, the title of
the sheet. Values are never filled."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from kelurahan.intake.columns import Column, Table, plain
from kelurahan.intake.origin import Origin
from kelurahan.intake.sheets import Sheet
from kelurahan.intake.tables.blocks import Block
from kelurahan.intake.tables.heads import filled
from kelurahan.intake.tables.longform import long_columns
from kelurahan.intake.tables.rows import Rows, sort_rows
from kelurahan.intake.tables.words import Words, is_blank, year_of
from kelurahan.intake.tables.years import title_year
from kelurahan.rules.findings import Finding, Level

_OF_TITLE = re.compile(r"\b(?:kelurahan|kel|desa)\b[ .:]*(.*)", re.IGNORECASE)
_LEADING = 5  # columns in which the title of a section may stand
_TALL = 2  # rows below the first: a header may be as high as that in part
_PAGE = re.compile(r"(?:halaman|hal|lanjutan|sambungan)\b.*")


# --- tables that are one --------------------------------------------------------------------------------------


def joined(blocks: Sequence[Block], words: Words) -> list[Block]:
    """Put a table that a repeated header cut into pieces together again: page breaks, sections with a header each."""
    whole: list[Block] = []
    for block in sorted(blocks, key=lambda block: (block.head.left, block.head.top)):
        before = whole[-1] if whole else None
        if before is not None and _goes_on(before, block, words):
            before.end, before.crowded = block.end, block.crowded
        else:
            whole.append(block)
    return whole


def _goes_on(one: Block, other: Block, words: Words) -> bool:
    same = (one.head.left, one.head.right, one.head.parts) == (other.head.left, other.head.right, other.head.parts)
    if not same or one.sheet is not other.sheet or one.sheet.origin or one.headless or other.headless:
        return False
    known = {plain(line) for line in one.titles}
    new = [line for line in other.titles if plain(line) not in known]
    if title_year(new) - title_year(one.titles):
        return False
    return all(_is_section_line(line, words) for line in new)


def _is_section_line(line: str, words: Words) -> bool:
    named = words.titled_kelurahan(line) or words.kecamatan(line) or words.titled_kecamatan(line)
    return bool(named or _PAGE.fullmatch(plain(line)))


# --- years ----------------------------------------------------------------------------------------------------


def with_tall_years(sheet: Sheet) -> Sheet:
    """The sheet with a year that is merged downwards over several rows in each of them."""
    tall = [
        (top, left, min(bottom, len(sheet.rows) - 1), sheet.rows[top][left])
        for (top, left), bottom in sheet.tall.items()
        if top < len(sheet.rows) and left < len(sheet.rows[top]) and year_of(sheet.rows[top][left])
    ]
    tall = [(top, left, bottom, year) for top, left, bottom, year in tall if bottom - top >= _TALL]
    if not tall:
        return sheet
    rows = [list(row) for row in sheet.rows]
    for top, left, bottom, year in tall:
        for row in range(top + 1, bottom + 1):
            if left < len(rows[row]) and is_blank(rows[row][left]):
                rows[row][left] = year
    return replace(sheet, rows=rows, _columns=[])


def with_years_of_sections(table: Table) -> Table:
    """The table with a column of years, where rows that say nothing but "TAHUN 2021" stand above their records."""
    sheet, first = table.sheet, table.header_row + 1
    if "tahun" in table.fields or (sheet.origin and (sheet.origin.transposed or sheet.origin.scattered)):
        return table
    sections = {
        row: year
        for column in sheet.columns[:_LEADING]
        for text in {cell for cell in set(column[first:]) if type(cell) is str and year_of(cell)}
        for row in range(first, len(column))
        if column[row] == text and len(filled(sheet.rows[row])) == 1 and (year := year_of(text))
    }
    if not sections:
        return table
    width = len(sheet.columns)
    rows = [[*row, *[""] * (width - len(row)), ""] for row in sheet.rows]
    rows[table.header_row][width] = "Tahun"
    current: int | None = None
    for row in range(first, len(rows)):
        current = sections.get(row, current)
        if current and row not in sections and filled(sheet.rows[row]):
            rows[row][width] = float(current)
    known = [sheet.spot(0, c)[2] for c in range(width)]
    origin = Origin(table.sheet_name, sheet.origin.rows if sheet.origin else None, [*known, known[0]])
    made = Sheet(sheet.name, sheet.hidden, rows, unplaced_faults=sheet.unplaced_faults, origin=origin)
    columns = [*table.columns, *(Column(i, "", None) for i in range(len(table.columns), width))]
    return replace(table, sheet=made, columns=[*columns, Column(width, "Tahun", "tahun", 0.9)])


# --- filling --------------------------------------------------------------------------------------------------


def filled_down(block: Block, table: Table, words: Words) -> Table:
    """The table with the names of its places in every row. The same table where nothing is missing."""
    named = bool({"kelurahan", "kode"} & table.fields.keys())
    turned = table.sheet.origin is not None and table.sheet.origin.transposed
    if block.headless or (named and (turned or not _has_gaps(table))):
        return table
    filler = _Filler(block, table, words)
    return filler.fill()


def _has_gaps(table: Table) -> bool:
    """Whether a place cell is blank beside an RT, a year or a label."""
    cells = table.sheet.columns
    names = [cells[table.fields[name].index] for name in ("kelurahan", "kode") if name in table.fields]
    start = table.header_row + 1
    if any("" not in column[start:] and None not in column[start:] for column in names):
        return "rw" in table.fields and "" in cells[table.fields["rw"].index][start:]
    return True


class _Filler:
    def __init__(self, block: Block, table: Table, words: Words) -> None:
        self.block, self.table, self.words = block, table, words
        self.cells = table.sheet.columns
        self.at = {name: column.index for name, column in table.fields.items() if column.index < len(self.cells)}
        self.rows: Rows = sort_rows(table, words)
        self.names: dict[int, tuple[Any, int]] = {}  # row → kelurahan and the row where it stands
        self.rws: dict[int, Any] = {}
        self.notes: list[Finding] = []

    def fill(self) -> Table:
        if "rt" in self.at and not {"kelurahan", "kode"} & self.at.keys():
            if self.rows.kelurahan or self._titles_above():
                self._from_sections()
            else:
                self._from_title()
        elif self.rows.kelurahan:
            self._from_sections()
        else:
            self._from_above()
        self._fill_rw()
        return self._filled() if self.names or self.rws else self.table

    # --- where names come from ------------------------------------------------------------------------------

    def _titles_above(self) -> bool:
        return any(self._section_name(line) for line in self.block.titles) and bool(self._pieces())

    def _pieces(self) -> list[int]:
        return self.rows.repeated

    def _section_name(self, line: str) -> str:
        """The name of a known kelurahan in "KELURAHAN NAMOSAIN" or a bare "Namosain"."""
        titled = self.words.titled_kelurahan(line)
        if titled and self.words.kelurahan(titled):
            return titled
        return line if self.words.kelurahan(line) else ""

    def _from_sections(self) -> None:
        """Each row belongs to the kelurahan whose title stands above it."""
        sections = dict(self.rows.kelurahan)
        first = next((name for line in reversed(self.block.titles) if (name := self._section_name(line))), "")
        current: tuple[Any, int] | None = (first, max(self.block.head.top - 1, 0)) if first else None
        shown = ""
        records = set(self.rows.records)
        for row in range(self.table.header_row + 1, len(self.table.sheet.rows)):
            if row in sections:
                name = self._section_name(sections[row]) or self.words.titled_kelurahan(sections[row])
                current = (name, row)
                shown = shown or sections[row]
            elif row in self.rows.kecamatan:
                current = None
            elif current and row in records and self._lacks_place(row):
                self.names[row] = current
        if self.names:
            self._tell("place_from_sections", min(self.names), n=len(self.names), contoh=(shown or first)[:60])

    def _lacks_place(self, row: int) -> bool:
        return all(is_blank(self.cells[self.at[name]][row]) for name in ("kelurahan", "kode") if name in self.at)

    def _from_title(self) -> None:
        """A sheet about the RT of one kelurahan: its title names it, or the name of the sheet."""
        found: dict[frozenset[str], str] = {}
        for line in [*self.block.titles, self.table.sheet.name]:
            name = self._title_name(line)
            if name:
                found.setdefault(self.words.kelurahan(name), name)
        if len(found) != 1:
            return
        codes, name = next(iter(found.items()))
        for row in self.rows.records:
            self.names[row] = name, max(self.block.head.top - 1, 0)
        if self.names and len(codes) == 1:
            nama = self.words.places.by_kode[next(iter(codes))].nama
            self._tell("place_from_title", min(self.names), nama=nama)

    def _title_name(self, line: str) -> str:
        """The known kelurahan that a title names: "DATA RT KELURAHAN NAMOSAIN KECAMATAN ALAK TAHUN 2023"."""
        bare = " ".join(line.replace(":", " ").split())
        if self.words.kelurahan(bare):
            return bare
        found = _OF_TITLE.search(bare)
        if not found:
            return ""
        tokens = found[1].split()
        for n in range(min(len(tokens), 5), 0, -1):
            name = " ".join(tokens[:n]).strip(" ,.;")
            if self.words.kelurahan(name):
                return name
        return ""

    def _from_above(self) -> None:
        """A blank name goes on from the row above, while what tells the rows apart does not repeat."""
        keys = [self.at[name] for name in ("rt", "rw", "kawasan", "tahun") if name in self.at]
        keys += self._label_columns()
        place = next((self.at[name] for name in ("kelurahan", "kode") if name in self.at), None)
        if place is None or not keys:
            return
        current: tuple[Any, int] | None = None
        run: dict[int, tuple[Any, ...]] = {}
        filled_runs: list[dict[int, tuple[Any, ...]]] = []
        before = self.table.header_row
        for row in self.rows.records:
            if any(row - 1 >= between > before for between in self._breaks(before, row)):
                current = None
            before = row
            key = tuple(self.cells[c][row] for c in keys)
            if not self._lacks_place(row):
                current, run = (self.cells[place][row], row), {row: key}
                filled_runs.append(run)
            elif current and any(not is_blank(self.cells[c][row]) for c in keys):
                run[row] = key
                self.names[row] = current
        for piece in filled_runs:
            if len(set(piece.values())) < len(piece):
                for row in piece:
                    self.names.pop(row, None)
        if self.names:
            self._tell("places_filled_down", min(self.names), n=len(self.names), kolom="Kelurahan")

    def _breaks(self, before: int, row: int) -> list[int]:
        """Rows between two records after which a name does not go on: totals, sections, blank lines."""
        gone = {*self.rows.totals, *self.rows.kecamatan}
        return [r for r in range(before + 1, row) if r in gone or not filled(self.table.sheet.rows[r])]

    def _label_columns(self) -> list[int]:
        """Columns that name an indicator in each row, in a long table."""
        shape = long_columns(self.table, self.words)
        return [shape.label] if shape else []

    def _fill_rw(self) -> None:
        """ "RW 01" once above its RT, which count on."""
        rt, rw = self.at.get("rt"), self.at.get("rw")
        if rt is None or rw is None or rt == rw:
            return
        current: Any = None
        owner: Any = None
        seen: set[Any] = set()
        for row in self.rows.records:
            own, number = self.cells[rw][row], self.cells[rt][row]
            place = self.names.get(row, (self._place_cell(row), 0))[0]
            if not is_blank(own):
                current, owner, seen = own, place, {number}
            elif current is not None and place == owner and not is_blank(number) and number not in seen:
                self.rws[row] = current
                seen.add(number)
            else:
                current = None
        if self.rws:
            self._tell("places_filled_down", min(self.rws), n=len(self.rws), kolom="RW")

    def _place_cell(self, row: int) -> Any:
        return next((self.cells[self.at[name]][row] for name in ("kelurahan", "kode") if name in self.at), "")

    def _tell(self, code: str, row: int, **params: Any) -> None:
        sheet = self.table.sheet
        column = self.at.get("kelurahan", self.at.get("rt", 0))
        self.notes.append(Finding(Level.INFO, code, self.table.sheet_name, sheet.where(row, column), params))

    # --- the filled sheet -----------------------------------------------------------------------------------

    def _filled(self) -> Table:
        sheet, table = self.table.sheet, self.table
        width = len(self.cells)
        column = self.at.get("kelurahan", width)
        rows = [list(row) for row in sheet.rows]
        for row, (name, _) in self.names.items():
            rows[row] = [*rows[row], *[""] * (column + 1 - len(rows[row]))]
            rows[row][column] = name
        for row, rw in self.rws.items():
            rows[row] = [*rows[row], *[""] * (self.at["rw"] + 1 - len(rows[row]))]
            rows[row][self.at["rw"]] = rw
        made = Sheet(sheet.name, sheet.hidden, rows, unplaced_faults=sheet.unplaced_faults, origin=self._origin(column))
        columns = list(table.columns)
        if column == width and self.names:
            columns += [Column(i, "", None) for i in range(len(columns), width)]
            columns.append(Column(width, "Kelurahan", "kelurahan", 0.9))
            head = sheet.rows[table.header_row]
            for row in [table.header_row, *(r for r in self.rows.repeated if sheet.rows[r] == head)]:
                rows[row] = [*rows[row], *[""] * (width - len(rows[row])), "Kelurahan"]
        return replace(table, sheet=made, columns=columns, notes=[*table.notes, *self.notes])

    def _origin(self, column: int) -> Origin:
        """As before; a column of our own stands where the titles of the sections do."""
        old, width = self.table.sheet.origin, len(self.cells)
        name = old.sheet if old else self.table.sheet.name
        if column < width or not self.names:
            return old or Origin(name)
        if old and old.transposed:
            rows = [self.table.sheet.spot(0, c)[1] for c in range(width)]
            return replace(old, columns=[*rows, rows[0]])
        known = [self.table.sheet.spot(0, c)[2] for c in range(width)]
        return Origin(name, old.rows if old else None, [*known, known[0]])
