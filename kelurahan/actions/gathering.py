"""The tables of a file as one list of rows: several may speak about one place and year, each about other fields."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kelurahan.actions.comparing import area_code
from kelurahan.actions.places import kawasan_spelling
from kelurahan.actions.staging import Staged
from kelurahan.intake.parsed import Document, Parsed
from kelurahan.rules.findings import N_, Finding, Level, add_messages
from kelurahan.rules.regulation import FIELDS

add_messages(
    {
        "tables_disagree": (
            N_("Dua tabel memberi angka berbeda untuk %(nama)s tahun %(tahun)s: %(satu)s dan %(dua)s (%(kolom)s)."),
            N_("Pilih di langkah Berkas tabel mana yang dipakai, atau betulkan berkasnya."),
        ),
    }
)


@dataclass(frozen=True)
class Gathered:
    """n rows of all tables that are read. `table` and `local` say where each comes from; `elsewhere` names the cells
    that another row of the file gave, by (row, field index)."""

    tables: list[Parsed]
    staged: Staged
    table: NDArray[np.int64]  # (n,)
    local: NDArray[np.int64]  # (n,)
    placed: NDArray[np.bool_]  # (n,)
    present: NDArray[np.bool_]  # (n, 25) the table of the row has a column for the field
    elsewhere: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.local)

    def spot(self, row: int, name: str) -> tuple[str, str]:
        """Sheet and cell ("H17") of a row's value; the cell is "" where its table has no such column."""
        at = (row, FIELDS.index(name)) if name in FIELDS else (-1, -1)
        table, local = self.elsewhere.get(at, (int(self.table[row]), int(self.local[row])))
        return self.tables[table].spot(local, name)


def spots(gathered: Gathered) -> dict[str, dict[str, str]]:
    """Record ("53.71.01.1001/RT001-RW002|2024") → field → cell, for those that the letter of a column and a row number
    do not lead to: turned tables, forms, two tables on a sheet, rows put together."""
    plain = [_is_plain(table, gathered.tables) for table in gathered.tables]
    folded = {row for row, _ in gathered.elsewhere}
    rows = [i for i in range(len(gathered)) if not plain[gathered.table[i]] or i in folded]
    return {_record(gathered, i): _cells_of(gathered, i) for i in rows}


def _is_plain(table: Parsed, tables: Sequence[Parsed]) -> bool:
    beside = [other for other in tables if other is not table and other.sheet == table.sheet]
    letters = {(c.field, c.letter) for c in table.columns if c.field}
    fields = {field for field, _ in letters}
    return table.spots is None and all(
        (c.field, c.letter) in letters for other in beside for c in other.columns if c.field in fields
    )


def _record(gathered: Gathered, i: int) -> str:
    return f"{area_code(*gathered.staged.key[i][:3])}|{gathered.staged.tahun[i]}"


def _cells_of(gathered: Gathered, i: int) -> dict[str, str]:
    """A cell on another sheet than the row's says so: "RT!H17"."""
    cells = {}
    for k in np.flatnonzero(gathered.staged.given[i]).tolist():
        sheet, cell = gathered.spot(i, FIELDS[k])
        cells[FIELDS[k]] = cell if sheet == gathered.staged.key[i][3] else f"{sheet}!{cell}"
    return cells


def gather(document: Document) -> Gathered:
    """The rows of all tables with numbers of the records."""
    tables = [t for t in document.tables if t.use and len(t) and t.jenis == "penilaian"]
    lengths = [len(t) for t in tables]
    whole = Gathered(
        tables=tables,
        staged=_staged(tables),
        table=np.repeat(np.arange(len(tables)), lengths),
        local=np.concatenate([np.arange(n) for n in lengths]) if tables else np.zeros(0, np.int64),
        placed=_joined([t.placed for t in tables], np.bool_),
        present=_joined([np.tile(_present(t), (len(t), 1)) for t in tables], np.bool_, len(FIELDS)),
        findings=list(_findings(tables)),
    )
    return _merged(whole) if len(tables) > 1 else whole


def _joined(arrays: Sequence[NDArray[Any]], kind: type, width: int = 0) -> NDArray[Any]:
    if arrays:
        return np.concatenate(arrays)
    return np.zeros((0, width) if width else 0, kind)


