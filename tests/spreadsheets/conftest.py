"""An agency with three lines of money and two projects, its reporter, and an open period."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from accounts.models import Role
from submissions.models import Month, PeriodState
from tests.budget.factories import AllocationFactory
from tests.factories import AgencyFactory, person, quarter_of, set_state

AT = datetime(2027, 1, 13, 7, 0, tzinfo=UTC)


@pytest.fixture
def agency(db):
    return AgencyFactory(name_th="สำนักงานสาธารณสุขจังหวัด", short_name_th="สสจ.")


@pytest.fixture
def reporter(agency):
    return person(Role.REPORTER, agency)


@pytest.fixture
def october(db):
    quarter_of(2570, 1)
    month = Month.objects.get(fiscal_year=2570, number=1)
    set_state(month, PeriodState.OPEN)
    month.refresh_from_db()
    return month


@pytest.fixture
def money(agency, october):
    return [
        AllocationFactory(
            code=f"B70-{n}", name_th=name, spending_agency=agency, allotted=Decimal(1_000_000)
        )
        for n, name in enumerate(("ซ่อมถนนเลียบคลอง", "จัดซื้อเครื่องวัดฝุ่น", "อบรม อสม."), 1)
    ]
