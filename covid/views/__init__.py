"""Pages about incidents: what the public reads, and the operators' desk."""

from covid.views.day import day_grid
from covid.views.feeding import kpi_feed
from covid.views.operations import daily_paper, operations
from covid.views.public import covid, incident_page, order_file
from covid.views.registers import (
    facility_edit,
    facility_list,
    incident_close,
    incident_list,
    order_edit,
    order_list,
)
from covid.views.response import factory_inspect, inspection_edit, register_edit, register_list

__all__ = [
    "covid",
    "daily_paper",
    "day_grid",
    "facility_edit",
    "facility_list",
    "factory_inspect",
    "incident_close",
    "incident_list",
    "incident_page",
    "inspection_edit",
    "kpi_feed",
    "operations",
    "order_edit",
    "order_file",
    "order_list",
    "register_edit",
    "register_list",
]
