"""Addresses of officers' learning."""

from django.urls import path

from learning import views

app_name = "learning"

urlpatterns = [
    path("desk/learning/", views.my_learning, name="my-learning"),
    path("desk/learning/overview/", views.overview, name="overview"),
    path("desk/learning/rules/<int:year>/", views.rule_edit, name="rule-edit"),
    path("desk/learning/rules/<int:year>/feed/", views.kpi_feed, name="kpi-feed"),
    path("desk/learning/officers/", views.officer_list, name="officer-list"),
    path("desk/learning/officers/<int:pk>/", views.officer_detail, name="officer-detail"),
    path("desk/learning/courses/", views.course_list, name="course-list"),
    path("desk/learning/courses/<int:pk>/", views.course_edit, name="course-edit"),
    path("desk/learning/programmes/", views.programme_list, name="programme-list"),
    path("desk/learning/programmes/<int:pk>/", views.programme_edit, name="programme-edit"),
    path("desk/learning/records/<int:pk>/", views.record_correct, name="record-correct"),
    path("desk/learning/records/<int:pk>/confirm/", views.record_confirm, name="record-confirm"),
    path("desk/learning/records/<int:pk>/return/", views.record_return, name="record-return"),
    path("desk/learning/records/<int:pk>/certificate/", views.certificate, name="certificate"),
]
