"""What was read from a file, as plain arrays, and its way as JSON from the parsing child to the parent."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kelurahan.rules.findings import Finding, Level
from kelurahan.rules.numbers import format_number, from_micro
from kelurahan.rules.regulation import FIELDS, State

_PIECE = 1_000_000  # bytes
_ROW_ARRAYS: dict[str, str] = {
    "held": "|b1",
    "placed": "|b1",
    "row_numbers": "<i4",
    "tahun": "<i4",
}
_FIELD_ARRAYS: dict[str, str] = {"values": "<i8", "states": "|u1", "given": "|b1"}
_INDICATOR_ARRAYS: dict[str, str] = {"ind_values": "<i8", "ind_states": "|u1", "ind_given": "|b1"}

INDICATOR = "i:"
"""Before the code of a supporting indicator, where it stands among fields."""

RESULTS = ("p:", "n:")
"""Before the code of a criterion whose percentage or nilai a file brings along."""


@dataclass(frozen=True, slots=True)
class ReadColumn:
    """A column of a table: `field` None when it is not read, `letter` as Excel names it (the header's cell where places
    stand side by side), `style` of its texts with an example, how that was understood and how it would be in the other
    style, up to three `samples`."""

    header: str
    field: str | None
    confidence: float
    letter: str
    style: str = ""
    unit: str = ""
    example: str = ""
    read_as: str = ""
    other_as: str = ""
    samples: tuple[str, ...] = ()
    alternatives: tuple[tuple[str, float], ...] = ()
    remembered: bool = False
    n: int = 0  # filled cells
    factor: str = "1"  # from the unit of the file to ours
    asks: bool = False  # numbers about which nobody decided


@dataclass(slots=True)
class Parsed:
    """n records of one table. Numbers are millionths; `values`, `states`, `given` in the order of `regulation.FIELDS`.

    `kode` is the dotted code of the kelurahan ("" when it was not recognised), `rt` is "RT001-RW002" or "". The level
    of a record is RT where `rt` is filled, else kawasan, else kelurahan. `held` marks records with a galat: they are
    never written. `placed` is False where nobody can say which place within its kelurahan a record is about. `tahun` is
    0 where no year is known.
    """

    sheet: str
    header_row: int  # as in the sheet, from 1
    columns: list[ReadColumn]
    kode: list[str]
    kawasan: list[str]
    rt: list[str]
    tahun: NDArray[np.int32]
    row_numbers: NDArray[np.int32]  # as in the sheet, from 1
    values: NDArray[np.int64]  # (n, 25)
    states: NDArray[np.uint8]  # (n, 25)
    given: NDArray[np.bool_]  # (n, 25)
    held: NDArray[np.bool_]  # (n,)
    placed: NDArray[np.bool_]  # (n,)
    indicators: list[str]  # codes of the m supporting indicators with a column
    ind_values: NDArray[np.int64]  # (n, m)
    ind_states: NDArray[np.uint8]  # (n, m)
    ind_given: NDArray[np.bool_]  # (n, m)
    findings: list[Finding] = field(default_factory=list)
    matched: list[str] = field(default_factory=list)
    unmatched: list[dict[str, Any]] = field(default_factory=list)  # text, key, n, cell, choices
    named: list[dict[str, Any]] = field(default_factory=list)  # text, key, n, cell, kode: what people decided
    layout_key: str = ""  # names the header words, the same from year to year
    key: str = ""
    jenis: str = "penilaian"
    orientation: str = "baris"
    range: str = ""
    year: int | None = None
    year_source: str = ""
    header_rows: tuple[int, int] = (0, 0)  # from 1
    use: bool = True
    code_system: str = ""
    spots: dict[str, list[tuple[str, str]]] | None = None
    """Field → (sheet, cell) of each record, where a column letter and a row number do not say it."""
    stored: dict[str, tuple[NDArray[np.int64], NDArray[np.bool_]]] = field(default_factory=dict)
    """Percentages and nilai as the file has them ("p:1a", "n:1a"), millionths and whether known. Stays in the child."""

    def __len__(self) -> int:
        return len(self.kode)

    def without_rows(self) -> Parsed:
        """The same table with its columns only."""
        none = np.zeros(0, np.int64)
        arrays = {name: getattr(self, name)[none] for name in _ROW_ARRAYS | _FIELD_ARRAYS | _INDICATOR_ARRAYS}
        return replace(self, kode=[], kawasan=[], rt=[], findings=[], unmatched=[], spots=None, stored={}, **arrays)

    def layout(self) -> dict[str, Any]:
        """The part that screens and `--json` show."""
        return {
            "key": self.key,
            "sheet": self.sheet,
            "range": self.range,
            "jenis": self.jenis,
            "orientation": self.orientation,
            "year": self.year,
            "year_source": self.year_source,
            "header_row": self.header_row,
            "header_rows": list(self.header_rows),
            "use": self.use,
            "code_system": self.code_system,
            "columns": [asdict(column) for column in self.columns],
            "matched": self.matched,
            "unmatched": self.unmatched,
            "named": self.named,
            "layout_key": self.layout_key,
            "n": len(self),
            "n_waiting": self._waiting(),
            "preview": previewed(self) if self.use else [],
        }

    def _waiting(self) -> int:
        """Held rows of a table of which no number is read; those of others are held with their numbers."""
        return 0 if self.jenis == "penilaian" or self.indicators else int(self.held.sum())

    def spot(self, row: int, name: str) -> tuple[str, str]:
        """Sheet and reference of a record's cell, "H17"; "" when the table has no such column."""
        if self.spots is not None:
            places = self.spots.get(name)
            return places[row] if places else (self.sheet, "")
        letter = next((column.letter for column in self.columns if column.field == name), "")
        return (self.sheet, f"{letter}{self.row_numbers[row]}" if letter else "")

    def cell(self, row: int, name: str) -> str:
        return self.spot(row, name)[1]

    def names_of(self, rows: Iterable[int]) -> dict[str, Any]:
        """These records as screens and the child know them again: numbers of rows as runs [first, last], or where a
        record is no row of the sheet, all its cells."""
        if self.spots is None:
            return {"rows": runs(self.row_numbers[list(rows)].tolist()), "cells": []}
        chosen = list(rows)
        spots = [places[row] for places in self.spots.values() for row in chosen]
        return {"rows": [], "cells": list(dict.fromkeys(f"{sheet}!{cell}" for sheet, cell in spots if cell))}


