"""Monthly progress where a year asks for it, and what a year asks of progress."""

from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image
from rest_framework.test import APIClient

from accounts.models import Role
from common.clock import ZONE
from common.refusal import Refused
from pages.actions import VERBS
from projects.actions import (
    approve_month_progress,
    return_month_progress,
    save_month_progress,
    set_progress_settings,
    submit_month_progress,
)
from projects.actions.settings import ProgressSettings
from projects.dues import due_for, waiting_for
from projects.models import MonthlyProgress, ProjectFigure, ProjectFile
from projects.rollups import limits_of, mismatch_limits_of
from projects.rules import asks_months
from projects.scoring import expected_finish
from submissions.models import FiscalYear, Month, PeriodState
from tests.factories import NOON, person, quarter_of, set_state
from tests.projects.factories import project_with

pytestmark = pytest.mark.django_db
D = Decimal
USUAL = {"behind": D(-5), "critical": D(-15), "money_ahead": D(30), "delivery_ahead": D(50)}


@pytest.fixture(autouse=True)
def _noon(time_machine_noon):
    """All pages are read at noon of a working day after the quarter."""


@pytest.fixture
def scene():
    project, activities = project_with(3, 1)
    quarter_of(2570, 1)
    year = FiscalYear.objects.get(year=2570)
    settings = ProgressSettings(**USUAL, monthly=True)
    set_progress_settings(year=year, settings=settings, by=person(Role.STRATEGIST), at=NOON)
    month = Month.objects.select_related("fiscal_year").get(fiscal_year=2570, number=2)
    set_state(month, PeriodState.OPEN)
    month.fiscal_year.refresh_from_db()
    return (
        project,
        activities,
        person(Role.REPORTER, project.host_agency),
        person(Role.APPROVER, project.host_agency),
        month,
    )


def saved(scene, first="10", second="20", **more):
    project, activities, reporter, _head, month = scene
    percents = {activities[0].pk: D(first), activities[1].pk: D(second)}
    return save_month_progress(
        project=project, month=month, activities=percents, by=reporter, at=NOON, **more
    )


def test_a_month_goes_its_way_and_moves_the_quarters_figure(scene, work_off_jobs):
    report = submit_month_progress(report=saved(scene), by=scene[2], at=NOON)
    with pytest.raises(Refused):
        approve_month_progress(entries=[report], by=scene[2], at=NOON)
    approve_month_progress(entries=[report], by=scene[3], at=NOON)
    work_off_jobs()
    figure = ProjectFigure.objects.get(project=scene[0], quarter__number=1)
    # (3 × 10 + 1 × 20) / 4, carried from the end of November.
    assert (figure.delivered, figure.as_of_date) == (D("12.5"), date(2026, 11, 30))
    return_month_progress(
        entries=[MonthlyProgress.objects.get()], reason="ตรวจใหม่", by=scene[3], at=NOON
    )
    work_off_jobs()
    figure.refresh_from_db()
    assert figure.delivered is None


def test_what_is_missing_or_falls_is_said(scene):
    project, activities, reporter, head, month = scene
    report = save_month_progress(
        project=project, month=month, activities={activities[0].pk: D(10)}, by=reporter, at=NOON
    )
    with pytest.raises(Refused, match="ยังไม่ได้กรอกร้อยละของกิจกรรมที่ 2"):
        submit_month_progress(report=report, by=reporter, at=NOON)
    october = Month.objects.select_related("fiscal_year").get(fiscal_year=2570, number=1)
    set_state(october, PeriodState.OPEN)
    earlier = save_month_progress(
        project=project,
        month=october,
        activities={a.pk: D(30) for a in activities},
        by=reporter,
        at=NOON,
    )
    approve_month_progress(
        entries=[submit_month_progress(report=earlier, by=reporter, at=NOON)], by=head, at=NOON
    )
    report = saved(scene, version=report.version)
    with pytest.raises(Refused, match="ต่ำกว่าที่รายงานไว้ครั้งก่อน"):
        submit_month_progress(report=report, by=reporter, at=NOON)
    report = saved(scene, words={"note": "นับซ้ำ"})
    assert submit_month_progress(report=report, by=reporter, at=NOON).status == "submitted"


