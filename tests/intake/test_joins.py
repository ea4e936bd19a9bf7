"""Sheets that refer to each other by id are joined cell by cell, or left alone and told."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kelurahan.intake import refusal  # noqa: F401 - registers the words
from kelurahan.intake.joins import joined_sheets
from kelurahan.intake.places import normalise_rt
from kelurahan.intake.sheets import Sheet, Workbook, open_workbook
from kelurahan.rules.findings import render
from tests.intake.city import CITY

REAL = Path(__file__).parents[3] / "shared" / "data" / "lembar" / "01_pekalongan_kumuh_kotaku.xlsx"
NAMES = ["Solor", "Oeba", "Airnona", "Alak", "Namosain", "Bakunase", "Kelapa Lima", "Naikoten Satu", "Naikoten Dua"]
PENYEBUT = ["luasVerifikasi", "jumlahBangunan", "jumlahPenduduk", "jumlahKK", "panjangJalanIdeal"]


def book_of(**sheets):
    return Workbook("xlsx", [Sheet(name.replace("__", " "), rows=rows) for name, rows in sheets.items()])


def joined(**sheets):
    book = joined_sheets(book_of(**sheets))
    assert all(render(note) for note in book.notes)
    return {sheet.name: sheet for sheet in book.sheets}, book.notes


def told(notes, code):
    return [note for note in notes if note.code == code]


def column(sheet, header, row=0):
    return sheet.rows[row].index(header)


def cells(sheet, header):
    """Each cell under a header, and where it stands."""
    at = column(sheet, header)
    return [(row[at], f"{sheet.sheet_of(r, at)}!{sheet.where(r, at)}") for r, row in enumerate(sheet.rows) if r]


def kawasan(n=9, headers=("id", "kawasan", "wilayah", "rt-rw", *PENYEBUT)):
    """Ids 1, 2, … with denominators that tell which row they are of."""
    return [
        list(headers),
        *([float(i), NAMES[i - 1], "Kota Lama", 3.0, *(i * 1000.0 + k for k in range(5))] for i in range(1, n + 1)),
    ]


def rtrw(n=9):
    """Three RT in each kawasan; ids 1, 2, …"""
    rows = [["id", "kawasan", "rtrw", *PENYEBUT]]
    for i in range(3 * n):
        rows.append([i + 1.0, i // 3 + 1.0, f"RT{i % 3 + 1:03d}-RW001", *(i * 10.0 + k for k in range(5))])
    return rows


def kumuh_rt(n=9, years=(2022.0, 2023.0)):
    rows = [["id", "kawasan", "rt", "tahun", "1av", "1ap", "1an"]]
    for year in years:
        rows += [[float(len(rows)), i // 3 + 1.0, i + 1.0, year, i + 0.5, 0.1, 0.0] for i in range(3 * n)]
    return rows


def kumuh_kawasan(n=9):
    rows = [["id", "kawasan", "tahun", "1av"]]
    return rows + [[float(i), float(i), 2023.0, i * 7.0] for i in range(1, n + 1)]


def database(n=9):
    return {"kota": [[" id", "kota"], [1.0, "Kupang"]], "kawasan": kawasan(n), "rtrw": rtrw(n)}


# --- the wide database sheet ---------------------------------------------------------------------------------------


def test_rt_get_their_names_kawasan_and_own_denominators():
    sheets, notes = joined(**database(), kumuhRT=kumuh_rt(), kumuhKawasan=kumuh_kawasan())
    rt = sheets["kumuhRT"]
    for i, record in enumerate(rt.rows[1:]):
        which = i % 27
        assert record[column(rt, "rtrw")] == f"RT{which % 3 + 1:03d}-RW001"
        assert record[column(rt, "kawasan")] == record[column(rt, "Kelurahan")] == NAMES[which // 3]
        assert [record[column(rt, header)] for header in PENYEBUT] == [which * 10.0 + k for k in range(5)]
        assert record[column(rt, "1av")] == which + 0.5
    assert cells(rt, "jumlahBangunan")[28] == (11.0, "rtrw!E3")
    assert cells(rt, "Kelurahan")[28] == ("Solor", "kawasan!B2")
    assert cells(rt, "Kecamatan")[28] == ("Kota Lama", "kawasan!C2")
    assert cells(rt, "tahun")[28] == (2023.0, "kumuhRT!D30")
    assert [rt.where(5, 0), rt.sheet_of(5, 0)] == ["A6", "kumuhRT"]
    assert {note.sheet for note in told(notes, "sheets_joined")} == {"kumuhRT", "kumuhKawasan"}


def test_kawasan_get_those_of_the_kawasan():
    sheets, _ = joined(**database(), kumuhRT=kumuh_rt(), kumuhKawasan=kumuh_kawasan())
    one = sheets["kumuhKawasan"]
    for i, record in enumerate(one.rows[1:], 1):
        assert record[column(one, "Kelurahan")] == record[column(one, "kawasan")] == NAMES[i - 1]
        assert [record[column(one, header)] for header in PENYEBUT] == [i * 1000.0 + k for k in range(5)]
    assert "rt-rw" not in one.rows[0], "a count of RT is no RT"


def test_what_was_only_looked_up_is_no_table_any_more():
    sheets, _ = joined(**database(), kumuhRT=kumuh_rt(), kumuhKawasan=kumuh_kawasan())
    assert list(sheets) == ["kota", "kumuhRT", "kumuhKawasan"]
    sheets, _ = joined(**database(), kumuhRT=kumuh_rt())
    assert list(sheets) == ["kota", "kawasan", "kumuhRT"], "its numbers stand nowhere else"


def test_a_register_alone_is_joined_too():
    sheets, _ = joined(**database())
    assert [row[column(sheets["rtrw"], "Kelurahan")] for row in sheets["rtrw"].rows[1::3]] == NAMES
    assert sheets["rtrw"].rows[4][column(sheets["rtrw"], "jumlahKK")] == 33.0


def test_works_and_drafts_are_left_out():
    works = [["id", "tahun", "idKawasan", "idRTRW", "idKriteria", "volume", "kegiatan", "anggaran"]]
    works += [[float(i), 2023.0, 1.0, float(i), "1a", 5.0, "Jalan", ""] for i in range(1, 9)]
    draft = [["rt", "kawasan", "1a", "2b"], *([float(i), 1.0, 9.0, 9.0] for i in (1, 2, 3))]
    data = {"kumuhRT": kumuh_rt(), "kumuhKawasan": kumuh_kawasan()}
    sheets, notes = joined(**database(), **data, investasi=works, volume=draft)
    assert list(sheets) == ["kota", "kumuhRT", "kumuhKawasan"]
    (note,) = told(notes, "sheet_of_works")
    assert note.sheet == "investasi"
    (note,) = told(notes, "sheet_without_year")
    assert (note.sheet, note.params["lain"]) == ("volume", "kumuhRT")


def test_a_draft_alone_is_the_data():
    sheets, notes = joined(**database(), volume=[["rt", "kawasan", "1a"], *([float(i), 1.0, 9.0] for i in (1, 2, 3))])
    assert [row[column(sheets["volume"], "rtrw")] for row in sheets["volume"].rows[1:]] == [
        "RT001-RW001", "RT002-RW001", "RT003-RW001",
    ]  # fmt: skip
    assert not told(notes, "sheet_without_year")


# --- keys that do not fit ------------------------------------------------------------------------------------------


def test_a_key_that_leads_nowhere_holds_its_row_and_names_its_cell():
    rows = kumuh_rt()
    rows[7][2], rows[9][1] = 999.0, 77.0
    sheets, notes = joined(**database(), kumuhRT=rows)
    rt = sheets["kumuhRT"]
    assert cells(rt, "rtrw")[6] == ("id 999", "kumuhRT!C8")
    assert normalise_rt("id 999") is None
    assert cells(rt, "Kelurahan")[8] == ("id 77", "kumuhRT!B10")
    assert cells(rt, "jumlahKK")[6] == ("", "kumuhRT!C8")
    assert [note.params["daftar"] for note in told(notes, "join_keys_unknown")] == ["C8", "B10"]


def test_an_rt_that_is_not_said_makes_no_kawasan_of_its_row():
    rows = kumuh_rt()
    rows[7][2] = ""
    sheets, _ = joined(**database(), kumuhRT=rows)
    assert cells(sheets["kumuhRT"], "rtrw")[6][0] == "id ?"
    rows.append(["", "Jumlah", "", "", 900.0, "", ""])
    sheets, _ = joined(**database(), kumuhRT=rows)
    assert cells(sheets["kumuhRT"], "kawasan")[-1][0] == "Jumlah"


def test_two_keys_for_different_places_hold_the_row():
    rows = kumuh_rt()
    rows[1][1] = 9.0
    sheets, notes = joined(**database(), kumuhRT=rows)
    assert cells(sheets["kumuhRT"], "Kelurahan")[0][0] == "Naikoten Dua ?"
    (note,) = told(notes, "join_keys_disagree")
    assert (note.cell, note.params["daftar"]) == ("B2", "B2")


def test_many_keys_without_a_row_are_told_and_not_joined():
    rows = [["id", "idKawasan", "tahun", "1av"], *([float(i), float(i), 2023.0, 1.0] for i in range(1, 13))]
    sheets, notes = joined(**database(), nilai=rows)
    assert sheets["nilai"].rows[0] == rows[0]
    (note,) = told(notes, "join_unclear")
    assert (note.cell, note.params["n"], note.params["jumlah"]) == ("B1", 3, 12)


def test_two_sheets_of_one_name_are_ambiguous():
    rows = [["id", "idKawasan", "1av"], *([float(i), float(i), 1.0] for i in range(1, 10))]
    sheets, notes = joined(kawasan=kawasan(), data__kawasan=kawasan(), nilai=rows)
    assert sheets["nilai"].rows[0] == rows[0]
    assert told(notes, "join_ambiguous")[0].params["rujukan"] == "kawasan, data kawasan"


def test_a_sheet_in_the_same_file_comes_first():
    rows = [["id", "idKawasan", "1av"], *([float(i), float(i), 1.0] for i in range(1, 10))]
    other = [[row[0], f"x{row[1]}", *row[2:]] for row in kawasan()]
    sheets = [("a.xlsx › kawasan", kawasan()), ("b.xlsx › kawasan", other), ("b.xlsx › nilai", rows)]
    book = joined_sheets(Workbook("zip", [Sheet(name, rows=rows) for name, rows in sheets]))
    one = next(sheet for sheet in book.sheets if sheet.name.endswith("nilai"))
    assert one.rows[1][1] == "xSolor"


def test_sheets_of_different_files_are_joined():
    sheets = [("kawasan.csv", kawasan()), ("m_rtrw.xlsx › Sheet1", rtrw()), ("kumuh.csv", kumuh_rt())]
    book = joined_sheets(Workbook("zip", [Sheet(name, rows=rows) for name, rows in sheets]))
    assert [sheet.name for sheet in book.sheets] == ["kawasan.csv", "kumuh.csv"]
    assert cells(book.sheets[1], "Kelurahan")[0] == ("Solor", "kawasan.csv!B2")


# --- numbers of the right level ------------------------------------------------------------------------------------


def test_numbers_of_a_kelurahan_are_not_given_to_its_rt():
    kelurahan = [["id", "nama", "kecamatan", "Jumlah KK"]]
    kelurahan += [[float(i), place.nama, place.kecamatan, 500.0] for i, place in enumerate(CITY, 1)]
    rows = [["No", "id_kelurahan", "RT", "RW", "1av"]]
    rows += [[float(i), float((i - 1) // 4 + 1), i % 4 + 1.0, 1.0, 2.0] for i in range(1, 4 * len(CITY) + 1)]
    sheets, _ = joined(kelurahan=kelurahan, rt=rows)
    assert sheets["rt"].rows[0] == ["No", "Nama kelurahan", "RT", "RW", "1av", "kecamatan"]
    assert cells(sheets["rt"], "Nama kelurahan")[4] == ("Alak", "kelurahan!B3")
    assert "kelurahan" in sheets, "its own numbers are still to be read"


def test_names_in_two_columns_of_numbers():
    rt = [["id", "kelurahan", "rt", "rw"], *([float(i), "Solor", float(i), 2.0] for i in range(1, 5))]
    rows = [["id", "idRT", "tahun", "1av"], *([float(i), float(i), 2023.0, 1.0] for i in range(1, 5))]
    rows.append([5.0, 4.0, 2024.0, 3.0])
    sheets, _ = joined(rt=rt, kumuh=rows)
    assert sheets["kumuh"].rows[0] == ["id", "rt", "tahun", "1av", "kelurahan", "rw"]
    assert sheets["kumuh"].rows[5] == [5.0, 4.0, 2024.0, 3.0, "Solor", 2.0]


def test_own_columns_come_before_those_of_another_sheet():
    rows = [
        ["id", "idKawasan", "kawasan", "jumlahKK"],
        *([float(i), float(i), NAMES[i - 1].upper(), 5.0] for i in range(1, 10)),
    ]
    sheets, _ = joined(kawasan=kawasan(), nilai=rows)
    one = sheets["nilai"]
    assert one.rows[0][:4] == ["id", "Kecamatan", "kawasan", "jumlahKK"]
    assert [row[2] for row in one.rows[1:3]] == ["SOLOR", "OEBA"]
    assert one.rows[0].count("jumlahKK") == 1


# --- what is no reference ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["No", "id"])
def test_counts_are_no_keys(key):
    names = [place.nama for place in CITY]
    rt = [[key, "Kelurahan", "Jumlah"], *([float(i), name, 4.0] for i, name in enumerate(names * 5, 1))]
    rows = [["No", "Kelurahan", "RT"], *([float(i), name, 12.0 - i] for i, name in enumerate(names, 1))]
    sheets, _ = joined(RT=rt, rekap=rows)
    assert sheets["rekap"].rows == rows
    kelurahan = [[key, "Kelurahan"], *([float(i), name] for i, name in enumerate(names, 1))]
    rows = [["Kecamatan", "Kelurahan", "RT"], ["Alak", 2.0, 7.0], ["Kota Raja", 5.0, 9.0], ["Kota Lama", 3.0, 4.0]]
    sheets, _ = joined(kelurahan=kelurahan, rekap=rows)
    assert sheets["rekap"].rows == rows


@pytest.mark.parametrize("name", ["stunting", "covid"])
def test_counts_beside_a_sheet_of_that_name_are_no_keys(name):
    names = [place.nama for place in CITY]
    lookup = [["id", "Kelurahan", "Puskesmas"], *([float(i), kelurahan, "x"] for i, kelurahan in enumerate(names, 1))]
    rows = [["no", "Desa ini", name], *([float(i), kelurahan, 12.0 - i] for i, kelurahan in enumerate(names, 1))]
    sheets, _ = joined(**{name: lookup}, rekap=rows)
    assert sheets["rekap"].rows == rows


def test_keys_that_contradict_the_names_are_no_keys():
    lookup = [["id", "Nama Kelurahan", "KK"], *([float(i), name, i * 10.0] for i, name in enumerate(NAMES, 1))]
    rows = [["id_kelurahan", "Kelurahan", "1a"], *([10.0 - i, name, 1.0] for i, name in enumerate(NAMES, 1))]
    sheets, notes = joined(kelurahan=lookup, nilai=rows)
    assert sheets["nilai"].rows == rows
    assert told(notes, "join_contradicted")[0].cell == "A1"


def test_numbers_of_rt_are_no_keys():
    rt = [["id", "Kelurahan", "RT"], *([float(i), "Solor", f"RT {i} RW 1"] for i in range(1, 31))]
    rows = [["Kelurahan", "RT", "RW", "1a"], *(["Oeba", float(i), 2.0, 1.0] for i in range(1, 31))]
    sheets, notes = joined(RT=rt, nilai=rows)
    assert sheets["nilai"].rows == rows
    assert not told(notes, "sheets_joined")


def test_codes_and_criteria_speak_for_themselves():
    places = [["kode", "kelurahan"], *([place.kode, place.nama] for place in CITY)]
    rows = [["kode kelurahan", "1a"], *([place.kode, 1.0] for place in CITY)]
    kriteria = [["id", "kriteria"], ["1a", "Ketidakteraturan"], ["1b", "Kepadatan"]]
    more = [["kelurahan", "idKriteria", "volume"], ["Solor", "1a", 2.0], ["Solor", "1b", 3.0]]
    sheets, notes = joined(kelurahan=places, nilai=rows, kriteria=kriteria, panjang=more)
    assert (sheets["nilai"].rows, sheets["panjang"].rows, notes) == (rows, more, [])


def test_an_ordinary_workbook_stays_the_same_one():
    odd = [["a", "b"], [float("inf"), float("nan")]]
    book = book_of(a=[["No", "Kelurahan", "KK"], [1.0, "Solor", 5.0]], b=[], c=[["x"]], d=odd)
    assert joined_sheets(book) is book


def test_sheets_that_refer_to_each_other_in_a_ring():
    a = [["id", "idB", "nama"], *([float(i), float(i), f"a{i}"] for i in range(1, 6))]
    b = [["id", "idA", "nama b"], *([float(i), float(6 - i), f"b{i}"] for i in range(1, 6))]
    sheets, _ = joined(a1=a, b1=b)
    assert set(sheets) == {"a1", "b1"}
    sheets, _ = joined(aa=[["id", "idBb", "nama"], *a[1:]], bb=[["id", "idAa", "nama b"], *b[1:]])
    assert all(len(sheet.rows) == 6 for sheet in sheets.values())


# --- any order, any header, any ids --------------------------------------------------------------------------------


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_any_ids(data):
    """Ids in any order, as numbers or as texts, under any of the usual headers, with titles above."""
    n = data.draw(st.integers(5, 9))
    ids = data.draw(st.permutations(range(1, n + 1)))
    shown = data.draw(st.sampled_from([float, lambda i: f"K{i:02d}", lambda i: f"{i:03d}"]))
    header = data.draw(st.sampled_from(["idKelurahan", "kelurahan_id", "ID Kelurahan", "kode kelurahan", "id_kel"]))
    name = data.draw(st.sampled_from(["kelurahan", "m_kelurahan", "Data Kelurahan", "tbl_kelurahan"]))
    first = data.draw(st.sampled_from(["id", " ID ", "kode", "id_kelurahan"]))
    lookup = [[first, "Nama Kelurahan", "Jumlah KK"], *([shown(i), NAMES[i - 1], i * 10.0] for i in ids)]
    titles = [["DATA KUMUH"], []] if data.draw(st.booleans()) else []
    which = data.draw(st.lists(st.sampled_from(ids), min_size=1, max_size=30))
    rows = [*titles, ["no", "tahun", header, "1a"]]
    rows += [[float(k), 2000.0 + k, shown(i), k * 1.0] for k, i in enumerate(which)]
    sheets = [Sheet(name, rows=lookup), Sheet("nilai", rows=rows)]
    book = joined_sheets(Workbook("xlsx", data.draw(st.permutations(sheets))))
    one = next(sheet for sheet in book.sheets if sheet.name == "nilai")
    top = len(titles)
    named, kk = column(one, "Nama Kelurahan", top), column(one, "Jumlah KK", top)
    for k, i in enumerate(which):
        row = top + 1 + k
        assert (one.rows[row][named], one.rows[row][kk]) == (NAMES[i - 1], i * 10.0)
        assert (one.sheet_of(row, kk), one.where(row, kk)) == (name, f"C{ids.index(i) + 2}")
        assert one.where(row, 3) == f"D{row + 1}"


# --- a real one ----------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not REAL.exists(), reason="the real workbook is not here")
def test_the_real_workbook_comes_out_as_joined_by_hand():
    from tests.realdata.workbook import number, read_city

    city = read_city()
    sheets = {sheet.name: sheet for sheet in joined_sheets(open_workbook(REAL)).sheets}
    assert not {"kawasan", "rtrw", "investasi", "volume"} & sheets.keys()
    headers = {
        "luas": "luasVerifikasi", "bgn": "jumlahBangunan", "jiwa": "jumlahPenduduk", "kk": "jumlahKK",
        "jalan": "panjangJalanIdeal", "drain": "panjangDrainaseIdeal",
    }  # fmt: skip
    for record in city.records:
        sheet = sheets[record.sheet]
        row = sheet.rows[record.row - 1]
        if record.sheet == "kumuhKawasan" and record.shifted:
            assert row[1].startswith("id "), "whose they are nobody says"
            continue
        place = city.kawasan[record.kawasan]
        assert row[column(sheet, "Kelurahan")] == row[column(sheet, "kawasan")] == place.nama
        assert row[column(sheet, "Kecamatan")] == place.wilayah
        assert row[column(sheet, "tahun")] == record.tahun
        assert {kode: number(row[column(sheet, head)]) for kode, head in headers.items()} == record.penyebut
        if record.rt:
            assert row[column(sheet, "rtrw")] == city.rt[record.rt].nama
