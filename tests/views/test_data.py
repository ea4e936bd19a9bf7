"""The Data pages by the client: the list, a record with its score while typing, two versions, a new RT, a kelurahan."""

import re
from typing import Any

import pytest
from django.test import Client

from kelurahan.actions import uploads
from kelurahan.models import Area, Assessment, Change, ChangeSet, Event, Job, OfficialArea, Role, Summary, User
from kelurahan.rules.record import record_fields
from tests.factories import make_city, make_user
from tests.filled import RULES, columns_of, fill, make_kawasan, make_rt, run_jobs, saved, summarise, template_book
from tests.views.test_places_profile import words

pytestmark = pytest.mark.django_db
MELATI, MAWAR = "99.01.01.1001", "99.01.01.1002"
RT1 = f"/data/{MELATI}/RT001-RW001/2025/"


@pytest.fixture
def places() -> dict[str, Area]:
    """Melati: RT 1 at 60 % (48), RT 2 without 3b, RT 3 without numbers; Mawar: a figure of its own and a kawasan."""
    places = make_city()
    one, two, _three = (make_rt(places["Melati"], f"RT00{n}-RW001") for n in (1, 2, 3))
    fill(one, persen=60)
    fill(two, persen=60, volume={"3b": None})
    fill(places["Mawar"], persen=10)
    fill(make_kawasan(places["Mawar"], "Tepi Air"), persen=10)
    make_rt(places["Cempaka"], "RT001-RW001")
    summarise()
    return places


@pytest.fixture
def maria(client: Client, places: dict[str, Area]) -> User:
    user = make_user(Role.BAPPEDA, username="maria")
    client.force_login(user)
    return user


def html(client: Client, url: str, status: int = 200, **headers: str) -> str:
    response = client.get(url, headers=headers)
    assert response.status_code == status
    return response.content.decode()


def listed(page: str) -> list[str]:
    return re.findall(r'href="/data/([^"?]+)/\d{4}/[^"]*">', page[page.index("<tbody>") :]) if "<tbody>" in page else []


def as_shown(client: Client, url: str = RT1) -> dict[str, str]:
    """What a browser would send if nothing were touched."""
    page = html(client, url)
    data = dict(re.findall(r'name="(f_\w+)" value="([^"]*)"', page))
    data["versi"] = re.search(r'name="versi" value="(\d+)"', page)[1]  # type: ignore[index]
    assert len(data) == 23
    return {**data, "alasan": "Ukur ulang"}


def correct(client: Client, url: str = RT1, **fields: str) -> Any:
    return client.post(url, {**as_shown(client, url), **fields})


# --- the list --------------------------------------------------------------------------------------------------


def test_the_list_names_every_place_that_has_or_needs_a_record(client: Client, maria: User) -> None:
    page = html(client, "/data/")
    assert "<h1>3 dari 8 catatan lengkap pada 2025</h1>" in page
    assert listed(page) == [
        *(f"{MELATI}/RT00{n}-RW001" for n in (1, 2, 3)),
        MAWAR,
        f"{MAWAR}/Tepi%20Air",
        "99.01.01.1003",
        "99.01.02.1001/RT001-RW001",
        "99.01.02.1002",
    ]
    told = words(page)
    assert "RT001-RW001 Melati Sedang 48 lengkap" in told
    assert "RT002-RW001 Melati Sedang 45–50 15/16" in told
    assert "RT003-RW001 Melati Belum dinilai – 0/16" in told


def test_the_last_change_and_who_made_it(client: Client, maria: User) -> None:
    correct(client, f_1a="5")
    told = words(html(client, "/data/"))
    assert re.search(r"RT001-RW001 Melati Sedang 4\d lengkap \d+ \w+ \d{4}, \d\d\.\d\d maria", told)


