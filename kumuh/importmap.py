"""Import map: modules import each other by plain name, the browser fetches the hashed file.

The map stands inline in the page; its SHA-256 in the policy header lets the browser accept it, and
unlike a nonce it does not change from page to page, so pages can be cached.
"""

import base64
import hashlib
import json
from functools import cache
from pathlib import Path

from django.conf import settings


def modules() -> list[str]:
    """Static names (`js/peta.js`) of all our own modules."""
    found = {
        path.relative_to(root).as_posix()
        for root in map(Path, settings.STATICFILES_DIRS)
        for path in root.glob("js/**/*.js")
    }
    return sorted(found)


def built() -> str:
    """The map as the text that stands between the script tags."""
    from django.contrib.staticfiles.storage import staticfiles_storage

    imports = {settings.STATIC_URL + name: staticfiles_storage.url(name) for name in modules()}
    return json.dumps({"imports": imports}, separators=(",", ":")).replace("<", "\\u003c")


@cache
def _kept() -> str:
    return built()


def import_map() -> str:
    return built() if settings.DEBUG else _kept()


def script_sources() -> list[str]:
    """Value of the script-src directive: our own files, and this one inline map by its hash."""
    digest = base64.b64encode(hashlib.sha256(import_map().encode()).digest()).decode()
    return ["'self'", f"'sha256-{digest}'"]
