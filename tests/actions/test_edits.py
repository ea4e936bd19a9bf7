"""Correcting a record by hand, against PostgreSQL: history, refusals, two people at once, undo."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import numpy as np
import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kelurahan.actions import edits, summaries, undoing
from kelurahan.models import Area, Assessment, Change, ChangeSet, Job, JobState, Origin, Role, Summary, User
from kelurahan.reports.history import load_history
from kelurahan.reports.record import differences, load_stored
from kelurahan.rules.numbers import read_number
from kelurahan.rules.record import read_record
from kelurahan.rules.regulation import FIELDS, RULE_SETS, State
from kelurahan.tasks import run_now
from tests.actions.cities import ALFA, BEST, BETA, RULES, WORST, make_city, put

pytestmark = pytest.mark.django_db(transaction=True)

RT = f"{ALFA}/RT001-RW001"
NEW = RULE_SETS[RULES]


@pytest.fixture(autouse=True)
def _city(transactional_db):
    make_city()
    put(ALFA, "RT001-RW001", 2025, BEST)
    summaries.recompute_all()


@pytest.fixture
def maria():
    return User.objects.create_user("maria", peran=Role.BAPPEDA)


@pytest.fixture
def yusuf():
    return User.objects.create_user("yusuf", peran=Role.OPERATOR, wilayah=Area.objects.get(kode=ALFA))


def area(kode=RT):
    return Area.objects.get(kode=kode)


def stored(kode=RT, year=2025):
    return load_stored(area(kode), year, RULES)


def save(by, texts, *, kode=RT, year=2025, seen=None, rule_set=RULES, reason="ukur ulang"):
    """Save the stored record with some fields typed anew."""
    now = load_stored(area(kode), year, rule_set)
    record = read_record({**now.texts(RULE_SETS[rule_set]), **texts}, RULE_SETS[rule_set])
    return edits.save(
        area=area(kode),
        year=year,
        rule_set=rule_set,
        values=record.values,
        states=record.states,
        seen_version=now.seen if seen is None else seen,
        by=by,
        reason=reason,
    )


def test_a_correction_is_one_change_with_who_when_why_and_old_to_new(maria):
    saved = save(maria, {"1a": "1.250", "bgn": "2.000", "2a": "tb", "3a": ""})
    assert saved.cells == 4
    row = Assessment.objects.get(area__kode=RT)
    assert (row.v_1a, row.d_bgn, row.v_2a, row.v_3a) == (1250, 2000, None, None)
    assert row.tidak_berlaku == 1 << FIELDS.index("2a")
    change = Change.objects.latest("pk")
    change_set = change.change_set
    assert (change_set.asal, change_set.oleh_nama, change_set.alasan) == (Origin.FORMULIR, "maria", "ukur ulang")
    assert (change.lama[FIELDS.index("1a")], change.baru[FIELDS.index("1a")]) == (0, 1250)
    assert change.berubah == sum(1 << FIELDS.index(f) for f in ("1a", "bgn", "2a", "3a"))
    assert change.versi == row.versi == 2


def test_summaries_follow_through_the_same_job(maria):
    saved = save(maria, WORST)
    assert Summary.objects.get(area__kode=ALFA).total_min == 0
    assert saved.recompute.state == JobState.MENUNGGU
    run_now(saved.recompute)
    for kode in (ALFA, "99.01.01", "99.01"):
        assert Summary.objects.get(area__kode=kode).total_min == 80


def test_a_save_tells_whether_the_kelurahan_was_and_will_be_complete(maria):
    def told(texts, kode=RT):
        saved = save(maria, texts, kode=kode)
        run_now(saved.recompute)
        assert Summary.objects.get(area__kode=ALFA).lengkap is saved.complete
        return saved.was_complete, saved.complete

    assert told({"1a": "5"}) == (True, True)
    assert told({"1a": ""}) == (True, False)
    assert told({"1c": "7"}) == (False, False)
    assert told({"1a": "5"}) == (False, True)
    new = f"{ALFA}/RT009-RW001"
    put_and_forget("RT009-RW001")
    summaries.recompute_all()
    assert told({"1a": "0"}, new) == (False, False)
    assert told(BEST, new) == (False, True)
    assert told({"1a": "7"}, ALFA) == (True, True)  # its own figure is not used beside those of its RT


def test_nothing_changed_writes_nothing(maria):
    before = (Change.objects.count(), Job.objects.count(), ChangeSet.objects.count())
    assert save(maria, {"1a": "0,0"}) == edits.Saved(None, None)
    assert (Change.objects.count(), Job.objects.count(), ChangeSet.objects.count()) == before


def test_a_first_record_and_an_empty_one(maria):
    assert save(maria, {}, year=2024) == edits.Saved(None, None)
    assert save(maria, {"kk": "12"}, year=2024).cells == 1
    assert Assessment.objects.get(area__kode=RT, tahun=2024).d_kk == 12


@pytest.mark.parametrize(
    ("texts", "field", "code"),
    [
        ({"1a": "-1"}, "1a", "negative"),
        ({"1a": "banyak"}, "1a", "not_a_number"),
        ({"kk": "0", "3a": "4"}, "3a", "volume_over_zero"),
        ({"luas": "10.000.000.000"}, "luas", "not_a_number"),
    ],
)
def test_what_is_wrong_is_refused_field_by_field(maria, texts, field, code):
    before = Change.objects.count()
    with pytest.raises(edits.Invalid) as refused:
        save(maria, texts)
    assert (field, code) in [(f.field, f.code) for f in refused.value.findings]
    assert Change.objects.count() == before


def test_warnings_forbid_nothing(maria):
    assert save(maria, {"1a": "150"}).cells == 1


def test_without_a_reason_or_on_a_kecamatan_nothing_is_saved(maria):
    with pytest.raises(ValueError):
        save(maria, {"1a": "5"}, reason="  ")
    with pytest.raises(ValueError):
        save(maria, {"1a": "5"}, kode="99.01.01")


def test_the_other_rule_set_is_another_record_and_keeps_its_own_fields(maria):
    other = "permen-02-2016"
    save(maria, {"drain": "100", "4d": "30"}, rule_set=other)
    save(maria, {"drain": "100", "4d": "40"}, rule_set=other)
    assert Assessment.objects.get(area__kode=RT, aturan=other).v_4d == 40
    assert stored().states[FIELDS.index("4d")] == State.EMPTY


def test_fields_outside_the_rule_set_keep_what_they_hold(maria):
    put(BETA, "", 2025, {**BEST, "4d": "7"})
    save(maria, {"1a": "9"}, kode=BETA)
    row = Assessment.objects.get(area__kode=BETA)
    assert (row.v_4d, row.v_1a) == (7, 9)


def test_a_direct_figure_recomputes_its_kelurahan(maria):
    saved = save(maria, WORST, kode=BETA)
    assert saved.recompute.isi["kelurahan"] == [area(BETA).pk]


@pytest.mark.parametrize(
    ("role", "home"),
    [(Role.OPERATOR, BETA), (Role.OPERATOR, None), (Role.CAMAT, "99.01.01"), (Role.PEJABAT, None), (Role.OPD, None)],
)
def test_no_right_no_write(role, home):
    person = User.objects.create_user("x", peran=role, wilayah=area(home) if home else None)
    with pytest.raises(PermissionDenied):
        save(person, {"1a": "5"})
    assert Assessment.objects.get(area__kode=RT).v_1a == 0


def test_an_operator_writes_at_home(yusuf):
    assert save(yusuf, {"1a": "5"}).cells == 1


def test_a_stale_save_writes_nothing_and_shows_both_versions(maria, yusuf):
    seen = stored().seen
    save(yusuf, {"1a": "11", "1c": "21"})
    record = read_record({**BEST, "1a": "31", "2b": "41"}, NEW)
    with pytest.raises(edits.Stale) as stale:
        save(maria, {"1a": "31", "1c": "0", "2b": "41"}, seen=seen)
    assert Assessment.objects.get(area__kode=RT).v_1a == 11
    shown = differences(area(), 2025, NEW, seen, stale.value.stored, record)
    told = {d.field: (d.semula, d.mereka, d.saya, d.oleh, d.pihak) for d in shown}
    assert told == {
        "1a": ("0", "11", "31", "yusuf", ""),
        "1c": ("0", "21", "0", "yusuf", "mereka"),
        "2b": ("0", "0", "41", "", "saya"),
    }
    assert save(maria, {"1a": "31", "2b": "41"}, seen=stale.value.stored.seen).cells == 2
    assert Assessment.objects.get(area__kode=RT).v_1c == 21


def test_a_stale_save_of_what_stands_there_already_is_no_clash(maria, yusuf):
    seen = stored().seen
    save(yusuf, {"1a": "11"})
    assert save(maria, {"1a": "11"}, seen=seen) == edits.Saved(None, None)


def test_a_record_removed_and_made_anew_is_not_taken_for_the_old_one(maria, yusuf):
    """Its row counts versions from 1 again; what a person has seen is named for good."""
    first = save(yusuf, {"kk": "12"}, year=2023)
    seen = stored(year=2023).seen
    edits.undo(change_set=first.change_set, area=area(), by=yusuf, reason="keliru")
    save(yusuf, {"kk": "99"}, year=2023)
    assert Assessment.objects.get(area__kode=RT, tahun=2023).versi == 1
    with pytest.raises(edits.Stale):
        save(maria, {"kk": "13"}, year=2023, seen=seen)


def test_two_people_at_once_one_wins_and_the_other_is_told(maria, yusuf):
    seen, start = stored().seen, Barrier(2)

    def attempt(who, text):
        try:
            start.wait(10)
            return save(who, {"1a": text}, seen=seen).cells
        except edits.Stale as stale:
            return stale.stored.texts(NEW)["1a"]
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        outcome = {text: pool.submit(attempt, who, text) for who, text in ((maria, "5"), (yusuf, "7"))}
        results = {text: future.result(30) for text, future in outcome.items()}
    winner = next(text for text, result in results.items() if result == 1)
    loser = next(text for text in results if text != winner)
    assert results[loser] == winner
    assert Assessment.objects.get(area__kode=RT).v_1a == Decimal(winner)
    assert ChangeSet.objects.filter(oleh_nama__in=["maria", "yusuf"]).count() == 1


def test_a_place_that_has_gone_meanwhile(maria):
    made = put_and_forget("RT009-RW001")
    Area.objects.filter(pk=made.pk).delete()
    record = read_record({"kk": "3"}, NEW)
    with pytest.raises(Area.DoesNotExist):
        edits.save(
            area=made, year=2025, rule_set=RULES, values=record.values, states=record.states,
            seen_version=0, by=maria, reason="x",
        )  # fmt: skip


def put_and_forget(nama):
    parent = area(ALFA)
    kode = f"{ALFA}/{nama}"
    return Area.objects.create(kode=kode, nama=nama, level="rt", parent=parent, path=f"{parent.path}{kode}|")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.text("0123456789.,", min_size=1, max_size=14), st.sampled_from(["tb", "", "-", "kosong"])))
def test_what_is_stored_is_exactly_what_the_reader_read(maria, text):
    said = read_number(text)
    try:
        save(maria, {"bgn": text})
    except edits.Invalid:
        assert said.state == State.INVALID or said.value == 0  # over a denominator of 0
        return
    row = Assessment.objects.get(area__kode=RT)
    assert row.d_bgn == (said.value if said.state == State.FILLED else None)
    assert bool(row.tidak_berlaku & 1 << FIELDS.index("bgn")) == (said.state == State.NOT_APPLICABLE)


# --- undo ------------------------------------------------------------------------------------------------------


def test_undo_puts_the_record_back(maria):
    before = stored()
    saved = save(maria, {"1a": "5", "3a": "", "2a": "tb"})
    undone = edits.undo(change_set=saved.change_set, area=area(), by=maria, reason="keliru")
    after = stored()
    assert np.array_equal(before.values, after.values)
    assert np.array_equal(before.states, after.states)
    assert (undone.change_set.asal, undone.change_set.urungkan_id) == (Origin.URUNGAN, saved.change_set.pk)
    assert undone.recompute.jenis == "hitung"
    with pytest.raises(edits.NotUndoable):
        edits.undo(change_set=saved.change_set, area=area(), by=maria, reason="lagi")


def test_undo_of_a_first_record_removes_it_and_the_history_stays(maria):
    saved = save(maria, {"kk": "12"}, year=2024)
    edits.undo(change_set=saved.change_set, area=area(), by=maria, reason="keliru")
    assert not Assessment.objects.filter(area__kode=RT, tahun=2024).exists()
    entries = load_history(area(), 2024, RULES).entries
    assert [(e.dihapus, e.pertama, e.urungan) for e in entries] == [(True, False, True), (False, True, False)]


def test_an_edit_with_later_edits_is_not_undone(maria):
    saved = save(maria, {"1a": "5"})
    save(maria, {"1a": "6"})
    with pytest.raises(undoing.LaterEdits):
        edits.undo(change_set=saved.change_set, area=area(), by=maria, reason="x")
    assert Assessment.objects.get(area__kode=RT).v_1a == 6


def test_undo_needs_the_right_and_an_edit_of_this_place(maria, yusuf):
    saved = save(maria, {"kk": "5"}, kode=BETA)
    with pytest.raises(PermissionDenied):
        edits.undo(change_set=saved.change_set, area=area(BETA), by=yusuf, reason="x")
    with pytest.raises(edits.NotUndoable):
        edits.undo(change_set=saved.change_set, area=area(), by=yusuf, reason="x")


def test_a_long_history_shows_its_newest_part(maria):
    for n in range(1, 25):
        save(maria, {"1a": str(n)})
    short, whole = load_history(area(), 2025, RULES), load_history(area(), 2025, RULES, whole=True)
    assert (len(short.entries), short.n, short.n_more) == (20, 25, 5)
    assert (len(whole.entries), whole.n_more) == (25, 0)
    assert [e.dapat_diurungkan for e in short.entries] == [True] + [False] * 19


def test_one_can_step_back_several_times(maria):
    for n in ("5", "6", "7"):
        save(maria, {"1a": n})
    for value in (6, 5, 0):
        (offered,) = (e for e in load_history(area(), 2025, RULES).entries if e.dapat_diurungkan)
        edits.undo(change_set=offered.change_set, area=area(), by=maria, reason="keliru")
        assert Assessment.objects.get(area__kode=RT).v_1a == value
    entries = load_history(area(), 2025, RULES).entries
    assert [e.urungan for e in entries] == [True] * 3 + [False] * 4
    assert [e.diurungkan for e in entries] == [False] * 3 + [True] * 3 + [False]
    assert [e.dapat_diurungkan for e in entries] == [False] * 6 + [True]  # the very first one


def test_an_edit_after_an_undo_comes_first_and_then_the_one_before_both(maria):
    first, second = save(maria, {"1a": "5"}), save(maria, {"1a": "6"})
    edits.undo(change_set=second.change_set, area=area(), by=maria, reason="keliru")
    third = save(maria, {"1a": "7"})
    for expected, value in ((third, 5), (first, 0)):
        (offered,) = (e for e in load_history(area(), 2025, RULES).entries if e.dapat_diurungkan)
        assert offered.change_set == expected.change_set
        edits.undo(change_set=offered.change_set, area=area(), by=maria, reason="keliru")
        assert Assessment.objects.get(area__kode=RT).v_1a == value
