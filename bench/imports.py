"""File → applied and recomputed, beside django-import-export with the same file and beside the limit.

`python -m bench.imports [ROWS …]`; RUNS gives the number of runs. Ours is the whole chain in this process: received,
read in the child, checked, compared, previewed, applied with its history, summaries recomputed, values of the map
answered. The peer reads the file and writes its rows: no preview, no history, no places, no summaries. The limit is
calamine's parse and a COPY of the same numbers into a temporary table, and nothing else.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.measuring import machine, median, peak_mb, runs, seconds, table, times
from bench.sheets import YEAR, city_places, numbers, write_sheet
from bench.stage import fresh_copy, load_city, stage

SIZES = (51, 1_315, 83_000)
PEER_ROWS = 2_000  # of a larger file the peer gets this many: rows per second are compared
MEMORY_AIM = 600  # MB
CASES = ("new places", "all values changed", "same file again")
_WATCH = 0.01  # seconds between two looks at the child's memory

Files = dict[str, Path]  # case → sheet


def make_files(folder: Path, n: int) -> Files:
    """The sheet of each case; the third is the second once more."""
    places = city_places()
    first = write_sheet(folder / f"{n}-first.xlsx", numbers(n), places)
    second = write_sheet(folder / f"{n}-second.xlsx", numbers(n, change=1), places)
    return dict(zip(CASES, (first, second, second), strict=True))


def import_ours(path: Path) -> None:
    """The way of `import_sheet --apply`, and of the worker."""
    from kelurahan.actions import uploads
    from kelurahan.models import UploadState
    from kelurahan.rules.regulation import DEFAULT_RULE_SET
    from kelurahan.tasks import run_now

    with path.open("rb") as file:
        chunks = iter(lambda: file.read(1 << 16), b"")
        upload, job = uploads.receive(chunks=chunks, filename=path.name, by=None, year=None, rule_set=DEFAULT_RULE_SET)
    run_now(job)
    run_now(uploads.request_apply(upload=upload, by=None, reason="benchmark"))
    upload.refresh_from_db()
    if upload.state != UploadState.DITERAPKAN:
        sys.exit(f"{path.name} was not applied: {upload.state} {upload.pesan} {upload.temuan[:3]}")


def show_map() -> None:
    """What a browser that shows the map asks for when the version changes."""
    from django.test import Client

    answer = Client(SERVER_NAME="localhost").get("/peta/nilai.json", {"tahun": YEAR})
    if answer.status_code != 200 or not answer.json()["tempat"]:
        sys.exit("the map does not answer")


def import_limit(path: Path) -> None:
    """Parse and COPY; numbers go as binary integers, the fastest form that keeps six decimals."""
    import numpy as np
    from django.db import connection, transaction
    from python_calamine import CalamineWorkbook

    from kelurahan.models.copying import copy_in

    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    values = np.array([row[6:] for row in rows[1:]], dtype=np.float64)
    with transaction.atomic(), connection.cursor() as cursor:
        names = ", ".join(f"c{i} bigint" for i in range(values.shape[1]))
        cursor.execute(f"CREATE TEMP TABLE limit_rows ({names}) ON COMMIT DROP")
        copy_in(cursor.cursor, "limit_rows", np.rint(values * 1e6).astype(np.int64))


def import_peer(path: Path, *, bulk: bool) -> None:
    """django-import-export as its documentation sets it up: read the workbook, import it.

    `bulk` is its fast mode at its best: no differences worked out, rows looked up once, written 1,000 at a time.
    """
    from tablib import Dataset

    from bench.peer import BulkResource, DefaultResource

    dataset = Dataset().load(path.read_bytes(), format="xlsx")
    result = (BulkResource if bulk else DefaultResource)().import_data(dataset, raise_errors=True)
    if result.has_errors() or result.has_validation_errors():
        sys.exit("the peer refuses the file")


@contextmanager
def peer_table() -> Iterator[None]:
    """The peer's table, empty; made once in the template."""
    from django.db import connection

    from bench.models import PeerRecord

    with connection.schema_editor() as editor:
        editor.create_model(PeerRecord)
    yield


def empty_peer() -> None:
    from bench.models import PeerRecord

    PeerRecord.objects.all().delete()


