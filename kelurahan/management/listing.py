"""What a reading found, as the documents that `--json` prints: tables, number styles, repairs, every single value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from kelurahan.actions.reading import Reading
from kelurahan.intake.parsed import INDICATOR
from kelurahan.rules.findings import Finding, Level, render
from kelurahan.rules.numbers import from_micro
from kelurahan.rules.regulation import FIELDS, State


def columns(listed: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Columns with the plain codes of fields."""
    return [
        {
            **column,
            "field": plain(column["field"]),
            "alternatives": [{"field": plain(name), "confidence": c} for name, c in column["alternatives"]],
        }
        for column in listed
    ]


def plain(name: str | None) -> str | None:
    """The code of a field without our mark of supporting indicators."""
    return name.removeprefix(INDICATOR) if name else None


def tables(layout: dict[str, Any]) -> list[dict[str, Any]]:
    shown = ("key", "sheet", "range", "orientation", "jenis", "year", "year_source", "header_row", "header_rows", "use")
    return [
        {name: table[name] for name in shown} | {"columns": columns(table["columns"])} for table in layout["tables"]
    ]


def number_styles(layout: dict[str, Any]) -> list[dict[str, Any]]:
    """How the texts of each column were read."""
    return [
        {
            "sheet": table["sheet"],
            "column": column["letter"],
            "header": column["header"],
            "style": column["style"],
            "example": column["example"],
            "read_as": column["read_as"],
        }
        for table in layout["tables"]
        for column in table["columns"]
        if column["style"]
    ]


def repairs(layout: dict[str, Any]) -> list[dict[str, Any]]:
    """Proposed repairs in words."""
    shown = ("id", "code", "n", "where", "accepted", "certain", "holds", "sample")
    documents = []
    for repair in layout["repairs"]:
        found = Finding(Level(repair["level"]), repair["code"], params=repair["params"])
        title, does = render(found, _)
        documents.append({name: repair[name] for name in shown} | {"title": title, "does": does})
    return documents


def values(reading: Reading) -> list[dict[str, Any]]:
    """Every value as it would be written, in the order of the rows: those of records, then supporting indicators.
    Rows with an error are not among them, nor is what only keeps a stored value."""
    return [*_record_values(reading), *_indicator_values(reading)]


def _record_values(reading: Reading) -> Iterator[dict[str, Any]]:
    rows = reading.rows
    free = ~rows.held & reading.gathered.placed
    for i, k in np.argwhere(rows.given & free[:, None]).tolist():
        kode, kawasan, rt, _sheet = rows.key[i]
        sheet, cell = reading.gathered.spot(i, FIELDS[k])
        yield {
            "kode": kode,
            "rt": rt,
            "kawasan": kawasan,
            "year": int(rows.tahun[i]),
            "field": FIELDS[k],
            "value": _number(int(rows.values[i, k]), int(rows.states[i, k])),
            "sheet": sheet,
            "cell": cell,
        }


def _indicator_values(reading: Reading) -> Iterator[dict[str, Any]]:
    rows = reading.values.rows
    for i in range(len(rows)):
        kode, kawasan, rt = rows.places[rows.place[i]]
        sheet, cell = rows.where(i)
        yield {
            "kode": kode,
            "rt": rt,
            "kawasan": kawasan,
            "year": int(rows.tahun[i]),
            "field": rows.kode[rows.indicator[i]],
            "value": _number(int(rows.values[i]), int(rows.states[i])),
            "sheet": sheet,
            "cell": cell,
        }


def _number(micro: int, state: int) -> str | None:
    """The decimal as text; "tidak berlaku" for what does not apply, None for what takes a stored number away."""
    if state == State.FILLED:
        return str(from_micro(micro))
    return "tidak berlaku" if state == State.NOT_APPLICABLE else None
