"""Why a scheme, a self-assessment or an appraisal may not be as asked: a sentence, or None."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Post, Role
from accounts.rules import Standing, in_line_above
from common import fiscal
from kpi.models import (
    Appraisal,
    AssessmentRound,
    AssessmentScheme,
    Scorecard,
    ScoreCurve,
    SelfAssessment,
)
from kpi.scoring.assessments import (
    HIGHEST_LEVEL,
    LOWEST_LEVEL,
    SchemeRefusal,
    why_not_scheme,
)

SCHEMES: Mapping[SchemeRefusal, Promise] = {
    SchemeRefusal.SHARE_OUT_OF_RANGE: gettext_lazy("สัดส่วนผลสัมฤทธิ์ต้องมากกว่า 0 และไม่เกิน 100"),
    SchemeRefusal.NO_BANDS: gettext_lazy("ใส่ระดับผลอย่างน้อยหนึ่งระดับ"),
    SchemeRefusal.LIMIT_TWICE: gettext_lazy("มีสองระดับที่เริ่มจากคะแนนเดียวกัน แก้ให้ต่างกัน"),
    SchemeRefusal.LIMIT_OUT_OF_RANGE: gettext_lazy("คะแนนเริ่มของแต่ละระดับต้องอยู่ระหว่าง 0 ถึง 100"),
    SchemeRefusal.LOWEST_NOT_ZERO: gettext_lazy("ระดับต่ำสุดต้องเริ่มจาก 0 เพื่อให้ทุกคะแนนมีระดับ"),
    SchemeRefusal.NO_ROUNDS: gettext_lazy("ใส่รอบการประเมินอย่างน้อยหนึ่งรอบ"),
    SchemeRefusal.ROUND_OUT_OF_ORDER: gettext_lazy(
        "รอบการประเมินต้องอยู่ในไตรมาส 1 ถึง 4 ไตรมาสแรกไม่หลังไตรมาสสุดท้าย และรอบถัดไปสิ้นสุดหลังรอบก่อน"
    ),
    SchemeRefusal.WEIGHTS_DO_NOT_SUM: gettext_lazy("น้ำหนักสมรรถนะรวมต้องเท่ากับ 100"),
    SchemeRefusal.WEIGHT_NOT_POSITIVE: gettext_lazy("น้ำหนักสมรรถนะทุกข้อต้องมากกว่าศูนย์"),
    SchemeRefusal.COMPETENCIES_MISSING: gettext_lazy(
        "สัดส่วนผลสัมฤทธิ์ไม่ถึง 100 จึงต้องมีสมรรถนะอย่างน้อยหนึ่งข้อ"
    ),
    SchemeRefusal.COMPETENCIES_UNUSED: gettext_lazy("การประเมินส่วนราชการไม่มีสมรรถนะรายข้อ ลบออกก่อน"),
}


def why_not_numbers(
    kind: str,
    work_share: Decimal,
    limits: Sequence[Decimal],
    rounds: Sequence[tuple[int, int]],
    weights: Collection[Decimal],
) -> str | None:
    """Say why the numbers of a scheme do not stand together."""
    refusal = why_not_scheme(
        work_share=work_share,
        limits=limits,
        rounds=rounds,
        weights=weights,
        has_competencies=kind != AssessmentScheme.Kind.AGENCY,
    )
    return str(SCHEMES[refusal]) if refusal else None


def why_not_serve(curve: ScoreCurve | None, year: int) -> str | None:
    """Say why a curve cannot score the KPIs of agencies that have no curve of three levels."""
    if curve is None:
        return _("การประเมินส่วนราชการต้องเลือกเกณฑ์คะแนนสามระดับ")
    if curve.fiscal_year_id != year:
        return _("เกณฑ์คะแนนต้องเป็นของปีงบประมาณเดียวกัน")
    if curve.preset != ScoreCurve.Preset.THREE or curve.axis != ScoreCurve.Axis.ACHIEVEMENT:
        return _("เกณฑ์กลางของส่วนราชการต้องเป็นสามระดับ บนแกนร้อยละความสำเร็จ")
    return None


def why_not_change_scheme(*, is_used: bool) -> str | None:
    """Say why a year's scheme stays as it is: something was sent or signed by it."""
    if is_used:
        return _("มีการประเมินที่ส่งหรือลงนามตามหลักเกณฑ์นี้แล้ว จึงแก้ไม่ได้ ให้แก้ของปีถัดไป")
    return None


def why_not_round(round_: AssessmentRound, scorecard: Scorecard) -> str | None:
    """Say why a scorecard is not assessed in a round: another year's, or another kind's."""
    scheme = round_.scheme
    is_personal = scorecard.level == Scorecard.Level.POST
    if scheme.fiscal_year_id != scorecard.fiscal_year_id or is_personal == scheme.is_of_agencies:
        return _("รอบการประเมินนี้ไม่ใช่ของใบคะแนนนี้")
    return None


# ── Self-assessment of agencies ──────────────────────────────────────────────


def why_not_see_self_assessment(scorecard: Scorecard, standing: Standing) -> str | None:
    """Say why the person does not read an agency's self-assessment: another agency's."""
    if standing.sees_province or scorecard.agency_id in standing.agencies():
        return None
    return _("รายงานประเมินตนเองของหน่วยงานอื่น เห็นได้เฉพาะหน่วยงานนั้นและสำนักงานจังหวัด")


