"""The regulation as data: complete, in order, and without holes."""

import pytest

from kelurahan.rules.regulation import ASPEK, DEFAULT_RULE_SET, FIELDS, KRITERIA, PENYEBUT, RULE_SETS, tingkat_word
from tests.rules.cases import BOTH, R2016, R2018


def reachable(rule_set):
    """Every total that K criteria of 0, 1, 3 or 5 can make."""
    sums = {0}
    for _ in rule_set.kriteria:
        sums = {total + nilai for total in sums for nilai in (0, 1, 3, 5)}
    return sums


@pytest.mark.parametrize("rule_set", BOTH, ids=lambda rule_set: rule_set.kode)
def test_every_reachable_sum_falls_into_exactly_one_class(rule_set):
    assert max(reachable(rule_set)) == rule_set.maximum
    for total in reachable(rule_set):
        classes = [no for no, (lower, upper) in enumerate(rule_set.class_ranges()) if lower <= total <= upper]
        assert classes == [rule_set.tingkat(total)]


def test_class_limits_are_those_printed():
    assert R2018.class_ranges() == ((0, 15), (16, 37), (38, 59), (60, 80))
    assert R2016.class_ranges() == ((0, 18), (19, 44), (45, 70), (71, 95))


def test_storage_order():
    assert " ".join(FIELDS) == ("luas bgn jiwa kk jalan drain 1a 1b 1c 2a 2b 3a 3b 4a 4b 4c 4d 4e 5a 5b 6a 6b 6c 7a 7b")


def test_criteria_of_both_sets():
    assert len(R2018.kriteria) == 16
    assert len(R2016.kriteria) == 19
    assert {k.kode for k in R2016.kriteria} - {k.kode for k in R2018.kriteria} == {"4d", "4e", "6c"}
    assert RULE_SETS[DEFAULT_RULE_SET] is R2018


@pytest.mark.parametrize("rule_set", BOTH, ids=lambda rule_set: rule_set.kode)
def test_each_criterion_names_its_aspect_unit_denominator_and_source(rule_set):
    assert {k.aspek for k in rule_set.kriteria} == {aspek.no for aspek in ASPEK}
    for kriteria, column, divisor in zip(rule_set.kriteria, rule_set.columns, rule_set.penyebut_columns, strict=True):
        assert kriteria.satuan == PENYEBUT[kriteria.penyebut].satuan
        assert (FIELDS[column], FIELDS[divisor]) == (kriteria.kode, kriteria.penyebut)
        assert kriteria.pasal.startswith(rule_set.nama)


def test_units_are_those_of_the_table():
    assert " ".join(f"{kode}:{k.penyebut}" for kode, k in KRITERIA.items()) == (
        "1a:bgn 1b:luas 1c:bgn 2a:jalan 2b:jalan 3a:kk 3b:kk 4a:luas 4b:drain 4c:drain 4d:drain 4e:drain "
        "5a:kk 5b:kk 6a:kk 6b:kk 6c:kk 7a:bgn 7b:bgn"
    )


def test_no_citation_finer_than_verified():
    assert KRITERIA["3a"].pasal == "Permen PUPR 14/PRT/M/2018 Pasal 18 dan Lampiran I huruf A angka 3"


def test_each_reading_has_another():
    assert R2018.reading_other_than(R2018.reading) is R2018.other_reading
    assert R2018.reading_other_than(R2018.other_reading) is R2018.reading
    assert R2018.reading.band_text(3) == "≥ 51"
    assert R2018.other_reading.band_text(3) == "> 50"
    assert R2018.reading.band_text(0) == "< 25"


def test_class_words():
    assert [tingkat_word(no, no) for no in range(4)] == ["tidak kumuh", "ringan", "sedang", "berat"]
    assert tingkat_word(0, 1) is None
