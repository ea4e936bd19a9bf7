"""Example data of a city: made, loaded and taken away again. Whatever is real stays untouched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from numpy.typing import NDArray

from kelurahan.actions.changesets import open_change_set
from kelurahan.actions.events import record_event
from kelurahan.actions.indicator_values import lock_values, remove_values
from kelurahan.actions.places import NewPlace, area_ids, make_places
from kelurahan.actions.records import Incoming, lock_records, remove_records, write_records
from kelurahan.actions.reference import (
    PlaceInDecree,
    area_id,
    kelurahan_ids,
    load_reference,
    read_facts,
    read_table,
    read_toml,
    save_decree_places,
    unreadable,
)
from kelurahan.actions.summaries import recompute_all
from kelurahan.example.generator import Example, generate
from kelurahan.example.story import BadStory, Place, Story
from kelurahan.intake.refusal import Refused
from kelurahan.models import Area, Assessment, Decree, DecreePlace, IndicatorValue, Level, OfficialArea, Origin, User
from kelurahan.models.records import read_records
from kelurahan.rules import diff
from kelurahan.rules.findings import N_, Messages, add_messages
from kelurahan.rules.regulation import FIELDS, RULE_SETS, RuleSet
from kelurahan.rules.score import State

STORY = "contoh.toml"
REASON = N_("Data contoh untuk peragaan")
REASON_REMOVED = N_("Data contoh dihapus")
HA_PER_KM2 = 100

MESSAGES: Messages = {
    "example_no_city": (
        N_("Belum ada satu kelurahan pun di basis data ini."),
        N_("Muat dulu tempat-tempat kota dengan load_places, lalu jalankan lagi."),
    ),
    "example_no_story": (
        N_("Folder data kota %(folder)s tidak berisi %(file)s, jadi kota ini tidak punya data contoh."),
        N_("Tulis berkas itu seperti data/kupang/contoh.toml."),
    ),
    "example_bad_story": (
        N_("Angka yang dituju di %(file)s saling bertentangan: %(reason)s."),
        N_("Betulkan berkas itu, lalu jalankan lagi."),
    ),
    "example_real_data": (
        N_("Basis data ini sudah memuat %(n)s catatan sungguhan; data contoh tidak dicampurkan dengannya."),
        N_("Pakai basis data lain untuk peragaan (DATA_DIR atau DATABASE_URL)."),
    ),
}
add_messages(MESSAGES)


@dataclass(frozen=True, slots=True)
class ExampleCounts:
    """What loading writes: RT made, records by what happens to them, lines filled into decrees."""

    rt: int
    records: dict[str, int]  # new, changed, same
    decree_places: int
    years: list[int]
    total_rt: int = 0

    @property
    def any(self) -> bool:
        return bool(self.rt or self.decree_places or self.records["new"] or self.records["changed"])


@dataclass(frozen=True, slots=True)
class Draft:
    """The example beside what is stored: all that loading would write."""

    rule_set: RuleSet
    example: Example
    kode: list[str]  # of each RT
    new_places: list[NewPlace]
    exists: NDArray[np.bool_]  # (n,) there is a stored record
    changed: NDArray[np.bool_]  # (n, 25) fields that differ from it
    decree_places: dict[str, list[PlaceInDecree]] = field(default_factory=dict)  # by nomor, not there yet

    @property
    def touched(self) -> NDArray[np.int64]:
        return np.flatnonzero(self.changed.any(axis=1) | ~self.exists)

    def counts(self) -> ExampleCounts:
        new, touched = int((~self.exists).sum()), len(self.touched)
        return ExampleCounts(
            rt=len(self.new_places),
            records={"new": new, "changed": touched - new, "same": len(self.example) - touched},
            decree_places=sum(map(len, self.decree_places.values())),
            years=np.unique(self.example.tahun).tolist(),
            total_rt=len(self.kode),
        )


def draft(*, folder: Path) -> Draft:
    """Make the example and compare it with what is stored; writes nothing. Raises Refused."""
    areas = kelurahan_ids()
    if not areas:
        raise Refused("example_no_city")
    if not (folder / STORY).exists():
        raise Refused("example_no_story", folder=folder.name, file=STORY)
    if real := Assessment.objects.filter(contoh=False).count():
        raise Refused("example_real_data", n=real)
    facts = {decree.nomor: decree.places for decree in read_facts(folder).decrees}
    listed = {place.kode for places in facts.values() for place in places}
    rule_set, example = _make(folder, areas, listed)
    kode = [f"{kelurahan}/{nama}" for kelurahan, nama in example.rt]
    ids = area_ids(kode)
    new = [
        NewPlace(kode=k, nama=nama, level=Level.RT, kelurahan=kelurahan)
        for k, (kelurahan, nama) in zip(kode, example.rt, strict=True)
        if k not in ids
    ]
    exists, changed = _compare(example, [ids.get(k, -1) for k in kode], rule_set)
    return Draft(rule_set, example, kode, new, exists, changed, _missing_decree_places(facts))


def _make(folder: Path, areas: Mapping[str, int], listed: set[str]) -> tuple[RuleSet, Example]:
    """The example that the city's folder describes, for the kelurahan of the database."""
    path = folder / STORY
    data = read_toml(path)
    try:
        rule_set = RULE_SETS[data["aturan"]]
        weights = _weights(folder, data["bobot"], areas)
        sizes = _sizes()
        places = [Place(kode, weights[kode], sizes.get(pk), kode in listed) for kode, pk in areas.items()]
        return rule_set, generate(places, _story(data), rule_set)
    except BadStory as error:
        raise Refused("example_bad_story", file=STORY, reason=str(error)) from None
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise unreadable(path, f"{type(error).__name__} {error}") from None


