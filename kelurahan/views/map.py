"""The map: home page, its values and its geometry."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kelurahan.permissions import Act, require


@require(Act.LIHAT_PETA)
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "peta/beranda.html", {})


@require(Act.LIHAT_PETA)
def map_values(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=501)


@require(Act.LIHAT_PETA)
def map_geometry(request: HttpRequest, sidik: str) -> HttpResponse:
    return HttpResponse(status=501)


@require(Act.LIHAT_PETA)
def map_csv(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=501)
