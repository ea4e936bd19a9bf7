"""`manage.py prepare`: everything between a checkout and a running site, each step skipped when nothing changed."""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand
from django.db import connection

from kumuh import env, services, words


class Command(BaseCommand):
    help = (
        "Compiles catalogues, collects static files, migrates, and on an empty laptop loads the city and example data."
    )
    requires_system_checks: list[str] = []

    def handle(self, **_: Any) -> None:
        self.stamps = settings.DATA_DIR / "stamps"
        self.stamps.mkdir(mode=0o700, parents=True, exist_ok=True)
        words.compile_changed()
        self.collect()
        self.migrate()
        if not settings.PRODUCTION:
            self.first_data()

    def say(self, indonesian: str) -> None:
        self.stderr.write(indonesian)

    def collect(self) -> None:
        """Hashing and compressing takes seconds even when nothing changed."""
        root = Path(settings.BASE_DIR)
        own = [root / "requirements.txt", root / "package-lock.json", *(root / "static").rglob("*")]
        now = digest(own, [str(settings.STATIC_ROOT)])
        stamp = self.stamps / "static"
        if read(stamp) == now and settings.STATIC_ROOT.exists():
            return
        self.say("Menyiapkan berkas statis …")
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(now)

    def migrate(self) -> None:
        now = digest(migration_files(), [database_identity()])
        stamp = self.stamps / "migrations"
        if not env.text("DATABASE_URL") and read(stamp) == now:
            return
        self.say("Menyiapkan basis data …")
        call_command("migrate", interactive=False, verbosity=0)
        stamp.write_text(now)

    def first_data(self) -> None:
        """The configured city and example data, once: whoever removed the example does not get it back."""
        if connection.introspection.table_names() and apps.get_model("kelurahan", "Area").objects.exists():
            return
        city = Path(settings.CITY_FILE).parent
        known = get_commands()
        if "load_places" in known:
            self.say(f"Memuat wilayah {settings.CITY['nama']} …")
            call_command("load_places", str(city / "kelurahan.csv"), outline=str(city / "garis_kota.csv"), apply=True)
        if "example_data" in known and env.flag("EXAMPLE_DATA"):
            self.say("Membuat data contoh …")
            call_command("example_data", apply=True)


def digest(files: Iterable[Path], more: Iterable[str]) -> str:
    found = hashlib.sha256("\n".join(more).encode())
    for path in sorted(path for path in files if path.is_file()):
        found.update(str(path).encode() + b"\0" + path.read_bytes())
    return found.hexdigest()


def read(stamp: Path) -> str:
    return stamp.read_text() if stamp.exists() else ""


def migration_files() -> list[Path]:
    return [path for config in apps.get_app_configs() for path in Path(config.path).glob("migrations/*.py")]


def database_identity() -> str:
    """Changes when somebody replaces or removes the laptop's database."""
    services.hold(settings.DATA_DIR)
    found = (settings.DATA_DIR / "postgres" / "PG_VERSION").stat()
    return f"{found.st_ino} {found.st_mtime_ns}"
