"""A person's own password: change it, or set it by a one-time link from an admin."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from kelurahan.actions import users as actions
from kelurahan.forms_users import NewPasswordForm, OwnPasswordForm
from kelurahan.intake.refusal import Refused

OPENED = "tautan_sandi"  # in the session: number of the person and token of the link that was opened last


@sensitive_post_parameters()
@login_required
@never_cache
def change(request: HttpRequest) -> HttpResponse:
    form = OwnPasswordForm(request, request.POST if request.method == "POST" else None)
    if form.is_valid():
        person = actions.change_password(user=form.user, password=form.cleaned_data["new_password1"])
        update_session_auth_hash(request, person)
        messages.success(request, _("Kata sandi diganti. Perangkat lain yang masuk dengan akun ini sudah dikeluarkan."))
        return redirect("kelurahan:home")
    return render(request, "akun/sandi.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
def link(request: HttpRequest, pk: int, token: str) -> HttpResponse:
    """Take the token out of the address at once, so that no page that could pass it on ever has it there."""
    if actions.link_owner(pk=pk, token=token) is None:
        response = _dead(request)
    else:
        request.session[OPENED] = [pk, token]
        response = redirect("kelurahan:password-new")
    response["Referrer-Policy"] = "no-referrer"
    return response


@sensitive_post_parameters()
@never_cache
def new(request: HttpRequest) -> HttpResponse:
    pk, token = request.session.get(OPENED) or (0, "")
    person = actions.link_owner(pk=pk, token=token)
    if person is None:
        return _dead(request)
    form = NewPasswordForm(person, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            actions.use_link(pk=pk, token=token, password=form.cleaned_data["new_password1"])
        except Refused:
            return _dead(request)
        del request.session[OPENED]
        if request.user == person:
            update_session_auth_hash(request, person)
        told = _("Kata sandi tersimpan. Masuklah dengan nama pengguna %(username)s.")
        messages.success(request, told % {"username": person.username})
        return redirect("kelurahan:login")
    context = {"form": form, "person": person}
    return render(request, "akun/sandi_baru.html", context, status=422 if form.errors else 200)


def _dead(request: HttpRequest) -> HttpResponse:
    request.session.pop(OPENED, None)
    return render(request, "akun/tautan_mati.html", status=410)
