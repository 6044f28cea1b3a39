"""Forums, proposals, comments and main targets as workbooks: brought in, mended, taken back, refused."""

from datetime import date, timedelta

import pytest
import time_machine

from accounts.models import Role
from audit.models import Event
from common.refusal import EntriesRefused, Refused
from planning.actions import editions, participation, proposals
from planning.actions.editions import CommentAnswer
from planning.actions.participation import ForumAmendment, ForumInput
from planning.actions.proposals import Answer, NewProposal, ProposalAnswer
from planning.models import ConsultationComment, Forum, ForumProposal
from projects.actions import Alignment, align_projects
from projects.models import Project
from spreadsheets import actions
from strategy.models import Approach, Framework, FrameworkItem
from submissions.actions import Withdrawal
from submissions.models import FiscalYear
from tests.factories import NOON, TODAY, AgencyFactory, AreaFactory, person, quarter_of
from tests.planning.factories import valley
from tests.projects.factories import project_with
from tests.spreadsheets.sheets import workbook
from tests.spreadsheets.test_registers import comes_back, in_the_way

pytestmark = pytest.mark.django_db
FORUMS = ["ที่", "ชื่อการประชุม", "วันที่ประชุม", "สถานที่", "อำเภอ", "ภาครัฐ", "ประชาชน (คน)", "แผนฉบับ"]
PROPOSALS = ["ที่", "เวที", "ผู้เสนอ", "ข้อคิดเห็น", "ผลการพิจารณา", "คำชี้แจง", "แนวทาง", "เลขที่เรื่อง"]
KINDS = ["forums", "forum-proposals", "consultation-comments", "main-targets"]


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def year(db):
    quarter_of(2570, 1)
    return FiscalYear.objects.get(year=2570)


@pytest.fixture
def agency(db):
    return AgencyFactory(code="PAR")


@pytest.fixture
def desk(agency, year, strategist):
    return Desk(agency, year, strategist)


class Desk:
    """The strategy office at the desk of spreadsheets."""

    def __init__(self, agency, year, by):
        self.agency, self.year, self.by = agency, year, by

    def send(self, kind, rows, by=None):
        return actions.receive_upload(
            file=workbook(rows), name="เวที.xlsx", kind=kind, agency=self.agency,
            period=self.year, action="draft", by=by or self.by, at=NOON,
        )  # fmt: skip

    def brings(self, kind, rows):
        upload = self.send(kind, rows)
        assert upload.report["errors"] == []
        actions.commit_upload(upload=upload, confirmed=True, by=self.by, at=NOON)
        comes_back(kind, self.agency, self.year, self.by)
        return upload

    def errors(self, kind, rows):
        return {(each["code"], each["cell"]) for each in self.send(kind, rows).report["errors"]}

    def undo(self, upload):
        actions.undo_upload(upload=upload, by=self.by, at=NOON)

    def forum(self, title="เวทีอำเภอ", **given):
        values = {"held_date": TODAY, "attendance": {"people": 40}, **given}
        return participation.record_forum(forum=ForumInput(title, **values), by=self.by, at=NOON)

    def proposal(self, forum, text="ขุดลอกคลอง"):
        return proposals.add_proposal(
            forum=forum, sector="people", text_th=text, by=self.by, at=NOON
        )


def came(forum):
    return dict(forum.attendance.values_list("sector", "people"))


# ── Forums ───────────────────────────────────────────────────────────────────
def test_a_list_of_forums_is_brought_in_and_an_undo_takes_it_back(desk, edition):
    AreaFactory(code="7402", name_th="กระทุ่มแบน")
    old = desk.forum()
    code = f"F70-{old.pk:05d}"
    rows = [
        ["บัญชีเวทีรับฟังความคิดเห็น"],
        FORUMS,
        [1, "เวทีกระทุ่มแบน", "๑๒ พ.ย. ๖๙", "หอประชุม", "กระทุ่มแบน", 12, 0,
         f"{edition.plan.code}.{edition.number}"],
        [code, "", "", "ที่ว่าการอำเภอ", "", 3, "", ""],
    ]  # fmt: skip
    upload = desk.brings("forums", rows)
    new = Forum.objects.exclude(pk=old.pk).get()
    assert (new.held_date, new.area.code, new.edition) == (date(2026, 11, 12), "7402", edition)
    # Nobody came of the people; of the private sector it is not known.
    assert came(new) == {"government": 12, "people": 0}
    old.refresh_from_db()
    assert (old.place_th, came(old)) == ("ที่ว่าการอำเภอ", {"government": 3, "people": 40})
    event = Event.objects.get(verb="planning.forum.amended")
    assert event.before == {"place_th": "", "government": None}
    assert event.after == {"place_th": "ที่ว่าการอำเภอ", "government": 3}
    desk.undo(upload)
    old.refresh_from_db()
    assert (old.place_th, came(old)) == ("", {"people": 40})
    assert Forum.objects.get() == old
    assert Event.objects.get(verb="planning.forum.withdrawn").before["government"] == 12


