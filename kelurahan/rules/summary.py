"""Up the hierarchy: RT → kelurahan → kecamatan and kota, by Σ volume ÷ Σ penyebut, scored anew at each step.

Never the mean of percentages. Beside the score each place carries counts, hectares and people by class: a kelurahan
of its RT, a kecamatan and the kota of their kelurahan. Amounts are integers in millionths (of ha, of jiwa).
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from decimal import Decimal
from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from kelurahan.rules.findings import N_
from kelurahan.rules.numbers import from_micro
from kelurahan.rules.regulation import PENYEBUT, TINGKAT, RuleSet
from kelurahan.rules.score import Scores, score
from kelurahan.rules.sums import Bools, Grouping, Ints, Sums, add_sums, sum_rows

RENTANG, BELUM_DINILAI = 4, 5
BUCKETS = (*TINGKAT, N_("rentang"), N_("belum dinilai"))
"""Names of the six buckets: the four classes, a range that crosses classes, no data."""

LUAS, JIWA = list(PENYEBUT).index("luas"), list(PENYEBUT).index("jiwa")


class Jenis(IntEnum):
    """What a record is about; a place is summed from the first kind it has."""

    RT = 0
    KAWASAN = 1
    LANGSUNG = 2  # a figure given directly for the kelurahan


@dataclass(frozen=True, slots=True, eq=False)
class Tier:
    """g places of one level."""

    sums: Sums
    scores: Scores
    bucket: npt.NDArray[np.int8]  # (g,) of the place itself
    n_kelas: Ints  # (g, 6) places below, by their bucket; a record counts itself
    ha_kelas: Ints  # (g, 6) hectares: of the records in a kelurahan, slum hectares of kelurahan above it
    jiwa_kelas: Ints  # (g, 6) people, likewise
    luas_kumuh: Ints  # (g,)
    jiwa_kumuh: Ints  # (g,)

    def __len__(self) -> int:
        return len(self.bucket)

    def take(self, rows: Any) -> Tier:
        """Some of the places (index array, mask or slice)."""
        parts = {f.name: getattr(self, f.name) for f in fields(self)}
        whole = ("sums", "scores")
        return Tier(**{name: part.take(rows) if name in whole else part[rows] for name, part in parts.items()})


def class_buckets(scores: Scores) -> npt.NDArray[np.int8]:
    """0 … 3 the class, 4 a range that crosses classes, 5 no data at all."""
    bucket = np.where(scores.tingkat_min == scores.tingkat_max, scores.tingkat_min, RENTANG)
    return np.where(scores.has_data, bucket, BELUM_DINILAI).astype(np.int8)


def is_kumuh(scores: Scores, rule_set: RuleSet) -> Bools:
    """At least ringan even in the best case; what was not assessed is not."""
    return np.asarray(scores.total_min >= rule_set.limits[0], dtype=np.bool_)


def record_tier(values: Ints, states: Ints, rule_set: RuleSet) -> Tier:
    """Each record (values, states: (n, 25)) as a place of its own."""
    sums = sum_rows(values, states, rule_set)
    scores = score(sums, rule_set)
    luas, jiwa = sums.penyebut[:, LUAS], sums.penyebut[:, JIWA]
    bucket = class_buckets(scores)
    kumuh = is_kumuh(scores, rule_set)
    return Tier(
        sums=sums,
        scores=scores,
        bucket=bucket,
        n_kelas=_by_bucket(bucket, np.ones(len(bucket), dtype=np.int64)),
        ha_kelas=_by_bucket(bucket, luas),
        jiwa_kelas=_by_bucket(bucket, jiwa),
        luas_kumuh=np.where(kumuh, luas, 0),
        jiwa_kumuh=np.where(kumuh, jiwa, 0),
    )


def tier_above(lower: Tier, groups: Ints, n_groups: int, rule_set: RuleSet, *, only_if_kumuh: bool = False) -> Tier:
    """The places that `lower` adds up to; `groups` gives the number of each one's place.

    `lengkap` of the scores speaks of the records there are; a place without any counts as "belum dinilai" and adds
    nothing.

    `only_if_kumuh` is for the kelurahan: the slum hectares of its RT count only if it is itself at least ringan, and
    its hectares by class are those of its RT. Above it they are the slum hectares of the kelurahan, so that the
    classes of a kota add up to its slum area.
    """
    sums = add_sums(lower.sums, groups, n_groups)
    scores = score(sums, rule_set)
    by = Grouping.of(groups, n_groups)
    counted = is_kumuh(scores, rule_set) if only_if_kumuh else np.ones(n_groups, dtype=np.bool_)
    return Tier(
        sums=sums,
        scores=scores,
        bucket=class_buckets(scores),
        n_kelas=by.total(_by_bucket(lower.bucket, np.ones(len(lower), dtype=np.int64))),
        ha_kelas=by.total(
            _by_bucket(lower.bucket, lower.sums.penyebut[:, LUAS] if only_if_kumuh else lower.luas_kumuh)
        ),
        jiwa_kelas=by.total(
            _by_bucket(lower.bucket, lower.sums.penyebut[:, JIWA] if only_if_kumuh else lower.jiwa_kumuh)
        ),
        luas_kumuh=np.where(counted, by.total(lower.luas_kumuh), 0),
        jiwa_kumuh=np.where(counted, by.total(lower.jiwa_kumuh), 0),
    )


def _by_bucket(bucket: npt.NDArray[np.int8], amount: Ints) -> Ints:
    return np.where(bucket[:, None] == np.arange(len(BUCKETS)), amount[:, None], 0)


def first_kind(jenis: Ints, groups: Ints, n_groups: int) -> tuple[Bools, npt.NDArray[np.int8]]:
    """Which records feed their place (n,), and of what kind they are (n_groups,), −1 without records.

    A place is summed from its RT, else from its kawasan, else from its own figure: never from two kinds at once.
    """
    none = len(Jenis)
    kind = np.full(n_groups, none, dtype=np.int8)
    np.minimum.at(kind, np.asarray(groups, dtype=np.int64), np.asarray(jenis, dtype=np.int8))
    used = np.asarray(kind[groups] == jenis, dtype=np.bool_)
    return used, np.where(kind == none, -1, kind).astype(np.int8)


@dataclass(frozen=True, slots=True)
class FieldDifference:
    kode: str
    langsung: Decimal
    jumlah: Decimal


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A figure given directly for a place beside the sum of its parts, with the class each would give."""

    i: int
    differences: tuple[FieldDifference, ...]
    tingkat_langsung: tuple[int, int]  # lowest, highest
    tingkat_jumlah: tuple[int, int]

    @property
    def class_differs(self) -> bool:
        return self.tingkat_langsung != self.tingkat_jumlah


