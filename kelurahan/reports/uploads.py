"""Uploads as their pages tell them: where each stands, what it would change, what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kelurahan.models import ChangeSet, Job, JobState, Upload, UploadState
from kelurahan.reports.findings import words_of
from kelurahan.reports.indicators import Previewed, previewed
from kelurahan.reports.wizard import questions
from kelurahan.reports.words import capital, count_word, joined, signed, span
from kelurahan.rules.numbers import format_number
from kelurahan.rules.regulation import ASPEK, RULE_SETS, RuleSet

WAITING = frozenset({UploadState.DITERIMA, UploadState.MENERAPKAN, UploadState.MENGURUNGKAN})
_LOOK = {
    UploadState.DITERIMA: "info",
    UploadState.MENERAPKAN: "info",
    UploadState.MENGURUNGKAN: "info",
    UploadState.SIAP: "ingat",
    UploadState.DITERAPKAN: "ok",
    UploadState.DITOLAK: "galat",
    UploadState.GAGAL: "galat",
}


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of the list of uploads."""

    upload: Upload
    look: str  # class of the state's mark
    keadaan: str
    hasil: str


def listed(uploads: Iterable[Upload]) -> list[Listed]:
    return [_listed(upload) for upload in uploads]


def _listed(upload: Upload) -> Listed:
    """What is ready but changes nothing asks for nothing."""
    if upload.state == UploadState.SIAP and not n_cells(upload):
        return Listed(upload, "info", _("0 perubahan"), outcome(upload))
    look = _LOOK.get(UploadState(upload.state), "info")
    return Listed(upload, look, upload.get_state_display(), outcome(upload))


def outcome(upload: Upload) -> str:
    """What came out of it, in one sentence."""
    state, cells = UploadState(upload.state), n_cells(upload)
    if state in (UploadState.DITOLAK, UploadState.GAGAL):
        return words_of(upload.pesan)[0] if upload.pesan else ""
    if state == UploadState.SIAP and not cells:
        return nothing_to_apply(upload)
    if state == UploadState.SIAP:
        return _("%(cells)s sel akan berubah; belum diterapkan.") % {"cells": format_number(cells)}
    if state in (UploadState.DITERAPKAN, UploadState.DIURUNGKAN, UploadState.MENGURUNGKAN):
        if not cells:
            return _("0 perubahan")
        places = len(_touched(upload))
        return ngettext("%(cells)s sel di %(n)d kelurahan", "%(cells)s sel di %(n)d kelurahan", places) % {
            "cells": format_number(cells),
            "n": places,
        }
    return ""


def n_cells(upload: Upload) -> int:
    """Cells that would be or were written."""
    cells = upload.pratinjau.get("cells", {})
    return int(cells.get("new", 0)) + int(cells.get("changed", 0))


def nothing_to_apply(upload: Upload) -> str:
    """Why an upload changes nothing."""
    unread = {"columns_unread", "columns_missing_unread"} & upload.terbaca.get("n_temuan", {}).keys()
    if n_ready(upload) and (n_blocked(upload) or unread):
        return _("Angka yang dibaca dan tidak tertahan sama dengan data tersimpan.")
    if n_ready(upload):
        return _("Isi berkas sama dengan data tersimpan.")
    if questions(upload).kolom:
        return _("Belum ada angka yang dibaca: pilih dahulu arti kolomnya di langkah Kolom.")
    if n_blocked(upload):
        return _("Tidak ada baris yang dapat dipakai. Perbaiki berkasnya, lalu unggah lagi.")
    return _("Tidak ada baris yang berisi angka.")


def n_blocked(upload: Upload) -> int:
    tables = upload.terbaca.get("tables", [])
    return _n_blocked(upload) + sum(table.get("n_waiting", 0) for table in tables if table["use"])


def _n_blocked(upload: Upload) -> int:
    return int(upload.pratinjau.get("counts", {}).get("blocked", 0))


def n_blank(upload: Upload) -> int:
    """Rows that name a place and say nothing about it."""
    return int(upload.terbaca.get("n_blank", 0))


def n_ready(upload: Upload) -> int:
    """Rows with numbers that would be written, or are stored already."""
    rows = int(upload.terbaca.get("n_rows", 0)) + int(upload.pratinjau.get("baris_indikator", 0))
    return max(0, rows - n_blank(upload) - _n_blocked(upload))


def check_headline(upload: Upload, n_warnings: int) -> str:
    """ "59 dari 214 baris perlu diperbaiki"."""
    blocked = n_blocked(upload)
    rows = n_ready(upload) + blocked
    asked = questions(upload).kolom
    if asked and not n_ready(upload):
        return ngettext(
            "%(n)d kolom perlu dipilih artinya sebelum ada angka yang dibaca",
            "%(n)d kolom perlu dipilih artinya sebelum ada angka yang dibaca",
            asked,
        ) % {"n": asked}
    if not rows:
        return _("Tidak ada baris yang berisi angka")
    if blocked:
        told = {"n": format_number(blocked), "m": format_number(rows)}
        return _("%(n)s dari %(m)s baris perlu diperbaiki") % told
    if n_warnings:
        return ngettext(
            "%(m)s baris siap; %(n)d peringatan perlu dilihat",
            "%(m)s baris siap; %(n)d peringatan perlu dilihat",
            n_warnings,
        ) % {"m": format_number(rows), "n": n_warnings}
    told = {"m": format_number(rows)}
    return ngettext("%(m)s baris siap dipakai", "Semua %(m)s baris siap dipakai", rows) % told


