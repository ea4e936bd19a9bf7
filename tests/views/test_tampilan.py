"""Numbers and classes on the screen."""

from decimal import Decimal

import pytest
from django.template import Context, Template


def render(text: str, **context: object) -> str:
    return Template("{% load tampilan %}" + text).render(Context(context))


@pytest.mark.parametrize(
    ("text", "value", "shown"),
    [
        ("{{ x|angka }}", Decimal("1250.50"), "1.250,5"),
        ("{{ x|angka:2 }}", Decimal("1250.5"), "1.250,50"),
        ("{{ x|angka }}", -3, "−3"),
        ("{{ x|angka }}", None, "–"),
        ("{{ x|angka:2|satuan:'ha' }}", 1, "1,00\u00a0ha"),
        ("{% rentang x 49 %}", 44, "44–49"),
        ("{% rentang x 44 %}", 44, "44"),
        ("{% rentang x None %}", None, "–"),
    ],
)
def test_numbers_are_indonesian(text: str, value: object, shown: str) -> None:
    assert render(text, x=value) == shown


@pytest.mark.parametrize(
    ("low", "high", "swatch", "word"),
    [
        (0, 0, "tidak", "Tidak kumuh"),
        (2, 2, "sedang", "Sedang"),
        (0, 2, "r02", "Tidak kumuh–sedang"),
        (None, None, "belum", "Belum dinilai"),
    ],
)
def test_a_class_is_a_swatch_and_a_word(low: int | None, high: int | None, swatch: str, word: str) -> None:
    shown = render("{% tingkat low high %}", low=low, high=high)
    assert shown == f'<span class="tingkat"><span class="swatch {swatch}"></span>{word}</span>'


def test_one_argument_is_a_sure_class() -> None:
    assert "Berat" in render("{% tingkat x %}", x=3)


def test_names_cannot_break_out() -> None:
    assert "<b>" not in render("{% icon x %}{% swatch x %}", x='"><b>')
