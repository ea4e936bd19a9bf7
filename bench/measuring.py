"""Time, memory, the machine and a table: what every benchmark here needs."""

from __future__ import annotations

import gc
import os
import platform
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path


def runs(default: int = 3) -> int:
    """How often everything is measured; the tables give the median."""
    return int(os.environ.get("RUNS") or default)


def seconds(work: Callable[[], object]) -> float:
    """Wall time of one call. Garbage of what ran before is not on its bill."""
    gc.collect()
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def median(numbers: Iterable[float]) -> float:
    return statistics.median(numbers)


def peak_mb(pid: int | str = "self") -> float:
    """Highest resident memory of a process in MB (Linux). Unlike ru_maxrss it does not begin with what the process
    that started it held."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024 / 1e6
    return 0.0


def machine() -> str:
    """The kind of machine and how busy it is with other things."""
    model = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.machine(),
    )
    load = ", ".join(f"{part:.1f}" for part in os.getloadavg())
    return f"{os.cpu_count()} cores ({model}), Python {platform.python_version()}, load {load}"


def times(numerator: float, denominator: float) -> str:
    """A ratio: "23 ×", "3.4 ×", "0.71 ×"."""
    ratio = numerator / denominator
    return f"{ratio:.0f} ×" if ratio >= 20 else f"{ratio:.1f} ×" if ratio >= 2 else f"{ratio:.2f} ×"


def table(title: str, head: Sequence[str], rows: Sequence[Sequence[object]], notes: Sequence[str] = ()) -> None:
    """Print a table: words to the left, numbers to the right."""
    cells = [[str(cell) for cell in row] for row in [head, *rows]]
    widths = [max(len(row[i]) for row in cells) for i in range(len(head))]
    print(f"\n{title}\n")
    for number, row in enumerate(cells):
        line = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        print("  " + "  ".join(line).rstrip())
        if not number:
            print("  " + "  ".join("-" * width for width in widths))
    for note in notes:
        print(f"  {note}")
    print(flush=True)
