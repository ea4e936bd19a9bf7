"""Findings: what a check saw, where, and what to do about it, in an officer's plain words.

Messages are Indonesian templates with percent-style parameters; the caller passes its translator to `render`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


def N_(message: str) -> str:
    """Mark a message for translation without translating it here."""
    return message


class Level(StrEnum):
    """A galat blocks its row, a peringatan wants a tick, an info only tells."""

    GALAT = "galat"
    PERINGATAN = "peringatan"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to tell. `cell` is as in the sheet ("C12"), "" for all of it; `row` is the index of the record."""

    level: Level
    code: str
    sheet: str = ""
    cell: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    row: int | None = None


Messages = dict[str, tuple[str, str]]
"""code → (message, repair)."""

MESSAGES: Messages = {
    # numbers
    "not_a_number": (
        N_("Isi sel %(cell)s, “%(text)s”, bukan angka (kolom %(kolom)s)."),
        N_("Tulis angka saja tanpa satuan, misalnya 12,5. Bila belum dinilai, tulis “kosong”."),
    ),
    "other_number_style": (
        N_("Angka “%(text)s” di sel %(cell)s tidak ditulis seperti angka lain di kolom %(kolom)s."),
        N_("Tulis dengan titik untuk ribuan dan koma untuk desimal, misalnya 1.250,5."),
    ),
    "ambiguous_number_style": (
        N_("“%(text)s” di kolom %(kolom)s dibaca %(understood)s (%(arti)s), bukan %(lain)s."),
        N_("Bila keliru, tulis angkanya tanpa titik atau koma ribuan, atau sebagai sel angka, lalu unggah lagi."),
    ),
    "no_data_rows": (
        N_("Tidak ada baris data di bawah judul kolom (sel %(cell)s)."),
        N_("Isi satu baris untuk tiap kelurahan atau RT di bawah judulnya, lalu unggah lagi."),
    ),
    "unclear_number_style": (
        N_("“%(text)s” di kolom %(kolom)s dapat berarti %(understood)s atau %(lain)s; %(n)s angka kolom itu ditahan."),
        N_("Pilih cara baca kolomnya, atau tulis angkanya tanpa tanda ribuan, atau sebagai sel angka."),
    ),
    "number_too_large": (
        N_("Angka “%(text)s” di sel %(cell)s terlalu besar untuk kolom %(kolom)s."),
        N_("Angka harus di bawah 10.000.000.000. Periksa titik dan komanya."),
    ),
    "negative": (
        N_("Angka di sel %(cell)s kurang dari nol: %(text)s (kolom %(kolom)s)."),
        N_("Volume dan penyebut tidak boleh negatif. Perbaiki angkanya."),
    ),
    "too_many_decimals": (
        N_("Angka “%(text)s” di sel %(cell)s punya lebih dari enam desimal dan disimpan sebagai %(understood)s."),
        N_("Tidak perlu diperbaiki bila pembulatan itu benar."),
    ),
    "error_cell": (
        N_("Sel %(cell)s berisi kesalahan rumus %(text)s (kolom %(kolom)s)."),
        N_("Perbaiki rumusnya di Excel, simpan, lalu unggah lagi."),
    ),
    "formula_without_value": (
        N_("Sel %(cell)s berisi rumus yang belum dihitung (kolom %(kolom)s)."),
        N_("Buka berkas di Excel, simpan sekali, lalu unggah lagi."),
    ),
    # one record
    "volume_over_zero": (
        N_(
            "%(kode)s %(nama)s di sel %(cell)s terisi %(volume)s %(satuan)s, padahal %(penyebut)s 0 atau tidak berlaku."
        ),
        N_("Perbaiki %(penyebut)s, atau isi volume 0 atau “tidak berlaku”."),
    ),
    "over_100_percent": (
        N_("%(kode)s %(nama)s di sel %(cell)s mencapai %(persen)s %%: volume %(volume)s, %(penyebut)s %(jumlah)s."),
        N_("Periksa apakah %(penyebut)s mencakup seluruh wilayah. Bila benar, nilainya tetap 5."),
    ),
    "empty_row": (
        N_("Baris %(baris)s menyebut tempat tetapi tidak berisi angka."),
        N_("Isi angkanya, atau hapus barisnya. Data yang sudah tersimpan tidak berubah."),
    ),
    "incomplete_row": (
        N_("Baris %(baris)s belum lengkap: %(jumlah)s kriteria belum dinilai (%(daftar)s)."),
        N_("Totalnya ditampilkan sebagai rentang sampai semua kriteria terisi."),
    ),
    "fewer_people_than_households": (
        N_("Jumlah jiwa (%(jiwa)s) lebih kecil daripada jumlah KK (%(kk)s) di baris %(baris)s."),
        N_("Periksa apakah kolom jiwa dan KK tertukar."),
    ),
    "missing_penyebut": (
        N_("%(penyebut)s di baris %(baris)s belum diisi, padahal ada volume yang dibagi dengannya (%(daftar)s)."),
        N_("Isi %(penyebut)s pada baris itu. Tanpa itu nilainya hanya berupa rentang."),
    ),
    "not_a_whole_number": (
        N_("%(kolom)s di sel %(cell)s bukan bilangan bulat: %(text)s."),
        N_("Bangunan, jiwa, dan KK dihitung utuh. Periksa titik dan komanya."),
    ),
    "area_lost_its_decimals": (
        N_("Luas di sel %(cell)s, %(text)s ha, terlalu besar untuk %(jiwa)s jiwa."),
        N_("Periksa koma desimalnya: 0,35 ha sering tertulis 35 atau 3500."),
    ),
    "area_over_official": (
        N_("Luas di sel %(cell)s, %(text)s ha, lebih besar dari luas resmi kelurahannya (%(resmi)s ha)."),
        N_("Periksa koma desimalnya, atau luas resmi kelurahan itu di halaman Data."),
    ),
    "area_over_official_by_its_mark": (
        N_("Luas di sel %(cell)s, %(text)s ha, lebih besar dari luas resmi kelurahannya (%(resmi)s ha)."),
        N_("Jika maksudnya %(mungkin)s, tulis %(mungkin)s: titik adalah pemisah ribuan."),
    ),
    # places and years
    "duplicate_same": (
        N_("Baris %(baris)s mengulang tempat dan tahun baris %(pertama)s dengan angka yang sama."),
        N_("Hapus salah satu. Bila dibiarkan, hanya satu yang dipakai."),
    ),
    "duplicate_different": (
        N_("Baris %(baris)s memuat tempat dan tahun yang sama dengan baris %(pertama)s, tetapi angkanya berbeda."),
        N_("Sisakan satu baris yang benar."),
    ),
    "year_missing": (
        N_("Tahun di baris %(baris)s belum diisi."),
        N_("Isi tahun data, atau pilih tahun saat mengunggah."),
    ),
    "table_year_missing": (
        N_("Tabel %(tabel)s tidak menyebut tahun datanya; %(n)s barisnya menunggu."),
        N_("Isi tahunnya di langkah Berkas, atau unggah lagi dengan tahun data."),
    ),
    "year_out_of_range": (
        N_("Tahun %(tahun)s di sel %(cell)s di luar %(dari)s–%(sampai)s."),
        N_("Perbaiki tahunnya."),
    ),
    "place_missing": (
        N_("Baris %(baris)s berisi angka tetapi tidak menyebut kelurahan."),
        N_("Isi kode atau nama kelurahan. Baris jumlah atau catatan boleh dihapus."),
    ),
    "place_unknown": (
        N_("“%(text)s” di sel %(cell)s bukan kelurahan yang dikenal."),
        N_("Periksa kode atau ejaannya; daftar lengkap ada di lembar penjelasan templat."),
    ),
    "place_ambiguous": (
        N_("“%(text)s” di sel %(cell)s dapat berarti beberapa kelurahan: %(pilihan)s."),
        N_("Tulis kode kelurahan, atau nama lengkapnya."),
    ),
    "place_foreign": (
        N_("%(nama)s di sel %(cell)s di luar wilayah tugas Anda."),
        N_("Hapus barisnya, atau minta Bappeda yang mengunggah."),
    ),
    # uploaded results
    "persen_differs": (
        N_(
            "%(n)s persen %(kode)s di berkas berbeda dari hasil hitung, sampai %(beda)s poin: "
            "sel %(cell)s tertulis %(text)s, hasil hitung %(persen)s %%."
        ),
        N_("Yang dipakai selalu hasil hitung dari volume dan penyebut. Sel: %(sel)s."),
    ),
    "nilai_differs": (
        N_(
            "%(n)s nilai %(kode)s di berkas berbeda dari hasil hitung: "
            "sel %(cell)s tertulis %(text)s, hasil hitung %(nilai)s."
        ),
        N_("Yang dipakai selalu hasil hitung dari volume dan penyebut. Sel: %(sel)s."),
    ),
    "nilai_not_a_score": (
        N_("%(n)s nilai %(kode)s bukan 0, 1, 3, atau 5: sel %(cell)s tertulis %(text)s."),
        N_("Periksa apakah kolom-kolomnya bergeser satu. Sel: %(sel)s."),
    ),
    "total_differs": (
        N_(
            "%(n)s total nilai di berkas berbeda dari hasil hitung, %(tingkat)s di antaranya berbeda tingkat: "
            "sel %(cell)s tertulis %(text)s, hasil hitung %(total)s."
        ),
        N_("Yang dipakai selalu hasil hitung dari volume dan penyebut. Sel: %(sel)s."),
    ),
}


