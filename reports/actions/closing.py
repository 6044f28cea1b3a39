"""Open and close a quarter: compute, say what is missing, freeze, in one transaction."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Role, User
from audit.log import record
from budget.actions import recompute_money
from common import fiscal
from common.refusal import Refused
from kpi.actions.recomputing import keep_what_is_in_force, recompute_quarters
from projects.actions import refresh_year
from reports import document as shape
from reports import rollups, rules
from reports.models import Freeze
from submissions.actions import open_quarter
from submissions.models import Month, PeriodState, Quarter
from submissions.rules import standing_of

# So many missing entries are named in a refusal; the page lists them all.
_NAMED = 5


@transaction.atomic
def open_for_reporting(*, quarter: Quarter, by: User, at: datetime) -> Quarter:
    """Open a planned quarter and its months.

    :raises Refused: if the person may not, or the quarter is not planned.
    """
    standing = standing_of(by, fiscal.local_date(at))
    if reason := rules.why_not_open(quarter, standing):
        raise Refused(reason, code="not_openable")
    return open_quarter(quarter=quarter, by=by, at=at)


@transaction.atomic
def close_quarter(
    *, quarter: Quarter, by: User, at: datetime, missing_accepted: bool = False
) -> Freeze:
    """Close a quarter and freeze its figures; nothing that is done afterwards changes them.

    `missing_accepted` closes although entries are missing: they score as the year's rules say.

    :raises Refused: if the person may not, it is not over or open, or entries are missing.
    """
    # Waits for every save that holds the quarter or its months, and keeps new ones out.
    quarter = Quarter.objects.select_for_update().get(pk=quarter.pk)
    months = Month.objects.filter(
        fiscal_year=quarter.fiscal_year_id,
        number__range=(quarter.number * 3 - 2, quarter.number * 3),
    )
    held = list(months.select_for_update().order_by("pk"))
    standing = standing_of(by, fiscal.local_date(at))
    if reason := rules.why_not_close(quarter, standing, at):
        raise Refused(reason, code="not_closable")
    refresh_quarter(quarter=quarter, by=by, at=at)
    missing = rules.missing_of(quarter)
    if missing and not missing_accepted:
        raise Refused(_missing_sentence(missing), code="missing")
    closed = Quarter.objects.filter(pk=quarter.pk, state=PeriodState.OPEN)
    if not closed.update(state=PeriodState.CLOSED, closed_at=at, closed_by=by):
        raise Refused(_("ไตรมาสนี้ปิดไปแล้ว"), code="not_closable")
    Month.objects.filter(pk__in=[month.pk for month in held]).update(state=PeriodState.CLOSED)
    quarter.refresh_from_db()
    # What is missing scores differently once the quarter is closed.
    refresh_quarter(quarter=quarter, by=by, at=at)
    keep_what_is_in_force(quarter)
    freeze = _freeze(quarter, by=by, at=at)
    record(
        "reports.quarter.closed",
        quarter,
        by=by,
        at=at,
        role=Role.STRATEGIST,
        after={"sha256": freeze.sha256, "missing": len(missing)},
    )
    return freeze


@transaction.atomic
def refresh_quarter(*, quarter: Quarter, by: User | None, at: datetime) -> None:
    """Compute every figure of the quarter's year that is stale, now and here."""
    year = quarter.fiscal_year
    recompute_quarters(year=year.year, numbers={quarter.number}, at=at)
    refresh_year(year=year, by=by, at=at)
    recompute_money(year=year, by=by, at=at)


def _freeze(quarter: Quarter, *, by: User, at: datetime) -> Freeze:
    plain = shape.plain(rollups.frozen_of(quarter, at=at))
    return Freeze.objects.create(
        quarter=quarter,
        number=0,
        document=plain,
        sha256=shape.sha256(shape.canonical(plain)),
        made_by=by,
        made_at=at,
    )


def _missing_sentence(missing: list[rules.Missing]) -> str:
    named = ", ".join(f"{each.code} {each.name}".strip() for each in missing[:_NAMED])
    rest = len(missing) - _NAMED
    more = _(" และอีก %(count)d รายการ") % {"count": rest} if rest > 0 else ""
    return _("ยังขาด %(count)d รายการ: %(named)s%(more)s") % {
        "count": len(missing),
        "named": named,
        "more": more,
    }
