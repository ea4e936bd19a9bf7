"""Looks through a zip file (.xlsx, .ods) before any sheet library may: names, sizes, entities, faulty cells.

Everything is read as a stream with a budget, so that neither a zip bomb nor a lying directory costs memory.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from xml.etree import ElementTree

from kelurahan.intake.faults import Faults, scan_faults
from kelurahan.intake.formats import percent_cells, percent_styles
from kelurahan.intake.refusal import Refused

MAX_ENTRIES = 5_000
MAX_UNZIPPED = 200_000_000
MAX_RATIO = 250
"""Real sheets pack 5 to 30 times; only data made to explode comes near 1,000."""
RATIO_FROM = 20_000_000
CHUNK = 1 << 20
MAX_INDEX_PART = 5_000_000

UNREADABLE = (
    zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError, struct.error,
)  # fmt: skip
_ENTITY = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_OTHER_PROGRAMS = {"word/document.xml": "Word", "ppt/presentation.xml": "PowerPoint"}


@dataclass(slots=True)
class ZipFacts:
    kind: str  # "xlsx" | "ods"
    macros: bool = False
    faults: dict[str, Faults] = field(default_factory=dict)  # by sheet name; xlsx only
    percent: dict[str, set[tuple[int, int]]] = field(default_factory=dict)  # by sheet name; xlsx only


def inspect(path: Path) -> ZipFacts:
    """What kind of workbook the zip holds, and which cells hold errors or formulas never computed. Raises Refused."""
    try:
        with zipfile.ZipFile(path) as archive:
            return _inspect(archive)
    except Refused:
        raise
    except UNREADABLE as error:
        raise Refused("zip_truncated") from error


def _inspect(archive: zipfile.ZipFile) -> ZipFacts:
    entries = {entry.filename.replace("\\", "/"): entry for entry in archive.infolist()}
    _check_directory(archive)
    facts = ZipFacts(_kind(archive, entries), macros=any("vbaproject" in name.lower() for name in entries))
    budget = _Budget(sum(entry.compress_size for entry in entries.values()))
    faults = {name: _walk(archive, entry, name, facts.kind, budget) for name, entry in entries.items()}
    if facts.kind == "xlsx":
        parts = _sheet_parts(archive, entries)
        facts.faults = {sheet: faults[part] for sheet, part in parts.items() if faults.get(part)}
        facts.percent = _percent(archive, entries, parts)
    return facts


def _percent(
    archive: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo], parts: dict[str, str]
) -> dict[str, set[tuple[int, int]]]:
    """Cells shown as percentages; most workbooks have no such style and are not read again."""
    styles = percent_styles(_small(archive, entries.get("xl/styles.xml"), MAX_INDEX_PART))
    if not styles:
        return {}
    cells = {sheet: percent_cells(archive, entries[part], styles) for sheet, part in parts.items() if part in entries}
    return {sheet: found for sheet, found in cells.items() if found}


def _check_directory(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise Refused("zip_too_many_parts", n=len(entries), limit=MAX_ENTRIES)
    if any(entry.flag_bits & 1 for entry in entries):
        raise Refused("password")
    unzipped = sum(entry.file_size for entry in entries)
    if unzipped > MAX_UNZIPPED:
        raise Refused("zip_bomb", megabytes=unzipped // 1_000_000, limit=MAX_UNZIPPED // 1_000_000)


def _kind(archive: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo]) -> str:
    if "xl/workbook.xml" in entries:
        return "xlsx"
    if "xl/workbook.bin" in entries:
        raise Refused("xlsb")
    for name, program in _OTHER_PROGRAMS.items():
        if name in entries:
            raise Refused("other_program", program=program)
    if "[Content_Types].xml" in entries or any(name.startswith("xl/") for name in entries):
        raise Refused("xlsx_incomplete", part="xl/workbook.xml")
    if "content.xml" in entries:
        return _ods_kind(archive, entries)
    raise Refused("zip_not_a_sheet", names=", ".join(sorted(entries)[:3])[:80] or "kosong")


def _ods_kind(archive: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo]) -> str:
    mime = _small(archive, entries.get("mimetype"), 200)
    if mime and b"opendocument.spreadsheet" not in mime:
        raise Refused("other_program", program="LibreOffice (bukan lembar sebar)")
    if b"encryption-data" in _small(archive, entries.get("META-INF/manifest.xml"), MAX_INDEX_PART):
        raise Refused("password")
    return "ods"


def _small(archive: zipfile.ZipFile, entry: zipfile.ZipInfo | None, limit: int) -> bytes:
    if entry is None:
        return b""
    with archive.open(entry) as stream:
        return stream.read(limit)


class _Budget:
    """Counts what really comes out of the zip, whatever its directory says."""

    def __init__(self, packed: int) -> None:
        self.packed = max(packed, 1)
        self.unzipped = 0

    def spend(self, size: int) -> None:
        self.unzipped += size
        too_much = self.unzipped > MAX_UNZIPPED
        too_dense = self.unzipped > RATIO_FROM and self.unzipped > MAX_RATIO * self.packed
        if too_much or too_dense:
            raise Refused("zip_bomb", megabytes=self.unzipped // 1_000_000, limit=MAX_UNZIPPED // 1_000_000)


def _walk(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str, kind: str, budget: _Budget) -> Faults:
    """Unpack one part within the budget, look for entities, and in sheets for faulty cells."""
    with archive.open(entry) as stream:
        chunks = _chunks(stream, budget)
        if not _is_read(name, kind):
            for _ in chunks:
                pass
            return Faults()
        guarded = _without_entities(chunks, name)
        if kind == "xlsx" and "/worksheets/" in name and name.endswith(".xml"):
            return scan_faults(guarded)
        for _ in guarded:
            pass
    return Faults()


def _is_read(name: str, kind: str) -> bool:
    """Is it XML that the sheet library will read? (Old manifests of .ods carry a harmless DOCTYPE.)"""
    if kind == "ods":
        return name in {"content.xml", "styles.xml", "settings.xml", "meta.xml"}
    return name.endswith((".xml", ".rels"))


def _chunks(stream: IO[bytes], budget: _Budget) -> Iterator[bytes]:
    while chunk := stream.read(CHUNK):
        budget.spend(len(chunk))
        yield chunk


def _without_entities(chunks: Iterator[bytes], name: str) -> Iterator[bytes]:
    tail = b""
    for chunk in chunks:
        if _ENTITY.search(tail + chunk[:16]) or _ENTITY.search(chunk):
            raise Refused("xml_entities", part=name[:80])
        tail = chunk[-16:]
        yield chunk


def _sheet_parts(archive: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo]) -> dict[str, str]:
    """Sheet name → part of the zip, from the workbook and its relations; {} where they cannot be read."""
    index = _small(archive, entries["xl/workbook.xml"], MAX_INDEX_PART)
    relations = _small(archive, entries.get("xl/_rels/workbook.xml.rels"), MAX_INDEX_PART)
    try:
        targets = {node.get("Id"): node.get("Target", "") for node in ElementTree.fromstring(relations)}  # noqa: S314
        sheets = [node for node in ElementTree.fromstring(index).iter() if node.tag.endswith("}sheet")]  # noqa: S314
    except ElementTree.ParseError:
        return {}
    parts = {}
    for sheet in sheets:
        key = next((value for name, value in sheet.items() if name.endswith("}id")), "")
        parts[sheet.get("name", "")] = _absolute(targets.get(key) or "")
    return parts


def _absolute(target: str) -> str:
    target = target.replace("\\", "/")
    return target.lstrip("/") if target.startswith("/") else "xl/" + target.removeprefix("./")
