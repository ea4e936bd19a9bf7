"""Reads a sheet of records: from a file to arrays of millionths and states, places by code, and findings.

`read` is for everybody else: it runs `read_here` in the parsing child. Cells keep their types until the last moment;
a blank cell is "not given" and keeps what is stored, the words "kosong" and "tidak berlaku" are given.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from kelurahan.intake import sandbox
from kelurahan.intake.columns import Table, find_table
from kelurahan.intake.notes import Notes
from kelurahan.intake.parsed import Parsed, from_json, to_json
from kelurahan.intake.places import Place, Places, clean
from kelurahan.intake.privacy import refuse_personal_data
from kelurahan.intake.reading import Reading
from kelurahan.intake.refusal import Refused
from kelurahan.intake.sheets import Workbook, open_workbook
from kelurahan.rules.findings import Level


def read(
    path: str | Path,
    filename: str,
    places: Iterable[Place],
    year: int | None,
    rule_set: str,
    hear: sandbox.Hear = sandbox.deaf,
) -> Parsed:
    """Read a file in the parsing child. `year` stands in where the sheet has no year; `rule_set` is its code; `hear` is
    told how many rows of how many are read.

    Raises Refused (see `messages.REFUSALS`) when the file as a whole cannot be taken in.
    """
    params = {
        "filename": filename,
        "places": [asdict(place) for place in places],
        "year": year,
        "rule_set": rule_set,
    }
    return from_json(sandbox.run("sheet", path, params, hear=hear))


def read_here(path: Path, params: Mapping[str, Any]) -> dict[str, Any]:
    """The job of the child: the same as `read`, in this process, as JSON data."""
    places = Places(Place(**{**place, "alias": tuple(place["alias"])}) for place in params["places"])
    book = open_workbook(path)
    for sheet in book.sheets:
        sheet.name = _shown_name(sheet.name or Path(params["filename"]).stem)
    refuse_personal_data(book)
    table, others = find_table(book)
    if table is None:
        raise _no_table(book)
    notes = Notes(table.sheet.name)
    notes.extend([*book.notes, *table.notes])
    _tell_about_sheets(book, table, others, notes)
    return to_json(Reading(book.kind, table, places, notes, params["year"], params["rule_set"]).parse())


def _shown_name(name: str) -> str:
    """The name as it is, unless it hides something."""
    visible = clean(name)
    return name if name.strip() == visible else visible


def _no_table(book: Workbook) -> Refused:
    problem = next((sheet.problem for sheet in book.sheets if sheet.problem), None)
    if problem:
        return problem
    return Refused("no_table" if any(sheet.rows for sheet in book.sheets) else "nothing_filled")


def _tell_about_sheets(book: Workbook, table: Table, others: Sequence[Table], notes: Notes) -> None:
    for other in others:
        notes.add(Level.INFO, "other_sheet", nama=other.sheet.name)
    for sheet in book.sheets:
        if sheet.problem and sheet is not table.sheet:
            why = {"sebab": sheet.problem.code, **sheet.problem.params}
            notes.add(Level.PERINGATAN, "sheet_skipped", nama=sheet.name, **why)
    if table.sheet.unplaced_faults:
        notes.add(Level.GALAT, "faults_unplaced", n=table.sheet.unplaced_faults)
    if table.sheet.hidden:
        notes.add(Level.PERINGATAN, "read_hidden_sheet")
    if not table.has_values:
        notes.add(Level.GALAT, "no_value_columns")
