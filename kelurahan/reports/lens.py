"""What the map can show: a view that is asked for, the classes of the legend, the value of each kelurahan.

A view is asked for by the address (`?lihat=…&tahun=…&ukur=…`); whatever it asks in vain falls back to the default.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from kelurahan.reports.city import Score

TINGKAT = ("tidak", "ringan", "sedang", "berat")
PATTERNED = frozenset({"sedang", "berat", "belum", "kumuh", "r01", "r02", "r03", "r12", "r13", "r23"})


class Lihat(StrEnum):
    DATA = "data"
    SK = "sk"
    PERUBAHAN = "perubahan"


@dataclass(frozen=True, slots=True)
class View:
    lihat: Lihat
    tahun: int
    dari: int  # the earlier year of a comparison
    ukur: str  # "tingkat", the kode of a criterion, or "i-" and the kode of an indicator
    pilih: str = ""  # kode of the chosen kelurahan
    aturan: str = ""  # code of the rule set where it is not the usual one
    catatan: str = field(default="", compare=False)  # why the year is not the one that was asked for

    def query(self, **changes: object) -> str:
        """The address of this view with something changed: "?lihat=sk&tahun=2023"."""
        view = replace(self, **changes)  # type: ignore[arg-type]
        asked = {"lihat": view.lihat.value, "tahun": view.tahun, "dari": view.dari, "ukur": view.ukur}
        if view.lihat is not Lihat.PERUBAHAN:
            del asked["dari"]
        if view.lihat is not Lihat.DATA or view.ukur == "tingkat":
            del asked["ukur"]
        if view.lihat is Lihat.DATA:
            del asked["lihat"]
        if view.aturan:
            asked["aturan"] = view.aturan
        if view.pilih:
            asked["pilih"] = view.pilih
        return "?" + urlencode(asked)


@dataclass(frozen=True, slots=True)
class MapClass:
    """One row of the legend. `ha` and `jiwa` are None where the view has no such figure."""

    kode: str  # "ringan", "r12", "s3", …: colour and pattern hang on it
    nama: str
    n: int = 0
    ha: Decimal | None = None
    jiwa: Decimal | None = None
    unknown: bool = False  # ha and jiwa exist but nobody knows them

    @property
    def patterned(self) -> bool:
        return self.kode in PATTERNED


@dataclass(frozen=True, slots=True)
class Value:
    """What one kelurahan shows: class, figure in words, and its position on the scale of the legend."""

    kode_kelas: str
    nama_kelas: str
    teks: str = "–"
    lo: float | None = None
    hi: float | None = None
    catatan: str = ""
    urut: tuple[float, float] | None = None  # sort key, highest first; None comes last and has no rank


@dataclass(frozen=True, slots=True)
class Ramp:
    """The scale of the legend: segments (from, to, class) over lo…hi, and where figures stand."""

    lo: float
    hi: float
    segments: tuple[tuple[float, float, str], ...]
    ticks: tuple[tuple[float, str], ...]


@dataclass(frozen=True, slots=True)
class Lens:
    judul: str  # "Tingkat kekumuhan"
    kalimat_kuat: str  # the sentence of the legend: bold part and rest
    kalimat: str
    classes: tuple[MapClass, ...]
    values: Mapping[str, Value]
    ramp: Ramp | None = None
    kolom: str = ""  # heading of the figure's column
    kolom_kelas: str = ""  # heading of the class's column
    has_ha: bool = True
    berperingkat: bool = True  # whether the order of the list is a ranking
    sumber: str = ""


@dataclass(frozen=True, slots=True)
class IndicatorTable:
    """Values of one supporting indicator in one year."""

    kode: str
    nama: str
    satuan: str
    tahun: int
    sumber: str
    nilai: Mapping[str, Decimal]
    contoh: bool = False
    public: bool = False  # small counts of people are hidden


def class_code(score: Score | None) -> str:
    if score is None:
        return "belum"
    low, high = score.tingkat_min, score.tingkat_max
    return TINGKAT[low] if low == high else f"r{low}{high}"


def class_name(code: str) -> str:
    names = {
        "tidak": _("Tidak kumuh"),
        "ringan": _("Ringan"),
        "sedang": _("Sedang"),
        "berat": _("Berat"),
        "belum": _("Belum dinilai"),
    }
    if code in names:
        return names[code]
    low, high = (TINGKAT[int(digit)] for digit in code[1:])
    return f"{names[low]}–{names[high].lower()}"
