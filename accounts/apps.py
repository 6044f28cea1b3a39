"""Users, agencies, posts, memberships, areas."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "ผู้ใช้และหน่วยงาน"
