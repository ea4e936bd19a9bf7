"""Opens a GeoJSON file from outside. Runs in the killable child only: the file may be anything."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import shapely
from shapely.geometry.base import BaseGeometry

from kelurahan.intake.plane import polygons_of
from kelurahan.intake.refusal import Refused

MAX_BYTES = 20_000_000
MAX_DEPTH = 100
MAX_FEATURES = 20_000
MAX_REPAIR = 0.001  # a repair may change the area of a shape by this share at most

# Names of the geographic systems whose degrees are those of WGS 84 to within a metre or two.
GEOGRAPHIC = re.compile(r"(CRS:?84|EPSG:+[\d.]*:*(4326|4979|4755|9468|9469|9470))$", re.IGNORECASE)


def load(path: Path) -> list[Any]:
    """The features of a FeatureCollection in degrees, as parsed JSON. Raises Refused."""
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise Refused("geo_too_large", megabytes=math.ceil(size / 1e6), limit=MAX_BYTES // 1_000_000)
    text = _as_utf8(path.read_bytes())
    _refuse_other_formats(text)
    _refuse_deep(text)
    return _features(_parse(text))


def _as_utf8(raw: bytes) -> bytes:
    for mark, name in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if raw.startswith(mark):
            return raw.decode(name, "replace").encode()
    return raw


def _refuse_other_formats(text: bytes) -> None:
    head = text[:2000].lstrip().lower()
    if not head:
        raise Refused("geo_empty")
    if head.startswith((b"pk\x03\x04", b"\x1f\x8b", b"rar!", b"7z\xbc\xaf")):
        raise Refused("geo_archive")
    if head.startswith(b"<"):
        raise Refused("geo_xml" if b"<kml" in head or b"gml" in head else "geo_html")
    if not head.startswith((b"{", b"[")):
        raise Refused("geo_not_json", line=1, column=1)


def _refuse_deep(text: bytes) -> None:
    """Count brackets outside strings before any parser recurses into them."""
    bare = np.frombuffer(re.sub(rb'"(?:[^"\\]|\\.)*"', b"", text, flags=re.DOTALL), dtype=np.uint8)
    brackets = bare[np.isin(bare, np.frombuffer(b"[]{}", dtype=np.uint8))]
    opening = np.isin(brackets, np.frombuffer(b"[{", dtype=np.uint8))
    depth = np.cumsum(np.where(opening, 1, -1))
    if len(depth) and depth.max() > MAX_DEPTH:
        raise Refused("geo_too_deep", depth=int(depth.max()), limit=MAX_DEPTH)
    if len(depth) and depth[-1] > 0:
        raise Refused("geo_truncated")


def _parse(text: bytes) -> Any:
    """NaN and Infinity are no JSON, yet parsed, so that the shape that holds them can be named."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        pass
    try:
        return json.loads(text.decode("utf-8"))
    except UnicodeDecodeError:
        raise Refused("geo_not_utf8") from None
    except json.JSONDecodeError as error:
        raise Refused("geo_not_json", line=error.lineno, column=error.colno) from None
    except ValueError:
        raise Refused("geo_not_json", line=1, column=1) from None


def _features(document: Any) -> list[Any]:
    kind = document.get("type") if isinstance(document, dict) else None
    if kind == "Topology":
        raise Refused("geo_topojson")
    if isinstance(document, dict) and kind is None and ("spatialReference" in document or "geometryType" in document):
        raise Refused("geo_esri_json")
    if kind != "FeatureCollection":
        raise Refused("geo_not_collection", kind=plain(kind) or "?")
    _refuse_other_crs(document.get("crs"))
    features = document.get("features")
    if not isinstance(features, list) or not features:
        raise Refused("geo_no_features")
    if len(features) > MAX_FEATURES:
        raise Refused("geo_too_many_features", n=len(features), limit=MAX_FEATURES)
    return features


