"""From a file to records: what is read, what is left out, what is refused, and that everything is said."""

from __future__ import annotations

import time
from dataclasses import asdict

import numpy as np
import orjson
import pytest

from kelurahan.intake import reader
from kelurahan.intake.columns import PLACE_HEADERS, VALUE_HEADERS
from kelurahan.intake.notes import MAX_PER_CODE
from kelurahan.intake.parsed import Document, from_json, to_json
from kelurahan.intake.refusal import Refused
from kelurahan.rules.findings import render
from kelurahan.rules.regulation import FIELDS, State
from tests.intake import files
from tests.intake.city import CITY

HEAD = ["Kode", "Kelurahan", "Kecamatan", "Kawasan", "RT", "Tahun", "Luas (ha)", "1a Ketidakteraturan bangunan (unit)"]
RULES = "permen-14-2018"


def read_in_process(path, places, year, rule_set, filename):
    """The same way as in the child, without the half second of starting one."""
    params = {"filename": filename, **asdict(reader.Order(places, year, rule_set))}
    document = from_json(orjson.loads(orjson.dumps(reader.read_here(path, params))))
    parsed = document.main
    parsed.findings = [*document.findings, *parsed.findings]
    return parsed


@pytest.fixture
def read(tmp_path):
    def read(rows, year=None, rule_set=RULES, write=files.xlsx, filename="data.xlsx", **extra):
        path = rows if not isinstance(rows, list) else write(tmp_path / "a", rows, **extra)
        parsed = read_in_process(path, CITY, year, rule_set, filename)
        for finding in parsed.findings:
            message, repair = render(finding)
            assert "%(" not in message + repair
            assert message
        return parsed

    return read


def codes(parsed, *levels):
    return [finding.code for finding in parsed.findings if not levels or finding.level in levels]


def value(parsed, row, field):
    at = FIELDS.index(field)
    return int(parsed.values[row, at]), State(int(parsed.states[row, at])), bool(parsed.given[row, at])


def names(parsed):
    return [name["text"] for name in parsed.unmatched]


def one(parsed, code):
    (finding,) = [finding for finding in parsed.findings if finding.code == code]
    return finding


# --- the plain case ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("write", [files.xlsx, files.xls, files.ods])
def test_a_plain_sheet_of_every_format(read, write):
    rows = [
        HEAD,
        ["53.71.06.1004", "Solor", "Kota Lama", "", "RT001-RW002", 2023.0, 0.35, 12.0],
        ["", "Oeba", "", "Oeba 1", "", 2023.0, "1.250,5", "tidak berlaku"],
        ["", "LLBK", "", "", "", 2023.0, "kosong", ""],
    ]
    parsed = read(rows, write=write)
    assert parsed.kode == ["53.71.06.1004", "53.71.06.1007", "53.71.06.1002"]
    assert parsed.rt == ["RT001-RW002", "", ""]
    assert parsed.kawasan == ["", "Oeba 1", ""]
    assert parsed.tahun.tolist() == [2023] * 3
    assert parsed.row_numbers.tolist() == [2, 3, 4]
    assert value(parsed, 0, "luas") == (350_000, State.FILLED, True)
    assert value(parsed, 0, "1a") == (12_000_000, State.FILLED, True)
    assert value(parsed, 1, "luas") == (1_250_500_000, State.FILLED, True)
    assert value(parsed, 1, "1a") == (0, State.NOT_APPLICABLE, True)
    assert value(parsed, 2, "luas") == (0, State.EMPTY, True)
    assert value(parsed, 2, "1a") == (0, State.EMPTY, False)
    assert value(parsed, 0, "7b") == (0, State.EMPTY, False)
    assert not parsed.held.any()
    assert (parsed.sheet, parsed.header_row) == ("RT", 1)
    assert parsed.matched == ["53.71.06.1002", "53.71.06.1004", "53.71.06.1007"]
    assert codes(parsed, "galat", "peringatan") == []


