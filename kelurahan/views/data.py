"""The Data pages: the list of records, one record with its form and history, a new RT, a kelurahan's own data."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from kelurahan import tasks
from kelurahan.actions import edits
from kelurahan.actions.undoing import LaterEdits
from kelurahan.forms_data import THEIRS, ChoiceForm, RecordForm, UndoEditForm
from kelurahan.models import Area, ChangeSet, Level, User
from kelurahan.permissions import Act, may, may_see_upload, readable_records, require
from kelurahan.reports.data import Asked, kelurahan_of, load_data, with_changes
from kelurahan.reports.history import load_history
from kelurahan.reports.official import around
from kelurahan.reports.record import Live, Stored, differences, live, load_stored
from kelurahan.reports.standing import Scope, load_scope
from kelurahan.rules.record import YEARS, read_record
from kelurahan.rules.regulation import RULE_SETS, RuleSet

PER_PAGE = 50


def asked_scope(request: HttpRequest) -> Scope:
    """The rule set asked for, else the one that pages show; with the years it has data for."""
    asked = RULE_SETS.get(request.GET.get("aturan", ""))
    scope = load_scope(asked.kode if asked else "")
    return scope if asked is None or asked is scope.rule_set else Scope(asked, scope.years)


def asked_rules(request: HttpRequest) -> str:
    """The code of the rule set that was asked for, "" where none was: what our links keep."""
    asked = request.GET.get("aturan", "")
    return asked if asked in RULE_SETS else ""


def record_url(request: HttpRequest, kode: str, tahun: int) -> str:
    asked = asked_rules(request)
    return reverse("kelurahan:record", args=[kode, tahun]) + (f"?aturan={asked}" if asked else "")


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _whole(text: str) -> int:
    """A number of an address or hidden field; 0 for whatever is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def find_place(request: HttpRequest, kode: str) -> Area:
    """The place, if its records are this person's to see. Of a foreign area not even its existence is told."""
    kode = kode.replace("\0", "")
    area = readable_records(request.user).select_related("parent").filter(kode=kode).first()
    if area is not None:
        return area  # type: ignore[no-any-return]
    scope = request.user.wilayah if isinstance(request.user, User) else None
    if readable_records(request.user).filter(level=Level.KOTA).exists() or (scope and kode.startswith(scope.kode)):
        raise Http404
    raise PermissionDenied(_("Data ini di luar wilayah Anda."))


# --- the list --------------------------------------------------------------------------------------------------


@require(Act.LIHAT_ASAL)
@never_cache
def data(request: HttpRequest) -> HttpResponse:
    scope = asked_scope(request)
    this_year = timezone.localdate().year
    years = sorted({*scope.years, this_year})
    year = _whole(request.GET.get("tahun", ""))
    asked = Asked(
        tahun=year if year in years else max(scope.years, default=this_year),
        kelurahan=request.GET.get("kelurahan", "")[:20],
        cari=request.GET.get("cari", "")[:80],
        kurang=request.GET.get("kurang") == "1",
    )
    areas = readable_records(request.user)
    found = load_data(areas, asked, scope, years)
    page = Paginator(found.rows, PER_PAGE).get_page(request.GET.get("hal"))
    chosen = areas.filter(kode=asked.kelurahan, level=Level.KELURAHAN).first() if asked.kelurahan else None
    context = {
        "list": found,
        "asked": asked,
        "page": page,
        "rows": with_changes(list(page.object_list), found.rule_set.kode),
        "chosen": chosen,
        "may_add": may(request.user, Act.SUNTING),
        "may_correct": may(request.user, Act.DATA_KELURAHAN),
        "aturan": asked_rules(request),
        "rule_sets": list(RULE_SETS.values()),
    }
    part = request.headers.get("HX-Target") == "daftar"
    return render(request, "data/_daftar.html" if part else "data/daftar.html", context)


# --- one record ------------------------------------------------------------------------------------------------


def _record(request: HttpRequest, kode: str, tahun: int) -> tuple[Area, RuleSet]:
    area = find_place(request, kode)
    if area.level not in edits.ASSESSED or not YEARS[0] <= tahun <= timezone.localdate().year + 1:
        raise Http404
    return area, asked_scope(request).rule_set


def _writable(request: HttpRequest, area: Area) -> None:
    if not may(request.user, Act.SUNTING, area):
        raise PermissionDenied(_("Peran Anda boleh melihat data ini, tetapi tidak mengubahnya."))


