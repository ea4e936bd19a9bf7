import errno
import os
import time
import zipfile

import pytest

from kelurahan.actions import quarantine, uploads
from kelurahan.intake import sandbox
from kelurahan.intake.refusal import Refused
from kelurahan.models import Upload
from tests.actions.cities import RULES


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, settings, monkeypatch):
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(sandbox.tempfile, "gettempdir", lambda: str(tmp_path / "none"))


def names():
    return {path.name for path in quarantine.folder().iterdir()}


def test_a_full_disk_is_told_in_words_and_leaves_nothing(monkeypatch):
    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Refused, match="disk_full") as refused:
        quarantine.keep([b"x"])
    assert "penuh" in refused.value.words()
    assert names() == set()


def test_another_failure_stays_what_it_is(monkeypatch):
    def broken(_):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(OSError, match="Input/output"):
        quarantine.keep([b"x"])
    assert names() == set()


@pytest.mark.django_db
def test_files_of_a_process_killed_before_it_could_name_them_go_after_a_day():
    named, _ = uploads.receive(chunks=[b"a"], filename="a.csv", by=None, year=None, rule_set=RULES)
    old, fresh = quarantine.keep([b"b"])[0], quarantine.keep([b"c"])[0]
    working = quarantine.folder() / ".pemulihan-x"
    working.mkdir()
    foreign = quarantine.folder() / "catatan.txt"
    foreign.touch()
    long_ago = time.time() - 2 * quarantine.FORGOTTEN_AFTER
    for name in (named.berkas, old, working.name, foreign.name):
        os.utime(quarantine.folder() / name, (long_ago, long_ago))
    assert uploads.discard_forgotten_files() == 2
    assert names() == {named.berkas, fresh, foreign.name}
    assert Upload.objects.get().berkas == named.berkas


@pytest.mark.parametrize("name", ["", "..", "../etc/passwd", "abc", "A" * 32, "a" * 31, "a" * 32 + "\n"])
def test_only_names_of_its_own_lead_to_a_file(name):
    with pytest.raises(ValueError):
        quarantine.where(name)


def test_a_file_over_the_limit_is_refused_with_its_own_size(monkeypatch):
    monkeypatch.setattr(quarantine, "MAX_BYTES", 2_000_000)
    with pytest.raises(Refused) as refused:
        quarantine.keep([b"x" * 1_000_000] * 3 + [b"y" * 34_567])
    assert refused.value.words().startswith("Berkas ini 3,04 MB; batasnya 2 MB.")
    assert names() == set()


def test_several_files_become_one(tmp_path):
    name, digest, size = quarantine.keep_several([("a.csv", [b"Kelurahan,Luas\n", b"Solor,1\n"]), ("b.csv", [b"x"])])
    with zipfile.ZipFile(quarantine.where(name)) as archive:
        assert archive.read("01/a.csv") == b"Kelurahan,Luas\nSolor,1\n"
    assert names() == {name}
    assert (len(digest), size) == (64, quarantine.where(name).stat().st_size)


def test_several_files_are_together_no_larger_than_one(monkeypatch):
    monkeypatch.setattr(quarantine, "MAX_BYTES", 2_000_000)
    with pytest.raises(Refused) as refused:
        quarantine.keep_several([("a.csv", [b"x" * 1_500_000]), ("b.csv", [b"x" * 1_000_000])])
    assert refused.value.words().startswith("2 berkas ini bersama-sama 2,50 MB; batasnya 2 MB.")
    assert names() == set()
    with pytest.raises(Refused, match="empty_file"):
        quarantine.keep_several([("a.csv", [b"x"]), ("b.csv", [])])
    assert names() == set()
