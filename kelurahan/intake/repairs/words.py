"""The words of every repair: what is wrong, what accepting it does, and on what evidence it is proposed."""

from __future__ import annotations

from collections.abc import Callable

from kelurahan.intake.parsed import Repair
from kelurahan.rules.findings import N_, Finding, Level, Messages, add_messages, render

_EVIDENCE = "_bukti"

TITLES: Messages = {
    "columns_shifted_right": (
        N_("Kolom bergeser satu ke kanan pada %(n)s baris, mulai kolom “%(kolom)s”."),
        N_("Geser kembali %(n)s baris."),
    ),
    "columns_shifted_left": (
        N_("Kolom bergeser satu ke kiri pada %(n)s baris, mulai kolom “%(kolom)s”."),
        N_("Geser kembali %(n)s baris."),
    ),
    "columns_shifted_right_likely": (
        N_("Kolom tampaknya bergeser satu ke kanan pada %(n)s baris, mulai kolom “%(kolom)s”."),
        N_("Geser kembali %(n)s baris."),
    ),
    "columns_shifted_left_likely": (
        N_("Kolom tampaknya bergeser satu ke kiri pada %(n)s baris, mulai kolom “%(kolom)s”."),
        N_("Geser kembali %(n)s baris."),
    ),
    "total_rows_slipped": (
        N_("%(n)s baris jumlah terbaca sebagai tempat (baris %(baris)s)."),
        N_("Buang %(n)s baris jumlah."),
    ),
    "total_rows_likely": (
        N_("%(n)s baris tampaknya baris jumlah, bukan tempat (baris %(baris)s)."),
        N_("Buang %(n)s baris."),
    ),
    "separators_swapped": (
        N_("Titik dan koma tertukar pada %(n)s sel di kolom “%(kolom)s”."),
        N_("Tukar titik dan koma pada %(n)s sel."),
    ),
    "separators_thousands": (
        N_("Titik atau koma di kolom “%(kolom)s” berarti ribuan pada %(n)s sel."),
        N_("Baca sebagai pemisah ribuan: “%(text)s” menjadi %(menjadi)s."),
    ),
    "separators_decimal": (
        N_("Titik atau koma di kolom “%(kolom)s” berarti desimal pada %(n)s sel."),
        N_("Baca sebagai tanda desimal: “%(text)s” menjadi %(menjadi)s."),
    ),
    "thousands_lost": (
        N_("%(n)s angka di kolom “%(kolom)s” kehilangan tiga nol."),
        N_("Kalikan 1.000: %(text)s menjadi %(menjadi)s."),
    ),
    "fraction_column": (
        N_("Kolom “%(kolom)s” berisi pecahan 0–1, bukan persen."),
        N_("Kalikan 100 pada %(n)s sel: %(text)s menjadi %(menjadi)s %%."),
    ),
    "fraction_cells": (
        N_("%(n)s sel di kolom “%(kolom)s” tampaknya pecahan 0–1 di antara persen."),
        N_("Kalikan 100 pada %(n)s sel: %(text)s menjadi %(menjadi)s %%."),
    ),
    "area_decimals_as_before": (
        N_("Luas kehilangan koma desimal pada %(n)s baris."),
        N_("Bagi %(bagi)s, %(n)s baris."),
    ),
    "area_decimals_lost": (
        N_("Luas tampaknya kehilangan koma desimal pada %(n)s baris."),
        N_("Bagi %(bagi)s, %(n)s baris."),
    ),
    "part_decimals_lost": (
        N_("Angka hektare di kolom “%(kolom)s” tampaknya kehilangan koma desimal pada %(n)s baris."),
        N_("Bagi %(bagi)s, %(n)s baris."),
    ),
    "hectares_lost": (
        N_("%(n)s angka luas di kolom “%(kolom)s” tampaknya kehilangan koma desimal."),
        N_("Bagi %(bagi)s, %(n)s sel."),
    ),
    "duplicate_keep": (
        N_("%(tempat)s tercatat lebih dari sekali (baris %(semua)s)."),
        N_("Pakai baris %(baris)s."),
    ),
    "duplicate_keep_first": (
        N_("%(pasang)s tempat tercatat lebih dari sekali dengan angka berbeda."),
        N_("Pakai baris pertama dari setiap tempat."),
    ),
    "duplicate_keep_last": (
        N_("%(pasang)s tempat tercatat lebih dari sekali dengan angka berbeda."),
        N_("Pakai baris terakhir dari setiap tempat."),
    ),
    "denominators_partial": (
        N_("Penyebut %(tempat)s lebih kecil daripada jumlah RT-nya."),
        N_("Pakai jumlah RT."),
    ),
    "denominators_partial_all": (
        N_("Penyebut %(n)s tempat lebih kecil daripada jumlah RT-nya."),
        N_("Pakai jumlah RT pada %(n)s tempat."),
    ),
    "negative_left_out": (
        N_("Angka kurang dari nol di kolom “%(kolom)s” pada %(n)s baris."),
        N_("Kosongkan %(n)s sel."),
    ),
    "negative_without_sign": (
        N_("Angka kurang dari nol di kolom “%(kolom)s” pada %(n)s baris."),
        N_("Hapus tanda minus pada %(n)s sel."),
    ),
    "percent_over_100": (
        N_("Persen di atas 100 di kolom “%(kolom)s” pada %(n)s baris."),
        N_("Kosongkan %(n)s sel."),
    ),
    "volume_too_large": (
        N_("Volume di kolom “%(kolom)s” lebih besar daripada penyebutnya pada %(n)s baris."),
        N_("Kosongkan %(n)s sel."),
    ),
}
"""Code → (title, what accepting it does)."""

