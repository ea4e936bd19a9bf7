"""Boundaries: what the map shows now, and how an admin replaces it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from kelurahan.actions import boundaries as actions
from kelurahan.actions import quarantine
from kelurahan.forms import BoundaryApplyForm, BoundaryForm
from kelurahan.intake.boundaries import BoundaryResult
from kelurahan.intake.refusal import Refused
from kelurahan.models import Area, User
from kelurahan.permissions import Act, require
from kelurahan.reports.findings import fold, sections
from kelurahan.reports.shapes import picture, shown_now

KEPT = "batas_diperiksa"  # in the session: name in the quarantine and name of the file that was checked last


@require(Act.BATAS)
@never_cache
def boundaries(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request)
    steps = {"periksa": _check, "terapkan": _apply, "indikatif": _back_to_indicative}
    return steps.get(request.POST.get("langkah", ""), _page)(request)


def _page(request: HttpRequest, status: int = 200, **extra: Any) -> HttpResponse:
    context = {"form": BoundaryForm(), "shown": shown_now(), "limit_mb": quarantine.MAX_BYTES // 1_000_000, **extra}
    return render(request, "batas/batas.html", context, status=status)


def _check(request: HttpRequest) -> HttpResponse:
    """Look at a file and keep it until it is applied or another one comes."""
    form = BoundaryForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, 422, form=form)
    _forget(request)
    file = form.cleaned_data["berkas"]
    try:
        kept, result = actions.check(chunks=file.chunks(), filename=file.name)
    except Refused as refused:
        form.add_error("berkas", refused.words(_))
        return _page(request, 422, form=form)
    if result.accepted:
        request.session[KEPT] = [kept, file.name]
        return _page(request, checked=_told(result, file.name), apply_form=BoundaryApplyForm())
    quarantine.discard(kept)
    return _page(request, checked=_told(result, file.name))


def _forget(request: HttpRequest) -> None:
    if kept := request.session.pop(KEPT, None):
        quarantine.discard(kept[0])


def _told(result: BoundaryResult, filename: str) -> dict[str, Any]:
    names = dict(Area.objects.kelurahan().values_list("kode", "nama"))
    findings = [asdict(finding) | {"level": str(finding.level)} for finding in result.findings]
    return {
        "filename": filename,
        "accepted": result.accepted,
        "matched": len(result.matched),
        "total": len(names),
        "missing": [names.get(kode, kode) for kode in result.missing],
        "unmatched": result.unmatched,
        "sections": sections(fold(findings), whole=True),
        "picture": picture(result.cells, names),
    }


def _apply(request: HttpRequest) -> HttpResponse:
    """Read the kept file once more and put it on the map."""
    kept = request.session.get(KEPT)
    if not kept or not quarantine.where(kept[0]).exists():
        messages.info(request, _("Berkas yang diperiksa sudah tidak ada. Kirim sekali lagi."))
        return redirect("kelurahan:boundaries")
    form, result = BoundaryApplyForm(request.POST), actions.check_kept(name=kept[0], filename=kept[1])
    if not form.is_valid() or not result.accepted:
        return _page(request, 422, checked=_told(result, kept[1]), apply_form=form)
    n = actions.apply(cells=result.cells, source=form.cleaned_data["sumber"], by=_person(request))
    _forget(request)
    text = ngettext("Batas %(n)d kelurahan diganti.", "Batas %(n)d kelurahan diganti.", n)
    messages.success(request, text % {"n": n})
    return redirect("kelurahan:boundaries")


def _back_to_indicative(request: HttpRequest) -> HttpResponse:
    try:
        actions.indicative(by=_person(request))
    except Refused as refused:
        messages.error(request, refused.words(_))
    else:
        messages.success(request, _("Peta kembali memakai batas indikatif."))
    return redirect("kelurahan:boundaries")


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
