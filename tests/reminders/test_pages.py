"""What I am told, the calendar, LINE's calls, the log, the days as data."""

import base64
import hashlib
import hmac
import json
from datetime import date, timedelta

import icalendar
import pytest
import time_machine
from django.urls import reverse

from accounts.models import Role, User
from audit.models import Event
from reminders import actions
from reminders.models import CalendarFeed, DayOff, LadderDay, LineLink, Reminder, Snooze
from reminders.rules import why_not_read_log
from submissions.rules import standing_of
from tests.factories import NOON, TODAY, UserFactory, person
from tests.reminders.test_delivery import letter

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def desk(client, reporter, kpi):
    client.force_login(reporter)
    return client


MINE = "/desk/reminders/mine/"


# ── My reminders ─────────────────────────────────────────────────────────────
def test_i_see_what_i_owe_when_i_am_told_next_and_where(desk, reporter, kpi):
    page = desk.get(MINE)
    [line] = page.context["own"]
    assert line.asked.due.code == kpi.code
    # The deadline's own day; three days before it has passed.
    assert line.next_date == date(2027, 1, 15)
    assert reporter.email in page.content.decode()


def test_i_put_off_with_a_reason_and_come_back(desk, reporter, kpi):
    [line] = desk.get(MINE).context["own"]
    sent = {"due": line.key, "until_date": "20 ม.ค. 70", "reason": "รอผลตรวจน้ำ"}
    add = reverse("reminders:snooze-add")
    wrong = desk.post(add, sent | {"until_date": "20 มี.ค. 70"})
    assert wrong.status_code == 409
    assert "ไม่เกิน 14 วัน" in wrong.content.decode()
    assert "รอผลตรวจน้ำ" in wrong.content.decode()
    assert desk.post(add, sent | {"reason": ""}).status_code == 422
    assert desk.post(add, sent | {"due": "kpi.result|0|2570-q1"}).status_code == 404
    assert desk.post(add, sent).status_code == 302
    [line] = desk.get(MINE).context["own"]
    assert line.next_date == date(2027, 1, 20)
    assert Event.objects.get(verb="reminders.snoozed").reason == "รอผลตรวจน้ำ"
    end = reverse("reminders:snooze-end", args=[Snooze.objects.get().pk])
    assert desk.post(end).status_code == 302
    assert not Snooze.objects.exists()


def test_anothers_putting_off_is_not_found(desk):
    row = Snooze.objects.create(
        user=UserFactory(),
        kind="kpi.result",
        subject_id=1,
        period_key="x",
        until_date=TODAY,
        reason="รอ",
        made_at=NOON,
    )
    assert desk.post(reverse("reminders:snooze-end", args=[row.pk])).status_code == 404


def test_a_head_sees_what_will_climb_to_him(client, agency, reporter, kpi):
    client.force_login(person(Role.APPROVER, agency))
    context = client.get(MINE).context
    assert context["own"] == []
    assert [line.next_date for line in context["below"]] == [date(2027, 1, 18)]


# ── The calendar ─────────────────────────────────────────────────────────────
def secret_of(answer) -> str:
    return answer.context["calendar_address"].removeprefix("http://testserver")


def test_the_calendar_is_read_under_a_secret_address_until_it_is_revoked(desk, client, kpi):
    answer = desk.post(reverse("reminders:calendar-open"))
    address = answer.context["calendar_address"]
    assert answer.status_code == 200
    path = "/calendar/" + address.rpartition("/calendar/")[2]
    secret = path.removeprefix("/calendar/").removesuffix(".ics")
    # Only its digest is kept.
    assert secret not in str(list(CalendarFeed.objects.values()))
    client.logout()
    feed = client.get(path)
    assert feed["Content-Type"].startswith("text/calendar")
    calendar = icalendar.Calendar.from_ical(feed.content)
    [event] = calendar.walk("VEVENT")
    assert event.decoded("dtstart") == date(2027, 1, 15)
    assert kpi.code in event["summary"]
    assert event["uid"] == f"kpi.result-{kpi.pk}-2570-q1@sakhon-portal"
    assert event["url"].startswith("http")
    assert client.get("/calendar/wrong.ics").status_code == 404


