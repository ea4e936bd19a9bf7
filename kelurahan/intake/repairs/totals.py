"""Rows that are the sum of the rows above or below them and were read as a place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kelurahan.intake.columns import Column, plain
from kelurahan.intake.parsed import Repair
from kelurahan.intake.repairs import change
from kelurahan.intake.repairs.look import SHOWN, Bools, Look
from kelurahan.rules.addition import sums_above

_PATTERNS = 8  # ways to leave cells blank that are tried on rows without a place
_FEW, _MANY = 2, 3  # columns that add up and are not zero: of a row without and with a place
_LONG = 4  # rows: so long a sum is no accident, even of one column
_NOT_ADDED = {"persen", "rata", "kepadatan", "rasio", "indeks", "per", "tahun", "rerata"}
_SEED = 7

ANSWERS = ("place_unknown", "place_unknown_like", "place_missing", "place_ambiguous", "duplicate_different")


@dataclass(frozen=True, slots=True)
class _Sum:
    row: int
    first: int
    last: int
    n: int  # columns that add up and are not zero


def find(look: Look) -> Iterator[Repair]:
    names = [name for name in look.numeric if _is_added(look.column(name))]
    if len(look) <= _FEW or not names:
        return
    values = np.column_stack([np.where(look.has(name), look.values(name), 0) for name in names])
    filled = np.column_stack([look.has(name) for name in names])
    lost = _without_place(look)
    found = [one for one in _sums(values, filled, lost) if not _is_own_sum(look, one)]
    slips = [one for one in found if lost[one.row] and (one.n >= _FEW or one.last - one.first + 1 >= _LONG)]
    likely = [one for one in found if not lost[one.row] and one.n >= _MANY]
    index = look.column(names[0]).index
    if slips:
        yield _repair(look, "total_rows_slipped", slips, index, certain=True)
    if likely:
        yield _repair(look, "total_rows_likely", likely, index, certain=False)


def _is_added(column: Column) -> bool:
    return not _NOT_ADDED & {*plain(column.header).split(), *plain(column.unit).split()} and "/" not in column.unit


def _without_place(look: Look) -> Bools:
    return np.array([not kode for kode in look.parsed.kode], np.bool_) | ~look.parsed.placed


def _sums(values: NDArray[np.int64], filled: Bools, lost: Bools) -> list[_Sum]:
    """Sums over all columns, and of rows without a place also over those that they fill."""
    found = {one.row: one for one in _both_ways(values, np.ones(values.shape[1], np.bool_))}
    open_rows = [row for row in np.flatnonzero(lost).tolist() if row not in found and filled[row].any()]
    patterns = dict.fromkeys(filled[row].tobytes() for row in open_rows)
    for pattern in list(patterns)[:_PATTERNS]:
        columns = np.frombuffer(pattern, np.bool_)
        if not columns.all():
            for one in _both_ways(values, columns):
                if lost[one.row] and filled[one.row].tobytes() == pattern:
                    found.setdefault(one.row, one)
    return [found[row] for row in sorted(found)]


def _both_ways(values: NDArray[np.int64], columns: Bools) -> Iterator[_Sum]:
    chosen = values[:, columns]
    weights = np.asarray(np.random.default_rng(_SEED).integers(1, 2**61, chosen.shape[1]) * 2 + 1, np.int64)
    end = len(values) - 1
    for row, first, last in sums_above(chosen, weights):
        yield _Sum(row, first, last, int(np.count_nonzero(chosen[row])))
    for row, first, last in sums_above(chosen[::-1], weights):
        yield _Sum(end - row, end - last, end - first, int(np.count_nonzero(chosen[end - row])))


def _is_own_sum(look: Look, one: _Sum) -> bool:
    """A figure of a kelurahan or kawasan with its own RT around it is what it says."""
    parsed = look.parsed
    if parsed.rt[one.row] or not parsed.kode[one.row]:
        return False
    parts = range(one.first, one.last + 1)
    kawasan = parsed.kawasan[one.row]
    return all(
        parsed.kode[part] == parsed.kode[one.row]
        and (parsed.rt[part] != "" or (not kawasan and parsed.kawasan[part] != ""))
        and (not kawasan or parsed.kawasan[part] == kawasan)
        for part in parts
    )


def _repair(look: Look, code: str, found: list[_Sum], index: int, *, certain: bool) -> Repair:
    rows = np.array([one.row for one in found], np.int64)
    shown = ", ".join(look.row_name(one.row) for one in found[:SHOWN])
    return look.repair(
        code,
        rows,
        look.where(rows, 0),
        change.clear(look.records[rows]),
        name="",
        certain=certain,
        answers=ANSWERS,
        sample=look.samples(rows, index, [""] * len(rows)),
        params={
            "baris": shown + (", …" if len(found) > SHOWN else ""),
            "dari": look.row_name(found[0].first),
            "sampai": look.row_name(found[0].last),
            "pertama": look.row_name(found[0].row),
        },
    )
