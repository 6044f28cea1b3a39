"""Let a KPI show a figure of an incident, through the verb that reporters use."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.log import Deed, record_many
from common import fiscal, thaidates
from common.refusal import EntriesRefused, Refused
from covid import rules
from covid.document import FigureKind
from covid.models import Incident
from covid.rollups import figure_of
from kpi.actions import ResultEntry, record_results
from kpi.models import KPI, Result
from submissions.models import Quarter


@transaction.atomic
def feed_kpi(
    *, incident: Incident, kind: FigureKind, kpi: KPI, quarter: Quarter, by: User, at: datetime
) -> Result:
    """Write a figure of the quarter's days as a draft of a KPI, with its source in the remark.

    The draft is submitted and signed like any other; feeding again brings it up to date.

    :raises Refused: if nothing was written down for the quarter, the person does not report the KPI,
        or it does not take such a figure.
    """
    first = fiscal.quarter_start(quarter.fiscal_year_id, quarter.number)
    last = fiscal.quarter_end(quarter.fiscal_year_id, quarter.number)
    figure = figure_of(incident, kind, first, min(last, fiscal.local_date(at)))
    if figure is None:
        raise Refused(_("ยังไม่มีตัวเลขนี้ในไตรมาสที่เลือก"), code="no_figure")
    there = Result.objects.filter(kpi=kpi, quarter=quarter).first()
    entry = ResultEntry(
        kpi_id=kpi.pk,
        quarter_id=quarter.pk,
        value=_decimal(figure.value),
        numerator=_decimal(figure.numerator),
        denominator=_decimal(figure.denominator),
        note=_("จากบันทึกเหตุการณ์ %(incident)s: %(figure)s ถึงวันที่ %(day)s")
        % {
            "incident": incident.name_th,
            "figure": rules.words_of_figure(kind),
            "day": thaidates.format_date(figure.until, "short"),
        },
        version=there.version if there else 0,
        is_sample=incident.is_sample,
    )
    try:
        [result] = record_results(entries=[entry], by=by, at=at)
    except EntriesRefused as refused:
        raise refused.by_entry[0] from refused
    after = {"kpi": kpi.code, "figure": kind.value, "until": figure.until, "entry": result.pk}
    record_many([Deed("covid.kpi.fed", incident, after=after)], by=by, at=at)
    return result


def _decimal(value: int | None) -> Decimal | None:
    return None if value is None else Decimal(value)
