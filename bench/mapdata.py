"""What a browser loads to draw the map: bytes as sent and as compressed, and the server's time.

`python -m bench.mapdata`; RUNS gives the number of runs. Measured for the 51 kelurahan of the example city with
indicative boundaries, and for the 3,352 villages of a whole province with real ones, where that file is at hand
(`../shared/data/batas/ntt.geojson`, or VILLAGES=/path/to/it). Requests go through all of Django in this process.
"""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import brotli
import numpy as np

from bench.measuring import machine, median, runs, seconds, table, times
from bench.sheets import CITY, ROOT, RULES, YEAR, city_places, numbers
from bench.stage import stage
from kelurahan.intake.city_file import PlaceRow

VILLAGES = Path(os.environ.get("VILLAGES") or ROOT.parent / "shared" / "data" / "batas" / "ntt.geojson")
REQUESTS = 7

Shapes = dict[str, dict[str, Any]]


def villages() -> tuple[list[PlaceRow], Shapes]:
    """The places of the province as if it were one city, and their shapes by code."""
    from shapely import make_valid
    from shapely.geometry import mapping, shape

    rows, shapes = [], {}
    for number, feature in enumerate(json.loads(VILLAGES.read_bytes())["features"], 2):
        about, area = feature["properties"], make_valid(shape(feature["geometry"]))
        kode, middle = about["kode_kemendagri"], area.representative_point()
        rows.append(PlaceRow(number, kode, None, about["nama"], [], kode[:8], about["kecamatan"], middle.y, middle.x))
        shapes[kode] = dict(mapping(area))
    return rows, shapes


def load(rows: list[PlaceRow], shapes: Shapes | None) -> None:
    """The city, its boundaries, and a record of every place in two years."""
    from kelurahan.actions import boundaries, places

    places.load(places=rows, name=CITY, sources={}, by=None)
    if shapes:
        boundaries.apply(cells=shapes, source="benchmark", by=None)
    else:
        boundaries.indicative(by=None)
    for year in (YEAR - 1, YEAR):
        _record(year)


def _record(year: int) -> None:
    from django.db import transaction

    from kelurahan.actions.changesets import open_change_set
    from kelurahan.actions.records import Incoming, lock_records, write_records
    from kelurahan.actions.summaries import recompute
    from kelurahan.models import Area, Origin

    ids = np.array(Area.objects.kelurahan().order_by("pk").values_list("pk", flat=True), dtype=np.int64)
    values = numbers(len(ids), year)
    nowhere = np.full(len(ids), -1)
    rows = Incoming(
        area_id=ids, tahun=np.full(len(ids), year), values=values, states=np.zeros(values.shape, dtype=np.uint8),
        changed=values > 0, sheet=[], sheet_no=nowhere, baris=nowhere,
    )  # fmt: skip
    with transaction.atomic():
        lock_records(RULES.kode)
        made = open_change_set(by=None, origin=Origin.FORMULIR, reason="benchmark", records=len(ids))
        write_records(rows=rows, change_set=made, rule_set=RULES.kode)
    recompute(kelurahan_ids=ids.tolist(), year=year, rule_set=RULES.kode)


def ask(address: str, etag: str = "") -> Any:
    from django.test import Client

    headers = {"accept-encoding": "gzip"} | ({"if-none-match": etag} if etag else {})
    return Client(SERVER_NAME="localhost", headers=headers).get(address)


def measure(words: str, address: str, n: int) -> list[str]:
    answer = ask(address)
    if answer.status_code != 200:
        sys.exit(f"{address}: {answer.status_code}")
    sent = len(answer.content)
    plain = gzip.decompress(answer.content)
    small = len(brotli.compress(plain))
    whole = median(seconds(lambda: ask(address)) for _ in range(REQUESTS * runs()))
    return [
        f"{n:,}, {words}", f"{len(plain) / 1000:,.1f} KB", f"{sent / 1000:,.1f} KB", f"{small / 1000:,.1f} KB",
        times(sent, len(plain)), times(small, sent), f"{sent / n:,.0f}",
        f"{whole * 1000:.0f} ms", unchanged(address, answer.headers.get("ETag", "")),
    ]  # fmt: skip


def unchanged(address: str, etag: str) -> str:
    """The server's time when the browser has the answer already; a dash where it does not ask again."""
    if not etag or ask(address, etag).status_code != 304:
        return "–"
    return f"{median(seconds(lambda: ask(address, etag)) for _ in range(REQUESTS * runs())) * 1000:.0f} ms"


HEAD = [
    "places, data", "plain", "gzip, as sent", "brotli", "gzip of plain", "brotli of gzip", "bytes a place sent",
    "server", "unchanged",
]  # fmt: skip


def city(kind: str) -> list[list[str]]:
    """The rows of the table for one city, on services of its own."""
    with stage():
        from kelurahan.models import MapDrawing

        rows, shapes = (city_places(), None) if kind == "city" else villages()
        load(rows, shapes)
        geometry = f"/peta/batas-{MapDrawing.objects.get().sidik}.json"
        return [
            measure("values", f"/peta/nilai.json?tahun={YEAR}", len(rows)),
            measure("geometry", geometry, len(rows)),
            measure("home page", "/", len(rows)),
        ]


def _in_own_process(kind: str) -> list[list[str]]:
    environment = {name: text for name, text in os.environ.items() if name not in ("KUMUH_BENCH_DATA", "DATA_DIR")}
    command = [sys.executable, "-m", "bench.mapdata", "--city", kind]
    answer = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(answer.stdout.splitlines()[-1])  # type: ignore[no-any-return]


def main() -> None:
    rows = _in_own_process("city")
    notes = [
        "server: one answer through all of Django, without the network; gzip is what the server sends, brotli what a"
        " proxy could",
    ]
    if VILLAGES.exists():
        rows += _in_own_process("villages")
    else:
        notes.append(f"The province was left out: no file {VILLAGES.name} (VILLAGES=/path/to/it).")
    table("Map data: bytes and server time", HEAD, rows, [*notes, machine()])


if __name__ == "__main__":
    if sys.argv[1:2] == ["--city"]:
        print(json.dumps(city(sys.argv[2])))
    else:
        main()
