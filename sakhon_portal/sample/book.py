"""What the sample stands on: people, places and the definitions of `data/sample`."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from accounts.models import Agency, Post, User
from common import fiscal
from kpi.models import KPI
from strategy.models import Issue
from submissions.models import FiscalYear

PAST, PRESENT = 2569, 2570
STRATEGIST, SECOND_STRATEGIST = "strategist", "arthit"


def moment(day: date, hour: int = 10) -> datetime:
    return datetime.combine(day, time(hour), fiscal.ZONE)


def decimal_of(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))


@dataclass
class Book:
    """What the sample stands on: people, places and the definitions read from the folder."""

    people: Mapping[str, Any]
    issues: Sequence[Mapping[str, Any]]
    kpis: Sequence[Mapping[str, Any]]
    projects: Sequence[Mapping[str, Any]]
    meeting: Mapping[str, Any]
    # Which projects and KPIs of the sample the stated outstanding result rests on.
    ties: Mapping[str, Any]
    schemes: Mapping[str, Any]
    learning: Mapping[str, Any]
    needs: Mapping[str, Any]
    planning: Mapping[str, Any]
    incident: Mapping[str, Any]
    oversight: Mapping[str, Any]
    seeds: Mapping[str, str]
    users: dict[str, User] = field(default_factory=dict)
    agencies: dict[str, Agency] = field(default_factory=dict)
    posts: dict[str, Post] = field(default_factory=dict)
    issue_rows: dict[str, Issue] = field(default_factory=dict)
    years: dict[int, FiscalYear] = field(default_factory=dict)
    kpi_rows: dict[tuple[int, str], KPI] = field(default_factory=dict)

    def person(self, agency: str, role: str) -> User:
        """Return the first person of a role in an agency."""
        for each in self.people["people"]:
            if each["agency"] == agency and each["role"] == role:
                return self.users[each["username"]]
        raise LookupError(f"no {role} of {agency} in people.json")

    def holder(self, post: str, day: date) -> User:
        """Return who types for a post on a day: its holder, or the post above where vacant."""
        stated = next(each for each in self.people["posts"] if each["code"] == post)
        left = stated.get("until")
        if stated["holder"] and (left is None or day <= date.fromisoformat(left)):
            return self.users[stated["holder"]]
        return self.holder(stated["supervising"], day)


def read_book(folder: Path, province: Path) -> Book:
    """Read the sample's definitions; issues take their Thai names from the province's own file."""

    def read(path: Path) -> Any:
        return json.loads(path.read_text(encoding="utf-8"))

    illustrative = read(province / "provincial_plan.json")["development_issues_illustrative"]
    return Book(
        people=read(folder / "people.json"),
        issues=read(folder / "issues.json")["issues"],
        kpis=read(folder / "kpis.json")["kpis"],
        projects=read(folder / "projects.json")["projects"],
        meeting=read(folder / "meeting.json"),
        ties=read(folder / "projects.json")["story"],
        schemes=read(folder / "schemes.json"),
        learning=read(folder / "learning.json"),
        needs=read(folder / "needs.json"),
        planning=read(folder / "planning.json"),
        incident=read(folder / "incident.json"),
        oversight=read(folder / "oversight.json"),
        seeds={item["code"]: item["th"] for item in illustrative["items"]},
    )


def is_loaded() -> bool:
    """Say whether the sample is there."""
    return KPI.objects.filter(is_sample=True).exists()
