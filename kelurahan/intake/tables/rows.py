"""What each row below a header is: a record, a total, the title of a section, a note, a header once more, nothing.

A kecamatan may have the name of one of its kelurahan (Alak, Maulafa). Its row is known by the structure of the table:
numbering of another kind, no numbers, or the sums of the rows below or above. Where that does not tell, it is asked.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from kelurahan.intake.columns import Table, plain
from kelurahan.intake.tables.describe import is_counter
from kelurahan.intake.tables.sums import amount, is_sum
from kelurahan.intake.tables.words import (
    PLACE_FIELDS,
    Words,
    is_blank,
    is_date,
    is_letter,
    is_note,
    is_number,
    is_numbered,
    is_signature,
    ordinal,
    says_nothing,
    text_of,
    unnumbered,
)

_NAMING = ("kode", "kelurahan", "kecamatan", "kawasan", "rt", "rw")
_LEADING = 3  # columns: "No", "Uraian"
_NUMBERED_WITHIN = 3
_FEW = 3
_MIN_PARTS = 2
_MANY = 20  # rows from which on something stands too often to be a title or a total
_FOOTNOTE = re.compile(r"\d\)|\*{1,3}\)?")
_WIDER_CODE = re.compile(r"\d\d\.\d\d(?P<kecamatan>\.\d\d)?")
_SUSPECT = re.compile(
    r"maks|minim|terting|terend|median|jumlah|jml|total|rata|rerata|rekap|mean|seluruh|kec|kota|kab|prov|kel|desa|ket|catatan|note|sumber|source|\*|olah|"
    r"cetak|tahu[i ]|setuju|kepala|lurah|camat|nip|wali|^an\b|^plt|^\d\)|(?:19|20)\d\d|printed",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Rows:
    """Rows below the header by what they are; sections with the name that they give to the rows below them."""

    records: list[int] = field(default_factory=list)
    numbered: list[int] = field(default_factory=list)
    totals: list[int] = field(default_factory=list)
    repeated: list[int] = field(default_factory=list)
    notes: list[int] = field(default_factory=list)
    footnotes: list[int] = field(default_factory=list)  # "2) | Alak | angka sementara": notes that name a place
    kecamatan: dict[int, str] = field(default_factory=dict)  # row → name as written
    kelurahan: dict[int, str] = field(default_factory=dict)
    doubtful: list[int] = field(default_factory=list)  # kelurahan, or the kecamatan of that name: records to be asked


def sort_rows(table: Table, words: Words) -> Rows:
    return _Sorter(table, words).sort()


def may_have_namesakes(table: Table) -> bool:
    """Whether rows name their kelurahan without a kecamatan, a code or an RT beside it."""
    cells = table.sheet.columns
    beside = (table.fields[name].index for name in ("kecamatan", "kode", "rt") if name in table.fields)
    full = any(index < len(cells) and "" not in cells[index][table.header_row + 1 :] for index in beside)
    return "kelurahan" in table.fields and (not full or _has_few_names(table))


def _has_few_names(table: Table) -> bool:
    index = table.fields["kelurahan"].index
    return index < len(table.sheet.columns) and len(set(table.sheet.columns[index])) <= _MANY


class _Sorter:
    """One pass over the rows of a table."""

    def __init__(self, table: Table, words: Words) -> None:
        self.table, self.words = table, words
        self.cells = table.sheet.columns
        self.rows = table.sheet.rows
        self.first = table.header_row + 1
        fields = table.fields
        width = len(self.cells)
        self.at = {name: fields[name].index for name in PLACE_FIELDS if name in fields and fields[name].index < width}
        read = {c.index for c in table.columns if c.field and c.field not in PLACE_FIELDS}
        self.values = sorted(i for i in read if i < width)
        self.naming = sorted(self.at[name] for name in _NAMING if name in self.at)
        first_value = min(self.values, default=width)
        leading = set(range(min(max(_LEADING, min(self.naming, default=0)), first_value, width)))
        self.leading = sorted((leading | set(self.naming)) - read)
        taken = {*self.at.values(), *self.leading}
        self.others = [i for i in range(width) if i not in taken and i not in read]
        rts = self.cells[self.at["rt"]][self.first :] if "rt" in self.at else ()
        blank = {is_blank(cell) for cell in set(rts)}
        self.rt_gaps = len(blank) == 2 or (blank == {False} and self._is_first("rt"))  # RT, and rows without
        self._spellings: Counter[tuple[str, Any]] = Counter()
        self.out = Rows()
        self._numbered_names: tuple[set[int], bool | None] | None = None  # rows, and whether they are kecamatan

    def _is_first(self, name: str) -> bool:
        """Whether titles of sections would stand in this very column."""
        return name in self.at and self.at[name] <= min(self.naming)

    # --- the pass -------------------------------------------------------------------------------------------

    def sort(self) -> Rows:
        out, n = self.out, len(self.rows)
        gone = self._blank()
        gone |= self._numbered(gone) | self._repeated() | self._coded_wider()
        marks = {row: text for row, text in self._marked().items() if row not in gone}
        for row, (column, text) in sorted(marks.items()):
            self._judge(row, column, text)
        gone |= {*out.totals, *out.notes, *out.footnotes, *out.kecamatan, *out.kelurahan}
        out.records = [row for row in range(self.first, n) if row not in gone]
        self._kecamatan_rows()
        self._namesakes()
        self._nothing_but_kecamatan()
        self._unnamed_sums()
        return out

    def _blank(self) -> set[int]:
        """Rows with nothing that is read or names a place, except a year: the free rows of the template."""
        blank = list(range(self.first, len(self.rows)))
        for column in [*self.naming, *self.values, *self.leading]:
            cells = self.cells[column]
            blank = [row for row in blank if not (cell := cells[row]) or (type(cell) is str and cell.isspace())]
            blank = [row for row in blank if is_blank(cells[row])]
            if not blank:
                break
        if blank and not self.values:
            blank = [row for row in blank if all(is_blank(self.cells[c][row]) for c in self.others)]
        return set(blank)

    def _coded_wider(self) -> set[int]:
        """Rows with the code of their kecamatan, or of the city, among rows with codes of kelurahan."""
        column = self.at.get("kode")
        if column is None or "kelurahan" not in self.at:
            return set()
        cells = self.cells[column]
        below = [row for row in range(self.first, len(self.rows)) if not is_blank(cells[row])]
        wider = {row: _WIDER_CODE.fullmatch(str(cells[row]).strip()) for row in below}
        known = sum(bool(self.words.kelurahan(cells[row])) for row in below if not wider[row])
        names = self.cells[self.at["kelurahan"]]
        for row, found in wider.items() if 2 * known >= len(below) else ():
            text = text_of(names[row])
            if found and self.words.kecamatan(text) and found["kecamatan"]:
                self.out.kecamatan[row] = text
            elif found and self.words.is_city(text):
                self.out.totals.append(row)
        return {*self.out.kecamatan, *self.out.totals}

    def _numbered(self, gone: set[int]) -> set[int]:
        near = range(self.first, min(self.first + _NUMBERED_WITHIN, len(self.rows)))
        self.out.numbered += [row for row in near if row not in gone and is_numbered(self.rows[row])]
        return set(self.out.numbered)

    def _repeated(self) -> set[int]:
        """The header once more, after a page break; and its number row."""
        top = self.table.header_row - (self.table.header_rows[1] - self.table.header_rows[0])
        heads = {self._signature(row) for row in range(max(top, 0), self.first)} - {()}
        places = [self.at[name] for name in ("kelurahan", "kode", "rt") if name in self.at]
        for column in places[:1]:
            texts = {self.cells[column][row] for row in range(max(top, 0), self.first)} - {""}
            again = [row for row in range(self.first, len(self.rows)) if self.cells[column][row] in texts]
            for row in again:
                if self._signature(row) in heads:
                    self._repeated_at(row, heads)
        return set(self.out.repeated)

    def _repeated_at(self, row: int, heads: set[tuple[Any, ...]]) -> None:
        around = range(max(self.first, row - 4), min(row + 6, len(self.rows)))
        self.out.repeated += [r for r in around if r not in self.out.repeated and self._signature(r) in heads]
        after = range(row + 1, min(row + 6, len(self.rows)))
        self.out.repeated += [r for r in after if r not in self.out.repeated and is_numbered(self.rows[r])]

    def _signature(self, row: int) -> tuple[Any, ...]:
        return tuple((c, plain(cell)) for c, cell in enumerate(self.rows[row]) if type(cell) is str and plain(cell))

    # --- rows that their words give away --------------------------------------------------------------------

    def _marked(self) -> dict[int, tuple[int, str]]:
        """Rows with a word in a naming or leading column that no record has, and where it stands."""
        marks: dict[int, tuple[int, str]] = {}
        for column in self.leading:
            cells = self.cells[column]
            distinct = {cell for cell in set(cells[self.first :]) if type(cell) is str and cell}
            if column == self.at.get("kode"):
                distinct = {cell for cell in distinct if not cell[0].isdigit()}
            texts = {cell for cell in distinct if self._is_suspect(cell) and not self._is_usual(cell, column)}
            texts = {cell for cell in texts if self._may_tell(cell, column)}
            of_rt = {cell for cell in texts if self._is_place_alone(cell, column)} if self._rt_beside(column) else set()
            rts = self.cells[self.at["rt"]] if of_rt else ()
            blank = {cell for cell in set(rts) if is_blank(cell)}
            if texts:
                for row in range(self.first, len(self.rows)):
                    if cells[row] not in texts or (cells[row] in of_rt and rts[row] not in blank):
                        continue
                    if row not in marks or not self._is_telling(marks[row][1]):
                        marks[row] = column, text_of(cells[row])
        return marks

    def _is_suspect(self, cell: str) -> bool:
        text = cell.strip()
        if _FOOTNOTE.fullmatch(text):
            return True
        if not text or (text[0].isdigit() and not re.match(r"\d{1,3}[.)\s]+\D", text)):
            return False
        if self.rt_gaps and self.words.kelurahan(cell):
            return True
        return bool(_SUSPECT.search(text)) or bool(len(text) < 60 and self.words.kecamatan(text))

    def _may_tell(self, cell: str, column: int) -> bool:
        """Whether a text can say what its row is. Of those in the column of kelurahan a place that we do not know,
        such as "Desa Baru", cannot."""
        text = text_of(cell)
        return column != self.at.get("kelurahan") or bool(self.words.kelurahan(text)) or self._is_wider(text)

    def _is_place_alone(self, cell: str, column: int) -> bool:
        """A kelurahan in its own column that no other reading has: beside an RT its row is a record."""
        own = column in {self.at.get("kelurahan"), self.at.get("kode")}
        return own and bool(self.words.kelurahan(cell)) and not self._is_wider(text_of(cell), but_kecamatan=True)

    def _is_wider(self, text: str, *, but_kecamatan: bool = False) -> bool:
        words = self.words
        if not but_kecamatan and words.kecamatan(text):
            return True
        told = words.is_total(text) or words.is_city(text) or bool(words.titled_kecamatan(text))
        return told or is_note(text) or is_signature(text) or bool(_FOOTNOTE.fullmatch(text))

    def _rt_beside(self, column: int) -> bool:
        return self.at.get("rt", column) != column

    def _is_usual(self, cell: str, column: int) -> bool:
        """A kecamatan in its own column; a kelurahan in its own, where no title of a section can be meant."""
        if column == self.at.get("kecamatan"):
            return bool(self.words.kecamatan(cell))
        own = column in {self.at.get("kelurahan"), self.at.get("kode")}
        return own and not self.rt_gaps and bool(self.words.kelurahan(cell))

    def _is_telling(self, text: str) -> bool:
        words = self.words
        return words.is_total(text) or bool(words.titled_kecamatan(text) or words.titled_kelurahan(text))

    def _judge(self, row: int, column: int, text: str) -> None:
        words, out = self.words, self.out
        known = bool(self._codes(row))
        of_place = column in {self.at.get("kelurahan"), self.at.get("kode")}
        if words.is_bare_total(text) or (words.is_total(text) and not known):
            out.totals.append(row)
        elif _FOOTNOTE.fullmatch(text):
            out.footnotes += [row] if column not in self.naming and not self._numbers(row) else []
        elif kind := self._kelurahan_row(row, column, text, known):
            if kind == "section":
                out.kelurahan[row] = text
            else:
                out.totals.append(row)
        elif known and (of_place or column != self.at.get("kelurahan")):
            return
        elif self._may_be_wider(row, column) and self._is_kecamatan(row, text):
            out.kecamatan[row] = text
        elif self._may_be_wider(row, column) and words.is_city(text) and not self._lies_in(row, column):
            out.totals.append(row)
        elif (is_note(text) or is_signature(text)) and not self._numbers(row):
            out.notes.append(row)

    def _may_be_wider(self, row: int, column: int) -> bool:
        """Whether a city or kecamatan in this column is what the row is about, and not merely where its place lies."""
        own = self.at.get("kelurahan")
        if column == self.at.get("kecamatan"):
            return False
        if own is None or column == own or not (text := text_of(self.cells[own][row])):
            return True
        words = self.words
        return (
            words.is_total(text) or words.is_city(text) or bool(words.kecamatan(text) or words.titled_kecamatan(text))
        )

    def _lies_in(self, row: int, column: int) -> bool:
        """Whether a kecamatan stands beside the name: "Tanah Abang | Kota Bambu Utara" is a kelurahan."""
        district = self.at.get("kecamatan")
        text = text_of(self.cells[district][row]) if district not in {None, column} else ""
        return bool(text) and not self.words.is_city(text) and not self.words.is_total(text)

    def _is_kecamatan(self, row: int, text: str) -> bool:
        return bool(self.words.titled_kecamatan(text) or (self.words.kecamatan(text) and not self._has("rt", row)))

    def _kelurahan_row(self, row: int, column: int, text: str, known: bool) -> str:
        """ "section" for "KELURAHAN NAMOSAIN" over rows of RT, "total" where it holds the sums of those above it."""
        if "rt" not in self.at or any(self._has(name, row) and self.at[name] != column for name in ("rt", "rw")):
            return ""
        titled = self.words.titled_kelurahan(text)
        if column == self.at.get("kecamatan") or not (titled or known):
            return ""
        if known and any(self._has(name, row) for name in ("kode", "kawasan")):
            return ""  # a row of our template about the kelurahan itself, or about a kawasan
        if titled and not self.words.kelurahan(text) and column == self.at.get("kelurahan"):
            return ""
        codes = self.words.kelurahan(text) or self._codes(row)
        below = self._members(range(row + 1, len(self.rows)), codes)
        if below and (not self._numbers(row) or self._is_their_sum(row, below)):
            return "section"
        above = self._members(range(row - 1, self.first - 1, -1), codes)
        return "total" if len(above) > 1 and self._is_their_sum(row, above) else ""

    def _is_their_sum(self, row: int, members: Sequence[int]) -> bool:
        """Whether a kelurahan holds nothing but the sums of its RT: else it is a record."""
        lines = ([amount(self.cells[c][r]) for c in self.values] for r in (row, *members))
        own, *parts = lines
        return is_sum(own, parts, most=False)

    def _members(self, rows: Iterable[int], codes: frozenset[str]) -> list[int]:
        """Rows of RT next to each other that name no other kelurahan."""
        members = []
        for row in rows:
            if all(is_blank(self.cells[c][row]) for c in (*self.naming, *self.values)) or row in self.out.repeated:
                continue
            own = self._codes(row)
            if not self._has_rt(row) or (own != codes and self._names_place(row)):
                break
            members.append(row)
        return members

    def _has_rt(self, row: int) -> bool:
        return self._has("rt", row) and not self.words.titled_kelurahan(text_of(self.cells[self.at["rt"]][row]))

    def _names_place(self, row: int) -> bool:
        return any(self._has(name, row) for name in ("kelurahan", "kode"))

    # --- kecamatan ------------------------------------------------------------------------------------------

    def _kecamatan_rows(self) -> None:
        """Rows that name only a kecamatan, in its own column, while the rows of kelurahan leave that column blank."""
        column, place = self.at.get("kecamatan"), self.at.get("kelurahan")
        if column is None or place is None or "rt" in self.at:
            return
        alone = [r for r in self.out.records if not is_blank(self.cells[column][r]) and not self._names_place(r)]
        both = [r for r in self.out.records if not is_blank(self.cells[column][r]) and self._names_place(r)]
        named = [r for r in self.out.records if self._names_place(r)]
        if not alone or not named:
            return
        for row in alone:
            if self.words.kecamatan(text_of(self.cells[column][row])) and (not both or self._sums_neighbours(row)):
                self.out.kecamatan[row] = text_of(self.cells[column][row])
        self._leave_out(self.out.kecamatan)

    def _namesakes(self) -> None:
        """Rows that name a kelurahan, or the kecamatan of that name: which of the two."""
        column = self.at.get("kelurahan")
        if column is None or not may_have_namesakes(self.table):
            return
        names = {cell for cell in set(self.cells[column][self.first :]) if self._is_namesake(cell)}
        if not names:
            return
        for name in sorted({plain(cell) for cell in names}):
            spelt = {cell for cell in names if plain(cell) == name}
            rows = [r for r in self.out.records if self.cells[column][r] in spelt and self._may_be_section(r)]
            if len(rows) <= _MANY:  # else each has many records, and no section is meant
                self._judge_namesakes(rows)
        self._leave_out(self.out.kecamatan)

    def _is_namesake(self, cell: Any) -> bool:
        return type(cell) is str and len(cell) < 60 and bool(self.words.kecamatan(cell) and self.words.kelurahan(cell))

    def _may_be_section(self, row: int) -> bool:
        """Not where the row names its kecamatan beside it, its own code, or an RT."""
        return not self._is_titled(row) and not any(
            self._has(name, row) for name in ("kecamatan", "kode", "rt", "rw", "kawasan")
        )

    def _judge_namesakes(self, rows: list[int]) -> None:
        signs = {row: self._section_signs(row) for row in rows}
        if self._by_category(rows):
            return
        sections = [row for row in rows if signs[row] is True]
        records = [row for row in rows if signs[row] is False]
        open_rows = [row for row in rows if signs[row] is None]
        for row in sections:
            self.out.kecamatan[row] = text_of(self.cells[self.at["kelurahan"]][row])
        if open_rows and (self.out.kecamatan or len(rows) > 1):
            if len(open_rows) == 1 and sections and not records:
                return  # the other one is the section
            self.out.doubtful += open_rows

    def _by_category(self, rows: Sequence[int]) -> bool:
        """Whether rows of one name are parts of one place: a word tells them apart, and does so elsewhere, too."""
        if len(rows) < _MIN_PARTS:
            return False
        free = [c for c in (*self.others, *self.leading) if c not in self.naming and c != self.at.get("tahun")]
        return any(self._tells_apart(column, rows) for column in free)

    def _tells_apart(self, column: int, rows: Sequence[int]) -> bool:
        cells = self.cells[column]
        own = {plain(text_of(cells[row])) for row in rows}
        if "" in own or len(own) < _MIN_PARTS or not any(any(c.isalpha() for c in text) for text in own):
            return False
        elsewhere = {plain(text_of(cells[row])) for row in self.out.records if row not in rows}
        return own <= elsewhere

    def _nothing_but_kecamatan(self) -> None:
        """Rows of all kecamatan under "Kelurahan": those that are also names of kelurahan are not about them."""
        column = self.at.get("kelurahan")
        if column is None or not any(self._has("kelurahan", row) for row in self.out.kecamatan):
            return
        named = [row for row in self.out.records if self._has("kelurahan", row)]
        if named and all(self._is_namesake(cell) for cell in {self.cells[column][row] for row in named}):
            known = {*self.out.doubtful, *(row for row in named if any(self._has(n, row) for n in ("kode", "rt")))}
            self.out.doubtful += [row for row in named if row not in known and not self._is_titled(row)]

    def _is_titled(self, row: int) -> bool:
        return bool(self.words.titled_kelurahan(text_of(self.cells[self.at["kelurahan"]][row])))

    def _section_signs(self, row: int) -> bool | None:
        """True for a row of a kecamatan, False for a record, None where nothing tells."""
        for numbering in (self._number_within(row), self._numbering(row)):
            if numbering is not None:
                return numbering
        sums = self._sums_neighbours(row)
        if sums:
            return True
        if self._single(row) and (not self.out.kecamatan or self._has_title(row)):
            return False
        return True if not self._numbers(row) and self._others_have_numbers() else None

    def _has_title(self, row: int) -> bool:
        """Whether the kecamatan of this name has a row of its own ("KECAMATAN ALAK")."""
        own = self.words.kecamatan(self._label(row))
        return any(self.words.kecamatan(text) == own for text in self.out.kecamatan.values())

    def _single(self, row: int) -> bool:
        """Whether the name stands only once among the records, or once in each year."""
        if not self._spellings:
            self._spellings.update(map(self._name_and_year, self.out.records))
        return self._spellings[self._name_and_year(row)] == 1

    def _name_and_year(self, row: int) -> tuple[str, Any]:
        year = self.cells[self.at["tahun"]][row] if "tahun" in self.at else ""
        return plain(str(self.cells[self.at["kelurahan"]][row])), year

    def _number_within(self, row: int) -> bool | None:
        """What a number before the name in its own cell says, where only the kecamatan have one, or only the rest."""
        if self._numbered_names is None:
            column = self.at["kelurahan"]
            texts = {r: text_of(self.cells[column][r]) for r in (*self.out.records, *self.out.kecamatan)}
            numbered = {r for r, text in texts.items() if unnumbered(text) != text}
            others = {r for r, text in texts.items() if not self.words.kecamatan(text)}
            some = len(numbered) >= _FEW
            of_kecamatan = some and bool(others) and not numbered & others
            of_others = some and len(numbered) < len(texts) and others <= numbered
            self._numbered_names = numbered, True if of_kecamatan else False if of_others else None
        numbered, sections = self._numbered_names
        return None if sections is None else (row in numbered) is sections

    def _numbering(self, row: int) -> bool | None:
        """What the number column says: letters are sections among numbers; the next number is a record."""
        for column in range(self.at["kelurahan"]):
            body = [self.cells[column][r] for r in self.out.records]
            counted = sum(ordinal(cell) is not None for cell in body)
            if counted < 0.5 * len(body) or column in self.values:
                continue
            own = self.cells[column][row]
            if is_letter(own):
                return True
            if is_blank(own):
                return True if counted >= 0.7 * len(body) else None
            return self._counts_on(column, row)
        return None

    def _counts_on(self, column: int, row: int) -> bool | None:
        """A number that goes on from the one above or to the one below is a record's, unless sections are numbered."""
        if not is_counter([self.cells[column][r] for r in self.out.records if r not in self.out.kecamatan]):
            return None
        sections = [self.cells[column][r] for r in self.out.kecamatan]
        if any(ordinal(cell) is not None for cell in sections):
            return None
        return False

    def _sums_neighbours(self, row: int) -> bool:
        """Whether a row holds the sums of the kelurahan of its kecamatan, which follow it or stand above it."""
        name = self.words.kecamatan(self._label(row))
        own = self._amounts(row)
        below = self._run(range(row + 1, len(self.rows)), name)
        above = self._run(range(row - 1, self.first - 1, -1), name)
        return any(len(run) >= 2 and is_sum(own, [self._amounts(r) for r in run]) for run in (below, above))

    def _label(self, row: int) -> str:
        for name in ("kelurahan", "kecamatan"):
            if self._has(name, row):
                return text_of(self.cells[self.at[name]][row])
        return ""

    def _run(self, rows: Iterable[int], kecamatan: str) -> list[int]:
        """Records of one kecamatan that follow each other."""
        run = []
        for row in rows:
            if row in self.out.kecamatan or row in self.out.totals:
                break
            if not self._has("kelurahan", row):
                continue
            if not self._is_in(row, kecamatan):
                break
            run.append(row)
        return run

    def _is_in(self, row: int, kecamatan: str) -> bool:
        codes = self.words.kelurahan(self.cells[self.at["kelurahan"]][row])
        return any(self.words.places.by_kode[code].kecamatan == kecamatan for code in codes)

    # --- totals without a name ------------------------------------------------------------------------------

    def _unnamed_sums(self) -> None:
        """A row of numbers without any name that holds the sums of all rows above it."""
        columns = [self.at[name] for name in _NAMING if name in self.at]
        if not self.values or not columns:
            return
        blank = self.out.records
        for column in columns:
            cells = self.cells[column]
            blank = [row for row in blank if is_blank(cells[row])]
        if not blank or len(blank) > _MANY:
            return
        named = [row for row in self.out.records if row not in blank]
        for row in blank:
            above = [self._amounts(r) for r in named if r < row]
            if len(above) >= 2 and is_sum(self._amounts(row), above):
                self.out.totals.append(row)
        self._leave_out(self.out.totals)

    # --- cells ----------------------------------------------------------------------------------------------

    def _leave_out(self, rows: Iterable[int]) -> None:
        gone = set(rows)
        self.out.records = [row for row in self.out.records if row not in gone]

    def _has(self, name: str, row: int) -> bool:
        column = self.at.get(name)
        return column is not None and not is_blank(self.cells[column][row])

    def _codes(self, row: int) -> frozenset[str]:
        """Codes of the kelurahan that a row names."""
        cells = (self.cells[self.at[name]][row] for name in ("kode", "kelurahan") if name in self.at)
        return next((codes for cell in cells if (codes := self.words.kelurahan(cell))), frozenset())

    def _number_cells(self, row: int) -> Iterator[Any]:
        for column in (*self.values, *self.others):
            yield self.cells[column][row]

    def _numbers(self, row: int) -> bool:
        return any(is_number(cell) and not is_date(cell) for cell in self._number_cells(row) if not says_nothing(cell))

    def _others_have_numbers(self) -> bool:
        sample = self.out.records[:40]
        return sum(self._numbers(row) for row in sample) >= 0.7 * len(sample)

    def _amounts(self, row: int) -> list[float | None]:
        return [amount(cell) for cell in self._number_cells(row)]
