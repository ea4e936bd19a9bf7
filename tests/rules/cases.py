"""Rows for the rules tests: arrays in FIELDS order from readable cells, and a slow exact reference."""

from dataclasses import fields
from fractions import Fraction

import numpy as np
from hypothesis import strategies as st

from kelurahan.rules.numbers import MICRO
from kelurahan.rules.regulation import FIELDS, RULE_SETS, State

R2018 = RULE_SETS["permen-14-2018"]
R2016 = RULE_SETS["permen-02-2016"]
BOTH = (R2018, R2016)

TOP = 10**10 * MICRO - 1  # the largest storable number, in millionths
FULL = {"luas": 10, "bgn": 100, "jiwa": 400, "kk": 100, "jalan": 1000, "drain": 500}
WORDS = {None: State.EMPTY, "tb": State.NOT_APPLICABLE, "?": State.INVALID}


def row(rule_set=R2018, default=0, **cells):
    """One row (values, states): FULL denominators and `default` in every criterion, cells by code.

    Units are whole; None is empty, "tb" not applicable, "?" invalid. Codes may carry a leading "k": k1a.
    """
    given = FULL | dict.fromkeys((k.kode for k in rule_set.kriteria), default)
    given |= {code[1:] if code[0] == "k" and code != "kk" else code: cell for code, cell in cells.items()}
    values, states = np.zeros((1, len(FIELDS)), np.int64), np.full((1, len(FIELDS)), State.EMPTY, np.uint8)
    for code, cell in given.items():
        column = FIELDS.index(code)
        states[0, column] = WORDS.get(cell, State.FILLED)
        values[0, column] = 0 if cell in WORDS else round(Fraction(str(cell)) * MICRO)
    return values, states


def rows(*some):
    """Several rows as one pair of arrays."""
    return np.concatenate([values for values, _ in some]), np.concatenate([states for _, states in some])


def reference(volume, penyebut, reading):
    """Nilai by fractions; a volume over nothing scores the most, nothing over anything scores 0."""
    if volume == 0:
        return 0
    if penyebut == 0:
        return reading.bands[0].nilai
    persen = Fraction(int(volume) * 100, int(penyebut))
    return next((band.nilai for band in reading.bands if band.contains(persen)), 0)


def assert_same(one, other):
    """Two Sums or two Scores agree in every number."""
    for field in fields(one):
        a, b = getattr(one, field.name), getattr(other, field.name)
        assert a.shape == b.shape, field.name
        assert np.array_equal(a, b, equal_nan=a.dtype.kind == "f"), field.name


MICROS = st.one_of(st.integers(0, 20), st.integers(0, 5000).map(lambda n: n * MICRO), st.integers(0, TOP))
STATES = st.sampled_from([State.FILLED] * 6 + [State.EMPTY, State.EMPTY, State.NOT_APPLICABLE, State.INVALID])


@st.composite
def tables(draw, max_rows=6):
    """Random rows with every cell state, including numbers that leave the 64-bit path."""
    n = draw(st.integers(1, max_rows))
    size = n * len(FIELDS)
    values = draw(st.lists(MICROS, min_size=size, max_size=size))
    mixed = draw(st.booleans())
    states = draw(st.lists(STATES, min_size=size, max_size=size)) if mixed else [State.FILLED] * size
    shape = (n, len(FIELDS))
    states = np.array(states, np.uint8).reshape(shape)
    return np.where(states == State.FILLED, np.array(values, np.int64).reshape(shape), 0), states
