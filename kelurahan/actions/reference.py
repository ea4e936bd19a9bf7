"""Published facts of a city beside its places: decrees (SK) and supporting indicators, from the city's data folder."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
from django.db import models, transaction

from kelurahan.actions.changesets import open_change_set
from kelurahan.actions.events import bump_version, record_event
from kelurahan.actions.indicator_values import IncomingValues, lock_values, write_values
from kelurahan.intake.refusal import Refused
from kelurahan.models import Area, Decree, DecreePlace, Indicator, IndicatorValue, Level, Origin, User
from kelurahan.rules.findings import N_, Messages, add_messages
from kelurahan.rules.numbers import NumberStyle, read_number, to_micro

FACTS = "rujukan.toml"
_EXAMPLE = "ya"

MESSAGES: Messages = {
    "city_data_unreadable": (
        N_("Berkas %(file)s di folder data kota tidak dapat dibaca: %(reason)s."),
        N_("Betulkan berkasnya, lalu jalankan lagi."),
    ),
    "city_data_place": (
        N_("Berkas %(file)s menyebut tempat %(kode)s yang tidak ada di kota ini."),
        N_("Muat dulu tempat-tempat kota dengan load_places, atau betulkan kodenya."),
    ),
}
add_messages(MESSAGES)


@dataclass(frozen=True, slots=True)
class PlaceInDecree:
    """One line of a decree's list. None: not published."""

    kode: str
    lokasi: str
    prioritas: int | None
    luas_ha: Decimal | None
    tingkat: int | None
    contoh: bool  # not published, filled in for the example


@dataclass(frozen=True, slots=True)
class DecreeFacts:
    nomor: str
    fields: dict[str, Any]
    places: list[PlaceInDecree]


@dataclass(frozen=True, slots=True)
class IndicatorFacts:
    kode: str
    fields: dict[str, str]
    tahun: int
    sumber: str
    values: dict[str, Decimal]  # by code of the place


@dataclass(frozen=True, slots=True)
class Facts:
    decrees: list[DecreeFacts]
    indicators: list[IndicatorFacts]


def read_toml(path: Path) -> dict[str, Any]:
    """A settings file of the city. Raises Refused."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise unreadable(path, error) from None


def read_table(path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    """Rows of a CSV file of the city, all of `columns` present. Raises Refused."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = [{k: (v or "").strip() for k, v in row.items() if k} for row in csv.DictReader(file, strict=True)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise unreadable(path, error) from None
    if missing := [name for name in columns if not rows or name not in rows[0]]:
        raise unreadable(path, f"{', '.join(missing)}?")
    return rows


def unreadable(path: Path, reason: object) -> Refused:
    return Refused("city_data_unreadable", file=path.name, reason=str(reason))


def read_facts(folder: Path) -> Facts:
    """What the folder publishes; nothing when it has no such file. Raises Refused."""
    path = folder / FACTS
    if not path.exists():
        return Facts([], [])
    data = read_toml(path)
    try:
        return Facts(
            [_decree(folder, entry) for entry in data.get("sk", [])],
            [_indicator(folder, entry) for entry in data.get("indikator", [])],
        )
    except (KeyError, ValueError, ArithmeticError, TypeError, AttributeError) as error:
        raise unreadable(path, f"{type(error).__name__} {error}") from None


def _number(text: str) -> Decimal | None:
    read = read_number(text, NumberStyle.PLAIN)
    if read.problem:
        raise ValueError(f"{text!r} is not a number")
    return read.value


def _decree(folder: Path, entry: Mapping[str, Any]) -> DecreeFacts:
    rows = read_table(folder / entry["berkas"], ("kode", "lokasi", "prioritas", "luas_ha", "tingkat", "contoh"))
    fields = {
        "judul": entry["judul"],
        "tahun": int(entry["tahun"]),
        "luas_ha": _number(entry.get("luas_ha", "")),
        "luas_prioritas": {no: str(_number(ha)) for no, ha in entry.get("prioritas", {}).items()},
        "sumber": entry["sumber"],
    }
    return DecreeFacts(entry["nomor"], fields, [_place(row) for row in rows])


def _place(row: Mapping[str, str]) -> PlaceInDecree:
    return PlaceInDecree(
        kode=row["kode"],
        lokasi=row["lokasi"],
        prioritas=int(row["prioritas"]) if row["prioritas"] else None,
        luas_ha=_number(row["luas_ha"]),
        tingkat=int(row["tingkat"]) if row["tingkat"] else None,
        contoh=row["contoh"] == _EXAMPLE,
    )


