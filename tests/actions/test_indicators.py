"""Supporting indicators of an upload: from what the reader hands over to stored values, their history, and back."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from django.db import DatabaseError, transaction

from kelurahan.actions import quarantine, reading, reference, undoing, uploads
from kelurahan.actions.gathering import gather
from kelurahan.actions.indicator_previews import preview_indicators
from kelurahan.actions.indicators import compare_indicators, staged_indicators
from kelurahan.actions.previews import cell_changes
from kelurahan.actions.staging import IndicatorFacts, load_indicators, save_rows
from kelurahan.actions.summaries import recompute
from kelurahan.intake.parsed import Document, Parsed, ReadColumn
from kelurahan.models import (
    Area,
    Assessment,
    ChangeSet,
    DataVersion,
    Event,
    Indicator,
    IndicatorChange,
    IndicatorValue,
    OfficialArea,
    Role,
    Summary,
    Upload,
    UploadState,
    User,
)
from kelurahan.reports.changes import written_cells
from kelurahan.rules.numbers import MICRO
from kelurahan.rules.regulation import FIELDS, State
from kelurahan.tasks import run_now
from tests.actions.cities import ALFA, GAMA, RULES, WORST, make_city, put

pytestmark = pytest.mark.django_db(transaction=True)

BETA = "99.01.01.1002"
RT1 = "RT001-RW001"
Row = tuple[str, str, int, Sequence[Any]]  # kode, rt, year, a value for each indicator

FACTS = {
    "penduduk": IndicatorFacts("Jumlah penduduk", "jiwa"),
    "stunting": IndicatorFacts("Prevalensi stunting", "%", "Dinas Kesehatan"),
    "luas_kumuh": IndicatorFacts("Luas kumuh", "ha"),
}


@pytest.fixture(autouse=True)
def _city(transactional_db: None) -> None:
    for path in quarantine.folder().iterdir():
        path.unlink()
    make_city()
    for kode, facts in FACTS.items():
        Indicator.objects.create(kode=kode, nama=facts.nama, satuan=facts.satuan)


def table(rows: Sequence[Row], kode: Sequence[str] = ("penduduk", "stunting"), **fields: Any) -> Parsed:
    """A table as the child reads it: None is a blank cell, "" the word for "empty"."""
    n, m = len(rows), len(kode)
    values, states = np.zeros((n, m), dtype=np.int64), np.full((n, m), State.EMPTY, dtype=np.uint8)
    given = np.zeros((n, m), dtype=np.bool_)
    for i, row in enumerate(rows):
        for j, value in enumerate(row[3]):
            given[i, j] = value is not None
            if value not in (None, ""):
                values[i, j], states[i, j] = int(Decimal(str(value)) * MICRO), State.FILLED
    width = len(FIELDS)
    whole: dict[str, Any] = {
        "sheet": "Data",
        "header_row": 1,
        "columns": [ReadColumn(name, f"i:{name}", 1.0, "CDEFGHIJKLMN"[j]) for j, name in enumerate(kode)],
        "kode": [row[0] for row in rows],
        "kawasan": [""] * n,
        "rt": [row[1] for row in rows],
        "tahun": np.array([row[2] for row in rows], dtype=np.int32),
        "row_numbers": np.arange(2, n + 2, dtype=np.int32),
        "values": np.zeros((n, width), dtype=np.int64),
        "states": np.full((n, width), State.EMPTY, dtype=np.uint8),
        "given": np.zeros((n, width), dtype=np.bool_),
        "held": np.zeros(n, dtype=np.bool_),
        "placed": np.ones(n, dtype=np.bool_),
        "indicators": list(kode),
        "ind_values": values,
        "ind_states": states,
        "ind_given": given,
        "jenis": "indikator",
        "key": "Data!A1",
    }
    return Parsed(**{**whole, **fields})


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Send a file that the child reads as these tables."""

    def send(*tables: Parsed, by: User | None = None) -> Upload:
        monkeypatch.setattr(reading, "read", lambda *_, **__: Document("xlsx", list(tables)))
        upload, job = uploads.receive(chunks=[b"x"], filename="penduduk.xlsx", by=by, year=None, rule_set=RULES)
        run_now(job)
        upload.refresh_from_db()
        return upload

    return send


