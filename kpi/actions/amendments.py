"""Changes of a signed scorecard: proposed with a reason, agreed by both sides, old and new kept."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.log import Deed, record_many
from common import fiscal
from common.refusal import EntriesRefused, Refused
from kpi.actions.definitions import (
    KPIInput,
    TargetInput,
    amend_kpis,
    versions_of,
    why_not_put,
)
from kpi.actions.scorecards import TARGETS, input_of
from kpi.models import KPI, Amendment, Scorecard, ScoreCurve
from kpi.rules import agreements as rules
from kpi.rules.agreements import Side, Standings
from kpi.rules.surroundings import version_in_force
from submissions.actions import changed_meanwhile, refuse_all
from submissions.models import Quarter
from submissions.rules import standing_of

# What of a KPI an amendment may change; a target's is `<column>_<quarter>`.
PLAIN = ("weight", "year_target", "year_low", "year_high", "curve", "expected_evidence_th")


@dataclass(frozen=True, slots=True)
class LineChange:
    """What one KPI of the scorecard is to be, as the verbs of scorecards take it."""

    kpi: KPI
    given: KPIInput


def changes_of(line: LineChange, standings: Standings) -> list[dict[str, Any]]:
    """Return what differs from what stands, old and new as strings."""
    kpi, given = line.kpi, line.given
    found = []

    def note(name: str, old: object, new: object) -> None:
        if old != new:
            found.append({"kpi": kpi.code, "field": name, "old": _said(old), "new": _said(new)})

    for name in PLAIN:
        note(name, getattr(kpi, name), getattr(given, name))
    stored = standings.targets.get(kpi.pk, {})
    for number, target in sorted(given.targets.items()):
        for name in TARGETS:
            note(f"{name}_{number}", getattr(stored.get(number), name, None), getattr(target, name))
    return found


def _said(value: object) -> str | None:
    """A figure without trailing zeros, a curve by its code, as it is kept in the amendment."""
    if value is None:
        return None
    if isinstance(value, ScoreCurve):
        return value.code
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value)


@transaction.atomic
def propose_amendment(
    *,
    scorecard: Scorecard,
    lines: Sequence[LineChange],
    reason: str,
    seen: int,
    by: User,
    at: datetime,
) -> Amendment:
    """Propose a change of a signed scorecard; the proposer's own side agrees with it at once.

    :raises EntriesRefused: where a line cannot stand so.
    :raises Refused: if the person may not, nothing changes, weights leave 100, or one waits already.
    """
    standing = standing_of(by, fiscal.local_date(at))
    waits = Amendment.objects.waiting().filter(scorecard=scorecard).exists()
    if refusal := rules.why_not_propose(scorecard, standing, reason, waits=waits):
        raise Refused(refusal, code="not_allowed")
    if scorecard.version != seen:
        raise Refused(changed_meanwhile(), code="stale")
    standings = rules.standings_of(scorecard)
    changes = [change for line in lines for change in changes_of(line, standings)]
    if not changes:
        raise Refused(_("ยังไม่มีรายการใดต่างจากที่ลงนามไว้"), code="nothing")
    _refuse_what_cannot_stand(scorecard, lines, standings)
    sides = rules.sides_of(scorecard, standing)
    # Whoever is of both sides (a governor who heads the office) agrees for one; another for the other.
    own = sorted(sides)[:1]
    number = Amendment.objects.filter(scorecard=scorecard).count() + 1
    amendment = Amendment.objects.create(
        scorecard=scorecard,
        number=number,
        reason=reason.strip(),
        changes=changes,
        proposed_by=by,
        proposed_at=at,
        **{f"{side}_agreed_{what}": each for side in own for what, each in _stamp(by, at)},
    )
    _log("proposed", amendment, by=by, at=at, reason=reason)
    return amendment


def _stamp(by: User, at: datetime) -> list[tuple[str, Any]]:
    return [("by", by), ("at", at)]


def _refuse_what_cannot_stand(
    scorecard: Scorecard, lines: Sequence[LineChange], standings: Standings
) -> None:
    quarters = list(Quarter.objects.filter(fiscal_year=scorecard.fiscal_year_id))
    versions = versions_of([line.kpi.indicator for line in lines])
    refusals = {}
    for position, line in enumerate(lines):
        version = version_in_force(
            versions.get(line.kpi.indicator_id, ()), scorecard.fiscal_year_id, 4
        )
        if reason := why_not_put(line.given, version, scorecard, line.kpi, quarters, amends=True):
            refusals[position] = Refused(reason, code="kpi")
    refuse_all(refusals)
    changed = {line.kpi.pk: line.given.weight for line in lines}
    weights = [changed.get(kpi.pk, kpi.weight) for kpi in standings.kpis]
    if sum(weights) != 100:
        raise Refused(
            _("น้ำหนักรวม %(total)s ต้องเท่ากับ 100") % {"total": _said(Decimal(sum(weights)))},
            code="weights",
        )


@transaction.atomic
def agree_amendment(*, amendment: Amendment, side: Side, by: User, at: datetime) -> Amendment:
    """Agree for a side; with both sides agreed the scorecard changes.

    :raises Refused: if the person is not of the side, or the scorecard cannot be changed so any more.
    """
    standing = standing_of(by, fiscal.local_date(at))
    if reason := rules.why_not_agree(amendment, side, standing):
        raise Refused(reason, code="not_allowed")
    other = rules.other_side(side)
    is_last = getattr(amendment, f"{other}_agreed_by_id") is not None
    stamps: dict[str, Any] = {f"{side}_agreed_{what}": each for what, each in _stamp(by, at)}
    if is_last:
        stamps["state"] = Amendment.State.AGREED
    unmoved = Amendment.objects.waiting().filter(
        pk=amendment.pk,
        **{f"{side}_agreed_by": None, f"{other}_agreed_by__isnull": not is_last},
    )
    if not unmoved.update(**stamps):
        raise Refused(changed_meanwhile(), code="stale")
    amendment.refresh_from_db()
    if is_last:
        _apply(amendment, by=by, at=at)
    _log("agreed", amendment, by=by, at=at, after={"side": side.value, "state": amendment.state})
    return amendment


def _apply(amendment: Amendment, *, by: User, at: datetime) -> None:
    """Put what was agreed; what stands must still be what was held against it."""
    scorecard = amendment.scorecard
    standings = rules.standings_of(scorecard)
    by_code: dict[str, list[Mapping[str, Any]]] = {}
    for change in amendment.changes:
        by_code.setdefault(change["kpi"], []).append(change)
    curves = {
        curve.code: curve
        for curve in ScoreCurve.objects.filter(fiscal_year=scorecard.fiscal_year_id)
    }
    lines = [
        LineChange(kpi, _changed(kpi, standings, by_code[kpi.code], curves))
        for kpi in standings.kpis
        if kpi.code in by_code
    ]
    stand = [change for line in lines for change in changes_of(line, standings)]
    if _in_order(stand) != _in_order(amendment.changes):
        raise Refused(_("ใบคะแนนเปลี่ยนไปจากตอนที่เสนอ ไม่เห็นชอบรายการนี้แล้วเสนอใหม่"), code="stale")
    try:
        amend_kpis(scorecard=scorecard, kpis=[line.given for line in lines], by=by, at=at)
    except EntriesRefused as refused:
        raise Refused(str(refused), code="kpi") from refused


def _changed(
    kpi: KPI,
    standings: Standings,
    changes: Sequence[Mapping[str, Any]],
    curves: Mapping[str, ScoreCurve],
) -> KPIInput:
    given = input_of(kpi, list(standings.targets.get(kpi.pk, {}).values()))
    targets = dict(given.targets)
    plain: dict[str, Any] = {}
    for change in changes:
        name, new = change["field"], change["new"]
        if name == "curve":
            plain[name] = curves.get(new, kpi.curve)
        elif name == "expected_evidence_th":
            plain[name] = new
        elif name in PLAIN:
            plain[name] = None if new is None else Decimal(new)
        else:
            column, _under, number = name.rpartition("_")
            before = targets.get(int(number), TargetInput())
            figure = None if new is None else Decimal(new)
            targets[int(number)] = replace(before, **{column: figure})
    return replace(given, targets=targets, **plain)


@transaction.atomic
def decline_amendment(*, amendment: Amendment, reason: str, by: User, at: datetime) -> Amendment:
    """Decline an amendment (or take one's own back) with a reason; the scorecard stays.

    :raises Refused: if the person may not, or gives no reason.
    """
    standing = standing_of(by, fiscal.local_date(at))
    if refusal := rules.why_not_decline(amendment, standing, reason):
        raise Refused(refusal, code="not_allowed")
    moved = (
        Amendment.objects.waiting()
        .filter(pk=amendment.pk)
        .update(
            state=Amendment.State.DECLINED,
            declined_by=by,
            declined_at=at,
            decline_reason=reason.strip(),
        )
    )
    if not moved:
        raise Refused(changed_meanwhile(), code="stale")
    amendment.refresh_from_db()
    _log("declined", amendment, by=by, at=at, reason=reason)
    return amendment


def _log(
    what: str,
    amendment: Amendment,
    *,
    by: User,
    at: datetime,
    after: dict[str, Any] | None = None,
    reason: str = "",
) -> None:
    deed = Deed(
        f"kpi.amendment.{what}",
        amendment,
        after=after or {"changes": amendment.changes},
        reason=reason,
        agency_code=amendment.scorecard.agency.code,
    )
    record_many([deed], by=by, at=at)


def _in_order(changes: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return changes as text that compares: PostgreSQL's JSON keeps no order of names."""
    return sorted(str(sorted(change.items(), key=str)) for change in changes)
