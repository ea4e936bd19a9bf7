"""Score a list of places from a JSON file. Needs no database."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from kelurahan.management.base import REFUSED, existing_file, wrong_use
from kelurahan.rules.findings import Level
from kelurahan.rules.numbers import LIMIT, format_number
from kelurahan.rules.regulation import DEFAULT_RULE_SET, PENYEBUT, RULE_SETS, RuleSet
from kelurahan.rules.score import Score, State, score_one


def _number(value: Any, where: str) -> Decimal | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise wrong_use(_("%(where)s: %(value)r bukan angka.") % {"where": where, "value": value})
    return Decimal(str(value))


def _score(place: Any, number: int, rule_set: RuleSet) -> tuple[Score, list[dict[str, str]]]:
    where = _("Tempat %s") % number
    if not isinstance(place, dict) or not isinstance(place.get("penyebut"), dict):
        raise wrong_use(_("%s: perlu penyebut dan kriteria.") % where)
    criteria = place.get("kriteria")
    if not isinstance(criteria, dict) or not all(isinstance(c, dict) for c in criteria.values()):
        raise wrong_use(_("%s: kriteria berbentuk kode → {volume}.") % where)
    unknown = set(criteria) - {k.kode for k in rule_set.kriteria} | set(place["penyebut"]) - set(PENYEBUT)
    if unknown:
        told = {"where": where, "kode": ", ".join(sorted(unknown)), "aturan": rule_set.nama}
        raise wrong_use(_("%(where)s: %(kode)s tidak ada dalam %(aturan)s.") % told)
    numbers = {kode: _number(v, f"{where}, {kode}") for kode, v in place["penyebut"].items()}
    volumes = {kode: _number(c.get("volume"), f"{where}, {kode}") for kode, c in criteria.items()}
    result = score_one(numbers, volumes, rule_set)
    return result, [*_impossible(numbers | volumes), *_doubtful(result)]


def _impossible(numbers: dict[str, Decimal | None]) -> Iterator[dict[str, str]]:
    for kode, number in numbers.items():
        if number is not None and not 0 <= number < LIMIT:
            text = _("%(kode)s: %(angka)s di luar yang mungkin (0 sampai kurang dari 10.000.000.000).")
            yield _finding(Level.GALAT, "impossible_number", text % {"kode": kode, "angka": number}, kode)


def _doubtful(result: Score) -> Iterator[dict[str, str]]:
    for line in result.lines:
        if line.state == State.INVALID and line.penyebut_jumlah == 0:
            text = _("%(kode)s: ada volume padahal penyebutnya 0.") % {"kode": line.kode}
            yield _finding(Level.GALAT, "volume_over_zero", text, line.kode)
        elif line.persen_max is not None and line.persen_max > 100:
            persen = format_number(line.persen_max, 2)
            text = _("%(kode)s: %(persen)s %%, lebih dari seluruh penyebutnya.") % {"kode": line.kode, "persen": persen}
            yield _finding(Level.PERINGATAN, "over_100_percent", text, line.kode)


def _finding(level: Level, code: str, message: str, kode: str) -> dict[str, str]:
    return {"kode": kode, "level": str(level), "code": code, "message": message}


def _if_one(lowest: Any, highest: Any) -> Any:
    """The number when it is one; None when it is a range."""
    return lowest if lowest == highest else None


def _document(place: dict[str, Any], result: Score, findings: list[dict[str, str]]) -> dict[str, Any]:
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
        "findings": findings,
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
            raise wrong_use(_("%(file)s bukan JSON: %(error)s") % {"file": path.name, "error": error}) from None
        if not isinstance(places, list):
            raise wrong_use(_("%s harus berisi daftar tempat.") % path.name)
        rule_set = RULE_SETS[options["rules"]]
        scored = [_score(place, number, rule_set) for number, place in enumerate(places, 1)]
        documents = [_document(place, *result) for place, result in zip(places, scored, strict=True)]
        self.stdout.write(orjson.dumps(documents, option=orjson.OPT_INDENT_2).decode())
        if any(finding["level"] == Level.GALAT for _score, findings in scored for finding in findings):
            sys.exit(REFUSED)
