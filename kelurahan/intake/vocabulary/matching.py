"""Which field a header means: place columns, the 25 numbers, stored results and supporting indicators.

A header matches when every word of it is accounted for: words of one wording, words that may stand beside it, words of
counting and filling. "Luas bukan kumuh" therefore is not "luas kumuh", and nobody had to list what is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from typing import Any

from kelurahan.intake.units import LOOSE, PERSEN, Unit, factor, read_unit, unit_named
from kelurahan.intake.vocabulary.catalogue import (
    CERTAIN,
    DOUBTFUL,
    Catalogue,
    IndicatorSpec,
    Meaning,
    Phrase,
    aliases,
    catalogue,
)
from kelurahan.intake.vocabulary.headers import EXACT, PLACE_HEADERS, unit_of
from kelurahan.intake.vocabulary.spelling import Spelling, clear_alone
from kelurahan.intake.vocabulary.words import (
    COUNTING,
    FILLING,
    GENERAL,
    Words,
    joined,
    plain,
    together,
    without_translations,
    word_set,
    words_of,
)
from kelurahan.rules.regulation import DEFAULT_RULE_SET, FIELDS, KRITERIA, RULE_SETS

TAKEN = 0.6
"""From this confidence on a match is taken without asking."""
PROPOSED = 0.35
"""From this confidence on it is shown as a proposal."""

_SHOWN = 6
_PLACES = frozenset({*PLACE_HEADERS, "rw"})
_OTHER_UNIT = 0.4
_UNDER_STRANGE_HEAD = 0.4
_MISSPELT = 0.27
_PAIR = {"kebutuhan": TAKEN, "numerik": 0.45}
"""Of the pairs `…-KEBUTUHAN` and `…-NUMERIK` in files of data portals, the need is taken for the volume: what a place
needs to meet a criterion is exactly what fails it, in the unit of the criterion. No source says what the other is (the
same once more, what was achieved, or a percentage), so it is only proposed, and never read beside the first."""
_STRICT = frozenset({"ha", "hektar", "km2", "m2", "km", "rp", "rupiah", "jiwa/km2", "jiwa/ha", "unit/ha", "ton/hari"})
_SEXES = frozenset({"l", "p", "laki", "perempuan"})
_VOLUME = frozenset({"volume", "v", "numerator"})
_SCORE = frozenset({"nilai", "n"})
_TOLD = word_set(
    "tertangani ditangani penanganan target rencana realisasi sisa rasio laju rata biaya anggaran kegiatan output"
    " kontribusi capaian selisih ranking peringkat kategori bobot satuan"
)
"""Words that turn a criterion with its code into something else."""
_NEVER_MISSPELT = frozenset({"bukan", "tanpa", "belum", "non", "kecuali", "selain", "luar", "target", "rentang"})


_HYPHENATED = re.compile(r"\b([^\W\d_]+)-\s+([^\W\d_]+)\b")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One reading of a header.

    `factor` brings numbers in `unit` to the unit of the field. `why` is "" for a plain match, or a reason for doubt:
    "unit" (another unit, or none where several are usual), "values" (the values decide), "pair" (KEBUTUHAN/NUMERIK),
    "words" (several meanings), "code" (code and words disagree), "head" (a strange head above), "typo".
    """

    field: str
    confidence: float
    unit: str = ""
    factor: Fraction = Fraction(1)
    year: int | None = None
    why: str = ""
    kondisi: str = ""  # "awal", "akhir": under such a head


