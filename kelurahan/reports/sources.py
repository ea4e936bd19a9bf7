"""Where the figures of a year come from: typed and uploaded records, the example data, or both."""

from __future__ import annotations

from django.utils.translation import gettext as _

from kelurahan.models import Assessment
from kelurahan.reports import version
from kelurahan.reports.city import City

Kinds = dict[tuple[str, int], set[bool]]

_kept: dict[str, tuple[version.Version, Kinds]] = {}


def sentence(city: City, tahun: int) -> str:
    """ "Sumber: isian RT dan kelurahan 2025." or what is true of that year; "" for a city without data."""
    if not city.of(tahun):
        return ""
    kinds = example_years().get((city.rule_set.kode, tahun), {False})
    text = {
        (True, True): _("Sumber: isian RT dan kelurahan %(tahun)s, sebagian data contoh."),
        (True, False): _("Sumber: data contoh %(tahun)s."),
    }.get((True in kinds, False in kinds), _("Sumber: isian RT dan kelurahan %(tahun)s."))
    return text % {"tahun": tahun}


def example_years() -> Kinds:
    """Rule set and year → whether its records are example data, real ones, or both; none without any example data.

    Looked up once per version of the data and process.
    """
    now = version.current()
    kept = _kept.get("kinds")
    if kept and kept[0] == now and now.nomor:
        return kept[1]
    kinds: Kinds = {}
    if version.has_example(now):
        for aturan, tahun, contoh in Assessment.objects.order_by().values_list("aturan", "tahun", "contoh").distinct():
            kinds.setdefault((aturan, tahun), set()).add(contoh)
    _kept["kinds"] = (now, kinds)
    return kinds
