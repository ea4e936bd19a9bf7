"""Cells of an .xlsx sheet that are shown as percentages: the file stores 0.7858 and a style that shows 78.58 %.

The sheet library hands over the bare number. In a column that mixes such cells with "51,20%" and 83.51 only the style
tells which is which.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree

from kelurahan.intake.faults import column_index

MAX_PERCENT = 1_000_000  # cells that are remembered; a sheet with more is no table of ours
_BUILT_IN = {9, 10}  # "0%", "0.00%"
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_CHUNK = 1 << 20
_KEEP = 400  # bytes: no opening tag of a cell is longer


def percent_styles(styles: bytes) -> frozenset[int]:
    """Numbers of the cell styles that show percentages, from the bytes of xl/styles.xml."""
    try:
        root = ElementTree.fromstring(styles)  # noqa: S314 - searched for entities before
    except ElementTree.ParseError:
        return frozenset()
    own = {
        int(node.get("numFmtId", "-1"))
        for node in root.iter()
        if _tag(node) == "numFmt" and "%" in _QUOTED.sub("", node.get("formatCode", ""))
    }
    formats = next((node for node in root if _tag(node) == "cellXfs"), None)
    wanted = own | _BUILT_IN
    listed = [] if formats is None else [int(node.get("numFmtId", "0")) for node in formats]
    return frozenset(number for number, kind in enumerate(listed) if kind in wanted)


def _tag(node: ElementTree.Element) -> str:
    return node.tag.rpartition("}")[2]


def percent_cells(archive: zipfile.ZipFile, part: zipfile.ZipInfo, styles: frozenset[int]) -> set[tuple[int, int]]:
    """(row, column) from 0 of the number cells of a sheet that have one of the styles."""
    found: set[tuple[int, int]] = set()
    numbers = b"|".join(str(number).encode() for number in sorted(styles))
    cell = re.compile(rb"<(?:\w{1,40}:)?c\b(?=[^<>]*\bs=[\"'](?:" + numbers + rb")[\"'])([^<>]*)>")
    reference = re.compile(rb"""\br=["']([A-Z]{1,3})([1-9][0-9]{0,6})["']""")
    for block in _blocks(archive, part):
        for match in cell.finditer(block):
            where = reference.search(match[1])
            if where and len(found) < MAX_PERCENT:
                found.add((int(where[2]) - 1, column_index(where[1].decode())))
    return found


def _blocks(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """Pieces that overlap by one tag, so that none is cut in two."""
    tail = b""
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            yield tail + chunk
            tail = chunk[-_KEEP:]
