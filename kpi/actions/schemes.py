"""How a year's assessments are scored: schemes with their bands, rounds and competencies."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import Role, User
from audit.log import Deed, record_many
from common import fiscal
from common.refusal import Refused
from kpi.actions.definitions import CurveInput, draw_curves
from kpi.models import (
    Appraisal,
    AssessmentBand,
    AssessmentRound,
    AssessmentScheme,
    Competency,
    ScoreCurve,
    SelfAssessment,
)
from kpi.rules import assessments as rules
from kpi.rules.definitions import why_not_define
from submissions.actions import refuse_all
from submissions.models import FiscalYear
from submissions.rules import standing_of


@dataclass(frozen=True, slots=True)
class BandInput:
    """A named band from its lower limit on, in percent of the total."""

    limit: Decimal
    name_th: str
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class RoundInput:
    """A round over quarters of the year; rounds are numbered in their order."""

    first_quarter: int
    last_quarter: int
    name_th: str
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class CompetencyInput:
    """What is asked of how the work is done; weights sum to 100."""

    code: str
    name_th: str
    weight: Decimal
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class SchemeInput:
    """One kind's scheme of a year; `version` is the one that was seen, None where nobody looked."""

    fiscal_year: FiscalYear
    kind: str
    work_share: Decimal
    bands: Sequence[BandInput]
    rounds: Sequence[RoundInput]
    competencies: Sequence[CompetencyInput] = ()
    curve: ScoreCurve | None = None
    least_coverage: Decimal = Decimal(0)
    basis_th: str = ""
    version: int | None = None
    is_sample: bool = False


@transaction.atomic
def set_schemes(
    *, schemes: Sequence[SchemeInput], by: User | None, at: datetime
) -> list[AssessmentScheme]:
    """Keep schemes of fiscal years; one that is there already and the same is left alone.

    :raises EntriesRefused: where its numbers do not stand together, something was sent or signed by
        it, or somebody else changed it meanwhile.
    """
    _refuse_unless_strategist(by, at)
    kept: list[AssessmentScheme] = []
    refusals: dict[int, Refused] = {}
    deeds: list[Deed] = []
    for position, given in enumerate(schemes):
        scheme = (
            AssessmentScheme.objects.for_year(given.fiscal_year.year)
            .filter(kind=given.kind)
            .whole()
            .first()
        )
        if scheme is not None and _stated(scheme) == _wanted(given):
            kept.append(scheme)
            continue
        if refusal := _why_not(given, scheme):
            refusals[position] = refusal
            continue
        before = None if scheme is None else _stated(scheme)
        try:
            with transaction.atomic():
                scheme = _write(given, scheme)
        except Refused as refused:
            refusals[position] = refused
            continue
        deeds.append(Deed("kpi.scheme.set", scheme, before=before, after=_wanted(given)))
        kept.append(scheme)
    refuse_all(refusals)
    record_many(deeds, by=by, at=at, role=Role.STRATEGIST)
    return kept


@transaction.atomic
def copy_scoring_rules(
    *, from_year: FiscalYear, to_year: FiscalYear, by: User | None, at: datetime
) -> int:
    """Copy the curves and schemes that another year has and this one has not; say how many.

    :raises Refused: if the person may not.
    """
    _refuse_unless_strategist(by, at)
    there = set(ScoreCurve.objects.filter(fiscal_year=to_year).values_list("code", flat=True))
    curves = draw_curves(
        curves=[
            CurveInput(
                code=curve.code,
                fiscal_year=to_year,
                name_th=curve.name_th,
                name_en=curve.name_en,
                preset=curve.preset,
                points=[(x, score) for x, score in curve.points],
                axis=curve.axis,
                steps_only=curve.steps_only,
                below_first=curve.below_first,
                is_sample=curve.is_sample,
            )
            for curve in ScoreCurve.objects.filter(fiscal_year=from_year)
            if curve.code not in there
        ],
        by=by,
        at=at,
    )
    of_code = {curve.code: curve for curve in ScoreCurve.objects.filter(fiscal_year=to_year)}
    kinds = set(AssessmentScheme.objects.for_year(to_year.year).values_list("kind", flat=True))
    schemes = set_schemes(
        schemes=[
            _copied(scheme, to_year, of_code)
            for scheme in AssessmentScheme.objects.for_year(from_year.year).whole()
            if scheme.kind not in kinds
        ],
        by=by,
        at=at,
    )
    return len(curves) + len(schemes)


def _copied(
    scheme: AssessmentScheme, year: FiscalYear, curves: dict[str, ScoreCurve]
) -> SchemeInput:
    return SchemeInput(
        fiscal_year=year,
        kind=scheme.kind,
        work_share=scheme.work_share,
        bands=[BandInput(each.limit, each.name_th, each.name_en) for each in scheme.bands.all()],
        rounds=[
            RoundInput(each.first_quarter, each.last_quarter, each.name_th, each.name_en)
            for each in sorted(scheme.rounds.all(), key=lambda each: each.number)
        ],
        competencies=[
            CompetencyInput(each.code, each.name_th, each.weight, each.name_en)
            for each in sorted(scheme.competencies.all(), key=lambda each: each.order)
        ],
        curve=curves[scheme.curve.code] if scheme.curve else None,
        least_coverage=scheme.least_coverage,
        basis_th=scheme.basis_th,
        is_sample=scheme.is_sample,
    )


def _refuse_unless_strategist(by: User | None, at: datetime) -> None:
    standing = standing_of(by, fiscal.local_date(at)) if by else None
    if reason := why_not_define(standing):
        raise Refused(reason, code="not_strategist")


