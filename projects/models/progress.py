"""What was reported of projects each quarter, and the figures made of it."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.rules import Standing
from common.fields import MeasureField
from kpi.models import CellStateChoices
from projects.models.work import Activity, Project
from projects.scoring import Standing as ProjectStanding
from submissions.models import Entry, Month, PeriodState, Quarter, entry_constraints
from submissions.workflow import COUNTED, Status


class ProgressQuerySet(models.QuerySet["Progress"]):
    def visible_to(self, standing: Standing) -> Self:
        """Signed reports for staff, published ones for everybody, a host's own in every status."""
        if standing.sees_province:
            return self
        own = Q(project__host_agency__in=standing.agencies())
        signed = Q(status__in=[status.value for status in COUNTED])
        if not standing.pairs:
            signed &= Q(quarter__state=PeriodState.PUBLISHED)
        return self.filter(signed | own).filter(project__in=Project.objects.visible_to(standing))

    def with_project(self) -> Self:
        return self.select_related("project__host_agency", "quarter", "entered_by", "submitted_by")

    def counted(self) -> Self:
        """Reports that rollups count."""
        return self.filter(status__in=[status.value for status in COUNTED])

    def waiting(self) -> Self:
        """Reports that wait for a signature, oldest first."""
        return self.filter(status=Status.SUBMITTED.value).order_by("submitted_at", "pk")


class Progress(Entry):
    """What a project's host reports for a quarter."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="progress")
    quarter = models.ForeignKey(Quarter, on_delete=models.PROTECT, related_name="progress")
    # Only where the project has no activities.
    percent = MeasureField(_("ร้อยละความก้าวหน้า"), null=True, blank=True)
    narrative_th = models.TextField(_("ผลการดำเนินงาน"), blank=True)
    problems_th = models.TextField(_("ปัญหาอุปสรรค"), blank=True)
    remedies_th = models.TextField(_("แนวทางแก้ไข"), blank=True)
    next_steps_th = models.TextField(_("แผนขั้นต่อไป"), blank=True)
    is_sample = models.BooleanField(_("ข้อมูลตัวอย่าง"), default=False)

    objects = ProgressQuerySet.as_manager()

    class Meta:
        verbose_name = _("รายงานความก้าวหน้า")
        verbose_name_plural = _("รายงานความก้าวหน้า")
        constraints = [
            *entry_constraints("projects_progress"),
            models.UniqueConstraint(
                fields=["project", "quarter"], name="projects_one_progress_per_quarter"
            ),
            models.CheckConstraint(
                condition=Q(percent=None) | (Q(percent__gte=0) & Q(percent__lte=100)),
                name="projects_progress_0_to_100",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} {self.quarter_id}"


class ActivityProgress(models.Model):
    """The reported percent of one activity in a progress report."""

    progress = models.ForeignKey(Progress, on_delete=models.CASCADE, related_name="activities")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="progress")
    percent = MeasureField(_("ร้อยละ"))

    class Meta:
        verbose_name = _("ความก้าวหน้าที่รายงาน")
        verbose_name_plural = _("ความก้าวหน้าที่รายงาน")
        constraints = [
            models.UniqueConstraint(
                fields=["progress", "activity"], name="projects_an_activity_once_a_report"
            ),
            models.CheckConstraint(
                condition=Q(percent__gte=0) & Q(percent__lte=100),
                name="projects_activity_progress_0_to_100",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.progress_id} {self.activity_id}"


class MonthlyProgressQuerySet(models.QuerySet["MonthlyProgress"]):
    def visible_to(self, standing: Standing) -> Self:
        """Signed reports for staff, a host's own in every status; none for others."""
        if standing.sees_province:
            return self
        own = Q(project__host_agency__in=standing.agencies())
        signed = Q(status__in=[status.value for status in COUNTED])
        seen = self.filter(signed | own).filter(project__in=Project.objects.visible_to(standing))
        return seen if standing.pairs else self.none()

    def with_project(self) -> Self:
        return self.select_related("project__host_agency", "month", "entered_by", "returned_by")

    def counted(self) -> Self:
        """Reports that figures count."""
        return self.filter(status__in=[status.value for status in COUNTED])

    def waiting(self) -> Self:
        """Reports that wait for a signature, oldest first."""
        return self.filter(status=Status.SUBMITTED.value).order_by("submitted_at", "pk")


