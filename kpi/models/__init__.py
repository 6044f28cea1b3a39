"""What is measured, on whose scorecard, against which target, with what result.

Indicator (what, with versioned rules) → KPI (an indicator on a scorecard in a fiscal year, with
weight, curve, base and targets) → Result (one quarter's entry) → Figure (the computed quarter and
year to date, stored by rollups only). `assessments` holds self-assessments and appraisals.
"""

from kpi.models.assessments import (
    Appraisal,
    AssessmentBand,
    AssessmentRound,
    AssessmentScheme,
    Competency,
    CompetencyScore,
    SelfAssessment,
    SelfAssessmentRemark,
)
from kpi.models.figures import CellStateChoices, Figure, FigureQuerySet, InForce, Score
from kpi.models.indicators import (
    Direction,
    Disaggregation,
    DisaggregationItem,
    Frequency,
    Indicator,
    IndicatorQuerySet,
    IndicatorVersion,
    OverTime,
    OverUnits,
    TargetMeaning,
)
from kpi.models.kpis import KPI, AcceptedDifference, KPIQuerySet, Link, Target
from kpi.models.results import Result, ResultPart, ResultQuerySet
from kpi.models.scorecards import (
    Amendment,
    AmendmentQuerySet,
    Scorecard,
    ScorecardQuerySet,
    ScoreCurve,
)

__all__ = [
    "KPI",
    "AcceptedDifference",
    "Amendment",
    "AmendmentQuerySet",
    "Appraisal",
    "AssessmentBand",
    "AssessmentRound",
    "AssessmentScheme",
    "CellStateChoices",
    "Competency",
    "CompetencyScore",
    "Direction",
    "Disaggregation",
    "DisaggregationItem",
    "Figure",
    "FigureQuerySet",
    "Frequency",
    "InForce",
    "Indicator",
    "IndicatorQuerySet",
    "IndicatorVersion",
    "KPIQuerySet",
    "Link",
    "OverTime",
    "OverUnits",
    "Result",
    "ResultPart",
    "ResultQuerySet",
    "Score",
    "ScoreCurve",
    "Scorecard",
    "ScorecardQuerySet",
    "SelfAssessment",
    "SelfAssessmentRemark",
    "Target",
    "TargetMeaning",
]
