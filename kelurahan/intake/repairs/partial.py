"""Figures of a kelurahan or kawasan whose denominators are less than the sum of its RT: they cover a part of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from kelurahan.intake.parsed import Parsed, Repair
from kelurahan.intake.repairs import change
from kelurahan.intake.repairs.look import SHOWN, Look, amount, times
from kelurahan.rules.findings import Level
from kelurahan.rules.numbers import from_micro
from kelurahan.rules.regulation import FIELDS, PENYEBUT, TINGKAT, State
from kelurahan.rules.score import score
from kelurahan.rules.sums import sum_rows

_SINGLY = 30  # places that are asked about one by one
_Key = tuple[str, str, int]  # kelurahan, kawasan or "", year

ANSWERS = ("direct_differs", "direct_class_differs", "over_100_percent")


@dataclass(frozen=True, slots=True)
class _Partial:
    row: int
    larger: dict[str, int]  # denominator → sum of the RT, where that is more
    n_rt: int  # 0 where the sum is of stored records


def find(look: Look) -> Iterator[Repair]:
    direct = [row for row in _direct(look.parsed) if look.parsed.kode[row]]
    names = [name for name in PENYEBUT if name in look.fields]
    if not direct or not names:
        return
    sums = _sums([look.parsed, *look.others])
    found = [one for row in direct if (one := _partial(look, row, names, sums))]
    if len(found) > 1:
        yield _repair(look, "denominators_partial_all", found, "")
    for one in found[:_SINGLY]:
        yield _repair(look, "denominators_partial", [one], look.row_name(one.row), _classes(look, one))


def _direct(parsed: Parsed) -> list[int]:
    """Rows about a kelurahan or kawasan; none where every row has an RT."""
    if all(parsed.rt):
        return []
    return [row for row, rt in enumerate(parsed.rt) if not rt]


def _sums(tables: list[Parsed]) -> dict[_Key, tuple[NDArray[np.int64], int]]:
    """Σ of the denominators of the RT by kelurahan and by kawasan, and how many RT that are.

    Where one of them lacks a denominator, its sum is no whole: −1.
    """
    rows: dict[_Key, list[NDArray[np.int64]]] = defaultdict(list)
    for parsed in tables:
        if not any(parsed.rt) or all(not kode for kode in parsed.kode):
            continue
        width = len(PENYEBUT)
        known = np.where(parsed.states[:, :width] == State.FILLED, parsed.values[:, :width], -1)
        for row, rt in enumerate(parsed.rt):
            if rt and parsed.kode[row]:
                for kawasan in {"", parsed.kawasan[row].casefold()}:
                    rows[parsed.kode[row], kawasan, int(parsed.tahun[row])].append(known[row])
    return {key: (_added(np.stack(parts)), len(parts)) for key, parts in rows.items()}


def _added(parts: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.where((parts < 0).any(axis=0), -1, parts.sum(axis=0))


def _partial(
    look: Look, row: int, names: list[str], sums: dict[_Key, tuple[NDArray[np.int64], int]]
) -> _Partial | None:
    parsed = look.parsed
    key = parsed.kode[row], parsed.kawasan[row].casefold(), int(parsed.tahun[row])
    if key in sums:
        added, n_rt = sums[key]
        whole = {name: int(added[FIELDS.index(name)]) for name in names}
    else:
        stored = look.beside.sums.get(f"{key[0]}|{key[2]}", {}) if not key[1] else {}
        whole, n_rt = {name: stored.get(name, -1) for name in names}, 0
    larger = {name: sum_ for name, sum_ in whole.items() if look.has(name)[row] and sum_ > look.values(name)[row]}
    return _Partial(row, larger, n_rt) if larger else None


def _classes(look: Look, one: _Partial) -> dict[str, str]:
    """The class with the denominators as they stand, and with the sums."""
    values, states = look.parsed.values[[one.row, one.row]].copy(), look.parsed.states[[one.row, one.row]]
    for name, whole in one.larger.items():
        values[1, FIELDS.index(name)] = whole
    scores = score(sum_rows(values, states, look.rules), look.rules)
    here, there = (_range(int(scores.tingkat_min[i]), int(scores.tingkat_max[i])) for i in (0, 1))
    return {"langsung": here, "jumlah": there}


def _range(lowest: int, highest: int) -> str:
    return TINGKAT[lowest] if lowest == highest else f"{TINGKAT[lowest]}–{TINGKAT[highest]}"


def _repair(look: Look, code: str, found: list[_Partial], name: str, params: dict[str, str] | None = None) -> Repair:
    rows = np.array([one.row for one in found], np.int64)
    changes, sample = [], []
    for one in found:
        for field, whole in one.larger.items():
            column = look.column(field)
            cell = times(from_micro(whole), Fraction(1) / column.factor)
            changes.append(change.write(look.records[[one.row]], column.index, [cell]))
            sample.append(look.sample(one.row, column.index, cell))
    first = found[0]
    differences = [
        f"{field}: {amount(look.values(field)[first.row])} / {amount(s)}" for field, s in first.larger.items()
    ]
    columns = [look.column(field).index for one in found for field in one.larger]
    return look.repair(
        code,
        rows,
        look.where(rows, min(columns), max(columns)),
        change.several(changes),
        name=name,
        level=Level.PERINGATAN,
        holds=False,
        answers=ANSWERS,
        sample=sample[:SHOWN],
        params={
            "tempat": look.place(first.row),
            "n_rt": first.n_rt,
            "beda": ", ".join(differences),
            **(params or {}),
        },
    )
