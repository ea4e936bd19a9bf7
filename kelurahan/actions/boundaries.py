"""Boundaries: indicative cells around the places' points until an admin loads real ones. Drawn once, here."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
from django.conf import settings
from django.db import transaction

from kelurahan.actions import quarantine
from kelurahan.actions.events import bump_version, record_event
from kelurahan.intake.boundaries import BoundaryPlace, BoundaryResult, check_geojson, voronoi_cells
from kelurahan.intake.drawing import draw
from kelurahan.models import Area, Boundary, Level, MapDrawing, User
from kelurahan.rules.findings import N_

INDICATIVE = N_("Batas indikatif: wilayah terdekat dari titik kelurahan")


def places() -> list[BoundaryPlace]:
    return [
        BoundaryPlace(kode=a.kode, kode_bps=a.kode_bps, nama=a.nama, alias=tuple(a.alias), lat=a.lat, lon=a.lon)
        for a in Area.objects.kelurahan()
    ]


def check(*, chunks: Iterable[bytes], filename: str) -> tuple[str, BoundaryResult]:
    """Keep a GeoJSON file in the quarantine and say what it holds. Raises Refused when it is empty or too large."""
    name, _, _ = quarantine.keep(chunks)
    return name, check_kept(name=name, filename=filename)


def check_kept(*, name: str, filename: str) -> BoundaryResult:
    return check_geojson(quarantine.where(name), filename, places())


def kota() -> Area:
    return Area.objects.get(level=Level.KOTA)


@transaction.atomic
def apply(*, cells: Mapping[str, Mapping[str, Any]], source: str, by: User | None, indicative: bool = False) -> int:
    """Put these shapes in place of all stored ones and draw the map anew. Returns how many places have one."""
    areas = {a.kode: a for a in Area.objects.kelurahan().filter(kode__in=cells)}
    Boundary.objects.all().delete()
    Boundary.objects.bulk_create(
        Boundary(area=areas[kode], geometry=geometry, indikatif=indicative, sumber=source)
        for kode, geometry in cells.items()
        if kode in areas
    )
    _draw({kode: dict(cells[kode]) for kode in areas}, source=source, indicative=indicative)
    record_event(by=by, jenis="batas_diganti", objek=source, jumlah=len(areas), indikatif=indicative)
    bump_version()
    return len(areas)


def _draw(cells: dict[str, dict[str, Any]], *, source: str, indicative: bool) -> None:
    stored = MapDrawing.objects.filter(kota=kota()).first()
    areas = Area.objects.kelurahan().filter(kode__in=cells).select_related("parent")
    drawing = draw(
        cells,
        {a.kode: a.parent.kode for a in areas if a.parent},
        {a.kode: a.nama for a in areas},
        **_surroundings(),
    )
    MapDrawing.objects.update_or_create(
        kota=kota(),
        defaults={
            "drawing": drawing,
            "outline": stored.outline if stored else None,
            "indikatif": indicative,
            "sumber": source,
            "sidik": hashlib.sha256(orjson.dumps(drawing, option=orjson.OPT_SORT_KEYS)).hexdigest(),
        },
    )


def _surroundings() -> dict[str, Any]:
    """Sea, lens and words around the city, where the configured city is the one in the database."""
    if settings.CITY["kode"] != kota().kode:
        return {}
    return {name: settings.CITY.get(name) for name in ("laut", "lensa", "tulisan")}


@transaction.atomic
def indicative(*, by: User | None, outline: Sequence[tuple[float, float]] | None = None) -> int:
    """Make and draw the indicative cells, within `outline` (lon, lat) or the one kept from before. Raises Refused."""
    stored = MapDrawing.objects.filter(kota=kota()).first()
    line = outline or (stored.outline if stored else None)
    points = [(p.kode, p.lat, p.lon) for p in places() if p.lat is not None and p.lon is not None]
    cells = voronoi_cells(points, [(lon, lat) for lon, lat in line] if line else None)
    n = apply(cells=cells, source=INDICATIVE, by=by, indicative=True)
    MapDrawing.objects.filter(kota=kota()).update(outline=[list(point) for point in line] if line else None)
    return n


def are_indicative() -> bool:
    """Whether the stored boundaries may be replaced without asking: there are none, or only indicative ones."""
    return not Boundary.objects.filter(indikatif=False).exists()
