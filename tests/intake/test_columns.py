"""The headers of our template, and what the columns of a table say about themselves."""

from __future__ import annotations

import pytest

from kelurahan.intake.columns import VALUE_HEADERS, Column, Table, plain, unit_of
from kelurahan.intake.places import Places
from kelurahan.intake.sheets import Sheet, Workbook
from kelurahan.intake.tables import find_tables
from kelurahan.intake.vocabulary import Vocabulary
from kelurahan.rules.regulation import FIELDS
from tests.intake.city import CITY

PLACES, VOCABULARY = Places(CITY), Vocabulary()


def table_of(*rows):
    params = {"filename": "a.xlsx", "year": 2023, "choices": {}, "memory": {}}
    body = [[place.nama, *(float(n) for n in range(1, len(rows[0])))] for place in CITY]
    book = Workbook("xlsx", [Sheet("a", rows=[list(row) for row in rows] + body)])
    (table,) = find_tables(book, VOCABULARY, PLACES, params)
    return table


def test_every_field_has_a_header():
    assert tuple(VALUE_HEADERS) == FIELDS
    assert VALUE_HEADERS["1a"] == "1a Ketidakteraturan bangunan (unit)"
    assert VALUE_HEADERS["luas"] == "Luas (ha)"


@pytest.mark.parametrize(
    ("text", "words"), [("Luas\n(km²)", "luas km2"), ("% KK_miskin", "persen kk miskin"), ("", "")]
)
def test_plain_words(text, words):
    assert plain(text) == words


@pytest.mark.parametrize(("name", "unit"), [("luas", "ha"), ("3a", "KK"), ("kelurahan", ""), ("i:penduduk", "")])
def test_units_of_fields(name, unit):
    assert unit_of(name) == unit


def test_fields_of_a_table_are_those_of_its_columns():
    sheet = Sheet("a", rows=[["Kelurahan", "x", "1a"]])
    table = Table(
        sheet, 0, [Column(0, "Kelurahan", "kelurahan", 1.0), Column(1, "x", None), Column(2, "1a", "1a", 0.9)]
    )
    assert list(table.fields) == ["kelurahan", "1a"]
    assert table.has_values
    assert table.score == 1.9
    assert table.letter(table.columns[2]) == "C"


def test_another_unit_is_told_with_ours():
    table = table_of(["Kelurahan", "Jumlah KK", "Jumlah Penduduk (KK)", "Luas Kumuh (m)"])
    told = [(note.params["kolom"], note.params["satuan"]) for note in table.notes if note.code == "unit_differs"]
    assert told == [("Jumlah Penduduk (KK)", "jiwa"), ("Luas Kumuh (m)", "ha")]
    assert set(table.fields) == {"kelurahan", "i:kk"}


def test_doubles_are_told():
    table = table_of(["Kelurahan", "Jumlah RTLH", "Jumlah KK", "KK"])
    assert [note.params["kolom"] for note in table.notes if note.code == "column_doubled"] == ["KK"]
    assert table.fields["i:kk"].header == "Jumlah KK"
