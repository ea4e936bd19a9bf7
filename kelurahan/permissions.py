"""Who may do what, where: role × action × area. Every view asks here, and the actions check area once more."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from kelurahan.models import Area, Role, SheetMemory, Upload, User

PUBLIK = "publik"
ROLES: tuple[str, ...] = (PUBLIK, *Role.values)
AnyUser = User | AnonymousUser


class Act(StrEnum):
    LIHAT_PETA = "lihat_peta"  # the map, profiles, dashboards
    LIHAT_ASAL = "lihat_asal"  # where a number came from, RT by RT
    UNGGAH = "unggah"  # send a sheet and apply it in one's own area
    SUNTING = "sunting"  # correct a record or add an RT in one's own area
    DATA_KELURAHAN = "data_kelurahan"  # other names and official areas of a kelurahan
    INDIKATOR = "indikator"  # name, unit and other names of a supporting indicator
    LIHAT_SEMUA_UNGGAHAN = "lihat_semua_unggahan"
    URUNGKAN_SEMUA = "urungkan_semua"
    BATAS = "batas"  # replace the boundaries
    PENGGUNA = "pengguna"  # people, their roles and areas


_ALL_STAFF = frozenset(Role.values)
ALLOWED: dict[Act, frozenset[str]] = {
    Act.LIHAT_PETA: _ALL_STAFF,
    Act.LIHAT_ASAL: _ALL_STAFF,
    Act.UNGGAH: frozenset({Role.OPERATOR, Role.BAPPEDA, Role.ADMIN}),
    Act.SUNTING: frozenset({Role.OPERATOR, Role.BAPPEDA, Role.ADMIN}),
    Act.DATA_KELURAHAN: frozenset({Role.BAPPEDA, Role.ADMIN}),
    Act.INDIKATOR: frozenset({Role.BAPPEDA, Role.ADMIN}),
    Act.LIHAT_SEMUA_UNGGAHAN: frozenset({Role.BAPPEDA, Role.ADMIN}),
    Act.URUNGKAN_SEMUA: frozenset({Role.ADMIN}),
    Act.BATAS: frozenset({Role.ADMIN}),
    Act.PENGGUNA: frozenset({Role.ADMIN}),
}
# Roles whose work ends at their own area. Without an area they may write nowhere.
SCOPED = frozenset({Role.OPERATOR, Role.CAMAT})


def role_of(user: AnyUser) -> str:
    return user.peran if isinstance(user, User) and user.is_active else PUBLIK


def scope_of(user: AnyUser) -> Area | None:
    """The area a scoped person works in; None for the whole city (or for nobody: ask `may` first)."""
    return user.wilayah if isinstance(user, User) and user.peran in SCOPED else None


def may(user: AnyUser, act: Act, area: Area | None = None) -> bool:
    role = role_of(user)
    if role == PUBLIK:
        return act is Act.LIHAT_PETA and settings.PUBLIC_MAP
    if role not in ALLOWED[act]:
        return False
    if act in (Act.LIHAT_PETA, Act.LIHAT_ASAL) or role not in SCOPED:
        return True
    scope = scope_of(user)
    return scope is not None and (area is None or area.path.startswith(scope.path))


def editable_areas(user: AnyUser) -> Any:
    """Queryset of the places whose numbers this person may write."""
    if not may(user, Act.UNGGAH):
        return Area.objects.none()
    scope = scope_of(user)
    return Area.objects.all() if scope is None else Area.objects.within(scope)


def readable_records(user: AnyUser) -> Any:
    """Queryset of the places whose records this person may open: a scoped role those of its own area."""
    if not may(user, Act.LIHAT_ASAL):
        return Area.objects.none()
    if role_of(user) not in SCOPED:
        return Area.objects.all()
    scope = scope_of(user)
    return Area.objects.none() if scope is None else Area.objects.within(scope)


def may_open(user: AnyUser, area: Area) -> bool:
    """Whether a place is among `readable_records`, without asking the database for it."""
    scope = scope_of(user)
    inside = role_of(user) not in SCOPED or (scope is not None and area.path.startswith(scope.path))
    return inside and may(user, Act.LIHAT_ASAL)


def may_see_upload(user: AnyUser, upload: Upload) -> bool:
    return upload.oleh_id == user.pk if not may(user, Act.LIHAT_SEMUA_UNGGAHAN) else True


def may_download_upload(user: AnyUser, upload: Upload) -> bool:
    """A file goes back to its sender and to admins only."""
    return role_of(user) == Role.ADMIN or (may(user, Act.UNGGAH) and upload.oleh_id == user.pk)


def may_change_upload(user: AnyUser, upload: Upload) -> bool:
    """Apply or cancel: the sender, or an admin."""
    return may(user, Act.UNGGAH) and (upload.oleh_id == user.pk or role_of(user) == Role.ADMIN)


def may_change_memory(user: AnyUser, memory: SheetMemory) -> bool:
    """Correct or forget what was decided about a layout of sheets: whoever decided it, or an admin."""
    return may(user, Act.UNGGAH) and (memory.oleh_id == user.pk or role_of(user) == Role.ADMIN)


def may_undo_upload(user: AnyUser, upload: Upload) -> bool:
    return may(user, Act.URUNGKAN_SEMUA) or (may(user, Act.UNGGAH) and upload.oleh_id == user.pk)


def _what_was_lost(request: HttpRequest) -> str:
    """A stranger who posts was logged in when the form was opened."""
    if request.FILES:
        return _("Sesi Anda sudah berakhir; berkas belum terkirim. Masuk lalu kirim lagi.")
    return _("Sesi Anda sudah berakhir; isian belum tersimpan. Masuk lalu kirim lagi.")


def require(act: Act) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Decorator of a view: a stranger is sent to log in, a person without the right gets 403."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if may(request.user, act):
                return view(request, *args, **kwargs)
            if not request.user.is_authenticated:
                if request.method == "POST":
                    messages.warning(request, _what_was_lost(request))
                return redirect_to_login(request.get_full_path())
            raise PermissionDenied(_("Peran Anda tidak memberi hak untuk halaman ini."))

        return guarded

    return decorate
