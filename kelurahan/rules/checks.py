"""Checks of rows before they are stored: generators of findings, listed in one tuple.

A check looks at numbers that were already read and at places that were already matched. Whatever it says names the
sheet and the cell; what only blocks one row never blocks the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from kelurahan.rules.findings import Finding, Level
from kelurahan.rules.numbers import MICRO, format_number, from_micro
from kelurahan.rules.regulation import FIELDS, KRITERIA, PENYEBUT, RuleSet, State
from kelurahan.rules.score import Scores, score
from kelurahan.rules.sums import Bools, Ints, Sums, sum_rows

HECTARES_PER_PERSON = 5  # a place with more room than this has lost the comma of its hectares
COUNTED = ("unit", "jiwa", "KK")  # units that come in whole numbers

LEVELS = {"too_many_decimals": Level.INFO}
"""Levels of what the number reader reports; everything else it reports is a galat."""


@dataclass(frozen=True, slots=True)
class CellProblem:
    """What the number reader had against a cell."""

    code: str
    text: str
    understood: str | None = None


@dataclass(frozen=True)
class CheckInput:
    """n rows of a file. `values` and `states` are (n, 25) in FIELDS order, millionths.

    `spot` gives the sheet and cell of a row for a field ("3a"), the place ("kode") and "tahun"; the cell is "" where
    there is no such column. `keys` hold the place of a row (any hashable), None where it was not matched.
    """

    rows: Sequence[int]  # numbers as in the sheet, from 1
    spot: Callable[[int, str], tuple[str, str]]
    keys: Sequence[Any]
    tahun: Sequence[int | None]
    values: Ints
    states: Ints
    given: Bools  # (n, 25) the sheet has that cell and it is not blank
    rule_set: RuleSet
    years: tuple[int, int]  # first and last year that may be
    problems: Mapping[tuple[int, int], CellProblem] = field(default_factory=dict)  # by row and field index
    official: Ints | None = None  # (n,) millionths of a hectare: the kelurahan around a place; 0 where nobody knows

    @cached_property
    def sums(self) -> Sums:
        return sum_rows(self.values, self.states, self.rule_set)

    @cached_property
    def scores(self) -> Scores:
        return score(self.sums, self.rule_set)

    def filled(self, kode: str) -> Bools:
        """(n,) whether a field holds a number."""
        return np.asarray(self.states[:, FIELDS.index(kode)] == State.FILLED, dtype=np.bool_)

    @cached_property
    def over_official(self) -> Bools:
        """(n,) whether a place is larger than the kelurahan that it lies in."""
        if self.official is None:
            return np.zeros(len(self.rows), dtype=np.bool_)
        larger = self.values[:, FIELDS.index("luas")] > self.official
        return np.asarray(self.filled("luas") & (self.official > 0) & larger, dtype=np.bool_)

    def amount(self, i: int, kode: str) -> str:
        """A number as officers write it."""
        return format_number(from_micro(self.values[i, FIELDS.index(kode)]))

    def finding(self, level: Level, code: str, i: int, column: str = "", **params: Any) -> Finding:
        """A finding at row i, in the column of a field or other key; without such a column it points to the row."""
        sheet, cell = self.spot(i, column)
        return Finding(level, code, sheet, cell, {"baris": self.rows[i], **params}, i)


Check = Callable[[CheckInput], Iterator[Finding]]


def label(kode: str) -> str:
    """A field as officers know it: "3a Ketidaktersediaan …", "Jumlah KK"."""
    return f"{kode} {KRITERIA[kode].nama}" if kode in KRITERIA else PENYEBUT[kode].nama


def _where(mask: npt.ArrayLike) -> list[int]:
    """The rows for which something is so."""
    return [int(i) for i in np.flatnonzero(mask)]


def unreadable_numbers(data: CheckInput) -> Iterator[Finding]:
    for (i, column), problem in data.problems.items():
        kode = FIELDS[column]
        yield data.finding(
            LEVELS.get(problem.code, Level.GALAT),
            problem.code,
            i,
            kode,
            kolom=label(kode),
            text=problem.text,
            understood=problem.understood or "",
        )


def negative_numbers(data: CheckInput) -> Iterator[Finding]:
    for i, column in np.argwhere(data.values < 0).tolist():
        if (i, column) not in data.problems:
            kode = FIELDS[column]
            yield data.finding(Level.GALAT, "negative", i, kode, kolom=label(kode), text=data.amount(i, kode))


def volumes_over_zero(data: CheckInput) -> Iterator[Finding]:
    """Nothing can be a part of nothing, nor of what does not apply."""
    for kriteria in data.rule_set.kriteria:
        column = FIELDS.index(kriteria.penyebut)
        nothing = data.filled(kriteria.penyebut) & (data.values[:, column] == 0)
        divisor = nothing | (data.states[:, column] == State.NOT_APPLICABLE)
        positive = data.filled(kriteria.kode) & (data.values[:, FIELDS.index(kriteria.kode)] > 0)
        for i in _where(divisor & positive):
            yield data.finding(
                Level.GALAT,
                "volume_over_zero",
                i,
                kriteria.kode,
                kode=kriteria.kode,
                nama=kriteria.nama,
                satuan=kriteria.satuan,
                volume=data.amount(i, kriteria.kode),
                penyebut=PENYEBUT[kriteria.penyebut].nama,
            )


def more_than_everything(data: CheckInput) -> Iterator[Finding]:
    """Over 100 %: usually a denominator that covers only part of the place."""
    for k, kriteria in enumerate(data.rule_set.kriteria):
        both = data.filled(kriteria.kode) & data.filled(kriteria.penyebut)
        volume, penyebut = (data.values[:, FIELDS.index(kode)] for kode in (kriteria.kode, kriteria.penyebut))
        for i in _where(both & (penyebut > 0) & (volume > penyebut)):
            yield data.finding(
                Level.PERINGATAN,
                "over_100_percent",
                i,
                kriteria.kode,
                kode=kriteria.kode,
                nama=kriteria.nama,
                persen=format_number(float(data.scores.persen_max[i, k]), 2),
                volume=data.amount(i, kriteria.kode),
                penyebut=PENYEBUT[kriteria.penyebut].nama,
                jumlah=data.amount(i, kriteria.penyebut),
            )


def missing_denominators(data: CheckInput) -> Iterator[Finding]:
    for kode, penyebut in PENYEBUT.items():
        criteria = [kriteria.kode for kriteria in data.rule_set.kriteria if kriteria.penyebut == kode]
        if not criteria:
            continue
        used = np.stack([data.filled(kriteria) for kriteria in criteria])
        empty = data.states[:, FIELDS.index(kode)] == State.EMPTY
        for i in _where(empty & used.any(axis=0)):
            named = ", ".join(kriteria for kriteria, here in zip(criteria, used[:, i], strict=True) if here)
            yield data.finding(Level.PERINGATAN, "missing_penyebut", i, kode, penyebut=penyebut.nama, daftar=named)


def duplicate_places(data: CheckInput) -> Iterator[Finding]:
    """The same numbers twice are a slip; different ones leave no row that could be trusted."""
    places = list(zip(data.keys, data.tahun, strict=True))
    counts = Counter(places)
    if len(counts) == len(places):
        return
    seen: dict[tuple[Any, int | None], list[int]] = {}
    for i, place in enumerate(places):
        if place[0] is not None and counts[place] > 1:
            seen.setdefault(place, []).append(i)
    for same_place in seen.values():
        yield from _duplicates(data, same_place)


def _duplicates(data: CheckInput, rows: list[int]) -> Iterator[Finding]:
    first = rows[0]
    if all(_same_numbers(data, first, i) for i in rows[1:]):
        for i in rows[1:]:
            yield data.finding(Level.PERINGATAN, "duplicate_same", i, "kode", pertama=data.rows[first])
        return
    for i in rows:
        other = rows[1] if i == first else first
        yield data.finding(Level.GALAT, "duplicate_different", i, "kode", pertama=data.rows[other])


def _same_numbers(data: CheckInput, a: int, b: int) -> bool:
    return all(np.array_equal(part[a], part[b]) for part in (data.given, data.states, data.values))


def empty_rows(data: CheckInput) -> Iterator[Finding]:
    """A template lists every RT; those left blank are told, not held against anybody."""
    for i in _where(~data.given.any(axis=1)):
        if data.keys[i] is not None:
            yield data.finding(Level.INFO, "empty_row", i, "kode")


def incomplete_rows(data: CheckInput) -> Iterator[Finding]:
    codes = [kriteria.kode for kriteria in data.rule_set.kriteria]
    for i in _where(data.scores.has_data & ~data.scores.lengkap):
        missing = [kode for kode, known in zip(codes, data.scores.known[i], strict=True) if not known]
        yield data.finding(Level.INFO, "incomplete_row", i, "kode", jumlah=len(missing), daftar=", ".join(missing))


def fewer_people_than_households(data: CheckInput) -> Iterator[Finding]:
    jiwa, kk = (data.values[:, FIELDS.index(kode)] for kode in ("jiwa", "kk"))
    for i in _where(data.filled("jiwa") & data.filled("kk") & (jiwa < kk)):
        yield data.finding(
            Level.PERINGATAN,
            "fewer_people_than_households",
            i,
            "jiwa",
            jiwa=data.amount(i, "jiwa"),
            kk=data.amount(i, "kk"),
        )


def broken_counts(data: CheckInput) -> Iterator[Finding]:
    """Half a household is a misread thousands mark."""
    units = {**{p.kode: p.satuan for p in PENYEBUT.values()}, **{k.kode: k.satuan for k in data.rule_set.kriteria}}
    for kode in (kode for kode, satuan in units.items() if satuan in COUNTED):
        for i in _where(data.filled(kode) & (data.values[:, FIELDS.index(kode)] % MICRO != 0)):
            yield data.finding(
                Level.PERINGATAN, "not_a_whole_number", i, kode, kolom=label(kode), text=data.amount(i, kode)
            )


def lost_decimals(data: CheckInput) -> Iterator[Finding]:
    luas, jiwa = (data.values[:, FIELDS.index(kode)] for kode in ("luas", "jiwa"))
    roomy = data.filled("luas") & data.filled("jiwa") & (jiwa > 0) & (luas // HECTARES_PER_PERSON > jiwa)
    for i in _where(roomy & ~data.over_official):
        yield data.finding(
            Level.PERINGATAN,
            "area_lost_its_decimals",
            i,
            "luas",
            text=data.amount(i, "luas"),
            jiwa=data.amount(i, "jiwa"),
        )


def larger_than_their_kelurahan(data: CheckInput) -> Iterator[Finding]:
    """ "1.250" is 1250; whoever wrote it for 1,25 gets a place larger than all around it."""
    for i in _where(data.over_official):
        assert data.official is not None
        luas, official = int(data.values[i, FIELDS.index("luas")]), int(data.official[i])
        thousands = luas % MICRO == 0 and MICRO * 1000 <= luas <= official * 1000
        yield data.finding(
            Level.PERINGATAN,
            "area_over_official_by_its_mark" if thousands else "area_over_official",
            i,
            "luas",
            text=data.amount(i, "luas"),
            resmi=format_number(from_micro(official)),
            mungkin=format_number(from_micro(luas // 1000)),
        )


def wrong_years(data: CheckInput) -> Iterator[Finding]:
    first, last = data.years
    for i, tahun in enumerate(data.tahun):
        if tahun is None:
            yield data.finding(Level.GALAT, "year_missing", i, "tahun")
        elif not first <= tahun <= last:
            yield data.finding(Level.GALAT, "year_out_of_range", i, "tahun", tahun=tahun, dari=first, sampai=last)


CHECKS: tuple[Check, ...] = (
    unreadable_numbers,
    negative_numbers,
    wrong_years,
    duplicate_places,
    volumes_over_zero,
    more_than_everything,
    missing_denominators,
    fewer_people_than_households,
    broken_counts,
    lost_decimals,
    larger_than_their_kelurahan,
    incomplete_rows,
    empty_rows,
)


@dataclass(frozen=True, slots=True)
class CheckResult:
    findings: list[Finding]  # at most `limit` of each code
    counts: Counter[str]  # how many there are of each code
    blocked: Bools  # (n,) rows with a galat


def run_checks(data: CheckInput, limit: int | None = None) -> CheckResult:
    """Run every check; all findings are counted and all galat block, though only `limit` of a code are kept."""
    findings: list[Finding] = []
    counts: Counter[str] = Counter()
    blocked = np.zeros(len(data.rows), dtype=np.bool_)
    for check in CHECKS:
        for finding in check(data):
            counts[finding.code] += 1
            if finding.level is Level.GALAT and finding.row is not None:
                blocked[finding.row] = True
            if limit is None or counts[finding.code] <= limit:
                findings.append(finding)
    return CheckResult(findings, counts, blocked)
