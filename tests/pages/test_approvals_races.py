"""A quarter that is closed between the rules' yes and the signature: nothing is signed."""

import pytest
import time_machine
from django.db import connection

from accounts.models import Role
from audit.models import Event
from kpi.dues import waiting_for as kpi_waiting_for
from kpi.models import Result
from pages.actions import SigningRefused, key_of, sign_off
from submissions.models import PeriodState, Quarter
from tests.factories import NOON, AgencyFactory, person
from tests.pages.test_approvals import sent

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("returns", [False, True])
def test_a_quarter_closed_under_the_pen_refuses_every_entry_of_its_group(returns):
    with time_machine.travel(NOON, tick=False):
        agency = AgencyFactory()
        head = person(Role.APPROVER, agency)
        for code in ("1", "2"):
            sent(agency, code=code)
        seen = kpi_waiting_for(head, NOON)
        verbs = Event.objects.count()

        def close_first(execute, sql, params, many, context):
            # Somebody else commits between the rules and the writing, as PostgreSQL lets them.
            if sql.startswith("SELECT state FROM"):
                Quarter.objects.filter(fiscal_year=2570).update(state=PeriodState.CLOSED)
            return execute(sql, params, many, context)

        with connection.execute_wrapper(close_first), pytest.raises(SigningRefused) as caught:
            sign_off(
                signed=[] if returns else seen,
                returned=[(each, "ผิดช่วงเวลา") for each in seen] if returns else [],
                by=head,
                at=NOON,
            )
    assert set(caught.value.by_key) == {key_of(each) for each in seen}
    assert len(seen) == 2
    assert all("ปิดไปแล้วระหว่าง" in refusal for refusal in caught.value.by_key.values())
    assert set(Result.objects.values_list("status", "version")) == {("submitted", seen[0].version)}
    assert Event.objects.count() == verbs
