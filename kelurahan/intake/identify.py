"""Finds which place each feature of a boundary file is: by Kemendagri code, BPS code or name, whatever the columns'
names. Columns are judged by how many places they hit and by how well they agree with the names and with the map."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kelurahan.intake.geojson import plain

MAX_COLUMNS = 200
SYSTEMS = ("kemendagri", "bps", "nama")
FEATURE_ID = "id"

Found = list[int | None]
"""Per feature the number of a place, or None."""


@dataclass(frozen=True, slots=True)
class BoundaryPlace:
    """A kelurahan that should get a boundary; lat and lon in degrees, None when unknown."""

    kode: str
    kode_bps: str | None
    nama: str
    alias: tuple[str, ...] = ()
    lat: float | None = None
    lon: float | None = None


@dataclass(slots=True)
class Column:
    """One property read in one system."""

    key: str
    system: str
    found: Found
    agree: int = 0

    @property
    def distinct(self) -> int:
        return len({place for place in self.found if place is not None})

    @property
    def hits(self) -> int:
        return sum(place is not None for place in self.found)


@dataclass(slots=True)
class Identified:
    """`places[i]` is the place of feature i; `labels[i]` what the file calls it; `foreign` are features that carry the
    code of another city. `disputed` lists (feature, place by another column, column name)."""

    places: Found
    labels: list[str]
    column: Column | None
    foreign: set[int] = field(default_factory=set)
    by_name: list[int] = field(default_factory=list)
    disputed: list[tuple[int, int, str]] = field(default_factory=list)
    unsure_system: bool = False


def identify(features: Sequence[Any], places: Sequence[BoundaryPlace], boxes: Sequence[Any]) -> Identified:
    """`boxes[i]` is (west, south, east, north) of feature i, or None. Never raises for what the file holds."""
    values = [_values(feature) for feature in features]
    keys = list(dict.fromkeys(key for row in values for key in row))[:MAX_COLUMNS]
    index = _Index(places)
    codes = [Column(key, s, [index.code(row.get(key), s) for row in values]) for key in keys for s in SYSTEMS[:2]]
    names = [Column(key, "nama", [index.name(row.get(key)) for row in values]) for key in keys]
    for code in codes:
        code.agree = _agreement(code, names) + _on_the_map(code, places, boxes)
    best_code, best_name = _best(codes), _best(names)
    column = best_name if _names_win(best_code, best_name) else best_code
    found: Found = list(column.found) if column else [None] * len(features)
    result = Identified(found, [_label(row, column) for row in values], column)
    if column is None:
        return result
    result.unsure_system = _unsure(column, codes)
    if column.system != "nama":
        result.foreign = {
            i for i, row in enumerate(values) if found[i] is None and index.is_foreign(row.get(column.key))
        }
        _fill_by_name(result, values, best_name, column)
    result.disputed = _disputes(column, result.places, codes, names)
    return result


def _values(feature: Any) -> dict[str, Any]:
    """Scalar properties and the feature's own id; everything else is left alone."""
    if not isinstance(feature, Mapping):
        return {}
    properties = feature.get("properties")
    row = {FEATURE_ID: feature.get("id")}
    if isinstance(properties, Mapping):
        row |= {f"properties.{key}": value for key, value in list(properties.items())[:MAX_COLUMNS]}
    return {k: v for k, v in row.items() if isinstance(v, str | int | float) and not isinstance(v, bool) and v != ""}


class _Index:
    def __init__(self, places: Sequence[BoundaryPlace]) -> None:
        self.codes: dict[str, dict[str, int]] = {
            "kemendagri": {_digits(p.kode): i for i, p in enumerate(places)},
            "bps": {_digits(p.kode_bps): i for i, p in enumerate(places) if p.kode_bps},
        }
        self.dotted = {p.kode: i for i, p in enumerate(places)}
        self.lengths = {len(code) for system in self.codes.values() for code in system}
        self.cities = {code[:4] for system in self.codes.values() for code in system}
        by_name: dict[str, set[int]] = {}
        for number, place in enumerate(places):
            for name in (place.nama, *place.alias):
                by_name.setdefault(_bare(name), set()).add(number)
        self.names = {name: next(iter(numbers)) for name, numbers in by_name.items() if len(numbers) == 1}

    def code(self, value: Any, system: str) -> int | None:
        if isinstance(value, str) and value.strip() in self.dotted and "." in value:
            return self.dotted[value.strip()] if system == "kemendagri" else None
        for digits in self._digit_forms(value):
            if digits in self.codes[system]:
                return self.codes[system][digits]
        return None

    def name(self, value: Any) -> int | None:
        return self.names.get(_bare(value)) if isinstance(value, str) and len(value) <= 120 else None

    def is_foreign(self, value: Any) -> bool:
        """A whole code, but of another city."""
        whole = [digits for digits in self._digit_forms(value) if len(digits) in self.lengths]
        return bool(whole) and not any(digits[:4] in self.cities for digits in whole)

    def _digit_forms(self, value: Any) -> list[str]:
        """A code as digits. 537101.101 was 537101.1010 before a program took it for a number."""
        if value is None or (isinstance(value, str) and not re.fullmatch(r"[\d.\s-]{1,20}", value.strip(), re.ASCII)):
            return []
        text = re.sub(r"\.0+$", "", str(value).strip()) if isinstance(value, float) else str(value).strip()
        text = text if isinstance(value, str) or "e" not in text else f"{value:.0f}"
        digits = _digits(text)
        if isinstance(value, float) and "." in text:
            return [digits.ljust(length, "0") for length in sorted(self.lengths) if length - len(digits) in range(4)]
        return [digits]


