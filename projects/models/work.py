"""Projects, their years, activities and monthly plans, and the decisions on them."""

from collections.abc import Iterable
from datetime import date
from typing import Self

from django.apps import apps
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import Agency, Area
from accounts.rules import Standing
from common import fiscal
from common.bilingual import Named
from common.fields import BahtField, MeasureField
from kpi.models import KPI
from meetings.models import Meeting
from projects import workflow
from strategy.models import Approach, FrameworkItem, Issue, PlanEdition
from submissions.models import FiscalYear


class ProjectQuerySet(models.QuerySet["Project"]):
    def visible_to(self, standing: Standing) -> Self:
        """Everybody reads approved and later projects; proposals stay with those concerned."""
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

    def reporting_in_any(self, years: Iterable[int]) -> Self:
        """Projects that owe progress in one of the fiscal years: running, or about to."""
        return self.filter(
            pk__in=ProjectYear.objects.filter(fiscal_year__in=list(years)).values("project"),
            status__in=[status.value for status in workflow.REPORTING],
        )

    def in_area(self, area_id: int) -> Self:
        """Projects of an area, of one inside it, or of the area around it."""
        areas = Q(areas=area_id) | Q(areas__parent=area_id) | Q(areas__parent__parent=area_id)
        return self.filter(areas).distinct()

    def of_agency(self, agency_id: int) -> Self:
        """Projects that an agency hosts or supports."""
        return self.filter(Q(host_agency=agency_id) | Q(supporting_agencies=agency_id)).distinct()

    def matching(self, text: str) -> Self:
        """Projects whose code or name holds the text."""
        return self.filter(
            Q(code__icontains=text) | Q(name_th__icontains=text) | Q(name_en__icontains=text)
        )

    def of_status(self, status: str) -> Self:
        return self.filter(status=status)

    def of_issue(self, issue_id: int) -> Self:
        return self.filter(issue=issue_id)

    def with_figure(self, quarter_id: int | None) -> Self:
        """Annotate delivered, planned, elapsed, variance, standing … of a quarter's figure."""
        # Its own module imports this one; the registry knows it by name.
        figure = apps.get_model("projects", "ProjectFigure").objects.filter(
            project=models.OuterRef("pk"), quarter=quarter_id
        )
        return self.annotate(
            **{
                f"figure_{name}": models.Subquery(figure.values(name)[:1])
                for name in (
                    "delivered",
                    "planned",
                    "elapsed",
                    "variance",
                    "standing",
                    "counted",
                    "due",
                    "is_unconfirmed",
                )
            }
        )

    def with_agency(self) -> Self:
        return self.select_related(
            "host_agency", "issue__edition__plan", "approach", "main_kpi", "main_item"
        )

    def in_code_order(self) -> Self:
        return self.order_by("code")


