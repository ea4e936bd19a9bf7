"""What is stored about the places of a city, as far as it helps to tell what a sheet got wrong."""

from __future__ import annotations

from typing import Any

from django.db.models import BigIntegerField, Count, F, Sum
from django.db.models.functions import Cast

from kelurahan.intake.repairs import Beside
from kelurahan.models import Area, Assessment, Level
from kelurahan.reports.official import hectares
from kelurahan.rules.numbers import MICRO, to_micro
from kelurahan.rules.regulation import PENYEBUT


def known_places(rule_set: str) -> Beside:
    """Official sizes, the area in the latest record of each place, and the sums of the RT. Four queries."""
    latest = (
        Assessment.objects.filter(aturan=rule_set, d_luas__isnull=False)
        .order_by("area_id", "-tahun")
        .distinct("area_id")
        .annotate(luas=Cast(F("d_luas") * MICRO, BigIntegerField()))
        .values_list("area__kode", "tahun", "luas")
    )
    luas, tahun = {}, {}
    for kode, year, micro in latest.iterator(chunk_size=10_000):
        luas[kode], tahun[kode] = micro, year
    codes = set(Area.objects.kelurahan().values_list("kode", flat=True))
    return Beside(official=hectares(codes), luas=luas, tahun=tahun, sums=_sums(rule_set))


def _sums(rule_set: str) -> dict[str, dict[str, int]]:
    """By code of a kelurahan and year, its denominators added up over its RT, where every RT has one."""
    totals = {f"sum_{kode}": Sum(f"d_{kode}") for kode in PENYEBUT}
    counts = {f"n_{kode}": Count(f"d_{kode}") for kode in PENYEBUT}
    rows: Any = (
        Assessment.objects.filter(aturan=rule_set, area__level=Level.RT)
        .order_by()
        .values("area__parent__kode", "tahun")
        .annotate(n=Count("pk"), **totals, **counts)
    )
    return {
        f"{row['area__parent__kode']}|{row['tahun']}": {
            kode: to_micro(row[f"sum_{kode}"]) for kode in PENYEBUT if row[f"n_{kode}"] == row["n"]
        }
        for row in rows
    }
