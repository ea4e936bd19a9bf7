"""Example data in the database: on target, marked, repeatable, and gone without a trace on what is real."""

from __future__ import annotations

import hashlib
import shutil
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
from django.conf import settings
from django.core.management import call_command

from kelurahan.actions import example, places
from kelurahan.actions.changesets import open_change_set
from kelurahan.actions.example import draft, load_example, remove_example
from kelurahan.actions.records import Incoming, write_records
from kelurahan.actions.reference import load_reference
from kelurahan.actions.summaries import recompute_all
from kelurahan.intake.city_file import read_places
from kelurahan.intake.refusal import Refused
from kelurahan.models import (
    Area,
    Assessment,
    Change,
    ChangeSet,
    DataVersion,
    Decree,
    DecreePlace,
    Event,
    Indicator,
    IndicatorValue,
    Level,
    Origin,
    Role,
    Summary,
    User,
)
from kelurahan.rules.regulation import DEFAULT_RULE_SET, FIELDS
from kelurahan.rules.score import State

FOLDER = Path(settings.CITY_FILE).parent
YEARS = [2020, 2021, 2022, 2023, 2024, 2025]
CLASSES = {2020: (16, 8, 1), 2021: (18, 6, 1), 2022: (17, 6, 0), 2023: (16, 4, 0), 2024: (15, 4, 0), 2025: (17, 3, 0)}

pytestmark = pytest.mark.django_db


@pytest.fixture
def city(db: None) -> Area:
    rows, findings = read_places(FOLDER / "kelurahan.csv")
    assert not findings
    places.load(places=rows, name=settings.CITY["nama"], sources=settings.CITY.get("sumber_luas", {}), by=None)
    return Area.objects.get(level=Level.KOTA)


@pytest.fixture
def loaded(city: Area) -> example.ExampleCounts:
    return load_example(by=None, folder=FOLDER)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The city's folder, to be spoilt."""
    return Path(shutil.copytree(FOLDER, tmp_path / "kota"))


def write_real(area: Area, year: int = 2025) -> None:
    """A real record of one place: only its hectares are known."""
    states = np.full((1, len(FIELDS)), State.EMPTY, dtype=np.uint8)
    states[0, 0] = State.FILLED
    values = np.zeros((1, len(FIELDS)), dtype=np.int64)
    values[0, 0] = 2_500_000
    nowhere = np.array([-1], dtype=np.int64)
    rows = Incoming(np.array([area.pk]), np.array([year]), values, states, states == State.FILLED, [], nowhere, nowhere)
    change_set = open_change_set(by=None, origin=Origin.FORMULIR, reason="survei", records=1)
    write_records(rows=rows, change_set=change_set, rule_set=DEFAULT_RULE_SET)
    recompute_all()


def stored() -> dict[str, Any]:
    """All that pages show, as plain values."""
    return {
        "areas": list(Area.objects.order_by("kode").values()),
        "records": list(Assessment.objects.order_by("pk").values()),
        "summaries": sorted(
            map(str, Summary.objects.values_list("area", "tahun", "total_min", "total_max", "luas_kumuh"))
        ),
        "decrees": list(Decree.objects.order_by("pk").values()),
        "decree_places": list(DecreePlace.objects.order_by("pk").values()),
        "indicators": list(IndicatorValue.objects.order_by("pk").values()),
    }


