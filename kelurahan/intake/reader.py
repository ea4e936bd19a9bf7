"""Reads a sheet of records: from a file to arrays of millionths and states, places by code, and findings.

`read` is for everybody else: it runs `read_here` in the parsing child. Cells keep their types until the last moment;
a blank cell is "not given" and keeps what is stored, the words "kosong" and "tidak berlaku" are given.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from kelurahan.intake import sandbox
from kelurahan.intake.choices import Choices
from kelurahan.intake.columns import Table
from kelurahan.intake.decided import Remembered, check_header_rows, decide_columns, layout_of, remembered
from kelurahan.intake.header_notes import spilled, wider_rows
from kelurahan.intake.joins import joined_sheets
from kelurahan.intake.notes import Notes
from kelurahan.intake.parsed import INDICATOR, Document, Parsed, Repair, from_json, to_json
from kelurahan.intake.places import Place, Places, clean
from kelurahan.intake.privacy import refuse_personal_data
from kelurahan.intake.reading import Reading
from kelurahan.intake.refusal import Refused
from kelurahan.intake.repairs import Beside, settle
from kelurahan.intake.sheets import Workbook, open_workbook
from kelurahan.intake.tables import find_tables
from kelurahan.intake.tables.describe import WORKS
from kelurahan.intake.tables.unknown import lacks_places, unknown_tables
from kelurahan.intake.vocabulary import Vocabulary
from kelurahan.intake.vocabulary.catalogue import catalogue
from kelurahan.rules.findings import Finding, Level
from kelurahan.rules.regulation import State

_OTHERS = frozenset({".doc", ".docx", ".odt", ".pdf", ".ppt", ".pptx", ".jpg", ".jpeg", ".png"})
"""Endings of files that are no sheets."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a file is read against. `year` stands in where the file has no year; `rule_set` is a code; `indicators` are
    the supporting indicators of the database (kode, nama, satuan, alias); `choices` is what people decided about this
    file, `memory` what they decided about others, by layout; `beside` is what is known about the places; `ask`:
    somebody is there to say what stands where, in a file without a table that names places."""

    places: Sequence[Place]
    year: int | None
    rule_set: str
    indicators: Sequence[Mapping[str, Any]] = ()
    choices: Mapping[str, Any] = field(default_factory=dict)
    memory: Mapping[str, Any] = field(default_factory=dict)
    beside: Beside = field(default_factory=Beside)
    ask: bool = False


def read(path: str | Path, filename: str, order: Order, hear: sandbox.Hear = sandbox.deaf) -> Document:
    """Read a file in the parsing child; `hear` is told how many rows of how many are read.

    Raises Refused (see `messages.REFUSALS`) when the file as a whole cannot be taken in.
    """
    # Not asdict, which would copy what is known about every RT: the sandbox writes dataclasses as they are
    params = {name.name: getattr(order, name.name) for name in fields(order)}
    return from_json(sandbox.run("sheet", path, {"filename": filename, **params}, hear=hear))


def read_here(path: Path, params: Mapping[str, Any]) -> dict[str, Any]:
    """The job of the child: the same as `read`, in this process, as JSON data."""
    return to_json(_Reader(_book(path, params), params).document())


def tables_here(path: Path, params: Mapping[str, Any]) -> tuple[Workbook, list[Table]]:
    """In the child: the sheets of a file and its tables, with the cells that the sender corrected."""
    reader = _Reader(_book(path, params), params)
    tables = reader.tables()
    for table in tables:
        reader.choices.put_cells(table)
    return reader.book, tables


def _book(path: Path, params: Mapping[str, Any]) -> Workbook:
    book = open_workbook(path)
    ending = Path(params["filename"]).suffix.casefold()
    if ending in _OTHERS:
        book.notes.append(Finding(Level.PERINGATAN, "named_otherwise", params={"akhiran": ending}))
    for sheet in book.sheets:
        sheet.name = _shown_name(sheet.name or Path(params["filename"]).stem)
    names = (name for p in params["places"] for name in (p["nama"], p["kecamatan"], *p["alias"]))
    refuse_personal_data(book, set(names))
    return joined_sheets(book)


class _Reader:
    """All tables of a book."""

    def __init__(self, book: Workbook, params: Mapping[str, Any]) -> None:
        self.book, self.rule_set = book, params["rule_set"]
        self.choices = Choices.of(params["choices"])
        places = (Place(**{**place, "alias": tuple(place["alias"])}) for place in params["places"])
        self.city = Places(places, self.choices.names)
        self.places = self.city  # with the names that were decided for the table that is read
        self.vocabulary = Vocabulary(params["indicators"], self.rule_set)
        self.params = params
        self.beside = Beside(**params["beside"])
        self.units = {f"{INDICATOR}{kode}": spec.satuan for kode, spec in catalogue().indicators.items()}
        self.units |= {f"{INDICATOR}{row['kode']}": row["satuan"] for row in params["indicators"]}
        self.percent = {sheet.name: sheet.percent for sheet in book.sheets if sheet.percent}
        self.tall = {sheet.name: sheet.tall for sheet in book.sheets if sheet.tall}

    def tables(self) -> list[Table]:
        """All tables, their columns as people decided."""
        tables = find_tables(self.book, self.vocabulary, self.places, self.params)
        if not tables and self.params.get("ask"):
            tables = unknown_tables(self.book, self.vocabulary, self.places, self.params)
        check_header_rows(tables, self.choices)
        for table in tables:
            decide_columns(table, self.choices, self._memory(table), self.vocabulary)
        return tables

    def _memory(self, table: Table) -> Remembered:
        return remembered(self.params["memory"], table)

    def document(self) -> Document:
        tables = self.tables()
        if not tables:
            raise _no_table(self.book)
        document = Document(self.book.kind, [], list(self._findings(tables)), size=_size(self.book))
        document.hidden_sheets = [sheet.name for sheet in self.book.sheets if sheet.hidden and sheet.rows]
        read: dict[int, tuple[Parsed, list[Repair]]] = {}
        # Tables of RT first: the figures of a kelurahan are laid beside the sum of its RT
        for i, table in sorted(enumerate(tables), key=lambda one: "rt" not in one[1].fields):
            self.places = self._places(self._memory(table))
            others = [parsed for parsed, _ in read.values()]
            reads = table.use and not lacks_places(table)
            parsed, repairs = self._read(table, others) if reads else (self._announced(table), [])
            parsed.layout_key = layout_of([column.header for column in table.columns])
            parsed.findings += self._recalled_names(parsed)
            self._offer_names(parsed, self._memory(table).offered_names)
            read[i] = parsed, repairs
        document.findings += _unread(tables, [read[i][0] for i in range(len(tables))])
        for i in range(len(tables)):
            parsed, repairs = read[i]
            document.tables.append(parsed)
            document.repairs += repairs
        return document

    def _recalled_names(self, parsed: Parsed) -> Iterator[Finding]:
        """Names that nobody decided about in this file."""
        recalled = [entry for entry in parsed.named if entry["key"] not in self.choices.names]
        if recalled and parsed.use:
            params = {"n": sum(entry["n"] for entry in recalled), "text": recalled[0]["text"]}
            yield Finding(Level.INFO, "names_remembered", parsed.sheet, recalled[0]["cell"], params)

    def _offer_names(self, parsed: Parsed, offered: Mapping[str, str]) -> None:
        """What others decided about an unknown name stands first among the proposals."""
        known = {place.kode: place.nama for place in self.city.all} if offered else {}
        for entry in parsed.unmatched:
            kode = offered.get(entry["key"])
            if kode in known:
                others = [choice for choice in entry["choices"] if choice[0] != kode]
                entry["choices"] = [[kode, known[kode]], *others]

    def _places(self, memory: Remembered) -> Places:
        """The places, with the names that were decided for this layout before."""
        return Places(self.city.all, {**memory.names, **self.choices.names}) if memory.names else self.city

    def _read(self, table: Table, others: Sequence[Parsed]) -> tuple[Parsed, list[Repair]]:
        """Read a table with the repairs that the sender accepted; what others would mend waits for a decision."""
        self.choices.put_cells(table)
        parsed, done, found = settle(
            table, lambda: self._parse(table), self.choices.repairs, self.beside, others, self.rule_set
        )
        waiting = [repair for repair in found if repair not in done]
        for repair in waiting:
            if repair.holds and repair.id not in self.choices.refused:
                _hold(parsed, table, repair)
        return parsed, [*(replace(repair, accepted=True) for repair in done), *waiting]

    def _parse(self, table: Table) -> Parsed:
        notes = Notes(table.sheet_name)
        notes.extend(table.notes)
        if table.sheet.unplaced_faults:
            notes.add(Level.GALAT, "faults_unplaced", n=table.sheet.unplaced_faults)
        if not table.has_values:
            notes.add(Level.GALAT, "no_value_columns")
        if self.book.kind == "csv" and (cell := spilled(table)):
            notes.add(Level.GALAT, "cells_spilled", cell)
        parsed = Reading(
            table, self.places, notes, self.rule_set, self.choices, self.percent, self.units, self.tall
        ).parse()
        if any(note.code == "cells_spilled" for note in parsed.findings):
            parsed.held[:] = True
        elif self.book.kind == "csv" and table.upright:
            _hold_wider(parsed, wider_rows(table, self.book.sheets[0].rows))
        return parsed

    def _announced(self, table: Table) -> Parsed:
        """A table that is not read, or not yet: its columns, without records."""
        notes = Notes(table.sheet_name)
        parsed = Reading(table, self.places, notes, self.rule_set, self.choices).parse().without_rows()
        if table.use:
            cell = table.sheet.where(table.header_row, 0)
            parsed.findings = [Finding(Level.GALAT, "place_column_unknown", table.sheet_name, cell)]
        return parsed

    def _findings(self, tables: Sequence[Table]) -> Iterator[Finding]:
        yield from self.book.notes
        read = {table.sheet_name for table in tables}
        for sheet in self.book.sheets:
            if sheet.problem:
                why = {"nama": sheet.name, "sebab": sheet.problem.code, **sheet.problem.params}
                yield Finding(Level.PERINGATAN, "sheet_skipped", sheet.name, params=why)
            elif sheet.hidden and sheet.name in read and any(t.use for t in tables if t.sheet_name == sheet.name):
                yield Finding(Level.PERINGATAN, "read_hidden_sheet", sheet.name)


def _unread(tables: Sequence[Table], found: Sequence[Parsed]) -> Iterator[Finding]:
    """Tables of works; and a file of headers only, unless something else was said about it."""
    for table in tables:
        yield from (note for note in table.notes if note.code == WORKS and not table.use)
    asked = any(note.level == Level.GALAT for parsed in found for note in parsed.findings)
    if not asked and not any(parsed.kode or parsed.named or not parsed.use for parsed in found):
        cell = tables[0].sheet.where(tables[0].header_row, 0)
        yield Finding(Level.GALAT, "no_data_rows", tables[0].sheet_name, cell)


def _hold_wider(parsed: Parsed, wider: Mapping[int, str]) -> None:
    notes = Notes(parsed.sheet)
    for i, number in enumerate(parsed.row_numbers.tolist() if wider else ()):
        if cell := wider.get(number - 1):
            parsed.held[i] = True
            notes.add(Level.GALAT, "row_wider", cell, i, baris=number)
    parsed.findings += notes.all()


def _hold(parsed: Parsed, table: Table, repair: Repair) -> None:
    """The rows of a repair wait; of a supporting indicator only its own cells, the others stand for themselves."""
    index = repair.params["change"].get("column")
    name = next((column.field for column in table.columns if column.index == index and column.field), "")
    if name.startswith(INDICATOR):
        parsed.ind_states[repair.rows, parsed.indicators.index(name.removeprefix(INDICATOR))] = State.INVALID
    else:
        parsed.held[repair.rows] = True


def _size(book: Workbook) -> dict[str, int]:
    rows = [row for sheet in book.sheets for row in sheet.rows]
    return {
        "sheets": len(book.sheets),
        "rows": max((len(sheet.rows) for sheet in book.sheets), default=0),
        "columns": max(map(len, rows), default=0),
        "cells": sum(len(row) - row.count("") for row in rows),
    }


def _shown_name(name: str) -> str:
    """The name as it is, unless it hides something."""
    visible = clean(name)
    return name if name.strip() == visible else visible


def _no_table(book: Workbook) -> Refused:
    problem = next((sheet.problem for sheet in book.sheets if sheet.problem), None)
    if problem:
        return problem
    return Refused("no_table" if any(sheet.rows for sheet in book.sheets) else "nothing_filled")
