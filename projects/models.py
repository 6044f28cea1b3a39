"""Projects, their activities with a monthly plan, and what was reported each quarter."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import Agency, Area
from accounts.rules import Standing
from common.bilingual import Named
from common.fields import MeasureField
from kpi.models import KPI, CellStateChoices
from strategy.models import Approach, FrameworkItem, Issue, PlanEdition
from submissions.models import Entry, FiscalYear, Quarter, entry_constraints


class ProjectQuerySet(models.QuerySet["Project"]):
    def visible_to(self, standing: Standing) -> Self:
        """Everybody reads approved and later projects; proposals stay with their agencies and the province's offices."""
        if standing.sees_province:
            return self
        open_to_all = Q(status__in=Project.PUBLIC_STATUSES)
        return self.filter(
            open_to_all
            | Q(host_agency__in=standing.agencies())
            | Q(supporting_agencies__in=standing.agencies())
        ).distinct()

    def for_year(self, year: int) -> Self:
        return self.filter(years__fiscal_year_id=year)

    def with_agency(self) -> Self:
        return self.select_related("host_agency", "issue__edition__plan", "approach")

    def in_code_order(self) -> Self:
        return self.order_by("code")


class Project(Named):
    """A project of the plan; the code never changes."""

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("เสนอ")
        SCREENED = "screened", _("ผ่านการกลั่นกรอง")
        APPROVED = "approved", _("อนุมัติแล้ว ยังไม่เริ่ม")
        RUNNING = "running", _("กำลังดำเนินการ")
        FINISHED = "finished", _("แล้วเสร็จ")
        CANCELLED = "cancelled", _("ยกเลิก")

    PUBLIC_STATUSES = ("approved", "running", "finished", "cancelled")

    code = models.CharField(_("รหัส"), max_length=40, unique=True)
    edition = models.ForeignKey(PlanEdition, null=True, blank=True, on_delete=models.PROTECT, related_name="projects")
    issue = models.ForeignKey(
        Issue, verbose_name=_("ประเด็นการพัฒนา"), null=True, blank=True, on_delete=models.PROTECT, related_name="projects"
    )
    approach = models.ForeignKey(
        Approach, verbose_name=_("แนวทาง"), null=True, blank=True, on_delete=models.PROTECT, related_name="projects"
    )
    host_agency = models.ForeignKey(
        Agency, verbose_name=_("หน่วยงานเจ้าภาพ"), on_delete=models.PROTECT, related_name="projects_hosted"
    )
    supporting_agencies = models.ManyToManyField(
        Agency, verbose_name=_("หน่วยงานสนับสนุน"), blank=True, related_name="projects_supported"
    )
    areas = models.ManyToManyField(Area, verbose_name=_("พื้นที่เป้าหมาย"), blank=True, related_name="projects")
    kpis = models.ManyToManyField(KPI, verbose_name=_("ตัวชี้วัดที่ตอบสนอง"), blank=True, related_name="projects")
    framework_items = models.ManyToManyField(FrameworkItem, blank=True, related_name="projects")
    main_item = models.ForeignKey(
        FrameworkItem,
        verbose_name=_("เป้าหมายแผนแม่บทหลัก"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="main_projects",
    )
    main_item_reason_th = models.TextField(_("เหตุผลความสอดคล้อง"), blank=True)
    status = models.CharField(_("สถานะ"), max_length=10, choices=Status, default=Status.PROPOSED)
    start_date = models.DateField(_("เริ่ม"))
    end_date = models.DateField(_("สิ้นสุด"))
    rationale_th = models.TextField(_("หลักการและเหตุผล"), blank=True)
    objective_th = models.TextField(_("วัตถุประสงค์"), blank=True)
    output_th = models.TextField(_("ผลผลิต"), blank=True)
    outcome_th = models.TextField(_("ผลลัพธ์"), blank=True)
    beneficiaries = models.PositiveIntegerField(_("ผู้รับประโยชน์ (คน)"), null=True, blank=True)
    coordinator_name = models.CharField(_("ผู้ประสานงาน"), max_length=200, blank=True)
    coordinator_phone = models.CharField(_("โทรศัพท์"), max_length=60, blank=True)
    is_sample = models.BooleanField(_("ข้อมูลตัวอย่าง"), default=False)

    objects = ProjectQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("โครงการ")
        verbose_name_plural = _("โครงการ")
        constraints = [
            models.CheckConstraint(condition=Q(end_date__gte=F("start_date")), name="projects_dates_in_order")
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name_th}"


class ProjectYear(models.Model):
    """A fiscal year in which a project runs."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="years")
    fiscal_year = models.ForeignKey(FiscalYear, on_delete=models.PROTECT, related_name="project_years")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "fiscal_year"], name="projects_a_year_once")
        ]

    def __str__(self) -> str:
        return f"{self.project_id} {self.fiscal_year_id}"


class Activity(Named):
    """A piece of a project with its weight; weights need not sum to anything."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="activities")
    number = models.PositiveSmallIntegerField(_("ที่"))
    agency = models.ForeignKey(Agency, verbose_name=_("หน่วยงาน"), on_delete=models.PROTECT, related_name="activities")
    weight = MeasureField(_("น้ำหนัก"))
    start_date = models.DateField(_("เริ่ม"))
    end_date = models.DateField(_("สิ้นสุด"))
    is_sample = models.BooleanField(_("ข้อมูลตัวอย่าง"), default=False)

    class Meta:
        verbose_name = _("กิจกรรม")
        verbose_name_plural = _("กิจกรรม")
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="projects_one_activity_of_a_number"),
            models.CheckConstraint(condition=Q(weight__gt=0), name="projects_activity_weight_positive"),
            models.CheckConstraint(condition=Q(end_date__gte=F("start_date")), name="projects_activity_dates_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.name_th}"


class ActivityPlan(models.Model):
    """What percent of an activity should be done at the end of a fiscal month (of that year's plan)."""

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="plan")
    fiscal_year = models.ForeignKey(FiscalYear, on_delete=models.PROTECT, related_name="+")
    month = models.PositiveSmallIntegerField(_("เดือนที่"))
    percent = MeasureField(_("ร้อยละ"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["activity", "fiscal_year", "month"], name="projects_one_plan_a_month"),
            models.CheckConstraint(condition=Q(month__range=(1, 12)), name="projects_plan_month_1_to_12"),
            models.CheckConstraint(
                condition=Q(percent__gte=0) & Q(percent__lte=100), name="projects_plan_0_to_100"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.activity_id} {self.fiscal_year_id}/{self.month}"


class ProgressQuerySet(models.QuerySet["Progress"]):
    def visible_to(self, standing: Standing) -> Self:
        if standing.sees_province:
            return self
        return self.filter(
            Q(status__in=["approved", "accepted"]) | Q(project__host_agency__in=standing.agencies())
        ).filter(project__in=Project.objects.visible_to(standing))

    def with_project(self) -> Self:
        return self.select_related("project__host_agency", "quarter", "entered_by", "submitted_by")


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
            models.UniqueConstraint(fields=["project", "quarter"], name="projects_one_progress_per_quarter"),
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
        constraints = [
            models.UniqueConstraint(fields=["progress", "activity"], name="projects_an_activity_once_a_report"),
            models.CheckConstraint(
                condition=Q(percent__gte=0) & Q(percent__lte=100), name="projects_activity_progress_0_to_100"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.progress_id} {self.activity_id}"


class ProjectFigure(models.Model):
    """A project's delivery at a quarter's end, in the fiscal year's plan: written by rollups only."""

    class Standing(models.TextChoices):
        ON_TRACK = "on_track", _("ตามแผน")
        BEHIND = "behind", _("ล่าช้า")
        CRITICAL = "critical", _("วิกฤต")

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="figures")
    quarter = models.ForeignKey(Quarter, on_delete=models.PROTECT, related_name="project_figures")
    state = models.CharField(max_length=15, choices=CellStateChoices, default=CellStateChoices.NOT_DUE)
    # Percent; None where nothing was reported.
    delivered = MeasureField(null=True)
    planned = MeasureField(null=True)
    elapsed = MeasureField(null=True)
    variance = MeasureField(null=True)
    standing = models.CharField(max_length=10, choices=Standing, blank=True)
    is_partial = models.BooleanField(default=False)
    as_of_date = models.DateField(null=True)
    inputs_version = models.PositiveIntegerField(default=1)
    computed_version = models.PositiveIntegerField(default=0)
    computed_at = models.DateTimeField(null=True)
    is_unconfirmed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "quarter"], name="projects_one_figure_per_quarter"),
            models.CheckConstraint(
                condition=Q(computed_version__lte=F("inputs_version")),
                name="projects_figure_not_newer_than_its_inputs",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} {self.quarter_id}"
