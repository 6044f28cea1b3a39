"""What every page's frame needs."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def chrome(request: HttpRequest) -> dict[str, Any]:
    """Return the sample day for the banner, and what the frame shows."""
    return {"sample_today": settings.SAMPLE_TODAY}
