"""Places with numbers: RT, their records in a year, and the summaries made of them."""

from __future__ import annotations

import io
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import numpy as np
import openpyxl
from django.db import transaction

from kelurahan import tasks
from kelurahan.actions.changesets import open_change_set
from kelurahan.actions.indicator_values import IncomingValues, write_values
from kelurahan.actions.summaries import recompute_all
from kelurahan.actions.templates import build_template
from kelurahan.models import Area, Assessment, Indicator, Job, JobState, Level, Origin, column
from kelurahan.rules.numbers import MICRO
from kelurahan.rules.regulation import DEFAULT_RULE_SET, FIELDS, PENYEBUT, RULE_SETS

RULES = RULE_SETS[DEFAULT_RULE_SET]
WHOLE = {"luas": "10", "bgn": "100", "jiwa": "500", "kk": "120", "jalan": "1000", "drain": "1000"}


def make_rt(kelurahan: Area, nama: str, kawasan: Area | None = None, **fields: Any) -> Area:
    kode = f"{kelurahan.kode}/{nama}"
    return Area.objects.create(
        kode=kode,
        nama=nama,
        level=Level.RT,
        parent=kelurahan,
        kawasan=kawasan,
        path=f"{kelurahan.path}{kode}|",
        **fields,
    )


def make_kawasan(kelurahan: Area, nama: str) -> Area:
    kode = f"{kelurahan.kode}/{nama}"
    return Area.objects.create(
        kode=kode, nama=nama, level=Level.KAWASAN, parent=kelurahan, path=f"{kelurahan.path}{kode}|"
    )


def fill(
    area: Area,
    tahun: int = 2025,
    *,
    persen: float = 30,
    volume: Mapping[str, str | None] | None = None,
    penyebut: Mapping[str, str | None] | None = None,
    na: tuple[str, ...] = (),
    contoh: bool = False,
) -> Assessment:
    """A record: every volume at `persen` of its denominator, then what `volume` and `penyebut` say; None is empty."""
    divisors: dict[str, str | None] = {**WHOLE, **(penyebut or {})}
    values: dict[str, Decimal | None] = {kode: None if n is None else Decimal(n) for kode, n in divisors.items()}
    for kriteria in RULES.kriteria:
        whole = values[kriteria.penyebut]
        values[kriteria.kode] = None if whole is None else whole * Decimal(str(persen)) / 100
    values |= {kode: None if n is None else Decimal(n) for kode, n in (volume or {}).items()}
    values |= dict.fromkeys(na)
    bits = sum(1 << FIELDS.index(kode) for kode in na)
    return Assessment.objects.create(
        area=area,
        tahun=tahun,
        aturan=DEFAULT_RULE_SET,
        tidak_berlaku=bits,
        contoh=contoh,
        **{column(kode): number for kode, number in values.items()},
    )


@transaction.atomic
def put_values(indicator: Indicator, values: list[tuple[Area, int, int]], source: str) -> None:
    """Values of an indicator (place, year, value) with their history."""
    n = len(values)
    change_set = open_change_set(by=None, origin=Origin.PERINTAH, reason="rilis", records=0, values=n, document=source)
    rows = IncomingValues(
        indicator_id=np.full(n, indicator.pk),
        area_id=np.array([area.pk for area, _, _ in values]),
        tahun=np.array([tahun for _, tahun, _ in values]),
        values=np.array([value * MICRO for _, _, value in values]),
        removed=np.zeros(n, dtype=np.bool_),
        sumber=[source] * n,
        sheet=["Data"] * n,
        sel=[f"C{i + 2}" for i in range(n)],
    )
    write_values(rows=rows, change_set=change_set)


def summarise() -> None:
    recompute_all()


def run_jobs() -> None:
    """Do what a worker would: everything that waits, and what that asks for."""
    while job := Job.objects.filter(state=JobState.MENUNGGU).order_by("pk").first():
        tasks.run_now(job)


def template_book(areas: Any, year: int = 2025) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(build_template(areas=areas, year=year, rule_set=DEFAULT_RULE_SET)))


def saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def columns_of(book: openpyxl.Workbook) -> dict[str, int]:
    """Field → column of the first sheet: "3a", "luas", "RT"."""
    heads = {str(cell.value): cell.column for cell in book.worksheets[0][1] if cell.value}
    names = {
        kode: next((head for head in heads if head.startswith(kode)), "") for kode in FIELDS if kode not in PENYEBUT
    }
    names |= {"luas": "Luas (ha)", "kk": "Jumlah KK (KK)", "RT": "RT", "Kode": "Kode"}
    return {name: heads[head] for name, head in names.items() if head in heads}
