"""The site on a server as docs/operations.md sets it up: one role owns the tables, another one serves the site."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg2
import pytest
from django.conf import settings
from django.db import connection

from kumuh.check import environment
from tests.actions.cities import BEST, WORST
from tests.actions.sheets import workbook

PLACE = "53.71.05.1004"
HISTORY = {"kelurahan_change", "kelurahan_changeset", "kelurahan_event", "kelurahan_indicatorchange"}
OWNER, SITE = "kumuh_uji_pemilik", "kumuh_uji_situs"
ROLES, RIGHTS = re.findall(r"```sql\n(.*?)```", (settings.BASE_DIR / "docs/operations.md").read_text(), re.DOTALL)

pytestmark = pytest.mark.django_db(transaction=True)


def named(sql: str, database: str) -> list[str]:
    """The statements of the document, with names that belong to this test alone."""
    sql = (
        sql.replace("kumuh_owner", OWNER).replace("kumuh_app", SITE).replace("DATABASE kumuh ", f"DATABASE {database} ")
    )
    return [statement for statement in sql.split(";") if statement.strip()]


class Server:
    """A database of its own on the cluster of the tests, and the commands of the product in production mode."""

    def __init__(self, database: str, data_dir: Path) -> None:
        self.database, self.data_dir = database, data_dir
        data_dir.mkdir()

    def sql(self, role: str, *statements: str) -> list[tuple[Any, ...]]:
        params = connection.get_connection_params() | {"dbname": self.database, "user": role}
        with closing(psycopg2.connect(**params)) as there:
            there.autocommit = True
            cursor = there.cursor()
            for statement in statements:
                cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def grant(self) -> None:
        self.sql(OWNER, *named(RIGHTS, self.database))

    def run(self, role: str, *words: str, status: int = 0) -> str:
        host = quote(settings.DATABASES["default"]["HOST"], safe="")
        variables = environment(str(self.data_dir), production=True) | {
            "DJANGO_SETTINGS_MODULE": "kumuh.settings",
            "DATABASE_URL": f"postgresql://{role}@{host}/{self.database}",
            "REDIS_URL": "redis://127.0.0.1:1/0",  # nobody there: commands need none
        }
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=settings.BASE_DIR, env=variables, capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        assert done.returncode == status, done.stdout + done.stderr
        assert "Traceback" not in done.stderr, done.stderr
        return done.stdout

    def files(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in (self.data_dir / "unggahan").iterdir()}


def drop(names: list[str]) -> None:
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        for role in (OWNER, SITE):
            cursor.execute(f"DROP ROLE IF EXISTS {role}")


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[tuple[Server, Server]]:
    """A server with its two roles, and a second, empty one for a restore."""
    names = [f"{settings.DATABASES['default']['NAME']}_{part}" for part in ("satu", "dua")]
    drop(names)
    create_first, create_second = named(ROLES, names[0]), named(ROLES, names[1])
    with connection.cursor() as cursor:
        for statement in [*create_first, create_second[-1]]:
            cursor.execute(statement)
    yield Server(names[0], tmp_path / "satu"), Server(names[1], tmp_path / "dua")
    drop(names)


def sheet(folder: Path, rt: str, numbers: dict[str, str]) -> str:
    path = folder / f"{rt}.xlsx"
    path.write_bytes(workbook([(PLACE, rt, 2025, numbers)]))
    return str(path)


def refused(server: Server, statement: str) -> bool:
    try:
        server.sql(SITE, statement)
    except psycopg2.errors.InsufficientPrivilege:
        return True
    return False


def test_backup_and_restore_with_two_roles(servers: tuple[Server, Server], tmp_path: Path):
    first, second = servers
    backup = str(tmp_path / "kumuh.zip")
    first.run(OWNER, "migrate", "-v0")
    assert f"{SITE} tidak boleh membaca" in first.run(SITE, "backup", backup, status=1)
    first.grant()
    first.run(SITE, "load_places", "data/kupang/kelurahan.csv", "--apply")
    original = sheet(tmp_path, "RT001-RW001", WORST)
    first.run(SITE, "import_sheet", original, "--apply", "--reason", "uji")
    first.run(SITE, "backup", backup)

    assert f"{SITE} bukan pemilik" in second.run(SITE, "restore", backup, "--apply", status=1)
    second.run(OWNER, "migrate", "-v0")
    second.grant()
    assert f"{SITE} bukan pemilik" in second.run(SITE, "restore", backup, "--apply", status=1)
    assert "sama dengan cadangan" in second.run(OWNER, "restore", backup, "--apply")
    assert second.files() == first.files()
    assert list(second.files().values()) == [Path(original).read_bytes()]

    # The site goes on writing, and takes back what was written before the restore
    second.run(SITE, "import_sheet", sheet(tmp_path, "RT002-RW001", BEST), "--apply", "--reason", "sesudah pulih")
    second.run(SITE, "undo_upload", "1", "--reason", "keliru")
    second.run(SITE, "backup", backup)
    told = second.sql(SITE, "SELECT alasan, jumlah FROM kelurahan_changeset WHERE upload_id > 0 ORDER BY id")
    assert told == [("uji", 1), ("sesudah pulih", 1), ("keliru", 1)]

    append_only = second.sql(OWNER, "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname ~ 'append_only'")
    assert {name for (name,) in append_only} == HISTORY, "the document must name every table of history"
    for table in HISTORY:
        for statement in (
            f"UPDATE {table} SET id = id",
            f"DELETE FROM {table}",
            f"TRUNCATE {table} CASCADE",
            f"ALTER TABLE {table} DISABLE TRIGGER ALL",
            f"DROP TABLE {table} CASCADE",
        ):
            assert refused(second, statement), statement


def test_a_number_that_may_not_be_read_is_not_taken_for_none(servers: tuple[Server, Server], tmp_path: Path):
    server, _ = servers
    server.run(OWNER, "migrate", "-v0")
    server.grant()
    server.sql(OWNER, f"REVOKE USAGE ON SEQUENCE kelurahan_area_id_seq FROM {SITE}")
    assert "kelurahan_area" in server.run(SITE, "backup", str(tmp_path / "kumuh.zip"), status=1)
    assert not os.path.exists(tmp_path / "kumuh.zip")


def test_what_a_later_migration_makes_is_open_to_the_site(servers: tuple[Server, Server]):
    server, _ = servers
    server.run(OWNER, "migrate", "-v0")
    server.grant()
    server.sql(OWNER, "CREATE TABLE baru (id bigint GENERATED BY DEFAULT AS IDENTITY, nama text)")
    server.sql(SITE, "INSERT INTO baru (nama) VALUES ('a')")
    assert server.sql(SITE, "SELECT pg_sequence_last_value('baru_id_seq')") == [(1,)]
