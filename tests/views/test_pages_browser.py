"""Places, uploads and boundaries in a real browser: nothing scrolls sideways, axe finds nothing, scripts work."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from kelurahan.actions import boundaries, uploads
from kelurahan.models import Area, Indicator, Role, Upload, UploadState, User
from kelurahan.rules.regulation import DEFAULT_RULE_SET
from tests.factories import make_city, make_decree, make_user
from tests.filled import columns_of, fill, make_kawasan, make_rt, put_values, run_jobs, saved, summarise, template_book

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
WIDTHS = (360, 768, 1366)


@pytest.fixture
def places() -> dict[str, Area]:
    """Two kelurahan with RT over two years, with an empty criterion, one that does not apply, and over 100 %."""
    places = make_city()
    for nama in ("Melati", "Mawar"):
        kawasan = make_kawasan(places[nama], "Tepi Air")
        for n in range(1, 11):
            rt = make_rt(places[nama], f"RT{n:03}-RW001", kawasan)
            fill(rt, 2024, persen=60)
            fill(rt, 2025, persen=40, volume={"3b": None, "5a": "300"}, na=("7a",) if n == 1 else ())
    summarise()
    for i, area in enumerate(places.values()):
        Area.objects.filter(pk=area.pk).update(lon=100.005 + i * 0.01, lat=-1.995)
    boundaries.indicative(by=None, outline=[(99.99, -2.01), (100.06, -2.01), (100.06, -1.98), (99.99, -1.98)])
    make_decree(2020, {"Melati": 1, "Mawar": None}, places)
    return places


@pytest.fixture
def admin(places: dict[str, Area]) -> User:
    return make_user(Role.ADMIN)


def sheet(places: dict[str, Area], cells: dict[tuple[int, str], Any]) -> bytes:
    book = template_book(Area.objects.within(places["Melati"]))
    for (row, field), value in cells.items():
        book.worksheets[0].cell(row, columns_of(book)[field]).value = value
    return saved(book)


def sent(user: User, content: bytes) -> Upload:
    upload, _job = uploads.receive(
        chunks=[content], filename="survei_kelurahan_triwulan_tiga_final_2.xlsx", by=user, year=None,
        rule_set=DEFAULT_RULE_SET,
    )  # fmt: skip
    return upload


def _population(places: list[Area]) -> None:
    """An indicator of many years with a long name."""
    made = Indicator.objects.create(
        kode="penduduk", nama="Jumlah penduduk menurut registrasi pertengahan tahun", satuan="jiwa", alias=["Penduduk"]
    )
    put_values(made, [(area, tahun, 1250 + i) for i, area in enumerate(places) for tahun in range(2014, 2026)], "BPS")


@pytest.fixture
def pages(places: dict[str, Area], admin: User) -> dict[str, str]:
    """Addresses of every kind of page, uploads in every state."""
    waiting = sent(admin, sheet(places, {}))
    Upload.objects.filter(pk=waiting.pk).update(state=UploadState.MENERAPKAN)
    refused = sent(admin, b"%PDF-1.4 bukan lembar")
    ready = sent(
        admin, sheet(places, {(2, "3a"): -1, (3, "3a"): 999, (4, "3a"): 999, **{(r, "1a"): 0 for r in range(4, 12)}})
    )
    done = sent(admin, sheet(places, {(2, "3b"): 0}))
    run_jobs()
    uploads.request_apply(upload=done, by=admin, reason="uji")
    run_jobs()
    Upload.objects.filter(pk=waiting.pk).update(state=UploadState.DITERIMA)
    melati = places["Melati"].kode
    _population(list(places.values()))
    return {
        "list": "/kelurahan/",
        "kelurahan": f"/kelurahan/{melati}/",
        "rt": f"/kelurahan/{melati}/RT001-RW001/",
        "kecamatan": "/kelurahan/99.01.01/",
        "without data": f"/kelurahan/{places['Dahlia'].kode}/",
        "uploads": "/unggah/",
        "waiting": f"/unggah/{waiting.pk}/",
        "refused": f"/unggah/{refused.pk}/",
        "findings": f"/unggah/{ready.pk}/",
        "changes": f"/unggah/{ready.pk}/perubahan/",
        "done": f"/unggah/{done.pk}/",
        "undo": f"/unggah/{done.pk}/urungkan/",
        "boundaries": "/batas/",
        "indicators": "/indikator/",
        "indicator": f"/indikator/penduduk/?tempat={melati}",
        "indicator's name": "/indikator/penduduk/ubah/",
    }


def test_no_page_scrolls_sideways_and_axe_finds_nothing(
    pages: dict[str, str], admin: User, page: Any, sign_in: Any, browser_problems: list[str]
) -> None:
    sign_in(page, admin)
    wrong = []
    for name, url in pages.items():
        page.goto(url)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                wrong.append(f"{name} is {wide} wide at {width}")
        assert browser_problems == []
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            found = Axe().run(page).response["violations"]
            wrong += [f"{name} {scheme}: {v['id']} {[n['target'] for n in v['nodes']][:4]}" for v in found]
        browser_problems.clear()  # axe tries styles of its own, which our policy refuses
    assert not wrong, "\n".join(wrong)


def test_the_list_is_filtered_while_typing_and_the_address_keeps_it(places: dict[str, Area], page: Any) -> None:
    page.goto("/kelurahan/")
    page.get_by_label("Cari nama atau kode").press_sequentially("mel")
    page.locator("#daftar h2", has_text="1 dari 5 kelurahan").wait_for()
    assert page.locator("#daftar th[scope=row]").count() == 1
    page.wait_for_url("**cari=mel**")
    page.reload()
    assert page.locator("#daftar th[scope=row]").inner_text().strip() == "Melati"


def test_the_print_button_prints(places: dict[str, Area], page: Any) -> None:
    page.add_init_script("window.print = () => { window.printed = true; }")
    page.goto(f"/kelurahan/{places['Melati'].kode}/")
    page.get_by_role("button", name="Cetak lembar").click()
    assert page.evaluate("window.printed") is True


def test_a_waiting_page_moves_on_by_itself(places: dict[str, Area], admin: User, page: Any, sign_in: Any) -> None:
    upload = sent(admin, sheet(places, {(2, "1a"): 0}))
    sign_in(page, admin)
    page.goto(f"/unggah/{upload.pk}/")
    assert page.locator("h1").inner_text() == "Berkas sedang diperiksa"
    run_jobs()
    page.locator("h1", has_text="siap").wait_for()


def test_a_file_can_be_dropped(places: dict[str, Area], admin: User, page: Any, sign_in: Any) -> None:
    sign_in(page, admin)
    page.goto("/unggah/")
    page.evaluate("""() => {
        const data = new DataTransfer();
        data.items.add(new File(["kode"], "data.csv"));
        const form = document.querySelector("form[data-drop]");
        form.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
    }""")
    assert page.evaluate("document.querySelector('input[type=file]').files[0].name") == "data.csv"
