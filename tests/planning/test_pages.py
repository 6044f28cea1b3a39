"""The pages and the API of needs: what everybody reads, and what is kept when it is refused."""

import io
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from audit.models import Event
from planning import actions
from planning.forms.fields import stamp_of
from planning.models import Criterion, Need, NeedCategory, NeedContact, NeedPhoto
from projects.models import Project
from strategy.models import Approach
from submissions.models import Month, PeriodState
from tests.budget.factories import AllocationFactory, BudgetSourceFactory
from tests.budget.test_books import signed
from tests.factories import NOON, AgencyFactory, quarter_of
from tests.planning.factories import planner_elsewhere, valley
from tests.projects.factories import project_with
from tests.reports.factories import IssueFactory

pytestmark = pytest.mark.django_db
GPS = 0x8825


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def there():
    return valley()


def photo(name="คลอง.jpg"):
    image = Image.new("RGB", (64, 48), "seagreen")
    exif = image.getexif()
    exif.get_ifd(GPS).update({1: "N", 2: (13.0, 32.0, 51.0), 3: "E", 4: (100.0, 16.0, 39.0)})
    written = io.BytesIO()
    image.save(written, "JPEG", exif=exif)
    return SimpleUploadedFile(name, written.getvalue(), content_type="image/jpeg")


def typed(there, **given):
    return {
        "title_th": "ซ่อมถนนหน้าโรงเรียน",
        "detail_th": "",
        "category": there.category.pk,
        "area": there.areas["village"].pk,
        "people_affected": "๑,๒๐๐",
        "consent": "on",
        "stamp": stamp_of(NOON - timedelta(seconds=20)),
        **given,
    }


def test_the_public_tells_of_a_need_and_follows_it(client, there):
    told = typed(there, contact_name="สมศรี", contact_phone="081-000-0000", photos=[photo()])
    answer = client.post(reverse("planning:need-tell"), told, follow=True)
    need = Need.objects.get()
    assert (need.people_affected, need.status) == (1200, "waiting")
    assert "กำลังตรวจก่อนเผยแพร่" in answer.content.decode()
    # Nothing of it is shown before the look, the contact never.
    assert client.get(need.get_absolute_url()).status_code == 404
    picture = NeedPhoto.objects.get()
    with picture.file.open() as file:
        assert not Image.open(file).getexif().get_ifd(GPS)
    actions.publish_needs(
        needs=[Need.objects.with_place().get()], by=there.people["local"], at=NOON
    )
    page = client.get(reverse("planning:need-received", args=[need.code]), follow=True)
    assert "ซ่อมถนนหน้าโรงเรียน" in page.content.decode()
    for url in (need.get_absolute_url(), "/needs/", "/needs/needs.csv", "/api/v1/needs/"):
        answer = client.get(url)
        body = b"".join(answer) if answer.streaming else answer.content
        assert "ซ่อมถนนหน้าโรงเรียน" in body.decode()
        assert "สมศรี" not in body.decode()
        assert "081-000" not in body.decode()
    assert NeedContact.objects.get().name == "สมศรี"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"website": "http://spam"}, "ช่องที่ซ่อนไว้ต้องว่าง"),
        ({"stamp": "forged"}, "หมดอายุ"),
        ({"stamp": stamp_of(NOON - timedelta(seconds=1))}, "เร็วเกินไป"),
        ({"stamp": stamp_of(NOON - timedelta(days=2))}, "หมดอายุ"),
        ({"consent": ""}, "ต้องยินยอมก่อน"),
        ({"people_affected": "หลายคน"}, "ใส่เป็นตัวเลข"),
        ({"people_affected": "-4"}, "ตั้งแต่ 0 ขึ้นไป"),
        ({"people_affected": "9999999"}, "มากเกินไป"),
        ({"latitude": "13.5"}, "ทั้งละติจูดและลองจิจูด"),
        ({"photos": [SimpleUploadedFile("a.pdf", b"%PDF-1.4 x")]}, "ไม่ใช่ภาพ"),
        ({"photos": [SimpleUploadedFile("a.jpg", b"not a picture")]}, "ไม่ตรงกับนามสกุล"),
        ({"photos": [photo() for _ in range(4)]}, "ไม่เกิน 3 ภาพ"),
    ],
)
def test_what_the_public_may_not_send(client, there, given, says):
    answer = client.post(reverse("planning:need-tell"), typed(there, **given))
    assert answer.status_code == 422
    assert says in answer.content.decode()
    # Nothing typed is lost, nothing is kept.
    assert "ซ่อมถนนหน้าโรงเรียน" in answer.content.decode()
    assert not Need.objects.exists()


