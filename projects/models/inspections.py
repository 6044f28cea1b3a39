"""Visits of the follow-up working group: checklists as data, what was found, and its mending."""

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, Area
from accounts.rules import Standing
from common.bilingual import Named
from kpi.models import KPI
from projects.models.work import Project
from submissions.models import Evidence


class Checklist(Named):
    """A template of what a visit looks at: one question a line; a visit keeps its own copy."""

    code = models.CharField(_("รหัส"), max_length=20, unique=True)
    questions_th = models.TextField(_("รายการตรวจ บรรทัดละข้อ"))
    is_active = models.BooleanField(_("ใช้งาน"), default=True)
    version = models.PositiveIntegerField(default=1)
    source = models.TextField(_("ที่มา"), blank=True)

    class Meta:
        verbose_name = _("แบบตรวจ")
        verbose_name_plural = _("แบบตรวจ")

    def __str__(self) -> str:
        return f"{self.code} {self.name_th}"

    @property
    def questions(self) -> list[str]:
        """The questions, one a line, without empty ones."""
        return [line.strip() for line in self.questions_th.splitlines() if line.strip()]


class InspectionQuerySet(models.QuerySet["Inspection"]):
    def visible_to(self, standing: Standing) -> Self:
        """All for those who see the province; else visits to one's projects or with work for one."""
        if standing.sees_province:
            return self
        agencies = standing.agencies()
        own = Project.objects.filter(
            Q(host_agency__in=agencies) | Q(supporting_agencies__in=agencies)
        )
        asked = Finding.objects.filter(owner__in=agencies)
        return self.filter(Q(project__in=own.values("pk")) | Q(pk__in=asked.values("inspection")))

    def with_project(self) -> Self:
        return self.select_related("project__host_agency", "area")

    def with_counts(self) -> Self:
        """Annotate finding_count, open_count, serious_count (open serious ones)."""
        open_ = ~Q(findings__state=Finding.State.VERIFIED)
        serious = open_ & Q(findings__severity=Finding.Severity.SERIOUS)
        has_one = Q(findings__isnull=False)
        return self.annotate(
            finding_count=models.Count("findings"),
            open_count=models.Count("findings", filter=has_one & open_),
            serious_count=models.Count("findings", filter=has_one & serious),
        )

    def of_state(self, state: str) -> Self:
        return self.filter(state=state)

    def newest_first(self) -> Self:
        return self.order_by("-planned_date", "-pk")


