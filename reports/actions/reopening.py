"""Let an agency correct entries of a closed quarter, and restate with it: each step by two people."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Agency, Role, User
from audit.log import Deed, record, record_many
from common import fiscal
from common.refusal import Refused
from kpi.actions.corrections import ResultCorrection
from kpi.actions.results import FieldRefused
from kpi.models import KPI, Result
from kpi.rules.entries import why_not_typed
from kpi.rules.surroundings import Typed, surroundings_of
from reports import rules
from reports.actions.restating import restate_quarter
from reports.models import Correction, Freeze, Reopening, Restatement
from submissions.actions import changed_meanwhile, refuse_all
from submissions.models import Quarter
from submissions.rules import standing_of


@transaction.atomic
def ask_reopening(
    *, quarter: Quarter, agency: Agency, until_date: date, reason: str, by: User, at: datetime
) -> Reopening:
    """Ask that an agency may correct its entries of a closed quarter until a day.

    :raises Refused: if the person may not, the quarter is open, or the day is not in the near future.
    """
    day = fiscal.local_date(at)
    refusal = rules.why_not_reopen(quarter, standing_of(by, day), until_date, reason, day)
    if refusal:
        raise Refused(refusal, code="not_reopenable")
    asked = Reopening.objects.create(
        quarter=quarter,
        agency=agency,
        reason=reason.strip(),
        until_date=until_date,
        asked_by=by,
        asked_at=at,
    )
    _log("reports.reopening.asked", asked, agency.code, reason, by=by, at=at)
    return asked


@transaction.atomic
def agree_reopening(*, reopening: Reopening, by: User, at: datetime) -> None:
    """Agree as the second person; from now on the agency may correct.

    :raises Refused: if it is the same person, not of the office, or it was agreed to already.
    """
    standing = standing_of(by, fiscal.local_date(at))
    if refusal := rules.why_not_agree(reopening.asked_by_id, standing):
        raise Refused(refusal, code="two_people")
    waiting = Reopening.objects.filter(pk=reopening.pk, agreed_at=None)
    if not waiting.update(agreed_by=by, agreed_at=at):
        raise Refused(changed_meanwhile(), code="changed_meanwhile")
    code = reopening.agency.code
    _log("reports.reopening.agreed", reopening, code, reopening.reason, by=by, at=at)


@dataclass(frozen=True, slots=True)
class Proposed:
    """What an entry should have said, and why; `version` is the one that was read."""

    result: Result
    version: int
    note: str
    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None


@transaction.atomic
def propose_corrections(
    *, quarter: Quarter, proposed: Sequence[Proposed], by: User, at: datetime
) -> list[Correction]:
    """Keep what signed entries of a closed quarter should have said; a later word replaces it.

    The agency's own while it is reopened; the office's people may propose for everybody.

    :raises EntriesRefused: by position, with a FieldRefused each.
    """
    day = fiscal.local_date(at)
    standing = standing_of(by, day)
    rows = Result.objects.select_related("kpi__agency", "kpi__scorecard", "quarter").in_bulk(
        [each.result.pk for each in proposed]
    )
    kpis = KPI.objects.with_rules().filter(pk__in=[row.kpi_id for row in rows.values()])
    around = surroundings_of(list(kpis), quarter)
    reopened = {
        each.agency_id: each
        for each in Reopening.objects.filter(quarter=quarter).running(day).order_by("pk")
    }
    refusals: dict[int, Refused] = {}
    for position, each in enumerate(proposed):
        row = rows[each.result.pk]
        typed = Typed(each.value, each.numerator, each.denominator)
        refusal = rules.why_not_correct(row, quarter, standing, frozenset(reopened))
        if refusal:
            refusals[position] = FieldRefused(refusal, field="", code="not_reopened")
        elif row.version != each.version:
            refusals[position] = FieldRefused(
                changed_meanwhile(), field="", code="changed_meanwhile"
            )
        elif not each.note.strip():
            refusals[position] = FieldRefused(_("บอกเหตุผลของรายการที่แก้"), field="note")
        elif wrong := why_not_typed(around[row.kpi_id], typed) or _half(typed):
            refusals[position] = FieldRefused(wrong[1], field=wrong[0])
    refuse_all(refusals)
    kept = []
    for each in proposed:
        row = rows[each.result.pk]
        correction, _created = Correction.objects.update_or_create(
            result=row,
            restatement=None,
            defaults={
                "version": row.version,
                "before": {
                    name: None if (was := getattr(row, name)) is None else f"{was:f}"
                    for name in ("value", "numerator", "denominator")
                },
                "value": each.value,
                "numerator": each.numerator,
                "denominator": each.denominator,
                "note": each.note.strip(),
                "typed_by": by,
                "typed_at": at,
                "reopening": reopened.get(row.kpi.agency_id),
            },
        )
        kept.append(correction)
    record_many(
        [
            Deed(
                "reports.correction.proposed",
                each,
                before=each.before,
                after={name: getattr(each, name) for name in each.before},
                reason=each.note,
                agency_code=rows[each.result_id].kpi.agency.code,
            )
            for each in kept
        ],
        by=by,
        at=at,
    )
    return kept


def _half(typed: Typed) -> tuple[str, str] | None:
    if typed.value is None and typed.numerator is None:
        return ("numerator" if typed.denominator is not None else "value"), _("กรอกตัวเลขที่ถูกต้อง")
    if typed.value is None and typed.denominator is None:
        return "denominator", _("กรอกตัวหาร")
    return None


@transaction.atomic
def ask_restatement(
    *, quarter: Quarter, corrections: Collection[Correction], reason: str, by: User, at: datetime
) -> Restatement:
    """Ask that a closed quarter be restated with these corrections.

    :raises Refused: if the person may not, there is no reason or correction, or one waits already.
    """
    standing = standing_of(by, fiscal.local_date(at))
    waits = Restatement.objects.filter(quarter=quarter, agreed_at=None, declined_at=None).exists()
    refusal = rules.why_not_ask_restatement(
        quarter, standing, reason, count=len(corrections), waits=waits
    )
    if refusal:
        raise Refused(refusal, code="not_restatable")
    asked = Restatement.objects.create(
        quarter=quarter, reason=reason.strip(), asked_by=by, asked_at=at
    )
    taken = Correction.objects.waiting().filter(pk__in=[each.pk for each in corrections])
    if taken.update(restatement=asked) != len(corrections):
        raise Refused(changed_meanwhile(), code="changed_meanwhile")
    _log("reports.restatement.asked", asked, "", reason, by=by, at=at)
    return asked


@transaction.atomic
def agree_restatement(*, restatement: Restatement, by: User, at: datetime) -> list[Freeze]:
    """Agree as the second person: the quarter and the later closed ones are restated now.

    :raises Refused: if it is the same person, or nothing waits, or an entry changed meanwhile.
    """
    standing = standing_of(by, fiscal.local_date(at))
    if refusal := rules.why_not_agree(restatement.asked_by_id, standing):
        raise Refused(refusal, code="two_people")
    waiting = Restatement.objects.filter(pk=restatement.pk, agreed_at=None, declined_at=None)
    if not waiting.update(agreed_by=by, agreed_at=at):
        raise Refused(changed_meanwhile(), code="changed_meanwhile")
    corrections = Correction.objects.filter(restatement=restatement).select_related("result__kpi")
    return restate_quarter(
        quarter=restatement.quarter,
        corrections=[
            ResultCorrection(
                each.result, each.version, each.value, each.numerator, each.denominator
            )
            for each in corrections.order_by("pk")
        ],
        reason=restatement.reason,
        by=restatement.asked_by,
        agreed_by=by,
        at=at,
    )


@transaction.atomic
def decline_restatement(*, restatement: Restatement, by: User, at: datetime) -> None:
    """Decline, or take back what one asked for oneself; its corrections are kept with it.

    :raises Refused: if the person is not of the office, or nothing waits.
    """
    if refusal := rules.why_not_strategist(standing_of(by, fiscal.local_date(at))):
        raise Refused(refusal, code="not_strategist")
    waiting = Restatement.objects.filter(pk=restatement.pk, agreed_at=None, declined_at=None)
    if not waiting.update(declined_by=by, declined_at=at):
        raise Refused(changed_meanwhile(), code="changed_meanwhile")
    _log("reports.restatement.declined", restatement, "", restatement.reason, by=by, at=at)


def _log(
    verb: str,
    subject: Reopening | Restatement,
    agency_code: str,
    reason: str,
    *,
    by: User,
    at: datetime,
) -> None:
    record(
        verb, subject, by=by, at=at, role=Role.STRATEGIST, reason=reason, agency_code=agency_code
    )
