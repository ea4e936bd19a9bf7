"""Rows of which nobody can say which place they are about wait for an answer."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from kelurahan.intake.parsed import from_json
from kelurahan.intake.reader import Order, read_here
from kelurahan.rules.regulation import DEFAULT_RULE_SET
from tests.intake import files
from tests.intake.offices import kupang

KECAMATAN = ["Alak", "Maulafa", "Oebobo", "Kelapa Lima", "Kota Raja", "Kota Lama"]


@pytest.fixture
def read(tmp_path):
    def act(rows, choices=None):
        path = files.xlsx(tmp_path / "a", rows)
        order = Order(kupang(), 2023, DEFAULT_RULE_SET, choices=choices or {})
        (table,) = from_json(read_here(path, {"filename": "a.xlsx", **asdict(order)})).tables
        return table

    return act


def galat(table):
    return {finding.code for finding in table.findings if finding.level == "galat"}


@pytest.mark.parametrize("years", [(), (2023.0,), (2021.0, 2022.0, 2023.0)])
def test_all_kecamatan_under_kelurahan(read, years):
    head = ["Tahun", "Kelurahan", "Jumlah KK"] if years else ["No", "Kelurahan", "Jumlah KK"]
    rows = [[year or n, name, 90.0 + n] for year in years or (None,) for n, name in enumerate(KECAMATAN, 1)]
    table = read([head, *rows])
    assert table.held.all()
    assert galat(table) == {"kelurahan_or_kecamatan"}


def test_all_kecamatan_beside_themselves(read):
    rows = [[name, name, 90.0 + n] for n, name in enumerate(KECAMATAN)]
    assert read([["Kecamatan", "Kelurahan", "Jumlah KK"], *rows]).held.all()


def test_some_kelurahan_that_have_the_names_of_kecamatan(read):
    rows = [[2023.0, name, 90.0] for name in ("Alak", "Maulafa", "Naioni")]
    assert not read([["Tahun", "Kelurahan", "Jumlah KK"], *rows]).held.any()


def test_parts_of_a_place_are_no_totals(read):
    names = ["Namosain", "Nunhila", "Alak", "Naioni"]
    rows = [[name, kind, 3.0 if name == "Alak" and kind == "NEGERI" else 0.5] for name in names
            for kind in ("NEGERI", "SWASTA")]  # fmt: skip
    table = read([["Kelurahan", "Kategori", "Jumlah SD"], *rows])
    assert len(table) == 8
    assert table.held.all()


HEAD = ["No", "Kelurahan Asal", "Kelurahan Tujuan", "Jumlah KK"]
MOVED = [[1.0, "Alak", "Oeba", 5.0], [2.0, "Bakunase", "Fontein", 6.0], [3.0, "Airnona", "Airnona", 7.0]]


def test_of_two_columns_of_kelurahan_nobody_knows_which(read):
    table = read([HEAD, *MOVED])
    assert galat(table) == {"places_rival"}
    assert table.held.all()
    assert [(c.field, c.alternatives[0][0]) for c in table.columns[1:3]] == [(None, "kelurahan")] * 2


@pytest.mark.parametrize(("letter", "kode"), [("B", "53.71.01.1008"), ("C", "53.71.06.1007")])
def test_until_somebody_says_it(read, letter, kode):
    key = read([HEAD, *MOVED]).key
    table = read([HEAD, *MOVED], {"tables": {key: {"columns": {letter: {"field": "kelurahan"}}}}})
    assert not table.held.any()
    assert table.kode[0] == kode


def test_a_puskesmas_has_the_name_of_a_kelurahan(read):
    rows = [["Alak", "Oeba", 5.0], ["Bakunase", "Fontein", 6.0], ["Airnona", "Alak", 7.0]]
    assert not read([["Kelurahan", "Puskesmas", "Jumlah KK"], *rows]).held.any()


SEXES = ("LAKI-LAKI", "PEREMPUAN")


def test_men_and_women_in_rows_of_their_own(read):
    rows = [[name, sex, 100.0 + n, "JIWA"] for name in ("Alak", "Oeba") for n, sex in enumerate(SEXES)]
    table = read([["Kelurahan", "Jenis Kelamin", "Jumlah Penduduk", "Satuan"], *rows])
    assert galat(table) == {"rows_are_parts"}
    assert table.held.all()


def test_men_and_women_of_ages(read):
    parts = [(sex, age) for sex in SEXES for age in ("0-4", "5-9")]
    rows = [[name, *part, 100.0 + n] for name in ("Alak", "Oeba", "Naioni") for n, part in enumerate(parts)]
    table = read([["Kelurahan", "Jenis Kelamin", "Umur", "Jumlah Penduduk"], *rows])
    told = next(finding for finding in table.findings if finding.code == "rows_are_parts")
    assert told.params["kolom"] == "“Jenis Kelamin”, “Umur”"
    assert table.held.all()


def test_equal_parts_are_not_one_row_twice(read):
    rows = [[name, kind, 4.0] for name in ("Alak", "Oeba") for kind in ("NEGERI", "SWASTA")]
    more = [[name, "NEGERI", 4.0] for name in ("Naioni", "Bakunase", "Airnona", "Fontein", "Solor")]
    table = read([["Kelurahan", "Status", "Jumlah KK"], *rows, *more])
    assert table.held.tolist() == [True] * 4 + [False] * 5


def test_rows_that_nothing_tells_apart(read):
    rows = [[name, 5.0 + n] for name in ("Fontein", "Oeba", "Naioni") for n in range(2)]
    table = read([["Kelurahan", "Luas Kumuh (ha)"], *rows])
    assert galat(table) == {"rows_share_place"}


def test_codes_of_kecamatan_among_those_of_kelurahan(read):
    rows = [
        ["53.71", "KOTA KUPANG", 99.0],
        ["53.71.01", "ALAK", 12.0],
        ["53.71.01.1001", "NAMOSAIN", 3.0],
        ["53.71.01.1008", "ALAK", 4.0],
    ]
    table = read([["Kode", "Wilayah", "Jumlah KK"], *rows])
    assert table.kode == ["53.71.01.1001", "53.71.01.1008"]
    assert not galat(table)


def test_kecamatan_and_kelurahan_in_one_cell(read):
    rows = [["Kec. Alak - Kel. Alak", 3.0], ["Kec. Oebobo - Kel. Oebobo", 4.0], ["Kec. Oebobo", 9.0]]
    table = read([["Kelurahan", "Jumlah KK"], *rows])
    assert table.kode == ["53.71.01.1008", "53.71.04.1001"]
    assert not galat(table)


def test_largest_and_smallest_are_no_places(read):
    rows = [["Alak", 3.0], ["Oeba", 4.0], ["Maksimum", 4.0], ["Nilai terendah", 3.0]]
    table = read([["Kelurahan", "Jumlah KK"], *rows])
    assert len(table) == 2
    assert not galat(table)


def test_names_are_not_counts(read):
    names = ["Alak", "Oeba", "Naioni", "Fontein", "Solor"]
    table = read([["Kelurahan", "Puskesmas", "Jumlah KK"], *([name, "Puskesmas Alak", 5.0] for name in names)])
    assert table.indicators == ["kk"]
    assert not galat(table)


def test_from_which_rt_to_which(read):
    rows = [[name, "001 s/d 029", 29.0] for name in ("Oeba", "Naioni", "Fontein", "Solor", "Airnona")]
    table = read([["Kelurahan", "RT", "Jumlah RT"], *rows])
    assert set(table.rt) == {""}
    assert not table.held.any()


def test_both_sexes_of_heads_of_households_are_no_inhabitants(read):
    rows = [["", "L", "P", "L+P"], *([name, 10.0, 5.0, 15.0] for name in ("Oeba", "Naioni", "Fontein"))]
    table = read([["Kelurahan", "Kepala Keluarga", "", ""], *rows])
    assert "penduduk" not in table.indicators
