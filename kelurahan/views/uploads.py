"""The way of an uploaded sheet: send, look at the findings, look at the changes, apply, undo."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from kelurahan.permissions import Act, require


@require(Act.UNGGAH)
def uploads(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=501)


@require(Act.UNGGAH)
def template(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=501)


@require(Act.UNGGAH)
def upload(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(status=501)


@require(Act.UNGGAH)
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(status=501)


@require(Act.UNGGAH)
def changes(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(status=501)


@require(Act.UNGGAH)
def changes_xlsx(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(status=501)


@require(Act.UNGGAH)
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(status=501)


@require(Act.UNGGAH)
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(status=501)


@require(Act.UNGGAH)
def file(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(status=501)
