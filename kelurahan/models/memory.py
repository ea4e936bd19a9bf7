"""What senders decided about a layout of sheets, to be proposed again for the next file that looks the same."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class SheetMemory(models.Model):
    """Columns (header as plain words → field, "" = not read) and names (`places.name_key` → kode, "-" = elsewhere).

    `layout` names the header words of a table; without a sender it belongs to everybody.
    """

    layout = models.CharField(max_length=64)
    oleh = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="memories")
    judul = models.JSONField(default=list, help_text="the headers of the table, to be recognised by people")
    columns = models.JSONField(default=dict)
    names = models.JSONField(default=dict)
    upload_id = models.BigIntegerField(null=True, help_text="the upload that taught it")
    nama_berkas = models.CharField(max_length=255, blank=True)
    pada = models.DateTimeField(auto_now=True)
    oleh_nama = models.CharField(max_length=150)

    class Meta:
        ordering = ["-pada"]
        constraints = [
            models.UniqueConstraint(fields=["layout", "oleh"], name="memory_once", nulls_distinct=False),
        ]

    def __str__(self) -> str:
        return f"{self.layout[:8]} {self.oleh_nama}"
