"""The one number reader of forms and files: text and floats to exact decimals, to millionths, and back to text.

Its own regular expressions, because Decimal takes "1_000", full-width digits, "1e3" and "NaN".
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from kelurahan.rules.findings import N_
from kelurahan.rules.regulation import State

MICRO = 1_000_000
"""Everything is stored and added in millionths of the unit."""

LIMIT = Decimal(10) ** 10
"""No number of a place reaches this; whatever does is a mistake."""

_STEP = Decimal("0.000001")
_RESIDUE = Decimal("1e-10")  # what subtracting floats leaves behind: nobody typed those digits


def from_float(number: float) -> Decimal:
    """The decimal that Excel shows for a float: 15 significant digits, so 44.840000000000003 is 44.84."""
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


class NumberStyle(StrEnum):
    """How a column writes its numbers."""

    INDONESIAN = "indonesia"  # 1.250,5
    ENGLISH = "inggris"  # 1,250.5
    PLAIN = "polos"  # 1250.5, never a thousands mark


def other_style(style: NumberStyle) -> NumberStyle:
    """The style with which this one is easily mistaken."""
    return NumberStyle.ENGLISH if style == NumberStyle.INDONESIAN else NumberStyle.INDONESIAN


@dataclass(frozen=True, slots=True)
class ReadNumber:
    """What a text was understood as.

    `value` is what would be stored (six decimals), also for a number that is refused; None without a number.
    `understood` is that number in Indonesian writing, for the echo beside the field. `explicit` tells the words for
    "not assessed" and "does not apply" from a cell left blank. `problem` is a finding code: the state is INVALID,
    except for `too_many_decimals`, which is stored rounded.
    """

    value: Decimal | None
    state: State
    understood: str | None = None
    problem: str | None = None
    explicit: bool = False


BLANKS = frozenset({"", "-", "–", "—", "−", "n/a", "na", "#n/a"})
EMPTY_WORDS = frozenset({"kosong", "belum dinilai"})
NOT_APPLICABLE_WORDS = frozenset({"tidak berlaku", "tb"})

_LONGEST = 60  # no honest number is longer; keeps hostile texts cheap
_SPACES = "\u0020\u00a0\u2009\u202f"


def _style_pattern(grouping: str, decimal: str) -> re.Pattern[str]:
    """Numbers in one style. A mark that cannot be a thousands mark ("0.35", "12.5") is read as the decimal one."""
    grouped = rf"[1-9][0-9]{{0,2}}(?:[{grouping}][0-9]{{3}})+" if grouping else r"[0-9]+"
    spaced = rf"[1-9][0-9]{{0,2}}(?:[{_SPACES}][0-9]{{3}})+"
    whole = rf"(?P<whole>{grouped}|{spaced}|[0-9]+)"
    loose = rf"|(?P<whole2>[0-9]*)[{grouping}](?P<part2>[0-9]+)" if grouping else ""
    return re.compile(rf"(?:{whole}(?:[{decimal}](?P<part>[0-9]+))?|[{decimal}](?P<part1>[0-9]+){loose})")


_PATTERNS = {
    NumberStyle.INDONESIAN: _style_pattern(".", ","),
    NumberStyle.ENGLISH: _style_pattern(",", "."),
    NumberStyle.PLAIN: _style_pattern("", "."),
}


def read_number(text: str, style: NumberStyle = NumberStyle.INDONESIAN) -> ReadNumber:
    """Read one cell or form field. Never raises, never guesses: what does not fit the style is a problem."""
    text = text.strip(_SPACES + "\t\r\n")
    word = " ".join(text.lower().split())
    if word in BLANKS:
        return ReadNumber(None, State.EMPTY)
    if word in EMPTY_WORDS:
        return ReadNumber(None, State.EMPTY, explicit=True)
    if word in NOT_APPLICABLE_WORDS:
        return ReadNumber(None, State.NOT_APPLICABLE, explicit=True)
    number = _parse(text, style)
    if number is None:
        fits_another = any(_parse(text, other) is not None for other in NumberStyle)
        return ReadNumber(None, State.INVALID, problem="other_number_style" if fits_another else "not_a_number")
    return check_number(number)


def check_number(number: Decimal) -> ReadNumber:
    """The same verdict for a number that came as a number: negative, too large, NaN, too many decimals."""
    if not number.is_finite():
        return ReadNumber(None, State.INVALID, problem="not_a_number")
    if abs(number) >= LIMIT:
        return ReadNumber(None, State.INVALID, problem="number_too_large")
    stored = _plain(number.quantize(_STEP, rounding=ROUND_HALF_UP))
    understood = format_number(stored)
    if stored >= LIMIT:
        return ReadNumber(None, State.INVALID, problem="number_too_large")
    if number < 0:
        return ReadNumber(stored, State.INVALID, understood, "negative")
    problem = "too_many_decimals" if abs(stored - number) > _RESIDUE else None
    return ReadNumber(stored, State.FILLED, understood, problem)


def _parse(text: str, style: NumberStyle) -> Decimal | None:
    if len(text) > _LONGEST:
        return None
    negative = text[:1] in {"-", "−"}
    match = _PATTERNS[style].fullmatch(text[1:] if negative or text[:1] == "+" else text)
    if match is None:
        return None
    groups = match.groupdict()
    whole = re.sub(r"[^0-9]", "", groups["whole"] or groups.get("whole2") or "0")
    part = groups["part"] or groups["part1"] or groups.get("part2") or "0"
    number = Decimal(f"{whole}.{part}")
    return -number if negative and number else number


MARK_MEANINGS = {
    (".", True): N_("titik pemisah ribuan"),
    (".", False): N_("titik tanda desimal"),
    (",", True): N_("koma pemisah ribuan"),
    (",", False): N_("koma tanda desimal"),
}
"""Mark of a text, and whether it was taken for a thousands mark → those words."""


def reading_words(text: str, style: NumberStyle) -> dict[str, str]:
    """How a text of two possible numbers was read: `understood`, `arti` of its mark, and `lain`, what it is not."""
    other = NumberStyle.ENGLISH if style == NumberStyle.INDONESIAN else NumberStyle.INDONESIAN
    taken, rejected = (read_number(text, one).value for one in (style, other))
    mark = "." if "." in text else ","
    thousands = taken is not None and rejected is not None and abs(taken) > abs(rejected)
    return {"understood": _bare(taken), "arti": MARK_MEANINGS[mark, thousands], "lain": _bare(rejected)}


def _bare(number: Decimal | None) -> str:
    """Without thousands mark, so that nothing is left to guess."""
    return "–" if number is None else f"{number:f}".replace(".", ",")


@dataclass(frozen=True, slots=True)
class StyleGuess:
    """The style of a column and how sure it is."""

    style: NumberStyle
    n_for: int  # texts that only this style explains
    n_against: int  # texts that only another style explains
    ambiguous: tuple[str, ...]  # distinct texts whose number depends on the style: "1.250"


def detect_style(texts: Iterable[str], default: NumberStyle = NumberStyle.INDONESIAN) -> StyleGuess:
    """Decide the style of a column from all its text cells; number cells have no style and do not belong here."""
    votes = {NumberStyle.INDONESIAN: 0, NumberStyle.ENGLISH: 0}
    ambiguous: dict[str, None] = {}
    for text in texts:
        vote = style_of(text)
        if vote is not None:
            votes[vote] += 1
        elif _depends_on_style(text):
            ambiguous.setdefault(text.strip(), None)
    indonesian, english = votes[NumberStyle.INDONESIAN], votes[NumberStyle.ENGLISH]
    style = default
    if indonesian != english:
        style = NumberStyle.INDONESIAN if indonesian > english else NumberStyle.ENGLISH
    n_for = votes.get(style, 0)
    return StyleGuess(style, n_for, indonesian + english - n_for, tuple(ambiguous))


def _proof_pattern(grouping: str, decimal: str) -> re.Pattern[str]:
    whole = rf"(?:[0-9]*|[1-9][0-9]{{0,2}}(?:[{grouping}][0-9]{{3}})+)"
    return re.compile(rf"[-−+]?(?:{whole}[{decimal}][0-9]+|[1-9][0-9]{{0,2}}(?:[{grouping}][0-9]{{3}}){{2,}})")


_PROOFS = {
    NumberStyle.INDONESIAN: _proof_pattern(".", ","),
    NumberStyle.ENGLISH: _proof_pattern(",", "."),
}


def style_of(text: str) -> NumberStyle | None:
    """The style that a text proves: "12,5" and "1.250.000" Indonesian, "12.5" English; None for "1.250" and "12"."""
    text = text.strip(_SPACES + "\t\r\n")
    if len(text) > _LONGEST or _depends_on_style(text):
        return None
    return next((style for style, pattern in _PROOFS.items() if pattern.fullmatch(text)), None)


def _depends_on_style(text: str) -> bool:
    text = text.strip(_SPACES + "\t\r\n")
    readings = {_parse(text, NumberStyle.INDONESIAN), _parse(text, NumberStyle.ENGLISH)} - {None}
    return len(readings) > 1


def format_number(number: Decimal | float | None, decimals: int | None = None) -> str:
    """A number for Indonesian readers: "1.250,5". Rounded half up to `decimals`, else as needed up to six."""
    if number is None or (isinstance(number, float) and not math.isfinite(number)):
        return "–"
    exact = from_float(number) if isinstance(number, float) else Decimal(number)
    if not exact.is_finite():
        return "–"
    places = 6 if decimals is None else decimals
    rounded = exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    if decimals is None:
        rounded = _plain(rounded)
    text = f"{abs(rounded):,f}".translate(str.maketrans(",.", ".,"))
    return f"−{text}" if rounded < 0 else text
