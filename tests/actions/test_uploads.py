from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest
from django.db import connection

from kelurahan.actions import quarantine, summaries, undoing, uploads
from kelurahan.actions.uploads import WrongState
from kelurahan.intake.refusal import Refused
from kelurahan.models import Area, Assessment, Change, ChangeSet, Role, Summary, Upload, UploadState, User
from kelurahan.tasks import run_now
from tests.actions.cities import ALFA, BEST, GAMA, RULES, WORST, make_city, put
from tests.actions.sheets import workbook

pytestmark = pytest.mark.django_db(transaction=True)

RT1, RT2 = "RT001-RW001", "RT002-RW001"


@pytest.fixture(autouse=True)
def _city(transactional_db):
    for path in quarantine.folder().iterdir():
        path.unlink()
    make_city()


@pytest.fixture
def bappeda():
    return User.objects.create_user("maria", peran=Role.BAPPEDA)


def sent(data, by=None, year=None):
    upload, job = uploads.receive(chunks=[data], filename="data.xlsx", by=by, year=year, rule_set=RULES)
    run_now(job)
    upload.refresh_from_db()
    return upload


def applied(upload, by=None, **kwargs):
    run_now(uploads.request_apply(upload=upload, by=by, reason="survei", **kwargs))
    upload.refresh_from_db()
    return upload


def stored():
    """Every stored number by place and year, versions left out."""
    rows = Assessment.objects.values().order_by("area__kode", "tahun")
    return [{k: v for k, v in row.items() if k not in ("id", "versi", "diubah", "area_id")} for row in rows]


def test_a_sheet_becomes_records_and_summaries(bappeda):
    upload = sent(workbook([(ALFA, RT1, 2025, WORST), (GAMA, RT1, 2025, BEST)]), by=bappeda)
    assert upload.state == UploadState.SIAP
    assert upload.pratinjau["counts"] == {"new": 2, "changed": 0, "same": 0, "blocked": 0}
    assert upload.pratinjau["rt_baru"] == 2
    moves = {m["kode"]: (m["from"], m["to"]) for m in upload.pratinjau["class_changes"]}
    assert moves == {ALFA: (None, 3), GAMA: (None, 0)}
    assert not Assessment.objects.exists()

    applied(upload, by=bappeda)
    assert upload.state == UploadState.DITERAPKAN
    assert Summary.objects.get(area__kode=ALFA).total_min == 80
    assert Summary.objects.get(area__kode="99.01").luas_kumuh == Decimal(2)
    change_set = ChangeSet.objects.get()
    assert (change_set.oleh_nama, change_set.alasan, change_set.upload_id) == ("maria", "survei", upload.pk)
    change = Change.objects.get(area_kode=f"{ALFA}/{RT1}")
    assert (change.sheet, change.baris) == ("RT", 2)


def test_the_same_file_again_changes_nothing():
    data = workbook([(ALFA, RT1, 2025, WORST)])
    applied(sent(data))
    again = sent(data)
    assert again.pratinjau["counts"] == {"new": 0, "changed": 0, "same": 1, "blocked": 0}
    applied(again)
    assert again.state == UploadState.DITERAPKAN
    assert ChangeSet.objects.count() == 1
    assert Assessment.objects.get().versi == 1


def test_blank_keeps_and_words_change():
    put(ALFA, RT1, 2025, WORST)
    upload = sent(workbook([(ALFA, RT1, 2025, {"1a": None, "1c": "kosong", "2a": "tidak berlaku", "3a": 7})]))
    assert upload.pratinjau["cells"] == {"new": 0, "changed": 3, "same": 0, "blocked": 0}
    assert any(f["code"] == "blank_keeps" for f in upload.temuan)
    applied(upload)
    row = Assessment.objects.get()
    assert (row.v_1a, row.v_1c, row.v_2a, row.v_3a) == (100, None, None, 7)
    assert row.tidak_berlaku == 1 << 9


def test_an_error_holds_its_row_and_stops_the_rest_until_somebody_decides():
    upload = sent(workbook([(ALFA, RT1, 2025, WORST | {"1a": -5}), (ALFA, RT2, 2025, WORST)]))
    assert upload.pratinjau["counts"] == {"new": 1, "changed": 0, "same": 0, "blocked": 1}
    with pytest.raises(WrongState):
        uploads.request_apply(upload=upload, by=None, reason="x")
    applied(upload, skip_blocked=True)
    assert Assessment.objects.get().area.nama == RT2


def test_other_years_follow_where_an_upload_brings_places_and_where_undoing_takes_them_away():
    put(ALFA, RT1, 2024, WORST)
    put(GAMA, RT1, 2024, WORST)
    summaries.recompute_all()
    upload = sent(workbook([(ALFA, RT2, 2025, WORST), (ALFA, "RT003-RW001", 2025, WORST)]))
    assert upload.pratinjau["kelurahan"][0]["n_rt"] == [2, 3]
    applied(upload)

    def covered(kode, year):
        row = Summary.objects.get(area__kode=kode, tahun=year)
        return row.n_dinilai, row.n_harap, row.lengkap

    assert covered(ALFA, 2024) == (1, 3, False)
    assert covered(ALFA, 2025) == (2, 3, False)
    assert covered("99.01", 2024) == (2, 5, False)
    run_now(undoing.request_undo(upload=upload, by=None, reason="keliru"))
    assert covered(ALFA, 2024) == (1, 1, True)
    assert covered("99.01", 2024) == (2, 3, False)


