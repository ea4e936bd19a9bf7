"""A few kelurahan of Kupang with what makes them hard to tell apart."""

from __future__ import annotations

from kelurahan.intake.places import Place

CITY = [
    Place("53.71.01.1001", "5371010011", "Namosain", (), "Alak"),
    Place("53.71.01.1008", "5371010004", "Alak", (), "Alak"),
    Place("53.71.03.1001", "5371040011", "Kelapa Lima", (), "Kelapa Lima"),
    Place("53.71.05.1001", "5371031001", "Bakunase", (), "Kota Raja"),
    Place("53.71.05.1002", "5371031002", "Bakunase Dua", ("Bakunase II", "Bakunase 2"), "Kota Raja"),
    Place("53.71.05.1003", "5371031003", "Airnona", ("Air Nona",), "Kota Raja"),
    Place("53.71.05.1004", "5371031004", "Naikoten Satu", ("Naikoten I", "Naikoten 1"), "Kota Raja"),
    Place("53.71.05.1005", "5371031005", "Naikoten Dua", ("Naikoten II", "Naikoten 2"), "Kota Raja"),
    Place("53.71.06.1002", "5371041002", "Lai Lai Bisi Kopan", ("LLBK", "Lahi Lai Bissi Kopan"), "Kota Lama"),
    Place("53.71.06.1004", "5371041004", "Solor", ("Kampung Solor",), "Kota Lama"),
    Place("53.71.06.1007", "5371041007", "Oeba", (), "Kota Lama"),
]
