"""The drawn map: complete, light, the same every time; names only where they fit."""

import csv
import re
import tomllib
from pathlib import Path

import orjson
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point, box, mapping, shape

from kelurahan.intake.drawing import draw, path_data
from kelurahan.intake.labels import arrangements, label, text_width
from kelurahan.intake.voronoi import city_shape, voronoi_cells

KUPANG = Path(__file__).parents[2] / "data" / "kupang"
BATAS = Path(__file__).parents[3] / "shared" / "data" / "batas"


def rows(name):
    with (KUPANG / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def kupang():
    places = rows("kelurahan.csv")
    points = [(row["kode"], float(row["lat"]), float(row["lon"])) for row in places]
    outline = [(float(row["lon"]), float(row["lat"])) for row in rows("garis_kota.csv")]
    city = tomllib.loads((KUPANG / "kota.toml").read_text())
    kecamatan = {row["kode"]: row["kode_kecamatan"] for row in places}
    names = {row["kode"]: row["nama"] for row in places}
    return {
        "cells": voronoi_cells(points, outline),
        "kecamatan": kecamatan,
        "names": names,
        "laut": city["laut"],
        "lensa": city["lensa"],
        "tulisan": city["tulisan"],
        "points": points,
        "city": city_shape(points, outline),
    }


def drawing(kupang, **changes):
    given = {key: kupang[key] for key in ("cells", "kecamatan", "names", "laut", "lensa", "tulisan")}
    return draw(**(given | changes))


def test_every_place_is_drawn_inside_its_cell(kupang):
    drawn = drawing(kupang)
    assert sorted(drawn["geo"]["cells"]) == sorted(drawn["svg"]["cells"]) == sorted(kupang["cells"])
    for kode, geometry in drawn["geo"]["cells"].items():
        soft, cell = shape(geometry), shape(kupang["cells"][kode])
        assert soft.is_valid
        assert 0.5 * cell.area < soft.area < cell.area
        assert cell.buffer(1e-4).covers(soft)
        assert re.fullmatch(r"(M[-\d., ]+Z)+", drawn["svg"]["cells"][kode]["d"])
    assert shape(drawn["geo"]["base"]).symmetric_difference(kupang["city"]).area < 0.002 * kupang["city"].area


def test_seams_lie_between_neighbours(kupang):
    shapes = [shape(geometry) for geometry in drawing(kupang)["geo"]["cells"].values()]
    pairs = shapely.STRtree(shapes).query(shapes, predicate="intersects").T
    assert [(a, b) for a, b in pairs.tolist() if a != b] == []


def test_the_same_bytes_every_time_and_whatever_the_order(kupang):
    once = orjson.dumps(drawing(kupang), option=orjson.OPT_SORT_KEYS)
    turned = dict(reversed(kupang["cells"].items()))
    assert orjson.dumps(drawing(kupang, cells=turned), option=orjson.OPT_SORT_KEYS) == once
    assert len(once) < 120_000


def test_names_fit_inside_their_cells(kupang):
    drawn = drawing(kupang)
    shown = [(kode, spot) for kode, spot in drawn["geo"]["labels"].items() if spot["fits"]]
    assert 18 <= len(shown) <= 35
    for kode, spot in shown:
        assert shape(drawn["geo"]["cells"][kode]).contains(Point(spot["lon"], spot["lat"]))
        assert " ".join(spot["lines"]) == kupang["names"][kode]
        assert len(spot["lines"]) <= 3
    small = next(kode for kode, name in kupang["names"].items() if name == "Bonipoi")
    assert not drawn["geo"]["labels"][small]["fits"]
    assert drawn["geo"]["labels"][small]["scale"] > 1


def test_the_sea_leaves_the_city_dry(kupang):
    sea = shape(drawing(kupang)["geo"]["sea"])
    assert sea.intersection(kupang["city"]).area < 0.002 * kupang["city"].area
    assert sea.contains(Point(kupang["tulisan"][0]["titik"]))
    assert not sea.contains(Point(kupang["tulisan"][1]["titik"]))
    assert drawing(kupang, laut=None)["geo"]["sea"] is None


def test_borders_run_between_kecamatan_only(kupang):
    lines = shape(drawing(kupang)["geo"]["borders"])
    groups = {}
    for kode, cell in kupang["cells"].items():
        groups.setdefault(kupang["kecamatan"][kode], []).append(shape(cell))
    edges = shapely.union_all([shapely.union_all(group).boundary for group in groups.values()])
    assert lines.length > 0.3
    assert edges.buffer(1e-3).covers(lines)
    assert len(lines.geoms) < 30
    alone = drawing(kupang, kecamatan=dict.fromkeys(kupang["cells"], "sama"), lensa=None)
    assert alone["svg"]["borders"] == ""


def test_the_lens(kupang):
    lens = drawing(kupang)["svg"]["lens"]
    assert lens["viewBox"] == "0 0 284 243"
    assert lens["frame"]["width"] == pytest.approx(284 / 2.4, abs=0.1)
    inner = {kode for kode, kecamatan in kupang["kecamatan"].items() if kecamatan == "53.71.06"}
    assert len(inner & set(lens["cells"])) >= 8
    assert len(lens["cells"]) < 51
    named = {kode for kode, cell in lens["cells"].items() if cell["label"]["fits"]}
    assert len(named) > 10
    for kode in named:
        spot = lens["cells"][kode]["label"]
        assert 0 < spot["x"] < 284
        assert 0 < spot["ys"][0] <= spot["ys"][-1] < 243
    assert drawing(kupang, lensa={"kecamatan": ["99"], "zoom": 2, "teks": "x"})["svg"]["lens"] is None


def test_scale_and_view(kupang):
    svg = drawing(kupang)["svg"]
    assert (svg["width"], svg["viewBox"].split()[2]) == (600, "600")
    assert svg["scale"]["bar_km"] == 2
    assert svg["scale"]["bar_px"] == pytest.approx(2 * svg["scale"]["px_per_km"], abs=0.1)


def test_official_boundaries(kupang):
    if not (BATAS / "kota_kupang.geojson").exists():
        pytest.skip("batas/kota_kupang.geojson is not beside the project")
    features = orjson.loads((BATAS / "kota_kupang.geojson").read_bytes())["features"]
    drawn = drawing(kupang, cells={feature["id"]: feature["geometry"] for feature in features})
    assert len(drawn["svg"]["cells"]) == 51
    assert all(cell["d"] for cell in drawn["svg"]["cells"].values())
    assert len(orjson.dumps(drawn)) < 300_000


def test_a_province():
    if not (BATAS / "ntt.geojson").exists():
        pytest.skip("batas/ntt.geojson is not beside the project")
    features = orjson.loads((BATAS / "ntt.geojson").read_bytes())["features"]
    cells = {feature["id"]: feature["geometry"] for feature in features}
    names = {feature["id"]: feature["properties"]["nama"] for feature in features}
    drawn = draw(cells, {kode: kode[:8] for kode in cells}, names)
    assert len(drawn["svg"]["cells"]) == 3352


@pytest.mark.parametrize("n", [1, 2, 3])
def test_tiny_cities(n):
    points = [(f"p{i}", -5.1, 120.02 + 0.04 * i) for i in range(n)]
    drawn = draw(voronoi_cells(points), {}, {})
    assert list(drawn["svg"]["cells"]) == [kode for kode, _, _ in points]
    assert drawn["svg"]["lens"] is None


def test_islands_tall_cities_and_slivers():
    tall = {"a": mapping(box(120, -5, 120.1, -4)), "b": mapping(box(120.1000001, -5, 120.2, -4))}
    drawn = draw(tall, {"a": "1", "b": "2"}, {"a": "A", "b": "B"})
    assert drawn["svg"]["height"] <= 661
    assert drawn["svg"]["borders"]
    island = shapely.union_all([box(120, -5, 120.1, -4.9), box(120.2, -5, 120.2002, -4.9998)])
    drawn = draw({"a": mapping(island)}, {}, {"a": "A"})
    assert drawn["svg"]["cells"]["a"]["d"].startswith("M")
    with pytest.raises(ValueError):
        draw({}, {}, {})


def test_names_break_where_lines_are_shortest():
    assert arrangements("Lai Lai Bisi Kopan") == [
        ("Lai Lai Bisi Kopan",),
        ("Lai Lai Bisi", "Kopan"),
        ("Lai Lai", "Bisi", "Kopan"),
    ]
    assert arrangements("Oeba") == [("Oeba",)]
    assert 40 < text_width("Manulai II") < 62


@settings(max_examples=60, deadline=None)
@given(st.integers(5, 200), st.integers(5, 120), st.sampled_from(["Oeba", "Tuak Daun Merah", "Penkase Oeleta", ""]))
def test_a_name_that_fits_is_inside(width, height, name):
    spot = label(box(0, 0, width, height), name)
    if spot.fits:
        half = max(map(text_width, spot.lines)) / 2
        assert half - 0.06 <= spot.x <= width - half + 0.06
        assert all(8 - 0.1 <= y <= height - 2.4 for y in spot.baselines())
    elif spot.scale is not None:
        assert spot.scale > 1


def test_path_data_is_short():
    assert path_data(box(0, 0, 10, 5.04)) == "M10,0 10,5 0,5 0,0Z"
    assert path_data(shapely.LineString([(0, 0), (0.01, 0), (-0.04, 3.5)])) == "M0,0 0,3.5"