def test_a_record_that_changed_since_the_preview_stops_everything():
    put(ALFA, RT1, 2025, WORST)
    upload = sent(workbook([(ALFA, RT1, 2025, BEST), (GAMA, RT1, 2025, BEST)]))
    put(ALFA, RT1, 2025, WORST | {"1a": "50"})
    before = stored()
    applied(upload)
    assert stored() == before
    assert upload.state == UploadState.SIAP
    assert upload.pesan["code"] == "preview_changed"
    applied(upload)
    assert upload.state == UploadState.DITERAPKAN
    assert Assessment.objects.get(area__kode=f"{ALFA}/{RT1}").v_1a == 0


def test_two_uploads_of_one_file_make_one_change_set():
    data = workbook([(ALFA, RT1, 2025, WORST)])
    first, second = sent(data), sent(data)
    applied(first)
    applied(second)
    assert second.state == UploadState.SIAP
    assert second.pratinjau["counts"]["same"] == 1
    assert ChangeSet.objects.filter(asal="unggahan").count() == 1


def test_applying_twice_writes_once():
    upload = sent(workbook([(ALFA, RT1, 2025, WORST)]))
    job = uploads.request_apply(upload=upload, by=None, reason="x")
    with pytest.raises(WrongState):
        uploads.request_apply(upload=upload, by=None, reason="x")
    run_now(job)
    first = uploads.apply(upload=upload, by=None)
    assert first.change_set is not None
    assert ChangeSet.objects.count() == 1


def test_undo_puts_everything_back_and_the_summaries_follow():
    put(ALFA, RT1, 2025, WORST | {"3b": None, "4a": "tb"})
    summaries.recompute_all()
    before, score = stored(), Summary.objects.get(area__kode=ALFA).total_max
    upload = applied(sent(workbook([(ALFA, RT1, 2025, BEST), (GAMA, RT2, 2025, WORST)])))
    assert Area.objects.filter(kode=f"{GAMA}/{RT2}").exists()
    run_now(undoing.request_undo(upload=upload, by=None, reason="keliru"))
    upload.refresh_from_db()
    assert upload.state == UploadState.DIURUNGKAN
    assert stored() == before
    assert Summary.objects.get(area__kode=ALFA).total_max == score
    assert not Summary.objects.filter(area__kode=GAMA).exists()
    assert not Area.objects.filter(kode=f"{GAMA}/{RT2}").exists()
    assert ChangeSet.objects.get(asal="urungan").alasan == "keliru"
    with pytest.raises(WrongState):
        undoing.request_undo(upload=upload, by=None, reason="lagi")


def test_undo_is_refused_where_somebody_edited_since():
    upload = applied(sent(workbook([(ALFA, RT1, 2025, WORST), (ALFA, RT2, 2025, WORST)])))
    put(ALFA, RT2, 2025, BEST)
    before = stored()
    with pytest.raises(undoing.LaterEdits) as refused:
        undoing.request_undo(upload=upload, by=None, reason="x")
    assert refused.value.records == [(f"{ALFA}/{RT2}", 2025, "perintah")]
    assert stored() == before


def test_a_later_edit_that_the_worker_finds_keeps_the_upload_applied():
    upload = applied(sent(workbook([(ALFA, RT1, 2025, WORST)])))
    job = undoing.request_undo(upload=upload, by=None, reason="x")
    put(ALFA, RT1, 2025, BEST)
    run_now(job)
    upload.refresh_from_db()
    assert (upload.state, upload.pesan["code"]) == (UploadState.DITERAPKAN, "later_edits")


def test_rows_outside_the_senders_area_are_held():
    operator = User.objects.create_user("lurah", peran=Role.OPERATOR, wilayah=Area.objects.get(kode=ALFA))
    upload = sent(workbook([(ALFA, RT1, 2025, WORST), (GAMA, RT1, 2025, WORST)]), by=operator)
    assert upload.pratinjau["counts"]["blocked"] == 1
    assert [f["code"] for f in upload.temuan if f["level"] == "galat"] == ["outside_area"]
    applied(upload, by=operator, skip_blocked=True)
    assert not Assessment.objects.filter(area__kode__startswith=GAMA).exists()


def test_a_refused_file_is_deleted_and_its_hash_and_reason_stay():
    upload = sent(b"PK\x03\x04 not a workbook")
    assert upload.state == UploadState.DITOLAK
    assert upload.berkas == ""
    assert len(upload.sha256) == 64
    assert upload.temuan[0]["level"] == "galat"
    assert list(quarantine.folder().iterdir()) == []


