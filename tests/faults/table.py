"""Every fault several times on the real stack, as a table: see bench/faults.py for what the columns mean."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tests.faults import scenarios
from tests.faults.checks import SUMMARIES
from tests.faults.scenarios import Drill, Outcome
from tests.faults.stack import Stack

DISK = "500m"
HEAD = f"{'fault':<36} runs   lost   half  recovered (s, max)"


@dataclass
class Row:
    """One line of the table."""

    fault: str
    lost: list[str] = field(default_factory=list)
    half: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)

    def line(self) -> str:
        slowest = f"{max(self.seconds):6.1f}" if self.seconds else "     –"
        runs = len(self.seconds) + len(self.unfinished)
        note = f"  {len(self.unfinished)} not recovered" if self.unfinished else ""
        return f"{self.fault:<36} {runs:>4} {len(self.lost):>6} {len(self.half):>6} {slowest}{note}"

    def troubles(self) -> list[str]:
        return [f"{self.fault}: {text}" for text in [*self.lost, *self.half, *self.unfinished]]


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def make_table(runs: int, rows: int, words: list[str]) -> list[str]:
    """Print the table line by line; what went wrong, in words."""
    folder = Path(tempfile.mkdtemp(prefix="kumuh-gangguan-"))
    say(HEAD)
    try:
        table = [*_blows(folder, runs, rows, words), *_full_disk(folder, runs, rows, words)]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return [text for row in table for text in row.troubles()]


def faults() -> dict[str, Callable[[Drill], Outcome]]:
    """All but the full disk, which needs a disk."""
    blows: dict[str, Callable[[Drill], Outcome]] = {
        f"kill -9 {name}, {middle}": partial(scenarios.suffer, moment=moment, victim=victim)
        for name, victim in scenarios.VICTIMS.items()
        for middle, moment in scenarios.MOMENTS.items()
    }
    return blows | {
        "Valkey empty after restart": scenarios.emptied_queue,
        "job delivered nine times": scenarios.delivered_twice,
        "job longer than visibility timeout": scenarios.long_job,
    }


def _blows(folder: Path, runs: int, rows: int, words: list[str]) -> Iterator[Row]:
    chosen = {name: act for name, act in faults().items() if _chosen(name, words)}
    if chosen:
        with _stack(folder / "data") as stack:
            drill = Drill(stack, rows)
            for name, act in chosen.items():
                yield _several(name, runs, partial(act, drill))
            _afterwards(stack)


def _full_disk(folder: Path, runs: int, rows: int, words: list[str]) -> Iterator[Row]:
    if not _chosen("disk full", words):
        return
    with _small_disk(folder / "disk") as small, _stack(folder / "disk" / "data") as stack:
        fill = scenarios.no_room_on_disk if small else scenarios.no_room_in_files
        name = "disk full (tmpfs)" if small else "disk full (RLIMIT_FSIZE in its place)"
        drill = Drill(stack, rows)
        yield _several(name, runs, lambda: scenarios.full_disk(drill, fill))
        _afterwards(stack)


def _chosen(name: str, words: list[str]) -> bool:
    return all(word in name for word in words)


def _several(name: str, runs: int, act: Callable[[], Outcome]) -> Row:
    row = Row(name)
    for _ in range(runs):
        try:
            outcome = act()
        except AssertionError as error:
            row.unfinished.append(str(error))
        else:
            row.lost += outcome.lost
            row.half += outcome.half
            row.seconds.append(outcome.seconds)
    say(row.line())
    return row


@contextlib.contextmanager
def _stack(data_dir: Path) -> Iterator[Stack]:
    stack = Stack(data_dir)
    try:
        stack.start()
        yield stack
    finally:
        stack.stop()


@contextlib.contextmanager
def _small_disk(place: Path) -> Iterator[bool]:
    """A disk of its own if we may make one: whether there is."""
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK},mode=700", "none", str(place)]
    made = os.getuid() == 0 and subprocess.run(mount, capture_output=True).returncode == 0
    try:
        yield made
    finally:
        if made:
            subprocess.run(["umount", "--lazy", str(place)], check=False)


def _afterwards(stack: Stack) -> None:
    """After all of it the summaries are those that the records give."""
    before = stack.sql(SUMMARIES)
    stack.command("recompute", "--all")
    say(f"  summaries computed anew: {'the same' if stack.sql(SUMMARIES) == before else 'DIFFERENT'}")
