"""Numbers: from text and floats to exact decimals, to millionths, and back to Indonesian text."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

MICRO = 1_000_000
"""Everything is stored and added in millionths of the unit."""

LIMIT = Decimal(10) ** 10
"""No number of a place reaches this; whatever does is a mistake."""

_STEP = Decimal("0.000001")


def from_float(number: float) -> Decimal:
    """The decimal that Excel shows for a float: 15 significant digits, so 0.004282000000000008 is 0.004282."""
    return Decimal(format(number, ".15g"))


def to_micro(number: Decimal) -> int:
    """Millionths of the unit, rounded half up at the sixth decimal. Raises InvalidOperation for NaN and infinity."""
    return int(number.quantize(_STEP, rounding=ROUND_HALF_UP).scaleb(6))


def from_micro(micro: int) -> Decimal:
    """The decimal of a number of millionths, without trailing zeros."""
    return _plain(Decimal(int(micro)).scaleb(-6))


def _plain(number: Decimal) -> Decimal:
    """Without trailing zeros and without exponent: 1250, not 1.25E+3."""
    number = number.normalize()
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number
