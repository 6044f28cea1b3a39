"""The main job in real Chromium, from the first figure typed to the report that the public reads."""

import hashlib
import io
import json
import re
import subprocess
from pathlib import Path

import pytest
from openpyxl import load_workbook
from PIL import Image
from playwright.sync_api import Page, expect

from accounts.models import Membership
from budget.models import Allocation, MonthlyFigure
from kpi.models import Result
from reminders import jobs
from reminders.models import Notice, Reminder
from reports.models import Freeze
from submissions.models import Evidence
from tests.main_job.eyes import Eyes

pytestmark = [pytest.mark.browser, pytest.mark.worker, pytest.mark.usefixtures("untraced")]

PASSWORD = "sakhon-sample-2570"
PATIENCE = 30_000
GPS = 0x8825


class Office:
    """Everybody of the sample at a browser of his or her own."""

    def __init__(self, page: Page, address: str, pictures: Path) -> None:
        self.page = page
        self.eyes = Eyes(page, pictures, address)

    def sign_in(self, username: str) -> Page:
        """Leave as whoever was here and come back by the real form."""
        self.page.context.clear_cookies()
        page = self.eyes.go("/accounts/login/")
        page.get_by_label("ชื่อผู้ใช้").fill(username)
        page.get_by_label("รหัสผ่าน").fill(PASSWORD)
        page.get_by_role("button", name="เข้าสู่ระบบ").click()
        assert "/accounts/" not in page.url, page.locator("main").inner_text()
        return page

    def leave(self) -> None:
        self.page.context.clear_cookies()

    def until(self, path: str, text: str) -> None:
        """Open a page again and again until the worker has brought it up to date."""
        for _attempt in range(180):
            self.eyes.go(path)
            if text in self.page.locator("main").inner_text():
                return
            self.page.wait_for_timeout(500)
        pytest.fail(f"{path} never showed {text!r}")


def photo_with_a_place() -> bytes:
    """Give a photo as a telephone takes it: it says where it was taken."""
    image = Image.new("RGB", (640, 480), "seagreen")
    exif = image.getexif()
    exif.get_ifd(GPS).update({1: "N", 2: (13.0, 32.0, 51.0), 3: "E", 4: (100.0, 16.0, 39.0)})
    written = io.BytesIO()
    image.save(written, "JPEG", exif=exif)
    assert Image.open(written).getexif().get_ifd(GPS)
    return written.getvalue()


def row_of(page: Page, code: str):
    return page.locator("tr[data-row]").filter(has=page.locator(f".code:text-is('{code}')"))


def type_row(page: Page, code: str, *texts: str) -> None:
    """Type a row's figures as fingers do, and see that they are kept."""
    cells = row_of(page, code).locator("[data-cell]:not(.note-in)")
    with page.expect_response(lambda answer: "/save/" in answer.url) as answer:
        cells.first.click()
        for text in texts:
            page.keyboard.press("Control+A")
            page.keyboard.type(text)
            page.keyboard.press("Tab")
    assert answer.value.status == 200
    expect(page.locator("[data-saved]")).to_contain_text("บันทึกแล้ว")


def test_a_quarter_goes_from_the_first_figure_to_the_published_report(
    page, live_server, sample, request, pictures, letters, settings, tmp_path
):
    settings.SITE_ADDRESS = live_server.url
    request.getfixturevalue("worker")
    office = Office(page, live_server.url, pictures)
    eyes = office.eyes

    officials_report(office)
    heads_sign(office)
    reminders_go_to_those_who_owe(office, letters, settings)
    governor_follows_a_figure(office)
    agency_fills_a_workbook(office, tmp_path)
    strategists_close_and_publish(office)
    digests = public_reads(office, tmp_path)
    nothing_moves_afterwards(office, digests)
    assert eyes.faults == []


