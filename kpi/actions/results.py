"""Entries of KPIs: typed as drafts, sent, signed, accepted, returned; each verb takes a list.

The grid, the upload and the API share these; one entry is a list of one, whole or not at all.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Role, User
from accounts.rules import Standing
from audit.log import Deed, record_many
from common import fiscal
from common.refusal import Refused
from kpi.models import KPI, Figure, Result, ResultPart
from kpi.rules import entries as rules
from kpi.rules.parts import why_not_part
from kpi.rules.surroundings import Surroundings, Typed, surroundings_of
from kpi.rules.wording import reason_sentence
from kpi.tasks import ask_refresh
from submissions.actions import (
    begin_entries,
    changed_meanwhile,
    hold_open,
    move_entries,
    refuse_all,
    refuse_twins,
    type_over,
    undo_entries,
)
from submissions.models import Evidence, Quarter
from submissions.rules import standing_of
from submissions.workflow import Status

_TYPED = (
    "value",
    "numerator",
    "denominator",
    "is_not_applicable",
    "not_applicable_reason",
    "typed_as_ytd",
    "note",
)


@dataclass(frozen=True, slots=True)
class ResultEntry:
    """What a person typed for one KPI and quarter, already as typed values.

    `year_to_date` stands in for `value` where only the total is known; the portal derives the quarter.
    `version` is the one the person saw: 0 where there was no entry yet, None to overwrite whatever
    stands (a command, never a page).
    """

    kpi_id: int
    quarter_id: int
    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    year_to_date: Decimal | None = None
    # What the figure is told apart into, by item; None leaves the parts as they stand.
    parts: Mapping[int, Typed] | None = None
    is_not_applicable: bool = False
    not_applicable_reason: str = ""
    note: str = ""
    version: int | None = 0
    is_sample: bool = False


class FieldRefused(Refused):
    """One field of an entry cannot be kept; `field` is where to mend it ("" for the whole entry)."""

    def __init__(self, sentence: str, *, field: str, code: str = "invalid") -> None:
        super().__init__(sentence, code=code)
        self.field = field


class Clash(Refused):
    """Somebody else typed meanwhile; `theirs` is the entry as it stands now."""

    def __init__(self, theirs: Result | None) -> None:
        super().__init__(changed_meanwhile(), code="changed_meanwhile")
        self.theirs = theirs


@transaction.atomic
def record_results(*, entries: Sequence[ResultEntry], by: User, at: datetime) -> list[Result]:
    """Keep what was typed as drafts, in the order given; drafts are not logged.

    :raises EntriesRefused: by position, with a FieldRefused or a Clash each; nothing is kept then.
    """
    refuse_twins([(entry.kpi_id, entry.quarter_id) for entry in entries])
    around = _around({(entry.kpi_id, entry.quarter_id) for entry in entries})
    standing = standing_of(by, fiscal.local_date(at))
    vacant = rules.vacant_posts_below(standing, fiscal.local_date(at))
    refusals: dict[int, Refused] = {}
    typed: list[tuple[ResultEntry, Surroundings, Typed]] = []
    for position, entry in enumerate(entries):
        key = (entry.kpi_id, entry.quarter_id)
        answer = _why_not_keep(entry, around.get(key), standing, vacant, at)
        if isinstance(answer, Refused):
            refusals[position] = answer
        else:
            typed.append((entry, around[key], answer))
    refuse_all(refusals)
    hold_open(quarters={entry.quarter_id for entry in entries})
    return _keep(typed, by=by, at=at)


def _why_not_keep(
    entry: ResultEntry,
    place: Surroundings | None,
    standing: Standing,
    vacant: frozenset[int],
    at: datetime,
) -> Typed | Refused:
    """Return the figures of an entry, or why it cannot be kept."""
    if place is None:
        return FieldRefused(_("ไม่มีตัวชี้วัดนี้ในงานของท่าน"), field="", code="not_yours")
    if reason := rules.why_not_report(place.kpi, standing, vacant):
        return FieldRefused(reason, field="", code="not_yours")
    if reason := rules.why_not_record(place):
        return FieldRefused(reason, field="", code="not_open")
    seen = place.result.version if place.result else 0
    if entry.version is not None and entry.version != seen:
        return Clash(place.result)
    value = _quarter_of(entry, place, at)
    if isinstance(value, Refused):
        return value
    typed = Typed(value, entry.numerator, entry.denominator, entry.is_not_applicable)
    if entry.is_not_applicable:
        if not entry.not_applicable_reason.strip():
            return FieldRefused(_("เขียนเหตุผลที่ไม่เกี่ยวข้องในไตรมาสนี้"), field="not_applicable_reason")
        return Typed(not_applicable=True)
    if wrong := rules.why_not_typed(place, typed) or why_not_part(place, entry.parts or {}):
        return FieldRefused(wrong[1], field=wrong[0])
    return typed


def _quarter_of(
    entry: ResultEntry, place: Surroundings, at: datetime
) -> Decimal | FieldRefused | None:
    """Return the quarter's value, of a year to date where that was typed, or why there is none."""
    if entry.year_to_date is None:
        return entry.value
    if why := place.why_not_year_to_date(at):
        return FieldRefused(reason_sentence(str(why)), field="value")
    value = place.from_year_to_date(entry.year_to_date, at)
    if reason := rules.why_not_fall(place, entry.year_to_date, value):
        return FieldRefused(reason, field="value")
    return value


