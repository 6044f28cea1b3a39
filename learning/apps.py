"""Officers' learning."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LearningConfig(AppConfig):
    name = "learning"
    verbose_name = _("การเรียนรู้ของเจ้าหน้าที่")
