"""Headers are matched to fields, and the table is found wherever it stands."""

from __future__ import annotations

import pytest

from kelurahan.intake.columns import PLACE_HEADERS, VALUE_HEADERS, find_tables, in_other_unit, match_header
from kelurahan.intake.sheets import Sheet, Workbook
from kelurahan.rules.regulation import FIELDS


def table_of(rows, merged=(), **sheet):
    book = Workbook("xlsx", [Sheet("a", rows=rows, merged=list(merged), **sheet)])
    return next((table for table in find_tables(book, None, None, {"year": None}) if table.use), None)


@pytest.mark.parametrize(("field", "header"), [*PLACE_HEADERS.items(), *VALUE_HEADERS.items()])
def test_our_own_headers_are_certain(field, header):
    assert match_header(header) == (field, 1.0)
    assert match_header(header.upper().replace(" ", "\n ")) == (field, 1.0)


def test_every_field_has_a_header():
    assert tuple(VALUE_HEADERS) == FIELDS
    assert VALUE_HEADERS["1a"] == "1a Ketidakteraturan bangunan (unit)"
    assert VALUE_HEADERS["luas"] == "Luas (ha)"


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("1a", "1a"), ("1A.", "1a"), ("3 b", "3b"), ("1av", "1a"), ("1a Ketidakteraturan bangunan", "1a"),
        ("Ketidakteraturan Bangunan", "1a"), ("7b. tanpa sarana", "7b"),
        ("luasVerifikasi", "luas"), ("Luas Wilayah (Ha)", "luas"), ("jumlahKK", "kk"), ("Jml. Penduduk", "jiwa"),
        ("JUMLAH PENDUDUK", "jiwa"), ("panjangJalanIdeal", "jalan"), ("Panjang Drainase (m)", "drain"),
        ("kode wilayah", "kode"), ("Desa/Kelurahan", "kelurahan"), ("Nama Kelurahan", "kelurahan"), ("RT/RW", "rt"),
        ("No. RW", "rw"), ("Thn", "tahun"), ("Kawasan Kumuh", "kawasan"),
    ],
)  # fmt: skip
def test_other_ways_to_write_a_header(header, field):
    name, confidence = match_header(header)
    assert name == field
    assert 0.5 < confidence < 1


@pytest.mark.parametrize(
    "header",
    [
        "", "  ", "No", "1ap", "1an", "1a persen", "1a (%)", "Nilai 1a", "skor 2b", "8a", "1f", "Luas Kumuh (Ha)",
        "Jumlah RT", "Luas (km²)", "1b Kepadatan (%)", "3a akses aman (unit)", "Rata-rata luas", "RTLH (unit)",
        "x" * 5000,
    ],
)  # fmt: skip
def test_what_must_not_be_taken(header):
    assert match_header(header) == (None, 0.0)


def test_another_unit_is_recognised_as_such():
    assert in_other_unit("Luas\n(km²)") == "luas"
    assert in_other_unit("Luas (ha)") is None
    assert in_other_unit("Luas kumuh (km²)") is None


def test_titles_above_the_header_are_skipped():
    table = table_of([["PEMERINTAH KOTA", ""], ["", ""], ["Kelurahan", "Luas (ha)"], ["Solor", 1.0]])
    assert (table.header_row, list(table.fields)) == (2, ["kelurahan", "luas"])


def test_two_row_header_with_merged_cells_is_unfolded():
    rows = [["Kelurahan", "Penduduk", ""], ["", "Jumlah Jiwa", "KK"], ["Solor", 10.0, 3.0]]
    table = table_of(rows, [(0, 0, 1, 0), (0, 1, 0, 2)])
    assert (table.header_row, list(table.fields)) == (1, ["kelurahan", "jiwa", "kk"])


def test_a_giant_merge_does_no_harm():
    assert table_of([["Kelurahan", "Luas (ha)"], ["Solor", 1.0]], [(0, 0, 100, 500)]).header_row == 0


def test_units_and_doubles_are_told():
    table = table_of([["Kelurahan", "Luas (km²)", "KK", "Jumlah KK"]])
    told = [(note.code, note.params["kolom"]) for note in table.notes]
    assert told == [("unit_differs", "Luas (km²)"), ("column_doubled", "KK")]
    assert table.fields["kk"].header == "Jumlah KK"


def test_a_sheet_without_places_is_no_table():
    assert table_of([["id", "kawasan", "tahun"], [1.0, 2.0, 2020.0]]) is None
    assert table_of([]) is None
