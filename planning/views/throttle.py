"""How much one machine may tell the portal without signing in."""

from django.core.cache import cache

from audit.log import request_context

# From one address in an hour.
MOST_TOLD, TOLD_SECONDS = 5, 3600


def too_many(kind: str) -> bool:
    """Count what this request's address tells of a kind in an hour, and say when it is enough."""
    key = f"{kind}-{request_context.get().address}"
    cache.add(key, 0, TOLD_SECONDS)
    return int(cache.incr(key)) > MOST_TOLD
