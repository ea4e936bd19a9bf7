"""What must hold after any fault, asked of the database and the disk, not of the program that was hurt."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from kelurahan.models import COLUMNS
from tests.faults.stack import Stack

_OPEN = "('menunggu', 'berjalan')"
_NUMBERS = "ARRAY[" + ", ".join(f"a.{name}" for name in COLUMNS) + "]"

# Each counts rows that may not exist
HALF_WRITTEN = {
    "change set without all its changes": (
        "SELECT count(*) FROM kelurahan_changeset s"
        " WHERE jumlah <> (SELECT count(*) FROM kelurahan_change c WHERE c.change_set_id = s.id)"
    ),
    "record that is not its newest change": (
        "WITH newest AS (SELECT DISTINCT ON (area_id, tahun, aturan) * FROM kelurahan_change"
        " ORDER BY area_id, tahun, aturan, id DESC)"
        " SELECT count(*) FROM newest n FULL JOIN kelurahan_assessment a"
        " ON a.area_id = n.area_id AND a.tahun = n.tahun AND a.aturan = n.aturan"
        " WHERE (a.id IS NULL) IS DISTINCT FROM (n.baru IS NULL) OR"
        f" (a.id IS NOT NULL AND ({_NUMBERS}, a.tidak_berlaku, a.versi)"
        " IS DISTINCT FROM (n.baru, n.baru_tb, n.versi))"
    ),
    "upload that nobody works on and no page leads out of": (
        "SELECT count(*) FROM kelurahan_upload u WHERE state IN ('diterima', 'menerapkan', 'mengurungkan')"
        f" AND NOT EXISTS (SELECT FROM kelurahan_job j WHERE j.upload_id = u.id AND j.state IN {_OPEN}"
        " AND j.jenis <> 'hitung')"
    ),
    "upload applied without its change set": (
        "SELECT count(*) FROM kelurahan_upload u WHERE state = 'diterapkan'"
        " AND COALESCE((pratinjau->'cells'->>'new')::int, 0) + COALESCE((pratinjau->'cells'->>'changed')::int, 0) > 0"
        " AND NOT EXISTS (SELECT FROM kelurahan_changeset s WHERE s.upload_id = u.id)"
    ),
    "upload applied twice": (
        "SELECT count(*) FROM (SELECT upload_id FROM kelurahan_changeset WHERE upload_id IS NOT NULL"
        " GROUP BY upload_id, urungkan_id IS NULL HAVING count(*) > 1) t"
    ),
    "failed job without a message": "SELECT count(*) FROM kelurahan_job WHERE state = 'gagal' AND pesan = ''",
}
OPEN_JOBS = f"SELECT count(*) FROM kelurahan_job WHERE state IN {_OPEN}"
SUMMARIES = (
    "SELECT md5(string_agg((to_jsonb(s) - 'id')::text, '|' ORDER BY area_id, tahun, aturan)) FROM kelurahan_summary s"
)


def half_written(stack: Stack) -> list[str]:
    """What stands half written, in words; empty when all is whole."""
    found = {words: stack.sql(query)[0][0] for words, query in HALF_WRITTEN.items()}
    return [f"{n} × {words}" for words, n in found.items() if n]


@dataclass(frozen=True, slots=True)
class Promise:
    """An answer somebody got: the upload was received, applied, or the record saved (`upload` is 0 then)."""

    what: str
    upload: int = 0
    sha256: str = ""
    mark: str = ""


def broken(stack: Stack, promise: Promise) -> str:
    """How an acknowledged write was lost; empty when it stands or its failure is told."""
    if promise.what == "saved":
        kept = stack.sql("SELECT count(*) FROM kelurahan_changeset WHERE alasan = %s", promise.mark)[0][0]
        return "" if kept == 1 else f"saved {kept} times"
    rows = stack.sql("SELECT state, berkas, sha256, pesan::text FROM kelurahan_upload WHERE id = %s", promise.upload)
    if not rows:
        return f"upload {promise.upload} has gone"
    state, name, sha256, message = rows[0]
    path = stack.data_dir / "unggahan" / name
    if name and (not path.exists() or hashlib.sha256(path.read_bytes()).hexdigest() != sha256):
        return f"the file of upload {promise.upload} has gone or changed"
    if promise.sha256 and sha256 != promise.sha256:
        return f"the file of upload {promise.upload} is not what was sent"
    if state == "ditolak" or (promise.what == "applied" and state != "diterapkan" and message == "{}"):
        return f"upload {promise.upload} is {state}: {message}"
    return ""
