"""Pages of reports: what everybody finds, and the strategy office's desk."""

import csv
import io
import json
import xml.etree.ElementTree as ElementTree

import pytest
from django.urls import reverse

from accounts.models import Role
from reports import actions
from reports.models import Edition, ReportSummary
from submissions.models import PeriodState
from tests.factories import NOON, person

DESK = "/desk/reports/2570/q1/"


@pytest.fixture(autouse=True)
def sample_day(settings):
    settings.SAMPLE_TODAY = "2027-01-13"


@pytest.fixture
def published(province, work_off_jobs):
    actions.close_quarter(
        quarter=province.quarter, by=province.strategist, at=NOON, missing_accepted=True
    )
    actions.publish_report(quarter=province.quarter, by=province.strategist, at=NOON)
    work_off_jobs()
    return province


# ── The public ───────────────────────────────────────────────────────────────
@pytest.mark.parametrize("root", ["", "/en"])
def test_the_list_leads_to_every_published_quarter(client, published, root):
    page = client.get(f"{root}/reports/").content.decode()
    assert "/reports/2570/q1/" in page
    assert "/reports/2570/q1.pdf" in page


def test_an_empty_list_says_what_will_be_here(client, db):
    assert "ยังไม่มีรายงานที่เผยแพร่" in client.get("/reports/").content.decode()


@pytest.mark.parametrize(
    "path", ["/reports/2570/q1/", "/reports/2570/q1/edition/1/", "/en/reports/2570/q1/"]
)
def test_a_published_page_needs_no_query(client, published, path, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get(path)
    assert answer.status_code == 200
    assert "น้ำเสียที่ได้รับการบำบัด" in answer.content.decode()


@pytest.mark.parametrize("ending", ["pdf", "csv", "json"])
def test_the_files_stand_beside_the_page(client, published, ending):
    newest = client.get(f"/reports/2570/q1.{ending}")
    assert newest.status_code == 200
    assert newest.content == client.get(f"/reports/2570/q1/edition/1.{ending}").content


@pytest.mark.parametrize("path", ["/reports/2570/q2/", "/reports/2570/q1/edition/2/"])
def test_what_is_not_published_is_not_there(client, published, path):
    assert client.get(path).status_code == 404


def test_open_data_is_catalogued_and_given(client, published):
    assert "Creative Commons" in client.get("/open-data/").content.decode()
    text = b"".join(client.get("/open-data/kpis.csv").streaming_content).decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["fiscal_year"], row["quarter"], row["code"]) == ("2570", "1", "1.1")
    rows = json.loads(b"".join(client.get("/open-data/projects.json").streaming_content))
    assert rows[0]["code"] == published.project.code
    assert client.get("/open-data/secrets.csv").status_code == 404


def test_open_data_without_a_report_is_an_honest_page(client, db):
    assert "ยังไม่มีไตรมาสที่เผยแพร่" in client.get("/open-data/").content.decode()
    assert b"".join(client.get("/open-data/kpis.csv").streaming_content) in (
        b"",
        b"\xef\xbb\xbf\r\n",
    )


def test_feed_and_site_map_are_xml_with_the_edition(client, published):
    for path in ("/feed.xml", "/en/feed.xml", "/sitemap.xml"):
        answer = client.get(path)
        assert answer.status_code == 200
        ElementTree.fromstring(answer.content)
        assert "http://testserver/reports/2570/q1/edition/1/" in answer.content.decode()


def test_the_list_costs_the_same_for_many_editions(
    client, published, django_assert_max_num_queries
):
    edition = Edition.objects.get()
    for number in range(2, 12):
        edition.pk, edition.number = None, number
        edition.save(force_insert=True)
    with django_assert_max_num_queries(6):
        client.get("/reports/")


# ── The desk ─────────────────────────────────────────────────────────────────
@pytest.fixture
def office(client, province):
    client.force_login(province.strategist)
    return client


def test_the_desk_closes_writes_and_publishes(office, province, work_off_jobs):
    assert province.project.code in office.get(DESK).content.decode()
    answer = office.post(f"{DESK}close/")
    assert answer.status_code == 409
    assert "ยังขาด" in answer.content.decode()
    assert office.post(f"{DESK}close/", {"missing_accepted": "on"}).status_code == 302
    summary = {"text_th": "สรุปของไตรมาส", "text_en": "", "version": "0"}
    assert office.post(f"{DESK}summary/", summary).status_code == 302
    assert office.post(f"{DESK}publish/").status_code == 302
    assert "data-progress" in office.get(DESK).content.decode()
    waiting = office.get(f"{DESK}progress/").json()
    assert waiting["finished"] is False
    work_off_jobs()
    done = office.get(f"{DESK}progress/").json()
    assert done == {"percent": 100, "label": "เผยแพร่แล้ว", "finished": True, "url": DESK}
    assert "ฉบับที่ 1" in office.get(DESK).content.decode()
    assert office.get("/reports/2570/q1/").status_code == 200


