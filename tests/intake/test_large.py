"""The largest sheet that is taken in leaves room below the limit of the parsing child."""

from __future__ import annotations

from dataclasses import asdict

from bench.sheets import HEADERS, YEAR, city_places, place_of
from kelurahan.intake import sandbox
from kelurahan.intake.parsed import from_json
from kelurahan.intake.places import Place
from kelurahan.intake.reader import Order
from kelurahan.rules.regulation import DEFAULT_RULE_SET

ROWS = 85_000


def test_a_sheet_near_all_limits_is_read_in_less_memory_than_there_is(tmp_path):
    places = city_places()
    numbers = ";".join(["1,5", *["40"] * 5, *["7"] * 16])
    lines = [";".join(HEADERS)]
    for i in range(ROWS):
        place, rt = place_of(i, places)
        lines.append(f"{place.kode};{place.nama};{place.kecamatan};;{rt};{YEAR};{numbers}")
    path = tmp_path / "besar.csv"
    path.write_text("\n".join(lines))
    known = [Place(p.kode, p.kode_bps or "", p.nama, tuple(p.alias), p.kecamatan) for p in places]
    order = Order(known, None, DEFAULT_RULE_SET)
    answer = sandbox.run("sheet", path, {"filename": path.name, **asdict(order)}, memory=sandbox.MEMORY_BYTES * 3 // 4)
    table = from_json(answer).tables[0]
    assert (len(table.kode), int(table.values[:, 0].sum())) == (ROWS, ROWS * 1_500_000)
