"""Self-assessments of agencies and appraisals of officers: written, sent or signed, acknowledged.

Of an appraisal the log says that it happened, never what it says: figures stay on the form.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import Post, Role, User
from audit.log import record
from common import fiscal
from common.refusal import Refused
from kpi.models import (
    KPI,
    Appraisal,
    AssessmentRound,
    Competency,
    CompetencyScore,
    Scorecard,
    SelfAssessment,
    SelfAssessmentRemark,
)
from kpi.rules import assessments as rules
from kpi.rules.assessed import appraisal_of, holder_in_round, self_assessment_of
from submissions.rules import standing_of


def _clash() -> Refused:
    return Refused(_("มีผู้อื่นบันทึกไปแล้ว โหลดหน้าใหม่ แล้วบันทึกอีกครั้ง"), code="clash")


# ── Self-assessment ──────────────────────────────────────────────────────────


@transaction.atomic
def save_self_assessment(
    *,
    scorecard: Scorecard,
    round_: AssessmentRound,
    potential: Decimal | None,
    summary_th: str,
    remarks: Mapping[int, str],
    version: int,
    by: User,
    at: datetime,
    is_sample: bool = False,
) -> SelfAssessment:
    """Keep a draft; `version` is the one that was seen, 0 where there was none. Remarks by KPI.

    :raises Refused: if the person may not write it, it is sent, or somebody else saved meanwhile.
    """
    standing = standing_of(by, fiscal.local_date(at))
    there = SelfAssessment.objects.filter(scorecard=scorecard, round=round_).first()
    if reason := rules.why_not_write_self_assessment(scorecard, there, standing):
        raise Refused(reason, code="not_allowed")
    if reason := rules.why_not_round(round_, scorecard):
        raise Refused(reason, code="round")
    if potential is not None and not 0 <= potential <= 100:
        raise Refused(_("คะแนนศักยภาพต้องอยู่ระหว่าง 0 ถึง 100"), code="potential")
    values = {"potential": potential, "summary_th": summary_th, "saved_by": by, "saved_at": at}
    if there is None:
        if version:
            raise _clash()
        assessment = SelfAssessment(
            scorecard=scorecard, round=round_, is_sample=is_sample, **values
        )
        assessment.save()
    else:
        unmoved = SelfAssessment.objects.filter(
            pk=there.pk, version=version, state=SelfAssessment.State.DRAFT
        )
        if not unmoved.update(version=F("version") + 1, **values):
            raise _clash()
        assessment = SelfAssessment.objects.get(pk=there.pk)
    known = set(KPI.objects.filter(scorecard=scorecard).values_list("pk", flat=True))
    SelfAssessmentRemark.objects.filter(assessment=assessment).delete()
    SelfAssessmentRemark.objects.bulk_create(
        SelfAssessmentRemark(assessment=assessment, kpi_id=kpi_id, text_th=text.strip())
        for kpi_id, text in sorted(remarks.items())
        if kpi_id in known and text.strip()
    )
    record(
        "kpi.self_assessment.saved",
        assessment,
        by=by,
        at=at,
        agency_code=scorecard.agency.code,
    )
    return assessment


@transaction.atomic
def send_self_assessment(
    *, scorecard: Scorecard, round_: AssessmentRound, version: int, by: User, at: datetime
) -> SelfAssessment:
    """Send the round's self-assessment as it stands and freeze its figures.

    :raises Refused: if the person may not, the round is not over, or something is missing.
    """
    standing = standing_of(by, fiscal.local_date(at))
    there = (
        SelfAssessment.objects.filter(scorecard=scorecard, round=round_)
        .prefetch_related("remarks")
        .first()
    )
    if reason := rules.why_not_send_self_assessment(scorecard, there, round_, standing, at):
        raise Refused(reason, code="not_allowed")
    assert there is not None
    form = self_assessment_of(scorecard, round_, there)
    unmoved = SelfAssessment.objects.filter(
        pk=there.pk, version=version, state=SelfAssessment.State.DRAFT
    )
    sent = unmoved.update(
        state=SelfAssessment.State.SENT,
        version=F("version") + 1,
        sent_by=by,
        sent_at=at,
        frozen=form.frozen(),
    )
    if not sent:
        raise _clash()
    there.refresh_from_db()
    total = form.outcome.total
    record(
        "kpi.self_assessment.sent",
        there,
        by=by,
        at=at,
        after={"total": None if total is None else f"{total:f}"},
        agency_code=scorecard.agency.code,
        role=Role.APPROVER,
    )
    return there


# ── Appraisal ────────────────────────────────────────────────────────────────


@transaction.atomic
def save_appraisal(
    *,
    scorecard: Scorecard,
    round_: AssessmentRound,
    levels: Mapping[int, Decimal],
    comment_th: str,
    development_th: str,
    version: int,
    by: User,
    at: datetime,
    is_sample: bool = False,
) -> Appraisal:
    """Keep the supervisor's scores of an officer; `levels` are those of competencies, by number.

    :raises Refused: if the person is not in the line above, it is signed, a level is out of 1–5,
        or somebody else saved meanwhile.
    """
    post = _post_of(scorecard)
    there = Appraisal.objects.filter(scorecard=scorecard, round__number=round_.number).first()
    assessed = there.assessed if there else holder_in_round(post, scorecard.fiscal_year_id, round_)
    standing = standing_of(by, fiscal.local_date(at))
    refusal = rules.why_not_appraise(post, there, assessed.pk if assessed else None, standing)
    if refusal:
        raise Refused(refusal, code="not_allowed")
    if reason := rules.why_not_round(round_, scorecard) or rules.why_not_levels(levels.values()):
        raise Refused(reason, code="levels")
    assert assessed is not None
    values = {
        "round": round_,
        "comment_th": comment_th,
        "development_th": development_th,
        "saved_by": by,
        "saved_at": at,
    }
    if there is None:
        if version:
            raise _clash()
        appraisal = Appraisal(scorecard=scorecard, assessed=assessed, is_sample=is_sample, **values)
        appraisal.save()
    else:
        unmoved = Appraisal.objects.filter(
            pk=there.pk, version=version, state=Appraisal.State.DRAFT
        )
        if not unmoved.update(version=F("version") + 1, **values):
            raise _clash()
        appraisal = Appraisal.objects.get(pk=there.pk)
    known = set(Competency.objects.filter(scheme=round_.scheme).values_list("pk", flat=True))
    CompetencyScore.objects.filter(appraisal=appraisal).delete()
    CompetencyScore.objects.bulk_create(
        CompetencyScore(appraisal=appraisal, competency_id=competency_id, score=level)
        for competency_id, level in sorted(levels.items())
        if competency_id in known
    )
    record("kpi.appraisal.saved", appraisal, by=by, at=at, agency_code=scorecard.agency.code)
    return appraisal


@transaction.atomic
def sign_appraisal(*, appraisal: Appraisal, version: int, by: User, at: datetime) -> Appraisal:
    """Sign an officer's appraisal as it stands and freeze its figures.

    :raises Refused: if the person may not, the round is not over, or a part has no score.
    """
    scorecard, round_ = appraisal.scorecard, appraisal.round
    form = appraisal_of(scorecard, round_, appraisal)
    refusal = rules.why_not_sign_appraisal(
        _post_of(scorecard),
        appraisal,
        appraisal.assessed_id,
        round_,
        standing_of(by, fiscal.local_date(at)),
        year=scorecard.fiscal_year_id,
        total=form.outcome.total,
        at=at,
    )
    if refusal:
        raise Refused(refusal, code="not_allowed")
    unmoved = Appraisal.objects.filter(
        pk=appraisal.pk, version=version, state=Appraisal.State.DRAFT
    )
    signed = unmoved.update(
        state=Appraisal.State.SIGNED,
        version=F("version") + 1,
        signed_by=by,
        signed_at=at,
        frozen=form.frozen(),
    )
    if not signed:
        raise _clash()
    appraisal.refresh_from_db()
    record("kpi.appraisal.signed", appraisal, by=by, at=at, agency_code=scorecard.agency.code)
    return appraisal


@transaction.atomic
def acknowledge_appraisal(*, appraisal: Appraisal, by: User, at: datetime) -> Appraisal:
    """Let the officer say that he or she has read the signed result.

    :raises Refused: if it is somebody else, it is not signed yet, or it was acknowledged already.
    """
    standing = standing_of(by, fiscal.local_date(at))
    if reason := rules.why_not_acknowledge(appraisal, standing):
        raise Refused(reason, code="not_allowed")
    unmoved = Appraisal.objects.filter(pk=appraisal.pk, state=Appraisal.State.SIGNED)
    moved = unmoved.update(
        state=Appraisal.State.ACKNOWLEDGED,
        version=F("version") + 1,
        acknowledged_by=by,
        acknowledged_at=at,
    )
    if not moved:
        raise _clash()
    appraisal.refresh_from_db()
    record(
        "kpi.appraisal.acknowledged",
        appraisal,
        by=by,
        at=at,
        agency_code=appraisal.scorecard.agency.code,
    )
    return appraisal


def _post_of(scorecard: Scorecard) -> Post:
    if scorecard.post is None:
        raise Refused(_("แบบประเมินรายบุคคลใช้กับใบคะแนนของตำแหน่งเท่านั้น"), code="level")
    return scorecard.post
