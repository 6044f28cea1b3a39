"""Verbs of the analysis: factors with evidence, what they ask for together, and alignment."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rules import standing_of
from audit.log import Deed, record, record_many
from common import fiscal
from common.refusal import Refused
from kpi.models import KPI
from planning.models import FactorEvidence, Need, SwotFactor, TowsStrategy
from planning.rules import analysis as rules
from strategy import rules as plan_rules
from strategy.models import Approach, PlanEdition, ProvinceFact
from submissions.actions import (
    Withdrawal,
    as_one,
    changed_meanwhile,
    refuse_all,
    refuse_twins,
    refuse_what_stays,
)


@dataclass(frozen=True, slots=True)
class EvidenceInput:
    """What shows a factor: one of a KPI, a need, a stated fact, or a figure with its source."""

    kpi: KPI | None = None
    need: Need | None = None
    fact: ProvinceFact | None = None
    label_th: str = ""
    value: Decimal | None = None
    unit_th: str = ""
    source_th: str = ""


@dataclass(frozen=True, slots=True)
class FactorInput:
    """A factor as it should stand."""

    kind: str
    text_th: str
    importance: int
    group_th: str = ""
    evidence: Sequence[EvidenceInput] = field(default_factory=tuple)
    is_sample: bool = False


@dataclass(frozen=True, slots=True)
class NewFactor:
    """A factor for an edition's SWOT."""

    edition: PlanEdition
    factor: FactorInput


@dataclass(frozen=True, slots=True)
class FactorAmendment:
    """A factor's words and weight as they should stand; `version` is the one that was seen."""

    factor: SwotFactor
    version: int
    text_th: str
    importance: int
    group_th: str = ""


@transaction.atomic
def add_factor(
    *, edition: PlanEdition, factor: FactorInput, by: User | None, at: datetime
) -> SwotFactor:
    """Add a factor to a draft's SWOT; it gets its kind's next number. `by` None: a loader.

    :raises Refused: if `by` does not make plans, it is no draft, or evidence has no source.
    """
    with as_one():
        [row] = add_factors(entries=[NewFactor(edition, factor)], by=by, at=at)
    return row


@transaction.atomic
def add_factors(*, entries: Sequence[NewFactor], by: User | None, at: datetime) -> list[SwotFactor]:
    """Add factors to drafts; each gets its kind's next number. `by` None: a loader.

    :raises EntriesRefused: by position: `by` does not make plans, it is no draft, the factor does not
        stand, or evidence has no source.
    """
    held = _why_not_hold([entry.edition for entry in entries], by, at)
    refusals: dict[int, Refused] = {}
    for position, entry in enumerate(entries):
        given = entry.factor
        if reason := held[entry.edition.pk]:
            refusals[position] = Refused(reason, code="not_draft")
        elif reason := rules.why_not_factor(given.text_th, given.importance):
            refusals[position] = Refused(reason, code="factor")
        elif refused := next(filter(None, map(_why_not_evidence, given.evidence)), None):
            refusals[position] = refused
    refuse_all(refusals)
    last = {
        (edition, kind): number
        for edition, kind, number in SwotFactor.objects.filter(edition__in=held)
        .order_by()
        .values_list("edition", "kind")
        .annotate(Max("number"))
    }
    rows = []
    for entry in entries:
        of, given = (entry.edition.pk, entry.factor.kind), entry.factor
        last[of] = last.get(of, 0) + 1
        rows.append(
            SwotFactor(
                edition=entry.edition,
                kind=given.kind,
                number=last[of],
                text_th=given.text_th.strip(),
                group_th=given.group_th.strip(),
                importance=given.importance,
                is_sample=given.is_sample,
            )
        )
    SwotFactor.objects.bulk_create(rows)
    FactorEvidence.objects.bulk_create(
        _evidence_of(row, evidence)
        for row, entry in zip(rows, entries, strict=True)
        for evidence in entry.factor.evidence
    )
    deeds = [
        Deed(
            "planning.factor.added",
            row,
            after={"kind": row.kind, "text": row.text_th, "importance": row.importance},
        )
        for row in rows
    ]
    record_many(deeds, by=by, at=at)
    return rows


