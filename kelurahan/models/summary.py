"""Derived rows: safe to drop, rebuilt by `manage.py recompute --all`."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from kelurahan.models.area import Area

N_BUCKETS = 6  # tidak, ringan, sedang, berat, rentang, belum dinilai


class SummarySource(models.TextChoices):
    RT = "rt"
    KAWASAN = "kawasan"
    LANGSUNG = "langsung"


class Summary(models.Model):
    """The score of a place in a year. Arrays per criterion are in the order of the rule set's criteria."""

    area = models.ForeignKey(Area, models.CASCADE, related_name="summaries")
    tahun = models.PositiveSmallIntegerField()
    aturan = models.CharField(max_length=40)

    penyebut = ArrayField(models.DecimalField(max_digits=24, decimal_places=6), help_text="sums of what is known")
    penyebut_diketahui = ArrayField(models.BooleanField())
    volume_min = ArrayField(models.DecimalField(max_digits=24, decimal_places=6))
    volume_max = ArrayField(models.DecimalField(max_digits=24, decimal_places=6))
    volume_diketahui = ArrayField(models.BooleanField())
    volume_terbuka = ArrayField(models.BooleanField(), help_text="no upper bound: its denominator is unknown too")
    penyebut_terbuka = ArrayField(models.BooleanField(), help_text="the denominator may be larger than the sum")
    tidak_berlaku = ArrayField(models.BooleanField())
    tidak_sah = ArrayField(models.BooleanField())
    nilai_min = ArrayField(models.SmallIntegerField())
    nilai_max = ArrayField(models.SmallIntegerField())
    rata_aspek = ArrayField(models.FloatField(null=True))
    rata_sektoral = models.FloatField(null=True)
    total_min = models.SmallIntegerField()
    total_max = models.SmallIntegerField()
    tingkat_min = models.SmallIntegerField()
    tingkat_max = models.SmallIntegerField()
    lengkap = models.BooleanField()
    peka = models.BooleanField(help_text="the class would differ under the other reading of the band edges")

    sumber = models.CharField(max_length=10, choices=SummarySource.choices)
    n_catatan = models.PositiveIntegerField(help_text="records added up")
    n_dinilai = models.PositiveIntegerField(help_text="of them, those with at least one criterion assessed")
    n_kelas = ArrayField(models.PositiveIntegerField(), size=N_BUCKETS)
    ha_kelas = ArrayField(models.DecimalField(max_digits=20, decimal_places=6), size=N_BUCKETS)
    jiwa_kelas = ArrayField(models.DecimalField(max_digits=20, decimal_places=6), size=N_BUCKETS)
    luas_kumuh = models.DecimalField(max_digits=20, decimal_places=6)
    jiwa_kumuh = models.DecimalField(max_digits=20, decimal_places=6)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["area", "tahun", "aturan"], name="summary_once")]
        indexes = [models.Index(fields=["tahun", "aturan"], name="summary_year")]

    def __str__(self) -> str:
        return f"{self.area_id} {self.tahun} {self.total_min}–{self.total_max}"

    @property
    def tingkat(self) -> int | None:
        """The class, or None where the range crosses a limit."""
        return self.tingkat_min if self.tingkat_min == self.tingkat_max else None


class DataVersion(models.Model):
    """One row. Every change of what pages show raises `nomor`; caches and ETags hang on it."""

    nomor = models.PositiveBigIntegerField(default=1)
    pada = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return str(self.nomor)
