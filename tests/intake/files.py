"""Hostile and odd files, made in code; nothing of them is kept."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>'
)
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{_RELATION}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def workbook_parts(sheets: Mapping[str, str], hidden: Sequence[str] = ()) -> dict[str, str | bytes]:
    """The parts of an .xlsx whose sheets have the given XML inside <worksheet>."""
    listed, related = "", ""
    parts: dict[str, str | bytes] = {"[Content_Types].xml": TYPES, "_rels/.rels": RELS}
    for number, (name, body) in enumerate(sheets.items(), 1):
        state = ' state="hidden"' if name in hidden else ""
        listed += f'<sheet name="{name}" sheetId="{number}"{state} r:id="rId{number}"/>'
        related += (
            f'<Relationship Id="rId{number}" Type="{_RELATION}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        )
        parts[f"xl/worksheets/sheet{number}.xml"] = f'<?xml version="1.0"?><worksheet xmlns="{MAIN}">{body}</worksheet>'
    parts["xl/workbook.xml"] = (
        f'<?xml version="1.0"?><workbook xmlns="{MAIN}" xmlns:r="{_RELATION}"><sheets>{listed}</sheets></workbook>'
    )
    parts["xl/_rels/workbook.xml.rels"] = (
        '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f"{related}</Relationships>"
    )
    return parts


def write_zip(path: Path, parts: Mapping[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def read_zip(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def cell(reference: str, value: object) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        text = value.replace("&", "&amp;").replace("<", "&lt;")
        return f'<c r="{reference}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
    return f'<c r="{reference}"><v>{value!r}</v></c>'


def letters(index: int) -> str:
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def sheet_xml(rows: Sequence[Sequence[object]], extra: Mapping[str, str] | None = None) -> str:
    """Sheet data; `extra` puts raw cell XML in place of a cell ("B2")."""
    extra = extra or {}
    out = []
    for number, row in enumerate(rows, 1):
        cells = "".join(
            extra.get(f"{letters(column)}{number}") or cell(f"{letters(column)}{number}", value)
            for column, value in enumerate(row)
        )
        out.append(f'<row r="{number}">{cells}</row>')
    return f"<sheetData>{''.join(out)}</sheetData>"


def xlsx(path: Path, rows: Sequence[Sequence[object]], name: str = "RT", **extra: str) -> Path:
    return write_zip(path, workbook_parts({name: sheet_xml(rows, extra)}))


def workbook(path: Path, sheets: Mapping[str, Sequence[Sequence[object]]], hidden: Sequence[str] = ()) -> Path:
    return write_zip(path, workbook_parts({name: sheet_xml(rows) for name, rows in sheets.items()}, hidden))


ODS_MIME = "application/vnd.oasis.opendocument.spreadsheet"
_ODS_NAMES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2"'
)


def ods_cell(value: object) -> str:
    if value is None or value == "":
        return "<table:table-cell/>"
    if isinstance(value, str):
        text = value.replace("&", "&amp;").replace("<", "&lt;")
        return f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'
    start = f'<table:table-cell office:value-type="float" office:value="{value!r}">'
    return f"{start}<text:p>{value}</text:p></table:table-cell>"


def ods_content(table: str) -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_ODS_NAMES}><office:body><office:spreadsheet>'
        f"{table}</office:spreadsheet></office:body></office:document-content>"
    )


def ods_parts(content: str) -> dict[str, str | bytes]:
    names = 'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"'
    return {
        "mimetype": ODS_MIME,
        "META-INF/manifest.xml": (
            f'<?xml version="1.0"?><manifest:manifest {names} manifest:version="1.2">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODS_MIME}"/>'
            '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
        ),
        "content.xml": content,
    }


def ods(path: Path, rows: Sequence[Sequence[object]], name: str = "RT") -> Path:
    body = "".join(f"<table:table-row>{''.join(map(ods_cell, row))}</table:table-row>" for row in rows)
    return write_zip(path, ods_parts(ods_content(f'<table:table table:name="{name}">{body}</table:table>')))


def lying_zip(path: Path, name: str, content: bytes, declared: int) -> Path:
    """A zip whose directory understates the size of its only part."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    data = buffer.getvalue().replace(len(content).to_bytes(4, "little"), declared.to_bytes(4, "little"))
    path.write_bytes(data)
    return path


# --- Excel 97 (.xls): BIFF8 in a compound file ------------------------------------------------------------------

_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def _record(kind: int, body: bytes) -> bytes:
    return kind.to_bytes(2, "little") + len(body).to_bytes(2, "little") + body


def _u16(*numbers: int) -> bytes:
    return b"".join(number.to_bytes(2, "little") for number in numbers)


def _u32(*numbers: int) -> bytes:
    return b"".join(number.to_bytes(4, "little") for number in numbers)


def _biff_cell(row: int, column: int, value: object) -> bytes:
    import struct

    if isinstance(value, str):
        text = value.encode("utf-16-le")
        return _record(0x0204, _u16(row, column, 0, len(value)) + b"\x01" + text)
    return _record(0x0203, _u16(row, column, 0) + struct.pack("<d", value))


def _biff(rows: Sequence[Sequence[object]], name: str) -> bytes:
    bof = lambda kind: _record(0x0809, _u16(0x0600, kind, 0x0DBB, 0x07CC) + _u32(0, 6))  # noqa: E731
    title = name.encode("latin-1")
    head = bof(5) + _record(0x0042, _u16(1200))

    def boundsheet(position: int) -> bytes:
        return _record(0x0085, _u32(position) + b"\0\0" + bytes([len(title), 0]) + title)

    end = _record(0x000A, b"")
    position = len(head) + len(boundsheet(0)) + len(end)
    body = b"".join(
        _biff_cell(r, c, value) for r, row in enumerate(rows) for c, value in enumerate(row) if value not in (None, "")
    )
    size = _record(0x0200, _u32(0, len(rows)) + _u16(0, max(map(len, rows)), 0))
    return head + boundsheet(position) + end + bof(0x10) + size + body + end


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    wide = (name + "\0").encode("utf-16-le")
    return (
        wide.ljust(64, b"\0") + _u16(len(wide)) + bytes([kind, 1]) + _u32(_FREE, _FREE, child)
        + b"\0" * 36 + _u32(start, size, 0)
    )  # fmt: skip


def xls(path: Path, rows: Sequence[Sequence[object]], name: str = "RT") -> Path:
    stream = _biff(rows, name)
    stream = stream.ljust(max(4096, -(-len(stream) // 512) * 512), b"\0")
    sectors = len(stream) // 512
    assert sectors < 120, "one table sector is enough for tests"
    fat = [_FAT, _END, *range(3, sectors + 2), _END]
    table = _u32(*fat).ljust(512, b"\xff")
    directory = _entry("Root Entry", 5, 1, _END, 0) + _entry("Workbook", 2, _FREE, 2, len(stream))
    header = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + _u16(0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
        + _u32(0, 1, 1, 0, 4096, _END, 0, _END, 0, 0) + b"\xff" * 432
    )  # fmt: skip
    path.write_bytes(header + table + directory.ljust(512, b"\0") + stream)
    return path
