"""What every page of projects asks first: who reads, when, and what of money."""

from collections.abc import Collection
from datetime import date
from typing import Protocol

from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string

from accounts.rules import Standing
from common import clock, fiscal
from projects.scoring import (
    MoneyLine,
    ProjectMoney,
)
from submissions.models import PeriodState, Quarter
from submissions.rules import standing_of

LEVELS = {"on_track": "good", "behind": "watch", "critical": "bad"}


class MoneyTeller(Protocol):
    """What the floor above answers about money; settings.PROJECT_MONEY names it."""

    def __init__(self, standing: Standing, year: int) -> None: ...
    def of(self, project_ids: Collection[int]) -> dict[int, ProjectMoney]: ...
    def lines(self, project_id: int) -> tuple[int | None, list[MoneyLine]]: ...
    def sources(self) -> list[tuple[str, str]]: ...
    def of_source(self, code: str) -> list[int]: ...


def money_teller(standing: Standing, year: int) -> MoneyTeller:
    teller: type[MoneyTeller] = import_string(settings.PROJECT_MONEY)
    return teller(standing, year)


def standing_here(request: HttpRequest) -> Standing:
    return standing_of(request.user, clock.today())


def asked_year(request: HttpRequest, standing: Standing, today: date) -> int:
    asked = request.GET.get("year", "")
    if asked.isdecimal() and 2500 <= int(asked) <= 2700:
        return int(asked)
    if standing.pairs:
        return fiscal.fiscal_year_of(today)
    published = Quarter.objects.filter(state=PeriodState.PUBLISHED).in_time_order().last()
    return published.fiscal_year_id if published else fiscal.fiscal_year_of(today)


def shown_quarter(standing: Standing, year: int, today: date) -> Quarter | None:
    """Return the quarter whose figures are shown: the last ended; to others the last published."""
    quarters = Quarter.objects.filter(fiscal_year=year).select_related("fiscal_year")
    if not standing.pairs:
        return quarters.filter(state=PeriodState.PUBLISHED).in_time_order().last()
    known = list(quarters.in_time_order())
    ended = [q for q in known if fiscal.quarter_end(year, q.number) <= today]
    return ended[-1] if ended else (known[0] if known else None)
