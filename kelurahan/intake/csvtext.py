"""Reads .csv: encoding, separator and quoting are found by content, and what was assumed is told."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from kelurahan.intake.refusal import Refused
from kelurahan.rules.findings import N_, Finding, Level

MAX_FIELD = 131_072
MAX_RECORD_LINES = 20
"""A record that runs over more lines than this has lost its closing quote."""

_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_CONTROLS = re.compile(r"[\x01-\x08\x0b\x0e-\x1f\x7f]")
_MARKUP = re.compile(r"\s*<(?:!doctype\s+html|html|head|body|table|\?xml|meta|div|!--)", re.IGNORECASE)
_WHOLE = re.compile(r'\s*"([^"]*)"\s*')
_SEPARATORS = ";,\t|"


@dataclass(slots=True)
class Text:
    content: str
    encoding: str
    notes: list[Finding] = field(default_factory=list)


def decode(data: bytes) -> Text:
    """Text of the bytes: by byte order mark, as UTF-16 by its zeros, as UTF-8, else as Windows-1252."""
    encoding = _encoding(data)
    content = data.decode(encoding, "strict" if encoding == "utf-8" else "replace").removeprefix("\ufeff")
    notes = []
    if encoding == "cp1252":
        notes.append(Finding(Level.INFO, "csv_encoding", params={"encoding": "Windows-1252"}))
    if "\0" in content:
        notes.append(Finding(Level.PERINGATAN, "csv_nul", params={"n": content.count("\0")}))
        content = content.replace("\0", "")
    return Text(content, encoding, notes)


def _encoding(data: bytes) -> str:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return encoding
    sample = data[:4000]
    for start, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        half = sample[start::2]
        if len(half) >= 8 and half.count(0) > 0.7 * len(half):
            return encoding
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def is_html(text: Text) -> bool:
    """Whether it is a web page with a table, as many programs save what they call .xls."""
    return bool(_MARKUP.match(text.content)) and "<table" in text.content.lower()


def refuse_other_text(text: Text) -> None:
    """Raises Refused for text that is no table: web pages, JSON, binary data."""
    content = text.content
    if not content.strip():
        raise Refused("empty_file")
    if _MARKUP.match(content) or content.startswith("MIME-Version:"):
        raise Refused("html_as_sheet")
    if content.lstrip()[0] in "{[":
        raise Refused("json_as_sheet")
    if len(_CONTROLS.findall(content[:10_000])) > len(content[:10_000]) * 0.01:
        raise Refused("not_a_sheet", kind=N_("data biner"))


def read_rows(text: Text, max_rows: int, max_columns: int, max_filled: int) -> list[list[str]]:
    """Rows of cells, all text, numbered as a sheet program shows them: blank lines are kept, a cell with line breaks
    is one row. Raises Refused."""
    n_lines = text.content.count("\n") + text.content.count("\r")
    if n_lines > 10 * max_rows:
        raise Refused("too_many_rows", sheet="", n=n_lines, limit=max_rows)
    lines = list(io.StringIO(text.content, newline=""))  # not splitlines: it also cuts at form feeds
    declared = re.fullmatch(r"sep=(.)\s*", lines[0], re.IGNORECASE)
    lines = lines if declared else _without_whole_quotes(lines)
    separator = declared[1] if declared else _separator(lines)
    rows: list[list[str]] = [[]] if declared else []
    filled = 0
    for row in _records(lines[1:] if declared else lines, separator, text, len(rows)):
        rows.append(row)
        filled += len(row) - row.count("")
        if len(row) > max_columns:
            raise Refused("too_many_columns", sheet="", n=len(row), limit=max_columns)
        if len(rows) > max_rows:
            raise Refused("too_many_rows", sheet="", n=len(lines), limit=max_rows)
        if filled > max_filled:
            raise Refused("too_many_cells", n=filled, limit=max_filled)
    return rows


def _without_whole_quotes(lines: list[str]) -> list[str]:
    """Lines that were quoted as a whole, "1;Alak;12", as what they were before. Others as they are."""
    filled = [line for line in lines if line.strip()]
    whole = [_WHOLE.fullmatch(line) for line in filled]
    bare = [found[1] for found in whole if found]
    if len(bare) < max(len(filled), 2) or _separated(bare) < len(bare):
        return lines
    return [f"{line.strip()[1:-1]}\n" if line.strip() else line for line in lines]


def _separated(lines: list[str]) -> int:
    """How many lines have as many of one separator as the first."""
    return max(sum(line.count(mark) == lines[0].count(mark) > 0 for line in lines) for mark in _SEPARATORS)


def _separator(lines: list[str]) -> str:
    """The character that stands equally often in most of the first lines; quoted text does not count."""
    bare = [re.sub(r'"[^"]*"', "", line) for line in lines[:50] if line.strip()]
    return max(_SEPARATORS, key=lambda mark: _agreement(line.count(mark) for line in bare))


def _agreement(counts: Iterable[int]) -> int:
    """How many lines share the commonest number of marks (other than none), weighed by that number."""
    common = Counter(count for count in counts if count).most_common(1)
    return common[0][1] * min(common[0][0], 30) if common else 0


def _records(lines: list[str], separator: str, text: Text, offset: int) -> Iterator[list[str]]:
    try:
        parsed = list(_parse(lines, separator, offset, strict=True))
    except _BadQuote as bad:
        text.notes.append(Finding(Level.PERINGATAN, "csv_quote", params={"line": bad.line}))
        parsed = list(_parse(lines, separator, offset, strict=False))
    return iter(_without_blank_end(parsed))


class _BadQuote(Exception):
    def __init__(self, line: int) -> None:
        self.line = line


def _parse(lines: list[str], separator: str, offset: int, *, strict: bool) -> Iterator[list[str]]:
    csv.field_size_limit(MAX_FIELD)
    reader = csv.reader(lines, delimiter=separator, strict=strict)
    start = offset + 1
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _of_error(str(error), start, offset + reader.line_num, strict=strict) from None
        end = offset + reader.line_num
        if end - start >= MAX_RECORD_LINES:
            raise Refused("csv_unclosed_quote", line=start)
        yield _trimmed(row)
        start = end + 1


def _of_error(words: str, start: int, end: int, *, strict: bool) -> Exception:
    if "limit" in words and end == start:
        return Refused("csv_field_too_long", line=start, limit=MAX_FIELD)
    if strict and "end of data" not in words and "limit" not in words:
        return _BadQuote(start)
    return Refused("csv_unclosed_quote", line=start)


def _trimmed(row: list[str]) -> list[str]:
    while row and not row[-1].strip():
        row.pop()
    return row


def _without_blank_end(rows: list[list[str]]) -> list[list[str]]:
    while rows and not rows[-1]:
        rows.pop()
    return rows
