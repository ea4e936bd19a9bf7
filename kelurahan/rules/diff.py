"""Stored beside incoming: what is new, what changes cell by cell, and which classes would move."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from kelurahan.rules.regulation import State
from kelurahan.rules.score import Scores
from kelurahan.rules.summary import class_buckets
from kelurahan.rules.sums import Bools, Ints


class Status(IntEnum):
    SAME = 0
    CHANGED = 1
    NEW = 2


@dataclass(frozen=True, slots=True, eq=False)
class Diff:
    """n incoming rows beside what is stored."""

    status: npt.NDArray[np.uint8]  # (n,) Status
    changed: Bools  # (n, 25) cells that would be written differently
    values: npt.NDArray[np.int64]  # (n, 25) as they would be stored, millionths
    states: npt.NDArray[np.uint8]  # (n, 25)

    def __len__(self) -> int:
        return len(self.status)

    def take(self, rows: Any) -> Diff:
        """Some of the rows (index array, mask or slice)."""
        return Diff(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})

    def count(self, status: Status) -> int:
        return int((self.status == status).sum())


def compare(
    old_values: Ints, old_states: Ints, old_exists: Bools, new_values: Ints, new_states: Ints, given: Bools
) -> Diff:
    """Lay incoming rows over stored ones, both (n, 25) in FIELDS order.

    `given` ((25,) or (n, 25)) marks the cells the file really has: a blank cell keeps what is stored, the words for
    "not assessed" and "does not apply" change it. A row that is not stored yet starts empty; values count as 0
    wherever a cell is not filled.
    """
    exists = np.asarray(old_exists, dtype=np.bool_)[:, None]
    base_states = np.where(exists, old_states, State.EMPTY).astype(np.uint8)
    base_values = np.where(base_states == State.FILLED, old_values, 0).astype(np.int64)
    given = np.broadcast_to(np.asarray(given, dtype=np.bool_), base_states.shape)
    states = np.where(given, new_states, base_states).astype(np.uint8)
    values = np.where(given, new_values, base_values).astype(np.int64)
    values[states != State.FILLED] = 0
    changed = np.asarray((states != base_states) | (values != base_values), dtype=np.bool_)
    status = np.where(changed.any(axis=1), Status.CHANGED, Status.SAME)
    status = np.where(exists[:, 0], status, Status.NEW).astype(np.uint8)
    return Diff(status, changed, values, states)


@dataclass(frozen=True, slots=True)
class ClassChange:
    """Place i moves from one bucket of `summary.BUCKETS` to another, with the class range on either side."""

    i: int
    old: int
    new: int
    old_range: tuple[int, int]
    new_range: tuple[int, int]


def class_changes(old: Scores, new: Scores) -> list[ClassChange]:
    """The places (same order in both) whose class would move; a range that only narrows is no move."""
    before, after = class_buckets(old), class_buckets(new)
    return [
        ClassChange(
            i=int(i),
            old=int(before[i]),
            new=int(after[i]),
            old_range=(int(old.tingkat_min[i]), int(old.tingkat_max[i])),
            new_range=(int(new.tingkat_min[i]), int(new.tingkat_max[i])),
        )
        for i in np.flatnonzero(before != after)
    ]