def test_a_forum_at_which_something_was_proposed_stays(desk):
    rows = [FORUMS[:3], [1, "เวทีหนึ่ง", "12/11/2569"], [2, "เวทีสอง", "12/11/2569"]]
    upload = desk.brings("forums", rows)
    first, _second = Forum.objects.order_by("pk")
    desk.proposal(first)
    assert in_the_way(upload, desk.by) == [f"F70-{first.pk:05d}: มีข้อเสนอจากเวทีแล้ว"]
    assert Forum.objects.count() == 2


def test_what_cannot_be_of_a_forum_is_said_at_its_cell(desk):
    desk.forum("เวทีเดิม", held_date=date(2026, 11, 12))
    rows = [
        FORUMS,
        [1, "ก", "12/11/2568", "", "", "", "", ""],
        [2, "ข", "", "", "", "", "", ""],
        [3, "ค", "12/11/2569", "", "ดาวอังคาร", "", "", ""],
        [4, "ง", "12/11/2569", "", "", -1, "", ""],
        ["F11-9876543219876", "จ", "12/11/2569", "", "", "", "", ""],
        [6, "ฉ" * 301, "12/11/2569", "", "", "", "", ""],
    ]
    assert desk.errors("forums", rows) == {
        ("other_year", "C2"), ("required", "C3"), ("not_a_choice", "E4"), ("people", "F5"),
        ("unknown_row", "A6"), ("too_long", "B7"),
    }  # fmt: skip
    later = (TODAY + timedelta(days=1)).strftime("%d/%m/%Y")
    rows = [FORUMS[:3], [1, "ก", later], [2, "เวทีเดิม", "12/11/2569"], [3, "ข", "1/12/2569"]]
    assert desk.errors("forums", rows) == {("verb_refused", "B2"), ("verb_refused", "B3")}
    assert Forum.objects.count() == 1


# ── Proposals ────────────────────────────────────────────────────────────────
def test_what_was_proposed_and_what_became_of_it_is_brought_in(desk, edition):
    need = valley().need()
    forum = desk.forum()
    approach = Approach.objects.get(issue__edition=edition)
    known = desk.proposal(forum, "เรื่องเดิม")
    rows = [
        PROPOSALS,
        [1, "เวทีอำเภอ", "ประชาชน", "ขุดลอกคลอง", "รับเป็นความต้องการ", "บันทึกแล้ว", "", need.code.lower()],
        [2, f"F70-{forum.pk:05d}", "private", "ลดขั้นตอน", "รับไว้ในแผน", "อยู่ในแนวทาง", "1.1 แนวทางหนึ่ง", ""],
        [3, "เวทีอำเภอ", "ประชาชน", "=ยังไม่ตอบ", "", "", "", ""],
        [f"P70-{known.pk:05d}", "", "", "", "ไม่รับ", "ไม่มีงบประมาณ", "", ""],
    ]  # fmt: skip
    upload = desk.brings("forum-proposals", rows)
    told = ForumProposal.objects.order_by("number")
    assert list(told.values_list("number", "sector", "text_th", "outcome", "need", "approach")) == [
        (1, "people", "เรื่องเดิม", "not_taken", None, None),
        (2, "people", "ขุดลอกคลอง", "need", need.pk, None),
        (3, "private", "ลดขั้นตอน", "taken", None, approach.pk),
        (4, "people", "=ยังไม่ตอบ", "open", None, None),
    ]
    assert [each.answered_by for each in told] == [desk.by, desk.by, desk.by, None]
    assert Event.objects.filter(verb="planning.proposal.answered").count() == 3
    desk.undo(upload)
    known.refresh_from_db()
    assert ForumProposal.objects.get() == known
    assert (known.outcome, known.outcome_th, known.answered_at) == ("open", "", None)
    assert Event.objects.filter(verb="planning.proposal.withdrawn").count() == 3
    assert Event.objects.filter(verb="planning.proposal.reopened").count() == 1