def applied(upload: Upload, **kwargs: Any) -> Upload:
    run_now(uploads.request_apply(upload=upload, by=None, reason="rilis", **kwargs))
    upload.refresh_from_db()
    assert upload.state == UploadState.DITERAPKAN
    return upload


def stored() -> dict[tuple[str, str, int], tuple[Decimal, str]]:
    rows = IndicatorValue.objects.values_list("indicator__kode", "area__kode", "tahun", "nilai", "sumber")
    return {(kode, area, tahun): (nilai, sumber) for kode, area, tahun, nilai, sumber in rows}


def codes(upload: Upload, level: str = "galat") -> list[str]:
    return [finding["code"] for finding in upload.temuan if finding["level"] == level]


def test_a_table_becomes_values_with_history(sent: Any) -> None:
    upload = sent(table([(ALFA, "", 2024, (1250, "17.25")), (GAMA, "", 2024, (900, None))]))
    assert upload.state == UploadState.SIAP
    assert upload.pratinjau["counts"] == {"new": 2, "changed": 0, "same": 0, "blocked": 0}
    assert upload.pratinjau["cells"] == {"new": 3, "changed": 0, "same": 0, "blocked": 0}
    assert upload.pratinjau["indikator"]["penduduk"] == {
        "nama": "Jumlah penduduk",
        "satuan": "jiwa",
        "tahun": {"2024": {"new": 2, "changed": 0, "same": 0, "blocked": 0}},
        "new": 2,
        "changed": 0,
        "same": 0,
        "blocked": 0,
    }
    assert not IndicatorValue.objects.exists()
    before = DataVersion.objects.get().nomor

    applied(upload, document="BPS, Kota dalam Angka 2025")
    assert stored() == {
        ("penduduk", ALFA, 2024): (Decimal(1250), "BPS, Kota dalam Angka 2025"),
        ("stunting", ALFA, 2024): (Decimal("17.25"), "BPS, Kota dalam Angka 2025"),
        ("penduduk", GAMA, 2024): (Decimal(900), "BPS, Kota dalam Angka 2025"),
    }
    change_set = ChangeSet.objects.get()
    assert (change_set.jumlah, change_set.jumlah_nilai, change_set.upload_id) == (0, 3, upload.pk)
    change = IndicatorChange.objects.get(kode="stunting")
    assert (change.area_kode, change.lama, change.baru) == (ALFA, None, Decimal("17.25"))
    assert (change.sheet, change.sel) == ("Data", "D2")
    assert DataVersion.objects.get().nomor > before


def test_the_history_cannot_be_changed(sent: Any) -> None:
    applied(sent(table([(ALFA, "", 2024, (1250, None))])))
    for act in (lambda: IndicatorChange.objects.update(baru=1), lambda: IndicatorChange.objects.all().delete()):
        with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
            act()


def test_the_same_file_again_changes_nothing(sent: Any) -> None:
    rows = [(ALFA, "", 2024, (1250, "17.25"))]
    applied(sent(table(rows)))
    again = sent(table(rows))
    assert again.pratinjau["cells"] == {"new": 0, "changed": 0, "same": 2, "blocked": 0}
    applied(again)
    assert ChangeSet.objects.count() == 1


def test_blank_keeps_and_the_word_for_empty_removes(sent: Any) -> None:
    applied(sent(table([(ALFA, "", 2024, (1250, "17.25"))])))
    upload = sent(table([(ALFA, "", 2024, ("", None)), (GAMA, "", 2024, ("", None))]))
    assert upload.pratinjau["cells"] == {"new": 0, "changed": 1, "same": 1, "blocked": 0}
    (cell,), n = cell_changes(upload, kind="berubah")
    assert (n, cell.old, cell.new, cell.new_state, cell.cell) == (1, Decimal(1250), None, State.EMPTY, "C2")
    applied(upload)
    assert list(stored()) == [("stunting", ALFA, 2024)]
    assert IndicatorChange.objects.latest("pk").baru is None


