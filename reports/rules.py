"""Why a quarter may not be closed, restated or published, or None; and what is missing."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from accounts.models import Role
from accounts.rules import Standing
from budget.models import Allocation, MonthlyFigure
from common import fiscal, thaidates
from common.bilingual import in_language, page_language
from common.states import CellState
from kpi.models import KPI, Figure, Result, Scorecard
from projects.models import Project
from reports.models import Edition, Freeze
from submissions.models import EntryStatus, Month, PeriodState, Quarter
from submissions.workflow import COUNTED

_COUNTED = [status.value for status in COUNTED]
# An agency's entries stand open for correction no longer than that.
LONGEST_REOPENING = timedelta(days=30)
_OWED = (CellState.NOT_REPORTED.value, CellState.LATE.value)


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that a closing would leave without a figure, and who owes it."""

    kind: str
    agency: str
    code: str
    name: str
    status: str


def why_not_strategist(standing: Standing) -> str | None:
    """Say why this person may not close, write about or publish a quarter."""
    if standing.has(Role.STRATEGIST):
        return None
    return _("เฉพาะกลุ่มงานยุทธศาสตร์ฯ สำนักงานจังหวัด เปิด ปิด และเผยแพร่ไตรมาสได้")


def why_not_open(quarter: Quarter, standing: Standing) -> str | None:
    """Say why a quarter may not be opened for reporting."""
    if reason := why_not_strategist(standing):
        return reason
    if quarter.state != PeriodState.PLANNED:
        return _("ไตรมาสนี้เปิดหรือปิดไปแล้ว")
    return None


def why_not_close(quarter: Quarter, standing: Standing, at: datetime) -> str | None:
    """Say why a quarter may not be closed yet, whatever is missing (see `missing_of`)."""
    if reason := why_not_strategist(standing):
        return reason
    if quarter.state == PeriodState.PLANNED:
        return _("ไตรมาสนี้ยังไม่เปิดรับรายงาน")
    if quarter.is_closed:
        return _("ไตรมาสนี้ปิดไปแล้ว")
    if fiscal.local_date(at) <= fiscal.quarter_end(quarter.fiscal_year_id, quarter.number):
        return _("ยังไม่สิ้นไตรมาส ปิดได้ตั้งแต่วันถัดจากวันสุดท้าย")
    earlier = Quarter.objects.filter(
        fiscal_year=quarter.fiscal_year_id, number__lt=quarter.number, state=PeriodState.OPEN
    ).order_by("number")
    if before := earlier.first():
        return _("ไตรมาส %(quarter)s ยังเปิดอยู่ ปิดไตรมาสก่อนหน้าก่อน") % {"quarter": before}
    return None


def why_not_write_summary(quarter: Quarter, standing: Standing) -> str | None:
    """Say why the summary of a quarter's report may not be written."""
    if reason := why_not_strategist(standing):
        return reason
    if not quarter.is_closed:
        return _("เขียนบทสรุปได้เมื่อปิดไตรมาสแล้ว")
    return None


def why_not_publish(
    quarter: Quarter, standing: Standing, freeze: Freeze | None, newest: Edition | None
) -> str | None:
    """Say why no new edition of a quarter's report may be published."""
    if reason := why_not_strategist(standing):
        return reason
    if freeze is None:
        return _("ปิดไตรมาสก่อนเผยแพร่รายงาน")
    if newest and newest.freeze_record_id == freeze.pk:
        return _("ฉบับที่ %(number)d เผยแพร่ค่าชุดนี้ไปแล้ว ฉบับใหม่มีได้เมื่อมีการแก้ไขย้อนหลัง") % {
            "number": newest.number
        }
    return None


