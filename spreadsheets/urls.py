"""Addresses of the upload and download desk."""

from django.urls import path

from spreadsheets import views

app_name = "spreadsheets"

urlpatterns = [
    path("spreadsheets/", views.desk, name="desk"),
    path("spreadsheets/form/", views.form_download, name="form-download"),
    path("spreadsheets/<int:pk>/", views.upload_detail, name="upload-detail"),
    path("spreadsheets/<int:pk>/progress/", views.upload_progress, name="upload-progress"),
    path("spreadsheets/<int:pk>/mapping/", views.upload_mapping, name="upload-mapping"),
    path("spreadsheets/<int:pk>/next/", views.upload_next, name="upload-next"),
    path("spreadsheets/<int:pk>/commit/", views.upload_commit, name="upload-commit"),
    path("spreadsheets/<int:pk>/undo/", views.upload_undo, name="upload-undo"),
    path("spreadsheets/<int:pk>/discard/", views.upload_discard, name="upload-discard"),
    path("spreadsheets/<int:pk>/marked/", views.upload_marked, name="upload-marked"),
    path("spreadsheets/<int:pk>/original/", views.upload_original, name="upload-original"),
]
