"""A parsing child with jobs that misbehave, to see what becomes of them."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kelurahan.intake import child, telling
from kelurahan.intake.refusal import Refused


def hang(path: Path, params: Mapping[str, Any]) -> None:
    time.sleep(120)


def spin(path: Path, params: Mapping[str, Any]) -> None:
    while True:
        pass


def swell(path: Path, params: Mapping[str, Any]) -> None:
    hoard = []
    while True:
        hoard.append(bytearray(50_000_000))


def abort(path: Path, params: Mapping[str, Any]) -> None:
    os.abort()


def killed(path: Path, params: Mapping[str, Any]) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def killed_once(path: Path, params: Mapping[str, Any]) -> str:
    note = Path(params["note"])
    if not note.exists():
        note.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return "done"


def crash(path: Path, params: Mapping[str, Any]) -> None:
    raise ZeroDivisionError("a bug")


def refuse(path: Path, params: Mapping[str, Any]) -> None:
    raise Refused("too_many_rows", sheet="RT", n=5, limit=4)


def silent(path: Path, params: Mapping[str, Any]) -> None:
    os._exit(0)


def chatter(path: Path, params: Mapping[str, Any]) -> str:
    sys.stdout.write("x" * 10_000_000)
    return "done"


def counting(path: Path, params: Mapping[str, Any]) -> str:
    """Says how far it is and goes on only when it was heard."""
    telling.tell(40_000, 83_000)
    while not Path(params["heard"]).exists():
        time.sleep(0.01)
    return "done"


def surroundings(path: Path, params: Mapping[str, Any]) -> dict[str, Any]:
    import resource

    return {
        "environment": dict(os.environ),
        "core": resource.getrlimit(resource.RLIMIT_CORE)[0],
        "memory": resource.getrlimit(resource.RLIMIT_AS)[0],
        "leader": os.getpgid(0) == os.getpid(),
        "params": dict(params),
    }


def announce_and_hang(path: Path, params: Mapping[str, Any]) -> None:
    Path(params["note"]).write_text(str(os.getpid()))
    time.sleep(120)


JOBS = (
    counting,
    hang,
    spin,
    swell,
    abort,
    killed,
    killed_once,
    crash,
    refuse,
    silent,
    chatter,
    surroundings,
    announce_and_hang,
)
for job in JOBS:
    child.JOBS[job.__name__] = f"tests.intake.bad_child:{job.__name__}"

if __name__ == "__main__":
    sys.modules["tests.intake.bad_child"] = sys.modules["__main__"]
    child.main(*sys.argv[1:])
