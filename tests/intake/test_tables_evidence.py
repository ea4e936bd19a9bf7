"""Columns that their cells explain: codes, percentages, halves of a whole, short names of criteria."""

from __future__ import annotations

import pytest

from kelurahan.intake.faults import Fault
from kelurahan.intake.places import Places
from kelurahan.intake.sheets import Sheet, Workbook
from kelurahan.intake.tables import find_tables
from kelurahan.intake.tables.evidence import LIKELY
from kelurahan.intake.vocabulary import Vocabulary
from kelurahan.rules.regulation import DEFAULT_RULE_SET, KRITERIA, RULE_SETS
from tests.intake.offices import kupang

PLACES = Places(kupang())
NAMES = ["Solor", "Oeba", "Namosain", "Alak"]


def only_table(rows, percent=()):
    book = Workbook("xlsx", [Sheet("a", rows=rows, percent=frozenset(percent))])
    (table,) = find_tables(book, Vocabulary(), PLACES, {})
    return table


def fields(rows, percent=()):
    return [column.field for column in only_table(rows, percent).columns]


@pytest.mark.parametrize("header", ["ID Desa", "KDEPUM", "PUM"])
@pytest.mark.parametrize("of", [lambda kode: kode, lambda kode: float(kode.replace(".", ""))], ids=["text", "number"])
def test_codes_under_another_name(header, of):
    codes = [place.kode for place in kupang()][:6]
    table = only_table([[header, "Jumlah KK"], *([of(kode), 10.0 + n] for n, kode in enumerate(codes))])
    assert [column.field for column in table.columns] == ["kode", "i:kk"]
    assert table.columns[0].confidence <= LIKELY


def test_other_numbers_of_ten_digits_are_no_codes():
    rows = [["Kelurahan", "Pagu", "Jumlah KK"], *([name, 9_999_000_000.0 + n, 10.0] for n, name in enumerate(NAMES))]
    assert fields(rows) == ["kelurahan", None, "i:kk"]


def test_parts_of_codes_name_nothing():
    rows = [
        ["KEC", "KEL", "NAMA KELURAHAN", "Jumlah KK"],
        *([6.0, 1001.0 + n, name, 9.0] for n, name in enumerate(NAMES)),
    ]
    assert fields(rows) == [None, None, "kelurahan", "i:kk"]
    rows = [["KEC", "KEL", "NAMA KELURAHAN", "Jumlah KK"], *(["06", "1001", name, 9.0] for name in NAMES)]
    assert fields(rows) == [None, None, "kelurahan", "i:kk"]


def shares(cell):
    return [["Kelurahan", "Akses Air Minum Layak"], *([name, cell] for name in NAMES)]


def test_shares_are_known_by_how_they_are_shown():
    several = [[*row[:1], row[1] if n == 0 else f"{50 + n},5%"] for n, row in enumerate(shares(""))]
    assert fields(several) == ["kelurahan", "i:air_minum"]
    assert fields(shares(0.81), [(row, 1) for row in range(1, 5)]) == ["kelurahan", "i:air_minum"]
    assert fields(shares(0.81)) == ["kelurahan", None]
    assert fields(shares(812.0)) == ["kelurahan", None]


def halves(*rows):
    return [["Kelurahan", "Laki-laki", "Perempuan", "Jumlah Penduduk"], *([n, *r] for n, r in zip(NAMES, rows))]  # noqa: B905


def test_halves_that_add_up():
    taken = ["kelurahan", "i:penduduk_laki", "i:penduduk_perempuan", "i:penduduk"]
    asked = ["kelurahan", None, None, "i:penduduk"]
    assert fields(halves((5.0, 6.0, 11.0), (7.0, 7.0, 14.0), (2.0, 3.0, 5.0), (1.0, 1.0, 2.0))) == taken
    assert fields(halves((5.0, 6.0, 90.0), (7.0, 7.0, 95.0), (2.0, 3.0, 97.0), (1.0, 1.0, 99.0))) == asked
    uncounted = Fault("")
    assert fields(halves(*([(5.0 + n, 6.0, uncounted) for n in range(4)]))) == taken


