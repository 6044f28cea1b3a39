"""How many clicks and page loads the main tasks cost, counted in a real browser."""

import re
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Agency, User
from common import clock
from kpi.actions import ResultEntry, record_results, submit_results
from kpi.models import Result
from submissions.models import Quarter
from tests.kpi.factories import kpi_of
from tests.main_job.test_browser import PASSWORD, Office

pytestmark = pytest.mark.browser

COUNT_CLICKS = """
  if (window.top === window) {
    addEventListener("click", (event) => {
      if (event.isTrusted && event.detail > 0)
        sessionStorage.setItem("clicks", Number(sessionStorage.getItem("clicks") ?? 0) + 1);
    }, true);
  }
"""


class Counted:
    """Count what a person does: trusted clicks, and pages that the browser loads anew."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.loads = 0
        page.add_init_script(COUNT_CLICKS)
        page.on("load", lambda _page: self._count())

    def _count(self) -> None:
        self.loads += 1

    def start(self) -> None:
        self.page.evaluate("sessionStorage.setItem('clicks', 0)")
        self.loads = 0

    @property
    def clicks(self) -> int:
        return int(self.page.evaluate("Number(sessionStorage.getItem('clicks') ?? 0)"))


def test_a_reporter_types_and_sends_all_figures_in_two_loads_and_four_clicks(
    page, live_server, sample, pictures
):
    office = Office(page, live_server.url, pictures)
    counted = Counted(page)
    office.eyes.go("/accounts/login/")
    counted.start()
    page.get_by_label("ชื่อผู้ใช้").click()
    page.keyboard.type("reporter")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/")
    cells = page.locator("[data-grid] [data-cell]:not(.note-in)")
    # The first empty figure waits for the first key; one key leads to the next.
    expect(page.locator("[data-grid] [data-cell]:focus")).to_have_count(1)
    typed = 0
    for _cell in range(cells.count()):
        focused = page.locator("[data-grid] [data-cell]:focus")
        if not focused.count():
            break
        if not focused.input_value():
            page.keyboard.type("10")
            typed += 1
        page.keyboard.press("Enter")
    assert typed
    assert page.locator("[data-grid] tr[data-row]").count() >= 12
    page.get_by_role("button", name=re.compile("ส่งให้หัวหน้าลงนาม")).click()
    expect(page.get_by_text(re.compile("ส่งให้หัวหน้าลงนามแล้ว"))).to_be_visible()
    assert counted.clicks <= 4
    assert counted.loads <= 2


def test_a_block_from_excel_costs_one_paste_and_one_click(page, live_server, sample, pictures):
    office = Office(page, live_server.url, pictures)
    counted = Counted(page)
    office.sign_in("reporter")
    rows = page.locator("[data-grid] tr[data-row]:has([data-cell])")
    block = "\n".join("80\t100" for _row in range(rows.count()))
    first = page.locator("[data-grid] [data-cell]:not(.note-in)").first
    first.focus()
    counted.start()
    saved: list[str] = []
    page.on(
        "request", lambda asked: saved.append(asked.url) if "/entry/save/" in asked.url else None
    )
    first.evaluate(
        """(cell, text) => {
          const carried = new DataTransfer();
          carried.setData("text/plain", text);
          const options = { clipboardData: carried, bubbles: true, cancelable: true };
          cell.dispatchEvent(new ClipboardEvent("paste", options));
        }""",
        block,
    )
    page.get_by_role("button", name=re.compile("ส่งให้หัวหน้าลงนาม")).click()
    expect(page.get_by_text(re.compile("ส่งให้หัวหน้าลงนามแล้ว"))).to_be_visible()
    assert counted.clicks == 1
    # One request for the block: a request for each row outlasts the patience of who waits.
    assert len(saved) == 1


def test_thirty_entries_are_signed_and_two_returned_on_one_page_in_six_clicks(
    page, live_server, sample, pictures
):
    codes = _thirty_waiting()
    office = Office(page, live_server.url, pictures)
    counted = Counted(page)
    office.sign_in("approver")
    office.eyes.go("/desk/approvals/?kind=kpi.result")
    rows = page.locator("tbody tr").filter(has=page.locator("td.code", has_text=re.compile("^W")))
    assert rows.count() == len(codes) == 30
    waiting = page.locator("input[name=sign]:checked")
    all_chosen = waiting.count()
    assert all_chosen >= 30
    counted.start()
    for code in codes[3:5]:
        row = rows.filter(has=page.locator("td.code", has_text=re.compile(f"^{code}$")))
        row.locator("[data-give-back] summary").click()
        page.keyboard.type("ตัวเลขไม่ตรงหลักฐาน")
    page.get_by_role("button", name=f"ลงนาม {all_chosen - 2} และส่งกลับ 2").click()
    expect(rows).to_have_count(0)
    assert (counted.clicks, counted.loads) == (3, 1)
    assert _statuses_of(codes) == {"approved": codes[:3] + codes[5:], "returned": codes[3:5]}
    # One click more takes all of it back, while nobody built on it.
    page.get_by_role("button", name="เลิกทำ").click()
    expect(page.get_by_text(f"เลิกทำแล้ว {all_chosen} รายการ")).to_be_visible()
    expect(rows).to_have_count(30)
    assert counted.clicks == 4
    assert _statuses_of(codes) == {"submitted": codes}


def test_thirty_entries_are_signed_and_two_returned_by_keyboard_alone(
    page, live_server, sample, pictures
):
    codes = _thirty_waiting()
    office = Office(page, live_server.url, pictures)
    counted = Counted(page)
    office.sign_in("approver")
    office.eyes.go("/desk/approvals/?kind=kpi.result&q=W")
    watched = Result.objects.filter(status="submitted", kpi__agency__code="MOPH").exclude(
        kpi__code__in=codes
    )
    left = watched.count()
    counted.start()
    page.locator("input[data-tick-all]").focus()
    # None, then all again: what is to be looked at alone has no box and is never chosen so.
    page.keyboard.press("Space")
    expect(page.locator("input[name=sign]:checked")).to_have_count(0)
    expect(page.locator("button[form=approvals]")).to_be_disabled()
    page.keyboard.press("Space")
    expect(page.locator("input[name=sign]:checked")).to_have_count(30)
    page.locator(".check-cell input").first.focus()
    for _row in range(3):
        page.keyboard.press("ArrowDown")
    for _row in range(2):
        # Enter opens what is sent back; Enter behind the reason leads to the next entry.
        page.keyboard.press("Enter")
        page.keyboard.type("ตัวเลขไม่ตรงหลักฐาน")
        page.keyboard.press("Enter")
    # Changed one's mind: Escape takes it back, and it is signed.
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("ลงนามแล้ว 28 รายการ ส่งกลับแก้ไข 2 รายการ")).to_be_visible()
    assert (counted.clicks, counted.loads) == (0, 1)
    assert _statuses_of(codes) == {"approved": codes[:3] + codes[5:], "returned": codes[3:5]}
    assert watched.count() == left


def test_enter_in_a_reason_never_signs_what_is_to_be_looked_at_alone(
    page, live_server, sample, pictures
):
    codes = _thirty_waiting(far=True)
    office = Office(page, live_server.url, pictures)
    office.sign_in("approver")
    office.eyes.go("/desk/approvals/?kind=kpi.result&q=W")
    assert page.locator("button[name=alone]").count() == 1
    page.locator(".check-cell input").nth(1).focus()
    page.keyboard.press("Enter")
    page.keyboard.type("หลักฐานไม่ครบ")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator("[data-give-back][open]")).to_have_count(2)
    assert _statuses_of(codes) == {"submitted": codes}


def _thirty_waiting(*, far: bool = False) -> list[str]:
    """Give the approver's agency thirty KPIs more, each with an entry sent by its reporter.

    `far` makes the first of them many times what was planned.
    """
    reporter, at = User.objects.get(username="reporter"), clock.now()
    quarter = Quarter.objects.select_related("fiscal_year").get(fiscal_year=2570, number=1)
    codes = [f"W{number:02d}" for number in range(1, 31)]
    entries = []
    for number, code in enumerate(codes):
        kpi = kpi_of(Agency.objects.get(code="MOPH"), code=code, weight=Decimal(1))
        value = Decimal(900) if far and not number else Decimal(10 + number % 3)
        entries.append(ResultEntry(kpi.pk, quarter.pk, value=value, note="ครบ", is_sample=True))
    typed = record_results(entries=entries, by=reporter, at=at)
    submit_results(entries=typed, by=reporter, at=at)
    return codes


def _statuses_of(codes: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    rows = Result.objects.filter(kpi__code__in=codes).order_by("kpi__code")
    for code, status in rows.values_list("kpi__code", "status"):
        found.setdefault(status, []).append(code)
    return found


def test_the_governor_reaches_who_and_why_behind_the_worst_kpi_in_three_clicks(
    page, live_server, sample, pictures
):
    office = Office(page, live_server.url, pictures)
    counted = Counted(page)
    office.sign_in("governor")
    expect(page).to_have_url(re.compile("/dashboard/"))
    counted.start()
    worst = page.locator("section:has(#h-off) tbody tr").first
    code, responsible = worst.locator("td.code").inner_text(), worst.locator("td.told").last
    assert responsible.inner_text().strip() not in ("", "–")
    # Any figure leads to its formula and inputs in one click, to people and evidence in the next.
    worst.locator("a[href*='/explain/']").click()
    expect(page.locator("h1 + .lede")).to_contain_text(code)
    expect(page.locator("#h-formula")).to_be_visible()
    assert counted.clicks == 1
    if page.get_by_text("ตัวชี้วัดนี้ไม่มีรายการที่กรอกเอง").count():
        page.locator("section:has(#h-from) tbody tr th a").first.click()
    expect(page.locator("section:has(#h-who) dl")).to_contain_text("ผู้กรอก")
    assert counted.clicks <= 3


def test_the_public_reaches_the_latest_pdf_in_two_clicks(page, live_server, sample, pictures):
    office = Office(page, live_server.url, pictures)
    counted = Counted(page)
    office.eyes.go("/")
    counted.start()
    with page.expect_request(re.compile(r"/reports/2569/q4\.pdf$")):
        page.get_by_role("link", name="ดาวน์โหลด PDF").click()
    assert counted.clicks <= 2
    assert page.request.get(f"{live_server.url}/reports/2569/q4.pdf").body().startswith(b"%PDF")
