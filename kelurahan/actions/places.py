"""The tree of places: loading a city, and making the RT and kawasan that uploads name."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from kelurahan.actions.events import bump_version, record_event
from kelurahan.intake.city_file import PlaceRow
from kelurahan.models import Area, Level, OfficialArea, User

SEPARATOR = "|"


class AnotherCity(Exception):
    """The database already holds a city; a second one needs a database of its own."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading does to each place, by code."""

    new: list[str]
    changed: list[str]
    same: list[str]
    missing: list[str]  # in the database, not in the file: left as they are


def child_path(parent: Area | None, kode: str) -> str:
    return f"{parent.path if parent else ''}{kode}{SEPARATOR}"


def _save(kode: str, parent: Area | None, level: Level, **wanted: Any) -> tuple[Area, str]:
    """Make or correct one place; says "new", "changed" or "same"."""
    fields = {"level": level, "parent": parent, "path": child_path(parent, kode), **wanted}
    area = Area.objects.filter(kode=kode).first()
    if area is None:
        return Area.objects.create(kode=kode, **fields), "new"
    differing = {name: value for name, value in fields.items() if getattr(area, name) != value}
    for name, value in differing.items():
        setattr(area, name, value)
    if differing:
        area.save(update_fields=list(differing))
    return area, "changed" if differing else "same"


def _save_areas(area: Area, areas: dict[str, Decimal], names: dict[str, str]) -> bool:
    changed = False
    for source, km2 in areas.items():
        label = names.get(source, source.upper())
        row, made = OfficialArea.objects.get_or_create(area=area, sumber=label, tahun=None, defaults={"km2": km2})
        if not made and row.km2 != km2:
            row.km2 = km2
            row.save(update_fields=["km2"])
        changed |= made or row.km2 != km2
    return changed


def _refuse_another_city(kode: str) -> None:
    other = Area.objects.filter(level=Level.KOTA).exclude(kode=kode).first()
    if other is not None:
        raise AnotherCity(f"{other.nama} ({other.kode})")


@transaction.atomic
def load(*, places: Sequence[PlaceRow], name: str, sources: dict[str, str], by: User | None) -> Loaded:
    """Make the city, its kecamatan and kelurahan as the file says; nothing is ever removed.

    `name` is the city's name, `sources` the printed name of each area column's source.
    Raises AnotherCity when the database holds a different one.
    """
    kode = places[0].kode_kecamatan[:5]
    _refuse_another_city(kode)
    outcome: dict[str, list[str]] = {"new": [], "changed": [], "same": []}
    kota, what = _save(kode, None, Level.KOTA, nama=name)
    outcome[what].append(kode)
    kecamatan: dict[str, Area] = {}
    for place in places:
        if place.kode_kecamatan not in kecamatan:
            area, what = _save(place.kode_kecamatan, kota, Level.KECAMATAN, nama=place.kecamatan)
            kecamatan[area.kode] = area
            outcome[what].append(area.kode)
    for place in places:
        outcome[_load_one(place, kecamatan[place.kode_kecamatan], sources)].append(place.kode)
    known = {place.kode for place in places}
    missing = list(Area.objects.kelurahan().exclude(kode__in=known).values_list("kode", flat=True))
    loaded = Loaded(outcome["new"], outcome["changed"], outcome["same"], missing)
    if loaded.new or loaded.changed:
        record_event(by=by, jenis="tempat_dimuat", objek=kode, new=loaded.new, changed=loaded.changed)
        bump_version()
    return loaded


def _load_one(place: PlaceRow, parent: Area, sources: dict[str, str]) -> str:
    stored = Area.objects.filter(kode=place.kode).first()
    # Aliases that people added here stay; the file only adds to them.
    alias = [*(stored.alias if stored else []), *(a for a in place.alias if not stored or a not in stored.alias)]
    area, what = _save(
        place.kode,
        parent,
        Level.KELURAHAN,
        nama=place.nama,
        kode_bps=place.kode_bps,
        alias=alias,
        lat=place.lat,
        lon=place.lon,
    )
    changed = _save_areas(area, place.luas, sources)
    return "changed" if what == "same" and changed else what


@dataclass(frozen=True, slots=True)
class NewPlace:
    """A kawasan or RT that a file names and the city does not have yet."""

    kode: str
    nama: str
    level: Level
    kelurahan: str  # code
    kawasan: str = ""  # code of the kawasan an RT lies in


def make_places(*, places: Collection[NewPlace], example: bool = False) -> int:
    """Make the kawasan and RT that are not there yet. Returns how many are new. Call inside a transaction."""
    parents = {a.kode: a for a in Area.objects.filter(kode__in={p.kelurahan for p in places})}
    made = 0
    for level in (Level.KAWASAN, Level.RT):
        wanted = [p for p in places if p.level == level]
        made += _insert(wanted, parents, _ids({p.kawasan for p in wanted if p.kawasan}), example) if wanted else 0
    return made


_INSERT = """
INSERT INTO kelurahan_area (kode, nama, level, parent_id, kawasan_id, path, alias, contoh)
SELECT t.kode, t.nama, t.level, t.parent_id, NULLIF(t.kawasan_id, -1), t.path, '{}', %s
FROM unnest(%s::text[], %s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::text[])
    AS t (kode, nama, level, parent_id, kawasan_id, path)
ON CONFLICT DO NOTHING
"""


def _insert(places: Sequence[NewPlace], parents: dict[str, Area], kawasan: dict[str, int], example: bool) -> int:
    """One statement: a file may bring tens of thousands of RT at once."""
    columns = zip(
        *(
            (
                place.kode,
                place.nama,
                place.level.value,
                parents[place.kelurahan].pk,
                kawasan.get(place.kawasan, -1),
                child_path(parents[place.kelurahan], place.kode),
            )
            for place in places
        ),
        strict=True,
    )
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [example, *(list(column) for column in columns)])
        return int(cursor.rowcount)


def _ids(kodes: Collection[str]) -> dict[str, int]:
    return dict(Area.objects.filter(kode__in=kodes).values_list("kode", "pk")) if kodes else {}


def area_ids(kodes: Collection[str]) -> dict[str, int]:
    """Ids of the places with these codes; codes without a place are left out."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT kode, id FROM kelurahan_area WHERE kode = ANY(%s)", [list(kodes)])
        return dict(cursor.fetchall())
