"""`manage.py check_translations [--write]`: is every catalogue complete?"""

from typing import Any

from babel.messages.pofile import write_po
from django.core.management.base import BaseCommand, CommandError

from kumuh import words


class Command(BaseCommand):
    help = "Lists texts without translation. --write adds the new texts to the catalogues, without translation."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--write", action="store_true", help="add new texts, drop those nothing says any more")

    def handle(self, *, write: bool, **_: Any) -> None:
        wanted = words.marked()
        gaps = []
        for path in words.catalogues():
            translated = words.read(path)
            if write:
                translated.update(wanted, no_fuzzy_matching=True)
                translated.obsolete.clear()
                with path.open("wb") as file:
                    write_po(file, translated, width=0, sort_output=True, include_lineno=False)
            gaps += [f"{path.parent.parent.name}: {gap}" for gap in words.gaps(translated, wanted)]
        if not words.catalogues():
            gaps = ["locale/en/LC_MESSAGES/django.po does not exist"]
        if gaps:
            raise CommandError("\n".join([*gaps, f"{len(gaps)} texts to mend"]))
        self.stdout.write("every text has its translation")
