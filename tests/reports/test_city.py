"""The city of the home page: what is read, and with how few queries."""

import pytest

from kelurahan.models import Area
from kelurahan.reports.city import load_city
from tests.factories import make_city, make_decree, make_summary

pytestmark = pytest.mark.django_db


def test_there_is_no_city_before_places_are_loaded() -> None:
    assert load_city() is None


def test_reads_places_scores_and_decrees_in_four_queries(django_assert_num_queries) -> None:
    places = make_city()
    for tahun in (2023, 2024):
        for area in places.values():
            make_summary(area, tahun, 20)
    make_decree(2020, {"Melati": 1}, places)
    with django_assert_num_queries(4):
        city = load_city()
    assert city is not None
    assert (city.nama, city.years, len(city.places)) == ("Kota Uji", [2023, 2024], 5)
    assert [p.nama for p in city.places.values()] == ["Cempaka", "Dahlia", "Kenanga", "Mawar", "Melati"]
    assert city.n_kumuh(2024) == 5


def test_a_place_without_a_single_assessed_criterion_is_not_assessed() -> None:
    places = make_city()
    make_summary(places["Melati"], 2024, 20)
    make_summary(places["Mawar"], 2024, 0, n_dinilai=0)
    city = load_city()
    assert city is not None
    assert list(city.of(2024)) == [places["Melati"].kode]


def test_a_city_with_old_data_only_is_read_under_the_old_rules() -> None:
    places = make_city()
    make_summary(places["Melati"], 2017, 50, aturan="permen-02-2016")
    city = load_city()
    assert city is not None
    assert (city.rule_set.kode, city.rule_set.maximum) == ("permen-02-2016", 95)
    assert city.of(2017)[places["Melati"].kode].tingkat == 2


def test_the_decree_in_force_is_the_latest_not_younger() -> None:
    places = make_city()
    make_decree(2016, {"Melati": 2}, places)
    make_decree(2020, {"Mawar": None}, places)
    city = load_city()
    assert city is not None
    assert [d.tahun if (d := city.official(y)) else None for y in (2015, 2016, 2019, 2020, 2030)] == [
        None,
        2016,
        2016,
        2020,
        2020,
    ]


def test_locations_of_a_decree_belong_to_the_kelurahan_they_lie_in() -> None:
    places = make_city()
    melati = places["Melati"]
    kawasan = Area.objects.create(
        kode=f"{melati.kode}/K1", nama="Pasar", level="kawasan", parent=melati, path=f"{melati.path}{melati.kode}/K1|"
    )
    decree = make_decree(2020, {"Melati": 1}, places)
    decree.places.create(area=kawasan, lokasi="Pasar", tingkat=2, luas_ha="0.5")
    city = load_city()
    assert city is not None
    listed = city.decrees[0].places[melati.kode]
    assert (listed.tingkat, listed.luas_ha, listed.lokasi) == (2, None, ("Melati", "Pasar"))


def test_the_first_place_of_a_new_survey_does_not_empty_the_map() -> None:
    places = make_city()
    for area in places.values():
        make_summary(area, 2024, 20)
    make_summary(places["Melati"], 2025, 30)
    city = load_city()
    assert city is not None
    assert (city.years, city.usual_year) == ([2024, 2025], 2024)
    for nama in ("Mawar", "Dahlia"):
        make_summary(places[nama], 2025, 30)
    city = load_city()
    assert city is not None
    assert city.usual_year == 2025
