"""Scorecards as agreements: copied from last year, signed by both sides, taken back before that."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.log import Deed, record_many
from common import fiscal
from common.refusal import Refused
from kpi.actions.definitions import (
    KPIInput,
    LinkInput,
    TargetInput,
    grow_version,
    link_kpis,
    put_kpis,
    refresh_year,
)
from kpi.models import KPI, Figure, Link, Result, Scorecard, ScoreCurve, Target
from kpi.rules import agreements as rules
from kpi.rules.agreements import Side
from submissions.actions import changed_meanwhile
from submissions.models import Quarter
from submissions.rules import standing_of

COPIED = (
    *("weight", "reports_own", "needs_acceptance", "year_target", "year_low", "year_high"),
    *("base_year", "base_value", "base_unit_th", "expected_evidence_th"),
)
TARGETS = ("value", "low", "high", "planned_denominator", "base")


def input_of(kpi: KPI, stored: Sequence[Target], /, **changed: Any) -> KPIInput:
    """Return a KPI as it stands, with some of it changed, as the verbs take it."""
    values: dict[str, Any] = {name: getattr(kpi, name) for name in COPIED}
    values |= {
        "code": kpi.code,
        "indicator": kpi.indicator,
        "curve": kpi.curve,
        "issue": kpi.issue,
        "agency": kpi.agency,
        "is_sample": kpi.is_sample,
        "targets": {
            target.quarter: TargetInput(**{name: getattr(target, name) for name in TARGETS})
            for target in stored
        },
    }
    return KPIInput(**(values | changed))


@transaction.atomic
def copy_scorecard(*, scorecard: Scorecard, by: User, at: datetime) -> list[KPI]:
    """Put last year's KPIs that are not there yet, with their targets, curves and links upwards.

    :raises Refused: if the person may not, there is nothing to copy, or a line cannot stand by this
        year's rules.
    """
    last = _last_years(scorecard)
    if last is None:
        raise Refused(_("ไม่มีใบคะแนนของปีก่อนให้คัดลอก เพิ่มตัวชี้วัดเองได้"), code="nothing")
    there = set(KPI.objects.for_year(scorecard.fiscal_year_id).values_list("code", flat=True))
    lines = [
        kpi
        for kpi in KPI.objects.filter(scorecard=last)
        .with_rules()
        .prefetch_related("targets")
        .in_code_order()
        if kpi.code not in there
    ]
    if not lines:
        raise Refused(_("ตัวชี้วัดของปีก่อนอยู่ในใบนี้ครบแล้ว"), code="nothing")
    curves = {
        curve.pk: _of_year(curve, scorecard.fiscal_year_id)
        for curve in {kpi.curve for kpi in lines}
    }
    put = put_kpis(
        scorecard=scorecard,
        kpis=[
            input_of(kpi, list(kpi.targets.all()), curve=curves[kpi.curve_id], copied_from=kpi)
            for kpi in lines
        ],
        by=by,
        at=at,
    )
    _copy_links(lines, scorecard.fiscal_year_id, by=by, at=at)
    return put


def _last_years(scorecard: Scorecard) -> Scorecard | None:
    found = Scorecard.objects.for_year(scorecard.fiscal_year_id - 1).filter(
        level=scorecard.level, post=scorecard.post_id
    )
    if scorecard.level == Scorecard.Level.AGENCY:
        found = found.filter(agency=scorecard.agency_id)
    return found.first()


def _of_year(curve: ScoreCurve, year: int) -> ScoreCurve:
    """The curve of the same code in a year; drawn anew where the year has none."""
    kept = {
        name: getattr(curve, name)
        for name in (
            *("name_th", "name_en", "preset", "axis", "points", "steps_only"),
            *("below_first", "is_sample"),
        )
    }
    copied, _made = ScoreCurve.objects.get_or_create(
        fiscal_year_id=year, code=curve.code, defaults=kept
    )
    return copied


def _copy_links(lines: Sequence[KPI], year: int, *, by: User, at: datetime) -> None:
    """Link the copies as last year's were, where the parent is there this year too."""
    before = list(Link.objects.filter(child__in=lines).select_related("parent", "child"))
    codes = {code for link in before for code in (link.parent.code, link.child.code)}
    now = {kpi.code: kpi for kpi in KPI.objects.for_year(year).filter(code__in=codes).with_rules()}
    link_kpis(
        links=[
            LinkInput(now[link.parent.code], now[link.child.code], link.kind, link.weight)
            for link in before
            if link.parent.code in now and link.child.code in now
        ],
        by=by,
        at=at,
    )