def _keep(
    typed: Sequence[tuple[ResultEntry, Surroundings, Typed]], *, by: User, at: datetime
) -> list[Result]:
    """Write drafts by compare-and-set: new ones in one statement, changed ones together."""
    new: list[Result] = []
    told: list[tuple[Result, Mapping[int, Typed]]] = []
    kept: list[Result] = []
    changed: list[Result] = []
    for entry, place, figures in typed:
        result = place.result or Result(kpi_id=entry.kpi_id, quarter_id=entry.quarter_id)
        values: dict[str, Any] = {
            "value": figures.value,
            "numerator": figures.numerator,
            "denominator": figures.denominator,
            "is_not_applicable": figures.not_applicable,
            "not_applicable_reason": entry.not_applicable_reason if figures.not_applicable else "",
            "typed_as_ytd": entry.year_to_date is not None,
            "note": entry.note,
        }
        parts = _parts_to_keep(entry, place, figures)
        if (
            result.pk
            and all(getattr(result, name) == value for name, value in values.items())
            and parts in (None, place.parts)
        ):
            kept.append(result)
            continue
        if parts is not None and parts != place.parts:
            told.append((result, parts))
        for name, value in values.items():
            setattr(result, name, value)
        result.entered_by, result.entered_at = by, at
        if place.result is None:
            result.is_sample = entry.is_sample
            new.append(result)
        else:
            changed.append(result)
        kept.append(result)
    begun = begin_entries(new, subject="kpi_id", period="quarter_id").values()
    theirs = begun or type_over(changed, names=_TYPED).values()
    stands = {(result.kpi_id, result.quarter_id): result for result in theirs}
    refuse_all(
        {
            position: Clash(stands[entry.kpi_id, entry.quarter_id])
            for position, (entry, _place, _figures) in enumerate(typed)
            if (entry.kpi_id, entry.quarter_id) in stands
        }
    )
    _keep_parts(told)
    return kept


def _parts_to_keep(
    entry: ResultEntry, place: Surroundings, figures: Typed
) -> Mapping[int, Typed] | None:
    """The parts as they are to stand, None where they stay; what is not applicable has none."""
    if figures.not_applicable:
        return {}
    if entry.parts is None:
        return None
    merged = {**place.parts, **entry.parts}
    return {item_id: part for item_id, part in merged.items() if not part.is_empty}


def _keep_parts(told: Sequence[tuple[Result, Mapping[int, Typed]]]) -> None:
    if not told:
        return
    ResultPart.objects.filter(result__in=[result.pk for result, _parts in told]).delete()
    ResultPart.objects.bulk_create(
        ResultPart(
            result=result,
            item_id=item_id,
            value=part.value,
            numerator=part.numerator,
            denominator=part.denominator,
        )
        for result, parts in told
        for item_id, part in parts.items()
    )


@transaction.atomic
def submit_results(*, entries: Sequence[Result], by: User, at: datetime) -> list[Result]:
    """Send drafts to be signed.

    :raises EntriesRefused: with a FieldRefused for each entry that is not ready.
    """
    listed = _loaded(entries)
    around = _around({(result.kpi_id, result.quarter_id) for result in listed})
    standing = standing_of(by, fiscal.local_date(at))
    vacant = rules.vacant_posts_below(standing, fiscal.local_date(at))
    refusals: dict[int, Refused] = {}
    for position, result in enumerate(listed):
        place = around[result.kpi_id, result.quarter_id]
        if reason := rules.why_not_report(place.kpi, standing, vacant):
            refusals[position] = FieldRefused(reason, field="", code="not_yours")
        elif wrong := rules.why_not_submit(place, at):
            refusals[position] = FieldRefused(wrong[1], field=wrong[0])
    refuse_all(refusals)
    _move(
        listed,
        to=Status.SUBMITTED,
        by=by,
        at=at,
        verb="submitted",
        role=Role.REPORTER,
        standing=standing,
    )
    return listed


