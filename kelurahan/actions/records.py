"""Assessments in bulk: written by COPY and upsert, each write with its history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from kelurahan.models import COLUMNS, Assessment, Change, ChangeSet
from kelurahan.models.copying import copy_in
from kelurahan.models.records import N, mask_of
from kelurahan.rules.score import State

_TABLE = Assessment._meta.db_table
_CHANGE = Change._meta.db_table


@dataclass(frozen=True, slots=True)
class Incoming:
    """m records to write, whole rows after merging; `changed` tells which fields differ from what is stored."""

    area_id: NDArray[np.int64]
    tahun: NDArray[np.int64]
    values: NDArray[np.int64]
    states: NDArray[np.uint8]
    changed: NDArray[np.bool_]
    sheet: Sequence[str]  # distinct sheet names
    sheet_no: NDArray[np.int64]  # index into `sheet`, −1 for none
    baris: NDArray[np.int64]  # row in the sheet, −1 for none


_COLUMNS_SQL = ", ".join(f"c{i} bigint" for i in range(N))
_NUMERIC = [f"NULLIF(t.c{i}, -1) * 0.000001" for i in range(N)]


def _stage(cursor: Any, rows: Incoming) -> None:
    cursor.execute("DROP TABLE IF EXISTS masuk")
    cursor.execute(
        "CREATE TEMP TABLE masuk (area_id bigint, tahun bigint, tb bigint, berubah bigint, sheet_no bigint,"
        f" baris bigint, {_COLUMNS_SQL}) ON COMMIT DROP"
    )
    filled = rows.states == State.FILLED
    head = np.column_stack(
        [
            rows.area_id,
            rows.tahun,
            mask_of(rows.states == State.NOT_APPLICABLE),
            mask_of(rows.changed),
            rows.sheet_no,
            rows.baris,
        ]
    )
    copy_in(cursor.cursor, "masuk", np.column_stack([head, np.where(filled, rows.values, -1)]).astype(np.int64))
    cursor.execute("ANALYZE masuk")


def _old_array(alias: str = "s") -> str:
    return "ARRAY[" + ", ".join(f"{alias}.{name}" for name in COLUMNS) + "]"


def _history_sql() -> str:
    new = "ARRAY[" + ", ".join(_NUMERIC) + "]"
    return (
        f"INSERT INTO {_CHANGE} (change_set_id, area_id, area_kode, tahun, aturan, lama, baru, lama_tb, baru_tb,"
        " lama_contoh, berubah, versi, sheet, baris)"
        f" SELECT %s, t.area_id, a.kode, t.tahun, %s, CASE WHEN s.id IS NULL THEN NULL ELSE {_old_array()} END,"
        f" {new}, COALESCE(s.tidak_berlaku, 0), t.tb, COALESCE(s.contoh, FALSE), t.berubah, COALESCE(s.versi, 0) + 1,"
        " COALESCE((%s::text[])[t.sheet_no + 1], ''), NULLIF(t.baris, -1)"
        " FROM masuk t JOIN kelurahan_area a ON a.id = t.area_id"
        f" LEFT JOIN {_TABLE} s ON s.area_id = t.area_id AND s.tahun = t.tahun AND s.aturan = %s"
    )


def _upsert_sql() -> str:
    names = ", ".join(COLUMNS)
    updates = ", ".join(f"{name} = EXCLUDED.{name}" for name in COLUMNS)
    return (
        f"INSERT INTO {_TABLE} (area_id, tahun, aturan, {names}, tidak_berlaku, versi, contoh, diubah)"
        f" SELECT t.area_id, t.tahun, %s, {', '.join(_NUMERIC)}, t.tb, 1, %s, now() FROM masuk t"
        f" ON CONFLICT (area_id, tahun, aturan) DO UPDATE SET {updates}, tidak_berlaku = EXCLUDED.tidak_berlaku,"
        f" versi = {_TABLE}.versi + 1, contoh = EXCLUDED.contoh, diubah = now()"
    )


def write_records(*, rows: Incoming, change_set: ChangeSet, rule_set: str, example: bool = False) -> None:
    """Write the rows and one Change per record. Call inside a transaction that holds `lock_records`."""
    if not len(rows.area_id):
        return
    with connection.cursor() as cursor:
        _stage(cursor, rows)
        cursor.execute(_history_sql(), [change_set.pk, rule_set, list(rows.sheet), rule_set])
        cursor.execute(_upsert_sql(), [rule_set, example])


def remove_records(*, area_ids: Sequence[int], years: Sequence[int], change_set: ChangeSet, rule_set: str) -> int:
    """Remove the records (area_ids[i], years[i]); the history keeps what they held. Returns how many went."""
    pairs = "(SELECT unnest(%s::bigint[]) AS area_id, unnest(%s::int[]) AS tahun)"
    match = "s.area_id = p.area_id AND s.tahun = p.tahun AND s.aturan = %s"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {_CHANGE} (change_set_id, area_id, area_kode, tahun, aturan, lama, baru, lama_tb, baru_tb,"
            " lama_contoh, berubah, versi, sheet, baris)"
            f" SELECT %s, s.area_id, a.kode, s.tahun, s.aturan, {_old_array()}, NULL, s.tidak_berlaku, 0, s.contoh,"
            f" {2**N - 1}, 0, '', NULL FROM {_TABLE} s"
            f" JOIN kelurahan_area a ON a.id = s.area_id JOIN {pairs} p ON {match}",
            [change_set.pk, list(area_ids), list(years), rule_set],
        )
        cursor.execute(
            f"DELETE FROM {_TABLE} s USING {pairs} p WHERE {match}",
            [list(area_ids), list(years), rule_set],
        )
        return int(cursor.rowcount)


def lock_records(rule_set: str) -> None:
    """Let one bulk write at a time change records of a rule set, until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"catatan:{rule_set}"])
