"""Steps two to four of the wizard: the tables of a file, their columns, names that are not known. Every decision is one
post, after which the file is read again; no page needs JavaScript."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from kelurahan import tasks
from kelurahan.actions import choosing, place_edits, quarantine
from kelurahan.actions.fields import fields_of
from kelurahan.forms_wizard import columns_change, names_change, seen, table_change, table_reset, typed_columns
from kelurahan.intake.refusal import Refused
from kelurahan.models import Area, Level, Upload, UploadState, User
from kelurahan.permissions import Act, may, require
from kelurahan.reports import wizard
from kelurahan.views.checking import check_page
from kelurahan.views.upload_access import changing, notice_of, own_upload, rights

STEPS = {"berkas": "files", "kolom": "columns", "nilai": "names", "periksa": "check"}
LISTED = 40
"""Columns of a page up to which each lists all indicators; beyond, an indicator is typed by its name."""
_VISITED = "langkah_unggahan"
_KEPT = 20


# --- where a person is ------------------------------------------------------------------------------------------------


def step_of(request: HttpRequest, upload: Upload) -> str:
    """Where this person was last with an upload, else the first step that needs them."""
    visited = request.session.get(_VISITED, {}).get(str(upload.pk))
    return visited if visited in STEPS else wizard.questions(upload).first


def _visit(request: HttpRequest, upload: Upload, step: str) -> None:
    visited = dict(request.session.get(_VISITED, {}))
    if visited.pop(str(upload.pk), None) != step:
        kept = list(visited.items())[-_KEPT:]
        request.session[_VISITED] = dict([*kept, (str(upload.pk), step)])


def _leave(request: HttpRequest, upload: Upload) -> None:
    """From here on to the first step that needs somebody."""
    if str(upload.pk) in request.session.get(_VISITED, {}):
        visited = dict(request.session[_VISITED])
        del visited[str(upload.pk)]
        request.session[_VISITED] = visited


# --- what all steps do ------------------------------------------------------------------------------------------------


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _decide(request: HttpRequest, found: Upload, change: Mapping[str, Any]) -> bool:
    """Whether the file is read again with the change. Raises Refused."""
    try:
        job = choosing.choose(upload=found, by=_person(request), change=change, seen=seen(request.POST))
    except choosing.StaleChoice:
        messages.info(request, _("Berkas ini sudah dibaca lagi sejak halaman Anda dibuka. Periksa, lalu pilih lagi."))
        return False
    if job is None:
        messages.info(request, _("Tidak ada yang berubah."))
        return False
    tasks.queue(job)
    return True


def _step(
    request: HttpRequest, pk: int, name: str, show: Callable[[Upload], HttpResponse], save: Callable[[Upload], Any]
) -> HttpResponse:
    """A page that shows a step, or saves what was posted on it. Elsewhere the upload's own page says where it is."""
    found = changing(request, pk) if request.method == "POST" else own_upload(request, pk)
    if found.state != UploadState.SIAP:
        return redirect("kelurahan:upload", pk)
    if request.method != "POST":
        _visit(request, found, name)
        return show(found)
    answer: HttpResponse = save(found)
    return answer


def _context(request: HttpRequest, found: Upload, step: int) -> dict[str, Any]:
    told = {"questions": wizard.questions(found), "notice": notice_of(found), "step": step}
    return {"upload": found, **told, **rights(request, found)}


# --- 2 Berkas ---------------------------------------------------------------------------------------------------------


