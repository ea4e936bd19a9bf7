"""Sentences, charts and lines of a place, from numbers alone."""

from decimal import Decimal

import numpy as np
import pytest

from kelurahan.reports import sentences
from kelurahan.reports.charts import aspect_chart, percent_bar, trend_chart
from kelurahan.reports.lines import line_view, other_reading_note, short_reference
from kelurahan.reports.standing import Standing
from kelurahan.rules.regulation import FIELDS, KRITERIA, PENYEBUT, RULE_SETS, State
from kelurahan.rules.score import score, score_one
from kelurahan.rules.sums import sum_rows
from tests.filled import RULES

WHOLE = {"luas": "10", "bgn": "100", "jiwa": "500", "kk": "120", "jalan": "1000", "drain": "1000"}
PLAIN = {kode: Decimal(n) for kode, n in WHOLE.items()}


def volumes(persen: float) -> dict[str, Decimal | None]:
    return {k.kode: PLAIN[k.penyebut] * Decimal(str(persen)) / 100 for k in RULES.kriteria}


def standing(*totals: tuple[int, int] | None, first: int = 2020, n_harap: list[int] | None = None) -> Standing:
    """A place with these totals, one per year: each criterion 0 or 5, the open ones 0 to 5. One RT was assessed in
    each, of `n_harap`."""
    values = np.zeros((len(totals), len(FIELDS)), dtype=np.int64)
    states = np.zeros((len(totals), len(FIELDS)), dtype=np.uint8)
    values[:, : len(PENYEBUT)] = 1_000_000
    for year, total in enumerate(totals):
        low, high = total or (0, 0)
        for k, kriteria in enumerate(RULES.kriteria):
            column = FIELDS.index(kriteria.kode)
            values[year, column] = 1_000_000 if 5 * k < low else 0
            if low <= 5 * k < high or total is None:
                states[year, column] = State.EMPTY
    sums = sum_rows(values, states, RULES)
    keys = list(range(first, first + len(totals)))
    n = len(keys)
    return Standing(
        RULES, keys, sums, score(sums, RULES), [Decimal(0)] * n, [[0] * 6] * n, ["rt"] * n, n_harap or [1] * n
    )


@pytest.mark.parametrize(
    ("total", "said"),
    [
        ((0, 0), "X tidak kumuh, total 0"),
        ((15, 15), "X tidak kumuh, total 15"),
        ((20, 20), "X kumuh ringan, total 20"),
        ((60, 60), "X kumuh berat, total 60"),
        ((45, 50), "X kumuh sedang, total 45 sampai 50, belum lengkap"),
        ((35, 40), "X antara ringan dan sedang, total 35 sampai 40, belum lengkap"),
        ((10, 65), "X antara tidak kumuh dan berat, total 10 sampai 65, belum lengkap"),
        (None, "X belum dinilai pada 2020"),
    ],
)
def test_headline(total: tuple[int, int] | None, said: str) -> None:
    assert sentences.headline("X", standing(total), 0, 2020) == said


def test_a_few_rt_are_told_with_the_total_and_compared_with_no_other_year() -> None:
    few = standing((80, 80), (60, 65), n_harap=[32, 32])
    assert sentences.headline("X", few, 0, 2020) == "X kumuh berat, total 80 menurut 1 dari 32 RT"
    assert sentences.headline("X", few, 1, 2021) == (
        "X kumuh berat, total 60 sampai 65 menurut 1 dari 32 RT, belum lengkap"
    )
    assert sentences.incomplete(few, 0) == "belum lengkap (1 dari 32 RT dinilai)"
    assert sentences.incomplete(few, 0, wide=True) == "belum lengkap (1 dari 32 tempat dinilai)"
    assert sentences.incomplete(standing((60, 65)), 0) == "belum lengkap"
    assert sentences.incomplete(standing((80, 80)), 0) == ""
    assert sentences.lead(few, 1) == [
        "Satu dari 16 kriteria belum dinilai lengkap.",
        "Baru 1 dari 32 RT dinilai; tingkatnya dapat berubah setelah semuanya dinilai.",
    ]
    assert sentences.trend_headline(few) == "Belum sebanding: tidak setiap tahun semua tempat dinilai"
    later = standing((80, 80), (80, 80), n_harap=[32, 1])
    assert sentences.lead(later, 1) == []


