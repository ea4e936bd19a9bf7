"""Cells of an upload, before and after: `{% load sel %}`."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import template
from django.utils.translation import gettext as _

from kelurahan.reports.changes import state_word
from kelurahan.rules.numbers import format_number
from kelurahan.rules.regulation import KRITERIA, State

register = template.Library()


@register.simple_tag
def cell_value(value: Decimal | None, state: int) -> str:
    """The number, or the word for its absence: "kosong", "tidak berlaku"."""
    return state_word(State(state)) if value is None else format_number(value)


@register.simple_tag
def cell_label(cell: Any) -> str:
    """ "4b Ketidaktersediaan drainase", "Jumlah KK"; of an indicator its name."""
    return f"{cell.field} {_(cell.label)}" if cell.field in KRITERIA else str(_(cell.label))