def test_limits_before_anything_is_stored():
    with pytest.raises(Refused, match="empty_file"):
        uploads.receive(chunks=[], filename="x", by=None, year=None, rule_set=RULES)
    with pytest.raises(Refused, match="file_too_big"):
        uploads.receive(chunks=[b"x" * 10_000_000] * 3, filename="x", by=None, year=None, rule_set=RULES)
    assert not Upload.objects.exists()
    assert list(quarantine.folder().iterdir()) == []


def test_cancel_deletes_the_file_and_writes_nothing():
    upload = sent(workbook([(ALFA, RT1, 2025, WORST)]))
    uploads.cancel(upload=upload, by=None)
    upload.refresh_from_db()
    assert (upload.state, upload.berkas) == (UploadState.DIBATALKAN, "")
    assert not Assessment.objects.exists()
    with pytest.raises(WrongState):
        uploads.request_apply(upload=upload, by=None, reason="x")


def test_a_kawasan_keeps_the_spelling_that_is_stored():
    put(ALFA, "", 2025, WORST, kawasan="Pesisir 1")
    data = workbook([(ALFA, None, 2025, BEST)], kawasan="PESISIR 1")
    applied(sent(data))
    assert Assessment.objects.get().v_1a == 0
    assert Area.objects.filter(level="kawasan").count() == 1


def test_a_row_without_a_year_says_so_once():
    upload = sent(workbook([(ALFA, RT1, None, WORST)]))
    assert [f["code"] for f in upload.temuan] == ["year_missing"]
    assert sent(workbook([(ALFA, RT1, None, WORST)]), year=2025).pratinjau["counts"]["new"] == 1


def test_an_rt_larger_than_its_kelurahan_is_told_at_its_cell():
    rows = [(ALFA, RT1, 2025, {**BEST, "luas": 1250}), (ALFA, RT2, 2025, {**BEST, "luas": 149.5})]
    direct = [(GAMA, None, 2025, {**BEST, "luas": 151})]
    upload = sent(workbook([*rows, *direct]))
    assert [(f["code"], f["cell"]) for f in upload.temuan if f["code"].startswith("area_over")] == [
        ("area_over_official_by_its_mark", "E2")
    ]
    assert upload.pratinjau["counts"]["new"] == 2
    assert [repair["code"] for repair in upload.terbaca["repairs"] if repair["holds"]]  # its row waits for an answer


def test_a_direct_figure_is_laid_beside_the_sum_of_its_rt():
    put(ALFA, RT1, 2025, WORST)
    put(ALFA, RT2, 2025, WORST)
    upload = sent(workbook([(ALFA, None, 2025, BEST)]))
    found = next(f for f in upload.temuan if f["code"] == "direct_class_differs")
    assert (found["level"], found["params"]["n_rt"]) == ("peringatan", 2)
    assert found["params"]["beda"].startswith("luas: 2 / 4")


def test_a_direct_figure_of_a_new_kawasan_is_compared_with_the_rt_of_the_same_file():
    rows = [(ALFA, RT1, 2025, WORST), (ALFA, None, 2025, WORST | {"kk": "90", "3a": "90"})]
    upload = sent(workbook(rows, kawasan="Pesisir"))
    applied(upload)
    again = sent(workbook([(ALFA, None, 2025, {"kk": "80"})], kawasan="Pesisir"))
    found = [f for f in again.temuan if f["code"].startswith("direct")]
    assert [f["params"]["n_rt"] for f in found] == [1]


def test_two_people_at_once_write_one_change_set_in_the_end():
    data = workbook([(ALFA, f"RT{n:03d}-RW001", 2025, WORST) for n in range(1, 30)])
    waiting = [sent(data), sent(data)]
    start = Barrier(2)

    def person(upload):
        try:
            start.wait(10)
            applied(upload)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as people:
        list(people.map(person, waiting))
    states = sorted(Upload.objects.values_list("state", flat=True))
    assert states == [UploadState.DITERAPKAN, UploadState.SIAP]
    late = Upload.objects.get(state=UploadState.SIAP)
    assert (late.pesan["code"], late.pratinjau["counts"]["same"]) == ("preview_changed", 29)
    assert ChangeSet.objects.count() == 1
    assert Change.objects.count() == Assessment.objects.count() == 29


def test_undo_one_after_the_other_back_to_the_beginning():
    first = applied(sent(workbook([(ALFA, RT1, 2025, WORST)])))
    second = applied(sent(workbook([(ALFA, RT1, 2025, BEST)])))
    with pytest.raises(undoing.LaterEdits):
        undoing.request_undo(upload=first, by=None, reason="x")
    run_now(undoing.request_undo(upload=second, by=None, reason="x"))
    assert Assessment.objects.get().v_1a == 100
    run_now(undoing.request_undo(upload=first, by=None, reason="x"))
    assert not Assessment.objects.exists()
    third = applied(sent(workbook([(ALFA, RT1, 2025, BEST)])))
    put(ALFA, RT1, 2025, WORST)
    with pytest.raises(undoing.LaterEdits):
        undoing.request_undo(upload=third, by=None, reason="x")
