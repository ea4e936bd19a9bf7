"""Recognises kelurahan by Kemendagri code, BPS code, name or alias, and brings RT names to one form.

Two code systems number the same places in different order, and without dots some numbers exist in both; codes are
therefore looked up in a table and cross-checked with the names. What is ambiguous is told, never guessed.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections import Counter
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
_SHORT = {"brt": "barat", "tmr": "timur", "utr": "utara", "sltn": "selatan", "slt": "selatan", "sel": "selatan"}
_MAX_UNLIKE = 1_000
_MAX_SUGGESTIONS = 5
_LIKE = 0.7
_LONG = 8  # letters of a name in which one wrong letter is forgiven
_CLEAR = 3  # letters by which every other name must differ then
_TITLES = {"kelurahan", "kel", "desa", "ds", "wilayah", "nama"}
_DOTTED = re.compile(r"\d{2}\.\d{2}\.\d{2}\.\d{4}")
_GROUPED = {"2.2.2.4": "kemendagri", "2.2.3.3": "bps"}
_ENOUGH_CODES = 3
_LOST_DIGITS = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d+")
_CODE_INSIDE = re.compile(r"[(\[]?\b(\d{2}[.-]\d{2}[.-]\d{2}[.-]\d{4}|\d{10})\b[)\]]?")
_SLASHED = re.compile(r"(\d{2})/(\d{2})/(\d{2})/(\d{4})")
_RT_INSIDE = re.compile(r"\b(?:RT|RW)\b.*$", re.IGNORECASE)
_LEADING = re.compile(
    r"^\s*[(\[]?(?:(\d{1,3})(?:\s*[.):\]-]+\s*|\s+)|(?:[a-z]|[ivx]{1,4})\s*[.)]\s*)(?=[^\W\d])", re.IGNORECASE
)
_FOOTNOTE = re.compile(r"(?:\s++|[*†‡#]++\)?+|(?<!\d)\(?\d{1,2}\)|[¹²³⁴⁵⁶⁷⁸⁹⁰⁽⁾]++\)?+)++$")
_RAISED = re.compile(r"[¹²³⁴⁵⁶⁷⁸⁹⁰⁽⁾]+")
_NUMBERED_NOTE = re.compile(r"(?<!\()\b\d\)\s*$")
_DISTRICT_BEHIND = re.compile(r"[\s,;/(-]+(?:kecamatan|kec)\b[\s.:]*(?P<kecamatan>[^()]+?)\)?\s*$", re.IGNORECASE)
_DISTRICT_BEFORE = re.compile(
    r"\s*(?:kecamatan|kec)\b[\s.:]*(?P<kecamatan>.+?)[\s,;/–-]+(?=(?:kelurahan|kel|desa)\b)", re.IGNORECASE
)
_CITY_BEHIND = re.compile(r"[\s,;/-]+(?:kota|kabupaten|kab)\b\W+(?!.*\b(?:kota|kab)\b).*$", re.IGNORECASE)
_TITLE_BEHIND = re.compile(r"\s*\((?:kel|kelurahan|desa)\.?\)\s*$", re.IGNORECASE)
ELSEWHERE = "-"
"""Decided for a name that is no kelurahan of this city: its rows are left out."""


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
    text = unicodedata.normalize("NFKC", _RAISED.sub(" ", clean(text))).casefold()
    words = re.findall(r"[^\W\d_]+|\d+", text)
    while len(words) > 1 and words[0] in _TITLES:
        words = words[1:]
    words = [_NUMBER_WORDS.get(word, word.lstrip("0") or word) for word in words]
    return " ".join(_SHORT.get(word, word) for word in words)


def _glued(key: str) -> str:
    return key.replace(" ", "")


@dataclass(frozen=True, slots=True)
class _Said:
    """What a cell of names says beside the name."""

    name: str
    kecamatan: str = ""
    code: str = ""
    below: str = ""  # "RT 01/RW 02"
    number: str = ""  # in front: "2 Bakunase"


class Places:
    """All kelurahan of the city, ready to be looked up.

    `names` are decisions of people: `name_key` of a text → code of the place, or ELSEWHERE.
    """

    def __init__(self, places: Iterable[Place], names: Mapping[str, str] | None = None) -> None:
        self.all = tuple(places)
        self.by_kode = {place.kode: place for place in self.all}
        self._undotted = {place.kode.replace(".", ""): place for place in self.all}
        self._bps = {place.kode_bps: place for place in self.all if place.kode_bps}
        self._names: dict[str, list[Place]] = {}
        self._keys: dict[str, list[Place]] = {}
        self._decided = dict(names or {})
        for place in self.all:
            keys = {name_key(name) for name in (place.nama, *place.alias)}
            for key in keys:
                self._keys.setdefault(key, []).append(place)
            for glued in {_glued(key) for key in keys}:
                self._names.setdefault(glued, []).append(place)
        self._close: dict[str, list[tuple[Place, float]]] = {}
        self.kecamatan = {_glued(name_key(place.kecamatan)) for place in self.all}
        self._district_codes = {place.kode[:8]: _kecamatan_key(place.kecamatan) for place in self.all}

    def match(self, code: object, name: object, kecamatan: object, system: str = "") -> Match:
        """Which kelurahan the three cells of a row mean. Cells come as typed in the sheet, "" when empty.

        `system` is the `sure_system` of the table; it decides a code that two systems have, where no name does.
        """
        found = self._match(code, _as_text(name), _as_text(kecamatan), system)
        return found if found.place or not self._decided else self._as_decided(found, _as_text(name) or _as_text(code))

    def _match(self, code: object, name: str, kecamatan: str, system: str) -> Match:
        if code == "":
            return self._by_name(name, kecamatan)
        code_text, below = _split_code(code)
        notes = (Problem(Level.PERINGATAN, "code_as_number", "kode", {"text": code_text}),) if _is_number(code) else ()
        match = self._cross_check(code_text, self._by_code(code_text), name, kecamatan, system)
        if match.place and not below and _RT_INSIDE.search(name):
            match = self._with_what_is_said(match, self._said(name))
        return Match(match.place, (*notes, *match.problems), below or match.below)

    def _as_decided(self, found: Match, text: str) -> Match:
        """What nothing else tells, but people did: under the name, or the code where there is no name."""
        said = self._said(text)
        for key in (name_key(text), name_key(said.name)):
            kode = self._decided.get(key)
            if kode == ELSEWHERE or kode in self.by_kode:
                below = found.below or (said.below if normalise_rt(said.below) else "")
                return Match(self.by_kode.get(kode), (), below, key, elsewhere=kode == ELSEWHERE)
        return found

    def named(self, text: str, kecamatan: str = "") -> list[Place]:
        """The places that a cell names, numbering, titles, notes and RT beside the name left away."""
        found = self._by_names(text, kecamatan)
        if found or not text:
            return found
        said = self._said(text)
        return self._by_said(said, kecamatan)

    def suggestions(self, name: str, kecamatan: str = "") -> list[tuple[Place, float]]:
        """Up to five places that an unknown or ambiguous name or code may mean, the likeliest first."""
        exact = self.named(name, kecamatan) or self._by_code(_split_code(name)[0])
        scores = dict.fromkeys(exact, 0.9)
        said = self._said(name)
        for place in self._beginning_with(said.name):
            scores.setdefault(place, 0.8)
        if said.number:
            for place in self._by_names(f"{said.name} {said.number}", kecamatan):
                scores.setdefault(place, 0.8)
        for place, score in self._close_to(said.name):
            scores.setdefault(place, score)
        near = _kecamatan_key(said.kecamatan or kecamatan)
        for place in scores:
            if near and _kecamatan_key(place.kecamatan) == near:
                scores[place] = min(0.95, scores[place] + 0.05)
        ordered = sorted(scores.items(), key=lambda item: -item[1])
        return [(place, round(score, 3)) for place, score in ordered[:_MAX_SUGGESTIONS]]

    def code_system(self, codes: Sequence[object], names: Sequence[object] = ()) -> str:
        """ "kemendagri", "bps" or "campuran"; "" where no code is known or none says which.

        Codes that both systems have say nothing by themselves; the names beside them may.
        """
        found = self._systems_of(codes, names)
        return "campuran" if len(found) > 1 else next(iter(found), "")

    def sure_system(self, codes: Sequence[object], names: Sequence[object] = ()) -> str:
        """The system of all codes of a table, if enough of them say so to decide about the others; else ""."""
        found = self._systems_of(codes, names)
        return next(iter(found)) if len(found) == 1 and found.total() >= _ENOUGH_CODES else ""

    def _systems_of(self, codes: Sequence[object], names: Sequence[object]) -> Counter[str]:
        """How many codes are certainly of each system."""
        found: Counter[str] = Counter()
        for n, code in enumerate(codes):
            text = _split_code(code)[0]
            systems = self._systems(text)
            if len(systems) > 1 and n < len(names) and names[n]:
                named = self.named(_as_text(names[n]))
                systems = {s for s, table in self._tables() if len(named) == 1 and table[_digits(text)] == named[0]}
            if len(systems) == 1:
                found[systems.pop()] += 1
        return found

    # --- codes ---------------------------------------------------------------------------------------------

    def _tables(self) -> tuple[tuple[str, dict[str, Place]], ...]:
        return ("kemendagri", self._undotted), ("bps", self._bps)

    def _systems(self, code: str) -> set[str]:
        """The systems that have this code; dots in the places of one system leave only that one."""
        digits = _digits(code)
        written = _GROUPED.get(".".join(str(len(group)) for group in re.split(r"[.-]", code)))
        return {s for s, table in self._tables() if digits in table and written in (None, s)}

    def _by_code(self, code: str) -> list[Place]:
        systems, digits = self._systems(code), _digits(code)
        return list(dict.fromkeys(table[digits] for system, table in self._tables() if system in systems))

    def _cross_check(self, code: str, found: list[Place], name: str, kecamatan: str, system: str) -> Match:
        named = self.named(name, kecamatan)
        both = [place for place in found if place in named]
        if len(both) == 1:
            return self._with_kecamatan(both[0], kecamatan)
        if len(found) > 1:
            return self._of_two_systems(code, found, name, kecamatan, system)
        if found and not named:
            return self._code_with_odd_name(found[0], name, kecamatan)
        if found:
            return _galat("code_name_differ", "kode", text=clean(code), kode_nama=found[0].nama, nama=clean(name))
        return self._code_unknown(code, named, name)

    def _of_two_systems(self, code: str, found: list[Place], name: str, kecamatan: str, system: str) -> Match:
        of_table = dict(self._tables()).get(system, {}).get(_digits(code))
        if of_table and not name:
            params = {"text": clean(code), "nama": of_table.nama, "sistem": system.upper()}
            note = Problem(Level.PERINGATAN, "code_system_used", "kode", params)
            match = self._with_kecamatan(of_table, kecamatan)
            return Match(match.place, (note, *match.problems))
        choice = ", ".join(f"{place.nama} ({place.kode})" for place in found)
        return _galat("code_in_two_systems", "kode", text=clean(code), pilihan=choice)

    def _code_with_odd_name(self, place: Place, name: str, kecamatan: str) -> Match:
        match = self._with_kecamatan(place, kecamatan)
        if not name or place in self._beginning_with(self._said(name).name):
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

    # --- names ---------------------------------------------------------------------------------------------

    def _by_names(self, name: str, kecamatan: str) -> list[Place]:
        found = self._names.get(_glued(name_key(name)), []) if name else []
        if found and _NUMBERED_NOTE.search(name):  # "Bakunase 2)": Bakunase Dua, or a note to Bakunase?
            found = list(dict.fromkeys([*found, *self._names.get(_glued(name_key(_FOOTNOTE.sub("", name))), [])]))
        return self._inside(found, kecamatan)

    def _inside(self, found: list[Place], kecamatan: str) -> list[Place]:
        inside = [place for place in found if self._is_in(place, kecamatan)] if len(found) > 1 else found
        return inside or found

    def _said(self, text: str) -> _Said:
        """A cell taken apart: "01. Namosain (53.71.01.1001)", "Namosain RT 01/RW 02", "Kel. Solor, Kec. Kota Lama"."""
        text = clean(text, 160)
        code = _CODE_INSIDE.search(text)
        text = _CODE_INSIDE.sub(" ", text).strip()
        below = _RT_INSIDE.search(text)
        text = _RT_INSIDE.sub("", text).strip(" ,;/-–(")
        district = _DISTRICT_BEHIND.search(text) or _DISTRICT_BEFORE.match(text)
        text = _DISTRICT_BEFORE.sub("", text, count=1)
        text = _TITLE_BEHIND.sub("", _FOOTNOTE.sub("", _DISTRICT_BEHIND.sub("", text)))
        leading = _LEADING.match(text)
        return _Said(
            name=_LEADING.sub("", text).strip(),
            kecamatan=self._without_city(district["kecamatan"]) if district else "",
            code=code[1].replace("-", ".") if code else "",
            below=below[0].strip(" )") if below else "",
            number=(leading[1] or "").lstrip("0") if leading else "",
        )

    def _without_city(self, kecamatan: str) -> str:
        """ "Alak" of "Alak Kota Kupang"; "Kota Raja" stays."""
        return kecamatan if _kecamatan_key(kecamatan) in self.kecamatan else _CITY_BEHIND.sub("", kecamatan)

    def _by_said(self, said: _Said, kecamatan: str) -> list[Place]:
        found = self._by_names(said.name, said.kecamatan or kecamatan) or self._with_number_glued(said.name)
        if said.code:
            of_code = self._by_code(said.code)
            return [place for place in of_code if place in found or not said.name]
        if said.number and self._by_names(f"{said.name} {said.number}", ""):
            return []  # "2 Bakunase": numbered, or Bakunase Dua?
        return found

    def _with_number_glued(self, name: str) -> list[Place]:
        """ "NaikotenII"."""
        glued = re.fullmatch(r"(.{4,}?)(i{1,3}|iv|vi?)", _glued(name_key(name)))
        return self._names.get(glued[1] + _NUMBER_WORDS[glued[2]], []) if glued else []

    def _by_name(self, name: str, kecamatan: str) -> Match:
        if not name:
            return _galat("place_missing", "kelurahan")
        named = self._by_names(name, kecamatan)
        if len(named) == 1:
            return self._with_kecamatan(named[0], kecamatan, only_name=True)
        said = self._said(name)
        if not named and len(named := self._by_said(said, kecamatan)) == 1:
            match = self._with_kecamatan(named[0], said.kecamatan or kecamatan, only_name=not said.code)
            return self._with_what_is_said(match, said)
        choice = named or self._beginning_with(said.name)
        if len(choice) > 1:
            listed = ", ".join(f"{place.nama} ({place.kode})" for place in choice)
            return _galat("place_ambiguous", "kelurahan", text=clean(name), pilihan=listed)
        return self._misspelt(name, said, choice, kecamatan)

    @staticmethod
    def _with_what_is_said(match: Match, said: _Said) -> Match:
        """The RT beside the name, which must be one: else the row would count for the whole kelurahan."""
        if match.place and said.below and not normalise_rt(said.below):
            return _galat("rt_unreadable", "kelurahan", text=clean(said.below))
        return Match(match.place, match.problems, said.below)

    def _misspelt(self, name: str, said: _Said, beginning: list[Place], kecamatan: str) -> Match:
        """A name that is nearly one of ours is proposed; taken only where hardly anything else can be meant."""
        close = [(place, 1.0) for place in beginning] or self._close_to(said.name)
        if not close:
            return _galat("place_unknown", "kelurahan", text=clean(name))
        place = close[0][0]
        beside = said.kecamatan or kecamatan
        if not beginning and beside and self._is_in(place, beside) and self._hardly_another(place, said.name):
            params = {"text": clean(name), "nama": place.nama}
            note = Problem(Level.PERINGATAN, "name_misspelt", "kelurahan", params)
            return self._with_what_is_said(Match(place, (note,)), said)
        return _galat("place_unknown_like", "kelurahan", text=clean(name), pilihan=place.nama, kode=place.kode)

    def _hardly_another(self, place: Place, name: str) -> bool:
        """One letter wrong in a long name, and every other name far away."""
        key = _glued(name_key(name))
        if len(key) < _LONG or any(character.isdigit() for character in key):
            return False
        far = {known: letters_apart(key, known, _CLEAR) for known in self._names}
        own = min((n for known, n in far.items() if self._names[known] == [place]), default=_CLEAR + 1)
        return own == 1 and all(n > _CLEAR or self._names[known] == [place] for known, n in far.items())

    def _beginning_with(self, name: str) -> list[Place]:
        """Places whose name goes on where this one stops: "Naikoten" → Naikoten Satu, Naikoten Dua."""
        key = name_key(name)
        found = (
            place for known, places in self._keys.items() if key and known.startswith(key + " ") for place in places
        )
        return list(dict.fromkeys(found))

    def _close_to(self, name: str) -> list[tuple[Place, float]]:
        """Places with nearly this name. Only so often: after many strange names a suggestion helps nobody."""
        key = _glued(name_key(name))
        if key not in self._close:
            if len(self._close) >= _MAX_UNLIKE:
                return []
            self._close[key] = self._compared(key)
        return self._close[key]

    def _compared(self, key: str) -> list[tuple[Place, float]]:
        matcher = difflib.SequenceMatcher(b=key, autojunk=False)
        scores: dict[Place, float] = {}
        for known, places in self._names.items():
            matcher.set_seq1(known)
            if matcher.real_quick_ratio() < _LIKE or matcher.quick_ratio() < _LIKE or (r := matcher.ratio()) < _LIKE:
                continue
            for place in places:
                scores[place] = max(scores.get(place, 0.0), 0.75 * r)
        return sorted(scores.items(), key=lambda item: -item[1])

    # --- kecamatan -----------------------------------------------------------------------------------------

    def _with_kecamatan(self, place: Place, kecamatan: str, *, only_name: bool = False) -> Match:
        """The place, unless the kecamatan beside it is another one; with a code that only warns."""
        if not kecamatan or not place.kecamatan or self._is_in(place, kecamatan):
            return Match(place)
        params = {"nama": place.nama, "kecamatan": place.kecamatan, "text": clean(kecamatan)}
        level = Level.GALAT if only_name else Level.PERINGATAN
        return Match(None if only_name else place, (Problem(level, "kecamatan_differs", "kecamatan", params),))

    def _is_in(self, place: Place, kecamatan: str) -> bool:
        """Whether a text says the kecamatan of a place: by name, code, or a name with one letter wrong."""
        said, own = _kecamatan_key(kecamatan), _kecamatan_key(place.kecamatan)
        if said == own or self._district_codes.get(kecamatan.strip()[:8]) == own:
            return True
        return len(own) >= 4 and said not in self.kecamatan and letters_apart(said, own, 1) == 1


def _galat(code: str, column: str, **params: Any) -> Match:
    return Match(None, (Problem(Level.GALAT, code, column, params),))


def _kecamatan_key(text: str) -> str:
    return _glued(re.sub(r"^(?:\d+ )?(?:(?:kecamatan|kec) )*", "", name_key(_LEADING.sub("", text))))


def letters_apart(a: str, b: str, limit: int) -> int:
    """How many letters are more, less, other or swapped; limit + 1 for anything beyond."""
    if abs(len(a) - len(b)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, letter in enumerate(a, 1):
        last, row, before_last = row, [i], before
        for j, other in enumerate(b, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != other))
            if before_last and i > 1 and j > 1 and letter == b[j - 2] and a[i - 2] == other:
                cost = min(cost, before_last[j - 2] + 1)
            row.append(cost)
        before = last
        if min(row) > limit:
            return limit + 1
    return min(row[-1], limit + 1)


def _digits(code: str) -> str:
    return re.sub(r"[.-]", "", code)


def _is_number(cell: object) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def _as_text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _split_code(cell: object) -> tuple[str, str]:
    """The code of the kelurahan and what stands behind the slash: "53.71.05.1004/RT001-RW002".

    "'5371051004", "ID5371051004", "5371051004.0" and "5.371051004E9" are brought to what they were.
    """
    text = _SLASHED.sub(r"\1.\2.\3.\4", _as_text(cell).strip().lstrip("'’`").strip())
    code, _, below = text.partition("/")
    code = re.sub(r"^ID[\s:.-]*(?=\d)", "", "".join(code.split()), flags=re.IGNORECASE)
    code = re.sub(r"(?:(?<=\d{10})|(?<=[.-]\d{4}))[.,]0+$", "", code).rstrip(".")
    whole = re.fullmatch(r"(\d)[.,](\d{9})0*[eE]\+?0?9", code, re.ASCII)
    return whole[1] + whole[2] if whole else code, below.strip()


# --- RT --------------------------------------------------------------------------------------------------------

_RT = r"RT[\s.:/-]*0*(?P<rt>[0-9]{1,3})(?P<letter>[A-Z]?)"
_NUMBER = r"0*(?P<rw>[0-9]{1,3}|X{0,2}(?:IX|IV|V?I{0,3})(?<=[IVX]))"
_RW = rf"RW[\s.:/-]*{_NUMBER}"
_RT_FORMS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_RT}[\s/,.;–-]*{_RW}",
        rf"{_RW}[\s/,.;–-]*{_RT}",
        rf"(?:RT[\s.:]*)?0*(?P<rt>[0-9]{{1,3}})(?P<letter>[A-Z]?)\s*[/-]\s*{_NUMBER}",
    )
)
_RT_ALONE = re.compile(r"(?:RT[\s.:]*)?0*(?P<rt>[0-9]{1,3})(?P<letter>[A-Z]?)")
_RW_ALONE = re.compile(rf"(?:RW[\s.:]*)?{_NUMBER}")
_ROMAN = {"I": 1, "V": 5, "X": 10}


def normalise_rt(rt: object, rw: object = "") -> str | None:
    """ "RT 1/RW 2", "001/002", or "1" with "2" in the column beside it → "RT001-RW002"; None when it cannot be read."""
    text = clean(_as_text(rt)).upper()
    found = next((match for form in _RT_FORMS if (match := form.fullmatch(text))), None)
    if found:
        return _rt_name(found["rt"], found["letter"], found["rw"])
    alone, beside = _RT_ALONE.fullmatch(text), _RW_ALONE.fullmatch(clean(_as_text(rw)).upper())
    return _rt_name(alone["rt"], alone["letter"], beside["rw"]) if alone and beside else None


def _rt_name(rt: str, letter: str, rw: str) -> str | None:
    number = int(rw) if rw.isdecimal() else _of_roman(rw)
    return f"RT{int(rt):03d}{letter}-RW{number:03d}" if int(rt) and number else None


def _of_roman(text: str) -> int:
    """4 of "IV"."""
    values = [_ROMAN[letter] for letter in text]
    return sum(-one if one < after else one for one, after in zip(values, [*values[1:], 0], strict=True))


def rt_problem(rt: object) -> str:
    """The finding of an RT that `normalise_rt` cannot read: Excel turns "1/2" into a date."""
    if not isinstance(rt, str | float | int) or isinstance(rt, bool):
        return "rt_became_date"
    return "rt_unreadable"
