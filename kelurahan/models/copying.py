"""Whole matrices of integers in and out of PostgreSQL by binary COPY: milliseconds where row objects take seconds."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.int64]

_SIGNATURE = b"PGCOPY\n\xff\r\n\x00" + b"\x00" * 8
_TRAILER = b"\xff\xff"


def _row_type(columns: int) -> np.dtype[Any]:
    fields: list[tuple[str, str]] = [("count", ">i2")]
    for i in range(columns):
        fields += [(f"len{i}", ">i4"), (f"col{i}", ">i8")]
    return np.dtype(fields)


def copy_in(cursor: Any, table: str, matrix: Matrix) -> None:
    """Write an (n, k) matrix into a table of exactly k bigint columns. `table` is a name of ours, never input."""
    n, k = matrix.shape
    rows = np.zeros(n, dtype=_row_type(k))
    rows["count"] = k
    for i in range(k):
        rows[f"len{i}"] = 8
        rows[f"col{i}"] = matrix[:, i]
    buffer = io.BytesIO(_SIGNATURE + rows.tobytes() + _TRAILER)
    cursor.copy_expert(f"COPY {table} FROM STDIN (FORMAT binary)", buffer)


def copy_out(cursor: Any, query: str, params: tuple[Any, ...], columns: int) -> Matrix:
    """Read the k bigint columns of a query, none of them NULL, as an (n, k) matrix."""
    buffer = io.BytesIO()
    sql = cursor.mogrify(query, params).decode()
    cursor.copy_expert(f"COPY ({sql}) TO STDOUT (FORMAT binary)", buffer)
    raw = buffer.getbuffer()[len(_SIGNATURE) : -len(_TRAILER)]
    rows = np.frombuffer(raw, dtype=_row_type(columns))
    matrix = np.empty((len(rows), columns), dtype=np.int64)
    for i in range(columns):
        matrix[:, i] = rows[f"col{i}"]
    return matrix


def copy_rows_in(cursor: Any, table: str, rows: Iterable[Sequence[str]]) -> None:
    """Write rows of texts into a table of as many text columns. `table` is a name of ours, never input."""
    buffer = io.StringIO()
    csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)  # quoted: "" is a text, not NULL
    buffer.seek(0)
    cursor.copy_expert(f"COPY {table} FROM STDIN (FORMAT csv)", buffer)
