"""Indicative cells for a city that has no official boundaries yet: the area nearest to each place's point."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from kelurahan.intake.plane import GRID, Plane, polygons_of
from kelurahan.intake.refusal import Refused

WIDTH_PX = 600.0  # the width of a city on the screen; the smoothing is given in these pixels
SMOOTHING_PX = 5.0
SAME_POINT_M = 1.0  # two places nearer than this are one point entered twice

Point = tuple[str, float, float]


def voronoi_cells(
    points: Sequence[Point], outline: Sequence[tuple[float, float]] | None = None
) -> dict[str, dict[str, Any]]:
    """One GeoJSON Polygon per place: the part of the city that is nearest to its point.

    `points` are (kode, lat, lon) in degrees, `outline` the ring of the city as (lon, lat) in degrees; without it
    the buffered hull of the points is used. Neighbours share their edges vertex by vertex, the cells cover the
    smoothed outline, and the same input gives the same bytes. Raises Refused.
    """
    kodes, seeds = _seeds(points)
    plane = Plane.around(seeds if outline is None else np.asarray(list(outline) or seeds, dtype=float))
    _refuse_same_points(kodes, seeds, plane)
    city = city_shape(points, outline)
    owners = _assign(_faces(seeds, city, plane), seeds, plane)
    return {
        kode: mapping(shapely.orient_polygons(cell)) for kode, cell in zip(kodes, _merge(owners, kodes), strict=True)
    }


def city_shape(points: Sequence[Point], outline: Sequence[tuple[float, float]] | None = None) -> BaseGeometry:
    """The smoothed outline (Polygon in degrees, on the grid) that `voronoi_cells` fills. Raises Refused."""
    kodes, seeds = _seeds(points)
    if outline is None:
        plane = Plane.around(seeds)
        return _on_grid(plane.back(_hull(plane.forward(shapely.MultiPoint(seeds)))))
    ring = _ring(outline)
    plane = Plane.around(np.asarray(outline, dtype=float))
    city = plane.forward(ring)
    marks = plane.forward(shapely.points(seeds))
    outside = [kode for kode, inside in zip(kodes, shapely.covers(city, marks), strict=True) if not inside]
    if outside:
        raise Refused("points_outside_outline", n=len(outside), kode=", ".join(outside[:8]))
    return _on_grid(plane.back(_smooth(city, marks)))


def simplify(cells: Mapping[str, Mapping[str, Any]], tolerance_m: float) -> dict[str, dict[str, Any]]:
    """The same cells with fewer vertices; shared edges stay shared. `tolerance_m` is in metres."""
    shapes = [shapely.make_valid(shapely.geometry.shape(cell)) for cell in cells.values()]
    plane = Plane.around(shapely.get_coordinates(shapes))
    flat = np.array([shapely.MultiPolygon(polygons_of(plane.forward(shape))) for shape in shapes])
    thin = [plane.back(shape) for shape in shapely.coverage_simplify(flat, tolerance_m)]
    return {kode: mapping(_tidy(new, old)) for kode, new, old in zip(cells, thin, shapes, strict=True)}


def _seeds(points: Sequence[Point]) -> tuple[list[str], np.ndarray]:
    if not points:
        raise Refused("no_points")
    kodes = [kode for kode, _, _ in points]
    seeds = np.array([(lon, lat) for _, lat, lon in points], dtype=float)
    wrong = ~np.isfinite(seeds).all(axis=1) | (np.abs(seeds[:, 0]) > 180) | (np.abs(seeds[:, 1]) > 90)
    if wrong.any():
        first = [kode for kode, bad in zip(kodes, wrong, strict=True) if bad]
        raise Refused("points_not_degrees", n=len(first), kode=", ".join(first[:8]))
    double = [kode for kode, n in Counter(kodes).items() if n > 1]
    if double:
        raise Refused("point_codes_double", kode=", ".join(double[:8]))
    return kodes, seeds


def _refuse_same_points(kodes: list[str], seeds: np.ndarray, plane: Plane) -> None:
    if len(kodes) < 2:
        return
    marks = shapely.points(plane.xy(seeds))
    pairs = shapely.STRtree(marks).query(marks, predicate="dwithin", distance=SAME_POINT_M).T
    same = sorted((a, b) for a, b in pairs.tolist() if a < b)
    if same:
        raise Refused("points_identical", a=kodes[same[0][0]], b=kodes[same[0][1]], n=len(same))


def _ring(outline: Sequence[tuple[float, float]]) -> BaseGeometry:
    corners = np.asarray(list(outline), dtype=float).reshape(-1, 2)
    if not np.isfinite(corners).all() or (np.abs(corners) > (180, 90)).any():
        raise Refused("outline_not_degrees")
    if len(np.unique(corners, axis=0)) < 3:
        raise Refused("outline_too_short", n=len(corners))
    ring = shapely.Polygon(corners)
    if not ring.is_valid or ring.area == 0:
        raise Refused("outline_crosses_itself", alasan=shapely.is_valid_reason(ring))
    return ring


def _hull(marks: BaseGeometry) -> BaseGeometry:
    """The convex hull, let out by half the usual distance between neighbours (1 km around a lone point)."""
    tree = shapely.STRtree(list(marks.geoms))
    near = [tree.query_nearest(mark, exclusive=True, return_distance=True)[1] for mark in marks.geoms]
    gaps = [float(distances[0]) for distances in near if len(distances)]
    return marks.convex_hull.buffer(max(float(np.median(gaps)) / 2, SAME_POINT_M) if gaps else 1000.0, quad_segs=8)


def _smooth(city: BaseGeometry, marks: np.ndarray) -> BaseGeometry:
    """Rounded by 5 px, or by less where that would cut a place off or the city in two."""
    west, _, east, _ = city.bounds
    radius = SMOOTHING_PX * (east - west) / WIDTH_PX
    for _ in range(4):
        smooth = city.buffer(radius, quad_segs=6).buffer(-2 * radius, quad_segs=6).buffer(radius, quad_segs=6)
        if smooth.geom_type == "Polygon" and shapely.contains_properly(smooth, marks).all():
            return shapely.Polygon(smooth.exterior)
        radius /= 2
    return city


def _on_grid(city: BaseGeometry) -> BaseGeometry:
    return max(polygons_of(shapely.set_precision(city, GRID)), key=lambda part: part.area)


def _faces(seeds: np.ndarray, city: BaseGeometry, plane: Plane) -> list[BaseGeometry]:
    """The city cut along every Voronoi edge. Cutting all lines at once makes neighbours share every vertex."""
    flat = plane.forward(city)
    west, south, east, north = flat.bounds
    reach = max(east - west, north - south)
    marks = shapely.MultiPoint(plane.xy(seeds))
    edges = shapely.voronoi_polygons(marks, extend_to=flat.buffer(reach), only_edges=True)
    lines = shapely.union_all([city.exterior, plane.back(edges)], grid_size=GRID)
    faces = shapely.get_parts(shapely.polygonize([lines])).tolist()
    inside = shapely.covers(city.buffer(GRID), shapely.point_on_surface(faces))
    return [face for face, kept in zip(faces, inside, strict=True) if kept]


def _assign(faces: list[BaseGeometry], seeds: np.ndarray, plane: Plane) -> dict[int, list[BaseGeometry]]:
    """Faces by the number of their nearest seed; the face that holds the seed comes first."""
    flat_seeds = shapely.points(plane.xy(seeds))
    middles = [plane.forward(middle) for middle in shapely.point_on_surface(faces)]
    nearest = shapely.STRtree(flat_seeds).query_nearest(middles, all_matches=False)[1]
    owned: dict[int, list[BaseGeometry]] = {}
    for face, owner in zip(faces, nearest.tolist(), strict=True):
        owned.setdefault(owner, []).append(face)
    for owner, parts in owned.items():
        mark = shapely.Point(seeds[owner])
        parts.sort(key=lambda part: (part.distance(mark), -part.area))
    return owned


def _merge(owned: dict[int, list[BaseGeometry]], kodes: list[str]) -> list[BaseGeometry]:
    """One polygon per seed: a stray face goes to the neighbour with the longest shared edge, nearest strays first."""
    lost = [kode for number, kode in enumerate(kodes) if number not in owned]
    if lost:
        raise Refused("point_without_cell", kode=", ".join(lost[:8]))
    homes = [owned[number][0] for number in range(len(kodes))]
    strays = [face for number in range(len(kodes)) for face in owned[number][1:]]
    while strays:
        waiting = []
        for stray in strays:
            shared = [shapely.length(shapely.intersection(stray.exterior, home.exterior)) for home in homes]
            best = int(np.argmax(shared))
            if shared[best] > 0:
                homes[best] = shapely.union_all([homes[best], stray], grid_size=GRID)
            else:
                waiting.append(stray)
        if len(waiting) == len(strays):
            break
        strays = waiting
    return homes


def _tidy(new: BaseGeometry, old: BaseGeometry) -> BaseGeometry:
    """On the grid of 0.1 m; a shape that thinning has eaten keeps its old form."""
    parts = polygons_of(shapely.make_valid(shapely.set_precision(new, 1e-6, mode="pointwise")))
    if not parts or not math.isfinite(new.area):
        return old
    return shapely.orient_polygons(parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts))
