"""Files of every kind are opened by content, with typed cells, or refused in words."""

from __future__ import annotations

import gzip
import random
import struct

import pytest

from kelurahan.intake import csvtext, faults, sheets, zipguard
from kelurahan.intake.faults import Fault, column_index, column_letters
from kelurahan.intake.refusal import Refused
from kelurahan.intake.sheets import open_workbook
from tests.intake import files

ROWS = [["Kelurahan", "RT", "Luas (ha)"], ["Solor", "001", 0.35], ["Oeba", "", "1.250,5"]]


def refused(path) -> Refused:
    with pytest.raises(Refused) as caught:
        open_workbook(path)
    words = caught.value.words()
    assert "%(" not in words
    assert len(words) > 30
    return caught.value


def only_sheet(path):
    (sheet,) = open_workbook(path).sheets
    return sheet


# --- kinds by content ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("write", [files.xlsx, files.xls, files.ods])
@pytest.mark.parametrize("name", ["data.xlsx", "data.csv", "tanpa-akhiran"])
def test_the_name_does_not_matter(tmp_path, write, name):
    book = open_workbook(write(tmp_path / name, ROWS))
    assert book.kind == write.__name__
    assert book.sheets[0].rows == ROWS
    assert type(book.sheets[0].rows[1][1]) is str


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"  \r\n\t ", "empty_file"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "not_a_sheet"),
        (b"\xff\xd8\xff\xe0" + bytes(100), "not_a_sheet"),
        (b"%PDF-1.7\n", "not_a_sheet"),
        (gzip.compress(b"a,b"), "not_a_sheet"),
        (bytes(range(1, 32)) * 20, "not_a_sheet"),
        (b"<html><p>Masuk</p></html>", "html_as_sheet"),
        (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>', "html_as_sheet"),
        ("<html><table></table></html>".encode("utf-16"), "html_as_sheet"),
        (b"MIME-Version: 1.0\r\n", "html_as_sheet"),
        (b'{"type": "FeatureCollection"}', "json_as_sheet"),
        (b"PK\x05\x06" + bytes(18), "zip_not_a_sheet"),
        (b"PK\x03\x04" + bytes(200), "zip_truncated"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "WordDocument".encode("utf-16-le"), "other_program"),
    ],
)
def test_what_is_no_sheet_is_named(tmp_path, content, code):
    path = tmp_path / "unggahan.xlsx"
    path.write_bytes(content)
    assert refused(path).code == code


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"word/document.xml": "<w/>", "[Content_Types].xml": "<t/>"}, "other_program"),
        ({"xl/workbook.bin": "x", "[Content_Types].xml": "<t/>"}, "xlsb"),
        ({"xl/worksheets/sheet1.xml": "<w/>", "[Content_Types].xml": "<t/>"}, "xlsx_incomplete"),
        ({"data/a.txt": "a,b"}, "zip_not_a_sheet"),
        ({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<c/>"}, "other_program"),
        ({"mimetype": files.ODS_MIME, "content.xml": "x", "META-INF/manifest.xml": "<m:encryption-data/>"}, "password"),
        ({**files.workbook_parts({}), "xl/workbook.xml": "not xml at all <"}, "damaged"),
    ],
)
def test_other_zips_are_named(tmp_path, parts, code):
    assert refused(files.write_zip(tmp_path / "a.xlsx", parts)).code == code


def test_too_big_a_file(tmp_path):
    path = tmp_path / "a.xlsx"
    with open(path, "wb") as stream:
        stream.truncate(sheets.MAX_BYTES + 1)
    assert refused(path).code == "file_too_big"


