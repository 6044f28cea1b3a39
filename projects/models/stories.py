"""Outstanding results, told as stories and tied to the projects and KPIs that they come from."""

from typing import Any, Self

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.bilingual import Named, in_language
from kpi.models import KPI
from projects.models.work import Project


class StoryQuerySet(models.QuerySet["Story"]):
    def shown(self) -> Self:
        """Stories that the public reads."""
        return self.filter(is_shown=True)

    def in_order(self) -> Self:
        return self.order_by("order", "pk")


class Story(Named):
    """An outstanding result of the province: what it is, what it does, for whom, and its source."""

    slug = models.SlugField(_("ที่อยู่"), max_length=60, unique=True)
    order = models.PositiveSmallIntegerField(_("ลำดับ"), default=0)
    lede_th = models.TextField(_("สรุป"), blank=True)
    lede_en = models.TextField(_("สรุป (อังกฤษ)"), blank=True)
    body_th = models.TextField(_("เรื่องเล่า"), blank=True)
    # What it does online, and the countries it serves: short lines in order.
    online_th: Any = models.JSONField(_("บริการออนไลน์"), default=list, blank=True)
    countries_th: Any = models.JSONField(_("ประเทศปลายทาง"), default=list, blank=True)
    system_name = models.CharField(_("ระบบที่ใช้"), max_length=300, blank=True)
    source = models.TextField(_("ที่มา"), blank=True)
    projects = models.ManyToManyField(Project, blank=True, related_name="stories")
    kpis = models.ManyToManyField(KPI, blank=True, related_name="stories")
    is_shown = models.BooleanField(_("แสดงต่อสาธารณะ"), default=True)
    version = models.PositiveIntegerField(default=1)

    objects = StoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("ผลงานที่โดดเด่น")
        verbose_name_plural = _("ผลงานที่โดดเด่น")

    def __str__(self) -> str:
        return self.name_th

    @property
    def lede(self) -> str:
        """The summary in the page's language; Thai where English is not known."""
        return in_language(self.lede_th, self.lede_en)

    def get_absolute_url(self) -> str:
        return reverse("projects:story-detail", args=[self.slug])
