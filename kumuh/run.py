"""`make run`: web, worker and beat under supervisor, until Ctrl-C.

Nothing survives it: supervisor dies with this process, every program with supervisor (kumuh/program.py), and the
database with the last of them (kumuh/keeper.py).
"""

import fcntl
import json
import os
import shlex
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from io import StringIO

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from kumuh import env, port, services, stamps
from kumuh.keeper import die_with_parent

READY_SECONDS = 60.0
REVIVE_SECONDS = 5.0  # between two attempts to bring the database back
STOP_SECONDS = 6  # what a running job gets before it is cut off, to go on at the next start


def programs() -> dict[str, list[str]]:
    """The three programs, in words for supervisor."""
    python = sys.executable
    celery = [python, "-m", "celery", "-A", "kumuh.celery"]
    schedule = settings.CELERY_BEAT_SCHEDULE_FILENAME
    return {
        "web": [
            python, "-m", "gunicorn", "kumuh.wsgi", "--bind", f"{env.text('HOST')}:{settings.PORT}", "--preload",
            "--workers", "2", "--worker-class", "gthread", "--threads", "4",
            "--timeout", "60", "--graceful-timeout", "3", "--access-logfile", "-",
        ],
        "worker": [
            *celery, "worker", "--loglevel", "INFO", "--hostname", "kumuh@localhost",
            "--without-gossip", "--without-mingle",
        ],
        # The timer may come up last: it is not needed at once
        "beat": ["nice", "-n", "10", *celery, "beat", "--loglevel", "WARNING", "--schedule", schedule, "--pidfile", ""],
    }  # fmt: skip


def supervisor_configuration() -> str:
    """One group, so that all programs are asked to stop at once."""
    names = ",".join(programs())
    lines = [
        "[supervisord]", "nodaemon=true", "silent=true",
        f"logfile={_quoted(services.log_folder(settings.DATA_DIR) / 'supervisor.log')}",
        f"pidfile={_quoted(settings.DATA_DIR / 'run' / 'supervisor.pid')}",
        *(["user=root"] if os.getuid() == 0 else []),
        "[group:kumuh]", f"programs={names}",
    ]  # fmt: skip
    for name, command in programs().items():
        wrapped = [sys.executable, "-m", "kumuh.program", str(settings.DATA_DIR), *command]
        lines += [
            f"[program:{name}]", f"command={_quoted(shlex.join(wrapped))}", f"directory={_quoted(settings.BASE_DIR)}",
            "autorestart=true", "startsecs=1", "startretries=30", f"stopwaitsecs={STOP_SECONDS}", "killasgroup=true",
            "redirect_stderr=true", f"stdout_logfile={_quoted(services.log_folder(settings.DATA_DIR) / f'{name}.log')}",
            "stdout_logfile_maxbytes=5MB", "stdout_logfile_backups=1",
        ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _quoted(text: object) -> str:
    """supervisor expands %(name)s; a semicolon after a space would start a comment."""
    return str(text).replace("%", "%%")


def start_supervisor() -> subprocess.Popen[bytes]:
    path = services.run_folder(settings.DATA_DIR) / "supervisor.conf"
    path.write_text(supervisor_configuration(), encoding="utf-8")
    # A group of its own: Ctrl-C reaches this process only, which stops the others in order
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "supervisor.supervisord", "-c", str(path)],
        cwd=settings.BASE_DIR, stdin=subprocess.DEVNULL, start_new_session=True,
        preexec_fn=lambda: die_with_parent(signal.SIGTERM),
    )  # fmt: skip


def readiness() -> str:
    """What is still missing; empty when /readyz says ok."""
    host = settings.ALLOWED_HOSTS[0].lstrip(".*") or "localhost"
    here = "127.0.0.1" if env.text("HOST") == "0.0.0.0" else env.text("HOST")  # noqa: S104
    request = urllib.request.Request(f"http://{here}:{settings.PORT}/readyz", headers={"Host": host})
    try:
        with urllib.request.urlopen(request, timeout=5):  # noqa: S310 - our own address
            return ""
    except urllib.error.HTTPError as error:
        with error:
            return error.read(500).decode(errors="replace")
    except OSError as error:
        return str(error)


def announce() -> None:
    host = "localhost" if env.text("HOST") in {"127.0.0.1", "0.0.0.0"} else env.text("HOST")  # noqa: S104
    logs = services.log_folder(settings.DATA_DIR)
    _say(f"\n  Siap: http://{host}:{settings.PORT}   (Ctrl-C menghentikan; log di {logs})\n")
    if settings.LAPTOP:
        django.setup()
        announce_accounts()


def announce_accounts() -> None:
    """The example log-ins that exist; whoever removed them does not read of them."""
    answer = StringIO()
    call_command("demo_accounts", json=True, stdout=answer)
    document = json.loads(answer.getvalue())
    lines = [f"  {item['username']:<12} {item['nama']}" for item in document["accounts"] if not item["new"]]
    if lines:
        _say("\n".join([f"  Akun contoh (kata sandi: {document['password']})", *lines, ""]))


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def watch_services() -> None:
    """Start the keeper again if it is killed: web and worker connect anew by themselves."""
    while True:
        lock = services.open_lock(settings.DATA_DIR, "keeper")
        fcntl.flock(lock, fcntl.LOCK_SH)
        os.close(lock)
        try:
            services.revive(settings.DATA_DIR)
        except (services.ServicesFailed, OSError) as error:
            # A full disk, say: it may have room again later
            _say(f"Basis data tidak bisa dijalankan: {error}; dicoba lagi.")
            time.sleep(REVIVE_SECONDS)


class Stop(Exception):
    """Ctrl-C, or a request to end."""


def _stop(*_: object) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise Stop


def wait_until_ready(supervisor: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while supervisor.poll() is None:
        missing = readiness()
        if not missing:
            return
        if time.monotonic() > deadline:
            _say(f"Belum siap sesudah {READY_SECONDS:.0f} detik: {missing}")
            return
        time.sleep(0.1)


def serve() -> int:
    """Run until told to stop; 0 after an orderly stop."""
    supervisor = start_supervisor()
    try:
        wait_until_ready(supervisor)
        announce()
        supervisor.wait()
    except Stop:
        _say("\nBerhenti …")
        supervisor.terminate()
        supervisor.wait()
        return 0
    _say(f"Program pengawas berhenti sendiri; lihat {services.log_folder(settings.DATA_DIR)}")
    return 1


def prepare() -> None:
    """Bring the data folder up to date and the services up. Django is loaded only when something has to be done."""
    if settings.OWN_SERVICES:
        services.hold(settings.DATA_DIR)
        threading.Thread(target=watch_services, daemon=True).start()
    if not settings.OWN_SERVICES or not stamps.all_done(settings.DATA_DIR):
        django.setup()
        call_command("prepare")


def main() -> int:
    # Also where the shell started us in the background with SIGINT ignored
    signal.signal(signal.SIGINT, _stop)
    signal.signal(signal.SIGTERM, _stop)
    die_with_parent(signal.SIGTERM)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kumuh.settings")
    try:
        taken = port.refusal(env.text("HOST"), env.text("PORT"))
        if taken:
            sys.stderr.write(taken + "\n")
            return 2
        prepare()
    except ImproperlyConfigured as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except services.ServicesFailed as error:
        sys.stderr.write(f"Basis data tidak bisa dijalankan: {error}\n")
        return 1
    except Stop:
        return 0
    return serve()


if __name__ == "__main__":
    sys.exit(main())
