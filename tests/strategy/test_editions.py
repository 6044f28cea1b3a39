"""Editions: begun as copies, written while drafts, moved on, never changed in force."""

from datetime import timedelta

import pytest

from accounts.models import Role
from accounts.rules import standing_of
from audit.models import Event
from common.refusal import Refused
from strategy import rules
from strategy.actions.editions import (
    EditionInput,
    PlanInput,
    drop_issue,
    move_edition,
    put_issue,
    start_edition,
    start_plan,
    write_edition,
)
from strategy.actions.issues import AlignmentInput, ApproachInput, IssueInput
from strategy.models import (
    Framework,
    FrameworkItem,
    Issue,
    Mission,
    Plan,
    PlanEdition,
)
from strategy.workflow import NEXT, Status
from tests.factories import NOON, TODAY, person
from tests.reports.factories import IssueFactory

pytestmark = pytest.mark.django_db
WORDS = EditionInput("วิสัยทัศน์ใหม่", missions=[("ข้อหนึ่ง", "One"), ("ข้อสอง", "")])


@pytest.fixture
def strategist():
    return person(Role.STRATEGIST)


@pytest.fixture
def in_force():
    """An edition in force with a mission, an issue, an approach and an alignment."""
    issue = IssueFactory(code="1")
    edition = issue.edition
    PlanEdition.objects.filter(pk=edition.pk).update(
        state="in_force", vision_th="วิสัยทัศน์เดิม", motto_th="นโยบาย"
    )
    mission = Mission.objects.create(edition=edition, number=1, name_th="พันธกิจเดิม")
    issue.missions.add(mission)
    framework = Framework.objects.create(code="NS", name_th="ยุทธศาสตร์ชาติ")
    item = FrameworkItem.objects.create(framework=framework, code="NS2", name_th="แข่งขันได้")
    issue.approaches.create(code="1.1", name_th="แนวทางเดิม")
    issue.alignments.create(item=item, reason_th="เหตุผล")
    return PlanEdition.objects.select_related("plan").get(pk=edition.pk)


@pytest.fixture
def draft(in_force, strategist):
    return start_edition(
        plan=in_force.plan, source=in_force, review_year=2571, by=strategist, at=NOON
    )


def issue_input(**given):
    return IssueInput(
        **{
            "code": "2",
            "name_th": "ประเด็นใหม่",
            "missions": [1],
            "approaches": [ApproachInput("2.1", "แนวทาง")],
            "items": [AlignmentInput("NS2", "เพราะ")],
            **given,
        }
    )


def said_by(edition):
    """Everything an edition says, to see that nothing moved."""
    return (
        edition.vision_th,
        edition.motto_th,
        list(edition.missions.order_by("number").values_list("number", "name_th")),
        [
            (
                issue.code,
                issue.name_th,
                list(issue.missions.values_list("number", flat=True)),
                list(issue.approaches.order_by("code").values_list("code", "name_th")),
                list(issue.alignments.values_list("item__code", "reason_th")),
            )
            for issue in edition.issues.order_by("code")
        ],
    )


def test_a_new_edition_is_a_copy_and_leaves_its_source(in_force, draft):
    assert (draft.number, draft.state, draft.based_on, draft.review_year) == (
        in_force.number + 1,
        "draft",
        in_force,
        2571,
    )
    assert said_by(draft) == said_by(in_force)
    assert Event.objects.filter(verb="strategy.edition.started").count() == 1


def test_what_is_written_in_a_draft_never_reaches_its_source(in_force, draft, strategist):
    before = said_by(in_force)
    write_edition(edition=draft, words=WORDS, by=strategist, at=NOON)
    put_issue(edition=draft, issue=issue_input(), by=strategist, at=NOON)
    put_issue(
        edition=draft,
        issue=issue_input(code="1", name_th="แก้แล้ว", approaches=[], items=[]),
        by=strategist,
        at=NOON,
    )
    draft.refresh_from_db()
    assert [row.name_th for row in draft.missions.order_by("number")] == ["ข้อหนึ่ง", "ข้อสอง"]
    changed = Issue.objects.get(edition=draft, code="1")
    assert (changed.name_th, changed.approaches.count(), changed.alignments.count()) == (
        "แก้แล้ว",
        0,
        0,
    )
    in_force.refresh_from_db()
    assert said_by(in_force) == before


@pytest.mark.parametrize("state", [state for state in Status if state != Status.DRAFT])
def test_only_a_draft_is_written(in_force, draft, strategist, state):
    # At most one edition of a plan is in force.
    PlanEdition.objects.filter(pk=in_force.pk).update(state="superseded")
    PlanEdition.objects.filter(pk=draft.pk).update(state=state.value)
    draft.refresh_from_db()
    before = said_by(draft)
    verbs = (
        lambda: write_edition(edition=draft, words=WORDS, by=strategist, at=NOON),
        lambda: put_issue(edition=draft, issue=issue_input(), by=strategist, at=NOON),
        lambda: drop_issue(
            issue=Issue.objects.select_related("edition").get(edition=draft, code="1"),
            by=strategist,
            at=NOON,
        ),
    )
    for verb in verbs:
        with pytest.raises(Refused) as refused:
            verb()
        assert refused.value.code == "not_draft"
    assert said_by(draft) == before


