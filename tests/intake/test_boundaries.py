"""Boundary files: the good ones in every dialect, and every kind of bad one with its own words."""

import csv
import json
import math
from pathlib import Path

import orjson
import pytest
from shapely.geometry import shape

from kelurahan.intake.boundaries import BoundaryPlace, check_geojson, check_here
from kelurahan.intake.refusal import Refused
from kelurahan.rules.findings import Finding, Level, render

SHARED = Path(__file__).parents[3] / "shared" / "data"
KUPANG = Path(__file__).parents[2] / "data" / "kupang"

# Four square kelurahan of 2 km in two rows. The undotted code of "Barat Satu" is the BPS code of "Timur Dua".
PLACES = [
    BoundaryPlace("12.34.01.1001", "1234010004", "Barat Satu", ("Barat I", "Barat 1"), -5.01, 120.01),
    BoundaryPlace("12.34.01.1002", "1234010003", "Timur Satu", (), -5.01, 120.03),
    BoundaryPlace("12.34.02.1001", "1234010002", "Barat Dua", ("Barat II",), -5.03, 120.01),
    BoundaryPlace("12.34.02.1002", "1234011001", "Timur Dua", (), -5.03, 120.03),
]
KECAMATAN = ["Timur Satu", "Timur Satu", "Barat Dua", "Barat Dua"]  # kecamatan may be called like kelurahan


def square(place, size=0.01):
    x, y = place.lon, place.lat
    return [
        [[x - size, y - size], [x + size, y - size], [x + size, y + size], [x - size, y + size], [x - size, y - size]]
    ]


def feature(place, properties=None, coordinates=None, **more):
    properties = {"kode": place.kode, "nama": place.nama} if properties is None else properties
    geometry = {"type": "Polygon", "coordinates": coordinates or square(place)}
    return {"type": "Feature", "properties": properties, "geometry": geometry} | more


def collection(features=None, **more):
    return {
        "type": "FeatureCollection",
        "features": [feature(p) for p in PLACES] if features is None else features,
    } | more


@pytest.fixture
def check(tmp_path):
    """Checks a document (or raw bytes) in this process, as the child does; refusals become findings."""

    def run(document, places=PLACES):
        path = tmp_path / "batas.geojson"
        path.write_bytes(document if isinstance(document, bytes) else json.dumps(document).encode())
        params = {"filename": path.name, "places": [{n: getattr(p, n) for n in p.__slots__} for p in places]}
        try:
            answer = check_here(path, orjson.loads(orjson.dumps(params)))
        except Refused as refused:
            return {"cells": {}, "codes": {refused.code}, "galat": {refused.code}, "words": refused.words()}
        findings = answer["findings"]
        answer["codes"] = {f["code"] for f in findings}
        answer["galat"] = {f["code"] for f in findings if f["level"] == "galat"}
        answer["words"] = " ".join(" ".join(render(Finding(**f))) for f in findings)
        return answer

    return run


def changed(number, **changes):
    features = [feature(place) for place in PLACES]
    features[number] = features[number] | changes
    return collection(features)


def with_ring(number, ring):
    return changed(number, geometry={"type": "Polygon", "coordinates": [ring]})


# Files that are fine


def test_a_good_file(check):
    answer = check(collection())
    assert answer["findings"] == []
    assert list(answer["cells"]) == [place.kode for place in PLACES] == answer["matched"]
    assert all(
        shape(answer["cells"][p.kode]).contains(shape({"type": "Point", "coordinates": [p.lon, p.lat]})) for p in PLACES
    )


