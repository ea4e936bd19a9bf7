"""The headers of our own template."""

from __future__ import annotations

from kelurahan.intake.vocabulary.words import plain
from kelurahan.rules.regulation import KRITERIA, PENYEBUT

PLACE_HEADERS = {
    "kode": "Kode",
    "kelurahan": "Kelurahan",
    "kecamatan": "Kecamatan",
    "kawasan": "Kawasan",
    "rt": "RT",
    "tahun": "Tahun",
}
"""The place columns of our template, in order. Other files may have "rw" beside "rt"."""

_PENYEBUT_NAMES = {
    "luas": "Luas",
    "bgn": "Jumlah bangunan",
    "jiwa": "Jumlah penduduk",
    "kk": "Jumlah KK",
    "jalan": "Panjang jalan ideal",
    "drain": "Panjang drainase ideal",
}
VALUE_HEADERS = {kode: f"{nama} ({PENYEBUT[kode].satuan})" for kode, nama in _PENYEBUT_NAMES.items()} | {
    kode: f"{kode} {kriteria.nama} ({kriteria.satuan})" for kode, kriteria in KRITERIA.items()
}
"""Field → header of our template: "Luas (ha)", "1a Ketidakteraturan bangunan (unit)"."""

EXACT = {plain(header): name for name, header in (PLACE_HEADERS | VALUE_HEADERS).items()}
"""Words of a header of our template → field."""


def unit_of(name: str) -> str:
    """The unit of a value field, "" for a place field."""
    known = PENYEBUT.get(name) or KRITERIA.get(name)
    return known.satuan if known else ""
