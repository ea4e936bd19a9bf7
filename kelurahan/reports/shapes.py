"""Boundaries as a small plain picture: enough to see whether the shapes are right before they go on the map."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kelurahan.models import Area, Boundary, Level, MapDrawing

WIDTH = 640.0


@dataclass(frozen=True, slots=True)
class Shape:
    nama: str
    path: str


@dataclass(frozen=True, slots=True)
class Picture:
    width: str
    height: str
    shapes: list[Shape]


@dataclass(frozen=True, slots=True)
class Shown:
    """What the map shows now."""

    indikatif: bool
    sumber: str
    n: int
    n_kelurahan: int
    picture: Picture | None


def shown_now() -> Shown:
    """Three queries."""
    names = dict(Area.objects.filter(level=Level.KELURAHAN).values_list("kode", "nama"))
    stored = dict(Boundary.objects.order_by("area__kode").values_list("area__kode", "geometry"))
    drawing = MapDrawing.objects.values("indikatif", "sumber").first()
    return Shown(
        indikatif=bool(drawing and drawing["indikatif"]),
        sumber=drawing["sumber"] if drawing else "",
        n=len(stored),
        n_kelurahan=len(names),
        picture=picture(stored, names),
    )


def picture(cells: Mapping[str, Mapping[str, Any]], names: Mapping[str, str]) -> Picture | None:
    """`cells`: kode → GeoJSON geometry in degrees, longitude first. None without any."""
    rings = {kode: list(_rings(geometry)) for kode, geometry in cells.items()}
    points = [point for own in rings.values() for ring in own for point in ring]
    if not points:
        return None
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    squeeze = math.cos(math.radians((south + north) / 2))  # a degree of longitude is shorter than one of latitude
    scale = WIDTH / max((east - west) * squeeze, 1e-9)

    def place(point: tuple[float, float]) -> str:
        return f"{(point[0] - west) * squeeze * scale:.1f} {(north - point[1]) * scale:.1f}"

    shapes = [
        Shape(names.get(kode, kode), "".join(f"M{'L'.join(place(p) for p in ring)}Z" for ring in own))
        for kode, own in rings.items()
    ]
    return Picture(f"{WIDTH:.0f}", f"{max((north - south) * scale, 1):.0f}", shapes)


def _rings(geometry: Mapping[str, Any]) -> Iterable[list[tuple[float, float]]]:
    kind, coordinates = geometry.get("type"), geometry.get("coordinates", [])
    polygons = [coordinates] if kind == "Polygon" else coordinates if kind == "MultiPolygon" else []
    for polygon in polygons:
        for ring in polygon:
            yield [(float(point[0]), float(point[1])) for point in ring]
