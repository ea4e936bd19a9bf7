"""The words for everything that can be wrong with boundaries, points and outlines."""

from __future__ import annotations

from kelurahan.rules.findings import N_, Messages, add_messages

_EXPORT_AGAIN = N_("Di QGIS: klik kanan lapisan → Export → Save Features As → GeoJSON, CRS EPSG:4326 (WGS 84).")
_MEND = N_("Di QGIS: Vector → Geometry Tools → Check Validity, betulkan bentuk itu, lalu ekspor ulang.")
_FULL_FILE = N_("Unduh atau salin ulang berkas aslinya, lalu unggah lagi.")
_MEND_POINT = N_("Betulkan lintang dan bujurnya di daftar tempat, lalu muat lagi.")
_MEND_LINE = N_("Betulkan urutan titik di berkas garis kota, lalu muat lagi.")

FILE: Messages = {
    "geo_too_large": (
        N_("Berkas batas ini %(megabytes)s MB; batasnya %(limit)s MB."),
        N_("Sederhanakan garisnya (QGIS: Vector → Geometry Tools → Simplify) atau ambil kota ini saja."),
    ),
    "geo_empty": (N_("Berkas batas ini kosong."), _FULL_FILE),
    "geo_archive": (
        N_("Berkas ini arsip (misalnya shapefile di dalam ZIP), bukan GeoJSON."),
        _EXPORT_AGAIN,
    ),
    "geo_html": (
        N_("Isi berkas ini halaman web (HTML), bukan GeoJSON: unduhannya mungkin gagal atau perlu masuk dahulu."),
        N_("Buka alamat unduhannya di peramban, masuk bila diminta, lalu simpan berkas GeoJSON-nya."),
    ),
    "geo_xml": (N_("Berkas ini KML atau GML (XML), bukan GeoJSON."), _EXPORT_AGAIN),
    "geo_not_json": (
        N_("Berkas ini bukan GeoJSON yang utuh: tulisannya rusak di baris %(line)s, kolom %(column)s."),
        _EXPORT_AGAIN,
    ),
    "geo_truncated": (N_("Berkas ini terpotong: kurungnya tidak ditutup sampai akhir."), _FULL_FILE),
    "geo_not_utf8": (
        N_("Huruf di berkas ini tidak tersimpan sebagai UTF-8."),
        N_("Ekspor ulang dengan Encoding UTF-8."),
    ),
    "geo_too_deep": (
        N_("Isi berkas bersarang %(depth)s tingkat (batasnya %(limit)s): bukan batas wilayah yang wajar."),
        _EXPORT_AGAIN,
    ),
    "geo_topojson": (N_("Berkas ini TopoJSON, bukan GeoJSON."), _EXPORT_AGAIN),
    "geo_esri_json": (N_("Berkas ini Esri JSON, bukan GeoJSON."), _EXPORT_AGAIN),
    "geo_not_collection": (
        N_("Berkas ini bukan kumpulan bentuk (FeatureCollection); jenisnya “%(kind)s”."),
        _EXPORT_AGAIN,
    ),
    "geo_no_features": (N_("Berkas ini tidak memuat satu bentuk pun."), _EXPORT_AGAIN),
    "geo_too_many_features": (
        N_("Berkas memuat %(n)s bentuk; batasnya %(limit)s."),
        N_("Ambil kelurahan di kota ini saja, lalu ekspor ulang."),
    ),
    "geo_wrong_crs": (
        N_("Sistem koordinat berkas ini “%(crs)s”, bukan derajat WGS 84, sehingga petanya akan salah tempat."),
        _EXPORT_AGAIN,
    ),
    "geo_no_places": (N_("Kota ini belum punya daftar kelurahan."), N_("Muat daftar tempat lebih dahulu.")),
}