def test_csv_takes_its_sheet_name_from_the_file(read, tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("Kelurahan;RT;Luas (ha)\r\nSolor;1/2;0,35\r\nOeba;3/4;1.250,5\r\n".encode("utf-8-sig"))
    parsed = read(path, year=2024, filename="unggahan/data solor.csv")
    assert parsed.sheet == "data solor"
    assert parsed.values[:, 0].tolist() == [350_000, 1_250_500_000]
    assert parsed.columns[2].style == "indonesia"


def test_english_csv(read, tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b'Kelurahan,RT,Luas (ha)\nSolor,1/2,0.35\nOeba,3/4,"1,250.5"\nOeba,3/5,"1,250"\n')
    parsed = read(path, year=2024)
    assert parsed.values[:, 0].tolist() == [350_000, 1_250_500_000, 1_250_000_000]
    assert codes(parsed) == []


def test_columns_are_told_with_their_confidence(read):
    parsed = read([["Kelurahan", "JUMLAH PENDUDUK", "Catatan"], ["Solor", 5.0, "x"]], year=2023)
    assert [(c.header, c.field, c.confidence, c.letter) for c in parsed.columns] == [
        ("Kelurahan", "kelurahan", 1.0, "A"),
        ("JUMLAH PENDUDUK", "i:penduduk", 0.95, "B"),
        ("Catatan", None, 0.0, "C"),
    ]
    assert parsed.cell(0, "i:penduduk") == "B2"
    assert parsed.cell(0, "3a") == ""


# --- cells ---------------------------------------------------------------------------------------------------------


def test_invalid_cells_are_told_with_their_place(read):
    rows = [HEAD, ["", "Solor", "", "", "1/2", 2023.0, "banyak", -3.0], ["", "Oeba", "", "", "1/2", 2023.0, 1.0, 2.0]]
    parsed = read(rows)
    told = {finding.code: (finding.sheet, finding.cell, finding.row) for finding in parsed.findings}
    assert told == {"not_a_number": ("RT", "G2", 0), "negative": ("RT", "H2", 0)}
    assert value(parsed, 0, "luas") == (0, State.INVALID, True)
    assert parsed.held.tolist() == [True, False]


def test_error_cells_and_uncomputed_formulas(read):
    rows = [HEAD, ["", "Solor", "", "", "1/2", 2023.0, 1.0, 1.0]]
    extra = {"G2": '<c r="G2" t="e"><v>#N/A</v></c>', "H2": '<c r="H2"><f>1+1</f></c>'}
    parsed = read(rows, **extra)
    assert [(f.code, f.cell) for f in parsed.findings] == [("error_cell", "G2"), ("formula_without_value", "H2")]
    assert parsed.held.tolist() == [True]


def test_faulty_cells_without_a_place_hold_everything(read, tmp_path):
    body = files.sheet_xml([HEAD, ["", "Solor", "", "", "1/2", 2023.0, 1.0, 1.0]])
    body = body.replace("</sheetData>", '<row><c t="e"><v>#N/A</v></c></row></sheetData>')
    parsed = read(files.write_zip(tmp_path / "b.xlsx", files.workbook_parts({"RT": body})))
    assert "faults_unplaced" in codes(parsed, "galat")
    assert parsed.held.all()


def test_lost_decimals_are_one_finding(read):
    rows = [HEAD] + [["", "Solor", "", "", f"{i}/1", 2023.0, i / 7, i / 3] for i in range(1, 30)]
    parsed = read(rows)
    finding = one(parsed, "decimals_rounded")
    assert (finding.level, finding.cell, finding.params["understood"]) == ("info", "G2", "0,142857")
    assert not parsed.held.any()


def test_texts_of_two_minds_are_not_guessed(read):
    head = ["Kelurahan", "RT", "Panjang jalan ideal (m)"]
    parsed = read([head, ["Solor", "1/1", "13.619"], ["Solor", "2/1", "9,276"], ["Solor", "3/1", 5.0]], year=2023)
    assert codes(parsed) == ["mixed_number_styles"]
    assert parsed.held.tolist() == [True, True, False]
    assert parsed.states[:, FIELDS.index("jalan")].tolist() == [State.INVALID, State.INVALID, State.FILLED]


def test_the_rarer_mark_is_asked_where_another_column_shows_the_style(read):
    head = ["Kelurahan", "RT", "Luas (ha)", "Panjang jalan ideal (m)"]
    lengths = ["4.700", "1.044", "2.742", "1,017"]
    parsed = read([head, *(["Solor", f"{n}/1", "0,5", length] for n, length in enumerate(lengths, 1))], year=2023)
    assert codes(parsed, "galat") == ["mixed_number_styles"]
    assert parsed.held.tolist() == [False, False, False, True]


def test_a_number_merged_over_several_rows_is_asked(read, tmp_path):
    rows = [["Kelurahan", "Jumlah penduduk", "Jumlah RT"], ["Solor", 70.0, 5.0], ["Oeba", "", 6.0], ["Alak", 9.0, 7.0]]
    merges = '<mergeCells count="2"><mergeCell ref="B2:B3"/><mergeCell ref="C4:C5"/></mergeCells>'
    path = files.write_zip(tmp_path / "a", files.workbook_parts({"a": files.sheet_xml(rows) + merges}))
    parsed = read(path, year=2023)
    assert (one(parsed, "number_for_several_rows").cell, codes(parsed, "galat")) == (
        "B2",
        ["number_for_several_rows"],
    )
    assert parsed.ind_states[:, 0].tolist() == [State.INVALID, State.EMPTY, State.FILLED]
    assert parsed.ind_states[:, 1].tolist() == [State.FILLED] * 3


def test_a_row_without_rt_that_is_no_whole_kelurahan_is_held(read):
    head = ["Kelurahan", "RT", "Jumlah bangunan (unit)", "Jumlah penduduk (jiwa)", "Jumlah KK (KK)", "1a"]
    parts = [["Solor", f"{n}/1", 40.0, 200.0, 50.0, 3.0] for n in range(1, 5)]
    parsed = read([head, *parts, ["Solor", "", 30.0, 180.0, 60.0, 2.0]], year=2023)
    assert (one(parsed, "rt_missing").cell, parsed.held.tolist()) == ("B6", [False] * 4 + [True])
    parsed = read([head, *parts, ["Solor", "", 140.0, 700.0, 180.0, 9.0]], year=2023)
    assert "rt_missing" not in codes(parsed)


@pytest.mark.parametrize("text", ["kelurahan,luas_kumuh_ha,jumlah_kk\nSolor,1,25,90\nOeba,0,50,80\nAlak,2,00,70\n"])
def test_decimal_commas_between_commas_hold_everything(read, tmp_path, text):
    path = tmp_path / "a.csv"
    path.write_text(text)
    parsed = read(path, year=2023)
    assert one(parsed, "cells_spilled").cell == "D2"
    assert parsed.held.all()
    path.write_text(text.replace(",25", "").replace(",50", "").replace(",00", ""))
    assert not read(path, year=2023).held.any()


def test_a_row_of_a_csv_that_is_wider_than_its_header_waits(read, tmp_path):
    path = tmp_path / "a.csv"
    rows = ["kelurahan,jumlah_kk,luas_kumuh_ha", "Solor,120,2.5", "Oeba,1,250,3.1", "Alak,90,4", "Airnona,70,1,cek"]
    path.write_text("\n".join(rows))
    parsed = read(path, year=2023)
    assert (one(parsed, "row_wider").cell, parsed.held.tolist()) == ("D3", [False, True, False, False])
    path.write_text("\n".join(["kelurahan,jumlah_kk,catatan", "Solor,120,baik", "Oeba,1,250,baik", "Alak,90,rusak"]))
    assert read(path, year=2023).held.tolist() == [False, True, False]
    path.write_text("\n".join(["kelurahan,jumlah_kk,rtlh", "Solor,120,5,ya", "Oeba,250,8,ya", "Alak,90,2"]))
    assert not read(path, year=2023).held.any()


def test_what_is_counted_comes_whole(read):
    head = ["Kelurahan", "RT", "Jumlah KK (KK)", "1a"]
    parsed = read([head, ["Solor", "1/1", "1.250", 1.0], ["Solor", "2/1", "2,250", 1.0]], year=2023)
    assert parsed.values[:, FIELDS.index("kk")].tolist() == [1_250_000_000, 2_250_000_000]
    assert codes(parsed, "galat", "peringatan") == []


def test_a_fair_guess_is_told(read):
    parsed = read([["Kelurahan", "Panjang jalan ideal (m)"], ["Solor", "1.250"], ["Oeba", 300.0]], year=2023)
    assert parsed.values[:, FIELDS.index("jalan")].tolist() == [1_250_000_000, 300_000_000]
    assert one(parsed, "ambiguous_number_style").cell == "B2"


def test_other_columns_decide_for_a_silent_one(read):
    rows = [["Kelurahan", "Luas (ha)", "Jumlah KK (KK)"], ["Solor", "12,5", "1.250"]]
    assert codes(read(rows, year=2023)) == []


def test_injected_texts_stay_texts(read):
    rows = [HEAD, ['=HYPERLINK("http://x")', "<script>alert(1)</script>", "", "@SUM(1)", "1/2", 2023.0, "+1+1", 1.0]]
    parsed = read(rows)
    assert names(parsed) == ["<script>alert(1)</script>"]
    assert parsed.held.tolist() == [True]


# --- rows ----------------------------------------------------------------------------------------------------------


def test_rows_that_are_no_records(read):
    rows = [
        HEAD,
        ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)", "(8)"],
        ["", "KECAMATAN KOTA LAMA", "", "", "", "", "", ""],
        ["", "Solor", "", "", "1/2", 2023.0, 1.0, 2.0],
        ["", "", "", "", "", "", "", ""],
        ["", "   ", "", "", "", 2023.0, "", ""],
        ["", "Sub Total", "", "", "", "", 1.0, 2.0],
        ["Jumlah", "", "", "", "", "", 1.0, 2.0],
        ["", "", "", "", "", "", "", ""],
        ["", "Kepala Dinas,", "", "", "", "", "", ""],
        ["", "Drs. Fulan", "", "", "", "", "", ""],
    ]
    parsed = read(rows)
    assert parsed.row_numbers.tolist() == [4]
    assert one(parsed, "numbered_row").cell == "A2"
    assert one(parsed, "total_rows").params["n"] == 3
    assert one(parsed, "title_rows").params["n"] == 2
    assert codes(parsed, "galat") == []


