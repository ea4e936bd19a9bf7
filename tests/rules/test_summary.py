"""Up the hierarchy: who feeds whom, what the buckets count, and what counts as slum area."""

from decimal import Decimal
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kelurahan.rules.numbers import MICRO
from kelurahan.rules.score import score
from kelurahan.rules.summary import (
    BELUM_DINILAI,
    BUCKETS,
    RENTANG,
    Jenis,
    class_buckets,
    first_kind,
    reconcile,
    record_tier,
    tier_above,
)
from kelurahan.rules.sums import sum_rows
from tests.rules.cases import R2018, assert_same, row, rows, tables

CLEAN = row(luas=2, jiwa=50)
SLUM = row(luas=3, jiwa=70, default=100, k1b=3, k4a=3, k2a=0, k2b=0)
UNKNOWN = row(luas=5, jiwa=10, default=None)
RANGED = row(luas=7, jiwa=10, k3a=None, k3b=None, k5a=None, k5b=None, k6a=None)


def micro(*units):
    return [unit * MICRO for unit in units]


def city(*records, kecamatan=(0,)):
    """records: (jenis, kelurahan, row)"""
    values, states = rows(*(one for _, _, one in records))
    jenis, kelurahan = (np.array(column) for column in list(zip(*records, strict=True))[:2])
    return levels(values, states, jenis, kelurahan, kecamatan)


def levels(values, states, jenis, kelurahan, kecamatan):
    """Step by step as the summaries are made: records into kelurahan, kelurahan into kecamatan and kota."""
    m = len(kecamatan)
    records = record_tier(values, states, R2018)
    used, sumber = first_kind(jenis, kelurahan, m)
    lower = tier_above(records.take(used), kelurahan[used], m, R2018, only_if_kumuh=True)
    return SimpleNamespace(
        records=records,
        used=used,
        sumber=sumber,
        kelurahan=lower,
        kecamatan=tier_above(lower, np.array(kecamatan), max(kecamatan) + 1, R2018),
        kota=tier_above(lower, np.zeros(m, int), 1, R2018),
    )


def test_buckets():
    tier = record_tier(*rows(CLEAN, SLUM, UNKNOWN, RANGED), R2018)
    assert tier.bucket.tolist() == [0, 3, BELUM_DINILAI, RENTANG]
    assert len(BUCKETS) == 6
    assert tier.n_kelas.sum(axis=1).tolist() == [1, 1, 1, 1]
    assert tier.luas_kumuh.tolist() == micro(0, 3, 0, 0)


def test_a_kelurahan_counts_its_rt_by_class():
    result = city(
        (Jenis.RT, 0, CLEAN), (Jenis.RT, 0, SLUM), (Jenis.RT, 0, SLUM), (Jenis.RT, 0, UNKNOWN), (Jenis.RT, 0, RANGED)
    )
    assert result.kelurahan.n_kelas[0].tolist() == [1, 0, 0, 2, 1, 1]
    assert result.kelurahan.ha_kelas[0].tolist() == micro(2, 0, 0, 6, 7, 5)
    assert result.kelurahan.jiwa_kelas[0].tolist() == micro(50, 0, 0, 140, 10, 10)


def test_slum_hectares_are_those_of_its_slum_rt_if_the_kelurahan_is_slum_itself():
    slum = city((Jenis.RT, 0, SLUM), (Jenis.RT, 0, SLUM), (Jenis.RT, 0, CLEAN))
    assert (slum.kelurahan.luas_kumuh[0], slum.kelurahan.jiwa_kumuh[0]) == tuple(micro(6, 140))
    mostly_clean = city((Jenis.RT, 0, SLUM), *[(Jenis.RT, 0, CLEAN)] * 9)
    assert mostly_clean.kelurahan.scores.tingkat_min[0] == 0
    assert (mostly_clean.kelurahan.luas_kumuh[0], mostly_clean.kota.luas_kumuh[0]) == (0, 0)
    assert mostly_clean.records.luas_kumuh.sum() == 3 * MICRO


def test_without_rt_its_own_figure_counts():
    result = city((Jenis.LANGSUNG, 0, SLUM))
    assert result.kelurahan.luas_kumuh[0] == 3 * MICRO
    assert result.sumber.tolist() == [Jenis.LANGSUNG]


def test_never_two_kinds_at_once():
    result = city(
        (Jenis.LANGSUNG, 0, SLUM),
        (Jenis.RT, 0, CLEAN),
        (Jenis.KAWASAN, 0, SLUM),
        (Jenis.KAWASAN, 1, SLUM),
        (Jenis.LANGSUNG, 1, CLEAN),
        kecamatan=(0, 0, 0),
    )
    assert result.sumber.tolist() == [Jenis.RT, Jenis.KAWASAN, -1]
    assert result.used.tolist() == [False, True, False, True, False]
    assert result.kelurahan.bucket.tolist() == [0, 3, BELUM_DINILAI]