def test_what_cannot_be_of_a_proposal_is_said_at_its_cell(desk):
    desk.forum()
    desk.forum(held_date=TODAY - timedelta(days=1))
    desk.forum("เวทีอื่น")
    rows = [
        PROPOSALS,
        [1, "เวทีอำเภอ", "ประชาชน", "ก", "", "", "", ""],
        [2, "ไม่มีเวที", "ประชาชน", "ข", "", "", "", ""],
        [3, "เวทีอื่น", "ต่างดาว", "ค", "", "", "", ""],
        [4, "เวทีอื่น", "ประชาชน", "", "", "", "", ""],
        [5, "เวทีอื่น", "ประชาชน", "ง", "", "", "", "N99-99999"],
        [6, "เวทีอื่น", "ประชาชน", "จ", "", "", "9.9", ""],
    ]
    assert desk.errors("forum-proposals", rows) == {
        ("two_forums", "B2"), ("no_forum", "B3"), ("not_a_choice", "C4"), ("required", "D5"),
        ("no_need", "H6"), ("not_a_choice", "G7"),
    }  # fmt: skip
    rows = [
        PROPOSALS,
        [1, "เวทีอื่น", "ประชาชน", "ก", "ไม่รับ", "", "", ""],
        [2, "เวทีอื่น", "ประชาชน", "ข", "", "ตอบแล้ว", "", ""],
        [3, "เวทีอื่น", "ประชาชน", "ค", "รับเป็นความต้องการ", "รับ", "", ""],
        [4, "เวทีอื่น", "ประชาชน", "ง", "", "", "", ""],
    ]
    assert desk.errors("forum-proposals", rows) == {
        ("verb_refused", "B2"), ("verb_refused", "B3"), ("verb_refused", "B4")
    }  # fmt: skip
    assert not ForumProposal.objects.exists()


def test_an_answer_that_somebody_else_gave_is_not_overwritten(desk):
    known = desk.proposal(desk.forum())
    rows = [["เลขที่ข้อเสนอ", "ผล", "คำตอบ"], [f"P70-{known.pk:05d}", "ไม่รับ", "ไม่มีงบ"]]
    upload = desk.send("forum-proposals", rows)
    answer = {"outcome": "not_taken", "answer_th": "มีผู้ตอบแล้ว", "by": desk.by, "at": NOON}
    proposals.answer_proposal(proposal=known, version=1, **answer)
    with pytest.raises(Refused):
        actions.commit_upload(upload=upload, confirmed=True, by=desk.by, at=NOON)
    known.refresh_from_db()
    assert known.outcome_th == "มีผู้ตอบแล้ว"


# ── Comments ─────────────────────────────────────────────────────────────────
@pytest.fixture
def said(consultation, strategist):
    texts = ("ขุดลอกก่อนฝน", "โฆษณา", "ยังไม่ตรวจ")
    rows = [
        editions.comment(consultation=consultation, sector="people", text_th=text, at=NOON)
        for text in texts
    ]
    for row, shown in zip(rows, (True, False), strict=False):
        editions.judge_comments(comments=[row], shown=shown, by=strategist, at=NOON)
        row.refresh_from_db()
    return rows


def test_comments_are_answered_in_a_workbook_and_an_undo_takes_answers_back(desk, said):
    shown, hidden, waiting = [f"C70-{row.pk:05d}" for row in said]
    rows = [["เลขที่ความคิดเห็น", "คำชี้แจง"], [shown, "รับไว้ในแนวทาง 5.1"]]
    upload = desk.brings("consultation-comments", rows)
    row = ConsultationComment.objects.get(pk=said[0].pk)
    assert (row.answer_th, row.answered_by) == ("รับไว้ในแนวทาง 5.1", desk.by)
    assert desk.errors("consultation-comments", [rows[0], [waiting, "x"], ["ไม่มีเลขนี้", "x"]]) == {
        ("may_not", "A2"), ("unknown_row", "A3")
    }  # fmt: skip
    desk.undo(upload)
    row.refresh_from_db()
    assert (row.answer_th, row.answered_by, row.answered_at) == ("", None, None)
    # Others than the office read what is shown, and write nothing.
    governor = person(Role.GOVERNOR)
    resource = actions.KINDS["consultation-comments"]()
    [seen] = resource.rows_for(user=governor, agency=desk.agency, period=desk.year, at=NOON)
    assert (seen.code, bool(seen.why_not)) == (shown, True)
    assert hidden != shown


