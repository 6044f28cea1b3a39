"""Needs as a workbook: as a local administration sends them, put right, and taken back."""

import re
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from accounts.models import Area, Role
from audit.models import Event
from common.refusal import EntriesRefused, Refused
from planning.actions import (
    Amendment,
    Withdrawal,
    amend_needs,
    merge_need,
    rank_need,
    send_up,
    withdraw_needs,
)
from planning.models import (
    Criterion,
    FactorEvidence,
    Forum,
    ForumProposal,
    Need,
    NeedPhoto,
    NeedStep,
    SwotFactor,
)
from planning.rules.needs import seats_of, why_not_amend
from spreadsheets import actions
from spreadsheets.actions.reading import written_of
from submissions.models import FiscalYear
from submissions.rules import standing_of
from tests.factories import NOON, person, quarter_of
from tests.planning.factories import planner_elsewhere, valley
from tests.reports.factories import IssueFactory
from tests.spreadsheets.sheets import workbook
from tests.spreadsheets.test_registers import comes_back, in_the_way

HEAD = ["ที่", "ปัญหา/ความต้องการ", "ด้าน", "หมู่บ้าน/ตำบล", "ผู้ได้รับประโยชน์ (คน)", "งบประมาณ (บาท)"]


@pytest.fixture
def there(db):
    quarter_of(2570, 1)
    with time_machine.travel(NOON, tick=False):
        yield valley()


@pytest.fixture
def year(there):
    return FiscalYear.objects.get(year=2570)


def send(there, year, rows, by=None):
    by = by or there.people["local"]
    agency = by.memberships.first().agency
    return actions.receive_upload(
        file=workbook(rows), name="แผน.xlsx", kind="needs", agency=agency, period=year,
        action="draft", by=by, at=NOON,
    )  # fmt: skip


def told(upload):
    return {(each["code"], each["cell"]) for each in upload.report["errors"]}


def test_needs_of_a_local_administration_are_brought_in(there, year):
    planner = there.people["local"]
    rows = [
        ["บัญชีปัญหาและความต้องการของประชาชน ประจำปี 2570"],
        HEAD,
        [1, "ขยายเขตประปา", "น้ำ", "village 74011405", "๑๒๐", "1.5 ล้านบาท"],
        [2, "ขุดลอกคลอง", "WATER", "ต.tambon 740114", "-", 0],
        ["รวม", "", "", "", 120, 1_500_000],
    ]
    upload = send(there, year, rows)
    assert upload.report["errors"] == []
    assert upload.report["counts"]["new"] == 2
    assert not Need.objects.exists()
    actions.commit_upload(upload=upload, confirmed=True, by=planner, at=NOON)
    first, second = Need.objects.order_by("pk")
    assert (first.title_th, first.area.code, first.level) == ("ขยายเขตประปา", "74011405", "local")
    assert (first.people_affected, first.cost_guess) == (120, 1_500_000)
    # A dash is not reported; zero is a value.
    assert (second.people_affected, second.cost_guess) == (None, 0)
    assert second.area.code == "740114"
    comes_back("needs", planner.memberships.get().agency, year, planner)
    # The same list once more is refused: these needs are there.
    assert told(send(there, year, rows)) == {("verb_refused", "B3"), ("verb_refused", "B4")}


