"""How the sample's years are assessed: schemes of `data/sample`, then self-assessments and appraisals."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from kpi.actions import (
    acknowledge_appraisal,
    draw_curves,
    save_appraisal,
    save_self_assessment,
    send_self_assessment,
    set_schemes,
    sign_appraisal,
)
from kpi.actions.definitions import CurveInput
from kpi.actions.schemes import BandInput, CompetencyInput, RoundInput, SchemeInput
from kpi.models import KPI, AssessmentRound, AssessmentScheme, Scorecard, ScoreCurve
from kpi.rules.assessed import holder_in_round
from sakhon_portal.sample.book import PAST, PRESENT, Book, moment
from submissions.models import FiscalYear


def set_rules(book: Book, year: int, *, at: datetime) -> None:
    """Give a year its schemes, as the strategy office would."""
    fiscal_year, stated = book.years[year], book.schemes["three"]
    [three] = draw_curves(
        curves=[
            CurveInput(
                code=stated["code"],
                fiscal_year=fiscal_year,
                name_th=stated["name_th"],
                name_en=stated["name_en"],
                preset=ScoreCurve.Preset.THREE,
                points=[(x, score) for x, score in stated["points"]],
                below_first=ScoreCurve.Below.ZERO,
                is_sample=True,
            )
        ],
        by=None,
        at=at,
    )
    set_schemes(
        schemes=[_scheme(fiscal_year, each, three) for each in book.schemes["schemes"]],
        by=None,
        at=at,
    )


def _scheme(fiscal_year: FiscalYear, stated: Mapping[str, Any], three: ScoreCurve) -> SchemeInput:
    return SchemeInput(
        fiscal_year=fiscal_year,
        kind=stated["kind"],
        work_share=Decimal(stated["work_share"]),
        bands=[BandInput(Decimal(limit), *names) for limit, *names in stated["bands"]],
        rounds=[RoundInput(*each) for each in stated["rounds"]],
        competencies=[
            CompetencyInput(code, name_th, Decimal(weight), name_en)
            for code, name_th, weight, name_en in stated["competencies"]
        ],
        curve=three if stated["kind"] == AssessmentScheme.Kind.AGENCY else None,
        least_coverage=Decimal(stated["least_coverage"]),
        basis_th=stated["basis_th"],
        is_sample=True,
    )


# Whose year is told to the end: agencies that send a self-assessment, posts that are appraised.
AGENCIES = ("MOPH", "FISH", "IND")
POSTS = 6
LEVELS = ("3", "3.5", "4", "4.5", "5")


def assess(book: Book, *, today: date) -> None:
    """Assess the past year to its end and begin the present one, by the people it belongs to."""
    done = moment(date(PAST - 543, 11, 20))
    for code in AGENCIES:
        _self_assess(book, PAST, code, number=3, at=done)
    _self_assess(book, PRESENT, AGENCIES[0], number=1, at=moment(today, 8), is_sent=False)
    cards = list(
        Scorecard.objects.filter(fiscal_year=PAST, level=Scorecard.Level.POST, is_sample=True)
        .select_related("agency", "post__supervising_post")
        .order_by("post__code")
    )
    for place, card in enumerate(cards[:POSTS]):
        for number in (1, 2):
            at = moment(date(PAST - 543, 4, 20)) if number == 1 else done
            _appraise(book, card, number, place, at=at, is_acknowledged=place % 3 != 2)


def _self_assess(
    book: Book, year: int, code: str, *, number: int, at: datetime, is_sent: bool = True
) -> None:
    card = Scorecard.objects.select_related("agency").get(
        fiscal_year=year, agency__code=code, level=Scorecard.Level.AGENCY
    )
    round_ = _round(year, AssessmentScheme.Kind.AGENCY, number)
    head = book.person(code, "approver")
    kpis = KPI.objects.filter(scorecard=card).order_by("code").values_list("pk", flat=True)
    written = save_self_assessment(
        scorecard=card,
        round_=round_,
        potential=Decimal(82),
        summary_th="ดำเนินงานตามแผนทุกตัวชี้วัด ข้อมูลตัวอย่าง ใช้ดูการทำงานของระบบ",
        remarks=dict.fromkeys(list(kpis)[:2], "ดำเนินการครบทุกอำเภอ สอบทานกับหลักฐานแล้ว"),
        version=0,
        by=head,
        at=at,
        is_sample=True,
    )
    if is_sent:
        send_self_assessment(scorecard=card, round_=round_, version=written.version, by=head, at=at)


def _appraise(
    book: Book, card: Scorecard, number: int, place: int, *, at: datetime, is_acknowledged: bool
) -> None:
    assert card.post is not None
    above = card.post.supervising_post
    assert above is not None  # every post of people.json with a KPI stands under a head
    round_ = _round(card.fiscal_year_id, AssessmentScheme.Kind.OFFICIAL, number)
    if holder_in_round(card.post, card.fiscal_year_id, round_) is None:
        return
    boss = book.holder(above.code, at.date())
    asked = sorted(round_.scheme.competencies.all(), key=lambda each: each.order)
    appraisal = save_appraisal(
        scorecard=card,
        round_=round_,
        levels={
            each.pk: Decimal(LEVELS[(place + number + order) % len(LEVELS)])
            for order, each in enumerate(asked)
        },
        comment_th="ปฏิบัติงานตามที่มอบหมายครบถ้วน (ข้อมูลตัวอย่าง)",
        development_th="อบรมการวิเคราะห์ข้อมูล 1 หลักสูตร (ข้อมูลตัวอย่าง)",
        version=0,
        by=boss,
        at=at,
        is_sample=True,
    )
    signed = sign_appraisal(appraisal=appraisal, version=appraisal.version, by=boss, at=at)
    if is_acknowledged:
        acknowledge_appraisal(appraisal=signed, by=signed.assessed, at=at)


def _round(year: int, kind: str, number: int) -> AssessmentRound:
    return (
        AssessmentRound.objects.select_related("scheme__curve")
        .prefetch_related("scheme__bands", "scheme__competencies")
        .get(scheme__fiscal_year=year, scheme__kind=kind, number=number)
    )
