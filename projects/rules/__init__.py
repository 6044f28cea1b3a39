"""Why a project may not be changed, or progress typed, sent or signed: a sentence, or None."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Role
from accounts.rules import Standing
from common import fiscal, thaidates
from common.references import what_points_at
from common.thainumbers import format_number
from kpi.models import Indicator
from projects import workflow
from projects.models import (
    Activity,
    ChangeRequest,
    MonthlyProgress,
    Progress,
    Project,
    ProjectFigure,
    ProjectTarget,
    ProjectYear,
)
from strategy.models import FrameworkItem
from submissions import rules as entries
from submissions.models import FiscalYear, Month, Quarter
from submissions.workflow import Status

LARGEST_PERCENT = Decimal(100)
# Who may type figures of an agency.
REPORTERS = (Role.REPORTER, Role.APPROVER)
# How far ahead of the present fiscal year a project may be planned.
YEARS_AHEAD = 6


def why_not_decide(project: Project, to: str, standing: Standing) -> str | None:
    """Say why this person may not move a project on in its life."""
    if not standing.has(Role.STRATEGIST):
        return _("เฉพาะกลุ่มงานยุทธศาสตร์ฯ สำนักงานจังหวัด บันทึกมติของโครงการได้")
    if workflow.Status(to) not in workflow.NEXT[workflow.Status(project.status)]:
        return _("โครงการอยู่ในสถานะ “%(now)s” จึงเปลี่ยนเป็น “%(to)s” ไม่ได้") % {
            "now": Project.Status(project.status).label,
            "to": Project.Status(to).label,
        }
    return None


def why_not_register(
    project_dates: tuple[date, date], activities: Mapping[int, tuple[Decimal, date, date]]
) -> str | None:
    """Say why a project's dates and activities (number → weight, start, end) do not stand."""
    start, end = project_dates
    if end < start:
        return _("วันสิ้นสุดของโครงการต้องไม่ก่อนวันเริ่มต้น")
    for number, (weight, begins, ends) in activities.items():
        if weight <= 0:
            return _("น้ำหนักของกิจกรรมที่ %(number)d ต้องมากกว่าศูนย์") % {"number": number}
        if ends < begins:
            return _("กิจกรรมที่ %(number)d สิ้นสุดก่อนวันเริ่มต้น") % {"number": number}
        if begins < start or ends > end:
            return _("กิจกรรมที่ %(number)d อยู่นอกช่วงเวลาของโครงการ") % {"number": number}
    return None


def why_not_finish(evaluated: bool, unreached: Sequence[str]) -> str | None:
    """Say why a project may not end yet: it is evaluated, and what it reached is known."""
    if not evaluated:
        return _("เขียนการประเมินผลเมื่อสิ้นสุดโครงการก่อน: สิ่งที่บรรลุ บทเรียน และสิ่งที่คงอยู่")
    if unreached:
        return _("ยังไม่ได้กรอกผลที่เกิดขึ้นของ “%(names)s”") % {"names": "”, “".join(unreached)}
    return None


def what_rests_on_projects(keys: Collection[int]) -> dict[int, str]:
    """Say by key what was built on projects since they were registered."""
    found = what_points_at(Project, keys, apart=(ProjectYear, ProjectFigure))
    doubted = Project.objects.filter(pk__in=keys).exclude(unconfirmed_reason="")
    for key in doubted.values_list("pk", flat=True):
        found.setdefault(key, _("มีผลตรวจติดตามที่ยังไม่ยืนยันตัวเลขแล้ว"))
    return found


def what_rests_on_activities(keys: Collection[int]) -> dict[int, str]:
    """Say by key what was built on activities since they were registered."""
    found = what_points_at(Activity, keys)
    numbers = {
        (project, number): key
        for key, project, number in Activity.objects.filter(pk__in=keys).values_list(
            "pk", "project", "number"
        )
    }
    # A request that was made of a plan with them; one that was turned down asks for nothing.
    for request in ChangeRequest.objects.filter(
        project__in={project for project, _number in numbers},
        state__in=(ChangeRequest.State.ASKED, ChangeRequest.State.APPROVED),
    ):
        for activity in request.before["activities"]:
            if key := numbers.get((request.project_id, activity["number"])):
                found.setdefault(key, _("มีคำขอเปลี่ยนแปลงโครงการที่นับกิจกรรมนี้แล้ว"))
    return found