@transaction.atomic
def amend_factors(
    *, entries: Sequence[FactorAmendment], by: User, at: datetime
) -> list[SwotFactor]:
    """Put the words and weights of a draft's factors right; pairs and evidence stay.

    :raises EntriesRefused: by position: `by` does not make plans, it is no draft, the factor does not
        stand, or somebody changed it meanwhile.
    """
    refuse_twins([entry.factor.pk for entry in entries])
    held = _why_not_hold([entry.factor.edition for entry in entries], by, at)
    refusals: dict[int, Refused] = {}
    amended: list[tuple[SwotFactor, dict[str, object]]] = []
    for position, entry in enumerate(entries):
        row = entry.factor
        values: dict[str, object] = {
            "text_th": entry.text_th.strip(),
            "group_th": entry.group_th.strip(),
            "importance": entry.importance,
        }
        unmoved = SwotFactor.objects.filter(pk=row.pk, version=entry.version)
        if reason := held[row.edition_id]:
            refusals[position] = Refused(reason, code="not_draft")
        elif reason := rules.why_not_factor(entry.text_th, entry.importance):
            refusals[position] = Refused(reason, code="factor")
        elif not unmoved.update(**values, version=F("version") + 1):
            refusals[position] = Refused(changed_meanwhile(), code="changed_meanwhile")
        else:
            amended.append((row, values))
    refuse_all(refusals)
    deeds = []
    for row, values in amended:
        changed = {name: value for name, value in values.items() if getattr(row, name) != value}
        before = {name: getattr(row, name) for name in changed}
        deeds.append(Deed("planning.factor.amended", row, before=before, after=changed))
    record_many(deeds, by=by, at=at)
    fresh = SwotFactor.objects.select_related("edition__plan").in_bulk(
        [row.pk for row, _values in amended]
    )
    return [fresh[row.pk] for row, _values in amended]


@transaction.atomic
def withdraw_factors(*, entries: Sequence[Withdrawal], by: User, at: datetime) -> None:
    """Take factors out of drafts with their evidence, as if nobody had added them.

    :raises EntriesRefused: by position: `by` does not make plans, it is no draft, a strategy stands on
        it, or somebody changed it meanwhile.
    """
    rows = (
        SwotFactor.objects.select_for_update(of=("self",))
        .select_related("edition__plan")
        .in_bulk([entry.key for entry in entries])
    )
    held = _why_not_hold([row.edition for row in rows.values()], by, at)
    rests = rules.what_rests_on_factors(rows)
    rests |= {key: reason for key, row in rows.items() if (reason := held[row.edition_id])}
    refuse_what_stays(entries, {key: row.version for key, row in rows.items()}, rests)
    deeds = [
        Deed("planning.factor.withdrawn", row, before={"kind": row.kind, "text": row.text_th})
        for row in rows.values()
    ]
    record_many(deeds, by=by, at=at)
    FactorEvidence.objects.filter(factor__in=rows).delete()
    SwotFactor.objects.filter(pk__in=rows).delete()


@transaction.atomic
def add_evidence(
    *, factor: SwotFactor, evidence: EvidenceInput, by: User, at: datetime
) -> FactorEvidence:
    """Show a factor by one more thing.

    :raises Refused: if `by` does not make plans, it is no draft, or a figure has no source.
    """
    _hold(factor.edition, by, at)
    row = _attach(factor, evidence)
    record("planning.factor.evidenced", factor, by=by, at=at, after={"evidence": row.pk})
    return row


def _attach(factor: SwotFactor, evidence: EvidenceInput) -> FactorEvidence:
    if refused := _why_not_evidence(evidence):
        raise refused
    row = _evidence_of(factor, evidence)
    row.save()
    SwotFactor.objects.filter(pk=factor.pk).update(version=F("version") + 1)
    return row


