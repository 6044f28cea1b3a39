"""Play the sample year: plausible figures through the verbs that officers use, every row marked.

The definitions stand in `data/sample`; the same files always give the same rows.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction

from accounts.actions.samples import SamplePerson, SamplePost, make_sample_people
from accounts.models import Agency, Area, Post, User
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
from kpi.actions import (
    ResultEntry,
    accept_results,
    approve_results,
    define_indicators,
    draw_curves,
    link_kpis,
    make_scorecard,
    put_kpis,
    record_results,
    return_results,
    submit_results,
)
from kpi.actions.corrections import ResultCorrection
from kpi.actions.definitions import CurveInput, IndicatorInput, KPIInput, LinkInput, TargetInput
from kpi.models import KPI, Indicator, Link, Result, Scorecard, ScoreCurve
from meetings.actions import NewResolution, StatedMeeting, add_resolution, close_resolution
from meetings.actions import record_meeting as record_a_meeting
from meetings.models import Committee, Meeting, Resolution
from projects.actions import (
    ActivityInput,
    ProgressInput,
    approve_progress,
    decide_project,
    register_projects,
    return_progress,
    save_progress,
    submit_progress,
)
from projects.actions import ProjectInput as ProjectToRegister
from projects.models import Progress, Project
from reports.actions.closing import close_quarter, open_for_reporting, refresh_quarter
from reports.actions.publishing import publish_report, write_summary
from reports.actions.restating import restate_quarter
from strategy.actions.issues import AlignmentInput, ApproachInput, IssueInput, load_issues
from strategy.models import Approach, FrameworkItem, Issue, Plan, PlanEdition
from submissions.actions import prepare_fiscal_year
from submissions.models import FiscalYear, Month, Quarter
from submissions.workflow import Status

PAST, PRESENT = 2569, 2570
STRATEGIST, SECOND_STRATEGIST = "strategist", "arthit"
FIVE_LEVELS = (("60", "1"), ("70", "2"), ("80", "3"), ("90", "4"), ("100", "5"))
# What share of a year's money is spent by each month's end, a usual year.
SPENT = ("5.9", "14.2", "29.8", "35.4", "41.9", "50.6", "57.2", "64.8", "73.1", "79", "85.2", "93")
NOTES = (
    "ตรวจกับหลักฐานแนบแล้ว",
    "ข้อมูลจากระบบของกรมต้นสังกัด ณ วันสิ้นไตรมาส",
    "สูงต่ำตามฤดูกาล สอบทานกับพื้นที่แล้ว",
    "รวมรายงานของทุกอำเภอแล้ว",
)
# Activities of a project: weight, first and last fiscal month, name.
WORK = (
    (15, 1, 3, "สำรวจ ออกแบบ และเตรียมการ", "Survey, design and preparation"),
    (35, 2, 7, "จัดซื้อจัดจ้าง", "Procurement"),
    (35, 4, 11, "ดำเนินการในพื้นที่", "Work in the field"),
    (15, 8, 12, "อบรม ติดตาม และสรุปผล", "Training, follow-up and summary"),
)


def _at(day: date, hour: int = 10) -> datetime:
    return datetime.combine(day, time(hour), fiscal.ZONE)


def _decimal(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))


@dataclass
class Book:
    """What the sample stands on: people, places and the definitions read from the folder."""

    people: Mapping[str, Any]
    issues: Sequence[Mapping[str, Any]]
    kpis: Sequence[Mapping[str, Any]]
    projects: Sequence[Mapping[str, Any]]
    meeting: Mapping[str, Any]
    seeds: Mapping[str, str]
    users: dict[str, User] = field(default_factory=dict)
    agencies: dict[str, Agency] = field(default_factory=dict)
    posts: dict[str, Post] = field(default_factory=dict)
    issue_rows: dict[str, Issue] = field(default_factory=dict)
    years: dict[int, FiscalYear] = field(default_factory=dict)
    kpi_rows: dict[tuple[int, str], KPI] = field(default_factory=dict)

    def person(self, agency: str, role: str) -> User:
        """Return the first person of a role in an agency."""
        for each in self.people["people"]:
            if each["agency"] == agency and each["role"] == role:
                return self.users[each["username"]]
        raise LookupError(f"no {role} of {agency} in people.json")

    def holder(self, post: str, day: date) -> User:
        """Return who types for a post on a day: its holder, or the post above where vacant."""
        stated = next(each for each in self.people["posts"] if each["code"] == post)
        left = stated.get("until")
        if stated["holder"] and (left is None or day <= date.fromisoformat(left)):
            return self.users[stated["holder"]]
        return self.holder(stated["supervising"], day)


def read_book(folder: Path, province: Path) -> Book:
    """Read the sample's definitions; issues take their Thai names from the province's own file."""

    def read(path: Path) -> Any:
        return json.loads(path.read_text(encoding="utf-8"))

    illustrative = read(province / "provincial_plan.json")["development_issues_illustrative"]
    return Book(
        people=read(folder / "people.json"),
        issues=read(folder / "issues.json")["issues"],
        kpis=read(folder / "kpis.json")["kpis"],
        projects=read(folder / "projects.json")["projects"],
        meeting=read(folder / "meeting.json"),
        seeds={item["code"]: item["th"] for item in illustrative["items"]},
    )


def is_loaded() -> bool:
    """Say whether the sample is there."""
    return KPI.objects.filter(is_sample=True).exists()


@transaction.atomic
def load_sample(book: Book, *, today: date, tell: Callable[[str], None]) -> None:
    """Load the whole sample in one transaction: nothing of it, or all."""
    begins = _at(date(PAST - 544, 9, 1))
    _load_people(book, at=begins)
    tell(f"people {len(book.users)}, posts {len(book.posts)}")
    for year in (PAST, PRESENT):
        book.years[year] = prepare_fiscal_year(year=year, is_sample=True)
    _load_issues(book, at=begins)
    for year in (PAST, PRESENT):
        _define_year(book, year, at=begins)
    tell(f"KPIs {len(book.kpi_rows)}")
    _register(book, at=begins)
    tell(f"projects {len(book.projects)}, allocations {Allocation.objects.count()}")
    for number in range(1, 5):
        _play_past_quarter(book, number)
        tell(f"quarter {number}/{PAST} closed and published")
    _play_present_quarter(book, today=today)
    tell(f"quarter 1/{PRESENT} open and half reported")
    _hold_meeting(book)


# ── Standing things ──────────────────────────────────────────────────────────
def _load_people(book: Book, *, at: datetime) -> None:
    stated = book.people
    book.users = make_sample_people(
        people=[SamplePerson(**each) for each in stated["people"]],
        posts=[
            SamplePost(
                code=each["code"],
                agency=each["agency"],
                title_th=each["title_th"],
                title_en=each["title_en"],
                supervising=each["supervising"],
                holder=each["holder"],
                until_date=date.fromisoformat(each["until"]) if each.get("until") else None,
            )
            for each in stated["posts"]
        ],
        password=stated["password"],
        # People hold their roles before the sample's first quarter opens.
        from_date=date.fromisoformat(stated["from_date"]) - timedelta(days=60),
        by=None,
        at=at,
    )
    book.agencies = {agency.code: agency for agency in Agency.objects.all()}
    book.posts = {post.code: post for post in Post.objects.filter(is_sample=True)}


def _load_issues(book: Book, *, at: datetime) -> None:
    edition = PlanEdition.objects.in_force().get(plan__kind=Plan.Kind.FIVE_YEAR)
    load_issues(
        edition=edition,
        issues=[
            IssueInput(
                code=each["code"],
                name_th=book.seeds[each["seed"]],
                name_en=each["name_en"],
                objective_th=each["objective_th"],
                objective_en=each["objective_en"],
                order=order,
                missions=each["missions"],
                lead_agency=each["lead"],
                approaches=[ApproachInput(**approach) for approach in each["approaches"]],
                items=[AlignmentInput(item["code"], item["reason_th"]) for item in each["items"]],
                source="ข้อมูลตัวอย่าง",
                is_sample=True,
            )
            for order, each in enumerate(book.issues, start=1)
        ],
        by=None,
        at=at,
    )
    book.issue_rows = {
        issue.code: issue for issue in Issue.objects.with_edition().filter(edition=edition)
    }


def _indicator_of(stated: Mapping[str, Any], code: str, agency: Agency) -> IndicatorInput:
    items = FrameworkItem.objects.filter(code__in=stated.get("framework_items", []))
    return IndicatorInput(
        code=code,
        name_th=stated["name_th"],
        name_en=stated["name_en"],
        definition_th=stated["definition_th"],
        definition_en=stated["definition_en"],
        source_agency=agency,
        framework_items=list(items),
        version={
            **stated["rules"],
            "from_year": PAST,
            "from_quarter": 1,
            "unit_th": stated["unit_th"],
            "unit_en": stated["unit_en"],
        },
        is_sample=True,
    )


@dataclass(frozen=True)
class Line:
    """A KPI to be put: on whose scorecard, with which targets, under which parent."""

    code: str
    indicator: str
    agency: str
    stated: Mapping[str, Any]
    top: Mapping[str, Any]
    post: str | None = None
    parent: str | None = None
    kind: str = Link.Kind.SHARE
    link_weight: Decimal = Decimal(1)


def _is_shared(top: Mapping[str, Any]) -> bool:
    """Say whether agencies carry parts of a province KPI, so that it reports nothing itself."""
    return any(child["kind"] == Link.Kind.SHARE for child in top["children"])


def _lines(book: Book, year: int) -> Iterator[Line]:
    """Yield the KPIs of a year from the province down."""
    for top in book.kpis:
        code = top["code"]
        yield Line(code, f"I{code}", top["agency"], top["years"][str(year)], top)
        if not _is_shared(top):
            # What the agency reports for the province stands on its own scorecard as the same.
            yield Line(
                f"{code}-{top['agency']}",
                f"I{code}",
                top["agency"],
                {},
                top,
                parent=code,
                kind=Link.Kind.SAME,
            )
        for child in top["children"]:
            own = child.get("own_indicator")
            below = f"{code}-{child['agency']}" + (
                f".{child['number']}" if own and "number" in child else ""
            )
            yield Line(
                below,
                f"I{own['code']}" if own else f"I{code}",
                child["agency"],
                child["years"][str(year)],
                top,
                parent=code,
                kind=child["kind"],
                link_weight=Decimal(child.get("link_weight", 1)),
            )
            for post in child["posts"]:
                yield Line(
                    f"{code}-{post['post']}",
                    f"I{code}",
                    child["agency"],
                    post["years"][str(year)],
                    top,
                    post=post["post"],
                    parent=below,
                )


def _targets(stated: Mapping[str, Any]) -> dict[int, TargetInput]:
    given: dict[int, TargetInput] = {}
    for number in range(1, 5):

        def part(name: str, place: int = number) -> Decimal | None:
            values = stated.get(name)
            return _decimal(values[place - 1]) if values else None

        target = TargetInput(
            value=part("targets"),
            low=part("low"),
            high=part("high"),
            planned_denominator=part("planned_denominators"),
            base=part("bases"),
        )
        if target.value is not None or target.low is not None:
            given[number] = target
    return given


def _define_year(book: Book, year: int, *, at: datetime) -> None:
    fiscal_year = book.years[year]
    stated = [
        _indicator_of(top, f"I{top['code']}", book.agencies[top["agency"]]) for top in book.kpis
    ]
    stated += [
        _indicator_of(own, f"I{own['code']}", book.agencies[child["agency"]])
        for top in book.kpis
        for child in top["children"]
        if (own := child.get("own_indicator"))
    ]
    define_indicators(indicators=stated, by=None, at=at)
    indicators = {row.code: row for row in Indicator.objects.filter(is_sample=True)}
    [curve] = draw_curves(
        curves=[
            CurveInput(
                code="five",
                fiscal_year=fiscal_year,
                name_th="ห้าระดับ 60 70 80 90 100",
                name_en="Five levels 60 70 80 90 100",
                preset=ScoreCurve.Preset.FIVE,
                points=FIVE_LEVELS,
                is_sample=True,
            )
        ],
        by=None,
        at=at,
    )
    cards: dict[tuple[str, str | None], list[Line]] = defaultdict(list)
    lines = list(_lines(book, year))
    for line in lines:
        level = "" if line.parent is None else line.agency
        cards[(level, line.post)].append(line)
    for (level, post), on_card in cards.items():
        scorecard = make_scorecard(
            fiscal_year=fiscal_year,
            level=Scorecard.Level.POST
            if post
            else (Scorecard.Level.AGENCY if level else Scorecard.Level.PROVINCE),
            agency=book.agencies[level or "PO"],
            post=book.posts[post] if post else None,
            by=None,
            at=at,
            is_sample=True,
        )
        weights = _weights(on_card)
        rows = put_kpis(
            scorecard=scorecard,
            kpis=[
                _kpi_of(book, line, weight, indicators[line.indicator], curve)
                for line, weight in zip(on_card, weights, strict=True)
            ],
            by=None,
            at=at,
        )
        for row in rows:
            book.kpi_rows[(year, row.code)] = row
    link_kpis(
        links=[
            LinkInput(
                parent=book.kpi_rows[(year, line.parent)],
                child=book.kpi_rows[(year, line.code)],
                kind=line.kind,
                weight=line.link_weight,
            )
            for line in lines
            if line.parent
        ],
        by=None,
        at=at,
    )


def _weights(lines: Sequence[Line]) -> list[Decimal]:
    """Share 100 by the province's weights; the last line takes what rounding leaves."""
    total = sum(Decimal(line.top["weight"]) for line in lines)
    weights = [round_half_up(100 * line.top["weight"] / total, 2) for line in lines]
    weights[-1] += 100 - sum(weights)
    return weights


