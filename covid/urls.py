"""Addresses of incidents."""

from django.urls import path

from covid import views

app_name = "covid"
REGISTERS = (
    ("factory", "factories"),
    ("case-finding", "case-finding"),
    ("vaccination", "vaccinations"),
    ("supply", "supplies"),
)

urlpatterns = [
    path("covid/", views.covid, name="covid"),
    path("covid/orders/<int:pk>/file/", views.order_file, name="order-file"),
    path("covid/<slug:code>/", views.incident_page, name="incident"),
    path("desk/covid/", views.operations, name="operations"),
    path("desk/covid/daily.pdf", views.daily_paper, name="daily-paper"),
    path("desk/covid/kpis/", views.kpi_feed, name="kpi-feed"),
    path("desk/covid/day/", views.day_grid, name="day-grid"),
    path("desk/covid/facilities/", views.facility_list, name="facility-list"),
    path("desk/covid/facilities/<int:pk>/", views.facility_edit, name="facility-edit"),
    path("desk/covid/orders/", views.order_list, name="order-list"),
    path("desk/covid/orders/<int:pk>/", views.order_edit, name="order-edit"),
    *(
        each
        for register, folder in REGISTERS
        for each in (
            path(
                f"desk/covid/{folder}/",
                views.register_list,
                {"register": register},
                name=f"{register}-list",
            ),
            path(
                f"desk/covid/{folder}/<int:pk>/",
                views.register_edit,
                {"register": register},
                name=f"{register}-edit",
            ),
        )
    ),
    path(
        "desk/covid/factories/<int:pk>/inspections/", views.factory_inspect, name="factory-inspect"
    ),
    path("desk/covid/inspections/<int:pk>/", views.inspection_edit, name="inspection-edit"),
    path("desk/covid/incidents/", views.incident_list, name="incident-list"),
    path("desk/covid/incidents/<int:pk>/close/", views.incident_close, name="incident-close"),
]
