"""The places of a city from a CSV file with the columns of `data/kupang/kelurahan.csv`, and its outline."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path

from kelurahan.rules.findings import N_, Finding, Level, Messages, add_messages

REQUIRED = ("kode", "nama", "kode_kecamatan", "kecamatan", "lat", "lon")
_KODE = re.compile(r"\d{2}\.\d{2}\.\d{2}\.\d{4}")
_KODE_KECAMATAN = re.compile(r"\d{2}\.\d{2}\.\d{2}")
_KODE_BPS = re.compile(r"\d{10}")
_AREA_COLUMN = re.compile(r"luas_(\w+)_km2")

MESSAGES: Messages = {
    "city_unreadable": (N_("Berkas %(file)s tidak dapat dibaca: %(reason)s."), N_("Simpan sebagai CSV UTF-8.")),
    "city_columns": (N_("Kolom %(missing)s tidak ada."), N_("Pakai kolom seperti data/kupang/kelurahan.csv.")),
    "city_empty": (N_("Berkas tidak berisi satu tempat pun."), N_("Isi satu baris untuk tiap kelurahan.")),
    "city_value": (
        N_("Baris %(row)s, kolom %(column)s: “%(value)s” tidak dapat dipakai."),
        N_("Betulkan nilainya, lalu jalankan lagi."),
    ),
    "city_double": (
        N_("Baris %(row)s: %(column)s “%(value)s” sudah dipakai baris %(first)s."),
        N_("Hapus salah satunya."),
    ),
    "city_kecamatan": (
        N_("Baris %(row)s: kode %(value)s tidak berada di bawah kode kecamatan %(parent)s."),
        N_("Betulkan salah satu kodenya."),
    ),
    "city_several": (N_("Berkas memuat lebih dari satu kota: %(value)s."), N_("Muat satu kota saja.")),
}
add_messages(MESSAGES)


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One kelurahan as the file gives it. Areas in km², by the name of their source."""

    row: int
    kode: str
    kode_bps: str | None
    nama: str
    alias: list[str]
    kode_kecamatan: str
    kecamatan: str
    lat: float
    lon: float
    luas: dict[str, Decimal] = field(default_factory=dict)


def _finding(code: str, **params: object) -> Finding:
    return Finding(Level.GALAT, code, params=params)


def _records(path: Path, required: tuple[str, ...]) -> tuple[list[dict[str, str]], list[Finding]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            missing = [name for name in required if name not in (reader.fieldnames or [])]
            if missing:
                return [], [_finding("city_columns", missing=", ".join(missing))]
            rows = [{k: (v or "").strip() for k, v in row.items() if k is not None} for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        return [], [_finding("city_unreadable", file=path.name, reason=error)]
    return rows, [] if rows else [_finding("city_empty")]


def _number(text: str, low: float, high: float) -> float | None:
    if not re.fullmatch(r"-?\d{1,7}(\.\d{1,15})?", text):
        return None
    value = float(text)
    return value if low <= value <= high else None


def _area(text: str) -> Decimal | None:
    try:
        return Decimal(text) if re.fullmatch(r"\d{1,6}(\.\d{1,4})?", text) and Decimal(text) > 0 else None
    except InvalidOperation:
        return None


def _problems(number: int, row: dict[str, str]) -> list[Finding]:
    checks = {
        "kode": bool(_KODE.fullmatch(row["kode"])),
        "kode_kecamatan": bool(_KODE_KECAMATAN.fullmatch(row["kode_kecamatan"])),
        "kode_bps": not row.get("kode_bps") or bool(_KODE_BPS.fullmatch(row["kode_bps"])),
        "nama": 0 < len(row["nama"]) <= 120,
        "kecamatan": 0 < len(row["kecamatan"]) <= 120,
        "lat": _number(row["lat"], -90, 90) is not None,
        "lon": _number(row["lon"], -180, 180) is not None,
        **{name: not text or _area(text) is not None for name, text in row.items() if _AREA_COLUMN.fullmatch(name)},
    }
    bad = [name for name, fine in checks.items() if not fine]
    return [_finding("city_value", row=number, column=name, value=row.get(name, "")) for name in bad]


def _place(number: int, row: dict[str, str]) -> PlaceRow:
    areas = {m[1]: _area(text) for name, text in row.items() if text and (m := _AREA_COLUMN.fullmatch(name))}
    return PlaceRow(
        row=number,
        kode=row["kode"],
        kode_bps=row.get("kode_bps") or None,
        nama=row["nama"],
        alias=[alias for part in row.get("alias", "").split("|") if (alias := part.strip())],
        kode_kecamatan=row["kode_kecamatan"],
        kecamatan=row["kecamatan"],
        lat=float(row["lat"]),
        lon=float(row["lon"]),
        luas={source: area for source, area in areas.items() if area is not None},
    )


def _doubles(places: list[PlaceRow]) -> list[Finding]:
    found = []
    for column in ("kode", "kode_bps"):
        seen: dict[str, int] = {}
        for place in places:
            value = getattr(place, column)
            if value and value in seen:
                found.append(_finding("city_double", row=place.row, column=column, value=value, first=seen[value]))
            elif value:
                seen[value] = place.row
    return found


def _misplaced(places: list[PlaceRow]) -> list[Finding]:
    found = [
        _finding("city_kecamatan", row=p.row, value=p.kode, parent=p.kode_kecamatan)
        for p in places
        if not p.kode.startswith(p.kode_kecamatan + ".")
    ]
    cities = sorted({p.kode_kecamatan[:5] for p in places})
    return found + ([_finding("city_several", value=", ".join(cities))] if len(cities) > 1 else [])


def read_places(path: Path) -> tuple[list[PlaceRow], list[Finding]]:
    """The places of the file, or every finding that keeps it from being used."""
    rows, findings = _records(path, REQUIRED)
    findings = findings + [f for number, row in enumerate(rows, 2) for f in _problems(number, row)]
    if findings:
        return [], findings
    places = [_place(number, row) for number, row in enumerate(rows, 2)]
    findings = _doubles(places) + _misplaced(places)
    return ([], findings) if findings else (places, [])


def read_outline(path: Path) -> tuple[list[tuple[float, float]], list[Finding]]:
    """The line of the city as (lon, lat), from a CSV with the columns lon and lat."""
    rows, findings = _records(path, ("lon", "lat"))
    points = [(_number(row["lon"], -180, 180), _number(row["lat"], -90, 90)) for row in rows]
    for number, (row, point) in enumerate(zip(rows, points, strict=True), 2):
        if None in point:
            findings.append(_finding("city_value", row=number, column="lon, lat", value=f"{row['lon']}, {row['lat']}"))
    if not findings and len(points) < 3:
        findings.append(_finding("city_value", row=2, column="lon, lat", value=f"{len(points)} titik"))
    return (
        ([], findings) if findings else ([(lon, lat) for lon, lat in points if lon is not None and lat is not None], [])
    )
