"""Settings by environment: safe on a laptop, loud in production, and the README tells the truth about them."""

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from kumuh import configuration, env
from kumuh.check import environment
from kumuh.secret import kept_secret

KEY = "k3y-9fQx_Lw7Zt2Vb8Nc4Md6Rs1Ph5Jg0Ya-Ue3Io7Tk9Wq2Xz8B"


@pytest.fixture
def ask(tmp_path: Path):
    """ask(name=value, …): load the settings in a fresh process; returns (what it printed, what it complained)."""

    def act(print_: str = "''", production: bool = False, **variables: str) -> tuple[str, str]:
        environ = {**environment(str(tmp_path), production), **variables}
        environ.pop("DJANGO_SETTINGS_MODULE", None)
        code = f"import kumuh.settings as s; print({print_})"
        done = subprocess.run([sys.executable, "-c", code], cwd=env.ROOT, env=environ, capture_output=True, text=True)
        return done.stdout.strip(), done.stderr.strip().splitlines()[-1] if done.returncode else ""

    return act


def test_readme_lists_every_variable():
    assert configuration.written(configuration.README.read_text(encoding="utf-8")) == configuration.table()


def test_no_variable_is_read_past_the_table():
    readers = re.compile(r"""env\.(?:text|flag|number|words|required)\(\s*["'](\w+)|environ(?:\.get\(|\[)["'](\w+)""")
    folders = [env.ROOT / "kumuh", env.ROOT / "kelurahan"]
    read = {a or b for folder in folders for path in folder.rglob("*.py") for a, b in readers.findall(path.read_text())}
    own = {"DJANGO_SETTINGS_MODULE", "PATH"}
    assert read - own <= set(env.DEFAULTS)
    assert set(env.DEFAULTS) - read <= {"SECRET_KEY", "MODE"}  # env reads these two itself


def test_a_laptop_needs_nothing(ask):
    printed, complaint = ask("s.PRODUCTION, s.DEBUG, s.ALLOWED_HOSTS, s.SESSION_COOKIE_SAMESITE")
    assert complaint == ""
    assert printed == "False False ['localhost', '127.0.0.1', '[::1]'] Lax"


def test_the_laptops_key_is_kept_and_private(tmp_path: Path):
    key = kept_secret(tmp_path / "data")
    assert len(key) >= 50
    assert kept_secret(tmp_path / "data") == key
    assert stat.S_IMODE((tmp_path / "data" / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["secret_key"]


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS", "REDIS_URL", "DATABASE_URL"])
def test_production_says_what_is_missing(ask, name: str):
    complaint = ask(production=True, **{name: ""})[1]
    assert "ImproperlyConfigured" in complaint
    assert f"{name} is not set" in complaint


@pytest.mark.parametrize("key", ["short", "a" * 60, "django-insecure-" + KEY])
def test_production_refuses_a_weak_key(ask, key: str):
    assert "SECRET_KEY is too weak" in ask(production=True, SECRET_KEY=key)[1]


def test_a_database_address_alone_means_production(ask):
    assert "SECRET_KEY is not set" in ask(DATABASE_URL="postgresql://u@h/n")[1]
    assert ask("s.PRODUCTION", DATABASE_URL="postgresql://u@h/n", MODE="laptop") == ("False", "")


def test_production_is_strict(ask):
    wanted = "s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_SSL_REDIRECT, s.TRUSTED_PROXIES"
    assert ask(wanted, production=True) == ("True True True 1", "")
    assert "DEBUG=on" in ask(production=True, DEBUG="on")[1]


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"PORT": "http"}, "PORT='http' is not understood"),
        ({"PORT": "70000"}, "write a whole number from 1 to 65535"),
        ({"DEBUG": "maybe"}, "write on or off"),
        ({"MODE": "staging"}, "write laptop or production"),
        ({"DATABASE_URL": "mysql://u@h/n", "MODE": "laptop"}, "DATABASE_URL is not understood"),
        ({"TILE_URL": "tiles/{z}"}, "TILE_URL='tiles/{z}' is not understood"),
        ({"CITY_FILE": "data/nowhere.toml"}, "nowhere.toml does not exist"),
        ({"CITY_FILE": "README.md"}, "is not readable as TOML"),
        ({"CITY_FILE": "pyproject.toml"}, "kode, nama, zona_waktu"),
    ],
)
def test_nonsense_is_refused_in_words(ask, variables: dict[str, str], words: str):
    complaint = ask(**variables)[1]
    assert "ImproperlyConfigured" in complaint
    assert words in complaint


def test_the_tile_host_alone_is_added_to_the_policy(ask):
    printed, _ = ask(
        "s.CONTENT_SECURITY_POLICY['DIRECTIVES']['img-src']", TILE_URL="https://{s}.tile.example/{z}/{x}/{y}.png"
    )
    assert printed == "[\"'self'\", 'data:', 'https://*.tile.example']"


def test_database_address_parts():
    found = env.database("postgresql://pe%40ran:ra%3Ahasia@db.local:5433/kumuh?sslmode=require")
    assert found == {
        "NAME": "kumuh", "USER": "pe@ran", "PASSWORD": "ra:hasia", "HOST": "db.local", "PORT": "5433",
        "OPTIONS": {"sslmode": "require"},
    }  # fmt: skip


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PUBLIC_MAP", " ")
    assert env.flag("PUBLIC_MAP") is True
    monkeypatch.setenv("PUBLIC_MAP", "perhaps")
    with pytest.raises(ImproperlyConfigured):
        env.flag("PUBLIC_MAP")


def test_city_comes_from_its_file(ask, tmp_path: Path):
    other = tmp_path / "kota.toml"
    other.write_text('kode = "33.75"\nnama = "Kota Lain"\nzona_waktu = "Asia/Jakarta"\n')
    assert ask("s.CITY['nama'], s.TIME_ZONE", CITY_FILE=str(other)) == ("Kota Lain Asia/Jakarta", "")


def test_check_leaves_the_callers_configuration_out(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SECRET_KEY", "callers")
    assert "SECRET_KEY" not in environment("/x", production=False)
    assert environment("/x", production=True)["SECRET_KEY"] != "callers"
    assert os.environ["SECRET_KEY"] == "callers"
