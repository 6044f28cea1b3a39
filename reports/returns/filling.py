"""The forms filled: จ.1, จ.1-1, the national system's records, the follow-up form, the month's money."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from django.urls import reverse

from budget.models import Allocation, CabinetTarget, ExpenditureType, MonthlyFigure
from budget.scoring import ZERO, rate, target_at
from common import fiscal, thaidates
from kpi.models import KPI, Scorecard
from projects.models import Activity, Project, ProjectFigure
from reports.returns import words
from reports.returns.form import Cell, Column, Form, Line, Part, Row
from reports.returns.labels import labels_of, title_of
from reports.returns.reading import Record
from strategy.models import Issue
from submissions.models import Month, Quarter

BAHT, PERCENT, FIGURE = "baht", "percent", "figure"


def _parts(form: str, values: dict[str, Cell], record: Record | None = None) -> tuple[Part, ...]:
    """Return the parts of a form with the values of its fields, in the form's order."""
    sections: dict[str, list[Line]] = {}
    for label in labels_of(form):
        line = Line(
            label.key,
            label.label,
            values.get(label.key),
            label.is_required,
            words.where(record, label.key) if record else "",
        )
        sections.setdefault(label.section, []).append(line)
    return tuple(Part(title, lines=tuple(lines)) for title, lines in sections.items())


def _values(form: str, record: Record) -> dict[str, Cell]:
    return {label.key: words.FIELDS[label.key](record) for label in labels_of(form)}


def _doubts(projects: Iterable[Project | None]) -> tuple[str, ...]:
    """Return the note that says whose figures a visit did not confirm, none where all are."""
    codes = sorted({p.code for p in projects if p is not None and p.is_unconfirmed})
    return (f"ผลตรวจพื้นที่ไม่ยืนยันตัวเลขของ {', '.join(codes)}",) if codes else ()


def brief(record: Record, today: date) -> Form:
    """Fill จ.1-1, the project brief: its head, its eleven items, and the activities of item 6."""
    values = {
        label.key: _issue_kpis(record)
        if label.key == "issue_kpis"
        else words.FIELDS[label.key](record)
        for label in labels_of("brief")
    }
    years = [row.fiscal_year_id for row in record.years]
    columns = (
        Column("ที่", width=6, kind="count"),
        Column("กิจกรรม", width=44),
        Column("ระยะเวลา", width=28),
        Column("หน่วยงานผู้รับผิดชอบ", width=30),
        Column("หน่วยงานที่เกี่ยวข้อง", width=30),
        Column("งบประมาณ (บาท)", kind=BAHT, width=18),
    )
    rows = [
        Row(
            (
                a.number,
                a.name_th,
                f"{thaidates.format_date(a.start_date)} – {thaidates.format_date(a.end_date)}",
                a.agency.name_th,
                ", ".join(sorted(each.name_th for each in a.related_agencies.all())),
                a.budget,
            )
        )
        for a in record.activities
    ]
    if rows:
        rows.append(Row((None, "รวม", None, None, None, record.budget), is_sum=True))
    parts = [
        *_parts("brief", values, record),
        Part("6. กิจกรรมหลักของโครงการ", columns=columns, rows=tuple(rows)),
    ]
    if len(years) > 1:
        parts.append(
            Part(
                "9. งบประมาณจำแนกรายปี",
                columns=(Column("ปีงบประมาณ", width=16), Column("บาท", kind=BAHT, width=18)),
                rows=tuple(Row((str(year), record.budget_of(year))) for year in years),
            )
        )
    return Form(
        name=f"brief-{record.project.code}",
        title=title_of("brief"),
        subject=f"{record.project.code} {record.project.name_th}",
        parts=tuple(parts),
        is_sample=record.project.is_sample,
        made_date=today,
    )


def _issue_kpis(record: Record) -> str:
    return words.joined(
        f"{kpi.code} {kpi.indicator.name_th}"
        + ("" if kpi.year_target is None else f" เป้าหมาย {words.plain(kpi.year_target)}")
        for kpi in record.issue_kpis
    )


