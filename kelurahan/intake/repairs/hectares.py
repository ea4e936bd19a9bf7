"""Hectares that lost their decimals, told by the last record, the official area, or the density."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from kelurahan.intake.parsed import Repair
from kelurahan.intake.repairs import change
from kelurahan.intake.repairs.look import SHOWN, Bools, Look, Rows, amount, number_of, times
from kelurahan.rules.area import DIVISORS, fitting_divisors, suspicious, usual_density
from kelurahan.rules.findings import Level
from kelurahan.rules.numbers import MICRO

ANSWERS = ("area_lost_its_decimals", "area_over_official", "area_over_official_by_its_mark")
_PARTS = ("1b", "4a")  # volumes in hectares: a part of the area


def find(look: Look) -> Iterator[Repair]:
    if "luas" not in look.fields or not len(look):
        return
    luas = np.where(look.has("luas"), look.values("luas"), 0)
    last = _last(look)
    exact = {divisor: np.flatnonzero((last > 0) & (luas == last * divisor)) for divisor in DIVISORS}
    for divisor, rows in exact.items():
        if len(rows):
            yield _repair(
                look, "area_decimals_as_before", "luas", rows, divisor, certain=True, params=_year(look, rows)
            )
    settled = np.zeros(len(look), np.bool_)
    for rows in exact.values():
        settled[rows] = True
    yield from _by_size(look, np.where(settled | (luas == last), 0, luas), luas)
    yield from _parts(look, luas)


def _last(look: Look) -> NDArray[np.int64]:
    """(n,) the area in the latest stored record of each place, 0 without one."""
    last = look.beside.luas
    if not last:
        return np.zeros(len(look), np.int64)
    return np.array([last.get(look.key(row), 0) for row in range(len(look))], np.int64)


def _year(look: Look, rows: Rows) -> dict[str, object]:
    return {"tahun": look.beside.tahun.get(look.key(int(rows[0])), "–")}


def _official(look: Look) -> NDArray[np.int64]:
    """(n,) the area of the kelurahan around an RT or kawasan; 0 where nobody knows."""
    official = look.beside.official
    if not official:
        return np.zeros(len(look), np.int64)
    parsed = look.parsed
    below = zip(parsed.kode, parsed.kawasan, parsed.rt, strict=True)
    return np.array([official.get(kode, 0) if kawasan or rt else 0 for kode, kawasan, rt in below], np.int64)


def _by_size(look: Look, luas: NDArray[np.int64], all_luas: NDArray[np.int64]) -> Iterator[Repair]:
    jiwa = np.where(look.has("jiwa"), look.values("jiwa"), 0)
    official = _official(look)
    odd = suspicious(luas, jiwa, official) & (luas > 0)
    rows = np.flatnonzero(odd)
    if not len(rows):
        return
    usual = usual_density(all_luas, jiwa, ~odd)
    fits = fitting_divisors(luas[rows], jiwa[rows], official[rows], usual)
    several = fits.sum(axis=1) > 1
    for i, divisor in enumerate(DIVISORS):
        for group, chosen in (("", rows[fits[:, i] & ~several]), ("ragu", rows[fits[:, i] & several])):
            if len(chosen):
                yield _size_repair(look, chosen, divisor, group)


def _size_repair(look: Look, rows: Rows, divisor: int, group: str) -> Repair:
    params = {"resmi": amount(resmi) if (resmi := int(_official(look)[rows].min(initial=0))) else "–"}
    if group:
        params["kelompok"] = f"{look.parsed.key}:luas"
    return _repair(look, "area_decimals_lost", "luas", rows, divisor, certain=False, group=group, params=params)


def _parts(look: Look, luas: NDArray[np.int64]) -> Iterator[Repair]:
    """A part larger than its area, a whole number beside an area with decimals."""
    for name in _PARTS:
        if name not in look.fields:
            continue
        part = look.values(name)
        odd = look.has(name) & (luas > 0) & (part > luas) & (part % MICRO == 0) & (luas % MICRO != 0)
        if not odd.any():
            continue
        left = odd
        for divisor in DIVISORS:
            chosen: Bools = left & (part <= luas * divisor)
            left = left & ~chosen
            rows = np.flatnonzero(chosen)
            if len(rows):
                yield _repair(look, "part_decimals_lost", name, rows, divisor, certain=False)


def _repair(
    look: Look,
    code: str,
    name: str,
    rows: Rows,
    divisor: int,
    *,
    certain: bool,
    group: str = "",
    params: dict[str, object] | dict[str, str] | None = None,
) -> Repair:
    index, style, factor = look.column(name).index, look.style_of(name), Fraction(1, divisor)
    numbers = [number_of(cell, style) for cell in look.cells(name, rows[:SHOWN])]
    after = [times(number, factor) if number is not None else "" for number in numbers]
    return look.repair(
        code,
        rows,
        look.where(rows, index),
        change.scale(look.records[rows], index, factor, style),
        name=f"{index}:{divisor}{group}",
        certain=certain,
        answers=ANSWERS if name == "luas" else ("over_100_percent",),
        level=Level.GALAT,
        sample=look.samples(rows, index, after),
        params={"bagi": divisor, "kolom": look.header(name), **(params or {})},
    )