def test_kecamatan_and_kota_count_kelurahan_by_kelurahan_class():
    result = city(
        (Jenis.RT, 0, SLUM),
        (Jenis.RT, 0, SLUM),
        (Jenis.RT, 1, CLEAN),
        (Jenis.RT, 1, CLEAN),
        (Jenis.RT, 2, SLUM),
        kecamatan=(0, 0, 1, 1),
    )
    assert result.kecamatan.n_kelas.tolist() == [[1, 0, 0, 1, 0, 0], [0, 0, 0, 1, 0, 1]]
    assert result.kota.n_kelas[0].tolist() == [1, 0, 0, 2, 0, 1]
    assert result.kota.ha_kelas[0].tolist() == micro(0, 0, 0, 9, 0, 0)
    assert result.kecamatan.luas_kumuh.tolist() == micro(6, 3)
    assert result.kota.luas_kumuh[0] == 9 * MICRO


def test_the_kota_is_the_sum_of_records_not_the_mean_of_percentages():
    result = city((Jenis.RT, 0, SLUM), (Jenis.RT, 1, CLEAN), kecamatan=(0, 1))
    both = score(sum_rows(*rows(SLUM, CLEAN), R2018, np.zeros(2, int), 1), R2018)
    assert_same(result.kota.scores, both)


@given(tables(max_rows=5), st.data())
def test_every_step_up_keeps_the_totals(table, data):
    values, states = table
    n = len(values)
    jenis = np.array(data.draw(st.lists(st.sampled_from(Jenis), min_size=n, max_size=n)))
    kelurahan = np.array(data.draw(st.lists(st.integers(0, 2), min_size=n, max_size=n)))
    result = levels(values, states, jenis, kelurahan, (0, 1, 1))
    for name in ("ha_kelas", "jiwa_kelas", "luas_kumuh", "n_kelas"):
        kecamatan, kota = getattr(result.kecamatan, name), getattr(result.kota, name)
        assert [int(x) for x in kecamatan.sum(axis=0).ravel()] == [int(x) for x in kota[0].ravel()]
    assert result.kota.n_kelas.sum() == 3
    assert result.kelurahan.n_kelas.sum() == result.used.sum()
    assert int(result.kota.ha_kelas.sum()) == int(result.kota.luas_kumuh[0])
    direct = sum_rows(values[result.used], states[result.used], R2018, np.zeros(result.used.sum(), int), 1)
    assert_same(result.kota.sums, direct)


def test_a_tier_above_a_tier():
    lower = record_tier(*rows(SLUM, CLEAN, SLUM), R2018)
    upper = tier_above(lower, np.array([1, 0, 1]), 3, R2018)
    assert upper.bucket.tolist() == [0, 3, BELUM_DINILAI]
    assert upper.take([1]).luas_kumuh.tolist() == micro(6)


def test_first_kind_of_a_kawasan():
    used, kind = first_kind(np.array([Jenis.KAWASAN, Jenis.RT, Jenis.KAWASAN]), np.array([0, 0, 1]), 3)
    assert used.tolist() == [False, True, True]
    assert kind.tolist() == [Jenis.RT, Jenis.KAWASAN, -1]


def test_class_buckets_of_a_city_without_records():
    values, states = (part[:0] for part in row())
    result = levels(values, states, np.zeros(0, int), np.zeros(0, int), (0, 1))
    assert result.kota.n_kelas[0].tolist() == [0, 0, 0, 0, 0, 2]
    assert class_buckets(result.kota.scores).tolist() == [BELUM_DINILAI]


def test_a_direct_figure_beside_the_sum_of_its_parts():
    part = row(kk=297, k3a=69, k6a=94)
    direct = sum_rows(*row(bgn=200, luas=20, jiwa=800, jalan=2000, drain=1000, kk=157, k3a=138, k6a=188), R2018)
    summed = sum_rows(*rows(part, part), R2018, np.zeros(2, int), 1)
    (mismatch,) = reconcile(direct, summed, R2018)
    (difference,) = mismatch.differences
    assert (difference.kode, difference.langsung, difference.jumlah) == ("kk", Decimal(157), Decimal(594))
    assert (mismatch.tingkat_langsung, mismatch.tingkat_jumlah) == ((0, 0), (0, 0))
    assert not mismatch.class_differs


def test_a_difference_may_change_the_class():
    half = row(default=50, k1b=5, k4a=5, k2a=500, k2b=500, k4b=250, k4c=250)
    (mismatch,) = reconcile(sum_rows(*SLUM, R2018), sum_rows(*half, R2018), R2018)
    assert mismatch.class_differs
    assert (mismatch.tingkat_langsung, mismatch.tingkat_jumlah) == ((3, 3), (1, 1))


@pytest.mark.parametrize("other", [CLEAN, row(luas=None, jiwa=50, k1b=None, k4a=None)])
def test_nothing_to_reconcile(other):
    assert reconcile(sum_rows(*CLEAN, R2018), sum_rows(*other, R2018), R2018) == []


def test_nothing_to_reconcile_with_nothing():
    values, states = CLEAN
    nothing = sum_rows(values[:0], states[:0], R2018, np.zeros(0, int), 1)
    assert reconcile(sum_rows(*CLEAN, R2018), nothing, R2018) == []
