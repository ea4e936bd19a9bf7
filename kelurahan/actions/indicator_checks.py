"""What is wrong with the values of indicators that an upload gives, and which of them must wait."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from django.utils import timezone
from numpy.typing import NDArray

from kelurahan.actions.comparing import area_code
from kelurahan.actions.indicators import IndicatorComparison, place_years
from kelurahan.actions.staging import IndicatorFacts, StagedIndicators
from kelurahan.models import Area, Indicator
from kelurahan.reports.indicators import PEOPLE
from kelurahan.reports.official import hectares
from kelurahan.rules.findings import N_, Finding, Level, add_messages
from kelurahan.rules.numbers import MICRO, format_number, from_micro
from kelurahan.rules.record import YEARS
from kelurahan.rules.regulation import State

LIMIT = 10**10 * MICRO  # as for the numbers of a record
JUMP, JUMPS = 10, 3  # so many values, each so many times as much or as little, look like a lost comma or another unit
THINGS = "unit rt rw rumah pemilih tps kejadian kawasan usaha pelanggan sambungan usulan"
COUNTED = PEOPLE | set(THINGS.split())  # units that come in whole numbers
PERCENT = "%"
KEPT_PER_CODE = 2_500  # findings of one kind; all are counted
PARTS = (("kk", "penduduk"), ("penduduk_laki", "penduduk"), ("penduduk_perempuan", "penduduk"))
SLUMS = frozenset({"luas_kumuh", "luas_kumuh_tertangani", "sisa_luas_kumuh"})  # parts of the kelurahan, in hectares
BEYOND = 2  # times the official size: no other source makes a kelurahan so large

add_messages(
    {
        "indicator_outside": (
            N_("%(nama)s di luar wilayah Anda (%(wilayah)s); %(n)s angkanya tertahan, yang pertama di sel %(cell)s."),
            N_("Hapus barisnya, atau minta Bappeda mengunggahnya."),
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


@dataclass(frozen=True, slots=True)
class CheckedIndicators:
    """The values with everything held that must not be written, and what there is to tell."""

    rows: StagedIndicators
    findings: list[Finding]
    counts: Counter[str]  # of each code, also beyond the findings kept


def check_indicators(staged: StagedIndicators, *, scope: Area | None = None) -> CheckedIndicators:
    """Hold what must not be written and say why. What is held already was told by the reader and is not told again.

    `scope` is the area the sender may write in.
    """
    check = _Check(staged)
    check.places(scope)
    check.unknown()
    check.cells()
    check.areas()
    check.twice()
    check.parts()
    return CheckedIndicators(replace(staged, held=check.held), check.findings, check.counts)


class _Check:
    def __init__(self, staged: StagedIndicators) -> None:
        self.rows, self.held = staged, staged.held.copy()
        self.findings: list[Finding] = []
        self.counts: Counter[str] = Counter()
        self.area_kode = [area_code(*place) for place in staged.places]
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
        if scope is None:
            return
        inside = set(Area.objects.within(scope).kelurahan().values_list("kode", flat=True))
        for number, (kelurahan, _, _) in enumerate(self.rows.places):
            if kelurahan not in inside:
                told = {"nama": self.place(number), "wilayah": scope.nama}
                self.hold_group("indicator_outside", self.rows.place, number, **told)

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
        keys = place_years(rows, self.area_kode)
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
        keys = place_years(rows.take(free), self.area_kode) * len(rows.kode) + rows.indicator[free]
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
