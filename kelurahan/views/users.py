"""People, their roles and areas: the pages of an admin."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from kelurahan.actions import users as actions
from kelurahan.forms_users import PersonForm
from kelurahan.intake.refusal import Refused
from kelurahan.models import Role, User
from kelurahan.permissions import Act, require
from kelurahan.reports import users as report

PER_PAGE = 50
HISTORY_PER_PAGE = 20


@require(Act.PENGGUNA)
@never_cache
def users(request: HttpRequest) -> HttpResponse:
    asked = {
        "cari": request.GET.get("cari", "")[:80].replace("\0", ""),
        "peran": request.GET.get("peran", "") if request.GET.get("peran") in Role.values else "",
        "keadaan": request.GET.get("keadaan", "") if request.GET.get("keadaan") in report.STATES else "",
    }
    people = report.found(search=asked["cari"], role=asked["peran"], state=asked["keadaan"])
    page = Paginator(people, PER_PAGE).get_page(request.GET.get("hal"))
    context = {
        "asked": asked,
        "roles": Role.choices,
        "page": page,
        "people": report.listed(list(page.object_list)),
        "counts": report.counts(),
    }
    return render(request, "pengguna/daftar.html", context)


@require(Act.PENGGUNA)
@never_cache
def new(request: HttpRequest) -> HttpResponse:
    form = PersonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            user = actions.create(username=form.cleaned_data["username"], by=_admin(request), **form.told())
        except Refused as refused:
            form.add_error("username" if refused.code == "user_name_taken" else None, refused.words(_))
        else:
            told = _("Akun %(username)s dibuat. Buat tautan kata sandinya, lalu berikan kepada orangnya.")
            messages.success(request, told % {"username": user.username})
            return redirect("kelurahan:user", user.pk)
    return render(request, "pengguna/baru.html", {"form": form}, status=422 if form.errors else 200)


@require(Act.PENGGUNA)
@never_cache
def user(request: HttpRequest, pk: int) -> HttpResponse:
    person = _person(pk)
    form = PersonForm(request.POST if request.method == "POST" else None, user=person, by=_admin(request))
    if form.is_valid():
        try:
            seen = form.cleaned_data["terakhir"]
            changed = actions.change(user=person, by=_admin(request), seen=seen, **form.told())
        except Refused as refused:
            if refused.code == "user_stale":
                messages.error(request, refused.words(_))
                return redirect("kelurahan:user", pk)
            form.add_error(None, refused.words(_))
        else:
            messages.success(request, _("Perubahan tersimpan.") if changed else _("Tidak ada yang berubah."))
            return redirect("kelurahan:user", pk)
    return _page(request, person, form)


def _page(request: HttpRequest, person: User, form: PersonForm) -> HttpResponse:
    page = Paginator(report.history(person), HISTORY_PER_PAGE).get_page(request.GET.get("hal"))
    context = {
        "form": form,
        "person": report.listed([person])[0],
        "own": person == request.user,
        "page": page,
        "history": report.entries(page.object_list),
    }
    return render(request, "pengguna/pengguna.html", context, status=422 if form.errors else 200)


@require(Act.PENGGUNA)
@require_POST
def switch(request: HttpRequest, pk: int) -> HttpResponse:
    person, active = _person(pk), request.POST.get("aktif") == "1"
    try:
        changed = actions.switch(user=person, active=active, by=_admin(request))
    except Refused as refused:
        messages.error(request, refused.words(_))
    else:
        told = _("Akun dinyalakan: orangnya dapat masuk lagi.") if active else _("Akun dimatikan; sesinya berakhir.")
        messages.success(request, told if changed else _("Tidak ada yang berubah."))
    return redirect("kelurahan:user", pk)


@require(Act.PENGGUNA)
@require_POST
@never_cache
def link(request: HttpRequest, pk: int) -> HttpResponse:
    """The one answer that shows the link. Nothing keeps it, so there is no page to come back to."""
    try:
        made = actions.give_link(user=_person(pk), by=_admin(request))
    except Refused as refused:
        messages.error(request, refused.words(_))
        return redirect("kelurahan:user", pk)
    return render(request, "pengguna/tautan.html", {"link": made, "address": request.build_absolute_uri(made.path)})


@require(Act.PENGGUNA)
@require_POST
def unlock(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        lifted = actions.unlock(user=_person(pk), by=_admin(request))
    except Refused as refused:
        messages.error(request, refused.words(_))
    else:
        told = _("Penahanan dibuka: orangnya dapat mencoba lagi.") if lifted else _("Akun ini tidak sedang ditahan.")
        messages.success(request, told)
    return redirect("kelurahan:user", pk)


def _person(pk: int) -> User:
    return get_object_or_404(User.objects.select_related("wilayah"), pk=pk)


def _admin(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
