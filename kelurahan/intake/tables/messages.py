"""The words of what was found, assumed and left out while looking for tables."""

from __future__ import annotations

from kelurahan.rules.findings import N_, Messages, add_messages

TABLES: Messages = {
    "kelurahan_or_kecamatan": (
        N_("“%(nama)s” di sel %(cell)s dapat berarti kelurahan atau kecamatannya; barisnya ditahan."),
        N_("Tulis “Kelurahan %(nama)s”, atau hapus barisnya bila itu jumlah satu kecamatan."),
    ),
    "places_rival": (
        N_("Kolom “%(satu)s” dan “%(dua)s” menyebut kelurahan yang berbeda (%(n)s baris): angkanya milik yang mana?"),
        N_("Pilih di langkah Kolom kolom mana yang memuat kelurahannya."),
    ),
    "columns_rival": (
        N_("Kolom %(tidak)s “%(kolom)s” dan kolom %(dibaca)s berjudul sama tetapi angkanya berbeda; belum dibaca."),
        N_("Pilih di langkah Kolom mana yang dipakai."),
    ),
    "repeated_heads": (N_("%(n)s baris judul yang diulang di tengah tabel dilewati (baris %(baris)s)."), ""),
    "section_rows": (
        N_("%(n)s baris judul kelurahan dilewati (baris %(baris)s), misalnya “%(contoh)s”."),
        "",
    ),
    "columns_beside_left_out": (
        N_("Kolom di samping tabel (%(rentang)s) tidak dibaca: barisnya tidak sama dengan baris kelurahan."),
        N_("Bila isinya perlu, beri kolom “Kelurahan” sendiri, atau pindahkan ke lembar lain."),
    ),
    "table_without_header": (
        N_("Tabel mulai sel %(cell)s tidak mempunyai baris judul, jadi isi kolomnya tidak diketahui."),
        N_("Pilih isi tiap kolom, atau tulis baris judul di atas tabel."),
    ),
    "year_conflict": (
        N_("Tahun tabel ini tidak jelas: judul atau nama lembar menyebut %(tahun)s."),
        N_("Pilih tahun data untuk tabel ini."),
    ),
    "table_of_works": (
        N_("Tabel mulai sel %(cell)s memuat kegiatan dan biayanya, bukan penilaian tempat, jadi tidak dibaca."),
        N_("Kegiatan dicatat di halaman Kegiatan. Bila ini memang penilaian, pilih untuk membacanya."),
    ),
    "column_of_other_year": (
        N_("Kolom “%(kolom)s” menyebut tahun %(tahun)s, tahun lain daripada tabelnya, jadi tidak dibaca."),
        N_("Beri tahun %(tahun)s pada tabel bila semua kolom tahun itu, atau unggah kolom ini tersendiri."),
    ),
    "column_of_title": (
        N_("Judulnya “%(judul)s”, jadi kolom “%(kolom)s” mungkin bukan angka seluruh kelurahan; belum dibaca."),
        N_("Pilih di langkah Kolom apa yang dihitung kolom itu."),
    ),
    "column_of_month": (
        N_("Kolom “%(kolom)s” hanya mencakup %(bulan)s, bukan setahun, jadi belum dibaca."),
        N_("Pilih isinya di langkah Kolom bila angkanya memang untuk setahun."),
    ),
    "column_named_by_title": (N_("Kolom “%(kolom)s” dibaca sebagai “%(dibaca)s” menurut judul “%(judul)s”."), ""),
    "places_filled_down": (
        N_("%(n)s sel %(kolom)s yang kosong diisi dari baris di atasnya, mulai sel %(cell)s."),
        N_("Periksa bila baris itu milik kelurahan lain."),
    ),
    "place_from_sections": (
        N_("Kelurahan pada %(n)s baris diambil dari baris judul bagian, misalnya “%(contoh)s”."),
        N_("Periksa bila ada baris yang termasuk bagian lain."),
    ),
    "place_from_title": (
        N_("Semua baris tabel ini dibaca sebagai RT di kelurahan %(nama)s, menurut judul atau nama lembarnya."),
        N_("Tambahkan kolom Kelurahan bila keliru."),
    ),
    "tables_too_many": (
        N_("Lembar ini memuat lebih dari %(n)s baris judul; tabel sesudahnya, mulai sel %(cell)s, tidak dibaca."),
        N_("Bagi lembar itu menjadi beberapa berkas."),
    ),
    "table_turned": (N_("Tabel ini dibaca menyamping: kelurahan menjadi baris."), ""),
    "long_form": (
        N_("Tabel ini menulis satu angka per baris: “%(kolom)s” dibaca sebagai nama kolom, “%(nilai)s” angkanya."),
        "",
    ),
    "long_labels_unknown": (
        N_("%(n)s baris tidak menyebut nama indikator dan dilewati, mulai sel %(cell)s."),
        N_("Isi nama indikatornya, lalu unggah lagi."),
    ),
    "years_across": (N_("Kolom tahun %(tahun)s dibaca sebagai satu baris untuk setiap kelurahan dan tahun."), ""),
    "years_label_unknown": (
        N_("Kolom tahun %(tahun)s tidak menyebut apa yang dihitung."),
        N_("Tulis nama indikatornya di judul kolom atau di judul tabel."),
    ),
}

add_messages(TABLES)