# ── 1 ────────────────────────────────────────────────────────────────────────
def officials_report(office: Office) -> None:
    eyes = office.eyes
    page = eyes.visit("/accounts/login/", "login")
    office.sign_in("reporter")
    assert page.url.endswith("/desk/")
    type_row(page, "2.3-MOPH-01", "๘๘๐", "900")
    expect(row_of(page, "2.3-MOPH-01")).to_contain_text("97.78")
    eyes.look("desk")
    row_of(page, "2.3-MOPH-01").get_by_role("link", name="แนบ 2.3-MOPH-01").click()
    page.locator("input[type=file]").set_input_files(
        {"name": "ตรวจอาหาร.jpg", "mimeType": "image/jpeg", "buffer": photo_with_a_place()}
    )
    page.get_by_role("button", name="แนบไฟล์").click()
    expect(page.get_by_role("link", name="ตรวจอาหาร.jpg")).to_be_visible()
    eyes.look("evidence")
    kept = Evidence.objects.get(original_name="ตรวจอาหาร.jpg")
    assert "ตรวจอาหาร" not in kept.file.name
    with kept.file.open() as file:
        assert not Image.open(file).getexif().get_ifd(GPS)
    eyes.go("/desk/")
    page.get_by_role("button", name=re.compile("ส่งให้หัวหน้าลงนาม")).click()
    expect(page.get_by_text(re.compile("ส่งให้หัวหน้าลงนามแล้ว"))).to_be_visible()

    office.sign_in("tawee")
    type_row(page, "4.5-DLA", "๗๙,๐๐๐", "100,000")
    page.get_by_role("button", name=re.compile("ส่งให้หัวหน้าลงนาม")).click()
    expect(page.get_by_text(re.compile("ส่งให้หัวหน้าลงนามแล้ว"))).to_be_visible()
    page.get_by_role("link", name=re.compile("70-4-014")).first.click()
    percents = page.locator(".typed input")
    for at in range(percents.count()):
        percents.nth(at).fill("๑๒.๕")
    with page.expect_response(lambda answer: "70-4-014" in answer.url):
        page.locator("[name=narrative_th]").fill("ติดตั้งถังแยกขยะครบ 38 แห่ง")
        page.keyboard.press("Tab")
    expect(page.get_by_text("บันทึกแล้ว").last).to_be_visible()
    eyes.look("progress")
    page.get_by_role("button", name="ส่งให้หัวหน้าลงนาม").click()
    expect(page.get_by_text("ส่งรายงานให้หัวหน้าลงนามแล้ว")).to_be_visible()
    eyes.visit("/desk/budget/months/?month=2570-m01", "months")
    type_row(page, "2570-70-4-014-INV", "100,000", "๕๐,๐๐๐.๕๐")
    type_row(page, "2570-70-4-014-REC", "200000", "0")
    page.get_by_role("button", name=re.compile("ส่งให้หัวหน้าลงนาม")).click()
    expect(page.get_by_text(re.compile("ส่ง.*แล้ว")).first).to_be_visible()
    assert (
        MonthlyFigure.objects.filter(
            allocation__code__startswith="2570-70-4-014", month__number=1, status="submitted"
        ).count()
        == 2
    )


