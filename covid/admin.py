"""The incident's record, to be looked at: stated figures arrive from their sources only."""

from django.contrib import admin

from common.readonly import ReadOnly
from covid.models import (
    CaseFinding,
    Event,
    Facility,
    FacilityCount,
    Factory,
    Incident,
    Measure,
    Order,
    StatedFact,
    SupplyRequest,
    Term,
    Vaccination,
)


@admin.register(Incident)
class IncidentAdmin(ReadOnly):
    list_display = ("code", "name_th", "start_date", "end_date")
    ordering = ("code",)


@admin.register(StatedFact)
class StatedFactAdmin(ReadOnly):
    list_display = ("key", "label_th", "value", "unit_th", "area")
    list_select_related = ("area",)
    ordering = ("incident", "order")


@admin.register(FacilityCount)
class FacilityCountAdmin(ReadOnly):
    list_display = ("kind", "area", "sites", "beds", "as_of_date")
    list_filter = ("kind",)
    list_select_related = ("area",)
    ordering = ("incident", "order")


@admin.register(Measure)
class MeasureAdmin(ReadOnly):
    list_display = ("order", "name_th")
    ordering = ("incident", "order")


@admin.register(Event)
class EventAdmin(ReadOnly):
    list_display = ("order", "happened_date", "text_th", "is_press")
    ordering = ("incident", "order")


@admin.register(Term)
class TermAdmin(ReadOnly):
    list_display = ("abbreviation", "name_th", "is_shown")
    ordering = ("incident", "order")


@admin.register(Facility)
class FacilityAdmin(ReadOnly):
    list_display = ("code", "name_th", "kind", "area", "beds")
    list_select_related = ("area",)
    ordering = ("incident", "code")


@admin.register(Order)
class OrderAdmin(ReadOnly):
    list_display = ("number", "name_th", "issued_date", "from_date", "until_date")
    ordering = ("-issued_date",)


@admin.register(Factory)
class FactoryAdmin(ReadOnly):
    list_display = ("code", "name_th", "area", "status", "from_date", "until_date")
    list_select_related = ("area",)
    ordering = ("incident", "code")


@admin.register(CaseFinding)
class CaseFindingAdmin(ReadOnly):
    list_display = ("day", "place_th", "area", "tested", "found")
    list_select_related = ("area",)
    ordering = ("-day",)


@admin.register(Vaccination)
class VaccinationAdmin(ReadOnly):
    list_display = ("day", "dose", "group", "area", "given", "target")
    list_select_related = ("area",)
    ordering = ("-day",)


@admin.register(SupplyRequest)
class SupplyRequestAdmin(ReadOnly):
    list_display = ("day", "item_th", "requester_th", "asked", "given")
    ordering = ("-day",)
