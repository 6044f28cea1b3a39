"""All addresses: Thai at the plain address, English under /en/, machines outside both."""

from importlib.util import find_spec

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.decorators.http import require_POST
from django.views.i18n import set_language
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from pages.views.machines import healthz, readyz
from sakhon_portal.api import router

_APPS = (
    "pages",
    "reports",
    "spreadsheets",
    "reminders",
    "planning",
    "budget",
    "covid",
    "learning",
    "projects",
    "kpi",
    "strategy",
    "submissions",
    "meetings",
    "accounts",
    "common",
)

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("i18n/setlang/", login_not_required(require_POST(set_language)), name="set_language"),
    path("api/v1/schema/", login_not_required(SpectacularAPIView.as_view()), name="api-schema"),
    path(
        "api/docs/",
        login_not_required(SpectacularSwaggerSplitView.as_view(url_name="api-schema")),
        name="api-docs",
    ),
    path("api/v1/", include(router.urls)),
    *i18n_patterns(
        path("accounts/", include("allauth.urls")),
        path("admin/", admin.site.urls),
        *[path("", include(f"{app}.urls")) for app in _APPS if find_spec(f"{app}.urls")],
        prefix_default_language=False,
    ),
]
