"""Summaries: the places and years that changed, up the hierarchy. Idempotent; everything can be rebuilt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
from django.db import connection, transaction
from numpy.typing import NDArray

from kelurahan.actions.events import bump_version
from kelurahan.models import Area, Assessment, Level, Summary, SummarySource, Upload
from kelurahan.models.area import AreaQuerySet
from kelurahan.models.records import YearRecords, read_year
from kelurahan.models.summary import summary_row
from kelurahan.rules.numbers import to_micro
from kelurahan.rules.regulation import RULE_SETS, RuleSet
from kelurahan.rules.score import averages, score
from kelurahan.rules.summary import Jenis, Tier, class_buckets, first_kind, record_tier, tier_above
from kelurahan.rules.sums import Sums

_SOURCE = {Jenis.RT: SummarySource.RT, Jenis.KAWASAN: SummarySource.KAWASAN, Jenis.LANGSUNG: SummarySource.LANGSUNG}


@dataclass(frozen=True, slots=True)
class Part:
    """Computed places of one level: `ids` (g,), what they were summed from (g,), −1 without records, and how many
    places should have been assessed for each (g,)."""

    ids: NDArray[np.int64]
    tier: Tier
    sumber: NDArray[np.int8]
    n_harap: NDArray[np.int64]


NewByLevel = Mapping[Level, Mapping[int, int]]  # places that are not there yet, by kelurahan


def kelurahan_part(
    year: YearRecords, kelurahan_ids: Sequence[int], rule_set: RuleSet, new: NewByLevel | None = None
) -> Part:
    """The kelurahan themselves, each from its RT, else its kawasan, else its own figure. `new` counts the places that
    an upload would add."""
    ids = np.array(sorted(kelurahan_ids), dtype=np.int64)
    groups = np.searchsorted(ids, year.kelurahan_id)
    records = record_tier(year.records.values, year.records.states, rule_set)
    used, sumber = first_kind(year.jenis, groups, len(ids))
    tier = tier_above(records.take(used), groups[used], len(ids), rule_set, only_if_kumuh=True)
    below = Area.objects.filter(parent__in=kelurahan_ids)
    return Part(ids, tier, sumber, _expected(ids, sumber, below, "parent", new or {}))


def kawasan_part(year: YearRecords, rule_set: RuleSet) -> Part:
    """The kawasan of these records, each from its RT, else from its own figure."""
    inside = np.flatnonzero(year.kawasan_id >= 0)
    ids, groups = np.unique(year.kawasan_id[inside], return_inverse=True)
    records = record_tier(year.records.values[inside], year.records.states[inside], rule_set)
    used, sumber = first_kind(year.jenis[inside], groups, len(ids))
    tier = tier_above(records.take(used), groups[used], len(ids), rule_set, only_if_kumuh=True)
    below = Area.objects.filter(kawasan__in=ids.tolist())
    return Part(ids, tier, sumber, _expected(ids, sumber, below, "kawasan", {}))


def _expected(
    ids: NDArray[np.int64], sumber: NDArray[np.int8], below: AreaQuerySet, column: str, new: NewByLevel
) -> NDArray[np.int64]:
    """How many places of the kind that each place was summed from the city knows; one where the figure is its own.

    A place without records is expected to be assessed RT by RT, or once where it has none.
    """
    rt, kawasan = (
        Counter(below.count_by(level, column)) + Counter(new.get(level, {})) for level in (Level.RT, Level.KAWASAN)
    )
    found = []
    for pk, kind in zip(ids.tolist(), sumber.tolist(), strict=True):
        known = {Jenis.RT: rt, Jenis.KAWASAN: kawasan, -1: rt}.get(kind)
        found.append(max(1, known[pk]) if known else 1)
    return np.array(found, dtype=np.int64)


@transaction.atomic
def recompute(*, kelurahan_ids: Sequence[int], year: int, rule_set: str) -> None:
    """Compute these kelurahan, their kawasan, their kecamatan and the kota anew for one year.

    Reads what is committed now, one at a time per year and rule set: two jobs in any order end in the same rows.
    """
    rules = RULE_SETS[rule_set]
    _lock(year, rule_set)
    records = read_year(year=year, rule_set=rule_set, kelurahan_ids=kelurahan_ids)
    lower = kelurahan_part(records, kelurahan_ids, rules)
    kawasan = kawasan_part(records, rules)
    _replace(_kawasan_of(kelurahan_ids), kawasan, year, rules)
    _replace(list(kelurahan_ids), lower, year, rules)
    for part in _upper_parts(year, rules):
        _replace(part.ids.tolist(), part, year, rules)
    bump_version()


def _lock(year: int, rule_set: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"ringkasan:{rule_set}:{year}"])


def _kawasan_of(kelurahan_ids: Sequence[int]) -> list[int]:
    return list(Area.objects.filter(level=Level.KAWASAN, parent__in=kelurahan_ids).values_list("pk", flat=True))


def _upper_parts(year: int, rules: RuleSet) -> list[Part]:
    """Kecamatan and kota from the stored summaries of all kelurahan; one without a summary is not assessed."""
    places = list(Area.objects.kelurahan().order_by("pk").values_list("pk", "parent_id", "parent__parent_id"))
    lower = stored_tier([pk for pk, _, _ in places], year, rules)
    expected = _expected_of_all([pk for pk, _, _ in places], year, rules)
    parts = []
    for column in (1, 2):
        parents = np.array([place[column] for place in places], dtype=np.int64)
        ids, groups = np.unique(parents, return_inverse=True)
        tier = tier_above(lower, groups, len(ids), rules)
        has_records = np.where(tier.sums.n_rows > 0, int(Jenis.RT), -1).astype(np.int8)
        n_harap = np.bincount(groups, weights=expected, minlength=len(ids)).astype(np.int64)
        parts.append(Part(ids, tier, has_records, n_harap))
    return parts


def _expected_of_all(kelurahan_ids: Sequence[int], year: int, rules: RuleSet) -> NDArray[np.int64]:
    """What each kelurahan's summary expects; those without one expect their RT."""
    rt = Area.objects.count_by(Level.RT, "parent")
    stored = dict(
        Summary.objects.filter(area__in=kelurahan_ids, tahun=year, aturan=rules.kode).values_list("area_id", "n_harap")
    )
    return np.array([stored.get(pk) or max(1, rt.get(pk, 0)) for pk in kelurahan_ids], dtype=np.int64)


