"""How far the work on an upload is, in words that tell what is waited for."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kelurahan.models import Job, JobState, Upload, UploadState
from kelurahan.rules.numbers import format_number

PATIENCE = 20  # seconds in the queue after which the page says that nobody answers
Told = tuple[int, int, str, tuple[int, int] | None]
"""Steps done and all, what is done now, and within it rows done and all."""


@dataclass(frozen=True, slots=True)
class Progress:
    judul: str
    teks: str
    sisa: str  # estimate, "" while there is none
    lebar: str  # of the bar, 0 … 100
    menunggu: bool


def progress_of(upload: Upload, job: Job | None, told: Told | None) -> Progress:
    """`told` is what the worker last said, None before it has said anything."""
    judul = _title(upload)
    if job is None:
        return Progress(judul, _("Hampir selesai."), "", "100", False)
    if told is None or job.state == JobState.MENUNGGU:
        return Progress(judul, _waiting(job), "", "0", True)
    done, total, words, rows = told
    share = min((done + (rows[0] / rows[1] if rows else 0)) / total, 1.0)
    left = _left(job, share) if rows else ""
    return Progress(judul, _counted(*(rows or (done, total)), _(words), bool(rows)), left, f"{share * 100:.0f}", False)


def _title(upload: Upload) -> str:
    titles = {
        UploadState.DITERIMA: _("Berkas sedang diperiksa"),
        UploadState.MENERAPKAN: _("Perubahan sedang diterapkan"),
        UploadState.MENGURUNGKAN: _("Unggahan sedang diurungkan"),
    }
    return titles.get(UploadState(upload.state), _("Peta sedang dihitung ulang"))


def _waiting(job: Job) -> str:
    if job.state == JobState.BERJALAN:
        return _("Dimulai.")
    if job.percobaan:
        return _("Percobaan sebelumnya terhenti; dicoba lagi sebentar lagi. Tidak ada yang setengah tertulis.")
    if (timezone.now() - job.dibuat).total_seconds() > PATIENCE:
        return _("Masih menunggu giliran. Berkas Anda aman dan diproses begitu pekerja tersedia.")
    return _("Menunggu giliran.")


def _counted(done: int, total: int, words: str, rows: bool) -> str:
    told = {"teks": words, "n": format_number(done), "m": format_number(total)}
    if rows:
        return _("%(teks)s, %(n)s dari %(m)s baris.") % told
    return _("%(teks)s, langkah %(n)s dari %(m)s.") % told


def _left(job: Job, share: float) -> str:
    if not share or job.mulai is None:
        return ""
    elapsed = (timezone.now() - job.mulai).total_seconds()
    seconds = max(1, round(elapsed * (1 - share) / share))
    return ngettext("Kira-kira %(n)d detik lagi.", "Kira-kira %(n)d detik lagi.", seconds) % {"n": seconds}
