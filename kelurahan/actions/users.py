"""People: who works here, as what and where, and the one-time link by which a person sets a password."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from axes.utils import reset
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from kelurahan.actions.events import record_event
from kelurahan.intake.refusal import Refused
from kelurahan.models import AccountEvent, Area, Event, Level, Role, User
from kelurahan.rules.findings import N_, Messages, add_messages

# The kind of place a scoped role works in; every other role works for the whole city
LEVEL_OF_ROLE: dict[str, Level] = {Role.OPERATOR: Level.KELURAHAN, Role.CAMAT: Level.KECAMATAN}
USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}")
_ASK_ANOTHER = N_("Minta admin lain melakukannya.")

MESSAGES: Messages = {
    "user_actor": (N_("Anda bukan admin aktif lagi; perubahan ini tidak disimpan."), _ASK_ANOTHER),
    "user_self_off": (N_("Anda tidak dapat mematikan akun Anda sendiri."), _ASK_ANOTHER),
    "user_self_role": (N_("Anda tidak dapat mencabut peran admin dari akun Anda sendiri."), _ASK_ANOTHER),
    "user_last_admin": (
        N_("%(nama)s admin aktif yang terakhir."),
        N_("Jadikan orang lain admin lebih dahulu."),
    ),
    "user_name_taken": (
        N_("Nama pengguna “%(username)s” sudah dipakai."),
        N_("Pilih nama lain, atau buka akun itu dari daftar."),
    ),
    "user_name_form": (
        N_("Nama pengguna “%(username)s” tidak dapat dipakai."),
        N_("Pakai 3–40 huruf kecil a–z, angka, titik, garis bawah, atau tanda hubung; mulai dengan huruf atau angka."),
    ),
    "user_area_kelurahan": (N_("Operator kelurahan bekerja di satu kelurahan."), N_("Pilih kelurahannya.")),
    "user_area_kecamatan": (N_("Camat bekerja di satu kecamatan."), N_("Pilih kecamatannya.")),
    "user_area_none": (N_("Peran ini bekerja untuk seluruh kota."), N_("Kosongkan wilayahnya.")),
    "user_stale": (
        N_("Akun ini diubah orang lain sejak halaman dibuka; perubahan Anda belum disimpan."),
        N_("Periksa isi terbarunya, lalu ubah lagi."),
    ),
    "user_is_off": (N_("Akun %(username)s sedang dimatikan."), N_("Nyalakan dulu, lalu buat tautannya.")),
    "user_no_admin": (
        N_("Akun %(username)s ada, tetapi bukan admin."),
        N_("Buat admin dengan nama lain; perannya diatur di halaman Pengguna."),
    ),
    "user_unknown": (N_("Akun %(username)s tidak ada."), N_("Periksa namanya, atau jalankan tanpa --reset.")),
    "link_dead": (N_("Tautan ini tidak berlaku lagi."), N_("Minta tautan baru kepada admin.")),
}
add_messages(MESSAGES)


class _LinkTokens(PasswordResetTokenGenerator):
    """Signed, stored nowhere. Besides a new password and a log-in, a newer link or switching off ends a token."""

    key_salt = "kelurahan.actions.users.link"

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        ends = (AccountEvent.TAUTAN, AccountEvent.DIMATIKAN)
        newest = Event.objects.filter(objek=user.username, jenis__in=ends).values_list("pk", flat=True).first()
        return f"{super()._make_hash_value(user, timestamp)}|{newest}"  # type: ignore[misc]


_tokens = _LinkTokens()


@dataclass(frozen=True, slots=True)
class PasswordLink:
    """A fresh link: shown once to whoever asked for it, then known to its receiver only."""

    user: User
    token: str
    until: datetime

    @property
    def path(self) -> str:
        return reverse("kelurahan:password-link", args=[self.user.pk, self.token])


def last_event(user: User) -> int:
    """Number of the newest account event; a form remembers it, so that a save after another admin's is noticed."""
    kinds = AccountEvent.values
    return Event.objects.filter(objek=user.username, jenis__in=kinds).values_list("pk", flat=True).first() or 0


