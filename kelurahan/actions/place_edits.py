"""Places corrected by hand: a new RT, and the other names and official areas of a kelurahan."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from kelurahan.actions import jobs
from kelurahan.actions.corrections import CORRECTED
from kelurahan.actions.events import bump_version, record_event
from kelurahan.actions.places import NewPlace, make_places
from kelurahan.intake.places import clean, name_key, normalise_rt
from kelurahan.models import Area, Job, Level, OfficialArea, User
from kelurahan.permissions import Act, may
from kelurahan.rules.findings import N_

RT_MADE = "rt_ditambah"
MAX_NAME = 80

MESSAGES = {
    "rt_unreadable": N_("“%(text)s” tidak terbaca sebagai RT. Tulis misalnya RT 1/RW 2 atau 001/002."),
    "rt_exists": N_("%(nama)s sudah ada di %(kelurahan)s."),
    "kawasan_unreadable": N_("Nama kawasan paling panjang 80 huruf, tanpa garis miring dan garis tegak."),
    "alias_taken": N_("“%(alias)s” sudah dipakai %(nama)s; nama lain harus menunjuk satu kelurahan saja."),
    "source_twice": N_("Sumber “%(sumber)s” dengan tahun yang sama tertulis dua kali."),
}
"""What may be wrong with what was typed, in an officer's words."""


class Refused(Exception):
    """What was typed cannot be written; `field` says where it stands."""

    def __init__(self, field: str, code: str, **params: Any) -> None:
        super().__init__(code)
        self.field, self.code, self.params = field, code, params


class StalePlace(Exception):
    """Somebody corrected the place since the person saw it. Nothing was written."""


@dataclass(frozen=True, slots=True)
class Added:
    """`recompute`: what was complete lacks this RT now, in every year."""

    area: Area
    recompute: Job


def _allow(by: User | None, act: Act, area: Area) -> None:
    if by is not None and not may(by, act, area):
        raise PermissionDenied


@transaction.atomic
def add_rt(*, kelurahan: Area, rt: str, kawasan: str = "", by: User | None) -> Added:
    """Make an RT, in a kawasan if one is named; a kawasan that is not there yet is made too.

    `rt` in any of the forms that sheets use. The caller queues `recompute`. Raises Refused, PermissionDenied.
    """
    _allow(by, Act.SUNTING, kelurahan)
    nama = normalise_rt(rt)
    if nama is None:
        raise Refused("rt", "rt_unreadable", text=clean(rt, 40))
    kode = f"{kelurahan.kode}/{nama}"
    exists = Refused("rt", "rt_exists", nama=nama, kelurahan=kelurahan.nama, kode=kode)
    if Area.objects.filter(kode=kode).exists():
        raise exists
    home, new_home = _kawasan(kelurahan, kawasan)
    wanted = [NewPlace(kode, nama, Level.RT, kelurahan.kode, home.kode if home else "")]
    if home and new_home:
        wanted.append(home)
    if make_places(places=wanted) < len(wanted):  # a colleague was faster by a moment
        raise exists
    new = {place.kode: {"nama": place.nama, "jenis": str(place.level)} for place in wanted}
    record_event(by=by, jenis=RT_MADE, objek=kode, lama=None, baru=new)
    bump_version()
    recompute = jobs.record(jenis="hitung", kelurahan=[kelurahan.pk], tahun=[], semua_tahun=True)
    return Added(Area.objects.get(kode=kode), recompute)


def _kawasan(kelurahan: Area, text: str) -> tuple[NewPlace | None, bool]:
    """The kawasan with this name, in its stored spelling, and whether it has to be made."""
    name = clean(text, MAX_NAME + 1)
    if not name:
        return None, False
    if len(name) > MAX_NAME or "|" in name or "/" in name or normalise_rt(name):
        raise Refused("kawasan", "kawasan_unreadable")
    stored = Area.objects.filter(level=Level.KAWASAN, parent=kelurahan, nama__iexact=name).first()
    name = stored.nama if stored else name
    kode = stored.kode if stored else f"{kelurahan.kode}/{name}"
    return NewPlace(kode, name, Level.KAWASAN, kelurahan.kode), stored is None


