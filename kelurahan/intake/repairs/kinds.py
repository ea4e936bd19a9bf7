"""What a column counts or measures, as its header and unit say."""

from __future__ import annotations

from kelurahan.intake.columns import Column, plain, unit_of
from kelurahan.intake.parsed import INDICATOR
from kelurahan.intake.repairs.look import Look
from kelurahan.intake.vocabulary.catalogue import catalogue
from kelurahan.rules.checks import COUNTED
from kelurahan.rules.regulation import FIELDS

_THINGS = {
    "jiwa",
    "penduduk",
    "kk",
    "orang",
    "unit",
    "keluarga",
    "rt",
    "rw",
    "rumah",
    "bangunan",
    "balita",
    "tps",
    "rtlh",
}
_MEASURES = {
    "persen",
    "luas",
    "kepadatan",
    "rata",
    "rerata",
    "per",
    "rasio",
    "indeks",
    "panjang",
    "ha",
    "m",
    "km",
    "km2",
}
_PERCENT = {"persen", "persentase", "prosentase"}


def words(column: Column) -> set[str]:
    return {*plain(column.header).split(), *plain(column.unit).split()}


def is_counted(look: Look, name: str) -> bool:
    """Whole things: buildings, people, households."""
    if name in FIELDS:
        return unit_of(name) in COUNTED
    found = words(look.column(name))
    return bool(found & _THINGS) and not found & _MEASURES and "/" not in look.column(name).unit


def is_percent(look: Look, name: str) -> bool:
    return name not in FIELDS and (bool(words(look.column(name)) & _PERCENT) or jenis(name) == "persen")


def jenis(name: str) -> str:
    """What one of our own indicators measures: "persen", "luas" …; "" for any other."""
    spec = catalogue().indicators.get(name.removeprefix(INDICATOR)) if name.startswith(INDICATOR) else None
    return spec.jenis if spec else ""
