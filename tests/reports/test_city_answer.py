"""Sentences and figures of the home page: right for 0, 1 and n."""

import pytest

from kelurahan.reports import home as report
from kelurahan.reports.answer import kumuh_title
from kelurahan.reports.city import City, load_city
from kelurahan.reports.lens import Lihat
from kelurahan.reports.uncounted import note_below
from kelurahan.rules.regulation import DEFAULT_RULE_SET
from tests.factories import make_city, make_decree, make_summary

pytestmark = pytest.mark.django_db
YEAR = 2026  # today, for the review clock


def page(**asked: str) -> report.Home:
    city = load_city()
    assert city is not None
    return report.build(city, report.read_view(asked, city, []), [], YEAR)


def report_of(aturan: str) -> report.Home:
    city = load_city(aturan)
    assert city is not None
    return report.build(city, report.read_view({"aturan": aturan}, city, []), [], YEAR)


def five(totals: dict[str, int], tahun: int = 2025) -> dict:
    places = make_city()
    for name, total in totals.items():
        make_summary(places[name], tahun, total)
    return places


@pytest.mark.parametrize(
    ("n", "total", "title"),
    [
        (0, 51, "Tidak ada kelurahan kumuh"),
        (1, 51, "1 dari 51 kelurahan kumuh"),
        (20, 51, "20 dari 51 kelurahan kumuh"),
        (51, 51, "Semua 51 kelurahan kumuh"),
        (1, 1, "Satu-satunya kelurahan kumuh"),
    ],
)
def test_the_headline_counts(n: int, total: int, title: str) -> None:
    assert kumuh_title(n, total) == title


def test_the_lead_names_what_the_headline_leaves_out() -> None:
    places = five({"Melati": 62, "Mawar": 40, "Kenanga": 39})
    make_summary(places["Cempaka"], 2025, 14, unknown=["3b"])
    assert page().answer.uraian == (
        "Menurut data 2025, satu di antaranya kumuh berat, dua di antaranya kumuh sedang, satu kelurahan belum pasti "
        "karena isiannya belum lengkap, dan satu kelurahan belum dinilai."
    )


def test_a_quiet_city_says_so_and_no_more() -> None:
    five({"Melati": 3, "Mawar": 0, "Kenanga": 15, "Cempaka": 1, "Dahlia": 2})
    answer = page().answer
    assert (answer.judul, answer.uraian) == ("Tidak ada kelurahan kumuh", "Menurut data 2025.")


def test_a_city_without_data_invites_to_send_some() -> None:
    make_city()
    answer = page().answer
    assert answer.judul == "5 kelurahan, belum ada data"
    assert [figure.nilai for figure in answer.figures] == ["–", "0,0\u00a0%"]


def test_figures_of_area_decree_disagreement_and_completeness() -> None:
    places = five({"Melati": 20, "Mawar": 20, "Kenanga": 0, "Cempaka": 0, "Dahlia": 40})
    make_decree(2020, {"Melati": 1, "Kenanga": None, "Dahlia": 1}, places, luas_ha="123.95")
    figures = page().answer.figures
    assert [f.nilai for f in figures] == ["4,50\u00a0ha", "123,95\u00a0ha", "3 kelurahan", "100\u00a0%"]
    assert "lewat sejak 2025" in figures[1].istilah
    assert figures[1].url == "?lihat=sk&tahun=2025"


def test_a_range_that_holds_the_decrees_class_is_no_disagreement() -> None:
    places = make_city()
    make_summary(places["Melati"], 2025, 35, unknown=["3b"])  # 35–40: ringan or sedang
    make_decree(2020, {"Melati": 2}, places)
    assert page().answer.figures[2].nilai == "0 kelurahan"


def test_almost_complete_is_never_100_percent() -> None:
    places = make_city({"Utara": [f"Melati {i}" for i in range(200)]})
    for i, area in enumerate(places.values()):
        make_summary(area, 2025, 0, unknown=["3b"] if i == 0 else [])
    assert page().answer.figures[-1].nilai == "99,9\u00a0%"


def test_the_sentence_of_the_decree() -> None:
    places = five({"Melati": 20})
    make_decree(2020, {"Melati": 1, "Mawar": None}, places)
    home = page(lihat="sk")
    assert home.answer.judul == "2 kelurahan ditetapkan kumuh"
    assert home.lens.kalimat == "oleh SK 2020, 10,00\u00a0ha."
    assert {c.kode: c.n for c in home.lens.classes} == {"tidak": 3, "ringan": 1, "sedang": 0, "berat": 0, "kumuh": 1}


