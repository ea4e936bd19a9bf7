"""Σ of volumes and denominators: parts make the whole, nothing overflows, nothing unknown is lost."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kelurahan.rules.regulation import FIELDS, State
from kelurahan.rules.score import score
from kelurahan.rules.sums import add_sums, sum_rows
from tests.rules.cases import BOTH, R2018, TOP, assert_same, row, rows, tables


@st.composite
def hierarchies(draw):
    values, states = draw(tables())
    lower = draw(st.lists(st.integers(0, 3), min_size=len(values), max_size=len(values)))
    upper = draw(st.lists(st.integers(0, 1), min_size=4, max_size=4))
    return values, states, np.array(lower), np.array(upper)


@given(hierarchies(), st.sampled_from(BOTH))
def test_parts_make_the_whole(hierarchy, rule_set):
    values, states, kelurahan, kecamatan = hierarchy
    by_steps = add_sums(sum_rows(values, states, rule_set, kelurahan, 4), kecamatan, 2)
    at_once = sum_rows(values, states, rule_set, kecamatan[kelurahan], 2)
    assert_same(by_steps, at_once)
    assert_same(score(by_steps, rule_set), score(at_once, rule_set))


@given(tables())
def test_sums_equal_plain_addition(table):
    values, states = table
    sums = sum_rows(values, states, R2018, np.zeros(len(values), int), 1)
    filled = states == State.FILLED
    for k, column in enumerate(R2018.columns):
        cells = [int(v) for v, ok in zip(values[:, column], filled[:, column], strict=True) if ok]
        assert int(sums.volume_min[0, k]) == sum(cells)
    for column in range(6):
        assert int(sums.penyebut[0, column]) == sum(int(v) for v in values[filled[:, column], column])


@given(tables())
def test_the_order_of_rows_does_not_matter(table):
    values, states = table
    one_group = np.zeros(len(values), int)
    assert_same(
        sum_rows(values, states, R2018, one_group, 1),
        sum_rows(values[::-1], states[::-1], R2018, one_group, 1),
    )


def test_sums_pass_64_bits_without_harm():
    n = 2000
    values = np.full((n, len(FIELDS)), TOP, np.int64)
    sums = sum_rows(values, np.zeros(values.shape, np.uint8), R2018, np.zeros(n, int), 1)
    assert int(sums.volume_min[0, 0]) == n * TOP > 2**63
    scores = score(sums, R2018)
    assert (scores.total_min[0], scores.persen_min[0, 0]) == (80, 100)


def test_a_big_city_beside_a_small_one_changes_nothing_for_the_small_one():
    small = row(k1a=25, k3a=51)
    big = np.full((2000, len(FIELDS)), TOP, np.int64), np.zeros((2000, len(FIELDS)), np.uint8)
    values, states = rows(small, big)
    together = score(sum_rows(values, states, R2018, np.array([0] + [1] * 2000), 2), R2018)
    assert_same(together.take([0]), score(sum_rows(*small, R2018), R2018))


def test_sums_are_never_the_mean_of_percentages():
    crowded, roomy = row(bgn=10, k1a=10), row(bgn=990, k1a=0)
    scores = score(sum_rows(*rows(crowded, roomy), R2018, np.zeros(2, int)), R2018)
    assert (scores.persen_min[0, 0], scores.nilai_min[0, 0]) == (1.0, 0)


def test_an_empty_group_is_known_to_be_unknown():
    scores = score(sum_rows(*row(), R2018, np.array([2]), 4), R2018)
    assert scores.has_data.tolist() == [False, False, True, False]
    assert scores.total_max.tolist() == [80, 80, 0, 80]
    assert scores.lengkap.tolist() == [False, False, True, False]
    assert np.isnan(scores.persen_min[0]).all()


def test_no_rows_at_all():
    nothing = np.zeros((0, len(FIELDS)), np.int64), np.zeros((0, len(FIELDS)), np.uint8)
    assert len(score(sum_rows(*nothing, R2018), R2018)) == 0
    assert len(sum_rows(*nothing, R2018, np.zeros(0, int), 3)) == 3


@pytest.mark.parametrize("groups", [[3], [-1]])
def test_a_group_outside_the_range_is_refused(groups):
    with pytest.raises(ValueError, match="group number"):
        sum_rows(*row(), R2018, np.array(groups), 3)


def test_a_negative_number_is_invalid_whatever_its_state_says():
    values, states = row()
    values[0, FIELDS.index("1a")] = -1
    sums = sum_rows(values, states, R2018)
    assert sums.invalid[0].tolist() == [True] + [False] * 15
    assert (score(sums, R2018).nilai_min[0, 0], score(sums, R2018).nilai_max[0, 0]) == (0, 5)
