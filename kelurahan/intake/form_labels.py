"""Words of the printed R0 form: the labels of its header block, the names of its criteria, the heads of its columns."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from kelurahan.intake.columns import plain
from kelurahan.rules.regulation import KRITERIA, PENYEBUT

_MAX_LABEL = 300

# --- units -------------------------------------------------------------------------------------------------------

_UNITS: dict[str, dict[str, Fraction | int]] = {
    "ha": {"ha": 1, "hektar": 1, "hektare": 1, "m2": Fraction(1, 10_000), "km2": 100},
    "m": {"m": 1, "meter": 1, "mtr": 1, "m1": 1, "m lari": 1, "km": 1000},
    "unit": {"unit": 1, "bh": 1, "buah": 1, "bangunan": 1, "rumah": 1, "unit bangunan": 1, "unit rumah": 1},
    "jiwa": {"jiwa": 1, "orang": 1, "org": 1},
    "KK": {"kk": 1, "keluarga": 1, "kepala keluarga": 1, "rumah tangga": 1, "rt": 1, "ruta": 1},
}
_UNIT_WORDS = set().union(*_UNITS.values()) - {"rt"} | {"persen", "titik", "paket", "liter"}


def is_unit(text: str) -> bool:
    """ "Ha", "(Unit)", "m²" standing alone in a cell."""
    return len(text) <= 20 and plain(text) in _UNIT_WORDS


def factor_to(field: str, unit: str) -> Fraction | None:
    """What brings a number in this unit to the field's own; None when nothing does. Without one it is the field's."""
    own = (PENYEBUT.get(field) or KRITERIA[field]).satuan
    words = plain(unit)
    if not words:
        return Fraction(1)
    found = _UNITS[own].get(words)
    return None if found is None else Fraction(found)


_NUMBER_WITH_UNIT = re.compile(r"(?P<number>[-−+]?[\d.,\s]*\d[\d.,]*)\s*\(?(?P<unit>[A-Za-z][A-Za-z0-9²\s]{0,19})\)?")


def without_unit(text: str) -> tuple[str, str]:
    """ "2,37 Ha" → ("2,37", "Ha"); the text and "" when there is no unit behind the number."""
    found = _NUMBER_WITH_UNIT.fullmatch(text.strip())
    if found and is_unit(found["unit"]):
        return found["number"].strip(), found["unit"].strip()
    return text, ""


# --- labels of the header block ------------------------------------------------------------------------------------

_COUNT = r"(?:(?:jumlah|jml|total|banyaknya) )"
_LABELS = (
    ("provinsi", r"(?:nama )?(?:provinsi|propinsi|prov)"),
    ("kota", r"(?:nama )?(?:kota|kabupaten|kab|kotamadya)(?: (?:kota|kabupaten|kab|kotamadya))*"),
    ("kecamatan", r"(?:nama )?(?:kecamatan|kec|distrik)"),
    ("kelurahan", r"(?:nama )?(?:kelurahan|desa|kel|nagari)(?: (?:desa|kelurahan|kel|nagari))*"),
    ("kode", r"kode(?: (?:wilayah|kelurahan|desa|kemendagri|bps|desa kelurahan|kelurahan desa))?"),
    ("kawasan", r"(?:nama )?(?:kawasan|lokasi|lokasi kawasan)(?: permukiman)?(?: kumuh)?"),
    ("rt", r"(?:wilayah |nama |no |nomor )?(?:rt rw|rukun tetangga|rt)(?: rw)?"),
    ("rw", r"(?:wilayah |nama |no |nomor )?(?:rw|rukun warga)"),
    ("tahun", r"(?:tahun|thn)(?: (?:data|pendataan|penilaian|perhitungan|penghitungan|pengisian|survei|survey))?"),
    ("luas flag", r"luas (?:flag|sk|delineasi|deliniasi|penetapan|awal)(?: .*)?"),
    ("luas", r"luas(?: (?:wilayah|kawasan|verifikasi|permukiman|lokasi|area|rt|rt rw|kumuh verifikasi|hasil))*"),
    ("bgn", _COUNT + r"(?:bangunan|rumah)(?: (?:gedung|hunian|rumah|keseluruhan))*"),
    ("jiwa", _COUNT + r"(?:penduduk|jiwa|penduduk jiwa)"),
    ("kk", _COUNT + r"(?:kk|kepala keluarga|kepala keluarga kk|rumah tangga)"),
    ("jalan", r"(?:total )?panjang jalan(?: lingkungan)?(?: ideal)?|jalan(?: lingkungan)? ideal"),
    ("drain", r"(?:total )?panjang (?:saluran )?drainase(?: lingkungan)?(?: ideal)?|drainase(?: lingkungan)? ideal"),
)
_LABEL_PATTERNS = tuple((name, re.compile(pattern)) for name, pattern in _LABELS)
PLACE_LABELS = ("kode", "kelurahan", "kecamatan", "kawasan", "rt", "rw", "tahun")
_NUMBERING = re.compile(r"\s*(?:\d{1,2}|[A-Za-z]|[IVX]{1,4})[.)]\s+")
_BRACKETS = re.compile(r"[(\[]([^)\]]*)[)\]]")


@dataclass(frozen=True, slots=True)
class Label:
    """`field` is "" for a label of something else; `unit` stands in brackets; `value` in the same cell after ":"."""

    field: str
    unit: str = ""
    value: str = ""
    verified: bool = False


@lru_cache(maxsize=4096)
def label_of(text: str) -> Label | None:
    """The label that a cell is, or None: "Luas Verifikasi (Ha)", "RT/RW : 001/002", "Lurah :"."""
    if len(text) > _MAX_LABEL:
        return None
    numbered = _NUMBERING.match(text)
    before, colon, after = text[numbered.end() if numbered else 0 :].partition(":")
    after = after.strip()
    unit = next((part for part in _BRACKETS.findall(before) if is_unit(part)), "")
    words = plain(_BRACKETS.sub(" ", before) if unit else before)
    for name, pattern in _LABEL_PATTERNS:
        if pattern.fullmatch(words):
            return Label(name, unit, after, verified="verifikasi" in words)
    return Label("", value=after) if colon and words and len(words) <= 60 else None


# --- criteria ------------------------------------------------------------------------------------------------------

ASPEK_WORDS = {1: "bangunan", 2: "jalan", 3: "air minum", 4: "drainase", 5: "air limbah", 6: "sampah", 7: "kebakaran"}
_ASPEK = re.compile(r"(?:(?P<no>[1-7]) )?(?:aspek )?(?:kondisi |ketersediaan )?(?P<words>[a-z ]+)")
_ASPEK_NAMES = {
    1: r"(?:bangunan(?: gedung| hunian)?)",
    2: r"(?:jalan(?: lingkungan)?)",
    3: r"(?:(?:penyediaan )?air (?:minum|bersih))",
    4: r"(?:drainase(?: lingkungan)?)",
    5: r"(?:(?:pengelolaan )?air limbah)",
    6: r"(?:(?:pengelolaan )?(?:persampahan|sampah))",
    7: r"(?:(?:proteksi|pengamanan) (?:bahaya )?kebakaran)",
}
_NOT_CRITERIA = re.compile(
    r"(?:rata rata|rerata|total|jumlah|tingkat kekumuhan|kontribusi|batas ambang|keterangan)\b.*"
)
_KODE = re.compile(r"(?:(?P<aspek>[1-7])[\s.)-]*)?(?P<letter>[a-e])")
_LETTERED = re.compile(r"(?:(?P<aspek>[1-7])\s?[.)-]?\s?)?(?P<letter>[a-e])\s?[.)-]+\s*(?P<rest>.*)|(?P<all>.*)", re.S)
_CODED = re.compile(r"(?P<aspek>[1-7])\s?(?P<letter>[a-e])\b[\s.)-]*(?P<rest>.*)", re.S)

_KEPT = r"terpelihara|terpeliharanya|dipelihara|pemeliharaan|ketidakterpeliharaan"

# In each line: the kode, the words of its aspect (one of them must stand there), words of which one must stand there,
# and words that must not.
_RULES = (
    ("1a", "bangunan", r"ketidakteraturan|tidak teratur|keteraturan", ""),
    ("1b", "bangunan|hunian", r"kepadatan", r"penduduk"),
    ("1c", "bangunan", r"teknis|kualitas|syarat|persyaratan|persy", r"kepadatan|teratur"),
    ("2a", "jalan", r"cakupan|jangkauan|pelayanan|melayani|terlayani|jaringan", r"permukaan|kualitas"),
    ("2b", "jalan", r"permukaan|kualitas|kerusakan|rusak", r"cakupan|jangkauan|pelayanan"),
    ("3a", "air minum|air bersih", r"akses|ketersediaan|ketidaktersediaan|tidak tersedia", r"kebutuhan|pengelolaan"),
    ("3b", "air minum|air bersih|air", r"kebutuhan", r"akses|limbah"),
    ("4a", "drainase|air|limpasan", r"limpasan|genangan", r"limbah|minum"),
    ("4b", "drainase", r"ketidaktersediaan|ketersediaan|tidak tersedia", r"limpasan|terhubung|konstruksi|pelihara"),
    ("4c", "drainase", r"konstruksi|kualitas", r"limpasan|terhubung|pelihara"),
    ("4d", "drainase", r"terhubung|ketidakterhubungan|keterhubungan", r"limpasan|konstruksi|pelihara"),
    ("4e", "drainase", _KEPT, r"limpasan|konstruksi"),
    ("6c", "sampah|persampahan", _KEPT, ""),
)  # fmt: skip
_HINTS = re.compile(
    "teratur|kepadatan|teknis|kualitas|syarat|persy|jalan|akses|sedia|kebutuhan|limpasan|genangan|konstruksi|hubung"
    "|pelihara|sistem|sarana|cakupan|jangkauan|pelayanan|permukaan|kerusakan|rusak",
    re.IGNORECASE,
)
_NAME_WORDS = {word[:4] for kriteria in KRITERIA.values() for word in plain(kriteria.nama).split() if len(word) > 3}
_SYSTEM_OR_MEANS = (("5a", "5b", "air limbah"), ("6b", "6a", "sampah|persampahan"))


def is_summary(text: str) -> bool:
    """Averages, totals and the like: never a criterion."""
    return bool(_NOT_CRITERIA.fullmatch(plain(text[:_MAX_LABEL])))


@lru_cache(maxsize=4096)
def aspek_of(text: str) -> int | None:
    """The aspect that a cell heads: "2. KONDISI JALAN LINGKUNGAN", "Kondisi Proteksi Kebakaran"."""
    found = _ASPEK.fullmatch(plain(text[:_MAX_LABEL]))
    if not found:
        return None
    named = next((no for no, pattern in _ASPEK_NAMES.items() if re.fullmatch(pattern, found["words"].strip())), None)
    return None if found["no"] and named and int(found["no"]) != named else named


@lru_cache(maxsize=4096)
def criterion_of(text: str, aspek: int | None = None) -> str | None:
    """The criterion that a label names, by its words; by number and letter where it has nothing else.

    Words come first: in forms of the 2016 rules the letters c, d and e of the drainage stand for other criteria than
    here, and such letters alone mean nothing.
    """
    text = text[:_MAX_LABEL].strip()
    if is_summary(text):
        return None
    letter, rest, own = _lettered(text)
    aspek = own or aspek
    words = plain(rest)
    if not words:
        return _by_letter(aspek, letter)
    return _by_words(words, aspek) or _by_likeness(words, aspek, letter)


def may_name(text: str) -> set[str]:
    """Criteria that a text may mean under some aspect; cheap, for it is asked about every text of a sheet."""
    if len(text) > _MAX_LABEL or not (len(text) <= 4 or _HINTS.search(text)):
        return set()
    letter, rest, own = _lettered(text.strip())
    words = plain(rest)
    found = (_by_words(words, no) if words else _by_letter(own or no, letter) for no in range(1, 8))
    return {kode for kode in found if kode}


def _lettered(text: str) -> tuple[str, str, int | None]:
    """The letter of a label, what follows it, and the number before it."""
    lowered = text.casefold()
    for pattern in (_KODE, _CODED, _LETTERED):
        found = pattern.fullmatch(lowered.rstrip(".) ") if pattern is _KODE else lowered)
        if found and found["letter"]:
            aspek = int(found["aspek"]) if found["aspek"] else None
            return found["letter"], found.groupdict().get("rest") or "", aspek
    return "", text, None


def _by_letter(aspek: int | None, letter: str) -> str | None:
    kode = f"{aspek}{letter}"
    return kode if aspek and kode in KRITERIA else None


def _by_words(words: str, aspek: int | None) -> str | None:
    named = next((no for no, word in ASPEK_WORDS.items() if re.search(word, words)), None)
    if named is None and aspek:
        words = f"{words} {ASPEK_WORDS[aspek]}"
    found = [
        kode
        for kode, about, wanted, forbidden in _RULES
        if _has(about, words) and _has(wanted, words) and not (forbidden and _has(forbidden, words))
    ]
    if not found:
        found = [kode for kode in (_system_or_means(words), _fire(words)) if kode]
    return found[0] if len(found) == 1 else None


def _has(pattern: str, words: str) -> bool:
    return bool(re.search(rf"\b(?:{pattern})\b", words))


def _system_or_means(words: str) -> str | None:
    """ "Sistem pengelolaan …" or "Prasarana dan sarana pengelolaan …": whichever word comes first."""
    found = re.search(r"\b(sistem|prasarana|sarana)\b", words)
    for system, means, about in _SYSTEM_OR_MEANS:
        if found and _has(about, words):
            return system if found[1] == "sistem" else means
    return None


def _fire(words: str) -> str | None:
    both = {word for word in ("prasarana", "sarana") if _has(word, words)}
    if len(both) != 1 or not _has("kebakaran", words):
        return None
    return "7a" if both == {"prasarana"} else "7b"


def _by_likeness(words: str, aspek: int | None, letter: str) -> str | None:
    """A misspelt name, when its letter says the same or it is very much alike."""
    if not _NAME_WORDS & {word[:4] for word in words.split()}:
        return None
    score = {kode: difflib.SequenceMatcher(None, words, plain(k.nama)).ratio() for kode, k in KRITERIA.items()}
    best, second = sorted(score, key=score.__getitem__, reverse=True)[:2]
    agrees = best == _by_letter(aspek, letter)
    sure = score[best] >= (0.7 if agrees else 0.88) and score[best] - score[second] >= 0.08
    return best if sure else None


# --- heads of the columns ------------------------------------------------------------------------------------------

_COLUMN_WORDS = {
    "volume": r"(?:volume|vol|numerik)\b.*",
    "satuan": r"satuan|sat|unit satuan",
    "persen": r"(?:prosen|persen|prosentase|persentase)\b.*",
    "nilai": r"(?:nilai|skor|score)(?: (?:awal|akhir|baseline|kriteria|kekumuhan))?",
    "kegiatan": r"(?:jenis |nama |uraian )?(?:kegiatan|infrastruktur)\b.*",
}
_AWAL = r"awal|baseline|base line|sebelum|eksisting|existing"
_AKHIR = r"akhir|endline|sesudah|setelah|capaian"
_OUTPUT = r"output|kegiatan|penanganan|intervensi|investasi|program|realisasi"


@lru_cache(maxsize=4096)
def column_word(text: str) -> str | None:
    """ "VOLUME" → "volume", "(%)" → "persen"."""
    words = plain(text[:_MAX_LABEL])
    return next((name for name, pattern in _COLUMN_WORDS.items() if re.fullmatch(pattern, words)), None)


@lru_cache(maxsize=4096)
def condition_of(text: str) -> str | None:
    """ "KONDISI AWAL (BASELINE)" → "awal", "OUTPUT" → "output"; None for a head that says neither, or both."""
    words = plain(text[:_MAX_LABEL])
    if not words or len(words) > 60:
        return None
    begin, end = _has(_AWAL, words), _has(_AKHIR, words)
    if begin or end:
        return None if begin and end else "awal" if begin else "akhir"
    return "output" if _has(_OUTPUT, words) else None
