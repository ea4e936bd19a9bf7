"""Take the example data away."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext as _

from kelurahan.actions import example
from kelurahan.management.base import ReportingCommand, unless_applied


class Command(ReportingCommand):
    help = "Remove everything that is marked as example data; real data stays. A dry run unless --apply."

    def handle(self, *args: Any, **options: Any) -> None:
        counts = example.remove_example(by=None) if options["apply"] else example.removal()
        document = {"applied": options["apply"], "findings": [], "counts": asdict(counts)}
        self.answer(options, document, [*_lines(counts), unless_applied(options["apply"])])


def _lines(counts: example.RemovedCounts) -> list[str]:
    if not counts.any:
        return [_("Tidak ada data contoh.")]
    lines = [
        _("Data contoh: %(records)d catatan, %(rt)d RT, dan %(decree_places)d lokasi SK dihapus.")
        % {"records": counts.records, "rt": counts.rt, "decree_places": counts.decree_places}
    ]
    if counts.rt_kept:
        lines.append(_("%d RT contoh tetap ada karena sudah memuat data sungguhan.") % counts.rt_kept)
    return lines