def _indicator(folder: Path, entry: Mapping[str, Any]) -> IndicatorFacts:
    rows = read_table(folder / entry["berkas"], ("kode", entry["kolom"]))
    values = {row["kode"]: _number(row[entry["kolom"]]) for row in rows}
    return IndicatorFacts(
        kode=entry["kode"],
        fields={"nama": entry["nama"], "satuan": entry["satuan"], "catatan": entry.get("catatan", "")},
        tahun=int(entry["tahun"]),
        sumber=entry["sumber"],
        values={kode: value for kode, value in values.items() if value is not None},
    )


@dataclass(frozen=True, slots=True)
class ReferenceCounts:
    """Decrees, places in decrees and indicator values that are new or corrected."""

    decrees: int
    decree_places: int
    indicator_values: int

    @property
    def any(self) -> bool:
        return bool(self.decrees or self.decree_places or self.indicator_values)


@transaction.atomic
def load_reference(*, by: User | None, folder: Path) -> ReferenceCounts:
    """Load the published facts of the city's folder: decrees as published (not what the example fills in) and
    indicators. Run again it corrects what the files correct. Raises Refused when a file names an unknown place.
    """
    facts = read_facts(folder)
    areas = kelurahan_ids()
    lock_values()
    decrees = places = values = 0
    for decree in facts.decrees:
        row, changed = _save(Decree, {"nomor": decree.nomor}, decree.fields)
        decrees += changed
        places += save_decree_places(row, [p for p in decree.places if not p.contoh], areas)
    for indicator in facts.indicators:
        values += _save_indicator(indicator, areas, by)
    counts = ReferenceCounts(decrees, places, values)
    if counts.any:
        record_event(by=by, jenis="rujukan_dimuat", objek=FACTS, sk=decrees, lokasi_sk=places, indikator=values)
        bump_version()
    return counts


def kelurahan_ids() -> dict[str, int]:
    return dict(Area.objects.filter(level=Level.KELURAHAN).values_list("kode", "pk"))


def save_decree_places(decree: Decree, places: Sequence[PlaceInDecree], areas: Mapping[str, int]) -> int:
    """Write these lines of the decree's list. Returns how many are new or changed. Call inside a transaction."""
    changed = 0
    for place in places:
        key = {"decree": decree, "area_id": area_id(areas, place.kode, FACTS), "lokasi": place.lokasi}
        wanted = {
            "prioritas": place.prioritas,
            "luas_ha": place.luas_ha,
            "tingkat": place.tingkat,
            "contoh": place.contoh,
        }
        changed += _save(DecreePlace, key, wanted)[1]
    return changed


def area_id(areas: Mapping[str, int], kode: str, file: str) -> int:
    """The id of a kelurahan that a file names. Raises Refused."""
    if kode not in areas:
        raise Refused("city_data_place", file=file, kode=kode)
    return areas[kode]


def _save(model: type[models.Model], key: Mapping[str, Any], wanted: Mapping[str, Any]) -> tuple[Any, bool]:
    """Make or correct one row; tells whether anything was written."""
    row, made = model._default_manager.get_or_create(**key, defaults=wanted)
    differing = [name for name, value in wanted.items() if getattr(row, name) != value]
    if differing and not made:
        for name in differing:
            setattr(row, name, wanted[name])
        row.save(update_fields=differing)
    return row, made or bool(differing)


def _save_indicator(facts: IndicatorFacts, areas: Mapping[str, int], by: User | None) -> int:
    indicator, _ = _save(Indicator, {"kode": facts.kode}, facts.fields)
    stored = {v.area_id: v for v in IndicatorValue.objects.filter(indicator=indicator, tahun=facts.tahun)}
    wanted = {area_id(areas, kode, FACTS): value for kode, value in facts.values.items()}
    changed = {
        pk: value
        for pk, value in wanted.items()
        if pk not in stored or (stored[pk].nilai, stored[pk].sumber) != (value, facts.sumber)
    }
    if changed:
        _write_values(indicator, facts, changed, by)
    return len(changed)


def _write_values(indicator: Indicator, facts: IndicatorFacts, changed: Mapping[int, Decimal], by: User | None) -> None:
    n = len(changed)
    change_set = open_change_set(by=by, origin=Origin.PERINTAH, reason=facts.sumber, records=0, values=n)
    rows = IncomingValues(
        indicator_id=np.full(n, indicator.pk, dtype=np.int64),
        area_id=np.array(list(changed), dtype=np.int64),
        tahun=np.full(n, facts.tahun, dtype=np.int64),
        values=np.array([to_micro(value) for value in changed.values()], dtype=np.int64),
        removed=np.zeros(n, dtype=np.bool_),
        sumber=[facts.sumber] * n,
        sheet=[""] * n,
        sel=[""] * n,
    )
    write_values(rows=rows, change_set=change_set)
