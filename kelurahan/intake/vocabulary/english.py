"""Headers in two languages: "Rumah Sakit / Hospital". An English half that only translates the other is dropped."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path

_MAX_WORDS = 5  # of one English term
_BRACKET = re.compile(r"[(\[{][^()\[\]{}]*(?:[)\]}]|$)")
_WORD = re.compile(r"[^\W_]+|%")
_BETWEEN = re.compile(r"^[\s/|,;:–-]+|[\s/|,;:–-]+$")

Meanings = frozenset[frozenset[str]]
"""Ways to say one English term in Indonesian, each a set of words; of "by" there is one, without words."""
Reader = Callable[[str], Sequence[str]]
"""Indonesian text → its words as the vocabulary knows them."""


@cache
def _terms(read: Reader) -> dict[tuple[str, ...], Meanings]:
    listed = tomllib.loads((Path(__file__).resolve().parent / "english.toml").read_text(encoding="utf-8"))["kata"]
    found: dict[tuple[str, ...], Meanings] = {}
    for indonesian, english in listed.items():
        meanings = frozenset(frozenset(read(way)) for way in indonesian.split(","))
        for term in english.split(","):
            key = tuple(term.split())
            found[key] = found.get(key, frozenset()) | meanings
    return found


def without_english(text: str, read: Reader) -> str:
    """The text without an English half at its end or its beginning. What stands in brackets stays."""
    spots = _words_outside_brackets(text)
    words = [word for _, _, word in spots]
    for n in range(1, len(words)):
        if _translates(words[n:], text[: spots[n][0]], read):
            return _without(text, spots[n][0], len(text))
    for n in range(len(words) - 1, 0, -1):
        if _translates(words[:n], text[spots[n][0] :], read):
            return _without(text, 0, spots[n][0])
    return text


def translates(english: str, indonesian: str, read: Reader) -> bool:
    """Whether a whole text is only the translation of another one."""
    words = [word.casefold() for word in _WORD.findall(english)]
    return _translates(words, indonesian, read)


def _words_outside_brackets(text: str) -> list[tuple[int, int, str]]:
    """First and last character of each word, and the word."""
    masked = _BRACKET.sub(lambda group: " " * len(group[0]), text)
    return [(found.start(), found.end(), found[0].casefold()) for found in _WORD.finditer(masked)]


def _translates(words: Sequence[str], indonesian: str, read: Reader) -> bool:
    """Whether these are all English and say nothing that the Indonesian text does not say."""
    terms = _terms_of(words, _terms(read))
    if not any(frozenset() not in meanings for meanings in terms):
        return False
    said = frozenset(read(indonesian))
    return all(any(way <= said for way in meanings) for meanings in terms) and not said.issuperset(words)


def _terms_of(words: Sequence[str], terms: Mapping[tuple[str, ...], Meanings]) -> list[Meanings]:
    """What each English term means, the longest taken first; nothing when a word belongs to none."""
    found: list[Meanings] = []
    at = 0
    while at < len(words):
        size, meanings = _term_at(words, at, terms)
        if not meanings:
            return []
        found.append(meanings)
        at += size
    return found


def _term_at(words: Sequence[str], at: int, terms: Mapping[tuple[str, ...], Meanings]) -> tuple[int, Meanings]:
    """The longest term that begins here: how many words it has and what it means."""
    for size in range(min(_MAX_WORDS, len(words) - at), 0, -1):
        term = tuple(words[at : at + size])
        known = terms.get(term) or terms.get(tuple(map(_singular, term)))
        if known:
            return size, known
    return 1, frozenset()


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _without(text: str, first: int, last: int) -> str:
    """The text with nothing but brackets between these characters."""
    kept = " ".join(_BRACKET.findall(text[first:last]))
    return " ".join(filter(None, (_BETWEEN.sub("", text[:first] + text[last:]), kept)))
