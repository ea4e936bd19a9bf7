"""The way of an uploaded sheet: send, look at the findings, look at the changes, apply, undo."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from kelurahan import tasks
from kelurahan.actions import jobs, quarantine, undoing
from kelurahan.actions import uploads as actions
from kelurahan.actions.decided import decided
from kelurahan.forms import ApplyForm, UndoForm, UploadForm
from kelurahan.intake.refusal import Refused
from kelurahan.models import ChangeSet, Upload, UploadState, User
from kelurahan.permissions import Act, may, may_undo_upload, require
from kelurahan.reports import uploads as report
from kelurahan.reports.findings import finding_groups
from kelurahan.reports.progress import Progress, progress_of
from kelurahan.reports.standing import load_scope
from kelurahan.reports.wizard import PERUBAHAN
from kelurahan.views.cell_pages import PER_PAGE, cell_page
from kelurahan.views.checking import check_page, rejected_rows
from kelurahan.views.upload_access import changing, notice_of, own_upload, rights
from kelurahan.views.wizard import STEPS, step_of

KINDS = ("berubah", "baru", "tertahan")


def _posted(request: HttpRequest) -> QueryDict | None:
    """What a form is filled with; also a post without any field is one."""
    return request.POST if request.method == "POST" else None


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


@require(Act.UNGGAH)
@never_cache
def uploads(request: HttpRequest) -> HttpResponse:
    form = UploadForm(_posted(request), request.FILES if request.method == "POST" else None)
    if form.is_valid() and (sent := _receive(request, form)):
        return sent
    seen = Upload.objects.select_related("oleh").defer("temuan")
    if not may(request.user, Act.LIHAT_SEMUA_UNGGAHAN):
        seen = seen.filter(oleh=_person(request))
    page = Paginator(seen, PER_PAGE).get_page(request.GET.get("hal"))
    context = {"form": form, "page": page, "rows": report.listed(page.object_list), **_template_years()}
    return render(request, "unggah/mulai.html", context, status=422 if form.errors else 200)


def _receive(request: HttpRequest, form: UploadForm) -> HttpResponse | None:
    try:
        upload, job = actions.receive_files(
            files=[(file.name, file.chunks()) for file in form.cleaned_data["berkas"]],
            by=_person(request),
            year=form.cleaned_data["tahun"],
            rule_set=form.cleaned_data["aturan"],
        )
    except Refused as refused:
        form.add_error("berkas", refused.words(_))
        return None
    tasks.queue(job)
    return redirect("kelurahan:upload", upload.pk)


def _template_years() -> dict[str, Any]:
    this_year = timezone.localdate().year
    years = sorted({*load_scope().years, this_year, this_year + 1}, reverse=True)
    limit = quarantine.MAX_BYTES
    return {"years": years, "this_year": this_year, "limit_mb": limit // 1_000_000, "limit_bytes": limit}


@require(Act.UNGGAH)
@never_cache
def upload(request: HttpRequest, pk: int) -> HttpResponse:
    """Wherever the upload stands, its page says so and leads on. POST: check once more after a failure."""
    if request.method == "POST":
        return _check_again(request, changing(request, pk))
    found = own_upload(request, pk)
    state = UploadState(found.state)
    context = {"upload": found, **rights(request, found)}
    if state in report.WAITING:
        return render(request, "unggah/kemajuan.html", context | {"progress": _progress(found)})
    if state == UploadState.SIAP:
        step = step_of(request, found)
        return check_page(request, found) if step == "periksa" else redirect(f"kelurahan:upload-{STEPS[step]}", pk)
    if state in (UploadState.DITERAPKAN, UploadState.DIURUNGKAN):
        more = {
            "done": report.done(found),
            "decided": decided(found),
            "notice": notice_of(found),
            **rejected_rows(found),
        }
        return render(request, "unggah/selesai.html", context | more)
    return render(request, "unggah/berhenti.html", context | {"notice": notice_of(found)})


def _check_again(request: HttpRequest, found: Upload) -> HttpResponse:
    try:
        tasks.queue(actions.check_again(upload=found))
    except actions.WrongState:
        messages.info(request, _("Berkas ini tidak perlu diperiksa ulang."))
    return redirect("kelurahan:upload", found.pk)


def _progress(found: Upload) -> Progress:
    job = report.current_job(found)
    return progress_of(found, job, jobs.progress(job.pk) if job else None)


@require(Act.UNGGAH)
@never_cache
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The polled fragment. When there is nothing left to wait for, the browser is sent to the page itself."""
    found = own_upload(request, pk)
    page = reverse("kelurahan:upload", args=[pk])
    if UploadState(found.state) not in report.WAITING and not report.done(found).counting:
        return HttpResponse(headers={"HX-Redirect": page}) if request.headers.get("HX-Request") else redirect(page)
    return render(request, "unggah/_kemajuan.html", {"upload": found, "progress": _progress(found)})


