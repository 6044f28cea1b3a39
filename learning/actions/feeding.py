"""Let the KPI that the rule names show how many officers have met it."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common import fiscal
from common.refusal import Refused
from kpi.actions import ResultEntry, record_results
from kpi.models import Result
from learning.models import Rule
from learning.rollups import compliance_of, standings_of
from submissions.models import Quarter


@transaction.atomic
def feed_kpi(*, rule: Rule, quarter: Quarter, by: User, at: datetime) -> Result:
    """Write the compliance of the day as a draft of the rule's KPI, through the verb of reporters.

    Numerator: officers who have met the rule; denominator: all officers. The draft is submitted and
    signed like any other.

    :raises Refused: if the rule names no KPI, or the person does not report it.
    """
    if rule.kpi is None:
        raise Refused(_("ยังไม่ได้กำหนดตัวชี้วัดที่ใช้ผลนี้ กำหนดในเกณฑ์ของปีก่อน"), code="no_kpi")
    compliance = compliance_of(standings_of(rule, fiscal.local_date(at)))
    there = Result.objects.filter(kpi=rule.kpi, quarter=quarter).first()
    entry = ResultEntry(
        kpi_id=rule.kpi.pk,
        quarter_id=quarter.pk,
        numerator=Decimal(compliance.met),
        denominator=Decimal(compliance.officers),
        note=_("จากบันทึกการเรียนรู้ที่ยืนยันแล้วของปี %(year)d") % {"year": rule.year},
        version=there.version if there else 0,
    )
    [result] = record_results(entries=[entry], by=by, at=at)
    return result
