"""Requests to change an approved plan, each with the plan before and after."""

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.rules import Standing
from meetings.models import Meeting
from projects.models.work import Project


class ChangeRequestQuerySet(models.QuerySet["ChangeRequest"]):
    def visible_to(self, standing: Standing) -> Self:
        """Whoever sees the province sees all, a host its own; everybody those that were approved."""
        if standing.sees_province:
            return self
        own = Q(project__host_agency__in=standing.agencies())
        seen = own | Q(state=ChangeRequest.State.APPROVED)
        return self.filter(seen).filter(project__in=Project.objects.visible_to(standing))

    def open(self) -> Self:
        return self.filter(state=ChangeRequest.State.ASKED)

    def approved(self) -> Self:
        return self.filter(state=ChangeRequest.State.APPROVED)

    def with_people(self) -> Self:
        return self.select_related(
            "project__host_agency", "asked_by", "decided_by", "meeting__committee"
        )

    def newest_first(self) -> Self:
        return self.order_by("-asked_at", "-pk")


class ChangeRequest(models.Model):
    """What a host asks to change in an approved plan, why, and what the committee said.

    `before` and `after` hold the whole plan as `actions.changes.snapshot_of` writes it, so that what
    was agreed can be read however often the plan changes later.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("ยื่นแล้ว รอมติ")
        APPROVED = "approved", _("เห็นชอบ")
        REJECTED = "rejected", _("ไม่เห็นชอบ")
        WITHDRAWN = "withdrawn", _("ถอนคำขอ")

    class Kind(models.TextChoices):
        SCOPE = "scope", _("ขอบเขตงาน")
        BUDGET = "budget", _("งบประมาณ")
        TIME = "time", _("ระยะเวลา")
        TARGET = "target", _("ค่าเป้าหมาย")
        AREA = "area", _("พื้นที่")

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="changes")
    number = models.PositiveSmallIntegerField(_("คำขอที่"))
    state = models.CharField(_("สถานะ"), max_length=9, choices=State, default=State.ASKED)
    kinds: Any = models.JSONField(_("เรื่องที่ขอเปลี่ยน"), default=list)
    reason_th = models.TextField(_("เหตุผลความจำเป็น"))
    before: Any = models.JSONField(_("แผนก่อนเปลี่ยน"))
    after: Any = models.JSONField(_("แผนหลังเปลี่ยน"))
    asked_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_date = models.DateField(_("วันที่มีมติ"), null=True, blank=True)
    meeting = models.ForeignKey(
        Meeting, null=True, blank=True, on_delete=models.PROTECT, related_name="project_changes"
    )
    reference = models.CharField(_("มติหรือการประชุม"), max_length=300, blank=True)
    decision_th = models.TextField(_("ความเห็นของคณะกรรมการ"), blank=True)
    is_sample = models.BooleanField(_("ข้อมูลตัวอย่าง"), default=False)

    objects = ChangeRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("คำขอเปลี่ยนแปลงโครงการ")
        verbose_name_plural = _("คำขอเปลี่ยนแปลงโครงการ")
        constraints = [
            models.UniqueConstraint(
                fields=["project", "number"], name="projects_one_change_of_a_number"
            ),
            models.UniqueConstraint(
                fields=["project"],
                condition=Q(state="asked"),
                name="projects_one_open_change_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None)
                | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="projects_change_decided_by_whom_and_when",
            ),
            models.CheckConstraint(
                condition=Q(state="asked", decided_at=None)
                | (~Q(state="asked") & Q(decided_at__isnull=False)),
                name="projects_ended_change_is_stamped",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "rejected"])
                | (Q(decided_date__isnull=False) & ~Q(reference="")),
                name="projects_decided_change_names_its_meeting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} #{self.number}"

    @property
    def kind_words(self) -> list[str]:
        """What the request would change, in words."""
        return [str(self.Kind(kind).label) for kind in self.kinds]
