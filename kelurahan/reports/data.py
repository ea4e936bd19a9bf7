"""The Data page: the places that have or should have a record in a year, with class, completeness and last change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import numpy as np
from django.db import connection
from django.urls import reverse

from kelurahan.models import Area, Level
from kelurahan.models.records import read_year
from kelurahan.reports.standing import Scope
from kelurahan.reports.words import span
from kelurahan.rules.regulation import RuleSet
from kelurahan.rules.summary import Tier, record_tier


@dataclass(frozen=True, slots=True)
class Asked:
    """What the visitor wants to see."""

    tahun: int
    kelurahan: str = ""
    cari: str = ""
    kurang: bool = False  # only what is incomplete


@dataclass(frozen=True, slots=True)
class Row:
    """A place and its record; `tingkat` is None where nothing is assessed."""

    pk: int
    kode: str
    nama: str
    level: str
    kelurahan: str
    kode_kelurahan: str
    kawasan: str
    tahun: int
    tingkat: tuple[int, int] | None = None
    total: str = "–"
    n_dinilai: int = 0
    lengkap: bool = False
    contoh: bool = False
    diubah: datetime | None = None
    oleh: str = ""

    @property
    def url(self) -> str:
        return reverse("kelurahan:record", args=[self.kode, self.tahun])

    def matches(self, wanted: Sequence[str]) -> bool:
        text = f"{self.kode} {self.nama} {self.kelurahan} {self.kawasan}".casefold()
        return all(word in text for word in wanted)


@dataclass(frozen=True, slots=True)
class DataList:
    """`rows` without their last change: `with_changes` adds it to those of a page."""

    asked: Asked
    rule_set: RuleSet
    years: list[int]
    kelurahan: list[tuple[str, str]]  # code, name
    rows: list[Row]
    n_all: int
    n_lengkap: int  # of all

    @property
    def n_kriteria(self) -> int:
        return len(self.rule_set.kriteria)


def load_data(areas: Any, asked: Asked, scope: Scope, years: list[int]) -> DataList:
    """Two queries for the places (`areas`: queryset) and their records. RT are scored on the spot."""
    places = list(
        areas.assessed_levels()
        .order_by("path")
        .values_list("pk", "kode", "nama", "level", "parent_id", "kawasan_id", "contoh")
    )
    names = {pk: (kode, nama) for pk, kode, nama, level, *_ in places if level != Level.RT}
    kelurahan = [(kode, nama) for _, kode, nama, level, *_ in places if level == Level.KELURAHAN]
    ids = [pk for pk, _, _, level, *_ in places if level == Level.KELURAHAN]
    stored = read_year(year=asked.tahun, rule_set=scope.rule_set.kode, kelurahan_ids=ids)
    tier = record_tier(stored.records.values, stored.records.states, scope.rule_set)
    at = {int(pk): i for i, pk in enumerate(stored.records.area_id)}
    with_rt = {place[4] for place in places if place[3] == Level.RT}
    rows = [
        _row(place, names, asked.tahun, tier, at.get(place[0]))
        for place in places
        if place[3] == Level.RT or place[0] in at or (place[3] == Level.KELURAHAN and place[0] not in with_rt)
    ]
    return DataList(
        asked=asked,
        rule_set=scope.rule_set,
        years=years,
        kelurahan=sorted(kelurahan, key=lambda k: k[1]),
        rows=_wanted(rows, asked),
        n_all=len(rows),
        n_lengkap=sum(row.lengkap for row in rows),
    )


def _wanted(rows: list[Row], asked: Asked) -> list[Row]:
    search = asked.cari.casefold().split()
    return [
        row
        for row in rows
        if (not asked.kelurahan or row.kode_kelurahan == asked.kelurahan)
        and (not asked.kurang or not row.lengkap)
        and row.matches(search)
    ]


def _row(place: Any, names: dict[int, tuple[str, str]], tahun: int, tier: Tier, i: int | None) -> Row:
    pk, kode, nama, level, parent_id, kawasan_id, contoh = place
    kode_kelurahan, kelurahan = (kode, nama) if level == Level.KELURAHAN else names[parent_id]
    row = Row(
        pk=pk,
        kode=kode,
        nama=nama,
        level=level,
        kelurahan=kelurahan,
        kode_kelurahan=kode_kelurahan,
        kawasan=names.get(kawasan_id, ("", ""))[1] if level == Level.RT else "",
        tahun=tahun,
        contoh=contoh,
    )
    if i is None or not tier.scores.has_data[i]:
        return row
    scores = tier.scores
    return replace(
        row,
        tingkat=(int(scores.tingkat_min[i]), int(scores.tingkat_max[i])),
        total=span(int(scores.total_min[i]), int(scores.total_max[i])),
        n_dinilai=int(np.count_nonzero(scores.known[i])),
        lengkap=bool(scores.lengkap[i]),
    )


_LAST = """
SELECT DISTINCT ON (c.area_id) c.area_id, s.pada, s.oleh_nama
FROM kelurahan_change c JOIN kelurahan_changeset s ON s.id = c.change_set_id
WHERE c.area_id = ANY(%s::bigint[]) AND c.tahun = %s AND c.aturan = %s
ORDER BY c.area_id, c.id DESC
"""


def with_changes(rows: Sequence[Row], rule_set: str) -> list[Row]:
    """The rows of one page with who changed each last. One query."""
    if not rows:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_LAST, [[row.pk for row in rows], rows[0].tahun, rule_set])
        last = {pk: (pada, oleh) for pk, pada, oleh in cursor.fetchall()}
    return [replace(row, diubah=last[row.pk][0], oleh=last[row.pk][1]) if row.pk in last else row for row in rows]


def kelurahan_of(area: Area) -> Area:
    """The kelurahan that a place lies in, or is."""
    return area if area.level == Level.KELURAHAN or area.parent is None else area.parent


def data_url(area: Area, tahun: int | None, rule_set: str = "") -> str:
    """Where the numbers of a place are filled in: its own record, or the list of those that it is summed from.
    `rule_set`: code of one that is not the usual one."""
    asked = {"aturan": rule_set} if rule_set else {}
    if area.level in (Level.RT, Level.KAWASAN) and tahun:
        return reverse("kelurahan:record", args=[area.kode, tahun]) + (f"?{urlencode(asked)}" if asked else "")
    asked = {**asked, "tahun": str(tahun)} if tahun else asked
    if area.level == Level.KELURAHAN:
        asked["kelurahan"] = area.kode
    return f"{reverse('kelurahan:data')}?{urlencode(asked)}" if asked else reverse("kelurahan:data")
