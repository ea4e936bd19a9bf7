"""What applying an upload would do: rows, cells, and the classes that would move."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kelurahan.actions.comparing import Comparison, area_code, compare
from kelurahan.actions.indicator_previews import changed_values, preview_indicators, row_counts, touched_kelurahan
from kelurahan.actions.indicators import IndicatorComparison, compare_indicators
from kelurahan.actions.places import NewPlace, area_ids
from kelurahan.actions.staging import Staged, load_indicators, load_rows
from kelurahan.actions.summaries import Part, kelurahan_part, stored_tier
from kelurahan.models import Area, Level, Upload
from kelurahan.models.records import Records, YearRecords, read_year
from kelurahan.reports.changes import Cell
from kelurahan.rules.diff import Status
from kelurahan.rules.numbers import from_micro
from kelurahan.rules.regulation import ASPEK, FIELDS, KRITERIA, PENYEBUT, RULE_SETS, RuleSet, State
from kelurahan.rules.score import score
from kelurahan.rules.summary import RENTANG, Jenis, is_kumuh
from kelurahan.rules.sums import sum_rows


def preview(comparison: Comparison, staged: Staged, rule_set: str, values: IndicatorComparison) -> dict[str, Any]:
    """The preview as it is kept with the upload and shown to the sender: plain JSON."""
    rules = RULE_SETS[rule_set]
    parts = {year: _before_and_after(comparison, year, rules) for year in _years(comparison)}
    moves = [move for year, (before, after) in parts.items() for move in _moves(before, after, year, rules)]
    new_places, indicators = coming_places(comparison, values), preview_indicators(values)
    value_rows = row_counts(values, _told(comparison, staged) if indicators else ())
    return {
        "counts": _added(_row_counts(comparison, staged), value_rows),
        "baris_indikator": sum(value_rows.values()),
        "cells": _added(_cell_counts(comparison, staged), *indicators.values()),
        "indikator": indicators,
        "kelurahan_indikator": touched_kelurahan(values),
        "rt_baru": sum(p.level == "rt" for p in new_places),
        "kawasan_baru": sum(p.level == "kawasan" for p in new_places),
        "years": list(parts),
        "kelurahan": moves,
        "class_changes": [m for m in moves if m["from"] != m["to"]],
        "kota": {str(year): _city(before, after, year, rules) for year, (before, after) in parts.items()},
    }


def _told(comparison: Comparison, staged: Staged) -> set[tuple[str, int]]:
    """The rows that are counted as records, by place and year; of those without a place the row number."""
    held = staged.take(np.flatnonzero(staged.held))
    lines = zip(held.key, held.tahun.tolist(), held.baris.tolist(), strict=True)
    told = {(area_code(*key[:3]), year) if key[0] else ("", line) for key, year, line in lines}
    return told | set(zip(comparison.kode, comparison.rows.tahun.tolist(), strict=True))


def coming_places(comparison: Comparison, values: IndicatorComparison) -> list[NewPlace]:
    """The kawasan and RT that an upload makes, whether for records or for values of indicators."""
    return list({place.kode: place for place in (*comparison.new_places, *values.new_places)}.values())


def _added(counts: dict[str, int], *more: dict[str, Any]) -> dict[str, int]:
    return {word: n + sum(other[word] for other in more) for word, n in counts.items()}


def _years(comparison: Comparison) -> list[int]:
    return [int(y) for y in np.unique(comparison.rows.tahun[comparison.touched])]


def _row_counts(comparison: Comparison, staged: Staged) -> dict[str, int]:
    return {
        "new": comparison.diff.count(Status.NEW),
        "changed": comparison.diff.count(Status.CHANGED),
        "same": comparison.diff.count(Status.SAME),
        "blocked": int(staged.held.sum()),
    }


def _cell_counts(comparison: Comparison, staged: Staged) -> dict[str, int]:
    changed, empty = comparison.diff.changed, comparison.old_states == State.EMPTY
    return {
        "new": int((changed & empty).sum()),
        "changed": int((changed & ~empty).sum()),
        "same": int((comparison.rows.given & ~changed).sum()),
        "blocked": int(staged.given[staged.held].sum()),
    }


def overlay(stored: YearRecords, comparison: Comparison, year: int) -> YearRecords:
    """The records of a year as they would be after applying."""
    rows = comparison.touched[comparison.rows.tahun[comparison.touched] == year]
    ids = comparison.kelurahan_ids
    keys = [comparison.rows.key[i] for i in rows]
    kept = ~np.isin(stored.records.area_id, comparison.area_id[rows])
    n = len(rows)
    return YearRecords(
        records=Records(
            area_id=np.concatenate([stored.records.area_id[kept], comparison.area_id[rows]]),
            tahun=np.full(int(kept.sum()) + n, year, dtype=np.int64),
            versi=np.zeros(int(kept.sum()) + n, dtype=np.int64),
            values=np.concatenate([stored.records.values[kept], comparison.diff.values[rows]]),
            states=np.concatenate([stored.records.states[kept], comparison.diff.states[rows]]),
        ),
        jenis=np.concatenate([stored.jenis[kept], np.array([_jenis(k) for k in keys], dtype=np.int64)]),
        kelurahan_id=np.concatenate([stored.kelurahan_id[kept], np.array([ids[k[0]] for k in keys], dtype=np.int64)]),
        kawasan_id=np.concatenate([stored.kawasan_id[kept], _kawasan_ids(comparison, rows)]),
    )


def _kawasan_ids(comparison: Comparison, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """The kawasan of each row: the one stored with its place, else the one the file names; −1 where there is none."""
    keys = [comparison.rows.key[i] for i in rows]
    inside = Area.objects.filter(parent__kode__in={key[0] for key in keys}, kawasan__isnull=False)
    stored = dict(inside.values_list("pk", "kawasan_id"))
    named = area_ids({area_code(kelurahan, kawasan, "") for kelurahan, kawasan, _, _ in keys if kawasan})
    found = [
        stored.get(int(comparison.area_id[i])) or named.get(area_code(kelurahan, kawasan, "") if kawasan else "", -1)
        for i, (kelurahan, kawasan, _, _) in zip(rows, keys, strict=True)
    ]
    return np.array(found, dtype=np.int64)


def _jenis(key: tuple[str, str, str, str]) -> int:
    _, kawasan, rt, _ = key
    return int(Jenis.RT if rt else Jenis.KAWASAN if kawasan else Jenis.LANGSUNG)


def _before_and_after(comparison: Comparison, year: int, rules: RuleSet) -> tuple[Part, Part]:
    rows = comparison.touched[comparison.rows.tahun[comparison.touched] == year]
    touched = sorted({comparison.kelurahan_ids[comparison.rows.key[i][0]] for i in rows.tolist()})
    stored = read_year(year=year, rule_set=rules.kode, kelurahan_ids=touched)
    return (
        kelurahan_part(stored, touched, rules),
        kelurahan_part(overlay(stored, comparison, year), touched, rules, _new(comparison)),
    )


def _new(comparison: Comparison) -> dict[Level, Counter[int]]:
    """How many RT and kawasan each kelurahan would get, by its id."""
    ids = comparison.kelurahan_ids
    return {
        level: Counter(ids[place.kelurahan] for place in comparison.new_places if place.level == level)
        for level in (Level.RT, Level.KAWASAN)
    }


def _moves(before: Part, after: Part, year: int, rules: RuleSet) -> list[dict[str, Any]]:
    areas = Area.objects.select_related("parent").in_bulk(before.ids.tolist())
    moves = [_move(areas[int(pk)], before, after, i, year, rules) for i, pk in enumerate(before.ids)]
    return sorted(moves, key=lambda move: move["kode"])


def _class(part: Part, i: int) -> int | None:
    """The class in 0 … 3; None for a range over two classes and where nothing is assessed."""
    bucket = int(part.tier.bucket[i])
    return bucket if bucket < RENTANG else None


def _total(part: Part, i: int) -> list[int] | None:
    if not part.tier.scores.has_data[i]:
        return None
    return [int(part.tier.scores.total_min[i]), int(part.tier.scores.total_max[i])]


def _move(area: Area, before: Part, after: Part, i: int, year: int, rules: RuleSet) -> dict[str, Any]:
    return {
        "kode": area.kode,
        "nama": area.nama,
        "kecamatan": area.parent.nama if area.parent else "",
        "tahun": year,
        "from": _class(before, i),
        "to": _class(after, i),
        "total_from": _total(before, i),
        "total_to": _total(after, i),
        "ha_from": str(from_micro(int(before.tier.luas_kumuh[i]))),
        "ha_to": str(from_micro(int(after.tier.luas_kumuh[i]))),
        "sebab": _causes(before, after, i, rules),
        "n_rt": [int(after.tier.sums.n_assessed[i]), int(after.n_harap[i])],
        "peka": bool(after.tier.scores.peka[i]),
    }


def _causes(before: Part, after: Part, i: int, rules: RuleSet) -> list[list[int]]:
    """(aspect number, points gained or lost), the largest first; none where nothing was assessed before."""
    if not before.tier.scores.has_data[i]:
        return []
    delta = after.tier.scores.nilai_min[i].astype(int) - before.tier.scores.nilai_min[i].astype(int)
    by_aspect = {
        a.no: int(sum(d for d, k in zip(delta, rules.kriteria, strict=True) if k.aspek == a.no)) for a in ASPEK
    }
    return [[no, points] for no, points in sorted(by_aspect.items(), key=lambda item: -abs(item[1])) if points]


def _city(before: Part, after: Part, year: int, rules: RuleSet) -> dict[str, Any]:
    """Slum kelurahan and hectares of the whole city before and after."""
    others = list(Area.objects.kelurahan().exclude(pk__in=before.ids.tolist()).values_list("pk", flat=True))
    rest = stored_tier(others, year, rules)
    n_rest, ha_rest = int(is_kumuh(rest.scores, rules).sum()), int(rest.luas_kumuh.sum())

    def total(part: Part) -> tuple[int, str]:
        ha = ha_rest + int(part.tier.luas_kumuh.sum())
        return n_rest + int(is_kumuh(part.tier.scores, rules).sum()), str(from_micro(ha))

    (kumuh_from, ha_from), (kumuh_to, ha_to) = total(before), total(after)
    n = len(others) + len(before.ids)
    return {"kumuh_from": kumuh_from, "kumuh_to": kumuh_to, "ha_from": ha_from, "ha_to": ha_to, "n": n}


@dataclass(frozen=True, slots=True)
class CellChange(Cell):
    """One cell as it is and as it would be, with the lowest and highest nilai of its criterion before and after (None
    where it is of no criterion)."""

    nilai_old: tuple[int, int] | None = None
    nilai_new: tuple[int, int] | None = None


def cell_changes(upload: Upload, *, kind: str, start: int = 0, stop: int | None = None) -> tuple[list[CellChange], int]:
    """Cells of an upload from `start` to `stop`, those of records first, and how many there are. `kind`: "berubah" (a
    value is replaced) or "baru" (the cell was empty). Compared with what is stored now."""
    comparison = compare(load_rows(upload), upload.aturan)
    changed, empty = comparison.diff.changed, comparison.old_states == State.EMPTY
    where = np.argwhere(changed & (empty if kind == "baru" else ~empty))
    cells, n = _cells(comparison, where[start:stop], upload), len(where)
    values = compare_indicators(load_indicators(upload))
    more = changed_values(
        values, new=kind == "baru", start=max(0, start - n), stop=None if stop is None else max(0, stop - n)
    )
    cells += [CellChange(**{f.name: getattr(cell, f.name) for f in fields(Cell)}) for cell in more]
    return cells, n + values.count(Status.NEW if kind == "baru" else Status.CHANGED)


def _cells(comparison: Comparison, where: NDArray[Any], upload: Upload) -> list[CellChange]:
    rules = RULE_SETS[upload.aturan]
    rows = np.unique(where[:, 0]) if len(where) else np.array([], dtype=np.int64)
    at = {int(row): i for i, row in enumerate(rows)}
    old = score(sum_rows(comparison.old_values[rows], comparison.old_states[rows], rules), rules)
    new = score(sum_rows(comparison.diff.values[rows], comparison.diff.states[rows], rules), rules)
    order = {k.kode: n for n, k in enumerate(rules.kriteria)}
    names = dict(Area.objects.filter(kode__in={comparison.rows.key[r][0] for r in rows}).values_list("kode", "nama"))
    cells = []
    for row, column in where.tolist():
        field, (kelurahan, kawasan, rt, sheet) = FIELDS[column], comparison.rows.key[row]
        k, i = order.get(field), at[row]
        cells.append(
            CellChange(
                area_kode=comparison.kode[row],
                nama=rt or kawasan or names.get(kelurahan, kelurahan),
                kelurahan=names.get(kelurahan, kelurahan),
                tahun=int(comparison.rows.tahun[row]),
                field=field,
                label=PENYEBUT[field].nama if field in PENYEBUT else KRITERIA[field].nama,
                satuan=PENYEBUT[field].satuan if field in PENYEBUT else KRITERIA[field].satuan,
                old=_value(comparison.old_values, comparison.old_states, row, column),
                new=_value(comparison.diff.values, comparison.diff.states, row, column),
                old_state=State(int(comparison.old_states[row, column])),
                new_state=State(int(comparison.diff.states[row, column])),
                nilai_old=None if k is None else (int(old.nilai_min[i, k]), int(old.nilai_max[i, k])),
                nilai_new=None if k is None else (int(new.nilai_min[i, k]), int(new.nilai_max[i, k])),
                sheet=sheet,
                cell=upload.cell_of(
                    field,
                    sheet=sheet,
                    baris=int(comparison.rows.baris[row]),
                    kode=comparison.kode[row],
                    tahun=int(comparison.rows.tahun[row]),
                ),
            )
        )
    return cells


def _value(values: NDArray[np.int64], states: NDArray[np.uint8], row: int, column: int) -> Decimal | None:
    return from_micro(int(values[row, column])) if states[row, column] == State.FILLED else None
