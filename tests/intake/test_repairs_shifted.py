"""Rows that slipped by one column are found by the results beside them, and put right to the last digit."""

from __future__ import annotations

import random
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kelurahan.intake.parsed import from_json
from kelurahan.intake.reader import Order, read_here
from kelurahan.intake.repairs import apply, find_repairs
from kelurahan.intake.sheets import open_workbook
from kelurahan.rules.numbers import MICRO
from kelurahan.rules.regulation import DEFAULT_RULE_SET, FIELDS, State
from tests.intake import repairing as r
from tests.intake.city import CITY
from tests.realdata.workbook import read_city

FIRST = r.WIDE.index("1a")
TOTAL = r.WIDE.index("n:total")
ROWS = range(12, 40)


def insert(row: list[Any], at: int, cell: Any = "") -> list[Any]:
    return [*row[:at], cell, *row[at:]]


def drop(row: list[Any], at: int) -> list[Any]:
    return [*row[:at], *row[at + 1 :], ""]


def broken(rows: r.Rows, which: range, how: Any) -> r.Rows:
    return [how(row) if i in which else row for i, row in enumerate(rows)]


@settings(max_examples=20, deadline=None)
@given(
    at=st.integers(FIRST, r.WIDE.index("5a")), seed=st.integers(0, 999), top=st.integers(0, 60), n=st.integers(6, 40)
)
def test_an_inserted_cell_is_taken_out_again(at, seed, top, n):
    rows = r.truth(100, seed)
    which = range(top, top + n)
    table = r.table(broken(rows, which, lambda row: insert(row, at)))
    repairs = r.found(table, "columns_shifted")
    assert all(repair.certain and repair.holds for repair in repairs)
    assert {row for repair in repairs for row in repair.rows} <= set(which)
    parsed, right = r.mended(table, *repairs), r.parse(r.table(rows))
    # A row without a number behind the inserted cell looks like one in which that cell was left blank
    unseen = (parsed.states == State.EMPTY) & (right.values == 0)
    assert np.array_equal(parsed.values, right.values)
    assert np.array_equal(np.where(unseen, right.states, parsed.states), right.states)


@pytest.mark.parametrize("at", [r.WIDE.index("luas"), r.WIDE.index("kk"), FIRST, r.WIDE.index("n:3a")])
def test_wherever_the_shift_begins(at):
    rows = r.truth(60)
    repair = r.one(table := r.table(broken(rows, ROWS, lambda row: insert(row, at))), "columns_shifted")
    assert repair.rows == list(ROWS)
    assert repair.certain
    assert r.same_numbers(r.mended(table, repair), r.parse(r.table(rows)))


def test_a_total_written_before_the_first_volume():
    rows = r.truth(60)
    table = r.table(broken(rows, ROWS, lambda row: [*row[:FIRST], row[TOTAL], *row[FIRST:TOTAL], *row[TOTAL + 1 :]]))
    repair = r.one(table, "columns_shifted")
    assert (repair.n, repair.code, repair.params["kriteria"]) == (len(ROWS), "columns_shifted_right", 16)
    assert repair.where == "RT!J14:BF41"
    assert repair.params["change"]["last"] == TOTAL
    r.mended(table, repair)
    assert table.sheet.rows[1:] == rows


def test_a_cell_deleted_before_the_numbers_loses_nothing_that_is_read():
    fields = [*r.PLACE, None, *r.WIDE[3:]]
    rows = [insert(row, 3, "baik") for row in r.truth(60)]
    repair = r.one(table := r.table(broken(rows, ROWS, lambda row: drop(row, 3)), fields), "columns_shifted")
    assert (repair.code, repair.certain) == ("columns_shifted_left", True)
    assert r.same_numbers(r.mended(table, repair), r.parse(r.table(rows, fields)))


def test_a_volume_that_was_deleted_stays_blank():
    rows, at = r.truth(60), r.WIDE.index("3a")
    repair = r.one(table := r.table(broken(rows, ROWS, lambda row: drop(row, at))), "columns_shifted")
    assert not repair.certain
    parsed, column = r.mended(table, repair), FIELDS.index("3a")
    right = r.parse(r.table(rows))
    assert (parsed.states[ROWS, column] == State.EMPTY).all()
    parsed.values[ROWS, column], parsed.states[ROWS, column] = right.values[ROWS, column], right.states[ROWS, column]
    assert np.array_equal(parsed.values, right.values)


def test_a_block_pasted_beside_its_place():
    rows, first, last = r.truth(60), r.WIDE.index("2a"), r.WIDE.index("4c")
    table = r.table(broken(rows, ROWS, lambda row: [*row[:first], "", *row[first:last], *row[last + 1 :]]))
    repair = r.one(table, "columns_shifted")
    parsed, right = r.mended(table, repair), r.parse(r.table(rows))
    others = [i for i in range(len(FIELDS)) if FIELDS[i] != "4c"]
    assert repair.params["change"]["first"] == first
    assert np.array_equal(parsed.values[:, others], right.values[:, others])


