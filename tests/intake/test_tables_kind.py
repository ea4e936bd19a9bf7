"""Which tables are assessments, and which are no data at all."""

from __future__ import annotations

from kelurahan.intake.places import Places
from kelurahan.intake.sheets import Sheet, Workbook
from kelurahan.intake.tables import find_tables
from kelurahan.intake.vocabulary import Vocabulary
from tests.intake.offices import kupang

PLACES = Places(kupang())


def table_of(rows, kind="xlsx", sheet=None, **params):
    (table,) = find_tables(Workbook(kind, [sheet or Sheet("Data", rows=rows)]), Vocabulary(), PLACES, params)
    return table


def test_one_unsure_header_makes_no_assessment():
    rows = [["Kelurahan", "Jumlah KK", "Luas Permukiman (Ha)", "Luas Genangan (Ha)"], ["Solor", 5.0, 2.0, 1.0]]
    table = table_of(rows)
    assert (table.jenis, sorted(table.fields)) == ("indikator", ["i:kk", "kelurahan"])
    rows[0][3] = "4a. Luas Genangan (Ha)"
    assert table_of(rows).jenis == "penilaian"


def test_works_are_no_assessment():
    head = ["tahun", "kelurahan", "rtrw", "idKriteria", "volume", "kegiatan", "sumberAnggaran", "anggaran"]
    kinds = enumerate(("1a", "1b", "2a", "3a"), 1)
    rows = [head, *([2023.0, "Solor", f"RT00{n}-RW001", kind, 10.0, "Jalan", "APBD II", 1e8] for n, kind in kinds)]
    table = table_of(rows)
    assert (table.use, table.notes[0].code) == (False, "table_of_works")
    assert table_of(rows, choices={"tables": {table.key: {"use": True}}}).use
