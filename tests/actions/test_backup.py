"""Backup and restore: one file, all or nothing, and afterwards the same city to the last digit."""

import json
import os
import resource
import shutil
import subprocess
import sys
import zipfile
from contextlib import closing
from io import BytesIO, StringIO
from urllib.parse import unquote

import psycopg2
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from kelurahan.actions import archive, backup, quarantine, restoring, undoing, uploads
from kelurahan.actions.summaries import recompute_all
from kelurahan.intake.refusal import Refused
from kelurahan.models import Area, Change, ChangeSet, Role, Summary, Upload, UploadState, User, tables
from kelurahan.rules.numbers import format_number
from kelurahan.tasks import run_now
from tests.actions.cities import ALFA, BEST, BETA, GAMA, RULES, WORST, make_city, put
from tests.actions.sheets import workbook
from tests.filled import run_jobs

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _own_files():
    shutil.rmtree(quarantine.folder())
    yield
    shutil.rmtree(quarantine.folder(), ignore_errors=True)


@pytest.fixture
def city():
    """Records with odd texts and numbers, their summaries, and an upload that waits."""
    make_city()
    User.objects.create_user("wati", password="rahasia-uji", peran=Role.BAPPEDA, last_name='Wati "Tab\tDua\\n"')
    put(BETA, "", 2024, BEST | {"luas": "0.004282"})
    put(ALFA, "RT001-RW001", 2025, WORST | {"1a": "7", "7b": "tb"}, kawasan="Kali\tKecil")
    receive([(BETA, "RT002-RW001", 2025, WORST)])
    recompute_all()


@pytest.fixture
def busy_city(city):
    """The same with an upload applied, one undone, and so the history of a place that is gone."""
    apply([(ALFA, "RT002-RW001", 2025, WORST), (GAMA, "RT001-RW001", 2025, BEST)])
    undone = apply([(ALFA, "RT009-RW001", 2025, BEST)])
    run_now(undoing.request_undo(upload=undone, by=None, reason="keliru"))
    run_jobs()


def receive(rows):
    upload, _ = uploads.receive(chunks=[workbook(rows)], filename="data.xlsx", by=None, year=None, rule_set=RULES)
    run_jobs()
    upload.refresh_from_db()
    return upload


def apply(rows):
    upload = receive(rows)
    uploads.request_apply(upload=upload, by=None, reason="uji")
    run_jobs()
    upload.refresh_from_db()
    assert upload.state == UploadState.DITERAPKAN
    return upload


def everything(cursor, names):
    """{table: its rows as text}, whatever made them."""
    found = {}
    for name in names:
        cursor.execute(f'SELECT t::text FROM "{name}" t ORDER BY 1')
        found[name] = [row[0] for row in cursor.fetchall()]
    return found


def here():
    with connection.cursor() as cursor:
        return everything(cursor, tables.stored_tables())


def empty_the_database():
    call_command("flush", interactive=False, verbosity=0)
    shutil.rmtree(quarantine.folder())


def run(command, *words, **options):
    out = StringIO()
    status = 0
    try:
        call_command(command, *map(str, words), stdout=out, **options)
    except SystemExit as end:
        status = end.code
    except CommandError as error:
        return error.returncode, str(error)
    return status, json.loads(out.getvalue()) if options.get("json") else out.getvalue()


@pytest.fixture
def file(city, tmp_path):
    path = tmp_path / "kumuh.zip"
    backup.make(path=path)
    return path


@pytest.fixture
def busy_file(busy_city, tmp_path):
    path = tmp_path / "kumuh.zip"
    backup.make(path=path)
    return path


