"""Put a backup into an empty database. Without --apply every byte of it is checked and nothing is written."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from kelurahan.actions import archive, restoring
from kelurahan.intake.refusal import Refused
from kelurahan.management.base import (
    REFUSED,
    ReportingCommand,
    existing_file,
    finding_document,
    unless_applied,
)
from kelurahan.rules.findings import Finding, Level
from kelurahan.rules.numbers import format_number


class Command(ReportingCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="made by `manage.py backup`")
        super().add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        path = existing_file(options["file"])
        restored = None
        try:
            plan = restoring.plan(path=path)
            if options["apply"]:
                if plan.tables_missing:
                    call_command("migrate", interactive=False, verbosity=0)
                restored = restoring.restore(path=path)
        except Refused as refused:
            finding = finding_document(refused.finding)
            document = {"applied": False, "findings": [finding]}
            self.answer(options, document, self.finding_lines([finding]), REFUSED)
            return
        warnings = [finding_document(_other_city(plan))] if plan.city_differs else []
        document = {
            "applied": restored is not None,
            "sha256": archive.sha256(path),
            "made_at": plan.manifest["made_at"],
            "city": plan.manifest["city"],
            "rows": plan.rows,
            "uploads": len(plan.files),
            "missing": plan.manifest["uploads"]["missing"],
            "recomputed_same": restored.recomputed_same if restored else None,
            "findings": warnings,
        }
        self.answer(options, document, [*_lines(plan, restored), *self.finding_lines(warnings)])


def _other_city(plan: restoring.Plan) -> Finding:
    params = {"city": plan.manifest["city"]["nama"], "configured": settings.CITY["nama"]}
    return Finding(Level.PERINGATAN, "city_differs", params=params)


def _lines(plan: restoring.Plan, restored: restoring.Restored | None) -> list[str]:
    told = {
        "city": plan.manifest["city"]["nama"],
        "at": plan.manifest["made_at"],
        "rows": format_number(sum(plan.rows.values())),
        "tables": len(plan.rows),
        "files": format_number(len(plan.files)),
    }
    lines = [
        _("Cadangan %(city)s, dibuat %(at)s: utuh.") % told,
        _("%(rows)s baris untuk %(tables)s tabel, %(files)s berkas unggahan.") % told,
    ]
    if restored is None:
        if plan.tables_missing:
            lines.append(_("Basis data ini belum punya tabel; tabel akan dibuat lebih dulu."))
        return [*lines, unless_applied(False)]
    lines.append(_("Dipulihkan. Setiap tabel dibaca kembali dan sama dengan cadangan."))
    if restored.recomputed_same:
        return [*lines, _("Ringkasan dihitung ulang: sama.")]
    return [*lines, _("Ringkasan dihitung ulang: berbeda dari cadangan; hasil hitung ulang yang dipakai.")]
