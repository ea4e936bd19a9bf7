"""Places are recognised by code, name or alias; what is ambiguous is told, never guessed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kelurahan.intake.places import ELSEWHERE, Place, Places, clean, letters_apart, name_key, normalise_rt
from tests.intake.city import CITY


@pytest.fixture(scope="module")
def places():
    return Places(CITY)


def told(match):
    return [(problem.level, problem.code) for problem in match.problems]


@pytest.mark.parametrize(
    ("code", "name", "kecamatan", "expected"),
    [
        ("53.71.05.1004", "", "", "Naikoten Satu"),
        (" 53.71.05.1004 ", "naikoten i", "", "Naikoten Satu"),
        ("'53.71.05.1004", "", "", "Naikoten Satu"),
        ("5371031005", "Naikoten Dua", "Kota Raja", "Naikoten Dua"),
        ("5371011001", "Namosain", "", "Namosain"),
        ("", "Naikoten 1", "", "Naikoten Satu"),
        ("", "Kel. Naikoten II", "Kec. Kota Raja", "Naikoten Dua"),
        ("", "KELURAHAN NAIKOTEN SATU", "", "Naikoten Satu"),
        ("", "LLBK", "", "Lai Lai Bisi Kopan"),
        ("", "lai-lai bisi kopan", "", "Lai Lai Bisi Kopan"),
        ("", "Air Nona", "", "Airnona"),
        ("", "AIRNONA", "", "Airnona"),
        ("", "Bakunase", "", "Bakunase"),
        ("", "Bakunase 2", "", "Bakunase Dua"),
        ("", "Alak", "Alak", "Alak"),
        ("", "Solor\u200b", "", "Solor"),
        ("5371031001", "Bakunase", "", "Bakunase"),
        ("5371031001", "Kelapa Lima", "", "Kelapa Lima"),
        ("53.71.05.1004", "Naikoten", "", "Naikoten Satu"),
        ("53.71.05.1004/RT001-RW002", "", "", "Naikoten Satu"),
        ("53.71.05.1004.0", "", "", "Naikoten Satu"),
        ("5371051004.0", "", "", "Naikoten Satu"),
        ("ID5371051004", "", "", "Naikoten Satu"),
        ("53-71-05-1004", "", "", "Naikoten Satu"),
        ("53 71 05 1004", "", "", "Naikoten Satu"),
        ("5,371051004E+09", "", "", "Naikoten Satu"),
        ("53.71.031.001", "", "", "Bakunase"),
        ("53.71.03.1001", "", "", "Kelapa Lima"),
        ("", "Desa/Kelurahan Solor", "", "Solor"),
        ("", "01. Namosain", "", "Namosain"),
        ("", "1 Namosain", "", "Namosain"),
        ("", "(3) Namosain", "", "Namosain"),
        ("", "a. Namosain", "", "Namosain"),
        ("", "Namosain *)", "", "Namosain"),
        ("", "Namosain 1)", "", "Namosain"),
        ("", "Namosain²⁾", "", "Namosain"),
        ("", "Bakunase²", "", "Bakunase"),
        ("", "NAMOSAIN (53.71.01.1001)", "", "Namosain"),
        ("", "5371011001 Namosain", "", "Namosain"),
        ("", "Namosain (Kel.)", "", "Namosain"),
        ("", "Kel. Solor, Kec. Kota Lama", "", "Solor"),
        ("", "Nama Kelurahan : Solor", "", "Solor"),
        ("", "BakunaseII", "", "Bakunase Dua"),
        ("", "Bakunase2", "", "Bakunase Dua"),
        ("", "Lai-Lai-Bisi-Kopan", "", "Lai Lai Bisi Kopan"),
        ("", "Solor", "01 Kota Lama", "Solor"),
        ("", "Solor", "Kec. Kota Lma", "Solor"),
        ("", "Solor", "53.71.06", "Solor"),
    ],
)
def test_recognised_without_a_word(places, code, name, kecamatan, expected):
    match = places.match(code, name, kecamatan)
    assert match.place is not None
    assert (match.place.nama, told(match)) == (expected, [])


@pytest.mark.parametrize(
    ("code", "name", "kecamatan", "problem"),
    [
        ("", "", "", "place_missing"),
        ("", "Naikoten", "", "place_ambiguous"),
        ("", "Naikotan Satu", "", "place_unknown_like"),
        ("", "Menteng", "", "place_unknown"),
        ("", "\u202eOLOS", "", "place_unknown"),
        ("", "=HYPERLINK(1)", "", "place_unknown"),
        ("", "2 Bakunase", "", "place_unknown_like"),
        ("", "Bakunase 2)", "", "place_ambiguous"),
        ("", "Namosain (53.71.05.1001)", "", "place_unknown_like"),
        ("", "Namosain RT 01", "", "rt_unreadable"),
        ("53.71.01.1001", "Namosain RT 01", "", "rt_unreadable"),
        ("", "Lai Lai Bisi Kopn", "", "place_unknown_like"),
        ("", "Lai Lai Bisi Kopn", "Alak", "place_unknown_like"),
        ("", "Lai Lai Bsi Kopn", "Kota Lama", "place_unknown_like"),
        ("", "Naikotan Satu", "Kota Raja", "place_unknown_like"),
        ("", "Solr", "Kota Lama", "place_unknown_like"),
        ("", "Solor", "Alak", "kecamatan_differs"),
        ("5371031001", "", "", "code_in_two_systems"),
        ("5371031001", "Menteng", "", "code_in_two_systems"),
        ("53.71.05.1004", "Solor", "", "code_name_differ"),
        ("53.99.05.1004", "Solor", "", "code_unknown_for_name"),
        ("53.99.05.1004", "", "", "place_unknown"),
        ("5.37E+09", "", "", "place_unknown"),
        ("", "Alak", "Kota Raja", "kecamatan_differs"),
        ("\uff15\uff13.71.05.1004x", "", "", "place_unknown"),
    ],
)
def test_refused_with_a_reason(places, code, name, kecamatan, problem):
    match = places.match(code, name, kecamatan)
    assert match.place is None
    assert told(match) == [("galat", problem)]


def test_candidates_are_listed(places):
    (problem,) = places.match("", "Naikoten", "").problems
    assert problem.params["pilihan"] == "Naikoten Satu (53.71.05.1004), Naikoten Dua (53.71.05.1005)"
    (problem,) = places.match("5371031001", "", "").problems
    assert "Kelapa Lima (53.71.03.1001)" in problem.params["pilihan"]
    assert "Bakunase (53.71.05.1001)" in problem.params["pilihan"]


@pytest.mark.parametrize(
    ("code", "name", "kecamatan", "problem"),
    [
        (5371011001.0, "Namosain", "", "code_as_number"),
        ("5.37E+09", "Solor", "", "code_lost_digits"),
        ("53.71.06.1004", "Sollorr X", "", "name_unknown_code_used"),
        ("53.71.06.1004", "Solor", "Alak", "kecamatan_differs"),
        ("", "Lai Lai Bisi Kopn", "Kota Lama", "name_misspelt"),
        ("", "3. Lai Lai Bisi Kopn", "Kota Lama", "name_misspelt"),
    ],
)
def test_recognised_with_a_warning(places, code, name, kecamatan, problem):
    match = places.match(code, name, kecamatan)
    assert match.place is not None
    assert told(match) == [("peringatan", problem)]


def test_number_cell_that_means_two_places_is_decided_by_the_name(places):
    match = places.match(5371031001.0, "Kelapa Lima", "")
    assert match.place is not None
    assert match.place.nama == "Kelapa Lima"


def test_same_name_in_two_kecamatan_is_decided_by_the_kecamatan():
    north, south = (Place(f"11.11.0{i}.1001", "", "Baru", (), name) for i, name in ((1, "Utara"), (2, "Selatan")))
    twins = Places([north, south])
    assert twins.match("", "Baru", "").place is None
    match = twins.match("", "Baru", "Kecamatan Selatan")
    assert match.place is not None
    assert match.place.kode == "11.11.02.1001"


def test_every_place_is_found_by_every_one_of_its_names(places):
    for place in CITY:
        for name in (place.nama, *place.alias):
            assert places.match("", name.upper(), place.kecamatan).place == place
            assert places.match(place.kode, name, "").place == place


@pytest.mark.parametrize(
    ("rt", "rw", "expected"),
    [
        ("RT 1/RW 2", "", "RT001-RW002"),
        ("001/002", "", "RT001-RW002"),
        ("RT.01 RW.02", "", "RT001-RW002"),
        ("RT001-RW002", "", "RT001-RW002"),
        ("rt 001 / 002", "", "RT001-RW002"),
        ("RW 02 RT 01", "", "RT001-RW002"),
        ("12A/3", "", "RT012A-RW003"),
        ("01/I", "", "RT001-RW001"),
        ("RT 2 RW XIV", "", "RT002-RW014"),
        ("3", "IX", "RT003-RW009"),
        ("3", "IIV", None),
        ("1", "2", "RT001-RW002"),
        (1.0, 2.0, "RT001-RW002"),
        ("RT 5", "RW 01", "RT005-RW001"),
        ("RT 1", "", None),
        (1.0, "", None),
        ("0/1", "", None),
        ("1/0", "", None),
        ("1/2/3", "", None),
        ("RT seribu", "", None),
        ("1234/1", "", None),
    ],
)
def test_rt_names(rt, rw, expected):
    assert normalise_rt(rt, rw) == expected


@given(st.integers(1, 999), st.integers(1, 999))
def test_normal_form_is_a_fixed_point(rt, rw):
    name = normalise_rt(f"{rt}/{rw}")
    assert name == f"RT{rt:03d}-RW{rw:03d}"
    assert normalise_rt(name) == name


@given(st.text(max_size=300))
def test_clean_texts_are_short_and_visible(text):
    shown = clean(text, 60)
    assert len(shown) <= 60
    assert clean(shown, 60) == shown
    assert "\n" not in shown
    assert "\u202e" not in shown


def test_clean_hides_identity_numbers():
    assert clean("NIK 5371 0112 3456 7890 milik Ani") == "NIK … milik Ani"


@pytest.mark.parametrize("name", ["Namosain RT 01/RW 02", "NAMOSAIN, RT.01/02", "Namosain (RT 001 RW 002)"])
@pytest.mark.parametrize("code", ["", "53.71.01.1001"])
def test_the_rt_beside_a_name_is_kept(places, name, code):
    match = places.match(code, name, "")
    assert match.place.nama == "Namosain"
    assert normalise_rt(match.below) == "RT001-RW002"


def test_decisions_of_people_stand_in_where_nothing_else_is_known():
    decided = Places(CITY, {"naikoten": "53.71.05.1005", "menteng": ELSEWHERE, "solor": "53.71.01.1001"})
    match = decided.match("", "Kel. Naikoten", "")
    assert (match.place.nama, match.decided) == ("Naikoten Dua", "naikoten")
    assert decided.match("", "07. NAIKOTEN *)", "").place.nama == "Naikoten Dua"
    assert decided.match("", "Menteng", "").elsewhere
    assert decided.match("", "Solor", "").place.nama == "Solor"
    assert Places(CITY, {"menteng": "99.99.99.9999"}).match("", "Menteng", "").place is None


def test_a_code_of_two_systems_follows_the_table_and_says_so(places):
    match = places.match("5371031001", "", "", "bps")
    assert (match.place.nama, told(match)) == ("Bakunase", [("peringatan", "code_system_used")])
    match = places.match("5371031001", "", "", "kemendagri")
    assert match.place.nama == "Kelapa Lima"
    assert places.match("5371031001", "", "", "campuran").place is None
    assert places.match("5371031001", "Menteng", "", "bps").place is None


@pytest.mark.parametrize(
    ("codes", "names", "system"),
    [
        (["53.71.01.1001", "53.71.05.1004"], [], "kemendagri"),
        (["5371031001", "5371041004"], [], "bps"),
        (["5371031001", 5371011001.0], [], "kemendagri"),
        (["53.71.01.1001", "5371041004"], [], "campuran"),
        (["5371031001"], ["Bakunase"], "bps"),
        (["5371031001"], ["Kelapa Lima"], "kemendagri"),
        (["53.71.031.001"], [], "bps"),
        (["5371031001"], [], ""),
        (["9999999999", "abc"], [], ""),
        ([], [], ""),
    ],
)
def test_the_code_system_of_a_table(places, codes, names, system):
    assert places.code_system(codes, names) == system


def test_a_table_decides_about_its_codes_only_with_enough_of_them(places):
    bps = ["5371031002", "5371031003", "5371031004"]
    assert places.sure_system([*bps, "5371031001"]) == "bps"
    assert places.sure_system([*bps[:2], "5371031001"]) == ""
    assert places.sure_system([*bps, "53.71.01.1001"]) == ""


def test_suggestions_are_few_and_the_likeliest_comes_first(places):
    assert [place.nama for place, _ in places.suggestions("Naikoten")][:2] == ["Naikoten Satu", "Naikoten Dua"]
    assert places.suggestions("Nmosain", "Alak")[0][0].nama == "Namosain"
    assert {place.nama for place, _ in places.suggestions("2 Bakunase")} >= {"Bakunase", "Bakunase Dua"}
    assert [place.nama for place, _ in places.suggestions("5371031001")] == ["Kelapa Lima", "Bakunase"]
    assert places.suggestions("Menteng") == []
    assert len(places.suggestions("a")) <= 5


@given(st.sampled_from(CITY), st.sampled_from(["{}", "Kel. {}", "KELURAHAN {}", "1. {}", "12) {}", "{} *)", " {}\n"]))
def test_numbering_titles_and_notes_change_nothing(place, form):
    assert Places(CITY).match("", form.format(place.nama), place.kecamatan).place == place


@given(st.sampled_from(CITY), st.integers(0, 20), st.characters(codec="ascii", categories=["Ll"]))
def test_a_slip_never_leads_to_another_place(place, at, letter):
    """One letter replaced: the same place with a warning, or nothing; or truly the name of another one."""
    name = place.nama.casefold()
    slip = name[: at % len(name)] + letter + name[at % len(name) + 1 :]
    match = Places(CITY).match("", slip, place.kecamatan)
    assert match.place in (place, None)


@given(st.text("abcdef", max_size=8), st.text("abcdef", max_size=8))
def test_letters_apart(a, b):
    n = letters_apart(a, b, 8)
    assert n == letters_apart(b, a, 8)
    assert (n == 0) == (a == b)
    assert letters_apart(a, b, 1) == min(n, 2)


@given(st.text(max_size=50))
def test_any_text_is_matched_or_explained(text):
    match = Places(CITY).match(text, text, text)
    assert match.place is not None or match.problems


def test_spellings_share_a_key():
    assert name_key("Kel. Naikoten I") == name_key("NAIKOTEN  SATU") == name_key("naikoten 01") == "naikoten 1"


def test_codes_between_slashes_and_the_city_behind_a_kecamatan():
    places = Places(CITY)
    assert places.match("53/71/06/1004", "Solor", "").place.nama == "Solor"
    assert places.match("53/71/06/1004/RT001-RW002", "", "").below == "RT001-RW002"
    assert places.match("", "Kel. Namosain, Kec. Alak Kota Kupang", "").place.nama == "Namosain"
    assert places.match("", "Solor, Kec. Kota Lama Kota Kupang", "").place.nama == "Solor"
    assert places.match("", "Solor, Kec. Alak Kota Kupang", "").place is None
