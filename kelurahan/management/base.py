"""What our commands share: dry run unless --apply, one JSON document with --json, exit status 0, 1 or 2."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils.translation import gettext, ngettext

from kelurahan.rules.findings import Finding, Level, render

APPLIED, REFUSED, WRONG_USE = 0, 1, 2
SHOWN = 8  # places named after the first of a kind
_WORDS = {Level.GALAT: "GALAT", Level.PERINGATAN: "PERINGATAN", Level.INFO: "info"}


def wrong_use(message: str) -> CommandError:
    """The command was called wrongly: exit status 2."""
    return CommandError(message, returncode=WRONG_USE)


def existing_file(text: str) -> Path:
    path = Path(text)
    if not path.is_file():
        raise wrong_use(gettext("Berkas %s tidak ada.") % text)
    return path


def finding_document(finding: Finding) -> dict[str, Any]:
    """A finding as JSON gives it: where, how grave, what, and what to do."""
    message, repair = render(finding, gettext)
    return {
        "sheet": finding.sheet,
        "cell": finding.cell,
        "level": str(finding.level),
        "code": finding.code,
        "message": message,
        "repair": repair,
    }


class ReportingCommand(BaseCommand):
    """A command that answers with a document (--json) or with a few lines in words."""

    takes_apply = True

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
        if self.takes_apply:
            parser.add_argument("--apply", action="store_true", help="write; without it nothing is changed")

    def execute(self, *args: Any, **options: Any) -> str | None:
        """On a laptop a command works alone: an empty database gets its tables first."""
        if settings.OWN_SERVICES and "django_migrations" not in connection.introspection.table_names():
            call_command("migrate", verbosity=0)
        return super().execute(*args, **options)

    def answer(self, options: dict[str, Any], document: Any, lines: Iterable[str], status: int = APPLIED) -> None:
        """Print the answer and end with the exit status. A reader that stops early (`| head`) is no error."""
        try:
            if options["json"]:
                text = orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_SERIALIZE_NUMPY)
                self.stdout.write(text.decode())
            else:
                for line in lines:
                    self.stdout.write(line)
            self.stdout.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if status:
            sys.exit(status)

    def finding_lines(self, findings: Iterable[dict[str, Any]], counts: Mapping[str, int] | None = None) -> list[str]:
        """Each kind once: the words of its first finding, how many more there are, and where. `counts` by code, where
        not all findings were kept."""
        kinds: dict[tuple[str, str], list[dict[str, Any]]] = {}
        for finding in findings:
            kinds.setdefault((finding["level"], finding["code"]), []).append(finding)
        return [_line(same, max(len(same), (counts or {}).get(code, 0))) for (_level, code), same in kinds.items()]


def _line(same: list[dict[str, Any]], n: int) -> str:
    first = same[0]
    words = " ".join(part for part in (first["message"], first["repair"], _others(same[1:], n - 1)) if part)
    where = f" {_where(first)}" if _where(first) else ""
    return f"{_WORDS[Level(first['level'])]}{where}: {words}"


def _others(others: list[dict[str, Any]], n: int) -> str:
    if n < 1:
        return ""
    places = [place for place in map(_where, others[:SHOWN]) if place]
    told = ngettext("Dan %(n)d temuan lain yang sejenis.", "Dan %(n)d temuan lain yang sejenis.", n) % {"n": n}
    return f"{told} {', '.join(places)}{', …' if n > len(places) else ''}".rstrip()


def _where(finding: dict[str, Any]) -> str:
    return "!".join(part for part in (finding["sheet"], finding["cell"]) if part)


def unless_applied(applied: bool) -> str:
    return gettext("Diterapkan.") if applied else gettext("Belum ada yang ditulis. Tambahkan --apply untuk menerapkan.")
