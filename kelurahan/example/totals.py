"""Which total each kelurahan has in each year, and how the total falls apart into the criteria."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from kelurahan.example.dice import Dice, Ints
from kelurahan.example.story import BadStory, Place, Story
from kelurahan.rules.regulation import RuleSet

# How soon a criterion fails as a place gets worse; small numbers first. Fire protection and sewage are poor almost
# everywhere, whole hectares above the density limit are rare.
_ORDER = {
    "7a": 0, "5b": 1, "4c": 2, "7b": 2, "5a": 3, "6b": 3, "4b": 4, "2b": 4, "6a": 5, "1c": 5,
    "3a": 6, "1a": 6, "3b": 7, "2a": 8, "4a": 10, "1b": 16,
}  # fmt: skip
_LATE = 12  # for criteria of other rule sets
_SPREAD = 6  # how far places differ from the usual order
_STEP = 4  # how much worse a place is before a criterion climbs again

Step = tuple[int, int, int]
"""(criterion, nilai before, nilai after)."""


def plan_totals(places: list[Place], story: Story, rule_set: RuleSet) -> Ints:
    """Totals (places, years): pinned ones as they are, the others so that every year has its counts."""
    totals = np.full((len(places), len(story.years)), -1, dtype=np.int64)
    for i, place in enumerate(places):
        if place.kode in story.totals:
            totals[i] = story.totals[place.kode]
    free = _ranked([i for i, place in enumerate(places) if place.kode not in story.totals], places, story.seed)
    calm = {i: _calm_totals(Dice(story.seed, 1, i), len(story.years), rule_set.limits[0]) for i in free}
    for y, year in enumerate(story.years):
        wanted = _still_wanted(story, year, totals[:, y], rule_set)
        bad = _worst(wanted, rule_set)
        if len(bad) > len(free):
            raise BadStory(f"{year}: {len(bad)} more kumuh places are wanted than there are places without a total")
        for rank, i in enumerate(free):
            totals[i, y] = bad[rank] if rank < len(bad) else calm[i][y]
    return totals


def _ranked(free: list[int], places: list[Place], seed: int) -> list[int]:
    """Places of decrees first, otherwise by lot."""
    lot = Dice(seed, 2).throw(0, 2**32, len(free))
    order = sorted(range(len(free)), key=lambda k: (not places[free[k]].sk, int(lot[k]), free[k]))
    return [free[k] for k in order]


def _still_wanted(story: Story, year: int, pinned: Ints, rule_set: RuleSet) -> list[int]:
    """Counts of ringan, sedang, berat that the pinned totals do not bring yet."""
    have = [rule_set.tingkat(int(total)) for total in pinned if total >= 0]
    wanted = [count - have.count(tingkat) for tingkat, count in enumerate(story.classes[year], start=1)]
    if min(wanted) < 0:
        raise BadStory(f"{year}: the pinned totals bring more places of a class than wanted: {wanted}")
    return wanted


def _worst(wanted: list[int], rule_set: RuleSet) -> list[int]:
    """Totals, highest first, spread evenly over the lower part of each class."""
    totals: list[int] = []
    for tingkat in (3, 2, 1):
        low, high = rule_set.class_ranges()[tingkat]
        high = min(high, low + 14)
        count = wanted[tingkat - 1]
        totals += [high - (high - low) * (2 * k + 1) // (2 * count) for k in range(count)]
    return totals


def _calm_totals(dice: Dice, n_years: int, limit: int) -> list[int]:
    """Totals below the limit that fall by about a point a year; one place in five gets worse instead."""
    worsens = dice.one(0, 4) == 0
    total = dice.one(2, limit - 8) if worsens else dice.one(5, limit - 2)
    totals = []
    for fall in dice.throw(0, 2, n_years):
        totals.append(total)
        total = min(limit - 1, max(1, total + (int(fall > 0) if worsens else -int(fall))))
    return totals


def steps_of(dice: Dice, rule_set: RuleSet, without: frozenset[str]) -> list[Step]:
    """The way a place gets worse: which criterion climbs next. Criteria in `without` stay at 0."""
    scores = sorted({band.nilai for band in rule_set.reading.bands} | {0})
    spread = dice.throw(0, _SPREAD * 100, len(rule_set.kriteria))
    keyed = []
    for c, kriteria in enumerate(rule_set.kriteria):
        if kriteria.kode in without:
            continue
        first = _ORDER.get(kriteria.kode, _LATE) * 100 + int(spread[c])
        for k, (before, after) in enumerate(pairwise(scores)):
            keyed.append((first + k * _STEP * 100, c, before, after))
    return [(c, before, after) for _, c, before, after in sorted(keyed)]


def nilai_of(total: int, steps: list[Step], n_kriteria: int) -> Ints:
    """Nilai per criterion that add up to `total`, along the way of the place. Raises BadStory if none do."""
    nilai = np.zeros(n_kriteria, dtype=np.int64)
    for c, before, after in steps:
        if nilai[c] == before and int(nilai.sum()) + after - before <= total:
            nilai[c] = after
    if int(nilai.sum()) < total:
        _repair(nilai, total, steps)
    if int(nilai.sum()) != total:
        raise BadStory(f"no nilai add up to a total of {total}")
    return nilai


def _repair(nilai: Ints, total: int, steps: list[Step]) -> None:
    """One point is missing and no criterion stands at 0: take one back to 0 and let another climb."""
    ones = [c for c, before, after in reversed(steps) if before == 0 and nilai[c] == after]
    for dropped in ones:
        for c, before, after in steps:
            if c != dropped and nilai[c] == before and int(nilai.sum() - nilai[dropped]) + after - before == total:
                nilai[dropped], nilai[c] = 0, after
                return
