"""What the values of indicators of an upload would change, for people to read before it is applied."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

import numpy as np

from kelurahan.actions.indicators import YEARS_APART, IndicatorComparison, place_years
from kelurahan.actions.staging import IndicatorFacts
from kelurahan.models import Area
from kelurahan.reports.changes import Cell
from kelurahan.rules.diff import Status
from kelurahan.rules.numbers import from_micro
from kelurahan.rules.regulation import State

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
        pairs, n = np.unique(indicator[mine] * YEARS_APART + tahun[mine], return_counts=True)
        for pair, count in zip(pairs.tolist(), n.tolist(), strict=True):
            entry = told[rows.kode[pair // YEARS_APART]]
            entry["tahun"].setdefault(str(pair % YEARS_APART), _nothing())[word] += count
            entry[word] += count
    return told


def _nothing() -> dict[str, int]:
    return {"new": 0, "changed": 0, "same": 0, "blocked": 0}


def row_counts(comparison: IndicatorComparison, told: Collection[tuple[str, int]] = ()) -> dict[str, int]:
    """Places and years that the values speak of, each once, by what would happen to them; one with a value that is held
    is blocked. `told` (code and year, or "" and the row number) counts elsewhere."""
    rows = comparison.rows
    keys, first, group = np.unique(place_years(rows, comparison.kode), return_index=True, return_inverse=True)
    blocked = _held_rows(comparison, told)
    elsewhere = {*told, *blocked}
    seen = [(comparison.kode[rows.place[i]], int(rows.tahun[i])) not in elsewhere for i in first.tolist()]
    n = np.bincount(group, minlength=len(keys))
    new, same = (np.bincount(group[comparison.status == s], minlength=len(keys)) for s in (Status.NEW, Status.SAME))
    here = np.array(seen, dtype=np.bool_)
    counts = {"new": here & (new == n), "same": here & (same == n), "changed": here & (new < n) & (same < n)}
    return {**{word: int(mask.sum()) for word, mask in counts.items()}, "blocked": len(blocked)}


def _held_rows(comparison: IndicatorComparison, told: Collection[tuple[str, int]]) -> set[tuple[Any, Any]]:
    """Rows whose place nobody knows are told apart by where they stand."""
    held = comparison.held
    places = [(comparison.kode[number], int(tahun)) for number, tahun in zip(held.place, held.tahun, strict=True)]
    lines = [cell.decode().lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") for cell in held.cell]
    sheets = held.sheet.tolist()
    return {
        pair if pair[0] else (sheet, line)
        for pair, sheet, line in zip(places, sheets, lines, strict=True)
        if (pair if pair[0] else ("", int(line))) not in told
    }


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
