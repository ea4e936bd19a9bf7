"""Steps two to four of the wizard through their pages: tables, columns, names, and what is remembered of them."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django.asserts import assertNumQueries

from kelurahan.models import Area, Event, Indicator, Role, SheetMemory, Upload, UploadState, User
from kelurahan.rules.regulation import DEFAULT_RULE_SET
from tests.factories import make_city, make_user
from tests.filled import run_jobs, summarise
from tests.unknown_sheet import office_sheet
from tests.views.test_places_profile import words

pytestmark = pytest.mark.django_db
KECAMATAN = {"Utara": ("Melati", "Mawar Satu", "Mawar Dua"), "Selatan": ("Cempaka",)}
ROWS = (("Melati", "1.250", 100, 11), ("Mawar", "2.500", 200, 12), ("Negeri Jauh", 3, 300, 13))
HIDDEN = (
    ("Kelurahan", "Jumlah Penduduk", "Tahun"),
    ("Melati", 90, 2020),
    ("Mawar Satu", 95, 2020),
    ("Cempaka", 9, 2020),
)
KEY = "Data!A3"


@pytest.fixture
def places() -> dict[str, Area]:
    places = make_city(KECAMATAN)
    summarise()
    return places


@pytest.fixture
def sender(client: Client, places: dict[str, Area]) -> User:
    user = make_user(Role.BAPPEDA, username="bappeda")
    client.force_login(user)
    return user


def send(client: Client, content: bytes = b"", year: str = "") -> Upload:
    file = SimpleUploadedFile("data.xlsx", content or office_sheet(ROWS))
    assert client.post("/unggah/", {"berkas": file, "aturan": DEFAULT_RULE_SET, "tahun": year}).status_code == 302
    run_jobs()
    upload = Upload.objects.latest("pk")
    assert upload.state == UploadState.SIAP, upload.pesan
    return upload


def url(upload: Upload, step: str = "") -> str:
    return f"/unggah/{upload.pk}/{step}"


def page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def save(client: Client, upload: Upload, step: str, **fields: Any) -> Any:
    """Post as the page of this moment does, and let a worker read the file again."""
    upload.refresh_from_db()
    response = client.post(url(upload, step), {"revisi": upload.revisi, "tabel": KEY, **fields})
    run_jobs()
    upload.refresh_from_db()
    return response


def column(letter: str, **fields: str) -> dict[str, str]:
    return {f"{name}.{letter}": value for name, value in fields.items()}


def landing(client: Client, upload: Upload) -> str:
    """Where the page of the upload leads."""
    response = client.get(url(upload))
    return "periksa/" if response.status_code == 200 else response["Location"].removeprefix(url(upload))


# --- the way ----------------------------------------------------------------------------------------------------------


def test_the_upload_leads_to_the_first_step_that_needs_its_sender(client: Client, sender: User) -> None:
    upload = send(client)
    assert landing(client, upload) == "lembar/"  # nobody knows the year
    save(client, upload, "lembar/", tahun="2024")
    client.get(url(upload, "periksa/"))
    assert landing(client, upload) == "periksa/"  # where one was
    client.session.flush()
    client.force_login(sender)
    assert landing(client, upload) == "kolom/"  # nobody knows what a column of numbers counts
    save(client, upload, "kolom/", **column("E", f=""))
    assert landing(client, upload) == "nilai/"
    save(client, upload, "nilai/", **{"n:mawar": "-", "n:negeri jauh": "-"})
    assert landing(client, upload) == "periksa/"


def test_the_bar_counts_what_is_open_and_leads_everywhere(client: Client, sender: User) -> None:
    upload = send(client)
    html = page(client, url(upload, "kolom/"))
    assert "2 Berkas 1 belum dijawab 3 Kolom" in words(html).replace("Langkah 3 dari 8:", "3")
    assert "4 Nilai 2 belum dijawab" in words(html)
    for tail in ("lembar/", "nilai/", "periksa/", "perubahan/", "perubahan/#terapkan"):
        assert f'href="{url(upload, tail)}"' in html


@pytest.mark.parametrize("step", ["lembar/", "kolom/", "nilai/", "periksa/"])
def test_steps_of_an_upload_that_waits_for_nobody_lead_to_it(client: Client, sender: User, step: str) -> None:
    upload = send(client)
    Upload.objects.filter(pk=upload.pk).update(state=UploadState.DITERIMA)
    assert client.get(url(upload, step))["Location"] == url(upload)


def test_a_stale_page_shows_the_present_state(client: Client, sender: User) -> None:
    upload = send(client)
    save(client, upload, "lembar/", tahun="2024")
    for step in ("lembar/", "kolom/", "nilai/"):
        data = {"revisi": 0, "tabel": KEY, "tahun": "2023", "f.D": "", "n:mawar": "-"}
        response = client.post(url(upload, step), data, follow=True)
        assert "sudah dibaca lagi sejak halaman Anda dibuka" in words(response.content.decode())
    upload.refresh_from_db()
    assert upload.pilihan == {"tables": {KEY: {"year": 2024}}}


# --- Berkas -----------------------------------------------------------------------------------------------------------


def test_the_tables_as_read_with_their_cells(client: Client, sender: User) -> None:
    upload = send(client, office_sheet(ROWS, hidden=HIDDEN))
    told = words(page(client, url(upload, "lembar/")))
    assert "1 tabel dibaca, 3 baris" in told
    assert "Data!A3:E6 Indikator pendukung satu tempat per baris; 3 baris, 3 dari 5 kolom dibaca" in told
    assert "Tahun belum diketahui" in told
    assert "Melati baris 4, tertahan – 1.250 C4 100 D4" in told
    assert "tempat belum dikenal baris 5, tertahan – 2.500 C5 200 D5" in told
    assert "titik ribuan, koma desimal: “1.250” → 1.250 (seribu dua ratus lima puluh)" in told
    assert "koma ribuan, titik desimal: “1.250” → 1,25 (satu koma dua lima)" in told
    assert "Lembar tersembunyi, tidak dibaca Baca lembar tersembunyi ini" in told
    assert "Baris lembar terpanjang 6 / 100.000" in told


def test_a_year_a_style_and_a_hidden_sheet_are_chosen(client: Client, sender: User) -> None:
    upload = send(client, office_sheet(ROWS, hidden=HIDDEN))
    assert save(client, upload, "lembar/", tahun="2024", judul="3", **{"gaya.C": "inggris"})["Location"] == url(upload)
    assert upload.pilihan == {"tables": {KEY: {"year": 2024, "columns": {"C": {"style": "inggris"}}}}}
    told = words(page(client, url(upload, "lembar/")))
    assert "diisi pengirim" in told
    assert "Melati baris 4 2024 1,25 C4 100 D4" in told

    save(client, upload, "lembar/", tabel="Lama!A1", pakai="ya")
    assert "2 tabel dibaca, 6 baris" in words(page(client, url(upload, "lembar/")))
    save(client, upload, "lembar/", kembalikan="1")
    assert upload.pilihan == {"tables": {"Lama!A1": {"use": True}}}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"tahun": "1066"}, "Tahun harus antara 1990"),
        ({"tahun": "dua"}, "Tahun harus antara 1990"),
        ({"judul": "x"}, "Baris judul harus angka"),
        ({"tabel": "Lain!A1"}, "tidak cocok lagi"),
        ({}, "Tidak ada yang berubah."),
    ],
)
def test_what_cannot_be_is_said(client: Client, sender: User, fields: dict[str, str], said: str) -> None:
    upload = send(client)
    assert save(client, upload, "lembar/", **fields)["Location"] == url(upload, "lembar/")
    assert said in words(page(client, url(upload, "lembar/")))
    assert upload.pilihan == {}


# --- Kolom ------------------------------------------------------------------------------------------------------------


def test_every_column_with_its_samples_and_how_sure_it_is(client: Client, sender: User) -> None:
    upload = send(client, office_sheet(ROWS, ("No", "Nama Kelurahan", "Luas (km2)", "Jumlah Penduduk", "Penduduk")))
    html = page(client, url(upload, "kolom/"))
    told = words(html)
    assert "Tidak dibaca: No, Penduduk" in told
    assert "B Nama Kelurahan Melati Mawar Negeri Jauh" in told
    assert "E Penduduk 11 12 13" in told
    assert "ganda sama artinya dengan kolom D" in told
    assert '<option value="i:penduduk" selected>' in html
    assert '<option value="kelurahan" selected>' in html


def test_an_unknown_column_becomes_a_new_indicator(client: Client, sender: User) -> None:
    upload = send(client, year="2024")
    new = column("E", f="+", nama="Rumah Panggung", satuan="unit", sumber="Dinas PRKP")
    save(client, upload, "kolom/", **new)
    assert upload.pilihan["tables"] == {KEY: {"columns": {"E": {"field": "i:rumah_panggung"}}}}
    assert upload.pilihan["indicators"]["rumah_panggung"]["sumber"] == "Dinas PRKP"
    html = page(client, url(upload, "kolom/"))
    assert '<option value="i:rumah_panggung" selected>Rumah Panggung (unit)</option>' in html
    assert "dipilih pengirim" in words(html)
    assert not Indicator.objects.filter(kode="rumah_panggung").exists()
    save(client, upload, "kolom/", lupakan="E")
    assert "tables" not in upload.pilihan


def test_a_new_indicator_without_a_unit_is_asked_again_and_nothing_typed_is_lost(client: Client, sender: User) -> None:
    upload = send(client)
    response = save(client, upload, "kolom/", **column("E", f="+", nama="Rumah Panggung"), **column("C", f="luas"))
    html = response.content.decode()
    assert response.status_code == 422
    assert "Indikator baru memerlukan nama dan satuan." in html
    assert 'value="Rumah Panggung"' in html
    assert '<option value="luas" selected>' in html
    assert '<option value="+" selected>' in html
    assert upload.pilihan == {}


def test_a_wide_table_names_its_indicators_by_typing(client: Client, sender: User) -> None:
    headers = ["No", "Nama Kelurahan", "Luas (km2)", "Jumlah Penduduk", *(f"Hitungan {n}" for n in range(40))]
    upload = send(client, office_sheet([(*row[:3], *range(40)) for row in ROWS], headers))
    html = page(client, url(upload, "kolom/"))
    assert html.count('"Jumlah KK (KK)"') == 1  # in the list that all columns share
    assert len(html) < 200_000

    response = save(client, upload, "kolom/", **column("E", f="*", c="Tidak ada"))
    assert response.status_code == 422
    assert "Kolom E: tidak ada isian bernama “Tidak ada”." in words(response.content.decode())
    save(client, upload, "kolom/", **column("E", f="*", c="jumlah kk  (KK)"))
    assert upload.pilihan["tables"][KEY]["columns"] == {"E": {"field": "i:kk"}}


def test_a_unit_and_columns_that_are_not_changed(client: Client, sender: User) -> None:
    upload = send(client, office_sheet([("Melati", "1.250,5", 100, 11), *ROWS[1:]]))
    same = {**column("A", f=""), **column("B", f="kelurahan"), **column("D", f="i:penduduk")}
    save(client, upload, "kolom/", **same, **column("C", f="i:luas_wilayah", u="ha"))
    assert upload.pilihan == {"tables": {KEY: {"columns": {"C": {"unit": "ha"}}}}}
    cells = upload.terbaca["tables"][0]["preview"][0]["cells"]
    assert cells["i:luas_wilayah"] == ["12,505", "C4"]


def test_a_question_is_answered_by_saving(client: Client, sender: User) -> None:
    upload = send(client, office_sheet(ROWS, ("No", "Nama Kelurahan", "Luas", "Jumlah Penduduk", "Warga")))
    told = words(page(client, url(upload, "kolom/")))
    assert "kolom perlu Anda pilih artinya" in told
    asked = [c for c in upload.terbaca["tables"][0]["columns"] if not c["field"] and c["alternatives"]]
    save(client, upload, "kolom/", **{f"f.{c['letter']}": "" for c in asked})
    told = words(page(client, url(upload, "kolom/")))
    assert "Semua kolom yang dikenal sudah dicocokkan" in told


def test_unknown_numbers_are_asked_about_until_somebody_decides(client: Client, sender: User) -> None:
    rows = [(name, 2024, 7 + n, n + 1, "baik") for n, name in enumerate(("Melati", "Mawar Satu", "Cempaka"))]
    upload = send(client, office_sheet(rows, ("No", "Kelurahan", "Tahun", "Lapak ikan", "No. berkas", "Alamat")))
    assert landing(client, upload) == "kolom/"
    html = page(client, url(upload, "kolom/"))
    assert "1 kolom perlu Anda pilih artinya" in words(html)
    assert html.count('class="asked"') == 1
    assert "F Alamat teks, tidak ditampilkan" in words(html)
    told = page(client, url(upload, "periksa/"))
    assert "1 kolom perlu dipilih artinya sebelum ada angka yang dibaca" in words(told)
    assert "Jawab di langkah sebelumnya" in words(told)
    assert "Perbaiki di berkas" not in words(told)
    assert f'<a class="button accent" href="{url(upload, "kolom/")}">' in told

    save(client, upload, "kolom/", **column("D", f="+", nama="Lapak ikan", satuan="unit", sumber=""))
    assert "3 baris siap dipakai" in words(page(client, url(upload, "periksa/")))
    assert "Semua kolom yang dikenal sudah dicocokkan" in words(page(client, url(upload, "kolom/")))


def test_numbers_that_nobody_wants_are_not_told_again(client: Client, sender: User) -> None:
    upload = send(
        client, office_sheet([("Melati", 2024, 100, 7)], ("No", "Kelurahan", "Tahun", "Jumlah Penduduk", "X"))
    )
    assert "columns_unread" in upload.terbaca["n_temuan"]
    save(client, upload, "kolom/", **column("E", f=""))
    assert "columns_unread" not in upload.terbaca["n_temuan"]
    assert landing(client, upload) == "periksa/"


def test_of_a_sheet_without_known_places_the_sender_says_which_column_has_them(client: Client, sender: User) -> None:
    rows = [("Puskesmas Melati", "100"), ("Puskesmas Entah", "101")]
    upload = send(client, office_sheet(rows, ("No", "Puskesmas", "KK miskin")), year="2024")
    assert landing(client, upload) == "kolom/"
    told = words(page(client, url(upload, "kolom/")))
    assert "1 kolom perlu Anda pilih artinya" in told
    assert "Kolom mana yang menyebut kelurahan?" in told
    assert "Entah" not in told  # texts that nobody asked for may be names of persons
    assert "Kolom tempat belum dipilih" in words(page(client, url(upload, "lembar/")))

    save(client, upload, "kolom/", **column("B", f="kelurahan"))
    assert [name["text"] for name in upload.terbaca["tables"][0]["unmatched"]] == [
        "Puskesmas Melati",
        "Puskesmas Entah",
    ]
    assert upload.terbaca["tables"][0]["n"] == 2
    assert landing(client, upload) == "nilai/"


def test_of_a_sheet_without_known_places_another_header_is_chosen(client: Client, sender: User) -> None:
    rows = [("Kampung", "Warga miskin"), ("Melati Raya", 100), ("Entah", 101)]
    upload = send(client, office_sheet(rows, ("No", "Isian", "Contoh"), ()), year="2024")
    table = upload.terbaca["tables"][0]
    assert (table["key"], [column["header"] for column in table["columns"]]) == (KEY, ["No", "Isian", "Contoh"])
    save(client, upload, "lembar/", judul="4")
    assert [column["header"] for column in upload.terbaca["tables"][0]["columns"]][1:] == ["Kampung", "Warga miskin"]
    save(client, upload, "lembar/", judul="999")
    assert "bukan baris judul" in words(page(client, url(upload, "lembar/")))
    assert upload.pilihan == {"tables": {KEY: {"header_row": 4}}}


def test_a_style_that_changes_nothing_is_not_asked(client: Client, sender: User) -> None:
    headers = ("No", "Kelurahan", "Jumlah Penduduk", "Luas (ha)")
    rows = [("Melati", "13.619", "2,145"), ("Mawar Satu", "9,276", "12,5")]
    told = words(page(client, url(send(client, office_sheet(rows, headers), year="2024"), "lembar/")))
    assert "C Jumlah Penduduk: “13.619” → 13.619 (tiga belas ribu" in told
    assert "titik ribuan, koma desimal: “2,145” → 2,145" in told
    assert "koma ribuan, titik desimal: “2,145” → 2.145" in told


# --- Nilai ------------------------------------------------------------------------------------------------------------


def test_every_unknown_name_once_with_its_proposals(client: Client, sender: User, places: dict[str, Area]) -> None:
    upload = send(client, office_sheet([*ROWS, ("Mawar", 1, 1, 1)]))
    html = page(client, url(upload, "nilai/"))
    told = words(html)
    assert "2 nama tempat belum dikenal, 3 baris menunggu" in told
    assert "“Mawar” 2 baris, Data!B5" in told
    assert f"Mawar Dua Kecamatan Utara, {places['Mawar Dua'].kode}" in told
    assert html.count('name="n:mawar"') >= 4

    save(client, upload, "nilai/", **{"n:mawar": "lain", "l:mawar": places["Cempaka"].kode, "n:negeri jauh": "-"})
    assert upload.pilihan["names"] == {"mawar": places["Cempaka"].kode, "negeri jauh": "-"}
    told = words(page(client, url(upload, "nilai/")))
    assert "Semua nama tempat dikenal" in told
    assert "“Mawar” → Cempaka 2 baris, dipilih pengirim" in told
    assert "“Negeri Jauh” → bukan di kota ini" in told

    save(client, upload, "nilai/", lupakan="mawar")
    assert upload.pilihan["names"] == {"negeri jauh": "-"}


def test_all_other_names_are_none_of_this_city(client: Client, sender: User, places: dict[str, Area]) -> None:
    upload = send(client)
    save(client, upload, "nilai/", sisanya="-", **{"n:mawar": places["Mawar Dua"].kode})
    assert upload.pilihan["names"] == {"mawar": places["Mawar Dua"].kode, "negeri jauh": "-"}


def test_a_name_from_nowhere_is_refused(client: Client, sender: User) -> None:
    upload = send(client)
    response = save(client, upload, "nilai/", **{"n:mawar": "lain", "l:mawar": "00.00"})
    assert response.status_code == 422
    assert "bukan kelurahan di kota ini" in words(response.content.decode())


def test_a_decided_name_becomes_an_alias_with_one_press(client: Client, sender: User, places: dict[str, Area]) -> None:
    upload = send(client)
    save(client, upload, "nilai/", **{"n:negeri jauh": places["Cempaka"].kode, "n:mawar": "-"})
    assert "Jadikan nama lain" in words(page(client, url(upload, "nilai/")))
    save(client, upload, "nilai/nama-lain/", nama="negeri jauh")
    assert Area.objects.get(pk=places["Cempaka"].pk).alias == ["Negeri Jauh"]
    assert "sudah nama lain kelurahan itu" in words(page(client, url(upload, "nilai/")))
    save(client, upload, "nilai/nama-lain/", nama="mawar")
    assert "belum dicocokkan" in words(page(client, url(upload, "nilai/")))


# --- somebody else's, and many queries --------------------------------------------------------------------------------


def test_a_colleague_looks_but_cannot_choose(client: Client, sender: User) -> None:
    upload = send(client)
    client.force_login(make_user(Role.BAPPEDA))
    for step in ("lembar/", "kolom/", "nilai/"):
        html = page(client, url(upload, step))
        assert "Simpan" not in words(html)
        assert save(client, upload, step).status_code == 403


@pytest.mark.parametrize(("step", "n"), [("lembar/", 6), ("kolom/", 5), ("nilai/", 5)])
def test_the_steps_ask_few_queries(client: Client, sender: User, step: str, n: int) -> None:
    upload = send(client)
    page(client, url(upload, step))
    with assertNumQueries(n):
        page(client, url(upload, step))


def test_two_new_indicators_of_one_name_are_told_apart(client: Client, sender: User) -> None:
    upload = send(client, year="2024")
    new = {"D": "Xa-Ya", "E": "Xa Ya"}
    data = {
        f"{part}.{x}": value
        for x, nama in new.items()
        for part, value in zip(("f", "nama", "satuan"), ("+", nama, "unit"), strict=True)
    }
    response = save(client, upload, "kolom/", tabel=KEY, **data)
    assert response.status_code == 422
    told = words(response.content.decode())
    assert "Indikator baru “Xa-Ya” (kolom D) dan “Xa Ya” (kolom E) sama namanya." in told


def test_only_who_may_add_an_indicator_is_offered_it(client: Client, sender: User, places: dict[str, Area]) -> None:
    assert "Indikator baru…" in page(client, url(send(client, year="2024"), "kolom/"))
    client.force_login(make_user(Role.OPERATOR, places["Melati"]))
    html = page(client, url(send(client, year="2024"), "kolom/"))
    assert "Indikator baru…" not in html
    assert "minta Bappeda menambahkan indikatornya" in words(html)


# --- what is remembered -----------------------------------------------------------------------------------------------


def remembered(client: Client, places: dict[str, Area]) -> SheetMemory:
    upload = send(client, year="2024")
    save(client, upload, "kolom/", **column("E", f="i:kk"))
    save(client, upload, "nilai/", **{"n:mawar": places["Mawar Dua"].kode})
    data = {"alasan": "survei", "sidik": upload.sidik, "lewati": "on"}
    data |= {f"setuju_{f['code']}": "on" for f in upload.temuan}
    assert client.post(url(upload, "perubahan/"), data).status_code == 302
    run_jobs()
    return SheetMemory.objects.get()


def test_the_next_file_says_from_where_it_remembers(client: Client, sender: User, places: dict[str, Area]) -> None:
    memory = remembered(client, places)
    again = send(client, year="2025")
    for step in ("lembar/", "kolom/"):
        html = page(client, url(again, step))
        assert f"Sebagian diingat dari unggahan {memory.upload_id} (bappeda)." in words(html)
        assert f'href="/unggah/ingatan/{memory.pk}/"' in html
    told = words(page(client, url(again, "nilai/")))
    assert "“Mawar” → Mawar Dua 1 baris, diingat dari unggahan sebelumnya" in told


def test_the_memory_of_others_decides_nothing_and_is_not_opened(
    client: Client, sender: User, places: dict[str, Area]
) -> None:
    memory = remembered(client, places)
    client.force_login(make_user(Role.OPERATOR, places["Melati"]))
    upload = send(client, year="2025")
    (table,) = upload.terbaca["tables"]
    assert {column["letter"]: column["field"] for column in table["columns"]}["E"] is None
    assert [name["key"] for name in table["named"]] == []
    html = page(client, url(upload, "kolom/"))
    assert "bappeda pernah memilih; pilihannya diusulkan di sini, belum dipakai." in words(html)
    assert f"/unggah/ingatan/{memory.pk}/" not in html


def test_undo_takes_back_what_the_upload_taught(client: Client, sender: User, places: dict[str, Area]) -> None:
    memory = remembered(client, places)
    assert client.post(f"/unggah/{memory.upload_id}/urungkan/", {"alasan": "salah"}).status_code == 302
    run_jobs()
    assert not SheetMemory.objects.exists()
    (table,) = send(client, year="2025").terbaca["tables"]
    assert [name["key"] for name in table["named"]] == []


def test_a_memory_of_no_field_is_not_saved(client: Client, sender: User, places: dict[str, Area]) -> None:
    memory = remembered(client, places)
    client.post(f"/unggah/ingatan/{memory.pk}/", {"k:rumah panggung": "i:tidak_ada"})
    memory.refresh_from_db()
    assert memory.columns == {"rumah panggung": "i:kk"}


def test_memory_is_looked_at_corrected_and_forgotten(client: Client, sender: User, places: dict[str, Area]) -> None:
    memory = remembered(client, places)
    assert "No, Nama Kelurahan, Luas (km2), Jumlah Penduduk …" in words(page(client, "/unggah/ingatan/"))
    address = f"/unggah/ingatan/{memory.pk}/"
    assert "1 kolom dan 1 nama diingat" in words(page(client, address))
    client.post(address, {"k:rumah panggung": "?", "n:mawar": places["Mawar Satu"].kode})
    memory.refresh_from_db()
    assert (memory.columns, memory.names) == ({}, {"mawar": places["Mawar Satu"].kode})
    assert client.post(f"{address}hapus/")["Location"] == "/unggah/ingatan/"
    assert not SheetMemory.objects.exists()
    assert Event.objects.filter(objek=f"ingatan/{memory.pk}").count() == 3
    assert "Belum ada." in words(page(client, "/unggah/ingatan/"))
