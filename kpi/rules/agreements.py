"""Who agrees on a scorecard, and why it may not be changed, signed or amended: a sentence, or None."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Post, Role
from accounts.rules import Standing
from kpi.models import KPI, Amendment, Link, Scorecard, Target
from kpi.rules import wording
from kpi.rules.definitions import may_see_post
from kpi.scoring.scorecards import ScorecardRefusal, why_not_weights
from submissions.models import Quarter


class Side(StrEnum):
    """Who answers for a scorecard, and who agrees to it."""

    OWNER = "owner"
    SUPERVISOR = "supervisor"


Level = Scorecard.Level


def sides_of(scorecard: Scorecard, standing: Standing) -> frozenset[Side]:
    """Return the sides that the person signs for; the scorecard is loaded with its post.

    A post: its holder and the holder of the post above. An agency: its head and the governor. The
    province: the strategy office and the governor.
    """
    found = set()
    if scorecard.level == Level.POST:
        post = scorecard.post
        assert post is not None
        if post.pk in standing.post_ids:
            found.add(Side.OWNER)
        if post.supervising_post_id in standing.post_ids:
            found.add(Side.SUPERVISOR)
        return frozenset(found)
    if scorecard.level == Level.AGENCY:
        if standing.is_role_of(Role.APPROVER, scorecard.agency_id):
            found.add(Side.OWNER)
    elif standing.has(Role.STRATEGIST):
        found.add(Side.OWNER)
    if standing.has(Role.GOVERNOR):
        found.add(Side.SUPERVISOR)
    return frozenset(found)


def side_names(scorecard: Scorecard) -> dict[Side, str]:
    """Return what the two sides are called."""
    if scorecard.level == Level.POST:
        return {Side.OWNER: _("ผู้ดำรงตำแหน่ง"), Side.SUPERVISOR: _("ผู้บังคับบัญชา")}
    if scorecard.level == Level.AGENCY:
        return {Side.OWNER: _("หัวหน้าส่วนราชการ"), Side.SUPERVISOR: _("ผู้ว่าราชการจังหวัด")}
    return {Side.OWNER: _("กลุ่มงานยุทธศาสตร์ฯ"), Side.SUPERVISOR: _("ผู้ว่าราชการจังหวัด")}


def posts_in_line(standing: Standing) -> frozenset[int]:
    """Return the posts whose personal rows the person reads: own, all below, and HR's agencies'.

    One query however many posts; none for a person without a post who is not HR.
    """
    agencies = standing.agencies(Role.HR)
    if not standing.post_ids and not agencies:
        return frozenset()
    below: dict[int | None, list[int]] = {}
    found = set()
    for post_id, above, agency_id in Post.objects.values_list(
        "pk", "supervising_post_id", "agency_id"
    ):
        below.setdefault(above, []).append(post_id)
        if agency_id in agencies:
            found.add(post_id)
    waiting = list(standing.post_ids)
    seen = set(waiting)
    while waiting:
        for post_id in below.get(waiting.pop(), ()):
            if post_id not in seen:
                seen.add(post_id)
                waiting.append(post_id)
    return frozenset(found | seen)


def readable_scorecards(standing: Standing, in_line: Collection[int]) -> Q:
    """Return what narrows scorecards to those that the person reads; `in_line` by `posts_in_line`."""
    impersonal = ~Q(level=Level.POST)
    if not standing.sees_province:
        impersonal &= Q(level=Level.PROVINCE) | Q(agency__in=standing.agencies())
    return impersonal | Q(post__in=in_line)


def why_not_make(
    level: str, agency_id: int, post: Post | None, standing: Standing | None
) -> str | None:
    """Say why this person may not make such a scorecard; None is the operator's command."""
    if standing is None:
        return None
    if level == Level.POST:
        assert post is not None
        if may_see_post(post, standing):
            return None
        return _("ใบคะแนนรายบุคคลจัดทำโดยผู้ดำรงตำแหน่ง ผู้บังคับบัญชาในสาย หรืองานบุคคลของหน่วยงาน")
    if standing.has(Role.STRATEGIST):
        return None
    if level == Level.AGENCY and standing.is_role_of(Role.APPROVER, agency_id):
        return None
    return _("เฉพาะกลุ่มงานยุทธศาสตร์ฯ หรือหัวหน้าส่วนราชการของใบคะแนนนี้ จัดทำได้")


