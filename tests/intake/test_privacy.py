"""Sheets with names, phones or identity numbers of persons are refused, and what stands in them is not repeated."""

from __future__ import annotations

import pytest

from kelurahan.intake.privacy import refuse_personal_data
from kelurahan.intake.refusal import Refused
from kelurahan.intake.sheets import Sheet, Workbook

PLACES = ["Solor", "Merdeka", "Oeba", "Naikoten Satu"]
PEOPLE = ["Yohanes Seran", "Maria Tefa", "Yosef Bana", "Siti Aminah"]
NIK = "5371010101900001"


def refused(rows, name="Data"):
    """The code of the refusal, with nothing of the sheet in it; "" for a sheet that is taken in."""
    try:
        refuse_personal_data(Workbook("xlsx", [Sheet(name, rows=rows)]), PLACES)
    except Refused as error:
        told = f"{error.params} {error.words()}"
        assert not any(word in told for word in (*PEOPLE, NIK, NIK[:6]))
        return error.code
    return ""


def table(header, values, *more):
    head = ["Kelurahan", header, "Jumlah KK", *(name for name, _ in more)]
    rows = [[place, values[i], 10.0, *(cells[i] for _, cells in more)] for i, place in enumerate(PLACES)]
    return [head, *rows]


@pytest.mark.parametrize(
    "header",
    [
        "Nama Penerima",
        "NAMA PENERIMA BANTUAN",
        "nama_penerima",
        "namaPenerima",
        "Nama Lengkap",
        "Nama Pemilik Rumah",
        "Nama Anak",
        "Nama Ibu Hamil",
        "Nama Kepala Rumah Tangga",
        "Nama Petugas",
        "Nama lengkap responden",
        "Nama-nama warga",
        "Nama",
        "Penerima",
        "Kepala Keluarga",
    ],
)
def test_names_of_persons_are_refused(header):
    assert refused(table(header, PEOPLE)) in ("personal_names", "personal_data")


def test_names_that_nobody_knows_are_refused_beside_their_birthdays():
    strange = ["Aaa Bbb", "Ccc Ddd", "Eee", "Fff Ggg"]
    assert refused(table("Nama", strange, ("Tanggal Lahir", ["1-1-1990"] * 4))) == "personal_names"


@pytest.mark.parametrize(
    ("header", "values"),
    [
        ("Nama Kelurahan", PLACES),
        ("Nama", PLACES),
        ("Nama Kawasan", ["Oeba 1", "Oeba 2", "Airmata", "Mantasi"]),
        ("Nama", ["Posyandu Maria", "Posyandu Yohanes", "SD Santo Yosef", "Gereja Paulus"]),
        ("Nama Jalan", ["Jl. Yos Sudarso", "Jl. Sri Rejeki", "Jl. Ahmad Yani", "Jl. Kartini"]),
        ("Nama Sekolah", ["Santa Maria", "Santo Yosef", "Giovanni", "Sri Rahayu"]),
        ("Nama Posyandu Balita", ["Maria", "Siti", "Dewi", "Ratna"]),
        ("Nama Puskesmas", ["Oesapa", "Oebobo", "Alak", "Sikumana"]),
        ("Nama Anak Sungai", ["Liliba", "Dendeng", "Merdeka", "Oeba"]),
        ("Nama Ibu Kota", PLACES),
        ("Nama Penerima Barang (K/L/PD)", ["Pemkot", "Yayasan", "Kemenristek Dikti", "POLRI"]),
        ("Nama Penerima", ["KSM Maju", "KSM Bersama", "KUBE Maria", "Kelompok Siti"]),
        ("Nama Lurah", PEOPLE),
        ("Ketua RT", PEOPLE),
        ("Nama Ketua RT", PEOPLE),
        ("Kepala Keluarga", [10.0, 11.0, 12.0, 13.0]),
        ("Keterangan", ["baik", "rusak", "rusak berat", "baik"]),
    ],
)
def test_places_things_officials_and_counts_are_taken_in(header, values):
    assert refused(table(header, values)) == ""


def test_the_head_of_an_rt_is_an_official():
    assert refused(table("Nama Ketua", PEOPLE, ("RT", ["001", "002", "003", "004"]))) == ""
    assert refused(table("Nama Ketua", PEOPLE)) == "personal_names"


def test_a_signature_block_is_no_column_of_names():
    below = [
        ["", "", "Lurah Solor"],
        ["", "", "Nama Lengkap"],
        ["", "", PEOPLE[0]],
        ["", "", "NIP. 19680412 199403 1 007"],
    ]
    assert refused([["Kelurahan", "Jumlah KK", "Luas"], ["Solor", 1.0, 2.0], *below]) == ""


@pytest.mark.parametrize(
    "line", ["Nama Kepala Keluarga : Yohanes Seran", f"Nomor KK : {NIK}", f"NIK {NIK}", "Nama Pemilik: Maria Tefa"]
)
def test_a_person_above_the_table_is_refused(line):
    assert refused([[line, ""], ["Kelurahan", "Jumlah KK"], ["Solor", 1.0]]).startswith("personal_")


def test_an_empty_line_of_a_form_is_not():
    assert refused([["Nama Pemilik : ........", ""], ["Kelurahan", "Jumlah KK"], ["Solor", 1.0]]) == ""


@pytest.mark.parametrize("number", [NIK, "537101.010190.0001", "5371 0101 0190 0001", "53.71.01.010190.0001"])
def test_one_identity_number_within_a_text_is_enough(number):
    rows = [["Kelurahan", "Catatan"], *([place, "baik"] for place in PLACES), ["Oeba", f"atas nama {number}, lunas"]]
    assert refused(rows) == "personal_data"


@pytest.mark.parametrize(
    "text", ["NIP 196804121994031007", "tahun 2019 2020 2021 2022", "0,5371010101900001", "kode 5371040011000100"]
)
def test_other_long_numbers_are_not_persons(text):
    assert refused([["Kelurahan", "Catatan"], *([place, "baik"] for place in PLACES), ["Oeba", text]]) == ""


def test_mobile_phones_are_refused_unless_they_are_of_officials():
    phones = ("No. HP", ["081238000317", "0812-3800-0634", "+62 812 3800 0951", "081238001268"])
    assert refused(table("Catatan", ["baik"] * 4, phones)) == "personal_phones"
    assert refused(table("Catatan", ["baik"] * 4, ("Telepon", [81238000317.0] * 4))) == "personal_phones"
    assert refused(table("Nama Lurah", PEOPLE, phones)) == ""
    assert refused(table("Catatan", ["baik"] * 4, ("Pagu", [81238000317.0] * 4))) == ""


def test_digits_in_the_name_of_a_sheet_are_not_repeated():
    assert refused([["NIK", "Jumlah"], ["1", 2.0]], name=f"KK {NIK}") == "personal_data"
