"""The words for printed forms, sheets that refer to each other by id, and several files sent as one."""

from __future__ import annotations

from kelurahan.rules.findings import N_, Messages, add_messages

FORMS: Messages = {
    "form_other_condition": (
        N_("Formulir ini dibaca menurut KONDISI %(dipakai)s. KONDISI %(lain)s berbeda di %(n)s kriteria: %(daftar)s."),
        N_("Bila yang dimaksud KONDISI %(lain)s, pilih kondisi itu untuk tabel ini."),
    ),
    "form_other_condition_same": (
        N_("Formulir ini dibaca menurut KONDISI %(dipakai)s; volume KONDISI %(lain)s sama."),
        "",
    ),
    "form_without_condition": (
        N_("Formulir ini tidak memuat KONDISI %(kondisi)s, jadi volumenya tidak dibaca."),
        N_("Pilih kondisi yang lain untuk tabel ini."),
    ),
    "form_row_unknown": (
        N_("Baris “%(text)s” (sel %(cell)s) di formulir ini bukan kriteria yang dikenal; volumenya tidak dibaca."),
        N_("Tulis nomor dan nama kriteria seperti di peraturan, misalnya “4c Kualitas konstruksi drainase”."),
    ),
    "form_rt_differs": (
        N_("Formulir ini menyebut %(text)s (sel %(cell)s), tetapi nama lembarnya %(nama)s; dipakai isi formulir."),
        N_("Periksa RT mana yang benar."),
    ),
}

JOINS: Messages = {
    "sheets_joined": (
        N_("Kolom %(kolom)s di lembar “%(sheet)s” dirangkai dengan lembar “%(rujukan)s”: dari sana diambil %(isi)s."),
        N_("Tidak perlu diperbaiki bila rangkaian itu benar."),
    ),
    "join_keys_unknown": (
        N_("%(n)s nomor di kolom %(kolom)s tidak ada di lembar “%(rujukan)s” (sel %(daftar)s); barisnya ditahan."),
        N_("Betulkan nomor itu, atau tambahkan barisnya di lembar “%(rujukan)s”."),
    ),
    "join_keys_disagree": (
        N_("%(n)s baris menunjuk dua tempat yang berbeda lewat kolom %(kolom)s dan %(lain)s (%(daftar)s); ditahan."),
        N_("Samakan kedua nomor itu."),
    ),
    "join_unclear": (
        N_("Kolom %(kolom)s tampak menunjuk lembar “%(rujukan)s”, tetapi %(n)s dari %(jumlah)s nomornya tidak ada."),
        N_("Betulkan nomornya. Sebelum itu lembar ini tidak dirangkai."),
    ),
    "join_contradicted": (
        N_("Kolom %(kolom)s menunjuk lembar “%(rujukan)s”, tetapi nama tempatnya berbeda; tidak dirangkai."),
        N_("Betulkan nomor atau namanya sehingga cocok."),
    ),
    "join_ambiguous": (
        N_("Kolom %(kolom)s dapat menunjuk beberapa lembar: %(rujukan)s. Lembar ini tidak dirangkai lewat kolom itu."),
        N_("Ganti judul kolom atau nama lembar sehingga hanya satu yang cocok."),
    ),
    "join_maybe_numbers": (
        N_("Kolom %(kolom)s dapat berisi nomor RT atau nomor baris di lembar “%(rujukan)s”; tidak dirangkai."),
        N_("Bila itu nomor baris, awali judul kolomnya dengan “id”."),
    ),
    "sheet_of_works": (
        N_("Lembar “%(sheet)s” memuat kegiatan, bukan penilaian tempat, jadi tidak dibaca."),
        N_("Kegiatan dicatat di halaman Kegiatan."),
    ),
    "sheet_without_year": (
        N_("Lembar “%(sheet)s” berisi volume tanpa tahun, sedangkan “%(lain)s” memuatnya per tahun; tidak dibaca."),
        N_("Bila angkanya yang benar, tambahkan kolom tahun di lembar itu."),
    ),
}  # fmt: skip

BUNDLES: Messages = {
    "bundle_path": (
        N_("Arsip ini memuat nama berkas yang tidak wajar: %(nama)s."),
        N_("Buat arsip ZIP baru yang hanya berisi lembar kerja, atau unggah berkasnya satu per satu."),
    ),
    "bundle_too_many": (
        N_("Arsip ini berisi %(n)s berkas; batasnya %(limit)s."),
        N_("Bagi menjadi beberapa kali unggah."),
    ),
    "bundle_file_too_big": (
        N_("Berkas “%(nama)s” di dalam kiriman ini %(megabytes)s MB; batasnya %(limit)s MB per berkas."),
        N_("Hapus gambar dan lembar yang tidak diperlukan, atau bagi menjadi beberapa berkas."),
    ),
    "bundle_no_sheets": (
        N_("Tidak satu pun dari %(banyak)s berkas dalam kiriman ini dapat dibaca. Berkas “%(berkas)s”: %(sebab)s"),
        N_("Unggah berkas .xlsx, .xls, .ods, atau .csv."),
    ),
}

add_messages(FORMS)
add_messages(JOINS)
add_messages(BUNDLES)
