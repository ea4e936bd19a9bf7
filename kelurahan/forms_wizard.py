"""What the forms of the wizard's steps post, as changes of what the sender decided (see `actions.choosing`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from django.http import QueryDict
from django.utils.text import slugify

from kelurahan.actions.choice_checks import INDICATOR_LENGTHS, MAX_ROWS, check_year, is_name
from kelurahan.intake.parsed import INDICATOR
from kelurahan.intake.places import clean
from kelurahan.intake.refusal import Refused
from kelurahan.reports.wizard import ELSEWHERE, AskedName, ColumnRow, ColumnsTable, FoundTable, NamesPage

NEW = "+"
"""Chosen for a column that becomes a new supporting indicator."""
NAMED = "*"
"""Chosen for a column whose field is typed by its name."""
OTHER = "lain"
"""Chosen for a name whose kelurahan is taken from the list of all."""


def seen(post: QueryDict) -> int:
    """Which state of the upload the person had before their eyes; −1 for none that we gave out."""
    number = _number(post.get("revisi", ""), 9)
    return -1 if number is None else number


def _number(text: str, digits: int) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits else None


def table_change(post: QueryDict, table: FoundTable) -> dict[str, Any]:
    """Step Berkas: only what differs from what the page showed. Raises Refused for a year or row that is no number."""
    change: dict[str, Any] = {}
    use, year, row = post.get("pakai"), post.get("tahun"), post.get("judul")
    kondisi = post.get("kondisi", table.kondisi)
    if use in ("ya", "tidak") and (use == "ya") != table.use:
        change["use"] = use == "ya"
    if year is not None and year.strip() != str(table.year or ""):
        change["year"] = _year(year)
    if row is not None and row.strip() != str(table.header_row):
        change["header_row"] = _row(row)
    if kondisi != table.kondisi:
        change["kondisi"] = kondisi
    styles = {s.letter: {"style": s.other} for s in table.styles if post.get(f"gaya.{s.letter}") == s.other}
    if styles:
        change["columns"] = styles
    return {"tables": {table.key: change}} if change else {}


def _year(text: str) -> int | None:
    if not text.strip():
        return None
    year = _number(text, 4)
    check_year(year)
    return year


def _row(text: str) -> int:
    row = _number(text, 6)
    if not row:
        raise Refused("choice_header_row", sampai=MAX_ROWS)
    return row


def table_reset(table: FoundTable) -> dict[str, Any]:
    """Forget what step Berkas decided about a table; what was decided about its columns stays."""
    styles = {style.letter: {"style": None} for style in table.styles if style.chosen}
    return {"tables": {table.key: dict.fromkeys(("use", "year", "header_row", "kondisi")) | {"columns": styles}}}


def columns_change(post: QueryDict, table: ColumnsTable, named: Callable[[str], str | None]) -> dict[str, Any]:
    """Step Kolom: the columns of one table that were changed, or whose question was answered. `named` finds an
    indicator by what it is called. Raises Refused."""
    indicators: dict[str, dict[str, str]] = {}
    letters: dict[str, str] = {}
    columns: dict[str, Any] = {}
    for row in table.rows:
        name = post.get(f"f.{row.letter}")
        if name == NAMED:
            name = _typed_field(post.get(f"c.{row.letter}", ""), row.letter, named)
        if name == NEW:
            kode, facts = _new_indicator(post, row.letter)
            if kode in indicators:
                told = {"satu": indicators[kode]["nama"], "letter": letters[kode], "lain": row.letter}
                raise Refused("choice_indicator_twice", dua=facts["nama"], **told)
            indicators[kode], letters[kode], name = facts, row.letter, f"{INDICATOR}{kode}"
        if name is not None and (choice := _of_column(post, row, name)):
            columns[row.letter] = choice
    change: dict[str, Any] = {"tables": {table.key: {"columns": columns}}} if columns else {}
    return change | ({"indicators": indicators} if indicators else {})


def _of_column(post: QueryDict, row: ColumnRow, name: str) -> dict[str, Any]:
    if name != row.field or row.question:
        return {"field": name, "unit": None}
    unit = post.get(f"u.{row.letter}")
    return {"unit": unit} if unit and unit != (row.unit or row.satuan) else {}


def _typed_field(text: str, letter: str, named: Callable[[str], str | None]) -> str:
    name = named(text)
    if name is None:
        raise Refused("choice_field_name", letter=letter, text=clean(text, 60) or "–")
    return name


def _new_indicator(post: QueryDict, letter: str) -> tuple[str, dict[str, str]]:
    parts = ("nama", "satuan", "sumber")
    facts = {name: " ".join(post.get(f"{name}.{letter}", "").split()) for name in parts}
    kode = slugify(facts["nama"]).replace("-", "_")[:60].strip("_")
    if not facts["nama"] or not facts["satuan"]:
        raise Refused("choice_indicator_name")
    if not is_name(facts["nama"]):
        raise Refused("choice_indicator_symbols", text=clean(facts["nama"], 60))
    if any(len(facts[name]) > most for name, most in zip(parts, INDICATOR_LENGTHS, strict=True)):
        raise Refused("choice_indicator_long", n=", ".join(map(str, INDICATOR_LENGTHS)))
    return kode, facts


def typed_columns(post: QueryDict, tables: Sequence[ColumnsTable], key: str) -> list[ColumnsTable]:
    """The page with what was chosen on it, to be shown again."""
    return [replace(t, rows=[_typed(post, row) for row in t.rows]) if t.key == key else t for t in tables]


def _typed(post: QueryDict, row: ColumnRow) -> ColumnRow:
    parts = {name: post.get(f"{name}.{row.letter}", "") for name in ("nama", "satuan", "sumber", "c")}
    return replace(row, field=post.get(f"f.{row.letter}", row.field), typed=parts)


def names_change(post: QueryDict, page: NamesPage) -> dict[str, Any]:
    """Step Nilai: the names that were decided, or decided anew; with "sisanya" the others are none of this city."""
    wanted = {name.key: kode for name in (*page.asked, *page.decided) if (kode := _kode(post, name)) != name.kode}
    rest = ELSEWHERE if post.get("sisanya") == ELSEWHERE else ""
    names = {name.key: rest for name in page.asked if rest} | {key: kode for key, kode in wanted.items() if kode}
    return {"names": names} if names else {}


def _kode(post: QueryDict, name: AskedName) -> str:
    """The chosen code, ELSEWHERE, or "" where nothing was chosen."""
    chosen, other = post.get(f"n:{name.key}", ""), post.get(f"l:{name.key}", "")
    return other if chosen in ("", OTHER) else ELSEWHERE if chosen == ELSEWHERE else chosen
