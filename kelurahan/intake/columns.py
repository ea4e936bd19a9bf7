"""Finds the table in a workbook (sheet and header row) and matches its headers to fields.

Fields are the place columns of PLACE_FIELDS and the 25 numbers of `regulation.FIELDS`. Confidence is 1 for a header
of our own template, less for other ways of writing it, and a header in another unit is not matched at all.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from kelurahan.intake.sheets import Sheet, Workbook
from kelurahan.rules.findings import Finding, Level
from kelurahan.rules.regulation import FIELDS, KRITERIA, PENYEBUT

PLACE_HEADERS = {
    "kode": "Kode",
    "kelurahan": "Kelurahan",
    "kecamatan": "Kecamatan",
    "kawasan": "Kawasan",
    "rt": "RT",
    "tahun": "Tahun",
}
"""The place columns of our template, in order. Other files may have "rw" beside "rt"."""

_PENYEBUT_NAMES = {
    "luas": "Luas",
    "bgn": "Jumlah bangunan",
    "jiwa": "Jumlah penduduk",
    "kk": "Jumlah KK",
    "jalan": "Panjang jalan ideal",
    "drain": "Panjang drainase ideal",
}
VALUE_HEADERS = {kode: f"{nama} ({PENYEBUT[kode].satuan})" for kode, nama in _PENYEBUT_NAMES.items()} | {
    kode: f"{kode} {kriteria.nama} ({kriteria.satuan})" for kode, kriteria in KRITERIA.items()
}
"""Field → header of our template: "Luas (ha)", "1a Ketidakteraturan bangunan (unit)"."""

HEAD_ROWS = 60
_MAX_HEADER = 300

_SYNONYMS = {
    "kode": "kode wilayah|kode kelurahan|kode desa|kode desa kelurahan|kode kemendagri|kode bps|kode kelurahan desa",
    "kelurahan": "nama kelurahan|desa kelurahan|kelurahan desa|nama desa kelurahan|nama kelurahan desa|kel|desa",
    "kecamatan": "nama kecamatan|kec",
    "kawasan": "nama kawasan|kawasan kumuh|nama kawasan kumuh|lokasi kawasan|nama lokasi",
    "rt": "rt rw|nama rt|no rt|nomor rt|rukun tetangga",
    "rw": "rw|no rw|nomor rw|rukun warga",
    "tahun": "tahun data|thn|tahun pendataan|periode data",
    "luas": "luas wilayah|luas verifikasi|luas lahan|luas rt|luas wilayah rt|luas kelurahan|luas kawasan",
    "bgn": "bangunan|jml bangunan|jumlah bangunan gedung|jumlah bangunan rumah|jumlah rumah|total bangunan",
    "jiwa": "penduduk|jiwa|jumlah jiwa|jml penduduk|jml jiwa|penduduk jumlah jiwa|populasi|jumlah penduduk jiwa",
    "kk": "kk|jml kk|kepala keluarga|jumlah kepala keluarga|penduduk kk|jumlah rumah tangga",
    "jalan": "panjang jalan|jalan ideal|panjang jalan lingkungan|panjang jalan lingkungan ideal",
    "drain": "panjang drainase|drainase ideal|panjang drainase lingkungan|panjang drainase lingkungan ideal",
}
_UNITS = {
    "ha": {"ha", "hektar", "hektare"},
    "unit": {"unit", "bh", "buah", "bangunan", "unit bangunan"},
    "jiwa": {"jiwa", "orang", "org"},
    "KK": {"kk", "keluarga", "kepala keluarga", "rumah tangga"},
    "m": {"m", "meter", "m1"},
}
_FOREIGN_UNITS = {"km2", "m2", "km", "persen", "are", "cm", "mm", "ribu", "juta", "rp"}
_KNOWN_UNITS = set().union(*_UNITS.values()) | _FOREIGN_UNITS
_RESULT_WORDS = {"persen", "nilai", "skor", "score", "bobot", "prosentase", "persentase", "rata"}
_CODE = re.compile(r"([1-7])\s?([a-e])(?P<volume>v?)(?:\s(?P<rest>.*))?")


@dataclass(frozen=True, slots=True)
class Column:
    """Column `index` (from 0) under `header`; `field` is None when nobody knows what it is."""

    index: int
    header: str
    field: str | None
    confidence: float = 0.0
    unit: str = ""  # as the header says it
    factor: Fraction = Fraction(1)  # from that unit to ours
    alternatives: tuple[tuple[str, float], ...] = ()  # other fields it may be, with confidence
    remembered: bool = False  # decided by somebody, now or earlier


@dataclass(slots=True)
class Table:
    """One header row and one record per row below it. `header_row` counts from 0 in `sheet`, which may be made up."""

    sheet: Sheet
    header_row: int
    columns: list[Column]
    notes: list[Finding] = field(default_factory=list)
    key: str = ""  # "RT!A5": real sheet and first cell of the header; names the table in the sender's choices
    jenis: str = "penilaian"  # or "indikator"
    orientation: str = "baris"  # "kolom", "panjang", "formulir"
    range: str = ""  # "A5:K71"
    year: int | None = None  # of records that name none
    year_source: str = ""  # "kolom", "judul", "lembar", "kepala", "pengguna"
    header_rows: tuple[int, int] = (0, 0)  # real, from 0
    use: bool = True  # False: announced, not read (a hidden sheet, or the sender said so)

    def letter(self, column: Column) -> str:
        """How to name a column to people: its letter, or the cell of its header where it is none on the sheet."""
        where = self.sheet.where(self.header_row, column.index)
        if self.upright:
            return where.rstrip("0123456789")
        sheet = self.sheet.sheet_of(self.header_row, column.index)
        return where if sheet == self.sheet_name else f"{sheet}!{where}"

    @property
    def upright(self) -> bool:
        """Whether each column is a column of the sheet and each record a row."""
        origin = self.sheet.origin
        return origin is None or not (origin.transposed or origin.scattered)

    @property
    def sheet_name(self) -> str:
        """The real sheet."""
        return self.sheet.origin.sheet if self.sheet.origin else self.sheet.name

    @property
    def score(self) -> float:
        return sum(column.confidence for column in self.columns)

    @property
    def fields(self) -> dict[str, Column]:
        return {column.field: column for column in self.columns if column.field}

    @property
    def has_values(self) -> bool:
        return any(name in FIELDS or name.startswith("i:") for name in self.fields)


def plain(text: str) -> str:
    """Lower case words and numbers of a header, single spaced: "Luas\\n(km²)" → "luas km2"."""
    text = unicodedata.normalize("NFKC", text).casefold().replace("%", " persen ")
    return " ".join(re.findall(r"[^\W_]+", text))


def _compact(text: str) -> str:
    return plain(text).replace(" ", "")


_EXACT = {plain(header): name for name, header in (PLACE_HEADERS | VALUE_HEADERS).items()}
_KNOWN = {
    _compact(synonym): name
    for name, words in _SYNONYMS.items()
    for synonym in [*words.split("|"), _PENYEBUT_NAMES.get(name, name)]
} | {_compact(kriteria.nama): kode for kode, kriteria in KRITERIA.items()}


def match_header(header: str) -> tuple[str | None, float]:
    """Field and confidence of a header; (None, 0) for an unknown one or one in another unit."""
    words = plain(header)
    if words in _EXACT:
        return _EXACT[words], 1.0
    if not words or is_result(header):
        return None, 0.0
    unit = _unit(header)
    without_unit = re.sub(r"[(\[][^)\]]*[)\]]", " ", header) if unit else header
    name, confidence = _match_words(plain(without_unit))
    return (name, confidence) if name and _fits(unit, name) else (None, 0.0)


def _match_words(words: str) -> tuple[str | None, float]:
    coded = _CODE.fullmatch(words)
    if coded and coded[1] + coded[2] in KRITERIA:
        kode, rest = coded[1] + coded[2], coded["rest"]
        if coded["volume"]:
            return kode, 0.7
        return kode, 0.9 if not rest else 0.98 if _compact(rest) == _compact(KRITERIA[kode].nama) else 0.75
    known = _KNOWN.get(_compact(words))
    if known and words == plain(_PENYEBUT_NAMES.get(known, "")):
        return known, 0.98
    if known:
        return known, 0.95 if known not in KRITERIA else 0.85
    if words in {"kecamatan kelurahan", "kelurahan kecamatan"}:
        return "kelurahan", 0.6
    return None, 0.0


def _unit(header: str) -> str:
    """The unit in brackets at the end of a header, "" when there is none that we know."""
    found = re.findall(r"[(\[]([^)\]]*)[)\]]", header)
    unit = plain(found[-1]) if found else ""
    return unit if unit in _KNOWN_UNITS else ""


def unit_of(name: str) -> str:
    """The unit of a value field, "" for a place field."""
    known = PENYEBUT.get(name) or KRITERIA.get(name)
    return known.satuan if known else ""


def _fits(unit: str, name: str) -> bool:
    return not unit or unit in _UNITS.get(unit_of(name), set())


def is_result(header: str) -> bool:
    """Whether a header names what is always counted again: percentages, scores, averages."""
    return bool(_RESULT_WORDS & set(plain(header).split()))


def in_other_unit(header: str) -> str | None:
    """The field that a header names in a unit that is not ours ("Luas (km²)" → "luas"), else None."""
    unit = _unit(header)
    if not unit or match_header(header)[0]:
        return None
    name, _ = _match_words(plain(re.sub(r"[(\[][^)\]]*[)\]]", " ", header)))
    return name if name in FIELDS else None


def find_tables(book: Workbook, vocabulary: object, places: object, params: Mapping[str, Any]) -> list[Table]:
    """The best table of each sheet; only the best of all is read."""
    tables = [table for sheet in book.sheets if (table := _best_of_sheet(sheet))]
    if not tables:
        return []
    best = max(tables, key=lambda table: (table.has_values, not table.sheet.hidden, table.score))
    for table in tables:
        table.notes = list(_column_notes(table))
        table.key = f"{table.sheet.name}!{table.sheet.where(table.header_row, 0)}"
        table.header_rows = (table.header_row, table.header_row)
        table.year, table.use = params["year"], table is best
    return [table for table in tables if table is best or table.has_values]


def _best_of_sheet(sheet: Sheet) -> Table | None:
    tables = [table for row in range(min(HEAD_ROWS, len(sheet.rows))) for table in _tables_at(sheet, row)]
    return max(tables, key=lambda table: table.score, default=None)


def _tables_at(sheet: Sheet, row: int) -> Iterator[Table]:
    """Read row `row` as the header, alone and together with the row above it."""
    texts = [_text(cell) for cell in sheet.rows[row]]
    if sum(map(bool, texts)) < 2:
        return
    yield from _table(sheet, row, [(text,) for text in texts])
    above = _above(sheet, row)
    if any(above):
        yield from _table(sheet, row, list(_unfolded(sheet, row, texts, above)))


def _text(cell: object) -> str:
    return cell[:_MAX_HEADER].strip() if type(cell) is str else ""


def _above(sheet: Sheet, row: int) -> list[str]:
    """The texts of the row above, each spread over its merged range."""
    if row == 0 or not sheet.merged:
        return []
    texts = [_text(cell) for cell in sheet.rows[row - 1]]
    for top, left, bottom, right in sheet.merged:
        if top <= row - 1 <= bottom and left < len(texts):
            head = sheet.rows[top][left]
            for column in range(left, min(right + 1, len(texts))):
                texts[column] = _text(head)
    return texts


def _unfolded(sheet: Sheet, row: int, texts: Sequence[str], above: Sequence[str]) -> Iterator[tuple[str, ...]]:
    tall = {
        column
        for top, left, bottom, right in sheet.merged
        if top < row <= bottom
        for column in range(left, min(right + 1, len(texts)))
    }
    for column, text in enumerate(texts):
        upper = above[column] if column < len(above) else ""
        if text:
            yield (text, f"{upper} {text}".strip())
        else:
            yield (upper if column in tall else "",)


def _table(sheet: Sheet, row: int, headers: Sequence[tuple[str, ...]]) -> Iterator[Table]:
    """The table under these headers (each in one or two wordings), if it names a place."""
    columns = [_column(index, wordings) for index, wordings in enumerate(headers)]
    table = Table(sheet, row, _without_doubles(columns))
    known = table.fields
    if "kelurahan" in known or "kode" in known:
        yield table


def _column(index: int, wordings: tuple[str, ...]) -> Column:
    for header in wordings:
        name, confidence = match_header(header)
        if name:
            return Column(index, wordings[0], name, confidence)
    return Column(index, wordings[-1], None)


def _without_doubles(columns: Sequence[Column]) -> list[Column]:
    """Of two columns for one field the surer stays, of two equally sure the first."""
    best: dict[str, Column] = {}
    for column in columns:
        if column.field and column.confidence > getattr(best.get(column.field), "confidence", 0.0):
            best[column.field] = column
    return [
        column if not column.field or best[column.field] is column else Column(column.index, column.header, None)
        for column in columns
    ]


def _column_notes(table: Table) -> Iterator[Finding]:
    known = table.fields
    for column in table.columns:
        if column.field or not column.header:
            continue
        name, _ = match_header(column.header)
        other = in_other_unit(column.header)
        params = {"kolom": column.header[:80]}
        letter = table.letter(column)
        cell = table.sheet.where(table.header_row, column.index)
        if name in known:
            params |= {"dibaca": table.letter(known[name]), "tidak": letter}
            yield Finding(Level.PERINGATAN, "column_doubled", table.sheet.name, cell, params)
        elif other and other not in known:
            params["satuan"] = unit_of(other)
            yield Finding(Level.PERINGATAN, "unit_differs", table.sheet.name, cell, params)