@transaction.atomic
def approve_results(*, entries: Sequence[Result], by: User, at: datetime) -> list[Result]:
    """Sign entries and refresh the figures above them; one that is far from the usual, alone.

    :raises EntriesRefused: where the person may not sign one, it is to be looked at alone, or it
        moved on meanwhile.
    """
    return _sign(
        entries, rules.why_not_approve, Status.APPROVED, "approved", Role.APPROVER, by=by, at=at
    )


@transaction.atomic
def accept_results(*, entries: Sequence[Result], by: User, at: datetime) -> list[Result]:
    """Give the second signature where one is asked for.

    :raises EntriesRefused: where the person may not, or an entry moved on meanwhile.
    """
    return _sign(
        entries, rules.why_not_accept, Status.ACCEPTED, "accepted", Role.STRATEGIST, by=by, at=at
    )


def _sign(
    entries: Sequence[Result],
    why_not: Callable[[Result, Standing], str | None],
    to: Status,
    verb: str,
    role: Role,
    *,
    by: User,
    at: datetime,
) -> list[Result]:
    listed = _loaded(entries)
    standing = standing_of(by, fiscal.local_date(at))
    refuse_all(
        {
            position: Refused(reason, code="not_allowed")
            for position, result in enumerate(listed)
            if (reason := why_not(result, standing))
        }
    )
    if len(listed) > 1:
        refuse_all(_to_look_at_alone(listed))
    _move(listed, to=to, by=by, at=at, verb=verb, role=role, standing=standing)
    _refresh_above(listed)
    return listed


def _to_look_at_alone(listed: Sequence[Result]) -> dict[int, Refused]:
    """Return, by position, the entries that nobody signs together with others."""
    around = _around({(result.kpi_id, result.quarter_id) for result in listed})
    return {
        position: Refused(reason, code="outlier")
        for position, result in enumerate(listed)
        if (reason := rules.why_not_sign_together(around[result.kpi_id, result.quarter_id]))
    }


@transaction.atomic
def return_results(
    *, entries: Sequence[Result], reason: str, by: User, at: datetime
) -> list[Result]:
    """Send entries back with a reason; a signed one leaves the figures above it.

    :raises EntriesRefused: where the person may not, there is no reason, or one moved meanwhile.
    """
    listed = _loaded(entries)
    standing = standing_of(by, fiscal.local_date(at))
    refuse_all(
        {
            position: Refused(refusal, code="not_allowed")
            for position, result in enumerate(listed)
            if (refusal := rules.why_not_return(result, standing, reason))
        }
    )
    counted = [result for result in listed if result.status != Status.SUBMITTED.value]
    role = Role.STRATEGIST if counted and standing.has(Role.STRATEGIST) else Role.APPROVER
    _move(
        listed,
        to=Status.RETURNED,
        by=by,
        at=at,
        verb="returned",
        role=role,
        standing=standing,
        reason=reason,
    )
    _refresh_above(counted)
    return listed


@transaction.atomic
def undo_results(*, entries: Sequence[Result], by: User, at: datetime) -> list[Result]:
    """Take back one's own signature or return of a moment ago; what stands above is refreshed.

    :raises EntriesRefused: where it is not one's own, too long ago, or somebody moved it on.
    """
    listed = _loaded(entries)
    undo_entries(
        listed,
        by=by,
        at=at,
        verb="kpi.result.undone",
        agency_code=lambda result: result.kpi.agency.code,
    )
    _refresh_above(listed)
    return listed


def _move(
    results: list[Result],
    *,
    to: Status,
    by: User,
    at: datetime,
    verb: str,
    role: str,
    standing: Standing,
    reason: str = "",
) -> None:
    if results:
        move_entries(
            results,
            to=to,
            by=by,
            at=at,
            verb=f"kpi.result.{verb}",
            role=role,
            agency_code=lambda result: result.kpi.agency.code,
            reason=reason,
            figures=_figures_of,
            standing=standing,
        )


def _figures_of(result: Result) -> dict[str, str]:
    """What stood in an entry when it moved, for its history; nothing of a person's goes to the log."""
    if result.kpi.is_personal:
        return {}
    figures = {
        name: f"{getattr(result, name):f}"
        for name in ("value", "numerator", "denominator")
        if getattr(result, name) is not None
    }
    if result.is_not_applicable:
        figures["not_applicable"] = result.not_applicable_reason
    return figures | ({"note": result.note} if result.note else {})


