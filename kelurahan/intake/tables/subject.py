"""What the title of a table is about. Where that is a part of the kelurahan (its slums, its poor, who was hit by a
flood), a column "Luas", "KK" or "Jiwa" counts that part, and is not taken for the whole kelurahan.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from kelurahan.intake.columns import Column, Table, plain
from kelurahan.intake.tables.describe import INDIKATOR
from kelurahan.intake.tables.titled import NAMED_BY_TITLE, is_measured
from kelurahan.intake.tables.words import Words
from kelurahan.intake.vocabulary import Candidate
from kelurahan.rules.findings import Finding, Level
from kelurahan.rules.regulation import KRITERIA

_ONLY_PROPOSED = 0.5
_CLEAR = 0.9
_MAX_ALTERNATIVES = 4

_CONCEPTS = {
    "luas": re.compile(r"\b(?:luas\w*|area)\b"),
    "kk": re.compile(r"\b(?:kk|keluarga|kepala keluarga|ruta|rumah tangga|rtm?s?)\b"),
    "jiwa": re.compile(
        r"\b(?:penduduk|pddk|jiwa|orang|individu|warga|laki|perempuan|jumlah l p|l p|l|p|anak|balita)\b"
    ),
    "rumah": re.compile(r"\b(?:rumah(?! tangga)|bangunan|hunian|unit)\b"),
}
_GENERAL = {
    "i:luas_wilayah": "luas", "i:persen_luas": "luas", "i:kk": "kk", "i:rumah_tangga": "kk", "i:penduduk": "jiwa",
    "i:penduduk_laki": "jiwa", "i:penduduk_perempuan": "jiwa", "i:rumah": "rumah", "i:bangunan": "rumah",
    "luas": "luas", "kk": "kk", "jiwa": "jiwa", "bgn": "rumah",
}  # fmt: skip
"""Field of a whole kelurahan → what is counted."""
_WHOLE = re.compile(
    r"\b(?:wilayah|administrasi|administratif|seluruh\w*|keseluruhan|umum|kependudukan|dasar|kelurahan)\b"
)
_FILLING = re.compile(
    r"\b(?:data|tabel|rekap\w*|daftar|jumlah|jml|banyak\w*|total|menurut|per|tiap|setiap|kelurahan|desa|kecamatan|kota|"
    r"kabupaten|tahun|thn|wilayah|menurut|di|luas|rincian|profil|\d+|dan|kk|kepala|keluarga|penduduk|jiwa|rumah|tangga|"
    r"bangunan|kepadatan|laki|perempuan|jenis|kelamin|ha|km2|m2)\b"
)
_CUT = re.compile(r"[,;:&+]|\b(?:dan|serta)\b", re.IGNORECASE)
_OF_AN_OFFICE = re.compile(
    r"(?:pemerintah|dinas|badan|bidang|kantor|sekretariat|bagian|upt\w*|puskesmas|opd|instansi|satuan kerja|sumber)\b"
)
_OF_A_PLAN = re.compile(r"\b(?:rencana|penyusunan|dokumen|laporan|pekerjaan|rp2kp\w*)\b")


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of the whole: how a title says it, the words that a header is tried with, and what in the header of
    another column shows that the bare ones are the whole: "any" word of it, or the same "concept" with it. Only of
    `counted` it is a part: people who live in no such house are none."""

    said: re.Pattern[str]
    shown: str = "any"
    counted: frozenset[str] = frozenset(_CONCEPTS)


def _part(words: str, shown: str = "any", *, only: str = "") -> _Part:
    return _Part(re.compile(rf"\b(?:{words})\b"), shown, frozenset(only.split() or _CONCEPTS))


