"""Addresses of meetings."""

from django.urls import path

from meetings import views

app_name = "meetings"

urlpatterns = [
    path("desk/meetings/", views.meeting_list, name="meeting-list"),
    path("desk/meetings/new/", views.meeting_call, name="meeting-call"),
    path("desk/meetings/<int:pk>/", views.meeting_detail, name="meeting-detail"),
    path("desk/meetings/<int:pk>/agenda/", views.agenda_make, name="agenda-make"),
    path("desk/meetings/<int:pk>/agenda.pdf", views.agenda_paper, name="agenda-paper"),
    path("desk/meetings/<int:pk>/minutes/", views.minutes_write, name="minutes-write"),
    path("desk/meetings/<int:pk>/minutes.pdf", views.minutes_paper, name="minutes-paper"),
    path("desk/resolutions/<int:pk>/", views.resolution_detail, name="resolution-detail"),
    path("desk/resolutions/<int:pk>/close/", views.resolution_close, name="resolution-close"),
]
