"""A new RT, and what a kelurahan is called and how large it is."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from kelurahan import tasks
from kelurahan.actions import place_edits
from kelurahan.actions.corrections import CORRECTED
from kelurahan.forms_data import FigureSet, NewRtForm, PlaceForm, figure_rows
from kelurahan.models import Area, Event, Level, User
from kelurahan.permissions import Act, editable_areas, may, require
from kelurahan.views.data import asked_rules, asked_scope, find_place, record_url


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _told(refused: place_edits.Refused) -> str:
    return _(place_edits.MESSAGES[refused.code]) % refused.params


@require(Act.SUNTING)
@never_cache
def new_rt(request: HttpRequest) -> HttpResponse:
    """Add an RT, then open its record."""
    places = list(editable_areas(request.user).kelurahan().order_by("nama").select_related("parent"))
    choices = [(a.kode, f"{a.nama} ({a.parent.nama})" if a.parent else a.nama) for a in places]
    form = NewRtForm(choices, request.POST or None, initial={"kelurahan": request.GET.get("kelurahan", "")})
    if request.method == "POST":
        asked = request.POST.get("kelurahan", "")
        if asked and asked not in dict(choices):
            raise PermissionDenied(_("Data ini di luar wilayah Anda."))
        if form.is_valid() and (sent := _add(request, form)):
            return sent
    kawasan = editable_areas(request.user).filter(level=Level.KAWASAN).order_by("nama").values_list("nama", flat=True)
    context = {"form": form, "kawasan": sorted(set(kawasan)), "tahun": _year(request), "aturan": asked_rules(request)}
    return render(request, "data/rt_baru.html", context, status=422 if form.errors else 200)


def _year(request: HttpRequest) -> int:
    """The year whose record is opened next."""
    years = asked_scope(request).years
    text = request.GET.get("tahun", "")
    this_year = timezone.localdate().year
    asked = int(text) if len(text) == 4 and text.isascii() and text.isdigit() else 0
    return asked if asked in {*years, this_year} else max(years, default=this_year)


def _add(request: HttpRequest, form: NewRtForm) -> HttpResponse | None:
    kelurahan = Area.objects.get(kode=form.cleaned_data["kelurahan"], level=Level.KELURAHAN)
    try:
        added = place_edits.add_rt(
            kelurahan=kelurahan, rt=form.cleaned_data["rt"], kawasan=form.cleaned_data["kawasan"], by=_person(request)
        )
    except place_edits.Refused as refused:
        form.add_error(refused.field, _with_link(request, refused))
        return None
    tasks.queue(added.recompute)
    messages.success(request, _("%(nama)s ditambahkan. Isi catatannya di bawah ini.") % {"nama": added.area.nama})
    return redirect(record_url(request, added.area.kode, _year(request)))


def _with_link(request: HttpRequest, refused: place_edits.Refused) -> str:
    """An RT that exists is one press away."""
    if refused.code != "rt_exists":
        return _told(refused)
    url = record_url(request, refused.params["kode"], _year(request))
    return format_html('{} <a href="{}">{}</a>', _told(refused), url, _("Buka catatannya"))


@require(Act.DATA_KELURAHAN)
@never_cache
def place(request: HttpRequest, kode: str) -> HttpResponse:
    """Other names and official areas of a kelurahan."""
    area = find_place(request, kode)
    if area.level != Level.KELURAHAN:
        raise Http404
    if not may(request.user, Act.DATA_KELURAHAN, area):
        raise PermissionDenied
    stored = place_edits.figures(area)
    if request.method == "POST":
        form, rows = PlaceForm(request.POST), figure_rows(request.POST)
        if form.is_valid() and rows.is_valid() and (sent := _correct(request, area, form, rows)):
            return sent
    else:
        initial = {"alias": "\n".join(area.alias), "segel": place_edits.seal(area)}
        form, rows = PlaceForm(initial=initial), figure_rows(stored=stored)
    failed = request.method == "POST"
    context = {
        "area": area,
        "form": form,
        "rows": rows,
        "stored": stored,
        "stale": failed and form.has_error("segel"),
        "segel": place_edits.seal(area),
        "events": Event.objects.filter(jenis=CORRECTED, objek=area.kode)[:10],
    }
    return render(request, "data/tempat.html", context, status=422 if failed else 200)


def _correct(request: HttpRequest, area: Area, form: PlaceForm, rows: FigureSet) -> HttpResponse | None:
    try:
        changed = place_edits.correct(
            area=area,
            alias=form.cleaned_data["alias"],
            areas=rows.figures,
            seen=form.cleaned_data["segel"],
            by=_person(request),
            reason=form.cleaned_data["alasan"],
        )
    except place_edits.Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, _told(refused))
        return None
    except place_edits.StalePlace:
        area.refresh_from_db()
        form.add_error("segel", _("Data kelurahan ini baru saja diubah orang lain; isian Anda belum disimpan."))
        return None
    if changed:
        messages.success(request, _("Data %(nama)s tersimpan.") % {"nama": area.nama})
    else:
        messages.info(request, _("Tidak ada yang berubah, jadi tidak ada yang ditulis."))
    return redirect("kelurahan:data-place", area.kode)
