"""Let the log know where a request comes from."""

from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

from audit.log import RequestContext, request_context


class RequestContextMiddleware:
    """Keep the caller's address and the request's id at hand for the events of this request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = str(structlog.contextvars.get_contextvars().get("request_id", ""))
        token = request_context.set(RequestContext(request.META.get("REMOTE_ADDR"), request_id))
        try:
            return self.get_response(request)
        finally:
            request_context.reset(token)
