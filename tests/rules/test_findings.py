"""Findings speak plain words, and every template can be filled."""

import re
from dataclasses import replace

import pytest

from kelurahan.rules.findings import MESSAGES, Finding, Level, add_messages, render

PLACEHOLDER = re.compile(r"%\((\w+)\)s")


@pytest.mark.parametrize("code", MESSAGES)
def test_every_message_has_words_that_can_be_filled(code):
    message, repair = MESSAGES[code]
    params = dict.fromkeys(PLACEHOLDER.findall(message + repair), "x") | {"sebab": "x."}  # a sentence of its own
    said, remedy = render(Finding(Level.GALAT, code, "Data", "C12", params))
    assert said
    assert all("%(" not in text and text[-1] in ".?" for text in (said, remedy) if text)
    assert re.fullmatch(r"[a-z0-9_]+", code)


def test_render_translates_before_filling():
    finding = Finding(Level.PERINGATAN, "empty_row", "Data", "A7", {"baris": 7})
    message, _ = render(finding, lambda text: text.replace("Baris", "Row"))
    assert message.startswith("Row 7 ")


def test_large_counts_and_limits_are_grouped(monkeypatch):
    monkeypatch.setattr("kelurahan.rules.findings.MESSAGES", {"rows": ("%(n)s baris; batasnya %(limit)s.", "")})
    assert render(Finding(Level.GALAT, "rows", params={"n": 123456, "limit": 100_000}))[0] == (
        "123.456 baris; batasnya 100.000."
    )


def test_another_room_adds_its_codes_but_never_changes_ours(monkeypatch):
    monkeypatch.setattr("kelurahan.rules.findings.MESSAGES", dict(MESSAGES))
    add_messages({"sheet_locked": ("Lembar %(sheet)s terkunci.", "")})
    add_messages({"sheet_locked": ("Lembar %(sheet)s terkunci.", "")})
    assert render(Finding(Level.INFO, "sheet_locked", "Data")) == ("Lembar Data terkunci.", "")
    with pytest.raises(ValueError, match="empty_row"):
        add_messages({"empty_row": ("lain", "")})


def test_parameters_of_ours_are_translated_and_names_are_not(monkeypatch):
    english = {"ringan": "light", "sedang": "medium", "Terlalu lebar: %(n)s.": "Too wide: %(n)s."}
    words = {"too_wide": ("Terlalu lebar: %(n)s.", ""), "skipped": ("%(nama)s: %(jumlah)s, %(sebab)s", "")}
    monkeypatch.setattr("kelurahan.rules.findings.MESSAGES", words)
    finding = Finding(
        Level.INFO, "skipped", params={"nama": "sedang", "jumlah": "ringan–sedang", "sebab": "too_wide", "n": 7}
    )
    assert render(finding, lambda text: english.get(text, text))[0] == "sedang: light–medium, Too wide: 7."


def test_a_number_that_the_file_does_not_have_is_called_the_stored_one() -> None:
    params = {"kode": "1b", "nama": "Kepadatan", "persen": "180,00", "volume": "18", "penyebut": "Luas", "jumlah": "10"}
    stored = Finding(Level.PERINGATAN, "over_100_percent", "RT", "", {**params, "baris": 7})
    said, remedy = render(stored)
    assert said == "1b Kepadatan yang tersimpan, 18, mencapai 180,00 % dari Luas di baris 7: 10."
    assert "halaman Data" in remedy
    assert "di sel H7" in render(replace(stored, cell="H7"))[0]