def why_not_restate(quarter: Quarter, by: Standing, agreed_by: Standing, reason: str) -> str | None:
    """Say why a closed quarter may not be restated."""
    if not quarter.is_closed:
        return _("ไตรมาสนี้ยังไม่ปิด แก้ไขที่รายการได้เลย")
    if not reason.strip():
        return _("ต้องบอกเหตุผลของการแก้ไขย้อนหลัง")
    if by.user.pk == agreed_by.user.pk:
        return _("การแก้ไขย้อนหลังต้องมีสองคน ผู้เห็นชอบต้องไม่ใช่ผู้แก้ไข")
    return why_not_strategist(by) or why_not_strategist(agreed_by)


def why_not_reopen(
    quarter: Quarter, standing: Standing, until_date: date, reason: str, day: date
) -> str | None:
    """Say why an agency's entries of a quarter may not be opened for correction until a day."""
    if refusal := why_not_strategist(standing):
        return refusal
    if not quarter.is_closed:
        return _("ไตรมาสนี้ยังไม่ปิด หน่วยงานแก้ไขที่รายการได้เลย")
    if not reason.strip():
        return _("ต้องบอกเหตุผลที่เปิดให้แก้ไข")
    if not day <= until_date <= day + LONGEST_REOPENING:
        return _("กำหนดวันสิ้นสุดตั้งแต่วันนี้ และไม่เกิน %(days)d วัน") % {"days": LONGEST_REOPENING.days}
    return None


def why_not_agree(asked_by_id: int, standing: Standing) -> str | None:
    """Say why this person is not the second one."""
    if standing.user.pk == asked_by_id:
        return _("ต้องมีสองคน ผู้เห็นชอบต้องไม่ใช่ผู้ขอ")
    return why_not_strategist(standing)


def why_not_correct(
    result: Result, quarter: Quarter, standing: Standing, reopened: Collection[int]
) -> str | None:
    """Say why this person may not propose another figure for a signed entry of a closed quarter.

    `reopened` are the agencies that may correct today.
    """
    if not quarter.is_closed or result.quarter_id != quarter.pk:
        return _("ไตรมาสนี้ยังไม่ปิด แก้ไขที่รายการได้เลย")
    if result.status not in _COUNTED or result.is_not_applicable:
        return _("แก้ไขย้อนหลังได้เฉพาะรายการที่ลงนามแล้วและมีตัวเลข")
    if standing.has(Role.STRATEGIST) and not result.kpi.is_personal:
        return None
    agency = result.kpi.agency_id
    if result.kpi.is_personal or not standing.is_role_of(Role.REPORTER, agency):
        return _("เฉพาะผู้รายงานของหน่วยงานและกลุ่มงานยุทธศาสตร์ฯ เสนอแก้ไขได้")
    if agency not in reopened:
        return _("ไตรมาสนี้ไม่ได้เปิดให้หน่วยงานแก้ไข หรือสิ้นสุดแล้ว แจ้งกลุ่มงานยุทธศาสตร์ฯ ขอเปิด")
    return None


def why_not_ask_restatement(
    quarter: Quarter, standing: Standing, reason: str, *, count: int, waits: bool
) -> str | None:
    """Say why a restatement may not be asked for."""
    if refusal := why_not_strategist(standing):
        return refusal
    if not quarter.is_closed:
        return _("ไตรมาสนี้ยังไม่ปิด แก้ไขที่รายการได้เลย")
    if waits:
        return _("มีคำขอแก้ไขย้อนหลังของไตรมาสนี้รออยู่แล้ว")
    if not count:
        return _("เลือกรายการที่จะแก้ไขอย่างน้อยหนึ่งรายการ")
    return None if reason.strip() else _("ต้องบอกเหตุผลของการแก้ไขย้อนหลัง")


def missing_of(quarter: Quarter) -> list[Missing]:
    """List what is due in a quarter and not signed, as the stored figures say; eight queries."""
    return [*_missing_kpis(quarter), *_missing_projects(quarter), *_missing_money(quarter)]


