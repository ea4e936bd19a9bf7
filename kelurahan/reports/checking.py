"""The findings of an upload by what to do about them: mends for whole groups of rows, decisions, cells to correct."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from kelurahan.models import Upload
from kelurahan.reports.findings import STEPS, Section, fold, sections, words_of
from kelurahan.rules.findings import MESSAGES
from kelurahan.rules.numbers import format_number, read_number
from kelurahan.rules.regulation import State

LINES = 20  # cells to correct in one form
_FEW = 100  # rows
TOLD = 2  # findings that a mend answers, told with it
SINGLY = 10  # decisions of one kind that are shown at once
_CELL = re.compile(r"([A-Z]{1,3})([1-9][0-9]*)")
NUMBERS = frozenset(
    {
        "not_a_number", "other_number_style", "number_too_large", "negative", "error_cell", "formula_without_value",
        "date_for_number", "volume_over_zero", "over_100_percent", "not_a_whole_number", "area_lost_its_decimals",
        "area_over_official", "area_over_official_by_its_mark",
    }
)  # fmt: skip
"""Findings at a cell that should hold a number."""
_TEXTS = frozenset({"year_missing", "year_unreadable", "year_out_of_range", "rt_unreadable", "rt_without_rw"})
"""Findings at a cell that says where or when."""
_ASKED = frozenset({"over_100_percent"})
"""Warnings that are usually a slip: asked as a decision, though they may stay."""
_OF_THE_FILE = frozenset(
    {
        "rt_column_missing", "rows_are_parts", "rows_share_place", "places_rival", "faults_unplaced",
        "no_value_columns", "more_of_the_same", "table_year_missing", "place_column_unknown",
    }
)  # fmt: skip
_SINGLY_KNOWN = {
    "volume_too_large": "over_100_percent",
    "negative_left_out": "negative",
    "negative_without_sign": "negative",
}
"""Mends of cells whose number only a person knows: offered beside the cells, which stay to be corrected one by one."""
_WHOLE_ROWS = "total_rows"
"""Mends that leave their rows out: whatever else is wrong in them goes, too."""
_OF_VOLUME = frozenset({"over_100_percent", "volume_over_zero"})


@dataclass(frozen=True, slots=True)
class RepairCard:
    """A proposed mend: `does` says on its button what it does, `evidence` why it is proposed. `state`: "usul",
    "diterapkan", "ditolak"."""

    id: str
    code: str
    level: str
    title: str
    does: str
    evidence: str
    where: str
    n: int
    sample: list[dict[str, Any]]
    certain: bool
    state: str
    kelompok: str
    told: list[str]  # messages of the findings that it answers
    n_told: int

    @property
    def n_told_more(self) -> int:
        return self.n_told - len(self.told)

    @property
    def across(self) -> bool:
        """Whether the sample shows neighbouring cells of one row."""
        return len(self.sample) > 1 and len({re.sub(r"[A-Z]+(?=[0-9]+$)", "", one["cell"]) for one in self.sample}) == 1


@dataclass(frozen=True, slots=True)
class Decision:
    """Mends of which at most one is taken."""

    level: str
    title: str
    n: int
    options: list[RepairCard]
    told: list[str]

    @property
    def chosen(self) -> RepairCard | None:
        return next((option for option in self.options if option.state == "diterapkan"), None)


@dataclass(frozen=True, slots=True)
class Line:
    """A cell or row to correct: `text` as the file has it, None where no single cell is wrong."""

    cell: str  # "RT!H17"
    row: str  # "RT!17", "" where a record is no row
    place: str
    message: str
    text: str | None
    number: bool
    typed: str | None = None
    problem: str = ""
    dropped: bool = False

    @property
    def shown(self) -> str:
        return self.typed if self.typed is not None else self.text or ""


@dataclass(frozen=True, slots=True)
class LineGroup:
    level: str
    code: str
    title: str
    repair: str
    n: int
    lines: list[Line]
    mends: list[RepairCard]  # for all of them at once

    @property
    def step(self) -> str:
        """The step that answers it for all rows at once: by name of its page, "" where there is none."""
        return STEPS.get(self.code, "")

    @property
    def n_more(self) -> int:
        return self.n - len(self.lines)

    @property
    def may_stay(self) -> bool:
        return self.level != "galat"


@dataclass(frozen=True, slots=True)
class Checked:
    """The page. `at_once` of section one and `decisions`, `lines` of section two; `rest` as every list of findings."""

    at_once: list[RepairCard]
    decisions: list[Decision]
    n_decisions_more: int
    lines: list[LineGroup]
    rest: list[Section]
    n_warnings: int
    n_warned: int
    done: list[RepairCard] = field(default_factory=list)
    refused: list[RepairCard] = field(default_factory=list)

    @property
    def certain(self) -> list[RepairCard]:
        return [card for card in self.at_once if card.certain]

    @property
    def n_rows(self) -> int:
        return sum(card.n for card in self.at_once)

    @property
    def anything(self) -> bool:
        return bool(self.at_once or self.decisions or self.lines or self.rest or self.done or self.refused)


def checked(upload: Upload) -> Checked:
    """No queries."""
    answered = _Answered(upload)
    cards = [_card(upload, repair, answered) for repair in upload.terbaca.get("repairs", [])]
    waiting = [card for card in cards if card.state == "usul"]
    groups = [card for card in cards if card.kelompok and card.state != "ditolak" and card.code not in _SINGLY_KNOWN]
    decisions = list(_decisions(groups))
    shown = _some_of_each(decisions)
    left, counts = answered.rest, answered.counts()
    beside = {card.id for card in waiting if card.code in _SINGLY_KNOWN}
    line_groups, others = _line_groups(upload, left, counts, [card for card in waiting if card.id in beside])
    warnings = [group for group in fold(upload.temuan, counts) if group.level == "peringatan"]
    return Checked(
        at_once=[card for card in waiting if not card.kelompok and card.id not in beside],
        decisions=shown,
        n_decisions_more=len(decisions) - len(shown),
        lines=line_groups,
        rest=sections(fold(others, counts)),
        n_warnings=len(warnings),
        n_warned=sum(group.n for group in warnings),
        done=[card for card in cards if card.state == "diterapkan"],
        refused=[card for card in cards if card.state == "ditolak"],
    )


# --- mends ----------------------------------------------------------------------------------------------------


def repair_words(repair: Mapping[str, Any]) -> tuple[str, str]:
    """What is wrong, and what the mend does, as a heading and a button say it."""
    title, does = words_of({**repair, "sheet": "", "cell": repair["where"]})
    return title.rstrip("."), does.rstrip(".")


def n_mended(upload: Upload) -> int:
    """Mends that were taken, and cells and rows that were decided about."""
    taken = sum(bool(repair["accepted"]) for repair in upload.terbaca.get("repairs", []))
    return taken + len(upload.pilihan.get("cells", {})) + len(upload.pilihan.get("drop_rows", []))


def _evidence(repair: Mapping[str, Any]) -> str:
    """On what grounds it is proposed."""
    finding = {**repair, "code": f"{repair['code']}_bukti", "sheet": "", "cell": repair["where"]}
    return words_of(finding)[0] if finding["code"] in MESSAGES else ""


def waiting_repairs(upload: Upload) -> Iterator[tuple[Mapping[str, Any], str]]:
    """Mends that hold their rows until somebody answers, each with what is wrong."""
    refused = upload.pilihan.get("refused", [])
    for repair in upload.terbaca.get("repairs", []):
        if repair["holds"] and not repair["accepted"] and repair["id"] not in refused:
            yield repair, repair_words(repair)[0]


def instead_of(upload: Upload, taken: Collection[str]) -> list[str]:
    """The other mends of the same rows: of those only one can be."""
    repairs = upload.terbaca.get("repairs", [])
    groups = {r["params"].get("kelompok") for r in repairs if r["id"] in taken} - {None, ""}
    return [r["id"] for r in repairs if r["params"].get("kelompok") in groups and r["id"] not in taken]


def _card(upload: Upload, repair: Mapping[str, Any], answered: _Answered) -> RepairCard:
    refused = repair["id"] in upload.pilihan.get("refused", [])
    state = "diterapkan" if repair["accepted"] else "ditolak" if refused else "usul"
    title, does = repair_words(repair)
    found = answered.by_repair.get(repair["id"], [])
    return RepairCard(
        id=repair["id"],
        code=repair["code"],
        level=repair["level"],
        title=title,
        does=does or _("Terapkan pada %(n)s baris") % {"n": format_number(repair["n"])},
        evidence=_evidence(repair),
        where=repair["where"],
        n=repair["n"],
        sample=_own_sample(repair),
        certain=repair["certain"],
        state=state,
        kelompok=repair["params"].get("kelompok", ""),
        told=list(dict.fromkeys(words_of(finding)[0] for finding in found[:TOLD])),
        n_told=len(found),
    )


def _row(cell: str) -> str:
    """ "17" of "RT!H17"."""
    return cell.rpartition("!")[2].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def _own_sample(repair: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Of a row that stays among several about one place, only what stands in it."""
    row = str(repair["params"].get("baris", ""))
    own = [one for one in repair["sample"] if repair["code"] == "duplicate_keep" and _row(one["cell"]) == row]
    return own if len(own) == 1 else list(repair["sample"])


