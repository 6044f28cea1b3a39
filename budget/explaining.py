"""How a scope's money and its rates are worked out, and from whose signed months."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts.models import Agency
from accounts.rules import Standing
from budget import rollups
from budget.models import Allocation, MoneyFigure, MoneyScope, MonthlyFigure, explain_path
from budget.scoring import BAHT_PLACES, ZERO, Position
from common.workings import Step, Worked, number

Kind = MoneyScope.Kind
HUNDRED = number(100)


@dataclass(frozen=True, slots=True)
class Share:
    """What one allocation, or an agency's allocations together, brings; in baht.

    `url` has no language. `month` is the fiscal month of the signed figure that it stands with, None
    where there is none.
    """

    code: str
    name: str
    agency: str
    revised: Decimal
    disbursed: Decimal
    obligated: Decimal
    month: int | None
    counted: bool = True
    why_out: str = ""
    url: str = ""
    signed: MonthlyFigure | None = None


@dataclass(slots=True)
class Money:
    """A scope's money: its steps, what it is made of, and what others' allocations bring together."""

    steps: list[Step] = field(default_factory=list)
    shares: list[Share] = field(default_factory=list)
    hidden: int = 0


def money_explanation(figure: MoneyFigure, standing: Standing) -> Money:
    """Return how a stored figure is worked out; seven queries however many allocations there are.

    The figure is loaded with its scope. The province's is told by agency; of the others the
    allocations that the reader may not open are only counted, and brought as one sum.
    """
    scope = figure.scope
    lines = [
        line
        for line in rollups.lines_of(scope.fiscal_year_id)
        if (scope.kind, scope.subject_id) in rollups.scopes_of(line.allocation)
        and figure.expenditure_type in ("", line.allocation.expenditure_type)
    ]
    own = [line for line in lines if not line.allocation.is_carried_over]
    carried = [line for line in lines if line.allocation.is_carried_over]
    found = Money()
    if scope.kind == Kind.PROVINCE:
        found.shares = _by_agency(own, figure)
        unnamed: list[Position] = []
    else:
        signed = _signed(own, figure)
        readable = _readable(lines, standing)
        named = [line for line in own if line.allocation.pk in readable]
        unnamed = [line.at(figure.month)[0] for line in own if line.allocation.pk not in readable]
        found.shares = [_of_allocation(line, figure, signed) for line in named]
        found.hidden = len(unnamed)
        found.shares += [
            _carried_over(line, figure) for line in carried if line.allocation.pk in readable
        ]
    found.steps = list(_steps(figure, [each for each in found.shares if each.counted], unnamed))
    return found


def _readable(lines: Collection[rollups.Line], standing: Standing) -> frozenset[int]:
    if not standing.pairs:
        return frozenset()
    visible = Allocation.objects.visible_to(standing).filter(
        pk__in=[line.allocation.pk for line in lines]
    )
    return frozenset(visible.values_list("pk", flat=True))


def _signed(lines: Collection[rollups.Line], figure: MoneyFigure) -> dict[int, MonthlyFigure]:
    """The signed figure that each allocation stands with at the month's end."""
    rows = (
        MonthlyFigure.objects.counted()
        .filter(
            allocation__in=[line.allocation.pk for line in lines], month__number__lte=figure.month
        )
        .select_related("month", "entered_by", "approved_by")
        .order_by("month__number")
    )
    return {row.allocation_id: row for row in rows}


def _of_allocation(
    line: rollups.Line, figure: MoneyFigure, signed: dict[int, MonthlyFigure]
) -> Share:
    allocation, (position, _own) = line.allocation, line.at(figure.month)
    return Share(
        code=allocation.code,
        name=allocation.project.name if allocation.project else allocation.name_th,
        agency="",
        revised=position.revised,
        disbursed=position.disbursed,
        obligated=position.obligated,
        month=max((month for month in line.signed if month <= figure.month), default=None),
        url=f"/desk/budget/books/{allocation.code}/",
        signed=signed.get(allocation.pk),
    )


def _carried_over(line: rollups.Line, figure: MoneyFigure) -> Share:
    allocation, (position, _own) = line.allocation, line.at(figure.month)
    return Share(
        code=allocation.code,
        name=allocation.project.name if allocation.project else allocation.name_th,
        agency="",
        revised=position.revised,
        disbursed=position.disbursed,
        obligated=position.obligated,
        month=None,
        counted=False,
        why_out=_("เงินกันไว้เบิกเหลื่อมปี ไม่นับในอัตราของปีนี้"),
        url=f"/desk/budget/books/{allocation.code}/",
    )


def _by_agency(lines: Sequence[rollups.Line], figure: MoneyFigure) -> list[Share]:
    of_agency: dict[int, list[rollups.Line]] = defaultdict(list)
    for line in lines:
        of_agency[line.allocation.spending_agency_id].append(line)
    agencies = Agency.objects.filter(pk__in=of_agency).in_code_order()
    shares = []
    for agency in agencies:
        positions = [line.at(figure.month)[0] for line in of_agency[agency.pk]]
        months = [
            month for line in of_agency[agency.pk] for month in line.signed if month <= figure.month
        ]
        address = explain_path(
            Kind.AGENCY,
            agency.pk,
            figure.scope.fiscal_year_id,
            figure.month,
            figure.expenditure_type,
        )
        shares.append(
            Share(
                code=agency.code,
                name=agency.name,
                agency=agency.short_name,
                revised=sum((each.revised for each in positions), ZERO),
                disbursed=sum((each.disbursed for each in positions), ZERO),
                obligated=sum((each.obligated for each in positions), ZERO),
                month=max(months, default=None),
                # Where nothing was ever signed there is no figure to lead to.
                url=address if months else "",
            )
        )
    return shares


def _steps(
    figure: MoneyFigure, shares: Sequence[Share], unnamed: Sequence[Position]
) -> Iterable[Step]:
    baht, percent = _("บาท"), _("ร้อยละ")
    titles = (
        ("revised", _("งบประมาณหลังโอนเปลี่ยนแปลง"), figure.revised),
        ("disbursed", _("เบิกจ่ายสะสม"), figure.disbursed),
        ("obligated", _("ก่อหนี้ผูกพันคงค้าง"), figure.obligated),
    )
    for name, title, stored in titles:
        amounts = [getattr(each, name) for each in shares]
        if unnamed:
            amounts.append(sum((getattr(each, name) for each in unnamed), ZERO))
        # What brings nothing would only make the sum long.
        told = [number(amount) for amount in amounts if amount] or [number(ZERO)]
        yield Step(title, Worked.sum_of(told), stored, baht, BAHT_PLACES)
    if figure.disbursement_rate is None or figure.spending_rate is None:
        return
    revised = number(figure.revised)
    paid = number(figure.disbursed)
    spent = Worked.sum_of([paid, number(figure.obligated)])
    yield Step(_("อัตราเบิกจ่าย"), _rate(paid, revised), figure.disbursement_rate, percent)
    yield Step(_("อัตราใช้จ่าย"), _rate(spent, revised), figure.spending_rate, percent)


def _rate(part: Worked, whole: Worked) -> Worked:
    return Worked.product_of(part.over(whole), HUNDRED)
