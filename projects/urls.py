"""Addresses of projects."""

from django.urls import path

from projects import views

app_name = "projects"

urlpatterns = [
    path("projects/", views.project_list, name="project-list"),
    path("projects/<str:code>/", views.project_detail, name="project-detail"),
    path("desk/projects/", views.desk_list, name="desk-list"),
    path(
        "desk/projects/<str:code>/<int:year>-q<int:number>/",
        views.progress_form,
        name="progress-form",
    ),
    path(
        "desk/projects/<str:code>/<int:year>-q<int:number>/evidence/",
        views.evidence_add,
        name="evidence-add",
    ),
    path(
        "desk/projects/<str:code>/<int:year>-q<int:number>/evidence/<int:pk>/remove/",
        views.evidence_remove,
        name="evidence-remove",
    ),
]