def _weights(folder: Path, source: Mapping[str, str], areas: Mapping[str, int]) -> dict[str, int]:
    rows = read_table(folder / source["berkas"], ("kode", source["kolom"]))
    weights = {row["kode"]: int(row[source["kolom"]]) for row in rows}
    for kode in weights:
        area_id(areas, kode, source["berkas"])
    return weights


def _sizes() -> dict[int, int]:
    """Official areas in whole hectares, the smallest where sources differ."""
    sizes: dict[int, int] = {}
    for pk, km2 in OfficialArea.objects.filter(area__level=Level.KELURAHAN).values_list("area_id", "km2"):
        ha = int(km2 * HA_PER_KM2)
        sizes[pk] = min(ha, sizes.get(pk, ha))
    return sizes


def _story(data: Mapping[str, Any]) -> Story:
    return Story(
        seed=int(data["benih"]),
        years=tuple(data["tahun"]),
        n_rt=int(data["n_rt"]),
        jiwa=int(data["jiwa"]),
        classes={int(year): (int(r), int(s), int(b)) for year, (r, s, b) in data["kelas"].items()},
        totals={kode: tuple(totals) for kode, totals in data.get("total", {}).items()},
        unassessed=frozenset((kode, year) for kode, years in data.get("belum_dinilai", {}).items() for year in years),
        empty=frozenset((gap["kode"], gap["tahun"], gap["kriteria"]) for gap in data.get("kosong", [])),
    )


def _compare(example: Example, rt_ids: list[int], rule_set: RuleSet) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """(n,) stored or not, (n, 25) fields that differ."""
    years = np.unique(example.tahun).tolist()
    stored = read_records(area_ids=[pk for pk in rt_ids if pk >= 0], years=years, rule_set=rule_set.kode)
    at = {key: i for i, key in enumerate(zip(stored.area_id.tolist(), stored.tahun.tolist(), strict=True))}
    rows = zip(np.array(rt_ids, dtype=np.int64)[example.rt_no].tolist(), example.tahun.tolist(), strict=True)
    where = np.array([at.get(key, -1) for key in rows], dtype=np.int64)
    exists = where >= 0
    values = np.zeros_like(example.values)
    states = np.full_like(example.states, State.EMPTY)
    values[exists], states[exists] = stored.values[where[exists]], stored.states[where[exists]]
    given = np.ones((len(example), len(FIELDS)), dtype=np.bool_)
    return exists, diff.compare(values, states, exists, example.values, example.states, given).changed


def _missing_decree_places(facts: Mapping[str, list[PlaceInDecree]]) -> dict[str, list[PlaceInDecree]]:
    rows = DecreePlace.objects.values_list("decree__nomor", "area__kode", "lokasi")
    there = set(rows)
    missing = {
        nomor: [p for p in places if p.contoh and (nomor, p.kode, p.lokasi) not in there]
        for nomor, places in facts.items()
    }
    return {nomor: places for nomor, places in missing.items() if places}


