"""Tables whose places stand side by side, each in a column of its own: turned, so that they go downwards. The places
are kelurahan, or the RT of one that the title names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kelurahan.intake.origin import Origin
from kelurahan.intake.places import normalise_rt
from kelurahan.intake.sheets import Sheet
from kelurahan.intake.tables.blocks import Block, Profile
from kelurahan.intake.tables.heads import Head, cell_at, filled, read_head
from kelurahan.intake.tables.words import Words, is_blank, is_note, is_number, is_signature, ordinal, text_of, year_of

_FEW = 3
_MAX_ROW = 2_000
_MAX_RT = 30  # letters
_RT = re.compile(r"\s*RT\W{0,3}\d", re.IGNORECASE)
_ABOVE = 2
_MAX_LABELS = 5


@dataclass(frozen=True, slots=True)
class Region:
    """Rows and columns (from 0, the last excluded) of a table whose places stand in row `names` from column `first`."""

    sheet: Sheet
    top: int
    names: int
    end: int
    left: int
    first: int
    right: int
    titles: tuple[str, ...]
    places: str  # the field of what stands in `names`: "kelurahan" or "rt"


def turned_regions(sheet: Sheet, words: Words, found: Profile) -> list[Region]:
    """All such tables: rows with at least three kelurahan, or RT, side by side, right of a column of labels."""
    rows = sorted([*_rows_of_names(sheet, words, found), *_rows_of_rt(sheet)])
    regions: list[Region] = []
    for n, (row, first, places) in enumerate(rows):
        below = rows[n + 1][0] if n + 1 < len(rows) else len(sheet.rows)
        region = _region(sheet, words, (row, first, places), below, regions[-1].end if regions else 0)
        if region is not None:
            regions.append(region)
    return regions


Line = tuple[int, int, str]
"""A row with places side by side, the first column of one, and what they are."""


def _rows_of_names(sheet: Sheet, words: Words, found: Profile) -> list[Line]:
    """Rows with three or more different kelurahan."""
    if len(found.names) < _FEW:
        return []
    at: dict[int, dict[int, frozenset[str]]] = {}
    for column, names in found.names.items():
        for row, cell in enumerate(sheet.columns[column][:_MAX_ROW]):
            if cell in names and words.is_named(cell):
                at.setdefault(row, {})[column] = words.kelurahan(cell)
    lines = [(row, cells) for row, cells in at.items() if len(set(cells.values())) >= _FEW]
    return [(row, min(cells), "kelurahan") for row, cells in lines if not _is_record(sheet, row, cells)]


def _rows_of_rt(sheet: Sheet) -> list[Line]:
    """Rows with three or more different RT."""
    at: dict[int, dict[int, str]] = {}
    for column, cells in enumerate(sheet.columns):
        texts = {cell: name for cell in set(cells[:_MAX_ROW]) if type(cell) is str and (name := _rt_name(cell))}
        for row, cell in enumerate(cells[:_MAX_ROW] if texts else ()):
            if type(cell) is str and cell in texts:
                at.setdefault(row, {})[column] = texts[cell]
    lines = [(row, cells) for row, cells in at.items() if len(set(cells.values())) >= _FEW]
    return [(row, min(cells), "rt") for row, cells in lines if not _is_record(sheet, row, cells)]


def _rt_name(cell: str) -> str | None:
    return normalise_rt(cell) if len(cell) <= _MAX_RT and _RT.match(cell) else None


def _is_record(sheet: Sheet, row: int, cells: dict[int, Any]) -> bool:
    """Numbers in between: names that happen to stand in one record."""
    return any(
        is_number(cell) and not year_of(cell) for c, cell in filled(sheet.rows[row], min(cells)) if c not in cells
    )


def _region(sheet: Sheet, words: Words, line: Line, below: int, above: int) -> Region | None:
    row, first, places = line
    end = _end(sheet, row, first, below)
    labels = _label_columns(sheet, row, first, end)
    if not labels:
        return None
    top = row
    while top > above and row - top < _ABOVE and _is_upper(sheet, words, top - 1, first):
        top -= 1
    right = max((c for r in range(row, end) for c, _ in filled(sheet.rows[r])), default=first) + 1
    lines = (
        " ".join(filter(None, (text_of(c) or str(year_of(c) or "") for _, c in filled(sheet.rows[r]))))
        for r in range(above, top)
    )
    titles = tuple(line for line in lines if line and not is_note(line) and not is_signature(line))
    return Region(sheet, top, row, end, labels[0], first, right, titles, places)


def _label_columns(sheet: Sheet, row: int, first: int, below: int) -> list[int]:
    """Columns left of the places, next to each other, without the one that only numbers the rows."""
    columns: list[int] = []
    for column in range(first - 1, max(first - 1 - _MAX_LABELS, -1), -1):
        cells = [cell for cell in sheet.columns[column][row + 1 : below] if not is_blank(cell)]
        if not cells and is_blank(cell_at(sheet, row, column)):
            break
        if cells and sum(ordinal(c) is not None or (len(str(c)) <= 2 and not year_of(c)) for c in cells) >= 0.8 * len(
            cells
        ):
            break
        columns.insert(0, column)
    return columns


def _is_upper(sheet: Sheet, words: Words, row: int, first: int) -> bool:
    """A row of kecamatan over the names: at least one text above them, and known as such."""
    cells = [text_of(cell) for column, cell in filled(sheet.rows[row], first)]
    return bool(cells) and all(words.kecamatan(text) for text in cells)


def _end(sheet: Sheet, row: int, first: int, below: int) -> int:
    """After the last row with a number beside its label; notes below are no labels."""
    last, gap = row, 0
    for number in range(row + 1, below):
        cells = filled(sheet.rows[number], first)
        if not cells:
            gap += 1
            if gap > 3:
                break
            continue
        if is_signature(text_of(cells[0][1])):
            break
        last, gap = number, 0
    return last + 1


def is_within(regions: Sequence[Region], block: Block) -> bool:
    """Whether a table that goes downwards was seen inside one that goes across."""
    return any(r.top <= max(block.head.bottom, 0) < r.end and r.left <= block.place for r in regions)


def turn(region: Region, words: Words) -> Block:
    """The region with its columns as rows; its labels become the header."""
    sheet = region.sheet
    real_rows = list(range(region.top, region.end))
    real_columns = list(range(region.left, region.right))
    cells = [[cell_at(sheet, r, c) for r in real_rows] for c in real_columns]
    _spread_places(region, cells)
    turned = Sheet(sheet.name, sheet.hidden, cells, unplaced_faults=sheet.unplaced_faults)
    old = sheet.origin.sheet if sheet.origin else sheet.name
    turned.origin = Origin(old, real_columns, real_rows, transposed=True)
    turned.merged = [
        (left - region.left, top - region.top, right - region.left, bottom - region.top)
        for top, left, bottom, right in sheet.merged
        if region.top <= top and bottom < region.end and region.left <= left and right < region.first
    ]
    place = region.names - region.top
    head = read_head(turned, 0, region.first - region.left - 1, 0, len(real_rows) - 1)
    _name_years(turned, head, place)
    _drop_unit_of_names(head.parts, place)
    titles = list(region.titles)
    return Block(turned, head, place, len(cells), by_content=region.places, titles=titles, orientation="kolom")


def _drop_unit_of_names(parts: list[tuple[str, ...]], place: int) -> None:
    """ "Uraian | Satuan" over the labels are no header of the places."""
    parts[place] = parts[place][:1] or ("Kelurahan",)


def _name_years(turned: Sheet, head: Head, place: int) -> None:
    """A row of nothing but years, without a label other than that of the names, says which year each column is of."""
    for column, texts in enumerate(head.parts):
        given = [cell for cell in turned.columns[column][head.bottom + 1 :] if not is_blank(cell)]
        if column != place and set(texts) <= set(head.parts[place]) and given and all(map(year_of, given)):
            head.parts[column] = ("Tahun",)


def _spread_places(region: Region, cells: list[list[Any]]) -> None:
    """A kelurahan over several columns (merged, or with a year in each) goes on to its right; a kecamatan does so over
    the blanks. A column that is merely nameless stays so."""
    names = region.names - region.top
    for row in range(region.first - region.left + 1, len(cells)):
        for column in range(names):
            if is_blank(cells[row][column]):
                cells[row][column] = cells[row - 1][column]
        if is_blank(cells[row][names]) and (_is_merged(region, row) or _is_next_year(cells, row, names + 1)):
            cells[row][names] = cells[row - 1][names]


def _is_merged(region: Region, row: int) -> bool:
    column = region.left + row
    merges = region.sheet.merged
    return any(top <= region.names <= bottom and left < column <= right for top, left, bottom, right in merges)


def _is_next_year(cells: list[list[Any]], row: int, column: int) -> bool:
    if column >= len(cells[row]):
        return False
    own, before = year_of(cells[row][column]), year_of(cells[row - 1][column])
    return own is not None and before is not None and own != before
