"""The desk's pages through the client: who sees what, and what a refusal looks like."""

import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import Role
from budget.models import Allocation, MonthlyFigure
from spreadsheets import actions
from spreadsheets.models import Upload
from tests.factories import AgencyFactory, MembershipFactory, person
from tests.spreadsheets.conftest import AT
from tests.spreadsheets.sheets import workbook

HEAD = ["รหัสรายการ", "รายการ", "เบิกจ่ายสะสม", "ก่อหนี้ผูกพัน", "หมายเหตุ"]
DESK = "/spreadsheets/"


@pytest.fixture(autouse=True)
def _day_of_the_sample(settings):
    settings.SAMPLE_TODAY = "2027-01-13"


@pytest.fixture
def client(client, reporter):
    client.force_login(reporter)
    return client


def post(client, agency, file, *, name="เงิน.xlsx", **changes):
    file.name = name
    fields = {
        "kind": "monthly-disbursement",
        "agency": agency.pk,
        "period": "2570-m01",
        "action": "draft",
        "file": file,
    }
    return client.post(DESK, fields | changes)


def test_a_file_goes_from_the_desk_to_the_figures_and_back(client, money, agency):
    answer = post(client, agency, workbook([HEAD, ["B70-1", "", "๑๐,๐๐๐", 50_000, ""]]))
    upload = Upload.objects.get()
    assert answer.url == reverse("spreadsheets:upload-detail", args=[upload.pk])
    preview = client.get(answer.url).content.decode()
    assert "ตรวจก่อนนำเข้า" in preview
    assert "๑๐,๐๐๐" in preview
    assert "10,000.00" in preview
    answer = client.post(reverse("spreadsheets:upload-commit", args=[upload.pk]))
    assert answer.status_code == 302
    assert MonthlyFigure.objects.get().disbursed_to_date == 10_000
    result = client.get(answer.url).content.decode()
    assert "ยกเลิกการนำเข้า" in result
    client.post(reverse("spreadsheets:upload-undo", args=[upload.pk]))
    assert MonthlyFigure.objects.get().disbursed_to_date is None
    assert "ยกเลิกการนำเข้าแล้ว" in client.get(DESK).content.decode()


def test_what_is_no_workbook_is_refused_on_the_page_and_nothing_is_kept(client, money, agency):
    answer = post(client, agency, io.BytesIO(b"%PDF-1.7"), name="a.pdf")
    assert answer.status_code == 409
    assert "ไม่ใช่ตารางคำนวณ" in answer.content.decode()
    assert not Upload.objects.exists()


def test_the_form_says_which_period_a_kind_wants(client, money, agency):
    answer = post(client, agency, workbook([HEAD]), period="2570-q1")
    assert answer.status_code == 200
    assert "เลือกเดือน" in answer.content.decode()


def test_errors_lead_to_their_cells_and_to_the_marked_copy(client, money, agency):
    answer = post(client, agency, workbook([HEAD, ["B70-1", "", "x", 5, ""]]))
    page = client.get(answer.url).content.decode()
    assert 'href="#cell-C2"' in page
    assert 'id="cell-C2"' in page
    upload = Upload.objects.get()
    marked = client.get(reverse("spreadsheets:upload-marked", args=[upload.pk]))
    assert load_workbook(io.BytesIO(b"".join(marked.streaming_content)))
    refused = client.post(reverse("spreadsheets:upload-commit", args=[upload.pk]))
    assert refused.status_code == 409
    assert "ต้องแก้ 1 ช่อง" in refused.content.decode()
    original = client.get(reverse("spreadsheets:upload-original", args=[upload.pk]))
    assert original["Content-Type"] == "application/octet-stream"
    assert original["Content-Disposition"].startswith("attachment")
    original.close()


def test_the_columns_can_be_changed(client, money, agency):
    rows = [HEAD, ["B70-1", "", 5, 7, ""]]
    answer = post(client, agency, workbook(rows))
    mapping = reverse("spreadsheets:upload-mapping", args=[Upload.objects.get().pk])
    client.post(
        mapping,
        {
            "sheet": "แผ่น1",
            "heading": 1,
            "column_allocation_code": "A",
            "column_disbursed_to_date": "D",
            "column_obligated": "C",
        },
    )
    report = Upload.objects.get().report
    cells = {cell["field"]: cell["new"] for cell in report["changes"][0]["cells"]}
    assert cells == {"disbursed_to_date": "7.00", "obligated": "5.00"}
    wrong = client.post(mapping, {"sheet": "แผ่น1", "heading": 0})
    assert wrong.status_code == 200
    assert answer.url