def previewed(table: Parsed, n: int = 10) -> list[dict[str, Any]]:
    """The first records as understood: place, year, and of each number its text and its cell."""
    numbers = [c.field for c in table.columns if c.field in FIELDS or (c.field or "").startswith(INDICATOR)]
    fields = [name for name in numbers if name and (name in FIELDS or name.removeprefix(INDICATOR) in table.indicators)]
    return [
        {
            "row": int(table.row_numbers[i]),
            "kode": table.kode[i],
            "kawasan": table.kawasan[i],
            "rt": table.rt[i],
            "tahun": int(table.tahun[i]),
            "held": bool(table.held[i]),
            "cells": {name: [_understood(table, i, name), table.cell(i, name)] for name in fields},
        }
        for i in range(min(n, len(table)))
    ]


def _understood(table: Parsed, i: int, name: str) -> str:
    """ "1.250,5"; "?" for what cannot be read, "" for a blank cell."""
    if name in FIELDS:
        k, values, states, given = FIELDS.index(name), table.values, table.states, table.given
    else:
        k = table.indicators.index(name.removeprefix(INDICATOR))
        values, states, given = table.ind_values, table.ind_states, table.ind_given
    if states[i, k] == State.FILLED:
        return format_number(from_micro(int(values[i, k])))
    words = {State.EMPTY: "kosong", State.NOT_APPLICABLE: "tidak berlaku"}
    return words.get(State(states[i, k]), "?") if given[i, k] or states[i, k] == State.INVALID else ""


@dataclass(frozen=True, slots=True)
class Repair:
    """A mend proposed for a group of rows. `holds`: the rows wait until it is accepted or refused."""

    id: str
    code: str
    table_key: str
    rows: list[int]  # record indices in the table
    n: int
    where: str
    level: str
    params: dict[str, Any]
    sample: list[dict[str, Any]]  # up to four of {cell, place, before, after}
    holds: bool
    certain: bool
    accepted: bool = False
    answers: tuple[str, ...] = ()  # codes of the findings it would settle


@dataclass(slots=True)
class Document:
    """All tables of a file in reading order."""

    kind: str
    tables: list[Parsed]
    findings: list[Finding] = field(default_factory=list)
    hidden_sheets: list[str] = field(default_factory=list)
    repairs: list[Repair] = field(default_factory=list)
    size: dict[str, int] = field(default_factory=dict)  # sheets, rows and columns of the largest, filled cells

    @property
    def main(self) -> Parsed:
        """The table that the first keys of `--json` tell of: the one that is read with the most records."""
        return max(self.tables, key=lambda table: (table.use, len(table)))

    @property
    def code_system(self) -> str:
        """ "kemendagri", "bps", "campuran" or "nama"; "" where no place is named."""
        found = {table.code_system for table in self.tables if table.use and table.code_system}
        found = found - {"nama"} or found
        return found.pop() if len(found) == 1 else "campuran" if found else ""

    def layout(self) -> dict[str, Any]:
        main = self.main
        used = [table for table in self.tables if table.use]
        return {
            "kind": self.kind,
            "sheet": main.sheet,
            "header_row": main.header_row,
            "columns": [{**asdict(c), "sheet": table.sheet} for table in used or [main] for c in table.columns],
            "matched": sorted({kode for table in used for kode in table.matched}),
            "unmatched": list(dict.fromkeys(name["text"] for table in used for name in table.unmatched)),
            "tables": [table.layout() for table in self.tables],
            "hidden_sheets": self.hidden_sheets,
            "code_system": self.code_system,
            "size": self.size,
            "repairs": [self._told(repair) for repair in self.repairs],
        }

    def _told(self, repair: Repair) -> dict[str, Any]:
        """A repair as it is kept: what it changes is found again by reading; the rows of one that is done are gone."""
        table = next((table for table in self.tables if table.key == repair.table_key), None)
        names = table.names_of(repair.rows) if table and not repair.accepted else {"rows": [], "cells": []}
        params = {name: value for name, value in repair.params.items() if name != "change"}
        return {**asdict(repair), "params": params, **names}


