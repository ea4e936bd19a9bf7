"""The way of an upload through its pages, by the client; what a worker would do is done in between."""

import io
import re
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from kelurahan.actions import jobs, quarantine, reading
from kelurahan.models import Area, Assessment, ChangeSet, Job, JobState, Role, Summary, Upload, UploadState, User
from kelurahan.rules.regulation import DEFAULT_RULE_SET
from tests.factories import make_city, make_user
from tests.filled import columns_of, fill, make_rt, run_jobs, saved, summarise, template_book
from tests.views.test_places_profile import words

pytestmark = pytest.mark.django_db
REASON = {"alasan": "Survei lapangan", "dokumen": "BA 05/2026", "tanggal_data": "2025-09-30"}


@pytest.fixture
def places() -> dict[str, Area]:
    """Melati with two RT at 60 % (total 48, sedang); Mawar with one."""
    places = make_city()
    for nama in ("RT001-RW001", "RT002-RW001"):
        fill(make_rt(places["Melati"], nama), persen=60)
    fill(make_rt(places["Mawar"], "RT001-RW001"), persen=60)
    summarise()
    return places


@pytest.fixture
def sender(client: Client, places: dict[str, Area]) -> User:
    user = make_user(Role.BAPPEDA, username="bappeda")
    client.force_login(user)
    return user


def sheet(cells: dict[tuple[int, str], Any], area: Area | None = None) -> bytes:
    """Our template of 2025 with some cells overwritten: (row, field) → value."""
    book = template_book(Area.objects.within(area) if area else Area.objects.all())
    columns = columns_of(book)
    for (row, field), value in cells.items():
        book.worksheets[0].cell(row, columns[field]).value = value
    return saved(book)


def send(client: Client, content: bytes, name: str = "survei.xlsx", **fields: str) -> Any:
    data = {"berkas": SimpleUploadedFile(name, content), "aturan": DEFAULT_RULE_SET, **fields}
    return client.post("/unggah/", data)


def checked(client: Client, content: bytes, **fields: str) -> Upload:
    """Send a file and let a worker check it."""
    assert send(client, content, **fields).status_code == 302
    run_jobs()
    return Upload.objects.latest("pk")


BETTER = {(2, kode): 0 for kode in ("1a", "1c", "2a", "2b", "3a", "3b", "4b", "4c")} | {
    (3, kode): 0 for kode in ("1a", "1c", "2a", "2b", "3a", "3b", "4b", "4c")
}


def apply(client: Client, upload: Upload, **fields: str) -> Any:
    return client.post(f"/unggah/{upload.pk}/perubahan/", {**REASON, "sidik": upload.sidik, **fields})


def page(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def test_the_start_page_states_the_limits_and_offers_the_template(client: Client, sender: User) -> None:
    told = words(page(client, "/unggah/"))
    assert "Paling besar 20 MB (200 MB setelah dibuka), 100.000 baris, 500 kolom, 2,5 juta sel terisi." in told
    assert "Belum ada. Unduh templat, isi, lalu kirim berkasnya di atas." in told


def test_the_template_holds_the_places_of_its_user(client: Client, places: dict[str, Area]) -> None:
    client.force_login(make_user(Role.OPERATOR, places["Mawar"]))
    response = client.get("/unggah/templat.xlsx?tahun=2025")
    assert response["Content-Disposition"] == 'attachment; filename="templat-kumuh-2025.xlsx"'
    book = openpyxl.load_workbook(io.BytesIO(response.content))
    kelurahan = {row[1].value for row in book.worksheets[0].iter_rows(min_row=2, max_row=3)} - {None}
    assert kelurahan == {"Mawar"}


@pytest.mark.parametrize("query", ["tahun=abc", "tahun=", "aturan=lain", "tempat=99.01.01.1001"])
def test_odd_wishes_for_a_template(client: Client, sender: User, query: str) -> None:
    assert client.get(f"/unggah/templat.xlsx?{query}").status_code == 200
    assert client.get("/unggah/templat.xlsx?tempat=00.00").status_code == 404


def test_a_file_is_received_and_waits(client: Client, sender: User) -> None:
    response = send(client, sheet(BETTER))
    upload = Upload.objects.get()
    assert response["Location"] == f"/unggah/{upload.pk}/"
    assert upload.oleh == sender
    told = words(page(client, f"/unggah/{upload.pk}/"))
    assert "Berkas sedang diperiksa" in told
    assert "Menunggu giliran." in told
    assert "muat ulang" in told


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Pilih berkasnya lebih dahulu."),
        ({"berkas": b""}, "Berkas ini kosong."),
        ({"berkas": b"x", "tahun": "1789"}, "Tahun harus antara 1990 dan"),
        ({"berkas": b"x", "tahun": "dua"}, "Masukkan"),
        ({"berkas": b"x", "aturan": "lain"}, "pilihan"),
    ],
)
def test_what_is_missing_is_said_beside_the_field(
    client: Client, sender: User, fields: dict[str, Any], said: str
) -> None:
    data = {"aturan": DEFAULT_RULE_SET, **fields}
    if "berkas" in data:
        data["berkas"] = SimpleUploadedFile("a.xlsx", data["berkas"])
    response = client.post("/unggah/", data)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not Upload.objects.exists()


