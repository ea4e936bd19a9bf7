"""Several sheets in one upload: packed by us into one zip, or zipped by the sender; each passes the same guards.

Nothing is unpacked under a name of the archive's: each file goes, one after the other, into a file of our own and is
opened like one that came alone. An archive within the archive is no sheet. All files together keep the limits of one.
"""

from __future__ import annotations

import stat
import tempfile
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

from kelurahan.intake import sheets, zipguard
from kelurahan.intake.places import clean
from kelurahan.intake.refusal import Refused
from kelurahan.intake.sheets import Sheet, Workbook
from kelurahan.rules.findings import Finding

MARK = "beberapa-berkas"
"""The first entry of what we packed ourselves; empty."""
MAX_FILES = 60
SEPARATOR = " › "
_ENDINGS = (".xlsx", ".xlsm", ".xls", ".ods", ".csv")
_OF_ONE_FILE = ("[content_types].xml", "mimetype", "content.xml", "xl/", "word/", "ppt/")
_RUBBISH = ("__macosx/", ".ds_store", "thumbs.db", "desktop.ini")
_LIMITS = {"zip_bomb", "too_many_cells", "too_many_sheets", "out_of_memory"}  # of all files together


def pack(files: Iterable[tuple[str, Path]], target: Path) -> None:
    """Put received files, each with the name that its sender gave it, into one stored zip. Nothing is compressed: most
    of them are zips themselves, and the guards look at each as it came."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(MARK, b"")
        for number, (name, path) in enumerate(files, 1):
            archive.write(path, f"{number:02d}/{_file_name(name)}")


def is_bundle(path: Path) -> bool:
    """Whether a zip holds files and is not a workbook itself. What cannot be read is no bundle."""
    with path.open("rb") as file:
        if file.read(2) != b"PK":
            return False
    try:
        with zipfile.ZipFile(path) as archive:
            names = [entry.filename.replace("\\", "/").casefold() for entry in archive.infolist()]
    except zipguard.UNREADABLE:
        return False
    if any(name.startswith(_OF_ONE_FILE) for name in names):
        return False
    return names[:1] == [MARK] or any(name.endswith(_ENDINGS) and not _is_rubbish(name) for name in names)


def open_bundle(path: Path) -> Workbook:
    """All sheets of all files, named "file.xlsx › Sheet1". Raises Refused when none can be read, or for the archive as
    a whole; a single file that cannot be read becomes a sheet with a problem."""
    try:
        with zipfile.ZipFile(path) as archive:
            budget = _Budget()
            books = [(name, _open(archive, entry, name, budget)) for name, entry in _named(_entries(archive))]
    except zipguard.UNREADABLE as error:
        raise Refused("zip_truncated") from error
    _refuse_unreadable(books)
    return _one_book(books)


def _entries(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The files of the archive, in its order. Raises Refused for too many, locked ones and odd names."""
    listed = [entry for entry in archive.infolist() if not entry.is_dir() and entry.filename != MARK]
    for entry in listed:
        _check_name(entry)
    found = [entry for entry in listed if not _is_rubbish(entry.filename.casefold())]
    if len(listed) > zipguard.MAX_ENTRIES or len(found) > MAX_FILES:
        raise Refused("bundle_too_many", n=len(found), limit=MAX_FILES)
    if any(entry.flag_bits & 1 for entry in found):
        raise Refused("password")
    return found


def _check_name(entry: zipfile.ZipInfo) -> None:
    name = entry.filename.replace("\\", "/")
    parts = PurePosixPath(name).parts
    is_link = stat.S_ISLNK(entry.external_attr >> 16)
    if is_link or name.startswith("/") or ".." in parts or ":" in name[:3] or "\0" in entry.orig_filename:
        raise Refused("bundle_path", nama=clean(entry.orig_filename, 60))


def _is_rubbish(name: str) -> bool:
    """What systems put into archives by themselves."""
    own = name.rpartition("/")[2]
    return name.startswith(_RUBBISH[0]) or own in _RUBBISH or own.startswith(("._", "~$"))


def _named(entries: list[zipfile.ZipInfo]) -> Iterator[tuple[str, zipfile.ZipInfo]]:
    """Each file with the name that people see: without its folder, unless two are called the same."""
    short = [_file_name(entry.filename) for entry in entries]
    taken: set[str] = set()
    for number, (entry, name) in enumerate(zip(entries, short, strict=True), 1):
        shown = name if short.count(name) == 1 else _file_name(entry.filename, folder=True)
        shown = shown if shown not in taken else f"{shown} ({number})"
        taken.add(shown)
        yield shown, entry