def measure(n: int, files: Files, sample: Files) -> dict[str, dict[str, float]]:
    """Median seconds by case and contender. In each run all contenders do the same case one after the other."""
    timed: dict[str, dict[str, list[float]]] = {case: {} for case in CASES}

    def note(case: str, who: str, work: Callable[[], object]) -> None:
        timed[case].setdefault(who, []).append(seconds(work))

    for number in range(runs() if n > PEER_ROWS else 2 * runs() - 1):
        with fresh_copy(f"run{number}"):
            for case in CASES:
                note(case, "ours", lambda case=case: import_ours(files[case]))
                note(case, "map", show_map)
                note(case, "limit", lambda case=case: import_limit(files[case]))
                note(case, "default", lambda case=case: import_peer(sample[case], bulk=False))
            empty_peer()
            for case in CASES:
                note(case, "bulk", lambda case=case: import_peer(sample[case], bulk=True))
    return {case: {who: median(times_) for who, times_ in by.items()} for case, by in timed.items()}


def row(n: int, peer_rows: int, case: str, by: dict[str, float]) -> list[str]:
    ours, default, bulk = n / by["ours"], peer_rows / by["default"], peer_rows / by["bulk"]
    return [
        f"{n:,}, {case}", f"{by['ours']:.2f} s", f"{ours:,.0f}",
        f"{default:,.0f}", times(ours, default), f"{bulk:,.0f}", times(ours, bulk),
        f"{by['limit']:.3f} s", times(by["ours"], by["limit"]), f"{by['ours'] + by['map']:.2f} s",
    ]  # fmt: skip


HEAD = [
    "rows, case", "ours", "rows/s", "default rows/s", "ours is", "bulk rows/s", "ours is",
    "limit", "ours takes", "file → map",
]  # fmt: skip


# -- memory, in a process of its own


@contextmanager
def watched_child() -> Iterator[list[float]]:
    """Looks at the parsing child while it lives; yields a list that ends up with its highest memory in MB."""
    from kelurahan.intake import sandbox

    peak, done = [0.0], threading.Event()
    real = sandbox.subprocess.Popen

    def popen(*args: Any, **options: Any) -> Any:
        child = real(*args, **options)
        threading.Thread(target=watch, args=(child,), daemon=True).start()
        return child

    def watch(child: Any) -> None:
        while child.poll() is None and not done.wait(_WATCH):
            if Path(f"/proc/{child.pid}/cmdline").read_bytes().find(sandbox.CHILD_MODULE.encode()) >= 0:
                peak[0] = max(peak[0], peak_mb(child.pid))

    sandbox.subprocess.Popen = popen  # type: ignore[misc]
    try:
        yield peak
    finally:
        done.set()
        sandbox.subprocess.Popen = real  # type: ignore[misc]


def memory_here(files: Files) -> dict[str, float]:
    with stage():
        load_city()
        with watched_child() as child:
            for case in CASES:
                import_ours(files[case])
        return {"child": child[0], "process": peak_mb()}


def memory(files: Files) -> dict[str, float]:
    """Peaks in MB of the parsing child and of the process that does the three imports one after the other."""
    import os

    environment = {name: text for name, text in os.environ.items() if name not in ("KUMUH_BENCH_DATA", "DATA_DIR")}
    command = [sys.executable, "-m", "bench.imports", "--memory", *(str(path) for path in files.values())]
    answer = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return json.loads(answer.stdout.splitlines()[-1])  # type: ignore[no-any-return]


def main(sizes: tuple[int, ...] = SIZES) -> None:
    rows, peaks = [], []
    before = machine()
    with tempfile.TemporaryDirectory(prefix="kumuh-ukur-") as name, stage(), peer_table():
        load_city()
        for n in sizes:
            files = make_files(Path(name), n)
            peer_rows = min(n, PEER_ROWS)
            sample = files if n == peer_rows else make_files(Path(name), peer_rows)
            by_case = measure(n, files, sample)
            rows += [row(n, peer_rows, case, by_case[case]) for case in CASES]
            used = memory(files)
            peaks.append(
                [f"{n:,}", f"{files[CASES[0]].stat().st_size / 1e6:.1f} MB"]
                + [f"{used[who]:.0f} MB = {times(used[who], MEMORY_AIM)} of the aim" for who in ("child", "process")]
            )
    notes = [
        "default and bulk: django-import-export 4.4; limit: calamine parse + COPY; file → map: with the map's values",
        f"Of files with more than {PEER_ROWS:,} rows the peer imports {PEER_ROWS:,}; rows per second are compared.",
        f"Median of {runs()} runs ({2 * runs() - 1} of small files). Before: {before}. After: {machine()}",
    ]
    table("Import: file → applied and recomputed", HEAD, rows, notes)
    table(
        "Import: peak memory over three imports in a row (aim 600 MB each)",
        ["rows", "file", "parsing child", "process"],
        peaks,
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--memory"]:
        print(json.dumps(memory_here(dict(zip(CASES, map(Path, sys.argv[2:]), strict=True)))))
    else:
        main(tuple(map(int, sys.argv[1:])) or SIZES)
