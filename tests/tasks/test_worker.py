"""Jobs with a real worker and a real Valkey: delivered twice, killed half-way, lost with the whole queue."""

import os
import signal

import pytest
from celery import current_app
from django.conf import settings
from django.db import connection, transaction

from kelurahan.actions import uploads
from kelurahan.actions.records import lock_records
from kelurahan.models import Assessment, Change, ChangeSet, Job, JobState, Summary, Upload, UploadState
from kelurahan.tasks import queue, run_job, sweep
from tests.actions.cities import ALFA, RULES, WORST, make_city
from tests.actions.sheets import workbook
from tests.waiting import eventually

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _city(worker):
    make_city()


def receive():
    rows = [(ALFA, f"RT{n:03d}-RW001", 2025, WORST) for n in range(1, 4)]
    with transaction.atomic():
        upload, job = uploads.receive(chunks=[workbook(rows)], filename="data.xlsx", by=None, year=None, rule_set=RULES)
        queue(job)
    return upload


def wait_for(upload, state, seconds=30):
    eventually(lambda: Upload.objects.get(pk=upload.pk).state == state, seconds, f"upload is {state}")


def ready():
    upload = receive()
    wait_for(upload, UploadState.SIAP)
    return upload


def ask_to_apply(upload):
    with transaction.atomic():
        job = uploads.request_apply(upload=upload, by=None, reason="uji")
        queue(job)
    return job


def settled():
    return not Job.objects.exclude(state__in=[JobState.SELESAI, JobState.GAGAL]).exists()


def waiting_for_lock():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        return [row[0] for row in cursor.fetchall()]


def test_from_the_file_to_the_summary():
    upload = ready()
    ask_to_apply(upload)
    wait_for(upload, UploadState.DITERAPKAN)
    eventually(lambda: Summary.objects.filter(area__kode="99.01").exists(), 20, "the city is summed")
    assert Summary.objects.get(area__kode=ALFA).total_min == 80


def test_a_second_delivery_does_nothing():
    upload = ready()
    job = ask_to_apply(upload)
    for _ in range(5):
        run_job.delay(job.pk)
    wait_for(upload, UploadState.DITERAPKAN)
    eventually(settled, 20, "all jobs are over")
    for _ in range(5):
        run_job.delay(job.pk)
    assert ChangeSet.objects.count() == 1
    assert Change.objects.count() == 3
    assert Job.objects.get(pk=job.pk).percobaan == 1


def test_a_pool_child_killed_in_the_middle_of_applying_leaves_nothing_half_written(worker):
    upload = ready()
    with transaction.atomic():
        lock_records(RULES)  # the worker waits for it inside its transaction
        job = Job.objects.get(pk=_asked_elsewhere(upload))
        eventually(waiting_for_lock, 20, "the worker is applying")
        for pid in worker.pool_pids():
            os.kill(pid, signal.SIGKILL)
        eventually(lambda: not waiting_for_lock() or Job.objects.get(pk=job.pk).percobaan > 1, 20, "the child is gone")
        assert not Assessment.objects.exists()
        assert not Change.objects.exists()
    wait_for(upload, UploadState.DITERAPKAN, 90)
    assert ChangeSet.objects.count() == 1
    assert Assessment.objects.count() == 3


def _asked_elsewhere(upload):
    """Ask for applying over a second connection, as a web process would, while this one holds the lock."""
    from concurrent.futures import ThreadPoolExecutor

    def ask():
        try:
            return ask_to_apply(upload).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(ask).result(20)


def test_an_emptied_queue_loses_nothing():
    upload = ready()
    with transaction.atomic():
        job = uploads.request_apply(upload=upload, by=None, reason="uji")  # recorded, never queued
    with current_app.connection_for_write() as broker:
        broker.default_channel.client.delete(settings.CELERY_TASK_DEFAULT_QUEUE)
    Job.objects.filter(pk=job.pk).update(diantre="2020-01-01T00:00Z")
    sweep.delay()
    wait_for(upload, UploadState.DITERAPKAN)
    assert ChangeSet.objects.count() == 1


def test_a_killed_worker_leaves_a_job_that_the_sweeper_finds(worker):
    upload = ready()
    with transaction.atomic():
        lock_records(RULES)
        job_pk = _asked_elsewhere(upload)
        eventually(waiting_for_lock, 20, "the worker is applying")
        worker.kill()
        eventually(lambda: not waiting_for_lock(), 20, "PostgreSQL noticed")
    assert Job.objects.get(pk=job_pk).state == JobState.BERJALAN
    worker.start()
    sweep.delay()
    wait_for(upload, UploadState.DITERAPKAN)
    assert ChangeSet.objects.count() == 1
    assert Assessment.objects.count() == 3
