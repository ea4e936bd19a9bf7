"""Percentages written as a fraction, 0–1 for 0–100: a whole column, or some cells among others."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from kelurahan.intake.parsed import Repair
from kelurahan.intake.repairs import change
from kelurahan.intake.repairs.kinds import is_percent
from kelurahan.intake.repairs.look import SHOWN, Look, Rows, number_of, show, times
from kelurahan.rules.findings import Level
from kelurahan.rules.numbers import MICRO

_FEWEST = 3  # cells that make a pattern
_SMALL_SHARE = 0.2  # a column that stays below may really be of small percentages
_APART = 10  # times smaller than nearly all other cells

ANSWERS = ("percent_as_fraction",)


def find(look: Look) -> Iterator[Repair]:
    for name in look.numeric:
        if not is_percent(look, name):
            continue
        values, has = look.values(name), look.has(name)
        below = has & (values > 0) & (values <= MICRO)
        above = has & (values > MICRO)
        if not below.any():
            continue
        if not above.any():
            if below.sum() >= _FEWEST and (values[below] < MICRO).any():
                certain = bool(values[below].max() >= _SMALL_SHARE * MICRO)
                yield _repair(look, "fraction_column", name, np.flatnonzero(below), certain=certain)
            continue
        rows = _among_percentages(look, name, below & (values < MICRO), values[above])
        if len(rows):
            yield _repair(look, "fraction_cells", name, rows, certain=False)


def _among_percentages(look: Look, name: str, below: np.ndarray, others: np.ndarray) -> Rows:
    """Cells that would fit times 100, and hardly fit as they are. "0,5%" says itself what it is."""
    rows = np.flatnonzero(below)
    signed = np.array([type(cell) is str and "%" in cell for cell in look.cells(name, rows)], np.bool_)
    rows = rows[~signed]
    if len(others) < _FEWEST:
        return rows[:0]
    values = look.values(name)[rows]
    outlying = values * _APART < np.quantile(others, 0.1)
    return rows[outlying & (values * 100 >= others.min() / 2)]


def _repair(look: Look, code: str, name: str, rows: Rows, *, certain: bool) -> Repair:
    index, style, hundred = look.column(name).index, look.style_of(name), Fraction(100)
    numbers = [number_of(cell, style) for cell in look.cells(name, rows[:SHOWN])]
    after = [times(number, hundred) if number is not None else "" for number in numbers]
    return look.repair(
        code,
        rows,
        look.where(rows, index),
        change.scale(look.records[rows], index, hundred, style),
        name=str(index),
        certain=certain,
        answers=ANSWERS,
        level=Level.PERINGATAN,
        sample=look.samples(rows, index, after),
        params={
            "kolom": look.header(name),
            "text": show(look.cells(name, rows[:1])[0]),
            "menjadi": show(after[0]),
        },
    )
