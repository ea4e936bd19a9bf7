"""The history of one record: who, when, why, and old → new of every cell, newest first."""

from __future__ import annotations

from dataclasses import dataclass

from kelurahan.models import Area, Change, ChangeSet, Origin, Upload
from kelurahan.reports.changes import Cell, changed_cells, column_letters

SHOWN = 20
MOST = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """One change of the record. `upload` is set where a file brought it."""

    change_set: ChangeSet
    cells: list[Cell]
    upload: Upload | None
    pertama: bool  # the record began here
    dihapus: bool
    urungan: bool
    dapat_diurungkan: bool  # the newest change, made by the form


@dataclass(frozen=True, slots=True)
class History:
    entries: list[Entry]
    n: int

    @property
    def n_more(self) -> int:
        return self.n - len(self.entries)


def load_history(area: Area, year: int, rule_set: str, *, whole: bool = False) -> History:
    """Four queries at most, whatever its length; of a long history the newest part."""
    record = Change.objects.filter(area_id=area.pk, tahun=year, aturan=rule_set)
    limit = MOST if whole else SHOWN
    changes = list(record.order_by("-pk")[: limit + 1])
    n = record.count() if len(changes) > limit else len(changes)
    sets = ChangeSet.objects.in_bulk({change.change_set_id for change in changes[:limit]})
    wanted = {s.upload_id for s in sets.values() if s.upload_id}
    uploads = {u.pk: u for u in Upload.objects.filter(pk__in=wanted).defer("temuan", "pratinjau")} if wanted else {}
    return History(
        [_entry(change, sets[change.change_set_id], uploads, i == 0) for i, change in enumerate(changes[:limit])], n
    )


def _entry(change: Change, change_set: ChangeSet, uploads: dict[int, Upload], newest: bool) -> Entry:
    upload = uploads.get(change_set.upload_id or 0)
    return Entry(
        change_set=change_set,
        cells=list(changed_cells(change, {}, column_letters(upload))) if change.baru else [],
        upload=upload,
        pertama=change.lama is None,
        dihapus=change.baru is None,
        urungan=change_set.asal == Origin.URUNGAN,
        dapat_diurungkan=newest and change_set.asal == Origin.FORMULIR,
    )
