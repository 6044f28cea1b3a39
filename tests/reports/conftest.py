"""Every test of reports publishes into a folder of its own."""

import pytest

from tests.reports.factories import Province


@pytest.fixture(autouse=True)
def published_root(tmp_path, settings):
    settings.PUBLISHED_ROOT = tmp_path / "published"
    return settings.PUBLISHED_ROOT


@pytest.fixture
def province(db):
    return Province()
