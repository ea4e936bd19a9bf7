"""Accounts to try the roles with, on a laptop only."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import Count

from kelurahan.actions.events import record_event
from kelurahan.intake.refusal import Refused
from kelurahan.models import Area, Level, Role, User
from kelurahan.rules.findings import N_, Messages, add_messages

PASSWORD = "contoh-kumuh"  # noqa: S105 (shown on the log-in page of a laptop, refused elsewhere)

MESSAGES: Messages = {
    "demo_laptop_only": (
        N_("Akun contoh hanya dibuat di mode laptop; kata sandinya diketahui semua orang."),
        N_("Buat akun sungguhan untuk tiap orang."),
    ),
}
add_messages(MESSAGES)


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """One role to try. `level` is the kind of place it works in, None for the whole city."""

    username: str
    nama: str
    peran: Role
    tugas: str
    level: Level | None = None


DEMO = (
    DemoAccount("operator", N_("Operator kelurahan"), Role.OPERATOR, N_("isian kelurahan sendiri"), Level.KELURAHAN),
    DemoAccount("camat", N_("Camat"), Role.CAMAT, N_("memeriksa kecamatan sendiri"), Level.KECAMATAN),
    DemoAccount("opd", N_("OPD"), Role.OPD, N_("kegiatan dan usulan")),
    DemoAccount("pejabat", N_("Pejabat"), Role.PEJABAT, N_("peta dan laporan")),
    DemoAccount("bappeda", N_("Bappeda"), Role.BAPPEDA, N_("semua data, unggah, sahkan")),
    DemoAccount("admin", N_("Admin"), Role.ADMIN, N_("pengguna, batas, urungkan")),
)


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """A demo account as it stands, or as it would be made."""

    account: DemoAccount
    wilayah: Area | None
    exists: bool


def demo_logins() -> list[DemoLogin]:
    """The accounts of DEMO with their places; existing ones as they are."""
    stored = {
        u.username: u for u in User.objects.filter(username__in=[a.username for a in DEMO]).select_related("wilayah")
    }
    picked = _places()
    logins = []
    for account in DEMO:
        user = stored.get(account.username)
        wilayah = (user.wilayah if user else None) or (picked.get(account.level) if account.level else None)
        logins.append(DemoLogin(account, wilayah, user is not None))
    return logins


def _places() -> dict[Level, Area]:
    """The kelurahan with the most RT and its kecamatan; the first one while there are no RT."""
    kelurahan = (
        Area.objects.kelurahan()
        .annotate(n_rt=Count("children"))
        .order_by("-n_rt", "path")
        .select_related("parent")
        .first()
    )
    if kelurahan is None or kelurahan.parent is None:
        return {}
    return {Level.KELURAHAN: kelurahan, Level.KECAMATAN: kelurahan.parent}


@transaction.atomic
def create_demo_accounts(*, by: User | None) -> list[DemoLogin]:
    """Make the demo accounts that are missing, and give those without a place theirs. Returns what was made or
    completed; an account that is there keeps its password. Raises Refused outside laptop mode."""
    if not settings.LAPTOP:
        raise Refused("demo_laptop_only")
    done = [login for login in demo_logins() if _ensure(login)]
    if done:
        record_event(by=by, jenis="akun_contoh", akun=[login.account.username for login in done])
    return done


def _ensure(login: DemoLogin) -> bool:
    """Whether anything was written."""
    account = login.account
    if not login.exists:
        User.objects.create_user(
            username=account.username,
            password=PASSWORD,
            first_name=account.nama,
            peran=account.peran,
            wilayah=login.wilayah,
        )
        return True
    lacking = User.objects.filter(username=account.username, peran=account.peran, wilayah=None)
    return login.wilayah is not None and bool(lacking.update(wilayah=login.wilayah))
