"""The RT of a kelurahan and their denominators, in whole units."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kelurahan.example.dice import Dice, Ints, apportion
from kelurahan.example.story import Place

HA = 10_000
"""Areas are counted in ten-thousandths of a hectare."""

_GROWTH = 12  # per mille a year
_BUILT = 85  # percent of the official area that RT may cover


@dataclass(frozen=True, slots=True)
class Households:
    """The n RT of one kelurahan in the last year. `padat` marks those where people live closely and badly."""

    nama: list[str]
    padat: Ints  # 1 or 0
    luas: Ints  # in 1/10,000 ha
    jiwa: Ints
    per_kk: Ints  # people per 100 households
    per_bgn: Ints  # buildings per 100 households
    jalan: Ints  # m
    drain: Ints  # m; 0 where no drain is needed
    langkah: int  # areas are multiples of this: 100 is two decimals of a hectare

    def penyebut(self, years_before_last: int) -> Ints:
        """(n, 6) luas, bgn, jiwa, kk, jalan, drain: people and buildings were fewer before."""
        jiwa = np.maximum(1, self.jiwa * (1000 - _GROWTH * years_before_last) // 1000)
        kk = np.maximum(1, jiwa * 100 // self.per_kk)
        bgn = np.maximum(1, kk * self.per_bgn // 100)
        return np.column_stack([self.luas, bgn, jiwa, kk, self.jalan, self.drain])


def rt_names(n: int) -> list[str]:
    """RT numbered through the kelurahan, three or four to an RW."""
    return [f"RT{i + 1:03d}-RW{i * 2 // 7 + 1:03d}" for i in range(n)]


def settle(dice: Dice, place: Place, n: int, jiwa: int, severity: int) -> Households:
    """n RT with `jiwa` people together; the worse the place (mean total), the more of them are dense."""
    padat = _dense(dice, n, severity)
    people = apportion(jiwa, dice.throw(70, 130, n) * np.where(padat, 85, 100), 1)
    langkah = 1 if dice.one(0, 3) == 0 else 100
    luas = _areas(dice, place, people, padat, severity, langkah)
    per_kk, per_bgn = dice.throw(385, 415, n), dice.throw(82, 98, n)
    buildings = people * per_bgn // per_kk
    jalan = buildings * dice.throw(5, 8, n) + luas * 60 // HA + 40
    drain = jalan * dice.throw(80, 95, n) // 100
    drain[1:][(padat[1:] == 0) & (dice.throw(1, 90, n - 1) == 1)] = 0  # never all of them
    return Households(rt_names(n), padat, luas, people, per_kk, per_bgn, jalan, drain, langkah)


def _dense(dice: Dice, n: int, severity: int) -> Ints:
    """Dense RT lie side by side, with some scatter."""
    count = (n * (100 + 9 * severity) + 500) // 1000
    distance = np.abs(np.arange(n, dtype=np.int64) - dice.one(0, n - 1))
    scattered = np.minimum(distance, n - distance) * 2 + dice.throw(0, n // 3, n)
    padat = np.zeros(n, dtype=np.int64)
    padat[np.argsort(scattered, kind="stable")[:count]] = 1
    return padat


def _areas(dice: Dice, place: Place, people: Ints, padat: Ints, severity: int, langkah: int) -> Ints:
    """360–540 people a hectare where it is dense, fewer elsewhere; never more than the kelurahan has."""
    density = np.where(padat == 1, dice.throw(360, 540, len(people)), dice.throw(40, 150, len(people)) + 3 * severity)
    luas = people * HA // density
    if place.luas_ha is not None and int(luas.sum()) > (most := place.luas_ha * HA * _BUILT // 100):
        wide = luas * (padat == 0)
        squeezed = int(wide.sum()) - (int(luas.sum()) - most)
        if squeezed > int(wide.sum()) // 8:
            luas = np.where(padat == 0, luas * squeezed // max(1, int(wide.sum())), luas)
        else:
            luas = luas * most // int(luas.sum())
    return np.maximum(langkah, luas // langkah * langkah)
