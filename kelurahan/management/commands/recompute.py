"""Rebuild every summary from the records."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from kelurahan.actions import summaries
from kelurahan.management.base import ReportingCommand, wrong_use


class Command(ReportingCommand):
    help = __doc__
    takes_apply = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="every year and rule set")
        parser.add_argument("--apply", action="store_true", help="accepted, not needed: this command always writes")
        super().add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["all"]:
            raise wrong_use(_("Tambahkan --all: tempat tunggal dihitung ulang oleh pekerjaan yang mengubahnya."))
        pairs = summaries.recompute_all()
        document = {"recomputed": [{"year": year, "rules": rules} for year, rules in pairs]}
        years = ", ".join(str(year) for year, _rules in pairs)
        self.answer(options, document, [_("Ringkasan dihitung ulang untuk tahun: %s.") % (years or "–")])
