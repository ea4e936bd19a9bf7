"""Files that came in, the rows read from them, and the jobs that work on them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class UploadState(models.TextChoices):
    DITERIMA = "diterima", _("Menunggu diperiksa")
    DITOLAK = "ditolak", _("Ditolak")
    SIAP = "siap", _("Siap diterapkan")
    MENERAPKAN = "menerapkan", _("Sedang diterapkan")
    DITERAPKAN = "diterapkan", _("Sudah diterapkan")
    MENGURUNGKAN = "mengurungkan", _("Sedang diurungkan")
    DIURUNGKAN = "diurungkan", _("Sudah diurungkan")
    DIBATALKAN = "dibatalkan", _("Dibatalkan pengirim")
    GAGAL = "gagal", _("Gagal diperiksa")


S = UploadState
UPLOAD_MOVES: dict[UploadState, frozenset[UploadState]] = {
    S.DITERIMA: frozenset({S.SIAP, S.DITOLAK, S.GAGAL, S.DIBATALKAN}),
    S.SIAP: frozenset({S.MENERAPKAN, S.DITERAPKAN, S.DIBATALKAN, S.DITERIMA}),
    S.MENERAPKAN: frozenset({S.DITERAPKAN, S.SIAP}),
    S.DITERAPKAN: frozenset({S.MENGURUNGKAN, S.DIURUNGKAN}),
    S.MENGURUNGKAN: frozenset({S.DIURUNGKAN, S.DITERAPKAN}),
    S.GAGAL: frozenset({S.DITERIMA, S.DIBATALKAN}),
    S.DITOLAK: frozenset(),
    S.DIURUNGKAN: frozenset(),
    S.DIBATALKAN: frozenset(),
}


class Upload(models.Model):
    """One file from its arrival to the end of its way. The findings and the preview are what the sender was shown."""

    nama_berkas = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    ukuran = models.PositiveBigIntegerField()
    berkas = models.CharField(max_length=100, blank=True, help_text="name in the quarantine; empty once deleted")
    tahun = models.PositiveSmallIntegerField(null=True, blank=True)
    aturan = models.CharField(max_length=40)
    oleh = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="uploads", null=True)
    oleh_nama = models.CharField(max_length=150)
    dibuat = models.DateTimeField(auto_now_add=True)
    diubah = models.DateTimeField(auto_now=True)
    state = models.CharField(max_length=14, choices=UploadState.choices, default=UploadState.DITERIMA)
    pesan = models.JSONField(default=dict, blank=True, help_text="why it stands where it stands: code and params")
    terbaca = models.JSONField(default=dict, blank=True, help_text="sheet, header row, columns, matched, unmatched")
    pilihan = models.JSONField(default=dict, blank=True, help_text="what the sender decided; see intake.choices")
    revisi = models.PositiveIntegerField(default=0, help_text="how often something was decided")
    temuan = models.JSONField(default=list, blank=True)
    pratinjau = models.JSONField(default=dict, blank=True)
    sidik = models.CharField(max_length=64, blank=True, help_text="hash of the difference that was shown")
    alasan = models.TextField(blank=True)
    dokumen = models.CharField(max_length=300, blank=True)
    tanggal_data = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.pk} {self.nama_berkas}"

    def cell_of(self, field: str, *, sheet: str, baris: int | None, kode: str, tahun: int) -> str:
        """The cell that a field of a record was read from, "H17"; "" where nobody knows."""
        spot = self.terbaca.get("spots", {}).get(f"{kode}|{tahun}", {}).get(field)
        if spot:
            return str(spot)
        columns = self.terbaca.get("columns", [])
        letter = next((c.get("letter", "") for c in columns if c.get("field") == field and _on(c, sheet)), "")
        return f"{letter}{baris or ''}"

    def move(self, to: UploadState) -> None:
        """Change the state in memory; a move that is not allowed is a bug of ours."""
        if to not in UPLOAD_MOVES[UploadState(self.state)]:
            raise ValueError(f"upload {self.pk}: {self.state} → {to} is not a move")
        self.state = to


def _on(column: dict[str, Any], sheet: str) -> bool:
    return not sheet or column.get("sheet", sheet) == sheet


class UploadRows(models.Model):
    """The rows read from a file, kept as they were read until the upload is over.

    `isi` is a compressed NumPy archive without pickles: 83,000 rows in a tenth of a second, where a table row per
    sheet row took seconds. `actions.staging` writes and reads it.
    """

    upload = models.OneToOneField(Upload, models.CASCADE, related_name="rows")
    isi = models.BinaryField()

    def __str__(self) -> str:
        return str(self.upload_id)


class JobState(models.TextChoices):
    MENUNGGU = "menunggu", _("Menunggu")
    BERJALAN = "berjalan", _("Berjalan")
    SELESAI = "selesai", _("Selesai")
    GAGAL = "gagal", _("Gagal")


class Job(models.Model):
    """Work for a worker, recorded with the write that needs it. The queue may lose a message; this row stays."""

    jenis = models.CharField(max_length=20)
    isi = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.MENUNGGU)
    upload = models.ForeignKey(Upload, models.CASCADE, null=True, blank=True, related_name="jobs")
    percobaan = models.PositiveSmallIntegerField(default=0)
    pesan = models.TextField(blank=True)
    dibuat = models.DateTimeField(auto_now_add=True)
    diantre = models.DateTimeField(auto_now_add=True)
    mulai = models.DateTimeField(null=True, blank=True)
    selesai = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["state"], condition=models.Q(state__in=["menunggu", "berjalan"]), name="job_open")
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.jenis} {self.state}"
