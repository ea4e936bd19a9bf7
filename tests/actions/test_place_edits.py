"""A new RT, and the other names and official areas of a kelurahan."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from kelurahan.actions import place_edits
from kelurahan.actions.place_edits import AreaFigure, Refused
from kelurahan.actions.summaries import recompute_all
from kelurahan.models import Area, DataVersion, Event, Level, OfficialArea, Role, Summary, User
from kelurahan.tasks import run_now
from tests.actions.cities import ALFA, BETA, WORST, make_city, put

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _city(db):
    make_city()


@pytest.fixture
def maria():
    return User.objects.create_user("maria", peran=Role.BAPPEDA)


def alfa():
    return Area.objects.get(kode=ALFA)


def version():
    return DataVersion.objects.get().nomor


@pytest.mark.parametrize("text", ["RT 1/RW 2", "001/002", "rt.01 rw.02", "RT001-RW002"])
def test_an_rt_in_any_usual_form(maria, text):
    before = version()
    made = place_edits.add_rt(kelurahan=alfa(), rt=text, by=maria).area
    assert (made.kode, made.level, made.parent, made.kawasan) == (f"{ALFA}/RT001-RW002", Level.RT, alfa(), None)
    assert made.path == f"{alfa().path}{made.kode}|"
    event = Event.objects.latest("pk")
    assert (event.jenis, event.objek, event.oleh_nama, event.isi["lama"]) == ("rt_ditambah", made.kode, "maria", None)
    assert version() > before


def test_what_was_complete_lacks_the_new_rt_in_every_year(maria):
    for year in (2024, 2025):
        put(ALFA, "RT001-RW001", year, WORST)
    recompute_all()
    assert list(Summary.objects.filter(area=alfa()).values_list("lengkap", "n_harap")) == [(True, 1), (True, 1)]
    run_now(place_edits.add_rt(kelurahan=alfa(), rt="2/1", by=maria).recompute)
    rows = Summary.objects.filter(area=alfa()).order_by("tahun").values_list("tahun", "lengkap", "n_dinilai", "n_harap")
    assert list(rows) == [(2024, False, 1, 2), (2025, False, 1, 2)]


def test_a_kawasan_is_made_once_and_keeps_its_spelling(maria):
    first = place_edits.add_rt(kelurahan=alfa(), rt="1/1", kawasan="Tepi  Air", by=maria).area
    second = place_edits.add_rt(kelurahan=alfa(), rt="2/1", kawasan="TEPI AIR", by=maria).area
    assert first.kawasan == second.kawasan == Area.objects.get(level=Level.KAWASAN)
    assert first.kawasan.nama == "Tepi Air"
    assert set(Event.objects.order_by("pk")[1].isi["baru"]) == {first.kode, first.kawasan.kode}


@pytest.mark.parametrize(
    ("rt", "kawasan", "field", "code"),
    [
        ("tiga", "", "rt", "rt_unreadable"),
        ("5", "", "rt", "rt_unreadable"),
        ("1/2", "a/b", "kawasan", "kawasan_unreadable"),
        ("1/2", "x" * 81, "kawasan", "kawasan_unreadable"),
        ("1/2", "RT 9/RW 9", "kawasan", "kawasan_unreadable"),
    ],
)
def test_what_cannot_be_read_is_refused(maria, rt, kawasan, field, code):
    n = Area.objects.count()
    with pytest.raises(Refused) as refused:
        place_edits.add_rt(kelurahan=alfa(), rt=rt, kawasan=kawasan, by=maria)
    assert (refused.value.field, refused.value.code) == (field, code)
    assert place_edits.MESSAGES[code] % refused.value.params
    assert Area.objects.count() == n


def test_an_rt_that_is_there_is_not_made_again(maria):
    place_edits.add_rt(kelurahan=alfa(), rt="1/2", by=maria)
    n = Area.objects.count()
    with pytest.raises(Refused) as refused:
        place_edits.add_rt(kelurahan=alfa(), rt="RT 1 RW 2", kawasan="Baru", by=maria)
    assert refused.value.code == "rt_exists"
    assert Area.objects.count() == n


def test_an_operator_adds_at_home_only():
    yusuf = User.objects.create_user("yusuf", peran=Role.OPERATOR, wilayah=alfa())
    assert place_edits.add_rt(kelurahan=alfa(), rt="1/2", by=yusuf)
    with pytest.raises(PermissionDenied):
        place_edits.add_rt(kelurahan=Area.objects.get(kode=BETA), rt="1/2", by=yusuf)


def correct(by, alias=("Alpha",), areas=None, seen=None):
    figures = [AreaFigure("BPS", None, Decimal("1.5"))] if areas is None else areas
    return place_edits.correct(
        area=alfa(), alias=alias, areas=figures, seen=seen or place_edits.seal(alfa()), by=by, reason="surat"
    )


def test_names_and_areas_with_old_and_new_in_the_history(maria):
    before = version()
    assert correct(maria, ["Alpha", " Alfa Lama ", "alpha"], [AreaFigure("RTRW", 2011, Decimal("1.6543"))])
    assert alfa().alias == ["alpha", "Alfa Lama"]
    assert list(OfficialArea.objects.filter(area=alfa()).values_list("sumber", "tahun", "km2")) == [
        ("RTRW", 2011, Decimal("1.6543"))
    ]
    event = Event.objects.latest("pk")
    assert (event.jenis, event.oleh_nama, event.isi["alasan"]) == ("kelurahan_dikoreksi", "maria", "surat")
    assert event.isi["lama"]["luas"] == [{"sumber": "BPS", "tahun": None, "km2": "1.5"}]
    assert event.isi["baru"]["luas"] == [{"sumber": "RTRW", "tahun": 2011, "km2": "1.6543"}]
    assert version() > before


def test_only_what_moved_is_told(maria):
    correct(maria, ["Alpha", "Alfa Lama"])
    assert set(Event.objects.latest("pk").isi["baru"]) == {"alias"}


def test_nothing_changed_writes_nothing(maria):
    n, before = Event.objects.count(), version()
    assert not correct(maria)
    assert (Event.objects.count(), version()) == (n, before)


def test_a_name_of_another_kelurahan_is_refused(maria):
    with pytest.raises(Refused) as refused:
        correct(maria, ["Alpha", "Kel. BETA"])
    assert refused.value.params == {"alias": "Kel. BETA", "nama": "Beta"}


def test_one_source_and_year_stands_once(maria):
    twice = [AreaFigure("BPS", 2024, Decimal(1)), AreaFigure("BPS", 2024, Decimal(2))]
    with pytest.raises(Refused):
        correct(maria, areas=twice)


def test_two_people_at_once(maria):
    seen = place_edits.seal(alfa())
    correct(maria, ["Alpha", "Satu"])
    with pytest.raises(place_edits.StalePlace):
        correct(maria, ["Alpha", "Dua"], seen=seen)
    assert alfa().alias == ["Alpha", "Satu"]


def test_an_operator_does_not_correct_a_kelurahan():
    yusuf = User.objects.create_user("yusuf", peran=Role.OPERATOR, wilayah=alfa())
    with pytest.raises(PermissionDenied):
        correct(yusuf, ["X"])