@transaction.atomic
def load_example(*, by: User | None, folder: Path) -> ExampleCounts:
    """Load the example of the city's folder: RT, records of all years, what it fills into decrees, summaries.

    All of it is marked `contoh`. Loading it again changes nothing. Raises Refused when the database holds real
    records, no city, or the folder has no usable example. Published facts that are missing are loaded with it.
    """
    for rule_set in sorted(RULE_SETS):
        lock_records(rule_set)
    plan = draft(folder=folder)
    load_reference(by=by, folder=folder)
    counts = plan.counts()
    if not counts.any:
        return counts
    make_places(places=plan.new_places, example=True)
    for nomor, places in plan.decree_places.items():
        save_decree_places(Decree.objects.get(nomor=nomor), places, kelurahan_ids())
    if len(plan.touched):
        _write(plan, by)
    record_event(by=by, jenis="contoh_dimuat", objek=folder.name, **asdict(counts))
    recompute_all()
    return counts


def _write(plan: Draft, by: User | None) -> None:
    touched, example = plan.touched, plan.example
    ids = area_ids(plan.kode)
    rt_id = np.array([ids[kode] for kode in plan.kode], dtype=np.int64)
    nowhere = np.full(len(touched), -1, dtype=np.int64)
    rows = Incoming(
        area_id=rt_id[example.rt_no[touched]],
        tahun=example.tahun[touched],
        values=example.values[touched],
        states=example.states[touched],
        changed=plan.changed[touched],
        sheet=[],
        sheet_no=nowhere,
        baris=nowhere,
    )
    change_set = open_change_set(by=by, origin=Origin.CONTOH, reason=REASON, records=len(touched))
    write_records(rows=rows, change_set=change_set, rule_set=plan.rule_set.kode, example=True)


@dataclass(frozen=True, slots=True)
class RemovedCounts:
    """What removing takes away, and the RT that stay because something real hangs on them."""

    records: int
    rt: int
    decree_places: int
    rt_kept: int

    @property
    def any(self) -> bool:
        return bool(self.records or self.rt or self.decree_places or self.rt_kept)


def _in_use() -> QuerySet[Area]:
    """Example places on which something real hangs."""
    here = OuterRef("pk")
    real = (
        Exists(Assessment.objects.filter(area=here, contoh=False))
        | Exists(DecreePlace.objects.filter(area=here, contoh=False))
        | Exists(IndicatorValue.objects.filter(area=here, contoh=False))
        | Exists(User.objects.filter(wilayah=here))
        | Exists(Area.objects.filter(parent=here, contoh=False))
        | Exists(Area.objects.filter(kawasan=here, contoh=False))
    )
    return Area.objects.filter(real, contoh=True)


def removal() -> RemovedCounts:
    """What `remove_example` would do; writes nothing."""
    kept = _in_use().count()
    return RemovedCounts(
        records=Assessment.objects.filter(contoh=True).count(),
        rt=Area.objects.filter(contoh=True).count() - kept,
        decree_places=DecreePlace.objects.filter(contoh=True).count(),
        rt_kept=kept,
    )


@transaction.atomic
def remove_example(*, by: User | None) -> RemovedCounts:
    """Take away everything marked `contoh` and compute the summaries anew. Real records, the RT they hang on and
    the published facts stay; the history keeps what the example held."""
    for rule_set in sorted(RULE_SETS):
        lock_records(rule_set)
    lock_values()
    counts = removal()
    if not counts.any:
        return counts
    _remove_records(by)
    DecreePlace.objects.filter(contoh=True).delete()
    Decree.objects.filter(contoh=True).delete()
    _remove_values(by)
    Area.objects.filter(pk__in=_in_use().values("pk")).update(contoh=False)
    Area.objects.filter(contoh=True).delete()
    record_event(by=by, jenis="contoh_dihapus", **asdict(counts))
    recompute_all()
    return counts


def _remove_values(by: User | None) -> None:
    rows = list(IndicatorValue.objects.filter(contoh=True).values_list("indicator_id", "area_id", "tahun"))
    if not rows:
        return
    change_set = open_change_set(by=by, origin=Origin.CONTOH, reason=REASON_REMOVED, records=0, values=len(rows))
    remove_values(keys=rows, change_set=change_set)


def _remove_records(by: User | None) -> None:
    rows = list(Assessment.objects.filter(contoh=True).values_list("aturan", "area_id", "tahun"))
    for rule_set, n in Counter(aturan for aturan, _, _ in rows).items():
        change_set = open_change_set(by=by, origin=Origin.CONTOH, reason=REASON_REMOVED, records=n)
        mine = [(area, tahun) for aturan, area, tahun in rows if aturan == rule_set]
        remove_records(
            area_ids=[area for area, _ in mine],
            years=[tahun for _, tahun in mine],
            change_set=change_set,
            rule_set=rule_set,
        )
