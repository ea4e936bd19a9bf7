"""The words of every refusal and finding of the door: what is wrong, and what to do about it."""

from __future__ import annotations

from kelurahan.rules.findings import N_, Messages, add_messages

_SAVE_AS_XLSX = N_("Buka berkas itu di Excel atau LibreOffice, simpan ulang sebagai .xlsx, lalu unggah lagi.")
_USE_TEMPLATE = N_("Unduh templat, salin data ke dalamnya, lalu unggah templat itu.")

REFUSALS: Messages = {
    "empty_file": (N_("Berkas ini kosong."), N_("Pilih berkas yang berisi data, lalu unggah lagi.")),
    "file_too_big": (
        N_("Berkas ini %(megabytes)s MB; batasnya %(limit)s MB."),
        N_("Hapus gambar dan lembar yang tidak diperlukan, atau bagi menjadi beberapa berkas."),
    ),
    "password": (
        N_("Berkas ini dikunci dengan kata sandi, jadi isinya tidak dapat dibaca."),
        N_("Buka di Excel, hapus kata sandinya (Berkas → Info → Proteksi), simpan, lalu unggah lagi."),
    ),
    "not_a_sheet": (
        N_("Berkas ini bukan lembar kerja: isinya %(kind)s."),
        N_("Unggah berkas .xlsx, .xls, .ods, atau .csv. Mengganti nama berkas tidak mengubah isinya."),
    ),
    "zip_not_a_sheet": (
        N_("Berkas ini arsip ZIP, bukan lembar kerja (isi: %(names)s)."),
        N_("Ekstrak arsip itu, lalu unggah lembar kerja di dalamnya."),
    ),
    "other_program": (
        N_("Berkas ini dokumen %(program)s, bukan lembar kerja."),
        N_("Salin tabelnya ke Excel, simpan sebagai .xlsx, lalu unggah."),
    ),
    "json_as_sheet": (
        N_("Berkas ini berisi JSON atau GeoJSON, bukan lembar kerja."),
        N_("Batas wilayah diunggah di halaman batas wilayah. Untuk data, unggah .xlsx, .xls, .ods, atau .csv."),
    ),
    "html_as_sheet": (
        N_("Berkas ini halaman web (HTML/XML) yang diberi nama seperti lembar kerja."),
        _SAVE_AS_XLSX,
    ),
    "xlsb": (N_("Format .xlsb (buku kerja biner) tidak diterima."), _SAVE_AS_XLSX),
    "xlsx_incomplete": (
        N_("Berkas .xlsx ini tidak lengkap: bagian %(part)s tidak ada di dalamnya."),
        _SAVE_AS_XLSX,
    ),
    "zip_truncated": (
        N_("Berkas ini terpotong atau rusak, mungkin karena pengiriman atau penyalinan yang terputus."),
        N_("Salin ulang dari sumbernya, pastikan dapat dibuka di Excel, lalu unggah lagi."),
    ),
    "zip_bomb": (
        N_("Isi berkas ini membengkak menjadi %(megabytes)s MB atau lebih; batasnya %(limit)s MB."),
        N_("Salin hanya tabel yang diperlukan ke buku kerja baru, simpan, lalu unggah lagi."),
    ),
    "zip_too_many_parts": (
        N_("Berkas ini terdiri atas %(n)s bagian; batasnya %(limit)s."),
        N_("Salin hanya tabel yang diperlukan ke buku kerja baru, simpan, lalu unggah lagi."),
    ),
    "xml_entities": (
        N_("Bagian %(part)s dari berkas ini memuat definisi entitas XML, yang dapat dipakai untuk menyerang komputer."),
        N_("Salin tabelnya ke buku kerja baru di Excel, simpan sebagai .xlsx, lalu unggah."),
    ),
    "no_sheets": (N_("Berkas ini tidak mempunyai satu lembar pun."), _SAVE_AS_XLSX),
    "too_many_sheets": (
        N_("Berkas ini mempunyai %(n)s lembar; batasnya %(limit)s."),
        N_("Simpan lembar yang diperlukan saja dalam berkas tersendiri."),
    ),
    "too_many_rows": (
        N_("Lembar “%(sheet)s” terisi sampai baris %(n)s; batasnya %(limit)s baris."),
        N_("Hapus baris di bawah tabel (mungkin ada isi jauh di bawah), atau bagi menjadi beberapa berkas."),
    ),
    "too_many_columns": (
        N_("Lembar “%(sheet)s” terisi sampai kolom ke-%(n)s; batasnya %(limit)s kolom."),
        N_("Hapus kolom di kanan tabel (mungkin ada isi jauh di kanan), simpan, lalu unggah lagi."),
    ),
    "too_many_cells": (
        N_("Berkas ini berisi %(n)s sel terisi; batasnya %(limit)s."),
        N_("Bagi menjadi beberapa berkas, misalnya satu per kecamatan."),
    ),
    "too_many_faults": (
        N_("Lembar “%(sheet)s” berisi lebih dari %(limit)s sel galat atau rumus yang belum dihitung."),
        N_("Buka berkas di Excel supaya rumusnya dihitung, simpan, lalu unggah lagi."),
    ),
    "damaged": (N_("Berkas ini rusak: bagian dalamnya tidak dapat diurai."), _SAVE_AS_XLSX),
    "sheet_damaged": (N_("Lembar “%(sheet)s” rusak dan tidak dapat dibaca."), _SAVE_AS_XLSX),
    "out_of_memory": (
        N_("Berkas ini memerlukan lebih dari %(megabytes)s MB memori: rusak, atau ada isi sangat jauh di luar tabel."),
        N_("Salin tabelnya saja ke buku kerja baru di Excel, simpan sebagai .xlsx, lalu unggah."),
    ),
    "took_too_long": (
        N_("Berkas ini belum selesai dibaca setelah %(seconds)s detik, jadi pembacaannya dihentikan."),
        N_("Salin tabelnya saja ke buku kerja baru di Excel, simpan sebagai .xlsx, lalu unggah."),
    ),
    "reader_failed": (
        N_("Berkas ini tidak dapat dibaca karena kesalahan pada sistem, bukan pada Anda. Kejadiannya sudah dicatat."),
        N_("Coba simpan ulang sebagai .xlsx. Bila tetap gagal, sampaikan kepada admin."),
    ),
    "csv_unclosed_quote": (
        N_('Tanda kutip (") yang dibuka di baris %(line)s tidak pernah ditutup, sehingga baris sesudahnya menyatu.'),
        N_("Perbaiki baris itu di penyunting teks, atau buka di Excel dan simpan sebagai .xlsx."),
    ),
    "csv_field_too_long": (
        N_("Baris %(line)s berisi satu sel yang panjangnya lebih dari %(limit)s huruf."),
        N_("Periksa apakah pemisah kolomnya hilang di baris itu."),
    ),
    "no_table": (
        N_("Tidak ada lembar dengan baris judul yang dikenali: kolom “Kode” atau “Kelurahan” tidak ditemukan."),
        _USE_TEMPLATE,
    ),
    "nothing_filled": (N_("Semua lembar dalam berkas ini kosong."), _USE_TEMPLATE),
    "personal_data": (
        N_(
            "Kolom %(column)s pada lembar “%(sheet)s” tampak berisi data pribadi (NIK, KTP, atau nomor KK). "
            "Sesuai UU 27/2022 sistem ini hanya menerima jumlah, bukan data perorangan. Isi kolom itu tidak disimpan."
        ),
        N_("Hapus kolom itu dari berkas, lalu unggah lagi."),
    ),
    "personal_names": (
        N_(
            "Kolom %(column)s pada lembar “%(sheet)s” tampak berisi nama orang. Sesuai UU 27/2022 sistem ini hanya "
            "menerima jumlah, bukan data perorangan. Isi kolom itu tidak disimpan."
        ),
        N_("Hapus nama-nama itu dari berkas, lalu unggah lagi."),
    ),
    "personal_phones": (
        N_(
            "Kolom %(column)s pada lembar “%(sheet)s” tampak berisi nomor telepon orang. Sesuai UU 27/2022 sistem ini "
            "hanya menerima jumlah, bukan data perorangan. Isi kolom itu tidak disimpan."
        ),
        N_("Hapus kolom itu dari berkas, lalu unggah lagi."),
    ),
}

