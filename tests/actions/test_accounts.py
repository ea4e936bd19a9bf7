"""Demo accounts: on a laptop only, one for each role that logs in, each in a place of the loaded city."""

from __future__ import annotations

from io import StringIO

import orjson
import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command

from kelurahan.actions.accounts import DEMO, PASSWORD, create_demo_accounts, demo_logins
from kelurahan.actions.places import child_path
from kelurahan.intake.refusal import Refused
from kelurahan.models import Area, Event, Level, Role, User

pytestmark = pytest.mark.django_db


def place(kode: str, level: Level, parent: Area | None) -> Area:
    return Area.objects.create(kode=kode, nama=kode, level=level, parent=parent, path=child_path(parent, kode))


@pytest.fixture
def city() -> dict[str, Area]:
    kota = place("99.01", Level.KOTA, None)
    first, second = (place(f"99.01.0{i}", Level.KECAMATAN, kota) for i in (1, 2))
    small, large = place("99.01.01.1001", Level.KELURAHAN, first), place("99.01.02.1001", Level.KELURAHAN, second)
    for i in range(3):
        place(f"{large.kode}/RT00{i}-RW001", Level.RT, large)
    return {"large": large, "second": second, "small": small}


def test_one_account_for_every_role():
    assert {account.peran for account in DEMO} == set(Role)


def test_accounts_work_where_most_rt_are(city):
    made = create_demo_accounts(by=None)
    assert len(made) == len(DEMO)
    assert User.objects.get(username="operator").wilayah == city["large"]
    assert User.objects.get(username="camat").wilayah == city["second"]
    assert User.objects.get(username="bappeda").wilayah is None
    assert authenticate(username="admin", password=PASSWORD).peran == Role.ADMIN
    assert Event.objects.get(jenis="akun_contoh").isi["akun"][0] == "operator"


def test_nobody_is_a_superuser(city):
    create_demo_accounts(by=None)
    assert not User.objects.filter(is_superuser=True).exists()
    assert not User.objects.filter(is_staff=True).exists()


def test_again_changes_nothing(city):
    create_demo_accounts(by=None)
    User.objects.get(username="admin").set_password("lain")
    before = list(User.objects.order_by("pk").values())
    assert create_demo_accounts(by=None) == []
    assert list(User.objects.order_by("pk").values()) == before


def test_a_place_is_given_once_there_is_one():
    create_demo_accounts(by=None)
    assert User.objects.get(username="operator").wilayah is None
    kota = place("99.01", Level.KOTA, None)
    kelurahan = place("99.01.01.1001", Level.KELURAHAN, place("99.01.01", Level.KECAMATAN, kota))
    assert [login.account.username for login in create_demo_accounts(by=None)] == ["operator", "camat"]
    assert User.objects.get(username="operator").wilayah == kelurahan


def test_a_real_account_of_that_name_is_left_alone(city):
    User.objects.create_user("operator", password="rahasia-sekali", peran=Role.PEJABAT)
    create_demo_accounts(by=None)
    user = User.objects.get(username="operator")
    assert (user.peran, user.wilayah, user.check_password("rahasia-sekali")) == (Role.PEJABAT, None, True)


def test_refused_in_production(city, settings):
    settings.LAPTOP = False
    with pytest.raises(Refused, match="demo_laptop_only"):
        create_demo_accounts(by=None)
    with pytest.raises(SystemExit) as stop:
        call_command("demo_accounts", "--apply", stdout=StringIO())
    assert stop.value.code == 1
    assert not User.objects.exists()


def test_command_lists_first_and_makes_with_apply(city):
    out = StringIO()
    call_command("demo_accounts", stdout=out)
    assert PASSWORD in out.getvalue()
    assert not User.objects.exists()
    out = StringIO()
    call_command("demo_accounts", "--apply", "--json", stdout=out)
    document = orjson.loads(out.getvalue())
    assert document["accounts"][0] == {
        "username": "operator",
        "nama": "Operator kelurahan",
        "peran": "operator",
        "wilayah": "99.01.02.1001",
        "new": True,
    }
    assert all(login.exists for login in demo_logins())
