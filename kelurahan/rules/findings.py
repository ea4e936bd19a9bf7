"""Findings: what a check saw, where, and what to do about it, in an officer's plain words.

Messages are Indonesian templates with percent-style parameters; the caller passes its translator to `render`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


def N_(message: str) -> str:
    """Mark a message for translation without translating it here."""
    return message


class Level(StrEnum):
    """A galat blocks its row, a peringatan wants a tick, an info only tells."""

    GALAT = "galat"
    PERINGATAN = "peringatan"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to tell. `cell` is as in the sheet ("C12"), "" for all of it; `row` is the index of the record."""

    level: Level
    code: str
    sheet: str = ""
    cell: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    row: int | None = None


Messages = dict[str, tuple[str, str]]
"""code → (message, repair)."""

MESSAGES: Messages = {}


def render(finding: Finding, translate: Callable[[str], str] = lambda text: text) -> tuple[str, str]:
    """Message and repair of a finding. Raises KeyError for a code without a message."""
    message, repair = MESSAGES[finding.code]
    params = {"sheet": finding.sheet, "cell": finding.cell, **finding.params}
    return translate(message) % params, translate(repair) % params if repair else ""
