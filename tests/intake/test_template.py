"""The template as a user's program sees it, and its way back through the reader."""

from __future__ import annotations

import io
from dataclasses import asdict
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kelurahan.intake import reader
from kelurahan.intake.columns import PLACE_HEADERS, VALUE_HEADERS
from kelurahan.intake.parsed import from_json
from kelurahan.intake.template import NEW_ROWS, TemplateRow, value_fields, write_template
from kelurahan.rules.numbers import to_micro
from kelurahan.rules.regulation import FIELDS, RULE_SETS, State
from tests.intake.city import CITY

RULES = RULE_SETS["permen-14-2018"]
OLD_RULES = RULE_SETS["permen-02-2016"]
EMPTY = [State.EMPTY] * 25


def row(place=CITY[0], rt="RT001-RW002", kawasan="", values=None, states=None):
    filled = states or [State.EMPTY if value is None else State.FILLED for value in values or [None] * 25]
    return TemplateRow(place.kode, place.nama, place.kecamatan, kawasan, rt, values or [None] * 25, filled)


def template(rows, rules=RULES, year=2025):
    out = io.BytesIO()
    write_template(out, rows, year, rules, "Kota Kupang")
    out.seek(0)
    return out


def read_back(book_or_bytes, tmp_path, rules=RULES, year=None):
    path = tmp_path / "isi.xlsx"
    if isinstance(book_or_bytes, io.BytesIO):
        path.write_bytes(book_or_bytes.getvalue())
    else:
        book_or_bytes.save(path)
        book_or_bytes.close()
    params = {"filename": "isi.xlsx", **asdict(reader.Order(CITY, year, rules.kode))}
    return from_json(reader.read_here(path, params)).main


def opened(out):
    return openpyxl.load_workbook(out)


@pytest.mark.parametrize(("rules", "n"), [(RULES, 16), (OLD_RULES, 19)])
def test_header_is_the_first_row(rules, n):
    book = opened(template([row()], rules))
    header = [cell.value for cell in book["RT"][1]]
    assert header == [*PLACE_HEADERS.values(), *(VALUE_HEADERS[name] for name in value_fields(rules))]
    assert len(header) == 6 + 6 + n
    assert book.sheetnames == ["RT", "Petunjuk"]
    book.close()


def test_codes_are_locked_and_numbers_are_not():
    sheet = opened(template([row()]))["RT"]
    assert sheet.protection.sheet
    assert not sheet.protection.password
    assert all(sheet.cell(2, column).protection.locked for column in range(1, 7))
    assert not any(sheet.cell(2, column).protection.locked for column in range(7, 29))
    assert not any(sheet.cell(3, column).protection.locked for column in range(1, 29))
    assert sheet.max_row == 1 + 1 + NEW_ROWS
    assert sheet.freeze_panes == "F2"


def test_drop_downs_offer_words_and_forbid_nothing():
    sheet = opened(template([row()]))["RT"]
    words, names = sheet.data_validations.dataValidation
    assert words.formula1 == '"kosong,tidak berlaku"'
    assert not words.showErrorMessage
    assert not names.showErrorMessage
    assert names.formula1.startswith("Petunjuk!$B$")


def test_drop_down_of_names_points_at_the_names():
    book = opened(template([row(place) for place in CITY]))
    _, names = book["RT"].data_validations.dataValidation
    cells = book["Petunjuk"][names.formula1.partition("!")[2].replace("$", "")]
    assert sorted(cell.value for (cell,) in cells) == sorted(place.nama for place in CITY)
    book.close()


def test_stored_values_are_numbers_and_states_are_words():
    values = [Decimal("0.35"), Decimal(12), None, None, *[None] * 21]
    states = [State.FILLED, State.FILLED, State.NOT_APPLICABLE, State.EMPTY, *EMPTY[4:]]
    sheet = opened(template([row(values=values, states=states)]))["RT"]
    assert [sheet.cell(2, column).value for column in range(7, 11)] == [0.35, 12, "tidak berlaku", None]
    assert sheet["G2"].number_format == "General"
    assert sheet["H2"].number_format == "#,##0"
    assert sheet["F2"].value == 2025