def test_schools_beside_other_institutions():
    head, few = ["Kelurahan", "Posyandu", "PAUD"], [3.0, 7.0]
    assert fields([head, *([n, *few] for n in NAMES)])[1:] == ["i:posyandu", "i:paud"]
    assert fields([head, *([n, 3.0, 112.0] for n in NAMES)])[1:] == ["i:posyandu", None]
    assert fields([["Kelurahan", "Jumlah KK", "PAUD"], *([n, *few] for n in NAMES)])[1:] == ["i:kk", None]


def criteria(head, *names):
    top = ["Kelurahan", "RT", "Jumlah KK", "Jumlah Bangunan", "Luas (ha)", head, *[""] * (len(names) - 1)]
    below = ["", "", "", "", "", *names]
    return [top, below, *([n, "RT001-RW001", 90.0, 90.0, 2.0, *[1.0] * len(names)] for n in NAMES)]


SURE = ("Ketidakteraturan Bangunan", "Ketidaktersediaan Drainase (m)", "Kualitas Jalan (m)")


def test_short_names_of_criteria_below_volume():
    short = ("Akses Aman Air Minum (KK)", "Sarpras Air Limbah (KK)", "Sarana Kebakaran (unit)")
    assert fields(criteria("Volume", *SURE, *short))[5:] == ["1a", "4b", "2b", "3a", "5b", "7b"]
    assert fields(criteria("Capaian", *SURE, *short))[-3:] == [None] * 3
    assert fields(criteria("Volume", *SURE[:1], *short))[-3:] == [None] * 3


def test_two_short_names_of_one_criterion_are_asked():
    assert fields(criteria("Volume", *SURE, "Akses Aman Air Minum", "Akses Air Minum Aman"))[-2:] == [None] * 2


def criteria_in_a_row(*headers):
    top = ["Kelurahan", "RT", "Jumlah KK", *headers]
    return [top, *([n, "RT001-RW001", 90.0, *[7.0] * len(headers)] for n in NAMES)]


CODES = [kriteria.kode for kriteria in RULE_SETS[DEFAULT_RULE_SET].kriteria]
ALL_BUT_3A = [f"{KRITERIA[kode].nama} ({KRITERIA[kode].satuan})" for kode in CODES if kode != "3a"]
SHORT_3A = "Ketersediaan Akses Aman Air Minum (KK)"


def test_a_short_name_among_all_criteria_in_their_order():
    in_order = [*ALL_BUT_3A[:5], SHORT_3A, *ALL_BUT_3A[5:]]
    assert fields(criteria_in_a_row(*in_order))[3:] == CODES


def test_a_short_name_elsewhere_or_in_another_unit_is_asked():
    assert fields(criteria_in_a_row(*ALL_BUT_3A, SHORT_3A))[-1] is None
    assert fields(criteria_in_a_row(*ALL_BUT_3A[:5], SHORT_3A, *ALL_BUT_3A[5:-1]))[8] is None
    other = SHORT_3A.replace("KK", "unit")
    assert fields(criteria_in_a_row(*ALL_BUT_3A[:5], other, *ALL_BUT_3A[5:]))[8] is None


def of_portal(need):
    named = ["Ketidakteraturan Bangunan", "Ketidaktersediaan Drainase", "Kualitas Permukaan Jalan"]
    pairs = [
        (f"{name} ({need})-KEBUTUHAN", f"{name} ({unit})-NUMERIK") for name, unit in zip(named, "umm", strict=True)
    ]
    return [header.replace("(u)", "(unit)") for pair in pairs for header in pair]


def test_the_number_beside_a_percentage_is_the_volume():
    assert fields(criteria_in_a_row(*of_portal("%")))[3:] == ["p:1a", "1a", "p:4b", "4b", "p:2b", "2b"]
    assert fields(criteria_in_a_row(*of_portal("m")))[3:] == [None, None, "4b", None, "2b", None]
