"""What leaves the portal of an error: where it happened, never whose row it was."""

from collections.abc import MutableMapping
from typing import Any


def _without_row(text: str) -> str:
    """Cut off the values that PostgreSQL quotes beneath its own sentence."""
    return text.partition("\nDETAIL:")[0]


def without_rows(
    _logger: Any, _method: str, line: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Take quoted rows out of the tracebacks of a line of the log."""
    error = line.get("exception")
    for each in error if isinstance(error, list) else ():
        each["exc_value"] = _without_row(each["exc_value"])
    return line


def event_without_rows(event: Any, _hint: dict[str, Any]) -> Any:
    """Take out of an event for Sentry who asked, what was sent with it, and quoted rows."""
    for error in event.get("exception", {}).get("values", ()):
        error["value"] = _without_row(error.get("value") or "")
    # The transaction names the route; the address may hold the secret of a link.
    event["request"] = {"method": event.get("request", {}).get("method")}
    event.pop("user", None)
    return event
