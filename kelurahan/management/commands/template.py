"""Write the upload template, filled with the places of the city or of some codes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from kelurahan.actions import templates
from kelurahan.management.base import ReportingCommand, wrong_use
from kelurahan.models import Area
from kelurahan.rules.regulation import DEFAULT_RULE_SET, RULE_SETS


class Command(ReportingCommand):
    help = __doc__
    takes_apply = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("out", help=".xlsx file to write")
        parser.add_argument("--year", type=int, required=True)
        parser.add_argument("--place", metavar="KODE", action="append", nargs="+", help="only these places and below")
        parser.add_argument("--rules", choices=sorted(RULE_SETS), default=DEFAULT_RULE_SET)
        super().add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        chosen = [kode for group in options["place"] or [] for kode in group]
        try:
            areas = templates.places_within(chosen) if chosen else Area.objects.all()
            content = templates.build_template(areas=areas, year=options["year"], rule_set=options["rules"])
            Path(options["out"]).write_bytes(content)
        except KeyError as error:
            raise wrong_use(_("Tempat tidak dikenal: %s") % error.args[0]) from None
        except OSError as error:
            raise wrong_use(str(error)) from None
        self.answer(options, {"file": options["out"]}, [_("Templat ditulis ke %s.") % options["out"]])
