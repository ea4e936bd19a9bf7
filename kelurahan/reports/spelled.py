"""Numbers in words, so that 1.250 can be told from 1,25 by reading it aloud."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import get_language

_ID = ["nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan"]
_EN = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_LIMIT = 10**12


def spelled(number: Decimal) -> str:
    """ "seribu dua ratus lima puluh koma lima", or the same in English; "" for what is too large to help anybody."""
    whole, _, part = f"{abs(number):f}".partition(".")
    if int(whole) >= _LIMIT:
        return ""
    english = (get_language() or "id").startswith("en")
    words = (_english if english else _indonesian)(int(whole))
    if part.strip("0"):
        digits = _EN if english else _ID
        words += f" {'point' if english else 'koma'} " + " ".join(digits[int(digit)] for digit in part.rstrip("0"))
    return f"{'minus ' if number < 0 else ''}{words}"


def _indonesian(n: int) -> str:
    for size, name in ((10**9, "miliar"), (10**6, "juta"), (1000, "ribu"), (100, "ratus")):
        if n >= size:
            count, rest = divmod(n, size)
            head = f"se{name}" if count == 1 and size <= 1000 else f"{_indonesian(count)} {name}"
            return f"{head} {_indonesian(rest)}" if rest else head
    if n >= 20:
        return f"{_ID[n // 10]} puluh {_ID[n % 10]}" if n % 10 else f"{_ID[n // 10]} puluh"
    if n >= 10:
        return {10: "sepuluh", 11: "sebelas"}.get(n, f"{_ID[n - 10]} belas")
    return _ID[n]


def _english(n: int) -> str:
    for size, name in ((10**9, "billion"), (10**6, "million"), (1000, "thousand"), (100, "hundred")):
        if n >= size:
            count, rest = divmod(n, size)
            head = f"{_english(count)} {name}"
            return f"{head} {_english(rest)}" if rest else head
    if n >= 20:
        return f"{_TENS[n // 10 - 2]}-{_EN[n % 10]}" if n % 10 else _TENS[n // 10 - 2]
    return _EN[n]
