"""Refuses files with data of persons (UU 27/2022): the city takes in counts, never names or identity numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from kelurahan.intake.columns import HEAD_ROWS, plain
from kelurahan.intake.faults import column_letters
from kelurahan.intake.refusal import Refused
from kelurahan.intake.sheets import Sheet, Workbook

_PERSONAL_WORDS = {"nik", "ktp", "ektp"}
_PERSONAL = re.compile(
    r"(?:no|nomor) (?:nik|ktp|kk|kartu keluarga|induk kependudukan)|nomor induk.*|nama (?:kepala keluarga|kk|penduduk)"
)
_COUNTS = {"jumlah", "jml", "total", "persen", "rasio", "kepemilikan", "kegiatan"}
_OWNED = {"wajib", "perekaman", "memiliki", "belum", "pemilik"}
_NUMBERS = {"nik", "no", "nomor", "nama"}
_IDENTITY = re.compile(r"['’`]?(?:\d{16}|\d{6}[ .-]\d{6}[ .-]\d{4}|\d{4}(?:[ .-]\d{4}){3})")
_MANY = 3


def refuse_personal_data(book: Workbook) -> None:
    """Raises Refused naming the column, never its content, if any sheet has a column of NIK, KTP or family cards."""
    for sheet in book.sheets:
        _refuse_headers(sheet)
        _refuse_numbers(sheet)


def _refuse_headers(sheet: Sheet) -> None:
    for row in sheet.rows[:HEAD_ROWS]:
        for index, cell in enumerate(row):
            if type(cell) is str and len(cell) <= 60 and is_personal_header(cell):
                raise _refused(sheet, index, f" “{' '.join(cell.split())}”")


def is_personal_header(text: str) -> bool:
    """ "NIK", "No. KTP", "Nomor KK", "Nama Kepala Keluarga"; not "Jumlah wajib KTP", which counts."""
    text = plain(text)
    words = text.split()
    if not words or _COUNTS & set(words) or len(words) > 5:
        return False
    if _OWNED & set(words) and not _NUMBERS & set(words):
        return False  # "Penduduk wajib KTP" are counted
    return bool(_PERSONAL_WORDS & set(words) or _PERSONAL.fullmatch(text))


def _refuse_numbers(sheet: Sheet) -> None:
    for index, column in enumerate(sheet.columns):
        found = _identities(column[:HEAD_ROWS]) + _identities(column[HEAD_ROWS:])  # below the header all is numbers
        if found and (found >= _MANY or 2 * found >= len(column) - column.count("") - 1):
            raise _refused(sheet, index, "")


def _identities(column: Sequence[Any]) -> int:
    kinds = set(map(type, column))
    numbers = column if kinds == {float} else [cell for cell in column if type(cell) is float]
    found = 0
    if numbers and max(numbers) >= 1e15:
        found += sum(1e15 <= number < 1e16 for number in numbers)
    if str in kinds:
        long = {cell for cell in column if type(cell) is str and 16 <= len(cell) <= 40}
        identities = {cell for cell in long if _IDENTITY.fullmatch(cell.strip())}
        found += sum(cell in identities for cell in column) if identities else 0
    return found


def _refused(sheet: Sheet, index: int, header: str) -> Refused:
    return Refused("personal_data", sheet=sheet.name, column=column_letters(index) + header)
