"""Faults in the middle of work: who is hurt, at which moment, and what stands afterwards.

A moment is held open, not guessed: a sandboxed reader is frozen, a table is locked under a writer. So "in the middle
of applying" means: the change set and its changes are written but not committed, the records are not written yet.
"""

from __future__ import annotations

import contextlib
import hashlib
import resource
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg2

from tests.actions.cities import WORST
from tests.actions.sheets import workbook
from tests.faults.checks import OPEN_JOBS, Promise, broken, half_written
from tests.faults.client import NotAcknowledged, Person
from tests.faults.stack import Stack, freeze, thaw
from tests.waiting import eventually

RECOVER_SECONDS = 120.0
YEAR = 2025
Hurt = Callable[[], None]


@dataclass
class Drill:
    """One stack, one person, and a sheet that differs each time it is sent."""

    stack: Stack
    rows: int
    person: Person = field(init=False)
    promises: list[Promise] = field(default_factory=list)
    hurt_at: float = 0.0

    def __post_init__(self) -> None:
        self.person = self.stack.person()
        self.places = [row[0] for row in self.stack.sql("SELECT kode FROM kelurahan_area WHERE level = 'kelurahan'")]
        self.serial = count(1)

    def sheet(self) -> bytes:
        n, numbers = len(self.places), {**WORST, "jiwa": str(1000 + next(self.serial))}
        rows = [(self.places[i % n], f"RT{i // n + 1:03d}-RW001", YEAR, numbers) for i in range(self.rows)]
        return workbook(rows)

    def send(self, halfway: Hurt | None = None) -> int:
        content = self.sheet()
        upload = self.person.send_file(content, halfway)
        self.promises.append(Promise("received", upload, hashlib.sha256(content).hexdigest()))
        return upload

    def ready_upload(self) -> int:
        upload = self.send()
        self.until(upload, "siap")
        return upload

    def apply(self, upload: int) -> None:
        self.person.apply(upload)
        self.promises.append(Promise("applied", upload))

    def save(self) -> None:
        n = next(self.serial)
        mark = f"uji gangguan {n}"
        self.person.save(self.places[0], YEAR, mark, f_jiwa=str(1000 + n))
        self.promises.append(Promise("saved", mark=mark))

    def until(self, upload: int, state: str) -> None:
        eventually(lambda: self.state(upload) == state, RECOVER_SECONDS, f"upload {upload} is {state}")

    def state(self, upload: int) -> str:
        return str(self.stack.sql("SELECT state FROM kelurahan_upload WHERE id = %s", upload)[0][0])

    def quiet(self) -> bool:
        """Everything answers and no job is open."""
        try:
            return self.stack.sql(OPEN_JOBS)[0][0] == 0 and self.stack.answers()
        except psycopg2.Error:
            return False


@dataclass(frozen=True, slots=True)
class Outcome:
    lost: list[str]
    half: list[str]
    seconds: float  # from the blow until everything answers and every job is over


def suffer(drill: Drill, moment: Callable[[Drill, Hurt], None], victim: Callable[[Stack], None]) -> Outcome:
    """Bring the moment about, strike, wait, and look."""

    def hurt() -> None:
        drill.hurt_at = time.monotonic()
        victim(drill.stack)

    drill.promises = []
    moment(drill, hurt)
    if drill.stack.ended():
        drill.stack.start()
    eventually(drill.quiet, RECOVER_SECONDS, "everything answers and no job is open")
    seconds = time.monotonic() - drill.hurt_at
    lost = [words for promise in drill.promises if (words := broken(drill.stack, promise))]
    return Outcome(lost, half_written(drill.stack), seconds)


# Moments


def upload(drill: Drill, hurt: Hurt) -> None:
    """Half of the file is on its way."""
    with contextlib.suppress(NotAcknowledged):
        drill.send(hurt)


def parse(drill: Drill, hurt: Hurt) -> None:
    """The sandboxed reader works on the file."""
    sent = drill.send()
    deadline = time.monotonic() + 60
    while not (readers := drill.stack.parsers()):
        assert drill.state(sent) == "diterima", "the reader was not seen"
        assert time.monotonic() < deadline
    freeze(readers)
    hurt()
    thaw(readers)


def apply(drill: Drill, hurt: Hurt) -> None:
    """History is written, not committed; the records wait."""
    ready = drill.ready_upload()
    with blocked(drill.stack, "kelurahan_assessment", "SHARE ROW EXCLUSIVE") as waiting:
        drill.apply(ready)
        eventually(waiting, 60, "the worker is applying")
        hurt()


def recompute(drill: Drill, hurt: Hurt) -> None:
    """The records are committed; the summaries wait."""
    ready = drill.ready_upload()
    with blocked(drill.stack, "kelurahan_summary", "SHARE") as waiting:
        drill.apply(ready)
        eventually(waiting, 60, "the worker is recomputing")
        hurt()


def save(drill: Drill, hurt: Hurt) -> None:
    """Somebody's correction: its history is written, not committed; the record waits. The answer comes after."""
    with ThreadPoolExecutor(1) as pool:
        with blocked(drill.stack, "kelurahan_assessment", "SHARE ROW EXCLUSIVE") as waiting:
            answer = pool.submit(drill.save)
            eventually(lambda: waiting() or answer.done(), 60, "the site is saving")
            hurt()
        with contextlib.suppress(NotAcknowledged):
            answer.result(90)


@contextlib.contextmanager
def blocked(stack: Stack, table: str, mode: str) -> Iterator[Callable[[], bool]]:
    """Nobody writes to the table meanwhile; yields whether somebody waits to."""

    def waiting() -> bool:
        query = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = %s::regclass"
        return bool(stack.sql(query, table)[0][0])

    with stack.session() as holder:
        holder.autocommit = False
        with holder.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {table} IN {mode} MODE")
        yield waiting
        with contextlib.suppress(psycopg2.Error):
            holder.rollback()


