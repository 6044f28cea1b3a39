"""KPIs that match a text, in the shared shape."""

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.rules import Visitor
from common.clock import today
from common.search import Hit
from kpi.models import KPI, Scorecard
from submissions.rules import standing_of

MOST = 20


def search(text: str, user: Visitor) -> list[Hit]:
    """Return the KPIs that the person may see and whose code, name or definition holds the text.

    A visitor finds what is published; personal KPIs are found by their holder and the post above.
    Of a KPI that runs over years only the newest is given.
    """
    wanted = text.strip()
    if not wanted:
        return []
    standing = standing_of(user, today())
    kpis = KPI.objects.visible_to(standing) if standing.pairs else KPI.objects.public()
    found = (
        kpis.filter(
            Q(code__icontains=wanted)
            | Q(indicator__name_th__icontains=wanted)
            | Q(indicator__name_en__icontains=wanted)
            | Q(indicator__definition_th__icontains=wanted)
        )
        .with_rules()
        .order_by("-fiscal_year", "scorecard__level", "code")
    )
    newest: dict[str, KPI] = {}
    for kpi in found[: MOST * 5]:
        newest.setdefault(kpi.code, kpi)
    return [
        Hit(
            kind=_("ตัวชี้วัด"),
            code=kpi.code,
            label=kpi.name,
            url=reverse("kpi:kpi-detail", args=[kpi.code]),
            extra=kpi.agency.name,
            rank=0 if kpi.scorecard.level == Scorecard.Level.PROVINCE else 1,
        )
        for kpi in list(newest.values())[:MOST]
    ]
