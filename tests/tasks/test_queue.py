"""A queue that does not take a job costs nobody an answer: the row stands, the sweeper finds it."""

import pytest
from django.db import transaction
from kombu.exceptions import OperationalError
from redis.exceptions import ResponseError

from kelurahan import tasks
from kelurahan.actions import jobs, summaries
from kelurahan.models import Job, JobState, Upload, UploadState
from tests.actions.cities import RULES

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
