"""Columns of criteria whose headers alone do not say enough, and which the columns around them explain."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from kelurahan.intake.columns import Column
from kelurahan.intake.sheets import Sheet
from kelurahan.intake.tables.words import Words
from kelurahan.intake.units import PERSEN
from kelurahan.intake.vocabulary import TAKEN, Candidate, words_of
from kelurahan.rules.regulation import KRITERIA

LIKELY = 0.75
_SURE_PART = 3  # one of so many is known by its header alone
_DOUBTS = frozenset({"unit", "head"})
_NUMBER_OF_PAIR = re.compile(r"[\s–|:_-]*numerik\W*$", re.IGNORECASE)


def numbers_beside_shares(sheet: Sheet, header_row: int, columns: Sequence[Column], words: Words) -> Iterator[Column]:
    """ "1a (unit)-NUMERIK" where every "1a (%)-KEBUTUHAN" is a percentage: the number is the volume."""
    needs = [read for c in columns if (read := words_of(c.header)).pair == "kebutuhan"]
    if not needs or any(read.unit != PERSEN for read in needs):
        return
    for column in columns:
        if column.field is None and words_of(column.header).pair == "numerik":
            found = _assessed(_NUMBER_OF_PAIR.sub("", column.header), words)
            if found and found[0].confidence >= TAKEN and found[0].field in KRITERIA and found[0].unit:
                yield _taken(column, found[0])


def all_in_their_order(sheet: Sheet, header_row: int, columns: Sequence[Column], words: Words) -> Iterator[Column]:
    """ "Ketersediaan Akses Aman Air Minum (KK)" among all the criteria of the rules, each once and in their order: the
    name of 3a, as the regulation shortens it."""
    order = sorted(words.vocabulary.criteria)
    meant = [column for column in columns if column.field in KRITERIA or _proposed(column)]
    known = [column for column in meant if column.field]
    if len(meant) != len(order) or _SURE_PART * len(known) < len(order) or len(known) == len(order):
        return
    found = []
    for kode, column in zip(order, meant, strict=True):
        reading = next((c for c in _assessed(column.header, words) if c.field == kode and c.why not in _DOUBTS), None)
        if words_of(column.header).code:
            reading = None  # beside a code the words would agree with it
        if column.field not in {kode, None} or (column.field is None and reading is None):
            return
        if column.field is None and reading:
            found.append(_taken(column, reading))
    yield from found


def _proposed(column: Column) -> bool:
    return column.field is None and any(name in KRITERIA for name, _ in column.alternatives)


def _assessed(header: str, words: Words) -> list[Candidate]:
    return words.candidates(tuple(header.split(" – ")), "penilaian")


def _taken(column: Column, reading: Candidate) -> Column:
    others = tuple(other for other in column.alternatives if other[0] != reading.field)
    return replace(
        column, field=reading.field, confidence=LIKELY, unit=reading.unit, factor=reading.factor, alternatives=others
    )
