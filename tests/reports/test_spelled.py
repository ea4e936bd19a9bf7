"""Numbers read aloud, in both languages."""

from decimal import Decimal

import pytest
from django.utils.translation import override

from kelurahan.reports.spelled import spelled


@pytest.mark.parametrize(
    ("number", "indonesian", "english"),
    [
        ("0", "nol", "zero"),
        ("7", "tujuh", "seven"),
        ("10", "sepuluh", "ten"),
        ("11", "sebelas", "eleven"),
        ("17", "tujuh belas", "seventeen"),
        ("20", "dua puluh", "twenty"),
        ("45", "empat puluh lima", "forty-five"),
        ("100", "seratus", "one hundred"),
        ("1000", "seribu", "one thousand"),
        ("1250", "seribu dua ratus lima puluh", "one thousand two hundred fifty"),
        ("1.25", "satu koma dua lima", "one point two five"),
        ("0.5", "nol koma lima", "zero point five"),
        ("12.50", "dua belas koma lima", "twelve point five"),
        ("-3", "minus tiga", "minus three"),
        ("1000000", "satu juta", "one million"),
        ("2111000000", "dua miliar seratus sebelas juta", "two billion one hundred eleven million"),
        ("1000000000000", "", ""),
    ],
)
def test_spelled(number: str, indonesian: str, english: str) -> None:
    with override("id"):
        assert spelled(Decimal(number)) == indonesian
    with override("en"):
        assert spelled(Decimal(number)) == english
