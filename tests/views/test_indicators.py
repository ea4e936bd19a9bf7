"""Supporting indicators on pages: the list, one with its places and years, its correction, the map and the profile."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from kelurahan.models import Area, Event, Indicator, IndicatorValue, Role, User
from tests.factories import make_city, make_drawing, make_summary, make_user
from tests.filled import make_rt, put_values
from tests.views.test_places_profile import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def places() -> dict[str, Area]:
    places = make_city()
    make_drawing(places)
    for area in places.values():
        make_summary(area, 2024, 40)
    return places


@pytest.fixture
def indicator(places: dict[str, Area]) -> Indicator:
    """Children with stunting in three kelurahan and one RT, of two years and sources."""
    made = Indicator.objects.create(kode="stunting", nama="Balita stunting", satuan="anak", alias=["Stunting"])
    rt = make_rt(places["Melati"], "RT001-RW001")
    put_values(made, [(places["Melati"], 2023, 3), (places["Mawar"], 2023, 40)], "Dinas Kesehatan 2023")
    put_values(made, [(places["Melati"], 2024, 12), (places["Kenanga"], 2024, 2), (rt, 2024, 4)], "e-PPGBM")
    return made


def page(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status
    return response.content.decode()


@pytest.fixture
def bappeda(client: Client) -> User:
    user = make_user(Role.BAPPEDA)
    client.force_login(user)
    return user


def test_an_empty_list_says_how_to_fill_it(client: Client, places: dict[str, Area]) -> None:
    assert "Belum ada indikator. Unggah tabel per kelurahan" in words(page(client, "/indikator/"))


def test_the_list_tells_unit_places_years_and_source(
    client: Client, indicator: Indicator, django_assert_max_num_queries: Any
) -> None:
    page(client, "/indikator/")
    with django_assert_max_num_queries(7):
        told = words(page(client, "/indikator/"))
    assert "1 indikator pendukung berisi angka" in told
    assert "Balita stunting anak 4 2024 2 tahun e-PPGBM" in told
    assert "Balita stunting" in page(client, "/indikator/?cari=STUNT")
    assert "Tidak ada indikator yang cocok" in page(client, "/indikator/?cari=penduduk")


def test_places_and_years_of_one_indicator(client: Client, indicator: Indicator, bappeda: User) -> None:
    told = words(page(client, "/indikator/stunting/"))
    assert "Nama lain: Stunting." in told
    assert "Angka 2023–2024" in told
    assert "Melati Utara 3 12 riwayat" in told
    assert "Kenanga Utara – 2 riwayat" in told
    assert "2023 Dinas Kesehatan 2023 2 tempat" in told
    assert "RT001-RW001" not in told
    inner = words(page(client, "/indikator/stunting/?tingkat=rt"))
    assert "RT001-RW001 Melati 4 riwayat" in inner


def test_a_page_of_an_indicator_costs_few_queries(
    client: Client, indicator: Indicator, bappeda: User, django_assert_max_num_queries: Any
) -> None:
    page(client, "/indikator/stunting/")
    with django_assert_max_num_queries(15):
        page(client, "/indikator/stunting/")


def test_the_public_sees_no_rt_no_history_and_no_small_counts(client: Client, indicator: Indicator) -> None:
    told = words(page(client, "/indikator/stunting/?tingkat=rt&tempat=99.01.01.1001"))
    assert "Melati Utara &lt; 5 12" in told
    assert "Kenanga Utara – &lt; 5" in told
    assert "RT001" not in told
    assert "Riwayat" not in told
    assert "rilis" not in told


def test_small_counts_are_told_to_the_staff_only_on_map_and_profile(
    client: Client, indicator: Indicator, places: dict[str, Area]
) -> None:
    url = "/peta/nilai.json?ukur=i-stunting&tahun=2024"
    public = client.get(url)
    assert public.json()["tempat"][places["Kenanga"].kode]["teks"] == "< 5"
    assert "3 kelurahan, dalam anak" not in public.content.decode()
    assert "Balita stunting" in words(page(client, f"/kelurahan/{places['Kenanga'].kode}/"))
    assert "&lt; 5 anak" in words(page(client, f"/kelurahan/{places['Kenanga'].kode}/?tahun=2024"))
    client.force_login(make_user(Role.PEJABAT))
    staff = client.get(url, headers={"If-None-Match": public["ETag"]})
    assert staff.status_code == 200
    assert staff.json()["tempat"][places["Kenanga"].kode]["teks"] == "2"


def test_the_map_names_unit_year_and_source(client: Client, indicator: Indicator, places: dict[str, Area]) -> None:
    percent = Indicator.objects.create(kode="rasio", nama="Prevalensi stunting", satuan="%")
    IndicatorValue.objects.create(
        indicator=percent, area=places["Melati"], tahun=2024, nilai="17.25", sumber="SKI", contoh=True
    )
    told = words(page(client, "/?ukur=i-rasio&tahun=2024"))
    assert "Prevalensi stunting 2024" in told
    assert "di 1 kelurahan, dalam persen." in told
    assert "Sumber: SKI. Sebagian angkanya data contoh." in told
    assert "17,25" in told


def test_history_tells_acts_and_every_change_of_a_place(client: Client, indicator: Indicator, bappeda: User) -> None:
    put_values(indicator, [(Area.objects.get(nama="Melati"), 2024, 15)], "ralat")
    told = words(page(client, "/indikator/stunting/"))
    assert "perintah" in told
    assert "rilis · e-PPGBM 3 angka baru" in told
    assert "rilis · ralat 1 berubah" in told
    kode = Area.objects.get(nama="Melati").kode
    inner = words(page(client, f"/indikator/stunting/?tempat={kode}"))
    assert "Riwayat di Melati" in inner
    assert "2024: 12 → 15 anak Data!C2" in inner
    assert "2024: kosong → 12 anak Data!C2" in inner


def test_name_and_unit_are_corrected_with_a_reason(client: Client, indicator: Indicator, bappeda: User) -> None:
    Indicator.objects.create(kode="penduduk", nama="Jumlah penduduk", satuan="jiwa", alias=["Populasi"])
    form = client.get("/indikator/stunting/ubah/").context["form"]
    given = {
        "nama": "Anak stunting",
        "satuan": "balita",
        "alias": "Stunting\nBalita pendek\nstunting",
        "alasan": "istilah",
    }
    data = {**given, "segel": form.initial["segel"]}
    assert client.post("/indikator/stunting/ubah/", {**data, "alias": "populasi"}).status_code == 422
    assert client.post("/indikator/stunting/ubah/", {**data, "alasan": ""}).status_code == 422
    assert client.post("/indikator/stunting/ubah/", data).status_code == 302
    indicator.refresh_from_db()
    assert (indicator.nama, indicator.satuan, indicator.alias) == (
        "Anak stunting",
        "balita",
        ["Stunting", "Balita pendek"],
    )
    event = Event.objects.get(jenis="indikator_dibetulkan")
    assert (event.oleh_nama, event.isi["lama"]["satuan"], event.isi["alasan"]) == (bappeda.username, "anak", "istilah")
    told = words(page(client, "/indikator/stunting/"))
    assert "Keterangan indikator dibetulkan" in told
    # what somebody else changed meanwhile is not lost
    stale = client.post("/indikator/stunting/ubah/", {**data, "nama": "Lain lagi"})
    assert stale.status_code == 422
    assert "baru saja diubah orang lain" in stale.content.decode()
    indicator.refresh_from_db()
    assert indicator.nama == "Anak stunting"


def test_english_pages(client: Client, indicator: Indicator, bappeda: User) -> None:
    client.post("/bahasa", {"language": "en"})
    assert "supporting indicator" in words(page(client, "/indikator/"))
    assert "Values 2023–2024" in words(page(client, "/indikator/stunting/"))