def _kpi_of(
    book: Book, line: Line, weight: Decimal, indicator: Indicator, curve: ScoreCurve
) -> KPIInput:
    stated = line.stated
    targets = _targets(stated)
    last = targets.get(4, TargetInput())
    year_target = _decimal(stated.get("year_target"))
    return KPIInput(
        code=line.code,
        indicator=indicator,
        curve=curve,
        weight=weight,
        targets=targets,
        issue=book.issue_rows[line.top["issue"]],
        needs_acceptance=line.parent is None and not _is_shared(line.top),
        year_target=year_target if year_target is not None else last.value,
        year_low=last.low,
        year_high=last.high,
        base_year=stated.get("base_year"),
        base_value=_decimal(stated.get("base_value")),
        base_unit_th=stated.get("base_unit_th", ""),
        expected_evidence_th="รายงานสรุปพร้อมลายมือชื่อผู้รับผิดชอบ",
        agency=book.agencies[line.agency],
        is_sample=True,
    )


# ── Projects and money ───────────────────────────────────────────────────────
def _plan_of(first: int, last: int, year: int) -> dict[tuple[int, int], Decimal]:
    steps = last - first + 1
    return {
        (year, month): round_half_up(Decimal(100 * (month - first + 1)) / steps, 2)
        for month in range(first, last + 1)
    }


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
                plan=_plan_of(first, last, year),
            )
        )
    return activities


