"""One record as its page shows it: the stored cells, the form with its score, and two versions beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from kelurahan.models import COLUMNS, Area, Assessment, Change
from kelurahan.models.records import N, states_of
from kelurahan.reports.lines import LineView, line_view
from kelurahan.reports.words import capital, span
from kelurahan.rules.findings import Level
from kelurahan.rules.numbers import format_number, to_micro
from kelurahan.rules.record import FieldFinding, Typed, check_record, field_label, field_text, record_fields, words
from kelurahan.rules.regulation import ASPEK, FIELDS, KRITERIA, PENYEBUT, TINGKAT, RuleSet, State
from kelurahan.rules.score import explain, score
from kelurahan.rules.sums import sum_rows

_LEVELS = {Level.GALAT: "galat", Level.PERINGATAN: "ingat", Level.INFO: "info"}


@dataclass(frozen=True, slots=True, eq=False)
class Stored:
    """A record as it is stored now: (25,) millionths and states in FIELDS order.

    `seen` is the number of its newest change, 0 where it has none. It names a version for good; the version of the
    row itself starts again when a record is removed and made anew.
    """

    seen: int
    exists: bool
    contoh: bool
    values: NDArray[np.int64]
    states: NDArray[np.uint8]

    def texts(self, rule_set: RuleSet) -> dict[str, str]:
        return _texts(self.values, self.states, rule_set)


def _texts(values: NDArray[np.int64], states: NDArray[np.uint8], rule_set: RuleSet) -> dict[str, str]:
    return {
        name: field_text(int(values[FIELDS.index(name)]), int(states[FIELDS.index(name)]))
        for name in record_fields(rule_set)
    }


def _cells(numbers: Sequence[object] | None, not_applicable: int) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Decimals in FIELDS order, None for NULL, as millionths and states."""
    listed = list(numbers or [None] * N)
    raw = np.array([[-1 if n is None else to_micro(n) for n in listed]], dtype=np.int64)  # type: ignore[arg-type]
    states = states_of(raw, np.array([not_applicable], dtype=np.int64))
    return np.where(states == State.FILLED, raw, 0)[0], states[0]


def load_stored(area: Area, year: int, rule_set: str) -> Stored:
    """Two queries. The change is read first: whoever saves in between makes the form old, never unnoticed."""
    record = {"area_id": area.pk, "tahun": year, "aturan": rule_set}
    newest = Change.objects.filter(**record).order_by("-pk").values_list("pk", flat=True).first()
    row = Assessment.objects.filter(**record).values_list("contoh", "tidak_berlaku", *COLUMNS).first()
    contoh, mask, *numbers = row or (False, 0, *[None] * N)
    values, states = _cells(numbers, mask)
    return Stored(newest or 0, row is not None, contoh, values, states)


