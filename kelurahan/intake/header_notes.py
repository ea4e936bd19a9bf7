"""What the columns of the chosen table leave out: numbers under an unknown header, criteria without a column."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from kelurahan.intake.columns import VALUE_HEADERS, Column, Table, plain
from kelurahan.intake.faults import column_letters
from kelurahan.intake.notes import Notes
from kelurahan.intake.parsed import RESULTS
from kelurahan.intake.places import clean
from kelurahan.intake.records import looks_like_a_number
from kelurahan.intake.vocabulary import TAKEN, is_result, words_of
from kelurahan.rules.findings import Level
from kelurahan.rules.regulation import FIELDS, PENYEBUT, RULE_SETS, RuleSet

SHOWN = 12  # columns named in one message beside those that may be criteria or denominators
_ORDINALS = {"no", "nomor", "no urut", "nomor urut", "urut"}


def tell_columns(table: Table, rules: RuleSet, records: Sequence[int], notes: Notes) -> set[int]:
    """`records` are the indices of the rows that are read. Returns the unknown columns of numbers, by index."""
    foreign = foreign_criteria(table, rules)
    if foreign:
        cell = header_cell(table, table.fields[foreign[0]])
        listed, other = ", ".join(foreign), _rules_with(foreign)
        notes.add(Level.PERINGATAN, "criterion_not_in_rules", cell, kriteria=listed, aturan=rules.nama, lain=other)
    missing = _missing(table, rules)
    unread = [(column, n) for column, n in _with_numbers(table, records) if column.field is None]
    if unread:
        code = "columns_missing_unread" if missing else "columns_unread"
        cell = header_cell(table, unread[0][0])
        wanted = [_named(table, column, n) for column, n in unread if _is_wanted(column)]
        others = [_named(table, column, n) for column, n in unread if not _is_wanted(column)]
        notes.add(Level.PERINGATAN, code, cell, n=len(unread), kolom=_listed(wanted, others), hilang=", ".join(missing))
    elif missing:
        notes.add(Level.PERINGATAN, "columns_missing", hilang=", ".join(missing), aturan=rules.nama)
    return {column.index for column, _ in unread}


def foreign_criteria(table: Table, rules: RuleSet) -> list[str]:
    """Criteria with a column that the rule set does not know."""
    ours = {kriteria.kode for kriteria in rules.kriteria}
    return [name for name in table.fields if name[0].isdigit() and name not in ours]


def header_cell(table: Table, column: Column) -> str:
    return table.sheet.where(table.header_row, column.index)


def _rules_with(criteria: Sequence[str]) -> str:
    """The rule sets that know all of these."""
    known = (rules for rules in RULE_SETS.values() if set(criteria) <= {kriteria.kode for kriteria in rules.kriteria})
    return ", ".join(rules.nama for rules in known)


def _missing(table: Table, rules: RuleSet) -> list[str]:
    """Fields without a column, by their words in the template; a sheet with less than half of them is not like it."""
    wanted = [*PENYEBUT, *(kriteria.kode for kriteria in rules.kriteria)]
    missing = [name for name in wanted if name not in table.fields]
    if 2 * len(missing) > len(wanted):
        return []
    return [VALUE_HEADERS[name] if name in PENYEBUT else name for name in missing]


def _with_numbers(table: Table, records: Sequence[int]) -> Iterator[tuple[Column, int]]:
    """Columns about which nobody decided and in which most filled cells are numbers, with how many are filled."""
    for column in table.columns:
        if column.field or column.remembered or _is_known(table, column) or column.index >= len(table.sheet.columns):
            continue
        cells = table.sheet.columns[column.index]
        filled = [cell for number in records if not _is_blank(cell := cells[number])]
        numbers = [cell for cell in filled if looks_like_a_number(cell)]
        if numbers and 2 * len(numbers) >= len(filled) and not (_may_number(column) and _counts_up(filled)):
            yield column, len(filled)


def spilled(table: Table) -> str:
    """The first cell beyond the last header, where most rows have one more cell than there are headers; "" elsewhere.

    Of a .csv with commas between its cells and in its numbers: "Solor,1,25,90" under three headers.
    """
    sheet, first = table.sheet, table.header_row + 1
    last = max((column.index for column in table.columns if column.header), default=0)
    if sheet.origin is not None or last + 1 >= len(sheet.columns):
        return ""
    beyond = [row for row, cell in enumerate(sheet.columns[last + 1][first:], first) if looks_like_a_number(cell)]
    filled = sum(not _is_blank(cell) for cell in sheet.columns[last][first:])
    return sheet.where(beyond[0], last + 1) if beyond and 2 * len(beyond) >= filled else ""


def wider_rows(table: Table, rows: Sequence[Sequence[Any]]) -> dict[int, str]:
    """Of the `rows` of a .csv, the few with a cell more than there are headers, by that cell: one of their cells was
    split in two, and what stands behind it is in the wrong column. A remark in words behind numbers splits nothing."""
    last = max((column.index for column in table.columns if column.header), default=0)
    _, top, last = table.sheet.spot(table.header_row, last)
    first = top + 1
    below = [(row, list(cells[last : last + 2])) for row, cells in enumerate(rows[first:], first)]
    ends = [cells[0] for _, cells in below if cells and not _is_blank(cells[0])]
    numeric = 2 * sum(map(looks_like_a_number, ends)) >= len(ends)
    beyond = [(row, cells[1]) for row, cells in below if len(cells) == 2 and not _is_blank(cells[1])]
    if 2 * len(beyond) > len(ends):
        return {}  # a column that lost its header
    split = (row for row, cell in beyond if looks_like_a_number(cell) or not numeric)
    return {row: f"{column_letters(last + 1)}{row + 1}" for row in split}


def _is_known(table: Table, column: Column) -> bool:
    """Told elsewhere (a doubled column, another unit), or known not to be read: results and row numbers."""
    doubled = any(sure >= TAKEN for _, sure in column.alternatives[:1])
    scored = any(name in FIELDS or name.startswith(RESULTS) for name in table.fields)
    result = scored and table.jenis == "penilaian" and is_result([column.header])
    return doubled or bool(column.unit) or result or plain(column.header) in _ORDINALS


def _is_blank(cell: Any) -> bool:
    return cell in ("", None) or (type(cell) is str and not cell.strip())


def _may_number(column: Column) -> bool:
    """Whether a column may number its rows: 1, 2, 3 under no header or one like "No. berkas"."""
    return plain(column.header).partition(" ")[0] in {"", *_ORDINALS}


def _counts_up(cells: Sequence[Any]) -> bool:
    return list(cells) == list(range(1, len(cells) + 1))


def _named(table: Table, column: Column, n: int) -> str:
    letter = table.letter(column)
    return f"{letter} “{clean(column.header)}” ({n})" if plain(column.header) else f"{letter} ({n})"


def _is_wanted(column: Column) -> bool:
    """Whether it may be a criterion or a denominator."""
    proposed = any(name in FIELDS for name, _ in column.alternatives)
    return proposed or bool(words_of(column.header).code and not is_result([column.header]))


def _listed(wanted: Sequence[str], others: Sequence[str]) -> str:
    """All that are wanted, the first of the others, and how many more there are."""
    more = len(others) - SHOWN
    return ", ".join([*wanted, *others[:SHOWN], *([f"… (+{more})"] if more > 0 else [])])
