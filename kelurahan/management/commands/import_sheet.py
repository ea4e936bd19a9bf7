"""Read a sheet, say what it would change, and with --apply change it."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from kelurahan.actions import uploads
from kelurahan.actions.previews import preview
from kelurahan.actions.reading import Reading, read_file
from kelurahan.intake.refusal import Refused
from kelurahan.management import listing
from kelurahan.management.base import (
    REFUSED,
    ReportingCommand,
    existing_file,
    finding_document,
    unless_applied,
    wrong_use,
)
from kelurahan.models import ChangeSet, Upload, UploadState
from kelurahan.rules.findings import Finding, Level, render
from kelurahan.rules.regulation import DEFAULT_RULE_SET, RULE_SETS, tingkat_word
from kelurahan.tasks import run_now

_CHUNK = 1 << 20
_SHOWN = ("sheet", "header_row", "matched", "unmatched", "hidden_sheets", "code_system")


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
        parser.add_argument("--repair", action="append", default=[], help="id of a proposed repair to accept, or all")
        parser.add_argument("--values", action="store_true", help="list every value as it would be written")
        super().add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        path = existing_file(options["file"])
        if options["apply"] and not (options["reason"] or "").strip():
            raise wrong_use(_("--apply memerlukan --reason."))
        try:
            reading, choices = _read(path, options, {}), {}
            if accepted := _accepted(reading, options["repair"]):
                choices = {"repairs": accepted}
                reading = _read(path, options, choices)
        except Refused as refusal:
            self.answer(options, _refused(refusal), self.finding_lines([finding_document(refusal.finding)]), REFUSED)
            return
        document = _document(reading, options["rules"])
        if options["values"]:
            document["values"] = listing.values(reading)
        waits = uploads.waits(reading.layout["repairs"]) or any(f.level == Level.GALAT for f in reading.findings)
        blocked = waits and not options["skip_blocked"]
        end = unless_applied(False)
        if options["apply"] and not blocked:
            upload = self._apply(path, options, choices)
            document |= _written(upload)
            blocked = not document["applied"]
            end = _end(upload)
        lines = [*self.finding_lines(document["findings"], reading.counts), *_lines(document), end]
        self.answer(options, document, lines, REFUSED if blocked else 0)

    def _apply(self, path: Path, options: dict[str, Any], choices: dict[str, Any]) -> Upload:
        """The way of every upload: received, checked, applied, recomputed."""
        with path.open("rb") as file:
            upload, job = uploads.receive(
                chunks=iter(lambda: file.read(_CHUNK), b""),
                filename=path.name,
                by=None,
                year=options["year"],
                rule_set=options["rules"],
            )
        Upload.objects.filter(pk=upload.pk).update(pilihan=choices)
        run_now(job)
        upload.refresh_from_db()
        with suppress(uploads.WrongState):  # refused or with new errors by now: the state says so
            run_now(
                uploads.request_apply(
                    upload=upload, by=None, reason=options["reason"], skip_blocked=options["skip_blocked"]
                )
            )
        upload.refresh_from_db()
        return upload


def _read(path: Path, options: dict[str, Any], choices: dict[str, Any]) -> Reading:
    return read_file(path, path.name, year=options["year"], rule_set=options["rules"], scope=None, choices=choices)


def _accepted(reading: Reading, wanted: list[str]) -> list[str]:
    """Ids of the proposed repairs that were asked for."""
    proposed = [repair["id"] for repair in reading.layout["repairs"]]
    unknown = set(wanted) - {*proposed, "all"}
    if unknown:
        raise wrong_use(_("Tidak ada usul perbaikan %(id)s.") % {"id": ", ".join(sorted(unknown))})
    return proposed if "all" in wanted else [pk for pk in proposed if pk in wanted]


def _written(upload: Upload) -> dict[str, Any]:
    """What applying came to: somebody else may have written in between, so what was read before does not count."""
    change_set = ChangeSet.objects.filter(upload_id=upload.pk, urungkan_id=None).first()
    return {
        "upload": upload.pk,
        "applied": upload.state == UploadState.DITERAPKAN,
        "records": change_set.jumlah if change_set else 0,
        **_shown(upload.pratinjau or _NOTHING),
    }


def _end(upload: Upload) -> str:
    if upload.state == UploadState.DITERAPKAN:
        return unless_applied(True)
    if not upload.pesan:
        return unless_applied(False)
    found = Finding(Level.GALAT, upload.pesan["code"], params=upload.pesan["params"])
    return " ".join(part for part in render(found, _) if part)


_NOTHING: dict[str, Any] = {"counts": {"new": 0, "changed": 0, "same": 0, "blocked": 0}, "class_changes": []}


def _empty() -> dict[str, Any]:
    return {
        "sheet": None,
        "header_row": None,
        "columns": [],
        "matched": [],
        "unmatched": [],
        "findings": [],
        "tables": [],
        "hidden_sheets": [],
        "number_style": [],
        "code_system": "",
        "repairs": [],
        **_shown(_NOTHING),
        "upload": None,
        "applied": False,
        "records": 0,
    }


def _refused(refusal: Refused) -> dict[str, Any]:
    return _empty() | {"findings": [finding_document(refusal.finding)]}


def _findings(findings: list[Finding]) -> list[dict[str, Any]]:
    return [finding_document(f) for f in findings]


def _document(reading: Reading, rule_set: str) -> dict[str, Any]:
    return _empty() | {
        **{name: reading.layout[name] for name in _SHOWN},
        "columns": listing.columns(reading.layout["columns"]),
        "tables": listing.tables(reading.layout),
        "number_style": listing.number_styles(reading.layout),
        "repairs": listing.repairs(reading.layout),
        "findings": _findings(reading.findings),
        **_shown(preview(reading.comparison, reading.rows, rule_set, reading.values)),
    }


def _shown(shown: dict[str, Any]) -> dict[str, Any]:
    """The part of a preview that the command tells."""
    return {
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
