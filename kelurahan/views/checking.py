"""Step five: what is wrong with a file, mends taken or left, cells corrected, rows left out, the rest downloaded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from kelurahan import tasks
from kelurahan.actions import choosing, rejecting
from kelurahan.actions.decided import decided
from kelurahan.intake.refusal import Refused
from kelurahan.models import Upload, UploadState, User
from kelurahan.permissions import Act, may_download_upload, require
from kelurahan.reports import checking
from kelurahan.reports import uploads as report
from kelurahan.reports.rejected_sheet import rejected_sheet
from kelurahan.views.downloads import attachment
from kelurahan.views.upload_access import changing, notice_of, own_upload, rights


def check_context(found: Upload, page: checking.Checked | None = None) -> dict[str, Any]:
    page = page or checking.checked(found)
    return {
        "check": page,
        "decided": decided(found),
        "n_ready": report.n_ready(found),
        "n_blocked": report.n_blocked(found),
        "n_blank": report.n_blank(found),
        **rejected_rows(found),
        "nothing": report.nothing_to_apply(found),
        "n_cells": report.n_cells(found),
        "headline": report.check_headline(found, page.n_warned),
        "ignored": [c["header"] for c in found.terbaca.get("columns", []) if not c.get("field") and c.get("header")],
        "notice": notice_of(found),
        "step": 5,
    }


def rejected_rows(found: Upload) -> dict[str, Any]:
    """What can be downloaded of the rows that were held."""
    return {"parts": range(1, rejecting.n_parts(found) + 1), "n_rejected": rejecting.n_held(found)}


def check_page(request: HttpRequest, found: Upload, page: checking.Checked | None = None) -> HttpResponse:
    context = {"upload": found, **rights(request, found), **check_context(found, page)}
    return render(request, "unggah/periksa.html", context, status=422 if page else 200)


def _waiting(request: HttpRequest, pk: int) -> Upload | None:
    """The upload of somebody who may decide about it; None where there is nothing to decide: not any more, or because
    the address of a page that was shown again is only looked at."""
    if request.method != "POST":
        own_upload(request, pk)
        return None
    found = changing(request, pk)
    return found if found.state == UploadState.SIAP else None


@require(Act.UNGGAH)
@never_cache
def repairs(request: HttpRequest, pk: int) -> HttpResponse:
    """Take mends, refuse them, or forget what was said about them."""
    found = _waiting(request, pk)
    if found is None:
        return redirect("kelurahan:upload", pk)
    taken = request.POST.getlist("terapkan")
    wanted: dict[str, bool | None] = dict.fromkeys(checking.instead_of(found, taken))
    wanted |= dict.fromkeys(request.POST.getlist("lupakan"))
    wanted |= dict.fromkeys(request.POST.getlist("jangan"), False)
    wanted |= dict.fromkeys(taken, True)
    if not wanted:
        messages.info(request, _("Pilih dahulu salah satu."))
        return redirect("kelurahan:upload", pk)
    return _choose(request, found, {"repairs": wanted})


def _choose(
    request: HttpRequest, found: Upload, change: Mapping[str, Any], was: Mapping[str, str] | None = None
) -> HttpResponse:
    by = request.user
    assert isinstance(by, User)
    try:
        job = choosing.choose(upload=found, by=by, change=change, seen=_seen(request), was=was)
    except choosing.StaleChoice:
        messages.info(request, _("Berkas ini sudah dibaca lagi sejak halaman Anda dibuka. Periksa, lalu pilih lagi."))
    except Refused as refused:
        messages.error(request, refused.words(_))
    else:
        if job is None:
            messages.info(request, _("Tidak ada yang berubah."))
        else:
            tasks.queue(job)
    return redirect("kelurahan:upload", found.pk)


def _seen(request: HttpRequest) -> int:
    text = request.POST.get("revisi", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1


# --- cells and rows -------------------------------------------------------------------------------------------


@require(Act.UNGGAH)
@never_cache
def fix(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct cells and leave out rows, several at once; or take that back."""
    found = _waiting(request, pk)
    if found is None:
        return redirect("kelurahan:upload", pk)
    page = checking.checked(found)
    back: dict[str, Any] = {
        "cells": dict.fromkeys(request.POST.getlist("semula")),
        "drop_rows": dict.fromkeys(request.POST.getlist("kembalikan")),
    }
    typed = dict(zip(request.POST.getlist("sel"), request.POST.getlist("isi"), strict=False))
    offered = checking.lines_of(page)
    changed = {cell: text.strip() for cell, text in typed.items() if _differs(offered.get(cell), text)}
    rows = [row for row in request.POST.getlist("buang") if row in checking.rows_of(page)]
    problems = {cell: told for cell, text in changed.items() if (told := _problem(offered[cell], text))}
    if problems:
        return check_page(request, found, checking.with_typed(page, typed, rows, problems))
    was = {cell: offered[cell].text or "" for cell in changed}
    cells, dropped = back["cells"] | changed, back["drop_rows"] | dict.fromkeys(rows, True)
    return _choose(request, found, {"cells": cells, "drop_rows": dropped}, was)


def _differs(line: checking.Line | None, text: str) -> bool:
    return line is not None and text.strip() != (line.text or "").strip()


def _problem(line: checking.Line, text: str) -> str:
    return checking.hear(text).problem if line.number else ""


@require(Act.UNGGAH)
@never_cache
def read_cell(request: HttpRequest, pk: int) -> HttpResponse:
    """How a typed number is understood, for the echo beside its field."""
    own_upload(request, pk)
    return render(request, "unggah/_dibaca.html", {"heard": checking.hear(request.GET.get("isi", "")[:200])})


# --- rows that were held --------------------------------------------------------------------------------------


@require(Act.UNGGAH)
@never_cache
def rejected(request: HttpRequest, pk: int) -> HttpResponse:
    """The held rows with their reasons, to be corrected and sent again: only to those who may have the file."""
    found = own_upload(request, pk)
    if not may_download_upload(request.user, found) or not found.berkas or not rejecting.n_held(found):
        raise Http404
    part = _part(request, found)
    try:
        tables = rejecting.rejected_tables(found, part)
    except (Refused, FileNotFoundError):
        raise Http404(_("Berkas ini sudah dihapus.")) from None
    tail = f"-{part}" if rejecting.n_parts(found) > 1 else ""
    return attachment(rejected_sheet(tables), f"tertolak-unggahan-{found.pk}{tail}.xlsx")


def _part(request: HttpRequest, found: Upload) -> int:
    text = request.GET.get("bagian", "1")
    part = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
    if not 1 <= part <= rejecting.n_parts(found):
        raise Http404
    return part