def test_where_decree_and_data_differ_stands_first_and_says_so() -> None:
    places = five({"Melati": 20, "Mawar": 40, "Kenanga": 3})
    make_decree(2020, {"Melati": 1, "Kenanga": None}, places)
    rows = page(lihat="sk").rows
    assert [(r.place.nama, r.nilai.catatan, r.peringkat) for r in rows[:3]] == [
        ("Kenanga", "data: tidak kumuh", None),
        ("Mawar", "data: sedang", None),
        ("Melati", "", None),
    ]


def test_a_year_before_any_decree() -> None:
    places = five({"Melati": 20}, 2015)
    make_decree(2020, {"Melati": 1}, places)
    assert page(lihat="sk", tahun="2015").answer.judul == "Belum ada SK kumuh"


def test_change_counts_better_and_worse_and_leaves_doubt_out() -> None:
    places = five({"Melati": 20, "Mawar": 20, "Kenanga": 20, "Cempaka": 20}, 2020)
    for name, total in {"Melati": 30, "Mawar": 19, "Kenanga": 20}.items():
        make_summary(places[name], 2025, total)
    make_summary(places["Cempaka"], 2025, 18, unknown=["3b"])
    home = page(lihat="perubahan")
    assert {c.kode: c.n for c in home.lens.classes} == {"p2": 1, "p1": 0, "d0": 1, "m1": 1, "m2": 0, "belum": 2}
    assert home.answer.judul == "1 kelurahan membaik, 1 memburuk"
    assert [row.place.nama for row in home.rows][:3] == ["Melati", "Kenanga", "Mawar"]


def test_equal_totals_share_a_rank_and_the_unknown_come_last() -> None:
    five({"Melati": 20, "Mawar": 20, "Kenanga": 45, "Cempaka": 3})
    rows = page().rows
    assert [(r.place.nama, r.peringkat) for r in rows] == [
        ("Kenanga", 1),
        ("Mawar", 2),
        ("Melati", 2),
        ("Cempaka", 4),
        ("Dahlia", None),
    ]


def test_spoken_names_say_class_total_and_doubt() -> None:
    places = five({"Mawar": 0})
    make_summary(places["Melati"], 2025, 44, unknown=["3b"])
    spoken = {row.place.nama: row.ucap for row in page().rows}
    assert spoken["Melati"] == "Melati, kumuh sedang, 44–49, belum lengkap"
    assert spoken["Mawar"] == "Mawar, tidak kumuh, 0"
    assert spoken["Dahlia"] == "Dahlia, belum dinilai"


def test_what_is_missing_is_named_or_counted() -> None:
    places = make_city()
    make_summary(places["Melati"], 2025, 10, unknown=["3b", "6a"])
    make_summary(places["Mawar"], 2025, 10, unknown=["1a", "1b", "1c", "2a", "2b"])
    missing = {row.place.nama: row.kurang for row in page().rows}
    assert missing["Melati"] == "kriteria 3b, 6a belum diisi"
    assert missing["Mawar"] == "5 kriteria belum diisi"


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ({}, (Lihat.DATA, 2025, "tingkat")),
        ({"tahun": "2023", "ukur": "3a"}, (Lihat.DATA, 2023, "3a")),
        ({"tahun": "1066"}, (Lihat.DATA, 2021, "tingkat")),
        ({"tahun": "abc", "lihat": "zzz", "ukur": "<b>"}, (Lihat.DATA, 2025, "tingkat")),
        ({"tahun": "99999999999999999999"}, (Lihat.DATA, 2025, "tingkat")),
        ({"lihat": "sk", "ukur": "3a"}, (Lihat.SK, 2025, "tingkat")),
        ({"lihat": "perubahan", "tahun": "2021"}, (Lihat.PERUBAHAN, 2025, "tingkat")),
    ],
)
def test_any_address_shows_something(asked: dict[str, str], shown: tuple) -> None:
    places = make_city()
    for tahun in (2021, 2023, 2025):
        make_summary(places["Melati"], tahun, 20)
    view = page(**asked).view
    assert (view.lihat, view.tahun, view.ukur) == shown


def test_the_address_of_a_view_leads_back_to_it() -> None:
    places = make_city()
    for tahun in (2021, 2025):
        make_summary(places["Melati"], tahun, 20)
    city = load_city()
    assert isinstance(city, City)
    for asked in ({"tahun": "2021", "ukur": "4b"}, {"lihat": "perubahan", "dari": "2021"}, {"lihat": "sk"}):
        view = report.read_view(asked, city, [])
        again = dict(pair.split("=") for pair in view.query()[1:].split("&"))
        assert report.read_view(again, city, []) == view


