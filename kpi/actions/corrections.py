"""Correct signed entries of a closed quarter: part of a restatement, never a way around it."""

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
from kpi.models import Result
from submissions.actions import changed_meanwhile, refuse_all
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

    :raises EntriesRefused: where an entry is not signed, its quarter is open, or it moved on.
    """
    refusals: dict[int, Refused] = {}
    deeds, corrected = [], []
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
    return list(Result.objects.filter(pk__in=corrected).select_related("kpi", "quarter"))
