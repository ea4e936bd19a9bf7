"""What people corrected by hand on kelurahan, as history tells it: a city file loaded later must not undo it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from kelurahan.models import Event

CORRECTED = "kelurahan_dikoreksi"
LOADED = "tempat_dimuat"
OVERRULED = "ditimpa"  # in the history of loading: codes of places whose corrections the file was told to overrule


@dataclass(slots=True)
class Corrected:
    """`sources` whose area (without a year) a person changed, added or took away; other names taken away."""

    sources: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)


def standing() -> dict[str, Corrected]:
    """By code of the kelurahan; what was overruled since is left out."""
    found: dict[str, Corrected] = defaultdict(Corrected)
    history = Event.objects.filter(jenis__in=(CORRECTED, LOADED)).order_by("pk")
    for jenis, kode, isi in history.values_list("jenis", "objek", "isi"):
        if jenis == CORRECTED:
            _note(found[kode], isi["lama"], isi["baru"])
        for overruled in isi.get(OVERRULED, []):
            found.pop(overruled, None)
    return dict(found)


def _note(corrected: Corrected, old: dict[str, Any], new: dict[str, Any]) -> None:
    before, after = _undated(old), _undated(new)
    corrected.sources |= {source for source in {*before, *after} if before.get(source) != after.get(source)}
    corrected.names |= set(old.get("alias", []))
    corrected.names -= set(new.get("alias", []))


def _undated(told: dict[str, Any]) -> dict[str, str]:
    return {row["sumber"]: row["km2"] for row in told.get("luas", []) if row["tahun"] is None}