def reconcile(direct: Sums, summed: Sums, rule_set: RuleSet) -> list[Mismatch]:
    """Places (same order in both) whose direct figure is not the sum. Fields unknown on either side are left out."""
    fields_of_both = [*PENYEBUT, *(kriteria.kode for kriteria in rule_set.kriteria)]
    here, there = (np.concatenate([sums.penyebut, sums.volume_min], axis=1) for sums in (direct, summed))
    known = np.concatenate(
        [direct.penyebut_known & summed.penyebut_known, direct.volume_known & summed.volume_known], axis=1
    )
    known &= ((direct.n_rows > 0) & (summed.n_rows > 0))[:, None]
    differs = known & (here != there)
    of_direct, of_summed = score(direct, rule_set), score(summed, rule_set)
    return [
        Mismatch(
            i=int(i),
            differences=tuple(
                FieldDifference(fields_of_both[c], from_micro(here[i, c]), from_micro(there[i, c]))
                for c in np.flatnonzero(differs[i])
            ),
            tingkat_langsung=(int(of_direct.tingkat_min[i]), int(of_direct.tingkat_max[i])),
            tingkat_jumlah=(int(of_summed.tingkat_min[i]), int(of_summed.tingkat_max[i])),
        )
        for i in np.flatnonzero(differs.any(axis=1))
    ]
