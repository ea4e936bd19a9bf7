"""One pass over the table of a sheet: places, RT, years and numbers of all its rows, with findings."""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kelurahan.intake import telling
from kelurahan.intake.cells import (
    CellProblem,
    ColumnCells,
    Percent,
    bare_number,
    read_column,
    read_text,
    texts_of,
    unit_words,
)
from kelurahan.intake.choices import Choices
from kelurahan.intake.columns import Column, Table, plain, unit_of
from kelurahan.intake.faults import Fault
from kelurahan.intake.header_notes import foreign_criteria, tell_columns
from kelurahan.intake.lost_rt import rows_that_lost_their_rt
from kelurahan.intake.notes import Notes
from kelurahan.intake.parsed import INDICATOR, RESULTS, Parsed, ReadColumn
from kelurahan.intake.places import ELSEWHERE, Match, Places, clean, name_key, normalise_rt, rt_problem
from kelurahan.intake.records import (
    doubtful_rows,
    is_blank,
    looks_like_a_number,
    record_rows,
    sharing_rows,
    without_titles,
)
from kelurahan.rules.findings import Level
from kelurahan.rules.numbers import (
    NumberStyle,
    StyleGuess,
    detect_style,
    format_number,
    from_float,
    other_style,
    reading_words,
)
from kelurahan.rules.regulation import FIELDS, RULE_SETS, State

_STYLE_SAMPLE = 5_000
_EXAMPLES = 200  # texts of a column among which one is looked for that shows how they are read
_MAX_NAME = 100
_SAMPLES = 3
_COUNTED = frozenset(
    {
        "unit", "jiwa", "kk", "orang", "anak", "rt", "rw", "rumah", "bangunan", "balita", "buah", "kelompok", "tps",
        "keluarga",
    }
)  # fmt: skip
_INVISIBLE = dict.fromkeys(
    [0xAD, 0xFEFF, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065), *range(0x2066, 0x206A)]
)
_MOST_NAMES = 1_000
_MOST_PARTS = 60
_TWO = 2
_PLACE_WORDS = {"kelurahan", "kel", "desa", "wilayah", "domisili", "asal", "tujuan"}
_OF_OTHERS = {"kecamatan", "kec", "puskesmas", "pustu", "posyandu", "kerja", "kantor", "sekolah", "pasar"}
_MANY = 5  # rows that share a place: less may be a slip
_RT_RANGE = re.compile(
    r"(?:RT)?[\s.]*\d{1,3}\s*(?:s\.?\s?/?\s?d|sampai|hingga)\.?\s*(?:RT)?[\s.]*\d{1,3}", re.IGNORECASE
)
_YEAR = re.compile(  # "Tahun 2023"; "202312" with its month; "2023.0", a number that became a text
    r"(?:(?:tahun|thn|th|ta|t\.a)\b[.: ]*)?((?:19|20|21)[0-9]{2})(?:0[1-9]|1[0-2])?(?:[.,]0{1,2})?", re.IGNORECASE
)


@dataclass(slots=True)
class _Groups:
    """n rows by what stands in some of their columns: `index` (n,) points into `keys`, in order of appearance."""

    keys: list[tuple[Any, ...]]
    index: NDArray[np.int64]

    def rows(self) -> list[NDArray[np.int64]]:
        """The rows of each key."""
        order = np.argsort(self.index, kind="stable")
        return np.split(order, np.searchsorted(self.index[order], np.arange(1, len(self.keys)))) if self.keys else []


@dataclass(frozen=True, slots=True)
class _Told:
    """The style of a column's texts, with an example, how it is read and how it would be read in the other style."""

    style: str = ""
    example: str = ""
    read_as: str = ""
    other_as: str = ""


