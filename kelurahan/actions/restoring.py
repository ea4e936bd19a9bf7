"""Restore of a backup into an empty database: everything is checked before anything is touched, then all or nothing."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from kelurahan.actions import archive, quarantine, summaries
from kelurahan.actions.archive import CHUNK, Part, some
from kelurahan.intake.refusal import Refused
from kelurahan.models import Summary, tables
from kelurahan.rules.findings import N_, add_messages

_DRAFT = ".pemulihan-"
_SUMMARY = Summary._meta.db_table

add_messages(
    {
        "database_not_empty": (
            N_("Basis data ini tidak kosong: tabel %(tables)s berisi."),
            N_("Pulihkan ke basis data baru (DATA_DIR atau DATABASE_URL lain). Tidak ada yang diubah."),
        ),
        "files_in_the_way": (
            N_("DATA_DIR/unggahan sudah memuat berkas lain bernama %(name)s."),
            N_("Pakai DATA_DIR yang baru. Tidak ada yang diubah."),
        ),
        "backup_from_newer_program": (
            N_(
                "Cadangan %(file)s utuh, tetapi dibuat oleh versi program yang lebih baru daripada yang terpasang di"
                " sini (langkah basis data %(migrations)s tidak dikenal)."
            ),
            N_("Pasang versi program itu, lalu pulihkan lagi. Tidak ada yang diubah."),
        ),
        "backup_from_older_program": (
            N_(
                "Cadangan %(file)s utuh, tetapi dibuat oleh versi program yang lebih lama daripada yang terpasang di"
                " sini (langkah basis data %(migrations)s belum ada di dalamnya)."
            ),
            N_("Pasang versi program itu, pulihkan, lalu perbarui program dan jalankan `manage.py migrate`."),
        ),
        "database_not_migrated": (
            N_("Basis data ini setengah disiapkan: %(migrations)s belum dijalankan."),
            N_("Jalankan `manage.py migrate`, atau pakai basis data baru."),
        ),
        "not_the_owner": (
            N_("Peran basis data %(role)s bukan pemilik tabel-tabel di sini, jadi tidak boleh memulihkan."),
            N_("Jalankan lagi dengan DATABASE_URL milik pemiliknya (docs/operations.md). Tidak ada yang diubah."),
        ),
        "backup_other_tables": (
            N_("Tabel %(tables)s dalam cadangan berbeda dari yang ada di sini."),
            N_("Pakai versi program yang membuat cadangan ini."),
        ),
        "restored_differently": (
            N_("Tabel %(table)s setelah dipulihkan berbeda dari cadangan. Semuanya dibatalkan."),
            N_("Coba ke basis data baru dengan versi PostgreSQL yang sama atau lebih baru."),
        ),
        "city_differs": (
            N_("Cadangan ini memuat %(city)s, sedangkan CITY_FILE menyebut %(configured)s."),
            N_("Isi CITY_FILE dengan berkas kota itu sebelum menjalankan situs."),
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a checked backup holds, and whether the database still lacks its tables."""

    manifest: dict[str, Any]
    rows: dict[str, int]
    files: list[str]
    tables_missing: bool
    city_differs: bool


@dataclass(frozen=True, slots=True)
class Restored:
    rows: dict[str, int]
    files: int
    recomputed_same: bool  # summaries computed anew are those of the backup; if not, the new ones stand


def plan(*, path: Path) -> Plan:
    """Check the backup to the last byte, and whether it fits this program and this database. Raises Refused."""
    manifest = archive.verify(path)
    _same_schema(path, manifest)
    if not tables.may_make_tables():
        raise Refused("not_the_owner", role=tables.role())
    missing = not tables.stored_tables()
    if not missing:
        _fits(manifest)
    _files_free(path, manifest)
    rows = {name: table["rows"] for name, table in manifest["tables"].items()}
    elsewhere = manifest["city"]["kode"] != settings.CITY["kode"]
    return Plan(manifest, rows, manifest["uploads"]["files"], missing, elsewhere)


def _same_schema(path: Path, manifest: dict[str, Any]) -> None:
    stored, known = {tuple(key) for key in manifest["migrations"]}, tables.known_migrations()
    if stored - known:
        raise Refused("backup_from_newer_program", file=str(path), migrations=_names(stored - known))
    if known - stored:
        raise Refused("backup_from_older_program", file=str(path), migrations=_names(known - stored))


def _names(keys: Any) -> str:
    return ", ".join(".".join(key) for key in sorted(keys))


