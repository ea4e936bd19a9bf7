"""The catalogues: nothing missing, and every translation fills in what its original fills in."""

from collections.abc import Iterator, Sequence

import pytest
from babel.messages import Message

from kumuh import words

CATALOGUES = {path.parent.parent.name: words.read(path) for path in words.catalogues()}

languages = pytest.mark.parametrize("language", CATALOGUES)


def forms(text: str | Sequence[str]) -> list[str]:
    return [text] if isinstance(text, str) else list(text)


def pairs(language: str) -> Iterator[tuple[str, str]]:
    """Original and translation, form by form."""
    for message in CATALOGUES[language]:
        if message.id:
            yield from zip(forms(message.id), forms(message.string), strict=True)


def outer_space(text: str) -> tuple[str, str]:
    return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]


def test_there_is_an_english_catalogue():
    assert "en" in CATALOGUES


@languages
def test_every_text_has_its_translation(language: str):
    assert words.gaps(CATALOGUES[language], words.marked()) == []


@languages
def test_both_plural_forms_are_filled(language: str):
    plural: list[Message] = [message for message in CATALOGUES[language] if message.pluralizable]
    assert plural
    assert [m.id for m in plural if len(forms(m.string)) != CATALOGUES[language].num_plurals] == []
    assert [m.id for m in plural if not all(text.strip() for text in forms(m.string))] == []


@languages
def test_every_form_keeps_its_placeholders(language: str):
    assert [p for p in pairs(language) if words._placeholders(p[0]) != words._placeholders(p[1])] == []


@languages
def test_every_form_keeps_the_space_around_it(language: str):
    """Some texts continue a sentence and begin with a space."""
    assert [p for p in pairs(language) if outer_space(p[0]) != outer_space(p[1])] == []


@languages
def test_every_form_can_be_filled_in(language: str):
    """A percent sign out of place would stop a page."""
    for original, text in pairs(language):
        named = [place for place in words._placeholders(original) if place.startswith("%(")]
        if named:
            assert text % {place[2 : place.index(")")]: 1 for place in named}
