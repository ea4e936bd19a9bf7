"""Step Periksa through its pages: mends taken and taken back, cells corrected in place, rows left out, the held rows
downloaded, corrected and read again."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from kelurahan.actions.choosing import CHOSEN
from kelurahan.models import Area, Assessment, Event, IndicatorValue, Role, Upload, UploadState, User
from kelurahan.reports.checking import hear
from tests import office
from tests.factories import make_city, make_user
from tests.filled import run_jobs, saved, summarise
from tests.views.test_places_profile import words
from tests.views.test_uploads import apply, checked, page, send, ticks

pytestmark = pytest.mark.django_db


@pytest.fixture
def places() -> dict[str, Area]:
    places = make_city()
    summarise()
    return places


@pytest.fixture
def sender(client: Client, places: dict[str, Area]) -> User:
    user = make_user(Role.BAPPEDA, username="bappeda")
    client.force_login(user)
    return user


def url(upload: Upload, tail: str = "") -> str:
    return f"/unggah/{upload.pk}/{tail}"


def decide(client: Client, upload: Upload, tail: str, **data: Any) -> Any:
    """Post a decision as the page of this moment does, and let a worker read the file again."""
    upload.refresh_from_db()
    response = client.post(url(upload, tail), {"revisi": upload.revisi, **data})
    run_jobs()
    upload.refresh_from_db()
    return response


def repair(upload: Upload, code: str) -> str:
    return next(one["id"] for one in upload.terbaca["repairs"] if one["code"] == code)


def codes(upload: Upload, level: str = "galat") -> list[str]:
    return [finding["code"] for finding in upload.temuan if finding["level"] == level]


def test_the_page_says_what_can_be_mended_and_shows_before_and_after(client: Client, sender: User) -> None:
    upload = checked(client, office.broken("Melati"))
    told = words(page(client, url(upload, "periksa/")))
    order = ["Perbaiki sekaligus", "Kolom bergeser satu ke kanan pada 10 baris", "Putuskan sendiri", "Untuk diketahui"]
    assert sorted(order, key=told.index) == order
    assert "RT!J12:BE21 · terbukti dari isi berkas" in told
    assert "Geser kembali 10 baris" in told
    assert "Melati · RT011-RW001 RT!J12 RT!K12 RT!L12 RT!M12 Terbaca – 7 16,28 0" in told
    assert "1 baris jumlah terbaca sebagai tempat" in told
    assert "Melati · RT008-RW001 tercatat lebih dari sekali (baris 9, 43)" in told
    assert "Terapkan 2 usul, lalu periksa lagi" in told


def test_what_a_mend_answers_is_told_with_it_only(client: Client, sender: User) -> None:
    upload = checked(client, office.broken("Melati"))
    told = words(page(client, url(upload, "periksa/")))
    assert "over_100_percent" in codes(upload, "peringatan")
    assert told.count("1b Kepadatan bangunan di sel M17 mencapai") == 1
    assert told.index("1b Kepadatan bangunan di sel M17") < told.index("Putuskan sendiri")


def test_mends_are_taken_all_at_once_and_taken_back(client: Client, sender: User) -> None:
    upload = checked(client, office.broken("Melati"))
    certain = [one["id"] for one in upload.terbaca["repairs"] if one["certain"]]
    assert decide(client, upload, "usul/", terapkan=certain)["Location"] == url(upload)
    assert upload.state == UploadState.SIAP
    told = words(page(client, url(upload, "periksa/")))
    assert "Sudah Anda putuskan" in told
    assert "Perbaiki sekaligus" not in told
    assert "3 dari 41 baris perlu diperbaiki" in told
    decide(client, upload, "usul/", lupakan=repair(upload, "columns_shifted_right"))
    assert "13 dari 41 baris perlu diperbaiki" in words(page(client, url(upload, "periksa/")))


def test_a_mend_that_is_not_wanted_lets_its_rows_go(client: Client, sender: User) -> None:
    upload = checked(client, office.broken("Melati"))
    decide(client, upload, "usul/", jangan=repair(upload, "total_rows_slipped"))
    told = words(page(client, url(upload, "periksa/")))
    assert "Tidak dipakai" in told
    assert "Usulkan lagi" in told
    decide(client, upload, "usul/", lupakan=repair(upload, "total_rows_slipped"))
    assert "Tidak dipakai" not in words(page(client, url(upload, "periksa/")))


def test_of_two_rows_about_one_place_one_stays(client: Client, sender: User) -> None:
    upload = checked(client, office.broken("Melati"))
    first, second = (one["id"] for one in upload.terbaca["repairs"] if one["code"] == "duplicate_keep")
    decide(client, upload, "usul/", terapkan=first)
    assert "duplicate_different" not in codes(upload)
    assert upload.pilihan["repairs"] == [first]
    decide(client, upload, "usul/", lupakan=first)
    decide(client, upload, "usul/", terapkan=second)
    assert upload.pilihan["repairs"] == [second]


def test_nothing_chosen_says_so(client: Client, sender: User) -> None:
    upload = checked(client, office.broken("Melati"))
    response = client.post(url(upload, "usul/"), {"revisi": 0}, follow=True)
    assert "Pilih dahulu salah satu." in words(response.content.decode())
    response = client.post(url(upload, "usul/"), {"revisi": 0, "terapkan": "apa saja"}, follow=True)
    assert "tidak cocok lagi dengan berkasnya" in words(response.content.decode())


def test_a_page_from_before_decides_nothing(client: Client, sender: User) -> None:
    upload = checked(client, office.broken("Melati"))
    decide(client, upload, "usul/", terapkan=repair(upload, "columns_shifted_right"))
    data = {"revisi": 0, "terapkan": repair(upload, "total_rows_slipped")}
    response = client.post(url(upload, "usul/"), data, follow=True)
    assert "sudah dibaca lagi sejak halaman Anda dibuka" in words(response.content.decode())


# --- cells ----------------------------------------------------------------------------------------------------


def test_a_cell_is_corrected_in_place_and_the_history_says_who_and_what(client: Client, sender: User) -> None:
    upload = checked(client, office.broken("Melati"))
    shown = page(client, url(upload, "periksa/"))
    assert re.search(r'name="isi" value="dua belas"', shown)
    decide(client, upload, "sel/", sel="RT!Y5", isi="12")
    assert "not_a_number" not in codes(upload)
    event = Event.objects.get(jenis=CHOSEN)
    assert event.oleh_nama == "bappeda"
    assert event.isi["pilihan"] == [{"di": ["cells", "RT!Y5"], "dari": "dua belas", "ke": "12"}]
    told = words(page(client, url(upload, "periksa/")))
    assert "1 sel diperbaiki di sini" in told
    assert "RT!Y5 dua belas → 12 dibaca 12 bappeda" in told
    decide(client, upload, "sel/", semula="RT!Y5")
    assert "not_a_number" in codes(upload)


def test_several_cells_at_once_and_a_wrong_one_keeps_everything_typed(client: Client, sender: User) -> None:
    rows = office.rows_of("Melati", 12)
    for i in (2, 3, 4):
        rows[i][office.column("3a")] = "banyak"
    upload = checked(client, office.book(rows))
    cells = ["RT!Y4", "RT!Y5", "RT!Y6"]
    response = decide(client, upload, "sel/", sel=cells, isi=["11", "x1", "-3"])
    shown = response.content.decode()
    assert response.status_code == 422
    assert [re.search(rf'value="{text}"', shown) is not None for text in ("11", "x1", "-3")] == [True] * 3
    assert "Bukan angka. Tulis misalnya 1.250,5" in shown
    assert "Angka tidak boleh kurang dari nol." in shown
    assert shown.count('aria-invalid="true"') == 2
    assert not upload.pilihan
    decide(client, upload, "sel/", sel=cells, isi=["11", "10", "banyak"])  # the last one is left as it is
    assert upload.pilihan["cells"] == {"RT!Y4": "11", "RT!Y5": "10"}
    assert codes(upload) == ["not_a_number"]


def test_what_is_typed_is_read_as_everywhere_whatever_the_column_does(client: Client, sender: User) -> None:
    """A column of English texts: a thousand and a quarter typed here is not one and a quarter."""
    rows = office.rows_of("Melati", 12)
    at = office.HEADERS.index(office.DENOMINATORS["jalan"])
    for row in rows:
        row[at] = "1,500.75"
    rows[3][at] = "rusak"
    upload = checked(client, office.book(rows))
    sheet_cell = f"RT!{openpyxl.utils.get_column_letter(at + 1)}5"
    decide(client, upload, "sel/", sel=sheet_cell, isi="1.250")
    apply(client, upload, **dict.fromkeys(ticks(client, upload), "on"))
    run_jobs()
    assert Assessment.objects.get(area__kode__endswith="1001/RT004-RW001").d_jalan == 1250


def test_only_cells_that_the_page_offers(client: Client, sender: User) -> None:
    upload = checked(client, office.broken("Melati"))
    response = decide(client, upload, "sel/", sel="RT!Y6", isi="99")
    assert response.status_code == 302
    assert not upload.pilihan
    decide(client, upload, "sel/", buang="RT!6")
    assert not upload.pilihan


def test_a_row_is_left_out_and_brought_back(client: Client, sender: User) -> None:
    upload = checked(client, office.broken("Melati"))
    decide(client, upload, "sel/", buang="RT!5")
    assert "not_a_number" not in codes(upload)
    told = words(page(client, url(upload, "periksa/")))
    assert "1 baris dibuang" in told
    assert "RT!5 baris dibuang bappeda" in told
    decide(client, upload, "sel/", kembalikan="RT!5")
    assert "not_a_number" in codes(upload)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1.250,5", "dibaca 1.250,5"),
        ("12.5", "dibaca 12,5"),
        ("kosong", "dibaca “kosong”"),
        ("tidak berlaku", "dibaca “tidak berlaku”"),
        ("", "dibiarkan kosong"),
        ("12 KK", "Bukan angka."),
        ("-1", "Angka tidak boleh kurang dari nol."),
        ("99999999999", "Angka harus di bawah"),
    ],
)
def test_the_echo(client: Client, sender: User, text: str, said: str) -> None:
    heard = hear(text)
    assert said in heard.understood + heard.problem
    upload = checked(client, office.book(office.rows_of("Melati", 5)))
    assert said in words(page(client, url(upload, f"sel/dibaca/?isi={text}")))


def test_volumes_over_their_denominator_may_be_corrected_or_stay(client: Client, sender: User) -> None:
    rows = office.rows_of("Melati", 12)
    rows[4][office.column("3a")] = 640
    upload = checked(client, office.book(rows))
    told = words(page(client, url(upload, "periksa/")))
    assert "peringatan ini dicentang saat menerapkan" in told
    assert "Kosongkan 1 sel" in told
    decide(client, upload, "sel/", sel="RT!Y6", isi="20")
    assert "over_100_percent" not in codes(upload, "peringatan")


def test_the_text_of_a_cell_in_another_unit_is_that_of_the_file(client: Client, sender: User) -> None:
    rows = office.rows_of("Melati", 12)
    headers = [*office.HEADERS]
    at = office.HEADERS.index(office.DENOMINATORS["jalan"])
    headers[at] = "Panjang jalan ideal (km)"
    for row in rows:
        row[at] = 0.5
    rows[4][office.column("2a")] = 800
    upload = checked(client, office.book(rows, headers=headers))
    assert 'name="isi" value="800"' in page(client, url(upload, "periksa/"))


# --- held rows ------------------------------------------------------------------------------------------------


def download(client: Client, upload: Upload, query: str = "") -> openpyxl.Workbook:
    response = client.get(url(upload, f"tertolak.xlsx{query}"))
    assert response.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(response.content))


def table(book: openpyxl.Workbook) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]


def test_held_rows_have_the_columns_of_the_file_and_a_reason(client: Client, sender: User) -> None:
    upload = checked(client, office.broken("Melati"))
    book = download(client, upload)
    rows = table(book)
    assert book.sheetnames == ["RT"]
    assert rows[0] == [*office.HEADERS, "Alasan"]
    original = table(openpyxl.load_workbook(io.BytesIO(office.broken("Melati"))))
    width = len(office.HEADERS)
    assert [row[:width] for row in rows[1:]] == [original[n - 1][:width] for n in (5, 9, *range(12, 22), 42, 43)]
    reasons = [row[-1] for row in rows[1:]]
    assert "bukan angka" in reasons[0]
    assert "RT008-RW001" in reasons[1] or "tempat dan tahun yang sama" in reasons[1]
    assert "bergeser satu ke kanan" in reasons[2]
    assert all(reasons)


def test_held_rows_corrected_are_read_again(client: Client, sender: User) -> None:
    rows = office.rows_of("Melati", 12)
    good = office.book(rows)
    broken = [list(row) for row in rows]
    broken[2][office.column("3a")] = "dua belas"
    broken[7][office.column("5a")] = "-"
    broken[7][office.column("6a")] = "tiga"
    upload = checked(client, office.book(broken, above=["REKAP DATA RT", "Sumber: survei"]))
    book = download(client, upload)
    sheet = book.worksheets[0]
    assert [sheet.cell(row, 2).value for row in (2, 3)] == ["RT003-RW001", "RT008-RW001"]
    sheet.cell(2, office.column("3a") + 1).value = rows[2][office.column("3a")]
    sheet.cell(3, office.column("5a") + 1).value = rows[7][office.column("5a")]
    sheet.cell(3, office.column("6a") + 1).value = rows[7][office.column("6a")]
    again = checked(client, saved(book))
    assert codes(again) == []
    assert again.pratinjau["counts"]["new"] == 2
    assert all(column["field"] is None for column in again.terbaca["columns"] if column["header"] == "Alasan")
    apply(client, upload, **dict.fromkeys(ticks(client, upload), "on"))
    run_jobs()
    again = checked(client, saved(book))
    apply(client, again, **dict.fromkeys(ticks(client, again), "on"))
    run_jobs()
    whole = checked(client, good)
    assert "0 perubahan" in words(page(client, url(whole, "periksa/")))


def test_held_rows_uncorrected_are_held_again_and_have_one_column_of_reasons(client: Client, sender: User) -> None:
    upload = checked(client, office.broken("Melati"))
    again = checked(client, saved(download(client, upload)))
    assert again.pratinjau["counts"]["blocked"] > 0
    assert table(download(client, again))[0].count("Alasan") == 1


def test_cells_keep_their_kind(client: Client, sender: User) -> None:
    rows = [[*row, None, None, None] for row in office.rows_of("Melati", 6)]
    rows[1][office.column("3a")] = -5
    day = datetime(2025, 9, 30, tzinfo=UTC).replace(tzinfo=None)
    rows[1][-3:] = ["=1+1", day, True]
    content = office.book(rows, headers=[*office.HEADERS, "Catatan", "Tanggal", "Ada"])
    upload = checked(client, content)
    sheet = download(client, upload).worksheets[0]
    at = office.column("3a") + 1
    width = len(office.HEADERS)
    assert (sheet.cell(2, at).value, sheet.cell(2, at).data_type) == (-5, "n")
    assert sheet.cell(2, width + 1).data_type != "f"
    assert sheet.cell(2, width + 2).value == day
    assert sheet.cell(2, width + 3).value is True


def test_texts_that_look_like_formulas_stay_texts(client: Client, sender: User) -> None:
    rows = [[*row, None] for row in office.rows_of("Melati", 6)]
    rows[1][office.column("3a")] = "@SUM(1)"
    rows[1][-1] = "+cmd|' /C calc'!A0"
    sheet = download(client, checked(client, office.book(rows, headers=[*office.HEADERS, "Catatan"]))).worksheets[0]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert sheet.cell(2, office.column("3a") + 1).value == "@SUM(1)"
    assert sheet.cell(2, len(office.HEADERS) + 1).value == "+cmd|' /C calc'!A0"


def test_merged_headers_and_a_year_in_the_title_come_along(client: Client, sender: User) -> None:
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.title = "Rekap"
    sheet.append(["REKAPITULASI DATA RT TAHUN 2024"])
    sheet.append([])
    sheet.append(["Kelurahan", "RT", "Luas (ha)", "Jumlah KK (KK)", "Air minum", None])
    sheet.append([None, None, None, None, "3a volume (KK)", "3b volume (KK)"])
    for column in range(1, 5):
        sheet.merge_cells(start_row=3, end_row=4, start_column=column, end_column=column)
    sheet.merge_cells(start_row=3, end_row=3, start_column=5, end_column=6)
    for i in range(1, 9):
        sheet.append(["Melati", f"RT{i:03}-RW001", 1.5, 40 + i, 10 + i, 5])
    sheet["E8"] = "tak tentu"
    upload = checked(client, saved(made))
    assert codes(upload) == ["not_a_number"]
    book = download(client, upload)
    rows = table(book)
    assert rows[0][:5] == ["Kelurahan", "RT", "Luas (ha)", "Jumlah KK (KK)", "Air minum"]
    assert rows[2][:7] == ["Melati", "RT004-RW001", 1.5, 44, "tak tentu", 5, 2024]
    assert len(book.worksheets[0].merged_cells.ranges) == 5
    book.worksheets[0]["E3"] = 14
    again = checked(client, saved(book))
    assert codes(again) == []
    assert [table["header_rows"] for table in again.terbaca["tables"]] == [[1, 2]]
    apply(client, again, **dict.fromkeys(ticks(client, again), "on"))
    run_jobs()
    assert Assessment.objects.get(area__kode__endswith="1001/RT004-RW001", tahun=2024).v_3a == 14


def test_many_held_rows_come_in_parts(client: Client, sender: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kelurahan.actions.rejecting.PER_PART", 8)
    upload = checked(client, office.broken("Melati"))
    assert "dalam beberapa bagian" in words(page(client, url(upload, "periksa/")))
    assert [len(table(download(client, upload, f"?bagian={n}"))) - 1 for n in (1, 2)] == [8, 6]
    for odd in ("0", "3", "x", "99999999"):
        assert client.get(url(upload, f"tertolak.xlsx?bagian={odd}")).status_code == 404


def test_without_held_rows_there_is_nothing_to_download(client: Client, sender: User) -> None:
    upload = checked(client, office.book(office.rows_of("Melati", 5)))
    assert "baris tertolak" not in words(page(client, url(upload, "periksa/")))
    assert client.get(url(upload, "tertolak.xlsx")).status_code == 404


def test_the_rows_go_to_those_who_may_have_the_file(client: Client, sender: User) -> None:
    upload = checked(client, office.broken("Melati"))
    client.force_login(make_user(Role.BAPPEDA))
    assert client.get(url(upload, "periksa/")).status_code == 200
    assert client.get(url(upload, "tertolak.xlsx")).status_code == 404
    assert client.post(url(upload, "usul/"), {"revisi": 0}).status_code == 403


# --- and on ---------------------------------------------------------------------------------------------------


def test_decided_applied_named_and_undone(client: Client, places: dict[str, Area], sender: User) -> None:
    upload = checked(client, office.broken("Melati"))
    decide(client, upload, "usul/", terapkan=[one["id"] for one in upload.terbaca["repairs"] if one["certain"]])
    decide(client, upload, "sel/", sel="RT!Y5", isi="12")
    apply(client, upload, **dict.fromkeys(ticks(client, upload), "on"))
    run_jobs()
    upload.refresh_from_db()
    assert upload.state == UploadState.DITERAPKAN
    told = words(page(client, url(upload)))
    assert "Kolom bergeser satu ke kanan pada 10 baris" in told
    assert "RT!Y5 lama dua belas → baru 12 bappeda" in told
    assert "Unduh 2 baris tertolak (.xlsx)" in told  # RT008, twice
    assert len(table(download(client, upload))) == 3
    history = words(page(client, f"/data/{places['Melati'].kode}/RT004-RW001/2025/"))
    assert f"Unggahan {upload.pk} (3 perbaikan saat diperiksa)" in history
    assert Assessment.objects.get(area__kode__endswith="1001/RT004-RW001").v_3a == 12
    client.post(url(upload, "urungkan/"), {"alasan": "keliru"})
    run_jobs()
    assert not Assessment.objects.exists()


def test_after_applying_nothing_is_decided_any_more(client: Client, sender: User) -> None:
    upload = checked(client, office.broken("Melati"))
    apply(client, upload, **dict.fromkeys(ticks(client, upload), "on"))
    run_jobs()
    for tail in ("usul/", "sel/"):
        assert client.post(url(upload, tail), {"revisi": 0})["Location"] == url(upload)
    upload.refresh_from_db()
    assert upload.state == UploadState.DITERAPKAN


def test_the_page_makes_few_queries(client: Client, sender: User, django_assert_max_num_queries: Any) -> None:
    upload = checked(client, office.broken("Melati"))
    decide(client, upload, "sel/", sel="RT!Y5", isi="12")
    page(client, url(upload, "periksa/"))
    with django_assert_max_num_queries(9):
        page(client, url(upload, "periksa/"))
    with django_assert_max_num_queries(9):
        page(client, url(upload, "sel/dibaca/?isi=1"))
    send(client, office.broken("Melati"))


# --- several files --------------------------------------------------------------------------------------------


def send_several(client: Client, files: dict[str, bytes]) -> Any:
    uploaded = [SimpleUploadedFile(name, content) for name, content in files.items()]
    return client.post("/unggah/", {"berkas": uploaded, "aturan": office.RULES.kode})


def test_several_files_are_one_upload(client: Client, sender: User) -> None:
    one, two = office.rows_of("Melati", 8), office.rows_of("Mawar", 8, seed=2)
    two[2][office.column("3a")] = "dua belas"
    send_several(client, {"melati.xlsx": office.book(one), "mawar.xlsx": office.book(two)})
    run_jobs()
    upload = Upload.objects.get()
    assert upload.nama_berkas == "melati.xlsx, mawar.xlsx"
    assert {table["sheet"] for table in upload.terbaca["tables"]} == {"melati.xlsx › RT", "mawar.xlsx › RT"}
    told = words(page(client, url(upload, "periksa/")))
    assert "1 dari 16 baris perlu diperbaiki" in told
    decide(client, upload, "sel/", sel="mawar.xlsx › RT!Y4", isi="12")
    assert codes(upload) == []


def test_several_files_are_taken_home_as_a_zip(client: Client, sender: User) -> None:
    send_several(client, {"a.xlsx": office.book([]), "b.xlsx": office.book([])})
    upload = Upload.objects.get()
    response = client.get(url(upload, "berkas/"))
    response.close()
    assert 'filename="a.xlsx, b.xlsx.zip"' in response["Content-Disposition"]


def test_a_sheet_by_another_name_is_remarked_upon(client: Client, sender: User) -> None:
    send_several(client, {"surat.docx": office.book(office.rows_of("Melati", 8))})
    run_jobs()
    assert codes(Upload.objects.get(), "peringatan")[:1] == ["named_otherwise"]


def test_rows_that_wait_for_their_year_are_counted(client: Client, sender: User) -> None:
    send_several(client, {"a.csv": b"Kelurahan;Lapak ikan\nMelati;7\nMawar;8\n"})
    run_jobs()
    told = words(page(client, url(Upload.objects.get(), "periksa/")))
    assert "2 barisnya menunggu" in told
    assert "2 baris tertahan galat" in told or "baris tertahan galat 2" in told


def test_an_empty_file_among_others_is_said_beside_the_field(client: Client, sender: User) -> None:
    response = send_several(client, {"a.xlsx": b"x", "b.xlsx": b""})
    assert response.status_code == 422
    assert "Berkas ini kosong." in response.content.decode()
    assert not Upload.objects.exists()


def test_the_form_takes_several_files_without_javascript(client: Client, sender: User) -> None:
    shown = page(client, "/unggah/")
    assert re.search(r'<input type="file"[^>]*\bmultiple\b', shown)
    assert 'data-batas="20000000"' in shown


# --- records and indicators in one file -----------------------------------------------------------------------


def two_tables(penduduk: Any = 5_000, volume: Any = 7) -> bytes:
    """RT of Melati, and a sheet of supporting indicators of three kelurahan."""
    made = openpyxl.load_workbook(io.BytesIO(office.book(office.rows_of("Melati", 6))))
    made.worksheets[0].cell(3, office.column("3a") + 1).value = volume
    sheet = made.create_sheet("Penduduk 2024")
    sheet.append(["Kelurahan", "Luas Wilayah (km2)", "Jumlah Penduduk (jiwa)", "Rumah Tidak Layak Huni (unit)"])
    for i, name in enumerate(("Melati", "Mawar", "Kenanga")):
        sheet.append([name, 1.5, 4_000 + i, 30])
    sheet["C3"] = penduduk
    return saved(made)


def test_records_and_indicators_applied_again_nothing_undone_everything(client: Client, sender: User) -> None:
    upload = checked(client, two_tables())
    assert [table["jenis"] for table in upload.terbaca["tables"]] == ["penilaian", "indikator"]
    apply(client, upload, **dict.fromkeys(ticks(client, upload), "on"))
    run_jobs()
    assert IndicatorValue.objects.get(indicator__kode="penduduk", area__nama="Mawar", tahun=2024).nilai == 5_000
    again = checked(client, two_tables())
    assert "0 perubahan" in words(page(client, url(again, "periksa/")))
    client.post(url(upload, "urungkan/"), {"alasan": "keliru"})
    run_jobs()
    assert not Assessment.objects.exists()
    assert not IndicatorValue.objects.exists()
    third = checked(client, two_tables())
    assert third.pratinjau["counts"]["same"] == 0


def test_held_rows_of_every_table(client: Client, sender: User) -> None:
    upload = checked(client, two_tables(penduduk="banyak", volume="entah"))
    told = words(page(client, url(upload, "periksa/")))
    assert "Unduh 2 baris tertolak (.xlsx)" in told
    book = download(client, upload)
    assert book.sheetnames == ["RT", "Penduduk 2024"]
    rows = [[cell.value for cell in row] for row in book["Penduduk 2024"].iter_rows()]
    assert rows[1][:5] == ["Mawar", 1.5, "banyak", 30, 2024]
    assert "bukan angka" in rows[1][5]
    decide(client, upload, "sel/", sel=["Penduduk 2024!C3", "RT!Y3"], isi=["5000", "7"])
    assert codes(upload) == []
    book["Penduduk 2024"]["C2"] = 5_000
    book["RT"].cell(2, office.column("3a") + 1).value = 7
    again = checked(client, saved(book))
    assert codes(again) == []
    assert [table["year"] for table in again.terbaca["tables"]][1] in (None, 2024)


def test_rows_of_a_turned_and_of_a_long_table(client: Client, sender: User) -> None:
    """Held rows of a table that is no list of rows come as one, and are read again."""
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.title = "Menyamping"
    sheet.append(["Uraian", "Melati", "Mawar", "Kenanga", "Cempaka"])
    sheet.append(["Jumlah Penduduk (jiwa)", 4_000, "banyak", 4_002, 4_003])
    sheet.append(["Rumah Tidak Layak Huni (unit)", 90, 91, 92, 93])
    upload = checked(client, saved(made), tahun="2024")
    assert codes(upload) == ["not_a_number"]
    book = download(client, upload)
    rows = table(book)
    assert len(rows) == 2
    assert {"Mawar", "banyak", 91, 2024} <= set(rows[1])
    column = rows[1].index("banyak") + 1
    book.worksheets[0].cell(2, column).value = 4_001
    again = checked(client, saved(book))
    assert codes(again) == []
    apply(client, again, **dict.fromkeys(ticks(client, again), "on"))
    run_jobs()
    assert IndicatorValue.objects.get(indicator__kode="penduduk", area__nama="Mawar", tahun=2024).nilai == 4_001


def test_what_another_step_answers_leads_there(client: Client, sender: User) -> None:
    rows = office.rows_of("Melati", 8)
    rows[2][0] = "Melatih Jaya Abadi"
    upload = checked(client, office.book(rows))
    shown = page(client, url(upload, "periksa/"))
    assert f'<a class="button accent" href="/unggah/{upload.pk}/nilai/">' in shown
