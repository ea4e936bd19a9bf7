"""Scores, ranges, the other reading, averages and explanations."""

from decimal import Decimal
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kelurahan.rules.regulation import FIELDS, KRITERIA, State
from kelurahan.rules.score import averages, explain, score, score_one, sum_rows
from tests.rules.cases import BOTH, FULL, R2016, R2018, TOP, assert_same, reference, row, rows, tables


def scored(*some, rule_set=R2018, **options):
    return score(sum_rows(*rows(*some), rule_set), rule_set, **options)


def summed(*some):
    """The rows as one place."""
    return score(sum_rows(*rows(*some), R2018, np.zeros(len(some), int), 1), R2018)


def span(scores, kode, i=0):
    k = [kriteria.kode for kriteria in R2018.kriteria].index(kode)
    return int(scores.nilai_min[i, k]), int(scores.nilai_max[i, k]), bool(scores.known[i, k])


# -- one row, a million rows


@given(tables(), st.sampled_from(BOTH))
def test_a_mixed_batch_equals_row_by_row(table, rule_set):
    values, states = table
    sums = sum_rows(values, states, rule_set)
    batch = score(sums, rule_set)
    for i in range(len(values)):
        alone = sum_rows(values[i : i + 1], states[i : i + 1], rule_set)
        assert_same(batch.take([i]), score(alone, rule_set))
        assert_same(sums.take([i]), alone)


def test_one_row_is_the_same_among_very_many():
    values, states = row(k1a=51, k3a=None, k4b=500, drain=None)
    alone = scored((values, states))
    crowd = score(sum_rows(np.repeat(values, 50_000, 0), np.repeat(states, 50_000, 0), R2018), R2018)
    assert_same(crowd.take([49_999]), alone)
    assert len(np.unique(crowd.total_max)) == 1


@given(tables(max_rows=3), st.sampled_from(BOTH))
def test_complete_criteria_equal_the_fraction_reference(table, rule_set):
    values, states = table
    scores = score(sum_rows(values, states, rule_set), rule_set)
    columns = zip(rule_set.columns, rule_set.penyebut_columns, strict=True)
    for k, (column, divisor) in enumerate(columns):
        for i in np.flatnonzero((states[:, column] == State.FILLED) & (states[:, divisor] == State.FILLED)):
            volume, penyebut = values[i, column], values[i, divisor]
            if penyebut or not volume:
                expected = reference(volume, penyebut, rule_set.reading)
                assert scores.nilai_min[i, k] == scores.nilai_max[i, k] == expected


# -- monotone


@given(tables(max_rows=3), st.sampled_from(sorted(KRITERIA)), st.integers(1, TOP), st.sampled_from(BOTH))
def test_more_volume_never_scores_less(table, kode, more, rule_set):
    values, states = table
    column = FIELDS.index(kode)
    states[0, column] = State.FILLED
    grown = values.copy()
    grown[0, column] = min(TOP, grown[0, column] + more)
    groups = np.zeros(len(values), int)
    before = score(sum_rows(values, states, rule_set, groups, 1), rule_set)
    after = score(sum_rows(grown, states, rule_set, groups, 1), rule_set)
    for name in ("nilai_max", "total_max", "tingkat_max"):
        assert (getattr(before, name) <= getattr(after, name)).all()
    divisor = FIELDS.index(KRITERIA[kode].penyebut)
    if states[0, divisor] == State.FILLED and values[0, divisor]:  # otherwise the growth itself is an error
        for name in ("nilai_min", "total_min", "tingkat_min"):
            assert (getattr(before, name) <= getattr(after, name)).all()


# -- cell states


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"k3a": 51}, (3, 3, True)),
        ({"k3a": None}, (0, 5, False)),
        ({"k3a": "?"}, (0, 5, False)),
        ({"k3a": "tb"}, (0, 0, True)),
        ({"k3a": 51, "kk": None}, (0, 5, False)),
        ({"k3a": 0, "kk": None}, (0, 0, False)),
        ({"k3a": None, "kk": None}, (0, 5, False)),
        ({"k3a": "tb", "kk": None}, (0, 0, True)),
        ({"k3a": 0, "kk": 0}, (0, 0, True)),
        ({"k3a": 0, "kk": "tb"}, (0, 0, True)),
        ({"k3a": 5, "kk": 0}, (0, 5, False)),
        ({"k3a": None, "kk": 0}, (0, 0, False)),
        ({"k3a": 308}, (5, 5, True)),
    ],
)
def test_states_of_a_cell(cells, expected):
    assert span(scored(row(**cells)), "3a") == expected