class MonthlyProgress(Entry):
    """What a project's host reports for a month within a quarter, where the year asks for it."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="monthly_progress")
    month = models.ForeignKey(Month, on_delete=models.PROTECT, related_name="project_progress")
    # Only where the project has no activities.
    percent = MeasureField(_("ร้อยละความก้าวหน้า"), null=True, blank=True)
    narrative_th = models.TextField(_("ผลการดำเนินงาน"), blank=True)
    problems_th = models.TextField(_("ปัญหาอุปสรรค"), blank=True)
    remedies_th = models.TextField(_("แนวทางแก้ไข"), blank=True)
    next_steps_th = models.TextField(_("แผนขั้นต่อไป"), blank=True)
    is_sample = models.BooleanField(_("ข้อมูลตัวอย่าง"), default=False)

    objects = MonthlyProgressQuerySet.as_manager()

    class Meta:
        verbose_name = _("รายงานความก้าวหน้ารายเดือน")
        verbose_name_plural = _("รายงานความก้าวหน้ารายเดือน")
        constraints = [
            *entry_constraints("projects_monthly"),
            models.UniqueConstraint(
                fields=["project", "month"], name="projects_one_progress_per_month"
            ),
            models.CheckConstraint(
                condition=Q(percent=None) | (Q(percent__gte=0) & Q(percent__lte=100)),
                name="projects_monthly_progress_0_to_100",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} {self.month_id}"


class MonthlyActivity(models.Model):
    """The reported percent of one activity in a month's report."""

    report = models.ForeignKey(MonthlyProgress, on_delete=models.CASCADE, related_name="activities")
    activity = models.ForeignKey(
        Activity, on_delete=models.PROTECT, related_name="monthly_progress"
    )
    percent = MeasureField(_("ร้อยละ"))

    class Meta:
        verbose_name = _("ความก้าวหน้าที่รายงาน")
        verbose_name_plural = _("ความก้าวหน้าที่รายงาน")
        constraints = [
            models.UniqueConstraint(
                fields=["report", "activity"], name="projects_an_activity_once_a_month"
            ),
            models.CheckConstraint(
                condition=Q(percent__gte=0) & Q(percent__lte=100),
                name="projects_monthly_activity_0_to_100",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report_id} {self.activity_id}"


class ProjectFigureQuerySet(models.QuerySet["ProjectFigure"]):
    def visible_to(self, standing: Standing) -> Self:
        """Staff read what is signed; everybody else what is published."""
        visible = self.filter(project__in=Project.objects.visible_to(standing))
        return visible if standing.pairs else visible.filter(quarter__state=PeriodState.PUBLISHED)

    def of_year(self, year: int) -> Self:
        return self.filter(quarter__fiscal_year_id=year)

    def stale(self) -> Self:
        """Figures whose inputs changed since they were computed."""
        return self.filter(computed_version__lt=F("inputs_version"))

    def in_time_order(self) -> Self:
        return self.order_by("project_id", "quarter__fiscal_year_id", "quarter__number")


class ProjectFigure(models.Model):
    """A project's delivery at a quarter's end, in the year's plan: written by rollups only."""

    class Standing(models.TextChoices):
        PROPOSED = ProjectStanding.PROPOSED.value, _("เสนอ")
        NOT_STARTED = ProjectStanding.NOT_STARTED.value, _("ยังไม่เริ่ม")
        ON_TRACK = ProjectStanding.ON_TRACK.value, _("ตามแผน")
        BEHIND = ProjectStanding.BEHIND.value, _("ล่าช้า")
        CRITICAL = ProjectStanding.CRITICAL.value, _("วิกฤต")
        UNREPORTED = ProjectStanding.UNREPORTED.value, _("ยังไม่รายงาน")
        FINISHED = ProjectStanding.FINISHED.value, _("แล้วเสร็จ")
        CANCELLED = ProjectStanding.CANCELLED.value, _("ยกเลิก")

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="figures")
    quarter = models.ForeignKey(Quarter, on_delete=models.PROTECT, related_name="project_figures")
    state = models.CharField(
        max_length=15, choices=CellStateChoices, default=CellStateChoices.NOT_DUE
    )
    # Percent; None where nothing was reported.
    delivered = MeasureField(null=True)
    planned = MeasureField(null=True)
    elapsed = MeasureField(null=True)
    variance = MeasureField(null=True)
    standing = models.CharField(max_length=12, choices=Standing, default=Standing.UNREPORTED)
    is_partial = models.BooleanField(default=False)
    # Of so many activities due, so many entered the figure.
    counted = models.PositiveSmallIntegerField(default=0)
    due = models.PositiveSmallIntegerField(default=0)
    # Over all years of the project, up to this quarter; None where nothing was reported.
    lifetime = MeasureField(null=True)
    # The quarter end of the oldest report that entered.
    as_of_date = models.DateField(null=True)
    inputs_version = models.PositiveIntegerField(default=1)
    computed_version = models.PositiveIntegerField(default=0)
    computed_at = models.DateTimeField(null=True)
    is_unconfirmed = models.BooleanField(default=False)

    objects = ProjectFigureQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "quarter"], name="projects_one_figure_per_quarter"
            ),
            models.CheckConstraint(
                condition=Q(computed_version__lte=F("inputs_version")),
                name="projects_figure_not_newer_than_its_inputs",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} {self.quarter_id}"

    @property
    def explain_path(self) -> str:
        """Where the figure is explained, without a language; read with its project and quarter."""
        quarter = self.quarter
        place = f"{quarter.fiscal_year_id}-q{quarter.number}"
        return f"/projects/{self.project.code}/explain/{place}/"