def test_a_year_with_few_assessed_places_says_so() -> None:
    places = five({"Melati": 20, "Mawar": 20, "Kenanga": 20, "Cempaka": 20, "Dahlia": 20}, 2024)
    make_summary(places["Melati"], 2025, 3)
    answer = page(tahun="2025").answer
    assert answer.judul == "Tidak ada yang kumuh di 1 kelurahan yang dinilai"
    assert answer.uraian == "Menurut data 2025, baru 1 dari 5 kelurahan dinilai."


def test_change_compares_only_places_assessed_in_both_years() -> None:
    places = five({"Melati": 20, "Mawar": 20, "Kenanga": 20, "Cempaka": 20, "Dahlia": 20}, 2020)
    make_summary(places["Melati"], 2025, 20)
    answer = page(lihat="perubahan", tahun="2025").answer
    assert answer.uraian == (
        "Total tahun 2025 dibanding tahun 2020; kelurahan kumuh 1 → 1. Empat kelurahan tidak dapat dibandingkan."
    )


@pytest.mark.parametrize(
    ("asked", "note"),
    [
        ({}, ""),
        ({"tahun": "2023"}, ""),
        ({"tahun": "1990"}, "Tahun 1990 belum punya data; yang ditampilkan 2021."),
        ({"tahun": "2024", "lihat": "sk"}, "Tahun 2024 belum punya data; yang ditampilkan 2025."),
        ({"tahun": "1990", "lihat": "perubahan"}, "Tahun 1990 belum punya data; yang ditampilkan 2025."),
        ({"tahun": "2021", "lihat": "perubahan"},
         "Sebelum 2021 belum ada data untuk dibandingkan; yang ditampilkan 2025."),
    ],
)  # fmt: skip
def test_a_year_without_data_is_not_replaced_in_silence(asked: dict[str, str], note: str) -> None:
    places = make_city()
    for tahun in (2021, 2023, 2025):
        make_summary(places["Melati"], tahun, 20)
    assert page(**asked).view.catatan == note


def test_slum_hectares_outside_slum_kelurahan_are_told() -> None:
    places = five({"Melati": 20})
    make_summary(places["Mawar"], 2025, 3, ha_kelas=[10, "40.25", 10, "0.25", 0, 0])
    assert page().tak_terhitung == "RT kumuh di kelurahan yang tidak kumuh (50,50\u00a0ha) tidak ikut dihitung."
    make_summary(places["Kenanga"], 2025, 3, ha_kelas=[1, 1, 0, 0, 7, 0])
    assert "(sedikitnya 51,50\u00a0ha)" in page().tak_terhitung
    assert note_below("99.01|", 2025, DEFAULT_RULE_SET) == page().tak_terhitung
    assert note_below("99.01|99.01.02|", 2025, DEFAULT_RULE_SET) == ""


@pytest.fixture
def two_rule_sets() -> None:
    places = five({"Melati": 20})
    make_summary(places["Melati"], 2017, 60, aturan="permen-02-2016")
    make_summary(places["Mawar"], 2017, 3, aturan="permen-02-2016")


def test_another_rule_set_is_asked_for_by_name(two_rule_sets: None) -> None:
    usual, old = page(), report_of("permen-02-2016")
    assert [choice.kode for choice in usual.aturan] == ["permen-14-2018", "permen-02-2016"]
    assert (usual.city.years, usual.view.query()) == ([2025], "?tahun=2025")
    assert (old.city.years, old.view.query()) == ([2017], "?tahun=2017&aturan=permen-02-2016")
    assert old.city.rule_set.maximum == 95
    assert old.rows[0].place.url.endswith("/?aturan=permen-02-2016")
    assert old.answer.uraian.startswith("Menurut data 2017 dan Permen PUPR 02/PRT/M/2016")


@pytest.mark.parametrize("aturan", ["", "permen-14-2018", "permen-99-1999", "<b>"])
def test_any_other_rule_set_is_the_usual_one(two_rule_sets: None, aturan: str) -> None:
    home = report_of(aturan)
    assert (home.city.rule_set.kode, home.view.aturan) == ("permen-14-2018", "")


def test_one_rule_set_offers_no_choice() -> None:
    five({"Melati": 20})
    assert page().aturan == []
