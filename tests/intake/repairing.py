"""Sheets that agree with themselves, to be broken on purpose and put right again."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import numpy as np

from kelurahan.intake.choices import Choices
from kelurahan.intake.columns import Column, Table
from kelurahan.intake.notes import Notes
from kelurahan.intake.parsed import Parsed, Repair
from kelurahan.intake.places import Places
from kelurahan.intake.reading import Reading
from kelurahan.intake.repairs import Beside, apply, find_repairs
from kelurahan.intake.sheets import Sheet
from kelurahan.rules.regulation import DEFAULT_RULE_SET, RULE_SETS
from tests.intake.city import CITY

RULES = RULE_SETS[DEFAULT_RULE_SET]
PENYEBUT = ["luas", "bgn", "jiwa", "kk", "jalan", "drain"]
KRITERIA = [kriteria.kode for kriteria in RULES.kriteria]
PLACE = ["kelurahan", "rt", "tahun"]
TEMPLATE = [*PLACE, *PENYEBUT, *KRITERIA]
"""The columns of our template: places, denominators, volumes."""

WIDE = [*PLACE, *PENYEBUT, *(f"{part}{kode}" for kode in KRITERIA for part in ("", "p:", "n:")), "n:total", None]
"""The same with percentages (as fractions), scores, a total and a column for notes."""

Rows = list[list[Any]]


def nilai(volume: float, penyebut: float) -> int:
    persen = 100 * volume / penyebut if penyebut else 0
    return 5 if persen >= 75.995 else 3 if persen >= 50.995 else 1 if persen >= 24.995 else 0


def truth(n: int, seed: int = 1, fields: Sequence[str | None] = WIDE) -> Rows:
    """n RT whose results agree with their volumes."""
    chance = random.Random(seed)
    return [_row(chance, i, fields) for i in range(n)]


def _row(chance: random.Random, i: int, fields: Sequence[str | None]) -> list[Any]:
    kk = chance.randint(20, 90)
    cells: dict[str | None, Any] = {
        "kelurahan": CITY[i % len(CITY)].nama,
        "rt": f"RT{i // len(CITY) + 1:03}-RW001",
        "tahun": 2024.0,
        "luas": round(chance.uniform(0.3, 2.5), 3),
        "bgn": float(chance.randint(20, 80)),
        "jiwa": float(kk * chance.randint(3, 5)),
        "kk": float(kk),
        "jalan": round(chance.uniform(150, 900), 1),
        "drain": round(chance.uniform(150, 900), 1),
    }
    total = 0
    for kriteria in RULES.kriteria:
        whole = cells[kriteria.penyebut]
        part = whole * chance.random() if chance.random() < 0.6 else 0.0
        volume = float(int(part)) if kriteria.satuan in {"unit", "KK"} else round(part, 3)
        cells[kriteria.kode] = volume
        cells[f"p:{kriteria.kode}"] = volume / whole
        cells[f"n:{kriteria.kode}"] = float(nilai(volume, whole))
        total += nilai(volume, whole)
    cells["n:total"] = float(total)
    return [cells.get(field, "") for field in fields]


def table(
    rows: Rows, fields: Sequence[str | None] = WIDE, headers: Sequence[str] = (), units: Sequence[str] = ()
) -> Table:
    """A table on a sheet "RT" with its header in the first row."""
    names = list(headers) or [field or "Catatan" for field in fields]
    columns = [
        Column(i, name, field, 1.0, unit=units[i] if units else "")
        for i, (name, field) in enumerate(zip(names, fields, strict=True))
    ]
    return Table(Sheet("RT", rows=[names, *(list(row) for row in rows)]), 0, columns, key="RT!A1")


def parse(table: Table, rule_set: str = DEFAULT_RULE_SET) -> Parsed:
    return Reading(table, Places(CITY), Notes("RT"), rule_set, Choices()).parse()


def found(table: Table, code: str = "", beside: Beside | None = None) -> list[Repair]:
    repairs = find_repairs(table, parse(table), beside)
    return [repair for repair in repairs if repair.code.startswith(code)]


def one(table: Table, code: str, beside: Beside | None = None) -> Repair:
    repairs = found(table, code, beside)
    assert len(repairs) == 1, [repair.id for repair in repairs]
    return repairs[0]


def mended(table: Table, *repairs: Repair) -> Parsed:
    for repair in repairs:
        apply(repair, table)
    return parse(table)


def same_numbers(one: Parsed, other: Parsed) -> bool:
    pairs = [(getattr(one, part), getattr(other, part)) for part in ("values", "states", "given", "tahun")]
    return one.kode == other.kode and one.rt == other.rt and all(np.array_equal(a, b) for a, b in pairs)