def test_a_file_that_is_too_big_is_refused_at_once(client: Client, sender: User, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    kept = set(quarantine.folder().iterdir())
    monkeypatch.setattr(quarantine, "MAX_BYTES", 10)
    response = send(client, b"x" * 11)
    assert response.status_code == 422
    assert "field-error" in response.content.decode()
    assert not Upload.objects.exists()
    assert set(quarantine.folder().iterdir()) == kept


def test_progress_tells_steps_rows_and_an_estimate(client: Client, sender: User) -> None:
    send(client, sheet(BETTER))
    upload, job = Upload.objects.get(), Job.objects.get()
    url = f"/unggah/{upload.pk}/kemajuan/"
    Job.objects.filter(pk=job.pk).update(state=JobState.BERJALAN, mulai=job.dibuat)
    jobs.report(job, 2, 4, "Memeriksa baris")
    fragment = page(client, url)
    assert "<html" not in fragment
    assert "Memeriksa baris, langkah 2 dari 4." in fragment
    assert 'width="50"' in fragment
    jobs.report(job, 1, 4, "Membaca berkas", (20_000, 80_000))
    assert re.search(
        r"Membaca berkas, 20\.000 dari 80\.000 baris\..*Kira-kira \d+ detik lagi\.", words(page(client, url))
    )
    run_jobs_of(job)
    done = client.get(url, headers={"HX-Request": "true"})
    assert done["HX-Redirect"] == f"/unggah/{upload.pk}/"
    assert client.get(url)["Location"] == f"/unggah/{upload.pk}/"


def test_the_rows_that_the_reader_has_read_are_on_the_page(client: Client, sender: User, monkeypatch: Any) -> None:
    send(client, sheet(BETTER))
    upload, seen = Upload.objects.get(), []
    read = reading.read

    def heard_on_the_way(*args: Any) -> Any:
        args[-1](12_000, 83_000)
        seen.append(page(client, f"/unggah/{upload.pk}/kemajuan/"))
        return read(*args)

    monkeypatch.setattr(reading, "read", heard_on_the_way)
    run_jobs()
    assert "Membaca berkas, 12.000 dari 83.000 baris." in words(seen[0])
    assert 'width="29"' in seen[0]


def run_jobs_of(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(state=JobState.MENUNGGU)
    run_jobs()


def test_findings_are_grouped_by_what_to_do(client: Client, sender: User) -> None:
    upload = checked(client, sheet({(2, "3a"): -5, (3, "3a"): 500, (3, "3b"): 600, (4, "5a"): "dua belas"}))
    told = words(page(client, f"/unggah/{upload.pk}/"))
    assert "2 dari 3 baris perlu diperbaiki" in told
    assert "3 baris tanpa angka tidak dihitung." in told  # the three kelurahan themselves
    assert told.index("Putuskan sendiri") < told.index("Angka di sel R2 kurang dari nol")
    assert "Angka di sel R2 kurang dari nol" in told
    assert "RT!R2" in told
    assert "Isi sel W4, “dua belas”, bukan angka" in told
    assert "Dan 1 temuan lain yang sejenis." in told
    assert "Lanjut dengan 1 baris baik" in told


def test_many_cells_of_one_kind_are_folded(client: Client, places: dict[str, Area], sender: User) -> None:
    for n in range(3, 33):
        fill(make_rt(places["Melati"], f"RT{n:03}-RW001"), persen=60)
    upload = checked(client, sheet({(row, "3a"): 500 for row in range(2, 32)}, places["Melati"]))
    told = words(page(client, f"/unggah/{upload.pk}/"))
    assert "Dan 29 temuan lain yang sejenis." in told
    assert "RT!R21 Melati · RT020-RW001" in told
    assert "10 lainnya tidak muat di sini: unduh baris tertolak" in told


def test_a_refused_file_says_why_and_what_to_do(client: Client, sender: User) -> None:
    upload = checked(client, b"%PDF-1.7 bukan lembar kerja")
    assert upload.state == UploadState.DITOLAK
    told = words(page(client, f"/unggah/{upload.pk}/"))
    assert "Berkas ini ditolak" in told
    assert "Unduh templat" in told
    assert "Ditolak" in words(page(client, "/unggah/"))


def test_the_changes_page_says_the_consequence_first(client: Client, sender: User) -> None:
    upload = checked(client, sheet(BETTER))
    told = words(page(client, f"/unggah/{upload.pk}/perubahan/"))
    assert "1 kelurahan pindah tingkat; luas kumuh 20,00 → 20,00" not in told
    assert "1 kelurahan pindah tingkat" in told
    assert "Satu membaik, tidak ada yang memburuk" in told
    assert "Melati Utara, 2025 Sedang → Ringan lama 48 → baru 24" in told
    assert "0 sel baru" in told or "sel baru; sebelumnya kosong 0" in told
    assert "RT001-RW001 Melati, 2025 1a Ketidakteraturan bangunan lama 60 → baru 0 unit lama 3 → baru 0 RT!M2" in told
    assert "Terapkan 16 sel" in told


def test_the_tabs_show_new_changed_and_blocked_cells(client: Client, places: dict[str, Area], sender: User) -> None:
    rt = Assessment.objects.get(area__kode="99.01.01.1001/RT001-RW001")
    rt.v_3b = None
    rt.save()
    upload = checked(client, sheet({(2, "3b"): 12, (2, "1a"): 10, (3, "3a"): -1}))
    url = f"/unggah/{upload.pk}/perubahan/"
    assert "lama 60 → baru 10 unit" in words(page(client, f"{url}?jenis=berubah"))
    new = words(page(client, f"{url}?jenis=baru"))
    assert "lama kosong → baru 12 KK lama 0–5 → baru 0" in new
    held = words(page(client, f"{url}?jenis=tertahan"))
    assert "Angka di sel R3 kurang dari nol" in held
    assert page(client, f"{url}?jenis=lain&hal=abc")


def test_applying_needs_a_reason_and_every_tick(client: Client, sender: User) -> None:
    upload = checked(client, sheet({(2, "3a"): 500, (3, "3a"): -1, (4, "1a"): 0}))
    response = apply(client, upload, alasan=" ")
    told = response.content.decode()
    assert response.status_code == 422
    assert "Tulis alasannya" in told
    assert "Centang bila peringatan ini sudah diperiksa." in told
    assert "Tinggalkan 1 baris tertahan; baris itu tidak ditulis" in told
    upload.refresh_from_db()
    assert upload.state == UploadState.SIAP
    assert not Job.objects.filter(jenis="terapkan").exists()
    assert apply(client, upload, setuju_over_100_percent="on", lewati="on").status_code == 302
    run_jobs()
    upload.refresh_from_db()
    assert upload.state == UploadState.DITERAPKAN
    assert Assessment.objects.get(area__kode="99.01.01.1001/RT001-RW001").v_3a == 500
    assert Assessment.objects.get(area__kode="99.01.01.1001/RT002-RW001").v_3a == 72


def test_applied_undone_and_back(client: Client, sender: User) -> None:
    upload = checked(client, sheet(BETTER))
    assert apply(client, upload)["Location"] == f"/unggah/{upload.pk}/"
    assert "Perubahan sedang diterapkan" in page(client, f"/unggah/{upload.pk}/")
    run_jobs()
    told = words(page(client, f"/unggah/{upload.pk}/"))
    assert "2 catatan diperbarui" in told
    assert "Diterapkan oleh bappeda" in told
    assert "Alasan: Survei lapangan · BA 05/2026 · data per 30 September 2025" in told
    assert "Melati 2025" in told
    change_set = ChangeSet.objects.get(upload_id=upload.pk)
    assert change_set.tanggal_data == date(2025, 9, 30)
    melati = Summary.objects.get(area__nama="Melati", tahun=2025)
    assert melati.total_min == 24
    confirm = words(page(client, f"/unggah/{upload.pk}/urungkan/"))
    assert "Kembalikan 2 catatan ke angka sebelum unggahan ini?" in confirm
    assert client.post(f"/unggah/{upload.pk}/urungkan/", {"alasan": ""}).status_code == 422
    assert client.post(f"/unggah/{upload.pk}/urungkan/", {"alasan": "keliru"}).status_code == 302
    run_jobs()
    told = words(page(client, f"/unggah/{upload.pk}/"))
    assert "Sudah diurungkan: data kembali seperti sebelum unggahan ini" in told
    assert "Alasan: keliru" in told
    assert Summary.objects.get(area__nama="Melati", tahun=2025).total_min == 48


def test_a_second_click_changes_nothing(client: Client, sender: User) -> None:
    upload = checked(client, sheet(BETTER))
    apply(client, upload)
    assert apply(client, upload).status_code == 302
    run_jobs()
    assert apply(client, upload).status_code == 302
    assert client.post(f"/unggah/{upload.pk}/batalkan/", follow=True).status_code == 200
    run_jobs()
    assert ChangeSet.objects.filter(upload_id=upload.pk).count() == 1
    assert Job.objects.filter(jenis="terapkan").count() == 1


def test_the_same_file_again_says_no_change(client: Client, sender: User) -> None:
    content = sheet(BETTER)
    apply(client, checked(client, content))
    run_jobs()
    again = checked(client, content)
    told = words(page(client, f"/unggah/{again.pk}/"))
    assert "0 perubahan. Isi berkas sama dengan data tersimpan." in told
    assert "0 perubahan: isi berkas sama dengan data tersimpan" in words(page(client, f"/unggah/{again.pk}/perubahan/"))
    apply(client, again)
    run_jobs()
    done = words(page(client, f"/unggah/{again.pk}/"))
    assert "0 perubahan: isi berkas sama dengan data tersimpan" in done
    assert "Urungkan seluruh unggahan" not in done
    assert "0 perubahan" in words(page(client, "/unggah/"))


def test_a_stale_preview_writes_nothing_and_shows_the_new_one(client: Client, sender: User) -> None:
    first, second = checked(client, sheet(BETTER)), checked(client, sheet({(2, "1a"): 5}))
    apply(client, second)
    run_jobs()
    apply(client, first)
    run_jobs()
    first.refresh_from_db()
    assert first.state == UploadState.SIAP
    told = words(page(client, f"/unggah/{first.pk}/perubahan/"))
    assert "Data berubah setelah pratinjau ini dibuat, jadi belum ada yang ditulis." in told
    assert "lama 5 → baru 0 unit" in told
    assert "Survei lapangan" in page(client, f"/unggah/{first.pk}/perubahan/")  # what was written is kept
    stale = client.post(f"/unggah/{first.pk}/perubahan/", {**REASON, "sidik": "0" * 64})
    assert "Pratinjau ini sudah berganti." in stale.content.decode()
    apply(client, first)
    run_jobs()
    first.refresh_from_db()
    assert first.state == UploadState.DITERAPKAN


def test_undo_is_refused_where_somebody_edited_later(client: Client, sender: User) -> None:
    first = checked(client, sheet(BETTER))
    apply(client, first)
    run_jobs()
    second = checked(client, sheet({(2, "1a"): 7}))
    apply(client, second)
    run_jobs()
    told = words(page(client, f"/unggah/{first.pk}/urungkan/"))
    assert f"Unggahan {first.pk} tidak dapat diurungkan" in told
    assert "99.01.01.1001/RT001-RW001 2025 bappeda" in told
    client.post(f"/unggah/{first.pk}/urungkan/", {"alasan": "tetap"})
    assert not Job.objects.filter(jenis="urungkan").exists()


def test_nothing_to_undo_leads_back(client: Client, sender: User) -> None:
    upload = checked(client, sheet(BETTER))
    assert client.get(f"/unggah/{upload.pk}/urungkan/")["Location"] == f"/unggah/{upload.pk}/"


def test_cancel_before_it_is_applied(client: Client, sender: User) -> None:
    upload = checked(client, sheet(BETTER))
    response = client.post(f"/unggah/{upload.pk}/batalkan/", follow=True)
    assert "Unggahan ini dibatalkan" in words(response.content.decode())
    assert client.get(f"/unggah/{upload.pk}/batalkan/").status_code == 405


def test_a_failed_check_can_be_tried_again(client: Client, sender: User) -> None:
    send(client, sheet(BETTER))
    upload = Upload.objects.get()
    Job.objects.update(state=JobState.GAGAL)
    Upload.objects.update(state=UploadState.GAGAL, pesan={"code": "job_failed", "params": {}})
    assert "Periksa sekali lagi" in page(client, f"/unggah/{upload.pk}/")
    assert client.post(f"/unggah/{upload.pk}/").status_code == 302
    run_jobs()
    upload.refresh_from_db()
    assert upload.state == UploadState.SIAP
    assert client.post(f"/unggah/{upload.pk}/").status_code == 302  # a second click


def test_the_file_goes_back_as_an_attachment_to_its_sender_and_admins(client: Client, sender: User) -> None:
    content = sheet(BETTER)
    upload = checked(client, content)
    response = client.get(f"/unggah/{upload.pk}/berkas/")
    assert b"".join(response.streaming_content) == content  # type: ignore[attr-defined]
    assert response["Content-Type"] == "application/octet-stream"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"] == 'attachment; filename="survei.xlsx"'
    client.force_login(make_user(Role.BAPPEDA))
    assert client.get(f"/unggah/{upload.pk}/").status_code == 200
    assert client.get(f"/unggah/{upload.pk}/berkas/").status_code == 404


def test_a_nasty_file_name_stays_a_name(client: Client, sender: User) -> None:
    upload = checked(client, sheet(BETTER))
    Upload.objects.update(nama_berkas='<img src=x>"; rm -rf.html\r\nX: y')
    page_text = page(client, f"/unggah/{upload.pk}/")
    assert "<img src=x>" not in page_text
    response = client.get(f"/unggah/{upload.pk}/berkas/")
    assert b"".join(response.streaming_content)  # type: ignore[attr-defined]
    assert "attachment" in response["Content-Disposition"]
    assert "X: y" not in response.headers


def test_the_list_of_changes_before_and_after_applying_is_the_same(client: Client, sender: User) -> None:
    upload = checked(client, sheet(BETTER))
    url = f"/unggah/{upload.pk}/perubahan.xlsx"

    def rows() -> list[tuple[Any, ...]]:
        book = openpyxl.load_workbook(io.BytesIO(client.get(url).content))
        return [tuple(cell.value for cell in row) for row in book.worksheets[0].iter_rows(min_row=4)]

    before = rows()
    assert len(before) == 16
    kode, kelurahan, tempat, tahun, field, nama, satuan, old, new, lembar, sel = before[0]
    assert (kode, kelurahan, tempat) == ("99.01.01.1001/RT001-RW001", "Melati", "RT001-RW001")
    assert (tahun, field, nama, satuan) == (2025, "1a", "Ketidakteraturan bangunan", "unit")
    assert (old, new, lembar, sel) == (60, 0, "RT", "M2")
    apply(client, upload)
    run_jobs()
    assert rows() == before


def test_formulas_in_names_stay_words_in_the_list(client: Client, places: dict[str, Area], sender: User) -> None:
    make_rt(places["Melati"], "=1+1|cmd")
    fill(Area.objects.get(nama="=1+1|cmd"), persen=60)
    Area.objects.filter(nama="Melati").update(nama="@SUM(A1)")
    upload = checked(client, sheet(BETTER))
    content = client.get(f"/unggah/{upload.pk}/perubahan.xlsx").content
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert {cell.data_type for row in book.worksheets[0].iter_rows() for cell in row if cell.value is not None} <= {
        "s",
        "n",
    }


def test_others_see_neither_list_nor_page(client: Client, places: dict[str, Area], sender: User) -> None:
    upload = checked(client, sheet(BETTER))
    client.force_login(make_user(Role.OPERATOR, places["Melati"]))
    assert "survei.xlsx" not in page(client, "/unggah/")
    for tail in ("", "kemajuan/", "perubahan/", "perubahan.xlsx", "urungkan/", "berkas/"):
        assert client.get(f"/unggah/{upload.pk}/{tail}").status_code == 404
    assert client.post(f"/unggah/{upload.pk}/batalkan/").status_code == 404


def test_a_colleague_who_may_look_may_not_apply(client: Client, sender: User) -> None:
    upload = checked(client, sheet(BETTER))
    client.force_login(make_user(Role.BAPPEDA))
    assert "Hanya pengirimnya atau admin" in page(client, f"/unggah/{upload.pk}/perubahan/")
    assert apply(client, upload).status_code == 403
    assert client.post(f"/unggah/{upload.pk}/batalkan/").status_code == 403
    client.force_login(make_user(Role.ADMIN))
    assert apply(client, upload).status_code == 302


def test_rows_outside_the_own_area_are_held(client: Client, places: dict[str, Area], sender: User) -> None:
    content = sheet({(4, "1a"): 0})  # the row of Mawar
    client.force_login(make_user(Role.OPERATOR, places["Melati"]))
    upload = checked(client, content)
    told = words(page(client, f"/unggah/{upload.pk}/"))
    assert "berada di luar wilayah Anda (Melati)" in told
    assert upload.pratinjau["counts"]["blocked"] == 4  # Mawar and the kelurahan without RT


def test_few_queries(client: Client, sender: User, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    uploads = [checked(client, sheet({(2, "1a"): n})) for n in range(3)]
    for url, most in (("/unggah/", 9), (f"/unggah/{uploads[0].pk}/", 8), (f"/unggah/{uploads[0].pk}/perubahan/", 14)):
        page(client, url)
        with django_assert_max_num_queries(most):
            page(client, url)


def test_no_inline_style_or_script(client: Client, sender: User) -> None:
    upload = checked(client, sheet(BETTER | {(4, "3a"): -1}))
    for url in ("/unggah/", f"/unggah/{upload.pk}/", f"/unggah/{upload.pk}/perubahan/"):
        assert not re.search(r"\sstyle=|\son\w+=|<style|javascript:", page(client, url))


def test_decimals_are_shown_as_written(client: Client, sender: User) -> None:
    upload = checked(client, sheet({(2, "luas"): 0.004282}))
    assert "lama 10 → baru 0,004282 ha" in words(page(client, f"/unggah/{upload.pk}/perubahan/"))
    apply(client, upload, **dict.fromkeys(ticks(client, upload), "on"))
    run_jobs()
    stored = Assessment.objects.get(area__kode="99.01.01.1001/RT001-RW001").d_luas
    assert stored == Decimal("0.004282")


def ticks(client: Client, upload: Upload) -> list[str]:
    return re.findall(r'<input type="checkbox" name="([^"]+)"', page(client, f"/unggah/{upload.pk}/perubahan/"))


def test_one_number_of_ready_rows(client: Client, sender: User) -> None:
    upload = checked(client, sheet({(2, "1a"): 1, (3, "1a"): 2}))
    told = words(page(client, f"/unggah/{upload.pk}/"))
    assert "Semua 3 baris siap dipakai" in told
    assert "baris siap dipakai 3" in told
    assert "3 baris tanpa angka tidak dihitung." in told


def test_all_findings_can_be_downloaded(client: Client, sender: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kelurahan.actions.reading.KEPT_PER_CODE", 1)
    cells = {(2, "3a"): 500, (3, "3a"): 600, (3, "1a"): "=CMD()", (4, "1a"): "dua"}
    upload = checked(client, sheet(cells))
    told = page(client, f"/unggah/{upload.pk}/")
    assert f"/unggah/{upload.pk}/temuan.xlsx" in told
    response = client.get(f"/unggah/{upload.pk}/temuan.xlsx")
    assert response["Content-Disposition"] == f'attachment; filename="temuan-unggahan-{upload.pk}.xlsx"'
    rows = list(openpyxl.load_workbook(io.BytesIO(response.content)).worksheets[0].iter_rows(values_only=True))
    assert rows[2] == ("Lembar", "Sel", "Jenis", "Temuan", "Yang perlu dilakukan")
    assert [row[2] for row in rows[3:]] == sorted(
        (row[2] for row in rows[3:]), key=["Galat", "Peringatan", "Info"].index
    )
    over = next(row for row in rows[3:] if "mencapai" in row[3])
    assert over[:3] == ("RT", "R2", "Peringatan")
    assert over[4].startswith("Periksa apakah Jumlah KK")
    assert any(row[3].endswith("Dan 1 temuan lain yang sejenis.") for row in rows[3:])


def test_words_of_a_cell_never_become_a_formula(client: Client, sender: User) -> None:
    Upload.objects.create(
        ukuran=1,
        oleh=sender,
        state=UploadState.SIAP,
        aturan=DEFAULT_RULE_SET,
        temuan=[{"level": "info", "code": "gone", "sheet": "=1+1", "cell": "@A1", "params": {}}],
    )
    upload = Upload.objects.get()
    response = client.get(f"/unggah/{upload.pk}/temuan.xlsx")
    row = openpyxl.load_workbook(io.BytesIO(response.content)).worksheets[0][4]
    assert [(cell.value, cell.data_type) for cell in row[:2]] == [("=1+1", "s"), ("@A1", "s")]


def test_a_reason_has_an_end(client: Client, sender: User) -> None:
    upload = checked(client, sheet(BETTER))
    response = apply(client, upload, alasan="x" * 501)
    assert response.status_code == 422
    assert "Paling banyak 500 huruf; sekarang 501." in words(response.content.decode())


def test_a_stranger_who_sends_a_file_is_told_that_it_did_not_arrive(client: Client, places: dict[str, Area]) -> None:
    data = {"berkas": SimpleUploadedFile("a.xlsx", b"x"), "aturan": DEFAULT_RULE_SET}
    told = words(client.post("/unggah/", data, follow=True).content.decode())
    assert "Sesi Anda sudah berakhir; berkas belum terkirim. Masuk lalu kirim lagi." in told
    told = words(client.post("/unggah/1/perubahan/", REASON, follow=True).content.decode())
    assert "Sesi Anda sudah berakhir; isian belum tersimpan." in told
    assert "berakhir" not in words(client.get("/unggah/", follow=True).content.decode())


def test_an_upload_that_changes_nothing_does_not_ask_to_be_applied(client: Client, sender: User) -> None:
    content = sheet(BETTER)
    apply(client, checked(client, content))
    run_jobs()
    again = checked(client, content)
    told = words(page(client, "/unggah/"))
    assert f"{again.pk} · survei.xlsx 0 perubahan Isi berkas sama dengan data tersimpan." in told
    assert "Siap diterapkan" not in told


def test_what_was_not_read_is_not_called_the_same(client: Client, sender: User) -> None:
    upload = checked(client, sheet({(1, "1a"): "foo", (2, "1a"): 77}))
    assert client.get(f"/unggah/{upload.pk}/")["Location"] == f"/unggah/{upload.pk}/kolom/"
    told = words(page(client, f"/unggah/{upload.pk}/periksa/"))
    assert "Kolom 1a tidak ditemukan, sedangkan kolom M “foo” (3)" in told
    assert "0 perubahan. Angka yang dibaca dan tidak tertahan sama dengan data tersimpan." in told


def test_rows_that_only_the_lost_rt_told_apart_are_no_duplicates(client: Client, places: Any, sender: User) -> None:
    for n in range(3, 33):
        fill(make_rt(places["Melati"], f"RT{n:03}-RW001"), persen=n)
    book = openpyxl.load_workbook(io.BytesIO(sheet({}, places["Melati"])))
    book.worksheets[0].delete_cols(5)
    upload = checked(client, saved(book))
    assert [finding["code"] for finding in upload.temuan if finding["level"] == "galat"] == ["rt_column_missing"]
    assert upload.pratinjau["counts"]["blocked"] >= 32


def test_unreadable_rt_are_not_told_as_duplicates(client: Client, sender: User) -> None:
    upload = checked(client, sheet({(2, "RT"): "3", (3, "RT"): "xx"}))
    galat = [finding["code"] for finding in upload.temuan if finding["level"] != "info"]
    assert galat == ["rt_unreadable", "rt_unreadable"]