AXES: Messages = {
    "geo_swapped_axes": (
        N_(
            "Lintang dan bujur tertukar: titik pertama tertulis %(x)s, %(y)s. Bila ditukar kembali, titik kelurahan "
            "jatuh tepat di %(n)s dari %(jumlah)s bentuk."
        ),
        N_("Tukar kembali (QGIS: Processing → Swap X and Y coordinates); bujur ditulis lebih dahulu."),
    ),
    "geo_swapped_axes_unproven": (
        N_("Koordinat bukan bujur lalu lintang: titik pertama tertulis %(x)s, %(y)s."),
        N_("Tukar kembali (QGIS: Processing → Swap X and Y coordinates); bujur ditulis lebih dahulu."),
    ),
    "geo_metres": (
        N_("Koordinat tertulis dalam meter (titik pertama %(x)s, %(y)s), bukan derajat."),
        _EXPORT_AGAIN,
    ),
}

IDENTITY: Messages = {
    "geo_no_code": (
        N_("Tidak satu pun dari %(n)s bentuk punya kode atau nama kelurahan kota ini."),
        N_("Beri tiap bentuk kolom kode Kemendagri (misalnya 12.34.56.1001), kode BPS, atau nama kelurahan."),
    ),
    "geo_code_system_unsure": (
        N_("Kode di kolom “%(kolom)s” ada di kedua sistem, Kemendagri dan BPS, untuk tempat yang berbeda."),
        N_("Tulis kode Kemendagri dengan titik, atau tambahkan kolom nama kelurahan."),
    ),
    "geo_foreign": (
        N_("%(n)s bentuk berkode kota atau kabupaten lain; bentuk itu tidak dipakai."),
        N_("Tidak perlu apa-apa bila berkas memang memuat wilayah lain juga."),
    ),
    "geo_unknown_place": (
        N_("Bentuk ke-%(nomor)s (%(nama)s) bukan kelurahan kota ini: kode atau namanya tidak dikenal."),
        N_("Betulkan kodenya, atau hapus bentuk itu dari berkas."),
    ),
    "geo_matched_by_name": (
        N_("Bentuk ke-%(nomor)s tidak berkode; dikenali dari namanya sebagai %(nama)s."),
        N_("Periksa letaknya pada peta."),
    ),
    "geo_codes_disagree": (
        N_("Bentuk ke-%(nomor)s: kodenya %(nama)s, tetapi kolom “%(kolom)s” menyebut %(lain)s."),
        N_("Betulkan salah satunya sehingga keduanya menunjuk kelurahan yang sama."),
    ),
    "geo_double_code": (
        N_("%(nama)s (%(kode)s) muncul lebih dari sekali: bentuk ke-%(semua)s."),
        N_("Bila itu bagian satu kelurahan, gabungkan (QGIS: Dissolve); bila tidak, betulkan kodenya."),
    ),
    "geo_missing_places": (
        N_("%(n)s dari %(jumlah)s kelurahan tidak ada di berkas: %(daftar)s."),
        N_("Tambahkan bentuk kelurahan itu, lalu unggah lagi. Batas hanya diganti seluruhnya sekaligus."),
    ),
    "geo_more_of_these": (N_("Dan %(n)s temuan lain yang sejenis dengan %(seperti)s."), ""),
}

