"""Why a definition, target, link or scorecard may not be as asked: a sentence, or None."""

from collections.abc import Collection, Sequence
from typing import Any, Protocol

from django.utils.translation import gettext as _

from accounts.models import Post, Role
from accounts.rules import Standing, in_line_above
from kpi.models import KPI, IndicatorVersion, Link, Scorecard, ScoreCurve
from kpi.rules import wording
from kpi.scoring import curves, parts, words
from kpi.scoring.targets import Target, TargetRefusal, why_not_targets
from submissions.models import Quarter


def why_not_define(standing: Standing | None) -> str | None:
    """Say why this person may not change definitions; None is the operator's command."""
    if standing is None or standing.has(Role.STRATEGIST):
        return None
    return _("เฉพาะกลุ่มงานยุทธศาสตร์ฯ สำนักงานจังหวัด แก้ไขแผนและตัวชี้วัดได้")


def why_not_rules(version: IndicatorVersion) -> str | None:
    """Say which two rules do not go together."""
    if bool(version.denominator_over_time) != version.is_ratio:
        return str(wording.PAIRS[words.PairRefusal.PARTS_INCOMPLETE])
    refusal = words.why_not_pair(version.rules)
    return str(wording.PAIRS[refusal]) if refusal else None


class Parts(Protocol):
    """One way to tell a figure apart, as it is asked for."""

    @property
    def name_th(self) -> str: ...

    @property
    def items(self) -> Sequence[Any]: ...


def why_not_tell_apart(version: IndicatorVersion, disaggregations: Sequence[Parts]) -> str | None:
    """Say why figures of this version cannot be told apart so that the parts add up."""
    if not disaggregations:
        return None
    if refusal := parts.why_not_told_apart(version.rules):
        return str(wording.PARTS[refusal])
    if len({each.name_th for each in disaggregations}) < len(disaggregations):
        return _("ชื่อการจำแนกซ้ำกัน ตั้งชื่อให้ต่างกัน")
    for each in disaggregations:
        codes = [item.code for item in each.items]
        if not each.name_th.strip():
            return _("ใส่ชื่อการจำแนก เช่น ตามเพศ")
        if len(codes) < 2:
            return _("“%(name)s” ต้องมีอย่างน้อยสองรายการ") % {"name": each.name_th}
        if len(set(codes)) < len(codes) or not all(item.name_th.strip() for item in each.items):
            return _("รายการใน “%(name)s” ซ้ำกันหรือไม่มีชื่อ") % {"name": each.name_th}
    return None


def why_not_curve(curve: ScoreCurve, direction: words.Direction) -> str | None:
    """Say why a curve cannot score a KPI of this direction."""
    refusal = curves.why_not_curve(curve.curve, direction)
    return str(wording.CURVES[refusal]) if refusal else None


def why_not_preset(curve: ScoreCurve) -> str | None:
    """Say why the scores are not those that the curve's kind is named after."""
    asked = {
        ScoreCurve.Preset.FIVE.value: curves.FIVE_LEVELS,
        ScoreCurve.Preset.THREE.value: curves.THREE_LEVELS,
    }.get(curve.preset)
    if asked is None or tuple(point.score for point in curve.curve.points) == asked:
        return None
    return _("เกณฑ์แบบนี้ต้องมีจุดครบตามลำดับคะแนน %(scores)s") % {
        "scores": " ".join(f"{score:f}" for score in asked)
    }


def why_not_link(
    parent: KPI, child: KPI, kind: str, links: Collection[Link], rules: tuple[str, str]
) -> str | None:
    """Say why the child may not serve the parent so; `rules` are both over-units rules."""
    if parent.fiscal_year_id != child.fiscal_year_id:
        return _("เชื่อมตัวชี้วัดข้ามปีงบประมาณไม่ได้")
    if kind == Link.Kind.SHARE and child.is_personal and not _is_of_the_same_agency(parent, child):
        return _("ตัวชี้วัดรายบุคคลแบ่งค่าเป้าหมายได้จากตัวชี้วัดของหน่วยงานตนเองเท่านั้น")
    refusal = words.why_not_link(
        words.Link(child.pk, parent.pk, words.LinkKind(kind)),
        [words.Link(link.child_id, link.parent_id, words.LinkKind(link.kind)) for link in links],
    )
    if refusal:
        return str(wording.LINKS[refusal])
    return _why_not_share(*rules) if kind == Link.Kind.SHARE else None


def _is_of_the_same_agency(parent: KPI, child: KPI) -> bool:
    """Straight under the province a person's figure would be the total less those of agencies."""
    is_province = parent.scorecard.level == Scorecard.Level.PROVINCE
    return not is_province and parent.agency_id == child.agency_id


def _why_not_share(above: str, below: str) -> str | None:
    """Figures combine by the parent's rule: a ratio needs the parts of ratios, nothing else has them."""
    if above != "own" and (above == "ratio") != (below == "ratio"):
        return _("ตัวชี้วัดแม่และลูกต้องเป็นอัตราส่วนเหมือนกันจึงจะแบ่งค่าเป้าหมายกันได้")
    return None


def why_not_rules_beside(
    version: IndicatorVersion, beside: Collection[tuple[bool, KPI, IndicatorVersion]]
) -> str | None:
    """Say why new rules do not go with the KPIs that share targets; each with whether it is above."""
    for above, kpi, other in beside:
        pair = (other.over_units, version.over_units)
        if reason := _why_not_share(*(pair if above else pair[::-1])):
            return f"{kpi.code}: {reason}"
    return None


def why_not_targets_of(
    version: IndicatorVersion, year: Target, quarters: Collection[Target]
) -> str | None:
    """Say why the quarters' targets do not make the year's."""
    refusal = why_not_targets(version.rules, list(quarters), year)
    if refusal is None and any(_edges_are_wrong(each) for each in (year, *quarters)):
        # Whichever side is better: no row keeps such edges.
        refusal = TargetRefusal.BAND_EDGES
    return str(wording.TARGETS[refusal]) if refusal else None


def _edges_are_wrong(target: Target) -> bool:
    if target.low is None and target.high is None:
        return False
    return target.low is None or target.high is None or target.low >= target.high


def why_not_change_targets(
    quarters: Collection[Quarter], changed: Collection[int] = (1, 2, 3, 4)
) -> str | None:
    """Targets of a closed quarter stay as they were frozen; `changed` are the quarters that would not."""
    closed = sorted({quarter.number for quarter in quarters if quarter.is_closed} & set(changed))
    if closed:
        return _("ไตรมาส %(numbers)s ปิดแล้ว แก้ค่าเป้าหมายของไตรมาสนั้นไม่ได้ ให้ขอแก้ไขย้อนหลัง") % {
            "numbers": ", ".join(map(str, closed))
        }
    return None


def may_see_personal(kpi: KPI, standing: Standing) -> bool:
    """Whether the person reads a personal KPI: its holder, the line above, HR of the agency.

    The KPI is loaded with its post; whoever asks logs the view.
    """
    post = kpi.scorecard.post
    return post is not None and may_see_post(post, standing)


def may_see_post(post: Post, standing: Standing) -> bool:
    """Whether the person reads what is personal of a post: its holder, the line above, HR."""
    return (
        post.pk in standing.post_ids
        or standing.is_role_of(Role.HR, post.agency_id)
        or in_line_above(post, standing.post_ids)
    )
