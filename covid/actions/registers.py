"""Many rows of an incident's registers at once: kept together or not at all, and taken away again."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import models, transaction

from accounts.models import Role, User
from audit.log import Deed, record_many
from common import fiscal
from common.refusal import Refused
from covid import rules
from covid.actions.operations import FacilityInput, OrderInput, put_facility, put_order
from covid.actions.response import (
    CaseFindingInput,
    FactoryInput,
    InspectionInput,
    SupplyInput,
    VaccinationInput,
    inspect_factory,
    put_case_finding,
    put_factory,
    put_supply_request,
    put_vaccination,
)
from covid.models import Factory, FactoryInspection, Incident
from submissions.actions import Withdrawal, refuse_all, refuse_what_stays
from submissions.rules import standing_of


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """A row of a register as typed; `instead_of` is the one that it changes, seen at `version`."""

    incident: Incident
    row: Any
    instead_of: Any = None
    version: int = 0
    # Of an inspection: the factory that was visited.
    factory: Factory | None = None


# The verb of each kind of row, and what it calls the row.
_VERBS: Final[Mapping[type, tuple[Callable[..., Any], str]]] = {
    FacilityInput: (put_facility, "facility"),
    OrderInput: (put_order, "order"),
    FactoryInput: (put_factory, "row"),
    CaseFindingInput: (put_case_finding, "row"),
    SupplyInput: (put_supply_request, "row"),
}


@transaction.atomic
def put_rows(*, entries: Sequence[RegisterEntry], by: User, at: datetime) -> list[Any]:
    """Add and change rows of registers, each by the verb of its page; all of them or none.

    :raises EntriesRefused: with what each verb refused, by position.
    """
    refusals: dict[int, Refused] = {}
    kept = []
    series: dict[tuple[Any, ...], list[RegisterEntry]] = defaultdict(list)
    for entry in entries:
        if isinstance(entry.row, VaccinationInput):
            series[_series_of(entry)].append(entry)
    for position, entry in enumerate(entries):
        try:
            # A row that the database itself refuses leaves the others to be looked at.
            with transaction.atomic():
                kept.append(_put(entry, series, by, at))
        except Refused as refused:
            refusals[position] = refused
    refuse_all(refusals)
    return kept


def _series_of(entry: RegisterEntry) -> tuple[Any, ...]:
    return entry.incident.pk, entry.row.dose, entry.row.group, entry.row.area.pk


def _put(
    entry: RegisterEntry,
    series: Mapping[tuple[Any, ...], Sequence[RegisterEntry]],
    by: User,
    at: datetime,
) -> Any:
    place: dict[str, Any] = {
        "incident": entry.incident,
        "instead_of": entry.instead_of,
        "version": entry.version,
    }
    if isinstance(entry.row, VaccinationInput):
        # A running total is held against what stands around it once all of them are in.
        together = series[_series_of(entry)]
        beside = [(each.row, each.instead_of) for each in together if each is not entry]
        return put_vaccination(row=entry.row, beside=beside, **place, by=by, at=at)
    if isinstance(entry.row, InspectionInput):
        assert entry.factory is not None
        return inspect_factory(
            factory=entry.factory,
            row=entry.row,
            instead_of=entry.instead_of,
            version=entry.version,
            by=by,
            at=at,
        )
    verb, name = _VERBS[type(entry.row)]
    return verb(**{name: entry.row}, **place, by=by, at=at)


@transaction.atomic
def withdraw_rows(
    *, model: type[models.Model], entries: Sequence[Withdrawal], by: User, at: datetime
) -> None:
    """Take rows of a register away on which nothing rests, as if nobody had written them.

    :raises Refused: if the person may not.
    :raises EntriesRefused: by position: something rests on it, or somebody changed it meanwhile.
    """
    rows: Any = model._default_manager
    held = rows.select_for_update(of=("self",)).select_related(
        "factory__incident" if model is FactoryInspection else "incident"
    )
    found = held.in_bulk([entry.key for entry in entries])
    standing = standing_of(by, fiscal.local_date(at))
    for incident in {row.incident for row in found.values()}:
        if reason := rules.why_not_operate(incident, standing):
            raise Refused(reason, code="not_allowed")
    refuse_what_stays(
        entries,
        {key: row.version for key, row in found.items()},
        rules.what_rests_on(model, found),
    )
    names = [each.name for each in model._meta.concrete_fields if each.name not in _OF_THE_PORTAL]
    deeds = [
        Deed(
            f"covid.{model._meta.model_name}.withdrawn",
            row,
            before={name: getattr(row, name) for name in names},
        )
        for row in found.values()
    ]
    record_many(deeds, by=by, at=at, role=Role.OPERATOR)
    rows.filter(pk__in=found).delete()


_OF_THE_PORTAL = ("id", "incident", "version", "is_sample", "file", "file_name", "file_type")
