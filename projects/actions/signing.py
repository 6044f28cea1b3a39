"""How a report is moved, signed and sent back, be it a quarter's or a month's."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db.models import QuerySet

from accounts.models import Role, User
from accounts.rules import Standing
from common import fiscal
from common.refusal import Refused
from projects.models import MonthlyProgress, Progress
from submissions.actions import move_entries, refuse_all, undo_entries
from submissions.rules import standing_of
from submissions.workflow import Status

Report = TypeVar("Report", Progress, MonthlyProgress)


@dataclass(frozen=True, slots=True)
class Sort(Generic[Report]):
    """A sort of report: where it is read, its name in the log, its rules, what it moves above."""

    reports: Callable[[], QuerySet[Report, Any]]
    name: str
    why_not_approve: Callable[[Report, Standing], str | None]
    why_not_return: Callable[[Report, Standing, str], str | None]
    refresh: Callable[[Sequence[Report]], None]

    def loaded(self, entries: Sequence[Report]) -> list[Report]:
        """Return the reports with what the rules look at, in order, as the caller saw them."""
        fresh = self.reports().in_bulk([report.pk for report in entries])
        listed = []
        for report in entries:
            row = fresh[report.pk]
            row.status, row.version = report.status, report.version
            listed.append(row)
        return listed

    def move(
        self,
        reports: Sequence[Report],
        *,
        to: Status,
        by: User,
        at: datetime,
        role: str,
        reason: str = "",
    ) -> None:
        """Move reports on in the workflow by compare-and-set, and log it."""
        if reports:
            move_entries(
                list(reports),
                to=to,
                by=by,
                at=at,
                verb=f"{self.name}.{to.value}",
                role=role,
                agency_code=lambda report: report.project.host_agency.code,
                reason=reason,
            )

    def approve(self, entries: Sequence[Report], *, by: User, at: datetime) -> list[Report]:
        """Sign reports and refresh the figures above them."""
        listed = self.loaded(entries)
        standing = standing_of(by, fiscal.local_date(at))
        _refuse([self.why_not_approve(report, standing) for report in listed])
        self.move(listed, to=Status.APPROVED, by=by, at=at, role=Role.APPROVER)
        self.refresh(listed)
        return listed

    def send_back(
        self, entries: Sequence[Report], *, reason: str, by: User, at: datetime
    ) -> list[Report]:
        """Send reports back with a reason; a signed one leaves the figures above it."""
        listed = self.loaded(entries)
        standing = standing_of(by, fiscal.local_date(at))
        _refuse([self.why_not_return(report, standing, reason) for report in listed])
        self.move(listed, to=Status.RETURNED, by=by, at=at, role=Role.APPROVER, reason=reason)
        self.refresh(listed)
        return listed

    def undo(self, entries: Sequence[Report], *, by: User, at: datetime) -> list[Report]:
        """Take back one's own signature or return of a moment ago, and refresh the figures above."""
        listed = self.loaded(entries)
        undo_entries(
            listed,
            by=by,
            at=at,
            verb=f"{self.name}.undone",
            agency_code=lambda report: report.project.host_agency.code,
        )
        self.refresh(listed)
        return listed


def _refuse(reasons: Sequence[str | None]) -> None:
    refuse_all(
        {
            position: Refused(reason, code="not_allowed")
            for position, reason in enumerate(reasons)
            if reason
        }
    )
