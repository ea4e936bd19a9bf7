"""The map: the home page, its values and its geometry."""

from __future__ import annotations

import csv
import hashlib
import json
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import condition, require_safe

from kelurahan.permissions import Act, may, require
from kelurahan.reports import home as report
from kelurahan.reports import home_data, picture, version
from kelurahan.reports.city import load_city
from kelurahan.reports.lens import Lihat

FOREVER = "public, max-age=31536000, immutable"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@require_safe
@gzip_page
@require(Act.LIHAT_PETA)
def home(request: HttpRequest) -> HttpResponse:
    """The whole page; with `?bagian=1` only the parts that change with the view."""
    page = _page(request)
    if page is None:
        return render(request, "peta/kosong.html", {"boleh_batas": may(request.user, Act.BATAS)})
    context = {"h": page, "moda": _modes(page), "tahun": _years(page), "boleh_batas": may(request.user, Act.BATAS)}
    if "bagian" in request.GET:
        return render(request, "peta/bagian.html", context)
    stored = picture.load_drawing()
    context["gambar"] = picture.picture(stored, page.by_kode) if stored else None
    context["ubin"] = {"url": settings.TILE_URL, "atribusi": settings.TILE_ATTRIBUTION}
    return render(request, "peta/beranda.html", context)


def _page(request: HttpRequest) -> report.Home | None:
    city = load_city(request.GET.get("aturan", ""))
    if city is None or not city.places:
        return None
    indicators = report.load_indicators()
    view = report.read_view(request.GET, city, indicators)
    public = not may(request.user, Act.LIHAT_ASAL)
    return report.build(city, view, indicators, timezone.localdate().year, public=public)


def _modes(page: report.Home) -> list[dict[str, Any]]:
    names = {
        Lihat.DATA: translation.gettext("Menurut data"),
        Lihat.SK: translation.gettext("Menurut SK"),
        Lihat.PERUBAHAN: translation.gettext("Perubahan"),
    }
    if len(page.city.years) < 2:
        del names[Lihat.PERUBAHAN]
    here = page.view.lihat
    return [
        {"kode": mode.value, "nama": name, "url": page.view.query(lihat=mode), "current": mode is here}
        for mode, name in names.items()
    ]


def _years(page: report.Home) -> list[dict[str, Any]]:
    here = page.view.tahun
    return [{"tahun": y, "url": page.view.query(tahun=y), "current": y == here} for y in page.city.years]


def _values_etag(request: HttpRequest) -> str:
    data, asked = version.current(), request.GET.urlencode()
    # Small counts of people are told to the staff only
    whole = request.GET.get("ukur", "").startswith("i-") and may(request.user, Act.LIHAT_ASAL)
    return f'"{data.nomor}-{data.potret}-{translation.get_language()}-{_digest(f"{asked} {whole}")}"'


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@require_safe
@gzip_page
@require(Act.LIHAT_PETA)
@condition(etag_func=_values_etag)
def map_values(request: HttpRequest) -> HttpResponse:
    page = _page(request)
    response = JsonResponse(home_data.map_values(page) if page else {"tempat": {}})
    response["Cache-Control"] = "no-cache" if settings.PUBLIC_MAP else "private, no-cache"
    return response


@require_safe
@gzip_page
@require(Act.LIHAT_PETA)
def map_geometry(request: HttpRequest, sidik: str) -> HttpResponse:
    stored = picture.load_drawing()
    if stored is None or stored.sidik != sidik:
        raise Http404
    text = json.dumps(picture.geometry(stored), separators=(",", ":"))
    cache = FOREVER if settings.PUBLIC_MAP else FOREVER.replace("public", "private")
    return HttpResponse(text, content_type="application/json", headers={"Cache-Control": cache, "ETag": f'"{sidik}"'})


@require_safe
@require(Act.LIHAT_PETA)
def map_csv(request: HttpRequest) -> HttpResponse:
    """The ranking as a table for a spreadsheet: semicolons and decimal commas, as Indonesian Excel reads them."""
    page = _page(request)
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    parts = ["kelurahan", str(page.view.tahun), page.view.aturan] if page else ["kelurahan"]
    response["Content-Disposition"] = f'attachment; filename="{"-".join(filter(None, parts))}.csv"'
    writer = csv.writer(response, delimiter=";")
    writer.writerow(home_data.CSV_HEAD)
    writer.writerows([formula_safe(cell) for cell in row] for row in (home_data.csv_rows(page) if page else []))
    return response


def formula_safe(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