def plan(issue: Issue, records: Sequence[Record], today: date) -> Form:
    """Fill จ.1 for a development issue: its KPIs and its projects over the years of the plan."""
    the_plan = issue.edition.plan
    years = list(range(the_plan.start_year, the_plan.end_year + 1))
    values: dict[str, Cell] = {
        "goal": the_plan.goal_th or issue.edition.vision_th,
        "issue": f"{issue.code} {issue.name_th}",
        "years": f"พ.ศ. {years[0]} - {years[-1]}",
    }
    return Form(
        name=f"plan-{issue.code}",
        title=title_of("plan"),
        subject=f"{issue.code} {issue.name_th}",
        parts=(
            *_parts("plan", values),
            _plan_kpis(issue, years),
            _plan_projects(records, years),
        ),
        is_sample=issue.is_sample or any(r.project.is_sample for r in records),
        is_wide=True,
        made_date=today,
    )


def _plan_kpis(issue: Issue, years: Sequence[int]) -> Part:
    found: dict[str, dict[int, KPI]] = {}
    kpis = KPI.objects.filter(
        issue=issue, scorecard__level=Scorecard.Level.PROVINCE, fiscal_year__in=years
    )
    for kpi in kpis.select_related("indicator").in_code_order():
        found.setdefault(kpi.code, {})[kpi.fiscal_year_id] = kpi
    rows = []
    for by_year in found.values():
        first = by_year[min(by_year)]
        targets = [by_year[y].year_target if y in by_year else None for y in years]
        rows.append(
            Row(
                (
                    f"{first.code} {first.indicator.name_th}",
                    first.base_value,
                    first.base_unit_th,
                    *targets,
                    # Targets of years are not of one sort (levels, rates): no total is invented.
                    targets[-1],
                )
            )
        )
    columns = (
        Column("ตัวชี้วัดของประเด็นการพัฒนา", width=44),
        Column("ค่าฐาน", kind=FIGURE, width=14),
        Column("หน่วยของค่าฐาน", width=14),
        *(Column(str(year), "ค่าเป้าหมาย พ.ศ.", FIGURE, 14) for year in years),
        Column(f"ปลายแผน {years[-1]}", kind=FIGURE, width=16),
    )
    return Part("ตัวชี้วัดของประเด็นการพัฒนา", columns=columns, rows=tuple(rows))


def _plan_projects(records: Sequence[Record], years: Sequence[int]) -> Part:
    columns = (
        Column("โครงการ", width=44),
        Column("ตัวชี้วัดที่ตอบสนอง", width=30),
        *(Column(str(year), "งบประมาณ (บาท) พ.ศ.", BAHT, 18) for year in years),
        Column(f"รวม {years[0]} - {years[-1]}", kind=BAHT, width=18),
    )
    rows = []
    totals: list[Decimal | None] = [None for _year in years]
    for record in records:
        amounts = [record.budget_of(year) for year in years]
        known = [amount for amount in amounts if amount is not None]
        totals = [
            t if a is None else a if t is None else t + a
            for t, a in zip(totals, amounts, strict=True)
        ]
        rows.append(
            Row(
                (
                    f"{record.project.code} {record.project.name_th}",
                    words.kpis(record),
                    *amounts,
                    sum(known, ZERO) if known else None,
                )
            )
        )
    if rows:
        known = [total for total in totals if total is not None]
        whole = sum(known, ZERO) if known else None
        rows.append(Row(("รวม", None, *totals, whole), is_sum=True))
    return Part("โครงการสำคัญ", columns=columns, rows=tuple(rows))


