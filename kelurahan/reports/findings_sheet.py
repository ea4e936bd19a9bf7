"""All findings of an upload as a spreadsheet: what pages fold, one below the other."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kelurahan.models import Upload
from kelurahan.reports.changes import TEXT_ONLY
from kelurahan.reports.findings import words_of
from kelurahan.rules.findings import Level

Row = Sequence[str]


def findings_sheet(upload: Upload, *, title: str) -> bytes:
    """As .xlsx, every text as text: what an officer wrote in a cell never becomes a formula."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, **TEXT_ONLY}) as book:
        sheet = book.add_worksheet(_("Temuan")[:31])
        bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
        sheet.write_string(0, 0, title, bold)
        for column, (head, width) in enumerate(_heads()):
            sheet.write_string(2, column, head, bold)
            sheet.set_column(column, column, width)
        for number, row in enumerate(_rows(upload), 3):
            for column, text in enumerate(row):
                sheet.write_string(number, column, text, wrapped)
        sheet.freeze_panes(3, 0)
    return out.getvalue()


def _heads() -> Sequence[tuple[str, int]]:
    return (
        (_("Lembar"), 16),
        (_("Sel"), 8),
        (_("Jenis"), 14),
        (_("Temuan"), 70),
        (_("Yang perlu dilakukan"), 60),
    )


def _rows(upload: Upload) -> list[Row]:
    """In the order of their gravity; at the end of each level, what was counted and not kept."""
    levels = {str(Level.GALAT): _("Galat"), str(Level.PERINGATAN): _("Peringatan"), str(Level.INFO): _("Info")}
    rows = [(finding["level"], _row(finding)) for finding in upload.temuan] + list(_not_kept(upload))
    ranked = sorted(rows, key=lambda row: list(levels).index(row[0]))
    return [(sheet, cell, levels[level], *words) for level, (sheet, cell, *words) in ranked]


def _row(finding: Mapping[str, Any]) -> Row:
    return finding.get("sheet", ""), finding.get("cell", ""), *words_of(finding)


def _not_kept(upload: Upload) -> Iterator[tuple[str, Row]]:
    kept = Counter(finding["code"] for finding in upload.temuan)
    first = {finding["code"]: finding for finding in reversed(upload.temuan)}
    for code, counted in upload.terbaca.get("n_temuan", {}).items():
        n = counted - kept[code]
        if code in first and n > 0:
            message, repair = words_of(first[code])
            more = ngettext("Dan %(n)d temuan lain yang sejenis.", "Dan %(n)d temuan lain yang sejenis.", n) % {"n": n}
            yield first[code]["level"], ("", "", f"{message} {more}", repair)
