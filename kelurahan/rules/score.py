"""Volumes and denominators → percent → nilai → total → class, for one place or a million rows by the same path.

Source: Permen PUPR 14/PRT/M/2018, Lampiran II, menurut buku kerja penghitungan KOTAKU. Numbers are integers in
millionths of the unit and only integers decide a band.

A place whose cells are not all known has a range. An empty volume lies between 0 and its denominator; a missing
denominator between 0 and infinity. The bounds are those of the whole sum, not of each part.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt

from kelurahan.rules.ladder import Small, bands_of
from kelurahan.rules.numbers import LIMIT, from_micro, to_micro
from kelurahan.rules.regulation import FIELDS, PENYEBUT, Kriteria, Reading, RuleSet, State, tingkat_word
from kelurahan.rules.sums import Bools, Ints, Sums, add_sums, sum_rows

__all__ = [
    "Line",
    "Score",
    "Scores",
    "State",
    "Sums",
    "add_sums",
    "averages",
    "explain",
    "score",
    "score_one",
    "sum_rows",
]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """Scores of g groups over K criteria. Percentages are floats for showing only."""

    persen_min: Floats  # (g, K) nan where the denominator is unknown
    persen_max: Floats  # (g, K)
    nilai_min: Small  # (g, K)
    nilai_max: Small  # (g, K)
    known: Bools  # (g, K) this criterion has one value, not a range
    total_min: npt.NDArray[np.int16]  # (g,)
    total_max: npt.NDArray[np.int16]  # (g,)
    tingkat_min: Small  # (g,)
    tingkat_max: Small  # (g,)
    lengkap: Bools  # (g,) every criterion is known
    peka: Bools  # (g,) the class range differs under the other reading
    has_data: Bools  # (g,)

    def __len__(self) -> int:
        return len(self.total_min)

    def take(self, rows: Any) -> Scores:
        """The scores of some groups (index array, mask or slice)."""
        return Scores(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})


@dataclass(frozen=True, slots=True)
class _Bounds:
    """Lowest and highest nilai of each criterion under one reading, with totals and classes."""

    nilai_min: Small
    nilai_max: Small
    total_min: npt.NDArray[np.int16]
    total_max: npt.NDArray[np.int16]
    tingkat_min: Small
    tingkat_max: Small


@dataclass(frozen=True, slots=True)
class _OpenCells:
    """The m criteria of all groups that have a range: where they stand, and what the range may reach."""

    at: npt.NDArray[np.intp]  # (m,) flat: group × number of criteria + criterion
    volume: Ints  # (m,) highest
    penyebut: Ints  # (m,)
    unbounded: Bools  # (m,) no highest volume is known
    from_zero: Bools  # (m,) the denominator may be huge

    @classmethod
    def of(cls, sums: Sums, known: Bools, rule_set: RuleSet) -> _OpenCells:
        at = np.flatnonzero(~known)
        rows, columns = np.divmod(at, known.shape[1])
        return cls(
            at=at,
            volume=sums.volume_max.take(at),
            penyebut=sums.penyebut[rows, np.array(rule_set.penyebut_columns)[columns]],
            unbounded=sums.volume_open.take(at) | (sums.n_rows[rows] == 0),
            from_zero=sums.penyebut_open.take(at),
        )


def _bounds(sums: Sums, cells: _OpenCells, rule_set: RuleSet, reading: Reading) -> _Bounds:
    """A missing denominator may be huge (nilai 0) or add nothing; an unbounded volume may reach the highest nilai."""
    lowest = highest = bands_of(sums.volume_min, sums.penyebut, rule_set.penyebut_columns, reading)
    total_min = total_max = lowest.sum(axis=1, dtype=np.int16)
    if len(cells.volume):
        top = np.int8(max(band.nilai for band in reading.bands))
        reached = bands_of(cells.volume[:, None], cells.penyebut[:, None], [0], reading)[:, 0]
        highest = lowest.copy()
        highest.put(cells.at, np.where(cells.unbounded, top, reached))
        lowest.put(cells.at[cells.from_zero], 0)
        total_min, total_max = lowest.sum(axis=1, dtype=np.int16), highest.sum(axis=1, dtype=np.int16)
    return _Bounds(lowest, highest, total_min, total_max, _classes(total_min, rule_set), _classes(total_max, rule_set))


def _classes(totals: npt.NDArray[np.int16], rule_set: RuleSet) -> Small:
    return np.searchsorted(np.array(rule_set.limits), totals, side="right").astype(np.int8)


def score(sums: Sums, rule_set: RuleSet, reading: Reading | None = None) -> Scores:
    """Score g groups under `reading` (default: the rule set's) and say where the other reading moves the class."""
    reading = reading or rule_set.reading
    known = (sums.na | (sums.volume_known & ~sums.penyebut_open)) & (sums.n_rows > 0)[:, None]
    cells = _OpenCells.of(sums, known, rule_set)
    here = _bounds(sums, cells, rule_set, reading)
    there = _bounds(sums, cells, rule_set, rule_set.reading_other_than(reading))
    persen_min, persen_max = _percentages(sums, cells, rule_set)
    return Scores(
        persen_min=persen_min,
        persen_max=persen_max,
        nilai_min=here.nilai_min,
        nilai_max=here.nilai_max,
        known=known,
        total_min=here.total_min,
        total_max=here.total_max,
        tingkat_min=here.tingkat_min,
        tingkat_max=here.tingkat_max,
        lengkap=np.asarray(known.all(axis=1)),
        peka=(here.tingkat_min != there.tingkat_min) | (here.tingkat_max != there.tingkat_max),
        has_data=np.asarray(sums.n_assessed > 0, dtype=np.bool_),
    )


def _percentages(sums: Sums, cells: _OpenCells, rule_set: RuleSet) -> tuple[Floats, Floats]:
    """Percent for showing: 0 where the criterion does not apply, nan where the denominator is not known."""
    divisor = sums.penyebut.astype(np.float64)
    np.copyto(divisor, 1.0, where=divisor <= 0)
    lowest = sums.volume_min.astype(np.float64)
    lowest *= 100.0
    lowest /= divisor[:, rule_set.penyebut_columns]
    if not len(cells.volume):
        return lowest, lowest
    highest = lowest.copy()
    usable = cells.penyebut > 0
    shown = usable & ~cells.from_zero
    below = np.where(usable, cells.penyebut, 1).astype(np.float64)
    lowest.put(cells.at[~shown], np.nan)
    highest.put(cells.at, np.where(shown, cells.volume.astype(np.float64) * 100.0 / below, np.nan))
    return lowest, highest


def averages(scores: Scores, rule_set: RuleSet, variant: str = "semua") -> tuple[Floats, Floats]:
    """Rata-rata aspek (g, 7) and rata-rata sektoral (g,), in percent, over the known criteria; nan where none is known.

    `semua` is the mean of all percentages; `formulir` counts a criterion with nilai 0 as 0 %.
    """
    if variant not in {"semua", "formulir"}:
        raise ValueError(f"unknown variant of the averages: {variant}")
    persen = scores.persen_min
    if variant == "formulir":
        persen = np.where(scores.nilai_min == 0, 0.0, persen)
    aspek = np.array([kriteria.aspek for kriteria in rule_set.kriteria])
    per_aspek = np.stack(
        [_mean(persen[:, aspek == no], scores.known[:, aspek == no]) for no in range(1, 8)],
        axis=1,
    )
    return per_aspek, _mean(per_aspek, ~np.isnan(per_aspek))


def _mean(numbers: Floats, known: Bools) -> Floats:
    count = known.sum(axis=1)
    total = np.where(known, numbers, 0.0).sum(axis=1)
    mean: Floats = np.divide(total, count, out=np.full(len(numbers), np.nan), where=count > 0)
    return mean


@dataclass(frozen=True, slots=True)
class Line:
    """One explained criterion of one place. Amounts in `satuan`; None where unknown or without upper bound."""

    kode: str
    aspek: int
    nama: str
    satuan: str
    volume_min: Decimal
    volume_max: Decimal | None
    penyebut: str  # code: "kk"
    penyebut_nama: str
    penyebut_satuan: str
    penyebut_jumlah: Decimal | None
    persen_min: float | None
    persen_max: float | None
    nilai_min: int
    nilai_max: int
    state: State
    pasal: str
    ambang: str  # the band reached: "≥ 51"; of a range "< 25 … ≥ 51"
    nilai_lain_min: int  # under the other reading
    nilai_lain_max: int


def explain(sums: Sums, scores: Scores, rule_set: RuleSet, i: int, reading: Reading | None = None) -> list[Line]:
    """The criteria of group i, line by line. `reading` as given to `score`."""
    reading = reading or rule_set.reading
    one, result = sums.take(slice(i, i + 1)), scores.take(slice(i, i + 1))
    cells = _OpenCells.of(one, result.known, rule_set)
    other = _bounds(one, cells, rule_set, rule_set.reading_other_than(reading))
    return [_line(kriteria, k, one, result, other, reading) for k, kriteria in enumerate(rule_set.kriteria)]


def _line(kriteria: Kriteria, k: int, sums: Sums, scores: Scores, other: _Bounds, reading: Reading) -> Line:
    penyebut = PENYEBUT[kriteria.penyebut]
    column = FIELDS.index(penyebut.kode)
    unbounded = sums.volume_open[0, k] or not sums.n_rows[0]
    lowest, highest = int(scores.nilai_min[0, k]), int(scores.nilai_max[0, k])
    return Line(
        kode=kriteria.kode,
        aspek=kriteria.aspek,
        nama=kriteria.nama,
        satuan=kriteria.satuan,
        volume_min=from_micro(sums.volume_min[0, k]),
        volume_max=None if unbounded else from_micro(sums.volume_max[0, k]),
        penyebut=penyebut.kode,
        penyebut_nama=penyebut.nama,
        penyebut_satuan=penyebut.satuan,
        penyebut_jumlah=from_micro(sums.penyebut[0, column]) if sums.penyebut_known[0, column] else None,
        persen_min=_number(scores.persen_min[0, k]),
        persen_max=_number(scores.persen_max[0, k]),
        nilai_min=lowest,
        nilai_max=highest,
        state=_state(sums, scores, k),
        pasal=kriteria.pasal,
        ambang=_ambang(reading, lowest, highest),
        nilai_lain_min=int(other.nilai_min[0, k]),
        nilai_lain_max=int(other.nilai_max[0, k]),
    )


def _state(sums: Sums, scores: Scores, k: int) -> State:
    if sums.invalid[0, k]:
        return State.INVALID
    if not scores.known[0, k]:
        return State.EMPTY
    return State.NOT_APPLICABLE if sums.na[0, k] else State.FILLED


def _ambang(reading: Reading, lowest: int, highest: int) -> str:
    low, high = reading.band_text(lowest), reading.band_text(highest)
    return low if low == high else f"{low} … {high}"


def _number(number: float) -> float | None:
    return None if math.isnan(number) else float(number)


@dataclass(frozen=True, slots=True)
class Score:
    """The explained score of one place. Averages in percent, None where no criterion is known."""

    lines: tuple[Line, ...]
    total_min: int
    total_max: int
    tingkat_min: int
    tingkat_max: int
    tingkat: str | None  # in words; None when the range crosses classes
    lengkap: bool
    peka: bool
    has_data: bool
    rata_aspek: tuple[float | None, ...]
    rata_sektoral: float | None

    @property
    def total(self) -> int | None:
        return self.total_min if self.total_min == self.total_max else None


def score_one(
    penyebut: Mapping[str, Decimal | None],
    volume: Mapping[str, Decimal | None],
    rule_set: RuleSet,
    na: Collection[str] = (),
    *,
    reading: Reading | None = None,
    variant: str = "semua",
) -> Score:
    """Score one place from decimals by code. None or missing is empty; codes in `na` do not apply.

    Negative numbers, NaN and numbers of 10 000 000 000 or more count as invalid. Unknown codes raise KeyError.
    """
    given = {**penyebut, **volume}
    if strange := (set(given) | set(na)) - set(FIELDS):
        raise KeyError(f"unknown codes: {', '.join(sorted(strange))}")
    cells = [_cell(given.get(kode), kode in na) for kode in FIELDS]
    values = np.array([[micro for micro, _ in cells]], dtype=np.int64)
    states = np.array([[state for _, state in cells]], dtype=np.uint8)
    sums = sum_rows(values, states, rule_set)
    scores = score(sums, rule_set, reading)
    aspek, sektoral = averages(scores, rule_set, variant)
    lowest, highest = int(scores.tingkat_min[0]), int(scores.tingkat_max[0])
    return Score(
        lines=tuple(explain(sums, scores, rule_set, 0, reading)),
        total_min=int(scores.total_min[0]),
        total_max=int(scores.total_max[0]),
        tingkat_min=lowest,
        tingkat_max=highest,
        tingkat=tingkat_word(lowest, highest),
        lengkap=bool(scores.lengkap[0]),
        peka=bool(scores.peka[0]),
        has_data=bool(scores.has_data[0]),
        rata_aspek=tuple(_number(number) for number in aspek[0]),
        rata_sektoral=_number(sektoral[0]),
    )


def _cell(number: Decimal | None, inapplicable: bool) -> tuple[int, State]:
    if inapplicable:
        return 0, State.NOT_APPLICABLE
    if number is None:
        return 0, State.EMPTY
    if number.is_nan() or not 0 <= number < LIMIT:
        return 0, State.INVALID
    return to_micro(number), State.FILLED