def why_not_change(scorecard: Scorecard, standing: Standing | None) -> str | None:
    """Say why this person may not change the KPIs on a scorecard now."""
    if reason := why_not_make(scorecard.level, scorecard.agency_id, scorecard.post, standing):
        return reason
    return why_not_change_now(scorecard, is_person=standing is not None)


def why_not_change_now(scorecard: Scorecard, *, is_person: bool = True) -> str | None:
    """Say why nobody changes the KPIs on a scorecard now; one signature stops persons only."""
    if scorecard.state == Scorecard.State.SIGNED:
        return _("ใบคะแนนนี้ลงนามแล้ว แก้ได้โดยบันทึกแก้ไขข้อตกลงเท่านั้น")
    if is_person and (scorecard.owner_signed_at or scorecard.supervisor_signed_at):
        return _("ฝ่ายหนึ่งลงนามแล้ว ถอนการลงนามก่อนแก้ไข")
    return None


def why_not_link_for(parent: KPI, child: KPI, standing: Standing | None) -> str | None:
    """Say why this person may not link the child: the strategy office, or whoever the child's
    scorecard is for under the province's KPIs and the agency's own; None is the command.

    Both are loaded by `with_rules`.
    """
    if standing is None or (standing.has(Role.STRATEGIST) and not child.is_personal):
        return None
    card = child.scorecard
    if reason := why_not_make(card.level, card.agency_id, card.post, standing):
        return reason
    if parent.scorecard.level != Level.PROVINCE and parent.agency_id != child.agency_id:
        return _("เชื่อมได้เฉพาะกับตัวชี้วัดของจังหวัดหรือของหน่วยงานตนเอง")
    return None


def why_not_change_year(quarters: Collection[Quarter]) -> str | None:
    """Nothing of a year is changed once all its quarters are closed."""
    if quarters and all(quarter.is_closed for quarter in quarters):
        return _("ปีงบประมาณนี้ปิดครบทุกไตรมาสแล้ว กำหนดเป้าหมายไม่ได้")
    return None


@dataclass(frozen=True, slots=True)
class Standings:
    """What a scorecard's completeness is judged by: its KPIs, their targets and links."""

    kpis: Sequence[KPI]
    targets: Mapping[int, Mapping[int, Target]]
    same: Collection[int]


def standings_of(scorecard: Scorecard) -> Standings:
    """Load what stands on a scorecard; three queries."""
    kpis = list(
        KPI.objects.filter(scorecard=scorecard)
        .with_rules()
        .select_related("copied_from__curve")
        .in_code_order()
    )
    targets: dict[int, dict[int, Target]] = {}
    for target in Target.objects.filter(kpi__in=kpis):
        targets.setdefault(target.kpi_id, {})[target.quarter] = target
    same = set(
        Link.objects.filter(child__in=kpis, kind=Link.Kind.SAME).values_list("child_id", flat=True)
    )
    return Standings(kpis, targets, same)


def missing_of(standings: Standings) -> list[str]:
    """Return what keeps a scorecard from being signed, one sentence each; empty: it is complete."""
    found = []
    refusal = why_not_weights([kpi.weight for kpi in standings.kpis])
    if refusal is ScorecardRefusal.WEIGHTS_DO_NOT_SUM:
        total = sum((kpi.weight for kpi in standings.kpis), Decimal(0))
        found.append(
            _("น้ำหนักรวม %(total)s ต้องเท่ากับ 100 ก่อนลงนาม") % {"total": f"{total.normalize():f}"}
        )
    elif refusal:
        found.append(str(wording.SCORECARDS[refusal]))
    for kpi in standings.kpis:
        last = standings.targets.get(kpi.pk, {}).get(4)
        if kpi.pk not in standings.same and (last is None or not last.target.is_set):
            found.append(_("%(code)s ยังไม่มีเป้าหมายสิ้นปี") % {"code": kpi.code})
        if not kpi.expected_evidence_th.strip():
            found.append(_("%(code)s ยังไม่ระบุหลักฐานที่ต้องใช้") % {"code": kpi.code})
    return found


