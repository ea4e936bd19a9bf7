"""Where tables stand, what they are called, and what of them is left out."""

from __future__ import annotations

import pytest

from kelurahan.intake.places import Places
from kelurahan.intake.sheets import Sheet, Workbook
from kelurahan.intake.tables import find_tables
from kelurahan.intake.tables.blocks import find_blocks, profile
from kelurahan.intake.tables.rows import sort_rows
from kelurahan.intake.tables.words import Words
from kelurahan.intake.vocabulary import Vocabulary
from tests.intake.offices import kupang

PLACES = Places(kupang())
BODY = [["Solor", 5.0, 2.0], ["Oeba", 6.0, 3.0], ["Namosain", 7.0, 4.0]]
HEAD = ["Kelurahan", "Jumlah Penduduk", "Jumlah KK"]


def tables_of(*sheets, **params):
    book = Workbook("xlsx", [s if isinstance(s, Sheet) else Sheet("a", rows=s) for s in sheets])
    return find_tables(book, Vocabulary(), PLACES, params)


def fields_of(table):
    return {table.letter(c): c.field for c in table.columns if c.field}


def test_an_ordinary_sheet_stays_as_it_is():
    sheet = Sheet("RT", rows=[["JUDUL", "", ""], HEAD, *BODY])
    (table,) = tables_of(sheet)
    assert table.sheet is sheet
    assert (table.key, table.range, table.header_row, table.header_rows) == ("RT!A2", "A2:C5", 1, (1, 1))
    assert fields_of(table) == {"A": "kelurahan", "B": "i:penduduk", "C": "i:kk"}
    assert (table.jenis, table.orientation, table.use) == ("indikator", "baris", True)


def test_a_hidden_sheet_is_announced_and_read_when_chosen():
    sheet = Sheet("x", True, rows=[HEAD, *BODY])
    assert [table.use for table in tables_of(sheet)] == [False]
    assert [table.use for table in tables_of(sheet, choices={"tables": {"x!A1": {"use": True}}})] == [True]
    shown = Sheet("y", rows=[HEAD, *BODY])
    assert [table.use for table in tables_of(shown, choices={"tables": {"y!A1": {"use": False}}})] == [False]


def test_a_list_of_places_is_no_table_beside_one():
    names = Sheet("Petunjuk", rows=[["Kode", "Kelurahan", "Kecamatan"], ["53.71.06.1004", "Solor", "Kota Lama"]])
    assert [table.sheet_name for table in tables_of(Sheet("RT", rows=[HEAD, *BODY]), names)] == ["RT"]
    assert [table.sheet_name for table in tables_of(names)] == ["Petunjuk"]


def test_a_table_of_kecamatan_below_is_not_read_into_it():
    rows = [HEAD, *BODY, ["", "", ""], ["Kecamatan", "Jumlah Penduduk", "Jumlah KK"], ["Alak", 70.0, 40.0]]
    (table,) = tables_of(rows)
    assert table.range == "A1:C4"


def test_a_summary_beside_it_is_left_out_and_told():
    rows = [
        [*HEAD, "", "Kecamatan", "Jumlah RTLH"],
        [*BODY[0], "", "Alak", 70.0],
        [*BODY[1], "", "Maulafa", 80.0],
        [*BODY[2], "", "", ""],
    ]
    (table,) = tables_of(rows)
    assert fields_of(table) == {"A": "kelurahan", "B": "i:penduduk", "C": "i:kk"}
    assert [note.code for note in table.notes] == ["columns_beside_left_out"]


def test_a_blank_column_inside_a_table():
    rows = [["Kelurahan", "Jumlah Penduduk", "", "Jumlah KK"], *([n, a, "", b] for n, a, b in BODY)]
    (table,) = tables_of(rows)
    assert fields_of(table) == {"A": "kelurahan", "B": "i:penduduk", "D": "i:kk"}


