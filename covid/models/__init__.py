"""Incidents: what sources state about them, and what is done and counted each day."""

from covid.models.operations import DailySituation, Facility, Occupancy, Order
from covid.models.response import (
    CaseFinding,
    Factory,
    FactoryInspection,
    SupplyRequest,
    Vaccination,
)
from covid.models.stated import Event, FacilityCount, Incident, Measure, StatedFact, Term

__all__ = [
    "CaseFinding",
    "DailySituation",
    "Event",
    "Facility",
    "FacilityCount",
    "Factory",
    "FactoryInspection",
    "Incident",
    "Measure",
    "Occupancy",
    "Order",
    "StatedFact",
    "SupplyRequest",
    "Term",
    "Vaccination",
]
