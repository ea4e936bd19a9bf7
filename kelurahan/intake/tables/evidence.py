"""What the cells of a column show where its header does not say it, or says it too shortly.

Nothing here is sure: whatever is taken on such evidence has a confidence of at most 0.75, for people to see.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from kelurahan.intake.columns import Column
from kelurahan.intake.sheets import Sheet
from kelurahan.intake.tables.criteria import LIKELY, all_in_their_order, numbers_beside_shares
from kelurahan.intake.tables.words import Words, is_blank
from kelurahan.intake.vocabulary import plain
from kelurahan.rules.regulation import KRITERIA

BARELY = 0.65
_LOOK = 400  # rows of a body
_FEW, _NEARLY_ALL = 3, 0.9
_SURE_CRITERIA = 3
_CODE = re.compile(r"['’`]?\d{2}[\d.\s-]{8,12}(?:/.*)?")
_SHARE = re.compile(r"[\d.,\s]+%")
_PART = re.compile(r"\d{1,4}")
_PARTS_BELOW = 10_000
_CODE_RANGE = (1e9, 1e10)

_INSTITUTIONS = frozenset(
    {
        "i:posyandu", "i:puskesmas", "i:pustu", "i:rumah_sakit", "i:klinik", "i:apotek", "i:masjid", "i:musala",
        "i:gereja", "i:gereja_protestan", "i:gereja_katolik", "i:pura", "i:vihara", "i:pasar",
    }
)  # fmt: skip
_SCHOOLS = frozenset({"i:paud", "i:tk", "i:sd", "i:smp", "i:sma"})
_MANY_SCHOOLS = 30  # of one kind in a kelurahan; more are pupils

HALVES = ("i:penduduk_laki", "i:penduduk_perempuan", "i:penduduk")


def is_code(cell: Any, words: Words) -> bool:
    """Whether a cell holds the code of a kelurahan of this city, as text or as number."""
    if type(cell) is float:
        return _CODE_RANGE[0] <= cell < _CODE_RANGE[1] and bool(words.kelurahan(cell))
    return type(cell) is str and bool(_CODE.fullmatch(cell.strip())) and bool(words.kelurahan(cell))


def code_anchor(column: Sequence[Any], words: Words) -> int | None:
    """The row of the header over a column of codes, if that is what this is."""
    first = next((row for row, cell in enumerate(column[:_LOOK]) if is_code(cell, words)), None)
    if not first or type(column[first - 1]) is not str or is_blank(column[first - 1]):
        return None
    return first - 1 if _mostly(column[first:], lambda cell: is_code(cell, words)) else None


def with_evidence(sheet: Sheet, header_row: int, columns: Sequence[Column], words: Words) -> list[Column]:
    """The columns, some of those without a field with one."""
    columns = list(columns)
    for found in (
        _parts_of_codes, _codes, _shares, _halves, _schools,
        numbers_beside_shares, all_in_their_order, _criteria, _blank,
    ):  # fmt: skip
        for column in found(sheet, header_row, columns, words):
            columns[column.index] = column
    return columns


def _body(sheet: Sheet, header_row: int, column: Column) -> Sequence[Any]:
    if column.index >= len(sheet.columns):
        return ()
    return sheet.columns[column.index][header_row + 1 : header_row + _LOOK]


def _mostly(cells: Sequence[Any], holds: Callable[[Any], bool]) -> bool:
    given = [cell for cell in cells[:_LOOK] if not is_blank(cell)]
    found = [cell for cell in given if holds(cell)]
    return len(set(found)) >= _FEW and len(found) >= _NEARLY_ALL * len(given)


def _with(column: Column, field: str, confidence: float, unit: str = "") -> Column:
    others = tuple(other for other in column.alternatives if other[0] != field)
    return Column(column.index, column.header, field, confidence, unit or column.unit, alternatives=others)


def _codes(sheet: Sheet, header_row: int, columns: Sequence[Column], words: Words) -> Iterator[Column]:
    """ "KDEPUM", "ID Desa": codes of kelurahan under another name."""
    if any(column.field == "kode" for column in columns):
        return
    for column in columns:
        if column.field is None and _mostly(_body(sheet, header_row, column), lambda cell: is_code(cell, words)):
            yield _with(column, "kode", LIKELY)
            return


def _parts_of_codes(sheet: Sheet, header_row: int, columns: Sequence[Column], words: Words) -> Iterator[Column]:
    """ "KEC" and "KEL" of 1 and 1001 beside "NAMA KELURAHAN": the parts of a code, which name nothing."""
    for column in columns:
        if column.field in {"kecamatan", "kelurahan"}:
            body = [cell for cell in _body(sheet, header_row, column) if not is_blank(cell)]
            if len(body) >= _FEW and all(_is_part_of_code(cell) for cell in body):
                yield Column(column.index, column.header, None)


def _is_part_of_code(cell: Any) -> bool:
    return (type(cell) is float and cell < _PARTS_BELOW) or (type(cell) is str and bool(_PART.fullmatch(cell.strip())))


def _shares(sheet: Sheet, header_row: int, columns: Sequence[Column], words: Words) -> Iterator[Column]:
    """An indicator that is counted or given in percent, and whose cells are all shown as percentages."""
    specs = words.vocabulary.specs
    for column in columns:
        named = [name for name, _ in column.alternatives if name.startswith("i:")]
        shares = [name for name in named if (spec := specs.get(name[2:])) and spec.jenis == "persen"]
        if column.field is None and len(shares) == 1 and _shown_as_shares(sheet, header_row, column, words):
            yield _with(column, shares[0], LIKELY, "persen")


def _shown_as_shares(sheet: Sheet, header_row: int, column: Column, words: Words) -> bool:
    if column.index >= len(sheet.columns):
        return False
    cells = sheet.columns[column.index]
    rows = [row for row in range(header_row + 1, min(len(cells), header_row + _LOOK)) if not is_blank(cells[row])]
    shown = 0
    for row in rows:
        name, *spot = sheet.spot(row, column.index)
        signed = type(cells[row]) is str and bool(_SHARE.fullmatch(cells[row].strip()))
        shown += signed or (type(cells[row]) is float and tuple(spot) in words.percent.get(name, ()))
    return len(rows) >= _FEW and shown >= _NEARLY_ALL * len(rows)


def _halves(sheet: Sheet, header_row: int, columns: Sequence[Column], words: Words) -> Iterator[Column]:
    """ "Laki-laki" and "Perempuan" that add up to the people of the same table."""
    known = {column.field: column for column in columns}
    whole = known.get(HALVES[2])
    if whole is None or any(name in known for name in HALVES[:2]):
        return
    halves = [[c for c in columns if c.field is None and _proposes(c, name)] for name in HALVES[:2]]
    if any(len(found) != 1 for found in halves):
        return
    male, female = (found[0] for found in halves)
    bodies = [[_whole_number(cell) for cell in _body(sheet, header_row, c)] for c in (male, female, whole)]
    sums = [a + b == c for a, b, c in zip(*bodies, strict=True) if a is not None and b is not None and c is not None]
    if len(sums) >= _FEW and sum(sums) >= _NEARLY_ALL * len(sums):
        confidence = LIKELY
    elif not sums and (male.index, female.index) == (whole.index - 2, whole.index - 1):
        confidence = BARELY  # their sum is a formula that nobody has counted
    else:
        return
    yield _with(male, HALVES[0], confidence)
    yield _with(female, HALVES[1], confidence)


def _schools(sheet: Sheet, header_row: int, columns: Sequence[Column], words: Words) -> Iterator[Column]:
    """ "PAUD" and "SD" of a few each beside other institutions: schools, not pupils or what people have learnt."""
    if not any(column.field in _INSTITUTIONS for column in columns):
        return
    for column in columns:
        name = column.alternatives[0][0] if column.field is None and column.alternatives else ""
        numbers = [_whole_number(cell) for cell in _body(sheet, header_row, column) if not is_blank(cell)]
        few = [number for number in numbers if number is not None and 0 <= number <= _MANY_SCHOOLS]
        if name in _SCHOOLS and len(few) >= max(_FEW, _NEARLY_ALL * len(numbers)):
            yield _with(column, name, LIKELY)


def _proposes(column: Column, field: str) -> bool:
    return any(name == field for name, _ in column.alternatives)


def _whole_number(cell: Any) -> int | None:
    if type(cell) is float:
        return int(cell) if cell.is_integer() else None
    digits = re.sub(r"[.,\s]", "", cell) if type(cell) is str else ""
    return int(digits) if digits.isdecimal() and len(digits) < 12 else None


def _criteria(sheet: Sheet, header_row: int, columns: Sequence[Column], words: Words) -> Iterator[Column]:
    """Short names of criteria ("Akses Aman Air Minum") under a head that says they are volumes, beside sure ones."""
    taken = {column.field for column in columns if column.field in KRITERIA and _under_volume(column)}
    if len(taken) < _SURE_CRITERIA:
        return
    meant: dict[str, list[Column]] = {}
    for column in columns:
        named = [name for name, _ in column.alternatives if name in KRITERIA]
        if column.field is None and len(named) == 1 and _under_volume(column):
            meant.setdefault(named[0], []).append(column)
    known = {column.field for column in columns}
    for name, found in meant.items():
        if name not in known and len(found) == 1:
            yield _with(found[0], name, LIKELY)


def _under_volume(column: Column) -> bool:
    return bool({"volume", "vol"} & set(plain(column.header).split()))


def _blank(sheet: Sheet, header_row: int, columns: Sequence[Column], words: Words) -> Iterator[Column]:
    """A column without a cell beside another one for the same field: the rest of a merged header."""
    for column in columns:
        same = [other for other in columns if other.field == column.field and other is not column]
        if not column.field or not same or not _is_empty(sheet, header_row, column):
            continue
        if not all(_is_empty(sheet, header_row, other) for other in same):
            yield Column(column.index, column.header, None)


def _is_empty(sheet: Sheet, header_row: int, column: Column) -> bool:
    cells = sheet.columns[column.index][header_row + 1 :] if column.index < len(sheet.columns) else ()
    return all(map(is_blank, cells))