@require(Act.UNGGAH)
@never_cache
def files(request: HttpRequest, pk: int) -> HttpResponse:
    def show(found: Upload) -> HttpResponse:
        page = wizard.files_page(found, fields_of(found))
        limits = {"limit_mb": quarantine.MAX_BYTES // 1_000_000}
        return render(request, "unggah/lembar.html", _context(request, found, wizard.BERKAS) | limits | {"page": page})

    def save(found: Upload) -> HttpResponse:
        tables = wizard.files_page(found, fields_of(found)).tables
        table = next((t for t in tables if t.key == request.POST.get("tabel")), None)
        try:
            if table is None:
                raise Refused("choice_unknown", text=request.POST.get("tabel", "")[:60])
            change = table_reset(table) if "kembalikan" in request.POST else table_change(request.POST, table)
            read_again = _decide(request, found, change)
        except Refused as refused:
            messages.error(request, refused.words(_))
            read_again = False
        return redirect("kelurahan:upload" if read_again else "kelurahan:upload-files", pk)

    return _step(request, pk, "berkas", show, save)


# --- 3 Kolom ----------------------------------------------------------------------------------------------------------


@require(Act.UNGGAH)
@never_cache
def columns(request: HttpRequest, pk: int) -> HttpResponse:
    def show(found: Upload, typed: list[wizard.ColumnsTable] | None = None, problem: str = "") -> HttpResponse:
        fields = fields_of(found)
        tables = typed or wizard.columns_page(found, fields)
        whole = sum(len(table.rows) for table in tables) <= LISTED
        more = {"tables": tables, "fields": fields, "whole": whole, "problem": problem}
        context = _context(request, found, wizard.KOLOM) | more
        return render(request, "unggah/kolom.html", context, status=422 if problem else 200)

    def save(found: Upload) -> HttpResponse:
        fields, key = fields_of(found), request.POST.get("tabel", "")
        tables = wizard.columns_page(found, fields)
        table = next((t for t in tables if t.key == key), None)
        try:
            if table is None:
                raise Refused("choice_unknown", text=key[:60])
            letter = request.POST.get("lupakan")
            forget = {"tables": {key: {"columns": {letter: None}}}}
            if _decide(request, found, forget if letter else columns_change(request.POST, table, fields.named)):
                _leave(request, found)
        except Refused as refused:
            return show(found, typed_columns(request.POST, tables, key), refused.words(_))
        return redirect("kelurahan:upload", pk)

    return _step(request, pk, "kolom", show, save)


# --- 4 Nilai ----------------------------------------------------------------------------------------------------------


@require(Act.UNGGAH)
@never_cache
def names(request: HttpRequest, pk: int) -> HttpResponse:
    def show(found: Upload, problem: str = "") -> HttpResponse:
        may_alias = may(request.user, Act.DATA_KELURAHAN)
        more = {"page": wizard.names_page(found), "problem": problem, "may_alias": may_alias}
        return render(
            request,
            "unggah/nilai.html",
            _context(request, found, wizard.NILAI) | more,
            status=422 if problem else 200,
        )

    def save(found: Upload) -> HttpResponse:
        key = request.POST.get("lupakan")
        try:
            change = {"names": {key: None}} if key else names_change(request.POST, wizard.names_page(found))
            if _decide(request, found, change):
                _leave(request, found)
        except Refused as refused:
            return show(found, refused.words(_))
        return redirect("kelurahan:upload", pk)

    return _step(request, pk, "nilai", show, save)


@require(Act.DATA_KELURAHAN)
@require_POST
@never_cache
def alias(request: HttpRequest, pk: int) -> HttpResponse:
    """A name that somebody decided about becomes another name of its kelurahan: from then on nobody is asked."""
    found = own_upload(request, pk)
    page = wizard.names_page(found)
    name = next((n for n in page.decided if n.key == request.POST.get("nama") and n.nama), None)
    if name is None:
        messages.info(request, _("Nama itu belum dicocokkan dengan sebuah kelurahan."))
        return redirect("kelurahan:upload-names", pk)
    area = Area.objects.get(kode=name.kode, level=Level.KELURAHAN)
    try:
        place_edits.correct(
            area=area,
            alias=[*area.alias, name.text],
            areas=place_edits.figures(area),
            seen=place_edits.seal(area),
            by=_person(request),
            reason=_("Nama dari unggahan %(n)d") % {"n": found.pk},
        )
    except place_edits.Refused as refused:
        messages.error(request, _(place_edits.MESSAGES[refused.code]) % refused.params)
    except place_edits.StalePlace:
        messages.info(request, _("Data kelurahan ini baru saja diubah orang lain; coba sekali lagi."))
    else:
        told = {"text": name.text, "nama": name.nama}
        messages.success(request, _("“%(text)s” sekarang nama lain %(nama)s.") % told)
    return redirect("kelurahan:upload-names", pk)


# --- 5 Periksa --------------------------------------------------------------------------------------------------------


@require(Act.UNGGAH)
@never_cache
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """What is wrong with the file, also while earlier steps are open."""
    found = own_upload(request, pk)
    if found.state != UploadState.SIAP:
        return redirect("kelurahan:upload", pk)
    _visit(request, found, "periksa")
    return check_page(request, found)
