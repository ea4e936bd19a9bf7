"""Hectares that lost their decimals, told by the last record, the official area, or the density."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from kelurahan.intake.parsed import INDICATOR, Repair
from kelurahan.intake.repairs import change
from kelurahan.intake.repairs.kinds import jenis
from kelurahan.intake.repairs.look import SHOWN, Bools, Look, Rows, amount, number_of, show, times
from kelurahan.rules.area import DIVISORS, fitting_divisors, suspicious, usual_density
from kelurahan.rules.findings import Level
from kelurahan.rules.numbers import MICRO

ANSWERS = ("area_lost_its_decimals", "area_over_official", "area_over_official_by_its_mark")
_FEWEST = 5  # other cells that show how an area is written in a column of an indicator
_WITH_DECIMALS = 0.8  # of them
_TIMES_LARGER = 3
_PARTS = ("1b", "4a")  # volumes in hectares: a part of the area


def find(look: Look) -> Iterator[Repair]:
    for name in look.numeric:
        if jenis(name) == "luas":
            yield from _of_indicator(look, name)
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


def _of_indicator(look: Look, name: str) -> Iterator[Repair]:
    """ "303" for 3,03: whole and far larger than all others, which have decimals; divided it is one of them."""
    style = look.style_of(name)
    numbers = [number_of(cell, style) for cell in look.cells(name)]
    written = np.array([float(n) if n is not None else 0.0 for n in numbers])
    there = look.has(name) & (written > 0)
    decimals = np.array([_decimals(n) for n in numbers], np.int64)
    whole = there & (decimals == 0)
    others = there & ~whole
    if others.sum() < _FEWEST or others.sum() < _WITH_DECIMALS * there.sum():
        return
    most, places = written[others].max(), int(np.bincount(decimals[others]).argmax())
    rows = np.flatnonzero(whole & (written > _TIMES_LARGER * most))
    divisor = 10 ** min(places, len(DIVISORS))
    if len(rows):
        params = {"biasa": show(float(np.median(written[others]))), "terbesar": show(float(most))}
        yield _repair(look, "hectares_lost", name, rows, divisor, certain=False, params=params)


def _decimals(number: Decimal | None) -> int:
    return max(0, -int(number.normalize().as_tuple().exponent)) if number is not None else 0


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
        answers=ANSWERS if name == "luas" else () if name.startswith(INDICATOR) else ("over_100_percent",),
        level=Level.GALAT,
        sample=look.samples(rows, index, after),
        params={"bagi": divisor, "kolom": look.header(name), **(params or {})},
    )
