"""What every page shows: the city, the way about, the notice of example data, the snapshot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from kelurahan.models import User
from kelurahan.permissions import Act, may
from kelurahan.reports import version
from kelurahan.rules.regulation import DEFAULT_RULE_SET, RULE_SETS

# Which entry of the navigation a page belongs to, by the name of its address
SECTIONS = {
    "home": "home",
    "list": "list",
    "profile": "list",
    "data": "data",
    "data-new-rt": "data",
    "data-place": "data",
    "record": "data",
    "indicators": "indicators",
    "indicator": "indicators",
    "indicator-edit": "indicators",
    "uploads": "uploads",
    "template": "uploads",
    "upload": "uploads",
    "upload-files": "uploads",
    "upload-columns": "uploads",
    "upload-names": "uploads",
    "upload-check": "uploads",
    "upload-changes": "uploads",
    "upload-undo": "uploads",
    "memories": "uploads",
    "memory": "uploads",
    "boundaries": "boundaries",
    "users": "users",
    "user-new": "users",
    "user": "users",
    "user-link": "users",
}


@dataclass(frozen=True, slots=True)
class NavItem:
    label: str
    url: str
    current: bool


def _nav(request: HttpRequest) -> list[NavItem]:
    here = SECTIONS.get(getattr(request.resolver_match, "url_name", None) or "")
    entries = [
        (Act.LIHAT_PETA, "home", _("Peta")),
        (Act.LIHAT_PETA, "list", _("Kelurahan")),
        (Act.LIHAT_PETA, "indicators", _("Indikator")),
        (Act.LIHAT_ASAL, "data", _("Data")),
        (Act.UNGGAH, "uploads", _("Unggah")),
        (Act.BATAS, "boundaries", _("Batas")),
        (Act.PENGGUNA, "users", _("Pengguna")),
    ]
    return [
        NavItem(label, reverse(f"kelurahan:{name}"), name == here)
        for act, name, label in entries
        if may(request.user, act)
    ]


def _moment(pada: datetime | None) -> str:
    """ "12 November 2026, 09.14 WITA", in the city's own time."""
    if pada is None:
        return ""
    local = timezone.localtime(pada)
    zone = settings.CITY.get("singkatan_zona", "")
    return f"{date_format(local, 'j F Y')}, {local:%H.%M} {zone}".rstrip()


def _role(user: Any) -> str:
    """The role, unless the person's name already says it."""
    name = str(user.get_peran_display()) if isinstance(user, User) else ""
    return "" if name.casefold() == str(user).casefold() else name


def site(request: HttpRequest) -> dict[str, Any]:
    data = version.current()
    name = getattr(request.resolver_match, "url_name", None)
    user = request.user
    return {
        "situs": {
            "nama": _("Kumuh %(kota)s") % {"kota": settings.CITY["nama"]},
            "kota": settings.CITY["nama"],
            "pemilik": settings.CITY.get("pemilik", ""),
            "aturan": RULE_SETS[DEFAULT_RULE_SET].nama,
            "nav": _nav(request),
            "peran": _role(user),
            "di_gerbang": name == "login",
            "contoh": version.has_example(data),
            "potret": data.potret,
            "diperbarui": _moment(data.pada),
            "unggah": reverse("kelurahan:uploads") if may(user, Act.UNGGAH) else "",
        }
    }
