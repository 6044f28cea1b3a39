"""KPIs ready to be reported, made through the verbs that people use."""

from decimal import Decimal
from typing import Any

from accounts.models import Agency, Post
from kpi import actions
from kpi.models import KPI, Scorecard
from submissions.models import PeriodState
from tests.factories import NOON, AgencyFactory, quarter_of

FIVE = [("60", "1"), ("70", "2"), ("80", "3"), ("90", "4"), ("100", "5")]
COUNT = {
    "from_year": 2560,
    "unit_th": "ราย",
    "decimals": 0,
    "over_time": "flow",
    "over_units": "sum",
    "direction": "higher",
}
RATIO = {
    "from_year": 2560,
    "unit_th": "ร้อยละ",
    "is_ratio": True,
    "scale": 100,
    "over_time": "flow",
    "denominator_over_time": "flow",
    "over_units": "ratio",
    "direction": "higher",
}


def kpi_of(
    agency: Agency | None = None,
    *,
    code: str = "1.1",
    rules: dict[str, Any] | None = None,
    targets: tuple[str, str, str, str] = ("10", "10", "10", "10"),
    level: str = Scorecard.Level.AGENCY,
    post: Post | None = None,
    year: int = 2570,
    weight: Decimal = Decimal(100),
    **more: Any,
) -> KPI:
    """Make a KPI with a five-level curve and quarter targets on a scorecard of an open year."""
    quarter = quarter_of(year, 1, PeriodState.OPEN)
    rules = rules or COUNT
    [indicator] = actions.define_indicators(
        indicators=[actions.definitions.IndicatorInput(f"I-{code}", f"ตัวชี้วัด {code}", rules)],
        by=None,
        at=NOON,
    )
    [curve] = actions.draw_curves(
        curves=[
            actions.definitions.CurveInput("five", quarter.fiscal_year, "ห้าระดับ", "five", FIVE)
        ],
        by=None,
        at=NOON,
    )
    scorecard = actions.make_scorecard(
        fiscal_year=quarter.fiscal_year,
        level=level,
        agency=agency or AgencyFactory(),
        post=post,
        by=None,
        at=NOON,
    )
    amounts = [Decimal(target) for target in targets]
    adds_up = rules["over_time"] == "flow" and not rules.get("is_ratio")
    [kpi] = actions.put_kpis(
        scorecard=scorecard,
        kpis=[
            actions.definitions.KPIInput(
                code,
                indicator,
                curve,
                weight,
                {
                    number: actions.definitions.TargetInput(amount)
                    for number, amount in enumerate(amounts, start=1)
                },
                year_target=sum(amounts) if adds_up else amounts[-1],
                **more,
            )
        ],
        by=None,
        at=NOON,
    )
    return KPI.objects.with_rules().get(pk=kpi.pk)
