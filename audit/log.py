"""Write events; the only writer of the log."""

from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from audit.models import Event


class Actor(Protocol):
    """Whoever acts: a user of the portal."""

    pk: Any

    def get_username(self) -> str: ...


@dataclass(frozen=True, slots=True)
class RequestContext:
    """Where the present request comes from."""

    address: str | None = None
    request_id: str = ""


# Frozen, so one default serves everybody.
NOBODY = RequestContext()
request_context: ContextVar[RequestContext] = ContextVar("request_context", default=NOBODY)


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing done to one subject; `before` and `after` hold only what changed."""

    verb: str
    subject: models.Model
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    reason: str = ""
    agency_code: str = ""


def record(
    verb: str,
    subject: models.Model,
    *,
    by: Actor | None,
    at: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
    role: str = "",
    agency_code: str = "",
) -> None:
    """Write one event in the running transaction; `by` None is the system itself."""
    deed = Deed(verb, subject, before, after, reason, agency_code)
    record_many([deed], by=by, at=at, role=role)


def record_many(deeds: Sequence[Deed], *, by: Actor | None, at: datetime, role: str = "") -> None:
    """Write one event for each deed with one statement."""
    context = request_context.get()
    Event.objects.bulk_create(
        [
            Event(
                at=at,
                verb=deed.verb,
                actor_id=by.pk if by else None,
                actor_name=by.get_username() if by else "",
                role=role,
                agency_code=deed.agency_code,
                address=context.address,
                subject_type=deed.subject._meta.label_lower,
                subject_id=deed.subject.pk,
                subject_label=str(deed.subject)[:300],
                before=_plain(deed.before),
                after=_plain(deed.after),
                reason=deed.reason,
                request_id=context.request_id,
            )
            for deed in deeds
        ],
        batch_size=500,
    )


class _Encoder(DjangoJSONEncoder):
    """Models by their number, everything else as Django does."""

    def default(self, o: Any) -> Any:
        return o.pk if isinstance(o, models.Model) else super().default(o)


def _plain(values: dict[str, Any] | None) -> dict[str, Any] | None:
    """Turn Decimals, dates and models into what JSON holds."""
    if values is None:
        return None
    plain: dict[str, Any] = {}
    for name, value in values.items():
        if value is None or isinstance(value, str | int | float | bool | list | dict):
            plain[name] = value
        else:
            plain[name] = _Encoder().default(value)
    return plain
