"""Each check sees its fault at the right cell, and an honest row passes without a word."""

from string import ascii_uppercase

import numpy as np
import pytest

from kelurahan.rules.checks import CHECKS, CellProblem, CheckInput, run_checks
from kelurahan.rules.findings import render
from kelurahan.rules.regulation import FIELDS, State
from tests.rules.cases import R2018, row, rows

LETTERS = dict(zip(("kode", "tahun", *FIELDS), (*ascii_uppercase, "AA"), strict=True))


def sheet(*some, **options):
    values, states = rows(*some)
    n = len(values)
    letters = options.pop("letters", LETTERS)
    defaults = {
        "rows": [7 + i for i in range(n)],
        "spot": lambda i, name: ("Data", f"{letters[name]}{7 + i}" if name in letters else ""),
        "keys": [("53.71.01.1001", "", f"RT{i:03}") for i in range(n)],
        "tahun": [2023] * n,
        "values": values,
        "states": states,
        "given": states != State.EMPTY,
        "rule_set": R2018,
        "years": (2015, 2026),
    }
    return CheckInput(**defaults | options)


def found(data):
    """(level, code, cell) of everything, having rendered each message."""
    result = run_checks(data)
    for finding in result.findings:
        message, repair = render(finding)
        assert "%(" not in message + repair
    return [(finding.level.value, finding.code, finding.cell) for finding in result.findings]


def test_an_honest_sheet_has_no_findings():
    assert found(sheet(row(), row(k3a=51), row(k4a="0.35"))) == []


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"kk": 0, "k3a": 5}, ("galat", "volume_over_zero", f"{LETTERS['3a']}7")),
        ({"k3a": 308}, ("peringatan", "over_100_percent", f"{LETTERS['3a']}7")),
        ({"drain": None}, ("peringatan", "missing_penyebut", f"{LETTERS['drain']}7")),
        ({"jiwa": 40, "kk": 100}, ("peringatan", "fewer_people_than_households", f"{LETTERS['jiwa']}7")),
        ({"bgn": "42.5"}, ("peringatan", "not_a_whole_number", f"{LETTERS['bgn']}7")),
        ({"luas": 3500}, ("peringatan", "area_lost_its_decimals", f"{LETTERS['luas']}7")),
        ({"k3a": None}, ("info", "incomplete_row", "A7")),
    ],
)
def test_one_fault(cells, expected):
    assert expected in found(sheet(row(**cells)))


HA = 10**6  # a hectare in millionths


@pytest.mark.parametrize(
    ("luas", "official", "code"),
    [
        (1250, 468 * HA, "area_over_official_by_its_mark"),
        ("1250.5", 468 * HA, "area_over_official"),
        (900, 468 * HA, "area_over_official"),
        (5000, 3 * HA, "area_over_official"),  # 5 would be too much as well
        (468, 468 * HA, None),
        (1250, 0, None),
        (None, 468 * HA, None),
    ],
)
def test_nothing_is_larger_than_the_kelurahan_around_it(luas, official, code):
    data = sheet(row(luas=luas, jiwa=2), official=np.array([official], np.int64))
    codes = {finding.code for finding in run_checks(data).findings}
    assert (code in codes) if code else not any(c.startswith("area_over") for c in codes)
    assert not (code and "area_lost_its_decimals" in codes)  # one word about one slip
    assert "%(" not in "".join(render(f)[0] + render(f)[1] for f in run_checks(data).findings)


def test_the_words_about_a_thousands_mark():
    data = sheet(row(luas=1250), official=np.array([468 * HA], np.int64))
    (message, repair) = next(render(f) for f in run_checks(data).findings if f.code.startswith("area_over"))
    assert message == f"Luas di sel {LETTERS['luas']}7, 1.250 ha, lebih besar dari luas resmi kelurahannya (468 ha)."
    assert repair == "Jika maksudnya 1,25, tulis 1,25: titik adalah pemisah ribuan."


def test_the_words_of_a_fault():
    (finding,) = run_checks(sheet(row(k3a=308))).findings
    assert render(finding)[0] == (
        f"3a Ketidaktersediaan akses aman air minum di sel {LETTERS['3a']}7 mencapai 308,00 %: "
        "volume 308, Jumlah KK 100."
    )


