"""What `import_sheet --json --values` tells: every table, every value with its cell, repairs that can be accepted."""

from __future__ import annotations

import openpyxl
import pytest

from tests import office
from tests.actions.cities import ALFA, make_city
from tests.management.test_commands import misused, run

pytestmark = pytest.mark.django_db(transaction=True)


def book(tmp_path, sheets, hidden=()):
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        page = made.create_sheet(name)
        for row in rows:
            page.append(row)
        page.sheet_state = "hidden" if name in hidden else "visible"
    path = tmp_path / "buku.xlsx"
    made.save(path)
    return str(path)


def values_of(document):
    return {
        (v["kode"], v["rt"], v["year"], v["field"]): (v["value"], v["sheet"], v["cell"]) for v in document["values"]
    }


def test_two_sheets_about_one_place_become_one_record(tmp_path):
    make_city()
    path = book(
        tmp_path,
        {
            "Penyebut": [["Kode", "RT", "Tahun", "Luas (ha)", "Jumlah KK (KK)"], [ALFA, "1/1", 2025, 1.5, 40]],
            "Volume": [["Kode", "RT", "Tahun", "3a", "5a"], [ALFA, "1/1", 2025, 10, 20]],
        },
    )
    document = run("import_sheet", path, "--values")
    assert document["counts"]["new"] == 1
    assert values_of(document) == {
        (ALFA, "RT001-RW001", 2025, "luas"): ("1.5", "Penyebut", "D2"),
        (ALFA, "RT001-RW001", 2025, "kk"): ("40", "Penyebut", "E2"),
        (ALFA, "RT001-RW001", 2025, "3a"): ("10", "Volume", "D2"),
        (ALFA, "RT001-RW001", 2025, "5a"): ("20", "Volume", "E2"),
    }
    assert [table["sheet"] for table in document["tables"]] == ["Penyebut", "Volume"]


def test_sheets_that_contradict_each_other_are_asked(tmp_path):
    make_city()
    head = ["Kode", "RT", "Tahun", "Luas (ha)", "1a"]
    path = book(tmp_path, {"Lama": [head, [ALFA, "1/1", 2025, 1.5, 4]], "Baru": [head, [ALFA, "1/1", 2025, 1.5, 5]]})
    document = run("import_sheet", path, "--values", status=1)
    assert document["values"] == []
    told = [f for f in document["findings"] if f["code"] == "tables_disagree"]
    assert [(f["sheet"], f["cell"]) for f in told] == [("Baru", "E2"), ("Lama", "E2")]


def test_equal_sheets_count_once(tmp_path):
    make_city()
    rows = [["Kode", "RT", "Tahun", "Luas (ha)", "1a"], [ALFA, "1/1", 2025, 1.5, 4]]
    document = run("import_sheet", book(tmp_path, {"Satu": rows, "Dua": rows}), "--values")
    assert (document["counts"]["new"], len(document["values"])) == (1, 2)


def test_hidden_sheets_are_announced_and_not_read(tmp_path):
    make_city()
    rows = [["Kode", "RT", "Tahun", "Luas (ha)", "1a"], [ALFA, "1/1", 2025, 1.5, 4]]
    other = [rows[0], [ALFA, "2/1", 2025, 1.5, 4]]
    document = run("import_sheet", book(tmp_path, {"RT": rows, "Rahasia": other}, hidden=["Rahasia"]), "--values")
    assert document["hidden_sheets"] == ["Rahasia"]
    assert {v["rt"] for v in document["values"]} == {"RT001-RW001"}
    assert [(t["sheet"], t["use"]) for t in document["tables"]] == [("RT", True), ("Rahasia", False)]


def test_supporting_indicators_with_their_styles(tmp_path):
    make_city()
    rows = [
        ["DATA PENDUKUNG TAHUN 2024"],
        ["Kode", "Jumlah Penduduk (jiwa)", "Luas Kumuh (Ha)", "Catatan"],
        [ALFA, "12.345", "1,25 Ha", "=1+1"],
    ]
    document = run("import_sheet", book(tmp_path, {"Tabel": rows}), "--values")
    assert values_of(document) == {
        (ALFA, "", 2024, "penduduk"): ("12345", "Tabel", "B3"),
        (ALFA, "", 2024, "luas_kumuh"): ("1.25", "Tabel", "C3"),
    }
    styles = {
        style["column"]: (style["style"], style["example"], style["read_as"]) for style in document["number_style"]
    }
    assert styles["C"][0] == "indonesia"
    assert document["code_system"] == "kemendagri"
    assert {c["field"] for c in document["columns"]} == {"kode", "penduduk", "luas_kumuh", None}


def test_repairs_wait_until_they_are_accepted(tmp_path):
    make_city()
    whole = office.rows_of("Alfa", 12)
    rows = [office.HEADERS, *whole[:6], *(office.shifted(row) for row in whole[6:])]
    path = book(tmp_path, {"RT": rows})
    waiting = run("import_sheet", path, "--values", status=1)
    (shift,) = [repair for repair in waiting["repairs"] if repair["code"].startswith("columns_shifted")]
    assert (shift["n"], shift["accepted"], shift["holds"]) == (6, False, True)
    assert {v["rt"] for v in waiting["values"]} == {f"RT{i:03}-RW001" for i in range(1, 7)}
    mended = run("import_sheet", path, "--values", "--repair", shift["id"])
    good = run("import_sheet", book(tmp_path, {"RT": [office.HEADERS, *whole]}), "--values")
    assert {k: v[0] for k, v in values_of(mended).items()} == {k: v[0] for k, v in values_of(good).items()}
    misused("import_sheet", path, "--repair", "tidak ada")
    done = run("import_sheet", path, "--repair", "all", "--apply", "--reason", "uji")
    assert (done["applied"], done["records"]) == (True, 12)
