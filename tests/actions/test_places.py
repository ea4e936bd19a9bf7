from dataclasses import replace
from decimal import Decimal

import pytest

from kelurahan.actions import places
from kelurahan.actions.places import AnotherCity, NewPlace, make_places
from kelurahan.models import Area, Event, Level, OfficialArea
from tests.actions.cities import ALFA, GAMA, make_city, place_rows

pytestmark = pytest.mark.django_db


def load(rows, name="Kota Uji"):
    return places.load(places=rows, name=name, sources={"bps": "BPS"}, by=None)


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