@pytest.mark.parametrize(
    ("query", "n"),
    [
        ("cari=rt001", 2),
        ("cari=melati+rt002", 1),
        ("cari=tepi", 1),
        ("kurang=1", 5),
        (f"kelurahan={MELATI}", 3),
        (f"kelurahan={MELATI}&kurang=1&cari=RT003", 1),
        ("tahun=2024", 8),
        ("cari=%22%3E%3Cscript%3E", 0),
        ("tahun=kemarin&hal=x&kelurahan=99", 0),
    ],
)
def test_search_filter_and_year(client: Client, maria: User, query: str, n: int) -> None:
    page = html(client, f"/data/?{query}")
    if "tahun=2024" in query:
        assert "pada 2025" in page  # a year without data and not this year is as good as not asked
    assert len(listed(page)) == n
    assert "<script>" not in page.split("</head>")[1].split("htmx")[0]


def test_a_scoped_person_sees_its_own_places_only(client: Client, places: dict[str, Area]) -> None:
    client.force_login(make_user(Role.OPERATOR, places["Melati"]))
    page = html(client, "/data/")
    assert {kode.partition("/")[0] for kode in listed(page)} == {MELATI}
    assert "Cempaka" not in page
    assert "Cempaka" not in html(client, f"/data/?kelurahan={places['Cempaka'].kode}")
    client.force_login(make_user(Role.OPERATOR, None))
    assert listed(html(client, "/data/")) == []


def test_pages_of_fifty_and_few_queries(
    client: Client, maria: User, places: dict[str, Area], django_assert_max_num_queries: Any
) -> None:
    for n in range(60):
        fill(make_rt(places["Kenanga"], f"RT{n + 1:03d}-RW002"), persen=30)
    summarise()
    html(client, "/data/")
    with django_assert_max_num_queries(8):
        page = html(client, "/data/")
    assert len(listed(page)) == 50
    assert len(listed(html(client, "/data/?hal=2"))) == 17


def test_the_fragment_holds_only_the_table(client: Client, maria: User) -> None:
    part = html(client, "/data/?cari=rt002", HX_Target="daftar", HX_Request="true")
    assert "<html" not in part
    assert len(listed(part)) == 1


def test_the_rules_of_the_form_are_chosen_on_the_list_and_stay(client: Client, maria: User) -> None:
    old = "aturan=permen-02-2016"
    page = html(client, f"/data/?kelurahan={MELATI}&tahun=2025&hal=1")
    (choice,) = re.findall(rf'href="([^"]*{old}[^"]*)"', page)
    assert f"kelurahan={MELATI}" in choice
    assert "tahun=2025" in choice
    page = html(client, "/data/" + choice.replace("&amp;", "&"))
    assert re.search(rf'{old}[^"]*" aria-current="true">Permen PUPR 02/PRT/M/2016', page)
    assert '<input type="hidden" name="aturan" value="permen-02-2016">' in page
    links = re.findall(r'href="(/data/[^"]*)"', page[page.index("<h1>") :])
    assert [link for link in links if old not in link] == [f"/data/{MELATI}/tempat/"]
    url = f"/data/{MELATI}/RT003-RW001/2025/?{old}"
    page = html(client, url)
    inside = page[page.index('class="crumbs"') : page.index('id="riwayat"')]
    links = re.findall(r'(?:href|hx-post)="(/(?:data|kelurahan)/[^"]*)"', inside)
    assert len(links) > 5
    assert [link for link in links if old not in link] == []
    sent = {**dict(re.findall(r'name="(f_\w+)" value="([^"]*)"', page)), "versi": "0", "alasan": "Data lama"}
    saved = client.post(url, {**sent, "f_drain": "100", "f_4d": "40"}, follow=True)
    assert saved.redirect_chain == [(url, 302)]
    page = saved.content.decode()
    assert f'<a data-tersimpan href="/?tahun=2025&amp;{old}">' in page
    assert f'action="/data/{MELATI}/RT003-RW001/2025/urungkan/?{old}"' in page
    new = client.post(f"/data/rt-baru/?tahun=2025&{old}", {"kelurahan": MELATI, "rt": "9/1"})
    assert new["Location"] == f"/data/{MELATI}/RT009-RW001/2025/?{old}"


# --- one record ------------------------------------------------------------------------------------------------


