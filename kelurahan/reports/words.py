"""Small words that sentences are made of, right for 0, 1 and n."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from kelurahan.rules.numbers import format_number


def count_word(n: int) -> str:
    """Up to eleven in letters, as a sentence reads best: 3 → "tiga", 12 → "12"."""
    words = (
        _("nol"),
        _("satu"),
        _("dua"),
        _("tiga"),
        _("empat"),
        _("lima"),
        _("enam"),
        _("tujuh"),
        _("delapan"),
        _("sembilan"),
        _("sepuluh"),
        _("sebelas"),
    )
    return words[n] if 0 <= n < len(words) else format_number(n)


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def joined(parts: Sequence[str]) -> str:
    """ "a", "a dan b", "a, b, dan c"."""
    if len(parts) <= 1:
        return "".join(parts)
    if len(parts) == 2:
        return _("%(first)s dan %(last)s") % {"first": parts[0], "last": parts[1]}
    return _("%(first)s, dan %(last)s") % {"first": ", ".join(parts[:-1]), "last": parts[-1]}


def span(lowest: int, highest: int) -> str:
    return format_number(lowest) if lowest == highest else f"{format_number(lowest)}–{format_number(highest)}"


def signed(number: int) -> str:
    return f"+{format_number(number)}" if number > 0 else format_number(number)