def _register(book: Book, *, at: datetime) -> None:
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
                beneficiaries=each["beneficiaries"],
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


def _play_month(book: Book, year: int, number: int, *, leave_out: Sequence[str] = ()) -> None:
    month = Month.objects.get(fiscal_year_id=year, number=number)
    at = _at(fiscal.month_end(year, number) + timedelta(days=3))
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


def _progress_entries(
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


# ── KPIs ─────────────────────────────────────────────────────────────────────
def _entries(book: Book, quarter: Quarter) -> Iterator[tuple[Line, KPI, ResultEntry, str]]:
    """Yield what was typed for a quarter, with the state it is to reach."""
    year = quarter.fiscal_year_id
    for place, line in enumerate(_lines(book, year)):
        results = line.stated.get("results")
        if not results or len(results) < quarter.number or results[quarter.number - 1] is None:
            continue
        given = results[quarter.number - 1]
        states = line.stated.get("states")
        state = states[quarter.number - 1] if states else "approved"
        kpi = book.kpi_rows[(year, line.code)]
        typed: dict[str, Any] = {}
        if isinstance(given, dict):
            typed = {"is_not_applicable": True, "not_applicable_reason": given["na"]}
        elif isinstance(given, list):
            typed = {"numerator": _decimal(given[0]), "denominator": _decimal(given[1])}
        else:
            typed = {"value": _decimal(given)}
        note = NOTES[(place + quarter.number) % len(NOTES)]
        yield line, kpi, ResultEntry(kpi.pk, quarter.pk, note=note, is_sample=True, **typed), state


@dataclass(frozen=True)
class Typed:
    """An entry with the state it is to reach, who signs it, and whether a second one does."""

    entry: ResultEntry
    state: str
    signer: User
    needs_acceptance: bool


def _typed_by(book: Book, quarter: Quarter, day: date) -> dict[int, list[Typed]]:
    """Return the quarter's entries by the user who types them."""
    typed: dict[int, list[Typed]] = defaultdict(list)
    for line, kpi, entry, state in _entries(book, quarter):
        if line.post:
            above = book.posts[line.post].supervising_post
            assert above is not None  # every post of people.json with a KPI stands under a head
            reporter, signer = book.holder(line.post, day), book.holder(above.code, day)
        else:
            reporter = book.person(line.agency, "reporter")
            signer = book.person(line.agency, "approver")
        typed[reporter.pk].append(Typed(entry, state, signer, kpi.needs_acceptance))
    return typed


def _play_results(book: Book, quarter: Quarter, *, day: date) -> None:
    """Type, send, sign and accept the quarter's entries, each by the people it belongs to."""
    users = {user.pk: user for user in book.users.values()}
    at = _at(day)
    by_signer: dict[tuple[int, str], list[Result]] = defaultdict(list)
    to_accept: list[int] = []
    for reporter_id, rows in _typed_by(book, quarter, day).items():
        reporter = users[reporter_id]
        kept = record_results(entries=[row.entry for row in rows], by=reporter, at=at)
        sending = [
            (result, row)
            for result, row in zip(kept, rows, strict=True)
            if row.state != Status.DRAFT
        ]
        if not sending:
            continue
        sent = submit_results(
            entries=[result for result, _row in sending], by=reporter, at=at + timedelta(hours=1)
        )
        for result, (_kept, row) in zip(sent, sending, strict=True):
            by_signer[row.signer.pk, row.state].append(result)
            if row.needs_acceptance and (
                row.state == Status.ACCEPTED or quarter.fiscal_year_id == PAST
            ):
                to_accept.append(result.pk)
    for (signer_id, state), results in by_signer.items():
        signing: dict[str, Any] = {"by": users[signer_id], "at": at + timedelta(days=1)}
        if state in (Status.APPROVED, Status.ACCEPTED):
            approve_results(entries=results, **signing)
        elif state == Status.RETURNED:
            return_results(
                entries=results,
                reason="ตัวเลขไม่ตรงกับหลักฐานที่แนบ ตรวจยอดเดือนธันวาคมอีกครั้ง",
                **signing,
            )
    accepted = list(Result.objects.filter(pk__in=to_accept))
    if accepted:
        accept_results(entries=accepted, by=book.users[STRATEGIST], at=at + timedelta(days=2))


# ── Quarters ─────────────────────────────────────────────────────────────────
def _open(book: Book, year: int, number: int) -> Quarter:
    quarter = Quarter.objects.get(fiscal_year_id=year, number=number)
    return open_for_reporting(
        quarter=quarter,
        by=book.users[STRATEGIST],
        at=_at(fiscal.quarter_start(year, number), 8),
    )


def _play_past_quarter(book: Book, number: int) -> None:
    quarter = _open(book, PAST, number)
    for month in range(number * 3 - 2, number * 3 + 1):
        _play_month(book, PAST, month)
    ended = fiscal.quarter_end(PAST, number)
    day = ended + timedelta(days=8)
    _play_results(book, quarter, day=day)
    for agency, entries in _progress_entries(book, quarter, lambda stated: True).items():
        reporter = book.person(agency, "reporter")
        reports = save_progress(entries=entries, by=reporter, at=_at(day))
        submit_progress(entries=reports, by=reporter, at=_at(day, 11))
        approve_progress(
            entries=list(Progress.objects.filter(pk__in=[report.pk for report in reports])),
            by=book.person(agency, "approver"),
            at=_at(day + timedelta(days=1)),
        )
    strategist = book.users[STRATEGIST]
    close_quarter(
        quarter=quarter, by=strategist, at=_at(ended + timedelta(days=29)), missing_accepted=True
    )
    write_summary(
        quarter=quarter,
        text_th=f"ภาพรวมไตรมาส {number} ปีงบประมาณ {PAST} เป็นข้อมูลตัวอย่าง ใช้ดูการทำงานของระบบ",
        text_en=f"Overview of quarter {number}, fiscal year {PAST - 543}: sample data.",
        version=0,
        by=strategist,
        at=_at(ended + timedelta(days=29), 14),
    )
    publish_report(quarter=quarter, by=strategist, at=_at(ended + timedelta(days=30)))
    if number == 4:
        _finish_projects(book, day=ended + timedelta(days=31))


def _finish_projects(book: Book, *, day: date) -> None:
    done = [
        each["code"]
        for each in book.projects
        if each["years"] == [PAST] and each["pace_2569"] is not None and each["pace_2569"] >= 1
    ]
    for project in Project.objects.filter(code__in=done).order_by("code"):
        decide_project(
            project=project,
            to=Project.Status.FINISHED,
            reference="มติ ก.บ.จ. ครั้งที่ 9/2569 (ตัวอย่าง)",
            decided_date=day,
            by=book.users[STRATEGIST],
            at=_at(day),
        )


def _play_present_quarter(book: Book, *, today: date) -> None:
    quarter = _open(book, PRESENT, 1)
    _play_month(book, PRESENT, 1)
    _play_month(book, PRESENT, 2)
    _play_month(book, PRESENT, 3, leave_out=("MOTS", "DLA", "RID"))
    day = today - timedelta(days=4)
    _play_results(book, quarter, day=day)
    waiting, returned, drafted = {"MOPH", "FISH"}, {"DLPW"}, {"CDD"}
    for agency, entries in _progress_entries(
        book, quarter, lambda stated: stated["host"] not in ("IND",)
    ).items():
        reporter = book.person(agency, "reporter")
        reports = save_progress(entries=entries, by=reporter, at=_at(day))
        if agency in drafted:
            continue
        submit_progress(entries=reports, by=reporter, at=_at(day, 11))
        if agency in waiting:
            continue
        sent = list(Progress.objects.filter(pk__in=[report.pk for report in reports]))
        signer = book.person(agency, "approver")
        if agency in returned:
            return_progress(
                entries=sent,
                reason="แนบภาพถ่ายการอบรมรุ่นที่ 2 ก่อนส่งอีกครั้ง",
                by=signer,
                at=_at(day + timedelta(days=1)),
            )
        else:
            approve_progress(entries=sent, by=signer, at=_at(day + timedelta(days=1)))
    refresh_quarter(quarter=quarter, by=None, at=_at(today, 8))


def _hold_meeting(book: Book) -> None:
    stated = book.meeting
    committee = Committee.objects.get(code=stated["committee"])
    held = date.fromisoformat(stated["held_date"])
    strategist = book.users[STRATEGIST]
    meeting: Meeting = record_a_meeting(
        committee=committee,
        meeting=StatedMeeting(
            number=stated["number"],
            year=stated["year"],
            held_date=held,
            place_th=stated["place_th"],
            minutes_th=stated["minutes_th"],
            is_sample=True,
        ),
        by=strategist,
        at=_at(held, 15),
    )
    for each in stated["resolutions"]:
        resolution = add_resolution(
            meeting=meeting,
            resolution=NewResolution(
                text_th=each["text_th"],
                owner=book.agencies[each["owner"]],
                due_date=date.fromisoformat(each["due_date"]),
                progress_th=each["progress_th"],
                is_sample=True,
            ),
            by=strategist,
            at=_at(held, 16),
        )
        if each["closed"]:
            close_resolution(
                resolution=resolution,
                state=Resolution.State.DONE,
                by=strategist,
                at=_at(date.fromisoformat(each["closed"])),
            )


def restate_past(book: Book) -> None:
    """Correct one signed figure of the last published quarter, by two people, and publish it again.

    The first edition's files must be there: an edition without them is not superseded.
    """
    quarter = Quarter.objects.get(fiscal_year_id=PAST, number=4)
    result = Result.objects.select_related("kpi").get(kpi__code="1.3-IND", quarter=quarter)
    at = _at(date(PAST - 543, 11, 16))
    strategist = book.users[STRATEGIST]
    restate_quarter(
        quarter=quarter,
        corrections=[ResultCorrection(result, result.version, value=Decimal("1612.5"))],
        reason="โรงงานหนึ่งแห่งจดทะเบียนเพิ่มทุนซ้ำสองครั้ง ตรวจพบเมื่อสอบทานกับพาณิชย์จังหวัด",
        by=strategist,
        agreed_by=book.users[SECOND_STRATEGIST],
        at=at,
    )
    publish_report(quarter=quarter, by=strategist, at=at + timedelta(days=1))
