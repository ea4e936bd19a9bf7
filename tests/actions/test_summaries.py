import random
from decimal import Decimal

import pytest
from django.forms.models import model_to_dict

from kelurahan.actions import summaries
from kelurahan.models import Area, DataVersion, Summary
from kelurahan.rules.regulation import FIELDS
from tests.actions.cities import ALFA, BEST, BETA, GAMA, RULES, WORST, make_city, put

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _city(db):
    make_city()


def recompute(*kodes, year=2025):
    ids = list(Area.objects.filter(kode__in=kodes).values_list("pk", flat=True))
    summaries.recompute(kelurahan_ids=ids, year=year, rule_set=RULES)


def of(kode, year=2025):
    return Summary.objects.get(area__kode=kode, tahun=year)


def follow(kode):
    """What the job of a new RT does."""
    for _rules, year in summaries.assessed_years():
        recompute(kode, year=year)


def covered(kode, year=2025):
    row = of(kode, year)
    return row.n_dinilai, row.n_harap, row.lengkap


def everything():
    rows = Summary.objects.select_related("area").order_by("area__kode", "tahun")
    return [{**model_to_dict(row, exclude=["id"]), "area": row.area.kode} for row in rows]


def test_a_kelurahan_is_scored_from_the_sums_of_its_rt():
    put(ALFA, "RT001-RW001", 2025, WORST)
    put(ALFA, "RT002-RW001", 2025, BEST)
    recompute(ALFA)
    row = of(ALFA)
    assert row.penyebut[0] == Decimal(4)
    assert row.volume_min[0] == Decimal(100)
    # 50 % is below 50.995: every criterion scores 1.
    assert (row.total_min, row.total_max, row.tingkat, row.sumber) == (16, 16, 1, "rt")
    assert row.n_kelas == [1, 0, 0, 1, 0, 0]
    assert (row.luas_kumuh, row.jiwa_kumuh) == (Decimal(2), Decimal(400))


def test_kecamatan_and_kota_follow_and_count_kelurahan():
    put(ALFA, "RT001-RW001", 2025, WORST)
    put(GAMA, "RT001-RW001", 2025, BEST)
    recompute(ALFA)
    recompute(GAMA)
    kota = of("99.01")
    assert kota.n_kelas == [1, 0, 0, 1, 0, 1]
    assert kota.ha_kelas == [0, 0, 0, 2, 0, 0]
    assert kota.luas_kumuh == Decimal(2)
    assert of("99.01.01").n_kelas == [0, 0, 0, 1, 0, 1]


def test_a_kelurahan_without_rt_uses_its_kawasan_else_its_own_figure():
    put(ALFA, "", 2025, WORST)
    put(BETA, "", 2025, WORST)
    put(BETA, "", 2025, BEST, kawasan="Beta 1")
    recompute(ALFA, BETA)
    assert (of(ALFA).sumber, of(ALFA).total_min) == ("langsung", 80)
    assert (of(BETA).sumber, of(BETA).total_min) == ("kawasan", 0)
    assert of(f"{BETA}/Beta 1").total_min == 0


def test_a_kawasan_is_the_sum_of_its_rt():
    put(ALFA, "RT001-RW001", 2025, WORST, kawasan="Pesisir")
    put(ALFA, "RT002-RW001", 2025, BEST)
    recompute(ALFA)
    assert of(f"{ALFA}/Pesisir").total_min == 80
    assert of(ALFA).total_min == 16


def test_empty_is_a_range_not_zero():
    put(ALFA, "RT001-RW001", 2025, WORST | {"3b": None})
    recompute(ALFA)
    row = of(ALFA)
    assert (row.total_min, row.total_max, row.lengkap) == (75, 80, False)


def test_a_few_rt_do_not_make_a_place_complete():
    for number in range(1, 6):
        put(ALFA, f"RT00{number}-RW001", 2024, WORST, kawasan="Pesisir" if number < 4 else "")
        put(GAMA, f"RT00{number}-RW001", 2025, WORST)
    for number in (1, 2):
        put(ALFA, f"RT00{number}-RW001", 2025, WORST)
    summaries.recompute_all()
    assert covered(ALFA, 2024) == (5, 5, True)
    assert covered(ALFA) == (2, 5, False)
    assert covered(f"{ALFA}/Pesisir", 2024) == (3, 3, True)
    assert covered(f"{ALFA}/Pesisir") == (2, 3, False)
    assert covered(GAMA) == (5, 5, True)
    # Beta has neither RT nor records: one figure for it is missing
    assert covered("99.01.01") == (2, 6, False)
    assert covered("99.01.02") == (5, 5, True)
    assert covered("99.01") == (7, 11, False)
    assert covered("99.01", 2024) == (5, 11, False)
    assert (of(ALFA).total_min, of(ALFA).total_max) == (80, 80)


def test_what_is_expected_is_of_the_kind_the_place_is_summed_from():
    put(ALFA, "RT001-RW001", 2024, WORST)
    put(ALFA, "", 2025, WORST)
    put(BETA, "", 2025, WORST, kawasan="Satu")
    put(BETA, "", 2024, WORST, kawasan="Dua")
    put(BETA, "RT001-RW001", 2023, WORST)
    put(GAMA, "", 2025, WORST)
    summaries.recompute_all()
    assert covered(ALFA) == (1, 1, True)
    assert covered(BETA) == (1, 2, False)
    assert covered(f"{BETA}/Satu") == (1, 1, True)
    assert covered("99.01") == (3, 4, False)


def test_a_record_without_any_answer_is_not_assessed():
    put(ALFA, "RT001-RW001", 2025, WORST)
    put(ALFA, "RT002-RW001", 2025, {"luas": "2"})
    recompute(ALFA)
    assert covered(ALFA) == (1, 2, False)


def test_a_place_whose_records_are_gone_has_no_summary():
    put(ALFA, "RT001-RW001", 2025, WORST)
    recompute(ALFA)
    Area.objects.get(kode=f"{ALFA}/RT001-RW001").assessments.all().delete()
    recompute(ALFA)
    assert not Summary.objects.exists()


def test_every_recompute_raises_the_version():
    put(ALFA, "RT001-RW001", 2025, WORST)
    recompute(ALFA)
    before = DataVersion.objects.get()
    recompute(ALFA)
    after = DataVersion.objects.get()
    assert after.nomor > before.nomor
    assert after.pada > before.pada


@pytest.mark.parametrize("seed", range(4))
def test_step_by_step_equals_all_at_once(seed):
    pick = random.Random(seed)
    for number in range(1, 13):
        kelurahan, year = pick.choice([ALFA, BETA, GAMA]), pick.choice([2024, 2025])
        numbers = {f: (None if pick.random() < 0.1 else v) for f, v in (pick.choice([WORST, BEST])).items()}
        put(kelurahan, f"RT{number:03d}-RW001", year, numbers, kawasan=pick.choice(["", "Pesisir"]))
        follow(kelurahan)
    stepwise = everything()
    summaries.recompute_all()
    assert everything() == stepwise
    assert len(FIELDS) == 25
    assert stepwise