def test_numbers_without_a_place_are_a_galat(read):
    parsed = read([HEAD, ["", "", "", "", "", 2023.0, 1.0, 2.0]])
    assert codes(parsed, "galat") == ["place_missing"]
    assert parsed.held.tolist() == [True]


def test_a_listed_place_without_numbers_stays_and_gives_nothing(read):
    parsed = read([HEAD, ["53.71.06.1004", "Solor", "", "", "1/2", 2023.0, "", ""]])
    assert len(parsed) == 1
    assert not parsed.given.any()
    assert not parsed.held.any()


def test_only_kelurahan_column_of_counts_is_no_rt(read):
    rows = [["Kelurahan", "RT", "RW", "Jumlah KK (KK)"]] + [[p.nama, 44.0, 12.0, 100.0] for p in CITY]
    parsed = read(rows, year=2023)
    assert set(parsed.rt) == {""}
    assert codes(parsed) == ["rt_is_a_count"]


# --- places, RT, years -----------------------------------------------------------------------------------------------


def test_places_are_held_with_their_reason(read):
    rows = [
        HEAD,
        ["", "Naikoten", "", "", "1/2", 2023.0, 1.0, 2.0],
        ["53.71.06.1004", "Oeba", "", "", "1/2", 2023.0, 1.0, 2.0],
        ["5371031001", "", "", "", "1/2", 2023.0, 1.0, 2.0],
        ["", "Menteng", "", "", "1/2", 2023.0, 1.0, 2.0],
        ["", "Solor", "", "", "1/2", 2023.0, 1.0, 2.0],
    ]
    parsed = read(rows)
    assert {finding.code: finding.cell for finding in parsed.findings} == {
        "place_ambiguous": "B2",
        "code_name_differ": "A3",
        "code_in_two_systems": "A4",
        "place_unknown": "B5",
    }
    assert parsed.held.tolist() == [True] * 4 + [False]
    assert names(parsed) == ["Naikoten", "Oeba", "5371031001", "Menteng"]
    assert parsed.matched == ["53.71.06.1004"]


