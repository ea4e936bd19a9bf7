"""One record as people type it: texts to cells by the number reader, and what the checks say, field by field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from kelurahan.rules.checks import CellProblem, CheckInput, label, run_checks
from kelurahan.rules.findings import N_, Level
from kelurahan.rules.numbers import LIMIT, MICRO, ReadNumber, format_number, from_micro, read_number, to_micro
from kelurahan.rules.regulation import FIELDS, PENYEBUT, RuleSet, State

YEARS = (1990, 2100)
"""First and last year that a record may have."""

NOT_APPLICABLE = "tidak berlaku"


def record_fields(rule_set: RuleSet) -> tuple[str, ...]:
    """What a record of these rules is asked for: the denominators, then the volumes, in the order of FIELDS."""
    return (*PENYEBUT, *(kriteria.kode for kriteria in rule_set.kriteria))


@dataclass(frozen=True, slots=True, eq=False)
class Typed:
    """A record as it was typed: (25,) millionths and states in FIELDS order, and how each text was understood."""

    values: npt.NDArray[np.int64]
    states: npt.NDArray[np.uint8]
    texts: Mapping[str, str]
    read: Mapping[str, ReadNumber]


def read_record(texts: Mapping[str, str], rule_set: RuleSet) -> Typed:
    """Read what was typed into a form. A blank field is "not assessed": the form shows the whole record."""
    values = np.zeros(len(FIELDS), dtype=np.int64)
    states = np.full(len(FIELDS), State.EMPTY, dtype=np.uint8)
    wanted = {field: texts.get(field, "") for field in record_fields(rule_set)}
    read = {field: read_number(text) for field, text in wanted.items()}
    for field, number in read.items():
        i = FIELDS.index(field)
        states[i] = number.state
        if number.value is not None:
            values[i] = to_micro(number.value)
    return Typed(values, states, wanted, read)


def field_text(micro: int, state: int) -> str:
    """How a stored cell stands in its field: what `read_record` reads back as the same cell."""
    if state == State.FILLED:
        return format_number(from_micro(micro))
    return NOT_APPLICABLE if state == State.NOT_APPLICABLE else ""


@dataclass(frozen=True, slots=True)
class FieldFinding:
    """What a check says about a field of a form."""

    field: str
    level: Level
    code: str
    params: Mapping[str, Any]


MESSAGES = {
    "not_a_number": N_("“%(text)s” bukan angka. Tulis angka saja, misalnya 12,5; kosongkan bila belum dinilai."),
    "other_number_style": N_("“%(text)s” tidak terbaca. Tulis titik untuk ribuan dan koma untuk desimal: 1.250,5."),
    "number_too_large": N_("Terlalu besar. Angka harus di bawah 10.000.000.000; periksa titik dan komanya."),
    "negative": N_("Kurang dari nol. Volume dan penyebut tidak boleh negatif."),
    "too_many_decimals": N_("Lebih dari enam desimal; disimpan sebagai %(understood)s."),
    "volume_over_zero": N_(
        "Ada volume padahal %(penyebut)s 0 atau tidak berlaku. Perbaiki %(penyebut)s, atau isi 0 atau “tidak berlaku”."
    ),
    "over_100_percent": N_("Mencapai %(persen)s %%: melebihi %(penyebut)s (%(jumlah)s). Periksa salah satunya."),
    "missing_penyebut": N_("Belum diisi, padahal dipakai %(daftar)s. Tanpa ini nilainya hanya berupa rentang."),
    "fewer_people_than_households": N_("%(jiwa)s jiwa lebih sedikit daripada %(kk)s KK. Mungkin tertukar."),
    "not_a_whole_number": N_("%(text)s bukan bilangan bulat. Periksa titik dan komanya."),
    "area_lost_its_decimals": N_("%(text)s ha terlalu luas untuk %(jiwa)s jiwa. Periksa koma desimalnya."),
    "area_over_official": N_(
        "Luas %(text)s ha lebih besar dari luas resmi kelurahan, %(resmi)s ha. Periksa koma desimalnya."
    ),
    "area_over_official_by_its_mark": N_(
        "Luas %(text)s ha lebih besar dari luas resmi kelurahan, %(resmi)s ha; jika maksudnya %(mungkin)s,"
        " tulis %(mungkin)s."
    ),
}
"""The findings of `checks` in the words of a form, where the field itself says which cell is meant."""

_MARK = "!"


def check_record(
    values: npt.NDArray[np.int64],
    states: npt.NDArray[np.uint8],
    rule_set: RuleSet,
    read: Mapping[str, ReadNumber] | None = None,
    texts: Mapping[str, str] | None = None,
    official: int = 0,
) -> list[FieldFinding]:
    """Every finding about one record, (25,) each; a galat among them forbids saving it.

    `official`: the size of the kelurahan around the place in millionths of a hectare, 0 where nobody knows it.
    """
    data = CheckInput(
        rows=[1],
        spot=lambda _, field: ("", field if field in FIELDS else ""),  # a form has fields where a sheet has cells
        keys=[""],
        tahun=[YEARS[0]],
        values=values[None],
        states=states[None],
        given=(states != State.EMPTY)[None],
        rule_set=rule_set,
        years=YEARS,
        problems=_problems(values, states, rule_set, read or {}, texts or {}),
        official=np.array([official], dtype=np.int64),
    )
    return [
        FieldFinding(finding.cell, finding.level, finding.code, finding.params)
        for finding in run_checks(data).findings
        if finding.code in MESSAGES
    ]


def _problems(
    values: npt.NDArray[np.int64],
    states: npt.NDArray[np.uint8],
    rule_set: RuleSet,
    read: Mapping[str, ReadNumber],
    texts: Mapping[str, str],
) -> dict[tuple[int, int], CellProblem]:
    """What the reader had against each cell; without its word, what the cell itself shows."""
    problems = {}
    for field in record_fields(rule_set):
        i = FIELDS.index(field)
        number = read.get(field)
        code = number.problem if number else _problem_of(int(values[i]), int(states[i]))
        if code:
            understood = number.understood if number else None
            problems[0, i] = CellProblem(code, texts.get(field, "").strip(), understood)
    return problems


def _problem_of(micro: int, state: int) -> str | None:
    if state == State.FILLED and micro >= int(LIMIT) * MICRO:
        return "number_too_large"
    return "not_a_number" if state == State.INVALID and micro >= 0 else None


def words(finding: FieldFinding, translate: Callable[[str], str] = lambda text: text) -> str:
    """The finding in an officer's words."""
    params = {name: translate(v) if name == "penyebut" else v for name, v in finding.params.items()}
    return translate(MESSAGES[finding.code]) % params


def field_label(field: str, translate: Callable[[str], str] = lambda text: text) -> str:
    """ "3a Ketidaktersediaan akses aman air minum", "Jumlah KK"."""
    if field in PENYEBUT:
        return translate(PENYEBUT[field].nama)
    kode, _, nama = label(field).partition(" ")
    return f"{kode} {translate(nama)}"