def test_a_record_stands_in_the_form_as_it_is_stored(client: Client, maria: User, places: dict[str, Area]) -> None:
    fill(make_rt(places["Melati"], "RT009-RW001"), penyebut={"luas": "1250.5"}, volume={"3b": None}, na=("7a",))
    data = as_shown(client, f"/data/{MELATI}/RT009-RW001/2025/")
    assert (data["f_luas"], data["f_3b"], data["f_7a"]) == ("1.250,5", "", "tidak berlaku")
    page = html(client, RT1)
    assert "<h1>RT001-RW001 2025: 48, sedang</h1>" in page
    assert "Tersimpan: 16 dari 16 kriteria dinilai." in words(page)


def test_few_queries_for_a_record(client: Client, maria: User, django_assert_max_num_queries: Any) -> None:
    correct(client, f_1a="5")
    html(client, RT1)
    with django_assert_max_num_queries(11):
        html(client, RT1)
    with django_assert_max_num_queries(7):
        client.post(f"{RT1}hitung/", {"f_1a": "7"})


def test_the_score_while_typing_is_the_servers_own_and_writes_nothing(client: Client, maria: User) -> None:
    data = {**as_shown(client), "f_1a": "1.250", "f_2a": "tb", "f_3a": "dua"}
    before = (Change.objects.count(), Job.objects.count())
    response = client.post(f"{RT1}hitung/", data)
    part = response.content.decode()
    told = words(part)
    assert response.status_code == 200
    assert "dibaca 1250 unit 1.250,00 % nilai 5" in told
    assert "Mencapai 1.250,00 %: melebihi Jumlah bangunan (100)." in told
    assert "dibaca tidak berlaku" in told
    assert "“dua” bukan angka." in told
    assert "Total 44–49, Sedang. 1 isian tidak sah" in told
    assert part.count('hx-swap-oob="true"') == 22 + 7 + 2
    assert (Change.objects.count(), Job.objects.count()) == before


def test_a_line_that_can_only_score_nothing_says_so(client: Client, maria: User) -> None:
    sent = {**as_shown(client), "f_luas": "", "f_1b": "0", "f_4a": "", "f_3a": ""}
    part = client.post(f"{RT1}hitung/", sent).content.decode()
    scores = dict(re.findall(r'id="h_(\w+)".*?class="nilai[^"]*">([^<]*)<', part, re.DOTALL))
    assert {kode: scores[kode] for kode in ("1b", "4a", "3a")} == {"1b": "0", "4a": "?", "3a": "?"}


def test_an_rt_larger_than_its_kelurahan_is_told_while_typing_and_may_be_saved(
    client: Client, maria: User, places: dict[str, Area]
) -> None:
    for sumber, km2 in (("BPS", "4.6"), ("RTRW", "4.68"), ("Poligon batas (bukan luas resmi)", "20")):
        OfficialArea.objects.create(area=places["Melati"], sumber=sumber, km2=km2)
    told = "Luas 1.250 ha lebih besar dari luas resmi kelurahan, 468 ha; jika maksudnya 1,25, tulis 1,25."
    sent = {**as_shown(client), "f_luas": "1.250"}
    assert told in words(client.post(f"{RT1}hitung/", sent).content.decode())
    assert client.post(RT1, sent).status_code == 302
    assert told in words(html(client, RT1))
    OfficialArea.objects.create(area=places["Mawar"], sumber="BPS", km2="1")
    own = f"/data/{MAWAR}/2025/"  # the figure of a kelurahan itself lies in nothing
    assert "luas resmi kelurahan" not in client.post(f"{own}hitung/", {"f_luas": "1.250"}).content.decode()


def test_without_script_a_button_does_the_same(client: Client, maria: User) -> None:
    data = {**as_shown(client), "f_1a": "0", "alasan": "", "aksi": "hitung"}
    response = client.post(RT1, data)
    page = response.content.decode()
    assert response.status_code == 200
    assert "Dihitung dari isian Anda: 45, Sedang. Belum disimpan." in words(page)
    assert 'name="f_1a" value="0"' in page
    assert Assessment.objects.get(area__nama="RT001-RW001", area__parent__kode=MELATI).v_1a == 60


