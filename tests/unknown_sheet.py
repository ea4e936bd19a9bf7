"""A sheet as an office sends it: titles, a column that no program knows, names that mean several places or none."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import openpyxl

HEADERS = ("No", "Nama Kelurahan", "Luas (km2)", "Jumlah Penduduk", "Rumah Panggung")


def office_sheet(
    rows: Sequence[Sequence[Any]], headers: Sequence[str] = HEADERS, hidden: Sequence[Sequence[Any]] = ()
) -> bytes:
    """`rows` without their number; `hidden` becomes a second, hidden sheet."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Data"
    sheet.append(["DATA KELURAHAN"])
    sheet.append([])
    sheet.append(list(headers))
    for n, row in enumerate(rows, 1):
        sheet.append([n, *row])
    if hidden:
        more = book.create_sheet("Lama")
        more.sheet_state = "hidden"
        for row in hidden:
            more.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
