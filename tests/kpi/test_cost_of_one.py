"""What one signature costs the database, however much stands above it."""

from decimal import Decimal
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from kpi import actions, rollups
from kpi.models import Figure, Link
from submissions.models import Quarter
from tests.factories import NOON, AgencyFactory, person
from tests.kpi.factories import kpi_of

YEAR = 2570
# The verb's seven: entry, standing, quarter held, move, log, what stands above, job. The refresh's
# five: year held (PostgreSQL only), figures that are stale or stand beside with their entries,
# targets and quarters, KPIs with their rules, links and curves, figures written, scores of
# scorecards. An issue's score above would be one more. The year is not held by the statement that
# reads: whoever waited for a close would see its quarters open.
AT_MOST = 12
FRAMES = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


def cost_of_signing_below(height):
    agency = AgencyFactory()
    reporter, head = person(Role.REPORTER, agency), person(Role.APPROVER, agency)
    chain = [kpi_of(agency, code=f"{height}.{number}") for number in range(height + 1)]
    for parent, child in pairwise(chain):
        Link.objects.create(parent=parent, child=child, kind=Link.Kind.SHARE)
    quarter = Quarter.objects.get(fiscal_year_id=YEAR, number=1)
    entry = actions.ResultEntry(chain[-1].pk, quarter.pk, value=Decimal(10))
    typed = actions.record_results(entries=[entry], by=reporter, at=NOON)
    sent = actions.submit_results(entries=typed, by=reporter, at=NOON)
    rollups.recompute(YEAR, at=NOON)
    with CaptureQueriesContext(connection) as queries:
        actions.approve_results(entries=sent, by=head, at=NOON)
        rollups.refresh(YEAR, at=NOON)
    assert Figure.objects.get(kpi=chain[0], quarter=quarter).value == Decimal(10)
    assert not Figure.objects.stale().exists()
    return sum(not query["sql"].startswith(FRAMES) for query in queries.captured_queries)


@pytest.mark.django_db
def test_one_signature_costs_the_same_below_one_parent_and_below_six():
    low, high = cost_of_signing_below(1), cost_of_signing_below(6)
    assert low == high <= AT_MOST
