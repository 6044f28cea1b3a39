"""Learning records as a workbook: HR's own agency and nobody else, brought in, mended, taken back."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from rest_framework.test import APIClient

from accounts.models import Role
from audit.models import Event
from common.refusal import EntriesRefused, Refused
from learning.actions import (
    RecordEntry,
    Withdrawal,
    add_records,
    confirm_records,
    correct_record,
    return_records,
    withdraw_records,
)
from learning.models import Course, Record, Rule
from spreadsheets import actions
from spreadsheets.actions.reading import written_of
from spreadsheets.models import Upload
from submissions.models import FiscalYear
from tests.factories import NOON, HoldingFactory, PostFactory, UserFactory, person, quarter_of
from tests.learning.conftest import COMPLETED, YEAR
from tests.spreadsheets.sheets import workbook
from tests.spreadsheets.test_registers import comes_back, in_the_way

HEAD = ["ที่", "ชื่อ - สกุล", "ชื่อหลักสูตร", "วันที่สำเร็จ", "หมายเหตุ"]


@pytest.fixture
def year(place):
    quarter_of(YEAR, 1)
    return FiscalYear.objects.get(year=YEAR)


@pytest.fixture
def somchai(place):
    officer = place.officer
    officer.full_name_th = "สมชาย  ใจดี"
    officer.save()
    return officer


def send(place, year, rows, by=None):
    return actions.receive_upload(
        file=workbook(rows), name="อบรม.xlsx", kind="learning-records", agency=place.agency,
        period=year, action="draft", by=by or place.hr, at=NOON,
    )  # fmt: skip


def kept(place, by=None, **given):
    values = {"officer": place.officer, "course": place.digital, "completed_date": COMPLETED}
    [record] = add_records(entries=[RecordEntry(**{**values, **given})], by=by or place.hr, at=NOON)
    return record


def code_of(record):
    return f"L70-{record.pk:05d}"


def told(upload):
    return {(each["code"], each["cell"]) for each in upload.report["errors"]}


def test_a_list_as_hr_keeps_it_is_brought_in_and_sent_to_be_confirmed(place, year, somchai):
    rows = [
        ["สรุปการเรียนรู้ผ่านระบบออนไลน์ ประจำปีงบประมาณ พ.ศ. 2570"],
        HEAD,
        [1, "สมชาย ใจดี", "ดิจิทัล", "๑๒ พ.ย. ๖๙", "มีประกาศนียบัตร"],
        [2, place.colleague.username, "P1", "12/11/2569", ""],
    ]
    upload = send(place, year, rows)
    assert upload.report["errors"] == []
    assert {each["code"] for each in upload.report["questions"]} == {"makes_new"}
    assert not Record.objects.exists()
    actions.commit_upload(upload=upload, confirmed=True, by=place.hr, at=NOON)
    assert set(
        Record.objects.values_list("officer", "course__code", "completed_date", "status", "note")
    ) == {
        (somchai.pk, "D1", COMPLETED, "submitted", "มีประกาศนียบัตร"),
        (place.colleague.pk, "P1", COMPLETED, "submitted", ""),
    }
    comes_back("learning-records", place.agency, year, place.hr)
    # The same list once more: nothing is written twice.
    assert told(send(place, year, rows)) == {("verb_refused", "B3"), ("verb_refused", "B4")}


def test_an_undo_takes_away_what_the_file_made_and_the_list_may_come_again(place, year, somchai):
    waiting = kept(place, course=place.plain)
    head = ["เลขที่บันทึก", "ชื่อ - สกุล", "ชื่อหลักสูตร", "วันที่เรียนจบ", "หมายเหตุ"]
    rows = [
        head,
        [1, "สมชาย ใจดี", "D1", "12/11/2569", "ใหม่"],
        [2, place.colleague.username, "P1", "12/11/2569", ""],
        [code_of(waiting), "", "", "10/11/2569", "แก้วัน"],
    ]
    upload = send(place, year, rows)
    assert upload.report["errors"] == []
    actions.commit_upload(upload=upload, confirmed=True, by=place.hr, at=NOON)
    made = Record.objects.exclude(pk=waiting.pk).order_by("pk")
    assert [each["made"] for each in written_of(upload)] == [*map(code_of, made), ""]
    actions.undo_upload(upload=upload, by=place.hr, at=NOON)
    assert upload.state == Upload.State.UNDONE
    left = Record.objects.get()
    assert (left.pk, left.completed_date, left.note) == (waiting.pk, COMPLETED, "")
    gone = Event.objects.filter(verb="learning.record.withdrawn").order_by("pk")
    assert [each.before["course"] for each in gone] == ["D1", "P1"]
    assert {each.actor_id for each in gone} == {place.hr.pk}
    again = send(place, year, rows[:3])
    assert again.report["errors"] == []
    actions.commit_upload(upload=again, confirmed=True, by=place.hr, at=NOON)
    assert Record.objects.count() == 3


def test_what_was_built_on_new_records_is_listed_and_nothing_is_taken_away(place, year, somchai):
    names = [somchai.username, place.colleague.username]
    rows = [[n, name, course, "12/11/2569", ""] for n, (name, course) in enumerate(
        [(name, course) for name in names for course in ("D1", "P1")] , start=1)]  # fmt: skip
    upload = send(place, year, [HEAD, *rows])
    actions.commit_upload(upload=upload, confirmed=True, by=place.hr, at=NOON)
    confirmed, returned, mended, given = Record.objects.order_by("pk")
    confirm_records(entries=[confirmed], by=place.head, at=NOON)
    return_records(entries=[returned], reason="วันไม่ตรง", by=place.head, at=NOON)
    day = {"completed_date": COMPLETED, "by": place.hr, "at": NOON}
    correct_record(record=mended, version=mended.version, certificate=None, note="x", **day)
    Record.objects.filter(pk=given.pk).update(certificate="certificates/a.pdf")
    assert in_the_way(upload, place.hr) == [
        f"{code_of(confirmed)}: แก้ได้เฉพาะรายการที่ส่งกลับแก้ไขหรือยังรอยืนยัน",
        f"{code_of(returned)}: รายการนี้ถูกส่งกลับ แก้และส่งใหม่ที่หน้าการเรียนรู้",
        f"{code_of(mended)}: มีผู้แก้ไขรายการนี้หลังจากนำเข้า",
        f"{code_of(given)}: แนบประกาศนียบัตรแล้ว",
    ]
    assert Record.objects.count() == 4
    assert not Event.objects.filter(verb="learning.record.withdrawn").exists()


def test_only_waiting_records_of_ones_own_agency_are_withdrawn_unchanged(place):
    waiting, confirmed = kept(place), kept(place, course=place.plain)
    confirm_records(entries=[confirmed], by=place.head, at=NOON)
    entries = [
        Withdrawal(waiting, waiting.version),
        Withdrawal(Record.objects.with_course().get(pk=confirmed.pk), confirmed.version),
    ]
    for by, wrong in ((place.hr_elsewhere, {0, 1}), (place.hr, {1})):
        with pytest.raises(EntriesRefused) as refused:
            withdraw_records(entries=entries, by=by, at=NOON)
        assert set(refused.value.by_entry) == wrong
    with pytest.raises(EntriesRefused) as refused:
        withdraw_records(entries=[Withdrawal(waiting, waiting.version + 1)], by=place.hr, at=NOON)
    assert refused.value.by_entry[0].code == "changed_meanwhile"
    assert Record.objects.count() == 2
    withdraw_records(entries=entries[:1], by=place.hr, at=NOON)
    assert Record.objects.get() == confirmed


def test_what_cannot_be_is_said_at_its_cell(place, year, somchai):
    twin = UserFactory(full_name_th="สมชาย ใจดี")
    HoldingFactory(post=PostFactory(agency=place.agency, code="L-3"), user=twin)
    rows = [
        HEAD,
        [1, "สมชาย ใจดี", "D1", "12/11/2569", ""],
        [2, place.stranger.username, "D1", "12/11/2569", ""],
        [3, somchai.username, "ไม่มีหลักสูตรนี้", "12/11/2569", ""],
        [4, somchai.username, "P1", "12/11/2568", ""],
        [5, somchai.username, "P1", "", ""],
        ["L70-99999", somchai.username, "P1", "12/11/2569", ""],
        [6, somchai.username, "ดิจิทัล", "12/11/2569", ""],
        [7, place.colleague.username, "D9 ดิจิทัล", "12/11/2569", ""],
    ]
    Course.objects.create(code="D9", name_th="ดิจิทัล", is_digital=True)
    assert told(send(place, year, rows)) == {
        ("two_officers", "B2"), ("no_officer", "B3"), ("not_a_choice", "C4"),
        ("other_year", "D5"), ("required", "D6"), ("unknown_row", "A7"), ("several_choices", "C8"),
    }  # fmt: skip
    assert not Record.objects.exists()
    Rule.objects.all().delete()
    assert told(send(place, year, [HEAD, [4, somchai.username, "P1", "12/11/2569", ""]])) == {
        ("verb_refused", "B2")
    }


def test_a_record_is_mended_until_it_is_confirmed_and_an_undo_puts_it_back(place, year):
    waiting, confirmed = kept(place), kept(place, course=place.plain)
    returned = kept(place, officer=place.colleague)
    confirm_records(entries=[confirmed], by=place.head, at=NOON)
    return_records(entries=[returned], reason="วันไม่ตรง", by=place.head, at=NOON)
    head = ["เลขที่บันทึก", "วันที่เรียนจบ", "หมายเหตุ"]
    rows = [[code_of(each), "10/11/2569", "แก้วัน"] for each in (waiting, confirmed, returned)]
    assert told(send(place, year, [head, *rows])) == {("may_not", "A3"), ("may_not", "A4")}
    upload = send(place, year, [head, rows[0]])
    actions.commit_upload(upload=upload, confirmed=True, by=place.hr, at=NOON)
    waiting.refresh_from_db()
    assert (waiting.completed_date.day, waiting.note, waiting.status) == (10, "แก้วัน", "submitted")
    actions.undo_upload(upload=upload, by=place.hr, at=NOON)
    waiting.refresh_from_db()
    assert (waiting.completed_date, waiting.note) == (COMPLETED, "")
    # Confirmed since: it stands in the way.
    upload = send(place, year, [head, rows[0]])
    actions.commit_upload(upload=upload, confirmed=True, by=place.hr, at=NOON)
    waiting.refresh_from_db()
    confirm_records(entries=[waiting], by=place.head, at=NOON)
    with pytest.raises(EntriesRefused):
        actions.undo_upload(upload=upload, by=place.hr, at=NOON)


def test_one_refused_line_keeps_new_and_mended_ones_back(place, year, somchai):
    waiting = kept(place)
    resource = actions.KINDS["learning-records"]()
    entries = [
        RecordEntry(somchai, place.plain, COMPLETED),
        RecordEntry(somchai, place.digital, COMPLETED),
        *(each.entry for each in prepared_again(resource, place, year, waiting)),
    ]
    Record.objects.update(version=9)
    with pytest.raises(EntriesRefused) as refused:
        resource.rehearse(entries, by=place.hr, at=NOON)
    assert set(refused.value.by_entry) == {1, 2}
    assert Record.objects.count() == 1


def prepared_again(resource, place, year, record):
    rows = resource.rows_for(user=place.hr, agency=place.agency, period=year, at=NOON)
    return resource.prepare(
        [(row, {"note": "x"}) for row in rows if row.code == code_of(record)], period=year
    )


@pytest.mark.parametrize(
    "who", ["officer", "colleague", "head", "hr_elsewhere", "strategist", "admin", "reporter"]
)
def test_nobody_but_the_agencys_hr_sends_or_takes_the_form(place, year, who):
    kept(place)
    by = getattr(place, who, None) or person(Role(who), place.agency)
    with pytest.raises(Refused):
        send(place, year, [HEAD, [1, "ก", "D1", "12/11/2569", ""]], by=by)
    client = Client()
    client.force_login(by, backend="django.contrib.auth.backends.ModelBackend")
    which = {
        "form-kind": "learning-records",
        "form-agency": place.agency.pk,
        "form-period": str(YEAR),
    }
    for asked in ({}, {"format": "csv"}, {"format": "json"}):
        answer = client.get(reverse("spreadsheets:form-download"), {**which, **asked})
        assert answer.status_code in (302, 403, 404)
    # Even where the rows are asked for directly, none but one's own are given.
    resource = actions.KINDS["learning-records"]()
    rows = resource.rows_for(user=by, agency=place.agency, period=year, at=NOON)
    assert len(rows) == (1 if who == "officer" else 0)


@pytest.mark.parametrize(
    "who", ["officer", "head", "hr_elsewhere", "strategist", "governor", "admin", "reporter"]
)
def test_an_upload_about_persons_is_seen_by_the_agencys_hr_only(place, year, somchai, who):
    upload = send(place, year, [HEAD, [1, "สมชาย ใจดี", "D1", "12/11/2569", ""]])
    by = getattr(place, who, None) or person(Role(who), place.agency)

    def seen_by(user):
        client, api = Client(), APIClient()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        api.force_authenticate(user)
        pages = []
        for name in ("detail", "progress", "marked", "original"):
            answer = client.get(reverse(f"spreadsheets:upload-{name}", args=[upload.pk]))
            pages.append(answer.status_code)
            if answer.streaming:
                b"".join(answer.streaming_content)
        pages.append(api.get(f"/api/v1/uploads/{upload.pk}/").status_code)
        listed = client.get(reverse("spreadsheets:desk")).content.decode()
        listed += client.get(reverse("spreadsheets:desk"), {"format": "csv"}).content.decode()
        listed += api.get("/api/v1/uploads/").content.decode()
        return set(pages), "อบรม.xlsx" in listed

    assert seen_by(by) == ({404}, False)
    assert seen_by(place.hr) == ({200}, True)
    # Whoever is HR no longer has no claim to it, although he or she sent it.
    place.hr.memberships.all().delete()
    assert not Upload.objects.filter(is_personal=False).exists()
    assert seen_by(place.hr) == ({404}, False)


def test_whoever_takes_the_form_is_logged_for_each_officer_but_oneself(place, year):
    HoldingFactory(post=PostFactory(agency=place.agency, code="L-4"), user=place.hr)
    kept(place)
    kept(place, officer=place.colleague)
    kept(place, officer=place.hr)
    target = io.BytesIO()
    which = {"kind": "learning-records", "agency": place.agency, "period": year}
    actions.write_form(target, **which, user=place.hr, at=NOON)
    seen = Event.objects.filter(verb="learning.records.viewed")
    assert seen.count() == 2
    actions.table_of(**which, user=place.hr, at=NOON)
    assert seen.count() == 4
    page = load_workbook(target).worksheets[0]
    assert [page.cell(5, n).value for n in range(1, 5)] == [
        "เลขที่บันทึก", "ผู้เรียน", "หลักสูตร", "วันที่เรียนจบ",
    ]  # fmt: skip
    assert page["D6"].is_date
    assert page["B6"].protection.locked
    assert not page["D6"].protection.locked


def test_an_officer_mends_a_waiting_record_on_its_page(place):
    record = kept(place, by=place.officer)
    client = Client()
    client.force_login(place.officer, backend="django.contrib.auth.backends.ModelBackend")
    address = reverse("learning:record-correct", args=[record.pk])
    assert address in client.get(reverse("learning:my-learning")).content.decode()
    given = {"completed_date": "2026-11-09", "note": "ตามประกาศนียบัตร", "version": record.version}
    assert client.post(address, given).status_code == 302
    record.refresh_from_db()
    assert (record.completed_date.day, record.status, record.version) == (9, "submitted", 2)


def test_hr_chooses_a_year_and_reads_what_becomes_of_the_file(place, year, somchai):
    quarter_of(YEAR, 2)
    course = place.digital.name_th
    upload = send(place, year, [HEAD, [1, "สมชาย ใจดี", course, "5 ม.ค. 2570", ""]])
    client = Client()
    client.force_login(place.hr, backend="django.contrib.auth.backends.ModelBackend")
    desk = client.get(reverse("spreadsheets:desk")).content.decode()
    assert f'value="{YEAR}"' in desk
    assert "-q1" not in desk
    assert 'name="action"' not in desk
    preview = client.get(reverse("spreadsheets:upload-detail", args=[upload.pk])).content.decode()
    assert "นำเข้าแล้วรอผู้บังคับบัญชาหรือฝ่ายบุคคลยืนยัน" in preview
    assert "ต้องส่งลงนามอีกครั้ง" not in preview
    assert "ไม่อยู่ในไฟล์" not in preview


def test_the_desk_takes_a_file_that_is_signed_by_nobody(place, year, somchai):
    client = Client()
    client.force_login(place.hr, backend="django.contrib.auth.backends.ModelBackend")
    rows = [HEAD, [1, "สมชาย ใจดี", place.digital.name_th, "5 ม.ค. 2570", ""]]
    file = SimpleUploadedFile("อบรม.xlsx", workbook(rows).getvalue())
    sent = {"kind": "learning-records", "agency": place.agency.pk, "period": YEAR, "file": file}
    answer = client.post(reverse("spreadsheets:desk"), sent)
    upload = Upload.objects.get()
    assert answer["Location"] == reverse("spreadsheets:upload-detail", args=[upload.pk])
    assert upload.action == Upload.Action.DRAFT
