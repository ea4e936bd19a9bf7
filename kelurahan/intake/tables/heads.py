"""The rows of a header: where they begin and end around a row that is known to belong to it, and what each column says.

Headers have up to five rows. Their cells are merged, or (in .csv and where a program forgot it) followed by blanks.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from kelurahan.intake.columns import plain
from kelurahan.intake.sheets import Sheet
from kelurahan.intake.tables.words import Words, is_blank, is_note, is_number, is_numbered, text_of, year_of

MAX_ROWS = 5
_MAX_HEADER = 160
_LOOK = 12  # rows
_TITLE = re.compile(r"(?:tabel|table|lampiran|halaman|hal|nomor|tanggal|tahun|satuan|dalam|keadaan|per|periode)\b.*")
_PAGE = re.compile(r"(?:tabel|lampiran|halaman|hal)\b.*")
_LOWER_NAMES = {"nama", "kode", "id", "no", "village", "villages", "subdistrict", "subdistricts", "district"}


@dataclass(slots=True)
class Head:
    """Rows and columns of a header, from 0, all inclusive; `parts[i]` are the texts of column left + i, downwards."""

    top: int
    bottom: int
    left: int
    right: int
    parts: list[tuple[str, ...]]

    def texts(self, column: int) -> tuple[str, ...]:
        return self.parts[column - self.left] if self.left <= column <= self.right else ()

    def header(self, column: int) -> str:
        return " – ".join(self.texts(column))


def cell_at(sheet: Sheet, row: int, column: int) -> Any:
    cells = sheet.rows[row]
    return cells[column] if column < len(cells) else ""


def filled(row: Sequence[Any], left: int = 0, right: int = 10_000) -> list[tuple[int, Any]]:
    """Columns and cells that are not blank."""
    return [(c, cell) for c, cell in enumerate(row[: right + 1]) if c >= left and not is_blank(cell)]


def head_text(cell: Any) -> str:
    """What a cell of a header says: its text, or its year."""
    text = text_of(cell)
    if text:
        return "" if len(text) > _MAX_HEADER else text
    year = year_of(cell)
    return str(year) if year and type(cell) is float else ""


# --- which rows -----------------------------------------------------------------------------------------------


def head_rows(sheet: Sheet, row: int, place: int, words: Words) -> tuple[int, int]:
    """First and last row of the header around `row`, in whose column `place` the places stand."""
    bottom = _bottom(sheet, row, place, words)
    columns = _window(sheet, row, place)
    top = row
    while top > 0 and bottom - top < MAX_ROWS - 1 and _is_parent(sheet, top - 1, place, columns, words):
        top -= 1
    return min(top, _tops(sheet, row, top)), bottom


def _window(sheet: Sheet, row: int, place: int) -> tuple[int, int]:
    """The columns around the places up to a blank one: another table may stand beside."""
    taken = {column for cells in sheet.rows[row : row + _LOOK] for column, _ in filled(cells)}
    left = right = place
    while left - 1 in taken:
        left -= 1
    while right + 1 in taken:
        right += 1
    return left, right


def _tops(sheet: Sheet, row: int, top: int) -> int:
    """A tall merged cell reaches up to the first row of the header."""
    reach = [t for t, left, b, right in sheet.merged if t < row <= b and b - t < MAX_ROWS and t > row - MAX_ROWS]
    return min([top, *reach])


def _bottom(sheet: Sheet, row: int, place: int, words: Words) -> int:
    bottom = max([row, *(b for t, left, b, right in sheet.merged if _covers((t, left, b, right), row, place))])
    bottom = min(bottom, row + MAX_ROWS - 1, len(sheet.rows) - 1)
    while bottom - row < MAX_ROWS - 1 and bottom + 1 < len(sheet.rows) and _goes_on(sheet, bottom + 1, place, words):
        bottom += 1
    return bottom


def _covers(merge: tuple[int, int, int, int], row: int, column: int) -> bool:
    top, left, bottom, right = merge
    return top <= row <= bottom and left <= column <= right and bottom - top < MAX_ROWS


def _goes_on(sheet: Sheet, row: int, place: int, words: Words) -> bool:
    """Whether this row is still header: texts and years only, with nothing but sub-headers in the column of places."""
    cells = filled(sheet.rows[row])
    if not cells or is_numbered(sheet.rows[row]):
        return False
    own = cell_at(sheet, row, place)
    if not is_blank(own) and not (text_of(own) and _is_header_word(text_of(own), words)):
        return False
    if not all(head_text(cell) and (not is_number(cell) or year_of(cell)) for _, cell in cells):
        return False
    before = [text_of(cell) for column, cell in cells if column < place]
    if any(words.is_total(t) or words.is_city(t) or words.titled_kelurahan(t) or words.kecamatan(t) for t in before):
        return False
    if any(is_note(text_of(cell)) for _, cell in cells[:1]):
        return False
    return any(column > place for column, _ in cells)


def _is_header_word(text: str, words: Words) -> bool:
    return bool(words.place_field(text)) or plain(text) in _LOWER_NAMES


def _is_parent(sheet: Sheet, row: int, place: int, columns: tuple[int, int], words: Words) -> bool:
    """Whether this row stands above the header as its upper part, and is no title."""
    cells = filled(sheet.rows[row], *columns)
    if not cells or not all(head_text(cell) and (not is_number(cell) or year_of(cell)) for _, cell in cells):
        return False
    if any(text_of(cell).rstrip().endswith(":") or text_of(cell).startswith(":") for _, cell in cells):
        return False
    if any(words.is_named(cell) or words.titled_kelurahan(text_of(cell)) for _, cell in cells):
        return False
    below = {column for column, _ in filled(sheet.rows[row + 1], *columns)}
    spans = [_span(sheet, row, cells, n, below) for n in range(len(cells))]
    right = [span for span in spans if span[0] > place or span[1] > place]
    if not right:
        return False
    if len(cells) == 1:
        (left, last), text = spans[0], plain(text_of(cells[0][1]))
        return left > place and last > left and not (_TITLE.fullmatch(text) and not year_of(cells[0][1]))
    if any(_PAGE.fullmatch(plain(text_of(cell))) for column, cell in cells if column > place):
        return False
    return any(left <= column <= last for column in below for left, last in spans if left > place)


def _span(sheet: Sheet, row: int, cells: list[tuple[int, Any]], n: int, below: set[int]) -> tuple[int, int]:
    """Columns that a cell stands over: its merged range, else the blanks to its right that have something below."""
    column = cells[n][0]
    for top, left, bottom, right in sheet.merged:
        if top <= row <= bottom and left == column:
            return left, right
    end = cells[n + 1][0] if n + 1 < len(cells) else column + 30
    last = column
    while last + 1 < end and last + 1 in below:
        last += 1
    return column, last


# --- what they say --------------------------------------------------------------------------------------------


def read_head(sheet: Sheet, top: int, bottom: int, left: int, right: int) -> Head:
    """Unfold the header: each column with all texts that stand over it."""
    rows = [[head_text(cell_at(sheet, row, c)) for c in range(left, right + 1)] for row in range(top, bottom + 1)]
    for n, texts in enumerate(rows[1:], 1):
        _write_ordinals([cell_at(sheet, top + n, c) for c in range(left, right + 1)], texts)
    merged_rows, tall = _spread_merged(sheet, rows, top, left)
    for n in range(len(rows) - 1):
        if n not in merged_rows:
            _spread_over_blanks(rows, n, tall)
    parts = [tuple(_distinct(row[c] for row in rows)) for c in range(right - left + 1)]
    return Head(top, bottom, left, right, parts)


def _write_ordinals(cells: Sequence[Any], texts: list[str]) -> None:
    """ "1 | 2 | 3 | Jumlah" under "Desil": numbers are names where words stand beside them."""
    numbers = {c: int(cell) for c, cell in enumerate(cells) if type(cell) is float and not texts[c]}
    if any(texts) and len(numbers) > 2 and [*numbers.values()] == [*range(1, len(numbers) + 1)]:
        for c, number in numbers.items():
            texts[c] = str(number)


def _spread_merged(sheet: Sheet, rows: list[list[str]], first: int, left: int) -> tuple[set[int], set[tuple[int, int]]]:
    """Write the text of each merged range into all its cells; which rows have wide ranges, and the cells of ranges of
    one column down to its values, whose text stands over no other."""
    wide: set[int] = set()
    tall: set[tuple[int, int]] = set()
    for top, start, bottom, end in sheet.merged:
        if bottom < first or top >= first + len(rows) or end < left or start >= left + len(rows[0]):
            continue
        text = head_text(cell_at(sheet, top, start))
        for n in range(max(top - first, 0), min(bottom - first + 1, len(rows))):
            if end > start:
                wide.add(n)
            elif start >= left and not _has_below(rows, bottom - first, start - left):
                tall.add((n, start - left))
            for c in range(max(start - left, 0), min(end - left + 1, len(rows[n]))):
                rows[n][c] = text if top >= first else rows[n][c]
    return wide, tall


def _spread_over_blanks(rows: list[list[str]], n: int, tall: Collection[tuple[int, int]]) -> None:
    """A text goes on over the blanks to its right, as long as something stands below them and nothing parts them."""
    for c in range(1, len(rows[n])):
        if rows[n][c] or not rows[n][c - 1] or (n, c - 1) in tall:
            continue
        if not _has_below(rows, n, c) or not _has_below(rows, n, c - 1):
            continue
        if all(rows[m][c] == rows[m][c - 1] for m in range(n)):
            rows[n][c] = rows[n][c - 1]


def _has_below(rows: list[list[str]], n: int, c: int) -> bool:
    return any(rows[m][c] for m in range(n + 1, len(rows)))


def _distinct(texts: Any) -> list[str]:
    """Without blanks and without what the part above says already."""
    kept: list[str] = []
    for text in texts:
        if text and (not kept or plain(kept[-1]) != plain(text)):
            kept.append(text)
    return kept
