"""Sheets as offices make them, in every combination of styles, each with the truth of every number in it.

A `Style` says how a sheet looks; `page` draws it and knows for each number its place, year, field and cell.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import xlsxwriter

from kelurahan.intake.faults import column_letters
from kelurahan.intake.places import Place
from tests.intake import files

ROOT = Path(__file__).resolve().parents[2]

Key = tuple[str, str, int, str]
"""Code, RT, year, field."""
Truth = dict[Key, tuple[float, str, str]]
"""Value, sheet and cell of each number."""

INDICATORS = (
    ("i:penduduk", "Jumlah Penduduk", "orang", ("Penduduk", "Jumlah Jiwa")),
    ("i:kk", "Jumlah KK", "keluarga", ("Penduduk", "Jumlah KK")),
    ("i:luas_kumuh", "Luas Kumuh", "Ha", ("Kawasan Kumuh", "Luas Kumuh")),
    ("i:rtlh", "RTLH", "unit", ("Kawasan Kumuh", "RTLH")),
    ("i:stunting", "Jumlah Balita Stunting", "anak", ("Kesehatan", "Jumlah Balita Stunting")),
)
"""Field, header, unit, the header in two rows."""
VOLUMES = (
    ("luas", "Luas", "ha", ("Wilayah", "Luas")),
    ("bgn", "Jumlah bangunan", "unit", ("Wilayah", "Jumlah bangunan")),
    ("kk", "Jumlah KK", "KK", ("Wilayah", "Jumlah KK")),
    ("1a", "1a Ketidakteraturan bangunan", "unit", ("Volume", "1a Ketidakteraturan bangunan")),
    ("3a", "3a Ketidaktersediaan akses aman", "KK", ("Volume", "3a Ketidaktersediaan akses aman")),
)


def kupang() -> list[Place]:
    with open(ROOT / "data" / "kupang" / "kelurahan.csv", encoding="utf-8") as stream:
        return [
            Place(r["kode"], r["kode_bps"], r["nama"], tuple(filter(None, r["alias"].split("|"))), r["kecamatan"])
            for r in csv.DictReader(stream)
        ]


@dataclass(frozen=True)
class Style:
    """One word for each habit; see CHOICES."""

    shape: str = "rows"
    heads: str = "one"
    start: str = "a1"
    titles: str = "none"
    year: str = "title"
    number: str = "no"
    kecamatan: str = "none"
    totals: str = "none"
    foot: str = "none"
    kind: str = "xlsx"
    blanks: str = "none"
    place: str = "Kelurahan"

    def __str__(self) -> str:
        return " ".join(str(getattr(self, item.name)) for item in fields(self))


CHOICES: dict[str, tuple[str, ...]] = {
    "shape": (
        "rows", "stacked", "stacked_years", "beside", "beside_split", "turned", "turned_years", "long", "long_units",
        "across", "across_under", "rt", "rt_first", "rt_sections", "rt_pieces", "rt_title", "page_break", "sheets",
    ),
    "heads": ("one", "two", "three", "units", "numbered", "two_numbered"),
    "start": ("a1", "b1", "c4"),
    "titles": ("none", "plain", "letterhead", "decree"),
    "year": ("title", "sheet", "column", "given"),
    "number": ("no", "none"),
    "kecamatan": ("none", "column", "sections", "namesakes", "subtotals"),
    "totals": ("none", "bottom", "city_first", "average"),
    "foot": ("none", "notes", "signed"),
    "kind": ("xlsx", "csv", "xls", "ods", "xlsx_unmerged"),
    "blanks": ("none", "some"),
    "place": ("Kelurahan", "Nama Kelurahan", "Uraian", "Wilayah", ""),
}  # fmt: skip


def styles(n: int, seed: int = 1) -> Iterator[Style]:
    """n styles in which every habit meets every shape sooner or later."""
    rng = random.Random(seed)
    for i in range(n):
        shape = CHOICES["shape"][i % len(CHOICES["shape"])]
        rest = {name: rng.choice(words) for name, words in CHOICES.items() if name != "shape"}
        yield Style(shape=shape, **rest)


@dataclass
class Page:
    """A sheet being drawn: `put` returns the name of the cell."""

    name: str
    cells: dict[tuple[int, int], Any] = field(default_factory=dict)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    row: int = 0

    def put(self, row: int, column: int, value: Any) -> str:
        if value not in ("", None):
            self.cells[row, column] = value
        return f"{column_letters(column)}{row + 1}"

    def merge(self, top: int, left: int, bottom: int, right: int) -> None:
        if (top, left) != (bottom, right):
            self.merged.append((top, left, bottom, right))

    def rows(self) -> list[list[Any]]:
        height = max((r for r, _ in self.cells), default=-1) + 1
        width = max((c for _, c in self.cells), default=-1) + 1
        return [[self.cells.get((r, c), "") for c in range(width)] for r in range(height)]


@dataclass
class Office:
    """The file, what is true in it, and the year that its sender would give."""

    path: Path
    truth: Truth
    year: int | None


class Drawing:
    """Draws one style."""

    def __init__(self, style: Style, seed: int, places: Sequence[Place]) -> None:
        self.style, self.rng = style, random.Random(seed)
        self.all = list(places)
        self.year = 2023
        self.pages: list[Page] = []
        self.truth: Truth = {}
        self.left = {"a1": 0, "b1": 1, "c4": 2}[style.start]
        self.top = {"a1": 0, "b1": 0, "c4": 3}[style.start]

    # --- values ---------------------------------------------------------------------------------------------

    def number(self, name: str) -> float:
        decimal = name in {"luas", "i:luas_kumuh"}
        return round(self.rng.uniform(0.1, 40), 2) if decimal else float(self.rng.randint(3, 9000))

    def value(self, page: Page, row: int, column: int, place: Place, rt: str, year: int, name: str) -> float | None:
        if self.style.blanks == "some" and self.rng.random() < 0.1:
            page.put(row, column, self.rng.choice(["-", "", "n/a"]))
            return None
        number = self.number(name)
        cell = page.put(row, column, number)
        self.truth[place.kode, rt, year, name] = (number, page.name, cell)
        return number

    # --- parts of a sheet -----------------------------------------------------------------------------------

    def page(self, name: str = "") -> Page:
        year = f"Data {self.year}" if self.style.year == "sheet" else "Lembar"
        page = Page(name or year, row=self.top)
        self.pages.append(page)
        return page

    def titles(self, page: Page, subject: str, year: int | None = None, left: int | None = None) -> None:
        told = year or (self.year if self.style.year == "title" else None)
        lines = {
            "none": [],
            "plain": [f"DATA {subject.upper()} PER KELURAHAN"],
            "letterhead": ["PEMERINTAH KOTA KUPANG", "DINAS PERUMAHAN RAKYAT", f"REKAPITULASI {subject.upper()}"],
            "decree": [f"{subject} menurut SK Walikota Nomor 93D/KEP/HK/2016 Tahun 2016", "Kota Kupang 2019-2023"],
        }[self.style.titles]
        if told:
            lines = [*lines, f"TAHUN {told}"]
        for line in lines:
            page.put(page.row, self.left if left is None else left, line)
            page.row += 1
        page.row += bool(lines)

    def head(self, page: Page, left: int, before: Sequence[str], columns: Sequence[Any]) -> None:
        """Leading headers and value headers in the style's number of rows."""
        kind = self.style.heads
        width = len(before) + len(columns)
        if kind in {"two", "three", "two_numbered"}:
            self._tall_head(page, left, before, columns, 3 if kind == "three" else 2)
        else:
            for i, text in enumerate(before):
                page.put(page.row, left + i, text)
            for i, (_, text, unit, _) in enumerate(columns, len(before)):
                page.put(page.row, left + i, text if kind == "units" else f"{text} ({unit})")
            page.row += 1
        if kind == "units":
            for i, (_, _, unit, _) in enumerate(columns, len(before)):
                page.put(page.row, left + i, f"({unit})")
            page.row += 1
        if kind in {"numbered", "two_numbered"}:
            for i in range(width):
                page.put(page.row, left + i, f"({i + 1})")
            page.row += 1

    def _tall_head(self, page: Page, left: int, before: Sequence[str], columns: Sequence[Any], height: int) -> None:
        top, bottom = page.row, page.row + height - 1
        for i, text in enumerate(before):
            page.put(top, left + i, text)
            page.merge(top, left + i, bottom, left + i)
        first = left + len(before)
        if height == 3:
            page.put(top, first, "Data Kelurahan")
            page.merge(top, first, top, first + len(columns) - 1)
        upper = bottom - 1
        i = 0
        while i < len(columns):
            group = columns[i][3][0]
            j = i
            while j + 1 < len(columns) and columns[j + 1][3][0] == group:
                j += 1
            page.put(upper, first + i, group)
            page.merge(upper, first + i, upper, first + j)
            for k in range(i, j + 1):
                page.put(bottom, first + k, f"{columns[k][3][1]} ({columns[k][2]})")
            i = j + 1
        page.row = bottom + 1

    def foot(self, page: Page, left: int, width: int) -> None:
        kind = self.style.foot
        if kind == "none":
            return
        page.row += 1
        page.put(page.row, left, "Sumber: Dinas PRKP Kota Kupang, 2021")
        page.put(page.row + 1, left, "Ket: - = data tidak tersedia")
        page.row += 3
        if kind == "signed":
            for line in ("Kupang, 31 Desember 2024", "Kepala Dinas,", "Drs. Fulan", "NIP. 19700101 199003 1 001"):
                page.put(page.row, left + max(width - 2, 0), line)
                page.row += 1

    # --- tables ---------------------------------------------------------------------------------------------

    def before(self) -> list[str]:
        names = ["No"] if self.style.number == "no" else []
        if self.style.kecamatan == "column":
            names.append("Kecamatan")
        names.append(self.style.place)
        if self.style.year == "column":
            names.append("Tahun")
        return names

    def table(
        self,
        page: Page,
        columns: Sequence[Any],
        places: Sequence[Place],
        *,
        left: int | None = None,
        year: int | None = None,
    ) -> None:
        """An ordinary table below page.row."""
        left = self.left if left is None else left
        year = year or self.year
        before = self.before()
        self.head(page, left, before, columns)
        at = left + before.index(self.style.place)
        first = left + len(before)
        sums = [0.0] * len(columns)
        start = page.row + 1
        if self.style.totals == "city_first":
            page.row += 1
        of_kecamatan: list[tuple[int, list[float]]] = []
        current, number = "", 0
        for place in places:
            if place.kecamatan != current:
                self._close_section(page, left, at, first, of_kecamatan, current)
                current = place.kecamatan
                number = self._open_section(page, left, at, of_kecamatan, current, number)
            number += 1
            if self.style.number == "no":
                page.put(page.row, left, float(number))
            if self.style.kecamatan == "column":
                page.put(page.row, left + before.index("Kecamatan"), place.kecamatan)
            page.put(page.row, at, place.nama)
            if self.style.year == "column":
                page.put(page.row, left + before.index("Tahun"), float(year))
            for i, (name, *_) in enumerate(columns):
                got = self.value(page, page.row, first + i, place, "", year, name)
                sums[i] += got or 0
                if of_kecamatan:
                    of_kecamatan[-1][1][i] += got or 0
            page.row += 1
        self._close_section(page, left, at, first, of_kecamatan, current)
        self._totals(page, left, at, first, sums, start - 1, len(places))

    def _open_section(
        self, page: Page, left: int, at: int, sections: list[tuple[int, list[float]]], name: str, number: int
    ) -> int:
        kind = self.style.kecamatan
        if kind not in {"sections", "namesakes"}:
            sections.append((-1, [0.0] * 9))
            return number
        sections.append((page.row, [0.0] * 9))
        letter = "ABCDEFGHIJ"[len(sections) - 1]
        if self.style.number == "no":
            page.put(page.row, left, letter)
        page.put(page.row, at, f"KECAMATAN {name.upper()}" if kind == "sections" else name)
        page.row += 1
        return 0

    def _close_section(
        self, page: Page, left: int, at: int, first: int, sections: list[tuple[int, list[float]]], name: str
    ) -> None:
        if not sections:
            return
        row, sums = sections[-1]
        n = len(INDICATORS)
        if self.style.kecamatan == "namesakes" and row >= 0:
            for i, total in enumerate(sums[:n]):
                if total:
                    page.put(row, first + i, round(total, 2))
        if self.style.kecamatan == "subtotals":
            page.put(page.row, at, f"Jumlah {name}")
            for i, total in enumerate(sums[:n]):
                if total:
                    page.put(page.row, first + i, round(total, 2))
            page.row += 1

    def _totals(self, page: Page, left: int, at: int, first: int, sums: Sequence[float], top: int, n: int) -> None:
        kind = self.style.totals
        if kind == "none":
            return
        row = top if kind == "city_first" else page.row
        words = {"bottom": "JUMLAH", "city_first": "KOTA KUPANG", "average": "Rata-rata"}[kind]
        page.put(row, left if kind == "bottom" else at, words)
        for i, total in enumerate(sums):
            page.put(row, first + i, round(total / n if kind == "average" else total, 2))
        page.row += kind != "city_first"

    # --- shapes ---------------------------------------------------------------------------------------------

    def draw(self) -> None:
        getattr(self, "_" + self.style.shape)()

    def _rows(self) -> None:
        page = self.page()
        self.titles(page, "Indikator Kumuh")
        self.table(page, INDICATORS, self.all)
        self.foot(page, self.left, 8)

    def _stacked(self) -> None:
        page = self.page()
        self.titles(page, "Penduduk")
        self.table(page, INDICATORS[:2], self.all[:30])
        page.row += 2
        self.titles(page, "Kawasan Kumuh")
        self.table(page, INDICATORS[2:], self.all[:25])
        self.foot(page, self.left, 6)

    def _stacked_years(self) -> None:
        page = self.page("Lembar")
        for year in (2021, 2022):
            if self.style.year == "title":
                self.titles(page, "Indikator Kumuh", year)
            else:
                page.put(page.row, self.left, f"Keadaan 31 Desember {year}")
                page.row += 1
            self.table(page, INDICATORS[:4], self.all[:20], year=year)
            page.row += 2
        self.foot(page, self.left, 6)

    def _beside(self) -> None:
        page = self.page()
        self.titles(page, "Indikator Kumuh")
        top = page.row
        self.table(page, INDICATORS[:2], self.all[:20])
        end = page.row
        page.row = top
        self.table(page, INDICATORS[2:], self.all[5:24], left=self.left + len(self.before()) + 3)
        page.row = max(end, page.row)
        self.foot(page, self.left, 6)

    def _beside_split(self) -> None:
        page = self.page()
        self.titles(page, "Indikator Kumuh")
        top = page.row
        self.table(page, INDICATORS[:3], self.all[:26])
        end = page.row
        page.row = top
        self.table(page, INDICATORS[:3], self.all[26:], left=self.left + len(self.before()) + 3 + 1)
        page.row = max(end, page.row)
        self.foot(page, self.left, 6)

    def _page_break(self) -> None:
        page = self.page()
        self.titles(page, "Indikator Kumuh")
        for start in (0, 18, 36):
            self.table(page, INDICATORS, self.all[start : start + 18])
            page.row += 1
        self.foot(page, self.left, 8)

    def _sheets(self) -> None:
        for year in (2021, 2022):
            page = self.page(f"Tahun {year}")
            page.put(page.row, self.left, "DATA INDIKATOR KUMUH")
            page.row += 2
            self.table(page, INDICATORS[:3], self.all[:30], year=year)
            self.foot(page, self.left, 6)

    def _turned(self) -> None:
        page = self.page()
        self.titles(page, "Indikator Kumuh")
        year = self.year
        left, first = self.left, self.left + 2 + (self.style.number == "no")
        label = first - 2
        places = self.all[:20]
        if self.style.kecamatan == "column":
            for i, place in enumerate(places):
                page.put(page.row, first + i, place.kecamatan)
            page.row += 1
        page.put(page.row, label, "Uraian")
        page.put(page.row, label + 1, "Satuan")
        for i, place in enumerate(places):
            page.put(page.row, first + i, place.nama)
        if self.style.totals != "none":
            page.put(page.row, first + len(places), "Jumlah")
        page.row += 1
        if self.style.year == "column":
            page.put(page.row, label, "Tahun")
            for i in range(len(places)):
                page.put(page.row, first + i, float(year))
            page.row += 1
        for n, (name, text, unit, _) in enumerate(INDICATORS, 1):
            if self.style.number == "no":
                page.put(page.row, left, float(n))
            page.put(page.row, label, text)
            page.put(page.row, label + 1, unit)
            total = 0.0
            for i, place in enumerate(places):
                total += self.value(page, page.row, first + i, place, "", year, name) or 0
            if self.style.totals != "none":
                page.put(page.row, first + len(places), round(total, 2))
            page.row += 1
        self.foot(page, self.left, 6)

    def _turned_years(self) -> None:
        page = self.page()
        self.titles(page, "Indikator Kumuh", None)
        label, first = self.left, self.left + 1
        places, years = self.all[:10], (2021, 2022)
        page.put(page.row, label, "Indikator")
        for i, place in enumerate(places):
            page.put(page.row, first + 2 * i, place.nama)
            page.merge(page.row, first + 2 * i, page.row, first + 2 * i + 1)
            for k, year in enumerate(years):
                page.put(page.row + 1, first + 2 * i + k, float(year))
        page.put(page.row + 1, label, "Tahun")
        page.row += 2
        for name, text, unit, _ in INDICATORS[:4]:
            page.put(page.row, label, f"{text} ({unit})")
            for i, place in enumerate(places):
                for k, year in enumerate(years):
                    self.value(page, page.row, first + 2 * i + k, place, "", year, name)
            page.row += 1
        self.foot(page, self.left, 6)

    def _long(self, units: bool = False) -> None:
        page = self.page()
        self.titles(page, "Indikator Kumuh")
        with_year = self.style.year == "column"
        heads = [
            "No",
            "Kelurahan",
            *(["Tahun"] if with_year else []),
            "Indikator",
            "Nilai",
            *(["Satuan"] if units else []),
        ]
        for i, text in enumerate(heads):
            page.put(page.row, self.left + i, text)
        page.row += 1
        number = 0
        for place in self.all[:15]:
            for name, text, unit, _ in INDICATORS:
                number += 1
                line = {"No": float(number), "Kelurahan": place.nama, "Tahun": float(self.year), "Satuan": unit}
                line["Indikator"] = text if units else f"{text} ({unit})"
                for i, head in enumerate(heads):
                    if head == "Nilai":
                        self.value(page, page.row, self.left + i, place, "", self.year, name)
                    else:
                        page.put(page.row, self.left + i, line[head])
                page.row += 1
        self.foot(page, self.left, 6)

    def _long_units(self) -> None:
        self._long(units=True)

    def _across(self) -> None:
        """Years alone in the header, the indicator in the title."""
        page = self.page("Lembar")
        name, text, _, _ = INDICATORS[self.rng.randrange(2)]
        page.put(page.row, self.left, f"{text} Menurut Kelurahan di Kota Kupang, 2021-2023")
        page.row += 2
        years = (2021, 2022, 2023)
        before = ["No", self.style.place] if self.style.number == "no" else [self.style.place]
        for i, head in enumerate([*before, *map(float, years)]):
            page.put(page.row, self.left + i, head)
        page.row += 1
        for n, place in enumerate(self.all, 1):
            if len(before) == 2:
                page.put(page.row, self.left, float(n))
            page.put(page.row, self.left + len(before) - 1, place.nama)
            for i, year in enumerate(years):
                self.value(page, page.row, self.left + len(before) + i, place, "", year, name)
            page.row += 1
        self.foot(page, self.left, 5)

    def _across_under(self) -> None:
        """Years under each indicator."""
        page = self.page("Lembar")
        page.put(page.row, self.left, "INDIKATOR KUMUH KOTA KUPANG")
        page.row += 2
        years = (2021, 2022)
        before = ["No", self.style.place] if self.style.number == "no" else [self.style.place]
        first = self.left + len(before)
        for i, head in enumerate(before):
            page.put(page.row, self.left + i, head)
            page.merge(page.row, self.left + i, page.row + 1, self.left + i)
        for k, (_, text, unit, _) in enumerate(INDICATORS[:3]):
            page.put(page.row, first + 2 * k, f"{text} ({unit})")
            page.merge(page.row, first + 2 * k, page.row, first + 2 * k + 1)
            for i, year in enumerate(years):
                page.put(page.row + 1, first + 2 * k + i, float(year))
        page.row += 2
        for n, place in enumerate(self.all, 1):
            if len(before) == 2:
                page.put(page.row, self.left, float(n))
            page.put(page.row, first - 1, place.nama)
            for k, (name, *_) in enumerate(INDICATORS[:3]):
                for i, year in enumerate(years):
                    self.value(page, page.row, first + 2 * k + i, place, "", year, name)
            page.row += 1
        self.foot(page, self.left, 5)

    # --- RT -------------------------------------------------------------------------------------------------

    def _rt_rows(self, page: Page, before: Sequence[str], place: Place, n: int, *, name: str) -> None:
        """n rows of RT; `name` says where the kelurahan stands: "all", "first" or "none"."""
        for i in range(1, n + 1):
            rt = f"RT{i:03d}-RW{(i + 1) // 2:03d}"
            line = {"No": float(i), "RT": f"{i:03d}/{(i + 1) // 2:03d}", "Tahun": float(self.year)}
            line["Kelurahan"] = place.nama if name == "all" or (name == "first" and i == 1) else ""
            for k, head in enumerate(before):
                page.put(page.row, self.left + k, line[head])
            for k, (field_name, *_) in enumerate(VOLUMES):
                self.value(page, page.row, self.left + len(before) + k, place, rt, self.year, field_name)
            page.row += 1

    def _rt_before(self, with_name: bool) -> list[str]:
        return [
            *(["No"] if self.style.number == "no" else []),
            *(["Kelurahan"] if with_name else []),
            "RT",
            *(["Tahun"] if self.style.year == "column" else []),
        ]

    def _rt(self, name: str = "all") -> None:
        page = self.page()
        self.titles(page, "Kumuh per RT")
        before = self._rt_before(True)
        self.head(page, self.left, before, VOLUMES)
        for place in self.all[:12]:
            top = page.row
            self._rt_rows(page, before, place, 4, name=name)
            if name == "first":
                at = self.left + before.index("Kelurahan")
                page.merge(top, at, page.row - 1, at)
        self.foot(page, self.left, 6)

    def _rt_first(self) -> None:
        self._rt("first")

    def _rt_sections(self) -> None:
        page = self.page()
        self.titles(page, "Kumuh per RT")
        before = self._rt_before(False)
        self.head(page, self.left, before, VOLUMES)
        for place in self.all[:12]:
            page.put(page.row, self.left, f"KELURAHAN {place.nama.upper()}")
            page.row += 1
            self._rt_rows(page, before, place, 4, name="none")
        self.foot(page, self.left, 6)

    def _rt_pieces(self) -> None:
        page = self.page()
        self.titles(page, "Kumuh per RT")
        before = self._rt_before(False)
        for place in self.all[:8]:
            page.put(page.row, self.left, f"Kelurahan : {place.nama}")
            page.row += 1
            self.head(page, self.left, before, VOLUMES)
            self._rt_rows(page, before, place, 4, name="none")
            page.row += 1
        self.foot(page, self.left, 6)

    def _rt_title(self) -> None:
        for place in self.all[:3]:
            page = self.page(place.nama)
            page.put(page.row, self.left, f"DATA RT KELURAHAN {place.nama.upper()} KECAMATAN {place.kecamatan.upper()}")
            page.row += 1
            if self.style.year != "given":
                page.put(page.row, self.left, f"TAHUN {self.year}")
                page.row += 1
            page.row += 1
            before = self._rt_before(False)
            self.head(page, self.left, before, VOLUMES)
            self._rt_rows(page, before, place, 5, name="none")
            self.foot(page, self.left, 6)


