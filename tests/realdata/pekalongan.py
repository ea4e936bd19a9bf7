"""Real records through the whole product: 432 RT and 27 kawasan of Kota Pekalongan, 2019–2023, in its own database.

`python -m tests.realdata.pekalongan` fills our template with them, loads it by the real commands, compares totals and
classes with the recorded ones, and prints every difference with its cause. Needs ../shared; writes nothing there.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.realdata.cityfiles import fill_template, kode_of, write_city
from tests.realdata.comparing import (
    DIRECT,
    LEVELS,
    RT,
    SUM,
    Cause,
    Difference,
    VolumeDifference,
    compare_record,
    compare_sum,
    quiet_differences,
)
from tests.realdata.product import Product, throwaway
from tests.realdata.workbook import WORKBOOK, YEARS, City, read_city

REASON = "Data Kota Pekalongan 2019-2023"


@dataclass
class Outcome:
    """What the run found; `seconds` by step."""

    city: City
    differences: list[Difference]
    quiet: list[VolumeDifference]
    rows: int = 0
    compared: Counter[str] = field(default_factory=Counter)  # by level
    loaded: dict[str, Any] = field(default_factory=dict)
    again: dict[str, Any] = field(default_factory=dict)
    states: dict[str, dict[str, Any]] = field(default_factory=dict)  # "empty", "loaded", "recomputed", "undone", …
    upper: list[str] = field(default_factory=list)  # where kelurahan, kecamatan or kota are not the sum of their parts
    sensitive: Counter[str] = field(default_factory=Counter)  # places whose class hangs on the reading, by level
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def causes(self) -> Counter[tuple[str, Cause]]:
        return Counter((d.level, d.cause) for d in self.differences)

    @property
    def unexplained(self) -> list[Difference]:
        return [d for d in self.differences if d.cause is Cause.UNEXPLAINED]


def run(path: Path = WORKBOOK) -> Outcome:
    begin = time.perf_counter()
    city = read_city(path)
    outcome = Outcome(city, [], list(quiet_differences(city)))
    outcome.seconds["read the workbook, put shifted rows right"] = time.perf_counter() - begin
    begin = time.perf_counter()
    with throwaway() as folder:
        outcome.seconds["first start of database and queue"] = time.perf_counter() - begin
        places, settings = write_city(folder, city)
        product = Product(folder / "data", settings)
        product.run("migrate", "migrate", "--verbosity", "0")
        product.json("load_places --apply", "load_places", str(places), "--apply")
        _whole_city(product, folder, outcome)
        _direct_figures(product, folder, outcome)
        outcome.seconds |= product.seconds
    return outcome


# --- what an officer does -----------------------------------------------------------------------------------------


def _whole_city(product: Product, folder: Path, outcome: Outcome) -> None:
    """All records at once; look; the same file again; rebuild; undo."""
    template, sheet = folder / "templat.xlsx", folder / "pekalongan.xlsx"
    product.json("template", "template", str(template), "--year", str(YEARS[0]))
    begin = time.perf_counter()
    outcome.rows = fill_template(template, sheet, outcome.city, outcome.city.records)
    outcome.seconds["fill the template"] = time.perf_counter() - begin
    outcome.states["empty"] = product.state()
    product.json("import_sheet (dry run)", "import_sheet", str(sheet))
    outcome.loaded = _import(product, sheet, "import_sheet --apply")
    outcome.states["loaded"] = product.state()
    outcome.again = _import(product, sheet, "import_sheet --apply, the same file again")
    for year in YEARS:
        _compare_year(product, outcome, year)
    product.json("recompute --all", "recompute", "--all")
    outcome.states["recomputed"] = product.state()
    product.json("undo_upload", "undo_upload", str(outcome.loaded["upload"]), "--reason", "Selesai dibandingkan")
    outcome.states["undone"] = product.state()


def _direct_figures(product: Product, folder: Path, outcome: Outcome) -> None:
    """The kawasan alone: without RT beside it, the figure given for a kawasan is its score."""
    sheet = folder / "kawasan.xlsx"
    fill_template(folder / "templat.xlsx", sheet, outcome.city, outcome.city.direct_records)
    upload = _import(product, sheet, "import_sheet --apply, kawasan only")["upload"]
    for year in YEARS:
        shown = _summary(product, year, "kawasan")
        for record in (r for r in outcome.city.direct_records if r.tahun == year):
            name = outcome.city.kawasan[record.kawasan].nama
            document = shown[f"{kode_of(outcome.city)[record.kawasan]}/{name}"]
            _keep(outcome, DIRECT, document, compare_record(DIRECT, name, record, document))
    product.json("undo_upload, kawasan only", "undo_upload", str(upload), "--reason", "Selesai dibandingkan")
    outcome.states["undone again"] = product.state()


def _import(product: Product, sheet: Path, step: str) -> dict[str, Any]:
    return product.json(step, "import_sheet", str(sheet), "--apply", "--reason", REASON)


def _summary(product: Product, year: int, level: str) -> dict[str, dict[str, Any]]:
    """The documents of a level by code."""
    places = product.json(f"summary --level {level}", "summary", "--year", str(year), "--level", level)
    return {place["kode"]: place for place in places}


def _compare_year(product: Product, outcome: Outcome, year: int) -> None:
    city, codes = outcome.city, kode_of(outcome.city)
    shown = _summary(product, year, "rt")
    for record in (r for r in city.rt_records if r.tahun == year):
        rt = city.rt[record.rt or 0]
        document = shown[f"{codes[record.kawasan]}/{rt.nama}"]
        name = f"{city.kawasan[record.kawasan].nama} {rt.nama}"
        _keep(outcome, RT, document, compare_record(RT, name, record, document))
    kawasan = _summary(product, year, "kawasan")
    for record in (r for r in city.direct_records if r.tahun == year):
        document = kawasan[f"{codes[record.kawasan]}/{city.kawasan[record.kawasan].nama}"]
        _keep(outcome, SUM, document, compare_sum(city, record, document))
    outcome.upper += _upper_differences(product, year, kawasan)


def _keep(outcome: Outcome, level: str, document: Mapping[str, Any], found: Difference | None) -> None:
    outcome.compared[level] += 1
    outcome.sensitive[level] += document["sensitive"]
    if found:
        outcome.differences.append(found)


def _upper_differences(product: Product, year: int, kawasan: Mapping[str, Mapping[str, Any]]) -> Iterable[str]:
    """Each kelurahan holds one kawasan and must equal it; above, volumes and denominators must add up."""
    below = _summary(product, year, "kelurahan")
    same = ("penyebut", "volume_min", "volume_max", "nilai", "total", "total_min", "total_max", "tingkat", "complete")
    for kode, document in kawasan.items():
        kelurahan = below[kode.split("/")[0]]
        if any(document[name] != kelurahan[name] for name in same):
            yield f"{year} {kode}: kelurahan and kawasan differ"
    if year == YEARS[-1]:
        for level, length in (("kecamatan", 8), ("kota", 5)):
            for kode, document in _summary(product, year, level).items():
                inside = [d for k, d in below.items() if k[:length] == kode]
                yield from (f"{year} {kode}: {name} do not add up" for name in _not_added(document, inside))


def _not_added(document: Mapping[str, Any], parts: list[Mapping[str, Any]]) -> list[str]:
    return [
        name
        for name in ("penyebut", "volume_min", "volume_max")
        for kode, amount in document[name].items()
        if abs(amount - sum(part[name][kode] for part in parts)) > 1e-6
    ]


# --- the report ---------------------------------------------------------------------------------------------------


def report(outcome: Outcome, say: Callable[[str], object]) -> None:
    city = outcome.city
    say(f"{len(city.rt)} RT and {len(city.kawasan)} kawasan, {YEARS[0]}–{YEARS[-1]}: {outcome.rows} rows")
    counts = outcome.loaded["counts"]
    say("import: " + ", ".join(f"{n} {name}" for name, n in counts.items()) + "; " + _findings(outcome.loaded))
    say("the same file again: " + ", ".join(f"{n} {name}" for name, n in outcome.again["counts"].items()))
    for level in LEVELS:
        found = [d for d in outcome.differences if d.level == level]
        n = outcome.compared[level]
        say(f"\n== {level}: {n} compared, {n - len(found)} equal as they stand")
        for cause in Cause:
            _say_cause(cause, [d for d in found if d.cause is cause], say)
    say("\n== volumes of direct figures that are not the sum of their RT, with the same nilai")
    for why, n in Counter(d.why for d in outcome.quiet).most_common():
        say(f"{n:5}  {why}")
    say("\nclass hangs on the reading of the band edges: " + str(dict(outcome.sensitive)))
    say("kelurahan, kecamatan, kota: " + ("; ".join(outcome.upper) or "equal to the sum of their parts"))
    say(f"recompute --all equals the incremental result: {_same(outcome, 'recomputed', 'loaded')}")
    undone = all(_same(outcome, after, "empty") for after in ("undone", "undone again"))
    say(f"undo empties the database again: {undone}")
    say("\n== seconds")
    for step, seconds in outcome.seconds.items():
        say(f"{seconds:7.2f}  {step}")


def _findings(document: Mapping[str, Any]) -> str:
    return ", ".join(f"{n} × {code}" for code, n in Counter(f["code"] for f in document["findings"]).most_common())


def _say_cause(cause: Cause, found: list[Difference], say: Callable[[str], object]) -> None:
    moved = sum(d.moves_class for d in found)
    say(f"{len(found):5}  {cause}" + (f" ({moved} in another class)" if moved else ""))
    if cause is Cause.SHIFTED:
        for place, years in _by_place(found).items():
            say(f"         {place}: {years}")
        return
    for difference in found:
        say(f"         {difference}")


def _by_place(found: Iterable[Difference]) -> dict[str, str]:
    """Shifted rows by place, as the rest of the line says nothing new."""
    places: dict[str, list[str]] = {}
    for difference in found:
        line = f"{difference.tahun} {difference.computed} ({difference.detail})"
        places.setdefault(difference.place, []).append(line)
    return {place: "; ".join(years) for place, years in places.items()}


def _same(outcome: Outcome, one: str, other: str) -> bool:
    a, b = outcome.states[one], outcome.states[other]
    return all(a[name] == b[name] for name in ("catatan", "tempat", "ringkasan"))


def main() -> int:
    if not WORKBOOK.exists():
        sys.stderr.write(f"{WORKBOOK} is not here: nothing to compare with.\n")
        return 1
    outcome = run()
    report(outcome, lambda line: sys.stdout.write(f"{line}\n"))
    if outcome.unexplained or outcome.upper:
        sys.stdout.write(f"\n!!! {len(outcome.unexplained)} UNEXPLAINED DIFFERENCES !!!\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