# ── 2, 3 ─────────────────────────────────────────────────────────────────────
def heads_sign(office: Office) -> None:
    eyes, page = office.eyes, office.page
    office.sign_in("governor")
    eyes.visit("/kpis/2.3/", "kpi-before")
    office.until("/kpis/2.3/explain/2570-q1/", "96.4286")

    office.sign_in("somjai")
    eyes.visit("/desk/approvals/", "approvals")
    line = page.locator("tbody tr").filter(has_text="4.5-DLA")
    expect(line).to_contain_text("79.00")
    expect(line).to_contain_text("83.00")
    back = page.locator("tbody tr").filter(has_text="2570-70-4-014-REC")
    back.get_by_text("ส่งกลับ", exact=True).click()
    back.get_by_label(re.compile("เหตุผลที่ส่งกลับ")).fill("ยอดไม่ตรงกับระบบ GFMIS")
    for box in page.locator("input[name=sign]:not(:disabled)").all():
        row = box.locator("xpath=ancestor::tr")
        if "2570-70-4-014-REC" not in row.inner_text() and not box.is_checked():
            box.check()
    page.get_by_role("button", name=re.compile("ลงนาม")).last.click()
    expect(page.locator("main")).not_to_contain_text("4.5-DLA")
    eyes.look("approvals-done")
    returned = MonthlyFigure.objects.get(
        allocation__code="2570-70-4-014-REC", month__fiscal_year=2570, month__number=1
    )
    assert (returned.status, returned.return_reason) == ("returned", "ยอดไม่ตรงกับระบบ GFMIS")

    office.sign_in("approver")
    type_row(page, "2.3-MOPH-03", "490", "500")
    page.get_by_role("button", name=re.compile("ส่งให้หัวหน้าลงนาม")).click()
    expect(page.get_by_text(re.compile("ส่งให้หัวหน้าลงนามแล้ว"))).to_be_visible()
    eyes.visit("/desk/approvals/", "approvals-own")
    own = Result.objects.get(kpi__code="2.3-MOPH-03", quarter__number=1, kpi__fiscal_year=2570)
    assert (
        page.locator(f"input[name=sign][value='kpi.result:{own.pk}']:not(:disabled)").count() == 0
    )
    line = page.locator("tbody tr").filter(has_text="2.3-MOPH-01")
    expect(line).to_contain_text("97.78")
    expect(line).to_contain_text("98.00")
    page.get_by_role("button", name=re.compile("ลงนาม")).last.click()
    expect(page.locator("main")).not_to_contain_text("2.3-MOPH-01")
    own.refresh_from_db()
    assert own.status == "submitted"

    # 487/505 and 880/900 of the agency; 675/700 and 880/900 of the province.
    office.sign_in("governor")
    office.until("/kpis/2.3-MOPH/explain/2570-q1/", "97.2954")
    eyes.look("explain-agency")
    office.until("/kpis/2.3/explain/2570-q1/", "97.1875")
    eyes.look("explain-province")
    office.until("/kpis/4.5/explain/2570-q1/", "79.0000")
    # The issue had three of its five, and has the fourth now.
    eyes.go("/dashboard/")
    issue = page.locator("tr").filter(has=page.locator("a[href*='/issues/2566-4/']"))
    expect(issue.first).to_contain_text("4/5")


# ── 4 ────────────────────────────────────────────────────────────────────────
def _owe_december() -> set[str]:
    """Return the reporters of agencies with money of which December was not sent."""
    sent = MonthlyFigure.objects.filter(
        month__fiscal_year=2570, month__number=3, status__in=["submitted", "approved"]
    )
    owing = Allocation.objects.filter(fiscal_year=2570).exclude(pk__in=sent.values("allocation"))
    members = Membership.objects.filter(
        role="reporter", agency__in=owing.values("spending_agency"), until_date=None
    )
    return set(members.values_list("user__username", flat=True))


def reminders_go_to_those_who_owe(office: Office, letters: Path, settings) -> None:
    # Three days before the quarter's day, seven after December's.
    settings.SAMPLE_TODAY = "2027-01-12"
    jobs.remind_people()
    told = list(Reminder.objects.values_list("user__username", "occasion"))
    own = Notice.objects.filter(rung="owner").values_list("user__username", "kind")
    due = {name for name, kind in own if kind in ("kpi.result", "projects.progress")}
    money = {name for name, kind in own if kind == "budget.month"}
    assert len(told) == len(set(told))
    assert {"suda", "pim", "krit"} <= due
    assert not {"tawee", "approver", "boonmee", "governor", "strategist"} & due
    assert {"tawee", "pim", "thawat"} <= money
    assert money == _owe_december()
    for _attempt in range(120):
        if not Reminder.objects.exclude(state="sent").exists():
            break
        office.page.wait_for_timeout(250)
    sent = list(letters.iterdir())
    assert sent
    written = len(sent)
    jobs.remind_people()
    assert Reminder.objects.count() == len(told)
    assert len(list(letters.iterdir())) == written
    settings.SAMPLE_TODAY = "2027-01-13"
    office.sign_in("strategist")
    office.eyes.visit("/desk/reminders/", "reminders")


# ── 5 ────────────────────────────────────────────────────────────────────────
def governor_follows_a_figure(office: Office) -> None:
    eyes, page = office.eyes, office.page
    office.sign_in("governor")
    eyes.visit("/dashboard/", "dashboard")
    page.locator("td[data-k='ร้อยละของเป้า'] a").first.click()
    page.wait_for_url(re.compile(r"/explain/"))
    eyes.look("explain-worst")


