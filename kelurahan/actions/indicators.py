"""Supporting indicators from an upload: the values as read, beside what is stored, written and put back."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from kelurahan.actions.comparing import area_code, places_to_make
from kelurahan.actions.events import bump_version, record_event
from kelurahan.actions.indicator_values import IncomingValues, put_back, read_values, write_values
from kelurahan.actions.places import NewPlace, area_ids, kawasan_spelling
from kelurahan.actions.staging import PER_VALUE, IndicatorFacts, StagedIndicators, no_indicators
from kelurahan.intake.parsed import INDICATOR, Parsed
from kelurahan.intake.vocabulary.catalogue import catalogue
from kelurahan.models import ChangeSet, Event, Indicator, Upload, User
from kelurahan.permissions import Act, may
from kelurahan.reports.indicators import event_object
from kelurahan.rules.diff import Status
from kelurahan.rules.regulation import State

MADE, REMOVED, CORRECTED = "indikator_baru", "indikator_dihapus", "indikator_dibetulkan"
YEARS_APART = 10_000  # more than there are years: places and years in one number


# --- as read ----------------------------------------------------------------------------------------------------------


class _Numbers(dict[Any, int]):
    """Numbers distinct things from 0 in the order they come."""

    def __missing__(self, key: Any) -> int:
        self[key] = len(self)
        return self[key]

    def of(self, keys: Iterable[Any]) -> NDArray[np.int64]:
        return np.array([self[key] for key in keys], dtype=np.int64)


def staged_indicators(tables: Iterable[Parsed], facts: Mapping[str, IndicatorFacts] | None = None) -> StagedIndicators:
    """The values that the used tables give; `facts` of indicators that need not be stored yet. What is held in a
    table, has no place or no year is held here, too."""
    used = [table for table in tables if table.use and table.indicators]
    spelling = kawasan_spelling({pair for t in used for pair in zip(t.kode, t.kawasan, strict=True)})
    places, kode, sheets = _Numbers(), _Numbers(), _Numbers()
    parts = [_of_table(table, spelling, places, kode, sheets) for table in used]
    told, empty = facts or {}, no_indicators()
    return replace(
        empty,
        places=list(places),
        kode=list(kode),
        sheets=list(sheets),
        facts={name: told[name] for name in kode if name in told},
        **{name: np.concatenate([getattr(empty, name), *(part[name] for part in parts)]) for name in PER_VALUE},
    )


def _of_table(
    table: Parsed, spelling: Mapping[tuple[str, str], str], places: _Numbers, kode: _Numbers, sheets: _Numbers
) -> dict[str, NDArray[Any]]:
    rows, columns = np.nonzero(table.ind_given)
    keys = zip(table.kode, table.kawasan, table.rt, strict=True)
    place = places.of((k, spelling.get((k, kawasan), kawasan), rt) for k, kawasan, rt in keys)
    indicator = kode.of(table.indicators)
    names = [f"{INDICATOR}{name}" for name in table.indicators]
    spots = [table.spot(row, names[column]) for row, column in zip(rows.tolist(), columns.tolist(), strict=True)]
    unplaced = np.array([not name for name in table.kode], dtype=np.bool_)
    held = table.held | ~table.placed | unplaced | (table.tahun == 0)
    states = table.ind_states[rows, columns]
    return {
        "place": place[rows],
        "indicator": indicator[columns],
        "sheet": sheets.of(sheet for sheet, _ in spots),
        "cell": np.array([cell for _, cell in spots], dtype="S12"),
        "tahun": table.tahun[rows].astype(np.int64),
        "values": table.ind_values[rows, columns],
        "states": states,
        "held": held[rows] | (states == State.INVALID),
    }


# --- beside what is stored --------------------------------------------------------------------------------------------


@dataclass(frozen=True)  # without slots: its answers are kept
class IndicatorComparison:
    """m values that may be written beside what is stored, and those that may not."""

    rows: StagedIndicators
    held: StagedIndicators
    kode: list[str]  # code of each of `rows.places`
    area_id: NDArray[np.int64]  # (m,) −1 for a place that does not exist yet
    indicator_id: NDArray[np.int64]  # (m,) −1 for an indicator that is not stored yet
    old_values: NDArray[np.int64]
    exists: NDArray[np.bool_]
    status: NDArray[np.uint8]  # (m,) rules.diff.Status; what takes a value away counts as changed

    @cached_property
    def touched(self) -> NDArray[np.int64]:
        return np.flatnonzero(self.status != Status.SAME)

    @cached_property
    def new_places(self) -> list[NewPlace]:
        """Kawasan and RT that the values are about and the city does not have."""
        new = self.touched[self.area_id[self.touched] < 0]
        missing = {self.kode[number]: self.rows.places[number] for number in np.unique(self.rows.place[new]).tolist()}
        return places_to_make(missing, (place[:2] for place in missing.values()))

    def count(self, status: Status) -> int:
        return int((self.status == status).sum())

    def fingerprint(self) -> str:
        """Names the difference: which values go from what to what."""
        at = self.touched
        kode = [self.kode[i] for i in self.rows.place[at].tolist()]
        digest = hashlib.sha256(repr((kode, self.rows.kode)).encode())
        rows = self.rows
        for array in (rows.indicator, rows.tahun, rows.values, rows.states, self.old_values, self.exists):
            digest.update(np.ascontiguousarray(array[at]).tobytes())
        return digest.hexdigest()

    @cached_property
    def facts(self) -> dict[str, IndicatorFacts]:
        """Name and unit of each indicator of the upload: as stored, else as the file or its sender has them."""
        stored = Indicator.objects.filter(kode__in=self.rows.kode).values_list("kode", "nama", "satuan")
        return {**self.rows.facts, **{kode: IndicatorFacts(nama, satuan) for kode, nama, satuan in stored}}


def compare_indicators(staged: StagedIndicators) -> IndicatorComparison:
    """Lay values over what is stored now. A blank cell keeps the stored value (it is not among the staged ones), a word
    for "empty" takes it away."""
    kode = [area_code(*place) for place in staged.places]
    known = area_ids({*kode, *(kelurahan for kelurahan, _, _ in staged.places)})
    area = np.array([known.get(k, -1) for k in kode], dtype=np.int64)
    there = np.array([kelurahan in known for kelurahan, _, _ in staged.places], dtype=np.bool_)
    indicators = dict(Indicator.objects.filter(kode__in=staged.kode).values_list("kode", "pk"))
    ids = np.array([indicators.get(k, -1) for k in staged.kode], dtype=np.int64)
    nameable = np.array([k in indicators or k in staged.facts for k in staged.kode], dtype=np.bool_)
    free = ~staged.held & there[staged.place] & nameable[staged.indicator]
    rows = _once(staged.take(free), kode)
    area_id, indicator_id = area[rows.place], ids[rows.indicator]
    old, exists, example = _stored(indicator_id, area_id, rows.tahun)
    filled = rows.states == State.FILLED
    status = np.where(filled & ~exists, Status.NEW, Status.SAME)
    differs = ~filled | (old != rows.values) | example  # what was made up becomes real
    return IndicatorComparison(
        rows=rows,
        held=staged.take(~free),
        kode=kode,
        area_id=area_id,
        indicator_id=indicator_id,
        old_values=old,
        exists=exists,
        status=np.where(exists & differs, Status.CHANGED, status).astype(np.uint8),
    )


def place_years(rows: StagedIndicators, kode: list[str]) -> NDArray[np.int64]:
    """One number for each place and year; one place may stand among the names twice."""
    numbers = _Numbers().of(kode)
    return numbers[rows.place] * YEARS_APART + rows.tahun


def _once(rows: StagedIndicators, kode: list[str]) -> StagedIndicators:
    """Values that are said again are left out: only equal ones get this far."""
    if not len(rows):
        return rows
    keys = place_years(rows, kode) * len(rows.kode) + rows.indicator
    _, first = np.unique(keys, return_index=True)
    return rows.take(np.sort(first))


def _stored(
    indicator_id: NDArray[np.int64], area_id: NDArray[np.int64], tahun: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.bool_]]:
    """The stored value of each, whether there is one, and whether it belongs to the example data."""
    n = len(indicator_id)
    old, exists, example = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.bool_), np.zeros(n, dtype=np.bool_)
    known = sorted({int(i) for i in np.unique(indicator_id) if i > 0})
    if not known:
        return old, exists, example
    stored = read_values(indicator_ids=known, years=np.unique(tahun).tolist())
    at = np.array([*known, 0])

    def keys(indicator: NDArray[np.int64], area: NDArray[np.int64], year: NDArray[np.int64]) -> NDArray[np.int64]:
        return (area * YEARS_APART + year) * len(at) + np.searchsorted(at[:-1], indicator)

    wanted, there = keys(indicator_id, area_id, tahun), keys(stored[:, 0], stored[:, 1], stored[:, 2])
    order = np.argsort(there)
    if len(order):
        found = order[np.minimum(np.searchsorted(there[order], wanted), len(order) - 1)]
        exists = (there[found] == wanted) & (indicator_id > 0) & (area_id > 0)
        old, example = np.where(exists, stored[found, 3], 0), exists & (stored[found, 4] == 1)
    return old, exists, example


# --- writing and undoing ----------------------------------------------------------------------------------------------


def write_indicators(
    *, comparison: IndicatorComparison, upload: Upload, change_set: ChangeSet, by: User | None
) -> None:
    """Write what differs, with new indicators first. Call inside the transaction of the change set, with `lock_values`
    held and new places made."""
    rows = comparison.rows.take(comparison.touched)
    if not len(rows):
        return
    ids = _make_indicators(rows, comparison.facts, upload, by)
    area_id, kode = comparison.area_id[comparison.touched], [comparison.kode[i] for i in rows.place.tolist()]
    made = area_ids({kode[i] for i in np.flatnonzero(area_id < 0).tolist()})
    sources = [_source(upload, rows.facts.get(name)) for name in rows.kode]
    write_values(
        rows=IncomingValues(
            indicator_id=np.array([ids.get(name, -1) for name in rows.kode], dtype=np.int64)[rows.indicator],
            area_id=np.array([made[k] if i < 0 else i for i, k in zip(area_id.tolist(), kode, strict=True)]),
            tahun=rows.tahun,
            values=rows.values,
            removed=rows.states != State.FILLED,
            sumber=[sources[i] for i in rows.indicator.tolist()],
            sheet=[rows.sheets[i] for i in rows.sheet.tolist()],
            sel=[cell.decode() for cell in rows.cell.tolist()],
        ),
        change_set=change_set,
    )
    bump_version()


def _source(upload: Upload, facts: IndicatorFacts | None) -> str:
    """What the file or its sender says of this indicator, else the document that the sender named, else the file. The
    document of the whole change stands with the upload, too."""
    return (facts.sumber if facts else "") or upload.dokumen or upload.nama_berkas


def refuse_makers(kode: Collection[str], by: User | None) -> None:
    """Raises PermissionDenied for who may not add one of these indicators; those that ship are everybody's."""
    if by is not None and not may(by, Act.INDIKATOR) and not catalogue().indicators.keys() >= set(kode):
        raise PermissionDenied(_("Indikator baru hanya dapat ditambahkan oleh Bappeda."))