@require(Act.LIHAT_ASAL)
@never_cache
def record(request: HttpRequest, kode: str, tahun: int) -> HttpResponse:
    area, rules = _record(request, kode, tahun)
    stored = load_stored(area, tahun, rules.kode)
    if request.method != "POST":
        form = RecordForm(rules, texts=stored.texts(rules), initial={"versi": stored.seen})
        return _page(request, area, tahun, rules, stored, form)
    _writable(request, area)
    if "bentrok" in request.POST:
        return _decide(request, area, tahun, rules, stored)
    form = RecordForm(rules, texts=stored.texts(rules), data=request.POST)
    if request.POST.get("aksi") == "hitung":
        return _page(request, area, tahun, rules, stored, form, asked=True)
    return _save(request, area, tahun, rules, stored, form)


def _page(
    request: HttpRequest,
    area: Area,
    tahun: int,
    rules: RuleSet,
    stored: Stored,
    form: RecordForm,
    *,
    asked: bool = False,
) -> HttpResponse:
    """The form, its score as typed, and the history. `asked`: only the score was wanted, nothing is missing."""
    history = load_history(area, tahun, rules.kode, whole=request.GET.get("riwayat") == "semua")
    told = live(form.typed, rules, around(area))
    uploads = {e.upload.pk: e.upload for e in history.entries if e.upload}
    writable = may(request.user, Act.SUNTING, area)
    failed = form.is_bound and not asked and bool(form.errors)
    context = {
        "area": area,
        "kelurahan": kelurahan_of(area),
        "tahun": tahun,
        "years": sorted({*asked_scope(request).years, tahun, timezone.localdate().year}),
        "rules": rules,
        "aturan": asked_rules(request),
        "stored": stored,
        "before": live(read_record(stored.texts(rules), rules), rules),
        "form": form,
        "live": told,
        "history": history,
        "writable": writable,
        "failed": failed,
        "asked": asked,
        "undo_form": UndoEditForm(),
        "visible": {pk for pk, upload in uploads.items() if may_see_upload(request.user, upload)},
    }
    return render(request, "data/catatan.html", context, status=422 if failed else 200)


def _save(
    request: HttpRequest, area: Area, tahun: int, rules: RuleSet, stored: Stored, form: RecordForm
) -> HttpResponse:
    if not form.is_valid():
        return _page(request, area, tahun, rules, stored, form)
    try:
        saved = edits.save(
            area=area,
            year=tahun,
            rule_set=rules.kode,
            values=form.typed.values,
            states=form.typed.states,
            seen_version=form.cleaned_data["versi"],
            by=_person(request),
            reason=form.cleaned_data["alasan"],
            document=form.cleaned_data["dokumen"],
            data_date=form.cleaned_data["tanggal_data"],
        )
    except edits.Stale as stale:
        return _clash(request, area, tahun, rules, stale.stored, form)
    except Area.DoesNotExist:
        raise Http404 from None
    if saved.recompute is None:
        messages.info(request, _("Tidak ada yang berubah, jadi tidak ada yang ditulis."))
    else:
        tasks.queue(saved.recompute)
        told = ngettext("%(n)d sel tersimpan.", "%(n)d sel tersimpan.", saved.cells) % {"n": saved.cells}
        whole = _completeness(saved, live(form.typed, rules), kelurahan_of(area))
        _tell_saved(request, f"{told} {whole}".rstrip(), tahun)
    return redirect(record_url(request, area.kode, tahun))


def _completeness(saved: edits.Saved, record: Live, kelurahan: Area) -> str:
    """What the saved record does to its kelurahan: a record with gaps leaves no kelurahan complete."""
    told = {"nama": kelurahan.nama, "n": record.n_dinilai, "m": record.n_kriteria}
    if saved.complete:
        return "" if saved.was_complete else _("Kelurahan %(nama)s kini lengkap.") % told
    if record.lengkap:
        return ""
    if saved.was_complete:
        words = _("Catatan ini baru %(n)d dari %(m)d kriteria, jadi Kelurahan %(nama)s menjadi belum lengkap.")
    else:
        words = _("Catatan ini baru %(n)d dari %(m)d kriteria; Kelurahan %(nama)s tetap belum lengkap.")
    return words % told


