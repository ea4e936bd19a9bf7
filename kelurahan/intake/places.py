"""Recognises kelurahan by Kemendagri code, BPS code, name or alias, and brings RT names to one form.

Two code systems number the same places in different order, and without dots some numbers exist in both; codes are
therefore looked up in a table and cross-checked with the names. What is ambiguous is told, never guessed.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kelurahan.rules.findings import Level


@dataclass(frozen=True, slots=True)
class Place:
    """A kelurahan. `kode` is the dotted Kemendagri code, `kode_bps` may be ""."""

    kode: str
    kode_bps: str
    nama: str
    alias: tuple[str, ...] = ()
    kecamatan: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    level: Level
    code: str
    column: str  # the one to point at: "kode", "kelurahan" or "kecamatan"
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Match:
    """`place` is None when a problem of level galat forbids the row. `below` is what follows the slash in the code.
    `decided` is the key of the name for which somebody said what it means; `elsewhere`: nothing in this city."""

    place: Place | None
    problems: tuple[Problem, ...] = ()
    below: str = ""
    decided: str = ""
    elsewhere: bool = False


_NUMBER_WORDS = {"satu": "1", "dua": "2", "tiga": "3", "empat": "4", "lima": "5", "i": "1", "ii": "2", "iii": "3"}
_NUMBER_WORDS |= {"iv": "4", "v": "5", "vi": "6", "enam": "6"}
_MAX_SUGGESTIONS = 1_000
ELSEWHERE = "-"
"""Decided for a name that is no kelurahan of this city: its rows are left out."""
_TITLES = {"kelurahan", "kel", "desa", "ds"}
_DOTTED = re.compile(r"\d{2}\.\d{2}\.\d{2}\.\d{4}")
_LOST_DIGITS = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d+")


def clean(text: str, limit: int = 80) -> str:
    """A text fit to be shown: one line, no invisible or direction-changing characters, no long digit runs."""
    visible = "".join(
        " " if character in "\r\n\t" else character
        for character in unicodedata.normalize("NFC", text[: 4 * limit])
        if character in "\r\n\t" or unicodedata.category(character) not in {"Cc", "Cf", "Co", "Cs", "Cn"}
    )
    visible = re.sub(r"\d(?:[ .-]?\d){12,}", "…", " ".join(visible.split()))
    return visible if len(visible) <= limit else visible[: limit - 1] + "…"


def name_key(text: str) -> str:
    """What two spellings of one name share: "Kel. Naikoten I" and "NAIKOTEN SATU" → "naikoten 1"."""
    words = re.findall(r"[^\W\d_]+|\d+", unicodedata.normalize("NFKC", clean(text)).casefold())
    while len(words) > 1 and words[0] in _TITLES:
        words = words[1:]
    return " ".join(_NUMBER_WORDS.get(word, word.lstrip("0") or word) for word in words)


def _glued(key: str) -> str:
    return key.replace(" ", "")


class Places:
    """All kelurahan of the city, ready to be looked up."""

    def __init__(self, places: Iterable[Place], names: Mapping[str, str] | None = None) -> None:
        """`names` says what people decided: `name_key` → kode, or ELSEWHERE."""
        self.all, self._decided = tuple(places), names or {}
        self.by_kode = {place.kode: place for place in self.all}
        self._undotted = {place.kode.replace(".", ""): place for place in self.all}
        self._bps = {place.kode_bps: place for place in self.all if place.kode_bps}
        self._names: dict[str, list[Place]] = {}
        self._keys: dict[str, list[Place]] = {}
        for place in self.all:
            keys = {name_key(name) for name in (place.nama, *place.alias)}
            for key in keys:
                self._keys.setdefault(key, []).append(place)
            for glued in {_glued(key) for key in keys}:
                self._names.setdefault(glued, []).append(place)
        self._unlike = 0
        self.kecamatan = {_glued(name_key(place.kecamatan)) for place in self.all}

    def match(self, code: object, name: object, kecamatan: object) -> Match:
        """Which kelurahan the three cells of a row mean. Cells come as typed in the sheet, "" when empty."""
        found = self._match(code, name, kecamatan)
        return found if found.place else self._as_decided(found, name_key(_as_text(name) or _as_text(code)))

    def _as_decided(self, found: Match, key: str) -> Match:
        """What nothing else tells, but people did: under the name, or the code where there is no name."""
        kode = self._decided.get(key)
        if kode is None or (kode != ELSEWHERE and kode not in self.by_kode):
            return found
        return Match(self.by_kode.get(kode), (), found.below, key, elsewhere=kode == ELSEWHERE)

    def _match(self, code: object, name: object, kecamatan: object) -> Match:
        name_text, kecamatan_text = _as_text(name), _as_text(kecamatan)
        if code == "":
            return self._by_name(name_text, kecamatan_text)
        code_text, below = _split_code(code)
        notes = (Problem(Level.PERINGATAN, "code_as_number", "kode", {"text": code_text}),) if _is_number(code) else ()
        found = self._by_code(code_text)
        match = self._cross_check(code_text, found, name_text, kecamatan_text)
        return Match(match.place, (*notes, *match.problems), below)

    def suggestions(self, name: str, kecamatan: str = "") -> list[tuple[Place, float]]:
        """Up to five places that an unknown or ambiguous name may mean, the likeliest first."""
        found = self._by_names(name, kecamatan) or self._beginning_with(name) or self._close_to(name)
        return [(place, 0.5) for place in found[:5]]

    def code_system(self, codes: Sequence[object]) -> str:
        """ "kemendagri", "bps" or "campuran"; "" where no code is known."""
        texts = {_split_code(code)[0] for code in codes}
        kemendagri = any(_DOTTED.fullmatch(text) or text in self._undotted for text in texts)
        bps = any(text in self._bps and text not in self._undotted for text in texts)
        return "campuran" if kemendagri and bps else "kemendagri" if kemendagri else "bps" if bps else ""

    def _by_code(self, code: str) -> list[Place]:
        if _DOTTED.fullmatch(code):
            return [self.by_kode[code]] if code in self.by_kode else []
        found = [table[code] for table in (self._undotted, self._bps) if code in table]
        return list(dict.fromkeys(found))

    def _by_names(self, name: str, kecamatan: str) -> list[Place]:
        found = self._names.get(_glued(name_key(name)), []) if name else []
        inside = [place for place in found if _kecamatan_key(place.kecamatan) == _kecamatan_key(kecamatan)]
        return inside if len(found) > 1 and inside else found

    def _cross_check(self, code: str, found: list[Place], name: str, kecamatan: str) -> Match:
        named = self._by_names(name, kecamatan)
        both = [place for place in found if place in named]
        if len(both) == 1:
            return _with_kecamatan(both[0], kecamatan)
        if len(found) > 1:
            choice = ", ".join(f"{place.nama} ({place.kode})" for place in found)
            return _galat("code_in_two_systems", "kode", text=clean(code), pilihan=choice)
        if found and not named:
            return self._code_with_odd_name(found[0], name, kecamatan)
        if found:
            return _galat("code_name_differ", "kode", text=clean(code), kode_nama=found[0].nama, nama=clean(name))
        return self._code_unknown(code, named, name)

    def _code_with_odd_name(self, place: Place, name: str, kecamatan: str) -> Match:
        match = _with_kecamatan(place, kecamatan)
        if not name or place in self._beginning_with(name):
            return match
        note = Problem(
            Level.PERINGATAN, "name_unknown_code_used", "kelurahan", {"text": clean(name), "nama": place.nama}
        )
        return Match(match.place, (note, *match.problems))

    def _code_unknown(self, code: str, named: list[Place], name: str) -> Match:
        if _LOST_DIGITS.fullmatch(code) and len(named) == 1:
            note = Problem(Level.PERINGATAN, "code_lost_digits", "kode", {"text": clean(code), "nama": named[0].nama})
            return Match(named[0], (note,))
        if len(named) == 1:
            return _galat("code_unknown_for_name", "kode", text=clean(code), nama=named[0].nama, kode=named[0].kode)
        return _galat("place_unknown", "kode", text=clean(f"{code} {name}"))

    def _by_name(self, name: str, kecamatan: str) -> Match:
        if not name:
            return _galat("place_missing", "kelurahan")
        named = self._by_names(name, kecamatan)
        if len(named) == 1:
            return _with_kecamatan(named[0], kecamatan, only_name=True)
        choice = named or self._beginning_with(name)
        if len(choice) > 1:
            listed = ", ".join(f"{place.nama} ({place.kode})" for place in choice)
            return _galat("place_ambiguous", "kelurahan", text=clean(name), pilihan=listed)
        close = choice or self._close_to(name)
        if close:
            return _galat(
                "place_unknown_like", "kelurahan", text=clean(name), pilihan=close[0].nama, kode=close[0].kode
            )
        return _galat("place_unknown", "kelurahan", text=clean(name))

    def _beginning_with(self, name: str) -> list[Place]:
        """Places whose name goes on where this one stops: "Naikoten" → Naikoten Satu, Naikoten Dua."""
        key = name_key(name)
        found = (
            place for known, places in self._keys.items() if key and known.startswith(key + " ") for place in places
        )
        return list(dict.fromkeys(found))

    def _close_to(self, name: str) -> list[Place]:
        """A place with nearly this name. Only so often: after many strange names a suggestion helps nobody."""
        self._unlike += 1
        if self._unlike > _MAX_SUGGESTIONS:
            return []
        keys = difflib.get_close_matches(_glued(name_key(name)), self._names, n=1, cutoff=0.8)
        return self._names[keys[0]] if keys else []


def _galat(code: str, column: str, **params: Any) -> Match:
    return Match(None, (Problem(Level.GALAT, code, column, params),))


def _with_kecamatan(place: Place, kecamatan: str, *, only_name: bool = False) -> Match:
    """The place, unless the kecamatan beside it is another one; with a code that only warns."""
    if not kecamatan or not place.kecamatan or _kecamatan_key(kecamatan) == _kecamatan_key(place.kecamatan):
        return Match(place)
    params = {"nama": place.nama, "kecamatan": place.kecamatan, "text": clean(kecamatan)}
    level = Level.GALAT if only_name else Level.PERINGATAN
    return Match(None if only_name else place, (Problem(level, "kecamatan_differs", "kecamatan", params),))


def _kecamatan_key(text: str) -> str:
    return _glued(re.sub(r"^(kecamatan|kec) ", "", name_key(text)))


def _is_number(cell: object) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def _as_text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _split_code(cell: object) -> tuple[str, str]:
    """The code of the kelurahan and what stands behind the slash: "53.71.05.1004/RT001-RW002"."""
    text = "".join(_as_text(cell).split()).lstrip("'’`") if _is_number(cell) else str(cell).strip().lstrip("'’`")
    code, _, below = text.partition("/")
    return "".join(code.split()), below.strip()


# --- RT --------------------------------------------------------------------------------------------------------

_RT = r"RT[\s.:/-]*0*(?P<rt>[0-9]{1,3})(?P<letter>[A-Z]?)"
_RW = r"RW[\s.:/-]*0*(?P<rw>[0-9]{1,3})"
_RT_FORMS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_RT}[\s/,.;–-]*{_RW}",
        rf"{_RW}[\s/,.;–-]*{_RT}",
        r"(?:RT[\s.:]*)?0*(?P<rt>[0-9]{1,3})(?P<letter>[A-Z]?)\s*[/-]\s*0*(?P<rw>[0-9]{1,3})",
    )
)
_RT_ALONE = re.compile(r"(?:RT[\s.:]*)?0*(?P<rt>[0-9]{1,3})(?P<letter>[A-Z]?)")
_RW_ALONE = re.compile(r"(?:RW[\s.:]*)?0*(?P<rw>[0-9]{1,3})")


def normalise_rt(rt: object, rw: object = "") -> str | None:
    """ "RT 1/RW 2", "001/002", or "1" with "2" in the column beside it → "RT001-RW002"; None when it cannot be read."""
    text = clean(_as_text(rt)).upper()
    found = next((match for form in _RT_FORMS if (match := form.fullmatch(text))), None)
    if found:
        return _rt_name(found["rt"], found["letter"], found["rw"])
    alone, beside = _RT_ALONE.fullmatch(text), _RW_ALONE.fullmatch(clean(_as_text(rw)).upper())
    return _rt_name(alone["rt"], alone["letter"], beside["rw"]) if alone and beside else None


def _rt_name(rt: str, letter: str, rw: str) -> str | None:
    return f"RT{int(rt):03d}{letter}-RW{int(rw):03d}" if int(rt) and int(rw) else None


def rt_problem(rt: object) -> str:
    """The finding of an RT that `normalise_rt` cannot read: Excel turns "1/2" into a date."""
    if not isinstance(rt, str | float | int) or isinstance(rt, bool):
        return "rt_became_date"
    return "rt_unreadable"
