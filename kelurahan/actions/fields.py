"""What a column of a sheet may be read as, as the pages of the wizard offer it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from kelurahan.intake.parsed import INDICATOR, RESULTS
from kelurahan.intake.units import alike
from kelurahan.intake.vocabulary import unit_of
from kelurahan.intake.vocabulary.catalogue import catalogue
from kelurahan.models import Indicator, Upload
from kelurahan.rules.findings import N_
from kelurahan.rules.regulation import KRITERIA, PENYEBUT, RULE_SETS, Kriteria

PLACES = {
    "kode": N_("Kode wilayah"),
    "kelurahan": N_("Kelurahan"),
    "kecamatan": N_("Kecamatan"),
    "kawasan": N_("Kawasan"),
    "rt": N_("RT"),
    "rw": N_("RW"),
    "tahun": N_("Tahun"),
}


@dataclass(frozen=True, slots=True)
class FieldOption:
    value: str
    label: str
    satuan: str = ""

    @property
    def full_label(self) -> str:
        """ "Jumlah KK (KK)" """
        return f"{self.label} ({self.satuan})" if self.satuan else self.label


@dataclass(frozen=True, slots=True)
class FieldGroup:
    label: str
    options: list[FieldOption]
    many: bool = False  # too many to be listed for each of many columns


@dataclass(frozen=True, slots=True)
class Fields:
    """All fields of an upload, in groups, and what each is called."""

    groups: list[FieldGroup]
    names: dict[str, FieldOption]

    def label(self, name: str | None) -> str:
        """ "1a Ketidakteraturan bangunan", "Persen 1a"; "" for a column that is not read."""
        if not name:
            return ""
        if name in self.names:
            return self.names[name].label
        if name.startswith(RESULTS):
            word = _("Persen %(kode)s") if name[0] == "p" else _("Nilai %(kode)s")
            return word % {"kode": name[2:]}
        return name.removeprefix(INDICATOR)

    def named(self, text: str) -> str | None:
        """The indicator that is called so, with or without its unit."""
        wanted = " ".join(text.casefold().split())
        called = (o for o in self.indicators if wanted in (o.full_label.casefold(), o.label.casefold()))
        return next((option.value for option in called), None)

    @property
    def indicators(self) -> list[FieldOption]:
        return [option for group in self.groups if group.many for option in group.options]

    def satuan(self, name: str | None) -> str:
        return self.names[name].satuan if name in self.names else ""

    def units(self, name: str | None) -> list[str]:
        """Units in which a column of this field may be given."""
        satuan = self.satuan(name)
        return alike(satuan) if satuan else []


def fields_of(upload: Upload) -> Fields:
    """One query."""
    return _fields(RULE_SETS[upload.aturan].kriteria, upload.pilihan.get("indicators", {}))


def all_fields() -> Fields:
    """Those of all rules. One query."""
    return _fields(KRITERIA.values(), {})


def _fields(criteria: Iterable[Kriteria], new: Mapping[str, Mapping[str, Any]]) -> Fields:
    groups = [
        FieldGroup(_("Tempat dan tahun"), [FieldOption(name, _(label)) for name, label in PLACES.items()]),
        FieldGroup(
            _("Penyebut"), [FieldOption(kode, _(PENYEBUT[kode].nama), PENYEBUT[kode].satuan) for kode in PENYEBUT]
        ),
        FieldGroup(_("Kriteria"), [FieldOption(k.kode, f"{k.kode} {_(k.nama)}", k.satuan) for k in criteria]),
        FieldGroup(_("Indikator pendukung"), _indicators(new), many=True),
    ]
    return Fields(groups, {option.value: option for group in groups for option in group.options})


def _indicators(new: Mapping[str, Mapping[str, Any]]) -> list[FieldOption]:
    """Those that every city knows, those of the database, and those that the sender adds; each once, by name."""
    known = {spec.kode: (spec.nama, spec.satuan) for spec in catalogue().indicators.values()}
    known |= {kode: (nama, satuan) for kode, nama, satuan in Indicator.objects.values_list("kode", "nama", "satuan")}
    known |= {kode: (facts["nama"], facts["satuan"]) for kode, facts in new.items()}
    options = [FieldOption(f"{INDICATOR}{kode}", nama, satuan) for kode, (nama, satuan) in known.items()]
    return sorted(options, key=lambda option: option.label.casefold())


def is_known_field(name: str, new: Mapping[str, Any] | None = None) -> bool:
    """Whether a column may be read as `name`; `new` are indicators that the sender adds."""
    kode = name.removeprefix(INDICATOR)
    if name.startswith(INDICATOR):
        return kode in catalogue().indicators or kode in (new or {}) or Indicator.objects.filter(kode=kode).exists()
    if name.startswith(RESULTS):
        return name[2:] in KRITERIA or name[2:] == "total"
    return not name or name in PLACES or bool(unit_of(name))
