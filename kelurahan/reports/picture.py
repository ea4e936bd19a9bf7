"""The stored drawing of the map, coloured for a view: paths for the page, geometry for Leaflet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kelurahan.models import MapDrawing
from kelurahan.reports.home import Row
from kelurahan.reports.lens import PATTERNED
from kelurahan.reports.map_charts import px
from kelurahan.rules.numbers import format_number


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a name on the map."""

    x: str
    y: str
    text: str


@dataclass(frozen=True, slots=True)
class Cell:
    row: Row
    d: str
    patterned: bool
    lines: tuple[Line, ...]  # empty where the name does not fit


@dataclass(frozen=True, slots=True)
class Panel:
    """One drawing: the city, or the lens."""

    view_box: str
    width: str
    height: str
    sea: str
    base: str
    borders: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    x: str
    y: str
    width: str
    height: str


@dataclass(frozen=True, slots=True)
class Picture:
    main: Panel
    lens: Panel | None
    caption: str
    zoom: str
    frame: Frame | None
    texts: tuple[Line, ...]
    bar: str  # path of the scale bar
    bar_middle: str
    bar_text: str  # "2 km"
    furniture_y: str  # where scale bar and arrow stand
    indikatif: bool
    sumber: str
    sidik: str


def load_drawing() -> MapDrawing | None:
    return MapDrawing.objects.defer("outline").first()


def picture(stored: MapDrawing, rows: Mapping[str, Row]) -> Picture:
    svg = stored.drawing["svg"]
    lens = svg.get("lens")
    bar = float(svg["scale"]["bar_px"])
    furniture_y = float(svg["height"]) - 92
    return Picture(
        main=_panel(svg, rows),
        lens=_panel(lens, rows) if lens else None,
        caption=lens["caption"] if lens else "",
        zoom=format_number(lens["zoom"]) if lens else "",
        frame=Frame(*(px(lens["frame"][side]) for side in ("x", "y", "width", "height"))) if lens else None,
        texts=tuple(
            Line(px(t["x"]), px(t["y"]), t["teks"]) for t in svg["texts"] if not _on_furniture(t, bar, furniture_y)
        ),
        bar=f"M0-4V0H{px(bar)}V-4",
        bar_middle=px(bar / 2),
        bar_text=f"{format_number(svg['scale']['bar_km'])}\u00a0km",
        furniture_y=px(furniture_y),
        indikatif=stored.indikatif,
        sumber=stored.sumber,
        sidik=stored.sidik,
    )


def _on_furniture(text: Mapping[str, Any], bar: float, y: float) -> bool:
    """Whether a name beside the city would run through the arrow or the scale bar (drawn 24 px from the left)."""
    left = float(text["x"]) - 4 * len(text["teks"])  # half its width at 12 px, spaced
    return left < 24 + bar + 6 and y - 36 < float(text["y"]) < y + 18


def _panel(svg: Mapping[str, Any], rows: Mapping[str, Row]) -> Panel:
    cells = (_cell(rows[kode], cell) for kode, cell in svg["cells"].items() if kode in rows)
    return Panel(
        view_box=svg["viewBox"],
        width=px(svg["width"]),
        height=px(svg["height"]),
        sea=svg["sea"],
        base=svg["base"],
        borders=svg["borders"],
        cells=tuple(cells),
    )


def _cell(row: Row, cell: Mapping[str, Any]) -> Cell:
    label = cell["label"]
    x = px(label["x"])
    lines = tuple(Line(x, px(y), text) for y, text in zip(label["ys"], label["lines"], strict=True))
    return Cell(row, cell["d"], row.nilai.kode_kelas in PATTERNED, lines if label["fits"] else ())


def geometry(stored: MapDrawing) -> dict[str, Any]:
    """What Leaflet draws: cells, coast, borders, sea, names; in degrees, and the scale at which names were fitted."""
    drawing = stored.drawing
    return {
        "bbox": drawing["bbox"],
        "px_per_km": drawing["svg"]["scale"]["px_per_km"],
        **drawing["geo"],
    }
