"""Projects and money: registered, reported by quarter and by month."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from accounts.models import Area
from budget.actions import (
    AllocationInput,
    MonthlyInput,
    allocate,
    approve_monthly_figures,
    record_monthly_figures,
    submit_monthly_figures,
)
from budget.models import Allocation, BudgetSource, ExpenditureType
from common import fiscal
from common.rounding import round_half_up
from projects.actions import (
    ActivityInput,
    ProgressInput,
    TargetInput,
    register_projects,
)
from projects.actions import ProjectInput as ProjectToRegister
from projects.models import Project
from sakhon_portal.sample.book import (
    PAST,
    PRESENT,
    Book,
    moment,
)
from strategy.models import Approach, FrameworkItem
from submissions.models import Month, Quarter

# What share of a year's money is spent by each month's end, a usual year.
SPENT = ("5.9", "14.2", "29.8", "35.4", "41.9", "50.6", "57.2", "64.8", "73.1", "79", "85.2", "93")
# Activities of a project: weight, first and last fiscal month, name.
WORK = (
    (15, 1, 3, "สำรวจ ออกแบบ และเตรียมการ", "Survey, design and preparation"),
    (35, 2, 7, "จัดซื้อจัดจ้าง", "Procurement"),
    (35, 4, 11, "ดำเนินการในพื้นที่", "Work in the field"),
    (15, 8, 12, "อบรม ติดตาม และสรุปผล", "Training, follow-up and summary"),
)


def _plan_of(first: int, last: int, year: int) -> dict[tuple[int, int], Decimal]:
    steps = last - first + 1
    return {
        (year, month): round_half_up(Decimal(100 * (month - first + 1)) / steps, 2)
        for month in range(first, last + 1)
    }


def _targets(stated: Mapping[str, Any]) -> list[TargetInput]:
    people = Decimal(stated["beneficiaries"] or 0)
    return [
        TargetInput("indicator", "ร้อยละความสำเร็จตามแผนงาน", "ร้อยละ", Decimal(100)),
        TargetInput("output", "ผู้เข้าร่วมและผู้รับบริการ", "คน", people),
        TargetInput("outcome", "ความพึงพอใจของผู้รับประโยชน์", "ร้อยละ", Decimal(80)),
    ]


def _activities(book: Book, stated: Mapping[str, Any]) -> list[ActivityInput]:
    """Lay the usual four activities over the year; a two-year project does two in each year."""
    years = stated["years"]
    if stated["no_activities"]:
        return []
    activities = []
    for number, (weight, first, last, name_th, name_en) in enumerate(WORK, start=1):
        year = years[0] if len(years) == 1 or number <= 2 else years[1]
        activities.append(
            ActivityInput(
                number=number,
                name_th=name_th,
                name_en=name_en,
                agency=book.agencies[stated["host"]],
                weight=Decimal(weight),
                start_date=fiscal.month_start(year, first),
                end_date=fiscal.month_end(year, last),
                budget=round_half_up(Decimal(stated["budget"]) * weight / 100, 2),
                plan=_plan_of(first, last, year),
            )
        )
    return activities


def register(book: Book, *, at: datetime) -> None:
    areas = {area.code: area for area in Area.objects.all()}
    items = {item.code: item for item in FrameworkItem.objects.all()}
    approaches = {row.code: row for row in Approach.objects.filter(is_sample=True)}
    edition = next(iter(book.issue_rows.values())).edition
    register_projects(
        projects=[
            ProjectToRegister(
                code=each["code"],
                name_th=each["name_th"],
                name_en=each["name_en"],
                host_agency=book.agencies[each["host"]],
                start_date=fiscal.year_start(each["years"][0]),
                end_date=fiscal.month_end(each["years"][-1], 12),
                years={year: Decimal(1) for year in each["years"]},
                status=each["status"],
                edition=edition,
                issue=book.issue_rows[each["approach"].split(".")[0]],
                approach=approaches[each["approach"]],
                supporting_agencies=[book.agencies[code] for code in each["supporting"]],
                areas=[areas[code] for code in each["areas"]],
                kpis=[
                    book.kpi_rows[(year, code)] for year in each["years"] for code in each["kpis"]
                ],
                framework_items=[items[each["main_item"]]],
                main_item=items[each["main_item"]],
                main_item_reason_th=each["main_item_reason_th"],
                objective_th=f"เพื่อให้{each['name_th']}เกิดผลต่อประชาชนในพื้นที่เป้าหมาย",
                rationale_th=f"จังหวัดเห็นความจำเป็นของ{each['name_th']}จากแผนพัฒนาจังหวัดและความเห็นของประชาชน",
                main_kpi=book.kpi_rows.get((each["years"][-1], next(iter(each["kpis"]), ""))),
                main_kpi_reason_th="ผลผลิตของโครงการนับเป็นผลของตัวชี้วัดนี้โดยตรง",
                programme_th=approaches[each["approach"]].name_th,
                beneficiaries=each["beneficiaries"],
                beneficiaries_th="ประชาชนในพื้นที่เป้าหมาย",
                coordinator_name="นักวิชาการของหน่วยงานเจ้าภาพ (ตัวอย่าง)",
                coordinator_phone="0 3441 0000",
                targets=_targets(each),
                year_budgets={
                    year: Decimal(each["budget"]) / len(each["years"]) for year in each["years"]
                },
                activities=_activities(book, each),
                plan={}
                if not each["no_activities"]
                else {
                    (each["years"][0], month): round_half_up(Decimal(100 * month) / 12, 2)
                    for month in range(1, 13)
                },
                is_sample=True,
            )
            for each in book.projects
        ],
        by=None,
        at=at,
    )
    projects = {row.code: row for row in Project.objects.filter(is_sample=True)}
    sources = {source.code: source for source in BudgetSource.objects.all()}
    allocations = []
    for each in book.projects:
        if each["status"] in (Project.Status.PROPOSED, Project.Status.CANCELLED):
            continue
        host = book.agencies[each["host"]]
        owner = book.agencies["BUD-PROV"] if each["source"] == "PROV" else host
        for year in each["years"]:
            whole = Decimal(each["budget"]) / len(each["years"])
            investment = round_half_up(whole * Decimal(str(each["investment_share"])), -3)
            for kind, amount in (
                (ExpenditureType.INVESTMENT, investment),
                (ExpenditureType.RECURRENT, whole - investment),
            ):
                if amount:
                    allocations.append(
                        AllocationInput(
                            code=f"{year}-{each['code']}-{kind[:3].upper()}",
                            project=projects[each["code"]],
                            name_th=each["name_th"],
                            source=sources[each["source"]],
                            expenditure_type=kind,
                            fiscal_year=book.years[year],
                            owner_agency=owner,
                            spending_agency=host,
                            appropriation=amount,
                            allotted=amount,
                            is_sample=True,
                        )
                    )
    allocate(allocations=allocations, by=None, at=at)


def _spent(stated: Mapping[str, Any], year: int, month: int) -> Decimal:
    """Return the share of a project's money that is spent by a month's end."""
    if year == PAST:
        pace = Decimal(str(stated["pace_2569"] or 1))
        return min(Decimal(1), Decimal(SPENT[month - 1]) / 100 * (Decimal("0.9") + pace / 10))
    money = Decimal(str(stated["money_2570"] or 0))
    return money * Decimal(("0.22", "0.58", "1")[month - 1])


def play_month(book: Book, year: int, number: int, *, leave_out: Sequence[str] = ()) -> None:
    month = Month.objects.get(fiscal_year_id=year, number=number)
    at = moment(fiscal.month_end(year, number) + timedelta(days=3))
    stated = {each["code"]: each for each in book.projects}
    by_agency: dict[str, list[MonthlyInput]] = defaultdict(list)
    rows = Allocation.objects.for_year(year).filter(is_sample=True, project__isnull=False)
    for allocation in rows.select_related("project", "spending_agency").order_by("code"):
        assert allocation.project is not None  # the filter says so
        project = stated[allocation.project.code]
        agency = allocation.spending_agency.code
        if agency in leave_out or (year == PRESENT and project["money_2570"] is None):
            continue
        share = _spent(project, year, number)
        disbursed = round_half_up(allocation.allotted * share, 2)
        held = (
            Decimal("0.35")
            if allocation.expenditure_type == ExpenditureType.INVESTMENT
            else Decimal("0.08")
        )
        by_agency[agency].append(
            MonthlyInput(
                allocation=allocation,
                month=month,
                disbursed_to_date=disbursed,
                obligated=round_half_up((allocation.allotted - disbursed) * held, 2),
                note="ตรวจกับระบบการเงินการคลังแล้ว",
                version=None,
                is_sample=True,
            )
        )
    for agency, entries in by_agency.items():
        reporter = book.person(agency, "reporter")
        figures = record_monthly_figures(entries=entries, by=reporter, at=at)
        # In the present quarter's last month some wait for a signature.
        figures = submit_monthly_figures(entries=figures, by=reporter, at=at + timedelta(hours=1))
        if year == PRESENT and number == 3 and agency in ("FISH", "DDPM"):
            continue
        approve_monthly_figures(
            entries=figures, by=book.person(agency, "approver"), at=at + timedelta(days=1)
        )


def progress_entries(
    book: Book, quarter: Quarter, only: Callable[[Mapping[str, Any]], bool]
) -> dict[str, list[ProgressInput]]:
    year, last_month = quarter.fiscal_year_id, quarter.number * 3
    by_agency: dict[str, list[ProgressInput]] = defaultdict(list)
    projects = {
        row.code: row
        for row in Project.objects.filter(is_sample=True, status=Project.Status.RUNNING)
        .select_related("host_agency")
        .prefetch_related("activities__plan", "plan")
    }
    end = fiscal.quarter_end(year, quarter.number)
    for stated in book.projects:
        project = projects.get(stated["code"])
        pace = stated[f"pace_{year}"]
        if project is None or year not in stated["years"] or pace is None or not only(stated):
            continue

        def reached(plan: Any, at_pace: Any = pace) -> Decimal:
            due = [
                (row.fiscal_year_id, row.month, row.percent)
                for row in plan
                if (row.fiscal_year_id, row.month) <= (year, last_month)
            ]
            percent = max(due)[2] if due else Decimal(0)
            return min(Decimal(100), round_half_up(percent * Decimal(str(at_pace)), 2))

        activities = {
            activity.pk: reached(activity.plan.all())
            for activity in project.activities.all()
            if activity.start_date <= end
        }
        behind = Decimal(str(pace)) < 1
        by_agency[stated["host"]].append(
            ProgressInput(
                project=project,
                quarter=quarter,
                percent=None if not stated["no_activities"] else reached(project.plan.all()),
                activities=activities,
                narrative_th=f"ดำเนินการตามแผนถึงสิ้นไตรมาส {quarter.number}",
                problems_th="การจัดซื้อจัดจ้างล่าช้ากว่ากำหนด" if behind else "ไม่มี",
                remedies_th="เร่งรัดผู้รับจ้างและประชุมติดตามทุกสองสัปดาห์" if behind else "",
                next_steps_th="ดำเนินกิจกรรมถัดไปตามแผน",
                note="",
                is_sample=True,
            )
        )
    return by_agency