# What may be kept true at any time; everything else is the plan.
PARTICULARS = frozenset(
    {
        *("coordinator_name", "coordinator_position_th", "coordinator_phone", "coordinator_email"),
        *("emenscr_code", "value_chain_th", "name_en", "programme_th", "subprogramme_th"),
        *("main_item_reason_th", "main_kpi_reason_th"),
    }
)


def why_not_keep_file(
    host_agency_id: int | None, status: str, standing: Standing, *, plan_changes: bool
) -> str | None:
    """Say why this person may not write a project's file, or change its plan as it stands now."""
    is_host = any(standing.is_role_of(role, host_agency_id) for role in REPORTERS)
    if not is_host and not standing.has(Role.STRATEGIST):
        return _("เฉพาะหน่วยงานเจ้าภาพและกลุ่มงานยุทธศาสตร์ฯ แก้ไขแฟ้มโครงการนี้ได้")
    if workflow.Status(status) in workflow.ENDED:
        return _("โครงการอยู่ในสถานะ “%(now)s” แฟ้มจึงปิดแล้ว") % {"now": Project.Status(status).label}
    if plan_changes and workflow.Status(status) not in workflow.PLANNING:
        return _("โครงการอนุมัติแล้ว แผนเปลี่ยนได้โดยคำขอเปลี่ยนแปลงที่มีมติเห็นชอบเท่านั้น")
    return None


def why_not_link_target(
    target: ProjectTarget,
    indicator: Indicator | None,
    standing: Standing,
    *,
    answered: Mapping[int, str],
    linked: Collection[int],
) -> str | None:
    """Say why this person may not have a project's target counted in a KPI's indicator.

    `answered` maps the indicators whose KPIs the project answers to their units; `linked` are those
    that another target of the project is counted in.
    """
    project = target.project
    reason = why_not_keep_file(project.host_agency_id, project.status, standing, plan_changes=False)
    if reason or indicator is None:
        return reason
    if indicator.pk not in answered:
        return _("โครงการยังไม่ตอบสนองตัวชี้วัด “%(name)s” เลือกตัวชี้วัดนั้นในแฟ้มโครงการก่อน") % {
            "name": indicator.name_th
        }
    if target.unit_th != answered[indicator.pk]:
        return _("หน่วยนับไม่ตรงกัน รายการนี้นับเป็น “%(own)s” ตัวชี้วัดนับเป็น “%(theirs)s”") % {
            "own": target.unit_th,
            "theirs": answered[indicator.pk],
        }
    if indicator.pk in linked:
        return _("ตัวชี้วัด “%(name)s” มีรายการอื่นของโครงการนี้ผูกไว้แล้ว") % {"name": indicator.name_th}
    return None


def links_kept(
    stored: Sequence[tuple[int, str, str, int | None]], wanted: Sequence[tuple[str, str]]
) -> list[int | None]:
    """Return what each row of new targets (name, unit) is counted in, as the stored ones were.

    `stored` are (number, name, unit, indicator). A link follows the words, else the number where the
    unit stays: a row that moved keeps its own, one that was renamed too, another unit drops it.
    """
    by_words = {(name, unit): link for _number, name, unit, link in stored}
    by_number = {number: (name, unit, link) for number, name, unit, link in stored}
    kept: list[int | None] = []
    for number, words in enumerate(wanted, start=1):
        name, unit, link = by_number.get(number, ("", "", None))
        if words in by_words:
            link = by_words[words]
        elif unit != words[1] or (name, unit) in wanted:
            link = None
        kept.append(None if link in kept else link)
    return kept


