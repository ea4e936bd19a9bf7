"""The raw cells of some records as one matrix of floats, so that columns can be tried in other places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kelurahan.intake.repairs.look import Floats, Look, Rows, number_of, unjoined
from kelurahan.rules.agreement import Written
from kelurahan.rules.numbers import NumberStyle

BLANK, NUMBER, TEXT = 0, 1, 2

Order = NDArray[np.int64]
"""For each column of a sheet, the column whose cell is tried there."""


@dataclass(frozen=True, slots=True)
class Raw:
    """s records over all w columns of the sheet. The last column of both matrices is empty: a field without column."""

    rows: Rows
    numbers: Floats  # (s, w + 1), nan where there is no number
    kinds: NDArray[np.int8]  # (s, w + 1)

    @classmethod
    def of(cls, look: Look, rows: Rows) -> Raw:
        width = len(look.sheet.columns)
        numbers = np.full((len(rows), width + 1), np.nan)
        kinds = np.zeros((len(rows), width + 1), np.int8)
        records = look.records[rows].tolist()
        for index, column in enumerate(look.sheet.columns):
            cells = [column[number] for number in records]
            if set(map(type, cells)) <= {float}:
                numbers[:, index], kinds[:, index] = cells, NUMBER
                continue
            read = [_read(cell, look.style) for cell in cells]
            numbers[:, index] = [number for number, _ in read]
            kinds[:, index] = [kind for _, kind in read]
        return cls(rows, numbers, kinds)

    def take(self, which: Any) -> Raw:
        return Raw(self.rows[which], self.numbers[which], self.kinds[which])

    @property
    def width(self) -> int:
        return self.numbers.shape[1] - 1


def _read(cell: Any, style: NumberStyle) -> tuple[float, int]:
    if type(cell) is float:
        return cell, NUMBER
    if cell is None or cell == "" or (type(cell) is str and not cell.strip()):
        return np.nan, BLANK
    number = number_of(unjoined(cell), style)
    return (np.nan, TEXT) if number is None else (float(number), NUMBER)


class Layout:
    """Which column of the sheet holds which number of the criteria; `nowhere` for one that the sheet lacks."""

    def __init__(self, look: Look) -> None:
        self.nowhere = len(look.sheet.columns)
        kriteria = look.rules.kriteria
        self.volume = self._columns(look, [k.kode for k in kriteria])
        self.penyebut = self._columns(look, [k.penyebut for k in kriteria])
        self.persen = self._columns(look, [f"p:{k.kode}" for k in kriteria])
        self.nilai = self._columns(look, [f"n:{k.kode}" for k in kriteria])
        self.total = self._columns(look, ["n:total"])[0]
        self.tahun = self._columns(look, ["tahun"])[0]
        self._factor_volume = self._factors(look, [k.kode for k in kriteria])
        self._factor_penyebut = self._factors(look, [k.penyebut for k in kriteria])

    def _columns(self, look: Look, names: list[str]) -> NDArray[np.int64]:
        return np.array([look.fields[n].index if n in look.fields else self.nowhere for n in names], np.int64)

    def _factors(self, look: Look, names: list[str]) -> Floats:
        return np.array([float(look.fields[n].factor) if n in look.fields else 1.0 for n in names])

    @property
    def has_results(self) -> bool:
        return bool((self.persen != self.nowhere).any() or (self.nilai != self.nowhere).any())

    @property
    def used(self) -> NDArray[np.int64]:
        """Columns of criteria and their results, in order."""
        found = np.unique(np.concatenate([self.volume, self.persen, self.nilai]))
        return found[found != self.nowhere]

    def written(self, raw: Raw, order: Order) -> Written:
        """The criteria of these records, each cell taken from the column that `order` tries."""
        numbers, at = raw.numbers, np.append(order, self.nowhere)
        return Written(
            volume=numbers[:, at[self.volume]] * self._factor_volume,
            penyebut=numbers[:, at[self.penyebut]] * self._factor_penyebut,
            persen=numbers[:, at[self.persen]],
            nilai=numbers[:, at[self.nilai]],
        )
