"""Correcting one record by hand: checked, compared with what is stored, written with its history, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from django.core.exceptions import PermissionDenied
from django.db import transaction
from numpy.typing import NDArray

from kelurahan.actions import jobs, undoing
from kelurahan.actions.changesets import open_change_set
from kelurahan.actions.records import Incoming, lock_records, write_records
from kelurahan.actions.summaries import kelurahan_part
from kelurahan.actions.undoing import LaterEdits, Undone
from kelurahan.models import Area, Change, ChangeSet, Job, Level, Origin, Summary, User
from kelurahan.models.records import read_year
from kelurahan.permissions import Act, may
from kelurahan.reports.record import Stored, load_stored
from kelurahan.rules import diff
from kelurahan.rules.findings import Level as Grade
from kelurahan.rules.record import FieldFinding, check_record, record_fields
from kelurahan.rules.regulation import FIELDS, RULE_SETS, RuleSet

ASSESSED = (Level.KELURAHAN, Level.KAWASAN, Level.RT)


class Invalid(Exception):
    """Some cells may not be stored; `findings` says which and why."""

    def __init__(self, findings: Sequence[FieldFinding]) -> None:
        super().__init__(", ".join(f"{f.field}: {f.code}" for f in findings))
        self.findings = findings


class Stale(Exception):
    """The record has changed since the person saw it. Nothing was written; `stored` is what stands there now."""

    def __init__(self, stored: Stored) -> None:
        super().__init__(stored.seen)
        self.stored = stored


class NotUndoable(Exception):
    """Not an edit of the form, or undone already."""


@dataclass(frozen=True, slots=True)
class Saved:
    """`change_set` and `recompute` are None when nothing differed and so nothing was written.

    `was_complete`: whether the summary of the kelurahan said so; `complete`: whether it will, once it is recomputed.
    """

    change_set: ChangeSet | None
    recompute: Job | None
    cells: int = 0
    was_complete: bool = False
    complete: bool = False


def _allow(by: User | None, area: Area) -> None:
    """A command on the server acts without a person; a person needs the right for this very place."""
    if by is not None and not may(by, Act.SUNTING, area):
        raise PermissionDenied


@transaction.atomic
def save(
    *,
    area: Area,
    year: int,
    rule_set: str,
    values: NDArray[np.int64],
    states: NDArray[np.uint8],
    seen_version: int,
    by: User | None,
    reason: str,
    document: str = "",
    data_date: date | None = None,
) -> Saved:
    """Write one record, (25,) millionths and states in FIELDS order; fields outside the rule set keep what they hold.

    `seen_version` is `Stored.seen` of what the person had before their eyes. The caller queues `recompute`.
    Raises Invalid, Stale, PermissionDenied, Area.DoesNotExist when the place has gone, ValueError without a reason.
    """
    _allow(by, area)
    if area.level not in ASSESSED or not reason.strip():
        raise ValueError("a record belongs to an assessed place and needs a reason")
    rules = RULE_SETS[rule_set]
    if errors := [f for f in check_record(values, states, rules) if f.level is Grade.GALAT]:
        raise Invalid(errors)
    lock_records(rule_set)
    area = Area.objects.get(pk=area.pk)  # an undo may have removed it
    stored = load_stored(area, year, rule_set)
    given = np.isin(FIELDS, record_fields(rules))
    change = diff.compare(
        stored.values[None], stored.states[None], np.array([stored.exists]), values[None], states[None], given
    )
    if not change.changed.any():
        return Saved(None, None)
    if stored.seen != seen_version:
        raise Stale(stored)
    change_set = open_change_set(
        by=by,
        origin=Origin.FORMULIR,
        reason=reason.strip(),
        records=1,
        document=document.strip(),
        data_date=data_date,
    )
    write_records(rows=_incoming(area, year, change), change_set=change_set, rule_set=rule_set)
    kelurahan_id = _kelurahan_id(area)
    return Saved(
        change_set,
        jobs.record(jenis="hitung", aturan=rule_set, kelurahan=[kelurahan_id], tahun=[year]),
        int(change.changed.sum()),
        Summary.objects.filter(area_id=kelurahan_id, tahun=year, aturan=rule_set, lengkap=True).exists(),
        _complete(kelurahan_id, year, rules),
    )


def _incoming(area: Area, year: int, change: diff.Diff) -> Incoming:
    nowhere = np.array([-1], dtype=np.int64)
    return Incoming(
        area_id=np.array([area.pk], dtype=np.int64),
        tahun=np.array([year], dtype=np.int64),
        values=change.values,
        states=change.states,
        changed=change.changed,
        sheet=[],
        sheet_no=nowhere,
        baris=nowhere,
    )


def _kelurahan_id(area: Area) -> int:
    return area.pk if area.level == Level.KELURAHAN or area.parent_id is None else area.parent_id


def _complete(kelurahan_id: int, year: int, rules: RuleSet) -> bool:
    """What the summary will say, from the records as they are now."""
    records = read_year(year=year, rule_set=rules.kode, kelurahan_ids=[kelurahan_id])
    part = kelurahan_part(records, [kelurahan_id], rules)
    return bool(part.tier.scores.lengkap[0]) and int(part.tier.sums.n_assessed[0]) == int(part.n_harap[0])


@transaction.atomic
def undo(*, change_set: ChangeSet, area: Area, by: User | None, reason: str) -> Undone:
    """Put the record back as it was before one edit of the form. The caller queues `recompute`.

    Raises NotUndoable, LaterEdits, PermissionDenied.
    """
    _allow(by, area)
    change = Change.objects.filter(change_set=change_set, area_id=area.pk).first()
    if change is None or change_set.asal != Origin.FORMULIR:
        raise NotUndoable(change_set.pk)
    lock_records(change.aturan)
    if ChangeSet.objects.filter(urungkan_id=change_set.pk).exists():
        raise NotUndoable(change_set.pk)
    if later := undoing.later_edits(change_set):
        raise LaterEdits(later)
    written, old = undoing.write_back(change_set=change_set, rule_set=change.aturan, by=by, reason=reason)
    return Undone(written, undoing.recompute_job(old, rule_set=change.aturan))