def test_a_new_address_ends_the_old_one_and_revoking_ends_all(desk, reporter):
    first = actions.open_calendar(by=reporter, at=NOON)
    second = actions.open_calendar(by=reporter, at=NOON)

    def status(secret):
        return desk.get(reverse("reminders:calendar-feed", args=[secret])).status_code

    assert (status(first), status(second)) == (404, 200)
    assert desk.post(reverse("reminders:calendar-revoke")).status_code == 302
    assert status(second) == 404
    assert desk.post(reverse("reminders:calendar-revoke")).status_code == 409


def test_the_calendar_of_who_left_is_not_found(client, reporter):
    secret = actions.open_calendar(by=reporter, at=NOON)
    User.objects.filter(pk=reporter.pk).update(is_active=False)
    assert client.get(reverse("reminders:calendar-feed", args=[secret])).status_code == 404


# ── LINE's calls ─────────────────────────────────────────────────────────────
@pytest.fixture
def line_settings(settings):
    settings.LINE_CHANNEL_TOKEN = "token"
    settings.LINE_CHANNEL_SECRET = "secret"
    settings.LINE_ACCOUNT = "@sakhon"


def call(client, events, secret="secret"):
    body = json.dumps({"events": events}).encode()
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    return client.post(
        "/line/webhook/",
        body,
        content_type="application/json",
        headers={"X-Line-Signature": base64.b64encode(digest).decode()},
    ).status_code


def said(text, account="U1"):
    return {
        "type": "message",
        "source": {"type": "user", "userId": account},
        "message": {"type": "text", "text": text},
    }


def test_a_code_that_was_sent_back_links_the_account(desk, reporter, line_settings):
    assert desk.post(reverse("reminders:line-ask")).status_code == 302
    code = desk.get(MINE).context["code"]
    assert code in desk.get(MINE).content.decode()
    odd = [{}, 1, said("สวัสดี"), said(code) | {"source": {"type": "group"}}]
    assert call(desk, odd) == 200
    assert call(desk, [said(code)], secret="other") == 403
    assert LineLink.objects.get().line_user_id is None
    assert call(desk, [said(code.lower())]) == 200
    assert LineLink.objects.get().line_user_id == "U1"
    # The code is used up.
    assert call(desk, [said(code, "U2")]) == 200
    assert LineLink.objects.get().line_user_id == "U1"
    assert desk.post(reverse("reminders:line-unlink")).status_code == 302
    assert LineLink.objects.get().line_user_id is None
    assert desk.post(reverse("reminders:line-unlink")).status_code == 409


def test_a_code_is_good_for_half_an_hour(desk, reporter, line_settings):
    code = actions.ask_line_code(by=reporter, at=NOON - timedelta(minutes=31))
    assert desk.get(MINE).context["code"] == ""
    call(desk, [said(code)])
    assert LineLink.objects.get().line_user_id is None


def test_an_account_is_linked_to_one_person(desk, reporter, line_settings):
    LineLink.objects.create(user=UserFactory(), line_user_id="U1", linked_at=NOON)
    code = actions.ask_line_code(by=reporter, at=NOON)
    call(desk, [said(code)])
    assert LineLink.objects.get(user=reporter).line_user_id is None


def test_a_portal_without_line_offers_none_of_it(desk, settings):
    assert "LINE" not in desk.get(MINE).content.decode()
    assert desk.post(reverse("reminders:line-ask")).status_code == 404
    assert call(desk, []) == 404
    settings.LINE_CHANNEL_SECRET = "secret"
    body = b"[]"
    digest = hmac.new(b"secret", body, hashlib.sha256).digest()
    signed = {"X-Line-Signature": base64.b64encode(digest).decode()}
    answer = desk.post("/line/webhook/", body, content_type="application/json", headers=signed)
    assert answer.status_code == 400


# ── The log ──────────────────────────────────────────────────────────────────
def test_the_log_is_for_those_who_chase_and_those_who_audit(db):
    readers = {role for role in Role if why_not_read_log(standing_of(person(role), TODAY)) is None}
    assert readers == {Role.STRATEGIST, Role.VIEWER, Role.GOVERNOR}


def test_others_are_kept_out_of_the_log(client):
    client.force_login(person(Role.REPORTER))
    assert client.get(reverse("reminders:reminder-list")).status_code == 403


