"""How a place stands in each year: its sums and scores. One query for its stored sums, whatever its level."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kelurahan.models import Area, Level, Summary
from kelurahan.models.records import Records, read_records
from kelurahan.rules.numbers import from_micro, to_micro
from kelurahan.rules.regulation import DEFAULT_RULE_SET, RULE_SETS, RuleSet
from kelurahan.rules.score import Line, Scores, averages, explain, score
from kelurahan.rules.summary import is_kumuh, record_tier
from kelurahan.rules.sums import Sums


@dataclass(frozen=True, slots=True)
class Scope:
    """The rule set that pages show and the years it has data for, oldest first; `others`: the rule sets to choose
    from, the usual one first, none where only one has data."""

    rule_set: RuleSet
    years: list[int]
    others: tuple[RuleSet, ...] = ()


def load_scope(asked: str = "") -> Scope:
    """The rule set asked for if it has data, else the one in force, else the one with most; all years of the city."""
    pairs = list(Summary.objects.order_by().values_list("aturan", "tahun").distinct())
    counts = Counter(aturan for aturan, _ in pairs)
    usual = DEFAULT_RULE_SET if counts[DEFAULT_RULE_SET] or not counts else counts.most_common(1)[0][0]
    aturan = asked if counts[asked] else usual
    others = sorted(counts, key=lambda kode: (kode != usual, kode)) if len(counts) > 1 else []
    years = sorted(tahun for kode, tahun in pairs if kode == aturan)
    return Scope(RULE_SETS[aturan], years, tuple(RULE_SETS[kode] for kode in others))


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """g years of one place, or g places of one year, in the order of `keys`."""

    rule_set: RuleSet
    keys: list[int]  # years, or ids of places
    sums: Sums
    scores: Scores
    luas_kumuh: list[Decimal]  # hectares
    n_kelas: list[list[int]]  # places below, by bucket
    sumber: list[str]  # models.SummarySource, or "" for a record of its own
    n_harap: list[int]  # places that should have been assessed; `sums.n_assessed` of them are

    def whole(self, i: int) -> bool:
        """Every place that the city knows here was assessed, be it with gaps."""
        return int(self.sums.n_assessed[i]) == self.n_harap[i]

    def lengkap(self, i: int) -> bool:
        """As `Summary.lengkap`: every place assessed, every criterion known."""
        return bool(self.scores.lengkap[i]) and self.whole(i)

    def at(self, key: int) -> int | None:
        return self.keys.index(key) if key in self.keys else None

    def lines(self, i: int) -> list[Line]:
        return explain(self.sums, self.scores, self.rule_set, i)

    def aspects(self, i: int) -> list[float | None]:
        """Rata-rata of each aspect in percent, variant `semua`."""
        means, _ = averages(self.scores.take(slice(i, i + 1)), self.rule_set)
        return [None if np.isnan(mean) else float(mean) for mean in means[0]]


def standing_of(area: Area, scope: Scope) -> Standing:
    """The place in all its years."""
    if area.level == Level.RT:
        return _of_records(read_records(area_ids=[area.pk], years=scope.years, rule_set=scope.rule_set.kode), scope)
    rows = Summary.objects.filter(area=area, aturan=scope.rule_set.kode).order_by("tahun")
    return _of_summaries(list(rows), scope.rule_set, "tahun")


def standings_in(area_ids: Sequence[int], year: int, scope: Scope) -> Standing:
    """Several places with stored sums, in one year; `keys` are their ids."""
    rows = Summary.objects.filter(area__in=area_ids, tahun=year, aturan=scope.rule_set.kode).order_by("area_id")
    return _of_summaries(list(rows), scope.rule_set, "area_id")


def _of_records(records: Records, scope: Scope) -> Standing:
    tier = record_tier(records.values, records.states, scope.rule_set)
    return Standing(
        rule_set=scope.rule_set,
        keys=records.tahun.tolist(),
        sums=tier.sums,
        scores=tier.scores,
        luas_kumuh=[from_micro(v) for v in tier.luas_kumuh],
        n_kelas=tier.n_kelas.tolist(),
        sumber=[""] * len(records),
        n_harap=[1] * len(records),
    )


def _of_summaries(rows: list[Summary], rule_set: RuleSet, key: str) -> Standing:
    sums = stored_sums(rows, len(rule_set.kriteria))
    return Standing(
        rule_set=rule_set,
        keys=[getattr(row, key) for row in rows],
        sums=sums,
        scores=score(sums, rule_set),
        luas_kumuh=[row.luas_kumuh for row in rows],
        n_kelas=[row.n_kelas for row in rows],
        sumber=[row.sumber for row in rows],
        n_harap=[row.n_harap for row in rows],
    )


def stored_sums(rows: Sequence[Summary], k: int) -> Sums:
    """The sums that stored summaries hold, in their order; `k` criteria."""

    def micro(name: str, width: int) -> NDArray[Any]:
        numbers = [[to_micro(v) for v in getattr(row, name)] for row in rows]
        array = np.array(numbers, dtype=object).reshape(len(rows), width)
        return array.astype(np.int64) if not array.size or array.max() < 2**62 else array

    def flags(name: str, width: int) -> NDArray[np.bool_]:
        return np.array([getattr(row, name) for row in rows], dtype=np.bool_).reshape(len(rows), width)

    return Sums(
        penyebut=micro("penyebut", 6),
        penyebut_known=flags("penyebut_diketahui", 6),
        volume_min=micro("volume_min", k),
        volume_max=micro("volume_max", k),
        volume_known=flags("volume_diketahui", k),
        volume_open=flags("volume_terbuka", k),
        penyebut_open=flags("penyebut_terbuka", k),
        na=flags("tidak_berlaku", k),
        invalid=flags("tidak_sah", k),
        n_rows=np.array([row.n_catatan for row in rows], dtype=np.int64),
        n_assessed=np.array([row.n_dinilai for row in rows], dtype=np.int64),
    )


def kumuh(scores: Scores, i: int, rule_set: RuleSet) -> bool:
    return bool(is_kumuh(scores.take(slice(i, i + 1)), rule_set)[0])
