"""The words of headers: which field each means, with a confidence, a unit and a year."""

from kelurahan.intake.vocabulary.headers import PLACE_HEADERS, VALUE_HEADERS, unit_of
from kelurahan.intake.vocabulary.matching import PROPOSED, TAKEN, Candidate, Vocabulary, is_result, match_header
from kelurahan.intake.vocabulary.words import plain, words_of

__all__ = [
    "PLACE_HEADERS",
    "PROPOSED",
    "TAKEN",
    "VALUE_HEADERS",
    "Candidate",
    "Vocabulary",
    "is_result",
    "match_header",
    "plain",
    "unit_of",
    "words_of",
]
