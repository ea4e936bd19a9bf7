"""What can be downloaded about uploads: the template, lists of changes and findings, the file as it came."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from kelurahan.actions import previews, quarantine, templates
from kelurahan.actions.templates import build_template
from kelurahan.models import Upload, UploadState
from kelurahan.permissions import Act, editable_areas, may_download_upload, require
from kelurahan.reports.changes import MAX_ROWS, changes_sheet, written_cells
from kelurahan.reports.findings_sheet import findings_sheet
from kelurahan.rules.regulation import DEFAULT_RULE_SET, RULE_SETS
from kelurahan.views.upload_access import own_upload

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require(Act.UNGGAH)
@never_cache
def template(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("tahun", "")
    year = int(text) if len(text) == 4 and text.isascii() and text.isdigit() else timezone.localdate().year
    areas = editable_areas(request.user)
    if kode := request.GET.get("tempat", ""):
        try:
            areas = areas & templates.places_within([kode])
        except KeyError:
            raise Http404 from None
    rule_set = request.GET.get("aturan", DEFAULT_RULE_SET)
    content = build_template(areas=areas, year=year, rule_set=rule_set if rule_set in RULE_SETS else DEFAULT_RULE_SET)
    return attachment(content, f"templat-kumuh-{year}.xlsx")


def attachment(content: bytes, filename: str) -> HttpResponse:
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


@require(Act.UNGGAH)
@never_cache
def changes_xlsx(request: HttpRequest, pk: int) -> HttpResponse:
    found = own_upload(request, pk)
    content = changes_sheet(_all_cells(found), title=_title(found))
    return attachment(content, f"perubahan-unggahan-{found.pk}.xlsx")


def _title(found: Upload) -> str:
    return _("Unggahan %(n)d: %(berkas)s") % {"n": found.pk, "berkas": found.nama_berkas}


def _all_cells(found: Upload) -> Iterable[Any]:
    if found.state != UploadState.SIAP:
        return written_cells(found)
    return [cell for kind in ("berubah", "baru") for cell in previews.cell_changes(found, kind=kind, stop=MAX_ROWS)[0]]


@require(Act.UNGGAH)
@never_cache
def findings_xlsx(request: HttpRequest, pk: int) -> HttpResponse:
    found = own_upload(request, pk)
    return attachment(findings_sheet(found, title=_title(found)), f"temuan-unggahan-{found.pk}.xlsx")


@require(Act.UNGGAH)  # type: ignore[arg-type]
@never_cache
def file(request: HttpRequest, pk: int) -> HttpResponse | FileResponse:
    """The file as it came, to its sender and admins only, never opened by the browser itself."""
    found = get_object_or_404(Upload, pk=pk)
    if not may_download_upload(request.user, found):
        raise Http404
    path = quarantine.where(found.berkas) if found.berkas else None
    if path is None or not path.exists():
        raise Http404(_("Berkas ini sudah dihapus."))
    name = quarantine.download_name(path, found.nama_berkas)
    response = FileResponse(path.open("rb"), as_attachment=True, filename=name)
    response["Content-Type"] = "application/octet-stream"
    response["X-Content-Type-Options"] = "nosniff"
    return response
