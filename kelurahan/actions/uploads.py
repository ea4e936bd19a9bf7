"""The way of an uploaded sheet: received, checked, shown, applied, undone. Nothing is half written at any step."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from kelurahan.actions import jobs, quarantine
from kelurahan.actions.changesets import open_change_set
from kelurahan.actions.choosing import event_object
from kelurahan.actions.comparing import Comparison, compare
from kelurahan.actions.events import record_event
from kelurahan.actions.gathering import spots
from kelurahan.actions.indicator_values import lock_values
from kelurahan.actions.indicators import IndicatorComparison, compare_indicators, refuse_makers, write_indicators
from kelurahan.actions.memories import remember
from kelurahan.actions.places import NewPlace, area_ids, make_places
from kelurahan.actions.previews import coming_places, preview
from kelurahan.actions.reading import Reading, Tell, read_upload, silent
from kelurahan.actions.records import Incoming, lock_records, write_records
from kelurahan.actions.rejecting import held_names
from kelurahan.actions.staging import Staged, load_indicators, load_rows, save_rows
from kelurahan.intake import sandbox
from kelurahan.intake.refusal import Refused
from kelurahan.models import Area, ChangeSet, Indicator, Job, Origin, Upload, UploadState, User
from kelurahan.rules.findings import Finding, Level

log = logging.getLogger(__name__)

PLACES_MADE = "tempat_dari_unggahan"
CHOICE_UNDONE = "unggahan_pilihan_batal"


class WrongState(Exception):
    """The upload is no longer where the caller thought; the page shows where it is."""


@dataclass(frozen=True, slots=True)
class Applied:
    """`stale` means: the records changed since the preview, nothing was written, the new preview stands."""

    change_set: ChangeSet | None
    recompute: Job | None
    stale: bool = False


def _locked(pk: int) -> Upload:
    return Upload.objects.select_for_update(of=("self",)).get(pk=pk)


def receive(
    *, chunks: Iterable[bytes], filename: str, by: User | None, year: int | None, rule_set: str
) -> tuple[Upload, Job]:
    """Take a file in: to disk first, then its row and the job that checks it. Raises Refused."""
    return _record(quarantine.keep(chunks), filename, by, year, rule_set)


def receive_files(
    *, files: Sequence[tuple[str, Iterable[bytes]]], by: User | None, year: int | None, rule_set: str
) -> tuple[Upload, Job]:
    """The same with one file or several, each (name, chunks): they are read as one. Raises Refused."""
    if len(files) == 1:
        (filename, chunks) = files[0]
        return receive(chunks=chunks, filename=filename, by=by, year=year, rule_set=rule_set)
    together = ", ".join(filename for filename, _chunks in files)
    return _record(quarantine.keep_several(files), together, by, year, rule_set)


def _record(
    kept: tuple[str, str, int], filename: str, by: User | None, year: int | None, rule_set: str
) -> tuple[Upload, Job]:
    name, digest, size = kept
    try:
        with transaction.atomic():
            upload = Upload.objects.create(
                nama_berkas=filename[-255:] or "tanpa nama",
                sha256=digest,
                ukuran=size,
                berkas=name,
                tahun=year,
                aturan=rule_set,
                oleh=by,
                oleh_nama=by.username if by else "perintah",
            )
            return upload, jobs.record(jenis="periksa", upload=upload)
    except BaseException:
        quarantine.discard(name)
        raise


def _finding_row(finding: Finding, place: str = "") -> dict[str, Any]:
    row = asdict(finding)
    row.pop("row")
    told = {"level": str(finding.level), "params": {k: _plain(v) for k, v in finding.params.items()}}
    return row | told | ({"tempat": place} if place else {})


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def check(*, upload: Upload, tell: Tell = silent) -> None:
    """Read the file and work out what it would change. A second call does nothing."""
    if upload.state != UploadState.DITERIMA:
        return
    try:
        reading = read_upload(upload, tell)
    except Refused as refusal:
        _refuse(upload, refusal)
        return
    with transaction.atomic():
        upload = _locked(upload.pk)
        if upload.state != UploadState.DITERIMA:
            return
        save_rows(upload=upload, rows=reading.rows, indicators=reading.indicators)
        _keep_reading(upload, reading)
        _show(upload, reading.comparison, reading.rows, reading.values)
        upload.move(UploadState.SIAP)
        upload.save()


def _refuse(upload: Upload, refusal: Refused) -> None:
    with transaction.atomic():
        upload = _locked(upload.pk)
        if upload.state != UploadState.DITERIMA:
            return
        if _was_read(upload):
            _take_back(upload, "choice_undone", sebab=refusal.code, **refusal.params)
            return
        name, upload.berkas = upload.berkas, ""
        upload.pesan = {"code": refusal.code, "params": {k: _plain(v) for k, v in refusal.params.items()}}
        upload.temuan = [_finding_row(refusal.finding)]
        upload.move(UploadState.DITOLAK)
        upload.save()
        transaction.on_commit(lambda: quarantine.discard(name))


def _was_read(upload: Upload) -> bool:
    """Whether the file is only read again, with a new decision of its sender."""
    return "pilihan" in upload.terbaca and upload.pilihan != upload.terbaca["pilihan"]


def _take_back(upload: Upload, code: str, **params: Any) -> None:
    """The decision with which the file cannot be read goes; what was read before stands."""
    lost, upload.pilihan = upload.pilihan, upload.terbaca["pilihan"]
    upload.pesan = {"code": code, "params": {k: _plain(v) for k, v in params.items()}}
    upload.move(UploadState.SIAP)
    upload.save()
    record_event(by=upload.oleh, jenis=CHOICE_UNDONE, objek=event_object(upload.pk), dari=lost, ke=upload.pilihan)


def _keep_reading(upload: Upload, reading: Reading) -> None:
    names = _places_of(reading)
    upload.temuan = [_finding_row(finding, names.get(finding.row, "")) for finding in reading.findings]
    upload.terbaca = {
        **reading.layout,
        "pilihan": upload.pilihan,
        "spots": spots(reading.gathered),
        "held": held_names(reading),
        "n_rows": len(reading.rows),
        "n_temuan": reading.counts,
    }


def _places_of(reading: Reading) -> dict[int | None, str]:
    """Row → "Melati · RT001-RW002", of rows that are told about and must be looked at."""
    rows = {f.row for f in reading.findings if f.row is not None and f.level != Level.INFO}
    keys = {row: reading.rows.key[row] for row in rows}
    named = Area.objects.filter(kode__in={key[0] for key in keys.values()})
    names = dict(named.values_list("kode", "nama")) if keys else {}
    told = {row: [names.get(kode, ""), rt or kawasan] for row, (kode, kawasan, rt, _) in keys.items()}
    return {row: " · ".join(filter(None, parts)) for row, parts in told.items()}


def _show(upload: Upload, comparison: Comparison, staged: Staged, values: IndicatorComparison) -> None:
    upload.sidik = _fingerprint(comparison, values)
    upload.pratinjau = preview(comparison, staged, upload.aturan, values)


def _fingerprint(comparison: Comparison, values: IndicatorComparison) -> str:
    return hashlib.sha256(f"{comparison.fingerprint()} {values.fingerprint()}".encode()).hexdigest()


def request_apply(
    *,
    upload: Upload,
    by: User | None,
    reason: str,
    document: str = "",
    data_date: date | None = None,
    skip_blocked: bool = False,
) -> Job:
    """Record the wish to apply; a worker does it. Raises WrongState when somebody was faster."""
    with transaction.atomic():
        upload = _locked(upload.pk)
        if upload.state != UploadState.SIAP or (has_errors(upload) and not skip_blocked):
            raise WrongState(upload.state)
        new = upload.pilihan.get("indicators", {}).keys()
        refuse_makers(new - set(Indicator.objects.filter(kode__in=new).values_list("kode", flat=True)), by)
        upload.alasan, upload.dokumen, upload.tanggal_data, upload.pesan = reason, document, data_date, {}
        upload.move(UploadState.MENERAPKAN)
        upload.save()
        return jobs.record(jenis="terapkan", upload=upload, oleh=by.pk if by else None)


def has_errors(upload: Upload) -> bool:
    """Whether something waits: an error, or a repair that nobody accepted or refused."""
    return any(finding["level"] == "galat" for finding in upload.temuan) or waits(
        upload.terbaca.get("repairs", ()), upload.pilihan.get("refused", ())
    )


def waits(repairs: Iterable[Mapping[str, Any]], refused: Collection[str] = ()) -> bool:
    """Whether rows are held until somebody decides about a repair."""
    return any(r["holds"] and not r["accepted"] and r["id"] not in refused for r in repairs)


def apply(*, upload: Upload, by: User | None) -> Applied:
    """Write what was shown, or nothing. One short transaction; the difference is worked out again under the lock."""
    with transaction.atomic():
        upload = _locked(upload.pk)
        if upload.state not in (UploadState.MENERAPKAN, UploadState.SIAP):
            return Applied(ChangeSet.objects.filter(upload_id=upload.pk, urungkan_id=None).first(), None)
        lock_records(upload.aturan)
        lock_values()
        staged = load_rows(upload)
        comparison = compare(staged, upload.aturan)
        values = compare_indicators(load_indicators(upload))
        if _fingerprint(comparison, values) != upload.sidik:
            _show_again(upload, comparison, staged, values)
            return Applied(None, None, stale=True)
        change_set, new_places = _write(upload, comparison, values, by)
        remember(upload=upload, by=by)
        upload.move(UploadState.DITERAPKAN)
        upload.save()
        recompute = _recompute_job(upload, comparison, new_places) if len(comparison.touched) or new_places else None
        return Applied(change_set, recompute)


def _show_again(upload: Upload, comparison: Comparison, staged: Staged, values: IndicatorComparison) -> None:
    _show(upload, comparison, staged, values)
    upload.pesan = {"code": "preview_changed", "params": {}}
    if upload.state == UploadState.MENERAPKAN:
        upload.move(UploadState.SIAP)
    upload.save()


def _write(
    upload: Upload, comparison: Comparison, values: IndicatorComparison, by: User | None
) -> tuple[ChangeSet | None, list[NewPlace]]:
    """The change set, None where nothing differs, and the places that were made."""
    touched = comparison.touched
    if not len(touched) and not len(values.touched):
        return None, []
    new_places = _make_places(upload, coming_places(comparison, values), by)
    change_set = open_change_set(
        by=by,
        origin=Origin.UNGGAHAN,
        reason=upload.alasan,
        records=len(touched),
        values=len(values.touched),
        document=upload.dokumen,
        data_date=upload.tanggal_data,
        upload_id=upload.pk,
    )
    sheets = sorted({comparison.rows.key[i][3] for i in touched})
    rows = Incoming(
        area_id=_area_ids(comparison),
        tahun=comparison.rows.tahun[touched],
        values=comparison.diff.values[touched],
        states=comparison.diff.states[touched],
        changed=comparison.diff.changed[touched],
        sheet=sheets,
        sheet_no=np.array([sheets.index(comparison.rows.key[i][3]) for i in touched], dtype=np.int64),
        baris=comparison.rows.baris[touched],
    )
    write_records(rows=rows, change_set=change_set, rule_set=upload.aturan)
    write_indicators(comparison=values, upload=upload, change_set=change_set, by=by)
    return change_set, new_places


def _area_ids(comparison: Comparison) -> NDArray[np.int64]:
    """The place of each touched row, once all of them are made."""
    ids = comparison.area_id[comparison.touched]
    kode = [comparison.kode[i] for i in comparison.touched[ids < 0].tolist()]
    made = area_ids(kode)
    ids[ids < 0] = [made[k] for k in kode]
    return ids


def _make_places(upload: Upload, places: list[NewPlace], by: User | None) -> list[NewPlace]:
    """The places, when there were any to make."""
    if not make_places(places=places):
        return []
    record_event(by=by, jenis=PLACES_MADE, objek=str(upload.pk), kode=[place.kode for place in places])
    return places


def _recompute_job(upload: Upload, comparison: Comparison, new_places: list[NewPlace]) -> Job:
    """With new places the kelurahan expect more records, in every year."""
    touched = comparison.touched
    expecting = area_ids({place.kelurahan for place in new_places})
    return jobs.record(
        jenis="hitung",
        upload=upload,
        aturan=upload.aturan,
        kelurahan=sorted({*comparison.touched_kelurahan, *expecting.values()}),
        tahun=np.unique(comparison.rows.tahun[touched]).tolist(),
        semua_tahun=bool(new_places),
    )


def cancel(*, upload: Upload, by: User | None) -> None:
    """Throw an upload away before it is applied; its row stays and says who did it. Raises WrongState."""
    with transaction.atomic():
        upload = _locked(upload.pk)
        if upload.state not in (UploadState.DITERIMA, UploadState.SIAP, UploadState.GAGAL):
            raise WrongState(upload.state)
        name, upload.berkas = upload.berkas, ""
        upload.pesan = {"code": "cancelled", "params": {"by": by.username if by else "perintah"}}
        upload.move(UploadState.DIBATALKAN)
        upload.save()
        transaction.on_commit(lambda: quarantine.discard(name))


def give_up(*, upload_id: int, recompute: bool = False) -> None:
    """A job of this upload failed for good: put the upload where its sender can act again.

    `recompute`: what failed came after the records were written; they stand, and the page says what is old.
    """
    with transaction.atomic():
        upload = _locked(upload_id)
        if recompute:
            upload.pesan = {"code": "recompute_failed", "params": {}}
            upload.save()
            return
        back = {
            UploadState.DITERIMA: UploadState.GAGAL,
            UploadState.MENERAPKAN: UploadState.SIAP,
            UploadState.MENGURUNGKAN: UploadState.DITERAPKAN,
        }.get(UploadState(upload.state))
        if back is None:
            return
        if back == UploadState.GAGAL and _was_read(upload):
            _take_back(upload, "job_failed")
            return
        upload.pesan = {"code": "job_failed", "params": {}}
        upload.move(back)
        upload.save()


def check_again(*, upload: Upload) -> Job:
    """Check a file once more after a failure. Raises WrongState."""
    with transaction.atomic():
        upload = _locked(upload.pk)
        if upload.state != UploadState.GAGAL:
            raise WrongState(upload.state)
        upload.pesan = {}
        upload.move(UploadState.DITERIMA)
        upload.save()
        return jobs.record(jenis="periksa", upload=upload)


def discard_forgotten_files() -> int:
    """Remove files whose upload was never recorded or has let go of them, and what killed readers left. How many."""
    known = set(Upload.objects.exclude(berkas="").values_list("berkas", flat=True))
    return quarantine.discard_forgotten(known) + sandbox.discard_leftovers()
