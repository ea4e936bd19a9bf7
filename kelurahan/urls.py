"""Addresses of the pages."""

from django.urls import path

from kelurahan.views import (
    account,
    boundaries,
    data,
    data_places,
    downloads,
    indicators,
    passwords,
    places,
    uploads,
    users,
)
from kelurahan.views import map as peta

app_name = "kelurahan"
urlpatterns = [
    path("", peta.home, name="home"),
    path("peta/nilai.json", peta.map_values, name="map-values"),
    path("peta/batas-<str:sidik>.json", peta.map_geometry, name="map-geometry"),
    path("peta/nilai.csv", peta.map_csv, name="map-csv"),
    path("kelurahan/", places.place_list, name="list"),
    path("kelurahan/<path:kode>/", places.profile, name="profile"),
    path("data/", data.data, name="data"),
    path("data/rt-baru/", data_places.new_rt, name="data-new-rt"),
    path("data/<path:kode>/tempat/", data_places.place, name="data-place"),
    path("data/<path:kode>/<int:tahun>/hitung/", data.record_score, name="record-score"),
    path("data/<path:kode>/<int:tahun>/urungkan/", data.record_undo, name="record-undo"),
    path("data/<path:kode>/<int:tahun>/", data.record, name="record"),
    path("indikator/", indicators.indicator_list, name="indicators"),
    path("indikator/<slug:kode>/", indicators.indicator, name="indicator"),
    path("indikator/<slug:kode>/ubah/", indicators.indicator_edit, name="indicator-edit"),
    path("unggah/", uploads.uploads, name="uploads"),
    path("unggah/templat.xlsx", downloads.template, name="template"),
    path("unggah/<int:pk>/", uploads.upload, name="upload"),
    path("unggah/<int:pk>/kemajuan/", uploads.progress, name="upload-progress"),
    path("unggah/<int:pk>/temuan.xlsx", downloads.findings_xlsx, name="upload-findings-xlsx"),
    path("unggah/<int:pk>/perubahan/", uploads.changes, name="upload-changes"),
    path("unggah/<int:pk>/perubahan.xlsx", downloads.changes_xlsx, name="upload-changes-xlsx"),
    path("unggah/<int:pk>/urungkan/", uploads.undo, name="upload-undo"),
    path("unggah/<int:pk>/batalkan/", uploads.cancel, name="upload-cancel"),
    path("unggah/<int:pk>/berkas/", downloads.file, name="upload-file"),
    path("batas/", boundaries.boundaries, name="boundaries"),
    path("pengguna/", users.users, name="users"),
    path("pengguna/baru/", users.new, name="user-new"),
    path("pengguna/<int:pk>/", users.user, name="user"),
    path("pengguna/<int:pk>/aktif/", users.switch, name="user-switch"),
    path("pengguna/<int:pk>/tautan/", users.link, name="user-link"),
    path("pengguna/<int:pk>/buka/", users.unlock, name="user-unlock"),
    path("sandi/", passwords.change, name="password"),
    path("sandi/baru/", passwords.new, name="password-new"),
    path("sandi/tautan/<int:pk>/<str:token>/", passwords.link, name="password-link"),
    path("masuk/", account.login, name="login"),
    path("keluar/", account.logout, name="logout"),
]
