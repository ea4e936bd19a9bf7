"""Uploaded files: kept outside the web root under names of our own, given back only through a view that asks who."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import secrets
import shutil
import time
from collections.abc import Collection, Iterable
from pathlib import Path

from django.conf import settings

from kelurahan.intake.refusal import Refused
from kelurahan.rules.findings import N_, add_messages

MAX_BYTES = 20 * 1000 * 1000
DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
FORGOTTEN_AFTER = 24 * 3600.0  # seconds; boundaries wait here for their approval, under no name in the database
_NAME = re.compile(r"[0-9a-f]{32}")

add_messages(
    {
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


def keep(chunks: Iterable[bytes]) -> tuple[str, str, int]:
    """Write a file to disk for good: its name in the quarantine, SHA-256 and size. Raises Refused when too large, or
    when there is no room."""
    name = secrets.token_hex(16)
    path, digest, size = folder() / name, hashlib.sha256(), 0
    try:
        with open(path, "xb", opener=_private) as file:
            for chunk in chunks:
                size += len(chunk)
                if size > MAX_BYTES:
                    raise Refused("file_too_big", megabytes=">20", limit=MAX_BYTES // 1_000_000)
                digest.update(chunk)
                file.write(chunk)
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
