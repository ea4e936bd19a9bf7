"""What a reader must know about the data of a place before trusting its score."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _

from kelurahan.models import Area, Level
from kelurahan.reports.below import Below
from kelurahan.reports.lines import range_word
from kelurahan.reports.standing import Standing
from kelurahan.reports.words import joined
from kelurahan.rules.numbers import format_number
from kelurahan.rules.regulation import KRITERIA, PENYEBUT, State
from kelurahan.rules.summary import reconcile

SHOWN = 5


@dataclass(frozen=True, slots=True)
class Note:
    """`level` is "galat", "ingat" or "info"."""

    level: str
    text: str


def quality_notes(
    area: Area, standing: Standing, i: int | None, below: Below, filled: Mapping[str, tuple[int, int]], public: bool
) -> list[Note]:
    """Notes, the gravest first. `public` leaves single RT unnamed."""
    found: list[Note] = []
    if i is not None:
        found += _invalid(standing, i)
        found += _not_assessed(area, standing, i, below)
        found += _empty(standing, i, filled)
        found += _missing_penyebut(filled)
        found += _over_hundred(standing, i, below, public)
        found += _reconciled(standing, i, below)
        found += _kawasan_reconciled(standing, below)
    if area.contoh or any(row.contoh for row in below.rows):
        found.append(Note("info", _("RT dan angkanya dibuat untuk peragaan (data contoh).")))
    return sorted(found, key=lambda note: ("galat", "ingat", "info").index(note.level))


def _invalid(standing: Standing, i: int) -> Iterator[Note]:
    wrong = [k.kode for k, bad in zip(standing.rule_set.kriteria, standing.sums.invalid[i], strict=True) if bad]
    if wrong:
        yield Note(
            "galat",
            _("Kriteria %(kode)s punya volume padahal penyebutnya 0. Betulkan penyebut atau volumenya.")
            % {"kode": joined(wrong)},
        )


def _not_assessed(area: Area, standing: Standing, i: int, below: Below) -> Iterator[Note]:
    if area.level in (Level.KOTA, Level.KECAMATAN):
        missing, n, what = standing.n_kelas[i][5], sum(standing.n_kelas[i]), _("kelurahan")
    else:
        missing, n = sum(row.tingkat is None for row in below.rows), len(below.rows)
        what = _("kawasan") if below.level == Level.KAWASAN else _("RT")
    if missing:
        told = {"n": format_number(missing), "m": format_number(n), "what": what}
        text = _("%(n)s dari %(m)s %(what)s belum dinilai tahun ini dan tidak ikut dijumlah.") % told
        yield Note("ingat", text)


def _empty(standing: Standing, i: int, filled: Mapping[str, tuple[int, int]]) -> Iterator[Note]:
    lines = [line for line in standing.lines(i) if line.state == State.EMPTY]
    whole = [line.kode for line in lines if filled.get(line.kode, (0, 0))[0] == 0]
    if whole:
        n = filled.get(whole[0], (0, 0))[1]
        where = _(" di %(n)d RT") % {"n": n} if n > 1 else ""
        yield Note("ingat", _("Kriteria %(kode)s kosong%(where)s.") % {"kode": joined(whole), "where": where})
    for line in lines:
        answered, n = filled.get(line.kode, (0, 0))
        if 0 < answered < n:
            text = _("Kriteria %(kode)s kosong di %(n)d dari %(m)d RT.")
            yield Note("ingat", text % {"kode": line.kode, "n": n - answered, "m": n})


def _missing_penyebut(filled: Mapping[str, tuple[int, int]]) -> Iterator[Note]:
    for kode, penyebut in PENYEBUT.items():
        answered, n = filled.get(kode, (0, 0))
        if answered < n:
            yield Note(
                "ingat",
                _("%(penyebut)s belum diisi di %(n)d dari %(m)d catatan.")
                % {"penyebut": _(penyebut.nama), "n": n - answered, "m": n},
            )


def _over_hundred(standing: Standing, i: int, below: Below, public: bool) -> Iterator[Note]:
    here = [line for line in standing.lines(i) if (line.persen_min or 0) > 100]
    for line in here:
        yield Note(
            "ingat",
            _("Persen %(kode)s di atas 100 (%(persen)s %%): penyebutnya mungkin belum mencakup seluruh wilayah.")
            % {"kode": line.kode, "persen": format_number(line.persen_min, 1)},
        )
    if below.tier is None or below.level != Level.RT or len(below.area_ids) < 2:
        return
    over = np.argwhere(np.nan_to_num(below.tier.scores.persen_min) > 100)
    if len(over):
        rt = len(np.unique(over[:, 0]))
        text = _("Persen di atas 100 pada %(n)d sel di %(rt)d RT") % {"n": len(over), "rt": rt}
        yield Note("ingat", f"{text}." if public else f"{text}: {_over_cells(over, standing, below)}.")


def _over_cells(over: np.ndarray, standing: Standing, below: Below) -> str:  # type: ignore[type-arg]
    names = {a.pk: a.nama for a in below.areas}
    kriteria = standing.rule_set.kriteria
    told = [f"{names.get(below.area_ids[row], '?')} ({kriteria[k].kode})" for row, k in over[:SHOWN]]
    more = len(over) - len(told)
    return ", ".join(told) + (_(" dan %(n)d lainnya") % {"n": more} if more > 0 else "")


def _reconciled(standing: Standing, i: int, below: Below) -> Iterator[Note]:
    """A figure given directly for the place beside the sum of its RT."""
    if below.direct is None:
        return
    for mismatch in reconcile(below.direct, standing.sums.take(slice(i, i + 1)), standing.rule_set):
        told = [
            _("%(nama)s %(langsung)s, jumlah RT %(jumlah)s")
            % {
                "nama": _(_name(d.kode)),
                "langsung": format_number(d.langsung),
                "jumlah": format_number(d.jumlah),
            }
            for d in mismatch.differences[:SHOWN]
        ]
        direct, summed = (range_word(*t) for t in (mismatch.tingkat_langsung, mismatch.tingkat_jumlah))
        verdict = (
            _("Dengan angka langsung tingkatnya %(langsung)s, dengan jumlah RT %(jumlah)s.")
            if mismatch.class_differs
            else _("Tingkatnya sama: %(jumlah)s.")
        ) % {"langsung": direct, "jumlah": summed}
        text = _("Angka langsung berbeda dari jumlah RT: %(daftar)s. %(verdict)s Dipakai: jumlah RT.")
        yield Note("ingat", text % {"daftar": "; ".join(told), "verdict": verdict})


def _kawasan_reconciled(standing: Standing, below: Below) -> Iterator[Note]:
    """Kawasan whose own figure would give another class than their RT; the kawasan's page has the details."""
    for nama, direct, summed in below.kawasan_direct:
        for mismatch in reconcile(direct, summed, standing.rule_set):
            if mismatch.class_differs:
                text = _("Kawasan %(nama)s: angka langsung memberi %(langsung)s, jumlah RT-nya %(jumlah)s.")
                told = {
                    "nama": nama,
                    "langsung": range_word(*mismatch.tingkat_langsung),
                    "jumlah": range_word(*mismatch.tingkat_jumlah),
                }
                yield Note("ingat", text % told)


def _name(kode: str) -> str:
    return PENYEBUT[kode].nama if kode in PENYEBUT else f"{kode} {KRITERIA[kode].nama}"