_KUMUH = _part(
    r"(?:kawasan|permukiman|pemukiman|perumahan|lokasi|area|daerah|titik|luas|penduduk|kk|rumah|bangunan|wilayah|"
    r"lingkungan|delineasi|deliniasi) kumuh|slum\w*"
)
_KUMUH_BESIDE = _part(r"(?<!rt )kumuh", only="luas")
_PARTS = (
    _KUMUH,
    _KUMUH_BESIDE,
    _part(r"(?:ke)?miskin(?:an)?|desil(?: \d+)?|p3ke|dtks|dtsen|pra ?sejahtera|(?:tidak|kurang) mampu|gakin"),
    _part(
        r"penerima|bantuan|bansos|pkh|bpnt|blt|kpm|sembako|rastra|pbi|subsidi|bsps|manfaat|jaminan|jamkes\w*", "concept"
    ),
    _part(
        r"korban|(?:ter)?dampak|(?:me)?ngungsi(?:an)?|pengungsi(?:an)?|rawan|banjir|longsor|kebakaran|genangan|rob|"
        r"kekeringan|gempa|badai|seroja|angin|puting beliung|relokasi|digusur|dipindahkan|terkena",
        "concept",
    ),
    _part(r"rtlh|rutilahu|(?:tidak )?layak huni|backlog|rumah rusak", only="rumah kk"),
    _part(r"non permanen|semi permanen|ilegal|liar|(?:tanpa|belum ber) ?izin|bantaran|sempadan|squatter\w*"),
    _part(
        r"stunting|stunted|gizi(?: buruk| kurang)?|wasting|underweight|penderita|kasus|dbd|tbc?|hiv|diare|ispa|malaria|"
        r"imunisasi|odgj"
    ),
    _part(
        r"disabilitas|difabel|cacat|lansia|lanjut usia|usia lanjut|ibu hamil|bumil|wajib ktp(?: el)?|pemilih|dpt|janda|"
        r"yatim(?: piatu)?|penganggur(?:an)?|menganggur|pencari kerja|pekerja|bekerja|buruh|petani|nelayan|pedagang|"
        r"putus sekolah|usia sekolah|buta huruf|pendatang|wna|musiman|pelanggan|pengguna|berlangganan"
    ),
    _part(
        r"panen|sawah|tanam|lahan|kebun|ladang|hutan|tegalan|pertanian|perkebunan|rth|ruang terbuka|taman|tambak|"
        r"mangrove|pemakaman|terbangun"
    ),
)  # fmt: skip
_TOLD_OTHERWISE = re.compile(
    r"\b(?:\w*tangan\w*|sisa|\w*kurang\w*|target|rencana|bukan|non|tanpa|usulan|rawan|potensi|bebas|tuntas|realisasi|"
    r"capaian|akhir|awal|(?:kelurahan|desa) kumuh)\b"
)
"""Words beside "kumuh" that make of its area another one."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A part of the whole that a title names, in its words; `whole` are the concepts that it names beside."""

    part: _Part
    said: tuple[str, ...]
    line: str
    whole: frozenset[str]
    clear: bool

    @property
    def slum(self) -> bool:
        return self.part is _KUMUH or self.part is _KUMUH_BESIDE


def subjects_of(lines: Sequence[str]) -> list[Subject]:
    """The parts that the titles of a table name."""
    found = []
    for line in lines:
        words = plain(line)
        if _OF_AN_OFFICE.match(words):
            continue
        for part in _PARTS:
            said = tuple(dict.fromkeys(match[0] for match in part.said.finditer(words)))
            if said and not (("kumuh" in said[0] or "slum" in said[0]) and _OF_A_PLAN.search(words)):
                clear = not _TOLD_OTHERWISE.search(words)
                found.append(Subject(part, said, line, _named_beside(line, part), clear))
    return found


def _named_beside(line: str, part: _Part) -> frozenset[str]:
    """What a title counts of the whole beside the part: people and families in "Jumlah Penduduk, KK dan RTLH", nothing
    in "Penduduk dan KK Miskin"."""
    pieces = [plain(piece) for piece in _CUT.split(line)]
    of_part = {name for piece in pieces if part.said.search(piece) for name in _concepts(piece)}
    if of_part and ":" not in line:
        return frozenset()
    bare = [piece for piece in pieces if not part.said.search(piece) and not _FILLING.sub("", piece).strip()]
    return frozenset(name for piece in bare for name in _concepts(piece))


def _concepts(text: str) -> Iterator[str]:
    return (name for name, words in _CONCEPTS.items() if words.search(text))


def with_subject(table: Table, lines: Sequence[str], name: str, words: Words) -> Table:
    """The table with its bare columns as its titles or the name of its sheet mean them: the area of the slums where it
    is that for sure, else nothing, with what they may be proposed."""
    assessed = table.jenis != INDIKATOR
    if assessed and _is_of_criteria(table):
        return table
    titled = subjects_of(lines)
    whole = frozenset(concept for line in lines for concept in _concepts(plain(line)))
    named = [replace(subject, whole=whole, clear=False) for subject in subjects_of([name])] if not titled else []
    for subject in [*titled, *named]:
        if not (assessed and subject.slum):
            _apply(table, subject, words)
    return table


