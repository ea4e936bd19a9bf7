"""Boundaries of the kelurahan from a GeoJSON file: what is wrong with it, and the clean shapes by kode.

The file is parsed in the killable child only. Of its properties nothing is taken but the code or name of a place.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from kelurahan.intake import boundary_messages, geojson, sandbox  # noqa: F401 - the words of the findings
from kelurahan.intake.identify import BoundaryPlace, Identified, identify
from kelurahan.intake.plane import Plane
from kelurahan.intake.refusal import Refused
from kelurahan.intake.voronoi import city_shape, simplify, voronoi_cells
from kelurahan.rules.findings import Finding, Level
from kelurahan.rules.numbers import format_number

__all__ = ["BoundaryPlace", "BoundaryResult", "check_geojson", "city_shape", "simplify", "voronoi_cells"]

JOB = "boundaries"
NEAR_M = 2_000  # a place's point may lie this far outside its shape
SURROUNDINGS_M = 50_000  # around the points of the city, at least
OVERLAP = 0.01  # share of the smaller of two shapes
HEAVY_VERTICES = 60_000
MAX_FINDINGS_PER_CODE = 20
MAX_UNMATCHED = 200


@dataclass(slots=True)
class BoundaryResult:
    """`cells`: kode → GeoJSON geometry (WGS 84, longitude first), only the shapes without a galat. `matched` and
    `missing` are kode of the city, `unmatched` what the file calls the shapes that are no place of it."""

    cells: dict[str, dict[str, Any]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    matched: list[str] = field(default_factory=list)
    unmatched: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    features: int = 0
    column: str = ""
    system: str = ""
    vertices: int = 0

    @property
    def accepted(self) -> bool:
        """All places have a good shape and nothing must be decided first."""
        return bool(self.cells) and not any(finding.level == Level.GALAT for finding in self.findings)


def check_geojson(path: str | Path, filename: str, places: Sequence[BoundaryPlace]) -> BoundaryResult:
    """Check a file as boundaries of `places`. Never raises for what the file holds: a refusal is a finding too."""
    try:
        answer = sandbox.run(JOB, path, {"filename": filename, "places": [asdict(place) for place in places]})
    except Refused as refused:
        return BoundaryResult(findings=[refused.finding], missing=[place.kode for place in places])
    answer["findings"] = [Finding(**{**f, "level": Level(f["level"])}) for f in answer["findings"]]
    return BoundaryResult(**answer)


def check_here(path: Path, params: Mapping[str, Any]) -> dict[str, Any]:
    """The job of the child: BoundaryResult as plain JSON data. Raises Refused where the file as a whole is no use."""
    places = [BoundaryPlace(**{**place, "alias": tuple(place["alias"])}) for place in params["places"]]
    if not places:
        raise Refused("geo_no_places")
    return asdict(_Check(geojson.load(path), places).result())


class _Check:
    """One pass over the features. `found` collects the findings, `shapes` the good shapes by feature number."""

    def __init__(self, features: list[Any], places: Sequence[BoundaryPlace]) -> None:
        self.features, self.places = features, places
        self.found: list[Finding] = []
        self.raw: list[BaseGeometry | Refused] = [_read(feature) for feature in features]
        boxes = [None if isinstance(shape, Refused) else shape.bounds for shape in self.raw]
        self.known: Identified = identify(features, places, boxes)
        self.plane = Plane.around(_points(places)) if len(_points(places)) else None

    def result(self) -> BoundaryResult:
        self._identity()
        shapes = {i: shape for i, shape in enumerate(self.raw) if self._taken(i, shape)}
        if self._axes_are_right(shapes):
            shapes = self._valid(shapes)
            shapes = {i: shape for i, shape in shapes.items() if self._in_place(i, shape)}
            self._overlaps(shapes)
        else:
            shapes = {}
        self._doubles_and_missing()
        cells, vertices = self._cells(shapes)
        matched = {place for place in self.known.places if place is not None}
        column = self.known.column
        return BoundaryResult(
            cells=cells,
            findings=_shortened(self.found),
            matched=[place.kode for i, place in enumerate(self.places) if i in matched],
            unmatched=self._unmatched()[:MAX_UNMATCHED],
            missing=[place.kode for i, place in enumerate(self.places) if i not in matched],
            features=len(self.features),
            column=geojson.plain(column.key.removeprefix("properties.")) if column else "",
            system=column.system if column else "",
            vertices=vertices,
        )

    def _say(self, level: Level, code: str, feature: int | None = None, **params: Any) -> None:
        if feature is not None:
            params |= {"nomor": feature + 1, "nama": self._name(feature)}
        self.found.append(Finding(level, code, cell="" if feature is None else f"features[{feature}]", params=params))

    def _name(self, feature: int) -> str:
        place = self.known.places[feature]
        return self.places[place].nama if place is not None else self.known.labels[feature] or "tanpa nama"

    def _unmatched(self) -> list[str]:
        return [
            self.known.labels[i] or f"{i + 1}"
            for i, place in enumerate(self.known.places)
            if place is None and i not in self.known.foreign
        ]

    def _identity(self) -> None:
        known = self.known
        if known.column is None:
            self._say(Level.GALAT, "geo_no_code", n=len(self.features))
            return
        if known.unsure_system:
            self._say(Level.GALAT, "geo_code_system_unsure", kolom=geojson.plain(known.column.key))
        if known.foreign:
            self._say(Level.PERINGATAN, "geo_foreign", n=len(known.foreign))
        for i, place in enumerate(known.places):
            if place is None and i not in known.foreign:
                self._say(Level.GALAT, "geo_unknown_place", i)
        for i in known.by_name:
            self._say(Level.PERINGATAN, "geo_matched_by_name", i)
        for i, other, key in known.disputed:
            column = geojson.plain(key.removeprefix("properties."))
            self._say(Level.GALAT, "geo_codes_disagree", i, kolom=column, lain=self.places[other].nama)

    def _taken(self, i: int, shape: BaseGeometry | Refused) -> bool:
        """Says what is wrong with an unreadable shape; shapes of other cities are passed over in silence."""
        if isinstance(shape, Refused):
            if i not in self.known.foreign:
                self._say(Level.GALAT, shape.code, i, **shape.params)
            return False
        return self.known.places[i] is not None

    def _axes_are_right(self, shapes: Mapping[int, BaseGeometry]) -> bool:
        """Degrees, longitude first. The proof of swapped axes are the points of the places."""
        if not shapes:
            return True
        spots = shapely.get_coordinates(list(shapes.values()))
        example: dict[str, Any] = {"x": f"{spots[0][0]:.6g}", "y": f"{spots[0][1]:.6g}"}
        if self.plane is not None:
            west, south, east, north = self._surroundings()
            straight = _share_inside(spots, west, south, east, north)
            swapped = _share_inside(spots[:, ::-1], west, south, east, north)
            if swapped > 0.5 > straight:
                hits = sum(self._holds_swapped(i, shape) for i, shape in shapes.items())
                self._say(Level.GALAT, "geo_swapped_axes", n=hits, jumlah=len(shapes), **example)
                return False
        if (np.abs(spots) > (180, 90)).any(axis=1).mean() > 0.5:
            code = "geo_metres" if (np.abs(spots) > 1000).any() else "geo_swapped_axes_unproven"
            self._say(Level.GALAT, code, **example)
            return False
        return True

    def _holds_swapped(self, i: int, shape: BaseGeometry) -> bool:
        place = self._place(i)
        if place.lat is None or place.lon is None:
            return False
        return bool(shapely.make_valid(shape).distance(shapely.Point(place.lat, place.lon)) < NEAR_M / 111_000)

    def _place(self, i: int) -> BoundaryPlace:
        number = self.known.places[i]
        assert number is not None
        return self.places[number]

    def _surroundings(self) -> tuple[float, float, float, float]:
        """The box of the points in degrees, let out by its own size, at least by 50 km."""
        assert self.plane is not None
        flat = self.plane.xy(_points(self.places))
        low, high = flat.min(axis=0), flat.max(axis=0)
        reach = max(SURROUNDINGS_M, float((high - low).max()))
        corners = self.plane.lonlat(np.array([low - reach, high + reach]))
        return tuple(corners.reshape(-1).tolist())

    def _valid(self, shapes: Mapping[int, BaseGeometry]) -> dict[int, BaseGeometry]:
        good = {}
        for i, shape in shapes.items():
            fixed, change = geojson.repaired(shape)
            reason = "" if shape.is_valid else shapely.is_valid_reason(shape)
            where = _spot(reason[reason.find("[") + 1 : -1])
            if fixed.area == 0 or change > geojson.MAX_REPAIR:
                code = "geo_no_area" if fixed.area == 0 else "geo_crosses_itself"
                self._say(Level.GALAT, code, i, titik=where, persen=format_number(100 * change, 2))
                continue
            if reason:
                self._say(Level.PERINGATAN, "geo_repaired", i, titik=where, persen=format_number(100 * change, 4))
            good[i] = fixed
        return good

    def _in_place(self, i: int, shape: BaseGeometry) -> bool:
        """Near the point of its place, with every vertex in the surroundings of the city."""
        if self.plane is None:
            return True
        spots = shapely.get_coordinates(shape)
        west, south, east, north = self._surroundings()
        if _share_inside(spots, west, south, east, north) < 1:
            outside = spots[~((spots >= (west, south)) & (spots <= (east, north))).all(axis=1)][0]
            self._say(Level.GALAT, "geo_far_away", i, titik=f"{outside[0]:.7g}, {outside[1]:.7g}")
            return False
        place = self._place(i)
        if place.lat is None or place.lon is None:
            return True
        mark = shapely.Point(self.plane.xy(np.array([[place.lon, place.lat]]))[0])
        distance = float(self.plane.forward(shape).distance(mark))
        if distance > 0:
            level, code = (
                (Level.PERINGATAN, "geo_point_outside") if distance <= NEAR_M else (Level.GALAT, "geo_point_far")
            )
            self._say(level, code, i, meter=max(1, round(distance)))
        return distance <= NEAR_M

    def _overlaps(self, shapes: Mapping[int, BaseGeometry]) -> None:
        numbers = [i for i in shapes if self.known.places.count(self.known.places[i]) == 1]
        geometries = [shapes[i] for i in numbers]
        pairs = shapely.STRtree(geometries).query(geometries, predicate="intersects").T if geometries else []
        for a, b in sorted((int(a), int(b)) for a, b in pairs if a < b):
            share = shapely.intersection(geometries[a], geometries[b]).area / min(
                geometries[a].area, geometries[b].area
            )
            if share > OVERLAP:
                same = share > 0.99 and abs(geometries[a].area / geometries[b].area - 1) < 0.01
                level, code = (Level.GALAT, "geo_same_shape") if same else (Level.PERINGATAN, "geo_overlap")
                self._say(level, code, numbers[a], lain=self._name(numbers[b]), persen=format_number(100 * share, 1))

    def _doubles_and_missing(self) -> None:
        by_place: dict[int, list[int]] = defaultdict(list)
        for i, place in enumerate(self.known.places):
            if place is not None:
                by_place[place].append(i + 1)
        for place, numbers in sorted(by_place.items()):
            if len(numbers) > 1:
                self._say(
                    Level.GALAT, "geo_double_code", numbers[1] - 1, kode=self.places[place].kode, semua=_few(numbers)
                )
        missing = [place.nama for i, place in enumerate(self.places) if i not in by_place]
        if missing and self.known.column is not None:
            self._say(Level.GALAT, "geo_missing_places", n=len(missing), jumlah=len(self.places), daftar=_few(missing))

    def _cells(self, shapes: Mapping[int, BaseGeometry]) -> tuple[dict[str, dict[str, Any]], int]:
        times = Counter(self.known.places)
        order = sorted((self.known.places[i], i) for i in shapes if times[self.known.places[i]] == 1)
        cells = {self._place(i).kode: mapping(shapely.force_2d(shapes[i])) for _, i in order}
        vertices = int(sum(shapely.get_num_coordinates(shapes[i]) for _, i in order))
        tolerance = 5.0
        thin = vertices
        while thin > HEAVY_VERTICES and tolerance <= 100:
            cells = simplify(cells, tolerance)
            thin = sum(shapely.get_num_coordinates(shapely.geometry.shape(cell)) for cell in cells.values())
            tolerance *= 2
        if thin < vertices:
            self._say(Level.INFO, "geo_simplified", dari=vertices, ke=int(thin), meter=round(tolerance / 2))
        return cells, int(thin)


def _read(feature: Any) -> BaseGeometry | Refused:
    try:
        return geojson.geometry_of(feature)
    except Refused as refused:
        return refused


def _spot(text: str) -> str:
    """ "123.5514086 -10.1821309" of GEOS, to about a metre."""
    return ", ".join(f"{float(number):.5f}" for number in text.split()) if text else "?"


def _points(places: Iterable[BoundaryPlace]) -> np.ndarray:
    known = [(place.lon, place.lat) for place in places if place.lon is not None and place.lat is not None]
    return np.array(known, dtype=float).reshape(-1, 2)


def _share_inside(spots: np.ndarray, west: float, south: float, east: float, north: float) -> float:
    return float(((spots >= (west, south)) & (spots <= (east, north))).all(axis=1).mean())


def _few(items: Sequence[Any], most: int = 8) -> str:
    listed = ", ".join(map(str, items[:most]))
    return listed if len(items) <= most else f"{listed}, … (+{len(items) - most})"


def _shortened(found: list[Finding]) -> list[Finding]:
    """The first 20 of each kind, then one line that says how many more there are; galat first."""
    order = [Level.GALAT, Level.PERINGATAN, Level.INFO]
    kept: list[Finding] = []
    for code in dict.fromkeys(finding.code for finding in found):
        same = [finding for finding in found if finding.code == code]
        kept += same[:MAX_FINDINGS_PER_CODE]
        if len(same) > MAX_FINDINGS_PER_CODE:
            more = len(same) - MAX_FINDINGS_PER_CODE
            kept.append(Finding(same[0].level, "geo_more_of_these", params={"n": more, "seperti": same[0].cell}))
    return sorted(kept, key=lambda finding: order.index(finding.level))
