"""The kinds of forms that the desk knows; another joins by declaring a SheetResource."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext as _

from accounts.resources import MembershipSheet
from budget.resources import MonthlySheet
from budget.resources.allotments import AllotmentSheet
from common import thaidates
from common.bilingual import page_language
from common.refusal import Refused
from common.sheets import SheetResource
from covid.resources import OccupancySheet, SituationSheet
from covid.resources.registers import (
    CaseFindingSheet,
    FacilitySheet,
    FactorySheet,
    InspectionSheet,
    OrderSheet,
    SupplySheet,
    VaccinationSheet,
)
from kpi.resources import ResultSheet
from kpi.resources.targets import TargetSheet
from learning.resources import RecordSheet
from learning.resources.catalogue import CourseSheet, ProgrammeSheet
from planning.resources import NeedSheet
from planning.resources.alignment import MainTargetSheet
from planning.resources.analysis import FactorSheet
from planning.resources.participation import CommentSheet, ForumSheet, ProposalSheet
from planning.resources.villages import VillageSheet
from projects.resources import ProgressSheet
from projects.resources.registers import ActivitySheet, ProjectSheet
from projects.resources.risks import RiskReviewSheet
from spreadsheets.models import Period
from submissions.models import FiscalYear, Month, Quarter

KINDS: Final[Mapping[str, type[SheetResource]]] = {
    resource.kind: resource
    for resource in (
        ResultSheet,
        ProgressSheet,
        MonthlySheet,
        TargetSheet,
        ProjectSheet,
        ActivitySheet,
        AllotmentSheet,
        MembershipSheet,
        RiskReviewSheet,
        OccupancySheet,
        SituationSheet,
        FacilitySheet,
        OrderSheet,
        FactorySheet,
        InspectionSheet,
        CaseFindingSheet,
        VaccinationSheet,
        SupplySheet,
        NeedSheet,
        VillageSheet,
        RecordSheet,
        CourseSheet,
        ProgrammeSheet,
        FactorSheet,
        ForumSheet,
        ProposalSheet,
        CommentSheet,
        MainTargetSheet,
    )
}


def resource_of(kind: str) -> SheetResource:
    """Return the resource of a kind.

    :raises Refused: if there is no such kind.
    """
    if kind not in KINDS:
        raise Refused(_("ไม่มีแบบกรอกชนิดนี้"), code="unknown_kind")
    return KINDS[kind]()


def period_key(period: Period) -> str:
    """Return the stable name of a period: 2570-q1, 2570-m03 or 2570."""
    if isinstance(period, FiscalYear):
        return str(period.year)
    if isinstance(period, Quarter):
        return f"{period.fiscal_year_id}-q{period.number}"
    return f"{period.fiscal_year_id}-m{period.number:02d}"


def period_name(period: Period) -> str:
    """Return a period in the page's language."""
    lang = page_language()
    if isinstance(period, FiscalYear):
        return thaidates.format_fiscal_year(period.year, "long", lang)
    if isinstance(period, Quarter):
        return thaidates.format_quarter(period.fiscal_year_id, period.number, lang=lang)
    return thaidates.format_month(period.fiscal_year_id, period.number, lang=lang)


def year_of(period: Period) -> int:
    """Return the fiscal year that a period lies in."""
    return period.year if isinstance(period, FiscalYear) else period.fiscal_year_id


def find_period(kind: str, key: str) -> Period:
    """Return the period of a key.

    :raises Refused: if there is none, or the kind is reported for the other sort of period.
    """
    resource = resource_of(kind)
    year, _dash, rest = key.partition("-")
    letter, number = rest[:1], rest[1:]
    found: Period | None = None
    if year.isdecimal() and not rest and resource.period == "year":
        found = FiscalYear.objects.filter(year=int(year)).first()
    if year.isdecimal() and number.isdecimal():
        if letter == "q" and resource.period == "quarter":
            found = Quarter.objects.filter(fiscal_year=int(year), number=int(number)).first()
        elif letter == "m" and resource.period == "month":
            found = Month.objects.filter(fiscal_year=int(year), number=int(number)).first()
    if found is None:
        raise Refused(_("ไม่มีรอบรายงานนี้สำหรับแบบกรอกที่เลือก"), code="unknown_period")
    return found
