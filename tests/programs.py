"""Other programs that tests start: a real Celery worker, a real browser."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from celery import current_app
from django.conf import settings
from django.db import connection

from kumuh.keeper import die_with_parent
from tests.waiting import eventually

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


class Worker:
    """`celery worker` on the test database; started again by `start()` after a test has killed it."""

    process: subprocess.Popen | None = None

    def start(self) -> None:
        if self.process is not None and self.process.poll() is None:
            return
        command = [
            sys.executable, "-m", "celery", "-A", "kumuh.celery", "worker", "--loglevel", "INFO", "--concurrency", "2",
            "--hostname", f"uji-{os.getpid()}@localhost", "--without-gossip", "--without-mingle",
        ]  # fmt: skip
        environment = {**os.environ, "KUMUH_TEST_DATABASE": connection.settings_dict["NAME"]}
        environment["DJANGO_SETTINGS_MODULE"] = "tests.settings"
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                command, cwd=settings.BASE_DIR, env=environment, stdout=output, stderr=output,
                preexec_fn=lambda: die_with_parent(signal.SIGKILL),
            )  # fmt: skip
        eventually(self._answers, 30, "the worker answers")

    @property
    def log(self) -> Path:
        return settings.DATA_DIR / "log" / "worker.log"

    def _answers(self) -> bool:
        if self.process is None or self.process.poll() is not None:
            raise AssertionError(f"the worker ended by itself: {self.log.read_text()[-2000:]}")
        return bool(current_app.control.ping(timeout=0.5, limit=1))

    def pool_pids(self) -> list[int]:
        """Process numbers of the pool children, for tests that kill one."""
        assert self.process is not None
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(pid) for pid in children.split()]

    def kill(self) -> None:
        """kill -9 of the main process, as a crash would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def settle(self) -> None:
        """Wait until no task is queued or running, so that emptying the tables meets nobody."""
        queue = settings.CELERY_TASK_DEFAULT_QUEUE
        with current_app.connection_for_read() as broker:
            client = broker.default_channel.client
            eventually(lambda: not client.llen(queue) and not client.hlen("unacked"), 60, "no task is left")

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()


def installed_browser() -> str | None:
    """Path of a Chromium: CHROMIUM, or one on the PATH."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)


def chromium() -> str:
    """The browser to test with. A missing one fails the test: nothing is skipped in silence."""
    found = installed_browser()
    if not found:
        raise AssertionError("no Chromium found: `make test` finds or installs one, or set CHROMIUM to its path")
    return found
