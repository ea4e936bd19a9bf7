"""Opens .xlsx, .xls, .ods and .csv, told apart by content and never by name, into rows of typed cells.

A cell is a float, str, bool, date, datetime, time or timedelta as stored, "" when empty, or a `Fault` (error, formula
without stored value). Call it only inside the parsing child: the sheet library can exhaust memory or abort.
"""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from kelurahan.intake import csvtext, zipguard
from kelurahan.intake.faults import MAX_FAULTS, Fault, Faults, column_letters
from kelurahan.intake.htmltable import Limits, read_tables
from kelurahan.intake.origin import Origin, Spot
from kelurahan.intake.refusal import Refused
from kelurahan.rules.findings import Finding, Level

MAX_BYTES = 20 * 1024 * 1024
MAX_ROWS = 100_000
MAX_COLUMNS = 500
MAX_FILLED = 2_500_000
MAX_SHEETS = 200
_HEAD_ROWS = 100
"""Headers may stand above the 100,000 rows."""
_MAX_MERGES = 500

Cell = float | int | str | bool | date | time | timedelta | Fault

_OTHER_FILES = (
    (b"%PDF", "PDF"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
    (b"Rar!", "RAR"),
    (b"\xfd7zXZ", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"RIFF", "WebP/RIFF"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"\x7fELF", "ELF"),
    (b"MZ\x90", "EXE"),
    (b"SQLite format 3", "SQLite"),
    (b"{\\rtf", "RTF"),
    (b"PAR1", "Parquet"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(slots=True)
class Sheet:
    """One sheet. `rows[r][c]` is the cell in row r + 1 of the sheet; `problem` says why rows are missing."""

    name: str
    hidden: bool = False
    rows: list[list[Any]] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)  # top, left, bottom, right, within the head
    problem: Refused | None = None
    unplaced_faults: int = 0
    tall: dict[tuple[int, int], int] = field(default_factory=dict)  # (top, left) → bottom of merges over several rows
    percent: frozenset[tuple[int, int]] = frozenset()  # (row, column) of numbers that are shown as percentages
    origin: Origin | None = None  # of a sheet that we made up
    _columns: list[tuple[Any, ...]] = field(default_factory=list, repr=False)

    @property
    def columns(self) -> list[tuple[Any, ...]]:
        """The cells by column, short rows filled up with "". Made once; change the rows by `put_rows`."""
        if not self._columns:
            self._columns = list(itertools.zip_longest(*self.rows, fillvalue=""))
        return self._columns

    def put_rows(self, rows: list[list[Any]]) -> None:
        """Replace the cells; what stands where stays."""
        self.rows, self._columns = rows, []

    def spot(self, row: int, column: int) -> Spot:
        """Where the cell (row, column), from 0, really stands."""
        return self.origin.spot(row, column) if self.origin else (self.name, row, column)

    def where(self, row: int, column: int) -> str:
        """The same as Excel names it, "H17"; on which sheet says `sheet_of`."""
        _, real_row, real_column = self.spot(row, column)
        return f"{column_letters(real_column)}{real_row + 1}"

    def sheet_of(self, row: int, column: int) -> str:
        return self.spot(row, column)[0]


@dataclass(slots=True)
class Workbook:
    kind: str  # "xlsx" | "xls" | "ods" | "csv" | "html" | "zip" of files
    sheets: list[Sheet]
    notes: list[Finding] = field(default_factory=list)


def open_workbook(path: str | Path) -> Workbook:
    """All sheets of the file, or of all files in a zip. Raises Refused when it is no sheet, damaged, locked or over a
    limit."""
    from kelurahan.intake import bundle  # opens each of its files by `open_file` below

    check_size(Path(path))
    return bundle.open_bundle(Path(path)) if bundle.is_bundle(Path(path)) else open_file(path)


def open_file(path: str | Path) -> Workbook:
    """The same for one file; a zip of files is refused."""
    path = Path(path)
    check_size(path)
    with open(path, "rb") as stream:
        head = stream.read(16)
    if head.startswith(b"PK"):
        return _open_zip(path)
    if head.startswith(_OLE):
        return _open_ole(path)
    for mark, kind in _OTHER_FILES:
        if head.startswith(mark):
            raise Refused("not_a_sheet", kind=kind)
    return _open_csv(path)


def check_size(path: Path) -> None:
    """Raises Refused for an empty or too large file; cheap enough for the receiving side, too."""
    size = path.stat().st_size
    if size == 0:
        raise Refused("empty_file")
    if size > MAX_BYTES:
        raise Refused("file_too_big", megabytes=round(size / 1_000_000, 1), limit=MAX_BYTES // (1024 * 1024))


def _open_csv(path: Path) -> Workbook:
    text = csvtext.decode(path.read_bytes())
    if csvtext.is_html(text):
        return _open_html(text)
    csvtext.refuse_other_text(text)
    rows = csvtext.read_rows(text, MAX_ROWS + _HEAD_ROWS, MAX_COLUMNS, MAX_FILLED)
    return Workbook("csv", [Sheet("", rows=rows)], text.notes)


def _open_html(text: csvtext.Text) -> Workbook:
    tables = read_tables(text.content, Limits(MAX_ROWS + _HEAD_ROWS, MAX_COLUMNS, MAX_FILLED))
    if not tables:
        raise Refused("html_as_sheet")
    names = [""] if len(tables) == 1 else [f"Tabel {number}" for number in range(1, len(tables) + 1)]
    sheets = [
        Sheet(name, rows=t.rows, merged=t.merged, tall=_tall((m[:2], m[2:]) for m in t.merged))
        for name, t in zip(names, tables, strict=True)
    ]
    return Workbook("html", sheets, text.notes)


def _open_zip(path: Path) -> Workbook:
    facts = zipguard.inspect(path)
    notes = [Finding(Level.INFO, "macros_ignored")] if facts.macros else []
    sheets = _read(path, facts.kind, facts.faults)
    for sheet in sheets:
        sheet.percent = frozenset(facts.percent.get(sheet.name, ()))
    return Workbook(facts.kind, sheets, notes + _hidden_notes(sheets))


def _open_ole(path: Path) -> Workbook:
    data = path.read_bytes()
    if _wide("EncryptedPackage") in data:
        raise Refused("password")
    if _wide("WordDocument") in data or _wide("PowerPoint Document") in data:
        raise Refused("other_program", program="Word/PowerPoint")
    del data
    sheets = _read(path, "xls", {})
    notes = [Finding(Level.INFO, "xls_errors_hidden"), *_hidden_notes(sheets)]
    return Workbook("xls", sheets, notes)


def _wide(name: str) -> bytes:
    return name.encode("utf-16-le")


def _hidden_notes(sheets: list[Sheet]) -> list[Finding]:
    return [Finding(Level.INFO, "hidden_sheet", sheet=sheet.name) for sheet in sheets if sheet.hidden and sheet.rows]


def _read(path: Path, kind: str, faults: dict[str, Faults]) -> list[Sheet]:
    """Read all sheets with the sheet library. It goes by the name's ending, so it gets the right one."""
    with tempfile.TemporaryDirectory() as folder:
        named = Path(folder, "book." + kind)
        named.symlink_to(path.resolve())
        book = _guarded(lambda: CalamineWorkbook.from_path(str(named)))
        try:
            return _read_sheets(book, kind, faults)
        finally:
            book.close()


def _read_sheets(book: CalamineWorkbook, kind: str, faults: dict[str, Faults]) -> list[Sheet]:
    listed = [meta for meta in book.sheets_metadata if meta.typ == SheetTypeEnum.WorkSheet]
    if not listed:
        raise Refused("no_sheets")
    if len(listed) > MAX_SHEETS:
        raise Refused("too_many_sheets", n=len(listed), limit=MAX_SHEETS)
    sheets, filled = [], 0
    for meta in listed:
        sheet = Sheet(meta.name, hidden=meta.visible != SheetVisibleEnum.Visible)
        sheets.append(sheet)
        try:
            filled += _fill(sheet, book, kind, faults.get(meta.name))
        except Refused as refused:
            sheet.problem, sheet.rows = refused, []
        if filled > MAX_FILLED:
            raise Refused("too_many_cells", n=filled, limit=MAX_FILLED)
    return sheets


def _fill(sheet: Sheet, book: CalamineWorkbook, kind: str, faults: Faults | None) -> int:
    """Put the rows into `sheet`; how many of its cells are filled."""
    raw = _guarded(lambda: book.get_sheet_by_name(sheet.name), sheet.name)
    if raw.end is None:
        _place_faults(sheet, faults)
        return len(sheet.rows)
    bottom, right = raw.end
    if bottom >= MAX_ROWS + _HEAD_ROWS:
        raise Refused("too_many_rows", sheet=sheet.name, n=bottom + 1, limit=MAX_ROWS)
    if right >= MAX_COLUMNS:
        raise Refused("too_many_columns", sheet=sheet.name, n=right + 1, limit=MAX_COLUMNS)
    sheet.rows = _guarded(lambda: raw.to_python(skip_empty_area=False), sheet.name)
    merges = raw.merged_cell_ranges or []
    sheet.merged, sheet.tall = _merged(merges), _tall(merges)
    if kind == "ods":
        _mark_error_texts(sheet)
    _place_faults(sheet, faults)
    return sum(len(row) - row.count("") for row in sheet.rows)


def _place_faults(sheet: Sheet, faults: Faults | None) -> None:
    if faults is None:
        return
    if faults.too_many:
        raise Refused("too_many_faults", sheet=sheet.name, limit=MAX_FAULTS)
    sheet.unplaced_faults = faults.unplaced
    width = len(sheet.rows[0]) if sheet.rows else 0
    for (row, column), fault in faults.cells.items():
        if row < len(sheet.rows) and column < width:
            sheet.rows[row][column] = fault


_ERROR_TEXTS = {"#N/A", "#DIV/0!", "#REF!", "#NAME?", "#VALUE!", "#NUM!", "#NULL!"}


def _mark_error_texts(sheet: Sheet) -> None:
    """An error in .ods arrives as its text."""
    for row in sheet.rows:
        for column, cell in enumerate(row):
            if type(cell) is str and cell[:1] in "#E" and (cell in _ERROR_TEXTS or cell.startswith("Err:5")):
                row[column] = Fault(cell[:20])


Merge = tuple[tuple[int, int], tuple[int, int]]


def _merged(merges: Iterable[Merge]) -> list[tuple[int, int, int, int]]:
    """Merged ranges that begin in the head of the sheet, cut at the limits: a merge may cover 17 billion cells."""
    return [
        (top, left, min(bottom, _HEAD_ROWS), min(right, MAX_COLUMNS))
        for (top, left), (bottom, right) in merges
        if top < _HEAD_ROWS and left < MAX_COLUMNS
    ][:_MAX_MERGES]


def _tall(merges: Iterable[Merge]) -> dict[tuple[int, int], int]:
    return {(top, left): bottom for (top, left), (bottom, _) in merges if bottom > top and left < MAX_COLUMNS}


def _guarded(call: Callable[[], Any], sheet: str = "") -> Any:
    """Call the sheet library; its errors and panics become refusals."""
    try:
        return call()
    except PasswordError:
        raise Refused("password") from None
    except (CalamineError, OSError, ValueError, OverflowError) as error:
        raise _refusal(str(error), sheet) from None
    except BaseException as error:  # a panic of the library is no Exception
        if type(error).__name__ != "PanicException":
            raise
        raise Refused("damaged") from None


def _refusal(words: str, sheet: str) -> Refused:
    if "Cell limit exceeded" in words:
        return Refused("out_of_memory", megabytes=600)
    if "password" in words.lower() or "encrypt" in words.lower():
        return Refused("password")
    if sheet:
        return Refused("sheet_damaged", sheet=sheet, detail=words[:200])
    return Refused("damaged", detail=words[:200])
