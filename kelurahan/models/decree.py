"""The mayor's decrees (SK) that officially list slum areas."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kelurahan.models.area import Area


class Decree(models.Model):
    nomor = models.CharField(max_length=120, unique=True)
    judul = models.CharField(max_length=300)
    tahun = models.PositiveSmallIntegerField()
    luas_ha = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    luas_prioritas = models.JSONField(default=dict, blank=True, help_text="hectares per priority, as published")
    sumber = models.TextField()
    contoh = models.BooleanField(default=False, help_text="part of the example data; removed with it")

    class Meta:
        ordering = ["-tahun"]

    def __str__(self) -> str:
        return self.nomor


class DecreePlace(models.Model):
    """A location in a decree. Several may lie in one kelurahan; hectares per location are often not published."""

    class Prioritas(models.IntegerChoices):
        SATU = 1, _("Prioritas 1")
        DUA = 2, _("Prioritas 2")
        TIGA = 3, _("Prioritas 3")

    decree = models.ForeignKey(Decree, models.CASCADE, related_name="places")
    area = models.ForeignKey(Area, models.PROTECT, related_name="decree_places")
    lokasi = models.CharField(max_length=120)
    luas_ha = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    prioritas = models.PositiveSmallIntegerField(choices=Prioritas.choices, null=True, blank=True)
    tingkat = models.PositiveSmallIntegerField(null=True, blank=True, help_text="1 ringan, 2 sedang, 3 berat")
    contoh = models.BooleanField(default=False, help_text="not published; filled in for the example")

    class Meta:
        ordering = ["decree", "lokasi"]
        constraints = [models.UniqueConstraint(fields=["decree", "area", "lokasi"], name="decree_place_once")]

    def __str__(self) -> str:
        return self.lokasi