def test_undo_puts_values_and_sources_back(sent: Any) -> None:
    applied(sent(table([(ALFA, "", 2024, (1250, "17.25"))])), document="BPS")
    before = stored()
    upload = applied(sent(table([(ALFA, "", 2024, (1300, "")), (GAMA, "", 2024, (900, None))])), document="Dukcapil")
    assert stored() != before
    run_now(undoing.request_undo(upload=upload, by=None, reason="keliru"))
    upload.refresh_from_db()
    assert upload.state == UploadState.DIURUNGKAN
    assert stored() == before
    assert ChangeSet.objects.get(asal="urungan").jumlah_nilai == 3


def test_undo_is_refused_where_a_value_was_changed_since_and_goes_back_step_by_step(sent: Any) -> None:
    first = applied(sent(table([(ALFA, "", 2024, (1250, None))])))
    second = applied(sent(table([(ALFA, "", 2024, (1300, None))])))
    with pytest.raises(undoing.LaterEdits) as refused:
        undoing.request_undo(upload=first, by=None, reason="x")
    assert refused.value.records == [(ALFA, 2024, "perintah")]
    run_now(undoing.request_undo(upload=second, by=None, reason="x"))
    run_now(undoing.request_undo(upload=first, by=None, reason="x"))
    assert stored() == {}


def test_another_year_or_indicator_of_the_same_place_does_not_stop_an_undo(sent: Any) -> None:
    first = applied(sent(table([(ALFA, "", 2024, (1250, None))])))
    applied(sent(table([(ALFA, "", 2023, (1200, None)), (ALFA, "", 2024, (None, 17))])))
    run_now(undoing.request_undo(upload=first, by=None, reason="x"))
    assert set(stored()) == {("penduduk", ALFA, 2023), ("stunting", ALFA, 2024)}


def test_a_value_that_changed_since_the_preview_stops_everything(sent: Any) -> None:
    waiting = sent(table([(ALFA, "", 2024, (1250, None)), (GAMA, "", 2024, (900, None))]))
    applied(sent(table([(ALFA, "", 2024, (1300, None))])))
    run_now(uploads.request_apply(upload=waiting, by=None, reason="x"))
    waiting.refresh_from_db()
    assert (waiting.state, waiting.pesan["code"]) == (UploadState.SIAP, "preview_changed")
    assert stored()["penduduk", ALFA, 2024][0] == 1300
    assert waiting.pratinjau["cells"] == {"new": 1, "changed": 1, "same": 0, "blocked": 0}
    applied(waiting)


def test_assessments_and_indicators_of_one_file_are_one_act(sent: Any) -> None:
    put(ALFA, RT1, 2024, WORST)
    mixed = table([(ALFA, RT1, 2024, (300, None))], jenis="penilaian")
    mixed.values[0, FIELDS.index("kk")] = 90 * MICRO
    mixed.states[0, FIELDS.index("kk")] = State.FILLED
    mixed.given[0, FIELDS.index("kk")] = True
    upload = sent(mixed)
    assert upload.pratinjau["counts"] == {"new": 0, "changed": 1, "same": 0, "blocked": 0}
    assert upload.pratinjau["cells"] == {"new": 1, "changed": 1, "same": 0, "blocked": 0}
    applied(upload)
    change_set = ChangeSet.objects.get(upload_id=upload.pk)
    assert (change_set.jumlah, change_set.jumlah_nilai) == (1, 1)
    assert [(cell.field, cell.new) for cell in written_cells(upload)] == [("kk", Decimal(90)), ("penduduk", 300)]
    run_now(undoing.request_undo(upload=upload, by=None, reason="x"))
    assert stored() == {}
    assert Assessment.objects.get().d_kk == 100


def test_an_indicator_that_comes_with_the_upload_goes_with_its_undo(sent: Any, monkeypatch: Any) -> None:
    facts = {"rtlh": IndicatorFacts("Rumah tidak layak huni", "unit", "Dinas PRKP", ("RTLH",))}
    monkeypatch.setattr(reading, "staged_indicators", lambda tables, _known: staged_indicators(tables, facts))
    upload = applied(sent(table([(ALFA, "", 2024, (12,))], kode=["rtlh"])))
    made = Indicator.objects.get(kode="rtlh")
    assert (made.nama, made.satuan, made.alias) == ("Rumah tidak layak huni", "unit", ["RTLH"])
    assert stored() == {("rtlh", ALFA, 2024): (Decimal(12), "Dinas PRKP")}
    event = Event.objects.get(jenis="indikator_baru")
    assert (event.objek, event.isi["unggahan"]) == ("indikator/rtlh", upload.pk)
    run_now(undoing.request_undo(upload=upload, by=None, reason="x"))
    assert not Indicator.objects.filter(kode="rtlh").exists()
    assert Event.objects.filter(jenis="indikator_dihapus", objek="indikator/rtlh").exists()