@pytest.mark.parametrize(
    ("number", "monthly", "at", "said"),
    [
        (3, True, NOON, "เดือนสิ้นไตรมาส"),
        (2, False, NOON, "ไม่ต้องรายงานรายเดือน"),
        (2, True, datetime(2026, 10, 5, 9, tzinfo=ZONE), "ยังไม่เริ่ม"),
    ],
)
def test_a_month_that_is_not_asked_for_is_refused(scene, number, monthly, at, said):
    project, _activities, reporter, _head, _month = scene
    year = FiscalYear.objects.get(year=2570)
    settings = ProgressSettings(**USUAL, monthly=monthly)
    set_progress_settings(year=year, settings=settings, by=person(Role.STRATEGIST), at=NOON)
    month = Month.objects.select_related("fiscal_year").get(fiscal_year=2570, number=number)
    set_state(month, PeriodState.OPEN)
    with pytest.raises(Refused, match=said):
        save_month_progress(project=project, month=month, by=reporter, at=at)


def test_a_stale_page_is_refused(scene):
    saved(scene)
    with pytest.raises(Refused):
        saved(scene, first="99", version=0)


def test_a_month_is_due_and_then_waits_for_a_signature(scene):
    keys = {due.period_key for due in due_for(scene[2], NOON)}
    assert "2570-m02" in keys
    submit_month_progress(report=saved(scene), by=scene[2], at=NOON)
    [waiting] = [w for w in waiting_for(scene[3], NOON) if w.kind == "projects.month"]
    assert (waiting.current, waiting.why_not) == ("12.50", None)
    assert VERBS["projects.month"].model is MonthlyProgress


def test_the_page_of_a_month_is_typed_sent_and_signed(client, scene):
    project, activities, reporter, head, _month = scene
    address = reverse("projects:month-form", args=[project.code, 2570, 2])
    client.force_login(reporter)
    assert client.get(address).status_code == 200
    typed = {"version": 0, f"percent-{activities[0].pk}": "๑๐", f"percent-{activities[1].pk}": "x"}
    wrong = client.post(address, typed)
    assert wrong.status_code == 422
    assert "๑๐" in wrong.content.decode()
    typed[f"percent-{activities[1].pk}"] = "20"
    assert client.post(address, typed).status_code == 302
    assert client.post(address, typed).status_code == 409  # drawn before it was saved
    sent = typed | {"version": 1, "action": "submit"}
    assert client.post(address, sent).status_code == 302
    client.force_login(head)
    assert client.post(address, {"action": "return", "reason": " "}).status_code == 409
    assert client.post(address, {"action": "approve"}).status_code == 302
    assert MonthlyProgress.objects.get().status == "approved"


# ── What a year asks ─────────────────────────────────────────────────────────
def test_bounds_are_data_of_the_year_and_move_standings(scene, work_off_jobs):
    year = FiscalYear.objects.get(year=2570)
    settings = ProgressSettings(D(-1), D(-2), D(10), D(20), monthly=False)
    set_progress_settings(year=year, settings=settings, by=person(Role.STRATEGIST), at=NOON)
    year.refresh_from_db()
    assert (limits_of(year).critical, mismatch_limits_of(year).money_ahead) == (D(-2), D(10))
    assert not asks_months(year)
    with pytest.raises(Refused, match="ต้องต่ำกว่า"):
        set_progress_settings(
            year=year,
            settings=ProgressSettings(D(-15), D(-5), D(30), D(50), monthly=False),
            by=person(Role.STRATEGIST),
            at=NOON,
        )
    with pytest.raises(Refused):
        set_progress_settings(year=year, settings=settings, by=scene[2], at=NOON)