def why_not_sign(
    scorecard: Scorecard, side: Side, standing: Standing, missing: Sequence[str]
) -> str | None:
    """Say why this person may not sign for a side; `missing` by `missing_of`."""
    if side not in sides_of(scorecard, standing):
        return _("ลงนามได้เฉพาะ%(who)sของใบคะแนนนี้") % {"who": side_names(scorecard)[side]}
    if signer_of(scorecard, side):
        return _("ฝ่ายนี้ลงนามแล้ว")
    if signer_of(scorecard, other_side(side)) == standing.user.pk:
        return _("คนเดียวลงนามทั้งสองฝ่ายไม่ได้ ให้อีกฝ่ายลงนาม")
    if missing:
        return _("ยังลงนามไม่ได้: %(what)s") % {"what": " · ".join(missing)}
    return None


def why_not_withdraw(scorecard: Scorecard, standing: Standing) -> str | None:
    """Say why this person may not take signatures back; either side may, until both have signed."""
    if scorecard.state == Scorecard.State.SIGNED:
        return _("ลงนามครบทั้งสองฝ่ายแล้ว แก้ได้โดยบันทึกแก้ไขข้อตกลงเท่านั้น")
    if not scorecard.owner_signed_by_id and not scorecard.supervisor_signed_by_id:
        return _("ยังไม่มีฝ่ายใดลงนาม")
    if not sides_of(scorecard, standing):
        return _("ถอนการลงนามได้เฉพาะสองฝ่ายที่ทำข้อตกลง")
    return None


def other_side(side: Side) -> Side:
    return Side.SUPERVISOR if side is Side.OWNER else Side.OWNER


def signer_of(scorecard: Scorecard, side: Side) -> int | None:
    """Return who signed for a side, None where nobody has."""
    signer: int | None = getattr(scorecard, f"{side}_signed_by_id")
    return signer


def why_not_propose(
    scorecard: Scorecard, standing: Standing, reason: str, *, waits: bool
) -> str | None:
    """Say why no amendment may be proposed: `waits` tells that one is waiting already."""
    if scorecard.state != Scorecard.State.SIGNED:
        return _("ใบคะแนนนี้ยังไม่ลงนาม แก้ได้โดยตรง")
    if not sides_of(scorecard, standing) and (
        scorecard.level == Level.POST or not standing.has(Role.STRATEGIST)
    ):
        return _("เสนอแก้ไขข้อตกลงได้เฉพาะสองฝ่ายที่ทำข้อตกลง")
    if waits:
        return _("มีบันทึกแก้ไขที่รอความเห็นชอบอยู่แล้ว ให้เสร็จก่อนจึงเสนอใหม่ได้")
    if not reason.strip():
        return _("เขียนเหตุผลที่ขอแก้ไขข้อตกลง")
    return None


def why_not_agree(amendment: Amendment, side: Side, standing: Standing) -> str | None:
    """Say why this person may not agree to an amendment for a side."""
    if amendment.state != Amendment.State.PROPOSED:
        return _("บันทึกแก้ไขนี้เสร็จแล้ว โหลดหน้าใหม่เพื่อดูสถานะล่าสุด")
    if side not in sides_of(amendment.scorecard, standing):
        return _("เห็นชอบได้เฉพาะ%(who)sของใบคะแนนนี้") % {"who": side_names(amendment.scorecard)[side]}
    if getattr(amendment, f"{side}_agreed_by_id"):
        return _("ฝ่ายนี้เห็นชอบแล้ว")
    if getattr(amendment, f"{other_side(side)}_agreed_by_id") == standing.user.pk:
        return _("คนเดียวเห็นชอบทั้งสองฝ่ายไม่ได้ ให้อีกฝ่ายเห็นชอบ")
    return None


def why_not_decline(amendment: Amendment, standing: Standing, reason: str) -> str | None:
    """Say why this person may not decline (or take back) an amendment."""
    if amendment.state != Amendment.State.PROPOSED:
        return _("บันทึกแก้ไขนี้เสร็จแล้ว โหลดหน้าใหม่เพื่อดูสถานะล่าสุด")
    if not sides_of(amendment.scorecard, standing) and amendment.proposed_by_id != standing.user.pk:
        return _("ตอบได้เฉพาะสองฝ่ายที่ทำข้อตกลง")
    return None if reason.strip() else _("เขียนเหตุผลที่ไม่เห็นชอบ")
