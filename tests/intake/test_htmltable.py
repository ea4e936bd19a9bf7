"""Tables of HTML that programs save as .xls."""

from __future__ import annotations

import pytest

from kelurahan.intake.htmltable import Limits, read_tables
from kelurahan.intake.refusal import Refused
from kelurahan.intake.sheets import open_workbook

WIDE = Limits(1000, 50, 10_000)


def rows(text, limits=WIDE):
    return [table.rows for table in read_tables(text, limits)]


def test_cells_spans_and_entities():
    text = """<html><head><title>x<style>td {}</style></head>
    <body><table><tr><th colspan=2>Rekap&nbsp;&amp; luas</th></tr>
    <tr><td rowspan="2">A</td><td>1,5<br>Ha</td></tr><tr><td x:num="12.89">12,89</td></tr></table>"""
    (table,) = read_tables(text, WIDE)
    assert table.rows == [["Rekap & luas", ""], ["A", "1,5 Ha"], ["", 12.89]]
    assert table.merged == [(0, 0, 0, 1), (1, 0, 2, 0)]


def test_unclosed_tags_and_nested_tables():
    text = "<table><tr><td>a<td>b<tr><td>c<td><table><tr><td>dalam</table>d</table><table><tr><td>x<td>y</table>"
    assert rows(text) == [[["a", "b"], ["c", "dalamd"]], [["x", "y"]]]


def test_scripts_are_no_text():
    assert rows("<table><tr><td><script>alert(1)</script>1<td>2</table>") == [[["1", "2"]]]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("<table>" + "<tr><td>a" * 1100 + "</table>", "too_many_rows"),
        ("<table><tr>" + "<td>a" * 60 + "</table>", "too_many_columns"),
        ("<table>" + ("<tr>" + "<td>a" * 45) * 300 + "</table>", "too_many_cells"),
        ("<table><tr>" + "<td colspan=100>a" * 2 + "</table>", "too_many_columns"),
    ],
)
def test_limits(text, code):
    with pytest.raises(Refused, match=code):
        rows(text)


def test_as_a_workbook(tmp_path):
    path = tmp_path / "rekap.xls"
    path.write_bytes("<html><table><tr><td>Kelurahan<td>Luas</tr><tr><td>Solor<td>1</table>".encode("utf-16"))
    book = open_workbook(path)
    assert (book.kind, book.sheets[0].rows) == ("html", [["Kelurahan", "Luas"], ["Solor", "1"]])
