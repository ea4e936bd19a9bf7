"""Backup: every table in one snapshot and every uploaded file, in one checked file. The site may go on running."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from kelurahan.actions import archive, quarantine
from kelurahan.actions.archive import CHUNK, Writer, some
from kelurahan.intake.refusal import Refused
from kelurahan.models import Upload, tables
from kelurahan.rules.findings import N_, add_messages

SNAPSHOTS = 5
_LINKS = ".cadangan-"

add_messages(
    {
        "backup_not_migrated": (
            N_("Basis data belum sesuai dengan versi program ini."),
            N_("Jalankan `manage.py migrate`, lalu cadangkan lagi."),
        ),
        "backup_not_allowed": (
            N_("Peran basis data %(role)s tidak boleh membaca semua isi tabel %(tables)s."),
            N_("Beri hak baca seperti di docs/operations.md (dua peran), lalu cadangkan lagi. Tidak ada yang ditulis."),
        ),
        "backup_files_missing": (
            N_("%(n)s berkas unggahan tercatat tetapi tidak ada di DATA_DIR/unggahan; cadangan dibuat tanpanya."),
            N_("Periksa apakah DATA_DIR benar."),
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Backup:
    path: Path
    size: int
    sha256: str
    rows: dict[str, int]
    files: int
    missing: list[str]  # of files that the database names and nobody has


def make(*, path: Path) -> Backup:
    """Write the backup. Raises Refused; a file that was there before is then untouched."""
    if closed := tables.closed():
        raise Refused("backup_not_allowed", role=tables.role(), tables=some(closed))
    if tables.applied_migrations() != tables.known_migrations():
        raise Refused("backup_not_migrated")
    manifest: dict[str, Any] = {}

    def fill(writer: Writer) -> dict[str, Any]:
        manifest.update(_fill(writer))
        return manifest

    archive.write(path, fill)
    rows = {name: table["rows"] for name, table in manifest["tables"].items()}
    files = manifest["uploads"]
    return Backup(path, path.stat().st_size, archive.sha256(path), rows, len(files["files"]), files["missing"])


def _fill(writer: Writer) -> dict[str, Any]:
    with _snapshot() as (links, missing):
        tables.plain_form()
        stored = tables.stored_tables()
        counts = {name: _table(writer, name, columns) for name, columns in stored.items()}
        files = sorted(link.name for link in links.iterdir())
        for name in files:
            _file(writer, f"unggahan/{name}", links / name)
        return {
            "made_at": timezone.now().isoformat(timespec="seconds"),
            "city": {"kode": settings.CITY["kode"], "nama": settings.CITY["nama"]},
            "versions": {"django": django.get_version(), "postgres": _server_version()},
            "migrations": sorted(tables.applied_migrations()),
            "tables": {name: {"columns": stored[name], "rows": counts[name]} for name in stored},
            # Read last: sequences stand outside snapshots and only grow
            "sequences": tables.sequences(stored),
            "uploads": {"files": files, "missing": missing},
        }


@contextlib.contextmanager
def _snapshot() -> Iterator[tuple[Path, list[str]]]:
    """A transaction that sees one moment, and the uploaded files of that moment under second names.

    The site may delete a file between the two moments: then the next snapshot no longer names it. A file missing twice
    is lost, and told.
    """
    with _links_folder() as links:
        before: list[str] | None = None
        for attempt in range(1, SNAPSHOTS + 1):
            with transaction.atomic():
                tables.one_snapshot()
                missing = _link_all(links)
                if not missing or missing == before or attempt == SNAPSHOTS:
                    yield links, missing
                    return
            before = missing


@contextlib.contextmanager
def _links_folder() -> Iterator[Path]:
    """A folder beside the uploaded files, so that second names cost no room. Leftovers of killed backups go."""
    for leftover in quarantine.folder().glob(f"{_LINKS}*"):
        if not _alive(leftover.name.removeprefix(_LINKS).partition("-")[0]):
            shutil.rmtree(leftover, ignore_errors=True)
    path = quarantine.folder() / f"{_LINKS}{os.getpid()}-{secrets.token_hex(4)}"
    path.mkdir(mode=0o700)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _alive(pid: str) -> bool:
    return pid.isdecimal() and Path(f"/proc/{pid}").exists()


def _link_all(links: Path) -> list[str]:
    """Give every file that the database names now a second name; those that are not there."""
    named = set(Upload.objects.exclude(berkas="").values_list("berkas", flat=True))
    for link in links.iterdir():
        if link.name not in named:
            link.unlink()
    return sorted(name for name in named if not _link(quarantine.where(name), links / name))


def _link(source: Path, link: Path) -> bool:
    if link.exists():
        return True
    try:
        os.link(source, link)
    except FileNotFoundError:
        return False
    except OSError:
        # A file system without second names
        shutil.copyfile(source, link)
    return True


def _table(writer: Writer, name: str, columns: list[str]) -> int:
    with writer.part(f"tables/{name}") as part:
        tables.copy_table_out(name, columns, part)
    return part.lines


def _file(writer: Writer, name: str, source: Path) -> None:
    with writer.part(name) as part, source.open("rb") as file:
        while data := file.read(CHUNK):
            part.write(data)


def _server_version() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return str(cursor.fetchone()[0])
