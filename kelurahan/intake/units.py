"""Units as headers write them, and exact factors between those of one kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Unit:
    """`scale` brings a number in this unit to the base of its kind; units of different kinds never meet."""

    name: str
    kind: str
    scale: Fraction = Fraction(1)


def _units(kind: str, scales: Mapping[str, tuple[str, Fraction | int]]) -> dict[str, Unit]:
    """Unit name → (its other spellings, scale)."""
    return {
        word: Unit(name, kind, Fraction(scale))
        for name, (words, scale) in scales.items()
        for word in (name, *words.split())
    }


PERSEN = Unit("persen", "persen")

_WORDS = {
    **_units(
        "luas",
        {
            "ha": ("hektar hektare hectare hectares", 1),
            "km2": ("", 100),
            "m2": ("", Fraction(1, 10_000)),
            "are": ("", Fraction(1, 100)),
        },
    ),
    **_units("panjang", {"m": ("meter mtr metre metres", 1), "km": ("kilometer", 1000), "cm": ("", Fraction(1, 100))}),
    **_units("orang", {"jiwa": ("jw orang org people person persons", 1)}),
    **_units("anak", {"anak": ("balita baduta", 1)}),
    **_units("kk", {"KK": ("kk keluarga ruta", 1)}),
    **_units("unit", {"unit": ("buah bh units", 1), "bangunan": ("", 1), "rumah": ("", 1), "gedung": ("", 1)}),
    **_units("tempat", {"lokasi": ("titik", 1), "kawasan": ("", 1)}),
    **_units("usaha", {"usaha": ("", 1), "kelompok": ("", 1)}),
    **_units("sambungan", {"sambungan": ("sr", 1)}),
    **_units("rt", {"RT": ("rt", 1)}),
    **_units("rw", {"RW": ("rw", 1)}),
    **_units("rupiah", {"rupiah": ("rp idr", 1)}),
    **_units("kepadatan", {"jiwa/km2": ("", 1), "jiwa/ha": ("", 100)}),
    **_units("kepadatan bangunan", {"unit/ha": ("", 1), "unit/km2": ("", Fraction(1, 100))}),
    **_units("timbulan", {"ton/hari": ("", 1), "kg/hari": ("", Fraction(1, 1000))}),
    **_units("timbulan isi", {"m3/hari": ("", 1)}),
    **_units("berat", {"ton": ("", 1), "kg": ("", Fraction(1, 1000)), "kuintal": ("", Fraction(1, 10))}),
    **_units("isi", {"m3": ("", 1), "liter": ("", Fraction(1, 1000))}),
    "persen": PERSEN,
}
_MANY = {"ribu": 1_000, "ribuan": 1_000, "rb": 1_000, "juta": 10**6, "jutaan": 10**6, "jt": 10**6}
_MANY |= {"miliar": 10**9, "milyar": 10**9, "000": 1_000, "1000": 1_000}
_AROUND = {"dalam", "dlm", "satuan", "x", "nilai"}
_PERSONS = {"anak", "pemilih"}
"""Kinds counted in persons, though not every person."""
_THINGS = {"unit", "tempat", "usaha", "sambungan", "rt", "rw"}
_ANY_THING = "unit"
LOOSE = frozenset({"ha", "hektar", "hektare", "km2", "m2", "m", "meter", "km", "jiwa", "orang", "org", "kk", "unit"})
"""Words that are a unit even without brackets: "Luas Ha", "penduduk_jiwa"."""
LOOSE |= {"buah", "bh", "rupiah", "rp", "anak", "jiwa/km2", "jiwa/ha", "unit/ha", "ton/hari", "m3/hari", *_MANY}


def read_unit(words: Sequence[str]) -> Unit | None:
    """The unit that these words are, all of them: ["ribu", "jiwa"], ["juta", "rp"], ["orang", "jiwa"]; else None."""
    many, found = Fraction(1), set()
    for word in words:
        if word in _MANY:
            many *= _MANY[word]
        elif word in _WORDS:
            found.add(_WORDS[word])
        elif word not in _AROUND and word != "/":
            return None
    if len({unit.kind for unit in found}) == 1 and len({unit.scale for unit in found}) == 1:
        unit = found.pop()
        names = [word for word in words if word in _MANY]
        return replace(unit, name=" ".join([*names, unit.name]), scale=unit.scale * many) if names else unit
    if not found and many != 1:
        return Unit(next(word for word in words if word in _MANY), "", many)
    return None


def factor(unit: Unit | None, satuan: Unit | None) -> Fraction | None:
    """From `unit` to `satuan`; None when there is no way. A header without a unit is taken to mean ours."""
    if unit is None or satuan is None:
        return Fraction(1)
    if unit.kind == satuan.kind:
        return unit.scale / satuan.scale
    if unit.kind == "orang" and satuan.kind in _PERSONS:
        return unit.scale / satuan.scale
    if unit.name.endswith(_ANY_THING) and unit.kind == "unit" and satuan.kind in _THINGS:
        return unit.scale / satuan.scale
    return unit.scale if not unit.kind else None  # "ribuan" says only how many


def unit_named(text: str) -> Unit:
    """The unit of an indicator, which may be one that nobody else uses."""
    words = text.casefold().replace("²", "2").replace("%", "persen").split()
    return read_unit(words) or Unit(text, text.casefold())


def alike(satuan: str) -> list[str]:
    """Units that can be brought to this one: ["ha", "km2", "m2", "are"]; empty where there is no other."""
    wanted = unit_named(satuan)
    names = dict.fromkeys(unit.name for unit in _WORDS.values() if unit.kind == wanted.kind)
    return list(names) if len(names) > 1 and wanted.kind in {"luas", "panjang", "berat", "isi", "timbulan"} else []