class Project(Named):
    """A project of the plan; the code never changes."""

    class Status(models.TextChoices):
        PROPOSED = workflow.Status.PROPOSED.value, _("เสนอ")
        SCREENED = workflow.Status.SCREENED.value, _("ผ่านการกลั่นกรอง")
        APPROVED = workflow.Status.APPROVED.value, _("อนุมัติแล้ว ยังไม่เริ่ม")
        RUNNING = workflow.Status.RUNNING.value, _("กำลังดำเนินการ")
        FINISHED = workflow.Status.FINISHED.value, _("แล้วเสร็จ")
        CANCELLED = workflow.Status.CANCELLED.value, _("ยกเลิก")

    PUBLIC_STATUSES = ("approved", "running", "finished", "cancelled")

    code = models.CharField(_("รหัส"), max_length=40, unique=True)
    edition = models.ForeignKey(
        PlanEdition, null=True, blank=True, on_delete=models.PROTECT, related_name="projects"
    )
    issue = models.ForeignKey(
        Issue,
        verbose_name=_("ประเด็นการพัฒนา"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="projects",
    )
    approach = models.ForeignKey(
        Approach,
        verbose_name=_("แนวทาง"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="projects",
    )
    host_agency = models.ForeignKey(
        Agency,
        verbose_name=_("หน่วยงานเจ้าภาพ"),
        on_delete=models.PROTECT,
        related_name="projects_hosted",
    )
    supporting_agencies = models.ManyToManyField(
        Agency, verbose_name=_("หน่วยงานสนับสนุน"), blank=True, related_name="projects_supported"
    )
    areas = models.ManyToManyField(
        Area, verbose_name=_("พื้นที่เป้าหมาย"), blank=True, related_name="projects"
    )
    kpis = models.ManyToManyField(
        KPI, verbose_name=_("ตัวชี้วัดที่ตอบสนอง"), blank=True, related_name="projects"
    )
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
    main_kpi = models.ForeignKey(
        KPI,
        verbose_name=_("ตัวชี้วัดหลัก"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="main_projects",
    )
    main_kpi_reason_th = models.TextField(_("เหตุผลที่ตอบตัวชี้วัดหลัก"), blank=True)
    programme_th = models.CharField(_("แผนงานหลัก"), max_length=300, blank=True)
    subprogramme_th = models.CharField(_("แผนงาน"), max_length=300, blank=True)
    # The place in the national value chain (FVCT), as the national system asks for it.
    value_chain_th = models.CharField(_("ห่วงโซ่คุณค่า (FVCT)"), max_length=300, blank=True)
    emenscr_code = models.CharField(_("รหัสโครงการใน eMENSCR"), max_length=40, blank=True)
    status = models.CharField(_("สถานะ"), max_length=10, choices=Status, default=Status.PROPOSED)
    start_date = models.DateField(_("เริ่ม"))
    end_date = models.DateField(_("สิ้นสุด"))
    rationale_th = models.TextField(_("หลักการและเหตุผล"), blank=True)
    objective_th = models.TextField(_("วัตถุประสงค์"), blank=True)
    output_th = models.TextField(_("ผลผลิต"), blank=True)
    outcome_th = models.TextField(_("ผลลัพธ์"), blank=True)
    beneficiaries = models.PositiveIntegerField(_("ผู้รับประโยชน์ (คน)"), null=True, blank=True)
    beneficiaries_th = models.CharField(_("กลุ่มเป้าหมาย"), max_length=300, blank=True)
    coordinator_name = models.CharField(_("ผู้ประสานงาน"), max_length=200, blank=True)
    coordinator_position_th = models.CharField(_("ตำแหน่ง"), max_length=200, blank=True)
    coordinator_phone = models.CharField(_("โทรศัพท์"), max_length=60, blank=True)
    coordinator_email = models.EmailField(_("อีเมล"), blank=True)
    # Grows with every change of the file, so that a stale page is noticed.
    version = models.PositiveIntegerField(default=1)
    # Why a visit left its figures not confirmed; "" where they stand.
    unconfirmed_reason = models.TextField(_("เหตุที่ยังไม่ยืนยัน"), blank=True)
    is_sample = models.BooleanField(_("ข้อมูลตัวอย่าง"), default=False)

    objects = ProjectQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("โครงการ")
        verbose_name_plural = _("โครงการ")
        constraints = [
            models.CheckConstraint(
                condition=Q(end_date__gte=F("start_date")), name="projects_dates_in_order"
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name_th}"

    @property
    def is_unconfirmed(self) -> bool:
        """Whether a visit left its figures not confirmed."""
        return bool(self.unconfirmed_reason)

    def get_absolute_url(self) -> str:
        return reverse("projects:project-detail", args=[self.code])


class ProjectYear(models.Model):
    """A fiscal year in which a project runs, with its share of the whole work."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="years")
    fiscal_year = models.ForeignKey(
        FiscalYear, on_delete=models.PROTECT, related_name="project_years"
    )
    # Weighs the years in the lifetime figure; equal by default.
    share = MeasureField(_("สัดส่วนงานของปี"), default=1)
    # What the plan asks for in this year; None where it is not split by year.
    budget = BahtField(_("งบประมาณของปี"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "fiscal_year"], name="projects_a_year_once"),
            models.CheckConstraint(condition=Q(share__gt=0), name="projects_year_share_positive"),
            models.CheckConstraint(
                condition=Q(budget=None) | Q(budget__gte=0),
                name="projects_year_budget_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} {self.fiscal_year_id}"


class ProjectPlan(models.Model):
    """What percent of a project without activities should be done at the end of a fiscal month."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="plan")
    fiscal_year = models.ForeignKey(FiscalYear, on_delete=models.PROTECT, related_name="+")
    month = models.PositiveSmallIntegerField(_("เดือนที่"))
    percent = MeasureField(_("ร้อยละ"))

    class Meta:
        verbose_name = _("แผนรายเดือน")
        verbose_name_plural = _("แผนรายเดือน")
        constraints = [
            models.UniqueConstraint(
                fields=["project", "fiscal_year", "month"], name="projects_one_project_plan_a_month"
            ),
            models.CheckConstraint(
                condition=Q(month__range=(1, 12)), name="projects_project_plan_month_1_to_12"
            ),
            models.CheckConstraint(
                condition=Q(percent__gte=0) & Q(percent__lte=100),
                name="projects_project_plan_0_to_100",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} {self.fiscal_year_id}/{self.month}"


class Decision(models.Model):
    """That a project moved on in its life: who decided, when, and in which meeting."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="decisions")
    from_status = models.CharField(_("จาก"), max_length=10, choices=Project.Status)
    to_status = models.CharField(_("เป็น"), max_length=10, choices=Project.Status)
    decided_date = models.DateField(_("วันที่มีมติ"))
    # Where the meeting is kept here; `reference` says it in words in any case.
    meeting = models.ForeignKey(
        Meeting, null=True, blank=True, on_delete=models.PROTECT, related_name="project_decisions"
    )
    reference = models.CharField(_("มติหรือการประชุม"), max_length=300)
    reason = models.TextField(_("เหตุผล"), blank=True)
    made_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("มติของโครงการ")
        verbose_name_plural = _("มติของโครงการ")

    def __str__(self) -> str:
        return f"{self.project_id} {self.from_status} → {self.to_status}"


class ActivityQuerySet(models.QuerySet["Activity"]):
    def in_year(self, year: int) -> Self:
        """Activities that run on some day of a fiscal year."""
        return self.filter(
            start_date__lte=fiscal.year_end(year), end_date__gte=fiscal.year_start(year)
        )

    def in_number_order(self) -> Self:
        return self.order_by("project_id", "number")


class Activity(Named):
    """A piece of a project with its weight; weights need not sum to anything."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="activities")
    number = models.PositiveSmallIntegerField(_("ที่"))
    agency = models.ForeignKey(
        Agency, verbose_name=_("หน่วยงาน"), on_delete=models.PROTECT, related_name="activities"
    )
    related_agencies = models.ManyToManyField(
        Agency,
        verbose_name=_("หน่วยงานที่เกี่ยวข้อง"),
        blank=True,
        related_name="activities_supported",
    )
    weight = MeasureField(_("น้ำหนัก"))
    start_date = models.DateField(_("เริ่ม"))
    end_date = models.DateField(_("สิ้นสุด"))
    # None where the budget is not split by activity.
    budget = BahtField(_("งบประมาณ"), null=True, blank=True)
    # Grows with every change of it, and when a decision takes the plan that it is part of.
    version = models.PositiveIntegerField(default=1)
    is_sample = models.BooleanField(_("ข้อมูลตัวอย่าง"), default=False)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name = _("กิจกรรม")
        verbose_name_plural = _("กิจกรรม")
        constraints = [
            models.UniqueConstraint(
                fields=["project", "number"], name="projects_one_activity_of_a_number"
            ),
            models.CheckConstraint(
                condition=Q(weight__gt=0), name="projects_activity_weight_positive"
            ),
            models.CheckConstraint(
                condition=Q(budget=None) | Q(budget__gte=0),
                name="projects_activity_budget_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(end_date__gte=F("start_date")), name="projects_activity_dates_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.name_th}"

    def start_month_in(self, year: int) -> int:
        """Return the fiscal month of its start within a fiscal year: 1 if earlier, 13 if later."""
        return start_month_in(self.start_date, year)


def start_month_in(start: date, year: int) -> int:
    """Return the fiscal month of a start within a fiscal year: 1 if earlier, 13 if later."""
    if start <= fiscal.year_start(year):
        return 1
    started_year, month = fiscal.fiscal_month_of(start)
    return month if started_year == year else 13


class ActivityPlan(models.Model):
    """What percent of an activity should be done at the end of a month, in that year's plan."""

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="plan")
    fiscal_year = models.ForeignKey(FiscalYear, on_delete=models.PROTECT, related_name="+")
    month = models.PositiveSmallIntegerField(_("เดือนที่"))
    percent = MeasureField(_("ร้อยละ"))

    class Meta:
        verbose_name = _("แผนรายเดือน")
        verbose_name_plural = _("แผนรายเดือน")
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "fiscal_year", "month"], name="projects_one_plan_a_month"
            ),
            models.CheckConstraint(
                condition=Q(month__range=(1, 12)), name="projects_plan_month_1_to_12"
            ),
            models.CheckConstraint(
                condition=Q(percent__gte=0) & Q(percent__lte=100), name="projects_plan_0_to_100"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.activity_id} {self.fiscal_year_id}/{self.month}"
