"""What senders decided about sheets, kept by layout and sender: learned when an upload is applied, used for the next
file that looks the same, and open to be corrected or forgotten."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from kelurahan.actions import choice_checks  # noqa: F401 - it registers the words
from kelurahan.actions.events import record_event
from kelurahan.actions.fields import all_fields, is_known_field
from kelurahan.intake.decided import header_key
from kelurahan.intake.parsed import Document
from kelurahan.intake.places import ELSEWHERE, clean
from kelurahan.intake.refusal import Refused
from kelurahan.models import Area, Event, SheetMemory, Upload, User
from kelurahan.permissions import may_change_memory

LEARNED, CORRECTED, FORGOTTEN = "ingatan_disimpan", "ingatan_dibetulkan", "ingatan_dihapus"
_MOST = 1_000
"""Layouts that are looked through; the newest."""


def memory_for(sender: User | None) -> dict[str, dict[str, Any]]:
    """By layout what this sender decided, else what anybody decided last, to be offered only."""
    known: dict[str, dict[str, Any]] = {}
    for memory in reversed(SheetMemory.objects.all()[:_MOST]):
        mine = sender is not None and memory.oleh_id == sender.pk
        if mine or not known.get(memory.layout, {}).get("milik_sendiri"):
            said = ("columns", "names") if mine else ("offered_columns", "offered_names")
            known[memory.layout] = {
                said[0]: memory.columns,
                said[1]: memory.names,
                "ingatan": memory.pk,
                "unggahan": memory.upload_id,
                "oleh_nama": memory.oleh_nama,
                "milik_sendiri": mine,
            }
    return known


def recalled(memory: Mapping[str, Mapping[str, Any]], document: Document) -> dict[str, dict[str, Any]]:
    """By key of the table the memory that was used for it, without what it says."""
    told = ("ingatan", "unggahan", "oleh_nama", "milik_sendiri")
    return {
        table.key: {name: memory[table.layout_key].get(name) for name in told}
        for table in document.tables
        if table.layout_key in memory
    }


def remember(*, upload: Upload, by: User | None) -> None:
    """Keep what was decided by hand about the tables of an upload. Call inside the transaction that applies it."""
    for table in upload.terbaca.get("tables", []):
        columns, names = _decided(upload, table)
        if table.get("layout_key") and table["use"] and (columns or names):
            _learn(upload, table, columns, names, by)


def _decided(upload: Upload, table: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
    chosen = upload.pilihan.get("tables", {}).get(table["key"], {}).get("columns", {})
    keys = {column["letter"]: header_key(column["header"]) for column in table["columns"]}
    once = Counter(keys.values())
    columns = {
        keys[letter]: choice["field"]
        for letter, choice in chosen.items()
        if "field" in choice and keys.get(letter) and once[keys[letter]] == 1
    }
    here = {name["key"] for name in table.get("named", [])}
    return columns, {key: kode for key, kode in upload.pilihan.get("names", {}).items() if key in here}


def _learn(
    upload: Upload, table: Mapping[str, Any], columns: Mapping[str, str], names: Mapping[str, str], by: User | None
) -> None:
    found = SheetMemory.objects.select_for_update().filter(layout=table["layout_key"], oleh=upload.oleh).first()
    memory = found or SheetMemory(layout=table["layout_key"], oleh=upload.oleh)
    old = {"kolom": dict(memory.columns), "nama": dict(memory.names)}
    memory.columns, memory.names = {**memory.columns, **columns}, {**memory.names, **names}
    memory.judul = [column["header"] for column in table["columns"] if column["header"]][:60]
    memory.upload_id, memory.nama_berkas, memory.oleh_nama = upload.pk, upload.nama_berkas, upload.oleh_nama
    memory.save()
    _tell(LEARNED, memory, old, by, unggahan=upload.pk)


def unlearn(*, upload: Upload, by: User | None) -> None:
    """Take back what an upload taught, unless somebody has decided otherwise since. Call inside the transaction that
    undoes it."""
    for event in Event.objects.filter(jenis=LEARNED, isi__unggahan=upload.pk).order_by("-pk"):
        pk = int(event.objek.partition("/")[2])
        memory = SheetMemory.objects.select_for_update().filter(pk=pk).first()
        if memory is None:
            continue
        old = {"kolom": dict(memory.columns), "nama": dict(memory.names)}
        before, after = event.isi["lama"], event.isi["baru"]
        memory.columns = _taken_back(memory.columns, before["kolom"], after["kolom"])
        memory.names = _taken_back(memory.names, before["nama"], after["nama"])
        _keep(memory, old, by)


def _taken_back(now: Mapping[str, str], before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, str]:
    taught = {key for key, value in after.items() if before.get(key) != value and now.get(key) == value}
    kept = {key: value for key, value in now.items() if key not in taught}
    return kept | {key: before[key] for key in taught if key in before}


def _keep(memory: SheetMemory, old: Mapping[str, Any], by: User | None) -> bool:
    """Store a memory that was changed; with nothing left in it, it goes. False when nothing differs."""
    if old == {"kolom": memory.columns, "nama": memory.names}:
        return False
    if not memory.columns and not memory.names:
        _forget(memory, old, by)
    else:
        memory.save()
        _tell(CORRECTED, memory, old, by)
    return True


def _tell(jenis: str, memory: SheetMemory, old: Mapping[str, Any], by: User | None, **more: Any) -> None:
    new = {} if jenis == FORGOTTEN else {"kolom": memory.columns, "nama": memory.names}
    record_event(by=by, jenis=jenis, objek=f"ingatan/{memory.pk}", lama=old, baru=new, **more)


def _locked(memory: SheetMemory, by: User | None) -> SheetMemory:
    if by is not None and not may_change_memory(by, memory):
        raise PermissionDenied
    return SheetMemory.objects.select_for_update().get(pk=memory.pk)


@transaction.atomic
def correct_memory(
    *, memory: SheetMemory, columns: Mapping[str, str | None], names: Mapping[str, str | None], by: User | None
) -> bool:
    """Change what is remembered; None forgets one thing, and nothing left forgets all. False when nothing differs.

    What is no kelurahan of this city is left as it was. Raises Refused for a field that nobody knows or that two
    columns would have, and PermissionDenied.
    """
    memory = _locked(memory, by)
    old = {"kolom": dict(memory.columns), "nama": dict(memory.names)}
    codes = set(
        Area.objects.kelurahan().filter(kode__in=[k for k in names.values() if k]).values_list("kode", flat=True)
    )
    for key, field in columns.items():
        if key in memory.columns and field != memory.columns[key]:
            if field is not None and not is_known_field(field):
                raise Refused("choice_unknown", text=clean(field, 60))
            memory.columns[key] = field
    for key, kode in names.items():
        if key in memory.names and (kode is None or kode == ELSEWHERE or kode in codes):
            memory.names[key] = kode
    memory.columns = {key: field for key, field in memory.columns.items() if field is not None}
    memory.names = {key: kode for key, kode in memory.names.items() if kode is not None}
    twice = {field: key for key, field in memory.columns.items() if field}
    for key, field in memory.columns.items():
        if field and twice[field] != key:
            raise Refused("choice_field_twice", satu=key, dua=twice[field], kolom=all_fields().label(field))
    return _keep(memory, old, by)


@transaction.atomic
def forget_memory(*, memory: SheetMemory, by: User | None) -> None:
    """Forget everything about a layout."""
    memory = _locked(memory, by)
    _forget(memory, {"kolom": dict(memory.columns), "nama": dict(memory.names)}, by)


def _forget(memory: SheetMemory, old: Mapping[str, Any], by: User | None) -> None:
    _tell(FORGOTTEN, memory, old, by)
    memory.delete()
