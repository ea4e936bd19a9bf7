"""Figures of one month or quarter: what is counted as it happens (births, cases, fires) is not that of the year, and is
only proposed. What simply is there (people, houses) may be counted in any month."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kelurahan.intake.columns import Column, Table
from kelurahan.intake.tables.words import MONTH, Words
from kelurahan.rules.findings import Finding, Level

_EVENTS = re.compile(
    r"\b(?:kelahiran|lahir|kematian|meninggal|mati|kasus|kejadian|tertangani|pindah|datang|kunjungan|perkawinan|"
    r"perceraian|pengaduan)\b",
    re.IGNORECASE,
)
_QUARTER = r"(?:triwulan|tw|semester|smt|sem|caturwulan)\W{0,2}(?:[1-4]|i{1,3}|iv)"
_MONTHLY = re.compile(
    rf"\bbulan\W{{0,3}}(?P<named>{MONTH})\b|\b(?P<dated>{MONTH})\W{{0,3}}(?:19|20)\d\d\b|\b(?P<part>{_QUARTER})\b",
    re.IGNORECASE,
)
_WHOLE_CELL = re.compile(rf"(?:bulan\W{{0,3}})?(?:{MONTH}|{_QUARTER})\W*", re.IGNORECASE)
_YEAR_AND_MONTH = re.compile(r"\s*(?:19|20)\d\d(?:0[1-9]|1[01])\s*")
_UP_TO = re.compile(
    rf"\b(?:keadaan|posisi|kondisi|akhir|sampai|hingga|kumulatif|s\s?[./]?\s?d)\b|"
    rf"\bper\W+(?:tanggal\W+|tgl\W+|\d\d?\W+|akhir\W+)*(?:{MONTH})\b|"
    rf"\b(?:{MONTH})\W+(?:(?:19|20)\d\d\W+)?(?:{MONTH})\b|\b(?:jan(?:uari)?|i)\W*(?:-|–)\W*(?:des(?:ember)?|iv)\b",
    re.IGNORECASE,
)


def month_in(text: str) -> str:
    """ "DESEMBER" of "MUTASI PENDUDUK BULAN DESEMBER 2024"; "" where the text names none, several, or the state at or
    the sum up to one."""
    if _UP_TO.search(text):
        return ""
    found = {(match["named"] or match["dated"] or match["part"]) for match in _MONTHLY.finditer(text)}
    return found.pop() if len({word.casefold() for word in found}) == 1 else ""


def without_months(table: Table, lines: Sequence[str], name: str, words: Words) -> Table:
    """The table without events of a single month, which its title, its sheet or the header names."""
    of_sheet = name.strip() if _WHOLE_CELL.fullmatch(name.replace("_", " ").strip(" 0123456789")) else ""
    of_table = next(filter(None, map(month_in, lines)), "") or of_sheet or _month_of_records(table)
    for column in table.columns:
        spec = words.vocabulary.specs.get((column.field or "").removeprefix("i:"))
        month = _month_of(column) or of_table
        if spec is None or not month or not (column.field or "").startswith("i:") or not _EVENTS.search(spec.nama):
            continue
        others = ((str(column.field), 0.5), *column.alternatives)
        table.columns[column.index] = Column(column.index, column.header, None, alternatives=others)
        cell = table.sheet.where(table.header_row, column.index)
        params = {"kolom": column.header[:80], "bulan": month}
        table.notes.append(Finding(Level.PERINGATAN, "column_of_month", table.sheet_name, cell, params))
    return table


def _month_of_records(table: Table) -> str:
    """The month in a column of "202301"; the last of a year may stand for its whole."""
    column = table.fields.get("tahun")
    cells = table.sheet.columns[column.index][table.header_row + 1 :] if column else ()
    texts = (str(int(cell)) if type(cell) is float else cell for cell in set(cells) if type(cell) in (float, str))
    return next((text for text in texts if _YEAR_AND_MONTH.fullmatch(text)), "")


def _month_of(column: Column) -> str:
    """The month that a header names, in a part of its own or with its year."""
    parts = column.header.split(" – ")
    whole = next((part for part in parts if _WHOLE_CELL.fullmatch(part.strip())), "")
    return whole or next(filter(None, map(month_in, parts)), "")
