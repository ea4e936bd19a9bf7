"""What the browser may do, who is believed to be calling, and when logging in is refused."""

import base64
import hashlib
import json
import re

import pytest
from django.contrib.auth import get_user_model
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.urls import reverse

from kumuh import importmap
from kumuh.proxy import client_address


def policy(response) -> dict[str, list[str]]:
    parts = [part.split() for part in response["Content-Security-Policy"].split(";") if part.strip()]
    return {words[0]: words[1:] for words in parts}


def test_policy_allows_no_inline_script_or_style(client: Client):
    found = policy(client.get("/healthz"))
    assert found["default-src"] == found["object-src"] == found["frame-ancestors"] == found["base-uri"] == ["'none'"]
    assert found["style-src"] == found["form-action"] == found["connect-src"] == ["'self'"]
    assert found["img-src"] == ["'self'", "data:"]
    assert found["script-src"][0] == "'self'"
    assert not any("unsafe" in word or "nonce" in word or "*" in word for words in found.values() for word in words)


def test_headers(client: Client):
    response = client.get("/healthz")
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["Content-Language"] == "id"


def test_the_import_map_in_the_page_is_the_one_the_policy_allows(client: Client):
    page = Template("{% load importmap %}{% import_map %}").render(Context())
    text = re.fullmatch(r'<script type="importmap">(.*)</script>', page)[1]
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in policy(client.get("/healthz"))["script-src"]


def test_the_import_map_names_every_module(settings, tmp_path):
    (tmp_path / "js" / "peta").mkdir(parents=True)
    for name in ("js/angka.js", "js/peta/lapis.js", "js/catatan.txt", "lain.js"):
        (tmp_path / name).write_text("")
    settings.STATICFILES_DIRS = [tmp_path]
    assert json.loads(importmap.built()) == {
        "imports": {
            "/static/js/angka.js": "/static/js/angka.js",
            "/static/js/peta/lapis.js": "/static/js/peta/lapis.js",
        }
    }


@pytest.mark.parametrize(
    ("proxies", "header", "expected"),
    [
        (0, "1.1.1.1", "127.0.0.1"),
        (1, "", "127.0.0.1"),
        (1, "9.9.9.9, 1.1.1.1", "1.1.1.1"),
        (2, "9.9.9.9, 1.1.1.1, 10.0.0.1", "1.1.1.1"),
        (2, "1.1.1.1", "127.0.0.1"),
    ],
)
def test_a_visitor_cannot_choose_the_address(settings, proxies: int, header: str, expected: str):
    settings.TRUSTED_PROXIES = proxies
    extra = {"HTTP_X_FORWARDED_FOR": header} if header else {}
    assert client_address(RequestFactory().get("/", **extra)) == expected


def test_indonesian_until_somebody_chooses_otherwise(client: Client):
    assert client.get("/healthz", headers={"accept-language": "en"})["Content-Language"] == "id"
    client.post(reverse("set_language"), {"language": "en", "next": "/healthz"})
    assert client.get("/healthz")["Content-Language"] == "en"
    client.cookies["django_language"] = "../../etc"
    assert client.get("/healthz")["Content-Language"] == "id"


@pytest.fixture
def typist(db, settings):
    settings.AXES_ENABLED = True
    return get_user_model().objects.create_user("petugas", password="rahasia-panjang")


def log_in(client: Client, username: str, password: str, address: str = "10.0.0.5") -> int:
    form = {"username": username, "password": password}
    return client.post(reverse("kelurahan:login"), form, REMOTE_ADDR=address).status_code


def test_a_guesser_is_locked_out_but_not_the_office(client: Client, typist):
    colleague = get_user_model().objects.create_user("rekan", password="rahasia-panjang")
    codes = [log_in(client, "petugas", "salah") for _ in range(6)]
    assert codes[0] == 200
    assert codes[-1] == 429
    assert log_in(client, "petugas", "rahasia-panjang") == 429
    # The same address, another name; the same name, another address
    assert log_in(Client(), colleague.username, "rahasia-panjang") == 302
    assert log_in(Client(), "petugas", "rahasia-panjang", "10.0.0.6") == 302