# --- the form and its score ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told:
    """What a check says about a field. `level` is "galat", "ingat" or "info"."""

    level: str
    text: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A field of the form and what was understood; `line` is the score of a volume."""

    field: str
    nama: str
    satuan: str
    text: str
    dibaca: str
    terisi: bool
    told: list[Told]
    line: LineView | None = None

    @property
    def satuan_label(self) -> str:
        """The unit behind the name, unless the name says it: "Jumlah KK"."""
        return "" if self.nama.casefold().endswith(self.satuan.casefold()) else self.satuan

    @property
    def galat(self) -> bool:
        return any(told.level == "galat" for told in self.told)


@dataclass(frozen=True, slots=True)
class Aspect:
    no: int
    nama: str
    nilai: str
    maksimum: int
    entries: list[Entry] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Live:
    """A record as typed, scored by the function that scores everything else."""

    penyebut: list[Entry]
    aspek: list[Aspect]
    ada: bool
    total: str
    maksimum: int
    tingkat: tuple[int, int] | None
    kata: str
    n_dinilai: int
    n_kriteria: int
    lengkap: bool
    peka: bool

    @property
    def entries(self) -> list[Entry]:
        return [*self.penyebut, *(entry for aspek in self.aspek for entry in aspek.entries)]

    @property
    def n_galat(self) -> int:
        return sum(entry.galat for entry in self.entries)

    @property
    def warned(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.told]


def live(typed: Typed, rule_set: RuleSet, official: int = 0) -> Live:
    """The score and the findings of what was typed; `official` as in `check_record`. No query."""
    sums = sum_rows(typed.values[None], typed.states[None], rule_set)
    scores = score(sums, rule_set)
    findings = check_record(typed.values, typed.states, rule_set, typed.read, typed.texts, official)
    lines = explain(sums, scores, rule_set, 0)
    entries = {
        line.kode: _entry(line.kode, typed, findings, line_view(line, rule_set, None, (), False)) for line in lines
    }
    lowest, highest = int(scores.tingkat_min[0]), int(scores.tingkat_max[0])
    has_data = bool(scores.has_data[0])
    return Live(
        penyebut=[_entry(kode, typed, findings) for kode in PENYEBUT],
        aspek=[
            Aspect(
                no=aspek.no,
                nama=_(aspek.nama),
                nilai=span(sum(line.nilai_min for line in own), sum(line.nilai_max for line in own)),
                maksimum=5 * len(own),
                entries=[entries[line.kode] for line in own],
            )
            for aspek in ASPEK
            for own in [[line for line in lines if line.aspek == aspek.no]]
        ],
        ada=has_data,
        total=span(int(scores.total_min[0]), int(scores.total_max[0])) if has_data else "–",
        maksimum=rule_set.maximum,
        tingkat=(lowest, highest) if has_data else None,
        kata=_class(lowest, highest) if has_data else _("Belum dinilai"),
        n_dinilai=int(scores.known[0].sum()),
        n_kriteria=len(lines),
        lengkap=bool(scores.lengkap[0]),
        peka=bool(scores.peka[0]) and has_data,
    )


def _class(lowest: int, highest: int) -> str:
    return capital("–".join(_(TINGKAT[tingkat]) for tingkat in sorted({lowest, highest})))


def _entry(name: str, typed: Typed, findings: Sequence[FieldFinding], line: LineView | None = None) -> Entry:
    return Entry(
        field=name,
        nama=field_label(name, _),
        satuan=_(PENYEBUT[name].satuan if name in PENYEBUT else KRITERIA[name].satuan),
        text=typed.texts.get(name, ""),
        dibaca=_understood(name, typed),
        terisi=typed.read[name].value is not None,
        told=[Told(_LEVELS[f.level], words(f, _)) for f in findings if f.field == name],
        line=line,
    )


def _understood(name: str, typed: Typed) -> str:
    """The number in bare digits, so that nothing is left to guess: "1.250" was read as 1250."""
    number = typed.read[name]
    if number.state == State.NOT_APPLICABLE:
        return _("tidak berlaku")
    if number.state == State.EMPTY:
        return _("belum dinilai") if name in KRITERIA else _("belum diisi")
    return format_number(number.value).replace(".", "") if number.value is not None else ""


# --- two versions ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Difference:
    """A field in which the stored version and the one to be saved differ.

    `pihak` is whose change it is: "saya", "mereka", or "" where both changed it and a person must choose.
    """

    field: str
    nama: str
    satuan: str
    semula: str | None  # what both started from; None where that is not known
    mereka: str
    saya: str
    oleh: str
    pada: datetime | None
    pihak: str


def differences(area: Area, year: int, rule_set: RuleSet, seen: int, stored: Stored, mine: Typed) -> list[Difference]:
    """Field by field, what a person would save beside what is stored now. One query."""
    since = list(
        Change.objects.filter(area_id=area.pk, tahun=year, aturan=rule_set.kode, pk__gt=seen)
        .order_by("-pk")
        .select_related("change_set")
    )
    # What both started from is what the first of these changes found
    before = _texts(*_cells(since[-1].lama, since[-1].lama_tb), rule_set) if since else {}
    told = [(change.berubah, change.change_set.oleh_nama, change.change_set.pada) for change in since]
    theirs, wanted = stored.texts(rule_set), _texts(mine.values, mine.states, rule_set)
    return [
        _difference(name, before.get(name), theirs[name], wanted[name], told)
        for name in record_fields(rule_set)
        if theirs[name] != wanted[name]
    ]


def _difference(
    name: str, before: str | None, theirs: str, mine: str, since: Sequence[tuple[int, str, datetime]]
) -> Difference:
    bit = FIELDS.index(name)
    who = next(((oleh, pada) for changed, oleh, pada in since if changed >> bit & 1), ("", None))
    pihak = "mereka" if before == mine else "saya" if before == theirs else ""
    return Difference(
        field=name,
        nama=field_label(name, _),
        satuan=_(PENYEBUT[name].satuan if name in PENYEBUT else KRITERIA[name].satuan),
        semula=before,
        mereka=theirs,
        saya=mine,
        oleh=who[0],
        pada=who[1],
        pihak=pihak,
    )
