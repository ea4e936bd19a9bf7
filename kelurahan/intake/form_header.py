"""The header block of a printed form: labels, and their values beside them, behind a colon, or below them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from kelurahan.intake.form_labels import PLACE_LABELS, Label, is_unit, label_of, without_unit
from kelurahan.intake.origin import Spot
from kelurahan.intake.places import normalise_rt
from kelurahan.intake.sheets import Sheet
from kelurahan.rules.numbers import BLANKS

_FAR = 3  # columns; a text further away than this is no answer to a question for a number
_COLONS = {":", "=", ": -", ":-"}
_NUMBERISH = re.compile(r"[-−+]?[\d.,\s]+%?")
_RT_IN_TEXT = re.compile(r"RT[\s.:/-]*\d{1,3}[A-Z]?[\s/,.;–-]*RW[\s.:/-]*\d{1,3}", re.IGNORECASE)
_TITLE_YEAR = re.compile(r"\btahun\s*:?\s*((?:19|20)\d\d)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Area:
    """Rows and columns from 0; the ends are not inside."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What a header block says under a label. `spot` is the cell of the value."""

    value: Any
    label: str
    spot: Spot
    unit: str = ""


def read_header(sheet: Sheet, area: Area) -> dict[str, Answer]:
    """Field → answer, "" as value where the label stands without one.

    Two different answers to one question are put side by side, "12 / 13": nothing reads that, so nobody guesses.
    """
    found: dict[str, list[tuple[bool, Answer]]] = {}
    for row, column, label in _labels(sheet, area):
        if label.field:
            answer = _answer(sheet, area, row, column, label)
            found.setdefault(label.field, []).append((label.verified, answer))
    return {field: _settle(answers) for field, answers in found.items()}


def _labels(sheet: Sheet, area: Area) -> Iterator[tuple[int, int, Label]]:
    for row in range(area.top, min(area.bottom, len(sheet.rows))):
        for column, cell in enumerate(sheet.rows[row][area.left : area.right], area.left):
            label = label_of(cell) if type(cell) is str and cell.strip() else None
            if label:
                yield row, column, label


def _settle(answers: Sequence[tuple[bool, Answer]]) -> Answer:
    """ "Luas Verifikasi" before "Luas"; a filled answer before a blank one; the same one said twice is one."""
    best = [answer for verified, answer in answers if verified] or [answer for _, answer in answers]
    filled = [answer for answer in best if answer.value != ""] or best[:1]
    distinct = list(dict.fromkeys(str(answer.value).strip().casefold() for answer in filled))
    if len(distinct) == 1:
        return filled[0]
    both = " / ".join(str(answer.value) for answer in filled[:3])
    return Answer(f"{both} ?", filled[0].label, filled[0].spot, filled[0].unit)


def _answer(sheet: Sheet, area: Area, row: int, column: int, label: Label) -> Answer:
    name = " ".join(sheet.rows[row][column].partition(":")[0].split())
    at, value = (column, label.value) if label.value else _beside(sheet, area, row, column, label)
    spot = (row, at)
    if value == "" and _is_head_of_column(sheet, area, row, column):
        below = _cell(sheet, row + 1, column)
        if not _is_label(below):
            value, spot = below, (row + 1, column)
    unit = label.unit
    if type(value) is str and label.field not in PLACE_LABELS:
        value, own = without_unit(value)
        unit = own or unit
    if value != "" and label.field not in PLACE_LABELS:
        unit = _unit_after(sheet, area, row, spot[1]) or unit
    return Answer(_without_dash(value, label.field), name, (sheet.name, *spot), unit)


def _without_dash(value: Any, field: str) -> Any:
    """A dash means that there is none, for names too."""
    is_dash = type(value) is str and " ".join(value.casefold().split()) in BLANKS
    return "" if is_dash and field in PLACE_LABELS else value


def _beside(sheet: Sheet, area: Area, row: int, column: int, label: Label) -> tuple[int, Any]:
    """The first cell to the right that says something, up to the next label. The label's own cell where none does."""
    distance = 0
    for at in range(column + 1, min(area.right, len(sheet.rows[row]))):
        cell = sheet.rows[row][at]
        if type(cell) is str:
            cell = cell.strip()
        distance += 1
        if cell in _COLONS or cell == "":
            distance = 0 if cell in _COLONS else distance
            continue
        if type(cell) is str and cell.startswith(":"):
            cell = cell[1:].strip()
        elif _is_label(cell) or (label.field not in PLACE_LABELS and type(cell) is str and not _suits(cell, distance)):
            break
        return at, cell
    return column, ""


def _suits(cell: str, distance: int) -> bool:
    """Whether a text answers a question for a number: a number, or words right beside it; never a unit."""
    if is_unit(cell):
        return False
    return distance <= _FAR or bool(_NUMBERISH.fullmatch(cell)) or without_unit(cell)[1] != ""


def _unit_after(sheet: Sheet, area: Area, row: int, column: int) -> str:
    for at in range(column + 1, min(area.right, len(sheet.rows[row]), column + 1 + _FAR)):
        cell = sheet.rows[row][at]
        if cell != "":
            return cell.strip(" ()[]") if type(cell) is str and is_unit(cell) else ""
    return ""


def _is_head_of_column(sheet: Sheet, area: Area, row: int, column: int) -> bool:
    """Whether only labels stand in this row, side by side or alone, and the row below fills no other columns."""
    if row + 1 >= area.bottom:
        return False
    cells = {at: cell for at, cell in enumerate(sheet.rows[row][area.left : area.right]) if cell != ""}
    below = {at for at, cell in enumerate(sheet.rows[row + 1][area.left : area.right]) if cell != ""}
    return below <= set(cells) and all(_is_label(cell) and not _inline(cell) for cell in cells.values())


def _inline(cell: str) -> bool:
    label = label_of(cell)
    return bool(label and label.value)


def _is_label(cell: Any) -> bool:
    return type(cell) is str and bool(cell.strip()) and label_of(cell) is not None


def _cell(sheet: Sheet, row: int, column: int) -> Any:
    cells = sheet.rows[row] if row < len(sheet.rows) else []
    return cells[column] if column < len(cells) else ""


# --- what may also stand elsewhere ---------------------------------------------------------------------------------


def rt_in(text: Any) -> Any:
    """The RT in "Rowokangkung - RT 04 RW 02"; the cell as it is when it holds none, or more than one."""
    found = _RT_IN_TEXT.findall(text) if type(text) is str else []
    return found[0] if len(found) == 1 and normalise_rt(text) is None else text


def title_year(sheet: Sheet, area: Area) -> tuple[str, Spot] | None:
    """The year in a title, "PERHITUNGAN TINGKAT KEKUMUHAN TAHUN 2021"; None when there is none, or several."""
    found: dict[str, Spot] = {}
    for row in range(area.top, min(area.bottom, len(sheet.rows))):
        for column, cell in enumerate(sheet.rows[row][area.left : area.right], area.left):
            if type(cell) is str and "kumuh" in cell.casefold():
                for year in _TITLE_YEAR.findall(cell[:300]):
                    found.setdefault(year, (sheet.name, row, column))
    return next(iter(found.items())) if len(found) == 1 else None


def rt_of_name(name: str) -> str:
    """The RT that the name of a sheet carries: "RT 001 RW 002", or "RT 5" without its RW; "" for none."""
    found = _RT_IN_TEXT.search(name)
    if found:
        return found[0]
    alone = re.search(r"\bRT[\s.]*\d{1,3}[A-Z]?\b", name, re.IGNORECASE)
    return alone[0] if alone else ""
