"""The agenda of a meeting, made of what stands in the portal on the day it is made.

A committee that watches spending reads who is behind, by how much, and what was promised last time;
every committee reads what is left of its own resolutions. All words are Thai, as the paper is.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import Agency
from budget.models import CabinetTarget, MoneyFigure, MoneyScope
from budget.scoring import gap, target_at
from common import fiscal, thaidates
from common.thainumbers import format_number
from meetings.actions import StatedItem
from meetings.models import Meeting, Resolution
from projects.models import ProjectFigure
from submissions.models import Quarter

# The furthest behind come first; the paper holds so many lines of each table.
MOST = 30


def agenda_of(meeting: Meeting, today: date) -> list[StatedItem]:
    """Return the items of a meeting's agenda; the first ones are those of every Thai meeting."""
    with override("th"):
        before = (
            Meeting.objects.filter(committee=meeting.committee, held_date__lt=meeting.held_date)
            .newest_first()
            .first()
        )
        items = [
            StatedItem(_("เรื่องที่ประธานแจ้งให้ที่ประชุมทราบ")),
            StatedItem(_("เรื่องรับรองรายงานการประชุม"), _last_meeting(before)),
            _left_over(meeting, today),
        ]
        if meeting.committee.watches_spending:
            items += _spending(meeting, today)
        return [*items, StatedItem(_("เรื่องอื่น ๆ (ถ้ามี)"))]


def _day(day: date) -> str:
    return thaidates.format_date(day, "short", "th")


def _number(value: Decimal | None) -> str:
    return format_number(value) if value is not None else "–"


def _signed(value: Decimal) -> str:
    return f"+{format_number(value)}" if value > 0 else format_number(value)


def _last_meeting(before: Meeting | None) -> str:
    if before is None:
        return _("ยังไม่มีการประชุมครั้งก่อนในระบบ")
    return _("ครั้งที่ %(number)d/%(year)d วันที่ %(day)s") % {
        "number": before.number,
        "year": before.year,
        "day": _day(before.held_date),
    }


def _left_over(meeting: Meeting, today: date) -> StatedItem:
    """Say what the committee asked for earlier and is not done."""
    rows = [
        (
            f"{each.meeting.number}/{each.meeting.year} {_('ข้อ')} {each.number}",
            each.text_th,
            each.owner.short_name,
            _day(each.due_date),
            _how_far(each, today),
        )
        for each in Resolution.objects.open()
        .filter(meeting__committee=meeting.committee, meeting__held_date__lt=meeting.held_date)
        .select_related("meeting", "owner")
        .in_due_order()[:MOST]
    ]
    return StatedItem(
        _("เรื่องสืบเนื่อง: มติและข้อสั่งการที่ยังไม่เสร็จ"),
        _("ค้าง %(count)d ข้อ เรียงตามกำหนด") % {"count": len(rows)}
        if rows
        else _("ไม่มีมติและข้อสั่งการค้าง"),
        heads=(_("มติ"), _("ข้อสั่งการ"), _("เจ้าภาพ"), _("กำหนดเสร็จ"), _("ความคืบหน้า")),
        rows=rows,
    )


def _how_far(resolution: Resolution, today: date) -> str:
    late = (today - resolution.due_date).days
    told = resolution.progress_th or _("ยังไม่รายงานความคืบหน้า")
    return f"{told} ({_('เลยกำหนด %(days)d วัน') % {'days': late}})" if late > 0 else told


def _spending(meeting: Meeting, today: date) -> list[StatedItem]:
    """Say where the province's money is, which agencies and which projects are behind."""
    year = fiscal.fiscal_year_of(today)
    month = (
        MoneyFigure.objects.for_year(year)
        .of_kind(MoneyScope.Kind.PROVINCE)
        .filter(reported__gt=0, month__lte=fiscal.fiscal_month_of(today)[1])
        .order_by("-month")
        .values_list("month", flat=True)
        .first()
    )
    if month is None:
        return [StatedItem(_("ผลการใช้จ่ายงบประมาณ"), _("ยังไม่มีผลเบิกจ่ายที่ลงนามของปีงบประมาณนี้"))]
    targets = CabinetTarget.objects.lines(year)
    name = thaidates.format_month(year, month, lang="th")
    return [
        _province(year, month, targets, name),
        _agencies_behind(meeting, year, month, targets, name),
        _projects_behind(year, today),
    ]


def _at(kind: str, year: int, month: int) -> list[MoneyFigure]:
    figures = MoneyFigure.objects.for_year(year).of_kind(kind).of_the_year_itself()
    return list(figures.filter(month=month).with_scope())


def _line_of(targets: Mapping[Any, Any], category: str) -> Any:
    return targets.get((CabinetTarget.Measure.DISBURSEMENT, category), {})


