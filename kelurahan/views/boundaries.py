"""Boundaries: what the map shows now, and how an admin replaces it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from kelurahan.permissions import Act, require


@require(Act.BATAS)
def boundaries(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=501)
