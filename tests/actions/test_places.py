from dataclasses import replace
from decimal import Decimal

import pytest

from kelurahan.actions import place_edits, places
from kelurahan.actions.place_edits import AreaFigure
from kelurahan.actions.places import AnotherCity, Left, NewPlace, make_places
from kelurahan.actions.summaries import recompute_all
from kelurahan.models import Area, DataVersion, Event, Level, OfficialArea, Summary
from kelurahan.tasks import run_now
from tests.actions.cities import ALFA, BETA, GAMA, WORST, make_city, place_rows, put

pytestmark = pytest.mark.django_db


def load(rows, name="Kota Uji", **options):
    return places.load(places=rows, name=name, sources={"bps": "BPS"}, by=None, **options)


def correct(kode, alias, *figures):
    area = Area.objects.get(kode=kode)
    areas = [AreaFigure(sumber, tahun, Decimal(km2)) for sumber, tahun, km2 in figures]
    return place_edits.correct(
        area=area, alias=alias, areas=areas, seen=place_edits.seal(area), by=None, reason="surat"
    )


def stored(kode):
    area = Area.objects.get(kode=kode)
    return area.alias, list(area.luas_resmi.values_list("sumber", "tahun", "km2"))


def test_a_city_is_one_tree_from_the_file():
    loaded = load(place_rows())
    assert (len(loaded.new), loaded.changed, loaded.same) == (6, [], [])
    alfa = Area.objects.get(kode=ALFA)
    assert alfa.path == "99.01|99.01.01|99.01.01.1001|"
    assert (alfa.parent.nama, alfa.parent.parent.nama) == ("Barat", "Kota Uji")
    assert alfa.luas_resmi.get().km2 == Decimal("1.5")
    assert Event.objects.get(jenis="tempat_dimuat").oleh_nama == "perintah"


def test_loading_again_changes_nothing_and_writes_no_history():
    load(place_rows())
    again = load(place_rows())
    assert (again.new, again.changed, len(again.same)) == ([], [], 6)
    assert Event.objects.count() == 1


def test_a_corrected_place_is_told_and_aliases_of_people_stay():
    load(place_rows())
    Area.objects.filter(kode=ALFA).update(alias=["Alpha", "Kampung Alfa"])
    rows = [replace(r, nama="Alfa Baru", luas={"bps": Decimal("1.6")}) if r.kode == ALFA else r for r in place_rows()]
    assert load(rows).changed == [ALFA]
    area = Area.objects.get(kode=ALFA)
    assert (area.nama, area.alias) == ("Alfa Baru", ["Alpha", "Kampung Alfa"])
    assert OfficialArea.objects.get(area=area).km2 == Decimal("1.6")


def test_an_area_that_the_file_corrects_is_a_change():
    load(place_rows())
    rows = [replace(r, luas={"bps": Decimal("1.6")}) if r.kode == ALFA else r for r in place_rows()]
    before = DataVersion.objects.get().nomor
    assert load(rows).changed == [ALFA]
    assert DataVersion.objects.get().nomor > before
    assert (Event.objects.latest("pk").isi["changed"], load(rows).changed) == ([ALFA], [])


def test_what_a_person_corrected_stays_and_is_told():
    load(place_rows())
    correct(ALFA, ["Alfa Lama"], ("BPS", None, "1.25"), ("RTRW", 2011, "1.3"))
    correct(BETA, [], ("BPS 2024", None, "1.5"))
    before = [stored(ALFA), stored(BETA)]
    rows = [replace(r, luas={"bps": Decimal("1.6")}) if r.kode != BETA else r for r in place_rows()]
    for _ in range(2):
        loaded = load(rows)
        assert loaded.left == [
            Left(ALFA, "Alfa", sumber="BPS", km2=Decimal("1.25"), berkas=Decimal("1.6")),
            Left(ALFA, "Alfa", alias="Alpha"),
            Left(BETA, "Beta", sumber="BPS", km2=None, berkas=Decimal("1.5")),
        ]
        assert [stored(ALFA), stored(BETA)] == before
    assert stored(GAMA)[1] == [("BPS", None, Decimal("1.6"))]


def test_told_to_overwrite_the_file_wins_until_the_next_correction():
    load(place_rows())
    correct(ALFA, [], ("BPS", None, "1.25"))
    loaded = load(place_rows(), overwrite=True)
    assert (loaded.changed, loaded.left) == ([ALFA], [])
    assert stored(ALFA) == (["Alpha"], [("BPS", None, Decimal("1.5"))])
    assert Event.objects.latest("pk").isi["ditimpa"] == [ALFA]
    newer = [replace(r, luas={"bps": Decimal("1.7")}) for r in place_rows()]
    assert load(newer).left == []
    correct(ALFA, ["Alpha"], ("BPS", None, "1.25"))
    assert [left.sumber for left in load(newer).left] == ["BPS"]


def test_a_correction_that_the_file_has_taken_up_is_no_contradiction():
    load(place_rows())
    correct(ALFA, ["alpha"], ("BPS", None, "1.6"))
    rows = [replace(r, luas={"bps": Decimal("1.6")}) if r.kode == ALFA else r for r in place_rows()]
    assert (load(rows).left, load(rows).changed) == ([], [])
    assert stored(ALFA)[0] == ["alpha"]


def test_a_new_kelurahan_is_missing_in_every_assessed_year():
    rows = place_rows()
    load([r for r in rows if r.kode != GAMA])
    for year in (2024, 2025):
        put(ALFA, "", year, WORST)
        put(BETA, "", year, WORST)
    recompute_all()
    loaded = load(rows)
    assert loaded.new == ["99.01.02", GAMA]
    run_now(loaded.recompute)
    now = list(Summary.objects.order_by("pk").values_list("area__kode", "tahun", "n_catatan", "n_harap"))
    assert ("99.01", 2024, 2, 3) in now
    assert ("99.01", 2025, 2, 3) in now
    recompute_all()
    assert set(Summary.objects.values_list("area__kode", "tahun", "n_catatan", "n_harap")) == set(now)
    assert load(rows).recompute is None


def test_a_city_without_records_needs_no_recomputation():
    assert load(place_rows()).recompute is None


def test_a_place_missing_from_the_file_stays():
    load(place_rows())
    loaded = load([r for r in place_rows() if r.kode != GAMA])
    assert loaded.missing == [GAMA]
    assert Area.objects.filter(kode=GAMA).exists()


def test_a_second_city_is_refused_and_nothing_is_written():
    load(place_rows())
    rows = [
        replace(r, kode="98" + r.kode[2:], kode_kecamatan="98" + r.kode_kecamatan[2:], kode_bps=None)
        for r in place_rows()
    ]
    with pytest.raises(AnotherCity, match="Kota Uji"):
        load(rows, name="Kota Lain")
    assert not Area.objects.filter(nama="Kota Lain").exists()


def test_rt_and_kawasan_are_made_once_and_linked():
    make_city()
    kawasan = f"{ALFA}/Pesisir 1"
    wanted = [
        NewPlace(f"{ALFA}/RT001-RW001", "RT001-RW001", Level.RT, ALFA, kawasan),
        NewPlace(kawasan, "Pesisir 1", Level.KAWASAN, ALFA),
    ]
    assert make_places(places=wanted) == 2
    assert make_places(places=wanted) == 0
    rt = Area.objects.get(kode=f"{ALFA}/RT001-RW001")
    assert rt.kawasan.nama == "Pesisir 1"
    assert rt.path.startswith(rt.parent.path)
