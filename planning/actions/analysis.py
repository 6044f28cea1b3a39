"""Verbs of the analysis: factors with evidence, what they ask for together, and alignment."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rules import standing_of
from audit.log import record
from common import fiscal
from common.refusal import Refused
from kpi.models import KPI
from planning.models import FactorEvidence, Need, SwotFactor, TowsStrategy
from planning.rules import analysis as rules
from strategy import rules as plan_rules
from strategy.models import Approach, PlanEdition, ProvinceFact


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


@transaction.atomic
def add_factor(
    *, edition: PlanEdition, factor: FactorInput, by: User | None, at: datetime
) -> SwotFactor:
    """Add a factor to a draft's SWOT; it gets its kind's next number. `by` None: a loader.

    :raises Refused: if `by` does not make plans, it is no draft, or evidence has no source.
    """
    _hold(edition, by, at)
    if reason := rules.why_not_factor(factor.text_th, factor.importance):
        raise Refused(reason, code="factor")
    last = SwotFactor.objects.filter(edition=edition, kind=factor.kind).aggregate(
        last=Max("number")
    )["last"]
    row = SwotFactor.objects.create(
        edition=edition,
        kind=factor.kind,
        number=(last or 0) + 1,
        text_th=factor.text_th.strip(),
        group_th=factor.group_th.strip(),
        importance=factor.importance,
        is_sample=factor.is_sample,
    )
    for evidence in factor.evidence:
        _attach(row, evidence)
    record(
        "planning.factor.added",
        row,
        by=by,
        at=at,
        after={"kind": row.kind, "text": row.text_th, "importance": row.importance},
    )
    return row


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
    named = [evidence.kpi, evidence.need, evidence.fact, evidence.label_th.strip() or None]
    if sum(each is not None for each in named) != 1:
        raise Refused(
            _("หลักฐานหนึ่งรายการเป็นตัวชี้วัด ความต้องการ หรือตัวเลข อย่างใดอย่างหนึ่ง"), code="evidence"
        )
    if evidence.label_th.strip() and not evidence.source_th.strip():
        raise Refused(_("ตัวเลขต้องมีที่มา ใส่ชื่อเอกสารหรือที่อยู่เว็บ"), code="no_source")
    return FactorEvidence.objects.create(
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
    if by is None:
        return
    held = PlanEdition.objects.select_for_update().get(pk=edition.pk)
    if reason := plan_rules.why_not_write(held, standing_of(by, fiscal.local_date(at))):
        raise Refused(reason, code="not_draft")
