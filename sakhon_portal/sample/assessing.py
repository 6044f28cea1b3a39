"""How the sample's years are assessed: the three-level curve and the schemes of `data/sample`."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from kpi.actions import draw_curves, set_schemes
from kpi.actions.definitions import CurveInput
from kpi.actions.schemes import BandInput, CompetencyInput, RoundInput, SchemeInput
from kpi.models import AssessmentScheme, ScoreCurve
from sakhon_portal.sample.book import Book
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
