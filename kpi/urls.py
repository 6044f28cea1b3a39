"""Addresses of KPIs."""

from django.urls import path

from kpi.views import (
    cascade,
    dictionary,
    entry,
    indicators,
    public,
    scorecard_edit,
    scorecards,
    scoring_rules,
)

app_name = "kpi"

urlpatterns = [
    path("kpis/", public.kpi_list, name="kpi-list"),
    path("kpis/<str:code>/", public.kpi_detail, name="kpi-detail"),
    path("kpis/<str:code>/explain/<int:year>-q<int:number>/", public.explain, name="explain"),
    path("desk/kpis/", dictionary.dictionary, name="dictionary"),
    path("desk/kpis/indicators/", indicators.indicator_list, name="indicator-list"),
    path("desk/kpis/indicators/new/", indicators.indicator_new, name="indicator-new"),
    path("desk/kpis/indicators/<str:code>/", indicators.indicator_detail, name="indicator-detail"),
    path("desk/kpis/indicators/<str:code>/edit/", indicators.indicator_edit, name="indicator-edit"),
    path("desk/kpis/scorecards/", scorecards.scorecard_list, name="scorecard-list"),
    path("desk/kpis/scorecards/make/", scorecards.scorecard_make, name="scorecard-make"),
    path("desk/kpis/scorecards/<int:pk>/", scorecards.scorecard_detail, name="scorecard"),
    path(
        "desk/kpis/scorecards/<int:pk>/edit/", scorecard_edit.scorecard_edit, name="scorecard-edit"
    ),
    path("desk/kpis/scorecards/<int:pk>/add/", scorecard_edit.line_add, name="line-add"),
    path("desk/kpis/scorecards/<int:pk>/copy/", scorecards.scorecard_copy, name="scorecard-copy"),
    path("desk/kpis/scorecards/<int:pk>/sign/", scorecards.scorecard_sign, name="scorecard-sign"),
    path(
        "desk/kpis/scorecards/<int:pk>/withdraw/",
        scorecards.scorecard_withdraw,
        name="scorecard-withdraw",
    ),
    path(
        "desk/kpis/scorecards/<int:pk>/drop/<int:kpi_id>/", scorecards.line_drop, name="line-drop"
    ),
    path(
        "desk/kpis/scorecards/<int:pk>/amendments/<int:number>/agree/",
        scorecards.amendment_agree,
        name="amendment-agree",
    ),
    path(
        "desk/kpis/scorecards/<int:pk>/amendments/<int:number>/decline/",
        scorecards.amendment_decline,
        name="amendment-decline",
    ),
    path("desk/kpis/cascade/", cascade.cascade_list, name="cascade-list"),
    path("desk/kpis/cascade/<str:code>/", cascade.cascade, name="cascade"),
    path("desk/kpis/cascade/<str:code>/add/", cascade.child_add, name="cascade-add"),
    path("desk/kpis/cascade/<str:code>/remove/", cascade.child_remove, name="cascade-remove"),
    path("desk/kpis/cascade/<str:code>/accept/", cascade.difference_accept, name="cascade-accept"),
    path("desk/kpis/entry/", entry.entry, name="entry"),
    path("desk/kpis/entry/save/", entry.row_save, name="row-save"),
    path("desk/kpis/entry/submit/", entry.submit, name="submit"),
    path("desk/kpis/entry/<int:kpi_id>/", entry.row_detail, name="entry-row"),
    path(
        "desk/kpis/entry/<int:kpi_id>/evidence/<int:evidence_id>/remove/",
        entry.evidence_remove,
        name="evidence-remove",
    ),
    path("desk/kpis/rules/", scoring_rules.scoring_rules, name="scoring-rules"),
    path("desk/kpis/rules/<int:year>/copy/", scoring_rules.rules_copy, name="rules-copy"),
    path("desk/kpis/rules/<int:year>/curves/new/", scoring_rules.curve_edit, name="curve-new"),
    path(
        "desk/kpis/rules/<int:year>/curves/<str:code>/",
        scoring_rules.curve_edit,
        name="curve-edit",
    ),
    path("desk/kpis/rules/<int:year>/<slug:kind>/", scoring_rules.scheme_edit, name="scheme-edit"),
]
