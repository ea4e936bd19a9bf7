"""Uploaded files: kept outside the web root under names of our own, given back only through a view that asks who."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import secrets
import shutil
import time
from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from pathlib import Path

from django.conf import settings

from kelurahan.intake import bundle
from kelurahan.intake.refusal import Refused
from kelurahan.rules.findings import N_, add_messages
from kelurahan.rules.numbers import format_number

MAX_BYTES = 20 * 1000 * 1000
DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
FORGOTTEN_AFTER = 24 * 3600.0  # seconds; boundaries wait here for their approval, under no name in the database
_CHUNK = 1 << 20
_NAME = re.compile(r"[0-9a-f]{32}")

add_messages(
    {
        "files_too_big": (
            N_("%(n)s berkas ini bersama-sama %(megabytes)s MB; batasnya %(limit)s MB."),
            N_("Kirim dalam beberapa kali unggah."),
        ),
        "disk_full": (
            N_("Penyimpanan di server penuh, jadi berkas ini belum diterima."),
            N_("Beri tahu admin, lalu unggah lagi. Data yang sudah ada tidak terganggu."),
        ),
    }
)


def folder() -> Path:
    path = Path(settings.DATA_DIR) / "unggahan"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def keep(chunks: Iterable[bytes], limit: int = 0) -> tuple[str, str, int]:
    """Write a file to disk for good: its name in the quarantine, SHA-256 and size. Raises Refused when too large (the
    rest is only counted, to tell how large), or when there is no room."""
    name, limit = secrets.token_hex(16), limit or MAX_BYTES
    path, digest, size = folder() / name, hashlib.sha256(), 0
    try:
        with open(path, "xb", opener=_private) as file:
            for chunk in chunks:
                size += len(chunk)
                if size <= limit:
                    digest.update(chunk)
                    file.write(chunk)
            if size > limit:
                raise Refused("file_too_big", megabytes=_megabytes(size), limit=limit // 1_000_000)
            file.flush()
            os.fsync(file.fileno())
    except BaseException as error:
        path.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno in DISK_FULL:
            raise Refused("disk_full") from error
        raise
    if not size:
        path.unlink()
        raise Refused("empty_file")
    return name, digest.hexdigest(), size


def _megabytes(size: int) -> str:
    """Rounded up: what is over the limit never looks like the limit."""
    return format_number(Decimal(-(-size // 10_000)) / 100, 2)


def keep_several(files: Sequence[tuple[str, Iterable[bytes]]]) -> tuple[str, str, int]:
    """Several files as one that the reader opens again. Together they are no larger than one may be."""
    kept: list[tuple[str, str]] = []
    try:
        total = 0
        for filename, chunks in files:
            name, _digest, size = keep(chunks)
            kept.append((filename, name))
            total += size
        if total > MAX_BYTES:
            told = {"n": len(files), "megabytes": _megabytes(total), "limit": MAX_BYTES // 1_000_000}
            raise Refused("files_too_big", **told)
        return _pack(kept)
    finally:
        for _filename, name in kept:
            discard(name)


def _pack(kept: Sequence[tuple[str, str]]) -> tuple[str, str, int]:
    packed = folder() / secrets.token_hex(16)
    try:
        bundle.pack([(filename, where(name)) for filename, name in kept], packed)
        with packed.open("rb") as file:
            return keep(iter(lambda: file.read(_CHUNK), b""), 2 * MAX_BYTES)
    except OSError as error:
        if error.errno in DISK_FULL:
            raise Refused("disk_full") from error
        raise
    finally:
        packed.unlink(missing_ok=True)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def where(name: str) -> Path:
    """The path of a kept file. Raises ValueError for a name that is not one of ours."""
    if not _NAME.fullmatch(name):
        raise ValueError("not a name of the quarantine")
    return folder() / name


def discard(name: str) -> None:
    if name:
        where(name).unlink(missing_ok=True)


def discard_forgotten(known: Collection[str]) -> int:
    """Remove files that nothing names, and the working folders of backups and restores: their process was killed.
    How many went."""
    before, gone = time.time() - FORGOTTEN_AFTER, 0
    for path in folder().iterdir():
        if path.name in known or path.lstat().st_mtime >= before:
            continue
        if path.is_dir() and path.name.startswith("."):
            shutil.rmtree(path, ignore_errors=True)
            gone += 1
        elif _NAME.fullmatch(path.name):
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def download_name(path: Path, name: str) -> str:
    """What the file of an upload is called when it is taken home: several files are one zip."""
    return f"{name[:240]}.zip" if bundle.is_bundle(path) and not name.casefold().endswith(".zip") else name
