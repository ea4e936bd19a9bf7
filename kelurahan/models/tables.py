"""Whole tables in and out as text, in a form that does not depend on the server's version or settings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import IO, Any

from django.contrib.sessions.models import Session
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

# Nobody stays logged in over a restore
LEFT_OUT = frozenset({Session._meta.db_table})
# `migrate` fills these by itself; a restore puts the stored rows in their place
FILLED_BY_MIGRATE = frozenset({"django_content_type", "auth_permission"})
_FORM = (
    "SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL timezone = 'UTC'; SET LOCAL intervalstyle = 'postgres';"
    " SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'"
)


def one_snapshot() -> None:
    """First statement of a transaction that reads all tables as they are now, and writes nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")


def plain_form() -> None:
    """Until the end of this transaction values are written the same way everywhere."""
    with connection.cursor() as cursor:
        cursor.execute(_FORM)


def stored_tables() -> dict[str, list[str]]:
    """The tables a backup holds, each with its columns, the primary key first."""
    with connection.cursor() as cursor:
        existing = set(connection.introspection.table_names(cursor))
        names = sorted(set(connection.introspection.django_table_names()) & existing - LEFT_OUT)
        return {name: _columns(cursor, name) for name in names}


def _columns(cursor: Any, table: str) -> list[str]:
    keys = connection.introspection.get_primary_key_columns(cursor, table) or []
    names = [column.name for column in connection.introspection.get_table_description(cursor, table)]
    return [*keys, *sorted(set(names) - set(keys))]


def _quoted(columns: list[str]) -> str:
    return ", ".join(connection.ops.quote_name(name) for name in columns)


def copy_table_out(table: str, columns: list[str], target: Any, order: int = 1) -> None:
    """All rows, one line each, sorted by the first `order` columns. `target` needs only `write(bytes)`."""
    by = ", ".join(str(i + 1) for i in range(order))
    query = f"SELECT {_quoted(columns)} FROM {connection.ops.quote_name(table)} ORDER BY {by}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.cursor.copy_expert(f"COPY ({query}) TO STDOUT", target)


def copy_table_in(table: str, columns: list[str], source: IO[bytes]) -> None:
    statement = f"COPY {connection.ops.quote_name(table)} ({_quoted(columns)}) FROM STDIN"
    with connection.cursor() as cursor:
        cursor.cursor.copy_expert(statement, source, size=1 << 16)


_ALL_OURS = """
SELECT COALESCE(has_schema_privilege(current_schema(), 'CREATE'), false) AND NOT EXISTS (
    SELECT FROM pg_class
    WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'S') AND NOT pg_has_role(relowner, 'USAGE')
)
"""
_CLOSED = """
SELECT relname FROM pg_class
WHERE relnamespace = current_schema()::regnamespace AND relname = ANY(%s) AND NOT has_table_privilege(oid, 'SELECT')
UNION
SELECT owner.relname FROM pg_class sequence
JOIN pg_depend d ON d.objid = sequence.oid AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
JOIN pg_class owner ON owner.oid = d.refobjid
WHERE owner.relnamespace = current_schema()::regnamespace AND owner.relname = ANY(%s)
    AND CASE sequence.relkind WHEN 'S' THEN NOT has_sequence_privilege(sequence.oid, 'SELECT, USAGE') END
ORDER BY 1
"""


def role() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        return str(cursor.fetchone()[0])


def may_make_tables() -> bool:
    """Whether our role owns the tables and sequences that are here, and may make those that are not."""
    with connection.cursor() as cursor:
        cursor.execute(_ALL_OURS)
        return bool(cursor.fetchone()[0])


def closed() -> list[str]:
    """Tables whose rows or last number our role may not read; a newer server says nothing of the latter and calls it
    no number."""
    names = [*connection.introspection.django_table_names(), MigrationRecorder.Migration._meta.db_table]
    with connection.cursor() as cursor:
        cursor.execute(_CLOSED, [names, names])
        return [row[0] for row in cursor.fetchall()]


def lock_tables(names: list[str]) -> None:
    """Nobody else reads or writes these tables until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {_quoted(names)} IN ACCESS EXCLUSIVE MODE")


def filled(names: list[str]) -> list[str]:
    """Those of these tables that hold a row."""
    with connection.cursor() as cursor:
        found = []
        for name in names:
            cursor.execute(f"SELECT EXISTS (SELECT FROM {connection.ops.quote_name(name)})")  # noqa: S608
            if cursor.fetchone()[0]:
                found.append(name)
    return found


def empty_table(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {connection.ops.quote_name(name)}")  # noqa: S608 - a name of ours


def sequences(tables: Iterable[str]) -> dict[str, int]:
    """The last number given out in each table ("table.column"), 0 before the first. History names deleted rows by
    number, so a number must never be given twice."""
    last = {}
    with connection.cursor() as cursor:
        for table in tables:
            for sequence in connection.introspection.get_sequences(cursor, table):
                # Needs no more than USAGE, which the site's own role has
                cursor.execute("SELECT COALESCE(pg_sequence_last_value(%s), 0)", [_sequence(cursor, sequence)])
                last[f"{table}.{sequence['column']}"] = int(cursor.fetchone()[0])
    return last


def _sequence(cursor: Any, sequence: Mapping[str, Any]) -> str:
    cursor.execute(
        "SELECT pg_get_serial_sequence(%s, %s)", [connection.ops.quote_name(sequence["table"]), sequence["column"]]
    )
    return str(cursor.fetchone()[0])


def set_sequence(key: str, last: int) -> None:
    """The next number is the one after `last`."""
    table, _, column = key.rpartition(".")
    with connection.cursor() as cursor:
        name = _sequence(cursor, {"table": table, "column": column})
        cursor.execute("SELECT setval(%s, %s, %s)", [name, max(last, 1), last > 0])


def applied_migrations() -> set[tuple[str, str]]:
    return {key for key in MigrationRecorder(connection).applied_migrations() if key in set(known_migrations())}


def known_migrations() -> set[tuple[str, str]]:
    """Those of the program as it is installed here."""
    return set(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)