_SHIFT_PROOF = N_(
    "Persen dan nilai di berkas tidak cocok dengan volumenya. "
    "Bila digeser kembali, ke-%(kriteria)s kriteria pada %(n)s baris itu cocok dengan hitungan ulang."
)
_SHIFT_LIKELY = N_(
    "Volume melebihi penyebut, ada pecahan pada hitungan utuh, atau ada huruf di kolom angka. "
    "Bila digeser kembali, semuanya hilang. Periksa contohnya sebelum menerima."
)
_LARGER = N_(
    "Volume tidak dapat melebihi “%(penyebut)s”. Betulkan angkanya di berkas, atau kosongkan bila belum pasti."
)

EVIDENCE: Messages = {
    f"{code}{_EVIDENCE}": (text, "")
    for code, text in {
        "columns_shifted_right": _SHIFT_PROOF,
        "columns_shifted_left": _SHIFT_PROOF,
        "columns_shifted_right_likely": _SHIFT_LIKELY,
        "columns_shifted_left_likely": _SHIFT_LIKELY,
        "total_rows_slipped": N_(
            "Baris %(pertama)s sama dengan jumlah baris %(dari)s sampai %(sampai)s dan tidak menyebut kelurahan. "
            "Membuangnya tidak menghilangkan data."
        ),
        "total_rows_likely": N_(
            "Baris %(pertama)s sama dengan jumlah baris %(dari)s sampai %(sampai)s di setiap kolom. "
            "Bila memang sebuah tempat, biarkan."
        ),
        "separators_swapped": N_("“%(text)s” hanya terbaca bila titik dan komanya ditukar: %(menjadi)s."),
        "separators_thousands": N_("“%(text)s” dapat dibaca dua cara. Hitungan utuh tidak berdesimal."),
        "separators_decimal": N_("“%(text)s” dapat dibaca dua cara; kolom ini boleh berdesimal."),
        "thousands_lost": N_(
            "%(text)s berdesimal dan jauh di bawah angka lain di kolom itu (tengahnya %(biasa)s), "
            "seperti bila 1.250 disimpan sebagai 1,25."
        ),
        "fraction_column": N_("Judul kolomnya persen, tetapi tidak satu pun angkanya di atas 1."),
        "fraction_cells": N_(
            "Dikalikan 100, angkanya sebesar angka lain di kolom itu. Bila memang di bawah 1 %%, biarkan."
        ),
        "area_decimals_as_before": N_("Dibagi %(bagi)s sama persis dengan data %(tahun)s."),
        "area_decimals_lost": N_(
            "Terlalu luas untuk jumlah jiwanya atau untuk kelurahannya (luas resmi: %(resmi)s ha). "
            "Dibagi %(bagi)s menjadi wajar."
        ),
        "part_decimals_lost": N_("Angkanya bulat dan melebihi luas tempatnya; dibagi %(bagi)s tidak lagi."),
        "hectares_lost": N_(
            "Angkanya bulat dan jauh di atas yang lain di kolom itu, yang berdesimal (tengahnya %(biasa)s, "
            "terbesar %(terbesar)s)."
        ),
        "duplicate_keep": N_(
            "Angkanya berbeda. Baris %(baris)s berisi %(terisi)s angka; baris lain masuk berkas baris tertolak."
        ),
        "duplicate_keep_first": N_("%(n)s baris lain masuk berkas baris tertolak."),
        "duplicate_keep_last": N_("%(n)s baris lain masuk berkas baris tertolak."),
        "denominators_partial": N_(
            "Tertulis / jumlah RT: %(beda)s. Dengan yang tertulis tingkatnya %(langsung)s, dengan jumlah RT %(jumlah)s."
        ),
        "denominators_partial_all": N_("Misalnya %(tempat)s, tertulis / jumlah RT: %(beda)s."),
        "negative_left_out": N_("Volume dan penyebut tidak boleh negatif. Sel kosong mempertahankan angka tersimpan."),
        "negative_without_sign": N_("Tanpa tanda minus angkanya masih mungkin. Hanya Anda yang tahu maksudnya."),
        "percent_over_100": N_("Persen tidak dapat melebihi 100. Betulkan di berkas, atau kosongkan bila belum pasti."),
        "volume_too_large": _LARGER,
    }.items()
}

add_messages(TITLES)
add_messages(EVIDENCE)


def words(repair: Repair, translate: Callable[[str], str] = lambda text: text) -> dict[str, str]:
    """Title, what accepting it does, and its evidence."""
    told = Finding(Level(repair.level), repair.code, cell=repair.where, params=repair.params)
    title, does = render(told, translate)
    evidence, _ = render(
        Finding(told.level, f"{repair.code}{_EVIDENCE}", cell=repair.where, params=repair.params), translate
    )
    return {"title": title, "does": does, "evidence": evidence}