def test_one_machine_tells_five_needs_an_hour(client, there):
    for n in range(5):
        answer = client.post(reverse("planning:need-tell"), typed(there, title_th=f"เรื่อง {n}"))
        assert answer.status_code == 302
    answer = client.post(reverse("planning:need-tell"), typed(there))
    assert answer.status_code == 429
    assert "รออีก 1 ชั่วโมง" in answer.content.decode()
    assert Need.objects.count() == 5


def test_lists_are_filtered_and_say_when_nothing_is_found(client, there):
    there.need(title_th="ขุดลอกคลอง")
    there.need(title_th="ซ่อมถนน", area=there.areas["tambon"])
    for query, found in (
        ({"q": "คลอง"}, {"ขุดลอกคลอง"}),
        ({"area": "74011405"}, {"ขุดลอกคลอง"}),
        ({"area": "740114"}, {"ขุดลอกคลอง", "ซ่อมถนน"}),
        ({"status": "done"}, set()),
        ({"category": "WATER", "area": "7409"}, set()),
    ):
        answer = client.get("/needs/", query)
        body = answer.content.decode()
        assert {need.title_th for need in answer.context["page"]} == found
        assert ("ไม่พบเรื่องตามที่เลือก" in body) is not found or found


def test_an_officer_writes_a_need_down_and_decides_on_its_page(client, there):
    client.force_login(there.people["local"])
    answer = client.post(reverse("planning:need-record"), typed(there, photos=[photo()]))
    need = Need.objects.get()
    assert answer["Location"] == reverse("planning:need-decide", args=[need.code])
    assert need.photos.count() == 1
    again = client.post(reverse("planning:need-record"), typed(there))
    assert again.status_code == 409
    assert "มีเรื่อง" in again.content.decode()
    page = client.get(reverse("planning:need-decide", args=[need.code])).content.decode()
    assert "ส่งขึ้นระดับถัดไป" in page
    assert "เสนอเป็นโครงการใหม่" not in page


def act(client, need, deed, **typed):
    return client.post(reverse("planning:need-act", args=[need.code, deed]), typed)


def test_an_officer_puts_a_need_right_on_its_page(client, there):
    need = there.need(people_affected=40, cost_guess=Decimal("1500.50"), detail_th="ดินทรุด")
    other = NeedCategory.objects.create(code="ROAD", name_th="ถนน", order=2)
    client.force_login(there.people["local"])
    page = client.get(reverse("planning:need-decide", args=[need.code])).content.decode()
    assert "แก้ไขเรื่องนี้" in page
    assert 'name="version" value="1"' in page
    typed = {
        "version": need.version, "title_th": "ซ่อมถนน", "category": other.pk, "detail_th": "ดินทรุด",
        "place_th": "หมู่ 5", "people_affected": "", "cost_guess": "0",
    }  # fmt: skip
    assert act(client, need, "amend", **{**typed, "title_th": ""}).status_code == 422
    assert act(client, need, "amend", **{**typed, "people_affected": "5000001"}).status_code == 422
    assert act(client, need, "amend", **{**typed, "version": ""}).status_code == 422
    assert act(client, need, "amend", **typed).status_code == 302
    late = act(client, need, "amend", **{**typed, "title_th": "ช้าไป"})
    assert late.status_code == 409
    assert "ช้าไป" in late.content.decode()
    need.refresh_from_db()
    # Not said how many is not nobody; nothing is a guess too.
    assert (need.title_th, need.category, need.people_affected, need.cost_guess, need.version) == (
        "ซ่อมถนน", other, None, 0, 2,
    )  # fmt: skip
    assert Event.objects.get(verb="planning.need.amended").actor_id == there.people["local"].pk
    # Its words are the public's own, or are decided elsewhere by now.
    for kept in (there.need(origin="public"), there.need(level="district")):
        page = client.get(reverse("planning:need-decide", args=[kept.code])).content.decode()
        assert "แก้ไขเรื่องนี้" not in page
        assert act(client, kept, "amend", **{**typed, "version": 1}).status_code == 409


def test_a_refused_deed_keeps_what_was_typed(client, there):
    need = there.need()
    client.force_login(there.people["local"])
    missing = act(client, need, "fund", baht="", fiscal_year="2570", source_th="ข้อบัญญัติ อบต.")
    assert missing.status_code == 422
    assert "ข้อบัญญัติ อบต." in missing.content.decode()
    itself = act(client, need, "merge", into=need.code.lower(), note="ซ้ำ")
    assert itself.status_code == 409
    assert "รวมเรื่องกับตัวเองไม่ได้" in itself.content.decode()
    assert act(client, need, "merge", into="N99-1").status_code == 409
    assert act(client, need, "dance").status_code == 404
    client.force_login(there.people["district"])
    wrong = act(client, need, "send-up")
    assert wrong.status_code == 409
    assert "จึงดำเนินการไม่ได้" in wrong.content.decode()


