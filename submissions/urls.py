"""Addresses of what every entry shares."""

from django.urls import path

from submissions import views

app_name = "submissions"

urlpatterns = [path("evidence/<int:pk>/", views.evidence_file, name="evidence-file")]
