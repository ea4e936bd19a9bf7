"""How far the work on an upload is, in words that tell what is waited for."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kelurahan.models import Job, JobState, Upload, UploadState
from kelurahan.rules.numbers import format_number

PATIENCE = 20  # seconds in the queue after which the page says that nobody answers
_STEPS = 10  # totals up to this count steps, beyond it rows


@dataclass(frozen=True, slots=True)
class Progress:
    judul: str
    teks: str
    sisa: str  # estimate, "" while there is none
    lebar: str  # of the bar, 0 … 100
    menunggu: bool


def progress_of(upload: Upload, job: Job | None, told: tuple[int, int, str] | None) -> Progress:
    """`told`: (done, total, words) as the worker last said, None before it has said anything."""
    judul = _title(upload)
    if job is None:
        return Progress(judul, _("Hampir selesai."), "", "100", False)
    if told is None or job.state == JobState.MENUNGGU:
        return Progress(judul, _waiting(job), "", "0", True)
    done, total, words = told
    share = min(done / total, 1.0) if total else 0.0
    return Progress(judul, _counted(done, total, _(words)), _left(job, done, total), f"{share * 100:.0f}", False)


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


def _counted(done: int, total: int, words: str) -> str:
    told = {"teks": words, "n": format_number(done), "m": format_number(total)}
    if total <= _STEPS:
        return _("%(teks)s, langkah %(n)s dari %(m)s.") % told
    return _("%(teks)s, %(n)s dari %(m)s baris.") % told


def _left(job: Job, done: int, total: int) -> str:
    if total <= _STEPS or not done or job.mulai is None:
        return ""
    elapsed = (timezone.now() - job.mulai).total_seconds()
    seconds = max(1, round(elapsed * (total - done) / done))
    return ngettext("Kira-kira %(n)d detik lagi.", "Kira-kira %(n)d detik lagi.", seconds) % {"n": seconds}