# ── Main targets ─────────────────────────────────────────────────────────────
@pytest.fixture
def items(db):
    plans = [Framework.objects.create(code=code, name_th=code) for code in ("MP", "NESDP")]
    both = [(plans[0], "MP01"), (plans[0], "MP02"), (plans[0], "1"), (plans[1], "1")]
    return [
        FrameworkItem.objects.create(framework=plan, code=code, name_th=f"{plan.code} {code}")
        for plan, code in both
    ]


def stands(project):
    project = Project.objects.select_related("main_item").get(pk=project.pk)
    served = project.framework_items.order_by("pk").values_list("pk", flat=True)
    return project.main_item, project.main_item_reason_th, list(served)


def test_main_targets_are_stated_in_a_workbook_and_an_undo_puts_them_back(desk, items):
    first, second, _one, other = items
    stated, _parts = project_with(1, host_agency=desk.agency, code="70-101")
    bare, _parts = project_with(1, host_agency=desk.agency, code="70-102")
    align_projects(entries=[Alignment(stated, first, "เดิม", [second])], by=desk.by, at=NOON)
    rows = [
        ["รหัสโครงการ", "แผนแม่บท", "เหตุผล", "รายการอื่น"],
        ["70-101", "mp02", "", "MP01, nesdp:1"],
        ["70-102", "MP01", "ลดน้ำเสีย", ""],
    ]
    upload = desk.brings("main-targets", rows)
    assert stands(stated) == (second, "เดิม", [first.pk, second.pk, other.pk])
    assert stands(bare) == (first, "ลดน้ำเสีย", [first.pk])
    event = Event.objects.filter(verb="projects.project.aligned", subject_id=stated.pk).last()
    assert (event.before["main_item"], event.after["main_item"]) == ("MP01", "MP02")
    assert (event.before["items"], event.after["items"]) == (
        ["MP01", "MP02"],
        ["1", "MP01", "MP02"],
    )
    desk.undo(upload)
    assert stands(stated) == (first, "เดิม", [first.pk, second.pk])
    assert stands(bare) == (None, "", [])


def test_what_cannot_be_of_a_main_target_is_said_at_its_cell(desk, items):
    for n in (1, 2, 3, 4):
        project_with(1, host_agency=desk.agency, code=f"70-10{n}")
    project_with(1, host_agency=AgencyFactory(), code="99-555")
    head = ["รหัสโครงการ", "แผนแม่บท", "เหตุผล", "รายการอื่น"]
    rows = [
        head,
        ["70-101", "MP99", "ก", ""],
        ["70-102", "1", "ก", ""],
        ["70-103", "MP01", "ก", "MP02 XX"],
        ["70-104", "MP01", "ก" * 2001, ""],
        ["99-555", "MP01", "ก", ""],
    ]
    assert desk.errors("main-targets", rows) == {
        ("no_item", "B2"), ("two_items", "B3"), ("no_item", "D4"), ("too_long", "C5"),
        ("unknown_row", "A6"),
    }  # fmt: skip
    rows = [
        head,
        ["70-101", "MP01", "", ""],
        ["70-102", "", "เหตุผล", ""],
        ["70-103", "MP01", "ก", ""],
    ]
    assert desk.errors("main-targets", rows) == {("verb_refused", "B2"), ("verb_refused", "C3")}
    assert not Project.objects.exclude(main_item=None).exists()


