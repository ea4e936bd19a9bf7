"""Step Periksa in a real browser: mends taken, a cell corrected by keyboard, a row chosen, the held rows downloaded,
the rest applied and undone."""

from __future__ import annotations

import re

import openpyxl
import pytest
from axe_playwright_python.sync_playwright import Axe

from kelurahan.actions import summaries
from kelurahan.models import Assessment, Role, Upload, User
from tests import office
from tests.actions.cities import make_city

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]


@pytest.fixture
def person(worker):
    make_city()
    summaries.recompute_all()
    return User.objects.create_user("maria", password="x", first_name="Maria", peran=Role.BAPPEDA)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "Alfa_2025.xlsx"
    path.write_bytes(office.broken("Alfa"))
    return path


def send(page, path) -> str:
    """Send a file and wait for what was read; the address of its step Periksa."""
    page.goto("/unggah/")
    page.set_input_files("input[type=file]", path)
    page.get_by_role("button", name="Unggah dan periksa").press("Enter")
    return checked(page)


def checked(page, revisi: int = 0) -> str:
    """Wait until the file is read, or read again with the newest decision, and open step Periksa."""
    page.locator(f'input[name=revisi][value="{revisi}"]').first.wait_for(state="attached", timeout=30_000)
    address = f"/unggah/{Upload.objects.latest('pk').pk}/periksa/"
    page.goto(address)
    return address


def test_from_a_broken_sheet_to_the_map_and_back(person, page, sign_in, file, tmp_path):
    sign_in(page, person)
    send(page, file)
    assert page.inner_text("h1") == "14 dari 42 baris perlu diperbaiki"
    page.get_by_role("button", name="Terapkan 2 usul, lalu periksa lagi").press("Enter")
    checked(page, 1)
    assert page.inner_text("h1") == "3 dari 41 baris perlu diperbaiki"

    page.get_by_label("Isi baru sel RT!Y5").focus()
    assert page.evaluate("document.activeElement.value") == "dua belas"
    page.keyboard.press("Control+A")
    page.keyboard.type("dua")
    page.locator(".told", has_text="Bukan angka").wait_for()
    page.keyboard.press("Control+A")
    page.keyboard.type("12")
    page.locator(".told", has_text="dibaca 12").wait_for()
    page.keyboard.press("Enter")
    checked(page, 2)
    assert page.inner_text("h1") == "2 dari 41 baris perlu diperbaiki"
    assert "dua belas" in page.inner_text("#diputuskan")

    with page.expect_download() as download:
        page.get_by_role("link", name="Unduh 2 baris tertolak (.xlsx)").press("Enter")
    download.value.save_as(tmp_path / "tertolak.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "tertolak.xlsx").worksheets[0]
    assert [sheet.cell(row, 2).value for row in (2, 3)] == ["RT008-RW001"] * 2
    assert sheet.cell(1, sheet.max_column).value == "Alasan"

    page.get_by_role("link", name="Lanjut dengan 39 baris baik").press("Enter")
    page.fill("[name=alasan]", "Survei lapangan")
    for tick in page.locator("form input[type=checkbox]").all():
        tick.check()
    page.get_by_role("button", name="Terapkan").press("Enter")
    page.locator("h1", has_text="39 catatan diperbarui").wait_for(timeout=30_000)
    assert "dua belas" in page.inner_text("#perbaikan")
    assert Assessment.objects.get(area__kode__endswith="/RT004-RW001").v_3a == 12
    assert not Assessment.objects.filter(area__kode__endswith="/RT008-RW001").exists()

    page.get_by_role("link", name="Urungkan seluruh unggahan").press("Enter")
    page.fill("[name=alasan]", "Keliru")
    page.get_by_role("button", name="Urungkan 39 catatan").press("Enter")
    page.locator("h1", has_text="Sudah diurungkan").wait_for(timeout=30_000)
    assert not Assessment.objects.exists()


def test_one_of_two_rows_is_chosen_by_keyboard(person, page, sign_in, file):
    sign_in(page, person)
    send(page, file)
    page.get_by_role("radio", name="Pakai baris 43").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    checked(page, 1)
    assert "Pakai baris 43" in page.inner_text("#diputuskan")
    page.get_by_role("button", name=re.compile("Urungkan.*RT008-RW001")).press("Enter")
    checked(page, 2)
    assert page.get_by_role("radio", name="Pakai baris 43").is_visible()


def test_several_files_and_one_that_is_too_large(person, page, sign_in, file, tmp_path):
    sign_in(page, person)
    page.goto("/unggah/")
    large = tmp_path / "besar.csv"
    large.write_bytes(b"x" * 20_500_000)
    page.set_input_files("input[type=file]", [file, large])
    assert page.inner_text("#terlalu-besar").startswith("Yang dipilih 20,52 MB; batasnya 20 MB.")
    page.get_by_role("button", name="Unggah dan periksa").click()
    assert page.url.endswith("/unggah/")
    assert not Upload.objects.exists()
    other = tmp_path / "Beta_2025.xlsx"
    other.write_bytes(office.book(office.rows_of("Beta", 5)))
    page.set_input_files("input[type=file]", [file, other])
    assert page.inner_text("#dipilih").startswith("Dipilih: Alfa_2025.xlsx, Beta_2025.xlsx")
    page.get_by_role("button", name="Unggah dan periksa").click()
    checked(page)
    assert page.inner_text("h1") == "14 dari 47 baris perlu diperbaiki"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1366])
def test_no_known_barrier_and_no_sideways_scroll(
    person, page, sign_in, browser_problems, file, width: int, scheme: str
):
    sign_in(page, person)
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    send(page, file)
    for _ in range(2):
        assert browser_problems == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        found = Axe().run(page).response["violations"]
        browser_problems.clear()  # axe tries styles of its own, which our policy refuses
        assert [(v["id"], v["nodes"][0]["html"][:200]) for v in found] == []
        page.locator("[name=isi]").first.fill("x1")
        page.get_by_role("button", name="Simpan perbaikan").first.click()
        page.locator("[aria-invalid=true]").wait_for()
        browser_problems.clear()  # the refusal itself
