"""Percentages, nilai and totals that a file brings along and that its own volumes do not give.

Nothing needs to be mended: they are always computed anew. One finding for each column says how many, and how far off.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

import numpy as np

from kelurahan.intake.repairs.look import Bools, Floats, Look, Rows
from kelurahan.rules.agreement import is_score, percent_distance, percent_tolerance
from kelurahan.rules.findings import Finding, Level
from kelurahan.rules.numbers import format_number
from kelurahan.rules.score import Scores, score
from kelurahan.rules.sums import sum_rows


def stale_results(look: Look, explained: Collection[int] = ()) -> Iterator[Finding]:
    """Findings about the results of a table, without the rows whose difference a proposed repair explains."""
    if not look.parsed.stored or not len(look):
        return
    scores = score(sum_rows(look.parsed.values, look.parsed.states, look.rules), look.rules)
    judged = np.ones(len(look), np.bool_)
    judged[list(explained)] = False
    for k, kriteria in enumerate(look.rules.kriteria):
        known = judged & scores.known[:, k]
        yield from _persen(look, kriteria.kode, known, scores.persen_max[:, k])
        yield from _nilai(look, kriteria.kode, judged, known, scores.nilai_min[:, k].astype(np.float64))
    yield from _total(look, judged & scores.lengkap, scores)


def _persen(look: Look, kode: str, known: Bools, ours: Floats) -> Iterator[Finding]:
    written = look.stored(f"p:{kode}")
    distance = np.where(known & ~np.isnan(written), percent_distance(written, ours), 0.0)
    rows = np.flatnonzero(distance > percent_tolerance(written))
    if len(rows):
        worst = int(rows[distance[rows].argmax()])
        params: dict[str, object] = {"kode": kode, "persen": format_number(float(ours[worst]), 2)}
        params["beda"] = format_number(float(distance[worst]), 2)
        yield _finding(look, "persen_differs", f"p:{kode}", rows, worst, params)


def _nilai(look: Look, kode: str, judged: Bools, known: Bools, ours: Floats) -> Iterator[Finding]:
    written = look.stored(f"n:{kode}")
    there = ~np.isnan(written)
    strange = np.flatnonzero(judged & there & ~is_score(written))
    if len(strange):
        yield _finding(look, "nilai_not_a_score", f"n:{kode}", strange, int(strange[0]), {"kode": kode})
    rows = np.flatnonzero(known & there & is_score(written) & (written != ours))
    if len(rows):
        worst = int(rows[np.abs(written - ours)[rows].argmax()])
        yield _finding(look, "nilai_differs", f"n:{kode}", rows, worst, {"kode": kode, "nilai": int(ours[worst])})


def _total(look: Look, complete: Bools, scores: Scores) -> Iterator[Finding]:
    written, ours = look.stored("n:total"), scores.total_min.astype(np.float64)
    rows = np.flatnonzero(complete & ~np.isnan(written) & (written != ours))
    if not len(rows):
        return
    worst = int(rows[np.abs(written - ours)[rows].argmax()])
    classes = np.searchsorted(np.array(look.rules.limits), written[rows], side="right")
    moved = int((classes != scores.tingkat_min[rows]).sum())
    yield _finding(look, "total_differs", "n:total", rows, worst, {"total": int(ours[worst]), "tingkat": moved})


def _finding(look: Look, code: str, name: str, rows: Rows, worst: int, params: dict[str, object]) -> Finding:
    index, number = look.column(name).index, int(look.records[worst])
    told = {
        "n": len(rows),
        "sel": look.where(rows, index).partition("!")[2],
        "text": format_number(float(look.stored(name)[worst])),
        **params,
    }
    sheet, cell = look.sheet.sheet_of(number, index), look.sheet.where(number, index)
    return Finding(Level.PERINGATAN, code, sheet, cell, told)