# ── The verbs ────────────────────────────────────────────────────────────────
def test_lists_are_written_together_or_not_at_all(desk, said, items):
    forum = desk.forum()
    other = desk.forum("อีกเวที")
    row = desk.proposal(forum)
    project, _parts = project_with(1, host_agency=desk.agency, code="70-101")
    told = ForumInput("ใหม่", TODAY)
    fine, no = NewProposal(forum, "people", "ใหม่"), Answer("not_taken", "ไม่")
    unseen = Project.objects.get(pk=project.pk)
    unseen.main_item_reason_th = "ที่เห็นเป็นอย่างอื่น"
    for verb, entries, wrong in (
        (participation.record_forums, [told, told], {1: "twice"}),
        (participation.record_forums, [told, ForumInput(" ", TODAY)], {1: "no_title"}),
        (participation.record_forums, [told, ForumInput("อีกเวที", TODAY)], {1: "forum_there"}),
        (
            participation.amend_forums,
            [ForumAmendment(forum, 1, told), ForumAmendment(other, 9, ForumInput("ข", TODAY))],
            {1: "changed_meanwhile"},
        ),
        (
            participation.amend_forums,
            [ForumAmendment(forum, 1, ForumInput("อีกเวที", TODAY))],
            {0: "forum_there"},
        ),
        (participation.withdraw_forums, [Withdrawal(forum.pk, 1), Withdrawal(other.pk, 2)],
         {0: "built_on", 1: "changed_meanwhile"}),
        (proposals.add_proposals, [fine, NewProposal(forum, "people", " ")], {1: "no_text"}),
        (
            proposals.add_proposals,
            [fine, NewProposal(forum, "people", "x", Answer("need", "รับ"))],
            {1: "no_need"},
        ),
        (proposals.answer_proposals, [ProposalAnswer(row, 2, no)], {0: "changed_meanwhile"}),
        (proposals.answer_proposals, [ProposalAnswer(row, 1, no)] * 2, {1: "twice"}),
        (proposals.answer_proposals, [ProposalAnswer(row, 1, Answer("open", "x"))],
         {0: "no_outcome"}),
        (proposals.withdraw_proposals, [Withdrawal(row.pk, 2)], {0: "changed_meanwhile"}),
        (
            editions.answer_comments,
            [CommentAnswer(said[0], 2, "ตอบ"), CommentAnswer(said[2], 1, "ตอบ")],
            {1: "not_judged"},
        ),
        (editions.answer_comments, [CommentAnswer(said[0], 1, "ตอบ")], {0: "changed_meanwhile"}),
        (
            align_projects,
            [Alignment(unseen, items[0], "ตรง")],
            {0: "changed_meanwhile"},
        ),
        (align_projects, [Alignment(project, None, "ตรง")], {0: "no_main_item"}),
    ):  # fmt: skip
        with pytest.raises(EntriesRefused) as refused:
            verb(entries=entries, by=desk.by, at=NOON)
        assert {n: why.code for n, why in refused.value.by_entry.items()} == wrong, entries
        assert set(Forum.objects.values_list("title_th", flat=True)) == {"เวทีอำเภอ", "อีกเวที"}
        assert list(ForumProposal.objects.values_list("outcome", flat=True)) == ["open"]
        assert not ConsultationComment.objects.exclude(answer_th="").exists()
        assert stands(project) == (None, "", [])


@pytest.mark.parametrize("role", [Role.REPORTER, Role.GOVERNOR, Role.PLANNER, Role.HR, Role.ADMIN])
def test_nobody_but_the_strategy_office_writes_them(desk, said, items, role):
    by = person(role, desk.agency)
    forum = desk.forum()
    row = desk.proposal(forum)
    project, _parts = project_with(1, host_agency=desk.agency, code="70-101")
    for kind in KINDS:
        with pytest.raises(Refused):
            desk.send(kind, [["รหัส", "ชื่อ"], ["1", "ก"]], by=by)
        resource = actions.KINDS[kind]()
        rows = resource.rows_for(user=by, agency=desk.agency, period=desk.year, at=NOON)
        assert all(each.why_not for each in rows)
    told = ForumInput("ใหม่", TODAY)
    for verb, entries in (
        (participation.record_forums, [told]),
        (participation.amend_forums, [ForumAmendment(forum, 1, told)]),
        (participation.withdraw_forums, [Withdrawal(forum.pk, 1)]),
        (proposals.add_proposals, [NewProposal(forum, "people", "x")]),
        (proposals.answer_proposals, [ProposalAnswer(row, 1, Answer("not_taken", "x"))]),
        (proposals.withdraw_proposals, [Withdrawal(row.pk, 1)]),
        (editions.answer_comments, [CommentAnswer(said[0], 2, "x")]),
        (align_projects, [Alignment(project, items[0], "x")]),
    ):
        with pytest.raises(Refused) as refused:
            verb(entries=entries, by=by, at=NOON)
        assert refused.value.code == "not_strategist"


def test_more_rows_cost_no_more_queries(desk, said, items, django_assert_max_num_queries):
    def grow(n):
        forum = desk.forum(f"เวที {n}")
        desk.proposal(forum)
        project, _parts = project_with(1, host_agency=desk.agency, code=f"70-20{n}")
        align_projects(entries=[Alignment(project, items[0], "x", items[1:])], by=desk.by, at=NOON)

    which = {"user": desk.by, "agency": desk.agency, "period": desk.year, "at": NOON}
    counts = []
    for n in range(4):
        grow(n)
        if n not in (0, 3):
            continue
        for kind in KINDS:
            with django_assert_max_num_queries(40) as made:
                assert actions.KINDS[kind]().rows_for(**which)
            counts.append(len(made.captured_queries))
    assert counts[: len(KINDS)] == counts[len(KINDS) :]
