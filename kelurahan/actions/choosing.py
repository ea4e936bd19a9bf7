"""What the sender decides about a file before it is applied: each decision one act, named in the history, and the file
read again with it.

A change has the shape of `intake.choices.Choices` as JSON; only what it names is touched, None forgets a decision:

    {"tables": {"RT!A5": {"use": True, "year": 2024, "header_row": 5, "kondisi": "awal",
                          "columns": {"C": {"field": "i:penduduk", "style": "indonesia", "unit": "m2"}}}},
     "names": {"naikoten": "53.71.03.1004"},     ("-": not in this city, its rows are left out)
     "repairs": {"<id>": True},                  (False: not wanted)
     "cells": {"RT!H17": "12,5"},
     "drop_rows": {"RT!88": True},
     "indicators": {"rumah_panggung": {"nama": "Rumah panggung", "satuan": "unit", "sumber": "Dinas PRKP"}}}
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from kelurahan.actions import jobs
from kelurahan.actions.choice_checks import check_change
from kelurahan.actions.events import record_event
from kelurahan.models import Job, Upload, UploadState, User
from kelurahan.permissions import may_change_upload

CHOSEN = "unggahan_dipilih"
Change = Mapping[str, Any]


class StaleChoice(Exception):
    """The page was made from an older reading, or the upload is no longer waiting for decisions. Nothing was written;
    the page shows where the upload stands."""


def event_object(pk: int) -> str:
    """How events name an upload."""
    return f"unggahan/{pk}"


def choose(
    *, upload: Upload, by: User | None, change: Change, seen: int, was: Mapping[str, str] | None = None
) -> Job | None:
    """Decide something about a file and have it read again: the caller queues the job. None when nothing differs.

    `seen` is the `revisi` of the upload that the person had before their eyes; `was` what corrected cells say in the
    file, for the history. Raises StaleChoice, Refused with words
    for what cannot be chosen, PermissionDenied.
    """
    with transaction.atomic():
        upload = Upload.objects.select_for_update(of=("self",)).select_related("oleh").get(pk=upload.pk)
        if by is not None and not may_change_upload(by, upload):
            raise PermissionDenied
        if upload.state != UploadState.SIAP or upload.revisi != seen:
            raise StaleChoice
        check_change(upload, by, change)
        new = merged(upload.pilihan, change)
        moved = [_with_text(move, was or {}) for move in _moves(upload.pilihan, new)]
        if not moved:
            return None
        upload.pilihan = new
        upload.revisi += 1
        upload.pesan = {}
        upload.move(UploadState.DITERIMA)
        upload.save()
        record_event(by=by, jenis=CHOSEN, objek=event_object(upload.pk), revisi=upload.revisi, pilihan=moved)
        return jobs.record(jenis="periksa", upload=upload)


# --- merging ----------------------------------------------------------------------------------------------------------


def merged(chosen: Mapping[str, Any], change: Change) -> dict[str, Any]:
    """The decisions with a change laid over them; what is left empty goes."""
    new = _over(chosen, {name: part for name, part in change.items() if name not in ("repairs", "drop_rows")})
    for repair, wanted in change.get("repairs", {}).items():
        new["repairs"] = _listed(new.get("repairs"), repair, wanted is True)
        new["refused"] = _listed(new.get("refused"), repair, wanted is False)
    for row, wanted in change.get("drop_rows", {}).items():
        new["drop_rows"] = _listed(new.get("drop_rows"), row, bool(wanted))
    return {name: part for name, part in new.items() if part}


def _over(old: Mapping[str, Any], change: Change) -> dict[str, Any]:
    new = dict(old)
    for name, wanted in change.items():
        if isinstance(wanted, Mapping):
            new[name] = _over(old.get(name) or {}, wanted)
        else:
            new[name] = wanted
        if new[name] is None or new[name] == {}:
            del new[name]
    return new


def _listed(names: list[str] | None, name: str, wanted: bool) -> list[str]:
    kept = [one for one in names or [] if one != name]
    return [*kept, name] if wanted else kept


def _moves(old: Mapping[str, Any], new: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[dict[str, Any]]:
    """Every decision that differs: where, from what, to what."""
    for name in sorted(old.keys() | new.keys()):
        before, after = old.get(name), new.get(name)
        if isinstance(before, Mapping) or isinstance(after, Mapping):
            yield from _moves(before or {}, after or {}, (*path, name))
        elif before != after:
            yield {"di": [*path, name], "dari": before, "ke": after}


def _with_text(move: dict[str, Any], was: Mapping[str, str]) -> dict[str, Any]:
    """A cell that nobody corrected before is what the file says."""
    part, name = move["di"][0], move["di"][-1]
    return move | {"dari": was[name]} if part == "cells" and move["dari"] is None and name in was else move
