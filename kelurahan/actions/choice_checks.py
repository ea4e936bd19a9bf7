"""Whether what a sender decides can be: against what was read from the file, the places of the city and the rules."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.text import slugify

from kelurahan.actions.fields import fields_of, is_known_field
from kelurahan.intake.parsed import INDICATOR
from kelurahan.intake.places import ELSEWHERE, clean
from kelurahan.intake.refusal import Refused
from kelurahan.intake.units import factor, read_unit, unit_named
from kelurahan.intake.vocabulary import Vocabulary, plain
from kelurahan.intake.vocabulary.catalogue import CERTAIN, catalogue
from kelurahan.models import Area, Indicator, Upload, User
from kelurahan.permissions import Act, may, scope_of
from kelurahan.rules.findings import N_, add_messages
from kelurahan.rules.numbers import NumberStyle
from kelurahan.rules.record import YEARS

MAX_CELL = 200
MAX_ROWS = 100_000
INDICATOR_LENGTHS = (200, 40, 300)
"""Of name, unit and source of a new indicator."""
_ROW = re.compile(r"(?P<sheet>.+)!(?P<row>[1-9][0-9]{0,6})", re.DOTALL)
_CELL = re.compile(r"(?P<sheet>.+)![A-Z]{1,3}[1-9][0-9]{0,6}", re.DOTALL)
_BRACKETS = re.compile(r"\([^)]*\)")
_LETTERS = re.compile(r"[a-z]")
SLUG = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,58}[a-z0-9])?")

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
        "choice_field_name": (
            N_("Kolom %(letter)s: tidak ada isian bernama “%(text)s”."),
            N_("Pilih dari daftar yang muncul saat mengetik."),
        ),
        "choice_unit": (N_("Satuan %(unit)s tidak dapat dibawa ke %(satuan)s."), N_("Pilih satuan lain.")),
        "choice_indicator_long": (N_("Nama, satuan, dan sumber paling panjang %(n)s huruf."), ""),
        "choice_indicator_name": (
            N_("Indikator baru memerlukan nama dan satuan."),
            N_("Tulis misalnya “Rumah panggung” dan “unit”."),
        ),
        "choice_indicator_exists": (
            N_("Indikator “%(nama)s” sudah ada."),
            N_("Pilih indikator itu dari daftar, atau beri nama lain."),
        ),
        "choice_indicator_symbols": (
            N_("“%(text)s” bukan nama indikator."),
            N_("Tulis namanya dengan huruf, misalnya “Rumah panggung”."),
        ),
        "choice_indicator_twice": (
            N_("Indikator baru “%(satu)s” (kolom %(letter)s) dan “%(dua)s” (kolom %(lain)s) sama namanya."),
            N_("Beri nama yang berbeda, atau pilih satu kolom saja."),
        ),
        "choice_indicator_right": (
            N_("Indikator baru hanya dapat ditambahkan oleh Bappeda."),
            N_("Minta Bappeda menambahkannya; sementara itu pilih “Jangan dibaca” untuk kolomnya."),
        ),
    }
)


def check_year(year: int | None) -> None:
    """Raises Refused for what is no year of data."""
    last = timezone.localdate().year + 1
    if type(year) is not int or not YEARS[0] <= year <= last:
        raise Refused("choice_year", dari=YEARS[0], sampai=last)


def _unknown(text: object) -> Refused:
    return Refused("choice_unknown", text=clean(str(text), 60))


@dataclass(frozen=True, slots=True)
class _Asked:
    """Who wants to change what about which upload."""

    upload: Upload
    by: User | None
    change: Mapping[str, Any]

    @property
    def tables(self) -> dict[str, Mapping[str, Any]]:
        return {table["key"]: table for table in self.upload.terbaca.get("tables", [])}

    @property
    def sheets(self) -> set[str]:
        return {table["sheet"] for table in self.upload.terbaca.get("tables", [])}

    @property
    def new_indicators(self) -> dict[str, Mapping[str, Any]]:
        """Those that the sender added before, and adds now."""
        both = {**self.upload.pilihan.get("indicators", {}), **self.change.get("indicators", {})}
        return {kode: facts for kode, facts in both.items() if facts}


def check_change(upload: Upload, by: User | None, change: Mapping[str, Any]) -> None:
    """Raises Refused, with words, at the first thing that cannot be chosen."""
    asked = _Asked(upload, by, change)
    for part, wanted in change.items():
        check = _PARTS.get(part)
        if check is None or not isinstance(wanted, Mapping):
            raise _unknown(part)
        check(asked, wanted)


def _tables(asked: _Asked, wanted: Mapping[str, Any]) -> None:
    for key, choice in wanted.items():
        if key not in asked.tables and key not in asked.upload.pilihan.get("tables", {}):
            raise _unknown(key)
        for name, value in (choice or {}).items():
            if value is not None:
                _of_table(asked, key, name, value)


def _of_table(asked: _Asked, key: str, name: str, value: Any) -> None:
    if name == "year":
        check_year(value)
    elif name == "header_row":
        if type(value) is not int or not 0 < value <= MAX_ROWS:
            raise Refused("choice_header_row", sampai=MAX_ROWS)
    elif name == "columns":
        _columns(asked, key, value)
    elif not ((name == "use" and type(value) is bool) or (name == "kondisi" and value in ("awal", "akhir"))):
        raise _unknown(f"{name} {value}")


def _columns(asked: _Asked, key: str, wanted: Mapping[str, Any]) -> None:
    columns = {column["letter"]: column for column in asked.tables.get(key, {}).get("columns", [])}
    before = asked.upload.pilihan.get("tables", {}).get(key, {}).get("columns", {})
    for letter, choice in wanted.items():
        if letter not in columns and letter not in before:
            raise _unknown(letter)
        if choice is not None:
            _column(asked, columns.get(letter, {}), choice)
    after = {**before, **wanted}
    first: dict[str, str] = {}
    for letter, choice in after.items():
        name = (choice or {}).get("field")
        if name and first.setdefault(name, letter) != letter:
            raise Refused("choice_field_twice", satu=first[name], dua=letter, kolom=_label(asked, name))


def _column(asked: _Asked, column: Mapping[str, Any], choice: Mapping[str, Any]) -> None:
    name, style, unit = (choice.get(part) for part in ("field", "style", "unit"))
    if not choice.keys() <= {"field", "style", "unit"} or (style is not None and style not in set(NumberStyle)):
        raise _unknown(choice)
    if name is not None and not (isinstance(name, str) and is_known_field(name, asked.new_indicators)):
        raise _unknown(name)
    if unit is not None:
        satuan = fields_of(asked.upload).satuan(column.get("field") if name is None else name)
        written = read_unit(unit.casefold().split()) if isinstance(unit, str) else None
        if written is None or factor(written, unit_named(satuan)) is None:
            raise Refused("choice_unit", unit=clean(str(unit), 30), satuan=satuan or "–")


def _label(asked: _Asked, name: str) -> str:
    known = asked.new_indicators.get(name.removeprefix(INDICATOR))
    return str(known["nama"]) if known else fields_of(asked.upload).label(name)


def _names(asked: _Asked, wanted: Mapping[str, Any]) -> None:
    told = [name for table in asked.tables.values() for part in ("unmatched", "named") for name in table.get(part, [])]
    known = {name["key"] for name in told} | asked.upload.pilihan.get("names", {}).keys()
    codes = {kode for kode in wanted.values() if kode not in (None, ELSEWHERE)}
    places = {area.kode: area for area in Area.objects.kelurahan().filter(kode__in=codes)}
    scope = scope_of(asked.by) if asked.by else None
    for key, kode in wanted.items():
        if key not in known:
            raise _unknown(key)
        if kode in (None, ELSEWHERE):
            continue
        if kode not in places:
            raise Refused("choice_place", text=clean(str(kode), 60))
        if scope is not None and not places[kode].path.startswith(scope.path):
            raise Refused("choice_outside", nama=places[kode].nama, wilayah=scope.nama)


def _repairs(asked: _Asked, wanted: Mapping[str, Any]) -> None:
    known = {repair["id"] for repair in asked.upload.terbaca.get("repairs", [])}
    known |= {*asked.upload.pilihan.get("repairs", []), *asked.upload.pilihan.get("refused", [])}
    for repair, choice in wanted.items():
        if repair not in known or choice not in (True, False, None):
            raise _unknown(repair)


def _cells(asked: _Asked, wanted: Mapping[str, Any]) -> None:
    for name, text in wanted.items():
        found = _CELL.fullmatch(name)
        if found is None or found["sheet"] not in asked.sheets or not isinstance(text, str | None):
            raise _unknown(name)
        if text is not None and len(text) > MAX_CELL:
            raise Refused("choice_cell", cell=name, n=MAX_CELL)


def _drop_rows(asked: _Asked, wanted: Mapping[str, Any]) -> None:
    for name in wanted:
        found = _ROW.fullmatch(name)
        if found is None or found["sheet"] not in asked.sheets:
            raise _unknown(name)


def _indicators(asked: _Asked, wanted: Mapping[str, Any]) -> None:
    facts = {kode: choice for kode, choice in wanted.items() if choice is not None}
    if facts and asked.by is not None and not may(asked.by, Act.INDIKATOR):
        raise Refused("choice_indicator_right")
    for kode, choice in facts.items():
        texts = [choice.get(part, "") for part in ("nama", "satuan", "sumber")]
        if not SLUG.fullmatch(kode) or not all(isinstance(text, str) for text in texts):
            raise _unknown(kode)
        if not texts[0].strip() or not texts[1].strip():
            raise Refused("choice_indicator_name")
        if any(len(text) > most for text, most in zip(texts, INDICATOR_LENGTHS, strict=True)):
            raise Refused("choice_indicator_long", n=", ".join(map(str, INDICATOR_LENGTHS)))
        if not is_name(texts[0]):
            raise Refused("choice_indicator_symbols", text=clean(texts[0], 60))
    if facts:
        _refuse_known(facts, asked.upload.aturan)


def is_name(text: str) -> bool:
    """Whether a code can be made of its letters."""
    return bool(_LETTERS.search(slugify(text)))


def _refuse_known(facts: Mapping[str, Mapping[str, Any]], rule_set: str) -> None:
    """An indicator that exists, by its code, its name or another name of it, is no new one."""
    stored = list(Indicator.objects.values("kode", "nama", "satuan", "alias"))
    names = {spec.kode: spec.nama for spec in catalogue().indicators.values()}
    names |= {row["kode"]: row["nama"] for row in stored}
    known = {_bare(nama): kode for kode, nama in names.items()}
    known |= {_bare(alias): row["kode"] for row in stored for alias in row["alias"]}
    vocabulary = Vocabulary(stored, rule_set)
    for kode, choice in facts.items():
        found = kode if kode in names else known.get(_bare(choice["nama"])) or _sure(vocabulary, choice["nama"])
        if found in names:
            raise Refused("choice_indicator_exists", nama=names[found])


def _bare(name: str) -> str:
    """The words of a name without what stands in brackets."""
    return plain(_BRACKETS.sub(" ", name))


def _sure(vocabulary: Vocabulary, nama: str) -> str:
    """The indicator that a column of this name is read as."""
    best = next(iter(vocabulary.candidates([nama], "indikator")), None)
    sure = best is not None and best.confidence >= CERTAIN and best.field.startswith(INDICATOR)
    return best.field.removeprefix(INDICATOR) if best and sure else ""


_PARTS: dict[str, Callable[[_Asked, Mapping[str, Any]], None]] = {
    "tables": _tables,
    "names": _names,
    "repairs": _repairs,
    "cells": _cells,
    "drop_rows": _drop_rows,
    "indicators": _indicators,
}