def test_saving_is_told_and_the_map_follows(client: Client, maria: User) -> None:
    response = client.post(RT1, {**as_shown(client), "f_1a": "1.250", "f_1c": ""}, follow=True)
    page = response.content.decode()
    assert response.redirect_chain == [(RT1, 302)]
    assert "2 sel tersimpan. Catatan ini baru 15 dari 16 kriteria" in words(page)
    assert "Ringkasan dan peta menyusul dalam beberapa detik. Lihat di peta" in words(page)
    assert '<a data-tersimpan href="/?tahun=2025">Lihat di peta</a>' in page
    assert Summary.objects.get(area__kode=MELATI).lengkap is False
    before = Summary.objects.get(area__kode=MELATI).total_max
    run_jobs()
    assert Summary.objects.get(area__kode=MELATI).total_max > before


def test_a_save_tells_what_it_does_to_its_kelurahan(client: Client, maria: User, places: dict[str, Area]) -> None:
    rt = make_rt(places["Kenanga"], "RT001-RW001")
    fill(rt, persen=10)
    summarise()
    url = f"/data/{rt.kode}/2025/"

    def told(**fields: str) -> str:
        page = client.post(url, {**as_shown(client, url), **fields}, follow=True).content.decode()
        run_jobs()
        return words(page)

    assert "1 sel tersimpan. Ringkasan dan peta" in told(f_1a="9")
    becomes = "Catatan ini baru 15 dari 16 kriteria, jadi Kelurahan Kenanga menjadi belum lengkap. Ringkasan"
    assert becomes in told(f_1a="")
    assert "Catatan ini baru 14 dari 16 kriteria; Kelurahan Kenanga tetap belum lengkap." in told(f_1b="")
    assert "2 sel tersimpan. Kelurahan Kenanga kini lengkap." in told(f_1a="9", f_1b="0")
    client.post("/data/rt-baru/?tahun=2025", {"kelurahan": places["Kenanga"].kode, "rt": "2/1"})
    run_jobs()
    url = f"/data/{places['Kenanga'].kode}/RT002-RW001/2025/"
    assert "Catatan ini baru 1 dari 16 kriteria; Kelurahan Kenanga tetap belum lengkap." in told(f_bgn="9", f_1a="2")


def test_the_history_below_tells_who_when_why_and_old_to_new(client: Client, maria: User) -> None:
    correct(client, f_1a="5", f_3a="tb", alasan="Ukur ulang <b>3</b> November")
    told = words(html(client, RT1))
    history = told[told.index("Riwayat catatan ini") :]
    assert "maria ·" in history
    assert "Formulir Ukur ulang &lt;b&gt;3&lt;/b&gt; November" in history
    assert "1a Ketidakteraturan bangunan: lama 60 → baru 5 unit" in history
    assert "3a Ketidaktersediaan akses aman air minum: lama 72 → baru tidak berlaku KK" in history
    assert "Urungkan perubahan ini" in history


def test_a_change_may_name_its_document_and_the_date_of_its_data(client: Client, maria: User) -> None:
    correct(client, f_1a="5", dokumen=" BA 12/2026 <b>", tanggal_data="2026-09-30")
    made = ChangeSet.objects.latest("pk")
    assert (made.dokumen, str(made.tanggal_data)) == ("BA 12/2026 <b>", "2026-09-30")
    assert "Formulir Ukur ulang · BA 12/2026 &lt;b&gt; · data per 30 September 2026" in words(html(client, RT1))
    correct(client, f_1a="6")
    made = ChangeSet.objects.latest("pk")
    assert (made.dokumen, made.tanggal_data) == ("", None)


@pytest.mark.parametrize(("day", "said"), [("kemarin", "seperti 30/09/2026"), ("0026-09-30", "Periksa tahunnya")])
def test_a_date_that_is_none_is_said_and_nothing_is_written(client: Client, maria: User, day: str, said: str) -> None:
    n = Change.objects.count()
    response = client.post(RT1, {**as_shown(client), "f_1a": "5", "dokumen": "BA 12", "tanggal_data": day})
    page = response.content.decode()
    assert response.status_code == 422
    assert said in words(page)
    assert "Tanggal datanya belum benar." in words(page)
    assert 'value="BA 12"' in page
    assert Change.objects.count() == n


