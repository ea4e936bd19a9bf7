"""Draws the map once, when the boundaries change: shapes with seams and soft corners, lines, names, sea and lens, as
GeoJSON for the map on the screen and as SVG paths for the first paint, the lens and the print."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

from kelurahan.intake.labels import Label, label
from kelurahan.intake.plane import METRES_PER_DEGREE, polygons_of

WIDTH, TALLEST, MARGIN = 600.0, 660.0, 16.0
SEAM = 1.5  # the white gap between two cells
ROUND, ROUND_SHARE = 3.0, 0.16  # corner radius: 3 px, or this share of the root of the area if that is less
THIN = 1.0  # what is smaller than a square of this many pixels is no detail
SNAP = 0.2  # vertices of neighbours nearer than this are one
LENS_WIDTH, LENS_HEIGHT, LENS_MARGIN = 284.0, 243.0, 24.0
LONGEST_BAR = 100.0

Shapes = dict[str, BaseGeometry]


@dataclass(frozen=True, slots=True)
class Canvas:
    """Degrees → pixels, y down: equirectangular at latitude `lat0`; (west, north) is at (left, top)."""

    west: float
    north: float
    lat0: float
    px_per_m: float
    left: float = MARGIN
    top: float = MARGIN

    @classmethod
    def for_box(cls, west: float, south: float, east: float, north: float) -> Canvas:
        lat0 = (south + north) / 2
        across = max((east - west) * METRES_PER_DEGREE * math.cos(math.radians(lat0)), 1.0)
        down = max((north - south) * METRES_PER_DEGREE, 1.0)
        scale = min((WIDTH - 2 * MARGIN) / across, (TALLEST - 2 * MARGIN) / down)
        return cls(west, north, lat0, scale, left=(WIDTH - across * scale) / 2)

    def px(self, lonlat: np.ndarray) -> np.ndarray:
        return (np.asarray(lonlat, dtype=float) - (self.west, self.north)) * self._factors() + (self.left, self.top)

    def lonlat(self, px: np.ndarray) -> np.ndarray:
        return (np.asarray(px, dtype=float) - (self.left, self.top)) / self._factors() + (self.west, self.north)

    def _factors(self) -> tuple[float, float]:
        per_degree = METRES_PER_DEGREE * self.px_per_m
        return per_degree * math.cos(math.radians(self.lat0)), -per_degree


def draw(
    cells: Mapping[str, Mapping[str, Any]],
    kecamatan: Mapping[str, str],
    names: Mapping[str, str],
    laut: Mapping[str, Any] | None = None,
    lensa: Mapping[str, Any] | None = None,
    tulisan: Sequence[Mapping[str, Any]] | None = None,
) -> dict[str, Any]:
    """Everything the map needs, as plain JSON data; the same input gives the same bytes.

    `cells`: kode → GeoJSON Polygon or MultiPolygon; `kecamatan` and `names` by the same kode. `laut`: {"dari": [lon,
    lat], "ke": [lon, lat], "jauh": [[lon, lat] …]}, the stretch of coast and the far points that close it. `lensa`:
    {"kecamatan": [kode …], "zoom": 2.4, "teks": str, "pusat": [lon, lat] (optional)}. `tulisan`: [{"teks", "titik"}].

    Result: {"bbox": [west, south, east, north],
      "geo": {"cells": {kode: geometry}, "base", "borders", "sea" (or None), "frame" (bbox of the lens or None),
              "labels": {kode: {"lon", "lat", "lines", "fits", "scale"}}, "texts": [{"teks", "lon", "lat"}]},
      "svg": {"viewBox", "width", "height", "cells": {kode: {"d", "label": {"x", "y", "ys", "lines", "fits",
              "scale"}}}, "base", "borders", "sea" (path data), "texts": [{"teks", "x", "y"}],
              "scale": {"px_per_km", "bar_km", "bar_px"}, "lens": the same for the lens with "zoom", "caption", "frame"
              {"x", "y", "width", "height"} on the big map, or None}}.
    `ys` are baselines; `scale` is the magnification from which a name fits (1.0 = now, None = never).
    Raises ValueError for no cells.
    """
    if not cells:
        raise ValueError("a map needs at least one cell")
    kodes = sorted(cells)
    degrees = [shapely.make_valid(shape(cells[kode])) for kode in kodes]
    bbox = [round(edge, 6) for edge in shapely.total_bounds(degrees).tolist()]
    canvas = Canvas.for_box(*shapely.total_bounds(degrees).tolist())
    flat = _coverage(kodes, [shapely.transform(cell, canvas.px) for cell in degrees])
    coast = _sea(_base(flat), laut, canvas)
    view = shapely.box(0, 0, WIDTH, _height(bbox, canvas))
    whole = _Picture(_thin(flat), kecamatan, names, coast)
    frame = _frame(flat, kecamatan, lensa, canvas)
    return {
        "bbox": bbox,
        "geo": whole.geo(canvas, tulisan or ()) | {"frame": _frame_box(frame, canvas)},
        "svg": whole.svg(view)
        | {
            "texts": [{"teks": t["teks"], **_xy(canvas, t["titik"])} for t in tulisan or ()],
            "scale": _scale(canvas),
            "lens": _lens(flat, kecamatan, names, coast, frame, lensa),
        },
    }


class _Picture:
    """Cells in pixels, and what is drawn from them."""

    def __init__(
        self,
        flat: Shapes,
        kecamatan: Mapping[str, str],
        names: Mapping[str, str],
        sea: BaseGeometry | None,
        window: BaseGeometry | None = None,
    ) -> None:
        self.cells = {kode: soft for kode, cell in flat.items() if not (soft := _soft(cell)).is_empty}
        self.base = _base(flat)
        self.borders = _borders(flat, kecamatan)
        self.sea = sea
        self.labels = {kode: _label(cell, names.get(kode, kode), window) for kode, cell in self.cells.items()}

    def geo(self, canvas: Canvas, texts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        back = canvas.lonlat
        return {
            "cells": {kode: _degrees(cell, canvas) for kode, cell in self.cells.items()},
            "base": _degrees(self.base, canvas),
            "borders": _degrees(self.borders, canvas),
            "sea": _degrees(self.sea, canvas) if self.sea is not None else None,
            "labels": {kode: _geo_label(spot, back(np.array([spot.x, spot.y]))) for kode, spot in self.labels.items()},
            "texts": [{"teks": t["teks"], "lon": t["titik"][0], "lat": t["titik"][1]} for t in texts],
        }

    def svg(self, view: BaseGeometry) -> dict[str, Any]:
        west, north, east, south = view.bounds
        return {
            "viewBox": f"0 0 {east - west:g} {south - north:g}",
            "width": east - west,
            "height": south - north,
            "cells": {
                kode: {"d": path_data(cell), "label": _svg_label(self.labels[kode])}
                for kode, cell in self.cells.items()
            },
            "base": path_data(self.base),
            "borders": path_data(self.borders),
            "sea": path_data(self.sea) if self.sea is not None else "",
        }


def path_data(geometry: BaseGeometry) -> str:
    """The `d` of an SVG path, one decimal; rings are closed, lines stay open."""
    parts: list[str] = []
    for part in shapely.get_parts(geometry).tolist():
        lines = [part.exterior, *part.interiors] if part.geom_type == "Polygon" else [part]
        for line in lines:
            points = _tenths(line)
            if len(points) > 1:
                parts.append("M" + " ".join(points) + ("Z" if part.geom_type == "Polygon" else ""))
    return "".join(parts)


def _tenths(line: BaseGeometry) -> list[str]:
    points = [f"{_short(x)},{_short(y)}" for x, y in np.round(shapely.get_coordinates(line), 1).tolist()]
    kept = [point for number, point in enumerate(points) if number == 0 or point != points[number - 1]]
    return kept[:-1] if line.is_ring and len(kept) > 1 and kept[0] == kept[-1] else kept


def _short(number: float) -> str:
    return f"{number + 0.0:.1f}".removesuffix(".0")


def _height(bbox: Sequence[float], canvas: Canvas) -> float:
    return float(math.ceil((bbox[3] - bbox[1]) * METRES_PER_DEGREE * canvas.px_per_m + 2 * MARGIN))


def _coverage(kodes: Sequence[str], flat: Sequence[BaseGeometry]) -> Shapes:
    """Polygons whose neighbours share their edges exactly; boundaries from outside have slivers in between."""
    solid = [shapely.MultiPolygon(polygons_of(cell)) for cell in flat]
    if not shapely.coverage_is_valid(solid, gap_width=SEAM):
        clean = shapely.coverage_clean(solid, gap_width=SEAM, snapping_distance=SNAP)
        solid = [new if not new.is_empty else old for new, old in zip(clean, solid, strict=True)]
    return dict(zip(kodes, solid, strict=True))


def _thin(flat: Shapes) -> Shapes:
    thin = shapely.coverage_simplify(np.array(list(flat.values())), THIN)
    return {kode: new if new.area > 0 else flat[kode] for kode, new in zip(flat, thin, strict=True)}


def _base(flat: Shapes) -> BaseGeometry:
    """One shape of the whole city, cracks between cells closed."""
    parts = polygons_of(shapely.union_all(list(flat.values())).buffer(0.3, quad_segs=2).buffer(-0.3, quad_segs=2))
    return shapely.MultiPolygon([part.simplify(0.1) for part in parts])


def _soft(cell: BaseGeometry) -> BaseGeometry:
    """Taken in by half a seam, corners rounded; a part too small for that is rounded less, or left as it is."""
    parts = polygons_of(cell)
    kept = [part for part in parts if part.area > 0.5] or parts[:1]
    return shapely.MultiPolygon([piece for part in kept for piece in _soft_part(part)])


def _soft_part(part: BaseGeometry) -> list[BaseGeometry]:
    radius = min(ROUND, ROUND_SHARE * math.sqrt(part.area))
    for less in (1.0, 0.5, 0.25):
        inner = part.buffer(-SEAM / 2 * less, join_style="mitre")
        soft = inner.buffer(-radius * less, quad_segs=4).buffer(radius * less, quad_segs=4).simplify(0.1)
        if soft.area > 0.9 * inner.area and soft.area > 0.3 * part.area:
            return polygons_of(soft)
    return [part]


def _borders(flat: Shapes, kecamatan: Mapping[str, str]) -> BaseGeometry:
    """The edges between kecamatan, joined to lines as long as they go."""
    groups: dict[str, list[BaseGeometry]] = {}
    for kode, cell in flat.items():
        groups.setdefault(kecamatan.get(kode, ""), []).append(cell)
    areas = [shapely.union_all(group) for _, group in sorted(groups.items())]
    pairs = shapely.STRtree(areas).query(areas, predicate="intersects").T.tolist()
    shared = [shapely.intersection(areas[a].boundary, areas[b].boundary) for a, b in sorted(pairs) if a < b]
    pieces = [p for line in shared for p in shapely.get_parts(line).tolist() if p.length > 0]
    merged = shapely.line_merge(shapely.union_all(pieces)) if pieces else shapely.MultiLineString()
    return shapely.MultiLineString([line for line in shapely.get_parts(merged).tolist() if line.length > 0])


def _sea(base: BaseGeometry, sea: Mapping[str, Any] | None, canvas: Canvas) -> BaseGeometry | None:
    """The coast between two points, closed by far points; of the two ways round, the one that leaves the city dry."""
    if not sea:
        return None
    ring = shapely.get_coordinates(polygons_of(base)[0].exterior)[:-1]
    start, end = (int(np.argmin(((ring - canvas.px(np.array(sea[k]))) ** 2).sum(axis=1))) for k in ("dari", "ke"))
    far = canvas.px(np.array(sea["jauh"], dtype=float).reshape(-1, 2))
    ways = []
    for line, a, b in ((ring, start, end), (ring[::-1], len(ring) - 1 - start, len(ring) - 1 - end)):
        stretch = np.roll(line, -a, axis=0)[: (b - a) % len(line) + 1]
        corners = np.concatenate([stretch, far])
        if len(corners) >= 3:
            ways.append(shapely.make_valid(shapely.Polygon(corners)))
    dry = [shapely.MultiPolygon(polygons_of(way)) for way in ways]
    return min(dry, key=lambda way: way.intersection(base).area, default=None)


def _frame(
    flat: Shapes, kecamatan: Mapping[str, str], lens: Mapping[str, Any] | None, canvas: Canvas
) -> BaseGeometry | None:
    """What the lens shows, as a box on the big map."""
    wanted = [cell for kode, cell in flat.items() if lens and kecamatan.get(kode) in lens["kecamatan"]]
    if not lens or not wanted:
        return None
    west, north, east, south = shapely.total_bounds(wanted).tolist()
    x, y = canvas.px(np.array(lens["pusat"])) if "pusat" in lens else ((west + east) / 2, (north + south) / 2)
    half_width, half_height = LENS_WIDTH / lens["zoom"] / 2, LENS_HEIGHT / lens["zoom"] / 2
    return shapely.box(x - half_width, y - half_height, x + half_width, y + half_height)


def _lens(
    flat: Shapes,
    kecamatan: Mapping[str, str],
    names: Mapping[str, str],
    sea: BaseGeometry | None,
    frame: BaseGeometry | None,
    lens: Mapping[str, Any] | None,
) -> dict[str, Any] | None:
    """The cells in the frame drawn anew at the lens's size: seams and names keep their pixels."""
    if frame is None or lens is None:
        return None
    west, north, east, south = frame.bounds
    view = shapely.box(0, 0, LENS_WIDTH, LENS_HEIGHT)
    edge = view.buffer(LENS_MARGIN, join_style="mitre")

    def enlarge(geometry: BaseGeometry) -> BaseGeometry:
        return shapely.intersection(shapely.transform(geometry, lambda px: (px - (west, north)) * lens["zoom"]), edge)

    inside = {kode: cell for kode, cell in flat.items() if cell.intersects(frame)}
    near = {kode: shapely.MultiPolygon(polygons_of(enlarge(cell))) for kode, cell in inside.items()}
    water = shapely.MultiPolygon(polygons_of(enlarge(sea))) if sea is not None else None
    picture = _Picture(_thin(near), kecamatan, names, water, window=view)
    corner = {
        "x": round(west, 1),
        "y": round(north, 1),
        "width": round(east - west, 1),
        "height": round(south - north, 1),
    }
    return picture.svg(view) | {"zoom": lens["zoom"], "caption": lens["teks"], "frame": corner}