def _refresh_above(results: Collection[Result]) -> None:
    """Mark what stands above and ask for its refresh, quarter by quarter."""
    by_quarter: dict[Quarter, list[int]] = defaultdict(list)
    for result in results:
        by_quarter[result.quarter].append(result.kpi_id)
    for quarter in sorted(by_quarter, key=lambda each: each.pk):
        ask_refresh(kpi_ids=by_quarter[quarter], quarter=quarter)


def _loaded(entries: Sequence[Result]) -> list[Result]:
    """Load entries with what their rules read, in the order given, as the caller saw them."""
    rows = Result.objects.with_what_a_move_asks().in_bulk([entry.pk for entry in entries])
    listed = []
    for entry in entries:
        row = rows[entry.pk]
        # A page that is behind must lose the race, so the version seen goes into compare-and-set.
        row.version, row.status = entry.version, entry.status
        listed.append(row)
    return listed


def _around(pairs: Collection[tuple[int, int]]) -> Mapping[tuple[int, int], Surroundings]:
    """Load what stands around entries, by KPI and quarter; a KPI of another year has no place."""
    found: dict[tuple[int, int], Surroundings] = {}
    kpis = KPI.objects.with_rules().in_bulk({kpi_id for kpi_id, _quarter in pairs})
    quarters = Quarter.objects.select_related("fiscal_year").in_bulk(
        {quarter_id for _kpi, quarter_id in pairs}
    )
    for quarter in quarters.values():
        wanted = [
            kpis[kpi_id]
            for kpi_id, quarter_id in pairs
            if quarter_id == quarter.pk
            and kpi_id in kpis
            and kpis[kpi_id].fiscal_year_id == quarter.fiscal_year_id
        ]
        for kpi_id, place in surroundings_of(wanted, quarter).items():
            found[kpi_id, quarter.pk] = place
    return found


@transaction.atomic
def attach_evidence(*, result: Result, evidence: Evidence, by: User, at: datetime) -> None:
    """Add a stored file to an entry that may still be typed.

    :raises Refused: if the person does not type this KPI, or the entry was sent.
    """
    _change_evidence(result, evidence, by=by, at=at, verb="kpi.result.evidence_added")


@transaction.atomic
def detach_evidence(*, result: Result, evidence: Evidence, by: User, at: datetime) -> None:
    """Take a file away from an entry that may still be typed; the file itself is kept.

    :raises Refused: if the person does not type this KPI, or the entry was sent.
    """
    _change_evidence(result, evidence, by=by, at=at, verb="kpi.result.evidence_removed")


def _change_evidence(
    result: Result, evidence: Evidence, *, by: User, at: datetime, verb: str
) -> None:
    place = _around({(result.kpi_id, result.quarter_id)})[result.kpi_id, result.quarter_id]
    standing = standing_of(by, fiscal.local_date(at))
    reason = rules.why_not_report(
        place.kpi, standing, rules.vacant_posts_below(standing, fiscal.local_date(at))
    ) or rules.why_not_record(place)
    if reason:
        raise Refused(reason, code="not_allowed")
    hold_open(quarters={result.quarter_id})
    if verb.endswith("added"):
        result.evidence.add(evidence)
    else:
        result.evidence.remove(evidence)
    deed = Deed(
        verb,
        result,
        after={"file": evidence.original_name, "sha256": evidence.sha256},
        agency_code=place.kpi.agency.code,
    )
    record_many([deed], by=by, at=at, role=Role.REPORTER)


@transaction.atomic
def mark_unconfirmed(*, kpi: KPI, reason: str, by: User, at: datetime) -> None:
    """Mark a KPI's figures as not confirmed after an inspection; an empty reason takes it away.

    :raises Refused: if the person is not of the follow-up working group.
    """
    if not standing_of(by, fiscal.local_date(at)).has(Role.INSPECTOR):
        raise Refused(_("เฉพาะคณะทำงานตรวจติดตาม ทำเครื่องหมายผลตรวจได้"), code="not_inspector")
    KPI.objects.filter(pk=kpi.pk).update(unconfirmed_reason=reason)
    Figure.objects.filter(kpi=kpi, quarter__closed_at=None).update(is_unconfirmed=bool(reason))
    verb = "kpi.kpi.unconfirmed" if reason else "kpi.kpi.confirmed"
    deed = Deed(verb, kpi, reason=reason, agency_code=kpi.agency.code)
    record_many([deed], by=by, at=at, role=Role.INSPECTOR)
