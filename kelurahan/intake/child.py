"""The child process in which files from outside are opened: `python -m kelurahan.intake.child ORDER ANSWER`.

ORDER is JSON with the name of a job, the file, its parameters, the limits and the file to tell progress in; ANSWER
becomes JSON with either "result" or "refused". Limits are set before any library that could touch the file is loaded.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import os
import resource
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from kelurahan.intake import telling
from kelurahan.intake.refusal import Refused

JOBS = {
    "sheet": "kelurahan.intake.reader:read_here",
    "rejected": "kelurahan.intake.rejected:rows_here",
    "boundaries": "kelurahan.intake.boundaries:check_here",
}
"""name → "module:function", imported only when asked for. A job takes (path, params) and returns JSON data."""

_PR_SET_PDEATHSIG = 1


def main(order_file: str, answer_file: str) -> None:
    order = orjson.loads(Path(order_file).read_bytes())
    _die_with(order["parent"])
    _limit(order["limits"])
    telling.tell_in(Path(order["progress"]))
    gc.disable()  # two million cells make it run for a second, and this process ends soon
    Path(answer_file).write_bytes(orjson.dumps(_answer(order)))


def _answer(order: Mapping[str, Any]) -> dict[str, Any]:
    try:
        module, function = JOBS[order["job"]].split(":")
        job = getattr(importlib.import_module(module), function)
        return {"result": job(Path(order["path"]), order["params"])}
    except Refused as refused:
        return {"refused": {"code": refused.code, "params": refused.params}}
    except (MemoryError, RecursionError):
        return {"refused": {"code": "out_of_memory", "params": {"megabytes": order["limits"]["memory"] // 1_000_000}}}


def _die_with(parent: int) -> None:
    """Ask the kernel to kill this process when its parent dies; leave at once if that has happened already."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit("the parent is gone")


def _limit(limits: Mapping[str, int]) -> None:
    for kind, amount in (
        (resource.RLIMIT_AS, limits["memory"]),
        (resource.RLIMIT_CPU, limits["seconds"]),
        (resource.RLIMIT_FSIZE, limits["result"]),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        _, hard = resource.getrlimit(kind)
        resource.setrlimit(kind, (amount if hard == resource.RLIM_INFINITY else min(amount, hard), hard))


if __name__ == "__main__":
    main(*sys.argv[1:])
