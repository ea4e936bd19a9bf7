"""Write a backup: the whole database and every uploaded file, in one file. The site may go on running."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from kelurahan.actions import backup
from kelurahan.intake.refusal import Refused
from kelurahan.management.base import REFUSED, ReportingCommand, finding_document, wrong_use
from kelurahan.rules.findings import Finding, Level
from kelurahan.rules.numbers import format_number


class Command(ReportingCommand):
    help = __doc__
    takes_apply = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="where to write it; a file of this name is replaced once the new one is whole")
        parser.add_argument("--apply", action="store_true", help="accepted, not needed: nothing in the site changes")
        super().add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["file"]).absolute()
        if path.is_dir() or not path.parent.is_dir():
            raise wrong_use(_("Tulis nama berkas di folder yang ada, misalnya /cadangan/kumuh.zip."))
        try:
            made = backup.make(path=path)
        except Refused as refused:
            finding = finding_document(refused.finding)
            self.answer(options, {"written": False, "findings": [finding]}, self.finding_lines([finding]), REFUSED)
            return
        self._tell(options, made)

    def _tell(self, options: dict[str, Any], made: backup.Backup) -> None:
        warnings = [finding_document(_missing(len(made.missing)))] if made.missing else []
        document = {
            "written": True,
            "file": str(made.path),
            "bytes": made.size,
            "sha256": made.sha256,
            "rows": made.rows,
            "uploads": made.files,
            "missing": made.missing,
            "findings": warnings,
        }
        told = {
            "rows": format_number(sum(made.rows.values())),
            "tables": len(made.rows),
            "files": format_number(made.files),
            "bytes": format_number(made.size),
        }
        lines = [
            _("Cadangan ditulis: %s") % made.path,
            _("%(rows)s baris dari %(tables)s tabel, %(files)s berkas unggahan, %(bytes)s bita.") % told,
            f"sha256 {made.sha256}",
            *self.finding_lines(warnings),
        ]
        self.answer(options, document, lines)


def _missing(n: int) -> Finding:
    return Finding(Level.PERINGATAN, "backup_files_missing", params={"n": n})
