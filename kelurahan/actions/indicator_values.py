"""Values of supporting indicators in bulk: written by COPY and upsert, each with its history, and put back again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from kelurahan.models import ChangeSet
from kelurahan.models.copying import Matrix, copy_out, copy_rows_in


@dataclass(frozen=True, slots=True)
class IncomingValues:
    """m values to write or remove, each of another indicator, place or year."""

    indicator_id: NDArray[np.int64]
    area_id: NDArray[np.int64]
    tahun: NDArray[np.int64]
    values: NDArray[np.int64]  # millionths
    removed: NDArray[np.bool_]
    sumber: Sequence[str]
    sheet: Sequence[str]
    sel: Sequence[str]

    def __len__(self) -> int:
        return len(self.area_id)


_STAGED = (
    "CREATE TEMP TABLE angka_masuk (indicator_id bigint, area_id bigint, tahun bigint, mikro bigint, hapus boolean,"
    " contoh boolean, sumber text, sheet text, sel text) ON COMMIT DROP"
)
_HISTORY = """
INSERT INTO kelurahan_indicatorchange
    (change_set_id, kode, area_id, area_kode, tahun, lama, baru, lama_sumber, baru_sumber, lama_contoh, sheet, sel)
SELECT %s, i.kode, t.area_id, a.kode, t.tahun, v.nilai, CASE WHEN NOT t.hapus THEN t.mikro * 0.000001 END,
    COALESCE(v.sumber, ''), CASE WHEN t.hapus THEN '' ELSE t.sumber END, COALESCE(v.contoh, FALSE), t.sheet, t.sel
FROM angka_masuk t
JOIN kelurahan_indicator i ON i.id = t.indicator_id
JOIN kelurahan_area a ON a.id = t.area_id
LEFT JOIN kelurahan_indicatorvalue v
    ON v.indicator_id = t.indicator_id AND v.area_id = t.area_id AND v.tahun = t.tahun
"""
_REMOVE = """
DELETE FROM kelurahan_indicatorvalue v USING angka_masuk t
WHERE t.hapus AND v.indicator_id = t.indicator_id AND v.area_id = t.area_id AND v.tahun = t.tahun
"""
_WRITE = """
INSERT INTO kelurahan_indicatorvalue (indicator_id, area_id, tahun, nilai, sumber, contoh)
SELECT indicator_id, area_id, tahun, mikro * 0.000001, sumber, contoh FROM angka_masuk WHERE NOT hapus
ON CONFLICT (indicator_id, area_id, tahun)
DO UPDATE SET nilai = EXCLUDED.nilai, sumber = EXCLUDED.sumber, contoh = EXCLUDED.contoh
"""
# Places and indicators that are gone have nothing to put back
_PUT_BACK = """
INSERT INTO angka_masuk
SELECT i.id, c.area_id, c.tahun, COALESCE((c.lama * 1000000)::bigint, 0), c.lama IS NULL, c.lama_contoh,
    c.lama_sumber, '', ''
FROM kelurahan_indicatorchange c
JOIN kelurahan_indicator i ON i.kode = c.kode
JOIN kelurahan_area a ON a.id = c.area_id
WHERE c.change_set_id = %s
"""
_STORED = """
SELECT v.indicator_id, v.area_id, v.tahun::bigint, (v.nilai * 1000000)::bigint, v.contoh::int::bigint
FROM kelurahan_indicatorvalue v
WHERE v.indicator_id = ANY(%s::bigint[]) AND v.tahun = ANY(%s::int[])
"""


def lock_values() -> None:
    """Let one bulk write at a time change values of indicators, until this transaction ends. Whoever also changes
    records locks those first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('indikator'))")


def read_values(*, indicator_ids: Sequence[int], years: Sequence[int]) -> Matrix:
    """Stored values, a row each: indicator id, area id, year, millionths, 1 for example data."""
    with connection.cursor() as cursor:
        return copy_out(cursor.cursor, _STORED, (list(indicator_ids), list(years)), 5)


def write_values(*, rows: IncomingValues, change_set: ChangeSet, example: bool = False) -> None:
    """Write the values and one IndicatorChange for each. Call inside a transaction that holds `lock_values`."""
    if not len(rows):
        return
    with connection.cursor() as cursor:
        _stage(cursor)
        contoh = "t" if example else "f"
        columns = (rows.indicator_id, rows.area_id, rows.tahun, rows.values)
        numbers = zip(*(column.tolist() for column in columns), strict=True)
        texts = zip(rows.removed.tolist(), rows.sumber, rows.sheet, rows.sel, strict=True)
        copy_rows_in(
            cursor.cursor,
            "angka_masuk",
            (
                (*map(str, four), "t" if removed else "f", contoh, sumber[:300], sheet[:120], sel[:12])
                for four, (removed, sumber, sheet, sel) in zip(numbers, texts, strict=True)
            ),
        )
        _write_staged(cursor, change_set)


def remove_values(*, keys: Sequence[tuple[int, int, int]], change_set: ChangeSet) -> None:
    """Remove the values of (indicator id, area id, year); the history keeps what they held. Call as `write_values`."""
    n, columns = len(keys), np.array(keys, dtype=np.int64).reshape(-1, 3)
    nothing = [""] * n
    rows = IncomingValues(
        indicator_id=columns[:, 0],
        area_id=columns[:, 1],
        tahun=columns[:, 2],
        values=np.zeros(n, dtype=np.int64),
        removed=np.ones(n, dtype=np.bool_),
        sumber=nothing,
        sheet=nothing,
        sel=nothing,
    )
    write_values(rows=rows, change_set=change_set)


def put_back(*, change_set: ChangeSet, undo: ChangeSet) -> None:
    """Write the inverse of a change set's values under `undo`. Call as `write_values`, with no later edits found."""
    with connection.cursor() as cursor:
        _stage(cursor)
        cursor.execute(_PUT_BACK, [change_set.pk])
        _write_staged(cursor, undo)


def _stage(cursor: Any) -> None:
    cursor.execute("DROP TABLE IF EXISTS angka_masuk")
    cursor.execute(_STAGED)


def _write_staged(cursor: Any, change_set: ChangeSet) -> None:
    cursor.execute("ANALYZE angka_masuk (indicator_id, area_id, tahun)")
    cursor.execute(_HISTORY, [change_set.pk])
    cursor.execute(_REMOVE)
    cursor.execute(_WRITE)