def test_the_strategy_office_makes_a_project_out_of_a_need(client, there):
    approach = Approach.objects.create(issue=IssueFactory(code="1"), code="1.1", name_th="แนวทาง")
    agency = AgencyFactory()
    need = there.need(level="province", people_affected=40)
    client.force_login(there.strategist)
    proposal = {
        "code": "71-9-001",
        "name_th": "ขุดลอกคลองโคกขาม",
        "host_agency": agency.pk,
        "approach": approach.pk,
        "start_date": "1 ต.ค. 2570",
        "end_date": "30/09/2571",
    }
    assert act(client, need, "propose", **{**proposal, "end_date": "1/1/2570"}).status_code == 409
    assert act(client, need, "propose", **proposal).status_code == 302
    need.refresh_from_db()
    assert (need.status, need.project.status) == ("adopted", "proposed")
    assert need.project.beneficiaries == 40
    assert [area.code for area in need.project.areas.all()] == ["740114"]
    # A proposal is not public yet: everybody reads that there is one, not which.
    body = client.get(need.get_absolute_url()).content.decode()
    assert "อยู่ระหว่างกลั่นกรอง" in body
    assert "71-9-001" not in body
    twin = there.need(level="province")
    assert act(client, twin, "propose", **proposal).status_code == 409


def test_the_money_of_a_needs_project_is_what_the_public_may_know(client, there, work_off_jobs):
    """The books' line with its source at once, what was spent only of published months."""
    quarter_of(2570, 1)
    project, _activities = project_with(code="70-001")
    agency = project.host_agency
    source = BudgetSourceFactory(name_th="งบพัฒนาจังหวัด")
    rows = [
        AllocationFactory(
            code=f"B-{n}", project=project, spending_agency=agency, source=source,
            expenditure_type=kind,
        )
        for n, kind in enumerate(("investment", "recurrent"))
    ]  # fmt: skip
    need = actions.adopt_need(
        need=there.need(level="province"), project=project, by=there.strategist, at=NOON
    )
    page = reverse("planning:need-detail", args=[need.code])
    for row in rows:
        signed(row, 3, Decimal(123_456), 0)
    work_off_jobs()
    body = client.get(page).content.decode()
    assert "2,000,000.00" in body
    assert "แหล่งเงิน: งบพัฒนาจังหวัด<" in body
    assert "ยังไม่มียอดที่เผยแพร่" in body
    assert "246,912" not in body
    assert f"{reverse('projects:project-detail', args=['70-001'])}?year=2570" in body
    Month.objects.filter(fiscal_year=2570, number=3).update(state=PeriodState.PUBLISHED)
    Project.objects.update(unconfirmed_reason="งานไม่ตรงรายงาน")
    body = client.get(page).content.decode()
    assert "246,912.00" in body
    assert "ยังไม่มียอดที่เผยแพร่" not in body
    assert "ผลตรวจไม่ยืนยัน" in body
    # What is only proposed is not shown with its money.
    Project.objects.update(status=Project.Status.PROPOSED)
    body = client.get(page).content.decode()
    assert "2,000,000.00" not in body
    assert "งบพัฒนาจังหวัด" not in body


def test_a_needs_project_without_a_line_in_the_books_says_so(client, there):
    project, _activities = project_with(code="70-001")
    need = actions.adopt_need(
        need=there.need(level="province"), project=project, by=there.strategist, at=NOON
    )
    body = client.get(reverse("planning:need-detail", args=[need.code])).content.decode()
    assert "ยังไม่มีรายการงบประมาณ" in body
    assert "เบิกจ่ายแล้ว" not in body


def test_a_need_that_became_a_running_project_leads_to_it(client, there):
    project, _activities = project_with(code="70-001")
    need = actions.adopt_need(
        need=there.need(level="province"), project=project, by=there.strategist, at=NOON
    )
    body = client.get(need.get_absolute_url()).content.decode()
    assert reverse("projects:project-detail", args=["70-001"]) in body
    assert client.get(f"/api/v1/needs/{need.code}/").json()["project"] == "70-001"


def test_villages_are_added_where_one_plans(client, there):
    client.force_login(there.people["local"])
    there_already = {"tambon": there.areas["tambon"].pk, "number": "5", "name_th": "บ้านใหม่"}
    url = reverse("planning:village-list")
    assert client.post(url, there_already).status_code == 409
    assert client.post(url, {**there_already, "number": "๖"}).status_code == 302
    assert client.post(url, {**there_already, "number": "0"}).status_code == 302
    assert client.post(url, {**there_already, "number": "77"}).status_code == 409
    codes = [area.code for area in there.areas["tambon"].children.order_by("code")]
    assert codes == ["74011405", "74011406", "74011451"]


