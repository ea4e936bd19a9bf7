"""Columns whose header needs the title: "Jumlah" under "Jumlah Posyandu", "Prevalensi (%)" under "Balita Stunting"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kelurahan.intake.columns import Column, Table, plain
from kelurahan.intake.tables.describe import INDIKATOR, is_counter
from kelurahan.intake.tables.sums import amount
from kelurahan.intake.tables.words import PLACE_FIELDS, Words, is_blank, is_number
from kelurahan.intake.tables.years import years_in
from kelurahan.intake.vocabulary import Candidate
from kelurahan.intake.vocabulary.words import COUNTING, words_of
from kelurahan.rules.findings import Finding, Level

NAMED_BY_TITLE = 0.7
_CLEAR = 0.9
_LOOK = 400
_SHORT = re.compile(r"\([A-Z][A-Z0-9/ ]{1,7}\)")  # "Sekolah Dasar (SD)"
_ENDS = (" menurut ", " per ", " di ", " tahun ", " kota ")
_STARTS = ("data ", "tabel ", "rekapitulasi ", "rekap ", "banyaknya ")


def counted_in(lines: Sequence[str], words: Words) -> tuple[str, ...]:
    """What the title says is counted: "Jumlah Penduduk menurut Kelurahan, 2021-2023"."""
    for line in reversed(lines):
        text = line
        for year in years_in(line):
            text = text.replace(str(year), " ")
        for end in _ENDS:
            at = text.casefold().find(end)
            text = text[:at] if at > 0 else text
        for start in _STARTS:
            if text.casefold().startswith(start):
                text = text[len(start) :].lstrip("0123456789. ")
        for told in (text, _SHORT.sub(" ", text)):
            told = " ".join(told.split())
            if told and words.taken((told,)):
                return (told,)
    return ()


def named_by_title(table: Table, lines: Sequence[str], words: Words) -> Table:
    """The table with those columns that nobody knows and that the title makes clear."""
    title = counted_in(lines, words) if table.jenis == INDIKATOR else ()
    named: dict[str, list[tuple[Column, Candidate]]] = {}
    for column in table.columns if title else ():
        if column.field or not column.header or not is_measured(table, column):
            continue
        if set(words_of(column.header).tokens) <= COUNTING and not _is_whole(table, column):
            continue
        found = words.candidates((*title, *column.header.split(" – ")), INDIKATOR)
        if found and found[0].field.startswith("i:") and found[0].confidence >= _CLEAR and not found[0].why:
            named.setdefault(found[0].field, []).append((column, found[0]))
    for field, columns in named.items():
        if field not in table.fields and len(columns) == 1:
            _name(table, *columns[0], title[0], words)
    return table


def _name(table: Table, column: Column, found: Candidate, title: str, words: Words) -> None:
    i, header = column.index, column.header
    others = tuple(other for other in column.alternatives if other[0] != found.field)
    table.columns[i] = Column(i, header, found.field, NAMED_BY_TITLE, found.unit, found.factor, others)
    nama = words.vocabulary.specs[found.field.removeprefix("i:")].nama
    params = {"kolom": header[:80], "judul": title[:120], "dibaca": nama}
    cell = table.sheet.where(table.header_row, i)
    table.notes.append(Finding(Level.INFO, "column_named_by_title", table.sheet_name, cell, params))


def is_measured(table: Table, column: Column) -> bool:
    """Whether most cells of a column are numbers, and not those of the rows."""
    if column.index >= len(table.sheet.columns) or column.field in PLACE_FIELDS:
        return False
    body = table.sheet.columns[column.index][table.header_row + 1 :][:_LOOK]
    cells = [cell for cell in body if not is_blank(cell)]
    return 2 * sum(map(is_number, cells)) > len(cells) and not is_counter(cells)


def _is_whole(table: Table, column: Column) -> bool:
    """Whether "Jumlah" is the only column of numbers, or the sum of all others."""
    others = [c for c in table.columns if c.index != column.index and not _is_share(c) and is_measured(table, c)]
    if not others:
        return True
    first = table.header_row + 1
    bodies = [[amount(cell) for cell in table.sheet.columns[c.index][first:][:_LOOK]] for c in (column, *others)]
    rows = [(own, [cell for cell in cells if cell is not None]) for own, *cells in zip(*bodies, strict=True) if own]
    sums = [abs(sum(cells) - own) < 0.5 for own, cells in rows if cells]
    return len(others) > 1 and len(sums) > 1 and sum(sums) >= _CLEAR * len(sums)


def _is_share(column: Column) -> bool:
    return "%" in column.header or "persen" in plain(column.header)
