"""What was decided about layouts of sheets, to be looked at, corrected and forgotten."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from kelurahan.actions import memories as actions
from kelurahan.actions.fields import all_fields
from kelurahan.intake.refusal import Refused
from kelurahan.models import Area, SheetMemory, User
from kelurahan.permissions import Act, may, may_change_memory, require

PER_PAGE = 50
FORGET = "?"
"""Chosen for one thing that shall be forgotten."""


def _seen(request: HttpRequest, pk: int) -> SheetMemory:
    """Somebody else's memory is as good as not there for those who see their own uploads only."""
    memory = get_object_or_404(SheetMemory.objects.select_related("oleh"), pk=pk)
    if memory.oleh_id != request.user.pk and not may(request.user, Act.LIHAT_SEMUA_UNGGAHAN):
        raise Http404
    return memory


def _changing(request: HttpRequest, pk: int) -> tuple[SheetMemory, User]:
    memory = _seen(request, pk)
    if not may_change_memory(request.user, memory) or not isinstance(request.user, User):
        raise PermissionDenied(_("Hanya yang memilih dahulu atau admin yang dapat mengubah ingatan ini."))
    return memory, request.user


@require(Act.UNGGAH)
@never_cache
def memories(request: HttpRequest) -> HttpResponse:
    known = SheetMemory.objects.all()
    if not may(request.user, Act.LIHAT_SEMUA_UNGGAHAN):
        known = known.filter(oleh_id=request.user.pk)
    page = Paginator(known, PER_PAGE).get_page(request.GET.get("hal"))
    return render(request, "unggah/ingatan.html", {"page": page})


@require(Act.UNGGAH)
@never_cache
def memory(request: HttpRequest, pk: int) -> HttpResponse:
    if request.method == "POST":
        return _correct(request, *_changing(request, pk))
    found = _seen(request, pk)
    fields = all_fields()
    context = {
        "memory": found,
        "fields": fields,
        "columns": [(key, field, fields.label(field)) for key, field in sorted(found.columns.items())],
        "names": _names(found),
        "places": list(Area.objects.kelurahan().order_by("nama").values_list("kode", "nama")),
        "may_change": may_change_memory(request.user, found),
    }
    return render(request, "unggah/satu_ingatan.html", context)


def _names(found: SheetMemory) -> list[tuple[str, str, str]]:
    known = dict(Area.objects.filter(kode__in=found.names.values()).values_list("kode", "nama"))
    return [(key, kode, known.get(kode, "")) for key, kode in sorted(found.names.items())]


def _correct(request: HttpRequest, found: SheetMemory, by: User) -> HttpResponse:
    columns, names = _posted(request, "k", found.columns), _posted(request, "n", found.names)
    try:
        changed = actions.correct_memory(memory=found, columns=columns, names=names, by=by)
    except Refused as refused:
        messages.error(request, refused.words(_))
        return redirect("kelurahan:memory", found.pk)
    if changed:
        messages.success(request, _("Ingatan diperbarui; berlaku untuk berkas berikutnya."))
    else:
        messages.info(request, _("Tidak ada yang berubah."))
    kept = SheetMemory.objects.filter(pk=found.pk).exists()
    return redirect("kelurahan:memory", found.pk) if kept else redirect("kelurahan:memories")


def _posted(request: HttpRequest, prefix: str, known: dict[str, str]) -> dict[str, Any]:
    values = {key: request.POST.get(f"{prefix}:{key}") for key in known}
    return {key: None if value == FORGET else value for key, value in values.items() if value is not None}


@require(Act.UNGGAH)
@require_POST
@never_cache
def forget(request: HttpRequest, pk: int) -> HttpResponse:
    found, by = _changing(request, pk)
    actions.forget_memory(memory=found, by=by)
    messages.success(request, _("Ingatan dihapus. Berkas berikutnya dengan kolom seperti itu ditanyakan lagi."))
    return redirect("kelurahan:memories")