def run(command: str, *args: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command(command, *args, stdout=out)
    except SystemExit as stop:
        return int(stop.code or 0), out.getvalue()
    return 0, out.getvalue()


# What is loaded


def test_every_rt_of_the_city_in_every_year(loaded):
    assert loaded.rt == loaded.total_rt == Area.objects.filter(level=Level.RT, contoh=True).count() == 1315
    assert loaded.years == YEARS
    assert loaded.records == {"new": Assessment.objects.count(), "changed": 0, "same": 0}
    assert not Assessment.objects.filter(contoh=False).exists()
    assert Area.objects.filter(level=Level.KELURAHAN, children__level=Level.RT).distinct().count() == 51


def test_classes_of_every_year_by_the_summaries(loaded):
    for year, wanted in CLASSES.items():
        rows = Summary.objects.filter(tahun=year, area__level=Level.KELURAHAN)
        have = [rows.filter(tingkat_min=tingkat, tingkat_max=tingkat).count() for tingkat in (1, 2, 3)]
        assert tuple(have) == wanted, year


def test_twenty_of_fifty_one_in_2023_mostly_those_of_the_decrees(loaded):
    kumuh = set(
        Summary.objects.filter(tahun=2023, area__level=Level.KELURAHAN, tingkat_min__gte=1).values_list(
            "area", flat=True
        )
    )
    listed = set(DecreePlace.objects.values_list("area", flat=True))
    assert len(kumuh) == 20
    assert len(kumuh & listed) >= 17


def test_kumuh_area_falls(loaded):
    kota = Summary.objects.filter(area__level=Level.KOTA).order_by("tahun")
    hectares = [float(row.luas_kumuh) for row in kota]
    assert hectares == sorted(hectares, reverse=True)
    assert 100 < hectares[-1] < 200


def test_one_not_assessed_and_one_incomplete_in_the_last_year(loaded):
    rows = Summary.objects.filter(tahun=2025, area__level=Level.KELURAHAN)
    assert rows.count() == 50
    incomplete = rows.get(lengkap=False)
    assert (incomplete.total_min, incomplete.total_max) == (44, 49)
    assert incomplete.tingkat == 2
    assert not Summary.objects.filter(area__level=Level.KELURAHAN, tahun__lt=2025, lengkap=False).exists()


def test_some_get_worse(loaded):
    first = dict(Summary.objects.filter(tahun=2024, area__level=Level.KELURAHAN).values_list("area", "total_min"))
    last = dict(Summary.objects.filter(tahun=2025, area__level=Level.KELURAHAN).values_list("area", "total_min"))
    worse = [pk for pk, total in last.items() if total > first[pk]]
    assert 3 <= len(worse) <= 20


def test_sizes_follow_the_voters(loaded):
    rt = {a.kode: a.children.count() for a in Area.objects.kelurahan()}
    voters = dict(IndicatorValue.objects.filter(indicator__kode="pemilih-dpt").values_list("area__kode", "nilai"))
    for kode, n in rt.items():
        assert abs(n - float(voters[kode]) / 263_719 * 1315) < 8, kode


def test_history_names_the_example_as_origin(loaded):
    change_set = ChangeSet.objects.get(asal=Origin.CONTOH)
    assert change_set.jumlah == Assessment.objects.count()
    assert change_set.changes.count() == change_set.jumlah
    assert Event.objects.get(jenis="contoh_dimuat").isi["records"]["new"] == change_set.jumlah
    published = ChangeSet.objects.filter(asal=Origin.PERINTAH)
    assert sum(published.values_list("jumlah_nilai", flat=True)) == IndicatorValue.objects.count()


def test_same_numbers_on_every_machine(city):
    made = draft(folder=FOLDER).example
    digest = hashlib.sha256(made.values.astype("<i8").tobytes() + made.states.tobytes()).hexdigest()
    assert digest == "18eae6de3051cc99550670b5171eca8c8f35236f330df6e06ff2770ed6257415"


def test_loading_again_changes_nothing(loaded):
    before, version = stored(), DataVersion.objects.get().nomor
    again = load_example(by=None, folder=FOLDER)
    assert not again.any
    assert again.records["same"] == loaded.records["new"]
    assert stored() == before
    assert DataVersion.objects.get().nomor == version
    assert ChangeSet.objects.filter(asal=Origin.CONTOH).count() == 1


# Published facts


def test_decrees_as_published(loaded):
    old = Decree.objects.get(tahun=2016)
    assert (str(old.luas_ha), old.luas_prioritas) == ("44.8400", {"1": "21.83", "2": "18.67", "3": "4.34"})
    assert [old.places.filter(prioritas=p).count() for p in (1, 2, 3)] == [4, 9, 1]
    assert not old.places.exclude(luas_ha=None, tingkat=None, contoh=False).exists()
    new = Decree.objects.get(tahun=2020)
    assert (str(new.luas_ha), new.contoh) == ("123.9500", False)
    assert (new.places.filter(contoh=False).count(), new.places.filter(contoh=True).count()) == (9, 11)
    assert new.places.values("area").distinct().count() == 20


def test_voters_and_stations_are_real_with_source(loaded):
    sums = {}
    for indicator in Indicator.objects.all():
        values = indicator.values_set.all()
        assert values.count() == 51
        assert all(v.sumber.startswith("KPU") and not v.contoh for v in values)
        sums[indicator.kode] = int(sum(v.nilai for v in values))
    assert sums == {"pemilih-dpt": 263_719, "tps": 1202}


def test_reference_alone_fills_in_nothing(city):
    counts = load_reference(by=None, folder=FOLDER)
    assert (counts.decrees, counts.decree_places, counts.indicator_values) == (2, 23, 102)
    assert not DecreePlace.objects.filter(contoh=True).exists()
    assert not load_reference(by=None, folder=FOLDER).any


def test_reference_corrects_what_the_files_correct(city, copy):
    load_reference(by=None, folder=FOLDER)
    path = copy / "pemilih.csv"
    path.write_text(path.read_text().replace("Namosain,6608,35", "Namosain,6609,35"))
    assert load_reference(by=None, folder=copy).indicator_values == 1


def test_a_city_without_published_facts_has_none(city, tmp_path):
    assert not load_reference(by=None, folder=tmp_path).any


def test_reference_of_another_city_is_refused(city, copy):
    (copy / "sk_2016.csv").write_text("kode,lokasi,prioritas,luas_ha,tingkat,contoh\n99.99.99.9999,X,,,,\n")
    with pytest.raises(Refused) as refused:
        load_reference(by=None, folder=copy)
    assert "99.99.99.9999" in refused.value.words()
    assert not Decree.objects.exists()


# Taking it away


def test_remove_leaves_the_database_as_before(city):
    load_reference(by=None, folder=FOLDER)
    before = stored()
    load_example(by=None, folder=FOLDER)
    counts = remove_example(by=None)
    assert (counts.rt, counts.decree_places, counts.rt_kept) == (1315, 11, 0)
    assert stored() == before
    assert Change.objects.filter(baru=None, lama_contoh=True).count() == counts.records
    assert not remove_example(by=None).any


def test_remove_keeps_what_is_real(loaded):
    used, lived = Area.objects.filter(level=Level.RT).order_by("kode")[:2]
    write_real(used)
    write_real(used.parent, 2019)
    User.objects.create_user("lurah", peran=Role.OPERATOR, wilayah=lived)
    real = list(Assessment.objects.filter(contoh=False).order_by("pk").values())
    counts = remove_example(by=None)
    assert counts.rt_kept == 2
    assert list(Assessment.objects.order_by("pk").values()) == real
    left = list(Area.objects.filter(level=Level.RT).values_list("kode", "contoh"))
    assert left == [(used.kode, False), (lived.kode, False)]
    assert set(Summary.objects.values_list("tahun", flat=True)) == {2019, 2025}


def test_example_can_be_loaded_again_after_removing(loaded):
    remove_example(by=None)
    assert load_example(by=None, folder=FOLDER).records == loaded.records


# Refusals


def test_real_records_are_not_mixed_with_the_example(city):
    write_real(Area.objects.kelurahan()[0])
    before = stored()
    with pytest.raises(Refused, match="example_real_data"):
        load_example(by=None, folder=FOLDER)
    assert stored() == before


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("benih = ", "benih = x", "city_data_unreadable"),
        ('aturan = "permen-14-2018"', 'aturan = "lain"', "city_data_unreadable"),
        ("pemilih.csv", "tidak_ada.csv", "city_data_unreadable"),
        ("pemilih_dpt_2014", "tidak_ada", "city_data_unreadable"),
        ("2020 = [16, 8, 1]", "2020 = [1, 8, 1]", "example_bad_story"),
        ("2020 = [16, 8, 1]", "2020 = [1, 8]", "city_data_unreadable"),
        ('"53.71.06.1008"', '"53.71.06.9999"', "example_bad_story"),
    ],
)
def test_a_spoilt_story_is_explained(city, copy, old, new, code):
    path = copy / "contoh.toml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(Refused) as refused:
        load_example(by=None, folder=copy)
    assert refused.value.code == code
    assert refused.value.words()
    assert not Assessment.objects.exists()


