"""The sentences of a place: the answer first, then what it rests on."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kelurahan.reports.standing import Standing
from kelurahan.reports.words import capital, count_word, joined, span
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


def headline(nama: str, standing: Standing, i: int | None, tahun: int | None) -> str:
    if i is None or not standing.scores.has_data[i]:
        return _("%(nama)s belum dinilai pada %(tahun)s") % {"nama": nama, "tahun": tahun} if tahun else nama
    scores = standing.scores
    parts = {
        "nama": nama,
        "tingkat": class_word(int(scores.tingkat_min[i]), int(scores.tingkat_max[i])),
        "total": total_word(int(scores.total_min[i]), int(scores.total_max[i])),
    }
    if scores.lengkap[i]:
        return _("%(nama)s %(tingkat)s, %(total)s") % parts
    return _("%(nama)s %(tingkat)s, %(total)s, belum lengkap") % parts


def city_headline(nama: str, n_kelas: Sequence[int]) -> str:
    """Of a kota or kecamatan: how many of its kelurahan are kumuh says more than the score of its sum."""
    told = {"nama": nama, "n": sum(n_kelas[1:4]), "m": sum(n_kelas)}
    return _("%(n)d dari %(m)d kelurahan kumuh di %(nama)s") % told


def lead(standing: Standing, i: int | None) -> list[str]:
    if i is None or not standing.scores.has_data[i]:
        return [_("Belum ada angka untuk tahun ini. Pilih tahun lain, atau unggah datanya.")]
    parts = []
    scores = standing.scores
    missing = int((~scores.known[i]).sum())
    if missing:
        n = {"n": capital(count_word(missing)), "m": len(standing.rule_set.kriteria)}
        sure = scores.tingkat_min[i] == scores.tingkat_max[i]
        parts.append(
            _("%(n)s dari %(m)d kriteria belum dinilai lengkap; tingkatnya tetap sama berapa pun isinya.") % n
            if sure
            else _("%(n)s dari %(m)d kriteria belum dinilai lengkap; tingkatnya baru pasti setelah terisi.") % n
        )
    if i > 0:
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
    """ "Enam belas dari 18 RT kumuh"."""
    n, kumuh = sum(n_kelas), sum(n_kelas[1:4])
    if not n:
        return _("Belum ada %(what)s yang dinilai") % {"what": what}
    if not kumuh:
        return _("Tidak ada %(what)s kumuh dari %(m)d") % {"what": what, "m": n}
    return _("%(n)s dari %(m)d %(what)s kumuh") % {"n": capital(count_word(kumuh)), "m": n, "what": what}


def bucket_words(n_kelas: Sequence[int]) -> str:
    """ "14 sedang, 2 ringan, 2 tidak kumuh": only what occurs, the worst first."""
    names = (_("tidak kumuh"), _("ringan"), _("sedang"), _("berat"), _("berupa rentang"), _("belum dinilai"))
    return ", ".join(f"{n_kelas[k]} {names[k]}" for k in (3, 2, 1, 0, 4, 5) if n_kelas[k])