def area_problem(role: str, area: Area | None) -> str:
    """Code of the refusal when this role cannot work there, "" when it can."""
    level = LEVEL_OF_ROLE.get(role)
    if (area.level if area else None) == level:
        return ""
    return f"user_area_{level or 'none'}"


def clean_username(text: str) -> str:
    """The name as it is stored: small letters. Raises Refused("user_name_form")."""
    name = text.strip().lower()
    if not USERNAME.fullmatch(name):
        raise Refused("user_name_form", username=text)
    return name


@transaction.atomic
def create(*, username: str, name: str, email: str, role: str, area: Area | None, by: User | None) -> User:
    """A person without a password: the next step is a link. Raises Refused."""
    _lock(None, by)
    _check_area(role, area)
    username = clean_username(username)
    if User.objects.filter(username__iexact=username).exists():
        raise Refused("user_name_taken", username=username)
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                username, email=email, password=None, first_name=name, peran=role, wilayah=area
            )
    except IntegrityError as error:  # another admin was quicker
        raise Refused("user_name_taken", username=username) from error
    facts = {field: value for field, value in _facts(user).items() if value}
    _record(by, AccountEvent.DIBUAT, user, baru=facts)
    return user


@transaction.atomic
def change(
    *, user: User, name: str, email: str, role: str, area: Area | None, by: User | None, seen: int | None = None
) -> bool:
    """Correct a person's name, address, role and area; says whether anything differs. `seen` is the last event that
    whoever decided this knew of. Raises Refused."""
    stored, admins = _lock(user, by)
    if seen is not None and seen != last_event(stored):
        raise Refused("user_stale")
    if role != Role.ADMIN:
        _keep_an_admin(stored, admins, by, "user_self_role")
    _check_area(role, area)
    before = _facts(stored)
    if name != before["nama"]:
        stored.first_name, stored.last_name = name, ""
    stored.email, stored.peran, stored.wilayah = email, role, area
    after = _facts(stored)
    differing = [field for field in before if before[field] != after[field]]
    if differing:
        stored.save(update_fields=["first_name", "last_name", "email", "peran", "wilayah"])
        old, new = ({field: facts[field] for field in differing} for facts in (before, after))
        _record(by, AccountEvent.DIUBAH, stored, lama=old, baru=new)
    return bool(differing)


@transaction.atomic
def switch(*, user: User, active: bool, by: User | None) -> bool:
    """Switch an account on, or off together with its sessions; says whether it was the other way. Raises Refused."""
    stored, admins = _lock(user, by)
    if stored.is_active == active:
        return False
    if not active:
        _keep_an_admin(stored, admins, by, "user_self_off")
    stored.is_active = active
    stored.save(update_fields=["is_active"])
    ended = 0 if active else _end_sessions(stored)
    _record(by, AccountEvent.DINYALAKAN if active else AccountEvent.DIMATIKAN, stored, sesi_diakhiri=ended)
    return True


@transaction.atomic
def give_link(*, user: User, by: User | None) -> PasswordLink:
    """A link by which the person sets a password; it ends every earlier one. Raises Refused for a dead account."""
    stored, _admins = _lock(user, by)
    if not stored.is_active:
        raise Refused("user_is_off", username=stored.username)
    until = timezone.now() + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
    _record(by, AccountEvent.TAUTAN, stored, berlaku_sampai=until.isoformat(timespec="minutes"))
    return PasswordLink(stored, _tokens.make_token(stored), until)


@transaction.atomic
def unlock(*, user: User, by: User | None) -> bool:
    """Lift the lock-out after failed log-ins; says whether there were any. Raises Refused."""
    stored, _admins = _lock(user, by)
    n = reset(username=stored.username)
    if n:
        _record(by, AccountEvent.DIBUKA, stored)
    return bool(n)