@pytest.mark.parametrize(
    "properties",
    [
        lambda p: {"KDEPUM": p.kode},
        lambda p: {"kode": p.kode.replace(".", ""), "NAMOBJ": p.nama},
        lambda p: {"kode": int(p.kode.replace(".", "")), "NAMOBJ": p.nama},
        lambda p: {"kode": float(p.kode.replace(".", "")[:6] + "." + p.kode[-4:]), "nama": p.nama},
        lambda p: {"bps": p.kode_bps, "nama": p.nama},
        lambda p: {"bps": float(p.kode_bps), "nama": p.nama},
        lambda p: {"bps": int(p.kode_bps)},
        lambda p: {"Kelurahan": p.nama.upper()},
        lambda p: {"Kelurahan": "Kel. " + (p.alias or (p.nama,))[0]},
        lambda p: {"kode": p.kode, "bps": p.kode_bps, "LUAS": 12345678.9, "OBJECTID": 7},
    ],
)
def test_codes_and_names_in_every_dialect(check, properties):
    answer = check(collection([feature(place, properties(place)) for place in PLACES]))
    assert answer["galat"] == set()
    assert answer["matched"] == [place.kode for place in PLACES]
    assert all(
        shape(cell).centroid.distance(shape({"type": "Point", "coordinates": [p.lon, p.lat]})) < 1e-9
        for p, cell in zip(PLACES, answer["cells"].values(), strict=True)
    )


def test_a_column_of_kecamatan_is_not_taken_for_the_name(check):
    rows = [
        feature(p, {"kecamatan": k, "nama": p.nama, "kode": p.kode}) for p, k in zip(PLACES, KECAMATAN, strict=True)
    ]
    assert check(collection(rows))["galat"] == set()


def test_shapes_of_other_cities_are_left_out_with_a_warning(check):
    other = BoundaryPlace("12.99.01.1001", "1299010001", "Lain", (), -5.01, 120.05)
    answer = check(collection([feature(p) for p in PLACES] + [feature(other)]))
    assert (answer["codes"], answer["galat"]) == ({"geo_foreign"}, set())
    assert len(answer["cells"]) == 4


@pytest.mark.parametrize(
    "name", ["urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326", "urn:ogc:def:crs:EPSG::4326", "EPSG:9470"]
)
def test_degrees_by_any_name(check, name):
    assert check(collection(crs={"type": "name", "properties": {"name": name}}))["findings"] == []


@pytest.mark.parametrize("wrap", [lambda t: b"\xef\xbb\xbf" + t, lambda t: t.decode().encode("utf-16")])
def test_byte_order_marks(check, wrap):
    assert check(wrap(json.dumps(collection()).encode()))["findings"] == []


def test_heights_are_dropped_and_rings_turned(check):
    ring = [[x, y, 12.5] for x, y in square(PLACES[0])[0]][::-1]
    answer = check(with_ring(0, ring))
    assert answer["findings"] == []
    assert shape(answer["cells"]["12.34.01.1001"]).exterior.is_ccw


def test_a_tiny_crossing_is_repaired_and_told(check):
    x, y = PLACES[0].lon, PLACES[0].lat
    ring = square(PLACES[0])[0]
    ring[1:1] = [[x, y - 0.01], [x + 0.00002, y - 0.01002], [x + 0.00002, y - 0.00998], [x, y - 0.01]]
    answer = check(with_ring(0, ring))
    assert (answer["codes"], answer["galat"]) == ({"geo_repaired"}, set())
    assert shape(answer["cells"]["12.34.01.1001"]).is_valid


def test_a_heavy_file_is_thinned_and_told(check):
    def wavy(place):
        turns = [2 * math.pi * i / 20_000 for i in range(20_000)]
        ring = [
            [place.lon + 0.009 * math.cos(t), place.lat + (0.009 + 1e-6 * (i % 2)) * math.sin(t)]
            for i, t in enumerate(turns)
        ]
        return [[*ring, ring[0]]]

    answer = check(collection([feature(place, coordinates=wavy(place)) for place in PLACES]))
    assert (answer["codes"], answer["galat"]) == ({"geo_simplified"}, set())
    assert answer["vertices"] < 60_000