def test_truncated_file(tmp_path):
    whole = files.xlsx(tmp_path / "a.xlsx", ROWS).read_bytes()
    (tmp_path / "b.xlsx").write_bytes(whole[: len(whole) * 2 // 3])
    assert refused(tmp_path / "b.xlsx").code == "zip_truncated"


def test_flipped_bits_inside_a_part(tmp_path):
    path = files.xlsx(tmp_path / "a.xlsx", [["Kelurahan", "Luas (ha)"]] + [["Solor", float(i)] for i in range(200)])
    data = bytearray(path.read_bytes())
    start = data.find(b"xl/worksheets/sheet1.xml") + 60
    data[start : start + 40] = bytes(40)
    path.write_bytes(bytes(data))
    assert refused(path).code == "zip_truncated"


# --- attacks through the zip and its XML -----------------------------------------------------------------------


def test_zip_bomb_by_its_directory(tmp_path):
    parts = files.workbook_parts({"RT": files.sheet_xml(ROWS)})
    parts["xl/sharedStrings.xml"] = b"a" * (zipguard.MAX_UNZIPPED + 1)
    assert refused(files.write_zip(tmp_path / "a.xlsx", parts)).code == "zip_bomb"


def test_zip_bomb_by_its_ratio(tmp_path):
    parts = files.workbook_parts({"RT": files.sheet_xml(ROWS)})
    parts["xl/media/image1.png"] = bytes(30_000_000)
    assert refused(files.write_zip(tmp_path / "a.xlsx", parts)).code == "zip_bomb"


def test_zip_that_lies_about_its_size(tmp_path):
    path = files.lying_zip(tmp_path / "a.xlsx", "xl/workbook.xml", bytes(3_000_001), 1_000)
    assert refused(path).code == "zip_truncated"


def test_zip_with_too_many_parts(tmp_path):
    parts = {f"xl/media/{number}": "" for number in range(zipguard.MAX_ENTRIES)}
    path = files.write_zip(tmp_path / "a.xlsx", {**files.workbook_parts({}), **parts})
    assert refused(path).code == "zip_too_many_parts"


def test_encrypted_zip_member(tmp_path):
    path = files.write_zip(tmp_path / "a.xlsx", {"xl/workbook.xml": "x"})
    data = bytearray(path.read_bytes())
    data[data.find(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(data))
    assert refused(path).code == "password"


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"])
def test_entities_are_refused(tmp_path, part):
    parts = files.workbook_parts({"RT": files.sheet_xml(ROWS)})
    parts[part] = '<?xml version="1.0"?><!DOCTYPE z [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>'
    assert refused(files.write_zip(tmp_path / "a.xlsx", parts)).code == "xml_entities"


def test_entity_across_a_chunk_border(tmp_path):
    parts = files.workbook_parts({"RT": files.sheet_xml(ROWS)})
    padding = "<?xml version='1.0'?><!--" + "".join(chr(65 + i * 7 % 26) for i in range(zipguard.CHUNK - 32)) + "-->"
    parts["xl/sharedStrings.xml"] = padding + "<!DOCTYPE a><a/>"
    assert refused(files.write_zip(tmp_path / "a.xlsx", parts)).code == "xml_entities"


def test_entities_in_ods(tmp_path):
    content = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]>' + files.ods_content("")
    assert refused(files.write_zip(tmp_path / "a.ods", files.ods_parts(content))).code == "xml_entities"


def test_ods_that_repeats_a_cell_a_billion_times(tmp_path):
    table = (
        '<table:table table:name="a"><table:table-row table:number-rows-repeated="999999999">'
        '<table:table-cell table:number-columns-repeated="999999999" office:value-type="string"><text:p>X</text:p>'
        "</table:table-cell></table:table-row></table:table>"
    )
    path = files.write_zip(tmp_path / "a.ods", files.ods_parts(files.ods_content(table)))
    assert refused(path).code == "out_of_memory"


def test_backslashes_in_the_zip(tmp_path):
    parts = files.workbook_parts({"RT": files.sheet_xml(ROWS)})
    path = files.write_zip(tmp_path / "a.xlsx", {name.replace("/", "\\"): part for name, part in parts.items()})
    assert only_sheet(path).rows == ROWS


# --- limits of the sheet ----------------------------------------------------------------------------------------


def test_fake_dimension_and_giant_merge_cost_nothing(tmp_path):
    body = (
        '<dimension ref="A1:XFD1048576"/>' + files.sheet_xml(ROWS)
        + '<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    )  # fmt: skip
    sheet = only_sheet(files.write_zip(tmp_path / "a.xlsx", files.workbook_parts({"RT": body})))
    assert sheet.rows == ROWS
    assert sheet.merged == [(0, 0, 100, 500)]


def test_too_many_columns(tmp_path):
    sheet = only_sheet(files.xlsx(tmp_path / "a.xlsx", [["k"] * 16_384]))
    assert sheet.rows == []
    assert sheet.problem is not None
    assert (sheet.problem.code, sheet.problem.params["n"]) == ("too_many_columns", 16_384)


def test_a_cell_far_below_is_too_many_rows(tmp_path):
    far = '<row r="150000"><c r="A150000"><v>1</v></c></row>'
    body = f'<sheetData><row r="1"><c r="A1"><v>1</v></c></row>{far}</sheetData>'
    sheet = only_sheet(files.write_zip(tmp_path / "a.xlsx", files.workbook_parts({"RT": body})))
    assert sheet.problem is not None
    assert sheet.problem.code == "too_many_rows"


def test_too_many_filled_cells(tmp_path, monkeypatch):
    monkeypatch.setattr(sheets, "MAX_FILLED", 5)
    assert refused(files.xlsx(tmp_path / "a.xlsx", ROWS)).code == "too_many_cells"


def test_workbook_without_a_sheet(tmp_path):
    assert refused(files.write_zip(tmp_path / "a.xlsx", files.workbook_parts({}))).code == "no_sheets"


def test_one_damaged_sheet_does_not_hide_the_other(tmp_path):
    parts = files.workbook_parts(
        {"baik": files.sheet_xml(ROWS), "rusak": "<sheetData><row r='1'><c r='A1'><v>1</x></row>"}
    )
    good, bad = open_workbook(files.write_zip(tmp_path / "a.xlsx", parts)).sheets
    assert good.rows == ROWS
    assert bad.problem is not None
    assert bad.problem.code == "sheet_damaged"


def test_hidden_sheet_and_macros_are_told(tmp_path):
    parts = files.workbook_parts({"a": files.sheet_xml(ROWS), "b": files.sheet_xml(ROWS)}, hidden=["b"])
    parts["xl/vbaProject.bin"] = b"x"
    book = open_workbook(files.write_zip(tmp_path / "a.xlsm", parts))
    assert [note.code for note in book.notes] == ["macros_ignored", "hidden_sheet"]
    assert [sheet.hidden for sheet in book.sheets] == [False, True]


# --- typed cells, errors, formulas --------------------------------------------------------------------------------


def test_errors_and_uncomputed_formulas_are_no_blanks(tmp_path):
    body = (
        '<sheetData><row r="1"><c r="A1" t="e"><v>#N/A</v></c><c r="B1"><f>1+1</f><v></v></c><c r="C1"><f>2</f><v/></c>'
        '<c r="D1" s="1"><f>A1</f></c><c r="E1" t="str"><f>IF(1,"")</f><v></v></c><c r="F1"><f>1+1</f><v>2</v></c>'
        '<c r="G1" s="3"/><c r="H1" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="I1"><v>7</v></c></row></sheetData>'
    )
    (row,) = only_sheet(files.write_zip(tmp_path / "a.xlsx", files.workbook_parts({"RT": body}))).rows
    assert row == [Fault("#N/A"), Fault(""), Fault(""), Fault(""), "", 2.0, "", Fault("#DIV/0!"), 7.0]


def test_faults_with_a_namespace_prefix(tmp_path):
    parts = files.workbook_parts({"RT": ""})
    parts["xl/worksheets/sheet1.xml"] = (
        f'<x:worksheet xmlns:x="{files.MAIN}"><x:sheetData><x:row r="1"><x:c r="A1" t="e"><x:v>#REF!</x:v></x:c>'
        '<x:c r="B1"><x:f>1+1</x:f></x:c><x:c r="C1"><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    )
    assert only_sheet(files.write_zip(tmp_path / "a.xlsx", parts)).rows == [[Fault("#REF!"), Fault(""), 1.0]]


def test_faults_without_a_place_are_counted(tmp_path):
    body = '<sheetData><row><c t="e"><v>#N/A</v></c><c><v>1</v></c></row></sheetData>'
    assert only_sheet(files.write_zip(tmp_path / "a.xlsx", files.workbook_parts({"RT": body}))).unplaced_faults == 1


def test_faults_are_found_in_every_chunk(tmp_path, monkeypatch):
    monkeypatch.setattr(zipguard, "CHUNK", 64)
    extra = {f"C{row}": f'<c r="C{row}" t="e"><v>#N/A</v></c>' for row in range(2, 60)}
    path = files.xlsx(tmp_path / "a.xlsx", [["a", "b", "c"]] + [[1.0, 2.0, 3.0]] * 59, **extra)
    assert [row[2] for row in only_sheet(path).rows[1:59]] == [Fault("#N/A")] * 58


def test_errors_in_ods(tmp_path):
    assert only_sheet(files.ods(tmp_path / "a.ods", [["a", "#DIV/0!", 1.0]])).rows == [["a", Fault("#DIV/0!"), 1.0]]


@pytest.mark.parametrize(("index", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (16_383, "XFD")])
def test_column_names(index, name):
    assert column_letters(index) == name
    assert column_index(name) == index


# --- csv -----------------------------------------------------------------------------------------------------------


def csv_rows(tmp_path, data: bytes):
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    book = open_workbook(path)
    return book.sheets[0].rows, [note.code for note in book.notes]


TABLE = "Kelurahan{0}Luas (ha)\r\nSolor{0}{1}\r\nOeba{0}2\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(("separator", "number"), [(";", "1,5"), (",", "1.5"), ("\t", "1,5"), ("|", "1,5")])
def test_csv_encodings_and_separators(tmp_path, encoding, separator, number):
    rows, notes = csv_rows(tmp_path, TABLE.format(separator, number).encode(encoding))
    assert rows == [["Kelurahan", "Luas (ha)"], ["Solor", number], ["Oeba", "2"]]
    assert notes == []


def test_csv_windows_1252_and_sep_line(tmp_path):
    rows, notes = csv_rows(tmp_path, "sep=;\r\nLuas (m²)–a;b\r\n1,5;2\r\n".encode("cp1252"))
    assert rows == [[], ["Luas (m²)–a", "b"], ["1,5", "2"]]
    assert notes == ["csv_encoding"]


def test_csv_keeps_the_row_numbers_of_the_file(tmp_path):
    rows, _ = csv_rows(tmp_path, b'a,b\n\n"x\ny",2\nlast,3\n\n\n')
    assert rows == [["a", "b"], [], ["x\ny", "2"], ["last", "3"]]


def test_csv_nul_bytes_are_dropped_and_told(tmp_path):
    rows, notes = csv_rows(tmp_path, b"kelurahan,nilai\nSolor\0,1\n")
    assert (rows, notes) == ([["kelurahan", "nilai"], ["Solor", "1"]], ["csv_nul"])


@pytest.mark.parametrize(
    "data",
    [
        b'kelurahan,nilai\n"Solor,1\n' + b"Oeba,2\n" * 50,
        b'kelurahan,nilai\n"Solor,1\n' + b"Oeba,2\n" * 5,
        b'kelurahan,nilai\n"Solor,1\n' + b"x" * (csvtext.MAX_FIELD + 10),
        b'kelurahan,nilai\n"Solor,1\n' + b"Oeba,2\n" * 50 + b'"x",1\n',
    ],
)
def test_csv_quote_that_is_never_closed(tmp_path, data):
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    refusal = refused(path)
    assert (refusal.code, refusal.params["line"]) == ("csv_unclosed_quote", 2)


def test_csv_odd_quote_is_told(tmp_path):
    rows, notes = csv_rows(tmp_path, b'a,b\n"x" y,2\n')
    assert rows[1] == ["x y", "2"]
    assert notes == ["csv_quote"]


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"a," * 600, "too_many_columns"), (b"a\n" * 100_200, "too_many_rows")],
)
def test_csv_limits(tmp_path, data, code):
    path = tmp_path / "a.csv"
    path.write_bytes(data + b"x")
    assert refused(path).code == code


def test_csv_with_one_endless_cell(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\nSolor," + b"9" * (csvtext.MAX_FIELD + 10))
    refusal = refused(path)
    assert (refusal.code, refusal.params["line"]) == ("csv_field_too_long", 2)


def test_csv_of_blank_lines_only(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\n" + b"\n" * 2_000_000 + b"c")
    assert refused(path).code == "too_many_rows"


def test_ods_as_libreoffice_fills_it_up(tmp_path):
    blank = '<table:table-cell table:number-columns-repeated="16380"/>'
    rows = "".join(f"<table:table-row>{''.join(map(files.ods_cell, row))}{blank}</table:table-row>" for row in ROWS)
    rest = f'<table:table-row table:number-rows-repeated="1048570">{blank}</table:table-row>'
    content = files.ods_content(f'<table:table table:name="RT">{rows}{rest}</table:table>')
    assert only_sheet(files.write_zip(tmp_path / "a.ods", files.ods_parts(content))).rows == ROWS


def test_sheet_full_of_uncomputed_formulas(tmp_path, monkeypatch):
    monkeypatch.setattr(faults, "MAX_FAULTS", 2)
    extra = {f"C{row}": f'<c r="C{row}"><f>1+1</f></c>' for row in range(2, 6)}
    sheet = only_sheet(files.xlsx(tmp_path / "a.xlsx", [["a", "b", "c"]] * 6, **extra))
    assert sheet.problem is not None
    assert (sheet.problem.code, sheet.rows) == ("too_many_faults", [])


@pytest.mark.parametrize(
    "body", ['<c r="A999999999"><v>1</v></c>', '<c r="ZZZZZZZ1"><v>1</v></c>', '<c r="A0"><v>1</v></c>']
)
def test_impossible_references(tmp_path, body):
    body = f'<sheetData><row r="1">{body}</row></sheetData>'
    sheet = only_sheet(files.write_zip(tmp_path / "a.xlsx", files.workbook_parts({"RT": body})))
    assert sheet.problem is not None


def test_unfinished_cells_by_the_million_are_quick(tmp_path):
    body = files.sheet_xml(ROWS) + "<f>" + "<c " * 3_000_000 + "</f>"
    assert only_sheet(files.write_zip(tmp_path / "a.xlsx", files.workbook_parts({"RT": body}))).rows == ROWS


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("write", [files.xlsx, files.ods])
def test_damaged_at_random(tmp_path, write, seed):
    """Whatever a bad disk does to a file, it is read or refused."""
    path = write(tmp_path / "a", ROWS)
    damage = random.Random(seed)
    parts = files.read_zip(path)
    name = damage.choice(sorted(parts))
    content = bytearray(parts[name])
    for _ in range(damage.randrange(1, 6)):
        at = damage.randrange(len(content))
        content[at : at + damage.randrange(1, 9)] = damage.randbytes(damage.randrange(6))
    files.write_zip(path, {**parts, name: bytes(content)})
    try:
        assert open_workbook(path).sheets
    except Refused as refusal:
        assert len(refusal.words()) > 30  # noqa: PT017 - both ends are right


def test_csv_of_separators_only_ends_quickly(tmp_path):
    rows, _ = csv_rows(tmp_path, b"," * 5_000_000)
    assert rows == []


def test_damaged_compound_file_never_escapes(tmp_path):
    path = files.xls(tmp_path / "a.xls", ROWS)
    data = bytearray(path.read_bytes())
    data[512:516] = struct.pack("<I", 0)
    path.write_bytes(bytes(data[:1500]))
    assert refused(path).code == "damaged"
