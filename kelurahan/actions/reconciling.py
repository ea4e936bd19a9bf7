"""A figure given directly for a kelurahan or kawasan beside the sum of its RT, as both would stand after applying."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from kelurahan.actions.comparing import Comparison
from kelurahan.actions.previews import overlay
from kelurahan.models import Area
from kelurahan.models.records import YearRecords, read_year
from kelurahan.rules.findings import N_, Finding, Level, add_messages
from kelurahan.rules.numbers import format_number
from kelurahan.rules.regulation import FIELDS, RULE_SETS, TINGKAT, RuleSet
from kelurahan.rules.summary import Jenis, Mismatch, reconcile
from kelurahan.rules.sums import Sums, sum_rows

SHOWN = 3  # fields named in one message

add_messages(
    {
        "direct_differs": (
            N_("Baris %(baris)s: angka langsung %(nama)s tidak sama dengan jumlah %(n_rt)s RT-nya (%(beda)s)."),
            N_("Yang dipakai adalah jumlah RT. Periksa angka mana yang benar."),
        ),
        "direct_class_differs": (
            N_(
                "Baris %(baris)s: angka langsung %(nama)s memberi tingkat %(langsung)s, "
                "jumlah %(n_rt)s RT-nya %(jumlah)s (%(beda)s)."
            ),
            N_("Yang dipakai adalah jumlah RT. Periksa penyebut yang hanya mencakup sebagian RT."),
        ),
    }
)


def direct_figures(comparison: Comparison, rule_set: str) -> Iterator[Finding]:
    """Findings for the rows of a file that speak for a whole kelurahan or kawasan which also has RT."""
    direct = [i for i, (_, _, rt, _) in enumerate(comparison.rows.key) if not rt]
    for year in sorted({int(comparison.rows.tahun[i]) for i in direct}):
        rows = [i for i in direct if comparison.rows.tahun[i] == year]
        yield from _year(comparison, rows, year, RULE_SETS[rule_set])


def _year(comparison: Comparison, rows: list[int], year: int, rules: RuleSet) -> Iterator[Finding]:
    kelurahan = {a.kode: a for a in Area.objects.filter(kode__in={comparison.rows.key[i][0] for i in rows})}
    ids = [a.pk for a in kelurahan.values()]
    after = overlay(read_year(year=year, rule_set=rules.kode, kelurahan_ids=ids), comparison, year)
    for i in rows:
        place, kawasan, _, _ = comparison.rows.key[i]
        parts = _rt_of(after, kelurahan[place].pk, comparison.kode[i] if kawasan else None)
        if not len(parts):
            continue
        here = sum_rows(comparison.diff.values[[i]], comparison.diff.states[[i]], rules)
        found = reconcile(here, _sum(after, parts, rules), rules)
        if found:
            yield _finding(comparison, i, kawasan or kelurahan[place].nama, len(parts), found[0])


def _rt_of(after: YearRecords, kelurahan_id: int, kawasan: str | None) -> NDArray[np.int64]:
    mask = (after.jenis == Jenis.RT) & (after.kelurahan_id == kelurahan_id)
    if kawasan is not None:
        mask &= after.kawasan_id == (Area.objects.filter(kode=kawasan).values_list("pk", flat=True).first() or -2)
    return np.flatnonzero(mask)


def _sum(after: YearRecords, parts: NDArray[np.int64], rules: RuleSet) -> Sums:
    values, states = after.records.values[parts], after.records.states[parts]
    return sum_rows(values, states, rules, np.zeros(len(parts), dtype=np.int64), 1)


def _word(limits: tuple[int, int]) -> str:
    lowest, highest = (TINGKAT[tingkat] for tingkat in limits)
    return lowest if lowest == highest else f"{lowest}–{highest}"


def _finding(comparison: Comparison, i: int, name: str, n_rt: int, mismatch: Mismatch) -> Finding:
    worst = sorted(mismatch.differences, key=lambda d: FIELDS.index(d.kode))[:SHOWN]
    params = {
        "baris": int(comparison.rows.baris[i]),
        "nama": name,
        "n_rt": n_rt,
        "langsung": _word(mismatch.tingkat_langsung),
        "jumlah": _word(mismatch.tingkat_jumlah),
        "beda": ", ".join(f"{d.kode}: {format_number(d.langsung)} / {format_number(d.jumlah)}" for d in worst),
    }
    code = "direct_class_differs" if mismatch.class_differs else "direct_differs"
    return Finding(Level.PERINGATAN, code, comparison.rows.key[i][3], f"A{params['baris']}", params)
