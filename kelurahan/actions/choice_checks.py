"""Whether what a sender decides can be: against what was read from the file, the places of the city and the rules."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from django.utils import timezone

from kelurahan.intake.columns import PLACE_HEADERS
from kelurahan.intake.parsed import INDICATOR, RESULTS
from kelurahan.intake.places import ELSEWHERE, clean
from kelurahan.intake.refusal import Refused
from kelurahan.models import Area, Indicator, Upload, User
from kelurahan.permissions import scope_of
from kelurahan.rules.findings import N_, add_messages
from kelurahan.rules.numbers import NumberStyle
from kelurahan.rules.record import YEARS
from kelurahan.rules.regulation import FIELDS, KRITERIA

PLACE_FIELDS = (*PLACE_HEADERS, "rw")
MAX_CELL = 200
_ROW = re.compile(r"(?P<sheet>.+)!(?P<row>[1-9][0-9]{0,6})", re.DOTALL)
_CELL = re.compile(r"(?P<sheet>.+)![A-Z]{1,3}[1-9][0-9]{0,6}", re.DOTALL)
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,58}[a-z0-9])?")

add_messages(
    {
        "choice_unknown": (
            N_("Pilihan ini tidak cocok lagi dengan berkasnya: %(text)s."),
            N_("Muat ulang halaman ini, lalu pilih lagi."),
        ),
        "choice_year": (N_("Tahun harus antara %(dari)s dan %(sampai)s."), ""),
        "choice_header_row": (N_("Baris judul harus angka antara 1 dan %(sampai)s."), ""),
        "choice_field_twice": (
            N_("Kolom %(satu)s dan %(dua)s sama-sama dipilih untuk %(kolom)s."),
            N_("Pilih satu kolom saja untuk tiap isian."),
        ),
        "choice_place": (N_("“%(text)s” bukan kelurahan di kota ini."), N_("Pilih dari daftar kelurahan.")),
        "choice_outside": (
            N_("%(nama)s berada di luar wilayah Anda (%(wilayah)s)."),
            N_("Minta Bappeda mengunggah baris itu."),
        ),
        "choice_cell": (N_("Isi sel %(cell)s terlalu panjang."), N_("Paling banyak %(n)s huruf.")),
        "choice_indicator_name": (
            N_("Indikator baru di kolom %(kolom)s memerlukan nama dan satuan."),
            N_("Tulis misalnya “Rumah panggung” dan “unit”."),
        ),
        "choice_indicator_exists": (
            N_("Indikator “%(nama)s” sudah ada."),
            N_("Pilih indikator itu dari daftar, atau beri nama lain."),
        ),
    }
)


def _unknown(text: object) -> Refused:
    return Refused("choice_unknown", text=clean(str(text), 60))


def check_change(upload: Upload, by: User | None, change: Mapping[str, Any]) -> None:
    """Raises Refused, with words, at the first thing that cannot be chosen."""
    for part, wanted in change.items():
        check = _PARTS.get(part)
        if check is None or not isinstance(wanted, Mapping):
            raise _unknown(part)
        check(upload, by, wanted)


def _tables(upload: Upload, by: User | None, wanted: Mapping[str, Any]) -> None:
    known = {table["key"]: table for table in upload.terbaca.get("tables", [])}
    for key, choice in wanted.items():
        if key not in known and key not in upload.pilihan.get("tables", {}):
            raise _unknown(key)
        for name, value in (choice or {}).items():
            if value is not None:
                _of_table(upload, known.get(key, {}), name, value)


def _of_table(upload: Upload, table: Mapping[str, Any], name: str, value: Any) -> None:
    if name == "year":
        last = timezone.localdate().year + 1
        if type(value) is not int or not YEARS[0] <= value <= last:
            raise Refused("choice_year", dari=YEARS[0], sampai=last)
    elif name == "columns":
        _columns(upload, table, value)
    elif not (
        (name == "use" and type(value) is bool)
        or (name == "header_row" and type(value) is int and value > 0)
        or (name == "kondisi" and value in ("awal", "akhir"))
    ):
        raise _unknown(f"{name} {value}")


def _columns(upload: Upload, table: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    letters = {column["letter"] for column in table.get("columns", [])}
    chosen: dict[str, str] = {}
    for letter, choice in wanted.items():
        if letter not in letters:
            raise _unknown(letter)
        for name, value in (choice or {}).items():
            if value is not None and not _fits(name, value):
                raise _unknown(f"{letter} {value}")
        field = (choice or {}).get("field")
        if field and field in chosen:
            raise Refused("choice_field_twice", satu=chosen[field], dua=letter, kolom=field)
        if field:
            chosen[field] = letter


def _fits(name: str, value: Any) -> bool:
    if name == "style":
        return value in set(NumberStyle)
    if name == "unit":
        return isinstance(value, str) and len(value) <= 20
    return name == "field" and isinstance(value, str) and is_field(value)


def is_field(name: str) -> bool:
    """Whether a column may be read as this; "" is "do not read"."""
    if name.startswith(INDICATOR):
        return bool(_SLUG.fullmatch(name.removeprefix(INDICATOR)))
    if name.startswith(RESULTS):
        return name[2:] in KRITERIA or name[2:] == "total"
    return not name or name in PLACE_FIELDS or name in FIELDS


def _names(upload: Upload, by: User | None, wanted: Mapping[str, Any]) -> None:
    asked = {name["key"] for table in upload.terbaca.get("tables", []) for name in table.get("unmatched", [])}
    asked |= upload.pilihan.get("names", {}).keys()
    codes = {kode for kode in wanted.values() if kode not in (None, ELSEWHERE)}
    places = {area.kode: area for area in Area.objects.kelurahan().filter(kode__in=codes)}
    scope = scope_of(by) if by else None
    for key, kode in wanted.items():
        if key not in asked:
            raise _unknown(key)
        if kode in (None, ELSEWHERE):
            continue
        if kode not in places:
            raise Refused("choice_place", text=clean(str(kode), 60))
        if scope is not None and not places[kode].path.startswith(scope.path):
            raise Refused("choice_outside", nama=places[kode].nama, wilayah=scope.nama)


def _repairs(upload: Upload, by: User | None, wanted: Mapping[str, Any]) -> None:
    known = {repair["id"] for repair in upload.terbaca.get("repairs", [])}
    known |= {*upload.pilihan.get("repairs", []), *upload.pilihan.get("refused", [])}
    for repair, choice in wanted.items():
        if repair not in known or choice not in (True, False, None):
            raise _unknown(repair)


def _cells(upload: Upload, by: User | None, wanted: Mapping[str, Any]) -> None:
    sheets = _sheets(upload)
    for name, text in wanted.items():
        found = _CELL.fullmatch(name)
        if found is None or found["sheet"] not in sheets or not isinstance(text, str | None):
            raise _unknown(name)
        if text is not None and len(text) > MAX_CELL:
            raise Refused("choice_cell", cell=name, n=MAX_CELL)


def _drop_rows(upload: Upload, by: User | None, wanted: Mapping[str, Any]) -> None:
    sheets = _sheets(upload)
    for name in wanted:
        found = _ROW.fullmatch(name)
        if found is None or found["sheet"] not in sheets:
            raise _unknown(name)


def _sheets(upload: Upload) -> set[str]:
    return {table["sheet"] for table in upload.terbaca.get("tables", [])}


def _indicators(upload: Upload, by: User | None, wanted: Mapping[str, Any]) -> None:
    facts = {kode: choice for kode, choice in wanted.items() if choice is not None}
    for kode, choice in facts.items():
        if not _SLUG.fullmatch(kode):
            raise _unknown(kode)
        if not str(choice.get("nama", "")).strip() or not str(choice.get("satuan", "")).strip():
            raise Refused("choice_indicator_name", kolom=kode)
    stored = Indicator.objects.filter(kode__in=facts).first()
    if stored:
        raise Refused("choice_indicator_exists", nama=stored.nama)


_PARTS: dict[str, Callable[[Upload, User | None, Mapping[str, Any]], None]] = {
    "tables": _tables,
    "names": _names,
    "repairs": _repairs,
    "cells": _cells,
    "drop_rows": _drop_rows,
    "indicators": _indicators,
}
