"""Titles that speak of a part of the kelurahan, and of a single month."""

from __future__ import annotations

import pytest

from kelurahan.intake.places import Places
from kelurahan.intake.sheets import Sheet, Workbook
from kelurahan.intake.tables import find_tables
from kelurahan.intake.tables.months import month_in
from kelurahan.intake.vocabulary import Vocabulary
from tests.intake.offices import kupang

PLACES = Places(kupang())
NAMES = [place.nama for place in PLACES.all[:4]]


def read(title, *headers, sheet="Sheet1"):
    """Field of each header of a table under a title, and the codes of what was told."""
    rows = [[title], ["Kelurahan", *headers]] if title else [["Kelurahan", *headers]]
    rows += [[name, *(float(10 * n + c + 3) for c in range(len(headers)))] for n, name in enumerate(NAMES)]
    table = find_tables(Workbook("xlsx", [Sheet(sheet, rows=rows)]), Vocabulary(), PLACES, {"year": 2024})[0]
    fields = {column.header: (column.field or "").removeprefix("i:") for column in table.columns[1:]}
    return fields, {note.code for note in table.notes}


@pytest.mark.parametrize(
    ("title", "headers"),
    [
        ("DATA KORBAN BANJIR KOTA KUPANG TAHUN 2024", ("Jumlah KK", "Jumlah Jiwa")),
        ("DATA KORBAN BANJIR", ("Jumlah KK", "Jumlah Jiwa", "Rumah Rusak")),
        ("REKAP PENERIMA BANTUAN PANGAN BERAS", ("Jumlah KK",)),
        ("DATA PENDUDUK MISKIN PER KELURAHAN", ("KK", "Jiwa")),
        ("PENDUDUK DAN KK MISKIN", ("KK", "Jiwa")),
        ("DATA P3KE DESIL 1 (KEMISKINAN EKSTREM)", ("Jumlah Keluarga", "Jumlah Penduduk")),
        ("DATA BALITA STUNTING MENURUT JENIS KELAMIN", ("L+P",)),
        ("PENYANDANG DISABILITAS", ("Jumlah Penduduk",)),
        ("LUAS LAHAN SAWAH MENURUT KELURAHAN", ("Luas (Ha)",)),
        ("PROFIL KAWASAN KUMUH", ("Jumlah Bangunan (unit)", "Jumlah KK", "Jumlah Jiwa")),
        ("LUAS KUMUH TERTANGANI", ("Luas (Ha)",)),
        ("DATA KELURAHAN KUMUH", ("Luas (Ha)",)),
    ],
)
def test_bare_columns_under_a_part_are_only_proposed(title, headers):
    fields, told = read(title, *headers)
    assert not {*fields.values()} - {""}
    assert "column_of_title" in told


@pytest.mark.parametrize(
    ("title", "header"),
    [
        ("LUAS KAWASAN KUMUH PER KELURAHAN TAHUN 2024", "Luas (Ha)"),
        ("LUAS KUMUH PER KELURAHAN", "Luas (m2)"),
        ("PENETAPAN LOKASI PERUMAHAN KUMUH DAN PERMUKIMAN KUMUH", "Luas (Ha)"),
    ],
)
def test_the_area_of_slums_is_named_by_its_title(title, header):
    fields, told = read(title, header)
    assert fields == {header: "luas_kumuh"}
    assert "column_named_by_title" in told


@pytest.mark.parametrize(
    ("title", "headers", "fields"),
    [
        ("LUAS WILAYAH KELURAHAN", ("Luas (Ha)",), ["luas_wilayah"]),
        ("DATA KEMISKINAN 2023", ("Jumlah KK", "KK Miskin"), ["kk", "miskin_kk"]),
        ("JUMLAH PENDUDUK, KK DAN RTLH", ("Penduduk", "KK"), ["penduduk", "kk"]),
        ("DATA KELURAHAN KUMUH: jumlah penduduk, KK, luas", ("Penduduk", "KK", "Luas (Ha)"), ["penduduk", "kk"]),
        ("PENETAPAN LOKASI PERUMAHAN KUMUH", ("Luas Kumuh (Ha)", "Jumlah Penduduk"), ["luas_kumuh", "penduduk"]),
        ("DATA KAWASAN KUMUH", ("Luas Wilayah (Ha)",), ["luas_wilayah"]),
        ("DATA DASAR RENCANA PENANGANAN PERMUKIMAN KUMUH", ("Jumlah Penduduk",), ["penduduk"]),
        ("BADAN PENANGGULANGAN BENCANA, SEKSI KEBAKARAN", ("Jumlah KK",), ["kk"]),
    ],
)
def test_the_whole_stays_the_whole(title, headers, fields):
    found, told = read(title, *headers)
    assert list(found.values())[: len(fields)] == fields
    assert "column_of_title" not in told