def test_a_table_without_header():
    (table,) = tables_of(BODY)
    assert [c.header for c in table.columns] == ["Kolom A", "Kolom B", "Kolom C"]
    assert [c.field for c in table.columns] == ["kelurahan", None, None]
    assert [note.code for note in table.notes] == ["table_without_header"]
    assert [table.sheet.where(1, c) for c in range(3)] == ["A1", "B1", "C1"]


def test_the_sender_chooses_the_header_row():
    rows = [["Kelurahan", "Data", "Data"], HEAD, *BODY]
    choices = {"tables": {"a!A1": {"header_row": 2}}}
    (table,) = tables_of(rows, choices=choices)
    assert (table.key, table.header_row) == ("a!A1", 1)
    assert set(fields_of(table).values()) == {"kelurahan", "i:penduduk", "i:kk"}


def test_a_number_given_twice_in_a_long_table_is_kept_twice():
    rows = [
        ["Kelurahan", "Tahun", "Indikator", "Nilai"],
        ["Solor", 2023.0, "Jumlah Penduduk", 5.0],
        ["Solor", 2023.0, "Jumlah KK", 2.0],
        ["Solor", 2023.0, "Jumlah Penduduk", 6.0],
        ["Oeba", 2023.0, "Jumlah KK", 3.0],
    ]
    (table,) = tables_of(rows)
    assert table.orientation == "panjang"
    assert [row[:2] for row in table.sheet.rows[1:]] == [["Solor", 2023.0], ["Solor", 2023.0], ["Oeba", 2023.0]]
    column = table.fields["i:penduduk"].index
    assert [row[column] for row in table.sheet.rows[1:]] == [5.0, 6.0, ""]
    assert table.sheet.where(2, column) == "D4"


def test_a_value_is_never_filled_down():
    rows = [
        ["Kelurahan", "RT", "Jumlah KK", "1a"],
        ["Solor", "001/001", 5.0, 1.0],
        ["", "002/001", "", 2.0],
        ["", "003/001", 7.0, 3.0],
    ]
    (table,) = tables_of(rows)
    assert [row[0] for row in table.sheet.rows[1:]] == ["Solor"] * 3
    assert table.sheet.rows[2][2] == ""


def test_an_rt_that_comes_twice_is_not_filled():
    rows = [["Kelurahan", "RT", "Jumlah KK", "1a"], ["Solor", "1/1", 5.0, 1.0], ["", "1/1", 4.0, 2.0]]
    (table,) = tables_of(rows)
    assert [row[0] for row in table.sheet.rows[1:]] == ["Solor", ""]


def test_a_nameless_column_of_a_turned_table_is_nobodys():
    rows = [
        ["Uraian", "Solor", "Oeba", "Namosain", ""],
        ["Jumlah Penduduk", 5.0, 6.0, 7.0, 18.0],
        ["Jumlah KK", 2.0, 3.0, 4.0, 9.0],
    ]
    (table,) = tables_of(rows)
    assert table.orientation == "kolom"
    place = table.fields["kelurahan"].index
    assert [row[place] for row in table.sheet.rows[1:]] == ["Solor", "Oeba", "Namosain", ""]
    assert table.sheet.where(2, table.fields["i:kk"].index) == "C3"


@pytest.mark.parametrize(
    ("heads", "jenis"),
    [
        (["Jumlah Penduduk (Jiwa)", "Jumlah KK"], "indikator"),
        (["Jumlah Penduduk (Jiwa)", "Panjang Jalan Lingkungan (m)", "Panjang Drainase (m)"], "indikator"),
        (["Jumlah Penduduk (Jiwa)", "Panjang Jalan Ideal (m)"], "penilaian"),
        (["Jumlah penduduk (jiwa)", "Jumlah KK (KK)"], "penilaian"),
    ],
)
def test_the_kind_of_a_table(heads, jenis):
    body = [[name, *[100.0] * len(heads)] for name in ("Solor", "Oeba", "Merdeka")]
    [table] = find_tables(
        Workbook("xlsx", [Sheet("a", rows=[["Kelurahan", *heads], *body])]), Vocabulary(), Places(kupang()), {}
    )
    assert table.jenis == jenis


