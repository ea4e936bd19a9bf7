"""Boundaries: an admin replaces what the map shows."""

import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from kelurahan.actions import boundaries, quarantine
from kelurahan.models import Area, Boundary, Event, MapDrawing, Role
from tests.factories import make_city, make_user, square
from tests.views.test_places_profile import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def places() -> dict[str, Area]:
    """Five squares side by side, each with its point in the middle; indicative cells are on the map."""
    places = make_city()
    for i, area in enumerate(places.values()):
        area.lon, area.lat = 100.005 + i * 0.01, -1.995
        area.save()
    boundaries.indicative(by=None, outline=[(99.99, -2.01), (100.06, -2.01), (100.06, -1.98), (99.99, -1.98)])
    return places


@pytest.fixture
def admin(client: Client, places: dict[str, Area]) -> Client:
    client.force_login(make_user(Role.ADMIN))
    return client


def collection(places: dict[str, Area], skip: int = 0, **properties: str) -> dict[str, Any]:
    return {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": {"kode": area.kode, **properties}, "geometry": square(i)}
            for i, area in enumerate(places.values())
            if i >= skip
        ],
    }


def check(client: Client, data: Any) -> Any:
    content = data if isinstance(data, bytes) else json.dumps(data).encode()
    file = SimpleUploadedFile("batas.geojson", content)
    return client.post("/batas/", {"langkah": "periksa", "berkas": file})


def test_the_page_says_what_the_map_shows(admin: Client) -> None:
    response = admin.get("/batas/")
    told = words(response.content.decode())
    assert "Peta memakai batas indikatif" in told
    assert "5 dari 5 kelurahan punya bentuk." in told
    assert response.content.decode().count('class="shape"') == 5


def test_checking_writes_nothing(admin: Client, places: dict[str, Area]) -> None:
    response = check(admin, collection(places))
    told = words(response.content.decode())
    assert "5 dari 5 kelurahan cocok; batas siap dipakai" in told
    assert "Ganti batas 5 kelurahan" in told
    assert response.content.decode().count('class="shape"') == 5
    assert not Boundary.objects.filter(indikatif=False).exists()


def test_applying_needs_a_source(admin: Client, places: dict[str, Area]) -> None:
    check(admin, collection(places))
    response = admin.post("/batas/", {"langkah": "terapkan", "sumber": " "})
    assert response.status_code == 422
    assert "Tulis sumbernya" in response.content.decode()
    assert not Boundary.objects.filter(indikatif=False).exists()


def test_applied_and_back_to_the_indicative_cells(admin: Client, places: dict[str, Area]) -> None:
    check(admin, collection(places))
    response = admin.post("/batas/", {"langkah": "terapkan", "sumber": "Uji, 2025"}, follow=True)
    told = words(response.content.decode())
    assert "Batas 5 kelurahan diganti." in told
    assert "Sumber: Uji, 2025." in told
    assert Boundary.objects.filter(indikatif=False, sumber="Uji, 2025").count() == 5
    assert MapDrawing.objects.get().indikatif is False
    assert Event.objects.filter(jenis="batas_diganti").exists()
    back = admin.post("/batas/", {"langkah": "indikatif"}, follow=True)
    assert "Peta kembali memakai batas indikatif." in words(back.content.decode())
    assert MapDrawing.objects.get().indikatif is True


def test_a_second_click_finds_nothing_to_apply(admin: Client, places: dict[str, Area]) -> None:
    check(admin, collection(places))
    admin.post("/batas/", {"langkah": "terapkan", "sumber": "Uji"})
    response = admin.post("/batas/", {"langkah": "terapkan", "sumber": "Lain"}, follow=True)
    assert "sudah tidak ada" in words(response.content.decode())
    assert Boundary.objects.filter(sumber="Uji").count() == 5


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"<html>x</html>", "batas belum dapat dipakai"),
        (b'{"type": "FeatureCollection", "features": []}', "batas belum dapat dipakai"),
        (b"[" * 2000, "batas belum dapat dipakai"),
    ],
)
def test_what_is_no_map_is_explained(admin: Client, data: bytes, said: str) -> None:
    kept = set(quarantine.folder().iterdir())
    response = check(admin, data)
    told = words(response.content.decode())
    assert said in told
    assert "Galat" in told
    assert "perbaiki, lalu kirim lagi" in told
    assert 'class="shape"' not in response.content.decode()  # nothing of the old map under the words of the new file
    assert "Ganti batas" not in told.replace("Ganti batas Pilih", "")
    assert set(quarantine.folder().iterdir()) == kept


def test_missing_places_are_named(admin: Client, places: dict[str, Area]) -> None:
    told = words(check(admin, collection(places, skip=1)).content.decode())
    assert "4 dari 5 kelurahan cocok; batas belum dapat dipakai" in told
    assert "Tidak ada di berkas Melati" in told


def test_names_from_a_file_stay_text(admin: Client, places: dict[str, Area]) -> None:
    data = collection(places)
    data["features"].append(
        {"type": "Feature", "properties": {"kode": "<script>alert(1)</script>"}, "geometry": square(7)}
    )
    assert "<script>alert" not in check(admin, data).content.decode()


def test_a_shape_is_counted_from_one(admin: Client, places: dict[str, Area]) -> None:
    data = collection(places)
    data["features"][1]["geometry"] = None
    told = words(check(admin, data).content.decode())
    assert "bentuk ke-2" in told
    assert "features[" not in told


@pytest.mark.parametrize("data", [{}, {"langkah": "periksa"}, {"langkah": "lain"}])
def test_posts_without_sense(admin: Client, data: dict[str, str]) -> None:
    assert admin.post("/batas/", data).status_code in (200, 422)


def test_a_new_file_takes_the_place_of_the_last_one(admin: Client, places: dict[str, Area]) -> None:
    before = set(quarantine.folder().iterdir())
    check(admin, collection(places))
    check(admin, collection(places))
    assert len(set(quarantine.folder().iterdir()) - before) == 1


def test_no_inline_style(admin: Client, places: dict[str, Area]) -> None:
    page = check(admin, collection(places)).content.decode()
    assert not re.search(r"\sstyle=|\son\w+=|<style|javascript:", page)
