"""Damaged and real files kept beside the project: each is read or refused in words, quickly, and nobody dies of it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from kelurahan.intake.reader import Order, read
from kelurahan.intake.refusal import Refused
from kelurahan.rules.findings import render
from kelurahan.rules.regulation import State
from tests.intake.city import CITY
from tests.intake.offices import kupang

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
DAMAGED = sorted((SHARED / "rusak").glob("*")) if SHARED.is_dir() else []
REAL = sorted((SHARED / "lembar").glob("*")) if SHARED.is_dir() else []

pytestmark = pytest.mark.skipif(not DAMAGED, reason="the folder of damaged and real files is not beside this copy")

EXPECTED = {
    "bomb_sharedstring_200MB.xlsx": "zip_bomb",
    "calamine_empty_sheet.xlsx": "nothing_filled",
    "calamine_issue_594_dos.ods": "out_of_memory",
    "calamine_pass_protected.xlsx": "password",
    "csv_kutip_tak_tertutup.csv": "csv_unclosed_quote",
    "dclub_not-a-csv.csv": "zip_not_a_sheet",
    "kolom_16384.xlsx": "too_many_columns",
    "nol_byte.xlsx": "empty_file",
    "phpss_empty.csv": "empty_file",
    "phpss_oleloop.xls": "out_of_memory",
    "poi_password.xls": "password",
    "poi_invalid.xlsx": "zip_not_a_sheet",
    "poi_poc-xmlbomb.xlsx": "xml_entities",
    "tanpa_workbook_xml.xlsx": "xlsx_incomplete",
    "terpotong.xlsx": "zip_truncated",
    "xml_xxe_file.xlsx": "xml_entities",
}

ORDER = Order(CITY, 2023, "permen-14-2018")


@pytest.mark.parametrize("path", [*DAMAGED, *REAL], ids=lambda path: path.name)
def test_result_or_words(path):
    start = time.monotonic()
    code, words = outcome(path)
    assert time.monotonic() - start < 60
    assert code == EXPECTED.get(path.name, code if code in {"read", "no_table", "json_as_sheet"} else "")
    assert all(len(text) > 15 and "%(" not in text for text in words)


def outcome(path) -> tuple[str, list[str]]:
    """ "read" with the words of its findings, or the code of the refusal with its words."""
    try:
        document = read(path, path.name, ORDER)
    except Refused as refused:
        return refused.code, [refused.words()]
    found = [*document.findings, *(finding for table in document.tables for finding in table.findings)]
    return "read", [" ".join(render(finding)) for finding in found]


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.name)
def test_real_sheets_name_their_header(path):
    headers = {
        "g01_judul_merge_subtotal_footer.xlsx": 6,
        "g02_koma_desimal_teks.xlsx": 1,
        "g04_titikkoma_utf8bom.csv": 1,
        "g05_titikkoma_cp1252_sep.csv": 3,
        "g11_kode_campur_duplikat_hilang.xlsx": 1,
        "g13_dimensi_palsu_XFD1048576.xlsx": 1,
    }
    if path.name not in headers:
        pytest.skip("no table of Kupang in it")
    parsed = read(path, path.name, ORDER).main
    assert parsed.header_row == headers[path.name]
    left_out = {"53.71.06.1004"} if path.name.startswith("g11") else set()  # a sheet that forgets a kelurahan
    assert {place.kode for place in CITY} - left_out <= set(parsed.matched)


@pytest.mark.parametrize(
    ("name", "n"),
    [
        ("g01_judul_merge_subtotal_footer.xlsx", 438),
        ("g02_koma_desimal_teks.xlsx", 126),
        ("g04_titikkoma_utf8bom.csv", 153),
        ("g05_titikkoma_cp1252_sep.csv", 153),
        ("g08_html_disimpan_xls.xls", 153),
        ("g11_kode_campur_duplikat_hilang.xlsx", 47),
    ],
)
def test_real_sheets_give_all_their_numbers(name, n):
    table = read(SHARED / "lembar" / name, name, Order(kupang(), 2023, "permen-14-2018")).main
    free = table.ind_given & (table.ind_states == State.FILLED) & (table.placed & ~table.held)[:, None]
    assert int(free.sum()) == n