_PUT_RIGHT = N_("Isi juga kolom itu di berkas dengan angka yang benar, atau betulkan catatannya di halaman Data.")
_STORED: Messages = {
    "volume_over_zero": (
        N_(
            "%(kode)s %(nama)s yang tersimpan berisi %(volume)s %(satuan)s, padahal menurut baris %(baris)s"
            " %(penyebut)s 0 atau tidak berlaku."
        ),
        _PUT_RIGHT,
    ),
    "over_100_percent": (
        N_(
            "%(kode)s %(nama)s yang tersimpan, %(volume)s, mencapai %(persen)s %% dari %(penyebut)s di baris %(baris)s:"
            " %(jumlah)s."
        ),
        _PUT_RIGHT,
    ),
    "not_a_whole_number": (
        N_("%(kolom)s yang tersimpan untuk tempat di baris %(baris)s bukan bilangan bulat: %(text)s."),
        _PUT_RIGHT,
    ),
    "area_lost_its_decimals": (
        N_("Luas yang tersimpan untuk tempat di baris %(baris)s, %(text)s ha, terlalu besar untuk %(jiwa)s jiwa."),
        _PUT_RIGHT,
    ),
    "area_over_official": (
        N_("Luas yang tersimpan untuk tempat di baris %(baris)s, %(text)s ha, melebihi luas resminya (%(resmi)s ha)."),
        _PUT_RIGHT,
    ),
    "area_over_official_by_its_mark": (
        N_("Luas yang tersimpan untuk tempat di baris %(baris)s, %(text)s ha, melebihi luas resminya (%(resmi)s ha)."),
        _PUT_RIGHT,
    ),
}
"""What is said instead about a number that the file does not have: it is stored already, beside what the file says."""


