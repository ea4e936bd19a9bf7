"""The scores of all places of a level in a year."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from kelurahan.management.base import ReportingCommand
from kelurahan.models import Level
from kelurahan.reports.scores import summary_list
from kelurahan.rules.regulation import DEFAULT_RULE_SET, RULE_SETS


class Command(ReportingCommand):
    help = __doc__
    takes_apply = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--year", type=int, required=True)
        levels = [level.value for level in Level]
        parser.add_argument("--level", choices=levels, default=Level.KELURAHAN.value)
        parser.add_argument("--rules", choices=sorted(RULE_SETS), default=DEFAULT_RULE_SET)
        super().add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        rules = RULE_SETS[options["rules"]]
        places = summary_list(year=options["year"], level=Level(options["level"]), rules=rules)
        self.answer(options, places, (_line(place) for place in places))


def _line(place: dict[str, Any]) -> str:
    if place["total_min"] is None:
        return f"{place['kode']}\t{place['nama']}\t–\tbelum dinilai"
    total = place["total"] if place["total"] is not None else f"{place['total_min']}–{place['total_max']}"
    line = f"{place['kode']}\t{place['nama']}\t{total}\t{place['tingkat'] or 'rentang'}"
    if place["complete"]:
        return line
    return f"{line}\tbelum lengkap ({place['assessed']} dari {place['expected']} tempat dinilai)"