@pytest.mark.parametrize("name", ["=1+1", "+1+1", "-2+3", "@SUM(1)", "{=1}", "http://127.0.0.1/x", "mailto:a@b.c"])
def test_texts_never_become_formulas(name):
    sheet = opened(template([row(kawasan=name)]))["RT"]
    assert (sheet["D2"].value, sheet["D2"].data_type) == (name, "s")
    assert sheet["D2"].hyperlink is None


def test_guide_explains_every_column_state_and_rule():
    sheet = opened(template([row()]))["Petunjuk"]
    text = "\n".join(str(cell.value) for line in sheet for cell in line if cell.value is not None)
    for header in (*PLACE_HEADERS.values(), *(VALUE_HEADERS[name] for name in value_fields(RULES))):
        assert header in text
    for word in (
        "kosong",
        "tidak berlaku",
        "1.250,5",
        "RT001-RW002",
        "Kota Kupang",
        "2025",
        RULES.nama,
        "53.71.01.1001",
    ):
        assert word in text
    assert not any(cell.data_type == "f" for line in sheet for cell in line)


def test_an_untouched_template_says_nothing_new(tmp_path):
    parsed = read_back(template([row(place, rt) for place in CITY for rt in ("RT001-RW001", "")]), tmp_path)
    assert len(parsed) == 2 * len(CITY)
    assert not parsed.given.any()
    assert parsed.findings == []
    assert all(column.field and column.confidence == 1 for column in parsed.columns)


def test_an_empty_template_has_no_records(tmp_path):
    parsed = read_back(template([]), tmp_path)
    assert (len(parsed), parsed.findings) == (0, [])


def test_filled_by_hand(tmp_path):
    book = opened(template([row(), row(CITY[9], "", "Pesisir")]))
    sheet = book["RT"]
    sheet["G2"], sheet["M2"], sheet["N2"] = "1.250,5", 7, "tidak berlaku"
    sheet["B4"], sheet["E4"], sheet["G4"] = "Solor", "3/4", 0.35
    parsed = read_back(book, tmp_path)
    assert parsed.kode == [CITY[0].kode, CITY[9].kode, CITY[9].kode]
    assert parsed.rt == ["RT001-RW002", "", "RT003-RW004"]
    assert parsed.kawasan == ["", "Pesisir", ""]
    assert parsed.tahun.tolist() == [2025] * 3
    assert parsed.values[:, 0].tolist() == [1_250_500_000, 0, 350_000]
    assert parsed.states[0, FIELDS.index("1b")] == State.NOT_APPLICABLE
    assert parsed.values[0, FIELDS.index("1a")] == 7_000_000
    assert not parsed.held.any()


AMOUNTS = st.one_of(st.none(), st.integers(0, 10**16 - 1).map(lambda micro: Decimal(micro).scaleb(-6)))


@given(values=st.lists(AMOUNTS, min_size=25, max_size=25), not_here=st.sets(st.integers(0, 24)))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_stored_comes_back_as_it_was(tmp_path, values, not_here):
    states = [
        State.NOT_APPLICABLE if i in not_here else State.EMPTY if value is None else State.FILLED
        for i, value in enumerate(values)
    ]
    parsed = read_back(template([row(values=values, states=states)], OLD_RULES), tmp_path, OLD_RULES)
    expected = [
        to_micro(value) if state == State.FILLED and value is not None else 0
        for value, state in zip(values, states, strict=True)
    ]
    assert parsed.values[0].tolist() == expected
    assert parsed.states[0].tolist() == states
    assert parsed.given[0].tolist() == [state != State.EMPTY for state in states]


def test_stored_values_saved_by_another_program_come_back(tmp_path):
    values = [Decimal("0.004282"), Decimal("44.84"), Decimal("0.1"), Decimal("1234567890.123456"), *[None] * 21]
    parsed = read_back(opened(template([row(values=values)])), tmp_path)
    assert parsed.values[0, :4].tolist() == [4_282, 44_840_000, 100_000, 1_234_567_890_123_456]
