"""The steps of an upload before anything is written: what was found in the file, what each column and name was taken
for, and what only the sender can say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kelurahan.models import Area, Upload, UploadState
from kelurahan.reports.findings import words_of
from kelurahan.reports.spelled import spelled
from kelurahan.rules.findings import N_
from kelurahan.rules.numbers import NumberStyle, other_style, read_number

ELSEWHERE = "-"
PREVIEWED = 12  # columns of numbers; the others are said to be there
_ORIENTATIONS = {
    "baris": N_("satu tempat per baris"),
    "kolom": N_("satu tempat per kolom (menyamping)"),
    "panjang": N_("satu angka per baris (tabel panjang)"),
    "formulir": N_("formulir R0, satu catatan per formulir"),
}
_KINDS = {"penilaian": N_("Data penilaian kumuh"), "indikator": N_("Indikator pendukung")}
_YEAR_SOURCES = {
    "kolom": N_("dari kolom tahun"),
    "judul": N_("dari judul tabel"),
    "lembar": N_("dari nama lembar"),
    "kepala": N_("dari kepala formulir"),
    "pengguna": N_("diisi pengirim"),
}
_CODE_SYSTEMS = {
    "kemendagri": N_("kode Kemendagri"),
    "bps": N_("kode BPS"),
    "campuran": N_("kode Kemendagri dan BPS bercampur"),
    "nama": N_("nama kelurahan, tanpa kode"),
}
_STYLES = {
    NumberStyle.INDONESIAN: N_("titik ribuan, koma desimal"),
    NumberStyle.ENGLISH: N_("koma ribuan, titik desimal"),
    NumberStyle.PLAIN: N_("tanpa tanda ribuan"),
}


def _word(words: Mapping[str, str], key: str) -> str:
    text = words.get(key)
    return _(text) if text else ""


class FieldNames(Protocol):
    """What fields are called, and in which units a column of one may be given."""

    def label(self, name: str | None) -> str: ...

    def satuan(self, name: str | None) -> str: ...

    def units(self, name: str | None) -> list[str]: ...


# --- what is open -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Questions:
    """How much each step still needs the sender."""

    berkas: int
    kolom: int
    nilai: int

    @property
    def first(self) -> str:
        """The first step that needs the sender, else the one that shows what is wrong."""
        return next((step for step in ("berkas", "kolom", "nilai") if getattr(self, step)), "periksa")


def questions(upload: Upload) -> Questions:
    used = [table for table in _tables(upload) if table["use"]]
    return Questions(
        berkas=sum(_needs_year(table) for table in used) + (bool(_tables(upload)) and not used),
        kolom=sum(_n_open(upload, table) for table in used),
        nilai=len({name["key"] for table in used for name in table.get("unmatched", [])}),
    )


def _tables(upload: Upload) -> list[dict[str, Any]]:
    """Those of a reading; one of an older release has none."""
    tables: list[dict[str, Any]] = upload.terbaca.get("tables", [])
    return tables


def _chosen(upload: Upload, table: Mapping[str, Any]) -> Mapping[str, Any]:
    chosen: Mapping[str, Any] = upload.pilihan.get("tables", {}).get(table["key"], {})
    return chosen


def _fields(table: Mapping[str, Any]) -> dict[str, str]:
    """Field → letter of the column that is read as it."""
    return {column["field"]: column["letter"] for column in table["columns"] if column["field"]}


def _needs_year(table: Mapping[str, Any]) -> bool:
    return table["year"] is None and "tahun" not in _fields(table) and table.get("n", 0) > 0


def _needs_place(table: Mapping[str, Any]) -> bool:
    return table["orientation"] == "baris" and not {"kelurahan", "kode"} & _fields(table).keys()


def _n_open(upload: Upload, table: Mapping[str, Any]) -> int:
    """Questions about the columns of a table; which one names the places is one of them."""
    chosen = _chosen(upload, table)
    return sum(_is_open(table, column, chosen) for column in table["columns"]) or int(_needs_place(table))


def _is_open(table: Mapping[str, Any], column: Mapping[str, Any], chosen: Mapping[str, Any]) -> bool:
    """A column that is not read although it holds numbers or has a likely meaning that no other column has."""
    if column["field"] or not column.get("n") or "field" in chosen.get("columns", {}).get(column["letter"], {}):
        return False
    others = [name for name, _confidence in column["alternatives"]]
    if _needs_place(table):
        return others[:1] in (["kelurahan"], ["kode"])  # first of all, which places these numbers are about
    if column.get("asks"):
        return True
    return bool(others) and (column.get("remembered", False) or others[0] not in _fields(table))


# --- the bar of steps -------------------------------------------------------------------------------------------------

MULAI, BERKAS, KOLOM, NILAI, PERIKSA, PERUBAHAN, TERAPKAN, SELESAI = range(1, 9)


@dataclass(frozen=True, slots=True)
class Step:
    no: int
    nama: str
    url: str  # "" where it cannot be reached
    state: str  # "done", "now", "ahead"
    n: int = 0  # open questions


def steps(upload: Upload | None, current: int) -> list[Step]:
    reading = (_("Berkas"), pgettext("langkah", "Kolom"), pgettext("langkah", "Nilai"))
    names = (_("Mulai"), *reading, _("Periksa"), _("Perubahan"), _("Terapkan"), _("Selesai"))
    urls, n = _addresses(upload), {}
    if upload is not None and upload.state == UploadState.SIAP:
        asked = questions(upload)
        n = {BERKAS: asked.berkas, KOLOM: asked.kolom, NILAI: asked.nilai}
    return [
        Step(no, nama, urls.get(no, ""), "now" if no == current else "done" if no < current else "ahead", n.get(no, 0))
        for no, nama in enumerate(names, 1)
    ]


def _addresses(upload: Upload | None) -> dict[int, str]:
    start = {MULAI: reverse("kelurahan:uploads")}
    if upload is None or upload.state != UploadState.SIAP:
        return start
    names = {BERKAS: "files", KOLOM: "columns", NILAI: "names", PERIKSA: "check", PERUBAHAN: "changes"}
    urls = {no: reverse(f"kelurahan:upload-{name}", args=[upload.pk]) for no, name in names.items()}
    return start | urls | {TERAPKAN: f"{urls[PERUBAHAN]}#terapkan"}


# --- 2 Berkas ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StyleChoice:
    """How the texts of a column are read; `other` is what they would mean in the other style."""

    letter: str
    header: str
    style: str
    words: str
    example: str
    read_as: str
    aloud: str
    other: str
    other_words: str
    other_read_as: str
    other_aloud: str
    chosen: bool

    @property
    def differs(self) -> bool:
        return self.read_as != self.other_read_as


@dataclass(frozen=True, slots=True)
class PreviewRow:
    row: int
    place: str
    tahun: str
    held: bool
    cells: list[tuple[str, str]]  # value as understood, its cell


@dataclass(frozen=True, slots=True)
class FoundTable:
    """A table of the file as step two shows it."""

    key: str
    sheet: str
    range: str
    kind: str
    orientation: str
    formulir: bool
    n: int
    n_columns: int
    n_read: int
    year: int | None
    year_words: str
    needs_year: bool
    needs_place: bool
    years_in_column: bool
    header_row: int
    codes: str
    use: bool
    hidden: bool
    kondisi: str
    styles: list[StyleChoice]
    heads: list[tuple[str, str]]  # what each previewed column is, its letter
    n_heads_more: int
    preview: list[PreviewRow]
    remembered: Mapping[str, Any] | None
    chosen: bool  # something about it was decided


@dataclass(frozen=True, slots=True)
class FilesPage:
    tables: list[FoundTable]
    hidden: list[str]  # hidden sheets without a table that could be read
    skipped: list[tuple[str, str]]  # sheets that could not be read: message, what to do
    size: Mapping[str, int]

    @property
    def n_used(self) -> int:
        return sum(table.use for table in self.tables)

    @property
    def n_rows(self) -> int:
        return sum(table.n for table in self.tables if table.use)


def files_page(upload: Upload, fields: FieldNames) -> FilesPage:
    """One query for the names of the places in the preview."""
    tables = _tables(upload)
    hidden = set(upload.terbaca.get("hidden_sheets", []))
    codes = {row["kode"] for table in tables for row in table.get("preview", [])}
    names = dict(Area.objects.filter(kode__in=codes).values_list("kode", "nama"))
    return FilesPage(
        tables=[_found(upload, table, fields, names, hidden) for table in tables],
        hidden=sorted(hidden - {table["sheet"] for table in tables}),
        skipped=[words_of(finding) for finding in upload.temuan if finding["code"] == "sheet_skipped"],
        size=upload.terbaca.get("size", {}),
    )


def _found(
    upload: Upload, table: Mapping[str, Any], fields: FieldNames, names: Mapping[str, str], hidden: set[str]
) -> FoundTable:
    chosen = _chosen(upload, table)
    read = [column for column in table["columns"] if column["field"]]
    given = table["preview"][0]["cells"] if table.get("preview") else {}
    shown = [column["field"] for column in read if column["field"] in given]  # JSON in the database has its own order
    letters = _fields(table)
    return FoundTable(
        key=table["key"],
        sheet=table["sheet"],
        range=table["range"],
        kind=_word(_KINDS, table["jenis"]),
        orientation=_word(_ORIENTATIONS, table["orientation"]),
        formulir=table["orientation"] == "formulir",
        n=table.get("n", 0),
        n_columns=len(table["columns"]),
        n_read=len(read),
        year=table["year"],
        year_words=_word(_YEAR_SOURCES, "kolom" if "tahun" in letters else table["year_source"] or "pengguna"),
        needs_year=_needs_year(table),
        needs_place=_needs_place(table),
        years_in_column="tahun" in letters,
        header_row=table["header_row"],
        codes=_word(_CODE_SYSTEMS, table["code_system"]),
        use=table["use"],
        hidden=table["sheet"] in hidden,
        kondisi=chosen.get("kondisi", "awal"),
        styles=[style for column in read if (style := _style(column, chosen))],
        heads=[(fields.label(name), letters.get(name, "")) for name in shown[:PREVIEWED]],
        n_heads_more=max(0, len(shown) - PREVIEWED),
        preview=[_preview_row(row, names, shown[:PREVIEWED]) for row in table.get("preview", [])],
        remembered=upload.terbaca.get("ingatan", {}).get(table["key"]),
        chosen=bool(chosen),
    )


def _preview_row(row: Mapping[str, Any], names: Mapping[str, str], shown: Sequence[str]) -> PreviewRow:
    below = row["rt"] or row["kawasan"]
    kelurahan = names.get(row["kode"], row["kode"]) or _("tempat belum dikenal")
    place = f"{kelurahan}, {below}" if below else kelurahan
    cells = [(row["cells"][name][0], row["cells"][name][1]) for name in shown]
    return PreviewRow(row["row"], place, str(row["tahun"] or ""), row["held"], cells)


def _style(column: Mapping[str, Any], chosen: Mapping[str, Any]) -> StyleChoice | None:
    if not column["style"] or not column["example"]:
        return None
    style = NumberStyle(column["style"])
    other = other_style(style)
    read_as, other_read_as = column["read_as"], column.get("other_as", "")
    return StyleChoice(
        letter=column["letter"],
        header=column["header"],
        style=style,
        words=_(_STYLES[style]),
        example=column["example"],
        read_as=read_as,
        aloud=_aloud(read_as),
        other=other,
        other_words=_(_STYLES[other]),
        other_read_as=other_read_as,
        other_aloud=_aloud(other_read_as),
        chosen="style" in chosen.get("columns", {}).get(column["letter"], {}),
    )


def _aloud(figures: str) -> str:
    """A number of ours in words."""
    number = read_number(figures).value
    return "" if number is None else spelled(number)


# --- 3 Kolom ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ColumnRow:
    letter: str
    header: str
    samples: Sequence[str]
    n: int
    field: str
    how: str  # "yakin", "ragu" …, "" where nothing is proposed
    percent: int
    look: str  # class of the mark
    question: bool
    chosen: bool
    remembered: bool
    doubled: str  # letter of the column that is read instead
    proposals: list[tuple[str, str, int]]  # field, label, percent
    unit: str
    satuan: str
    units: list[str]
    typed: Mapping[str, str] | None = None  # what was typed beside it on a page that is shown again


@dataclass(frozen=True, slots=True)
class ColumnsTable:
    key: str
    sheet: str
    range: str
    kind: str
    rows: list[ColumnRow]
    n_read: int
    n_open: int
    needs_place: bool
    ignored: list[str]
    remembered: Mapping[str, Any] | None


def columns_page(upload: Upload, fields: FieldNames) -> list[ColumnsTable]:
    return [_columns_table(upload, table, fields) for table in _tables(upload) if table["use"]]


def _columns_table(upload: Upload, table: Mapping[str, Any], fields: FieldNames) -> ColumnsTable:
    chosen = _chosen(upload, table)
    rows = [_column_row(table, c, chosen, fields) for c in table["columns"] if c["header"] or c.get("n")]
    return ColumnsTable(
        key=table["key"],
        sheet=table["sheet"],
        range=table["range"],
        kind=_word(_KINDS, table["jenis"]),
        rows=rows,
        n_read=sum(bool(row.field) for row in rows),
        n_open=sum(row.question for row in rows),
        needs_place=_needs_place(table),
        ignored=[row.header for row in rows if not row.field and row.header],
        remembered=upload.terbaca.get("ingatan", {}).get(table["key"]),
    )


def _column_row(
    table: Mapping[str, Any], column: Mapping[str, Any], chosen: Mapping[str, Any], fields: FieldNames
) -> ColumnRow:
    mine = chosen.get("columns", {}).get(column["letter"], {})
    proposals = [(name, fields.label(name), round(100 * share)) for name, share in column["alternatives"] if name]
    question = _is_open(table, column, chosen)
    first = column["alternatives"][0][0] if column["alternatives"] else ""
    doubled = "" if column["field"] or question or "field" in mine else _fields(table).get(first, "")
    how, look = _how(column, "field" in mine, question, bool(doubled))
    return ColumnRow(
        letter=column["letter"],
        header=column["header"],
        samples=column["samples"],
        n=column.get("n", 0),
        field=column["field"] or "",
        how=how,
        percent=round(100 * column["confidence"]),
        look=look,
        question=question,
        chosen=bool(mine),
        remembered=column.get("remembered", False) and not mine,
        doubled=doubled,
        proposals=proposals if question or doubled or not column["field"] else [],
        unit=column["unit"],
        satuan=fields.satuan(column["field"]),
        units=fields.units(column["field"]),
    )


def _how(column: Mapping[str, Any], chosen: bool, question: bool, doubled: bool) -> tuple[str, str]:
    """How sure the match is, in a word, and the class of its mark."""
    if chosen:
        return _("dipilih pengirim"), "ok"
    if question:
        return _("perlu dipilih"), "ingat"
    if column.get("remembered"):
        return _("diingat"), "ok"
    if not column["field"]:
        return (_("ganda") if doubled else _("tidak dibaca")), "info"
    share = column["confidence"]
    return (_("yakin"), "ok") if share >= 0.9 else (_("cukup yakin"), "ok") if share >= 0.75 else (_("ragu"), "ingat")


# --- 4 Nilai ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AskedName:
    """A name that leads to no kelurahan, or did until somebody said which."""

    key: str
    text: str
    n: int
    sheet: str
    cell: str
    proposals: list[tuple[str, str, str]]  # kode, name, kecamatan
    kode: str  # decided; "-" for none of this city
    nama: str
    chosen: bool  # by the sender, now; else remembered
    is_alias: bool


@dataclass(frozen=True, slots=True)
class NamesPage:
    asked: list[AskedName]
    decided: list[AskedName]
    places: list[tuple[str, list[tuple[str, str]]]]  # kecamatan → (kode, name)

    @property
    def n_rows(self) -> int:
        return sum(name.n for name in self.asked)


def names_page(upload: Upload) -> NamesPage:
    """One query."""
    areas = list(Area.objects.kelurahan().select_related("parent").order_by("parent__nama", "nama"))
    known = {area.kode: area for area in areas}
    by_kecamatan: dict[str, list[tuple[str, str]]] = {}
    for area in areas:
        by_kecamatan.setdefault(area.parent.nama if area.parent else "", []).append((area.kode, area.nama))
    used = [table for table in _tables(upload) if table["use"]]
    chosen = upload.pilihan.get("names", {})
    asked, decided = (
        [_asked(name, sheet, known, chosen) for name, sheet in _distinct(used, part)] for part in ("unmatched", "named")
    )
    return NamesPage(asked, decided, list(by_kecamatan.items()))


def _distinct(tables: Sequence[Mapping[str, Any]], part: str) -> Iterator[tuple[dict[str, Any], str]]:
    """Every name once, with the rows of all tables, and the sheet that has it first."""
    found: dict[str, tuple[dict[str, Any], str]] = {}
    for table in tables:
        for name in table.get(part, []):
            entry, _sheet = found.setdefault(name["key"], ({**name, "n": 0}, table["sheet"]))
            entry["n"] += name["n"]
    yield from sorted(found.values(), key=lambda pair: -pair[0]["n"])


def _asked(name: Mapping[str, Any], sheet: str, known: Mapping[str, Area], chosen: Mapping[str, str]) -> AskedName:
    kode = name.get("kode", "")
    area = known.get(kode)
    proposals = [(k, nama, _kecamatan(known.get(k))) for k, nama in name.get("choices", [])]
    return AskedName(
        key=name["key"],
        text=name["text"],
        n=name["n"],
        sheet=sheet,
        cell=name["cell"],
        proposals=proposals,
        kode=kode,
        nama=area.nama if area else "",
        chosen=name["key"] in chosen,
        is_alias=area is not None and name["text"].casefold() in {alias.casefold() for alias in area.alias},
    )


def _kecamatan(area: Area | None) -> str:
    return area.parent.nama if area and area.parent else ""
