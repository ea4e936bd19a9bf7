"""What the example shall tell, as the city's data files give it. Nothing here knows a city."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kelurahan.rules.regulation import RuleSet

LEAST_JIWA = 40
"""With fewer people in an RT some scores cannot be reached in whole households."""

Classes = tuple[int, int, int]
"""How many kelurahan are ringan, sedang, berat."""


class BadStory(ValueError):
    """The wanted figures contradict each other; the text says where."""


@dataclass(frozen=True, slots=True)
class Place:
    """A kelurahan: its weight (how many people, relative to the others) and what is known of it."""

    kode: str
    bobot: int
    luas_ha: int | None = None  # official area; the RT never add up to more. None: not published
    sk: bool = False  # listed in a decree, so rather kumuh than others


@dataclass(frozen=True, slots=True)
class Story:
    """Figures to reach. `totals` pins the total of a kelurahan in every year; the rest is chosen to fit `classes`."""

    seed: int
    years: tuple[int, ...]
    n_rt: int
    jiwa: int  # in the last year, all RT together
    classes: Mapping[int, Classes]
    totals: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    unassessed: frozenset[tuple[str, int]] = frozenset()  # (kode, year): no rows at all
    empty: frozenset[tuple[str, int, str]] = frozenset()  # (kode, year, kriteria): empty in all its RT

    def check(self, places: list[Place], rule_set: RuleSet) -> None:
        """Raise BadStory where the figures name unknown places, years or criteria."""
        known = {place.kode for place in places}
        named = {*self.totals, *(kode for kode, _ in self.unassessed), *(kode for kode, _, _ in self.empty)}
        if strange := named - known:
            raise BadStory(f"unknown places: {', '.join(sorted(strange))}")
        if missing := [str(year) for year in self.years if year not in self.classes]:
            raise BadStory(f"no counts for {', '.join(missing)}")
        for kode, totals in self.totals.items():
            if len(totals) != len(self.years):
                raise BadStory(f"{kode} needs one total for each of {len(self.years)} years, not {len(totals)}")
        criteria = {kriteria.kode for kriteria in rule_set.kriteria}
        if strange := {kode for _, _, kode in self.empty} - criteria:
            raise BadStory(f"unknown criteria: {', '.join(sorted(strange))}")
        if self.n_rt < len(places) or self.jiwa < self.n_rt * LEAST_JIWA:
            raise BadStory(f"every kelurahan needs an RT, and every RT {LEAST_JIWA} people")
