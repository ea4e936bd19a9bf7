"""A file read by the door, its rows checked against the city, the sender's area and the rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from django.utils import timezone
from numpy.typing import NDArray

from kelurahan.actions import quarantine
from kelurahan.actions.comparing import Beside, Comparison, codes, compare, lay_beside
from kelurahan.actions.gathering import Gathered, gather
from kelurahan.actions.indicator_checks import check_indicators, jumps
from kelurahan.actions.indicators import IndicatorComparison, compare_indicators, staged_indicators
from kelurahan.actions.known_places import known_places
from kelurahan.actions.memories import memory_for, recalled
from kelurahan.actions.reconciling import direct_figures
from kelurahan.actions.staging import IndicatorFacts, Staged, StagedIndicators
from kelurahan.intake.parsed import Document
from kelurahan.intake.places import Place
from kelurahan.intake.reader import Order, read
from kelurahan.intake.vocabulary.catalogue import catalogue
from kelurahan.models import Area, Indicator, Upload
from kelurahan.permissions import scope_of
from kelurahan.reports.official import hectares
from kelurahan.rules.checks import CheckInput, CheckResult, run_checks
from kelurahan.rules.findings import N_, Finding, Level, add_messages
from kelurahan.rules.regulation import FIELDS, RULE_SETS, State

FIRST_YEAR = 1990
KEPT_PER_CODE = 2_500  # findings of one kind; all are counted, all galat hold their rows


class Tell(Protocol):
    """Told how far a reading is: steps, and within one of them `rows` (read, all)."""

    def __call__(self, done: int, total: int, text: str, rows: tuple[int, int] | None = None) -> None: ...


add_messages(
    {
        "outside_area": (
            N_("Baris %(baris)s: %(nama)s berada di luar wilayah Anda (%(wilayah)s)."),
            N_("Hapus baris itu, atau minta Bappeda mengunggahnya."),
        ),
        "blank_keeps": (
            N_("%(n)s sel kosong dalam berkas sudah berisi angka dalam data, misalnya sel %(cell)s; angka itu tetap."),
            N_("Untuk menghapus angka tersimpan, tulis “kosong” di selnya."),
        ),
        "choice_undone": (
            N_("Dengan pilihan terakhir berkas ini tidak terbaca, jadi pilihan itu dibatalkan: %(sebab)s"),
            N_("Bacaan sebelumnya tetap. Pilih yang lain."),
        ),
        "preview_changed": (
            N_("Data berubah setelah pratinjau ini dibuat, jadi belum ada yang ditulis."),
            N_("Periksa pratinjau yang baru, lalu terapkan lagi."),
        ),
        "job_failed": (
            N_("Pekerjaan ini gagal beberapa kali karena kesalahan pada sistem. Tidak ada yang setengah tertulis."),
            N_("Coba sekali lagi. Bila tetap gagal, sampaikan kepada admin."),
        ),
        "recompute_failed": (
            N_("Datanya tersimpan, tetapi ringkasan dan peta belum dapat dihitung ulang."),
            N_("Sampaikan kepada admin: jalankan `manage.py recompute --all`."),
        ),
        "cancelled": (N_("Unggahan ini dibatalkan oleh %(by)s; tidak ada yang ditulis."), ""),
        "later_edits": (
            N_("Tidak diurungkan: sebagian catatan sudah diubah lagi sesudah unggahan ini."),
            N_("Urungkan dahulu perubahan sesudahnya, atau betulkan catatannya satu per satu."),
        ),
    }
)


def silent(done: int, total: int, text: str, rows: tuple[int, int] | None = None) -> None:
    """Tells nobody how far a reading is."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file says: its rows, where they stood, and everything that was noticed."""

    gathered: Gathered
    comparison: Comparison  # with what was stored at that moment
    indicators: StagedIndicators
    values: IndicatorComparison
    findings: list[Finding]
    counts: dict[str, int]  # of each code, also beyond the findings kept
    layout: dict[str, Any]

    @property
    def rows(self) -> Staged:
        return self.gathered.staged


def _places() -> list[Place]:
    areas = Area.objects.kelurahan().select_related("parent")
    return [Place(a.kode, a.kode_bps or "", a.nama, tuple(a.alias), a.parent.nama if a.parent else "") for a in areas]


