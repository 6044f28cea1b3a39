"""Every test of reports publishes into a folder of its own."""

import pytest
import time_machine

from accounts.models import Role
from tests.factories import person
from tests.reports.factories import LATER, Province, close


@pytest.fixture(autouse=True)
def published_root(tmp_path, settings):
    settings.PUBLISHED_ROOT = tmp_path / "published"
    return settings.PUBLISHED_ROOT


@pytest.fixture
def province(db):
    return Province()


@pytest.fixture
def place(province):
    """The province with its first quarter closed, and a reporter of the agency that reported."""
    close(province)
    province.quarter.refresh_from_db()
    province.result.refresh_from_db()
    province.agency = province.result.kpi.agency
    province.reporter = person(Role.REPORTER, province.agency)
    return province


@pytest.fixture
def later():
    """The moment at which a closed quarter is corrected."""
    with time_machine.travel(LATER, tick=False):
        yield