def test_number_codes_are_one_finding(read):
    rows = [HEAD] + [[float(p.kode_bps), p.nama, "", "", "1/2", 2023.0, 1.0, 2.0] for p in CITY]
    parsed = read(rows)
    assert parsed.kode == [p.kode for p in CITY]
    assert one(parsed, "code_as_number").params["n"] == len(CITY)
    assert not parsed.held.any()


def test_rt_problems(read):
    rows = [HEAD] + [["", "Solor", "", "", rt, 2023.0, 1.0, 2.0] for rt in ("RT.01 RW.02", "satu", "RT 1", "001/003")]
    parsed = read(rows)
    assert parsed.rt == ["RT001-RW002", "", "", "RT001-RW003"]
    assert [(finding.code, finding.cell) for finding in parsed.findings] == [
        ("rt_unreadable", "E3"),
        ("rt_unreadable", "E4"),
    ]
    assert parsed.held.tolist() == [False, True, True, False]


def test_code_of_an_rt(read):
    rows = [
        HEAD,
        ["53.71.06.1004/RT001-RW002", "Solor", "", "", "", 2023.0, 1.0, 2.0],
        ["53.71.06.1004/RT001-RW002", "Solor", "", "", "1/3", 2023.0, 1.0, 2.0],
        ["53.71.06.1004/Pesisir", "Solor", "", "", "", 2023.0, 1.0, 2.0],
    ]
    parsed = read(rows)
    assert parsed.rt == ["RT001-RW002", "RT001-RW003", ""]
    assert parsed.kawasan == ["", "", "Pesisir"]
    assert codes(parsed) == ["code_rt_differ"]


