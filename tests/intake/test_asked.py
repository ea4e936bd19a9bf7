"""What nobody can know is asked, never guessed."""

from __future__ import annotations

import pytest

from kelurahan.intake.refusal import Refused
from kelurahan.rules.regulation import State
from tests.intake.test_reader import codes, read  # noqa: F401 - a fixture


def test_hectares_or_thousands_of_them(read):  # noqa: F811
    head = ["Kelurahan", "Jumlah KK", "Luas Kumuh (ha)"]
    parsed = read([head, ["Bakunase", 5.0, "1.433"], ["Alak", 6.0, "2.470"], ["Namosain", 7.0, 3.0]], year=2023)
    assert codes(parsed, "galat", "peringatan") == ["unclear_number_style"]
    at = parsed.indicators.index("luas_kumuh")
    assert parsed.ind_states[:, at].tolist() == [State.INVALID, State.INVALID, State.FILLED]
    assert not parsed.held.any()


def test_another_number_tells_what_the_dot_means(read):  # noqa: F811
    head = ["Kelurahan", "Luas Kumuh (ha)"]
    parsed = read([head, ["Bakunase", "1.433"], ["Alak", "2.4"], ["Namosain", 3.0]], year=2023)
    assert parsed.ind_values[:, 0].tolist() == [1_433_000, 2_400_000, 3_000_000]


def test_headers_alone(read):  # noqa: F811
    parsed = read([["No", "Kelurahan", "RT/RW", "Luas (Ha)", "Jumlah KK"]], year=2023)
    assert codes(parsed, "galat") == ["no_data_rows"]


def test_people_who_must_have_a_card_are_counted(read):  # noqa: F811
    head = ["Kelurahan", "Penduduk Wajib KTP", "Jumlah KK"]
    assert "kk" in read([head, ["Alak", 500.0, 5.0]], year=2023).indicators
    with pytest.raises(Refused):
        read([head, *(["Alak", 5371010101900000.0 + n, 5.0] for n in range(4))], year=2023)


def test_years_stand_above_their_rows(read):  # noqa: F811
    body = [["Alak", 5.0], ["Bakunase", 6.0], ["Airnona", 7.0]]
    parsed = read([["Kelurahan", "Jumlah KK"], ["TAHUN 2021", ""], *body, ["TAHUN 2022", ""], *body])
    assert parsed.tahun.tolist() == [2021] * 3 + [2022] * 3
    assert codes(parsed, "galat") == []
