"""Correcting a record in a real browser, by keyboard: score while typing, save, the map follows."""

from __future__ import annotations

import time

import pytest
from axe_playwright_python.sync_playwright import Axe

from kelurahan.actions import boundaries, summaries
from kelurahan.models import Assessment, Role, Summary, User
from kelurahan.rules.record import record_fields
from kelurahan.rules.regulation import RULE_SETS
from tests.actions.cities import ALFA, BEST, BETA, GAMA, RULES, WORST, make_city, put
from tests.waiting import eventually

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]
RT = f"/data/{ALFA}/RT001-RW001/2025/"


@pytest.fixture
def city(worker):
    make_city()
    boundaries.indicative(by=None)
    for kelurahan in (ALFA, BETA, GAMA):
        put(kelurahan, "RT001-RW001", 2025, BEST)
    summaries.recompute_all()
    return User.objects.create_user("maria", password="x", first_name="Maria", peran=Role.BAPPEDA)


def test_a_record_is_corrected_by_keyboard_and_the_map_follows(city, page, sign_in):
    sign_in(page, city)
    page.goto(f"/kelurahan/{ALFA}/RT001-RW001/")
    page.get_by_role("link", name="Buka data").press("Enter")
    page.wait_for_url(f"**{RT}")

    page.locator("#f_1a").press("Control+A")
    for field in (kriteria.kode for kriteria in RULE_SETS[RULES].kriteria):
        assert page.evaluate("document.activeElement.id") == f"f_{field}"
        page.keyboard.type(WORST[field].replace(".", ","))
        page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.name") == "alasan"
    page.locator("#jumlah", has_text="80 dari 80").wait_for()
    assert "Berat" in page.inner_text("#jumlah")
    assert page.inner_text("#suara") == "Total 80, Berat"
    assert page.inner_text("#h_1a .nilai") == "5"
    assert Assessment.objects.get(area__kode=f"{ALFA}/RT001-RW001").v_1a == 0

    page.keyboard.type("Ukur ulang November")
    start = time.monotonic()
    page.keyboard.press("Control+Enter")
    page.locator(".message.success").wait_for()
    eventually(lambda: Summary.objects.get(area__kode=ALFA).total_min == 80, 10, "the summary follows")
    assert time.monotonic() - start < 5
    assert "16 sel tersimpan" in page.inner_text(".message.success")

    page.get_by_role("link", name="Lihat di peta").press("Enter")
    cell = page.locator('.leaflet-container path.cell[aria-label*="Alfa"]')
    cell.wait_for()
    assert "berat" in f"{cell.get_attribute('class')} {cell.get_attribute('fill') or ''}"
    page.goto(f"/kelurahan/{ALFA}/?tahun=2025")
    assert "80" in page.inner_text("h1")


def test_a_map_open_in_another_tab_follows_a_save_within_two_seconds(city, page, sign_in):
    sign_in(page, city)
    page.goto("/?tahun=2025")
    cell = page.locator('.leaflet-container path.cell[aria-label^="Alfa,"]')
    cell.wait_for()
    assert "80" not in cell.get_attribute("aria-label")
    form = page.context.new_page()
    form.goto(RT)
    for field in (kriteria.kode for kriteria in RULE_SETS[RULES].kriteria):
        form.fill(f"#f_{field}", WORST[field])
    form.fill("[name=alasan]", "Ukur ulang")
    form.get_by_role("button", name="Simpan catatan").click()
    form.locator(".message.success").wait_for()
    start = time.monotonic()
    page.locator('.leaflet-container path.cell[aria-label*="Alfa, kumuh berat, 80"]').wait_for()
    assert time.monotonic() - start < 2
    page.locator("#kabar", has_text="Peta diperbarui.").wait_for(state="attached")


def test_fields_that_are_not_valid_are_marked_while_typing(city, page, sign_in):
    sign_in(page, city)
    page.goto(RT)
    page.locator("#f_1a").fill("banyak")
    page.locator("#f_1a[aria-invalid=true]").wait_for()
    assert "bukan angka" in page.inner_text("#h_1a")
    page.locator("#f_1a").fill("1.250")
    page.locator("#f_1a:not([aria-invalid])").wait_for()
    assert "1250 unit" in page.inner_text("#h_1a")
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.id") == "f_drain"


