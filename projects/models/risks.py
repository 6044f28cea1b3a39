"""The risk register: categories and the 5×5 map as data, risks, what is done, quarterly reviews."""

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from accounts.rules import Standing
from common.bilingual import Named
from kpi.models import KPI
from projects.models.work import Project
from projects.scoring.risks import RAISED_AFTER, score
from strategy.models import Issue
from submissions.models import FiscalYear, Quarter

FIVE = range(1, 6)


class RiskLevel(models.IntegerChoices):
    """How grave a risk is; which cell of the map has which level is data of the year."""

    LOW = 1, _("ต่ำ")
    MEDIUM = 2, _("ปานกลาง")
    HIGH = 3, _("สูง")
    EXTREME = 4, _("สูงมาก")


class RiskCategory(Named):
    """A kind of risk: strategy, operation, money, rules, good governance, fraud and what is added."""

    code = models.CharField(_("รหัส"), max_length=8, unique=True)
    order = models.PositiveSmallIntegerField(_("ลำดับ"), default=0)
    is_active = models.BooleanField(_("ใช้งาน"), default=True)
    source = models.TextField(_("ที่มา"), blank=True)

    class Meta:
        verbose_name = _("ประเภทความเสี่ยง")
        verbose_name_plural = _("ประเภทความเสี่ยง")

    def __str__(self) -> str:
        return f"{self.code} {self.name_th}"


