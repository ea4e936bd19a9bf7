"""A queue that does not take a job costs nobody an answer: the row stands, the sweeper finds it."""

import os
import time
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis.exceptions import ResponseError

from kelurahan import tasks
from kelurahan.actions import jobs, quarantine, summaries
from kelurahan.models import Job, JobState, Upload, UploadState
from tests.actions.cities import RULES
from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    "error", [OperationalError("gone"), ResponseError("MISCONF disk full"), OSError("closed"), AttributeError("kombu")]
)
def test_whatever_the_queue_says_the_answer_is_given(monkeypatch, error):
    def refuse(*_, **__):
        raise error

    monkeypatch.setattr(tasks.run_job, "apply_async", refuse)
    with transaction.atomic():
        job = jobs.record(jenis="uji")
        tasks.queue(job)
    assert Job.objects.get().state == JobState.MENUNGGU


def test_a_recomputation_that_fails_for_good_is_told_and_moves_nothing(monkeypatch):
    def crash(**_):
        raise RuntimeError("putus")

    monkeypatch.setattr(tasks.summaries, "recompute", crash)
    upload = Upload.objects.create(
        nama_berkas="a", sha256="", ukuran=1, aturan=RULES, oleh_nama="uji", state=UploadState.MENGURUNGKAN
    )
    job = jobs.record(jenis="hitung", upload=upload, aturan=RULES, kelurahan=[], tahun=[2025])
    for _ in range(jobs.MAX_ATTEMPTS):
        tasks.run_now(job)
    monkeypatch.undo()
    upload.refresh_from_db()
    assert (upload.state, upload.pesan["code"]) == (UploadState.MENGURUNGKAN, "recompute_failed")
    assert Job.objects.get().state == JobState.GAGAL
    summaries.recompute_all()
    assert Upload.objects.get().pesan == {}


def test_nothing_is_queued_before_the_commit_or_after_a_rollback(monkeypatch):
    sent = []
    monkeypatch.setattr(tasks.run_job, "apply_async", lambda args, **_: sent.append(args))
    with transaction.atomic():
        tasks.queue(jobs.record(jenis="uji"))
        assert sent == []
    assert len(sent) == 1
    with transaction.atomic():
        tasks.queue(jobs.record(jenis="uji"))
        transaction.set_rollback(True)
    assert len(sent) == 1


def test_tidying_removes_log_ins_that_are_over_and_files_nobody_names(client):
    now = timezone.now()
    client.force_login(make_user())
    living = Session.objects.get()
    for key, ends in {"lalu": now - timedelta(days=3), "baru": now, "nanti": now + timedelta(minutes=5)}.items():
        Session.objects.create(session_key=key, session_data="", expire_date=ends)
    forgotten = quarantine.keep([b"a"])[0]
    long_ago = time.time() - 2 * quarantine.FORGOTTEN_AFTER
    os.utime(quarantine.where(forgotten), (long_ago, long_ago))
    tasks.tidy()
    assert set(Session.objects.values_list("pk", flat=True)) == {living.pk, "nanti"}
    assert not quarantine.where(forgotten).exists()
    assert client.get("/unggah/").status_code == 200
