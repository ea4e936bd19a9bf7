"""Words nearly as we know them: vowels left out ("Ketdkteraturan"), cut with a dot, or one letter wrong."""

from __future__ import annotations

from collections.abc import Iterable

from kelurahan.intake.vocabulary.words import word_set

_VOWELS = frozenset("aiueo")
_MIN_SHORT, _MIN_DOUBLED, _MIN_TYPO, _MIN_ALONE = 4, 5, 6, 8
_OTHER_WORDS = word_set(
    "pemilik proyeksi pelayaran lembah batita baduta keluar keluaran rencana perkataan anggapan pelanggaran"
    " kuantitas harian tanggal tunggal tahunan bulanan bangun perumahan permukaan kemarin sampan operasi gudang"
    " gadung padang penduduknya lahan tahan bahan lunas panjat usaha kesehatan kepemilikan kepemimpinan pertanian"
    " perikanan terlantar"
)
"""Real words one letter away from ours."""


class Spelling:
    """Looks words up in a lexicon."""

    def __init__(self, lexicon: Iterable[str]) -> None:
        self.lexicon = frozenset(lexicon)
        self._by_start: dict[str, list[str]] = {}
        for word in self.lexicon:
            if len(word) > _MIN_SHORT:
                self._by_start.setdefault(word[0], []).append(word)
        self._found: dict[str, tuple[str, bool] | None] = {}

    def word(self, token: str) -> tuple[str, bool] | None:
        """The known word that `token` means and whether it is misspelt; None when none or several."""
        if token not in self._found:
            self._found[token] = self._look_up(token)
        return self._found[token]

    def _look_up(self, token: str) -> tuple[str, bool] | None:
        if token in self.lexicon:
            return token, False
        if not token.isalpha() or token in _OTHER_WORDS or len(token) < _MIN_SHORT:
            return None
        near = self._by_start.get(token[0], ())
        short = [word for word in near if _without_vowels(token, word)]
        if len(short) == 1:
            return short[0], False
        if len(token) < _MIN_TYPO:
            return None
        wrong = [word for word in near if len(word) >= _MIN_TYPO and one_letter_apart(token, word)]
        wrong = wrong or [word for word in near if len(word) >= _MIN_DOUBLED and _doubled(token, word)]
        return (wrong[0], True) if len(wrong) == 1 else None


def clear_alone(word: str) -> bool:
    """Whether a misspelt word is long enough to be the whole header."""
    return len(word) >= _MIN_ALONE


def _without_vowels(short: str, word: str) -> bool:
    """ "ketdkteraturan" is "ketidakteraturan" without some vowels."""
    if len(short) >= len(word) or [c for c in short if c not in _VOWELS] != [c for c in word if c not in _VOWELS]:
        return False
    letters = iter(word)
    return all(letter in letters for letter in short)


def _doubled(token: str, word: str) -> bool:
    """ "kumuuh" is "kumuh" with a letter struck twice."""
    if len(token) != len(word) + 1:
        return False
    return any(token[i] == token[i + 1] and token[:i] + token[i + 1 :] == word for i in range(len(word)))


def one_letter_apart(a: str, b: str) -> bool:
    """One letter more, less, other, or two neighbours swapped."""
    if a == b or abs(len(a) - len(b)) > 1:
        return False
    start = 0
    while start < min(len(a), len(b)) and a[start] == b[start]:
        start += 1
    rest_a, rest_b = a[start:], b[start:]
    if len(a) == len(b):
        swapped = rest_a[:2] == rest_b[1::-1] and rest_a[2:] == rest_b[2:]
        return rest_a[1:] == rest_b[1:] or swapped
    return rest_a[1:] == rest_b or rest_a == rest_b[1:]
