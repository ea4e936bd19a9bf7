"""A wide sheet as offices keep it (volume, percentage and nilai of every criterion), whole or with everything wrong
that step Periksa mends."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import openpyxl

from kelurahan.rules.regulation import DEFAULT_RULE_SET, RULE_SETS
from tests.filled import saved

RULES = RULE_SETS[DEFAULT_RULE_SET]
DENOMINATORS = {
    "luas": "Luas (ha)",
    "bgn": "Jumlah bangunan (unit)",
    "jiwa": "Jumlah penduduk (jiwa)",
    "kk": "Jumlah KK (KK)",
    "jalan": "Panjang jalan ideal (m)",
    "drain": "Panjang drainase ideal (m)",
}
PLACE = ["Kelurahan", "RT", "Tahun"]
HEADERS = [*PLACE, *DENOMINATORS.values()]
HEADERS += [f"{k.kode} {part}" for k in RULES.kriteria for part in (f"volume ({k.satuan})", "persen", "nilai")]
FIRST = len(PLACE) + len(DENOMINATORS)
Rows = list[list[Any]]


def column(kode: str) -> int:
    """Index of the volume of a criterion."""
    return FIRST + 3 * [k.kode for k in RULES.kriteria].index(kode)


def nilai(persen: float) -> int:
    return 5 if persen >= 76 else 3 if persen >= 51 else 1 if persen >= 25 else 0


def rows_of(kelurahan: str, n: int, seed: int = 1, tahun: int = 2025) -> Rows:
    """n RT of a kelurahan whose results agree with their volumes."""
    chance = random.Random(seed)
    return [_row(chance, kelurahan, f"RT{i:03}-RW001", tahun) for i in range(1, n + 1)]


def _row(chance: random.Random, kelurahan: str, rt: str, tahun: int) -> list[Any]:
    wholes = {"luas": 1.5, "bgn": chance.randint(30, 80), "kk": chance.randint(20, 90), "jalan": 500, "drain": 400}
    wholes["jiwa"] = wholes["kk"] * 4
    row: list[Any] = [kelurahan, rt, tahun, *(wholes[kode] for kode in DENOMINATORS)]
    for kriteria in RULES.kriteria:
        whole = wholes[kriteria.penyebut]
        volume = round(whole * chance.random(), 2)
        volume = int(volume) if kriteria.satuan in {"unit", "KK"} else volume
        persen = 100 * volume / whole
        row += [volume, round(persen, 2), nilai(persen)]
    return row


def shifted(row: Sequence[Any], at: int = FIRST) -> list[Any]:
    """One cell to the right from there on."""
    return [*row[:at], None, *row[at:]]


def sums(rows: Rows, label: str) -> list[Any]:
    total = [label, None, None]
    return total + [sum(row[i] for row in rows) for i in range(3, len(HEADERS))]


def book(rows: Rows, sheet: str = "RT", headers: Sequence[str] = HEADERS, above: Sequence[str] = ()) -> bytes:
    made = openpyxl.Workbook()
    page = made.active
    page.title = sheet
    for line in above:
        page.append([line])
    page.append(list(headers))
    for row in rows:
        page.append(row)
    return saved(made)


def broken(kelurahan: str) -> bytes:
    """40 RT in rows 2–41; rows 12–21 slipped by one to the right; a word in 3a of row 5; in row 42 the sum of the rows
    above it under the name of no place; in row 43 RT008 once more, with other numbers."""
    rows = rows_of(kelurahan, 40)
    total, again = sums(rows[20:], "Blok A"), list(rows[7])
    again[column("3a")] = 1
    for i in range(10, 20):
        rows[i] = shifted(rows[i])
    rows[3][column("3a")] = "dua belas"
    return book([*rows, total, again])