@pytest.fixture
def new_database():
    """An empty database beside the one of the tests."""
    name = f"{settings.DATABASES['default']['NAME']}_pulih"
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}"')
    yield name
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def test_the_whole_way_into_a_database_without_tables(busy_file, new_database):
    before, names = here(), {path.name: path.read_bytes() for path in quarantine.folder().iterdir()}
    totals = list(Summary.objects.order_by("area__kode", "tahun").values_list("area__kode", "tahun", "total_min"))
    assert len(totals) == 9
    assert len(before["kelurahan_change"]) == 6
    shutil.rmtree(quarantine.folder())
    environment = {**os.environ, "KUMUH_TEST_DATABASE": new_database, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    command = [sys.executable, "manage.py", "restore", str(busy_file)]

    def ask(*more):
        done = subprocess.run(
            [*command, *more], cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert "Belum ada yang ditulis" in ask()
    document = json.loads(ask("--apply", "--json"))
    assert (document["applied"], document["recomputed_same"]) == (True, True)
    with closing(psycopg2.connect(**connection.get_connection_params() | {"dbname": new_database})) as other:
        cursor = other.cursor()
        cursor.execute("SET timezone = 'UTC'")
        assert everything(cursor, before) == before
        cursor.execute(
            "SELECT a.kode, s.tahun, s.total_min FROM kelurahan_summary s JOIN kelurahan_area a ON a.id = s.area_id"
            " ORDER BY a.kode, s.tahun"
        )
        assert cursor.fetchall() == totals
        cursor.execute("SELECT count(*) FROM django_migrations")
        assert cursor.fetchone()[0] > 10
    assert {path.name: path.read_bytes() for path in quarantine.folder().iterdir()} == names


def test_a_restored_database_goes_on_without_giving_a_number_twice(busy_file):
    gone = Change.objects.filter(area_kode=f"{ALFA}/RT009-RW001").values_list("area_id", flat=True)[0]
    before = here()
    empty_the_database()
    assert run("restore", busy_file, apply=True)[0] == 0
    assert here() == before
    waiting = Upload.objects.get(state=UploadState.SIAP)
    uploads.request_apply(upload=waiting, by=None, reason="sesudah pulih")
    run_jobs()
    assert Upload.objects.get(pk=waiting.pk).state == UploadState.DITERAPKAN
    made = Area.objects.get(kode=f"{BETA}/RT002-RW001")
    assert made.pk > gone, "history of a removed place must not become that of a new one"
    assert quarantine.where(waiting.berkas).exists()


def test_originals_come_back_byte_for_byte_to_those_who_may_have_them(busy_city, client, tmp_path):
    """Whoever sent a file, and the admin, gets it from the restored site as it was sent; what was let go stays gone."""
    sender = User.objects.get(username="wati")
    odd = workbook([(GAMA, "RT007-RW001", 2025, BEST)]) + b"\0\r\n\xff"
    sent = {}
    for name, content in {
        "Data Gama (1).xlsx": odd,
        "alfa.xlsx": workbook([(ALFA, "RT003-RW001", 2025, WORST)]),
    }.items():
        upload, _ = uploads.receive(chunks=[content], filename=name, by=sender, year=None, rule_set=RULES)
        sent[upload.pk] = (name, content)
    cancelled, _ = uploads.receive(chunks=[odd], filename="batal.xlsx", by=sender, year=None, rule_set=RULES)
    run_jobs()
    uploads.cancel(upload=Upload.objects.get(pk=cancelled.pk), by=sender)
    backup.make(path=tmp_path / "kumuh.zip")
    empty_the_database()
    assert run("restore", tmp_path / "kumuh.zip", apply=True)[0] == 0

    assert client.login(username="wati", password="rahasia-uji")
    for pk, (name, content) in sent.items():
        answer = client.get(f"/unggah/{pk}/berkas/")
        assert b"".join(answer.streaming_content) == content
        assert name in unquote(answer["Content-Disposition"])
    assert client.get(f"/unggah/{cancelled.pk}/berkas/").status_code == 404
    assert {path.stat().st_mode & 0o777 for path in quarantine.folder().iterdir()} == {0o600}


def test_the_history_is_still_append_only_after_a_restore(file):
    empty_the_database()
    restoring.restore(path=file)
    with pytest.raises(Exception, match="append_only"), transaction.atomic():
        Change.objects.all().delete()


def test_a_dry_run_says_what_it_would_do_and_writes_nothing(file):
    empty_the_database()
    status, text = run("restore", file)
    assert status == 0
    assert "utuh" in text
    assert "Belum ada yang ditulis" in text
    assert not Area.objects.exists()
    assert list(quarantine.folder().iterdir()) == []


def test_a_database_with_anything_in_it_is_refused(file):
    before = here()
    status, document = run("restore", file, apply=True, json=True)
    assert (status, document["findings"][0]["code"]) == (1, "database_not_empty")
    assert "kelurahan_area" in document["findings"][0]["message"]
    assert here() == before


def told(path):
    """Code and words of the refusal; nothing was restored, and no inner file is named."""
    status, document = run("restore", path, apply=True, json=True)
    assert (status, Area.objects.exists()) == (1, False)
    finding = document["findings"][0]
    assert str(path) in finding["message"]
    assert archive.MANIFEST not in finding["message"] + finding["repair"]
    return finding["code"], finding["message"], finding["repair"]


def test_a_truncated_backup_says_so(file):
    empty_the_database()
    good = file.read_bytes()
    for length in (0, 1, 35, 100, len(good) // 2, len(good) - 80, len(good) - 1):
        file.write_bytes(good[:length])
        code, message, repair = told(file)
        assert (code, f" {format_number(length)} bita" in message) == ("backup_cut_short", True), length
        assert "salinan lain" in repair


@pytest.mark.parametrize("content", [b"kode,nama\n1,Alfa\n", workbook([(BETA, "RT002-RW001", 2025, WORST)])])
def test_what_is_no_backup_is_not_called_a_damaged_one(transactional_db, tmp_path, content):
    path = tmp_path / "lain.zip"
    path.write_bytes(content)
    code, _message, repair = told(path)
    assert code == "not_a_backup"
    assert "manage.py backup" in repair
    path.write_bytes(content[: len(content) // 2])
    assert told(path)[0] == "not_a_backup"


def test_an_altered_backup_says_which_part_is_damaged(file):
    empty_the_database()
    good = file.read_bytes()
    with zipfile.ZipFile(BytesIO(good)) as parts:
        spots = {info.filename: info.header_offset for info in parts.infolist()}
    kinds = {"tables": "backup_table_damaged", "unggahan": "backup_upload_damaged"}
    for name, spot in spots.items():
        kind, _, what = name.partition("/")
        for byte in (0, 31, 30 + len(name) + 20 + 1):  # its header, its name, what it holds
            changed = bytearray(good)
            changed[spot + byte] ^= 1
            file.write_bytes(changed)
            code, message, _repair = told(file)
            if kind == archive.MANIFEST:
                assert code == "backup_list_damaged"
            else:
                assert (code, what in message) == (kinds[kind], True), (name, byte)
    file.write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
    assert told(file)[0] == "backup_list_damaged"


def test_a_part_too_many_or_too_few_is_refused(file):
    empty_the_database()
    with zipfile.ZipFile(file, "a") as more:
        more.writestr("tables/lain", "x")
    assert told(file)[0] == "backup_content_differs"


def test_a_file_that_may_not_be_read_is_not_called_damaged(file, monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    empty_the_database()
    monkeypatch.setattr(archive.zipfile, "ZipFile", refuse)
    code, message, _repair = told(file)
    assert (code, "Permission denied" in message) == ("backup_unreadable", True)


def test_a_disk_that_gives_back_other_bytes_is_found_out_when_writing(city, tmp_path, monkeypatch):
    def damaged(*_):
        raise Refused("backup_table_damaged", file="x", name="y")

    path = tmp_path / "kumuh.zip"
    path.write_bytes(b"yang lama")
    monkeypatch.setattr(archive, "verify", damaged)
    status, document = run("backup", path, json=True)
    assert (status, document["findings"][0]["code"]) == (1, "backup_came_out_damaged")
    assert path.read_bytes() == b"yang lama"
    assert os.listdir(tmp_path) == ["kumuh.zip"]


def rewritten(file, alter):
    """The same backup with another manifest, sealed as the program would."""
    other = file.with_name("lain.zip")
    with zipfile.ZipFile(file) as old, other.open("w+b") as target:
        writer = archive.Writer(target)
        for name in old.namelist():
            if name != archive.MANIFEST:
                with writer.part(name) as part:
                    part.write(old.read(name))
        manifest = json.loads(old.read(archive.MANIFEST))
        alter(manifest)
        del manifest["parts"]
        writer.finish(manifest)
    return other


@pytest.mark.parametrize(
    ("code", "alter"),
    [
        ("backup_from_newer_program", lambda m: m["migrations"].append(["kelurahan", "9999_besok"])),
        ("backup_from_older_program", lambda m: m["migrations"].remove(["kelurahan", "0001_initial"])),
        ("backup_other_tables", lambda m: m["tables"]["kelurahan_area"]["columns"].append("x")),
        ("backup_unknown_format", lambda m: m.update(format=2)),
    ],
)
def test_another_schema_is_refused_with_words(file, code, alter):
    empty_the_database()
    other = rewritten(file, alter)
    if code != "backup_other_tables":
        assert told(other)[0] == code
        return
    status, document = run("restore", other, apply=True, json=True)
    assert (status, document["findings"][0]["code"], Area.objects.exists()) == (1, code, False)


def test_rows_that_do_not_arrive_as_they_were_undo_everything(file, monkeypatch):
    empty_the_database()
    monkeypatch.setattr(tables, "copy_table_in", lambda *_: None)
    with pytest.raises(Refused, match="restored_differently"):
        restoring.restore(path=file)
    assert not Area.objects.exists()
    assert list(quarantine.folder().iterdir()) == []


def test_another_citys_backup_is_told(file):
    empty_the_database()
    status, document = run("restore", rewritten(file, lambda m: m["city"].update(kode="11.01")), json=True)
    assert (status, document["findings"][0]["code"]) == (0, "city_differs")


def test_a_full_disk_leaves_the_old_backup(city, tmp_path):
    path = tmp_path / "kumuh.zip"
    path.write_bytes(b"yang lama")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (5000, before[1]))
    try:
        status, document = run("backup", path, json=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (status, document["findings"][0]["code"]) == (1, "backup_no_room")
    assert path.read_bytes() == b"yang lama"
    assert os.listdir(tmp_path) == ["kumuh.zip"]


def test_a_draft_of_a_killed_backup_is_no_obstacle_but_a_running_one_is(city, tmp_path):
    draft = tmp_path / ".kumuh.zip.baru"
    draft.write_bytes(b"x" * 100_000)
    with draft.open("rb") as other:
        archive.fcntl.flock(other, archive.fcntl.LOCK_EX)
        assert run("backup", tmp_path / "kumuh.zip")[0] == 1
    assert run("backup", tmp_path / "kumuh.zip")[0] == 0
    assert archive.verify(tmp_path / "kumuh.zip")["uploads"]["missing"] == []
    assert (tmp_path / "kumuh.zip").stat().st_mode & 0o777 == 0o600


def test_a_lost_file_is_told_and_a_file_let_go_meanwhile_is_not(city, tmp_path, monkeypatch):
    waiting = Upload.objects.get(state=UploadState.SIAP)
    quarantine.discard(waiting.berkas)
    status, document = run("backup", tmp_path / "a.zip", json=True)
    assert (status, document["missing"]) == (0, [waiting.berkas])
    assert document["findings"][0]["code"] == "backup_files_missing"

    real, asked = backup._link_all, []

    def cancelled_in_between(links):
        found = real(links)
        if not asked:
            asked.append(found)
            _elsewhere(lambda: Upload.objects.filter(pk=waiting.pk).update(berkas=""))
        return found

    monkeypatch.setattr(backup, "_link_all", cancelled_in_between)
    assert run("backup", tmp_path / "b.zip", json=True)[1]["missing"] == []


def test_the_backup_is_of_one_moment(city, tmp_path, monkeypatch):
    """A change set that commits while the tables are read is wholly absent."""
    real, counts = backup._table, {"sets": ChangeSet.objects.count(), "changes": Change.objects.count()}

    def meanwhile(writer, name, columns):
        if name == "kelurahan_change":
            _elsewhere(lambda: put(BETA, "", 2023, WORST))
        return real(writer, name, columns)

    monkeypatch.setattr(backup, "_table", meanwhile)
    made = backup.make(path=tmp_path / "kumuh.zip")
    assert ChangeSet.objects.count() == counts["sets"] + 1
    assert made.rows["kelurahan_changeset"] == counts["sets"]
    assert made.rows["kelurahan_change"] == counts["changes"]


def _elsewhere(act):
    """Do it over another connection, as the running site would."""
    from concurrent.futures import ThreadPoolExecutor

    def there():
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(there).result(20)


@pytest.fixture
def as_the_sites_role(transactional_db):
    """The rights that docs/operations.md gives to the role of the site: it owns nothing."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE kumuh_uji_situs")
        cursor.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO kumuh_uji_situs")
        cursor.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO kumuh_uji_situs")
        cursor.execute("SET ROLE kumuh_uji_situs")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute("DROP OWNED BY kumuh_uji_situs")
        cursor.execute("DROP ROLE kumuh_uji_situs")


def test_the_sites_own_role_may_back_up(city, as_the_sites_role, tmp_path):
    made = backup.make(path=tmp_path / "kumuh.zip")
    assert archive.verify(made.path)["sequences"]["kelurahan_area.id"] >= Area.objects.count()


def test_wrong_use_ends_with_2(city, tmp_path):
    assert run("backup", tmp_path / "tidak" / "ada.zip")[0] == 2
    assert run("backup", tmp_path)[0] == 2
    assert run("restore", tmp_path / "tidak-ada.zip")[0] == 2


def test_it_prints_the_sum_that_sha256sum_prints(city, tmp_path):
    text = run("backup", tmp_path / "b.zip")[1]
    said = subprocess.run(["sha256sum", str(tmp_path / "b.zip")], capture_output=True, text=True).stdout.split()[0]
    assert f"sha256 {said}" in text
