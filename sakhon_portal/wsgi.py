"""The WSGI entrance of the portal: published files first, Django for everything else."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from reports.published import POLICY, PublishedFiles

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sakhon_portal.settings")


def security_headers() -> dict[str, str]:
    """The headers that Django gives every other answer, and the reports' own policy."""
    headers = {
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": settings.X_FRAME_OPTIONS,
        "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
        "Cross-Origin-Opener-Policy": settings.SECURE_CROSS_ORIGIN_OPENER_POLICY,
    }
    if settings.SECURE_HSTS_SECONDS:
        parts = [f"max-age={settings.SECURE_HSTS_SECONDS}"]
        parts += ["includeSubDomains"] if settings.SECURE_HSTS_INCLUDE_SUBDOMAINS else []
        parts += ["preload"] if settings.SECURE_HSTS_PRELOAD else []
        headers["Strict-Transport-Security"] = "; ".join(parts)
    return headers


application = PublishedFiles(
    get_wsgi_application(),
    settings.PUBLISHED_ROOT,
    headers=security_headers(),
    https_only=settings.SECURE_SSL_REDIRECT,
    https_header=settings.SECURE_PROXY_SSL_HEADER,
)
