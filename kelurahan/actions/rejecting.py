"""Rows of an upload that were held back: which they are, and what they look like in the file, with the reasons."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from kelurahan.actions import quarantine
from kelurahan.actions.gathering import Gathered
from kelurahan.actions.reading import Reading, order_of
from kelurahan.actions.staging import StagedIndicators
from kelurahan.intake import sandbox
from kelurahan.intake.faults import Fault, column_index
from kelurahan.intake.parsed import runs
from kelurahan.intake.rejected import unpack
from kelurahan.models import Upload
from kelurahan.reports.checking import waiting_repairs
from kelurahan.reports.findings import words_of
from kelurahan.reports.rejected_sheet import RejectedRow, RejectedTable

PER_PART = 10_000
"""Rows of one sheet to download: more cannot be written before a browser gives up."""
_OF_MANY_ROWS = frozenset({"rt_column_missing", "rows_are_parts", "rows_share_place"})
_CELL = re.compile(r"([A-Z]{1,3})([1-9][0-9]*)")

Names = dict[str, Any]
"""Rows of a table: {"rows": runs [first, last], "cells": ["RT!H17"], "n": how many}."""


# --- which rows -----------------------------------------------------------------------------------------------


def held_names(reading: Reading) -> dict[str, Names]:
    """By key of their table, the rows that will not be written, as the child knows them again."""
    found = _of_records(reading.gathered)
    for key, names in _of_indicators(reading.indicators, reading.layout["tables"]).items():
        found.setdefault(key, names)
    return found


def _of_records(gathered: Gathered) -> dict[str, Names]:
    parts: dict[int, set[int]] = defaultdict(set)
    held = gathered.staged.held
    for row in np.flatnonzero(held).tolist():
        parts[int(gathered.table[row])].add(int(gathered.local[row]))
    for (row, _field), (table, local) in gathered.elsewhere.items():
        if held[row]:
            parts[table].add(local)
    return {
        gathered.tables[table].key: gathered.tables[table].names_of(sorted(rows)) | {"n": len(rows)}
        for table, rows in parts.items()
    }


def _of_indicators(staged: StagedIndicators, tables: Sequence[Mapping[str, Any]]) -> dict[str, Names]:
    cells: dict[str, list[str]] = defaultdict(list)
    for i in np.flatnonzero(staged.held).tolist():
        sheet, cell = staged.where(i)
        key = next((table["key"] for table in tables if covers(table, sheet, cell)), None)
        if key:
            cells[key].append(f"{sheet}!{cell}")
    rows = {key: [_row_of(name) for name in names] for key, names in cells.items()}
    return {
        key: {"rows": runs(rows[key]), "cells": list(dict.fromkeys(names)), "n": len(set(rows[key]))}
        for key, names in cells.items()
    }


def covers(table: Mapping[str, Any], sheet: str, cell: str) -> bool:
    """Whether a cell lies in the range of a table that is read."""
    found = _CELL.fullmatch(cell)
    corners = [_CELL.fullmatch(corner) for corner in table["range"].split(":")]
    if not found or not table["use"] or table["sheet"] != sheet:
        return False
    if len(corners) != 2 or not all(corners):
        return True
    (left, top), (right, bottom) = ((column_index(c[1]), int(c[2])) for c in corners if c)
    return left <= column_index(found[1]) <= right and top <= int(found[2]) <= bottom


def _row_of(name: str) -> int:
    """17 for "RT!H17"."""
    return int(name.rpartition("!")[2].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))


def n_held(upload: Upload) -> int:
    return sum(int(names["n"]) for names in upload.terbaca.get("held", {}).values())


def n_parts(upload: Upload) -> int:
    return -(-n_held(upload) // PER_PART)


# --- what they look like --------------------------------------------------------------------------------------


def rejected_tables(upload: Upload, part: int = 1) -> list[RejectedTable]:
    """The held rows of the file with their reasons; the file is read once more. Raises Refused."""
    wanted = dict(_part(upload.terbaca.get("held", {}), (part - 1) * PER_PART, part * PER_PART))
    order = {"filename": upload.nama_berkas, "wanted": wanted, **asdict(order_of(upload))}
    found = sandbox.run("rejected", quarantine.where(upload.berkas), order)
    reasons = _Reasons(upload)
    return [table for told in found if (table := _table(told, reasons)).rows]


def _part(held: Mapping[str, Names], start: int, stop: int) -> Iterator[tuple[str, Names]]:
    """The rows from `start` to `stop`, counted over all tables. A table that is no list of rows is not parted."""
    before = 0
    for key, names in held.items():
        rows = [row for first, last in names["rows"] for row in range(first, last + 1)]
        chosen = rows[max(0, start - before) : max(0, stop - before)]
        if chosen or (not rows and start <= before < stop):
            yield key, {"rows": runs(chosen), "cells": names["cells"]}
        before += len(rows) or int(names["n"])


def _table(told: Mapping[str, Any], reasons: _Reasons) -> RejectedTable:
    return RejectedTable(
        sheet=told["sheet"],
        head=[[_cell(cell) for cell in row] for row in told["head"]],
        merged=[tuple(merge) for merge in told["merged"]],
        year=told["year"],
        rows=[
            RejectedRow([_cell(cell) for cell in cells], reasons.of(told["key"], spots))
            for cells, spots in zip(told["rows"], told["spots"], strict=True)
        ],
    )


def _cell(packed: Any) -> Any:
    """An error is told in words: "#N/A" would be read as a blank cell, and what is blank keeps what is stored."""
    cell = unpack(packed)
    if not isinstance(cell, Fault):
        return cell
    return _("%(galat)s (galat rumus)") % {"galat": cell.text} if cell.text else _("(rumus belum dihitung)")


class _Reasons:
    """Why rows are held: by the findings at them, by the repairs that wait for an answer, else by their table."""

    def __init__(self, upload: Upload) -> None:
        self.tables = {table["key"]: table for table in upload.terbaca.get("tables", [])}
        self.at: dict[str, list[tuple[str, str]]] = defaultdict(list)  # "RT!17" → (cell, reason)
        self.by_cell: dict[str, list[str]] = defaultdict(list)
        self.everywhere: dict[str, list[str]] = defaultdict(list)
        for finding in upload.temuan:
            if finding["level"] == "galat":
                self._add(finding)
        self.repairs: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for repair, title in waiting_repairs(upload):
            for name in _spots(repair, self.tables[repair["table_key"]]["sheet"]):
                self.repairs[repair["table_key"]][name].append(title)

    def _add(self, finding: Mapping[str, Any]) -> None:
        sheet, cell, row = finding.get("sheet", ""), finding.get("cell", ""), finding["params"].get("baris")
        reason = " ".join(filter(None, words_of(finding)))
        if found := _CELL.fullmatch(cell):
            self.by_cell[f"{sheet}!{cell}"].append(reason)
            self.at[f"{sheet}!{found[2]}"].append((cell, reason))
        elif isinstance(row, int) and finding["code"] not in _OF_MANY_ROWS:
            self.at[f"{sheet}!{row}"].append(("", reason))
        else:
            self.everywhere[sheet].append(reason)

    def of(self, key: str, spots: Sequence[str]) -> str:
        """All reasons of one row, each once. `spots` as in `intake.rejected`."""
        table = self.tables[key]
        found = [reason for spot in spots for reason in self.by_cell.get(spot, [])]
        found += [
            reason
            for spot in spots
            for cell, reason in self.at.get(spot, [])
            if not cell or covers(table, table["sheet"], cell)
        ]
        found += [title for spot in spots for title in self.repairs[key].get(spot, [])]
        return " ".join(dict.fromkeys(found or self.everywhere[table["sheet"]] or [self._other()]))

    @staticmethod
    def _other() -> str:
        return _("Baris ini tertahan karena galat yang sejenis dengan galat lain di berkas ini.")


def _spots(repair: Mapping[str, Any], sheet: str) -> Iterator[str]:
    """The rows of a repair, or their cells where they are no rows of the sheet."""
    yield from repair["cells"]
    for first, last in repair["rows"]:
        yield from (f"{sheet}!{row}" for row in range(first, last + 1))