def link_owner(*, pk: int, token: str) -> User | None:
    """Whose link this is, None once it is dead, forged or the account is off."""
    user = User.objects.filter(pk=pk, is_active=True).first()
    return user if user is not None and _tokens.check_token(user, token) else None


@transaction.atomic
def use_link(*, pk: int, token: str, password: str) -> User:
    """Set the password of the link's owner, once: the row lock lets one of two simultaneous tries through.
    Raises Refused("link_dead")."""
    User.objects.select_for_update(no_key=True).filter(pk=pk).first()
    user = link_owner(pk=pk, token=token)
    if user is None:
        raise Refused("link_dead")
    _set_password(user, password, "tautan")
    reset(username=user.username)  # who was locked out for a forgotten password need not wait any more
    return user


@transaction.atomic
def change_password(*, user: User, password: str) -> User:
    """A person's own new password. All sessions end; the caller renews the one at hand."""
    stored = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    _set_password(stored, password, "sendiri")
    return stored


def set_first_password(*, user: User, password: str) -> None:
    """The password of an account made on the server itself, typed there."""
    with transaction.atomic():
        _set_password(User.objects.select_for_update(no_key=True).get(pk=user.pk), password, "perintah", by=None)


@transaction.atomic
def rescue_admin(*, username: str) -> User:
    """On the server itself: an admin who is switched off or locked out can work again. Raises Refused."""
    user = User.objects.filter(username=username).first()
    if user is None:
        raise Refused("user_unknown", username=username)
    if user.peran != Role.ADMIN:
        raise Refused("user_no_admin", username=username)
    switch(user=user, active=True, by=None)
    unlock(user=user, by=None)
    user.refresh_from_db()
    return user


def _set_password(user: User, password: str, way: str, **actor: Any) -> None:
    user.set_password(password)
    user.save(update_fields=["password"])
    _record(actor.get("by", user), AccountEvent.SANDI, user, cara=way)


def _lock(user: User | None, by: User | None) -> tuple[Any, list[User]]:
    """The person as stored now and the active admins, locked in one order until the end of the transaction.

    Raises Refused("user_actor") when whoever acts is no active admin (any more): of two admins who take each
    other's role at the same moment, the second one has just lost the right to.
    """
    wanted = Q(peran=Role.ADMIN, is_active=True) | Q(pk=user.pk if user else None)
    rows = list(User.objects.select_for_update(no_key=True).filter(wanted).order_by("pk"))
    admins = [row for row in rows if row.peran == Role.ADMIN and row.is_active]
    if by is not None and by not in admins:
        raise Refused("user_actor")
    return next((row for row in rows if row == user), None), admins


def _keep_an_admin(user: User, admins: list[User], by: User | None, own: str) -> None:
    if user not in admins:
        return
    if user == by:
        raise Refused(own)
    if admins == [user]:
        raise Refused("user_last_admin", nama=str(user))


def _check_area(role: str, area: Area | None) -> None:
    if problem := area_problem(role, area):
        raise Refused(problem)


def _facts(user: User) -> dict[str, str]:
    return {
        "nama": user.get_full_name(),
        "email": user.email,
        "peran": str(user.peran),
        "wilayah": user.wilayah.kode if user.wilayah else "",
    }


def _record(by: User | None, kind: AccountEvent, user: User, **told: Any) -> None:
    record_event(by=by, jenis=kind.value, objek=user.username, **told)


def _end_sessions(user: User) -> int:
    living = Session.objects.filter(expire_date__gt=timezone.now())
    own = [s.pk for s in living.iterator() if s.get_decoded().get(SESSION_KEY) == str(user.pk)]
    return Session.objects.filter(pk__in=own).delete()[0]


def end_expired_sessions() -> int:
    """Remove the rows of log-ins that are over: nothing else does. How many went."""
    return Session.objects.filter(expire_date__lte=timezone.now()).delete()[0]
