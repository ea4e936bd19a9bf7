"""From a header and its body to a `Table`: which field each column is, what kind of table, its year and its name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from kelurahan.intake.columns import VALUE_HEADERS, Column, Table, plain
from kelurahan.intake.faults import column_letters
from kelurahan.intake.references import WORK_WORDS, compact
from kelurahan.intake.sheets import Sheet
from kelurahan.intake.tables.evidence import with_evidence
from kelurahan.intake.tables.words import PLACE_FIELDS, Words, is_blank, is_number, ordinal, says_nothing
from kelurahan.intake.units import unit_named
from kelurahan.intake.vocabulary import PROPOSED, TAKEN, Candidate
from kelurahan.intake.vocabulary.words import words_of
from kelurahan.rules.findings import Finding, Level
from kelurahan.rules.regulation import FIELDS, KRITERIA, PENYEBUT

PENILAIAN, INDIKATOR = "penilaian", "indikator"
WORKS = "table_of_works"
_EXACT = frozenset(VALUE_HEADERS.values())
_COMMON_UNIT = re.compile(
    r"(?:\b(?:dalam|satuan|unit)\b|\()[\s:=]*"
    r"((?:dalam )?(?:ratusan|ribu(?:an)?|juta(?:an)?|miliar|km2|km²|m2|m²)\b[^()\d]{0,20})",
    re.IGNORECASE,
)
_AREA = re.compile(r"\((?:dalam )?(?:(?:km|m)[2²]|ha|hektare?)(?:\W+(?:(?:km|m)[2²]|ha|hektare?))*\W*\)", re.IGNORECASE)
_SCORES = frozenset({0, 1, 3, 5})
_ENOUGH_SCORES = {True: 30, False: 8}  # cells that are not 0, beside denominators and without
_OF_RESULTS = re.compile(r"\b(?:(?P<n>skor\w*|scor\w*)|(?P<p>persen\w*|prosen\w*|presen\w*))\b", re.IGNORECASE)
_LOOK = 80
_MAX_ALTERNATIVES = 4
_DENOMINATORS = 3
_SURE = 0.9  # one header that is less sure makes no assessment of a table
_MOSTLY = 0.8
_MANY = 5  # cells from which on a column shows what it is


@dataclass(frozen=True, slots=True)
class Labels:
    """The unfolded header of each column of a sheet, from column 0; `forced` are fields known from elsewhere."""

    parts: Sequence[tuple[str, ...]]
    forced: Mapping[int, str]


def kind_of(parts: Sequence[tuple[str, ...]], words: Words, *, with_rt: bool) -> str:
    """ "penilaian" for a table of criteria or of our own template, else "indikator"."""
    best = [words.taken(texts, PENILAIAN) if texts else None for texts in parts]
    fields = {found.field for found in best if found}
    criteria = [found.confidence for found in best if found and found.field in KRITERIA]
    if (
        len(criteria) > 1
        or sum(_is_of_pair(texts, words) for texts in parts) > 1
        or max(criteria, default=0) >= _SURE
        or any(_is_ideal_length(*column, words) for column in zip(parts, best, strict=True))
    ):
        return PENILAIAN
    if with_rt and len(fields & PENYEBUT.keys()) >= _DENOMINATORS:
        return PENILAIAN
    exact = any(texts[-1].strip() in _EXACT for texts in parts if texts)
    return PENILAIAN if exact and not _other_indicator(parts, best, words) else INDIKATOR


def _is_of_pair(texts: tuple[str, ...], words: Words) -> bool:
    """A criterion of a data portal, `…-KEBUTUHAN` or `…-NUMERIK`."""
    found = words.candidates(texts, PENILAIAN) if texts else []
    return bool(found) and found[0].why == "pair"


def _is_ideal_length(texts: tuple[str, ...], found: Candidate | None, words: Words) -> bool:
    """The length of roads or drains that an assessment measures against; any other length is an indicator, too."""
    if found is None or found.field not in {"jalan", "drain"}:
        return False
    other = words.taken(texts, INDIKATOR)
    return other is None or not other.field.startswith("i:")


def _other_indicator(parts: Sequence[tuple[str, ...]], best: Sequence[Candidate | None], words: Words) -> bool:
    """Whether a column is a supporting indicator that no assessment has."""
    for texts, found in zip(parts, best, strict=True):
        if not texts or (found and found.field in FIELDS):
            continue
        other = words.taken(texts, INDIKATOR)
        if other and other.field.startswith("i:"):
            return True
    return False


def with_common_unit(parts: Sequence[tuple[str, ...]], titles: Sequence[str], words: Words) -> list[tuple[str, ...]]:
    """The headers with the unit that a line above says for all of them: "(dalam ribuan jiwa)"."""
    found = next((match for line in reversed(titles) if (match := _COMMON_UNIT.search(line))), None)
    if found is None:
        return list(parts)
    unit = f"({found[1].strip()})"
    area = bool(_AREA.fullmatch(unit))
    return [
        texts if not texts or _is_leading(texts, words) or (area and _is_no_bare_area(texts, words)) else (*texts, unit)
        for texts in parts
    ]


def _is_no_bare_area(texts: tuple[str, ...], words: Words) -> bool:
    """Whether a header has a unit of its own, or is known to count something that has no area."""
    if words_of(" ".join(texts)).unit:
        return True
    found = words.taken(texts, INDIKATOR)
    satuan = words.vocabulary.unit_of(found.field) if found else ""
    return bool(satuan) and unit_named(satuan).kind != "luas"


def _is_leading(texts: tuple[str, ...], words: Words) -> bool:
    return any(words.place_field(text) or plain(text) in {"no", "nomor", "no urut"} for text in texts)


def columns_of(
    sheet: Sheet, header_row: int, labels: Labels, words: Words, titles: Sequence[str] = ()
) -> tuple[str, list[Column]]:
    """The kind of table, and every column with its likeliest field; of two for one field the surer one has it."""
    places = _read_columns(labels, words, None)
    places = _checked_places(sheet, header_row, places, words)
    with_rt = any(c.field in {"rt", "rw"} for c in places) and not _counts_rt(sheet, header_row, places, words)
    jenis = kind_of(labels.parts, words, with_rt=with_rt)
    columns = _checked_places(sheet, header_row, _read_columns(labels, words, jenis), words)
    if jenis == INDIKATOR:
        columns = [_proposed(c) if c.field in KRITERIA and c.confidence < _SURE else c for c in columns]
    if not with_rt and jenis == INDIKATOR:
        columns = [
            _as_count(c, words) if c.field in {"rt", "rw"} and c.index not in labels.forced else c for c in columns
        ]
    columns = with_evidence(sheet, header_row, columns, words)
    columns = [
        Column(c.index, c.header, None) if _holds_words(sheet, header_row, c) and c.index not in labels.forced else c
        for c in columns
    ]
    columns = _as_results(sheet, header_row, columns, titles)
    return jenis, _one_each(sheet, header_row, columns)


def _holds_words(sheet: Sheet, header_row: int, column: Column) -> bool:
    """A column "Puskesmas" of their names does not count them."""
    if not str(column.field).startswith("i:") or column.index >= len(sheet.columns):
        return False
    body = sheet.columns[column.index][header_row + 1 : header_row + _LOOK]
    given = [cell for cell in body if not is_blank(cell) and not says_nothing(cell)]
    texts = [cell for cell in given if type(cell) is str and not any(map(str.isdigit, cell))]
    return len(given) >= _MANY and len(texts) >= _MOSTLY * len(given)


def _as_results(sheet: Sheet, header_row: int, columns: list[Column], titles: Sequence[str]) -> list[Column]:
    """Criteria whose cells are scores are no volumes: each is 0, 1, 3 or 5, or the title says what they are."""
    own = [c for c in columns if c.field in KRITERIA and c.index < len(sheet.columns)]
    measured = any(c.field in PENYEBUT for c in columns)
    said = next((found.lastgroup for line in titles if (found := _OF_RESULTS.search(line))), None)
    kind = said if said and not measured and not any(c.unit for c in own) else None
    if kind is None and _are_scores((sheet.columns[c.index][header_row + 1 :] for c in own), _ENOUGH_SCORES[measured]):
        kind = "n"
    return [replace(c, field=f"{kind}:{c.field}") if kind and c in own else c for c in columns]


def _are_scores(columns: Iterable[Sequence[Any]], enough: int) -> bool:
    found: set[int] = set()
    some = 0
    for cells in columns:
        if _are_others(cells[:_LOOK]) or _are_others(distinct := set(cells)):
            return False
        scores = {cell: int(cell) for cell in distinct if _is_score(cell)}
        found |= set(scores.values())
        some += sum(scores.get(cell, 0) != 0 for cell in cells)
    return {1, 3, 5} <= found and some >= enough


def _are_others(cells: Iterable[Any]) -> bool:
    return any(not _is_score(cell) and not says_nothing(cell) for cell in cells)


def _is_score(cell: Any) -> bool:
    return cell in _SCORES if type(cell) is float else type(cell) is str and cell in {"0", "1", "3", "5"}


def _proposed(column: Column) -> Column:
    """The column without its field, which is only proposed."""
    others = ((str(column.field), column.confidence), *column.alternatives)
    return Column(column.index, column.header, None, alternatives=others)


def _read_columns(labels: Labels, words: Words, jenis: str | None) -> list[Column]:
    return [_column(index, texts, labels.forced.get(index), words, jenis) for index, texts in enumerate(labels.parts)]


def _n_named(cells: Sequence[Any], words: Words) -> int:
    """How many cells name a kelurahan, if that is what most of them do."""
    named = sum(words.is_named(cell) for cell in cells)
    return named if 2 * named >= sum(not is_blank(cell) for cell in cells) else 0


def _counts_rt(sheet: Sheet, header_row: int, columns: Sequence[Column], words: Words) -> bool:
    """Whether the column "RT" counts them: bare numbers beside kelurahan that each stand once."""
    at = {
        c.field: sheet.columns[c.index][header_row + 1 : header_row + 1 + _LOOK]
        for c in columns
        if c.field and c.index < len(sheet.columns)
    }
    names = at.get("kelurahan") or at.get("kode")
    rts = [cell for cell in at.get("rt", at.get("rw", ())) if not is_blank(cell)]
    if names is None or len(rts) < _MANY:
        return False
    given = [cell for cell in names if not is_blank(cell)]
    given = [cell for cell in given if words.kelurahan(cell)] or given
    return len(set(given)) == len(given) >= 0.6 * len(rts) and all(
        type(cell) is not str or is_number(cell) for cell in rts
    )


def _as_count(column: Column, words: Words) -> Column:
    """ "RT" over numbers of RT: the indicator "Jumlah RT", where there is one."""
    found = words.taken((f"Jumlah {str(column.field).upper()}",), INDIKATOR)
    if found is None or not found.field.startswith("i:"):
        return Column(column.index, column.header, None)
    return Column(column.index, column.header, found.field, min(found.confidence, 0.75))


def _column(index: int, texts: tuple[str, ...], forced: str | None, words: Words, jenis: str | None) -> Column:
    header = " – ".join(texts)
    if forced is not None:
        return Column(index, header, forced or None, 0.9 if forced else 0.0)
    found = words.candidates(texts, jenis) if texts else []
    best = found[0] if found and found[0].confidence >= TAKEN else None
    others = tuple((c.field, c.confidence) for c in found if c is not best and c.confidence >= PROPOSED)
    if best is None:
        unit = found[0].unit if found and found[0].why == "unit" else ""
        return Column(index, header, None, unit=unit, alternatives=others[:_MAX_ALTERNATIVES])
    return Column(
        index, header, best.field, best.confidence, best.unit, best.factor, alternatives=others[:_MAX_ALTERNATIVES]
    )


def _checked_places(sheet: Sheet, header_row: int, columns: list[Column], words: Words) -> list[Column]:
    """A column "Kelurahan" without a single place beside one full of them is not it ("No / Kelurahan", merged)."""
    cells = {
        c.index: sheet.columns[c.index][header_row + 1 : header_row + _LOOK]
        for c in columns
        if c.index < len(sheet.columns)
    }
    hits = {index: _n_named(body, words) for index, body in cells.items()}
    own = next((c for c in columns if c.field == "kelurahan"), None)
    best = max(hits, key=lambda index: hits[index], default=None)
    if best is None or hits[best] < 3 or (own and hits.get(own.index, 0) > 0):
        return columns
    if own is None and any(c.field in {"kode", "rt"} for c in columns) and columns[best].field == "kecamatan":
        return columns
    if columns[best].field not in {None, "kelurahan"} and not (columns[best].field == "kawasan" and own is None):
        return columns
    return [
        Column(c.index, c.header, "kelurahan", 0.8) if c.index == best
        else Column(c.index, c.header, None) if c is own and is_counter(cells.get(c.index, ()))
        else c
        for c in columns
    ]  # fmt: skip


def is_counter(cells: Sequence[Any]) -> bool:
    """1, 2, 3 …, maybe from 1 again in each section."""
    numbers = [ordinal(cell) for cell in cells if not is_blank(cell)]
    known = [number for number in numbers if number is not None]
    if len(known) < 0.8 * len(numbers) or not known:
        return False
    steps = sum(b - a == 1 or b == 1 for a, b in pairwise(known))
    return known[0] == 1 and steps >= 0.8 * (len(known) - 1)


def _one_each(sheet: Sheet, header_row: int, columns: Sequence[Column]) -> list[Column]:
    """Of two columns for one field the surer stays; of two equally sure the one that says "jumlah", else the first,
    unless their numbers differ: then nobody knows which is meant, and neither is read."""
    best: dict[str, Column] = {}
    rivals: set[str] = set()
    for column in columns:
        name = column.field
        if not name:
            continue
        if name not in best or _sureness(column) > _sureness(best[name]):
            best[name] = column
            rivals.discard(name)
        elif _sureness(column) == _sureness(best[name]) and _differ(sheet, header_row, column, best[name]):
            rivals.add(name)
    return [
        c if not c.field or (best[c.field] is c and c.field not in rivals)
        else Column(c.index, c.header, None, alternatives=((c.field, c.confidence), *c.alternatives))
        for c in columns
    ]  # fmt: skip


def _sureness(column: Column) -> tuple[float, bool, bool]:
    words = plain(column.header).split()
    return column.confidence, "jumlah" in words, "akhir" not in words


def _differ(sheet: Sheet, header_row: int, one: Column, other: Column) -> bool:
    """Whether two columns of numbers say different things in some row."""
    if one.field in PLACE_FIELDS or max(one.index, other.index) >= len(sheet.columns):
        return False
    pairs = zip(*(sheet.columns[c.index][header_row + 1 :] for c in (one, other)), strict=True)
    return any(a != b and is_number(a) and is_number(b) for a, b in pairs)


def doubled_notes(table: Table) -> list[Finding]:
    """Columns that say the same as another one: that one is read, or neither where their numbers differ."""
    known = table.fields
    unread: dict[str, list[Column]] = {}
    for column in table.columns:
        first = column.alternatives[0] if column.alternatives else None
        if not column.field and first and first[1] >= TAKEN:
            unread.setdefault(first[0], []).append(column)
    notes = []
    for name, columns in unread.items():
        for column in columns:
            read = known.get(name)
            others = [read] if read else [other for other in columns if other is not column]
            if not others:
                continue
            params = {
                "kolom": column.header[:80],
                "dibaca": ", ".join(map(table.letter, others)),
                "tidak": table.letter(column),
            }
            cell = table.sheet.where(table.header_row, column.index)
            code = "column_doubled" if read else "columns_rival"
            notes.append(Finding(Level.PERINGATAN, code, table.sheet_name, cell, params))
    return notes


def works_notes(table: Table) -> list[Finding]:
    """What works cost and who pays for them: their volumes are built, not missing."""
    words = {compact(column.header) for column in table.columns} & WORK_WORDS
    if len(words) < 2:
        return []
    return [Finding(Level.PERINGATAN, WORKS, table.sheet_name, table.sheet.where(table.header_row, 0))]


def unit_notes(table: Table, words: Words) -> list[Finding]:
    """Columns that are not read because their unit cannot be brought to ours."""
    notes = []
    for column in table.columns:
        if column.field or not column.unit or not column.alternatives:
            continue
        params = {"kolom": column.header[:80], "satuan": words.vocabulary.unit_of(column.alternatives[0][0])}
        cell = table.sheet.where(table.header_row, column.index)
        if params["satuan"]:
            notes.append(Finding(Level.PERINGATAN, "unit_differs", table.sheet_name, cell, params))
    return notes


def value_columns(table: Table) -> list[Column]:
    """Columns of numbers that are read."""
    return [c for c in table.columns if c.field in FIELDS or (c.field or "").startswith("i:")]


def has_anything_to_read(table: Table) -> bool:
    """Whether there is a column of numbers, known or not, beside the places: a list of names alone is no data."""
    if value_columns(table):
        return True
    for column in table.columns:
        if column.field in PLACE_FIELDS or column.index >= len(table.sheet.columns):
            continue
        cells = table.sheet.columns[column.index][table.header_row + 1 : table.header_row + _LOOK]
        given = [cell for cell in cells if not is_blank(cell)]
        if given and sum(map(is_number, given)) >= 0.5 * len(given) and not is_counter(given):
            return True
    return False


def key_of(sheet: Sheet, row: int, column: int) -> str:
    """ "RT!A5": names the table in the sender's choices."""
    return f"{sheet.sheet_of(row, column)}!{sheet.where(row, column)}"


def range_of(sheet: Sheet, rows: tuple[int, int], columns: tuple[int, int]) -> str:
    """The real cells from first to last row and column, "A5:K71"."""
    name = sheet.origin.sheet if sheet.origin else sheet.name
    spots = [sheet.spot(r, c) for r in rows for c in range(columns[0], columns[1] + 1)]
    corners = [spot for spot in spots if spot[0] == name] or spots
    top, bottom = min(row for _, row, _ in corners), max(row for _, row, _ in corners)
    left, right = min(c for *_, c in corners), max(c for *_, c in corners)
    return f"{column_letters(left)}{top + 1}:{column_letters(right)}{bottom + 1}"
