"""Looking at and ending the processes that belong to one DATA_DIR."""

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

from kumuh.services import BASE_DIR

HOLD = "import sys; from pathlib import Path; from kumuh import services; services.hold(Path(sys.argv[1])); print('held', flush=True); sys.stdin.read()"  # noqa: E501


class User:
    """A process that holds the services until it is told to leave."""

    def __init__(self, data_dir: Path, **environment: str):
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(data_dir)], cwd=BASE_DIR, env={**os.environ, **environment},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def holds(self) -> bool:
        """Wait until it holds them; False when it ended instead."""
        assert self.process.stdout is not None
        return self.process.stdout.readline() == "held\n"

    def leave(self) -> str:
        """End in good order; returns what it said on standard error."""
        return self.process.communicate()[1]

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


def of(data_dir: Path) -> dict[int, str]:
    """{pid: command line} of all living processes that work in, name, or were told this DATA_DIR."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and int(entry.name) != os.getpid():
            with contextlib.suppress(OSError):
                command = (entry / "cmdline").read_bytes()
                told = b"DATA_DIR=" + os.fsencode(data_dir) + b"\0" in (entry / "environ").read_bytes()
                named = os.fsencode(data_dir) in command
                if command and (told or named or os.readlink(entry / "cwd").startswith(str(data_dir))):
                    found[int(entry.name)] = command.replace(b"\0", b" ").decode()
    return found


def named(data_dir: Path, words: str) -> list[int]:
    return [pid for pid, command in of(data_dir).items() if words in command]


def kill(pids: list[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def tcp_listeners(pids: list[int]) -> list[str]:
    """Local addresses on which any of these processes listens by TCP."""
    inodes = set()
    for pid in pids:
        with contextlib.suppress(OSError):
            inodes |= {os.readlink(path) for path in Path(f"/proc/{pid}/fd").iterdir()}
    listening = []
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:]:
            words = line.split()
            if words[3] == "0A" and f"socket:[{words[9]}]" in inodes:
                listening.append(words[1])
    return listening
