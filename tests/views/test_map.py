"""The home page and its data."""

import csv
import io
import json
import re

import pytest
from django.test import Client

from kelurahan.actions.events import bump_version
from kelurahan.models import Area, DataVersion, Indicator, IndicatorValue, MapDrawing, Role
from kelurahan.reports.lens import PATTERNED
from tests.factories import make_city, make_decree, make_drawing, make_summary, make_user
from tests.filled import fill

pytestmark = pytest.mark.django_db


@pytest.fixture
def places() -> dict[str, Area]:
    places = make_city()
    for tahun, totals in {2024: (20, 12, 40, 3), 2025: (18, 20, 40, 3)}.items():
        for name, total in zip(("Melati", "Mawar", "Kenanga", "Cempaka"), totals, strict=True):
            make_summary(places[name], tahun, total)
    make_decree(2020, {"Melati": 1, "Dahlia": None}, places)
    make_drawing(places)
    bump_version()
    return places


def html(client: Client, url: str = "/") -> str:
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def test_first_paint_answers_without_script(client: Client, places: dict[str, Area]) -> None:
    page = html(client)
    assert "<h1>3 dari 5 kelurahan kumuh</h1>" in page
    assert page.count('<a href="/kelurahan/99.01.01.1001/"') >= 2  # on the map and in the ranking
    assert 'aria-label="Kenanga, kumuh sedang, 40"' in page
    assert "Batas indikatif." in page


@pytest.mark.parametrize("url", ["/", "/?lihat=sk", "/?lihat=perubahan", "/?ukur=3a", "/?tahun=2024", "/?ukur=i-warga"])
def test_a_view_costs_few_queries_and_no_inline_style(
    client: Client, places: dict[str, Area], django_assert_max_num_queries, url: str
) -> None:
    indicator = Indicator.objects.create(kode="warga", nama="Warga", satuan="orang")
    IndicatorValue.objects.create(indicator=indicator, area=places["Melati"], tahun=2020, nilai=7, sumber="uji")
    html(client)
    with django_assert_max_num_queries(9):
        page = html(client, url)
    assert not re.search(r"\sstyle=|\son\w+=|<style|javascript:", page)
    assert not re.search(r'\s(x|y|cx|cy|r|rx|width|height)="[\d.-]*,', page)


def test_a_person_costs_two_queries_more(
    client: Client, places: dict[str, Area], django_assert_max_num_queries
) -> None:
    client.force_login(make_user(Role.BAPPEDA))
    html(client)
    with django_assert_max_num_queries(11):
        html(client)


def test_parts_of_a_view_come_alone(client: Client, places: dict[str, Area]) -> None:
    part = html(client, "/?tahun=2024&bagian=1")
    ids = ["jawaban", "alat", "legenda", "pilihan", "tahun-label", "tahun-daftar", "peringkat", "temuan"]
    assert [i for i in ids if f'id="{i}"' not in part] == []
    assert "<html" not in part
    assert "2 dari 5 kelurahan kumuh" in part


def test_years_modes_and_measures_are_plain_links(client: Client, places: dict[str, Area]) -> None:
    page = html(client)
    for address in ("?tahun=2024", "?lihat=sk&amp;tahun=2025", "?lihat=perubahan&amp;tahun=2025&amp;dari=2024"):
        assert f'href="{address}"' in page
    assert '<option value="3a">' in page


def test_a_city_of_one_year_offers_no_change(client: Client) -> None:
    places = make_city()
    make_summary(places["Melati"], 2025, 20)
    page = html(client)
    assert "lihat=perubahan" not in page
    assert 'id="tahun"' not in page


