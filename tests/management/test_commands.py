"""Commands as the shell sees them: what they print, how they end, that a dry run writes nothing."""

from __future__ import annotations

import json
import logging
from decimal import Decimal
from io import StringIO

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from kelurahan.actions import place_edits
from kelurahan.actions.summaries import recompute_all
from kelurahan.management.commands import import_sheet
from kelurahan.models import Area, Assessment, ChangeSet, OfficialArea, Summary, Upload
from kumuh.logs import WithoutExpectedTraceback
from tests.actions.cities import ALFA, BEST, GAMA, RULES, WORST, make_city, put
from tests.actions.sheets import workbook

pytestmark = pytest.mark.django_db(transaction=True)

PLACES = (
    "kode,kode_bps,nama,alias,kode_kecamatan,kecamatan,lat,lon,luas_bps_km2\n"
    "98.01.01.1001,9801010001,Satu,Kesatu|Siji,98.01.01,Utara,-7.10,110.50,1.25\n"
    "98.01.01.1002,9801010002,Dua,,98.01.01,Utara,-7.12,110.53,\n"
)


def run(*args, status=0):
    """The JSON document a command prints; it must be the only thing, and the exit status as expected."""
    out = StringIO()
    try:
        call_command(*args, "--json", stdout=out)
        ended = 0
    except SystemExit as end:
        ended = end.code
    assert ended == status
    return json.loads(out.getvalue())


def misused(*args):
    with pytest.raises(CommandError) as error:
        call_command(*args, stdout=StringIO())
    assert error.value.returncode == 2
    return str(error.value)


@pytest.fixture
def sheet(tmp_path):
    path = tmp_path / "data.xlsx"
    path.write_bytes(workbook([(ALFA, "RT001-RW001", 2025, WORST), (GAMA, "RT001-RW001", 2025, BEST)]))
    return path


def test_load_places_is_a_dry_run_until_told_otherwise(tmp_path):
    path = tmp_path / "tempat.csv"
    path.write_text(PLACES, encoding="utf-8")
    assert run("load_places", str(path), "--name", "Kota Lain")["counts"]["new"] == 4
    assert not Area.objects.exists()
    assert run("load_places", str(path), "--name", "Kota Lain", "--apply")["applied"] is True
    assert Area.objects.get(kode="98.01").nama == "Kota Lain"
    assert Area.objects.get(kode="98.01.01.1001").alias == ["Kesatu", "Siji"]
    assert run("load_places", str(path), "--name", "Kota Lain")["counts"] == {
        "new": 0,
        "changed": 0,
        "same": 4,
        "missing": 0,
    }


def test_load_places_says_which_corrections_it_left_and_recomputes_for_a_new_kelurahan(tmp_path):
    path = tmp_path / "tempat.csv"
    path.write_text(PLACES, encoding="utf-8")
    run("load_places", str(path), "--apply")
    area = Area.objects.get(kode="98.01.01.1001")
    corrected = [place_edits.AreaFigure("BPS Kota Kupang", None, Decimal("1.3"))]
    place_edits.correct(
        area=area, alias=["Kesatu"], areas=corrected, seen=place_edits.seal(area), by=None, reason="surat"
    )
    put("98.01.01.1002", "", 2025, WORST)
    recompute_all()
    third = "98.01.01.1003,9801010003,Tiga,,98.01.01,Utara,-7.14,110.55,\n"
    path.write_text(PLACES + third, encoding="utf-8")

    before = set(Summary.objects.values_list("pk", flat=True))
    dry = run("load_places", str(path))
    assert ([f["code"] for f in dry["findings"][1:]], dry["counts"]["new"]) == (
        ["corrected_area_left", "removed_alias_left"],
        1,
    )
    assert set(Summary.objects.values_list("pk", flat=True)) == before
    out = StringIO()
    call_command("load_places", str(path), "--apply", stdout=out)
    assert "Satu (98.01.01.1001): luas menurut BPS Kota Kupang tetap 1,3 km²" in out.getvalue()
    assert "“Siji” sudah dihapus orang" in out.getvalue()
    assert OfficialArea.objects.get(area=area).km2 == Decimal("1.3")
    assert Summary.objects.get(area__kode="98.01").n_harap == 3

    overwritten = run("load_places", str(path), "--apply", "--overwrite")
    assert [f["code"] for f in overwritten["findings"]] == ["city_not_configured"]
    area.refresh_from_db()
    assert (area.alias, OfficialArea.objects.get(area=area).km2) == (["Kesatu", "Siji"], Decimal("1.25"))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (PLACES.replace("98.01.01.1002", "98.01.01.1001"), "city_double"),
        (PLACES.replace("-7.10", "abc"), "city_value"),
        (PLACES.replace("1.25", "nan"), "city_value"),
        (PLACES.replace(",kecamatan,", ",kec,"), "city_columns"),
        (PLACES.replace("98.01.01.1002", "98.01.02.1002"), "city_kecamatan"),
        (PLACES.split("\n")[0] + "\n", "city_empty"),
        ("\x00", "city_columns"),
    ],
)
def test_load_places_refuses_a_bad_file_and_says_why(tmp_path, text, code):
    path = tmp_path / "tempat.csv"
    path.write_text(text, encoding="utf-8")
    document = run("load_places", str(path), "--apply", status=1)
    assert document["findings"][0]["code"] == code
    assert document["findings"][0]["message"]
    assert not Area.objects.exists()