@pytest.mark.parametrize(
    ("volume", "whole", "shown"),
    [
        ("499.904", "2000", "24,9952"),
        ("499.9", "2000", "24,995"),
        ("500", "2000", "25,00"),
        ("499.8", "2000", "24,99"),
        ("1020", "2000", "51,00"),
        ("1500.01", "2000", "75,001"),
        ("1000.00001", "2000", "50,000001"),
        ("1", "3", "33,33"),
    ],
)
def test_a_percentage_beside_an_edge_is_told_apart_from_it(volume: str, whole: str, shown: str) -> None:
    cells = {**PLAIN, "jalan": Decimal(whole)}
    line = next(line for line in score_one(cells, {"2a": Decimal(volume)}, RULES).lines if line.kode == "2a")
    assert line_view(line, RULES, None, (), public=False).persen == shown


def test_headline_of_a_year_without_a_record() -> None:
    assert sentences.headline("X", standing(), None, 2021) == "X belum dinilai pada 2021"
    assert sentences.headline("X", standing(), None, None) == "X"


@pytest.mark.parametrize(
    ("totals", "said"),
    [
        (((50, 50), (45, 45)), "Turun lima angka dalam satu tahun"),
        (((50, 50), (45, 50)), "Turun paling banyak lima angka dalam satu tahun"),
        (((50, 50), (40, 45)), "Turun 5–10 angka dalam satu tahun"),
        (((45, 45), (50, 50)), "Naik lima angka dalam satu tahun"),
        (((45, 45), (45, 50)), "Naik paling banyak lima angka dalam satu tahun"),
        (((45, 45), (50, 55)), "Naik 5–10 angka dalam satu tahun"),
        (((45, 45), (45, 45), (45, 45)), "Tetap selama dua tahun"),
        (((40, 50), (45, 45)), "Naik atau turun belum pasti"),
        (((40, 50),), "Baru satu tahun dinilai"),
        ((), "Baru satu tahun dinilai"),
    ],
)
def test_the_trend_says_no_more_than_the_ranges_allow(totals: tuple[tuple[int, int], ...], said: str) -> None:
    assert sentences.trend_headline(standing(*totals)) == said


@pytest.mark.parametrize(
    ("total", "part"),
    [
        ((45, 50), "Satu dari 16 kriteria belum dinilai lengkap; tingkatnya tetap sama berapa pun isinya."),
        ((35, 45), "Dua dari 16 kriteria belum dinilai lengkap; tingkatnya baru pasti setelah terisi."),
    ],
)
def test_lead_says_what_is_open(total: tuple[int, int], part: str) -> None:
    assert part in sentences.lead(standing(total), 0)


def test_lead_compares_with_the_first_year() -> None:
    assert sentences.lead(standing((50, 50), (20, 20)), 1) == ["Turun dari 50 pada 2020."]
    assert sentences.lead(standing((20, 20), (20, 20)), 1) == ["Sama dengan 2020."]
    assert sentences.lead(standing((20, 20), (40, 40)), 1) == ["Naik dari 20 pada 2020."]
    assert sentences.lead(standing(None), 0)[0].startswith("Belum ada angka")


def test_counts_of_places_below() -> None:
    assert sentences.children_headline([2, 2, 14, 0, 0, 0], "RT") == "16 dari 18 RT kumuh"
    assert sentences.children_headline([1, 2, 0, 0, 0, 0], "RT") == "Dua dari 3 RT kumuh"
    assert sentences.children_headline([3, 0, 0, 0, 0, 0], "RT") == "Tidak ada RT kumuh dari 3"
    assert sentences.children_headline([3, 0, 0, 0, 0, 1], "RT") == "Nol kumuh dari 3 RT yang dinilai"
    assert sentences.children_headline([0, 2, 0, 0, 0, 9], "RT") == "Dua kumuh dari 2 RT yang dinilai"
    assert sentences.city_headline("X", [1, 0, 1, 0, 0, 49]) == "1 dari 51 kelurahan kumuh di X, 49 belum dinilai"
    assert sentences.city_headline("X", [1, 0, 1, 0, 0, 0]) == "1 dari 2 kelurahan kumuh di X"
    assert sentences.children_headline([0] * 6, "RT") == "Belum ada RT yang dinilai"
    assert sentences.bucket_words([2, 2, 14, 0, 1, 3]) == (
        "14 sedang, 2 ringan, 2 tidak kumuh, 1 berupa rentang, 3 belum dinilai"
    )


def test_the_worst_aspects_are_named() -> None:
    assert sentences.worst_aspects([("Air minum", 70.0), ("Jalan", 10.0), ("Air limbah", 60.0)]) == (
        "Air minum dan air limbah paling berat"
    )
    assert sentences.worst_aspects([("Air minum", None), ("Jalan", 0.0)]) == "Tujuh aspek"


def test_coordinates_have_a_point_whatever_the_language() -> None:
    assert percent_bar(12.345, None).width == "12.3"
    over = percent_bar(308.2, 400.0)
    assert (over.width, over.over, over.range_width) == ("100.0", True, "")
    part = percent_bar(30, 80)
    assert (part.width, part.range_from, part.range_width) == ("30.0", "32.0", "50.0")


