"""Which year a title, a header or the name of a sheet speaks of."""

from __future__ import annotations

import pytest

from kelurahan.intake.places import Places
from kelurahan.intake.sheets import Sheet, Workbook
from kelurahan.intake.tables import find_tables
from kelurahan.intake.tables.years import sheet_year, split_year, years_in
from kelurahan.intake.vocabulary import Vocabulary
from tests.intake.offices import kupang

PLACES = Places(kupang())


@pytest.mark.parametrize(
    ("line", "years"),
    [
        ("TAHUN 2024", {2024}),
        ("Keadaan 31 Desember 2023", {2023}),
        ("Data Penduduk Semester II 2023", {2023}),
        ("Kota Kupang Dalam Angka 2022", {2022}),
        ("Tahun : 2021", {2021}),
        ("Jumlah Penduduk 2019-2023", set()),
        ("Tahun 2019 s/d 2023", set()),
        ("Tahun 2022/2023", set()),
        ("SK Walikota Nomor 93D/KEP/HK/2016", set()),
        ("Peraturan Daerah Nomor 12 Tahun 2019", set()),
        ("SK Walikota Nomor 93D/KEP/HK/2016 Tahun 2016", set()),
        ("Kupang, 31 Desember 2023", set()),
        ("Kupang,    Januari 2024", set()),
        ("Dicetak tanggal 3 Januari 2025", set()),
        ("Target 2025", set()),
        ("Tahun Dasar 2020", set()),
        ("DATA DASAR PERMUKIMAN TAHUN 2023", {2023}),
        ("TAHUN ANGGARAN 2024", {2024}),
        ("Dana Kelurahan T.A. 2023", {2023}),
        ("RENCANA ANGGARAN TAHUN 2025", set()),
        ("JUMLAH PENDUDUK PER KELURAHAN, AGUSTUS 2023", {2023}),
        ("Jumlah Penduduk, 2023 / Number of Population", {2023}),
        ("SK 2016/KEP/HK", set()),
        ("Keadaan 31 Desember 2023 Dicetak: 05-01-2024 10:15", {2023}),
        ("Posisi per tanggal 30 Juni 2023", {2023}),
        ("Luas 2.023 ha", set()),
        ("Kode 20231231", set()),
    ],
)
def test_years_of_a_line(line, years):
    assert years_in(line) == years


@pytest.mark.parametrize(
    ("name", "year"), [("2024", 2024), ("Data 2023", 2023), ("RT_2023", 2023), ("Lembar1", None), ("2019-2023", None)]
)
def test_year_of_a_sheet(name, year):
    assert sheet_year(name) == year


@pytest.mark.parametrize(
    ("parts", "year", "rest"),
    [
        (("2023",), 2023, ()),
        (("Jumlah Penduduk", "2022*)"), 2022, ("Jumlah Penduduk",)),
        (("Tahun 2021", "KK"), 2021, ("KK",)),
        (("Jumlah Penduduk Tahun 2023 (jiwa)",), 2023, ("Jumlah Penduduk (jiwa)",)),
        (("Luas Kumuh SK 2020 (ha)",), None, ("Luas Kumuh SK 2020 (ha)",)),
        (("Pertumbuhan 2021-2022",), None, ("Pertumbuhan 2021-2022",)),
    ],
)
def test_year_of_a_header(parts, year, rest):
    assert split_year(parts) == (year, rest)


def table_of(rows, name="Lembar", **params):
    (table,) = find_tables(Workbook("xlsx", [Sheet(name, rows=rows)]), Vocabulary(), PLACES, params)
    return table


BODY = [["Kelurahan", "Jumlah Penduduk"], ["Solor", 5.0], ["Oeba", 6.0]]


@pytest.mark.parametrize(
    ("title", "name", "given", "year", "source"),
    [
        ("DATA TAHUN 2023", "Lembar", None, 2023, "judul"),
        ("DATA", "Data 2022", None, 2022, "lembar"),
        ("DATA", "Lembar", 2021, 2021, "pengguna"),
        ("DATA TAHUN 2023", "Lembar", 2021, 2023, "judul"),
        ("DATA TAHUN 2023", "Data 2023", None, 2023, "judul"),
        ("DATA TAHUN 2023", "Data 2022", None, None, ""),
        ("DATA", "Lembar", None, None, ""),
    ],
)
def test_where_the_year_comes_from(title, name, given, year, source):
    table = table_of([[title, ""], *BODY], name, year=given)
    assert (table.year, table.year_source) == (year, source)
    assert [note.code for note in table.notes] == (["year_conflict"] if name == "Data 2022" and "2023" in title else [])


