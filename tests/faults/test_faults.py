"""The short drill: each fault once, small sheets, short patience. `make faults` is the long one."""

from collections.abc import Callable, Iterator

import pytest

from tests.faults import scenarios
from tests.faults.checks import HALF_WRITTEN, SUMMARIES, half_written
from tests.faults.client import NotAcknowledged
from tests.faults.scenarios import MOMENTS, VICTIMS, Drill, Outcome
from tests.faults.stack import Stack

WITHIN = 120.0  # seconds in which every job must be over


@pytest.fixture(scope="module")
def drill(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drill]:
    stack = Stack(tmp_path_factory.mktemp("gangguan") / "data", settings="tests.faults.settings", patience=4)
    try:
        stack.start()
        yield Drill(stack, rows=6)
    finally:
        stack.stop()


def stands(outcome: Outcome) -> None:
    assert outcome.lost == []
    assert outcome.half == []
    assert outcome.seconds < WITHIN


@pytest.mark.parametrize(
    ("victim", "moment"),
    [
        ("pool child", "parse"),
        ("worker", "apply"),
        ("web", "upload"),
        ("web", "save"),
        ("PostgreSQL", "recompute"),
        ("PostgreSQL", "save"),
        ("Valkey", "apply"),
        ("everything", "apply"),
    ],
)
def test_a_kill_in_the_middle_loses_nothing(drill: Drill, victim: str, moment: str):
    stands(scenarios.suffer(drill, MOMENTS[moment], VICTIMS[victim]))


@pytest.mark.parametrize(("moment", "promised"), [("upload", "received"), ("save", "saved")])
def test_a_dead_queue_costs_nobody_the_answer(drill: Drill, moment: str, promised: str):
    stands(scenarios.suffer(drill, MOMENTS[moment], VICTIMS["Valkey"]))
    assert [promise.what for promise in drill.promises] == [promised]


@pytest.mark.parametrize("fault", [scenarios.emptied_queue, scenarios.delivered_twice, scenarios.long_job])
def test_a_queue_that_goes_wrong_loses_nothing(drill: Drill, fault: Callable[[Drill], Outcome]):
    stands(fault(drill))


def test_no_room_for_files_is_told_and_costs_nothing(drill: Drill):
    with scenarios.no_room_in_files(drill.stack), pytest.raises(NotAcknowledged, match=r"^422"):
        drill.send()
    stands(scenarios.full_disk(drill, scenarios.no_room_in_files))


def test_afterwards_the_summaries_are_those_of_the_records(drill: Drill):
    assert half_written(drill.stack) == []
    before = drill.stack.sql(SUMMARIES)
    assert drill.stack.command("recompute", "--all") == 0
    assert drill.stack.sql(SUMMARIES) == before


A_RECORD = "(SELECT min(id) FROM kelurahan_assessment)"
AN_UPLOAD = "(SELECT min(id) FROM kelurahan_upload)"
A_JOB = "(SELECT min(id) FROM kelurahan_job)"
BREAKS = {
    "record that is not": f"UPDATE kelurahan_assessment SET d_jiwa = 1 WHERE id = {A_RECORD}",
    "change set without": "INSERT INTO kelurahan_changeset"
    " (oleh_nama, pada, asal, alasan, dokumen, jumlah, jumlah_nilai) VALUES ('', now(), 'api', '', '', 1, 0)",
    "nobody works on": f"UPDATE kelurahan_upload SET state = 'menerapkan' WHERE id = {AN_UPLOAD}",
    "without a message": f"UPDATE kelurahan_job SET state = 'gagal', pesan = '' WHERE id = {A_JOB}",
}


@pytest.mark.parametrize("words", BREAKS)
def test_the_checks_see_what_they_look_for(drill: Drill, words: str):
    """A check that cannot fail proves nothing: break its rule by hand, look, and take it back."""
    query = next(query for name, query in HALF_WRITTEN.items() if words in name)
    with drill.stack.session() as connection, connection.cursor() as cursor:
        connection.autocommit = False
        cursor.execute(BREAKS[words])
        cursor.execute(query)
        assert cursor.fetchone()[0] == 1
        connection.rollback()
