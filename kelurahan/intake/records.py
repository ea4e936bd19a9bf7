"""Which rows under a header are records: not the blank ones, totals, numbered rows, section titles and signatures."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from kelurahan.intake.columns import Table, plain
from kelurahan.intake.notes import Notes
from kelurahan.intake.places import Places, clean, name_key
from kelurahan.rules.findings import Level
from kelurahan.rules.regulation import FIELDS

_TOTAL = re.compile(r"(?:sub ?)?(?:jumlah|total|grand total|rata rata|rekapitulasi)\b.*")
_NUMBERED = re.compile(r"[(\[]?\d{1,2}[)\].]?")
_NUMBER = re.compile(r"\d[\d.,]*\s?%?")
_NAMING = ("kode", "kelurahan", "kecamatan", "kawasan", "rt")
_NUMBERED_WITHIN = 3
_LEADING = 3  # columns: "No", "Uraian"


def record_rows(table: Table, places: Places, notes: Notes) -> list[int]:
    """Indices of the rows that are records; what is left out and is not blank is told."""
    rows, first = table.sheet.rows, table.header_row + 1
    left_out = _blank_rows(table, range(first, len(rows)))
    for number in range(first, min(first + _NUMBERED_WITHIN, len(rows))):
        if number not in left_out and _is_numbered(rows[number]):
            notes.add(Level.INFO, "numbered_row", cell=f"A{number + 1}", baris=number + 1)
            left_out.add(number)
    totals = sorted(_total_rows(table, places, first) - left_out)
    if totals:
        notes.add(Level.INFO, "total_rows", n=len(totals), baris=_listed([number + 1 for number in totals]))
        left_out.update(totals)
    return [number for number in range(first, len(rows)) if number not in left_out]


def _blank_rows(table: Table, numbers: Iterable[int]) -> set[int]:
    """Rows with nothing in any column that is read, or only a year: the free rows of the template."""
    blank = list(numbers)
    for name, column in table.fields.items():
        if name == "tahun":
            continue
        cells = table.sheet.columns[column.index]
        blank = [number for number in blank if is_blank(cells[number])]
    return set(blank)


def is_blank(cell: Any) -> bool:
    return cell in ("", None) or (type(cell) is str and not cell.strip())


def _total_rows(table: Table, places: Places, first: int) -> set[int]:
    """ "Jumlah", "Total", "Sub total", or a kecamatan in the column of kelurahan, in a naming or leading column."""
    naming = {table.fields[name].index for name in _NAMING if name in table.fields}
    rows: set[int] = set()
    for index in sorted(naming | set(range(min(_LEADING, len(table.sheet.columns))))):
        cells = table.sheet.columns[index]
        texts = {cell for cell in set(cells) if type(cell) is str and _is_total(cell, places)}
        if texts:
            rows.update(number for number in range(first, len(cells)) if cells[number] in texts)
    return rows


def _at(row: Sequence[Any], index: int) -> Any:
    cell = row[index] if index < len(row) else ""
    return cell.strip() if type(cell) is str else cell


def _is_numbered(row: Sequence[Any]) -> bool:
    """ "(1) (2) (3)" under the header."""
    numbers = []
    for cell in row:
        if cell == "":
            continue
        text = str(int(cell)) if type(cell) is float and cell.is_integer() else str(cell).strip()
        if not _NUMBERED.fullmatch(text):
            return False
        numbers.append(int(re.sub(r"\D", "", text)))
    return len(numbers) >= 3 and all(b - a == 1 for a, b in itertools.pairwise(numbers))


def _is_total(text: str, places: Places) -> bool:
    words = plain(text[:80])
    of_kecamatan = words.startswith("kecamatan ") and name_key(words[10:]).replace(" ", "") in places.kecamatan
    return of_kecamatan or bool(_TOTAL.fullmatch(words))


def without_titles(table: Table, records: Sequence[int], known: Sequence[bool], notes: Notes) -> list[bool]:
    """Which records stay: one that names no known place and holds no number is a title, a note or a signature."""
    values = [column.index for column in table.fields.values() if column.field in FIELDS]
    others = [column.index for column in table.columns[1:] if column.field is None]
    rows = table.sheet.rows
    stays = [
        is_known
        or any(_at(rows[number], index) not in ("", None) for index in values)
        or any(looks_like_a_number(_at(rows[number], index)) for index in others)
        for number, is_known in zip(records, known, strict=True)
    ]
    dropped = [number for number, stay in zip(records, stays, strict=True) if not stay]
    if dropped:
        shown = next((clean(str(cell), 40) for cell in rows[dropped[0]] if cell != ""), "")
        notes.add(Level.INFO, "title_rows", n=len(dropped), baris=_listed([n + 1 for n in dropped]), contoh=shown)
    return stays


def sharing_rows(keys: Sequence[tuple[Any, ...]]) -> list[int]:
    """Rows whose place and year another row has too; a place that is not known is nobody's."""
    counts = Counter(keys)
    return [row for row, key in enumerate(keys) if counts[key] > 1 and key[0]]


def looks_like_a_number(cell: Any) -> bool:
    return type(cell) in (float, int) or (type(cell) is str and bool(_NUMBER.fullmatch(cell)))


def _listed(numbers: Sequence[int]) -> str:
    shown = ", ".join(map(str, numbers[:8]))
    return shown if len(numbers) <= 8 else f"{shown}, …"