class Vocabulary:
    """All words known for one import: ours and those of the indicators in the database."""

    def __init__(self, indicators: Sequence[Mapping[str, Any]] = (), rule_set: str = DEFAULT_RULE_SET) -> None:
        shipped = catalogue()
        self.specs = dict(shipped.indicators)
        self.criteria = {kriteria.kode for kriteria in RULE_SETS[rule_set].kriteria}
        self._aspects = shipped.aspects
        own = Catalogue(indicators=self.specs)
        self._phrases = [*shipped.phrases, *self._from_database(own, indicators)]
        self._by_word: dict[str, list[Phrase]] = {}
        self._compact: dict[str, list[Phrase]] = {}
        for phrase in self._phrases:
            self._by_word.setdefault(max(phrase.words, key=lambda word: (len(word), word)), []).append(phrase)
            self._compact.setdefault(phrase.compact, []).append(phrase)
        self._twins = {p.meaning.field: p.meaning.twin for p in self._phrases if p.meaning.twin}
        self._words_of_criterion = {
            kode: frozenset().union(
                *(phrase.words | phrase.meaning.beside for phrase in self._phrases if phrase.meaning.field == kode)
            )
            for kode in KRITERIA
        }
        self._spelling = Spelling(self._lexicon())
        self._read: dict[str, Words] = {}

    def candidates(self, parts: Sequence[str], jenis: str | None = None) -> list[Candidate]:
        """Readings of the header whose unfolded texts are `parts`, from top to bottom; best first."""
        texts = [text for text in (part.strip() for part in parts) if text]
        texts = without_translations([text for n, text in enumerate(texts) if n == 0 or text != texts[n - 1]])
        if not texts:
            return []
        found = list(self._all_readings([self._words(text) for text in texts], jenis))
        exact = EXACT.get(plain(" ".join(texts)))
        if exact:
            found.append(Candidate(exact, 1.0, year=None))
        return _sorted(_by_kind_of_table(found, jenis, self._twins))

    def year_of(self, parts: Sequence[str]) -> int | None:
        """The year that a header names, if it names one."""
        return together([self._words(part) for part in parts]).year

    def unit_of(self, name: str) -> str:
        """The unit of a value field or an indicator, "" for a place field."""
        spec = self.specs.get(name.removeprefix("i:")) if name.startswith("i:") else None
        return spec.satuan if spec else unit_of(name)

    def counts(self, name: str) -> bool:
        """Whether a field holds whole numbers of things or persons."""
        spec = self.specs.get(name.removeprefix("i:"))
        return name in {"bgn", "jiwa", "kk"} or (name.startswith("i:") and spec is not None and spec.jenis == "jumlah")

    # --- words ---------------------------------------------------------------------------------------------

    def _words(self, text: str) -> Words:
        if text not in self._read:
            self._read[text] = words_of(_HYPHENATED.sub(self._joined, text))
        words = self._read[text]
        return replace(words, tokens=list(words.tokens), years=list(words.years))

    def _joined(self, broken: re.Match[str]) -> str:
        """ "PEN- DUDUK", broken at the end of a line, as one word if that is one."""
        whole = (broken[1] + broken[2]).casefold()
        known = self._spelling.lexicon.issuperset(words_of(whole).tokens)
        return whole if known and broken[1].casefold() != broken[2].casefold() else broken[0]

    def _lexicon(self) -> set[str]:
        known = {"rentang", "v", "p", "n", *COUNTING, *FILLING, *GENERAL, *_VOLUME, *_SCORE, *_TOLD, *_NEVER_MISSPELT}
        for phrase in self._phrases:
            known |= phrase.words | phrase.meaning.beside | phrase.meaning.above
        return known

    def _from_database(self, own: Catalogue, indicators: Sequence[Mapping[str, Any]]) -> list[Phrase]:
        for row in indicators:
            kode, satuan = row["kode"], row.get("satuan", "")
            known = self.specs.get(kode)
            jenis = known.jenis if known else "persen" if unit_named(satuan) == PERSEN else ""
            self.specs[kode] = IndicatorSpec(kode, row["nama"], satuan, jenis)
            shipped = [phrase.meaning for phrase in catalogue().phrases if phrase.meaning.field == f"i:{kode}"]
            above = shipped[0].above if shipped else frozenset()
            meaning = Meaning(f"i:{kode}", "indikator", unit_named(satuan) if satuan else None, above=above)
            own.add(meaning, [row["nama"], *aliases(row)], CERTAIN)
        return own.phrases

    # --- readings ------------------------------------------------------------------------------------------

    def _all_readings(self, parts: Sequence[Words], jenis: str | None) -> Iterator[Candidate]:
        """Every split of the parts into heads above and the words of the column itself."""
        strange: list[Candidate] = []
        for start in range(len(parts)):
            head, own = together(parts[:start]), together(parts[start:])
            year = together(parts).year
            kondisi = own.kondisi or head.kondisi
            for candidate, above in self._readings(own, head, jenis):
                known = replace(candidate, year=year, kondisi=kondisi)
                if own.dated or head.dated:
                    known = replace(known, confidence=known.confidence * 0.9)
                if kondisi and known.field.startswith("i:"):
                    known = replace(known, confidence=min(known.confidence, DOUBTFUL))
                if start == 0 or (self._fits_above(head, above) and not self._of_households(head, own)):
                    yield replace(known, confidence=known.confidence - 0.02 * start)
                elif known.confidence >= CERTAIN - 0.02:
                    strange.append(replace(known, confidence=_UNDER_STRANGE_HEAD, why="head"))
        yield from strange

    def _fits_above(self, head: Words, meaning: Meaning) -> bool:
        allowed = GENERAL | COUNTING | FILLING | meaning.above | meaning.beside
        if meaning.group == "kriteria":
            allowed |= self._words_of_criterion.get(meaning.field[-2:], frozenset()) | _aspect_numbers(meaning)
        said = {self._spelt(token) for token in head.tokens}
        return said <= allowed and not head.code

    def _of_households(self, head: Words, own: Words) -> bool:
        """ "L+P" under "Kepala Keluarga": those are no inhabitants."""
        said = {self._spelt(token) for token in head.tokens}
        return "kk" in said and not said & {"penduduk", "jiwa"} and set(own.tokens) - COUNTING - FILLING <= _SEXES

    def _spelt(self, token: str) -> str:
        known = self._spelling.word(token)
        return known[0] if known else token

    def _readings(self, own: Words, head: Words, jenis: str | None) -> Iterator[tuple[Candidate, Meaning]]:
        tokens, corrected = self._corrected(own.tokens)
        doubt = _MISSPELT if corrected else 0.0
        for unit, rest in _with_units(own.unit or head.unit, tokens, bool(own.unit), bool(own.code)):
            words = frozenset(rest)
            if own.code or own.pair or words & (_VOLUME | _SCORE) or unit == PERSEN:
                for assessed, meaning in self._criteria_readings(own, words, unit, jenis):
                    yield _less(assessed, doubt), meaning
            if own.code or own.pair:
                continue
            counted = bool(COUNTING & (words | set(head.tokens)))
            for phrase in self._phrases_in(words):
                candidate = self._reading(phrase, words, unit, counted, head, jenis)
                if candidate and (corrected <= phrase.words | COUNTING):
                    yield _less(candidate, doubt), phrase.meaning
        if not own.code and not own.pair:
            yield from self._compact_readings(tokens, own.unit, jenis)

    def _corrected(self, tokens: Sequence[str]) -> tuple[list[str], frozenset[str]]:
        """The tokens spelt as we know them, and the misspelt words: one at most beside one of counting, and not said
        twice."""
        found, wrong = [], []
        for token in tokens:
            known = self._spelling.word(token)
            found.append(known[0] if known else token)
            if known and known[1]:
                wrong.append(known[0])
        content = [token for token in found if token not in COUNTING | FILLING]
        alone = len(content) == 1 and not clear_alone(content[0])
        meant = [word for word in wrong if word not in COUNTING]
        if len(meant) > 1 or len(wrong) > len(meant) + 1 or (meant and alone) or any(found.count(w) > 1 for w in wrong):
            return list(tokens), frozenset()
        if not wrong:
            return found, frozenset()
        whole = joined(found)
        return whole, frozenset(word for word in wrong if word in whole) | (set(whole) - set(found))

    def _phrases_in(self, words: frozenset[str]) -> Iterator[Phrase]:
        for word in words:
            for phrase in self._by_word.get(word, ()):
                if phrase.words <= words:
                    yield phrase

    def _reading(
        self, phrase: Phrase, words: frozenset[str], unit: Unit | None, counted: bool, head: Words, jenis: str | None
    ) -> Candidate | None:
        meaning = phrase.meaning
        beyond = words - phrase.words - meaning.beside - FILLING
        if meaning.group == "tempat":
            return self._place(phrase, beyond, unit, head)
        if meaning.group == "hasil":
            return Candidate(meaning.field, phrase.confidence) if not beyond and unit in (None, PERSEN) else None
        if beyond - COUNTING:
            return None
        confidence, why = phrase.confidence, "words" if phrase.confidence < CERTAIN else ""
        if meaning.group == "kriteria":
            confidence -= 0.05
            if meaning.assessed and jenis != "penilaian":
                confidence = min(confidence, TAKEN if jenis is None else DOUBTFUL)
        if meaning.counted and len(phrase.words) == 1 and not counted and not set(head.tokens) & meaning.above:
            confidence, why = 0.55 if head.tokens else DOUBTFUL, "values"
        if words & meaning.beside - phrase.words:
            confidence -= 0.02
        return _in_unit(meaning, confidence, why, unit, phrase.with_unit)

    def _place(self, phrase: Phrase, beyond: frozenset[str], unit: Unit | None, head: Words) -> Candidate | None:
        """A place column counts nothing and has no unit."""
        if beyond or (unit and unit.kind not in {"rt", "rw"}) or (COUNTING & set(head.tokens)):
            return None
        why = "words" if phrase.confidence < CERTAIN else ""
        if phrase.meaning.field in {"rt", "rw"} and len(phrase.words) == 1:
            return Candidate(phrase.meaning.field, 0.65 if head.tokens else phrase.confidence, why="values")
        return Candidate(phrase.meaning.field, phrase.confidence, why=why)

    def _compact_readings(
        self, tokens: Sequence[str], unit: Unit | None, jenis: str | None
    ) -> Iterator[tuple[Candidate, Meaning]]:
        """Headers written as one word: "JUMLAHPENDUDUK", "luaskumuhha"."""
        glued = "".join(word for word in tokens if word != "/")
        if not any(len(token) > 6 and token not in self._spelling.lexicon for token in tokens):
            return
        for counted in (False, True):
            rest = glued
            for word in ("jumlah", "jml", "total") if counted else ():
                rest = rest.removeprefix(word)
            if counted and rest == glued:
                continue
            for tail in ("", "ha", "km2", "m2", "jiwa", "kk", "unit", "m"):
                if not rest.endswith(tail):
                    continue
                in_unit = (read_unit([tail]) if tail else None) or unit
                for phrase in self._compact.get(rest.removesuffix(tail) if tail else rest, ()):
                    words = phrase.words | ({"jumlah"} if counted else set())
                    found = self._reading(phrase, frozenset(words), in_unit, counted, Words(), jenis)
                    if found and not (counted and phrase.meaning.group == "tempat"):
                        yield _less(found, 0.05), phrase.meaning

    # --- criteria ------------------------------------------------------------------------------------------

    def _criteria_readings(
        self, own: Words, words: frozenset[str], unit: Unit | None, jenis: str | None
    ) -> Iterator[tuple[Candidate, Meaning]]:
        """Volume, percent or score of a criterion, by its code or its words."""
        letter = bool(own.code)
        score = bool(words & (_SCORE if letter else {"nilai"}))
        share = unit == PERSEN or (letter and "p" in words)
        rest = words - _VOLUME - ({"n", "p", "nilai"} if score or share else frozenset()) - COUNTING - FILLING
        if letter and rest & _TOLD:
            return
        for kode, confidence, why in self._criteria_named(own.code, rest, jenis):
            meaning = self._meaning_of(kode)
            if score or share:
                if not (score and unit == PERSEN) and confidence >= TAKEN:
                    field = f"{'n' if score else 'p'}:{kode}"
                    yield Candidate(field, confidence, unit.name if unit and share else "", why=why), meaning
                continue
            if own.pair:
                confidence, why = min(confidence, _PAIR[own.pair]), "pair"
            candidate = _in_unit(meaning, confidence, why, unit, False)
            if candidate:
                yield candidate, meaning

    def _criteria_named(self, code: str, words: frozenset[str], jenis: str | None) -> Iterator[tuple[str, float, str]]:
        """Criteria that the words name, with confidence; a code and words that disagree are both proposed."""
        named: dict[str, float] = {}
        for phrase in self._phrases_in(words):
            if phrase.meaning.group == "kriteria" and not words - phrase.words - phrase.meaning.beside:
                field = phrase.meaning.field
                named[field] = max(named.get(field, 0.0), phrase.confidence - 0.05)
        if not code:
            yield from ((kode, confidence, "") for kode, confidence in named.items())
        elif not words:
            yield code, 0.93, ""
        elif code in named:
            yield code, 0.97, ""
        elif any(confidence >= TAKEN for confidence in named.values()):
            for kode in (code, *named):
                yield kode, DOUBTFUL, "code"
        else:
            own = self._words_of_criterion[code] | self._aspects[code[0]]
            clear = words <= own and not words & {"tidak", "belum", "tanpa"}
            yield (code, 0.85, "") if clear else (code, DOUBTFUL, "words")

    def _meaning_of(self, kode: str) -> Meaning:
        return next(phrase.meaning for phrase in self._phrases if phrase.meaning.field == kode)


