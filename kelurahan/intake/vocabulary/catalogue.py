"""The fields that a header may mean, with their wordings: `fields.toml` and `indicators.toml`, read once."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from kelurahan.intake.units import Unit, unit_named
from kelurahan.intake.vocabulary.words import COUNTING, FILLING, words_of
from kelurahan.rules.regulation import KRITERIA

HERE = Path(__file__).resolve().parent
CERTAIN, FAIR, DOUBTFUL = 0.95, 0.65, 0.5
"""Confidence of an ordinary wording, of one with another possible meaning, of one that is only proposed."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """A field and what may stand around its wordings."""

    field: str
    group: str  # "tempat", "penyebut", "kriteria", "hasil", "indikator"
    satuan: Unit | None = None
    beside: frozenset[str] = frozenset()  # words that may stand in the same cell
    above: frozenset[str] = frozenset()  # words that may stand in a head above
    counted: bool = False  # needs a word of counting, or a head above that says so
    twin: str = ""  # the indicator that has the same words in another kind of table
    assessed: bool = False  # in a table of indicators the same words mean something else
    bare: float = DOUBTFUL  # confidence of a wording that needs a unit and has none


@dataclass(frozen=True, slots=True)
class Phrase:
    """One wording: all of `words` must be there."""

    meaning: Meaning
    words: frozenset[str]
    confidence: float
    with_unit: bool = False
    compact: str = ""


@dataclass(frozen=True, slots=True)
class IndicatorSpec:
    """A supporting indicator. `jenis`: jumlah, persen, luas, panjang, rasio, rupiah, berat."""

    kode: str
    nama: str
    satuan: str
    jenis: str


@dataclass(slots=True)
class Catalogue:
    phrases: list[Phrase] = field(default_factory=list)
    indicators: dict[str, IndicatorSpec] = field(default_factory=dict)
    aspects: dict[str, frozenset[str]] = field(default_factory=dict)

    def add(self, meaning: Meaning, wordings: Iterable[str], confidence: float, *, with_unit: bool = False) -> None:
        keep = COUNTING if meaning.group == "hasil" else frozenset()
        for wording in wordings:
            tokens = words_of(wording).tokens
            words = frozenset(tokens) - FILLING - (COUNTING - keep)
            if words:
                compact = "".join(word for word in tokens if word not in COUNTING and word != "/")
                self.phrases.append(Phrase(meaning, words, confidence, with_unit, compact))


@cache
def catalogue() -> Catalogue:
    """All that ships with the program."""
    found = Catalogue()
    fields = tomllib.loads((HERE / "fields.toml").read_text(encoding="utf-8"))
    found.aspects = {number: frozenset(words.split()) for number, words in fields["aspek"].items()}
    for name, entry in _fields(fields, "tempat", "penyebut", "kriteria"):
        _add_wordings(found, _meaning(name[1], name[0], entry, found.aspects), entry)
    for name, wordings in fields["hasil"].items():
        found.add(Meaning(name, "hasil", above=frozenset({"hasil", "kekumuhan"})), wordings, CERTAIN)
    listed = tomllib.loads((HERE.parent / "indicators.toml").read_text(encoding="utf-8"))["indikator"]
    for entry in listed:
        kode = entry["kode"]
        found.indicators[kode] = IndicatorSpec(kode, entry["nama"], entry["satuan"], entry["jenis"])
        _add_wordings(found, _meaning(f"i:{kode}", "indikator", entry, found.aspects), entry)
    return found


def _fields(data: Mapping[str, Any], *groups: str) -> Iterator[tuple[tuple[str, str], dict[str, Any]]]:
    for group in groups:
        for name, entry in data[group].items():
            yield (group, entry.get("field", name)), entry


def _meaning(name: str, group: str, entry: Mapping[str, Any], aspects: Mapping[str, frozenset[str]]) -> Meaning:
    satuan = KRITERIA[name].satuan if name in KRITERIA else entry.get("satuan", "")
    beside = frozenset(entry.get("pilihan", "").split())
    above = frozenset(word for head in entry.get("kepala", ()) for word in words_of(head).tokens)
    if name in KRITERIA:
        beside |= aspects[name[0]]
    return Meaning(
        field=name,
        group=group,
        satuan=unit_named(satuan) if satuan else None,
        beside=beside,
        above=above,
        counted=entry.get("dihitung", False),
        twin=f"i:{entry['kembar']}" if "kembar" in entry else "",
        assessed=not entry.get("indikator", True),
        bare=entry.get("tanpa_satuan", DOUBTFUL),
    )


def _add_wordings(found: Catalogue, meaning: Meaning, entry: Mapping[str, Any]) -> None:
    certain = [*entry.get("kata", ()), *([entry["nama"]] if _names_itself(entry) else [])]
    found.add(meaning, certain, CERTAIN)
    found.add(meaning, entry.get("sedang", ()), FAIR)
    found.add(meaning, entry.get("ragu", ()), DOUBTFUL)
    found.add(meaning, entry.get("satuan_wajib", ()), CERTAIN, with_unit=True)


def _names_itself(entry: Mapping[str, Any]) -> bool:
    """Whether the name alone is a wording: not that of a percentage or length, which the unit must tell."""
    return "nama" in entry and not entry.get("dihitung") and "satuan_wajib" not in entry


def aliases(indicator: Mapping[str, Any]) -> Sequence[str]:
    """Other names of an indicator in the database: a list, or one text with bars between."""
    alias = indicator.get("alias") or ()
    return alias.split("|") if isinstance(alias, str) else tuple(alias)
