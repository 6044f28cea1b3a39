"""Addresses of KPIs."""

from django.urls import path, re_path

from kpi.views import (
    appraisals,
    cascade,
    dictionary,
    entry,
    esar,
    explain,
    indicators,
    public,
    results,
    scorecard_edit,
    scorecards,
    scores,
    scoring_rules,
    sight,
    what_if,
)

app_name = "kpi"

urlpatterns = [
    path("line-of-sight/", sight.sight, name="sight"),
    path("kpis/", public.kpi_list, name="kpi-list"),
    path("kpis/<str:code>/", public.kpi_detail, name="kpi-detail"),
    path("kpis/<str:code>/explain/<int:year>-q<int:number>/", explain.explain, name="explain"),
    path(
        "scores/<str:kind>/<int:key>/<int:year>-q<int:number>/",
        explain.explain_score,
        name="explain-score",
    ),
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
    path("desk/kpis/results/<int:pk>/", results.result_detail, name="result-detail"),
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
    path("desk/kpis/scores/", scores.score_list, name="score-list"),
    path("desk/kpis/scores.csv", scores.score_csv, name="score-csv"),
    path("desk/kpis/scores/<int:pk>/", scores.score_detail, name="score-detail"),
    path("desk/kpis/scores/<int:pk>/years.csv", scores.trend_csv, name="trend-csv"),
    path("desk/kpis/what-if/", what_if.what_if, name="what-if"),
    path("desk/kpis/e-sar/", esar.esar_list, name="esar-list"),
    path("desk/kpis/e-sar/<int:pk>/<int:number>/", esar.esar, name="esar"),
    path("desk/kpis/e-sar/<int:pk>/<int:number>/send/", esar.esar_send, name="esar-send"),
    re_path(
        r"^desk/kpis/e-sar/(?P<pk>\d{1,9})/(?P<number>\d{1,2})\.(?P<ending>pdf|xlsx)$",
        esar.esar_file,
        name="esar-file",
    ),
    path("desk/kpis/appraisals/", appraisals.appraisal_list, name="appraisal-list"),
    path("desk/kpis/appraisals/<int:pk>/<int:number>/", appraisals.appraisal, name="appraisal"),
    path(
        "desk/kpis/appraisals/<int:pk>/<int:number>/sign/",
        appraisals.appraisal_sign,
        name="appraisal-sign",
    ),
    path(
        "desk/kpis/appraisals/<int:pk>/<int:number>/acknowledge/",
        appraisals.appraisal_acknowledge,
        name="appraisal-acknowledge",
    ),
    re_path(
        r"^desk/kpis/appraisals/(?P<pk>\d{1,9})/(?P<number>\d{1,2})\.(?P<ending>pdf|xlsx)$",
        appraisals.appraisal_file,
        name="appraisal-file",
    ),
]
