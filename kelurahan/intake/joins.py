"""Joins sheets that refer to each other by id: a row gets the names and denominators of what its keys point to.

Names come along every reference and on from there (RT → kawasan → kota). Numbers come only from the sheet whose rows
the records are about, one record for each key and year; those of a kawasan are never given to its RT. Sheets that were
only looked up in are left out afterwards, and so are sheets of works and drafts without a year; all of it is told.

A workbook of kawasan knows no kelurahan: its kawasan are called after their kelurahan. Each is read as the kawasan of
that name within the kelurahan of that name, so its figures are direct figures beside the sum of its RT, and never those
of the whole kelurahan.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from kelurahan.intake.columns import PLACE_HEADERS, match_header
from kelurahan.intake.origin import Origin, Spot
from kelurahan.intake.places import clean
from kelurahan.intake.references import (
    ENOUGH,
    NUMBERED,
    PLACES,
    WORK_WORDS,
    Listed,
    Reference,
    compact,
    is_text,
    is_total,
    key_of,
    listed,
    references,
)
from kelurahan.intake.sheets import Sheet, Workbook
from kelurahan.rules.findings import Finding, Level
from kelurahan.rules.regulation import KRITERIA

_YEARS = {"tahun", "periode", "waktu"}  # names of sheets that list years
_OF_LEFT_OUT = {"sheet_of_works", "sheet_without_year"}
_SHOWN = 8
_DEPTH = 4  # kumuh → RT → kawasan → kota

_Rows = Sequence[int | None]
"""For each record, or row, its row in another sheet."""


def joined_sheets(book: Workbook) -> Workbook:
    """The same workbook, its sheets joined. Without references it is the same one."""
    return _Joiner(book).book()


@dataclass(slots=True)
class _Source:
    """Where a column comes from: `column` of `sheet`, whose row for each row here is in `rows`. Without such a row a
    cell stands where its key stands: in column `key` of `home`."""

    sheet: Sheet
    column: int
    rows: _Rows
    home: Sheet
    key: int

    def spot(self, row: int) -> Spot:
        there = self.rows[row]
        return self.home.spot(row, self.key) if there is None else self.sheet.spot(there, self.column)


class _Row(Sequence[Spot | None]):
    def __init__(self, sources: Sequence[_Source | None], row: int) -> None:
        self.sources, self.row = sources, row

    def __len__(self) -> int:
        return len(self.sources)

    def __getitem__(self, column: Any) -> Any:
        source = self.sources[column]
        return source.spot(self.row) if source else None


class _Spots(Sequence[Sequence[Spot | None]]):
    """Where the cells of a joined sheet stand, made when asked: nobody asks for all of a large sheet."""

    def __init__(self, sources: Sequence[_Source | None], n: int) -> None:
        self.sources, self.n = sources, n

    def __len__(self) -> int:
        return self.n

    def __getitem__(self, row: Any) -> Any:
        return _Row(self.sources, row)


@dataclass(slots=True)
class _Joined:
    """A sheet after its joins. `took` are the sheets whose numbers it holds now."""

    listed: Listed
    took: set[str] = field(default_factory=set)


@dataclass
class _Joiner:
    original: Workbook

    def __post_init__(self) -> None:
        self.notes: list[Finding] = []
        self.sheets = [found for sheet in self.original.sheets if (found := listed(sheet))]
        self.references: dict[str, list[Reference]] = {
            one.sheet.name: references(one, self.sheets, self.notes) for one in self.sheets
        }

    def book(self) -> Workbook:
        if not any(self.references.values()) or len(self.references) < len(self.sheets):
            return replace(self.original, notes=[*self.original.notes, *self.notes]) if self.notes else self.original
        left_out = {one.sheet.name for one in self.sheets if self._is_of_works(one)}
        kept = [one for one in self.sheets if one.sheet.name not in left_out]
        joined = {one.sheet.name: self._joined(one, ()) for one in kept}
        drafts = self._drafts(joined)
        left_out |= drafts | self._looked_up_in({name: one for name, one in joined.items() if name not in drafts})
        sheets = [
            joined[sheet.name].listed.sheet if sheet.name in joined else sheet
            for sheet in self.original.sheets
            if sheet.name not in left_out
        ]
        told = [note for note in self.notes if note.sheet not in left_out or note.code in _OF_LEFT_OUT]
        return replace(self.original, sheets=sheets, notes=[*self.original.notes, *told])

    # --- sheets that are not read

    def _is_of_works(self, one: Listed) -> bool:
        words = {compact(header) for header in one.headers} & WORK_WORDS
        if not self.references[one.sheet.name] or len(words) < 2:
            return False
        self.notes.append(Finding(Level.INFO, "sheet_of_works", one.sheet.name))
        return True

    def _looked_up_in(self, joined: dict[str, _Joined]) -> set[str]:
        """Sheets that others point to and whose numbers, if they have any, stand in those others now."""
        took = {name for one in joined.values() for name in one.took}
        pointed = {reference.other.sheet.name for name in joined for reference in self.references[name]}
        return {name for name in pointed & joined.keys() if name in took or not _number_columns(joined[name].listed)}

    def _drafts(self, joined: dict[str, _Joined]) -> set[str]:
        """Sheets of volumes without year beside a sheet that has them by year, for the same places."""
        drafts = set()
        for name, one in joined.items():
            fields = one.listed.where_fields()
            if "tahun" in fields or not fields.keys() & KRITERIA.keys() or not self.references[name]:
                continue
            beside = [other for other in joined if other != name and self._has_it_by_year(joined, other, name)]
            if beside:
                self.notes.append(Finding(Level.PERINGATAN, "sheet_without_year", name, params={"lain": beside[0]}))
                drafts.add(name)
        return drafts

    def _has_it_by_year(self, joined: dict[str, _Joined], other: str, draft: str) -> bool:
        """Whether a sheet has volumes by year for what the draft is about: both point to the same finest sheet."""
        mine, theirs = (joined[name].listed.where_fields().keys() for name in (draft, other))
        finest = [found[0].other.sheet.name for name in (draft, other) if (found := self.references[name])]
        return "tahun" in theirs and bool(mine & theirs & KRITERIA.keys()) and len(finest) == 2 == 1 + len(set(finest))

    # --- joining

    def _joined(self, one: Listed, above: tuple[str, ...]) -> _Joined:
        name = one.sheet.name
        found = [r for r in self.references[name] if r.other.sheet.name not in above] if len(above) < _DEPTH else []
        pairs = [(r, self._joined(r.other, (*above, name)).listed) for r in found]
        return _Join(one, pairs, self.notes).result(named=not above) if pairs else _Joined(one)


@dataclass(slots=True)
class _Join:
    """One sheet and what its keys point to, each with the sheet joined before."""

    one: Listed
    pairs: Sequence[tuple[Reference, Listed]]
    notes: list[Finding]
    headers: list[Any] = field(default_factory=list)
    columns: list[list[Any]] = field(default_factory=list)  # of the records
    sources: list[_Source | None] = field(default_factory=list)

    def result(self, named: bool) -> _Joined:
        one, took = self.one, set[str]()
        width = self._width()
        self.headers = _padded(one.headers, width)
        self.columns = [list(one.column(index)[one.header_row + 1 :]) for index in range(width)]
        self.sources = [None] * width
        keys = {reference.column for reference, _ in self.pairs}
        known = _Known(one, keys)
        for reference, other in self.pairs:
            if self._add(reference, other, known):
                took.add(other.sheet.name)
        if named:
            self._name_places()
        return _Joined(self._as_listed(), took)

    def _width(self) -> int:
        """Columns up to the last one that holds anything."""
        columns = self.one.sheet.columns
        return next((n for n in range(len(columns), 0, -1) if any(cell != "" for cell in columns[n - 1])), 0)

    def _add(self, reference: Reference, other: Listed, known: _Known) -> bool:
        """Put the names in place of the key, everything else behind the table. Whether numbers were among it."""
        keys = self.one.column(reference.column)
        rows = [other.keys.get(key_of(keys[row])) for row in self.one.records]
        lost = self._lost(reference, other, rows)
        taken = self._taken(reference, other, known)
        name = _name_column(other, taken)
        self._put_name(reference, other, name, rows, lost)
        behind = [index for index in taken if index != name]
        for index in behind:
            self._append(other, index, rows, reference.column)
        if name is None and behind:  # without a name that nobody knows, a number that nobody can read holds the row
            self.columns[-len(behind)] = [lost.get(n, cell) for n, cell in enumerate(self.columns[-len(behind)])]
        self._tell_join(reference, other, [*([] if name is None else [name]), *behind])
        return any(not _is_place(other, index) for index in taken)

    def _lost(self, reference: Reference, other: Listed, rows: _Rows) -> dict[int, str]:
        """Records whose key leads nowhere, with what to show for it; also those of an RT that is not said."""
        own, keys = self.columns[reference.column], [r.column for r, _ in self.pairs if r is not reference]
        lost = {}
        for n, row in enumerate(rows):
            key = key_of(own[n])
            if row is None and key and not is_total(key):
                lost[n] = _unknown_key(own[n])
            elif not key and other.names & NUMBERED and any(key_of(self.columns[at][n]) for at in keys):
                lost[n] = "id ?"
        if lost:
            params = {"kolom": _quoted(self.one.headers[reference.column]), "rujukan": other.sheet.name}
            self._tell_rows("join_keys_unknown", reference.column, list(lost), params)
        return lost

    def _taken(self, reference: Reference, other: Listed, known: _Known) -> list[int]:
        """Columns of the other sheet that this one does not have, numbers only where they are about its own rows."""
        with_numbers = known.has_one_row_each(reference, other)
        taken = []
        for index, header in enumerate(other.headers):
            word = compact(header)
            if index == other.key_column or not word or known.has(word, reference.column):
                continue
            if _is_count(other, index) or (_is_year(other, index) and not other.names & _YEARS):
                continue
            if _is_place(other, index) or with_numbers or _is_year(other, index):
                taken.append(index)
        known.add(compact(other.headers[index]) for index in taken)
        return taken

    def _put_name(
        self, reference: Reference, other: Listed, name: int | None, rows: _Rows, lost: dict[int, str]
    ) -> None:
        at, own = reference.column, self.columns[reference.column]
        names = other.column(name) if name is not None else None
        cells = [own[n] if row is None else names[row] if names else "" for n, row in enumerate(rows)]
        cells = [lost.get(n, cell) for n, cell in enumerate(cells)]
        self._mark_disagreement(reference, other, cells, rows)
        self.columns[at] = cells if name is not None else [""] * len(rows)
        self.headers[at] = _name_header(other, name) if name is not None else ""
        if at and name is not None:  # the first cell of a row names the row, so it stays where it is
            self.sources[at] = self._source(other, name, rows, at, header=False)

    def _mark_disagreement(self, reference: Reference, other: Listed, cells: list[Any], rows: _Rows) -> None:
        """A row whose two keys lead to different places gets a name that no place has."""
        for finer in (first for first, _ in self.pairs if len(first.other.keys) > len(other.keys)):
            wrong = [n for n, row in enumerate(self._by_way_of(finer, reference)) if row is not None and row != rows[n]]
            for n in (n for n in wrong if rows[n] is not None):
                cells[n] = f"{cells[n]} ?"
            if wrong:
                headers = self.one.headers[reference.column], self.one.headers[finer.column]
                params = {"kolom": _quoted(headers[0]), "lain": _quoted(headers[1])}
                self._tell_rows("join_keys_disagree", reference.column, wrong, params)

    def _by_way_of(self, finer: Reference, reference: Reference) -> _Rows:
        """For each record the row that its finer key leads to: the kawasan that the sheet of RT says."""
        word, keys = compact(self.one.headers[reference.column]), self.one.column(finer.column)
        at = next((n for n, header in enumerate(finer.other.headers) if compact(header) == word), None)
        found: list[int | None] = []
        for row in self.one.records:
            there = finer.other.keys.get(key_of(keys[row]))
            key = key_of(finer.other.column(at)[there]) if at is not None and there is not None else ""
            found.append(reference.other.keys.get(key))
        return found

    def _append(self, other: Listed, index: int, rows: _Rows, key: int) -> None:
        cells = other.column(index)
        self.headers.append(other.headers[index])
        self.columns.append(["" if row is None else cells[row] for row in rows])
        self.sources.append(self._source(other, index, rows, key))

    def _source(self, other: Listed, index: int, rows: _Rows, key: int, header: bool = True) -> _Source:
        """Above the header nothing is joined; the header is the other sheet's, unless it stands in place of a key."""
        head: list[int | None] = [None] * self.one.header_row
        above = [*head, other.header_row if header else None]
        return _Source(other.sheet, index, [*above, *rows], self.one.sheet, key)

    def _name_places(self) -> None:
        """A table needs a kelurahan: see the top of this file. "Wilayah" beside it is its kecamatan."""
        words = [compact(header) for header in self.headers]
        fields = {match_header(header)[0]: n for n, header in enumerate(self.headers) if type(header) is str}
        if fields.keys() & {"kelurahan", "kode"} or "kawasan" not in fields:
            return
        at = fields["kawasan"]
        self.headers.append(PLACE_HEADERS["kelurahan"])
        self.columns.append(self.columns[at])
        self.sources.append(self._behind(at))
        if "kecamatan" not in fields and "wilayah" in words:
            self.headers[words.index("wilayah")] = PLACE_HEADERS["kecamatan"]

    def _behind(self, at: int) -> _Source:
        """The same cells once more."""
        rows: list[int | None] = list(range(len(self.one.sheet.rows)))
        return self.sources[at] or _Source(self.one.sheet, at, rows, self.one.sheet, at)

    def _as_listed(self) -> Listed:
        one, width = self.one, len(self.headers)
        head = [_padded(row, width) for row in one.sheet.rows[: one.header_row]]
        records = [list(cells) for cells in zip(*self.columns, strict=True)] if self.columns else []
        rows = [*head, list(self.headers), *records]
        origin = Origin(one.sheet.name, scattered=_Spots(self.sources, len(rows)))
        sheet = Sheet(
            one.sheet.name, one.sheet.hidden, rows, [m for m in one.sheet.merged if m[0] < one.header_row],
            unplaced_faults=one.sheet.unplaced_faults, percent=one.sheet.percent, origin=origin,
        )  # fmt: skip
        return replace(one, sheet=sheet)

    # --- findings

    def _tell_join(self, reference: Reference, other: Listed, taken: Sequence[int]) -> None:
        named = dict.fromkeys(clean(str(other.headers[index]), 40) for index in taken)
        params = {"kolom": _quoted(self.one.headers[reference.column]), "rujukan": other.sheet.name}
        self._tell(Level.INFO, "sheets_joined", reference.column, params | {"isi": ", ".join(named) or "–"}, 0)

    def _tell_rows(self, code: str, column: int, records: Sequence[int], params: dict[str, Any]) -> None:
        cells = [self.one.sheet.where(self.one.header_row + 1 + n, column) for n in records[:_SHOWN]]
        listed_cells = ", ".join(cells) + (", …" if len(records) > _SHOWN else "")
        told = {**params, "n": len(records), "daftar": listed_cells}
        self._tell(Level.PERINGATAN, code, column, told, records[0] + 1)

    def _tell(self, level: Level, code: str, column: int, params: dict[str, Any], below: int) -> None:
        note = Finding(
            level, code, self.one.sheet.name, self.one.sheet.where(self.one.header_row + below, column), params
        )
        if note not in self.notes:
            self.notes.append(note)