def test_the_log_is_searched_and_filtered_by_its_address(client):
    client.force_login(person(Role.STRATEGIST))
    page = reverse("reminders:reminder-list")
    first = letter(subject="รายงานไตรมาส", user=UserFactory(full_name_th="สมหญิง ปลาทู"))
    letter(state="failed", channel="line")

    def listed(**asked):
        return list(client.get(page, asked).context["page"].object_list)

    assert len(listed()) == 2
    assert listed(q="ปลาทู") == [first]
    assert listed(state="waiting") == [first]
    assert listed(channel="email") == [first]
    assert len(listed(state="odd")) == 2
    assert listed(q="ไม่มี") == []
    assert "สมหญิง ปลาทู" in client.get(page).content.decode()
    assert str(first) == f"{first.user_id} {first.occasion}"


def test_a_failed_letter_is_sent_again_by_the_office(client, work_off_jobs):
    failed, waiting = letter(state="failed", attempts=5), letter()
    retry = reverse("reminders:reminder-retry", args=[failed.pk])
    client.force_login(person(Role.GOVERNOR))
    assert client.post(retry).status_code == 409
    client.force_login(person(Role.STRATEGIST))
    assert client.post(retry).status_code == 302
    assert client.post(reverse("reminders:reminder-retry", args=[waiting.pk])).status_code == 409
    work_off_jobs()
    failed.refresh_from_db()
    assert failed.state == "sent"
    nowhere = letter(state="failed", address="")
    assert client.post(reverse("reminders:reminder-retry", args=[nowhere.pk])).status_code == 409


def test_the_log_costs_the_same_for_one_letter_or_ten(
    client, django_assert_num_queries, django_assert_max_num_queries
):
    client.force_login(person(Role.VIEWER))
    page = reverse("reminders:reminder-list")
    letter()
    client.get(page)
    with django_assert_max_num_queries(12) as few:
        client.get(page)
    for _number in range(9):
        letter()
    with django_assert_num_queries(len(few)):
        client.get(page)


def test_reminders_are_read_only_in_the_admin(client):
    client.force_login(UserFactory(is_superuser=True, is_staff=True))
    row = letter()
    for name in ("reminder", "ladderday", "dayoff", "snooze", "linelink", "calendarfeed"):
        assert client.get(f"/admin/reminders/{name}/").status_code == 200
        assert client.get(f"/admin/reminders/{name}/add/").status_code == 403
    assert client.post(f"/admin/reminders/reminder/{row.pk}/delete/").status_code == 403
    assert User.objects.filter(pk=row.user_id).exists()
    assert Reminder.objects.filter(pk=row.pk).exists()


# ── The days as data ─────────────────────────────────────────────────────────
RULES = "/desk/reminders/rules/"


def test_the_days_of_the_ladder_are_set_for_the_year(client, kpi):
    client.force_login(person(Role.STRATEGIST))
    assert "ค่าตั้งต้น" in client.get(RULES).content.decode()
    sent = {"owner": "-5 0, 2", "head": "3", "governor": ""}
    for wrong, status in (({"owner": ""}, 422), ({"owner": "สาม"}, 422), ({"head": "99"}, 409)):
        answer = client.post(RULES, sent | wrong)
        assert answer.status_code == status
    assert client.post(RULES, sent).status_code == 302
    assert LadderDay.objects.of_year(2570) == {
        "owner": {-5, 0, 2},
        "head": {3},
        "governor": frozenset(),
    }
    assert "-5, 0, 2" in client.get(RULES).content.decode()
    client.force_login(person(Role.GOVERNOR))
    assert client.post(RULES, sent).status_code == 409


def test_days_off_are_added_and_taken_away(client, kpi):
    client.force_login(person(Role.STRATEGIST))
    page = reverse("reminders:day-off-set")
    sent = {"day": "31 ม.ค. 70", "name_th": "วันหยุดพิเศษ", "source": "มติ ครม. 5 ม.ค. 70"}
    assert client.post(page, sent | {"source": ""}).status_code == 422
    assert client.post(page, sent).status_code == 302
    shown = client.get(RULES).content.decode()
    assert "วันหยุดพิเศษ" in shown
    assert "ปีใหม่" in shown
    remove = reverse("reminders:day-off-remove", args=[DayOff.objects.get().pk])
    assert client.post(remove).status_code == 302
    assert not DayOff.objects.exists()
    client.force_login(person(Role.VIEWER))
    assert client.post(page, sent).status_code == 409