def test_the_history_leads_to_the_upload_and_its_cell(client: Client, maria: User, places: dict[str, Area]) -> None:
    book = template_book(Area.objects.within(places["Melati"]))
    book.worksheets[0].cell(2, columns_of(book)["1a"]).value = 7
    upload, _job = uploads.receive(chunks=[saved(book)], filename="data.xlsx", by=maria, year=2025, rule_set=RULES.kode)
    run_jobs()
    upload.refresh_from_db()
    uploads.request_apply(upload=upload, by=maria, reason="Survei")
    run_jobs()
    page = html(client, RT1)
    assert f'<a href="/unggah/{upload.pk}/">Unggahan {upload.pk}</a>' in page
    assert re.search(r"1a Ketidakteraturan bangunan: lama 60 → baru 7 unit \S+![A-Z]+2", words(page))
    assert "Urungkan perubahan ini" not in page  # an upload is undone as a whole, on its own page
    client.force_login(make_user(Role.OPERATOR, places["Melati"]))
    page = html(client, RT1)
    assert f"/unggah/{upload.pk}/" not in page
    assert f"Unggahan {upload.pk}" in page


def test_nothing_changed_is_said(client: Client, maria: User) -> None:
    n = Change.objects.count()
    told = words(client.post(RT1, as_shown(client), follow=True).content.decode())
    assert "Tidak ada yang berubah, jadi tidak ada yang ditulis." in told
    assert Change.objects.count() == n


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"alasan": " "}, "Alasannya belum ditulis."),
        ({"f_1a": "-3"}, "Kurang dari nol."),
        ({"f_1a": "12a"}, "“12a” bukan angka."),
        ({"f_bgn": "0"}, "Ada volume padahal Jumlah bangunan 0 atau tidak berlaku."),
        ({"f_luas": "1,250.5"}, "Tulis titik untuk ribuan dan koma untuk desimal"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(
    client: Client, maria: User, fields: dict[str, str], said: str
) -> None:
    n = Change.objects.count()
    response = client.post(RT1, {**as_shown(client), "f_2b": "77", **fields})
    page = response.content.decode()
    assert response.status_code == 422
    assert said in words(page)
    assert 'name="f_2b" value="77"' in page
    assert Change.objects.count() == n


def test_a_form_that_came_in_pieces_blanks_nothing(client: Client, maria: User) -> None:
    data = as_shown(client)
    del data["f_kk"]
    response = client.post(RT1, {**data, "f_1a": "5"})
    assert response.status_code == 422
    assert "terkirim tidak utuh" in words(response.content.decode())


@pytest.mark.parametrize(
    "url", [f"/data/{MELATI}/RT001-RW001/1889/", f"/data/{MELATI}/RT001-RW001/99999999999/", "/data/99.01.01/2025/"]
)
def test_no_such_record(client: Client, maria: User, url: str) -> None:
    html(client, url, 404)
    assert client.post(url, {}).status_code == 404


def test_the_other_rule_set_has_nineteen_volumes(client: Client, maria: User) -> None:
    url = f"{RT1}?aturan=permen-02-2016"
    page = html(client, url)
    assert len(re.findall(r'name="f_', page)) == 25
    data = dict(re.findall(r'name="(f_\w+)" value="([^"]*)"', page))
    data |= {"versi": "0", "alasan": "Data lama", "f_drain": "100", "f_4d": "40"}
    assert client.post(url, data)["Location"].endswith("?aturan=permen-02-2016")
    assert Assessment.objects.get(aturan="permen-02-2016").v_4d == 40


def test_in_english_units_are_english_and_not_said_twice(client: Client, maria: User) -> None:
    client.cookies["django_language"] = "en"
    page = html(client, RT1)
    labels = [" ".join(words(label).split()) for label in re.findall(r'<label for="f_[^>]*>(.*?)</label>', page)]
    assert labels[:7] == [
        "Area ha", "Buildings units", "People", "Households", "Ideal road length m", "Ideal drain length m",
        "1a Irregular buildings units",
    ]  # fmt: skip
    assert labels[11].endswith(" households")
    told = words(client.post(f"{RT1}hitung/", {"f_jiwa": "500", "f_kk": "90", "f_bgn": "80"}).content.decode())
    for figure in ("500 people", "90 households", "80 units"):
        assert figure in told
    assert not re.search(r"\b(jiwa|KK|unit)\b", told)
    profile = words(html(client, f"/kelurahan/{MELATI}/RT001-RW001/"))
    assert "100 units" in profile
    assert not re.search(r"\d (jiwa|KK|unit)\b", profile)


def test_who_may_only_look_gets_no_form(client: Client, places: dict[str, Area]) -> None:
    client.force_login(make_user(Role.CAMAT, places["Melati"].parent))
    page = html(client, RT1)
    assert 'name="f_1a"' not in page
    assert "Peran Anda boleh melihat data ini, tetapi tidak mengubahnya." in page
    assert client.post(RT1, {"versi": "0"}).status_code == 403


@pytest.mark.parametrize("tail", ["", "RT001-RW001/", "RT098-RW001/"])
def test_a_foreign_area_is_403_and_not_a_hint_more(client: Client, places: dict[str, Area], tail: str) -> None:
    client.force_login(make_user(Role.OPERATOR, places["Melati"]))
    page = html(client, f"/data/{places['Cempaka'].kode}/{tail}2025/", 403)
    assert "Data ini di luar wilayah Anda." in page
    assert "Cempaka" not in page
    assert "RT001" not in words(page)
    html(client, f"/data/{MELATI}/RT098-RW001/2025/", 404)


# --- two versions ----------------------------------------------------------------------------------------------


@pytest.fixture
def clash(client: Client, maria: User) -> Any:
    """Maria has opened the record; Yusuf saves 1a and 1c; then Maria saves 1a and 2b."""
    mine = {**as_shown(client), "f_1a": "31", "f_2b": "41", "dokumen": "BA 12", "tanggal_data": "2026-09-30"}
    other = Client()
    other.force_login(make_user(Role.BAPPEDA, username="yusuf"))
    correct(other, f_1a="11", f_1c="21")
    response = client.post(RT1, mine)
    assert response.status_code == 409
    return response.content.decode()


def hidden(page: str) -> dict[str, str]:
    data = dict(re.findall(r'type="hidden" name="(f_\w+|versi|semula|bentrok)" value="([^"]*)"', page))
    chosen = re.findall(r'name="(pilih_\w+)" value="(\w+)" required checked', page)
    return {**data, **dict(chosen), "alasan": "Ukur ulang"}


def numbers() -> dict[str, Any]:
    row = Assessment.objects.get(area__nama="RT001-RW001", area__parent__kode=MELATI)
    return {"1a": row.v_1a, "1c": row.v_1c, "2b": row.v_2b}


def test_a_stale_save_writes_nothing_and_shows_both_versions(client: Client, clash: str) -> None:
    assert numbers() == {"1a": 11, "1c": 21, "2b": 600}
    told = words(clash)
    assert "RT001-RW001 2025 berubah sejak Anda membukanya" in told
    assert "3 isian berbeda dari yang tersimpan sekarang" in told
    assert re.search(r"1a Ketidakteraturan bangunan unit Semula 60 11 tersimpan, yusuf, \d+ \w+ \d{4}, \S+ 31", told)
    assert {k: v for k, v in hidden(clash).items() if k.startswith("pilih")} == {
        "pilih_1c": "mereka",
        "pilih_2b": "saya",
    }


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ({"pilih_1a": "saya"}, {"1a": 31, "1c": 21, "2b": 41}),
        ({"pilih_1a": "mereka", "pilih_2b": "mereka"}, {"1a": 11, "1c": 21, "2b": 600}),
        ({"pilih_1a": "mereka", "pilih_1c": "saya"}, {"1a": 11, "1c": 60, "2b": 41}),
        ({"semua": "saya"}, {"1a": 31, "1c": 60, "2b": 41}),
        ({"semua": "mereka"}, {"1a": 11, "1c": 21, "2b": 600}),
    ],
)
def test_each_field_or_all_can_be_chosen(client: Client, clash: str, choice: Any, expected: Any) -> None:
    assert client.post(RT1, {**hidden(clash), **choice}).status_code == 302
    assert numbers() == expected