def _refuse_other_crs(crs: Any) -> None:
    if crs is None:
        return
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    if not isinstance(name, str) or not GEOGRAPHIC.search(name.strip()):
        raise Refused("geo_wrong_crs", crs=plain(name) or "?")


def plain(value: Any, length: int = 40) -> str:
    """Text from the file that may be shown: a short code or name. Whatever looks like mark-up is not repeated."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    text = str(value).strip()
    if re.search(r"[<>&=\"{}\\\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", text):
        return "…"
    return text if len(text) <= length else text[: length - 1] + "…"


def geometry_of(feature: Any) -> BaseGeometry:
    """The Polygon or MultiPolygon of a feature, as it stands in the file (perhaps invalid). Raises Refused."""
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    if geometry is None:
        raise Refused("geo_null_geometry")
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in ("Polygon", "MultiPolygon"):
        _refuse_text_position(geometry)
        raise Refused("geo_wrong_geometry", kind=plain(kind) or "?")
    coordinates = _list(geometry.get("coordinates"))
    if not coordinates:
        raise Refused("geo_null_geometry")
    parts = [_polygon(part) for part in (coordinates if kind == "MultiPolygon" else [coordinates])]
    return parts[0] if kind == "Polygon" else shapely.MultiPolygon(parts)


def _refuse_text_position(geometry: Any) -> None:
    if isinstance(geometry, Mapping) and geometry.get("type") == "Point":
        _position(geometry.get("coordinates"))


def _polygon(raw: Any) -> BaseGeometry:
    rings = [_ring(ring) for ring in _list(raw)]
    if not rings:
        raise Refused("geo_null_geometry")
    return shapely.Polygon(rings[0], rings[1:])


def _ring(raw: Any) -> np.ndarray:
    positions = np.array([_position(position) for position in _list(raw)], dtype=float).reshape(-1, 2)
    if not np.isfinite(positions).all():
        raise Refused("geo_not_finite", position=int(np.argmin(np.isfinite(positions).all(axis=1))) + 1)
    if len(positions) < 4:
        raise Refused("geo_short_ring", n=len(positions))
    if (positions[0] != positions[-1]).any():
        raise Refused("geo_open_ring")
    return positions


def _list(raw: Any) -> list[Any]:
    if not isinstance(raw, list):
        raise Refused("geo_bad_coordinates")
    return raw


def _position(raw: Any) -> tuple[float, float]:
    if not isinstance(raw, list) or len(raw) < 2:
        raise Refused("geo_bad_coordinates")
    x, y = raw[0], raw[1]
    if type(x) is float and type(y) is float:
        return x, y
    return _number(x), _number(y)


def _number(value: Any) -> float:
    if isinstance(value, str):
        raise Refused("geo_text_coordinates", text=plain(value, 24))
    if value is None:
        return math.nan
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Refused("geo_bad_coordinates")
    return float(value) if abs(value) < 1e300 else math.inf


def repaired(shape: BaseGeometry) -> tuple[BaseGeometry, float]:
    """A valid Polygon or MultiPolygon with exterior rings counter-clockwise, and the share of area it changed (0 when
    the shape was valid). Where the two usual ways of repair disagree, their difference counts as the change."""
    if shape.is_valid:
        return shapely.orient_polygons(shape), 0.0
    ways = [
        shapely.MultiPolygon(polygons_of(shapely.make_valid(shape))),
        shapely.MultiPolygon(polygons_of(shapely.make_valid(shape, method="structure", keep_collapsed=False))),
    ]
    areas = [way.area for way in ways] + [abs(shape.area)]
    if ways[0].is_empty or min(areas) <= 0:
        return ways[0], 1.0
    parts = [part for part in polygons_of(ways[0]) if part.area > 1e-6 * ways[0].area]
    fixed = parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)
    return shapely.orient_polygons(fixed), min(max(areas) / min(areas) - 1, 1.0)
