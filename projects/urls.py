"""Addresses of projects."""

from django.urls import path

from projects import views

app_name = "projects"

urlpatterns = [
    path("projects/", views.project_list, name="project-list"),
    path("projects/finished/", views.finished_list, name="finished-list"),
    path("projects/map/", views.project_map, name="project-map"),
    path("projects/stories/", views.story_list, name="story-list"),
    path("projects/stories/<slug:slug>/", views.story_detail, name="story-detail"),
    path("projects/<str:code>/", views.project_detail, name="project-detail"),
    path("projects/<str:code>/explain/<int:year>-q<int:number>/", views.explain, name="explain"),
    path("projects/<str:code>/photos/<int:pk>/", views.project_photo, name="project-photo"),
    path("desk/projects/", views.desk_list, name="desk-list"),
    path("desk/projects/settings/<int:year>/", views.progress_settings, name="progress-settings"),
    path("desk/projects/stories/new/", views.story_write, name="story-new"),
    path("desk/projects/stories/<slug:slug>/", views.story_write, name="story-write"),
    path("desk/projects/new/", views.project_new, name="project-new"),
    path("desk/projects/<str:code>/", views.project_file, name="project-file"),
    path(
        "desk/projects/<str:code>/targets/<int:number>/link/",
        views.target_link,
        name="target-link",
    ),
    path("desk/projects/<str:code>/changes/", views.change_list, name="change-list"),
    path("desk/projects/<str:code>/changes/new/", views.change_new, name="change-new"),
    path(
        "desk/projects/<str:code>/changes/<int:number>/",
        views.change_detail,
        name="change-detail",
    ),
    path(
        "desk/projects/<str:code>/changes/<int:number>/withdraw/",
        views.change_withdraw,
        name="change-withdraw",
    ),
    path("desk/projects/<str:code>/<int:year>-m<int:number>/", views.month_form, name="month-form"),
    path("desk/projects/<str:code>/life/", views.project_life, name="project-life"),
    path("desk/projects/<str:code>/files/", views.project_files, name="project-files"),
    path(
        "desk/projects/<str:code>/files/<int:pk>/remove/",
        views.project_file_remove,
        name="project-file-remove",
    ),
    path("desk/projects/<str:code>/evaluation/", views.evaluation_form, name="evaluation-form"),
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
        "desk/projects/<str:code>/<int:year>-q<int:number>/photos/",
        views.photo_add,
        name="photo-add",
    ),
    path(
        "desk/projects/<str:code>/<int:year>-q<int:number>/evidence/<int:pk>/remove/",
        views.evidence_remove,
        name="evidence-remove",
    ),
    path("desk/risks/", views.risk_list, name="risk-list"),
    path("desk/risks.csv", views.risk_csv, name="risk-csv"),
    path("desk/risks/new/", views.risk_add, name="risk-add"),
    path("desk/risks/scales/", views.risk_scales, name="risk-scales"),
    path("desk/risks/<str:code>/", views.risk_detail, name="risk-detail"),
    path("desk/risks/<str:code>/edit/", views.risk_edit, name="risk-edit"),
    path("desk/inspections/", views.inspection_list, name="inspection-list"),
    path("desk/inspections/new/", views.inspection_plan, name="inspection-plan"),
    path("desk/inspections/checklists/", views.checklist_list, name="checklist-list"),
    path("desk/inspections/<int:pk>/", views.inspection_detail, name="inspection-detail"),
    path("desk/findings/<int:pk>/", views.finding_detail, name="finding-detail"),
    path("desk/findings/<int:pk>/photos/<int:photo>/", views.finding_photo, name="finding-photo"),
]