def test_document_and_date_wait_for_the_choice(client: Client, clash: str) -> None:
    sent = dict(re.findall(r'name="(dokumen|tanggal_data)" value="([^"]*)"', clash))
    client.post(RT1, {**hidden(clash), **sent, "pilih_1a": "saya"})
    made = ChangeSet.objects.latest("pk")
    assert (made.dokumen, str(made.tanggal_data)) == ("BA 12", "2026-09-30")


def test_what_both_changed_must_be_chosen(client: Client, clash: str) -> None:
    response = client.post(RT1, hidden(clash))
    assert response.status_code == 409
    assert "pilih dulu satu isian yang diubah kedua pihak" in words(response.content.decode())
    assert numbers()["2b"] == 600


def test_a_choice_without_a_reason_is_not_a_way_around(client: Client, clash: str) -> None:
    response = client.post(RT1, {**hidden(clash), "pilih_1a": "saya", "alasan": ""})
    page = response.content.decode()
    assert response.status_code == 409
    assert "Tulis alasannya" in page
    assert hidden(page)["pilih_1a"] == "saya"
    assert numbers()["1a"] == 11


def test_a_version_that_moves_again_is_shown_again(client: Client, clash: str) -> None:
    other = Client()
    other.force_login(make_user(Role.BAPPEDA, username="siti"))
    correct(other, f_2b="99")
    response = client.post(RT1, {**hidden(clash), "pilih_1a": "saya"})
    page = response.content.decode()
    assert response.status_code == 409
    assert "siti" in words(page)
    assert hidden(page)["semula"] == hidden(clash)["semula"]
    assert numbers() == {"1a": 11, "1c": 21, "2b": 99}
    client.post(RT1, {**hidden(page), "pilih_2b": "saya"})
    assert numbers() == {"1a": 31, "1c": 21, "2b": 41}