def test_a_missing_denominator_is_told_once_and_names_its_criteria():
    (finding,) = (f for f in run_checks(sheet(row(drain=None))).findings if f.code == "missing_penyebut")
    assert finding.params["daftar"] == "4b, 4c"


def test_nobody_misses_the_denominator_of_what_was_not_assessed():
    assert "missing_penyebut" not in run_checks(sheet(row(drain=None, k4b=None, k4c=None))).counts


def test_negative():
    values, states = row()
    values[0, FIELDS.index("1a")] = -5_000_000
    data = sheet((values, states))
    assert ("galat", "negative", f"{LETTERS['1a']}7") in found(data)
    assert "−5" in render(run_checks(data).findings[0])[0]


def test_what_the_reader_could_not_read():
    problems = {
        (0, FIELDS.index("1a")): CellProblem("not_a_number", "dua"),
        (1, FIELDS.index("luas")): CellProblem("too_many_decimals", "0,1234567", "0,123457"),
    }
    data = sheet(row(k1a="?"), row(), row(), problems=problems)
    assert found(data)[:2] == [
        ("galat", "not_a_number", f"{LETTERS['1a']}7"),
        ("info", "too_many_decimals", f"{LETTERS['luas']}8"),
    ]
    assert run_checks(data).blocked.tolist() == [True, False, False]


def test_the_same_place_twice_with_the_same_numbers():
    data = sheet(row(k1a=1), row(k1a=1), keys=["a", "a"])
    assert found(data) == [("peringatan", "duplicate_same", "A8")]
    assert not run_checks(data).blocked.any()


def test_the_same_place_twice_with_other_numbers_blocks_both():
    data = sheet(row(k1a=1), row(k1a=2), row(), keys=["a", "a", "b"])
    assert found(data) == [("galat", "duplicate_different", "A7"), ("galat", "duplicate_different", "A8")]
    assert run_checks(data).blocked.tolist() == [True, True, False]
    assert [finding.params["pertama"] for finding in run_checks(data).findings] == [8, 7]


def test_the_same_place_in_two_years_or_unmatched_is_no_duplicate():
    assert found(sheet(row(k1a=1), row(k1a=2), keys=["a", "a"], tahun=[2022, 2023])) == []
    assert found(sheet(row(k1a=1), row(k1a=2), keys=[None, None])) == []


def test_years():
    data = sheet(row(), row(), row(), tahun=[None, 1923, 2023])
    assert found(data) == [("galat", "year_missing", "B7"), ("galat", "year_out_of_range", "B8")]


def test_a_blank_row_of_the_template_is_only_told():
    blank = row(default=None, luas=None, bgn=None, jiwa=None, kk=None, jalan=None, drain=None)
    data = sheet(blank, blank, keys=["a", None])
    assert found(data) == [("info", "empty_row", "A7")]


def test_a_fault_in_a_column_the_sheet_does_not_have_points_to_the_row():
    finding = run_checks(sheet(row(drain=None), letters={"4b": "C"})).findings[0]
    assert (finding.cell, finding.params["baris"], finding.row) == ("", 7, 0)


def test_many_findings_are_counted_but_not_all_kept():
    data = sheet(*[row(kk=0, k3a=5)] * 50)
    result = run_checks(data, limit=3)
    assert result.counts["volume_over_zero"] == 50
    assert sum(finding.code == "volume_over_zero" for finding in result.findings) == 3
    assert result.blocked.all()


def test_every_check_is_a_generator_over_rows_that_may_be_none():
    values, states = (part[:0] for part in row())
    nothing = sheet(row(), rows=[], keys=[], tahun=[], values=values, states=states, given=states == 0)
    assert [list(check(nothing)) for check in CHECKS] == [[]] * len(CHECKS)


def test_a_volume_of_what_does_not_apply_is_as_wrong_as_one_over_zero():
    values, states = row(k3a=5)
    states = states.copy()
    states[:, FIELDS.index("kk")] = State.NOT_APPLICABLE
    result = run_checks(sheet((values, states)))
    assert result.counts["volume_over_zero"] >= 1
    assert result.blocked.all()
