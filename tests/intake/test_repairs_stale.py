"""Results that a file brings along beside those that its volumes give."""

from __future__ import annotations

from typing import Any

import pytest

from kelurahan.intake.faults import column_letters
from kelurahan.intake.repairs import settle
from kelurahan.rules.findings import render
from tests.intake import repairing as r

V, P, N, TOTAL = (r.WIDE.index(name) for name in ("3a", "p:3a", "n:3a", "n:total"))
KK = r.WIDE.index("kk")
PERSEN, NILAI = column_letters(P), column_letters(N)


def findings(rows: r.Rows) -> list[Any]:
    table = r.table(rows)
    parsed, _, _ = settle(table, lambda: r.parse(table), ())
    found = [finding for finding in parsed.findings if finding.code.endswith(("_differs", "_a_score"))]
    for finding in found:
        assert "%(" not in "".join(render(finding))
    return found


def rows_of_half() -> r.Rows:
    """Rows in which 51 of 100 households lack safe water."""
    rows = r.truth(20)
    for row in rows:
        change = 3 - row[N]
        row[KK], row[V], row[P], row[N] = 100.0, 51.0, 0.51, 3.0
        row[TOTAL] += change
        for kode in ("3b", "5a", "5b", "6a", "6b"):
            at = r.WIDE.index(kode)
            row[TOTAL] -= row[at + 2]
            row[at : at + 3] = [0.0, 0.0, 0.0]
    return rows


def test_results_that_agree_are_not_told():
    assert findings(r.truth(40)) == []
    assert findings(rows_of_half()) == []


@pytest.mark.parametrize(("persen", "told"), [(51, False), (0.51, False), (51.05, False), (60, True), (0.6, True)])
def test_percentages(persen, told):
    rows = rows_of_half()
    rows[7][P] = float(persen)
    assert [(one.code, one.cell, one.params["n"]) for one in findings(rows)] == (
        [("persen_differs", f"{PERSEN}9", 1)] if told else []
    )


def test_percentages_without_decimals_are_rounded_and_not_wrong():
    rows = rows_of_half()
    for row in rows:
        row[KK], row[P] = 101.0, 50.0
        row[TOTAL] += 1 - 3
        row[N] = 1.0
    assert findings(rows) == []


def test_the_largest_difference_is_shown():
    rows = rows_of_half()
    rows[7][P], rows[8][P], rows[12][P] = 0.61, 0.95, 0.6
    (one,) = findings(rows)
    assert (one.cell, one.params["sel"]) == (f"{PERSEN}10", f"{PERSEN}9:{PERSEN}10, {PERSEN}14")
    assert (one.params["n"], one.params["beda"], one.params["text"]) == (3, "44,00", "0,95")


@pytest.mark.parametrize(("nilai", "code"), [(5, "nilai_differs"), (51, "nilai_not_a_score")])
def test_scores(nilai, code):
    rows = rows_of_half()
    rows[7][N] = float(nilai)
    (one,) = findings(rows)
    assert (one.code, one.cell, one.params["n"]) == (code, f"{NILAI}9", 1)


def test_totals_and_how_many_of_them_change_the_class():
    rows = rows_of_half()
    rows[3][TOTAL] += 1
    rows[4][TOTAL] = 80.0
    (one,) = findings(rows)
    assert (one.code, one.params["n"], one.params["text"], one.params["tingkat"]) == ("total_differs", 2, "80", 1)


def test_rows_that_slipped_are_told_once():
    rows, at = r.truth(40), r.WIDE.index("1a")
    for i in range(10, 20):
        rows[i] = [*rows[i][:at], "", *rows[i][at:]]
    assert findings(rows) == []