def _decisions(cards: Sequence[RepairCard]) -> Iterator[Decision]:
    by_group: dict[str, list[RepairCard]] = defaultdict(list)
    for card in cards:
        by_group[card.kelompok].append(card)
    for options in by_group.values():
        told = list(dict.fromkeys(message for option in options for message in option.told))
        if any(option.state == "usul" for option in options) and not any(o.state == "diterapkan" for o in options):
            titles = list(dict.fromkeys(option.title for option in options))
            title = told[0] if told and len(titles) > 1 else titles[0]
            yield Decision(options[0].level, title, options[0].n, options, [one for one in told[:2] if one != title])


def _some_of_each(decisions: Sequence[Decision]) -> list[Decision]:
    """The first of many alike: deciding them all at once is one of the choices."""
    seen: dict[str, int] = defaultdict(int)
    shown = []
    for decision in decisions:
        kind = decision.options[0].id.partition(":")[0]
        seen[kind] += 1
        if seen[kind] <= SINGLY:
            shown.append(decision)
    return shown


class _Answered:
    """Findings that an open mend would settle, and the rest."""

    def __init__(self, upload: Upload) -> None:
        self.upload = upload
        self.by_repair: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        self.rest: list[Mapping[str, Any]] = []
        self.folded: dict[str, int] = defaultdict(int)
        refused = upload.pilihan.get("refused", [])
        tables = {table["key"]: table["sheet"] for table in upload.terbaca.get("tables", [])}
        repairs = upload.terbaca.get("repairs", [])
        self.wide: list[_Reach] = []
        self.at: dict[str, list[_Reach]] = defaultdict(list)  # by "RT!17" or "RT!H17"
        for repair in repairs:
            if not repair["accepted"] and repair["id"] not in refused and repair["code"] not in _SINGLY_KNOWN:
                self._index(_Reach(repair, tables.get(repair["table_key"], "")))
        for finding in upload.temuan:
            self._place(finding)

    def _index(self, reach: _Reach) -> None:
        """Mends of few rows are looked up by them: there may be hundreds."""
        spots = reach.spots()
        if spots is None:
            self.wide.append(reach)
        for spot in spots or ():
            self.at[spot].append(reach)

    def _place(self, finding: Mapping[str, Any]) -> None:
        sheet = finding.get("sheet", "")
        row, cell = f"{sheet}!{row_of(finding)}", f"{sheet}!{finding.get('cell', '')}"
        near = [*self.wide, *self.at.get(row, ()), *self.at.get(cell, ())]
        found = [reach.repair["id"] for reach in near if reach.answers(finding)]
        if found:
            self.folded[finding["code"]] += 1
        else:
            self.rest.append(finding)
        for repair in found:
            self.by_repair[repair].append(finding)

    def counts(self) -> dict[str, int]:
        """Of each code, how many are left, also beyond those that were kept."""
        counted = self.upload.terbaca.get("n_temuan", {})
        return {code: n - self.folded[code] for code, n in counted.items()}


