"""Undo of an upload or of any change set: the inverse one, refused where somebody has edited since."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection, transaction

from kelurahan.actions import jobs
from kelurahan.actions.changesets import open_change_set
from kelurahan.actions.events import record_event
from kelurahan.actions.indicator_values import lock_values
from kelurahan.actions.indicators import undo_indicators
from kelurahan.actions.memories import unlearn
from kelurahan.actions.places import area_ids
from kelurahan.actions.records import Incoming, lock_records, remove_records, write_records
from kelurahan.actions.uploads import PLACES_MADE, WrongState
from kelurahan.models import Area, ChangeSet, Event, Job, Level, Origin, Upload, UploadState, User
from kelurahan.models.copying import copy_out
from kelurahan.models.records import N, bits_of, states_of
from kelurahan.rules.score import State

OldRecords = np.ndarray[Any, np.dtype[np.int64]]  # one row per record, as `_read_old` gives them


class LaterEdits(Exception):
    """Records of the upload have been changed since; `records` lists them as (kode, tahun, by whom)."""

    def __init__(self, records: list[tuple[str, int, str]]) -> None:
        super().__init__(len(records))
        self.records = records


@dataclass(frozen=True, slots=True)
class Undone:
    change_set: ChangeSet
    recompute: Job


def _locked(pk: int) -> Upload:
    return Upload.objects.select_for_update(of=("self",)).get(pk=pk)


_LATER = """
SELECT DISTINCT ON (n.area_kode, n.tahun) n.area_kode, n.tahun, s.oleh_nama
FROM (
    SELECT n.area_kode, n.tahun, n.change_set_id FROM kelurahan_change c
    JOIN kelurahan_change n ON n.area_id = c.area_id AND n.tahun = c.tahun AND n.aturan = c.aturan
        AND n.id > c.id AND n.change_set_id <> c.change_set_id
    WHERE c.change_set_id = %s
    UNION ALL
    SELECT n.area_kode, n.tahun, n.change_set_id FROM kelurahan_indicatorchange c
    JOIN kelurahan_indicatorchange n ON n.kode = c.kode AND n.area_id = c.area_id AND n.tahun = c.tahun
        AND n.id > c.id AND n.change_set_id <> c.change_set_id
    WHERE c.change_set_id = %s
) n
JOIN kelurahan_changeset s ON s.id = n.change_set_id
WHERE COALESCE(s.urungkan_id, 0) <= %s
    AND NOT EXISTS (SELECT 1 FROM kelurahan_changeset u WHERE u.urungkan_id = s.id)
ORDER BY n.area_kode, n.tahun, s.id DESC LIMIT %s
"""


def later_edits(change_set: ChangeSet, limit: int = 200) -> list[tuple[str, int, str]]:
    """The places and years of a change set whose records or values have changed since, and who changed each last.

    A later change that was undone again, and its undo, leave the records as they were: neither counts.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LATER, [change_set.pk, change_set.pk, change_set.pk, limit])
        return [(kode, int(tahun), name) for kode, tahun, name in cursor.fetchall()]


def request_undo(*, upload: Upload, by: User | None, reason: str) -> Job:
    """Record the wish to undo; a worker does it. Raises WrongState or LaterEdits."""
    with transaction.atomic():
        upload = _locked(upload.pk)
        if upload.state != UploadState.DITERAPKAN:
            raise WrongState(upload.state)
        change_set = _applied(upload)
        if change_set is None:
            raise WrongState(upload.state)
        if found := later_edits(change_set):
            raise LaterEdits(found)
        upload.pesan = {}
        upload.move(UploadState.MENGURUNGKAN)
        upload.save()
        return jobs.record(jenis="urungkan", upload=upload, oleh=by.pk if by else None, alasan=reason)


def _applied(upload: Upload) -> ChangeSet | None:
    return ChangeSet.objects.filter(upload_id=upload.pk, urungkan_id=None).first()


def revert(*, upload: Upload, by: User | None, reason: str) -> Undone | None:
    """Put every record back as it was before the upload. A second call does nothing. Raises LaterEdits, writing
    nothing but the state."""
    with transaction.atomic():
        upload = _locked(upload.pk)
        if upload.state not in (UploadState.MENGURUNGKAN, UploadState.DITERAPKAN):
            return None
        lock_records(upload.aturan)
        lock_values()
        change_set = _applied(upload)
        if change_set is None:
            raise WrongState(upload.state)
        if found := later_edits(change_set):
            raise LaterEdits(found)
        undone = _write_back(upload, change_set, by, reason)
        unlearn(upload=upload, by=by)
        upload.move(UploadState.DIURUNGKAN)
        upload.save()
        return undone


