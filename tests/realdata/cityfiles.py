"""What that city would hand to the product: its places, its settings, and our template filled with its records."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from tests.realdata.arithmetic import KRITERIA
from tests.realdata.workbook import City, Record

KODE = "33.75"
NAMA = "Kota Pekalongan"
KOTA_TOML = f"""\
kode = "{KODE}"
nama = "{NAMA}"
provinsi = "Jawa Tengah"
pemilik = "Bappeda {NAMA}"
zona_waktu = "Asia/Jakarta"
singkatan_zona = "WIB"
kelas_kota = "sedang"
"""
COLUMNS = ("kode", "kode_bps", "nama", "alias", "kode_kecamatan", "kecamatan", "lat", "lon")
NOT_ASSESSED = "kosong"
_PLACE_HEADERS = {"Kode": "kode", "Kelurahan": "kelurahan", "Kecamatan": "kecamatan", "Kawasan": "kawasan", "RT": "rt"}
_PLACE_HEADERS |= {"Tahun": "tahun", "Luas (ha)": "luas", "Jumlah bangunan (unit)": "bgn"}
_PLACE_HEADERS |= {"Jumlah penduduk (jiwa)": "jiwa", "Jumlah KK (KK)": "kk"}
_PLACE_HEADERS |= {"Panjang jalan ideal (m)": "jalan", "Panjang drainase ideal (m)": "drain"}


def kode_of(city: City) -> dict[int, str]:
    """A code for each kawasan's kelurahan. INVENTED, like the kecamatan's: the workbook has names only."""
    wilayah = list(dict.fromkeys(k.wilayah for k in city.kawasan.values()))
    numbers = dict.fromkeys(wilayah, 0)
    codes = {}
    for kawasan in city.kawasan.values():
        numbers[kawasan.wilayah] += 1
        codes[kawasan.id] = f"{KODE}.{wilayah.index(kawasan.wilayah) + 1:02d}.{1000 + numbers[kawasan.wilayah]}"
    return codes


def write_city(folder: Path, city: City) -> tuple[Path, Path]:
    """(CSV of places, kota.toml). One kelurahan per kawasan; codes and points on a grid are invented."""
    places, settings = folder / "kelurahan.csv", folder / "kota.toml"
    settings.write_text(KOTA_TOML, encoding="utf-8")
    with places.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, COLUMNS)
        out.writeheader()
        for n, (pk, kode) in enumerate(kode_of(city).items()):
            kawasan = city.kawasan[pk]
            out.writerow({
                "kode": kode, "nama": kawasan.nama, "kode_kecamatan": kode[:8], "kecamatan": kawasan.wilayah,
                "lat": f"{-6.92 + n // 6 * 0.012:.4f}", "lon": f"{109.64 + n % 6 * 0.014:.4f}",
            })  # fmt: skip
    return places, settings


def fill_template(template: Path, out: Path, city: City, records: Iterable[Record]) -> int:
    """Write the records below the rows that the template brings, as an officer would. Returns how many."""
    book = load_workbook(template)
    sheet = book.worksheets[0]
    fields = [_field(cell.value) for cell in sheet[1]]
    codes = kode_of(city)
    at = 1 + sum(sheet.cell(row, 1).value is not None for row in range(2, sheet.max_row + 1))
    n = 0
    for n, record in enumerate(records, 1):
        _fill_row(sheet, at + n, fields, _cells(city, codes, record))
    book.save(out)
    return n


def _field(header: str) -> str:
    return _PLACE_HEADERS.get(header) or next(kode for kode in KRITERIA if header.startswith(f"{kode} "))


def _fill_row(sheet: Any, row: int, fields: Sequence[str], cells: Mapping[str, Any]) -> None:
    for column, field in enumerate(fields, 1):
        sheet.cell(row, column).value = cells[field]


def _cells(city: City, codes: Mapping[int, str], record: Record) -> dict[str, Any]:
    """A row of the template. A negative volume is no volume: the criterion is left as not assessed."""
    kawasan = city.kawasan[record.kawasan]
    volumes = {kode: NOT_ASSESSED if v < 0 else float(v) for kode, v in record.volume.items()}
    return {
        "kode": codes[record.kawasan],
        "kelurahan": kawasan.nama,
        "kecamatan": kawasan.wilayah,
        "kawasan": kawasan.nama,
        "rt": city.rt[record.rt].nama if record.rt else None,
        "tahun": record.tahun,
        **{kode: float(v) for kode, v in record.penyebut.items()},
        **volumes,
    }
