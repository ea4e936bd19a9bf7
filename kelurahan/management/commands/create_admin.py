"""Make the first admin, or give an admin who cannot get in any more a new way in. Needs no e-mail."""

from __future__ import annotations

import getpass
import sys
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from kelurahan.actions import users
from kelurahan.intake.refusal import Refused
from kelurahan.management.base import REFUSED, ReportingCommand, finding_document, wrong_use
from kelurahan.models import Role, User


class Command(ReportingCommand):
    help = "Make an admin and print a one-time link to set the password. Writes at once."
    takes_apply = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", default="", help="full name as history shows it; the user name without it")
        parser.add_argument("--reset", action="store_true", help="the admin exists: switch on, unlock, new link")
        parser.add_argument("--password", action="store_true", help="ask for a password here instead of a link")
        super().add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        password = _asked(options["username"]) if options["password"] else ""
        try:
            user = _user(options)
            link = None if password else users.give_link(user=user, by=None)
        except Refused as refused:
            finding = finding_document(refused.finding)
            document = {"username": options["username"], "findings": [finding]}
            self.answer(options, document, self.finding_lines([finding]), REFUSED)
            return
        if password:
            users.set_first_password(user=user, password=password)
        document = {
            "username": user.username,
            "new": not options["reset"],
            "findings": [],
            "link": link.path if link else None,
            "until": link.until.isoformat(timespec="minutes") if link else None,
        }
        made = _("Admin %s siap.") if options["reset"] else _("Admin %s dibuat.")
        self.answer(options, document, [made % user.username, *_way_in(link)])


def _user(options: dict[str, Any]) -> User:
    if options["reset"]:
        return users.rescue_admin(username=options["username"])
    name = options["name"] or options["username"]
    return users.create(username=options["username"], name=name, email="", role=Role.ADMIN, area=None, by=None)


def _way_in(link: users.PasswordLink | None) -> list[str]:
    if link is None:
        return [_("Masuk dengan kata sandi tadi.")]
    until = date_format(timezone.localtime(link.until), "j F Y, H.i")
    return [_("Buka jalur ini di alamat situs; sekali pakai, sampai %s:") % until, link.path]


def _asked(username: str) -> str:
    """A password typed twice at the terminal, and one that follows the rules."""
    if not sys.stdin.isatty():
        raise wrong_use(_("--password memerlukan terminal. Tanpa itu perintah ini mencetak tautan."))
    password = getpass.getpass(_("Kata sandi: "))
    if password != getpass.getpass(_("Ulangi kata sandi: ")):
        raise wrong_use(_("Kedua kata sandi tidak sama."))
    try:
        validate_password(password, User(username=username))
    except ValidationError as error:
        raise wrong_use(" ".join(error.messages)) from error
    return password
