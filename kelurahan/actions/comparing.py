"""What an upload would change: its rows beside the stored records, exact, cell by cell."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from kelurahan.actions.places import NewPlace, area_ids
from kelurahan.actions.staging import Staged
from kelurahan.models import Level
from kelurahan.models.records import Records, read_records
from kelurahan.rules import diff
from kelurahan.rules.regulation import FIELDS
from kelurahan.rules.score import State

PlaceKey = tuple[str, str, str]
"""Code of the kelurahan, name of the kawasan or "", RT or ""."""


def area_code(kelurahan: str, kawasan: str, rt: str) -> str:
    """The code of the place a row is about: its RT, else its kawasan, else the kelurahan itself."""
    return f"{kelurahan}/{rt or kawasan}" if rt or kawasan else kelurahan


@dataclass(frozen=True)  # without slots: its answers are kept
class Comparison:
    """m writable rows of an upload beside what is stored."""

    rows: Staged
    kode: list[str]  # (m,) code of the place of each row
    area_id: NDArray[np.int64]  # (m,) −1 for a place that does not exist yet
    old_values: NDArray[np.int64]
    old_states: NDArray[np.uint8]
    exists: NDArray[np.bool_]  # (m,) there is a stored record
    diff: diff.Diff

    @cached_property
    def touched(self) -> NDArray[np.int64]:
        """Indices of the rows that would write something."""
        return np.flatnonzero(self.diff.changed.any(axis=1) | ~self.exists)

    def fingerprint(self) -> str:
        """Names the difference: which cells of which records go from what to what."""
        touched = self.touched
        digest = hashlib.sha256(repr([self.kode[i] for i in touched]).encode())
        for array in (
            self.rows.tahun,
            self.exists,
            self.old_values,
            self.old_states,
            self.diff.values,
            self.diff.states,
        ):
            digest.update(np.ascontiguousarray(array[touched]).tobytes())
        return digest.hexdigest()

    @cached_property
    def new_places(self) -> list[NewPlace]:
        """Kawasan and RT that the rows name and the city does not have."""
        missing = np.flatnonzero(self.area_id < 0).tolist()
        return places_to_make({self.kode[i]: self.rows.key[i][:3] for i in missing}, (k[:2] for k in self.rows.key))

    @cached_property
    def kelurahan_ids(self) -> dict[str, int]:
        """Ids of the kelurahan that the rows name, by code."""
        return area_ids({key[0] for key in self.rows.key})

    @cached_property
    def touched_kelurahan(self) -> list[int]:
        """Ids of the kelurahan that would change, in order."""
        return sorted({self.kelurahan_ids[self.rows.key[i][0]] for i in self.touched.tolist()})


def places_to_make(missing: Mapping[str, PlaceKey], named: Iterable[tuple[str, str]]) -> list[NewPlace]:
    """The `missing` places by code, and of the kawasan `named` (code of the kelurahan, name) those that the city does
    not have."""
    wanted = {kode: _new_place(kode, *key) for kode, key in missing.items()}
    kawasan = {area_code(*pair, ""): pair for pair in named if pair[1]}
    known = area_ids(kawasan)
    for kode, pair in kawasan.items():
        if kode not in known:
            wanted.setdefault(kode, _new_place(kode, *pair, ""))
    return list(wanted.values())


def _new_place(kode: str, kelurahan: str, kawasan: str, rt: str) -> NewPlace:
    if not rt:
        return NewPlace(kode, kawasan, Level.KAWASAN, kelurahan)
    return NewPlace(kode, rt, Level.RT, kelurahan, f"{kelurahan}/{kawasan}" if kawasan else "")


def _positions(stored: Records, area_id: NDArray[np.int64], tahun: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where each (place, year) stands among the stored records; −1 where it does not."""
    keys = stored.area_id * 10_000 + stored.tahun
    order = np.argsort(keys)
    wanted = area_id * 10_000 + tahun
    if not len(keys):
        return np.full(len(wanted), -1, dtype=np.int64)
    at = np.minimum(np.searchsorted(keys[order], wanted), len(keys) - 1)
    return np.where(keys[order][at] == wanted, order[at], -1)


def _first_of_each(kode: list[str], tahun: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rows that say the same place and year again are left out: only equal ones get this far."""
    seen: dict[tuple[str, int], int] = {}
    for i, key in enumerate(zip(kode, tahun.tolist(), strict=True)):
        seen.setdefault(key, i)
    return np.fromiter(seen.values(), dtype=np.int64, count=len(seen))


@dataclass(frozen=True, slots=True)
class Beside:
    """n rows, each beside the stored record of its place and year; `area_id` −1 for a place that does not exist."""

    area_id: NDArray[np.int64]
    exists: NDArray[np.bool_]
    old_values: NDArray[np.int64]
    old_states: NDArray[np.uint8]
    diff: diff.Diff

    def take(self, index: NDArray[np.int64]) -> Beside:
        return Beside(
            area_id=self.area_id[index],
            exists=self.exists[index],
            old_values=self.old_values[index],
            old_states=self.old_states[index],
            diff=self.diff.take(index),
        )


def lay_beside(rows: Staged, kode: list[str], rule_set: str) -> Beside:
    """Lay rows over what is stored now. A blank cell of the file keeps the stored value."""
    ids = area_ids(set(kode))
    area_id = np.array([ids.get(k, -1) for k in kode], dtype=np.int64)
    stored = read_records(area_ids=list(ids.values()), years=np.unique(rows.tahun).tolist(), rule_set=rule_set)
    at = _positions(stored, area_id, rows.tahun)
    exists = at >= 0
    old_values = np.zeros((len(rows), len(FIELDS)), dtype=np.int64)
    old_states = np.full((len(rows), len(FIELDS)), State.EMPTY, dtype=np.uint8)
    old_values[exists], old_states[exists] = stored.values[at[exists]], stored.states[at[exists]]
    result = diff.compare(old_values, old_states, exists, rows.values, rows.states, rows.given)
    return Beside(area_id, exists, old_values, old_states, result)


def codes(rows: Staged) -> list[str]:
    return [area_code(kelurahan, kawasan, rt) for kelurahan, kawasan, rt, _ in rows.key]


def compare(staged: Staged, rule_set: str, beside: Beside | None = None) -> Comparison:
    """Compare the rows that may be written with what is stored now. A row that would only make an empty record is
    left out. `beside` are all rows laid beside the records in this very moment, where somebody has them already."""
    kept = np.flatnonzero(~staged.held)
    rows = staged.take(kept)
    first = _first_of_each(codes(rows), rows.tahun)
    rows = rows.take(first)
    kode = codes(rows)
    beside = beside.take(kept[first]) if beside else lay_beside(rows, kode, rule_set)
    return _without_empty(
        Comparison(
            rows=rows,
            kode=kode,
            area_id=beside.area_id,
            old_values=beside.old_values,
            old_states=beside.old_states,
            exists=beside.exists,
            diff=beside.diff,
        )
    )


def _without_empty(whole: Comparison) -> Comparison:
    keep = np.flatnonzero(whole.exists | (whole.diff.states != State.EMPTY).any(axis=1))
    if len(keep) == len(whole.kode):
        return whole
    return Comparison(
        rows=whole.rows.take(keep),
        kode=[whole.kode[i] for i in keep],
        area_id=whole.area_id[keep],
        old_values=whole.old_values[keep],
        old_states=whole.old_states[keep],
        exists=whole.exists[keep],
        diff=whole.diff.take(keep),
    )