def test_import_sheet_from_dry_run_to_undo(sheet):
    make_city()
    dry = run("import_sheet", str(sheet))
    assert (dry["counts"]["new"], dry["upload"], dry["matched"]) == (2, None, [ALFA, GAMA])
    assert {c["kode"]: (c["from"], c["to"]) for c in dry["class_changes"]} == {
        ALFA: (None, "berat"),
        GAMA: (None, "tidak kumuh"),
    }
    assert not Upload.objects.exists()
    misused("import_sheet", str(sheet), "--apply")

    done = run("import_sheet", str(sheet), "--apply", "--reason", "survei")
    assert done["applied"] is True
    places = {p["kode"]: p for p in run("summary", "--year", "2025")}
    assert (places[ALFA]["total"], places[ALFA]["tingkat"], places[ALFA]["complete"]) == (80, "berat", True)
    assert places[ALFA]["persen"]["3a"] == 100
    assert (places[ALFA]["assessed"], places[ALFA]["expected"]) == (1, 1)
    assert places["99.01.01.1002"]["total"] is None
    assert (places["99.01.01.1002"]["assessed"], places["99.01.01.1002"]["expected"]) == (0, 1)
    (kota,) = run("summary", "--year", "2025", "--level", "kota")
    assert (kota["complete"], kota["assessed"], kota["expected"]) == (False, 2, 3)
    (nothing,) = run("summary", "--year", "2019", "--level", "kota")
    assert (nothing["total"], nothing["assessed"], nothing["expected"]) == (None, 0, 3)
    rt = run("summary", "--year", "2025", "--level", "rt")
    assert [p["total"] for p in rt] == [80, 0]

    undone = run("undo_upload", str(done["upload"]), "--reason", "keliru")
    assert (undone["undone"], undone["records"]) == (True, 2)
    assert not Assessment.objects.exists()
    assert ChangeSet.objects.count() == 2
    assert run("undo_upload", str(done["upload"]), "--reason", "lagi", status=1)["undone"] is False
    misused("undo_upload", "999", "--reason", "x")


def test_a_refused_sheet_is_told_in_the_same_shape(tmp_path):
    make_city()
    path = tmp_path / "kosong.xlsx"
    path.write_bytes(b"")
    document = run("import_sheet", str(path), status=1)
    assert set(document) >= {"sheet", "header_row", "columns", "matched", "unmatched", "findings", "counts", "upload"}
    assert document["findings"][0]["level"] == "galat"
    misused("import_sheet", str(tmp_path / "tidak-ada.xlsx"))


def test_the_template_command_writes_the_places_asked_for(tmp_path):
    make_city()
    out = tmp_path / "templat.xlsx"
    run("template", str(out), "--year", "2025", "--place", ALFA)
    rows = list(openpyxl.load_workbook(out).worksheets[0].iter_rows(min_row=2, max_col=1, values_only=True))
    assert [row[0] for row in rows if row[0]] == [ALFA]
    assert "99.99" in misused("template", str(out), "--year", "2025", "--place", "99.99")
    misused("template", str(tmp_path / "tidak" / "ada.xlsx"), "--year", "2025")
    misused("template", str(tmp_path), "--year", "2025")


