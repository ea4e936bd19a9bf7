"""Where the printed forms of a sheet stand: their rows of criteria and the columns of each condition."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from kelurahan.intake.columns import plain
from kelurahan.intake.form_header import Area
from kelurahan.intake.form_labels import (
    aspek_of,
    column_word,
    condition_of,
    criterion_of,
    is_summary,
    label_of,
    may_name,
)
from kelurahan.intake.sheets import Sheet
from kelurahan.rules.regulation import KRITERIA

ENOUGH = 8
"""Criteria below each other that make a form; a real one has 16 or 19."""
_LOOK = 5_000  # rows: in a longer sheet the first of its forms stands there
_GAP = 12  # rows between two criteria of one form
_HEAD = 8  # rows above the first criterion in which the heads of the columns stand
_LEFT = 3  # columns between the number of the aspect and the name of the criterion
_YEAR = re.compile(r"\b((?:19|20)\d\d)\b")
_VOLUME_LIKE = {"vol", "num"}  # how the head of a column of volumes begins
_LISTED = {"kelurahan", "rt", "rw", "kode", "kecamatan", "tahun"}


@dataclass(frozen=True, slots=True)
class Condition:
    """Columns of KONDISI AWAL or AKHIR by word: "volume", "satuan", "persen", "nilai"."""

    name: str
    head: str
    columns: dict[str, int]


@dataclass(slots=True)
class Block:
    """The criteria of one form. `rows` are by kode, `unknown` are rows between them that name no criterion."""

    column: int
    rows: dict[str, int]
    unknown: list[int] = field(default_factory=list)
    header_row: int = 0
    right: int = 0  # first column behind the form
    conditions: dict[str, Condition] = field(default_factory=dict)
    area: Area = field(default_factory=lambda: Area(0, 0, 0, 0))  # of its header block

    @property
    def first(self) -> int:
        return min(self.rows.values())

    @property
    def last(self) -> int:
        return max([*self.rows.values(), *self.unknown])


def find_blocks(sheet: Sheet) -> list[Block]:
    """The forms of a sheet in reading order."""
    runs = [run for column in _columns_of_criteria(sheet) for run in _runs(sheet, column)]
    blocks: dict[tuple[int, int], Block] = {}
    for run in sorted(runs, key=lambda run: (-len(run.rows), run.column)):
        beside = [other.column for other in runs if other.column > run.column and _overlap(run, other)]
        limits = [column for column in sorted(beside) if _header_row(sheet, run, column) is not None]
        if _find_conditions(sheet, run, min(limits, default=len(sheet.columns))):
            # Two columns may name the same criteria, KRITERIA and PARAMETER: the one that names more of them counts
            blocks.setdefault(_first_cell(run), run)
    return _with_areas(sheet, sorted(blocks.values(), key=lambda block: (block.first, block.column)))


def _first_cell(block: Block) -> tuple[int, int]:
    """Row of the heads and first column of volumes: no two forms share it."""
    return block.header_row, min(condition.columns["volume"] for condition in block.conditions.values())


def _with_areas(sheet: Sheet, blocks: list[Block]) -> list[Block]:
    for block in blocks:
        block.area = _header_area(sheet, block, blocks)
    return blocks


def _overlap(one: Block, other: Block) -> bool:
    return one.first <= other.last and other.first <= one.last


def _columns_of_criteria(sheet: Sheet) -> Iterator[int]:
    """Columns that may name criteria, told by their distinct texts; none in a sheet that speaks of no volume."""
    texts = [{cell for cell in set(column[:_LOOK]) if type(cell) is str} for column in sheet.columns]
    if not any(_VOLUME_LIKE & {text.casefold().strip()[:3]} for column in texts for text in column if len(text) <= 40):
        return
    for index, column in enumerate(texts):
        if len({kode for text in column for kode in may_name(text)}) >= ENOUGH:
            yield index


# --- rows ----------------------------------------------------------------------------------------------------------


def _runs(sheet: Sheet, column: int) -> Iterator[Block]:
    """Criteria below each other, each once: the next form begins where one comes again."""
    run, aspek, lettered = Block(column, {}), None, set[str]()
    waiting: list[int] = []
    for row, cell in enumerate(sheet.columns[column]):
        aspek = _aspek_beside(sheet, row, column) or aspek
        if type(cell) is not str or not cell.strip():
            continue
        kode = criterion_of(cell, aspek) or _by_code_beside(sheet, row, column, cell, aspek)
        if kode is None:
            if run.rows and not is_summary(cell) and aspek_of(cell) is None:
                waiting.append(row)
            continue
        if kode in run.rows or (run.rows and row - max(run.rows.values()) > _GAP):
            yield from _whole(run, lettered)
            run, waiting, lettered = Block(column, {}), [], set()
        if run.rows:
            run.unknown += waiting
        waiting = []
        run.rows[kode] = row
        if len(plain(cell)) <= 2:
            lettered.add(kode)
    yield from _whole(run, lettered)


def _whole(run: Block, lettered: set[str]) -> Iterator[Block]:
    """The run, if it is a form. Letters alone mean nothing for the drainage of the 2016 rules: nobody knows those."""
    if {"4d", "4e"} & lettered:
        for kode in {"4c", "4d", "4e"} & lettered:
            run.unknown.append(run.rows.pop(kode))
    if len(run.rows) >= ENOUGH:
        yield run


def _aspek_beside(sheet: Sheet, row: int, column: int) -> int | None:
    """The aspect that begins in this row: its heading here or to the left, or its bare number."""
    cells = sheet.rows[row]
    for at in range(min(column, len(cells) - 1), max(-1, column - _LEFT - 1), -1):
        cell = cells[at]
        if type(cell) is str and (aspek := aspek_of(cell)):
            return aspek
    numbers = [_aspek_number(cell) for cell in cells[max(0, column - _LEFT) : column]]
    return next((number for number in numbers if number), None)


def _aspek_number(cell: Any) -> int | None:
    if type(cell) in (float, int) and cell in range(1, 8):
        return int(cell)
    text = cell.strip(" .)") if type(cell) is str else ""
    return int(text) if len(text) == 1 and text in "1234567" else None


def _by_code_beside(sheet: Sheet, row: int, column: int, name: str, aspek: int | None) -> str | None:
    """ "1a" in the column before. It may also say what a misspelt name means."""
    for cell in reversed(sheet.rows[row][max(0, column - _LEFT) : column]):
        if type(cell) is str and 0 < len(plain(cell)) <= 3:
            return criterion_of(f"{cell.strip(' .)')}. {name}", aspek)
    return None


# --- columns -------------------------------------------------------------------------------------------------------


def _find_conditions(sheet: Sheet, block: Block, limit: int) -> bool:
    """Put the columns of its conditions into the block. False: these criteria are no form but something else."""
    row = _header_row(sheet, block, limit)
    if row is None or _is_a_list(sheet, block, row, limit):
        return False
    groups = _groups(sheet, block, row, limit)
    block.header_row, block.right = row, max(column for group in groups for column in group.values()) + 1
    named = [(_head_of(sheet, row, group), group) for group in groups if "volume" in group]
    known = {condition_of(head): Condition(condition_of(head) or "", head, group) for head, group in reversed(named)}
    block.conditions = {name: known[name] for name in ("awal", "akhir") if name in known}
    alone = [group for head, group in named if condition_of(head) is None]
    if len(alone) == 2 and not block.conditions:
        block.conditions = _by_year(sheet, row, alone)
    elif alone and "awal" not in block.conditions:
        if len(alone) > 1:
            return False
        block.conditions = {"awal": Condition("awal", "", alone[0]), **block.conditions}
    shared = next((group["satuan"] for group in groups if "satuan" in group), None)
    for condition in block.conditions.values():
        if shared is not None:
            condition.columns.setdefault("satuan", shared)
    return bool(block.conditions)


def _header_row(sheet: Sheet, block: Block, limit: int) -> int | None:
    """The row above the criteria with most of the words volume, satuan, persen, nilai; the lowest of those."""
    counts: Counter[int] = Counter()
    for row in range(max(0, block.first - _HEAD), block.first + 1):
        words = [column_word(cell) for cell in _texts(sheet, row, block.column, limit).values()]
        if "volume" in words:
            counts[row] = len([word for word in words if word])
    return max(counts, key=lambda row: (counts[row], row), default=None)


def _texts(sheet: Sheet, row: int, left: int, right: int) -> dict[int, str]:
    cells = sheet.rows[row][left:right]
    return {left + n: cell.strip() for n, cell in enumerate(cells) if type(cell) is str and cell.strip()}


def _is_a_list(sheet: Sheet, block: Block, row: int, limit: int) -> bool:
    """A long table has a place in each row, and says so in the row of its headers."""
    texts = _texts(sheet, row, max(0, block.column - 2 * _LEFT), limit).values()
    labels = [label_of(text) for text in texts]
    return any(label and label.field in _LISTED and not label.value for label in labels)


def _groups(sheet: Sheet, block: Block, row: int, limit: int) -> list[dict[str, int]]:
    """Columns from left to right, cut where a word comes again and where the works begin."""
    groups: list[dict[str, int]] = [{}]
    for column, text in _texts(sheet, row, block.column + 1, limit).items():
        word = column_word(text) or ("kegiatan" if condition_of(text) == "output" else None)
        if word is None:
            continue
        if word in groups[-1] or word == "kegiatan":
            groups.append({})
        groups[-1][word] = column
    return [group for group in groups if group]


def _by_year(sheet: Sheet, row: int, groups: Sequence[dict[str, int]]) -> dict[str, Condition]:
    """Two conditions told only by their years, "2019" and "2021": the earlier one is AWAL."""
    heads = [" ".join(_heads_over(sheet, row, group)) for group in groups]
    years = [set(_YEAR.findall(head)) for head in heads]
    if any(len(found) != 1 for found in years) or years[0] == years[1]:
        return {}
    told = sorted(zip((found.pop() for found in years), heads, groups, strict=True), key=lambda item: item[0])
    return {name: Condition(name, head, group) for name, (_, head, group) in zip(("awal", "akhir"), told, strict=True)}


def _heads_over(sheet: Sheet, row: int, group: dict[str, int]) -> Iterator[str]:
    """The texts above a group of columns, the nearest first."""
    left, right = min(group.values()), max(group.values())
    for above in range(row - 1, max(-1, row - 4), -1):
        for column, text in reversed(_texts(sheet, above, 0, right + 1).items()):
            if _reaches(sheet, above, column) >= left:
                yield text


def _head_of(sheet: Sheet, row: int, group: dict[str, int]) -> str:
    """What stands over a group of columns, or in their own heads: "KONDISI AWAL". Works are told by their column."""
    if "kegiatan" in group:
        return "output"
    named = next((text for text in _heads_over(sheet, row, group) if condition_of(text)), "")
    if named:
        return named
    own = [sheet.rows[row][column] for column in group.values() if condition_of(str(sheet.rows[row][column]))]
    return str(own[0]) if own else ""


def _reaches(sheet: Sheet, row: int, column: int) -> int:
    """The last column that a head covers."""
    for top, left, bottom, right in sheet.merged:
        if top <= row <= bottom and left == column:
            return right
    return column


# --- the header block's place --------------------------------------------------------------------------------------


def _header_area(sheet: Sheet, block: Block, blocks: Sequence[Block]) -> Area:
    """From the form above down to the heads of the columns; from its own left edge to that of the next form."""
    above = [other for other in blocks if other.last < block.first and _share_columns(other, block)]
    top = max((_foot(sheet, other) for other in above), default=0)
    beside = [other for other in blocks if other is not block and _overlap(other, block)]
    is_first = not any(other.column < block.column for other in beside)
    left = 0 if is_first else _left_edge(sheet, block, beside)
    right = min(
        (_left_edge(sheet, other, [*beside, block]) for other in beside if other.column > block.column),
        default=len(sheet.columns),
    )
    return Area(top, left, block.header_row, right)


def _left_edge(sheet: Sheet, block: Block, beside: Sequence[Block]) -> int:
    """The column of the aspects, if the form has one, else that of the criteria; behind the form on its left."""
    free = max((other.right for other in beside if other.column < block.column), default=0)
    rows = sheet.rows[block.header_row : block.last + 1]
    left = block.column
    while left > max(free, block.column - _LEFT) and any(left - 1 < len(row) and row[left - 1] != "" for row in rows):
        left -= 1
    return left


def _share_columns(one: Block, other: Block) -> bool:
    return one.column < other.right and other.column < one.right


def _foot(sheet: Sheet, block: Block) -> int:
    """The first row behind a form's totals."""
    row = block.last + 1
    while row < len(sheet.rows) and any(type(cell) is str and is_summary(cell) for cell in sheet.rows[row]):
        row += 1
    return row


def known_codes(block: Block) -> list[str]:
    """The criteria that the form lists, in storage order."""
    return [kode for kode in KRITERIA if kode in block.rows]