def test_numbers_as_texts():
    texts = [[str(c).replace(".", ",") if type(c) is float else c for c in row] for row in r.truth(60)]
    repair = r.one(table := r.table(broken(texts, ROWS, lambda row: insert(row, FIRST))), "columns_shifted")
    assert r.same_numbers(r.mended(table, repair), r.parse(r.table(texts)))


def test_without_results_a_shift_is_only_likely():
    rows, at = r.truth(60, fields=r.TEMPLATE), r.TEMPLATE.index("bgn")
    table = r.table(broken(rows, ROWS, lambda row: insert(row, at)), r.TEMPLATE)
    repair = r.one(table, "columns_shifted_right_likely")
    assert not repair.certain
    assert repair.holds
    parsed, right = r.mended(table, repair), r.parse(r.table(rows, r.TEMPLATE))
    assert np.array_equal(parsed.values[repair.rows], right.values[repair.rows])


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 9999), stale=st.integers(0, 30))
def test_a_sheet_that_is_only_out_of_date_is_not_moved(seed, stale):
    rows, chance = r.truth(60, seed), random.Random(seed)
    for row in chance.sample(rows, stale):
        for kode in chance.sample(r.KRITERIA, 5):
            row[r.WIDE.index(kode)] = float(chance.randint(0, 20))
    assert not r.found(r.table(rows), "columns_shifted")


PEKALONGAN = Path(__file__).parents[3] / "shared" / "data" / "lembar" / "01_pekalongan_kumuh_kotaku.xlsx"


@pytest.mark.skipif(not PEKALONGAN.exists(), reason="the workbook of Kota Pekalongan is not here")
@pytest.mark.parametrize(
    ("sheet", "places", "key", "n", "side"),
    [("kumuhRT", "rtrw", "rt", 250, "right"), ("kumuhKawasan", "kawasan", "kawasan", 5, "left")],
)
def test_the_rows_that_slipped_in_a_real_database(sheet, places, key, n, side):
    table = _joined(sheet, places, key)
    repairs = [one for one in find_repairs(table, r.parse(table)) if one.code.startswith("columns_shifted")]
    assert [(one.n, one.code, one.certain) for one in repairs] == [(n, f"columns_shifted_{side}", True)]
    apply(repairs[0], table)
    city = read_city()
    records = city.rt_records if sheet == "kumuhRT" else city.direct_records
    parsed = r.parse(table)
    assert len(parsed) == len(records)
    _same_volumes(parsed, records)


def _same_volumes(parsed: Any, records: Any) -> None:
    for record, values, states in zip(records, parsed.values, parsed.states, strict=True):
        for kode in r.KRITERIA:
            at = FIELDS.index(kode)
            negative = record.volume[kode] < 0
            assert states[at] == (State.INVALID if negative else State.FILLED)
            assert negative or values[at] == record.volume[kode] * MICRO


def _joined(sheet: str, places: str, key: str) -> Any:
    """The sheet of scores with the denominators that its ids point to."""
    book = {one.name: one.rows for one in open_workbook(PEKALONGAN).sheets}
    head, *rows = book[sheet]
    columns = [book[places][0].index(name) for name in _DENOMINATORS]
    known = {row[0]: [row[i] for i in columns] for row in book[places][1:]}
    joined = [[*row, *known.get(row[head.index(key)], [""] * len(columns)), "Solor"] for row in rows]
    headers = [*head, *_DENOMINATORS, "kelurahan"]
    return r.table(joined, [_field(name) for name in headers], headers)


_DENOMINATORS = {
    "luasVerifikasi": "luas",
    "jumlahBangunan": "bgn",
    "jumlahPenduduk": "jiwa",
    "jumlahKK": "kk",
    "panjangJalanIdeal": "jalan",
    "panjangDrainaseIdeal": "drain",
}


def _field(header: str) -> str | None:
    if header[:2] in r.KRITERIA and header[2:] in {"v", "p", "n"}:
        return {"v": "", "p": "p:", "n": "n:"}[header[2:]] + header[:2]
    known = {"tahun": "tahun", "kelurahan": "kelurahan", "totalNilai": "n:total"} | _DENOMINATORS
    return known.get(header)


@pytest.mark.skipif(not PEKALONGAN.exists(), reason="the workbook of Kota Pekalongan is not here")
def test_the_same_through_the_reader_whose_sheets_are_joined_by_id():
    order = asdict(Order(CITY, None, DEFAULT_RULE_SET))
    first = from_json(read_here(PEKALONGAN, {"filename": PEKALONGAN.name, **order}))
    shifted = {one.table_key: one for one in first.repairs if one.code.startswith("columns_shifted")}
    assert {key: (one.n, one.certain) for key, one in shifted.items()} == {
        "kumuhKawasan!A1": (5, True),
        "kumuhRT!A1": (250, True),
    }
    order["choices"] = {"repairs": [one.id for one in shifted.values()]}
    again = from_json(read_here(PEKALONGAN, {"filename": PEKALONGAN.name, **order}))
    assert {one.id for one in again.repairs if one.accepted} == {one.id for one in shifted.values()}
    for table, records in zip(again.tables, (read_city().direct_records, read_city().rt_records), strict=True):
        assert table.tahun.tolist() == [record.tahun for record in records]
        _same_volumes(table, records)
