"""Cascades of the oracle as rows of the database, and what was stored for them."""

import random
from decimal import Decimal
from fractions import Fraction
from itertools import count

from django.db import connection

from common.states import CellState
from kpi.models import (
    KPI,
    Figure,
    Indicator,
    IndicatorVersion,
    Link,
    Result,
    Scorecard,
    ScoreCurve,
    Target,
)
from submissions.models import Quarter
from tests.factories import NOON, AgencyFactory, UserFactory, quarter_of
from tests.kpi import oracle

YEAR = 2570
_numbers = count(1)
POINTS = [["60", "1"], ["70", "2"], ["80", "3"], ["90", "4"], ["100", "5"]]


def decimal(number):
    """Turn a fraction with at most 4 decimals into a Decimal."""
    return None if number is None else Decimal(int(number * 10_000)).scaleb(-4)


class Field:
    """A year with its quarters, one curve and one scorecard, ready for KPIs."""

    def __init__(self, year=YEAR):
        self.year = year
        quarter_of(year, 1)
        self.quarters = {
            quarter.number: quarter for quarter in Quarter.objects.filter(fiscal_year_id=year)
        }
        self.agency = AgencyFactory()
        self.person = UserFactory()
        self.curve = ScoreCurve.objects.create(
            code="five", name_th="ห้าระดับ", fiscal_year_id=year, preset="five", points=POINTS
        )

    def indicator(self, **rules):
        number = next(_numbers)
        indicator = Indicator.objects.create(code=f"I{number}", name_th=f"ตัวชี้วัดที่ {number}")
        usual = {
            "number": 1,
            "from_year": 2560,
            "unit_th": "คน",
            "over_time": "flow",
            "over_units": "sum",
            "direction": "higher",
        }
        IndicatorVersion.objects.create(indicator=indicator, **{**usual, **rules})
        return indicator

    def scorecard(self, level=Scorecard.Level.AGENCY, **more):
        return Scorecard.objects.create(
            fiscal_year_id=self.year, level=level, agency=AgencyFactory(), **more
        )

    def kpi(self, indicator, scorecard=None, targets=(), bases=(), **more):
        number = next(_numbers)
        kpi = KPI.objects.create(
            fiscal_year_id=self.year,
            scorecard=scorecard or self.scorecard(),
            indicator=indicator,
            code=f"K{number}",
            agency=self.agency,
            curve=more.pop("curve", self.curve),
            weight=more.pop("weight", Decimal(10)),
            **more,
        )
        for quarter, target in enumerate(targets, start=1):
            if target is not None:
                Target.objects.create(kpi=kpi, quarter=quarter, value=target)
        for quarter, base in enumerate(bases, start=1):
            Target.objects.filter(kpi=kpi, quarter=quarter).update(base=base)
        return kpi

    def report(self, kpi, quarter, *measures, status="approved", na=False):
        """Put an entry there as the workflow would have left it."""
        value, numerator, denominator = None, None, None
        if len(measures) == 2:
            numerator, denominator = measures
        elif measures:
            (value,) = measures
        stamps = {"entered_by": self.person, "entered_at": NOON}
        if status in ("approved", "accepted"):
            stamps |= {"approved_by": self.person, "approved_at": NOON}
        Result.objects.update_or_create(
            kpi=kpi,
            quarter=self.quarters[quarter],
            defaults={
                "value": value,
                "numerator": numerator,
                "denominator": denominator,
                "is_not_applicable": na,
                "not_applicable_reason": "ไม่มีภารกิจ" if na else "",
                "status": status,
                **stamps,
            },
        )


