"""Name, unit and other names of a supporting indicator, corrected by hand. Its values stay as they are."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from kelurahan.actions.events import bump_version, record_event
from kelurahan.actions.indicators import CORRECTED
from kelurahan.models import Indicator, User
from kelurahan.permissions import Act, may
from kelurahan.reports.indicators import event_object
from kelurahan.rules.findings import N_

MESSAGES = {
    "name_taken": N_("“%(nama)s” sudah dipakai indikator %(lain)s; sebuah nama harus menunjuk satu indikator saja."),
}


class Refused(Exception):
    """What was typed cannot be written; `field` says where it stands."""

    def __init__(self, field: str, code: str, **params: Any) -> None:
        super().__init__(code)
        self.field, self.code, self.params = field, code, params


class StaleIndicator(Exception):
    """Somebody corrected the indicator since the person saw it. Nothing was written."""


def _facts(indicator: Indicator) -> dict[str, Any]:
    return {"nama": indicator.nama, "satuan": indicator.satuan, "alias": list(indicator.alias)}


def seal(indicator: Indicator) -> str:
    """Names what is stored now: a form made from it tells whether it is still so."""
    return hashlib.sha256(repr(_facts(indicator)).encode()).hexdigest()[:16]


@transaction.atomic
def correct(
    *, indicator: Indicator, nama: str, satuan: str, alias: Sequence[str], seen: str, by: User | None, reason: str
) -> bool:
    """Replace the name, unit and other names. False when nothing differs.

    `seen` is the `seal` of what the person had before their eyes. Raises Refused, StaleIndicator, PermissionDenied.
    """
    if by is not None and not may(by, Act.INDIKATOR):
        raise PermissionDenied
    indicator = Indicator.objects.select_for_update().get(pk=indicator.pk)
    old, new = _facts(indicator), {"nama": nama, "satuan": satuan, "alias": _once(alias, nama)}
    if old == new:
        return False
    if seal(indicator) != seen:
        raise StaleIndicator
    _refuse_taken(indicator, new)
    for name, value in new.items():
        setattr(indicator, name, value)
    indicator.save(update_fields=list(new))
    moved = [name for name in old if old[name] != new[name]]
    record_event(
        by=by,
        jenis=CORRECTED,
        objek=event_object(indicator.kode),
        lama={name: old[name] for name in moved},
        baru={name: new[name] for name in moved},
        alasan=reason,
    )
    bump_version()
    return True


def _once(alias: Sequence[str], nama: str) -> list[str]:
    """The other names without blanks and repeats, and without the name itself."""
    seen = {"", nama.casefold()}
    kept = []
    for name in (" ".join(text.split()) for text in alias):
        if name.casefold() not in seen:
            seen.add(name.casefold())
            kept.append(name)
    return kept


def _refuse_taken(indicator: Indicator, new: dict[str, Any]) -> None:
    """A name that sheets may use must not point to two indicators."""
    before = {name.casefold() for name in (indicator.nama, *indicator.alias)}
    taken = {
        name.casefold(): other.nama
        for other in Indicator.objects.exclude(pk=indicator.pk)
        for name in (other.nama, *other.alias)
    }
    for field, names in (("nama", [new["nama"]]), ("alias", new["alias"])):
        for name in names:
            if name.casefold() in taken and name.casefold() not in before:
                raise Refused(field, "name_taken", nama=name, lain=taken[name.casefold()])