def test_the_strategy_office_sets_the_bounds_on_a_page(client, scene):
    address = reverse("projects:progress-settings", args=[2570])
    client.force_login(scene[2])
    assert client.get(address).status_code == 404
    client.force_login(person(Role.STRATEGIST))
    assert client.get(address).status_code == 200
    typed = {"behind": "-4", "critical": "-12", "money_ahead": "25", "delivery_ahead": "45"}
    assert client.post(address, typed | {"behind": ""}).status_code == 422
    assert client.post(address, typed | {"behind": "-40"}).status_code == 409
    assert client.post(address, typed).status_code == 302
    assert limits_of(FiscalYear.objects.get(year=2570)).behind == D(-4)


# ── The expected finish and the report's photos ──────────────────────────────
def test_an_expected_finish_names_the_points_it_was_taken_from():
    points = [(date(2026, 10, 1), D(0)), (date(2026, 12, 31), D(20)), (date(2027, 3, 31), D(40))]
    assert expected_finish(points).used == tuple(points)
    assert expected_finish(points[:2]).used == tuple(points[:2])


def test_a_reports_photo_is_added_on_its_page_and_must_be_one(client, scene):
    project, _activities, reporter, _head, _month = scene
    client.force_login(reporter)
    address = reverse("projects:photo-add", args=[project.code, 2570, 1])
    written = BytesIO()
    Image.new("RGB", (20, 20)).save(written, "PNG")
    good = SimpleUploadedFile("งาน.png", written.getvalue(), "image/png")
    client.post(address, {"file": good, "caption_th": "เทพื้น"})
    assert ProjectFile.objects.get().quarter.number == 1
    fake = SimpleUploadedFile("งาน.png", b"GIF89a", "image/png")
    answer = client.post(address, {"file": fake, "caption_th": "เทพื้น"}, follow=True)
    assert "เนื้อไฟล์ไม่ตรงกับนามสกุล" in answer.content.decode()
    pdf = SimpleUploadedFile("งาน.pdf", b"%PDF-1.4\n%%EOF", "application/pdf")
    answer = client.post(address, {"file": pdf, "caption_th": "เทพื้น"}, follow=True)
    assert "ไฟล์นี้ไม่ใช่ภาพ" in answer.content.decode()
    assert "เทพื้น" in answer.content.decode()
    assert ProjectFile.objects.count() == 1


def test_the_api_takes_a_month_its_whole_way(scene):
    _project, activities, reporter, head, month = scene

    def caller(user):
        client = APIClient()
        client.force_authenticate(user)
        return client

    at = "/api/v1/monthly-progress/"
    given = {
        "project": activities[0].project.code,
        "fiscal_year": 2570,
        "month": month.number,
        "version": 0,
        "narrative_th": "ตามแผน",
        "activities": [{"activity": each.pk, "percent": "10"} for each in activities],
    }
    mine, boss = caller(reporter), caller(head)
    made = mine.post(at, given, format="json")
    assert made.status_code == 201
    body = made.json()
    assert (body["month"], body["status"], body["narrative_th"]) == (2, "draft", "ตามแผน")
    assert [each["percent"] for each in body["activities"]] == ["10.0000", "10.0000"]
    one = f"{at}{body['id']}/"
    assert mine.post(at, given, format="json").json()["code"] == "changed_meanwhile"
    assert mine.post(f"{one}submit/").json()["status"] == "submitted"
    back = boss.post(f"{one}return/", {"reason": "ภาพไม่ชัด"}, format="json")
    assert (back.json()["status"], back.json()["return_reason"]) == ("returned", "ภาพไม่ชัด")
    assert mine.post(f"{one}submit/").status_code == 200
    assert boss.post(f"{one}approve/").json()["status"] == "approved"
    assert [row["id"] for row in boss.get(at).json()["results"]] == [body["id"]]
    assert APIClient().get(at).json()["results"] == []
    assert APIClient().post(at, given, format="json").status_code in (401, 403)
    for change, field in (({"month": 13}, "month"), ({"fiscal_year": 2590}, "month")):
        answer = mine.post(at, given | change, format="json")
        assert (answer.status_code, list(answer.json())) == (400, [field])
