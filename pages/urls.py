"""Addresses of joined pages."""

from django.urls import path

from pages.views import approvals, areas, dashboard, delegation, desk, find, home, strategy, words

app_name = "pages"

urlpatterns = [
    path("", home.home, name="home"),
    path("desk/", desk.desk, name="desk"),
    path("desk/approvals/", approvals.approval_list, name="approval-list"),
    path("desk/approvals/undo/<int:key>/", approvals.approval_undo, name="approval-undo"),
    path("desk/delegation/", delegation.delegation_list, name="delegation-list"),
    path(
        "desk/delegation/<int:pk>/revoke/", delegation.delegation_revoke, name="delegation-revoke"
    ),
    path("strategy/", strategy.strategy, name="strategy"),
    path("issues/<int:start>-<str:code>/", strategy.issue, name="issue"),
    path(
        "issues/<int:start>-<str:code>/work/<int:year>-q<int:number>/",
        strategy.issue_work,
        name="issue-work",
    ),
    path("areas/", areas.area_list, name="area-list"),
    path("areas/<str:code>/", areas.area_detail, name="area"),
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("search/", find.find, name="search"),
    path("privacy/", words.privacy, name="privacy"),
    path("policy/", words.policy, name="policy"),
    path("site-map/", words.site_map, name="site-map"),
]
