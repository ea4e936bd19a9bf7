"""Findings folded, progress in words, consequences in sentences."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from kelurahan.models import Job, JobState, Upload, UploadState
from kelurahan.reports.findings import fold, sections, words_of
from kelurahan.reports.progress import PATIENCE, progress_of
from kelurahan.reports.uploads import check_headline, consequence, outcome
from kelurahan.rules.regulation import DEFAULT_RULE_SET


def finding(code: str, level: str = "galat", cell: str = "", **params: Any) -> dict[str, Any]:
    return {"level": level, "code": code, "sheet": "RT" if cell else "", "cell": cell, "params": params}


def negative(cell: str) -> dict[str, Any]:
    return finding("negative", cell=cell, text="-5", kolom="3a")


def test_one_code_is_one_group_and_the_first_twenty_cells_are_named() -> None:
    (group,) = fold([negative(f"R{n}") for n in range(2, 52)], {"negative": 73})
    assert group.n == 73
    assert group.cells[0] == "RT!R2"
    assert len(group.cells) == 20
    assert group.n_cells_more == 53
    assert len(group.told) == 20
    assert group.title.startswith("Angka di sel R2 kurang dari nol")


def test_a_single_finding_is_not_told_twice() -> None:
    (group,) = fold([negative("R2")])
    assert (group.n_more, group.told, group.n_cells_more) == (0, [], 0)


def test_sections_follow_what_to_do() -> None:
    groups = fold(
        [
            finding("blank_keeps", "info", n=1),
            finding("empty_row", "peringatan", baris=4),
            negative("R2"),
            negative("R3"),
        ]
    )
    assert [(s.level, len(s.groups)) for s in sections(groups)] == [("galat", 1), ("peringatan", 1), ("info", 1)]


def test_a_code_of_an_older_release_still_says_something() -> None:
    assert words_of(finding("long_gone")) == ("Temuan “long_gone”.", "")


def upload(state: str = UploadState.SIAP, **fields: Any) -> Upload:
    return Upload(pk=1, state=state, aturan=DEFAULT_RULE_SET, **fields)


def job(**fields: Any) -> Job:
    now = timezone.now()
    return Job(**{"state": JobState.MENUNGGU, "dibuat": now, "mulai": now, "percobaan": 0, **fields})


def test_progress_in_words() -> None:
    waiting = upload(UploadState.DITERIMA)
    assert progress_of(waiting, job(), None).teks == "Menunggu giliran."
    late = job(dibuat=timezone.now() - timedelta(seconds=PATIENCE + 1))
    assert "diproses begitu pekerja tersedia" in progress_of(waiting, late, None).teks
    assert "dicoba lagi" in progress_of(waiting, job(percobaan=1), None).teks
    running = job(state=JobState.BERJALAN, mulai=timezone.now() - timedelta(seconds=10))
    told = progress_of(waiting, running, (1, 4, "Membaca berkas", (20_000, 80_000)))
    assert told.teks == "Membaca berkas, 20.000 dari 80.000 baris."
    assert told.sisa == "Kira-kira 22 detik lagi."
    assert told.lebar == "31"
    steps = progress_of(waiting, running, (3, 4, "Membandingkan dengan data tersimpan", None))
    assert (steps.teks, steps.sisa) == ("Membandingkan dengan data tersimpan, langkah 3 dari 4.", "")
    assert progress_of(waiting, running, None).teks == "Dimulai."
    assert progress_of(waiting, None, None).teks == "Hampir selesai."
    assert progress_of(upload(UploadState.DITERAPKAN), None, None).judul == "Peta sedang dihitung ulang"


def move(nama: str, before: Any, after: Any, ha: tuple[str, str] = ("1", "1"), **fields: Any) -> dict[str, Any]:
    return {
        "kode": nama, "nama": nama, "kecamatan": "Utara", "tahun": 2025, "from": None, "to": None,
        "total_from": before, "total_to": after, "ha_from": ha[0], "ha_to": ha[1], "sebab": [], "peka": False, **fields,
    }  # fmt: skip


def shown(*moves: dict[str, Any], changed: tuple[int, ...] = (), cells: int = 5) -> Upload:
    city = {"kumuh_from": 3, "kumuh_to": 2, "ha_from": "9.5", "ha_to": "8", "n": 5}
    return upload(
        pratinjau={
            "cells": {"new": 1, "changed": cells - 1} if cells else {},
            "years": [2025] if moves else [],
            "kelurahan": list(moves),
            "class_changes": [moves[i] for i in changed],
            "kota": {"2025": city},
        }
    )


def test_the_consequence_is_the_first_sentence() -> None:
    told = consequence(
        shown(
            move("Solor", [39, 39], [36, 36], ("5.6", "5.6"), sebab=[[4, -2], [6, -1]], peka=True),
            move("Merdeka", [17, 17], [14, 14], ("2.54", "0"), sebab=[[2, -3]]),
            changed=(0, 1),
        )
    )
    assert told.judul == "2 kelurahan pindah tingkat; luas kumuh 8,14 → 5,60 ha"
    assert told.judul_tabel == "Dua membaik, tidak ada yang memburuk"
    assert told.lead == [
        "Di Utara, tahun data 2025.",
        "Untuk kota pada 2025: 3 → 2 kelurahan kumuh, 9,50 → 8,00 ha.",
    ]
    assert [m.sebab for m in told.pindah] == ["drainase lingkungan −2, persampahan −1", "jalan lingkungan −3"]
    assert told.peka == ["Solor"]
    assert told.tetap == []


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ([17, 17], [40, 40], "Satu memburuk"),
        (None, [40, 40], "Satu baru dinilai"),
        ([35, 40], [35, 36], "Satu membaik, tidak ada yang memburuk"),
    ],
)
def test_better_worse_or_first(before: Any, after: Any, said: str) -> None:
    assert consequence(shown(move("A", before, after), changed=(0,))).judul_tabel == said


def test_nothing_to_write_is_said_plainly() -> None:
    assert consequence(shown(cells=0)).judul == "0 perubahan: isi berkas sama dengan data tersimpan"
    assert (
        consequence(shown(move("A", [1, 1], [2, 2]))).judul == "5 sel berubah, tidak ada kelurahan yang pindah tingkat"
    )
    same = consequence(shown(move("A", [15, 15], [16, 16]), changed=(0,)))
    assert same.judul == "1 kelurahan pindah tingkat; luas kumuh tetap 1,00 ha"


@pytest.mark.parametrize(
    ("blocked", "warnings", "said"),
    [
        (59, 2, "59 dari 1.214 baris perlu diperbaiki"),
        (0, 2, "1.214 baris siap; 2 peringatan perlu dilihat"),
        (0, 0, "Semua 1.214 baris siap dipakai"),
    ],
)
def test_the_headline_of_the_check(blocked: int, warnings: int, said: str) -> None:
    checked = upload(terbaca={"n_rows": 1214}, pratinjau={"counts": {"blocked": blocked}})
    assert check_headline(checked, warnings) == said


@pytest.mark.parametrize(
    ("state", "fields", "said"),
    [
        (UploadState.DITERIMA, {}, ""),
        (UploadState.DITOLAK, {"pesan": {"code": "empty_file", "params": {}}}, "Berkas ini kosong."),
        (UploadState.GAGAL, {}, ""),
        (UploadState.DITERAPKAN, {}, "0 perubahan"),
        (UploadState.DITERAPKAN, {"pratinjau": shown(move("A", None, [1, 1])).pratinjau}, "5 sel di 1 kelurahan"),
        (
            UploadState.SIAP,
            {"pratinjau": shown(move("A", None, [1, 1])).pratinjau},
            "5 sel akan berubah; belum diterapkan.",
        ),
    ],
)
def test_what_came_of_an_upload(state: str, fields: dict[str, Any], said: str) -> None:
    assert outcome(upload(state, **fields)) == said


def test_a_kelurahan_counts_once_however_many_years_and_newcomers_stand_apart() -> None:
    told = consequence(
        shown(
            move("A", [17, 17], [40, 40]),
            move("A", [18, 18], [41, 41], tahun=2024),
            move("B", None, [20, 20]),
            changed=(0, 1, 2),
        )
    )
    assert told.judul.startswith("1 kelurahan pindah tingkat, 1 kelurahan baru dinilai; ")
    assert [m.nama for m in told.pindah] == ["A", "A"]
    assert [m.nama for m in told.baru] == ["B"]