def test_a_profile_under_a_loose_title_stays_the_whole():
    fields, told = read("Rekap RTLH Kota Kupang", "LUAS KUMUH (HA)", "JUMLAH RT", "JUMLAH PENDUDUK")
    assert (set(fields.values()), told) == ({"luas_kumuh", "jumlah_rt", "penduduk"}, set())
    assert read("Rekap RTLH Kota Kupang", "Jumlah Penduduk")[0] == {"Jumlah Penduduk": "penduduk"}
    assert read("Rekap RTLH Kota Kupang", "Jumlah Rumah (unit)")[0] == {"Jumlah Rumah (unit)": ""}


def test_the_name_of_a_sheet_names_a_part_where_no_title_names_the_whole():
    assert read("", "Jumlah KK", sheet="KK Miskin")[0] == {"Jumlah KK": ""}
    assert read("JUMLAH KK PER KELURAHAN", "Jumlah KK", sheet="Kemiskinan")[0] == {"Jumlah KK": "kk"}


def test_a_unit_of_the_title_is_put_to_bare_areas_only():
    fields, _ = read("Rekap Kota Kupang (m²/Ha)", "LUAS KUMUH (HA)", "JUMLAH RT", "JUMLAH PENDUDUK")
    assert list(fields.values()) == ["luas_kumuh", "jumlah_rt", "penduduk"]


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("LAPORAN MUTASI PENDUDUK BULAN DESEMBER 2024", "DESEMBER"),
        ("Kasus DBD, Januari 2024", "Januari"),
        ("Kasus DBD Triwulan II 2024", "Triwulan II"),
        ("Keadaan 31 Desember 2024", ""),
        ("Kelahiran s.d. Desember 2024", ""),
        ("Kelahiran per 31 Desember 2024", ""),
        ("Januari - Desember 2024", ""),
        ("DATA DESA TAHUN 2024", ""),
    ],
)
def test_months(text, month):
    assert month_in(text) == month


def test_events_of_a_month_are_not_those_of_the_year():
    assert read("KASUS DBD BULAN JANUARI 2024", "Kasus DBD") == ({"Kasus DBD": ""}, {"column_of_month"})
    assert read("KASUS DBD TAHUN 2024", "Kasus DBD")[0] == {"Kasus DBD": "kasus_dbd"}
    assert read("KASUS DBD", "Kasus DBD", sheet="Januari 2024")[0] == {"Kasus DBD": ""}
    assert read("JUMLAH PENDUDUK BULAN JANUARI 2024", "Jumlah Penduduk")[0] == {"Jumlah Penduduk": "penduduk"}


def test_a_narrowing_word_is_asked():
    assert read("DATA 2024", "Posyandu Aktif", "Puskesmas")[0] == {"Posyandu Aktif": "", "Puskesmas": "puskesmas"}


@pytest.mark.parametrize(
    ("title", "headers", "fields"),
    [
        ("JUMLAH POSYANDU MENURUT KELURAHAN", ("Jumlah",), ["posyandu"]),
        (
            "JUMLAH BALITA STUNTING PER KELURAHAN",
            ("Balita Stunting", "Prevalensi (%)"),
            ["stunting", "prevalensi_stunting"],
        ),
        ("JUMLAH POSYANDU MENURUT KELURAHAN", ("Pratama", "Jumlah"), ["", ""]),
        ("DATA 2024", ("Jumlah",), [""]),
    ],
)
def test_a_title_names_what_a_header_leaves_out(title, headers, fields):
    assert list(read(title, *headers)[0].values()) == fields


def test_the_sum_of_all_columns_is_what_the_title_counts():
    rows = [["JUMLAH PENDUDUK MENURUT KELOMPOK UMUR"], ["Kelurahan", "0-4", "5-9", "Jumlah"]]
    rows += [[name, 10.0 + n, 20.0 * n, 10.0 + 21 * n] for n, name in enumerate(NAMES)]
    table = find_tables(Workbook("xlsx", [Sheet("Umur", rows=rows)]), Vocabulary(), PLACES, {"year": 2024})[0]
    assert [column.field for column in table.columns] == ["kelurahan", None, None, "i:penduduk"]


def test_numbers_beside_words_name_columns():
    rows = [["KELUARGA 2025"], ["Kelurahan", "Desil", "", "", ""], ["", 1.0, 2.0, 3.0, "Jumlah"]]
    rows += [[name, 10.0 + n, 20.0 + n, 31.0 * n, 40.0] for n, name in enumerate(NAMES)]
    sheet = Sheet("Desil", rows=rows, merged=[(1, 0, 2, 0), (1, 1, 1, 4)])
    table = find_tables(Workbook("xlsx", [sheet]), Vocabulary(), PLACES, {})[0]
    assert [column.field for column in table.columns] == ["kelurahan", "i:desil_1", "i:desil_2", "i:desil_3", None]
