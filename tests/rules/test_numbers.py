"""The one number reader: what it takes, what it refuses, and that nothing is lost on the way back."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kelurahan.rules.findings import MESSAGES
from kelurahan.rules.numbers import (
    MICRO,
    NumberStyle,
    check_number,
    detect_style,
    format_number,
    from_float,
    from_micro,
    read_number,
    style_of,
    to_micro,
)
from kelurahan.rules.regulation import State

MICROS = st.integers(0, 10**10 * MICRO - 1)
ID, EN, PLAIN = NumberStyle.INDONESIAN, NumberStyle.ENGLISH, NumberStyle.PLAIN


@pytest.mark.parametrize(
    ("text", "style", "value"),
    [
        ("1.250", ID, "1250"),
        ("12,5", ID, "12.5"),
        ("1.250,5", ID, "1250.5"),
        ("0.35", ID, "0.35"),
        ("0.350", ID, "0.35"),  # 0 cannot lead a group of thousands
        ("12.5", ID, "12.5"),
        ("1.250.000", ID, "1250000"),
        ("1250", ID, "1250"),
        ("1234.567", ID, "1234.567"),
        (",5", ID, "0.5"),
        ("+5", ID, "5"),
        ("-0", ID, "0"),
        ("007", ID, "7"),
        ("  12,5\u00a0", ID, "12.5"),
        ("1\u00a0250", ID, "1250"),
        ("1\u202f250,5", ID, "1250.5"),
        ("1 250 000", ID, "1250000"),
        ("1,250", EN, "1250"),
        ("1,250.5", EN, "1250.5"),
        ("12,345,678", EN, "12345678"),
        ("1.250", EN, "1.25"),
        ("0,35", EN, "0.35"),
        ("1.250", PLAIN, "1.25"),
        ("1250.5", PLAIN, "1250.5"),
        ("9999999999,999999", ID, "9999999999.999999"),
    ],
)
def test_numbers(text, style, value):
    number = read_number(text, style)
    assert (number.value, number.state, number.problem) == (Decimal(value), State.FILLED, None)
    assert read_number(number.understood).value == number.value


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("1_000", "not_a_number"),
        ("１２", "not_a_number"),
        ("٣", "not_a_number"),
        ("²", "not_a_number"),
        ("1e3", "not_a_number"),
        ("NaN", "not_a_number"),
        ("inf", "not_a_number"),
        ("-Infinity", "not_a_number"),
        ("1.2.3", "not_a_number"),
        ("1,2,3", "not_a_number"),
        ("1.250.00", "not_a_number"),
        ("12 5", "not_a_number"),
        ("5.", "not_a_number"),
        ("--5", "not_a_number"),
        ("+-5", "not_a_number"),
        ("(1)", "not_a_number"),
        ("12 ha", "not_a_number"),
        ("35%", "not_a_number"),
        ("=1+1", "not_a_number"),
        ("1\x00", "not_a_number"),
        ("5\n6", "not_a_number"),
        ("1" * 61, "not_a_number"),
        ("." * 10_000, "not_a_number"),
        ("12,345,678", "other_number_style"),
        ("1,250.5", "other_number_style"),
        ("10000000000", "number_too_large"),
        ("9999999999,9999999", "number_too_large"),
        ("-5", "negative"),
        ("−5", "negative"),
        ("-0,0000001", "negative"),
    ],
)
def test_refused(text, problem):
    number = read_number(text)
    assert (number.state, number.problem) == (State.INVALID, problem)
    assert problem in MESSAGES


@pytest.mark.parametrize("text", ["", " ", "-", "–", "—", "n/a", "N/A", "na", "\u00a0"])
def test_blank(text):
    number = read_number(text)
    assert (number.value, number.state, number.explicit, number.problem) == (None, State.EMPTY, False, None)


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("kosong", State.EMPTY),
        ("Belum  Dinilai", State.EMPTY),
        ("tidak berlaku", State.NOT_APPLICABLE),
        ("TB", State.NOT_APPLICABLE),
    ],
)
def test_words(text, state):
    number = read_number(text)
    assert (number.value, number.state, number.explicit) == (None, state, True)


def test_a_seventh_decimal_is_rounded_and_told():
    number = read_number("0,1234565")
    assert (number.value, number.state, number.problem) == (Decimal("0.123457"), State.FILLED, "too_many_decimals")


@given(MICROS)
def test_round_trip_through_indonesian_text(micro):
    number = read_number(format_number(from_micro(micro)))
    assert number.problem is None
    assert to_micro(number.value) == micro


@given(MICROS)
def test_round_trip_through_english_text(micro):
    number = read_number(f"{from_micro(micro):,f}", EN)
    assert to_micro(number.value) == micro


@given(MICROS)
def test_round_trip_through_plain_text(micro):
    assert to_micro(read_number(f"{from_micro(micro):f}", PLAIN).value) == micro


@given(st.text(max_size=80), st.sampled_from(NumberStyle))
def test_no_text_breaks_the_reader(text, style):
    number = read_number(text, style)
    assert (number.state == State.FILLED) <= (number.value is not None and 0 <= number.value < 10**10)
    assert number.problem is None or number.problem in MESSAGES
    style_of(text)
    detect_style([text])


@given(st.text(alphabet="0123456789.,-− ", max_size=20))
def test_what_was_understood_reads_the_same_again(text):
    number = read_number(text)
    if number.state == State.FILLED:
        assert read_number(number.understood).value == number.value


@pytest.mark.parametrize(
    ("number", "exact"),
    [
        (0.1 + 0.2, "0.3"),
        (44.840000000000003, "44.84"),
        (5371011001.0, "5371011001"),
    ],
)
def test_floats_are_read_as_excel_shows_them(number, exact):
    assert from_float(number) == Decimal(exact)


def test_what_float_subtraction_left_behind_is_not_worth_telling():
    number = check_number(from_float(0.004282000000000008))
    assert (number.value, number.problem) == (Decimal("0.004282"), None)


def test_half_a_millionth_rounds_up():
    assert [to_micro(Decimal(text)) for text in ("0.0000005", "0.0000004999", "1.0000015")] == [1, 0, 1_000_002]


@pytest.mark.parametrize("number", [Decimal("NaN"), Decimal("Infinity")])
def test_a_number_cell_may_hold_nonsense(number):
    assert check_number(number).problem == "not_a_number"


@pytest.mark.parametrize(
    ("texts", "style", "n_for", "n_against", "ambiguous"),
    [
        (["1.250", "12,5", "3"], ID, 1, 0, ("1.250",)),
        (["1.250", "12.5", "7.25"], EN, 2, 0, ("1.250",)),
        (["1.250", "1.250", "2.500"], ID, 0, 0, ("1.250", "2.500")),
        (["1.250.000", "12.5", "1,250.5"], EN, 2, 1, ()),
        (["1.250,5", "12.5"], ID, 1, 1, ()),
        (["12", "kosong", "", "abc"], ID, 0, 0, ()),
    ],
)
def test_style_of_a_column(texts, style, n_for, n_against, ambiguous):
    guess = detect_style(texts)
    assert (guess.style, guess.n_for, guess.n_against, guess.ambiguous) == (style, n_for, n_against, ambiguous)


@pytest.mark.parametrize(
    ("number", "decimals", "text"),
    [
        (Decimal("1250.5"), None, "1.250,5"),
        (-1234.5, None, "−1.234,5"),
        (Decimal("12.345"), 2, "12,35"),
        (12, 2, "12,00"),
        (Decimal(1250), None, "1.250"),
        (Decimal("-0.001"), 1, "0,0"),
        (None, None, "–"),
        (float("nan"), 2, "–"),
        (Decimal("NaN"), None, "–"),
    ],
)
def test_indonesian_writing(number, decimals, text):
    assert format_number(number, decimals) == text