# ── 6 ────────────────────────────────────────────────────────────────────────
def fill(source: Path, target: Path, figures: dict[str, object]) -> Path:
    """Type figures into a form by the codes of its rows."""
    book = load_workbook(source)
    page = book.worksheets[0]
    head = next(row for row in page.iter_rows() if any("ตัวตั้ง" in str(cell.value) for cell in row))
    column = next(cell.column for cell in head if "ตัวตั้ง" in str(cell.value))
    for row in page.iter_rows(min_row=head[0].row + 1):
        for code in figures:
            if any(cell.value == code for cell in row):
                page.cell(row[0].row, column).value = figures[code]
    book.save(target)
    return target


def send(page: Page, path: Path) -> None:
    page.select_option("#id_kind", "kpi-results")
    page.select_option("#id_period", "2570-q1")
    page.set_input_files("#id_file", path)
    page.get_by_role("button", name="ตรวจไฟล์").click()
    page.wait_for_url(re.compile(r"/spreadsheets/\d+/$"))


def agency_fills_a_workbook(office: Office, tmp_path: Path) -> None:
    eyes = office.eyes
    office.sign_in("pim")
    page = eyes.visit("/spreadsheets/", "spreadsheets")
    page.select_option("#id_form-kind", "kpi-results")
    page.select_option("#id_form-period", "2570-q1")
    with page.expect_download() as download:
        page.get_by_role("button", name="ดาวน์โหลดแบบกรอก").click()
    form = tmp_path / "form.xlsx"
    download.value.save_as(form)
    send(page, fill(form, tmp_path / "wrong.xlsx", {"3.1": "หนึ่งพัน", "3.2-MOTS": 9}))
    expect(page.get_by_role("alert")).to_contain_text("ต้องแก้ 1 ช่อง")
    expect(page.get_by_role("alert")).to_contain_text(re.compile(r"[A-Z]\d+ .*หนึ่งพัน"))
    assert page.get_by_role("button", name="ยืนยันนำเข้าทั้งไฟล์").is_disabled()
    eyes.look("spreadsheets-wrong")
    page.get_by_role("link", name="เลือกไฟล์ใหม่").first.click()
    send(page, fill(form, tmp_path / "right.xlsx", {"3.1": 1_000, "3.2-MOTS": 9}))
    eyes.look("spreadsheets-right")
    assert not Result.objects.filter(kpi__code="3.1", kpi__fiscal_year=2570).exists()
    if page.locator("[name=confirmed]").count():
        page.locator("[name=confirmed]").check()
    page.get_by_role("button", name="ยืนยันนำเข้าทั้งไฟล์").click()
    page.get_by_role("button", name="ยกเลิกการนำเข้า").wait_for()
    eyes.look("spreadsheets-done")
    kept = Result.objects.get(kpi__code="3.1", kpi__fiscal_year=2570)
    assert (kept.value, kept.status) == (1_000, "draft")


# ── 7 ────────────────────────────────────────────────────────────────────────
def strategists_close_and_publish(office: Office) -> None:
    eyes, page = office.eyes, office.page
    office.sign_in("strategist")
    eyes.visit("/desk/approvals/", "acceptance")
    page.get_by_role("button", name=re.compile("ลงนาม")).last.click()
    expect(page.locator("main")).not_to_contain_text("4.2")
    assert Result.objects.get(kpi__code="4.2", kpi__fiscal_year=2570).status == "accepted"
    eyes.visit("/desk/reports/", "quarters")
    eyes.visit("/desk/reports/2570/q1/", "quarter-open")
    page.get_by_role("button", name="ปิดไตรมาสและตรึงตัวเลข").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    assert not Freeze.objects.filter(quarter__fiscal_year=2570).exists()
    eyes.forget()
    page.locator("[name=missing_accepted]").check()
    page.get_by_role("button", name="ปิดไตรมาสและตรึงตัวเลข").click()
    expect(page.get_by_text("ตัวเลขไม่เปลี่ยนอีก").first).to_be_visible()
    page.locator("[name=text_th]").fill("ขยะมูลฝอยจัดการถูกต้องร้อยละ 79 น้ำเสียบำบัดแล้วตามกำหนด")
    page.locator("[name=text_en]").fill("Waste handled properly reached 79 percent.")
    page.get_by_role("button", name="บันทึกบทสรุป").click()
    expect(page.get_by_text("บันทึกบทสรุปแล้ว")).to_be_visible()
    eyes.look("quarter-closed")
    page.locator("form[action$='/publish/'] button").click()
    page.get_by_role("link", name="ฉบับที่ 1").wait_for(timeout=90_000)
    eyes.look("quarter-published")


