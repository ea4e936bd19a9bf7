"""Jobs: a row per piece of work, a PostgreSQL lock while it runs, and a sweeper for what the queue lost.

An action records the job in its own transaction; the view or command queues it once that is committed. Redis may
deliver a job twice, late or never: the row and the lock decide what happens.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone
from redis.exceptions import RedisError

from kelurahan.models import Job, JobState, Upload

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 4
_LOCK_CLASS = 5371  # any constant: keeps these locks apart from others'
Handler = Callable[[Job], list[Job]]


class Outcome(StrEnum):
    DONE = "done"
    BUSY = "busy"  # another worker has it
    FAILED = "failed"


def record(*, jenis: str, upload: Upload | None = None, **isi: Any) -> Job:
    """Write down work to do. The caller queues it after its commit."""
    return Job.objects.create(jenis=jenis, isi=isi, upload=upload)


@contextmanager
def _lock(pk: int) -> Iterator[bool]:
    """Hold the job's lock for this connection; PostgreSQL frees it when the process dies."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCK_CLASS, pk])
        held = cursor.fetchone()[0]
    try:
        yield held
    finally:
        if held:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCK_CLASS, pk])


def run(pk: int, handlers: dict[str, Handler], give_up: Callable[[Job], None]) -> tuple[Outcome, list[Job]]:
    """Run one job if nobody else does and it is still open. Returns the jobs that it asks for next.

    A handler that raises is tried again by the sweeper; after MAX_ATTEMPTS the job has failed and `give_up` tells
    the people who wait for it.
    """
    with _lock(pk) as held:
        if not held:
            return Outcome.BUSY, []
        job = Job.objects.select_related("upload").filter(pk=pk).first()
        if job is None or job.state in (JobState.SELESAI, JobState.GAGAL):
            return Outcome.DONE, []
        Job.objects.filter(pk=pk).update(
            state=JobState.BERJALAN, mulai=timezone.now(), percobaan=F("percobaan") + 1, pesan=""
        )
        job.refresh_from_db()
        if job.percobaan > MAX_ATTEMPTS:
            # Every attempt so far took its process along and could not say so
            _fail(job, "the worker died in every attempt", give_up)
            return Outcome.FAILED, []
        return _attempt(job, handlers, give_up)


def _attempt(job: Job, handlers: dict[str, Handler], give_up: Callable[[Job], None]) -> tuple[Outcome, list[Job]]:
    try:
        following = handlers[job.jenis](job)
    except Exception as error:
        log.exception("job %s (%s) failed, attempt %s", job.pk, job.jenis, job.percobaan)
        words = f"{type(error).__name__}: {error}"[:500]
        if job.percobaan >= MAX_ATTEMPTS:
            _fail(job, words, give_up)
        else:
            Job.objects.filter(pk=job.pk).update(state=JobState.MENUNGGU, pesan=words, diantre=timezone.now())
        return Outcome.FAILED, []
    Job.objects.filter(pk=job.pk).update(state=JobState.SELESAI, selesai=timezone.now())
    _forget_progress(job)
    return Outcome.DONE, following


def _fail(job: Job, words: str, give_up: Callable[[Job], None]) -> None:
    """For good, and told in the same breath: a process that dies in between leaves the job open to be failed again."""
    with transaction.atomic():
        Job.objects.filter(pk=job.pk).update(state=JobState.GAGAL, pesan=words, selesai=timezone.now())
        give_up(job)


def lost_jobs() -> list[Job]:
    """Jobs that wait too long, or are marked as running while nobody holds their lock."""
    waiting = Q(state=JobState.MENUNGGU, diantre__lt=timezone.now() - timedelta(seconds=settings.JOB_LOST_AFTER))
    lost = []
    for job in Job.objects.filter(waiting | Q(state=JobState.BERJALAN)):
        with _lock(job.pk) as free:
            if free:
                lost.append(job)
    Job.objects.filter(pk__in=[job.pk for job in lost]).update(diantre=timezone.now())
    return lost


def _key(pk: int) -> str:
    return f"kemajuan:{pk}"


Told = tuple[int, int, str, tuple[int, int] | None]
"""Steps done and all, what is done now, and within it rows done and all."""


def report(job: Job, done: int, total: int, text: str, rows: tuple[int, int] | None = None) -> None:
    """Tell how far a job is. Kept in the cache only: losing it loses nothing."""
    try:
        cache.set(_key(job.pk), (done, total, text, rows), 600)
    except (OSError, RedisError):
        log.warning("progress of job %s could not be told", job.pk)


def _forget_progress(job: Job) -> None:
    """A dead cache must not keep what follows the job from being queued; the entry ends by itself."""
    with suppress(OSError, RedisError):
        cache.delete(_key(job.pk))


def progress(pk: int) -> Told | None:
    try:
        return cache.get(_key(pk))  # type: ignore[no-any-return]
    except (OSError, RedisError):
        return None