def emenscr_project(record: Record, today: date) -> Form:
    """Fill the national system's project record: its fields, activities, and money by quarter."""
    parts = [*_parts("emenscr_project", _values("emenscr_project", record), record)]
    parts.append(
        Part(
            "กิจกรรม",
            columns=(
                Column("ที่", kind="count", width=6),
                Column("กิจกรรม", width=44),
                Column("เริ่ม", width=16),
                Column("สิ้นสุด", width=16),
                Column("น้ำหนัก", kind=FIGURE, width=12),
                Column("งบประมาณ (บาท)", kind=BAHT, width=18),
                Column("หน่วยงาน", width=30),
            ),
            rows=tuple(
                Row(
                    (
                        a.number,
                        a.name_th,
                        thaidates.format_date(a.start_date),
                        thaidates.format_date(a.end_date),
                        a.weight,
                        a.budget,
                        a.agency.name_th,
                    )
                )
                for a in record.activities
            ),
        )
    )
    rows = [
        Row(
            (
                f"{number}/{year}",
                money.revised,
                money.disbursed.get(number * 3),
                money.obligated.get(number * 3),
            )
        )
        for year, money in sorted(record.money.items())
        for number in range(1, 5)
    ]
    parts.append(
        Part(
            "งบประมาณและการใช้จ่ายรายไตรมาส",
            columns=(
                Column("ไตรมาส", width=12),
                Column("งบหลังโอน (บาท)", kind=BAHT, width=18),
                Column("เบิกจ่ายสะสม (บาท)", kind=BAHT, width=18),
                Column("ก่อหนี้คงค้าง (บาท)", kind=BAHT, width=18),
            ),
            rows=tuple(rows),
        )
    )
    return Form(
        name=f"emenscr-{record.project.code}",
        title=title_of("emenscr_project"),
        subject=f"{record.project.code} {record.project.name_th}",
        parts=tuple(parts),
        notes=_doubts([record.project]),
        is_sample=record.project.is_sample,
        made_date=today,
    )


def emenscr_progress(record: Record, quarter: Quarter, today: date) -> Form:
    """Fill the national system's progress record of a project and quarter, from what was signed."""
    key = quarter.fiscal_year_id, quarter.number
    report, figure = record.reports.get(key), record.figures.get(key)
    money = record.money.get(quarter.fiscal_year_id)
    month = quarter.number * 3
    values: dict[str, Cell] = {
        "planned": figure.planned if figure else None,
        "delivered": figure.delivered if figure else None,
        "narrative": report.narrative_th if report else "",
        "problems": report.problems_th if report else "",
        "remedies": report.remedies_th if report else "",
        "next_steps": report.next_steps_th if report else "",
        "revised": money.revised if money else None,
        "disbursed": money.disbursed.get(month) if money else None,
        "obligated": money.obligated.get(month) if money else None,
        "photos": record.photos.get(quarter.pk),
        "signed": report.approved_by.get_full_name() if report and report.approved_by else "",
    }
    parts = _parts("emenscr_progress", values)
    form = reverse("projects:progress-form", args=[record.project.code, *key])
    grid = reverse("budget:month-grid")
    placed = tuple(
        Part(
            part.title,
            lines=tuple(
                Line(
                    line.key,
                    line.label,
                    line.value,
                    line.is_required,
                    grid if line.key in ("revised", "disbursed", "obligated") else form,
                )
                for line in part.lines
            ),
        )
        for part in parts
    )
    return Form(
        name=f"emenscr-{record.project.code}-{key[0]}-q{key[1]}",
        title=title_of("emenscr_progress"),
        subject=f"{record.project.code} {record.project.name_th} {_quarter(quarter)}",
        parts=placed,
        notes=_doubts([record.project]),
        is_sample=record.project.is_sample,
        made_date=today,
    )


