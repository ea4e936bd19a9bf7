"""Several files in one upload: each passes the guards that it would pass alone, and all together keep its limits."""

from __future__ import annotations

import io
import stat
import zipfile

import pytest

from kelurahan.intake import bundle, sheets, zipguard
from kelurahan.intake.refusal import Refused
from kelurahan.intake.sheets import open_workbook
from kelurahan.rules.findings import Level
from tests.intake import files

ROWS = [["Kelurahan", "Luas (ha)"], ["Solor", 1.5]]


@pytest.fixture
def made(tmp_path):
    """Files by name."""
    (tmp_path / "c.csv").write_text("Kelurahan;Luas (ha)\nSolor;2,5\n")
    (tmp_path / "foto.jpg").write_bytes(b"\xff\xd8\xff" + b"x" * 50)
    return {
        "a.xlsx": files.workbook(tmp_path / "a.xlsx", {"RT": ROWS, "Lama": ROWS}, hidden=["Lama"]),
        "b.ods": files.ods(tmp_path / "b.ods", ROWS),
        "old.xls": files.xls(tmp_path / "old.xls", ROWS),
        "c.csv": tmp_path / "c.csv",
        "foto.jpg": tmp_path / "foto.jpg",
    }


@pytest.fixture
def packed(tmp_path):
    return tmp_path / "kiriman"


