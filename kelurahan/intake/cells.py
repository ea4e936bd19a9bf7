"""Turns the cells of a value column into millionths and states: vectorised for number cells, exact for all.

A number cell is the decimal that Excel shows for it (15 digits), rounded half up at six decimals. Nearly all cells are
settled by float arithmetic whose error is smaller than what could matter; the few near an edge go through Decimal.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kelurahan.intake.faults import Fault
from kelurahan.rules.numbers import (
    LIMIT,
    MICRO,
    NumberStyle,
    ReadNumber,
    check_number,
    format_number,
    from_float,
    read_number,
    to_micro,
)
from kelurahan.rules.regulation import State

_FAST_BELOW = 1e9  # 15 digits with six decimals
_MOST = int(LIMIT) * MICRO
_TAIL = re.compile(r"(?P<number>.*[0-9])\s*(?P<unit>%|[^\W\d_]{1,10}[²2³3]?)\.?")
GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:\.[0-9]{3})+|[1-9][0-9]{0,2}(?:,[0-9]{3})+")
"""A number whose only marks part thousands, where it counts things."""
_RUPIAH = re.compile(r"(?:(?:rp|idr)\.?\s*)?(?P<number>\d[\d.,\s]*?)(?P<none>,\s?[-–—=]+)?\.?", re.IGNORECASE)
_UNIT_WORDS = {
    "ha": {"ha", "hektar", "hektare"},
    "jiwa": {"jiwa", "jw", "orang", "org"},
    "kk": {"kk", "keluarga"},
    "unit": {"unit", "bh", "buah"},
    "m": {"m", "meter"},
    "km": {"km"},
    "km2": {"km2", "km²"},
    "m2": {"m2", "m²"},
    "%": {"%", "persen"},
    "persen": {"%", "persen"},
    "rupiah": {"rupiah", "rp"},
}


@dataclass(slots=True)
class CellProblem:
    """`index` is the row within the column; `understood` is what is stored, where anything is."""

    index: int
    code: str
    text: str
    understood: str = ""


@dataclass(slots=True)
class ColumnCells:
    """A column of n cells: `values` int64 millionths, `states` uint8, `given` bool (the file says something here)."""

    values: NDArray[np.int64]
    states: NDArray[np.uint8]
    given: NDArray[np.bool_]
    problems: list[CellProblem] = field(default_factory=list)
    n_rounded: int = 0
    rounded: CellProblem | None = None  # the first cell that lost decimals
    own: dict[int, Fraction] = field(default_factory=dict)  # of cells that name their unit: from it to ours

    def note_rounded(self, first: CellProblem, n: int) -> None:
        """Lost decimals are told once: a column of thirds would otherwise say so in every row."""
        self.n_rounded += n
        self.rounded = self.rounded or first

    def scale(self, factor: Fraction) -> None:
        """Into our unit, exact to the millionth, rounded half up: `factor` is that of all cells that name no unit."""
        if factor == 1 and not self.own:
            np.minimum(self.values, _MOST, out=self.values)
            return
        values = self.values.tolist()
        scaled = values if factor == 1 else [_times(value, factor) for value in values]
        for i, own in self.own.items():
            scaled[i] = _times(values[i], own)
        # Ten thousand million is the most that a place may have: more is told as a number that is too large
        self.values = np.array([min(value, _MOST) for value in scaled], dtype=np.int64)


def _times(micro: int, factor: Fraction) -> int:
    times, by = factor.numerator, factor.denominator
    return (2 * micro * times + by) // (2 * by)


def texts_of(cells: Sequence[Any]) -> list[str]:
    """The distinct text cells of a column, in order; number cells have no style."""
    if str not in set(map(type, cells)):
        return []
    return list(dict.fromkeys(cell for cell in cells if type(cell) is str and cell))


def read_column(
    cells: Sequence[Any], style: NumberStyle, words: Mapping[str, Fraction] | None = None, *, whole: bool = False
) -> ColumnCells:
    """Read all cells of one column; texts by `style`, with one of the `unit_words` behind the number or without.
    `whole`: the column counts things, so "13.619" and "9,276" can only be thousands."""
    n = len(cells)
    column = ColumnCells(np.zeros(n, np.int64), np.full(n, State.EMPTY, np.uint8), np.zeros(n, np.bool_))
    kind = pd.api.types.infer_dtype(cells, skipna=False) if n else "empty"
    if kind == "floating" and Percent not in set(map(type, cells)):
        _put_numbers(column, np.arange(n), np.array(cells, dtype=np.float64))
        return column
    types = list(map(type, cells))
    numbers = np.flatnonzero([kind is float or kind is int for kind in types])
    _put_numbers(column, numbers, np.array([cells[i] for i in numbers.tolist()], dtype=np.float64))
    texts = [i for i, kind in enumerate(types) if kind is str and cells[i]]
    _put_texts(column, texts, cells, style, words or {}, whole)
    for i in [i for i, kind in enumerate(types) if kind is Percent]:
        hundredfold = check_number(from_float(cells[i]) * 100)
        column.given[i] = True
        _put(column, i, hundredfold, format(float(cells[i]), ".15g"))
    for i, kind in enumerate(types):
        if kind not in (float, int, str, Percent):
            _put_problem(column, i, *_odd_cell(cells[i]))
    return column


def read_text(text: str, style: NumberStyle, words: Mapping[str, Fraction], *, whole: bool) -> str:
    """How one text of a column is understood, in its own unit; "" where it is no number."""
    number = _read_text(text, style, words, whole).value
    return "" if number is None else format_number(number)


def _put_numbers(column: ColumnCells, at: NDArray[np.int64], numbers: NDArray[np.float64]) -> None:
    micro, rounded, unsure = micro_of_floats(numbers)
    column.values[at] = micro
    column.states[at] = State.FILLED
    column.given[at] = True
    for i in np.flatnonzero(unsure):
        _put(column, int(at[i]), _check(float(numbers[i])), format(float(numbers[i]), ".15g"))
    lost = np.flatnonzero(rounded & ~unsure)
    if len(lost):
        number = float(numbers[lost[0]])
        first = _problem(int(at[lost[0]]), _check(number), format(number, ".15g"))
        column.note_rounded(first, len(lost))


def micro_of_floats(
    numbers: NDArray[np.float64],
) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.bool_]]:
    """Millionths of each float, which of them lost decimals by it, and which must be looked at one by one.

    Exact where the last is False. If m ÷ 10⁶ gives the float back, its 15 digits are those of m (m < 10¹⁵). Otherwise
    the 15-digit decimal lies within 5.2·10⁻¹⁵ of the float, so whatever is further than 10⁻¹⁴ from an edge is sure.
    """
    plain = np.isfinite(numbers) & (numbers >= 0) & (numbers < _FAST_BELOW)
    scaled = np.where(plain, numbers, 0.0) * 1e6
    nearest = np.rint(scaled)
    exact = nearest / 1e6 == numbers
    whole = np.floor(scaled)
    doubt = scaled * 1e-14 + 1e-9
    sure_side = np.abs(scaled - whole - 0.5) > doubt
    loss = np.abs(scaled - nearest)
    sure_loss = np.abs(loss - 1e-4) > doubt
    micro = np.where(exact, nearest, np.where(scaled - whole > 0.5, whole + 1, whole)).astype(np.int64)
    unsure = ~plain | ~(exact | (sure_side & sure_loss))
    return micro, plain & ~exact & (loss > 1e-4), unsure


def _check(number: float) -> ReadNumber:
    if number != number or number in (float("inf"), float("-inf")):
        return ReadNumber(None, State.INVALID, problem="not_a_number")
    return check_number(from_float(number))


def _put_texts(
    column: ColumnCells,
    at: Sequence[int],
    cells: Sequence[Any],
    style: NumberStyle,
    words: Mapping[str, Fraction],
    whole: bool,
) -> None:
    """Each distinct text is read once."""
    if not at:
        return
    codes, texts = pd.factorize(np.array([cells[i] for i in at], dtype=object))
    reads = [_read_text(text, style, words, whole) for text in texts]
    where = np.array(at)
    column.values[where] = np.array([_micro(read) for read in reads], dtype=np.int64)[codes]
    column.states[where] = np.array([read.state for read in reads], dtype=np.uint8)[codes]
    column.given[where] = np.array([read.state != State.EMPTY or read.explicit for read in reads])[codes]
    if len(set(words.values())) > 1:
        owns = [own_factor(text, words) for text in texts]
        column.own = {i: own for i, code in zip(at, codes.tolist(), strict=True) if (own := owns[code]) is not None}
    problematic = np.array([read.problem is not None for read in reads])[codes]
    for i in np.flatnonzero(problematic).tolist():
        _add(column, at[i], reads[codes[i]], texts[codes[i]])


class Percent(float):
    """A number as stored, 0.7858, that its sheet shows as 78.58 %."""

    __slots__ = ()


def unit_words(units: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """Words that may stand behind a number, by the factor from the unit that they name to ours."""
    return {word: factor for unit, factor in units.items() for word in _UNIT_WORDS.get(unit.lower(), {unit.lower()})}


def bare_number(text: str, words: Mapping[str, Fraction]) -> str:
    """ "0,35 Ha" → "0,35" where "ha" is one of the words. Excel's apostrophe before a text goes too."""
    text = text.lstrip("'’`") if text[:1] in "'’`" and text[1:2].isdecimal() else text
    if "rp" in words and (found := _RUPIAH.fullmatch(text.strip())):
        return found["number"].strip() + (",00" if found["none"] else "")
    tail = _tail(text, words)
    return tail["number"] if tail else text