def test_empty_is_not_zero():
    empty = scored(row(default=None))
    assert (empty.total_min[0], empty.total_max[0]) == (0, 80)
    assert (empty.tingkat_min[0], empty.tingkat_max[0]) == (0, 3)
    assert not empty.lengkap[0]
    assert not empty.has_data[0]
    zero = scored(row(default=0))
    assert (zero.total_max[0], zero.lengkap[0], zero.has_data[0]) == (0, True, True)


def test_missing_people_leave_the_score_complete():
    assert scored(row(jiwa=None)).lengkap[0]


def test_a_range_may_stay_within_one_class():
    scores = scored(row(default=100, jalan=100, drain=100, luas=100, k3a=None))
    assert (scores.total_min[0], scores.total_max[0]) == (75, 80)
    assert scores.tingkat_min[0] == scores.tingkat_max[0] == 3
    assert not scores.lengkap[0]


def test_percent_is_unknown_without_a_denominator_and_zero_where_nothing_applies():
    scores = scored(row(kk=None, k3a=5, drain=0))
    by_code = dict(zip([k.kode for k in R2018.kriteria], scores.persen_min[0], strict=True))
    assert np.isnan(by_code["3a"])
    assert by_code["4b"] == 0


# -- ranges are what brute force finds

SMALL = st.integers(0, 4)
HUGE = 10**15


def fillings(volume, penyebut):
    """Every (volume, penyebut) a row may turn out to have, with the extremes standing for all between."""
    for d in (0, 1, 3, HUGE) if penyebut is None else (penyebut,):
        choices = {0, d, *range(min(d, 5))} if volume is None else {volume}
        yield from ((v, d) for v in choices)


@given(
    st.lists(st.tuples(st.one_of(st.none(), SMALL), st.one_of(st.none(), st.integers(1, 4))), min_size=1, max_size=3)
)
def test_the_range_of_an_incomplete_sum_is_that_of_all_its_fillings(pairs):
    scores = summed(*(row(k3a=v, kk=d, k3b=0, k5a=0, k5b=0, k6a=0, k6b=0) for v, d in pairs))
    found = [
        reference(sum(v for v, _ in filling), sum(d for _, d in filling), R2018.reading)
        for filling in product(*(list(fillings(v, d)) for v, d in pairs))
    ]
    lowest, highest, known = span(scores, "3a")
    assert (lowest, highest) == (min(found), max(found))
    assert known == all(v is not None and d is not None for v, d in pairs)


@given(st.lists(st.sampled_from([None, 0, 30, 60, 100]), min_size=16, max_size=16))
def test_the_total_of_one_place_ranges_over_all_its_fillings(volumes):
    hundred = dict.fromkeys(FULL, 100)
    cells = {f"k{k.kode}": v for k, v in zip(R2018.kriteria, volumes, strict=True)}
    scores = scored(row(**hundred, **cells))
    reached = {0}
    for volume in volumes:
        options = range(101) if volume is None else [volume]
        nilai = {reference(v, 100, R2018.reading) for v in options}
        reached = {total + one for total in reached for one in nilai}
    assert (scores.total_min[0], scores.total_max[0]) == (min(reached), max(reached))
    assert scores.tingkat_min[0] == R2018.tingkat(min(reached))
    assert scores.tingkat_max[0] == R2018.tingkat(max(reached))


def test_an_error_in_one_rt_makes_the_sum_incomplete_but_keeps_its_bounds():
    broken, sound = row(kk=0, k3a=5), row(kk=100, k3a=30)
    assert span(summed(broken, sound), "3a") == (0, 1, False)


# -- the other reading


def test_the_class_may_hang_on_the_reading():
    # 50.5 % scores 1 or 3: fourteen such criteria make 14 or 42
    half = row(**dict.fromkeys(FULL, 1000), default=505, k7a=0, k7b=0)
    scores = scored(half)
    assert (scores.total_min[0], scores.tingkat_min[0], scores.peka[0]) == (14, 0, True)
    other = scored(half, reading=R2018.other_reading)
    assert (other.total_min[0], other.tingkat_min[0], other.peka[0]) == (42, 2, True)


def test_most_classes_do_not():
    assert not scored(row(default=10)).peka[0]


# -- averages


def test_both_averages():
    scores = scored(row(bgn=100, k1a=20, k1c=40, k1b=0))
    semua, sektoral = averages(scores, R2018)
    formulir, _ = averages(scores, R2018, "formulir")
    assert semua[0, 0] == pytest.approx(20)
    assert formulir[0, 0] == pytest.approx(40 / 3)
    assert sektoral[0] == pytest.approx(20 / 7)