def add_messages(messages: Messages) -> None:
    """Another room brings its own codes. Raises ValueError for a code that already has other words."""
    for code, words in messages.items():
        if MESSAGES.setdefault(code, words) != words:
            raise ValueError(f"finding code {code} already has a message")


_WORDS = frozenset({"penyebut", "kind", "langsung", "jumlah", "arti"})
"""Parameters that are words of ours ("ringan–sedang" is two); the others are names and texts of files and places."""


def _word(text: str, translate: Callable[[str], str]) -> str:
    return "–".join(translate(part) for part in text.split("–"))


def _grouped(number: int) -> str:
    """ "100.000"."""
    return f"{number:,}".replace(",", ".")


def render(finding: Finding, translate: Callable[[str], str] = lambda text: text) -> tuple[str, str]:
    """Message and repair of a finding. Raises KeyError for a code without a message."""
    message, repair = _STORED.get(finding.code, ("", "")) if not finding.cell else ("", "")
    if not message:
        message, repair = MESSAGES[finding.code]
    ours = _WORDS | {"nama", "satuan"} if "penyebut" in finding.params else _WORDS
    told = {k: _word(v, translate) if k in ours and isinstance(v, str) else v for k, v in finding.params.items()}
    told |= {k: _grouped(int(told[k])) for k in ("n", "limit") if type(told.get(k)) is int}
    params = {"sheet": finding.sheet, "cell": finding.cell, **told}
    if params.get("sebab") in MESSAGES:  # the code of another finding, which uses the same parameters
        params["sebab"] = translate(MESSAGES[params["sebab"]][0]) % params
    return translate(message) % params, translate(repair) % params if repair else ""
