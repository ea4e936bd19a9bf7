"""Every environment variable the product reads, in one table, and the readers that refuse nonsense aloud.

The table is compared with the configuration table of README.md by a test.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Variable:
    name: str
    default: str
    meaning: str


VARIABLES = (
    Variable("PORT", "8000", "port of the web server that `make run` starts"),
    Variable("HOST", "127.0.0.1", "address it listens on; `0.0.0.0` for all, when the proxy is another machine"),
    Variable("MODE", "", "`laptop` or `production`; empty: production if DATABASE_URL is set, else laptop"),
    Variable("DATABASE_URL", "", "`postgresql://user:password@host:5432/name`; empty: its own database in DATA_DIR"),
    Variable("REDIS_URL", "", "`redis://host:6379/0` (number 0 and the next, 1, are used); required in production"),
    Variable("SECRET_KEY", "", "signs sessions; required in production (50 characters); empty: random, in DATA_DIR"),
    Variable("ALLOWED_HOSTS", "", "host names, separated by commas; required in production; empty: this machine only"),
    Variable("DEBUG", "off", "`on` shows error details in the browser; refused in production"),
    Variable("DATA_DIR", ".data", "folder for uploads, logs and, on a laptop, database, queue and secret key"),
    Variable("CITY_FILE", "data/kupang/kota.toml", "which city this is: code, name, time zone, drawing of the map"),
    Variable("EXAMPLE_DATA", "on", "`off`: the first `make run` loads the places only, no example data"),
    Variable("TILE_URL", "", "background map, `https://host/{z}/{x}/{y}.png`; empty: none, and no internet needed"),
    Variable("TILE_ATTRIBUTION", "", "credit line the owner of the background map asks for"),
    Variable("PUBLIC_MAP", "on", "`off` shows map and profiles only to people who have logged in"),
    Variable(
        "TRUSTED_PROXIES", "", "number of proxies in front that set X-Forwarded-*; empty: 1 in production, else 0"
    ),
)
DEFAULTS = {variable.name: variable.default for variable in VARIABLES}


def text(name: str) -> str:
    """Value of a declared variable; an empty one counts as not set."""
    return os.environ.get(name, "").strip() or DEFAULTS[name]


def flag(name: str) -> bool:
    """`on`/`off` (also true/false, yes/no, 1/0)."""
    value = text(name).lower()
    if value in {"on", "true", "yes", "1"}:
        return True
    if value in {"off", "false", "no", "0"}:
        return False
    raise ImproperlyConfigured(f"{name}={value!r} is not understood: write on or off.")


def number(name: str, lowest: int, highest: int) -> int:
    value = text(name)
    if not value.isdecimal() or not lowest <= int(value) <= highest:
        raise ImproperlyConfigured(
            f"{name}={value!r} is not understood: write a whole number from {lowest} to {highest}."
        )
    return int(value)


def words(name: str) -> list[str]:
    return [word.strip() for word in text(name).split(",") if word.strip()]


def production() -> bool:
    """A server other people depend on: nothing has a default that would be unsafe there."""
    mode = text("MODE").lower()
    if mode not in {"", "laptop", "production"}:
        raise ImproperlyConfigured(f"MODE={mode!r} is not understood: write laptop or production.")
    return mode == "production" or (mode == "" and bool(text("DATABASE_URL")))


def required(name: str) -> str:
    value = text(name)
    if not value:
        meaning = next(variable.meaning for variable in VARIABLES if variable.name == name)
        raise ImproperlyConfigured(f"{name} is not set. In production it must be: {meaning}.")
    return value


def secret_key() -> str:
    """The production key, refused when it is short, monotonous or a known placeholder."""
    key = required("SECRET_KEY")
    if len(key) < 50 or len(set(key)) < 5 or key.startswith("django-insecure-"):
        raise ImproperlyConfigured(
            "SECRET_KEY is too weak: use at least 50 random characters, "
            'for example from python -c "import secrets; print(secrets.token_urlsafe(50))".'
        )
    return key


def database(url: str) -> dict[str, object]:
    """Django's connection settings from `postgresql://user:password@host:port/name?sslmode=…`."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise ImproperlyConfigured("DATABASE_URL is not understood: write postgresql://user:password@host:5432/name.")
    return {
        "NAME": unquote(parts.path[1:]),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": dict(parse_qsl(parts.query)),
    }


def origins(url: str) -> list[str]:
    """Scheme and host a browser must be allowed to load pictures from; none for an empty address."""
    if not url:
        return []
    parts = urlsplit(url.replace("{s}", "*"))
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise ImproperlyConfigured(f"TILE_URL={url!r} is not understood: write https://host/{{z}}/{{x}}/{{y}}.png.")
    return [f"{parts.scheme}://{parts.netloc}"]
