"""What was read from a sheet, as plain arrays, and its way as JSON from the parsing child to the parent."""

from __future__ import annotations

import base64
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kelurahan.rules.findings import Finding, Level
from kelurahan.rules.regulation import FIELDS

_ARRAYS: dict[str, str] = {
    "values": "<i8",
    "states": "|u1",
    "given": "|b1",
    "held": "|b1",
    "placed": "|b1",
    "row_numbers": "<i4",
    "tahun": "<i4",
}
_PER_FIELD = ("values", "states", "given")


@dataclass(frozen=True, slots=True)
class ReadColumn:
    """A column of the sheet: `field` None when it is not read, `letter` as Excel names it, `style` of its texts."""

    header: str
    field: str | None
    confidence: float
    letter: str
    style: str = ""


@dataclass(slots=True)
class Parsed:
    """n records of one sheet. Numbers are millionths, in the order of `regulation.FIELDS`.

    `kode` is the dotted code of the kelurahan ("" when it was not recognised), `rt` is "RT001-RW002" or "". The level
    of a record is RT where `rt` is filled, else kawasan, else kelurahan. `held` marks records with a galat: they are
    never written. `placed` is False where nobody can say which place within its kelurahan a record is about. `tahun` is
    0 where no year is known.
    """

    kind: str
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
    findings: list[Finding] = field(default_factory=list)
    matched: list[str] = field(default_factory=list)
    unmatched: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.kode)

    def layout(self) -> dict[str, Any]:
        """The part that screens and `--json` show: sheet, header row, columns, matched, unmatched."""
        return {
            "kind": self.kind,
            "sheet": self.sheet,
            "header_row": self.header_row,
            "columns": [asdict(column) for column in self.columns],
            "matched": self.matched,
            "unmatched": self.unmatched,
        }

    def cell(self, row: int, name: str) -> str:
        """Reference of a record's cell, "H17"; "" when the sheet has no such column."""
        letter = next((column.letter for column in self.columns if column.field == name), "")
        return f"{letter}{self.row_numbers[row]}" if letter else ""


def to_json(parsed: Parsed) -> dict[str, Any]:
    """Plain JSON data; arrays as base64 of their little-endian bytes."""
    packed = {
        name: base64.b64encode(getattr(parsed, name).astype(kind).tobytes()).decode() for name, kind in _ARRAYS.items()
    }
    return {
        **parsed.layout(),
        "kode": parsed.kode,
        "kawasan": parsed.kawasan,
        "rt": parsed.rt,
        "findings": [asdict(finding) | {"params": dict(finding.params)} for finding in parsed.findings],
        "arrays": packed,
    }


def from_json(document: dict[str, Any]) -> Parsed:
    """The inverse of `to_json`."""
    arrays = {name: _unpack(document["arrays"][name], name, len(document["kode"])) for name in _ARRAYS}
    return Parsed(
        kind=document["kind"],
        sheet=document["sheet"],
        header_row=document["header_row"],
        columns=[ReadColumn(**column) for column in document["columns"]],
        kode=document["kode"],
        kawasan=document["kawasan"],
        rt=document["rt"],
        findings=[Finding(**{**finding, "level": Level(finding["level"])}) for finding in document["findings"]],
        matched=document["matched"],
        unmatched=document["unmatched"],
        **arrays,
    )


def _unpack(text: str, name: str, n: int) -> NDArray[Any]:
    array = np.frombuffer(base64.b64decode(text), dtype=_ARRAYS[name])
    return array.reshape(n, len(FIELDS)).copy() if name in _PER_FIELD else array.copy()