def followup(records: Sequence[Record], quarter: Quarter, today: date) -> Form:
    """Fill the quarterly follow-up form: each project with its activities, pace, money and story."""
    key = quarter.fiscal_year_id, quarter.number
    end = fiscal.quarter_end(*key)
    columns = (
        Column("ที่", kind="count", width=6),
        Column("โครงการ/กิจกรรม", width=44),
        Column("หน่วยงาน", width=28),
        Column("งบหลังโอน (บาท)", "งบประมาณ", BAHT, 18),
        Column("เบิกจ่าย (บาท)", "งบประมาณ", BAHT, 18),
        Column("ร้อยละ", "งบประมาณ", PERCENT, 10),
        Column("แผน", "ความก้าวหน้าสะสม (ร้อยละ)", PERCENT, 10),
        Column("ผล", "ความก้าวหน้าสะสม (ร้อยละ)", PERCENT, 10),
        Column("สถานะ", width=16),
        Column("ผลการดำเนินงาน", width=40),
        Column("ปัญหาอุปสรรค", width=32),
        Column("แนวทางแก้ไข", width=32),
    )
    rows: list[Row] = []
    for number, record in enumerate(records, start=1):
        figure, report = record.figures.get(key), record.reports.get(key)
        money = record.money.get(quarter.fiscal_year_id)
        spent = money.disbursed.get(quarter.number * 3) if money else None
        rows.append(
            Row(
                (
                    number,
                    f"{record.project.code} {record.project.name_th}",
                    record.project.host_agency.name_th,
                    money.revised if money else None,
                    spent,
                    rate(spent, money.revised) if money and spent is not None else None,
                    figure.planned if figure else None,
                    figure.delivered if figure else None,
                    str(ProjectFigure.Standing(figure.standing).label) if figure else "",
                    report.narrative_th if report else "",
                    report.problems_th if report else "",
                    report.remedies_th if report else "",
                ),
                is_sum=True,
            )
        )
        percents = (
            {row.activity_id: row.percent for row in report.activities.all()} if report else {}
        )
        rows += [
            Row(
                (
                    None,
                    f"{a.number}. {a.name_th}",
                    a.agency.name_th,
                    None,
                    None,
                    None,
                    None,
                    percents.get(a.pk),
                    "",
                    "",
                    "",
                    "",
                )
            )
            for a in _of_year(record.activities, quarter.fiscal_year_id)
        ]
    values: dict[str, Cell] = {
        "quarter": _quarter(quarter),
        "as_of": thaidates.format_date(end, "long"),
    }
    return Form(
        name=f"followup-{key[0]}-q{key[1]}",
        title=title_of("followup"),
        subject=_quarter(quarter),
        parts=(
            *_parts("followup", values),
            Part("ผลการดำเนินโครงการ", columns=columns, rows=tuple(rows)),
        ),
        notes=(
            "เฉพาะรายงานที่หัวหน้าส่วนราชการลงนามแล้ว ช่องว่างคือยังไม่รายงาน ไม่ใช่ศูนย์",
            *_doubts(r.project for r in records),
        ),
        is_sample=any(r.project.is_sample for r in records),
        is_wide=True,
        made_date=today,
    )


def _of_year(activities: Sequence[Activity], year: int) -> list[Activity]:
    return [
        a
        for a in activities
        if a.start_date <= fiscal.year_end(year) and a.end_date >= fiscal.year_start(year)
    ]


def _quarter(quarter: Quarter) -> str:
    return thaidates.format_quarter(quarter.fiscal_year_id, quarter.number, "long")


