"""Print, and with --apply make, the accounts to try the roles with."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from kelurahan.actions import accounts
from kelurahan.intake.refusal import Refused
from kelurahan.management.base import REFUSED, ReportingCommand, finding_document, unless_applied


class Command(ReportingCommand):
    help = "Accounts to try the roles with, in laptop mode only. A dry run unless --apply."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if not settings.LAPTOP:
                raise Refused("demo_laptop_only")
            logins = accounts.demo_logins()
            if options["apply"]:
                accounts.create_demo_accounts(by=None)
        except Refused as refusal:
            finding = finding_document(refusal.finding)
            document = {"applied": False, "findings": [finding]}
            self.answer(options, document, self.finding_lines([finding]), REFUSED)
            return
        document = {
            "applied": options["apply"],
            "findings": [],
            "password": accounts.PASSWORD,
            "accounts": [_account(login) for login in logins],
        }
        self.answer(options, document, [*_lines(logins), unless_applied(options["apply"])])


def _account(login: accounts.DemoLogin) -> dict[str, Any]:
    return {
        "username": login.account.username,
        "nama": _(login.account.nama),
        "peran": login.account.peran.value,
        "wilayah": login.wilayah.kode if login.wilayah else None,
        "new": not login.exists,
    }


def _lines(logins: list[accounts.DemoLogin]) -> list[str]:
    rows = [
        f"{login.account.username:<10} {_(login.account.nama)}{f' {login.wilayah.nama}' if login.wilayah else ''}"
        for login in logins
    ]
    return [_("Akun contoh, kata sandi semuanya: %s") % accounts.PASSWORD, *rows]
