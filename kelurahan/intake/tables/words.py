"""What a cell says, as far as the shape of a table goes: a place, a total, a note, a year, a number, a header."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import Any

from kelurahan.intake.columns import plain
from kelurahan.intake.places import Places, clean, name_key
from kelurahan.intake.vocabulary import TAKEN, Candidate, Vocabulary

MAX_TEXT = 300
_TITLE_WORDS = 6
_UP_TO_YEAR = re.compile(r"\D*(?:19|20)\d\d\.")
PLACE_FIELDS = ("kode", "kelurahan", "kecamatan", "kawasan", "rt", "rw", "tahun")

_NUMBER = re.compile(
    r"['’]?[(+−–-]{0,2}\s?(?:rp\.?\s?)?\d[\d.,\s]*\)?\s?"
    r"(?:%|ha|hektar|jiwa|orang|org|kk|unit|buah|bh|m|meter|m2|m²|km|km2|km²|rt|rw|kepala keluarga)?\.?",
    re.IGNORECASE,
)
_NO_NUMBER = {"", "-", "–", "—", "n/a", "na", "nihil", "x", "kosong", "tidak berlaku", "tidak ada", "...", "…", "0"}
_ORDINAL = re.compile(r"[(\[]?(\d{1,3})[)\].]?")
_LETTER = re.compile(r"[(\[]?(?:[a-z]|[ivx]{1,5})[)\].]?", re.IGNORECASE)
_TOTAL = re.compile(
    r"(?:(?:sub|grand|sub ?grand)? ?(?:jumlah|jml|total)|subtotal|rata rata|rerata|rekapitulasi|mean|median|"
    r"keseluruhan|maksim(?:um|al)|minim(?:um|al)|(?:nilai )?ter(?:tinggi|endah))\b(.*)"
)
_TOTAL_END = re.compile(r".{0,60} (?:jumlah|total|sub total|subtotal|seluruhnya)")
_CITY = re.compile(r"(?:kota|kabupaten|kab|provinsi|prov)(?: adm(?:inistrasi)?)? [a-z ]{2,40}")
_NUMBERING = re.compile(r"^\s*(?:[(\[]?(?:\d{1,3}|[A-Za-z]|[IVXivx]{1,5})[)\].]+|[IVX]{1,5}(?=\s))\s*")
_OF_KECAMATAN = re.compile(r"(?:kecamatan|kec)\b((?:(?!\b(?:kelurahan|kel|desa)\b).)*)")
_OF_KELURAHAN = re.compile(r"(?:nama )?(?:kelurahan|kel|desa)\b(.*)")
_NOTE = re.compile(
    r"\s*(?:(?:ket(?:erangan)?|catatan|note|sumber(?: data)?|source|data diolah|dicetak|printed)(?!\w)|\*+\)?|\d\)).*",
    re.IGNORECASE | re.DOTALL,
)
MONTH = (
    r"jan(?:uari)?|feb(?:ruari)?|mar(?:et)?|apr(?:il)?|mei|jun[ij]?|jul[iy]?|agu(?:s(?:tus)?)?|"
    r"sep(?:t(?:ember)?)?|okt(?:ober)?|nov(?:ember)?|des(?:ember)?"
)
_TITLED = r"(?!.*\b(?:jumlah|data|menurut|per|tabel|rekap\w*|daftar|luas|penduduk|kasus|status|banyaknya|persentase)\b)"
SIGNED = re.compile(rf"{_TITLED}[^\d,]{{2,40}}, *(?:\d{{1,2}}|…|\.+|_+)? *(?:{MONTH})? *(?:19|20)\d\d", re.IGNORECASE)
_SIGNATURE = re.compile(
    r"(?:mengetahui|menyetujui|kepala (?:dinas|badan|bidang|seksi)|lurah\b|camat\b|nip\b|walikota|wali kota|an\b|plt\b)"
)
_YEAR = re.compile(
    r"(?:(?:tahun|thn|th|ta|t\.a)\b\.?\s*)?((?:19|20)\d\d)(?:[.,]0{1,2})?\s*(?:[*)¹²³]|\(\w{1,12}\))*", re.IGNORECASE
)


def is_blank(cell: Any) -> bool:
    return cell in ("", None) or (type(cell) is str and not cell.strip())


def text_of(cell: Any) -> str:
    """A text cell on one line, "" for any other."""
    return " ".join(cell[:MAX_TEXT].split()) if type(cell) is str else ""


def is_number(cell: Any) -> bool:
    """A number, or a text that is written like one ("1.250", "12,5 Ha", "(3)" is one, too)."""
    if type(cell) is str:
        return len(cell) <= 40 and bool(_NUMBER.fullmatch(cell.strip()))
    return type(cell) in (float, int)


def says_nothing(cell: Any) -> bool:
    """Blank, or a word for "no number"."""
    return cell is None or (type(cell) is str and cell.strip().casefold() in _NO_NUMBER)


def ordinal(cell: Any) -> int | None:
    """3 of 3, "3", "3." and "(3)"."""
    if type(cell) in (float, int):
        return int(cell) if 0 < cell < 1000 and cell == int(cell) else None
    found = _ORDINAL.fullmatch(cell.strip()) if type(cell) is str else None
    return int(found[1]) if found else None


def is_letter(cell: Any) -> bool:
    """Numbering of the upper level: "A", "II."."""
    return type(cell) is str and bool(_LETTER.fullmatch(cell.strip()))


def year_of(cell: Any) -> int | None:
    """2023 of 2023, "2023", "Tahun 2023", "2023*)"."""
    if type(cell) in (float, int):
        return int(cell) if 1990 <= cell <= 2100 and cell == int(cell) else None
    found = _YEAR.fullmatch(cell.strip()) if type(cell) is str and len(cell) < 40 else None
    return int(found[1]) if found and 1990 <= int(found[1]) <= 2100 else None


def is_numbered(row: Sequence[Any]) -> bool:
    """ "(1) (2) (3)" under the header; the numbers may begin anywhere and leave out columns."""
    numbers = []
    for cell in row:
        if is_blank(cell):
            continue
        number = ordinal(cell)
        if number is None:
            # "(7) = (5)/(6)" explains a computed column
            if type(cell) is str and re.match(r"\(?\d{1,2}\)?\s*[=:]", cell.strip()):
                continue
            return False
        numbers.append(number)
    return len(numbers) >= 3 and all(0 < b - a <= 2 for a, b in pairwise(numbers))


def is_note(text: str) -> bool:
    return bool(_NOTE.fullmatch(text))


def is_signature(text: str) -> bool:
    return bool(SIGNED.fullmatch(text.strip()) or _SIGNATURE.match(plain(text[:80])))


def is_sentence(text: str) -> bool:
    """Running text of a report: a title has no full stop, or is in capitals, or ends with its year, the only number."""
    bare = text.rstrip(" )")
    titled = text.isupper() or _UP_TO_YEAR.fullmatch(bare)
    return bare.endswith(".") and len(text.split()) > _TITLE_WORDS and not titled


def unnumbered(text: str) -> str:
    """ "A. KECAMATAN ALAK" → "KECAMATAN ALAK"."""
    return _NUMBERING.sub("", text, count=1) or text


@lru_cache(maxsize=20_000)
def _bare(text: str) -> str:
    """The words of a text without its number; a column says the same ones again and again."""
    return plain(unnumbered(text))


class Words:
    """Remembers what each distinct text is, for one reading."""

    def __init__(self, places: Places, vocabulary: Vocabulary) -> None:
        self.places, self.vocabulary = places, vocabulary
        self._named: dict[str, set[str]] = {}
        self._coded: dict[str, set[str]] = {}
        self._districts = {glued(name_key(place.kecamatan)): place.kecamatan for place in places.all}
        self._districts.pop("", None)
        self.cities = {place.kode[:5] for place in places.all}
        for place in places.all:
            for name in (place.nama, *place.alias):
                self._named.setdefault(glued(name_key(name)), set()).add(place.kode)
            for code in (place.kode, place.kode.replace(".", ""), place.kode_bps):
                self._coded.setdefault(code, set()).add(place.kode)
        self._coded.pop("", None)
        self._codes: dict[Any, frozenset[str]] = {}
        self._candidates: dict[tuple[tuple[str, ...], str | None], list[Candidate]] = {}
        self.percent: Mapping[str, Collection[tuple[int, int]]] = {}  # by sheet: cells shown as percentages

    # --- places ---------------------------------------------------------------------------------------------

    def kelurahan(self, cell: Any) -> frozenset[str]:
        """Codes of the kelurahan that a cell names or numbers; none for a cell that is something else."""
        known = self._codes.get(cell) if type(cell) in (str, float) else frozenset[str]()
        if known is None:
            known = self._codes[cell] = frozenset(self._look_up(cell))
        return known

    def _look_up(self, cell: Any) -> set[str]:
        if type(cell) is float:
            return self._coded.get(str(int(cell)), set()) if 1e9 <= cell < 1e10 else set()
        text = cell.strip().lstrip("'’`")
        if not text or len(text) > 80:
            return set()
        if text[0].isdigit():
            found = self._coded.get(text.partition("/")[0].replace(" ", ""))
            if found:
                return found
        elif len(text) < 3:
            return set()
        return self._named.get(glued(name_key(text))) or self._named.get(glued(name_key(unnumbered(text))), set())

    def is_named(self, cell: Any) -> bool:
        """Whether a cell names a kelurahan in words."""
        if type(cell) is not str or not self.kelurahan(cell):
            return False
        return not cell.strip()[:1].isdigit() or self.is_numbered_name(cell)

    def is_numbered_name(self, cell: str) -> bool:
        """ "1. Namosain", "a) Namosain": a name with its number before it."""
        bare = unnumbered(cell)
        return bare != cell and not bare[:1].isdigit() and glued(name_key(bare)) in self._named and self._is_odd(cell)

    def _is_odd(self, cell: str) -> bool:
        return glued(name_key(cell)) not in self._named

    def kecamatan(self, text: str) -> str:
        """The kecamatan that a text names, with or without its title; "" for none."""
        bare = _bare(text[:80])
        titled = _OF_KECAMATAN.fullmatch(bare)
        if titled:
            bare = titled[1]
        return self._districts.get(glued(name_key(bare)) if bare.strip() else "", "")

    def titled_kecamatan(self, text: str) -> str:
        """The kecamatan of "A. KECAMATAN ALAK" or "Kec. : Alak", known or not; "" where the title is missing."""
        found = _OF_KECAMATAN.fullmatch(_bare(text[:80]))
        return clean(found[1].strip()).title() if found and found[1].strip() else ""

    def titled_kelurahan(self, text: str) -> str:
        """The name in "Kelurahan Namosain" or "KEL. : NAMOSAIN, KECAMATAN ALAK"; "" where the title is missing."""
        found = _OF_KELURAHAN.fullmatch(_bare(text[:120]))
        if not found:
            return ""
        name = re.split(r"\b(?:kecamatan|kec|kota|tahun|rt|rw|periode|bulan)\b", found[1])[0].strip()
        return name if name and len(name) <= 60 else ""

    def is_city(self, text: str) -> bool:
        """ "Kota Kupang", "Kabupaten X": more than what a row is about."""
        words = _bare(text[:80])
        if not _CITY.fullmatch(words) or self.kelurahan(text) or self.kecamatan(text):
            return False
        parts = words.split()
        return not any(self.kecamatan(" ".join(parts[:n])) for n in (2, 3) if n < len(parts))  # "Kota Lama - Merdeka"

    # --- rows -----------------------------------------------------------------------------------------------

    @staticmethod
    def is_total(text: str) -> bool:
        """ "Jumlah", "Sub Total", "TOTAL KOTA", "Jumlah Alak", "Kecamatan Alak Jumlah"."""
        words = _bare(text[:80])
        return bool(_TOTAL.fullmatch(words) or _TOTAL_END.fullmatch(words))

    @staticmethod
    def is_bare_total(text: str) -> bool:
        """The word alone: "Jumlah penduduk" is the name of an indicator."""
        found = _TOTAL.fullmatch(_bare(text[:80]))
        return bool(found and found[1].strip() in {"", "rt", "total", "jumlah", "keseluruhan", "seluruhnya", "umum"})

    # --- headers --------------------------------------------------------------------------------------------

    def candidates(self, parts: Sequence[str], jenis: str | None = None) -> list[Candidate]:
        key = (tuple(parts), jenis)
        if key not in self._candidates:
            self._candidates[key] = self.vocabulary.candidates(parts, jenis)
        return self._candidates[key]

    def taken(self, parts: Sequence[str], jenis: str | None = None) -> Candidate | None:
        """The sure reading of a header, if any."""
        found = self.candidates(parts, jenis)
        return found[0] if found and found[0].confidence >= TAKEN else None

    def place_field(self, text: str) -> str:
        """The place column that a header names, "" for anything else."""
        if not text or len(text) > 60:
            return ""
        found = self.taken((text,))
        return found.field if found and found.field in PLACE_FIELDS else ""


def glued(key: str) -> str:
    return key.replace(" ", "")


def is_date(cell: Any) -> bool:
    return isinstance(cell, date)