def comptroller(month: Month, allocations: Sequence[Allocation], today: date) -> Form:
    """Fill the month's disbursement sheet in the comptroller's layout: by agency, with sums.

    `allocations` are this year's own money, with agency and source; only signed figures count.
    """
    year, number = month.fiscal_year_id, month.number
    signed: dict[int, MonthlyFigure] = {}
    figures = MonthlyFigure.objects.counted().filter(
        allocation__in=allocations, month__fiscal_year=year, month__number__lte=number
    )
    for figure in figures.select_related("month").order_by("month__number"):
        signed[figure.allocation_id] = figure
    lines = CabinetTarget.objects.lines(year)
    overall = lines.get((CabinetTarget.Measure.DISBURSEMENT, CabinetTarget.Category.OVERALL), {})
    rows: list[Row] = []
    everything: list[Decimal | None] = [None] * 8
    by_agency: dict[str, list[Allocation]] = {}
    for allocation in allocations:
        by_agency.setdefault(allocation.spending_agency.name_th, []).append(allocation)
    for place, (agency, listed) in enumerate(by_agency.items(), start=1):
        sums: list[Decimal | None] = [None] * 8
        leaves = []
        for count, allocation in enumerate(listed, start=1):
            amounts = _amounts(allocation, signed.get(allocation.pk))
            sums = _plus(sums, amounts)
            target = target_at(
                lines.get((CabinetTarget.Measure.DISBURSEMENT, allocation.expenditure_type), {}),
                number,
            )
            kind = str(ExpenditureType(allocation.expenditure_type).label)
            leaves.append(
                Row(
                    (
                        f"{place}.{count}",
                        f"- {allocation.name_th} ({allocation.code})",
                        allocation.source.name_th,
                        kind,
                        *amounts,
                        *_rates(amounts, target),
                    )
                )
            )
        everything = _plus(everything, sums)
        rows.append(
            Row(
                (str(place), agency, None, None, *sums, *_rates(sums, target_at(overall, number))),
                is_sum=True,
            )
        )
        rows += leaves
    rows.append(
        Row(
            (
                None,
                "รวมทั้งสิ้น",
                None,
                None,
                *everything,
                *_rates(everything, target_at(overall, number)),
            ),
            is_sum=True,
        )
    )
    columns = (
        Column("ลำดับ", width=8),
        Column("หน่วยงาน / รายการ", width=48),
        Column("แหล่งงบประมาณ", width=26),
        Column("ประเภทรายจ่าย", width=16),
        Column("ตาม พ.ร.บ.", "งบประมาณ (บาท)", BAHT, 18),
        Column("โอนเปลี่ยนแปลง (เพิ่ม/ลด)", "งบประมาณ (บาท)", BAHT, 18),
        Column("หลังโอนเปลี่ยนแปลง (1)", "งบประมาณ (บาท)", BAHT, 18),
        Column("ได้รับจัดสรร", "งบประมาณ (บาท)", BAHT, 18),
        Column("เบิกจ่าย (2)", "การใช้จ่ายสะสม (บาท)", BAHT, 18),
        Column("ก่อหนี้ผูกพัน PO (3)", "การใช้จ่ายสะสม (บาท)", BAHT, 18),
        Column("ใช้จ่ายรวม (2)+(3)", "การใช้จ่ายสะสม (บาท)", BAHT, 18),
        Column("คงเหลือ (1)-(2)-(3)", "การใช้จ่ายสะสม (บาท)", BAHT, 18),
        Column("เบิกจ่าย", "ร้อยละ", PERCENT, 10),
        Column("ใช้จ่าย", "ร้อยละ", PERCENT, 10),
        Column("เป้าหมาย", "ร้อยละ", PERCENT, 10),
        Column("ต่างจากเป้า", "ร้อยละ", PERCENT, 12),
    )
    whole = target_at(overall, number)
    values: dict[str, Cell] = {
        "as_of": thaidates.format_date(fiscal.month_end(year, number), "long"),
        "year": str(year),
        "target": whole,
    }
    return Form(
        name=f"comptroller-{year}-m{number:02}",
        title=title_of("comptroller"),
        subject=thaidates.format_month(year, number, "long"),
        parts=(
            *_parts("comptroller", values),
            Part("ผลการเบิกจ่ายสะสม", columns=columns, rows=tuple(rows)),
        ),
        notes=(
            f"ลงนามแล้ว {len(signed)} จาก {len(allocations)} รายการ",
            "เฉพาะยอดที่หัวหน้าส่วนราชการลงนามแล้ว รายการที่ยังไม่รายงานเว้นว่าง ไม่นับเป็นศูนย์ในแถวของตน",
            "ร้อยละเทียบงบประมาณหลังโอนเปลี่ยนแปลง ไม่รวมเงินกันไว้เบิกเหลื่อมปี",
            *_doubts(a.project for a in allocations),
        ),
        is_sample=any(a.is_sample for a in allocations),
        is_wide=True,
        made_date=today,
    )


def _plus(
    sums: Sequence[Decimal | None], amounts: Sequence[Decimal | None]
) -> list[Decimal | None]:
    """Add amounts to sums; where nothing is known a sum stays unknown, and what is left is anew."""
    found = [
        a if b is None else b if a is None else a + b for a, b in zip(sums, amounts, strict=True)
    ]
    revised, used = found[2], found[6]
    found[7] = None if revised is None or used is None else revised - used
    return found


def _amounts(allocation: Allocation, figure: MonthlyFigure | None) -> list[Decimal | None]:
    spent = figure.disbursed_to_date if figure else None
    held = figure.obligated if figure else None
    used = None if spent is None else spent + (held or ZERO)
    return [
        allocation.appropriation + allocation.outside,
        allocation.transferred_in - allocation.transferred_out,
        allocation.revised,
        allocation.allotted,
        spent,
        held,
        used,
        None if used is None else allocation.revised - used,
    ]


def _rates(amounts: Sequence[Decimal | None], target: Decimal | None) -> tuple[Cell, ...]:
    revised, spent, used = amounts[2], amounts[4], amounts[6]
    if revised is None or spent is None or used is None:
        return None, None, target, None
    reached = rate(spent, revised)
    gap = None if reached is None or target is None else reached - target
    return reached, rate(used, revised), target, gap


def visible_projects(projects: Sequence[Project]) -> list[Project]:
    """Return the projects that forms speak of: proposals and cancelled ones are left out."""
    return [p for p in projects if p.status not in ("proposed", "screened", "cancelled")]