def _digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", text)


def _bare(name: str) -> str:
    text = re.sub(r"^(kelurahan|kel\.?|desa)\s+", "", name.strip().casefold())
    return re.sub(r"[^0-9a-z]", "", text)


def _best(columns: list[Column]) -> Column | None:
    hit = [column for column in columns if column.hits]
    return max(hit, key=lambda column: (column.distinct + column.agree, -column.hits), default=None)


def _names_win(code: Column | None, name: Column | None) -> bool:
    return code is None or (name is not None and 2 * code.distinct < name.distinct)


def _agreement(column: Column, names: list[Column]) -> int:
    """How many features have a name, in the best column of names, that says the same as the code."""
    same = (sum(a is not None and a == b for a, b in zip(column.found, n.found, strict=True)) for n in names)
    return max(same, default=0)


def _on_the_map(column: Column, places: Sequence[BoundaryPlace], boxes: Sequence[Any]) -> int:
    hits = 0
    for number, box in zip(column.found, boxes, strict=True):
        if number is not None and box is not None:
            place = places[number]
            inside = place.lat is not None and place.lon is not None
            hits += inside and box[0] <= place.lon <= box[2] and box[1] <= place.lat <= box[3]
    return hits


def _unsure(chosen: Column, codes: list[Column]) -> bool:
    """The same digits are codes in both systems, of different places, and nothing decides between them."""
    return any(
        other.key == chosen.key
        and other.system != chosen.system
        and other.found != chosen.found
        and (other.distinct, other.agree) == (chosen.distinct, chosen.agree)
        for other in codes
    )


def _fill_by_name(result: Identified, values: Sequence[Mapping[str, Any]], names: Column | None, codes: Column) -> None:
    """A feature without any code takes the place that its name says, if no other feature has it."""
    if names is None or 2 * _same(names.found, codes.found) < codes.hits:
        return
    taken = Counter(place for place in result.places if place is not None)
    for i, place in enumerate(names.found):
        if result.places[i] is None and place is not None and codes.key not in values[i] and not taken[place]:
            result.places[i] = place
            result.by_name.append(i)


def _disputes(chosen: Column, places: Found, codes: list[Column], names: list[Column]) -> list[tuple[int, int, str]]:
    """Another column of codes, or the column of names, that says another place. A code that is right in either
    system does not disagree; a column of names counts only when it mostly agrees (a kecamatan may share a name)."""
    told: dict[int, tuple[int, int, str]] = {}
    for key in dict.fromkeys(column.key for column in codes if column.key != chosen.key):
        readings = [column.found for column in codes if column.key == key]
        said = [{reading[i] for reading in readings} - {None} for i in range(len(places))]
        if 2 * sum(map(bool, said)) >= len(places):
            _dispute(told, places, said, key)
    best = max(
        (c for c in names if c.key != chosen.key), key=lambda c: (_same(c.found, places), c.distinct), default=None
    )
    if best is not None and 2 * _same(best.found, places) > best.hits:
        _dispute(told, places, [{place} - {None} for place in best.found], best.key)
    return [told[i] for i in sorted(told)]


def _dispute(told: dict[int, tuple[int, int, str]], places: Found, said: list[set[int | None]], key: str) -> None:
    for i, (place, others) in enumerate(zip(places, said, strict=True)):
        if place is not None and others and place not in others:
            told.setdefault(i, (i, min(o for o in others if o is not None), key))


def _same(a: Found, b: Found) -> int:
    return sum(x is not None and x == y for x, y in zip(a, b, strict=True))


def _label(row: Mapping[str, Any], column: Column | None) -> str:
    keys = [column.key] if column else []
    for key in [*keys, *(k for k in row if re.search(r"nama|name|kode|code|^id$|kel|desa", k, re.IGNORECASE))]:
        text = plain(row.get(key))
        if text and text != "…":
            return text
    return ""
