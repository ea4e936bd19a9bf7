"""Derived rows: safe to drop, rebuilt by `manage.py recompute --all`."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
from django.contrib.postgres.fields import ArrayField
from django.db import models
from numpy.typing import NDArray

from kelurahan.models.area import Area
from kelurahan.rules.numbers import from_micro
from kelurahan.rules.regulation import RuleSet
from kelurahan.rules.summary import Tier

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
    lengkap = models.BooleanField(help_text="every criterion is known, and every place expected is assessed")
    peka = models.BooleanField(help_text="the class would differ under the other reading of the band edges")

    sumber = models.CharField(max_length=10, choices=SummarySource.choices)
    n_catatan = models.PositiveIntegerField(help_text="records added up")
    n_dinilai = models.PositiveIntegerField(help_text="of them, those with at least one criterion assessed")
    n_harap = models.PositiveIntegerField(help_text="records there would be if every place of the city had one")
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


Means = tuple[NDArray[np.float64], NDArray[np.float64]]


def _decimals(row: NDArray[Any]) -> list[Decimal]:
    return [from_micro(int(v)) for v in row]


def _known(number: float) -> float | None:
    return None if np.isnan(number) else float(number)


def summary_row(
    area_id: int, tier: Tier, i: int, year: int, rules: RuleSet, means: Means, source: SummarySource, n_harap: int
) -> Summary:
    """Place `i` of a tier as a row, not saved. `means` are the averages of the tier: aspects (g, 7), sektoral (g,).

    `n_harap` places should have been assessed: a few RT do not make a whole kelurahan complete.
    """
    sums, scores = tier.sums, tier.scores
    return Summary(
        area_id=area_id,
        tahun=year,
        aturan=rules.kode,
        penyebut=_decimals(sums.penyebut[i]),
        penyebut_diketahui=sums.penyebut_known[i].tolist(),
        volume_min=_decimals(sums.volume_min[i]),
        volume_max=_decimals(sums.volume_max[i]),
        volume_diketahui=sums.volume_known[i].tolist(),
        volume_terbuka=sums.volume_open[i].tolist(),
        penyebut_terbuka=sums.penyebut_open[i].tolist(),
        tidak_berlaku=sums.na[i].tolist(),
        tidak_sah=sums.invalid[i].tolist(),
        nilai_min=scores.nilai_min[i].tolist(),
        nilai_max=scores.nilai_max[i].tolist(),
        rata_aspek=[_known(number) for number in means[0][i]],
        rata_sektoral=_known(means[1][i]),
        total_min=int(scores.total_min[i]),
        total_max=int(scores.total_max[i]),
        tingkat_min=int(scores.tingkat_min[i]),
        tingkat_max=int(scores.tingkat_max[i]),
        lengkap=bool(scores.lengkap[i]) and int(sums.n_assessed[i]) == n_harap,
        peka=bool(scores.peka[i]),
        sumber=source,
        n_catatan=int(sums.n_rows[i]),
        n_dinilai=int(sums.n_assessed[i]),
        n_harap=n_harap,
        n_kelas=[int(v) for v in tier.n_kelas[i]],
        ha_kelas=_decimals(tier.ha_kelas[i]),
        jiwa_kelas=_decimals(tier.jiwa_kelas[i]),
        luas_kumuh=from_micro(int(tier.luas_kumuh[i])),
        jiwa_kumuh=from_micro(int(tier.jiwa_kumuh[i])),
    )
