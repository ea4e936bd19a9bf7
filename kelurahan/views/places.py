"""The list of kelurahan and the page of one place."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from kelurahan.permissions import Act, require


@require(Act.LIHAT_PETA)
def place_list(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=501)


@require(Act.LIHAT_PETA)
def profile(request: HttpRequest, kode: str) -> HttpResponse:
    return HttpResponse(status=501)
