"""Σ of volumes and denominators by place, exact, with what is not known about them.

Numbers are integers in millionths of the unit. Where 64 bits might not hold a sum, Python integers take over.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from kelurahan.rules.regulation import PENYEBUT, RuleSet, State

Ints = npt.NDArray[Any]  # int64, or Python integers (object) where 64 bits might not do
Bools = npt.NDArray[np.bool_]

N_PENYEBUT = len(PENYEBUT)
INT64_MAX = 2**63 - 1


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """Σ over the rows of g groups, for 6 denominators and the K criteria of one rule set. Integers are millionths."""

    penyebut: Ints  # (g, 6) Σ of the known ones
    penyebut_known: Bools  # (g, 6) every row has it
    volume_min: Ints  # (g, K) empty cells as 0
    volume_max: Ints  # (g, K) empty cells as their denominator
    volume_known: Bools  # (g, K) every cell filled with a usable denominator, or not applicable
    volume_open: Bools  # (g, K) some cell is unknown and so is its denominator: no upper bound
    penyebut_open: Bools  # (g, K) some denominator is missing, or 0 under a volume: it may be larger than the sum
    na: Bools  # (g, K) no cell applies
    invalid: Bools  # (g, K) some cell is invalid, or has a volume over a denominator of 0
    n_rows: Ints  # (g,)
    n_assessed: Ints  # (g,) rows in which at least one criterion was assessed

    def __len__(self) -> int:
        return len(self.n_rows)

    def take(self, rows: Any) -> Sums:
        """The sums of some groups (index array, mask or slice)."""
        return Sums(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})


def sum_rows(
    values: Ints, states: Ints, rule_set: RuleSet, groups: Ints | None = None, n_groups: int | None = None
) -> Sums:
    """Sums of rows (values int64 millionths and states uint8, both (n, 25) in FIELDS order) by group.

    Without `groups` every row is its own group: one place and a million rows go the same way. A negative number is
    taken as invalid. A denominator that does not apply is 0.
    """
    sums = _each_row(np.asarray(values), np.asarray(states), rule_set)
    return sums if groups is None else add_sums(sums, groups, n_groups)


def _each_row(values: Ints, states: Ints, rule_set: RuleSet) -> Sums:
    filled = (states == State.FILLED) & (values >= 0)
    known_or_zero = filled[:, :N_PENYEBUT] | (states[:, :N_PENYEBUT] == State.NOT_APPLICABLE)
    penyebut = np.where(filled[:, :N_PENYEBUT], values[:, :N_PENYEBUT], 0)

    columns, divisors = rule_set.columns, rule_set.penyebut_columns
    cell_states = states[:, columns]
    cell_filled = filled[:, columns]
    volume = np.where(cell_filled, values[:, columns], 0)
    divisor, divisor_known = penyebut[:, divisors], known_or_zero[:, divisors]

    inapplicable = cell_states == State.NOT_APPLICABLE
    unknown = ~(cell_filled | inapplicable)
    no_divisor = divisor_known & (divisor == 0)
    over_zero = no_divisor & (volume > 0)
    return Sums(
        penyebut=penyebut,
        penyebut_known=known_or_zero,
        volume_min=volume,
        volume_max=np.where(unknown, divisor, volume) if unknown.any() else volume,
        volume_known=(cell_filled & divisor_known & ~over_zero) | inapplicable,
        volume_open=unknown & ~divisor_known,
        penyebut_open=~divisor_known | over_zero,
        na=inapplicable | (cell_filled & no_divisor & ~over_zero),
        invalid=over_zero | (unknown & (cell_states != State.EMPTY)),
        n_rows=np.ones(len(values), dtype=np.int64),
        n_assessed=(cell_filled | inapplicable).any(axis=1).astype(np.int64),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Grouping:
    """Rows sorted into numbered groups, ready to be added up any number of times."""

    size: int
    order: npt.NDArray[np.int64]
    present: npt.NDArray[np.int64]  # numbers of the groups that have rows
    starts: npt.NDArray[np.int64]  # where each of them starts in `order`

    @classmethod
    def of(cls, groups: Ints, n_groups: int | None = None) -> Grouping:
        """`groups` gives each row's group, 0 … n_groups − 1. Raises ValueError for a number outside."""
        groups = np.asarray(groups, dtype=np.int64)
        size = int(n_groups if n_groups is not None else groups.max(initial=-1) + 1)
        if len(groups) and (groups.min() < 0 or groups.max() >= size):
            raise ValueError("group number outside 0 … n_groups - 1")
        order = np.argsort(groups, kind="stable")
        present, starts = np.unique(groups[order], return_index=True)
        return cls(size, order, present, starts)

    def total(self, array: Ints) -> Ints:
        """Exact sums by group; 0 for a group without rows."""
        return _compact(self._reduce(_widen(array), np.add, 0))

    def every(self, array: Bools) -> Bools:
        """Is it so for every row of the group; True without rows."""
        return np.asarray(self._reduce(array, np.logical_and, True), dtype=np.bool_)

    def some(self, array: Bools) -> Bools:
        """Is it so for some row of the group."""
        return np.asarray(self._reduce(array, np.logical_or, False), dtype=np.bool_)

    def _reduce(self, array: Any, ufunc: np.ufunc, neutral: Any) -> Any:
        out = np.full((self.size, *array.shape[1:]), neutral, dtype=array.dtype)
        if len(self.present):
            out[self.present] = ufunc.reduceat(array[self.order], self.starts, axis=0)
        return out


def add_sums(sums: Sums, groups: Ints, n_groups: int | None = None) -> Sums:
    """Sums of sums: kelurahan → kecamatan → kota. `groups` gives each one's group number, 0 … n_groups − 1."""
    by = Grouping.of(groups, n_groups)
    return Sums(
        penyebut=by.total(sums.penyebut),
        penyebut_known=by.every(sums.penyebut_known),
        volume_min=by.total(sums.volume_min),
        volume_max=by.total(sums.volume_max),
        volume_known=by.every(sums.volume_known),
        volume_open=by.some(sums.volume_open),
        penyebut_open=by.some(sums.penyebut_open),
        na=by.every(sums.na),
        invalid=by.some(sums.invalid),
        n_rows=by.total(sums.n_rows),
        n_assessed=by.total(sums.n_assessed),
    )


def _widen(array: Ints) -> Ints:
    """Python integers where a sum of all rows could pass 64 bits."""
    if array.dtype != object and array.size and int(array.max()) * len(array) > INT64_MAX:
        return array.astype(object)
    return array


def _compact(array: Ints) -> Ints:
    """Back to 64 bits where every number fits."""
    if array.dtype == object and (not array.size or array.max() <= INT64_MAX):
        return array.astype(np.int64)
    return array
