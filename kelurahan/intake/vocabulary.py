"""Which field a header means: place columns, the 25 numbers, stored results and supporting indicators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from kelurahan.rules.regulation import DEFAULT_RULE_SET

TAKEN = 0.6
"""From this confidence on a match is taken without asking."""
PROPOSED = 0.35
"""From this confidence on it is shown as a proposal."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One reading of a header. `factor` brings its unit to the field's; `why` is a word for the reason."""

    field: str
    confidence: float
    unit: str = ""
    factor: Fraction = Fraction(1)
    year: int | None = None
    why: str = ""
    kondisi: str = ""  # "awal", "akhir"


class Vocabulary:
    """All words known for one import: ours and those of the indicators in the database."""

    def __init__(self, indicators: Sequence[Mapping[str, Any]] = (), rule_set: str = DEFAULT_RULE_SET) -> None:
        self.indicators, self.rule_set = indicators, rule_set

    def candidates(self, parts: Sequence[str], jenis: str | None = None) -> list[Candidate]:
        """Readings of the header whose unfolded texts are `parts`, from top to bottom; best first."""
        from kelurahan.intake.columns import match_header

        for text in (parts[-1] if parts else "", " ".join(parts)):
            name, confidence = match_header(text)
            if name:
                return [Candidate(name, confidence)]
        return []