@dataclass(frozen=True, slots=True)
class AreaFigure:
    """The size of a kelurahan according to one source."""

    sumber: str
    tahun: int | None
    km2: Decimal

    @property
    def key(self) -> tuple[str, int | None]:
        return self.sumber, self.tahun


def figures(area: Area) -> list[AreaFigure]:
    rows = OfficialArea.objects.filter(area=area).order_by("sumber", "tahun")
    return [AreaFigure(row.sumber, row.tahun, row.km2) for row in rows]


def seal(area: Area) -> str:
    """Names what is stored of a kelurahan now: a form made from it tells whether it is still so."""
    told = [area.alias, [(f.sumber, f.tahun, f"{f.km2:f}") for f in figures(area)]]
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


@transaction.atomic
def correct(
    *, area: Area, alias: Sequence[str], areas: Sequence[AreaFigure], seen: str, by: User | None, reason: str
) -> bool:
    """Replace the other names and the official areas of a kelurahan. False when nothing differs.

    `seen` is the `seal` of what the person had before their eyes. Raises Refused, StalePlace, PermissionDenied.
    """
    _allow(by, Act.DATA_KELURAHAN, area)
    area = Area.objects.select_for_update(of=("self",)).get(pk=area.pk, level=Level.KELURAHAN)
    names = _checked_names(area, alias)
    wanted = _checked_figures(areas)
    old: dict[str, Any] = {"alias": list(area.alias), "luas": _plain(figures(area))}
    new: dict[str, Any] = {"alias": names, "luas": _plain(wanted)}
    if old == new:
        return False
    if seal(area) != seen:
        raise StalePlace
    area.alias = names
    area.save(update_fields=["alias"])
    _replace_figures(area, wanted)
    moved = [name for name in old if old[name] != new[name]]
    record_event(
        by=by,
        jenis=CORRECTED,
        objek=area.kode,
        lama={name: old[name] for name in moved},
        baru={name: new[name] for name in moved},
        alasan=reason,
    )
    bump_version()
    return True


def _checked_names(area: Area, alias: Sequence[str]) -> list[str]:
    """The names without blanks and repeats. A new one must not already point to another kelurahan."""
    kept = {name.casefold(): name for name in map(clean, alias) if name and name.casefold() != area.nama.casefold()}
    taken: dict[str, str] = {}
    for nama, others in Area.objects.kelurahan().exclude(pk=area.pk).values_list("nama", "alias"):
        taken |= {name_key(known): nama for known in (nama, *others)}
    for name in kept.values():
        if name not in area.alias and name_key(name) in taken:
            raise Refused("alias", "alias_taken", alias=name, nama=taken[name_key(name)])
    return list(kept.values())


def _checked_figures(areas: Sequence[AreaFigure]) -> list[AreaFigure]:
    by_key: dict[tuple[str, int | None], AreaFigure] = {}
    for figure in areas:
        if figure.key in by_key:
            raise Refused("luas", "source_twice", sumber=figure.sumber)
        by_key[figure.key] = figure
    return sorted(by_key.values(), key=lambda f: (f.sumber, f.tahun or 0))


def _plain(areas: Sequence[AreaFigure]) -> list[dict[str, Any]]:
    told = [{"sumber": f.sumber, "tahun": f.tahun, "km2": f"{f.km2.normalize():f}"} for f in areas]
    return sorted(told, key=lambda row: (row["sumber"], row["tahun"] or 0))


def _replace_figures(area: Area, wanted: Sequence[AreaFigure]) -> None:
    stored = {(row.sumber, row.tahun): row for row in OfficialArea.objects.filter(area=area)}
    for key, row in stored.items():
        if key not in {figure.key for figure in wanted}:
            row.delete()
    for figure in wanted:
        OfficialArea.objects.update_or_create(
            area=area, sumber=figure.sumber, tahun=figure.tahun, defaults={"km2": figure.km2}
        )