def match_header(header: str) -> tuple[str | None, float]:
    """The place column or the number of an assessment that a header surely names, with confidence; or (None, 0)."""
    found = _shipped().candidates([header], "penilaian")
    if found and found[0].confidence >= TAKEN and (found[0].field in FIELDS or found[0].field in _PLACES):
        return found[0].field, found[0].confidence
    return None, 0.0


@cache
def _shipped() -> Vocabulary:
    return Vocabulary()


def is_result(parts: Sequence[str]) -> bool:
    """Whether a header names what is always counted again: percentages, scores, averages, classes."""
    words = together([words_of(part) for part in parts])
    results = {"nilai", "rata", "bobot", "tingkat", "kontribusi"}
    of_aspect = len(words.tokens) == 2 and words.tokens[0] in catalogue().aspects and words.tokens[1] == "r"
    return words.unit == PERSEN or bool(results & set(words.tokens)) or of_aspect


def _aspect_numbers(meaning: Meaning) -> frozenset[str]:
    return frozenset({meaning.field[-2:][0]})


def _with_units(
    unit: Unit | None, tokens: Sequence[str], bracketed: bool, coded: bool
) -> Iterator[tuple[Unit | None, list[str]]]:
    """The tokens with the unit they are given in; a word such as "jiwa" at the end may be one or not."""
    strict = [token for token in tokens if token in _STRICT]
    if strict and not bracketed:
        unit, bracketed = read_unit(strict) or unit, True
        tokens = [token for token in tokens if token not in _STRICT]
    yield unit, list(tokens)
    if bracketed:
        if len(tokens) > 1 and tokens[-1] in LOOSE and unit and read_unit(tokens[-1:]) == unit:
            yield unit, list(tokens[:-1])
        return
    for n in (3, 2, 1):
        tail = tokens[-n:]
        if len(tokens) > n - coded and all(token in LOOSE for token in tail) and (loose := read_unit(tail)):
            yield loose, list(tokens[:-n])
            return


