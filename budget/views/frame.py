"""What every page of money asks first: who reads, which year."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from accounts.rules import Standing
from budget.models import (
    CabinetTarget,
    ExpenditureType,
    MoneyScope,
)
from common import clock, thaidates
from common.bilingual import page_language
from submissions.models import FiscalYear
from submissions.rules import standing_of

Kind = MoneyScope.Kind
Measure, Category = CabinetTarget.Measure, CabinetTarget.Category
CATEGORY_OF = {
    "": Category.OVERALL,
    ExpenditureType.INVESTMENT: Category.INVESTMENT,
    ExpenditureType.RECURRENT: Category.RECURRENT,
}
CONTRACT_MONTHS = 12


def standing_here(request: HttpRequest) -> Standing:
    return standing_of(request.user, clock.today())


def staff(request: HttpRequest) -> Standing:
    standing = standing_here(request)
    if not standing.pairs:
        raise Http404
    return standing


def asked_year(request: HttpRequest, default: int) -> int:
    asked = request.GET.get("year", "")
    return int(asked) if asked.isdecimal() and 2500 <= int(asked) <= 2700 else default


@dataclass(frozen=True, slots=True)
class Filter:
    """One choice above a page."""

    name: str
    label: str
    options: Sequence[tuple[str, str]]
    value: str


def month_label(year: int, month: int) -> str:
    return (
        thaidates.format_month(year, month, lang=page_language()).split("\u00a0")[0].split(" ")[0]
    )


def years_known() -> list[int]:
    years = FiscalYear.objects.filter(allocations__isnull=False).distinct().order_by("-year")
    return list(years.values_list("year", flat=True))


def year_filter(year: int) -> Filter:
    years = sorted({*years_known(), year}, reverse=True)
    return Filter(
        "year",
        _("ปีงบประมาณ"),
        [(str(y), thaidates.format_fiscal_year(y, lang=page_language())) for y in years],
        str(year),
    )


def asked_sort(request: HttpRequest) -> str:
    """Return the expenditure type of the address; "" for both together."""
    asked = request.GET.get("type", "")
    return asked if asked in ExpenditureType.values else ""


def sort_filter(sort: str) -> Filter:
    every = [("", _("รวมทุกประเภท")), *[(v, str(label)) for v, label in ExpenditureType.choices]]
    return Filter("type", _("ประเภทรายจ่าย"), every, sort)


def asked_measure(request: HttpRequest) -> str:
    """Return the measure of the address; what is paid where it says none."""
    asked = request.GET.get("measure", "")
    return asked if asked in Measure.values else Measure.DISBURSEMENT.value


def measure_filter(measure: str) -> Filter:
    return Filter("measure", _("วัดจาก"), [(v, str(label)) for v, label in Measure.choices], measure)
