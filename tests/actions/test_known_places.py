"""What a sheet is laid beside: official sizes, the area in the latest record, and the sums of the stored RT."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kelurahan.actions.known_places import known_places
from kelurahan.intake.repairs import Beside
from kelurahan.models import Area, OfficialArea
from kelurahan.rules.numbers import MICRO
from kelurahan.rules.regulation import DEFAULT_RULE_SET
from tests.actions.cities import ALFA, make_city
from tests.filled import fill, make_rt

pytestmark = pytest.mark.django_db


def test_what_is_known(django_assert_num_queries):
    make_city()
    alfa = Area.objects.get(kode=ALFA)
    OfficialArea.objects.filter(area=alfa).delete()
    OfficialArea.objects.create(area=alfa, sumber="bps", tahun=2020, km2=Decimal("0.25"))
    first, second = make_rt(alfa, "RT001-RW001"), make_rt(alfa, "RT002-RW001")
    fill(first, 2023, penyebut={"luas": "9.5", "kk": "80"})
    fill(first, 2024, penyebut={"luas": "1.35", "kk": "80"})
    fill(second, 2024, penyebut={"luas": None, "kk": "20"})
    with django_assert_num_queries(4):
        known = known_places(DEFAULT_RULE_SET)
    assert known.official[ALFA] == 25 * MICRO
    assert (known.luas, known.tahun) == ({first.kode: 1_350_000}, {first.kode: 2024})
    sums = known.sums[f"{ALFA}|2024"]
    assert sums["kk"] == 100 * MICRO
    assert "luas" not in sums
    assert known.sums[f"{ALFA}|2023"]["luas"] == 9_500_000


def test_records_under_other_rules_are_not_known():
    make_city()
    fill(Area.objects.get(kode=ALFA))
    known = known_places("permen-02-2016")
    assert (known.luas, known.sums) == ({}, {})
    assert isinstance(known, Beside)