def test_another_table_is_found_anew_where_only_its_heading_is_named(client, money, agency):
    second = [HEAD[0], HEAD[3], HEAD[2]]
    rows = [HEAD, ["B70-1", "", 5, 7, ""], [], ["ตารางที่ 2"], second, ["B70-2", 8, 9]]
    post(client, agency, workbook(rows))
    upload = Upload.objects.get()
    letters = {"allocation_code": "A", "disbursed_to_date": "C", "obligated": "D", "note": "E"}
    fields = {f"column_{name}": letter for name, letter in letters.items()}
    mapping = reverse("spreadsheets:upload-mapping", args=[upload.pk])
    client.post(mapping, {"sheet": "แผ่น1", "heading": 5} | fields)
    upload.refresh_from_db()
    assert upload.report["columns"] == {
        "allocation_code": 0, "obligated": 1, "disbursed_to_date": 2,
    }  # fmt: skip
    assert [change["code"] for change in upload.report["changes"]] == ["B70-2"]
    client.post(mapping, {"sheet": "แผ่น1", "heading": 90} | fields)
    upload.refresh_from_db()
    assert [error["code"] for error in upload.report["errors"]] == ["no_table"]


def test_the_next_table_is_opened_from_the_same_file(client, money, agency):
    second = [HEAD[0], HEAD[3], HEAD[2]]
    first = [HEAD, ["B70-1", "", 5, 7, ""], [], ["ตารางที่ 2"], second, ["B70-2", 8, 9]]
    sheets = {"งบจังหวัด": first, "งบกลุ่มจังหวัด": [HEAD, ["B70-3", "", 3, 4, ""]]}
    answer = post(client, agency, workbook(sheets))
    page = client.get(answer.url).content.decode()
    assert "นำเข้าตารางถัดไป: แผ่นงาน งบจังหวัด แถว 5" in page
    assert "นำเข้าตารางถัดไป: แผ่นงาน งบกลุ่มจังหวัด" in page
    client.post(f"{answer.url}commit/", {"confirmed": "yes"})
    assert "ตารางอื่นในไฟล์นี้" in client.get(answer.url).content.decode()

    opened = client.post(f"{answer.url}next/", {"sheet": "งบจังหวัด", "heading": 5})
    original, below = Upload.objects.order_by("pk")
    assert opened.url == reverse("spreadsheets:upload-detail", args=[below.pk])
    assert [change["code"] for change in below.report["changes"]] == ["B70-2"]
    assert below.sha256 == original.sha256
    assert below.report["tables"] == [{"sheet": "งบกลุ่มจังหวัด", "heading": None}]

    # The third is opened from the second as well: nothing is sent again.
    opened = client.post(f"{opened.url}next/", {"sheet": "งบกลุ่มจังหวัด"})
    assert client.post(f"{opened.url}commit/", {"confirmed": "yes"}).status_code == 302
    last = Upload.objects.order_by("pk").last()
    assert (last.report["tables"], last.state) == ([], Upload.State.COMMITTED)
    figures = MonthlyFigure.objects.values_list("allocation__code", "disbursed_to_date")
    assert sorted(figures) == [("B70-1", 5), ("B70-3", 3)]


@pytest.mark.parametrize("heading", ["", "x", "99"])
def test_a_table_that_the_file_has_not_is_not_opened(client, money, agency, heading):
    answer = post(client, agency, workbook([HEAD, ["B70-1", "", 5, 7, ""]]))
    refused = client.post(f"{answer.url}next/", {"sheet": "แผ่น1", "heading": heading})
    assert refused.status_code == 409
    assert "ไม่พบตารางนี้ในไฟล์" in refused.content.decode()
    assert Upload.objects.count() == 1


def test_a_large_files_next_table_waits_for_the_worker(client, money, agency, settings):
    sheets = {"ก": [HEAD, ["B70-1", "", 5, 7, ""]], "ข": [HEAD, ["B70-2", "", 8, 9, ""]]}
    answer = post(client, agency, workbook(sheets))
    settings.UPLOAD_READ_AT_ONCE_BYTES = 1
    client.post(f"{answer.url}next/", {"sheet": "ข"})
    waiting = Upload.objects.order_by("pk").last()
    assert waiting.state == Upload.State.RECEIVED
    actions.read_upload(upload=waiting, at=AT)
    assert [change["code"] for change in waiting.report["changes"]] == ["B70-2"]


