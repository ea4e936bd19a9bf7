"""The generator on an invented city: the same everywhere, on target, plausible."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np
import pytest

from kelurahan.example.generator import Example, generate
from kelurahan.example.story import BadStory, Place, Story
from kelurahan.rules.regulation import FIELDS, PENYEBUT, RULE_SETS, State
from kelurahan.rules.score import Scores, add_sums, score, sum_rows

RULES = RULE_SETS["permen-14-2018"]
OLD_RULES = RULE_SETS["permen-02-2016"]
YEARS = (2021, 2022, 2023, 2024)
PLACES = [
    Place(
        f"99.01.01.{1001 + i}", bobot=300 + 170 * (i * 5 % 12), luas_ha=None if i == 3 else 60 + 15 * i, sk=i % 3 == 0
    )
    for i in range(12)
]
KODE = [place.kode for place in PLACES]
STORY = Story(
    seed=7,
    years=YEARS,
    n_rt=160,
    jiwa=48_000,
    classes={2021: (3, 2, 1), 2022: (4, 2, 0), 2023: (3, 2, 0), 2024: (3, 1, 0)},
    totals={KODE[1]: (20, 22, 25, 27), KODE[2]: (45, 44, 43, 41)},
    unassessed=frozenset({(KODE[11], 2024)}),
    empty=frozenset({(KODE[2], 2024, "3b")}),
)


@pytest.fixture(scope="module")
def example() -> Example:
    return generate(PLACES, STORY, RULES)


def by_kelurahan(example: Example, year: int, rules=RULES) -> Scores:
    rows = example.tahun == year
    kelurahan = np.array([KODE.index(kode) for kode, _ in example.rt])[example.rt_no[rows]]
    return score(add_sums(sum_rows(example.values[rows], example.states[rows], rules), kelurahan, len(KODE)), rules)


def field(example: Example, kode: str):
    """Values of one field in its unit, as floats, for comparing only."""
    return example.values[:, FIELDS.index(kode)] / 1e6


def test_same_bytes_on_every_machine(example):
    digest = hashlib.sha256()
    for array in (example.rt_no, example.tahun, example.values, example.states):
        digest.update(array.astype(f"<{array.dtype.str[1:]}").tobytes())
    assert (example.values.dtype, example.states.dtype) == (np.int64, np.uint8)
    assert digest.hexdigest() == "32265d16873cfb50138e5fb6e1e19f32c7910c8795f92e2084b0914f2b488cb4"


def test_order_of_the_places_does_not_matter(example):
    again = generate(PLACES[::-1], STORY, RULES)
    assert np.array_equal(again.values, example.values)
    assert again.rt == example.rt


def test_another_seed_makes_other_numbers_for_the_same_story(example):
    other = generate(PLACES, replace(STORY, seed=8), RULES)
    assert not np.array_equal(other.values[: len(example) // 2], example.values[: len(example) // 2])
    assert by_kelurahan(other, 2021).total_min[1] == 20


@pytest.mark.parametrize("year", YEARS)
def test_counts_of_every_year(example, year):
    scores = by_kelurahan(example, year)
    classes = np.bincount(scores.tingkat_min[scores.has_data], minlength=4)
    assert tuple(classes[1:]) == STORY.classes[year]


def test_pinned_totals_are_met(example):
    totals = np.array([by_kelurahan(example, year).total_min[[1, 2]] for year in YEARS]).T
    assert totals.tolist() == [[20, 22, 25, 27], [45, 44, 43, 41]]


def test_places_of_decrees_are_rather_kumuh(example):
    scores = by_kelurahan(example, 2021)
    free = [i for i in range(12) if i not in (1, 2)]
    worst = sorted(free, key=lambda i: -scores.total_min[i])[:4]
    assert all(PLACES[i].sk for i in worst if scores.tingkat_min[i] > 0)


def test_not_assessed_and_incomplete(example):
    scores = by_kelurahan(example, 2024)
    assert not scores.has_data[11]
    assert (scores.total_min[2], scores.total_max[2]) == (41, 46)
    assert not scores.lengkap[2]
    assert scores.lengkap[:2].all()
    assert by_kelurahan(example, 2023).lengkap.all()


def test_sizes_follow_the_weights(example):
    rt = np.bincount([KODE.index(kode) for kode, _ in example.rt], minlength=12)
    assert rt.sum() == STORY.n_rt
    assert rt[np.argmax([p.bobot for p in PLACES])] == rt.max()
    assert rt.min() >= 1
    rows = example.tahun == 2023
    assert field(example, "jiwa")[rows].sum() == pytest.approx(STORY.jiwa, rel=0.03)


def test_names_are_those_of_the_forms(example):
    names = [nama for kode, nama in example.rt if kode == KODE[7]]
    assert names[:4] == ["RT001-RW001", "RT002-RW001", "RT003-RW001", "RT004-RW001"]
    assert len(set(example.rt)) == len(example.rt)


def test_whole_units_where_things_are_counted(example):
    for kode, unit in [(p.kode, p.satuan) for p in PENYEBUT.values()] + [(k.kode, k.satuan) for k in RULES.kriteria]:
        step = 100 if unit == "ha" else 1_000_000
        assert not (example.values[:, FIELDS.index(kode)] % step).any(), kode


def test_no_volume_above_its_denominator(example):
    divisors = example.values[:, RULES.penyebut_columns]
    volumes = example.values[:, RULES.columns]
    assert (volumes <= divisors).all()
    assert (volumes >= 0).all()


def test_households_buildings_and_density_are_plausible(example):
    people = field(example, "jiwa") / field(example, "kk")
    large = field(example, "kk") >= 20
    assert 3.7 < people[large].min() <= people[large].max() < 4.4
    assert (field(example, "bgn") <= field(example, "kk")).all()
    density = field(example, "jiwa") / field(example, "luas")
    assert 20 < np.median(density) < 400
    assert density.max() < 1200


def test_rt_stay_within_the_official_area(example):
    kelurahan = np.array([KODE.index(kode) for kode, _ in example.rt])[example.rt_no]
    for i, place in enumerate(PLACES):
        rows = (kelurahan == i) & (example.tahun == 2021)
        if place.luas_ha is not None:
            assert field(example, "luas")[rows].sum() <= place.luas_ha


def test_cells_not_applicable_only_where_no_drain_is_needed(example):
    none = example.states == State.NOT_APPLICABLE
    drain = field(example, "drain") == 0
    columns = [FIELDS.index("4b"), FIELDS.index("4c")]
    assert none[:, columns].all(axis=1).tolist() == drain.tolist()
    assert 0 < drain.sum() < len(example) // 20
    assert not np.delete(none, columns, axis=1).any()


def test_criteria_of_other_rules_stay_empty(example):
    others = [i for i, kode in enumerate(FIELDS) if i >= len(PENYEBUT) and i not in RULES.columns]
    assert (example.states[:, others] == State.EMPTY).all()


def test_numbers_change_little_from_year_to_year(example):
    before, after = (by_kelurahan(example, year) for year in (2021, 2022))
    jump = np.abs(after.persen_min - before.persen_min)
    assert np.median(jump) < 4
    assert (jump < 45).all()


def test_the_smallest_city_meets_its_story():
    """One RT for each place, so few households that every edge is close."""
    story = replace(STORY, n_rt=12, jiwa=12 * 40)
    example = generate(PLACES, story, RULES)
    for year in YEARS:
        scores = by_kelurahan(example, year)
        assert tuple(np.bincount(scores.tingkat_min[scores.has_data], minlength=4)[1:]) == story.classes[year]


def test_another_rule_set_has_its_own_example():
    story = replace(STORY, empty=frozenset(), totals={})
    example = generate(PLACES, story, OLD_RULES)
    scores = by_kelurahan(example, 2021, OLD_RULES)
    assert tuple(np.bincount(scores.tingkat_min, minlength=4)[1:]) == STORY.classes[2021]
    assert scores.lengkap.all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"totals": {"99.99.99.9999": (1, 2, 3, 4)}}, "unknown places"),
        ({"totals": {KODE[0]: (1, 2)}}, "one total for each of 4 years"),
        ({"classes": {2021: (3, 2, 1)}}, "no counts for 2022"),
        ({"empty": frozenset({(KODE[0], 2024, "9z")})}, "unknown criteria"),
        ({"n_rt": 5}, "needs an RT"),
        ({"classes": {**STORY.classes, 2021: (0, 0, 0)}}, "more places of a class than wanted"),
        ({"classes": {**STORY.classes, 2021: (30, 2, 1)}}, "than there are places"),
        ({"totals": {KODE[0]: (79,) * 4}, "classes": dict.fromkeys(YEARS, (0, 0, 1))}, "no nilai add up"),
        ({"jiwa": 4000}, "every RT 40 people"),
    ],
)
def test_contradictions_are_said(change, message):
    with pytest.raises(BadStory, match=message):
        generate(PLACES, replace(STORY, **({"totals": {KODE[1]: (20, 22, 25, 27)}} | change)), RULES)