class _Reach:
    """What a mend is about."""

    def __init__(self, repair: Mapping[str, Any], sheet: str) -> None:
        self.repair, self.sheet = repair, sheet
        self.codes, self.cells = set(repair["answers"]), set(repair["cells"])
        self.whole = repair["code"].startswith(_WHOLE_ROWS)
        more = re.findall(r"\d+", str(repair["params"].get("semua", "")))  # the row that stays is settled, too
        self.runs = sorted([*repair["rows"], *([int(row), int(row)] for row in more)])
        self.firsts = [first for first, _last in self.runs]

    def spots(self) -> list[str] | None:
        """Its rows or cells by name; None for very many."""
        if self.cells:
            return sorted(self.cells)
        if sum(last - first + 1 for first, last in self.runs) > _FEW:
            return None
        return [f"{self.sheet}!{row}" for first, last in self.runs for row in range(first, last + 1)]

    def answers(self, finding: Mapping[str, Any]) -> bool:
        if finding["code"] not in self.codes and not self.whole:
            return False
        if self.cells:
            return f"{finding.get('sheet', '')}!{finding.get('cell', '')}" in self.cells
        return finding.get("sheet", "") == self.sheet and self._has(row_of(finding))

    def _has(self, row: int) -> bool:
        """There may be thousands of runs."""
        n = bisect_right(self.firsts, row)
        return n > 0 and row <= self.runs[n - 1][1]


