"""Restate a closed quarter, and every later closed one whose year to date contains it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Role, User
from audit.log import Deed, record_many
from common import fiscal
from common.refusal import Refused
from kpi.actions.corrections import ResultCorrection, correct_results
from kpi.actions.recomputing import recompute_quarters
from reports import document as shape
from reports import rollups, rules
from reports.models import Freeze
from reports.rollups.checking import edited_since
from reports.scoring import limits_of
from submissions.models import PeriodState, Quarter
from submissions.rules import standing_of


@transaction.atomic
def restate_quarter(
    *,
    quarter: Quarter,
    corrections: Sequence[ResultCorrection],
    reason: str,
    by: User,
    agreed_by: User,
    at: datetime,
) -> list[Freeze]:
    """Correct signed entries of a closed quarter and freeze it, and the later ones, once more.

    Only what stands above the corrected entries changes; the weights, rules, targets and curves are
    those that were frozen. Answers the new documents, the corrected quarter's first.

    :raises Refused: if it is open, there is no reason or second person, or a definition was edited.
    """
    affected = list(
        Quarter.objects.select_for_update(of=("self",))
        .filter(
            fiscal_year=quarter.fiscal_year_id,
            number__gte=quarter.number,
            state__in=(PeriodState.CLOSED, PeriodState.PUBLISHED),
        )
        .select_related("fiscal_year")
        .order_by("number")
    )
    quarter = Quarter.objects.get(pk=quarter.pk)
    day = fiscal.local_date(at)
    refusal = rules.why_not_restate(
        quarter, standing_of(by, day), standing_of(agreed_by, day), reason
    )
    if refusal:
        raise Refused(refusal, code="not_restatable")
    correct_results(corrections=corrections, reason=reason, by=by, at=at)
    made = [
        _restate(each, corrections, reason=reason, by=by, agreed_by=agreed_by, at=at)
        for each in affected
    ]
    record_many(
        [
            Deed(
                "reports.quarter.restated",
                freeze.quarter,
                after={"number": freeze.number, "sha256": freeze.sha256, "agreed": agreed_by.pk},
                reason=reason,
            )
            for freeze in made
        ],
        by=by,
        at=at,
        role=Role.STRATEGIST,
    )
    return made


def _restate(
    quarter: Quarter,
    corrections: Sequence[ResultCorrection],
    *,
    reason: str,
    by: User,
    agreed_by: User,
    at: datetime,
) -> Freeze:
    before = rollups.newest_freeze(quarter)
    if before is None:
        raise Refused(_("ไตรมาส %(quarter)s ไม่มีค่าที่ปิดไว้") % {"quarter": quarter}, code="unfrozen")
    frozen = shape.read(shape.Frozen, before.document)
    # As on the day of the close: what was late then is late now.
    closed_at = datetime.fromisoformat(frozen.closed_at)
    recompute_quarters(year=quarter.fiscal_year_id, numbers={quarter.number}, at=closed_at)
    again = rollups.frozen_of(quarter, at=closed_at)
    touched = _above({each.result.kpi.code for each in corrections}, frozen)
    if edited := sorted(touched & edited_since(frozen, again)):
        raise Refused(
            _("เป้าหมาย กติกา หรือเกณฑ์ของ %(codes)s ถูกแก้หลังปิดไตรมาส จึงแก้ไขย้อนหลังไม่ได้")
            % {"codes": ", ".join(edited)},
            code="definition_edited",
        )
    restated = rollups.with_totals(
        _merged(frozen, again, touched), limits_of(quarter.fiscal_year.thresholds)
    )
    plain = shape.plain(restated)
    return Freeze.objects.create(
        quarter=quarter,
        number=before.number + 1,
        document=plain,
        sha256=shape.sha256(shape.canonical(plain)),
        made_by=by,
        made_at=at,
        reason=reason,
        agreed_by=agreed_by,
    )


def _above(codes: set[str], frozen: shape.Frozen) -> set[str]:
    """Return the KPIs and all whose figure they make: share parents, and what shows the same."""
    found, waiting = set(codes), list(codes)
    while waiting:
        code = waiting.pop()
        next_codes = {
            link.parent_code if link.kind == "share" else link.child_code
            for link in frozen.links
            if (link.kind == "share" and link.child_code == code)
            or (link.kind == "same" and link.parent_code == code)
        }
        waiting += next_codes - found
        found |= next_codes
    return found


def _merged(frozen: shape.Frozen, again: shape.Frozen, touched: set[str]) -> shape.Frozen:
    """Take the touched KPIs' figures from the new run, everything else from the old document."""
    rows = {row.code: row for row in again.kpis}
    entries = {each.kpi_code: each for each in again.contributions}
    kpis = tuple(
        replace(
            rows[row.code],
            name=row.name,
            weight=row.weight,
            corrected="restated" if _differs(row, rows[row.code]) else row.corrected,
        )
        if row.code in touched
        else row
        for row in frozen.kpis
    )
    contributions = tuple(
        entries.get(each.kpi_code, each) if each.kpi_code in touched else each
        for each in frozen.contributions
    )
    return replace(frozen, kpis=kpis, contributions=contributions)


def _differs(before: shape.KPIRow, after: shape.KPIRow) -> bool:
    return (before.ytd_value, before.ytd_state) != (after.ytd_value, after.ytd_state)
