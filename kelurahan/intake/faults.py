"""Finds the cells of an .xlsx sheet that hold an error (#N/A) or a formula that no program has computed.

The sheet library hands both over as empty text, which would turn "invalid" into "not given". The XML of the sheet is
searched as a stream of bytes; a parser would take longer than reading the sheet itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

MAX_FAULTS = 100_000
_FORCE_CUT = 8_000_000


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell without a usable value: `text` is the error as Excel shows it, "" for a formula without stored value."""

    text: str

    @property
    def computed(self) -> bool:
        return self.text != ""


@dataclass(slots=True)
class Faults:
    """Faulty cells by (row, column) from 0; `unplaced` counts those whose place the file does not say."""

    cells: dict[tuple[int, int], Fault] = field(default_factory=dict)
    unplaced: int = 0
    too_many: bool = False

    def __bool__(self) -> bool:
        return bool(self.cells or self.unplaced)

    def add(self, attributes: bytes, text: str) -> None:
        where = _REFERENCE.search(attributes)
        if where is None:
            self.unplaced += 1
        elif len(self.cells) >= MAX_FAULTS:
            self.too_many = True
        else:
            self.cells[int(where[2]) - 1, column_index(where[1].decode())] = Fault(text)


_REFERENCE = re.compile(rb"""\br\s*=\s*["']([A-Z]{1,3})([1-9][0-9]{0,6})["']""")
_ROOT = re.compile(rb"<((?:\w{1,40}:)?)worksheet\b")
_TEXT_RESULT = re.compile(rb"""\bt\s*=\s*["'](?:str|inlineStr)["']""")


def column_index(letters: str) -> int:
    """0 for "A", 26 for "AA"."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def column_letters(index: int) -> str:
    """ "A" for 0, "AA" for 26."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def scan_faults(chunks: Iterator[bytes]) -> Faults:
    """Faulty cells in the XML of one sheet."""
    faults = Faults()
    patterns: _Patterns | None = None
    for block in _whole_cells(chunks):
        if patterns is None:
            root = _ROOT.search(block)
            patterns = _Patterns(root[1] if root else b"")
        patterns.search(block, faults)
    return faults


def _whole_cells(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes, cut only between rows (or, in an endless row, between cells)."""
    pieces: list[bytes] = []
    size = 0
    for chunk in chunks:
        cut = _cut(chunk, size + len(chunk) > _FORCE_CUT)
        if cut:
            yield b"".join([*pieces, chunk[:cut]])
            pieces, size = [], 0
        pieces.append(chunk[cut:])
        size += len(chunk) - cut
    yield b"".join(pieces)


def _cut(chunk: bytes, force: bool) -> int:
    end = chunk.rfind(b"row>") + 4
    if end < 4 and force:
        end = chunk.rfind(b"c>") + 2
    return end if end >= 4 else 0


class _Patterns:
    """What to look for, with the namespace prefix that the sheet uses."""

    def __init__(self, prefix: bytes) -> None:
        p = re.escape(prefix)
        self.formula_marks = (b"</" + prefix + b"f>", b"<" + prefix + b"f ")
        self.error = re.compile(rb"""<%bc\b([^<>]*?\bt=["']e["'][^<>]*)>""" % p)
        self.error_text = re.compile(rb"<%bv\b[^<>]*>([^<]*)<" % p)
        self.uncomputed = re.compile(
            rb"<%bc\b([^<>]*)>\s*<%bf\b[^<>]*?(?:/>|>[^<]*</%bf>)\s*(?:<%bv\s*/>|<%bv>\s*</%bv>)?\s*</%bc>"
            % (p, p, p, p, p, p, p)
        )
        self.end = b"</" + prefix + b"c>"

    def search(self, block: bytes, faults: Faults) -> None:
        if b'="e"' in block or b"='e'" in block:
            for cell in self.error.finditer(block):
                faults.add(cell[1], self._text_of(block, cell.end()))
        if any(mark in block for mark in self.formula_marks):
            for cell in self.uncomputed.finditer(block):
                if not _TEXT_RESULT.search(cell[1]):
                    faults.add(cell[1], "")

    def _text_of(self, block: bytes, start: int) -> str:
        end = block.find(self.end, start)
        text = self.error_text.search(block, start, end if end >= 0 else len(block))
        return text[1].decode("utf-8", "replace")[:20] if text else "#N/A"
