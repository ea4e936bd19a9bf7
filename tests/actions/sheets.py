"""Sheets in the shape of our template, made in code."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import openpyxl

from kelurahan.rules.regulation import FIELDS

Row = tuple[str, str | None, int | None, Mapping[str, Any]]  # kode, rt, year, numbers


def workbook(
    rows: Sequence[Row], fields: Sequence[str] = FIELDS, sheet: str = "RT", kawasan: str | None = None
) -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    page.title = sheet
    fields = [f for f in fields if f not in ("4d", "4e", "6c")]
    page.append(["Kode", "Kawasan", "RT", "Tahun", *(HEADS.get(f, f"{f} volume") for f in fields)])
    for kode, rt, year, numbers in rows:
        page.append([kode, kawasan, rt, year, *(_cell(numbers.get(f)) for f in fields)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(value: Any) -> Any:
    """Numbers written as text in the cases become numbers, as Excel would have them."""
    if isinstance(value, str) and value.replace(".", "", 1).isdigit():
        return float(value)
    return value


HEADS = {
    "luas": "Luas (ha)",
    "bgn": "Jumlah bangunan (unit)",
    "jiwa": "Jumlah penduduk (jiwa)",
    "kk": "Jumlah KK (KK)",
    "jalan": "Panjang jalan ideal (m)",
    "drain": "Panjang drainase ideal (m)",
}
