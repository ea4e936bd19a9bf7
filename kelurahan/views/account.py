"""Log in, log out."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from kelurahan.actions import accounts


@sensitive_post_parameters()
@never_cache
def login(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect(_next(request))
    form = AuthenticationForm(request, _credentials(request) if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        auth.login(request, form.get_user())
        if not request.POST.get("tetap"):
            request.session.set_expiry(0)
        return redirect(_next(request))
    context = {
        "form": form,
        "next": _next(request),
        "peta_umum": settings.PUBLIC_MAP,
        "batas_salah": settings.AXES_FAILURE_LIMIT,
        "menit": int(settings.AXES_COOLOFF_TIME.total_seconds() // 60),
        "jam": settings.SESSION_COOKIE_AGE // 3600,
        "contoh": _demo_logins(),
        "sandi_contoh": accounts.PASSWORD,
    }
    return render(request, "akun/masuk.html", context)


def _credentials(request: HttpRequest) -> dict[str, Any]:
    """What was typed; or, on a laptop, the demo account whose button was pressed."""
    pressed = request.POST.get("akun", "")
    if settings.LAPTOP and pressed in {account.username for account in accounts.DEMO}:
        return {"username": pressed, "password": accounts.PASSWORD}
    return request.POST.dict()


def _demo_logins() -> list[accounts.DemoLogin]:
    return [login for login in accounts.demo_logins() if login.exists] if settings.LAPTOP else []


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    auth.logout(request)
    return redirect(reverse("kelurahan:home"))


def _next(request: HttpRequest) -> str:
    """Where to go after logging in: only an address of this site."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe else reverse("kelurahan:home")