def _indicators(new: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Those of the database and those that the sender wants to add."""
    stored = [dict(row) for row in Indicator.objects.values("kode", "nama", "satuan", "alias")]
    added = [{"kode": kode, "nama": f["nama"], "satuan": f["satuan"], "alias": []} for kode, f in new.items()]
    return stored + added


def _facts(new: Mapping[str, Mapping[str, Any]]) -> dict[str, IndicatorFacts]:
    """Name and unit of the indicators that need not be stored yet: those every city knows, and the sender's own."""
    shipped = {spec.kode: IndicatorFacts(spec.nama, spec.satuan) for spec in catalogue().indicators.values()}
    return shipped | {kode: IndicatorFacts(f["nama"], f["satuan"], f.get("sumber", "")) for kode, f in new.items()}


def read_upload(upload: Upload, tell: Tell = silent) -> Reading:
    """Read the file of an upload within the area of its sender. Raises Refused."""
    scope = scope_of(upload.oleh) if upload.oleh else None
    return _read(quarantine.where(upload.berkas), upload.nama_berkas, order_of(upload), scope, tell)


def order_of(upload: Upload) -> Order:
    """What the file of an upload is read against, with everything that its sender decided; a command remembers
    nothing, so that it does today what it did yesterday."""
    memory = memory_for(upload.oleh) if upload.oleh else {}
    return replace(_order(upload.tahun, upload.aturan, upload.pilihan, memory), ask=upload.oleh is not None)


def _order(year: int | None, rule_set: str, choices: Mapping[str, Any], memory: Mapping[str, Any]) -> Order:
    indicators = _indicators(choices.get("indicators", {}))
    return Order(_places(), year, rule_set, indicators, choices, memory, known_places(rule_set))


def read_file(
    path: Path,
    filename: str,
    *,
    year: int | None,
    rule_set: str,
    scope: Area | None,
    choices: Mapping[str, Any] | None = None,
    memory: Mapping[str, Any] | None = None,
    tell: Tell = silent,
) -> Reading:
    """Read and check a file; `scope` is the area the sender may write in, None for the whole city. Raises Refused."""
    return _read(path, filename, _order(year, rule_set, choices or {}, memory or {}), scope, tell)


def _read(path: Path, filename: str, order: Order, scope: Area | None, tell: Tell) -> Reading:
    rule_set, step = order.rule_set, N_("Membaca berkas")
    tell(1, 4, step)
    document = read(path, filename, order, lambda *rows: tell(1, 4, step, rows))
    tell(2, 4, N_("Memeriksa baris"))
    gathered = gather(document)
    rows = gathered.staged
    outside = list(_outside(gathered, scope))
    rows.held[[f.row for f in outside if f.row is not None]] = True
    beside = lay_beside(rows, codes(rows), rule_set)
    checked = _checked(gathered, beside, rule_set)
    rows.held[checked.blocked] = True
    tell(3, 4, N_("Membandingkan dengan data tersimpan"))
    comparison = compare(rows, rule_set, beside)
    staged_values = staged_indicators(document.tables, _facts(order.choices.get("indicators", {})))
    checked_values = check_indicators(staged_values, scope=scope)
    values = compare_indicators(checked_values.rows)
    kept = [*_kept_values(gathered, beside), *direct_figures(comparison, rule_set), *jumps(values)]
    told = [*document.findings, *gathered.findings, *_of_indicator_tables(document)]
    more = {f.params["jenis"]: int(f.params["n"]) for f in told if f.code == "more_of_the_same"}
    told = [finding for finding in told if finding.code != "more_of_the_same"]
    counts = checked.counts + checked_values.counts + Counter(more) + Counter(f.code for f in (*told, *outside, *kept))
    findings = [*told, *outside[:KEPT_PER_CODE], *checked.findings, *checked_values.findings, *kept]
    layout = document.layout() | _row_counts(rows) | {"ingatan": recalled(order.memory, document)}
    return Reading(gathered, comparison, checked_values.rows, values, findings, dict(counts), layout)


def _of_indicator_tables(document: Document) -> Iterator[Finding]:
    """What the reader noticed in tables without numbers of the records; their rows are not among those."""
    for table in document.tables:
        if table.use and table.jenis != "penilaian":
            yield from (replace(finding, row=None) for finding in table.findings)


def _row_counts(rows: Staged) -> dict[str, int]:
    """Held rows, and those that say nothing: the free and the untouched ones of a template."""
    return {"n_held": int(rows.held.sum()), "n_blank": int((~rows.held & ~rows.given.any(axis=1)).sum())}


def _outside(gathered: Gathered, scope: Area | None) -> Iterator[Finding]:
    """Rows about places outside the sender's area: each is held."""
    if scope is None:
        return
    named = [key[0] for key in gathered.staged.key]
    inside = set(Area.objects.within(scope).kelurahan().values_list("kode", flat=True))
    names = dict(Area.objects.filter(kode__in=set(named)).values_list("kode", "nama"))
    for i, kode in enumerate(named):
        if kode and kode not in inside:
            params = {"baris": int(gathered.staged.baris[i]), "nama": names.get(kode, kode), "wilayah": scope.nama}
            yield Finding(Level.GALAT, "outside_area", *gathered.spot(i, "kode"), params, i)


def _checked(gathered: Gathered, beside: Beside, rule_set: str) -> CheckResult:
    """The checks see a row as it would be stored: a partial update is not told about numbers that are there already."""
    years = (FIRST_YEAR, timezone.localdate().year + 1)
    rows = gathered.staged
    data = CheckInput(
        rows=rows.baris.tolist(),
        spot=gathered.spot,
        keys=[key[:3] if key[0] and here else None for key, here in zip(rows.key, gathered.placed, strict=True)],
        tahun=[year or years[1] for year in rows.tahun.tolist()],  # 0: no year, told and held by the reader
        values=beside.diff.values,
        states=beside.diff.states,
        given=rows.given,
        rule_set=RULE_SETS[rule_set],
        years=years,
        official=_around(rows),
    )
    return run_checks(data, limit=KEPT_PER_CODE)


def _around(rows: Staged) -> NDArray[np.int64]:
    """How large the kelurahan of each RT and kawasan is; 0 for figures of the kelurahan itself."""
    sizes = hectares({key[0] for key in rows.key})
    inside = [kelurahan if kawasan or rt else "" for kelurahan, kawasan, rt, _ in rows.key]
    return np.array([sizes.get(kode, 0) for kode in inside], dtype=np.int64)


def _kept_values(gathered: Gathered, beside: Beside) -> Iterator[Finding]:
    """Blank cells over stored numbers, in rows that say something."""
    rows = gathered.staged
    speaking = rows.given.any(axis=1, keepdims=True) & beside.exists[:, None]
    blank = np.asarray(speaking & gathered.present & ~rows.given & (beside.old_states == State.FILLED))
    if blank.any():
        row, column = np.argwhere(blank)[0].tolist()
        yield Finding(Level.INFO, "blank_keeps", *gathered.spot(row, FIELDS[column]), {"n": int(blank.sum())}, row)
