"""The rows of an upload between reading and applying, kept as one compressed NumPy archive (no pickles)."""

from __future__ import annotations

import io
import zlib
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from kelurahan.models import Upload, UploadRows


@dataclass(frozen=True, slots=True)
class Staged:
    """n rows as read. `key` rows are (kode kelurahan, kawasan, rt, sheet); numbers are millionths in FIELDS order."""

    key: list[tuple[str, str, str, str]]
    tahun: NDArray[np.int64]  # (n,)
    baris: NDArray[np.int64]  # (n,) row number in the sheet
    values: NDArray[np.int64]  # (n, 25)
    states: NDArray[np.uint8]  # (n, 25)
    given: NDArray[np.bool_]  # (n, 25) the file gives this cell
    held: NDArray[np.bool_]  # (n,) the row has an error and is never written

    def __len__(self) -> int:
        return len(self.key)

    def take(self, index: NDArray[np.int64]) -> Staged:
        return Staged(
            key=[self.key[i] for i in index],
            tahun=self.tahun[index],
            baris=self.baris[index],
            values=self.values[index],
            states=self.states[index],
            given=self.given[index],
            held=self.held[index],
        )


@dataclass(frozen=True, slots=True)
class IndicatorFacts:
    """An indicator that need not be stored yet; applying makes it. `sumber` is of the values in this file."""

    nama: str
    satuan: str
    sumber: str = ""
    alias: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StagedIndicators:
    """n values as read: each of an indicator, a place and a year, and where it stood. Numbers are millionths."""

    places: list[tuple[str, str, str]]  # distinct (kode kelurahan, kawasan, rt)
    kode: list[str]  # distinct codes of indicators
    sheets: list[str]  # distinct
    facts: dict[str, IndicatorFacts]
    place: NDArray[np.int64]  # (n,) index into `places`
    indicator: NDArray[np.int64]  # (n,) index into `kode`
    sheet: NDArray[np.int64]  # (n,) index into `sheets`
    cell: NDArray[np.bytes_]  # (n,) "C7"
    tahun: NDArray[np.int64]  # (n,) 0 where nobody said
    values: NDArray[np.int64]  # (n,)
    states: NDArray[np.uint8]  # (n,) FILLED, or the word that takes a stored value away
    held: NDArray[np.bool_]  # (n,) never written

    def __len__(self) -> int:
        return len(self.place)

    def take(self, index: NDArray[Any]) -> StagedIndicators:
        """Some of the values (index array or mask)."""
        return replace(self, **{name: getattr(self, name)[index] for name in PER_VALUE})

    def where(self, i: int) -> tuple[str, str]:
        """Sheet and cell of a value."""
        return self.sheets[self.sheet[i]], self.cell[i].decode()


PER_VALUE = {
    "place": "i8", "indicator": "i8", "sheet": "i8", "cell": "S12", "tahun": "i8", "values": "i8", "states": "u1",
    "held": "?",
}  # fmt: skip


def no_indicators() -> StagedIndicators:
    return StagedIndicators([], [], [], {}, **{name: np.zeros(0, dtype=kind) for name, kind in PER_VALUE.items()})


def save_rows(*, upload: Upload, rows: Staged, indicators: StagedIndicators | None = None) -> None:
    """Keep the rows and the values of indicators with their upload, in place of earlier ones."""
    buffer, indicators = io.BytesIO(), indicators or no_indicators()
    names = {
        "places": indicators.places,
        "kode": indicators.kode,
        "sheets": indicators.sheets,
        "facts": {kode: asdict(facts) for kode, facts in indicators.facts.items()},
    }
    np.savez(
        buffer,
        key=_text(rows.key),
        tahun=rows.tahun,
        baris=rows.baris,
        values=rows.values,
        states=rows.states,
        given=np.packbits(rows.given, axis=1),
        held=rows.held,
        ind_names=_text(names),
        **{f"ind_{name}": getattr(indicators, name) for name in PER_VALUE},
    )
    UploadRows.objects.update_or_create(upload=upload, defaults={"isi": zlib.compress(buffer.getbuffer(), level=1)})


def _text(document: Any) -> NDArray[np.uint8]:
    return np.frombuffer(orjson.dumps(document), dtype=np.uint8)


def load_rows(upload: Upload) -> Staged:
    """Raises UploadRows.DoesNotExist when the upload has not been read."""
    with _archive(upload) as archive:
        values = archive["values"]
        return Staged(
            key=[tuple(key) for key in orjson.loads(archive["key"].tobytes())],
            tahun=archive["tahun"],
            baris=archive["baris"],
            values=values,
            states=archive["states"],
            given=np.unpackbits(archive["given"], axis=1, count=values.shape[1]).astype(bool),
            held=archive["held"],
        )


def load_indicators(upload: Upload) -> StagedIndicators:
    """Raises UploadRows.DoesNotExist when the upload has not been read."""
    with _archive(upload) as archive:
        names = orjson.loads(archive["ind_names"].tobytes())
        return StagedIndicators(
            places=[tuple(place) for place in names["places"]],
            kode=names["kode"],
            sheets=names["sheets"],
            facts={kode: IndicatorFacts(**f | {"alias": tuple(f["alias"])}) for kode, f in names["facts"].items()},
            **{name: archive[f"ind_{name}"] for name in PER_VALUE},
        )


def _archive(upload: Upload) -> Any:
    raw = UploadRows.objects.get(upload=upload).isi
    return np.load(io.BytesIO(zlib.decompress(raw)), allow_pickle=False)