def test_a_unit_above_the_table_counts_for_its_numbers():
    rows = [["DATA PENDUDUK", "", ""], ["", "", "(dalam ribuan jiwa)"], ["No", "Kelurahan", "Jumlah Penduduk"]]
    (table,) = tables_of([*rows, [1.0, "Solor", 5.0], [2.0, "Oeba", 6.0]])
    column = table.fields["i:penduduk"]
    assert (column.factor, table.columns[0].header) == (1000, "No")


def test_names_with_their_number():
    rows = [["Uraian", "Jumlah Penduduk"], ["1. Solor", 5.0], ["2. Oeba", 6.0], ["3) Namosain", 7.0]]
    (table,) = tables_of(rows)
    assert [row[0] for row in table.sheet.rows[1:]] == ["Solor", "Oeba", "Namosain"]
    assert table.sheet.where(2, 1) == "B3"


def test_rt_below_their_kelurahan_in_one_column():
    rows = [["Kelurahan / RT", "Jumlah KK", "1a"]]
    for name, first in (("Solor", 5.0), ("Oeba", 7.0), ("Alak", 8.0)):
        rows += [[name, first + 6.0, 3.0], ["RT 001/001", first, 1.0], ["RT 002/001", 6.0, 2.0]]
    (table,) = tables_of(rows)
    place, rt = table.fields["kelurahan"].index, table.fields["rt"].index
    assert [(row[place], row[rt]) for row in table.sheet.rows[2:4]] == [
        ("Solor", "RT 001/001"),
        ("Solor", "RT 002/001"),
    ]
    assert (table.sheet.where(2, rt), table.sheet.where(2, 1)) == ("A3", "B3")


def test_a_table_of_kecamatan_is_no_table_of_kelurahan():
    names = ["Alak", "Maulafa", "Oebobo", "Kelapa Lima", "Kota Raja", "Kota Lama"]
    assert tables_of([["Kecamatan", "Jumlah Penduduk"], *([name, 5.0] for name in names)]) == []


def one_table(rows, **more):
    [table] = find_tables(Workbook("xlsx", [Sheet("a", rows=rows, **more)]), Vocabulary(), Places(kupang()), {})
    return table


def test_two_columns_for_one_thing_with_other_numbers_are_both_asked():
    heads = [["Kelurahan", "Semester I 2023", "", "Semester II 2023", ""], ["", "Penduduk", "KK", "Penduduk", "KK"]]
    body = [[name, 100.0, 20.0, 100.0, 21.0] for name in ("Solor", "Oeba", "Merdeka")]
    table = one_table([*heads, *body], merged=[(0, 0, 1, 0), (0, 1, 0, 2), (0, 3, 0, 4)])
    assert table.fields["i:penduduk"].index == 1
    assert "i:kk" not in table.fields
    told = [(note.code, note.cell) for note in table.notes if note.code.startswith("column")]
    assert sorted(told) == [("column_doubled", "D2"), ("columns_rival", "C2"), ("columns_rival", "E2")]


SCORES = [[name, 0.0, 1.0, 3.0, 5.0, 1.0] for name in ("Solor", "Oeba", "Merdeka", "Fontein")]


def test_scores_under_the_codes_of_criteria_are_no_volumes():
    table = one_table([["Kelurahan", "1a", "1b", "1c", "2a", "2b"], *SCORES])
    assert list(table.fields) == ["kelurahan", "n:1a", "n:1b", "n:1c", "n:2a", "n:2b"]


def test_a_title_tells_percentages():
    rows = [["PERSENTASE KEKUMUHAN PER KRITERIA"], ["Kelurahan", "1a", "1b"]]
    table = one_table([*rows, *([row[0], 12.5, 7.0] for row in SCORES)])
    assert list(table.fields) == ["kelurahan", "p:1a", "p:1b"]


