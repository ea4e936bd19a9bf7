"""The people who work here, as the pages of an admin show them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from kelurahan.models import AccountEvent, Area, Event, Role, User

STATES = ("aktif", "mati", "belum")
DEMO_EVENT = "akun_contoh"


@dataclass(frozen=True, slots=True)
class Person:
    user: User
    locked: bool  # held after failed log-ins, now

    @property
    def waits_for_password(self) -> bool:
        return not self.user.has_usable_password()


@dataclass(frozen=True, slots=True)
class Counts:
    n: int
    n_active: int
    n_never: int  # active people who have not logged in yet

    @property
    def n_off(self) -> int:
        return self.n - self.n_active


@dataclass(frozen=True, slots=True)
class FieldChange:
    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the history of an account."""

    at: datetime
    by: str
    title: str
    note: str
    changes: list[FieldChange]


def counts() -> Counts:
    active = Q(is_active=True)
    return Counts(
        **User.objects.aggregate(
            n=Count("pk"),
            n_active=Count("pk", filter=active),
            n_never=Count("pk", filter=active & Q(last_login=None)),
        )
    )


def found(*, search: str, role: str, state: str) -> QuerySet[User]:
    """People whose name, user name, address or place holds every word of `search`; active ones first."""
    people = User.objects.select_related("wilayah")
    for word in search.split():
        people = people.filter(
            Q(username__icontains=word)
            | Q(first_name__icontains=word)
            | Q(last_name__icontains=word)
            | Q(email__icontains=word)
            | Q(wilayah__nama__icontains=word)
        )
    if role:
        people = people.filter(peran=role)
    if state == "belum":
        people = people.filter(is_active=True, last_login=None)
    elif state:
        people = people.filter(is_active=state == "aktif")
    return people.order_by("-is_active", "first_name", "last_name", "username")


def listed(users: Sequence[User]) -> list[Person]:
    """The people of one page, one query for their locks."""
    locked = locked_names([user.username for user in users])
    return [Person(user, user.username in locked) for user in users]


def locked_names(usernames: Iterable[str]) -> set[str]:
    """Who cannot log in now, from some address, after too many failures there."""
    recent = timezone.now() - settings.AXES_COOLOFF_TIME
    attempts = AccessAttempt.objects.filter(username__in=list(usernames), attempt_time__gte=recent).order_by()
    failures = attempts.values("username", "ip_address").annotate(n=Sum("failures_since_start"))
    return set(failures.filter(n__gte=settings.AXES_FAILURE_LIMIT).values_list("username", flat=True))


def history(user: User) -> QuerySet[Event]:
    own = Q(objek=user.username, jenis__in=AccountEvent.values)
    return Event.objects.filter(own | Q(jenis=DEMO_EVENT, isi__akun__contains=[user.username])).order_by(F("pk").desc())


def entries(events: Iterable[Event]) -> list[Entry]:
    """History in words; one query for the names of places in it."""
    events = list(events)
    kodes = {_side(event, side).get("wilayah") for event in events for side in ("lama", "baru")} - {None, ""}
    places = dict(Area.objects.filter(kode__in=kodes).values_list("kode", "nama")) if kodes else {}
    return [
        Entry(
            event.pada,
            event.oleh_nama if event.oleh_id else _("perintah di server"),
            str(AccountEvent(event.jenis).label) if event.jenis != DEMO_EVENT else _("Akun contoh disiapkan"),
            _note(event),
            _changes(_side(event, "lama"), _side(event, "baru"), places),
        )
        for event in events
    ]


def _side(event: Event, name: str) -> dict[str, Any]:
    return event.isi.get(name) or {}


def _note(event: Event) -> str:
    if event.jenis == AccountEvent.SANDI:
        ways = {"tautan": _("lewat tautan"), "sendiri": _("oleh orangnya sendiri"), "perintah": _("di server")}
        return ways.get(event.isi.get("cara", ""), "")
    if event.jenis == AccountEvent.DIMATIKAN and event.isi.get("sesi_diakhiri"):
        return _("%(n)d sesi diakhiri") % {"n": event.isi["sesi_diakhiri"]}
    return ""


def _changes(old: dict[str, Any], new: dict[str, Any], places: dict[str, str]) -> list[FieldChange]:
    labels = {"nama": _("Nama"), "email": _("Surel"), "peran": _("Peran"), "wilayah": _("Wilayah")}
    roles = {role.value: str(role.label) for role in Role}

    def words(name: str, value: str) -> str:
        return {"peran": roles, "wilayah": places}.get(name, {}).get(value, value) or "–"

    return [
        FieldChange(label, words(name, old[name]) if name in old else "", words(name, new.get(name, "")))
        for name, label in labels.items()
        if name in old or name in new
    ]
