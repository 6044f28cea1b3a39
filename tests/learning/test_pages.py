"""Pages and API: who sees what, what is logged, and an officer who completes the rule in Chromium."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from audit.models import Event
from learning.actions import RecordEntry, add_records, confirm_records
from learning.models import Course, Goal, Programme, Record, Rule
from tests.factories import NOON
from tests.learning.conftest import COMPLETED, YEAR
from tests.main_job.eyes import Eyes
from tests.reports.factories import IssueFactory

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"
MINE = "/desk/learning/"


def signed_in(user):
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def add(place, course):
    return add_records(
        entries=[RecordEntry(place.officer, course, COMPLETED)], by=place.officer, at=NOON
    )


def test_bad_input_is_named_and_kept(place):
    client = signed_in(place.officer)
    answer = client.post(MINE, {"course": "", "completed_date": "เมื่อวาน", "note": "ที่พิมพ์ไว้"})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "อ่านวันที่ไม่ได้" in text
    assert "ที่พิมพ์ไว้" in text
    typed = {"course": place.digital.pk, "completed_date": "๑๒ พ.ย. ๖๙"}
    bad = SimpleUploadedFile("ใบ.pdf", b"not a pdf")
    answer = client.post(MINE, {**typed, "certificate": bad})
    assert answer.status_code == 409
    assert "ไม่ตรงกับนามสกุล" in answer.content.decode()
    assert not Record.objects.exists()
    assert client.post(MINE, typed).status_code == 302
    assert Record.objects.get().completed_date == COMPLETED
    answer = client.post(MINE, typed)
    assert (answer.status_code, Record.objects.count()) == (409, 1)


def test_goals_and_the_rule_of_each_year_are_taken_away_by_staff(place):
    first = IssueFactory(code="1")
    issues = [IssueFactory(code="2", edition=first.edition), first]
    Goal.objects.create(code="G1", name_th="=ข้าราชการเก่งดิจิทัล").issues.set(issues)
    Rule.objects.create(year=YEAR + 1, basis="calendar", courses_least=3, digital_least=0)
    client, url = signed_in(place.officer), reverse("learning:overview")

    def records(name):
        answer = client.get(url, {"list": name, "download": "json"})
        return json.loads(answer.getvalue())

    page = client.get(url).content.decode()
    assert all(f"list={name}&amp;download=csv" in page for name in ("goals", "rules"))
    [goal] = [each for each in records("goals") if each["code"] == "G1"]
    assert (goal["name_th"], goal["issues"]) == ("=ข้าราชการเก่งดิจิทัล", "1, 2")
    later, rule = records("rules")[:2]
    assert (rule["year"], rule["from_date"], rule["until_date"], rule["courses_least"]) == (
        YEAR, "2026-10-01", "2027-09-30", 2,
    )  # fmt: skip
    assert (later["year"], later["basis"], later["from_date"], later["digital_least"]) == (
        YEAR + 1, "calendar", "2028-01-01", 0,
    )  # fmt: skip
    assert later["kpi_code"] is None
    answer = Client().get(url, {"download": "json"})
    assert (answer.status_code, "Content-Disposition" in answer) == (302, False)


def test_looking_at_an_officer_is_logged_and_ones_own_page_is_not(place):
    [record] = add(place, place.digital)
    before = Event.objects.count()
    assert signed_in(place.officer).get(MINE).status_code == 200
    assert Event.objects.count() == before
    assert signed_in(place.head).get(f"{MINE}officers/{place.officer.pk}/").status_code == 200
    assert signed_in(place.hr).get(reverse("learning-record-list")).json()["count"] == 1
    assert signed_in(place.hr).get(f"{MINE}officers/{place.stranger.pk}/").status_code == 404
    seen = Event.objects.filter(verb="learning.records.viewed")
    assert [(event.actor_name, event.subject_id) for event in seen.order_by("pk")] == [
        (place.head.username, place.officer.pk),
        (place.hr.username, place.officer.pk),
    ]
    assert str(record.officer.username) not in signed_in(place.colleague).get(MINE).content.decode()


def test_the_list_filters_by_what_is_missing(place):
    for course in (place.digital, place.plain):
        confirm_records(entries=add(place, course), by=place.head, at=NOON)
    client = signed_in(place.hr)

    def names(show):
        page = client.get(f"{MINE}officers/", {"show": show})
        return {line.user for line in page.context["lines"]}

    assert names("") == {place.head, place.officer, place.colleague}
    assert names("met") == {place.officer}
    assert names("missing") == {place.head, place.colleague}
    assert names("waiting") == set()


def test_small_agencies_are_not_shown_apart_except_to_their_own_hr(place):
    shown = {
        line.agency.code: shown
        for line, shown in signed_in(place.strategist).get(f"{MINE}overview/").context["rows"]
    }
    assert shown == {"LRN": False, "OTH": False}
    shown = {
        line.agency.code: shown
        for line, shown in signed_in(place.hr).get(f"{MINE}overview/").context["rows"]
    }
    assert shown == {"LRN": True, "OTH": False}


def test_decisions_and_catalogue_by_their_pages(place):
    [record] = add(place, place.digital)
    head = signed_in(place.head)
    head.post(f"{MINE}records/{record.pk}/return/", {"reason": "วันไม่ตรง"})
    officer = signed_in(place.officer)
    assert "วันไม่ตรง" in officer.get(MINE).content.decode()
    address = f"{MINE}records/{record.pk}/"
    assert officer.get(address).status_code == 200
    assert officer.post(address, {"completed_date": "x"}).status_code == 422
    stale = {"version": "1", "completed_date": "12/11/2569"}
    assert officer.post(address, stale).status_code == 409
    version = Record.objects.get().version
    officer.post(address, {**stale, "version": str(version)})
    head.post(f"{address}confirm/")
    assert Record.objects.get().status == "approved"
    hr = signed_in(place.hr)
    course = {"code": "N1", "name_th": "ใหม่", "hours": "๖", "is_active": "on", "version": "0"}
    hr.post(f"{MINE}courses/", course)
    kept = Course.objects.get(code="N1")
    assert kept.hours == 6
    assert hr.post(f"{MINE}courses/", course).status_code == 409
    shown = hr.get(f"{MINE}courses/{kept.pk}/").content.decode()
    assert '<input type="hidden" name="version" value="1"' in shown
    newer = {**course, "name_th": "ใหม่กว่า", "version": "1"}
    hr.post(f"{MINE}courses/{kept.pk}/", newer)
    assert hr.post(f"{MINE}courses/{kept.pk}/", newer).status_code == 409
    training = {"code": "T9", "name_th": "อบรม", "version": "0", "local_attended": "0"}
    hr.post(f"{MINE}programmes/", training)
    programme = Programme.objects.get(code="T9")
    assert hr.get(f"{MINE}programmes/{programme.pk}/").status_code == 200
    hr.post(f"{MINE}programmes/{programme.pk}/", {**training, "version": "1", "name_th": "อบรม 2"})
    listed = hr.get(f"{MINE}programmes/").content.decode()
    assert "อบรม 2" in listed
    rule = {"basis": "fiscal", "courses_least": "3", "digital_least": "1", "version": "1"}
    hr.post(f"{MINE}rules/{YEAR}/", rule)
    assert Rule.objects.get(pk=YEAR).courses_least == 3
    assert hr.post(f"{MINE}rules/{YEAR}/", rule).status_code == 409
    assert hr.get(f"{MINE}rules/3000/").status_code == 404


def test_the_api_speaks_as_the_pages_do(place):
    officer = signed_in(place.officer)
    url = reverse("learning-record-list")
    typed = {"course": "D1", "completed_date": "2026-11-12"}
    made = officer.post(url, typed, content_type="application/json")
    assert (made.status_code, made.json()["status"]) == (201, "submitted")
    again = officer.post(url, typed, content_type="application/json")
    assert (again.status_code, "D1" in again.json()["detail"]) == (409, True)
    row = made.json()["id"]
    confirm = reverse("learning-record-confirm", args=[row])
    assert officer.post(confirm).status_code == 409
    assert signed_in(place.colleague).post(confirm).status_code == 404
    assert signed_in(place.hr).post(confirm).json()["status"] == "approved"
    other = {**typed, "course": "P1", "officer": place.officer.username}
    made = signed_in(place.hr).post(url, other, content_type="application/json").json()
    back = reverse("learning-record-send-back", args=[made["id"]])
    sent = signed_in(place.head).post(back, {"reason": "x"}, content_type="application/json")
    assert sent.json()["status"] == "returned"


@pytest.mark.browser
def test_an_officer_completes_the_rule(
    page, live_server, transactional_db, place, pictures, settings
):
    settings.SAMPLE_TODAY = "2027-01-13"
    eyes = Eyes(page, pictures, live_server.url)

    def become(user):
        value = signed_in(user).cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": value, "url": live_server.url}])

    become(place.officer)
    eyes.visit(MINE, "learning-mine")
    for course, day in ((place.digital, "12 พ.ย. 69"), (place.plain, "๓ ธ.ค. ๒๕๖๙")):
        page.select_option("#id_course", str(course.pk))
        page.fill("#id_completed_date", day)
        page.set_input_files(
            "#id_certificate",
            {"name": "ใบ.pdf", "mimeType": "application/pdf", "buffer": PDF},
        )
        page.get_by_role("button", name="บันทึกและส่งให้ยืนยัน").click()
        page.wait_for_load_state()
    eyes.look("learning-sent")
    become(place.hr)
    eyes.visit(f"{MINE}officers/", "learning-officers")
    eyes.visit(f"{MINE}officers/{place.officer.pk}/", "learning-officer")
    for _each in range(2):
        page.get_by_role("button", name="ยืนยัน").first.click()
        page.wait_for_load_state()
    eyes.visit(f"{MINE}overview/", "learning-overview")
    eyes.visit(f"{MINE}programmes/", "learning-programmes")
    become(place.officer)
    eyes.visit(MINE, "learning-met")
    assert page.get_by_role("heading", level=1).inner_text() == "เรียนครบตามเกณฑ์แล้ว"
    assert not eyes.faults, "\n".join(eyes.faults)