def _fits(manifest: dict[str, Any]) -> None:
    """The database has the tables of the backup, and nothing in them."""
    if lacking := tables.known_migrations() - tables.applied_migrations():
        raise Refused("database_not_migrated", migrations=_names(lacking))
    here = tables.stored_tables()
    stored = {name: table["columns"] for name, table in manifest["tables"].items()}
    if differing := sorted(name for name in {*here, *stored} if here.get(name) != stored.get(name)):
        raise Refused("backup_other_tables", tables=some(differing))
    if full := tables.filled([name for name in here if name not in tables.FILLED_BY_MIGRATE]):
        raise Refused("database_not_empty", tables=some(full))


def _files_free(path: Path, manifest: dict[str, Any]) -> None:
    """No file of ours stands where one of the backup belongs, except that very file."""
    for name in manifest["uploads"]["files"]:
        place = quarantine.where(name)
        if place.exists() and archive.sha256(place) != manifest["parts"][f"unggahan/{name}"]["sha256"]:
            raise Refused("files_in_the_way", name=name)


def restore(*, path: Path) -> Restored:
    """Put the backup into this database, whose tables exist and are empty, and its files into DATA_DIR/unggahan.

    One transaction. Before it ends every table is read back and compared with the backup. Raises Refused.
    """
    found = plan(path=path)
    if found.tables_missing:
        raise Refused("database_not_migrated", migrations=_names(tables.known_migrations()))
    with archive.opened(path) as backup, _files(backup, found.files) as draft, transaction.atomic():
        tables.lock_tables(sorted(found.rows))
        _fits(found.manifest)
        _fill(backup, found.manifest)
        same = _recompute()
        _set_sequences(found.manifest["sequences"], may_be_further=not same)
        _put_files(draft)
    return Restored(found.rows, len(found.files), same)


def _fill(backup: zipfile.ZipFile, manifest: dict[str, Any]) -> None:
    tables.plain_form()
    for name in tables.FILLED_BY_MIGRATE:
        tables.empty_table(name)
    for name, table in manifest["tables"].items():
        with backup.open(f"tables/{name}") as source:
            tables.copy_table_in(name, table["columns"], source)
    for name, table in manifest["tables"].items():
        part = Part()
        tables.copy_table_out(name, table["columns"], part)
        if part.sha256 != manifest["parts"][f"tables/{name}"]["sha256"]:
            raise Refused("restored_differently", table=name)


def _set_sequences(stored: dict[str, int], *, may_be_further: bool) -> None:
    here = tables.sequences([key.rpartition(".")[0] for key in stored]) if may_be_further else {}
    for key, last in stored.items():
        tables.set_sequence(key, max(last, here.get(key, 0)))


def _recompute() -> bool:
    """Whether the summaries follow from the records. If they do, those of the backup stay, untouched."""
    before = _summaries_print()
    with transaction.atomic():
        summaries.recompute_all()
        same = _summaries_print() == before
        if same:
            transaction.set_rollback(True)
    return same


def _summaries_print() -> str:
    """One hash over all summaries, whatever their numbers."""
    columns = [name for name in tables.stored_tables()[_SUMMARY] if name not in {"id", "area_id", "tahun", "aturan"}]
    part = Part()
    order = ["area_id", "tahun", "aturan"]
    tables.copy_table_out(_SUMMARY, [*order, *columns], part, order=len(order))
    return part.sha256


@contextlib.contextmanager
def _files(backup: zipfile.ZipFile, names: list[str]) -> Iterator[Path]:
    """The uploaded files of the backup, unpacked beside their places."""
    draft = quarantine.folder() / f"{_DRAFT}{secrets.token_hex(4)}"
    draft.mkdir(mode=0o700)
    try:
        for name in names:
            _unpack(backup, f"unggahan/{name}", draft / quarantine.where(name).name)
        yield draft
    except OSError as error:
        if error.errno in quarantine.DISK_FULL:
            raise Refused("backup_no_room", folder=str(quarantine.folder())) from error
        raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _unpack(backup: zipfile.ZipFile, name: str, place: Path) -> None:
    with backup.open(name) as source, open(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        shutil.copyfileobj(source, file, CHUNK)
        file.flush()
        os.fsync(file.fileno())


def _put_files(draft: Path) -> None:
    """Last step before the commit: a file too many does no harm, a file too few would."""
    for path in draft.iterdir():
        path.replace(quarantine.where(path.name))
    archive.sync_folder(quarantine.folder())
