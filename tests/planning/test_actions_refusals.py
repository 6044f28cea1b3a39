"""What planning's verbs refuse, and that nothing is written then."""

from datetime import date

import pytest

from accounts.models import Role
from audit.models import Event
from common.refusal import Refused
from planning import actions as needs
from planning.actions import analysis, editions, participation, proposals
from planning.models import (
    Announcement,
    AnnouncementReceipt,
    Consultation,
    ConsultationComment,
    FactorEvidence,
    Forum,
    ForumProposal,
    SwotFactor,
    TowsStrategy,
)
from projects.models import Project
from strategy.actions.editions import PlanInput
from strategy.models import Approach, Plan, PlanEdition, ProvinceFact
from tests.factories import NOON, TODAY, AgencyFactory, person
from tests.planning.factories import valley
from tests.reports.factories import IssueFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def strategist():
    return person(Role.STRATEGIST)


@pytest.fixture
def draft():
    """A draft with an issue and an approach."""
    issue = IssueFactory(code="1")
    Approach.objects.create(issue=issue, code="1.1", name_th="แนวทางหนึ่ง")
    return in_state(issue.edition_id, "draft")


def in_state(edition_id, state):
    PlanEdition.objects.filter(pk=edition_id).update(state=state)
    return PlanEdition.objects.with_plan().get(pk=edition_id)


def factor(edition, kind, by=None):
    return analysis.add_factor(
        edition=edition, factor=analysis.FactorInput(kind, f"ปัจจัย {kind}", 3), by=by, at=NOON
    )


# ── Analysis ─────────────────────────────────────────────────────────────────
def test_a_factor_goes_with_its_evidence_and_a_strategy_alone(draft, strategist):
    inside, outside = factor(draft, "S"), factor(draft, "O")
    analysis.add_evidence(
        factor=inside,
        evidence=analysis.EvidenceInput(label_th="ประชากร", source_th="ทะเบียนราษฎร"),
        by=strategist,
        at=NOON,
    )
    tows = analysis.add_tows(
        edition=draft,
        text_th="กลยุทธ์",
        factors=[inside, outside],
        approaches=[],
        by=strategist,
        at=NOON,
    )
    analysis.drop_tows(tows=tows, by=strategist, at=NOON)
    assert not TowsStrategy.objects.exists()
    assert SwotFactor.objects.count() == 2
    analysis.drop_factor(factor=inside, by=strategist, at=NOON)
    assert not FactorEvidence.objects.exists()
    assert [each.kind for each in SwotFactor.objects.all()] == ["O"]
    dropped = Event.objects.filter(verb__endswith=".dropped").order_by("pk")
    assert [event.verb for event in dropped] == ["planning.tows.dropped", "planning.factor.dropped"]


def test_a_strategy_of_what_is_in_force_stays(draft, strategist):
    tows = TowsStrategy.objects.create(edition=draft, number=1, text_th="กลยุทธ์")
    in_state(draft.pk, "in_force")
    with pytest.raises(Refused) as refused:
        analysis.drop_tows(tows=tows, by=strategist, at=NOON)
    assert refused.value.code == "not_draft"
    assert TowsStrategy.objects.filter(pk=tows.pk).exists()


@pytest.mark.parametrize("foreign", ["factor", "approach"])
def test_a_strategy_is_made_of_one_edition(draft, strategist, foreign):
    other = PlanEdition.objects.create(plan=draft.plan, number=99, state="superseded")
    theirs = other.issues.create(code="9", name_th="ประเด็นของฉบับเก่า")
    factors = [factor(draft, "S"), factor(other if foreign == "factor" else draft, "O")]
    approaches = [theirs.approaches.create(code="9.1", name_th="เก่า")]
    with pytest.raises(Refused, match="แผนฉบับเดียวกัน") as refused:
        analysis.add_tows(
            edition=draft,
            text_th="กลยุทธ์",
            factors=factors,
            approaches=approaches if foreign == "approach" else [],
            by=strategist,
            at=NOON,
        )
    assert refused.value.code == "other_edition"
    assert not TowsStrategy.objects.exists()


