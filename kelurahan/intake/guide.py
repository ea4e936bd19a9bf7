"""The second sheet of the template: what every column means, how to write numbers and states, which kelurahan exist."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from kelurahan.intake.columns import PLACE_HEADERS, VALUE_HEADERS, unit_of
from kelurahan.rules.regulation import ASPEK, KRITERIA, PENYEBUT, RuleSet


class NamedPlace(Protocol):
    @property
    def kode(self) -> str: ...
    @property
    def kelurahan(self) -> str: ...
    @property
    def kecamatan(self) -> str: ...


_STEPS = (
    "1. Isi sel putih pada lembar RT. Sel kelabu (kode, nama, tahun) terkunci supaya data masuk ke tempat yang benar.",
    "2. Satu baris untuk satu RT. Bila kolom RT kosong, barisnya tentang kawasan; bila kawasan juga kosong, "
    "tentang seluruh kelurahan.",
    "3. RT yang belum ada: pakai baris kosong di bawah tabel, isi kelurahan dan RT; kode boleh dikosongkan.",
    "4. Simpan sebagai .xlsx, lalu unggah. Sebelum diterapkan, semua perubahan diperlihatkan dahulu.",
)
_STATES = (
    ("angka", "Hasil hitung atau ukur. Nol ditulis 0: artinya sudah dinilai dan tidak ada."),
    ("(sel kosong)", "Tidak diisi kali ini: angka yang sudah tersimpan tetap."),
    ("kosong", "Belum dinilai: angka tersimpan dihapus, dan total menjadi rentang sampai diisi."),
    ("tidak berlaku", "Kriteria ini tidak ada di tempat ini; nilainya 0 dan dianggap lengkap."),
)
_NUMBERS = (
    "Ketik angka tanpa satuan: 0,35 atau 12,5 atau 1250. Excel berbahasa Inggris memakai titik: 0.35.",
    "Bila diketik sebagai teks: titik untuk ribuan, koma untuk desimal (1.250,5). Paling banyak enam desimal.",
    "Jangan isi NIK, nomor KTP, nomor KK, atau nama orang: berkas yang memuatnya ditolak (UU 27/2022).",
)
_PLACES = {
    "kode": "Kode kelurahan menurut Kemendagri, bertitik.",
    "kelurahan": "Nama kelurahan; harus sesuai dengan kodenya.",
    "kecamatan": "Nama kecamatan.",
    "kawasan": "Nama kawasan kumuh di dalam kelurahan, bila ada.",
    "rt": "RT dan RW. RT 1/RW 2 dan 001/002 juga dimengerti.",
    "tahun": "Tahun data, empat angka.",
}
_EXAMPLES = {
    "luas": "1,25", "bgn": "62", "jiwa": "248", "kk": "65", "jalan": "410", "drain": "380",
    "1a": "18", "1b": "0", "1c": "9", "2a": "40", "2b": "125", "3a": "21", "3b": "12", "4a": "0,35", "4b": "90",
    "4c": "60", "4d": "0", "4e": "35", "5a": "27", "5b": "30", "6a": "44", "6b": "52", "6c": "tidak berlaku",
    "7a": "62", "7b": "kosong",
}  # fmt: skip


def write_guide(
    book: xlsxwriter.Workbook,
    sheet: Worksheet,
    places: Sequence[NamedPlace],
    fields: Sequence[str],
    year: int,
    rule_set: RuleSet,
    city_name: str,
) -> str:
    """Fill the sheet. Returns the formula of the range that lists the names of the kelurahan, "" without any."""
    guide = _Guide(book, sheet)
    guide.line(f"Petunjuk pengisian data kumuh {city_name} tahun {year}", guide.title)
    guide.line(f"Aturan: {rule_set.nama} ({len(rule_set.kriteria)} kriteria)")
    guide.section("Cara mengisi", _STEPS)
    guide.table("Isi sel", ("Tulisan", "Artinya"), _STATES)
    guide.section("Cara menulis angka", _NUMBERS)
    examples = _EXAMPLES | _place_examples(places, year)
    explained = [(*_explained(name), examples[name]) for name in (*PLACE_HEADERS, *fields)]
    guide.table("Kolom, satu per satu", ("Kolom", "Isinya", "Contoh baris"), explained)
    listed = sorted({(place.kode.partition("/")[0], place.kelurahan, place.kecamatan) for place in places})
    if not listed:
        return ""
    guide.table("Daftar kelurahan", ("Kode", "Kelurahan", "Kecamatan"), listed)
    return f"=Petunjuk!$B${guide.row - len(listed)}:$B${guide.row - 1}"


def _place_examples(places: Sequence[NamedPlace], year: int) -> dict[str, str]:
    """An example row of the city's own: its first place."""
    example = dict.fromkeys(PLACE_HEADERS, "") | {"rt": "RT001-RW002", "tahun": str(year)}
    if places:
        first = places[0]
        example |= {"kode": first.kode.partition("/")[0], "kelurahan": first.kelurahan, "kecamatan": first.kecamatan}
        example["kawasan"] = f"{first.kelurahan} 1"
    return example


def _explained(name: str) -> tuple[str, str]:
    """Header of a column and what belongs into it."""
    if name in _PLACES:
        return PLACE_HEADERS[name], _PLACES[name]
    if name in PENYEBUT:
        return VALUE_HEADERS[name], f"Penyebut: {PENYEBUT[name].nama.lower()} seluruhnya, dalam {unit_of(name)}."
    kriteria = KRITERIA[name]
    aspek = next(aspek for aspek in ASPEK if aspek.no == kriteria.aspek)
    meaning = (
        f"Volume yang tidak memenuhi, dalam {kriteria.satuan}. Dibagi {PENYEBUT[kriteria.penyebut].nama.lower()}. "
        f"Aspek {aspek.no} {aspek.nama}."
    )
    return VALUE_HEADERS[name], meaning


class _Guide:
    """Writes downwards; `row` counts from 1 and is the next free row."""

    def __init__(self, book: xlsxwriter.Workbook, sheet: Worksheet) -> None:
        self.sheet, self.row = sheet, 1
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.heading = book.add_format({"bold": True, "font_size": 12, "top": 1})
        self.head = book.add_format({"bold": True, "bg_color": "#e1e6e2"})
        self.plain = book.add_format({"text_wrap": True, "valign": "top"})
        self.free = book.add_format({"valign": "top"})
        sheet.set_column(0, 0, 46, self.free)
        sheet.set_column(1, 1, 78, self.free)
        sheet.set_column(2, 2, 20, self.free)
        sheet.hide_gridlines(2)
        sheet.fit_to_pages(1, 0)

    def line(self, text: str, look: Format | None = None) -> None:
        self.sheet.write_string(self.row - 1, 0, text, look or self.free)
        self.row += 1

    def section(self, heading: str, lines: Sequence[str]) -> None:
        self.row += 1
        self.line(heading, self.heading)
        for text in lines:
            self.line(text)

    def table(self, heading: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        self.row += 1
        self.line(heading, self.heading)
        self._cells(head, self.head)
        for row in rows:
            self._cells(row, self.plain)

    def _cells(self, texts: Sequence[str], look: Format) -> None:
        for column, text in enumerate(texts):
            self.sheet.write_string(self.row - 1, column, text, look)
        self.row += 1
