"""Supporting indicators: the list, one with its places and years, and the correction of its name and unit."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from kelurahan.actions import indicator_edits
from kelurahan.forms_data import IndicatorForm
from kelurahan.models import Area, Indicator, User
from kelurahan.permissions import Act, may, may_see_upload, require
from kelurahan.reports import indicators as report

PER_PAGE = 100


@require(Act.LIHAT_PETA)
def indicator_list(request: HttpRequest) -> HttpResponse:
    search = request.GET.get("cari", "").replace("\0", "").strip()[:80]
    rows = report.load_list(search)
    context = {
        "rows": rows,
        "cari": search,
        "n_filled": sum(row.n_tempat > 0 for row in rows),
        "may_upload": may(request.user, Act.UNGGAH),
    }
    return render(request, "indikator/daftar.html", context)


@require(Act.LIHAT_PETA)
def indicator(request: HttpRequest, kode: str) -> HttpResponse:
    found = get_object_or_404(Indicator, kode=kode)
    inside = may(request.user, Act.LIHAT_ASAL)
    detail = report.load_detail(found, public=not inside, inner=request.GET.get("tingkat") == "rt")
    page = Paginator(detail.places().order_by("path"), PER_PAGE).get_page(request.GET.get("hal"))
    place = _place(request) if inside else None
    history = report.load_history(found, place) if inside else []
    uploads = {entry.upload.pk: entry.upload for entry in history if entry.upload}
    context = {
        "detail": detail,
        "indicator": found,
        "page": page,
        "rows": report.place_rows(detail, page.object_list),
        "inside": inside,
        "place": place,
        "history": history,
        "visible": {pk for pk, upload in uploads.items() if may_see_upload(request.user, upload)},
        "may_correct": may(request.user, Act.INDIKATOR),
    }
    return render(request, "indikator/rinci.html", context)


def _place(request: HttpRequest) -> Area | None:
    """The place whose history is wanted."""
    kode = request.GET.get("tempat", "").replace("\0", "")
    return Area.objects.filter(kode=kode).first() if kode else None


@require(Act.INDIKATOR)
@never_cache
def indicator_edit(request: HttpRequest, kode: str) -> HttpResponse:
    found = get_object_or_404(Indicator, kode=kode)
    if request.method == "POST":
        form = IndicatorForm(request.POST)
        if form.is_valid() and (sent := _correct(request, found, form)):
            return sent
    else:
        initial = {
            "nama": found.nama,
            "satuan": found.satuan,
            "alias": "\n".join(found.alias),
            "segel": indicator_edits.seal(found),
        }
        form = IndicatorForm(initial=initial)
    failed = request.method == "POST"
    context = {"indicator": found, "form": form, "segel": indicator_edits.seal(found)}
    context["stale"] = failed and form.has_error("segel")
    return render(request, "indikator/ubah.html", context, status=422 if failed else 200)


def _correct(request: HttpRequest, found: Indicator, form: IndicatorForm) -> HttpResponse | None:
    assert isinstance(request.user, User)
    given = form.cleaned_data
    try:
        changed = indicator_edits.correct(
            indicator=found,
            nama=given["nama"],
            satuan=given["satuan"],
            alias=given["alias"],
            seen=given["segel"],
            by=request.user,
            reason=given["alasan"],
        )
    except indicator_edits.Refused as refused:
        form.add_error(refused.field, _(indicator_edits.MESSAGES[refused.code]) % refused.params)
        return None
    except indicator_edits.StaleIndicator:
        found.refresh_from_db()
        form.add_error("segel", _("Indikator ini baru saja diubah orang lain; isian Anda belum disimpan."))
        return None
    if changed:
        messages.success(request, _("%(nama)s tersimpan.") % {"nama": given["nama"]})
    else:
        messages.info(request, _("Tidak ada yang berubah, jadi tidak ada yang ditulis."))
    return redirect("kelurahan:indicator", found.kode)