@dataclass(frozen=True, slots=True)
class Move:
    """What happens to one kelurahan in one year."""

    kode: str
    nama: str
    kecamatan: str
    tahun: int
    dari: tuple[int, int] | None  # lowest and highest class; None = not assessed
    ke: tuple[int, int] | None
    total_dari: str
    total_ke: str
    ha_dari: str
    ha_ke: str
    sebab: str
    peka: bool

    @property
    def total_tetap(self) -> bool:
        return self.total_dari == self.total_ke

    @property
    def ha_tetap(self) -> bool:
        return self.ha_dari == self.ha_ke


def moves(rows: Iterable[dict[str, Any]], rule_set: RuleSet) -> list[Move]:
    return [_move(row, rule_set) for row in rows]


def _move(row: dict[str, Any], rule_set: RuleSet) -> Move:
    before, after = row.get("total_from"), row.get("total_to")
    return Move(
        kode=row["kode"],
        nama=row["nama"],
        kecamatan=row["kecamatan"],
        tahun=row["tahun"],
        dari=_classes(before, rule_set),
        ke=_classes(after, rule_set),
        total_dari=span(*before) if before else "–",
        total_ke=span(*after) if after else "–",
        ha_dari=format_number(Decimal(row["ha_from"]), 2),
        ha_ke=format_number(Decimal(row["ha_to"]), 2),
        sebab=_causes(row.get("sebab", []), before, after),
        peka=bool(row.get("peka")),
    )


def _classes(total: list[int] | None, rule_set: RuleSet) -> tuple[int, int] | None:
    return (rule_set.tingkat(total[0]), rule_set.tingkat(total[1])) if total else None


def _causes(sebab: list[list[int]], before: list[int] | None, after: list[int] | None) -> str:
    if before is None:
        return _("sebelumnya belum dinilai")
    if after is None:
        return _("menjadi belum dinilai")
    names = {aspek.no: _(aspek.nama).lower() for aspek in ASPEK}
    if sebab:
        return ", ".join(f"{names[no]} {signed(points)}" for no, points in sebab[:3])
    return _("kelengkapan data")


@dataclass(frozen=True, slots=True)
class Consequence:
    """The changes page: its sentence first, then who moves and why."""

    judul: str
    lead: list[str]
    judul_tabel: str
    pindah: list[Move]
    baru: list[Move]  # assessed for the first time
    tetap: list[Move]  # touched, but in the same class
    peka: list[str]  # names of movers whose class hangs on the reading of the ladder
    indikator: list[Previewed]


def consequence(upload: Upload) -> Consequence:
    rule_set, shown = RULE_SETS[upload.aturan], upload.pratinjau
    movers = moves(shown.get("class_changes", []), rule_set)
    moved = {(move.kode, move.tahun) for move in movers}
    rest = [m for m in moves(shown.get("kelurahan", []), rule_set) if (m.kode, m.tahun) not in moved]
    return Consequence(
        judul=_headline(upload, movers),
        lead=list(_lead(upload)),
        judul_tabel=_better_or_worse(movers),
        pindah=[move for move in movers if move.dari],
        baru=[move for move in movers if not move.dari],
        tetap=rest,
        peka=[move.nama for move in movers if move.peka],
        indikator=previewed(upload),
    )


def _headline(upload: Upload, movers: list[Move]) -> str:
    cells = n_cells(upload)
    if not cells:
        return _("0 perubahan: isi berkas sama dengan data tersimpan")
    text = moved_words(movers)
    if not upload.pratinjau["years"]:
        told = {"n": format_number(cells)}
        return (
            ngettext("%(n)s angka indikator baru atau berubah", "%(n)s angka indikator baru atau berubah", cells) % told
        )
    if not text:
        told = {"n": format_number(cells)}
        return _("%(n)s sel berubah, tidak ada kelurahan yang pindah tingkat") % told
    ha_from, ha_to = _hectares(upload)
    if ha_from == ha_to:
        return _("%(text)s; luas kumuh tetap %(ha)s ha") % {"text": text, "ha": ha_from}
    return _("%(text)s; luas kumuh %(dari)s → %(ke)s ha") % {"text": text, "dari": ha_from, "ke": ha_to}


def moved_words(movers: list[Move]) -> str:
    """ "3 kelurahan pindah tingkat, 2 kelurahan baru dinilai"; each kelurahan counts once, however many years."""
    moved, first = ({m.kode for m in movers if bool(m.dari) == known} for known in (True, False))
    parts = []
    if moved:
        n = len(moved)
        parts.append(ngettext("%(n)d kelurahan pindah tingkat", "%(n)d kelurahan pindah tingkat", n) % {"n": n})
    if first:
        n = len(first)
        parts.append(ngettext("%(n)d kelurahan baru dinilai", "%(n)d kelurahan baru dinilai", n) % {"n": n})
    return ", ".join(parts)


