"""A flat piece of the earth: degrees to metres and back, good to a few metres across one city or province."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

METRES_PER_DEGREE = 111_320.0
GRID = 1e-9  # degrees, about 0.1 mm: every vertex we make lies on it


@dataclass(frozen=True, slots=True)
class Plane:
    """Equirectangular around (lon0, lat0): x east and y north in metres."""

    lon0: float
    lat0: float

    @classmethod
    def around(cls, lonlat: np.ndarray) -> Plane:
        """Centred on the box of `lonlat`, float (n, 2) in degrees."""
        low, high = lonlat.min(axis=0), lonlat.max(axis=0)
        middle = (low + high) / 2
        return cls(float(middle[0]), float(middle[1]))

    def xy(self, lonlat: np.ndarray) -> np.ndarray:
        """Degrees (n, 2) → metres (n, 2)."""
        return (np.asarray(lonlat, dtype=float) - (self.lon0, self.lat0)) * self._factors()

    def lonlat(self, xy: np.ndarray) -> np.ndarray:
        """Metres (n, 2) → degrees (n, 2)."""
        return np.asarray(xy, dtype=float) / self._factors() + (self.lon0, self.lat0)

    def forward(self, shape: Any) -> Any:
        """A geometry, or an array of them, in degrees → the same in metres."""
        return shapely.transform(shape, self.xy)

    def back(self, shape: Any) -> Any:
        """Metres → degrees."""
        return shapely.transform(shape, self.lonlat)

    def _factors(self) -> tuple[float, float]:
        return METRES_PER_DEGREE * math.cos(math.radians(self.lat0)), METRES_PER_DEGREE


def polygons_of(shape: BaseGeometry) -> list[BaseGeometry]:
    """The polygons of any geometry, largest first; lines, points and empty parts are left out."""
    parts = [part for part in shapely.get_parts(shape).tolist() if not part.is_empty]
    flat = [inner for part in parts for inner in ([part] if part.geom_type == "Polygon" else _deeper(part))]
    return sorted(flat, key=lambda part: (-part.area, part.bounds))


def _deeper(part: BaseGeometry) -> list[BaseGeometry]:
    return polygons_of(part) if part.geom_type in ("MultiPolygon", "GeometryCollection") else []