def _label(cell: BaseGeometry, name: str, window: BaseGeometry | None) -> Label:
    seen = polygons_of(cell if window is None else shapely.intersection(cell, window))
    return label(seen[0], name) if seen else label(polygons_of(cell)[0], name, scales=())


def _svg_label(spot: Label) -> dict[str, Any]:
    return {
        "x": spot.x,
        "y": spot.y,
        "ys": spot.baselines(),
        "lines": list(spot.lines),
        "fits": spot.fits,
        "scale": spot.scale,
    }


def _geo_label(spot: Label, lonlat: np.ndarray) -> dict[str, Any]:
    lon, lat = np.round(lonlat, 5).tolist()
    return {"lon": lon, "lat": lat, "lines": list(spot.lines), "fits": spot.fits, "scale": spot.scale}


def _degrees(geometry: BaseGeometry, canvas: Canvas) -> dict[str, Any]:
    """GeoJSON with five decimals (about a metre)."""
    return mapping(shapely.transform(geometry, lambda px: np.round(canvas.lonlat(px), 5)))


def _xy(canvas: Canvas, lonlat: Sequence[float]) -> dict[str, float]:
    x, y = np.round(canvas.px(np.array(lonlat, dtype=float)), 1).tolist()
    return {"x": x, "y": y}


def _frame_box(frame: BaseGeometry | None, canvas: Canvas) -> list[float] | None:
    if frame is None:
        return None
    west, north, east, south = frame.bounds
    (w, n), (e, s) = np.round(canvas.lonlat(np.array([[west, north], [east, south]])), 5).tolist()
    return [w, s, e, n]


def _scale(canvas: Canvas) -> dict[str, float]:
    """The longest round distance that is at most 100 px."""
    per_km = canvas.px_per_m * 1000
    round_km = [step * 10.0**power for power in range(-2, 4) for step in (1, 2, 5)]
    km = max((km for km in round_km if km * per_km <= LONGEST_BAR), default=round_km[0])
    return {"px_per_km": round(per_km, 3), "bar_km": int(km) if km >= 1 else km, "bar_px": round(km * per_km, 1)}
