"""KPIs, to be looked at; they change by their verbs only."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from common.readonly import ReadOnly
from kpi.models import KPI, Figure, Indicator, IndicatorVersion, Link, Result, Scorecard, ScoreCurve


@admin.register(Indicator)
class IndicatorAdmin(ReadOnly):
    list_display = ("code", "name_th", "source_agency", "is_active", "is_sample")
    list_select_related = ("source_agency",)
    search_fields = ("code", "name_th", "name_en")
    ordering = ("code",)


@admin.register(IndicatorVersion)
class IndicatorVersionAdmin(ReadOnly):
    list_display = ("indicator", "number", "from_year", "from_quarter", "over_time", "over_units")
    list_select_related = ("indicator",)
    ordering = ("indicator__code", "number")


@admin.register(Scorecard)
class ScorecardAdmin(ReadOnly):
    # Personal scorecards have their own pages, where every view is logged.
    list_display = ("fiscal_year", "level", "agency", "state")
    list_filter = ("fiscal_year", "state")
    list_select_related = ("agency",)
    ordering = ("-fiscal_year", "agency__code")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).exclude(level=Scorecard.Level.POST)


@admin.register(KPI)
class KPIAdmin(ReadOnly):
    list_display = ("code", "fiscal_year", "indicator", "agency", "weight")
    list_filter = ("fiscal_year",)
    list_select_related = ("indicator", "agency")
    search_fields = ("code", "indicator__name_th")
    ordering = ("-fiscal_year", "code")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).exclude(scorecard__level=Scorecard.Level.POST)


@admin.register(Result)
class ResultAdmin(ReadOnly):
    list_display = ("kpi", "quarter", "status", "entered_by", "submitted_at", "approved_at")
    list_filter = ("status", "quarter__fiscal_year")
    list_select_related = ("kpi", "quarter", "entered_by")
    search_fields = ("kpi__code",)
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).exclude(kpi__scorecard__level=Scorecard.Level.POST)


@admin.register(Figure)
class FigureAdmin(ReadOnly):
    list_display = ("kpi", "quarter", "state", "ytd_value", "achievement", "score")
    list_filter = ("state", "quarter__fiscal_year")
    list_select_related = ("kpi", "quarter")
    search_fields = ("kpi__code",)
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).exclude(kpi__scorecard__level=Scorecard.Level.POST)


@admin.register(Link)
class LinkAdmin(ReadOnly):
    list_display = ("parent", "child", "kind", "weight")
    list_select_related = ("parent", "child")
    ordering = ("parent__code",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).exclude(child__scorecard__level=Scorecard.Level.POST)


@admin.register(ScoreCurve)
class ScoreCurveAdmin(ReadOnly):
    list_display = ("code", "fiscal_year", "name_th", "preset", "axis")
    ordering = ("-fiscal_year", "code")
