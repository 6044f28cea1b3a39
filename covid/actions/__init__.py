"""Every write about incidents."""

from covid.actions.feeding import feed_kpi
from covid.actions.operations import (
    OccupancyEntry,
    SituationEntry,
    close_incident,
    open_incident,
    put_facility,
    put_order,
    record_day,
)
from covid.actions.registers import (
    CaseFindingInput,
    FacilityInput,
    FactoryInput,
    InspectionInput,
    OrderInput,
    RegisterEntry,
    SupplyInput,
    VaccinationInput,
    put_rows,
    withdraw_rows,
)
from covid.actions.response import (
    inspect_factory,
    put_case_finding,
    put_factory,
    put_supply_request,
    put_vaccination,
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
    "CaseFindingInput",
    "Count",
    "FacilityInput",
    "Fact",
    "FactoryInput",
    "InspectionInput",
    "OccupancyEntry",
    "OrderInput",
    "RegisterEntry",
    "SituationEntry",
    "StatedIncident",
    "Step",
    "SupplyInput",
    "VaccinationInput",
    "Words",
    "close_incident",
    "feed_kpi",
    "inspect_factory",
    "load_incident",
    "open_incident",
    "put_case_finding",
    "put_facility",
    "put_factory",
    "put_order",
    "put_rows",
    "put_supply_request",
    "put_vaccination",
    "record_day",
    "withdraw_rows",
]
