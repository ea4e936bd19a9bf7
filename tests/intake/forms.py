"""Printed R0 forms as offices fill them in, with the truth of each cell. Made in code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

ASPEK = {
    "1": "KONDISI BANGUNAN GEDUNG", "2": "KONDISI JALAN LINGKUNGAN", "3": "KONDISI PENYEDIAAN AIR MINUM",
    "4": "KONDISI DRAINASE LINGKUNGAN", "5": "KONDISI PENGELOLAAN AIR LIMBAH", "6": "KONDISI PENGELOLAAN PERSAMPAHAN",
    "7": "KONDISI PROTEKSI KEBAKARAN",
}  # fmt: skip
NAMES = {
    "1a": "Ketidakteraturan Bangunan",
    "1b": "Kepadatan Bangunan",
    "1c": "Ketidaksesuaian dengan Persy Teknis Bangunan",
    "2a": "Cakupan Pelayanan Jalan Lingkungan",
    "2b": "Kualitas Permukaan Jalan lingkungan",
    "3a": "Ketersediaan Akses Aman Air Minum",
    "3b": "Tidak terpenuhinya Kebutuhan Air Minum",
    "4a": "Ketidakmampuan Mengalirkan Limpasan Air",
    "4b": "Ketidaktersediaan Drainase",
    "4c": "Kualitas Konstruksi Drainase",
    "4d": "Ketidakterhubungan dengan Sistem Drainase Perkotaan",
    "4e": "Tidak terpeliharanya Drainase",
    "5a": "Sistem Pengelolaan Air Limbah Tidak Sesuai Standar Teknis",
    "5b": "Prasarana dan Sarana Pengelolaan Air Limbah Tidak Sesuai dengan Persyaratan Teknis",
    "6a": "Prasarana dan Sarana Persampahan Tidak Sesuai dengan persyaratan Teknis",
    "6b": "Sistem Pengelolaan Persampahan yang tidak sesuai Standar Teknis",
    "6c": "Tidak terpeliharanya Sarana dan Prasarana Pengelolaan Persampahan",
    "7a": "Ketidaktersediaan Prasarana Proteksi Kebakaran",
    "7b": "Ketidaktersediaan Sarana Proteksi Kebakaran",
}
RULES_2018 = [kode for kode in NAMES if kode not in {"4d", "4e", "6c"}]
ORDER_2016 = [*RULES_2018[:9], "4d", "4e", "4c", *RULES_2018[10:14], "6c", "7a", "7b"]
"""As printed: the letters c, d and e of the drainage are not those of our codes."""
UNITS = {
    "1a": "Unit",
    "1b": "Ha",
    "1c": "Unit",
    "2": "Meter",
    "3": "KK",
    "4a": "Ha",
    "4": "Meter",
    "5": "KK",
    "6": "KK",
}
PENYEBUT = {
    "luas": ("Luas Verifikasi", "Ha"), "bgn": ("Jumlah Bangunan", "Unit"), "jiwa": ("Jumlah Penduduk", "Jiwa"),
    "kk": ("Jumlah KK", "KK"), "jalan": ("Panjang Jalan Lingkungan Ideal", "m"),
    "drain": ("Panjang Drainase Lingkungan Ideal", "m"),
}  # fmt: skip
PLACES = {
    "provinsi": "Provinsi", "kota": "Kota/Kabupaten", "kecamatan": "Kecamatan", "kelurahan": "Kelurahan",
    "kawasan": "Kawasan", "rt": "RT/RW", "tahun": "Tahun", "flag": "Luas Flag (Ha)",
}  # fmt: skip


def unit_of(kode: str) -> str:
    return UNITS.get(kode) or UNITS.get(kode[0], "Unit")


@dataclass
class Form:
    """What is written into a form. `awal` and `akhir` are kode → (volume, percent, score)."""

    places: Mapping[str, Any]
    penyebut: Mapping[str, Any]
    awal: Mapping[str, tuple[Any, Any, Any]]
    akhir: Mapping[str, tuple[Any, Any, Any]] | None = None
    total: Any = None
    codes: Sequence[str] = field(default_factory=lambda: RULES_2018)


@dataclass
class Style:
    """How a form is laid out."""

    header: str = "colon cell"  # "inline", "beside", "merged", "gap", "prefixed", "two columns", "below"
    label: str = "letter"  # "name", "code beside", "number and letter"
    aspek: str = "beside"  # "above"
    unit: str = "bracket"  # "after", "value", "none"
    merge: bool = True
    title: str = "PERHITUNGAN TINGKAT KEKUMUHAN"
    heads: tuple[str, str] = ("KONDISI AWAL (BASELINE)", "KONDISI AKHIR")
    text: bool = False  # numbers as texts "2,37"


def words(value: Any) -> Any:
    return format(value, ".15g").replace(".", ",") if isinstance(value, float) else str(value)


class Writer:
    """Writes one form with its top left corner at (row, column), from 1. `cells` is field → reference."""

    def __init__(self, sheet: Worksheet, form: Form, style: Style, row: int = 1, column: int = 1) -> None:
        self.sheet, self.form, self.style, self.row, self.left = sheet, form, style, row, column
        self.cells: dict[str, str] = {}
        self.criteria_column = column + (1 if style.aspek == "beside" else 0)
        self.first_value = self.criteria_column + 1 + (style.label == "code beside")
        self.put(self.row, self.left, style.title)
        self.row += 2
        self.write_header()
        self.row += 1
        self.write_criteria()
        self.write_footer()

    def put(self, row: int, column: int, value: Any, name: str = "") -> None:
        if value is None:
            return
        cell = self.sheet.cell(row, column, value)
        if name:
            self.cells[name] = cell.coordinate

    # --- header block

    def write_header(self) -> None:
        items = [
            (name, label, "", self.form.places[name]) for name, label in PLACES.items() if name in self.form.places
        ]
        items += [(name, *PENYEBUT[name], self.form.penyebut[name]) for name in PENYEBUT if name in self.form.penyebut]
        if self.style.header == "below":
            for start in range(0, len(items), 6):
                for n, item in enumerate(items[start : start + 6]):
                    self.put(self.row, self.left + n, self.label_text(item[1], item[2]))
                    self.put(self.row + 1, self.left + n, self.shown(item[3], item[2]), item[0])
                self.row += 2
            return
        half = -(-len(items) // 2)
        if self.style.header == "two columns":
            for n, item in enumerate(items):
                self.header_line(self.row + n % half, self.left + 5 * (n // half), *item)
            self.row += half
            return
        for item in items:
            self.header_line(self.row, self.left, *item)
            self.row += 1

    def label_text(self, label: str, unit: str) -> str:
        return f"{label} ({unit})" if unit and self.style.unit == "bracket" else label

    def shown(self, value: Any, unit: str) -> Any:
        if value in (None, ""):
            return None
        if unit and self.style.unit == "value":
            return f"{words(value)} {unit}"
        return words(value) if self.style.text and isinstance(value, float | int) else value

    def header_line(self, row: int, column: int, name: str, label: str, unit: str, value: Any) -> None:
        text, shown = self.label_text(label, unit), self.shown(value, unit)
        style = self.style.header
        if style == "inline":
            self.put(row, column, f"{text} : {'' if shown is None else words(shown)}", name)
            return
        self.put(row, column, text)
        at = column + 1
        if style in {"colon cell", "two columns"}:
            self.put(row, column + 1, ":")
            at = column + 2
        if style == "gap":
            at = column + 3
        if style == "merged":
            self.sheet.merge_cells(start_row=row, end_row=row, start_column=column, end_column=column + 2)
            at = column + 3
        if style == "prefixed" and shown is not None:
            shown = f": {words(shown)}"
        self.put(row, at, shown, name)
        if unit and self.style.unit == "after":
            self.put(row, at + 1, unit)

    # --- criteria

    def write_criteria(self) -> None:
        column = self.first_value
        groups = [(self.style.heads[0], "awal", ["VOLUME", "SATUAN", "PROSEN (%)", "NILAI"])]
        if self.form.akhir is not None:
            groups += [("OUTPUT", "", ["KEGIATAN", "VOLUME"])]
            groups += [(self.style.heads[1], "akhir", ["VOLUME", "SATUAN", "PROSEN (%)", "NILAI"])]
        if self.style.aspek == "beside":
            self.put(self.row, self.left, "ASPEK")
        self.put(self.row, self.criteria_column, "KRITERIA")
        starts = {}
        for head, name, columns in groups:
            self.put(self.row, column, head)
            if self.style.merge:
                self.sheet.merge_cells(
                    start_row=self.row, end_row=self.row, start_column=column, end_column=column + len(columns) - 1
                )
            starts[name] = column
            for n, text in enumerate(columns):
                self.put(self.row + 1, column + n, text)
            column += len(columns)
        self.row += 2
        letters: dict[str, int] = {}
        for kode in self.form.codes:
            self.write_aspek(kode, letters)
            letter = "abcde"[letters[kode[0]]]
            letters[kode[0]] += 1
            self.write_label(kode, letter)
            self.values(starts["awal"], kode, self.form.awal, "")
            if self.form.akhir is not None:
                self.put(self.row, starts[""], "Pekerjaan")
                self.put(self.row, starts[""] + 1, 777)
                self.values(starts["akhir"], kode, self.form.akhir, "akhir ")
            self.row += 1
            later = self.form.codes[self.form.codes.index(kode) + 1 :]
            if not any(other[0] == kode[0] for other in later):
                self.put(self.row, self.criteria_column, f"Rata-rata {ASPEK[kode[0]].title()}")
                self.put(self.row, self.first_value + 2, 12.5)
                self.row += 1

    def write_aspek(self, kode: str, letters: dict[str, int]) -> None:
        if kode[0] in letters:
            return
        letters[kode[0]] = 0
        text = f"{kode[0]}. {ASPEK[kode[0]]}"
        if self.style.aspek == "beside":
            self.put(self.row, self.left, text)
        else:
            self.put(self.row, self.criteria_column, text)
            self.row += 1

    def write_label(self, kode: str, letter: str) -> None:
        column = self.criteria_column
        if self.style.label == "code beside":
            self.put(self.row, column, f"{kode[0]}{letter}")
            self.put(self.row, column + 1, NAMES[kode])
        else:
            before = {"letter": f"{letter}. ", "number and letter": f"{kode[0]}.{letter} "}.get(self.style.label, "")
            self.put(self.row, column, before + NAMES[kode])

    def values(self, column: int, kode: str, given: Mapping[str, tuple[Any, Any, Any]], name: str) -> None:
        volume, persen, nilai = given.get(kode, (None, None, None))
        shown = words(volume) if self.style.text and isinstance(volume, float) else volume
        self.put(self.row, column, shown, name + kode)
        self.put(self.row, column + 1, unit_of(kode))
        self.put(self.row, column + 2, persen, f"{name}p:{kode}")
        self.put(self.row, column + 3, nilai, f"{name}n:{kode}")

    def write_footer(self) -> None:
        for text, value in (
            ("TOTAL NILAI", self.form.total), ("TINGKAT KEKUMUHAN", "KUMUH RINGAN"),
            ("RATA-RATA KEKUMUHAN SEKTORAL", 42.35), ("KONTRIBUSI PENANGANAN", 11.5),
        ):  # fmt: skip
            self.put(self.row, self.criteria_column, text)
            self.put(self.row, self.first_value, value)
            self.row += 1
        self.put(self.row + 1, self.first_value, "Lurah,")
        self.row += 3


def form_of(example: Mapping[str, Any], places: Mapping[str, Any], akhir: bool = False) -> Form:
    """A form with the numbers of a published calculation."""
    awal = {kode: (line["volume"], line["persen"], line["nilai"]) for kode, line in example["kriteria"].items()}
    later = {kode: (round(volume / 2, 6), persen / 2, 0) for kode, (volume, persen, _) in awal.items()}
    return Form(places, example["penyebut"], awal, later if akhir else None, example["total"])


def save(path: Path, book: openpyxl.Workbook) -> Path:
    book.save(path)
    return path
