"""The view of the home page as data: for the browser and for spreadsheets."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from kelurahan.reports.home import Home, Row
from kelurahan.reports.lens import class_name


def map_values(home: Home) -> dict[str, Any]:
    """The view as data: per place its class, figure and place in the ranking."""
    return {
        "lihat": home.view.lihat.value,
        "tahun": home.view.tahun,
        "ukur": home.view.ukur,
        "alamat": home.view.query(),
        "gambar": home.gambar,
        "kelas": {c.kode: {"nama": c.nama, "pola": c.patterned} for c in home.lens.classes},
        "skala": {"lo": home.ramp.lo, "hi": home.ramp.hi} if home.ramp else None,
        "tempat": {row.place.kode: _place_values(row) for row in home.rows},
    }


def _place_values(row: Row) -> dict[str, Any]:
    score = row.score
    return {
        "nama": row.place.nama,
        "kecamatan": row.place.kecamatan,
        "peringkat": row.peringkat,
        "kelas": row.nilai.kode_kelas,
        "nama_kelas": row.nilai.nama_kelas,
        "teks": row.nilai.teks,
        "lo": row.nilai.lo,
        "hi": row.nilai.hi,
        "ucap": row.ucap,
        "total_min": score.total_min if score else None,
        "total_max": score.total_max if score else None,
        "tingkat": score.tingkat if score else None,
        "lengkap": score.lengkap if score else False,
        "data": [row.data.kode_kelas, row.data.nama_kelas, row.data.teks],
        "sk": [row.sk.kode_kelas, row.sk.nama_kelas],
        "kurang": row.kurang,
    }


CSV_HEAD = (
    "kode",
    "kelurahan",
    "kecamatan",
    "tahun",
    "tingkat",
    "total_min",
    "total_max",
    "lengkap",
    "luas_kumuh_ha",
    "jiwa_kumuh",
    "sk",
    "tingkat_sk",
    "aturan",
)


def csv_rows(home: Home) -> list[tuple[str, ...]]:
    """The ranking as a table: decimal commas, empty where nothing is known."""
    decree = home.city.official(home.view.tahun)
    rules = home.city.rule_set.kode
    return [(*_csv_row(row, home.view.tahun, decree.nomor if decree else ""), rules) for row in home.rows]


def _csv_row(row: Row, tahun: int, nomor: str) -> tuple[str, ...]:
    score = row.score
    figures = ("", "", "", "", "")
    if score is not None:
        figures = (
            str(score.total_min),
            str(score.total_max),
            _("ya") if score.lengkap else _("tidak"),
            f"{score.luas_kumuh.normalize():f}".replace(".", ","),
            f"{score.jiwa_kumuh.normalize():f}".replace(".", ","),
        )
    place = row.place
    names = (place.kode, place.nama, place.kecamatan, str(tahun), class_name(row.data.kode_kelas))
    return (*names, *figures, nomor, row.sk.nama_kelas)
