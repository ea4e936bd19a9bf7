"""Change sets: one act on the assessments, named and dated."""

from __future__ import annotations

from datetime import date

from kelurahan.actions.events import actor
from kelurahan.models import ChangeSet, Origin, User


def open_change_set(
    *,
    by: User | None,
    origin: Origin,
    reason: str,
    records: int,
    document: str = "",
    data_date: date | None = None,
    upload_id: int | None = None,
    undoes: int | None = None,
) -> ChangeSet:
    """Call inside the transaction that writes the records; `records` is how many it will touch."""
    return ChangeSet.objects.create(
        asal=origin,
        alasan=reason,
        dokumen=document,
        tanggal_data=data_date,
        upload_id=upload_id,
        urungkan_id=undoes,
        jumlah=records,
        **actor(by),
    )
