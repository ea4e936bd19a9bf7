"""History. Nothing here is ever updated or deleted: the database refuses it."""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class Origin(models.TextChoices):
    UNGGAHAN = "unggahan", _("Unggahan")
    FORMULIR = "formulir", _("Formulir")
    API = "api", _("API")
    URUNGAN = "urungan", _("Pengurungan")
    CONTOH = "contoh", _("Data contoh")
    PERINTAH = "perintah", _("Perintah")


def _append_only() -> list[pgtrigger.Trigger]:
    return [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


class ChangeSet(models.Model):
    """All changes of one act: who, when, why, from where. People and uploads are named, not referenced, so that
    nothing that happens to them can touch the history."""

    oleh_id = models.BigIntegerField(null=True)
    oleh_nama = models.CharField(max_length=150)
    pada = models.DateTimeField(auto_now_add=True)
    asal = models.CharField(max_length=10, choices=Origin.choices)
    alasan = models.TextField()
    dokumen = models.CharField(max_length=300, blank=True)
    tanggal_data = models.DateField(null=True)
    upload_id = models.BigIntegerField(null=True, db_index=True)
    urungkan_id = models.BigIntegerField(null=True, unique=True, help_text="the change set that this one undoes")
    jumlah = models.PositiveIntegerField(default=0, help_text="records touched")
    jumlah_nilai = models.PositiveIntegerField(default=0, help_text="values of supporting indicators touched")

    class Meta:
        ordering = ["-pk"]
        triggers = _append_only()

    def __str__(self) -> str:
        return f"{self.pk} {self.asal} {self.oleh_nama}"


class Change(models.Model):
    """One record before and after: numbers in FIELDS order, NULL where empty, masks of fields that do not apply."""

    # No constraint in the database: a change set never goes (see its trigger), and checking each of 80,000 rows costs
    change_set = models.ForeignKey(ChangeSet, models.PROTECT, related_name="changes", db_constraint=False)
    area_id = models.BigIntegerField()
    area_kode = models.CharField(max_length=120)
    tahun = models.PositiveSmallIntegerField()
    aturan = models.CharField(max_length=40)
    lama = ArrayField(models.DecimalField(max_digits=16, decimal_places=6, null=True), null=True)
    baru = ArrayField(models.DecimalField(max_digits=16, decimal_places=6, null=True), null=True)
    lama_tb = models.BigIntegerField(default=0)
    baru_tb = models.BigIntegerField(default=0)
    lama_contoh = models.BooleanField(default=False)
    berubah = models.BigIntegerField(help_text="bit i set: field i changed")
    versi = models.PositiveIntegerField(help_text="version of the record after the change; 0 when it was removed")
    sheet = models.CharField(max_length=120, blank=True)
    baris = models.PositiveIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["area_id", "tahun", "aturan", "id"], name="change_record")]
        triggers = _append_only()

    def __str__(self) -> str:
        return f"{self.area_kode} {self.tahun} v{self.versi}"


class Event(models.Model):
    """Every other write: places, boundaries, decrees, users, example data."""

    oleh_id = models.BigIntegerField(null=True)
    oleh_nama = models.CharField(max_length=150)
    pada = models.DateTimeField(auto_now_add=True)
    jenis = models.CharField(max_length=40)
    objek = models.CharField(max_length=160, blank=True)
    isi = models.JSONField(default=dict)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["objek", "-id"], name="event_objek")]
        triggers = _append_only()

    def __str__(self) -> str:
        return f"{self.pk} {self.jenis} {self.objek}"
