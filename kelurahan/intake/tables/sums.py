"""Whether a row holds the sums of other rows. Only to tell totals from records: never a value."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

_TEXT = re.compile(r"[^\d.,-]")
_MIN_MEMBERS = 2


def amount(cell: Any) -> float | None:
    """The number in a cell; a text is read with its last mark as the decimal one, if less or more than three digits
    follow it."""
    if type(cell) in (float, int):
        return float(cell)
    if type(cell) is not str:
        return None
    text = _TEXT.sub("", cell)
    whole, mark, rest = text.rpartition(max(",.", key=text.rfind)) if re.search("[.,]", text) else (text, "", "")
    digits = re.sub(r"[.,]", "", whole)
    try:
        return float(f"{digits}.{rest}" if mark and len(rest) != 3 else f"{digits}{rest}")
    except ValueError:
        return None


def is_sum(row: Sequence[float | None], members: Sequence[Sequence[float | None]], *, most: bool = True) -> bool:
    """Whether the columns of a row are the sums of the members': all of them, or where a column of shares or averages
    may differ, most."""
    right = wrong = 0
    for own, *cells in zip(row, *members, strict=True):
        given = [cell for cell in cells if cell is not None]
        if own is None or len(given) < _MIN_MEMBERS or sum(1 for cell in given if cell) < _MIN_MEMBERS:
            continue
        total = sum(given)
        close = abs(total - own) <= max(1e-9 * abs(total), 0.006 * len(given) if own != int(own) else 1e-6)
        right, wrong = right + close, wrong + (not close)
    return right > 0 and (right > wrong if most else not wrong)