def test_a_head_merged_downwards_does_not_spill_over_the_blanks_beside_it():
    body = [[*row, 3.0, 4.0] for row in BODY]
    rows = [["Kelurahan", "Penduduk Miskin (jiwa)", "", "", ""], ["", "", "KK", "RTLH (unit)", "Jumlah RT"], *body]
    table = one_table(rows, merged=[(0, 0, 1, 0), (0, 1, 1, 1)])
    assert fields_of(table) == {"A": "kelurahan", "B": "i:miskin_jiwa", "C": "i:kk", "D": "i:rtlh", "E": "i:jumlah_rt"}


def test_a_head_merged_downwards_goes_on_when_it_has_parts_of_its_own():
    body = [[*row, 3.0] for row in BODY]
    rows = [["Kelurahan", "Jumlah Penduduk", "", ""], ["", "", "", ""], ["", "L", "P", "L+P"], *body]
    table = one_table(rows, merged=[(0, 0, 2, 0), (0, 1, 1, 1)])
    assert fields_of(table) == {
        "A": "kelurahan", "B": "i:penduduk_laki", "C": "i:penduduk_perempuan", "D": "i:penduduk",
    }  # fmt: skip


def test_a_header_over_merged_columns_of_which_one_is_blank():
    rows = [["No", "Kelurahan", "", "RTLH"], *([1.0, f"{row[0]} [5371]", "", 5.0] for row in SCORES)]
    table = one_table(rows, merged=[(0, 1, 0, 2)])
    assert (table.fields["kelurahan"].index, table.notes) == (1, [])


def test_more_headers_than_are_looked_for_are_told():
    piece = [["Kelurahan", "RT", "1a", "Jumlah KK"], ["Solor", "001/001", 1.0, 5.0], ["", "", "", ""]]
    table = one_table(piece * 1_100)
    assert "tables_too_many" in [note.code for note in table.notes]


@pytest.mark.parametrize("numbers", [[], ["No"]])
def test_rt_side_by_side_under_the_name_of_their_kelurahan(numbers):
    head = [*numbers, "Kriteria", "Satuan", "RT001-RW001", "RT002-RW001", "RT 3 / RW 1", "Jumlah"]
    body = [["Luas", "Ha", 1.0, 2.0, 3.0, 6.0], ["Jumlah Bangunan", "Unit", 10.0, 20.0, 30.0, 60.0]]
    body += [["Ketidakteraturan Bangunan", "unit", 1.0, 0.0, 4.0, 5.0], ["Jumlah KK", "KK", 8.0, 9.0, 7.0, 24.0]]
    rows = [["KELURAHAN", ":", "OEBA"], ["TAHUN", ":", 2024.0], [], head]
    rows += [[*([float(n)] if numbers else []), *row] for n, row in enumerate(body, 1)]
    table = one_table(rows)
    assert (table.jenis, table.orientation, table.year) == ("penilaian", "kolom", 2024)
    assert {"kelurahan", "rt", "luas", "bgn", "kk", "1a"} <= table.fields.keys()
    found = sort_rows(table, Words(Places(kupang()), Vocabulary()))
    cells = table.sheet.columns
    assert [cells[table.fields["kelurahan"].index][row] for row in found.records] == ["KELURAHAN OEBA"] * 3
    third, column = found.records[2], table.fields["1a"].index
    assert (cells[column][third], table.sheet.where(third, column)) == (4.0, "F7" if numbers else "E7")
    assert len(found.totals) == 1


def test_names_above_tables_of_their_rt_are_looked_for_once():
    rows = []
    for name in ("Kelapa Lima", "Oesapa", "Lasiana", "Oesapa Barat", "Oesapa Selatan"):
        rows += [[f"KELURAHAN {name.upper()}"], ["No", "RT/RW", "Luas (Ha)", "Jumlah Penduduk"]]
        rows += [[1.0, "RT009-RW003", 2.5, 318.0], [2.0, "RT012-RW003", 2.0, 398.0], ["Jumlah", "", 4.5, 716.0], [], []]
    sheet = Sheet("RT 2024", rows=[row + [""] * (4 - len(row)) for row in rows])
    words = Words(PLACES, Vocabulary())
    assert len(find_blocks(sheet, words, profile(sheet, words))) < 10
