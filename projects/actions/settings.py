"""What a fiscal year asks of progress: bounds and rhythm, kept as data of the year."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Role, User
from audit.log import record
from common import fiscal
from common.refusal import Refused
from projects import rollups, rules
from projects.actions.figures import ask_refresh
from projects.models import Project
from submissions.models import FiscalYear, Quarter
from submissions.rules import standing_of


@dataclass(frozen=True, slots=True)
class ProgressSettings:
    """Below which variance a project is behind and critical, how far money and delivery may run
    apart, all in points, and whether progress is asked for by the month."""

    behind: Decimal
    critical: Decimal
    money_ahead: Decimal
    delivery_ahead: Decimal
    monthly: bool


@transaction.atomic
def set_progress_settings(
    *, year: FiscalYear, settings: ProgressSettings, by: User, at: datetime
) -> FiscalYear:
    """Set what a year asks of progress, and have its figures compared anew.

    :raises Refused: if the person may not, or the bounds do not stand.
    """
    if not standing_of(by, fiscal.local_date(at)).has(Role.STRATEGIST):
        raise Refused(_("เฉพาะกลุ่มงานยุทธศาสตร์ฯ ตั้งเกณฑ์ของปีได้"), code="not_strategist")
    if reason := rules.why_not_settings(
        settings.behind, settings.critical, settings.money_ahead, settings.delivery_ahead
    ):
        raise Refused(reason, code="bounds")
    fresh = FiscalYear.objects.select_for_update().get(pk=year.pk)
    before = fresh.thresholds.get("progress", {})
    after = {
        "behind": str(settings.behind),
        "critical": str(settings.critical),
        "money_ahead": str(settings.money_ahead),
        "delivery_ahead": str(settings.delivery_ahead),
        "monthly": settings.monthly,
    }
    fresh.thresholds = {**fresh.thresholds, "progress": after}
    fresh.save(update_fields=["thresholds"])
    record(
        "projects.settings.changed",
        fresh,
        by=by,
        at=at,
        role=Role.STRATEGIST,
        before=before,
        after=after,
    )
    projects = set(Project.objects.for_year(year.pk).values_list("pk", flat=True))
    quarters = list(Quarter.objects.filter(fiscal_year=year).values_list("pk", flat=True))
    rollups.touch([(project, quarter) for project in projects for quarter in quarters[:1]])
    ask_refresh(projects, year.pk)
    return fresh
