"""The whole product as `make run` starts it, on a folder and a port of its own, and the means to hurt it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
import redis
from celery import Celery
from kombu.exceptions import KombuError

from kumuh import env, services
from kumuh.check import environment
from tests.faults.client import Person
from tests.kumuh import processes
from tests.waiting import eventually

START_SECONDS = 90.0
DEAF = (KombuError, redis.RedisError, OSError)  # a queue that does not answer


class Stack:
    """`settings` is the module the product runs with; `patience` its broker's visibility timeout in seconds."""

    def __init__(self, data_dir: Path, settings: str = "kumuh.settings", patience: float = 60) -> None:
        self.data_dir, self.patience = data_dir, patience
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.environment = {
            **environment(str(data_dir), production=False),
            "PORT": str(self.port),
            "EXAMPLE_DATA": "off",
            "DJANGO_SETTINGS_MODULE": settings,
        }
        self.environment.pop("KUMUH_TEST_DATA", None)
        self.output = data_dir.with_name(f"{data_dir.name}.txt")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "kumuh.run"], cwd=env.ROOT, env=self.environment,
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
            )  # fmt: skip
        eventually(lambda: self.ended() or "Siap:" in self.said(), START_SECONDS, "the site is ready")
        assert not self.ended(), self.said()

    def ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def said(self) -> str:
        return self.output.read_text(errors="replace")

    def stop(self) -> None:
        """In good order if it can; nothing is left in any case."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(30)
        self.kill(*processes.of(self.data_dir))
        if self.process is not None:
            self.process.wait()
        shutil.rmtree(services.socket_folder(self.data_dir), ignore_errors=True)

    def said_by(self, program: str, words: str) -> int:
        """How often a program's log has these words."""
        return (self.data_dir / "log" / f"{program}.log").read_text(errors="replace").count(words)

    # Looking

    def ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    @contextlib.contextmanager
    def session(self) -> Iterator[Any]:
        """A connection to its database as an outsider, each statement for itself."""
        folder = str(services.socket_folder(self.data_dir))
        connection = psycopg2.connect(host=folder, user=services.ROLE, dbname=services.DATABASE)
        connection.autocommit = True
        try:
            yield connection
        finally:
            connection.close()

    def sql(self, text: str, *params: Any) -> list[tuple[Any, ...]]:
        with self.session() as connection, connection.cursor() as cursor:
            cursor.execute(text, params)
            return list(cursor.fetchall())

    def command(self, *words: str) -> int:
        """`manage.py` beside it; its exit status."""
        command = [sys.executable, "manage.py", *words]
        return subprocess.run(command, cwd=env.ROOT, env=self.environment, capture_output=True, timeout=120).returncode

    def queue(self) -> redis.Redis:
        return redis.Redis(unix_socket_path=str(services.socket_folder(self.data_dir) / "valkey.sock"))

    def deliver(self, job: int, times: int) -> None:
        """Put messages for a job into the queue, as if the broker had gone wrong."""
        broker, _ = services.redis_addresses(self.data_dir, "")
        with Celery(broker=broker, set_as_current=False) as app:
            for _ in range(times):
                app.send_task("kelurahan.tasks.run_job", args=[job], queue="kumuh", ignore_result=True)

    def answers(self) -> bool:
        """Web, database and a worker answer just now (`/readyz` remembers a good answer for a moment)."""
        broker, _ = services.redis_addresses(self.data_dir, "")
        with Celery(broker=broker, set_as_current=False) as app, contextlib.suppress(*DEAF):
            return self.ready() and bool(app.control.ping(timeout=1.0, limit=1))
        return False

    def queue_is_empty(self) -> bool:
        with self.queue() as client:
            return not client.llen("kumuh") and not client.hlen("unacked")

    def person(self) -> Person:
        return eventually(lambda: _logged_in(self.port), 30, "somebody can log in")

    # Hurting

    def kill(self, *pids: int) -> None:
        processes.kill(list(pids))
        eventually(lambda: not any(_alive(pid) for pid in pids), 10, "the killed are gone")

    def worker(self) -> int:
        """The worker's main process."""
        found = set(processes.named(self.data_dir, "kumuh.celery worker"))
        return next(pid for pid in sorted(found) if _parent(pid) not in found)

    def pool_children(self) -> list[int]:
        return children(self.worker())

    def parsers(self) -> list[int]:
        """Sandboxed readers at work."""
        with contextlib.suppress(OSError, StopIteration):
            return [pid for child in self.pool_children() for pid in children(child)]
        return []

    def named(self, words: str) -> list[int]:
        return processes.named(self.data_dir, words)

    def kill_everything(self) -> None:
        everything = [*self.parsers(), *processes.of(self.data_dir)]
        self.kill(*everything)
        if self.process is not None:
            self.process.wait()


def _logged_in(port: int) -> Person | None:
    from tests.faults.client import NotAcknowledged

    try:
        return Person(port, "admin")
    except (NotAcknowledged, KeyError):
        time.sleep(0.1)
        return None


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _parent(pid: int) -> int:
    with contextlib.suppress(OSError):
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return 0


def _alive(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    return False


def freeze(pids: list[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGSTOP)


def thaw(pids: list[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)
