"""Load the kecamatan and kelurahan of the configured city from a CSV file, and its outline."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.db import transaction
from django.utils.translation import gettext as _

from kelurahan.actions import boundaries, places
from kelurahan.actions.places import AnotherCity, Left, Loaded
from kelurahan.actions.reference import load_reference
from kelurahan.intake.city_file import read_outline, read_places
from kelurahan.intake.refusal import Refused
from kelurahan.management.base import REFUSED, ReportingCommand, existing_file, finding_document, unless_applied
from kelurahan.rules.findings import N_, Finding, Level, add_messages
from kelurahan.rules.numbers import format_number
from kelurahan.tasks import run_now

_OVERWRITE = N_("Bila berkas yang benar, jalankan lagi dengan --overwrite.")

add_messages(
    {
        "another_city": (
            N_("Basis data ini sudah memuat %(city)s."),
            N_("Muat kota lain ke basis data tersendiri (DATA_DIR atau DATABASE_URL lain)."),
        ),
        "city_not_configured": (
            N_("Berkas memuat kota %(kode)s, sedangkan CITY_FILE menyebut %(configured)s."),
            N_("Isi CITY_FILE dengan berkas kota itu, atau beri --name, agar namanya benar."),
        ),
        "corrected_area_left": (
            N_(
                "%(nama)s (%(kode)s): luas menurut %(sumber)s tetap %(km2)s km² seperti dikoreksi orang; berkas"
                " menyebut %(berkas)s km²."
            ),
            _OVERWRITE,
        ),
        "removed_area_left": (
            N_(
                "%(nama)s (%(kode)s): luas menurut %(sumber)s sudah dihapus orang dan tetap begitu; berkas menyebut"
                " %(berkas)s km²."
            ),
            _OVERWRITE,
        ),
        "removed_alias_left": (
            N_("%(nama)s (%(kode)s): nama lain “%(alias)s” sudah dihapus orang dan tetap begitu."),
            _OVERWRITE,
        ),
    }
)


class Command(ReportingCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="CSV with the columns of data/kupang/kelurahan.csv")
        parser.add_argument("--outline", help="CSV with lon,lat: the line of the city")
        parser.add_argument("--name", help="name of the city, when CITY_FILE does not give it")
        parser.add_argument(
            "--overwrite", action="store_true", help="also what a person has corrected becomes as the file says"
        )
        super().add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        rows, findings = read_places(existing_file(options["file"]))
        outline, more = read_outline(existing_file(options["outline"])) if options["outline"] else ([], [])
        findings += more
        if any(f.level == Level.GALAT for f in findings):
            self._finish(options, findings, None)
            return
        kode = rows[0].kode_kecamatan[:5]
        name = options["name"] or self._name(kode, findings)
        try:
            with transaction.atomic():
                sources, overwrite = settings.CITY.get("sumber_luas", {}), options["overwrite"]
                loaded = places.load(places=rows, name=name, sources=sources, by=None, overwrite=overwrite)
                # A new city, corrected points or a new line: the indicative cells follow, official ones stay.
                if boundaries.are_indicative() and (loaded.new or loaded.changed or outline):
                    boundaries.indicative(by=None, outline=outline or None)
                if kode == settings.CITY["kode"]:
                    load_reference(by=None, folder=Path(settings.CITY_FILE).parent)
                transaction.set_rollback(not options["apply"])
        except (AnotherCity, Refused) as error:
            self._finish(options, [*findings, _refusal(error)], None)
            return
        if options["apply"] and loaded.recompute:
            run_now(loaded.recompute)
        self._finish(options, findings, loaded)

    def _name(self, kode: str, findings: list[Finding]) -> str:
        if settings.CITY["kode"] == kode:
            return str(settings.CITY["nama"])
        findings.append(
            Finding(
                Level.PERINGATAN,
                "city_not_configured",
                params={"kode": kode, "configured": f"{settings.CITY['nama']} ({settings.CITY['kode']})"},
            )
        )
        return f"Kota {kode}"

    def _finish(self, options: dict[str, Any], findings: list[Finding], loaded: Loaded | None) -> None:
        documents = [finding_document(f) for f in findings]
        applied = bool(loaded and options["apply"])
        counts = {name: len(getattr(loaded, name)) for name in ("new", "changed", "same", "missing")} if loaded else {}
        left = [finding_document(_told(correction)) for correction in loaded.left] if loaded else []
        lines = self.finding_lines(documents)
        lines += [line for document in left for line in self.finding_lines([document])]  # every one by name
        if loaded:
            lines.append(_("%(new)s tempat baru, %(changed)s berubah, %(same)s sama.") % counts)
            lines.append(unless_applied(applied))
        document = {
            "applied": applied,
            "counts": counts,
            "missing": loaded.missing if loaded else [],
            "findings": [*documents, *left],
        }
        self.answer(options, document, lines, 0 if loaded else REFUSED)


def _refusal(error: AnotherCity | Refused) -> Finding:
    if isinstance(error, Refused):
        return error.finding
    return Finding(Level.GALAT, "another_city", params={"city": str(error)})


def _told(left: Left) -> Finding:
    """A correction that stays, in words."""
    params = {"nama": left.nama, "kode": left.kode, "sumber": left.sumber, "alias": left.alias}
    params |= {name: format_number(km2) for name, km2 in (("km2", left.km2), ("berkas", left.berkas)) if km2}
    code = "removed_alias_left" if left.alias else "corrected_area_left" if left.km2 else "removed_area_left"
    return Finding(Level.PERINGATAN, code, params=params)