def _missing_kpis(quarter: Quarter) -> Iterator[Missing]:
    """KPIs that report themselves; those of posts only as a count for each agency."""
    entries = {
        result.kpi_id: result.status
        for result in Result.objects.filter(quarter=quarter).only("kpi_id", "status")
    }
    owed = set(
        Figure.objects.for_quarter(quarter).filter(state__in=_OWED).values_list("kpi_id", flat=True)
    )
    unaccepted = set(
        KPI.objects.for_year(quarter.fiscal_year_id)
        .filter(
            needs_acceptance=True,
            results__quarter=quarter,
            results__status=EntryStatus.APPROVED,
        )
        .values_list("pk", flat=True)
    )
    personal: Counter[str] = Counter()
    for kpi in (
        KPI.objects.for_year(quarter.fiscal_year_id)
        .filter(Q(pk__in=owed) | Q(pk__in=unaccepted))
        .reporting_themselves()
        .select_related("indicator", "agency", "scorecard")
        .in_code_order()
    ):
        if kpi.scorecard.level == Scorecard.Level.POST:
            personal[kpi.agency.name] += 1
            continue
        yield Missing(
            "kpi", kpi.agency.name, kpi.code, kpi.indicator.name, _word(entries.get(kpi.pk))
        )
    for agency, count in sorted(personal.items()):
        yield Missing(
            "post", agency, "", _("ตัวชี้วัดรายบุคคล %(count)d รายการ") % {"count": count}, _word(None)
        )


def _word(status: str | None) -> str:
    if status is None:
        return _("ยังไม่กรอก")
    if status == EntryStatus.APPROVED:
        return _("รอสำนักงานจังหวัดรับรอง")
    return str(EntryStatus(status).label)


def _missing_projects(quarter: Quarter) -> Iterator[Missing]:
    """Projects under way without a signed report of the quarter."""
    statuses = dict(quarter.progress.values_list("project_id", "status"))
    end = fiscal.quarter_end(quarter.fiscal_year_id, quarter.number)
    under_way = Project.objects.for_year(quarter.fiscal_year_id).filter(
        status__in=(Project.Status.APPROVED, Project.Status.RUNNING), start_date__lte=end
    )
    for project in under_way.with_agency().in_code_order():
        status = statuses.get(project.pk)
        if status not in _COUNTED:
            yield Missing(
                "project", project.host_agency.name, project.code, project.name, _word(status)
            )


def _month(year: int, number: int) -> str:
    return thaidates.format_month(year, number, "short", page_language())


def _missing_money(quarter: Quarter) -> Iterator[Missing]:
    """Months without a signed figure, one line for each agency and month."""
    months = {
        month.pk: month
        for month in Month.objects.filter(
            fiscal_year=quarter.fiscal_year_id,
            number__range=(quarter.number * 3 - 2, quarter.number * 3),
        ).order_by("number")
    }
    due = {
        in_language(thai, english): count
        for thai, english, count in Allocation.objects.for_year(quarter.fiscal_year_id)
        .order_by()
        .values_list("spending_agency__name_th", "spending_agency__name_en")
        .annotate(Count("pk"))
    }
    signed = {
        (in_language(thai, english), month): count
        for thai, english, month, count in MonthlyFigure.objects.filter(
            month__in=months,
            status__in=_COUNTED,
            allocation__fiscal_year=quarter.fiscal_year_id,
        )
        .order_by()
        .values_list(
            "allocation__spending_agency__name_th", "allocation__spending_agency__name_en", "month"
        )
        .annotate(Count("pk"))
    }
    for agency, count in sorted(due.items()):
        for pk, month in months.items():
            left = count - signed.get((agency, pk), 0)
            if left:
                yield Missing(
                    "money",
                    agency,
                    str(month),
                    _("ผลเบิกจ่าย %(month)s จำนวน %(count)d รายการ")
                    % {"month": _month(quarter.fiscal_year_id, month.number), "count": left},
                    _word(None),
                )
