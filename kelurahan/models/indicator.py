"""Supporting indicators: place × year × indicator, with unit and source. They never feed the score."""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse

from kelurahan.models.area import Area
from kelurahan.models.change import ChangeSet


class Indicator(models.Model):
    """What is counted and in which unit. A new one is data, not code; `alias` are other names that sheets use."""

    kode = models.SlugField(max_length=60, unique=True)
    nama = models.CharField(max_length=200)
    satuan = models.CharField(max_length=40)
    alias = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    catatan = models.TextField(blank=True)

    class Meta:
        ordering = ["nama"]

    def __str__(self) -> str:
        return self.nama

    def get_absolute_url(self) -> str:
        return reverse("kelurahan:indicator", args=[self.kode])


class IndicatorValue(models.Model):
    # The unique constraint begins with the indicator: no second index for it
    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="values_set", db_index=False)
    area = models.ForeignKey(Area, models.CASCADE, related_name="indicators")
    tahun = models.PositiveSmallIntegerField()
    nilai = models.DecimalField(max_digits=18, decimal_places=6)
    sumber = models.CharField(max_length=300)
    contoh = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["indicator", "area", "tahun"], name="indicator_once"),
            models.CheckConstraint(condition=models.Q(nilai__gte=-(10**11), nilai__lt=10**11), name="indicator_range"),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.area_id} {self.tahun}"


class IndicatorChange(models.Model):
    """One value before and after, NULL where there was or is none. Never updated or deleted, as all history."""

    # As in Change: a change set never goes, so nothing is checked row by row
    change_set = models.ForeignKey(ChangeSet, models.PROTECT, related_name="indicator_changes", db_constraint=False)
    kode = models.CharField(max_length=60, help_text="of the indicator")
    area_id = models.BigIntegerField()
    area_kode = models.CharField(max_length=120)
    tahun = models.PositiveSmallIntegerField()
    lama = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    baru = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    lama_sumber = models.CharField(max_length=300, blank=True)
    baru_sumber = models.CharField(max_length=300, blank=True)
    lama_contoh = models.BooleanField(default=False)
    sheet = models.CharField(max_length=120, blank=True)
    sel = models.CharField(max_length=12, blank=True, help_text="the cell in the sheet: C7")

    class Meta:
        indexes = [models.Index(fields=["kode", "area_id", "tahun", "id"], name="indicator_change_value")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.kode} {self.area_kode} {self.tahun}"