@dataclass
class _Known:
    """What a sheet has without its joins, and what came to it."""

    one: Listed
    keys: set[int]

    def __post_init__(self) -> None:
        own = {n: compact(header) for n, header in enumerate(self.one.headers) if compact(header)}
        self.words = {word for n, word in own.items() if n not in self.keys}
        self.key_words = {own[n]: n for n in self.keys}
        self.fields: set[str | None] = {match_header(word)[0] for word in self.words}
        self.year = next((n for n, word in own.items() if match_header(word)[0] == "tahun"), None)

    def has(self, word: str, column: int) -> bool:
        """Whether a header is there already, or will come in place of another key."""
        name = match_header(word)[0]
        return word in self.words or (name and name in self.fields) or self.key_words.get(word, column) != column

    def add(self, words: Iterable[str]) -> None:
        for word in words:
            self.words.add(word)
            self.fields.add(match_header(word)[0])

    def has_one_row_each(self, reference: Reference, other: Listed) -> bool:
        """Whether a row is about what its key points to, and not about a part of it: one row for each key and year."""
        parts = {"rt", "rw"} & self.fields
        if parts and not other.names & NUMBERED:
            return False
        keys = self.one.column(reference.column)
        years = self.one.column(self.year) if self.year is not None else None
        pairs = Counter(
            (key, str(years[row]) if years else "") for row in self.one.records if (key := key_of(keys[row]))
        )
        once = sum(n for n in pairs.values() if n == 1)
        return once >= ENOUGH * sum(pairs.values())