# Files that are refused


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "geo_empty"),
        (b"  \n", "geo_empty"),
        (b"<!DOCTYPE html><html><body>Masuk</body></html>", "geo_html"),
        (b'<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"></kml>', "geo_xml"),
        (b"PK\x03\x04" + b"\0" * 40, "geo_archive"),
        (b"kode,nama\n1,2\n", "geo_not_json"),
        (b'{"type": "FeatureCollection", "features": [', "geo_truncated"),
        (b'{"type": "FeatureCollection", "features": ]}', "geo_not_json"),
        (b'{"type": "FeatureCollection", "features": [] "x": 1}', "geo_not_json"),
        (b'{"type": "FeatureCollection", "name": "\xff\xfe\xff", "features": []}', "geo_not_utf8"),
        (b'{"type":"FeatureCollection","features":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "geo_too_deep"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "geo_too_deep"),
        (b'{"type": "FeatureCollection", "features": []}' + b" " * 20_000_000, "geo_too_large"),
        (b"[1, 2]", "geo_not_collection"),
        (b"null", "geo_not_json"),
        (b'{"type": "Topology", "objects": {}}', "geo_topojson"),
        (b'{"geometryType": "esriGeometryPolygon", "features": []}', "geo_esri_json"),
        (b'{"type": "Feature", "geometry": null}', "geo_not_collection"),
        (b'{"type": ["FeatureCollection"], "features": []}', "geo_not_collection"),
        (b'{"type": "FeatureCollection"}', "geo_no_features"),
        (b'{"type": "FeatureCollection", "features": {}}', "geo_no_features"),
        (b'{"type": "FeatureCollection", "features": [' + b"1," * 20_000 + b"1]}", "geo_too_many_features"),
        (b'{"type": "FeatureCollection", "features": [1, null, "x", [], {}]}', "geo_no_code"),
        (b'{"type": "FeatureCollection", "features": [' + b"9" * 5000 + b"]}", "geo_not_json"),
    ],
)
def test_what_is_no_boundary_file(check, raw, code):
    answer = check(raw)
    assert code in answer["galat"]
    assert answer["cells"] == {}
    assert answer["words"]


