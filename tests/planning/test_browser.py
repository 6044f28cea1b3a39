"""A need's way from a village to a funded project, and two editions side by side, in a real browser."""

import pytest
import time_machine
from django.test import Client
from playwright.sync_api import expect

from accounts.models import Role
from planning.models import Need
from strategy.models import Approach, Mission, PlanEdition
from tests.budget.factories import AllocationFactory
from tests.factories import NOON, person
from tests.main_job.eyes import Eyes
from tests.planning.factories import valley
from tests.projects.factories import project_with
from tests.reports.factories import IssueFactory

pytestmark = pytest.mark.browser


@pytest.fixture
def eyes(page, live_server, transactional_db, pictures, settings):
    settings.SAMPLE_TODAY = "2027-01-13"
    with time_machine.travel(NOON, tick=False):
        yield Eyes(page, pictures, live_server.url)


def become(eyes, user):
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    value = client.cookies["sessionid"].value
    eyes.page.context.add_cookies([{"name": "sessionid", "value": value, "url": eyes.address}])


def test_a_need_of_a_village_becomes_a_funded_project(eyes):
    there, page = valley(), eyes.page
    project, _parts = project_with(code="70-9", name_th="ขุดลอกคลองสายหลัก")
    AllocationFactory(
        fiscal_year_id=2570, project=project, owner_agency=project.host_agency,
        spending_agency=project.host_agency,
    )  # fmt: skip
    become(eyes, there.people["village"])
    eyes.visit("/desk/needs/new/", "need-record")
    page.fill("[name=title_th]", "ขุดลอกคลองหน้าหมู่บ้าน")
    page.select_option("[name=category]", str(there.category.pk))
    page.select_option("[name=area]", str(there.areas["village"].pk))
    page.fill("[name=people_affected]", "๑๒๐")
    page.fill("[name=cost_guess]", "1.5 ล้าน")
    page.get_by_role("button", name="บันทึกเรื่อง").click()
    page.wait_for_load_state()
    need = Need.objects.with_place().get()
    assert (need.people_affected, need.cost_guess, need.level) == (120, 1_500_000, "village")
    for level in ("village", "tambon", "local", "district"):
        need = Need.objects.with_place().get()
        assert need.level == level
        become(eyes, there.people[level])
        eyes.visit(f"/desk/needs/{need.code}/", f"need-at-{level}")
        form = page.locator(f'form[action$="/{need.code}/send-up/"]')
        form.locator("xpath=..").locator("summary").click()
        form.locator("[name=note]").fill(f"{level} เห็นว่าจำเป็น")
        form.get_by_role("button").click()
        page.wait_for_load_state()
    assert Need.objects.get().level == "province"
    become(eyes, there.strategist)
    eyes.visit("/desk/", "need-waits")
    assert "รอคำตอบจากท่าน" in page.locator("main").inner_text()
    eyes.visit(f"/desk/needs/{need.code}/", "need-decide")
    form = page.locator(f'form[action$="/{need.code}/adopt/"]')
    form.locator("xpath=..").locator("summary").click()
    form.locator("[name=project]").fill("70-9")
    form.get_by_role("button").click()
    page.wait_for_load_state()
    eyes.look("need-adopted")
    page.context.clear_cookies()
    eyes.visit(f"/needs/{need.code}/", "need-public")
    said = page.locator("main").inner_text()
    assert "ขุดลอกคลองสายหลัก" in said
    assert "เป็นโครงการแล้ว" in said
    assert "1,000,000.00" in said
    assert "ยังไม่มียอดที่เผยแพร่" in said
    assert not eyes.faults, "\n".join(eyes.faults)


def test_two_editions_are_compared(eyes):
    issue, page = IssueFactory(code="1"), eyes.page
    Approach.objects.create(issue=issue, code="1.1", name_th="แนวทางหนึ่ง")
    Mission.objects.create(edition=issue.edition, number=1, name_th="พันธกิจ")
    edition = issue.edition
    PlanEdition.objects.filter(pk=edition.pk).update(state="in_force", vision_th="เมืองอาหาร")
    become(eyes, person(Role.STRATEGIST))
    eyes.visit("/desk/plans/", "plan-desk")
    form = page.locator("form:has([name=edition-review_year])").first
    if not form.is_visible():
        form.locator("xpath=ancestor::details[1]/summary").click()
    form.locator("[name=edition-source]").select_option(str(edition.pk))
    form.locator("[name=edition-review_year]").fill("2571")
    form.get_by_role("button").click()
    page.wait_for_load_state()
    copy = PlanEdition.objects.get(state="draft")
    page.fill("[name=vision_th]", "เมืองอาหารและน้ำสะอาด")
    page.locator("form:has([name=vision_th])").get_by_role("button").first.click()
    page.wait_for_load_state()
    eyes.visit(
        f"/strategy/compare/?before={edition.pk}&after={copy.pk}&show=changes", "edition-compared"
    )
    assert page.locator("ins").first.inner_text() == "และน้ำสะอาด"
    assert not eyes.faults, "\n".join(eyes.faults)


def test_a_forum_that_was_typed_comes_back_after_the_session_ended(eyes):
    strategist, page = person(Role.STRATEGIST), eyes.page
    become(eyes, strategist)
    page.goto(f"{eyes.address}/desk/plans/forums/")
    page.fill("[name=title_th]", "เวทีชุมชนปากน้ำ")
    page.fill("[name=held_date]", "12 ม.ค. 70")
    page.context.clear_cookies(name="sessionid")
    page.locator("[name=title_th]").press("Enter")
    page.wait_for_url("**/accounts/login/**")
    expect(page.locator("[data-typed-kept]")).to_contain_text("2 ช่อง")
    become(eyes, strategist)
    page.goto(f"{eyes.address}/desk/plans/forums/")
    assert page.input_value("[name=title_th]") == "เวทีชุมชนปากน้ำ"
    assert page.input_value("[name=held_date]") == "12 ม.ค. 70"
