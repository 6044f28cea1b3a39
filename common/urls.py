"""The gallery of components, for those who build pages."""

from django.urls import path

from common import views

app_name = "common"

urlpatterns = [
    path("desk/gallery/", views.gallery, name="gallery"),
]
