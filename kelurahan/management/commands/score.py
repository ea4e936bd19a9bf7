"""Score a list of places from a JSON file. Needs no database."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandParser

from kelurahan.management.base import existing_file, wrong_use
from kelurahan.rules.regulation import DEFAULT_RULE_SET, PENYEBUT, RULE_SETS, RuleSet
from kelurahan.rules.score import Score, State, score_one


def _number(value: Any, where: str) -> Decimal | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise wrong_use(f"{where}: {value!r} is not a number")
    return Decimal(str(value))


def _score(place: Any, number: int, rule_set: RuleSet) -> Score:
    name = f"place {number}"
    if not isinstance(place, dict) or not isinstance(place.get("penyebut"), dict):
        raise wrong_use(f"{name}: needs penyebut and kriteria")
    criteria = place.get("kriteria")
    if not isinstance(criteria, dict) or not all(isinstance(c, dict) for c in criteria.values()):
        raise wrong_use(f"{name}: kriteria needs kode → {{volume}}")
    unknown = set(criteria) - {k.kode for k in rule_set.kriteria} | set(place["penyebut"]) - set(PENYEBUT)
    if unknown:
        raise wrong_use(f"{name}: {', '.join(sorted(unknown))} is not of {rule_set.kode}")
    return score_one(
        {kode: _number(v, f"{name}, penyebut {kode}") for kode, v in place["penyebut"].items()},
        {kode: _number(c.get("volume"), f"{name}, {kode}") for kode, c in criteria.items()},
        rule_set,
    )


def _if_one(lowest: Any, highest: Any) -> Any:
    """The number when it is one; None when it is a range."""
    return lowest if lowest == highest else None


def _document(place: dict[str, Any], result: Score) -> dict[str, Any]:
    return {
        "nama": place.get("nama"),
        "nilai": {line.kode: _if_one(line.nilai_min, line.nilai_max) for line in result.lines},
        "persen": {line.kode: _if_one(line.persen_min, line.persen_max) for line in result.lines},
        "rata_aspek": result.rata_aspek,
        "rata_sektoral": result.rata_sektoral,
        "total": result.total,
        "tingkat": result.tingkat,
        "total_min": result.total_min,
        "total_max": result.total_max,
        "complete": result.lengkap,
        "sensitive": result.peka,
        "invalid": [line.kode for line in result.lines if line.state == State.INVALID],
    }


class Command(BaseCommand):
    help = "Score a list shaped like data/contoh_perhitungan.json and print the result as JSON."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file")
        parser.add_argument("--rules", default=DEFAULT_RULE_SET, choices=sorted(RULE_SETS))
        parser.add_argument("--averages", default="semua", choices=["semua", "formulir"], help="variant of rata-rata")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = existing_file(options["file"])
        try:
            places = orjson.loads(path.read_bytes())
        except orjson.JSONDecodeError as error:
            raise wrong_use(f"{path.name} is not JSON: {error}") from None
        if not isinstance(places, list):
            raise wrong_use(f"{path.name} must hold a list of places")
        rule_set = RULE_SETS[options["rules"]]
        scores = [_score(place, number, rule_set) for number, place in enumerate(places, 1)]
        documents = [_document(place, result) for place, result in zip(places, scores, strict=True)]
        self.stdout.write(orjson.dumps(documents, option=orjson.OPT_INDENT_2).decode())