def score(tmp_path, places, *args):
    path = tmp_path / "tempat.json"
    path.write_text(json.dumps(places), encoding="utf-8")
    out = StringIO()
    try:
        call_command("score", str(path), *args, stdout=out)
        return 0, json.loads(out.getvalue())
    except SystemExit as end:
        return end.code, json.loads(out.getvalue())


def place(penyebut, volume):
    return {"nama": "Uji", "penyebut": penyebut, "kriteria": {kode: {"volume": v} for kode, v in volume.items()}}


def test_score_needs_only_the_file_and_is_exact_at_an_edge(tmp_path):
    code, (result,) = score(tmp_path, [place({"jalan": 2000}, {"2a": 499.9})])
    assert code == 0
    assert (result["nilai"]["2a"], result["complete"], result["total"]) == (1, False, None)
    assert result["total_min"] == 1


@pytest.mark.parametrize(
    ("penyebut", "volume", "status", "code"),
    [
        ({"kk": 10}, {"3a": -1}, 1, "impossible_number"),
        ({"kk": 0}, {"3a": 1}, 1, "volume_over_zero"),
        ({"kk": 10}, {"3a": 20}, 0, "over_100_percent"),
    ],
)
def test_score_says_what_is_wrong_with_a_number(tmp_path, penyebut, volume, status, code):
    ended, (result,) = score(tmp_path, [place(penyebut, volume)])
    assert ended == status
    assert [f["code"] for f in result["findings"]] == [code]


@pytest.mark.parametrize(
    "content", ["{", "{}", '[{"penyebut": 1}]', '[{"penyebut": {"x": 1}, "kriteria": {}}]',
                '[{"penyebut": {"kk": "1"}, "kriteria": {}}]'],
)  # fmt: skip
def test_score_refuses_another_shape(tmp_path, content):
    path = tmp_path / "tempat.json"
    path.write_text(content, encoding="utf-8")
    assert misused("score", str(path))


def test_a_refused_page_is_one_line_in_the_log():
    record = logging.LogRecord("django.request", logging.WARNING, "", 1, "Forbidden", (), (ValueError, None, None))
    record.status_code = 403
    assert WithoutExpectedTraceback().filter(record)
    assert record.exc_info is None


def test_of_two_at_once_the_second_tells_what_it_wrote(sheet, monkeypatch):
    """Both have read the file before either wrote."""
    make_city()
    late = import_sheet.read_file
    read = late(sheet, sheet.name, year=None, rule_set=RULES, scope=None)
    first = run("import_sheet", str(sheet), "--apply", "--reason", "uji")
    assert (first["counts"]["new"], first["records"], first["applied"]) == (2, 2, True)
    monkeypatch.setattr(import_sheet, "read_file", lambda *args, **kwargs: read)
    second = run("import_sheet", str(sheet), "--apply", "--reason", "uji")
    assert second["counts"] == {"new": 0, "changed": 0, "same": 2, "blocked": 0}
    assert (second["records"], second["class_changes"], second["applied"]) == (0, [], True)


def test_a_preview_that_grew_old_is_not_applied(sheet, monkeypatch):
    make_city()
    apply = import_sheet.uploads.request_apply

    def after_a_colleague(**kwargs):
        put(ALFA, "RT001-RW001", 2025, WORST)
        return apply(**kwargs)

    monkeypatch.setattr(import_sheet.uploads, "request_apply", after_a_colleague)
    told = run("import_sheet", str(sheet), "--apply", "--reason", "uji", status=1)
    assert told["applied"] is False
    assert told["records"] == 0
    assert told["counts"] == {"new": 1, "changed": 0, "same": 1, "blocked": 0}


def test_words_tell_each_kind_once_and_json_everything(tmp_path):
    make_city()
    path = tmp_path / "kosong.xlsx"
    path.write_bytes(workbook([(ALFA, f"RT{n:03}-RW001", 2025, {}) for n in range(1, 47)]))
    empty = [f for f in run("import_sheet", str(path))["findings"] if f["code"] == "empty_row"]
    assert len(empty) == 46
    out = StringIO()
    call_command("import_sheet", str(path), stdout=out)
    (line,) = [line for line in out.getvalue().splitlines() if "tidak berisi angka" in line]
    assert line.startswith("info RT!A2: Baris 2 ")
    assert "Dan 45 temuan lain yang sejenis. RT!A3, RT!A4" in line
    assert line.endswith("RT!A10, …")
