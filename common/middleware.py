"""Who asks, what the log keeps of it, and what becomes of a refusal that no view caught."""

from collections.abc import Callable
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django_structlog.middlewares import RequestMiddleware

from common.asked import remembering
from common.refusal import Refused

# Parts of an address that open something for whoever reads them.
_SECRET_PARTS = frozenset({"token", "key", "secret"})
_LOGGED_AS = "portal.logged_as"


def _without_secrets(request: HttpRequest) -> str:
    path = request.path
    try:
        named = resolve(request.path_info).kwargs
    except Resolver404:
        named = {}
    for name in _SECRET_PARTS & named.keys():
        if isinstance(named[name], str):
            path = path.replace(named[name], "…")
    return path


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


class VisitorAddressMiddleware:
    """Let REMOTE_ADDR be the visitor's address where a proxy stands in front.

    Only the last word of X-Forwarded-For is the proxy's own; what stands before it, the visitor wrote.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Nobody further in, the API's throttle for one, may take the visitor's word for it.
        named = request.META.pop("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
        if settings.BEHIND_PROXY and _is_address(named):
            request.META["REMOTE_ADDR"] = named
        return self.get_response(request)


class RequestLogMiddleware(RequestMiddleware):
    """Log a request without what was searched for and without the secret of a link."""

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        # Asked when a request begins and when it ends; some hundred addresses are compared each time.
        if _LOGGED_AS not in request.META:
            request.META[_LOGGED_AS] = f"{request.method} {_without_secrets(request)}"
        return str(request.META[_LOGGED_AS])


class RefusedMiddleware:
    """Answer 409 with the sentence where a view let a refusal through."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refused):
            return None
        return render(request, "errors/409.html", {"refusal": exception.sentence}, status=409)


class AskOnceMiddleware:
    """Let a request that only reads ask the same question once (`common.asked`)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return self.get_response(request)
        with remembering():
            return self.get_response(request)