# --- undo ------------------------------------------------------------------------------------------------------


def undo(client: Client, change_set: int, **data: str) -> str:
    sent = client.post(f"{RT1}urungkan/", {"perubahan": str(change_set), "alasan": "Keliru", **data}, follow=True)
    return words(sent.content.decode())


def test_an_edit_can_be_undone_once(client: Client, maria: User) -> None:
    correct(client, f_1a="5")
    made = ChangeSet.objects.latest("pk")
    assert "tulis alasannya" in undo(client, made.pk, alasan="")
    assert "Perubahan diurungkan." in undo(client, made.pk)
    assert numbers()["1a"] == 60
    assert "sudah diurungkan" in undo(client, made.pk)


def test_an_edit_that_was_edited_again_is_not_undone(client: Client, maria: User) -> None:
    correct(client, f_1a="5")
    made = ChangeSet.objects.latest("pk")
    correct(client, f_1a="6")
    assert "sudah disunting lagi" in undo(client, made.pk)
    assert numbers()["1a"] == 6


def test_after_an_undo_the_page_offers_the_edit_before_it(client: Client, maria: User) -> None:
    correct(client, f_1a="5")
    correct(client, f_1a="6")
    for value in (5, 60):
        (offered,) = re.findall(r'name="perubahan" value="(\d+)"', html(client, RT1))
        assert "Perubahan diurungkan." in undo(client, int(offered))
        assert numbers()["1a"] == value
    assert "Formulir (sudah diurungkan)" in words(html(client, RT1))


@pytest.mark.parametrize("number", ["0", "x", "99999999999999999999"])
def test_no_such_edit(client: Client, maria: User, number: str) -> None:
    assert client.post(f"{RT1}urungkan/", {"perubahan": number, "alasan": "x"}).status_code == 404


# --- places ----------------------------------------------------------------------------------------------------


def test_a_new_rt_and_then_its_record(client: Client, maria: User) -> None:
    data = {"kelurahan": MELATI, "rt": "RT 7/RW 2", "kawasan": "Tepi Air"}
    response = client.post("/data/rt-baru/?tahun=2025", data)
    assert response["Location"] == f"/data/{MELATI}/RT007-RW002/2025/"
    assert "RT007-RW002 ditambahkan." in words(html(client, response["Location"]))
    again = client.post("/data/rt-baru/?tahun=2025", data)
    assert again.status_code == 422
    assert f'<a href="/data/{MELATI}/RT007-RW002/2025/">Buka catatannya</a>' in again.content.decode()


