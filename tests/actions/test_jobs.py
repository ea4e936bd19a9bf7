from datetime import timedelta

import pytest
from django.utils import timezone
from redis.exceptions import RedisError

from kelurahan.actions import jobs
from kelurahan.actions.jobs import MAX_ATTEMPTS, Outcome
from kelurahan.models import UPLOAD_MOVES, Job, JobState, UploadState

pytestmark = pytest.mark.django_db(transaction=True)


def never(job):
    raise AssertionError("given up")


def test_a_job_runs_once_however_often_it_is_delivered():
    ran = []
    job = jobs.record(jenis="uji", a=1)
    for _ in range(3):
        assert jobs.run(job.pk, {"uji": lambda j: ran.append(j.isi) or []}, never) == (Outcome.DONE, [])
    assert ran == [{"a": 1}]
    assert Job.objects.get().state == JobState.SELESAI


@pytest.mark.parametrize("error", [RedisError("gone"), OSError("closed")])
def test_a_dead_cache_neither_fails_a_job_nor_holds_up_what_follows(monkeypatch, error):
    def refuse(*_, **__):
        raise error

    for word in ("get", "set", "delete"):
        monkeypatch.setattr(jobs.cache, word, refuse)

    def handle(job):
        jobs.report(job, 1, 2, "setengah")
        return [following]

    job, following = jobs.record(jenis="uji"), jobs.record(jenis="uji")
    assert jobs.run(job.pk, {"uji": handle}, never) == (Outcome.DONE, [following])
    assert jobs.progress(job.pk) is None
    assert Job.objects.get(pk=job.pk).state == JobState.SELESAI


def test_a_job_that_no_longer_exists_is_done():
    assert jobs.run(12345, {}, never) == (Outcome.DONE, [])


def test_a_crash_is_tried_again_and_given_up_in_the_end():
    def crash(job):
        raise RuntimeError("putus")

    gave_up = []
    job = jobs.record(jenis="uji")
    for attempt in range(1, MAX_ATTEMPTS + 1):
        assert gave_up == []
        assert jobs.run(job.pk, {"uji": crash}, gave_up.append)[0] is Outcome.FAILED
        job.refresh_from_db()
        assert job.percobaan == attempt
    assert (job.state, job.pesan, len(gave_up)) == (JobState.GAGAL, "RuntimeError: putus", 1)


def test_a_job_that_takes_its_worker_along_every_time_is_given_up():
    gave_up = []
    job = jobs.record(jenis="uji")
    Job.objects.filter(pk=job.pk).update(state=JobState.BERJALAN, percobaan=MAX_ATTEMPTS)
    ran = []
    assert jobs.run(job.pk, {"uji": lambda j: ran.append(j) or []}, gave_up.append)[0] is Outcome.FAILED
    job.refresh_from_db()
    assert (ran, job.state, len(gave_up)) == ([], JobState.GAGAL, 1)
    assert job.pesan


def test_failing_and_telling_happen_together_or_not_at_all():
    def crash(job):
        raise RuntimeError("putus")

    def die(job):
        raise KeyboardInterrupt

    job = jobs.record(jenis="uji")
    Job.objects.filter(pk=job.pk).update(percobaan=MAX_ATTEMPTS - 1)
    with pytest.raises(KeyboardInterrupt):
        jobs.run(job.pk, {"uji": crash}, die)
    job.refresh_from_db()
    assert job.state == JobState.BERJALAN
    assert [lost.pk for lost in jobs.lost_jobs()] == [job.pk]


def test_the_sweeper_finds_what_was_lost_and_leaves_the_rest():
    long_ago = timezone.now() - timedelta(minutes=5)
    lost, fresh, dead, done = (jobs.record(jenis="uji") for _ in range(4))
    Job.objects.filter(pk=lost.pk).update(diantre=long_ago)
    Job.objects.filter(pk=dead.pk).update(state=JobState.BERJALAN)
    Job.objects.filter(pk=done.pk).update(state=JobState.SELESAI, diantre=long_ago)
    assert {job.pk for job in jobs.lost_jobs()} == {lost.pk, dead.pk}
    assert lost.pk not in {job.pk for job in jobs.lost_jobs()}
    assert Job.objects.get(pk=fresh.pk).state == JobState.MENUNGGU


def test_the_moves_of_an_upload_are_total_and_end_somewhere():
    assert set(UPLOAD_MOVES) == set(UploadState)
    reached, todo = set(), {UploadState.DITERIMA}
    while todo:
        state = todo.pop()
        reached.add(state)
        todo |= UPLOAD_MOVES[state] - reached
    assert reached == set(UploadState)
