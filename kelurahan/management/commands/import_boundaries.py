"""Check a GeoJSON file as the boundaries of the kelurahan, and replace the stored ones with it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from kelurahan.actions import boundaries
from kelurahan.intake.boundaries import check_geojson
from kelurahan.management.base import REFUSED, ReportingCommand, existing_file, finding_document, unless_applied


class Command(ReportingCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="GeoJSON FeatureCollection, WGS 84")
        parser.add_argument("--source", help="where the boundaries come from; the file's name by default")
        super().add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        path = existing_file(options["file"])
        result = check_geojson(path, path.name, boundaries.places())
        applied = bool(result.accepted and options["apply"])
        if applied:
            boundaries.apply(cells=result.cells, source=options["source"] or path.name, by=None)
        findings = [finding_document(f) for f in result.findings]
        counts = {"features": result.features, "matched": len(result.matched), "missing": len(result.missing)}
        document = {
            "applied": applied,
            "accepted": result.accepted,
            "column": result.column,
            "system": result.system,
            "matched": result.matched,
            "missing": result.missing,
            "unmatched": result.unmatched,
            "counts": counts,
            "findings": findings,
        }
        lines = [
            *self.finding_lines(findings),
            _("%(features)s bentuk, %(matched)s cocok dengan kelurahan, %(missing)s kelurahan belum ada.") % counts,
            unless_applied(applied) if result.accepted else _("Berkas ditolak; batas lama tetap dipakai."),
        ]
        self.answer(options, document, lines, 0 if result.accepted else REFUSED)
