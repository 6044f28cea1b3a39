"""Every write about incidents."""

from covid.actions.operations import (
    FacilityInput,
    OccupancyEntry,
    OrderInput,
    SituationEntry,
    close_incident,
    open_incident,
    put_facility,
    put_order,
    record_day,
)
from covid.actions.stated import (
    Count,
    Fact,
    StatedIncident,
    Step,
    Words,
    load_incident,
)

__all__ = [
    "Count",
    "FacilityInput",
    "Fact",
    "OccupancyEntry",
    "OrderInput",
    "SituationEntry",
    "StatedIncident",
    "Step",
    "Words",
    "close_incident",
    "load_incident",
    "open_incident",
    "put_facility",
    "put_order",
    "record_day",
]
