"""How numbers, classes and icons look, in one place: `{% load tampilan %}`."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kelurahan.rules.numbers import format_number

register = template.Library()

NBSP = "\u00a0"
TINGKAT_CLASSES = ("tidak", "ringan", "sedang", "berat")


@register.filter
def angka(value: Decimal | float | None, decimals: int | None = None) -> str:
    """`1250.5|angka:2` → "1.250,50"; nothing → "–"."""
    return "–" if value is None or value == "" else format_number(value, decimals)


@register.filter
def satuan(value: str, unit: str) -> str:
    """A figure and its unit, held together by a no-break space: `x|angka:2|satuan:"ha"`."""
    return f"{value}{NBSP}{unit}"


@register.filter
def menit(duration: timedelta) -> int:
    """Whole minutes of a duration."""
    return int(duration.total_seconds() // 60)


@register.simple_tag
def rentang(lowest: Decimal | float | None, highest: Decimal | float | None, decimals: int | None = None) -> str:
    """ "44–49", or one figure where both ends agree."""
    if lowest is None or highest is None or lowest == highest:
        return angka(lowest if highest is None else highest, decimals)
    return f"{angka(lowest, decimals)}–{angka(highest, decimals)}"


def tingkat_name(lowest: int | None, highest: int | None) -> str:
    """The class in words with a capital: "Ringan", "Tidak kumuh–ringan", "Belum dinilai"."""
    words = (_("tidak kumuh"), _("ringan"), _("sedang"), _("berat"))
    if lowest is None or highest is None:
        return _("Belum dinilai")
    name = words[lowest] if lowest == highest else f"{words[lowest]}–{words[highest]}"
    return name[:1].upper() + name[1:]


def tingkat_class(lowest: int | None, highest: int | None) -> str:
    """The CSS name of a class or of a range of classes: "sedang", "r12", "belum"."""
    if lowest is None or highest is None:
        return "belum"
    return TINGKAT_CLASSES[lowest] if lowest == highest else f"r{lowest}{highest}"


@register.simple_tag
def tingkat(lowest: int | None, highest: int | None = -1) -> SafeString:
    """Swatch and word, never one alone. One argument: the class; two: the lowest and highest possible class."""
    highest = lowest if highest == -1 else highest
    return format_html(
        '<span class="tingkat"><span class="swatch {}"></span>{}</span>',
        tingkat_class(lowest, highest),
        tingkat_name(lowest, highest),
    )


@register.simple_tag
def swatch(name: str) -> SafeString:
    """Only the square, for places where the word stands beside it: `{% swatch "sedang" %}`."""
    return format_html('<span class="swatch {}"></span>', name)


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon of the sprite, silent for screen readers: the word beside it speaks."""
    return format_html('<svg class="icon" aria-hidden="true"><use href="#i-{}"/></svg>', name)


@register.simple_tag
def module(name: str) -> SafeString:
    """A page's own script: `{% module "peta" %}` loads static/js/peta.js as an ES module."""
    return format_html('<script type="module" src="{}"></script>', static(f"js/{name}.js"))