@pytest.mark.parametrize("rt", ["", "tujuh", "7"])
def test_an_rt_that_cannot_be_read(client: Client, maria: User, rt: str) -> None:
    n = Area.objects.count()
    assert client.post("/data/rt-baru/", {"kelurahan": MELATI, "rt": rt}).status_code == 422
    assert Area.objects.count() == n


def place(client: Client, **fields: str) -> Any:
    page = html(client, f"/data/{MELATI}/tempat/")
    data = dict(re.findall(r'name="([\w-]+)" value="([^"]*)"', page[page.index('name="segel"') - 10 :]))
    return client.post(f"/data/{MELATI}/tempat/", {**data, "alias": "", "alasan": "Surat", **fields})


def test_a_kelurahan_gets_other_names_and_official_areas(client: Client, maria: User) -> None:
    row = {"luas-0-sumber": "RTRW", "luas-0-tahun": "2011", "luas-0-km2": "1,25"}
    assert place(client, alias="Melati Lama\nMelati I", **row).status_code == 302
    assert Area.objects.get(kode=MELATI).alias == ["Melati Lama", "Melati I"]
    assert str(OfficialArea.objects.get().km2) == "1.2500"
    told = words(html(client, f"/data/{MELATI}/tempat/"))
    assert "Nama lain: – → Melati Lama, Melati I" in told
    assert "Luas resmi: – → RTRW 2011 1,25 km²" in told


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"alias": "Mawar"}, "sudah dipakai Mawar"),
        ({"luas-0-km2": "2"}, "Tulis sumbernya"),
        ({"luas-0-sumber": "BPS"}, "Tulis luasnya, atau kosongkan"),
        ({"luas-0-sumber": "BPS", "luas-0-km2": "0"}, "lebih dari 0"),
        ({"luas-0-sumber": "BPS", "luas-0-km2": "1,23456"}, "Paling banyak empat desimal"),
        ({"luas-0-sumber": "BPS", "luas-0-km2": "1", "luas-0-tahun": "20"}, "Tahun harus antara"),
        ({"alasan": ""}, "Tulis alasannya"),
    ],
)
def test_what_is_wrong_with_a_kelurahan_is_said(client: Client, maria: User, fields: Any, said: str) -> None:
    response = place(client, **fields)
    assert response.status_code == 422
    assert said in words(response.content.decode())
    assert not Event.objects.filter(jenis="kelurahan_dikoreksi").exists()


def test_two_people_correct_one_kelurahan(client: Client, maria: User) -> None:
    page = html(client, f"/data/{MELATI}/tempat/")
    seal = re.search(r'name="segel" value="(\w+)"', page)[1]  # type: ignore[index]
    place(client, alias="Satu")
    response = place(client, alias="Dua", segel=seal)
    told = words(response.content.decode())
    assert response.status_code == 422
    assert "baru saja diubah orang lain" in told
    assert "Tersimpan sekarang: Satu" in told
    assert Area.objects.get(kode=MELATI).alias == ["Satu"]


def test_the_profile_leads_to_the_data(client: Client, places: dict[str, Area]) -> None:
    client.force_login(make_user(Role.OPERATOR, places["Melati"]))
    assert f'href="/data/?tahun=2025&amp;kelurahan={MELATI}"' in html(client, f"/kelurahan/{MELATI}/")
    assert f'href="{RT1}"' in html(client, f"/kelurahan/{MELATI}/RT001-RW001/")
    assert "Buka data" not in html(client, f"/kelurahan/{MAWAR}/")
    client.logout()
    assert "Buka data" not in html(client, f"/kelurahan/{MELATI}/")


def test_record_fields_and_form_agree(client: Client, maria: User) -> None:
    page = html(client, RT1)
    assert re.findall(r'<input[^>]* name="f_(\w+)"', page) == list(record_fields(RULES))
