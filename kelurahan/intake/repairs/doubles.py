"""The same place and year twice with different numbers: which row stays is for a person to say."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from kelurahan.intake.parsed import Repair
from kelurahan.intake.repairs import change
from kelurahan.intake.repairs.look import SHOWN, Look
from kelurahan.rules.findings import Level

_SINGLY = 60  # groups that are asked about one by one

ANSWERS = ("duplicate_different",)


def find(look: Look) -> Iterator[Repair]:
    groups = [group for group in _groups(look) if _differ(look, group)]
    if len(groups) > 1:
        yield _all(look, groups, "first", [group[0] for group in groups])
        yield _all(look, groups, "last", [group[-1] for group in groups])
    for group in groups[:_SINGLY]:
        for row in group:
            yield _keep(look, group, row)


def _groups(look: Look) -> list[list[int]]:
    """Rows of one place and year, where there are several."""
    parsed = look.parsed
    kawasan = [name.casefold() for name in parsed.kawasan] if any(parsed.kawasan) else parsed.kawasan
    keys = list(zip(parsed.kode, kawasan, parsed.rt, parsed.tahun.tolist(), strict=True))
    if len(set(keys)) == len(keys):
        return []
    placed = parsed.placed.tolist()
    seen: dict[tuple[str, str, str, int], list[int]] = {}
    for row, key in enumerate(keys):
        if key[0] and placed[row]:
            seen.setdefault(key, []).append(row)
    return [rows for rows in seen.values() if len(rows) > 1]


def _differ(look: Look, group: list[int]) -> bool:
    parsed = look.parsed
    parts = (parsed.values, parsed.states, parsed.given, parsed.ind_values, parsed.ind_states, parsed.ind_given)
    return any((part[group] != part[group[0]]).any() for part in parts)


def _keep(look: Look, group: list[int], row: int) -> Repair:
    """Leave out the others; every choice of a group carries its name, so that only one of them is taken."""
    others = np.array([other for other in group if other != row], np.int64)
    return look.repair(
        "duplicate_keep",
        others,
        look.where(np.array(group), 0, len(look.sheet.columns) - 1),
        change.clear(look.records[others]),
        name=f"{look.row_name(group[0])}:{look.row_name(row)}",
        answers=ANSWERS,
        level=Level.GALAT,
        sample=[_side(look, group, one) for one in group[:SHOWN]],
        params={
            "kelompok": f"{look.parsed.key}:{look.row_name(group[0])}",
            "baris": look.row_name(row),
            "semua": ", ".join(look.row_name(one) for one in group),
            "tempat": look.place(row),
            "terisi": _filled(look, row),
        },
    )


def _filled(look: Look, row: int) -> int:
    return int(look.filled[row].sum() + (look.parsed.ind_states[row] == 0).sum())


def _side(look: Look, group: list[int], row: int) -> dict[str, str]:
    """The first number in which the rows differ, as this one has it."""
    for name in look.numeric:
        if len(set(look.values(name)[group].tolist())) > 1:
            return look.sample(row, look.column(name).index, look.cells(name, np.array([row]))[0])
    return look.sample(row, 0, "")


def _all(look: Look, groups: list[list[int]], which: str, kept: list[int]) -> Repair:
    stays = set(kept)
    others: NDArray[np.int64] = np.array(sorted(row for group in groups for row in group if row not in stays), np.int64)
    return look.repair(
        f"duplicate_keep_{which}",
        others,
        look.where(others, 0),
        change.clear(look.records[others]),
        name="",
        answers=ANSWERS,
        sample=[_side(look, group, row) for group, row in zip(groups[:SHOWN], kept, strict=False)],
        params={"kelompok": look.parsed.key, "pasang": len(groups)},
    )
