"""The real records of another city through the whole product: nothing is left unexplained."""

from collections import Counter

import pytest

from tests.realdata.cityfiles import KODE
from tests.realdata.comparing import DIRECT, RT, SUM, Cause
from tests.realdata.pekalongan import Outcome, run
from tests.realdata.workbook import WORKBOOK

pytestmark = pytest.mark.skipif(
    not WORKBOOK.exists(), reason="the workbook of Kota Pekalongan is not here; it is never part of the repository"
)
RECORDS = 2295
EMPTY_TREE = {"kota": 1, "kecamatan": 4, "kelurahan": 27, "kawasan": 0, "rt": 0}


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    return run()


def test_no_difference_is_unexplained(outcome):
    assert [str(d) for d in outcome.unexplained] == []
    assert outcome.compared == {RT: 2160, DIRECT: 135, SUM: 135}


def test_each_difference_has_its_cause(outcome):
    assert outcome.causes == {
        (RT, Cause.SHIFTED): 250,
        (RT, Cause.NEGATIVE): 6,
        (DIRECT, Cause.SHIFTED): 5,
        (DIRECT, Cause.NEGATIVE): 2,
        (SUM, Cause.NEGATIVE): 2,
        (SUM, Cause.PART): 2,
        (SUM, Cause.PART_AND_WORKS): 3,
        (SUM, Cause.WORKS): 31,
        (SUM, Cause.WORKS_TWICE): 1,
    }


def test_a_recorded_class_is_never_contradicted_by_its_own_record(outcome):
    own = [d for d in outcome.differences if d.level in (RT, DIRECT)]
    assert [str(d) for d in own if d.moves_class] == []


def test_kauman_is_ringan_when_its_rt_are_added_up(outcome):
    found = [d for d in outcome.differences if d.place == "Kauman" and d.cause is Cause.PART]
    assert [(d.recorded.split()[1], d.computed.split()[1]) for d in found] == 2 * [("KS", "KR")]


def test_volumes_that_differ_without_moving_a_nilai_are_named_too(outcome):
    assert "unknown" not in Counter(d.why for d in outcome.quiet)


def test_everything_is_taken_in_and_what_is_odd_is_told(outcome):
    assert outcome.loaded["applied"]
    assert outcome.loaded["counts"] == {"new": RECORDS, "changed": 0, "same": 0, "blocked": 0}
    assert outcome.loaded["unmatched"] == []
    told = Counter(f["code"] for f in outcome.loaded["findings"])
    assert told["over_100_percent"] == sum(r.over_100_percent for r in outcome.city.records)
    assert told["incomplete_row"] == sum(bool(r.negative) for r in outcome.city.records)


def test_the_same_file_again_changes_nothing(outcome):
    assert outcome.again["counts"] == {"new": 0, "changed": 0, "same": RECORDS, "blocked": 0}


def test_above_the_kawasan_everything_adds_up(outcome):
    assert outcome.upper == []


def test_rebuilding_gives_what_the_jobs_gave(outcome):
    assert len(outcome.states["loaded"]["ringkasan"]) == 5 * (27 + 27 + 4 + 1)
    assert outcome.states["recomputed"] == outcome.states["loaded"]


def test_undo_leaves_the_places_only(outcome):
    for undone in (outcome.states["undone"], outcome.states["undone again"]):
        assert (undone["catatan"], undone["ringkasan"], undone["tempat"]) == (0, [], EMPTY_TREE)
    assert outcome.states["empty"]["tempat"] == EMPTY_TREE


def test_the_city_is_the_configured_one(outcome):
    assert all(kode.startswith(f"{KODE}.") for kode in outcome.loaded["matched"])
