"""What a sender decides about a file: checked, kept, told in the history, and the file read again with it."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from kelurahan.actions import choosing, uploads
from kelurahan.actions.choosing import StaleChoice, choose, merged
from kelurahan.intake.refusal import Refused
from kelurahan.models import Area, Event, Indicator, IndicatorValue, Job, Role, SheetMemory, Upload, UploadState, User
from kelurahan.reports.findings import words_of
from kelurahan.rules.regulation import DEFAULT_RULE_SET
from tests.factories import make_city, make_user
from tests.filled import run_jobs
from tests.unknown_sheet import office_sheet

pytestmark = pytest.mark.django_db
KECAMATAN = {"Utara": ("Melati", "Mawar Satu", "Mawar Dua"), "Selatan": ("Cempaka",)}
ROWS = (("Melati", 1.5, 100, 11), ("Mawar", 2, 200, 12), ("Negeri Jauh", 3, 300, 13), ("Cempaka", 4, 400, 14))
KEY = "Data!A3"


@pytest.fixture
def places() -> dict[str, Area]:
    return make_city(KECAMATAN)


@pytest.fixture
def sender(places: dict[str, Area]) -> User:
    return make_user(Role.BAPPEDA, username="bappeda")


def send(by: User, content: bytes = b"", year: int | None = 2024) -> Upload:
    uploads.receive(
        chunks=[content or office_sheet(ROWS)], filename="data.xlsx", by=by, year=year, rule_set=DEFAULT_RULE_SET
    )
    run_jobs()
    upload = Upload.objects.latest("pk")
    assert upload.state == UploadState.SIAP, upload.pesan
    return upload


def decide(upload: Upload, change: dict[str, Any], by: User | None = None) -> Job | None:
    job = choose(upload=upload, by=by, change=change, seen=upload.revisi)
    run_jobs()
    upload.refresh_from_db()
    return job


def columns(**chosen: Any) -> dict[str, Any]:
    return {"tables": {KEY: {"columns": chosen}}}


def field_of(upload: Upload, letter: str) -> str | None:
    (table,) = upload.terbaca["tables"]
    return next(column["field"] for column in table["columns"] if column["letter"] == letter)


# --- merging ----------------------------------------------------------------------------------------------------------


def test_only_what_a_change_names_is_touched() -> None:
    chosen = merged({}, {"tables": {"A!A1": {"use": True, "columns": {"C": {"field": "luas", "unit": "m2"}}}}})
    chosen = merged(chosen, {"tables": {"A!A1": {"year": 2024, "columns": {"C": {"unit": None}, "D": {"field": ""}}}}})
    assert chosen == {
        "tables": {"A!A1": {"use": True, "year": 2024, "columns": {"C": {"field": "luas"}, "D": {"field": ""}}}}
    }
    assert merged(chosen, {"tables": {"A!A1": None}}) == {}


def test_lists_of_repairs_and_rows() -> None:
    chosen = merged({}, {"repairs": {"a": True, "b": False}, "drop_rows": {"RT!4": True}})
    assert chosen == {"repairs": ["a"], "refused": ["b"], "drop_rows": ["RT!4"]}
    assert merged(chosen, {"repairs": {"a": False, "b": None}, "drop_rows": {"RT!4": None}}) == {"refused": ["a"]}


# --- the act ----------------------------------------------------------------------------------------------------------


def test_a_decision_is_kept_told_and_read(sender: User) -> None:
    upload = send(sender)
    job = decide(upload, columns(C={"field": "i:luas_kumuh"}), sender)
    assert job is not None
    assert (job.jenis, upload.state, upload.revisi) == ("periksa", UploadState.SIAP, 1)
    assert field_of(upload, "C") == "i:luas_kumuh"
    event = Event.objects.get(jenis=choosing.CHOSEN)
    assert (event.oleh_nama, event.objek) == ("bappeda", f"unggahan/{upload.pk}")
    path = ["tables", KEY, "columns", "C", "field"]
    assert event.isi["pilihan"] == [{"di": path, "dari": None, "ke": "i:luas_kumuh"}]

    decide(upload, columns(C=None), sender)
    assert upload.pilihan == {}
    assert field_of(upload, "C") == "i:luas_wilayah"
    assert Event.objects.filter(jenis=choosing.CHOSEN).count() == 2


def test_nothing_new_is_no_decision(sender: User) -> None:
    upload = send(sender)
    assert decide(upload, columns(C=None), sender) is None
    assert decide(upload, {}, sender) is None
    assert (upload.revisi, Event.objects.filter(jenis=choosing.CHOSEN).exists()) == (0, False)


def test_a_page_made_from_an_older_reading_changes_nothing(sender: User) -> None:
    upload = send(sender)
    decide(upload, columns(C={"field": ""}), sender)
    with pytest.raises(StaleChoice):
        choose(upload=upload, by=sender, change=columns(C={"field": "luas"}), seen=0)
    choose(upload=upload, by=sender, change=columns(C={"field": "luas"}), seen=1)
    with pytest.raises(StaleChoice):  # the file is being read
        choose(upload=upload, by=sender, change=columns(C={"field": ""}), seen=2)


def test_only_the_sender_and_admins_decide(sender: User, places: dict[str, Area]) -> None:
    upload = send(sender)
    for other in (make_user(Role.BAPPEDA), make_user(Role.OPERATOR, places["Melati"]), make_user(Role.CAMAT)):
        with pytest.raises(PermissionDenied):
            choose(upload=upload, by=other, change=columns(C={"field": ""}), seen=0)
    assert decide(upload, columns(C={"field": ""}), make_user(Role.ADMIN)) is not None


IMPOSSIBLE: list[tuple[dict[str, Any], str]] = [
    ({"lain": {}}, "choice_unknown"),
    ({"tables": []}, "choice_unknown"),
    ({"tables": {"Data!Z9": {"use": True}}}, "choice_unknown"),
    ({"tables": {KEY: {"use": "ya"}}}, "choice_unknown"),
    ({"tables": {KEY: {"lain": 1}}}, "choice_unknown"),
    ({"tables": {KEY: {"year": 1066}}}, "choice_year"),
    ({"tables": {KEY: {"year": True}}}, "choice_year"),
    ({"tables": {KEY: {"header_row": 0}}}, "choice_header_row"),
    ({"tables": {KEY: {"kondisi": "tengah"}}}, "choice_unknown"),
    (columns(Z={"field": "luas"}), "choice_unknown"),
    (columns(C={"field": "9z"}), "choice_unknown"),
    (columns(C={"field": "i:tidak_ada"}), "choice_unknown"),
    (columns(C={"field": ["luas"]}), "choice_unknown"),
    (columns(C={"style": "romawi"}), "choice_unknown"),
    (columns(C={"apa": 1}), "choice_unknown"),
    (columns(C={"unit": "jiwa"}), "choice_unit"),
    (columns(C={"field": "luas"}, D={"field": "luas"}), "choice_field_twice"),
    ({"names": {"tidak ditanya": "-"}}, "choice_unknown"),
    ({"names": {"mawar": "00.00.00.0000"}}, "choice_place"),
    ({"repairs": {"tidak-ada": True}}, "choice_unknown"),
    ({"cells": {"Lain!A1": "1"}}, "choice_unknown"),
    ({"cells": {"Data!A1": 1}}, "choice_unknown"),
    ({"cells": {"Data!D4": "x" * 201}}, "choice_cell"),
    ({"drop_rows": {"Data!x": True}}, "choice_unknown"),
    ({"indicators": {"Bukan Kode": {"nama": "a", "satuan": "b"}}}, "choice_unknown"),
    ({"indicators": {"a": {"nama": " ", "satuan": "b"}}}, "choice_indicator_name"),
    ({"indicators": {"a": {"nama": "a", "satuan": "b" * 41}}}, "choice_indicator_long"),
    ({"indicators": {"penduduk": {"nama": "a", "satuan": "b"}}}, "choice_indicator_exists"),
]


def test_what_cannot_be_chosen_is_refused_in_words(sender: User) -> None:
    upload = send(sender)
    for change, code in IMPOSSIBLE:
        with pytest.raises(Refused) as refused:
            choose(upload=upload, by=sender, change=change, seen=0)
        assert refused.value.code == code, change
        assert refused.value.words()
    upload.refresh_from_db()
    assert (upload.pilihan, upload.revisi) == ({}, 0)


def test_two_columns_for_one_field_also_over_time(sender: User) -> None:
    upload = send(sender)
    decide(upload, columns(C={"field": "luas"}), sender)
    with pytest.raises(Refused, match="choice_field_twice"):
        choose(upload=upload, by=sender, change=columns(D={"field": "luas"}), seen=1)


def test_an_operator_names_places_of_the_own_area_only(places: dict[str, Area]) -> None:
    operator = make_user(Role.OPERATOR, places["Melati"])
    upload = send(operator)
    with pytest.raises(Refused) as refused:
        choose(upload=upload, by=operator, change={"names": {"mawar": places["Mawar Dua"].kode}}, seen=0)
    assert refused.value.code == "choice_outside"
    assert decide(upload, {"names": {"mawar": "-"}}, operator) is not None


def test_names_are_matched_and_rows_from_elsewhere_left_out(sender: User, places: dict[str, Area]) -> None:
    upload = send(sender)
    assert [name["text"] for name in upload.terbaca["tables"][0]["unmatched"]] == ["Mawar", "Negeri Jauh"]
    decide(upload, {"names": {"mawar": places["Mawar Dua"].kode, "negeri jauh": "-"}}, sender)
    assert upload.terbaca["tables"][0]["unmatched"] == []
    assert upload.pratinjau["indikator"]["penduduk"]["new"] == 3


def test_a_decision_that_makes_the_file_unreadable_is_taken_back(sender: User) -> None:
    upload = send(sender)
    decide(upload, columns(C={"field": ""}), sender)
    before = upload.terbaca["tables"]
    decide(upload, {"tables": {KEY: {"header_row": 6}}}, sender)
    assert (upload.state, upload.pesan["code"]) == (UploadState.SIAP, "choice_undone")
    assert upload.pilihan == columns(C={"field": ""})
    assert upload.terbaca["tables"] == before
    assert upload.berkas
    assert "berkas ini tidak terbaca, jadi pilihan itu dibatalkan: Baris 6 bukan" in " ".join(words_of(upload.pesan))
    event = Event.objects.get(jenis=uploads.CHOICE_UNDONE)
    assert event.isi["dari"]["tables"][KEY]["header_row"] == 6
    assert decide(upload, columns(C=None), sender) is not None  # and on
    assert upload.pesan == {}


def test_a_reading_that_dies_of_a_decision_takes_it_back(sender: User) -> None:
    upload = send(sender)
    choose(upload=upload, by=sender, change=columns(C={"field": ""}), seen=0)
    uploads.give_up(upload_id=upload.pk)
    upload.refresh_from_db()
    assert (upload.state, upload.pesan["code"], upload.pilihan) == (UploadState.SIAP, "job_failed", {})


def test_no_table_at_all_may_be_read(sender: User) -> None:
    upload = send(sender)
    decide(upload, {"tables": {KEY: {"use": False}}}, sender)
    assert (upload.state, upload.terbaca["n_rows"]) == (UploadState.SIAP, 0)
    decide(upload, {"tables": {KEY: None}}, sender)
    assert upload.terbaca["tables"][0]["use"]


# --- a new indicator, and what is remembered --------------------------------------------------------------------------

NEW = {
    **columns(E={"field": "i:rumah_panggung"}),
    "indicators": {"rumah_panggung": {"nama": "Rumah panggung", "satuan": "unit", "sumber": "Dinas PRKP 2024"}},
}


def applied(upload: Upload, by: User) -> None:
    uploads.request_apply(upload=upload, by=by, reason="survei", skip_blocked=True)
    run_jobs()
    upload.refresh_from_db()
    assert upload.state == UploadState.DITERAPKAN


def test_a_column_becomes_a_new_indicator_with_its_source(sender: User) -> None:
    upload = send(sender)
    decide(upload, NEW, sender)
    assert not Indicator.objects.filter(kode="rumah_panggung").exists()
    applied(upload, sender)
    indicator = Indicator.objects.get(kode="rumah_panggung")
    assert (indicator.nama, indicator.satuan) == ("Rumah panggung", "unit")
    values = IndicatorValue.objects.filter(indicator=indicator)
    assert {(v.area.nama, int(v.nilai), v.sumber) for v in values} == {
        ("Melati", 11, "Dinas PRKP 2024"),
        ("Cempaka", 14, "Dinas PRKP 2024"),
    }


def test_the_source_of_an_indicator_stands_beside_the_document_of_the_change(sender: User) -> None:
    upload = send(sender)
    decide(upload, NEW, sender)
    uploads.request_apply(upload=upload, by=sender, reason="survei", document="Surat 12/2024", skip_blocked=True)
    run_jobs()
    upload.refresh_from_db()
    assert upload.dokumen == "Surat 12/2024"
    values = IndicatorValue.objects.filter(indicator__kode="rumah_panggung")
    assert set(values.values_list("sumber", flat=True)) == {"Dinas PRKP 2024"}
    others = IndicatorValue.objects.filter(indicator__kode="penduduk")
    assert set(others.values_list("sumber", flat=True)) == {"Surat 12/2024"}


@pytest.mark.parametrize(
    ("kode", "nama", "code"),
    [
        ("jumlah_penduduk", "Jumlah penduduk", "choice_indicator_exists"),
        ("jumlah_penduduk", "JUMLAH  PENDUDUK (jiwa)", "choice_indicator_exists"),
        ("lapak", "Lapak ikan", "choice_indicator_exists"),
        ("kios", "kios ikan", "choice_indicator_exists"),
        ("2", "м²", "choice_indicator_symbols"),
        ("a1", "²³", "choice_indicator_symbols"),
    ],
)
def test_an_indicator_that_exists_or_has_no_name_is_refused(sender: User, kode: str, nama: str, code: str) -> None:
    Indicator.objects.create(kode="lapak_ikan", nama="Lapak ikan (unit)", satuan="unit", alias=["Kios ikan"])
    upload = send(sender)
    change = {**columns(E={"field": f"i:{kode}"}), "indicators": {kode: {"nama": nama, "satuan": "unit"}}}
    with pytest.raises(Refused) as caught:
        decide(upload, change, sender)
    assert caught.value.code == code


def test_a_new_indicator_is_for_those_who_may_correct_it(sender: User, places: dict[str, Area]) -> None:
    operator = make_user(Role.OPERATOR, places["Melati"])
    upload = send(operator)
    with pytest.raises(Refused) as caught:
        decide(upload, NEW, operator)
    assert caught.value.code == "choice_indicator_right"
    decide(upload, columns(E={"field": ""}), operator)
    assert field_of(upload, "E") is None


def test_who_may_no_longer_add_indicators_does_not_apply_them(sender: User, places: dict[str, Area]) -> None:
    upload = send(sender)
    decide(upload, NEW, sender)
    sender.peran, sender.wilayah = Role.OPERATOR, places["Melati"]
    sender.save()
    with pytest.raises(PermissionDenied):
        uploads.request_apply(upload=upload, by=sender, reason="survei", skip_blocked=True)


def test_what_was_decided_by_hand_serves_the_next_file(sender: User, places: dict[str, Area]) -> None:
    upload = send(sender)
    decide(upload, NEW | {"names": {"mawar": places["Mawar Dua"].kode, "negeri jauh": "-"}}, sender)
    assert not SheetMemory.objects.exists()
    applied(upload, sender)
    memory = SheetMemory.objects.get()
    assert memory.columns == {"rumah panggung": "i:rumah_panggung"}
    assert memory.names == {"mawar": places["Mawar Dua"].kode, "negeri jauh": "-"}
    assert (memory.oleh, memory.upload_id, memory.nama_berkas) == (sender, upload.pk, "data.xlsx")

    again = send(sender, office_sheet([("Mawar", 2, 222, 15)]), 2025)
    assert field_of(again, "E") == "i:rumah_panggung"
    assert again.terbaca["tables"][0]["unmatched"] == []
    told = again.terbaca["ingatan"][KEY]
    assert (told["ingatan"], told["unggahan"], told["milik_sendiri"]) == (memory.pk, upload.pk, True)
    assert "names_remembered" in again.terbaca["n_temuan"]


def test_what_is_remembered_by_itself_teaches_nothing_new(sender: User) -> None:
    upload = send(sender)
    decide(upload, NEW, sender)
    applied(upload, sender)
    before = SheetMemory.objects.values().get()
    applied(send(sender, year=2025), sender)
    assert SheetMemory.objects.values().get() == before


def test_the_own_memory_goes_before_that_of_others(sender: User) -> None:
    first = send(sender)
    decide(first, NEW, sender)
    applied(first, sender)
    other = make_user(Role.BAPPEDA)
    upload = send(other)
    assert field_of(upload, "E") == "i:rumah_panggung"
    assert upload.terbaca["ingatan"][KEY]["milik_sendiri"] is False

    decide(upload, columns(E={"field": ""}), other)
    applied(upload, other)
    assert SheetMemory.objects.count() == 2
    assert field_of(send(other), "E") is None
    assert field_of(send(sender), "E") == "i:rumah_panggung"
    assert field_of(send(make_user(Role.BAPPEDA)), "E") == "i:rumah_panggung"  # by its words
