"""Which year a table is about, as its titles and the name of its sheet say; decrees, dates of signature and ranges
("2019-2023") say nothing about it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kelurahan.intake.columns import Column, Table
from kelurahan.intake.sheets import Sheet
from kelurahan.intake.tables.words import SIGNED, year_of
from kelurahan.rules.findings import Finding, Level

_Y = r"(?:19[5-9]\d|20\d\d)"
_RANGES = re.compile(
    rf"\b{_Y}\s*(?:[-–—/]|s\.?\s?/?\s?d\.?|sampai(?: dengan)?|hingga|dan|,|&)\s*(?:tahun\s*)?(?:{_Y}|\d\d)\b", re.I
)
_DECREES = re.compile(
    r"\b(?:sk|keputusan|kepwal|perwali|perwal|peraturan|perda|permen\w*|perpres|pp|uu|undang|kep|nomor|no|surat|"
    rf"dpa|rpjmd|rtrw|renstra|rp2kpkpk)\b\.?[^\n]{{0,80}}?\b({_Y})\b(?:\s+tahun\s+\1\b)?|/\s*{_Y}\b|\b{_Y}/",
    re.IGNORECASE,
)
_BUDGET_YEAR = re.compile(rf"\b(?:tahun|thn|th|t\.?)\W{{0,2}}(?:anggaran|a\.?)\W{{0,3}}(?={_Y})", re.IGNORECASE)
_AT_DATE = re.compile(r"\b(?:keadaan|posisi|kondisi|per)\W+(?:pada\W+)?(?:tanggal|tgl)\b", re.IGNORECASE)
_PRINTED = re.compile(r"\b(?:dicetak|cetak|diunduh|unduh|update|diperbarui|diakses|printed|tanggal)\b", re.IGNORECASE)
_OTHERS = re.compile(
    r"\b(?:target|rencana|proyeksi|renja|anggaran|apbd|(?:tahun|thn|th|harga)\W{1,3}dasar)\b", re.IGNORECASE
)
_YEARS = re.compile(rf"(?<![\d.,]){_Y}(?![\d.,]*\d)")
YEAR_MARK = re.compile(
    rf"\s*(?:\b(?:keadaan|akhir|per|pada|posisi|semester|sem|triwulan|tw|tahun|thn|th|smt)\b\.?\s*|\b[ivx]{{1,4}}\b\s*)*{_Y}\s*[*)]*",
    re.IGNORECASE,
)


def years_in(text: str) -> set[int]:
    """Years that a title speaks of: {2023} of "Keadaan Semester II Tahun 2023", none of "SK Nomor 12 Tahun 2020"."""
    if SIGNED.fullmatch(text.strip()):
        return set()
    text = _PRINTED.split(_AT_DATE.sub(" ", text), maxsplit=1)[0]
    bare = _BUDGET_YEAR.sub(" ", _DECREES.sub(" ", _RANGES.sub(" ", text)))
    if _OTHERS.search(bare):
        return set()
    return {int(year) for year in _YEARS.findall(bare)}


def title_year(lines: Iterable[str]) -> set[int]:
    return set().union(*map(years_in, lines))


def sheet_year(name: str) -> int | None:
    """2023 of "2023", "Data 2023", "RT_2023"."""
    found = years_in(name.replace("_", " "))
    return next(iter(found)) if len(found) == 1 else None


def split_year(parts: tuple[str, ...]) -> tuple[int | None, tuple[str, ...]]:
    """The year that a header names, and the header without it."""
    whole = [year_of(part) for part in parts]
    found = {year for year in whole if year} or set().union(*map(years_in, parts))
    if len(found) != 1:
        return None, parts
    year = next(iter(found))
    rest = []
    for part, is_year in zip(parts, whole, strict=True):
        text = "" if is_year else YEAR_MARK.sub(" ", part) if str(year) in part else part
        text = re.sub(r"\(\s*\)", " ", re.sub(r"\([^()]*$", r"\g<0>)", text))  # its bracket may have gone with the year
        if text.strip(" -–/,"):
            rest.append(" ".join(text.split()).strip(" -–/,"))
    return year, tuple(rest)


@dataclass(frozen=True, slots=True)
class Said:
    """What is known about the year of a table besides its columns: its titles, and the year in the header of each
    column of numbers."""

    table: Table
    titles: Sequence[str]
    own: Mapping[int, int | None] = field(default_factory=dict)

    @property
    def heads(self) -> int | None:
        """The year that all columns of numbers name."""
        years = set(self.own.values())
        return next(iter(years)) if len(years) == 1 else None


def find_years(sheet: Sheet, tables: Sequence[Said], given: int | None) -> None:
    """Give each table the year of its header, its title or its sheet, else the one that the sender gave. Where these
    disagree it has none, and says so."""
    of_sheet = sheet_year(sheet.name)
    titles = [title_year(said.titles) for said in tables]
    shared = set[int]().union(*titles)
    for said, own in zip(tables, titles, strict=True):
        common = shared if len(shared) == 1 else set[int]()
        _set_year(said, own or common, of_sheet, given)


def _set_year(said: Said, titles: set[int], of_sheet: int | None, given: int | None) -> None:
    table = said.table
    if of_column := _column_years(table):
        table.year_source = "kolom"
        table.year = next(iter(of_column)) if len(of_column) == 1 and of_column == titles else None
        return
    heads, of_sheets = ({year} if year else set[int]() for year in (said.heads, of_sheet))
    sources = [("kepala", heads), ("judul", titles), ("lembar", of_sheets)]
    told = [(word, years) for word, years in sources if years]
    agreed = set[int].intersection(*(years for _, years in told)) if told else set[int]()
    if len(agreed) == 1:
        table.year, table.year_source = next(iter(agreed)), told[0][0]
    elif given:
        table.year, table.year_source = given, "pengguna"
    elif told:
        years = sorted(set[int]().union(*(years for _, years in told)))
        cell = table.sheet.where(table.header_row, 0)
        params = {"tahun": ", ".join(map(str, years))}
        table.notes.append(Finding(Level.PERINGATAN, "year_conflict", table.sheet_name, cell, params))


def without_other_years(said: Said) -> None:
    """A column whose header names another year than that of the table is not read with the others; it is proposed."""
    table = said.table
    if said.heads:
        return
    for column in [c for c in table.columns if c.field and said.own.get(c.index) not in {None, table.year}]:
        others = ((str(column.field), column.confidence), *column.alternatives)
        table.columns[column.index] = Column(column.index, column.header, None, alternatives=others)
        cell = table.sheet.where(table.header_row, column.index)
        params = {"kolom": column.header[:80], "tahun": said.own[column.index]}
        table.notes.append(Finding(Level.PERINGATAN, "column_of_other_year", table.sheet_name, cell, params))


def _column_years(table: Table) -> set[int]:
    """Years in the column of years, if it has any."""
    column = table.fields.get("tahun")
    if column is None or column.index >= len(table.sheet.columns):
        return set()
    cells = set(table.sheet.columns[column.index][table.header_row + 1 :])
    return {year for cell in cells if (year := year_of(cell))}
