"""`make run` from nothing to ready: a fresh clone, the second start, and a new data folder.

`python -m bench.starts`; RUNS gives the number of later starts, the clone is installed once. It is what is committed
that starts. Packages come from pip's cache where this machine has one: then the time of the download is missing.
Ready is when `/readyz` answers ok and the address is printed.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.measuring import machine, median, runs, table, times
from bench.sheets import ROOT
from kumuh import env

PATIENCE = 300.0  # seconds
READY = "Siap:"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def clone(folder: Path) -> Path:
    home = folder / "kumuh"
    subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(home)], check=True)
    return home


def start(home: Path) -> float:
    """Seconds from `make run` to ready; stopped again before this returns."""
    ours = {variable.name for variable in env.VARIABLES} | {"MAKEFLAGS", "MFLAGS", "MAKELEVEL", "VIRTUAL_ENV"}
    environment = {name: text for name, text in os.environ.items() if name not in ours}
    environment["PORT"] = str(free_port())
    words = home.parent / "words.txt"
    began = time.perf_counter()
    with words.open("w") as out:
        process = subprocess.Popen(
            ["make", "run"], cwd=home, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
            start_new_session=True,
        )  # fmt: skip
    try:
        while READY not in words.read_text():
            if process.poll() is not None or time.perf_counter() - began > PATIENCE:
                sys.exit(f"make run does not get ready:\n{words.read_text()}")
            time.sleep(0.02)
        return time.perf_counter() - began
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
            process.wait(60)
        wait_for_silence(home / ".data")


def wait_for_silence(data_dir: Path) -> None:
    """The database stops a moment after the last of its users; the next start must not wait for that."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with (data_dir / "run" / "users.lock").open("a") as lock, contextlib.suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not (data_dir / "postgres" / "postmaster.pid").exists():
                return
        time.sleep(0.05)


def main() -> None:
    before = machine()
    with tempfile.TemporaryDirectory(prefix="kumuh-ukur-") as name:
        home = clone(Path(name))
        first = start(home)
        second, new_data = [], []
        for _ in range(runs()):
            second.append(start(home))
            shutil.rmtree(home / ".data")
            new_data.append(start(home))
    again, fresh = median(second), median(new_data)
    table(
        "make run: from the command to ready",
        ["start", "ready after", "of the first"],
        [
            ["first, fresh clone (installs packages, pip's cache as it is)", f"{first:.1f} s", "1"],
            ["first with packages installed (new data folder)", f"{fresh:.1f} s", times(fresh, first)],
            ["second", f"{again:.1f} s", times(again, first)],
        ],
        [f"The later ones: median of {runs()}. Before: {before}. After: {machine()}"],
    )


if __name__ == "__main__":
    main()
