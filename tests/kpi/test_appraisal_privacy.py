"""An officer's appraisal shows nowhere to anybody but the officer, the line above and HR."""

import io
import logging
import zipfile
from decimal import Decimal

import pytest
import time_machine
from django.test import Client

from accounts.models import Post, User
from kpi import rollups
from kpi.models import Appraisal, AssessmentRound, Competency, CompetencyScore, Result, Scorecard
from tests.factories import NOON, HoldingFactory, MembershipFactory, PostFactory, UserFactory
from tests.test_permissions import Visitors, asked_by, doors_of, slices
from tests.worlds import World

# What only the appraisal knows: the officer's name, figure, achievement, level and the words on it.
NAME, WORDS = "พิกุลทองเฉพาะตัว", "ถ้อยคำเฉพาะแบบประเมิน"
FIGURE = Decimal(73419)
MARKS = (NAME, WORDS, "73,419", "73419", "3.3700", "3.37")
# That a colleague works here is no result: a head picks a deputy by name.
NAMED_HERE = {"pages:delegation-list"}


@pytest.fixture
def visitors(db, caplog):
    with time_machine.travel(NOON, tick=False), caplog.at_level(logging.CRITICAL):
        visitors = Visitors(World())
        appraise(visitors.world)
        yield visitors


def appraise(world: World) -> None:
    """Give the own agency's officer a signed figure and an appraisal by a supervisor."""
    own = world.own
    User.objects.filter(pk=own.holder.pk).update(full_name_th=NAME)
    own.holder.refresh_from_db()
    above = PostFactory(agency=own.agency, code="WA1")
    Post.objects.filter(pk=own.post.pk).update(supervising_post=above)
    own.boss = UserFactory()
    MembershipFactory(user=own.boss, agency=own.agency)
    HoldingFactory(post=above, user=own.boss)
    Result.objects.filter(pk=own.result_personal.pk).update(
        status="approved",
        value=FIGURE,
        submitted_by=own.holder,
        submitted_at=NOON,
        approved_by=own.boss,
        approved_at=NOON,
    )
    rollups.recompute(2570, at=NOON)
    round_ = AssessmentRound.objects.get(scheme__kind="official", number=1)
    competency = Competency.objects.create(
        scheme=round_.scheme, code="C1", order=1, weight=Decimal(100), name_th="บริการ"
    )
    appraisal = Appraisal.objects.create(
        scorecard=Scorecard.objects.get(pk=own.kpi_personal.scorecard_id),
        round=round_,
        assessed=own.holder,
        comment_th=WORDS,
        saved_by=own.boss,
        saved_at=NOON,
    )
    CompetencyScore.objects.create(
        appraisal=appraisal, competency=competency, score=Decimal("3.37")
    )


def content_of(answer) -> str:
    """Return all that an answer says; of a workbook what stands in its cells."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as file:
            body = b"".join(file.read(name) for name in file.namelist())
    return body.decode("utf-8", "replace")


@slices
@pytest.mark.usefixtures("untraced")
def test_no_address_shows_it_to_anybody_else(visitors, part):
    """Every address by every role but HR; lists are asked for all they have."""
    own, shown = visitors.world.own, []
    asked = {"q": "พิกุลทอง", "year": "2570", "page_size": "500"}
    for name, doors in doors_of(part).items():
        if "GET" not in doors:
            continue
        door = doors["GET"]
        url = visitors.url(name, door.at, own)
        url += door.query or "?" + "&".join(f"{key}={value}" for key, value in asked.items())
        for role in asked_by(door.own):
            # What refuses them, as the permission matrix sees, shows them nothing.
            if role == "hr" or door.own[role] != 200:
                continue
            answer = visitors.clients[role].get(url)
            assert answer.status_code == 200, (name, role)
            said = content_of(answer)
            shown += [
                f"{name} {role}: {mark}"
                for mark in MARKS
                if mark in said and not (mark == NAME and name in NAMED_HERE)
            ]
    assert not shown, "\n".join(shown)


def test_those_it_is_for_see_it(visitors):
    own = visitors.world.own
    at = {"pk": "kpi_personal.scorecard_id", "number": "'1"}
    page = visitors.url("kpi:appraisal", at, own)
    file = visitors.url("kpi:appraisal-file", at | {"ending": "'xlsx"}, own)
    for user in (own.holder, own.boss, visitors.world.people["hr"]):
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        for url in (page, file):
            said = content_of(client.get(url))
            assert NAME in said
            assert WORDS in said
    said = content_of(client.get(page))
    assert "73,419" in said
    assert "3.37" in said


def test_the_agencys_own_self_assessment_and_ranking_leave_it_out(visitors):
    """Scores of posts stand in no ranking and no file of the agency, whatever the quarter's state."""
    own = visitors.world.own
    client = visitors.clients["strategist"]
    for name, at in (
        ("kpi:score-list", {}),
        ("kpi:score-csv", {}),
        ("kpi:esar", {"pk": "kpi.scorecard_id", "number": "'1"}),
        ("kpi:esar-file", {"pk": "kpi.scorecard_id", "number": "'1", "ending": "'xlsx"}),
    ):
        said = content_of(client.get(visitors.url(name, at, own)))
        assert own.kpi_personal.code not in said
        assert not [mark for mark in MARKS if mark in said]
