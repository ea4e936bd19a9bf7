"""Slum hectares that no slum area counts: RT that are kumuh in a kelurahan that as a whole is not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Protocol

from django.utils.translation import gettext as _

from kelurahan.models import Level, Summary
from kelurahan.rules.numbers import format_number
from kelurahan.rules.summary import RENTANG

KUMUH = slice(1, RENTANG)  # buckets ringan, sedang, berat


class Scored(Protocol):
    """The score of a kelurahan: a Summary, or the Score of a city's page."""

    @property
    def tingkat_min(self) -> int: ...
    @property
    def ha_kelas(self) -> Sequence[Decimal]: ...


def note(kelurahan: Iterable[Scored]) -> str:
    """The sentence that belongs to a slum area summed over these kelurahan; "" where nothing is left out."""
    rest = [one.ha_kelas for one in kelurahan if one.tingkat_min == 0]
    ha = sum((sum(hectares[KUMUH], Decimal(0)) for hectares in rest), Decimal(0))
    if not ha:
        return ""
    if any(hectares[RENTANG] for hectares in rest):  # some of these may be kumuh too
        text = _("RT kumuh di kelurahan yang tidak kumuh (sedikitnya %(ha)s ha) tidak ikut dihitung.")
    else:
        text = _("RT kumuh di kelurahan yang tidak kumuh (%(ha)s ha) tidak ikut dihitung.")
    return text % {"ha": format_number(ha, 2)}


def note_below(path: str, tahun: int, aturan: str) -> str:
    """The same for a kota or kecamatan by its `Area.path`, in a year, under a rule set. One query."""
    rows = Summary.objects.filter(
        area__level=Level.KELURAHAN, area__path__startswith=path, tahun=tahun, aturan=aturan, tingkat_min=0
    )
    return note(rows.only("tingkat_min", "ha_kelas"))
