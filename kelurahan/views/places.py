"""The list of kelurahan and the page of one place."""

from __future__ import annotations

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kelurahan.models import Area, Level
from kelurahan.permissions import Act, may, may_open, may_see_upload, require
from kelurahan.reports.data import data_url
from kelurahan.reports.place_list import load_list
from kelurahan.reports.profile import load_profile
from kelurahan.rules.regulation import RULE_SETS

# Levels whose pages name single neighbourhoods: not for the public
_INNER = (Level.RT, Level.KAWASAN)


def _year(request: HttpRequest) -> int | None:
    """The wanted year; anything that is none is as good as not asked."""
    text = request.GET.get("tahun", "")
    return int(text) if len(text) == 4 and text.isascii() and text.isdigit() else None


def _place_url(request: HttpRequest, area: Area) -> str:
    """Where aliases and official areas are corrected, for those who may."""
    if area.level != Level.KELURAHAN or not may(request.user, Act.DATA_KELURAHAN, area):
        return ""
    return reverse("kelurahan:data-place", args=[area.kode])


def _rules(request: HttpRequest) -> str:
    """The rule set of the address, "" for the usual one or one that does not exist."""
    asked = request.GET.get("aturan", "")
    return asked if asked in RULE_SETS else ""


def _rules_query(rules: str) -> str:
    """What links add so that they stay with the rule set that was asked for."""
    return f"&aturan={rules}" if rules else ""


@require(Act.LIHAT_PETA)
def place_list(request: HttpRequest) -> HttpResponse:
    asked = {
        "kecamatan": request.GET.get("kecamatan", "")[:20],
        "cari": request.GET.get("cari", "")[:80],
        "urut": "total" if request.GET.get("urut") == "total" else "",
    }
    found = load_list(
        year=_year(request),
        kecamatan=asked["kecamatan"],
        search=asked["cari"],
        by_total=asked["urut"] == "total",
        rule_set=_rules(request),
    )
    page = "kelurahan/_daftar.html" if request.headers.get("HX-Target") == "daftar" else "kelurahan/daftar.html"
    return render(
        request,
        page,
        {"list": found, "asked": {**asked, "aturan": _rules(request)}, "rules_query": _rules_query(_rules(request))},
    )


@require(Act.LIHAT_PETA)
def profile(request: HttpRequest, kode: str) -> HttpResponse:
    area = get_object_or_404(Area.objects.select_related("parent"), kode=kode.replace("\0", ""))
    inner = may(request.user, Act.LIHAT_ASAL)
    if area.level in _INNER and not inner:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        raise PermissionDenied(_("Halaman RT dan kawasan hanya untuk petugas kota."))
    found = load_profile(area, _year(request), with_origins=inner, public=not inner, rule_set=_rules(request))
    return render(
        request,
        "kelurahan/profil.html",
        {
            "profile": found,
            "inner": inner,
            "shown": "semua" if request.GET.get("tampil") == "semua" else "",
            "visible": {upload.pk for upload in found.uploads if may_see_upload(request.user, upload)},
            "place_url": _place_url(request, area),
            "data_url": data_url(area, found.tahun, _rules(request)) if may_open(request.user, area) else "",
            "rules_query": _rules_query(_rules(request)),
        },
    )