def _present(table: Parsed) -> NDArray[np.bool_]:
    fields = {column.field for column in table.columns}
    return np.array([name in fields for name in FIELDS])


def _staged(tables: list[Parsed]) -> Staged:
    width = len(FIELDS)
    spelling = kawasan_spelling({pair for t in tables for pair in zip(t.kode, t.kawasan, strict=True)})
    keys = [
        (kode, spelling.get((kode, kawasan), kawasan), rt, t.sheet)
        for t in tables
        for kode, kawasan, rt in zip(t.kode, t.kawasan, t.rt, strict=True)
    ]
    return Staged(
        key=keys,
        tahun=_joined([t.tahun.astype(np.int64) for t in tables], np.int64),
        baris=_joined([t.row_numbers.astype(np.int64) for t in tables], np.int64),
        values=_joined([t.values for t in tables], np.int64, width),
        states=_joined([t.states for t in tables], np.uint8, width),
        given=_joined([t.given for t in tables], np.bool_, width),
        held=_joined([t.held.copy() for t in tables], np.bool_),
    )


def _findings(tables: list[Parsed]) -> Iterator[Finding]:
    """What the reader noticed, with rows counted over all tables."""
    start = 0
    for table in tables:
        for finding in table.findings:
            yield finding if finding.row is None else replace(finding, row=finding.row + start)
        start += len(table)


def _merged(whole: Gathered) -> Gathered:
    """Rows about one place and year from different tables become one where they do not contradict each other."""
    first: dict[tuple[str, str, str, int], int] = {}
    gone: list[int] = []
    findings = list(whole.findings)
    rows = whole.staged
    for i, (kode, kawasan, rt, _) in enumerate(rows.key):
        year = int(rows.tahun[i])
        if not kode or not year or not whole.placed[i]:
            continue
        j = first.setdefault((kode, kawasan, rt, year), i)
        if whole.table[j] == whole.table[i]:  # twice in one table: the duplicate check tells
            continue
        both = rows.given[i] & rows.given[j]
        differ = both & ((rows.values[i] != rows.values[j]) | (rows.states[i] != rows.states[j]))
        if differ.any():
            rows.held[[i, j]] = True
            findings += [_disagree(whole, i, j, differ), _disagree(whole, j, i, differ)]
        else:
            _fold(whole, i, j)
            gone.append(i)
    return _without(replace(whole, findings=findings), gone)


def _disagree(whole: Gathered, i: int, j: int, differ: NDArray[np.bool_]) -> Finding:
    kode, kawasan, rt, sheet = whole.staged.key[i]
    name = FIELDS[int(np.flatnonzero(differ)[0])]
    here, there = whole.spot(i, name), whole.spot(j, name)
    params = {
        "nama": f"{kode} {rt or kawasan}".strip(),
        "tahun": int(whole.staged.tahun[i]),
        "satu": "!".join(here),
        "dua": "!".join(there),
        "kolom": ", ".join(FIELDS[k] for k in np.flatnonzero(differ)[:6].tolist()),
    }
    return Finding(Level.GALAT, "tables_disagree", sheet, here[1], params, i)


def _fold(whole: Gathered, i: int, into: int) -> None:
    """Put what row i says and the other does not into the other."""
    rows = whole.staged
    new = rows.given[i] & ~rows.given[into]
    rows.values[into, new], rows.states[into, new] = rows.values[i, new], rows.states[i, new]
    rows.given[into, new] = True
    rows.held[into] |= rows.held[i]
    whole.present[into] |= whole.present[i]
    for k in np.flatnonzero(new).tolist():
        whole.elsewhere[into, k] = (int(whole.table[i]), int(whole.local[i]))


def _without(whole: Gathered, gone: list[int]) -> Gathered:
    if not gone:
        return whole
    stays = np.setdiff1d(np.arange(len(whole)), np.array(gone))
    now = {int(old): new for new, old in enumerate(stays)}
    return Gathered(
        tables=whole.tables,
        staged=whole.staged.take(stays),
        table=whole.table[stays],
        local=whole.local[stays],
        placed=whole.placed[stays],
        present=whole.present[stays],
        elsewhere={(now[i], k): spot for (i, k), spot in whole.elsewhere.items() if i in now},
        findings=[
            finding if finding.row is None else replace(finding, row=now.get(finding.row)) for finding in whole.findings
        ],
    )
