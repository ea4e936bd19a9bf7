"""The tree of places: loading a city, and making the RT and kawasan that uploads name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection, transaction

from kelurahan.actions import corrections, jobs
from kelurahan.actions.corrections import Corrected
from kelurahan.actions.events import bump_version, record_event
from kelurahan.intake.city_file import PlaceRow
from kelurahan.models import Area, Assessment, Job, Level, OfficialArea, User
from kelurahan.models.copying import copy_rows_in

SEPARATOR = "|"


class AnotherCity(Exception):
    """The database already holds a city; a second one needs a database of its own."""


@dataclass(frozen=True, slots=True)
class Left:
    """A person's correction that the file contradicts and that stays: an area of a source, or a name taken away."""

    kode: str
    nama: str
    sumber: str = ""
    km2: Decimal | None = None  # as corrected; None: taken away
    berkas: Decimal | None = None  # as the file has it
    alias: str = ""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading does to each place, by code."""

    new: list[str]
    changed: list[str]
    same: list[str]
    missing: list[str]  # in the database, not in the file: left as they are
    left: list[Left]
    recompute: Job | None  # what was complete lacks the new kelurahan; the caller runs or queues it


def child_path(parent: Area | None, kode: str) -> str:
    return f"{parent.path if parent else ''}{kode}{SEPARATOR}"


def _save(kode: str, parent: Area | None, level: Level, **wanted: Any) -> tuple[Area, str]:
    """Make or correct one place; says "new", "changed" or "same"."""
    fields = {"level": level, "parent": parent, "path": child_path(parent, kode), **wanted}
    area = Area.objects.filter(kode=kode).first()
    if area is None:
        return Area.objects.create(kode=kode, **fields), "new"
    differing = {name: value for name, value in fields.items() if getattr(area, name) != value}
    for name, value in differing.items():
        setattr(area, name, value)
    if differing:
        area.save(update_fields=list(differing))
    return area, "changed" if differing else "same"


def _save_areas(area: Area, areas: dict[str, Decimal]) -> bool:
    changed = False
    for source, km2 in areas.items():
        row, made = OfficialArea.objects.get_or_create(area=area, sumber=source, tahun=None, defaults={"km2": km2})
        changed |= made or row.km2 != km2
        if row.km2 != km2:
            row.km2 = km2
            row.save(update_fields=["km2"])
    return changed


def _refuse_another_city(kode: str) -> None:
    other = Area.objects.filter(level=Level.KOTA).exclude(kode=kode).first()
    if other is not None:
        raise AnotherCity(f"{other.nama} ({other.kode})")


@transaction.atomic
def load(
    *, places: Sequence[PlaceRow], name: str, sources: dict[str, str], by: User | None, overwrite: bool = False
) -> Loaded:
    """Make the city, its kecamatan and kelurahan as the file says; nothing is ever removed.

    `name` is the city's name, `sources` the printed name of each area column's source. What a person corrected stays,
    unless `overwrite`. Raises AnotherCity when the database holds a different one.
    """
    kode = places[0].kode_kecamatan[:5]
    _refuse_another_city(kode)
    loading = _Loading(sources, corrections.standing(), overwrite)
    kota = loading.save(kode, None, Level.KOTA, nama=name)
    kecamatan: dict[str, Area] = {}
    for place in places:
        if place.kode_kecamatan not in kecamatan:
            kecamatan[place.kode_kecamatan] = loading.save(
                place.kode_kecamatan, kota, Level.KECAMATAN, nama=place.kecamatan
            )
    for place in places:
        loading.kelurahan(place, kecamatan[place.kode_kecamatan])
    loaded = loading.result({place.kode for place in places})
    if loaded.new or loaded.changed:
        told = {"new": loaded.new, "changed": loaded.changed, corrections.OVERRULED: loading.overruled}
        record_event(by=by, jenis=corrections.LOADED, objek=kode, **told)
        bump_version()
    return loaded


class _Loading:
    """One run over a file, and what came of each place."""

    def __init__(self, sources: dict[str, str], corrected: dict[str, Corrected], overwrite: bool) -> None:
        self.sources, self.corrected, self.overwrite = sources, corrected, overwrite
        self.outcome: dict[str, list[str]] = {"new": [], "changed": [], "same": []}
        self.left: list[Left] = []
        self.overruled: list[str] = []

    def save(self, kode: str, parent: Area | None, level: Level, **wanted: Any) -> Area:
        area, what = _save(kode, parent, level, **wanted)
        self.outcome[what].append(kode)
        return area

    def kelurahan(self, place: PlaceRow, parent: Area) -> None:
        stored = Area.objects.filter(kode=place.kode).first()
        names = stored.alias if stored else []
        areas = {self.sources.get(source, source.upper()): km2 for source, km2 in place.luas.items()}
        contradicted = _contradicted(place, stored, areas, self.corrected.get(place.kode, Corrected()))
        if contradicted and self.overwrite:
            self.overruled.append(place.kode)
        left = [] if self.overwrite else contradicted
        self.left += left
        # Aliases that people added here stay; the file only adds to them
        stays_away = {name.casefold() for name in (*names, *(correction.alias for correction in left))}
        alias = [*names, *(a for a in place.alias if a.casefold() not in stays_away)]
        area, what = _save(
            place.kode,
            parent,
            Level.KELURAHAN,
            nama=place.nama,
            kode_bps=place.kode_bps,
            alias=alias,
            lat=place.lat,
            lon=place.lon,
        )
        corrected = {correction.sumber for correction in left}
        changed = _save_areas(area, {source: km2 for source, km2 in areas.items() if source not in corrected})
        self.outcome["changed" if what == "same" and changed else what].append(place.kode)

    def result(self, known: set[str]) -> Loaded:
        missing = list(Area.objects.kelurahan().exclude(kode__in=known).values_list("kode", flat=True))
        new = self.outcome["new"]
        return Loaded(new, self.outcome["changed"], self.outcome["same"], missing, self.left, _recompute(new))


def _contradicted(place: PlaceRow, stored: Area | None, areas: dict[str, Decimal], corrected: Corrected) -> list[Left]:
    """What a person corrected on this place and the file has otherwise."""
    if stored is None:
        return []
    figures = dict(OfficialArea.objects.filter(area=stored, tahun=None).values_list("sumber", "km2"))
    found = [
        Left(place.kode, place.nama, sumber=source, km2=figures.get(source), berkas=km2)
        for source, km2 in areas.items()
        if source in corrected.sources and figures.get(source) != km2
    ]
    known = {alias.casefold() for alias in stored.alias}
    names = [alias for alias in place.alias if alias in corrected.names and alias.casefold() not in known]
    return [*found, *(Left(place.kode, place.nama, alias=alias) for alias in names)]


def _recompute(new: list[str]) -> Job | None:
    """Every year that is assessed now expects the new kelurahan, too."""
    made = list(Area.objects.kelurahan().filter(kode__in=new).values_list("pk", flat=True))
    if not made or not Assessment.objects.exists():
        return None
    return jobs.record(jenis="hitung", kelurahan=made, tahun=[], semua_tahun=True)


class NewPlace(NamedTuple):
    """A kawasan or RT that a file names and the city does not have yet."""

    kode: str
    nama: str
    level: Level
    kelurahan: str  # code
    kawasan: str = ""  # code of the kawasan an RT lies in


def make_places(*, places: Collection[NewPlace], example: bool = False) -> int:
    """Make the kawasan and RT that are not there yet. Returns how many are new. Call inside a transaction."""
    if not places:
        return 0
    with connection.cursor() as cursor:
        # One at a time: then nobody else can make one of them, and no row has to be tried against every index first
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('tempat'))")
        cursor.execute("DROP TABLE IF EXISTS tempat_baru")
        cursor.execute(_STAGED)
        copy_rows_in(cursor.cursor, "tempat_baru", places)
        made = 0
        for level in (Level.KAWASAN, Level.RT):  # an RT may lie in a kawasan of the same file
            cursor.execute(_INSERT, [SEPARATOR, example, level.value])
            made += cursor.rowcount
    return made


_STAGED = (
    "CREATE TEMP TABLE tempat_baru (kode text, nama text, level text, kelurahan text, kawasan text) ON COMMIT DROP"
)
_INSERT = """
INSERT INTO kelurahan_area (kode, nama, level, parent_id, kawasan_id, path, alias, contoh)
SELECT t.kode, t.nama, t.level, p.id, k.id, p.path || t.kode || %s, '{}', %s
FROM tempat_baru t
JOIN kelurahan_area p ON p.kode = t.kelurahan
LEFT JOIN kelurahan_area k ON k.kode = NULLIF(t.kawasan, '')
WHERE t.level = %s AND NOT EXISTS (SELECT FROM kelurahan_area a WHERE a.kode = t.kode)
"""


def area_ids(kodes: Collection[str]) -> dict[str, int]:
    """Ids of the places with these codes; codes without a place are left out."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT kode, id FROM kelurahan_area WHERE kode = ANY(%s)", [list(kodes)])
        return dict(cursor.fetchall())


def kawasan_spelling(named: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Kawasan (code of the kelurahan, name) as the city spells them already: "PESISIR 1" is the stored "Pesisir 1"."""
    wanted = {pair for pair in named if pair[1]}
    if not wanted:
        return {}
    known = Area.objects.filter(level=Level.KAWASAN, parent__kode__in={kode for kode, _ in wanted})
    stored = {(kode, nama.casefold()): nama for kode, nama in known.values_list("parent__kode", "nama")}
    return {(kode, nama): stored.get((kode, nama.casefold()), nama) for kode, nama in wanted}