def _why_not(given: SchemeInput, scheme: AssessmentScheme | None) -> Refused | None:
    numbers = rules.why_not_numbers(
        given.kind,
        given.work_share,
        [band.limit for band in given.bands],
        [(each.first_quarter, each.last_quarter) for each in given.rounds],
        [each.weight for each in given.competencies],
    )
    if numbers:
        return Refused(numbers, code="scheme")
    codes = [each.code for each in given.competencies]
    if len(set(codes)) < len(codes):
        return Refused(_("รหัสสมรรถนะซ้ำกัน แก้ให้ต่างกัน"), code="scheme")
    if given.kind == AssessmentScheme.Kind.AGENCY and (
        reason := rules.why_not_serve(given.curve, given.fiscal_year.year)
    ):
        return Refused(reason, code="curve")
    if not 0 <= given.least_coverage <= 100:
        return Refused(_("ความครอบคลุมขั้นต่ำต้องอยู่ระหว่าง 0 ถึง 100"), code="scheme")
    if scheme is None:
        return None
    if given.version is not None and given.version != scheme.version:
        return Refused(_clash(), code="clash")
    if reason := rules.why_not_change_scheme(is_used=_is_used(scheme)):
        return Refused(reason, code="used")
    return None


def _clash() -> str:
    return _("มีผู้อื่นแก้หลักเกณฑ์นี้ไปแล้ว โหลดหน้าใหม่ แล้วแก้อีกครั้ง")


def _is_used(scheme: AssessmentScheme) -> bool:
    sent = SelfAssessment.objects.filter(round__scheme=scheme, sent_at__isnull=False)
    signed = Appraisal.objects.filter(round__scheme=scheme, signed_at__isnull=False)
    return sent.exists() or signed.exists()


def _wanted(given: SchemeInput) -> dict[str, Any]:
    """Return what a scheme is to say, as plain words to compare and to log."""
    return {
        "work_share": f"{given.work_share.normalize():f}",
        "least_coverage": f"{given.least_coverage.normalize():f}",
        "curve": given.curve.code if given.curve else None,
        "basis_th": given.basis_th,
        "is_sample": given.is_sample,
        "bands": sorted(
            [f"{each.limit.normalize():f}", each.name_th, each.name_en] for each in given.bands
        ),
        "rounds": [
            [number, each.first_quarter, each.last_quarter, each.name_th, each.name_en]
            for number, each in enumerate(given.rounds, start=1)
        ],
        "competencies": [
            [each.code, each.name_th, each.name_en, f"{each.weight.normalize():f}"]
            for each in given.competencies
        ],
    }


def _stated(scheme: AssessmentScheme) -> dict[str, Any]:
    curves = {scheme.curve.code: scheme.curve} if scheme.curve else {}
    return _wanted(_copied(scheme, scheme.fiscal_year, curves))


def _write(given: SchemeInput, scheme: AssessmentScheme | None) -> AssessmentScheme:
    values = {
        "work_share": given.work_share,
        "curve": given.curve,
        "least_coverage": given.least_coverage,
        "basis_th": given.basis_th,
        "is_sample": given.is_sample,
    }
    if scheme is None:
        scheme = AssessmentScheme.objects.create(
            fiscal_year=given.fiscal_year, kind=given.kind, **values
        )
    else:
        unmoved = AssessmentScheme.objects.filter(pk=scheme.pk, version=scheme.version)
        if not unmoved.update(version=F("version") + 1, **values):
            raise Refused(_clash(), code="clash")
    AssessmentBand.objects.filter(scheme=scheme).delete()
    AssessmentBand.objects.bulk_create(
        AssessmentBand(scheme=scheme, limit=each.limit, name_th=each.name_th, name_en=each.name_en)
        for each in given.bands
    )
    _write_rounds(given, scheme)
    _write_competencies(given, scheme)
    return scheme


def _write_rounds(given: SchemeInput, scheme: AssessmentScheme) -> None:
    gone = AssessmentRound.objects.filter(scheme=scheme, number__gt=len(given.rounds))
    if (
        Appraisal.objects.filter(round__in=gone).exists()
        or SelfAssessment.objects.filter(round__in=gone).exists()
    ):
        raise Refused(_("มีการประเมินที่เริ่มแล้วในรอบที่ตัดออก จึงตัดรอบนั้นไม่ได้"), code="used")
    gone.delete()
    AssessmentRound.objects.bulk_create(
        [
            AssessmentRound(
                scheme=scheme,
                number=number,
                first_quarter=each.first_quarter,
                last_quarter=each.last_quarter,
                name_th=each.name_th,
                name_en=each.name_en,
            )
            for number, each in enumerate(given.rounds, start=1)
        ],
        update_conflicts=True,
        unique_fields=["scheme", "number"],
        update_fields=["first_quarter", "last_quarter", "name_th", "name_en"],
    )


def _write_competencies(given: SchemeInput, scheme: AssessmentScheme) -> None:
    gone = Competency.objects.filter(scheme=scheme).exclude(
        code__in=[each.code for each in given.competencies]
    )
    if gone.filter(scores__isnull=False).exists():
        raise Refused(_("มีการให้คะแนนสมรรถนะที่ตัดออกแล้ว จึงตัดข้อนั้นไม่ได้"), code="used")
    gone.delete()
    Competency.objects.bulk_create(
        [
            Competency(
                scheme=scheme,
                code=each.code,
                order=order,
                weight=each.weight,
                name_th=each.name_th,
                name_en=each.name_en,
            )
            for order, each in enumerate(given.competencies, start=1)
        ],
        update_conflicts=True,
        unique_fields=["scheme", "code"],
        update_fields=["order", "weight", "name_th", "name_en"],
    )