def test_values_are_small_complete_and_conditional(client: Client, places: dict[str, Area]) -> None:
    response = client.get("/peta/nilai.json?tahun=2025")
    data = json.loads(response.content)
    assert data["skala"] == {"lo": 0, "hi": 80}
    mawar = data["tempat"][places["Mawar"].kode]
    assert (mawar["kelas"], mawar["total_min"], mawar["tingkat"], mawar["lengkap"], mawar["sk"][0]) == (
        "ringan",
        20,
        1,
        True,
        "tidak",
    )
    assert data["tempat"][places["Dahlia"].kode]["tingkat"] is None
    assert len(response.content) < 600 * len(data["tempat"]) + 1000
    again = client.get("/peta/nilai.json?tahun=2025", headers={"If-None-Match": response["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    bump_version()
    assert client.get("/peta/nilai.json?tahun=2025", headers={"If-None-Match": response["ETag"]}).status_code == 200


def test_values_of_views_and_languages_are_told_apart(client: Client, places: dict[str, Area]) -> None:
    tags = {client.get(f"/peta/nilai.json{q}")["ETag"] for q in ("", "?tahun=2024", "?lihat=sk", "?ukur=3a")}
    assert len(tags) == 4
    client.cookies["django_language"] = "en"
    assert client.get("/peta/nilai.json")["ETag"] not in tags


def test_an_unchanged_view_costs_two_queries(
    client: Client, places: dict[str, Area], django_assert_max_num_queries
) -> None:
    tag = client.get("/peta/nilai.json")["ETag"]
    with django_assert_max_num_queries(2):
        client.get("/peta/nilai.json", headers={"If-None-Match": tag})


def test_geometry_is_kept_for_ever_under_its_own_name(client: Client, places: dict[str, Area]) -> None:
    address = re.search(r'data-batas="([^"]+)"', html(client))
    assert address
    response = client.get(address[1])
    geometry = json.loads(response.content)
    assert set(geometry["cells"]) == {area.kode for area in places.values()}
    assert "immutable" in response["Cache-Control"]
    assert client.get("/peta/batas-lain.json").status_code == 404


def test_the_table_for_spreadsheets_holds_no_formula(client: Client, places: dict[str, Area]) -> None:
    Area.objects.filter(nama="Melati").update(nama="=HYPERLINK(1)")
    response = client.get("/peta/nilai.csv?tahun=2025")
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))
    names = {row["kelurahan"]: row for row in rows}
    assert "'=HYPERLINK(1)" in names
    assert names["Kenanga"] | {"luas_kumuh_ha": "1,5", "tingkat": "Sedang"} == names["Kenanga"]
    assert names["Dahlia"]["total_min"] == ""
    assert "attachment" in response["Content-Disposition"]


def test_markup_in_names_stays_text(client: Client, places: dict[str, Area]) -> None:
    Area.objects.filter(nama="Melati").update(nama="<script>alert(1)</script>")
    assert "<script>alert" not in html(client)


def test_no_places_no_data_no_drawing_teach(client: Client) -> None:
    assert "load_places" in html(client)
    make_city()
    page = html(client)
    assert "5 kelurahan, belum ada data" in page
    assert "Peta belum digambar" in page
    assert json.loads(client.get("/peta/nilai.json").content)["tempat"]["99.01.01.1001"]["kelas"] == "belum"
    assert client.get("/peta/nilai.csv").status_code == 200


def test_a_place_without_shape_and_a_shape_without_place_break_nothing(client: Client, places: dict[str, Area]) -> None:
    selatan = Area.objects.get(nama="Selatan")
    Area.objects.create(
        kode="99.01.02.1009", nama="Baru", level="kelurahan", parent=selatan, path=f"{selatan.path}99.01.02.1009|"
    )
    Area.objects.filter(nama="Melati").update(kode="99.01.09.1001")
    assert "Baru" in html(client)


def test_official_boundaries_carry_no_mark(client: Client) -> None:
    make_drawing(make_city(), indikatif=False)
    page = html(client)
    assert "Batas indikatif." not in page
    assert "Batas: Batas uji" in page


def test_only_an_admin_is_shown_the_way_to_load_boundaries(client: Client, places: dict[str, Area]) -> None:
    assert 'href="/batas/"' not in html(client)
    client.force_login(make_user(Role.ADMIN))
    assert html(client).count('href="/batas/"') == 2


@pytest.mark.parametrize(
    ("peran", "entries"),
    [
        (None, ["Peta", "Kelurahan", "Indikator"]),
        (Role.PEJABAT, ["Peta", "Kelurahan", "Indikator", "Data", "Ganti kata sandi"]),
        (Role.BAPPEDA, ["Peta", "Kelurahan", "Indikator", "Data", "Unggah", "Ganti kata sandi"]),
        (Role.ADMIN, ["Peta", "Kelurahan", "Indikator", "Data", "Unggah", "Batas", "Pengguna", "Ganti kata sandi"]),
    ],
)
def test_navigation_shows_what_a_role_may(client: Client, peran: Role | None, entries: list[str]) -> None:
    if peran:
        client.force_login(make_user(peran))
    nav = re.search(r"<nav class=\"nav\".*?</nav>", html(client), re.S)
    assert nav
    assert re.findall(r"<a href[^>]*>([^<]+)</a>", nav[0]) == entries


@pytest.mark.parametrize("url", ["/", "/peta/nilai.json", "/peta/nilai.csv", "/peta/batas-x.json"])
def test_a_closed_map_sends_strangers_to_log_in(client: Client, settings, url: str) -> None:
    settings.PUBLIC_MAP = False
    assert client.get(url)["Location"].startswith("/masuk/?next=")
    client.force_login(make_user(Role.PEJABAT))
    assert client.get(url).status_code in (200, 404)


@pytest.mark.parametrize("url", ["/", "/peta/nilai.json", "/peta/nilai.csv"])
def test_pages_that_only_show_refuse_to_be_written_to(client: Client, url: str) -> None:
    assert client.post(url).status_code == 405


def test_example_data_is_announced_and_the_snapshot_named(client: Client, places: dict[str, Area]) -> None:
    assert "Data contoh." not in html(client)
    Area.objects.filter(nama="Melati").update(contoh=True)
    bump_version()
    page = html(client)
    assert "Data contoh." in page
    row = DataVersion.objects.get()
    assert f"Potret data K-{row.pada:%Y}-{row.nomor:04d}." in page


def test_every_pattern_has_a_hatch_in_the_sprite(client: Client) -> None:
    page = html(client)
    assert [kode for kode in PATTERNED if f'<pattern id="h-{kode}"' not in page] == []


def test_language_changes_by_a_form(client: Client, places: dict[str, Area]) -> None:
    response = client.post("/bahasa", {"language": "en", "next": "/?tahun=2024"})
    assert response["Location"] == "/?tahun=2024"
    assert '<html lang="en">' in html(client)


def test_the_source_says_example_only_of_years_that_are(client: Client, places: dict[str, Area]) -> None:
    for tahun, name, contoh in ((2024, "Melati", True), (2025, "Melati", True), (2025, "Mawar", False)):
        fill(places[name], tahun, contoh=contoh)
    make_summary(places["Melati"], 2026, 20)
    make_summary(places["Mawar"], 2026, 20)
    make_summary(places["Kenanga"], 2026, 20)
    fill(places["Mawar"], 2026)
    bump_version()
    for tahun, words in {
        2024: "Sumber: data contoh 2024.",
        2025: "Sumber: isian RT dan kelurahan 2025, sebagian data contoh.",
        2026: "Sumber: isian RT dan kelurahan 2026.",
    }.items():
        for part in ("", "&bagian=1"):
            assert f'<span id="sumber">{words}</span>' in html(client, f"/?tahun={tahun}{part}")


def test_a_year_without_data_says_what_is_shown_instead(client: Client, places: dict[str, Area]) -> None:
    assert "Tahun 1990 belum punya data; yang ditampilkan 2024." in html(client, "/?tahun=1990")


def test_another_rule_set_stays_in_links_values_and_tables(client: Client, places: dict[str, Area]) -> None:
    assert 'name="aturan"' not in html(client)
    make_summary(places["Melati"], 2017, 60, aturan="permen-02-2016")
    bump_version()
    assert '<select class="input" id="aturan" name="aturan">' in html(client)
    page = html(client, "/?aturan=permen-02-2016")
    assert f'href="/kelurahan/{places["Melati"].kode}/?aturan=permen-02-2016"' in page
    assert 'href="/kelurahan/?aturan=permen-02-2016"' in page
    assert 'href="/peta/nilai.csv?tahun=2017&amp;aturan=permen-02-2016"' in page
    assert '<input type="hidden" name="aturan" value="permen-02-2016">' in page
    answer = client.get("/peta/nilai.json?aturan=permen-02-2016")
    assert json.loads(answer.content)["skala"]["hi"] == 95
    assert answer["ETag"] != client.get("/peta/nilai.json")["ETag"]
    table = client.get("/peta/nilai.csv?aturan=permen-02-2016")
    assert 'filename="kelurahan-2017-permen-02-2016.csv"' in table["Content-Disposition"]
    assert table.content.decode().splitlines()[1].endswith(";permen-02-2016")


def test_the_drawing_keeps_names_off_the_arrow_and_the_scale_bar(client: Client, places: dict[str, Area]) -> None:
    drawing = MapDrawing.objects.get()
    svg = drawing.drawing["svg"]
    svg["texts"] = [
        {"teks": "Sebelah", "x": 60, "y": svg["height"] - 96},
        {"teks": "Laut", "x": 400, "y": svg["height"] - 300},
    ]
    drawing.save()
    page = html(client)
    assert re.findall(r'<text class="sea"[^>]*>([^<]*)<', page) == ["Laut"]