def _name_column(other: Listed, taken: Sequence[int]) -> int | None:
    """The column that names what the keys point to: called like the sheet, or "nama"; else the first text, or place."""
    places = [index for index in taken if _is_place(other, index)]
    for index in places:
        word = compact(other.headers[index])
        if word in other.names or word == "nama" or word.removeprefix("nama") in other.names:
            return index
    texts = [index for index in places if is_text(other.column(index), other.records)]
    return next(iter([*texts, *places]), None)


def _name_header(other: Listed, name: int) -> str:
    """ "nama" in a sheet "kelurahan" is "Nama kelurahan"."""
    header = str(other.headers[name])
    if compact(header) not in {"nama", "name", "uraian"}:
        return header
    named = (f"Nama {name}" for name in sorted(other.names) if match_header(f"Nama {name}")[0] in PLACES)
    return next(named, header)


def _is_place(other: Listed, index: int) -> bool:
    return is_text(other.column(index), other.records) or match_header(str(other.headers[index]))[0] in PLACES


def _is_year(other: Listed, index: int) -> bool:
    return match_header(str(other.headers[index]))[0] == "tahun"


def _is_count(other: Listed, index: int) -> bool:
    """ "rt-rw" with bare numbers in a sheet of kawasan counts its RT."""
    name = match_header(str(other.headers[index]))[0]
    return name in {"rt", "rw"} and not is_text(other.column(index), other.records) and not other.names & NUMBERED


def _number_columns(one: Listed) -> list[int]:
    """Columns of numbers that are read somewhere; the keys and counts are not."""
    found = []
    for index, header in enumerate(one.headers):
        name = match_header(header)[0] if type(header) is str else None
        if index != one.key_column and name and name not in {*PLACES, "tahun"}:
            found.append(index)
    return found


def _unknown_key(cell: Any) -> Any:
    """A number that leads nowhere is shown as what it is, so that it is no RT and no place by accident."""
    if type(cell) in (float, int):
        return f"id {format(cell, '.15g')}"
    return cell


def _padded(row: Sequence[Any], width: int) -> list[Any]:
    return [*row[:width], *[""] * (width - len(row))]


def _quoted(header: Any) -> str:
    return f"“{clean(str(header), 40)}”"
