"""A sheet that nobody made for us, in a real browser: an unknown column and an ambiguous name are settled, with a
reload, the Back button and a closed browser in between; then it is applied, and the next one asks nothing."""

from __future__ import annotations

from typing import Any

import pytest

from kelurahan.models import Indicator, IndicatorValue, Role, SheetMemory, Upload
from tests.factories import make_city, make_user
from tests.filled import summarise
from tests.unknown_sheet import office_sheet
from tests.waiting import eventually

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]
ROWS = (("Melati", 1.5, 100, 11), ("Mawar", 2, 200, 12), ("Cempaka", 4, 400, 14))


@pytest.fixture
def maria(worker: Any) -> Any:
    make_city({"Utara": ("Melati", "Mawar Satu", "Mawar Dua"), "Selatan": ("Cempaka",)})
    summarise()
    return make_user(Role.BAPPEDA, username="maria")


def send(page: Any, folder: Any, rows: Any, year: str = "") -> None:
    path = folder / "kependudukan.xlsx"
    path.write_bytes(office_sheet(rows))
    page.goto("/unggah/")
    page.set_input_files("input[type=file]", path)
    page.fill("input[name=tahun]", year)
    page.click("text=Unggah dan periksa")


def test_an_unknown_sheet_is_understood_step_by_step(maria: Any, page: Any, sign_in: Any, tmp_path: Any) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    sign_in(page, maria)
    send(page, tmp_path, ROWS)

    # 2 Berkas: the year is written nowhere
    page.wait_for_url("**/lembar/", timeout=30_000)
    assert page.locator("text=Tahun belum diketahui").is_visible()
    page.fill("input[name=tahun]", "2024")
    page.press("input[name=tahun]", "Enter")
    page.wait_for_url("**/lembar/", timeout=30_000)
    page.wait_for_selector("text=diisi pengirim")

    # 3 Kolom: an unknown column becomes a new indicator; its fields show only then
    page.click("text=Lanjut ke Kolom")
    page.wait_for_url("**/kolom/")  # with its styles
    unit = page.locator("[name='satuan.E']")
    assert not unit.is_visible()
    page.select_option("[name='f.E']", "+")
    assert page.input_value("[name='nama.E']") == "Rumah Panggung"
    unit.fill("unit")
    page.fill("[name='sumber.E']", "Dinas PRKP")
    page.click("text=Simpan kolom tabel ini")

    # 4 Nilai, the next step that needs somebody; Back shows the columns as they are decided now, also after a reload
    page.wait_for_url("**/nilai/", timeout=30_000)
    upload = Upload.objects.get()
    page.click(".steps a:has-text('3')")
    page.wait_for_url("**/kolom/")
    page.click("text=Lanjut ke Nilai")
    page.wait_for_url("**/nilai/")
    page.go_back()
    page.wait_for_url("**/kolom/")
    assert page.input_value("[name='f.E']") == "i:rumah_panggung"
    page.reload()
    assert page.input_value("[name='f.E']") == "i:rumah_panggung"

    # the browser is closed in the middle
    page.goto(f"/unggah/{upload.pk}/nilai/")
    page.context.clear_cookies()
    sign_in(page, maria)
    page.goto("/unggah/")
    page.click("th a:has-text('kependudukan.xlsx')")
    page.wait_for_url("**/nilai/")
    page.check("text=Mawar Dua")
    page.click("text=Simpan nama")

    # 5 Periksa, 6 Perubahan, 7 Terapkan
    page.click("text=Lihat perubahan", timeout=30_000)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.fill("[name=alasan]", "Data dinas")
    for tick in page.locator("form#terapkan input[type=checkbox]").all():
        tick.check()
    page.click("form#terapkan button")
    page.click("text=Lihat di peta", timeout=30_000)
    eventually(lambda: Indicator.objects.filter(kode="rumah_panggung").exists(), 20, "the indicator is there")
    values = IndicatorValue.objects.filter(indicator__kode="rumah_panggung", tahun=2024)
    assert {(v.area.nama, int(v.nilai)) for v in values} == {("Melati", 11), ("Mawar Dua", 12), ("Cempaka", 14)}

    # the next file of this layout is understood by itself, and says why
    send(page, tmp_path, [("Mawar", 2, 201, 13)], "2025")
    page.wait_for_selector("text=Lihat perubahan", timeout=30_000)
    page.click(".steps a:has-text('3')")
    page.wait_for_selector(f"text=Sebagian diingat dari unggahan {upload.pk}")
    page.click("text=Lihat atau ubah ingatan")
    page.wait_for_selector("h1:has-text('1 kolom dan 1 nama diingat')")
    page.click("text=Hapus ingatan ini")
    page.wait_for_url("**/ingatan/")
    assert not SheetMemory.objects.exists()