def test_what_nobody_knows_is_held(sent: Any) -> None:
    upload = sent(
        table([(ALFA, "", 2024, (12,)), ("", "", 2024, (5,)), (GAMA, "", 0, (7,))], kode=["tak_dikenal"]),
        table([(GAMA, "", 2024, (900, None))]),
    )
    assert sorted(codes(upload)) == ["indicator_unknown"]
    assert upload.pratinjau["indikator"]["tak_dikenal"]["blocked"] == 3
    assert upload.pratinjau["counts"] == {"new": 1, "changed": 0, "same": 0, "blocked": 3}
    applied(upload, skip_blocked=True)
    assert list(stored()) == [("penduduk", GAMA, 2024)]


def test_a_row_with_one_held_value_is_blocked_and_counted_once(sent: Any) -> None:
    rows = [(ALFA, "", 2024, (500, 12)), (BETA, "", 2024, (-1, 13)), (GAMA, "", 2024, (-2, -3))]
    upload = sent(table(rows, kode=["penduduk", "luas_kumuh"]))
    counts = upload.pratinjau["counts"]
    assert counts == {"new": 1, "changed": 0, "same": 0, "blocked": 2}
    assert sum(counts.values()) == len(rows)
    assert upload.pratinjau["cells"]["blocked"] == 3


def test_a_row_of_numbers_of_both_kinds_is_counted_once(sent: Any) -> None:
    both = table([(ALFA, RT1, 2024, (-1, None)), (ALFA, "RT002-RW001", 2024, (9, None))], jenis="penilaian")
    both.held[0] = True
    upload = sent(both)
    assert sum(upload.pratinjau["counts"].values()) == 2


def test_an_rt_that_exists_or_comes_with_the_same_file_takes_its_values(sent: Any) -> None:
    put(ALFA, RT1, 2024, WORST)
    new = table([(ALFA, "RT009-RW001", 2024, (250, None)), (ALFA, RT1, 2024, (300, None))], jenis="penilaian")
    new.values[0, FIELDS.index("kk")], new.states[0, FIELDS.index("kk")] = 90 * MICRO, State.FILLED
    new.given[0, FIELDS.index("kk")] = True
    upload = applied(sent(new))
    assert {area for _, area, _ in stored()} == {f"{ALFA}/{RT1}", f"{ALFA}/RT009-RW001"}
    run_now(undoing.request_undo(upload=upload, by=None, reason="x"))
    assert not Area.objects.filter(nama="RT009-RW001").exists()


def test_an_rt_that_only_indicators_name_is_made_and_goes_with_the_undo(sent: Any) -> None:
    put(ALFA, RT1, 2024, WORST)
    recompute(kelurahan_ids=[Area.objects.get(kode=ALFA).pk], year=2024, rule_set=RULES)
    rows = [(ALFA, "RT009-RW001", 2025, (250, None)), (ALFA, "RT010-RW001", 2025, ("", None))]
    upload = sent(table(rows))
    assert (codes(upload), upload.pratinjau["rt_baru"]) == ([], 1)
    expected = Summary.objects.filter(area__kode=ALFA, tahun=2024)
    assert expected.get().n_harap == 1
    applied(upload)
    assert set(stored()) == {("penduduk", f"{ALFA}/RT009-RW001", 2025)}
    assert (expected.get().n_harap, expected.get().lengkap) == (2, False)
    run_now(undoing.request_undo(upload=upload, by=None, reason="x"))
    assert not Area.objects.filter(nama="RT009-RW001").exists()
    assert (expected.get().n_harap, expected.get().lengkap) == (1, True)


