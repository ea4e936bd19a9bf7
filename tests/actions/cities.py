"""A small city and records in it, made by the same actions the product uses."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import numpy as np
from django.db import transaction

from kelurahan.actions import places
from kelurahan.actions.changesets import open_change_set
from kelurahan.actions.comparing import area_code
from kelurahan.actions.places import NewPlace, area_ids, make_places
from kelurahan.actions.records import Incoming, lock_records, write_records
from kelurahan.intake.city_file import PlaceRow
from kelurahan.models import Level, Origin
from kelurahan.rules.numbers import to_micro
from kelurahan.rules.regulation import DEFAULT_RULE_SET, FIELDS, PENYEBUT, State

RULES = DEFAULT_RULE_SET
ALFA, BETA, GAMA = "99.01.01.1001", "99.01.01.1002", "99.01.02.1001"
NAMES = {ALFA: "Alfa", BETA: "Beta", GAMA: "Gama"}

# A place whose every criterion scores 5, and one whose every criterion scores 0.
WORST = {
    **dict(zip(PENYEBUT, ("2", "100", "400", "100", "500", "300"), strict=True)),
    **dict.fromkeys(("1a", "1c", "3a", "3b", "5a", "5b", "6a", "6b", "7a", "7b"), "100"),
    **dict.fromkeys(("1b", "4a"), "2"),
    **dict.fromkeys(("2a", "2b"), "500"),
    **dict.fromkeys(("4b", "4c"), "300"),
}
BEST = {kode: (number if kode[0].isalpha() else "0") for kode, number in WORST.items()}


def place_rows() -> list[PlaceRow]:
    spots = {ALFA: (-10.10, 123.50), BETA: (-10.12, 123.53), GAMA: (-10.15, 123.56)}
    return [
        PlaceRow(
            row=number,
            kode=kode,
            kode_bps=f"990101{number:04d}",
            nama=NAMES[kode],
            alias=["Alpha"] if kode == ALFA else [],
            kode_kecamatan=kode[:8],
            kecamatan="Barat" if kode[:8] == "99.01.01" else "Timur",
            lat=lat,
            lon=lon,
            luas={"bps": Decimal("1.5")},
        )
        for number, (kode, (lat, lon)) in enumerate(spots.items(), 2)
    ]


def make_city() -> None:
    places.load(places=place_rows(), name="Kota Uji", sources={"bps": "BPS"}, by=None)


@transaction.atomic
def put(kelurahan: str, rt: str, year: int, numbers: Mapping[str, str | None], kawasan: str = "") -> None:
    """Store one record. None or missing is empty; "tb" does not apply."""
    kode = area_code(kelurahan, kawasan, rt)
    if rt or kawasan:
        wanted = [NewPlace(kode, rt or kawasan, Level.RT if rt else Level.KAWASAN, kelurahan)]
        if rt and kawasan:
            home = area_code(kelurahan, kawasan, "")
            wanted = [
                NewPlace(home, kawasan, Level.KAWASAN, kelurahan),
                NewPlace(kode, rt, Level.RT, kelurahan, home),
            ]
        make_places(places=wanted)
    cells = [numbers.get(field) for field in FIELDS]
    states = [State.EMPTY if c is None else State.NOT_APPLICABLE if c == "tb" else State.FILLED for c in cells]
    values = [to_micro(Decimal(c)) if s == State.FILLED else 0 for c, s in zip(cells, states, strict=True)]
    lock_records(RULES)
    rows = Incoming(
        area_id=np.array([area_ids({kode})[kode]]),
        tahun=np.array([year]),
        values=np.array([values], dtype=np.int64),
        states=np.array([states], dtype=np.uint8),
        changed=np.array([[s != State.EMPTY for s in states]]),
        sheet=[],
        sheet_no=np.array([-1]),
        baris=np.array([-1]),
    )
    change_set = open_change_set(by=None, origin=Origin.FORMULIR, reason="uji", records=1)
    write_records(rows=rows, change_set=change_set, rule_set=RULES)
