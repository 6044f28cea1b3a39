"""In real Chromium: a quarter's progress typed, shown, sent, signed; a plan changed; the public side."""

from decimal import Decimal
from io import BytesIO

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.urls import reverse
from PIL import Image
from playwright.sync_api import expect

from accounts.models import Role
from jobruns.models import JobRun
from projects.models import ChangeRequest, Progress, Project, ProjectFile, Story
from tests.factories import person, quarter_of
from tests.projects.factories import project_with

pytestmark = pytest.mark.browser


class Desk:
    """A browser at which people take turns."""

    def __init__(self, page, live_server, pictures):
        self.page, self.address, self.pictures = page, live_server.url, pictures
        self.said = []
        page.on("pageerror", lambda error: self.said.append(str(error)))

    def sit(self, user=None):
        self.page.context.clear_cookies()
        if user is not None:
            client = Client()
            client.force_login(user)
            value = client.cookies["sessionid"].value
            cookie = {"name": "sessionid", "value": value, "url": self.address}
            self.page.context.add_cookies([cookie])

    def go(self, path):
        answer = self.page.goto(f"{self.address}{path}")
        assert answer.status == 200, path

    def look(self, name):
        """Ask axe and keep a picture at each width; nothing is wider than the screen."""
        for width in (1280, 390):
            self.page.set_viewport_size({"width": width, "height": 900})
            answer = Axe().run(self.page, options={"resultTypes": ["violations"]})
            found = [(v["id"], v["nodes"][0]["html"][:160]) for v in answer.response["violations"]]
            assert found == [], f"{name} at {width}"
            wide = self.page.evaluate("document.documentElement.scrollWidth")
            self.page.screenshot(
                path=self.pictures / f"projects-{name}-{width}.png", full_page=True
            )
            assert wide <= width, f"{name}: {wide} px wide at {width}"
        self.page.set_viewport_size({"width": 1280, "height": 900})
        assert self.said == []


@pytest.fixture
def desk(page, live_server, transactional_db, pictures, settings):
    settings.SAMPLE_TODAY = "2027-01-13"
    return Desk(page, live_server, pictures)


def photo():
    written = BytesIO()
    Image.new("RGB", (320, 200), "seagreen").save(written, "JPEG")
    return {"name": "งาน.jpg", "mimeType": "image/jpeg", "buffer": written.getvalue()}


def test_progress_is_typed_with_a_photo_sent_signed_and_seen(desk, work_off_jobs):
    project, activities = project_with(60, 40, planned=40)
    quarter_of(2570, 1)
    for activity in activities:
        activity.plan.create(fiscal_year_id=2570, month=12, percent=Decimal(100))
    reporter = person(Role.REPORTER, project.host_agency)
    head = person(Role.APPROVER, project.host_agency)
    page = desk.page

    desk.sit(reporter)
    report = reverse("projects:progress-form", args=[project.code, 2570, 1])
    desk.go(report)
    page.get_by_label("ร้อยละของกิจกรรมที่ 1").fill("๒๐")
    page.get_by_label("ร้อยละของกิจกรรมที่ 2").fill("10")
    page.get_by_label("ผลการดำเนินงาน").fill("ปรับพื้นที่แล้ว")
    page.get_by_label("ปัญหาอุปสรรค").fill("ฝนตก")
    page.get_by_label("ปัญหาอุปสรรค").press("Tab")
    # The weighted total is told as soon as something is kept.
    expect(page.get_by_text("รวมถ่วงน้ำหนักตามที่กรอก")).to_contain_text("16.00")
    page.get_by_label("ไฟล์ภาพ").set_input_files(photo())
    page.get_by_label("คำอธิบายภาพ").fill("ปรับพื้นที่")
    page.get_by_role("button", name="เพิ่มภาพ").click()
    expect(page.get_by_role("img", name="ปรับพื้นที่")).to_be_visible()
    desk.look("progress")
    page.get_by_role("button", name="ส่งให้หัวหน้าลงนาม").click()
    expect(page.get_by_text("ส่งรายงานให้หัวหน้าลงนามแล้ว")).to_be_visible()

    desk.sit(head)
    desk.go(report)
    page.get_by_role("button", name="ลงนาม", exact=True).click()
    expect(page.get_by_text("ลงนามแล้ว ระบบกำลังคำนวณภาพรวม")).to_be_visible()
    assert Progress.objects.get().status == "approved"
    work_off_jobs()
    assert not JobRun.objects.exclude(state="done").exists()

    # Three bars, a variance of 24 points, a curve, and no date from one period.
    desk.go(project.get_absolute_url())
    expect(page.get_by_text("เทียบแผน")).not_to_have_count(0)
    expect(page.get_by_text("ข้อมูลยังไม่พอคาดวันเสร็จ")).to_be_visible()
    page.get_by_text("ข้อมูลที่ใช้คาดวันเสร็จ").first.click()
    desk.look("project")


def test_a_plan_is_asked_to_change_and_decided(desk):
    project, activities = project_with(60, 40)
    for activity in activities:
        activity.plan.create(fiscal_year_id=2570, month=12, percent=Decimal(100))
    page = desk.page
    desk.sit(person(Role.REPORTER, project.host_agency))
    desk.go(reverse("projects:project-file", args=[project.code]))
    desk.look("file")
    page.get_by_role("link", name="ยื่นคำขอเปลี่ยนแปลง").click()
    page.get_by_role("link", name="ยื่นคำขอเปลี่ยนแปลง").click()
    page.get_by_label("เหตุผลความจำเป็น").fill("ประชาชนขอเพิ่ม")
    page.get_by_label("ผู้รับประโยชน์").fill("๕๐๐")
    desk.look("change-form")
    page.get_by_role("button", name="ยื่นคำขอเปลี่ยนแปลง").click()
    expect(page.get_by_role("heading", name="คำขอที่ 1: ค่าเป้าหมาย")).to_be_visible()
    desk.look("change")

    desk.sit(person(Role.STRATEGIST))
    page.reload()
    page.get_by_label("มติหรือการประชุม").fill("มติ ก.บ.จ. ครั้งที่ 1/2570")
    page.get_by_role("button", name="บันทึกมติ").click()
    expect(page.get_by_text("บันทึกมติของคำขอเปลี่ยนแปลงแล้ว")).to_be_visible()
    assert ChangeRequest.objects.get().state == "approved"
    assert Project.objects.get().beneficiaries == 500
    desk.go(reverse("projects:project-new"))
    desk.look("new")


def test_the_public_reads_lists_maps_finished_projects_and_stories(desk):
    project, _activities = project_with(code="69-1", status="finished")
    story = Story.objects.create(
        slug="centre",
        name_th="ศูนย์บริการ",
        lede_th="ออกใบรับรอง",
        online_th=["ขอใบรับรอง"],
        countries_th=["ฮ่องกง"],
        source="เอกสารจังหวัด",
    )
    story.projects.add(project)
    desk.sit()
    assert not ProjectFile.objects.exists()
    for name, path in (
        ("list", reverse("projects:project-list") + "?year=2570"),
        ("map", reverse("projects:project-map") + "?year=2570"),
        ("finished", reverse("projects:finished-list") + "?year=2570"),
        ("stories", reverse("projects:story-list")),
        ("story", story.get_absolute_url()),
    ):
        desk.go(path)
        desk.look(f"public-{name}")
    expect(desk.page.get_by_text("ฮ่องกง")).to_be_visible()
