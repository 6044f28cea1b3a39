"""Money for tests."""

from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from budget.models import Allocation, BudgetSource, ExpenditureType
from submissions.actions import prepare_fiscal_year
from tests.factories import AgencyFactory

YEAR = 2570


class BudgetSourceFactory(DjangoModelFactory[BudgetSource]):
    class Meta:
        model = BudgetSource

    code = factory.Sequence(lambda n: f"S{n}")
    name_th = factory.Sequence(lambda n: f"แหล่งเงินที่ {n}")


class AllocationFactory(DjangoModelFactory[Allocation]):
    class Meta:
        model = Allocation

    code = factory.Sequence(lambda n: f"B70-{n:04}")
    name_th = factory.Sequence(lambda n: f"รายการที่ {n}")
    source = factory.SubFactory(BudgetSourceFactory)
    expenditure_type = ExpenditureType.INVESTMENT
    fiscal_year = factory.LazyFunction(lambda: prepare_fiscal_year(year=YEAR))
    origin_year = YEAR
    owner_agency = factory.SubFactory(AgencyFactory)
    spending_agency = factory.SubFactory(AgencyFactory)
    appropriation = Decimal(1_000_000)
    revised = factory.SelfAttribute("appropriation")
    allotted = factory.SelfAttribute("revised")