def test_kawasan_names(read):
    rows = [HEAD] + [
        ["", "Oeba", "", name, "", 2023.0, 1.0, 2.0] for name in ("Oeba 1", "OEBA 1", 2.0, "a|b", "x" * 200)
    ]
    parsed = read(rows)
    assert parsed.kawasan == ["Oeba 1", "Oeba 1", "2", "", ""]
    assert codes(parsed) == ["kawasan_unreadable"] * 2


@pytest.mark.parametrize(
    ("cell", "year", "expected", "code"),
    [
        (2023.0, 2020, 2023, None),
        ("2023", None, 2023, None),
        ("", 2020, 2020, None),
        ("", None, 0, "year_missing"),
        ("dua ribu", 2020, 0, "year_unreadable"),
        (23.0, 2020, 0, "year_unreadable"),
        (2023.5, None, 0, "year_unreadable"),
        (1e300, None, 0, "year_unreadable"),
    ],
)
def test_years(read, cell, year, expected, code):
    parsed = read([HEAD, ["", "Solor", "", "", "1/2", cell, 1.0, 2.0]], year=year)
    assert parsed.tahun.tolist() == [expected]
    assert codes(parsed) == ([code] if code else [])
    assert parsed.held.tolist() == [code is not None]


# --- sheets and columns --------------------------------------------------------------------------------------------


def test_criteria_of_the_other_rules(read):
    rows = [["Kelurahan", "4d", "1a"], ["Solor", 3.0, 4.0]]
    parsed = read(rows, year=2023)
    assert value(parsed, 0, "4d") == (0, State.EMPTY, False)
    assert codes(parsed) == ["criterion_not_in_rules"]
    old = read(rows, year=2016, rule_set="permen-02-2016")
    assert value(old, 0, "4d") == (3_000_000, State.FILLED, True)
    assert codes(old) == []


