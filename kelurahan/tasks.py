"""What workers do. A task loads a job by its id and calls the action; everything that matters is in the database."""

from __future__ import annotations

import logging
from functools import partial
from typing import Any

from celery import Task, current_app, shared_task
from django.conf import settings
from django.db import transaction

from kelurahan.actions import jobs, summaries, undoing, uploads, users
from kelurahan.models import Job, Upload, User

log = logging.getLogger(__name__)


def _actor(job: Job) -> User | None:
    return User.objects.filter(pk=job.isi.get("oleh")).first()


def _upload(job: Job) -> Upload:
    if job.upload is None:
        raise ValueError(f"job {job.pk} ({job.jenis}) belongs to no upload")
    return job.upload


def _check(job: Job) -> list[Job]:
    uploads.check(upload=_upload(job), tell=partial(jobs.report, job))
    return []


def _apply(job: Job) -> list[Job]:
    applied = uploads.apply(upload=_upload(job), by=_actor(job))
    return [applied.recompute] if applied.recompute else []


def _undo(job: Job) -> list[Job]:
    try:
        undone = undoing.revert(upload=_upload(job), by=_actor(job), reason=job.isi["alasan"])
    except undoing.LaterEdits:
        undoing.refuse_undo(upload=_upload(job))
        return []
    return [undone.recompute] if undone else []


def _recompute(job: Job) -> list[Job]:
    """The years whose records changed; every year where places came or went, since each expects them assessed."""
    wanted = {(job.isi["aturan"], year) for year in job.isi["tahun"]}
    if job.isi.get("semua_tahun"):
        wanted |= set(summaries.assessed_years())
    for rule_set, year in sorted(wanted):
        summaries.recompute(kelurahan_ids=job.isi["kelurahan"], year=year, rule_set=rule_set)
    return []


HANDLERS: dict[str, jobs.Handler] = {
    "periksa": _check,
    "terapkan": _apply,
    "urungkan": _undo,
    "hitung": _recompute,
}


def _give_up(job: Job) -> None:
    if job.jenis == "hitung":
        log.error("job %s: the summaries are old; run `manage.py recompute --all`", job.pk)
    if job.upload_id is not None:
        uploads.give_up(upload_id=job.upload_id, recompute=job.jenis == "hitung")


def run_now(job: Job) -> None:
    """Run a job and what it asks for next in this process: how commands work without a worker."""
    outcome, following = jobs.run(job.pk, HANDLERS, _give_up)
    for step in following:
        run_now(step)
    if outcome is not jobs.Outcome.DONE:
        log.info("job %s: %s", job.pk, outcome)


def queue(job: Job) -> None:
    """Hand a job to a worker once the transaction is committed."""
    transaction.on_commit(lambda: _send(job))


def _send(job: Job) -> None:
    """A dead queue is no error: what waits for the job was told that it will be done, and the sweeper finds it."""
    try:
        # A connection of its own: one kept from before a restart of the queue fails in kombu with an AttributeError
        with current_app.connection_for_write() as connection:
            run_job.apply_async((job.pk,), connection=connection)
    except Exception:
        # Whatever it was: the work is recorded, so the page must not say that it failed
        log.warning("the queue does not take job %s: it waits for the sweeper", job.pk, exc_info=True)


@shared_task(bind=True, ignore_result=True, max_retries=None)
def run_job(self: Task[Any, Any], pk: int) -> None:
    outcome, following = jobs.run(pk, HANDLERS, _give_up)
    for step in following:
        _send(step)
    if outcome is jobs.Outcome.BUSY:
        raise self.retry(countdown=settings.JOB_BUSY_RETRY)


@shared_task(ignore_result=True)
def sweep() -> None:
    """Queue again what was lost: jobs that wait too long, or are marked as running while nobody runs them."""
    for job in jobs.lost_jobs():
        _send(job)


@shared_task(ignore_result=True)
def tidy() -> None:
    """Remove log-ins that are over, and uploaded files that no upload names."""
    if over := users.end_expired_sessions():
        log.info("%s expired sessions removed", over)
    if gone := uploads.discard_forgotten_files():
        log.info("%s forgotten files removed", gone)