def own_factor(text: str, words: Mapping[str, Fraction]) -> Fraction | None:
    """The factor of the unit that a cell names itself."""
    tail = _tail(text, words)
    return words[tail["unit"].lower()] if tail else None


def _tail(text: str, words: Mapping[str, Fraction]) -> re.Match[str] | None:
    bare = text[-1:].isdecimal() and text[-2:-1].lower() != "m"  # "25.000 m2"
    tail = _TAIL.fullmatch(text) if words and not bare else None
    return tail if tail and tail["unit"].lower() in words else None


def _read_text(text: str, style: NumberStyle, words: Mapping[str, Fraction], whole: bool) -> ReadNumber:
    text = bare_number(text, words)
    if whole and GROUPED.fullmatch(text):
        text = re.sub("[.,]", "", text)
    if text.isascii() and text.isdecimal() and len(text) <= 9:
        return ReadNumber(Decimal(text), State.FILLED)
    return read_number(text, style)


def _micro(read: ReadNumber) -> int:
    return to_micro(read.value) if read.state == State.FILLED and read.value is not None else 0


def _put(column: ColumnCells, i: int, read: ReadNumber, text: str) -> None:
    column.values[i] = _micro(read)
    column.states[i] = read.state
    if read.problem:
        _add(column, i, read, text)


def _add(column: ColumnCells, i: int, read: ReadNumber, text: str) -> None:
    problem = _problem(i, read, text)
    if problem.code == "too_many_decimals":
        column.note_rounded(problem, 1)
    else:
        column.problems.append(problem)


def _problem(i: int, read: ReadNumber, text: str) -> CellProblem:
    return CellProblem(i, read.problem or "", text, read.understood or "")


def _put_problem(column: ColumnCells, i: int, code: str, text: str) -> None:
    column.states[i] = State.INVALID
    column.given[i] = True
    column.problems.append(CellProblem(i, code, text))


def _odd_cell(cell: Any) -> tuple[str, str]:
    if isinstance(cell, Fault):
        return ("error_cell", cell.text) if cell.computed else ("formula_without_value", "")
    if isinstance(cell, datetime) and not (cell.hour or cell.minute or cell.second):
        return "date_for_number", cell.date().isoformat()
    if isinstance(cell, date | time | timedelta):
        return "date_for_number", str(cell)
    return "not_a_number", "BENAR" if cell is True else "SALAH" if cell is False else str(cell)
