"""Collects findings, and keeps a file with a hundred thousand mistakes from making as many findings."""

from __future__ import annotations

from collections import Counter
from typing import Any

from kelurahan.rules.findings import Finding, Level

MAX_PER_CODE = 2_500


class Notes:
    """Findings of one sheet in the order they were added, at most MAX_PER_CODE of each code."""

    def __init__(self, sheet: str) -> None:
        self.sheet = sheet
        self._kept: list[Finding] = []
        self._counts: Counter[str] = Counter()
        self._levels: dict[str, Level] = {}

    def add(self, level: Level, code: str, cell: str = "", row: int | None = None, **params: Any) -> None:
        self._counts[code] += 1
        self._levels[code] = level
        if self._counts[code] <= MAX_PER_CODE:
            self._kept.append(Finding(level, code, self.sheet, cell, params, row))

    def full(self, code: str) -> bool:
        return self._counts[code] >= MAX_PER_CODE

    def count(self, code: str, level: Level, n: int) -> None:
        """Findings that were not even built because there were too many."""
        self._counts[code] += n
        self._levels[code] = level

    def extend(self, findings: list[Finding]) -> None:
        self._kept.extend(findings)

    def all(self) -> list[Finding]:
        """Everything kept, and for each code cut short how many more there are."""
        more = [
            Finding(self._levels[code], "more_of_the_same", self.sheet, params={"n": n - MAX_PER_CODE, "jenis": code})
            for code, n in self._counts.items()
            if n > MAX_PER_CODE
        ]
        return [*self._kept, *more]