NOTES: Messages = {
    "macros_ignored": (N_("Berkas ini memuat makro. Makro tidak dijalankan; hanya isi sel yang dibaca."), ""),
    "named_otherwise": (
        N_("Nama berkas ini berakhiran %(akhiran)s, tetapi isinya lembar kerja; lembar itulah yang dibaca."),
        N_("Periksa apakah berkas ini yang dimaksud."),
    ),
    "hidden_sheet": (
        N_("Lembar “%(sheet)s” tersembunyi dalam berkas."),
        N_("Periksa apakah isinya memang untuk diunggah."),
    ),
    "other_sheet": (
        N_("Lembar “%(nama)s” juga berisi tabel, tetapi tidak dibaca: satu unggahan membaca satu lembar."),
        N_("Bila lembar itu yang dimaksud, simpan sebagai berkas tersendiri lalu unggah."),
    ),
    "sheet_skipped": (N_("Lembar “%(nama)s” tidak dapat dibaca. %(sebab)s Lembar itu dilewati."), ""),
    "xls_errors_hidden": (
        N_("Pada format .xls, sel galat (#N/A, #DIV/0!) tidak dapat dibedakan dari sel kosong."),
        N_("Bila ada sel galat, simpan ulang sebagai .xlsx lalu unggah."),
    ),
    "faults_unplaced": (
        N_("%(n)s sel pada lembar “%(sheet)s” berisi galat atau rumus tanpa hasil, tetapi letaknya tidak tercatat."),
        N_("Buka di Excel, simpan ulang, lalu unggah lagi."),
    ),
    "csv_encoding": (N_("Berkas CSV ini dibaca dengan pengodean %(encoding)s."), N_("Periksa huruf khusus pada nama.")),
    "csv_nul": (N_("%(n)s bita nol di dalam berkas CSV dibuang."), N_("Periksa apakah datanya utuh.")),
    "csv_quote": (
        N_("Tanda kutip di baris %(line)s tidak sesuai aturan CSV; isi baris itu mungkin bergeser."),
        N_("Periksa baris itu."),
    ),
}

