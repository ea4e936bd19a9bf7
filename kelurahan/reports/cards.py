"""Three findings under the map: the trend, the kecamatan, the moves between classes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kelurahan.reports.answer import not_comparable
from kelurahan.reports.city import City, Place, Score
from kelurahan.reports.lens import class_name
from kelurahan.reports.map_charts import KUMUH_CODES, BarYear, square_codes, year_bars
from kelurahan.reports.words import capital, count_word, signed, span
from kelurahan.rules.regulation import ASPEK

MAX_MOVES = 8


@dataclass(frozen=True, slots=True)
class TrendCard:
    judul: str
    uraian: str
    years: tuple[BarYear, ...]
    label: str
    legend: tuple[tuple[str, str], ...]  # class code, name
    catatan: str  # what the mark on some years means


def trend_card(city: City, tahun: int) -> TrendCard | None:
    if not city.years:
        return None
    first = city.years[0]
    bars = year_bars(city, tahun)
    codes = {bar.kode for year in bars for bar in year.bars}
    return TrendCard(
        judul=_trend_title(city, first, tahun),
        uraian=_trend_text(city, first, tahun),
        years=bars,
        label=_("Kelurahan kumuh per tahun: %(list)s")
        % {"list": ", ".join(f"{year.tahun} {year.total}" for year in bars)},
        legend=tuple((code, class_name(code)) for code in reversed(KUMUH_CODES) if code in codes),
        catatan=_("* Belum semua tempat dinilai.") if any(year.sebagian for year in bars) else "",
    )


def _trend_title(city: City, first: int, tahun: int) -> str:
    """Only places that both years surely put on one side are compared: what was not assessed has not got better."""
    pairs = city.comparable(first, tahun)
    before, now = (sum(score.kumuh for score in year) for year in zip(*pairs, strict=True)) if pairs else (0, 0)
    words = {"n": capital(count_word(abs(now - before))), "tahun": first}
    if not pairs and tahun != first:
        return _("Belum dapat dibandingkan dengan %(tahun)s") % words
    if tahun == first:
        now = city.n_kumuh(tahun)
        return ngettext("%(n)s kelurahan kumuh pada %(tahun)s", "%(n)s kelurahan kumuh pada %(tahun)s", now) % {
            "n": now,
            "tahun": first,
        }
    if now < before:
        return _("%(n)s lebih sedikit daripada %(tahun)s") % words
    if now > before:
        return _("%(n)s lebih banyak daripada %(tahun)s") % words
    return _("Jumlah sama dengan %(tahun)s") % words


def _trend_text(city: City, first: int, tahun: int) -> str:
    pairs = city.comparable(first, tahun, 2)
    before, now = (sum(pair[i].tingkat_min >= 2 for pair in pairs) for i in (0, 1))
    words = {"before": before, "now": now, "tahun": tahun}
    if not pairs:
        text = _("Kelurahan kumuh per tahun.")
    elif before == now:
        text = _("Kelurahan kumuh per tahun; sedang dan berat tetap %(now)s.") % words
    elif now < before:
        text = _("Kelurahan kumuh per tahun; sedang dan berat turun dari %(before)s menjadi %(now)s.") % words
    else:
        text = _("Kelurahan kumuh per tahun; sedang dan berat naik dari %(before)s menjadi %(now)s.") % words
    n_rest = len(city.places) - len(city.comparable(first, tahun))
    return f"{text} {not_comparable(n_rest)}" if n_rest and tahun != first else text


# --- kecamatan --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class KecamatanRow:
    kode: str
    nama: str
    squares: list[str]
    n: int
    total: int
    n_dinilai: int


@dataclass(frozen=True, slots=True)
class KecamatanCard:
    judul: str
    uraian: str
    rows: list[KecamatanRow]


def kecamatan_card(city: City, tahun: int) -> KecamatanCard | None:
    if not city.of(tahun):
        return None
    members: dict[tuple[str, str], list[str]] = {}
    for place in city.places.values():
        members.setdefault((place.kode_kecamatan, place.kecamatan), []).append(place.kode)
    rows = [_kecamatan_row(city, kode, nama, kodes, tahun) for (kode, nama), kodes in members.items()]
    rows.sort(key=lambda row: (-row.n / row.total, -row.n, row.nama))
    text = _("Kelurahan kumuh per kecamatan, %(tahun)s; satu kotak satu kelurahan.") % {"tahun": tahun}
    return KecamatanCard(_kecamatan_title(rows), text, rows)


def _kecamatan_row(city: City, kode: str, nama: str, kodes: list[str], tahun: int) -> KecamatanRow:
    n = sum(city.of(tahun)[k].kumuh for k in kodes if k in city.of(tahun))
    n_assessed = sum(k in city.of(tahun) for k in kodes)
    return KecamatanRow(kode, nama, square_codes(city, kodes, tahun), n, len(kodes), n_assessed)


def _share(row: KecamatanRow) -> str:
    return _("%(nama)s %(n)s dari %(total)s") % {"nama": row.nama, "n": row.n, "total": row.total}


def _kecamatan_title(rows: list[KecamatanRow]) -> str:
    if all(row.n == 0 for row in rows):
        if any(row.n_dinilai < row.total for row in rows):
            return _("Belum ada kecamatan dengan kelurahan kumuh")
        return _("Tidak ada kelurahan kumuh di kecamatan mana pun")
    none = [row for row in rows if row.n == 0 and row.n_dinilai]
    if len(rows) == 1:
        return _share(rows[0])
    if len(none) > 1:
        rest = _("%(n)s kecamatan tidak ada") % {"n": count_word(len(none))}
    elif none:
        rest = _("%(nama)s tidak ada") % {"nama": none[0].nama}
    else:
        rest = _share(rows[-1]) if rows[-1].n_dinilai else _("%(nama)s belum dinilai") % {"nama": rows[-1].nama}
    return f"{_share(rows[0])}, {rest}"


# --- moves ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Move:
    place: Place
    before: Score
    after: Score
    sebab: str  # "drainase lingkungan +6, persampahan +5"

    @property
    def worse(self) -> bool:
        return self.after.tingkat_min > self.before.tingkat_min

    @property
    def dari(self) -> str:
        return _("dari %(tingkat)s") % {"tingkat": class_name(_code(self.before)).lower()}

    @property
    def total_before(self) -> str:
        return span(self.before.total_min, self.before.total_max)

    @property
    def total_after(self) -> str:
        return span(self.after.total_min, self.after.total_max)


@dataclass(frozen=True, slots=True)
class MovesCard:
    judul: str
    uraian: str
    moves: list[Move]
    n_more: int
    dari: int


def _code(score: Score) -> str:
    return ("tidak", "ringan", "sedang", "berat")[score.tingkat_min]


def moves_card(city: City, tahun: int) -> MovesCard | None:
    dari = city.previous_year(tahun)
    if dari is None or not city.of(tahun):
        return None
    moves = class_moves(city, dari, tahun)
    n_worse = sum(move.worse for move in moves)
    n_rest = len(city.places) - sum(kode in city.of(tahun) for kode in city.of(dari))
    if moves:
        title = ngettext("%(n)s pindah tingkat sejak %(dari)s", "%(n)s pindah tingkat sejak %(dari)s", len(moves)) % {
            "n": capital(count_word(len(moves))),
            "dari": dari,
        }
    elif n_rest == len(city.places):
        title = _("Belum dapat dibandingkan dengan %(tahun)s") % {"tahun": dari}
    else:
        title = _("Tidak ada yang pindah tingkat sejak %(dari)s") % {"dari": dari}
    text = _moves_text(n_worse, len(moves) - n_worse)
    if n_rest == len(city.places):
        text = _("Tidak ada kelurahan yang dinilai pada kedua tahun.")
    elif n_rest:
        text = f"{text} {not_comparable(n_rest)}"
    return MovesCard(title, text, moves[:MAX_MOVES], len(moves[MAX_MOVES:]), dari)


def _moves_text(n_worse: int, n_better: int) -> str:
    counted = [(n_worse, _("%(n)s memburuk")), (n_better, _("%(n)s membaik"))]
    parts = [text % {"n": count_word(n)} for n, text in counted if n]
    if not parts:
        return _("Total boleh berubah, tetapi tidak melewati ambang tingkat.")
    return _("%(parts)s; total lama → baru dan sebabnya.") % {"parts": capital(", ".join(parts))}


def class_moves(city: City, dari: int, tahun: int) -> list[Move]:
    """Kelurahan whose class is sure in both years and differs: those that got worse first."""
    before, after = city.of(dari), city.of(tahun)
    moves = [
        Move(place, before[kode], after[kode], cause(city, before[kode], after[kode]))
        for kode, place in city.places.items()
        if kode in before and kode in after and _moved(before[kode], after[kode])
    ]
    moves.sort(key=lambda m: (not m.worse, -abs(m.after.total_min - m.before.total_min), m.place.nama))
    return moves


def _moved(before: Score, after: Score) -> bool:
    return None not in (before.tingkat, after.tingkat) and before.tingkat != after.tingkat


def cause(city: City, before: Score, after: Score) -> str:
    """The one or two aspects whose points moved most in the direction of the total."""
    deltas: Counter[int] = Counter()
    for kriteria, old, new in zip(city.rule_set.kriteria, before.nilai_min, after.nilai_min, strict=True):
        deltas[kriteria.aspek] += new - old
    sign = 1 if after.total_min > before.total_min else -1
    moved = sorted((no for no in deltas if deltas[no] * sign > 0), key=lambda no: (-deltas[no] * sign, no))
    names = {aspek.no: _(aspek.nama).lower() for aspek in ASPEK}
    return ", ".join(f"{names[no]} {signed(deltas[no])}" for no in moved[:2])