def _in_unit(meaning: Meaning, confidence: float, why: str, unit: Unit | None, needed: bool) -> Candidate | None:
    """The reading in its unit: another kind of unit is only proposed, a share of a count is nothing of the kind."""
    if unit is None:
        if needed:
            return Candidate(meaning.field, min(confidence, meaning.bare), why="unit")
        if meaning.bare != DOUBTFUL:
            return Candidate(meaning.field, min(confidence, meaning.bare), why="unit")
        return Candidate(meaning.field, confidence, why=why)
    scale = factor(unit, meaning.satuan)
    if scale is not None:
        return Candidate(meaning.field, confidence - (0.02 if scale != 1 else 0), unit.name, scale, why=why)
    if unit == PERSEN or needed or (meaning.satuan and meaning.satuan.kind in {"persen", "kepadatan"}):
        return None
    return Candidate(meaning.field, min(confidence, _OTHER_UNIT), unit.name, why="unit")


def _less(candidate: Candidate, doubt: float) -> Candidate:
    if not doubt:
        return candidate
    return replace(candidate, confidence=candidate.confidence - doubt, why=candidate.why or "typo")


def _by_kind_of_table(found: Sequence[Candidate], jenis: str | None, twins: Mapping[str, str]) -> Iterator[Candidate]:
    """ "Jumlah penduduk" is a denominator where criteria are assessed, and an indicator elsewhere."""
    names = {candidate.field for candidate in found if candidate.confidence >= PROPOSED}
    losers: set[str] = set()
    if jenis == "penilaian":
        losers = {indicator for own, indicator in twins.items() if own in names}
        # "Jalan rusak (m)" beside the criteria: 2b, or a figure of another office?
        if any(candidate.field in KRITERIA and candidate.why != "unit" for candidate in found):
            losers |= {name for name in names if name.startswith("i:")}
    elif jenis == "indikator":
        losers = {own for own, indicator in twins.items() if indicator in names} | {"luas", "bgn", "jiwa", "kk"}
    for candidate in found:
        if candidate.field in losers:
            yield replace(candidate, confidence=min(0.9 * candidate.confidence, 0.45), why=candidate.why or "words")
        else:
            yield candidate


