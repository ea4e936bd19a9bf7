"""Writes the template that officers fill in: one row per place, codes locked, numbers as numbers, and how to fill it.

Row 1 is the header, so that the file is read back as it is. Whatever is text is written as text: a name that begins
with "=" never becomes a formula.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from kelurahan.intake.columns import PLACE_HEADERS, VALUE_HEADERS, unit_of
from kelurahan.intake.guide import write_guide
from kelurahan.rules.numbers import format_number, from_float
from kelurahan.rules.regulation import FIELDS, PENYEBUT, RuleSet, State

SHEET = "RT"
NEW_ROWS = 100
"""Unlocked rows below, for places that are not listed."""
STATE_WORDS = ("kosong", "tidak berlaku")

_WIDTHS = {"kode": 15, "kelurahan": 20, "kecamatan": 15, "kawasan": 16, "rt": 15, "tahun": 7}
_FILLS = ("#e1e6e2", "#dcebec", "#f1f3f0")  # place, denominators, criteria


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """A place and what is stored for it: `values` (25) Decimal or None and `states` (25) in FIELDS order.

    The row is about the RT where `rt` is filled, else about the kawasan, else about the kelurahan itself.
    """

    kode: str
    kelurahan: str
    kecamatan: str
    kawasan: str
    rt: str
    values: Sequence[Decimal | None]
    states: Sequence[int]


def value_fields(rule_set: RuleSet) -> list[str]:
    """The value columns of the template: the denominators, then the criteria of the rule set."""
    return [*PENYEBUT, *(kriteria.kode for kriteria in rule_set.kriteria)]


def write_template(
    out: str | Path | IO[bytes], rows: Sequence[TemplateRow], year: int, rule_set: RuleSet, city_name: str
) -> None:
    """Write the workbook: sheet "RT" with the places and NEW_ROWS free rows, sheet "Petunjuk" with the explanation."""
    target = str(out) if isinstance(out, Path) else out
    with xlsxwriter.Workbook(target, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"title": f"Data kumuh {city_name} {year}", "subject": rule_set.nama})
        sheet = book.add_worksheet(SHEET)
        guide = book.add_worksheet("Petunjuk")
        names = write_guide(book, guide, rows, value_fields(rule_set), year, rule_set, city_name)
        _Writer(book, sheet, value_fields(rule_set), year).write(rows, names)


class _Writer:
    """Fills the sheet of places."""

    def __init__(self, book: xlsxwriter.Workbook, sheet: Worksheet, fields: Sequence[str], year: int) -> None:
        self.sheet, self.fields, self.year = sheet, fields, year
        base = {"valign": "top", "border": 1, "border_color": "#d9dedb"}
        self.head = [
            book.add_format({**base, "bold": True, "text_wrap": True, "bg_color": fill, "locked": True})
            for fill in _FILLS
        ]
        self.locked = book.add_format({**base, "bg_color": "#f6f7f5", "font_color": "#4a5859", "locked": True})
        self.open_text = book.add_format({**base, "locked": False, "num_format": "@"})
        self.open_year = book.add_format({**base, "locked": False, "num_format": "0"})
        self.count = book.add_format({**base, "locked": False, "num_format": "#,##0", "align": "right"})
        self.measure = book.add_format({**base, "locked": False, "align": "right"})

    def write(self, rows: Sequence[TemplateRow], names: str) -> None:
        self._head()
        for number, row in enumerate(rows, 1):
            self._row(number, row)
        for number in range(len(rows) + 1, len(rows) + 1 + NEW_ROWS):
            self._new_row(number)
        self._drop_downs(len(rows), names)
        self._manners(len(rows))

    def _head(self) -> None:
        for column, (name, header) in enumerate(PLACE_HEADERS.items()):
            self.sheet.set_column(column, column, _WIDTHS[name])
            self.sheet.write_string(0, column, header, self.head[0])
        first = len(PLACE_HEADERS)
        self.sheet.set_column(first, first + len(self.fields) - 1, 15)
        for column, name in enumerate(self.fields, first):
            self.sheet.write_string(0, column, VALUE_HEADERS[name], self.head[1 if name in PENYEBUT else 2])
        self.sheet.set_row(0, 64)

    def _row(self, number: int, row: TemplateRow) -> None:
        for column, text in enumerate((row.kode, row.kelurahan, row.kecamatan, row.kawasan, row.rt)):
            if text:
                self.sheet.write_string(number, column, text, self.locked)
            else:
                self.sheet.write_blank(number, column, None, self.locked)
        self.sheet.write_number(number, len(PLACE_HEADERS) - 1, self.year, self.locked)
        for column, name in enumerate(self.fields, len(PLACE_HEADERS)):
            at = FIELDS.index(name)
            self._value(number, column, row.values[at], row.states[at], self._format(name, row.values[at]))

    def _value(self, number: int, column: int, value: Decimal | None, state: int, look: Format) -> None:
        if state == State.NOT_APPLICABLE:
            self.sheet.write_string(number, column, "tidak berlaku", look)
        elif state != State.FILLED or value is None:
            self.sheet.write_blank(number, column, None, look)
        elif from_float(float(value)) == value:
            self.sheet.write_number(number, column, float(value), look)
        else:  # more digits than Excel keeps in a number
            self.sheet.write_string(number, column, format_number(value), look)

    def _new_row(self, number: int) -> None:
        for column in range(len(PLACE_HEADERS) - 1):
            self.sheet.write_blank(number, column, None, self.open_text)
        self.sheet.write_number(number, len(PLACE_HEADERS) - 1, self.year, self.open_year)
        for column, name in enumerate(self.fields, len(PLACE_HEADERS)):
            self.sheet.write_blank(number, column, None, self._format(name))

    def _format(self, name: str, value: Decimal | None = None) -> Format:
        """Thousands marks for counts; a measure, or a count with decimals, shows all its digits."""
        whole = value is None or value == value.to_integral_value()
        return self.count if whole and unit_of(name) not in {"ha", "m"} else self.measure

    def _drop_downs(self, n: int, names: str) -> None:
        """Offer words, forbid nothing: a number is always allowed."""
        first, last = len(PLACE_HEADERS), len(PLACE_HEADERS) + len(self.fields) - 1
        words = {"validate": "list", "source": list(STATE_WORDS), "show_error": False}
        self.sheet.data_validation(1, first, n + NEW_ROWS, last, words)
        column = list(PLACE_HEADERS).index("kelurahan")
        if names:
            offer = {"validate": "list", "source": names, "show_error": False}
            self.sheet.data_validation(n + 1, column, n + NEW_ROWS, column, offer)

    def _manners(self, n: int) -> None:
        """Frozen header and names, locked codes without a password, printing with the header on every page."""
        self.sheet.freeze_panes(1, list(PLACE_HEADERS).index("tahun"))
        self.sheet.autofilter(0, 0, n + NEW_ROWS, len(PLACE_HEADERS) + len(self.fields) - 1)
        allowed: dict[str, Any] = {"format_columns": True, "format_rows": True, "sort": True, "autofilter": True}
        self.sheet.protect("", allowed)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.repeat_rows(0)
        self.sheet.fit_to_pages(1, 0)
