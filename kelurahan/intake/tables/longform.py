"""Long tables: place, year, name of an indicator, number. Turned into one row per place and year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kelurahan.intake.columns import Table, plain
from kelurahan.intake.sheets import Sheet
from kelurahan.intake.tables.describe import Labels, is_counter
from kelurahan.intake.tables.pivot import Cell, Fact, pivoted
from kelurahan.intake.tables.rows import sort_rows
from kelurahan.intake.tables.words import PLACE_FIELDS, Words, is_blank, is_number, says_nothing, text_of
from kelurahan.intake.tables.years import split_year
from kelurahan.rules.findings import Finding, Level

Unfolded = tuple[Sheet, Labels, str, list[Finding]]

_LABEL_WORDS = {
    "indikator", "nama indikator", "uraian", "variabel", "nama variabel", "jenis data", "kriteria", "nama kriteria",
    "data", "elemen", "nama data", "parameter", "komponen", "kode kriteria", "sub kriteria", "aspek kriteria", "jenis",
}  # fmt: skip
_VALUE_WORDS = {"nilai", "jumlah", "volume", "angka", "value", "besaran", "capaian", "isi", "total", "data", "hasil"}
_UNIT_WORDS = {"satuan", "unit", "unit satuan"}
_LOOK = 400


@dataclass(frozen=True, slots=True)
class Shape:
    """Columns of a long table: the label, its values (one, or one for each year), the unit or -1."""

    label: int
    values: tuple[int, ...]
    unit: int


def long_columns(table: Table, words: Words) -> Shape | None:
    """The shape of a table that names an indicator in each row; None for an ordinary one."""
    header = table.header_row
    cells = table.sheet.columns
    body = {
        c.index: [x for x in cells[c.index][header + 1 : header + _LOOK] if not is_blank(x)]
        for c in table.columns
        if c.index < len(cells)
    }
    free = [c.index for c in table.columns if c.index in body and body[c.index] and (c.field not in PLACE_FIELDS)]
    texts = [i for i in free if sum(type(x) is str and not is_number(x) for x in body[i]) >= 0.8 * len(body[i])]
    numbers = [i for i in free if i not in texts and _is_numeric(body[i]) and not is_counter(body[i])]
    units = [i for i in texts if plain(_header(table, i)) in _UNIT_WORDS]
    label = _label_of(table, [i for i in texts if i not in units], body, words)
    values = _values_of(table, numbers) if label is not None else ()
    return Shape(label, values, units[0] if units else -1) if label is not None and values else None


def _header(table: Table, index: int) -> str:
    return table.columns[index].header


def _is_numeric(cells: Sequence[Any]) -> bool:
    return sum(is_number(x) or says_nothing(x) for x in cells) >= 0.6 * len(cells)


def _label_of(table: Table, texts: Sequence[int], body: dict[int, list[Any]], words: Words) -> int | None:
    """The column whose words are names of what is counted: most are known, or its header says so."""
    best, best_score = None, 0.0
    for index in texts:
        distinct = list(dict.fromkeys(text_of(cell) for cell in body[index] if text_of(cell)))[:60]
        known = [
            found.field for text in distinct if (found := words.taken((text,))) and found.field not in PLACE_FIELDS
        ]
        share = len(known) / len(distinct) if distinct else 0.0
        named = plain(_header(table, index)) in _LABEL_WORDS
        repeats = len(distinct) < len(body[index]) or len(body[index]) <= len(distinct)
        if not repeats or not (named or (share >= 0.6 and len(set(known)) >= 2)):
            continue
        if named and not known and not _repeats_places(table, index, body):
            continue
        score = share + 0.5 * named
        if score > best_score:
            best, best_score = index, score
    return best


def _repeats_places(table: Table, index: int, body: dict[int, list[Any]]) -> bool:
    """Whether most places stand in several rows: only then can each row be a number of its own."""
    place = next((table.fields[name].index for name in ("kelurahan", "kode") if name in table.fields), None)
    if place is None or place not in body or not body[place]:
        return False
    counts = Counter(map(str, body[place]))
    return len(counts) < len(body[index]) and max(counts.values()) > 1


def _values_of(table: Table, numbers: Sequence[int]) -> tuple[int, ...]:
    """The only column of numbers, the one called so, or one for each year."""
    years = [i for i in numbers if (year := split_year((_header(table, i),))) and year[0]]
    if years and len(years) >= len(numbers) - 1:
        return tuple(years)
    if len(numbers) == 1:
        return (numbers[0],)
    named = [i for i in numbers if plain(_header(table, i)).split("  ")[-1] in _VALUE_WORDS]
    return (named[0],) if len(named) == 1 else ()


def unfold(table: Table, words: Words) -> Unfolded | None:
    shape = long_columns(table, words)
    if shape is None:
        return None
    reader = _Long(table, words, shape)
    facts = list(reader.facts())
    if not facts:
        return None
    sheet, labels = pivoted(table.sheet, reader.names, facts)
    notes = [_told(table, shape)]
    if reader.unlabelled:
        cell = table.sheet.where(reader.unlabelled[0], shape.label)
        params = {"n": len(reader.unlabelled)}
        notes.append(Finding(Level.PERINGATAN, "long_labels_unknown", table.sheet_name, cell, params))
    return sheet, labels, "panjang", notes


def _told(table: Table, shape: Shape) -> Finding:
    params = {"kolom": _header(table, shape.label)[:60], "nilai": _header(table, shape.values[0])[:60]}
    return Finding(Level.INFO, "long_form", table.sheet_name, table.sheet.where(table.header_row, shape.label), params)


class _Long:
    def __init__(self, table: Table, words: Words, shape: Shape) -> None:
        self.table, self.shape = table, shape
        self.cells = table.sheet.columns
        fields = table.fields
        self.names = [name for name in PLACE_FIELDS if name in fields and name != "tahun"]
        self.places = [fields[name].index for name in self.names]
        self.year = fields["tahun"].index if "tahun" in fields else -1
        self.rows = sort_rows(_without_labels(table, shape), words).records
        self.unlabelled: list[int] = []

    def facts(self) -> Iterator[Fact]:
        sheet, shape = self.table.sheet, self.shape
        for row in self.rows:
            place = tuple((self.cells[c][row], sheet.spot(row, c)) for c in self.places)
            text = text_of(self.cells[shape.label][row])
            if not text:
                if any(not says_nothing(self.cells[c][row]) for c in shape.values):
                    self.unlabelled.append(row)
                continue
            if all(is_blank(cell) for cell, _ in place):
                place = (*place[:-1], ("", place[-1][1]))
            label = (text, *self._unit(row))
            for column in shape.values:
                yield Fact(place, self._year(row, column), label, sheet.spot(row, shape.label), self._cell(row, column))

    def _cell(self, row: int, column: int) -> Cell:
        return self.cells[column][row], self.table.sheet.spot(row, column)

    def _unit(self, row: int) -> tuple[str, ...]:
        unit = text_of(self.cells[self.shape.unit][row]) if self.shape.unit >= 0 else ""
        return (f"({unit})",) if unit and unit not in {"-", "–"} else ()

    def _year(self, row: int, column: int) -> Cell | None:
        if len(self.shape.values) > 1 or split_year((self.table.columns[column].header,))[0]:
            year, _ = split_year((self.table.columns[column].header,))
            return (float(year), self.table.sheet.spot(self.table.header_row, column)) if year else None
        if self.year < 0:
            return None
        return self._cell(row, self.year)


def _without_labels(table: Table, shape: Shape) -> Table:
    """The table with its label column named, so that "Jumlah penduduk" in it is no total."""
    columns = [replace(c, field="i:label") if c.index == shape.label else c for c in table.columns]
    return replace(table, columns=columns)
