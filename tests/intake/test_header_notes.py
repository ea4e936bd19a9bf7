"""Columns that are not read although they hold numbers, and criteria without a column, are told."""

from __future__ import annotations

import pytest

from kelurahan.intake.columns import PLACE_HEADERS, VALUE_HEADERS
from kelurahan.intake.template import value_fields
from kelurahan.rules.findings import Level, render
from kelurahan.rules.regulation import RULE_SETS
from tests.intake import files
from tests.intake.city import CITY
from tests.intake.test_reader import read_in_process

R2018, R2016 = "permen-14-2018", "permen-02-2016"
PLACE = ["53.71.06.1004", "Solor", "Kota Lama", ""]


def template(rules=R2018, rows=3, rt=True, **renamed):
    """Our template with some headers renamed (None: the column is left out)."""
    fields = [f for f in value_fields(RULE_SETS[rules]) if renamed.get(f"k{f}", renamed.get(f, "")) is not None]
    headers = [renamed.get(f"k{f}", renamed.get(f, VALUE_HEADERS[f])) for f in fields]
    places = list(PLACE_HEADERS.values())
    body = [[*PLACE, f"RT{i:03}-RW001", 2025.0, *(float(n) for n in range(1, len(fields) + 1))] for i in range(1, rows)]
    table = [[*places, *headers], *body]
    return table if rt else [row[:4] + row[5:] for row in table]


@pytest.fixture
def read(tmp_path):
    return lambda rows, rules=R2018: read_in_process(files.xlsx(tmp_path / "a", rows), CITY, None, rules, "a.xlsx")


def told(parsed, *levels):
    wanted = levels or (Level.GALAT, Level.PERINGATAN)
    return [(f.level.value, f.code, f.cell) for f in parsed.findings if f.level in wanted]


def words(parsed, code):
    (finding,) = [f for f in parsed.findings if f.code == code]
    return render(finding)[0]


def test_our_template_has_no_such_findings(read):
    assert told(read(template())) == []
    assert told(read(template(R2016), R2016)) == []


def test_a_renamed_criterion_names_the_column_that_is_not_read(read):
    parsed = read(template(k1a="foo"))
    assert told(parsed) == [("peringatan", "columns_missing_unread", "M1")]
    assert words(parsed, "columns_missing_unread") == (
        "Kolom 1a tidak ditemukan, sedangkan kolom M “foo” (2) berisi angka tetapi tidak dibaca "
        "(sel terisi dalam kurung)."
    )


def test_a_removed_header_is_told_too(read):
    assert "kolom M (2) berisi angka" in words(read(template(k1a="")), "columns_missing_unread")


def test_a_removed_column_is_told(read):
    parsed = read(template(k3a=None, jiwa=None))
    assert told(parsed) == [("peringatan", "columns_missing", "")]
    assert "Kolom Jumlah penduduk (jiwa), 3a dari" in words(parsed, "columns_missing")


def test_numbers_beside_the_template_are_told_and_notes_are_not(read):
    extra = {"Biaya": (5.0, "1.250"), "Catatan": ("baik", "rusak 2"), "No": (1.0, 2.0), "Nilai 1a": (5.0, 5.0)}
    beside = [list(extra), *map(list, zip(*extra.values(), strict=True))]
    rows = [row + more + [end] for row, more, end in zip(template(), beside, ("", 1.0, 2.0), strict=True)]
    parsed = read(rows)
    assert told(parsed) == [("peringatan", "columns_unread", "AC1")]
    assert "AC “Biaya” (2)." in words(parsed, "columns_unread")


def test_a_few_columns_are_not_measured_by_the_template(read):
    assert told(read([["Kelurahan", "RT", "Tahun", "Luas (ha)"], ["Solor", "1/2", 2025.0, 1.0]])) == []


def test_a_template_of_other_rules_must_be_ticked_and_says_which(read):
    parsed = read(template(R2016))
    assert [(level, code) for level, code, _cell in told(parsed)] == [("peringatan", "criterion_not_in_rules")]
    said = words(parsed, "criterion_not_in_rules")
    assert said.startswith(f"Berkas ini memuat kriteria 4d, 4e, 6c dari {RULE_SETS[R2016].nama}")
    assert RULE_SETS[R2018].nama in said


def test_of_a_doubled_column_the_letters_are_told(read):
    parsed = read([["Kelurahan", "KK", "Jumlah KK", "Tahun"], ["Solor", 5.0, 6.0, 2025.0]])
    (finding,) = parsed.findings
    assert (finding.code, finding.cell) == ("column_doubled", "B1")
    assert render(finding)[0] == "Kolom “KK” ada lebih dari satu: kolom C dibaca, kolom B tidak."


def test_without_the_column_rt_there_is_one_galat(read):
    parsed = read(template(rows=51, rt=False))
    assert told(parsed) == [("galat", "rt_column_missing", "")]
    assert "50 baris (mulai baris 2)" in words(parsed, "rt_column_missing")
    assert parsed.held.all()
    assert not parsed.placed.any()


def test_a_slip_in_a_sheet_of_kelurahan_is_no_missing_column(read):
    rows = [["Kelurahan", "Tahun", "Luas (ha)"], ["Solor", 2025.0, 1.0], ["Solor", 2025.0, 2.0], ["Oeba", 2025.0, 2.0]]
    parsed = read(rows)
    assert told(parsed) == []
    assert parsed.placed.all()


def test_an_unreadable_rt_leaves_the_place_open(read):
    rows = [["Kelurahan", "RT", "Tahun", "Luas (ha)"], ["Solor", "3", 2025.0, 1.0], ["Solor", "xx", 2025.0, 2.0]]
    parsed = read(rows)
    assert [code for _level, code, _cell in told(parsed)] == ["rt_unreadable", "rt_unreadable"]
    assert parsed.placed.tolist() == [False, False]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1.250", "“1.250” di kolom Luas (ha) dibaca 1250 (titik pemisah ribuan), bukan 1,25."),
        ("1,250", "“1,250” di kolom Luas (ha) dibaca 1,25 (koma tanda desimal), bukan 1250."),
    ],
)
def test_a_text_of_two_numbers_is_told_in_words(read, text, said):
    parsed = read([["Kelurahan", "Tahun", "Luas (ha)"], ["Solor", 2025.0, text]])
    assert words(parsed, "ambiguous_number_style") == said


def test_many_unread_columns_hide_no_criterion(read):
    rows = template(k7a="7a Pos pemadam")
    others = [[f"Lain {'abcdefghijklmnopqrst'[n]}" for n in range(20)], *([[5.0] * 20] * (len(rows) - 1))]
    text = words(
        read([row[:6] + other + row[6:] for row, other in zip(rows, others, strict=True)]), "columns_missing_unread"
    )
    assert "“7a Pos pemadam”" in text
    assert text.count("“Lain") == 12
    assert "… (+8)" in text
