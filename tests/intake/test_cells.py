"""Number cells become millionths exactly as the number reader of the rules would make them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kelurahan.intake.cells import bare_number, micro_of_floats, read_column, read_text, texts_of, unit_words
from kelurahan.intake.faults import Fault
from kelurahan.rules.numbers import NumberStyle, check_number, from_float, to_micro
from kelurahan.rules.regulation import State

ID = NumberStyle.INDONESIAN


def by_the_reader(number: float) -> tuple[int, bool]:
    read = check_number(from_float(number))
    return to_micro(read.value), read.problem == "too_many_decimals"


def settled(numbers: list[float]) -> tuple[int, int]:
    """Compare with the reader; how many were settled without it, and how many there were."""
    micro, rounded, unsure = micro_of_floats(np.array(numbers))
    for i, number in enumerate(numbers):
        if not unsure[i]:
            assert (int(micro[i]), bool(rounded[i])) == by_the_reader(number), number
    return int((~unsure).sum()), len(numbers)


@given(st.lists(st.floats(0, 1e9, exclude_max=True), max_size=50))
def test_any_float(numbers):
    settled(numbers)


@given(st.lists(st.integers(0, 10**14 - 1), max_size=50))
def test_every_number_of_six_decimals_is_settled_at_once(micros):
    numbers = [float(Decimal(micro).scaleb(-6)) for micro in micros]
    assert settled(numbers) == (len(micros), len(micros))
    micro, rounded, _ = micro_of_floats(np.array(numbers, dtype=np.float64))
    assert micro.tolist() == micros
    assert not rounded.any()


@given(st.integers(0, 10**12), st.integers(-3, 3))
def test_halves_and_their_neighbours(micro, steps):
    number = float(Decimal(2 * micro + 1) / 2 / 10**6)
    for _ in range(abs(steps)):
        number = float(np.nextafter(number, np.inf if steps > 0 else 0.0))
    settled([number])


@pytest.mark.parametrize(
    ("number", "micro"),
    [
        (0.30000000000000004, 300_000),
        (44.840000000000003, 44_840_000),
        (0.004282000000000008, 4_282),
        (0.0000005, 1),
        (0.00000049999999, 0),
        (1.0000005, 1_000_001),
        (-0.0, 0),
        (9_999_999_999.0, 9_999_999_999_000_000),
    ],
)
def test_known_floats(number, micro):
    column = read_column([number], ID)
    assert (int(column.values[0]), int(column.states[0])) == (micro, State.FILLED)
    assert column.problems == []


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (-1.0, "negative"),
        (1e10, "number_too_large"),
        (1e308, "number_too_large"),
        (float("nan"), "not_a_number"),
        (float("inf"), "not_a_number"),
        ("banyak", "not_a_number"),
        ("1e3", "not_a_number"),
        ("１２３", "not_a_number"),
        ("-5", "negative"),
        (True, "not_a_number"),
        (date(2024, 2, 1), "date_for_number"),
        (datetime(2024, 2, 1, 10, 30), "date_for_number"),  # noqa: DTZ001 - cells have no zone
        (time(1, 2), "date_for_number"),
        (timedelta(hours=30), "date_for_number"),
        (Fault("#DIV/0!"), "error_cell"),
        (Fault(""), "formula_without_value"),
    ],
)
@pytest.mark.filterwarnings("error")
def test_what_is_no_number_is_invalid(cell, code):
    column = read_column([1.0, cell, "", 2.5], ID)
    assert column.states.tolist() == [State.FILLED, State.INVALID, State.EMPTY, State.FILLED]
    assert column.given.tolist() == [True, True, False, True]
    assert column.values.tolist() == [1_000_000, 0, 0, 2_500_000]
    assert [(problem.index, problem.code) for problem in column.problems] == [(1, code)]


@pytest.mark.parametrize(
    ("text", "state", "given"),
    [
        ("", State.EMPTY, False),
        ("-", State.EMPTY, False),
        ("n/a", State.EMPTY, False),
        ("kosong", State.EMPTY, True),
        ("Belum dinilai", State.EMPTY, True),
        ("tidak berlaku", State.NOT_APPLICABLE, True),
        ("TB", State.NOT_APPLICABLE, True),
    ],
)
def test_words_for_states(text, state, given):
    column = read_column([text], ID)
    assert (column.states[0], column.given[0], column.values[0]) == (state, given, 0)


def test_texts_follow_the_style_and_numbers_do_not():
    cells = ["1.250", "1.250,5", 1.25, "12", ""]
    assert read_column(cells, ID).values.tolist() == [1_250_000_000, 1_250_500_000, 1_250_000, 12_000_000, 0]
    english = read_column(["1,250", "1,250.5", 1.25], NumberStyle.ENGLISH)
    assert english.values.tolist() == [1_250_000_000, 1_250_500_000, 1_250_000]


def test_lost_decimals_are_counted_and_told_once():
    column = read_column([1 / 3, 2 / 3, "0,1234567", 0.5], ID)
    assert column.values.tolist() == [333_333, 666_667, 123_457, 500_000]
    assert column.problems == []
    assert column.n_rounded == 3
    assert column.rounded is not None
    assert (column.rounded.text, column.rounded.understood) == ("0.333333333333333", "0,333333")


def test_empty_column():
    column = read_column([], ID)
    assert column.values.shape == (0,)
    assert texts_of([1.0, "a", "a", "", "b"]) == ["a", "b"]


def micros(column):
    return [value if state == State.FILLED else None for value, state in zip(column.values, column.states, strict=True)]


def test_a_cell_that_names_its_unit_is_in_that_unit():
    words = unit_words({"ha": Fraction(1), "m2": Fraction(1, 10_000)})
    column = read_column(["3 Ha", "25.000 m2", "25.000", 12_000.0, "3 km2"], ID, words)
    column.scale(Fraction(1, 10_000))
    assert micros(column) == [3_000_000, 2_500_000, 2_500_000, 1_200_000, None]


def test_rupiah_as_they_are_written():
    words = unit_words({"rupiah": Fraction(1)})
    texts = ["Rp 678.000,00", "Rp383.004.000,-", "490.000.000,-", "Rp. 5", "Rp 1,2 M", "500 jt"]
    known = [678_000, 383_004_000, 490_000_000, 5]
    assert micros(read_column(texts, ID, words)) == [*(n * 10**6 for n in known), None, None]
    assert bare_number("490.000,-", words) == "490.000,00"  # a comma before no cents is Indonesian
    assert bare_number("Rp 5", unit_words({"ha": Fraction(1)})) == "Rp 5"


@pytest.mark.parametrize(
    ("text", "unit", "whole", "indonesian", "english"),
    [
        ("13.619", "jiwa", True, "13.619", "13.619"),
        ("51,20%", "%", False, "51,2", "51,2"),
        ("2,145 Ha", "ha", False, "2,145", "2.145"),
        ("x", "ha", False, "", ""),
    ],
)
def test_one_text_is_told_as_the_column_is_read(
    text: str, unit: str, whole: bool, indonesian: str, english: str
) -> None:
    words = unit_words({unit: Fraction(1)})
    assert read_text(text, NumberStyle.INDONESIAN, words, whole=whole) == indonesian
    assert read_text(text, NumberStyle.ENGLISH, words, whole=whole) == english
