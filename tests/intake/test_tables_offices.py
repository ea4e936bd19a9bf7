"""Every style of sheet that offices make is read cell by cell: no number is wrong, and nearly all are read."""

from __future__ import annotations

from dataclasses import asdict

import orjson
import pytest

from kelurahan.intake import reader
from kelurahan.intake.parsed import Parsed, from_json
from kelurahan.intake.refusal import Refused
from kelurahan.rules.regulation import FIELDS, State
from tests.intake.offices import CHOICES, Office, Style, Truth, kupang, office, styles

RULES = "permen-14-2018"
PLACES = kupang()


def values_of(table: Parsed) -> Truth:
    """Every number as it would be written: rows held and rows without a year are not."""
    got: Truth = {}
    for row in range(len(table)):
        if table.held[row] or not table.kode[row] or not table.tahun[row]:
            continue
        numbers = [
            (name, table.values[row, i]) for i, name in enumerate(FIELDS)
            if table.given[row, i] and table.states[row, i] == State.FILLED
        ] + [
            (f"i:{kode}", table.ind_values[row, i]) for i, kode in enumerate(table.indicators)
            if table.ind_given[row, i] and table.ind_states[row, i] == State.FILLED
        ]  # fmt: skip
        for name, micro in numbers:
            sheet, cell = table.spot(row, name)
            got[table.kode[row], table.rt[row], int(table.tahun[row]), name] = (int(micro) / 1e6, sheet, cell)
    return got


def read(made: Office) -> Truth:
    params = {"filename": made.path.name, **asdict(reader.Order(PLACES, made.year, RULES))}
    document = from_json(orjson.loads(orjson.dumps(reader.read_here(made.path, params))))
    got: Truth = {}
    for table in document.tables:
        if table.use:
            got |= values_of(table)
    return got


def compare(made: Office) -> tuple[list[str], float]:
    """What was read wrong, and the share that was read."""
    try:
        got = read(made)
    except Refused:
        got = {}
    wrong = [
        f"{key}: {value} ≠ {made.truth.get(key)}"
        for key, value in got.items()
        if key not in made.truth or made.truth[key][1:] != value[1:] or abs(made.truth[key][0] - value[0]) > 1e-9
    ]
    return wrong, len([key for key in got if key in made.truth]) / max(len(made.truth), 1)


@pytest.mark.parametrize("shape", CHOICES["shape"])
def test_every_shape_is_read_cell_by_cell(tmp_path, shape):
    shares = []
    chosen = [style for style in styles(8 * len(CHOICES["shape"]), seed=7) if style.shape == shape]
    for seed, style in enumerate(chosen):
        wrong, share = compare(office(tmp_path, style, seed))
        assert not wrong, (str(style), wrong[:3])
        shares.append((share, str(style)))
    assert sum(share for share, _ in shares) / len(shares) >= 0.99, sorted(shares)[:4]


def test_the_plainest_sheet(tmp_path):
    wrong, share = compare(office(tmp_path, Style()))
    assert (wrong, share) == ([], 1.0)