def _tell_saved(request: HttpRequest, told: str, tahun: int) -> None:
    words = _("Ringkasan dan peta menyusul dalam beberapa detik.")
    asked = {"tahun": tahun, "aturan": asked_rules(request)}
    query = urlencode({name: value for name, value in asked.items() if value})
    link = format_html('<a data-tersimpan href="{}?{}">{}</a>', reverse("kelurahan:home"), query, _("Lihat di peta"))
    messages.success(request, format_html("{} {} {}", told, words, link))


def _clash(
    request: HttpRequest,
    area: Area,
    tahun: int,
    rules: RuleSet,
    stored: Stored,
    form: RecordForm,
    *,
    seen: int | None = None,
    undecided: list[str] | None = None,
) -> HttpResponse:
    """Both versions beside each other; `seen` is the one that both started from. What was chosen stays chosen."""
    seen = form.cleaned_data["versi"] if seen is None else seen
    shown = differences(area, tahun, rules, seen, stored, form.typed)
    context = {
        "area": area,
        "kelurahan": kelurahan_of(area),
        "tahun": tahun,
        "aturan": asked_rules(request),
        "stored": stored,
        "form": form,
        "semula": seen,
        "shown": [(d, request.POST.get(f"pilih_{d.field}") or d.pihak) for d in shown],
        "n_both": sum(not d.pihak for d in shown),
        "undecided": undecided or [],
        "texts": form.typed.texts.items(),
    }
    return render(request, "data/bentrok.html", context, status=409)


def _decide(request: HttpRequest, area: Area, tahun: int, rules: RuleSet, stored: Stored) -> HttpResponse:
    """The choice between two versions, saved on top of the one that was shown; if that moved too, once more."""
    if request.POST.get("semua") == THEIRS:
        messages.info(request, _("Isian Anda ditinggalkan; yang tersimpan tetap berlaku."))
        return redirect(record_url(request, area.kode, tahun))
    mine = RecordForm(rules, texts={}, data=request.POST)
    first = _whole(request.POST.get("semula", ""))  # what both started from, so that the page tells the same story
    if not mine.is_valid():
        # Never the plain form: it would save over theirs without a choice
        return _clash(request, area, tahun, rules, stored, mine, seen=first)
    if mine.cleaned_data["versi"] != stored.seen:
        return _clash(request, area, tahun, rules, stored, mine, seen=first)
    theirs = stored.texts(rules)
    form = ChoiceForm(rules, texts={}, data=request.POST, theirs=theirs)
    differing = [d.field for d in differences(area, tahun, rules, stored.seen, stored, mine.typed)]
    if missing := form.undecided(differing):
        return _clash(request, area, tahun, rules, stored, mine, seen=first, undecided=missing)
    return _save(request, area, tahun, rules, stored, form)


@require(Act.LIHAT_ASAL)
@require_POST
@never_cache
def record_score(request: HttpRequest, kode: str, tahun: int) -> HttpResponse:
    """The score of what stands in the fields, while somebody types. Writes nothing."""
    area, rules = _record(request, kode, tahun)
    _writable(request, area)
    form = RecordForm(rules, texts={}, data=request.POST)
    context = {"live": live(form.typed, rules, around(area)), "oob": True}
    return render(request, "data/_hasil.html", context)


@require(Act.LIHAT_ASAL)
@require_POST
@never_cache
def record_undo(request: HttpRequest, kode: str, tahun: int) -> HttpResponse:
    """Take one edit of the form back."""
    area, rules = _record(request, kode, tahun)
    _writable(request, area)
    page = record_url(request, area.kode, tahun)
    form = UndoEditForm(request.POST)
    found = ChangeSet.objects.filter(pk=_whole(request.POST.get("perubahan", ""))).first()
    if found is None or not found.changes.filter(area_id=area.pk, tahun=tahun, aturan=rules.kode).exists():
        raise Http404
    if not form.is_valid():
        messages.error(request, _("Belum diurungkan: tulis alasannya."))
        return redirect(page)
    try:
        undone = edits.undo(change_set=found, area=area, by=_person(request), reason=form.cleaned_data["alasan"])
    except LaterEdits:
        messages.warning(request, _("Tidak diurungkan: catatan ini sudah disunting lagi sesudahnya."))
    except edits.NotUndoable:
        messages.info(request, _("Perubahan ini sudah diurungkan, atau bukan dari formulir."))
    else:
        tasks.queue(undone.recompute)
        _tell_saved(request, _("Perubahan diurungkan."), tahun)
    return redirect(page)
