"""Stored beside incoming: blanks keep, words change, and the same file twice changes nothing."""

import numpy as np
import pytest
from hypothesis import given

from kelurahan.rules.diff import Status, class_changes, compare
from kelurahan.rules.regulation import FIELDS, State
from kelurahan.rules.score import score
from kelurahan.rules.summary import BELUM_DINILAI, RENTANG
from kelurahan.rules.sums import sum_rows
from tests.rules.cases import R2018, row, rows, tables

ALL = np.ones(len(FIELDS), bool)
YES, NO = np.array([True]), np.array([False])


def given_only(*codes):
    return np.isin(FIELDS, codes)


def changed_codes(diff, i=0):
    return [FIELDS[column] for column in np.flatnonzero(diff.changed[i])]


def test_one_cell():
    diff = compare(*row(), YES, *row(k3a=7), ALL)
    assert (diff.status.tolist(), changed_codes(diff)) == ([Status.CHANGED], ["3a"])
    assert diff.values[0, FIELDS.index("3a")] == 7_000_000


def test_a_blank_cell_keeps_what_is_stored():
    diff = compare(*row(k3a=7, k5a=9), YES, *row(k3a=None, k5a=None), given_only("3a"))
    assert changed_codes(diff) == ["3a"]
    assert diff.states[0, FIELDS.index("3a")] == State.EMPTY
    assert diff.values[0, FIELDS.index("5a")] == 9_000_000


@pytest.mark.parametrize(("cell", "state"), [(None, State.EMPTY), ("tb", State.NOT_APPLICABLE)])
def test_words_change_the_state_and_leave_no_number_behind(cell, state):
    values, states = row(k3a=cell)
    values[0, FIELDS.index("3a")] = 99
    diff = compare(*row(k3a=7), YES, values, states, ALL)
    assert (diff.states[0, FIELDS.index("3a")], diff.values[0, FIELDS.index("3a")]) == (state, 0)
    assert changed_codes(diff) == ["3a"]


def test_zero_is_not_empty():
    assert changed_codes(compare(*row(k3a=None), YES, *row(k3a=0), ALL)) == ["3a"]


def test_a_new_row_starts_empty():
    diff = compare(*row(default=5), NO, *row(k3a=7), given_only("3a", "kk"))
    assert (diff.status.tolist(), changed_codes(diff)) == ([Status.NEW], ["kk", "3a"])
    assert (diff.states[0] == State.EMPTY).sum() == len(FIELDS) - 2


def test_a_new_row_without_a_number_changes_no_cell():
    diff = compare(*row(), NO, *row(), given_only())
    assert diff.status.tolist() == [Status.NEW]
    assert not diff.changed.any()


@given(tables())
def test_the_same_file_twice_is_no_change(table):
    values, states = table
    first = compare(np.zeros_like(values), np.zeros_like(states), np.zeros(len(values), bool), values, states, ALL)
    again = compare(first.values, first.states, np.ones(len(values), bool), values, states, ALL)
    assert again.count(Status.SAME) == len(values)
    assert not again.changed.any()


@given(tables())
def test_applying_what_was_merged_reaches_what_was_shown(table):
    values, states = table
    old_values, old_states = values[::-1], states[::-1]
    exists = np.ones(len(values), bool)
    shown = compare(old_values, old_states, exists, values, states, given_only("3a", "4a", "kk"))
    assert not compare(shown.values, shown.states, exists, shown.values, shown.states, ALL).changed.any()
    assert not shown.changed[:, ~given_only("3a", "4a", "kk")].any()


def test_rows_can_be_taken():
    diff = compare(*rows(row(), row()), np.array([True, True]), *rows(row(), row(k1a=1)), ALL)
    assert diff.take(diff.status == Status.CHANGED).status.tolist() == [Status.CHANGED]
    assert len(diff) == 2


def scored(*some):
    return score(sum_rows(*rows(*some), R2018), R2018)


def test_class_changes():
    hundred = dict.fromkeys(("luas", "bgn", "kk", "jalan", "drain"), 100)
    slum, clean, ranged, nothing = (
        row(**hundred, default=100),
        row(**hundred),
        row(**hundred, k3a=None, k3b=None, k5a=None, k5b=None),
        row(default=None),
    )
    changes = class_changes(scored(slum, clean, nothing, clean, ranged), scored(clean, clean, slum, ranged, ranged))
    assert [(change.i, change.old, change.new) for change in changes] == [
        (0, 3, 0),
        (2, BELUM_DINILAI, 3),
        (3, 0, RENTANG),
    ]
    assert changes[2].new_range == (0, 1)
