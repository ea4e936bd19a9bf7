"""The rows of an upload between reading and applying, kept as one compressed NumPy archive (no pickles)."""

from __future__ import annotations

import io
import zlib
from dataclasses import dataclass

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


def save_rows(*, upload: Upload, rows: Staged) -> None:
    """Keep the rows with their upload, in place of earlier ones."""
    buffer = io.BytesIO()
    np.savez(
        buffer,
        key=np.frombuffer(orjson.dumps(rows.key), dtype=np.uint8),
        tahun=rows.tahun,
        baris=rows.baris,
        values=rows.values,
        states=rows.states,
        given=np.packbits(rows.given, axis=1),
        held=rows.held,
    )
    UploadRows.objects.update_or_create(upload=upload, defaults={"isi": zlib.compress(buffer.getbuffer(), level=1)})


def load_rows(upload: Upload) -> Staged:
    """Raises UploadRows.DoesNotExist when the upload has not been read."""
    raw = UploadRows.objects.get(upload=upload).isi
    with np.load(io.BytesIO(zlib.decompress(raw)), allow_pickle=False) as archive:
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
