"""The list of kelurahan."""

import re

import pytest
from django.test import Client

from kelurahan.actions.events import bump_version
from kelurahan.models import Area
from tests.factories import make_city, make_decree, make_summary
from tests.filled import make_rt

pytestmark = pytest.mark.django_db


@pytest.fixture
def places() -> dict[str, Area]:
    places = make_city()
    make_summary(places["Melati"], 2024, 40)
    make_summary(places["Melati"], 2025, 18)
    make_summary(places["Mawar"], 2025, 12)
    make_summary(places["Kenanga"], 2025, 41, unknown=("3b",))
    make_summary(places["Cempaka"], 2025, 36, unknown=("3b",))
    make_decree(2020, {"Melati": 1, "Dahlia": None}, places)
    for nama in ("RT001-RW001", "RT002-RW001"):
        make_rt(places["Melati"], nama)
    bump_version()
    return places


def html(client: Client, url: str = "/kelurahan/", **headers: str) -> str:
    response = client.get(url, headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def row(page: str, nama: str) -> str:
    """The words of a row of the table."""
    found = re.search(rf"<tr>\s*<th[^>]*><a[^>]*>{nama}</a>.*?</tr>", page, re.S)
    assert found, nama
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())


def test_every_kelurahan_with_its_class_total_and_decree(client: Client, places: dict[str, Area]) -> None:
    page = html(client)
    assert "<h1>3 dari 5 kelurahan kumuh pada 2025</h1>" in page
    assert row(page, "Melati") == "Melati Ringan 18 Ringan 1,50 lengkap 2"
    assert row(page, "Mawar") == "Mawar Tidak kumuh 12 tidak tercantum 0,00 lengkap 0"
    assert row(page, "Kenanga").startswith("Kenanga Sedang 41–46 tidak tercantum 1,50 belum lengkap 15/16")
    assert row(page, "Cempaka").startswith("Cempaka Ringan–sedang 36–41")
    assert row(page, "Dahlia") == "Dahlia Belum dinilai – Kumuh tingkat tidak diumumkan – – 0"


def test_a_year_can_be_chosen(client: Client, places: dict[str, Area]) -> None:
    page = html(client, "/kelurahan/?tahun=2024")
    assert "1 dari 5 kelurahan kumuh pada 2024" in page
    assert row(page, "Melati").startswith("Melati Sedang 40")
    assert row(page, "Mawar").startswith("Mawar Belum dinilai")


@pytest.mark.parametrize("year", ["1999", "kemarin", "20255", "-1", "²⁰²⁵"])
def test_a_year_that_is_none_is_as_good_as_not_asked(client: Client, places: dict[str, Area], year: str) -> None:
    assert "pada 2025" in html(client, f"/kelurahan/?tahun={year}")


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("cari=mel", {"Melati"}),
        ("cari=MAWAR", {"Mawar"}),
        ("cari=99.01.02", {"Cempaka", "Dahlia"}),
        ("kecamatan=99.01.02", {"Cempaka", "Dahlia"}),
        ("kecamatan=99.01.02&cari=dah", {"Dahlia"}),
        ("cari=tidak+ada", set()),
        ("kecamatan=12.34.56", set()),
    ],
)
def test_search_and_filter(client: Client, places: dict[str, Area], query: str, shown: set[str]) -> None:
    page = html(client, f"/kelurahan/?{query}")
    table = page[page.index('id="daftar"') :]
    assert {nama for nama in places if f">{nama}</a>" in table} == shown
    assert ("Tidak ada kelurahan yang cocok" in table) == (not shown)


def test_grouped_by_kecamatan_or_sorted_by_total(client: Client, places: dict[str, Area]) -> None:
    grouped, by_total = html(client), html(client, "/kelurahan/?urut=total")
    assert "2 dari 3 kumuh" in grouped
    order = [re.search(r">(\w+)</a><small", part)[1] for part in by_total.split("<tr>") if "</a><small" in part]  # type: ignore[index]
    assert order == ["Kenanga", "Cempaka", "Melati", "Mawar", "Dahlia"]


def test_the_fragment_holds_only_the_table(client: Client, places: dict[str, Area]) -> None:
    part = html(client, "/kelurahan/?cari=mel", HX_Request="true", HX_Target="daftar")
    assert "<html" not in part
    assert ">Melati</a>" in part


def test_what_is_searched_is_only_text(client: Client, places: dict[str, Area]) -> None:
    page = html(client, '/kelurahan/?cari="><script>alert(1)</script>')
    assert "<script>alert" not in page


def test_few_queries(client: Client, places: dict[str, Area], django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    html(client)
    with django_assert_max_num_queries(7):
        html(client)


def test_before_a_city_is_loaded(client: Client) -> None:
    assert "Belum ada kelurahan" in html(client)


def test_before_any_data(client: Client) -> None:
    make_city()
    page = html(client)
    assert "5 kelurahan, belum ada yang dinilai" in page
    assert row(page, "Mawar") == "Mawar Belum dinilai – – – – 0"


def test_without_a_public_map_a_stranger_must_log_in(client: Client, places: dict[str, Area], settings) -> None:  # type: ignore[no-untyped-def]
    settings.PUBLIC_MAP = False
    assert client.get("/kelurahan/").status_code == 302
    assert client.get("/kelurahan/99.01.01.1001/").status_code == 302


def test_a_few_rt_are_not_a_complete_place(client: Client, places: dict[str, Area]) -> None:
    make_summary(places["Dahlia"], 2025, 80, n_dinilai=2, n_harap=32, lengkap=False)
    make_summary(places["Mawar"], 2024, 20, unknown=("3b",), n_dinilai=2, n_harap=32)
    bump_version()
    assert "belum lengkap 2/32 RT 0" in row(html(client), "Dahlia")
    assert "belum lengkap 2/32 RT, 15/16 kriteria 0" in row(html(client, "/kelurahan/?tahun=2024"), "Mawar")


def test_another_rule_set_can_be_chosen_where_it_has_data(client: Client, places: dict[str, Area]) -> None:
    assert 'aria-label="Aturan"' not in html(client)
    make_summary(places["Mawar"], 2016, 50, aturan="permen-02-2016")
    bump_version()
    usual = html(client)
    assert 'href="?aturan=permen-02-2016"' in usual
    assert "3 dari 5 kelurahan kumuh pada 2025" in usual
    old = html(client, "/kelurahan/?aturan=permen-02-2016")
    assert "1 dari 5 kelurahan kumuh pada 2016" in old
    assert f'href="/kelurahan/{places["Mawar"].kode}/?tahun=2016&amp;aturan=permen-02-2016"' in old
    assert '<input type="hidden" name="aturan" value="permen-02-2016">' in old
    assert "3 dari 5 kelurahan kumuh pada 2025" in html(client, "/kelurahan/?aturan=tidak-ada")
