"""Which column of a sheet refers to which other sheet of the workbook, by its header and by its keys."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kelurahan.intake.columns import match_header, plain
from kelurahan.intake.places import name_key
from kelurahan.intake.sheets import Sheet
from kelurahan.rules.findings import Finding, Level

PLACES = frozenset({"kode", "kelurahan", "kecamatan", "kawasan", "rt", "rw"})
WORK_WORDS = {
    "kegiatan", "namakegiatan", "jeniskegiatan", "pekerjaan", "paket", "namapaket", "anggaran", "sumberanggaran",
    "sumberdana", "pagu", "biaya", "nilaikontrak", "kontraktor", "pelaksana",
}  # fmt: skip
ENOUGH = 0.95
"""Share of the keys that must exist in the other sheet."""
_HEAD_ROWS = 20
_SEPARATOR = "›"  # between file and sheet, where several files came as one
_KEY_WORDS = {"id", "no", "nomor", "kode", "kd", "nourut"}
_AFFIXES = ("id", "kode", "kd", "fk", "ref")
_FILLERS = {"data", "tabel", "table", "tbl", "tb", "t", "master", "mst", "m", "ref", "referensi", "daftar", "list"}
_SHORT = {"kel": "kelurahan", "kec": "kecamatan", "kws": "kawasan", "prov": "provinsi", "kab": "kabupaten"}
_PLACE_WORDS = {
    "provinsi", "kota", "kabupaten", "kecamatan", "kelurahan", "desa", "kawasan", "kawasankumuh", "lokasi",
    "lokasikumuh", "wilayah", "lingkungan", "dusun", "rw", "rt", "rtrw",
}  # fmt: skip
NUMBERED = {"rt", "rw", "rtrw"}  # what bare numbers name or count by themselves
_REGION_CODE = re.compile(r"\d{2}(?:\.?\d{2}){2,}(?:\.?\d{4})?.*")
_KRITERIA_CODE = re.compile(r"[1-7][a-e]")
_MOSTLY = 0.8  # names are spelt in many ways
_FEW = 10
_MANY = 40


def compact(text: object) -> str:
    return plain(text).replace(" ", "") if type(text) is str else ""


def key_of(cell: Any) -> str:
    """A key as it is compared: 1.0, "1" and "001" are one; "" for no key."""
    if type(cell) in (float, int):
        return str(int(cell)) if float(cell).is_integer() else ""
    text = " ".join(cell.split()).casefold() if type(cell) is str else ""
    return str(int(text)) if text.isascii() and text.isdigit() and len(text) <= 9 else text


@dataclass(slots=True)
class Listed:
    """A sheet with headers; `keys` leads to its rows when its first column numbers them, each once."""

    sheet: Sheet
    header_row: int
    names: set[str]
    key_column: int = -1
    key_word: str = ""
    keys: dict[str, int] = field(default_factory=dict)

    @property
    def headers(self) -> list[Any]:
        return self.sheet.rows[self.header_row]

    @property
    def records(self) -> range:
        return range(self.header_row + 1, len(self.sheet.rows))

    def column(self, index: int) -> Sequence[Any]:
        return self.sheet.columns[index] if index < len(self.sheet.columns) else [""] * len(self.sheet.rows)

    def where_fields(self) -> dict[str, int]:
        """Field → its first column."""
        found: dict[str, int] = {}
        for index, header in enumerate(self.headers):
            name = match_header(header)[0] if type(header) is str else None
            if name:
                found.setdefault(name, index)
        return found


@dataclass(frozen=True, slots=True)
class Reference:
    """Column `column` of a sheet holds keys of `other`."""

    column: int
    other: Listed
    share: float


def listed(sheet: Sheet) -> Listed | None:
    """The sheet with its header row: the one with most texts among the first."""
    counts = [sum(type(cell) is str and bool(cell.strip()) for cell in row) for row in sheet.rows[:_HEAD_ROWS]]
    if not counts or max(counts) < 2:
        return None
    found = Listed(sheet, counts.index(max(counts)), _names(sheet.name))
    _find_keys(found)
    return found


def _names(name: str) -> set[str]:
    """What a header may call the sheet: "m_kawasan" and "data kawasan.xlsx › Sheet1" are "kawasan"."""
    found = set()
    for part in name.split(_SEPARATOR):
        words = re.sub(r"[_\W]+", " ", re.sub(r"\.(?:xlsx|xlsm|xls|ods|csv|txt)$", "", part.strip().casefold())).split()
        while len(words) > 1 and words[0] in _FILLERS:
            words = words[1:]
        found.add("".join(_SHORT.get(word, word) for word in words))
    return {name for name in found if len(name) >= 2 and not name.isdigit()}


def _find_keys(found: Listed) -> None:
    first = next((n for n, header in enumerate(found.headers) if header != ""), -1)
    word = compact(found.headers[first])
    if word not in _KEY_WORDS and not any(word in _with_affix(name) for name in found.names):
        return
    column = found.column(first)
    keys: dict[str, int] = {}
    for row in found.records:
        key = key_of(column[row])
        if key and keys.setdefault(key, row) != row:
            return
    found.key_column, found.key_word, found.keys = first, word, keys


def _with_affix(name: str) -> set[str]:
    return {affix + name for affix in _AFFIXES} | {name + affix for affix in _AFFIXES}


# --- does a column refer to a sheet? -------------------------------------------------------------------------------


def references(one: Listed, others: Sequence[Listed], tell: list[Finding]) -> list[Reference]:
    """The columns of a sheet that hold keys of other sheets, the finest first. What is doubtful is told, not taken."""
    found: dict[int, Reference] = {}
    unproven: list[tuple[int, Listed]] = []
    for column, header in enumerate(one.headers):
        if column == one.key_column or type(header) is not str or not header.strip():
            continue
        other, certain = _candidate(one, column, others, tell)
        if other is None:
            continue
        share = _share(one, column, other)
        if share < ENOUGH:
            if certain and share >= 0.5:
                _tell_unclear(one, column, other, tell)
            continue
        agreement = _agreement(one, column, other)
        if certain and agreement is not None and agreement < _MOSTLY:
            params = {"kolom": _shown(one, column), "rujukan": other.sheet.name}
            tell.append(_finding(Level.PERINGATAN, "join_contradicted", one, column, params))
        elif certain or _is_proven(one, column, other, agreement):
            found[column] = Reference(column, other, share)
        else:
            unproven.append((column, other))
    for column, other in unproven:
        if _agrees_with_a_join(one, column, found.values()):
            found[column] = Reference(column, other, 1.0)
        elif other.key_word in {"id", "kode", "kd"} and not _names_it(other, one):
            params = {"kolom": _shown(one, column), "rujukan": other.sheet.name}
            tell.append(_finding(Level.PERINGATAN, "join_maybe_numbers", one, column, params))
    return sorted(found.values(), key=lambda reference: -len(reference.other.keys))


def _candidate(one: Listed, column: int, others: Sequence[Listed], tell: list[Finding]) -> tuple[Listed | None, bool]:
    """The sheet that a header names, and whether the header says that it holds keys. None where several fit alike."""
    word = compact(one.headers[column])
    ranked: dict[int, list[Listed]] = {}
    for other in others:
        rank = _rank(word, other.names) if other is not one and other.keys else 0
        if rank and _share(one, column, other) >= 0.5 and not _speaks_for_itself(one, column):
            ranked.setdefault(rank, []).append(other)
    if not ranked:
        return None, False
    best = ranked[max(ranked)]
    beside = [other for other in best if _file_of(other) == _file_of(one)]
    best = beside or best
    if len(best) > 1:
        names = ", ".join(other.sheet.name for other in best)
        tell.append(
            _finding(Level.PERINGATAN, "join_ambiguous", one, column, {"kolom": _shown(one, column), "rujukan": names})
        )
        return None, False
    return best[0], max(ranked) >= 3


def _file_of(one: Listed) -> str:
    return one.sheet.name.rpartition(_SEPARATOR)[0]


def _names_it(other: Listed, one: Listed) -> bool:
    """Whether the other sheet refers to this one: then a column here that is called like it counts its rows."""
    return any(_rank(compact(header), one.names) for header in other.headers)


def _rank(word: str, names: set[str]) -> int:
    """4 for "idkawasan", 3 for "idrt" of a sheet "rtrw", 2 for "kawasan", 1 for "rt" of a sheet "rtrw", else 0.

    Only places are called by a bare name or a short one: numbers under "stunting" beside a sheet "stunting" count.
    """
    stem = next((word.removeprefix(a) for a in _AFFIXES if word.startswith(a) and len(word) > len(a) + 1), "")
    stem = stem or next((word.removesuffix(a) for a in _AFFIXES if word.endswith(a) and len(word) > len(a) + 1), "")
    for one, exact in ((stem, 4), (word, 2)):
        full = _SHORT.get(one, one)
        if full in names and (exact == 4 or full in _PLACE_WORDS):
            return exact
        if len(one) >= 2 and word not in _KEY_WORDS and any(name.startswith(full) for name in names & _PLACE_WORDS):
            return exact - 1
    return 0


def _keys_in(one: Listed, column: int) -> list[str]:
    cells = one.column(column)
    return [key for row in one.records if (key := key_of(cells[row])) and not is_total(key)]


def is_total(key: str) -> bool:
    """ "Jumlah" in the column of the keys."""
    return key.startswith(("jumlah", "total"))


def _share(one: Listed, column: int, other: Listed) -> float:
    keys = _keys_in(one, column)
    return sum(key in other.keys for key in keys) / len(keys) if keys else 0.0


def _speaks_for_itself(one: Listed, column: int) -> bool:
    """Codes of regions and of criteria need no other sheet."""
    keys = _keys_in(one, column)
    plainly = sum(bool(_REGION_CODE.fullmatch(key) or _KRITERIA_CODE.fullmatch(key)) for key in keys)
    return 2 * plainly > len(keys)


def _is_proven(one: Listed, column: int, other: Listed, agreement: float | None) -> bool:
    """Whether bare numbers under a bare name, "kawasan" or "rt", are keys and not counts or numbers of their own."""
    if agreement is not None:
        return agreement >= ENOUGH
    keys = _keys_in(one, column)
    covered = len(set(keys)) / len(other.keys)
    if compact(one.headers[column]) in NUMBERED:
        has_rw = any(compact(header) in {"rw", "norw"} for header in one.headers)
        return other.key_word != "no" and covered >= 0.9 and len(other.keys) >= _MANY and not has_rw
    if other.key_word in {"no", "nomor", "nourut"}:
        return covered >= 0.9 and len(keys) > len(other.keys)
    if len(other.keys) < _FEW and len(keys) < 2 * len(other.keys):
        return covered >= 0.9 and len(other.keys) >= _FEW // 2
    return covered >= 0.5


def _agreement(one: Listed, column: int, other: Listed) -> float | None:
    """In how many rows a column that both sheets have says the same; None without such a column."""
    theirs = {_meaning(header): n for n, header in enumerate(other.headers) if n != other.key_column}
    keys = one.column(column)
    for index, header in enumerate(one.headers):
        word = _meaning(header)
        if index in {column, one.key_column} or word not in theirs or word in _KEY_WORDS or _is_value(word):
            continue
        mine, its = one.column(index), other.column(theirs[word])
        if is_text(mine, one.records) != is_text(its, other.records):
            continue
        pairs = [
            (_said(mine[row]), _said(its[other.keys[key]]))
            for row in one.records
            if (key := key_of(keys[row])) in other.keys
        ]
        both = [a == b for a, b in pairs if a and b]
        if both:
            return sum(both) / len(both)
    return None


def _meaning(header: Any) -> str:
    """The place that a header names, "kelurahan" for "Nama Kelurahan", else its words."""
    name = match_header(header)[0] if type(header) is str else None
    return name if name in PLACES else compact(header)


def _said(cell: Any) -> str:
    """A name as it is compared, or a key."""
    return name_key(cell) if type(cell) is str and not cell.strip().isdigit() else key_of(cell)


def _is_value(word: str) -> bool:
    """Whether a header is that of a number or a year, which may differ between two sheets."""
    name, _ = match_header(word)
    return name is not None and name not in PLACES


def is_text(cells: Sequence[Any], rows: range) -> bool:
    """Whether most filled cells of a column are texts."""
    filled = [cells[row] for row in rows if cells[row] != ""]
    return 2 * sum(type(cell) is str for cell in filled) > len(filled)


def _agrees_with_a_join(one: Listed, column: int, found: Iterator[Reference] | Any) -> bool:
    """Whether a sheet that is joined anyway has the same column, with the same keys."""
    word, mine = compact(one.headers[column]), one.column(column)
    for reference in found:
        other = reference.other
        index = next((n for n, header in enumerate(other.headers) if compact(header) == word), None)
        if index is None:
            continue
        keys, theirs = one.column(reference.column), other.column(index)
        both = [
            key_of(mine[row]) == key_of(theirs[other.keys[key]])
            for row in one.records
            if (key := key_of(keys[row])) in other.keys
        ]
        if both and sum(both) >= ENOUGH * len(both):
            return True
    return False


# --- findings ------------------------------------------------------------------------------------------------------


def _tell_unclear(one: Listed, column: int, other: Listed, tell: list[Finding]) -> None:
    keys = _keys_in(one, column)
    params: Mapping[str, Any] = {
        "kolom": _shown(one, column), "rujukan": other.sheet.name, "jumlah": len(keys),
        "n": sum(key not in other.keys for key in keys),
    }  # fmt: skip
    tell.append(_finding(Level.PERINGATAN, "join_unclear", one, column, params))


def _shown(one: Listed, column: int) -> str:
    return f"“{' '.join(str(one.headers[column]).split())[:60]}”"


def _finding(level: Level, code: str, one: Listed, column: int, params: Mapping[str, Any]) -> Finding:
    return Finding(level, code, one.sheet.name, one.sheet.where(one.header_row, column), params)
