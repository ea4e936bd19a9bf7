"""The regulation as dated data: aspects, criteria, denominators, ladders, classes and articles.

Sources: Permen PUPR 14/PRT/M/2018 (16 criteria) and Permen PUPR 02/PRT/M/2016 (19 criteria). The ladder of a score
stands in Lampiran II of the former; its text was not seen, the readings here are those of the KOTAKU workbook and of
other applications in use.

The codes 4d, 4e and 6c of the 2016 rules are ours: the regulation prints no such letters.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from fractions import Fraction

from kelurahan.rules.findings import N_


class State(IntEnum):
    """What a cell holds. An empty cell was not assessed; it is never 0."""

    FILLED = 0
    EMPTY = 1
    NOT_APPLICABLE = 2
    INVALID = 3


@dataclass(frozen=True, slots=True)
class Aspek:
    no: int
    nama: str


@dataclass(frozen=True, slots=True)
class Penyebut:
    """A denominator of a place."""

    kode: str
    nama: str
    satuan: str


@dataclass(frozen=True, slots=True)
class Kriteria:
    kode: str  # "3a"
    aspek: int  # 3
    nama: str
    satuan: str  # of the volume, always that of the denominator
    penyebut: str  # "kk"
    pasal: str  # where the regulation says so, no finer than verified


@dataclass(frozen=True, slots=True)
class Band:
    """One step of the ladder: percent ≥ batas (or > batas) scores `nilai`."""

    nilai: int
    batas: Fraction  # in percent
    strict: bool  # > instead of ≥
    teks: str  # as printed: "≥ 76"

    def contains(self, persen: Fraction) -> bool:
        return persen > self.batas if self.strict else persen >= self.batas


@dataclass(frozen=True, slots=True)
class Reading:
    """A way to read the printed ladder 76-100 / 51-75 / 25-50 / < 25, whose gaps the text leaves open."""

    kode: str
    nama: str
    bands: tuple[Band, ...]  # from the highest score down

    def band_text(self, nilai: int) -> str:
        """The printed band of a score: "≥ 51"; "< 25" for 0."""
        return next((band.teks for band in self.bands if band.nilai == nilai), "< 25")


@dataclass(frozen=True, slots=True)
class RuleSet:
    """One regulation: which criteria, which ladder, which classes, since when."""

    kode: str
    nama: str
    sumber: str
    kriteria: tuple[Kriteria, ...]
    limits: tuple[int, int, int]  # lowest total of ringan, sedang, berat
    maximum: int
    reading: Reading
    other_reading: Reading
    berlaku_mulai: int  # year of the regulation

    @property
    def columns(self) -> list[int]:
        """Where the volumes of these criteria stand in FIELDS."""
        return [FIELDS.index(kriteria.kode) for kriteria in self.kriteria]

    @property
    def penyebut_columns(self) -> list[int]:
        """For each criterion, where its denominator stands in FIELDS (and in PENYEBUT)."""
        return [FIELDS.index(kriteria.penyebut) for kriteria in self.kriteria]

    def tingkat(self, total: int) -> int:
        """The class of a total: 0 tidak kumuh … 3 berat."""
        return sum(total >= limit for limit in self.limits)

    def class_ranges(self) -> tuple[tuple[int, int], ...]:
        """Lowest and highest total of each class, 0 tidak kumuh first."""
        lower = (0, *self.limits)
        upper = (*(limit - 1 for limit in self.limits), self.maximum)
        return tuple(zip(lower, upper, strict=True))

    def reading_other_than(self, reading: Reading) -> Reading:
        return self.reading if reading.kode == self.other_reading.kode else self.other_reading


ASPEK = (
    Aspek(1, N_("Bangunan gedung")),
    Aspek(2, N_("Jalan lingkungan")),
    Aspek(3, N_("Air minum")),
    Aspek(4, N_("Drainase lingkungan")),
    Aspek(5, N_("Air limbah")),
    Aspek(6, N_("Persampahan")),
    Aspek(7, N_("Proteksi kebakaran")),
)

PENYEBUT = {
    penyebut.kode: penyebut
    for penyebut in (
        Penyebut("luas", N_("Luas"), N_("ha")),
        Penyebut("bgn", N_("Jumlah bangunan"), N_("unit")),
        Penyebut("jiwa", N_("Jumlah jiwa"), N_("jiwa")),
        Penyebut("kk", N_("Jumlah KK"), N_("KK")),
        Penyebut("jalan", N_("Panjang jalan ideal"), N_("m")),
        Penyebut("drain", N_("Panjang drainase ideal"), N_("m")),
    )
}

PERMEN_2018 = "Permen PUPR 14/PRT/M/2018"
PERMEN_2016 = "Permen PUPR 02/PRT/M/2016"


def _kriteria(kode: str, nama: str, penyebut: str) -> Kriteria:
    aspek = int(kode[0])
    pasal = f"{PERMEN_2018} Pasal 18 dan Lampiran I huruf A angka {aspek}"
    return Kriteria(kode, aspek, nama, PENYEBUT[penyebut].satuan, penyebut, pasal)


def _of_2016(kriteria: Kriteria) -> Kriteria:
    return replace(kriteria, pasal=PERMEN_2016)


ONLY_2016 = frozenset({"4d", "4e", "6c"})

_CATALOGUE = (
    _kriteria("1a", N_("Ketidakteraturan bangunan"), "bgn"),
    _kriteria("1b", N_("Kepadatan bangunan"), "luas"),
    _kriteria("1c", N_("Ketidaksesuaian persyaratan teknis bangunan"), "bgn"),
    _kriteria("2a", N_("Cakupan pelayanan jalan"), "jalan"),
    _kriteria("2b", N_("Kualitas permukaan jalan"), "jalan"),
    _kriteria("3a", N_("Ketidaktersediaan akses aman air minum"), "kk"),
    _kriteria("3b", N_("Tidak terpenuhinya kebutuhan air minum"), "kk"),
    _kriteria("4a", N_("Ketidakmampuan mengalirkan limpasan air"), "luas"),
    _kriteria("4b", N_("Ketidaktersediaan drainase"), "drain"),
    _kriteria("4c", N_("Kualitas konstruksi drainase"), "drain"),
    _kriteria("4d", N_("Drainase tidak terhubung sistem perkotaan"), "drain"),
    _kriteria("4e", N_("Drainase tidak terpelihara"), "drain"),
    _kriteria("5a", N_("Sistem air limbah tidak sesuai standar teknis"), "kk"),
    _kriteria("5b", N_("Prasarana dan sarana air limbah tidak sesuai"), "kk"),
    _kriteria("6a", N_("Prasarana dan sarana persampahan tidak sesuai"), "kk"),
    _kriteria("6b", N_("Sistem pengelolaan persampahan tidak sesuai"), "kk"),
    _kriteria("6c", N_("Sarana persampahan tidak terpelihara"), "kk"),
    _kriteria("7a", N_("Ketidaktersediaan prasarana proteksi kebakaran"), "bgn"),
    _kriteria("7b", N_("Ketidaktersediaan sarana proteksi kebakaran"), "bgn"),
)

KRITERIA = {k.kode: _of_2016(k) if k.kode in ONLY_2016 else k for k in _CATALOGUE}
"""All 19 criteria in storage order."""

FIELDS = (*PENYEBUT, *KRITERIA)
"""The 25 stored numbers of an assessment, in the order of every (n, 25) array: 6 denominators, 19 volumes."""

WORKBOOK = Reading(
    "76-51-25",
    N_("≥ 75,995 → 5, ≥ 50,995 → 3, ≥ 24,995 → 1 (buku kerja penghitungan KOTAKU)"),
    (
        Band(5, Fraction(75995, 1000), False, "≥ 76"),
        Band(3, Fraction(50995, 1000), False, "≥ 51"),
        Band(1, Fraction(24995, 1000), False, "≥ 25"),
    ),
)
OPEN_EDGES = Reading(
    ">75->50-≥25",
    N_("> 75 → 5, > 50 → 3, ≥ 25 → 1"),
    (
        Band(5, Fraction(75), True, "> 75"),
        Band(3, Fraction(50), True, "> 50"),
        Band(1, Fraction(25), False, "≥ 25"),
    ),
)

RULE_SETS = {
    rule_set.kode: rule_set
    for rule_set in (
        RuleSet(
            kode="permen-14-2018",
            nama=PERMEN_2018,
            sumber=N_("Permen PUPR 14/PRT/M/2018, Lampiran II, menurut buku kerja penghitungan KOTAKU"),
            kriteria=tuple(k for k in _CATALOGUE if k.kode not in ONLY_2016),
            limits=(16, 38, 60),
            maximum=80,
            reading=WORKBOOK,
            other_reading=OPEN_EDGES,
            berlaku_mulai=2018,
        ),
        RuleSet(
            kode="permen-02-2016",
            nama=PERMEN_2016,
            sumber=PERMEN_2016,
            kriteria=tuple(_of_2016(k) for k in _CATALOGUE),
            limits=(19, 45, 71),
            maximum=95,
            reading=WORKBOOK,
            other_reading=OPEN_EDGES,
            berlaku_mulai=2016,
        ),
    )
}
DEFAULT_RULE_SET = "permen-14-2018"

TINGKAT = (N_("tidak kumuh"), N_("ringan"), N_("sedang"), N_("berat"))


def tingkat_word(lowest: int, highest: int) -> str | None:
    """The class in words; None when the range of an incomplete place crosses classes."""
    return TINGKAT[lowest] if lowest == highest else None
