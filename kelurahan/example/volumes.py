"""From the wanted nilai of a kelurahan to the volumes of its RT, exactly within the band."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from kelurahan.example.dice import Dice, Ints, share
from kelurahan.rules.regulation import Band, Reading

_YEARLY = 14  # per mille of the band by which a volume sinks each year
_JUST_DROPPED, _JUST_RISEN = 720, 110


def band_range(penyebut: int, nilai: int, reading: Reading) -> tuple[int, int]:
    """Lowest and highest whole volume that scores `nilai` over this denominator."""
    lowest, highest = 0, penyebut
    for band in reading.bands:
        first = _first(penyebut, band)
        if band.nilai == nilai:
            lowest = first
        elif band.nilai > nilai:
            highest = min(highest, first - 1)
    return lowest, highest


def _first(penyebut: int, band: Band) -> int:
    edge = Fraction(penyebut) * band.batas / 100
    return math.floor(edge) + 1 if band.strict else math.ceil(edge)


def positions(dice: Dice, n_kriteria: int, n_years: int) -> Ints:
    """Where in its band a criterion stands, per mille (years, criteria): low mostly, sinking, with some noise.

    A few stand at the very top, where the two readings of the ladder differ.
    """
    start = dice.throw(60, 400, n_kriteria)
    start[dice.throw(1, 40, n_kriteria) == 1] = 1000
    noise = dice.throw(-18, 18, n_years * n_kriteria).reshape(n_years, n_kriteria)
    sinking = start - _YEARLY * np.arange(n_years, dtype=np.int64)[:, None] + noise
    return np.where(start == 1000, 1000 - np.abs(noise) // 6, np.clip(sinking, 0, 1000))


def smooth(where: Ints, nilai: Ints) -> Ints:
    """Positions (years, criteria) that fit to the years beside: what is about to drop stands low in its band, what has
    just dropped stands high in the next, and the other way round for what gets worse."""
    change = np.diff(nilai, axis=0)
    out = np.where(nilai == 0, where // 2, where)
    out[1:] = np.where(change < 0, np.maximum(out[1:], _JUST_DROPPED), out[1:])
    out[1:] = np.where(change > 0, np.minimum(out[1:], _JUST_RISEN), out[1:])
    out[:-1] = np.where(change < 0, np.minimum(out[:-1], _JUST_RISEN), out[:-1])
    out[:-1] = np.where(change > 0, np.maximum(out[:-1], _JUST_DROPPED), out[:-1])
    return out


def volume_in_band(penyebut: int, nilai: int, position: int, reading: Reading) -> int:
    """A whole volume that scores `nilai`, `position` per mille up its band."""
    lowest, highest = band_range(penyebut, nilai, reading)
    return lowest + (highest - lowest) * position // 1000


def spread(volume: int, penyebut: Ints, burden: Ints, langkah: int) -> Ints:
    """The volume over the RT, in steps: by denominator and burden, never above a denominator."""
    caps = penyebut // langkah
    return share(volume // langkah, caps * burden, caps) * langkah
