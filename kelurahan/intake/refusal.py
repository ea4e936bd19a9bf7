"""A file that is not taken in, and why."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kelurahan.intake import messages, shape_messages  # noqa: F401 - they register the words
from kelurahan.rules.findings import Finding, Level, render


class Refused(Exception):
    """The whole file is refused. `code` and `params` are those of a finding; `words` says what is wrong, what to do."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params

    @property
    def finding(self) -> Finding:
        """The refusal as a finding of level galat, to be listed beside others."""
        return Finding(Level.GALAT, self.code, sheet=str(self.params.get("sheet", "")), params=self.params)

    def words(self, translate: Callable[[str], str] = lambda text: text) -> str:
        """Message and repair in one paragraph."""
        return " ".join(part for part in render(self.finding, translate) if part)
