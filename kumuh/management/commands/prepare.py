"""`manage.py prepare`: everything between a checkout and a running site, each step skipped while its stamp holds."""

from io import StringIO
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import transaction

from kumuh import env, services, stamps, words


class Command(BaseCommand):
    help = "Compiles catalogues, collects static files, migrates; on an empty laptop loads the city and example data."
    requires_system_checks: list[str] = []

    def handle(self, **_: Any) -> None:
        data_dir = settings.DATA_DIR
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        words.compile_changed()
        self.collect(data_dir)
        self.migrate(data_dir)
        if not settings.PRODUCTION:
            self.first_data()
            stamps.leave(data_dir, "all", stamps.everything(data_dir))

    def say(self, text: str) -> None:
        self.stderr.write(text)

    def collect(self, data_dir: Path) -> None:
        """Hashing and compressing takes seconds even when nothing changed."""
        now = stamps.static_files()
        if stamps.holds(data_dir, "static", now) and settings.STATIC_ROOT.exists():
            return
        self.say("Menyiapkan berkas statis …")
        call_command("collectstatic", interactive=False, verbosity=0)
        stamps.leave(data_dir, "static", now)

    def migrate(self, data_dir: Path) -> None:
        if settings.OWN_SERVICES:
            services.hold(data_dir)
            if stamps.holds(data_dir, "migrations", stamps.migrations(data_dir)):
                return
        self.say("Menyiapkan basis data …")
        call_command("migrate", interactive=False, verbosity=0)
        if settings.OWN_SERVICES:
            stamps.leave(data_dir, "migrations", stamps.migrations(data_dir))

    def first_data(self) -> None:
        """The configured city and example data, once: whoever removed the example does not get it back."""
        if apps.get_model("kelurahan", "Area").objects.exists():
            return
        city = Path(settings.CITY_FILE).parent
        outline = city / "garis_kota.csv"
        options = {"outline": str(outline)} if outline.exists() else {}
        self.say(f"Memuat wilayah {settings.CITY['nama']} …")
        with transaction.atomic():
            self.load("load_places", str(city / "kelurahan.csv"), **options)
            self.load("demo_accounts")
            if env.flag("EXAMPLE_DATA") and (city / "contoh.toml").exists():
                self.say("Membuat data contoh …")
                self.load("example_data")

    def load(self, command: str, *words: str, **options: Any) -> None:
        """Run a command in silence; one that refuses says why before everything ends."""
        answer = StringIO()
        try:
            call_command(command, *words, apply=True, stdout=answer, **options)
        except SystemExit:
            self.say(answer.getvalue())
            raise
