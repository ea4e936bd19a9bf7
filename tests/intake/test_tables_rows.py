"""Rows that are no records: sections, totals, notes, pages; and kecamatan with the name of one of their kelurahan."""

from __future__ import annotations

import pytest

from kelurahan.intake.places import Places
from kelurahan.intake.sheets import Sheet, Workbook
from kelurahan.intake.tables import find_tables
from kelurahan.intake.tables.rows import sort_rows
from kelurahan.intake.tables.words import Words
from kelurahan.intake.vocabulary import Vocabulary
from tests.intake.offices import kupang

PLACES = Places(kupang())
HEAD = ["No", "Kelurahan", "Jumlah Penduduk", "Jumlah KK"]


def sorted_rows(rows):
    (table,) = find_tables(Workbook("xlsx", [Sheet("a", rows=rows)]), Vocabulary(), PLACES, {})
    return sort_rows(table, Words(PLACES, Vocabulary()))


def test_a_kecamatan_with_letters_among_numbers():
    rows = [
        HEAD,
        ["A", "Alak", 30.0, 7.0],
        [1.0, "Namosain", 10.0, 2.0],
        [2.0, "Alak", 20.0, 5.0],
        ["B", "Kota Lama", 3.0, 1.0],
        [1.0, "Oeba", 3.0, 1.0],
    ]
    found = sorted_rows(rows)
    assert list(found.kecamatan) == [4, 1]
    assert (found.records, found.doubtful) == ([2, 3, 5], [])


@pytest.mark.parametrize("last", [False, True])
def test_a_kecamatan_with_the_sums_of_its_rows(last):
    members = [["", "Namosain", 10.0, 2.0], ["", "Alak", 20.0, 5.0], ["", "Naioni", 4.0, 1.0]]
    total = ["", "Alak", 34.0, 8.0]
    found = sorted_rows([HEAD, *([*members, total] if last else [total, *members])])
    assert list(found.kecamatan) == [4 if last else 1]
    assert found.doubtful == []


def test_a_kelurahan_of_its_own_stays():
    rows = [HEAD, [1.0, "Namosain", 10.0, 2.0], [2.0, "Alak", 20.0, 5.0], [3.0, "Oeba", 2.0, 1.0]]
    assert sorted_rows(rows).records == [1, 2, 3]


def test_what_nothing_decides_is_asked():
    rows = [
        HEAD,
        ["", "Alak", 99.0, 70.0],
        ["", "Namosain", 10.0, 2.0],
        ["", "Alak", 20.0, 5.0],
        ["", "Oeba", 20.0, 5.0],
    ]
    found = sorted_rows(rows)
    assert found.doubtful == [1, 3]


def test_words_beside_make_it_clear():
    rows = [HEAD, ["", "Kec. Alak", 99.0, 70.0], ["", "Namosain", 10.0, 2.0], ["", "Kel. Alak", 20.0, 5.0]]
    found = sorted_rows(rows)
    assert (list(found.kecamatan), found.records, found.doubtful) == ([1], [2, 3], [])


def test_totals_notes_and_signatures():
    rows = [
        HEAD,
        ["", "KOTA KUPANG", 30.0, 7.0],
        [1.0, "Namosain", 10.0, 2.0],
        [2.0, "Oeba", 20.0, 5.0],
        ["", "Sub Total", 30.0, 7.0],
        ["", "Rata-rata", 15.0, 3.5],
        ["", "", 30.0, 7.0],
        ["*) angka sementara", "", "", ""],
        ["Sumber: BPS 2022", "", "", ""],
        ["Ket: -", "", "", ""],
    ]
    found = sorted_rows(rows)
    assert sorted(found.totals) == [1, 4, 5, 6]
    assert found.records == [2, 3]
    assert found.notes == [7, 8, 9]


def test_a_header_that_is_repeated():
    rows = [HEAD, [1.0, "Namosain", 10.0, 2.0], HEAD, ["(1)", "(2)", "(3)", "(4)"], [2.0, "Oeba", 20.0, 5.0]]
    found = sorted_rows(rows)
    assert (found.records, found.repeated) == ([1, 4], [2, 3])


def test_a_city_beside_every_name_is_where_they_lie():
    rows = [
        ["wilayah", "kecamatan", "kelurahan", "jumlah penduduk"],
        ["KOTA ADM. TIMUR", "Palmerah", "Kota Bambu Utara", 10.0],
        ["KOTA ADM. TIMUR", "Palmerah", "Slipi", 20.0],
        ["KOTA ADM. TIMUR", "Kota Lama", "Oeba", 30.0],
        ["KOTA ADM. TIMUR", "", "", 60.0],
    ]
    found = sorted_rows(rows)
    assert (found.records, found.totals) == ([1, 2, 3], [4])


def test_a_kecamatan_called_kota_before_its_kelurahan_is_no_city():
    assert not Words(PLACES, Vocabulary()).is_city("Kota Lama - Merdeka")
    assert Words(PLACES, Vocabulary()).is_city("Kota Kupang")


@pytest.mark.parametrize("of_kecamatan", [True, False])
def test_a_number_before_the_name_in_its_cell(of_kecamatan):
    districts = {"Alak": ("Namosain", "Alak"), "Kota Lama": ("Oeba", "Merdeka"), "Oebobo": ("Oebobo", "Liliba")}
    rows = [HEAD]
    for n, (district, names) in enumerate(districts.items(), 1):
        rows.append(["", f"00{n}. {district}" if of_kecamatan else district, 99.0, 9.0])
        rows += [["", name if of_kecamatan else f"{m}. {name}", 5.0 * m, 1.0] for m, name in enumerate(names, 1)]
    found = sorted_rows(rows)
    assert sorted(found.kecamatan) == [1, 4, 7]
    assert found.doubtful == []


def test_a_footnote_that_names_a_kelurahan():
    rows = [HEAD, [1.0, "Oeba", 3.0, 1.0], ["", "Jumlah", 3.0, 1.0], ["2)", "Oeba", "data 2021: 1.250 jiwa", ""]]
    found = sorted_rows(rows)
    assert (found.records, found.footnotes) == ([1], [3])


RT = ["Kelurahan", "RT", "Jumlah KK (KK)", "1a"]


@pytest.mark.parametrize("last", [False, True])
def test_the_sums_of_the_rt_of_a_kelurahan_are_no_record(last):
    members = [["Solor", "001/001", 5.0, 1.0], ["Solor", "002/001", 6.0, 2.0]]
    total = ["Solor", "", 11.0, 3.0]
    found = sorted_rows([RT, *([*members, total] if last else [total, *members])])
    assert found.records == ([1, 2] if last else [2, 3])


def test_a_kelurahan_with_figures_of_its_own_is_a_record():
    rows = [RT, ["Solor", "", 12.0, 3.0], ["Solor", "001/001", 5.0, 1.0], ["Solor", "002/001", 6.0, 2.0]]
    assert sorted_rows(rows).records == [1, 2, 3]


def test_a_row_without_rt_among_rt_is_still_looked_at():
    rows = [
        ["Kelurahan", "RT", "Luas (ha)", "Jumlah bangunan (unit)", "Jumlah KK"],
        ["Oeba", "001", 1.0, 10.0, 5.0],
        ["Oeba", "002", 2.0, 20.0, 6.0],
        ["Jumlah Oeba", "", 3.0, 30.0, 11.0],
        ["Desa Baru", "001", 2.0, 20.0, 6.0],
        ["Kota Kupang", "", 8.0, 80.0, 28.0],
    ]
    found = sorted_rows(rows)
    assert (found.records, sorted(found.totals)) == ([1, 2, 4], [3, 5])
