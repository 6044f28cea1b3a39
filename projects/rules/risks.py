"""Why a risk may not be registered, reviewed, treated or ended: a sentence, or None."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from accounts.models import Role
from accounts.rules import Standing
from projects.models import Risk, RiskAction, RiskCell
from projects.scoring.risks import HIGHEST, LOWEST, full_map
from submissions import rules as entries
from submissions.models import Quarter

# Who keeps an agency's register.
KEEPERS = (Role.REPORTER, Role.APPROVER)


def risk_map_of(year: int) -> dict[tuple[int, int], int]:
    """Return the level of each (likelihood, impact) in a year: its own map, else the last before it.

    One query.
    """
    stated: dict[int, dict[tuple[int, int], int]] = {}
    for cell in RiskCell.objects.filter(fiscal_year__lte=year):
        stated.setdefault(cell.fiscal_year_id, {})[cell.likelihood, cell.impact] = cell.level
    return full_map(stated[max(stated)] if stated else {})


def why_not_keep(agency_id: int, standing: Standing) -> str | None:
    """Say why this person may not register or change risks of an agency."""
    if standing.has(Role.STRATEGIST):
        return None
    if any(standing.is_role_of(role, agency_id) for role in KEEPERS):
        return None
    return _("เฉพาะผู้รายงานหรือหัวหน้าของหน่วยงานเจ้าของความเสี่ยง และกลุ่มงานยุทธศาสตร์ฯ บันทึกได้")


def why_not_change(risk: Risk, standing: Standing) -> str | None:
    """Say why this person may not change a risk or add what is done about it."""
    if reason := why_not_keep(risk.agency_id, standing):
        return reason
    if risk.state != Risk.State.OPEN:
        return _("ความเสี่ยงนี้ปิดแล้ว จึงแก้ไขไม่ได้")
    return None


def why_not_score(likelihood: int, impact: int) -> str | None:
    """Say why a likelihood and an impact are not on the map."""
    if LOWEST <= likelihood <= HIGHEST and LOWEST <= impact <= HIGHEST:
        return None
    return _("โอกาสและผลกระทบต้องเป็นเลข 1 ถึง 5")


def why_not_review(risk: Risk, quarter: Quarter, standing: Standing) -> str | None:
    """Say why this person may not write down what a quarter left of a risk."""
    if reason := why_not_change(risk, standing) or entries.why_not_type_in(quarter):
        return reason
    if quarter.fiscal_year_id < risk.fiscal_year_id:
        return _("ไตรมาสนี้อยู่ก่อนปีงบประมาณที่ขึ้นทะเบียนความเสี่ยง")
    return None


def why_not_close(risk: Risk, standing: Standing) -> str | None:
    """Say why this person may not end the watch over a risk."""
    if risk.state != Risk.State.OPEN:
        return _("ความเสี่ยงนี้ปิดไปแล้ว")
    if standing.has(Role.STRATEGIST) or standing.is_role_of(Role.APPROVER, risk.agency_id):
        return None
    return _("เฉพาะหัวหน้าหน่วยงานเจ้าของ หรือกลุ่มงานยุทธศาสตร์ฯ ปิดความเสี่ยงได้")


def why_not_finish(action: RiskAction, standing: Standing) -> str | None:
    """Say why this person may not end what is done about a risk."""
    if action.state != RiskAction.State.OPEN:
        return _("กิจกรรมนี้ปิดไปแล้ว")
    if standing.has(Role.STRATEGIST):
        return None
    if any(
        standing.is_role_of(role, agency)
        for role in KEEPERS
        for agency in (action.owner_id, action.risk.agency_id)
    ):
        return None
    return _("เฉพาะหน่วยงานที่รับผิดชอบกิจกรรม หรือเจ้าของความเสี่ยง บันทึกผลได้")


def why_not_set_scales(standing: Standing) -> str | None:
    """Say why this person may not change the map of a year or the categories."""
    if standing.has(Role.STRATEGIST):
        return None
    return _("เฉพาะกลุ่มงานยุทธศาสตร์ฯ สำนักงานจังหวัด กำหนดแผนผังและประเภทความเสี่ยงได้")


def why_not_map(levels: Mapping[tuple[int, int], int]) -> str | None:
    """Say why levels do not make a map: a level never falls where likelihood or impact rises."""
    for (likelihood, impact), level in sorted(levels.items()):
        for more in ((likelihood + 1, impact), (likelihood, impact + 1)):
            if more in levels and levels[more] < level:
                return _(
                    "ช่องโอกาส %(likelihood)d ผลกระทบ %(impact)d ต่ำกว่าช่องที่เสี่ยงน้อยกว่า "
                    "ระดับต้องไม่ลดลงเมื่อโอกาสหรือผลกระทบเพิ่มขึ้น"
                ) % {"likelihood": more[0], "impact": more[1]}
    return None
