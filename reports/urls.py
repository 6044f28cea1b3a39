"""Addresses of reports."""

from django.urls import path, re_path

from reports.views import corrections, desk, public, returns

app_name = "reports"

_QUARTER = r"reports/(?P<year>\d{4})/q(?P<number>[1-4])"
_EDITION = rf"{_QUARTER}/edition/(?P<edition>[1-9]\d{{0,3}})"
_DESK = "desk/reports/<int:year>/q<int:number>/"

urlpatterns = [
    path("reports/", public.report_list, name="report-list"),
    re_path(rf"^{_QUARTER}/$", public.published_file, name="report"),
    re_path(rf"^{_QUARTER}\.(?P<ending>pdf|csv|json)$", public.published_file, name="report-file"),
    re_path(rf"^{_EDITION}/$", public.published_file, name="edition"),
    re_path(rf"^{_EDITION}\.(?P<ending>pdf|csv|json)$", public.published_file, name="edition-file"),
    re_path(r"^reports/assets/(?P<asset>[\w./-]+)$", public.published_file, name="report-asset"),
    path("open-data/", public.open_data, name="open-data"),
    re_path(
        r"^open-data/(?P<name>[a-z]+)\.(?P<ending>csv|json)$", public.data_set, name="data-set"
    ),
    path("feed.xml", public.feed, name="feed"),
    path("sitemap.xml", public.sitemap, name="sitemap"),
    path("desk/reports/", desk.quarter_list, name="quarter-list"),
    path("desk/returns/", returns.returns_desk, name="returns-desk"),
    re_path(
        r"^desk/returns/(?P<name>[a-z-]+)\.(?P<ending>xlsx|pdf)$",
        returns.return_file,
        name="return-file",
    ),
    path("desk/returns/labels/<str:name>/", returns.returns_labels, name="returns-labels"),
    path("desk/returns/<str:code>/", returns.returns_project, name="returns-project"),
    path(_DESK, desk.quarter_detail, name="quarter-detail"),
    path(f"{_DESK}open/", desk.quarter_open, name="quarter-open"),
    path(f"{_DESK}close/", desk.quarter_close, name="quarter-close"),
    path(f"{_DESK}summary/", desk.summary_write, name="summary-write"),
    path(f"{_DESK}publish/", desk.report_publish, name="report-publish"),
    path(f"{_DESK}corrections/", corrections.corrections, name="corrections"),
    path(f"{_DESK}corrections/propose/", corrections.correction_propose, name="correction-propose"),
    path(f"{_DESK}corrections/reopen/", corrections.reopening_ask, name="reopening-ask"),
    path(f"{_DESK}corrections/restate/", corrections.restatement_ask, name="restatement-ask"),
    path(
        "desk/reports/reopenings/<int:pk>/agree/",
        corrections.reopening_agree,
        name="reopening-agree",
    ),
    path(
        "desk/reports/restatements/<int:pk>/agree/",
        corrections.restatement_agree,
        name="restatement-agree",
    ),
    path(
        "desk/reports/restatements/<int:pk>/decline/",
        corrections.restatement_decline,
        name="restatement-decline",
    ),
    path(f"{_DESK}progress/", desk.publish_progress, name="publish-progress"),
]
