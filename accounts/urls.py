"""Addresses of accounts beyond allauth's."""

from django.urls import path

from accounts import views

app_name = "accounts"

urlpatterns = [
    path("accounts/invitation/<uidb64>/<token>/", views.Invitation.as_view(), name="invitation"),
]