def test_a_refused_summary_keeps_what_was_typed(office, province):
    typed = {"text_th": "พิมพ์ไว้แล้ว", "text_en": "", "version": "0"}
    answer = office.post(f"{DESK}summary/", typed)
    assert answer.status_code == 409
    province.quarter.state = PeriodState.CLOSED
    actions.close_quarter(
        quarter=province.quarter, by=province.strategist, at=NOON, missing_accepted=True
    )
    office.post(f"{DESK}summary/", {"text_th": "คนแรก", "version": "0"})
    answer = office.post(f"{DESK}summary/", typed)
    assert answer.status_code == 409
    assert "พิมพ์ไว้แล้ว" in answer.content.decode()
    answer = office.post(f"{DESK}summary/", {"text_th": "", "text_en": "ยังอยู่", "version": "1"})
    assert answer.status_code == 422
    assert "ยังอยู่" in answer.content.decode()
    assert ReportSummary.objects.get().text_th == "คนแรก"


def test_a_planned_quarter_is_opened_from_the_desk(office, province):
    page = "/desk/reports/2570/q2/"
    assert "เปิดรับรายงาน" in office.get(page).content.decode()
    assert office.post(f"{page}open/").status_code == 302
    assert office.post(f"{page}open/").status_code == 409


def test_publishing_an_open_quarter_is_refused(office, province):
    assert office.post(f"{DESK}publish/").status_code == 409


def test_the_list_shows_every_quarter(office, province):
    page = office.get("/desk/reports/").content.decode()
    assert page.count("/desk/reports/2570/q") >= 4


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.GOVERNOR, 200),
        (Role.VIEWER, 200),
        (Role.REPORTER, 403),
        (Role.APPROVER, 403),
        (Role.HR, 403),
    ],
)
def test_the_desk_is_for_who_reads_the_province(client, province, role, status):
    client.force_login(person(role, province.office))
    assert client.get("/desk/reports/").status_code == status
    assert client.get(DESK).status_code == status


def test_reading_the_desk_is_not_closing(client, province):
    client.force_login(person(Role.GOVERNOR, province.office))
    answer = client.post(f"{DESK}close/", {"missing_accepted": "on"})
    assert answer.status_code == 409
    assert "กลุ่มงานยุทธศาสตร์" in answer.content.decode()


def test_a_visitor_signs_in_first(client, db):
    assert client.get("/desk/reports/")["Location"].startswith(reverse("account_login"))


def test_an_unknown_quarter_is_not_there(office, province):
    assert office.get("/desk/reports/2599/q1/").status_code == 404


# ── The API ──────────────────────────────────────────────────────────────────
def test_machines_read_what_is_published(client, published, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        (edition,) = client.get("/api/v1/reports/").json()["results"]
    assert (edition["code"], edition["edition"]) == ("2570-q1", 1)
    whole = client.get("/api/v1/reports/2570-q1/").json()
    assert whole["document"]["kpis"][0]["code"] == "1.1"
    assert client.get("/api/v1/reports/2570-q2/").status_code == 404


def test_the_same_chain_by_machine(client, province, work_off_jobs):
    client.force_login(province.strategist)

    def post(verb, **sent):
        return client.post(
            f"/api/v1/reports/2570-q1/{verb}/", json.dumps(sent), content_type="application/json"
        )

    refused = post("close")
    assert (refused.status_code, refused.json()["code"]) == (409, "missing")
    assert post("close", missing_accepted=True).json()["state"] == "closed"
    assert post("summary", text_th="สรุป").json()["version"] == 1
    assert post("summary", text_th="").status_code == 400
    assert post("publish").status_code == 202
    work_off_jobs()
    assert client.get("/api/v1/reports/2570-q1/").json()["document"]["summary"]["th"] == "สรุป"
    assert client.post("/api/v1/reports/2570-q2/open/").json()["state"] == "open"
    assert client.post("/api/v1/reports/2599-q2/open/").status_code == 404


@pytest.mark.parametrize("verb", ["open", "close", "summary", "publish"])
def test_a_stranger_closes_nothing(client, province, verb):
    sent = json.dumps({"text_th": "x"})
    answer = client.post(f"/api/v1/reports/2570-q1/{verb}/", sent, content_type="application/json")
    assert answer.status_code in (401, 403)