def test_different_numbers_for_one_place_and_year_are_both_held(sent: Any) -> None:
    rows = [(ALFA, "", 2024, (1250, 17)), (ALFA, "", 2024, (1520, 17)), (GAMA, "", 2024, (900, None))]
    upload = sent(table(rows))
    (found,) = [f for f in upload.temuan if f["level"] == "galat"]
    assert (found["code"], found["cell"], found["params"]["pertama"]) == ("indicator_twice", "C3", "Data!C2")
    assert upload.pratinjau["indikator"]["penduduk"]["blocked"] == 2
    applied(upload, skip_blocked=True)
    assert set(stored()) == {("stunting", ALFA, 2024), ("penduduk", GAMA, 2024)}


def test_impossible_and_odd_numbers_are_told_at_their_cells(sent: Any) -> None:
    rows = [(ALFA, "", 2024, (-5, 130)), (GAMA, "", 2024, ("1.25", "-0.5")), (BETA, "", 1890, (10**10, None))]
    upload = sent(table(rows))
    assert [(f["code"], f["cell"]) for f in upload.temuan if f["level"] == "galat"] == [
        ("indicator_year", "C4"),
        ("indicator_negative", "C2"),
    ]
    assert [(f["code"], f["cell"]) for f in upload.temuan if f["level"] == "peringatan"] == [
        ("indicator_over_100", "D2"),
        ("indicator_not_whole", "C3"),
    ]


def test_more_households_than_people_hold_both(sent: Any) -> None:
    Indicator.objects.create(kode="kk", nama="Jumlah KK", satuan="KK")
    rows = [(ALFA, "", 2024, (300, 1250)), (GAMA, "", 2024, (900, 200))]
    upload = sent(table(rows, ("penduduk", "kk")))
    (found,) = [f for f in upload.temuan if f["level"] == "galat"]
    assert (found["code"], found["cell"], found["params"]["sel"]) == ("indicator_part_larger", "D2", "Data!C2")
    applied(upload, skip_blocked=True)
    assert set(stored()) == {("penduduk", GAMA, 2024), ("kk", GAMA, 2024)}


def test_a_slum_larger_than_its_kelurahan_is_held(sent: Any) -> None:
    alfa = Area.objects.get(kode=ALFA)
    OfficialArea.objects.filter(area=alfa).delete()
    OfficialArea.objects.create(area=alfa, sumber="bps", tahun=2020, km2=Decimal("0.25"))
    upload = sent(table([(ALFA, "", 2024, (303,)), (GAMA, "", 2024, (3,))], ("luas_kumuh",)))
    (found,) = [f for f in upload.temuan if f["level"] == "galat"]
    assert (found["code"], found["cell"], found["params"]["resmi"]) == ("indicator_over_area", "C2", "25,00")
    applied(upload, skip_blocked=True)
    assert set(stored()) == {("luas_kumuh", GAMA, 2024)}


def test_a_lost_comma_in_a_whole_column_is_told(sent: Any) -> None:
    places = [ALFA, BETA, GAMA]
    assert Area.objects.filter(kode__in=places).count() == 3
    applied(sent(table([(kode, "", 2024, (1000 + i, None)) for i, kode in enumerate(places)])))
    upload = sent(table([(kode, "", 2024, (10, None)) for kode in places]))
    (found,) = [f for f in upload.temuan if f["code"] == "indicator_jump"]
    assert (found["params"]["n"], found["params"]["lama"], found["params"]["baru"]) == (3, "1.000", "10")


def test_values_outside_the_senders_area_are_held(sent: Any) -> None:
    operator = User.objects.create_user("lurah", peran=Role.OPERATOR, wilayah=Area.objects.get(kode=ALFA))
    upload = sent(table([(ALFA, "", 2024, (1250, None)), (GAMA, "", 2024, (900, None))]), by=operator)
    assert codes(upload) == ["indicator_outside"]
    applied(upload, skip_blocked=True)
    assert list(stored()) == [("penduduk", ALFA, 2024)]


def test_a_file_name_is_the_source_of_last_resort(sent: Any) -> None:
    applied(sent(table([(ALFA, "", 2024, (1250, None))])))
    assert stored()["penduduk", ALFA, 2024][1] == "penduduk.xlsx"


