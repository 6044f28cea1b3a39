"""A small province for the tests of reports: one issue, a few KPIs, a project, money."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import factory
from factory.django import DjangoModelFactory

from accounts.models import Area, Role
from common.clock import ZONE
from kpi.models import (
    KPI,
    Figure,
    Indicator,
    IndicatorVersion,
    Result,
    Score,
    Scorecard,
    ScoreCurve,
    Target,
)
from reports import actions
from strategy.models import Issue, Plan, PlanEdition
from submissions.actions import prepare_fiscal_year
from tests.budget.factories import AllocationFactory
from tests.factories import NOON, AgencyFactory, person, quarter_of
from tests.projects.factories import project_with

YEAR = 2570
LATER = datetime(2027, 4, 20, 12, tzinfo=ZONE)


class PlanFactory(DjangoModelFactory[Plan]):
    class Meta:
        model = Plan

    code = "plan-2566"
    name_th = "แผนพัฒนาจังหวัด"
    kind = Plan.Kind.FIVE_YEAR
    start_year = 2566
    end_year = 2570


class PlanEditionFactory(DjangoModelFactory[PlanEdition]):
    class Meta:
        model = PlanEdition

    plan = factory.SubFactory(PlanFactory)
    state = PlanEdition.State.IN_FORCE


class IssueFactory(DjangoModelFactory[Issue]):
    class Meta:
        model = Issue

    edition = factory.SubFactory(PlanEditionFactory)
    code = factory.Sequence(lambda n: str(n + 1))
    name_th = factory.Sequence(lambda n: f"ประเด็นการพัฒนาที่ {n + 1}")


class CurveFactory(DjangoModelFactory[ScoreCurve]):
    class Meta:
        model = ScoreCurve

    code = "five"
    name_th = "ห้าระดับ"
    fiscal_year = factory.LazyFunction(lambda: prepare_fiscal_year(year=YEAR))
    preset = ScoreCurve.Preset.FIVE
    points = factory.LazyFunction(
        lambda: [["60", "1"], ["70", "2"], ["80", "3"], ["90", "4"], ["100", "5"]]
    )


def scorecard_of(level: str, agency, post=None) -> Scorecard:
    year = prepare_fiscal_year(year=YEAR)
    return Scorecard.objects.create(fiscal_year=year, level=level, agency=agency, post=post)


def kpi_on(card: Scorecard, curve: ScoreCurve, code: str, issue=None, **attributes) -> KPI:
    """Put an indicator with plain rules (a sum of flows) on a scorecard."""
    indicator = Indicator.objects.create(code=f"I-{code}", name_th=f"น้ำเสียที่ได้รับการบำบัด {code}")
    IndicatorVersion.objects.create(
        indicator=indicator,
        number=1,
        from_year=2566,
        unit_th="ราย",
        over_time="flow",
        over_units="sum",
        direction="higher",
    )
    kpi = KPI.objects.create(
        fiscal_year_id=YEAR,
        scorecard=card,
        indicator=indicator,
        code=code,
        agency=card.agency,
        issue=issue,
        weight=Decimal(50),
        curve=curve,
        **attributes,
    )
    Target.objects.create(kpi=kpi, quarter=1, value=Decimal(100))
    return kpi


def accepted(kpi: KPI, quarter, value, **attributes) -> Result:
    """Let an entry have gone all its way."""
    reporter, approver = person(Role.REPORTER, kpi.agency), person(Role.APPROVER, kpi.agency)
    return Result.objects.create(
        kpi=kpi,
        quarter=quarter,
        value=Decimal(value),
        status="accepted",
        entered_by=reporter,
        entered_at=NOON,
        submitted_by=reporter,
        submitted_at=NOON,
        approved_by=approver,
        approved_at=NOON,
        accepted_by=approver,
        accepted_at=NOON,
        **attributes,
    )


def made(factory_class: Any, **attributes: object) -> Any:
    """Make a row; a factory's type is not that of what it makes."""
    return factory_class(**attributes)


class Province:
    """A province after the first quarter: one KPI reported, one project running, no money due."""

    def __init__(self, *, money: bool = False) -> None:
        Area.objects.create(
            code="74", kind=Area.Kind.PROVINCE, name_th="สมุทรสาคร", name_en="Samut Sakhon"
        )
        self.quarter = quarter_of(YEAR, 1)
        self.office = made(AgencyFactory, name_th="สำนักงานจังหวัด")
        self.strategist = person(Role.STRATEGIST, self.office)
        self.colleague = person(Role.STRATEGIST, self.office)
        self.issue = made(IssueFactory, code="1")
        self.curve = made(CurveFactory)
        self.card = scorecard_of(Scorecard.Level.PROVINCE, self.office)
        self.kpi = kpi_on(self.card, self.curve, "1.1", self.issue)
        self.result = accepted(self.kpi, self.quarter, "96.38")
        self.project, self.activities = project_with(1, issue=self.issue)
        if money:
            self.allocation = AllocationFactory(project=self.project)


def stored_figures(province: Province) -> None:
    """Store the figures by hand, for tests that are about the document and not the arithmetic."""
    Figure.objects.update_or_create(
        kpi=province.kpi,
        quarter=province.quarter,
        defaults={
            "state": "value",
            "value": Decimal("96.38"),
            "ytd_state": "value",
            "ytd_value": Decimal("96.38"),
            "covered": 1,
            "due": 1,
            "target_ytd": Decimal(100),
            "achievement": Decimal("96.38"),
            "score": Decimal("4.638"),
            "score_percent": Decimal("92.76"),
        },
    )
    for subject in ({"scorecard": province.card}, {"issue": province.issue}):
        Score.objects.update_or_create(
            **subject,
            quarter=province.quarter,
            defaults={
                "score": Decimal("4.638"),
                "percent": Decimal("92.76"),
                "covered": 1,
                "due": 1,
                "covered_weight": Decimal(50),
                "due_weight": Decimal(50),
                "weight": Decimal(50) if "issue" in subject else None,
            },
        )


AFTER = date(2027, 1, 13)


def close(province, quarter=None, at=NOON):
    return actions.close_quarter(
        quarter=quarter or province.quarter, by=province.strategist, at=at, missing_accepted=True
    )