def test_a_stale_preview_is_shown_again_with_the_new_difference(client, money, agency):
    first = post(client, agency, workbook([HEAD, ["B70-1", "", 50_000, 7_000, ""]]))
    second = post(client, agency, workbook([HEAD, ["B70-1", "", 60_000, 7_000, ""]]))
    client.post(f"{second.url}commit/")
    answer = client.post(f"{first.url}commit/")
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "เปลี่ยนไปหลังจาก" in page
    assert "60,000.00" in page
    assert client.post(f"{first.url}commit/").status_code == 302


def test_a_form_is_downloaded_for_the_agency_only(client, money, agency):
    which = {
        "form-kind": "monthly-disbursement",
        "form-agency": agency.pk,
        "form-period": "2570-m01",
    }
    answer = client.get("/spreadsheets/form/", which)
    assert load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    other = AgencyFactory()
    answer = client.get("/spreadsheets/form/", which | {"form-agency": other.pk})
    assert answer.status_code == 302
    Allocation.objects.all().delete()
    answer = client.get("/spreadsheets/form/", which)
    assert answer.status_code == 409
    assert "ไม่มีรายการที่ต้องกรอก" in answer.content.decode()


def test_another_agencys_upload_is_not_there(client, money, agency, october):
    post(client, agency, workbook([HEAD, ["B70-1", "", 5, 7, ""]]))
    upload = Upload.objects.get()
    client.force_login(person(Role.REPORTER, AgencyFactory()))
    for name in ("detail", "progress", "marked", "original"):
        assert (
            client.get(reverse(f"spreadsheets:upload-{name}", args=[upload.pk])).status_code == 404
        )
    for name in ("next", "commit", "undo", "discard", "mapping"):
        url = reverse(f"spreadsheets:upload-{name}", args=[upload.pk])
        assert client.post(url).status_code == 404


def test_the_province_sees_uploads_and_may_not_confirm_them(client, money, agency):
    answer = post(client, agency, workbook([HEAD, ["B70-1", "", 5, 7, ""]]))
    client.force_login(person(Role.GOVERNOR))
    assert client.get(answer.url).status_code == 200
    assert client.post(f"{answer.url}commit/").status_code == 409
    assert "ไม่ได้เป็นผู้รายงาน" in client.get(DESK).content.decode()


def test_a_file_can_be_laid_aside(client, money, agency):
    answer = post(client, agency, workbook([HEAD, ["B70-1", "", 5, 7, ""]]))
    assert client.post(f"{answer.url}discard/").url == DESK
    assert Upload.objects.get().state == Upload.State.DISCARDED
    assert client.post(f"{answer.url}discard/").status_code == 409


def test_work_that_waits_says_so(client, money, agency, settings):
    settings.UPLOAD_READ_AT_ONCE_BYTES = 1
    answer = post(client, agency, workbook([HEAD, ["B70-1", "", 5, 7, ""]]))
    assert "data-progress" in client.get(answer.url).content.decode()
    state = client.get(f"{answer.url}progress/").json()
    assert not state["finished"]


def test_visitors_are_sent_to_sign_in(client):
    client.logout()
    assert client.get(DESK).status_code == 302


def test_the_history_costs_the_same_for_one_upload_or_ten(
    client, money, agency, django_assert_num_queries
):
    post(client, agency, workbook([HEAD, ["B70-1", "", 5, 7, ""]]))
    upload = Upload.objects.get()
    client.get(DESK)
    with CaptureQueriesContext(connection) as baseline:
        client.get(DESK)
    for _more in range(9):
        upload.pk = None
        upload.uploaded_at = AT
        upload.save()
    with django_assert_num_queries(len(baseline)):
        client.get(DESK)


def test_the_desk_begins_with_the_own_agency_of_who_sends_the_form(client, agency):
    client.force_login(person(Role.STRATEGIST, office := AgencyFactory(code="zz-office")))
    assert agency.code < office.code
    for path in (DESK, f"{DESK}?kind=forums"):
        page = client.get(path)
        begins = [page.context[form]["agency"].value() for form in ("which", "form")]
        assert begins == [office.pk, office.pk]


def test_a_refused_sender_reads_who_sends_the_form(client, reporter, money, agency):
    elsewhere = AgencyFactory()
    MembershipFactory(user=reporter, agency=elsewhere, role=Role.HR)
    answer = post(client, agency, workbook([HEAD]), kind="learning-records", period="2570")
    assert answer.context["form"].errors["agency"] == [
        "เฉพาะบริหารทรัพยากรบุคคลของหน่วยงานนี้ นำเข้าแบบนี้ได้"
    ]