def test_a_header_with_one_year():
    table = table_of([["Kelurahan", "Jumlah Penduduk 2023", "Jumlah KK 2023"], ["Solor", 5.0, 2.0]])
    assert (table.year, table.year_source, len(table.sheet.rows)) == (2023, "kepala", 2)


def test_the_sender_decides_for_a_table():
    choices = {"tables": {"Lembar!A2": {"year": 2020}}}
    table = table_of([["TAHUN 2023", ""], *BODY], choices=choices)
    assert (table.year, table.year_source) == (2020, "pengguna")


def test_running_text_above_a_table_is_no_title():
    rows = [
        ["", "Kota Kupang berpenduduk 442.758 jiwa menurut hasil Sensus Penduduk 2020."],
        [],
        ["", "Tabel 2.1 Kependudukan 2023"],
        ["No", "Kelurahan", "Jumlah Penduduk"],
        *([n, name, 100.0 * n] for n, name in enumerate(("Solor", "Oeba", "Merdeka"), 1)),
    ]
    [table] = find_tables(Workbook("xlsx", [Sheet("Laporan", rows=rows)]), Vocabulary(), PLACES, {})
    assert (table.year, table.year_source) == (2023, "judul")


def test_a_column_of_plans_says_nothing_about_the_others():
    rows = [["Kelurahan", "Jumlah Penduduk", "Usulan 2025"], ["Solor", 5.0, 2.0]]
    assert (table_of(rows).year, table_of(rows, year=2024).year) == (None, 2024)


@pytest.mark.parametrize(("given", "read"), [(2024, False), (2023, True), (None, False)])
def test_a_column_of_another_year_is_not_read_with_the_others(given, read):
    rows = [["Kelurahan", "Jumlah Penduduk 2023", "Jumlah KK"], ["Solor", 5.0, 2.0]]
    table = table_of(rows, year=given)
    assert (table.year, "i:penduduk" in table.fields, "i:kk" in table.fields) == (given, read, True)
    assert [note.code for note in table.notes] == ([] if read else ["column_of_other_year"])


def test_a_year_that_is_merged_downwards():
    rows = [
        ["Tahun", "Kelurahan", "Jumlah KK"],
        *([y, n, 5.0] for y in (2022.0, 2023.0) for n in ("Solor", "Oeba", "Merdeka")),
    ]
    for row in (2, 3, 5, 6):
        rows[row][0] = ""
    sheet = Sheet("Lembar", rows=rows, tall={(1, 0): 3, (4, 0): 6})
    (table,) = find_tables(Workbook("xlsx", [sheet]), Vocabulary(), PLACES, {})
    assert table.sheet.columns[0][1:] == (2022.0,) * 3 + (2023.0,) * 3


def test_years_below_names_side_by_side():
    rows = [
        ["Indikator", "Satuan", "Solor", "", "Oeba", "", "Merdeka", ""],
        ["", "", 2022.0, 2023.0, 2022.0, 2023.0, 2022.0, 2023.0],
        ["Jumlah Penduduk", "jiwa", *map(float, range(6))],
        ["Jumlah KK", "KK", *map(float, range(6))],
    ]
    sheet = Sheet("Lembar", rows=rows, merged=[(0, 2, 0, 3), (0, 4, 0, 5), (0, 6, 0, 7), (0, 1, 1, 1)])
    (table,) = find_tables(Workbook("xlsx", [sheet]), Vocabulary(), PLACES, {})
    assert {"tahun", "i:penduduk", "i:kk"} <= table.fields.keys()
    assert table.sheet.columns[table.fields["tahun"].index][-6:] == (2022.0, 2023.0) * 3


def test_the_states_before_and_after_are_told_apart_by_their_years():
    rows = [
        ["Kelurahan", "KONDISI AWAL 2019", "", "KONDISI AKHIR 2023", ""],
        ["", "1a (Unit)", "3a (KK)", "1a (Unit)", "3a (KK)"],
    ]
    rows += [[name, 5.0, 6.0, 3.0, 2.0] for name in ("Namosain", "Nunhila", "Fatufeto")]
    sheet = Sheet("1", rows=rows, merged=[(0, 0, 1, 0), (0, 1, 0, 2), (0, 3, 0, 4)])
    table = find_tables(Workbook("xlsx", [sheet]), Vocabulary(), PLACES, {})[0]
    assert [column.field for column in table.columns] == ["kelurahan", "tahun", "1a", "3a"]
    assert [row[1:] for row in table.sheet.rows[1:3]] == [[2019.0, 5.0, 6.0], [2023.0, 3.0, 2.0]]