SHAPE: Messages = {
    "geo_null_geometry": (
        N_("Bentuk ke-%(nomor)s (%(nama)s) tidak punya gambar (geometry kosong)."),
        N_("Gambarlah bentuknya, lalu ekspor ulang."),
    ),
    "geo_wrong_geometry": (
        N_("Bentuk ke-%(nomor)s (%(nama)s) berjenis %(kind)s; yang diperlukan Polygon atau MultiPolygon."),
        N_("Pakai lapisan luasan (poligon), bukan titik, garis, atau campuran."),
    ),
    "geo_bad_coordinates": (
        N_("Koordinat bentuk ke-%(nomor)s (%(nama)s) tidak tersusun seperti GeoJSON."),
        _EXPORT_AGAIN,
    ),
    "geo_text_coordinates": (
        N_("Bentuk ke-%(nomor)s (%(nama)s) memuat koordinat berupa teks (“%(text)s”), bukan angka."),
        _EXPORT_AGAIN,
    ),
    "geo_not_finite": (
        N_("Bentuk ke-%(nomor)s (%(nama)s) memuat koordinat bukan angka (NaN atau Infinity) di titik ke-%(position)s."),
        _MEND,
    ),
    "geo_short_ring": (
        N_("Garis bentuk ke-%(nomor)s (%(nama)s) hanya %(n)s titik; paling sedikit 4."),
        _MEND,
    ),
    "geo_open_ring": (
        N_("Garis bentuk ke-%(nomor)s (%(nama)s) tidak tertutup: titik akhirnya bukan titik awalnya."),
        _MEND,
    ),
    "geo_no_area": (N_("Bentuk ke-%(nomor)s (%(nama)s) tidak punya luas."), _MEND),
    "geo_crosses_itself": (
        N_(
            "Garis bentuk ke-%(nomor)s (%(nama)s) menyilang dirinya di sekitar %(titik)s. Membetulkannya mengubah luas "
            "%(persen)s %%, jadi tidak dilakukan sendiri."
        ),
        _MEND,
    ),
    "geo_repaired": (
        N_("Garis bentuk ke-%(nomor)s (%(nama)s) menyilang di %(titik)s; dibetulkan, luas berubah %(persen)s %%."),
        N_("Periksa bentuknya pada peta."),
    ),
    "geo_simplified": (
        N_("Garis disederhanakan dari %(dari)s menjadi %(ke)s titik (ketelitian %(meter)s m) agar peta cepat terbuka."),
        "",
    ),
}

POSITION: Messages = {
    "geo_far_away": (
        N_("Bentuk ke-%(nomor)s (%(nama)s) memuat titik jauh di luar kota: %(titik)s."),
        N_("Betulkan titik itu, atau periksa sistem koordinatnya."),
    ),
    "geo_point_far": (
        N_("Bentuk ke-%(nomor)s terletak %(meter)s m dari titik %(nama)s: kodenya mungkin tertukar."),
        N_("Periksa kode bentuk itu."),
    ),
    "geo_point_outside": (
        N_("Titik %(nama)s berada %(meter)s m di luar bentuknya (ke-%(nomor)s)."),
        N_("Wajar bila titiknya kurang teliti; bila tidak, periksa kode bentuk itu."),
    ),
    "geo_overlap": (
        N_("Bentuk ke-%(nomor)s (%(nama)s) bertumpang tindih dengan %(lain)s: %(persen)s %% dari yang lebih kecil."),
        N_("Periksa garis di antara keduanya."),
    ),
    "geo_same_shape": (
        N_("Bentuk ke-%(nomor)s (%(nama)s) sama persis dengan bentuk %(lain)s."),
        N_("Satu bentuk terpakai untuk dua kode; betulkan salah satunya."),
    ),
}

POINTS: Messages = {
    "no_points": (N_("Tidak ada titik kelurahan."), N_("Isi lintang dan bujur tiap kelurahan di daftar tempat.")),
    "points_not_degrees": (
        N_("Titik %(n)s kelurahan bukan lintang dan bujur dalam derajat: %(kode)s."),
        _MEND_POINT,
    ),
    "point_codes_double": (N_("Kode ini muncul lebih dari sekali di daftar titik: %(kode)s."), _MEND_POINT),
    "points_identical": (
        N_("Titik %(a)s dan %(b)s sama, sehingga wilayah terdekatnya tidak dapat dibedakan."),
        _MEND_POINT,
    ),
    "points_outside_outline": (N_("Titik %(n)s kelurahan berada di luar garis kota: %(kode)s."), _MEND_POINT),
    "point_without_cell": (N_("Tidak ada wilayah yang tersisa untuk %(kode)s."), _MEND_POINT),
    "outline_not_degrees": (N_("Garis kota bukan bujur dan lintang dalam derajat."), _MEND_LINE),
    "outline_too_short": (N_("Garis kota hanya %(n)s titik; paling sedikit 3 titik yang berbeda."), _MEND_LINE),
    "outline_crosses_itself": (N_("Garis kota menyilang dirinya (%(alasan)s)."), _MEND_LINE),
}

for group in (FILE, AXES, IDENTITY, SHAPE, POSITION, POINTS):
    add_messages(group)
