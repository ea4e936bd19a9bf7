"""Cells before and after: of an applied upload from its history, and any list of them as a spreadsheet."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from kelurahan.models import Area, Change, ChangeSet, Indicator, IndicatorChange, Upload
from kelurahan.rules.regulation import FIELDS, KRITERIA, PENYEBUT, State

MAX_ROWS = 200_000  # cells in one list; more opens in no office program with pleasure
TEXT_ONLY = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell before and after. Numbers in the unit; None unless the state is FILLED."""

    area_kode: str
    nama: str
    kelurahan: str
    tahun: int
    field: str
    label: str
    satuan: str
    old: Decimal | None
    new: Decimal | None
    old_state: State
    new_state: State
    sheet: str
    cell: str


def written_cells(upload: Upload) -> Iterator[Cell]:
    """Every cell that the upload has written, in the order of its rows."""
    change_set = ChangeSet.objects.filter(upload_id=upload.pk, urungkan_id=None).first()
    if change_set is None:
        return
    names = dict(Area.objects.kelurahan().values_list("kode", "nama"))
    for change in Change.objects.filter(change_set=change_set).order_by("pk").iterator(chunk_size=2000):
        yield from changed_cells(change, names, upload)
    if change_set.jumlah_nilai:
        yield from _written_values(change_set, names)


def _written_values(change_set: ChangeSet, names: Mapping[str, str]) -> Iterator[Cell]:
    facts = {i.kode: i for i in Indicator.objects.all()}
    changes = IndicatorChange.objects.filter(change_set=change_set).order_by("pk")
    for change in changes.iterator(chunk_size=2000):
        yield value_cell(change, names, facts.get(change.kode))


def value_cell(change: IndicatorChange, names: Mapping[str, str], indicator: Indicator | None) -> Cell:
    """One change of a value; the indicator may be gone."""
    kelurahan, _slash, inner = change.area_kode.partition("/")
    return Cell(
        area_kode=change.area_kode,
        nama=inner or names.get(kelurahan, kelurahan),
        kelurahan=names.get(kelurahan, kelurahan),
        tahun=change.tahun,
        field=change.kode,
        label=indicator.nama if indicator else change.kode,
        satuan=indicator.satuan if indicator else "",
        old=change.lama,
        new=change.baru,
        old_state=State.EMPTY if change.lama is None else State.FILLED,
        new_state=State.EMPTY if change.baru is None else State.FILLED,
        sheet=change.sheet,
        cell=change.sel,
    )


def changed_cells(change: Change, names: Mapping[str, str], upload: Upload | None) -> Iterator[Cell]:
    """The cells that one change of a record touched; `names` of the kelurahan by code."""
    kelurahan, _slash, inner = change.area_kode.partition("/")
    for i, field in enumerate(FIELDS):
        if change.berubah >> i & 1:
            yield Cell(
                area_kode=change.area_kode,
                nama=inner or names.get(kelurahan, kelurahan),
                kelurahan=names.get(kelurahan, kelurahan),
                tahun=change.tahun,
                field=field,
                label=PENYEBUT[field].nama if field in PENYEBUT else KRITERIA[field].nama,
                satuan=PENYEBUT[field].satuan if field in PENYEBUT else KRITERIA[field].satuan,
                old=change.lama[i] if change.lama else None,
                new=change.baru[i] if change.baru else None,
                old_state=_state(change.lama, change.lama_tb, i),
                new_state=_state(change.baru, change.baru_tb, i),
                sheet=change.sheet,
                cell=_cell(change, field, upload),
            )


def _cell(change: Change, field: str, upload: Upload | None) -> str:
    if upload is None:
        return str(change.baris or "")
    return upload.cell_of(field, sheet=change.sheet, baris=change.baris, kode=change.area_kode, tahun=change.tahun)


def _state(values: list[Decimal | None] | None, not_applicable: int, i: int) -> State:
    if not_applicable >> i & 1:
        return State.NOT_APPLICABLE
    return State.EMPTY if values is None or values[i] is None else State.FILLED


def state_word(state: State) -> str:
    words = {State.EMPTY: _("kosong"), State.NOT_APPLICABLE: _("tidak berlaku"), State.INVALID: _("tidak sah")}
    return words.get(state, "")


def changes_sheet(cells: Iterable[Any], *, title: str) -> bytes:
    """A list of Cell or `actions.previews.CellChange` as .xlsx, every text as text: a formula stays words."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, **TEXT_ONLY}) as book:
        sheet = book.add_worksheet(_("Perubahan")[:31])
        bold, number = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0.######"})
        sheet.write_string(0, 0, title, bold)
        for column, (head, width) in enumerate(_heads()):
            sheet.write_string(2, column, head, bold)
            sheet.set_column(column, column, width)
        for row, cell in enumerate(_limited(cells), 3):
            _write_cell(sheet, row, cell, number)
        sheet.freeze_panes(3, 0)
    return out.getvalue()


def _heads() -> Sequence[tuple[str, int]]:
    return (
        (_("Kode"), 26), (_("Kelurahan"), 20), (_("Tempat"), 16), (_("Tahun"), 7), (_("Kolom"), 7), (_("Nama"), 38),
        (_("Satuan"), 8), (_("Lama"), 14), (_("Baru"), 14), (_("Lembar"), 16), (_("Sel"), 8),
    )  # fmt: skip


def _limited(cells: Iterable[Any]) -> Iterator[Any]:
    for n, cell in enumerate(cells):
        if n >= MAX_ROWS:
            return
        yield cell


def _write_cell(sheet: Any, row: int, cell: Any, number: Any) -> None:
    texts = {0: cell.area_kode, 1: cell.kelurahan, 2: cell.nama, 4: cell.field, 5: _(cell.label), 6: _(cell.satuan)}
    for column, text in {**texts, 9: cell.sheet, 10: cell.cell}.items():
        sheet.write_string(row, column, text)
    sheet.write_number(row, 3, cell.tahun)
    for column, value, state in ((7, cell.old, cell.old_state), (8, cell.new, cell.new_state)):
        if value is None:
            sheet.write_string(row, column, state_word(state))
        else:
            sheet.write_number(row, column, float(value), number)