def plant(field, node, indicators=None):
    """Write a cascade of the oracle; returns its KPIs by the oracle's names."""
    key = (node.time, node.parts, node.scale)
    planted = {}

    def indicator_of(node):
        rules = {
            "over_units": node.units,
            "over_time": node.time or node.parts[0],
            "is_ratio": bool(node.parts),
            "denominator_over_time": node.parts[1] if node.parts else "",
            "scale": int(node.scale),
            "allows_negative": True,
        }
        if (key, node.units) not in known:
            known[key, node.units] = field.indicator(**rules)
        return known[key, node.units]

    known = {} if indicators is None else indicators

    def grow(node):
        targets = [decimal(node.targets.get(quarter)) for quarter in range(1, 5)]
        kpi = field.kpi(indicator_of(node), targets=targets, reports_own=node.units == "own")
        planted[node.name] = kpi
        for child, weight in node.children:
            Link.objects.create(
                parent=kpi, child=grow(child), kind=Link.Kind.SHARE, weight=decimal(weight)
            )
        if node.reports:
            for quarter in node.entries:
                sow(field, node, kpi, quarter)
        return kpi

    grow(node)
    return planted


def sow(field, node, kpi, quarter):
    """Write what a node's entry of a quarter says; late and not due are what is not there."""
    state, *measures = node.entries[quarter]
    Result.objects.filter(kpi=kpi, quarter=field.quarters[quarter]).delete()
    if state == "value":
        field.report(kpi, quarter, *[decimal(number) for number in measures])
    elif state == "not_applicable":
        field.report(kpi, quarter, na=True)


def settle(node, ended=2):
    """Let a cascade say of what is missing what the calendar says: late, or not due yet."""
    for quarter, stated in node.entries.items():
        if stated[0] in ("late", "not_reported", "not_due"):
            node.entries[quarter] = ("late",) if quarter <= ended else ("not_due",)
    for child, _ in node.children:
        settle(child, ended)


def random_entry(dice, node):
    """A new entry for a node that reports itself."""
    return oracle.random_entry(dice, ratio=bool(node.parts))


def found(kpi, quarter):
    """Read a stored figure as the oracle writes it."""
    figure = Figure.objects.get(kpi=kpi, quarter__number=quarter)
    return stored(figure)


def stored(figure):
    def part(state, *numbers):
        names = ("value", "numerator", "denominator")
        measures = {
            name: None if number is None else Fraction(number)
            for name, number in zip(names, numbers, strict=True)
        }
        return {"state": state, **measures, "covered": figure.covered, "due": figure.due}

    quarter = part(figure.state, figure.value, figure.numerator, figure.denominator)
    to_date = part(figure.ytd_state, figure.ytd_value, figure.ytd_numerator, figure.ytd_denominator)
    return quarter, {**to_date, "partial": figure.is_partial}


def expected(node, quarter):
    """What the oracle says the two figures of a node are."""
    of_quarter, to_date = oracle.of_quarter(node, quarter), oracle.to_date(node, quarter)
    quarter_names = ("state", "value", "covered", "due")
    return (
        {name: of_quarter[name] for name in quarter_names},
        {name: to_date[name] for name in (*quarter_names, "partial")},
    )


def nodes(node):
    yield node
    for child, _ in node.children:
        yield from nodes(child)


def hold_against_oracle(node, planted, seed=None):
    """Compare every figure of a cascade with the oracle's."""
    by_kpi = {
        (figure.kpi_id, figure.quarter.number): stored(figure)
        for figure in Figure.objects.filter(kpi__in=planted.values()).select_related("quarter")
    }
    for below in nodes(node):
        for quarter in range(1, 5):
            ours = by_kpi[planted[below.name].pk, quarter]
            for mine, theirs in zip(ours, expected(below, quarter), strict=True):
                narrowed = {name: mine[name] for name in theirs}
                assert narrowed == theirs, (seed, below.name, quarter)


def computed_columns(kpis=None):
    """All that a run writes, to compare one way of coming to it with another."""
    figures = Figure.objects.order_by("kpi_id", "quarter_id")
    if kpis is not None:
        figures = figures.filter(kpi__in=kpis)
    names = [
        field.name
        for field in Figure._meta.fields
        if field.name not in {"id", "inputs_version", "computed_version", "computed_at"}
    ]
    return list(figures.values(*names))


def on_postgres():
    return connection.vendor == "postgresql"


def dice_of(seed):
    return random.Random(seed)


LATE = CellState.LATE
