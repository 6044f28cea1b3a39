"""Addresses of meetings."""

from django.urls import path

from meetings import views

app_name = "meetings"

urlpatterns = [
    path("desk/meetings/", views.meeting_list, name="meeting-list"),
    path("desk/meetings/<int:pk>/", views.meeting_detail, name="meeting-detail"),
    path("desk/resolutions/<int:pk>/close/", views.resolution_close, name="resolution-close"),
]