def refuse_undo(*, upload: Upload) -> None:
    """Later edits turned up before the worker got to it: the upload stays applied and says so."""
    with transaction.atomic():
        upload = _locked(upload.pk)
        if upload.state == UploadState.MENGURUNGKAN:
            upload.pesan = {"code": "later_edits", "params": {}}
            upload.move(UploadState.DITERAPKAN)
            upload.save()


def _read_old(change_set: ChangeSet) -> OldRecords:
    """area_id, tahun, existed, old mask, changed mask, old example flag, 25 old values (−1 = NULL) per record."""
    values = ", ".join(f"COALESCE((c.lama[{i + 1}] * 1000000)::bigint, -1)" for i in range(N))
    query = (
        "SELECT c.area_id, c.tahun::bigint, (c.lama IS NOT NULL)::int::bigint, c.lama_tb, c.berubah,"
        f" c.lama_contoh::int::bigint, {values} FROM kelurahan_change c WHERE c.change_set_id = %s"
    )
    with connection.cursor() as cursor:
        return copy_out(cursor.cursor, query, (change_set.pk,), 6 + N)


def _write_back(upload: Upload, change_set: ChangeSet, by: User | None, reason: str) -> Undone:
    undo, old = write_back(change_set=change_set, rule_set=upload.aturan, by=by, reason=reason, upload_id=upload.pk)
    recompute = recompute_job(old, rule_set=upload.aturan, upload=upload)
    _remove_places(upload, by)
    return Undone(undo, recompute)


def write_back(
    *, change_set: ChangeSet, rule_set: str, by: User | None, reason: str, upload_id: int | None = None
) -> tuple[ChangeSet, OldRecords]:
    """Write the inverse of a change set, whatever made it. Call inside a transaction that holds `lock_records` (and
    `lock_values`, where values of indicators may be in it) and has found no `later_edits`. Returns the undoing change
    set and the records it put back."""
    old = _read_old(change_set)
    undo = open_change_set(
        by=by,
        origin=Origin.URUNGAN,
        reason=reason,
        records=len(old),
        values=change_set.jumlah_nilai,
        upload_id=upload_id,
        undoes=change_set.pk,
    )
    existed = old[:, 2] == 1
    for example in (False, True):
        part = old[existed & (old[:, 5] == int(example))]
        write_records(rows=_incoming(part), change_set=undo, rule_set=rule_set, example=example)
    made = old[~existed]
    remove_records(area_ids=made[:, 0].tolist(), years=made[:, 1].tolist(), change_set=undo, rule_set=rule_set)
    undo_indicators(change_set=change_set, undo=undo, upload_id=upload_id, by=by)
    return undo, old


def _made_by(upload: Upload) -> list[str]:
    """Codes of the kawasan and RT that came with the upload."""
    made = Event.objects.filter(jenis=PLACES_MADE, objek=str(upload.pk)).values_list("isi", flat=True)
    return [k for isi in made for k in isi["kode"]]


def _remove_places(upload: Upload, by: User | None) -> None:
    """Take away the kawasan and RT that came with the upload and hold nothing now."""
    kode = _made_by(upload)
    uses = ("assessments", "indicators", "users", "decree_places")
    empty = Area.objects.filter(kode__in=kode, **{f"{use}__isnull": True for use in uses})
    gone = list(empty.filter(level=Level.RT).values_list("kode", flat=True))
    empty.filter(level=Level.RT).delete()
    kawasan = empty.filter(level=Level.KAWASAN, rt_kawasan__isnull=True)
    gone += kawasan.values_list("kode", flat=True)
    kawasan.delete()
    if gone:
        record_event(by=by, jenis="tempat_dihapus", objek=str(upload.pk), kode=gone)


def _incoming(old: OldRecords) -> Incoming:
    states = states_of(old[:, 6:], old[:, 3])
    nowhere = np.full(len(old), -1, dtype=np.int64)
    return Incoming(
        area_id=old[:, 0],
        tahun=old[:, 1],
        values=np.where(states == State.FILLED, old[:, 6:], 0),
        states=states,
        changed=bits_of(old[:, 4]),
        sheet=[],
        sheet_no=nowhere,
        baris=nowhere,
    )


def recompute_job(old: OldRecords, *, rule_set: str, upload: Upload | None = None) -> Job:
    """The job that brings the summaries of these records up to date."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT CASE WHEN level = 'kelurahan' THEN id ELSE parent_id END FROM kelurahan_area"
            " WHERE id = ANY(%s::bigint[])",
            [np.unique(old[:, 0]).tolist()],
        )
        kelurahan = {row[0] for row in cursor.fetchall()}
    made = _made_by(upload) if upload else []
    kelurahan.update(area_ids({kode.partition("/")[0] for kode in made}).values())
    return jobs.record(
        jenis="hitung",
        upload=upload,
        aturan=rule_set,
        kelurahan=sorted(kelurahan),
        tahun=np.unique(old[:, 1]).tolist(),
        semua_tahun=bool(made),
    )