# ── Editions and consultations ───────────────────────────────────────────────
def test_an_edition_and_a_plan_begin_with_nothing_to_copy(draft, strategist):
    factor(draft, "S")
    plan = Plan.objects.create(
        code="2591-2595", kind="five_year", name_th="แผน", start_year=2591, end_year=2595
    )
    first = editions.start_next_edition(plan=plan, source=None, by=strategist, at=NOON)
    other = editions.start_next_plan(
        plan=PlanInput("annual", 2592, 2592, "แผนปี"), source=None, by=strategist, at=NOON
    )
    for edition in (first, other):
        assert (edition.number, edition.state, edition.based_on) == (1, "draft", None)
        assert not edition.swot_factors.exists()
        assert not edition.issues.exists()
    assert other.plan.code == "annual-2592"


def test_the_next_plan_takes_the_analysis_with_it(draft, strategist):
    pair = [factor(draft, "W"), factor(draft, "T")]
    analysis.add_tows(
        edition=draft,
        text_th="กลยุทธ์",
        factors=pair,
        approaches=list(Approach.objects.select_related("issue")),
        by=None,
        at=NOON,
    )
    source = in_state(draft.pk, "in_force")
    copy = editions.start_next_plan(
        plan=PlanInput("five_year", 2591, 2595, "แผนถัดไป"), source=source, by=strategist, at=NOON
    )
    [tows] = copy.tows.all()
    assert {each.code for each in tows.factors.all()} == {"W1", "T1"}
    assert [each.issue.edition_id for each in tows.approaches.all()] == [copy.pk]
    with pytest.raises(Refused, match="มีแผนของปีนี้แล้ว"):
        editions.start_next_plan(
            plan=PlanInput("five_year", 2591, 2595, "ซ้ำ"), source=source, by=strategist, at=NOON
        )
    assert TowsStrategy.objects.count() == 2


@pytest.fixture
def consultation(draft):
    return Consultation.objects.create(
        edition=in_state(draft.pk, "consultation"),
        opens_date=TODAY,
        closes_date=TODAY,
        question_th="ครบหรือยัง",
    )


def test_an_empty_comment_is_not_taken(consultation):
    with pytest.raises(Refused, match="เขียนความคิดเห็นก่อนส่ง") as refused:
        editions.comment(consultation=consultation, sector="people", text_th=" \n", at=NOON)
    assert refused.value.code == "no_text"
    assert not ConsultationComment.objects.exists()


@pytest.mark.parametrize(
    "meanwhile", [{"state": "hidden"}, {"state": "shown", "answer_th": "รับไว้", "answered_at": NOON}]
)
def test_a_comment_that_another_judged_keeps_all_as_they_are(consultation, strategist, meanwhile):
    seen = [
        editions.comment(consultation=consultation, sector="people", text_th=text, at=NOON)
        for text in ("หนึ่ง", "สอง")
    ]
    if "answer_th" in meanwhile:
        meanwhile = {**meanwhile, "answered_by": strategist}
    ConsultationComment.objects.filter(pk=seen[1].pk).update(**meanwhile)
    with pytest.raises(Refused) as refused:
        editions.judge_comments(comments=seen, shown=True, by=strategist, at=NOON)
    assert refused.value.code == "changed_meanwhile"
    states = ConsultationComment.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["waiting", meanwhile["state"]]
    assert not Event.objects.filter(verb="planning.comment.judged").exists()


@pytest.mark.parametrize(
    "verb", ["open", "judge", "answer", "forum", "proposal", "outcome", "tell"]
)
def test_only_the_strategy_office_organises(consultation, verb):
    planner = person(Role.PLANNER)
    comment = ConsultationComment.objects.create(
        consultation=consultation, sector="people", text_th="x", received_at=NOON, state="shown"
    )
    forum = Forum.objects.create(title_th="เวที", held_date=TODAY, recorded_by=planner)
    proposal = forum.proposals.create(number=1, sector="people", text_th="x")
    verbs = {
        "open": lambda: editions.open_consultation(
            edition=consultation.edition, opens_date=TODAY, closes_date=TODAY, question_th="?",
            by=planner, at=NOON,
        ),
        "judge": lambda: editions.judge_comments(
            comments=[comment], shown=False, by=planner, at=NOON
        ),
        "answer": lambda: editions.answer_comment(
            comment=comment, version=1, answer_th="ตอบ", by=planner, at=NOON
        ),
        "forum": lambda: participation.record_forum(
            forum=participation.ForumInput("อีกเวที", TODAY), by=planner, at=NOON
        ),
        "proposal": lambda: proposals.add_proposal(
            forum=forum, sector="people", text_th="x", by=planner, at=NOON
        ),
        "outcome": lambda: proposals.answer_proposal(
            proposal=proposal, version=1, outcome="not_taken", answer_th="ไม่", by=planner, at=NOON,
        ),
        "tell": lambda: participation.tell_agencies(
            edition=consultation.edition, channel=ProvinceFact(), told_date=TODAY, reference="1",
            agencies=[], by=planner, at=NOON,
        ),
    }  # fmt: skip
    with pytest.raises(Refused, match="เฉพาะกลุ่มงานยุทธศาสตร์") as refused:
        verbs[verb]()
    assert refused.value.code == "not_strategist"
    comment.refresh_from_db()
    proposal.refresh_from_db()
    assert (comment.state, comment.answer_th, proposal.outcome) == ("shown", "", "open")
    assert (Consultation.objects.count(), Forum.objects.count()) == (1, 1)
    assert ForumProposal.objects.count() == 1
    assert not Event.objects.exists()


