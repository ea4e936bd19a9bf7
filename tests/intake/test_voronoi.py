"""The indicative cells: one polygon per place, no gap, no overlap, the same every time."""

import csv
from pathlib import Path

import orjson
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import shape

from kelurahan.intake.refusal import Refused
from kelurahan.intake.voronoi import city_shape, simplify, voronoi_cells

KUPANG = Path(__file__).parents[2] / "data" / "kupang"
NTT = Path(__file__).parents[3] / "shared" / "data" / "batas" / "ntt.geojson"
SQUARE = [(120.0, -5.0), (120.2, -5.0), (120.2, -5.2), (120.0, -5.2)]
U_SHAPE = [(0, 0), (0.3, 0), (0.3, 0.3), (0.2, 0.3), (0.2, 0.05), (0.1, 0.05), (0.1, 0.3), (0, 0.3)]


def rows(name):
    with (KUPANG / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def kupang():
    points = [(row["kode"], float(row["lat"]), float(row["lon"])) for row in rows("kelurahan.csv")]
    outline = [(float(row["lon"]), float(row["lat"])) for row in rows("garis_kota.csv")]
    return points, outline


def check_coverage(points, cells, city):
    shapes = [shape(cell) for cell in cells.values()]
    assert list(cells) == [kode for kode, _, _ in points]
    assert {cell.geom_type for cell in shapes} == {"Polygon"}
    assert all(cell.is_valid and cell.area > 0 for cell in shapes)
    assert shapely.coverage_is_valid(shapes)
    assert sum(cell.area for cell in shapes) == pytest.approx(city.area, rel=1e-6)
    assert shapely.symmetric_difference(shapely.union_all(shapes), city).area < 1e-6 * city.area
    for (kode, lat, lon), cell in zip(points, shapes, strict=True):
        assert cell.distance(shapely.Point(lon, lat)) < 1e-6, kode


def test_the_city_of_51(kupang):
    points, outline = kupang
    cells = voronoi_cells(points, outline)
    assert len(cells) == 51
    check_coverage(points, cells, city_shape(points, outline))
    raw = shapely.Polygon(outline)
    assert shapely.symmetric_difference(raw, city_shape(points, outline)).area < 0.03 * raw.area


def test_the_same_bytes_every_time(kupang):
    points, outline = kupang
    assert orjson.dumps(voronoi_cells(points, outline)) == orjson.dumps(voronoi_cells(points, outline))


def test_order_of_the_points_does_not_change_the_cells(kupang):
    points, outline = kupang
    cells, turned = voronoi_cells(points, outline), voronoi_cells(points[::-1], outline)
    assert all(shape(cells[kode]).equals(shape(turned[kode])) for kode in cells)


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_points_in_one_line(n):
    points = [(f"p{i}", -5.1, 120.02 + 0.04 * i) for i in range(n)]
    check_coverage(points, voronoi_cells(points, SQUARE), city_shape(points, SQUARE))
    check_coverage(points, voronoi_cells(points), city_shape(points))


def test_a_stray_piece_goes_to_a_neighbour():
    points = [("kiri", 0.2, 0.05), ("kanan", 0.02, 0.25), ("ujung", 0.25, 0.09)]
    check_coverage(points, voronoi_cells(points, U_SHAPE), city_shape(points, U_SHAPE))


def test_a_place_on_a_thin_spit_keeps_it():
    spit = [(0, 0), (0.2, 0), (0.2, 0.1), (0.4, 0.1), (0.4, 0.1004), (0.2, 0.1004), (0.2, 0.2), (0, 0.2)]
    points = [("badan", 0.1, 0.1), ("ujung", 0.1002, 0.39)]
    check_coverage(points, voronoi_cells(points, spit), city_shape(points, spit))


@pytest.mark.parametrize(
    ("points", "outline", "code"),
    [
        ([], SQUARE, "no_points"),
        ([("a", -5.1, 120.1), ("b", -5.1, 120.1)], SQUARE, "points_identical"),
        ([("a", -5.1, 120.1), ("a", -5.12, 120.1)], SQUARE, "point_codes_double"),
        ([("a", -5.1, 120.1), ("b", -6.0, 120.1)], SQUARE, "points_outside_outline"),
        ([("a", 120.1, -5.1)], SQUARE, "points_not_degrees"),
        ([("a", float("nan"), 120.1)], SQUARE, "points_not_degrees"),
        ([("a", -5.1, 120.1)], SQUARE[:2], "outline_too_short"),
        ([("a", -5.1, 120.1)], [], "outline_too_short"),
        ([("a", -5.1, 120.1)], [SQUARE[i] for i in (0, 2, 1, 3)], "outline_crosses_itself"),
        ([("a", -5.1, 120.1)], [(570000.0, 8870000.0)] * 4, "outline_not_degrees"),
    ],
)
def test_what_cannot_be_drawn_is_named(points, outline, code):
    with pytest.raises(Refused) as caught:
        voronoi_cells(points, outline)
    assert caught.value.code == code


spots = st.lists(st.tuples(st.integers(1, 1999), st.integers(1, 1999)), min_size=1, max_size=60, unique=True)


@settings(max_examples=60, deadline=None)
@given(spots)
def test_any_points_make_a_coverage(places):
    points = [(f"p{i}", -5.2 + y / 10000, 120 + x / 10000) for i, (x, y) in enumerate(places)]
    check_coverage(points, voronoi_cells(points, SQUARE), city_shape(points, SQUARE))
    check_coverage(points, voronoi_cells(points), city_shape(points))


def test_a_province_of_3352_places():
    if not NTT.exists():
        pytest.skip("batas/ntt.geojson is not beside the project")
    features = orjson.loads(NTT.read_bytes())["features"]
    marks = [(feature["id"], shape(feature["geometry"]).point_on_surface()) for feature in features]
    cells = voronoi_cells([(kode, mark.y, mark.x) for kode, mark in marks])
    assert len(cells) == 3352
    assert shapely.coverage_is_valid([shape(cell) for cell in cells.values()])
    thin = simplify({feature["id"]: feature["geometry"] for feature in features}, 50)
    assert list(thin) == [feature["id"] for feature in features]
    assert all(shape(cell).is_valid for cell in thin.values())
    assert len(shapely.get_coordinates([shape(cell) for cell in thin.values()])) < 396_806


def test_simplify_keeps_shared_edges(kupang):
    points, outline = kupang
    cells = voronoi_cells(points, outline)
    thin = simplify(cells, 300)
    shapes = [shape(cell) for cell in thin.values()]
    assert len(shapely.get_coordinates(shapes)) < len(shapely.get_coordinates([shape(c) for c in cells.values()]))
    assert shapely.coverage_is_valid(shapes)
