"""The findings of an upload, folded by kind and grouped by what to do about them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from kelurahan.models import Upload
from kelurahan.rules.findings import Finding, Level, render

SHOWN = 20
_OF_STEP = {
    "upload-files": ("table_year_missing", "tables_disagree", "mixed_number_styles", "unclear_number_style"),
    "upload-columns": (
        "place_column_unknown", "places_rival", "no_value_columns", "columns_unread", "columns_missing_unread",
        "memory_conflict", "chosen_in_other_unit",
    ),
    "upload-names": ("place_unknown", "place_unknown_like", "place_ambiguous"),
}  # fmt: skip
STEPS = {code: step for step, codes in _OF_STEP.items() for code in codes}
"""What a step of the wizard answers for all rows at once, by name of its page."""
_SHAPE = re.compile(r"features\[(\d+)\]")  # as the path in a GeoJSON file, from 0


@dataclass(frozen=True, slots=True)
class Told:
    cell: str
    message: str
    repair: str


@dataclass(frozen=True, slots=True)
class FindingGroup:
    """All findings of one code. `title` is the message of the first; `n` counts also those that were not kept."""

    level: str
    code: str
    n: int
    title: str
    repair: str
    cells: list[str]  # at most SHOWN
    n_cells_more: int
    told: list[Told]  # each by itself, at most SHOWN; empty for a single one

    @property
    def n_more(self) -> int:
        return self.n - 1

    @property
    def step(self) -> str:
        """The step of the wizard that answers it, by name of its page; "" where there is none."""
        return STEPS.get(self.code, "")


@dataclass(frozen=True, slots=True)
class Section:
    """What to do about a level of findings."""

    level: str
    title: str
    hint: str
    groups: list[FindingGroup]

    @property
    def n(self) -> int:
        return sum(group.n for group in self.groups)


def finding_groups(upload: Upload) -> list[FindingGroup]:
    """In the order of their gravity, then of the sheet."""
    return fold(upload.temuan, upload.terbaca.get("n_temuan", {}))


def fold(findings: Iterable[Mapping[str, Any]], counts: Mapping[str, int] | None = None) -> list[FindingGroup]:
    by_code: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for finding in findings:
        by_code.setdefault((finding["level"], finding["code"]), []).append(finding)
    order = [str(level) for level in Level]
    ranked = sorted(by_code.items(), key=lambda item: order.index(item[0][0]))
    return [_group(level, code, found, counts or {}) for (level, code), found in ranked]


def _group(level: str, code: str, found: list[Mapping[str, Any]], counts: Mapping[str, int]) -> FindingGroup:
    told = [_told(finding) for finding in found[:SHOWN]]
    cells = list(dict.fromkeys(filter(None, (_reference(finding) for finding in found))))
    n = max(len(found), int(counts.get(code, 0)))
    return FindingGroup(
        level=level,
        code=code,
        n=n,
        title=told[0].message,
        repair=told[0].repair,
        cells=cells[:SHOWN],
        n_cells_more=max(len(cells), n if len(cells) > 1 else 0) - len(cells[:SHOWN]) if cells else 0,
        told=told if len(found) > 1 else [],
    )


def _told(finding: Mapping[str, Any]) -> Told:
    message, repair = words_of(finding)
    return Told(_reference(finding), message, repair)


def words_of(finding: Mapping[str, Any]) -> tuple[str, str]:
    """Message and repair of a stored finding; a code of an older release still says where it is."""
    level, params = finding.get("level", Level.GALAT), finding.get("params", {})
    known = Finding(Level(level), finding["code"], finding.get("sheet", ""), finding.get("cell", ""), params)
    try:
        return render(known, _)
    except KeyError:
        return _("Temuan “%(code)s”.") % {"code": finding["code"]}, ""


def _reference(finding: Mapping[str, Any]) -> str:
    sheet, cell = finding.get("sheet", ""), finding.get("cell", "")
    if shape := _SHAPE.fullmatch(cell):
        return _("bentuk ke-%(n)d") % {"n": int(shape[1]) + 1}
    return f"{sheet}!{cell}" if sheet and cell else cell


def sections(groups: Iterable[FindingGroup], *, whole: bool = False) -> list[Section]:
    """`whole`: the file is taken as a whole or not at all, so nothing is held back or ticked."""
    groups = list(groups)
    held, ticked = _("baris yang tertahan tidak ditulis; perbaiki, lalu unggah lagi"), _("dicentang saat menerapkan")
    asked = [] if whole else [group for group in groups if group.level == "galat" and group.step]
    groups = [group for group in groups if group not in asked]
    first = [Section("galat", _("Jawab di langkah sebelumnya"), _("berkasnya tidak perlu dikirim lagi"), asked)]
    told = (
        ("galat", _("Perbaiki di berkas"), _("perbaiki, lalu kirim lagi") if whole else held),
        ("peringatan", _("Setujui bila benar"), _("lihat pada gambar di bawah ini") if whole else ticked),
        ("info", _("Untuk diketahui"), _("tidak perlu tindakan")),
    )
    rest = [
        Section(level, title, hint, own)
        for level, title, hint in told
        if (own := [group for group in groups if group.level == level])
    ]
    return [*(first if asked else ()), *rest]
