"""The sentences of a place: the answer first, then what it rests on."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kelurahan.reports.standing import Standing
from kelurahan.reports.words import capital, count_word, joined, span
from kelurahan.rules.numbers import format_number
from kelurahan.rules.regulation import TINGKAT


def class_word(lowest: int, highest: int) -> str:
    """ "kumuh sedang", "tidak kumuh", "antara ringan dan sedang"."""
    if lowest != highest:
        return _("antara %(lowest)s dan %(highest)s") % {"lowest": _(TINGKAT[lowest]), "highest": _(TINGKAT[highest])}
    return _(TINGKAT[0]) if not lowest else _("kumuh %(tingkat)s") % {"tingkat": _(TINGKAT[lowest])}


def total_word(lowest: int, highest: int) -> str:
    if lowest == highest:
        return _("total %(total)d") % {"total": lowest}
    return _("total %(lowest)d sampai %(highest)d") % {"lowest": lowest, "highest": highest}


def coverage(standing: Standing, i: int, *, wide: bool = False) -> str:
    """ "2 dari 32 RT", or "" where every place was assessed. `wide`: of a kota or kecamatan, whose kelurahan may be
    assessed RT by RT, by kawasan or as a whole."""
    if standing.whole(i):
        return ""
    what = {"rt": _("RT"), "kawasan": _("kawasan")}.get(standing.sumber[i], _("tempat"))
    told = {"n": format_number(int(standing.sums.n_assessed[i])), "m": format_number(standing.n_harap[i])}
    return _("%(n)s dari %(m)s %(what)s") % {**told, "what": _("tempat") if wide else what}


def incomplete(standing: Standing, i: int, *, wide: bool = False) -> str:
    """ "belum lengkap (2 dari 32 RT dinilai)", "belum lengkap", or "" where nothing is missing."""
    if covered := coverage(standing, i, wide=wide):
        return _("belum lengkap (%(cakupan)s dinilai)") % {"cakupan": covered}
    return "" if standing.lengkap(i) else _("belum lengkap")


def headline(nama: str, standing: Standing, i: int | None, tahun: int | None) -> str:
    if i is None or not standing.scores.has_data[i]:
        return _("%(nama)s belum dinilai pada %(tahun)s") % {"nama": nama, "tahun": tahun} if tahun else nama
    scores = standing.scores
    parts = {
        "nama": nama,
        "tingkat": class_word(int(scores.tingkat_min[i]), int(scores.tingkat_max[i])),
        "total": total_word(int(scores.total_min[i]), int(scores.total_max[i])),
    }
    if covered := coverage(standing, i):
        parts["total"] = _("%(total)s menurut %(cakupan)s") % {"total": parts["total"], "cakupan": covered}
    if scores.lengkap[i]:
        return _("%(nama)s %(tingkat)s, %(total)s") % parts
    return _("%(nama)s %(tingkat)s, %(total)s, belum lengkap") % parts


def city_headline(nama: str, n_kelas: Sequence[int]) -> str:
    """Of a kota or kecamatan: how many of its kelurahan are kumuh says more than the score of its sum."""
    told = {"nama": nama, "n": sum(n_kelas[1:4]), "m": sum(n_kelas)}
    if n_kelas[5]:
        told |= {"k": n_kelas[5]}
        return _("%(n)d dari %(m)d kelurahan kumuh di %(nama)s, %(k)d belum dinilai") % told
    return _("%(n)d dari %(m)d kelurahan kumuh di %(nama)s") % told


def lead(standing: Standing, i: int | None, *, wide: bool = False) -> list[str]:
    if i is None or not standing.scores.has_data[i]:
        return [_("Belum ada angka untuk tahun ini. Pilih tahun lain, atau unggah datanya.")]
    parts = []
    scores = standing.scores
    missing = int((~scores.known[i]).sum())
    whole = standing.whole(i)
    if missing and not whole:
        n = {"n": capital(count_word(missing)), "m": len(standing.rule_set.kriteria)}
        parts.append(_("%(n)s dari %(m)d kriteria belum dinilai lengkap.") % n)
    elif missing:
        n = {"n": capital(count_word(missing)), "m": len(standing.rule_set.kriteria)}
        sure = scores.tingkat_min[i] == scores.tingkat_max[i]
        parts.append(
            _("%(n)s dari %(m)d kriteria belum dinilai lengkap; tingkatnya tetap sama berapa pun isinya.") % n
            if sure
            else _("%(n)s dari %(m)d kriteria belum dinilai lengkap; tingkatnya baru pasti setelah terisi.") % n
        )
    if not whole:
        told = {"cakupan": coverage(standing, i, wide=wide)}
        parts.append(_("Baru %(cakupan)s dinilai; tingkatnya dapat berubah setelah semuanya dinilai.") % told)
    if i > 0 and whole and standing.whole(0):
        parts.append(_since(standing, 0, i))
    return parts


def _drop(standing: Standing, first: int, last: int) -> tuple[int, int]:
    """By how much the total fell at least and at most; negative where it rose."""
    scores = standing.scores
    return (
        int(scores.total_min[first]) - int(scores.total_max[last]),
        int(scores.total_max[first]) - int(scores.total_min[last]),
    )


def _since(standing: Standing, first: int, last: int) -> str:
    low, high = _drop(standing, first, last)
    scores = standing.scores
    parts = {
        "total": span(int(scores.total_min[first]), int(scores.total_max[first])),
        "tahun": standing.keys[first],
    }
    if low == high == 0:
        return _("Sama dengan %(tahun)d.") % parts
    if low >= 0:
        return _("Turun dari %(total)s pada %(tahun)d.") % parts
    if high <= 0:
        return _("Naik dari %(total)s pada %(tahun)d.") % parts
    return _("Pada %(tahun)d %(total)s; naik atau turun belum pasti.") % parts


def trend_headline(standing: Standing) -> str:
    """ "Turun lima angka dalam lima tahun", as sure as the ranges allow."""
    if len(standing.keys) < 2:
        return _("Baru satu tahun dinilai")
    if not standing.whole(0) or not standing.whole(len(standing.keys) - 1):
        return _("Belum sebanding: tidak setiap tahun semua tempat dinilai")
    low, high = _drop(standing, 0, len(standing.keys) - 1)
    span_of_years = standing.keys[-1] - standing.keys[0]
    years = ngettext("%(n)s tahun", "%(n)s tahun", span_of_years) % {"n": count_word(span_of_years)}
    if low == high == 0:
        return _("Tetap selama %(years)s") % {"years": years}
    if low >= 0:
        return _fell(low, high, years)
    if high <= 0:
        return _rose(-high, -low, years)
    return _("Naik atau turun belum pasti")


def _fell(low: int, high: int, years: str) -> str:
    if low == 0:
        return _("Turun paling banyak %(n)s angka dalam %(years)s") % {"n": count_word(high), "years": years}
    if low == high:
        return _("Turun %(n)s angka dalam %(years)s") % {"n": count_word(low), "years": years}
    return _("Turun %(n)s angka dalam %(years)s") % {"n": span(low, high), "years": years}


def _rose(low: int, high: int, years: str) -> str:
    if low == 0:
        return _("Naik paling banyak %(n)s angka dalam %(years)s") % {"n": count_word(high), "years": years}
    if low == high:
        return _("Naik %(n)s angka dalam %(years)s") % {"n": count_word(low), "years": years}
    return _("Naik %(n)s angka dalam %(years)s") % {"n": span(low, high), "years": years}


def worst_aspects(aspects: Sequence[tuple[str, float | None]]) -> str:
    """ "Air minum dan air limbah paling berat"."""
    known = sorted(((mean, nama) for nama, mean in aspects if mean is not None), reverse=True)
    if not known or known[0][0] == 0:
        return _("Tujuh aspek")
    names = [nama.lower() for _mean, nama in known[:2]]
    return _("%(aspek)s paling berat") % {"aspek": capital(joined(names))}


def children_headline(n_kelas: Sequence[int], what: str) -> str:
    """ "Enam belas dari 18 RT kumuh"; of those assessed where not all are."""
    n, kumuh = sum(n_kelas[:5]), sum(n_kelas[1:4])
    if not n:
        return _("Belum ada %(what)s yang dinilai") % {"what": what}
    told = {"n": capital(count_word(kumuh)), "m": n, "what": what}
    if n_kelas[5]:
        return _("%(n)s kumuh dari %(m)d %(what)s yang dinilai") % told
    if not kumuh:
        return _("Tidak ada %(what)s kumuh dari %(m)d") % told
    return _("%(n)s dari %(m)d %(what)s kumuh") % told


def bucket_words(n_kelas: Sequence[int]) -> str:
    """ "14 sedang, 2 ringan, 2 tidak kumuh": only what occurs, the worst first."""
    names = (_("tidak kumuh"), _("ringan"), _("sedang"), _("berat"), _("berupa rentang"), _("belum dinilai"))
    return ", ".join(f"{n_kelas[k]} {names[k]}" for k in (3, 2, 1, 0, 4, 5) if n_kelas[k])
