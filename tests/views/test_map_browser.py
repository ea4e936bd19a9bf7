"""The map in a real browser: one chosen place everywhere, other views without leaving the page, small screens."""

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from kelurahan.actions.events import bump_version
from kelurahan.models import Area, MapDrawing, Summary
from tests.factories import make_city, make_decree, make_drawing, make_summary

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def places() -> dict[str, Area]:
    places = make_city()
    for tahun, totals in {2024: (20, 12, 62, 3), 2025: (18, 20, 40, 3)}.items():
        for name, total in zip(("Melati", "Mawar", "Kenanga", "Cempaka"), totals, strict=True):
            make_summary(places[name], tahun, total)
    make_decree(2020, {"Melati": 1}, places)
    make_drawing(places)
    bump_version()
    return places


def cell(page: Any, name: str) -> Any:
    return page.locator(f"#atlas path.cell[aria-label^='{name},']")


@pytest.fixture
def home(places: dict[str, Area], page: Any) -> Any:
    page.goto("/")
    cell(page, "Kenanga").wait_for()
    return page


def test_hovering_the_map_and_the_ranking_choose_the_same_place(home: Any) -> None:
    cell(home, "Melati").hover()
    assert home.locator("#pilihan h2").inner_text() == "Melati"
    assert home.locator("#peringkat tr[aria-current] th a").inner_text() == "Melati"
    assert home.locator("#penanda text").text_content() == "Melati 18"
    home.locator("#peringkat tr", has_text="Mawar").hover()
    assert home.locator("#pilihan h2").inner_text() == "Mawar"
    assert home.locator("#pilihan [data-isi=total]").inner_text() == "20"


def test_arrow_keys_follow_the_ranking_and_enter_opens(home: Any, places: dict[str, Area]) -> None:
    cell(home, "Kenanga").focus()
    home.keyboard.press("ArrowDown")
    assert home.locator("#pilihan h2").inner_text() == "Mawar"
    assert home.evaluate("document.activeElement.getAttribute('aria-label')") == "Mawar, kumuh ringan, 20"
    home.keyboard.press("End")
    assert home.locator("#pilihan h2").inner_text() == "Dahlia"
    home.keyboard.press("ArrowUp")
    home.keyboard.press("Enter")
    home.wait_for_url(f"**/kelurahan/{places['Cempaka'].kode}/")


def test_a_click_opens_and_a_drag_only_moves(home: Any, places: dict[str, Area]) -> None:
    box = cell(home, "Melati").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    home.mouse.move(x, y)
    home.mouse.down()
    home.mouse.move(x + 60, y + 30, steps=5)
    home.mouse.up()
    assert cell(home, "Melati").bounding_box()["x"] - box["x"] > 30
    assert "/kelurahan/" not in home.url
    cell(home, "Melati").click()
    home.wait_for_url(f"**/kelurahan/{places['Melati'].kode}/")