def test_the_trend_is_drawn_on_the_scale_of_the_rules() -> None:
    chart = trend_chart([(2020, 80, 80), (2021, 0, 16)], RULES, 2021)
    assert [point.y for point in chart.points] == ["6.0", "149.0"]
    assert chart.points[0].whisker == ""
    assert chart.points[1].whisker.startswith("M320.0 120.4V149.0")
    assert [band.label for band in chart.bands] == ["", "ringan mulai 16", "sedang mulai 38", "berat mulai 60"]
    assert chart.words == "2020: 80, 2021: 0–16"
    old = trend_chart([(2017, 95, 95)], RULE_SETS["permen-02-2016"], 2017)
    assert [band.label for band in old.bands][1] == "ringan mulai 19"


def test_aspects_from_the_worst_down() -> None:
    chart = aspect_chart([("A", 10.0, "1/15", False), ("B", 80.0, "8/10", True), ("C", None, "0–10/10", True)])
    assert [bar.nama for bar in chart.bars] == ["B *", "A", "C *"]
    assert chart.bars[2].keterangan == "belum dinilai · nilai 0–10/10"
    assert chart.bars[0].width == "272.0"


def test_a_reference_goes_no_deeper_than_it_was_verified() -> None:
    assert short_reference(KRITERIA["3a"].pasal, RULES) == "Pasal 18; Lamp. I.A angka 3"
    old = RULE_SETS["permen-02-2016"]
    assert short_reference(old.kriteria[0].pasal, old) == "Permen PUPR 02/PRT/M/2016"


def line(kode: str, **given: str | None):  # type: ignore[no-untyped-def]
    volume = volumes(30) | {k: None if v is None else Decimal(v) for k, v in given.items() if k in KRITERIA}
    penyebut = PLAIN | {k: None if v is None else Decimal(v) for k, v in given.items() if k in PENYEBUT}
    result = score_one(penyebut, volume, RULES)
    return next(each for each in result.lines if each.kode == kode)


@pytest.mark.parametrize(
    ("given", "kind", "nilai", "said"),
    [
        ({"3a": "36"}, "", "1", ""),
        ({"3a": None}, "kosong", "?", "Bila diisi, nilainya 0 sampai 5."),
        ({"kk": "0", "3a": "0"}, "tidak-berlaku", "0", "Tidak ada jumlah kk di sini; nilainya 0."),
        ({"kk": "0", "3a": "1"}, "tidak-sah", "0–5", "Ada volume padahal jumlah kk 0. Betulkan salah satunya."),
        ({"kk": None, "3a": "1"}, "kosong", "?", "Penyebut jumlah kk belum lengkap."),
        ({"kk": None, "3a": "0"}, "kosong", "0", "Penyebut jumlah kk belum lengkap."),
    ],
)
def test_every_state_has_its_words(given: dict[str, str | None], kind: str, nilai: str, said: str) -> None:
    view = line_view(line("3a", **given), RULES, None, (), public=False)
    assert (view.kind, view.nilai, view.catatan) == (kind, nilai, said)


def test_a_partly_known_line_shows_its_range() -> None:
    view = line_view(line("3a", **{"3a": None}), RULES, (1, 2), (), public=False)
    assert (view.kind, view.volume, view.persen, view.nilai) == ("sebagian", "0–120", "0,00–100,00", "0–5")
    assert view.catatan == "Dinilai di 1 dari 2 RT."


@pytest.mark.parametrize(
    ("volume", "public", "shown", "persen"),
    [("4", True, "< 5", ""), ("5", True, "5", "4,17"), ("0", True, "0", "0,00"), ("4", False, "4", "3,33")],
)
def test_small_counts_are_not_for_the_public(volume: str, public: bool, shown: str, persen: str) -> None:
    view = line_view(line("3a", **{"3a": volume}), RULES, None, (), public=public)
    assert (view.volume, view.persen) == (shown, persen)


def test_the_note_about_the_other_reading() -> None:
    same = score_one(PLAIN, volumes(30), RULES)
    assert other_reading_note(same.lines, RULES).endswith("tidak ada nilai yang berubah.")
    moved = score_one(PLAIN, {**volumes(0), "1c": Decimal("50.5")}, RULES)
    assert other_reading_note(moved.lines, RULES) == (
        "Dengan bacaan ambang lain (> 75, > 50, ≥ 25) 1c menjadi 3 dan totalnya 3; tingkatnya tetap."
    )
    wide = score_one(PLAIN, volumes(75.5), RULES)
    assert "tingkatnya berubah menjadi berat" in other_reading_note(wide.lines, RULES)