def test_a_lost_connection_is_said_and_what_was_typed_stays(city, page, sign_in, browser_problems):
    sign_in(page, city)
    page.goto(RT)
    page.route("**/hitung/", lambda route: route.abort())
    page.locator("#f_1a").fill("7")
    page.locator("#putus").wait_for()
    assert page.input_value("#f_1a") == "7"
    page.unroute("**/hitung/")
    page.locator("#f_1a").fill("8")
    page.locator("#putus").wait_for(state="hidden")
    browser_problems.clear()


def test_without_script_the_same_by_buttons(city, browser, live, sign_in):
    context = browser.new_context(java_script_enabled=False, base_url=live)
    page = context.new_page()
    sign_in(page, city)
    page.goto(RT)
    page.fill("#f_1a", "100")
    page.get_by_role("button", name="Hitung").click()
    assert "Dihitung dari isian Anda: 5, Tidak kumuh" in page.inner_text("main")
    page.fill("[name=alasan]", "Ukur ulang")
    page.get_by_role("button", name="Simpan catatan").click()
    assert "1 sel tersimpan" in page.inner_text("main")
    context.close()


def test_on_a_touch_screen_digits_and_a_button_for_the_word(city, browser, live, sign_in):
    context = browser.new_context(base_url=live, has_touch=True, is_mobile=True, viewport={"width": 360, "height": 800})
    page = context.new_page()
    sign_in(page, city)
    page.goto(RT)
    assert page.get_attribute("#f_3a", "inputmode") == "decimal"
    page.locator("[data-tb=f_3a]").tap()
    page.locator("#h_3a", has_text="tidak berlaku").wait_for()
    assert page.input_value("#f_3a") == "tidak berlaku"
    context.close()


def test_on_a_small_screen_total_and_save_stay_in_sight_and_cover_no_field(city, page, sign_in):
    sign_in(page, city)
    page.set_viewport_size({"width": 360, "height": 640})
    page.goto(RT)
    bar = page.locator(".save-bar")
    save = bar.get_by_role("button", name="Simpan")
    assert "Tidak kumuh" in bar.inner_text()
    assert page.get_by_role("button", name="Simpan catatan").count() == 0  # one button for one thing
    page.locator("#f_luas").focus()
    top = bar.bounding_box()["y"]
    assert top + bar.bounding_box()["height"] == 640
    for field in record_fields(RULE_SETS[RULES]):
        assert page.evaluate("document.activeElement.id") == f"f_{field}"
        focused = page.evaluate("document.activeElement.getBoundingClientRect().bottom")
        assert focused <= top, field
        page.keyboard.press("Enter")
    page.fill("#f_1a", "100")
    page.locator("#ringkas", has_text="5").wait_for()
    save.click()  # without a reason
    assert page.evaluate("document.activeElement.name") == "alasan"
    assert page.evaluate("document.activeElement.validationMessage") == "Tulis alasannya, lalu simpan."
    assert page.evaluate("document.activeElement.getBoundingClientRect().bottom") <= top
    page.keyboard.type("Ukur ulang")
    save.click()
    page.locator(".message.success", has_text="1 sel tersimpan").wait_for()
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    assert page.evaluate("document.querySelector('.foot').getBoundingClientRect().bottom") <= top


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1366])
@pytest.mark.parametrize("address", ["/data/", RT, "/data/rt-baru/", f"/data/{ALFA}/tempat/"])
def test_no_known_barrier_and_no_sideways_scroll(
    city, page, sign_in, browser_problems, address: str, width: int, scheme: str
):
    sign_in(page, city)
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(address, wait_until="networkidle")
    if address == RT:
        page.fill("#f_1a", "-5")
        page.locator("#h_1a .told").wait_for()
    assert browser_problems == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page).response["violations"]
    browser_problems.clear()  # axe tries styles of its own, which our policy refuses
    assert [(v["id"], v["nodes"][0]["html"][:200]) for v in found] == []