def why_not_plan(
    years: tuple[int, int],
    dates: tuple[date, date],
    weights: Sequence[Decimal],
    activity_dates: Sequence[tuple[date, date]],
    plans: Sequence[Mapping[tuple[int, int], Decimal]],
) -> str | None:
    """Say why what people typed as a plan does not stand.

    `weights`, `activity_dates` and `plans` are those of the activities, in their order.
    """
    first, last = years
    begins, ends = fiscal.year_start(first), fiscal.year_end(last)
    for name, day in ((_("วันเริ่มต้น"), dates[0]), (_("วันสิ้นสุด"), dates[1])):
        if not begins <= day <= ends:
            return _(
                "%(name)s %(day)s อยู่นอกปีงบประมาณ %(first)s ถึง %(last)s ซึ่งคือ %(begins)s ถึง %(ends)s"
            ) % {
                "name": name,
                "day": thaidates.format_date(day),
                "first": first,
                "last": last,
                "begins": thaidates.format_date(begins),
                "ends": thaidates.format_date(ends),
            }
    total = sum(weights, Decimal(0))
    if weights and total != LARGEST_PERCENT:
        return _("น้ำหนักของกิจกรรมรวมได้ %(total)s ต้องรวมเป็น 100 (%(gap)s)") % {
            "total": format_number(total),
            "gap": _("ขาด %(n)s") % {"n": format_number(LARGEST_PERCENT - total)}
            if total < LARGEST_PERCENT
            else _("เกิน %(n)s") % {"n": format_number(total - LARGEST_PERCENT)},
        }
    for number, ((start, end), plan) in enumerate(zip(activity_dates, plans, strict=True), start=1):
        if reason := _why_not_monthly(number, start, end, plan):
            return reason
    return None


def _why_not_monthly(
    number: int, start: date, end: date, plan: Mapping[tuple[int, int], Decimal]
) -> str | None:
    """Say why an activity's monthly plan does not stand: in its time, rising in a year, full at the end."""
    before: dict[int, Decimal] = {}
    for (year, month), percent in sorted(plan.items()):
        if percent > 0 and fiscal.month_end(year, month) < start:
            return _("แผนรายเดือนของกิจกรรมที่ %(number)d มีร้อยละก่อนเดือนที่เริ่ม") % {"number": number}
        if percent < before.get(year, Decimal(0)):
            return _("แผนรายเดือนของกิจกรรมที่ %(number)d ลดลงจากเดือนก่อน แผนเป็นร้อยละสะสมจึงลดลงไม่ได้") % {
                "number": number
            }
        before[year] = percent
    if plan and before[max(before)] != LARGEST_PERCENT:
        return _("แผนรายเดือนของกิจกรรมที่ %(number)d ต้องถึงร้อยละ 100 ในเดือนสุดท้าย") % {"number": number}
    return None