def _file_name(name: str, folder: bool = False) -> str:
    """A name fit to be shown and to stand in a zip. Ours are in numbered folders: "01/data.xlsx"."""
    parts = [part for part in name.replace("\\", "/").split("/") if part not in {"", ".", ".."}]
    kept = " – ".join(parts[-2:]) if folder else parts[-1] if parts else ""
    return clean(unicodedata.normalize("NFC", kept), 80) or "tanpa nama"


# --- one file after the other --------------------------------------------------------------------------------------


class _Budget:
    """What all files together may be: bytes when unzipped, filled cells, sheets."""

    def __init__(self) -> None:
        self.unzipped = self.filled = self.sheets = 0

    def spend_bytes(self, size: int) -> None:
        self.unzipped += size
        if self.unzipped > zipguard.MAX_UNZIPPED:
            limit = zipguard.MAX_UNZIPPED // 1_000_000
            raise Refused("zip_bomb", megabytes=self.unzipped // 1_000_000, limit=limit)

    def spend_cells(self, book: Workbook) -> None:
        self.sheets += len(book.sheets)
        self.filled += sum(len(row) - row.count("") for sheet in book.sheets for row in sheet.rows)
        if self.sheets > sheets.MAX_SHEETS:
            raise Refused("too_many_sheets", n=self.sheets, limit=sheets.MAX_SHEETS)
        if self.filled > sheets.MAX_FILLED:
            raise Refused("too_many_cells", n=self.filled, limit=sheets.MAX_FILLED)


def _open(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str, budget: _Budget) -> Workbook:
    """The file by itself. What is wrong with it alone becomes its problem, what is too much for all is raised."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "berkas")
        try:
            _unpack(archive, entry, name, path)
            budget.spend_bytes(_unzipped(path))
            book = sheets.open_file(path)
        except Refused as refused:
            if refused.code in _LIMITS:
                raise
            return Workbook("", [Sheet("", problem=refused)])
    budget.spend_cells(book)
    return book


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str, path: Path) -> None:
    """Write the file under a name of ours. Counts what really comes out, whatever the directory says."""
    with archive.open(entry) as packed, path.open("wb") as whole:
        size = 0
        while chunk := packed.read(zipguard.CHUNK):
            size += len(chunk)
            if size > sheets.MAX_BYTES:
                limit = sheets.MAX_BYTES // (1024 * 1024)
                megabytes = round(max(size, entry.file_size) / 1_000_000, 1)
                raise Refused("bundle_file_too_big", nama=name, megabytes=megabytes, limit=limit)
            whole.write(chunk)


def _unzipped(path: Path) -> int:
    """What the file becomes when it is a zip itself, else its size."""
    try:
        with zipfile.ZipFile(path) as archive:
            return sum(entry.file_size for entry in archive.infolist())
    except zipguard.UNREADABLE:
        return path.stat().st_size


def _refuse_unreadable(books: list[tuple[str, Workbook]]) -> None:
    """When no file can be read: the reason of the only one, or of the first."""
    problems = [(name, book.sheets[0].problem) for name, book in books if book.sheets[0].problem and not book.kind]
    if len(problems) < len(books):
        return
    name, problem = problems[0] if problems else ("", None)
    if problem is None:
        raise Refused("nothing_filled")
    if len(books) == 1:
        raise problem
    raise Refused("bundle_no_sheets", **{**problem.params, "berkas": name, "banyak": len(books), "sebab": problem.code})


def _one_book(books: list[tuple[str, Workbook]]) -> Workbook:
    found = Workbook("zip", [])
    for name, book in books:
        for sheet in book.sheets:
            sheet.name = _sheet_name(name, sheet.name)
            found.sheets.append(sheet)
        found.notes += [_of_file(note, name) for note in book.notes]
    return found


def _sheet_name(file: str, sheet: str) -> str:
    return f"{file}{SEPARATOR}{sheet}" if sheet else file


def _of_file(note: Finding, file: str) -> Finding:
    """A finding about a whole file names the file."""
    return replace(note, sheet=_sheet_name(file, note.sheet))