ROWS: Messages = {
    "read_hidden_sheet": (
        N_("Lembar “%(sheet)s” yang dibaca tersembunyi dalam berkas."),
        N_("Periksa apakah memang lembar ini yang dimaksud."),
    ),
    "no_value_columns": (
        N_("Lembar “%(sheet)s” menyebut tempat, tetapi tidak ada kolom angka yang dikenali."),
        N_("Pilih di langkah Kolom apa isi kolom angkanya; indikator yang belum ada dapat dibuat di sana."),
    ),
    "place_column_unknown": (
        N_("Lembar “%(sheet)s” belum dibaca: kolom yang menyebut kelurahannya tidak dikenali."),
        N_("Pilih kolom itu di langkah Kolom, atau baris judul yang benar di langkah Berkas."),
    ),
    "column_doubled": (
        N_("Kolom “%(kolom)s” ada lebih dari satu: kolom %(dibaca)s dibaca, kolom %(tidak)s tidak."),
        N_("Hapus kolom yang tidak dipakai, lalu unggah lagi."),
    ),
    "unit_differs": (
        N_("Kolom “%(kolom)s” tidak dibaca karena satuannya bukan %(satuan)s."),
        N_("Ubah angkanya ke %(satuan)s dan tulis satuan itu di judul kolom."),
    ),
    "criterion_not_in_rules": (
        N_(
            "Berkas ini memuat kriteria %(kriteria)s dari %(lain)s, tetapi diunggah dengan aturan %(aturan)s, "
            "jadi kolom itu tidak dibaca."
        ),
        N_("Bila totalnya menurut %(lain)s, batalkan lalu unggah lagi dengan aturan itu."),
    ),
    "columns_unread": (
        N_("%(n)s kolom berisi angka tetapi tidak dibaca (sel terisi dalam kurung): %(kolom)s."),
        N_("Pilih di langkah Kolom apa isinya, atau “Jangan dibaca”."),
    ),
    "columns_missing_unread": (
        N_(
            "Kolom %(hilang)s tidak ditemukan, sedangkan kolom %(kolom)s berisi angka tetapi tidak dibaca "
            "(sel terisi dalam kurung)."
        ),
        N_("Periksa apakah judul kolomnya berubah; pilih di langkah Kolom apa isinya, atau “Jangan dibaca”."),
    ),
    "columns_missing": (
        N_("Kolom %(hilang)s dari %(aturan)s tidak ada di lembar ini; angka tersimpannya tidak berubah."),
        N_("Bila kolom itu terhapus, unduh templat lagi. Bila memang tidak diisi, biarkan."),
    ),
    "cells_spilled": (
        N_("Sebagian besar baris berisi lebih banyak sel daripada judulnya (mulai sel %(cell)s): isinya bergeser."),
        N_("Koma desimal memecah angka menjadi dua sel. Simpan lagi dengan pemisah titik koma, atau sebagai .xlsx."),
    ),
    "row_wider": (
        N_("Baris %(baris)s berisi lebih banyak sel daripada judulnya (sampai sel %(cell)s): isinya bergeser."),
        N_("Satu isinya terpecah oleh pemisah. Beri tanda kutip pada isi itu di berkasnya, atau kirim sebagai .xlsx."),
    ),
    "rt_missing": (
        N_("Baris %(baris)s tidak menyebut RT, tetapi terlalu kecil untuk seluruh kelurahan di samping RT lainnya."),
        N_("Isi RT dan RW barisnya. Bila memang angka kelurahan, periksa penyebutnya."),
    ),
    "rt_column_missing": (
        N_("Kolom RT tidak ada, padahal %(n)s baris (mulai baris %(baris)s) berbagi kelurahan dan tahun."),
        N_("Kembalikan kolom RT seperti di templat, lalu unggah lagi. Jangan hapus barisnya."),
    ),
    "rows_are_parts": (
        N_(
            "%(n)s baris (mulai baris %(baris)s) berbagi kelurahan dan tahun; yang membedakannya hanya kolom %(kolom)s"
            " (misalnya “%(contoh)s”)."
        ),
        N_("Buat satu baris untuk tiap kelurahan, dengan satu kolom angka untuk tiap bagian atau jumlahnya saja."),
    ),
    "rows_share_place": (
        N_("%(n)s baris (mulai baris %(baris)s) berbagi kelurahan dan tahun, dan tidak jelas apa bedanya."),
        N_("Beri kolom yang membedakannya (RT, kawasan, tahun), atau satu baris saja untuk tiap kelurahan."),
    ),
    "numbered_row": (N_("Baris %(baris)s hanya berisi nomor kolom dan dilewati."), ""),
    "total_rows": (
        N_("%(n)s baris jumlah dilewati (baris %(baris)s): jumlah selalu dihitung ulang dari rinciannya."),
        "",
    ),
    "title_rows": (
        N_("%(n)s baris tanpa angka dan tanpa kelurahan dilewati (baris %(baris)s), misalnya “%(contoh)s”."),
        N_("Periksa bila seharusnya baris itu berisi data."),
    ),
    "more_of_the_same": (
        N_("Masih ada %(n)s temuan lain sejenis (%(jenis)s) yang tidak ditampilkan satu per satu."),
        N_("Perbaiki sebabnya, lalu unggah lagi."),
    ),
    "decimals_rounded": (
        N_("%(n)s angka berdesimal lebih dari enam dibulatkan; contoh sel %(cell)s: %(text)s menjadi %(understood)s."),
        N_("Tidak perlu diperbaiki bila pembulatan itu benar."),
    ),
    "mixed_number_styles": (
        N_("Kolom %(kolom)s memuat “%(satu)s” dan “%(dua)s”: tidak jelas mana tanda ribuan dan mana tanda desimal."),
        N_("Samakan penulisannya: titik untuk ribuan dan koma untuk desimal, misalnya 1.250,5."),
    ),
    "number_for_several_rows": (
        N_("Sel %(cell)s (%(text)s) digabung untuk beberapa baris di kolom %(kolom)s: angkanya milik siapa?"),
        N_("Pisahkan selnya dan isi angka tiap baris, atau kosongkan."),
    ),
    "date_for_number": (
        N_("Sel %(cell)s berisi tanggal (%(text)s), padahal kolom %(kolom)s berisi angka."),
        N_("Excel mengubah isian seperti 1-2 menjadi tanggal. Ubah format selnya ke Angka, lalu ketik ulang."),
    ),
    "code_as_number": (
        N_("%(n)s kode tersimpan sebagai angka, bukan teks; contoh sel %(cell)s: %(text)s."),
        N_("Kode dicocokkan lewat tabel dan nama. Sebaiknya tulis kode bertitik, seperti di templat."),
    ),
    "code_in_two_systems": (
        N_("Kode %(text)s di sel %(cell)s dapat berarti beberapa kelurahan: %(pilihan)s."),
        N_("Tulis kode dengan titik, atau isi nama kelurahannya."),
    ),
    "code_name_differ": (
        N_("Kode %(text)s di sel %(cell)s milik %(kode_nama)s, tetapi namanya tertulis “%(nama)s”."),
        N_("Perbaiki kode atau namanya sehingga menunjuk kelurahan yang sama."),
    ),
    "code_unknown_for_name": (
        N_("Kode %(text)s di sel %(cell)s tidak dikenal, sedangkan %(nama)s berkode %(kode)s."),
        N_("Perbaiki kodenya, atau kosongkan sel kode itu."),
    ),
    "code_lost_digits": (
        N_("Kode di sel %(cell)s kehilangan angka (%(text)s); dipakai namanya, %(nama)s."),
        N_("Format kolom kode sebagai Teks di Excel, lalu isi ulang kodenya."),
    ),
    "code_rt_differ": (
        N_("RT di sel %(cell)s (%(text)s) tidak sama dengan RT di dalam kodenya (%(kode)s)."),
        N_("Samakan keduanya. Untuk RT baru, kosongkan kolom kode."),
    ),
    "name_unknown_code_used": (
        N_("Nama “%(text)s” di sel %(cell)s tidak dikenal; dipakai kodenya, %(nama)s."),
        N_("Perbaiki ejaan nama bila kodenya benar."),
    ),
    "name_misspelt": (
        N_("“%(text)s” di sel %(cell)s dibaca sebagai %(nama)s: satu huruf berbeda, kecamatannya cocok."),
        N_("Perbaiki ejaannya. Bila bukan kelurahan itu, isi kodenya."),
    ),
    "code_system_used": (
        N_("Kode %(text)s di sel %(cell)s ada di dua sistem; seperti kode lain dibaca sebagai %(sistem)s: %(nama)s."),
        N_("Isi juga nama kelurahannya, atau tulis kode dengan titik."),
    ),
    "kecamatan_differs": (
        N_("%(nama)s ada di Kecamatan %(kecamatan)s, tetapi di sel %(cell)s tertulis “%(text)s”."),
        N_("Perbaiki kecamatannya, atau isi kode kelurahannya."),
    ),
    "place_unknown_like": (
        N_("“%(text)s” di sel %(cell)s bukan kelurahan yang dikenal. Mungkin maksudnya %(pilihan)s (%(kode)s)?"),
        N_("Perbaiki ejaannya, atau isi kode kelurahannya."),
    ),
    "rt_unreadable": (
        N_("RT di sel %(cell)s tidak dapat dibaca: “%(text)s”."),
        N_("Tulis RT dan RW, misalnya RT001-RW002 atau 001/002."),
    ),
    "rt_became_date": (
        N_("RT di sel %(cell)s telah diubah Excel menjadi tanggal (%(text)s)."),
        N_("Format kolom RT sebagai Teks, lalu ketik ulang, misalnya RT001-RW002."),
    ),
    "rt_is_a_count": (
        N_("Kolom “%(kolom)s” tampak berisi jumlah atau rentang RT, bukan nama RT, jadi tidak dipakai."),
        N_("Bila itu nomor RT, tulis lengkap dengan RW, misalnya RT001-RW002."),
    ),
    "kawasan_unreadable": (
        N_("Nama kawasan di sel %(cell)s tidak dapat dipakai: “%(text)s”."),
        N_("Tulis paling banyak 100 huruf, tanpa tanda / dan |."),
    ),
    "year_unreadable": (
        N_("Tahun di sel %(cell)s tidak dapat dibaca: “%(text)s”."),
        N_("Tulis empat angka, misalnya 2025."),
    ),
}

add_messages(REFUSALS)
add_messages(NOTES)
add_messages(ROWS)
