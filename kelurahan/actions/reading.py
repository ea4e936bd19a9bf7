"""A file read by the door, its rows checked against the city, the sender's area and the rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kelurahan.actions.staging import Staged
from kelurahan.models import Area, Upload
from kelurahan.rules.findings import N_, Finding

Tell = Callable[[int, int, str], None]


def silent(done: int, total: int, text: str) -> None:
    """Tells nobody how far a reading is."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file says: its rows, where they stood, and everything that was noticed."""

    rows: Staged
    findings: list[Finding]
    layout: dict[str, Any]


def read_file(
    path: Path, filename: str, *, year: int | None, rule_set: str, scope: Area | None, tell: Tell = silent
) -> Reading:
    """Read and check a file; `scope` is the area the sender may write in, None for the whole city. Raises Refused."""
    tell(1, 4, N_("Membaca berkas"))
    raise NotImplementedError


def read_upload(upload: Upload, tell: Tell = silent) -> Reading:
    raise NotImplementedError
