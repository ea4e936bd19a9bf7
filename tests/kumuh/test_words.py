"""Catalogues: compiled without system tools, and complete."""

import gettext
from pathlib import Path

import pytest

from kumuh import words

PO = """
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\nPlural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "Peta"
msgstr "Map"
"""
CODE = """
from django.utils.translation import gettext as _, ngettext
from kelurahan.rules.findings import N_
_("Peta")
N_("%(kolom)s kosong")
ngettext("%(n)d baris", "%(n)d baris", n)
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "locale" / "en" / "LC_MESSAGES").mkdir(parents=True)
    (tmp_path / "locale" / "en" / "LC_MESSAGES" / "django.po").write_text(PO)
    (tmp_path / "kelurahan").mkdir()
    (tmp_path / "kelurahan" / "a.py").write_text(CODE)
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "a.html").write_text(
        "{% load i18n %}{% translate 'Unggah' %}"
        "{% blocktranslate with x=y trimmed %}Halo\n  {{ x }}{% endblocktranslate %}"
    )
    return tmp_path


def test_compiles_what_changed_and_only_that(root: Path):
    written = words.compile_changed(root)
    assert [path.name for path in written] == ["django.mo"]
    with written[0].open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("Peta") == "Map"
    assert words.compile_changed(root) == []


def test_finds_marked_texts_in_code_and_templates(root: Path):
    found = {message.id: [name for name, _ in message.locations] for message in words.marked(root) if message.id}
    assert found == {
        "Peta": ["kelurahan/a.py"],
        "%(kolom)s kosong": ["kelurahan/a.py"],
        ("%(n)d baris", "%(n)d baris"): ["kelurahan/a.py"],
        "Unggah": ["templates/a.html"],
        "Halo %(x)s": ["templates/a.html"],
    }


def test_says_what_is_missing(root: Path):
    catalogue = words.read(words.catalogues(root)[0])
    catalogue.add("%(kolom)s kosong", "%(column)s is empty")
    catalogue.add("Unggah", "Upload", flags=["fuzzy"])
    catalogue.add("Lama", "Old")
    gaps = words.gaps(catalogue, words.marked(root))
    assert sorted(gap.split(": ", 1)[1] for gap in gaps) == [
        "no translation of 'Halo %(x)s'",
        "no translation of ('%(n)d baris', '%(n)d baris')",
        "nothing says 'Lama' any more",
        "other placeholders in the translation of '%(kolom)s kosong'",
        "translation of 'Unggah' is marked fuzzy",
    ]