class RiskCell(models.Model):
    """The level that one cell of the 5×5 map has in a fiscal year and in those after it."""

    fiscal_year = models.ForeignKey(FiscalYear, on_delete=models.PROTECT, related_name="risk_cells")
    likelihood = models.PositiveSmallIntegerField(_("โอกาส"))
    impact = models.PositiveSmallIntegerField(_("ผลกระทบ"))
    level = models.PositiveSmallIntegerField(_("ระดับ"), choices=RiskLevel)

    class Meta:
        verbose_name = _("ช่องของแผนผังความเสี่ยง")
        verbose_name_plural = _("แผนผังความเสี่ยง")
        constraints = [
            models.UniqueConstraint(
                fields=["fiscal_year", "likelihood", "impact"], name="projects_risk_cell_once"
            ),
            models.CheckConstraint(
                condition=Q(likelihood__range=(1, 5), impact__range=(1, 5), level__range=(1, 4)),
                name="projects_risk_cell_on_the_map",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fiscal_year_id} {self.likelihood}×{self.impact}"


class RiskQuerySet(models.QuerySet["Risk"]):
    def visible_to(self, standing: Standing) -> Self:
        """Whoever sees the province sees all, an agency its own; nobody else any."""
        if standing.sees_province:
            return self
        return self.filter(agency__in=standing.agencies())

    def for_year(self, year: int) -> Self:
        """Risks registered in a fiscal year, and earlier ones that are still open."""
        return self.filter(Q(fiscal_year=year) | Q(fiscal_year__lt=year, state=Risk.State.OPEN))

    def open(self) -> Self:
        return self.filter(state=Risk.State.OPEN)

    def raised(self) -> Self:
        """Open risks that grew so often in a row that the governor is told."""
        return self.open().filter(growths__gte=RAISED_AFTER)

    def with_subject(self) -> Self:
        return self.select_related(
            "agency",
            "category",
            "issue__edition__plan",
            "project",
            "kpi__indicator",
        )

    def gravest_first(self) -> Self:
        """By level, then by likelihood times impact, then by code."""
        return self.annotate(
            now_score=models.F("now_likelihood") * models.F("now_impact")
        ).order_by("-level", "-now_score", "code")


class Risk(models.Model):
    """What may go wrong for an issue, a project or a KPI, from a fiscal year on until it is closed.

    `likelihood` and `impact` are the first assessment; `now_…` what is left after the last
    quarterly review, with its level by the year's map. The code never changes.
    """

    class State(models.TextChoices):
        OPEN = "open", _("เฝ้าระวัง")
        CLOSED = "closed", _("ปิดแล้ว")

    class Response(models.TextChoices):
        TAKE = "take", _("ยอมรับ (Take)")
        TREAT = "treat", _("ลด/ควบคุม (Treat)")
        TRANSFER = "transfer", _("ถ่ายโอน (Transfer)")
        TERMINATE = "terminate", _("หลีกเลี่ยง (Terminate)")

    code = models.CharField(_("รหัส"), max_length=20, unique=True)
    fiscal_year = models.ForeignKey(
        FiscalYear,
        verbose_name=_("ปีงบประมาณ"),
        on_delete=models.PROTECT,
        related_name="risks",
    )
    agency = models.ForeignKey(
        Agency, verbose_name=_("หน่วยงานเจ้าของ"), on_delete=models.PROTECT, related_name="risks"
    )
    issue = models.ForeignKey(
        Issue, null=True, blank=True, on_delete=models.PROTECT, related_name="risks"
    )
    project = models.ForeignKey(
        Project, null=True, blank=True, on_delete=models.PROTECT, related_name="risks"
    )
    kpi = models.ForeignKey(
        KPI, null=True, blank=True, on_delete=models.PROTECT, related_name="risks"
    )
    category = models.ForeignKey(
        RiskCategory, verbose_name=_("ประเภท"), on_delete=models.PROTECT, related_name="risks"
    )
    step_th = models.CharField(_("ขั้นตอน"), max_length=300, blank=True)
    name_th = models.CharField(_("ความเสี่ยง"), max_length=500)
    cause_th = models.TextField(_("ปัจจัยเสี่ยง / สาเหตุ"))
    control_th = models.TextField(_("การควบคุมที่มีอยู่"), blank=True)
    likelihood = models.PositiveSmallIntegerField(_("โอกาส"))
    impact = models.PositiveSmallIntegerField(_("ผลกระทบ"))
    response = models.CharField(_("วิธีจัดการ"), max_length=10, choices=Response)
    now_likelihood = models.PositiveSmallIntegerField(_("โอกาสคงเหลือ"))
    now_impact = models.PositiveSmallIntegerField(_("ผลกระทบคงเหลือ"))
    level = models.PositiveSmallIntegerField(_("ระดับ"), choices=RiskLevel)
    # So many reviews in a row, up to the last, found it grown.
    growths = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(_("สถานะ"), max_length=6, choices=State, default=State.OPEN)
    version = models.PositiveIntegerField(default=1)
    registered_at = models.DateTimeField()
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_reason = models.TextField(_("เหตุที่ปิด"), blank=True)
    is_sample = models.BooleanField(_("ข้อมูลตัวอย่าง"), default=False)

    objects = RiskQuerySet.as_manager()

    class Meta:
        verbose_name = _("ความเสี่ยง")
        verbose_name_plural = _("ความเสี่ยง")
        constraints = [
            models.CheckConstraint(
                condition=Q(issue__isnull=False, project=None, kpi=None)
                | Q(issue=None, project__isnull=False, kpi=None)
                | Q(issue=None, project=None, kpi__isnull=False),
                name="projects_risk_has_one_subject",
            ),
            models.CheckConstraint(
                condition=Q(
                    likelihood__range=(1, 5),
                    impact__range=(1, 5),
                    now_likelihood__range=(1, 5),
                    now_impact__range=(1, 5),
                    level__range=(1, 4),
                ),
                name="projects_risk_on_the_map",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="projects_risk_closed_by_whom_and_when",
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_at=None)
                | Q(state="closed", closed_at__isnull=False) & ~Q(closed_reason=""),
                name="projects_closed_risk_has_its_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name_th}"

    @property
    def first_score(self) -> int:
        return score(self.likelihood, self.impact)

    @property
    def score(self) -> int:
        """What is left after the last review."""
        return score(self.now_likelihood, self.now_impact)

    @property
    def is_raised(self) -> bool:
        return self.state == self.State.OPEN and self.growths >= RAISED_AFTER

    @property
    def subject_kind(self) -> str:
        """The word for what is at risk."""
        if self.project_id:
            return str(_("โครงการ"))
        return str(_("ตัวชี้วัด")) if self.kpi_id else str(_("ประเด็นการพัฒนา"))

    @property
    def subject_label(self) -> str:
        """What is at risk, by code and name; needs `with_subject`."""
        if self.project:
            return f"{self.project.code} {self.project.name}"
        if self.kpi:
            return f"{self.kpi.code} {self.kpi.indicator.name}"
        return f"{self.issue.code} {self.issue.name}" if self.issue else ""


class RiskReview(models.Model):
    """What a quarter's review found left of a risk."""

    risk = models.ForeignKey(Risk, on_delete=models.PROTECT, related_name="reviews")
    quarter = models.ForeignKey(Quarter, on_delete=models.PROTECT, related_name="risk_reviews")
    likelihood = models.PositiveSmallIntegerField(_("โอกาส"))
    impact = models.PositiveSmallIntegerField(_("ผลกระทบ"))
    note_th = models.TextField(_("สถานะและเหตุผล"), blank=True)
    version = models.PositiveIntegerField(default=1)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    reviewed_at = models.DateTimeField()
    is_sample = models.BooleanField(_("ข้อมูลตัวอย่าง"), default=False)

    class Meta:
        verbose_name = _("การทบทวนความเสี่ยง")
        verbose_name_plural = _("การทบทวนความเสี่ยง")
        constraints = [
            models.UniqueConstraint(
                fields=["risk", "quarter"], name="projects_one_risk_review_a_quarter"
            ),
            models.CheckConstraint(
                condition=Q(likelihood__range=(1, 5), impact__range=(1, 5)),
                name="projects_risk_review_on_the_map",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.risk_id} {self.quarter_id}"

    @property
    def score(self) -> int:
        return score(self.likelihood, self.impact)


class RiskActionQuerySet(models.QuerySet["RiskAction"]):
    def visible_to(self, standing: Standing) -> Self:
        """What one's agency is to do, and whatever belongs to a risk that one may see."""
        if standing.sees_province:
            return self
        agencies = standing.agencies()
        return self.filter(Q(owner__in=agencies) | Q(risk__agency__in=agencies))

    def open(self) -> Self:
        return self.filter(state=RiskAction.State.OPEN, risk__state=Risk.State.OPEN)

    def overdue(self, day: date) -> Self:
        return self.open().filter(due_date__lt=day)

    def in_due_order(self) -> Self:
        return self.order_by("due_date", "pk")


class RiskAction(models.Model):
    """What is done about a risk: by whom, until when."""

    class State(models.TextChoices):
        OPEN = "open", _("กำลังดำเนินการ")
        DONE = "done", _("เสร็จแล้ว")
        DROPPED = "dropped", _("ยกเลิก")

    risk = models.ForeignKey(Risk, on_delete=models.PROTECT, related_name="actions")
    number = models.PositiveSmallIntegerField(_("ที่"))
    text_th = models.CharField(_("กิจกรรม"), max_length=500)
    owner = models.ForeignKey(
        Agency,
        verbose_name=_("ผู้รับผิดชอบ"),
        on_delete=models.PROTECT,
        related_name="risk_actions",
    )
    due_date = models.DateField(_("กำหนดเสร็จ"))
    state = models.CharField(_("สถานะ"), max_length=8, choices=State, default=State.OPEN)
    note_th = models.TextField(_("ผลหรือเหตุผล"), blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    is_sample = models.BooleanField(_("ข้อมูลตัวอย่าง"), default=False)

    objects = RiskActionQuerySet.as_manager()

    class Meta:
        verbose_name = _("กิจกรรมจัดการความเสี่ยง")
        verbose_name_plural = _("กิจกรรมจัดการความเสี่ยง")
        constraints = [
            models.UniqueConstraint(
                fields=["risk", "number"], name="projects_one_risk_action_of_a_number"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="projects_risk_action_ended_by_whom_and_when",
            ),
            models.CheckConstraint(
                condition=Q(state="open", ended_at=None)
                | ~Q(state="open") & Q(ended_at__isnull=False),
                name="projects_ended_risk_action_is_stamped",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.risk_id} {self.number}. {self.text_th[:80]}"
