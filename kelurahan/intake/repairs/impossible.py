"""Numbers that cannot be: below zero, or more than the whole. Only a person can say what was meant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np

from kelurahan.intake.parsed import Repair
from kelurahan.intake.repairs import change
from kelurahan.intake.repairs.kinds import is_percent
from kelurahan.intake.repairs.look import SHOWN, Look, Rows, number_of, times
from kelurahan.rules.findings import Level
from kelurahan.rules.numbers import MICRO
from kelurahan.rules.regulation import KRITERIA


def find(look: Look) -> Iterator[Repair]:
    for name in look.numeric:
        invalid = look.invalid(name)
        if invalid.any():
            yield from _negative(look, name, np.flatnonzero(invalid))
        if is_percent(look, name):
            over = look.has(name) & (look.values(name) > 100 * MICRO)
            yield from _leave_out(look, "percent_over_100", name, over, holds=True)
        elif name in KRITERIA and KRITERIA[name].penyebut in look.fields:
            penyebut = KRITERIA[name].penyebut
            both = look.has(name) & look.has(penyebut) & (look.values(penyebut) > 0)
            yield from _leave_out(look, "volume_too_large", name, both & (look.values(name) > look.values(penyebut)))


def _negative(look: Look, name: str, rows: Rows) -> Iterator[Repair]:
    style = look.style_of(name)
    numbers = [number_of(cell, style) for cell in look.cells(name, rows)]
    rows = rows[np.array([number is not None and number < 0 for number in numbers], np.bool_)]
    if not len(rows):
        return
    index = look.column(name).index
    records, group = look.records[rows], f"{look.parsed.key}:{name}:negatif"
    blank = change.write(records, index, [""] * len(rows))
    yield _choice(look, "negative_left_out", name, rows, blank, [""] * len(rows), group)
    without_sign = [times(-number, Fraction(1)) for number in numbers if number is not None and number < 0]
    if _possible(look, name, rows, without_sign):
        positive = change.write(records, index, list(without_sign))
        yield _choice(look, "negative_without_sign", name, rows, positive, without_sign, group)


def _possible(look: Look, name: str, rows: Rows, numbers: list[float]) -> bool:
    """Without its sign a volume must still be a part of its denominator."""
    penyebut = KRITERIA[name].penyebut if name in KRITERIA else ""
    if penyebut not in look.fields:
        return True
    factor = float(look.column(name).factor)
    whole = np.where(look.has(penyebut), look.values(penyebut), np.iinfo(np.int64).max)[rows] / MICRO
    return bool((np.array(numbers) * factor <= whole).all())


def _leave_out(look: Look, code: str, name: str, mask: np.ndarray, *, holds: bool = False) -> Iterator[Repair]:
    rows = np.flatnonzero(mask)
    if len(rows):
        index = look.column(name).index
        blank = change.write(look.records[rows], index, [""] * len(rows))
        yield _choice(look, code, name, rows, blank, [""] * len(rows), "", level=Level.PERINGATAN, holds=holds)


def _choice(
    look: Look,
    code: str,
    name: str,
    rows: Rows,
    what: change.Change,
    after: Sequence[object],
    group: str,
    level: Level = Level.GALAT,
    holds: bool = True,
) -> Repair:
    index = look.column(name).index
    penyebut = KRITERIA[name].penyebut if name in KRITERIA else ""
    return look.repair(
        code,
        rows,
        look.where(rows, index),
        what,
        name=str(index),
        level=level,
        holds=holds,
        answers=("over_100_percent",) if level is Level.PERINGATAN else ("negative",),
        sample=look.samples(rows[:SHOWN], index, after[:SHOWN]),
        params={
            "kolom": look.header(name),
            "penyebut": look.header(penyebut) if penyebut in look.fields else "",
            **({"kelompok": group} if group else {}),
        },
    )
