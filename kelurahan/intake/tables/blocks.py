"""Where tables stand on a sheet whose places go downwards: their header, their columns, and where they end.

A header names a column of places ("Kelurahan", "Kode"). Where it calls it something else ("Uraian", "Wilayah"), the
names of the places themselves show the column. Tables stand one below the other, or side by side.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from kelurahan.intake.columns import plain
from kelurahan.intake.sheets import Sheet
from kelurahan.intake.tables.evidence import code_anchor
from kelurahan.intake.tables.heads import Head, cell_at, filled, head_rows, head_text, read_head
from kelurahan.intake.tables.words import (
    Words,
    is_blank,
    is_note,
    is_number,
    is_numbered,
    is_sentence,
    is_signature,
    ordinal,
    says_nothing,
    text_of,
    year_of,
)

HEAD_ROWS = 60
_FEW = 3  # names of places make a column of places
_LOOK = 60  # rows of a body looked at to learn about its columns
_SAMPLE = 3_000
_STEP = 5
_MAX_GAP = 3
MAX_BLOCKS = 1_000
_MAYBE_HEADER = re.compile(r"kel|desa|kode|kec|rt|rw|rukun|kawasan|lokasi|id", re.IGNORECASE)
_MAX_TITLES = 40
_TWO_DIGITS = re.compile(r"\d.*\d")


@dataclass(slots=True)
class Block:
    """A table whose records go downwards: `place` is its column of kelurahan (or of codes, or of RT)."""

    sheet: Sheet
    head: Head
    place: int
    end: int  # the row after its last
    by_content: str = ""  # what the column of places is, "kelurahan" or "rt", where its header calls it something else
    titles: list[str] = field(default_factory=list)
    left_out: list[tuple[int, int]] = field(default_factory=list)  # columns beside it that do not belong to it
    headless: bool = False
    crowded: bool = False  # more tables follow than are looked for
    orientation: str = "baris"

    @property
    def first(self) -> int:
        return self.head.bottom + 1

    def overlaps(self, other: Block) -> bool:
        return self.head.left <= other.head.right and other.head.left <= self.head.right


@dataclass(slots=True)
class Profile:
    """What the columns of a sheet hold: cells that name kelurahan, headers of place columns (row, column, field)."""

    names: dict[int, set[Any]]
    anchors: list[tuple[int, int, str]]


def profile(sheet: Sheet, words: Words) -> Profile:
    names: dict[int, set[Any]] = {}
    anchors: list[tuple[int, int, str]] = []
    for index, column in enumerate(sheet.columns):
        distinct = _texts(column)
        headers = {text: words.place_field(text_of(text)) for text in distinct if _may_be_header(text)}
        anchors.extend(_anchors(column, index, {text: name for text, name in headers.items() if name}))
        if (row := code_anchor(column, words)) is not None and not headers.get(text_of(column[row])):
            anchors.append((row, index, "kode"))
        named = {cell for cell in distinct if words.kelurahan(cell)}
        if named:
            names[index] = named
    return Profile(names, sorted(anchor for anchor in anchors if not _is_group(sheet, words, *anchor[:2])))


def _texts(column: Sequence[Any]) -> set[str]:
    """The distinct texts of a column. Of a long one with numbers, or with too many texts (codes, RT), those near its
    beginning and end: another column shows where a table begins in between."""
    if len(column) > 3 * _SAMPLE:
        ends = {cell for cell in (*column[:_SAMPLE], *column[-_SAMPLE:]) if type(cell) is str}
        if str not in set(map(type, column[HEAD_ROWS::_STEP])):
            return ends
        distinct = set(column)
        return ends if len(distinct) > _SAMPLE else {cell for cell in distinct if type(cell) is str}
    return {cell for cell in set(column) if type(cell) is str}


def _is_group(sheet: Sheet, words: Words, row: int, column: int) -> bool:
    """ "Data Kelurahan" over several columns of numbers is no column of places."""
    for top, left, bottom, right in sheet.merged:
        if top <= row <= bottom and left == column and right > left:
            if all(_n_filled(sheet, bottom, beside) == 0 for beside in range(left + 1, right + 1)):
                return False  # one column that is drawn as several
            return right - left > 1 or not _is_lower_name(sheet, words, bottom + 1, column)
    beside = cell_at(sheet, row, column + 1)
    below = text_of(cell_at(sheet, row + 1, column)) if row + 1 < len(sheet.rows) else ""
    if not is_blank(beside) or not below or any(is_number(cell) for _, cell in filled(sheet.rows[row + 1])):
        return False
    known = words.kelurahan(below) or words.kecamatan(below) or words.is_total(below) or words.titled_kecamatan(below)
    return not known and not _is_lower_name(sheet, words, row + 1, column)


def _is_lower_name(sheet: Sheet, words: Words, row: int, column: int) -> bool:
    """ "Kode | Nama" below "Kelurahan"."""
    text = text_of(cell_at(sheet, row, column)) if row < len(sheet.rows) else ""
    return words.place_field(text) in {"kode", "kelurahan", "kecamatan"} or plain(text) in {"nama", "kode", "id", "no"}


def _may_be_header(text: str) -> bool:
    return len(text) <= 60 and not _TWO_DIGITS.search(text) and bool(_MAYBE_HEADER.search(text))


def _anchors(column: Sequence[Any], index: int, headers: dict[str, str]) -> Iterator[tuple[int, int, str]]:
    """Cells of a column that are headers; a word that stands in neighbouring rows is data ("Kelurahan", "Desa")."""
    rows = {row: text for text in headers for row in _rows_of(column, text)}
    for row, text in rows.items():
        beside = {plain(rows[near]) for near in (row - 1, row + 1) if near in rows}
        if plain(text) not in beside:
            yield row, index, headers[text]


def _rows_of(column: Sequence[Any], text: str) -> Iterator[int]:
    """Where a text stands; nowhere, if too often for a header."""
    row = -1
    for _ in range(min(column.count(text), MAX_BLOCKS)):
        row = column.index(text, row + 1)
        yield row


# --- blocks ---------------------------------------------------------------------------------------------------


def find_blocks(sheet: Sheet, words: Words, found: Profile, forced: Iterable[int] = ()) -> list[Block]:
    """All tables of a sheet, in reading order. `forced` are rows that somebody says are the last of a header."""
    blocks: list[Block] = []
    for row in forced:
        blocks.extend(_around(sheet, words, found, row, blocks, forced=True))
    for row in sorted({row for row, _, name in found.anchors if name in {"kelurahan", "kode", "rt"}}):
        if len(blocks) < MAX_BLOCKS and _is_header(sheet, row):
            blocks.extend(_around(sheet, words, found, row, blocks))
    _set_ends(sheet, words, found, blocks)
    for _ in range(MAX_BLOCKS):
        block = _by_names(sheet, words, found, blocks)
        if block is None or any(block.head == other.head for other in blocks):
            break  # the same again: its names stand below where it ends
        blocks.append(block)
        _set_ends(sheet, words, found, blocks)
    blocks.sort(key=lambda block: (block.head.top, block.head.left))
    if len(blocks) >= MAX_BLOCKS:
        blocks[-1].crowded = True
    for block in blocks:
        block.titles = _titles(block, blocks)
        block.left_out = [part for part in block.left_out if not _is_table(blocks, block, part)]
    return blocks


def _is_table(blocks: Sequence[Block], block: Block, columns: tuple[int, int]) -> bool:
    """Whether columns beside a table are a table of their own."""
    others = (other for other in blocks if other is not block and other.head.top < block.end)
    return any(other.head.left <= columns[1] and columns[0] <= other.head.right for other in others)


def _is_header(sheet: Sheet, row: int) -> bool:
    """Texts and years only, and more than one of them here or in the row below."""
    cells = filled(sheet.rows[row])
    if any(is_number(cell) and not year_of(cell) and not _is_code_header(cell) for _, cell in cells):
        return False
    below = filled(sheet.rows[row + 1]) if row + 1 < len(sheet.rows) else []
    return len(cells) >= 2 or len(below) >= 2


def _is_code_header(cell: Any) -> bool:
    return type(cell) is str and not cell[:1].isdigit()


def _around(
    sheet: Sheet, words: Words, found: Profile, row: int, blocks: Sequence[Block], *, forced: bool = False
) -> Iterator[Block]:
    """The tables (side by side, mostly one) whose header contains this row."""
    here = [(c, name) for r, c, name in found.anchors if r == row]
    by_names = _content_column(sheet, found, row) if forced else None
    places = _place_anchors(here) or ([] if by_names is None else [by_names])
    for place in places:
        if any(_inside(block, row, place) for block in blocks):
            continue
        top, bottom = head_rows(sheet, row, place, words)
        if forced:
            bottom = row
        left, right = _extent(sheet, top, bottom, place)
        for start, stop, own in _side_by_side(sheet, found, (top, bottom), (left, right), place):
            if own == place or own not in places:
                block = Block(sheet, read_head(sheet, top, bottom, start, stop), own, len(sheet.rows))
                yield _with_continuation(block, found)


def _place_anchors(here: Sequence[tuple[int, str]]) -> list[int]:
    """Columns of kelurahan named in a row; without any those of codes; without these the first of RT."""
    for wanted in ("kelurahan", "kode"):
        columns = [column for column, name in here if name == wanted]
        if columns:
            return columns
    rts = [column for column, name in here if name == "rt"]
    return rts[:1]


def _content_column(sheet: Sheet, found: Profile, row: int) -> int | None:
    counts = {
        c: sum(cell in cells for cell in sheet.columns[c][row + 1 : row + _LOOK]) for c, cells in found.names.items()
    }
    return max(counts, key=lambda c: counts[c], default=None)


def _inside(block: Block, row: int, column: int) -> bool:
    return block.head.top <= row <= block.head.bottom and block.head.left <= column <= block.head.right


def _extent(sheet: Sheet, top: int, bottom: int, place: int) -> tuple[int, int]:
    """Columns around the places without a blank one between."""
    left = right = place
    width = len(sheet.columns)
    some = max(2, _n_filled(sheet, bottom, place) // 2)
    while left > 0 and _occupied(sheet, top, bottom, left - 1, some):
        left -= 1
    while right + 1 < width and _occupied(sheet, top, bottom, right + 1, some):
        right += 1
    return left, right


def _occupied(sheet: Sheet, top: int, bottom: int, column: int, some: int) -> bool:
    """Whether a column has a header, or at least `some` cells: a signature below does not join two tables."""
    if any(not is_blank(cell) for cell in sheet.columns[column][top : bottom + 1]):
        return True
    merges = (m for m in sheet.merged if m[0] >= top and m[2] <= bottom)
    if any(left <= column <= right and right - left < 60 for _, left, _, right in merges):
        return True
    return _n_filled(sheet, bottom, column) >= some


def _n_filled(sheet: Sheet, bottom: int, column: int) -> int:
    return sum(not is_blank(cell) for cell in sheet.columns[column][bottom + 1 : bottom + _LOOK])


def _side_by_side(
    sheet: Sheet, found: Profile, rows: tuple[int, int], columns: tuple[int, int], place: int
) -> list[tuple[int, int, int]]:
    """Cut columns in which the places begin anew: (first, last, column of places) of each table."""
    top, bottom = rows
    left, right = columns
    field_of = {c: name for r, c, name in found.anchors if top <= r <= bottom and left <= c <= right}
    kind = field_of.get(place, "kelurahan")
    again = [c for c, name in sorted(field_of.items()) if name == kind]
    kept = again[:1] or [place]
    for column in again[1:]:
        if not _same_cells(sheet, bottom + 1, kept[-1], column) and column - kept[-1] > 1:
            kept.append(column)
    starts = [
        left,
        *(_start(sheet, top, bottom, before, own, field_of) for before, own in pairwise(kept)),
    ]
    ends = [start - 1 for start in starts[1:]] + [right]
    return list(zip(starts, ends, kept, strict=True))


def _same_cells(sheet: Sheet, first: int, one: int, other: int) -> bool:
    """Whether two columns of places say the same, or one of them is no list of places."""
    pairs = list(
        zip(sheet.columns[one][first : first + _LOOK], sheet.columns[other][first : first + _LOOK], strict=True)
    )
    both = [(a, b) for a, b in pairs if not is_blank(a) and not is_blank(b)]
    return not both or 2 * sum(plain(str(a)) == plain(str(b)) for a, b in both) >= len(both)


def _start(sheet: Sheet, top: int, bottom: int, before: int, place: int, fields: dict[int, str]) -> int:
    """First column of a table on the right: its number or other place columns stand before its kelurahan."""
    start = place
    while start - 1 > before:
        texts = [plain(head_text(cell_at(sheet, row, start - 1))) for row in range(top, bottom + 1)]
        leading = any(text in {"no", "nomor", "no urut", "nomor urut"} for text in texts)
        if not leading and start - 1 not in fields:
            break
        start -= 1
        if leading:
            break
    return start


def _with_continuation(block: Block, found: Profile) -> Block:
    """Take in columns behind a blank one that go on with the same rows; remember those that do not."""
    sheet, head = block.sheet, block.head
    width = len(sheet.columns)
    start = head.right + 2
    while start < width and start <= head.right + _MAX_GAP + 1:
        texts = [head_text(cell_at(sheet, row, start)) for row in range(head.top, head.bottom + 1)]
        if not any(texts):
            start += 1
            continue
        _, stop = _extent(sheet, head.top, head.bottom, start)
        inner = any(head.top <= r <= block.first + _LOOK and start <= c <= stop for r, c, _ in found.anchors)
        names = any(head.right < c <= stop and len(names) >= _FEW for c, names in found.names.items())
        if inner or names or not _goes_on_beside(block, start, stop):
            block.left_out.append((start, stop))
            break
        block.head = head = read_head(sheet, head.top, head.bottom, head.left, stop)
        start = stop + 2
    return block


def _goes_on_beside(block: Block, start: int, stop: int) -> bool:
    """Whether these columns hold numbers, and only in rows that have a place."""
    rows = range(block.first, min(block.first + _LOOK, len(block.sheet.rows)))
    own = {row for row in rows if not is_blank(cell_at(block.sheet, row, block.place))}
    theirs = {row for row in rows if filled(block.sheet.rows[row], start, stop)}
    first = [cell_at(block.sheet, row, start) for row in theirs]
    texts = sum(type(cell) is str and not is_number(cell) and not says_nothing(cell) for cell in first)
    return (
        bool(theirs)
        and len(theirs & own) >= 0.9 * len(theirs)
        and len(theirs) >= 0.5 * len(own)
        and 2 * texts <= len(first)
    )


# --- tables that only their places show -----------------------------------------------------------------------


def _by_names(sheet: Sheet, words: Words, found: Profile, blocks: Sequence[Block]) -> Block | None:
    """The first table with at least three names of kelurahan in one column that belongs to no other table."""
    starts: list[tuple[int, int, int]] = []
    for column, names in found.names.items():
        cells = sheet.columns[column]
        free = (row for part in _free(sheet, blocks, column) for row in part if cells[row] in names)
        rows = [row for row in free if words.is_named(cells[row])]
        codes = set[str]().union(*(words.kelurahan(cells[row]) for row in rows[:200]))
        if len(codes) >= _FEW and not all(words.kecamatan(text_of(cells[row])) for row in rows[:200]):
            starts.append((rows[0], column, len(codes)))
    if not starts:
        return None
    first = min(row for row, *_ in starts)
    near = [start for start in starts if start[0] <= first + _FEW]
    row, column, _ = max(near, key=lambda start: (start[2], -start[1]))
    return _of_names(sheet, words, found, blocks, row, column)


def _free(sheet: Sheet, blocks: Sequence[Block], column: int) -> Iterator[range]:
    """Rows of a column that belong to no table."""
    start = 0
    over = sorted((b.head.top, b.end) for b in blocks if b.head.left <= column <= b.head.right)
    for top, end in [*over, (len(sheet.rows), 0)]:
        yield range(start, max(top, start))
        start = max(start, end)


def _taken(blocks: Sequence[Block], row: int, column: int) -> bool:
    return any(b.head.top <= row < b.end and b.head.left <= column <= b.head.right for b in blocks)


def _of_names(sheet: Sheet, words: Words, found: Profile, blocks: Sequence[Block], first: int, place: int) -> Block:
    row = _header_above(sheet, words, first, place)
    if row is None or _taken(blocks, row, place):
        left, right = _extent(sheet, first, first, place)
        parts: list[tuple[str, ...]] = [() for _ in range(right - left + 1)]
        head = Head(first - 1, first - 1, left, right, parts)
        return Block(sheet, head, place, len(sheet.rows), by_content="kelurahan", headless=True)
    top, bottom = head_rows(sheet, row, place, words)
    left, right = _extent(sheet, top, bottom, place)
    block = Block(sheet, read_head(sheet, top, bottom, left, right), place, len(sheet.rows), by_content="kelurahan")
    return _with_continuation(block, found)


def _header_above(sheet: Sheet, words: Words, first: int, place: int) -> int | None:
    """The nearest row above the first place that is header and neither section, total, number row nor title."""
    left, right = _extent(sheet, first, first, place)
    for row in range(first - 1, max(first - 12, -1), -1):
        cells = filled(sheet.rows[row], left, right)
        if not cells or is_numbered([cell for _, cell in cells]):
            continue
        if any(is_number(cell) and not year_of(cell) for _, cell in cells):
            continue
        if len(cells) >= 2 and any(column > place and head_text(cell) for column, cell in cells):
            return row
    return None


# --- ends and titles ------------------------------------------------------------------------------------------


def _set_ends(sheet: Sheet, words: Words, found: Profile, blocks: list[Block]) -> None:
    heads = _other_heads(sheet, found, blocks)
    for block in blocks:
        below = [other.head.top for other in blocks if other.head.top > block.head.bottom and block.overlaps(other)]
        below += [row for row in heads if row > block.head.bottom]
        below += _strange_heads(block, words, found, min([*below, len(sheet.rows)]))
        end = min([*below, len(sheet.rows)])
        block.end = _before_titles(sheet, block, end) if end < len(sheet.rows) else end


def _other_heads(sheet: Sheet, found: Profile, blocks: Sequence[Block]) -> list[int]:
    """Rows with a header of kecamatan that belong to no table of kelurahan: a summary begins there."""
    return [
        row
        for row, column, name in found.anchors
        if name == "kecamatan" and _is_header(sheet, row) and not any(_inside(block, row, column) for block in blocks)
    ]


def _strange_heads(block: Block, words: Words, found: Profile, end: int) -> list[int]:
    """A row of at least two words under columns of numbers, without a place, is the header of something else."""
    sheet, head = block.sheet, block.head
    counts: dict[int, int] = {}
    naming = {c for r, c, _ in found.anchors if head.top <= r <= head.bottom}
    for column in range(block.place + 1, head.right + 1):
        if column in naming:
            continue
        cells = sheet.columns[column][block.first : end]
        labels = {text for text in _texts(cells) if not is_number(text) and not says_nothing(text)}
        if not labels or 3 * sum(cell in labels for cell in cells) > len(cells) - cells.count(""):
            continue
        for row, cell in enumerate(cells, block.first):
            if cell in labels:
                counts[row] = counts.get(row, 0) + 1
    return [row for row, n in sorted(counts.items()) if n >= 2 and _is_strange_head(block, words, row)][:1]


def _is_strange_head(block: Block, words: Words, row: int) -> bool:
    cells = filled(block.sheet.rows[row], block.head.left, block.head.right)
    if any(is_number(cell) and not year_of(cell) for _, cell in cells):
        return False
    if words.kelurahan(cell_at(block.sheet, row, block.place)) or any(is_signature(text_of(c)) for _, c in cells):
        return False
    below = [filled(block.sheet.rows[r]) for r in range(row + 1, min(row + 4, len(block.sheet.rows)))]
    return any(is_number(cell) for cells in below for _, cell in cells)


def _before_titles(sheet: Sheet, block: Block, end: int) -> int:
    """Where the titles of the next table begin."""
    row = end
    while row > block.first and _is_title_line(sheet, row - 1, block):
        row -= 1
    return row


def _is_title_line(sheet: Sheet, row: int, block: Block) -> bool:
    cells = filled(sheet.rows[row])
    numbers = [cell for _, cell in cells if is_number(cell) and not year_of(cell)]
    return not numbers and len(cells) <= 4 and not (ordinal(cells[0][1]) if cells else False)


def _titles(block: Block, blocks: Sequence[Block]) -> list[str]:
    """Lines above the header, up to the table above."""
    above = [
        other.end for other in blocks if other is not block and other.end <= block.head.top and other.overlaps(block)
    ]
    start = max([0, *above])
    lines = []
    for row in range(max(start, block.head.top - _MAX_TITLES), max(block.head.top, 0)):
        cells = filled(block.sheet.rows[row])
        if sum(is_number(cell) and not year_of(cell) for _, cell in cells) > 1:
            continue  # a record of something else
        own = [cell for c, cell in cells if block.head.left - 1 <= c <= block.head.right]
        line = " ".join(_shown(cell) for cell in (own or [cell for _, cell in cells]))
        if line and not is_note(line) and not is_signature(line) and not is_sentence(line):
            lines.append(line)
    return lines


def _shown(cell: Any) -> str:
    year = year_of(cell)
    return text_of(cell) or (str(year) if year else "")
