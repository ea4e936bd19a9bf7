"""What people decided about a table, now or for an earlier file of the same layout, laid over what the words say.

A choice for this file wins over the sender's memory, memory over guessing; where memory and a sure match of the words
disagree, or the memory is of a field that is no more, nobody is believed: the column waits unread until somebody says
which it is. What other people decided about the same layout is only offered.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from kelurahan.intake.choices import Choices
from kelurahan.intake.columns import PLACE_HEADERS, Column, Table
from kelurahan.intake.parsed import INDICATOR, RESULTS
from kelurahan.intake.places import clean
from kelurahan.intake.refusal import Refused
from kelurahan.intake.units import factor, read_unit, unit_named
from kelurahan.intake.vocabulary import Vocabulary, plain, unit_of
from kelurahan.intake.vocabulary.words import words_of
from kelurahan.rules.findings import N_, Finding, Level, add_messages
from kelurahan.rules.regulation import FIELDS

NOTHING = (("", 0.0),)
"""What a column may mean that is asked about without a proposal."""
SURE = 0.9
"""From this confidence on the words of a header are not overruled by memory."""
_SETTLED = frozenset({"column_doubled", "columns_rival", "unit_differs"})
"""What was doubtful about a column until somebody decided."""
_YEARS = re.compile(r"\b(?:19|20)[0-9]{2}\b")

add_messages(
    {
        "memory_conflict": (
            N_("Kolom %(letter)s “%(kolom)s” dahulu dipilih lain daripada arti judulnya; kolom ini belum dibaca."),
            N_("Pilih di langkah Kolom apa isi kolom ini."),
        ),
        "memory_unknown": (
            N_(
                "Kolom %(letter)s “%(kolom)s” dahulu dipilih sebagai isian yang tidak ada lagi; kolom ini belum dibaca."
            ),
            N_("Pilih di langkah Kolom apa isi kolom ini."),
        ),
        "header_row_unusable": (
            N_("Baris %(baris)s bukan baris judul sebuah tabel yang memuat kolom kelurahan."),
            N_("Pilih baris tempat nama-nama kolom tertulis."),
        ),
        "chosen_in_other_unit": (
            N_(
                "Kolom %(letter)s “%(kolom)s” bersatuan %(unit)s, sedangkan yang dipilih bersatuan %(satuan)s; angkanya"
                " dibaca apa adanya."
            ),
            N_("Pilih satuan yang benar di langkah Kolom."),
        ),
        "names_left_out": (
            N_("%(n)s baris tidak dibaca karena Anda menandai tempatnya bukan di kota ini, misalnya “%(text)s”."),
            N_("Ubah di langkah Nilai bila keliru."),
        ),
        "names_remembered": (
            N_("%(n)s baris dicocokkan menurut pilihan pada unggahan sebelumnya, misalnya “%(text)s”."),
            N_("Periksa di langkah Nilai."),
        ),
    }
)


def header_key(header: str) -> str:
    """What two headers share that mean the same from year to year."""
    return " ".join(_YEARS.sub(" ", plain(clean(header))).split())


def layout_of(headers: Sequence[str]) -> str:
    """Names the layout of a table: the same words in the same order, whatever the year."""
    keys = [key for key in map(header_key, headers) if key]
    return hashlib.sha256("\n".join(keys).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Remembered:
    """What was decided for one layout: `columns` by `header_key` ("" = not read), `names` by `places.name_key`; and
    what others decided about it."""

    columns: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    offered_columns: Mapping[str, str] = field(default_factory=dict)
    offered_names: Mapping[str, str] = field(default_factory=dict)


def remembered(memory: Mapping[str, Mapping[str, Any]], table: Table) -> Remembered:
    """The memory of a table's layout."""
    known = memory.get(layout_of([column.header for column in table.columns]), {})
    parts = ("columns", "names", "offered_columns", "offered_names")
    return Remembered(*(known.get(part, {}) for part in parts))


def check_header_rows(tables: Sequence[Table], choices: Choices) -> None:
    """Raises Refused where a row that was chosen as a header is none: its records would be lost without a word."""
    found = {(table.key, table.header_rows[1] + 1) for table in tables}
    for key, choice in choices.tables.items():
        row = choice.get("header_row")
        if row is not None and (key, row) not in found:
            raise Refused("header_row_unusable", baris=row)