def test_averages_skip_what_is_not_known():
    scores = scored(row(k1a=None, k1c=40, k2a=None, k2b=None))
    aspek, sektoral = averages(scores, R2018)
    assert aspek[0, 0] == pytest.approx(20)
    assert np.isnan(aspek[0, 1])
    assert sektoral[0] == pytest.approx(20 / 6)


def test_no_average_of_nothing():
    aspek, sektoral = averages(scored(row(default=None)), R2018)
    assert np.isnan(aspek).all()
    assert np.isnan(sektoral).all()


def test_an_unknown_variant_is_refused():
    with pytest.raises(ValueError, match="variant"):
        averages(scored(row()), R2018, "lain")


# -- explanations


def lines_of(*some, rule_set=R2018, **options):
    sums = sum_rows(*rows(*some), rule_set)
    scores = score(sums, rule_set, **options)
    return {line.kode: line for line in explain(sums, scores, rule_set, 0, **options)}


def test_a_line_tells_where_its_points_come_from():
    line = lines_of(row(bgn=43, k1a=31))["1a"]
    assert (line.volume_min, line.volume_max, line.penyebut_jumlah) == (31, 31, 43)
    assert (line.satuan, line.penyebut, line.penyebut_satuan) == ("unit", "bgn", "unit")
    assert line.persen_min == line.persen_max == pytest.approx(72.093, abs=0.001)
    assert (line.nilai_min, line.nilai_max, line.ambang, line.state) == (3, 3, "≥ 51", State.FILLED)
    assert (line.nilai_lain_min, line.nilai_lain_max) == (3, 3)
    assert "Pasal 18" in line.pasal


def test_a_line_of_every_state():
    lines = lines_of(row(k1a=None, k1c="tb", k3a="?", k4b=5, drain=0, kk=None, k5a=7))
    states = {kode: lines[kode].state for kode in ("1a", "1b", "1c", "3a", "4b", "4c", "5a")}
    assert states == {
        "1a": State.EMPTY,
        "1b": State.FILLED,
        "1c": State.NOT_APPLICABLE,
        "3a": State.INVALID,
        "4b": State.INVALID,
        "4c": State.NOT_APPLICABLE,
        "5a": State.EMPTY,
    }
    assert lines["1a"].ambang == "< 25 … ≥ 76"
    assert (lines["1a"].volume_min, lines["1a"].volume_max) == (0, 100)
    assert (lines["3a"].volume_max, lines["3a"].penyebut_jumlah, lines["3a"].persen_max) == (None, None, None)


def test_a_line_under_the_other_reading():
    line = lines_of(row(kk=1000, k3a=505))["3a"]
    assert (line.nilai_min, line.nilai_lain_min) == (1, 3)
    line = lines_of(row(kk=1000, k3a=505), reading=R2018.other_reading)["3a"]
    assert (line.nilai_min, line.nilai_lain_min, line.ambang) == (3, 1, "> 50")


def test_the_rules_of_2016_have_nineteen_lines():
    lines = lines_of(row(R2016, default=100), rule_set=R2016)
    assert len(lines) == 19
    assert lines["6c"].nilai_min == 5


# -- one place by decimals


def test_one_place():
    penyebut = {code: Decimal(number) for code, number in FULL.items()}
    volume = {k.kode: Decimal(0) for k in R2018.kriteria} | {"3a": Decimal("99.5"), "4a": None}
    result = score_one(penyebut, volume, R2018, na=["7a"])
    assert (result.total_min, result.total_max, result.total) == (5, 10, None)
    assert (result.tingkat, result.lengkap, result.peka, result.has_data) == ("tidak kumuh", False, False, True)
    assert len(result.lines) == 16
    assert result.rata_aspek[2] == pytest.approx(99.5 / 2)


def test_one_place_without_anything():
    result = score_one({}, {}, R2018)
    assert (result.total_min, result.total_max, result.tingkat, result.has_data) == (0, 80, None, False)
    assert result.rata_aspek == (None,) * 7
    assert result.rata_sektoral is None


@pytest.mark.parametrize("number", ["-1", "NaN", "Infinity", "10000000000", "1e30"])
def test_one_place_with_nonsense_is_invalid_not_an_exception(number):
    penyebut = {code: Decimal(amount) for code, amount in FULL.items()}
    result = score_one(penyebut, {"1a": Decimal(number)}, R2018)
    assert result.lines[0].state == State.INVALID


def test_one_place_keeps_six_decimals():
    luas = {"luas": Decimal("0.004282")}
    assert score_one(luas, {"4a": Decimal("0.001")}, R2018).lines[7].persen_min == pytest.approx(23.3536, abs=1e-4)


def test_an_unknown_code_is_refused():
    with pytest.raises(KeyError, match="9z"):
        score_one({}, {"9z": Decimal(1)}, R2018)