MOMENTS: dict[str, Callable[[Drill, Hurt], None]] = {
    "upload": upload,
    "parse": parse,
    "apply": apply,
    "recompute": recompute,
    "save": save,
}
VICTIMS: dict[str, Callable[[Stack], None]] = {
    "pool child": lambda stack: stack.kill(*stack.pool_children()),
    "worker": lambda stack: stack.kill(stack.worker()),
    "web": lambda stack: stack.kill(*stack.named("gunicorn kumuh.wsgi")),
    "PostgreSQL": lambda stack: stack.kill(*stack.named("bin/postgres -D")),
    "Valkey": lambda stack: stack.kill(*stack.named("valkey-server")),
    "everything": Stack.kill_everything,
}


# Faults of their own kind


def emptied_queue(drill: Drill) -> Outcome:
    """A wish to apply is in the queue, a file behind it; Valkey dies and comes back empty."""
    ready = drill.ready_upload()

    def moment(drill: Drill, hurt: Hurt) -> None:
        processes = [drill.stack.worker(), *drill.stack.pool_children()]
        freeze(processes)
        drill.apply(ready)
        drill.send()
        hurt()
        thaw(processes)

    def empty(stack: Stack) -> None:
        with stack.queue() as client:
            client.flushall()
        VICTIMS["Valkey"](stack)

    return suffer(drill, moment, empty)


def delivered_twice(drill: Drill) -> Outcome:
    """The message to apply comes five more times while it runs, and three times after it is over."""
    ready = drill.ready_upload()

    def moment(drill: Drill, hurt: Hurt) -> None:
        with blocked(drill.stack, "kelurahan_assessment", "SHARE ROW EXCLUSIVE") as waiting:
            drill.apply(ready)
            eventually(waiting, 60, "the worker is applying")
            hurt()
        drill.until(ready, "diterapkan")
        drill.stack.deliver(_job(drill.stack, ready), 3)

    outcome = suffer(drill, moment, lambda stack: stack.deliver(_job(stack, ready), 5))
    eventually(drill.stack.queue_is_empty, 60, "all messages are taken")
    return _once(drill, ready, outcome)


def long_job(drill: Drill) -> Outcome:
    """Applying takes longer than the broker waits before it delivers again. Measured from the end of the delay."""
    ready = drill.ready_upload()

    def moment(drill: Drill, hurt: Hurt) -> None:
        with blocked(drill.stack, "kelurahan_assessment", "SHARE ROW EXCLUSIVE") as waiting:
            drill.apply(ready)
            eventually(waiting, 60, "the worker is applying")
            over = time.monotonic() + drill.stack.patience * 1.5
            eventually(lambda: time.monotonic() > over, drill.stack.patience * 2)
            assert drill.stack.said_by("worker", "retry: Retry in") > turned_away, "no second delivery was seen"
            hurt()

    turned_away = drill.stack.said_by("worker", "retry: Retry in")
    return _once(drill, ready, suffer(drill, moment, lambda _: None))


def _job(stack: Stack, upload: int) -> int:
    query = "SELECT id FROM kelurahan_job WHERE upload_id = %s AND jenis = 'terapkan'"
    return int(stack.sql(query, upload)[0][0])


def _once(drill: Drill, upload: int, outcome: Outcome) -> Outcome:
    query = "SELECT percobaan FROM kelurahan_job WHERE upload_id = %s AND jenis = 'terapkan'"
    attempts = drill.stack.sql(query, upload)[0][0]
    again = [] if attempts == 1 else [f"applied in {attempts} attempts"]
    return Outcome(outcome.lost, outcome.half + again, outcome.seconds)


def full_disk(drill: Drill, fill: Callable[[Stack], contextlib.AbstractContextManager[None]]) -> Outcome:
    """No room: a file is refused in words, a wish to apply waits or fails; then there is room again."""
    ready = drill.ready_upload()

    def moment(drill: Drill, hurt: Hurt) -> None:
        with fill(drill.stack):
            with contextlib.suppress(NotAcknowledged):
                drill.send()
            with contextlib.suppress(NotAcknowledged):
                drill.apply(ready)
            _let_it_suffer(drill, ready)
            drill.hurt_at = time.monotonic()

    return suffer(drill, moment, lambda _: None)


def _let_it_suffer(drill: Drill, upload: int) -> None:
    """Until the job is over or has failed once, at most 15 s."""

    def tried() -> bool:
        try:
            query = "SELECT count(*) FROM kelurahan_job WHERE upload_id = %s AND (selesai IS NULL AND pesan = '')"
            return drill.stack.sql(query, upload)[0][0] == 0
        except psycopg2.Error:
            return False

    with contextlib.suppress(AssertionError):
        eventually(tried, 15)


@contextlib.contextmanager
def no_room_in_files(stack: Stack) -> Iterator[None]:
    """Stands in for a full disk where none can be made: web and worker may not write a byte to any file."""
    pids = [*stack.named("gunicorn kumuh.wsgi"), *stack.named("kumuh.celery worker")]
    before = {pid: resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in pids}
    for pid, (_, hard) in before.items():
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, hard))
    yield
    for pid, limits in before.items():
        with contextlib.suppress(ProcessLookupError):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)


@contextlib.contextmanager
def no_room_on_disk(stack: Stack) -> Iterator[None]:
    """For a DATA_DIR on a small disk of its own: a file takes every byte that is left."""
    ballast = Path(stack.data_dir, "penuh")
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        for size in (1 << 20, 4096, 1):
            with contextlib.suppress(OSError):
                while file.write(b"\0" * size):
                    pass
    yield
    ballast.unlink()
