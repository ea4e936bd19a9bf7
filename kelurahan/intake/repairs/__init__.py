"""The sheet detective: mends for whole groups of rows, each with its evidence, none done without being accepted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

from kelurahan.intake.columns import Table
from kelurahan.intake.parsed import Parsed, Repair
from kelurahan.intake.repairs import (
    doubles,
    fractions,
    hectares,
    impossible,
    partial,
    separators,
    shifted,
    totals,
)
from kelurahan.intake.repairs.change import apply
from kelurahan.intake.repairs.look import Beside, Look
from kelurahan.intake.repairs.stale import stale_results
from kelurahan.intake.repairs.words import words
from kelurahan.rules.regulation import DEFAULT_RULE_SET

__all__ = ["Beside", "apply", "find_repairs", "settle", "words"]

_FINDERS: tuple[Callable[[Look], Iterator[Repair]], ...] = (
    shifted.find,
    totals.find,
    separators.find,
    fractions.find,
    hectares.find,
    doubles.find,
    partial.find,
    impossible.find,
)
"""In the order in which they are to be decided: what moves whole rows comes first."""

_ROUNDS = 8


def find_repairs(
    table: Table,
    parsed: Parsed,
    beside: Beside | None = None,
    others: Sequence[Parsed] = (),
    rule_set: str = DEFAULT_RULE_SET,
) -> list[Repair]:
    """Every mend of a table that can be proposed. What a shift explains is not proposed a second time for its rows."""
    look = Look(table, parsed, beside, others, rule_set)
    if not len(look):
        return []
    found: list[Repair] = []
    moved: set[int] = set()
    for finder in _FINDERS:
        for repair in finder(look):
            if moved.isdisjoint(repair.rows):
                found.append(repair)
        if finder is shifted.find:
            moved = {row for repair in found for row in repair.rows}
    return found


def settle(
    table: Table,
    parse: Callable[[], Parsed],
    accepted: Collection[str],
    beside: Beside | None = None,
    others: Sequence[Parsed] = (),
    rule_set: str = DEFAULT_RULE_SET,
) -> tuple[Parsed, list[Repair], list[Repair]]:
    """Read a table, mend it with what was accepted, and read it again until nothing accepted is left to do.

    The table as it then reads, with findings about the results it brings along; the repairs that were done; and those
    still open, whose rows are those of the last reading. One may only show once another is done, and two may want the
    same rows: they take turns.
    """
    done: list[Repair] = []
    for _ in range(_ROUNDS):
        parsed = parse()
        found = find_repairs(table, parsed, beside, others, rule_set)
        chosen = _one_turn([repair for repair in found if repair.id in accepted], {repair.id for repair in done})
        if not chosen:
            break
        for repair in chosen:
            apply(repair, table)
        done += chosen
    else:
        parsed = parse()
        found = find_repairs(table, parsed, beside, others, rule_set)
    explained = {row for repair in found for row in repair.rows if "nilai_differs" in repair.answers}
    parsed.findings += stale_results(Look(table, parsed, beside, others, rule_set), explained)
    return parsed, done, found


def _one_turn(wanted: Sequence[Repair], done: Collection[str]) -> list[Repair]:
    """Those that do not touch a row that another of them changes."""
    turn: list[Repair] = []
    touched: set[int] = set()
    for repair in wanted:
        if repair.id not in done and touched.isdisjoint(repair.rows):
            turn.append(repair)
            touched.update(repair.rows)
    return turn
