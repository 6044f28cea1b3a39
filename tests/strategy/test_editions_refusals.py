"""What is left of editions' verbs: begun by a loader, moved by others, and parts that are in use."""

import pytest

from accounts.models import Role, User
from accounts.rules import Standing
from audit.models import Event
from common.refusal import Refused
from planning.models import TowsStrategy
from strategy import rules
from strategy.actions.editions import (
    PlanInput,
    drop_issue,
    move_edition,
    put_issue,
    start_edition,
    start_plan,
)
from strategy.actions.issues import ApproachInput, IssueInput
from strategy.models import Approach, Issue, Mission, Plan, PlanEdition
from strategy.workflow import Status
from tests.factories import NOON, person
from tests.projects.factories import project_with
from tests.reports.factories import IssueFactory


@pytest.mark.parametrize("to", list(Status))
def test_others_move_no_edition_anywhere(to):
    planner = Standing(User(), frozenset({(Role.PLANNER.value, 1)}))
    reason = rules.why_not_move(PlanEdition(state="draft"), to.value, planner)
    assert reason == "เฉพาะกลุ่มงานยุทธศาสตร์ฯ สำนักงานจังหวัด จัดทำแผนได้"


@pytest.fixture
def strategist(db):
    return person(Role.STRATEGIST)


@pytest.fixture
def issue(db):
    """An issue of a draft, with a mission it serves and an approach."""
    issue = IssueFactory(code="1")
    PlanEdition.objects.filter(pk=issue.edition_id).update(state="draft")
    issue.missions.add(Mission.objects.create(edition=issue.edition, number=1, name_th="พันธกิจ"))
    issue.approaches.create(code="1.1", name_th="แนวทางเดิม")
    return Issue.objects.select_related("edition__plan").get(pk=issue.pk)


def test_a_loader_begins_plans_and_editions_from_nothing(db):
    edition = start_plan(
        plan=PlanInput(Plan.Kind.ANNUAL, 2592, 2592, "แผนปี 2592"), source=None, by=None, at=NOON
    )
    # A loader states what is there: an edition in work does not keep the next one out.
    second = start_edition(plan=edition.plan, source=None, by=None, at=NOON)
    assert (edition.plan.code, edition.number, second.number) == ("annual-2592", 1, 2)
    assert not Issue.objects.filter(edition__in=[edition, second]).exists()
    assert {event.actor_id for event in Event.objects.filter(verb__startswith="strategy.")} == {
        None
    }


def test_a_year_has_one_annual_plan(strategist):
    plan = PlanInput(Plan.Kind.ANNUAL, 2592, 2592, "แผนปี 2592")
    start_plan(plan=plan, source=None, by=strategist, at=NOON)
    with pytest.raises(Refused) as refused:
        start_plan(plan=plan, source=None, by=strategist, at=NOON)
    assert refused.value.code == "plan_there"
    assert Plan.objects.count() == 1


def test_an_edition_that_others_move_stays(issue):
    with pytest.raises(Refused) as refused:
        move_edition(edition=issue.edition, to="consultation", by=person(Role.GOVERNOR), at=NOON)
    assert refused.value.code == "no_move"
    assert PlanEdition.objects.get(pk=issue.edition_id).state == "draft"


def test_an_approach_that_a_project_names_is_not_written_away(issue, strategist):
    project_with(issue=issue, approach=issue.approaches.get())
    with pytest.raises(Refused, match="แนวทางที่ตัดออกยังถูกอ้าง") as refused:
        put_issue(
            edition=issue.edition,
            issue=IssueInput(
                code="1", name_th="ชื่อใหม่", approaches=[ApproachInput("1.2", "แนวทางใหม่")]
            ),
            by=strategist,
            at=NOON,
        )
    assert refused.value.code == "approach_used"
    assert [each.code for each in Approach.objects.all()] == ["1.1"]
    assert Issue.objects.get(pk=issue.pk).name_th == issue.name_th
    assert not Event.objects.exists()


def test_an_approach_that_an_analysis_names_is_neither_written_away_nor_dropped(issue, strategist):
    approach = issue.approaches.get()
    tows = TowsStrategy.objects.create(edition=issue.edition, number=1, text_th="กลยุทธ์")
    tows.approaches.add(approach)
    without = IssueInput(code="1", name_th="ชื่อใหม่", approaches=[])
    with pytest.raises(Refused) as refused:
        put_issue(edition=issue.edition, issue=without, by=strategist, at=NOON)
    assert refused.value.code == "approach_used"
    with pytest.raises(Refused) as refused:
        drop_issue(issue=issue, by=strategist, at=NOON)
    assert refused.value.code == "issue_used"
    assert list(tows.approaches.all()) == [approach]
    assert Issue.objects.get(pk=issue.pk).name_th == issue.name_th
    assert not Event.objects.exists()


def test_an_issue_goes_with_its_approaches(issue, strategist):
    drop_issue(issue=issue, by=strategist, at=NOON)
    assert not Issue.objects.exists()
    assert not Approach.objects.exists()
    assert Mission.objects.count() == 1
    assert Event.objects.get().verb == "strategy.issue.dropped"


def test_an_issue_that_a_project_serves_stays_whole(issue, strategist):
    project_with(issue=issue)
    with pytest.raises(Refused, match="จึงลบไม่ได้") as refused:
        drop_issue(issue=issue, by=strategist, at=NOON)
    assert refused.value.code == "issue_used"
    assert [each.code for each in Issue.objects.get().approaches.all()] == ["1.1"]
    assert not Event.objects.exists()