def archive(path, entries, compression=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", compression) as zipped:
        for name, content in entries:
            zipped.writestr(name, content)
    return path


def refused(path):
    with pytest.raises(Refused) as caught:
        open_workbook(path)
    assert caught.value.words()
    return caught.value


NAMES = ["a.xlsx › RT", "a.xlsx › Lama", "b.ods › RT", "old.xls › RT", "c.csv"]


def test_packed_files_are_opened_in_their_order(made, packed):
    del made["foto.jpg"]
    bundle.pack(made.items(), packed)
    with zipfile.ZipFile(packed) as zipped:
        assert zipped.infolist()[0].filename == bundle.MARK
        assert {entry.compress_type for entry in zipped.infolist()} == {zipfile.ZIP_STORED}
    book = open_workbook(packed)
    assert (book.kind, [sheet.name for sheet in book.sheets]) == ("zip", NAMES)
    assert [sheet.rows[1][0] for sheet in book.sheets] == ["Solor"] * 5
    assert [sheet.hidden for sheet in book.sheets] == [False, True, False, False, False]
    assert ("hidden_sheet", "a.xlsx › Lama") in {(note.code, note.sheet) for note in book.notes}
    assert ("xls_errors_hidden", "old.xls") in {(note.code, note.sheet) for note in book.notes}


def test_a_zip_of_the_senders_own(made, packed):
    entries = [(f"data/{name}", path.read_bytes()) for name, path in made.items()]
    entries += [("__MACOSX/._a.xlsx", b"x"), ("data/.DS_Store", b"x"), ("data/~$a.xlsx", b"x")]
    book = open_workbook(archive(packed, entries))
    assert [sheet.name for sheet in book.sheets if not sheet.problem] == NAMES
    assert {sheet.name: sheet.problem.code for sheet in book.sheets if sheet.problem} == {"foto.jpg": "not_a_sheet"}


def test_files_of_one_name_are_told_apart(made, packed, tmp_path):
    a, c = made["a.xlsx"].read_bytes(), made["c.csv"].read_bytes()
    book = open_workbook(archive(packed, [("alak/x.csv", c), ("oebobo/x.csv", c), ("y.xlsx", a)]))
    assert [sheet.name for sheet in book.sheets][:3] == ["alak – x.csv", "oebobo – x.csv", "y.xlsx › RT"]
    bundle.pack([("x.csv", made["c.csv"]), ("x.csv", made["c.csv"])], packed)
    assert [sheet.name for sheet in open_workbook(packed).sheets] == ["01 – x.csv", "02 – x.csv"]


def test_one_bad_file_does_not_spoil_the_others(made, packed, tmp_path):
    (tmp_path / "rusak.xlsx").write_bytes(made["a.xlsx"].read_bytes()[:300])
    bundle.pack([("rusak.xlsx", tmp_path / "rusak.xlsx"), ("c.csv", made["c.csv"])], packed)
    book = open_workbook(packed)
    assert [(sheet.name, sheet.problem and sheet.problem.code) for sheet in book.sheets] == [
        ("rusak.xlsx", "zip_truncated"), ("c.csv", None),
    ]  # fmt: skip


def test_nothing_but_bad_files_is_refused_in_words(made, packed, tmp_path):
    bundle.pack([("foto.jpg", made["foto.jpg"])], packed)
    assert refused(packed).code == "not_a_sheet"
    bundle.pack([("foto.jpg", made["foto.jpg"]), ("foto2.jpg", made["foto.jpg"])], packed)
    words = refused(packed).words()
    assert "2 berkas" in words
    assert "foto.jpg" in words
    assert "JPEG" in words
    bundle.pack([], packed)
    assert refused(packed).code == "nothing_filled"


# --- guards --------------------------------------------------------------------------------------------------------


def test_an_archive_within_the_archive_is_no_sheet(made, packed):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as zipped:
        zipped.write(made["c.csv"], "c.csv")
    book = open_workbook(archive(packed, [("dalam.zip", inner.getvalue()), ("c.csv", made["c.csv"].read_bytes())]))
    assert [(sheet.name, bool(sheet.rows)) for sheet in book.sheets] == [("dalam.zip", False), ("c.csv", True)]
    assert book.sheets[0].problem.code == "zip_not_a_sheet"


@pytest.mark.parametrize("name", ["../c.csv", "/etc/c.csv", "a/../../c.csv", "C:\\c.csv", "..\\c.csv"])
def test_names_that_lead_elsewhere(packed, name):
    assert refused(archive(packed, [(name, "Kelurahan;KK\nSolor;1\n"), ("d.csv", "x")])).code == "bundle_path"


def test_links_are_refused(packed):
    link = zipfile.ZipInfo("c.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(packed, "w") as zipped:
        zipped.writestr(link, "/etc/passwd")
    assert refused(packed).code == "bundle_path"


def test_too_many_files(packed):
    assert refused(archive(packed, [(f"{n}.csv", "a;b\n1;2\n") for n in range(61)])).code == "bundle_too_many"
    assert len(open_workbook(archive(packed, [(f"{n}.csv", "a;b\n1;2\n") for n in range(60)])).sheets) == 60


def test_a_file_that_is_too_big_alone_is_told_by_name(packed):
    book = open_workbook(archive(packed, [("besar.csv", b"a;b\n" * 6_000_000), ("c.csv", "a;b\n1;2\n")]))
    problem = book.sheets[0].problem
    assert (problem.code, problem.params["nama"]) == ("bundle_file_too_big", "besar.csv")
    assert problem.params["megabytes"] == 24.0


def test_all_files_together_keep_the_limits_of_one(made, packed, monkeypatch):
    entries = [(f"{n}.xlsx", made["a.xlsx"].read_bytes()) for n in range(5)]
    with zipfile.ZipFile(made["a.xlsx"]) as one:
        unzipped = sum(entry.file_size for entry in one.infolist())
    monkeypatch.setattr(zipguard, "MAX_UNZIPPED", unzipped * 5)
    assert len(open_workbook(archive(packed, entries)).sheets) == 10
    monkeypatch.setattr(zipguard, "MAX_UNZIPPED", unzipped * 5 - 1)
    assert refused(packed).code == "zip_bomb"
    monkeypatch.undo()
    monkeypatch.setattr(sheets, "MAX_FILLED", 39)
    assert refused(packed).code == "too_many_cells"
    monkeypatch.undo()
    monkeypatch.setattr(sheets, "MAX_SHEETS", 9)
    assert refused(packed).code == "too_many_sheets"


def test_a_bomb_in_one_file_refuses_all(packed, tmp_path):
    bomb = files.write_zip(tmp_path / "bomb.xlsx", files.workbook_parts({"a": "<sheetData/>" + " " * 60_000_000}))
    bundle.pack([("bomb.xlsx", bomb)], packed)
    assert refused(packed).code == "zip_bomb"


def test_a_locked_archive(packed):
    archive(packed, [("c.csv", "a;b\n")], zipfile.ZIP_STORED)
    data = bytearray(packed.read_bytes())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + at] |= 1
    packed.write_bytes(data)
    assert refused(packed).code == "password"


def test_a_torn_archive(made, packed):
    bundle.pack(made.items(), packed)
    data = bytearray(packed.read_bytes())
    at = data.index(b"Solor;2,5")
    data[at : at + 5] = b"xxxxx"
    packed.write_bytes(data)
    assert refused(packed).code == "zip_truncated"


# --- what is no bundle ---------------------------------------------------------------------------------------------


def test_workbooks_and_other_zips_are_as_before(made, packed, tmp_path):
    for name in ("a.xlsx", "b.ods", "old.xls", "c.csv"):
        assert not bundle.is_bundle(made[name])
        assert open_workbook(made[name]).kind == name.rpartition(".")[2]
    assert refused(archive(packed, [("baca.tsv", "a\tb\n")])).code == "zip_not_a_sheet"
    assert refused(archive(packed, [("word/document.xml", "<x/>"), ("a.csv", "b")])).code == "other_program"
    csv = tmp_path / "d.csv"
    csv.write_bytes(b"Kelurahan;KK\nSolor;1\n" + archive(packed, [("a.csv", "b")]).read_bytes()[:0])
    assert not bundle.is_bundle(csv)


def test_names_are_shown_without_tricks(made, packed):
    bundle.pack([("a/b\u202excsv.\nexe 1234567890123456.csv", made["c.csv"])], packed)
    (name,) = [sheet.name for sheet in open_workbook(packed).sheets]
    assert name == "bxcsv. exe ….csv"


def test_notes_of_a_file_keep_their_level(made, packed):
    bundle.pack([("old.xls", made["old.xls"])], packed)
    assert {note.level for note in open_workbook(packed).notes} == {Level.INFO}
