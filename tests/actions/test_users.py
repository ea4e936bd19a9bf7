"""People as an admin runs them: every write in the history, always an admin left, links that work once."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from io import StringIO
from threading import Barrier
from threading import Event as Signal
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.contrib.auth import SESSION_KEY, authenticate
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import close_old_connections, connection, connections, transaction
from django.test import Client
from django.utils import timezone

from kelurahan.actions import users
from kelurahan.intake.refusal import Refused
from kelurahan.models import AccountEvent, Area, Event, Role, User
from tests.factories import make_city, make_user

pytestmark = pytest.mark.django_db
NEW = "sandi-yang-baru-9"


@pytest.fixture
def admin() -> User:
    return make_user(Role.ADMIN)


@pytest.fixture
def places() -> dict[str, Area]:
    return make_city()


def create(by: User | None, username: str = "maria.tefa", role: str = Role.BAPPEDA, area: Area | None = None) -> User:
    return users.create(username=username, name="Maria Tefa", email="", role=role, area=area, by=by)


def change(user: User, by: User | None, **wanted: Any) -> bool:
    facts = {"name": user.get_full_name(), "email": user.email, "role": user.peran, "area": user.wilayah}
    return users.change(user=user, by=by, **{**facts, **wanted})


def events(user: User) -> list[tuple[str, str]]:
    return list(Event.objects.filter(objek=user.username).order_by("pk").values_list("jenis", "oleh_nama"))


def refused(act: Callable[..., Any], *args: Any, **kwargs: Any) -> str:
    with pytest.raises(Refused) as caught:
        act(*args, **kwargs)
    assert caught.value.words()
    return caught.value.code


# Making and correcting


def test_a_new_person_has_no_password_and_no_other_power(admin: User, places: dict[str, Area]) -> None:
    user = create(admin, " Maria.Tefa ", Role.OPERATOR, places["Melati"])
    user.refresh_from_db()
    assert (user.username, str(user), user.peran, user.wilayah) == (
        "maria.tefa", "Maria Tefa", Role.OPERATOR, places["Melati"],
    )  # fmt: skip
    assert not user.has_usable_password()
    assert not user.is_staff
    assert not user.is_superuser
    event = Event.objects.get(objek="maria.tefa")
    assert (event.jenis, event.oleh_id) == (AccountEvent.DIBUAT, admin.pk)
    assert event.isi == {"baru": {"nama": "Maria Tefa", "peran": "operator", "wilayah": places["Melati"].kode}}


@pytest.mark.parametrize("username", ["ab", "-abc", "a b c", "márìa", "аdmin", "x" * 41, "", "a\0bc", "a/b"])
def test_a_user_name_is_plain(admin: User, username: str) -> None:
    assert refused(create, admin, username) == "user_name_form"


def test_a_name_is_taken_whatever_its_capitals(admin: User) -> None:
    make_user(username="Lama")
    assert refused(create, admin, "lama") == "user_name_taken"


@pytest.mark.parametrize(
    ("role", "place", "code"),
    [
        (Role.OPERATOR, None, "user_area_kelurahan"),
        (Role.OPERATOR, "Utara", "user_area_kelurahan"),
        (Role.CAMAT, "Melati", "user_area_kecamatan"),
        (Role.CAMAT, None, "user_area_kecamatan"),
        (Role.BAPPEDA, "Melati", "user_area_none"),
        (Role.ADMIN, "Utara", "user_area_none"),
    ],
)
def test_a_role_works_in_its_kind_of_place(
    admin: User, places: dict[str, Area], role: Role, place: str | None, code: str
) -> None:
    area = Area.objects.get(nama=place) if place else None
    assert refused(create, admin, role=role, area=area) == code
    assert refused(change, make_user(Role.PEJABAT), admin, role=role, area=area) == code
    assert User.objects.count() == 2


def test_a_change_keeps_old_and_new(admin: User, places: dict[str, Area]) -> None:
    user = make_user(Role.OPERATOR, places["Melati"], first_name="Maria", last_name="Tefa")
    assert change(user, admin, role=Role.CAMAT, area=places["Melati"].parent, name="Maria Tefa-Nalle")
    user.refresh_from_db()
    assert (user.get_full_name(), user.peran, user.wilayah) == (
        "Maria Tefa-Nalle", Role.CAMAT, places["Melati"].parent,
    )  # fmt: skip
    event = Event.objects.get(objek=user.username)
    assert event.isi["lama"] == {"nama": "Maria Tefa", "peran": "operator", "wilayah": "99.01.01.1001"}
    assert event.isi["baru"] == {"nama": "Maria Tefa-Nalle", "peran": "camat", "wilayah": "99.01.01"}


def test_no_difference_leaves_no_trace(admin: User) -> None:
    user = make_user(Role.OPD, first_name="Maria", last_name="Tefa")
    assert not change(user, admin)
    assert (User.objects.get(pk=user.pk).last_name, events(user)) == ("Tefa", [])


def test_a_form_opened_before_another_change_is_stale(admin: User) -> None:
    user = make_user(Role.OPD)
    seen = users.last_event(user)
    change(user, admin, role=Role.BAPPEDA)
    assert refused(change, user, admin, name="Lain", seen=seen) == "user_stale"
    assert change(user, admin, name="Lain", seen=users.last_event(user))


# An admin is always left


def test_nobody_takes_away_the_own_rights(admin: User) -> None:
    make_user(Role.ADMIN)
    assert refused(users.switch, user=admin, active=False, by=admin) == "user_self_off"
    assert refused(change, admin, admin, role=Role.BAPPEDA) == "user_self_role"
    assert change(admin, admin, name="Nama Baru")


def test_the_last_active_admin_stays(admin: User) -> None:
    make_user(Role.ADMIN, is_active=False)
    assert refused(users.switch, user=admin, active=False, by=None) == "user_last_admin"
    assert refused(change, admin, None, role=Role.BAPPEDA) == "user_last_admin"


def test_only_an_active_admin_acts(admin: User) -> None:
    victim = make_user(Role.OPD)
    for by in (make_user(Role.BAPPEDA), make_user(Role.ADMIN, is_active=False)):
        assert refused(create, by) == "user_actor"
        assert refused(change, victim, by, role=Role.ADMIN) == "user_actor"
        for act in (users.give_link, users.unlock):
            assert refused(act, user=victim, by=by) == "user_actor"
        assert refused(users.switch, user=victim, active=False, by=by) == "user_actor"
    assert not Event.objects.exists()


def in_thread(act: Callable[[], Any]) -> Callable[[], str]:
    def run() -> str:
        try:
            act()
        except Refused as error:
            return error.code
        finally:
            connections.close_all()
        return "done"

    return run


def waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        return int(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_of_two_admins_who_demote_each_other_the_first_one_wins() -> None:
    first, second = make_user(Role.ADMIN), make_user(Role.ADMIN)
    written, go_on = Signal(), Signal()

    def slow() -> None:
        with transaction.atomic():
            change(second, first, role=Role.OPD)
            written.set()
            assert go_on.wait(10)

    with ThreadPoolExecutor(2) as pool:
        slow_one = pool.submit(in_thread(slow))
        assert written.wait(10)
        quick_one = pool.submit(in_thread(lambda: change(first, second, role=Role.OPD)))
        while not waiting():  # the second stands at the row lock before the first commits
            assert not quick_one.done()
        go_on.set()
        assert (slow_one.result(10), quick_one.result(10)) == ("done", "user_actor")
    assert list(User.objects.filter(peran=Role.ADMIN)) == [first]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("n", [2, 4])
def test_admins_who_all_remove_each_other_at_once_leave_one(n: int) -> None:
    admins = [make_user(Role.ADMIN) for _ in range(n)]
    start = Barrier(n)

    def remove_next(i: int) -> None:
        start.wait(10)
        target = admins[(i + 1) % n]
        if i % 2:
            change(target, admins[i], role=Role.PEJABAT)
        else:
            users.switch(user=target, active=False, by=admins[i])

    with ThreadPoolExecutor(n) as pool:
        outcomes = [f.result(20) for f in [pool.submit(in_thread(lambda i=i: remove_next(i))) for i in range(n)]]
    assert set(outcomes) <= {"done", "user_actor", "user_last_admin"}
    assert User.objects.filter(peran=Role.ADMIN, is_active=True).exists()
    assert outcomes.count("done") == n - User.objects.filter(peran=Role.ADMIN, is_active=True).count()


@pytest.mark.django_db(transaction=True)
def test_one_name_made_twice_at_once_is_one_person() -> None:
    start = Barrier(2)

    def make() -> None:
        start.wait(10)
        create(None, "kembar")

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(f.result(20) for f in [pool.submit(in_thread(make)) for _ in range(2)])
    assert outcomes == ["done", "user_name_taken"]
    assert events(User.objects.get(username="kembar")) == [(AccountEvent.DIBUAT, "perintah")]


# Switching off


def test_switching_off_ends_the_sessions_for_good(admin: User) -> None:
    user, other = make_user(Role.BAPPEDA), make_user(Role.BAPPEDA)
    inside, elsewhere, stranger = Client(), Client(), Client()
    inside.force_login(user)
    elsewhere.force_login(user)
    stranger.force_login(other)
    assert users.switch(user=user, active=False, by=admin)
    assert inside.get("/unggah/").status_code == 302
    assert [s.get_decoded()[SESSION_KEY] for s in Session.objects.all()] == [str(other.pk)]
    assert users.switch(user=user, active=True, by=admin)
    assert elsewhere.get("/unggah/").status_code == 302
    assert stranger.get("/unggah/").status_code == 200
    assert events(user) == [
        (AccountEvent.DIMATIKAN, admin.username), (AccountEvent.DINYALAKAN, admin.username),
    ]  # fmt: skip
    assert Event.objects.get(jenis=AccountEvent.DIMATIKAN).isi == {"sesi_diakhiri": 2}


def test_switching_twice_is_told_once(admin: User) -> None:
    user = make_user(Role.OPD)
    assert not users.switch(user=user, active=True, by=admin)
    assert users.switch(user=user, active=False, by=admin)
    assert not users.switch(user=user, active=False, by=admin)
    assert len(events(user)) == 1


# The link


@pytest.fixture
def link(admin: User) -> users.PasswordLink:
    return users.give_link(user=make_user(Role.OPD), by=admin)


def owner(link: users.PasswordLink) -> User | None:
    return users.link_owner(pk=link.user.pk, token=link.token)


def test_a_link_sets_a_password_once(link: users.PasswordLink) -> None:
    assert owner(link) == link.user
    users.use_link(pk=link.user.pk, token=link.token, password=NEW)
    assert authenticate(username=link.user.username, password=NEW) == link.user
    assert owner(link) is None
    assert refused(users.use_link, pk=link.user.pk, token=link.token, password="lain-lagi-77") == "link_dead"
    assert [kind for kind, _by in events(link.user)] == [AccountEvent.TAUTAN, AccountEvent.SANDI]


def test_neither_password_nor_token_is_kept(link: users.PasswordLink) -> None:
    users.use_link(pk=link.user.pk, token=link.token, password=NEW)
    told = json.dumps(list(Event.objects.values("isi", "objek", "jenis", "oleh_nama")))
    stored = json.dumps(list(User.objects.values("password", "username", "first_name", "email")))
    for secret in (NEW, link.token, link.token.split("-")[1]):
        assert secret not in told + stored


def test_a_link_lives_two_days(link: users.PasswordLink, monkeypatch: pytest.MonkeyPatch) -> None:
    assert timedelta(hours=47, minutes=59) < link.until - timezone.now() <= timedelta(hours=48)
    for hours, living in ((47.99, True), (48.01, False)):
        monkeypatch.setattr(users._tokens, "_now", lambda hours=hours: datetime.now() + timedelta(hours=hours))  # noqa: DTZ005
        assert (owner(link) is not None) is living


@pytest.mark.parametrize("how", ["last", "first", "time", "empty", "words", "long", "accents", "nul"])
def test_a_forged_link_opens_nothing(link: users.PasswordLink, how: str) -> None:
    time, signature = link.token.split("-")
    forged = {
        "last": link.token[:-1] + ("0" if link.token[-1] != "0" else "1"),
        "first": f"{time}-{'0' if signature[0] != '0' else '1'}{signature[1:]}",
        "time": f"{time[:-1]}{'0' if time[-1] != '0' else '1'}-{signature}",
        "empty": "",
        "words": "bukan-token-sama-sekali",
        "long": "z" * 5000,
        "accents": f"{time}-é{signature}",
        "nul": f"{time}-\0{signature}",
    }[how]
    assert users.link_owner(pk=link.user.pk, token=forged) is None


def test_a_link_belongs_to_one_person(link: users.PasswordLink) -> None:
    for pk in (make_user(Role.ADMIN).pk, 0, 10**30):
        assert users.link_owner(pk=pk, token=link.token) is None


def test_another_secret_key_ends_links(link: users.PasswordLink, settings: Any) -> None:
    settings.SECRET_KEY = "lain" * 15
    assert owner(link) is None


def test_a_newer_link_ends_the_older(link: users.PasswordLink, admin: User) -> None:
    newer = users.give_link(user=link.user, by=admin)
    assert (owner(link), owner(newer)) == (None, link.user)


def test_a_log_in_ends_the_link(link: users.PasswordLink) -> None:
    Client().post("/masuk/", {"username": link.user.username, "password": "rahasia-uji"})
    assert owner(link) is None


def test_an_own_new_password_ends_the_link(link: users.PasswordLink) -> None:
    users.change_password(user=link.user, password=NEW)
    assert owner(link) is None


def test_a_link_does_not_survive_switching_off(link: users.PasswordLink, admin: User) -> None:
    users.switch(user=link.user, active=False, by=admin)
    assert owner(link) is None
    assert refused(users.give_link, user=link.user, by=admin) == "user_is_off"
    users.switch(user=link.user, active=True, by=admin)
    assert owner(link) is None


def test_role_and_name_may_change_meanwhile(link: users.PasswordLink, admin: User) -> None:
    change(link.user, admin, role=Role.BAPPEDA, name="Lain")
    assert owner(link) == link.user


@pytest.mark.django_db(transaction=True)
def test_one_link_used_twice_at_once_works_once() -> None:
    link = users.give_link(user=make_user(Role.OPD), by=None)
    start = Barrier(2)

    def use(password: str) -> None:
        start.wait(10)
        users.use_link(pk=link.user.pk, token=link.token, password=password)

    with ThreadPoolExecutor(2) as pool:
        runs = [pool.submit(in_thread(lambda p=p: use(p))) for p in ("sandi-pertama-1", "sandi-kedua-2")]
        assert sorted(run.result(20) for run in runs) == ["done", "link_dead"]
    assert Event.objects.filter(jenis=AccountEvent.SANDI).count() == 1
    close_old_connections()


# Locks


def fail(username: str, settings: Any) -> None:
    for _ in range(settings.AXES_FAILURE_LIMIT):
        last = Client().post("/masuk/", {"username": username, "password": "salah"})
    assert last.status_code == 429


def test_an_admin_lifts_a_lock(admin: User, settings: Any) -> None:
    settings.AXES_ENABLED = True
    user, other = make_user(Role.OPD), make_user(Role.OPD)
    fail(user.username, settings)
    fail(other.username, settings)
    assert users.unlock(user=user, by=admin)
    right = {"username": user.username, "password": "rahasia-uji"}
    assert Client().post("/masuk/", right).status_code == 302
    assert Client().post("/masuk/", {**right, "username": other.username}).status_code == 429
    assert events(user) == [(AccountEvent.DIBUKA, admin.username)]
    assert not users.unlock(user=user, by=admin)
    assert len(events(user)) == 1


def test_a_password_by_link_lifts_the_lock_too(link: users.PasswordLink, settings: Any) -> None:
    settings.AXES_ENABLED = True
    fail(link.user.username, settings)
    users.use_link(pk=link.user.pk, token=link.token, password=NEW)
    assert not AccessAttempt.objects.exists()
    assert Client().post("/masuk/", {"username": link.user.username, "password": NEW}).status_code == 302


# The command


def command(*args: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("create_admin", *args, stdout=out)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue()
    return 0, out.getvalue()


def test_the_first_admin_comes_by_a_path() -> None:
    status, out = command("Kepala", "--name", "Kepala Data")
    user = User.objects.get()
    assert (status, user.username, str(user), user.peran) == (0, "kepala", "Kepala Data", Role.ADMIN)
    path = out.strip().splitlines()[-1]
    client = Client()
    assert client.get(path)["Location"] == "/sandi/baru/"
    client.post("/sandi/baru/", {"new_password1": NEW, "new_password2": NEW})
    assert authenticate(username="kepala", password=NEW) == user
    assert [by for _kind, by in events(user)] == ["perintah", "perintah", "kepala"]


def test_an_existing_name_is_refused_and_left_alone() -> None:
    user = make_user(Role.ADMIN, username="kepala")
    for kind in ((), ("--json",)):
        status, out = command("kepala", *kind)
        assert status == 1
        assert "sudah dipakai" in out
    assert User.objects.get().password == user.password
    assert not Event.objects.exists()


def test_reset_lets_a_locked_and_dead_admin_in_again(settings: Any) -> None:
    settings.AXES_ENABLED = True
    user = make_user(Role.ADMIN, username="kepala", is_active=False)
    fail("kepala", settings)
    status, out = command("kepala", "--reset", "--json")
    told = json.loads(out)
    assert (status, told["username"], told["new"]) == (0, "kepala", False)
    assert Client().get(told["link"])["Location"] == "/sandi/baru/"
    assert User.objects.get().is_active
    assert not AccessAttempt.objects.exists()
    kinds = [kind for kind, _by in events(user)]
    assert kinds == [AccountEvent.DINYALAKAN, AccountEvent.DIBUKA, AccountEvent.TAUTAN]


def test_reset_makes_nobody_an_admin() -> None:
    make_user(Role.PEJABAT, username="tamu")
    assert command("tamu", "--reset")[0] == 1
    assert command("siapa", "--reset")[0] == 1
    assert not Event.objects.exists()


def test_a_password_at_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError) as caught:
        call_command("create_admin", "kepala", "--password")
    assert caught.value.returncode == 2
    module = "kelurahan.management.commands.create_admin"
    monkeypatch.setattr(f"{module}.sys.stdin.isatty", lambda: True, raising=False)
    typed = iter(["satu-sandi-1", "lain-sandi-2", "kepala", "kepala", NEW, NEW])
    monkeypatch.setattr(f"{module}.getpass.getpass", lambda _prompt: next(typed))
    for _ in range(2):
        with pytest.raises(CommandError):
            call_command("create_admin", "kepala", "--password")
    assert not User.objects.exists()
    status, out = command("kepala", "--password")
    assert (status, NEW in out, "/sandi/" in out) == (0, False, False)
    assert authenticate(username="kepala", password=NEW)
    assert Event.objects.filter(jenis=AccountEvent.SANDI, oleh_nama="perintah").exists()
