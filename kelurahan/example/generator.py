"""A made-up survey of a city: every RT in every year, scored as the story wants."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kelurahan.example.dice import Dice, Ints, apportion
from kelurahan.example.households import HA, Households, settle
from kelurahan.example.story import LEAST_JIWA, Place, Story
from kelurahan.example.totals import nilai_of, plan_totals, steps_of
from kelurahan.example.volumes import positions, smooth, spread, volume_in_band
from kelurahan.rules.numbers import MICRO
from kelurahan.rules.regulation import FIELDS, PENYEBUT, RuleSet, State

N_PENYEBUT = len(PENYEBUT)
_IN_HA = np.array([p.satuan == "ha" for p in PENYEBUT.values()])
_LIGHT, _LIGHTEST = 40, 8  # burden of an RT that is not dense, against 100: the less, the worse the place


Part = tuple[Ints, Ints, Ints, NDArray[np.uint8]]
"""RT numbers, years, values and states of some rows."""


@dataclass(frozen=True, slots=True)
class Example:
    """n rows over m RT: which RT, which year, values in millionths (n, 25) and states (n, 25) in FIELDS order."""

    rt: list[tuple[str, str]]  # (code of the kelurahan, "RT001-RW001")
    rt_no: NDArray[np.int64]
    tahun: NDArray[np.int64]
    values: NDArray[np.int64]
    states: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.tahun)


def generate(places: list[Place], story: Story, rule_set: RuleSet) -> Example:
    """The example of these places. Raises BadStory when its figures contradict each other."""
    story.check(places, rule_set)
    places = sorted(places, key=lambda place: place.kode)
    weights = np.array([place.bobot for place in places], dtype=np.int64)
    n_rt = apportion(story.n_rt, weights, 1)
    jiwa = n_rt * LEAST_JIWA + apportion(story.jiwa - story.n_rt * LEAST_JIWA, weights, 0)
    totals = plan_totals(places, story, rule_set)
    parts: list[Part] = []
    rt: list[tuple[str, str]] = []
    for i, place in enumerate(places):
        severity = (_mean(totals[i]) + int(totals[i].max())) // 2
        home = settle(Dice(story.seed, 3, i), place, int(n_rt[i]), int(jiwa[i]), severity)
        parts.append(_kelurahan(Dice(story.seed, 4, i), place, home, totals[i], story, rule_set, len(rt)))
        rt += [(place.kode, nama) for nama in home.nama]
    return Example(rt, *_join(parts))


def _mean(totals: Ints) -> int:
    return int(totals.sum()) // len(totals)


def _join(parts: list[Part]) -> Part:
    rt_no, tahun, values, states = (np.concatenate(column) for column in zip(*parts, strict=True))
    return rt_no, tahun, values, states


def _kelurahan(
    dice: Dice, place: Place, home: Households, totals: Ints, story: Story, rule_set: RuleSet, first_rt: int
) -> Part:
    """All rows of one kelurahan, year by year."""
    n, n_kriteria = len(home.nama), len(rule_set.kriteria)
    never = frozenset(kriteria for kode, _, kriteria in story.empty if kode == place.kode)
    steps = steps_of(dice, rule_set, never)
    nilai = np.stack([nilai_of(int(total), steps, n_kriteria) for total in totals])
    where = smooth(positions(dice, n_kriteria, len(story.years)), nilai)
    light = max(_LIGHTEST, _LIGHT - 2 * _mean(totals))
    burden = np.where(home.padat == 1, 100, light)[:, None] * dice.throw(25, 175, n * n_kriteria).reshape(n, n_kriteria)
    parts = [(np.zeros(0, np.int64), np.zeros(0, np.int64), *_cells(burden[:0, :N_PENYEBUT], burden[:0], [], rule_set))]
    for y, year in enumerate(story.years):
        if (place.kode, year) in story.unassessed:
            continue
        penyebut = home.penyebut(len(story.years) - 1 - y)
        volumes = _volumes(home, penyebut, burden, nilai[y], where[y], rule_set)
        empty = [kriteria for kode, tahun, kriteria in story.empty if (kode, tahun) == (place.kode, year)]
        rows = np.arange(first_rt, first_rt + n, dtype=np.int64)
        parts.append((rows, np.full(n, year, dtype=np.int64), *_cells(penyebut, volumes, empty, rule_set)))
    return _join(parts)


def _volumes(home: Households, penyebut: Ints, burden: Ints, nilai: Ints, where: Ints, rule_set: RuleSet) -> Ints:
    """(n, K) volumes of one year whose sums score `nilai`."""
    volumes = np.zeros(burden.shape, dtype=np.int64)
    for c, d in enumerate(rule_set.penyebut_columns):
        langkah = home.langkah if _IN_HA[d] else 1
        whole = int(penyebut[:, d].sum()) // langkah
        volume = volume_in_band(whole, int(nilai[c]), int(where[c]), rule_set.reading)
        volumes[:, c] = spread(volume * langkah, penyebut[:, d], burden[:, c], langkah)
    return volumes


def _cells(penyebut: Ints, volumes: Ints, empty: list[str], rule_set: RuleSet) -> tuple[Ints, NDArray[np.uint8]]:
    """Values in millionths and states. A criterion over a denominator of 0 does not apply."""
    divisors = rule_set.penyebut_columns
    scale = np.where(_IN_HA, MICRO // HA, MICRO)
    values = np.zeros((len(penyebut), len(FIELDS)), dtype=np.int64)
    states = np.full(values.shape, State.EMPTY, dtype=np.uint8)
    values[:, :N_PENYEBUT] = penyebut * scale
    states[:, :N_PENYEBUT] = State.FILLED
    values[:, rule_set.columns] = volumes * scale[divisors]
    states[:, rule_set.columns] = np.where(penyebut[:, divisors] == 0, State.NOT_APPLICABLE, State.FILLED)
    for kode in empty:
        states[:, FIELDS.index(kode)] = State.EMPTY
    values[states != State.FILLED] = 0
    return values, states
