"""The printed R0 form ("Perhitungan tingkat kekumuhan") as records: one row for each form of a sheet.

A form is a header block (place, year, denominators) over a block of criteria with KONDISI AWAL, OUTPUT and KONDISI
AKHIR. KONDISI AWAL is read unless the sender chose otherwise; totals, class, averages and the works are never read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from kelurahan.intake.choices import Choices
from kelurahan.intake.columns import Column, Table
from kelurahan.intake.faults import column_letters
from kelurahan.intake.form_block import Block, Condition, find_blocks, known_codes
from kelurahan.intake.form_header import Answer, read_header, rt_in, rt_of_name, title_year
from kelurahan.intake.form_labels import PLACE_LABELS, factor_to, without_unit
from kelurahan.intake.origin import Origin, Spot
from kelurahan.intake.places import Places, clean, normalise_rt
from kelurahan.intake.sheets import Sheet
from kelurahan.rules.findings import Finding, Level
from kelurahan.rules.regulation import KRITERIA, PENYEBUT

_YEAR = re.compile(r"\b((?:19|20)\d\d)\b")
_SHOWN = 6  # differences named in one finding
_EMPTY = {"", "-", "–", "—"}


@dataclass(frozen=True, slots=True)
class _Value:
    """A cell of a record: `header` names its column to people, `factor` brings its unit to ours, None cannot."""

    cell: Any
    spot: Spot
    header: str
    confidence: float = 1.0
    unit: str = ""
    factor: Fraction | None = Fraction(1)


@dataclass(slots=True)
class _Form:
    values: dict[str, _Value]
    spot: Spot  # where the form begins
    notes: list[Finding]
    year_source: str = ""

    @property
    def units(self) -> tuple[tuple[str, Fraction | None], ...]:
        """What must be the same for forms to be rows of one table."""
        odd = {name: value.factor for name, value in self.values.items() if value.factor != 1}
        return tuple(sorted(odd.items()))


def r0_tables(sheet: Sheet, places: Places, choices: Choices | Mapping[str, Any] | None = None) -> list[Table]:
    """A table with a row for each form of the sheet; several where their units differ; none where there is no form."""
    if not isinstance(choices, Choices):
        choices = Choices.of(choices)
    blocks = find_blocks(sheet)
    groups: dict[Any, list[Block]] = {}
    for block in blocks:
        groups.setdefault(_Reader(sheet, places, block, "awal").form().units, []).append(block)
    return [_table(sheet, places, group, choices) for group in groups.values()]


def _table(sheet: Sheet, places: Places, blocks: Sequence[Block], choices: Choices) -> Table:
    key = f"{sheet.name}!{_corner(blocks[0])}"
    kondisi = choices.of_table(key).get("kondisi", "awal")
    forms = [_Reader(sheet, places, block, kondisi).form() for block in blocks]
    fields = [name for name in _order(forms) if any(name in form.values for form in forms)]
    first = {name: next(form.values[name] for form in forms if name in form.values) for name in fields}
    rows = [[first[name].header for name in fields]]
    spots: list[list[Spot | None]] = [[first[name].spot for name in fields]]
    for form in forms:
        rows.append([form.values[name].cell if name in form.values else "" for name in fields])
        spots.append([form.values[name].spot if name in form.values else form.spot for name in fields])
    made = Sheet(
        sheet.name, hidden=sheet.hidden, rows=rows, unplaced_faults=sheet.unplaced_faults,
        origin=Origin(sheet.name, scattered=spots),
    )  # fmt: skip
    return Table(
        made,
        0,
        [_column(index, name, first[name]) for index, name in enumerate(fields)],
        notes=[note for form in forms for note in form.notes],
        key=key,
        orientation="formulir",
        range=_range(blocks),
        year_source=next((form.year_source for form in forms if form.year_source), ""),
        header_rows=(blocks[0].header_row, blocks[0].header_row),
    )


def _order(forms: Sequence[_Form]) -> list[str]:
    results = [f"{kind}:{kode}" for kode in KRITERIA for kind in "pn"]
    return [*PLACE_LABELS, *PENYEBUT, *KRITERIA, *results]


def _column(index: int, name: str, value: _Value) -> Column:
    read = name if value.factor is not None else None
    return Column(index, value.header, read, value.confidence if read else 0.0, value.unit, value.factor or Fraction(1))


def _corner(block: Block) -> str:
    return f"{column_letters(block.area.left)}{block.area.top + 1}"


def _range(blocks: Sequence[Block]) -> str:
    right, bottom = max(block.right for block in blocks), max(block.last for block in blocks)
    top, left = min(block.area.top for block in blocks), min(block.area.left for block in blocks)
    return f"{column_letters(left)}{top + 1}:{column_letters(right - 1)}{bottom + 1}"


# --- one form ------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Reader:
    sheet: Sheet
    places: Places
    block: Block
    kondisi: str
    notes: list[Finding] = field(default_factory=list)

    def form(self) -> _Form:
        header = read_header(self.sheet, self.block.area)
        condition = self.block.conditions.get(self.kondisi)
        begin = (self.sheet.name, self.block.area.top, self.block.area.left)
        values = self._place(header, begin) | self._denominators(header)
        year, source = self._year(header, condition)
        if year:
            values["tahun"] = year
        if condition:
            values |= self._criteria(condition)
        else:
            self._tell(Level.PERINGATAN, "form_without_condition", begin, kondisi=self.kondisi.upper())
        self._tell_unknown_rows()
        self._tell_other_condition()
        spot = values["kelurahan"].spot if "kelurahan" in values else begin
        return _Form(values, spot, self.notes, source)

    def _place(self, header: Mapping[str, Answer], begin: Spot) -> dict[str, _Value]:
        named = {name: header[name] for name in PLACE_LABELS if name in header and name != "tahun"}
        values = {name: _Value(answer.value, answer.spot, answer.label) for name, answer in named.items()}
        if "rt" in values:
            values["rt"] = _with_cell(values["rt"], rt_in(values["rt"].cell))
        if not _filled(values, "kelurahan", "kode"):
            values |= self._kelurahan_of_name(begin)
        of_name = rt_of_name(self.sheet.name)
        if of_name and not _filled(values, "rt", "rw"):
            values["rt"] = _Value(of_name, begin, "RT", 0.8)
        elif of_name:
            self._compare_rt(values, of_name)
        return values

    def _kelurahan_of_name(self, begin: Spot) -> dict[str, _Value]:
        """The kelurahan that the name of the sheet carries, where the form itself names none."""
        parts = [re.sub(r"\.\w{3,4}$", "", part.strip()) for part in self.sheet.name.split("›")]
        bare = [part.replace(rt_of_name(part), " ").strip(" -_,") for part in parts]
        found = {place for part in bare if part and (place := self.places.match("", part, "").place)}
        known = found.pop() if len(found) == 1 else None
        return {"kelurahan": _Value(known.nama, begin, "Kelurahan", 0.8)} if known else {}

    def _compare_rt(self, values: Mapping[str, _Value], of_name: str) -> None:
        rt, rw = (values[name].cell if name in values else "" for name in ("rt", "rw"))
        said, named = normalise_rt(rt, rw), normalise_rt(of_name)
        if said and named and said != named:
            self._tell(Level.PERINGATAN, "form_rt_differs", values["rt"].spot, text=said, nama=named)

    def _year(self, header: Mapping[str, Answer], condition: Condition | None) -> tuple[_Value | None, str]:
        """The year of the condition itself, else of the header block, else of the title."""
        own = set(_YEAR.findall(condition.head)) if condition else set()
        head = (self.sheet.name, self.block.header_row, min(condition.columns.values())) if condition else None
        if head and len(own) == 1:
            return _Value(own.pop(), head, "Tahun"), "kepala"
        answer = header.get("tahun")
        if answer and answer.value != "":
            return _Value(answer.value, answer.spot, answer.label), "kepala"
        title = title_year(self.sheet, self.block.area)
        return (_Value(title[0], title[1], "Tahun", 0.9), "judul") if title else (None, "")

    def _denominators(self, header: Mapping[str, Answer]) -> dict[str, _Value]:
        values = {}
        for name in PENYEBUT:
            if name in header:
                answer = header[name]
                values[name] = self._number(name, answer.value, answer.spot, answer.label, answer.unit)
        return values

    def _criteria(self, condition: Condition) -> dict[str, _Value]:
        values = {}
        for kode in known_codes(self.block):
            row = self.block.rows[kode]
            label = clean(str(self.sheet.rows[row][self.block.column]))
            cell, unit = self._cell(row, condition.columns["volume"]), ""
            if type(cell) is str:
                cell, unit = without_unit(cell)
            unit = unit or self._unit(row, condition)
            spot = (self.sheet.name, row, condition.columns["volume"])
            values[kode] = self._number(kode, cell, spot, label, unit)
            for kind, word in (("p", "persen"), ("n", "nilai")):
                if word in condition.columns:
                    at = condition.columns[word]
                    values[f"{kind}:{kode}"] = _Value(
                        self._cell(row, at), (self.sheet.name, row, at), f"{label} – {word}"
                    )
        return values

    def _unit(self, row: int, condition: Condition) -> str:
        """The unit beside a volume, else the one in the head of its column: "VOLUME (m)"."""
        column = condition.columns.get("satuan")
        cell = self._cell(row, column) if column is not None else ""
        return cell.strip() if type(cell) is str and cell.strip() not in _EMPTY else ""

    def _number(self, name: str, cell: Any, spot: Spot, label: str, unit: str) -> _Value:
        """A number with what brings it to our unit; one in a unit that is no length, area or count of ours is told."""
        factor = factor_to(name, unit)
        if factor is None and cell not in _EMPTY:
            own = (PENYEBUT.get(name) or KRITERIA[name]).satuan
            params = {"kolom": clean(f"{label} ({unit})"), "satuan": own}
            self.notes.append(Finding(Level.PERINGATAN, "unit_differs", self.sheet.name, _named(spot), params))
        return _Value(cell, spot, label, 1.0, unit, factor)

    def _cell(self, row: int, column: int) -> Any:
        cells = self.sheet.rows[row]
        cell = cells[column] if column < len(cells) else ""
        return cell.strip() if type(cell) is str else cell

    # --- findings

    def _tell(self, level: Level, code: str, spot: Spot, **params: Any) -> None:
        self.notes.append(Finding(level, code, self.sheet.name, _named(spot), params))

    def _tell_unknown_rows(self) -> None:
        """A row between the criteria with a volume, whose name nobody knows."""
        for condition in list(self.block.conditions.values())[:1]:
            for row in self.block.unknown:
                if self._cell(row, condition.columns["volume"]) not in _EMPTY:
                    text = clean(str(self._cell(row, self.block.column)))
                    spot = (self.sheet.name, row, self.block.column)
                    self._tell(Level.PERINGATAN, "form_row_unknown", spot, text=text)

    def _tell_other_condition(self) -> None:
        """That the form also holds the other condition, and where it differs."""
        name = "akhir" if self.kondisi == "awal" else "awal"
        other, used = self.block.conditions.get(name), self.block.conditions.get(self.kondisi)
        if other is None or used is None:
            return
        volumes = {
            kode: tuple(self._cell(self.block.rows[kode], c.columns["volume"]) for c in (used, other))
            for kode in known_codes(self.block)
        }
        if all(there in _EMPTY for _, there in volumes.values()):
            return
        differing = [f"{kode} {_shown(a)} → {_shown(b)}" for kode, (a, b) in volumes.items() if _shown(a) != _shown(b)]
        listed = ", ".join(differing[:_SHOWN]) + (", …" if len(differing) > _SHOWN else "")
        spot = (self.sheet.name, self.block.header_row, other.columns["volume"])
        code = "form_other_condition" if differing else "form_other_condition_same"
        params = {"dipakai": self.kondisi.upper(), "lain": name.upper(), "n": len(differing), "daftar": listed}
        self._tell(Level.INFO, code, spot, **params)


def _filled(values: Mapping[str, _Value], *names: str) -> bool:
    return any(name in values and values[name].cell != "" for name in names)


def _with_cell(value: _Value, cell: Any) -> _Value:
    return _Value(cell, value.spot, value.header, value.confidence)


def _named(spot: Spot) -> str:
    return f"{column_letters(spot[2])}{spot[1] + 1}"


def _shown(cell: Any) -> str:
    text = format(cell, ".15g") if type(cell) is float else str(cell).strip()
    return clean(text.replace(".", ","), 20) if text not in _EMPTY else "–"