def test_an_undo_takes_away_what_the_file_made_and_the_list_may_come_again(there, year):
    planner = there.people["local"]
    known = there.need(people_affected=5)
    head = ["เลขที่", "เรื่อง", "หมวด", "พื้นที่", "ผู้ได้รับผลกระทบ (คน)"]
    rows = [
        head,
        [1, "ขยายเขตประปา", "น้ำ", "74011405", 0],
        [2, "ขุดลอกคลอง", "น้ำ", "740114", ""],
        [known.code, "เรื่องที่แก้", "", "", 7],
    ]
    upload = send(there, year, rows)
    assert upload.report["errors"] == []
    actions.commit_upload(upload=upload, confirmed=True, by=planner, at=NOON)
    made = list(Need.objects.exclude(pk=known.pk).order_by("pk"))
    assert [each["made"] for each in written_of(upload)] == [*(need.code for need in made), ""]
    actions.undo_upload(upload=upload, by=planner, at=NOON)
    left = Need.objects.get()
    assert (left.code, left.title_th, left.people_affected) == (known.code, known.title_th, 5)
    gone = Event.objects.filter(verb="planning.need.withdrawn").order_by("pk")
    assert [each.before["title_th"] for each in gone] == ["ขยายเขตประปา", "ขุดลอกคลอง"]
    assert {(each.actor_id, each.agency_code) for each in gone} == {(planner.pk, "V-local")}
    again = send(there, year, rows[:3])
    assert again.report["errors"] == []
    actions.commit_upload(upload=again, confirmed=True, by=planner, at=NOON)
    assert Need.objects.count() == 3


def test_the_pages_say_what_is_new_once_with_its_place_in_the_readers_language(there, year, client):
    planner = there.people["local"]
    client.force_login(planner, backend="django.contrib.auth.backends.ModelBackend")
    rows = [HEAD, ["ก1", "ขยายเขตประปา", "น้ำ", "74011405", "", 0]]
    upload = send(there, year, rows)
    [change] = upload.report["changes"]
    assert change["is_new"]
    read = {cell["field"]: (cell["label"], cell["new"]) for cell in change["cells"]}
    assert read["area"] == ("ตำบล / หมู่บ้าน", "village 74011405 · tambon 740114 · district 7401")
    page = reverse("spreadsheets:upload-detail", args=[upload.pk])
    body = client.get(page).content.decode()
    [row] = re.findall(r'<th scope="row" data-k="รายการ">(ก1.*?)</th>', body)[:1]
    assert row.count("ก1") == 1
    assert "แถวใหม่" in row
    # A code of digits is no figure, and what is new was not "not reported" before.
    assert "74,011,405" not in body
    assert "ยังไม่รายงาน" not in body
    english = client.get(f"/en{page}").content.decode()
    assert "New row" in english
    assert "Tambon / village" in english
    actions.commit_upload(upload=upload, confirmed=True, by=planner, at=NOON)
    result = client.get(page).content.decode()
    assert "นำเข้าแล้วมีผลทันที ไม่ต้องส่งลงนาม" in result
    assert "บันทึกเป็นร่างแล้ว" not in result


def test_what_was_built_on_new_needs_is_listed_and_nothing_is_taken_away(there, year):
    planner = there.people["local"]
    titles = ["ส่งขึ้น", "ให้คะแนน", "รวมเข้ามา", "แก้คำ", "เป็นหลักฐาน", "ตอบเวที", "มีภาพ", "ไม่มีใครแตะ"]
    rows = [[n, title, "น้ำ", "74011405", "", ""] for n, title in enumerate(titles, start=1)]
    upload = send(there, year, [HEAD, *rows])
    actions.commit_upload(upload=upload, confirmed=True, by=planner, at=NOON)
    sent, ranked, main, amended, shown, answered, pictured, _untouched = (
        Need.objects.with_place().order_by("pk")
    )
    by = {"by": planner, "at": NOON}
    send_up(needs=[sent], **by)
    points = {row.pk: 3 for row in Criterion.objects.filter(level="local")}
    rank_need(need=ranked, points=points, **by)
    merge_need(need=there.need(), into=main, **by)
    amend_needs(entries=[Amendment(amended, 1, "แก้แล้ว", there.category)], **by)
    edition = IssueFactory(code="1").edition
    factor = SwotFactor.objects.create(
        edition=edition, kind="W", number=1, text_th="น้ำ", importance=3
    )
    FactorEvidence.objects.create(factor=factor, need=shown)
    forum = Forum.objects.create(title_th="เวที", held_date=NOON.date())
    ForumProposal.objects.create(forum=forum, number=1, sector="people", text_th="ก", need=answered)
    photo = {"media_type": "image/png", "size_bytes": 1, "sha256": "0" * 64}
    NeedPhoto.objects.create(need=pictured, file="needs/a.png", **photo)
    assert in_the_way(upload, planner) == [
        f"{sent.code}: {why_not_amend(Need.objects.with_place().get(pk=sent.pk), seats_here(planner))}",
        f"{ranked.code}: ให้คะแนนจัดลำดับแล้ว",
        f"{main.code}: มีผู้ดำเนินการต่อแล้ว",
        f"{amended.code}: มีผู้แก้ไขรายการนี้หลังจากนำเข้า",
        f"{shown.code}: ใช้เป็นหลักฐานของปัจจัย SWOT แล้ว",
        f"{answered.code}: เป็นคำตอบของข้อเสนอในเวทีแล้ว",
        f"{pictured.code}: มีภาพแนบแล้ว",
    ]
    assert Need.objects.filter(title_th="ไม่มีใครแตะ").exists()
    assert not Event.objects.filter(verb="planning.need.withdrawn").exists()


