"""`make run` as a person uses it: started, looked at, hurt, stopped, started again. One site for all tests here."""

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

import pytest

from kumuh import env, port, run, services
from kumuh.check import environment
from tests.kumuh import processes
from tests.waiting import eventually


class Site:
    """`make run` on a folder and a port of its own."""

    def __init__(self, data_dir: Path):
        self.data_dir = data_dir
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.environment = {
            **environment(str(data_dir), production=False),
            "PORT": str(self.port),
            "EXAMPLE_DATA": "off",
        }
        self.environment.pop("DJANGO_SETTINGS_MODULE", None)
        self.output = data_dir.with_name("output.txt")

    def start(self) -> float:
        """Seconds until the address is printed."""
        began = time.monotonic()
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                ["make", "run", f"PYTHON={sys.executable}"], cwd=env.ROOT, env=self.environment,
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
            )  # fmt: skip
        eventually(lambda: self.process.poll() is not None or "Siap:" in self.said(), 90, "the site is ready")
        assert self.process.poll() is None, self.said()
        return time.monotonic() - began

    def said(self) -> str:
        return self.output.read_text()

    def get(self, path: str) -> int:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            with error:
                return error.code
        except OSError:
            return 0

    def interrupt(self) -> float:
        """Ctrl-C: SIGINT to the whole group of the terminal. Seconds until nothing is left."""
        began = time.monotonic()
        os.killpg(self.process.pid, signal.SIGINT)
        self.process.wait(20)
        eventually(lambda: not processes.of(self.data_dir), 20, "nothing is left")
        return time.monotonic() - began

    def pids(self, words: str) -> set[int]:
        return set(processes.named(self.data_dir, words))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site(tmp_path_factory.mktemp("situs") / "data kumuh")
    site.start()
    yield site
    processes.kill(list(processes.of(site.data_dir)))
    shutil.rmtree(services.socket_folder(site.data_dir), ignore_errors=True)


def test_it_is_ready_and_private(site: Site):
    assert (site.get("/healthz"), site.get("/readyz")) == (200, 200)
    assert f"http://localhost:{site.port}" in site.said()
    everything = list(processes.of(site.data_dir))
    assert set(processes.tcp_listeners(everything)) == {f"0100007F:{site.port:04X}"}


def test_a_management_command_works_beside_it(site: Site):
    command = [sys.executable, "manage.py", "migrate", "--check"]
    assert subprocess.run(command, cwd=env.ROOT, env=site.environment, capture_output=True).returncode == 0
    assert site.get("/readyz") == 200


def test_a_killed_worker_is_replaced(site: Site):
    before = site.pids("celery -A kumuh.celery worker")
    processes.kill(list(before))
    eventually(lambda: site.pids("celery -A kumuh.celery worker") - before, 5, "a new worker")
    eventually(lambda: site.get("/readyz") == 200, 20, "ready again")


def test_a_killed_keeper_is_replaced(site: Site):
    before = site.pids("kumuh.keeper")
    processes.kill(list(before))
    eventually(lambda: site.pids("kumuh.keeper") - before, 10, "a new keeper")
    eventually(lambda: services.answer(site.data_dir), 10, "its servers answer")
    # Not by /readyz, which keeps a good answer for a moment
    ping = [sys.executable, "-m", "celery", "-A", "kumuh.celery", "inspect", "ping", "--timeout", "1"]
    eventually(
        lambda: subprocess.run(ping, cwd=env.ROOT, env=site.environment, capture_output=True).returncode == 0,
        20,
        "the worker has found the new queue",
    )


def test_the_taken_port_is_said_at_once(site: Site, tmp_path: Path):
    own = {**site.environment, "DATA_DIR": str(tmp_path / "other")}
    began = time.monotonic()
    done = subprocess.run(
        ["make", "run", f"PYTHON={sys.executable}"], cwd=env.ROOT, env=own, capture_output=True, text=True
    )
    assert time.monotonic() - began < 3
    assert done.returncode == 2
    assert f"Port {site.port} tidak bisa dipakai" in done.stderr
    assert f"Port {site.port} cannot be used" in done.stderr
    assert not (tmp_path / "other").exists()


def test_ctrl_c_stops_everything_and_the_second_start_is_quick(site: Site):
    assert site.interrupt() < 8
    assert site.start() < 10  # 3 s on a quiet machine
    assert "Menyiapkan" not in site.said()


def test_after_kill_of_everything_it_starts_again(site: Site):
    processes.kill([*processes.of(site.data_dir), site.process.pid])
    site.process.wait()
    eventually(lambda: not processes.of(site.data_dir), 10, "nothing is left")
    site.start()
    assert site.get("/readyz") == 200


def test_nothing_outlives_a_killed_supervisor_or_starter(site: Site):
    processes.kill(list(site.pids("supervisord")))
    eventually(lambda: not processes.of(site.data_dir), 15, "nothing is left")
    site.process.wait()
    site.start()
    processes.kill(list(site.pids("-m kumuh.run")))
    eventually(lambda: not processes.of(site.data_dir), 15, "nothing is left")
    site.process.wait()


@pytest.mark.parametrize("text", ["", "abc", "0", "65536", "-1"])
def test_nonsense_as_port_is_explained(text: str):
    assert "is not a port number" in port.refusal("127.0.0.1", text)


def test_a_database_that_does_not_come_back_at_once_is_tried_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    attempts = []

    def revive(_: Path) -> None:
        attempts.append(1)
        if len(attempts) < 3:
            raise services.ServicesFailed("no space left")
        raise KeyboardInterrupt

    monkeypatch.setattr(run.settings, "DATA_DIR", tmp_path)
    monkeypatch.setattr(run.services, "revive", revive)
    monkeypatch.setattr(run, "REVIVE_SECONDS", 0)
    with pytest.raises(KeyboardInterrupt):
        run.watch_services()
    assert len(attempts) == 3
