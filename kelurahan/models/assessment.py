"""The numbers of a place in a year, as counted or measured in the field."""

from __future__ import annotations

from decimal import Decimal

from django.db import models

from kelurahan.models.area import Area
from kelurahan.rules.regulation import FIELDS, PENYEBUT

UPPER = Decimal(10) ** 10
_PENYEBUT = frozenset(PENYEBUT)


def column(field: str) -> str:
    """The database column of a field of the rules: "kk" → "d_kk", "3a" → "v_3a"."""
    return f"d_{field}" if field in _PENYEBUT else f"v_{field}"


COLUMNS: tuple[str, ...] = tuple(column(field) for field in FIELDS)


def _number() -> models.DecimalField:
    # Six decimals: drainage areas such as 0.004282 ha occur in real surveys.
    return models.DecimalField(max_digits=16, decimal_places=6, null=True, blank=True)


class Assessment(models.Model):
    """One row per place × year × rule set. NULL is not assessed, unless the bit in `tidak_berlaku` is set."""

    area = models.ForeignKey(Area, models.PROTECT, related_name="assessments", db_index=False)
    tahun = models.PositiveSmallIntegerField()
    aturan = models.CharField(max_length=40)

    d_luas = _number()
    d_bgn = _number()
    d_jiwa = _number()
    d_kk = _number()
    d_jalan = _number()
    d_drain = _number()
    v_1a = _number()
    v_1b = _number()
    v_1c = _number()
    v_2a = _number()
    v_2b = _number()
    v_3a = _number()
    v_3b = _number()
    v_4a = _number()
    v_4b = _number()
    v_4c = _number()
    v_4d = _number()
    v_4e = _number()
    v_5a = _number()
    v_5b = _number()
    v_6a = _number()
    v_6b = _number()
    v_6c = _number()
    v_7a = _number()
    v_7b = _number()

    tidak_berlaku = models.BigIntegerField(default=0, help_text="bit i set: field i of FIELDS does not apply here")
    versi = models.PositiveIntegerField(default=1)
    contoh = models.BooleanField(default=False, help_text="made up by the example data; removed with it")
    diubah = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["area", "tahun", "aturan"], name="assessment_once"),
            models.CheckConstraint(condition=models.Q(tahun__gte=1990, tahun__lte=2100), name="assessment_tahun"),
            models.CheckConstraint(
                condition=models.Q(tidak_berlaku__gte=0, tidak_berlaku__lt=2 ** len(FIELDS)), name="assessment_bits"
            ),
            # "< 1e10" also refuses NaN, which a bare ">= 0" lets through.
            *(
                models.CheckConstraint(
                    condition=models.Q(**{f"{name}__gte": 0, f"{name}__lt": UPPER})
                    | models.Q(**{f"{name}__isnull": True}),
                    name=f"assessment_{name}",
                )
                for name in COLUMNS
            ),
        ]
        indexes = [models.Index(fields=["tahun", "aturan"], name="assessment_year")]

    def __str__(self) -> str:
        return f"{self.area_id} {self.tahun} {self.aturan}"
