"""Lays the product's scores beside the recorded ones. Every difference gets exactly one cause, and the cause is proved:
put right what it names, and the recorded score comes out. Whatever cannot be proved is UNEXPLAINED.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from tests.realdata.arithmetic import KRITERIA, PENYEBUT_OF, TINGKAT, added, all_nilai, nilai, tingkat
from tests.realdata.workbook import City, Record


class Cause(StrEnum):
    SHIFTED = "columns shifted by one: put right, all 16 criteria, the total and the class agree"
    NEGATIVE = "negative volume: an error by our rules, the criterion is left open and the total is a range"
    OWN_NILAI = "a recorded nilai does not follow from its own volume and penyebut"
    OWN_TOTAL = "the recorded total is not the sum of its own nilai"
    PART = "penyebut of the direct figure cover only part of the place"
    WORKS = "more works are taken off the direct figure than off its RT"
    WORKS_TWICE = "the same works are taken off the direct figure twice"
    PART_AND_WORKS = "penyebut of part of the place, and works taken off the direct figure only"
    UNEXPLAINED = "UNEXPLAINED"


LEVELS = ("RT", "kawasan, direct figure", "kawasan, Σ RT against the direct figure")
RT, DIRECT, SUM = LEVELS


@dataclass(frozen=True)
class Difference:
    level: str
    place: str
    tahun: int
    recorded: str
    computed: str
    cause: Cause
    detail: str = ""

    def __str__(self) -> str:
        detail = f" [{self.detail}]" if self.detail else ""
        return f"{self.tahun} {self.place}: recorded {self.recorded}, computed {self.computed}{detail}"

    @property
    def moves_class(self) -> bool:
        return self.recorded.split()[-1] != self.computed.split()[-1]


@dataclass(frozen=True)
class VolumeDifference:
    """A volume of a direct figure that is not the sum of its RT, though both give the same nilai."""

    place: str
    tahun: int
    kode: str
    why: str


def _recorded(record: Record) -> str:
    return f"{record.total} {record.tingkat}"


def _computed(document: Mapping[str, Any]) -> str:
    low, high = document["total_min"], document["total_max"]
    if low is None:
        return "nothing"
    classes = dict.fromkeys((tingkat(low), tingkat(high)))
    return f"{low} {tingkat(low)}" if low == high else f"{low}–{high} {'–'.join(classes)}"


def _agrees(document: Mapping[str, Any], total: int, record_tingkat: str, scores: Mapping[str, int]) -> bool:
    return (
        document["total_min"] == document["total_max"] == document["total"] == total
        and document["tingkat"] == TINGKAT[record_tingkat]
        and document["nilai"] == scores
        and document["complete"]
    )


# --- one record beside the same record in the product -------------------------------------------------------------


def compare_record(level: str, place: str, record: Record, document: Mapping[str, Any]) -> Difference | None:
    agrees = _agrees(document, record.total, record.tingkat, record.nilai)
    if agrees and not record.shifted:
        return None
    cause, detail = _cause_of_record(record, document, agrees)
    return Difference(level, place, record.tahun, _recorded(record), _computed(document), cause, detail)


def _cause_of_record(record: Record, document: Mapping[str, Any], agrees: bool) -> tuple[Cause, str]:
    if agrees:
        return Cause.SHIFTED, f"{record.sheet} row {record.row}"
    if record.negative and _without(record.negative, record, document):
        return Cause.NEGATIVE, ", ".join(f"{kode} {record.volume[kode]}" for kode in record.negative)
    if record.own_nilai != record.nilai and document["nilai"] == record.own_nilai:
        return Cause.OWN_NILAI, ""
    if sum(record.nilai.values()) != record.total and document["nilai"] == record.nilai:
        return Cause.OWN_TOTAL, ""
    return Cause.UNEXPLAINED, f"{record.sheet} row {record.row}"


def _without(open_criteria: Sequence[str], record: Record, document: Mapping[str, Any]) -> bool:
    """Whether all else agrees, and the total is that of the rest up to 5 more for each criterion left open."""
    rest = {kode: n for kode, n in record.nilai.items() if kode not in open_criteria}
    low = sum(rest.values())
    return (
        all(document["nilai"][kode] == n for kode, n in rest.items())
        and document["total_min"] == low
        and document["total_max"] == low + 5 * len(open_criteria)
        and not document["complete"]
    )


# --- the sum of the RT beside the figure given directly ----------------------------------------------------------


def compare_sum(city: City, direct: Record, document: Mapping[str, Any]) -> Difference | None:
    """The product's Σ volume ÷ Σ penyebut of a kawasan beside what was recorded for the kawasan itself."""
    parts = city.parts[direct.kawasan, direct.tahun]
    open_criteria = {kode for part in parts for kode in part.negative}
    volume = added([part.volume for part in parts])
    penyebut = added([part.penyebut for part in parts])
    ours = all_nilai(volume, penyebut)
    name = city.kawasan[direct.kawasan].nama
    differing = [kode for kode in KRITERIA if document["nilai"][kode] != direct.nilai[kode]]
    if not differing and _agrees(document, direct.total, direct.tingkat, direct.nilai):
        return None
    right = all(document["nilai"][kode] == ours[kode] for kode in KRITERIA if kode not in open_criteria)
    if not right:
        cause, detail = Cause.UNEXPLAINED, "the sum itself is not what its RT give"
    elif open_criteria:
        bounds = (document["total_min"], document["total_max"])
        proved = set(differing) <= open_criteria and bounds == _range_of_sum(parts, ours, open_criteria, penyebut)
        cause, detail = Cause.NEGATIVE if proved else Cause.UNEXPLAINED, ", ".join(sorted(open_criteria))
    else:
        causes = {kode: _cause_of_cell(city, direct, kode, volume[kode], penyebut) for kode in differing}
        cause = _together({c for found in causes.values() for c in found})
        detail = ", ".join(f"{kode} {direct.nilai[kode]}→{ours[kode]}" for kode in differing)
    return Difference(SUM, name, direct.tahun, _recorded(direct), _computed(document), cause, detail)


