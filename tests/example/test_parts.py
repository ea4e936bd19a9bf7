"""Dice, shares, bands and the way from a total to its criteria."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from kelurahan.example.dice import Dice, apportion, share
from kelurahan.example.households import rt_names
from kelurahan.example.story import BadStory
from kelurahan.example.totals import nilai_of, steps_of
from kelurahan.example.volumes import band_range, smooth, volume_in_band
from kelurahan.rules.regulation import OPEN_EDGES, RULE_SETS, WORKBOOK

RULES = RULE_SETS["permen-14-2018"]


def ints(*numbers: int):
    return np.array(numbers, dtype=np.int64)


def test_dice_throw_the_same_for_ever():
    assert Dice(1, 2).throw(1, 6, 8).tolist() == [1, 4, 4, 3, 6, 3, 2, 4]
    assert Dice(1, 2).throw(1, 6, 8).tolist() != Dice(1, 3).throw(1, 6, 8).tolist()


def test_dice_stay_within_their_limits():
    thrown = Dice(5).throw(-3, 3, 2000)
    assert (thrown.min(), thrown.max()) == (-3, 3)


@pytest.mark.parametrize("total", [0, 1, 7, 99, 100])
def test_shares_add_up_and_respect_caps(total):
    caps = ints(50, 0, 20, 30)
    parts = share(total, ints(9, 5, 1, 0), caps)
    assert parts.sum() == total
    assert (parts <= caps).all()


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="does not fit"):
        share(11, ints(1, 1), ints(5, 5))


def test_shares_follow_the_weights():
    assert share(10, ints(3, 2), ints(99, 99)).tolist() == [6, 4]
    assert apportion(10, ints(8, 0, 0), 1).tolist() == [8, 1, 1]


@pytest.mark.parametrize("reading", [WORKBOOK, OPEN_EDGES], ids=["workbook", "open edges"])
@pytest.mark.parametrize("penyebut", [1, 7, 200, 2000, 48_731])
def test_bands_leave_no_gap_and_no_overlap(reading, penyebut):
    ranges = [band_range(penyebut, nilai, reading) for nilai in (0, 1, 3, 5)]
    assert (ranges[0][0], ranges[-1][1]) == (0, penyebut)
    for (_, high), (low, _) in pairwise(ranges):
        assert low == high + 1


def test_band_edges_are_exact():
    assert band_range(2_000_000, 1, RULES.reading) == (499_900, 1_019_899)
    assert volume_in_band(2_000_000, 1, 0, RULES.reading) == 499_900
    assert volume_in_band(2_000_000, 5, 1000, RULES.reading) == 2_000_000


@pytest.mark.parametrize("total", [*range(76), 76, 78, 80])
def test_every_total_falls_apart_into_scores(total):
    nilai = nilai_of(total, steps_of(Dice(3), RULES, frozenset()), 16)
    assert nilai.sum() == total
    assert set(nilai.tolist()) <= {0, 1, 3, 5}


@pytest.mark.parametrize("total", [77, 79, 81])
def test_impossible_totals_are_said(total):
    with pytest.raises(BadStory, match=str(total)):
        nilai_of(total, steps_of(Dice(3), RULES, frozenset()), 16)


def test_left_out_criteria_stay_at_zero():
    steps = steps_of(Dice(3), RULES, frozenset({"3b"}))
    assert nilai_of(75, steps, 16).tolist().count(0) == 1


def test_neighbouring_totals_differ_in_few_criteria():
    steps = steps_of(Dice(3), RULES, frozenset())
    moved = [(nilai_of(t, steps, 16) != nilai_of(t + 1, steps, 16)).sum() for t in range(60)]
    assert max(moved) <= 4


def test_a_drop_starts_low_and_ends_high_in_its_bands():
    where = smooth(ints(500, 500, 500)[:, None], ints(3, 1, 1)[:, None])
    assert where[:, 0].tolist() == [110, 720, 500]


def test_rt_are_numbered_through_the_rw():
    names = rt_names(9)
    assert names[0] == "RT001-RW001"
    assert names[-1] == "RT009-RW003"
