"""In real Chromium: download the form, fill it, upload, mend it, upload again, confirm, undo."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from openpyxl import load_workbook

from budget.models import MonthlyFigure

pytestmark = pytest.mark.browser


def faults(page):
    answer = Axe().run(page, options={"resultTypes": ["violations"]})
    return [violation["id"] for violation in answer.response["violations"]]


@pytest.fixture
def desk(page, live_server, transactional_db, money, reporter, settings):
    settings.SAMPLE_TODAY = "2027-01-13"
    client = Client()
    client.force_login(reporter)
    value = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": value, "url": live_server.url}])
    page.goto(f"{live_server.url}/spreadsheets/")
    return page


def send(page, path):
    page.select_option("#id_kind", "monthly-disbursement")
    page.select_option("#id_period", "2570-m01")
    page.set_input_files("#id_file", path)
    page.get_by_role("button", name="ตรวจไฟล์").click()
    page.wait_for_url("**/spreadsheets/*/")


def fill(source, target, cells):
    book = load_workbook(source)
    for cell, value in cells.items():
        book.worksheets[0][cell] = value
    book.save(target)
    return target


def seen(page, pictures, name):
    assert faults(page) == []
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=pictures / f"spreadsheets-{name}-{width}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.set_viewport_size({"width": 1280, "height": 900})


def test_a_form_is_filled_mended_confirmed_and_undone(desk, tmp_path, pictures):
    seen(desk, pictures, "desk")
    desk.select_option("#id_form-kind", "monthly-disbursement")
    desk.select_option("#id_form-period", "2570-m01")
    with desk.expect_download() as download:
        desk.get_by_role("button", name="ดาวน์โหลดแบบกรอก").click()
    form = tmp_path / "form.xlsx"
    download.value.save_as(form)

    filled = {"E6": "๑๐๐,๐๐๐", "F6": 50_000, "E7": "ห้าพัน", "F7": 0}
    send(desk, fill(form, tmp_path / "filled.xlsx", filled))
    assert desk.get_by_role("button", name="ยืนยันนำเข้าทั้งไฟล์").is_disabled()
    assert desk.get_by_role("link", name="E7").is_visible()
    seen(desk, pictures, "errors")
    with desk.expect_download() as download:
        desk.get_by_role("link", name="ไฟล์เดิมพร้อมช่องที่ระบายสี").click()
    marked = tmp_path / "marked.xlsx"
    download.value.save_as(marked)
    assert "ไม่ใช่ตัวเลข" in load_workbook(marked).worksheets[0]["H7"].value

    desk.get_by_role("link", name="เลือกไฟล์ใหม่").click()
    send(desk, fill(marked, tmp_path / "mended.xlsx", {"E7": 5_000}))
    seen(desk, pictures, "preview")
    assert not MonthlyFigure.objects.exists()
    desk.get_by_role("button", name="ยืนยันนำเข้าทั้งไฟล์").click()
    desk.get_by_role("button", name="ยกเลิกการนำเข้า").wait_for()
    figures = MonthlyFigure.objects.values_list("disbursed_to_date", flat=True)
    assert sorted(figures) == [5_000, 100_000]
    seen(desk, pictures, "result")

    desk.get_by_role("button", name="ยกเลิกการนำเข้า").click()
    desk.get_by_role("dialog").get_by_role("button", name="ยกเลิกการนำเข้า").click()
    desk.get_by_text("ค่าเดิมกลับมาทุกช่อง").wait_for()
    assert list(figures.all()) == [None, None]
