"""Groups of rows whose cells stand one column beside where they belong, from some column on.

The proof is in the results that a sheet brings along: moved back, every percentage is volume ÷ denominator and every
nilai its band. Without such results a shift is only likely: volumes larger than what they are part of, halves of
households, words among numbers, and nothing of it after moving back.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from kelurahan.intake.parsed import Repair
from kelurahan.intake.places import clean
from kelurahan.intake.repairs import change
from kelurahan.intake.repairs.look import SHOWN, Bools, Floats, Look, Rows
from kelurahan.intake.repairs.raw import BLANK, NUMBER, TEXT, Layout, Order, Raw
from kelurahan.rules.agreement import Agreement, Written, agreement, is_score
from kelurahan.rules.checks import COUNTED
from kelurahan.rules.numbers import MICRO
from kelurahan.rules.regulation import FIELDS, KRITERIA, PENYEBUT

_GROUPS = 12
_TRIED = 160  # rows on which guesses are tried; the best guess is then tested on all
_NEAR = 4  # columns around the first and last criterion that disagrees
_BLANKS = 3  # columns behind the criteria with blank cells at which a shift may end
_ENOUGH = 3  # criteria that agree and are not zero, over a group
_PLENTY = 8
_ODD = 3  # things in a row that cannot be
_YEARS = (1990, 2100)

ANSWERS = (
    "nilai_not_a_score",
    "persen_differs",
    "nilai_differs",
    "over_100_percent",
    "volume_over_zero",
    "not_a_whole_number",
    "not_a_number",
    "error_cell",
    "negative",
    "year_unreadable",
)


@dataclass(frozen=True, slots=True)
class _Guess:
    """The cells `first` … `last` belong one column further left (`by` 1) or right (−1)."""

    first: int
    last: int
    by: int

    def order(self, width: int) -> Order:
        order = np.arange(width)
        order[self.first : self.last + 1] = np.roll(order[self.first : self.last + 1], -self.by)
        return order

    @property
    def end(self) -> int:
        """The column that gets what stood at the other end."""
        return self.last if self.by == 1 else self.first


def find(look: Look) -> Iterator[Repair]:
    layout = Layout(look)
    if not len(layout.used) or not len(look):
        return
    if layout.has_results:
        suspects = _disagreeing(look)
        search: _Search = _Proof(look, layout)
    else:
        suspects = np.flatnonzero(_odd_rows(look) >= _ODD)
        search = _Likely(look, layout, suspects)
    if len(suspects):
        yield from search.repairs(suspects)


def _disagreeing(look: Look) -> Rows:
    """Rows whose written results do not agree, the clearest first."""
    agrees = agreement(_as_read(look))
    scores = np.column_stack([look.stored(f"n:{k.kode}") for k in look.rules.kriteria])
    strange = (~np.isnan(scores) & ~is_score(scores)).sum(axis=1)
    suspects = np.flatnonzero(agrees.wrong)
    return suspects[np.argsort(strange[suspects] == 0, kind="stable")]


def _as_read(look: Look) -> Written:
    kriteria = look.rules.kriteria
    numbers = np.where(look.filled, look.parsed.values / MICRO, np.nan)
    return Written(
        volume=numbers[:, look.rules.columns],
        penyebut=numbers[:, look.rules.penyebut_columns],
        persen=np.column_stack([look.stored(f"p:{k.kode}") for k in kriteria]),
        nilai=np.column_stack([look.stored(f"n:{k.kode}") for k in kriteria]),
    )


def _odd_rows(look: Look) -> NDArray[np.int64]:
    """(n,) things of each row that cannot be, as read."""
    values, filled = look.parsed.values, look.filled
    columns, divisors = look.rules.columns, look.rules.penyebut_columns
    odd = ((values[:, columns] > values[:, divisors]) & filled[:, columns] & filled[:, divisors]).sum(axis=1)
    odd += (look.parsed.states == 3).sum(axis=1)
    likely = np.flatnonzero(odd)
    counted = np.array([i for i, name in enumerate(FIELDS) if _unit(name) in COUNTED], np.int64)
    odd[likely] += (values[np.ix_(likely, counted)] % MICRO != 0).sum(axis=1)
    return np.asarray(odd, np.int64)


def _unit(name: str) -> str:
    return KRITERIA[name].satuan if name in KRITERIA else PENYEBUT[name].satuan


class _Search:
    """Tries guesses on suspects and tells which rows each of them puts right."""

    certain_from: int | None = None

    def __init__(self, look: Look, layout: Layout) -> None:
        self.look, self.layout = look, layout
        self.width = len(look.sheet.columns)

    def repairs(self, suspects: Rows) -> Iterator[Repair]:
        """The likeliest group first; a guess is made on some rows, and then tested on all that are left."""
        for _ in range(_GROUPS):
            guess = self._best(Raw.of(self.look, _some(suspects))) if len(suspects) else None
            if guess is None:
                return
            raw = Raw.of(self.look, suspects)
            right = self.right(raw, guess)
            group = raw.take(right)
            group = group.take(np.argsort(group.rows))
            suspects = suspects[~right]
            repair = self.repair(group, self._ended(group, guess))
            if repair:
                yield repair

    def _best(self, some: Raw) -> _Guess | None:
        best: tuple[tuple[float, ...], _Guess] | None = None
        for guess in self.guesses(some):
            right = self.right(some, guess)
            if not right.any():
                continue
            merit = (float(right.sum()), *self.merit(some.take(right), guess), float(guess.first))
            if best is None or merit > best[0]:
                best = merit, guess
        return best[1] if best else None

    def guesses(self, some: Raw) -> Iterator[_Guess]:
        used = self.layout.used
        for left, right in self._blocks(int(some.rows[0])):
            if right < used[0]:
                continue
            for last in self._ends(some, max(left + 1, int(used[-1])), right):
                for first in range(left, min(last, int(used[-1]) + 1)):
                    yield _Guess(first, last, 1)
                    yield _Guess(first, last, -1)

    def _ends(self, some: Raw, low: int, high: int) -> list[int]:
        """Where behind the criteria a shift may end: for what is read it only matters whether other numbers move too,
        and that a blank cell goes around."""
        read = np.concatenate([self.layout.penyebut, [self.layout.tahun]])
        behind = read[(read > low) & (read <= high)]
        blank = low + np.flatnonzero((some.kinds[:, low : high + 1] == BLANK).any(axis=0))
        ends = {low, min(low + 1, high), high, *blank[:_BLANKS].tolist()}
        return sorted(ends | {int(behind.min()) - 1} if len(behind) else ends)

    def _blocks(self, row: int) -> list[tuple[int, int]]:
        """Columns that are neighbours on the real sheet: a shift does not leap."""
        number = int(self.look.records[row])
        spots = [self.look.sheet.spot(number, index) for index in range(self.width)]
        steps = [a[0] == b[0] and abs(a[1] - b[1]) + abs(a[2] - b[2]) == 1 for a, b in itertools.pairwise(spots)]
        breaks = [-1, *(i for i, step in enumerate(steps) if not step), self.width - 1]
        return [(a + 1, b) for a, b in itertools.pairwise(breaks) if b > a + 1]

    def right(self, raw: Raw, guess: _Guess) -> Bools:
        raise NotImplementedError

    def merit(self, raw: Raw, guess: _Guess) -> tuple[float, ...]:
        raise NotImplementedError

    def repair(self, group: Raw, guess: _Guess) -> Repair | None:
        raise NotImplementedError

    def _nothing_odd_moves(self, raw: Raw, guess: _Guess) -> Bools:
        """What goes around from one end to the other is blank, or a total that was written before the first volume."""
        behind = guess.by == 1 and guess.last not in self.layout.used
        return self._blank_moves(raw, guess) | behind

    def _blank_moves(self, raw: Raw, guess: _Guess) -> Bools:
        return np.asarray(raw.kinds[:, guess.order(self.width)[guess.end]] == BLANK, np.bool_)

    def _years_stay(self, raw: Raw, guess: _Guess) -> Bools:
        """No year may get lost by moving."""
        tahun = int(self.layout.tahun)
        if not guess.first <= tahun <= guess.last:
            return np.ones(len(raw.rows), np.bool_)
        years = raw.numbers[:, guess.order(self.width)[tahun]]
        return np.asarray((years >= _YEARS[0]) & (years <= _YEARS[1]), np.bool_)

    def _ended(self, group: Raw, guess: _Guess) -> _Guess:
        """The same guess with its end where the columns behind the criteria fit best: totals, classes, notes."""
        last = int(self.layout.used[-1])
        if guess.last < last:
            return guess
        right = next(right for left, right in self._blocks(int(group.rows[0])) if left <= guess.first <= right)
        ends = range(max(last, guess.first + 1), right + 1)
        fitting = [one for end in ends if self.right(group, one := _Guess(guess.first, end, guess.by)).all()]
        return max(fitting, key=lambda one: self._end_fit(group, one))

    def _end_fit(self, group: Raw, guess: _Guess) -> tuple[float, ...]:
        order = guess.order(self.width)
        kinds = (group.kinds[:, order] == self._kinds) | (self._kinds < 0)
        total = 0.0
        if self.layout.total != self.layout.nowhere:
            nilai = np.nansum(self.layout.written(group, order).nilai, axis=1)
            total = float((group.numbers[:, order[self.layout.total]] == nilai).mean())
        return (total, float(kinds.mean()), -float(guess.last))

    @cached_property
    def _kinds(self) -> NDArray[np.int8]:
        """What stands in each column of this sheet as a rule, −1 where there is no rule."""
        look = self.look
        kinds = Raw.of(look, np.linspace(0, len(look) - 1, min(len(look), 200)).astype(np.int64)).kinds[:, :-1]
        shares = np.stack([(kinds == kind).mean(axis=0) for kind in (BLANK, NUMBER, TEXT)])
        return np.where(shares.max(axis=0) > 0.5, shares.argmax(axis=0), -1).astype(np.int8)

    def _proposal(
        self, likely: str, group: Raw, guess: _Guess, *, certain: bool, params: dict[str, int] | None = None
    ) -> Repair:
        look, table = self.look, self.look.table
        headers = {column.index: column.header for column in table.columns}
        side = "right" if guess.by == 1 else "left"
        return look.repair(
            f"columns_shifted_{side}{likely}",
            group.rows,
            look.where(group.rows, guess.first, guess.last),
            change.rotate(look.records[group.rows], guess.first, guess.last, guess.by),
            name=f"{guess.by}:{guess.first}-{guess.last}",
            certain=certain,
            answers=ANSWERS,
            sample=self._sample(group, guess),
            params={
                "kolom": clean(headers.get(guess.first, ""), 60),
                **(params or {}),
            },
        )

    def _sample(self, group: Raw, guess: _Guess) -> list[dict[str, str]]:
        row, order = int(group.rows[0]), guess.order(self.width)
        number = int(self.look.records[row])
        shown = [index for index in self.layout.used.tolist() if guess.first <= index <= guess.last][:SHOWN]
        return [self.look.sample(row, index, self.look.sheet.columns[order[index]][number]) for index in shown]


def _some(suspects: Rows) -> Rows:
    """The clearest of the rows, and others from all over."""
    if len(suspects) <= _TRIED:
        return suspects
    half = _TRIED // 2
    return np.concatenate([suspects[:half], suspects[np.linspace(half, len(suspects) - 1, half).astype(np.int64)]])


class _Proof(_Search):
    """By the results that the sheet brings along."""

    def guesses(self, some: Raw) -> Iterator[_Guess]:
        yield from super().guesses(some)
        yield from self._inner(some)

    def _inner(self, some: Raw) -> Iterator[_Guess]:
        """Shifts that begin and end between the criteria: around the first and the last that disagrees."""
        layout, agrees = self.layout, agreement(self.layout.written(some, np.arange(self.width)))
        wrong = agrees.told & ~agrees.right
        some_wrong = wrong.any(axis=1)
        if not some_wrong.any():
            return
        ends = np.column_stack([wrong.argmax(axis=1), wrong.shape[1] - 1 - wrong[:, ::-1].argmax(axis=1)])[some_wrong]
        (first, last) = _commonest(ends)
        starts = np.stack([layout.volume, layout.persen, layout.nilai])
        present = np.where(starts == layout.nowhere, -1, starts)
        low = int(np.where(present[:, first] < 0, layout.nowhere, present[:, first]).min())
        high = int(present[:, last].max())
        for left, right in self._blocks(int(some.rows[0])):
            for begin in range(max(left, low - _NEAR), min(right, low + _NEAR)):
                for end in range(max(begin + 1, high - _NEAR), min(right, high + _NEAR) + 1):
                    if end < layout.used[-1]:
                        yield _Guess(begin, end, 1)
                        yield _Guess(begin, end, -1)

    def _agrees(self, raw: Raw, guess: _Guess) -> tuple[Agreement, Bools, NDArray[np.int64]]:
        """Agreement after moving back, which criteria lost their volume to the shift, and how many of those that moved
        agree without being zero."""
        order = guess.order(self.width)
        lost = (self.layout.volume == guess.end) & self._blank_moves(raw, guess)[:, None]
        agrees = agreement(self.layout.written(raw, order))
        evidence = (agrees.telling & self._moved(guess)).sum(axis=1)
        return agrees, np.asarray(lost, np.bool_), np.asarray(evidence, np.int64)

    def _moved(self, guess: _Guess) -> Bools:
        """(K,) criteria of which some number stood elsewhere."""
        layout = self.layout
        columns = np.stack([layout.volume, layout.penyebut, layout.persen, layout.nilai])
        return np.asarray(((columns >= guess.first) & (columns <= guess.last)).any(axis=0), np.bool_)

    def right(self, raw: Raw, guess: _Guess) -> Bools:
        agrees, lost, evidence = self._agrees(raw, guess)
        wrong = (agrees.told & ~agrees.right & ~lost).sum(axis=1)
        likely = (evidence >= 1) | self._blank_moves(raw, guess)
        possible = self._nothing_odd_moves(raw, guess) & self._years_stay(raw, guess)
        return np.asarray((wrong == 0) & likely & possible, np.bool_)

    def merit(self, raw: Raw, guess: _Guess) -> tuple[float, ...]:
        _, _, evidence = self._agrees(raw, guess)
        written = self.layout.written(raw, guess.order(self.width))
        gaps = np.isnan(written.volume).sum() + np.isnan(written.penyebut).sum()
        return (float(evidence.sum()), -float(gaps), float(self._blank_moves(raw, guess).mean()))

    def repair(self, group: Raw, guess: _Guess) -> Repair | None:
        agrees, lost, evidence = self._agrees(group, guess)
        if evidence.sum() < _ENOUGH:
            return None
        certain = bool(evidence.sum() >= _PLENTY and not lost.any())
        criteria = int((agrees.told & agrees.right).sum(axis=1).min())
        return self._proposal("", group, guess, certain=certain, params={"kriteria": criteria})


def _commonest(pairs: NDArray[np.int64]) -> tuple[int, int]:
    found, counts = np.unique(pairs, axis=0, return_counts=True)
    first, last = found[counts.argmax()].tolist()
    return first, last


class _Likely(_Search):
    """By what cannot be: no proof, so a person decides."""

    def __init__(self, look: Look, layout: Layout, suspects: Rows) -> None:
        super().__init__(look, layout)
        self.names = [name for name in look.numeric if name in FIELDS]
        self.columns = np.array([look.fields[name].index for name in self.names], np.int64)
        self.counted = np.array([_unit(name) in COUNTED for name in self.names])
        good = np.setdiff1d(np.arange(len(look)), suspects)
        self.good = Raw.of(look, good[np.linspace(0, len(good) - 1, min(len(good), 200)).astype(np.int64)])
        self.middle = _middle(self.good.numbers[:, self.columns])

    def _odd(self, raw: Raw, order: Order) -> NDArray[np.int64]:
        kinds, numbers = raw.kinds[:, order[self.columns]], raw.numbers[:, order[self.columns]]
        written = self.layout.written(raw, order)
        odd = (written.volume > written.penyebut).sum(axis=1) + (kinds == TEXT).sum(axis=1) + (numbers < 0).sum(axis=1)
        odd += ((numbers[:, self.counted] % 1) > 0).sum(axis=1)
        if len(self.good.rows):
            rule = self._rule
            odd += ((raw.kinds[:, order] != rule) & (rule >= 0) & (raw.kinds[:, order] != BLANK)).sum(axis=1)
        return np.asarray(odd, np.int64)

    @cached_property
    def _rule(self) -> NDArray[np.int8]:
        """What always stands in a column, be it words or numbers; −1 where both do."""
        kinds = self.good.kinds[:, :-1]
        has_number, has_text = (kinds == NUMBER).any(axis=0), (kinds == TEXT).any(axis=0)
        return np.where(has_number & ~has_text, NUMBER, np.where(has_text & ~has_number, TEXT, -1)).astype(np.int8)

    def right(self, raw: Raw, guess: _Guess) -> Bools:
        order = guess.order(self.width)
        before = self._odd(raw, np.arange(self.width))
        possible = self._blank_moves(raw, guess) & self._years_stay(raw, guess)
        return np.asarray((before >= _ODD) & (self._odd(raw, order) == 0) & possible, np.bool_)

    def merit(self, raw: Raw, guess: _Guess) -> tuple[float, ...]:
        numbers = raw.numbers[:, guess.order(self.width)[self.columns]]
        with np.errstate(divide="ignore", invalid="ignore"):
            distance = np.abs(np.log10(np.where(numbers > 0, numbers, np.nan)) - self.middle)
        seen = ~np.isnan(distance)
        return (-float(np.where(seen, distance, 0.0).sum() / max(seen.sum(), 1)),)

    def repair(self, group: Raw, guess: _Guess) -> Repair | None:
        return self._proposal("_likely", group, guess, certain=False)


def _middle(numbers: Floats) -> Floats:
    """(c,) the middle size of each column, as a power of ten; nan for a column without numbers."""
    sizes = [np.log10(column[column > 0]) for column in numbers.T]
    return np.array([np.median(size) if len(size) else np.nan for size in sizes])
