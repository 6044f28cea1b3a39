"""Beginning an edition with its analysis, and asking people about a draft."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rules import standing_of
from audit.log import Deed, record, record_many
from common import fiscal
from common.refusal import Refused
from planning.models import (
    Consultation,
    ConsultationComment,
    FactorEvidence,
    SwotFactor,
    TowsStrategy,
)
from planning.rules import participation as rules
from strategy.actions.editions import PlanInput, start_edition, start_plan
from strategy.models import Approach, Plan, PlanEdition


@transaction.atomic
def start_next_edition(
    *,
    plan: Plan,
    source: PlanEdition | None,
    by: User | None,
    at: datetime,
    review_year: int | None = None,
) -> PlanEdition:
    """Begin a plan's next edition as a copy, its SWOT and TOWS with it.

    :raises Refused: if `by` does not make plans, or an edition of the plan is still in work.
    """
    edition = start_edition(plan=plan, source=source, review_year=review_year, by=by, at=at)
    if source is not None:
        _copy_analysis(source, edition)
    return edition


@transaction.atomic
def start_next_plan(
    *, plan: PlanInput, source: PlanEdition | None, by: User, at: datetime
) -> PlanEdition:
    """Begin another plan (the next five years, a year's action plan), with a copied analysis.

    :raises Refused: if `by` does not make plans, or the plan is there.
    """
    edition = start_plan(plan=plan, source=source, by=by, at=at)
    if source is not None:
        _copy_analysis(source, edition)
    return edition


def _copy_analysis(source: PlanEdition, edition: PlanEdition) -> None:
    """Copy factors with evidence and TOWS, led to the copies of their approaches."""
    old = list(source.swot_factors.prefetch_related("evidence").order_by("kind", "number"))
    new = SwotFactor.objects.bulk_create(
        SwotFactor(
            edition=edition,
            kind=each.kind,
            number=each.number,
            text_th=each.text_th,
            group_th=each.group_th,
            importance=each.importance,
            is_sample=each.is_sample,
        )
        for each in old
    )
    copies = dict(zip([each.pk for each in old], new, strict=True))
    FactorEvidence.objects.bulk_create(
        FactorEvidence(
            factor=copies[each.pk],
            kpi_id=evidence.kpi_id,
            need_id=evidence.need_id,
            fact_id=evidence.fact_id,
            label_th=evidence.label_th,
            value=evidence.value,
            unit_th=evidence.unit_th,
            source_th=evidence.source_th,
        )
        for each in old
        for evidence in each.evidence.all()
    )
    approaches = {
        (approach.issue.code, approach.code): approach
        for approach in Approach.objects.filter(issue__edition=edition).select_related("issue")
    }
    for tows in source.tows.prefetch_related("factors", "approaches__issue").order_by("number"):
        copy = TowsStrategy.objects.create(
            edition=edition, number=tows.number, text_th=tows.text_th, is_sample=tows.is_sample
        )
        copy.factors.set([copies[factor.pk] for factor in tows.factors.all()])
        copy.approaches.set(
            [
                approaches[approach.issue.code, approach.code]
                for approach in tows.approaches.all()
                if (approach.issue.code, approach.code) in approaches
            ]
        )


@transaction.atomic
def open_consultation(
    *,
    edition: PlanEdition,
    opens_date: date,
    closes_date: date,
    question_th: str,
    by: User | None,
    at: datetime,
    is_sample: bool = False,
) -> Consultation:
    """Ask the public about a draft edition, from a day to a day. `by` None: a loader.

    :raises Refused: if `by` may not, the edition is not out for consultation, or the days are not in order.
    """
    _refuse_unless_organiser(by, at)
    if reason := rules.why_not_consult(edition, opens_date, closes_date):
        raise Refused(reason, code="not_consulting")
    row = Consultation.objects.create(
        edition=edition,
        opens_date=opens_date,
        closes_date=closes_date,
        question_th=question_th.strip(),
        is_sample=is_sample,
    )
    record("planning.consultation.opened", row, by=by, at=at)
    return row


@transaction.atomic
def comment(
    *,
    consultation: Consultation,
    sector: str,
    text_th: str,
    at: datetime,
    by: User | None = None,
    about_th: str = "",
    is_sample: bool = False,
) -> ConsultationComment:
    """Take what somebody says about a draft; it is looked at before it is shown.

    :raises Refused: if the consultation is not open, or nothing is said.
    """
    if reason := rules.why_not_comment(consultation, fiscal.local_date(at)):
        raise Refused(reason, code="closed")
    if not text_th.strip():
        raise Refused(_("เขียนความคิดเห็นก่อนส่ง"), code="no_text")
    row = ConsultationComment.objects.create(
        consultation=consultation,
        sector=sector,
        about_th=about_th.strip(),
        text_th=text_th.strip(),
        received_at=at,
        is_sample=is_sample,
    )
    record("planning.comment.received", row, by=by, at=at)
    return row


@transaction.atomic
def judge_comments(
    *, comments: list[ConsultationComment], shown: bool, by: User, at: datetime
) -> None:
    """Show comments, or keep them back; an answered one stays shown.

    :raises Refused: if `by` may not, or one was judged meanwhile.
    """
    _refuse_unless_organiser(by, at)
    to = ConsultationComment.State.SHOWN if shown else ConsultationComment.State.HIDDEN
    for each in comments:
        seen = ConsultationComment.objects.filter(pk=each.pk, state=each.state, answer_th="")
        if not seen.update(state=to):
            raise Refused(_("มีผู้อื่นตรวจความคิดเห็นนี้ไปก่อนแล้ว"), code="changed_meanwhile")
    record_many(
        [Deed("planning.comment.judged", each, after={"state": to.value}) for each in comments],
        by=by,
        at=at,
    )


@transaction.atomic
def answer_comment(
    *, comment: ConsultationComment, answer_th: str, by: User, at: datetime
) -> ConsultationComment:
    """Answer a comment in public, or mend the answer.

    :raises Refused: if `by` may not, the comment was not looked at, or nothing is said.
    """
    _refuse_unless_organiser(by, at)
    if reason := rules.why_not_answer(comment):
        raise Refused(reason, code="not_judged")
    if not answer_th.strip():
        raise Refused(_("เขียนคำตอบก่อนบันทึก"), code="no_text")
    ConsultationComment.objects.filter(pk=comment.pk).update(
        answer_th=answer_th.strip(), answered_by=by, answered_at=at
    )
    record(
        "planning.comment.answered",
        comment,
        by=by,
        at=at,
        before={"answer": comment.answer_th},
        after={"answer": answer_th.strip()},
    )
    comment.refresh_from_db()
    return comment


def _refuse_unless_organiser(by: User | None, at: datetime) -> None:
    if by is not None and (
        reason := rules.why_not_organise(standing_of(by, fiscal.local_date(at)))
    ):
        raise Refused(reason, code="not_strategist")
