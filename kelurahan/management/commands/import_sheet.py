"""Read a sheet, say what it would change, and with --apply change it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from kelurahan.actions import uploads
from kelurahan.actions.previews import preview
from kelurahan.actions.reading import Reading, read_file
from kelurahan.intake.refusal import Refused
from kelurahan.management.base import (
    REFUSED,
    ReportingCommand,
    existing_file,
    finding_document,
    unless_applied,
    wrong_use,
)
from kelurahan.models import Upload, UploadState
from kelurahan.rules.findings import Finding, Level
from kelurahan.rules.regulation import DEFAULT_RULE_SET, RULE_SETS, tingkat_word
from kelurahan.tasks import run_now

_CHUNK = 1 << 20


class Command(ReportingCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help=".xlsx, .xls, .ods or .csv")
        parser.add_argument("--year", type=int, help="for rows that name no year")
        parser.add_argument("--rules", choices=sorted(RULE_SETS), default=DEFAULT_RULE_SET)
        parser.add_argument("--reason", help="kept in the history; needed with --apply")
        parser.add_argument(
            "--skip-blocked", action="store_true", help="apply the good rows, leave out those with errors"
        )
        super().add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        path = existing_file(options["file"])
        if options["apply"] and not (options["reason"] or "").strip():
            raise wrong_use(_("--apply memerlukan --reason."))
        try:
            reading = read_file(path, path.name, year=options["year"], rule_set=options["rules"], scope=None)
        except Refused as refusal:
            self.answer(options, _refused(refusal), self.finding_lines([finding_document(refusal.finding)]), REFUSED)
            return
        document = _document(reading, options["rules"])
        blocked = any(f.level == Level.GALAT for f in reading.findings) and not options["skip_blocked"]
        if options["apply"] and not blocked:
            upload = self._apply(path, options)
            document["upload"] = upload.pk
            document["applied"] = upload.state == UploadState.DITERAPKAN
            blocked = not document["applied"]
        lines = [*self.finding_lines(document["findings"]), *_lines(document), unless_applied(document["applied"])]
        self.answer(options, document, lines, REFUSED if blocked else 0)

    def _apply(self, path: Path, options: dict[str, Any]) -> Upload:
        """The way of every upload: received, checked, applied, recomputed."""
        with path.open("rb") as file:
            upload, job = uploads.receive(
                chunks=iter(lambda: file.read(_CHUNK), b""),
                filename=path.name,
                by=None,
                year=options["year"],
                rule_set=options["rules"],
            )
        run_now(job)
        upload.refresh_from_db()
        run_now(
            uploads.request_apply(
                upload=upload, by=None, reason=options["reason"], skip_blocked=options["skip_blocked"]
            )
        )
        upload.refresh_from_db()
        return upload


def _empty() -> dict[str, Any]:
    return {
        "sheet": None,
        "header_row": None,
        "columns": [],
        "matched": [],
        "unmatched": [],
        "findings": [],
        "counts": {"new": 0, "changed": 0, "same": 0, "blocked": 0},
        "class_changes": [],
        "upload": None,
        "applied": False,
    }


def _refused(refusal: Refused) -> dict[str, Any]:
    return _empty() | {"findings": [finding_document(refusal.finding)]}


def _findings(findings: list[Finding]) -> list[dict[str, Any]]:
    return [finding_document(f) for f in findings]


def _document(reading: Reading, rule_set: str) -> dict[str, Any]:
    shown = preview(reading.comparison, reading.rows, rule_set)
    return _empty() | {
        **{name: reading.layout[name] for name in ("sheet", "header_row", "columns", "matched", "unmatched")},
        "findings": _findings(reading.findings),
        "counts": shown["counts"],
        "class_changes": [
            {
                "kode": move["kode"],
                "nama": move["nama"],
                "year": move["tahun"],
                "from": _word(move["from"]),
                "to": _word(move["to"]),
            }
            for move in shown["class_changes"]
        ],
    }


def _word(tingkat: int | None) -> str | None:
    return None if tingkat is None else tingkat_word(tingkat, tingkat)


def _lines(document: dict[str, Any]) -> list[str]:
    moves = [f"{m['kode']} {m['nama']}: {m['from'] or '–'} → {m['to'] or '–'}" for m in document["class_changes"]]
    counts = _("%(new)s baris baru, %(changed)s berubah, %(same)s sama, %(blocked)s tertahan.") % document["counts"]
    return [counts, *moves]
