"""The answer of the home page: a sentence, its explanation, four figures."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kelurahan.reports.city import City, Official, Score
from kelurahan.reports.lens import Lens, Lihat, View
from kelurahan.reports.words import capital, count_word, joined
from kelurahan.rules.numbers import format_number

NBSP = "\u00a0"


@dataclass(frozen=True, slots=True)
class Figure:
    nilai: str
    istilah: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    judul: str
    uraian: str
    figures: tuple[Figure, ...]


def answer(city: City, view: View, lens: Lens, this_year: int) -> Answer:
    if not city.of(view.tahun) and view.lihat is not Lihat.SK:
        return Answer(_no_data_title(city), _no_data_lead(city, view.tahun), _figures(city, view, this_year))
    title, lead = {
        Lihat.DATA: _by_data,
        Lihat.SK: _by_decree,
        Lihat.PERUBAHAN: _by_change,
    }[view.lihat](city, view, lens)
    return Answer(title, lead, _figures(city, view, this_year))


def _no_data_title(city: City) -> str:
    n = len(city.places)
    return ngettext("%(n)s kelurahan, belum ada data", "%(n)s kelurahan, belum ada data", n) % {"n": format_number(n)}


def _no_data_lead(city: City, tahun: int) -> str:
    if city.years:
        return _("Tahun %(tahun)s belum ada isiannya. Pilih tahun lain di bawah peta.") % {"tahun": tahun}
    return _("Belum ada satu pun isian. Begitu lembar pertama diterapkan, jawaban dan peta muncul di sini.")


def kumuh_title(n: int, total: int, n_assessed: int | None = None) -> str:
    """The headline; `n_assessed` where not all `total` were assessed, for those may be kumuh too."""
    if n == 0 and n_assessed not in (None, total):
        return ngettext(
            "Tidak ada yang kumuh di %(n)s kelurahan yang dinilai",
            "Tidak ada yang kumuh di %(n)s kelurahan yang dinilai",
            n_assessed or 0,
        ) % {"n": format_number(n_assessed or 0)}
    if n == 0:
        return _("Tidak ada kelurahan kumuh")
    if n == total:
        return ngettext("Satu-satunya kelurahan kumuh", "Semua %(total)s kelurahan kumuh", total) % {"total": total}
    return ngettext("%(n)s dari %(total)s kelurahan kumuh", "%(n)s dari %(total)s kelurahan kumuh", total) % {
        "n": format_number(n),
        "total": format_number(total),
    }


def _by_data(city: City, view: View, _lens: Lens) -> tuple[str, str]:
    scores = city.of(view.tahun)
    few = city.assessed(view.tahun) == "sedikit"
    clauses = _clauses(list(scores.values()), 0 if few else len(city.places) - len(scores))
    if few:
        words = {"n": format_number(len(scores)), "total": format_number(len(city.places))}
        clauses.insert(0, _("baru %(n)s dari %(total)s kelurahan dinilai") % words)
    intro = _intro(city, view)
    lead = f"{intro}, {joined(clauses)}." if clauses else f"{intro}."
    return kumuh_title(city.n_kumuh(view.tahun), len(city.places), len(scores)), lead


def _intro(city: City, view: View) -> str:
    words = {"tahun": view.tahun, "aturan": city.rule_set.nama}
    return (_("Menurut data %(tahun)s dan %(aturan)s") if city.aturan else _("Menurut data %(tahun)s")) % words


def _clauses(scores: list[Score], n_missing: int) -> list[str]:
    """What the headline leaves out: the worse classes, the doubtful ones, the missing ones."""
    classes = Counter(score.tingkat for score in scores)
    doubtful = sum(score.tingkat_min == 0 < score.tingkat_max for score in scores)
    counted = [
        (classes[3], _("%(n)s di antaranya kumuh berat")),
        (classes[2], _("%(n)s di antaranya kumuh sedang")),
        (doubtful, _("%(n)s kelurahan belum pasti karena isiannya belum lengkap")),
        (n_missing, _("%(n)s kelurahan belum dinilai")),
    ]
    return [text % {"n": count_word(n)} for n, text in counted if n]


def _by_decree(city: City, view: View, lens: Lens) -> tuple[str, str]:
    decree = city.official(view.tahun)
    if decree is None:
        return _("Belum ada SK kumuh"), _("Tidak ada SK sampai tahun %(tahun)s di sistem ini.") % {"tahun": view.tahun}
    n = len(decree.places)
    title = ngettext("%(n)s kelurahan ditetapkan kumuh", "%(n)s kelurahan ditetapkan kumuh", n) % {
        "n": format_number(n)
    }
    return capital(title), _("Menurut %(sk)s, yang berlaku pada %(tahun)s.") % {
        "sk": decree.nama,
        "tahun": view.tahun,
    }


def _by_change(city: City, view: View, lens: Lens) -> tuple[str, str]:
    n = {c.kode: c.n for c in lens.classes}
    better, worse = n["m1"] + n["m2"], n["p1"] + n["p2"]
    title = ngettext(
        "%(n)s kelurahan membaik, %(worse)s memburuk", "%(n)s kelurahan membaik, %(worse)s memburuk", better
    )
    # Only places that both years surely put on one side: one that was not assessed again has not got better
    both = city.comparable(view.dari, view.tahun)
    lead = _("Total tahun %(tahun)s dibanding tahun %(dari)s; kelurahan kumuh %(before)s → %(after)s.") % {
        "tahun": view.tahun,
        "dari": view.dari,
        "before": sum(old.kumuh for old, _new in both),
        "after": sum(new.kumuh for _old, new in both),
    }
    if n["belum"]:
        lead = f"{lead} {not_comparable(n['belum'])}"
    return title % {"n": format_number(better), "worse": format_number(worse)}, lead


def not_comparable(n: int) -> str:
    return ngettext("%(n)s kelurahan tidak dapat dibandingkan.", "%(n)s kelurahan tidak dapat dibandingkan.", n) % {
        "n": capital(count_word(n))
    }


# --- figures ----------------------------------------------------------------------------------------------------------


def _figures(city: City, view: View, this_year: int) -> tuple[Figure, ...]:
    decree = city.official(view.tahun)
    figures = [_area_figure(city, view.tahun)]
    if decree is not None:
        figures += [_decree_figure(decree, view, this_year), _disagreement_figure(city, decree, view)]
    return (*figures, _completeness_figure(city, view.tahun))


def _area_figure(city: City, tahun: int) -> Figure:
    term = _("luas kumuh menurut data %(tahun)s") % {"tahun": tahun}
    scores = city.of(tahun).values()
    ha = sum((score.luas_kumuh for score in scores), Decimal(0))
    return Figure(f"{format_number(ha, 2)}{NBSP}ha" if scores else "–", term)


def _decree_figure(decree: Official, view: View, this_year: int) -> Figure:
    words = {"tahun": decree.tahun, "tenggat": decree.review_due}
    if decree.review_due < this_year:
        term = _("ditetapkan SK %(tahun)s; tinjau ulang lewat sejak %(tenggat)s") % words
    else:
        term = _("ditetapkan SK %(tahun)s; ditinjau ulang paling lambat %(tenggat)s") % words
    amount = "–" if decree.luas_ha is None else f"{format_number(decree.luas_ha, 2)}{NBSP}ha"
    return Figure(amount, term, "" if view.lihat is Lihat.SK else view.query(lihat=Lihat.SK))


def _disagreement_figure(city: City, decree: Official, view: View) -> Figure:
    scores = city.of(view.tahun)
    n = sum(decree.differs(kode, scores.get(kode)) for kode in city.places)
    text = ngettext("%(n)s kelurahan", "%(n)s kelurahan", n) % {"n": format_number(n)}
    url = view.query(lihat=Lihat.SK) if n and view.lihat is not Lihat.SK else ""
    return Figure(text, _("tingkat menurut SK dan data tidak sama"), url)


def _completeness_figure(city: City, tahun: int) -> Figure:
    wanted = len(city.places) * len(city.rule_set.kriteria)
    known = sum(score.n_known for score in city.of(tahun).values())
    short = len(city.places) - sum(score.lengkap for score in city.of(tahun).values())
    if short:
        term = ngettext("isian lengkap; %(n)s kelurahan kurang", "isian lengkap; %(n)s kelurahan kurang", short) % {
            "n": format_number(short)
        }
    else:
        term = _("isian lengkap di semua kelurahan")
    share = Decimal(known) * 100 / wanted if wanted else Decimal(0)
    # 99.96 % must not read as 100 %
    shown = min(share, Decimal("99.9")) if known < wanted else share
    return Figure(f"{format_number(shown, 0 if shown == 100 else 1)}{NBSP}%", term)