# ── Forums and telling ───────────────────────────────────────────────────────
@pytest.fixture
def forum(strategist):
    return participation.record_forum(
        forum=participation.ForumInput("เวทีอำเภอ", TODAY), by=strategist, at=NOON
    )


def test_an_empty_proposal_is_not_written(forum, strategist):
    with pytest.raises(Refused) as refused:
        proposals.add_proposal(forum=forum, sector="people", text_th=" ", by=strategist, at=NOON)
    assert refused.value.code == "no_text"
    assert not forum.proposals.exists()


@pytest.mark.parametrize(
    ("outcome", "answer", "code"),
    [
        ("open", "ตอบแล้ว", "no_outcome"),
        ("not_taken", "  ", "no_text"),
        ("need", "รับเป็นความต้องการ", "no_need"),
    ],
)
def test_half_an_answer_leaves_a_proposal_open(forum, strategist, outcome, answer, code):
    proposal = proposals.add_proposal(
        forum=forum, sector="people", text_th="ขุดลอกคลอง", by=strategist, at=NOON
    )
    with pytest.raises(Refused) as refused:
        proposals.answer_proposal(
            proposal=proposal,
            version=1,
            outcome=outcome,
            answer_th=answer,
            by=strategist,
            at=NOON,
        )
    assert refused.value.code == code
    proposal.refresh_from_db()
    assert (proposal.outcome, proposal.outcome_th, proposal.answered_at) == ("open", "", None)


def test_that_an_agency_knows_is_said_once_though_two_say_it(draft):
    agency = AgencyFactory()
    head, reporter = person(Role.APPROVER, agency), person(Role.REPORTER, agency)
    channel = ProvinceFact.objects.create(key="c1", subject="channel", label_th="หนังสือราชการ")
    told = Announcement.objects.create(
        edition=draft, channel=channel, told_date=TODAY, reference="1"
    )
    row = AnnouncementReceipt.objects.create(announcement=told, agency=agency)
    seen = AnnouncementReceipt.objects.select_related("agency").get(pk=row.pk)
    participation.acknowledge(receipts=[row], by=head, at=NOON)
    with pytest.raises(Refused) as refused:
        participation.acknowledge(receipts=[seen], by=reporter, at=NOON)
    assert refused.value.code == "acknowledged"
    row.refresh_from_db()
    assert row.acknowledged_by == head
    assert Event.objects.filter(verb="planning.receipt.acknowledged").count() == 1


# ── Needs ────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("start", "end", "says"),
    [
        (date(2027, 1, 1), date(2026, 12, 31), "วันสิ้นสุดของโครงการต้องไม่ก่อน"),
        # The day after five whole fiscal years.
        (date(2026, 10, 1), date(2031, 10, 1), "เกิน 5 ปีงบประมาณ"),
    ],
)
def test_a_project_whose_days_cannot_be_is_not_made(draft, start, end, says):
    there = valley()
    need = there.need(level="province")
    with pytest.raises(Refused, match=says) as refused:
        needs.propose_project(
            need=need,
            code="71-900",
            name_th="โครงการ",
            host_agency=AgencyFactory(),
            approach=Approach.objects.select_related("issue").get(),
            start_date=start,
            end_date=end,
            by=there.strategist,
            at=NOON,
        )
    assert refused.value.code == "dates"
    need.refresh_from_db()
    assert (need.status, need.project_id) == ("open", None)
    assert not Project.objects.exists()


def test_a_need_without_a_contact_has_nothing_to_look_at(db):
    there = valley()
    assert needs.open_contact(need=there.need(), by=there.strategist, at=NOON) is None
    assert not Event.objects.filter(verb="planning.contact.viewed").exists()
