"""The official sizes of places: what was measured from some polygon stands beside them only to compare."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Max, QuerySet

from kelurahan.models import Area, Level, OfficialArea
from kelurahan.rules.numbers import to_micro

_MEASURED = "poligon"


def official_areas(**places: object) -> QuerySet[OfficialArea]:
    return OfficialArea.objects.filter(**places).exclude(sumber__icontains=_MEASURED)


def hectares(codes: Collection[str]) -> dict[str, int]:
    """The size of each of these places in millionths of a hectare; where sources differ, the largest."""
    largest = official_areas(area__kode__in=codes).order_by().values_list("area__kode").annotate(Max("km2"))
    return {kode: to_micro(km2 * 100) for kode, km2 in largest}


def around(area: Area) -> int:
    """What an RT or kawasan may not exceed: its kelurahan, as in `hectares`; 0 where nothing bounds it. One query."""
    if area.parent is None or area.level not in (Level.RT, Level.KAWASAN):
        return 0
    return hectares([area.parent.kode]).get(area.parent.kode, 0)
