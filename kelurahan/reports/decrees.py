"""The official status of a place: what the decree in force says, beside what the data say."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from kelurahan.models import Area, Decree, DecreePlace, Level
from kelurahan.reports.words import capital, joined
from kelurahan.rules.numbers import format_number

REVIEW_YEARS = 5  # a decree is reviewed at least once in five years
SWATCH = ("tidak", "ringan", "sedang", "berat")


@dataclass(frozen=True, slots=True)
class OfficialStatus:
    """What the decree in force says. `tingkat` is None where it publishes none."""

    nomor: str
    tahun: int
    tercantum: bool
    tingkat: int | None
    luas_ha: Decimal | None
    lokasi: tuple[str, ...]
    n_kelurahan: int  # listed at or below this place
    contoh: bool
    milik: str  # the kelurahan that the status is about, "" for the place itself
    berbeda: str  # how it disagrees with the data, "" where it does not
    tinjau_ulang: int  # year in which its review is due
    jatuh_tempo: bool  # that year has come

    @property
    def swatch(self) -> str:
        return SWATCH[self.tingkat] if self.tingkat is not None else "belum"

    @property
    def keterangan(self) -> list[str]:
        """What else the decree says, part by part."""
        parts = [_("SK mencatat Kelurahan %(nama)s secara utuh") % {"nama": self.milik}] if self.milik else []
        if self.luas_ha is not None:
            parts.append(_("luas %(ha)s ha") % {"ha": format_number(self.luas_ha, 2)})
        if self.lokasi:
            parts.append(_("lokasi %(lokasi)s") % {"lokasi": joined(self.lokasi)})
        if self.jatuh_tempo:
            parts.append(_("tinjau ulang 5 tahunan jatuh pada %(tahun)d") % {"tahun": self.tinjau_ulang})
        if self.contoh:
            parts.append(_("data contoh"))
        return [capital(part) if n == 0 else part for n, part in enumerate(parts)]


def load_official(area: Area, year: int | None, computed: tuple[int, int] | None) -> OfficialStatus | None:
    """The decree in force in `year`; `computed` is the lowest and highest class by the data. Two queries."""
    decree = Decree.objects.filter(**({"tahun__lte": year} if year else {})).order_by("-tahun", "-pk").first()
    if decree is None:
        return None
    owner = area.parent if area.level in (Level.RT, Level.KAWASAN) and area.parent else area
    rows = list(
        DecreePlace.objects.filter(decree=decree, area__path__startswith=owner.path)
        .select_related("area")
        .order_by("lokasi")
    )
    below = owner.level in (Level.KOTA, Level.KECAMATAN)
    hectares = [row.luas_ha for row in rows]
    kelurahan = {row.area.parent_id if row.area.level == Level.KAWASAN else row.area_id for row in rows}
    tingkat = None if below else max((row.tingkat for row in rows if row.tingkat is not None), default=None)
    return OfficialStatus(
        nomor=decree.nomor,
        tahun=decree.tahun,
        tercantum=bool(rows),
        tingkat=tingkat,
        luas_ha=decree.luas_ha if owner.level == Level.KOTA else _total(hectares),
        lokasi=() if below else tuple(row.lokasi for row in rows),
        n_kelurahan=len(kelurahan),
        contoh=decree.contoh or any(row.contoh for row in rows),
        milik=owner.nama if owner is not area else "",
        berbeda="" if owner is not area or below or computed is None else _difference(bool(rows), tingkat, computed),
        tinjau_ulang=decree.tahun + REVIEW_YEARS,
        jatuh_tempo=year is not None and decree.tahun + REVIEW_YEARS <= year,
    )


def _total(hectares: list[Decimal | None]) -> Decimal | None:
    return None if not hectares or None in hectares else sum((h for h in hectares if h is not None), Decimal(0))


def _difference(listed: bool, tingkat: int | None, computed: tuple[int, int]) -> str:
    lowest, highest = computed
    if listed and highest == 0:
        return _("tidak sama dengan data: menurut data tidak kumuh")
    if not listed and lowest > 0:
        return _("tidak sama dengan data: menurut data kumuh")
    if tingkat is not None and not lowest <= tingkat <= highest:
        return _("tidak sama dengan data")
    return ""
