"""The page of a place: kelurahan, RT, kawasan, kecamatan, kota."""

import re
from decimal import Decimal

import pytest
from django.test import Client

from kelurahan.models import Area, Change, ChangeSet, Indicator, IndicatorValue, OfficialArea, Origin, Role, Upload
from kelurahan.rules.regulation import DEFAULT_RULE_SET, FIELDS
from tests.factories import make_city, make_decree, make_summary, make_user
from tests.filled import fill, make_kawasan, make_rt, summarise

pytestmark = pytest.mark.django_db

MELATI = "/kelurahan/99.01.01.1001/"


def words(page: str) -> str:
    """The text of a page, without markup and with plain spaces."""
    body = re.sub(r"<(script|style|svg class=\"sprite).*?</(script|style|svg)>", " ", page, flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", body).replace("\u00a0", " ").split())


def html(client: Client, url: str = MELATI) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def places() -> dict[str, Area]:
    return make_city()


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(make_user(Role.PEJABAT))
    return client


@pytest.fixture
def three_rt(places: dict[str, Area]) -> list[Area]:
    """Two years; in 2025 one criterion is empty in one RT, and one RT is not assessed."""
    melati = places["Melati"]
    rt = [make_rt(melati, f"RT00{n}-RW001") for n in (1, 2, 3)]
    for one in rt:
        fill(one, 2024, persen=55)
    fill(rt[0], persen=60)
    fill(rt[1], persen=60, volume={"3b": None})
    summarise()
    return rt


def test_the_answer_is_the_first_sentence(client: Client, three_rt: list[Area]) -> None:
    page = html(client)
    assert "<h1>Melati kumuh sedang, total 46 sampai 50 menurut 2 dari 3 RT, belum lengkap</h1>" in page
    told = words(page)
    assert "Satu dari 16 kriteria belum dinilai lengkap. Baru 2 dari 3 RT dinilai" in told
    assert "Kumuh sedang, 46–50 dari 80" in told
    assert "15 dari 16 kriteria dinilai · belum lengkap (2 dari 3 RT dinilai)" in told
    assert "46* " in told or "46–50*" in told
    assert "* Belum semua tempat dinilai." in told


def test_sixteen_lines_are_explained(staff: Client, three_rt: list[Area]) -> None:
    told = words(html(staff))
    assert "1a Ketidakteraturan bangunan Pasal 18; Lamp. I.A angka 1 120 ÷ 200 unit = 60 ,00" not in told
    assert "120 ÷ 200 unit = 60,00 % → 3" in told
    assert "3b Tidak terpenuhinya kebutuhan air minum Pasal 18; Lamp. I.A angka 3" in told
    assert "72–192 ÷ 240 KK = 30,00–80,00 % → 1–5" in told
    assert "Dinilai di 1 dari 2 RT." in told
    assert "Total 16 kriteria belum lengkap (3b, 2 dari 3 RT dinilai): 46–50 46–50 dari 80, sedang (38–59)" in told
    assert "Rata-rata aspek: varian semua." in told
    assert "Lampiran II, menurut buku kerja penghitungan KOTAKU" in told


def test_the_year_before(staff: Client, three_rt: list[Area]) -> None:
    told = words(html(staff, f"{MELATI}?tahun=2024"))
    assert "Melati kumuh sedang, total 48" in told
    assert "belum lengkap</h1>" not in told


def test_a_complete_place_is_no_range(staff: Client, places: dict[str, Area]) -> None:
    fill(make_rt(places["Melati"], "RT001-RW001"), persen=10)
    summarise()
    page = html(staff)
    assert "<h1>Melati tidak kumuh, total 0</h1>" in page
    assert "Semua kriteria dan penyebut terisi" not in page or "Mutu data" in page


def test_a_class_that_is_not_sure_is_told_as_between(client: Client, places: dict[str, Area]) -> None:
    fill(make_rt(places["Melati"], "RT001-RW001"), persen=30, volume={"3a": None})
    summarise()
    page = html(client)
    assert "<h1>Melati antara tidak kumuh dan ringan, total 15 sampai 20, belum lengkap</h1>" in page
    assert "tingkatnya baru pasti setelah terisi" in page
    assert 'class="swatch r01"' in page


def test_every_state_of_a_line_is_said_in_words(staff: Client, places: dict[str, Area]) -> None:
    fill(
        make_rt(places["Melati"], "RT001-RW001"),
        persen=30,
        volume={"3b": None, "4a": "3"},
        penyebut={"drain": "0", "luas": "0"},
        na=("7a",),
    )
    summarise()
    told = words(html(staff))
    assert "Belum dinilai Bila diisi, nilainya 0 sampai 5." in told
    assert "Tidak sah Ada volume padahal luas 0. Betulkan salah satunya." in told
    assert "Tidak berlaku Tidak ada panjang drainase ideal di sini; nilainya 0." in told
    assert "Galat Kriteria 4a punya volume padahal penyebutnya 0." in told


def test_the_other_reading_of_the_ladder_is_told(staff: Client, places: dict[str, Area]) -> None:
    fill(make_rt(places["Melati"], "RT001-RW001"), persen=0, volume={"1c": "50.5", "1a": "80"})
    summarise()
    told = words(html(staff))
    assert "bacaan lain memberi 3" in told
    assert (
        "Dengan bacaan ambang lain (> 75, > 50, ≥ 25) 1c menjadi 3 dan totalnya 8; tingkatnya tetap."
        in told.replace("&gt;", ">")
    )


def test_origin_of_a_number_upload_sheet_and_cells(client: Client, three_rt: list[Area]) -> None:
    sender = make_user(Role.BAPPEDA)
    upload = Upload.objects.create(
        nama_berkas="survei.xlsx", sha256="0" * 64, ukuran=1, aturan=DEFAULT_RULE_SET, oleh=sender,
        oleh_nama=sender.username, terbaca={"columns": [{"header": "1a", "field": "1a", "letter": "H"}]},
    )  # fmt: skip
    written = ChangeSet.objects.create(oleh_nama="x", asal=Origin.UNGGAHAN, alasan="survei", upload_id=upload.pk)
    form = ChangeSet.objects.create(oleh_nama="y", asal=Origin.FORMULIR, alasan="betul")

    def change(by: ChangeSet, rt: Area, field: str, baris: int | None) -> None:
        Change.objects.create(
            change_set=by, area_id=rt.pk, area_kode=rt.kode, tahun=2025, aturan=DEFAULT_RULE_SET,
            berubah=1 << FIELDS.index(field), versi=1, sheet="RT" if baris else "", baris=baris,
        )  # fmt: skip

    for n, rt in enumerate(three_rt[:2], 17):
        change(written, rt, "1a", n)
        change(written, rt, "4a", n)
    change(form, three_rt[0], "4a", None)
    client.force_login(sender)
    page = html(client)
    assert f'<a href="/unggah/{upload.pk}/">Unggahan {upload.pk} · <span class="cellref">RT!H17:H18</span></a>' in page
    assert "dan 1 sumber lain" in page
    client.force_login(make_user(Role.PEJABAT))
    seen = html(client)
    assert f"Unggahan {upload.pk} · " in seen
    assert f'href="/unggah/{upload.pk}/"' not in seen


def test_the_public_sees_the_kelurahan_and_no_rt(client: Client, three_rt: list[Area]) -> None:
    page = html(client)
    assert "RT001-RW001" not in page
    assert "Asal angka" not in page
    assert "Angka per RT hanya untuk petugas kota." in page
    response = client.get(f"/kelurahan/{three_rt[0].kode}/")
    assert response.status_code == 302
    assert response["Location"].startswith("/masuk/?next=")


def test_the_public_sees_no_small_counts(client: Client, places: dict[str, Area]) -> None:
    fill(make_rt(places["Melati"], "RT001-RW001"), persen=30, volume={"3a": "4", "3b": "5", "1b": "4"})
    summarise()
    public = words(html(client)).replace("&lt;", "<")
    assert "< 5 ÷ 120 KK = disembunyikan" in public
    assert "5 ÷ 120 KK = 4,17 %" in public
    assert "4 ÷ 10 ha = 40,00 %" in public
    client.force_login(make_user(Role.OPD))
    assert "4 ÷ 120 KK = 3,33 %" in words(html(client))


def test_rt_are_listed_the_worst_first_and_all_on_demand(staff: Client, places: dict[str, Area]) -> None:
    for n in range(1, 11):
        fill(make_rt(places["Melati"], f"RT{n:03}-RW001"), persen=10 + 8 * n)
    summarise()
    page = html(staff)
    assert page.count("-RW001</a>") == 8
    page = page[page.index('id="tempat-rt"') :]
    assert page.index("RT009-RW001") < page.index("RT008-RW001") < page.index("RT004-RW001")
    assert "Lihat 10 RT" in page
    assert "Σ 10 RT" in page
    assert html(staff, f"{MELATI}?tampil=semua").count("-RW001</a>") == 10


def test_the_page_of_an_rt(staff: Client, three_rt: list[Area]) -> None:
    told = words(html(staff, f"/kelurahan/{three_rt[1].kode}/"))
    assert "RT002-RW001 kumuh sedang, total 45 sampai 50, belum lengkap" in told
    assert "Dari satu catatan langsung." in told
    assert "Turun" in told or "Naik" in told or "belum pasti" in told


def test_the_page_of_a_kawasan_and_of_its_kelurahan(staff: Client, places: dict[str, Area]) -> None:
    melati = places["Melati"]
    kawasan = make_kawasan(melati, "Tepi Air")
    fill(make_rt(melati, "RT001-RW001", kawasan), persen=80)
    fill(make_rt(melati, "RT002-RW001"), persen=10)
    summarise()
    told = words(html(staff, f"/kelurahan/{kawasan.kode}/"))
    assert "Tepi Air kumuh berat, total 80" in told
    assert "RT001-RW001" in told
    assert "RT002-RW001" not in told
    assert "Tepi Air" in words(html(staff))


@pytest.mark.parametrize(
    ("kode", "word"),
    [("99.01.01", "1 dari 3 kelurahan kumuh di Kecamatan Utara"), ("99.01", "1 dari 5 kelurahan kumuh di Kota Uji")],
)
def test_the_pages_above(client: Client, three_rt: list[Area], kode: str, word: str) -> None:
    told = words(html(client, f"/kelurahan/{kode}/?tahun=2024"))
    assert word in told
    assert ("Melati" if kode == "99.01.01" else "Utara") in told
    assert "kelurahan belum dinilai tahun ini dan tidak ikut dijumlah." in told
    assert "Asal angka" not in told


def test_official_status_stands_beside_the_data(client: Client, three_rt: list[Area], places: dict[str, Area]) -> None:
    make_decree(2020, {"Melati": 1, "Mawar": None}, places)
    told = words(html(client))
    assert "Menurut SK 2020 (resmi) Kumuh ringan Tidak sama dengan data · Lokasi Melati" in told
    assert "tinjau ulang 5 tahunan jatuh pada 2025" in told
    mawar = words(html(client, "/kelurahan/99.01.01.1002/"))
    assert "Mawar belum dinilai pada 2025" in mawar
    assert "Kumuh, tingkat tidak diumumkan" in mawar
    assert "Tidak tercantum sebagai kumuh" in words(html(client, "/kelurahan/99.01.02.1002/"))


def test_no_decree_is_in_force_before_the_first(client: Client, three_rt: list[Area], places: dict[str, Area]) -> None:
    make_decree(2025, {"Melati": 1}, places)
    assert "Belum ada SK yang berlaku pada tahun ini" in html(client, f"{MELATI}?tahun=2024")


def test_density_only_by_an_official_area(client: Client, three_rt: list[Area], places: dict[str, Area]) -> None:
    assert "Belum ada luas resmi" in html(client)
    OfficialArea.objects.create(area=places["Melati"], sumber="Luas poligon BIG", km2=Decimal("9"))
    assert "Belum ada luas resmi" in html(client)
    OfficialArea.objects.create(area=places["Melati"], sumber="BPS", tahun=2023, km2=Decimal("2.5"))
    assert "Luas resmi 2,50 km² BPS, 2023 6,0 jiwa/ha" in words(html(client, f"{MELATI}?tahun=2024"))
    assert "Luas resmi 2,50 km² BPS, 2023 belum semua RT dinilai" in words(html(client))


def test_supporting_indicators_say_unit_source_and_year(
    client: Client, three_rt: list[Area], places: dict[str, Area]
) -> None:
    indicator = Indicator.objects.create(kode="pemilih", nama="Pemilih terdaftar", satuan="pemilih")
    for tahun, nilai in ((2014, 1250), (2030, 9)):
        IndicatorValue.objects.create(
            indicator=indicator, area=places["Melati"], tahun=tahun, nilai=nilai, sumber="KPU", contoh=tahun == 2030
        )
    assert "Pemilih terdaftar KPU, 2014 1.250 pemilih" in words(html(client))


def test_data_quality(staff: Client, places: dict[str, Area]) -> None:
    melati = places["Melati"]
    rt = [make_rt(melati, f"RT00{n}-RW001") for n in (1, 2, 3)]
    fill(rt[0], persen=30, volume={"3a": "200", "3b": None})
    fill(rt[1], persen=30, volume={"3b": None}, penyebut={"jiwa": None})
    fill(melati, persen=80, penyebut={"kk": "300"})
    summarise()
    told = words(html(staff))
    assert "Kriteria 3b kosong di 2 RT." in told
    assert "1 dari 3 RT belum dinilai tahun ini dan tidak ikut dijumlah." in told
    assert "Jumlah jiwa belum diisi di 1 dari 2 catatan." in told
    assert "Persen di atas 100 pada 1 sel di 1 RT: RT001-RW001 (3a)." in told
    assert "Angka langsung berbeda dari jumlah RT: Luas 10, jumlah RT 20; Jumlah bangunan 100" in told
    assert "Jumlah KK 300, jumlah RT 240;" in told
    assert "Dengan angka langsung tingkatnya berat" in told
    assert "Dipakai: jumlah RT." in told


def test_example_data_is_marked(staff: Client, places: dict[str, Area]) -> None:
    fill(make_rt(places["Melati"], "RT001-RW001", contoh=True), contoh=True)
    summarise()
    assert "dibuat untuk peragaan (data contoh)" in html(staff)


@pytest.mark.parametrize("kode", ["99.01.01.1001", "99.01.01", "99.01"])
def test_few_queries_however_many_rt(
    client: Client, places: dict[str, Area], kode: str, django_assert_max_num_queries
) -> None:  # type: ignore[no-untyped-def]
    kawasan = make_kawasan(places["Melati"], "Tepi Air")
    for n in range(12):
        rt = make_rt(places["Melati"], f"RT{n:03}-RW001", kawasan)
        for tahun in (2024, 2025):
            fill(rt, tahun, persen=4 * n)
    summarise()
    make_decree(2020, {"Melati": 1}, places)
    client.force_login(make_user(Role.BAPPEDA))
    html(client, f"/kelurahan/{kode}/")
    with django_assert_max_num_queries(18):
        html(client, f"/kelurahan/{kode}/")


def test_no_style_attribute_and_no_localised_coordinate(staff: Client, three_rt: list[Area]) -> None:
    page = html(staff)
    assert not re.search(r"\sstyle=|\son\w+=|<style|javascript:", page)
    assert not re.search(r'\s(x|y|cx|cy|r|width|height)="[\d.-]*,', page)
    assert not re.search(r'points="[^"]*\d,\d+,', page)


@pytest.mark.parametrize("kode", ["99.99", "99.01.01.1001/RT999", "%00", "../etc/passwd", "<script>"])
def test_an_unknown_place_is_not_found(staff: Client, places: dict[str, Area], kode: str) -> None:
    assert staff.get(f"/kelurahan/{kode}/").status_code == 404


def test_names_are_escaped(staff: Client, places: dict[str, Area]) -> None:
    fill(make_rt(places["Melati"], "<b>RT1</b>"))
    summarise()
    assert "<b>RT1</b>" not in html(staff)


def test_a_kelurahan_tells_of_a_kawasan_whose_own_figure_gives_another_class(
    staff: Client, places: dict[str, Area]
) -> None:
    melati = places["Melati"]
    kawasan = make_kawasan(melati, "Tepi Air")
    fill(make_rt(melati, "RT001-RW001", kawasan), persen=100)
    fill(kawasan, persen=30)
    summarise()
    assert "Kawasan Tepi Air: angka langsung memberi ringan, jumlah RT-nya berat." in words(
        html(staff, f"/kelurahan/{melati.kode}/")
    )
    assert words(html(staff, f"/kelurahan/{kawasan.kode}/")).count("Kawasan Tepi Air kumuh berat") >= 1


def test_another_rule_set_can_be_chosen_where_it_has_data(staff: Client, three_rt: list[Area]) -> None:
    assert 'aria-label="Aturan"' not in html(staff)
    make_summary(three_rt[0].parent, 2016, 50, aturan="permen-02-2016")
    assert 'href="?aturan=permen-02-2016"' in html(staff)
    old = html(staff, f"{MELATI}?aturan=permen-02-2016")
    assert "Menurut data 2016, Permen PUPR 02/PRT/M/2016" in words(old)
    assert "/kelurahan/99.01.01/?tahun=2016&amp;aturan=permen-02-2016" in old
    assert "/data/?aturan=permen-02-2016&amp;tahun=2016&amp;kelurahan=99.01.01.1001" in old
    assert "Data 2016 menurut Permen PUPR 02/PRT/M/2016" in words(
        html(staff, "/data/?aturan=permen-02-2016&tahun=2016")
    )
    assert "Menurut data 2025" in words(html(staff, f"{MELATI}?aturan=tidak-ada"))


def test_a_kota_is_told_by_how_many_places_and_what_its_slum_area_leaves_out(
    staff: Client, places: dict[str, Area]
) -> None:
    melati = places["Melati"]
    rt = [make_rt(melati, f"RT00{n}-RW001") for n in range(1, 9)]
    fill(rt[0], persen=80)
    for one in rt[1:]:
        fill(one, persen=0)
    fill(make_rt(places["Mawar"], "RT001-RW001"), persen=80)
    summarise()
    told = words(html(staff, "/kelurahan/99.01/"))
    assert "RT kumuh di kelurahan yang tidak kumuh (10,00 ha) tidak ikut dihitung" in told
    assert "belum lengkap (9 dari 12 tempat dinilai)" in told
    assert "belum semua RT dinilai" not in told
    told = words(html(staff))
    assert "Luas kumuh 0,00 ha; 1 dari 8 RT kumuh" in told
    assert "belum lengkap" not in told


def test_a_kelurahan_leads_to_its_names_and_areas_for_those_who_may(places: dict[str, Area]) -> None:
    url = f"/data/{places['Melati'].kode}/tempat/"
    for role, leads in ((Role.BAPPEDA, True), (Role.ADMIN, True), (Role.PEJABAT, False), (Role.OPERATOR, False)):
        client = Client()
        client.force_login(make_user(role, places["Melati"]))
        assert (url in html(client, f"/kelurahan/{places['Melati'].kode}/")) is leads