def test_other_and_hidden_sheets_are_told(read, tmp_path):
    rows = [HEAD, ["", "Solor", "", "", "1/2", 2023.0, 1.0, 2.0]]
    path = files.workbook(
        tmp_path / "b.xlsx",
        {"RT": rows, "Lama": rows, "Sandi": rows, "Petunjuk": [["Kolom", "Isi"], ["Kelurahan", "Nama"]]},
        hidden=["Sandi"],
    )
    parsed = read(path)
    assert parsed.sheet == "RT"
    assert [(f.code, f.params.get("nama", f.sheet)) for f in parsed.findings] == [
        ("hidden_sheet", "Sandi"),
    ]


def test_only_a_hidden_sheet(read, tmp_path):
    path = files.workbook(tmp_path / "b.xlsx", {"RT": [HEAD, ["", "Solor", "", "", "1/2", 2023.0, 1.0, 2.0]]}, ["RT"])
    parsed = read(path)
    assert (codes(parsed), parsed.use, len(parsed)) == (["hidden_sheet"], False, 0)


def test_a_sheet_that_cannot_be_read_beside_one_that_can(read, tmp_path):
    good = files.sheet_xml([HEAD, ["", "Solor", "", "", "1/2", 2023.0, 1.0, 2.0]])
    wide = files.sheet_xml([["k"] * 600])
    path = files.write_zip(tmp_path / "b.xlsx", files.workbook_parts({"lebar": wide, "RT": good}))
    parsed = read(path)
    assert codes(parsed) == ["sheet_skipped"]
    assert len(parsed) == 1


def test_places_without_numbers_are_told(read):
    parsed = read([["Kelurahan", "Keterangan"], ["Solor", "baik"], ["Menteng", 5.0]], year=2023)
    assert "no_value_columns" in codes(parsed, "galat")
    assert parsed.matched == ["53.71.06.1004"]
    assert names(parsed) == ["Menteng"]


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([["id", "kawasan"], [1.0, 2.0]], "no_table"),
        ([["k"] * 600], "too_many_columns"),
        ([[""]], "nothing_filled"),
    ],
)
def test_refusals(read, rows, code):
    with pytest.raises(Refused) as caught:
        read(rows)
    assert caught.value.code == code


# --- personal data -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("header", ["NIK", "No. KTP", "nik ayah", "Nomor KK", "E-KTP", "Nama Kepala Keluarga"])
def test_personal_headers_are_refused(read, header):
    with pytest.raises(Refused) as caught:
        read([["Kelurahan", "Luas (ha)", header], ["Solor", 1.0, "5371011234567890"]])
    assert caught.value.code == "personal_data"
    assert "5371011234567890" not in str(caught.value.params) + caught.value.words()
    assert caught.value.params["column"].startswith("C")


@pytest.mark.parametrize(
    "cells",
    [
        ["5371011234567890", "5371011234567891", "5371011234567892"],
        ["'5371011234567890"],
        ["537101 123456 7890", "5371-0112-3456-7892"],
        [5371011234567890.0, 5371011234567891.0, 5371011234567892.0],
    ],
)
def test_columns_of_identity_numbers_are_refused(read, cells):
    rows = [["Kelurahan", "Luas (ha)", "Keterangan"], *[["Solor", 1.0, cell] for cell in cells]]
    with pytest.raises(Refused) as caught:
        read(rows)
    assert caught.value.code == "personal_data"


def test_identity_numbers_in_a_hidden_sheet_are_refused(read, tmp_path):
    rows = [HEAD, ["", "Solor", "", "", "1/2", 2023.0, 1.0, 2.0]]
    path = files.workbook(tmp_path / "b.xlsx", {"RT": rows, "x": [["Nama", "NIK"], ["A", "1"]]}, ["x"])
    with pytest.raises(Refused, match="personal_data"):
        read(path)


