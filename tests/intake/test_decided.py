"""Columns and names as people decided them, now or before, read from files."""

from dataclasses import asdict
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from kelurahan.intake.decided import header_key, layout_of
from kelurahan.intake.parsed import Document, Parsed, from_json
from kelurahan.intake.places import Place
from kelurahan.intake.reader import Order, read_here
from kelurahan.intake.refusal import Refused
from kelurahan.rules.numbers import MICRO
from kelurahan.rules.regulation import DEFAULT_RULE_SET, FIELDS
from tests.unknown_sheet import HEADERS, office_sheet

NAMES = ("Melati", "Mawar Satu", "Mawar Dua")
PLACES = [Place(f"99.01.01.100{n}", "", nama, (), "Utara") for n, nama in enumerate(NAMES, 1)]
ROWS = (("Melati", 1.5, 100, 11), ("Mawar", 2, "1.250", 12), ("Negeri Jauh", 3, 300, 13))
KEY = "Data!A3"
OWN = [{"kode": "rumah_panggung", "nama": "Rumah berkolong", "satuan": "unit", "alias": []}]


@pytest.fixture
def read(tmp_path: Path) -> Any:
    def act(choices: Any = None, memory: Any = None, content: bytes = b"", indicators: Any = OWN) -> Document:
        path = tmp_path / "data.xlsx"
        path.write_bytes(content or office_sheet(ROWS))
        order = Order(PLACES, 2024, DEFAULT_RULE_SET, indicators, choices or {}, memory or {})
        return from_json(read_here(path, {"filename": "data.xlsx", **asdict(order)}))

    return act


def only(document: Document) -> Parsed:
    (table,) = document.tables
    assert table.key == KEY
    return table


def fields(table: Parsed) -> dict[str, str | None]:
    return {column.letter: column.field for column in table.columns}


def codes(document: Document) -> set[str]:
    return {finding.code for finding in [*document.findings, *only(document).findings]}


def columns(**chosen: Any) -> dict[str, Any]:
    return {"tables": {KEY: {"columns": chosen}}}


def test_the_same_layout_whatever_the_year() -> None:
    assert header_key("Jumlah Penduduk\nTahun 2023") == header_key("jumlah penduduk  tahun 2024")
    assert layout_of(["Kelurahan", "2023"]) == layout_of(["KELURAHAN", "", "2024"])
    assert layout_of(["Kelurahan", "KK"]) != layout_of(["KK", "Kelurahan"])


def test_a_chosen_column_is_read_in_the_unit_of_its_header(read: Any) -> None:
    table = only(read(columns(C={"field": "luas"}, E={"field": "i:rumah_panggung"})))
    assert fields(table) == {"A": None, "B": "kelurahan", "C": "luas", "D": "i:penduduk", "E": "i:rumah_panggung"}
    assert table.values[0, FIELDS.index("luas")] == 150 * MICRO  # 1,5 km² in hectares
    assert table.jenis == "penilaian"  # a number of the assessment is read
    assert [c.remembered for c in table.columns] == [False, False, True, False, True]


def test_a_chosen_unit_counts(read: Any) -> None:
    table = only(read(columns(C={"field": "luas", "unit": "m2"})))
    assert table.values[0, FIELDS.index("luas")] == MICRO * 15 // 100_000


def test_a_unit_that_cannot_be_is_told(read: Any) -> None:
    assert "chosen_in_other_unit" in codes(read(columns(C={"field": "jiwa"})))


def test_a_column_that_shall_not_be_read(read: Any) -> None:
    table = only(read(columns(D={"field": ""})))
    assert fields(table)["D"] is None
    assert table.columns[3].alternatives[0][0] == "i:penduduk"


def test_a_chosen_header_row(read: Any) -> None:
    odd = [("Kelurahan", "x", "x", "x"), *ROWS]
    assert len(only(read({"tables": {KEY: {"header_row": 4}}}, content=office_sheet(odd))).kode) == 3


@pytest.mark.parametrize("row", [1, 2, 4, 5, 6, 99])
def test_a_row_that_is_no_header(read: Any, row: int) -> None:
    with pytest.raises(Refused) as refused:
        read({"tables": {KEY: {"header_row": row}}})
    assert refused.value.code == "header_row_unusable"
    assert f"Baris {row} bukan baris judul" in refused.value.words()


def test_the_column_that_had_the_field_before_gives_it_up(read: Any) -> None:
    table = only(read(columns(E={"field": "i:penduduk"})))
    assert (fields(table)["D"], fields(table)["E"]) == (None, "i:penduduk")


