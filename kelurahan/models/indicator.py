"""Supporting indicators: place × year × indicator, with unit and source. They never feed the score."""

from __future__ import annotations

from django.db import models

from kelurahan.models.area import Area


class Indicator(models.Model):
    kode = models.SlugField(max_length=60, unique=True)
    nama = models.CharField(max_length=200)
    satuan = models.CharField(max_length=40)
    catatan = models.TextField(blank=True)

    class Meta:
        ordering = ["nama"]

    def __str__(self) -> str:
        return self.nama


class IndicatorValue(models.Model):
    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="values_set")
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