def test_a_city_without_a_story_says_so(city, tmp_path):
    with pytest.raises(Refused, match="example_no_story"):
        draft(folder=tmp_path)


# Commands


def test_dry_run_writes_nothing(city):
    before, events = stored(), Event.objects.count()
    status, out = run("example_data")
    assert status == 0
    assert "1315 RT baru" in out
    assert "--apply" in out
    assert (stored(), Event.objects.count(), ChangeSet.objects.count()) == (before, events, 0)


def test_commands_answer_in_json(city):
    status, out = run("example_data", "--apply", "--json")
    document = orjson.loads(out)
    assert (status, document["applied"], document["counts"]["rt"]) == (0, True, 1315)
    before = stored()
    status, out = run("remove_example_data", "--json")
    assert (status, orjson.loads(out)["counts"]["rt"]) == (0, 1315)
    assert stored() == before
    status, out = run("remove_example_data", "--apply")
    assert (status, Assessment.objects.count()) == (0, 0)
    assert "1315 RT" in out
    assert "Tidak ada data contoh" in run("remove_example_data")[1]


def test_refusal_is_status_one_and_one_document(db):
    status, out = run("example_data", "--json")
    document = orjson.loads(out)
    assert (status, document["applied"]) == (1, False)
    assert document["findings"][0]["code"] == "example_no_city"
    assert "load_places" in document["findings"][0]["repair"]