def test_a_first_touch_chooses_and_a_second_opens(places: dict[str, Area], browser: Any, live: str) -> None:
    context = browser.new_context(base_url=live, has_touch=True, is_mobile=True, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto("/")
    cell(page, "Melati").tap()
    page.locator("#pilihan h2", has_text="Melati").wait_for()
    assert "/kelurahan/" not in page.url
    cell(page, "Melati").tap()
    page.wait_for_url(f"**/kelurahan/{places['Melati'].kode}/")
    context.close()


def test_the_address_keeps_the_chosen_place(home: Any, places: dict[str, Area]) -> None:
    cell(home, "Melati").hover()
    home.wait_for_url(f"**/?pilih={places['Melati'].kode}")
    home.locator("#tahun-daftar a", has_text="2024").focus()
    home.keyboard.press("Enter")
    home.wait_for_url(f"**/?tahun=2024&pilih={places['Melati'].kode}")
    home.reload()
    cell(home, "Melati").wait_for()
    assert home.locator("#pilihan h2").inner_text() == "Melati"


def test_another_year_changes_colour_words_and_address_in_place(home: Any) -> None:
    assert "f-ringan" in cell(home, "Mawar").get_attribute("class")
    home.evaluate("window.sama = true")
    home.locator("#tahun-daftar a", has_text="2024").click()
    home.wait_for_url("**/?tahun=2024*")
    assert home.evaluate("window.sama") is True
    assert home.locator("h1").inner_text() == "2 dari 5 kelurahan kumuh"
    assert "f-tidak" in cell(home, "Mawar").get_attribute("class")
    assert cell(home, "Kenanga").get_attribute("fill") == "url(#h-berat)"
    assert home.locator("#tahun").input_value() == "2024"


def test_play_steps_through_the_years_and_stops_at_the_last(places: dict[str, Area], page: Any) -> None:
    for tahun, total in {2022: 62, 2023: 40}.items():
        make_summary(places["Melati"], tahun, total)
    bump_version()
    page.clock.install()
    page.goto("/")  # the newest year: it starts again from the first
    cell(page, "Kenanga").wait_for()
    button = page.locator("#putar")
    button.click()
    for year in (2022, 2023, 2024, 2025):
        page.wait_for_url(f"**/?*tahun={year}*")
        page.locator("#tahun-daftar [aria-current]", has_text=str(year)).wait_for()
        assert page.locator("#tahun").input_value() == str(year)
        if year < 2025:
            assert button.inner_text() == "Jeda"
            page.clock.fast_forward(1_200)
    page.get_by_role("button", name="Putar", exact=True).wait_for()
    assert page.locator("#kabar").text_content() == page.locator("h1").inner_text()
    page.go_back()
    page.wait_for_url(re.compile(r"/$"))  # one step back leads to where it began


def test_pause_and_any_other_choice_stop_the_years(places: dict[str, Area], page: Any) -> None:
    for tahun in (2022, 2023):
        make_summary(places["Melati"], tahun, 40)
    bump_version()
    page.clock.install()
    page.goto("/?tahun=2022")
    cell(page, "Kenanga").wait_for()
    button = page.locator("#putar")
    button.click()
    page.wait_for_url("**/?tahun=2023*")
    button.click()
    assert button.inner_text() == "Putar"
    page.clock.fast_forward(5_000)
    assert "tahun=2023" in page.url
    button.click()
    page.wait_for_url("**/?tahun=2024*")
    page.locator("#moda-sk").click()
    page.wait_for_url("**/?*lihat=sk*")
    assert button.inner_text() == "Putar"


def test_who_wants_less_motion_gets_no_player(home: Any) -> None:
    assert home.locator("#putar").is_visible()
    home.emulate_media(reduced_motion="reduce")
    assert not home.locator("#putar").is_visible()


def worsen(place: Area) -> None:
    """What a worker does after somebody has saved."""
    Summary.objects.filter(area=place, tahun=2025).delete()
    make_summary(place, 2025, 72)
    bump_version()


def test_an_open_map_follows_the_data_by_itself(places: dict[str, Area], page: Any) -> None:
    answers: list[int] = []
    page.on("response", lambda r: answers.append(r.status) if "/peta/nilai.json" in r.url else None)
    page.clock.install()
    page.goto("/?tahun=2025")
    cell(page, "Kenanga").wait_for()
    page.locator("#tahun").focus()
    with page.expect_response("**/peta/nilai.json*"):
        page.clock.fast_forward(20_000)
    assert answers == [200, 304]
    page.evaluate("window.sama = document.querySelector('#peringkat')")
    assert page.evaluate("window.sama.isConnected")  # nothing new, nothing touched
    worsen(places["Mawar"])
    page.clock.fast_forward(20_000)
    page.locator("#kabar", has_text="Peta diperbarui. 3 dari 5 kelurahan kumuh").wait_for(state="attached")
    assert cell(page, "Mawar").get_attribute("fill") == "url(#h-berat)"
    assert page.locator("#peringkat tbody tr", has_text="Mawar").locator("td.strong").inner_text() == "72"
    assert page.url.endswith("/?tahun=2025")
    assert page.evaluate("document.activeElement.id") == "tahun"


def test_a_map_that_comes_into_view_again_looks_at_once(home: Any, places: dict[str, Area]) -> None:
    cell(home, "Melati").hover()
    worsen(places["Mawar"])
    home.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    cell(home, "Mawar").and_(home.locator("[fill='url(#h-berat)']")).wait_for()
    assert home.locator("#pilihan h2").inner_text() == "Melati"
    assert home.locator(".map > .message").count() == 0


def test_a_look_that_fails_says_nothing_and_the_next_one_follows(
    home: Any, places: dict[str, Area], browser_problems: list[str]
) -> None:
    worsen(places["Mawar"])
    home.route("**/peta/nilai.json*", lambda route: route.abort())
    with home.expect_event("requestfailed"):
        home.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    home.unroute("**/peta/nilai.json*")
    assert home.locator(".map > .message").count() == 0
    home.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    cell(home, "Mawar").and_(home.locator("[fill='url(#h-berat)']")).wait_for()
    browser_problems.clear()


def test_the_slider_the_modes_and_the_measure_work_from_the_keyboard(home: Any) -> None:
    home.locator("#tahun").focus()
    home.keyboard.press("ArrowLeft")
    home.wait_for_url("**/?*tahun=2024*")
    assert home.evaluate("document.activeElement.id") == "tahun"
    home.locator("#moda-sk").press("Enter")
    home.wait_for_url("**/?lihat=sk*")
    assert home.locator("h1").inner_text() == "1 kelurahan ditetapkan kumuh"
    assert home.evaluate("document.activeElement.id") == "moda-sk"
    home.locator("#moda-data").click()
    home.locator("#ukur").select_option("3a")
    home.wait_for_url("**/?*ukur=3a*")
    assert home.locator("#legenda th").first.inner_text() == "Persen"


def test_searching_shows_the_places_that_match(home: Any) -> None:
    home.locator("#cari").fill("ma")
    assert home.locator("#peringkat tbody tr:visible").count() == 1
    home.locator("#cari").fill("xyz")
    assert home.locator(".none-found").is_visible()


def test_a_lost_connection_is_said_and_the_page_stays(home: Any, browser_problems: list[str]) -> None:
    home.route("**/peta/nilai.json*", lambda route: route.abort())
    home.locator("#tahun-daftar a", has_text="2024").click()
    home.locator("#peta .message.error").wait_for()
    assert home.locator("h1").inner_text() == "3 dari 5 kelurahan kumuh"
    browser_problems.clear()


@pytest.mark.parametrize("width", [360, 768, 1024, 1366])
def test_no_screen_scrolls_sideways(home: Any, width: int) -> None:
    home.set_viewport_size({"width": width, "height": 800})
    assert home.evaluate("document.documentElement.scrollWidth") <= width
    if width == 360:
        assert home.locator("#atlas").bounding_box()["height"] <= 480


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("address", ["/", "/?lihat=sk", "/?lihat=perubahan", "/?ukur=3a", "/masuk/"])
def test_no_known_barrier(
    places: dict[str, Area], page: Any, browser_problems: list[str], address: str, scheme: str
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(address, wait_until="networkidle")
    assert browser_problems == []
    found = Axe().run(page).response["violations"]
    browser_problems.clear()  # axe tries styles of its own, which our policy refuses
    assert [(v["id"], v["nodes"][0]["html"][:200]) for v in found] == []


def test_print_shows_the_drawing_and_no_tools(home: Any) -> None:
    home.emulate_media(media="print")
    assert home.locator("#gambar").is_visible()
    assert not home.locator("#atlas").is_visible()
    assert not home.locator("#alat").is_visible()


def test_without_script_links_and_forms_do_the_same(places: dict[str, Area], browser: Any, live: str) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=live)
    page = context.new_page()
    page.goto("/")
    assert page.locator("#gambar a").count() == 5
    page.locator("#ukur").select_option("3a")
    page.get_by_role("button", name="Tampilkan").click()
    assert "ukur=3a" in page.url
    page.locator("#tahun-daftar a", has_text="2024").click()
    assert "tahun=2024" in page.url
    context.close()


PARTS = {
    "h1": "h1",
    "title": "title",
    "lead": "#jawaban .lead",
    "figures": "#jawaban .figures",
    "tab": "#alat .seg [aria-current]",
    "csv": "#alat .ends a@href",
    "legend": "#legenda",
    "scale": "#skala@aria-label",
    "chosen": "#pilihan",
    "year": "#tahun-daftar [aria-current]",
    "label": "#tahun-label",
    "heading": "#judul-peringkat",
    "ranking": "#peringkat",
    "row": "#peringkat [aria-current] th",
    "cards": "#temuan",
    "source": "#sumber",
    "map": "#gambar@aria-label",
}
READ = """parts => Object.fromEntries(Object.entries(parts).map(([name, way]) => {
  const [selector, attribute] = way.split("@");
  const found = document.querySelector(selector);
  const read = () => attribute ? found.getAttribute(attribute) : found.textContent.replace(/\\s+/g, " ").trim();
  return [name, found && read()];
}).concat([["slider", document.querySelector("#tahun").value], ["cells", [...document.querySelectorAll("#atlas .cell")]
  .map(cell => `${cell.getAttribute("aria-label")} ${getComputedStyle(cell).fill}`)]]))"""


def settled(page: Any, address: str) -> dict[str, Any]:
    """What the page shows once it is at an address and has nothing more to load."""
    page.wait_for_url(address)
    page.locator("#peta:not([aria-busy])").wait_for()
    cell(page, "Kenanga").wait_for()
    return page.evaluate(READ, PARTS)


def assert_like_fresh(page: Any, address: str) -> None:
    here = settled(page, address)
    fresh = page.context.new_page()
    fresh.goto(page.url)
    there = settled(fresh, address)
    fresh.close()
    assert here == there


def test_every_part_of_the_page_follows_the_view(home: Any) -> None:
    home.locator("#tahun").press("ArrowLeft")
    assert_like_fresh(home, "**/?tahun=2024")
    home.locator("#moda-sk").click()
    assert_like_fresh(home, "**/?lihat=sk&tahun=2024")
    home.locator("#tahun").press("ArrowRight")
    assert_like_fresh(home, "**/?lihat=sk&tahun=2025")
    home.locator("#moda-perubahan").click()
    assert_like_fresh(home, "**/?lihat=perubahan&tahun=2025*")
    home.locator("#moda-data").click()
    home.locator("#ukur").select_option("3a")
    assert_like_fresh(home, "**/?*ukur=3a*")
    cell(home, "Cempaka").hover()
    home.wait_for_url("**/*pilih=*")
    home.locator("#tahun-2024").click()
    assert_like_fresh(home, "**/?*tahun=2024*pilih=*")


def test_back_and_forward_walk_through_the_views(home: Any) -> None:
    first = settled(home, "**/")
    home.locator("#tahun").press("ArrowLeft")
    second = settled(home, "**/?tahun=2024")
    home.locator("#moda-sk").click()
    settled(home, "**/?lihat=sk&tahun=2024")
    home.go_back()
    home.locator("h1", has_text="2 dari 5").wait_for()
    assert settled(home, "**/?tahun=2024") == second
    home.go_back()
    home.locator("h1", has_text="3 dari 5").wait_for()
    assert settled(home, "**/") == first
    home.go_forward()
    home.locator("h1", has_text="2 dari 5").wait_for()
    assert settled(home, "**/?tahun=2024") == second


def test_pointing_at_a_place_is_no_step_for_back(home: Any) -> None:
    before = home.evaluate("history.length")
    cell(home, "Melati").hover()
    home.wait_for_url("**/?pilih=*")
    assert home.evaluate("history.length") == before


def test_the_slider_jumps_over_years_without_data(places: dict[str, Area], page: Any) -> None:
    make_summary(places["Melati"], 2021, 20)
    bump_version()
    page.goto("/?tahun=2024")
    cell(page, "Kenanga").wait_for()
    page.locator("#tahun").press("ArrowLeft")
    assert settled(page, "**/?tahun=2021")["slider"] == "2021"
    page.locator("#tahun").press("ArrowRight")
    assert settled(page, "**/?tahun=2024")["slider"] == "2024"


def test_another_rule_set_is_shown_in_place(places: dict[str, Area], page: Any) -> None:
    make_summary(places["Kenanga"], 2017, 60, aturan="permen-02-2016")
    make_summary(places["Melati"], 2016, 50, aturan="permen-02-2016")
    bump_version()
    page.goto("/")
    cell(page, "Kenanga").wait_for()
    page.locator("#aturan").select_option("permen-02-2016")
    page.wait_for_url("**/?*aturan=permen-02-2016*")
    page.locator("#tahun-2017").wait_for()
    assert "/?aturan=permen-02-2016" in page.locator("#pilihan a").get_attribute("href")


OUTSIDE = """() => {
  const card = document.querySelector("#legenda").getBoundingClientRect();
  return [...document.querySelectorAll("#skala text")].map(text => [text.textContent, text.getBoundingClientRect()])
    .filter(([, box]) => box.left < card.left || box.right > card.right).map(([words]) => words);
}"""
COVERED = """() => {
  const boxes = [".north", ".leaflet-control-scale", ".legend", ".lens"]
    .map(name => document.querySelector(name)?.getBoundingClientRect()).filter(box => box?.width);
  return [...document.querySelectorAll(".map-name.sea > span")].filter(name => {
    const mine = name.getBoundingClientRect();
    const hit = box => mine.left < box.right && box.left < mine.right && mine.top < box.bottom && box.top < mine.bottom;
    return getComputedStyle(name).visibility === "visible" && boxes.some(hit);
  }).map(name => name.textContent);
}"""


def test_words_of_the_scale_stay_in_the_legend(places: dict[str, Area], page: Any) -> None:
    make_summary(places["Dahlia"], 2025, 80)
    bump_version()
    page.goto("/")
    cell(page, "Dahlia").hover()
    assert page.locator("#penanda text").text_content() == "Dahlia 80"
    assert page.evaluate(OUTSIDE) == []
    cell(page, "Cempaka").hover()
    assert page.evaluate(OUTSIDE) == []


def test_names_beside_the_city_never_cover_the_arrow_or_the_scale(places: dict[str, Area], page: Any) -> None:
    drawing = MapDrawing.objects.get()
    west, south, east, north = drawing.drawing["bbox"]
    drawing.drawing["geo"]["texts"] = [
        {"teks": "Kabupaten Sebelah", "lon": west + (east - west) * x / 10, "lat": south + (north - south) * y / 2}
        for x in range(-6, 12)
        for y in range(-20, 21)
    ]
    drawing.save()
    page.goto("/")
    cell(page, "Kenanga").wait_for()
    assert page.evaluate(COVERED) == []
    assert page.locator(".map-name.sea > span:visible").count() > 0
