"""The cascade editor in real Chromium: parts filled in, checked as they are typed, saved, read by axe."""

import os

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import expect

from kpi.models import Target
from tests.kpi.test_cascade import tree
from tests.main_job.eyes import Eyes

pytestmark = pytest.mark.browser
PATIENCE = 20_000


def sign_in(page, address, user):
    """Give the browser a session of the user, as the form would."""
    session = SessionStore()
    session["_auth_user_id"] = str(user.pk)
    session["_auth_user_backend"] = "django.contrib.auth.backends.ModelBackend"
    session["_auth_user_hash"] = user.get_session_auth_hash()
    session.save()
    page.context.clear_cookies()
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session.session_key, "url": address}]
    )


def test_a_target_is_divided_reconciled_live_and_read_from_the_vision(
    transactional_db, live_server, page, pictures, monkeypatch
):
    monkeypatch.setitem(os.environ, "SAMPLE_TODAY", "2027-01-13")
    place = tree()
    eyes = Eyes(page, pictures, live_server.url)
    sign_in(page, live_server.url, place.office)
    page = eyes.visit(f"/desk/kpis/cascade/{place.top.code}/?year=2570", "cascade-province")
    check = page.locator(f"#recon-{place.top.pk}")
    expect(check).to_contain_text("เป้าหมายลงตัว")

    # One cell changes: the difference is said beside it before anything is saved.
    cell = page.locator(f"#value_1-{place.first.pk}")
    cell.fill("๒๕")
    cell.press("Tab")
    expect(check).to_contain_text("−5", timeout=PATIENCE)
    expect(check).to_contain_text("เป้าหมายไม่ลงตัว")
    assert Target.objects.get(kpi=place.first, quarter=1).value == 30

    # Percents divide every quarter; saving keeps them, and the step adds up again.
    step = page.locator(f"#step-{place.top.pk}")
    step.get_by_label("วิธีแบ่ง").select_option("percent")
    step.locator(f"#share-{place.first.pk}").fill("50")
    step.locator(f"#share-{place.second.pk}").fill("50")
    step.get_by_role("button", name="คำนวณลงช่อง").click()
    expect(page.locator(f"#value_1-{place.first.pk}")).to_have_value("20")
    page.locator(f"#step-{place.top.pk}").get_by_role("button", name="บันทึกการถ่ายทอด").click()
    expect(page.locator("main")).to_contain_text("เป้าหมายลงตัว")
    page.wait_for_load_state()
    assert {t.value for t in Target.objects.filter(kpi__in=[place.first, place.second])} == {20}

    # The line above the posts divides on to people; the vacant one is said to be vacant.
    sign_in(page, live_server.url, place.boss)
    eyes.visit(f"/desk/kpis/cascade/{place.top.code}/?year=2570", "cascade-people")
    expect(page.locator("main")).to_contain_text("ตำแหน่งว่าง")
    below = page.locator(f"#step-{place.first.pk}")
    below.get_by_role("button", name="คำนวณลงช่อง").click()
    below = page.locator(f"#step-{place.first.pk}")
    below.get_by_role("button", name="บันทึกการถ่ายทอด").click()
    page.wait_for_load_state()
    assert {t.value for t in Target.objects.filter(kpi__in=place.people)} == {10}

    eyes.visit(f"/line-of-sight/?kpi={place.people[0].code}", "sight-up")
    expect(page.locator("main")).to_contain_text("สิ่งที่ทำขยับสิ่งเหล่านี้")
    eyes.visit("/line-of-sight/?view=outline", "sight-outline")
    eyes.visit(f"/desk/kpis/scorecards/{place.people[0].scorecard_id}/edit/", "scorecard-edit")
    assert not eyes.faults, "\n".join(eyes.faults)