def seats_here(planner):
    return seats_of(standing_of(planner, NOON.date()))


def test_needs_are_withdrawn_where_they_are_decided_and_as_they_were_seen(there):
    planner = there.people["local"]
    own, above, public = there.need(), there.need(level="district"), there.need(origin="public")
    entries = [Withdrawal(need, need.version) for need in (own, above, public)]
    with pytest.raises(EntriesRefused) as refused:
        withdraw_needs(entries=entries, by=planner, at=NOON)
    assert set(refused.value.by_entry) == {1, 2}
    with pytest.raises(EntriesRefused) as refused:
        withdraw_needs(entries=[Withdrawal(own, own.version + 1)], by=planner, at=NOON)
    assert refused.value.by_entry[0].code == "changed_meanwhile"
    step = NeedStep(need=own, kind="ranked", from_level="local", to_level="local")
    step.happened_at = NOON
    step.save()
    with pytest.raises(EntriesRefused) as refused:
        withdraw_needs(entries=entries[:1], by=planner, at=NOON)
    assert refused.value.by_entry[0].code == "built_on"
    assert Need.objects.count() == 3


def test_what_cannot_be_is_said_at_its_cell(there, year):
    twin = Area.objects.create(code="74011499", kind="village", name_th="village 74011405")
    twin.parent = there.areas["tambon"]
    twin.save()
    rows = [
        HEAD,
        [1, "ก", "น้ำ", "village 74011405", "", ""],
        [2, "ข", "น้ำ", "ที่อื่น", "", ""],
        [3, "ค", "ไม่มีหมวดนี้", "74011405", "", ""],
        [4, "ง", "น้ำ", "74011405", -1, -5],
        [5, "", "น้ำ", "74011405", 1, 5],
        [6, "ย" * 301, "น้ำ", "74011405", 1, 5],
        ["N70-99999", "จ", "น้ำ", "74011405", 1, 5],
    ]
    assert told(send(there, year, rows)) == {
        ("two_areas", "D2"), ("no_area", "D3"), ("not_a_choice", "C4"), ("people", "E5"),
        ("cost", "F5"), ("required", "B6"), ("too_long", "B7"), ("unknown_row", "A8"),
    }  # fmt: skip
    assert not Need.objects.exists()


