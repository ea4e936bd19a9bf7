"""Supporting indicators as pages tell them: the list, one indicator with its places and years, and its history."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Q
from django.utils.translation import gettext as _

from kelurahan.models import Area, ChangeSet, Event, Indicator, IndicatorChange, IndicatorValue, Level, Upload
from kelurahan.reports.changes import Cell, value_cell
from kelurahan.reports.lines import SMALL
from kelurahan.rules.numbers import format_number

PEOPLE = frozenset({"jiwa", "kk", "orang", "anak", "balita", "keluarga", "rumah tangga", "kasus"})
SHOWN = 20  # acts of the history
MOST = 100  # changes of one place
INNER = (Level.KAWASAN, Level.RT)


def figure(value: Decimal, satuan: str, *, public: bool) -> str:
    """A value as text; to the public a small count of people could point at somebody."""
    hidden = public and satuan.casefold() in PEOPLE and 0 < value < SMALL
    return f"< {SMALL}" if hidden else format_number(value)


def event_object(kode: str) -> str:
    """How events name an indicator."""
    return f"indikator/{kode}"


# --- the list ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Listed:
    indicator: Indicator
    n_tempat: int
    n_tahun: int
    tahun: int | None  # the newest
    sumber: str  # of the newest year
    diubah: datetime | None


def load_list(search: str = "") -> list[Listed]:
    """All indicators by name. Four queries."""
    found = Indicator.objects.annotate(
        n_tempat=Count("values_set__area", distinct=True),
        n_tahun=Count("values_set__tahun", distinct=True),
        terbaru=Max("values_set__tahun"),
    ).order_by("nama")
    if search:
        found = found.filter(Q(nama__icontains=search) | Q(kode__icontains=search) | Q(alias__icontains=search))
    newest = IndicatorValue.objects.order_by("indicator", "-tahun", "area").distinct("indicator")
    sources = dict(newest.values_list("indicator", "sumber"))
    last = dict(IndicatorChange.objects.order_by().values_list("kode").annotate(Max("change_set")))
    dates = dict(ChangeSet.objects.filter(pk__in=set(last.values())).values_list("pk", "pada"))
    return [
        Listed(
            indicator=i,
            n_tempat=i.n_tempat,
            n_tahun=i.n_tahun,
            tahun=i.terbaru,
            sumber=sources.get(i.pk, ""),
            diubah=dates.get(last.get(i.kode, 0)),
        )
        for i in found
    ]


# --- one indicator ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Value:
    teks: str
    sumber: str
    contoh: bool


@dataclass(frozen=True, slots=True)
class PlaceRow:
    area: Area
    dalam: str  # the kelurahan of an RT or kawasan, the kecamatan of a kelurahan
    values: list[Value | None]  # in the order of the years


@dataclass(frozen=True, slots=True)
class YearSources:
    tahun: int
    sumber: list[tuple[str, int]]  # with the number of places, the most first


@dataclass(frozen=True, slots=True)
class Detail:
    indicator: Indicator
    public: bool
    inner: bool  # RT and kawasan rather than kelurahan
    years: list[int]
    sources: list[YearSources]  # the newest year first
    n_luar: int  # places with values at the level of kelurahan and above
    n_dalam: int
    contoh: bool

    @property
    def n(self) -> int:
        return self.n_dalam if self.inner else self.n_luar

    def places(self) -> Any:
        """Queryset of the places to show, in the order of the city."""
        level = Q(level__in=INNER) if self.inner else ~Q(level__in=INNER)
        return Area.objects.filter(level, indicators__indicator=self.indicator).distinct().select_related("parent")


def load_detail(indicator: Indicator, *, public: bool, inner: bool = False) -> Detail:
    """Two queries. The public does not see single RT."""
    values = IndicatorValue.objects.filter(indicator=indicator)
    inside = Q(area__level__in=INNER)
    counts = values.aggregate(
        luar=Count("area", distinct=True, filter=~inside), dalam=Count("area", distinct=True, filter=inside)
    )
    shown = inner and not public and counts["dalam"] > 0
    told: dict[int, list[tuple[str, int]]] = {}
    contoh = False
    grouped = values.filter(inside if shown else ~inside).order_by("-tahun", "sumber")
    for tahun, sumber, example, n in grouped.values_list("tahun", "sumber", "contoh").annotate(Count("pk")):
        told.setdefault(tahun, []).append((sumber, n))
        contoh |= example
    sources = [YearSources(tahun, sorted(of, key=lambda pair: -pair[1])) for tahun, of in told.items()]
    years = sorted(told)
    return Detail(indicator, public, shown, years, sources, counts["luar"], 0 if public else counts["dalam"], contoh)


def place_rows(detail: Detail, areas: Iterable[Area]) -> list[PlaceRow]:
    """The values of these places, a row each. One query."""
    shown = list(areas)
    found = IndicatorValue.objects.filter(indicator=detail.indicator, area__in=shown)
    values = {
        (pk, tahun): Value(figure(nilai, detail.indicator.satuan, public=detail.public), sumber, contoh)
        for pk, tahun, nilai, sumber, contoh in found.values_list("area_id", "tahun", "nilai", "sumber", "contoh")
    }
    return [
        PlaceRow(area, area.parent.nama if area.parent else "", [values.get((area.pk, year)) for year in detail.years])
        for area in shown
    ]


# --- its history ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """One act: a change set with the values it touched, or an event of the indicator itself."""

    pada: datetime
    change_set: ChangeSet | None = None
    upload: Upload | None = None
    n_baru: int = 0
    n_ubah: int = 0
    n_hapus: int = 0
    diurungkan: bool = False
    cells: list[Cell] = field(default_factory=list)  # only of one place
    event: Event | None = None
    kata: str = ""  # what an event did


def load_history(indicator: Indicator, area: Area | None = None) -> list[Entry]:
    """The newest acts on an indicator, or with `area` every change of its values there. Four queries at most."""
    changes = IndicatorChange.objects.filter(kode=indicator.kode)
    if area is not None:
        return _of_place(changes.filter(area_id=area.pk).order_by("-pk")[:MOST], indicator, area)
    empty, gone = Q(lama__isnull=True), Q(baru__isnull=True)
    grouped = changes.order_by("-change_set").values_list("change_set")
    counts = {"n_baru": Count("pk", filter=empty), "n_hapus": Count("pk", filter=gone), "n": Count("pk")}
    counted = list(grouped.annotate(**counts)[:SHOWN])  # the newest first
    sets, uploads, undone = _acts([pk for pk, *_rest in counted])
    entries = [
        Entry(
            pada=sets[pk].pada,
            change_set=sets[pk],
            upload=uploads.get(sets[pk].upload_id or 0),
            n_baru=new,
            n_hapus=removed,
            n_ubah=n - new - removed,
            diurungkan=pk in undone,
        )
        for pk, new, removed, n in counted
    ]
    events = Event.objects.filter(objek=event_object(indicator.kode))[:SHOWN]
    entries += [Entry(pada=event.pada, event=event, kata=_event_word(event)) for event in events]
    return sorted(entries, key=lambda entry: entry.pada, reverse=True)[:SHOWN]


def _of_place(changes: Iterable[IndicatorChange], indicator: Indicator, area: Area) -> list[Entry]:
    found = list(changes)
    sets, uploads, undone = _acts({change.change_set_id for change in found})
    names = {area.kode: area.nama}
    return [
        Entry(
            pada=sets[change.change_set_id].pada,
            change_set=sets[change.change_set_id],
            upload=uploads.get(sets[change.change_set_id].upload_id or 0),
            diurungkan=change.change_set_id in undone,
            cells=[value_cell(change, names, indicator)],
        )
        for change in found
    ]


def _acts(pks: Iterable[int]) -> tuple[dict[int, ChangeSet], dict[int, Upload], set[int]]:
    sets = ChangeSet.objects.in_bulk(set(pks))
    wanted = {found.upload_id for found in sets.values() if found.upload_id}
    uploads = {u.pk: u for u in Upload.objects.filter(pk__in=wanted).defer("temuan", "pratinjau", "terbaca")}
    undone = ChangeSet.objects.filter(urungkan_id__in=set(sets)).values_list("urungkan_id", flat=True)
    return sets, uploads, {pk for pk in undone if pk}


def _event_word(event: Event) -> str:
    words = {
        "indikator_baru": _("Indikator ditambahkan"),
        "indikator_dibetulkan": _("Keterangan indikator dibetulkan"),
        "indikator_dihapus": _("Indikator dihapus bersama unggahannya"),
    }
    return words.get(event.jenis, event.jenis)


# --- in the preview of an upload --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Previewed:
    """What an upload would do to one indicator."""

    kode: str
    nama: str
    satuan: str
    tahun: str  # "2023, 2024"
    baru: int
    ubah: int
    sama: int
    tertahan: int

    @property
    def tersimpan(self) -> bool:
        """Whether the indicator exists once the upload is applied."""
        return bool(self.baru or self.ubah or self.sama)


def previewed(upload: Upload) -> list[Previewed]:
    shown = upload.pratinjau.get("indikator", {})
    return [
        Previewed(
            kode=kode,
            nama=told["nama"],
            satuan=told["satuan"],
            tahun=", ".join(sorted(year for year in told["tahun"] if year != "0")),
            baru=told["new"],
            ubah=told["changed"],
            sama=told["same"],
            tertahan=told["blocked"],
        )
        for kode, told in sorted(shown.items(), key=lambda item: item[1]["nama"])
    ]