def row_of(finding: Mapping[str, Any]) -> int:
    """The number of the row on the sheet, 0 where a finding is about no single row."""
    found = _CELL.fullmatch(finding.get("cell", ""))
    row = int(found[2]) if found else finding["params"].get("baris")
    return row if isinstance(row, int) else 0


# --- cells and rows -------------------------------------------------------------------------------------------


def _line_groups(
    upload: Upload, findings: Iterable[Mapping[str, Any]], counts: Mapping[str, int], mends: Sequence[RepairCard]
) -> tuple[list[LineGroup], list[Mapping[str, Any]]]:
    """Findings at single rows that hold them, or are asked about; and the others."""
    by_code: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
    others = []
    for finding in findings:
        code, level = finding["code"], finding["level"]
        asked = level == "galat" or code in _ASKED
        if asked and code not in _OF_THE_FILE and row_of(finding) and finding.get("sheet"):
            by_code[level, code].append(finding)
        else:
            others.append(finding)
    lines = _Lines(upload)
    beside = {code: [mend for mend in mends if _SINGLY_KNOWN[mend.code] == code] for _level, code in by_code}
    groups = [
        lines.group(code, level, found, counts.get(code, 0), beside[code]) for (level, code), found in by_code.items()
    ]
    return sorted(groups, key=lambda group: group.may_stay), others