def _hectares(upload: Upload) -> tuple[str, str]:
    """Slum hectares of the touched kelurahan in the newest touched year."""
    year = max(upload.pratinjau["years"])
    rows = [row for row in upload.pratinjau["kelurahan"] if row["tahun"] == year]
    totals = (sum((Decimal(row[name]) for row in rows), Decimal(0)) for name in ("ha_from", "ha_to"))
    before, after = totals
    return format_number(before, 2), format_number(after, 2)


def _lead(upload: Upload) -> Iterable[str]:
    shown = upload.pratinjau
    years = [str(year) for year in shown.get("years", [])]
    if years:
        kecamatan = sorted({row["kecamatan"] for row in shown["kelurahan"]})
        where = joined(kecamatan) if len(kecamatan) <= 3 else _("%(n)d kecamatan") % {"n": len(kecamatan)}
        yield _("Di %(where)s, tahun data %(years)s.") % {"where": where, "years": joined(years)}
        city = shown["kota"][years[-1]]
        yield _("Untuk kota pada %(tahun)s: %(dari)d → %(ke)d kelurahan kumuh, %(ha_dari)s → %(ha_ke)s ha.") % {
            "tahun": years[-1],
            "dari": city["kumuh_from"],
            "ke": city["kumuh_to"],
            "ha_dari": format_number(Decimal(city["ha_from"]), 2),
            "ha_ke": format_number(Decimal(city["ha_to"]), 2),
        }
    if shown.get("rt_baru") or shown.get("kawasan_baru"):
        yield _("Tempat baru: %(rt)d RT dan %(kawasan)d kawasan.") % {
            "rt": shown.get("rt_baru", 0),
            "kawasan": shown.get("kawasan_baru", 0),
        }


def _better_or_worse(movers: list[Move]) -> str:
    known = [move for move in movers if move.dari and move.ke]
    better = sum(move.ke < move.dari for move in known)  # type: ignore[operator]
    worse = sum(move.ke > move.dari for move in known)  # type: ignore[operator]
    first = len(movers) - len(known)
    parts = [_("%(n)s membaik") % {"n": count_word(better)}] if better else []
    parts += [_("%(n)s memburuk") % {"n": count_word(worse)}] if worse else []
    parts += [_("%(n)s baru dinilai") % {"n": count_word(first)}] if first else []
    if better and not worse:
        parts.append(_("tidak ada yang memburuk"))
    return capital(", ".join(parts)) if parts else _("Tidak ada yang pindah tingkat")


@dataclass(frozen=True, slots=True)
class Done:
    """An applied upload: what was written, by whom, and whether the map has caught up."""

    change_set: ChangeSet | None
    undo: ChangeSet | None
    counting: bool  # the summaries are still being computed
    judul: str
    pindah: list[Move]
    baru: list[Move]
    kelurahan: list[tuple[str, str, int]]  # code, name, newest year
    indikator: list[Previewed]
    peta: str  # query of the address of the map that shows it


def done(upload: Upload) -> Done:
    """Two queries."""
    sets = {bool(cs.urungkan_id): cs for cs in ChangeSet.objects.filter(upload_id=upload.pk).order_by("pk")}
    open_states = (JobState.MENUNGGU, JobState.BERJALAN)
    movers = moves(upload.pratinjau.get("class_changes", []), RULE_SETS[upload.aturan])
    return Done(
        change_set=sets.get(False),
        undo=sets.get(True),
        counting=Job.objects.filter(upload=upload, jenis="hitung", state__in=open_states).exists(),
        judul=moved_words(movers),
        pindah=[move for move in movers if move.dari],
        baru=[move for move in movers if not move.dari],
        kelurahan=_touched(upload),
        indikator=previewed(upload),
        peta=_map_query(upload),
    )


def _touched(upload: Upload) -> list[tuple[str, str, int]]:
    shown = upload.pratinjau
    rows = [(row["kode"], row["nama"], row["tahun"]) for row in shown.get("kelurahan", [])]
    rows += [(kode, nama, tahun) for kode, nama, tahun in shown.get("kelurahan_indikator", [])]
    newest = {row[0]: row for row in sorted(rows, key=lambda row: row[2])}
    return [newest[kode] for kode in sorted(newest)]


def _map_query(upload: Upload) -> str:
    """The newest year of what was written: its classes, or where it holds none its first indicator."""
    if years := upload.pratinjau.get("years"):
        return urlencode({"tahun": max(years), "aturan": upload.aturan})
    if written := [row for row in previewed(upload) if row.baru or row.ubah]:
        return urlencode({"tahun": written[0].tahun[-4:], "ukur": f"i-{written[0].kode}"})
    return ""


def current_job(upload: Upload) -> Job | None:
    return upload.jobs.filter(state__in=(JobState.MENUNGGU, JobState.BERJALAN)).order_by("pk").first()
