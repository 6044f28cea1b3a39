"""Addresses of incidents."""

from django.urls import path

from covid import views

app_name = "covid"

urlpatterns = [
    path("covid/", views.covid, name="covid"),
    path("covid/orders/<int:pk>/file/", views.order_file, name="order-file"),
    path("desk/covid/", views.operations, name="operations"),
    path("desk/covid/daily.pdf", views.daily_paper, name="daily-paper"),
    path("desk/covid/day/", views.day_grid, name="day-grid"),
    path("desk/covid/facilities/", views.facility_list, name="facility-list"),
    path("desk/covid/facilities/<int:pk>/", views.facility_edit, name="facility-edit"),
    path("desk/covid/orders/", views.order_list, name="order-list"),
    path("desk/covid/orders/<int:pk>/", views.order_edit, name="order-edit"),
    path("desk/covid/incidents/", views.incident_list, name="incident-list"),
    path("desk/covid/incidents/<int:pk>/close/", views.incident_close, name="incident-close"),
]
