"""The main job in a real browser: template, fill, upload, preview, apply, the map changes colour, undo."""

from __future__ import annotations

import openpyxl
import pytest

from kelurahan.actions import boundaries, summaries
from kelurahan.models import Assessment, Role, Summary, User
from tests.actions.cities import ALFA, BEST, BETA, GAMA, WORST, make_city, put
from tests.waiting import eventually

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]

PASSWORD = "rahasia-uji-123"


@pytest.fixture
def city(worker):
    make_city()
    boundaries.indicative(by=None)
    for kelurahan in (ALFA, BETA, GAMA):
        put(kelurahan, "RT001-RW001", 2025, BEST)
    summaries.recompute_all()
    return User.objects.create_user("maria", password=PASSWORD, first_name="Maria", peran=Role.BAPPEDA)


def log_in(page, user):
    page.goto("/unggah/")
    page.fill("input[name=username]", user.username)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/unggah/")


def download_template(page, folder):
    page.select_option("select[name=tahun]", "2025")
    with page.expect_download() as download:
        page.click("text=Unduh templat")
    path = folder / "templat.xlsx"
    download.value.save_as(path)
    return path


def fill_worst(path, kode):
    """Type the worst numbers into the row of a kelurahan, as an officer would."""
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    heads = {str(cell.value).split(" ")[0].lower(): cell.column for cell in sheet[1] if cell.value}
    row = next(r for r in range(2, sheet.max_row + 1) if sheet.cell(r, heads["kode"]).value == kode)
    for field, number in WORST.items():
        if field[0].isdigit():
            sheet.cell(row, heads[field]).value = float(number)
    book.save(path)


def colour_of(page, name):
    """The class of a cell of the Leaflet map: "f-tidak", or its hatch."""
    cell = page.locator(f'.leaflet-container path.cell[aria-label*="{name}"]')
    cell.wait_for()
    return f"{cell.get_attribute('class')} {cell.get_attribute('fill') or ''}"


def test_from_the_template_to_the_map_and_back(city, page, tmp_path):
    log_in(page, city)
    path = download_template(page, tmp_path)
    fill_worst(path, ALFA)

    page.goto("/?tahun=2025")
    assert "f-tidak" in colour_of(page, "Alfa")

    page.goto("/unggah/")
    page.set_input_files("input[type=file]", path)
    page.click("text=Unggah dan periksa")
    page.click("text=Lihat perubahan")
    assert "1 kelurahan pindah tingkat" in page.inner_text("h1")
    assert Assessment.objects.get(area__kode=f"{ALFA}/RT001-RW001").v_1a == 0

    page.fill("[name=alasan]", "Survei lapangan")
    page.click("button:has-text('Terapkan')")
    page.click("text=Lihat di peta", timeout=30_000)
    eventually(lambda: Summary.objects.get(area__kode=ALFA).total_min == 80, 20, "the total is computed")
    page.reload()
    assert "berat" in colour_of(page, "Alfa")
    assert "1 dari 3 kelurahan kumuh" in page.inner_text("h1")

    page.goto("/unggah/")
    page.click("th a:has-text('templat.xlsx')")
    page.click("text=Urungkan seluruh unggahan")
    page.fill("[name=alasan]", "Keliru")
    page.click("button:has-text('Urungkan')")
    page.wait_for_selector("h1:has-text('Sudah diurungkan')", timeout=30_000)
    eventually(lambda: Summary.objects.get(area__kode=ALFA).total_min == 0, 20, "the total is back")
    page.goto("/?tahun=2025")
    assert "f-tidak" in colour_of(page, "Alfa")