@pytest.mark.parametrize(
    "header", ["Jumlah wajib KTP", "Kepemilikan KTP (%)", "Teknik", "Jumlah KK (KK)", "Kepala keluarga"]
)
def test_counts_are_not_personal(read, header):
    assert len(read([["Kelurahan", "Luas (ha)", header], ["Solor", 1.0, 5.0]], year=2023)) == 1


def test_one_long_number_is_an_error_and_is_not_repeated(read):
    rows = [HEAD] + [["", "Solor", "", "", f"{i}/2", 2023.0, 1.0, 2.0] for i in range(1, 20)]
    rows[5][7] = "5371011234567890"
    parsed = read(rows)
    assert codes(parsed) == ["number_too_large"]
    assert "5371011234567890" not in str(to_json(Document("xlsx", [parsed])))


# --- many rows -------------------------------------------------------------------------------------------------------


def test_many_mistakes_make_few_findings(read):
    n = MAX_PER_CODE + 700
    rows = [HEAD] + [["", "Solor", "", "", f"{i % 900 + 1}/{i // 900 + 1}", 2023.0, f"x{i}", 2.0] for i in range(n)]
    parsed = read(rows)
    assert parsed.held.all()
    assert codes(parsed).count("not_a_number") == MAX_PER_CODE
    assert one(parsed, "more_of_the_same").params["n"] == 700


def test_parsed_survives_its_way_as_json(read):
    parsed = read([HEAD, ["", "Solor", "", "", "1/2", 2023.0, "x", 2.0]])
    again = from_json(orjson.loads(orjson.dumps(to_json(Document("xlsx", [parsed]))))).main
    assert again.findings == parsed.findings
    assert again.columns == parsed.columns
    for name in ("values", "states", "given", "held", "tahun", "row_numbers"):
        assert np.array_equal(getattr(again, name), getattr(parsed, name))
        assert getattr(again, name).flags.writeable


def test_through_the_child(tmp_path):
    rows = [HEAD, ["", "Solor", "", "", "1/2", 2023.0, 0.35, 2.0]]
    parsed = reader.read(files.xlsx(tmp_path / "a", rows), "a.xlsx", reader.Order(CITY, None, RULES)).main
    assert value(parsed, 0, "luas") == (350_000, State.FILLED, True)
    with pytest.raises(Refused, match="no_table"):
        reader.read(files.xlsx(tmp_path / "b", [["a", "b"]]), "b.xlsx", reader.Order(CITY, None, RULES))


def test_a_whole_city_many_times_over(tmp_path):
    """20,000 rows of 25 numbers; the time is generous, it only catches what became slow by itself."""
    head = [*PLACE_HEADERS.values(), *VALUE_HEADERS.values()]
    places = [[p.kode, p.nama, p.kecamatan, "", "", 2023.0] for p in CITY]
    rows = [head]
    for i in range(20_000):
        row = [*places[i % len(CITY)], *[float(i % 97) + k / 8 for k in range(25)]]
        row[4] = f"RT{i // 11 % 900 + 1:03d}-RW{i // 9_900 + 1:03d}"
        rows.append(row)
    path = files.xlsx(tmp_path / "a", rows)
    start = time.monotonic()
    parsed = reader.read(path, "a.xlsx", reader.Order(CITY, None, "permen-02-2016")).main
    assert time.monotonic() - start < 15
    assert len(parsed) == 20_000
    assert int(parsed.values[:, FIELDS.index("7b")].sum()) == sum(
        (i % 97) * 1_000_000 + 3_000_000 for i in range(20_000)
    )


def test_lines_that_were_quoted_as_a_whole(read, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('"Kelurahan;Jumlah KK"\n"Alak;1002"\n"Oeba;1006"\n', encoding="utf-8")
    parsed = read(path, year=2024)
    assert parsed.kode == ["53.71.01.1008", "53.71.06.1007"]
    assert parsed.ind_values[:, 0].tolist() == [1_002_000_000, 1_006_000_000]
