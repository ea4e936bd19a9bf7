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


_RAW = ", ".join(f"c{i} bigint" for i in range(N))
_NUMERIC = ", ".join(f"NULLIF(c{i}, -1) * 0.000001 AS {name}" for i, name in enumerate(COLUMNS))
_NAMES = ", ".join(COLUMNS)


def _stage(cursor: Any, rows: Incoming, rule_set: str) -> None:
    """The table `masuk`: the rows with their numbers as the table of records holds them, made once for both uses, and
    the id of the record that each replaces."""
    cursor.execute("DROP TABLE IF EXISTS masuk_angka, masuk")
    cursor.execute(
        "CREATE TEMP TABLE masuk_angka (area_id bigint, tahun bigint, tb bigint, berubah bigint, sheet_no bigint,"
        f" baris bigint, {_RAW}) ON COMMIT DROP"
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
    copy_in(cursor.cursor, "masuk_angka", np.column_stack([head, np.where(filled, rows.values, -1)]).astype(np.int64))
    cursor.execute("ANALYZE masuk_angka (area_id, tahun)")
    cursor.execute(
        "CREATE TEMP TABLE masuk ON COMMIT DROP AS"
        f" SELECT t.area_id, t.tahun, t.tb, t.berubah, t.sheet_no, t.baris, s.id, {_NUMERIC}"
        f" FROM masuk_angka t LEFT JOIN {_TABLE} s"
        " ON s.area_id = t.area_id AND s.tahun = t.tahun AND s.aturan = %s",
        [rule_set],
    )
    cursor.execute("ANALYZE masuk (area_id, id)")


def _array(alias: str) -> str:
    return "ARRAY[" + ", ".join(f"{alias}.{name}" for name in COLUMNS) + "]"


def _history_sql() -> str:
    return (
        f"INSERT INTO {_CHANGE} (change_set_id, area_id, area_kode, tahun, aturan, lama, baru, lama_tb, baru_tb,"
        " lama_contoh, berubah, versi, sheet, baris)"
        f" SELECT %s, t.area_id, a.kode, t.tahun, %s, CASE WHEN s.id IS NULL THEN NULL ELSE {_array('s')} END,"
        f" {_array('t')}, COALESCE(s.tidak_berlaku, 0), t.tb, COALESCE(s.contoh, FALSE), t.berubah,"
        " COALESCE(s.versi, 0) + 1, COALESCE((%s::text[])[t.sheet_no + 1], ''), NULLIF(t.baris, -1)"
        f" FROM masuk t JOIN kelurahan_area a ON a.id = t.area_id LEFT JOIN {_TABLE} s ON s.id = t.id"
    )


def _update_sql() -> str:
    updates = ", ".join(f"{name} = t.{name}" for name in COLUMNS)
    return (
        f"UPDATE {_TABLE} s SET {updates}, tidak_berlaku = t.tb, versi = s.versi + 1, contoh = %s, diubah = now()"
        " FROM masuk t WHERE t.id = s.id"
    )


def _insert_sql() -> str:
    return (
        f"INSERT INTO {_TABLE} (area_id, tahun, aturan, {_NAMES}, tidak_berlaku, versi, contoh, diubah)"
        f" SELECT area_id, tahun, %s, {_NAMES}, tb, 1, %s, now() FROM masuk WHERE id IS NULL"
    )


def write_records(*, rows: Incoming, change_set: ChangeSet, rule_set: str, example: bool = False) -> None:
    """Write the rows and one Change per record. Call inside a transaction that holds `lock_records`."""
    if not len(rows.area_id):
        return
    with connection.cursor() as cursor:
        _stage(cursor, rows, rule_set)
        cursor.execute(_history_sql(), [change_set.pk, rule_set, list(rows.sheet)])
        cursor.execute(_update_sql(), [example])
        cursor.execute(_insert_sql(), [rule_set, example])


def remove_records(*, area_ids: Sequence[int], years: Sequence[int], change_set: ChangeSet, rule_set: str) -> int:
    """Remove the records (area_ids[i], years[i]); the history keeps what they held. Returns how many went."""
    pairs = "(SELECT unnest(%s::bigint[]) AS area_id, unnest(%s::int[]) AS tahun)"
    match = "s.area_id = p.area_id AND s.tahun = p.tahun AND s.aturan = %s"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {_CHANGE} (change_set_id, area_id, area_kode, tahun, aturan, lama, baru, lama_tb, baru_tb,"
            " lama_contoh, berubah, versi, sheet, baris)"
            f" SELECT %s, s.area_id, a.kode, s.tahun, s.aturan, {_array('s')}, NULL, s.tidak_berlaku, 0, s.contoh,"
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