def test_the_api_plays_by_the_same_rules(client, there):
    client.force_login(there.people["local"])

    def post(path, **sent):
        return client.post(f"/api/v1/needs/{path}", sent, content_type="application/json")

    made = post("", title_th="ขยายประปา", category="WATER", area="74011405")
    assert made.status_code == 201
    code = made.json()["code"]
    assert post("", title_th="", category="NONE", area="74").status_code == 400
    criteria = {str(row.pk): 4 for row in Criterion.objects.all()}
    assert post(f"{code}/rank/", points=criteria).status_code == 200
    assert post(f"{code}/merge/", into=code).json()["code"] == "merge"
    sent = post(f"{code}/send-up/")
    assert (sent.status_code, sent.json()["level"]) == (200, "district")
    refused = post(f"{code}/send-up/")
    assert refused.status_code == 409
    assert refused.json()["entries"]["0"]["code"] == "wrong_level"
    client.force_login(there.people["district"])
    assert post(f"{code}/return/", reason="ขาดแบบ").json()["status"] == "returned"
    client.force_login(there.people["local"])
    funded = post(f"{code}/fund/", baht="5000.50", fiscal_year=2570, source_th="ข้อบัญญัติ")
    assert funded.json()["funded_baht"] == "5000.50"


def test_machines_put_right_what_an_officer_wrote(client, there):
    need = there.need(
        detail_th="ดินทรุด", place_th="ท้ายซอย", people_affected=40, cost_guess=Decimal(1000)
    )
    url = f"/api/v1/needs/{need.code}/amend/"

    def amend(**sent):
        return client.post(url, sent, content_type="application/json")

    seen = {"version": need.version}
    assert amend(**seen, title_th="ซ่อมถนน").status_code == 401
    client.force_login(there.people["district"])
    refused = amend(**seen, title_th="ซ่อมถนน")
    assert (refused.status_code, "ระดับ" in refused.json()["detail"]) == (409, True)
    client.force_login(there.people["local"])
    for wrong in (
        {"title_th": "ซ่อมถนน"},
        seen,
        {**seen, "title_th": " "},
        {**seen, "category": "NONE"},
        {**seen, "people_affected": -1},
        {**seen, "people_affected": 5_000_001},
        {**seen, "cost_guess": "-0.01"},
    ):
        assert amend(**wrong).status_code == 400, wrong
    assert not Event.objects.filter(verb="planning.need.amended").exists()

    # Nobody counted is not nobody; what is left out stays.
    answer = amend(**seen, title_th="ซ่อมถนน", people_affected=None, cost_guess="0")
    assert answer.status_code == 200
    told = answer.json()
    assert (told["title_th"], told["people_affected"], told["cost_guess"]) == (
        "ซ่อมถนน", None, "0.00",
    )  # fmt: skip
    assert (told["detail_th"], told["place_th"], told["category"]) == ("ดินทรุด", "ท้ายซอย", "WATER")
    assert told["version"] == need.version + 1
    event = Event.objects.get(verb="planning.need.amended")
    assert event.actor_id == there.people["local"].pk
    assert (event.before["title_th"], event.after["title_th"]) == (need.title_th, "ซ่อมถนน")

    # Whoever still stands on what was read before is told, and nothing is written.
    late = amend(**seen, title_th="ช้าไป")
    assert late.status_code == 409
    assert late.json()["entries"]["0"]["code"] == "changed_meanwhile"
    need.refresh_from_db()
    assert (need.title_th, need.people_affected, need.cost_guess) == ("ซ่อมถนน", None, 0)


def test_machines_do_not_put_words_into_the_publics_mouth_nor_see_what_waits(client, there):
    public = there.need(origin="public")
    unseen = there.need(origin="public", status="waiting")
    client.force_login(there.people["local"])
    sent = {"version": public.version, "title_th": "อื่น"}
    answer = client.post(
        f"/api/v1/needs/{public.code}/amend/", sent, content_type="application/json"
    )
    assert (answer.status_code, "ประชาชนแจ้ง" in answer.json()["detail"]) == (409, True)
    client.force_login(planner_elsewhere())
    answer = client.post(
        f"/api/v1/needs/{unseen.code}/amend/", sent, content_type="application/json"
    )
    assert answer.status_code == 404


def test_search_finds_needs(client, there):
    need = there.need(title_th="สะพานข้ามคลองพิทยา")
    assert need.title_th in client.get("/search/", {"q": "คลองพิทยา"}).content.decode()
