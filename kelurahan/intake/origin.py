"""Where the cells of a sheet that we made up ourselves really stand: turned, pivoted, cut out or joined from others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Spot = tuple[str, int, int]
"""Sheet name, row and column from 0."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Of each cell (r, c): `scattered[r][c]` where it is given, else row `rows[r]` and column `columns[c]` of `sheet`,
    the other way round when `transposed`. None for `rows` or `columns`: as it stands."""

    sheet: str
    rows: Sequence[int] | None = None
    columns: Sequence[int] | None = None
    transposed: bool = False
    scattered: Sequence[Sequence[Spot | None]] | None = None

    def spot(self, row: int, column: int) -> Spot:
        if self.scattered is not None and row < len(self.scattered) and column < len(self.scattered[row]):
            elsewhere = self.scattered[row][column]
            if elsewhere is not None:
                return elsewhere
        here = row if self.rows is None else self.rows[row]
        across = column if self.columns is None else self.columns[column]
        return (self.sheet, across, here) if self.transposed else (self.sheet, here, across)
