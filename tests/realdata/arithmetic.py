"""The rules written a second time, in the plainest way: what the recorded scores are held against, cell by cell.

Nothing here comes from the product, so that an error there cannot hide here.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

PENYEBUT_OF = {
    "1a": "bgn", "1b": "luas", "1c": "bgn", "2a": "jalan", "2b": "jalan", "3a": "kk", "3b": "kk", "4a": "luas",
    "4b": "drain", "4c": "drain", "5a": "kk", "5b": "kk", "6a": "kk", "6b": "kk", "7a": "bgn", "7b": "bgn",
}  # fmt: skip
"""The 16 criteria of Permen PUPR 14/PRT/M/2018 and what each volume is a part of."""

KRITERIA = tuple(PENYEBUT_OF)
PENYEBUT = ("luas", "bgn", "jiwa", "kk", "jalan", "drain")
SCORES = (0, 1, 3, 5)
_BANDS = ((5, Decimal("75.995")), (3, Decimal("50.995")), (1, Decimal("24.995")))
_CLASSES = ((60, "KB"), (38, "KS"), (16, "KR"), (0, "TK"))
TINGKAT = {"TK": "tidak kumuh", "KR": "ringan", "KS": "sedang", "KB": "berat"}
"""The classes as that city writes them, and as the product does."""


def nilai(volume: Decimal, penyebut: Decimal) -> int:
    """0, 1, 3 or 5 of one criterion, without a division."""
    return next((score for score, percent in _BANDS if volume * 100 >= percent * penyebut), 0)


def all_nilai(volume: Mapping[str, Decimal], penyebut: Mapping[str, Decimal]) -> dict[str, int]:
    return {kode: nilai(volume[kode], penyebut[of]) for kode, of in PENYEBUT_OF.items()}


def tingkat(total: int) -> str:
    return next(name for lowest, name in _CLASSES if total >= lowest)


def added(rows: list[Mapping[str, Decimal]]) -> dict[str, Decimal]:
    """Σ of each field."""
    return {name: sum((row[name] for row in rows), Decimal(0)) for name in rows[0]}
