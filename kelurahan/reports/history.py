"""The history of one record: who, when, why, and old → new of every cell, newest first."""

from __future__ import annotations

from dataclasses import dataclass

from kelurahan.models import Area, Change, ChangeSet, Origin, Upload
from kelurahan.reports.changes import Cell, changed_cells
from kelurahan.reports.checking import n_mended

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
    diurungkan: bool  # a later entry took it back
    dapat_diurungkan: bool  # made by the form, and the newest that still stands

    @property
    def perbaikan(self) -> int:
        """Mends and corrected cells of the file that brought it."""
        return n_mended(self.upload) if self.upload else 0


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
    undone = {s.urungkan_id for s in sets.values()}  # what took an entry back is newer, so it is among these
    in_order = (sets[change.change_set_id] for change in changes[:limit])
    standing = next((s.pk for s in in_order if s.urungkan_id is None and s.pk not in undone), None)
    return History([_entry(c, sets[c.change_set_id], uploads, undone, standing) for c in changes[:limit]], n)


def _entry(
    change: Change, change_set: ChangeSet, uploads: dict[int, Upload], undone: set[int | None], standing: int | None
) -> Entry:
    upload = uploads.get(change_set.upload_id or 0)
    return Entry(
        change_set=change_set,
        cells=list(changed_cells(change, {}, upload)) if change.baru else [],
        upload=upload,
        pertama=change.lama is None,
        dihapus=change.baru is None,
        urungan=change_set.asal == Origin.URUNGAN,
        diurungkan=change_set.pk in undone,
        dapat_diurungkan=change_set.pk == standing and change_set.asal == Origin.FORMULIR,
    )
