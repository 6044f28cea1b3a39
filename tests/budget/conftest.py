"""The hour at which pages are read."""

import pytest
import time_machine as machine

from tests.factories import NOON


@pytest.fixture
def time_machine_noon():
    """Stand at noon of a working day after the first quarter of FY 2570."""
    with machine.travel(NOON, tick=False) as traveller:
        yield traveller
