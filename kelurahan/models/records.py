"""Assessments in bulk, read as exact integers in FIELDS order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from kelurahan.models.assessment import COLUMNS, Assessment
from kelurahan.models.copying import Matrix, copy_out
from kelurahan.rules.regulation import FIELDS
from kelurahan.rules.score import State
from kelurahan.rules.summary import Jenis

N = len(FIELDS)
BITS = 1 << np.arange(N, dtype=np.int64)
_TABLE = Assessment._meta.db_table


@dataclass(frozen=True, slots=True)
class Records:
    """n stored records: who they belong to, values in millionths (n, 25) and states (n, 25) in FIELDS order."""

    area_id: NDArray[np.int64]
    tahun: NDArray[np.int64]
    versi: NDArray[np.int64]
    values: NDArray[np.int64]
    states: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.area_id)


def mask_of(bits: NDArray[Any]) -> NDArray[np.int64]:
    """(n, 25) booleans → n integers, bit i for field i."""
    return (bits.astype(np.int64) * BITS).sum(axis=1)


def bits_of(masks: NDArray[np.int64]) -> NDArray[np.bool_]:
    """n integers → (n, 25) booleans."""
    return (masks[:, None] & BITS) != 0


def states_of(values: Matrix, not_applicable: NDArray[np.int64]) -> NDArray[np.uint8]:
    """States of stored values, where −1 stands for NULL."""
    states = np.where(values < 0, State.EMPTY, State.FILLED).astype(np.uint8)
    states[bits_of(not_applicable)] = State.NOT_APPLICABLE
    return states


_COLUMNS = "s.area_id, s.tahun::bigint, s.versi::bigint, s.tidak_berlaku, " + ", ".join(
    f"COALESCE((s.{name} * 1000000)::bigint, -1)" for name in COLUMNS
)


def _records(matrix: Matrix) -> Records:
    values = matrix[:, 4 : 4 + N]
    states = states_of(values, matrix[:, 3])
    return Records(matrix[:, 0], matrix[:, 1], matrix[:, 2], np.where(states == State.FILLED, values, 0), states)


def read_records(*, area_ids: Sequence[int], years: Sequence[int], rule_set: str) -> Records:
    """The stored records of these places in these years."""
    # The type matters: psycopg2 writes an array of integer, which PostgreSQL compares with a bigint one by one
    # (83,000 × 83,000 times where the table has no statistics yet: 8 s instead of 0.4)
    query = (
        f"SELECT {_COLUMNS} FROM {_TABLE} s"
        " WHERE s.aturan = %s AND s.tahun = ANY(%s) AND s.area_id = ANY(%s::bigint[]) ORDER BY s.area_id, s.tahun"
    )
    with connection.cursor() as cursor:
        return _records(copy_out(cursor.cursor, query, (rule_set, list(years), list(area_ids)), 4 + N))


@dataclass(frozen=True, slots=True)
class YearRecords:
    """All records of some kelurahan in one year, and where each belongs."""

    records: Records
    jenis: NDArray[np.int64]  # (n,) rules.summary.Jenis
    kelurahan_id: NDArray[np.int64]  # (n,)
    kawasan_id: NDArray[np.int64]  # (n,) of an RT in a kawasan, or the kawasan's own id; −1 elsewhere

    def __len__(self) -> int:
        return len(self.records)


_JENIS = f"CASE a.level WHEN 'rt' THEN {Jenis.RT:d} WHEN 'kawasan' THEN {Jenis.KAWASAN:d} ELSE {Jenis.LANGSUNG:d} END"
_KELURAHAN = "CASE a.level WHEN 'kelurahan' THEN a.id ELSE a.parent_id END"
_KAWASAN = "CASE a.level WHEN 'kawasan' THEN a.id ELSE COALESCE(a.kawasan_id, -1) END"


def read_year(*, year: int, rule_set: str, kelurahan_ids: Sequence[int] | None = None) -> YearRecords:
    """All records of a year, or those at or below these kelurahan, in the order of the places' ids."""
    query = (
        f"SELECT {_COLUMNS}, ({_JENIS})::bigint, {_KELURAHAN}, {_KAWASAN}"
        f" FROM {_TABLE} s JOIN kelurahan_area a ON a.id = s.area_id WHERE s.aturan = %s AND s.tahun = %s"
    )
    params: tuple[Any, ...] = (rule_set, year)
    if kelurahan_ids is not None:
        query += f" AND {_KELURAHAN} = ANY(%s::bigint[])"
        params += (list(kelurahan_ids),)
    with connection.cursor() as cursor:
        matrix = copy_out(cursor.cursor, f"{query} ORDER BY s.area_id", params, 4 + N + 3)
    return YearRecords(_records(matrix), *(matrix[:, 4 + N + i] for i in range(3)))
