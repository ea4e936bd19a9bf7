"""The level below a place in one year: its RT, kawasan, kelurahan or kecamatan, each with its own score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from django.urls import reverse
from numpy.typing import NDArray

from kelurahan.models import Area, Level
from kelurahan.models.records import YearRecords, read_year
from kelurahan.reports import sentences
from kelurahan.reports.standing import Scope, Standing, standings_in
from kelurahan.reports.words import span
from kelurahan.rules.numbers import format_number, from_micro
from kelurahan.rules.regulation import FIELDS, PENYEBUT, RuleSet, State
from kelurahan.rules.score import Scores
from kelurahan.rules.summary import Jenis, Tier, first_kind, record_tier
from kelurahan.rules.sums import Sums, sum_rows

WORST = 3  # criteria named in a row of the table


@dataclass(frozen=True, slots=True)
class ChildRow:
    """A place of the level below. `tingkat` is None where it was not assessed."""

    kode: str
    nama: str
    tingkat: tuple[int, int] | None
    total: str
    luas: str
    bangunan: str
    kk: str
    jiwa: str
    terburuk: str
    urut: tuple[int, int, str]
    contoh: bool = False
    kurang: str = ""  # "belum lengkap (2 dari 32 RT dinilai)"

    @property
    def url(self) -> str:
        return reverse("kelurahan:profile", args=[self.kode])


@dataclass(frozen=True, slots=True, eq=False)
class Below:
    """`records` are what the place was summed from, `direct` what was given for the place itself."""

    rows: list[ChildRow] = field(default_factory=list)
    kawasan: list[ChildRow] = field(default_factory=list)
    tier: Tier | None = None  # of the used records, in the order of `areas`
    areas: list[Area] = field(default_factory=list)
    area_ids: list[int] = field(default_factory=list)  # of the used records
    states: NDArray[np.uint8] | None = None
    direct: Sums | None = None
    kawasan_direct: list[tuple[str, Sums, Sums]] = field(default_factory=list)  # name, given directly, Σ of its RT
    level: str = ""


def load_below(area: Area, year: int, scope: Scope) -> Below:
    if area.level in (Level.KOTA, Level.KECAMATAN):
        return _places_below(area, year, scope)
    if area.level == Level.RT:
        return Below(area_ids=[area.pk])
    owner = area if area.level == Level.KELURAHAN else area.parent
    records = read_year(year=year, rule_set=scope.rule_set.kode, kelurahan_ids=[owner.pk])  # type: ignore[union-attr]
    inside = np.ones(len(records), dtype=bool) if owner is area else records.kawasan_id == area.pk
    areas = Area.objects.filter(parent=owner, level__in=[Level.RT, Level.KAWASAN]).order_by("nama")
    known = [a for a in areas if owner is area or a.kawasan_id == area.pk]
    return _records_below(area, _take(records, inside), known, year, scope)


def _take(records: YearRecords, where: NDArray[np.bool_]) -> YearRecords:
    inner = records.records
    picked = type(inner)(
        inner.area_id[where], inner.tahun[where], inner.versi[where], inner.values[where], inner.states[where]
    )
    return YearRecords(picked, records.jenis[where], records.kelurahan_id[where], records.kawasan_id[where])


def _records_below(area: Area, records: YearRecords, areas: list[Area], year: int, scope: Scope) -> Below:
    rules = scope.rule_set
    used, kind = first_kind(records.jenis, np.zeros(len(records), dtype=np.int64), 1)
    tier = record_tier(records.records.values[used], records.records.states[used], rules)
    ids = records.records.area_id[used].tolist()
    own = int(Jenis.KAWASAN if area.level == Level.KAWASAN else Jenis.LANGSUNG)
    given = np.flatnonzero((records.jenis == own) & ~used)
    direct = (
        record_tier(records.records.values[given], records.records.states[given], rules).sums if len(given) else None
    )
    below = Level.KAWASAN if kind[0] == Jenis.KAWASAN and area.level == Level.KELURAHAN else Level.RT
    children = [a for a in areas if a.level == below]
    at = {pk: i for i, pk in enumerate(ids)}
    rows = [_row(a, tier.sums, tier.scores, at.get(a.pk), rules) for a in children]
    kawasan = (
        [a for a in areas if a.level == Level.KAWASAN] if area.level == Level.KELURAHAN and below == Level.RT else []
    )
    return Below(
        rows=sorted(rows, key=lambda row: row.urut),
        kawasan=_summed(kawasan, year, scope),
        tier=tier,
        areas=areas,
        area_ids=ids,
        states=records.records.states[used],
        direct=direct,
        kawasan_direct=_kawasan_direct(records, kawasan, rules),
        level=below,
    )


def _kawasan_direct(records: YearRecords, kawasan: Sequence[Area], rules: RuleSet) -> list[tuple[str, Sums, Sums]]:
    """Kawasan that have a figure of their own and RT as well."""
    found = []
    values, states = records.records.values, records.records.states
    for area in kawasan:
        own, rt = (
            np.flatnonzero((records.kawasan_id == area.pk) & (records.jenis == kind))
            for kind in (Jenis.KAWASAN, Jenis.RT)
        )
        if len(own) and len(rt):
            one = np.zeros(len(rt), dtype=np.int64)
            direct = sum_rows(values[own], states[own], rules)
            found.append((area.nama, direct, sum_rows(values[rt], states[rt], rules, one, 1)))
    return found


def _places_below(area: Area, year: int, scope: Scope) -> Below:
    level = Level.KECAMATAN if area.level == Level.KOTA else Level.KELURAHAN
    children = list(Area.objects.filter(parent=area, level=level).order_by("nama"))
    return Below(rows=_summed(children, year, scope), level=level)


def _summed(areas: Sequence[Area], year: int, scope: Scope) -> list[ChildRow]:
    if not areas:
        return []
    stored: Standing = standings_in([a.pk for a in areas], year, scope)
    rows = []
    for area in areas:
        i = stored.at(area.pk)
        row = _row(area, stored.sums, stored.scores, i, scope.rule_set)
        kurang = "" if i is None else sentences.incomplete(stored, i, wide=area.level == Level.KECAMATAN)
        rows.append(replace(row, kurang=kurang) if row.tingkat else row)
    return sorted(rows, key=lambda row: row.urut)


def _row(area: Area, sums: Sums, scores: Scores, i: int | None, rules: RuleSet) -> ChildRow:
    if i is None or not scores.has_data[i]:
        return ChildRow(area.kode, area.nama, None, "–", "–", "–", "–", "–", "", (1, 0, area.nama), area.contoh)
    lowest, highest = int(scores.total_min[i]), int(scores.total_max[i])
    return ChildRow(
        kode=area.kode,
        nama=area.nama,
        tingkat=(int(scores.tingkat_min[i]), int(scores.tingkat_max[i])),
        total=span(lowest, highest),
        luas=penyebut_text(sums, i, "luas", 2),
        bangunan=penyebut_text(sums, i, "bgn"),
        kk=penyebut_text(sums, i, "kk"),
        jiwa=penyebut_text(sums, i, "jiwa"),
        terburuk=", ".join(_worst(scores, i, rules)),
        urut=(0, -lowest, area.nama),
        contoh=area.contoh,
    )


def _worst(scores: Scores, i: int, rules: RuleSet) -> list[str]:
    ranked = [
        (-int(scores.nilai_min[i, k]), -float(np.nan_to_num(scores.persen_min[i, k])), kriteria.kode)
        for k, kriteria in enumerate(rules.kriteria)
        if scores.nilai_min[i, k] > 0
    ]
    return [kode for _nilai, _persen, kode in sorted(ranked)[:WORST]]


def penyebut_text(sums: Sums, i: int, kode: str, decimals: int | None = None) -> str:
    """A denominator as text; "≥" before a sum that some record is missing from, "–" where none is known."""
    column = FIELDS.index(kode)
    number = from_micro(sums.penyebut[i, column])
    if sums.penyebut_known[i, column]:
        return format_number(number, decimals)
    return f"≥ {format_number(number, decimals)}" if number else "–"


def filled_counts(states: NDArray[np.uint8] | None, rules: RuleSet) -> dict[str, tuple[int, int]]:
    """kode → (records with an answer, records), for criteria and denominators."""
    if states is None or not len(states):
        return {}
    answered: Any = (states == State.FILLED) | (states == State.NOT_APPLICABLE)
    wanted = [*PENYEBUT, *(k.kode for k in rules.kriteria)]
    return {kode: (int(answered[:, FIELDS.index(kode)].sum()), len(states)) for kode in wanted}
