"""Addresses of the emergency pages."""

from django.urls import path

from covid import views

app_name = "covid"

urlpatterns = [path("covid/", views.covid, name="covid")]