def test_what_an_officer_wrote_is_put_right_and_an_undo_puts_it_back(there, year):
    planner = there.people["local"]
    need = there.need(people_affected=5, cost_guess=Decimal(100))
    above = there.need(level="district")
    public = there.need(origin="public")
    there.need(status="hidden", answer_th="โฆษณา")
    head = ["เลขที่", "เรื่อง", "ผู้ได้รับผลกระทบ (คน)"]
    rows = [[each.code, "เรื่องใหม่", 7] for each in (need, above, public)]
    assert told(send(there, year, [head, *rows])) == {("may_not", "A3"), ("may_not", "A4")}
    upload = send(there, year, [head, rows[0]])
    actions.commit_upload(upload=upload, confirmed=True, by=planner, at=NOON)
    now = Need.objects.get(pk=need.pk)
    assert (now.title_th, now.people_affected, now.cost_guess) == ("เรื่องใหม่", 7, 100)
    assert Event.objects.filter(verb="planning.need.amended").count() == 1
    actions.undo_upload(upload=upload, by=planner, at=NOON)
    now = Need.objects.get(pk=need.pk)
    assert (now.title_th, now.people_affected) == (need.title_th, 5)
    # Sent up since: whoever decides there now puts it right.
    upload = send(there, year, [head, rows[0]])
    actions.commit_upload(upload=upload, confirmed=True, by=planner, at=NOON)
    Need.objects.filter(pk=need.pk).update(level="district")
    assert "ระดับ" in in_the_way(upload, planner)[0]


def test_a_planner_sees_and_sends_only_what_lies_in_the_agencys_places(there, year):
    need = there.need()
    elsewhere = planner_elsewhere()
    agency = elsewhere.memberships.filter(agency__areas__code="740999").get().agency
    which = {"kind": "needs", "agency": agency, "period": year}
    _columns, rows = actions.table_of(**which, user=elsewhere, at=NOON)
    assert rows == []
    local = there.people["local"].memberships.get().agency
    with pytest.raises(Refused):
        actions.receive_upload(
            file=workbook([HEAD, [1, "ก", "น้ำ", "74011405", "", ""]]), name="a.xlsx",
            action="draft", by=elsewhere, at=NOON, **{**which, "agency": local},
        )  # fmt: skip
    # The strategy office, which has no places, plans for all.
    office = there.strategist.memberships.get().agency
    which = {"kind": "needs", "agency": office, "period": year}
    _columns, rows = actions.table_of(**which, user=there.strategist, at=NOON)
    assert [row[0] for row in rows] == [need.code]
    upload = send(there, year, [HEAD, [1, "ก", "น้ำ", "74011405", "", ""]], by=there.strategist)
    assert not upload.report["errors"]


def test_the_slower_of_two_who_put_a_need_right_is_told_and_nothing_is_written(there):
    planner = there.people["local"]
    first, second = there.need(), there.need()
    entries = [
        Amendment(need, version, title, there.category)
        for need, version, title in (
            (first, first.version, "ใหม่"), (second, second.version + 1, "ใหม่"),
        )
    ]  # fmt: skip
    with pytest.raises(EntriesRefused) as refused:
        amend_needs(entries=entries, by=planner, at=NOON)
    assert set(refused.value.by_entry) == {1}
    assert refused.value.by_entry[1].code == "changed_meanwhile"
    assert not Need.objects.filter(title_th="ใหม่").exists()
    blank = Amendment(first, first.version, " ", there.category)
    with pytest.raises(EntriesRefused, match="เขียนว่าต้องการอะไร"):
        amend_needs(entries=[blank], by=planner, at=NOON)
    assert amend_needs(entries=[], by=person(Role.PLANNER), at=NOON) == []


def test_one_refused_line_keeps_new_and_known_ones_back(there, year):
    need = there.need()
    head = ["เลขที่", "เรื่อง", "หมวด", "พื้นที่"]
    rows = [head, [need.code, "เรื่องใหม่", "", ""], [1, need.title_th, "น้ำ", "74011405"]]
    upload = send(there, year, rows)
    assert told(upload) == {("verb_refused", "B3")}
    resource = actions.KINDS["needs"]()
    agency = there.people["local"].memberships.get().agency
    [row] = resource.rows_for(user=there.people["local"], agency=agency, period=year, at=NOON)
    prepared = resource.prepare([(row, {"title_th": "เรื่องใหม่"})], period=year)
    Need.objects.update(version=8)
    with pytest.raises(EntriesRefused) as refused:
        resource.rehearse([each.entry for each in prepared], by=there.people["local"], at=NOON)
    assert set(refused.value.by_entry) == {0}
    assert not Need.objects.filter(title_th="เรื่องใหม่").exists()
