"""Printed R0 forms become one record each, whatever their layout; every cell is where the truth says."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kelurahan.intake.forms_r0 import r0_tables
from kelurahan.intake.places import Places
from kelurahan.intake.sheets import Sheet, open_workbook
from kelurahan.rules.findings import render
from kelurahan.rules.numbers import from_float, read_number
from kelurahan.rules.regulation import DEFAULT_RULE_SET, FIELDS, KRITERIA, PENYEBUT, RULE_SETS
from kelurahan.rules.score import score_one
from tests.intake.city import CITY
from tests.intake.forms import NAMES, ORDER_2016, RULES_2018, Form, Style, Writer, form_of

EXAMPLES = json.loads((Path(__file__).parents[2] / "data" / "contoh_perhitungan.json").read_text())
PLACE = {
    "provinsi": "Nusa Tenggara Timur", "kota": "Kota Kupang", "kecamatan": "Kota Lama", "kelurahan": "Solor",
    "rt": "001/002", "tahun": 2023, "flag": 99.5,
}  # fmt: skip
HEADERS = ["colon cell", "inline", "beside", "merged", "gap", "prefixed", "two columns", "below"]


def read(path, choices=None, sheet=0):
    tables = r0_tables(open_workbook(path).sheets[sheet], Places(CITY), choices)
    assert all(render(note) for table in tables for note in table.notes)
    return tables


def write(path, *forms, style=None, name="Sheet"):
    """Forms below each other on one sheet; their writers."""
    book = openpyxl.Workbook()
    book.active.title = name
    row, writers = 1, []
    for form in forms:
        writers.append(Writer(book.active, form, style or Style(), row))
        row = writers[-1].row + 1
    book.save(path)
    return writers


def number(cell):
    if isinstance(cell, float | int):
        return from_float(cell)
    return read_number(cell).value


def record(table, row):
    """field → (cell, where it stands) of a record; blank cells left out."""
    return {
        name: (table.sheet.rows[row][column.index], table.sheet.where(row, column.index))
        for name, column in table.fields.items()
        if table.sheet.rows[row][column.index] != ""
    }


def assert_is(table, row, form, writer, kondisi="awal"):
    """Every number of the form, from its own cell, and nothing else."""
    given, before = (form.awal, "") if kondisi == "awal" else (form.akhir, "akhir ")
    got = record(table, row)
    wanted = {name: from_float(value) for name, value in form.penyebut.items() if value is not None}
    wanted |= {kode: from_float(line[0]) for kode, line in given.items() if line[0] is not None}
    numbers = {name: number(cell) for name, (cell, _) in got.items() if name in FIELDS}
    assert numbers == wanted
    cells = {name: writer.cells[name if name in PENYEBUT else before + name] for name in wanted}
    assert {name: where for name, (_, where) in got.items() if name in FIELDS} == cells
    for kode, (_, persen, nilai) in given.items():
        assert [got.get(f"{kind}:{kode}", [None])[0] for kind in "pn"] == [persen, nilai]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "r0.xlsx"


# --- the published calculations ------------------------------------------------------------------------------------


@pytest.mark.parametrize("example", EXAMPLES, ids=[example["nama"] for example in EXAMPLES])
@pytest.mark.parametrize("kondisi", ["awal", "akhir"])
def test_a_published_calculation_comes_out_with_its_total_and_class(path, example, kondisi):
    form = form_of(example, PLACE, akhir=True)
    (writer,) = write(path, form)
    (table,) = read(path)
    if kondisi == "akhir":
        (table,) = read(path, {"tables": {table.key: {"kondisi": "akhir"}}})
    assert_is(table, 1, form, writer, kondisi)
    if kondisi == "awal":
        got = record(table, 1)
        score = score_one(
            {name: number(got[name][0]) for name in PENYEBUT},
            {kode: number(got[kode][0]) for kode in RULES_2018},
            RULE_SETS[DEFAULT_RULE_SET],
        )
        assert (score.total, score.tingkat, score.lengkap) == (example["total"], example["tingkat"], True)


def test_place_year_and_shape(path):
    (writer,) = write(path, form_of(EXAMPLES[0], PLACE, akhir=True))
    (table,) = read(path)
    got = record(table, 1)
    assert {name: got[name][0] for name in ("kelurahan", "kecamatan", "rt", "tahun")} == {
        "kelurahan": "Solor", "kecamatan": "Kota Lama", "rt": "001/002", "tahun": 2023.0,
    }  # fmt: skip
    assert {name: got[name][1] for name in ("kelurahan", "rt", "tahun")} == {
        name: writer.cells[name] for name in ("kelurahan", "rt", "tahun")
    }
    assert (table.orientation, table.jenis, table.key, table.year_source) == (
        "formulir", "penilaian", "Sheet!A1", "kepala",
    )  # fmt: skip
    assert table.range.startswith("A1:")
    assert len({table.letter(column) for column in table.columns}) == len(table.columns)
    assert not {"99.5", 99.5, 777.0, 12.5, 42.35, 11.5} & {cell for cell, _ in got.values()}


# --- layouts -------------------------------------------------------------------------------------------------------

amounts = st.one_of(
    st.none(), st.just(0), st.integers(1, 5_000), st.decimals(Decimal("0.01"), 900, places=2).map(float)
)
layouts = st.builds(
    Style,
    header=st.sampled_from(HEADERS),
    label=st.sampled_from(["letter", "name", "code beside", "number and letter"]),
    aspek=st.sampled_from(["beside", "above"]),
    unit=st.sampled_from(["bracket", "after", "value", "none"]),
    merge=st.booleans(),
    title=st.sampled_from(["PERHITUNGAN TINGKAT KEKUMUHAN", "FORMAT R.0. KELURAHAN", "REKAP AWAL DAN AKHIR"]),
    heads=st.sampled_from(
        [("KONDISI AWAL (BASELINE)", "KONDISI AKHIR"), ("AWAL", "AKHIR"), ("Kondisi Eksisting", "Setelah Penanganan")]
    ),
    text=st.booleans(),
)


@st.composite
def forms(draw, codes=RULES_2018):
    places = {name: value for name, value in PLACE.items() if name in {"kelurahan", "kecamatan"} or draw(st.booleans())}
    penyebut = {name: value for name in PENYEBUT if (value := draw(amounts)) is not None or draw(st.booleans())}
    awal = {kode: (draw(amounts), draw(st.sampled_from([None, 0.0, 31.5])), 3) for kode in codes}
    akhir = {kode: (draw(amounts), 2.5, 0) for kode in codes} if draw(st.booleans()) else None
    return Form(places, penyebut, awal, akhir, total=31, codes=list(codes))


@settings(deadline=None, max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(form=forms(), style=layouts)
def test_any_layout(path, form, style):
    if style.unit == "after" and style.header == "below":
        style.unit = "none"  # there the next value stands where the unit would
    (writer,) = write(path, form, style=style)
    (table,) = read(path)
    assert_is(table, 1, form, writer)
    got = record(table, 1)
    for name in ("kelurahan", "kecamatan", "rt"):
        said = form.places.get(name)
        cell = got.get(name, ["", ""])[0]
        assert (cell.partition(": ")[2] or cell) == (said or "")
    assert not any(note.code == "unit_differs" for note in table.notes)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(form=forms(ORDER_2016), style=layouts)
def test_the_rules_of_2016_are_read_by_their_names(path, form, style):
    if style.unit == "after" and style.header == "below":
        style.unit = "none"
    (writer,) = write(path, form, style=style)
    (table,) = read(path)
    assert_is(table, 1, form, writer)


# --- several forms -------------------------------------------------------------------------------------------------


def several(n):
    return [
        form_of(
            example, PLACE | {"rt": f"{number:03d}/001", "kelurahan": "Oeba" if number % 2 else "Solor"}, akhir=True
        )
        for number, example in enumerate(EXAMPLES[:n], 1)
    ]


@pytest.mark.parametrize("header", HEADERS)
def test_forms_below_each_other_are_rows_of_one_table(path, header):
    wanted = several(5)
    writers = write(path, *wanted, style=Style(header=header))
    (table,) = read(path)
    assert len(table.sheet.rows) == 6
    for row, (form, writer) in enumerate(zip(wanted, writers, strict=True), 1):
        assert_is(table, row, form, writer)
        assert record(table, row)["kelurahan"][0] == form.places["kelurahan"]
        assert form.places["rt"] in record(table, row)["rt"][0]


@pytest.mark.parametrize("header", ["colon cell", "inline", "beside", "gap", "two columns"])
@pytest.mark.parametrize("akhir", [False, True])
def test_forms_side_by_side(path, header, akhir):
    wanted = [form_of(example, PLACE | {"rt": f"00{n}/003"}, akhir=akhir) for n, example in enumerate(EXAMPLES[:3], 1)]
    book = openpyxl.Workbook()
    writers = [Writer(book.active, form, Style(header=header), 1, 1 + 16 * n) for n, form in enumerate(wanted)]
    book.save(path)
    (table,) = read(path)
    for row, (form, writer) in enumerate(zip(wanted, writers, strict=True), 1):
        assert_is(table, row, form, writer)
        assert record(table, row)["rt"][0] == form.places["rt"]


def test_one_sheet_for_each_rt_whose_name_carries_it(path):
    book = openpyxl.Workbook()
    book.remove(book.active)
    blank = {name: value for name, value in PLACE.items() if name != "rt"}
    for name, places in (
        ("RT 007 RW 003", blank),
        ("RT08-RW03", blank | {"rt": "-"}),
        ("RT 9", blank),
        ("Solor", blank),
    ):
        Writer(book.create_sheet(name), form_of(EXAMPLES[0], places), Style())
    book.save(path)
    tables = [read(path, sheet=n)[0] for n in range(4)]
    assert [record(table, 1).get("rt", [""])[0] for table in tables] == ["RT 007 RW 003", "RT08-RW03", "RT 9", ""]


def test_the_form_comes_before_the_name_of_its_sheet(path):
    write(path, form_of(EXAMPLES[0], PLACE), name="RT 005 RW 002")
    (table,) = read(path)
    assert record(table, 1)["rt"][0] == "001/002"
    assert [note.code for note in table.notes] == ["form_rt_differs"]


# --- what is asked, told or left -----------------------------------------------------------------------------------


def test_the_other_condition_is_told_with_what_differs(path):
    form = form_of(EXAMPLES[0], PLACE)
    form.akhir = form.awal | {"1a": (20, 46.5, 1)}
    write(path, form)
    (table,) = read(path)
    (note,) = table.notes
    assert (note.level, note.code, note.params["n"]) == ("info", "form_other_condition", 1)
    assert note.params["daftar"] == "1a 31 → 20"
    form.akhir = form.awal
    write(path, form)
    assert [note.code for note in read(path)[0].notes] == ["form_other_condition_same"]
    form.akhir = {}
    write(path, form)
    assert read(path)[0].notes == []


def test_a_dash_is_empty_and_nought_is_nought(path):
    form = form_of(EXAMPLES[0], PLACE)
    form.awal = form.awal | {"1a": ("-", None, None), "1b": (None, None, None), "1c": ("0", 0, 0)}
    write(path, form)
    (table,) = read(path)
    got = record(table, 1)
    assert got["1a"][0] == "-"
    assert "1b" not in got
    assert got["1c"][0] == "0"


def test_an_rt_within_other_words_is_found(path):
    write(path, form_of(EXAMPLES[0], PLACE | {"rt": "Solor - RT 04 RW 02"}))
    assert record(read(path)[0], 1)["rt"][0] == "RT 04 RW 02"
    write(path, form_of(EXAMPLES[0], PLACE | {"rt": "RT 04 RW 02 dan RT 05 RW 02"}))
    assert record(read(path)[0], 1)["rt"][0] == "RT 04 RW 02 dan RT 05 RW 02"


def test_a_unit_that_is_not_ours_is_converted_or_told(path):
    book = openpyxl.Workbook()
    writer = Writer(book.active, form_of(EXAMPLES[0], PLACE), Style())
    cell = book.active[writer.cells["1b"]]
    cell.value, cell.offset(column=1).value = 12_500, "m2"
    other = book.active[writer.cells["7b"]]
    other.offset(column=1).value = "KK"
    book.save(path)
    (table,) = read(path)
    assert table.fields["1b"].factor * 12_500 == Decimal("1.25")
    assert "7b" not in table.fields
    (note,) = table.notes
    assert (note.code, note.cell) == ("unit_differs", writer.cells["7b"])


def test_forms_in_different_units_become_tables_of_their_own(path):
    one, two = several(2)
    book = openpyxl.Workbook()
    first = Writer(book.active, one, Style())
    second = Writer(book.active, two, Style(), first.row + 2)
    for kode in ("1b", "4a"):
        book.active[second.cells[kode]].offset(column=1).value = "m2"
    book.save(path)
    tables = read(path)
    assert len(tables) == 2
    assert [table.fields["1b"].factor for table in tables] == [1, Decimal("0.0001")]
    assert tables[0].key != tables[1].key


def test_letters_alone_mean_nothing_for_the_drainage_of_2016(path):
    form = Form(PLACE, {"kk": 10}, dict.fromkeys(ORDER_2016, (1, None, None)), codes=ORDER_2016)
    book = openpyxl.Workbook()
    writer = Writer(book.active, form, Style(label="letter"))
    for kode in ORDER_2016:
        cell = book.active.cell(book.active[writer.cells[kode]].row, writer.criteria_column)
        cell.value = cell.value[:2]
    book.save(path)
    (table,) = read(path)
    assert set(KRITERIA) - set(table.fields) == {"4c", "4d", "4e"}
    assert [note.code for note in table.notes] == ["form_row_unknown"] * 3


def test_an_unknown_criterion_is_told(path):
    book = openpyxl.Workbook()
    writer = Writer(book.active, form_of(EXAMPLES[0], PLACE), Style())
    row = book.active[writer.cells["4c"]].row
    book.active.cell(row, writer.criteria_column).value = "c. Sedimentasi saluran"
    book.save(path)
    (table,) = read(path)
    assert "4c" not in table.fields
    assert [(note.code, note.params["text"]) for note in table.notes] == [
        ("form_row_unknown", "c. Sedimentasi saluran"),
    ]


@pytest.mark.parametrize(("wrong", "kode"), [("a. Ketidak teraturan bangunn", "1a"), ("b. Kepadatn Bangunan", "1b")])
def test_a_misspelt_criterion_is_known_by_its_letter_too(path, wrong, kode):
    book = openpyxl.Workbook()
    writer = Writer(book.active, form_of(EXAMPLES[0], PLACE), Style())
    book.active.cell(book.active[writer.cells[kode]].row, writer.criteria_column).value = wrong
    book.save(path)
    assert kode in read(path)[0].fields


def test_two_answers_to_one_question_are_read_by_nobody(path):
    book = openpyxl.Workbook()
    writer = Writer(book.active, form_of(EXAMPLES[0], PLACE), Style())
    book.active.cell(2, 4).value, book.active.cell(2, 5).value = "Jumlah KK", 66
    book.save(path)
    cell = record(read(path)[0], 1)["kk"][0]
    assert number(cell) is None
    assert "66" in cell
    assert writer.cells["kk"]


def test_years_over_the_columns_tell_the_conditions(path):
    write(path, form_of(EXAMPLES[0], PLACE, akhir=True), style=Style(heads=("TAHUN 2019", "TAHUN 2021")))
    (table,) = read(path)
    assert record(table, 1)["tahun"][0] == "2019"
    (table,) = read(path, {"tables": {table.key: {"kondisi": "akhir"}}})
    assert record(table, 1)["tahun"][0] == "2021"


def test_the_year_of_a_title(path):
    places = {name: value for name, value in PLACE.items() if name != "tahun"}
    write(path, form_of(EXAMPLES[0], places), style=Style(title="PERHITUNGAN TINGKAT KEKUMUHAN TAHUN 2022"))
    (table,) = read(path)
    assert (record(table, 1)["tahun"], table.year_source) == (("2022", "A1"), "judul")


# --- what is no form -----------------------------------------------------------------------------------------------


def test_a_long_table_is_no_form():
    rows = [["Kelurahan", "Tahun", "Kriteria", "Volume"]]
    rows += [[place, 2023.0, name, 1.0] for place in ("Solor", "Oeba") for name in NAMES.values()]
    assert r0_tables(Sheet("a", rows=rows), Places(CITY)) == []


def test_places_across_are_no_form():
    rows = [["", "Solor", "", "Oeba", ""], ["Kriteria", "Volume", "Nilai", "Volume", "Nilai"]]
    rows += [[name, 1.0, 0.0, 2.0, 0.0] for name in NAMES.values()]
    assert r0_tables(Sheet("a", rows=rows), Places(CITY)) == []
    rows = [["Kriteria", "Solor", "Oeba"], *([name, 1.0, 2.0] for name in NAMES.values())]
    assert r0_tables(Sheet("a", rows=rows), Places(CITY)) == []


def test_wide_tables_and_nothing_are_no_forms():
    rows = [["Kelurahan", *NAMES.values()], ["Solor", *range(19)]]
    for sheet in (Sheet("a", rows=rows), Sheet("b"), Sheet("c", rows=[[]])):
        assert r0_tables(sheet, Places(CITY)) == []


# --- as they are really printed ------------------------------------------------------------------------------------


def test_the_print_of_a_portal():
    """One condition without a head over it, numbers as texts, the RT among other words."""
    rows = [
        ["Data Kumuh Kelurahan Solor"],
        ["Wilayah RT/RW", "Solor - RT 04 RW 02"],
        ["Kabupaten", "KOTA KUPANG"],
        ["Kelurahan", "SOLOR"],
        ["Luas Verifikasi (Ha)", "4.21"],
        ["Jumlah Bangunan (Unit)", "50"],
        ["Panjang Jalan Lingkungan Ideal (m)", "300.00"],
        ["ASPEK", "KRITERIA", "VOLUME", "SATUAN", "PROSEN (%)", "NILAI"],
        *(["", f"{kode[1]}. {NAMES[kode]}", "10.50", "", "20", "0"] for kode in RULES_2018),
        ["BATAS AMBANG NILAI TINGKAT KEKUMUHAN", "", "TOTAL NILAI", "28"],
    ]
    (table,) = r0_tables(Sheet("a", rows=rows), Places(CITY))
    got = {name: cell for name, (cell, _) in record(table, 1).items()}
    assert {name: got[name] for name in ("kelurahan", "rt", "luas", "bgn", "jalan", "1a", "7b")} == {
        "kelurahan": "SOLOR", "rt": "RT 04 RW 02", "luas": "4.21", "bgn": "50", "jalan": "300.00",
        "1a": "10.50", "7b": "10.50",
    }  # fmt: skip


def test_numbered_labels_and_a_column_of_parameters():
    rows = [
        ["I. DATA UMUM"],
        ["1. Kelurahan / Desa", ":", "Solor", "", "5. Jml. KK", ":", 65.0],
        ["2. RT/RW", ":", "001/002", "", "6. Panjang Saluran Drainase Ideal (M)", ":", 350.0],
        ["a) Luas SK", ":", 99.0, "Ha", "b) Luas Verifikasi", ":", 2.5, "Ha"],
        ["ASPEK", "KRITERIA", "PARAMETER", "NUMERIK", "SATUAN", "%", "NILAI"],
        *(
            [f"{kode[0]}. x", f"{kode[1]}. {NAMES[kode]}", f"{NAMES[kode][:12]} pada lokasi", float(n), "", 0.5, 0.0]
            for n, kode in enumerate(RULES_2018)
        ),
    ]
    (table,) = r0_tables(Sheet("a", rows=rows), Places(CITY))
    got = {name: cell for name, (cell, _) in record(table, 1).items()}
    assert {name: got[name] for name in ("kelurahan", "rt", "luas", "kk", "drain")} == {
        "kelurahan": "Solor", "rt": "001/002", "luas": 2.5, "kk": 65.0, "drain": 350.0,
    }  # fmt: skip
    assert [got[kode] for kode in RULES_2018] == [float(n) for n in range(16)]
