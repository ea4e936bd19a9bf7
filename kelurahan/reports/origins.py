"""Where the numbers of a place came from: the newest change of every cell, told per criterion."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from kelurahan.models import Change, ChangeSet, Origin, Upload
from kelurahan.reports.words import span
from kelurahan.rules.regulation import FIELDS, RuleSet


@dataclass(frozen=True, slots=True)
class Source:
    """One origin of a criterion's numbers; `upload` is set where there is a page to look at."""

    text: str
    cells: str  # "RT!H17:H34"
    upload_id: int | None
    jumlah: int  # cells that came this way
    oleh: str
    alasan: str


@dataclass(frozen=True, slots=True)
class _Cell:
    change_set_id: int
    sheet: str
    baris: int | None


def load_sources(area_ids: Sequence[int], year: int, rule_set: RuleSet) -> tuple[dict[str, list[Source]], list[Upload]]:
    """kode → its sources, the one with most cells first; and the uploads they name. Three queries."""
    cells = _newest_cells(area_ids, year, rule_set)
    change_sets = ChangeSet.objects.in_bulk({cell.change_set_id for found in cells.values() for cell in found})
    upload_ids = {c.upload_id for c in change_sets.values() if c.upload_id and c.asal == Origin.UNGGAHAN}
    uploads = {u.pk: u for u in Upload.objects.filter(pk__in=upload_ids).defer("temuan", "pratinjau")}
    sources = {kode: _sources(kode, found, change_sets, uploads) for kode, found in cells.items()}
    return sources, list(uploads.values())


def _newest_cells(area_ids: Sequence[int], year: int, rule_set: RuleSet) -> dict[str, list[_Cell]]:
    rows = (
        Change.objects.filter(area_id__in=area_ids, tahun=year, aturan=rule_set.kode)
        .order_by("-pk")
        .values_list("area_id", "berubah", "change_set_id", "sheet", "baris")
    )
    bits = {field: 1 << i for i, field in enumerate(FIELDS)}
    cells: dict[str, list[_Cell]] = defaultdict(list)
    told: dict[int, int] = defaultdict(int)
    for area_id, changed, change_set_id, sheet, baris in rows:
        fresh = changed & ~told[area_id]
        told[area_id] |= changed
        for field, bit in bits.items():
            if fresh & bit:
                cells[field].append(_Cell(change_set_id, sheet, baris))
    return cells


def _sources(
    kode: str, cells: Iterable[_Cell], change_sets: dict[int, ChangeSet], uploads: dict[int, Upload]
) -> list[Source]:
    by_set: dict[int, list[_Cell]] = defaultdict(list)
    for cell in cells:
        by_set[cell.change_set_id].append(cell)
    ordered = sorted(by_set.items(), key=lambda item: (-len(item[1]), -item[0]))
    return [_source(kode, change_sets[pk], found, uploads) for pk, found in ordered]


def _source(kode: str, change_set: ChangeSet, cells: list[_Cell], uploads: dict[int, Upload]) -> Source:
    upload = uploads.get(change_set.upload_id or 0) if change_set.asal == Origin.UNGGAHAN else None
    if change_set.asal == Origin.UNGGAHAN and change_set.upload_id:
        text = _("Unggahan %(n)d") % {"n": change_set.upload_id}
    else:
        day = formats.date_format(timezone.localtime(change_set.pada), "j M Y")
        text = f"{change_set.get_asal_display()} · {day}"
    return Source(
        text=text,
        cells=cell_range(kode, cells, upload),
        upload_id=upload.pk if upload else None,
        jumlah=len(cells),
        oleh=change_set.oleh_nama,
        alasan=change_set.alasan,
    )


def cell_range(kode: str, cells: list[_Cell], upload: Upload | None) -> str:
    """ "RT!H17:H34", or "RT!H17…H34 (12 sel)" where rows are left out between; "" without a sheet."""
    rows = sorted({cell.baris for cell in cells if cell.baris})
    letter = _letter(kode, cells[0].sheet if cells else "", upload)
    if not rows or upload is None:
        return ""
    sheet = f"{cells[0].sheet}!" if cells[0].sheet else ""
    if not letter:
        return _("%(sheet)sbaris %(rows)s") % {"sheet": sheet, "rows": span(rows[0], rows[-1])}
    if len(rows) == 1:
        return f"{sheet}{letter}{rows[0]}"
    if rows[-1] - rows[0] + 1 == len(rows):
        return f"{sheet}{letter}{rows[0]}:{letter}{rows[-1]}"
    return _("%(sheet)s%(first)s…%(last)s (%(n)d sel)") % {
        "sheet": sheet,
        "first": f"{letter}{rows[0]}",
        "last": f"{letter}{rows[-1]}",
        "n": len(rows),
    }


def _letter(kode: str, sheet: str, upload: Upload | None) -> str:
    """The column of a field; "" where none says it (turned tables, forms): then the rows are named alone."""
    cell = upload.cell_of(kode, sheet=sheet, baris=None, kode="", tahun=0) if upload else ""
    return cell if cell.isalpha() else ""
