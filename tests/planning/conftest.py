"""An edition in force, the next one drafted from it, and a consultation on that."""

from datetime import timedelta

import pytest

from accounts.models import Role
from planning.actions import editions
from strategy.actions.editions import move_edition
from strategy.models import Approach, Mission, PlanEdition
from tests.factories import NOON, TODAY, person
from tests.reports.factories import IssueFactory


@pytest.fixture
def strategist():
    return person(Role.STRATEGIST)


@pytest.fixture
def edition():
    issue = IssueFactory(code="1")
    Approach.objects.create(issue=issue, code="1.1", name_th="แนวทางหนึ่ง")
    Mission.objects.create(edition=issue.edition, number=1, name_th="พันธกิจ")
    PlanEdition.objects.filter(pk=issue.edition_id).update(state="in_force", vision_th="วิสัยทัศน์")
    return PlanEdition.objects.with_plan().get(pk=issue.edition_id)


@pytest.fixture
def draft(edition, strategist):
    return editions.start_next_edition(plan=edition.plan, source=edition, by=strategist, at=NOON)


@pytest.fixture
def consulted(draft, strategist):
    return move_edition(edition=draft, to="consultation", by=strategist, at=NOON)


@pytest.fixture
def consultation(consulted, strategist):
    return editions.open_consultation(
        edition=consulted,
        opens_date=TODAY - timedelta(days=3),
        closes_date=TODAY + timedelta(days=3),
        question_th="ครบหรือยัง",
        by=strategist,
        at=NOON,
    )