def _sorted(found: Iterator[Candidate]) -> list[Candidate]:
    """The best reading of each field; a number before an indicator that is as good."""
    best: dict[str, Candidate] = {}
    for candidate in found:
        if candidate.confidence >= PROPOSED:
            known = best.get(candidate.field)
            if known is None or _rank(candidate) > _rank(known):
                kept = candidate if known is None else _with_details(candidate, known)
                best[candidate.field] = kept
            else:
                best[candidate.field] = _with_details(known, candidate)
    if any(candidate.confidence >= 0.9 for candidate in best.values()):
        best = {name: candidate for name, candidate in best.items() if candidate.why != "unit" or candidate.unit}
    ordered = sorted(best.values(), key=lambda candidate: (-candidate.confidence, candidate.field.startswith("i:")))
    return [replace(candidate, confidence=round(candidate.confidence, 3)) for candidate in ordered[:_SHOWN]]


def _rank(candidate: Candidate) -> tuple[float, bool]:
    """As surely read, the reading that knows a unit is better."""
    return candidate.confidence, bool(candidate.unit)


def _with_details(better: Candidate, other: Candidate) -> Candidate:
    """An exact template header takes unit, year and condition from the reading of its words."""
    if better.confidence < 1.0:
        return better
    return replace(better, unit=other.unit, year=other.year, kondisi=other.kondisi)
