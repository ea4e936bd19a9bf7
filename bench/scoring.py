"""Scoring many places at once, beside a plain Python loop and beside one NumPy pass over the same memory.

`python -m bench.scoring [PLACES]`; RUNS gives the number of runs. Scored are states, the range of incomplete places
and both readings of the bands, as in every page of the product.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import numpy as np

from bench.measuring import machine, median, runs, seconds, table, times
from bench.sheets import RULES, Millionths, numbers
from kelurahan.rules.regulation import FIELDS, PENYEBUT, Reading, State
from kelurahan.rules.score import Scores, score
from kelurahan.rules.sums import sum_rows

PLACES = 83_000
SAMPLE = 2_000  # places that the plain loop scores
AIM = 0.1  # seconds
GAPS = (("complete", 0.0), ("one place in ten has gaps", 0.1), ("every place has gaps", 1.0))

Result = tuple[list[int], list[int], int, int, int, int, bool, bool]


def data(n: int, gaps: float) -> tuple[Millionths, np.ndarray]:
    """n places; a share `gaps` of them has about three empty cells, and a few that do not apply."""
    values = numbers(n)
    states = np.zeros(values.shape, dtype=np.uint8)
    rng = np.random.default_rng(14)
    holes = (rng.random(n) < gaps)[:, None]
    states[holes & (rng.random(values.shape) < 3 / 22)] = State.EMPTY
    states[holes & (rng.random(values.shape) < 1 / 22)] = State.NOT_APPLICABLE
    values[states != State.FILLED] = 0
    return values, states


def ours(values: Millionths, states: np.ndarray) -> Scores:
    return score(sum_rows(values, states, RULES), RULES)


def one_pass(values: Millionths, states: np.ndarray) -> int:
    """The least that reads all of it: two sums."""
    return int(values.sum()) + int(states.sum())


_SCALE = 100_000  # every band edge is a whole number of these


def _ladder(reading: Reading) -> list[tuple[int, bool, int]]:
    return [(int(band.batas * _SCALE / 100), band.strict, band.nilai) for band in reading.bands]


def _nilai(volume: int, divisor: int, ladder: list[tuple[int, bool, int]]) -> int:
    if volume == 0:
        return 0
    for step, strict, nilai in ladder:
        left, right = volume * _SCALE, divisor * step
        if left > right or (left == right and not strict):
            return nilai
    return 0


def _span(volume: int | None, divisor: int | None, ladder: list[tuple[int, bool, int]]) -> tuple[int, int, bool]:
    """Lowest and highest nilai of one criterion, and whether it has one value. None is unknown."""
    if divisor is None:
        return (0, 0, False) if volume == 0 else (0, ladder[0][2], False)
    if volume is None:
        return 0, _nilai(divisor, divisor, ladder), False
    if divisor == 0 and volume > 0:
        return 0, ladder[0][2], False
    nilai = _nilai(volume, divisor, ladder)
    return nilai, nilai, True


def _class(total: int) -> int:
    return sum(total >= limit for limit in RULES.limits)


def plain(values: list[list[int]], states: list[list[int]]) -> Iterator[Result]:
    """The same rules place by place and cell by cell, as one would write them down."""
    criteria = [(FIELDS.index(k.kode), list(PENYEBUT).index(k.penyebut)) for k in RULES.kriteria]
    ladders = [_ladder(reading) for reading in (RULES.reading, RULES.other_reading)]
    for row, state in zip(values, states, strict=True):
        answers = []
        for ladder in ladders:
            low, high, known = [], [], []
            for at, divisor_at in criteria:
                if state[at] == State.NOT_APPLICABLE:
                    span = (0, 0, True)
                else:
                    volume = row[at] if state[at] == State.FILLED else None
                    known_divisor = state[divisor_at] in (State.FILLED, State.NOT_APPLICABLE)
                    span = _span(volume, row[divisor_at] if known_divisor else None, ladder)
                low.append(span[0])
                high.append(span[1])
                known.append(span[2])
            answers.append((low, high, sum(low), sum(high), _class(sum(low)), _class(sum(high)), all(known)))
        here, there = answers
        yield (*here, here[4:6] != there[4:6])


def compared(values: Millionths, states: np.ndarray) -> None:
    """Stop when the two disagree: a fast wrong answer is worth nothing."""
    scores = ours(values, states)
    for i, result in enumerate(plain(values.tolist(), states.tolist())):
        fast = (
            scores.nilai_min[i].tolist(), scores.nilai_max[i].tolist(),
            int(scores.total_min[i]), int(scores.total_max[i]),
            int(scores.tingkat_min[i]), int(scores.tingkat_max[i]), bool(scores.lengkap[i]), bool(scores.peka[i]),
        )  # fmt: skip
        if fast != result:
            sys.exit(f"place {i} differs: {fast} and {result}")


def measure(n: int, gaps: float) -> list[float]:
    """Median seconds of ours, the plain loop (worked out from the sample) and one pass."""
    values, states = data(n, gaps)
    some = min(n, SAMPLE)
    compared(values[:some], states[:some])
    lists = values[:some].tolist(), states[:some].tolist()
    timed = [
        (
            seconds(lambda: ours(values, states)),
            seconds(lambda: list(plain(*lists))) * n / some,
            seconds(lambda: one_pass(values, states)),
        )
        for _ in range(2 * runs() + 1)
    ]
    return [median(column) for column in zip(*timed, strict=True)]


def main(n: int = PLACES) -> None:
    rows = []
    for words, gaps in GAPS:
        fast, slow, least = measure(n, gaps)
        rows.append(
            [words, f"{fast * 1000:.0f} ms", times(slow, fast), times(fast, least), times(fast, AIM * n / PLACES)]
        )
    table(
        f"Scoring {n:,} places × {len(RULES.kriteria)} criteria",
        ["", "ours", "faster than a plain loop", "time of one NumPy pass", "of the aim (0.1 s)"],
        rows,
        [f"{machine()}; both agree on {min(n, SAMPLE):,} places"],
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