def office(folder: Path, style: Style, seed: int = 1, places: Sequence[Place] | None = None) -> Office:
    """Draw a style and write the file."""
    drawing = Drawing(style, seed, kupang() if places is None else places)
    drawing.draw()
    path = folder / f"{seed}.{style.kind.partition('_')[0]}"
    write(path, style.kind, drawing.pages)
    if style.kind in {"csv", "xls", "ods"} and len(drawing.pages) > 1:
        drawing.truth = {k: v for k, v in drawing.truth.items() if v[1] == drawing.pages[0].name}
    if style.kind == "csv":
        drawing.truth = {k: (v, path.stem, cell) for k, (v, _, cell) in drawing.truth.items()}
    only = {year for _, _, year, _ in drawing.truth}
    given = min(only) if style.year == "given" or style.kind == "csv" else None
    return Office(path, drawing.truth, given)


def write(path: Path, kind: str, pages: Sequence[Page]) -> None:
    if kind == "csv":
        with open(path, "w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, delimiter=";").writerows([[_text(cell) for cell in row] for row in pages[0].rows()])
    elif kind in {"xls", "ods"}:
        {"xls": files.xls, "ods": files.ods}[kind](path, pages[0].rows(), pages[0].name)
    else:
        _write_xlsx(path, pages, merged=kind == "xlsx")


def _text(cell: Any) -> str:
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else str(cell).replace(".", ",")
    return str(cell)


def _write_xlsx(path: Path, pages: Sequence[Page], *, merged: bool) -> None:
    with xlsxwriter.Workbook(str(path), {"strings_to_numbers": False}) as book:
        for page in pages:
            sheet = book.add_worksheet(page.name)
            for (row, column), value in page.cells.items():
                sheet.write(row, column, value)
            for top, left, bottom, right in page.merged if merged else ():
                value = page.cells.get((top, left), "")
                sheet.merge_range(top, left, bottom, right, value)
