"""Uploaded files: kept outside the web root under names of our own, given back only through a view that asks who."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from kelurahan.intake.refusal import Refused

MAX_BYTES = 20 * 1000 * 1000


def folder() -> Path:
    path = Path(settings.DATA_DIR) / "unggahan"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def keep(chunks: Iterable[bytes]) -> tuple[str, str, int]:
    """Write a file to disk for good: its name in the quarantine, SHA-256 and size. Raises Refused when too large."""
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
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    if not size:
        path.unlink()
        raise Refused("empty_file")
    return name, digest.hexdigest(), size


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def where(name: str) -> Path:
    """The path of a kept file. Raises ValueError for a name that is not one of ours."""
    if not name or not all(c in "0123456789abcdef" for c in name):
        raise ValueError("not a name of the quarantine")
    return folder() / name


def discard(name: str) -> None:
    if name:
        where(name).unlink(missing_ok=True)
