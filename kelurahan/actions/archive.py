"""The backup file: a ZIP of parts, the last of them a manifest with the size and SHA-256 of every other part.

The archive's comment carries the SHA-256 of the manifest, so one flipped bit or one missing byte anywhere is noticed.
The checks are against accidents; against people, keep the file's own SHA-256 elsewhere (`backup` prints it).
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import orjson

from kelurahan.actions.quarantine import DISK_FULL
from kelurahan.intake.refusal import Refused
from kelurahan.rules.findings import N_, add_messages
from kelurahan.rules.numbers import format_number

FORMAT = 1
MANIFEST = "manifest.json"
_TABLES = "tables/"  # the first part of every backup is a table
CHUNK = 1 << 20
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)

_TAKE_ANOTHER = N_(
    "Tidak ada yang diubah. Jangan dipakai: ambil salinan lain dari cadangan itu, atau cadangan malam sebelumnya, dan"
    " bandingkan sha256-nya dengan yang tercetak saat dibuat."
)

add_messages(
    {
        "not_a_backup": (
            N_("%(file)s bukan cadangan dari program ini."),
            N_("Periksa nama berkasnya: cadangan adalah berkas yang ditulis oleh `manage.py backup`."),
        ),
        "backup_cut_short": (
            N_("Cadangan %(file)s terpotong atau rusak di ujungnya; yang ada hanya %(bytes)s bita."),
            _TAKE_ANOTHER,
        ),
        "backup_list_damaged": (
            N_("Cadangan %(file)s rusak: daftar isinya tidak lagi seperti saat ditulis."),
            _TAKE_ANOTHER,
        ),
        "backup_content_differs": (
            N_("Cadangan %(file)s rusak: isinya tidak sama dengan daftar isinya."),
            _TAKE_ANOTHER,
        ),
        "backup_table_damaged": (
            N_("Cadangan %(file)s rusak: isi tabel %(name)s tidak lagi seperti saat ditulis."),
            _TAKE_ANOTHER,
        ),
        "backup_upload_damaged": (
            N_("Cadangan %(file)s rusak: berkas unggahan %(name)s di dalamnya tidak lagi seperti saat ditulis."),
            _TAKE_ANOTHER,
        ),
        "backup_unreadable": (
            N_("%(file)s tidak dapat dibaca: %(reason)s."),
            N_("Periksa izin berkas dan disknya, lalu coba lagi. Tidak ada yang diubah."),
        ),
        "backup_unknown_format": (
            N_("Cadangan %(file)s dibuat oleh versi program lain: formatnya %(found)s, di sini %(known)s."),
            N_("Pasang versi program yang membuat cadangan ini, lalu pulihkan lagi. Tidak ada yang diubah."),
        ),
        "backup_came_out_damaged": (
            N_("Cadangan yang baru ditulis ke %(folder)s tidak terbaca kembali seperti ditulis, jadi dihapus."),
            N_("Periksa disknya, atau pilih folder di disk lain. Cadangan lama, bila ada, masih utuh."),
        ),
        "backup_no_room": (
            N_("Tidak ada cukup ruang di %(folder)s."),
            N_("Kosongkan ruang atau pilih folder lain. Cadangan lama, bila ada, masih utuh."),
        ),
        "backup_busy": (
            N_("Pencadangan lain sedang menulis ke %(file)s."),
            N_("Tunggu sampai selesai, atau pilih nama lain."),
        ),
        "backup_not_written": (
            N_("%(file)s tidak dapat ditulis: %(reason)s."),
            N_("Periksa folder dan izinnya. Cadangan lama, bila ada, masih utuh."),
        ),
    }
)


def some(names: list[str], shown: int = 4) -> str:
    return ", ".join(names[:shown]) + (" …" if len(names) > shown else "")


@dataclass
class Part:
    """What went through: bytes, their SHA-256 and the line ends among them."""

    target: IO[bytes] | None = None
    size: int = 0
    lines: int = 0

    def __post_init__(self) -> None:
        self._digest = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.size += len(data)
        self.lines += data.count(b"\n")
        self._digest.update(data)
        if self.target is not None:
            self.target.write(data)
        return len(data)

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()


class Writer:
    """Parts into a new archive, one after the other; `finish` adds the manifest."""

    def __init__(self, file: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6)
        self._parts: dict[str, dict[str, Any]] = {}

    @contextmanager
    def part(self, name: str) -> Iterator[Part]:
        with self._zip.open(_entry(name), "w", force_zip64=True) as target:
            part = Part(target)
            yield part
        self._parts[name] = {"bytes": part.size, "sha256": part.sha256}

    def finish(self, manifest: dict[str, Any]) -> None:
        text = orjson.dumps({"format": FORMAT, **manifest, "parts": self._parts}, option=orjson.OPT_INDENT_2)
        self._zip.writestr(_entry(MANIFEST), text)
        self._zip.comment = _seal(text)
        self._zip.close()

    def abandon(self) -> None:
        """Nothing more is written, not even when the archive is forgotten."""
        self._zip.fp = None


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    return entry


def _seal(manifest: bytes) -> bytes:
    return b"sha256 of manifest.json: " + hashlib.sha256(manifest).hexdigest().encode()


def write(path: Path, fill: Callable[[Writer], dict[str, Any]]) -> None:
    """Make an archive at `path`: written beside it, checked, synced and renamed. Raises Refused; `path` is then as
    it was. `fill` writes the parts and returns the manifest."""
    draft = path.with_name(f".{path.name}.baru")
    try:
        with open(os.open(draft, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
            _only_writer(file, draft, path)
            try:
                _write(file, fill)
                _read_back(draft)
                draft.replace(path)
            except BaseException:
                draft.unlink(missing_ok=True)
                raise
        sync_folder(path.parent)
    except OSError as error:
        if error.errno in DISK_FULL:
            raise Refused("backup_no_room", folder=str(path.parent)) from error
        raise Refused("backup_not_written", file=str(path), reason=error.strerror or str(error)) from error


def _only_writer(file: IO[bytes], draft: Path, path: Path) -> None:
    """The lock goes with the process, so a draft left by a killed one is simply written anew."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Refused("backup_busy", file=str(path)) from None
    if not draft.exists() or not os.path.samestat(os.fstat(file.fileno()), draft.stat()):
        # Another backup finished just now, and what we opened is its result
        raise Refused("backup_busy", file=str(path))
    os.fchmod(file.fileno(), 0o600)
    file.truncate(0)


