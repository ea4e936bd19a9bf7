"""A city and sheets of any size for it, in the columns of our template: the same numbers on every machine."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import xlsxwriter

from kelurahan.intake.city_file import PlaceRow, read_places
from kelurahan.intake.columns import PLACE_HEADERS, VALUE_HEADERS
from kelurahan.intake.template import value_fields
from kelurahan.rules.regulation import DEFAULT_RULE_SET, FIELDS, RULE_SETS

ROOT = Path(__file__).resolve().parent.parent
RULES = RULE_SETS[DEFAULT_RULE_SET]
VALUES = value_fields(RULES)
"""6 denominators and 16 criteria: the 22 value columns."""
HEADERS = [*PLACE_HEADERS.values(), *(VALUE_HEADERS[name] for name in VALUES)]
YEAR = 2025
CITY = "Kota Kupang"
_RT_PER_RW = 20

Millionths = npt.NDArray[np.int64]


def city_places() -> list[PlaceRow]:
    """The 51 kelurahan of the example city."""
    places, _ = read_places(ROOT / "data" / "kupang" / "kelurahan.csv")
    return places


def numbers(n: int, seed: int = 5371, *, change: int = 0) -> Millionths:
    """(n, 25) millionths in FIELDS order, all filled, no volume above its denominator. `change` moves every cell."""
    rng = np.random.default_rng(seed)
    values = np.zeros((n, len(FIELDS)), dtype=np.int64)
    households = rng.integers(40, 400, n)
    values[:, FIELDS.index("luas")] = rng.integers(2_000, 20_000, n) * 100  # 0.2 to 2 ha, four decimals
    for name, low, high in (("bgn", 30, 350), ("jalan", 200, 3_000), ("drain", 200, 3_000)):
        values[:, FIELDS.index(name)] = rng.integers(low, high, n) * 1_000_000
    values[:, FIELDS.index("kk")] = households * 1_000_000
    values[:, FIELDS.index("jiwa")] = households * 4_000_000
    for kriteria in RULES.kriteria:
        grain = 100 if kriteria.satuan == "ha" else 1_000_000
        whole = values[:, FIELDS.index(kriteria.penyebut)] // grain
        values[:, FIELDS.index(kriteria.kode)] = (whole * rng.random(n) * 0.9).astype(np.int64) * grain
    if change:
        for name in VALUES:
            values[:, FIELDS.index(name)] += change * (100 if values[0, FIELDS.index(name)] % 1_000_000 else 1_000_000)
    return values


def place_of(i: int, places: list[PlaceRow]) -> tuple[PlaceRow, str]:
    """Kelurahan and RT of row i: the rows go round the kelurahan."""
    number = i // len(places)
    return places[i % len(places)], f"RT {number % _RT_PER_RW + 1:03d}/RW {number // _RT_PER_RW + 1:03d}"


def write_sheet(path: Path, values: Millionths, places: list[PlaceRow]) -> Path:
    """The sheet as an office would send it: a code, names, the RT, the year and 22 numbers in each row."""
    columns = [FIELDS.index(name) for name in VALUES]
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet("RT")
        sheet.write_row(0, 0, HEADERS)
        for i, cells in enumerate((values[:, columns] / 1_000_000).tolist(), 1):
            place, rt = place_of(i - 1, places)
            sheet.write_row(i, 0, [place.kode, place.nama, place.kecamatan, "", rt, YEAR, *cells])
    return path
