"""The three findings under the map."""

import pytest

from kelurahan.reports import cards
from kelurahan.reports.city import City, load_city
from tests.factories import make_city, make_summary

pytestmark = pytest.mark.django_db


def scored(years: dict[int, dict[str, int]]) -> City:
    places = make_city()
    for tahun, totals in years.items():
        for name, total in totals.items():
            make_summary(places[name], tahun, total)
    city = load_city()
    assert city is not None
    return city


def test_no_data_no_findings() -> None:
    city = scored({})
    assert (cards.trend_card(city, 2025), cards.kecamatan_card(city, 2025), cards.moves_card(city, 2025)) == (None,) * 3


@pytest.mark.parametrize(
    ("before", "after", "title"),
    [
        ({"Melati": 20, "Mawar": 20}, {"Melati": 20, "Mawar": 0}, "Satu lebih sedikit daripada 2020"),
        (
            {"Melati": 20, "Mawar": 3, "Kenanga": 3},
            {"Melati": 20, "Mawar": 20, "Kenanga": 61},
            "Dua lebih banyak daripada 2020",
        ),
        ({"Melati": 20, "Mawar": 0}, {"Melati": 0, "Mawar": 20}, "Jumlah sama dengan 2020"),
        ({"Melati": 20, "Mawar": 20}, {"Melati": 20}, "Jumlah sama dengan 2020"),
        ({"Melati": 20}, {"Mawar": 20}, "Belum dapat dibandingkan dengan 2020"),
    ],
)
def test_the_trend_says_which_way(before: dict, after: dict, title: str) -> None:
    card = cards.trend_card(scored({2020: before, 2025: after}), 2025)
    assert card is not None
    assert card.judul == title


def test_the_trend_says_how_many_it_cannot_compare() -> None:
    places = make_city()
    for name in ("Melati", "Mawar", "Kenanga"):
        make_summary(places[name], 2020, 40)
    make_summary(places["Melati"], 2025, 40)
    make_summary(places["Mawar"], 2025, 14, unknown=["3b"])  # perhaps still kumuh: no improvement
    city = load_city()
    assert city is not None
    card = cards.trend_card(city, 2025)
    assert card is not None
    assert (card.judul, card.uraian) == (
        "Jumlah sama dengan 2020",
        "Kelurahan kumuh per tahun; sedang dan berat turun dari 2 menjadi 1. Empat kelurahan tidak dapat dibandingkan.",
    )


def test_the_trend_of_one_year_is_a_count() -> None:
    card = cards.trend_card(scored({2025: {"Melati": 20}}), 2025)
    assert card is not None
    assert card.judul == "1 kelurahan kumuh pada 2025"
    assert card.label == "Kelurahan kumuh per tahun: 2025 1"


def test_bars_stack_the_worst_at_the_ground_and_fit() -> None:
    card = cards.trend_card(scored({2025: {"Melati": 20, "Mawar": 40, "Kenanga": 70}}), 2025)
    assert card is not None
    [year] = card.years
    assert [bar.kode for bar in year.bars] == ["berat", "sedang", "ringan"]
    assert [kode for kode, _name in card.legend] == ["ringan", "sedang", "berat"]
    heights = [(float(bar.y), float(bar.height)) for bar in year.bars]
    assert all(y >= 0 and y + height <= 236 for y, height in heights)


@pytest.mark.parametrize(
    ("totals", "title"),
    [
        ({"Melati": 20, "Mawar": 20}, "Utara 2 dari 3, Selatan belum dinilai"),
        ({"Melati": 20, "Mawar": 20, "Dahlia": 0}, "Utara 2 dari 3, Selatan tidak ada"),
        ({"Melati": 20, "Dahlia": 20, "Cempaka": 20}, "Selatan 2 dari 2, Utara 1 dari 3"),
        ({"Melati": 0}, "Belum ada kecamatan dengan kelurahan kumuh"),
        (
            dict.fromkeys(("Melati", "Mawar", "Kenanga", "Cempaka", "Dahlia"), 0),
            "Tidak ada kelurahan kumuh di kecamatan mana pun",
        ),
    ],
)
def test_kecamatan_by_share(totals: dict[str, int], title: str) -> None:
    card = cards.kecamatan_card(scored({2025: totals}), 2025)
    assert card is not None
    assert card.judul == title


def test_squares_show_every_kelurahan_worst_first() -> None:
    card = cards.kecamatan_card(scored({2025: {"Melati": 20, "Mawar": 61}}), 2025)
    assert card is not None
    assert card.rows[0].squares == ["berat", "ringan", "belum"]


def test_moves_name_direction_and_cause() -> None:
    places = make_city()
    make_summary(places["Melati"], 2024, 0, nilai_min=[0] * 16, nilai_max=[0] * 16)
    worse = [0] * 9 + [3, 3, 3] + [5, 5, 0, 0]
    make_summary(places["Melati"], 2025, 0, nilai_min=worse, nilai_max=worse, total_min=19, total_max=19,
                 tingkat_min=1, tingkat_max=1)  # fmt: skip
    make_summary(places["Mawar"], 2024, 40)
    make_summary(places["Mawar"], 2025, 30)
    make_summary(places["Kenanga"], 2024, 40)
    make_summary(places["Kenanga"], 2025, 30, unknown=["7a", "7b"])  # may still be sedang: no move
    city = load_city()
    assert city is not None
    card = cards.moves_card(city, 2025)
    assert card is not None
    assert (card.judul, card.uraian) == (
        "Dua pindah tingkat sejak 2024",
        "Satu memburuk, satu membaik; total lama → baru dan sebabnya. Dua kelurahan tidak dapat dibandingkan.",
    )
    melati, mawar = card.moves
    assert (melati.place.nama, melati.dari, melati.total_after) == ("Melati", "dari tidak kumuh", "19")
    assert melati.sebab == "persampahan +10, air limbah +6"
    assert mawar.sebab.count("−") == 2


def test_a_year_without_moves_says_so() -> None:
    card = cards.moves_card(scored({2024: {"Melati": 20}, 2025: {"Melati": 21}}), 2025)
    assert card is not None
    assert card.judul == "Tidak ada yang pindah tingkat sejak 2024"


def test_moves_between_years_without_a_common_place_are_none() -> None:
    card = cards.moves_card(scored({2024: {"Melati": 62}, 2025: {"Mawar": 3}}), 2025)
    assert card is not None
    assert (card.judul, card.uraian, card.moves) == (
        "Belum dapat dibandingkan dengan 2024",
        "Tidak ada kelurahan yang dinilai pada kedua tahun.",
        [],
    )


def test_a_year_with_fewer_assessed_places_is_marked() -> None:
    card = cards.trend_card(scored({2024: {"Melati": 20, "Mawar": 20}, 2025: {"Melati": 20}}), 2025)
    assert card is not None
    assert [(year.tahun, year.sebagian) for year in card.years] == [(2024, False), (2025, True)]
    assert card.catatan == "* Belum semua tempat dinilai."