def _range_of_sum(
    parts: Sequence[Record], ours: Mapping[str, int], open_criteria: set[str], penyebut: Mapping[str, Decimal]
) -> tuple[int, int]:
    """Lowest and highest total when each negative volume may be anything from nothing to the whole of its RT."""
    low = high = sum(n for kode, n in ours.items() if kode not in open_criteria)
    for kode in open_criteria:
        of = PENYEBUT_OF[kode]
        known = sum((part.volume[kode] for part in parts if part.volume[kode] >= 0), Decimal(0))
        unknown = sum((part.penyebut[of] for part in parts if part.volume[kode] < 0), Decimal(0))
        low += nilai(known, penyebut[of])
        high += nilai(known + unknown, penyebut[of])
    return low, high


def _cause_of_cell(
    city: City, direct: Record, kode: str, summed: Decimal, penyebut: Mapping[str, Decimal]
) -> set[Cause]:
    """From the direct figure to the sum in two steps, first its penyebut, then its volume: which of them move nilai."""
    of = PENYEBUT_OF[kode]
    whole = nilai(direct.volume[kode], penyebut[of])
    causes = set()
    if whole != direct.nilai[kode]:
        causes.add(Cause.PART if direct.penyebut[of] < penyebut[of] else Cause.UNEXPLAINED)
    if whole != nilai(summed, penyebut[of]):
        causes.add(_cause_of_volume(city, direct, kode, summed))
    return causes or {Cause.UNEXPLAINED}


def _cause_of_volume(city: City, direct: Record, kode: str, summed: Decimal) -> Cause:
    """Works count from 2021; the direct figure of 2020 less all works since must give the recorded volume."""
    start = city.direct[direct.kawasan, 2020].volume[kode]
    done = city.works_until(direct.kawasan, kode, direct.tahun)
    if summed <= direct.volume[kode] or not done:
        return Cause.UNEXPLAINED
    if direct.volume[kode] == max(Decimal(0), start - done):
        return Cause.WORKS
    return Cause.WORKS_TWICE if direct.volume[kode] == start - 2 * done else Cause.UNEXPLAINED


def _together(causes: set[Cause]) -> Cause:
    if causes == {Cause.PART, Cause.WORKS}:
        return Cause.PART_AND_WORKS
    return causes.pop() if len(causes) == 1 else Cause.UNEXPLAINED


def quiet_differences(city: City) -> Iterator[VolumeDifference]:
    """Volumes of direct figures that are not the sum of their RT without moving a nilai: nothing the product could
    show as another class, but worth knowing."""
    for (kawasan, tahun), direct in city.direct.items():
        parts = city.parts[kawasan, tahun]
        volume, penyebut = added([p.volume for p in parts]), added([p.penyebut for p in parts])
        for kode in KRITERIA:
            same_score = nilai(volume[kode], penyebut[PENYEBUT_OF[kode]]) == direct.nilai[kode]
            if volume[kode] != direct.volume[kode] and same_score:
                why = _why_quiet(city, direct, kode, volume[kode])
                yield VolumeDifference(city.kawasan[kawasan].nama, tahun, kode, why)


def _why_quiet(city: City, direct: Record, kode: str, summed: Decimal) -> str:
    if direct.volume[kode] == 2 * summed:
        return "the direct figure is exactly twice the sum"
    done = city.works_until(direct.kawasan, kode, direct.tahun)
    start = city.direct[direct.kawasan, 2020].volume[kode]
    if done and _cause_of_volume(city, direct, kode, summed) is not Cause.UNEXPLAINED:
        return "more works are taken off the direct figure than off its RT"
    if done and 0 < start - direct.volume[kode] < done:
        return "part of the works is taken off the direct figure, none off its RT"
    first = city.direct[direct.kawasan, 2019].volume[kode]
    parts = city.parts[direct.kawasan, 2019]
    above = sum(max(part.volume[kode], Decimal(0)) for part in parts)
    if any(kode in part.negative for part in parts) and (summed, direct.volume[kode]) == (above, max(first, 0)):
        return "negative RT volumes count in the direct figure, and as 0 in the RT"
    if added([part.volume for part in parts])[kode] - first == summed - direct.volume[kode]:
        return "the same gap since the first year"
    return "unknown"
