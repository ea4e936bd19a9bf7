"""Runs a job on a file from outside in a child process that can be killed, and turns its death into plain words.

The child (`kelurahan.intake.child`) has 600 MB of address space, 50 s of processor time and 50 s in all, no core file,
an empty environment, its own process group, and dies with its parent. Its answer comes back as a JSON file: unlike a
pickle it cannot carry code.
"""

from __future__ import annotations

import logging
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import orjson

from kelurahan.intake import telling
from kelurahan.intake.refusal import Refused

logger = logging.getLogger(__name__)

FOLDER = "kumuh-baca-"  # followed by something random, in the system's folder for such things
LEFT_AFTER = 3600.0  # seconds; no reading takes that long
CHILD_MODULE = "kelurahan.intake.child"
HOME = Path(__file__).resolve().parents[2]
MEMORY_BYTES = 600 * 1000 * 1000
SECONDS = 50
MAX_RESULT_BYTES = 400 * 1000 * 1000
LOOK_EVERY = 0.25  # seconds between looks at how far the child is
Hear = Callable[[int, int], None]


def deaf(done: int, total: int) -> None:
    """Does not want to know how far the child is."""


def run(
    job: str,
    path: str | Path,
    params: Mapping[str, Any] | None = None,
    *,
    seconds: int = SECONDS,
    memory: int = MEMORY_BYTES,
    hear: Hear = deaf,
) -> Any:
    """What `job` (a name in `child.JOBS`) makes of the file: plain JSON data. `hear` is told how many rows of how many
    are read. Raises Refused, with a code that `findings.MESSAGES` explains, for whatever the job refuses and for every
    way in which the child can die."""
    try:
        return _run(job, path, params or {}, seconds, memory, hear)
    except _Killed:
        # Not by its limits: somebody's kill, or the system short of memory for a moment
        logger.warning("The parsing child was killed; once more")
    try:
        return _run(job, path, params or {}, seconds, memory, hear)
    except _Killed:
        raise Refused("out_of_memory", megabytes=MEMORY_BYTES // 1_000_000) from None


class _Killed(Exception):
    """SIGKILL from outside."""


def _run(job: str, path: str | Path, params: Mapping[str, Any], seconds: int, memory: int, hear: Hear) -> Any:
    with tempfile.TemporaryDirectory(prefix=FOLDER) as folder:
        order, answer, progress = (Path(folder, name) for name in ("order.json", "answer.json", "progress"))
        told = _order(job, path, params, seconds, memory) | {"progress": str(progress)}
        order.write_bytes(orjson.dumps(told))
        with open(Path(folder, "words"), "w+b") as words:
            status = _run_child(order, answer, words, folder, seconds, lambda: _pass_on(progress, hear))
            said = _tail(words)
        if status == -signal.SIGKILL:
            raise _Killed
        if status != 0:
            raise _refusal_of_death(status, said)
        return _read_answer(answer)


def _order(job: str, path: str | Path, params: Mapping[str, Any], seconds: int, memory: int) -> dict[str, Any]:
    return {
        "job": job,
        "path": str(Path(path).resolve()),
        "params": dict(params),
        "parent": os.getpid(),
        "limits": {"seconds": seconds, "memory": memory, "result": MAX_RESULT_BYTES},
    }


def _pass_on(progress: Path, hear: Hear) -> None:
    if told := telling.heard(progress):
        hear(*told)


def _run_child(
    order: Path, answer: Path, words: Any, folder: str, seconds: int, look: Callable[[], None]
) -> int | None:
    """Exit status of the child, None when it had to be killed for being slow. `look` is called again and again."""
    environment = {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1", "TMPDIR": folder}
    child = subprocess.Popen(
        [sys.executable, "-B", "-X", "faulthandler", "-m", CHILD_MODULE, str(order), str(answer)],
        cwd=HOME,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=words,
        stderr=words,
        start_new_session=True,
    )
    try:
        return _wait(child, time.monotonic() + seconds, look)
    finally:
        _end(child)


def _wait(child: subprocess.Popen[bytes], deadline: float, look: Callable[[], None]) -> int | None:
    while (left := deadline - time.monotonic()) > 0:
        try:
            return child.wait(timeout=min(LOOK_EVERY, left))
        except subprocess.TimeoutExpired:
            look()
    return None


def _end(child: subprocess.Popen[bytes]) -> None:
    """End the child and whatever it may have started; it is the leader of its own group."""
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def _tail(words: Any, size: int = 4000) -> str:
    """The beginning and the end of what the child wrote: the cause stands first, a traceback last."""
    words.seek(0)
    text: str = words.read(1_000_000).decode("utf-8", "replace")
    return text if len(text) <= 2 * size else text[:size] + "\n…\n" + text[-size:]


def _refusal_of_death(status: int | None, said: str) -> Refused:
    if status is None or status == -signal.SIGXCPU:
        return Refused("took_too_long", seconds=SECONDS)
    if "memory allocation of" in said or "MemoryError" in said:
        return Refused("out_of_memory", megabytes=MEMORY_BYTES // 1_000_000)
    if status < 0:
        logger.warning("The parsing child was ended by signal %s: %s", -status, said)
        return Refused("damaged")
    logger.error("The parsing child failed with status %s: %s", status, said)
    return Refused("reader_failed")


def _read_answer(answer: Path) -> Any:
    try:
        document = orjson.loads(answer.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        logger.exception("The parsing child left no answer")
        raise Refused("reader_failed") from None
    if "refused" in document:
        raise Refused(document["refused"]["code"], **document["refused"]["params"])
    return document["result"]


def discard_leftovers() -> int:
    """Remove the folders of readings whose process was killed: they hold what was read. How many went."""
    gone = 0
    for path in Path(tempfile.gettempdir()).glob(f"{FOLDER}*"):
        try:
            found = path.lstat()
            if found.st_uid == os.getuid() and found.st_mtime < time.time() - LEFT_AFTER:
                shutil.rmtree(path)
                gone += 1
        except OSError:
            logger.warning("%s could not be removed", path)
    return gone
