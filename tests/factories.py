"""Small cities for tests of pages: places, scores, decrees and people without files, jobs or recomputation."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import count
from typing import Any

from kelurahan.intake.drawing import draw
from kelurahan.models import Area, Decree, DecreePlace, Level, MapDrawing, Role, Summary, User
from kelurahan.rules.regulation import DEFAULT_RULE_SET, RULE_SETS

KECAMATAN = {"Utara": ("Melati", "Mawar", "Kenanga"), "Selatan": ("Cempaka", "Dahlia")}
SQUARE = 0.01  # degrees: the places stand side by side as squares
_numbers = count(1)


def make_city(kecamatan: Mapping[str, Sequence[str]] = KECAMATAN, *, nama: str = "Kota Uji") -> dict[str, Area]:
    """A city with these kecamatan and kelurahan. Returns the kelurahan by name."""
    kota = Area.objects.create(kode="99.01", nama=nama, level=Level.KOTA, path="99.01|")
    places = {}
    for i, (name, members) in enumerate(kecamatan.items(), 1):
        kode = f"99.01.{i:02d}"
        parent = Area.objects.create(
            kode=kode, nama=name, level=Level.KECAMATAN, parent=kota, path=f"{kota.path}{kode}|"
        )
        for j, member in enumerate(members, 1):
            places[member] = make_kelurahan(parent, f"{kode}.{1000 + j}", member)
    return places


def make_kelurahan(parent: Area, kode: str, nama: str) -> Area:
    path = f"{parent.path}{kode}|"
    return Area.objects.create(kode=kode, nama=nama, level=Level.KELURAHAN, parent=parent, path=path)


def nilai_for(total: int, n: int = 16) -> list[int]:
    """Scores of n criteria that add up to `total`."""
    nilai = []
    for left in range(n, 0, -1):
        step = next(v for v in (5, 3, 1, 0) if v <= total and total - v <= 5 * (left - 1))
        nilai.append(step)
        total -= step
    if total:
        raise ValueError("no such total")
    return nilai


def make_summary(
    area: Area,
    tahun: int,
    total: int = 0,
    *,
    unknown: Sequence[str] = (),
    ha: str = "1.5",
    jiwa: int = 100,
    aturan: str = DEFAULT_RULE_SET,
    **fields: Any,
) -> Summary:
    """The score of a place. Criteria in `unknown` may score 0 to 5 on top of `total`."""
    rules = RULE_SETS[aturan]
    kodes = [k.kode for k in rules.kriteria]
    n = len(kodes)
    known = [kode not in unknown for kode in kodes]
    scored = iter(nilai_for(total, sum(known)))
    nilai_min = [next(scored) if k else 0 for k in known]
    nilai_max = [value if k else 5 for value, k in zip(nilai_min, known, strict=True)]
    low, high = sum(nilai_min), sum(nilai_max)
    kumuh = rules.tingkat(low) > 0
    values = {
        "penyebut": [1] * 6,
        "penyebut_diketahui": [True] * 6,
        "penyebut_terbuka": [False] * n,
        "volume_min": [0] * n,
        "volume_max": [0] * n,
        "volume_diketahui": known,
        "volume_terbuka": [False] * n,
        "tidak_berlaku": [False] * n,
        "tidak_sah": [False] * n,
        "nilai_min": nilai_min,
        "nilai_max": nilai_max,
        "rata_aspek": [None] * 7,
        "rata_sektoral": None,
        "total_min": low,
        "total_max": high,
        "tingkat_min": rules.tingkat(low),
        "tingkat_max": rules.tingkat(high),
        "lengkap": all(known),
        "peka": False,
        "sumber": "rt",
        "n_catatan": 3,
        "n_dinilai": 3,
        "n_harap": 3,
        "n_kelas": [0] * 6,
        "ha_kelas": [0] * 6,
        "jiwa_kelas": [0] * 6,
        "luas_kumuh": Decimal(ha) if kumuh else 0,
        "jiwa_kumuh": jiwa if kumuh else 0,
    }
    return Summary.objects.create(area=area, tahun=tahun, aturan=aturan, **{**values, **fields})


def make_decree(
    tahun: int, places: Mapping[str, int | None], areas: Mapping[str, Area], *, luas_ha: str | None = "10"
) -> Decree:
    """A decree that lists these kelurahan (by name) with their class, None where none is published."""
    decree = Decree.objects.create(
        nomor=f"SK {tahun}", judul="SK", tahun=tahun, luas_ha=luas_ha and Decimal(luas_ha), sumber="uji"
    )
    for name, tingkat in places.items():
        DecreePlace.objects.create(decree=decree, area=areas[name], lokasi=name, tingkat=tingkat)
    return decree


def make_user(peran: Role = Role.ADMIN, wilayah: Area | None = None, **fields: Any) -> User:
    username = fields.pop("username", f"{peran}{next(_numbers)}")
    return User.objects.create_user(username, password="rahasia-uji", peran=peran, wilayah=wilayah, **fields)


def square(i: int) -> dict[str, Any]:
    west, east, south, north = 100 + i * SQUARE, 100 + (i + 1) * SQUARE, -2.0, -2.0 + SQUARE
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def make_drawing(areas: Mapping[str, Area], *, indikatif: bool = True) -> MapDrawing:
    """A map of the kelurahan as a row of squares."""
    drawing = draw(
        {area.kode: square(i) for i, area in enumerate(areas.values())},
        {area.kode: area.parent.kode for area in areas.values() if area.parent},
        {area.kode: area.nama for area in areas.values()},
    )
    sidik = hashlib.sha256(json.dumps(drawing, sort_keys=True).encode()).hexdigest()
    kota = Area.objects.get(level=Level.KOTA)
    return MapDrawing.objects.create(kota=kota, drawing=drawing, indikatif=indikatif, sumber="Batas uji", sidik=sidik)
