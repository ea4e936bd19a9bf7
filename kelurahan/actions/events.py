"""The one place where history outside the assessments is written."""

from __future__ import annotations

from typing import Any

from django.db.models import F
from django.utils import timezone

from kelurahan.models import DataVersion, Event, User

COMMAND = "perintah"  # who acts when a command runs on the server itself


def actor(by: User | None) -> dict[str, Any]:
    """The actor as history keeps it: by name, so that nothing that happens to the account touches it."""
    return {"oleh_id": by.pk if by else None, "oleh_nama": by.username if by else COMMAND}


def record_event(*, by: User | None, jenis: str, objek: str = "", **isi: Any) -> Event:
    return Event.objects.create(jenis=jenis, objek=objek[:160], isi=isi, **actor(by))


def bump_version() -> None:
    """Tell caches and ETags that what pages show has changed."""
    if not DataVersion.objects.filter(pk=1).update(nomor=F("nomor") + 1, pada=timezone.now()):
        DataVersion.objects.get_or_create(pk=1)
