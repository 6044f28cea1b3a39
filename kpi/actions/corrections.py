"""Correct signed entries of a closed quarter: part of a restatement, never a way around it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import Role, User
from audit.log import Deed, record_many
from common.refusal import Refused
from kpi import rollups
from kpi.models import Result
from kpi.tasks import ask_refresh
from submissions.actions import changed_meanwhile, refuse_all
from submissions.models import Quarter
from submissions.workflow import COUNTED

_COUNTED = [status.value for status in COUNTED]


@dataclass(frozen=True, slots=True)
class ResultCorrection:
    """What a signed entry should have said; `version` is the one that was read."""

    result: Result
    version: int
    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None


@transaction.atomic
def correct_results(
    *, corrections: Sequence[ResultCorrection], reason: str, by: User, at: datetime
) -> list[Result]:
    """Put other figures into signed entries; the caller restates what stands above them.

    What stands above them is marked, also in later quarters that are still open; those are computed
    by the job that is asked for.

    :raises EntriesRefused: where an entry is not signed, its quarter is open, or it moved on.
    """
    refusals: dict[int, Refused] = {}
    deeds, corrected = [], []
    _hold_years(corrections)
    for position, each in enumerate(corrections):
        before = Result.objects.select_related("quarter", "kpi__agency").get(pk=each.result.pk)
        if not before.quarter.is_closed:
            refusals[position] = Refused(_("ไตรมาสนี้ยังไม่ปิด แก้ไขที่รายการได้เลย"), code="period_open")
            continue
        named = {
            "value": each.value,
            "numerator": each.numerator,
            "denominator": each.denominator,
        }
        signed = Result.objects.filter(
            pk=before.pk, version=each.version, status__in=_COUNTED, is_not_applicable=False
        )
        if not signed.update(**named, version=F("version") + 1):
            refusals[position] = Refused(changed_meanwhile(), code="changed_meanwhile")
            continue
        deeds.append(
            Deed(
                "kpi.result.corrected",
                before,
                before={name: getattr(before, name) for name in named},
                after=named,
                reason=reason,
                agency_code=before.kpi.agency.code,
            )
        )
        corrected.append(before.pk)
    refuse_all(refusals)
    record_many(deeds, by=by, at=at, role=Role.STRATEGIST)
    found = list(
        Result.objects.filter(pk__in=corrected).select_related("kpi", "quarter").order_by("pk")
    )
    by_quarter: dict[Quarter, list[int]] = defaultdict(list)
    for result in found:
        by_quarter[result.quarter].append(result.kpi_id)
    for quarter, kpi_ids in by_quarter.items():
        ask_refresh(kpi_ids=kpi_ids, quarter=quarter)
    return found


def _hold_years(corrections: Sequence[ResultCorrection]) -> None:
    """Wait for runs of the years first: the caller computes after figures are marked, a run before."""
    quarters = {each.result.quarter_id for each in corrections}
    years = Quarter.objects.filter(pk__in=quarters).values_list("fiscal_year_id", flat=True)
    for year in sorted(set(years)):
        rollups.hold_year(year)