def runs(numbers: Iterable[int]) -> list[list[int]]:
    """First and last of each unbroken run of whole numbers."""
    found: list[list[int]] = []
    for number in sorted(set(numbers)):
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return found


def _pack(array: NDArray[Any], kind: str) -> list[str]:
    """In pieces: the JSON library sets aside eight times the length of a text while it writes it."""
    data = array.astype(kind).tobytes()
    return [base64.b64encode(data[at : at + _PIECE]).decode() for at in range(0, len(data), _PIECE)]


def _finding(finding: Finding) -> dict[str, Any]:
    return asdict(finding) | {"params": dict(finding.params)}


def _findings(documents: list[dict[str, Any]]) -> list[Finding]:
    return [Finding(**{**document, "level": Level(document["level"])}) for document in documents]


def to_json(document: Document) -> dict[str, Any]:
    """Plain JSON data; arrays as pieces of base64 of their little-endian bytes."""
    return {
        "kind": document.kind,
        "tables": [_table_to_json(table) for table in document.tables],
        "findings": [_finding(finding) for finding in document.findings],
        "hidden_sheets": document.hidden_sheets,
        "repairs": [asdict(repair) for repair in document.repairs],
        "size": document.size,
    }


def _table_to_json(parsed: Parsed) -> dict[str, Any]:
    kinds = _ROW_ARRAYS | _FIELD_ARRAYS | _INDICATOR_ARRAYS
    return {
        **parsed.layout(),
        "kode": parsed.kode,
        "kawasan": parsed.kawasan,
        "rt": parsed.rt,
        "indicators": parsed.indicators,
        "spots": parsed.spots,
        "findings": [_finding(finding) for finding in parsed.findings],
        "arrays": {name: _pack(getattr(parsed, name), kind) for name, kind in kinds.items()},
    }


def from_json(document: dict[str, Any]) -> Document:
    """The inverse of `to_json`."""
    return Document(
        kind=document["kind"],
        tables=[_table_from_json(table) for table in document["tables"]],
        findings=_findings(document["findings"]),
        hidden_sheets=document["hidden_sheets"],
        repairs=[Repair(**repair | {"answers": tuple(repair["answers"])}) for repair in document["repairs"]],
        size=document["size"],
    )


def _table_from_json(table: dict[str, Any]) -> Parsed:
    n, m = len(table["kode"]), len(table["indicators"])
    packed = table["arrays"]
    arrays: dict[str, Any] = {name: _unpack(packed[name], kind) for name, kind in _ROW_ARRAYS.items()}
    arrays |= {name: _unpack(packed[name], kind).reshape(n, len(FIELDS)) for name, kind in _FIELD_ARRAYS.items()}
    arrays |= {name: _unpack(packed[name], kind).reshape(n, m) for name, kind in _INDICATOR_ARRAYS.items()}
    plain = ("sheet", "header_row", "kode", "kawasan", "rt", "indicators", "matched", "unmatched", "key", "jenis")
    more = ("orientation", "range", "year", "year_source", "use", "code_system", "named", "layout_key")
    return Parsed(
        **{name: table[name] for name in (*plain, *more)},
        header_rows=tuple(table["header_rows"]),
        columns=[_column(column) for column in table["columns"]],
        findings=_findings(table["findings"]),
        spots=_spots(table["spots"]),
        **arrays,
    )


def _column(column: dict[str, Any]) -> ReadColumn:
    alternatives = tuple((name, confidence) for name, confidence in column["alternatives"])
    return ReadColumn(**{**column, "samples": tuple(column["samples"]), "alternatives": alternatives})


def _spots(spots: dict[str, list[list[str]]] | None) -> dict[str, list[tuple[str, str]]] | None:
    if spots is None:
        return None
    return {name: [(sheet, cell) for sheet, cell in places] for name, places in spots.items()}


def _unpack(pieces: list[str], kind: str) -> NDArray[Any]:
    return np.frombuffer(b"".join(base64.b64decode(piece) for piece in pieces), dtype=kind).copy()
