"""Change sets: one act on the assessments and the values of indicators, named and dated."""

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
    values: int = 0,
    document: str = "",
    data_date: date | None = None,
    upload_id: int | None = None,
    undoes: int | None = None,
) -> ChangeSet:
    """Call inside the transaction that writes the records; `records` and `values` (of indicators) are
    how many it will touch."""
    return ChangeSet.objects.create(
        asal=origin,
        alasan=reason,
        dokumen=document,
        tanggal_data=data_date,
        upload_id=upload_id,
        urungkan_id=undoes,
        jumlah=records,
        jumlah_nilai=values,
        **actor(by),
    )
