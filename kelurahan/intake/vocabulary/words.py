"""A header as words: bracketed units, years and numbering taken out, abbreviations written in full."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from kelurahan.intake.units import PERSEN, Unit, read_unit
from kelurahan.intake.vocabulary.english import translates, without_english
from kelurahan.rules.regulation import KRITERIA

MAX_TEXT = 200


def word_set(text: str) -> frozenset[str]:
    return frozenset(text.split())


COUNTING = frozenset({"jumlah", "total", "banyak"})
"""Words that say that something is counted."""
FILLING = word_set(
    "data yang di ke dan dengan pada dalam menurut untuk dari atas atau serta oleh"
    " the of to village villages subdistrict district"
)
GENERAL = word_set(
    "umum kondisi profil wilayah administrasi administratif uraian indikator keterangan variabel aspek dasar statistik"
    " informasi rincian kriteria parameter komponen potensi desa kelurahan kecamatan kota"
)
"""Words of a head above that leave the meaning of what stands below as it is."""

_SHORT = {
    "jumlah": "jml jmlh jlh jum jumlh jmh sum number",
    "total": "tot ttl",
    "penduduk": "pddk pnddk pend pdd pendd pdduk pnduduk pddku population",
    "bangunan": "bgn bang bngn bgnan bngunan",
    "panjang": "pjg pnjg panj pnjang pjng pj",
    "jalan": "jln jl",
    "drainase": "drain drains drainage drainasi",
    "kecamatan": "kec kcmtn",
    "kelurahan": "kelrhn klrhn",
    "desa": "ds",
    "kawasan": "kws kwsn",
    "permukiman": "pemukiman permuk",
    "perempuan": "pr wanita female",
    "rumah": "rmh",
    "tahun": "thn th year",
    "nomor": "no nmr num",
    "kode": "kd code kod",
    "nama": "nm name",
    "tidak": "tdk tak tdak",
    "belum": "blm",
    "persen": "percentage persentase prosentase prosen percent pct presentase prosentasi persentasi",
    "nilai": "skor score skoring nilei",
    "volume": "vol",
    "kk": "kepalakeluarga krt",
    "keluarga": "klg",
    "ruta": "rumahtangga household households",
    "orang": "org",
    "luas": "luasan ls",
    "sampah": "smph",
    "sekolah": "sklh",
    "wilayah": "wil wly",
    "dengan": "dgn dg",
    "yang": "yg",
    "untuk": "utk",
    "dalam": "dlm",
    "sarana": "sar",
    "persyaratan": "syarat persy pers",
    "kualitas": "kual mutu",
    "ketidaksesuaian": "ketdksesuaian",
    "pengelolaan": "pengel",
    "hektar": "hektare",
    "rata": "rerata mean avg",
    "miskin": "msk",
    "ibadah": "peribadatan peribadahan",
    "rp": "idr",
    "laki": "lk lelaki pria lakilaki male",
    "kepadatan": "density",
    "ekstrem": "ekstrim",
    "septik": "septic septictank",
    "musala": "mushola musholla mushalla",
    "masjid": "mesjid",
    "apotek": "apotik",
    "delineasi": "deliniasi",
}
_FULL = {short: word for word, shorts in _SHORT.items() for short in shorts.split()}
_TOGETHER: tuple[tuple[tuple[str, ...], str], ...] = (
    (("kepala", "keluarga"), "kk"),
    (("kartu", "keluarga"), "kk"),
    (("kepala", "rumah", "tangga"), "kk"),
    (("rumah", "tangga"), "ruta"),
    (("laki", "2"), "laki"),
    (("rukun", "tetangga"), "rt"),
    (("rukun", "warga"), "rw"),
    (("km", "2"), "km2"),
    (("km", "persegi"), "km2"),
    (("kilometer", "persegi"), "km2"),
    (("m", "2"), "m2"),
    (("m", "persegi"), "m2"),
    (("meter", "persegi"), "m2"),
    (("m", "3"), "m3"),
    (("meter", "kubik"), "m3"),
    (("m", "1"), "m"),
    (("tps", "3", "r"), "tps3r"),
    (("p", "3", "ke"), "p3ke"),
    (("di", "atas"), "melebihi"),
    (("di", "bawah"), "kurang"),
)
_ENDING_WITH = {
    last: [pair for pair in _TOGETHER if pair[0][-1] == last] for last in {several[-1] for several, _ in _TOGETHER}
}
_SEVERAL = dict.fromkeys(("sarpras", "prasar", "sapras"), ("prasarana", "sarana"))
_LEVELS = "kelurahan|kel|desa|kecamatan|kec|wilayah|kota|lurah"
_PER_LEVEL = re.compile(rf"\b(?:per|tiap|setiap|menurut|berdasarkan|di tiap|di setiap)[\s_-]+(?:{_LEVELS})\b(?!\s*/)")
_YEAR = r"(?:19[5-9]\d|20\d\d)"
_YEARS = re.compile(rf"(?<!\d){_YEAR}(?!\d)")
_SPAN = re.compile(rf"(?<!\d){_YEAR}\s*(?:-|–|/|s\.?d\.?|sampai|ke)\s*(?:{_YEAR}|\d\d)(?!\d)")
_MONTH = (
    "jan(?:uari)?|feb(?:ruari)?|mar(?:et)?|apr(?:il)?|mei|jun[i]?|jul[i]?|agus(?:tus)?|agt|sep(?:t|tember)?|"
    "okt(?:ober)?|nov(?:ember)?|des(?:ember)?"
)
_DATE = re.compile(
    rf"(?:\b(?:per|posisi|keadaan)\W+)?(?:tgl\W*|tanggal\W*)?(?:\b\d{{1,2}}\W+)?\b(?:{_MONTH})\W*(?={_YEAR})"
    r"|\b(?:semester|sem|smt|smstr|triwulan|tw)\W*(?:[1-4]|i{1,3}|iv)\b"
)
_DENSITY = re.compile(
    r"\b(jiwa|orang|org|people|persons?|penduduk|pddk|unit|bangunan|rumah|ton|kg|m3)\s*(?:/|\bper\b)\s*(km\s?2|ha|hektare?|hari)\b"
)
_DENSE = {
    "people": "jiwa",
    "person": "jiwa",
    "persons": "jiwa",
    "orang": "jiwa",
    "org": "jiwa",
    "penduduk": "jiwa",
    "pddk": "jiwa",
    "bangunan": "unit",
    "rumah": "unit",
}
_UP_TO = re.compile(
    rf"\b(?:s\s?[./]\s?d\b\.?|sampai(?:\s+dengan)?\b|hingga\b)\s*(?:(?:akhir|tahun|thn|th)\b\.?\s*)*(?={_YEAR})"
)
_SOURCES = word_set(
    "sp sensus supas susenas survei registrasi bps dukcapil disdukcapil dispendukcapil dkb sipd prodeskel dinkes dinsos"
    " sumber hasil berdasarkan"
)
"""Words of a bracket that says where a number comes from: "Penduduk (SP2020)"."""
_NUMBERING = re.compile(r"^\s*[(\[]?(?:\d{1,2}(?:\.\d{1,2})*|[a-z]|[ivx]{1,4})\s?[).:]\s*(?=[^\W\d])", re.IGNORECASE)
_FOOTNOTE = re.compile(r"(?:\*++\)?+|\b\d{1,2}+\)|\s++)++$")
_BRACKETS = re.compile(r"[(\[{]([^()\[\]{}]*)(?:[)\]}]|$)")
_TOKENS = re.compile(r"[^\W\d_]+(?:/(?:ha|km2|hari)\b)?|\d+|/")
_CODE = re.compile(
    r"(?:(?:kriteria|krit|kode|k)[\s.:_-]{0,3})?"
    r"(?P<before>(?:v|p|n|vol|volume|persen|prosen|persentase|nilai|skor|score|%)[\s._-]{0,3})?"
    r"(?P<code>[1-7][\s._-]?[a-e])(?P<after>[vpn])?(?![^\W_])(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_CODE_BEHIND = re.compile(r"[\s_(\[-](?P<code>[1-7]\.?[a-e])$", re.IGNORECASE)
_BEFORE_WORDS, _AFTER_WORDS = re.compile(r"^[^\w%]+"), re.compile(r"\W+$")
_RESULT_LETTERS = {"v": "volume", "p": "persen", "n": "nilai"}
_PAIR = re.compile(r"(?:^|[-–|:]\s?|\)\s?_\s?)(?P<which>kebutuhan|numerik)\W{0,3}$", re.IGNORECASE)


@dataclass(slots=True)
class Words:
    """`tokens` in order; `code` of a criterion if one is written; `pair` is "kebutuhan" or "numerik"."""

    tokens: list[str] = field(default_factory=list)
    unit: Unit | None = None
    years: list[int] = field(default_factory=list)
    code: str = ""
    pair: str = ""
    kondisi: str = ""
    dated: bool = False  # a month or half-year beside the year

    @property
    def year(self) -> int | None:
        return self.years[0] if len(set(self.years)) == 1 else None


def plain(text: str) -> str:
    """Lower case words and numbers of a header, single spaced: "Luas\\n(km²)" → "luas km2"."""
    text = unicodedata.normalize("NFKC", text).casefold().replace("%", " persen ")
    return " ".join(re.findall(r"[^\W_]+", text))


def words_of(text: str) -> Words:
    """What one header cell says."""
    words = Words()
    text = without_english(" ".join(_spelled(text[:MAX_TEXT]).split()), said_in)
    if pair := _PAIR.search(text):
        words.pair, text = pair["which"].casefold(), text[: pair.start("which")].rstrip(" -–|:_")
    text = _take_code(text, words)
    text = _take_years(text.casefold(), words)
    kept = []
    last = 0
    for group in _BRACKETS.finditer(text):
        kept += _tokens(text[last : group.start()])
        kept += _take_bracket(_tokens(group[1]), words, joined(kept))
        last = group.end()
    kept += _tokens(text[last:])
    words.tokens = _settled(kept, words)
    return words


def said_in(text: str) -> list[str]:
    """The words of a text, units and brackets with them."""
    return _tokens(_spelled(text).casefold().replace("%", " persen "))


def without_translations(texts: Sequence[str]) -> list[str]:
    """The texts of a head, downwards, without those that only translate what stands above them."""
    kept: list[str] = []
    for text in texts:
        if not (kept and translates(text, " ".join(kept), said_in)):
            kept.append(text)
    return kept


def together(parts: Sequence[Words]) -> Words:
    """Several heads, from top to bottom, as one; what stands lower goes before."""
    whole = Words()
    for words in parts:
        whole.tokens += words.tokens
        whole.unit = words.unit or whole.unit
        whole.years = words.years or whole.years
        whole.code = words.code or whole.code
        whole.pair = words.pair or whole.pair
        whole.kondisi = words.kondisi or whole.kondisi
        whole.dated |= words.dated
    whole.tokens = joined(whole.tokens)
    return whole


def _spelled(text: str) -> str:
    """Powers after m kept, other raised marks dropped; camelCase taken apart."""
    text = re.sub(r"(?<=[mM])\s?(?:\^\s?)?[²2](?![\d\w])", "2", text)
    text = re.sub(r"(?<=[mM])³", "3", text)
    text = re.sub(r"[¹²³⁴⁵⁶⁷⁸⁹⁰]+\)?", " ", text)
    text = unicodedata.normalize("NFKC", text)
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    text = re.sub(r"(?<=[A-Z])(?=[A-Z][a-z]{2,})", " ", text)
    return _FOOTNOTE.sub("", text)


def _take_code(text: str, words: Words) -> str:
    """The code of a criterion taken out of the text, with the letter that says volume, percent or score."""
    if (found := _CODE.fullmatch(_BEFORE_WORDS.sub("", text))) and _known_code(found["code"]):
        words.code = _known_code(found["code"])
        before = re.sub(r"[\s._-]", "", found["before"] or "").casefold()
        after, rest = (found["after"] or "").casefold(), found["rest"].strip(" ._-").casefold()
        said = (_RESULT_LETTERS.get(word, word) for word in (before, after, rest))
        return " ".join(said)
    bare = _AFTER_WORDS.sub("", text)
    if (found := _CODE_BEHIND.search(bare)) and _known_code(found["code"]) and not bare[: found.start()].isdigit():
        words.code = _known_code(found["code"])
        return bare[: found.start()]
    return _NUMBERING.sub("", text)


def _known_code(text: str) -> str:
    code = re.sub(r"[\s._-]", "", text).casefold()
    return code if code in KRITERIA else ""


def _take_years(text: str, words: Words) -> str:
    text = text.replace("%", " persen ").replace("_", " ")
    text, dates = _DATE.subn(" ", text)
    text = _SPAN.sub(" rentang ", text)
    text, up_to = _UP_TO.subn(" ", text)
    words.dated = bool(dates or up_to)
    words.years = [int(year) for year in _YEARS.findall(text)]
    if words.years:
        text = re.sub(rf"(?:\b(?:per|tahun|thn|th|ta|t\.a)\b[\s.:_-]*)?(?<!\d){_YEAR}(?!\d)", " ", text)
        if len(set(words.years)) > 1:
            text += " rentang"
    text = re.sub(r"\b(?:km\s2|(?:km|kilometer)\s?persegi|sq(?:uare)?\W?\s?km)\b", "km2", text)
    text = _DENSITY.sub(
        lambda m: f" {_DENSE.get(m[1], m[1])}/{'ha' if m[2][0:2] in ('he', 'ha') and m[2] != 'hari' else m[2]} ", text
    )
    if re.search(r"\b(?:kepadatan|density)\b", text):
        text = re.sub(r"(?:(?<!\w)/|\bper\b)\s*(km2|ha)\b", r" jiwa/\1 ", text)
    return _PER_LEVEL.sub(" ", text)


def _tokens(text: str) -> list[str]:
    found: list[str] = []
    for token in _TOKENS.findall(text):
        word = token.removesuffix("nya") if len(token) >= 7 else token
        found.extend(_SEVERAL.get(word) or (_FULL.get(word, word),))
    return joined(found)


def joined(tokens: Iterable[str]) -> list[str]:
    """Words that mean one thing together made one: "kepala keluarga" → "kk"."""
    found: list[str] = []
    for token in tokens:
        found.append(token)
        for several, one in _ENDING_WITH.get(token, ()):
            if tuple(found[-len(several) :]) == several:
                found[-len(several) :] = [one]
                break
    return found


def _take_bracket(tokens: list[str], words: Words, before: list[str]) -> list[str]:
    """Words in brackets that are not a unit, a year, numbering, a source or the short form of what stands before."""
    if not tokens or all(token.isdigit() and len(token) < 4 for token in tokens):
        return []
    if _SOURCES.issuperset(tokens) or (before[-1:] == ["ruta"] and tokens in (["rt"], ["ruta"])):
        return []
    unit = PERSEN if tokens == ["persen"] else read_unit(tokens)
    if unit:
        words.unit = unit
        return []
    if len(tokens) == 2 and re.fullmatch(r"[1-7]", tokens[0]) and tokens[0] + tokens[1] in KRITERIA:
        words.code = tokens[0] + tokens[1]
        return []
    return tokens


def _settled(tokens: list[str], words: Words) -> list[str]:
    """KONDISI AWAL and AKHIR noted; "persen" anywhere is the unit."""
    for kondisi in ("awal", "akhir"):
        if kondisi in tokens and ("kondisi" in tokens or len(tokens) == 1):
            words.kondisi = kondisi
            tokens = [word for word in tokens if word not in {kondisi, "kondisi", "baseline"}]
    if tokens.count("tidak") > 1:
        tokens = [*tokens, "tidaktidak"]  # twice no is not the same as once
    if "persen" in tokens:
        words.unit = PERSEN
        tokens = [word for word in tokens if word != "persen"]
    return joined(tokens)
