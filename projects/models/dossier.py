"""What belongs to a project's file beside its plan: targets, documents, photos, the evaluation."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.rules import Standing
from common.fields import MeasureField
from kpi.models import Indicator
from projects.models.work import Project
from submissions.models import Evidence, PeriodState, Quarter


class ProjectTarget(models.Model):
    """An indicator, output or outcome of a project: what it should reach, and what it reached.

    `indicator` is what it is counted in where the project answers a KPI of it, in every year.
    """

    class Kind(models.TextChoices):
        INDICATOR = "indicator", _("ตัวชี้วัด")
        OUTPUT = "output", _("ผลผลิต")
        OUTCOME = "outcome", _("ผลลัพธ์")

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="targets")
    kind = models.CharField(_("ชนิด"), max_length=9, choices=Kind)
    number = models.PositiveSmallIntegerField(_("ที่"))
    name_th = models.CharField(_("รายการ"), max_length=500)
    unit_th = models.CharField(_("หน่วยนับ"), max_length=80, blank=True)
    # None where the plan names none; never a zero.
    target = MeasureField(_("ค่าเป้าหมาย"), null=True, blank=True)
    actual = MeasureField(_("ผลที่เกิดขึ้น"), null=True, blank=True)
    indicator = models.ForeignKey(
        Indicator,
        verbose_name=_("นับในตัวชี้วัดจังหวัด"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="project_targets",
    )

    class Meta:
        verbose_name = _("ผลผลิตและผลลัพธ์ของโครงการ")
        verbose_name_plural = _("ผลผลิตและผลลัพธ์ของโครงการ")
        constraints = [
            models.UniqueConstraint(
                fields=["project", "number"], name="projects_one_target_of_a_number"
            ),
            models.UniqueConstraint(
                fields=["project", "indicator"], name="projects_one_target_of_an_indicator"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.name_th}"


class Evaluation(models.Model):
    """How a project ended: what was reached, what was learned, what stays."""

    project = models.OneToOneField(Project, on_delete=models.PROTECT, related_name="evaluation")
    reached_th = models.TextField(_("สิ่งที่บรรลุ"))
    learned_th = models.TextField(_("บทเรียนที่ได้"))
    stays_th = models.TextField(_("สิ่งที่คงอยู่หลังจบโครงการ"))
    written_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    is_sample = models.BooleanField(_("ข้อมูลตัวอย่าง"), default=False)

    class Meta:
        verbose_name = _("การประเมินผลเมื่อสิ้นสุดโครงการ")
        verbose_name_plural = _("การประเมินผลเมื่อสิ้นสุดโครงการ")

    def __str__(self) -> str:
        return f"{self.project_id}"


class ProjectFileQuerySet(models.QuerySet["ProjectFile"]):
    def visible_to(self, standing: Standing) -> Self:
        """Staff see all of a project they may read; others its photos, a quarter's once published."""
        visible = self.filter(project__in=Project.objects.visible_to(standing))
        if standing.pairs:
            return visible
        return visible.photos().filter(Q(quarter=None) | Q(quarter__state=PeriodState.PUBLISHED))

    def photos(self) -> Self:
        return self.exclude(kind=ProjectFile.Kind.DOCUMENT)

    def documents(self) -> Self:
        return self.filter(kind=ProjectFile.Kind.DOCUMENT)

    def with_evidence(self) -> Self:
        return self.select_related("evidence", "quarter", "added_by")

    def in_time_order(self) -> Self:
        return self.order_by("added_at", "pk")


class ProjectFile(models.Model):
    """A document or photo of a project; a photo says whether it shows before, during or after."""

    class Kind(models.TextChoices):
        DOCUMENT = "document", _("เอกสาร")
        BEFORE = "before", _("ภาพก่อนดำเนินการ")
        DURING = "during", _("ภาพระหว่างดำเนินการ")
        AFTER = "after", _("ภาพหลังดำเนินการ")

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="files")
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="project_files")
    kind = models.CharField(_("ชนิด"), max_length=8, choices=Kind)
    caption_th = models.CharField(_("คำอธิบาย"), max_length=300)
    # Set where the photo belongs to a quarter's report.
    quarter = models.ForeignKey(
        Quarter, null=True, blank=True, on_delete=models.PROTECT, related_name="project_files"
    )
    added_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    is_sample = models.BooleanField(_("ข้อมูลตัวอย่าง"), default=False)

    objects = ProjectFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("ไฟล์ของโครงการ")
        verbose_name_plural = _("ไฟล์ของโครงการ")
        constraints = [
            models.CheckConstraint(
                condition=Q(quarter=None) | Q(kind="during"),
                name="projects_only_photos_of_the_work_have_a_quarter",
            )
        ]

    def __str__(self) -> str:
        return self.caption_th
