"""Resolutions: who may write, until when, how they end, and who sees them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Role
from accounts.rules import standing_of
from audit.models import Event
from common.refusal import Refused
from meetings.actions import (
    NewResolution,
    StatedMeeting,
    add_resolution,
    close_resolution,
    record_meeting,
    report_resolution,
)
from meetings.models import Committee, Meeting, Resolution
from tests.factories import NOON, TODAY, AgencyFactory, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    return AgencyFactory()


@pytest.fixture
def strategist():
    return person(Role.STRATEGIST)


@pytest.fixture
def meeting(strategist):
    committee = Committee.objects.create(code="BOARD", name_th="คณะกรมการจังหวัด")
    return record_meeting(
        committee=committee,
        meeting=StatedMeeting(number=12, year=2569, held_date=TODAY - timedelta(days=20)),
        by=strategist,
        at=NOON,
    )


@pytest.fixture
def resolution(meeting, owner, strategist):
    return add_resolution(
        meeting=meeting,
        resolution=NewResolution("ติดเครื่องวัดฝุ่น", owner, TODAY - timedelta(days=2)),
        by=strategist,
        at=NOON,
    )


def test_a_meeting_is_recorded_once(meeting, strategist):
    with pytest.raises(Refused) as refused:
        record_meeting(
            committee=meeting.committee,
            meeting=StatedMeeting(12, 2569, TODAY),
            by=strategist,
            at=NOON,
        )
    assert refused.value.code == "meeting_there"
    assert Event.objects.filter(verb="meetings.meeting.recorded").count() == 1


def test_a_resolution_gets_the_next_number_and_is_logged(meeting, resolution, owner):
    second = add_resolution(
        meeting=meeting, resolution=NewResolution("อีกข้อ", owner, TODAY), by=None, at=NOON
    )
    assert (resolution.number, second.number) == (1, 2)
    event = Event.objects.filter(verb="meetings.resolution.added").earliest("pk")
    assert event.agency_code == owner.code


@pytest.mark.parametrize(
    ("text", "days", "code"), [(" ", 1, "no_text"), ("ข้อ", -30, "due_before_meeting")]
)
def test_a_resolution_needs_a_text_and_a_day_after_the_meeting(
    meeting, owner, strategist, text, days, code
):
    with pytest.raises(Refused) as refused:
        add_resolution(
            meeting=meeting,
            resolution=NewResolution(text, owner, TODAY + timedelta(days=days)),
            by=strategist,
            at=NOON,
        )
    assert refused.value.code == code
    assert not Resolution.objects.exists()


def test_a_resolution_without_an_owner_is_refused_by_verb_and_page(client, meeting, strategist):
    with pytest.raises(Refused, match="เลือกหน่วยงานเจ้าภาพของข้อสั่งการ"):
        add_resolution(
            meeting=meeting, resolution=NewResolution("ข้อ", None, TODAY), by=strategist, at=NOON
        )
    client.force_login(strategist)
    page = reverse("meetings:meeting-detail", args=[meeting.pk])
    answer = client.post(page, {"text_th": "ติดเครื่องวัดฝุ่น", "owner": "", "due_date": "20 ม.ค. 70"})
    assert answer.status_code == 422
    body = answer.content.decode()
    assert "เลือกหน่วยงานเจ้าภาพของข้อสั่งการ" in body
    assert "ติดเครื่องวัดฝุ่น" in body
    assert not Resolution.objects.exists()


@pytest.mark.parametrize(
    ("role", "own", "adds", "closes", "reports"),
    [
        (Role.STRATEGIST, False, True, True, True),
        (Role.GOVERNOR, False, True, True, True),
        (Role.APPROVER, True, False, True, True),
        (Role.APPROVER, False, False, False, False),
        (Role.REPORTER, True, False, False, True),
        (Role.VIEWER, False, False, False, False),
    ],
)
def test_who_may_add_close_and_report(meeting, resolution, owner, role, own, adds, closes, reports):
    someone = person(role, owner if own else None)

    def allowed(verb, **given):
        try:
            verb(by=someone, at=NOON, **given)
        except Refused as refused:
            return refused.code not in ("not_secretary", "not_yours")
        return True

    assert allowed(report_resolution, resolution=resolution, progress_th="ถึงไหนแล้ว") is reports
    another = NewResolution("อีกข้อ", owner, TODAY)
    assert allowed(add_resolution, meeting=meeting, resolution=another) is adds
    assert allowed(close_resolution, resolution=resolution, state=Resolution.State.DONE) is closes


def test_closing_stamps_and_logs_and_happens_once(resolution, strategist):
    stale = Resolution.objects.get()
    closed = close_resolution(
        resolution=resolution, state=Resolution.State.DONE, by=strategist, at=NOON, note="ครบ"
    )
    assert (closed.closed_by, closed.closed_at, closed.progress_th) == (strategist, NOON, "ครบ")
    assert Event.objects.get(verb="meetings.resolution.closed").after == {"state": "done"}
    with pytest.raises(Refused) as refused:
        close_resolution(resolution=stale, state=Resolution.State.DONE, by=strategist, at=NOON)
    assert refused.value.code == "changed_meanwhile"
    with pytest.raises(Refused) as refused:
        close_resolution(resolution=closed, state=Resolution.State.DONE, by=strategist, at=NOON)
    assert refused.value.code == "not_yours"
    for late, code in ((stale, "closed"), (closed, "not_yours")):
        with pytest.raises(Refused) as refused:
            report_resolution(resolution=late, progress_th="ช้า", by=strategist, at=NOON)
        assert refused.value.code == code


def test_dropping_needs_a_reason_and_an_end_is_not_open(resolution, strategist):
    for state, code in (("dropped", "no_reason"), ("open", "no_end")):
        with pytest.raises(Refused) as refused:
            close_resolution(
                resolution=resolution, state=Resolution.State(state), by=strategist, at=NOON
            )
        assert refused.value.code == code


# ── The desk's pages ─────────────────────────────────────────────────────────
@pytest.fixture
def clock_stands(settings):
    settings.SAMPLE_TODAY = TODAY.isoformat()


def signed_in(user):
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_strategy_office_adds_and_closes_in_the_browser(
    clock_stands, meeting, resolution, owner, strategist
):
    client = signed_in(strategist)
    page = client.get("/desk/meetings/").content.decode()
    assert "ติดเครื่องวัดฝุ่น" in page
    assert "เลยกำหนด" in page
    address = f"/desk/meetings/{meeting.pk}/"
    given = {"text_th": "ข้อใหม่", "owner": owner.pk, "due_date": TODAY.isoformat()}
    assert client.post(address, given).status_code == 302
    early = client.post(address, given | {"due_date": "2026-01-01"})
    assert early.status_code == 409
    assert "ข้อใหม่" in early.content.decode()
    no_owner = client.post(address, {"text_th": "ไม่มีเจ้าภาพ", "due_date": TODAY.isoformat()})
    assert no_owner.status_code == 422
    assert "เลือกหน่วยงานเจ้าภาพของข้อสั่งการ" in no_owner.content.decode()
    assert "ไม่มีเจ้าภาพ" in no_owner.content.decode()
    closing = f"/desk/resolutions/{resolution.pk}/close/"
    client.post(closing, {"state": "?"})
    assert Resolution.objects.get(pk=resolution.pk).state == "open"
    assert client.post(closing, {"state": "done", "note": ""}).status_code == 302
    assert Resolution.objects.get(pk=resolution.pk).state == "done"
    assert client.post(closing, {"state": "done", "note": ""}).status_code == 409


def test_another_agency_sees_nothing_and_a_person_without_a_role_no_page(
    clock_stands, meeting, resolution
):
    other = person(Role.APPROVER)
    client = signed_in(other)
    assert client.get(f"/desk/meetings/{meeting.pk}/").status_code == 404
    assert client.post(f"/desk/resolutions/{resolution.pk}/close/").status_code == 404
    assert "ติดเครื่องวัดฝุ่น" not in client.get("/desk/meetings/").content.decode()
    other.memberships.all().delete()
    assert client.get("/desk/meetings/").status_code == 404
    assert Client().get("/desk/meetings/").status_code == 302


def test_the_list_costs_the_same_for_one_meeting_or_ten(
    clock_stands, meeting, resolution, owner, strategist
):
    client = signed_in(strategist)
    client.get("/desk/meetings/")
    with CaptureQueriesContext(connection) as few:
        client.get("/desk/meetings/")
    for number in range(1, 10):
        more = record_meeting(
            committee=meeting.committee,
            meeting=StatedMeeting(number, 2570, TODAY),
            by=strategist,
            at=NOON,
        )
        add_resolution(
            meeting=more, resolution=NewResolution("ข้อ", owner, TODAY), by=strategist, at=NOON
        )
    with CaptureQueriesContext(connection) as many:
        client.get("/desk/meetings/")
    assert len(many) == len(few)


def test_an_agency_reads_the_meetings_that_asked_it(meeting, resolution, owner):
    head = standing_of(person(Role.APPROVER, owner), TODAY)
    assert list(Meeting.objects.visible_to(head)) == [meeting]
    assert list(Resolution.objects.visible_to(head).overdue(TODAY)) == [resolution]