@transaction.atomic
def drop_kpi(*, kpi: KPI, seen: int, by: User, at: datetime) -> None:
    """Take a KPI off a scorecard that is not signed; one with entries or children stays.

    :raises Refused: if the person may not, it is signed, reported on, or served by others.
    """
    scorecard = kpi.scorecard
    standing = standing_of(by, fiscal.local_date(at))
    if reason := rules.why_not_change(scorecard, standing):
        raise Refused(reason, code="not_allowed")
    if Result.objects.filter(kpi=kpi).exists():
        raise Refused(_("ตัวชี้วัดนี้มีผลที่รายงานแล้ว เอาออกไม่ได้"), code="reported")
    if Link.objects.filter(parent=kpi).exists():
        raise Refused(_("ตัวชี้วัดนี้ถ่ายทอดให้ผู้อื่นแล้ว ยกเลิกการถ่ายทอดก่อน"), code="served")
    if KPI.objects.filter(copied_from=kpi).exists():
        raise Refused(_("ปีถัดไปคัดลอกตัวชี้วัดนี้แล้ว เอาออกไม่ได้"), code="copied")
    grow_version(scorecard, seen)
    record_many(
        [
            Deed(
                "kpi.kpi.dropped",
                kpi,
                before={"code": kpi.code, "weight": kpi.weight},
                agency_code=kpi.agency.code,
            )
        ],
        by=by,
        at=at,
    )
    year = kpi.fiscal_year_id
    above = list(Link.objects.filter(child=kpi).values_list("parent_id", flat=True))
    Link.objects.filter(child=kpi).delete()
    Target.objects.filter(kpi=kpi).delete()
    Figure.objects.filter(kpi=kpi).delete()
    kpi.delete()
    refresh_year(above, year, list(Quarter.objects.filter(fiscal_year=year)))


@transaction.atomic
def sign_scorecard(
    *, scorecard: Scorecard, side: Side, seen: int, by: User, at: datetime
) -> Scorecard:
    """Sign for a side; the scorecard is agreed once both have signed what they saw.

    :raises Refused: if it is not complete, not the person's side, or changed meanwhile.
    """
    standing = standing_of(by, fiscal.local_date(at))
    missing = rules.missing_of(rules.standings_of(scorecard))
    if reason := rules.why_not_sign(scorecard, side, standing, missing):
        raise Refused(reason, code="not_signable")
    other = rules.other_side(side)
    stamps: dict[str, Any] = {f"{side}_signed_by": by, f"{side}_signed_at": at}
    is_last = rules.signer_of(scorecard, other) is not None
    if is_last:
        stamps["state"] = Scorecard.State.SIGNED
    unmoved = Scorecard.objects.filter(
        pk=scorecard.pk,
        version=seen,
        state=Scorecard.State.DRAFT,
        **{f"{side}_signed_by": None, f"{other}_signed_by__isnull": not is_last},
    )
    if not unmoved.update(**stamps):
        raise Refused(changed_meanwhile(), code="stale")
    scorecard.refresh_from_db()
    record_many(
        [
            Deed(
                "kpi.scorecard.signed",
                scorecard,
                after={"side": side.value, "version": seen, "state": scorecard.state},
                agency_code=scorecard.agency.code,
            )
        ],
        by=by,
        at=at,
    )
    return scorecard


@transaction.atomic
def withdraw_signatures(*, scorecard: Scorecard, by: User, at: datetime) -> Scorecard:
    """Take the signature on a scorecard back before the other side has signed, so that it can change.

    :raises Refused: if both have signed, nobody has, or the person is of neither side.
    """
    standing = standing_of(by, fiscal.local_date(at))
    if reason := rules.why_not_withdraw(scorecard, standing):
        raise Refused(reason, code="not_allowed")
    unmoved = Scorecard.objects.filter(pk=scorecard.pk, state=Scorecard.State.DRAFT)
    blank = dict.fromkeys(f"{side}_signed_{what}" for side in Side for what in ("by", "at"))
    if not unmoved.update(**blank):
        raise Refused(changed_meanwhile(), code="stale")
    scorecard.refresh_from_db()
    record_many(
        [Deed("kpi.scorecard.withdrawn", scorecard, agency_code=scorecard.agency.code)],
        by=by,
        at=at,
    )
    return scorecard