def change_kinds(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Say what a plan would change: scope, budget, time, target, area, in that order.

    Both are snapshots as `actions.changes.snapshot_of` writes them.
    """
    found = {kind for name, kind in _KIND_OF_FIELD.items() if before[name] != after[name]}
    old = {a["number"]: a for a in before["activities"]}
    new = {a["number"]: a for a in after["activities"]}
    if old.keys() != new.keys():
        found |= {"scope"}
        budgets = [sum(Decimal(a["budget"] or 0) for a in each.values()) for each in (old, new)]
        if budgets[0] != budgets[1]:
            found |= {"budget"}
    for number in old.keys() & new.keys():
        found |= {
            kind
            for name, kind in _KIND_OF_ACTIVITY_FIELD.items()
            if old[number][name] != new[number][name]
        }
    return [kind for kind in ("scope", "budget", "time", "target", "area") if kind in found]


_KIND_OF_FIELD = {
    **dict.fromkeys(("objective_th", "output_th", "outcome_th"), "scope"),
    **dict.fromkeys(("start_date", "end_date", "years"), "time"),
    **dict.fromkeys(("targets", "beneficiaries"), "target"),
    "year_budgets": "budget",
    "areas": "area",
}
_KIND_OF_ACTIVITY_FIELD = {
    **dict.fromkeys(("name_th", "name_en", "agency", "related", "weight"), "scope"),
    **dict.fromkeys(("start_date", "end_date", "plan"), "time"),
    "budget": "budget",
}


def why_not_request_change(project: Project, standing: Standing) -> str | None:
    """Say why this person may not ask for another plan."""
    is_host = any(standing.is_role_of(role, project.host_agency_id) for role in REPORTERS)
    if not is_host and not standing.has(Role.STRATEGIST):
        return _("เฉพาะหน่วยงานเจ้าภาพและกลุ่มงานยุทธศาสตร์ฯ ยื่นคำขอเปลี่ยนแปลงได้")
    status = workflow.Status(project.status)
    if status in workflow.PLANNING:
        return _("โครงการยังไม่อนุมัติ แก้ได้ในแฟ้มโครงการโดยไม่ต้องยื่นคำขอ")
    if status in workflow.ENDED:
        return _("โครงการอยู่ในสถานะ “%(now)s” แฟ้มจึงปิดแล้ว") % {
            "now": Project.Status(project.status).label
        }
    return None


def why_not_withdraw(request: ChangeRequest, standing: Standing) -> str | None:
    """Say why this person may not take a request back."""
    if request.state != ChangeRequest.State.ASKED:
        return _("คำขอนี้มีมติหรือถอนไปแล้ว")
    is_host = any(standing.is_role_of(role, request.project.host_agency_id) for role in REPORTERS)
    if is_host or standing.user.pk == request.asked_by_id:
        return None
    return _("เฉพาะหน่วยงานที่ยื่นถอนคำขอได้")


def why_not_decide_change(request: ChangeRequest, standing: Standing) -> str | None:
    """Say why this person may not write down what the committee said."""
    if request.state != ChangeRequest.State.ASKED:
        return _("คำขอนี้มีมติหรือถอนไปแล้ว")
    if not standing.has(Role.STRATEGIST):
        return _("รอมติคณะกรรมการ กลุ่มงานยุทธศาสตร์ฯ เป็นผู้บันทึกมติ")
    if standing.user.pk == request.asked_by_id:
        return _("ผู้ยื่นคำขอบันทึกมติของคำขอตนเองไม่ได้ ให้ผู้อื่นในกลุ่มงานบันทึก")
    return None


def why_not_drop(reported: Collection[int], kept: Collection[int]) -> str | None:
    """Say why activities may not leave the plan: they were reported on."""
    gone = sorted(set(reported) - set(kept))
    if gone:
        return _("กิจกรรมที่ %(numbers)s มีรายงานความก้าวหน้าแล้ว จึงเอาออกจากแผนไม่ได้") % {
            "numbers": ", ".join(str(number) for number in gone)
        }
    return None


def why_not_main_kpi(main: int | None, kpis: Collection[int]) -> str | None:
    """Say why a KPI cannot be the main one: it is one of those the project answers."""
    if main is not None and main not in kpis:
        return _("ตัวชี้วัดหลักต้องเป็นหนึ่งในตัวชี้วัดที่โครงการตอบสนอง")
    return None


def why_not_evaluate(project: Project, standing: Standing) -> str | None:
    """Say why this person may not write how a project ended."""
    is_host = any(standing.is_role_of(role, project.host_agency_id) for role in REPORTERS)
    if not is_host and not standing.has(Role.STRATEGIST):
        return _("เฉพาะหน่วยงานเจ้าภาพและกลุ่มงานยุทธศาสตร์ฯ เขียนการประเมินผลได้")
    if workflow.Status(project.status) is not workflow.Status.RUNNING:
        return _("ประเมินผลได้เมื่อโครงการกำลังดำเนินการ ขณะนี้อยู่ในสถานะ “%(now)s”") % {
            "now": Project.Status(project.status).label
        }
    return None


def why_not_attach(project: Project, standing: Standing) -> str | None:
    """Say why this person may not add or remove documents and photos of a project."""
    is_host = any(standing.is_role_of(role, project.host_agency_id) for role in REPORTERS)
    if is_host or standing.has(Role.STRATEGIST, Role.INSPECTOR):
        return None
    return _("เฉพาะหน่วยงานเจ้าภาพ คณะทำงานตรวจติดตาม และกลุ่มงานยุทธศาสตร์ฯ จัดการไฟล์ของโครงการได้")


def why_not_photo(kind: str, media_type: str) -> str | None:
    """Say why a file cannot be kept as what it is said to be."""
    if kind != "document" and not media_type.startswith("image/"):
        return _("ไฟล์นี้ไม่ใช่ภาพ เลือกไฟล์ JPG PNG หรือ WebP หรือเปลี่ยนชนิดเป็นเอกสาร")
    return None


def why_not_report(project: Project, standing: Standing) -> str | None:
    """Say why this person may not report for a project at all."""
    if not any(standing.is_role_of(role, project.host_agency_id) for role in REPORTERS):
        return _("เฉพาะผู้รายงานของหน่วยงานเจ้าภาพ กรอกความก้าวหน้าของโครงการนี้ได้")
    if workflow.Status(project.status) not in workflow.REPORTING:
        return _("โครงการอยู่ในสถานะ “%(now)s” จึงไม่ต้องรายงานความก้าวหน้า") % {
            "now": Project.Status(project.status).label
        }
    return None


def why_not_save(
    project: Project, quarter: Quarter, progress: Progress | None, standing: Standing
) -> str | None:
    """Say why progress may not be typed for a project and quarter."""
    if reason := why_not_report(project, standing):
        return reason
    if project.start_date > fiscal.quarter_end(quarter.fiscal_year_id, quarter.number):
        return _("โครงการยังไม่เริ่มในไตรมาสนี้ จึงยังไม่ต้องรายงาน")
    if progress is None:
        return entries.why_not_type_in(quarter)
    return entries.why_not_edit(progress, quarter)


def why_not_save_month(
    project: Project,
    month: Month,
    report: MonthlyProgress | None,
    standing: Standing,
    at: datetime,
) -> str | None:
    """Say why a month's progress may not be typed."""
    if reason := why_not_report(project, standing):
        return reason
    if not asks_months(month.fiscal_year):
        return _("ปี %(year)d ขอรายงานความก้าวหน้าเป็นรายไตรมาส ไม่ต้องรายงานรายเดือน") % {
            "year": month.fiscal_year_id
        }
    if month.number % 3 == 0:
        return _("เดือนนี้เป็นเดือนสิ้นไตรมาส รายงานในแบบรายไตรมาส")
    if fiscal.local_date(at) < fiscal.month_start(month.fiscal_year_id, month.number):
        return _("เดือนนี้ยังไม่เริ่ม")
    if project.start_date > fiscal.month_end(month.fiscal_year_id, month.number):
        return _("โครงการยังไม่เริ่มในเดือนนี้ จึงยังไม่ต้องรายงาน")
    if report is None:
        return entries.why_not_type_in(month)
    return entries.why_not_edit(report, month)


def asks_months(year: FiscalYear) -> bool:
    """Whether the province asks for progress by the month in a year: data of the year."""
    return bool(year.thresholds.get("progress", {}).get("monthly", False))


def why_not_submit_month(
    report: MonthlyProgress,
    standing: Standing,
    at: datetime,
    *,
    due: Mapping[int, Activity],
    reported: Mapping[int, Decimal],
    before: Mapping[int, Decimal],
) -> str | None:
    """Say why a month's progress may not be sent; the mappings are those of `why_not_submit`."""
    return (
        why_not_report(report.project, standing)
        or entries.why_not_move(report, Status.SUBMITTED)
        or entries.why_not_send_in(report.month, at)
        or why_not_complete(report.note, due=due, reported=reported, before=before)
    )


def why_not_sign_month(report: MonthlyProgress, standing: Standing) -> str | None:
    """Say why this person may not sign a month's progress."""
    return (
        entries.why_not_sign(report, standing, report.project.host_agency_id)
        or entries.why_not_type_in(report.month)
        or entries.why_not_move(report, Status.APPROVED)
    )


def why_not_return_month(report: MonthlyProgress, standing: Standing, reason: str) -> str | None:
    """Say why this person may not send a month's progress back; it needs a reason."""
    if refusal := entries.why_not_sign(report, standing, report.project.host_agency_id):
        return refusal
    if refusal := entries.why_not_type_in(report.month):
        return refusal
    if not reason.strip():
        return _("เขียนเหตุผลที่ส่งกลับ เพื่อให้ผู้รายงานแก้ได้ตรงจุด")
    return entries.why_not_move(report, Status.RETURNED)


def why_not_settings(
    behind: Decimal, critical: Decimal, money_ahead: Decimal, delivery_ahead: Decimal
) -> str | None:
    """Say why the bounds of progress do not stand."""
    if not -LARGEST_PERCENT <= critical < behind <= 0:
        return _("เกณฑ์วิกฤตต้องต่ำกว่าเกณฑ์ล่าช้า และทั้งสองเป็นศูนย์หรือค่าลบ เช่น -5 และ -15")
    if not (0 < money_ahead <= LARGEST_PERCENT and 0 < delivery_ahead <= LARGEST_PERCENT):
        return _("เกณฑ์เงินกับงานต่างกันต้องอยู่ระหว่าง 0 ถึง 100 จุด")
    return None


def why_not_percent(percent: Decimal | None) -> str | None:
    """Say why a percentage cannot be one."""
    if percent is not None and not 0 <= percent <= LARGEST_PERCENT:
        return _("ร้อยละความก้าวหน้าต้องอยู่ระหว่าง 0 ถึง 100")
    return None


def why_not_submit(
    progress: Progress,
    standing: Standing,
    at: datetime,
    *,
    due: Mapping[int, Activity],
    reported: Mapping[int, Decimal],
    before: Mapping[int, Decimal],
) -> str | None:
    """Say why a report may not be sent.

    `due` holds the activities that have to report by id, `reported` what stands in the report and
    `before` the last signed percentages; key 0 is the project itself where it has no activities.
    """
    quarter = progress.quarter
    reason = (
        why_not_report(progress.project, standing)
        or entries.why_not_move(progress, Status.SUBMITTED)
        or entries.why_not_send_in(quarter, at)
    )
    if reason:
        return reason
    return why_not_complete(progress.note, due=due, reported=reported, before=before)


def why_not_complete(
    note: str,
    *,
    due: Mapping[int, Activity],
    reported: Mapping[int, Decimal],
    before: Mapping[int, Decimal],
) -> str | None:
    """Say what is missing before a report is sent, or that it fell without a reason."""
    missing = [activity.number for key, activity in due.items() if key not in reported]
    if missing:
        return _("ยังไม่ได้กรอกร้อยละของกิจกรรมที่ %(numbers)s") % {
            "numbers": ", ".join(str(number) for number in missing)
        }
    if not reported:
        return _("ยังไม่ได้กรอกร้อยละความก้าวหน้า")
    fallen = [key for key, percent in reported.items() if percent < before.get(key, percent)]
    if fallen and not note.strip():
        return _("ความก้าวหน้าต่ำกว่าที่รายงานไว้ครั้งก่อน ให้เขียนเหตุผลในหมายเหตุก่อนส่ง")
    return None


def why_not_approve(progress: Progress, standing: Standing) -> str | None:
    """Say why this person may not sign a report."""
    return (
        entries.why_not_sign(progress, standing, progress.project.host_agency_id)
        or entries.why_not_type_in(progress.quarter)
        or entries.why_not_move(progress, Status.APPROVED)
    )


def why_not_return(progress: Progress, standing: Standing, reason: str) -> str | None:
    """Say why this person may not send a report back; it needs a reason."""
    if refusal := entries.why_not_sign(progress, standing, progress.project.host_agency_id):
        return refusal
    if refusal := entries.why_not_type_in(progress.quarter):
        return refusal
    if not reason.strip():
        return _("เขียนเหตุผลที่ส่งกลับ เพื่อให้ผู้รายงานแก้ได้ตรงจุด")
    return entries.why_not_move(progress, Status.RETURNED)


def why_not_align(main_item: FrameworkItem | None, reason_th: str) -> str | None:
    """Say why a project's main target does not stand: it has a reason, and a reason has a target."""
    if main_item is None and reason_th.strip():
        return _("ใส่เป้าหมายหลักที่เหตุผลนี้กล่าวถึง")
    if main_item is not None and not reason_th.strip():
        return _("เขียนเหตุผลว่าโครงการส่งผลต่อเป้าหมายหลักอย่างไร")
    return None