def why_not_write_self_assessment(
    scorecard: Scorecard, assessment: SelfAssessment | None, standing: Standing
) -> str | None:
    """Say why this person may not write the self-assessment now."""
    writers = (
        (Role.STRATEGIST,)
        if scorecard.level == Scorecard.Level.PROVINCE
        else (Role.REPORTER, Role.APPROVER)
    )
    if not any(standing.is_role_of(role, scorecard.agency_id) for role in writers):
        return _("เฉพาะผู้รายงานและหัวหน้าของหน่วยงานนี้ เขียนรายงานประเมินตนเองได้")
    if assessment is not None and assessment.state == SelfAssessment.State.SENT:
        return _("รายงานรอบนี้ส่งแล้ว ตัวเลขถูกตรึงไว้ตามที่ส่ง แก้ไม่ได้")
    return None


def why_not_send_self_assessment(
    scorecard: Scorecard,
    assessment: SelfAssessment | None,
    round_: AssessmentRound,
    standing: Standing,
    at: datetime,
) -> str | None:
    """Say why this person may not send the self-assessment: the head signs it, once the round is over."""
    signer = Role.STRATEGIST if scorecard.level == Scorecard.Level.PROVINCE else Role.APPROVER
    if not standing.is_role_of(signer, scorecard.agency_id):
        return _("เฉพาะหัวหน้าส่วนราชการของหน่วยงานนี้ ส่งรายงานประเมินตนเองได้")
    if reason := why_not_write_self_assessment(scorecard, assessment, standing):
        return reason
    if fiscal.local_date(at) < fiscal.quarter_end(scorecard.fiscal_year_id, round_.last_quarter):
        return _("ยังไม่สิ้นรอบการประเมิน บันทึกร่างไว้ได้ ส่งได้ตั้งแต่วันสุดท้ายของรอบ")
    if assessment is None or not assessment.summary_th.strip():
        return _("เขียนสรุปความเห็นและบันทึกก่อน แล้วจึงส่ง")
    if assessment.potential is None and round_.scheme.work_share < 100:
        return _("ใส่คะแนนศักยภาพและบันทึกก่อน แล้วจึงส่ง")
    return None


# ── Appraisal of officers ────────────────────────────────────────────────────


def why_not_see_appraisal(
    post: Post, agency_id: int, assessed_id: int | None, standing: Standing
) -> str | None:
    """Say why the person does not read an appraisal: it is for the officer, the line above and HR."""
    if assessed_id is not None and assessed_id == standing.user.pk:
        return None
    if standing.is_role_of(Role.HR, agency_id) or in_line_above(post, standing.post_ids):
        return None
    return _("ผลการประเมินรายบุคคลเห็นได้เฉพาะเจ้าตัว ผู้บังคับบัญชาตามสายงาน และงานบุคคลของหน่วยงาน")


def why_not_appraise(
    post: Post,
    appraisal: Appraisal | None,
    assessed_id: int | None,
    standing: Standing,
) -> str | None:
    """Say why this person may not score the appraisal: only the line above does, and before signing."""
    if assessed_id is None:
        return _("ตำแหน่งนี้ไม่มีผู้ดำรงตำแหน่งในรอบนี้ จึงไม่มีผู้รับการประเมิน")
    if assessed_id == standing.user.pk or not in_line_above(post, standing.post_ids):
        return _("เฉพาะผู้บังคับบัญชาตามสายงาน ประเมินได้")
    if appraisal is not None and appraisal.state != Appraisal.State.DRAFT:
        return _("ลงนามแล้ว แก้คะแนนไม่ได้")
    return None


def why_not_levels(levels: Collection[Decimal]) -> str | None:
    """Say why levels of competencies cannot be kept: each is from 1 to 5."""
    if any(not LOWEST_LEVEL <= level <= HIGHEST_LEVEL for level in levels):
        return _("คะแนนสมรรถนะต้องอยู่ระหว่าง 1 ถึง 5")
    return None


def why_not_sign_appraisal(
    post: Post,
    appraisal: Appraisal | None,
    assessed_id: int | None,
    round_: AssessmentRound,
    standing: Standing,
    *,
    year: int,
    total: Decimal | None,
    at: datetime,
) -> str | None:
    """Say why this person may not sign: the round must be over, every part scored."""
    if reason := why_not_appraise(post, appraisal, assessed_id, standing):
        return reason
    if fiscal.local_date(at) < fiscal.quarter_end(year, round_.last_quarter):
        return _("ยังไม่สิ้นรอบการประเมิน บันทึกร่างไว้ได้ ลงนามได้ตั้งแต่วันสุดท้ายของรอบ")
    if appraisal is None or total is None:
        return _("คะแนนยังไม่ครบ ต้องมีผลตัวชี้วัดอย่างน้อยหนึ่งตัวและคะแนนสมรรถนะครบทุกข้อ แล้วบันทึกก่อน")
    return None


def why_not_acknowledge(appraisal: Appraisal | None, standing: Standing) -> str | None:
    """Say why this person may not acknowledge: only the officer, after the supervisor signed."""
    if appraisal is None or appraisal.assessed_id != standing.user.pk:
        return _("เฉพาะผู้รับการประเมิน ลงนามรับทราบผลได้")
    if appraisal.state == Appraisal.State.DRAFT:
        return _("ผู้ประเมินยังไม่ลงนาม")
    if appraisal.state == Appraisal.State.ACKNOWLEDGED:
        return _("รับทราบผลแล้ว")
    return None
