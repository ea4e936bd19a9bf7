"""Each kind of repair: found where it is due, with its numbers back to the last digit, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kelurahan.intake.repairs import Beside, find_repairs, settle, words
from kelurahan.intake.repairs.words import EVIDENCE, TITLES
from kelurahan.rules.numbers import MICRO
from kelurahan.rules.regulation import FIELDS, State
from tests.intake import repairing as r
from tests.intake.city import CITY

LUAS, BGN, JIWA, KK, JALAN = (r.TEMPLATE.index(name) for name in ("luas", "bgn", "jiwa", "kk", "jalan"))
INDICATOR = ["kelurahan", "tahun", "i:penduduk", "i:akses_air", "i:luas_kumuh"]
HEADERS = ["Kelurahan", "Tahun", "Jumlah Penduduk (jiwa)", "Akses air minum (%)", "Luas kumuh (ha)"]
UNITS = ["", "", "jiwa", "persen", "ha"]


def template(rows: r.Rows):
    return r.table(rows, r.TEMPLATE)


def indicators(rows: r.Rows, headers=HEADERS, units=UNITS):
    return r.table(rows, INDICATOR, headers, units)


def facts(n: int = 11) -> r.Rows:
    return [[p.nama, 2024.0, 1300.0 + 371 * i, 40.5 + 3 * i, 0.5 + i] for i, p in enumerate(CITY[:n])]


def right(rows: r.Rows):
    return r.parse(template(rows))


# --- nothing to mend -------------------------------------------------------------------------------------------


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), wide=st.booleans(), n=st.integers(1, 80))
def test_an_unbroken_sheet_gets_no_repair(seed, wide, n):
    fields = r.WIDE if wide else r.TEMPLATE
    assert r.found(r.table(r.truth(n, seed, fields), fields)) == []


def test_unbroken_indicators_get_no_repair():
    assert r.found(indicators(facts())) == []


def test_no_rows():
    assert find_repairs(template([]), r.parse(template([]))) == []


# --- separators ------------------------------------------------------------------------------------------------


def test_texts_of_the_other_style_are_read_in_theirs():
    rows = r.truth(20, fields=r.TEMPLATE)
    for i, row in enumerate(rows):
        row[JALAN] = f"1.{200 + i},5"
    expected = right(rows)
    rows[4][JALAN], rows[9][JALAN] = "1,204.5", "1,209.5"
    repair = r.one(table := template(rows), "separators_swapped")
    assert (repair.rows, repair.certain, repair.where) == ([4, 9], True, "RT!H6, H11")
    assert repair.sample[0] == {
        "cell": "RT!H6",
        "place": f"{rows[4][0]} · {rows[4][1]}",
        "before": "1,204.5",
        "after": "1.204,5",
    }
    assert r.same_numbers(r.mended(table, repair), expected)


def test_points_and_commas_before_three_digits_of_whole_things():
    rows = facts()
    units = ["", "", "", *UNITS[3:]]
    expected = r.parse(indicators(rows))
    for i, row in enumerate(rows):
        row[2] = f"{row[2]:,.0f}" if i % 3 else f"{row[2]:,.0f}".replace(",", ".")
    repair = r.one(table := indicators(rows, units=units), "separators")
    assert (repair.code, repair.certain) == ("separators_thousands", True)
    assert np.array_equal(r.mended(table, repair).ind_values, expected.ind_values)


def test_what_may_be_both_is_asked():
    rows = r.truth(20, fields=r.TEMPLATE)
    for i, row in enumerate(rows):
        row[JALAN] = "1.250" if i % 2 else "1,375"
    repairs = r.found(template(rows), "separators")
    assert [repair.code for repair in repairs] == ["separators_thousands", "separators_decimal"]
    assert len({repair.params["kelompok"] for repair in repairs}) == 1
    assert not any(repair.certain for repair in repairs)


@pytest.mark.parametrize(("column", "scale"), [(JIWA, 10), (JALAN, 2)])
def test_numbers_that_lost_their_thousands(column, scale):
    rows = r.truth(30, fields=r.TEMPLATE)
    for i, row in enumerate(rows):
        row[column] = float(1001 + 37 * i * scale)
    expected = right(rows)
    for i in (3, 4, 17):
        rows[i][column] /= 1000
    repair = r.one(table := template(rows), "thousands_lost")
    assert (repair.rows, repair.certain) == ([3, 4, 17], False)
    assert r.same_numbers(r.mended(table, repair), expected)


def test_a_column_in_thousands():
    rows = facts()
    expected = r.parse(indicators(rows))
    rows[3][2] = 2000.0
    expected.ind_values[3, 0] = 2000 * MICRO
    for row in rows:
        row[2] /= 1000
    repair = r.one(table := indicators(rows), "thousands_lost")
    assert repair.n == len(rows)
    assert np.array_equal(r.mended(table, repair).ind_values, expected.ind_values)


# --- totals ----------------------------------------------------------------------------------------------------


def with_totals(rows: r.Rows, name: str, every: int = 10) -> r.Rows:
    out: r.Rows = []
    for start in range(0, len(rows), every):
        part = rows[start : start + every]
        out += [*part, _total(part, name)]
    return [*out, _total(rows, "Wilayah Barat dan Timur")]


def _total(rows: r.Rows, name: str) -> list[object]:
    sums = [round(sum(row[i] for row in rows), 6) for i in range(3, len(rows[0]))]
    return [name, "", 2024.0, *sums]


def test_sums_without_a_place_are_dropped():
    rows = r.truth(40, fields=r.TEMPLATE)
    repair = r.one(table := template(with_totals(rows, "Wilayah Barat")), "total_rows")
    assert (repair.code, repair.rows, repair.certain) == ("total_rows_slipped", [10, 21, 32, 43, 44], True)
    assert r.same_numbers(r.mended(table, repair), right(rows))


def test_a_sum_under_the_name_of_a_kelurahan_is_asked():
    rows = r.truth(22, fields=r.TEMPLATE)
    total = _total(rows[11:], "Alak")
    repair = r.one(table := template([*rows[:11], total, *rows[11:]]), "total_rows")
    assert (repair.code, repair.rows, repair.certain, repair.holds) == ("total_rows_likely", [11], False, True)
    assert r.same_numbers(r.mended(table, repair), right(rows))


def test_the_figure_of_a_kelurahan_beside_its_rt_is_no_slip():
    rows = [["Solor", *row[1:]] for row in r.truth(60, fields=r.TEMPLATE)[::11]]
    assert not r.found(template([*rows, _total(rows, "Solor")]), "total")


def test_a_sum_that_leaves_columns_out():
    rows = r.truth(12, fields=r.TEMPLATE)
    total = _total(rows, "Wilayah Barat")
    total[JALAN] = total[JALAN + 1] = ""
    repair = r.one(template([*rows, total]), "total_rows_slipped")
    assert repair.rows == [12]


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 999))
def test_small_numbers_that_happen_to_add_up_stay(seed):
    chance = np.random.default_rng(seed)
    rows = [[p.nama, 2024.0, float(chance.integers(1, 4)), 50.0, float(chance.integers(0, 2))] for p in CITY]
    assert not any(repair.certain for repair in r.found(indicators(rows), "total"))


# --- percentages -----------------------------------------------------------------------------------------------


def test_a_column_of_fractions():
    rows = facts()
    expected = r.parse(indicators(rows))
    for row in rows:
        row[3] /= 100
    repair = r.one(table := indicators(rows), "fraction_column")
    assert (repair.n, repair.certain) == (len(rows), True)
    assert np.array_equal(r.mended(table, repair).ind_values, expected.ind_values)


def test_a_column_of_yes_and_no_is_no_fraction():
    rows = facts()
    for i, row in enumerate(rows):
        row[3] = float(i % 2)
    assert not r.found(indicators(rows), "fraction")


def test_a_column_without_percent_in_its_name_is_left_alone():
    rows = facts()
    for row in rows:
        row[3] /= 100
    assert not r.found(
        indicators(rows, [*HEADERS[:3], "Rasio air", HEADERS[4]], ["", "", "jiwa", "", "ha"]), "fraction"
    )


def test_fractions_among_percentages_are_asked_unless_the_cell_says_it():
    rows = facts()
    rows[2][3], rows[5][3], rows[7][3] = 0.7858, "51,20%", "0,51%"
    repair = r.one(table := indicators(rows), "fraction")
    assert (repair.code, repair.rows, repair.certain, repair.holds) == ("fraction_cells", [2], False, True)
    values = r.mended(table, repair).ind_values[:, 1]
    assert (values[2], values[5], values[7]) == (78_580_000, 51_200_000, 510_000)


def test_small_percentages_stay():
    rows = facts()
    for i, row in enumerate(rows):
        row[3] = 0.4 + 0.3 * i
    assert not r.found(indicators(rows), "fraction")


# --- hectares --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("divisor", [10, 100, 1000])
def test_an_area_that_was_smaller_before(divisor):
    rows = r.truth(20, fields=r.TEMPLATE)
    expected = right(rows)
    kode = f"{expected.kode[7]}/{expected.rt[7]}"
    beside = Beside(luas={kode: int(expected.values[7, 0])}, tahun={kode: 2023})
    rows[7][LUAS] = round(rows[7][LUAS] * divisor, 3)
    repair = r.one(table := template(rows), "area_decimals_as_before", beside)
    assert (repair.rows, repair.certain, repair.params["tahun"], repair.params["bagi"]) == ([7], True, 2023, divisor)
    assert r.same_numbers(r.mended(table, repair), expected)


def test_an_area_larger_than_its_kelurahan():
    rows = r.truth(20, fields=r.TEMPLATE)
    expected = right(rows)
    rows[7][LUAS] = round(rows[7][LUAS] * 100, 3)
    beside = Beside(official=dict.fromkeys(expected.kode, 25 * MICRO))
    repair = r.one(table := template(rows), "area_decimals_lost", beside)
    assert (repair.rows, repair.params["bagi"], repair.certain) == ([7], 100, False)
    assert r.same_numbers(r.mended(table, repair), expected)


def test_whole_hectares_far_emptier_than_the_others():
    rows = r.truth(20, fields=r.TEMPLATE)
    for row in rows:
        row[LUAS], row[JIWA] = 1.352, 300.0
    expected = right(rows)
    rows[7][LUAS] = 1352.0
    repair = r.one(table := template(rows), "area_decimals_lost")
    assert (repair.rows, repair.params["bagi"]) == ([7], 1000)
    assert r.same_numbers(r.mended(table, repair), expected)


def test_a_flooded_part_larger_than_its_area():
    rows, at = r.truth(20, fields=r.TEMPLATE), r.TEMPLATE.index("4a")
    rows[3][LUAS], rows[3][at] = 1.5, 125.0
    repair = r.one(template(rows), "part_decimals_lost")
    assert (repair.rows, repair.params["bagi"], repair.certain) == ([3], 100, False)


# --- doubles ---------------------------------------------------------------------------------------------------


def test_which_of_two_rows_stays():
    rows = r.truth(20, fields=r.TEMPLATE)
    other = [*rows[3][:BGN], rows[3][BGN] + 1, *rows[3][BGN + 1 :]]
    keeps = {repair.params["baris"]: repair for repair in r.found(template([*rows, other]), "duplicate_keep")}
    assert {row: repair.rows for row, repair in keeps.items()} == {"5": [20], "22": [3]}
    assert len({repair.params["kelompok"] for repair in keeps.values()}) == 1
    first, second = (template([*rows, other]) for _ in range(2))
    assert r.same_numbers(r.mended(first, keeps["5"]), right(rows))
    assert r.mended(second, keeps["22"]).values[-1, 1] == rows[3][BGN] * MICRO + MICRO


def test_the_same_row_twice_is_no_question():
    rows = r.truth(20, fields=r.TEMPLATE)
    assert not r.found(template([*rows, rows[3]]), "duplicate")


def test_many_doubles_can_be_decided_at_once():
    rows = r.truth(20, fields=r.TEMPLATE)
    others = [[*row[:BGN], row[BGN] + 1, *row[BGN + 1 :]] for row in rows[:5]]
    first, last = (r.one(template([*rows, *others]), f"duplicate_keep_{which}") for which in ("first", "last"))
    assert (first.rows, last.rows) == ([20, 21, 22, 23, 24], [0, 1, 2, 3, 4])


# --- denominators of a part ------------------------------------------------------------------------------------


def test_denominators_that_cover_some_of_the_rt():
    rows = [["Solor", *row[1:]] for row in r.truth(99, fields=r.TEMPLATE)[::11]]
    whole = _total(rows, "Solor")
    direct = [*whole]
    direct[KK], direct[JALAN] = 100.0, 300.0
    repair = r.one(table := template([*rows, direct]), "denominators_partial")
    assert (repair.rows, repair.holds, repair.certain, repair.params["n_rt"]) == ([9], False, False, 9)
    assert {"langsung", "jumlah", "beda"} <= repair.params.keys()
    assert r.same_numbers(r.mended(table, repair), right([*rows, whole]))


def test_denominators_against_another_table_and_the_stored_sum():
    rows = [["Solor", *row[1:]] for row in r.truth(99, fields=r.TEMPLATE)[::11]]
    direct = _total(rows, "Solor")
    kk, direct[KK] = direct[KK], 100.0
    table = template([direct])
    parsed = r.parse(table)
    beside = Beside(sums={f"{parsed.kode[0]}|2024": {"kk": int(kk) * MICRO}})
    answers = [find_repairs(table, parsed), find_repairs(table, parsed, others=[right(rows)])]
    answers.append(find_repairs(table, parsed, beside))
    none, [inside], [stored] = ([one for one in found if one.code == "denominators_partial"] for found in answers)
    assert none == []
    assert (inside.params["n_rt"], stored.params["n_rt"]) == (9, 0)
    assert inside.sample[0]["after"] == stored.sample[0]["after"]


# --- what cannot be --------------------------------------------------------------------------------------------


def test_a_negative_volume_is_left_out_or_loses_its_sign():
    rows, at = r.truth(20, fields=r.TEMPLATE), r.TEMPLATE.index("1a")
    rows[4][at] = -3.0
    blank, positive = r.found(template(rows), "negative")
    assert (blank.code, positive.code, blank.holds) == ("negative_left_out", "negative_without_sign", True)
    column = FIELDS.index("1a")
    left_out, without = r.mended(template(rows), blank), r.mended(template(rows), positive)
    assert left_out.states[4, column] == State.EMPTY
    assert not left_out.given[4, column]
    assert without.values[4, column] == 3 * MICRO


def test_a_negative_volume_that_is_too_large_can_only_be_left_out():
    rows = r.truth(20, fields=r.TEMPLATE)
    rows[4][r.TEMPLATE.index("1a")] = -3000.0
    assert [repair.code for repair in r.found(template(rows), "negative")] == ["negative_left_out"]


def test_more_than_everything_may_be_left_out():
    rows = r.truth(20, fields=r.TEMPLATE)
    rows[4][r.TEMPLATE.index("3a")] = rows[4][KK] + 5
    repair = r.one(table := template(rows), "volume_too_large")
    assert (repair.holds, repair.certain, repair.level) == (False, False, "peringatan")
    assert r.mended(table, repair).states[4, FIELDS.index("3a")] == State.EMPTY


def test_a_percentage_over_100():
    rows = facts()
    rows[2][3] = 785.8
    repair = r.one(indicators(rows), "percent_over_100")
    assert (repair.rows, repair.holds) == ([2], True)


def slums(*areas):
    fields = ["kelurahan", "tahun", "i:luas_kumuh"]
    rows = [[place.nama, 2024.0, area] for place, area in zip(CITY, areas)]  # noqa: B905
    return r.table(rows, fields, ["Kelurahan", "Tahun", "Luas Kumuh (Ha)"])


def test_hectares_of_an_indicator_without_their_comma():
    repair = r.one(slums(17.19, 2.46, 0.0, 303.0, 5.5, 12.02, 3.3), "hectares_lost")
    assert (repair.rows, repair.holds, repair.certain, repair.params["bagi"]) == ([3], True, False, 100)
    assert repair.sample[0]["after"] == "3,03"
    assert r.found(slums(17.19, 2.46, 0.0, 30.0, 5.5, 12.02, 3.3)) == []
    assert r.found(slums(17.0, 2.0, 0.0, 303.0, 5.5, 12.0, 3.0)) == []


# --- together --------------------------------------------------------------------------------------------------


def broken() -> tuple[r.Rows, r.Rows]:
    """A sheet with a group that slipped, within it a total, and a negative number elsewhere."""
    rows = r.truth(60)
    mixed = [[*row] for row in rows]
    at = r.WIDE.index("1a")
    mixed[5][at], mixed[5][at + 1], mixed[5][at + 2] = -2.0, "", ""
    for i in range(20, 40):
        mixed[i] = [*mixed[i][:at], "", *mixed[i][at:]]
    return rows, mixed


def test_accepted_repairs_take_turns_until_nothing_is_left():
    _, mixed = broken()
    other = [*mixed[30][:4], mixed[30][4] + 1, *mixed[30][5:]]
    table = r.table([*mixed, other])
    before = [repair.id for repair in find_repairs(table, r.parse(table))]
    parsed, done, still = settle(table, lambda: r.parse(table), before)
    assert len(parsed) == 60
    assert {repair.code for repair in done} >= {"columns_shifted_right", "duplicate_keep", "negative_left_out"}
    assert not any(repair.holds for repair in still)


def test_an_id_stays_when_the_file_is_read_again():
    _, mixed = broken()
    one, other = (find_repairs(table := r.table(mixed), r.parse(table)) for _ in range(2))
    assert [repair.id for repair in one] == [repair.id for repair in other]
    assert len({repair.id for repair in one}) == len(one)


def test_every_repair_has_words():
    _, mixed = broken()
    wide = r.table([*mixed, [*mixed[30][:4], mixed[30][4] + 1, *mixed[30][5:]]])
    rows = with_totals(r.truth(40, fields=r.TEMPLATE), "Wilayah Barat")
    rows[3][LUAS], rows[4][KK + 3] = 1000.0, 999.0
    fractions = [[*row[:3], row[3] / 100, row[4]] for row in facts()]
    repairs = [one for table in (wide, template(rows), indicators(fractions)) for one in r.found(table)]
    assert len({repair.code for repair in repairs}) > 7
    for repair in repairs:
        told = words(repair)
        assert all(told.values())
        assert "%(" not in "".join(told.values())


def test_what_a_shift_says():
    (repair,) = r.found(r.table(broken()[1]), "columns_shifted")
    assert words(repair) == {
        "title": "Kolom bergeser satu ke kanan pada 20 baris, mulai kolom “1a”.",
        "does": "Geser kembali 20 baris.",
        "evidence": "Persen dan nilai di berkas tidak cocok dengan volumenya. "
        "Bila digeser kembali, ke-16 kriteria pada 20 baris itu cocok dengan hitungan ulang.",
    }


def test_titles_and_evidence_come_together():
    assert {f"{code}_bukti" for code in TITLES} == EVIDENCE.keys()