def decide_columns(table: Table, choices: Choices, memory: Remembered, vocabulary: Vocabulary) -> None:
    """Give each column the field that was decided for it. A column that only the words gave that field loses it."""
    if memory.offered_columns:
        table.columns = [_offered(column, memory.offered_columns, vocabulary) for column in table.columns]
    decided: dict[int, Column] = {}
    notes: list[Finding] = []
    for column in table.columns:
        choice = choices.of_column(table, column)
        known = memory.columns.get(header_key(column.header))
        if "field" in choice or "unit" in choice:
            decided[column.index] = _chosen(table, column, choice, vocabulary, notes)
        elif known is not None and (known != column.field or not known):
            decided[column.index] = _recalled(table, column, known, vocabulary, notes)
    if not decided:
        return
    taken = {column.field for column in decided.values() if column.field}
    table.columns = [
        decided.get(column.index) or (_given_up(column) if column.field in taken else column)
        for column in table.columns
    ]
    if taken & set(FIELDS):
        table.jenis = "penilaian"
    cells = {table.sheet.where(table.header_row, index) for index in decided}
    table.notes = [note for note in table.notes if note.code not in _SETTLED or note.cell not in cells] + notes


def _given_up(column: Column) -> Column:
    others = tuple(other for other in column.alternatives if other[0] != column.field)
    return replace(column, field=None, confidence=0.0, alternatives=((column.field or "", column.confidence), *others))


def _chosen(
    table: Table, column: Column, choice: Mapping[str, Any], vocabulary: Vocabulary, notes: list[Finding]
) -> Column:
    name = choice.get("field", column.field) or None
    return _with_field(table, column, name, choice.get("unit") or "", vocabulary, notes)


def _recalled(table: Table, column: Column, known: str, vocabulary: Vocabulary, notes: list[Finding]) -> Column:
    params = {"kolom": clean(column.header), "letter": table.letter(column)}
    cell = table.sheet.where(table.header_row, column.index)
    if known and not _exists(known, vocabulary):
        notes.append(Finding(Level.PERINGATAN, "memory_unknown", table.sheet_name, cell, params))
        others = ((column.field, column.confidence),) if column.field else column.alternatives
        return replace(column, field=None, confidence=0.0, alternatives=others or NOTHING, remembered=True)
    if column.field and column.confidence >= SURE:
        notes.append(Finding(Level.PERINGATAN, "memory_conflict", table.sheet_name, cell, params))
        both = ((known, SURE), (column.field, column.confidence)) if known else ((column.field, column.confidence),)
        return replace(column, field=None, confidence=0.0, alternatives=both, remembered=True)
    if not known:  # not read, and not asked again
        return replace(column, field=None, confidence=0.0, alternatives=(), remembered=True)
    return _with_field(table, column, known, "", vocabulary, notes)


def _offered(column: Column, offers: Mapping[str, str], vocabulary: Vocabulary) -> Column:
    """Another person's choice is a question about a column that the words leave open, no more."""
    offer = offers.get(header_key(column.header))
    if column.field or not offer or not _exists(offer, vocabulary):
        return column
    others = tuple(other for other in column.alternatives if other[0] != offer)
    return replace(column, alternatives=((offer, SURE), *others))


def _exists(name: str, vocabulary: Vocabulary) -> bool:
    if name.startswith(INDICATOR):
        return name.removeprefix(INDICATOR) in vocabulary.specs
    return name.startswith(RESULTS) or name in set(PLACE_HEADERS.values()) or bool(unit_of(name))


def _with_field(
    table: Table, column: Column, name: str | None, unit: str, vocabulary: Vocabulary, notes: list[Finding]
) -> Column:
    """The column as that field, in the chosen unit, else in the one that its header says."""
    if name is None:
        alternatives = column.alternatives
        if column.field:
            alternatives = ((column.field, column.confidence), *alternatives)
        return replace(column, field=None, confidence=0.0, alternatives=alternatives, remembered=True)
    satuan = satuan_of(name, vocabulary)
    written = read_unit(unit.casefold().split()) if unit else words_of(column.header).unit
    scale = factor(written, unit_named(satuan)) if satuan else Fraction(1)
    if scale is None and written:
        told = {"kolom": clean(column.header), "letter": table.letter(column), "unit": written.name, "satuan": satuan}
        cell = table.sheet.where(table.header_row, column.index)
        notes.append(Finding(Level.PERINGATAN, "chosen_in_other_unit", table.sheet_name, cell, told))
    return replace(
        column,
        field=name,
        confidence=1.0,
        unit=written.name if written else "",
        factor=Fraction(1) if scale is None else scale,
        remembered=True,
    )


def satuan_of(name: str, vocabulary: Vocabulary) -> str:
    """The unit in which a field is stored, "" for a place."""
    spec = vocabulary.specs.get(name.removeprefix("i:")) if name.startswith("i:") else None
    return spec.satuan if spec else unit_of(name)
