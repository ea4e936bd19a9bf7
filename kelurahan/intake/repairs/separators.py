"""Points and commas that were taken for the wrong thing: "1,250" for 1250, or 1.25 where a program ate the zeros."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kelurahan.intake.parsed import Repair
from kelurahan.intake.repairs import change
from kelurahan.intake.repairs.kinds import is_counted
from kelurahan.intake.repairs.look import SHOWN, Look, Rows, number_of, show
from kelurahan.rules.findings import Level
from kelurahan.rules.numbers import MICRO, NumberStyle, read_number, style_of

_THOUSANDS = re.compile(r"'?([1-9]\d{0,2})[.,](\d{3})(?!\d)\D*")
_THOUSAND = 1000
_FEWEST = 5  # other numbers that show how large a column's numbers are
_SMALL = 50  # times smaller than those in the middle
_LENGTHS = ("jalan", "drain")  # measured, but never of a few metres
_SHARE = 0.3  # of a column that is not whole: then all of it stands for thousands

ANSWERS = ("other_number_style", "mixed_number_styles", "not_a_whole_number", "ambiguous_number_style")


def find(look: Look) -> Iterator[Repair]:
    with_texts = {column.field for column in look.parsed.columns if column.style}
    for name in look.numeric:
        counted = is_counted(look, name)
        if name in with_texts:
            yield from _texts(look, name, counted)
        if counted or name in _LENGTHS:
            yield from _numbers(look, name, counted)


# --- texts -----------------------------------------------------------------------------------------------------


def _texts(look: Look, name: str, counted: bool) -> Iterator[Repair]:
    doubtful = look.invalid(name)
    if counted:
        doubtful |= look.has(name) & (look.values(name) % MICRO != 0)
    rows = np.flatnonzero(doubtful)
    cells = look.cells(name, rows)
    own = look.style_of(name)
    proven, proven_numbers = _other_style(rows, cells, own)
    if len(proven):
        yield _write(look, "separators_swapped", name, proven, proven_numbers, certain=True)
    rest = [(row, cell) for row, cell in zip(rows.tolist(), cells, strict=True) if row not in set(proven.tolist())]
    grouped = [
        (row, match) for row, cell in rest if type(cell) is str and (match := _THOUSANDS.fullmatch(cell.strip()))
    ]
    if not grouped:
        return
    at = np.array([row for row, _ in grouped], np.int64)
    whole: list[Any] = [float(match[1] + match[2]) for _, match in grouped]
    parts: list[Any] = [float(f"{match[1]}.{match[2]}") for _, match in grouped]
    if counted:
        yield _write(look, "separators_thousands", name, at, whole, certain=True)
    else:
        group = f"{look.parsed.key}:{name}"
        yield _write(look, "separators_thousands", name, at, whole, certain=False, group=group)
        yield _write(look, "separators_decimal", name, at, parts, certain=False, group=group)


def _other_style(rows: Rows, cells: list[Any], own: NumberStyle) -> tuple[Rows, list[Any]]:
    """Cells that only another style explains, with their numbers."""
    found = []
    for row, cell in zip(rows.tolist(), cells, strict=True):
        style = style_of(cell) if type(cell) is str else None
        number = read_number(cell, style) if style and style != own else None
        if number is not None and number.value is not None and number.problem is None:
            found.append((row, float(number.value)))
    return np.array([row for row, _ in found], np.int64), [number for _, number in found]


def _write(look: Look, code: str, name: str, rows: Rows, cells: list[Any], *, certain: bool, group: str = "") -> Repair:
    index = look.column(name).index
    return look.repair(
        code,
        rows,
        look.where(rows, index),
        change.write(look.records[rows], index, cells),
        name=look.cell_name(int(rows[0]), index).partition("!")[0] + str(index),
        certain=certain,
        answers=ANSWERS,
        level=Level.GALAT,
        sample=look.samples(rows, index, cells),
        params={
            "kolom": look.header(name),
            "text": show(look.cells(name, rows[:1])[0]),
            "menjadi": show(cells[0]),
            **({"kelompok": group} if group else {}),
        },
    )


# --- numbers ---------------------------------------------------------------------------------------------------


def _numbers(look: Look, name: str, counted: bool) -> Iterator[Repair]:
    """Number cells of a thousandth of their neighbours."""
    has, values = look.has(name), look.values(name)
    candidates = _thousandths(has, values, counted)
    if not candidates.any():
        return
    rows = np.flatnonzero(candidates)
    cells = look.cells(name, rows)
    rows = rows[np.array([type(cell) is float for cell in cells], np.bool_)]
    others = values[has & ~candidates]
    if counted and len(rows) >= _SHARE * has.sum() and values[has].max(initial=0) < _THOUSAND * MICRO:
        rows = np.flatnonzero(has & (values > 0))  # 2 beside 1,25 and 3,4 is two thousand
    elif len(others) < _FEWEST or not counted:
        rows = rows[_fits(values[rows] * _THOUSAND, others)]
    if len(rows):
        yield _scaled(look, name, rows, others)


def _thousandths(has: NDArray[np.bool_], values: NDArray[np.int64], counted: bool) -> NDArray[np.bool_]:
    """Numbers that are not whole, but would be a thousand times larger; in a measured column far below the others."""
    if not has.any():
        return has
    low = has & (values > 0) & (values < _THOUSAND * MICRO)
    if not counted:
        low &= values * _SMALL < np.median(values[has])
    if not low.any():
        return low
    return np.asarray(low & (values % MICRO != 0) & (values * _THOUSAND % MICRO == 0), np.bool_)


def _fits(values: NDArray[np.int64], others: NDArray[np.int64]) -> NDArray[np.bool_]:
    if len(others) < _FEWEST:
        return np.zeros(len(values), np.bool_)
    return np.asarray((values >= others[others > 0].min(initial=MICRO)) & (values <= others.max()), np.bool_)


def _scaled(look: Look, name: str, rows: Rows, others: NDArray[np.int64]) -> Repair:
    index, style = look.column(name).index, look.style_of(name)
    after = [float(number_of(cell, style) or 0) * _THOUSAND for cell in look.cells(name, rows[:SHOWN])]
    return look.repair(
        "thousands_lost",
        rows,
        look.where(rows, index),
        change.scale(look.records[rows], index, Fraction(_THOUSAND), style),
        name=str(index),
        certain=False,
        answers=ANSWERS,
        level=Level.GALAT,
        sample=look.samples(rows, index, after),
        params={
            "kolom": look.header(name),
            "text": show(look.cells(name, rows[:1])[0]),
            "menjadi": show(after[0]),
            "biasa": show(float(np.median(others)) / MICRO) if len(others) else "–",
        },
    )