def test_real_numbers_take_the_place_of_example_data(sent: Any) -> None:
    value = {"tahun": 2024, "nilai": 1250, "sumber": "contoh", "contoh": True}
    IndicatorValue.objects.create(
        indicator=Indicator.objects.get(kode="penduduk"), area=Area.objects.get(kode=ALFA), **value
    )
    upload = applied(sent(table([(ALFA, "", 2024, (1250, None))])))
    assert not IndicatorValue.objects.get().contoh
    run_now(undoing.request_undo(upload=upload, by=None, reason="x"))
    assert IndicatorValue.objects.get().contoh


def test_published_facts_of_the_city_are_history_too(sent: Any, tmp_path: Any) -> None:
    upload = applied(sent(table([(ALFA, "", 2024, (1250, None))])))
    (tmp_path / "rujukan.toml").write_text(
        '[[indikator]]\nkode = "penduduk"\nnama = "Jumlah penduduk"\nsatuan = "jiwa"\ntahun = 2024\n'
        'berkas = "p.csv"\nkolom = "n"\nsumber = "BPS"\n'
    )
    (tmp_path / "p.csv").write_text(f"kode,n\n{ALFA},1300\n")
    assert reference.load_reference(by=None, folder=tmp_path).indicator_values == 1
    assert stored() == {("penduduk", ALFA, 2024): (Decimal(1300), "BPS")}
    assert [(c.lama, c.baru) for c in IndicatorChange.objects.order_by("pk")] == [(None, 1250), (1250, 1300)]
    with pytest.raises(undoing.LaterEdits):
        undoing.request_undo(upload=upload, by=None, reason="x")
    assert reference.load_reference(by=None, folder=tmp_path).indicator_values == 0


def test_staged_values_come_back_as_they_were() -> None:
    rows = staged_indicators([table([(ALFA, RT1, 2024, (1250, "")), ("", "", 0, (1, None))])], FACTS)
    upload = Upload.objects.create(nama_berkas="x", sha256="x", ukuran=1, aturan=RULES, oleh_nama="x")
    save_rows(upload=upload, rows=gather(Document("xlsx", [])).staged, indicators=rows)
    back = load_indicators(upload)
    assert (back.places, back.kode, back.sheets, back.facts) == (rows.places, rows.kode, rows.sheets, rows.facts)
    for name in ("place", "indicator", "sheet", "cell", "tahun", "values", "states", "held"):
        assert np.array_equal(getattr(back, name), getattr(rows, name)), name
    assert back.held.tolist() == [False, False, True]
    assert back.where(0) == ("Data", "C2")


def test_tables_that_are_not_used_say_nothing() -> None:
    assert len(staged_indicators([table([(ALFA, "", 2024, (1, 2))], use=False)])) == 0
    assert preview_indicators(compare_indicators(staged_indicators([]))) == {}


@pytest.mark.parametrize(("n_places", "n_indicators", "seconds"), [(51, 12, 0.5), (6_917, 12, 5.0)])
def test_speed(sent: Any, monkeypatch: pytest.MonkeyPatch, n_places: int, n_indicators: int, seconds: float) -> None:
    """51 × 12 at once, 83,000 values in about a second each way; the limits leave room for a busy machine."""
    parent = Area.objects.get(kode=ALFA)
    Area.objects.bulk_create(
        Area(kode=f"{ALFA}/P{n}", nama=f"P{n}", level="rt", parent=parent, path=f"{parent.path}{ALFA}/P{n}|")
        for n in range(n_places)
    )
    kode = [f"k{n}" for n in range(n_indicators)]
    facts: Mapping[str, IndicatorFacts] = {name: IndicatorFacts(name, "unit") for name in kode}
    monkeypatch.setattr(reading, "staged_indicators", lambda tables, _known: staged_indicators(tables, facts))
    rows = [(ALFA, f"P{n}", 2024, range(n, n + n_indicators)) for n in range(n_places)]
    whole = table(rows, kode=kode)
    start = time.perf_counter()
    upload = sent(whole)
    checked = time.perf_counter()
    applied(upload)
    done = time.perf_counter()
    run_now(undoing.request_undo(upload=upload, by=None, reason="x"))
    undone = time.perf_counter()
    took = [round(t, 2) for t in (checked - start, done - checked, undone - done)]
    assert IndicatorChange.objects.count() == 2 * n_places * n_indicators
    assert not IndicatorValue.objects.exists()
    assert max(took) < seconds, took