def _write(file: IO[bytes], fill: Callable[[Writer], dict[str, Any]]) -> None:
    writer = Writer(file)
    try:
        writer.finish(fill(writer))
    except BaseException:
        writer.abandon()
        raise
    file.flush()
    os.fsync(file.fileno())


def _read_back(draft: Path) -> None:
    try:
        verify(draft)
    except Refused as damaged:
        raise Refused("backup_came_out_damaged", folder=str(draft.parent)) from damaged


def sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sha256(path: Path) -> str:
    """SHA-256 of a whole file, as `sha256sum` prints it."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def verify(path: Path) -> dict[str, Any]:
    """Read every byte of the archive; its manifest. Raises Refused for anything that is not as it was written."""
    with opened(path) as archive:
        manifest = _manifest(archive, path)
        if sorted(archive.namelist()) != sorted([*manifest["parts"], MANIFEST]):
            raise Refused("backup_content_differs", file=str(path))
        for name, promised in manifest["parts"].items():
            _verify_part(archive, name, promised, path)
    return manifest


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, ValueError):
        raise _no_archive(path) from None
    except OSError as error:
        raise Refused("backup_unreadable", file=str(path), reason=error.strerror or str(error)) from None
    with archive:
        yield archive


def _no_archive(path: Path) -> Refused:
    """A file without the end that an archive has: one of ours by its beginning, or something else."""
    with path.open("rb") as file:
        beginning = file.read(30 + len(_TABLES))
    if b"PK\3\4".startswith(beginning[:4]) and _TABLES.encode().startswith(beginning[30:]):
        return _cut_short(path)
    return Refused("not_a_backup", file=str(path))


def _cut_short(path: Path) -> Refused:
    return Refused("backup_cut_short", file=str(path), bytes=format_number(path.stat().st_size))


def _manifest(archive: zipfile.ZipFile, path: Path) -> dict[str, Any]:
    try:
        text = archive.read(MANIFEST)
    except KeyError:
        raise Refused("not_a_backup", file=str(path)) from None
    except _BROKEN:
        raise Refused("backup_list_damaged", file=str(path)) from None
    seal = _seal(text)
    if archive.comment != seal:
        shorter = seal.startswith(archive.comment)
        raise _cut_short(path) if shorter else Refused("backup_list_damaged", file=str(path))
    manifest: dict[str, Any] = orjson.loads(text)
    if manifest["format"] != FORMAT:
        raise Refused("backup_unknown_format", file=str(path), found=manifest["format"], known=FORMAT)
    return manifest


def _verify_part(archive: zipfile.ZipFile, name: str, promised: dict[str, Any], path: Path) -> None:
    part = Part()
    try:
        with archive.open(name) as source:
            while data := source.read(CHUNK):
                part.write(data)
    except _BROKEN:
        raise _damaged_part(path, name) from None
    if (part.size, part.sha256) != (promised["bytes"], promised["sha256"]):
        raise _damaged_part(path, name)


def _damaged_part(path: Path, name: str) -> Refused:
    code = "backup_table_damaged" if name.startswith(_TABLES) else "backup_upload_damaged"
    return Refused(code, file=str(path), name=name.partition("/")[2])