def test_one_edition_of_a_plan_is_in_work_at_a_time(in_force, draft, strategist):
    with pytest.raises(Refused, match="ยังไม่ใช้บังคับ"):
        start_edition(plan=in_force.plan, source=in_force, by=strategist, at=NOON)


def test_a_draft_is_not_copied(draft, strategist):
    plan = PlanInput(Plan.Kind.ANNUAL, 2571, 2571, "แผนปี 2571")
    with pytest.raises(Refused, match="คัดลอกจากร่างไม่ได้"):
        start_plan(plan=plan, source=draft, by=strategist, at=NOON)


def test_the_next_plan_begins_as_a_copy_of_this_one(in_force, strategist):
    plan = PlanInput(Plan.Kind.FIVE_YEAR, 2581, 2585, "แผน 5 ปีถัดไป")
    edition = start_plan(plan=plan, source=in_force, by=strategist, at=NOON)
    assert (edition.plan.code, edition.number) == ("2581-2585", 1)
    assert said_by(edition) == said_by(in_force)
    with pytest.raises(Refused, match="มีแผนของปีนี้แล้ว"):
        start_plan(plan=plan, source=None, by=strategist, at=NOON)
    with pytest.raises(Refused, match="ปีสิ้นสุดต้องไม่ก่อนปีเริ่ม"):
        start_plan(
            plan=PlanInput(Plan.Kind.FIVE_YEAR, 2585, 2581, "กลับปี"),
            source=None,
            by=strategist,
            at=NOON,
        )


def test_only_the_strategy_office_makes_plans(in_force):
    for role in (Role.GOVERNOR, Role.PLANNER, Role.APPROVER, Role.VIEWER):
        with pytest.raises(Refused, match="เฉพาะกลุ่มงานยุทธศาสตร์"):
            start_edition(plan=in_force.plan, source=in_force, by=person(role), at=NOON)


def go(edition, to, by, **given):
    return move_edition(edition=edition, to=to, by=by, at=NOON, **given)


def test_an_edition_goes_to_people_to_the_committee_and_into_force(in_force, draft, strategist):
    draft = go(draft, "consultation", strategist)
    with pytest.raises(Refused, match="มติ"):
        go(draft, "approved", strategist)
    with pytest.raises(Refused, match="ไม่เลยวันนี้"):
        go(
            draft,
            "approved",
            strategist,
            reference="1/2570",
            decided_date=TODAY + timedelta(days=1),
        )
    draft = go(draft, "approved", strategist, reference="1/2570", decided_date=TODAY)
    assert draft.approved_date == TODAY
    draft = go(draft, "in_force", strategist)
    in_force.refresh_from_db()
    assert (draft.state, in_force.state) == ("in_force", "superseded")
    assert [(move.from_state, move.to_state) for move in draft.moves.order_by("pk")] == [
        ("draft", "consultation"),
        ("consultation", "approved"),
        ("approved", "in_force"),
    ]
    # Its address now names the edition in force.
    assert Issue.objects.at_address(f"{draft.plan.start_year}-1").first().edition_id == draft.pk


def test_an_issues_address_never_names_a_draft(in_force, draft):
    found = Issue.objects.at_address(f"{in_force.plan.start_year}-1")
    assert [issue.edition_id for issue in found] == [in_force.pk]


@pytest.mark.parametrize("state", list(Status))
@pytest.mark.parametrize("to", list(Status))
def test_the_moves_are_those_of_the_table(draft, strategist, state, to):
    draft.state = state.value
    may = rules.why_not_move(draft, to.value, standing_of(strategist, TODAY)) is None
    # Superseded is what happens to the former one, never a move of its own.
    assert may is (to in NEXT[state] and to != Status.SUPERSEDED)


@pytest.mark.parametrize(
    ("missing", "says"),
    [("vision", "วิสัยทัศน์"), ("missions", "พันธกิจ"), ("issues", "ประเด็น")],
)
def test_people_are_not_asked_about_half_an_edition(draft, strategist, missing, says):
    if missing == "vision":
        PlanEdition.objects.filter(pk=draft.pk).update(vision_th=" ")
    else:
        for issue in draft.issues.all():
            issue.missions.clear()
            issue.alignments.all().delete()
            issue.approaches.all().delete()
        draft.issues.all().delete()
        if missing == "missions":
            draft.missions.all().delete()
    draft.refresh_from_db()
    with pytest.raises(Refused, match=says):
        go(draft, "consultation", strategist)


def test_a_mission_that_an_issue_serves_stays(draft, strategist):
    with pytest.raises(Refused, match="ยังมีประเด็นที่รับใช้พันธกิจ"):
        write_edition(edition=draft, words=EditionInput("วิสัยทัศน์"), by=strategist, at=NOON)
    assert draft.missions.count() == 1


def test_two_people_do_not_move_one_edition(draft, strategist):
    seen = PlanEdition.objects.select_related("plan").get(pk=draft.pk)
    go(draft, "consultation", strategist)
    with pytest.raises(Refused) as refused:
        go(seen, "consultation", strategist)
    assert refused.value.code == "changed_meanwhile"