def _micro(rows: list[Any], width: int) -> NDArray[Any]:
    """Rows of decimals as an (n, width) matrix of millionths; Python integers where 64 bits would not do."""
    array = np.array([[to_micro(v) for v in row] for row in rows], dtype=object).reshape(len(rows), width)
    return array.astype(np.int64) if not array.size or abs(array).max() < 2**62 else array


def _flags(rows: list[Any], width: int) -> NDArray[np.bool_]:
    return np.array(rows, dtype=bool).reshape(len(rows), width)


def _blank(area_id: int, rules: RuleSet) -> Summary:
    k = len(rules.kriteria)
    return Summary(
        area_id=area_id,
        penyebut=[Decimal(0)] * 6,
        penyebut_diketahui=[True] * 6,
        volume_min=[Decimal(0)] * k,
        volume_max=[Decimal(0)] * k,
        volume_diketahui=[True] * k,
        volume_terbuka=[False] * k,
        penyebut_terbuka=[False] * k,
        tidak_berlaku=[True] * k,
        tidak_sah=[False] * k,
        n_catatan=0,
        n_dinilai=0,
        n_harap=0,
        luas_kumuh=Decimal(0),
        jiwa_kumuh=Decimal(0),
    )


def stored_tier(kelurahan_ids: Sequence[int], year: int, rules: RuleSet) -> Tier:
    """The kelurahan as their stored summaries have them, in the order asked."""
    stored = {s.area_id: s for s in Summary.objects.filter(area__in=kelurahan_ids, tahun=year, aturan=rules.kode)}
    rows = [stored.get(pk) or _blank(pk, rules) for pk in kelurahan_ids]
    k = len(rules.kriteria)
    sums = Sums(
        penyebut=_micro([s.penyebut for s in rows], 6),
        penyebut_known=_flags([s.penyebut_diketahui for s in rows], 6),
        volume_min=_micro([s.volume_min for s in rows], k),
        volume_max=_micro([s.volume_max for s in rows], k),
        volume_known=_flags([s.volume_diketahui for s in rows], k),
        volume_open=_flags([s.volume_terbuka for s in rows], k),
        penyebut_open=_flags([s.penyebut_terbuka for s in rows], k),
        na=_flags([s.tidak_berlaku for s in rows], k),
        invalid=_flags([s.tidak_sah for s in rows], k),
        n_rows=np.array([s.n_catatan for s in rows], dtype=np.int64),
        n_assessed=np.array([s.n_dinilai for s in rows], dtype=np.int64),
    )
    scores = score(sums, rules)
    empty = np.zeros((len(rows), 6), dtype=np.int64)
    return Tier(
        sums=sums,
        scores=scores,
        bucket=class_buckets(scores),
        n_kelas=empty,
        ha_kelas=empty,
        jiwa_kelas=empty,
        luas_kumuh=_micro([[s.luas_kumuh] for s in rows], 1)[:, 0],
        jiwa_kumuh=_micro([[s.jiwa_kumuh] for s in rows], 1)[:, 0],
    )


def _replace(area_ids: list[int], part: Part, year: int, rules: RuleSet) -> None:
    """Put the computed rows in place of the stored ones of these places; places without records keep none."""
    rows = _summaries(part, year, rules)
    Summary.objects.filter(area__in=area_ids, tahun=year, aturan=rules.kode).delete()
    Summary.objects.bulk_create(rows, batch_size=500)


def _summaries(part: Part, year: int, rules: RuleSet) -> list[Summary]:
    means = averages(part.tier.scores, rules)
    present = np.flatnonzero(part.sumber >= 0)
    return [
        summary_row(
            int(part.ids[i]),
            part.tier,
            int(i),
            year,
            rules,
            means,
            _SOURCE[Jenis(int(part.sumber[i]))],
            int(part.n_harap[i]),
        )
        for i in present
    ]


def assessed_years() -> list[tuple[str, int]]:
    """(rule set, year) of everything assessed. What a new RT lacks, it lacks in all of them."""
    return sorted(Assessment.objects.order_by().values_list("aturan", "tahun").distinct())


@transaction.atomic
def recompute_all() -> list[tuple[int, str]]:
    """Drop every summary and build all of them from the records. Returns the (year, rule set) pairs built."""
    pairs = sorted((year, rule_set) for rule_set, year in assessed_years())
    for year, rule_set in sorted({*pairs, *Summary.objects.values_list("tahun", "aturan").distinct()}):
        _lock(year, rule_set)  # before the rows, as `recompute` does: two of them never wait for each other
    Summary.objects.all().delete()
    kelurahan = list(Area.objects.kelurahan().values_list("pk", flat=True))
    for year, rule_set in pairs:
        recompute(kelurahan_ids=kelurahan, year=year, rule_set=rule_set)
    Upload.objects.filter(pesan__code="recompute_failed").update(pesan={})
    bump_version()
    return pairs
