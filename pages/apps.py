"""Pages that join several apps."""

from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "pages"
    verbose_name = "หน้าเว็บ"