def _why_not_evidence(evidence: EvidenceInput) -> Refused | None:
    named = [evidence.kpi, evidence.need, evidence.fact, evidence.label_th.strip() or None]
    if sum(each is not None for each in named) != 1:
        return Refused(
            _("หลักฐานหนึ่งรายการเป็นตัวชี้วัด ความต้องการ หรือตัวเลข อย่างใดอย่างหนึ่ง"), code="evidence"
        )
    if evidence.label_th.strip() and not evidence.source_th.strip():
        return Refused(_("ตัวเลขต้องมีที่มา ใส่ชื่อเอกสารหรือที่อยู่เว็บ"), code="no_source")
    return None


def _evidence_of(factor: SwotFactor, evidence: EvidenceInput) -> FactorEvidence:
    return FactorEvidence(
        factor=factor,
        kpi=evidence.kpi,
        need=evidence.need,
        fact=evidence.fact,
        label_th=evidence.label_th.strip(),
        value=evidence.value,
        unit_th=evidence.unit_th.strip(),
        source_th=evidence.source_th.strip(),
    )


@transaction.atomic
def drop_factor(*, factor: SwotFactor, by: User, at: datetime) -> None:
    """Take a factor out of a draft's SWOT.

    :raises Refused: if `by` does not make plans, it is no draft, or a strategy stands on it.
    """
    _hold(factor.edition, by, at)
    if factor.tows.exists():
        raise Refused(_("มีกลยุทธ์ TOWS ใช้ปัจจัยนี้อยู่ ลบกลยุทธ์นั้นก่อน"), code="factor_used")
    record("planning.factor.dropped", factor, by=by, at=at, before={"text": factor.text_th})
    factor.evidence.all().delete()
    factor.delete()


@transaction.atomic
def add_tows(
    *,
    edition: PlanEdition,
    text_th: str,
    factors: Sequence[SwotFactor],
    approaches: Sequence[Approach],
    by: User | None,
    at: datetime,
    is_sample: bool = False,
) -> TowsStrategy:
    """Say what factors from inside and outside ask for together, and which approaches that became.

    :raises Refused: if `by` does not make plans, it is no draft, or a side is missing.
    """
    _hold(edition, by, at)
    if reason := rules.why_not_tows(text_th, factors):
        raise Refused(reason, code="tows")
    foreign = [each for each in factors if each.edition_id != edition.pk]
    if foreign or any(each.issue.edition_id != edition.pk for each in approaches):
        raise Refused(_("ปัจจัยและแนวทางต้องเป็นของแผนฉบับเดียวกัน"), code="other_edition")
    last = TowsStrategy.objects.filter(edition=edition).aggregate(last=Max("number"))["last"]
    row = TowsStrategy.objects.create(
        edition=edition, number=(last or 0) + 1, text_th=text_th.strip(), is_sample=is_sample
    )
    row.factors.set(factors)
    row.approaches.set(approaches)
    record(
        "planning.tows.added",
        row,
        by=by,
        at=at,
        after={"text": row.text_th, "factors": [factor.code for factor in factors]},
    )
    return row


@transaction.atomic
def drop_tows(*, tows: TowsStrategy, by: User, at: datetime) -> None:
    """Take a strategy out of a draft's TOWS.

    :raises Refused: if `by` does not make plans, or it is no draft.
    """
    _hold(tows.edition, by, at)
    record("planning.tows.dropped", tows, by=by, at=at, before={"text": tows.text_th})
    tows.delete()


def _hold(edition: PlanEdition, by: User | None, at: datetime) -> None:
    if reason := _why_not_hold([edition], by, at)[edition.pk]:
        raise Refused(reason, code="not_draft")


def _why_not_hold(
    editions: Sequence[PlanEdition], by: User | None, at: datetime
) -> dict[int, str | None]:
    """Hold editions, so that none moves on meanwhile, and say by edition why it is not written."""
    keys = {edition.pk for edition in editions}
    held = PlanEdition.objects.select_for_update().filter(pk__in=keys).order_by("pk")
    if by is None:
        return dict.fromkeys(keys)
    standing = standing_of(by, fiscal.local_date(at))
    return {edition.pk: plan_rules.why_not_write(edition, standing) for edition in held}