def _is_of_criteria(table: Table) -> bool:
    return any((column.field or "").removeprefix("p:").removeprefix("n:") in KRITERIA for column in table.columns)


def _apply(table: Table, subject: Subject, words: Words) -> None:
    if _is_profile(table, subject):
        return
    known = subject.whole | _shown(table, subject)
    for column in table.columns:
        concept = _GENERAL.get(column.field or "", "")
        if concept not in subject.part.counted - known or _WHOLE.search(plain(column.header)):
            continue
        named = _as_part(table, column, subject, words) if subject.slum and subject.clear else None
        table.columns[column.index] = named or _only_proposed(column, subject, words)
        table.notes.append(_note(table, column, subject, named, words))


def _is_profile(table: Table, subject: Subject) -> bool:
    """Many things under a loose title: the area of slums, or how many RT there are, beside what has no part in them."""
    counts = {"i:luas_kumuh"} | ({"i:jumlah_rt", "i:jumlah_rw"} if subject.part.shown == "any" else set())
    return not subject.slum and bool(counts & table.fields.keys())


def _shown(table: Table, subject: Subject) -> set[str]:
    """The concepts of which another column of numbers counts the part: the bare ones are the whole."""
    stems = {word.split()[-1].removeprefix("ke").removesuffix("an") for word in subject.said}
    found: set[str] = set()
    for column in table.columns:
        header = plain(column.header)
        of_part = subject.part.said.search(header) or any(stem in header for stem in stems if len(stem) > 3)
        if not of_part or "%" in column.header or "persen" in header or not is_measured(table, column):
            continue
        found |= set(_CONCEPTS if subject.part.shown == "any" else _concepts(header))
    return found


def _readings(column: Column, subject: Subject, words: Words) -> list[Candidate]:
    """What the header means with the words of the title before it, or those words alone."""
    texts = tuple(column.header.split(" – "))
    found: dict[str, Candidate] = {}
    for said in subject.said:
        for parts in ((said, *texts), (said,)):
            for candidate in words.candidates(parts, INDIKATOR):
                if candidate.field.startswith("i:") and candidate.field not in _GENERAL and not candidate.why:
                    found.setdefault(candidate.field, candidate)
    return sorted(found.values(), key=lambda candidate: -candidate.confidence)


def _as_part(table: Table, column: Column, subject: Subject, words: Words) -> Column | None:
    """The area of the slums, if the title says no more than that."""
    if _GENERAL[column.field or ""] != "luas":
        return None
    found = [c for c in words.candidates(("kumuh", *column.header.split(" – ")), INDIKATOR) if c.confidence >= _CLEAR]
    if not found or not found[0].unit or found[0].field in table.fields or found[0].why:
        return None
    best = found[0]
    others = ((str(column.field), _ONLY_PROPOSED), *column.alternatives)
    return Column(
        column.index, column.header, best.field, NAMED_BY_TITLE, best.unit, best.factor, others[:_MAX_ALTERNATIVES]
    )


def _only_proposed(column: Column, subject: Subject, words: Words) -> Column:
    parts = [(found.field, _ONLY_PROPOSED) for found in _readings(column, subject, words)]
    whole = [(str(column.field), _ONLY_PROPOSED)]
    others = dict([*parts, *whole, *((name, min(sure, _ONLY_PROPOSED)) for name, sure in column.alternatives)])
    return Column(column.index, column.header, None, alternatives=tuple(others.items())[:_MAX_ALTERNATIVES])


def _note(table: Table, column: Column, subject: Subject, named: Column | None, words: Words) -> Finding:
    cell = table.sheet.where(table.header_row, column.index)
    params = {"kolom": column.header[:80], "judul": subject.line[:120]}
    if named is None:
        return Finding(Level.PERINGATAN, "column_of_title", table.sheet_name, cell, params)
    params["dibaca"] = words.vocabulary.specs[str(named.field).removeprefix("i:")].nama
    return Finding(Level.INFO, "column_named_by_title", table.sheet_name, cell, params)
