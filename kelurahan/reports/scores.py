"""Scores of places as plain data: stored summaries, and records scored on the spot by the same function."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

from kelurahan.models import Area, Level, Summary, SummarySource
from kelurahan.models.records import read_year
from kelurahan.models.summary import summary_row
from kelurahan.rules.regulation import PENYEBUT, RuleSet, tingkat_word
from kelurahan.rules.score import averages
from kelurahan.rules.summary import record_tier


def plain(number: Decimal | float | None) -> float | int | None:
    """A number as JSON: whole ones without a decimal point."""
    if number is None:
        return None
    return int(number) if number == int(number) else float(number)


def _one(lowest: Any, highest: Any) -> Any:
    return lowest if lowest == highest else None


def _empty(area: Area, rules: RuleSet, expected: int) -> dict[str, Any]:
    codes = [k.kode for k in rules.kriteria]
    return {
        "kode": area.kode,
        "nama": area.nama,
        "penyebut": dict.fromkeys(PENYEBUT),
        **{name: dict.fromkeys(codes) for name in ("volume", "volume_min", "volume_max", "persen", "nilai")},
        **dict.fromkeys(("total", "total_min", "total_max", "tingkat")),
        "complete": False,
        "assessed": 0,
        "expected": expected,
        "sensitive": False,
    }


def _document(area: Area, summary: Summary, rules: RuleSet) -> dict[str, Any]:
    codes = [k.kode for k in rules.kriteria]
    order = list(PENYEBUT)
    at = [order.index(k.penyebut) for k in rules.kriteria]

    def percent(k: int) -> float | None:
        divisor = summary.penyebut[at[k]]
        if not summary.volume_diketahui[k] or not summary.penyebut_diketahui[at[k]]:
            return None
        return float(summary.volume_min[k] / divisor * 100) if divisor else 0.0

    known = summary.volume_diketahui
    return {
        "kode": area.kode,
        "nama": area.nama,
        "penyebut": {
            kode: plain(v) if sure else None
            for kode, v, sure in zip(order, summary.penyebut, summary.penyebut_diketahui, strict=True)
        },
        "volume": {kode: plain(summary.volume_min[k]) if known[k] else None for k, kode in enumerate(codes)},
        "volume_min": {kode: plain(summary.volume_min[k]) for k, kode in enumerate(codes)},
        "volume_max": {
            kode: None if summary.volume_terbuka[k] else plain(summary.volume_max[k]) for k, kode in enumerate(codes)
        },
        "persen": {kode: percent(k) for k, kode in enumerate(codes)},
        "nilai": {kode: _one(summary.nilai_min[k], summary.nilai_max[k]) for k, kode in enumerate(codes)},
        "total": _one(summary.total_min, summary.total_max),
        "total_min": summary.total_min,
        "total_max": summary.total_max,
        "tingkat": tingkat_word(summary.tingkat_min, summary.tingkat_max),
        "complete": summary.lengkap,
        "assessed": summary.n_dinilai,
        "expected": summary.n_harap,
        "sensitive": summary.peka,
    }


def summary_list(*, year: int, level: Level, rules: RuleSet) -> list[dict[str, Any]]:
    """Every place of a level with its numbers and score in a year; nulls where nothing is assessed."""
    areas = list(Area.objects.filter(level=level).order_by("path"))
    if level == Level.RT:
        stored = record_summaries(year=year, rules=rules)
    else:
        rows = Summary.objects.filter(tahun=year, aturan=rules.kode, area__level=level)
        stored = {s.area_id: s for s in rows if s.n_dinilai}
    expected = _expected(level)
    return [
        _document(a, stored[a.pk], rules) if a.pk in stored else _empty(a, rules, expected.get(a.pk, 1)) for a in areas
    ]


def _expected(level: Level) -> dict[int, int]:
    """How many places have to be assessed for each place of a level that has no figures yet; one where none is told."""
    if level == Level.RT:
        return {}
    if level == Level.KAWASAN:
        return Area.objects.count_by(Level.RT, "kawasan")
    rt = Area.objects.count_by(Level.RT, "parent")
    found: Counter[int] = Counter()
    for own, kecamatan, kota in Area.objects.kelurahan().values_list("pk", "parent_id", "parent__parent_id"):
        found.update({pk: max(1, rt.get(own, 0)) for pk in (own, kecamatan, kota) if pk is not None})
    return dict(found)


def record_summaries(*, year: int, rules: RuleSet, kelurahan_ids: list[int] | None = None) -> dict[int, Summary]:
    """Summaries of single records (RT, kawasan, direct figures) by place id, computed on the spot and not saved:
    an RT in the same shape as a kelurahan."""
    stored = read_year(year=year, rule_set=rules.kode, kelurahan_ids=kelurahan_ids)
    tier = record_tier(stored.records.values, stored.records.states, rules)
    means = averages(tier.scores, rules)
    return {
        int(pk): summary_row(int(pk), tier, i, year, rules, means, SummarySource.LANGSUNG, n_harap=1)
        for i, pk in enumerate(stored.records.area_id)
        if tier.scores.has_data[i]
    }
