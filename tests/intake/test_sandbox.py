"""Whatever the child does, the parent gets a result or a refusal in words."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kelurahan.intake import sandbox, telling
from kelurahan.intake.refusal import Refused


@pytest.fixture(autouse=True)
def _bad_child(monkeypatch):
    monkeypatch.setattr(sandbox, "CHILD_MODULE", "tests.intake.bad_child")


def refusal(job, **limits):
    with pytest.raises(Refused) as caught:
        sandbox.run(job, "/dev/null", **limits)
    assert caught.value.words().endswith(".")
    return caught.value


@pytest.mark.parametrize(
    ("job", "code"),
    [("hang", "took_too_long"), ("spin", "took_too_long")],
)
def test_slow_child_is_killed_within_its_time(job, code):
    start = time.monotonic()
    assert refusal(job, seconds=2).code == code
    assert time.monotonic() - start < 8


@pytest.mark.parametrize(
    ("job", "code"),
    [("swell", "out_of_memory"), ("killed", "out_of_memory"), ("abort", "damaged"), ("refuse", "too_many_rows")],
)
def test_every_death_has_its_words(job, code):
    assert refusal(job).code == code


def test_a_single_kill_from_outside_costs_nobody_the_file(tmp_path):
    assert sandbox.run("killed_once", "/dev/null", {"note": str(tmp_path / "note")}) == "done"


def test_rows_are_heard_while_they_are_read(tmp_path):
    heard = []

    def hear(*rows):
        heard.append(rows)
        (tmp_path / "heard").touch()

    assert sandbox.run("counting", "/dev/null", {"heard": str(tmp_path / "heard")}, hear=hear) == "done"
    assert set(heard) == {(40_000, 83_000)}


@pytest.mark.parametrize(
    "written", [b"", b"1", b"9" * 100, b"\xff" * 24, b"         -1          10\n", b"         11          10\n"]
)
def test_whatever_else_a_child_writes_there_is_not_heard(tmp_path, written):
    (tmp_path / "progress").write_bytes(written)
    assert telling.heard(tmp_path / "progress") is None


def test_a_short_sheet_tells_nothing(tmp_path, monkeypatch):
    path = tmp_path / "progress"
    monkeypatch.setattr(telling, "_told_in", None)
    telling.tell_in(path)
    telling.tell(1, telling.FEW)
    assert telling.heard(path) is None
    telling.tell(1, telling.FEW + 1)
    assert telling.heard(path) == (1, telling.FEW + 1)
    os.close(telling._told_in)


@pytest.mark.parametrize("job", ["crash", "silent"])
def test_a_bug_of_ours_is_logged_and_told_apart(job, caplog):
    with caplog.at_level(logging.ERROR):
        assert refusal(job).code == "reader_failed"
    assert caplog.records


def test_a_talkative_child_is_no_trouble():
    assert sandbox.run("chatter", "/dev/null") == "done"


def test_child_knows_nothing_of_the_parent(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "hush")
    seen = sandbox.run("surroundings", "/dev/null", {"year": 2023})
    assert "SECRET_KEY" not in seen["environment"]
    assert seen["environment"]["OPENBLAS_NUM_THREADS"] == "1"
    assert (seen["core"], seen["memory"], seen["leader"]) == (0, sandbox.MEMORY_BYTES, True)
    assert seen["params"] == {"year": 2023}


def test_nothing_is_left_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(sandbox.tempfile, "tempdir", str(tmp_path))
    refusal("abort")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="the death signal of a parent is known to Linux only")
def test_child_dies_with_its_parent(tmp_path):
    note = tmp_path / "pid"
    program = (
        "from kelurahan.intake import sandbox\n"
        "sandbox.CHILD_MODULE = 'tests.intake.bad_child'\n"
        f"sandbox.run('announce_and_hang', '/dev/null', {{'note': {str(note)!r}}})\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], cwd=sandbox.HOME) as parent:
        _wait_for(lambda: note.exists() and note.read_text())
        parent.kill()
    pid = int(note.read_text())
    _wait_for(lambda: not _alive(pid))


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/status")
    return not (status.exists() and "State:\tZ" in status.read_text())


def _wait_for(condition, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def test_the_folder_of_a_killed_reading_goes_after_an_hour(tmp_path, monkeypatch):
    monkeypatch.setattr(sandbox.tempfile, "gettempdir", lambda: str(tmp_path))
    old, fresh, foreign = tmp_path / "kumuh-baca-1", tmp_path / "kumuh-baca-2", tmp_path / "lain"
    for path in (old, fresh, foreign):
        path.mkdir()
        (path / "answer.json").write_text("{}")
    long_ago = time.time() - 2 * sandbox.LEFT_AFTER
    for path in (old, foreign):
        os.utime(path, (long_ago, long_ago))
    assert sandbox.discard_leftovers() == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kumuh-baca-2", "lain"]
