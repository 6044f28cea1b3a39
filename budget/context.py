"""The money that project pages show beside delivery (settings.PROJECT_MONEY names it)."""

from collections import defaultdict
from collections.abc import Collection

from accounts.rules import Standing
from budget.models import (
    Allocation,
    BudgetSource,
    CabinetTarget,
    ExpenditureType,
    MoneyFigure,
    MoneyScope,
    MonthlyFigure,
)
from budget.scoring import ZERO, rate, target_at, total
from projects.scoring import MoneyLine, ProjectMoney
from submissions.models import PeriodState

Measure, Category = CabinetTarget.Measure, CabinetTarget.Category


class MoneyOfProjects:
    """Answers what pages of projects ask about money: signed months for staff, else published."""

    def __init__(self, standing: Standing, year: int) -> None:
        self.standing = standing
        self.year = year

    def of(self, project_ids: Collection[int]) -> dict[int, ProjectMoney]:
        """Return the money of projects at their last month, in three queries however many."""
        figures = (
            MoneyFigure.objects.for_year(self.year)
            .of_subjects(MoneyScope.Kind.PROJECT, project_ids)
            .of_the_year_itself()
            .filter(expenditure_type="")
            .with_scope()
            .in_month_order()
        )
        if not self.standing.pairs:
            figures = figures.published()
        latest = {figure.scope.subject_id: figure for figure in figures}
        line = CabinetTarget.objects.lines(self.year).get(
            (Measure.DISBURSEMENT, Category.OVERALL), {}
        )
        found = {
            pk: ProjectMoney(
                month=figure.month,
                revised_baht=figure.revised,
                allotted_baht=figure.allotted,
                obligated_baht=figure.obligated,
                disbursed_baht=figure.disbursed,
                rate=figure.disbursement_rate,
                target=target_at(line, figure.month),
                is_partial=figure.is_partial,
            )
            for pk, figure in latest.items()
        }
        waiting = [pk for pk in project_ids if pk not in found]
        positions = defaultdict(list)
        for row in Allocation.objects.for_year(self.year).filter(project__in=waiting):
            if row.project_id is not None:
                positions[row.project_id].append(row.position)
        for pk, parts in positions.items():
            money = total(parts)
            found[pk] = ProjectMoney(
                month=None,
                revised_baht=money.revised,
                allotted_baht=money.allotted,
                obligated_baht=ZERO,
                disbursed_baht=ZERO,
                rate=None,
                target=None,
            )
        return found

    def lines(self, project_id: int) -> tuple[int | None, list[MoneyLine]]:
        """Return the last month and a project's allocations with what was signed up to it."""
        rows = list(
            Allocation.objects.for_year(self.year)
            .filter(project=project_id)
            .with_owner_and_spender()
            .in_code_order()
        )
        signed = (
            MonthlyFigure.objects.counted()
            .filter(allocation__in=rows)
            .select_related("month")
            .order_by("month__number")
        )
        if not self.standing.pairs:
            signed = signed.filter(month__state=PeriodState.PUBLISHED)
        latest = {figure.allocation_id: figure for figure in signed}
        month = max((figure.month.number for figure in latest.values()), default=None)
        targets = CabinetTarget.objects.lines(self.year)
        lines = []
        for row in rows:
            figure = latest.get(row.pk)
            disbursed = figure.disbursed_to_date if figure else ZERO
            reached = rate(disbursed, row.revised) if figure else None
            line = targets.get((Measure.DISBURSEMENT, row.expenditure_type), {})
            target = None if month is None or row.is_carried_over else target_at(line, month)
            lines.append(
                MoneyLine(
                    source=row.source.name,
                    expenditure_type=str(ExpenditureType(row.expenditure_type).label),
                    revised_baht=row.revised,
                    allotted_baht=row.allotted,
                    obligated_baht=figure.obligated if figure else ZERO,
                    disbursed_baht=disbursed,
                    rate=reached,
                    target=target,
                    gap=None if reached is None or target is None else reached - target,
                    is_carried_over=row.is_carried_over,
                )
            )
        return month, lines

    def sources(self) -> list[tuple[str, str]]:
        """Return the sources of money as (code, name)."""
        return [(row.code, row.name) for row in BudgetSource.objects.order_by("order", "code")]

    def of_source(self, code: str) -> list[int]:
        """Return the projects that have money of a source this year."""
        rows = Allocation.objects.for_year(self.year).filter(
            source__code=code, project__isnull=False
        )
        return list(rows.values_list("project", flat=True).distinct())
