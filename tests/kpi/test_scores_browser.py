"""Scores, what if, e-SAR and appraisal in real Chromium: keyboard, axe, pictures at both widths."""

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import Role
from kpi.models import Appraisal, SelfAssessment
from tests.factories import person
from tests.kpi.test_assessments import APRIL, House
from tests.main_job.eyes import Eyes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def house(transactional_db):
    with time_machine.travel(APRIL, tick=True):
        yield House()


def enter(page, address, user):
    """Come in as somebody, as after the sign-in page."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    page.context.clear_cookies()
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": address}]
    )


def test_a_year_is_supposed_assessed_signed_and_acknowledged(page, live_server, house, pictures):
    eyes = Eyes(page, pictures, live_server.url)
    enter(page, live_server.url, person(Role.STRATEGIST))
    eyes.visit(reverse("kpi:scoring-rules") + "?year=2570", "scoring-rules")
    eyes.visit(reverse("kpi:scheme-edit", args=[2570, "official"]), "scheme-edit")
    eyes.visit(reverse("kpi:score-list") + "?quarter=2570-2", "score-list")
    eyes.visit(reverse("kpi:score-detail", args=[house.card.pk]), "score-detail")
    eyes.go(f"{reverse('kpi:what-if')}?quarter=2570-2&card={house.card.pk}")
    # Only the keyboard: weight, target, result, then Enter.
    page.get_by_label("ผลสะสมที่คาด 1.1").focus()
    page.keyboard.type("20")
    page.keyboard.press("Enter")
    row = page.locator("section", has_text="คะแนนที่ขยับ").locator("tbody tr").first
    expect(row).to_contain_text("70.0000")
    expect(row).to_contain_text("100.0000")
    assert page.url.endswith(f"&r{house.kpi.pk}=20")
    eyes.look("what-if")

    enter(page, live_server.url, house.boss)
    eyes.visit(reverse("kpi:esar", args=[house.card.pk, 1]), "esar-empty")
    page.get_by_label("คะแนนศักยภาพ").fill("80")
    page.get_by_label("สรุปความเห็น").fill("ทำได้ดี")
    page.get_by_role("button", name="บันทึกร่าง").click()
    page.get_by_role("button", name="ส่งรายงาน").click()
    expect(page.get_by_text("80.8750").first).to_be_visible()
    eyes.look("esar-sent")
    assert SelfAssessment.objects.get().state == "sent"

    eyes.go(reverse("kpi:appraisal", args=[house.own_card.pk, 1]))
    page.get_by_label("บริการที่ดี").fill("4")
    page.get_by_label("ทำงานเป็นทีม").fill("7")
    page.get_by_role("button", name="บันทึกการประเมิน").click()
    expect(page.get_by_role("alert").first).to_contain_text("ระหว่าง 1 ถึง 5")
    eyes.forget()
    eyes.look("appraisal-wrong")
    page.get_by_label("ทำงานเป็นทีม").fill("5")
    page.get_by_role("button", name="บันทึกการประเมิน").click()
    page.get_by_role("button", name="ลงนามและตรึงคะแนน").click()
    expect(page.get_by_text("76.0000").first).to_be_visible()

    enter(page, live_server.url, house.officer)
    eyes.visit(reverse("kpi:appraisal-list") + "?year=2570", "appraisal-list")
    eyes.go(reverse("kpi:appraisal", args=[house.own_card.pk, 1]))
    page.get_by_role("button", name="ลงนามรับทราบผล").click()
    eyes.look("appraisal")
    assert Appraisal.objects.get().state == "acknowledged"
    assert not eyes.faults, "\n".join(eyes.faults)