@pytest.mark.parametrize(
    "crs",
    [
        {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32751"}},
        {"type": "name", "properties": {"name": "EPSG:3857"}},
        {"type": "link", "properties": {"href": "http://example.org"}},
        "EPSG:4326x",
        {"type": "name", "properties": {"name": "<script>alert(1)</script>EPSG:1"}},
    ],
)
def test_another_crs_is_refused(check, crs):
    answer = check(collection(crs=crs))
    assert answer["galat"] == {"geo_wrong_crs"}
    assert "<" not in answer["words"]


def test_metres_are_refused(check):
    rows = [
        feature(p, coordinates=[[[570_000 + 1000 * x, 8_870_000 + 1000 * y] for x, y in square(p)[0]]]) for p in PLACES
    ]
    answer = check(collection(rows))
    assert answer["galat"] == {"geo_metres"}
    assert answer["cells"] == {}


def test_swapped_axes_are_proved_by_the_points(check):
    answer = check(collection([feature(p, coordinates=[[[y, x] for x, y in square(p)[0]]]) for p in PLACES]))
    assert answer["galat"] == {"geo_swapped_axes"}
    assert answer["findings"][0]["params"]["n"] == 4
    assert "4 dari 4" in answer["words"]


@pytest.mark.parametrize(
    ("geometry", "code"),
    [
        (None, "geo_null_geometry"),
        ({}, "geo_wrong_geometry"),
        ("Polygon", "geo_wrong_geometry"),
        ({"type": "Point", "coordinates": [120.01, -5.01]}, "geo_wrong_geometry"),
        ({"type": "GeometryCollection", "geometries": []}, "geo_wrong_geometry"),
        ({"type": "Polygon"}, "geo_bad_coordinates"),
        ({"type": "Polygon", "coordinates": []}, "geo_null_geometry"),
        ({"type": "Polygon", "coordinates": [[]]}, "geo_short_ring"),
        ({"type": "MultiPolygon", "coordinates": [[]]}, "geo_null_geometry"),
        ({"type": "Polygon", "coordinates": {"0": 1}}, "geo_bad_coordinates"),
        ({"type": "Polygon", "coordinates": [[[120, -5], [121, -5], 7, [120, -5]]]}, "geo_bad_coordinates"),
        ({"type": "Polygon", "coordinates": [[[120, -5], [121], [121, -6], [120, -5]]]}, "geo_bad_coordinates"),
        ({"type": "Polygon", "coordinates": [[[120, -5], [True, -5], [121, -6], [120, -5]]]}, "geo_bad_coordinates"),
        (
            {"type": "Polygon", "coordinates": [[["120", -5], [121, -5], [121, -6], ["120", -5]]]},
            "geo_text_coordinates",
        ),
        ({"type": "Polygon", "coordinates": [[[120, -5], [121, math.nan], [121, -6], [120, -5]]]}, "geo_not_finite"),
        ({"type": "Polygon", "coordinates": [[[120, -5], [math.inf, -5], [121, -6], [120, -5]]]}, "geo_not_finite"),
        ({"type": "Polygon", "coordinates": [[[120, -5], [None, -5], [121, -6], [120, -5]]]}, "geo_not_finite"),
        ({"type": "Polygon", "coordinates": [[[120, -5], [10**400, -5], [121, -6], [120, -5]]]}, "geo_not_finite"),
        ({"type": "Polygon", "coordinates": [[[120, -5], [121, -5], [120, -5]]]}, "geo_short_ring"),
        (
            {"type": "Polygon", "coordinates": [[[120, -5], [120.02, -5], [120.02, -5.02], [120, -5.02]]]},
            "geo_open_ring",
        ),
        ({"type": "Polygon", "coordinates": [[[120, -5], [120.02, -5], [120.01, -5], [120, -5]]]}, "geo_no_area"),
        ({"type": "Polygon", "coordinates": [[[120.01, -5.01]] * 4]}, "geo_no_area"),
        (
            {"type": "Polygon", "coordinates": [[[120, -5], [120.02, -5.02], [120.02, -5], [120, -5.02], [120, -5]]]},
            "geo_crosses_itself",
        ),
        ({"type": "Polygon", "coordinates": [*square(PLACES[0]), square(PLACES[0], 0.02)[0]]}, "geo_crosses_itself"),
    ],
)
def test_a_shape_that_is_no_shape(check, geometry, code):
    answer = check(changed(0, geometry=geometry))
    assert answer["galat"] == {code}
    assert list(answer["cells"]) == [place.kode for place in PLACES[1:]]
    assert "Barat Satu" in answer["words"]


def test_missing_double_and_unknown_places(check):
    assert check(collection([feature(p) for p in PLACES[:3]]))["galat"] == {"geo_missing_places"}
    assert check(collection([feature(p) for p in [*PLACES, PLACES[0]]]))["galat"] == {"geo_double_code"}
    stranger = BoundaryPlace("12.34.02.1009", "", "Baru", (), -5.05, 120.01)
    answer = check(collection([feature(p) for p in [*PLACES, stranger]]))
    assert answer["galat"] == {"geo_unknown_place"}
    assert answer["unmatched"] == ["12.34.02.1009"]
    assert check(collection([feature(p, {"x": 1}) for p in PLACES]))["galat"] == {"geo_no_code"}


def test_a_shape_without_code_is_known_by_its_name(check):
    answer = check(changed(0, properties={"nama": "BARAT I"}))
    assert (answer["codes"], answer["galat"]) == ({"geo_matched_by_name"}, set())


def test_code_and_name_that_disagree_must_be_decided(check):
    answer = check(changed(0, properties={"kode": PLACES[0].kode, "nama": "Timur Dua"}))
    assert answer["galat"] == {"geo_codes_disagree"}
    assert "Timur Dua" in answer["words"]


def test_codes_of_both_systems_with_nothing_to_decide(check):
    places = [
        BoundaryPlace("12.34.01.1001", "1234011002", "A", (), None, None),
        BoundaryPlace("12.34.01.1002", "1234011001", "B", (), None, None),
    ]
    rows = [feature(p, {"kode": place.kode.replace(".", "")}) for p, place in zip(PLACES, places, strict=False)]
    assert check(collection(rows), places)["galat"] == {"geo_code_system_unsure"}


def test_positions(check):
    assert check(with_ring(0, [*square(PLACES[0])[0][:-1], [0, 0], square(PLACES[0])[0][0]]))["galat"] == {
        "geo_far_away"
    }
    swapped = [feature(p, coordinates=square(q)) for p, q in zip(PLACES, [*PLACES[2:], *PLACES[:2]], strict=True)]
    answer = check(collection(swapped))
    assert answer["galat"] == set()
    assert answer["codes"] == {"geo_point_outside"}
    far = BoundaryPlace("", "", "", (), -5.2, 120.2)
    assert check(changed(0, geometry=feature(far)["geometry"]))["galat"] == {"geo_point_far"}


def test_overlaps(check):
    wide = [[[120, -5.02], [120.025, -5.02], [120.025, -5], [120, -5], [120, -5.02]]]
    answer = check(changed(0, geometry={"type": "Polygon", "coordinates": wide}))
    assert (answer["codes"], answer["galat"]) == ({"geo_overlap"}, set())
    assert check(changed(0, geometry=feature(PLACES[1])["geometry"]))["galat"] == {"geo_same_shape"}


def test_text_of_properties_is_never_repeated(check):
    evil = "<img src=x onerror=alert(1)>"
    rows = [feature(p, {"kode": p.kode, "nama": evil, evil: evil}) for p in PLACES]
    rows.append(feature(PLACES[0], {"kode": evil, "nama": evil}, id=evil))
    answer = check(collection(rows))
    assert "geo_unknown_place" in answer["galat"]
    assert "<" not in json.dumps({k: v for k, v in answer.items() if k not in ("codes", "galat")})


def test_many_alike_are_told_in_one_line(check):
    strangers = [BoundaryPlace(f"12.34.09.{i}", "", "", (), -5.01, 120.01) for i in range(1001, 1101)]
    answer = check(collection([feature(p) for p in PLACES] + [feature(p) for p in strangers]))
    assert len(answer["findings"]) == 21
    assert answer["findings"][-1]["params"]["n"] == 80


def test_a_city_without_points_can_still_be_checked(check):
    places = [BoundaryPlace(p.kode, p.kode_bps, p.nama) for p in PLACES]
    assert check(collection(), places)["findings"] == []
    assert check(collection(), [])["galat"] == {"geo_no_places"}


# Through the child, and with the files beside the project


def test_through_the_child(tmp_path):
    path = tmp_path / "batas.geojson"
    path.write_text(json.dumps(changed(0, geometry=None)))
    result = check_geojson(path, path.name, PLACES)
    assert not result.accepted
    assert [(f.level, f.code, f.cell) for f in result.findings] == [(Level.GALAT, "geo_null_geometry", "features[0]")]
    path.write_text(json.dumps(collection()))
    assert check_geojson(path, path.name, PLACES).accepted
    path.write_bytes(b"[" * 200_000)
    assert [f.code for f in check_geojson(path, path.name, PLACES).findings] == ["geo_too_deep"]


@pytest.fixture(scope="module")
def kupang():
    with (KUPANG / "kelurahan.csv").open(encoding="utf-8", newline="") as file:
        return [
            BoundaryPlace(
                r["kode"],
                r["kode_bps"],
                r["nama"],
                tuple(filter(None, r["alias"].split("|"))),
                float(r["lat"]),
                float(r["lon"]),
            )
            for r in csv.DictReader(file)
        ]


def beside(name):
    if not (SHARED / name).exists():
        pytest.skip(f"{name} is not beside the project")
    return SHARED / name


@pytest.mark.parametrize(("name", "codes"), [("kota_kupang.geojson", []), ("ntt.geojson", ["geo_foreign"])])
def test_the_real_boundaries(kupang, name, codes):
    result = check_geojson(beside(f"batas/{name}"), name, kupang)
    assert result.accepted
    assert list(result.cells) == [place.kode for place in kupang]
    assert [finding.code for finding in result.findings] == codes


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("geo_50_fitur.geojson", "geo_missing_places"),
        ("geo_kode_duplikat_52.geojson", "geo_double_code"),
        ("geo_lat_lon_tertukar.geojson", "geo_swapped_axes"),
        ("geo_nan_infinity.geojson", "geo_not_finite"),
        ("geo_nesting_100k.geojson", "geo_too_deep"),
        ("geo_properti_xss_kode_angka.geojson", "geo_codes_disagree"),
        ("geo_self_intersection.geojson", "geo_crosses_itself"),
        ("hint_bad_stringcoord.geojson", "geo_text_coordinates"),
        ("hint_good_nullgeometry.geojson", "geo_null_geometry"),
        ("phpss_html_utf16_saved_as.xls", "geo_html"),
        ("terpotong.xlsx", "geo_archive"),
    ],
)
def test_the_hostile_files(kupang, name, code):
    result = check_geojson(beside(f"rusak/{name}"), name, kupang)
    assert not result.accepted
    assert code in {finding.code for finding in result.findings}
    assert not any("<" in text for finding in result.findings for text in render(finding))
