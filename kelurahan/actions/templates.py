"""The template: one row per place that the sender may edit, filled with what is stored."""

from __future__ import annotations

import io
from collections.abc import Collection, Sequence

import numpy as np
from django.db.models import QuerySet

from kelurahan.intake.template import TemplateRow, write_template
from kelurahan.models import Area, Level
from kelurahan.models.records import Records, read_records
from kelurahan.rules.numbers import from_micro
from kelurahan.rules.regulation import FIELDS, RULE_SETS, State


def template_rows(*, areas: QuerySet[Area], year: int, rule_set: str) -> list[TemplateRow]:
    """The rows for these places: every RT; a kelurahan or kawasan by itself where it has a figure of its own, and a
    kelurahan that has no RT yet."""
    places = list(areas.filter(level__in=[Level.KELURAHAN, Level.KAWASAN, Level.RT]).order_by("path"))
    names = dict(Area.objects.exclude(level=Level.RT).values_list("pk", "nama"))
    parents = {a.pk: a for a in Area.objects.kelurahan()}
    stored = read_records(area_ids=[a.pk for a in places], years=[year], rule_set=rule_set)
    at = {int(pk): i for i, pk in enumerate(stored.area_id)}
    with_rt = {a.parent_id for a in places if a.level == Level.RT}
    return [
        _row(area, parents, names, stored, at.get(area.pk))
        for area in places
        if area.level == Level.RT or area.pk in at or (area.level == Level.KELURAHAN and area.pk not in with_rt)
    ]


def _row(area: Area, parents: dict[int, Area], names: dict[int, str], stored: Records, i: int | None) -> TemplateRow:
    kelurahan = area if area.level == Level.KELURAHAN else parents[area.parent_id or 0]
    kawasan = area.nama if area.level == Level.KAWASAN else names.get(area.kawasan_id or 0, "")
    states = [State.EMPTY] * len(FIELDS) if i is None else [State(int(s)) for s in stored.states[i]]
    values = np.zeros(len(FIELDS), dtype=np.int64) if i is None else stored.values[i]
    return TemplateRow(
        kode=kelurahan.kode,
        kelurahan=kelurahan.nama,
        kecamatan=names.get(kelurahan.parent_id or 0, ""),
        kawasan=kawasan,
        rt=area.nama if area.level == Level.RT else "",
        values=[from_micro(int(v)) if s == State.FILLED else None for v, s in zip(values, states, strict=True)],
        states=states,
    )


def places_within(kode: Collection[str]) -> QuerySet[Area]:
    """The places with these codes and everything below them. Raises KeyError with the codes that do not exist."""
    roots = list(Area.objects.filter(kode__in=kode))
    if missing := set(kode) - {a.kode for a in roots}:
        raise KeyError(", ".join(sorted(missing)))
    chosen = Area.objects.none()
    for root in roots:
        chosen = chosen | Area.objects.within(root)
    return chosen


def build_template(*, areas: QuerySet[Area], year: int, rule_set: str) -> bytes:
    """The template for these places as an .xlsx file."""
    rows: Sequence[TemplateRow] = template_rows(areas=areas, year=year, rule_set=rule_set)
    city = Area.objects.filter(level=Level.KOTA).values_list("nama", flat=True).first() or ""
    out = io.BytesIO()
    write_template(out, rows, year, RULE_SETS[rule_set], city)
    return out.getvalue()