class Reading:
    """One pass over a table."""

    def __init__(
        self,
        table: Table,
        places: Places,
        notes: Notes,
        rule_set: str,
        choices: Choices,
        percent: Mapping[str, frozenset[tuple[int, int]]] | None = None,
        units: Mapping[str, str] | None = None,
        tall: Mapping[str, Mapping[tuple[int, int], int]] | None = None,
    ) -> None:
        self.table, self.places, self.notes = table, places, notes
        self.percent = percent or {}  # by real sheet: cells shown as percentages
        self.tall = tall or {}  # by real sheet: first cell of each merge over several rows, and its last row
        self.units = units or {}  # of supporting indicators, by field
        self.rules, self.choices = RULE_SETS[rule_set], choices
        self.fields = table.fields
        self.records = choices.without_dropped(table, record_rows(table, places, notes))
        self.styles: dict[str, _Told] = {}  # by field
        self.held = np.zeros(len(self.records), np.bool_)
        self.rivals: frozenset[int] = frozenset()  # columns of which one holds the place, and nobody said which
        self.unread: set[int] = set()  # columns of numbers about which nobody decided

    def parse(self) -> Parsed:
        groups, matches = self._match_places()
        known = np.array([match.place is not None for match in matches], np.bool_)[groups.index]
        named = self._named(groups, matches)
        elsewhere = np.array([match.elsewhere for match in matches], np.bool_)[groups.index]
        stays = np.array(without_titles(self.table, self.records, known.tolist(), self.notes), np.bool_) & ~elsewhere
        self.records = [number for number, stay in zip(self.records, stays, strict=True) if stay]
        # Nobody can say which rows the faulty cells without a place belong to: all are held.
        self.held = np.full(len(self.records), bool(self.table.sheet.unplaced_faults))
        self.placed = np.ones(len(self.records), np.bool_)
        groups = _Groups(groups.keys, groups.index[stays])
        index = groups.index
        self._tell_places(groups, matches)
        self._hold_namesakes()
        self._hold_rival_places()
        self.unread = tell_columns(self.table, self.rules, self.records, self.notes)
        kode = self._spread([match.place.kode if match.place else "" for match in matches], index)
        below = self._spread([match.below for match in matches], index)
        self._drop_counted_rt(kode)
        tahun = self._years()
        rt, kawasan = self._rts(below), self._kawasan(below)
        keys = list(zip(kode, kawasan, rt, tahun.tolist(), strict=True))
        self._hold_without_rt(keys)
        indicators = [name for name in self.fields if name.startswith(INDICATOR)]
        read = self._numbers([*self._value_fields(), *indicators])
        numbers = {name: cells for name, cells in read.items() if name in FIELDS}
        if "rt" in self.fields:
            self._hold("rt_missing", "rt", rows_that_lost_their_rt(keys, numbers))
        n = len(self.records)
        return Parsed(
            sheet=self.table.sheet_name,
            header_row=self.table.header_rows[1] + 1,
            columns=[self._column(column) for column in self.table.columns],
            kode=kode,
            kawasan=kawasan,
            rt=rt,
            tahun=tahun,
            row_numbers=self._row_numbers(),
            **_field_arrays(numbers, n),
            held=self.held,
            placed=self.placed,
            indicators=[name.removeprefix(INDICATOR) for name in indicators],
            ind_values=_side_by_side([read[name].values for name in indicators], n, np.int64),
            ind_states=_side_by_side([read[name].states for name in indicators], n, np.uint8),
            ind_given=_side_by_side([read[name].given for name in indicators], n, np.bool_),
            findings=self.notes.all(),
            matched=sorted(set(kode) - {""}),
            unmatched=self._unmatched(groups, matches),
            named=named,
            key=self.table.key,
            jenis=self.table.jenis,
            orientation=self.table.orientation,
            range=self.table.range,
            year=self.table.year,
            year_source=self.table.year_source,
            header_rows=(self.table.header_rows[0] + 1, self.table.header_rows[1] + 1),
            use=self.table.use,
            code_system=self._code_system(groups),
            spots=self._spots(),
            stored=self._stored(),
        )

    def _row_numbers(self) -> NDArray[np.int32]:
        if self.table.sheet.origin is None:
            return np.array(self.records, np.int32) + 1
        return np.array([self.table.sheet.spot(number, 0)[1] + 1 for number in self.records], np.int32)

    def _spots(self) -> dict[str, list[tuple[str, str]]] | None:
        """Where each cell stands, for tables in which a letter and a row number do not tell."""
        if self.table.upright:
            return None
        sheet = self.table.sheet
        return {
            name: [(sheet.sheet_of(number, c.index), sheet.where(number, c.index)) for number in self.records]
            for name, c in self.fields.items()
        }

    def _code_system(self, groups: _Groups) -> str:
        codes, names = self._codes_with_names(groups)
        if not codes:
            return "nama" if groups.keys else ""
        return self.places.code_system(codes, names)

    @staticmethod
    def _codes_with_names(groups: _Groups) -> tuple[list[Any], list[Any]]:
        keys = [key for key in groups.keys if key[0] != ""]
        return [key[0] for key in keys], [key[1] for key in keys]

    # --- cells ---------------------------------------------------------------------------------------------

    def _cells(self, name: str) -> list[Any]:
        """Cells of a column; [""] * n for one that the sheet does not have."""
        column = self.fields.get(name)
        if column is None:
            return [""] * len(self.records)
        cells = self._column_cells(column)
        if str not in set(map(type, cells)):
            return cells
        texts = {cell for cell in cells if type(cell) is str}
        bare = {text: visible for text in texts if (visible := _visible(text)) != text}
        return [bare.get(cell, cell) if type(cell) is str else cell for cell in cells] if bare else list(cells)

    def _column_cells(self, column: Column) -> list[Any]:
        """Cells of the records in a column, as they stand."""
        columns = self.table.sheet.columns
        if column.index >= len(columns):
            return [""] * len(self.records)
        whole = columns[column.index]
        first, last = (self.records[0], self.records[-1]) if self.records else (0, -1)
        unbroken = last - first + 1 == len(self.records)
        return list(whole[first : last + 1]) if unbroken else [whole[number] for number in self.records]

    def _group(self, *names: str) -> _Groups:
        """Group the rows by the cells of these columns; a faulty cell counts as blank."""
        cells = [[("" if isinstance(cell, Fault) else cell) for cell in self._cells(name)] for name in names]
        combined = np.zeros(len(self.records), np.int64)
        for column in cells:
            codes, distinct = pd.factorize(pd.Series(column, dtype=object), use_na_sentinel=False)
            combined, _ = pd.factorize(combined * (len(distinct) + 1) + codes)
        _, first = np.unique(combined, return_index=True)
        return _Groups([tuple(column[i] for column in cells) for i in first.tolist()], combined)

    @staticmethod
    def _spread(values: Sequence[str], index: NDArray[np.int64]) -> list[str]:
        return [values[i] for i in index.tolist()]

    def _reference(self, name: str, row: int) -> str:
        column = self.fields.get(name)
        return self.table.sheet.where(self.records[row], column.index if column else 0)

    def _row(self, row: int) -> int:
        """Number of a record's row as people count."""
        return self.table.sheet.spot(self.records[row], 0)[1] + 1

    def _hold(self, code: str, name: str, rows: NDArray[np.int64], **params: Any) -> None:
        """A galat for each of these rows."""
        self.held[rows] = True
        self._tell(Level.GALAT, code, name, rows, **params)

    def _tell(self, level: Level, code: str, name: str, rows: NDArray[np.int64], **params: Any) -> None:
        for n, row in enumerate(rows.tolist()):
            if self.notes.full(code):
                self.notes.count(code, level, len(rows) - n)
                return
            self.notes.add(level, code, self._reference(name, row), row, **{"baris": self._row(row), **params})

    def _column(self, column: Column) -> ReadColumn:
        if column.index in self.rivals:
            column = replace(column, field=None, confidence=0.0, alternatives=(("kelurahan", 0.5),))
        told = self.styles.get(column.field or "", _Told())
        cells = self._column_cells(column)
        filled = itertools.islice((cell for cell in cells if not is_blank(cell)), _SAMPLES * 20)
        return ReadColumn(
            header=clean(column.header),
            field=column.field,
            confidence=column.confidence,
            letter=self.table.letter(column),
            style=told.style,
            unit=column.unit,
            example=told.example,
            read_as=told.read_as,
            other_as=told.other_as,
            samples=_samples(filled, column),
            alternatives=column.alternatives,
            remembered=column.remembered,
            n=len(cells) - cells.count(""),
            factor=str(column.factor),
            asks=column.index in self.unread,
        )

    # --- places --------------------------------------------------------------------------------------------

    def _match_places(self) -> tuple[_Groups, list[Match]]:
        groups = self._group("kode", "kelurahan", "kecamatan")
        system = self.places.sure_system(*self._codes_with_names(groups))
        matches = [self.places.match(code, name, kecamatan, system) for code, name, kecamatan in groups.keys]
        return groups, matches

    def _tell_places(self, groups: _Groups, matches: Sequence[Match]) -> None:
        numbers = np.array([any(p.code == "code_as_number" for p in match.problems) for match in matches], np.bool_)
        rows = np.flatnonzero(numbers[groups.index])
        if len(rows):
            text = _shown(groups.keys[groups.index[rows[0]]][0])
            cell = self._reference("kode", int(rows[0]))
            self.notes.add(Level.PERINGATAN, "code_as_number", cell, n=len(rows), text=text)
        for match, rows in zip(matches, groups.rows(), strict=True):
            for problem in match.problems:
                if problem.code == "code_as_number":
                    continue
                tell = self._hold if problem.level == Level.GALAT else self._warn
                tell(problem.code, problem.column, rows, **problem.params)

    def _hold_namesakes(self) -> None:
        """Rows that are about a kelurahan or about the kecamatan of that name."""
        doubtful = set(doubtful_rows(self.table, self.places))
        cells = self._cells("kelurahan") if doubtful else []
        for row, number in enumerate(self.records if doubtful else ()):
            if number in doubtful:
                self._hold("kelurahan_or_kecamatan", "kelurahan", np.array([row]), nama=_shown(cells[row]))

    def _hold_rival_places(self) -> None:
        """Beside the kelurahan another one: where people come from and where they went. The numbers are of which?"""
        own = self.fields.get("kelurahan")
        if own is None or own.remembered or ("kode" in self.fields and "" not in self._cells("kode")):
            return
        for other in self.table.columns:
            if other.field or other.remembered or not _may_name_places(other):
                continue
            rows = self._that_differ(self._column_cells(own), self._column_cells(other))
            if rows:
                self.rivals |= {own.index, other.index}
                one, two = clean(own.header), clean(other.header)
                self.notes.add(Level.GALAT, "places_rival", satu=one, dua=two, n=len(rows))
                self.held[:] = True

    def _that_differ(self, cells: Sequence[Any], others: Sequence[Any]) -> list[int]:
        """Rows in which two columns name different kelurahan, if that is what most cells of the second one do."""
        distinct = {cell for cell in others if type(cell) is str and cell.strip()}
        if len(distinct) > _MOST_NAMES:
            return []
        named = {text: set(self.places.named(text)) for text in distinct}
        if 2 * sum(map(bool, named.values())) < len(distinct):
            return []
        known = {text: set(self.places.named(text)) for text in set(cells) if type(text) is str}
        pairs = [(known.get(one), named.get(other)) for one, other in zip(cells, others, strict=True)]
        return [row for row, (one, other) in enumerate(pairs) if one and other and not one & other]

    def _warn(self, code: str, name: str, rows: NDArray[np.int64], **params: Any) -> None:
        self._tell(Level.PERINGATAN, code, name, rows, **params)

    def _drop_counted_rt(self, kode: Sequence[str]) -> None:
        """A column RT of bare numbers, or of "001 s/d 029", beside kelurahan that each stand once names no RT."""
        column = self.fields.get("rt")
        cells = self._cells("rt")
        if column is None or len(cells) < 5 or len(set(kode)) < len(kode):
            return
        if not all(type(c) is float for c in cells) and not all(_RT_RANGE.fullmatch(str(c)) for c in cells):
            return
        self.notes.add(Level.PERINGATAN, "rt_is_a_count", self._reference("rt", 0), kolom=clean(column.header))
        for name in ("rt", "rw"):
            dropped = self.fields.pop(name, None)
            if dropped:
                self.table.columns[dropped.index] = Column(dropped.index, dropped.header, None)

    def _rts(self, below: Sequence[str]) -> list[str]:
        groups = self._group("rt", "rw")
        names = [("" if key == ("", "") else normalise_rt(*key)) for key in groups.keys]
        for key, name, rows in zip(groups.keys, names, groups.rows(), strict=True):
            if name is None:
                self.placed[rows] = False
                self._hold(rt_problem(key[0]), "rt", rows, text=_shown(key[0] or key[1]))
        read = self._spread([name or "" for name in names], groups.index)
        return self._with_code_below(read, below)

    def _hold_without_rt(self, keys: Sequence[tuple[str, str, str, int]]) -> None:
        """Rows of one place and year: parts of it that a column tells apart, else those that only their RT would, in
        a sheet without such a column. One galat for all of them."""
        rows = sharing_rows(keys)
        parts = self._parts(rows, keys) if rows else []
        with_rt = bool({"rt", "rw"} & self.fields.keys())
        if not parts and (with_rt or len(rows) < _MANY or 2 * len(rows) < len(keys)):
            return
        self.placed[rows] = False
        self.held[rows] = True
        n, first = len(rows), self._row(rows[0])
        if parts:
            kolom = ", ".join(f"“{clean(column.header)}”" for column in parts)
            contoh = " / ".join(_shown(self._column_cells(column)[rows[0]]) for column in parts)
            self.notes.add(Level.GALAT, "rows_are_parts", n=n, baris=first, kolom=kolom, contoh=contoh)
        else:
            code = "rt_column_missing" if self.table.jenis == "penilaian" else "rows_share_place"
            self.notes.add(Level.GALAT, code, n=n, baris=first)

    def _parts(self, rows: Sequence[int], keys: Sequence[tuple[str, str, str, int]]) -> list[Column]:
        """The columns of words, the same ones in place after place, that tell rows of one place and year apart."""
        places: dict[tuple[Any, ...], list[int]] = defaultdict(list)
        for row in rows:
            places[keys[row]].append(row)
        found = []
        for column in self.table.columns:
            cells = self._column_cells(column) if column.field is None else []
            of_place = [[_shown(cells[row]).casefold() for row in members] for members in places.values() if cells]
            uses = Counter(text for texts in of_place for text in set(texts))
            worded = not any(map(looks_like_a_number, uses))
            if not uses or uses[""] or len(uses) > _MOST_PARTS or not worded or min(uses.values()) < _TWO:
                continue
            if all(len(set(texts)) == len(texts) for texts in of_place):
                return [column]
            if any(len(set(texts)) > 1 for texts in of_place):
                found.append(column)
        if len(found) < _TWO:
            return []
        texts = [[_shown(cell).casefold() for cell in self._column_cells(column)] for column in found]
        whole = [{tuple(column[row] for column in texts) for row in members} for members in places.values()]
        told = all(len(seen) == len(members) for seen, members in zip(whole, places.values(), strict=True))
        return found if told else []

    def _with_code_below(self, rts: list[str], below: Sequence[str]) -> list[str]:
        """The RT in the code ("53.71.05.1004/RT001-RW002") fills a blank cell and must agree with a filled one."""
        for row, (rt, end) in enumerate(zip(rts, below, strict=True)):
            of_code = normalise_rt(end) if end else None
            if of_code and not rt and self._is_blank("rt", row):
                rts[row] = of_code
            elif of_code and rt and rt != of_code:
                self._hold("code_rt_differ", "rt", np.array([row]), text=rt, kode=clean(end))
        return rts

    def _is_blank(self, name: str, row: int) -> bool:
        column = self.fields.get(name)
        if column is None:
            return True
        return self.table.sheet.columns[column.index][self.records[row]] in ("", None)

    def _kawasan(self, below: Sequence[str]) -> list[str]:
        groups = self._group("kawasan")
        spelling: dict[str, str] = {}
        names = []
        for (cell,), rows in zip(groups.keys, groups.rows(), strict=True):
            name = _shown(cell, _MAX_NAME + 1)
            if len(name) > _MAX_NAME or "|" in name or "/" in name:
                self._hold("kawasan_unreadable", "kawasan", rows, text=name[:60])
                name = ""
            names.append(spelling.setdefault(name.casefold(), name))
        read = self._spread(names, groups.index)
        return [name or (end if end and not normalise_rt(end) else "") for name, end in zip(read, below, strict=True)]

    def _years(self) -> NDArray[np.int32]:
        n = len(self.records)
        if "tahun" not in self.fields and self.table.year is None and n:
            self.held[:] = True
            self.notes.add(Level.GALAT, "table_year_missing", n=n, tabel=f"{self.table.sheet_name}!{self.table.range}")
            return np.zeros(n, np.int32)
        groups = self._group("tahun")
        years = np.zeros(len(groups.keys), np.int32)
        for i, ((cell,), rows) in enumerate(zip(groups.keys, groups.rows(), strict=True)):
            year = self.table.year if cell == "" else _year(cell)
            years[i] = year or 0
            if year is None:
                code = "year_missing" if cell == "" else "year_unreadable"
                self._hold(code, "tahun", rows, text=_shown(cell))
        return years[groups.index]

    def _unmatched(self, groups: _Groups, matches: Sequence[Match]) -> list[dict[str, Any]]:
        """Distinct names (or codes, where there is no name) that led to no place, with what they may mean."""
        found: dict[str, dict[str, Any]] = {}
        for (code, name, kecamatan), match, rows in zip(groups.keys, matches, groups.rows(), strict=True):
            if match.place is not None or not len(rows):
                continue
            text = _shown(name or code)
            cell = self._reference("kelurahan" if name else "kode", int(rows[0]))
            entry = found.setdefault(text, {"text": text, "key": name_key(text), "n": 0, "cell": cell, "choices": []})
            entry["n"] += len(rows)
            entry["choices"] = entry["choices"] or [
                [place.kode, place.nama] for place, _ in self.places.suggestions(str(name), str(kecamatan))
            ]
        return list(found.values())

    def _named(self, groups: _Groups, matches: Sequence[Match]) -> list[dict[str, Any]]:
        """Distinct names of which people decided what they mean."""
        found: dict[str, dict[str, Any]] = {}
        for (code, name, _), match, rows in zip(groups.keys, matches, groups.rows(), strict=True):
            if match.decided:
                kode = match.place.kode if match.place else ELSEWHERE
                entry = {"text": _shown(name or code), "key": match.decided, "n": 0, "kode": kode}
                entry["cell"] = self._reference("kelurahan" if name else "kode", int(rows[0]))
                found.setdefault(match.decided, entry)["n"] += len(rows)
        gone = [entry for entry in found.values() if entry["kode"] == ELSEWHERE]
        if gone:
            self.notes.add(Level.INFO, "names_left_out", n=sum(e["n"] for e in gone), text=gone[0]["text"])
        return list(found.values())

    # --- numbers -------------------------------------------------------------------------------------------

    def _numbers(self, names: Sequence[str]) -> dict[str, ColumnCells]:
        """The numbers of these columns, in our units. Rows with a cell that cannot be read are held."""
        n = len(self.records)
        telling.tell(0, n)
        cells = {name: self._shown_cells(name) for name in names}
        words = {name: unit_words(self._units(name)) for name in names}
        bare = {name: {text: bare_number(text, words[name]) for text in texts_of(c)} for name, c in cells.items()}
        texts = {name: list(dict.fromkeys(filter(None, of_cells.values()))) for name, of_cells in bare.items()}
        whole = detect_style(text for column in texts.values() for text in column[:_STYLE_SAMPLE])
        read: dict[str, ColumnCells] = {}
        for number, (name, column) in enumerate(cells.items(), 1):
            style = self._style(name, texts[name], whole)
            read[name] = read_column(column, style, words[name], whole=self._counts(name))
            if texts[name] and not self._counts(name) and not self.choices.style(self.table, self.fields[name]):
                shown = [bare[name].get(cell, cell) if type(cell) is str else cell for cell in column]
                read[name].states[self._unclear(name, shown, texts[name], whole)] = State.INVALID
            self._shared(name, read[name])
            self._tell_problems(name, read[name])
            read[name].scale(self.fields[name].factor)
            telling.tell(n * number // len(cells), n)  # a column of all rows is as much as all columns of some
        self._tell_rounded([(name, column) for name, column in read.items() if column.rounded])
        return read

    def _shared(self, name: str, read: ColumnCells) -> None:
        """A number in a cell that is merged over the rows of several records belongs to none of them alone."""
        if not self.tall:
            return
        at = self.fields[name].index
        spots = [self.table.sheet.spot(number, at) for number in self.records]
        taken = {(sheet, row) for sheet, row, _ in spots}
        for i, (sheet, row, column) in enumerate(spots):
            bottom = self.tall.get(sheet, {}).get((row, column), row)
            if read.given[i] and any((sheet, below) in taken for below in range(row + 1, bottom + 1)):
                read.states[i] = State.INVALID
                read.problems.append(CellProblem(i, "number_for_several_rows", _shown(self._cells(name)[i])))

    def _counts(self, name: str) -> bool:
        """Whether a column counts things, which come whole."""
        return bool(_COUNTED & {unit.casefold() for unit in self._units(name)})

    def _shown_cells(self, name: str) -> list[Any]:
        """Cells of a column; in one of percentages those that the sheet shows as such are marked."""
        cells = self._cells(name)
        if not self.percent or not {"%", "persen"} & set(self._units(name)):
            return cells
        sheet, at = self.table.sheet, self.fields[name].index
        spots = (sheet.spot(number, at) for number in self.records)
        return [
            Percent(cell) if type(cell) is float and (row, column) in self.percent.get(real, ()) else cell
            for cell, (real, row, column) in zip(cells, spots, strict=True)
        ]

    def _units(self, name: str) -> dict[str, Fraction]:
        """Units that a number of this column may name itself ("0,35 Ha"), each with the factor to ours."""
        column, ours = self.fields[name], unit_of(name) or self.units.get(name, "")
        units = {ours: Fraction(1), column.unit: column.factor}
        if len(column.unit.split()) > 1:  # "ribu jiwa": whether "150 jiwa" are thousands, nobody can say
            units.pop(ours, None)
        return {unit: factor for unit, factor in units.items() if unit}

    def _stored(self) -> dict[str, tuple[NDArray[np.int64], NDArray[np.bool_]]]:
        """Percentages and nilai as the file has them. Nobody needs them to be right: what cannot be read is unknown."""
        stored = {}
        for name in self.fields:
            if name.startswith(RESULTS):
                cells = self._cells(name)
                guess = detect_style(texts_of(cells)[:_STYLE_SAMPLE], default=NumberStyle.INDONESIAN)
                read = read_column(cells, guess.style, unit_words({"%": Fraction(1)}))
                stored[name] = (read.values, read.states == State.FILLED)
        return stored

    def _value_fields(self) -> list[str]:
        """The value columns of this rule set."""
        foreign = foreign_criteria(self.table, self.rules)
        return [name for name in FIELDS if name in self.fields and name not in foreign]

    def _style(self, name: str, texts: Sequence[str], whole: StyleGuess) -> NumberStyle:
        """The style of a column's texts; what does not decide itself follows the rest of the sheet."""
        guess = detect_style(texts[:_STYLE_SAMPLE], default=whole.style)
        style = self.choices.style(self.table, self.fields[name]) or guess.style
        if texts:
            self.styles[name] = self._told(name, texts[:_STYLE_SAMPLE], style)
        return style

    def _told(self, name: str, texts: Sequence[str], style: NumberStyle) -> _Told:
        """An example of a column's texts, if there is one such that means something else in the other style."""
        words, whole, styles = unit_words(self._units(name)), self._counts(name), (style, other_style(style))
        marked = [text for text in texts if "," in text or "." in text][:_EXAMPLES] or texts[:1]
        read = [(text, *(read_text(text, one, words, whole=whole) for one in styles)) for text in marked]
        differ = [one for one in read if one[1] != one[2]]
        example, read_as, other_as = next((one for one in differ if one[1]), (differ or read)[0])
        return _Told(str(style), clean(example, 40), read_as, other_as)

    def _unclear(self, name: str, cells: Sequence[Any], texts: Sequence[str], whole: StyleGuess) -> NDArray[np.int64]:
        """Rows whose texts nobody can read: "13.619" and "9,276" in one column and nothing that decides.

        With only one of the two kinds the reading is a fair guess, and is told.
        """
        guess = detect_style(texts[:_STYLE_SAMPLE], default=whole.style)
        nothing = np.zeros(0, np.int64)
        dots = [text for text in guess.ambiguous if "." in text]
        commas = [text for text in guess.ambiguous if "," in text]
        if not guess.ambiguous or guess.n_for or guess.n_against or (whole.n_for and unit_of(name) in {"ha", "m"}):
            return self._of_others(name, cells, dots, commas) if dots and commas and not guess.n_for else nothing
        if dots and commas:
            unclear = {text for text in texts if "." in text or "," in text}
            rows = np.array([i for i, cell in enumerate(cells) if type(cell) is str and cell in unclear], np.int64)
            satu, dua = clean(dots[0]), clean(commas[0])
            self._tell(Level.GALAT, "mixed_number_styles", name, rows[:1], kolom=self._header(name), satu=satu, dua=dua)
            if not name.startswith(INDICATOR):
                self.held[rows] = True
            return rows
        if not whole.n_for:
            text = guess.ambiguous[0]
            told = {"kolom": self._header(name), "text": clean(text), **reading_words(text, guess.style)}
            if name.startswith(INDICATOR) and "ha" in self._units(name):  # some hectares or thousands of them
                unclear = set(guess.ambiguous)
                rows = np.array([i for i, c in enumerate(cells) if type(c) is str and c.strip() in unclear], np.int64)
                self._tell(Level.GALAT, "unclear_number_style", name, rows[:1], n=len(rows), **told)
                return rows
            self._warn("ambiguous_number_style", name, np.array([cells.index(text)], np.int64), **told)
        return nothing

    def _of_others(
        self, name: str, cells: Sequence[Any], dots: Sequence[str], commas: Sequence[str]
    ) -> NDArray[np.int64]:
        """Rows with the rarer of two marks, where nothing in the column itself says that the other one is right."""
        rare, usual = sorted((dots, commas), key=len)
        rows = np.array([i for i, cell in enumerate(cells) if type(cell) is str and cell.strip() in rare], np.int64)
        told = {"kolom": self._header(name), "satu": clean(rare[0]), "dua": clean(usual[0])}
        self._tell(Level.GALAT, "mixed_number_styles", name, rows[:1], **told)
        if not name.startswith(INDICATOR):
            self.held[rows] = True
        return rows

    def _header(self, name: str) -> str:
        return clean(self.fields[name].header)

    def _tell_problems(self, name: str, read: ColumnCells) -> None:
        header = self._header(name)
        if read.problems and not name.startswith(INDICATOR):  # each value of an indicator stands for itself
            self.held[[problem.index for problem in read.problems]] = True
        for n, problem in enumerate(read.problems):
            if self.notes.full(problem.code):
                rest = read.problems[n:]
                for code in {other.code for other in rest}:
                    self.notes.count(code, Level.GALAT, sum(other.code == code for other in rest))
                return
            cell = self._reference(name, problem.index)
            self.notes.add(Level.GALAT, problem.code, cell, problem.index, kolom=header, text=clean(problem.text, 60))

    def _tell_rounded(self, rounded: Sequence[tuple[str, ColumnCells]]) -> None:
        if not rounded:
            return
        name, read = rounded[0]
        assert read.rounded is not None
        self.notes.add(
            Level.INFO,
            "decimals_rounded",
            self._reference(name, read.rounded.index),
            n=sum(column.n_rounded for _, column in rounded),
            text=clean(read.rounded.text),
            understood=read.rounded.understood,
        )


def _may_name_places(column: Column) -> bool:
    words = set(plain(column.header).split())
    return bool(words & _PLACE_WORDS and not words & _OF_OTHERS) or "kelurahan" in dict(column.alternatives)


def _samples(cells: Iterable[Any], column: Column) -> tuple[str, ...]:
    """A few different cells for people to see. Texts of a column that nobody asked for may be names of persons."""
    shown = (cell for cell in cells if column.field or type(cell) is not str or looks_like_a_number(cell))
    return tuple(dict.fromkeys(_sample(cell) for cell in shown))[:_SAMPLES]


def _sample(cell: Any) -> str:
    """A number cell as Excel shows it here, so that it is not taken for a text that somebody typed with a dot."""
    if type(cell) is float and math.isfinite(cell) and not cell.is_integer():
        return format_number(from_float(cell))
    return _shown(cell, 40)


def _shown(cell: Any, limit: int = 60) -> str:
    """A cell as the officer sees it."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return clean(str(cell), limit)


def _visible(text: str) -> str:
    """Without what nobody sees: marks of direction, spaces of no width, soft hyphens."""
    return text.strip() if text.isascii() else text.translate(_INVISIBLE).strip()


def _year(cell: Any) -> int | None:
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else cell
    found = _YEAR.fullmatch(text.strip()) if isinstance(text, str) else None
    return int(found[1]) if found else None


def _field_arrays(numbers: Mapping[str, ColumnCells], n: int) -> dict[str, Any]:
    """`values`, `states`, `given` (n, 25) of the columns that were read; the others are empty."""
    shape = (n, len(FIELDS))
    arrays: dict[str, NDArray[Any]] = {
        "values": np.zeros(shape, np.int64),
        "states": np.full(shape, State.EMPTY, np.uint8),
        "given": np.zeros(shape, np.bool_),
    }
    for name, read in numbers.items():
        for part, into in arrays.items():
            into[:, FIELDS.index(name)] = getattr(read, part)
    return arrays


def _side_by_side(columns: Sequence[NDArray[Any]], n: int, kind: Any) -> NDArray[Any]:
    """Columns (n,) → (n, m)."""
    return np.column_stack(columns) if columns else np.zeros((n, 0), kind)