def _make_indicators(
    rows: StagedIndicators, facts: Mapping[str, IndicatorFacts], upload: Upload, by: User | None
) -> dict[str, int]:
    """Ids of the indicators of these values by code; those that are not stored yet are made."""
    ids = dict(Indicator.objects.filter(kode__in=rows.kode).values_list("kode", "pk"))
    wanted = [rows.kode[i] for i in np.unique(rows.indicator).tolist()]
    refuse_makers({kode for kode in wanted if kode not in ids}, by)
    for kode in wanted:
        if kode not in ids:
            fact = facts[kode]
            made = Indicator.objects.create(kode=kode, nama=fact.nama, satuan=fact.satuan, alias=list(fact.alias))
            told = {"nama": fact.nama, "satuan": fact.satuan, "sumber": fact.sumber, "unggahan": upload.pk}
            record_event(by=by, jenis=MADE, objek=event_object(kode), **told)
            ids[kode] = made.pk
    return ids


def undo_indicators(*, change_set: ChangeSet, undo: ChangeSet, upload_id: int | None, by: User | None) -> None:
    """Put every value back under `undo`. Indicators that came with the upload go when nothing is left in them and
    nobody has corrected them."""
    if not change_set.jumlah_nilai:
        return
    put_back(change_set=change_set, undo=undo)
    made = Event.objects.filter(jenis=MADE, isi__unggahan=upload_id).values_list("objek", flat=True)
    kept = set(Event.objects.filter(jenis=CORRECTED, objek__in=list(made)).values_list("objek", flat=True))
    gone = [objek.partition("/")[2] for objek in made if objek not in kept]
    for indicator in Indicator.objects.filter(kode__in=gone, values_set__isnull=True):
        record_event(by=by, jenis=REMOVED, objek=event_object(indicator.kode), unggahan=upload_id)
        indicator.delete()
    bump_version()
