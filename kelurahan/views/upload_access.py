"""Who may open an upload, and who may decide about it: what all pages of the wizard ask first."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from kelurahan.models import Upload
from kelurahan.permissions import Act, may, may_change_upload, may_download_upload, may_see_upload, may_undo_upload
from kelurahan.reports.findings import words_of


def own_upload(request: HttpRequest, pk: int) -> Upload:
    """The upload, if this person may look at it; somebody else's is as good as not there."""
    upload = get_object_or_404(Upload.objects.select_related("oleh"), pk=pk)
    if not may_see_upload(request.user, upload):
        raise Http404
    return upload


def changing(request: HttpRequest, pk: int) -> Upload:
    """The same, for a person who may also decide about it, apply or cancel it."""
    upload = own_upload(request, pk)
    if not may_change_upload(request.user, upload):
        raise PermissionDenied(_("Hanya pengirimnya atau admin yang dapat mengubah unggahan ini."))
    return upload


def rights(request: HttpRequest, found: Upload) -> dict[str, Any]:
    return {
        "may_change": may_change_upload(request.user, found),
        "may_see_all": may(request.user, Act.LIHAT_SEMUA_UNGGAHAN),
        "may_indicator": may(request.user, Act.INDIKATOR),
        "may_undo": may_undo_upload(request.user, found),
        "may_download": bool(found.berkas) and may_download_upload(request.user, found),
    }


def notice_of(found: Upload) -> tuple[str, str] | None:
    """Why the upload stands where it stands: message and what to do."""
    return words_of(found.pesan) if found.pesan.get("code") else None