# ── 8 ────────────────────────────────────────────────────────────────────────
PUBLIC = {
    "home": "/",
    "strategy": "/strategy/",
    "issue": "/issues/2566-4/",
    "kpis": "/kpis/",
    "kpi": "/kpis/4.5/",
    "explain": "/kpis/4.5/explain/2570-q1/",
    "projects": "/projects/",
    "project": "/projects/70-4-014/",
    "budget": "/budget/",
    "areas": "/areas/",
    "area": "/areas/7401/",
    "covid": "/covid/",
    "reports": "/reports/",
    "report": "/reports/2570/q1/",
    "open-data": "/open-data/",
    "search": "/search/?q=น้ำเสีย",
    "site-map": "/site-map/",
}
FILES = ("/", ".pdf", ".csv", ".json")
# Data has one language: the codes and both names stand in it.
FILES_EN = ("/", ".pdf")


def digests_of(page: Page, address: str) -> dict[str, str]:
    """Give the SHA-256 of every file of the edition, in both languages, as anybody gets it."""
    found = {}
    for language, endings in (("", FILES), ("/en", FILES_EN)):
        for ending in endings:
            path = f"{language}/reports/2570/q1/edition/1{ending}"
            answer = page.request.get(f"{address}{path}")
            assert answer.status == 200, path
            found[path] = hashlib.sha256(answer.body()).hexdigest()
    return found


def public_reads(office: Office, tmp_path: Path) -> dict[str, str]:
    eyes, page = office.eyes, office.page
    office.leave()
    for name, path in PUBLIC.items():
        eyes.visit(path, f"public-{name}")
        eyes.visit(f"/en{path}", f"public-{name}-en")
    paper = tmp_path / "report.pdf"
    paper.write_bytes(page.request.get(f"{eyes.address}/reports/2570/q1.pdf").body())
    text = subprocess.run(
        ["pdftotext", str(paper), "-"], capture_output=True, text=True, check=True
    ).stdout.replace("\n", "")
    assert "น้ำเสีย" in text
    assert "บำบัด" in text
    fonts = subprocess.run(
        ["pdffonts", str(paper)], capture_output=True, text=True, check=True
    ).stdout.splitlines()[2:]
    assert fonts
    assert all("+Sarabun-" in line and line.split()[-5] == "yes" for line in fonts)
    document = page.request.get(f"{eyes.address}/reports/2570/q1.json").json()
    assert "79.00" in json.dumps(document, ensure_ascii=False)
    sheet = page.request.get(f"{eyes.address}/reports/2570/q1.csv").body().decode("utf-8-sig")
    assert "4.5" in sheet
    return digests_of(page, eyes.address)


def nothing_moves_afterwards(office: Office, digests: dict[str, str]) -> None:
    eyes = office.eyes
    page = office.sign_in("tawee")
    late = Result.objects.get(kpi__code="4.5-DLA", kpi__fiscal_year=2570)
    answer = page.request.post(
        f"{eyes.address}/desk/kpis/entry/save/?quarter=2570-1",
        form={"row": str(late.kpi_id), "version": str(late.version), "numerator": "1"},
        headers={
            "X-CSRFToken": next(
                cookie["value"] for cookie in page.context.cookies() if "csrf" in cookie["name"]
            ),
            "Referer": eyes.address,
        },
    )
    assert answer.status == 409
    assert answer.json()["refusal"]
    version = late.version
    late.refresh_from_db()
    assert (late.version, late.numerator) == (version, 79_000)
    assert digests_of(page, eyes.address) == digests