@pytest.mark.parametrize(("style", "km2"), [("indonesia", 1250), ("inggris", Fraction(5, 4))])
def test_a_chosen_style(read: Any, style: str, km2: int) -> None:
    content = office_sheet([("Melati", "1.250", 1, 1), ("Mawar Satu", "2.500", 1, 1), ("Mawar Dua", "3.000", 1, 1)])
    table = only(read(columns(C={"style": style}), content=content))
    assert table.ind_values[0, table.indicators.index("luas_wilayah")] == km2 * MICRO
    assert table.columns[2].style == style


def test_a_chosen_name_and_one_that_is_elsewhere(read: Any) -> None:
    table = only(read({"names": {"mawar": "99.01.01.1003", "negeri jauh": "-"}}))
    assert table.kode == ["99.01.01.1001", "99.01.01.1003"]
    assert table.unmatched == []
    assert [(entry["text"], entry["kode"], entry["n"]) for entry in table.named] == [
        ("Mawar", "99.01.01.1003", 1),
        ("Negeri Jauh", "-", 1),
    ]
    assert "names_left_out" in {finding.code for finding in table.findings}


def test_what_is_remembered_is_used_and_told(read: Any) -> None:
    known = {"columns": {"rumah panggung": "i:rumah_panggung"}, "names": {"mawar": PLACES[1].kode}}
    memory = {layout_of(HEADERS): known}
    document = read(memory=memory)
    table = only(document)
    assert fields(table)["E"] == "i:rumah_panggung"
    assert table.columns[4].remembered
    assert table.kode[1] == PLACES[1].kode
    assert "names_remembered" in codes(document)


def test_what_others_decided_is_a_question_and_no_more(read: Any) -> None:
    offered = {"rumah panggung": "i:rumah_panggung", "jumlah penduduk": "kk"}
    names = {"mawar": PLACES[1].kode, "negeri jauh": "-"}
    table = only(read(memory={layout_of(HEADERS): {"offered_columns": offered, "offered_names": names}}))
    plain = only(read())
    assert fields(table) == fields(plain)
    assert table.kode == plain.kode
    assert table.columns[4].alternatives[0][0] == "i:rumah_panggung"
    (mawar,) = (name for name in table.unmatched if name["key"] == "mawar")
    assert mawar["choices"][0] == [PLACES[1].kode, PLACES[1].nama]


def test_memory_of_a_field_that_is_no_more_is_asked(read: Any) -> None:
    memory = {layout_of(HEADERS): {"columns": {"rumah panggung": "i:rumah_panggung"}}}
    document = read(memory=memory, indicators=[])
    column = only(document).columns[4]
    assert (column.field, column.alternatives[0][0]) == (None, "")
    assert "memory_unknown" in codes(document)


def test_what_shall_not_be_read_is_not_asked_again(read: Any) -> None:
    own = [{"kode": "panggung", "nama": "Panggung", "satuan": "unit", "alias": []}]
    memory = {layout_of(HEADERS): {"columns": {"rumah panggung": ""}}}
    column = only(read(memory=memory, indicators=own)).columns[4]
    assert (column.field, tuple(column.alternatives)) == (None, ())


def test_memory_of_another_layout_is_nothing(read: Any) -> None:
    memory = {layout_of(["Lain"]): {"columns": {"rumah panggung": "i:rumah_panggung"}, "names": {"mawar": "x"}}}
    assert fields(only(read(memory=memory)))["E"] is None


def test_a_choice_wins_over_memory(read: Any) -> None:
    memory = {layout_of(HEADERS): {"columns": {"rumah panggung": "i:rumah_panggung"}, "names": {}}}
    assert fields(only(read(columns(E={"field": ""}), memory)))["E"] is None


def test_memory_that_a_sure_header_contradicts_is_asked(read: Any) -> None:
    memory = {layout_of(HEADERS): {"columns": {"jumlah penduduk": "kk"}, "names": {}}}
    document = read(memory=memory)
    column = only(document).columns[3]
    assert column.field is None
    assert [name for name, _confidence in column.alternatives] == ["kk", "i:penduduk"]
    assert "memory_conflict" in codes(document)


def test_the_first_rows_as_understood(read: Any) -> None:
    content = office_sheet([(f"Melati {n}" if n else "Melati", 1, n, 1) for n in range(15)])
    assert len(only(read(content=content)).layout()["preview"]) == 10
    first = only(read()).layout()["preview"][1]
    assert (first["row"], first["kode"], first["tahun"], first["held"]) == (5, "", 2024, True)
    assert first["cells"]["i:penduduk"] == ["1.250", "D5"]


def test_the_file_s_own_numbers(read: Any) -> None:
    assert read().size == {"sheets": 1, "rows": 6, "columns": 5, "cells": 1 + 5 + 3 * 5}
