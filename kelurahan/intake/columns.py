"""The table of a sheet: one header row, and which field each of its columns is.

Fields are the place columns, the 25 numbers of `regulation.FIELDS`, stored results (`p:1a`, `n:1a`) and supporting
indicators (`i:penduduk`); `vocabulary` says which a header means.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from kelurahan.intake.sheets import Sheet
from kelurahan.intake.vocabulary import PLACE_HEADERS, VALUE_HEADERS, match_header, plain, unit_of
from kelurahan.rules.findings import Finding
from kelurahan.rules.regulation import FIELDS

__all__ = ["HEAD_ROWS", "PLACE_HEADERS", "VALUE_HEADERS", "Column", "Table", "match_header", "plain", "unit_of"]

HEAD_ROWS = 60


@dataclass(frozen=True, slots=True)
class Column:
    """Column `index` (from 0) under `header`; `field` is None when nobody knows what it is."""

    index: int
    header: str
    field: str | None
    confidence: float = 0.0
    unit: str = ""  # as the header says it; of a column without a field, why it has none
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
