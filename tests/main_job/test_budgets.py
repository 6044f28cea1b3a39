"""How many clicks and page loads the main tasks cost, counted in a real browser."""

import re
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from common import clock
from kpi.actions import ResultEntry, record_results, submit_results
from kpi.grid import entry_grid
from kpi.models import Result
from submissions.models import Quarter
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


def test_all_that_waits_is_signed_and_two_returned_on_one_page_in_six_clicks(
    page, live_server, sample, pictures
):
    _send_all_of("reporter")
    office = Office(page, live_server.url, pictures)
    counted = Counted(page)
    office.sign_in("approver")
    office.eyes.go("/desk/approvals/")
    boxes = page.locator("input[name=sign]:not(:disabled)")
    assert boxes.count() >= 8
    unwatched = page.locator("tbody tr:has(input[name=sign]:checked)")
    keys = [unwatched.nth(at).get_attribute("id") for at in (0, 2)]
    left = boxes.count() - unwatched.count()
    counted.start()
    for key in keys:
        page.locator(f"[id='{key}'] summary").click()
        page.keyboard.type("ตัวเลขไม่ตรงหลักฐาน")
    page.get_by_role("button", name=re.compile("ลงนาม .* และส่งกลับ 2")).click()
    expect(page.locator(f"[id='{keys[0]}']")).to_have_count(0)
    assert counted.clicks <= 6
    assert boxes.count() == left
    assert Result.objects.filter(status="returned", kpi__agency__code="MOPH").count() == 2


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


def _send_all_of(username: str) -> None:
    """Type a figure that meets the target into everything a reporter owes, and send it."""
    user, at = User.objects.get(username=username), clock.now()
    quarter = Quarter.objects.select_related("fiscal_year").get(fiscal_year=2570, number=1)
    for row in entry_grid(user, quarter, at).rows:
        if row.why_not:
            continue
        figures = (
            {"numerator": Decimal(100), "denominator": Decimal(100)}
            if row.is_ratio
            else {"value": row.around.target_rows[0].value or Decimal(1)}
        )
        typed = ResultEntry(
            row.kpi.pk, quarter.pk, **figures, note="ครบ", version=row.version, is_sample=True
        )
        record_results(entries=[typed], by=user, at=at)
    ready = [row.result for row in entry_grid(user, quarter, at).rows if row.is_ready]
    submit_results(entries=[result for result in ready if result], by=user, at=at)


def test_the_public_reaches_the_latest_pdf_in_two_clicks(page, live_server, sample, pictures):
    office = Office(page, live_server.url, pictures)
    counted = Counted(page)
    office.eyes.go("/")
    counted.start()
    with page.expect_request(re.compile(r"/reports/2569/q4\.pdf$")):
        page.get_by_role("link", name="ดาวน์โหลด PDF").click()
    assert counted.clicks <= 2
    assert page.request.get(f"{live_server.url}/reports/2569/q4.pdf").body().startswith(b"%PDF")
