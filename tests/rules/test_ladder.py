"""No float decides a band: every edge, one millionth either side, against fractions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kelurahan.rules.ladder import bands_of
from kelurahan.rules.numbers import MICRO
from kelurahan.rules.regulation import OPEN_EDGES, WORKBOOK
from tests.rules.cases import MICROS, TOP, reference

readings = pytest.mark.parametrize("reading", [WORKBOOK, OPEN_EDGES], ids=["workbook", "open edges"])


def nilai(pairs, reading):
    volume = np.array([[v] for v, _ in pairs])
    penyebut = np.array([[d] * 6 for _, d in pairs])
    return bands_of(volume, penyebut, [0], reading)[:, 0].tolist()


def edges(penyebut, reading):
    """Volumes at each edge of the ladder (below it if it is not whole), and one millionth either side."""
    for band in reading.bands:
        edge = int(penyebut * band.batas / 100)
        yield from ((volume, penyebut) for volume in (edge - 1, edge, edge + 1) if volume >= 0)


@readings
def test_every_edge_of_two_thousand_denominators(reading):
    pairs = [pair for d in range(1, 2001) for pair in edges(d * MICRO, reading)]
    assert nilai(pairs, reading) == [reference(*pair, reading) for pair in pairs]


@readings
@given(st.integers(1, TOP // 20_000))
def test_exact_edges_of_any_size(reading, m):
    pairs = list(edges(20_000 * m, reading))
    assert nilai(pairs, reading) == [reference(*pair, reading) for pair in pairs]


@readings
@given(st.lists(st.tuples(MICROS, MICROS), min_size=1, max_size=8))
def test_any_volume_over_any_denominator(reading, pairs):
    assert nilai(pairs, reading) == [reference(*pair, reading) for pair in pairs]


def test_the_edge_that_floats_miss():
    pair = [(499_900_000, 2_000_000_000)]
    assert 499.9 / 2000 * 100 < 24.995
    assert nilai(pair, WORKBOOK) == [1]
    assert nilai(pair, OPEN_EDGES) == [0]


def test_the_two_readings_differ_at_75_and_50():
    pairs = [(volume * MICRO, 100 * MICRO) for volume in (25, 50, 51, 75, 76)]
    assert nilai(pairs, WORKBOOK) == [1, 1, 3, 3, 5]
    assert nilai(pairs, OPEN_EDGES) == [1, 1, 3, 3, 5]
    between = [(int(volume * MICRO), 100 * MICRO) for volume in (50.5, 75.5)]
    assert nilai(between, WORKBOOK) == [1, 3]
    assert nilai(between, OPEN_EDGES) == [3, 5]


@readings
def test_numbers_beyond_64_bits(reading):
    pairs = [(10**30 + 1, 4 * 10**30), (10**30, 4 * 10**30), (3 * 10**30 + 1, 4 * 10**30), (7, 10**30), (10**30, 7)]
    volume = np.array([[v] for v, _ in pairs], dtype=object)
    penyebut = np.array([[d] * 6 for _, d in pairs], dtype=object)
    expected = [reference(*pair, reading) for pair in pairs]
    assert bands_of(volume, penyebut, [0], reading)[:, 0].tolist() == expected
