"""Load the example data of the configured city."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from kelurahan.actions import example
from kelurahan.intake.refusal import Refused
from kelurahan.management.base import REFUSED, ReportingCommand, finding_document, unless_applied


class Command(ReportingCommand):
    help = "Load example data for the configured city (contoh.toml beside CITY_FILE). A dry run unless --apply."

    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(settings.CITY_FILE).parent
        try:
            counts = (
                example.load_example(by=None, folder=folder)
                if options["apply"]
                else example.draft(folder=folder).counts()
            )
        except Refused as refusal:
            finding = finding_document(refusal.finding)
            document = {"applied": False, "findings": [finding]}
            self.answer(options, document, self.finding_lines([finding]), REFUSED)
            return
        document = {"applied": options["apply"], "findings": [], "counts": asdict(counts)}
        self.answer(options, document, [*_lines(counts), unless_applied(options["apply"])])


def _lines(counts: example.ExampleCounts) -> list[str]:
    years = f"{counts.years[0]}–{counts.years[-1]}" if counts.years else "–"
    return [
        _("Data contoh %(years)s untuk %(n)d RT: %(rt)d RT baru.")
        % {"years": years, "n": counts.total_rt, "rt": counts.rt},
        _("Catatan: %(new)d baru, %(changed)d berubah, %(same)d sama.") % counts.records,
        _("Lokasi SK yang diisi sebagai contoh: %d.") % counts.decree_places,
    ]
