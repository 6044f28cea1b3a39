"""Incidents: what sources state about them, and what is done and counted each day."""

from covid.models.operations import DailySituation, Facility, Occupancy, Order
from covid.models.stated import Event, FacilityCount, Incident, Measure, StatedFact, Term

__all__ = [
    "DailySituation",
    "Event",
    "Facility",
    "FacilityCount",
    "Incident",
    "Measure",
    "Occupancy",
    "Order",
    "StatedFact",
    "Term",
]