def _province(year: int, month: int, targets: Mapping[Any, Any], name: str) -> StatedItem:
    figures = {each.expenditure_type: each for each in _at(MoneyScope.Kind.PROVINCE, year, month)}
    rows = []
    for kind, category, word in (
        ("investment", CabinetTarget.Category.INVESTMENT, _("รายจ่ายลงทุน")),
        ("recurrent", CabinetTarget.Category.RECURRENT, _("รายจ่ายประจำ")),
        ("", CabinetTarget.Category.OVERALL, _("รวม")),
    ):
        figure = figures.get(kind)
        if figure is None:
            continue
        target = target_at(_line_of(targets, category), month)
        distance = gap(figure.disbursed, figure.revised, target)
        rows.append(
            (
                word,
                format_number(figure.revised),
                format_number(figure.disbursed),
                _number(figure.disbursement_rate),
                _number(figure.spending_rate),
                _number(target),
                _signed(distance.points) if distance else "–",
                format_number(distance.baht_needed) if distance else "–",
            )
        )
    return StatedItem(
        _("เรื่องเพื่อทราบ: ผลการใช้จ่ายของจังหวัดเทียบเป้าหมายคณะรัฐมนตรี"),
        _("สะสมถึงสิ้น%(month)s จากยอดที่หัวหน้าส่วนราชการลงนามแล้ว") % {"month": name},
        heads=(
            *(_("ประเภท"), _("วงเงิน (บาท)"), _("เบิกจ่าย (บาท)"), _("เบิกจ่าย %"), _("ใช้จ่าย %")),
            *(_("เป้า %"), _("ต่าง (จุด)"), _("ต้องเบิกเพิ่ม (บาท)")),
        ),
        rows=rows,
        numeric=range(1, 8),
    )


def _agencies_behind(
    meeting: Meeting, year: int, month: int, targets: Mapping[Any, Any], name: str
) -> StatedItem:
    """Say who is behind the Cabinet's line, the largest sum first, and what each promised."""
    target = target_at(_line_of(targets, CabinetTarget.Category.OVERALL), month)
    title = _("เรื่องเพื่อพิจารณา: หน่วยงานที่เบิกจ่ายต่ำกว่าเป้าหมาย")
    if target is None:
        return StatedItem(title, _("ไม่ทราบเป้าหมายคณะรัฐมนตรีของ%(month)s") % {"month": name})
    figures = [
        each for each in _at(MoneyScope.Kind.AGENCY, year, month) if not each.expenditure_type
    ]
    agencies = Agency.objects.in_bulk([each.scope.subject_id for each in figures])
    promised = _promises(meeting)
    behind = []
    for figure in figures:
        distance = gap(figure.disbursed, figure.revised, target)
        if distance is not None and distance.baht_needed > 0:
            behind.append((distance, figure, agencies[figure.scope.subject_id]))
    behind.sort(key=lambda each: (-each[0].baht_needed, each[2].code))
    rows = [
        (
            str(place),
            agency.short_name,
            format_number(figure.revised),
            _number(figure.disbursement_rate),
            _signed(distance.points),
            format_number(distance.baht_needed),
            f"{figure.reported}/{figure.due}",
            promised.get(agency.pk, _("ไม่มีข้อสั่งการครั้งก่อน")),
        )
        for place, (distance, figure, agency) in enumerate(behind[:MOST], start=1)
    ]
    return StatedItem(
        title,
        _("เป้าหมาย ณ สิ้น%(month)s ร้อยละ %(target)s ต่ำกว่าเป้า %(count)d หน่วยงาน")
        % {"month": name, "target": format_number(target), "count": len(behind)},
        heads=(
            *(_("ที่"), _("หน่วยงาน"), _("วงเงิน (บาท)"), _("เบิกจ่าย %"), _("ห่างเป้า (จุด)")),
            *(_("ต้องเบิกเพิ่ม (บาท)"), _("รายงาน"), _("รับปากครั้งก่อน")),
        ),
        rows=rows,
        numeric=(2, 3, 4, 5),
    )


def _promises(meeting: Meeting) -> dict[int, str]:
    """Return by agency what the committee's last meeting asked of it, and how that ended."""
    last = (
        Meeting.objects.filter(
            committee=meeting.committee,
            held_date__lt=meeting.held_date,
            resolutions__isnull=False,
        )
        .newest_first()
        .first()
    )
    told: dict[int, list[str]] = defaultdict(list)
    for each in Resolution.objects.filter(meeting=last).order_by("number"):
        word = each.progress_th or str(each.get_state_display())
        told[each.owner_id].append(f"{each.text_th} ({_day(each.due_date)}): {word}")
    return {agency: " · ".join(lines) for agency, lines in told.items()}


def _projects_behind(year: int, today: date) -> StatedItem:
    """Say which projects are behind their plan, the furthest first."""
    quarters = [
        quarter
        for quarter in Quarter.objects.filter(fiscal_year=year).in_time_order()
        if fiscal.quarter_end(year, quarter.number) <= today
    ]
    title = _("เรื่องเพื่อพิจารณา: โครงการที่ล่าช้ากว่าแผน")
    if not quarters:
        return StatedItem(title, _("ยังไม่สิ้นไตรมาสแรกของปีงบประมาณ"))
    figures = (
        ProjectFigure.objects.filter(
            quarter=quarters[-1],
            standing__in=[
                ProjectFigure.Standing.BEHIND.value,
                ProjectFigure.Standing.CRITICAL.value,
            ],
        )
        .select_related("project__host_agency")
        .order_by("variance", "project__code")[:MOST]
    )
    rows = [
        (
            each.project.code,
            each.project.name_th,
            each.project.host_agency.short_name,
            _number(each.delivered),
            _number(each.planned),
            _signed(each.variance),
            _("ผลตรวจไม่ยืนยัน") if each.project.is_unconfirmed else "",
        )
        for each in figures
    ]
    return StatedItem(
        title,
        _("ณ สิ้น%(quarter)s จากรายงานที่ลงนามแล้ว %(count)d โครงการ")
        % {
            "quarter": thaidates.format_quarter(year, quarters[-1].number, lang="th"),
            "count": len(rows),
        },
        heads=(
            *(_("รหัส"), _("โครงการ"), _("หน่วยงาน"), _("ผลจริง %"), _("แผน %"), _("ต่าง (จุด)")),
            _("หมายเหตุ"),
        ),
        rows=rows,
        numeric=(3, 4, 5),
    )