class Inspection(models.Model):
    """A visit to a project: planned, then recorded with what was looked at and found."""

    class State(models.TextChoices):
        PLANNED = "planned", _("นัดหมายแล้ว")
        VISITED = "visited", _("ตรวจแล้ว")
        CANCELLED = "cancelled", _("ยกเลิก")

    project = models.ForeignKey(
        Project, verbose_name=_("โครงการ"), on_delete=models.PROTECT, related_name="inspections"
    )
    planned_date = models.DateField(_("วันนัดตรวจ"))
    purpose_th = models.TextField(_("วัตถุประสงค์"))
    team_th = models.CharField(_("คณะผู้ตรวจ"), max_length=500, blank=True)
    area = models.ForeignKey(
        Area,
        verbose_name=_("พื้นที่"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="inspections",
    )
    place_th = models.CharField(_("สถานที่"), max_length=300, blank=True)
    state = models.CharField(_("สถานะ"), max_length=10, choices=State, default=State.PLANNED)
    version = models.PositiveIntegerField(default=1)
    planned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    planned_at = models.DateTimeField()
    visited_date = models.DateField(_("วันที่ตรวจจริง"), null=True, blank=True)
    summary_th = models.TextField(_("สรุปผลการตรวจ"), blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField(null=True, blank=True)
    cancelled_reason = models.TextField(_("เหตุที่ยกเลิก"), blank=True)
    is_sample = models.BooleanField(_("ข้อมูลตัวอย่าง"), default=False)

    objects = InspectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("การตรวจติดตาม")
        verbose_name_plural = _("การตรวจติดตาม")
        constraints = [
            models.CheckConstraint(
                condition=Q(recorded_at=None, recorded_by=None)
                | Q(recorded_at__isnull=False, recorded_by__isnull=False),
                name="projects_inspection_recorded_by_whom_and_when",
            ),
            models.CheckConstraint(
                condition=~Q(state="visited")
                | Q(visited_date__isnull=False, recorded_at__isnull=False),
                name="projects_visited_inspection_is_recorded",
            ),
            models.CheckConstraint(
                condition=~Q(state="cancelled") | ~Q(cancelled_reason=""),
                name="projects_cancelled_inspection_has_its_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} {self.planned_date}"


class InspectionAnswer(models.Model):
    """One question of a visit's checklist, as it stood when the visit was planned, and its answer."""

    class Answer(models.TextChoices):
        YES = "yes", _("ใช่")
        NO = "no", _("ไม่ใช่")
        NOT_APPLICABLE = "na", _("ไม่เกี่ยวข้อง")

    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="answers")
    number = models.PositiveSmallIntegerField(_("ข้อ"))
    question_th = models.CharField(_("รายการตรวจ"), max_length=500)
    # "" is not looked at yet.
    answer = models.CharField(_("ผล"), max_length=3, choices=Answer, blank=True)
    note_th = models.CharField(_("หมายเหตุ"), max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["inspection", "number"], name="projects_one_answer_of_a_number"
            )
        ]

    def __str__(self) -> str:
        return f"{self.inspection_id} {self.number}"


class FindingQuerySet(models.QuerySet["Finding"]):
    def visible_to(self, standing: Standing) -> Self:
        """All for those who see the province; else what one's agency is to mend, or of its visits."""
        if standing.sees_province:
            return self
        return self.filter(inspection__in=Inspection.objects.visible_to(standing))

    def open(self) -> Self:
        """Findings that nobody has verified as mended."""
        return self.exclude(state=Finding.State.VERIFIED)

    def serious(self) -> Self:
        return self.filter(severity=Finding.Severity.SERIOUS)

    def overdue(self, day: date) -> Self:
        return self.filter(state=Finding.State.OPEN, due_date__lt=day)

    def with_owner(self) -> Self:
        return self.select_related(
            "owner", "inspection__project__host_agency", "area", "fixed_by", "verified_by"
        )

    def in_due_order(self) -> Self:
        return self.order_by("due_date", "pk")


class Finding(models.Model):
    """What a visit found: how serious, where, what mends it, by whom and until when."""

    class Severity(models.TextChoices):
        MINOR = "minor", _("เล็กน้อย")
        MODERATE = "moderate", _("ปานกลาง")
        SERIOUS = "serious", _("ร้ายแรง")

    class State(models.TextChoices):
        OPEN = "open", _("รอแก้ไข")
        FIXED = "fixed", _("แจ้งว่าแก้แล้ว รอตรวจยืนยัน")
        VERIFIED = "verified", _("ยืนยันแล้ว")

    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="findings")
    number = models.PositiveSmallIntegerField(_("ข้อ"))
    text_th = models.TextField(_("สิ่งที่ตรวจพบ"))
    severity = models.CharField(_("ความรุนแรง"), max_length=10, choices=Severity)
    area = models.ForeignKey(
        Area,
        verbose_name=_("พื้นที่"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="findings",
    )
    place_th = models.CharField(_("จุดที่พบ"), max_length=300, blank=True)
    latitude = models.DecimalField(
        _("ละติจูด"), max_digits=9, decimal_places=6, null=True, blank=True
    )
    longitude = models.DecimalField(
        _("ลองจิจูด"), max_digits=9, decimal_places=6, null=True, blank=True
    )
    # Figures that cannot be trusted while this is open and serious, besides the project's own.
    kpis = models.ManyToManyField(
        KPI, verbose_name=_("ตัวชี้วัดที่ยังไม่ยืนยัน"), blank=True, related_name="findings"
    )
    corrective_th = models.TextField(_("สิ่งที่ต้องแก้ไข"))
    owner = models.ForeignKey(
        Agency,
        verbose_name=_("ผู้รับผิดชอบแก้ไข"),
        on_delete=models.PROTECT,
        related_name="findings",
    )
    due_date = models.DateField(_("กำหนดแก้เสร็จ"))
    photos = models.ManyToManyField(
        Evidence, verbose_name=_("ภาพถ่าย"), blank=True, related_name="+"
    )
    state = models.CharField(_("สถานะ"), max_length=10, choices=State, default=State.OPEN)
    version = models.PositiveIntegerField(default=1)
    found_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    found_at = models.DateTimeField()
    fixed_th = models.TextField(_("แก้ไขอย่างไร"), blank=True)
    fixed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    fixed_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    verified_at = models.DateTimeField(null=True, blank=True)
    # Why the last report of mending was not accepted, or how it was verified.
    verdict_th = models.TextField(_("ผลการตรวจยืนยัน"), blank=True)
    is_sample = models.BooleanField(_("ข้อมูลตัวอย่าง"), default=False)

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = _("ข้อตรวจพบ")
        verbose_name_plural = _("ข้อตรวจพบ")
        constraints = [
            models.UniqueConstraint(
                fields=["inspection", "number"], name="projects_one_finding_of_a_number"
            ),
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None)
                | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="projects_finding_has_both_coordinates",
            ),
            models.CheckConstraint(
                condition=Q(fixed_at=None, fixed_by=None)
                | Q(fixed_at__isnull=False, fixed_by__isnull=False),
                name="projects_finding_fixed_by_whom_and_when",
            ),
            models.CheckConstraint(
                condition=Q(verified_at=None, verified_by=None)
                | Q(verified_at__isnull=False, verified_by__isnull=False),
                name="projects_finding_verified_by_whom_and_when",
            ),
            models.CheckConstraint(
                condition=Q(state="open")
                | Q(state="fixed", fixed_at__isnull=False)
                | Q(state="verified", fixed_at__isnull=False, verified_at__isnull=False),
                name="projects_finding_state_has_its_stamps",
            ),
            models.CheckConstraint(
                condition=Q(verified_by=None) | ~Q(verified_by=F("fixed_by")),
                name="projects_finding_verified_by_somebody_else",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.inspection_id} {self.number}. {self.text_th[:80]}"

    @property
    def doubts(self) -> bool:
        """Whether it leaves the project's figures not confirmed."""
        return self.severity == self.Severity.SERIOUS and self.state != self.State.VERIFIED
