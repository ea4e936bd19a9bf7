"""Refuses files with data of persons (UU 27/2022): the city takes in counts, never names, phones or identity numbers.

Names of officials (lurah, camat, ketua RT) are public, and so is the signature block under a table.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from kelurahan.intake.columns import HEAD_ROWS, plain
from kelurahan.intake.faults import column_letters
from kelurahan.intake.persons import GIVEN, OFFICIALS, PERSONS, THINGS
from kelurahan.intake.refusal import Refused
from kelurahan.intake.sheets import Sheet, Workbook

_PERSONAL_WORDS = {"nik", "ktp", "ektp"}
_PERSONAL = re.compile(
    r"(?:no|nomor) (?:nik|ktp|kk|kartu keluarga|induk kependudukan)|nomor induk.*|nama (?:kepala keluarga|kk|penduduk)"
)
_COUNTS = {"jumlah", "jml", "total", "persen", "rasio", "kepemilikan", "kegiatan"}
_OWNED = {"wajib", "perekaman", "memiliki", "belum", "pemilik"}
_NUMBERS = {"nik", "no", "nomor", "nama"}
_LABEL = re.compile(r"\s*([^:=]{2,60}?)\s*[:=]\s*(\S.*)?", re.DOTALL)

_SIGNING = {"petugas", "ketua", "lengkap", "jelas", "terang", "panggilan"}
"""Persons over a column; alone or with one neighbour the words of a signature block."""
_NO_PERSON = {"sungai", "kali", "kota", "perusahaan", "barang", "aset", "hibah", "bmn"}
"""After a word for a person: "nama ibu kota", "nama anak sungai", "nama penerima barang" (an office)."""
_ABOUT_PERSONS = re.compile(
    r"(?:tgl|tanggal|tempat) ?(?:tgl|tanggal)? ?lahir|ttl|umur|usia|jk|jenis kelamin|l p|pekerjaan|agama|alamat|status"
    r" perkawinan|hubungan keluarga|no (?:hp|telp)"
)
_IDENTITY = re.compile(r"['’`]?(?:\d{16}|\d{6}[ .-]\d{6}[ .-]\d{4}|\d{4}(?:[ .-]\d{4}){3})")
_IN_TEXT = re.compile(
    r"(?<![\d.,])(?:\d{16}|\d{6}[ .-]\d{6}[ .-]\d{4}|\d{4}(?:[ .-]\d{4}){3}"
    r"|\d{6}(?:[ .-]\d\d){3}[ .-]\d{4}|\d\d(?:[ .-]\d\d){2}[ .-]\d{6}[ .-]\d{4})(?!\d|[.,]\d)"
)
_PHONE = re.compile(r"['’`]?(?:\+62|0)[ .-]?8\d(?:[ .-]?\d){7,10}")
_PHONE_WORDS = {"hp", "telp", "telepon", "ponsel", "wa", "whatsapp", "handphone", "kontak"}
_OFFICIAL_HEADER = re.compile(r"(?:nama )?(?:lurah|camat|(?:ketua|kepala|pengurus) (?:rt|rw).*|pj .*|plt .*)")
_MANY = 3
_MOST = 0.6
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_DIGITS = re.compile(r"\d{5,}")


def refuse_personal_data(book: Workbook, places: Collection[str] = ()) -> None:
    """Raises Refused naming where it is, never what stands there, if a sheet has data of persons. `places` are names
    that are none of persons."""
    known = {plain(name) for name in places}
    for sheet in book.sheets:
        for index, column in enumerate(sheet.columns):
            # A column of a hundred thousand numbers has nothing to read below its header
            told = column if str in set(map(type, column[HEAD_ROWS:])) else column[:HEAD_ROWS]
            _refuse_words(sheet, index, told, known)
            _refuse_numbers(sheet, index, column, told)
            _refuse_phones(sheet, index, column, told)


# --- words ------------------------------------------------------------------------------------------------------------


def _refuse_words(sheet: Sheet, index: int, column: Sequence[Any], places: Collection[str]) -> None:
    for row, text in _headers(column):
        label = _LABEL.fullmatch(text)
        header = label[1] if label else text
        if is_personal_header(header) and not (label and _is_empty_form(sheet, row, index, label[2])):
            raise _refused("personal_data", sheet, row, index)
        head = _head(header)
        if head in PERSONS and not _are_things(column[row + 1 :], places):
            if not (label and _is_empty_form(sheet, row, index, label[2])):
                raise _refused("personal_names", sheet, row, index)
        elif not label and _heads_persons(sheet, row, column, header, head, places):
            raise _refused("personal_names", sheet, row, index)


def _headers(column: Sequence[Any]) -> Iterator[tuple[int, str]]:
    """What may be a header or a label: anything short near the top, and "Nama …" and "NIK" everywhere."""
    for row, cell in enumerate(column):
        near = row < HEAD_ROWS or (type(cell) is str and cell[:4].casefold() in ("nama", "nik", "nik "))
        if near and type(cell) is str and 0 < len(cell) <= 120:
            yield row, cell


def is_personal_header(text: str) -> bool:
    """ "NIK", "No. KTP", "Nomor KK", "Nama Kepala Keluarga"; not "Jumlah wajib KTP", which counts."""
    text = plain(text)
    words = text.split()
    if not words or _COUNTS & set(words) or len(words) > 5:
        return False
    if _OWNED & set(words) and not _NUMBERS & set(words):
        return False  # "Penduduk wajib KTP" are counted
    return bool(_PERSONAL_WORDS & set(words) or _PERSONAL.fullmatch(text))


def _head(header: str) -> str:
    """What "Nama …" is the name of: a word for a person, "ketua", "lengkap"; "" for a place, a thing, an official."""
    words = plain(_CAMEL.sub(" ", header)).split()
    if len(words) > 10 or not words or words[0] != "nama" or _COUNTS & set(words):
        return ""
    rest = words[2:] if words[1:2] in (["nama"], ["para"]) else words[1:]
    if len(rest) > 1 and rest[0] in _SIGNING - {"petugas", "ketua"}:
        rest = rest[1:]  # "Nama lengkap pemilik"
    first, after = (*rest, "", "")[:2]
    if after in _NO_PERSON or (first == "ketua" and after in OFFICIALS) or (first == "wali" and after == "kota"):
        return ""
    if first == "kepala":
        return "keluarga" if after in ("keluarga", "rumah", "kk") else ""
    return first if first in PERSONS | _SIGNING else ""


def _heads_persons(
    sheet: Sheet, row: int, column: Sequence[Any], header: str, head: str, places: Collection[str]
) -> bool:
    """Whether a column header that may be over names of persons is: by its row, else by the values under it."""
    others = [plain(cell) for cell in sheet.rows[row] if type(cell) is str and cell.strip()]
    if head in _SIGNING:
        of_office = head == "ketua" and any(set(other.split()) & {"rt", "rw"} for other in others)
        return len(others) > 2 and not of_office and not _are_things(column[row + 1 :], places)
    words = plain(header).split()
    if not words or len(words) > 4 or _OFFICIAL_HEADER.fullmatch(" ".join(words)):
        return False
    bare = words == ["nama"]
    if bare and "jabatan" in others:
        return False
    unknown = words[0] == "nama" and not set(words) & (THINGS | OFFICIALS)
    if not (unknown or words[0] in PERSONS or words[:2] == ["kepala", "keluarga"]):
        return False
    values = _values(column[row + 1 :])
    if len(values) < _MANY or sum(map(_shaped, values)) < _MOST * len(values):
        return False
    if sum(_is_place(value, places) for value in values) > 0.2 * len(values):
        return False
    about = bare and any(_ABOUT_PERSONS.fullmatch(other) for other in others if other != "alamat")
    return about or 3 * sum(_has_given_name(value) for value in values) >= len(values)


def _values(cells: Sequence[Any]) -> list[str]:
    """The texts of a column, each once."""
    return [text for text in dict.fromkeys(c for c in cells[:2000] if type(c) is str) if text.strip()]


def _shaped(value: str) -> bool:
    """A name of a person may have one word, and no digits."""
    words = plain(value).split()
    return 0 < len(words) <= 6 and words[0] not in THINGS and not any(c.isdigit() for c in value)


def _has_given_name(value: str) -> bool:
    return bool(GIVEN & set(plain(value).split()))


def _is_place(value: str, places: Collection[str]) -> bool:
    text = plain(value)
    return text in places or text.partition(" ")[2] in places


def _are_things(cells: Sequence[Any], places: Collection[str]) -> bool:
    """Whether what stands under "Nama penerima" are groups, schools or places."""
    values = _values(cells)
    things = sum(_is_place(value, places) or plain(value).partition(" ")[0] in THINGS for value in values)
    return len(values) >= _MANY and things >= _MOST * len(values)


def _is_empty_form(sheet: Sheet, row: int, index: int, said: str | None) -> bool:
    """Whether nothing is filled in after a label like "Nama pemilik: ……"."""
    beside = [said, *sheet.rows[row][index + 1 : index + 4]]
    return not any(str(cell).strip(" .…_-:") for cell in beside if cell not in (None, ""))


# --- numbers ----------------------------------------------------------------------------------------------------------


def _refuse_numbers(sheet: Sheet, index: int, column: Sequence[Any], told: Sequence[Any]) -> None:
    found = _identities(column[:HEAD_ROWS]) + _identities(column[HEAD_ROWS:])  # below the header all is numbers
    if found and (found >= _MANY or 2 * found >= len(column) - column.count("") - 1):
        raise _refused("personal_data", sheet, None, index)
    for cell in {cell for cell in told if type(cell) is str and len(cell) >= 16}:
        if any(_is_dated(number) for number in _IN_TEXT.findall(cell)):
            raise _refused("personal_data", sheet, column.index(cell), index)


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


def _is_dated(number: str) -> bool:
    """The numbers of persons and families carry a place and a day, of women with 40 added: one of them is enough."""
    digits = re.sub(r"\D", "", number)
    region, day, month = int(digits[:2]), int(digits[6:8]), int(digits[8:10])
    return 11 <= region <= 97 and 1 <= day % 40 <= 31 and day <= 71 and 1 <= month <= 12


def _refuse_phones(sheet: Sheet, index: int, column: Sequence[Any], told: Sequence[Any]) -> None:
    """A column of mobile phones, unless it stands beside names of officials."""
    texts = [cell for cell in told if type(cell) is str and 9 <= len(cell) <= 24 and cell[-1].isdigit()]
    found = sum(bool(_PHONE.fullmatch(text.strip())) for text in texts)
    row = next((r for r, cell in enumerate(column[:HEAD_ROWS]) if type(cell) is str and _is_phone_header(cell)), None)
    if row is not None:
        found += sum(type(cell) is float and 8e8 <= cell < 9e12 for cell in column[row + 1 :])
    if found >= _MANY and not _tells_officials(sheet):
        raise _refused("personal_phones", sheet, row, index)


def _is_phone_header(text: str) -> bool:
    words = plain(text).split()
    return len(words) <= 4 and bool(_PHONE_WORDS & set(words)) and not _COUNTS & set(words)


def _tells_officials(sheet: Sheet) -> bool:
    heads = (cell for row in sheet.rows[:HEAD_ROWS] for cell in row if type(cell) is str and len(cell) <= 60)
    return any(_OFFICIAL_HEADER.fullmatch(plain(head)) for head in heads)


def _refused(code: str, sheet: Sheet, row: int | None, index: int) -> Refused:
    letter = column_letters(index)
    spot = {"column": letter if row is None else f"{letter} ({letter}{row + 1})"}
    return Refused(code, sheet=_DIGITS.sub("…", sheet.name), **spot)