@require(Act.UNGGAH)
@never_cache
def changes(request: HttpRequest, pk: int) -> HttpResponse:
    """What applying would do, and the form that does it."""
    found = own_upload(request, pk)
    if found.state != UploadState.SIAP:
        # A second click, or a colleague was faster: the page of the upload says where it is
        return redirect("kelurahan:upload", pk)
    form = ApplyForm(found, _posted(request), initial=_as_before(found))
    if request.method == "POST":
        changing(request, pk)
        if form.is_valid():
            return _apply(request, found, form)
    return render(
        request, "unggah/perubahan.html", _changes_context(request, found, form), status=422 if form.errors else 200
    )


def _as_before(found: Upload) -> dict[str, Any]:
    """What the sender wrote when the preview turned out to be stale."""
    return {"alasan": found.alasan, "dokumen": found.dokumen, "tanggal_data": found.tanggal_data}


def _apply(request: HttpRequest, found: Upload, form: ApplyForm) -> HttpResponse:
    given = form.cleaned_data
    try:
        job = actions.request_apply(
            upload=found,
            by=_person(request),
            reason=given["alasan"],
            document=given["dokumen"],
            data_date=given["tanggal_data"],
            skip_blocked=bool(given.get("lewati")),
        )
    except actions.WrongState:
        messages.info(request, _("Unggahan ini sudah diproses; tidak ada yang dikerjakan dua kali."))
    else:
        tasks.queue(job)
    return redirect("kelurahan:upload", found.pk)


def _changes_context(request: HttpRequest, found: Upload, form: ApplyForm) -> dict[str, Any]:
    kind = request.GET.get("jenis", "")
    cells = found.pratinjau.get("cells", {})
    if kind not in KINDS:
        kind = "baru" if cells.get("new") and not cells.get("changed") else "berubah"
    held = [group for group in finding_groups(found) if group.level == "galat"]
    return {
        "upload": found,
        "form": form,
        "cells": cells,
        "n_cells": report.n_cells(found),
        "told": report.consequence(found),
        "kind": kind,
        "page": None if kind == "tertahan" else cell_page(found, kind, request.GET.get("hal")),
        "held": held,
        "n_held": sum(group.n for group in held),
        "notice": notice_of(found),
        "step": PERUBAHAN,
        **rights(request, found),
    }


@require(Act.UNGGAH)
@never_cache
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    found = own_upload(request, pk)
    if not may_undo_upload(request.user, found):
        raise PermissionDenied(_("Hanya pengirimnya atau admin yang dapat mengurungkan unggahan ini."))
    change_set = ChangeSet.objects.filter(upload_id=found.pk, urungkan_id=None).first()
    if found.state != UploadState.DITERAPKAN or change_set is None:
        messages.info(request, _("Tidak ada yang dapat diurungkan pada unggahan ini."))
        return redirect("kelurahan:upload", pk)
    later = undoing.later_edits(change_set)
    form = UndoForm(_posted(request))
    if request.method == "POST" and not later and form.is_valid():
        return _undo(request, found, form.cleaned_data["alasan"])
    context = {
        "upload": found,
        "change_set": change_set,
        "later": later,
        "form": form,
        "n_cells": report.n_cells(found),
    }
    return render(request, "unggah/urungkan.html", context, status=422 if form.errors else 200)


def _undo(request: HttpRequest, found: Upload, reason: str) -> HttpResponse:
    try:
        job = undoing.request_undo(upload=found, by=_person(request), reason=reason)
    except undoing.LaterEdits:
        return redirect("kelurahan:upload-undo", found.pk)
    except actions.WrongState:
        messages.info(request, _("Unggahan ini sudah diproses; tidak ada yang dikerjakan dua kali."))
    else:
        tasks.queue(job)
    return redirect("kelurahan:upload", found.pk)


@require(Act.UNGGAH)
@require_POST
@never_cache
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    found = changing(request, pk)
    try:
        actions.cancel(upload=found, by=_person(request))
    except actions.WrongState:
        messages.info(request, _("Unggahan ini sudah diproses, jadi tidak dapat dibatalkan lagi."))
    return redirect("kelurahan:upload", pk)