class _Lines:
    """Makes lines to correct of findings."""

    def __init__(self, upload: Upload) -> None:
        self.dropped = set(upload.pilihan.get("drop_rows", []))
        tables = [table for table in upload.terbaca.get("tables", []) if table["use"]]
        self.flat = {table["sheet"] for table in tables} - {t["sheet"] for t in tables if t["orientation"] != "baris"}
        self.factors = {
            (table["sheet"], column["letter"]): Fraction(column.get("factor", "1"))
            for table in tables
            for column in table["columns"]
        }

    def group(
        self, code: str, level: str, found: Sequence[Mapping[str, Any]], counted: int, mends: list[RepairCard]
    ) -> LineGroup:
        title, repair = words_of(found[0])
        lines = [self.line(finding) for finding in found[:LINES]]
        return LineGroup(level, code, title, repair, max(len(found), counted), lines, mends)

    def line(self, finding: Mapping[str, Any]) -> Line:
        sheet, cell, code = finding["sheet"], finding.get("cell", ""), finding["code"]
        row = f"{sheet}!{row_of(finding)}" if sheet in self.flat else ""
        fixable = bool(_CELL.fullmatch(cell)) and (code in NUMBERS or code in _TEXTS)
        return Line(
            cell=f"{sheet}!{cell}" if cell else "",
            row=row,
            place=finding.get("tempat", ""),
            message=words_of(finding)[0],
            text=self._text(finding) if fixable else None,
            number=code in NUMBERS,
            dropped=row in self.dropped,
        )

    def _text(self, finding: Mapping[str, Any]) -> str:
        """What stands in the cell. Checks tell numbers in our unit: they go back into that of the column."""
        params, code = finding["params"], finding["code"]
        if code not in _OF_VOLUME and not code.startswith("area_") and code != "not_a_whole_number":
            return str(params.get("text", ""))
        shown = str(params.get("volume" if code in _OF_VOLUME else "text", ""))
        letter = finding["cell"].rstrip("0123456789")
        factor = self.factors.get((finding["sheet"], letter), Fraction(1))
        number = read_number(shown).value
        if number is None or factor in (0, 1):
            return shown
        exact = Fraction(number) / factor
        return format_number(Decimal(exact.numerator) / Decimal(exact.denominator))


def lines_of(page: Checked) -> dict[str, Line]:
    """Every cell that the page offers to correct."""
    return {line.cell: line for group in page.lines for line in group.lines if line.text is not None}


def rows_of(page: Checked) -> set[str]:
    """Every row that the page offers to leave out."""
    return {line.row for group in page.lines for line in group.lines if line.row}


def with_typed(
    page: Checked, typed: Mapping[str, str], dropped: Collection[str], problems: Mapping[str, str]
) -> Checked:
    """The page with what somebody typed, and what is wrong with it."""
    groups = [
        replace(
            group,
            lines=[
                replace(
                    line,
                    typed=typed.get(line.cell),
                    problem=problems.get(line.cell, ""),
                    dropped=line.row in dropped,
                )
                for line in group.lines
            ],
        )
        for group in page.lines
    ]
    return replace(page, lines=groups)


@dataclass(frozen=True, slots=True)
class Heard:
    """How a typed text is understood: `understood` for the echo, or what is wrong with it."""

    understood: str
    problem: str = ""


def hear(text: str) -> Heard:
    """A number as every form of the site reads it."""
    read = read_number(text)
    if read.problem and read.problem != "too_many_decimals":
        if read.problem == "negative":
            return Heard("", _("Angka tidak boleh kurang dari nol."))
        if read.problem == "number_too_large":
            return Heard("", _("Angka harus di bawah 10.000.000.000."))
        return Heard("", _("Bukan angka. Tulis misalnya 1.250,5; “kosong”, atau “tidak berlaku”."))
    if read.understood:
        return Heard(_("dibaca %(angka)s") % {"angka": read.understood})
    if read.state == State.NOT_APPLICABLE:
        return Heard(_("dibaca “tidak berlaku”"))
    if read.explicit:
        return Heard(_("dibaca “kosong”: angka tersimpan dihapus"))
    return Heard(_("dibiarkan kosong: angka tersimpan tidak berubah"))
