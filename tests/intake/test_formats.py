"""Cells that a sheet shows as percentages are told from bare numbers."""

from __future__ import annotations

import zipfile

import openpyxl

from kelurahan.intake.formats import percent_styles
from kelurahan.intake.zipguard import inspect


def test_percent_cells_of_a_sheet(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Akses"
    sheet["B2"], sheet["B3"], sheet["AA4"], sheet["C2"] = 0.5, 0.25, 0.125, 7
    sheet["B2"].number_format, sheet["AA4"].number_format = "0.00%", '0.0" persen" %'
    sheet["B3"].number_format = '0.00"%"'  # a sign in quotes shows a sign and multiplies nothing
    path = tmp_path / "a.xlsx"
    book.save(path)
    assert inspect(path).percent == {"Akses": {(1, 1), (3, 26)}}


def test_a_workbook_without_percent_styles(tmp_path):
    book = openpyxl.Workbook()
    book.active["B2"] = 0.5
    book.save(tmp_path / "a.xlsx")
    assert inspect(tmp_path / "a.xlsx").percent == {}


def test_styles_that_are_no_xml():
    assert percent_styles(b"<styles") == frozenset()
    assert percent_styles(b"") == frozenset()


def test_a_tag_on_the_edge_of_a_piece(tmp_path, monkeypatch):
    book = openpyxl.Workbook()
    for row in range(1, 200):
        book.active.cell(row, 2, 0.5).number_format = "0%"
    path = tmp_path / "a.xlsx"
    book.save(path)
    monkeypatch.setattr("kelurahan.intake.formats._CHUNK", 101)
    assert len(inspect(path).percent["Sheet"]) == 199
    assert zipfile.is_zipfile(path)
