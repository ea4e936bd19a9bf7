"""The workbook of Kota Pekalongan as it was kept 2019–2023: places, recorded scores, works; shifted rows put right.

The file lies outside the repository, and neither it nor a figure of it is ever committed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from tests.realdata.arithmetic import KRITERIA, PENYEBUT_OF, SCORES, all_nilai

WORKBOOK = Path(__file__).parents[3] / "shared" / "data" / "lembar" / "01_pekalongan_kumuh_kotaku.xlsx"
YEARS = range(2019, 2024)
_PENYEBUT_COLUMNS = {
    "luas": "luasVerifikasi",
    "bgn": "jumlahBangunan",
    "jiwa": "jumlahPenduduk",
    "kk": "jumlahKK",
    "jalan": "panjangJalanIdeal",
    "drain": "panjangDrainaseIdeal",
}
_SIX = Decimal("0.000001")


def number(cell: Any) -> Decimal:
    """What Excel shows for a stored number, to the six decimals that are kept."""
    return Decimal(format(float(cell), ".15g")).quantize(_SIX).normalize()


@dataclass(frozen=True)
class Kawasan:
    id: int
    nama: str
    wilayah: str  # its kecamatan
    penyebut: Mapping[str, Decimal]


@dataclass(frozen=True)
class Rt:
    id: int
    nama: str
    kawasan: int
    penyebut: Mapping[str, Decimal]


@dataclass(frozen=True)
class Record:
    """What was recorded for an RT (`rt` is its id) or directly for a kawasan (`rt` is None) in a year."""

    sheet: str
    row: int  # in the sheet, from 1
    kawasan: int
    rt: int | None
    tahun: int
    volume: Mapping[str, Decimal]
    nilai: Mapping[str, int]
    total: int
    tingkat: str  # TK, KR, KS, KB
    penyebut: Mapping[str, Decimal]
    shifted: bool  # its cells stood one column beside where they belong

    @property
    def negative(self) -> list[str]:
        return [kode for kode, volume in self.volume.items() if volume < 0]

    @property
    def over_100_percent(self) -> int:
        """How many of its criteria count more than there is."""
        return sum(self.volume[kode] > self.penyebut[of] for kode, of in PENYEBUT_OF.items())

    @property
    def own_nilai(self) -> dict[str, int]:
        """The scores that its volumes and denominators give."""
        return all_nilai(self.volume, self.penyebut)


@dataclass(frozen=True)
class City:
    kawasan: dict[int, Kawasan]
    rt: dict[int, Rt]
    rt_records: list[Record]
    direct_records: list[Record]
    works: dict[tuple[int, str, int], Decimal]  # (kawasan, kriteria, year) → volume of the works booked on it

    @property
    def records(self) -> list[Record]:
        return [*self.rt_records, *self.direct_records]

    @cached_property
    def direct(self) -> dict[tuple[int, int], Record]:
        """Direct records by kawasan and year."""
        return {(r.kawasan, r.tahun): r for r in self.direct_records}

    @cached_property
    def parts(self) -> dict[tuple[int, int], list[Record]]:
        """RT records by kawasan and year."""
        parts: dict[tuple[int, int], list[Record]] = {}
        for record in self.rt_records:
            parts.setdefault((record.kawasan, record.tahun), []).append(record)
        return parts

    def works_until(self, kawasan: int, kode: str, tahun: int) -> Decimal:
        """Volume of all works booked on a kawasan for a criterion up to and including a year."""
        return sum((v for (k, c, t), v in self.works.items() if (k, c) == (kawasan, kode) and t <= tahun), Decimal(0))


def read_city(path: Path = WORKBOOK) -> City:
    book = pd.read_excel(
        path, sheet_name=["kawasan", "rtrw", "kumuhKawasan", "kumuhRT", "investasi"],
        engine="calamine", header=None, dtype=object, keep_default_na=False,
    )  # fmt: skip
    sheets = {name: _rows(frame) for name, frame in book.items()}
    kawasan = {
        int(row["id"]): Kawasan(int(row["id"]), row["kawasan"], row["wilayah"], _penyebut(row))
        for _, row in _named(sheets["kawasan"])
    }
    rt = {
        int(row["id"]): Rt(int(row["id"]), row["rtrw"], int(row["kawasan"]), _penyebut(row))
        for _, row in _named(sheets["rtrw"])
    }
    return City(
        kawasan=kawasan,
        rt=rt,
        rt_records=_rt_records(sheets["kumuhRT"], rt),
        direct_records=_direct_records(sheets["kumuhKawasan"], kawasan),
        works=_works(_named(sheets["investasi"])),
    )


def _rows(frame: pd.DataFrame) -> list[list[Any]]:
    return [list(row) for row in frame.itertuples(index=False)]


def _named(rows: Sequence[list[Any]]) -> Iterable[tuple[int, dict[str, Any]]]:
    """Row number in the sheet, and its cells by header."""
    header = rows[0]
    return [(i, dict(zip(header, row, strict=True))) for i, row in enumerate(rows[1:], 2)]


def _penyebut(row: Mapping[str, Any]) -> dict[str, Decimal]:
    return {kode: number(row[column]) for kode, column in _PENYEBUT_COLUMNS.items()}


def _works(rows: Iterable[tuple[int, Mapping[str, Any]]]) -> dict[tuple[int, str, int], Decimal]:
    works: dict[tuple[int, str, int], Decimal] = {}
    for _, row in rows:
        if row["idKawasan"] != "":
            key = (int(row["idKawasan"]), str(row["idKriteria"]), int(row["tahun"]))
            works[key] = works.get(key, Decimal(0)) + number(row["volume"])
    return works


# --- records, and the rows whose cells slipped -------------------------------------------------------------------


def _is_score(cell: Any) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool) and cell in SCORES


def _has_scores(row: Mapping[str, Any]) -> bool:
    return all(_is_score(row[f"{kode}n"]) for kode in KRITERIA)


def _record(sheet: str, at: int, row: Mapping[str, Any], shifted: bool, place: Rt | Kawasan) -> Record:
    """Raises AssertionError for a row that was put right and does not agree with itself even so."""
    record = Record(
        sheet=sheet,
        row=at,
        kawasan=place.kawasan if isinstance(place, Rt) else place.id,
        rt=place.id if isinstance(place, Rt) else None,
        tahun=int(row["tahun"]),
        volume={kode: number(row[f"{kode}v"]) for kode in KRITERIA},
        nilai={kode: int(row[f"{kode}n"]) for kode in KRITERIA},
        total=int(row["totalNilai"]),
        tingkat=row["tingkatKekumuhan"],
        penyebut=place.penyebut,
        shifted=shifted,
    )
    if shifted and record.own_nilai != record.nilai:
        raise AssertionError(f"{sheet} row {at}: put right by one column, its 16 criteria still do not agree")
    return record


def _rt_records(rows: Sequence[list[Any]], places: Mapping[int, Rt]) -> list[Record]:
    header = rows[0]
    first, total = header.index("1av"), header.index("totalNilai")
    records = []
    for cells, (at, row) in zip(rows[1:], _named(rows), strict=True):
        slipped = not _has_scores(row)
        if slipped:
            # The total was written before the first volume, everything up to the last average one column to the right
            right = [*cells[:first], *cells[first + 1 : total + 1], cells[first], *cells[total + 1 :]]
            row = dict(zip(header, right, strict=True))
        records.append(_record("kumuhRT", at, row, slipped, places[int(row["rt"])]))
    return records


def _direct_records(rows: Sequence[list[Any]], places: Mapping[int, Kawasan]) -> list[Record]:
    header = rows[0]
    year = header.index("tahun")
    lost = _without_rows(places, (row[header.index("kawasan")] for row in rows[1:] if row[year] in YEARS))
    records = []
    for cells, (at, row) in zip(rows[1:], _named(rows), strict=True):
        slipped = row["tahun"] not in YEARS
        if slipped:
            # The id of the kawasan is missing, everything behind it stands one column to the left
            row = dict(zip(header, [cells[0], lost, *cells[1:-1]], strict=True))
        records.append(_record("kumuhKawasan", at, row, slipped, places[int(row["kawasan"])]))
    return records


def _without_rows(places: Mapping[int, Kawasan], seen: Iterable[Any]) -> int:
    """The one kawasan that no row names: whose the rows without an id must be."""
    (missing,) = set(places) - {int(kawasan) for kawasan in seen}
    return missing
