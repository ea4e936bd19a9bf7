"""Logging in and out, and the pages that say what went wrong."""

import pytest
from django.test import Client

from kelurahan.actions.accounts import PASSWORD
from kelurahan.models import Role
from tests.factories import make_user

pytestmark = pytest.mark.django_db
RIGHT = "rahasia-uji"


def log_in(client: Client, username: str, password: str = RIGHT, **more: str):
    return client.post("/masuk/", {"username": username, "password": password, **more})


def test_a_person_logs_in_and_out(client: Client) -> None:
    user = make_user(Role.BAPPEDA, first_name="Maria", last_name="Tefa")
    assert log_in(client, user.username)["Location"] == "/"
    page = client.get("/").content.decode()
    assert "Maria Tefa · Bappeda" in page
    assert client.post("/keluar/")["Location"] == "/"
    assert "Maria Tefa" not in client.get("/").content.decode()


def test_logging_out_needs_a_press(client: Client) -> None:
    assert client.get("/keluar/").status_code == 405


def test_a_wrong_password_is_explained_in_words(client: Client) -> None:
    user = make_user()
    response = log_in(client, user.username, "salah")
    page = response.content.decode()
    assert response.status_code == 200
    assert "tidak cocok" in page
    assert f'value="{user.username}"' in page
    assert 'value="salah"' not in page


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/unggah/", "/unggah/"),
        ("/?tahun=2024", "/?tahun=2024"),
        ("https://jahat.example/", "/"),
        ("//jahat.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_after_logging_in_only_pages_of_this_site(client: Client, wanted: str, reached: str) -> None:
    user = make_user()
    assert log_in(client, user.username, next=wanted)["Location"] == reached


def test_who_is_in_already_is_sent_on(client: Client) -> None:
    client.force_login(make_user())
    assert client.get("/masuk/?next=/unggah/")["Location"] == "/unggah/"


def test_the_session_ends_with_the_browser_unless_asked(client: Client) -> None:
    user = make_user()
    log_in(client, user.username)
    assert client.session.get_expire_at_browser_close()
    client.post("/keluar/")
    log_in(client, user.username, tetap="1")
    assert not client.session.get_expire_at_browser_close()


def test_demo_accounts_are_offered_on_a_laptop_only(client: Client, settings) -> None:
    user = make_user(Role.BAPPEDA, username="bappeda")
    user.set_password(PASSWORD)
    user.save()
    settings.LAPTOP = True
    page = client.get("/masuk/").content.decode()
    assert "Akun contoh" in page
    assert 'value="bappeda"' in page
    assert 'value="camat"' not in page  # not made here
    assert client.post("/masuk/", {"akun": "bappeda"})["Location"] == "/"
    client.post("/keluar/")
    settings.LAPTOP = False
    assert "Akun contoh" not in client.get("/masuk/").content.decode()
    assert client.post("/masuk/", {"akun": "bappeda"}).status_code == 200
    assert "_auth_user_id" not in client.session


def test_a_name_that_is_no_demo_account_has_no_button(client: Client, settings) -> None:
    settings.LAPTOP = True
    user = make_user(username="maria")
    user.set_password(PASSWORD)
    user.save()
    assert client.post("/masuk/", {"akun": "maria"}).status_code == 200
    assert "_auth_user_id" not in client.session


def test_failed_log_ins_lock_this_name_from_this_address(client: Client, settings) -> None:
    settings.AXES_ENABLED = True
    user, other = make_user(), make_user()
    statuses = [log_in(client, user.username, "salah").status_code for _ in range(settings.AXES_FAILURE_LIMIT)]
    assert statuses[-1] == 429
    response = log_in(client, user.username)
    assert response.status_code == 429
    assert "setelah 15 menit" in response.content.decode()
    assert log_in(client, other.username).status_code == 302


def test_a_missing_page_shows_the_way_back(client: Client) -> None:
    response = client.get("/tidak/ada/")
    assert response.status_code == 404
    assert "Halaman ini tidak ada" in response.content.decode()


def test_a_forbidden_page_says_whom_to_ask(client: Client) -> None:
    client.force_login(make_user(Role.PEJABAT))
    response = client.get("/unggah/")
    assert response.status_code == 403
    page = response.content.decode()
    assert "bukan untuk peran Anda" in page
    assert "Peran Anda tidak memberi hak" in page


def test_a_stale_form_is_explained() -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post("/masuk/", {"username": "x"})
    assert response.status_code == 403
    assert "kedaluwarsa" in response.content.decode()


def test_a_crash_needs_no_database_to_apologise(client: Client, monkeypatch) -> None:
    def fall(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("kelurahan.views.map.load_city", fall)
    client.raise_request_exception = False
    response = client.get("/")
    assert response.status_code == 500
    assert "sedang terganggu" in response.content.decode()
