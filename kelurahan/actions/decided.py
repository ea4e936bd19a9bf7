"""What people decided about a file, told again: mends that were taken, cells corrected, rows left out, by whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kelurahan.actions.choosing import CHOSEN, event_object
from kelurahan.models import Event, Upload
from kelurahan.reports.checking import hear, repair_words


@dataclass(frozen=True, slots=True)
class Fixed:
    """A corrected cell ("RT!H17") or a row left out ("RT!17")."""

    name: str
    before: str
    after: str
    understood: str
    oleh: str
    pada: datetime | None


@dataclass(frozen=True, slots=True)
class Decided:
    repairs: list[str]  # what each of them did
    cells: list[Fixed]
    rows: list[Fixed]

    @property
    def n(self) -> int:
        return len(self.repairs) + len(self.cells) + len(self.rows)

    def __bool__(self) -> bool:
        return self.n > 0


def decided(upload: Upload) -> Decided:
    """At most one query."""
    chosen = upload.pilihan
    cells, rows = chosen.get("cells", {}), chosen.get("drop_rows", [])
    repairs = [": ".join(repair_words(r)) for r in upload.terbaca.get("repairs", []) if r["accepted"]]
    if not cells and not rows:
        return Decided(repairs, [], [])
    told = _told(upload)
    return Decided(
        repairs,
        [_fixed(name, text, told.get(("cells", name)), hear(text).understood) for name, text in cells.items()],
        [_fixed(name, "", told.get(("drop_rows", name)), "") for name in rows],
    )


def _told(upload: Upload) -> dict[tuple[str, str], tuple[str, Event]]:
    """By part and name: what stood there first, and the last decision about it."""
    told: dict[tuple[str, str], tuple[str, Event]] = {}
    for event in Event.objects.filter(jenis=CHOSEN, objek=event_object(upload.pk)).order_by("pk"):
        for move in event.isi.get("pilihan", []):
            for name, before in _names(move):
                first = told[name][0] if name in told else before
                told[name] = (first, event)
    return told


def _names(move: dict[str, Any]) -> list[tuple[tuple[str, str], str]]:
    part = move["di"][0]
    if part == "cells":
        return [((part, move["di"][-1]), str(move["dari"] or ""))]
    new = [name for name in move["ke"] or [] if name not in (move["dari"] or [])] if part == "drop_rows" else []
    return [((part, name), "") for name in new]


def _fixed(name: str, text: str, told: tuple[str, Event] | None, understood: str) -> Fixed:
    before, event = told if told else ("", None)
    return Fixed(name, before, text, understood, event.oleh_nama if event else "", event.pada if event else None)
