"""The comptroller's books and a reporter's grid in a real browser."""

import pytest
from django.conf import settings as django_settings
from django.test import Client
from playwright.sync_api import Page, expect

from accounts.models import Role
from budget.models import Allocation
from reminders.models import CalendarFeed, Snooze
from tests.budget.factories import AllocationFactory
from tests.factories import AgencyFactory, person, quarter_of
from tests.kpi.factories import kpi_of
from tests.main_job.eyes import Eyes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def sign_in(page: Page, live_server, user) -> None:
    """Carry a session over, as the sign-in has tests of its own."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    name = django_settings.SESSION_COOKIE_NAME
    page.context.clear_cookies()
    page.context.add_cookies(
        [{"name": name, "value": client.cookies[name].value, "url": live_server.url}]
    )


@pytest.fixture
def agency(transactional_db, settings):
    settings.SAMPLE_TODAY = "2027-01-13"
    quarter_of(2570, 1)
    return AgencyFactory(code="AA", name_th="สำนักงานประมงจังหวัด")


def test_money_is_registered_moved_and_reported(page, live_server, pictures, agency):
    eyes = Eyes(page, pictures, live_server.url)
    first = AllocationFactory(code="B1", spending_agency=agency, allotted=600_000)
    sign_in(page, live_server, person(Role.COMPTROLLER))
    eyes.visit("/desk/budget/books/new/", "books-new")
    page.get_by_label("รหัสรายการ").fill("B2")
    page.get_by_label("ชื่อรายการ").fill("จัดซื้อเครื่องเติมอากาศ")
    page.get_by_label("หน่วยงานผู้เบิกจ่าย").select_option(str(agency.pk))
    page.get_by_label("เจ้าของงบประมาณ").select_option(str(first.owner_agency_id))
    page.get_by_label("แหล่งงบประมาณ").select_option(str(first.source_id))
    page.get_by_label("งบประมาณตาม พ.ร.บ. (บาท)").fill("๑,๐๐๐,๐๐๐")
    page.get_by_label("จัดสรรแล้ว (บาท)").fill("1 ล้านบาท")
    page.get_by_role("button", name="ลงทะเบียน").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("B2")
    eyes.look("books-one")
    # A thousand times what is there is asked about, and nothing typed is lost.
    page.get_by_text("แก้วงเงินและเงินจัดสรร").click()
    page.locator("#id_amounts_appropriation").fill("1,000,000,000")
    page.get_by_role("button", name="บันทึกวงเงิน").click()
    expect(page.get_by_text("ยืนยันว่าจำนวนเงินถูกต้อง หน่วยเป็นบาท").first).to_be_visible()
    assert Allocation.objects.get(code="B2").appropriation == 1_000_000
    eyes.forget()
    eyes.look("books-asked")
    eyes.visit("/desk/budget/transfers/?from=B1&to=B2", "transfers")
    page.get_by_label("จำนวนเงิน (บาท)").fill("300,000")
    page.get_by_label("วันที่อนุมัติ").fill("12 ม.ค. 70")
    page.get_by_label("เหตุผลหรือเลขที่หนังสือ").fill("มติ ก.บ.จ. ครั้งที่ 1/2570")
    page.get_by_role("button", name="โอน", exact=True).click()
    expect(page.locator("table")).to_contain_text("300,000.00")
    for path, name in (("books/", "books"), ("contracts/", "contracts"), ("ranking/", "ranking")):
        eyes.visit(f"/desk/budget/{path}", name)
    # The spending agency's month: Enter leads on, and the row keeps itself.
    sign_in(page, live_server, person(Role.REPORTER, agency))
    eyes.visit("/desk/budget/months/?month=2570-m03", "months")
    row = page.locator("tr[data-row]").filter(has_text="B1")
    # With nothing to send there is nothing to press; what is being typed may become something.
    send = page.locator("form[data-after-grid] button")
    expect(page.locator("b[data-count=ready]")).to_have_text("0")
    expect(send).to_be_disabled()
    row.locator("[data-field=disbursed]").fill("๒๕๐,๐๐๐")
    expect(send).to_be_enabled()
    row.locator("[data-field=obligated]").fill("0")
    row.locator("[data-field=note]").focus()
    expect(row).to_contain_text("= ในเดือน 250,000.00")
    # A thousand times below what was allotted is asked about; a note answers.
    row.locator("[data-field=disbursed]").fill("250")
    row.locator("[data-field=note]").focus()
    expect(page.get_by_text("น้อยกว่าเงินจัดสรร").first).to_be_visible()
    eyes.forget()
    eyes.look("months-asked")
    row.locator("[data-field=note]").fill("ค่าไปรษณีย์จริง")
    row.locator("[data-field=disbursed]").focus()
    expect(row).to_contain_text("= ในเดือน 250.00")
    row.get_by_role("link", name="แนบหลักฐาน").click()
    page.get_by_label("ไฟล์หลักฐาน").set_input_files(
        {"name": "ฎีกา.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 x"}
    )
    page.get_by_role("button", name="แนบหลักฐาน").click()
    expect(page.get_by_role("link", name="ฎีกา.pdf")).to_be_visible()
    eyes.look("month-evidence")
    assert not eyes.faults, "\n".join(eyes.faults)


def test_what_is_due_is_put_off_and_read_as_a_calendar(page, live_server, pictures, agency):
    eyes = Eyes(page, pictures, live_server.url)
    reporter = person(Role.REPORTER, agency)
    kpi = kpi_of(agency)
    sign_in(page, live_server, reporter)
    eyes.visit("/desk/reminders/mine/", "reminders-mine")
    expect(page.get_by_role("row").filter(has_text=kpi.code)).to_contain_text("15 ม.ค. 2570")
    page.locator("summary").filter(has_text="เลื่อนเตือน").first.click()
    page.get_by_label("เตือนอีกครั้งวันที่").first.fill("20 ม.ค. 70")
    page.get_by_label("เหตุผล").first.fill("รอผลตรวจน้ำ")
    page.get_by_role("button", name="เลื่อนเตือน").first.click()
    expect(page.get_by_text("เลื่อนไว้: รอผลตรวจน้ำ")).to_be_visible()
    assert Snooze.objects.get().user == reporter
    page.get_by_role("button", name="สร้างที่อยู่ปฏิทิน").click()
    address = page.get_by_label("ที่อยู่ลับของปฏิทิน").input_value()
    assert "/calendar/" in address
    eyes.look("reminders-calendar")
    page.get_by_role("button", name="ยกเลิกที่อยู่ปฏิทิน").click()
    expect(page.get_by_role("button", name="สร้างที่อยู่ปฏิทิน")).to_be_visible()
    assert CalendarFeed.objects.get().revoked_at is not None
    sign_in(page, live_server, person(Role.STRATEGIST))
    eyes.visit("/desk/reminders/rules/", "reminders-rules")
    assert not eyes.faults, "\n".join(eyes.faults)
