"""Supporting indicators from an upload: the values as read, what is wrong with them, what they would change."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from django.utils import timezone
from numpy.typing import NDArray

from kelurahan.actions.comparing import area_code
from kelurahan.actions.events import bump_version, record_event
from kelurahan.actions.indicator_values import IncomingValues, put_back, read_values, write_values
from kelurahan.actions.places import area_ids, kawasan_spelling
from kelurahan.actions.staging import PER_VALUE, IndicatorFacts, StagedIndicators, no_indicators
from kelurahan.intake.parsed import INDICATOR, Parsed
from kelurahan.models import Area, ChangeSet, Event, Indicator, Upload, User
from kelurahan.reports.changes import Cell
from kelurahan.reports.indicators import PEOPLE, event_object
from kelurahan.reports.official import hectares
from kelurahan.rules.diff import Status
from kelurahan.rules.findings import N_, Finding, Level, add_messages
from kelurahan.rules.numbers import MICRO, format_number, from_micro
from kelurahan.rules.record import YEARS
from kelurahan.rules.regulation import State

LIMIT = 10**10 * MICRO  # as for the numbers of a record
JUMP, JUMPS = 10, 3  # so many values, each so many times as much or as little, look like a lost comma or another unit
THINGS = "unit rt rw rumah pemilih tps kejadian kawasan usaha pelanggan sambungan usulan"
COUNTED = PEOPLE | set(THINGS.split())  # units that come in whole numbers
PERCENT = "%"
MADE, REMOVED, CORRECTED = "indikator_baru", "indikator_dihapus", "indikator_dibetulkan"
KEPT_PER_CODE = 2_500  # findings of one kind; all are counted
PARTS = (("kk", "penduduk"), ("penduduk_laki", "penduduk"), ("penduduk_perempuan", "penduduk"))
SLUMS = frozenset({"luas_kumuh", "luas_kumuh_tertangani", "sisa_luas_kumuh"})  # parts of the kelurahan, in hectares
BEYOND = 2  # times the official size: no other source makes a kelurahan so large
_YEARS = 10_000  # more than there are years: places and years in one number

add_messages(
    {
        "indicator_outside": (
            N_("%(nama)s di luar wilayah Anda (%(wilayah)s); %(n)s angkanya tertahan, yang pertama di sel %(cell)s."),
            N_("Hapus barisnya, atau minta Bappeda mengunggahnya."),
        ),
        "indicator_place_missing": (
            N_("%(nama)s belum ada di kota ini; %(n)s angka indikatornya tertahan, yang pertama di sel %(cell)s."),
            N_("Tambahkan dulu RT atau kawasan itu di halaman Data, atau isi angka kelurahannya."),
        ),
        "indicator_unknown": (
            N_("Indikator “%(kode)s” belum dikenal; %(n)s angkanya tertahan."),
            N_("Tambahkan sebagai indikator baru dengan nama dan satuan, atau abaikan kolomnya."),
        ),
        "indicator_twice": (
            N_(
                "%(nama)s %(tahun)s di %(tempat)s tertulis dua kali dengan angka berbeda: sel %(pertama)s dan %(cell)s."
            ),
            N_("Sisakan satu angka yang benar."),
        ),
        "indicator_year": (
            N_("Tahun %(tahun)s pada %(nama)s di sel %(cell)s tidak mungkin benar."),
            N_("Perbaiki tahunnya."),
        ),
        "indicator_too_large": (
            N_("%(nama)s di sel %(cell)s terlalu besar: %(text)s."),
            N_("Angka harus di bawah 10.000.000.000. Periksa titik dan komanya."),
        ),
        "indicator_negative": (
            N_("%(nama)s di sel %(cell)s kurang dari nol: %(text)s %(satuan)s."),
            N_("Perbaiki angkanya, atau kosongkan selnya."),
        ),
        "indicator_over_100": (
            N_("%(nama)s di sel %(cell)s lebih dari seratus persen: %(text)s."),
            N_("Periksa titik dan komanya. Bila memang benar, lanjutkan saja."),
        ),
        "indicator_part_larger": (
            N_("%(nama)s di sel %(cell)s (%(text)s) lebih besar daripada %(lain)s di sel %(sel)s (%(jumlah)s)."),
            N_("Periksa keduanya: mungkin tertukar, atau salah satunya kehilangan angka."),
        ),
        "indicator_over_area": (
            N_("%(nama)s di sel %(cell)s (%(text)s ha) melebihi luas resmi kelurahannya (%(resmi)s ha)."),
            N_("Periksa koma desimalnya: 1289 sering dimaksudkan 12,89."),
        ),
        "indicator_not_whole": (
            N_("%(nama)s di sel %(cell)s bukan bilangan bulat: %(text)s %(satuan)s."),
            N_("Periksa titik dan komanya: 1,25 sering dimaksudkan 1.250."),
        ),
        "indicator_jump": (
            N_(
                "%(n)s angka %(nama)s menjadi sepuluh kali lipat atau sepersepuluh dari yang tersimpan, misalnya"
                " %(lama)s → %(baru)s di sel %(cell)s."
            ),
            N_("Periksa titik, koma, dan satuan kolomnya."),
        ),
    }
)


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
    area_id: NDArray[np.int64]  # (m,) −1 for a place that comes with the same upload
    indicator_id: NDArray[np.int64]  # (m,) −1 for an indicator that is not stored yet
    old_values: NDArray[np.int64]
    exists: NDArray[np.bool_]
    status: NDArray[np.uint8]  # (m,) rules.diff.Status; what takes a value away counts as changed

    @cached_property
    def touched(self) -> NDArray[np.int64]:
        return np.flatnonzero(self.status != Status.SAME)

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


def compare_indicators(staged: StagedIndicators, coming: Collection[str] = ()) -> IndicatorComparison:
    """Lay values over what is stored now. A blank cell keeps the stored value (it is not among the staged ones), a word
    for "empty" takes it away. `coming` are codes of places that the same upload makes."""
    kode = [area_code(*place) for place in staged.places]
    known, made = area_ids(set(kode)), set(coming)
    area = np.array([known.get(k, -1) for k in kode], dtype=np.int64)
    there = np.array([k in known or k in made for k in kode], dtype=np.bool_)
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


def _place_years(rows: StagedIndicators, kode: list[str]) -> NDArray[np.int64]:
    """One number for each place and year; one place may stand among the names twice."""
    numbers = _Numbers().of(kode)
    return numbers[rows.place] * _YEARS + rows.tahun


def _once(rows: StagedIndicators, kode: list[str]) -> StagedIndicators:
    """Values that are said again are left out: only equal ones get this far."""
    if not len(rows):
        return rows
    keys = _place_years(rows, kode) * len(rows.kode) + rows.indicator
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
        return (area * _YEARS + year) * len(at) + np.searchsorted(at[:-1], indicator)

    wanted, there = keys(indicator_id, area_id, tahun), keys(stored[:, 0], stored[:, 1], stored[:, 2])
    order = np.argsort(there)
    if len(order):
        found = order[np.minimum(np.searchsorted(there[order], wanted), len(order) - 1)]
        exists = (there[found] == wanted) & (indicator_id > 0) & (area_id > 0)
        old, example = np.where(exists, stored[found, 3], 0), exists & (stored[found, 4] == 1)
    return old, exists, example


# --- what is wrong ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CheckedIndicators:
    """The values with everything held that must not be written, and what there is to tell."""

    rows: StagedIndicators
    findings: list[Finding]
    counts: Counter[str]  # of each code, also beyond the findings kept


def check_indicators(
    staged: StagedIndicators, *, scope: Area | None = None, coming: Collection[str] = ()
) -> CheckedIndicators:
    """Hold what must not be written and say why. What is held already was told by the reader and is not told again.

    `scope` is the area the sender may write in; `coming` are codes of places that the same upload makes.
    """
    check = _Check(staged, coming)
    check.places(scope)
    check.unknown()
    check.cells()
    check.areas()
    check.twice()
    check.parts()
    return CheckedIndicators(replace(staged, held=check.held), check.findings, check.counts)


class _Check:
    def __init__(self, staged: StagedIndicators, coming: Collection[str]) -> None:
        self.rows, self.held = staged, staged.held.copy()
        self.findings: list[Finding] = []
        self.counts: Counter[str] = Counter()
        self.area_kode = [area_code(*place) for place in staged.places]
        self.there = {*area_ids(set(self.area_kode)), *coming}
        names = Area.objects.filter(kode__in={kode for kode, _, _ in staged.places})
        self.names = dict(names.values_list("kode", "nama"))
        stored = Indicator.objects.filter(kode__in=staged.kode).values_list("kode", "nama", "satuan")
        self.facts = {**staged.facts, **{kode: IndicatorFacts(nama, satuan) for kode, nama, satuan in stored}}

    def tell(self, level: Level, code: str, i: int, **params: Any) -> None:
        self.counts[code] += 1
        if self.counts[code] <= KEPT_PER_CODE:
            self.findings.append(Finding(level, code, *self.rows.where(i), params))

    def place(self, number: int) -> str:
        """ "RT001-RW002, Melati" """
        kelurahan, kawasan, rt = self.rows.places[number]
        return ", ".join(filter(None, (rt or kawasan, self.names.get(kelurahan, kelurahan))))

    def hold_group(self, code: str, index: NDArray[np.int64], number: int, **params: Any) -> None:
        """Hold all values of a place or indicator; told once, at the first of them."""
        mine = np.flatnonzero((index == number) & ~self.held)
        if len(mine):
            self.held[mine] = True
            self.tell(Level.GALAT, code, int(mine[0]), n=len(mine), **params)

    def places(self, scope: Area | None) -> None:
        inside = set(Area.objects.within(scope).kelurahan().values_list("kode", flat=True)) if scope else None
        for number, (kelurahan, _, _) in enumerate(self.rows.places):
            if scope is not None and inside is not None and kelurahan not in inside:
                told = {"nama": self.place(number), "wilayah": scope.nama}
                self.hold_group("indicator_outside", self.rows.place, number, **told)
            elif self.area_kode[number] not in self.there:
                self.hold_group("indicator_place_missing", self.rows.place, number, nama=self.place(number))

    def unknown(self) -> None:
        for number, kode in enumerate(self.rows.kode):
            if kode not in self.facts:
                self.hold_group("indicator_unknown", self.rows.indicator, number, kode=kode)

    def cells(self) -> None:
        rows, last = self.rows, timezone.localdate().year + 1
        units = [self.facts[kode].satuan.casefold() if kode in self.facts else "" for kode in rows.kode]
        percent = np.array([unit == PERCENT for unit in units], dtype=np.bool_)[rows.indicator]
        counted = np.array([unit in COUNTED for unit in units], dtype=np.bool_)[rows.indicator]
        filled = rows.states == State.FILLED
        rules = (
            (Level.GALAT, "indicator_year", (rows.tahun < YEARS[0]) | (rows.tahun > last)),
            (Level.GALAT, "indicator_too_large", filled & (np.abs(rows.values) >= LIMIT)),
            (Level.GALAT, "indicator_negative", filled & (rows.values < 0) & ~percent),
            (Level.PERINGATAN, "indicator_over_100", filled & (rows.values > 100 * MICRO) & percent),
            (Level.PERINGATAN, "indicator_not_whole", filled & (rows.values % MICRO != 0) & counted),
        )
        for level, code, wrong in rules:
            at = np.flatnonzero(wrong & ~self.held)
            for i in at.tolist():
                facts = self.facts[rows.kode[rows.indicator[i]]]
                told = {"nama": facts.nama, "satuan": facts.satuan, "tahun": int(rows.tahun[i])}
                self.tell(level, code, i, **told, text=format_number(from_micro(int(rows.values[i]))))
            if level is Level.GALAT:
                self.held[at] = True

    def areas(self) -> None:
        """A slum is a part of its kelurahan, whose official size is rounded and not the same in every source."""
        rows = self.rows
        slums = np.array([kode in SLUMS for kode in rows.kode], dtype=np.bool_)
        if not slums.any():
            return
        official = hectares({kelurahan for kelurahan, _, _ in rows.places})
        most = np.array([official.get(kelurahan, 0) for kelurahan, _, _ in rows.places], dtype=np.int64)[rows.place]
        filled = (rows.states == State.FILLED) & ~self.held
        at = np.flatnonzero(filled & slums[rows.indicator] & (most > 0) & (rows.values > most * BEYOND))
        for i in at.tolist():
            told = {"nama": self.name(i), "text": self.amount(i), "resmi": format_number(from_micro(int(most[i])), 2)}
            self.tell(Level.GALAT, "indicator_over_area", i, **told)
        self.held[at] = True

    def parts(self) -> None:
        """More households than people: one of the two is wrong, and nobody but the sender knows which."""
        rows = self.rows
        keys = _place_years(rows, self.area_kode)
        free = (rows.states == State.FILLED) & ~self.held
        wrong: list[int] = []
        for part, whole in PARTS:
            if not {part, whole} <= set(rows.kode):
                continue
            parts, wholes = (np.flatnonzero(free & (rows.indicator == rows.kode.index(kode))) for kode in (part, whole))
            known = dict(zip(keys[wholes].tolist(), wholes.tolist(), strict=True))
            for i in parts.tolist():
                j = known.get(int(keys[i]), -1)
                if j >= 0 and rows.values[i] > rows.values[j]:
                    told = {"lain": self.name(j), "jumlah": self.amount(j), "sel": "!".join(rows.where(j))}
                    self.tell(Level.GALAT, "indicator_part_larger", i, nama=self.name(i), text=self.amount(i), **told)
                    wrong += i, j
        self.held[wrong] = True

    def name(self, i: int) -> str:
        return self.facts[self.rows.kode[self.rows.indicator[i]]].nama

    def amount(self, i: int) -> str:
        return format_number(from_micro(int(self.rows.values[i])))

    def twice(self) -> None:
        """The same place, year and indicator with different numbers: nobody but the sender knows which is right."""
        rows = self.rows
        free = np.flatnonzero(~self.held)
        if not len(free):
            return
        keys = _place_years(rows.take(free), self.area_kode) * len(rows.kode) + rows.indicator[free]
        _, first, group = np.unique(keys, return_index=True, return_inverse=True)
        before = free[first][group]
        differs = (rows.values[free] != rows.values[before]) | (rows.states[free] != rows.states[before])
        for i, j in zip(free[differs].tolist(), before[differs].tolist(), strict=True):
            told = {"nama": self.facts[rows.kode[rows.indicator[i]]].nama, "tahun": int(rows.tahun[i])}
            first_cell = "!".join(rows.where(j))
            self.tell(Level.GALAT, "indicator_twice", i, **told, tempat=self.place(rows.place[i]), pertama=first_cell)
        self.held[free[np.isin(group, group[differs])]] = True


def jumps(comparison: IndicatorComparison) -> Iterator[Finding]:
    """Indicators several of whose values would be ten times what is stored, or a tenth of it."""
    rows, old = comparison.rows, comparison.old_values
    new = np.where(rows.states == State.FILLED, rows.values, 0)
    jump = (old > 0) & (new > 0) & ((new // JUMP >= old) | (old // JUMP >= new))
    for number, kode in enumerate(rows.kode):
        at = np.flatnonzero(jump & (rows.indicator == number))
        if len(at) >= JUMPS:
            i = int(at[0])
            before, after = (format_number(from_micro(int(n))) for n in (old[i], new[i]))
            told = {"n": len(at), "nama": comparison.facts[kode].nama, "lama": before, "baru": after}
            yield Finding(Level.PERINGATAN, "indicator_jump", *rows.where(i), told)


# --- the preview ------------------------------------------------------------------------------------------------------

_WORDS = {Status.NEW: "new", Status.CHANGED: "changed", Status.SAME: "same"}


def preview_indicators(comparison: IndicatorComparison) -> dict[str, Any]:
    """By code of the indicator: name, unit and how many values would be new, changed, the same, or are held."""
    told: dict[str, Any] = {}
    rows, held = comparison.rows, comparison.held
    for kode in rows.kode:
        facts = comparison.facts.get(kode, IndicatorFacts(kode, ""))
        told[kode] = {"nama": facts.nama, "satuan": facts.satuan, "tahun": {}, **_nothing()}
    counted = [(rows.indicator, rows.tahun, comparison.status == status, word) for status, word in _WORDS.items()]
    for indicator, tahun, mine, word in (*counted, (held.indicator, held.tahun, np.ones(len(held), bool), "blocked")):
        pairs, n = np.unique(indicator[mine] * _YEARS + tahun[mine], return_counts=True)
        for pair, count in zip(pairs.tolist(), n.tolist(), strict=True):
            entry = told[rows.kode[pair // _YEARS]]
            entry["tahun"].setdefault(str(pair % _YEARS), _nothing())[word] += count
            entry[word] += count
    return told


def _nothing() -> dict[str, int]:
    return {"new": 0, "changed": 0, "same": 0, "blocked": 0}


def row_counts(comparison: IndicatorComparison, told: Collection[tuple[str, int]] = ()) -> dict[str, int]:
    """Places and years that the values speak of, by what would happen to them; `told` (code, year) counts elsewhere."""
    rows = comparison.rows
    keys, first, group = np.unique(_place_years(rows, comparison.kode), return_index=True, return_inverse=True)
    seen = [(comparison.kode[rows.place[i]], int(rows.tahun[i])) not in told for i in first.tolist()]
    n = np.bincount(group, minlength=len(keys))
    new, same = (np.bincount(group[comparison.status == s], minlength=len(keys)) for s in (Status.NEW, Status.SAME))
    here = np.array(seen, dtype=np.bool_)
    counts = {"new": here & (new == n), "same": here & (same == n), "changed": here & (new < n) & (same < n)}
    return {**{word: int(mask.sum()) for word, mask in counts.items()}, "blocked": _held_rows(comparison, told)}


def _held_rows(comparison: IndicatorComparison, told: Collection[tuple[str, int]]) -> int:
    """Rows whose place nobody knows are told apart by where they stand."""
    held = comparison.held
    places = [(comparison.kode[number], int(tahun)) for number, tahun in zip(held.place, held.tahun, strict=True)]
    lines = [cell.decode().lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") for cell in held.cell]
    sheets = held.sheet.tolist()
    return len(
        {
            pair if pair[0] else (sheet, line)
            for pair, sheet, line in zip(places, sheets, lines, strict=True)
            if pair not in told
        }
    )


def touched_kelurahan(comparison: IndicatorComparison) -> list[tuple[str, str, int]]:
    """Code, name and newest year of the kelurahan in which a value would change."""
    rows, newest = comparison.rows.take(comparison.touched), {}
    for number, tahun in sorted(set(zip(rows.place.tolist(), rows.tahun.tolist(), strict=True)), key=lambda p: p[1]):
        newest[rows.places[number][0]] = tahun
    names = dict(Area.objects.filter(kode__in=newest).values_list("kode", "nama"))
    return [(kode, names[kode], newest[kode]) for kode in sorted(newest)]


def changed_values(comparison: IndicatorComparison, *, new: bool, start: int, stop: int | None) -> Iterator[Cell]:
    """The values from `start` to `stop` that replace one, or with `new` those that did not exist."""
    rows, status = comparison.rows, Status.NEW if new else Status.CHANGED
    at = np.flatnonzero(comparison.status == status)[start:stop].tolist()
    names = dict(Area.objects.filter(kode__in={rows.places[rows.place[i]][0] for i in at}).values_list("kode", "nama"))
    for i in at:
        kelurahan, kawasan, rt = rows.places[rows.place[i]]
        kode = rows.kode[rows.indicator[i]]
        filled, existed = rows.states[i] == State.FILLED, bool(comparison.exists[i])
        sheet, cell = rows.where(i)
        yield Cell(
            area_kode=comparison.kode[rows.place[i]],
            nama=rt or kawasan or names.get(kelurahan, kelurahan),
            kelurahan=names.get(kelurahan, kelurahan),
            tahun=int(rows.tahun[i]),
            field=kode,
            label=comparison.facts[kode].nama,
            satuan=comparison.facts[kode].satuan,
            old=from_micro(int(comparison.old_values[i])) if existed else None,
            new=from_micro(int(rows.values[i])) if filled else None,
            old_state=State.FILLED if existed else State.EMPTY,
            new_state=State.FILLED if filled else State.EMPTY,
            sheet=sheet,
            cell=cell,
        )


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
    """The document that the sender named, else what the file or its sender says of this indicator, else the file."""
    return upload.dokumen or (facts.sumber if facts else "") or upload.nama_berkas


def _make_indicators(
    rows: StagedIndicators, facts: Mapping[str, IndicatorFacts], upload: Upload, by: User | None
) -> dict[str, int]:
    """Ids of the indicators of these values by code; those that are not stored yet are made."""
    ids = dict(Indicator.objects.filter(kode__in=rows.kode).values_list("kode", "pk"))
    for kode in (rows.kode[i] for i in np.unique(rows.indicator).tolist()):
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
